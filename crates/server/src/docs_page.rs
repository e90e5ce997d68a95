//! The interactive documentation at `/docs`, out of the binary: Swagger UI on this server's own document.
//!
//! The page asks nobody else for anything, and its policy (CSP Level 3) makes the browser hold it to that. The two large
//! files are kept compressed, as they come; who takes no gzip gets them unpacked, which is done once.

use std::io::Read;
use std::sync::{LazyLock, OnceLock};

use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::error::ApiError;
use crate::negotiation::weighted;
use crate::reply::{content_tag, names_tag};
use crate::routing::fallback;

/// What the page may do: its own scripts, styles and requests, and nothing else. Swagger UI draws some of its icons from
/// `data:` addresses.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
     frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// Asked for again each time: a new version of the server brings new files under the old names.
const CACHE_CONTROL: &str = "public, no-cache";

/// The most that a file may have unpacked.
const UNPACKED_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// One file of the page.
#[derive(Debug)]
pub struct Asset {
    pub content_type: &'static str,
    /// The file as it is.
    pub bytes: &'static [u8],
    /// The file compressed, if it is worth it.
    pub gzip: Option<&'static [u8]>,
    /// The strong tag of `bytes`, with its quotes.
    pub etag: String,
}

/// A file as it is kept.
struct Kept {
    paths: &'static [&'static str],
    content_type: &'static str,
    content: Content,
}

enum Content {
    Plain(&'static [u8]),
    Gzip { compressed: &'static [u8], unpacked: OnceLock<Vec<u8>> },
}

static FILES: LazyLock<[Kept; 5]> = LazyLock::new(|| {
    let gzip = |compressed| Content::Gzip { compressed, unpacked: OnceLock::new() };
    [
        Kept {
            paths: &["/docs", "/docs/"],
            content_type: "text/html; charset=utf-8",
            content: Content::Plain(include_bytes!("docs_page/index.html")),
        },
        Kept {
            paths: &["/docs/start.js"],
            content_type: "text/javascript; charset=utf-8",
            content: Content::Plain(include_bytes!("docs_page/start.js")),
        },
        Kept { paths: &["/docs/favicon.svg"], content_type: "image/svg+xml", content: Content::Plain(include_bytes!("docs_page/favicon.svg")) },
        Kept {
            paths: &["/docs/swagger-ui.css"],
            content_type: "text/css; charset=utf-8",
            content: gzip(include_bytes!(concat!(env!("OUT_DIR"), "/swagger-ui.css.gz"))),
        },
        Kept {
            paths: &["/docs/swagger-ui-bundle.js"],
            content_type: "text/javascript; charset=utf-8",
            content: gzip(include_bytes!(concat!(env!("OUT_DIR"), "/swagger-ui-bundle.js.gz"))),
        },
    ]
});

/// The file at `path`.
pub fn find(path: &str) -> Option<Asset> {
    let kept = FILES.iter().find(|kept| kept.paths.contains(&path))?;
    let (stored, bytes, gzip) = match &kept.content {
        Content::Plain(bytes) => (*bytes, *bytes, None),
        Content::Gzip { compressed, unpacked } => (*compressed, unpacked.get_or_init(|| unpack(compressed)).as_slice(), Some(*compressed)),
    };
    let etag = format!("\"{}\"", content_tag(stored));
    Some(Asset { content_type: kept.content_type, bytes, gzip, etag })
}

/// The addresses of the page and its files.
pub fn paths() -> impl Iterator<Item = &'static str> {
    FILES.iter().flat_map(|kept| kept.paths).copied()
}

/// Serves the page and its files.
pub fn configure(config: &mut web::ServiceConfig) {
    for path in paths() {
        config.service(web::resource(path).route(web::get().to(serve)).default_service(web::to(fallback)));
    }
}

async fn serve(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let asset = find(request.path()).ok_or_else(ApiError::not_found)?;
    let gzip = asset.gzip.filter(|_| takes_gzip(request.headers()));
    // Each encoding is a representation of its own and has its own strong tag (RFC 9110, section 8.8.3.3).
    let etag = if gzip.is_some() { format!("{}-gzip\"", asset.etag.trim_end_matches('"')) } else { asset.etag };
    let is_known = names_tag(request.headers(), &etag);
    let mut response = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((header::ETAG, etag))
        .insert_header((header::CACHE_CONTROL, CACHE_CONTROL))
        .insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"));
    if asset.gzip.is_some() {
        response.insert_header((header::VARY, "Accept-Encoding"));
    }
    if is_known {
        return Ok(response.finish());
    }
    response.content_type(asset.content_type);
    Ok(match gzip {
        Some(compressed) => response.insert_header((header::CONTENT_ENCODING, "gzip")).body(compressed),
        None => response.body(asset.bytes),
    })
}

/// Whether `Accept-Encoding` names gzip, without a weight of nought (RFC 9110, section 12.5.3).
fn takes_gzip(headers: &HeaderMap) -> bool {
    weighted(headers, &header::ACCEPT_ENCODING).any(|(name, weight)| name.eq_ignore_ascii_case("gzip") && weight.is_some_and(|weight| weight > 0.0))
}

/// The file in a gzip file of ours; a test proves that it can be unpacked.
fn unpack(file: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    match flate2::read::GzDecoder::new(file).take(UNPACKED_BYTES_MAX).read_to_end(&mut bytes) {
        Ok(_) => bytes,
        Err(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
