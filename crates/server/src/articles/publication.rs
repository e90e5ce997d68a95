//! What becomes public of a revision, and what stands in the way.

use crate::error::ApiError;
use masthead_domain::article::{ArticleIn, CreditTerms, media_uses, publishing_faults};
use masthead_domain::body::{self, Body, BodyFormat};
use masthead_domain::change::ChangeAction;
use masthead_domain::column::{AnyId, Json};
use masthead_domain::fault::Fault;
use masthead_domain::id::MediaId;
use masthead_domain::kind::Kind;
use masthead_domain::media::MediaKind;
use masthead_domain::read::is_blank;
use masthead_domain::readiness::{Check, Policy, Surroundings, findings, linked_slugs};
use masthead_domain::time::Timestamp;
use masthead_domain::vocabulary::Vocabulary;
use masthead_store::articles::Article;
use masthead_store::changes::NewChange;
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::media::{self, Media};
use masthead_store::public_articles::{self, Details, PublicArticle, PublicBody};
use masthead_store::record::Key;
use masthead_store::{corrections, meetings, publications, retired_slugs, site};
use std::collections::HashMap;

/// How much of a body's beginning is kept for excerpts, in bytes; cut at a character.
pub const OPENING_BYTES_MAX: usize = 4000;
/// How a revision goes public.
#[derive(Debug, Clone, Copy)]
pub struct Going {
    /// The first publication, kept for ever.
    pub published_at: Timestamp,
    pub visible_from: Timestamp,
    pub visible_until: Option<Timestamp>,
    /// The publication of this revision.
    pub updated_at: Timestamp,
}

/// Everything that stands in the way of making a revision public at a time.
///
/// # Errors
/// Those of the database.
pub fn publication_faults(conn: &mut Conn, content: &ArticleIn, at: Timestamp) -> Result<Vec<Fault>, Error> {
    let terms = credit_terms(conn, content)?;
    Ok(publishing_faults(content, &terms, at))
}

/// The most links of a body to meetings that are looked into.
const MEETINGS_MAX: usize = 20;

