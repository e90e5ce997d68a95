//! The audit log: who did what to which, before and after, from where. Entries are only ever added; they name what they
//! tell of and refer to nothing, so that they outlive it.

use crate::dialect::Conn;
use crate::error::Error;
use crate::on_each;
use crate::page::{Listing, Page};
use crate::schema::audit::dsl;
use diesel::prelude::*;
use masthead_domain::column::{AnyId, Json};
use masthead_domain::id::{AuditEntryId, UserId};
use masthead_domain::time::Timestamp;
use serde_json::Value;

/// One entry.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = crate::schema::audit, treat_none_as_default_value = false)]
pub struct AuditEntry {
    pub id: AuditEntryId,
    pub at: Timestamp,
    /// Who did it; absent for the server itself, and for whoever is not known.
    pub actor_id: Option<UserId>,
    /// The name as it was then.
    pub actor_name: Option<String>,
    /// The key that was used, where one was.
    pub api_key_id: Option<AnyId>,
    /// The noun and the verb: `article.publish`.
    pub action: String,
    /// The noun of what it was done to.
    pub subject: Option<String>,
    pub entity_id: Option<AnyId>,
    /// What it was called then.
    pub label: Option<String>,
    /// Those members that differ, as they were.
    pub before: Option<Json<Value>>,
    /// Those members that differ, as they are since.
    pub after: Option<Json<Value>>,
    pub request_id: Option<String>,
    /// The client's address.
    pub address: Option<String>,
}

/// What a list of entries is narrowed down to.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    pub actor_id: Option<UserId>,
    pub action: Option<String>,
    pub subject: Option<String>,
    pub entity_id: Option<AnyId>,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
}

/// Adds an entry.
///
/// # Errors
/// Those of the database.
pub fn insert(conn: &mut Conn, entry: &AuditEntry) -> Result<(), Error> {
    on_each!(conn => diesel::insert_into(dsl::audit).values(entry).execute(conn))?;
    Ok(())
}

/// A page of the entries by their time.
///
/// # Errors
/// Those of the database.
pub fn list(conn: &mut Conn, filter: &AuditFilter, page: &Page) -> Result<Listing<AuditEntry>, Error> {
    macro_rules! narrowed {
        ($start:expr) => {{
            let mut query = $start;
            if let Some(actor_id) = filter.actor_id {
                query = query.filter(dsl::actor_id.eq(Some(actor_id)));
            }
            if let Some(action) = &filter.action {
                query = query.filter(dsl::action.eq(action));
            }
            if let Some(subject) = &filter.subject {
                query = query.filter(dsl::subject.eq(Some(subject)));
            }
            if let Some(entity_id) = filter.entity_id {
                query = query.filter(dsl::entity_id.eq(Some(entity_id)));
            }
            if let Some(from) = filter.from {
                query = query.filter(dsl::at.ge(from));
            }
            if let Some(to) = filter.to {
                query = query.filter(dsl::at.lt(to));
            }
            query
        }};
    }
    on_each!(conn => {
        let query = narrowed!(dsl::audit.select(AuditEntry::as_select()).into_boxed());
        let rows: Vec<AuditEntry> = seek!(query, page, dsl::at, dsl::id, page.after_time()).load(conn)?;
        let total: Option<i64> = if page.total { Some(narrowed!(dsl::audit.count().into_boxed()).get_result(conn)?) } else { None };
        Ok(page.listing(rows, total))
    })
}
