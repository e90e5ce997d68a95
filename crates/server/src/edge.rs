//! The outermost layer: request ids, HEAD, CORS, security headers, and problem documents for whatever went wrong.

use crate::clock::system_time;
use crate::config::{AccessLog, Config};
use crate::connection::{Body, Progress};
use crate::delivery::{Paper, add_revision};
use crate::error::{ApiError, ProblemCode};
use crate::metrics::{InFlight, Operation, Shard};
use crate::negotiation::weighted;
use crate::request::URI_BYTES_MAX;
use crate::standing::Standing;
use actix_web::body::{BodySize, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{ConnectionType, Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use masthead_domain::time::Timestamp;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The largest header section that is taken, in bytes.
const HEADER_BYTES_MAX: usize = 16 * 1024;

/// The request's id: the caller's where it is sane, else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get(&REQUEST_ID).and_then(|value| value.to_str().ok());
    let is_sane = |text: &&str| (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    given.filter(is_sane).map_or_else(|| uuid::Uuid::now_v7().to_string(), str::to_owned)
}

/// Refuses what no handler should see.
fn refuse(request: &ServiceRequest) -> Option<ApiError> {
    let uri_length = request.uri().path().len() + request.uri().query().map_or(0, str::len);
    if uri_length > URI_BYTES_MAX {
        return Some(ApiError::new(ProblemCode::UriTooLong, format!("At most {URI_BYTES_MAX} bytes are taken.")));
    }
    // No path here has anything to escape, and another spelling of one would slip past what goes by its beginning.
    if request.uri().path().contains('%') {
        return Some(ApiError::new(ProblemCode::NotFound, "No such path."));
    }
    let header_bytes: usize = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if header_bytes > HEADER_BYTES_MAX {
        return Some(ApiError::new(ProblemCode::HeadersTooLarge, format!("At most {HEADER_BYTES_MAX} bytes are taken.")));
    }
    if !accepts_json(request.headers()) && is_json_path(request.path()) {
        return Some(ApiError::new(ProblemCode::NotAcceptable, "Everything here is application/json."));
    }
    None
}

fn is_json_path(path: &str) -> bool {
    path.starts_with("/v1/")
}

/// Whether `Accept` admits JSON (RFC 9110, 12.5.1); a range with a weight of zero does not.
fn accepts_json(headers: &HeaderMap) -> bool {
    const RANGES: [&str; 5] = ["", "*/*", "application/*", "application/json", "application/problem+json"];
    let mut ranges = weighted(headers, &header::ACCEPT).peekable();
    // Nobody is refused for a weight that cannot be read.
    let admits = |(range, weight): (&str, Option<f32>)| weight != Some(0.0) && RANGES.iter().any(|json| range.eq_ignore_ascii_case(json));
    ranges.peek().is_none() || ranges.any(admits)
}

/// When the head of a request had come in, by the system's clock; kept with the request.
#[derive(Clone, Copy)]
pub struct ReceivedAt(pub Timestamp);

/// The id of a request; kept with it.
pub struct RequestId(pub String);

/// The layer itself.
pub async fn edge<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<Body<EitherBody<B>>>, actix_web::Error> {
    let started = Instant::now();
    let progress = request.conn_data::<Rc<Progress>>().cloned();
    if let Some(progress) = &progress {
        progress.handling();
    }
    let flight = request.app_data::<Arc<Shard>>().map(InFlight::begin);
    request.extensions_mut().insert(ReceivedAt(system_time()));
    let id = request_id(request.headers());
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = request.method().clone();
    let refusal = refuse(&request);
    // HEAD is GET without the body; the encoder leaves the body out by the method that came over the wire.
    if method == Method::HEAD {
        request.head_mut().method = Method::GET;
        // A range is for GET alone (RFC 9110, 14.2).
        request.headers_mut().remove(header::RANGE);
    }
    let mut operation = Operation::NONE;
    let mut response = match refusal {
        Some(error) => {
            let (request, _) = request.into_parts();
            let response = error_response(&request, &error, &id);
            ServiceResponse::new(request, response).map_into_right_body()
        }
        None if method == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) => {
            request.into_response(HttpResponse::NoContent().finish()).map_into_right_body()
        }
        None if let Some((response, kept_for)) = kept(&request, &method) => {
            operation = kept_for;
            request.into_response(response).map_into_right_body()
        }
        None => {
            let called = next.call(request).await?;
            operation = called_operation(called.request());
            match failure(called.response()) {
                Some(error) => {
                    let (request, _) = called.into_parts();
                    let response = error_response(&request, &error, &id);
                    ServiceResponse::new(request, response).map_into_right_body()
                }
                None => called.map_into_left_body(),
            }
        }
    };
    let (path, origin) = (response.request().path().to_owned(), response.request().headers().get(header::ORIGIN).cloned());
    let config = response.request().app_data::<Data<Config>>().cloned();
    let paper = response.request().app_data::<Data<Paper>>().filter(|_| is_private(&path)).cloned();
    let status = response.status();
    let is_draining = response.request().app_data::<Data<Standing>>().is_some_and(|standing| standing.is_draining());
    if is_draining {
        // The client makes its next connection to another node.
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    let bytes = body_bytes(&response, &method);
    if let Some(flight) = flight {
        flight.answered(operation, status.as_u16(), started.elapsed(), bytes);
    }
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, value);
    }
    if let Some(paper) = paper {
        add_revision(headers, &paper);
    }
    secure(headers);
    share(headers, &path, origin.as_ref(), config.as_ref().map(|config| config.get_ref()), method == Method::OPTIONS);
    if is_private(&path) && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    let log = Log { id: &id, method: &method, path: loggable(&path), status: status.as_u16(), started, bytes };
    log.write(config.as_ref().map_or(AccessLog::Debug, |config| config.access_log), || pattern_of(response.request(), operation));
    Ok(response.map_body(|_, body| Body::new(body, progress)))
}

