//! Articles as editors work on them: drafts, revisions, and the steps to and from the public.

use crate::clock::Clock;
use crate::config::Config;
use crate::desk::{Seen, Versioned, check_version, free_slug, permit};
use crate::error::ApiError;
use crate::identity::{Contributor, Editor};
use crate::page::{PageOut, PageQuery, PageRequest, link_header, resolve};
use crate::record::{FieldsQuery, key};
use crate::request::{IfMatch, JsonBody, OptionalJsonBody, Query};
use crate::seal::Seal;
use crate::view::{desk_item, desk_list};
use crate::writing::{Acting, Desk, Entry, Written};
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, delete, get, patch, post};
use masthead_domain::article::{ArticleIn, ArticleState, BodyIn, CreditTerms, Step, publishing_faults};
use masthead_domain::body::{self, Body, BodyFormat, Removed};
use masthead_domain::change::ChangeAction;
use masthead_domain::column::{AnyId, Json};
use masthead_domain::fault::{Fault, FaultCode};
use masthead_domain::id::{ArticleId, UserId};
use masthead_domain::json;
use masthead_domain::kind::Kind;
use masthead_domain::permission::{Action, Actor, Role};
use masthead_domain::read::Reader;
use masthead_domain::time::Timestamp;
use masthead_domain::vocabulary::Vocabulary;
use masthead_domain::web_address;
use masthead_store::articles::{self, Article, DeskFilter, DeskSort};
use masthead_store::changes::NewChange;
use masthead_store::db::Db;
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::page::SortKey;
use masthead_store::public_articles::{self, Details, PublicArticle, PublicBody};
use masthead_store::record::Key;
use masthead_store::revisions::{self, Revision};
use masthead_store::{authors, issues, publications, retired_slugs, sections, site, tags};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

/// How much of a body's beginning is kept for excerpts, in bytes; cut at a character.
const OPENING_BYTES_MAX: usize = 4000;

/// A longer body is rendered on a thread for such work, so that nobody else's answer waits for it.
const RENDERED_IN_PLACE_MAX: usize = 16 * 1024;

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
    /// Whether what is being worked on differs from what is public.
    #[schema(example = true)]
    pub has_unpublished_changes: bool,
    /// While it is scheduled: when it becomes public.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-11-27T06:00:00Z")]
    pub publish_at: Option<Timestamp>,
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
    #[serde(flatten)]
    pub content: ArticleIn,
}

/// The members of an editing representation that `fields` may name.
const FIELDS: &[&str] = &[
    "id",
    "version",
    "revision",
    "public_revision",
    "state",
    "has_unpublished_changes",
    "publish_at",
    "published_at",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "page_url",
    "body_html",
    "word_count",
    "removed",
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
    "canonical_url",
    "index_policy",
    "issue_id",
    "issue_page",
    "issue_position",
];

/// A page of articles to edit.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditorArticleList {
    pub data: Vec<EditorArticle>,
    pub page: PageOut,
}

/// How to publish.
#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "documents the body; it is read member by member")]
struct PublishIn {
    /// For a piece that was first published elsewhere or earlier: when. Only in the past, and only before the first publication here.
    #[schema(value_type = Option<String>, format = DateTime, example = "2020-10-19T06:00:00Z")]
    published_at: Option<Timestamp>,
}

/// When to publish.
#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "documents the body; it is read member by member")]
struct ScheduleIn {
    /// In the future.
    #[schema(value_type = String, format = DateTime, example = "2026-11-27T06:00:00Z")]
    publish_at: Timestamp,
}

/// An article with the content of its latest revision.
pub struct Working {
    pub article: Article,
    content: ArticleIn,
    /// What cleaning made of its body, where that was needed already.
    rendered: Option<Body>,
}

/// The body that a request brings, if it is short; not checked yet.
fn short_body(request: &serde_json::Value) -> Option<BodyIn> {
    let body = request.get("body")?;
    let format = body.get("format").map_or(Some(BodyFormat::Markdown), |format| format.as_str().and_then(BodyFormat::parse))?;
    let source = body.get("source")?.as_str().filter(|source| source.len() <= RENDERED_IN_PLACE_MAX)?;
    Some(BodyIn { format, source: source.to_owned() })
}

async fn render(body: BodyIn) -> Result<Body, ApiError> {
    if body.source.len() <= RENDERED_IN_PLACE_MAX {
        return Ok(body::render(&body.source, body.format));
    }
    actix_web::web::block(move || body::render(&body.source, body.format)).await.map_err(ApiError::internal)
}

fn content_of(revision: Revision) -> Result<ArticleIn, ApiError> {
    serde_json::from_value(revision.document.0).map_err(ApiError::internal)
}

