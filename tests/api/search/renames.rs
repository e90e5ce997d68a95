//! Names that change, and articles that carry them.

use super::found;
use crate::harness::builders::{id_of, make_article, make_author, make_publication, publish, step};
use crate::harness::client::Requests;
use serde_json::{Value, json};

on_both! {
    fn reader_finds_articles_by_the_new_name_of_an_author(app: &App) {
        let editor = app.editor();
        let author = make_author(&editor, "Sophie Lindqvist");
        let byline = json!([{"author_id": author["id"]}]);
        publish(&editor, &make_article(&editor, json!({"slug": "a", "bylines": byline})));
        publish(&editor, &make_article(&editor, json!({"slug": "b", "bylines": byline, "byline_text": "From our staff"})));
        let due = make_article(&editor, json!({"slug": "c", "bylines": byline}));
        step(&editor, &due, "schedule", json!({"publish_at": app.clock.now().plus_seconds(60).to_string()}));
        make_article(&editor, json!({"slug": "draft", "bylines": byline}));
        assert_eq!(found(app, "lindqvist"), ["b", "a"]);
        editor.patch(&format!("/v1/editor/authors/{}", id_of(&author)), "*", &json!({"name": "Sophie Moss"})).assert_status(200);
        assert_eq!(found(app, "lindqvist"), [""; 0]);
        assert_eq!(found(app, "sophie moss ferry"), ["b", "a"]);
        app.clock.advance_seconds(60);
        assert_eq!(found(app, "moss"), ["c", "b", "a"]);
    }

    fn reader_finds_articles_by_the_new_name_and_line_of_a_publication(app: &App) {
        let editor = app.editor();
        let publication = make_publication(&editor, "Lantern North", Value::Null);
        publish(&editor, &make_article(&editor, json!({"slug": "a", "credits": [{"publication_id": publication["id"]}]})));
        let path = format!("/v1/editor/publications/{}", id_of(&publication));
        editor.patch(&path, "*", &json!({"name": "Beacon"})).assert_status(200);
        assert_eq!((found(app, "lantern"), found(app, "beacon")), (vec![], vec!["a".to_owned()]));
        editor.patch(&path, "*", &json!({"credit_line_template": "Courtesy of {publication}"})).assert_status(200);
        assert_eq!(found(app, "courtesy beacon"), ["a"]);
    }
}
