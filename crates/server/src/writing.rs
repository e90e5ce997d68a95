//! The one way to make a change: who asks, from where, for real or as a trial (`dry_run`), and once however often it is sent
//! (`Idempotency-Key`). What it did is put into the audit log in the same transaction.

use crate::client_address::client_address;
use crate::clock::Clock;
use crate::edge::RequestId;
use crate::error::{ApiError, ProblemCode};
use crate::identity::{SignedIn, SmallestRole};
use crate::opaque_tokens::token_hash;
use crate::request::{BodyDigest, Query};
use crate::sealed_box::SealedBox;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse};
use masthead_domain::column::{AnyId, Json};
use masthead_domain::id::{ApiKeyId, AuditEntryId, UserId};
use masthead_domain::permission::Actor;
use masthead_domain::time::Timestamp;
use masthead_store::audit::{self, AuditEntry};
use masthead_store::db::Db;
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::kept_replies::{self, KeptReply};
use masthead_store::users::User;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

/// Under which a client sends the same change again until it knows that it was made
/// (draft-ietf-httpapi-idempotency-key-header).
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Tells that a reply is one that was given before.
const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Tells that nothing was changed.
const DRY_RUN: HeaderName = HeaderName::from_static("masthead-dry-run");

/// The longest key, in bytes.
const KEY_BYTES_MAX: usize = 255;

/// How long a reply is kept.
pub const KEPT_SECONDS: i64 = 24 * 3600;

/// What a sealed reply was sealed for.
const PURPOSE: &str = "kept reply";

/// Longer texts are cut in the audit log; revisions have them whole.
const AUDITED_CHARACTERS_MAX: usize = 500;

/// Where a change comes from.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    pub request_id: Option<String>,
    pub address: Option<String>,
    /// The key that is used, where one is.
    pub api_key_id: Option<ApiKeyId>,
}

impl Origin {
    /// That of a request which no key is used for.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Self {
        let request_id = request.extensions().get::<RequestId>().map(|id| id.0.clone());
        Self { request_id, address: client_address(request), api_key_id: None }
    }

    /// Puts what is being done into the audit log, by somebody or by nobody who is known. Of `before` and `after` only what
    /// differs is kept.
    ///
    /// # Errors
    /// Those of the database.
    pub fn audit(&self, conn: &mut Conn, by: Option<&User>, at: Timestamp, entry: Entry) -> Result<(), Error> {
        self.audit_by(conn, by.map(|user| (user.id, user.name.clone())), at, entry)
    }

    fn audit_by(&self, conn: &mut Conn, by: Option<(UserId, String)>, at: Timestamp, entry: Entry) -> Result<(), Error> {
        let (before, after) = differing(entry.before, entry.after);
        let (actor_id, actor_name) = by.unzip();
        audit::insert(
            conn,
            &AuditEntry {
                id: AuditEntryId::new(),
                at,
                actor_id,
                actor_name,
                api_key_id: self.api_key_id.map(|id| AnyId(id.0)),
                action: entry.action,
                subject: Some(entry.subject.to_owned()),
                entity_id: entry.entity_id,
                label: entry.label,
                before: before.map(Json),
                after: after.map(Json),
                request_id: self.request_id.clone(),
                address: self.address.clone(),
            },
        )
    }
}

/// Somebody making a change.
#[derive(Debug, Clone)]
pub struct Acting {
    pub actor: Actor,
    /// As the audit log names them.
    pub name: String,
    pub now: Timestamp,
    pub origin: Origin,
}

/// What is to be put into the audit log beside who and when.
#[derive(Debug, Default)]
pub struct Entry {
    /// The noun and the verb: `article.publish`.
    pub action: String,
    /// The noun of what it is done to.
    pub subject: &'static str,
    pub entity_id: Option<AnyId>,
    /// What it is called.
    pub label: Option<String>,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

impl Acting {
    /// Somebody who is at the server itself.
    #[must_use]
    pub fn at_the_server(actor: Actor, name: &str, now: Timestamp) -> Self {
        Self { actor, name: name.to_owned(), now, origin: Origin::default() }
    }

