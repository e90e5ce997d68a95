//! Articles as editors see them, and how a change of one is answered.

use crate::articles::locks::{Lock, held};
use crate::config::Config;
use crate::desk::{Seen, Versioned, not_overtaken};
use crate::error::ApiError;
use crate::page::PageOut;
use crate::writing::{Acting, Desk, Entry, Written};
use actix_web::HttpResponse;
use actix_web::web::Data;
use masthead_domain::article::{ArticleIn, BodyIn};
use masthead_domain::body::{self, Body, BodyFormat, Removed};
use masthead_domain::column::AnyId;
use masthead_domain::id::{ArticleId, UserId};
use masthead_domain::kind::Kind;
use masthead_domain::permission::{Action, Actor};
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;
use masthead_domain::vocabulary::Vocabulary;
use masthead_domain::web_address;
use masthead_domain::workflow::{ArticleState, Step};
use masthead_store::articles::{self, Article};
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::record::Key;
use masthead_store::revisions::{self, Revision};
use masthead_store::site;
use serde::Serialize;
use utoipa::ToSchema;

/// A longer body is rendered on a thread for such work, so that nobody else's answer waits for it.
pub const RENDERED_IN_PLACE_MAX: usize = 16 * 1024;

/// What an editor sees of an article: what was entered last, and where it stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EditorArticle {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")]
    pub id: ArticleId,
    /// Rises by one with each change; to be sent in `If-Match`.
    #[schema(minimum = 1, example = 3)]
    pub version: i32,
    /// The number of the revision that is being worked on.
    #[schema(minimum = 1, example = 2)]
    pub revision: i32,
    /// The number of the revision that is public, or will be; absent where none is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, example = 1)]
    pub public_revision: Option<i32>,
    pub state: ArticleState,
    /// The steps that are possible from here, whoever takes them.
    #[schema(example = json!(["submit", "publish", "schedule", "delete"]))]
    pub steps: Vec<Step>,
    /// Whether what is being worked on differs from what is public.
    #[schema(example = true)]
    pub has_unpublished_changes: bool,
    /// While it is scheduled: when it becomes public. While it is public and another revision is prepared: when that takes its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-11-27T06:00:00Z")]
    pub publish_at: Option<Timestamp>,
    /// The revision that takes the place of the public one at `publish_at`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, example = 3)]
    pub prepared_revision: Option<i32>,
    /// When it ceases to be public.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-12-24T18:00:00Z")]
    pub unpublish_at: Option<Timestamp>,
    /// While it is in review: since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-11-26T07:10:00Z")]
    pub submitted_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c22")]
    pub submitted_by: Option<UserId>,
    /// What was said when it was submitted or returned last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "The third paragraph needs a source.")]
    pub review_comment: Option<String>,
    /// Who let it become public.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c23")]
    pub approved_by: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-11-26T12:00:00Z")]
    pub withdrawn_at: Option<Timestamp>,
    /// For the editors.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "The source has taken its account back.")]
    pub withdrawal_reason: Option<String>,
    /// What readers are told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "This article did not meet our standards and has been withdrawn.")]
    pub withdrawal_notice: Option<String>,
    /// The first publication; kept for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-11-26T07:30:00Z")]
    pub published_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:00:00Z")]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c22")]
    pub created_by: UserId,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:45:00Z")]
    pub updated_at: Timestamp,
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c22")]
    pub updated_by: UserId,
    /// The address of its page on the paper's website, once it is public.
    #[schema(format = Uri, example = "https://paper.example/articles/council-keeps-the-last-ferry")]
    pub page_url: String,
    /// The body as readers get it; not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "<p>The council voted <strong>seven to two</strong>.</p>")]
    pub body_html: Option<String>,
    /// Words of the body; not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 420)]
    pub word_count: Option<u32>,
    /// What cleaning took out of the body; not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removed: Option<Vec<Removed>>,
    /// Who is editing it now, where somebody said so; not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lock: Option<Lock>,
    #[serde(flatten)]
    pub content: ArticleIn,
}

/// The members of an editing representation that `fields` may name.
pub const FIELDS: &[&str] = &[
    "id",
    "version",
    "revision",
    "public_revision",
    "state",
    "steps",
    "has_unpublished_changes",
    "publish_at",
    "prepared_revision",
    "unpublish_at",
    "submitted_at",
    "submitted_by",
    "review_comment",
    "approved_by",
    "withdrawn_at",
    "withdrawal_reason",
    "withdrawal_notice",
    "published_at",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "page_url",
    "body_html",
    "word_count",
    "removed",
    "lock",
    "title",
    "slug",
    "standfirst",
    "body",
    "bylines",
    "byline_text",
    "credits",
    "section_id",
    "tag_ids",
    "language",
    "related_ids",
    "lead_image",
    "media",
    "canonical_url",
    "index_policy",
    "issue_id",
    "issue_page",
    "issue_position",
    "embargo_until",
];