fn find_working(conn: &mut Conn, actor: &Actor, key: &Key) -> Result<Working, ApiError> {
    let article = articles::find(conn, key)?;
    // What one may not see looks like what is not there.
    if !actor.may(Action::ReadArticle { created_by: article.created_by }) {
        return Err(ApiError::not_found());
    }
    let content = content_of(revisions::find(conn, AnyId(article.id.0), article.revision)?)?;
    Ok(Working { article, content, rendered: None })
}

fn seen(article: &Article) -> Seen {
    Seen { id: AnyId(article.id.0), version: article.version, changed_at: article.updated_at, changed_by: Some(article.updated_by) }
}

/// When it was first public, if it has been by now.
fn first_publication(article: &Article, now: Timestamp) -> Option<Timestamp> {
    article.first_published_at.or_else(|| article.visible_from.filter(|from| article.public_revision.is_some() && *from <= now))
}

/// What addresses of pages are built from.
struct Addresses {
    public_url: String,
    article_path: String,
}

impl Working {
    /// The editing representation, without what only single items carry.
    fn short(self, addresses: &Addresses, now: Timestamp) -> EditorArticle {
        let Self { article, content, rendered: _ } = self;
        let state = article.state(now);
        EditorArticle {
            id: article.id,
            version: article.version,
            revision: article.revision,
            public_revision: article.public_revision,
            state,
            has_unpublished_changes: article.has_unpublished_changes(),
            publish_at: article.visible_from.filter(|_| state == ArticleState::Scheduled),
            published_at: first_publication(&article, now),
            created_at: article.created_at,
            created_by: article.created_by,
            updated_at: article.updated_at,
            updated_by: article.updated_by,
            page_url: web_address::page(&addresses.public_url, &addresses.article_path, article.slug.as_str()),
            body_html: None,
            word_count: None,
            removed: None,
            content,
        }
    }

    /// The whole editing representation, with what cleaning made of the body.
    fn whole(mut self, addresses: &Addresses, now: Timestamp) -> Versioned<EditorArticle> {
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
    async fn versioned(mut self, addresses: &Addresses, now: Timestamp) -> Result<Versioned<EditorArticle>, ApiError> {
        if let (Some(body), None) = (&self.content.body, &self.rendered) {
            self.rendered = Some(render(body.clone()).await?);
        }
        Ok(self.whole(addresses, now))
    }
}

fn addresses(conn: &mut Conn, config: &Config) -> Result<Addresses, Error> {
    Ok(Addresses { public_url: config.public_url.clone(), article_path: site::find(conn)?.article_path })
}

/// Makes a change, and renders the body that the request brings while the database waits for the disk; unless the reply is to
/// be kept or the change undone, for which it must be there before the end of the transaction.
async fn change<R>(
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
                finish(&work(conn, acting, request)?.whole(&addresses, acting.now))
            })
            .await;
    }
    let ahead = request.as_ref().and_then(short_body);
    let now = desk.acting().now;
    let written = desk.write_plainly(move |conn, acting| {
        let addresses = addresses(conn, &config)?;
        Ok((work(conn, acting, request)?, addresses))
    });
    // The first is begun first: it only has to be handed over.
    let (written, rendered) = tokio::join!(biased; written, async { ahead.as_ref().map(|body| body::render(&body.source, body.format)) });
    let (mut working, addresses) = written?;
    if working.rendered.is_none() && working.content.body == ahead {
        working.rendered = rendered;
    }
    Ok(finish(&working.versioned(&addresses, now).await?)?.answer())
}

/// What the audit log tells of where an article stands.
fn standing(article: &Article, now: Timestamp) -> serde_json::Value {
    serde_json::json!({
        "state": article.state(now),
        "version": article.version,
        "public_revision": article.public_revision,
        "visible_from": article.visible_from,
    })
}

