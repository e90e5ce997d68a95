//! Keys of programs. Only the hash of a secret is kept.

use crate::dialect::Conn;
use crate::error::Error;
use crate::on_each;
use crate::page::{Listing, Page};
use crate::record::RecordSort;
use crate::schema::api_keys::dsl;
use crate::schema::users;
use crate::users::User;
use diesel::prelude::*;
use masthead_domain::api_key::Scope;
use masthead_domain::column::Json;
use masthead_domain::id::{ApiKeyId, UserId};
use masthead_domain::time::Timestamp;

/// A key.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = crate::schema::api_keys, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub updated_by: Option<UserId>,
    pub name: String,
    pub scopes: Json<Vec<Scope>>,
    /// Who made it, and whose rights it has at most.
    pub owner_id: UserId,
    /// How the secret begins, to tell keys apart by.
    pub hint: String,
    pub secret_hash: String,
    /// Of the secret before the last rotation, which works until the time below.
    pub previous_hash: Option<String>,
    pub previous_until: Option<Timestamp>,
    pub expires_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

/// What a list of keys is narrowed down to.
#[derive(Debug, Clone, Default)]
pub struct ApiKeyFilter {
    pub owner_id: Option<UserId>,
    pub updated_since: Option<Timestamp>,
}

/// The key of that id.
///
/// # Errors
/// [`Error::NotFound`]
pub fn find(conn: &mut Conn, id: ApiKeyId) -> Result<ApiKey, Error> {
    Ok(on_each!(conn => dsl::api_keys.filter(dsl::id.eq(id)).select(ApiKey::as_select()).first(conn))?)
}

/// The key with that secret, and its owner, if both are good for anything now.
///
/// # Errors
/// [`Error::NotFound`]
pub fn find_live(conn: &mut Conn, secret_hash: &str, now: Timestamp) -> Result<(ApiKey, User), Error> {
    Ok(on_each!(conn => {
        dsl::api_keys
            .inner_join(users::table)
            .filter(
                dsl::secret_hash
                    .eq(secret_hash)
                    .or(dsl::previous_hash.assume_not_null().eq(secret_hash).and(dsl::previous_until.assume_not_null().gt(now))),
            )
            .filter(dsl::expires_at.gt(now))
            .filter(users::disabled_at.is_null())
            .select((ApiKey::as_select(), User::as_select()))
            .first(conn)
    })?)
}

/// A page of the keys.
///
/// # Errors
/// Those of the database.
pub fn list(conn: &mut Conn, filter: &ApiKeyFilter, sort: RecordSort, page: &Page) -> Result<Listing<ApiKey>, Error> {
    macro_rules! narrowed {
        ($start:expr) => {{
            let mut query = $start;
            if let Some(owner_id) = filter.owner_id {
                query = query.filter(dsl::owner_id.eq(owner_id));
            }
            if let Some(since) = filter.updated_since {
                query = query.filter(dsl::updated_at.ge(since));
            }
            query
        }};
    }
    on_each!(conn => {
        let query = narrowed!(dsl::api_keys.select(ApiKey::as_select()).into_boxed());
        let rows: Vec<ApiKey> = match sort {
            RecordSort::Name => seek!(query, page, dsl::name, dsl::id, page.after_text()).load(conn)?,
            RecordSort::UpdatedAt => seek!(query, page, dsl::updated_at, dsl::id, page.after_time()).load(conn)?,
        };
        let total: Option<i64> = if page.total { Some(narrowed!(dsl::api_keys.count().into_boxed()).get_result(conn)?) } else { None };
        Ok(page.listing(rows, total))
    })
}

/// Adds a key.
///
/// # Errors
/// Those of the database.
pub fn insert(conn: &mut Conn, key: &ApiKey) -> Result<(), Error> {
    on_each!(conn => diesel::insert_into(dsl::api_keys).values(key).execute(conn))?;
    Ok(())
}

/// Writes a key over the version `seen`.
///
/// # Errors
/// [`Error::Stale`] where it has another version by now.
pub fn update(conn: &mut Conn, seen: i32, key: &ApiKey) -> Result<(), Error> {
    let count = on_each!(conn => diesel::update(dsl::api_keys.filter(dsl::id.eq(key.id)).filter(dsl::version.eq(seen))).set(key).execute(conn))?;
    if count == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Deletes the version `seen` of a key.
///
/// # Errors
/// [`Error::Stale`]
pub fn delete(conn: &mut Conn, seen: i32, id: ApiKeyId) -> Result<(), Error> {
    let count = on_each!(conn => diesel::delete(dsl::api_keys.filter(dsl::id.eq(id)).filter(dsl::version.eq(seen))).execute(conn))?;
    if count == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Notes that a key was used; it is no change of the key.
///
/// # Errors
/// Those of the database.
pub fn note_use(conn: &mut Conn, id: ApiKeyId, now: Timestamp) -> Result<(), Error> {
    on_each!(conn => diesel::update(dsl::api_keys.filter(dsl::id.eq(id))).set(dsl::last_used_at.eq(Some(now))).execute(conn))?;
    Ok(())
}
