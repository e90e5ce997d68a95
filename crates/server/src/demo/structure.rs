//! What the demo paper has around its articles: a print issue, standing pages, a front page, an old address.

use crate::demo::load::LoadError;
use crate::desk;
use crate::writing::Acting;
use jiff::tz::TimeZone;
use masthead_domain::id::ArticleId;
use masthead_store::collections::Collection;
use masthead_store::dialect::Conn;
use masthead_store::issues::Issue;
use masthead_store::pages::Page;
use serde_json::{Value, json};
use uuid::Uuid;

/// The pages as written: title, slug, place in the menu, text.
const PAGES: &[(&str, &str, i32, &str)] = &[
    (
        "About the Lantern",
        "about",
        10,
        "The Harbour Lantern is written, edited and carried round by **people who live beside the water**. It comes out every month and belongs to its readers.",
    ),
    ("Contact", "contact", 20, "Write to the desk at lantern@paper.example, or leave a note in the box at the wharf. We read everything."),
];

/// Adds the issue of this month.
pub fn add_issue(conn: &mut Conn, acting: &Acting) -> Result<Uuid, LoadError> {
    let today = TimeZone::UTC.to_datetime(acting.now.to_jiff()).date();
    let issue = json!({
        "title": "Issue 42", "number": 42, "issued_on": format!("{:04}-{:02}", today.year(), today.month()),
        "description": "The long stop, the last boat and the price of shade.",
    });
    Ok(desk::create::<Issue>(conn, acting, &issue)?.id.0)
}

/// Puts what is entered for an article into the issue, each on a page of its own.
pub fn put_into_issue(article: &mut Value, issue_id: Uuid, position: usize) {
    if let Some(members) = article.as_object_mut() {
        members.insert("issue_id".to_owned(), json!(issue_id));
        members.insert("issue_page".to_owned(), json!(position + 1));
    }
}

/// Adds the pages, and a front page that begins with one article and goes on with the newest.
pub fn add_pages(conn: &mut Conn, acting: &Acting, articles: &[ArticleId]) -> Result<(), LoadError> {
    for (title, slug, menu_position, source) in PAGES {
        let page = json!({"title": title, "slug": slug, "state": "published", "menu_position": menu_position, "body": {"source": source}});
        desk::create::<Page>(conn, acting, &page)?;
    }
    let slots: Vec<Value> = articles.get(1).into_iter().map(|id| json!({"article_id": id})).collect();
    desk::create::<Collection>(conn, acting, &json!({"name": "Front page", "size": 6, "slots": slots, "fill": {}}))?;
    Ok(())
}
