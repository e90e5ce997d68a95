//! Nothing that is not public is told to anyone: with an unmistakable word in every text of what is private, every operation
//! that anyone may call is asked for everything, and none of the words, ids and addresses comes back, nor is anything counted.
//!
//! What is asked is made from the document of the running server (`requests.rs`), so that a new operation is swept too.

mod requests;

use crate::harness::app::App;
use crate::harness::builders::{etag_of, id_of, make, make_article, make_meeting, make_public_article, step};
use crate::harness::client::{Requests, Response, SignedIn};
use crate::harness::pictures::{png, upload_with};
use masthead_domain::permission::Role;
use requests::{Operation, Public, members_of_article_in, operations, public};
use serde_json::{Map, Value, json};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// What every private word begins with; long enough never to come up in an entity tag by chance.
const STEM: &str = "zqxjvkw";

/// Words that stand nowhere else, and what must not be seen besides: ids, addresses, slugs.
#[derive(Default)]
struct Secrets {
    words: RefCell<Vec<String>>,
    ids: RefCell<Vec<String>>,
}

impl Secrets {
    /// A new word.
    fn word(&self) -> String {
        let mut words = self.words.borrow_mut();
        let word = format!("{STEM}{:04}", words.len());
        words.push(word.clone());
        word
    }

    fn keep_id(&self, shown: &Value) {
        self.ids.borrow_mut().push(id_of(shown).to_owned());
    }

    /// What nobody may be told by now.
    fn forbidden(&self, app: &App) -> Vec<String> {
        let mut forbidden = vec![STEM.to_owned()];
        for id in self.ids.borrow().iter() {
            // As cache tags have it, too.
            forbidden.extend([id.clone(), format!("-{}", id.rsplit('-').next().expect("the end of an id"))]);
        }
        for role in [Role::Contributor, Role::Editor, Role::Admin] {
            let login = app.login(role);
            forbidden.extend([login.email, login.name.to_lowercase(), login.id.to_string()]);
        }
        forbidden
    }

    fn address(&self) -> String {
        let word = self.word();
        format!("https://{word}.example/{word}")
    }

    /// An article with a word in every text, referring to what is public.
    fn article(&self, world: &World) -> Value {
        json!({
            "title": format!("Closed {}", self.word()),
            "slug": self.word(),
            "standfirst": self.word(),
            "body": {"format": "markdown", "source": format!("Closed **{}**.\n\n[{}]({})", self.word(), self.word(), self.address())},
            "bylines": [{"author_id": world.author}],
            "byline_text": self.word(),
            "credits": [{
                "publication_id": world.publication, "relation": "translated", "original_title": self.word(), "original_url": self.address(),
                "original_authors": self.word(), "original_published_at": "2026-11-20T06:00:00Z", "licence": self.word(), "changes": self.word(),
                "translator": self.word(), "line": self.word(), "via": [{"name": self.word(), "url": self.address()}],
            }],
            "section_id": world.section, "tag_ids": [world.tag], "language": "en", "related_ids": [world.article],
            "lead_image": {"url": self.address(), "alt": self.word(), "caption": self.word(), "credit": self.word(), "licence": self.word()},
            "canonical_url": self.address(), "index_policy": "index", "embargo_until": null,
            "revision_note": self.word(), "issue_id": world.issue, "issue_page": 7, "issue_position": 3,
            "media": [{"media_id": world.media, "alt": self.word(), "caption": self.word(), "credit": self.word(), "licence": self.word()}],
        })
    }
}

/// What is public and referred to.
struct World {
    author: Value,
    publication: Value,
    section: Value,
    tag: Value,
    issue: Value,
    article: Value,
    /// Which only what is private shows.
    media: Value,
}