    /// Puts what is being done into the audit log. Of `before` and `after` only what differs is kept.
    ///
    /// # Errors
    /// Those of the database.
    pub fn audit(&self, conn: &mut Conn, entry: Entry) -> Result<(), Error> {
        self.origin.audit_by(conn, Some((self.actor.user_id, self.name.clone())), self.now, entry)
    }
}

/// Leaves of two objects the members that differ, with long texts cut.
fn differing(before: Option<Value>, after: Option<Value>) -> (Option<Value>, Option<Value>) {
    let (mut before, mut after) = (before, after);
    if let (Some(Value::Object(before)), Some(Value::Object(after))) = (&mut before, &mut after) {
        let same: Vec<String> = before.iter().filter(|(name, value)| after.get(*name) == Some(value)).map(|(name, _)| name.clone()).collect();
        for name in &same {
            before.shift_remove(name);
            after.shift_remove(name);
        }
    }
    before.iter_mut().for_each(cut);
    after.iter_mut().for_each(cut);
    (before, after)
}

fn cut(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Some((end, _)) = text.char_indices().nth(AUDITED_CHARACTERS_MAX) {
                text.truncate(end);
                text.push('…');
            }
        }
        Value::Array(items) => items.iter_mut().for_each(cut),
        Value::Object(members) => members.values_mut().for_each(cut),
        _ => {}
    }
}

/// A finished reply to a change.
#[derive(Debug, Serialize, Deserialize)]
pub struct Written {
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    /// JSON; absent for a reply without content.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
}

impl Written {
    /// A reply with a body and without a version.
    ///
    /// # Errors
    /// Where it cannot be written as JSON.
    pub fn json<T: Serialize>(status: StatusCode, value: &T) -> Result<Self, ApiError> {
        let body = Some(serde_json::to_string(value).map_err(ApiError::internal)?);
        Ok(Self { status: status.as_u16(), version: None, location: None, body })
    }

    /// A reply without a body.
    #[must_use]
    pub fn nothing() -> Self {
        Self { status: StatusCode::NO_CONTENT.as_u16(), version: None, location: None, body: None }
    }

    #[must_use]
    pub fn with_version(self, version: i32) -> Self {
        Self { version: Some(version), ..self }
    }

    #[must_use]
    pub fn with_location(self, location: String) -> Self {
        Self { location: Some(location), ..self }
    }

    /// The reply to a plain change.
    #[must_use]
    pub fn answer(self) -> HttpResponse {
        self.reply(None)
    }

    fn reply(self, told: Option<HeaderName>) -> HttpResponse {
        let mut builder = HttpResponse::build(StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK));
        if let Some(version) = self.version {
            builder.insert_header((header::ETAG, crate::desk::entity_tag(version)));
        }
        if let Some(location) = self.location {
            builder.insert_header((header::LOCATION, location));
        }
        if let Some(name) = told {
            builder.insert_header((name, HeaderValue::from_static("true")));
        }
        match self.body {
            Some(body) => builder.content_type("application/json").body(body),
            None => builder.finish(),
        }
    }
}

/// Someone of at least the role `R` who asks for a change.
pub struct Desk<R> {
    acting: Acting,
    db: Data<Db>,
    sealed: Data<SealedBox>,
    is_dry_run: bool,
    key: Option<Key>,
    request: HttpRequest,
    role: PhantomData<R>,
}

/// An `Idempotency-Key` by its hash, and what it was sent with, as far as that is known before the body.
struct Key {
    hash: String,
    request: String,
}

impl<R: SmallestRole> FromRequest for Desk<R> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let signed_in = SignedIn::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let signed_in = signed_in.await?.at_least(R::ROLE)?;
            let parts =
                (request.app_data::<Data<Db>>().cloned(), request.app_data::<Data<Clock>>().cloned(), request.app_data::<Data<SealedBox>>().cloned());
            let (Some(db), Some(clock), Some(sealed)) = parts else { return Err(ApiError::internal("the app lacks its data")) };
            let mut query = Query::of(&request)?;
            let is_dry_run = query.boolean("dry_run");
            query.finish()?;
            let key =
                read_key(request.headers())?.map(|text| Key { hash: token_hash(text), request: format!("{} {}", request.method(), request.uri()) });
            let origin = Origin { api_key_id: signed_in.key(), ..Origin::of(&request) };
            let acting = Acting { actor: signed_in.actor, name: signed_in.user.name, now: clock.now(), origin };
            Ok(Self { acting, db, sealed, is_dry_run, key, request, role: PhantomData })
        })
    }
}

