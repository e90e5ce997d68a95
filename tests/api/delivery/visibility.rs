//! Nothing that is not public shows anywhere: words are planted in what readers must not see, and then every address
//! that needs no login is read.

use crate::articles::path_of;
use crate::harness::app::App;
use crate::harness::builders::{
    etag_of, id_of, make_article, make_author, make_branch, make_meeting, make_public_article, make_publication, make_section, make_tag, make_venue,
    publish, step,
};
use crate::harness::client::Requests;
use masthead_domain::permission::Role;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Words of which none may be shown.
const CANARY: &str = "canary";

/// An article that says the word in every text it has, in the case of each kind of text.
fn secret_article(slug: &str, author: &Value, tag: &Value) -> Value {
    json!({
        "slug": format!("{CANARY}-{slug}"),
        "title": "Canary title",
        "standfirst": "Canary standfirst",
        "body": {"source": "Canary body"},
        "byline_text": "Canary byline",
        "bylines": [{"author_id": author["id"]}],
        "tag_ids": [tag["id"]],
        "language": "en-canary",
        "lead_image": {"url": "https://canary.example/1.jpg", "alt": "Canary alt", "caption": "Canary caption", "credit": "Canary credit"},
        "canonical_url": "https://canary.example/original",
    })
}

/// Plants the words beside content that is public, and returns slugs and ids of what is not to be found.
fn plant(app: &App) -> Vec<String> {
    let editor = app.editor();
    let (author, tag) = (make_author(&editor, "Ida Moss"), make_tag(&editor, "Ferries"));
    let section = make_section(&editor, "Harbour");
    let notes = json!({"private_notes": "Canary notes", "private_contact": "Canary contact", "credit_line_template": "From {publication}"});
    let publication = make_publication(&editor, "North", notes);
    let branch = make_branch(&editor, "Wharf", Value::Null);
    let venue = make_venue(&editor, "Hall", Value::Null);
    make_meeting(&editor, "Evening", "2026-12-03T19:00", json!({"branch_id": branch["id"], "venue_id": venue["id"], "tag_ids": [tag["id"]]}));

    let draft = make_article(&editor, secret_article("draft", &author, &tag));
    let scheduled =
        step(&editor, &make_article(&editor, secret_article("scheduled", &author, &tag)), "schedule", json!({"publish_at": "2026-11-27T00:00:00Z"}));
    let unpublished = step(&editor, &make_public_article(&editor, secret_article("unpublished", &author, &tag)), "unpublish", Value::Null);
    let deleted = make_article(&editor, secret_article("deleted", &author, &tag));
    editor.delete(&path_of(&deleted), &etag_of(&deleted)).assert_status(204);
    let by_contributor = make_article(&app.contributor(), secret_article("contributor", &author, &tag));

    let hidden = [&draft, &scheduled, &unpublished, &by_contributor].map(id_of);
    let public = json!({
        "slug": "public", "section_id": section["id"], "tag_ids": [tag["id"]], "bylines": [{"author_id": author["id"]}],
        "credits": [{"publication_id": publication["id"]}], "related_ids": hidden,
    });
    let first = make_public_article(&editor, public);
    make_public_article(&editor, json!({"slug": "second", "tag_ids": [tag["id"]]}));
    // The edit of a public article that nobody has published, with its new slug.
    let mut edit = secret_article("edit", &author, &tag);
    edit["credits"] = json!([{"publication_id": publication["id"], "line": "Canary line", "via": [{"name": "Canary via"}]}]);
    editor.patch(&path_of(&first), &etag_of(&first), &edit).assert_status(200);
    // What a public article said before it was corrected.
    let corrected = make_public_article(&editor, json!({"slug": "corrected", "title": "Canary before", "body": {"source": "Canary text before"}}));
    let corrected =
        editor.patch(&path_of(&corrected), &etag_of(&corrected), &json!({"title": "After", "body": {"source": "After"}})).assert_status(200).json();
    publish(&editor, &corrected);

    let mut nowhere: Vec<String> =
        ["draft", "scheduled", "unpublished", "deleted", "contributor", "edit"].map(|slug| format!("{CANARY}-{slug}")).to_vec();
    nowhere.extend([&draft, &scheduled, &unpublished, &deleted, &by_contributor].map(|article| id_of(article).to_owned()));
    nowhere
}

/// The paths of the document that are read without a login.
fn anonymous_paths() -> Vec<String> {
    let document = masthead_server::api_document::raw_document();
    let paths = document["paths"].as_object().expect("paths");
    let open = paths.iter().filter(|(path, operations)| {
        operations.get("get").is_some() && !["/v1/editor/", "/v1/auth/", "/metrics"].iter().any(|private| path.starts_with(private))
    });
    open.map(|(path, _)| path.clone()).collect()
}

/// What is asked for; of each query, the parameters that the operation takes.
const QUERIES: [&str; 20] = [
    "include=related,latest,meetings&body=html",
    "include=related,latest,meetings&body=markdown",
    "include=latest&body=text",
    "body=html&total=true",
    "body=markdown&limit=1&total=true",
    "body=text&tag=ferries&total=true",
    "author=ida-moss&total=true",
    "tag=ferries&author=ida-moss&total=true",
    "publication=north&total=true",
    "section=harbour&total=true",
    "exclude=second&total=true",
    "sort=updated_at&total=true",
    "sort=-updated_at&total=true",
    "published_after=2000-01-01T00:00:00Z&published_before=2100-01-01T00:00:00Z&total=true",
    "updated_since=2000-01-01T00:00:00Z&total=true",
    "limit=20",
    "from=2000-01-01T00:00:00Z&total=true",
    "tag=ferries&total=true",
    "branch=wharf",
    "sort=name&total=true",
];

