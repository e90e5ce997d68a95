//! `GET /v1/editor/<collection>/<id>`

use super::{CONFIDENTIAL, KINDS, assert_query_refused, member_names};
use crate::harness::builders::{id_of, make};
use crate::harness::client::Requests;
use uuid::Uuid;

on_both! {
    fn editor_finds_a_record_by_id_and_by_slug(app: &App) {
        let (editor, contributor) = (app.editor(), app.contributor());
        for kind in &KINDS {
            let made = make(&editor, kind.collection, &kind.body("Harbour"));
            for name in [id_of(&made), "harbour"] {
                let path = format!("{}/{name}", kind.desk());
                assert_eq!(editor.get(&path).assert_status(200).json(), made);
                let mut expected = made.clone();
                expected.as_object_mut().expect("an object").retain(|name, _| !CONFIDENTIAL.contains(&name.as_str()));
                let answer = contributor.get(&path).assert_status(200);
                assert_eq!(answer.json(), expected);
                assert_eq!(answer.etag(), "\"1\"");
                assert_eq!(answer.header("cache-control"), Some("no-store"));
            }
        }
    }

    fn editor_finds_the_members_asked_for(app: &App) {
        let editor = app.editor();
        for kind in &KINDS {
            make(&editor, kind.collection, &kind.body("Harbour"));
            let path = format!("{}/harbour", kind.desk());
            let shown = editor.get(&format!("{path}?fields=version,name")).assert_status(200).json();
            assert_eq!(member_names(&shown), ["name", "version"]);
            let all = member_names(&editor.get(&path).json()).join(",");
            assert_eq!(editor.get(&format!("{path}?fields={all}")).assert_status(200).json(), editor.get(&path).json());
            assert_query_refused(editor.get(&format!("{path}?fields=name,colour")), "fields");
            assert_query_refused(editor.get(&format!("{path}?colour=red")), "colour");
        }
    }

    fn editor_does_not_find_what_is_not_there(app: &App) {
        let editor = app.editor();
        for kind in &KINDS {
            let unknown = Uuid::now_v7().to_string();
            for name in [unknown.as_str(), "nowhere", "Up", "a%20b", "%00", "..%2f", "%ff", "-", "1", "' OR 1=1 --".replace(' ', "%20").as_str()] {
                let answer = editor.get(&format!("{}/{name}", kind.desk())).assert_status(404);
                assert_eq!(answer.problem_code(), "not_found", "{answer}");
            }
            app.anonymous().get(&format!("{}/nowhere", kind.desk())).assert_status(401);
        }
    }
}