/// One public thing of each kind and a few articles, with private words wherever something public has a private member.
fn furnish(editor: &SignedIn, secrets: &Secrets) -> World {
    let publication = json!({
        "name": "Open Weekly", "credit_requires": [], "private_notes": secrets.word(), "private_contact": secrets.word(),
        "permission_from": "2026-01-01T00:00:00Z",
    });
    let (author, section, tag) = (
        make(editor, "authors", &json!({"name": "Open Author", "real_name": secrets.word()})),
        make(editor, "sections", &json!({"name": "Open Section"})),
        make(editor, "tags", &json!({"name": "Open Tag"})),
    );
    let publication = make(editor, "publications", &publication);
    let branch = make(editor, "branches", &json!({"name": "Open Branch", "timezone": "UTC"}));
    let venue = make(editor, "venues", &json!({"name": "Open Hall"}));
    make_meeting(editor, "Open meeting", "2026-12-03T19:00", json!({"branch_id": branch["id"], "venue_id": venue["id"], "tag_ids": [tag["id"]]}));
    let articles: Vec<Value> = (0..3)
        .map(|number| {
            let article = json!({
                "slug": format!("open-{number}"), "title": format!("Open word {number}"), "body": {"source": "An open word."}, "section_id": section["id"],
                "tag_ids": [tag["id"]], "bylines": [{"author_id": author["id"]}], "credits": [{"publication_id": publication["id"]}],
            });
            make_public_article(editor, article)
        })
        .collect();
    editor
        .post(&format!("/v1/editor/articles/{}/corrections", id_of(&articles[0])), &json!({"type": "update", "text": "An open update."}))
        .assert_status(201);
    // What is put together by hand may hold what is not public yet.
    let draft = make_article(editor, json!({"title": secrets.word(), "slug": secrets.word(), "body": {"source": secrets.word()}}));
    secrets.keep_id(&draft);
    let slots = json!([{"article_id": draft["id"], "title": secrets.word()}, {"article_id": articles[0]["id"]}]);
    make(editor, "collections", &json!({"name": "Open Collection", "size": 5, "slots": slots, "fill": {}}));
    let issue = make(editor, "issues", &json!({"title": "Open Issue", "issued_on": "2026-11"}));
    let words = [("alt", secrets.word()), ("caption", secrets.word()), ("credit", secrets.word())];
    let words: Vec<(&str, &str)> = words.iter().map(|(name, word)| (*name, word.as_str())).collect();
    let media = upload_with(editor, &format!("{}.png", secrets.word()), &png(3, 2), &words).assert_status(201).json();
    secrets.keep_id(&media);
    make(editor, "pages", &json!({"title": "Open Page", "state": "published", "body": {"source": "Open."}}));
    let id = |shown: &Value| shown["id"].clone();
    World {
        author: id(&author),
        publication: id(&publication),
        section: id(&section),
        tag: id(&tag),
        issue: id(&issue),
        article: id(&articles[0]),
        media: id(&media),
    }
}

fn path_of(article: &Value) -> String {
    format!("/v1/editor/articles/{}", id_of(article))
}

fn add_private_correction(editor: &SignedIn, secrets: &Secrets, article: &Value) {
    let correction = json!({"type": "correction", "text": format!("{} {}", secrets.word(), secrets.word())});
    secrets.keep_id(&editor.post(&format!("{}/corrections", path_of(article)), &correction).assert_status(201).json());
}

/// What was public and is no longer, and never will be under these words. Readers know its id: it is told to those who follow.
fn plant_what_is_gone(app: &App, secrets: &Secrets, world: &World) {
    let editor = app.editor();
    let gone = |ending: Value| {
        let article = make_article(&editor, secrets.article(world));
        editor.action(&format!("{}/publish", path_of(&article)), &etag_of(&article), &ending).assert_status(200).json()
    };
    let unpublished = step(&editor, &gone(json!({})), "unpublish", Value::Null);
    add_private_correction(&editor, secrets, &unpublished);
    let withdrawal = json!({"reason": secrets.word(), "notice": "It is gone."});
    add_private_correction(&editor, secrets, &step(&editor, &gone(json!({})), "withdraw", withdrawal));
    let unpublished = step(&editor, &gone(json!({})), "unpublish", Value::Null);
    editor.delete(&path_of(&unpublished), &etag_of(&unpublished)).assert_status(204);
    gone(json!({"unpublish_at": "2026-11-26T09:05:00Z"}));
    app.clock.advance_seconds(600);
    app.run_jobs();
}

