//! What becomes of keys: reading what an administrator enters, making secrets, and the writing.

use super::{ApiKeyIn, EditorApiKey};
use crate::desk::{Seen, Versioned, check_version, permit};
use crate::error::ApiError;
use crate::key_secret::{hint_of, new_key};
use crate::opaque_tokens::token_hash;
use crate::request::{IfMatch, read_members};
use crate::writing::{Acting, Entry, Written};
use masthead_domain::api_key::{OVERLAP_HOURS, OVERLAP_HOURS_MAX, default_expiry, latest_expiry};
use masthead_domain::column::{AnyId, Json};
use masthead_domain::fault::FaultCode;
use masthead_domain::id::ApiKeyId;
use masthead_domain::json;
use masthead_domain::kind::Kind;
use masthead_domain::permission::Action;
use masthead_domain::read::Reader;
use masthead_domain::time::Timestamp;
use masthead_store::api_keys::{self, ApiKey};
use masthead_store::dialect::Conn;
use masthead_store::revisions::{self, Revision};
use serde_json::Value;

/// A key as it is shown, with its version.
pub fn versioned(key: ApiKey) -> Versioned<EditorApiKey> {
    Versioned { version: key.version, id: AnyId(key.id.0), value: key.into() }
}

impl From<&ApiKey> for ApiKeyIn {
    fn from(key: &ApiKey) -> Self {
        Self { name: key.name.clone(), scopes: key.scopes.0.clone(), expires_at: Some(key.expires_at) }
    }
}

/// Reads a body. An expiry is checked where it is new: one that was set long ago may have passed.
fn read(body: &Value, old: Option<Timestamp>, now: Timestamp) -> Result<ApiKeyIn, ApiError> {
    let mut faults = Vec::new();
    let mut reader = Reader::root(body, &mut faults);
    let name = reader.required_line("name", 200);
    let scopes = reader.words("scopes");
    let scopes = reader.require("scopes", scopes).unwrap_or_default();
    if scopes.is_empty() && !reader.has_fault("scopes") && body.is_object() {
        reader.fault("scopes", FaultCode::TooShort, "must name at least one scope");
    }
    let expires_at = reader.time("expires_at");
    if let Some(time) = expires_at.filter(|time| Some(*time) != old)
        && !(now..=latest_expiry(now)).contains(&time)
    {
        reader.fault("expires_at", FaultCode::OutOfRange, "must lie in the future, at most two years from now");
    }
    reader.finish();
    if faults.is_empty() { Ok(ApiKeyIn { name, scopes, expires_at }) } else { Err(ApiError::validation(faults)) }
}

fn seen(key: &ApiKey) -> Seen {
    Seen { id: AnyId(key.id.0), version: key.version, changed_at: key.updated_at, changed_by: key.updated_by }
}

/// Keeps the revision of a key just written, and puts the change into the audit log.
fn keep(conn: &mut Conn, acting: &Acting, action: &str, key: &ApiKey, old: Option<&ApiKey>) -> Result<(), ApiError> {
    let document = |key: &ApiKey| serde_json::to_value(ApiKeyIn::from(key)).map_err(ApiError::internal);
    let (before, after) = (old.map(document).transpose()?, document(key)?);
    audit(conn, acting, action, key, before, Some(after.clone()))?;
    let revision = Revision {
        entity_id: AnyId(key.id.0),
        number: key.version,
        kind: Kind::ApiKey,
        version: key.version,
        document: Json(after),
        created_at: acting.now,
        created_by: Some(acting.actor.user_id),
    };
    Ok(revisions::insert(conn, &revision)?)
}

fn audit(conn: &mut Conn, acting: &Acting, action: &str, key: &ApiKey, before: Option<Value>, after: Option<Value>) -> Result<(), ApiError> {
    let (entity_id, label) = (Some(AnyId(key.id.0)), Some(key.name.clone()));
    Ok(acting.audit(conn, Entry { action: format!("api_key.{action}"), subject: "api_key", entity_id, label, before, after })?)
}

