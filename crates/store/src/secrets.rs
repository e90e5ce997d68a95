//! Secrets that the server makes for itself once and that all nodes share.

use crate::dialect::Conn;
use crate::error::Error;
use crate::on_each;
use crate::schema::secrets::dsl;
use diesel::prelude::*;

/// The secret of that name. Where there is none, one is proposed; of several proposed at once, all get the first.
///
/// # Errors
/// Those of the database, and of the proposal.
pub fn find_or_insert(conn: &mut Conn, name: &str, propose: impl FnOnce() -> Result<String, Error>) -> Result<String, Error> {
    let find = |conn: &mut Conn| -> Result<Option<String>, Error> {
        Ok(on_each!(conn => dsl::secrets.filter(dsl::name.eq(name)).select(dsl::value).first(conn).optional())?)
    };
    if let Some(value) = find(conn)? {
        return Ok(value);
    }
    let proposed = propose()?;
    on_each!(conn => {
        diesel::insert_into(dsl::secrets).values((dsl::name.eq(name), dsl::value.eq(&proposed))).on_conflict_do_nothing().execute(conn)
    })?;
    find(conn)?.ok_or(Error::NotFound)
}