/// A page of articles to edit.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditorArticleList {
    pub data: Vec<EditorArticle>,
    pub page: PageOut,
}
/// An article with the content of its latest revision.
pub struct Working {
    pub article: Article,
    pub content: ArticleIn,
    /// What cleaning made of its body, where that was needed already.
    pub rendered: Option<Body>,
}

/// The body that a request brings, if it is short; not checked yet.
pub fn short_body(request: &serde_json::Value) -> Option<BodyIn> {
    let body = request.get("body")?;
    let format = body.get("format").map_or(Some(BodyFormat::Markdown), |format| format.as_str().and_then(BodyFormat::parse))?;
    let source = body.get("source")?.as_str().filter(|source| source.len() <= RENDERED_IN_PLACE_MAX)?;
    Some(BodyIn { format, source: source.to_owned() })
}

pub async fn render(body: BodyIn) -> Result<Body, ApiError> {
    if body.source.len() <= RENDERED_IN_PLACE_MAX {
        return Ok(body::render(&body.source, body.format));
    }
    actix_web::web::block(move || body::render(&body.source, body.format)).await.map_err(ApiError::internal)
}

pub fn content_of(revision: Revision) -> Result<ArticleIn, ApiError> {
    serde_json::from_value(revision.document.0).map_err(ApiError::internal)
}

/// The article of that key, if the actor may see it.
pub fn find_visible(conn: &mut Conn, actor: &Actor, key: &Key) -> Result<Article, ApiError> {
    visible(actor, articles::find(conn, key)?)
}

fn visible(actor: &Actor, article: Article) -> Result<Article, ApiError> {
    // What one may not see looks like what is not there.
    if !actor.may(Action::ReadArticle { created_by: article.created_by }) {
        return Err(ApiError::not_found());
    }
    Ok(article)
}

/// The article of that key and its latest revision, if the actor may see it.
pub fn find_working(conn: &mut Conn, actor: &Actor, key: &Key) -> Result<Working, ApiError> {
    let article = find_visible(conn, actor, key)?;
    working(conn, article)
}

/// As [`find_working`]; nobody else changes it until the end of the transaction.
pub fn find_for_change(conn: &mut Conn, actor: &Actor, key: &Key) -> Result<Working, ApiError> {
    let article = visible(actor, articles::find_for_change(conn, key)?)?;
    working(conn, article)
}

fn working(conn: &mut Conn, article: Article) -> Result<Working, ApiError> {
    let content = content_of(revisions::find(conn, AnyId(article.id.0), article.revision)?)?;
    Ok(Working { article, content, rendered: None })
}

pub fn seen(article: &Article) -> Seen {
    Seen { id: AnyId(article.id.0), version: article.version, changed_at: article.updated_at, changed_by: Some(article.updated_by) }
}

/// Writes an article over the version that a change was made on.
pub fn overwrite(conn: &mut Conn, old: &Article, new: &Article) -> Result<(), ApiError> {
    let written = articles::update(conn, old.version, new);
    not_overtaken(conn, written, old.version, |conn| Ok(seen(&articles::find(conn, &Key::Id(AnyId(old.id.0)))?)))
}

/// When it was first public, if it has been by now.
pub fn first_publication(article: &Article, now: Timestamp) -> Option<Timestamp> {
    article.first_published_at.or_else(|| article.visible_from.filter(|from| article.public_revision.is_some() && *from <= now))
}

/// What addresses of pages are built from.
pub struct Addresses {
    public_url: String,
    article_path: String,
}

impl Addresses {
    /// The address of the page of an article.
    pub fn page(&self, slug: &Slug) -> String {
        web_address::page(&self.public_url, &self.article_path, slug.as_str())
    }
}

impl Working {
    /// The editing representation, without what only single items carry.
    pub fn short(self, addresses: &Addresses, now: Timestamp) -> EditorArticle {
        let Self { article, content, rendered: _ } = self;
        let state = article.state(now);
        EditorArticle {
            id: article.id,
            version: article.version,
            revision: article.revision,
            public_revision: article.public_revision,
            state,
            steps: article.standing(now).steps().to_vec(),
            has_unpublished_changes: article.has_unpublished_changes(),
            publish_at: article.visible_from.filter(|_| state == ArticleState::Scheduled).or(article.prepared_from),
            prepared_revision: article.prepared_revision,
            unpublish_at: article.visible_until.filter(|until| *until > now),
            submitted_at: article.submitted_at,
            submitted_by: article.submitted_by,
            review_comment: article.review_comment.clone(),
            approved_by: article.approved_by,
            withdrawn_at: article.withdrawn_at,
            withdrawal_reason: article.withdrawal_reason.clone(),
            withdrawal_notice: article.withdrawal_notice.clone(),
            published_at: first_publication(&article, now),
            created_at: article.created_at,
            created_by: article.created_by,
            updated_at: article.updated_at,
            updated_by: article.updated_by,
            page_url: addresses.page(&article.slug),
            body_html: None,
            word_count: None,
            removed: None,
            lock: None,
            content,
        }
    }