/// Puts a change of an article into the audit log.
fn audit(
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

/// Reads a body, and checks what it refers to. Of `old`, where there is one, the articles picked by hand may be gone by now.
fn read_content(conn: &mut Conn, value: &serde_json::Value, old: Option<(ArticleId, &ArticleIn)>) -> Result<ArticleIn, ApiError> {
    let own = old.map(|(id, _)| id);
    let mut faults = Vec::new();
    let mut reader = Reader::root(value, &mut faults);
    let content = ArticleIn::read(&mut reader);
    reader.finish();
    if let Some(slug) = &content.slug
        && articles::slug_is_taken(conn, slug, own)?
    {
        faults.push(Fault::at("/slug", FaultCode::Taken, "is already used by another"));
    }
    check_references(conn, &content, own, old.map_or(&[], |(_, content)| &content.related_ids), &mut faults)?;
    if faults.is_empty() { Ok(content) } else { Err(ApiError::validation(faults)) }
}

/// Notes a fault for each thing referred to that does not exist; `picked` are the articles that were picked before.
fn check_references(
    conn: &mut Conn,
    content: &ArticleIn,
    own: Option<ArticleId>,
    picked: &[ArticleId],
    faults: &mut Vec<Fault>,
) -> Result<(), Error> {
    let author_ids: Vec<_> = content.bylines.iter().map(|byline| byline.author_id).collect();
    let publication_ids: Vec<_> = content.credits.iter().map(|credit| credit.publication_id).collect();
    let section_ids: Vec<_> = content.section_id.into_iter().collect();
    let known_authors: Vec<_> = authors::by_ids(conn, &author_ids)?.into_iter().map(|row| row.id).collect();
    let known_publications: Vec<_> = publications::by_ids(conn, &publication_ids)?.into_iter().map(|row| row.id).collect();
    let known_sections: Vec<_> = sections::by_ids(conn, &section_ids)?.into_iter().map(|row| row.id).collect();
    let issue_ids: Vec<_> = content.issue_id.into_iter().collect();
    let known_issues: Vec<_> = issues::by_ids(conn, &issue_ids)?.into_iter().map(|row| row.id).collect();
    let known_tags: Vec<_> = tags::by_ids(conn, &content.tag_ids)?.into_iter().map(|row| row.id).collect();
    let known_articles = articles::existing(conn, &content.related_ids)?;
    let mut check = |pointer: String, exists: bool, what: &str| {
        if !exists {
            faults.push(Fault::at(pointer, FaultCode::Dangling, format!("there is no {what} of this id")));
        }
    };
    for (index, id) in author_ids.iter().enumerate() {
        check(format!("/bylines/{index}/author_id"), known_authors.contains(id), "author");
    }
    for (index, id) in publication_ids.iter().enumerate() {
        check(format!("/credits/{index}/publication_id"), known_publications.contains(id), "publication");
    }
    for id in &section_ids {
        check("/section_id".to_owned(), known_sections.contains(id), "section");
    }
    for id in &issue_ids {
        check("/issue_id".to_owned(), known_issues.contains(id), "issue");
    }
    for (index, id) in content.tag_ids.iter().enumerate() {
        check(format!("/tag_ids/{index}"), known_tags.contains(id), "tag");
    }
    for (index, id) in content.related_ids.iter().enumerate() {
        check(format!("/related_ids/{index}"), (known_articles.contains(id) || picked.contains(id)) && Some(*id) != own, "other article");
    }
    Ok(())
}

/// Keeps what was entered as the revision that is worked on; returns it as JSON.
fn keep_revision(conn: &mut Conn, acting: &Acting, article: &Article, content: &ArticleIn) -> Result<serde_json::Value, ApiError> {
    let document = serde_json::to_value(content).map_err(ApiError::internal)?;
    revisions::insert(
        conn,
        &Revision {
            entity_id: AnyId(article.id.0),
            number: article.revision,
            kind: Kind::Article,
            version: article.version,
            document: Json(document.clone()),
            created_at: acting.now,
            created_by: Some(acting.actor.user_id),
        },
    )?;
    articles::set_references(conn, article.id, content)?;
    Ok(document)
}

pub fn create(conn: &mut Conn, acting: &Acting, value: &serde_json::Value) -> Result<Working, ApiError> {
    let Acting { actor, now, .. } = acting;
    let now = *now;
    permit(actor, Action::CreateArticle)?;
    let mut content = read_content(conn, value, None)?;
    let slug = match &content.slug {
        Some(slug) => slug.clone(),
        None => free_slug(&content.title, |slug| articles::slug_is_taken(conn, slug, None))?,
    };
    content.slug = Some(slug.clone());
    let language = language_of(conn, &content)?;
    let article = Article {
        id: ArticleId::new(),
        slug,
        version: 1,
        revision: 1,
        public_revision: None,
        visible_from: None,
        first_published_at: None,
        created_at: now,
        created_by: actor.user_id,
        updated_at: now,
        updated_by: actor.user_id,
        deleted_at: None,
        title: content.title.clone(),
        language,
        section_id: content.section_id,
        issue_id: content.issue_id,
    };
    articles::insert(conn, &article)?;
    let document = keep_revision(conn, acting, &article, &content)?;
    audit(conn, acting, "create", &article, None, Some(document))?;
    Ok(Working { article, content, rendered: None })
}

fn language_of(conn: &mut Conn, content: &ArticleIn) -> Result<String, Error> {
    match &content.language {
        Some(language) => Ok(language.clone()),
        None => Ok(site::find(conn)?.language),
    }
}

pub fn update(conn: &mut Conn, acting: &Acting, key: &Key, if_match: &IfMatch, patch: serde_json::Value) -> Result<Working, ApiError> {
    let Acting { actor, now, .. } = acting;
    let now = *now;
    let Working { article: old, content: old_content, .. } = find_working(conn, actor, key)?;
    let is_public = matches!(old.state(now), ArticleState::Published | ArticleState::Scheduled);
    permit(actor, Action::EditArticle { created_by: old.created_by, is_public })?;
    check_version(conn, if_match, &seen(&old))?;
    let old_document = serde_json::to_value(&old_content).map_err(ApiError::internal)?;
    let merged = json::merge(old_document.clone(), patch);
    let mut content = read_content(conn, &merged, Some((old.id, &old_content)))?;
    let slug = content.slug.get_or_insert_with(|| old.slug.clone()).clone();
    if content == old_content {
        return Ok(Working { article: old, content, rendered: None });
    }
    let language = language_of(conn, &content)?;
    let article = Article {
        slug,
        version: old.version + 1,
        revision: old.revision + 1,
        updated_at: now,
        updated_by: actor.user_id,
        title: content.title.clone(),
        language,
        section_id: content.section_id,
        issue_id: content.issue_id,
        ..old.clone()
    };
    articles::update(conn, old.version, &article)?;
    let document = keep_revision(conn, acting, &article, &content)?;
    audit(conn, acting, "update", &article, Some(old_document), Some(document))?;
    Ok(Working { article, content, rendered: None })
}

/// An article after a step, and its body if that was rendered for it.
struct Stepped {
    article: Article,
    rendered: Option<Body>,
}

/// Takes a step: finds the article, checks the right, the version and the state, and lets `step` make the change.
fn take_step(
    conn: &mut Conn,
    acting: &Acting,
    key: &Key,
    if_match: &IfMatch,
    step: Step,
    change: impl FnOnce(&mut Conn, &Article, &ArticleIn) -> Result<Option<Stepped>, ApiError>,
) -> Result<Working, ApiError> {
    let Acting { actor, now, .. } = acting;
    let now = *now;
    let Working { article, content, .. } = find_working(conn, actor, key)?;
    permit(actor, Action::PublishArticle)?;
    check_version(conn, if_match, &seen(&article))?;
    article.state(now).check(step)?;
    let Some(Stepped { article: changed, rendered }) = change(conn, &article, &content)? else {
        return Ok(Working { article, content, rendered: None });
    };
    let changed = Article { version: article.version + 1, updated_at: now, updated_by: actor.user_id, ..changed };
    articles::update(conn, article.version, &changed)?;
    audit(conn, acting, step.word(), &changed, Some(standing(&article, now)), Some(standing(&changed, now)))?;
    Ok(Working { article: changed, content, rendered })
}

/// Makes the latest revision public from a time on, and returns what became of its body.
fn make_public(
    conn: &mut Conn,
    article: &Article,
    content: &ArticleIn,
    now: Timestamp,
    published_at: Timestamp,
    visible_from: Timestamp,
    updated_at: Timestamp,
) -> Result<Body, ApiError> {
    let terms = credit_terms(conn, content)?;
    // What counts is when readers see it: a piece imported under an old date is seen today.
    let faults = publishing_faults(content, &terms, visible_from.max(now));
    if !faults.is_empty() {
        return Err(ApiError::validation(faults));
    }
    let standing = public_articles::standing(conn, article.id)?;
    // The slug that readers know it by may be about to change.
    if let Some(old) = standing.as_ref().map(|standing| &standing.slug).filter(|old| **old != article.slug) {
        retired_slugs::retire(conn, Kind::Article, AnyId(article.id.0), old, &article.slug, updated_at)?;
    }
    let rendered = rendered_body(content);
    let (public, body) = public_copy(article, content, &rendered, published_at, visible_from, updated_at);
    let is_announced = standing.is_some_and(|standing| standing.announced_at.is_some());
    let (action, announced_at) = match (visible_from <= now, is_announced) {
        (true, true) => (ChangeAction::Updated, Some(now)),
        (true, false) => (ChangeAction::Published, Some(now)),
        (false, _) => (ChangeAction::Scheduled, None),
    };
    note(conn, article, action, now);
    public_articles::put(conn, &public, &body, announced_at)?;
    Ok(rendered)
}

/// Notes what happens to an article in public.
fn note(conn: &mut Conn, article: &Article, action: ChangeAction, now: Timestamp) {
    conn.note(NewChange { kind: Kind::Article, entity_id: AnyId(article.id.0), action, revision: article.revision, changed_at: now });
}

/// The body of a revision as readers get it; an empty one where it has none.
#[must_use]
pub fn rendered_body(content: &ArticleIn) -> Body {
    content.body.as_ref().map_or_else(|| body::render("", BodyFormat::Markdown), |body| body::render(&body.source, body.format))
}

/// What becomes public of a revision.
#[must_use]
pub fn public_copy(
    article: &Article,
    content: &ArticleIn,
    rendered: &Body,
    published_at: Timestamp,
    visible_from: Timestamp,
    updated_at: Timestamp,
) -> (PublicArticle, PublicBody) {
    // Lists show the standfirst where there is one, and are quicker without what they do not show.
    let opening_length = if content.has_standfirst() { 0 } else { rendered.text.floor_char_boundary(OPENING_BYTES_MAX) };
    let opening = rendered.text.get(..opening_length).unwrap_or_default().to_owned();
    let public = PublicArticle {
        article_id: article.id,
        slug: article.slug.clone(),
        visible_from,
        visible_until: None,
        published_at,
        updated_at,
        title: content.title.clone(),
        standfirst: content.standfirst.clone(),
        opening,
        language: article.language.clone(),
        section_id: content.section_id,
        issue_id: content.issue_id,
        word_count: i32::try_from(rendered.word_count).unwrap_or(i32::MAX),
        details: Json(Details {
            bylines: content.bylines.clone(),
            byline_text: content.byline_text.clone(),
            credits: content.credits.clone(),
            tag_ids: content.tag_ids.clone(),
            related_ids: content.related_ids.clone(),
            lead_image: content.lead_image.clone(),
            canonical_url: content.canonical_url.clone(),
            index_policy: content.index_policy,
            issue_page: content.issue_page,
            issue_position: content.issue_position,
        }),
    };
    let body = PublicBody { article_id: article.id, html: rendered.html.clone(), markdown: rendered.markdown.clone(), plain: rendered.text.clone() };
    (public, body)
}

fn credit_terms(conn: &mut Conn, content: &ArticleIn) -> Result<Vec<CreditTerms>, Error> {
    let ids: Vec<_> = content.credits.iter().map(|credit| credit.publication_id).collect();
    let known: HashMap<_, _> = publications::by_ids(conn, &ids)?.into_iter().map(|row| (row.id, row)).collect();
    ids.iter()
        .map(|id| {
            let publication = known.get(id).ok_or(Error::InUse)?;
            Ok(CreditTerms {
                required: publication.credit_requires.0.clone(),
                permission: publication.permission,
                permission_from: publication.permission_from,
                permission_until: publication.permission_until,
            })
        })
        .collect()
}

/// Reads the only member of an action's body.
fn read_time(value: &serde_json::Value, name: &'static str) -> Result<Option<Timestamp>, ApiError> {
    let mut faults = Vec::new();
    let mut reader = Reader::root(value, &mut faults);
    let time = reader.time(name);
    reader.finish();
    if faults.is_empty() { Ok(time) } else { Err(ApiError::validation(faults)) }
}

fn refuse_time(name: &str, code: FaultCode, message: &str) -> ApiError {
    ApiError::validation(vec![Fault::at(format!("/{name}"), code, message)])
}

pub fn publish(conn: &mut Conn, acting: &Acting, key: &Key, if_match: &IfMatch, earlier: Option<Timestamp>) -> Result<Working, ApiError> {
    let now = acting.now;
    take_step(conn, acting, key, if_match, Step::Publish, |conn, article, content| {
        let state = article.state(now);
        if state == ArticleState::Published && !article.has_unpublished_changes() && earlier.is_none() {
            return Ok(None);
        }
        let first = first_publication(article, now);
        let published_at = match (first, earlier) {
            (None, earlier) => earlier.unwrap_or(now),
            (Some(first), None) => first,
            (Some(_), Some(_)) => {
                return Err(refuse_time("published_at", FaultCode::NotPermitted, "it has been published here before; the first publication stays"));
            }
        };
        if published_at > now {
            return Err(refuse_time("published_at", FaultCode::OutOfRange, "is in the future; schedule it instead"));
        }
        let visible_from = article.visible_from.filter(|_| state == ArticleState::Published).unwrap_or(published_at);
        let updated_at = if first.is_some() { now } else { published_at };
        let rendered = make_public(conn, article, content, now, published_at, visible_from, updated_at)?;
        let article = Article {
            public_revision: Some(article.revision),
            visible_from: Some(visible_from),
            first_published_at: Some(published_at),
            ..article.clone()
        };
        Ok(Some(Stepped { article, rendered: Some(rendered) }))
    })
}

pub fn schedule(conn: &mut Conn, acting: &Acting, key: &Key, if_match: &IfMatch, publish_at: Timestamp) -> Result<Working, ApiError> {
    let now = acting.now;
    take_step(conn, acting, key, if_match, Step::Schedule, |conn, article, content| {
        if publish_at <= now {
            return Err(refuse_time("publish_at", FaultCode::OutOfRange, "must be in the future"));
        }
        if article.visible_from == Some(publish_at) && article.public_revision == Some(article.revision) {
            return Ok(None);
        }
        let rendered = make_public(conn, article, content, now, article.first_published_at.unwrap_or(publish_at), publish_at, publish_at)?;
        let article = Article { public_revision: Some(article.revision), visible_from: Some(publish_at), ..article.clone() };
        Ok(Some(Stepped { article, rendered: Some(rendered) }))
    })
}

fn take_back(conn: &mut Conn, acting: &Acting, key: &Key, if_match: &IfMatch, step: Step) -> Result<Working, ApiError> {
    let now = acting.now;
    take_step(conn, acting, key, if_match, step, |conn, article, _| {
        if step == Step::Unpublish {
            // Readers have this address; it must lead to the article again if it comes back under another.
            let slug = public_articles::standing(conn, article.id)?.ok_or(Error::NotFound)?.slug;
            retired_slugs::retire(conn, Kind::Article, AnyId(article.id.0), &slug, &slug, now)?;
        }
        note(conn, article, if step == Step::Unpublish { ChangeAction::Unpublished } else { ChangeAction::Unscheduled }, now);
        public_articles::remove(conn, article.id)?;
        let article = Article { public_revision: None, visible_from: None, first_published_at: first_publication(article, now), ..article.clone() };
        Ok(Some(Stepped { article, rendered: None }))
    })
}

fn delete(conn: &mut Conn, acting: &Acting, key: &Key, if_match: &IfMatch) -> Result<(), ApiError> {
    let Acting { actor, now, .. } = acting;
    let now = *now;
    let Working { article, .. } = find_working(conn, actor, key)?;
    let state = article.state(now);
    permit(
        actor,
        Action::EditArticle { created_by: article.created_by, is_public: matches!(state, ArticleState::Published | ArticleState::Scheduled) },
    )?;
    check_version(conn, if_match, &seen(&article))?;
    state.check(Step::Delete)?;
    let deleted = Article {
        section_id: None,
        issue_id: None,
        version: article.version + 1,
        deleted_at: Some(now),
        updated_at: now,
        updated_by: actor.user_id,
        ..article.clone()
    };
    articles::update(conn, article.version, &deleted)?;
    audit(conn, acting, "delete", &deleted, Some(standing(&article, now)), None)?;
    Ok(articles::clear_references(conn, article.id)?)
}

/// The filters of the articles to edit.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
struct EditorArticleQuery {
    /// Articles in this state.
    #[param(inline)]
    state: Option<ArticleState>,
    /// Articles of the section of this slug or id.
    #[param(max_length = 120, pattern = "^[a-z0-9-]+$")]
    section: Option<String>,
    /// Articles with any of these tags, slugs or ids separated by commas.
    #[param(max_length = 1000, pattern = "^[a-z0-9-]+(,[a-z0-9-]+)*$")]
    tag: Option<String>,
    /// Articles with this author in the byline, by slug or id.
    #[param(max_length = 120, pattern = "^[a-z0-9-]+$")]
    author: Option<String>,
    /// Articles credited to the publication of this slug or id.
    #[param(max_length = 120, pattern = "^[a-z0-9-]+$")]
    publication: Option<String>,
    /// Articles of the printed issue of this slug or id.
    #[param(max_length = 120, pattern = "^[a-z0-9-]+$")]
    issue: Option<String>,
    /// Articles in this language, BCP 47, exactly.
    #[param(max_length = 35, pattern = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")]
    language: Option<String>,
    /// Articles changed at or after this time.
    #[param(value_type = Option<String>, format = DateTime, pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")]
    updated_since: Option<String>,
    /// The order; `-` means the newest first.
    #[param(inline)]
    sort: Option<EditorArticleSortIn>,
    /// Only these members, separated by commas.
    #[param(max_length = 1000, pattern = "^[a-z_]+(,[a-z_]+)*$")]
    fields: Option<String>,
}

/// The orders of a list of articles to edit.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "documents the parameter; it is read from SORTS")]
enum EditorArticleSortIn {
    #[serde(rename = "-updated_at")]
    UpdatedAtDescending,
    #[serde(rename = "updated_at")]
    UpdatedAt,
    #[serde(rename = "-created_at")]
    CreatedAtDescending,
    #[serde(rename = "created_at")]
    CreatedAt,
}

const SORTS: [(&str, DeskSort); 4] = [
    ("-updated_at", DeskSort::UpdatedAt),
    ("updated_at", DeskSort::UpdatedAt),
    ("-created_at", DeskSort::CreatedAt),
    ("created_at", DeskSort::CreatedAt),
];

/// List articles to edit.
///
/// In every state, the last changed first. Contributors get their own.
#[utoipa::path(tag = "articles", params(PageQuery, EditorArticleQuery), responses((status = OK, description = "A page.", body = EditorArticleList)))]
#[get("/articles")]
async fn list_editor_articles(
    db: Data<Db>,
    clock: Data<Clock>,
    seal: Data<Seal>,
    config: Data<Config>,
    contributor: Contributor,
    mut query: Query,
) -> Result<HttpResponse, ApiError> {
    let fields = query.words("fields", FIELDS);
    let (page, sort) = PageRequest::read(&mut query, &seal, &SORTS);
    let (state, section, tag, author, publication, issue) =
        (query.word("state"), query.text("section"), query.list("tag", 20), query.text("author"), query.text("publication"), query.text("issue"));
    let mut filter = DeskFilter { state, language: query.text("language"), updated_since: query.time("updated_since"), ..DeskFilter::default() };
    let canonical = query.finish()?;
    let actor = contributor.0;
    if actor.role == Role::Contributor {
        filter.created_by = Some(actor.user_id);
    }
    let sort = sort.unwrap_or(DeskSort::UpdatedAt);
    let (wanted, now) = (page.page.clone(), clock.now());
    let (listing, mut contents, addresses) = db
        .read(move |conn| -> Result<_, ApiError> {
            if let Some(text) = section {
                filter.section_id = Some(resolve::<sections::Section>(conn, "section", &text)?.0.into());
            }
            if let Some(texts) = tag {
                let ids = texts.iter().map(|text| Ok(resolve::<tags::Tag>(conn, "tag", text)?.0.into()));
                filter.tag_ids = Some(ids.collect::<Result<_, ApiError>>()?);
            }
            if let Some(text) = author {
                filter.author_id = Some(resolve::<authors::Author>(conn, "author", &text)?.0.into());
            }
            if let Some(text) = publication {
                filter.publication_id = Some(resolve::<publications::Publication>(conn, "publication", &text)?.0.into());
            }
            if let Some(text) = issue {
                filter.issue_id = Some(resolve::<issues::Issue>(conn, "issue", &text)?.0.into());
            }
            let listing = articles::list(conn, &filter, sort, &wanted, now)?;
            let keys: Vec<(AnyId, i32)> = listing.rows.iter().map(|row| (AnyId(row.id.0), row.revision)).collect();
            let mut contents = HashMap::new();
            for revision in revisions::by_keys(conn, &keys)? {
                contents.insert(revision.entity_id, content_of(revision)?);
            }
            Ok((listing, contents, addresses(conn, &config)?))
        })
        .await?;
    let page = page.out(&seal, &listing, |row| {
        let time = match sort {
            DeskSort::UpdatedAt => row.updated_at,
            DeskSort::CreatedAt => row.created_at,
        };
        (SortKey::Time(time), AnyId(row.id.0))
    });
    let link = link_header(&canonical, &page);
    let data = listing
        .rows
        .into_iter()
        .filter_map(|article| {
            let content = contents.remove(&AnyId(article.id.0))?;
            Some(Working { article, content, rendered: None }.short(&addresses, now))
        })
        .collect();
    desk_list(&EditorArticleList { data, page }, fields.as_deref(), link)
}

/// Find an article to edit.
///
/// What was entered last, where it stands, and what cleaning made of the body.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug.", max_length = 120), FieldsQuery), responses((status = OK, description = "Found.", body = EditorArticle)))]
#[get("/articles/{id}")]
async fn find_editor_article(
    db: Data<Db>,
    clock: Data<Clock>,
    config: Data<Config>,
    contributor: Contributor,
    id: Path<String>,
    mut query: Query,
) -> Result<HttpResponse, ApiError> {
    let fields = query.words("fields", FIELDS);
    query.finish()?;
    let (key, now) = (key(&id)?, clock.now());
    let (working, addresses) = db
        .read(move |conn| -> Result<_, ApiError> {
            let addresses = addresses(conn, &config)?;
            Ok((find_working(conn, &contributor.0, &key)?, addresses))
        })
        .await?;
    desk_item(&working.versioned(&addresses, now).await?, fields.as_deref())
}

/// Create an article.
///
/// Begins a draft. Every fault of the body is named; what cleaning takes out of the text is listed in the reply.
#[utoipa::path(tag = "articles", request_body = ArticleIn, responses((status = CREATED, description = "A draft.", body = EditorArticle)))]
#[post("/articles")]
async fn create_article(desk: Desk<Contributor>, config: Data<Config>, body: JsonBody) -> Result<HttpResponse, ApiError> {
    let created = |article: &Versioned<EditorArticle>| article.created("/v1/editor/articles");
    change(desk, config, Some(body.0), created, |conn, acting, body| create(conn, acting, &body.unwrap_or_default())).await
}

/// Update an article.
///
/// A merge patch (RFC 7396): what is left out stays, null takes away, lists that are sent replace. Readers see nothing
/// of it until the article is published again. A patch that changes nothing keeps the version.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug.", max_length = 120)), request_body = ArticleIn, responses((status = OK, description = "Changed, or as it was.", body = EditorArticle)))]
#[patch("/articles/{id}")]
async fn update_article(
    desk: Desk<Contributor>,
    config: Data<Config>,
    id: Path<String>,
    if_match: IfMatch,
    body: JsonBody,
) -> Result<HttpResponse, ApiError> {
    let key = key(&id)?;
    change(desk, config, Some(body.0), Versioned::ok, move |conn, acting, body| update(conn, acting, &key, &if_match, body.unwrap_or_default())).await
}

/// Delete an article.
///
/// One that is not public. Its revisions stay.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug.", max_length = 120)), responses((status = NO_CONTENT, description = "Deleted."), (status = CONFLICT, description = "It is public or about to be; `allowed` names the possible steps.")))]
#[delete("/articles/{id}")]
async fn delete_article(desk: Desk<Contributor>, id: Path<String>, if_match: IfMatch) -> Result<HttpResponse, ApiError> {
    let key = key(&id)?;
    desk.write(move |conn, acting| {
        delete(conn, acting, &key, &if_match)?;
        Ok(Written::nothing())
    })
    .await
}

/// Publish an article.
///
/// Makes the latest revision public at once. What is missing is listed all at once: a text, parts of a credit, a
/// permission that does not cover today.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug.", max_length = 120)), request_body(content = Option<PublishIn>), responses((status = OK, description = "Public.", body = EditorArticle), (status = CONFLICT, description = "Not from this state; `allowed` names the possible steps.")))]
#[post("/articles/{id}/publish")]
async fn publish_article(
    desk: Desk<Editor>,
    config: Data<Config>,
    id: Path<String>,
    if_match: IfMatch,
    body: OptionalJsonBody,
) -> Result<HttpResponse, ApiError> {
    let key = key(&id)?;
    let earlier = read_time(&body.0, "published_at")?;
    change(desk, config, None, Versioned::ok, move |conn, acting, _| publish(conn, acting, &key, &if_match, earlier)).await
}

/// Schedule an article.
///
/// Makes the latest revision public at a time to come; by the clock alone, to the second. What is missing is listed now.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug.", max_length = 120)), request_body = ScheduleIn, responses((status = OK, description = "Scheduled.", body = EditorArticle), (status = CONFLICT, description = "Not from this state; `allowed` names the possible steps.")))]
#[post("/articles/{id}/schedule")]
async fn schedule_article(
    desk: Desk<Editor>,
    config: Data<Config>,
    id: Path<String>,
    if_match: IfMatch,
    body: JsonBody,
) -> Result<HttpResponse, ApiError> {
    let key = key(&id)?;
    let publish_at = read_time(&body.0, "publish_at")?.ok_or_else(|| refuse_time("publish_at", FaultCode::Required, "is required"))?;
    change(desk, config, None, Versioned::ok, move |conn, acting, _| schedule(conn, acting, &key, &if_match, publish_at)).await
}

macro_rules! take_back_route {
    ($(#[$doc:meta])* $path:literal, $function:ident, $step:expr, $done:literal) => {
        $(#[$doc])*
        #[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug.", max_length = 120)), responses((status = OK, description = $done, body = EditorArticle), (status = CONFLICT, description = "Not from this state; `allowed` names the possible steps.")))]
        #[post($path)]
        async fn $function(
            desk: Desk<Editor>,
            config: Data<Config>,
            id: Path<String>,
            if_match: IfMatch,
        ) -> Result<HttpResponse, ApiError> {
            let key = key(&id)?;
            change(desk, config, None, Versioned::ok, move |conn, acting, _| take_back(conn, acting, &key, &if_match, $step)).await
        }
    };
}

take_back_route! {
    /// Unschedule an article.
    ///
    /// Makes a draft of it again; possible until its time.
    "/articles/{id}/unschedule", unschedule_article, Step::Unschedule, "A draft again."
}

take_back_route! {
    /// Unpublish an article.
    ///
    /// Takes it out of public at once; the time of its first publication is kept.
    "/articles/{id}/unpublish", unpublish_article, Step::Unpublish, "A draft again."
}

/// The routes of the editing side.
pub fn desk_routes(config: &mut ServiceConfig) {
    config
        .service(list_editor_articles)
        .service(find_editor_article)
        .service(create_article)
        .service(update_article)
        .service(delete_article)
        .service(publish_article)
        .service(schedule_article)
        .service(unschedule_article)
        .service(unpublish_article);
}
