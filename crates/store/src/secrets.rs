//! Secrets that the server makes for itself once and that all nodes share.

use crate::dialect::Conn;
use crate::error::Error;
use crate::on_each;
use crate::schema::secrets::dsl;
use diesel::prelude::*;

/// The secret of that name; the first to ask writes the one it proposes, and all get that one.
///
/// # Errors
/// Those of the database.
pub fn find_or_insert(conn: &mut Conn, name: &str, proposed: &str) -> Result<String, Error> {
    Ok(on_each!(conn => {
        diesel::insert_into(dsl::secrets).values((dsl::name.eq(name), dsl::value.eq(proposed))).on_conflict_do_nothing().execute(conn)?;
        dsl::secrets.filter(dsl::name.eq(name)).select(dsl::value).first(conn)
    })?)
}
