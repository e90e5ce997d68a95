//! The requests of the sweep, made from the document that the running server gives of itself: every operation that anyone may
//! call, with every value of every parameter. What is not known here makes the sweep fail, which then has to be told.

use crate::harness::app::App;
use crate::harness::client::Requests;
use serde_json::Value;
use std::collections::BTreeMap;

/// An operation that anyone may call.
pub struct Operation {
    pub path: String,
    /// The parameters of the path and of the query.
    parameters: Vec<Value>,
    /// The members of what it shows, or of each item of its list.
    members: Vec<String>,
    document: Value,
}

/// The slugs and ids of what is public, by the last part of the path of its list.
pub type Public = BTreeMap<String, Vec<String>>;

/// What a filter named so narrows down by.
const NAMED: &[(&str, &str)] = &[
    ("section", "sections"),
    ("parent", "sections"),
    ("tag", "tags"),
    ("author", "authors"),
    ("publication", "publications"),
    ("branch", "branches"),
    ("article", "articles"),
    ("exclude", "articles"),
    ("issue", "issues"),
    ("collection", "collections"),
    ("slugs", "collections"),
];

/// What else is taken, with a few values of each.
const PLAIN: &[(&str, &[&str])] = &[
    ("q", &["open", "\"open word\"", "ope*", "open -word"]),
    ("country", &["AU", "NZ"]),
    ("language", &["en", "de"]),
    // Of a preview link, and there is none.
    ("token", &["YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXowMTIzNDU2Nzg5"]),
    // Files and addresses that lead elsewhere.
    ("path", &["/", "/old", "/articles/open-0"]),
    ("hash", &["0000000000000000000000000000000000000000000000000000000000000000"]),
    ("name", &["original.jpg"]),
];

/// Members that `include` asks for, not `fields`.
const INCLUDED: &[&str] = &["related", "latest", "meetings"];

fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#')) {
        Some(pointer) => resolve(document, document.pointer(pointer).unwrap_or_else(|| panic!("{pointer} is not there"))),
        None => value,
    }
}

/// All operations that read and that anyone may call.
pub fn operations(app: &App) -> Vec<Operation> {
    let document = app.anonymous().get("/openapi.json").assert_status(200).json();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        let operation = &item["get"];
        if operation.is_null() || operation["security"].as_array().is_some_and(|security| !security.is_empty()) {
            continue;
        }
        let parameters = operation["parameters"].as_array().into_iter().flatten().map(|parameter| resolve(&document, parameter));
        let parameters = parameters.filter(|parameter| parameter["in"] != "header").cloned().collect();
        let schema = resolve(&document, &operation["responses"]["200"]["content"]["application/json"]["schema"]);
        let item = if schema["properties"]["data"].is_null() { schema } else { resolve(&document, &schema["properties"]["data"]["items"]) };
        let members = item["properties"].as_object().map(|members| members.keys().cloned().collect()).unwrap_or_default();
        operations.push(Operation { path: path.clone(), parameters, members, document: document.clone() });
    }
    operations
}

/// The members of the body that creates an article.
pub fn members_of_article_in(app: &App) -> Vec<String> {
    let document = app.anonymous().get("/openapi.json").assert_status(200).json();
    document["components"]["schemas"]["ArticleIn"]["properties"].as_object().expect("members").keys().cloned().collect()
}

/// What is public, as the lists say.
pub fn public(app: &App, operations: &[Operation]) -> Public {
    let mut public = Public::new();
    for operation in operations.iter().filter(|operation| !operation.path.contains('{')) {
        let answer = app.anonymous().get(&operation.path);
        let Some(items) = serde_json::from_slice::<Value>(&answer.body).ok().and_then(|body| body["data"].as_array().cloned()) else { continue };
        let names = items.iter().flat_map(|item| [&item["slug"], &item["id"]]).filter_map(Value::as_str).map(str::to_owned).collect();
        let collection = operation.path.rsplit('/').next().expect("a last part");
        public.insert(collection.to_owned(), names);
    }
    public
}

impl Operation {
    fn schema<'a>(&'a self, parameter: &'a Value) -> &'a Value {
        resolve(&self.document, &parameter["schema"])
    }

