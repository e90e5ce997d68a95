//! Authors, sections, tags, publications, branches and venues: what one of them is promised, all of them keep.

mod create;
mod delete;
mod delivery;
mod find;
mod list;
mod references;
mod revisions;
mod update;

pub use delivery::list::BAD_QUERIES;

use crate::harness::client::{Requests, Response};
use serde_json::{Map, Value, json};

/// What contributors do not see: who is behind a pen name, and what was agreed in private.
pub const CONFIDENTIAL: [&str; 3] = ["real_name", "private_notes", "private_contact"];

/// A kind of record.
pub struct Kind {
    /// The last part of its address.
    pub collection: &'static str,
    /// Whether readers have addresses for it.
    pub is_delivered: bool,
    /// Members that no reader gets to see.
    pub private: &'static [&'static str],
    /// Members that can be taken away.
    pub optional: &'static [&'static str],
    body: fn() -> Value,
}

impl Kind {
    /// What an editor may enter for it: every member but the slug and what refers to something else.
    pub fn body(&self, name: &str) -> Value {
        let mut body = (self.body)();
        body["name"] = name.into();
        body
    }

    /// Its collection on the editing side.
    pub fn desk(&self) -> String {
        format!("/v1/editor/{}", self.collection)
    }

    /// Its collection on the delivery side.
    pub fn public(&self) -> String {
        format!("/v1/{}", self.collection)
    }

    /// The members that readers get, sorted, of a record with all members.
    pub fn public_members(&self) -> Vec<String> {
        let body = self.body("x");
        let entered = members(&body).keys().map(String::as_str).filter(|name| !self.private.contains(name));
        let derived = DERIVED.iter().filter(|(collection, _)| *collection == self.collection).map(|(_, name)| *name);
        let mut names: Vec<String> = entered.chain(["id", "slug", "page_url", "updated_at"]).chain(derived).map(str::to_owned).collect();
        names.sort();
        names
    }
}

/// The members that only readers get, by the collection: they are made from other records.
const DERIVED: &[(&str, &str)] = &[("sections", "ancestors")];

pub const KINDS: [Kind; 6] = [
    Kind {
        collection: "authors",
        is_delivered: true,
        private: &["real_name"],
        optional: &["bio", "organisation", "url", "real_name"],
        body: || {
            json!({
                "bio": "Writes about work.\nAnd weather.",
                "organisation": "Harbour Union",
                "url": "https://ida.example/?a=1#b",
                "real_name": "SECRET-REAL-NAME",
            })
        },
    },
    Kind {
        collection: "sections",
        is_delivered: true,
        private: &[],
        optional: &["description"],
        body: || json!({"description": "News from the four quarters."}),
    },
    Kind { collection: "tags", is_delivered: true, private: &[], optional: &["description"], body: || json!({"description": "All that floats."}) },
    Kind {
        collection: "publications",
        is_delivered: true,
        private: &[
            "credit_line_template",
            "index_policy",
            "canonical_policy",
            "credit_requires",
            "permission",
            "permission_from",
            "permission_until",
            "private_notes",
            "private_contact",
        ],
        optional: &[
            "description",
            "homepage_url",
            "country",
            "language",
            "default_licence",
            "credit_line_template",
            "permission_from",
            "permission_until",
            "private_notes",
            "private_contact",
        ],
        body: || {
            json!({
                "description": "Our sister up the coast.",
                "homepage_url": "https://north.example",
                "country": "AU",
                "language": "en-AU",
                "default_licence": "CC BY-ND 4.0",
                "credit_line_template": "First published in {publication}",
                "index_policy": "noindex",
                "canonical_policy": "self",
                "credit_requires": ["original_title", "licence"],
                "permission": "refused",
                "permission_from": "2026-01-01T00:00:00Z",
                "permission_until": "2027-01-01T00:00:00Z",
                "private_notes": "SECRET-NOTES",
                "private_contact": "SECRET-CONTACT",
            })
        },
    },
    Kind {
        collection: "branches",
        is_delivered: true,
        private: &[],
        optional: &["description", "city", "contact_email", "url"],
        body: || {
            json!({
                "description": "Meets on Thursdays.",
                "city": "Brisbane",
                "timezone": "Australia/Brisbane",
                "contact_email": "brisbane@paper.example",
                "url": "https://paper.example/brisbane",
            })
        },
    },
    Kind {
        collection: "venues",
        is_delivered: false,
        private: &[],
        optional: &["street_address", "locality", "region", "postcode", "country", "map_url", "access_notes", "access_contact"],
        body: || {
            json!({
                "street_address": "12 Ropewalk Lane",
                "locality": "Sydney",
                "region": "NSW",
                "postcode": "2000",
                "country": "Australia",
                "latitude": -33.86,
                "longitude": 151.21,
                "map_url": "https://map.example/wharf-hall",
                "step_free": "yes",
                "accessible_toilet": "no",
                "hearing_loop": "unknown",
                "access_notes": "The lift is behind the bar.",
                "access_contact": "Kit, 555 0100",
            })
        },
    },
];

