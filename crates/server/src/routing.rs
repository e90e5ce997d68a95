//! Where the one table of routes goes: into the server, into the list of what is served, and into the OpenAPI document.

use crate::error::{ApiError, ProblemCode};
use crate::routes::routes;
use actix_web::dev::HttpServiceFactory;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use utoipa::Path;
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::{Components, OpenApi, Paths};
use utoipa_actix_web::OpenApiFactory;

/// What routes are added to. Collecting the document takes time and memory, so a server does it only when
/// somebody asks for the document; [`utoipa_actix_web`] by itself does it with each mounting.
pub enum Routes<'a> {
    /// Mounted, to be served by one worker.
    Mounted(&'a mut ServiceConfig),
    /// Listed by method and pattern. The prefix is that of the scopes around them.
    Listed { prefix: String, operations: &'a mut Vec<(Method, String)> },
    /// Described with their schemas. The prefix is that of the scopes around them.
    Described { prefix: String, document: &'a mut OpenApi },
}

impl Routes<'_> {
    /// Adds one operation.
    pub fn service<F: HttpServiceFactory + OpenApiFactory + Path + 'static>(&mut self, handler: F) -> &mut Self {
        match self {
            Self::Mounted(config) => {
                config.service(handler);
            }
            Self::Listed { prefix, operations } => {
                let pattern = format!("{prefix}{}", F::path());
                operations.extend(F::methods().into_iter().map(|method| (method_of(&method), pattern.clone())));
            }
            Self::Described { prefix, document } => {
                let mut paths = Paths::new();
                paths.paths = handler.paths().paths.into_iter().map(|(path, item)| (format!("{prefix}{path}"), item)).collect();
                document.paths.merge(paths);
                let mut schemas = Vec::new();
                handler.schemas(&mut schemas);
                document.components.get_or_insert_with(Components::new).schemas.extend(schemas);
            }
        }
        self
    }

    /// Adds what a function adds, under a prefix.
    pub fn scope(&mut self, inner: &str, add: impl FnOnce(&mut Routes)) -> &mut Self {
        match self {
            Self::Mounted(config) => {
                config.service(web::scope(inner).configure(|config| add(&mut Routes::Mounted(config))));
            }
            Self::Listed { prefix, operations } => add(&mut Routes::Listed { prefix: format!("{prefix}{inner}"), operations }),
            Self::Described { prefix, document } => add(&mut Routes::Described { prefix: format!("{prefix}{inner}"), document }),
        }
        self
    }
}

fn method_of(method: &HttpMethod) -> Method {
    match method {
        HttpMethod::Get => Method::GET,
        HttpMethod::Post => Method::POST,
        HttpMethod::Put => Method::PUT,
        HttpMethod::Delete => Method::DELETE,
        HttpMethod::Options => Method::OPTIONS,
        HttpMethod::Head => Method::HEAD,
        HttpMethod::Patch => Method::PATCH,
        HttpMethod::Trace => Method::TRACE,
    }
}

/// The OpenAPI document as utoipa describes what some routes add.
#[must_use]
pub fn describe(add: impl FnOnce(&mut Routes)) -> serde_json::Value {
    #[derive(utoipa::OpenApi)]
    struct Empty;
    let mut document = <Empty as utoipa::OpenApi>::openapi();
    add(&mut Routes::Described { prefix: String::new(), document: &mut document });
    serde_json::to_value(document).unwrap_or_default()
}

/// The methods and paths that are served: for 405 and its `Allow`, and for the metrics.
#[derive(Default)]
pub struct RouteTable(Vec<(String, Vec<Segment>, Vec<Method>)>);

enum Segment {
    Fixed(String),
    /// Anything that ends so and is more than that.
    Any(String),
}

fn segments(pattern: &str) -> Vec<Segment> {
    let parts = pattern.split('/').skip(1);
    let segments = parts.map(|part| match part.strip_prefix('{').and_then(|part| part.split_once('}')) {
        Some((_, end)) => Segment::Any(end.to_owned()),
        None => Segment::Fixed(part.to_owned()),
    });
    segments.collect()
}

impl RouteTable {
    /// The table of all routes.
    #[must_use]
    pub fn of_all_routes() -> Self {
        let mut operations = Vec::new();
        routes(&mut Routes::Listed { prefix: String::new(), operations: &mut operations });
        let mut table = Self::default();
        for (method, pattern) in operations {
            match table.0.iter_mut().find(|(known, ..)| *known == pattern) {
                Some((_, _, methods)) => methods.push(method),
                None => table.0.push((pattern.clone(), segments(&pattern), vec![method])),
            }
        }
        table
    }

    /// Adds pages that are only read and stand in no document.
    #[must_use]
    pub fn with_pages<'path>(mut self, paths: impl Iterator<Item = &'path str>) -> Self {
        self.0.extend(paths.map(|path| (path.to_owned(), segments(path), vec![Method::GET])));
        self
    }

    /// Every method with each of its patterns.
    pub fn operations(&self) -> impl Iterator<Item = (Method, String)> {
        self.0.iter().flat_map(|(pattern, _, methods)| methods.iter().map(|method| (method.clone(), pattern.clone())))
    }

    /// The methods of a path; none where there is no such path.
    fn methods(&self, path: &str) -> Vec<&Method> {
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        let fits = |segments: &[Segment]| {
            segments.len() == parts.len()
                && segments.iter().zip(&parts).all(|(segment, part)| match segment {
                    Segment::Fixed(fixed) => fixed == part,
                    Segment::Any(end) => part.len() > end.len() && part.ends_with(end.as_str()),
                })
        };
        // A path with fixed segments stands before one with parameters that would fit too.
        let mut fitting: Vec<&(String, Vec<Segment>, Vec<Method>)> = self.0.iter().filter(|(_, segments, _)| fits(segments)).collect();
        fitting.sort_by_key(|(_, segments, _)| segments.iter().filter(|segment| matches!(segment, Segment::Any(_))).count());
        fitting.first().map(|(_, _, methods)| methods.iter().collect()).unwrap_or_default()
    }

    fn allow(&self, path: &str) -> Option<HeaderValue> {
        let methods = self.methods(path);
        let mut names: Vec<&str> = methods.iter().map(|method| method.as_str()).collect();
        if names.is_empty() {
            return None;
        }
        if names.contains(&"GET") {
            names.push("HEAD");
        }
        names.push("OPTIONS");
        HeaderValue::from_str(&names.join(", ")).ok()
    }
}

/// Answers what no route takes: 405 with `Allow` where the path exists, else 404.
pub async fn fallback(request: HttpRequest, table: Data<RouteTable>) -> Result<HttpResponse, ApiError> {
    match table.allow(request.path()) {
        Some(allow) if request.method() == Method::OPTIONS => Ok(HttpResponse::NoContent().insert_header((header::ALLOW, allow)).finish()),
        Some(allow) => {
            let detail = format!("{} is not among: {}.", request.method(), allow.to_str().unwrap_or_default());
            Err(ApiError::new(ProblemCode::MethodNotAllowed, detail).with_header(header::ALLOW, allow))
        }
        None => Err(ApiError::new(ProblemCode::NotFound, "No such path.")),
    }
}
