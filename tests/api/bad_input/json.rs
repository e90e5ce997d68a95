//! The bodies of JSONTestSuite: what is JSON is read, what is not is refused.

use crate::harness::client::Requests;
use crate::harness::shared::shared;

/// These are JSON by the letter of RFC 8259, but say two things of one member; we keep to I-JSON (RFC 7493, 2.3).
const REPEATED: [&str; 2] = ["y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"];

on_both! {
    fn editor_sends_every_body_of_the_json_test_suite(app: &App) {
        let Some(folder) = shared("data/strings/JSONTestSuite") else { return };
        let editor = app.editor();
        let (mut good, mut bad, mut either) = (0, 0, 0);
        for entry in std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("a file of the suite").path();
            let name = path.file_name().and_then(|name| name.to_str()).expect("a name in UTF-8");
            let body = std::fs::read(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
            let Some((kind @ ("y" | "n" | "i"), _)) = name.split_once('_') else { continue };
            let answer = editor.send("POST", "/v1/editor/tags", &[("content-type", "application/json")], &body);
            let is_malformed = answer.status == 400 && answer.problem_code() == "malformed_json";
            // None of them is a tag.
            let is_read = answer.status == 422 && answer.problem_code() == "validation_failed";
            match kind {
                "y" if REPEATED.contains(&name) => assert!(is_malformed, "{name}: {answer}"),
                "y" => {
                    good += 1;
                    assert!(is_read, "{name}: {answer}");
                }
                "n" => {
                    bad += 1;
                    assert!(is_malformed, "{name}: {answer}");
                }
                _ => {
                    either += 1;
                    assert!(is_malformed || is_read, "{name}: {answer}");
                }
            }
        }
        assert!(good > 90 && bad > 180 && either > 30, "the suite is not whole: {good}, {bad}, {either}");
        assert_eq!(editor.get("/v1/editor/tags?total=true").json()["page"]["total"], 0);
    }
}