/// Adds a key of whoever acts.
pub fn create(conn: &mut Conn, acting: &Acting, body: &Value) -> Result<Written, ApiError> {
    permit(&acting.actor, Action::ManageApiKeys)?;
    let input = read(body, None, acting.now)?;
    let secret = new_key().map_err(ApiError::internal)?;
    let key = ApiKey {
        id: ApiKeyId::new(),
        version: 1,
        created_at: acting.now,
        updated_at: acting.now,
        updated_by: Some(acting.actor.user_id),
        name: input.name,
        scopes: Json(input.scopes),
        owner_id: acting.actor.user_id,
        hint: hint_of(&secret),
        secret_hash: token_hash(secret.expose()),
        previous_hash: None,
        previous_until: None,
        expires_at: input.expires_at.unwrap_or_else(|| default_expiry(acting.now)),
        last_used_at: None,
    };
    api_keys::insert(conn, &key)?;
    keep(conn, acting, "create", &key, None)?;
    let mut created = versioned(key);
    created.value.key = Some(secret.expose().to_owned());
    created.created("/v1/editor/api-keys")
}

/// Changes a key by a merge patch.
pub fn update(conn: &mut Conn, acting: &Acting, id: ApiKeyId, if_match: &IfMatch, patch: Value) -> Result<Written, ApiError> {
    permit(&acting.actor, Action::ManageApiKeys)?;
    let old = api_keys::find(conn, id)?;
    check_version(conn, if_match, &seen(&old))?;
    let old_input = ApiKeyIn::from(&old);
    let merged = json::merge(serde_json::to_value(&old_input).map_err(ApiError::internal)?, patch);
    let mut input = read(&merged, Some(old.expires_at), acting.now)?;
    let expires_at = *input.expires_at.get_or_insert_with(|| default_expiry(acting.now));
    if input == old_input {
        return versioned(old).ok();
    }
    let key = ApiKey { name: input.name, scopes: Json(input.scopes), expires_at, ..next(&old, acting) };
    api_keys::update(conn, old.version, &key)?;
    keep(conn, acting, "update", &key, Some(&old))?;
    versioned(key).ok()
}

/// A key in its next version, changed by whoever acts.
fn next(old: &ApiKey, acting: &Acting) -> ApiKey {
    ApiKey { version: old.version + 1, updated_at: acting.now, updated_by: Some(acting.actor.user_id), ..old.clone() }
}

/// Takes a key away.
pub fn delete(conn: &mut Conn, acting: &Acting, id: ApiKeyId, if_match: &IfMatch) -> Result<Written, ApiError> {
    permit(&acting.actor, Action::ManageApiKeys)?;
    let key = api_keys::find(conn, id)?;
    check_version(conn, if_match, &seen(&key))?;
    let before = serde_json::to_value(ApiKeyIn::from(&key)).map_err(ApiError::internal)?;
    audit(conn, acting, "delete", &key, Some(before), None)?;
    api_keys::delete(conn, key.version, id)?;
    Ok(Written::nothing())
}

/// Gives a key a new secret, beside which the old one works for a while.
pub fn rotate(conn: &mut Conn, acting: &Acting, id: ApiKeyId, if_match: &IfMatch, body: &Value) -> Result<Written, ApiError> {
    permit(&acting.actor, Action::ManageApiKeys)?;
    let overlap_hours = read_members(body, |reader| reader.integer("overlap_hours", 0..=OVERLAP_HOURS_MAX).unwrap_or(OVERLAP_HOURS))?;
    let old = api_keys::find(conn, id)?;
    check_version(conn, if_match, &seen(&old))?;
    let secret = new_key().map_err(ApiError::internal)?;
    let has_overlap = overlap_hours > 0;
    let key = ApiKey {
        hint: hint_of(&secret),
        secret_hash: token_hash(secret.expose()),
        previous_hash: has_overlap.then(|| old.secret_hash.clone()),
        previous_until: has_overlap.then(|| acting.now.plus_seconds(overlap_hours * 3600)),
        ..next(&old, acting)
    };
    api_keys::update(conn, old.version, &key)?;
    keep(conn, acting, "rotate", &key, None)?;
    let mut rotated = versioned(key);
    rotated.value.key = Some(secret.expose().to_owned());
    rotated.ok()
}
