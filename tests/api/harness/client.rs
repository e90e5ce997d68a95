//! Those who use the API, and what they get back. It is plain HTTP: no type of the server is used to read an answer.

use super::app::Login;
use serde_json::Value;
use std::time::Duration;
use ureq::Agent;
use ureq::http::{HeaderMap, Method, Request, Uri};

/// Speaks HTTP with one server.
#[derive(Clone)]
pub struct Client {
    url: String,
    agent: Agent,
}

impl Client {
    pub fn new(url: &str) -> Self {
        let agent = Agent::config_builder()
            // An error or a redirect is an answer like any other.
            .http_status_as_error(false)
            .max_redirects(0)
            // Whatever proxy the machine is set up for.
            .proxy(None)
            .timeout_global(Some(Duration::from_secs(60)))
            .build()
            .new_agent();
        Self { url: url.to_owned(), agent }
    }

    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
        self.try_send(method, path, headers, body).unwrap_or_else(|error| panic!("{error}"))
    }

    fn try_send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Response, String> {
        let what = format!("{method} {path}");
        let address: Uri = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.url) }
            .parse()
            .unwrap_or_else(|error| panic!("{what}: {error}"));
        let method: Method = method.parse().unwrap_or_else(|error| panic!("{what}: {error}"));
        // No body at all is something else than an empty one, which a POST without a body has (RFC 9110, 8.6).
        let has_body = !body.is_empty() || [Method::POST, Method::PUT, Method::PATCH].contains(&method);
        let mut request = Request::builder().method(method).uri(address);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = if has_body {
            request.body(body).map_err(ureq::Error::from).and_then(|request| self.agent.run(request))
        } else {
            request.body(()).map_err(ureq::Error::from).and_then(|request| self.agent.run(request))
        };
        let mut response = answer.map_err(|error| format!("{what}: {error}"))?;
        let body = response.body_mut().with_config().limit(64 << 20).read_to_vec().map_err(|error| format!("{what}: {error}"))?;
        Ok(Response { status: response.status().as_u16(), headers: response.headers().clone(), body, what })
    }
}

/// Whoever makes requests.
pub trait Requests {
    fn client(&self) -> &Client;

    /// The value of the header `Authorization`.
    fn authorization(&self) -> Option<String>;

    /// Any request that the client can make: no `GET` has a body. A header given here takes the place of the usual one.
    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
        self.try_send(method, path, headers, body).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The same, where the server may go away meanwhile.
    fn try_send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Response, String> {
        let authorization = self.authorization();
        let mut all = headers.to_vec();
        if let Some(authorization) = &authorization
            && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"))
        {
            all.push(("authorization", authorization));
        }
        self.client().try_send(method, path, &all, body)
    }

    /// A request with a JSON body, and an entity tag where there is one.
    fn send_json(&self, method: &str, path: &str, media_type: &str, etag: Option<&str>, body: &Value) -> Response {
        let mut headers = vec![("content-type", media_type)];
        headers.extend(etag.map(|etag| ("if-match", etag)));
        self.send(method, path, &headers, body.to_string().as_bytes())
    }

    fn get(&self, path: &str) -> Response {
        self.send("GET", path, &[], &[])
    }

    fn head(&self, path: &str) -> Response {
        self.send("HEAD", path, &[], &[])
    }

    /// A `GET` with headers, such as a condition.
    fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        self.send("GET", path, headers, &[])
    }

    fn post(&self, path: &str, body: &Value) -> Response {
        self.send_json("POST", path, "application/json", None, body)
    }

    /// A merge patch of the version that has that entity tag.
    fn patch(&self, path: &str, etag: &str, body: &Value) -> Response {
        self.send_json("PATCH", path, "application/merge-patch+json", Some(etag), body)
    }

    fn put(&self, path: &str, etag: &str, body: &Value) -> Response {
        self.send_json("PUT", path, "application/json", Some(etag), body)
    }

    fn delete(&self, path: &str, etag: &str) -> Response {
        self.send("DELETE", path, &[("if-match", etag)], &[])
    }

    /// A step, like publishing, of the version that has that entity tag. Without a body where it is null.
    fn action(&self, path: &str, etag: &str, body: &Value) -> Response {
        match body {
            Value::Null => self.send("POST", path, &[("if-match", etag)], &[]),
            body => self.send_json("POST", path, "application/json", Some(etag), body),
        }
    }
}

/// Someone who has not logged in: a reader.
#[derive(Clone)]
pub struct Anonymous {
    pub client: Client,
}

