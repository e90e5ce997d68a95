//! What words, phrases and beginnings of words find.

use super::{encoded, found, publish_text};
use crate::harness::builders::{make_article, make_author, make_publication, publish};
use crate::harness::client::Requests;
use serde_json::json;

on_both! {
    fn reader_finds_words_of_every_part(app: &App) {
        let editor = app.editor();
        let (author, publication) = (make_author(&editor, "Sophie Lindqvist"), make_publication(&editor, "Lantern North", json!({})));
        let article = json!({
            "slug": "a", "title": "Titular", "standfirst": "Standing first", "body": {"source": "## Heading\n\nBodily *words* <b>here</b>."},
            "bylines": [{"author_id": author["id"]}],
            "credits": [{"publication_id": publication["id"], "original_authors": "Ana Ruiz"}],
        });
        publish(&editor, &make_article(&editor, article));
        publish_text(app, &editor, "b", 2, "Other", "Nothing of that kind");
        for word in ["titular", "standing", "heading", "bodily", "words", "lindqvist", "lantern"] {
            assert_eq!(found(app, word), ["a"], "{word}");
        }
        // From different parts together, in any order; and all must be there.
        assert_eq!(found(app, "lindqvist bodily TITULAR lantern"), ["a"]);
        assert_eq!(found(app, "titular nothing"), [""; 0]);
        // No phrase reaches from one part into the next.
        assert_eq!(found(app, "\"titular standing\""), [""; 0]);
        assert_eq!(found(app, "\"bodily words\""), ["a"]);
    }

    fn reader_finds_phrases_in_their_order_only(app: &App) {
        let editor = app.editor();
        publish_text(app, &editor, "order", 1, "A", "The last ferry leaves at nine.");
        publish_text(app, &editor, "other", 2, "B", "The ferry was the last.");
        publish_text(app, &editor, "apart", 3, "C", "The last of many: a ferry.");
        assert_eq!(found(app, "last ferry").len(), 3);
        assert_eq!(found(app, "\"last ferry\""), ["order"]);
        assert_eq!(found(app, "“LAST ferry”"), ["order"]);
        assert_eq!(found(app, "\"ferry was\" last"), ["other"]);
        assert_eq!(found(app, "\"last ferry"), found(app, "last ferry"), "what is not closed is no phrase");
    }

    fn reader_finds_words_by_their_beginning(app: &App) {
        let editor = app.editor();
        publish_text(app, &editor, "council", 1, "A", "The council met.");
        publish_text(app, &editor, "counsel", 2, "B", "On counsel's advice.");
        publish_text(app, &editor, "count", 3, "C", "They count votes.");
        assert_eq!(found(app, "coun*"), ["council", "counsel", "count"]);
        assert_eq!(found(app, "COUNS*"), ["counsel"]);
        assert_eq!(found(app, "counc* met"), ["council"]);
        assert_eq!(found(app, "coun"), [""; 0]);
        assert_eq!(found(app, "co*"), [""; 0], "too short for a beginning, so it is a word");
    }

    fn reader_finds_words_whatever_their_accents_and_case(app: &App) {
        let editor = app.editor();
        publish_text(app, &editor, "a", 1, "Café Zoë", "Straße, Łódź, ΟΔΌΣ, Đà Nẵng, smørrebrød, cafe\u{301}s");
        for word in ["cafe", "CAFÉ", "cafe\u{301}", "zoe", "strasse", "STRASSE", "lodz", "οδος", "nang", "smorrebrod", "cafés"] {
            assert_eq!(found(app, word), ["a"], "{word}");
        }
    }

    fn reader_finds_words_with_punctuation_in_them(app: &App) {
        let editor = app.editor();
        publish_text(app, &editor, "a", 1, "A", "They don't want cross-border trains; l’usine ferme. 3.5 per cent");
        for query in ["don't", "don’t", "cross-border", "border", "usine", "3.5", "cross-bord*"] {
            assert_eq!(found(app, query), ["a"], "{query}");
        }
        assert_eq!(found(app, "border-cross"), [""; 0]);
    }

    fn reader_who_searches_for_nothing_finds_nothing(app: &App) {
        let editor = app.editor();
        publish_text(app, &editor, "a", 1, "A", "Words");
        for query in ["", " ", "*", "\"\"", "…", "😀", "( ) - + :"] {
            assert_eq!(found(app, query), [""; 0], "{query}");
        }
        // Other parameters are still read.
        app.anonymous().get("/v1/articles?q=&section=none").assert_status(400);
    }

    fn reader_with_too_long_a_query_is_refused(app: &App) {
        let many: String = (0..33).map(|number| format!("w{number} ")).collect();
        for query in ["x".repeat(401), many, "aaa* bbb* ccc* ddd* eee*".to_owned()] {
            let answer = app.anonymous().get(&format!("/v1/articles?q={}", encoded(&query))).assert_status(400);
            assert_eq!((answer.problem_code().as_str(), answer.faults()), ("invalid_query", vec![("q".to_owned(), "too_long".to_owned())]));
        }
        app.anonymous().get(&format!("/v1/articles?q={}", "x".repeat(400))).assert_status(200);
    }

    fn reader_gets_one_reply_for_all_spellings(app: &App) {
        let editor = app.editor();
        publish_text(app, &editor, "a", 1, "Last ferry", "Words");
        let etag = |q: &str| app.anonymous().get(&format!("/v1/articles?q={q}")).assert_status(200).etag();
        assert_eq!(etag("last+ferry"), etag("++F%C3%89RRY%20%20Last+ferry"));
        assert_ne!(etag("last+ferry"), etag("%22last+ferry%22+x"));
    }

    fn editor_publishes_a_text_of_any_size_and_it_is_found(app: &App) {
        let editor = app.editor();
        let many: String = (0..45_000).map(|number| format!("word{number} ")).collect();
        publish_text(app, &editor, "many", 1, "A", &many);
        publish_text(app, &editor, "same", 2, "B", &"ferry ".repeat(60_000));
        publish_text(app, &editor, "long", 3, "C", &format!("{} short", "x".repeat(100_000)));
        assert_eq!(found(app, "word7"), ["many"]);
        assert_eq!(found(app, "ferry"), ["same"]);
        assert_eq!(found(app, "short"), ["long"]);
    }
}