    /// The whole editing representation, with what cleaning made of the body.
    pub fn whole(mut self, addresses: &Addresses, now: Timestamp) -> Versioned<EditorArticle> {
        let rendered = self.rendered.take().or_else(|| self.content.body.as_ref().map(|body| body::render(&body.source, body.format)));
        let has_body = self.content.body.is_some();
        let (version, id) = (self.article.version, AnyId(self.article.id.0));
        let mut value = self.short(addresses, now);
        if let Some(rendered) = rendered.filter(|_| has_body) {
            value.body_html = Some(rendered.html);
            value.word_count = Some(rendered.word_count);
            value.removed = Some(rendered.removed);
        }
        Versioned { version, id, value }
    }

    /// The same, without holding others up where the body is long.
    pub async fn versioned(mut self, addresses: &Addresses, now: Timestamp) -> Result<Versioned<EditorArticle>, ApiError> {
        if let (Some(body), None) = (&self.content.body, &self.rendered) {
            self.rendered = Some(render(body.clone()).await?);
        }
        Ok(self.whole(addresses, now))
    }
}

impl Versioned<EditorArticle> {
    #[must_use]
    pub fn with_lock(mut self, lock: Option<Lock>) -> Self {
        self.value.lock = lock;
        self
    }
}

pub fn addresses(conn: &mut Conn, config: &Config) -> Result<Addresses, Error> {
    Ok(Addresses { public_url: config.public_url.clone(), article_path: site::find(conn)?.article_path })
}

/// Makes a change, and renders the body that the request brings while the database waits for the disk; unless the reply is to
/// be kept or the change undone, for which it must be there before the end of the transaction.
pub async fn change<R>(
    desk: Desk<R>,
    config: Data<Config>,
    request: Option<serde_json::Value>,
    finish: fn(&Versioned<EditorArticle>) -> Result<Written, ApiError>,
    work: impl FnOnce(&mut Conn, &Acting, Option<serde_json::Value>) -> Result<Working, ApiError> + Send + 'static,
) -> Result<HttpResponse, ApiError> {
    if !desk.is_plain() {
        return desk
            .write(move |conn, acting| {
                let addresses = addresses(conn, &config)?;
                let working = work(conn, acting, request)?;
                let lock = lock_after(conn, &working.article, acting.now)?;
                finish(&working.whole(&addresses, acting.now).with_lock(lock))
            })
            .await;
    }
    let ahead = request.as_ref().and_then(short_body);
    let now = desk.acting().now;
    let written = desk.write_plainly(move |conn, acting| {
        let addresses = addresses(conn, &config)?;
        let working = work(conn, acting, request)?;
        let lock = lock_after(conn, &working.article, acting.now)?;
        Ok((working, addresses, lock))
    });
    // The first is begun first: it only has to be handed over.
    let (written, rendered) = tokio::join!(biased; written, async { ahead.as_ref().map(|body| body::render(&body.source, body.format)) });
    let (mut working, addresses, lock) = written?;
    if working.rendered.is_none() && working.content.body == ahead {
        working.rendered = rendered;
    }
    Ok(finish(&working.versioned(&addresses, now).await?.with_lock(lock))?.answer())
}

/// The lock of an article that was changed; nobody has one of what was only just begun.
fn lock_after(conn: &mut Conn, article: &Article, now: Timestamp) -> Result<Option<Lock>, Error> {
    if article.version == 1 { Ok(None) } else { held(conn, article.id, now) }
}

/// What the audit log tells of where an article stands.
pub fn standing(article: &Article, now: Timestamp) -> serde_json::Value {
    serde_json::json!({
        "state": article.state(now),
        "version": article.version,
        "public_revision": article.public_revision,
        "visible_from": article.visible_from,
        "visible_until": article.visible_until,
        "prepared_revision": article.prepared_revision,
        "prepared_from": article.prepared_from,
        "review_comment": article.review_comment,
        "approved_by": article.approved_by,
        "withdrawal_reason": article.withdrawal_reason,
        "withdrawal_notice": article.withdrawal_notice,
    })
}

/// Puts a change of an article into the audit log.
pub fn audit(
    conn: &mut Conn,
    acting: &Acting,
    verb: &str,
    article: &Article,
    before: Option<serde_json::Value>,
    after: Option<serde_json::Value>,
) -> Result<(), Error> {
    let (entity_id, label) = (Some(AnyId(article.id.0)), Some(article.title.clone()));
    acting.audit(conn, Entry { action: format!("article.{verb}"), subject: Kind::Article.word(), entity_id, label, before, after })
}