fn read_key(headers: &HeaderMap) -> Result<Option<&str>, ApiError> {
    let mut values = headers.get_all(&IDEMPOTENCY_KEY);
    let Some(value) = values.next() else { return Ok(None) };
    let text = value.to_str().ok().filter(|text| (1..=KEY_BYTES_MAX).contains(&text.len()));
    match (text, values.next()) {
        (Some(text), None) => Ok(Some(text)),
        _ => Err(ApiError::new(ProblemCode::InvalidHeader, format!("Idempotency-Key must be one text of 1 to {KEY_BYTES_MAX} visible characters."))),
    }
}

/// Why a transaction is not committed.
enum Stop {
    Refused(ApiError),
    /// It was a trial; this is what would have been answered.
    Trial(Written),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Refused(error.into())
    }
}

impl From<ApiError> for Stop {
    fn from(error: ApiError) -> Self {
        Self::Refused(error)
    }
}

impl<R> Desk<R> {
    /// Who asks.
    #[must_use]
    pub fn acting(&self) -> &Acting {
        &self.acting
    }

    /// Whether it is neither a trial nor sent under a key, so that the reply may be made after the change is done.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        !self.is_dry_run && self.key.is_none()
    }

    /// Makes a plain change (see [`Self::is_plain`]) in one transaction.
    ///
    /// # Errors
    /// Those of `work`.
    pub async fn write_plainly<T: Send + 'static>(
        self,
        work: impl FnOnce(&mut Conn, &Acting) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let acting = self.acting;
        self.db.write(move |conn| work(conn, &acting)).await
    }

    /// Makes the change in one transaction and answers with what `work` makes of it. Under a key that was used before
    /// the first reply is given again and nothing is done; in a trial all is undone in the end.
    ///
    /// # Errors
    /// Those of `work`, and where the key was used for another request.
    pub async fn write(self, work: impl FnOnce(&mut Conn, &Acting) -> Result<Written, ApiError> + Send + 'static) -> Result<HttpResponse, ApiError> {
        let Self { acting, db, sealed, is_dry_run, key, request, .. } = self;
        // A trial leaves nothing behind, so there is nothing to give again.
        let key = key.filter(|_| !is_dry_run).map(|key| {
            let body = request.extensions().get::<BodyDigest>().map(|digest| digest.0.clone()).unwrap_or_default();
            (key.hash, token_hash(&format!("{} {body}", key.request)))
        });
        let outcome = db
            .write(move |conn| -> Result<(Written, bool), Stop> {
                let Some((key_hash, request_hash)) = key else {
                    let written = work(conn, &acting)?;
                    return if is_dry_run { Err(Stop::Trial(written)) } else { Ok((written, false)) };
                };
                let actor_id = acting.actor.user_id;
                let claim = KeptReply { actor_id, key_hash: key_hash.clone(), request_hash, created_at: acting.now, reply: String::new() };
                if !kept_replies::claim(conn, &claim)? {
                    return Ok((given_before(conn, &sealed, &claim)?, true));
                }
                let written = work(conn, &acting)?;
                let bytes = serde_json::to_vec(&written).map_err(ApiError::internal)?;
                let reply = sealed.seal(PURPOSE, &bytes).map_err(ApiError::internal)?;
                kept_replies::keep(conn, actor_id, &key_hash, &reply)?;
                Ok((written, false))
            })
            .await;
        match outcome {
            Ok((written, is_replayed)) => Ok(written.reply(is_replayed.then_some(IDEMPOTENCY_REPLAYED))),
            Err(Stop::Trial(written)) => Ok(written.reply(Some(DRY_RUN))),
            Err(Stop::Refused(error)) => Err(error),
        }
    }
}

fn given_before(conn: &mut Conn, sealed: &SealedBox, claim: &KeptReply) -> Result<Written, ApiError> {
    let kept = kept_replies::find(conn, claim.actor_id, &claim.key_hash)?.ok_or_else(|| ApiError::unavailable("a kept reply was just forgotten"))?;
    if kept.request_hash != claim.request_hash {
        return Err(ApiError::new(ProblemCode::IdempotencyKeyReused, "This Idempotency-Key was sent with another request; take a new one."));
    }
    let bytes = sealed.open(PURPOSE, &kept.reply).map_err(ApiError::internal)?;
    serde_json::from_slice(&bytes).map_err(ApiError::internal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_differs_is_audited_and_long_texts_are_cut() {
        let (before, after) = differing(Some(json!({"a": 1, "b": 2})), Some(json!({"a": 1, "b": "x".repeat(600), "c": [3]})));
        assert_eq!(before, Some(json!({"b": 2})));
        assert_eq!(after, Some(json!({"b": format!("{}…", "x".repeat(500)), "c": [3]})));
    }
}
