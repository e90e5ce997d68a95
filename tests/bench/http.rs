//! A client on one connection, for the requests that wrk cannot make.

use serde_json::Value;
use std::time::Duration;
use ureq::Agent;

pub struct Client {
    url: String,
    agent: Agent,
}

pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    what: String,
}

impl Client {
    pub fn new(url: &str) -> Self {
        let settings = Agent::config_builder().http_status_as_error(false).max_redirects(0).proxy(None).timeout_global(Some(Duration::from_secs(60)));
        Self { url: url.to_owned(), agent: settings.build().new_agent() }
    }

    pub fn try_send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Option<Answer> {
        self.try_send_text(method, path, headers, body.map(Value::to_string))
    }

    fn try_send_text(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<String>) -> Option<Answer> {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = match body {
            Some(body) => self.agent.run(request.header("content-type", "application/json").body(body).ok()?).ok()?,
            None => self.agent.run(request.body(()).ok()?).ok()?,
        };
        let headers = response.headers().iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned())).collect();
        let body = response.body_mut().with_config().limit(64 << 20).read_to_vec().ok()?;
        Some(Answer { status: response.status().as_u16(), headers, body, what: format!("{method} {path}") })
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Answer {
        self.send_text(method, path, headers, body.map(Value::to_string))
    }

    /// Sends a body that is JSON already.
    pub fn send_text(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<String>) -> Answer {
        let answer = self.try_send_text(method, path, headers, body).unwrap_or_else(|| panic!("{method} {path} was not answered"));
        assert!(answer.status < 400, "{}: {}\n{}", answer.what, answer.status, String::from_utf8_lossy(&answer.body));
        answer
    }

    pub fn get(&self, path: &str) -> Value {
        self.send("GET", path, &[], None).json()
    }
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{}: {error}", self.what))
    }
}