impl Requests for Anonymous {
    fn client(&self) -> &Client {
        &self.client
    }

    fn authorization(&self) -> Option<String> {
        None
    }
}

/// Someone with an access token.
#[derive(Clone)]
pub struct SignedIn {
    pub client: Client,
    pub access_token: String,
    pub refresh_token: String,
    pub login: Login,
}

impl Requests for SignedIn {
    fn client(&self) -> &Client {
        &self.client
    }

    fn authorization(&self) -> Option<String> {
        Some(format!("Bearer {}", self.access_token))
    }
}

/// An answer, whole.
pub struct Response {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// The request, like `GET /v1/articles`, for the message of a test that fails.
    what: String,
}

/// What every problem document says (RFC 9457, and two members of ours).
const PROBLEM_MEMBERS: [&str; 7] = ["type", "title", "status", "detail", "instance", "request_id", "code"];

impl Response {
    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let value = self.headers.get(name)?;
        Some(value.to_str().unwrap_or_else(|_| panic!("{self}: {name} is {value:?}")))
    }

    /// All headers of that name, parted at their commas, in order.
    pub fn header_list(&self, name: &str) -> Vec<String> {
        let values = self.headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or_else(|error| panic!("{} {}: not UTF-8: {error}", self.what, self.status))
    }

    /// The body, which says that it is JSON and is.
    #[track_caller]
    pub fn json(&self) -> Value {
        let media_type = self.header("content-type").unwrap_or_default();
        let is_json = media_type.split(';').next().is_some_and(|essence| essence == "application/json" || essence.ends_with("+json"));
        assert!(is_json, "{self}\nis {media_type:?}, not JSON");
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{self}\nis not JSON: {error}"))
    }

    #[track_caller]
    pub fn assert_status(self, status: u16) -> Self {
        assert!(self.status == status, "expected status {status}: {self}");
        self
    }

    #[track_caller]
    pub fn etag(&self) -> String {
        self.header("etag").unwrap_or_else(|| panic!("no ETag: {self}")).to_owned()
    }

    /// Where it leads.
    #[track_caller]
    pub fn location(&self) -> String {
        self.header("location").unwrap_or_else(|| panic!("no Location: {self}")).to_owned()
    }

    /// The body as the problem document that every error is.
    #[track_caller]
    pub fn problem(&self) -> Value {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self}");
        let problem = self.json();
        for member in PROBLEM_MEMBERS {
            assert!(problem.get(member).is_some_and(|value| !value.is_null() && value != ""), "no {member}: {self}");
        }
        assert_eq!(problem["status"], self.status, "{self}");
        assert_eq!(problem["request_id"].as_str(), self.header("x-request-id"), "{self}");
        problem
    }

    /// The code of the problem.
    #[track_caller]
    pub fn problem_code(&self) -> String {
        self.problem()["code"].as_str().unwrap_or_else(|| panic!("the code is no string: {self}")).to_owned()
    }

    /// What the faults of the problem are in: the pointers into the body and the names of parameters, sorted.
    #[track_caller]
    pub fn fault_pointers(&self) -> Vec<String> {
        let mut places: Vec<String> = self.faults().into_iter().map(|(place, _)| place).collect();
        places.sort();
        places
    }

    /// The faults of the problem, as pairs of place and code, sorted.
    #[track_caller]
    pub fn faults(&self) -> Vec<(String, String)> {
        let problem = self.problem();
        let faults = problem["errors"].as_array().unwrap_or_else(|| panic!("no faults are listed: {self}"));
        let mut faults: Vec<(String, String)> = faults
            .iter()
            .map(|fault| {
                let place = fault["pointer"].as_str().or_else(|| fault["parameter"].as_str()).or_else(|| fault["header"].as_str());
                let place = place.unwrap_or_else(|| panic!("a fault without a place: {self}"));
                (place.to_owned(), fault["code"].as_str().unwrap_or_else(|| panic!("a fault without a code: {self}")).to_owned())
            })
            .collect();
        faults.sort();
        faults
    }
}

impl std::fmt::Display for Response {
    /// The exchange with the answer's headers and body, as far as a person can read it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{} was answered {}", self.what, self.status)?;
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
        }
        match serde_json::from_slice::<Value>(&self.body) {
            Ok(json) => write!(f, "{json:#}"),
            Err(_) => f.write_str(&String::from_utf8_lossy(&self.body)),
        }
    }
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}