/// All that an editor should look at before a revision goes public at a time.
///
/// # Errors
/// Those of the database.
pub fn all_findings(conn: &mut Conn, public_url: &str, article: &Article, content: &ArticleIn, at: Timestamp) -> Result<Vec<(Check, Fault)>, Error> {
    let public: Vec<_> = public_articles::by_ids(conn, &content.related_ids, at)?.into_iter().map(|other| other.article_id).collect();
    let dead_relations = (0..content.related_ids.len()).filter(|index| content.related_ids.get(*index).is_some_and(|id| !public.contains(id)));
    let slug_was_used = match retired_slugs::find(conn, Kind::Article, &article.slug) {
        Ok(id) => id.0 != article.id.0,
        Err(Error::NotFound) => false,
        Err(error) => return Err(error),
    };
    let shown: Vec<MediaId> = media_uses(content.lead_image.as_ref(), &content.media).into_iter().map(|(id, _)| id).collect();
    let needs_no_words =
        |row: &Media| row.kind == MediaKind::Document || row.content.0.decorative || row.content.0.alt.as_deref().is_some_and(|alt| !is_blank(alt));
    let described = media::by_ids(conn, &shown)?.into_iter().filter(|(row, _)| needs_no_words(row)).map(|(row, _)| row.id).collect();
    let mut around = Surroundings { dead_relations: dead_relations.collect(), slug_was_used, past_meetings: Vec::new(), described };
    let pattern = site::find(conn)?.meeting_path;
    for slug in linked_slugs(&rendered_body(content).html, public_url, &pattern).into_iter().take(MEETINGS_MAX) {
        let Some(key) = Key::parse(&slug) else { continue };
        match meetings::find(conn, &key) {
            Ok(meeting) if meeting.ends_at <= at => around.past_meetings.push(slug),
            Ok(_) | Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(findings(content, &around))
}

/// All that publishing a revision at a time is refused for: what no paper can do without, and what this one insists on.
///
/// # Errors
/// Those of the database.
pub fn refusals(conn: &mut Conn, public_url: &str, article: &Article, content: &ArticleIn, at: Timestamp) -> Result<Vec<Fault>, Error> {
    let mut faults = publication_faults(conn, content, at)?;
    let policies = site::find(conn)?.readiness.0;
    if Check::ALL.iter().any(|check| policies.of(*check) == Policy::Block) {
        let found = all_findings(conn, public_url, article, content, at)?;
        faults.extend(found.into_iter().filter(|(check, _)| policies.of(*check) == Policy::Block).map(|(_, fault)| fault));
    }
    Ok(faults)
}

/// Makes the latest revision public, and returns what became of its body.
///
/// # Errors
/// All that stands in the way.
pub fn make_public(
    conn: &mut Conn,
    public_url: &str,
    article: &Article,
    content: &ArticleIn,
    going: &Going,
    now: Timestamp,
) -> Result<Body, ApiError> {
    // What counts is when readers see it: a piece imported under an old date is seen today.
    let faults = refusals(conn, public_url, article, content, going.visible_from.max(now))?;
    if !faults.is_empty() {
        return Err(ApiError::validation(faults));
    }
    Ok(put_public(conn, article, content, going, now)?)
}

/// Puts a revision in public, whose slug, language and number are those of `article`. The transaction holds the article's row already:
/// whoever corrects it at this moment waits, and then corrects what is public.
///
/// # Errors
/// Those of the database.
pub fn put_public(conn: &mut Conn, article: &Article, content: &ArticleIn, going: &Going, now: Timestamp) -> Result<Body, Error> {
    let standing = public_articles::standing(conn, article.id)?;
    // The slug that readers know it by may be about to change.
    if let Some(old) = standing.as_ref().map(|standing| &standing.slug).filter(|old| **old != article.slug) {
        retired_slugs::retire(conn, Kind::Article, AnyId(article.id.0), old, &article.slug, going.updated_at)?;
    }
    let rendered = rendered_body(content);
    let (mut public, body) = public_copy(article, content, &rendered, going);
    // They belong to the article, not to a revision.
    public.details.0.corrections = corrections::of_article(conn, article.id)?;
    // What was public before is no news.
    let is_known = article.first_published_at.is_some() || standing.is_some_and(|standing| standing.announced_at.is_some());
    let (action, announced_at) = match (going.visible_from <= now, is_known) {
        (true, true) => (ChangeAction::Updated, Some(now)),
        (true, false) => (ChangeAction::Published, Some(now)),
        (false, _) => (ChangeAction::Scheduled, None),
    };
    note(conn, article, action, now);
    public_articles::put(conn, &public, &body, announced_at)?;
    Ok(rendered)
}

/// Takes an article out of public, and keeps its address for it.
///
/// # Errors
/// [`Error::Stale`] where somebody has just taken it out.
pub fn leave_public(conn: &mut Conn, article: &Article, action: ChangeAction, now: Timestamp) -> Result<(), Error> {
    // Readers have this address; it must lead to the article again if it comes back under another.
    let slug = public_articles::standing(conn, article.id)?.ok_or(Error::Stale)?.slug;
    retired_slugs::retire(conn, Kind::Article, AnyId(article.id.0), &slug, &slug, now)?;
    note(conn, article, action, now);
    public_articles::remove(conn, article.id)
}

/// Notes what happens to an article in public.
pub fn note(conn: &mut Conn, article: &Article, action: ChangeAction, now: Timestamp) {
    conn.note(NewChange { kind: Kind::Article, entity_id: AnyId(article.id.0), action, revision: article.revision, changed_at: now });
}

/// The body of a revision as readers get it; an empty one where it has none.
#[must_use]
pub fn rendered_body(content: &ArticleIn) -> Body {
    content.body.as_ref().map_or_else(|| body::render("", BodyFormat::Markdown), |body| body::render(&body.source, body.format))
}

/// What becomes public of a revision.
#[must_use]
pub fn public_copy(article: &Article, content: &ArticleIn, rendered: &Body, going: &Going) -> (PublicArticle, PublicBody) {
    // Lists show the standfirst where there is one, and are quicker without what they do not show.
    let opening_length = if content.has_standfirst() { 0 } else { rendered.text.floor_char_boundary(OPENING_BYTES_MAX) };
    let opening = rendered.text.get(..opening_length).unwrap_or_default().to_owned();
    let public = PublicArticle {
        article_id: article.id,
        slug: article.slug.clone(),
        visible_from: going.visible_from,
        visible_until: going.visible_until,
        published_at: going.published_at,
        updated_at: going.updated_at,
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
            media: content.media.clone(),
            canonical_url: content.canonical_url.clone(),
            index_policy: content.index_policy,
            corrections: Vec::new(),
            issue_page: content.issue_page,
            issue_position: content.issue_position,
        }),
    };
    let body = PublicBody { article_id: article.id, html: rendered.html.clone(), markdown: rendered.markdown.clone(), plain: rendered.text.clone() };
    (public, body)
}

pub fn credit_terms(conn: &mut Conn, content: &ArticleIn) -> Result<Vec<CreditTerms>, Error> {
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