/// What has never been public.
fn plant_what_is_to_come(app: &App, secrets: &Secrets, world: &World) {
    let (editor, contributor) = (app.editor(), app.contributor());
    let begin = |who: &SignedIn, extra: Value| {
        let mut body = secrets.article(world);
        body.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
        let article = make_article(who, body);
        secrets.keep_id(&article);
        add_private_correction(&editor, secrets, &article);
        article
    };
    begin(&editor, json!({}));
    begin(&editor, json!({"embargo_until": "2026-12-24T18:00:00Z"}));
    step(&contributor, &begin(&contributor, json!({})), "submit", json!({"comment": secrets.word()}));
    let submitted = step(&contributor, &begin(&contributor, json!({})), "submit", json!({"comment": secrets.word()}));
    step(&editor, &submitted, "return", json!({"comment": secrets.word()}));
    step(&editor, &begin(&editor, json!({})), "schedule", json!({"publish_at": "2026-12-24T18:00:00Z"}));
    let embargoed = begin(&editor, json!({"embargo_until": "2026-12-24T18:00:00Z"}));
    step(&editor, &embargoed, "schedule", json!({"publish_at": "2026-12-24T18:00:00Z"}));
    let unscheduled = step(&editor, &begin(&editor, json!({})), "schedule", json!({"publish_at": "2026-12-24T18:00:00Z"}));
    step(&editor, &unscheduled, "unschedule", Value::Null);
    let deleted = begin(&editor, json!({}));
    editor.delete(&path_of(&deleted), &etag_of(&deleted)).assert_status(204);
    let page = json!({"title": secrets.word(), "slug": secrets.word(), "description": secrets.word(), "body": {"source": secrets.word()}, "menu_position": 1});
    secrets.keep_id(&make(&editor, "pages", &page));
    // Of what is public: a revision that is being worked on, and one that is to take its place.
    for (slug, is_prepared) in [("open-1", false), ("open-2", true)] {
        let article = editor.get(&format!("/v1/editor/articles/{slug}")).assert_status(200).json();
        let mut revision = secrets.article(world);
        revision["revision_note"] = secrets.word().into();
        let saved = editor.patch(&path_of(&article), &etag_of(&article), &revision).assert_status(200).json();
        editor.post(&format!("{}/preview-links", path_of(&saved)), &json!({})).assert_status(201);
        if is_prepared {
            step(&editor, &saved, "schedule", json!({"publish_at": "2026-12-24T18:00:00Z"}));
        }
    }
}

/// What an answer shows, without what is another each time.
fn shown(answer: &Response) -> (u16, String) {
    let mut text = String::from_utf8_lossy(&answer.body).into_owned();
    if let Some(id) = answer.header("x-request-id") {
        text = text.replace(id, "");
    }
    (answer.status, text)
}

/// Whether an answer has anything private in its body or headers, but what the request itself had.
fn find_private(answer: &Response, forbidden: &[String], asked: &str) -> Option<String> {
    let mut whole = String::from_utf8_lossy(&answer.body).to_lowercase();
    for (name, value) in &answer.headers {
        whole.push_str(&format!("\n{name}: {}", String::from_utf8_lossy(value.as_bytes()).to_lowercase()));
    }
    if !asked.is_empty() {
        whole = whole.replace(&asked.to_lowercase(), "");
    }
    forbidden.iter().find(|word| whole.contains(word.as_str())).cloned()
}

/// An answer without how far the sequence of all changes has come, which is no word of anything.
fn without_head(text: &str) -> Value {
    let mut value: Value = serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
    if let Some(members) = value.as_object_mut().filter(|members| members.contains_key("head")) {
        members.shift_remove("head");
        members.shift_remove("next");
    }
    value
}

