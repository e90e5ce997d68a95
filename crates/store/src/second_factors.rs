//! Second factors: the secret that a user's codes are made from, and the recovery codes.

use crate::dialect::Conn;
use crate::error::Error;
use crate::on_each;
use crate::schema::{recovery_codes, second_factors};
use diesel::prelude::*;
use masthead_domain::id::UserId;
use masthead_domain::time::Timestamp;

/// The second factor of a user.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = crate::schema::second_factors, treat_none_as_default_value = false)]
pub struct SecondFactor {
    pub user_id: UserId,
    /// Sealed.
    pub secret: String,
    pub created_at: Timestamp,
    /// Absent while the enrolment is half finished; then it counts for nothing.
    pub confirmed_at: Option<Timestamp>,
    /// The time step of the last code that was taken.
    pub last_step: Option<i64>,
}

/// The second factor of a user, confirmed or not.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, user_id: UserId) -> Result<Option<SecondFactor>, Error> {
    Ok(on_each!(conn => {
        second_factors::table.filter(second_factors::user_id.eq(user_id)).select(SecondFactor::as_select()).first(conn).optional()
    })?)
}

/// Which of these users have a second factor that counts.
///
/// # Errors
/// Those of the database.
pub fn confirmed(conn: &mut Conn, user_ids: &[UserId]) -> Result<Vec<UserId>, Error> {
    if user_ids.is_empty() {
        return Ok(Vec::new());
    }
    let user_ids = user_ids.to_vec();
    Ok(on_each!(conn => {
        second_factors::table
            .filter(second_factors::user_id.eq_any(user_ids))
            .filter(second_factors::confirmed_at.is_not_null())
            .select(second_factors::user_id)
            .load(conn)
    })?)
}

/// Begins an enrolment, in the place of one that was not finished. False where there is a factor that counts.
///
/// # Errors
/// Those of the database.
pub fn begin(conn: &mut Conn, user_id: UserId, secret: &str, now: Timestamp) -> Result<bool, Error> {
    let factor = SecondFactor { user_id, secret: secret.to_owned(), created_at: now, confirmed_at: None, last_step: None };
    let count = on_each!(conn => {
        diesel::delete(second_factors::table.filter(second_factors::user_id.eq(user_id)).filter(second_factors::confirmed_at.is_null()))
            .execute(conn)?;
        diesel::insert_into(second_factors::table).values(&factor).on_conflict_do_nothing().execute(conn)
    })?;
    Ok(count == 1)
}

/// Makes an enrolment count. False where there is none that is half finished.
///
/// # Errors
/// Those of the database.
pub fn confirm(conn: &mut Conn, user_id: UserId, now: Timestamp) -> Result<bool, Error> {
    let count = on_each!(conn => {
        diesel::update(second_factors::table.filter(second_factors::user_id.eq(user_id)).filter(second_factors::confirmed_at.is_null()))
            .set(second_factors::confirmed_at.eq(Some(now)))
            .execute(conn)
    })?;
    Ok(count == 1)
}

/// Takes the code of a time step: true for exactly one caller, and never again for that step or an earlier one.
///
/// # Errors
/// Those of the database.
pub fn spend_step(conn: &mut Conn, user_id: UserId, step: i64) -> Result<bool, Error> {
    let count = on_each!(conn => {
        diesel::update(
            second_factors::table
                .filter(second_factors::user_id.eq(user_id))
                .filter(second_factors::last_step.is_null().or(second_factors::last_step.assume_not_null().lt(step))),
        )
        .set(second_factors::last_step.eq(Some(step)))
        .execute(conn)
    })?;
    Ok(count == 1)
}

/// Takes the second factor of a user away, with its recovery codes. False where there was none.
///
/// # Errors
/// Those of the database.
pub fn delete(conn: &mut Conn, user_id: UserId) -> Result<bool, Error> {
    let count = on_each!(conn => {
        diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user_id))).execute(conn)?;
        diesel::delete(second_factors::table.filter(second_factors::user_id.eq(user_id))).execute(conn)
    })?;
    Ok(count == 1)
}

/// Puts new recovery codes, by their hashes, in the place of all that the user had.
///
/// # Errors
/// Those of the database.
pub fn replace_recovery_codes(conn: &mut Conn, user_id: UserId, hashes: &[String], now: Timestamp) -> Result<(), Error> {
    on_each!(conn => diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user_id))).execute(conn))?;
    for hash in hashes {
        let row = (recovery_codes::code_hash.eq(hash), recovery_codes::user_id.eq(user_id), recovery_codes::created_at.eq(now));
        on_each!(conn => diesel::insert_into(recovery_codes::table).values(row).execute(conn))?;
    }
    Ok(())
}

/// Uses a recovery code up: true for exactly one caller.
///
/// # Errors
/// Those of the database.
pub fn spend_recovery_code(conn: &mut Conn, user_id: UserId, hash: &str) -> Result<bool, Error> {
    let count = on_each!(conn => {
        diesel::delete(recovery_codes::table.filter(recovery_codes::code_hash.eq(hash)).filter(recovery_codes::user_id.eq(user_id))).execute(conn)
    })?;
    Ok(count == 1)
}

/// How many recovery codes a user has left.
///
/// # Errors
/// Those of the database.
pub fn count_recovery_codes(conn: &mut Conn, user_id: UserId) -> Result<i64, Error> {
    Ok(on_each!(conn => recovery_codes::table.filter(recovery_codes::user_id.eq(user_id)).count().get_result(conn))?)
}