/// What was asked for, once a route has been found.
fn called_operation(request: &HttpRequest) -> Operation {
    let Some(paper) = request.app_data::<Data<Paper>>() else { return Operation::NONE };
    paper.metrics.operation(request.method(), request.match_pattern().as_deref())
}

fn pattern_of(request: &HttpRequest, operation: Operation) -> String {
    request.app_data::<Data<Paper>>().map_or_else(String::new, |paper| paper.metrics.pattern(operation).to_owned())
}

/// The bytes of the body that goes over the wire.
fn body_bytes<B: MessageBody>(response: &ServiceResponse<B>, method: &Method) -> u64 {
    match response.response().body().size() {
        BodySize::Sized(bytes) if *method != Method::HEAD => bytes,
        _ => 0,
    }
}

/// A path as the log may have it: whoever has the token of a preview sees it.
fn loggable(path: &str) -> &str {
    const PREVIEW: &str = "/v1/preview/";
    path.get(..PREVIEW.len()).filter(|start| *start == PREVIEW).unwrap_or(path)
}

/// The one line that each request leaves in the log. The path is written quoted, so that it cannot look like another line
/// or another member; the query is left out, for it may tell what a person was looking for.
struct Log<'a> {
    id: &'a str,
    method: &'a Method,
    path: &'a str,
    status: u16,
    started: Instant,
    bytes: u64,
}

impl Log<'_> {
    fn write(&self, level: AccessLog, route: impl Fn() -> String) {
        // The level of an event is fixed where it is written.
        macro_rules! event {
            ($level:expr) => {
                tracing::event!(
                    target: "masthead::access",
                    $level,
                    request_id = %self.id,
                    method = %self.method,
                    route = %route(),
                    path = ?self.path,
                    status = self.status,
                    milliseconds = self.started.elapsed().as_secs_f64() * 1000.0,
                    bytes = self.bytes,
                    "answered"
                )
            };
        }
        match level {
            AccessLog::Info => event!(tracing::Level::INFO),
            AccessLog::Debug => event!(tracing::Level::DEBUG),
        }
    }
}

