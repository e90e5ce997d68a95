//! What is done to corrections, and what readers see of it at once.

use crate::articles::working::{Working, find_for_change};
use crate::desk::{Seen, check_version, permit};
use crate::error::ApiError;
use crate::request::IfMatch;
use crate::writing::{Acting, Entry};
use masthead_domain::change::ChangeAction;
use masthead_domain::column::{AnyId, Json};
use masthead_domain::correction::{CorrectionIn, PER_ARTICLE_MAX};
use masthead_domain::fault::{Fault, FaultCode};
use masthead_domain::id::CorrectionId;
use masthead_domain::json;
use masthead_domain::kind::Kind;
use masthead_domain::permission::Action;
use masthead_domain::read::Reader;
use masthead_domain::time::Timestamp;
use masthead_domain::vocabulary::Vocabulary;
use masthead_store::articles::Article;
use masthead_store::changes::NewChange;
use masthead_store::corrections::{self, Correction};
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::public_articles;
use masthead_store::record::Key;
use masthead_store::revisions::{self, Revision};
use serde_json::Value;

/// What an editor entered.
fn input_of(row: &Correction) -> CorrectionIn {
    CorrectionIn { correction_type: row.correction_type, text: row.text.clone(), at: Some(row.at) }
}

fn document_of(row: &Correction) -> Result<Value, ApiError> {
    serde_json::to_value(input_of(row)).map_err(ApiError::internal)
}

/// The article of a path, as `find` finds it, and the correction of the path under it.
pub fn find_under(
    conn: &mut Conn,
    id: CorrectionId,
    find: impl FnOnce(&mut Conn) -> Result<Working, ApiError>,
) -> Result<(Article, Correction), ApiError> {
    let article = find(conn)?.article;
    let row = corrections::find(conn, article.id, id)?;
    Ok((article, row))
}

/// The id of a correction in a path; what has not the form of one is not there.
pub fn correction_id(text: &str) -> Result<CorrectionId, ApiError> {
    CorrectionId::parse(text).ok_or_else(ApiError::not_found)
}

fn read(value: &Value, now: Timestamp) -> Result<CorrectionIn, ApiError> {
    let mut faults = Vec::new();
    let mut reader = Reader::root(value, &mut faults);
    let input = CorrectionIn::read(&mut reader, now);
    reader.finish();
    if faults.is_empty() { Ok(input) } else { Err(ApiError::validation(faults)) }
}

/// Brings what readers see of the corrections of an article up to date, and notes that it changed.
fn show(conn: &mut Conn, article: &Article, now: Timestamp) -> Result<(), Error> {
    let corrections = corrections::of_article(conn, article.id)?;
    if let Some(was_announced) = public_articles::set_corrections(conn, article.id, corrections, now)? {
        let action = match (was_announced, article.first_published_at) {
            (true, _) => ChangeAction::Corrected,
            // It has become public by the clock, and the job that tells of it has not come round yet.
            (false, None) => ChangeAction::Published,
            (false, Some(_)) => ChangeAction::Updated,
        };
        let revision = article.public_revision.unwrap_or(article.revision);
        conn.note(NewChange { kind: Kind::Article, entity_id: AnyId(article.id.0), action, revision, changed_at: now });
    }
    Ok(())
}

/// Keeps what was entered as a revision of the correction.
fn keep_revision(conn: &mut Conn, row: &Correction, document: Value) -> Result<(), Error> {
    revisions::insert(
        conn,
        &Revision {
            entity_id: AnyId(row.id.0),
            number: row.version,
            kind: Kind::Correction,
            version: row.version,
            document: Json(document),
            created_at: row.updated_at,
            created_by: Some(row.updated_by),
        },
    )
}

fn audit(
    conn: &mut Conn,
    acting: &Acting,
    verb: &str,
    article: &Article,
    id: CorrectionId,
    before: Option<Value>,
    after: Option<Value>,
) -> Result<(), Error> {
    let (entity_id, label) = (Some(AnyId(id.0)), Some(article.title.clone()));
    acting.audit(conn, Entry { action: format!("correction.{verb}"), subject: Kind::Correction.word(), entity_id, label, before, after })
}

pub fn create(conn: &mut Conn, acting: &Acting, key: &Key, body: &Value) -> Result<(Article, Correction), ApiError> {
    let Acting { actor, now, .. } = acting;
    let now = *now;
    let article = find_for_change(conn, actor, key)?.article;
    permit(actor, Action::PublishArticle { section_id: article.section_id })?;
    let input = read(body, now)?;
    if corrections::of_article(conn, article.id)?.len() >= PER_ARTICLE_MAX {
        let message = format!("an article takes at most {PER_ARTICLE_MAX} corrections");
        return Err(ApiError::validation(vec![Fault::at("", FaultCode::TooLong, message)]));
    }
    let row = Correction {
        id: CorrectionId::new(),
        version: 1,
        article_id: article.id,
        correction_type: input.correction_type,
        text: input.text,
        at: input.at.unwrap_or(now),
        created_at: now,
        created_by: actor.user_id,
        updated_at: now,
        updated_by: actor.user_id,
    };
    corrections::insert(conn, &row)?;
    let document = document_of(&row)?;
    keep_revision(conn, &row, document.clone())?;
    audit(conn, acting, "create", &article, row.id, None, Some(document))?;
    show(conn, &article, now)?;
    Ok((article, row))
}

pub fn update(
    conn: &mut Conn,
    acting: &Acting,
    key: &Key,
    id: CorrectionId,
    if_match: &IfMatch,
    patch: Value,
) -> Result<(Article, Correction), ApiError> {
    let Acting { actor, now, .. } = acting;
    let now = *now;
    let (article, old) = find_under(conn, id, |conn| find_for_change(conn, actor, key))?;
    permit(actor, Action::PublishArticle { section_id: article.section_id })?;
    check_version(conn, if_match, &seen(&old))?;
    let before = document_of(&old)?;
    let input = read(&json::merge(before.clone(), patch), now)?;
    let input = CorrectionIn { at: Some(input.at.unwrap_or(now)), ..input };
    if input == input_of(&old) {
        return Ok((article, old));
    }
    let seen_version = old.version;
    let row = Correction {
        version: seen_version + 1,
        correction_type: input.correction_type,
        text: input.text,
        at: input.at.unwrap_or(now),
        updated_at: now,
        updated_by: actor.user_id,
        ..old
    };
    corrections::update(conn, seen_version, &row)?;
    let document = document_of(&row)?;
    keep_revision(conn, &row, document.clone())?;
    audit(conn, acting, "update", &article, row.id, Some(before), Some(document))?;
    show(conn, &article, now)?;
    Ok((article, row))
}

pub fn remove(conn: &mut Conn, acting: &Acting, key: &Key, id: CorrectionId, if_match: &IfMatch) -> Result<(), ApiError> {
    let (article, row) = find_under(conn, id, |conn| find_for_change(conn, &acting.actor, key))?;
    permit(&acting.actor, Action::PublishArticle { section_id: article.section_id })?;
    check_version(conn, if_match, &seen(&row))?;
    corrections::delete(conn, row.version, row.id)?;
    audit(conn, acting, "delete", &article, row.id, Some(document_of(&row)?), None)?;
    Ok(show(conn, &article, acting.now)?)
}

fn seen(row: &Correction) -> Seen {
    Seen { id: AnyId(row.id.0), version: row.version, changed_at: row.updated_at, changed_by: Some(row.updated_by) }
}