    /// Values of a parameter, as many as there are of a closed list, and a few of any other.
    fn values(&self, parameter: &Value, public: &Public) -> Vec<String> {
        let (name, schema) = (parameter["name"].as_str().expect("a name"), self.schema(parameter));
        let texts = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        if let Some(words) = schema["enum"].as_array() {
            return words.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        }
        if schema["type"] == "boolean" {
            return texts(&["true", "false"]);
        }
        if schema["type"] == "integer" {
            return [&schema["minimum"], &schema["maximum"]].into_iter().map(Value::to_string).collect();
        }
        if schema["format"] == "date-time" {
            return texts(&["2026-11-26T09:00:00Z", "2000-01-01T00:00:00Z", "2030-01-01T00:00:00Z"]);
        }
        if let Some((_, collection)) = NAMED.iter().find(|(named, _)| *named == name) {
            return public.get(*collection).cloned().unwrap_or_default();
        }
        if let Some((_, values)) = PLAIN.iter().find(|(plain, _)| *plain == name) {
            return texts(values);
        }
        match name {
            "fields" => {
                let known: Vec<String> = self.members.iter().filter(|member| !INCLUDED.contains(&member.as_str())).cloned().collect();
                known.iter().cloned().chain([known.join(",")]).collect()
            }
            "include" => {
                let words = schema["pattern"].as_str().unwrap_or_default().trim_start_matches("^(").split(')').next().unwrap_or_default();
                words.split('|').map(str::to_owned).chain([words.replace('|', ",")]).collect()
            }
            // Those of the list itself are followed.
            "cursor" => Vec::new(),
            "code" => resolve(&self.document, &self.document["components"]["schemas"]["ProblemCode"])["enum"]
                .as_array()
                .expect("codes")
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            "slug" => {
                let collection = self.path.split("/{").next().and_then(|path| path.rsplit('/').next()).expect("a collection");
                public.get(collection).cloned().unwrap_or_default()
            }
            _ => panic!("say in tests/api/sweep what the parameter {name:?} of {} takes: {schema}", self.path),
        }
    }

    /// The paths, with the parts in braces filled in with what is public.
    fn paths(&self, public: &Public) -> Vec<String> {
        let mut paths = vec![self.path.clone()];
        for parameter in self.parameters.iter().filter(|parameter| parameter["in"] == "path") {
            let part = format!("{{{}}}", parameter["name"].as_str().expect("a name"));
            let values = self.values(parameter, public);
            paths = paths.iter().flat_map(|path| values.iter().map(|value| path.replace(&part, value)).collect::<Vec<_>>()).collect();
        }
        paths
    }

    /// Everything that can be asked, each parameter by itself, and then together as far as one answer shows more for it.
    pub fn requests(&self, public: &Public) -> Vec<String> {
        let query: Vec<&Value> = self.parameters.iter().filter(|parameter| parameter["in"] == "query").collect();
        let takes = |name: &str| query.iter().any(|parameter| parameter["name"] == name);
        let mut queries = vec![String::new()];
        for parameter in &query {
            let name = parameter["name"].as_str().expect("a name");
            queries.extend(self.values(parameter, public).iter().map(|value| format!("{name}={}", encoded(value))));
        }
        if takes("total") {
            let narrowed: Vec<String> = queries.iter().filter(|query| !query.is_empty() && !query.starts_with("total")).cloned().collect();
            queries.extend(narrowed.iter().filter(|query| !query.starts_with("limit")).map(|query| format!("{query}&total=true&limit=100")));
        }
        if takes("include") && takes("body") {
            let includes = query.iter().find(|parameter| parameter["name"] == "include").map(|include| self.values(include, public));
            let all = includes.and_then(|values| values.last().cloned()).unwrap_or_default();
            queries.extend(["html", "markdown", "text", "none"].map(|form| format!("include={all}&body={form}")));
        }
        if takes("q") && takes("body") {
            queries.extend(["html", "markdown", "text"].map(|form| format!("q=open&body={form}&total=true")));
        }
        let paths = self.paths(public);
        paths
            .iter()
            .flat_map(|path| queries.iter().map(move |query| if query.is_empty() { path.clone() } else { format!("{path}?{query}") }))
            .collect()
    }

    /// The requests that name something in the place of whatever can be named.
    pub fn probes(&self, name: &str, public: &Public) -> Vec<String> {
        let mut probes = Vec::new();
        for parameter in &self.parameters {
            let parameter_name = parameter["name"].as_str().expect("a name");
            let is_free = self.schema(parameter)["enum"].is_null() && self.schema(parameter)["type"] == "string";
            if parameter["in"] == "path" {
                let part = format!("{{{parameter_name}}}");
                // The other parts as of something public.
                let path = self.path.replace(&part, name);
                let others = self.parameters.iter().filter(|other| other["in"] == "path" && other["name"] != parameter["name"]);
                let path = others.fold(path, |path, other| {
                    let value = self.values(other, public).into_iter().next().unwrap_or_default();
                    path.replace(&format!("{{{}}}", other["name"].as_str().expect("a name")), &value)
                });
                probes.push(path);
            } else if is_free && !self.path.contains('{') && self.schema(parameter)["format"] != "date-time" {
                probes.push(format!("{}?{parameter_name}={}", self.path, encoded(name)));
                if parameter_name == "q" {
                    probes.extend([format!("{}?q={}*", self.path, encoded(name)), format!("{}?q=%22{}%22&total=true", self.path, encoded(name))]);
                }
            }
        }
        probes
    }
}

fn encoded(value: &str) -> String {
    value
        .bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() || b"-._~,:".contains(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