/// The reply to a request that was answered before and to which nothing has changed.
fn kept(request: &ServiceRequest, method: &Method) -> Option<(HttpResponse, Operation)> {
    let is_read = *method == Method::GET || *method == Method::HEAD;
    let paper = request.app_data::<Data<Paper>>().filter(|_| is_read)?;
    let kept = paper.kept(request.uri().path_and_query()?.as_str(), request.headers())?;
    request.app_data::<MetricsAlone>().is_none().then_some(kept)
}

/// Marks an app that serves the metrics alone, and nothing that was answered elsewhere.
pub struct MetricsAlone;

/// Whether replies under this path are for one person only.
fn is_private(path: &str) -> bool {
    // Whole segments: `/v1/authors` is for everyone.
    ["/v1/editor", "/v1/auth"].iter().any(|root| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// The failure behind a response, if it is one without a document of its own.
fn failure<B>(response: &HttpResponse<B>) -> Option<ApiError> {
    if let Some(error) = response.error() {
        if let Some(error) = error.as_error::<ApiError>() {
            return Some(error.clone());
        }
        // A failure of the framework's own: a broken path escape, a body cut short.
        let code = match response.status() {
            StatusCode::NOT_FOUND => ProblemCode::NotFound,
            StatusCode::PAYLOAD_TOO_LARGE => ProblemCode::BodyTooLarge,
            StatusCode::REQUEST_TIMEOUT => ProblemCode::RequestTimeout,
            status if status.is_client_error() => ProblemCode::MalformedRequest,
            _ => return Some(ApiError::internal(error)),
        };
        return Some(ApiError::new(code, "The request could not be understood."));
    }
    None
}

fn error_response(request: &HttpRequest, error: &ApiError, id: &str) -> HttpResponse {
    let api_url = request.app_data::<Data<Config>>().map_or("", |config| config.api_url.as_str());
    let status = error.code.status_and_title().0;
    let mut response = HttpResponse::build(status);
    for (name, value) in &error.headers {
        response.insert_header((name.clone(), value.clone()));
    }
    if status == StatusCode::UNAUTHORIZED {
        response.insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"masthead\""));
    }
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    response.insert_header((header::CONTENT_TYPE, "application/problem+json"));
    let problem = error.clone().into_problem(api_url, request.path(), id);
    tracing::info!(request_id = %id, method = %request.method(), path = ?loggable(request.path()), status = status.as_u16(), code = %error.code, "refused");
    response.body(serde_json::to_vec(&problem).unwrap_or_default())
}

/// Headers that every reply carries, unless the handler has set its own.
fn secure(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
}

/// CORS: the delivery side for everyone without credentials, the private side for the configured origins only.
fn share(headers: &mut HeaderMap, path: &str, origin: Option<&HeaderValue>, config: Option<&Config>, is_preflight: bool) {
    let (allowed, methods) = if is_private(path) {
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
        let known = config.zip(origin).filter(|(config, origin)| config.editor_origins.iter().any(|known| known.as_bytes() == origin.as_bytes()));
        (known.map(|(_, origin)| origin.clone()), "GET, HEAD, POST, PUT, PATCH, DELETE")
    } else {
        (Some(HeaderValue::from_static("*")), "GET, HEAD")
    };
    let Some(allowed) = allowed else { return };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static(
            "Cache-Tag, ETag, Idempotency-Replayed, Last-Modified, Link, Location, Masthead-Dry-Run, Masthead-Revision, Retry-After, X-Request-Id",
        ),
    );
    if is_preflight {
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(methods));
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static("Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Masthead-Min-Revision, X-Request-Id"),
        );
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200"));
    }
}