/// The parameters that reading a path takes.
fn parameters(path: &str) -> BTreeSet<String> {
    let document = masthead_server::api_document::raw_document();
    let parameters = document["paths"][path]["get"]["parameters"].as_array().cloned().unwrap_or_default();
    parameters.iter().filter(|parameter| parameter["in"] == "query").filter_map(|parameter| parameter["name"].as_str().map(str::to_owned)).collect()
}

on_both! {
    fn nobody_reads_what_is_not_public_anywhere(app: &App) {
        let nowhere = plant(app);
        let reader = app.anonymous();
        let emails: Vec<String> = [Role::Contributor, Role::Editor, Role::Admin].map(|role| app.login(role).email).to_vec();
        let names: Vec<String> = [Role::Contributor, Role::Editor, Role::Admin].map(|role| app.login(role).name).to_vec();
        let paths = anonymous_paths();
        assert!(paths.len() >= 15, "the document lists too little: {paths:?}");
        let mut addresses = Vec::new();
        for path in &paths {
            let places: Vec<&str> = match path.split('/').nth(2).unwrap_or_default() {
                "articles" => vec!["public", "second", "corrected"],
                "authors" => vec!["ida-moss"],
                "sections" => vec!["harbour"],
                "tags" => vec!["ferries"],
                "publications" => vec!["north"],
                "branches" => vec!["wharf"],
                "meetings" => vec!["evening", "evening-2026-12-03"],
                _ => vec!["not_found"],
            };
            let names_one = path.contains('{');
            let filled: Vec<String> = if names_one {
                let (before, rest) = path.split_once('{').expect("a parameter");
                let after = rest.split_once('}').expect("its end").1;
                places.iter().chain(nowhere.iter().map(String::as_str).collect::<Vec<_>>().iter()).map(|place| format!("{before}{place}{after}")).collect()
            } else {
                vec![path.clone()]
            };
            for address in filled {
                addresses.push(address.clone());
                let known = parameters(path);
                let mut queries: Vec<String> = QUERIES
                    .iter()
                    .map(|query| query.split('&').filter(|pair| known.contains(pair.split('=').next().unwrap_or_default())).collect::<Vec<_>>().join("&"))
                    .filter(|query| !query.is_empty())
                    .collect();
                queries.sort();
                queries.dedup();
                addresses.extend(queries.iter().map(|query| format!("{address}?{query}")));
            }
        }
        let mut read = 0;
        for address in &addresses {
            let answer = reader.get(address);
            assert!([200, 400, 404].contains(&answer.status), "{answer}");
            let whole = answer.to_string().to_lowercase();
            // The address itself comes back in `instance`.
            let whole = whole.replace(&address.to_lowercase(), "").replace(&address.split('?').next().unwrap_or_default().to_lowercase(), "");
            assert!(!whole.contains(CANARY), "{answer}");
            // What was public once is told of as gone, by its id and nothing else.
            let ids: &[String] = if address.starts_with("/v1/changes") { &[] } else { &nowhere };
            for private in emails.iter().chain(&names).chain(ids) {
                assert!(!whole.contains(&private.to_lowercase()), "{private} in {answer}");
            }
            if answer.status == 200 {
                read += 1;
                if address.contains("/v1/articles?") && address.contains("total=true") {
                    assert!(answer.json()["page"]["total"].as_i64().is_some_and(|total| total <= 3), "{answer}");
                }
            }
        }
        assert!(read > 100, "only {read} of {} addresses could be read", addresses.len());
        // What can be read does say the word where it may: the check is awake.
        let editor = app.editor();
        let editing = editor.get("/v1/editor/articles").assert_status(200);
        assert!(editing.text().to_lowercase().contains(CANARY));
    }

    fn nobody_asks_private_columns(app: &App) {
        plant(app);
        let reader = app.anonymous();
        let columns = [
            "private_notes", "private_contact", "password_hash", "email", "created_by", "updated_by", "version", "state", "revision", "public_revision", "deleted_at", "visible_from", "permission",
            "permission_from", "permission_until", "user_id", "token_hash", "document", "role", "author.email", "author[email]", "created_by.password_hash", "t0.password_hash", "publication.private_notes",
            "publication[private_notes]", "Private_Notes", "private%5Fnotes%20", "publication%2Eprivate_notes", "filter[private_notes]", "where", "q", "filter", "populate", "select", "order", "opening", "details",
        ];
        for path in ["/v1/articles", "/v1/publications", "/v1/authors", "/v1/tags", "/v1/sections", "/v1/branches", "/v1/meetings"] {
            for column in columns {
                let [right, wrong] = ["Canary%20notes", "Nothing"].map(|value| reader.get(&format!("{path}?{column}={value}")));
                if (path, column) == ("/v1/articles", "q") {
                    // The one that is searched by, in what is public.
                    assert_eq!(right.assert_status(200).json()["data"], json!([]));
                    continue;
                }
                assert_eq!((right.status, wrong.status), (400, 400), "{path}?{column}");
                assert_eq!(right.faults(), wrong.faults(), "{path}?{column}");
                assert_eq!(right.body.len(), wrong.body.len(), "{path}?{column}");
                for parameter in ["sort", "fields"] {
                    for sign in ["", "-"] {
                        reader.get(&format!("{path}?{parameter}={sign}{column}")).assert_status(400).problem();
                    }
                }
            }
        }
        for column in columns {
            reader.get(&format!("/v1/articles/public?fields={column}")).assert_status(400);
            reader.get(&format!("/v1/articles/public?include={column}")).assert_status(400);
        }
    }
}
