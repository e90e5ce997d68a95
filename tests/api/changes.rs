//! The change sequence over HTTP: `/v1/changes` for anyone, `/v1/editor/changes` for the paper itself.

mod follow;
mod list;

use crate::harness::client::Requests;
use serde_json::Value;

/// All that there is after a number, page by page.
pub fn follow(who: &impl Requests, path: &str, since: i64, limit: usize) -> Vec<Value> {
    let (mut all, mut since) = (Vec::new(), since);
    loop {
        let answer = who.get(&format!("{path}?since={since}&limit={limit}")).assert_status(200).json();
        all.extend(answer["data"].as_array().expect("a list").iter().cloned());
        let (next, head) = (answer["next"].as_i64().expect("a number"), answer["head"].as_i64().expect("a number"));
        assert!(next <= head && (next > since || next == head), "no way on: {answer:#}");
        since = next;
        if next == head {
            return all;
        }
    }
}

/// Changes as `kind action`.
pub fn told(changes: &[Value]) -> Vec<String> {
    let word = |change: &Value, name: &str| change[name].as_str().unwrap_or_else(|| panic!("no {name}: {change}")).to_owned();
    changes.iter().map(|change| format!("{} {}", word(change, "kind"), word(change, "action"))).collect()
}
