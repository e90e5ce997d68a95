#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed, and the panic says where")]

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::test::TestRequest;
use actix_web::web::Data;
use actix_web::{App, test};

use super::{configure, find, paths};
use crate::routing::RouteTable;

/// Status, headers and body of the answer to a `GET` with these headers.
async fn get(path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, Vec<u8>) {
    let app = test::init_service(App::new().configure(configure)).await;
    let request = headers.iter().fold(TestRequest::get().uri(path), |request, header| request.insert_header(*header));
    let response = test::call_service(&app, request.to_request()).await;
    (response.status(), response.headers().clone(), test::read_body(response).await.to_vec())
}

#[actix_web::test]
async fn the_page_and_its_files_are_served_whole() {
    for (path, content_type, least) in [
        ("/docs", "text/html; charset=utf-8", 400),
        ("/docs/", "text/html; charset=utf-8", 400),
        ("/docs/start.js", "text/javascript; charset=utf-8", 100),
        ("/docs/favicon.svg", "image/svg+xml", 100),
        ("/docs/swagger-ui.css", "text/css; charset=utf-8", 100_000),
        ("/docs/swagger-ui-bundle.js", "text/javascript; charset=utf-8", 1_000_000),
    ] {
        let (status, headers, body) = get(path, &[]).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert_eq!(headers.get(header::CONTENT_TYPE).unwrap(), content_type);
        assert!(headers.get(header::CONTENT_ENCODING).is_none());
        assert!(body.len() >= least, "{path} has {} bytes", body.len());
        assert!(std::str::from_utf8(&body).is_ok(), "{path}");
    }
    assert_eq!(get("/docs/other.js", &[]).await.0, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn who_takes_gzip_gets_it() {
    for accepted in ["gzip", "br, gzip;q=0.5"] {
        let (status, headers, body) = get("/docs/swagger-ui.css", &[("Accept-Encoding", accepted)]).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(headers.get(header::CONTENT_ENCODING).unwrap(), "gzip");
        assert_eq!(headers.get(header::VARY).unwrap(), "Accept-Encoding");
        let asset = find("/docs/swagger-ui.css").unwrap();
        assert_eq!(body, asset.gzip.unwrap());
        // The last four bytes of a gzip file tell the length of what is in it.
        assert_eq!(&body[body.len() - 4..], u32::try_from(asset.bytes.len()).unwrap().to_le_bytes());
    }
    for refused in ["identity", "*", "gzip;q=0, *", "br"] {
        let (_, headers, _) = get("/docs/swagger-ui.css", &[("Accept-Encoding", refused)]).await;
        assert!(headers.get(header::CONTENT_ENCODING).is_none(), "{refused}");
    }
}

#[actix_web::test]
async fn a_copy_that_is_good_is_not_sent_again() {
    for encoding in ["gzip", "identity"] {
        let (_, headers, _) = get("/docs/swagger-ui.css", &[("Accept-Encoding", encoding)]).await;
        let tag = headers.get(header::ETAG).unwrap().to_str().unwrap();
        let (status, headers, body) = get("/docs/swagger-ui.css", &[("Accept-Encoding", encoding), ("If-None-Match", tag)]).await;
        assert_eq!(status, StatusCode::NOT_MODIFIED);
        assert_eq!(headers.get(header::ETAG).unwrap(), tag);
        assert!(body.is_empty());
    }
    let (_, plain, _) = get("/docs/swagger-ui.css", &[]).await;
    let (status, _, _) =
        get("/docs/swagger-ui.css", &[("Accept-Encoding", "gzip"), ("If-None-Match", plain.get(header::ETAG).unwrap().to_str().unwrap())]).await;
    assert_eq!(status, StatusCode::OK);
}

#[actix_web::test]
async fn the_page_may_load_nothing_from_elsewhere_and_no_inline_script() {
    let (_, headers, body) = get("/docs", &[]).await;
    let policy = headers.get(header::CONTENT_SECURITY_POLICY).unwrap().to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"));
    assert!(!policy.contains("unsafe") && !policy.contains("http") && !policy.contains("  "));
    let page = String::from_utf8(body).unwrap();
    assert!(!page.contains("http:") && !page.contains("https:"));
    assert_eq!(page.matches("<script").count(), page.matches("<script src=\"/docs/").count());
}

#[actix_web::test]
async fn another_method_is_told_what_is_allowed() {
    let table = Data::new(RouteTable::default().with_pages(paths()));
    let app = test::init_service(App::new().app_data(table).configure(configure)).await;
    let response = test::call_service(&app, TestRequest::post().uri("/docs").to_request()).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
}
