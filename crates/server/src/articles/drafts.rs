//! Drafts: begun, changed, deleted. Readers see nothing of it.

use crate::articles::publication::leave_public;
use crate::articles::working::{Working, audit, find_for_change, overwrite, seen, standing};
use crate::desk::{check_version, permit, under_slug};
use crate::error::ApiError;
use crate::media::reference::{self, kind_fault};
use crate::merging::follow;
use crate::request::IfMatch;
use crate::revisions::take_note;
use crate::writing::Acting;
use masthead_domain::article::{ArticleIn, media_uses};
use masthead_domain::change::ChangeAction;
use masthead_domain::column::{AnyId, Json};
use masthead_domain::fault::{Fault, FaultCode};
use masthead_domain::id::{ArticleId, MediaId, UserId};
use masthead_domain::json;
use masthead_domain::kind::Kind;
use masthead_domain::media::MediaKind;
use masthead_domain::permission::Action;
use masthead_domain::read::Reader;
use masthead_domain::time::Timestamp;
use masthead_domain::workflow::{ArticleState, Step};
use masthead_store::articles::{self, Article};
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::record::Key;
use masthead_store::revisions::{self, Remark, Revision};
use masthead_store::{authors, issues, public_articles, publications, sections, site, tags};

/// Reads a body, and checks what it refers to. Of `old`, where there is one, the articles picked by hand may be gone by now.
/// `faults` are those of what was read before.
pub fn read_content(
    conn: &mut Conn,
    acting: &Acting,
    value: &serde_json::Value,
    old: Option<(ArticleId, &ArticleIn)>,
    mut faults: Vec<Fault>,
) -> Result<ArticleIn, ApiError> {
    let own = old.map(|(id, _)| id);
    let mut reader = Reader::root(value, &mut faults);
    let mut content = ArticleIn::read(&mut reader);
    reader.finish();
    follow(conn, &mut content)?;
    if let Some(slug) = &content.slug
        && articles::slug_is_taken(conn, slug, own)?
    {
        faults.push(Fault::at("/slug", FaultCode::Taken, "is already used by another"));
    }
    check_references(conn, acting, &content, own, old.map_or(&[], |(_, content)| &content.related_ids), &mut faults)?;
    if faults.is_empty() { Ok(content) } else { Err(ApiError::validation(faults)) }
}

