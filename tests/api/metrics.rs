//! `/metrics`, and what is made of it.

use crate::harness::builders::make_public_article;
use crate::harness::client::Requests;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The value of the one sample that begins with this.
fn value(metrics: &str, sample: &str) -> f64 {
    let line = metrics.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {sample} in\n{metrics}")).parse().expect("a number")
}

on_both! {
    fn administrator_reads_what_was_counted(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        make_public_article(&editor, json!({"slug": "ferry"}));
        for _ in 0..3 {
            reader.get("/v1/articles/ferry").assert_status(200);
        }
        reader.head("/v1/articles/ferry").assert_status(200);
        reader.get("/v1/articles/another").assert_status(404);
        reader.get("/v1/articles?limit=0").assert_status(400);
        reader.get("/nothing/secret-7f3a").assert_status(404);
        reader.get(&format!("/v1/articles?q={}", "x".repeat(9000))).assert_status(414);
        let answer = app.admin().get("/metrics").assert_status(200);
        assert_eq!((answer.header("content-type"), answer.header("cache-control")), (Some("text/plain; version=0.0.4; charset=utf-8"), Some("no-store")));
        let metrics = answer.text();
        let requests = |route: &str, status: u16| value(metrics, &format!("masthead_http_requests_total{{method=\"GET\",route=\"{route}\",status=\"{status}\"}}"));
        assert_eq!((requests("/v1/articles/{slug}", 200), requests("/v1/articles/{slug}", 404)), (4.0, 1.0));
        assert_eq!((requests("/v1/articles", 400), requests("", 404), requests("", 414)), (1.0, 1.0, 1.0));
        assert_eq!(value(metrics, "masthead_http_request_duration_seconds_count{method=\"GET\",route=\"/v1/articles/{slug}\"}"), 5.0);
        assert_eq!(value(metrics, "masthead_http_requests_total{method=\"POST\",route=\"/v1/auth/login\",status=\"200\"}"), 2.0);
        // The first request makes the reply, the others get what is kept.
        assert_eq!(value(metrics, "masthead_cache_hits_total"), 3.0);
        assert!(value(metrics, "masthead_cache_bytes") > 0.0);
        assert!(value(metrics, "masthead_content_generation") >= 1.0 && value(metrics, "masthead_database_silence_seconds") < 10.0);
        assert!(value(metrics, "masthead_database_threads{pool=\"write\"}") >= 1.0);
        assert!(value(metrics, "process_resident_memory_bytes") > 1e6 && value(metrics, "process_start_time_seconds") > 1.7e9);
        // No path as it came, and nothing of a query.
        assert!(!metrics.contains("ferry") && !metrics.contains("secret-7f3a") && !metrics.contains("xxx"), "{metrics}");
        is_well_formed(metrics);
    }

    fn only_an_administrator_reads_metrics_with_a_login(app: &App) {
        app.anonymous().get("/metrics").assert_status(401);
        app.contributor().get("/metrics").assert_status(403);
        app.editor().get("/metrics").assert_status(403);
        app.admin().get("/metrics?x=1").assert_status(400);
    }

    fn dashboard_shows_only_metrics_that_exist(app: &App) {
        app.anonymous().get("/v1/articles").assert_status(200);
        let answer = app.admin().get("/metrics").assert_status(200);
        let known: BTreeSet<&str> = answer.text().lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
        let dashboard: Value = serde_json::from_str(include_str!("../../docs/grafana-dashboard.json")).expect("the dashboard is JSON");
        let mut queries = Vec::new();
        for panel in dashboard["panels"].as_array().expect("panels") {
            for target in panel["targets"].as_array().into_iter().flatten() {
                queries.push(target["expr"].as_str().expect("a query").to_owned());
            }
        }
        assert!(queries.len() >= 10);
        queries.push(include_str!("../../docs/operations.md").to_owned());
        let mut named = BTreeSet::new();
        for query in &queries {
            let words = query.split(|character: char| !character.is_ascii_alphanumeric() && character != '_');
            named.extend(words.filter(|word| word.starts_with("masthead_") || word.starts_with("process_")));
        }
        assert!(named.len() >= 10, "{named:?}");
        for name in named {
            let family = ["_bucket", "_sum", "_count"].iter().find_map(|suffix| name.strip_suffix(suffix)).unwrap_or(name);
            assert!(known.contains(family), "{name} is not among the metrics");
        }
    }
}

/// Every sample stands under the family that it belongs to, once.
fn is_well_formed(metrics: &str) {
    let (mut family, mut kind, mut seen) = ("", "", BTreeSet::new());
    for line in metrics.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            (family, kind) = rest.split_once(' ').expect("a kind");
            assert!(["counter", "gauge", "histogram"].contains(&kind) && (kind != "counter" || family.ends_with("_total")), "{line}");
        } else if !line.starts_with("# HELP ") {
            let (sample, value) = line.rsplit_once(' ').expect("a value");
            let suffix = sample.split('{').next().and_then(|name| name.strip_prefix(family));
            let fits =
                suffix.is_some_and(|suffix| if kind == "histogram" { ["_bucket", "_sum", "_count"].contains(&suffix) } else { suffix.is_empty() });
            assert!(fits && value.parse::<f64>().is_ok() && seen.insert(sample), "{line}");
        }
    }
}