/// The kinds that readers have addresses for.
pub fn delivered() -> impl Iterator<Item = &'static Kind> {
    const { &KINDS }.iter().filter(|kind| kind.is_delivered)
}

/// The members of an object.
#[track_caller]
pub fn members(object: &Value) -> &Map<String, Value> {
    object.as_object().unwrap_or_else(|| panic!("{object} is no object"))
}

/// The names of the members of an object, sorted.
#[track_caller]
pub fn member_names(object: &Value) -> Vec<String> {
    let mut names: Vec<String> = members(object).keys().cloned().collect();
    names.sort();
    names
}

/// One member of all items of a list.
#[track_caller]
pub fn column(list: &Value, name: &str) -> Vec<String> {
    let items = list["data"].as_array().unwrap_or_else(|| panic!("no data: {list}"));
    items.iter().map(|item| item[name].as_str().unwrap_or_else(|| panic!("no {name}: {item}")).to_owned()).collect()
}

/// Asserts that a query is refused, and that the refusal names that parameter.
#[track_caller]
pub fn assert_query_refused(answer: Response, parameter: &str) {
    let answer = answer.assert_status(400);
    assert_eq!(answer.problem_code(), "invalid_query", "{answer}");
    assert_eq!(answer.fault_pointers(), [parameter], "{answer}");
    assert!(answer.problem()["detail"].as_str().is_some_and(|detail| detail.contains(parameter)), "{answer}");
}

/// Reads a list from its first page to the last and back again, and returns the ids in its order.
///
/// Each page is asked for by the cursor and by the `Link` header, which must give the same.
#[track_caller]
pub fn walk(who: &impl Requests, path: &str) -> Vec<String> {
    let mut pages: Vec<Value> = vec![who.get(path).assert_status(200).json()];
    assert!(pages[0]["page"]["previous"].is_null(), "the first page has a previous one: {}", pages[0]["page"]);
    let mut answer = who.get(path);
    while let Some(cursor) = pages[pages.len() - 1]["page"]["next"].as_str() {
        let separator = if path.contains('?') { '&' } else { '?' };
        let linked = who.get(&link(&answer, "next").expect("a link to the next page")).assert_status(200);
        answer = who.get(&format!("{path}{separator}cursor={cursor}")).assert_status(200);
        assert_eq!(answer.json(), linked.json());
        pages.push(answer.json());
        assert!(pages.len() < 100, "{path} has no end");
    }
    assert_eq!(link(&answer, "next"), None, "{answer}");
    let mut at = pages.len() - 1;
    while let Some(previous) = link(&answer, "prev") {
        assert!(at > 0, "there is a page before the first: {answer}");
        at -= 1;
        answer = who.get(&previous).assert_status(200);
        assert_eq!(column(&answer.json(), "id"), column(&pages[at], "id"), "page {at} differs on the way back");
    }
    assert_eq!(at, 0, "the way back ends before the first page: {answer}");
    assert!(answer.json()["page"]["previous"].is_null(), "{answer}");
    pages.iter().flat_map(|page| column(page, "id")).collect()
}

/// Where the `Link` header leads in that relation.
pub fn link(answer: &Response, relation: &str) -> Option<String> {
    let links = answer.header_list("link");
    let link = links.iter().find(|link| link.ends_with(&format!("rel=\"{relation}\"")))?;
    Some(link.split(['<', '>']).nth(1).unwrap_or_else(|| panic!("{link}")).to_owned())
}