/// Asks for everything, and follows the pages of every list.
fn crawl(app: &App, operations: &[Operation], public: &Public, forbidden: &[String]) -> BTreeMap<String, (u16, String)> {
    let (reader, mut answers) = (app.anonymous(), BTreeMap::new());
    for request in operations.iter().flat_map(|operation| operation.requests(public)) {
        let mut next = Some(request);
        while let Some(request) = next.take().filter(|request| !answers.contains_key(request)) {
            let answer = reader.get(&request);
            assert!(answer.status < 500, "{answer}");
            if let Some(word) = find_private(&answer, forbidden, "") {
                panic!("{word} is seen by anyone: {answer}");
            }
            let link = answer.header_list("link").into_iter().find(|link| link.ends_with("rel=\"next\""));
            next = link.and_then(|link| link.split(['<', '>']).nth(1).map(str::to_owned));
            answers.insert(request, shown(&answer));
        }
    }
    answers
}

on_both! {
    fn anyone_is_told_nothing_of_what_is_not_public(app: &App) {
        let (editor, secrets) = (app.editor(), Secrets::default());
        let known: BTreeSet<String> = members_of_article_in(app).into_iter().collect();
        let world = furnish(&editor, &secrets);
        let planted: BTreeSet<String> = Secrets::default().article(&world).as_object().map(Map::keys).expect("members").cloned().collect();
        assert_eq!(known, planted, "plant a word in every member of an article");
        plant_what_is_gone(app, &secrets, &world);

        let operations = operations(app);
        let public = public(app, &operations);
        let before = crawl(app, &operations, &public, &secrets.forbidden(app));
        plant_what_is_to_come(app, &secrets, &world);
        let forbidden = secrets.forbidden(app);
        let after = crawl(app, &operations, &public, &forbidden);
        // Nothing moved: no count, no order, no neighbour in a list.
        for (request, (status, text)) in &before {
            let now = after.get(request).unwrap_or_else(|| panic!("{request} was followed before"));
            // A refusal may tell how far the sequence has come, and health how things are.
            let is_same = *status == 400 || request.starts_with("/health") || without_head(text) == without_head(&now.1);
            assert!(*status == now.0 && is_same, "{request} is another answer:\n{text}\n{}", now.1);
        }

        // Whoever knows a word, an id or a slug cannot tell it from one that nobody has ever had.
        let reader = app.anonymous();
        let nobody = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21";
        let words: Vec<(String, String)> = secrets.words.borrow().iter().map(|word| (word.clone(), format!("{STEM}9999"))).collect();
        let ids: Vec<(String, String)> = secrets.ids.borrow().iter().map(|id| (id.clone(), nobody.to_owned())).collect();
        let (mut probes, mut controls) = (0, BTreeMap::new());
        for (secret, control) in words.iter().chain(&ids) {
            for (probe, control_probe) in operations.iter().flat_map(|operation| {
                operation.probes(secret, &public).into_iter().zip(operation.probes(control, &public)).collect::<Vec<_>>()
            }) {
                let wanted = controls.entry(control_probe).or_insert_with_key(|control_probe| shown(&reader.get(control_probe))).clone();
                let answer = reader.get(&probe);
                // That of an article which was withdrawn says so: it was public once.
                if answer.status == 410 {
                    assert!(find_private(&answer, &forbidden, secret).is_none(), "{answer}");
                    continue;
                }
                let found = shown(&answer);
                assert_eq!((found.0, found.1.replace(secret, control)), wanted, "{probe} tells something: {answer}");
                if let Some(word) = find_private(&answer, &forbidden, secret) {
                    panic!("{word} is seen by anyone: {answer}");
                }
                probes += 1;
            }
        }
        // Beginnings of all the words.
        for query in ["zqxjvkw*", "zqxjvkw0*", "%22zqxjvkw0*%22", "closed", "clos*"] {
            let answer = reader.get(&format!("/v1/articles?q={query}&total=true")).assert_status(200).json();
            assert_eq!((&answer["data"], &answer["page"]["total"]), (&json!([]), &json!(0)), "{query}");
        }
        println!("{} operations, {} requests before and after, {probes} probes for {} words and {} ids", operations.len(), after.len(), words.len(), ids.len());
        assert!(operations.len() >= 20 && after.len() > 500 && probes > 2000);
        // The same words are there for those who may read them: the sweep can find something.
        let editors = app.editor().get("/v1/editor/articles?limit=100").assert_status(200);
        assert!(find_private(&editors, &forbidden, "").is_some());
    }
}