/// Notes a fault for each thing referred to that does not exist; `picked` are the articles that were picked before.
fn check_references(
    conn: &mut Conn,
    acting: &Acting,
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
    let known_articles = known_articles(conn, acting, &content.related_ids)?;
    check_media(conn, content, faults)?;
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

/// Those of these articles that the actor knows of: their own, and what readers see; editors know all.
fn known_articles(conn: &mut Conn, acting: &Acting, ids: &[ArticleId]) -> Result<Vec<ArticleId>, Error> {
    let standing = articles::creators(conn, ids)?;
    let (own, others): (Vec<_>, Vec<_>) =
        standing.into_iter().partition(|(_, created_by)| acting.actor.may(Action::ReadArticle { created_by: *created_by }));
    let ids_only = |pairs: Vec<(ArticleId, UserId)>| -> Vec<ArticleId> { pairs.into_iter().map(|(id, _)| id).collect() };
    let mut known = ids_only(own);
    known.extend(public_articles::by_ids(conn, &ids_only(others), acting.now)?.into_iter().map(|article| article.article_id));
    Ok(known)
}

/// Notes a fault for each media item that does not exist, and for a lead image that is none.
fn check_media(conn: &mut Conn, content: &ArticleIn, faults: &mut Vec<Fault>) -> Result<(), Error> {
    let ids: Vec<MediaId> = media_uses(content.lead_image.as_ref(), &content.media).into_iter().map(|(id, _)| id).collect();
    let kinds = reference::kinds(conn, &ids)?;
    if let Some(id) = content.lead_image.as_ref().and_then(|image| image.media_id) {
        faults.extend(kind_fault("/lead_image/media_id", kinds.get(&id).copied(), Some(MediaKind::Image)));
    }
    for (index, item) in content.media.iter().enumerate() {
        faults.extend(kind_fault(&format!("/media/{index}/media_id"), kinds.get(&item.media_id).copied(), None));
    }
    Ok(())
}

/// Keeps what was entered as the revision that is worked on; returns it as JSON.
fn keep_revision(conn: &mut Conn, acting: &Acting, article: &Article, content: &ArticleIn, remark: &Remark) -> Result<serde_json::Value, ApiError> {
    let document = serde_json::to_value(content).map_err(ApiError::internal)?;
    let revision = Revision {
        entity_id: AnyId(article.id.0),
        number: article.revision,
        kind: Kind::Article,
        version: article.version,
        document: Json(document.clone()),
        created_at: acting.now,
        created_by: Some(acting.actor.user_id),
    };
    revisions::insert_with_remark(conn, &revision, remark)?;
    keep_references(conn, article, content)?;
    Ok(document)
}

/// Keeps what an article refers to, in what is worked on and in a revision that waits for its time: none of it can be deleted.
///
/// # Errors
/// Those of the database.
pub fn keep_references(conn: &mut Conn, article: &Article, content: &ArticleIn) -> Result<(), Error> {
    let Some(number) = article.waiting_revision() else { return articles::set_references(conn, article.id, &[content]) };
    let document = revisions::find(conn, AnyId(article.id.0), number)?.document.0;
    let mut waiting: ArticleIn = serde_json::from_value(document).map_err(Error::internal)?;
    follow(conn, &mut waiting)?;
    articles::set_references(conn, article.id, &[content, &waiting])
}

/// Lets go of what only the revision referred to that `old` had waiting, and that has taken its place or was given up.
///
/// # Errors
/// Those of the database.
pub fn release_references(conn: &mut Conn, old: &Article) -> Result<(), Error> {
    if old.waiting_revision().is_none() {
        return Ok(());
    }
    let article = articles::find(conn, &Key::Id(AnyId(old.id.0)))?;
    let document = revisions::find(conn, AnyId(article.id.0), article.revision)?.document.0;
    let content: ArticleIn = serde_json::from_value(document).map_err(Error::internal)?;
    keep_references(conn, &article, &content)
}

pub fn create(conn: &mut Conn, acting: &Acting, mut value: serde_json::Value) -> Result<Working, ApiError> {
    let Acting { actor, now, .. } = acting;
    let now = *now;
    permit(actor, Action::CreateArticle)?;
    let mut faults = Vec::new();
    let remark = Remark { note: take_note(&mut value, &mut faults), restored_from: None };
    let mut content = read_content(conn, acting, &value, None, faults)?;
    let language = language_of(conn, &content)?;
    let article = under_slug(
        conn,
        content.slug.clone(),
        &content.title,
        |conn, slug| articles::slug_is_taken(conn, slug, None),
        |conn, slug| {
            let begun = Article::begin(slug, content.title.clone(), language.clone(), content.section_id, actor.user_id, now);
            let article = Article { issue_id: content.issue_id, ..begun };
            articles::insert(conn, &article)?;
            Ok(article)
        },
    )?;
    content.slug = Some(article.slug.clone());
    let document = keep_revision(conn, acting, &article, &content, &remark)?;
    audit(conn, acting, "create", &article, None, Some(document))?;
    Ok(Working { article, content, rendered: None })
}

pub fn language_of(conn: &mut Conn, content: &ArticleIn) -> Result<String, Error> {
    match &content.language {
        Some(language) => Ok(language.clone()),
        None => Ok(site::find(conn)?.language),
    }
}

/// Refuses who may not change an article as it stands.
pub fn permit_editing(acting: &Acting, article: &Article) -> Result<(), ApiError> {
    let (created_by, state, section_id) = (article.created_by, article.state(acting.now), article.section_id);
    permit(&acting.actor, Action::EditArticle { created_by, state, section_id })
}

pub fn update(conn: &mut Conn, acting: &Acting, key: &Key, if_match: &IfMatch, mut patch: serde_json::Value) -> Result<Working, ApiError> {
    let working = find_for_change(conn, &acting.actor, key)?;
    permit_editing(acting, &working.article)?;
    check_version(conn, if_match, &seen(&working.article))?;
    let mut faults = Vec::new();
    let remark = Remark { note: take_note(&mut patch, &mut faults), restored_from: None };
    let merged = json::merge(serde_json::to_value(&working.content).map_err(ApiError::internal)?, patch);
    let content = read_content(conn, acting, &merged, Some((working.article.id, &working.content)), faults)?;
    save(conn, acting, working, content, Saving { verb: "update", remark })
}

/// How a change of the content is told of.
pub struct Saving {
    /// In the audit log.
    pub verb: &'static str,
    pub remark: Remark,
}

/// Makes a new revision of a content that was checked. One that is no different from the present one makes none.
pub fn save(conn: &mut Conn, acting: &Acting, working: Working, mut content: ArticleIn, saving: Saving) -> Result<Working, ApiError> {
    let Working { article: old, content: old_content, .. } = working;
    let slug = content.slug.get_or_insert_with(|| old.slug.clone()).clone();
    if content == old_content {
        return Ok(Working { article: old, content, rendered: None });
    }
    if content.embargo_until != old_content.embargo_until {
        check_embargo(content.embargo_until, &old, acting.now)?;
    }
    let language = language_of(conn, &content)?;
    let article = Article {
        slug,
        version: old.version + 1,
        revision: old.revision + 1,
        updated_at: acting.now,
        updated_by: acting.actor.user_id,
        title: content.title.clone(),
        language,
        section_id: content.section_id,
        issue_id: content.issue_id,
        ..old.clone()
    };
    overwrite(conn, &old, &article)?;
    let old_document = serde_json::to_value(&old_content).map_err(ApiError::internal)?;
    let document = keep_revision(conn, acting, &article, &content, &saving.remark)?;
    audit(conn, acting, saving.verb, &article, Some(old_document), Some(document))?;
    Ok(Working { article, content, rendered: None })
}

/// Refuses an embargo on what is about to become public before it ends.
fn check_embargo(embargo_until: Option<Timestamp>, article: &Article, now: Timestamp) -> Result<(), ApiError> {
    let begins = article.visible_from.filter(|_| article.state(now) == ArticleState::Scheduled);
    match begins.or(article.prepared_from).filter(|begins| embargo_until.is_some_and(|until| until > *begins)) {
        Some(begins) => {
            let message = format!("is after {begins}, for which it is scheduled; unschedule it first, or schedule it later");
            Err(ApiError::validation(vec![Fault::at("/embargo_until", FaultCode::NotPermitted, message)]))
        }
        None => Ok(()),
    }
}

pub fn delete(conn: &mut Conn, acting: &Acting, key: &Key, if_match: &IfMatch) -> Result<(), ApiError> {
    let Acting { actor, now, .. } = acting;
    let now = *now;
    let Working { article, .. } = find_for_change(conn, actor, key)?;
    permit_editing(acting, &article)?;
    check_version(conn, if_match, &seen(&article))?;
    article.standing(now).check(Step::Delete)?;
    if article.public_revision.is_some() {
        // Its time is over, and nobody has taken it back yet.
        leave_public(conn, &article, ChangeAction::Unpublished, now)?;
    }
    let deleted = Article {
        section_id: None,
        issue_id: None,
        version: article.version + 1,
        deleted_at: Some(now),
        updated_at: now,
        updated_by: actor.user_id,
        ..article.clone().out_of_public()
    };
    overwrite(conn, &article, &deleted)?;
    audit(conn, acting, "delete", &deleted, Some(standing(&article, now)), None)?;
    Ok(articles::clear_references(conn, article.id)?)
}
