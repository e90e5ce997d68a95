//! Logins.

use crate::dialect::Conn;
use crate::error::Error;
use crate::on_each;
use crate::schema::users::dsl;
use diesel::prelude::*;
use masthead_domain::email::EmailAddress;
use masthead_domain::id::UserId;
use masthead_domain::permission::Role;
use masthead_domain::time::Timestamp;

/// A login.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = crate::schema::users, treat_none_as_default_value = false)]
pub struct User {
    pub id: UserId,
    pub email: EmailAddress,
    pub name: String,
    pub role: Role,
    /// In the PHC string format.
    pub password_hash: String,
    pub created_at: Timestamp,
    pub disabled_at: Option<Timestamp>,
}

/// The login of that address.
///
/// # Errors
/// [`Error::NotFound`]
pub fn find_by_email(conn: &mut Conn, email: &EmailAddress) -> Result<User, Error> {
    Ok(on_each!(conn => dsl::users.filter(dsl::email.eq(email)).select(User::as_select()).first(conn))?)
}

/// The login of that id.
///
/// # Errors
/// [`Error::NotFound`]
pub fn find(conn: &mut Conn, id: UserId) -> Result<User, Error> {
    Ok(on_each!(conn => dsl::users.filter(dsl::id.eq(id)).select(User::as_select()).first(conn))?)
}

/// The names of these logins, in no order.
///
/// # Errors
/// Those of the database.
pub fn names(conn: &mut Conn, ids: &[UserId]) -> Result<Vec<(UserId, String)>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids = ids.to_vec();
    Ok(on_each!(conn => dsl::users.filter(dsl::id.eq_any(ids)).select((dsl::id, dsl::name)).load(conn))?)
}

/// Whether there is an administrator who can log in.
///
/// # Errors
/// Those of the database.
pub fn has_admin(conn: &mut Conn) -> Result<bool, Error> {
    let count: i64 = on_each!(conn => {
        dsl::users.filter(dsl::role.eq(Role::Admin)).filter(dsl::disabled_at.is_null()).count().get_result(conn)
    })?;
    Ok(count > 0)
}

/// Adds a login.
///
/// # Errors
/// [`Error::Taken`] where there is one of that address.
pub fn insert(conn: &mut Conn, user: &User) -> Result<(), Error> {
    on_each!(conn => diesel::insert_into(dsl::users).values(user).execute(conn))?;
    Ok(())
}

/// Sets the password's hash.
///
/// # Errors
/// [`Error::NotFound`]
pub fn set_password_hash(conn: &mut Conn, id: UserId, password_hash: &str) -> Result<(), Error> {
    let count = on_each!(conn => {
        diesel::update(dsl::users.filter(dsl::id.eq(id))).set(dsl::password_hash.eq(password_hash)).execute(conn)
    })?;
    if count == 1 { Ok(()) } else { Err(Error::NotFound) }
}
