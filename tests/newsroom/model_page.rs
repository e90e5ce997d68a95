//! One page of a website, rendered from one reply and compared to the character.

use crate::harness::app::App;
use crate::harness::builders::{id_of, make, make_article, make_author, make_publication, step};
use crate::harness::client::{Requests, SignedIn};
use crate::harness::shared::shared;
use serde_json::{Value, json};
use std::path::Path;

on_both! {
    fn page_entered_as_markdown_is_the_page_to_the_character(app: &App) {
        check(app, "markdown", |paragraphs| paragraphs.join("\n\n"));
    }

    fn page_entered_as_html_is_the_page_to_the_character(app: &App) {
        check(app, "html", |paragraphs| {
            paragraphs.iter().map(|text| format!("<p>{}</p>\n", text.replace('&', "&amp;").replace('<', "&lt;"))).collect()
        });
    }
}

fn check(app: &App, format: &str, write_body: impl Fn(&[&str]) -> String) {
    let Some(folder) = shared("model-page") else { return };
    let read = |name: &str| std::fs::read_to_string(Path::new(&folder).join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let page: Value = serde_json::from_str(&read("page.json")).expect("page.json is JSON");
    set_up_site(&app.admin(), &page["site"]);
    let body = json!({"format": format, "source": write_body(&strings(&page["article"]["body_paragraphs"]))});
    let slug = enter(&app.editor(), &page, &body);

    let reply = app.anonymous().get(&format!("/v1/articles/{slug}?include=related,latest,meetings&body=text")).assert_status(200).json();
    assert_same(&render(&reply, &strings(&page["headings"])), &read("page.txt"));
}

fn set_up_site(admin: &SignedIn, site: &Value) {
    let seen = admin.get("/v1/editor/site").assert_status(200);
    let settings = json!({
        "title": site["title"],
        "timezone": site["time_zone"],
        "language": site["language"],
        "teaser_title_length": site["teaser_title_length"],
        "ellipsis": site["teaser_ellipsis"],
    });
    admin.patch("/v1/editor/site", &seen.etag(), &settings).assert_status(200);
}

/// Enters all that stands on the page and returns the slug of its article.
fn enter(editor: &SignedIn, page: &Value, body: &Value) -> String {
    let article = &page["article"];
    let author = make_author(editor, text(&article["author"]));
    let publication = make_publication(editor, text(&article["publication"]), Value::Null);
    let teasers = page["read_more"].as_array().expect("a list of teasers");
    let related: Vec<Value> = (1..)
        .zip(teasers)
        .map(|(day, teaser)| {
            let made = make_article(editor, json!({"title": teaser["title"], "standfirst": teaser["standfirst"]}));
            step(editor, &made, "publish", json!({"published_at": format!("2020-10-{day:02}T00:00:00Z")}))["id"].clone()
        })
        .collect();
    let made = make(
        editor,
        "articles",
        &json!({
            "title": article["title"],
            "body": body,
            "bylines": [{"author_id": id_of(&author)}],
            "credits": [{"publication_id": id_of(&publication), "relation": "republished"}],
            "related_ids": related,
        }),
    );
    let shown = step(editor, &made, "publish", json!({"published_at": "2020-10-19T00:00:00Z"}));
    text(&shown["slug"]).to_owned()
}

/// The page as a website would make it: nothing is known but the reply and the headings that the website prints itself.
fn render(reply: &Value, headings: &[&str]) -> String {
    let &[meetings, latest, read_more] = headings else { panic!("three headings, not {headings:?}") };
    let teasers = |list: &Value| -> Vec<String> {
        let list = list.as_array().unwrap_or_else(|| panic!("no list of teasers in {reply:#}"));
        list.iter().flat_map(|teaser| [text(&teaser["teaser_title"]), text(&teaser["standfirst"])]).map(str::to_owned).collect()
    };
    let meeting_lines = reply["meetings"].as_array().unwrap_or_else(|| panic!("no meetings in {reply:#}")).iter();
    let article = [&reply["title"], &reply["body"]["content"], &reply["byline"]["text"], &reply["credit_line"]["text"]];
    let mut blocks: Vec<String> = vec![meetings.to_owned()];
    blocks.extend(meeting_lines.map(|meeting| format!("{}\n{}", text(&meeting["title"]), text(&meeting["time"]["starts_at"]))));
    blocks.push(latest.to_owned());
    blocks.extend(teasers(&reply["latest"]));
    blocks.push(read_more.to_owned());
    blocks.extend(teasers(&reply["related"]));
    format!("{}\n\n\n{}", article.map(text).join("\n\n"), blocks.join("\n\n"))
}

/// Compares two texts and shows where they begin to differ.
#[track_caller]
fn assert_same(rendered: &str, expected: &str) {
    let same = rendered.chars().zip(expected.chars()).take_while(|(a, b)| a == b).count();
    if rendered == expected {
        return;
    }
    let around = |text: &str| -> String { text.chars().skip(same.saturating_sub(60)).take(120).collect() };
    panic!("the page differs from character {same} on:\nrendered {:?}\nexpected {:?}", around(rendered), around(expected));
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().expect("a list").iter().map(text).collect()
}
