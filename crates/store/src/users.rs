//! Users: those who can log in.

use crate::dialect::{Conn, Link, Turn};
use crate::error::Error;
use crate::on_each;
use crate::page::{Listing, Page};
use crate::record::RecordSort;
use crate::schema::users::dsl;
use diesel::prelude::*;
use masthead_domain::column::Json;
use masthead_domain::email::EmailAddress;
use masthead_domain::id::{BranchId, SectionId, UserId};
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
    /// In the PHC string format; empty until an invitation is accepted.
    pub password_hash: String,
    pub created_at: Timestamp,
    pub disabled_at: Option<Timestamp>,
    pub version: i32,
    pub updated_at: Timestamp,
    pub updated_by: Option<UserId>,
    pub last_login_at: Option<Timestamp>,
    /// Of an editor: the sections that their rights are limited to; none is all.
    pub section_ids: Json<Vec<SectionId>>,
    /// The same for the branches whose meetings they keep.
    pub branch_ids: Json<Vec<BranchId>>,
}

impl User {
    /// A new login, made by nobody who is logged in.
    #[must_use]
    pub fn new(email: EmailAddress, name: String, role: Role, password_hash: String, now: Timestamp) -> Self {
        Self {
            id: UserId::new(),
            email,
            name,
            role,
            password_hash,
            created_at: now,
            disabled_at: None,
            version: 1,
            updated_at: now,
            updated_by: None,
            last_login_at: None,
            section_ids: Json(Vec::new()),
            branch_ids: Json(Vec::new()),
        }
    }

    /// Whether there is a password; someone who is invited has none yet.
    #[must_use]
    pub fn has_password(&self) -> bool {
        !self.password_hash.is_empty()
    }
}

/// What a list of users is narrowed down to.
#[derive(Debug, Clone, Default)]
pub struct UserFilter {
    pub role: Option<Role>,
    pub is_disabled: Option<bool>,
    pub updated_since: Option<Timestamp>,
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

/// The user of that id, whom nobody else changes until the end of the transaction: what was checked of a password or a second factor
/// before is checked once more of the row as it is now. SQLite has one writer anyway.
///
/// # Errors
/// [`Error::NotFound`]
pub fn find_for_change(conn: &mut Conn, id: UserId) -> Result<User, Error> {
    let Link::Postgres(postgres) = conn.link() else { return find(conn, id) };
    Ok(dsl::users.filter(dsl::id.eq(id)).select(User::as_select()).for_no_key_update().first(&mut postgres.connection)?)
}

/// A page of the users.
///
/// # Errors
/// Those of the database.
pub fn list(conn: &mut Conn, filter: &UserFilter, sort: RecordSort, page: &Page) -> Result<Listing<User>, Error> {
    macro_rules! narrowed {
        ($start:expr) => {{
            let mut query = $start;
            if let Some(role) = filter.role {
                query = query.filter(dsl::role.eq(role));
            }
            match filter.is_disabled {
                Some(true) => query = query.filter(dsl::disabled_at.is_not_null()),
                Some(false) => query = query.filter(dsl::disabled_at.is_null()),
                None => {}
            }
            if let Some(since) = filter.updated_since {
                query = query.filter(dsl::updated_at.ge(since));
            }
            query
        }};
    }
    on_each!(conn => {
        let query = narrowed!(dsl::users.select(User::as_select()).into_boxed());
        let rows: Vec<User> = match sort {
            RecordSort::Name => seek!(query, page, dsl::name, dsl::id, page.after_text()).load(conn)?,
            RecordSort::UpdatedAt => seek!(query, page, dsl::updated_at, dsl::id, page.after_time()).load(conn)?,
        };
        let total: Option<i64> = if page.total { Some(narrowed!(dsl::users.count().into_boxed()).get_result(conn)?) } else { None };
        Ok(page.listing(rows, total))
    })
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

/// Whether there is another administrator than that one who can log in. Until the transaction ends nobody else is told:
/// of two administrators who demote each other, the second one finds the first one gone.
///
/// # Errors
/// Those of the database.
pub fn has_other_admin(conn: &mut Conn, id: UserId) -> Result<bool, Error> {
    conn.take_turns(Turn::Administrators)?;
    let count: i64 = on_each!(conn => {
        dsl::users
            .filter(dsl::id.ne(id))
            .filter(dsl::role.eq(Role::Admin))
            .filter(dsl::disabled_at.is_null())
            .filter(dsl::password_hash.ne(""))
            .count()
            .get_result(conn)
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

/// Writes what an administrator sets over the version `seen`.
///
/// # Errors
/// [`Error::Stale`] where it has another version by now, [`Error::Taken`] where its address is another's.
pub fn update(conn: &mut Conn, seen: i32, user: &User) -> Result<(), Error> {
    let count = on_each!(conn => {
        diesel::update(dsl::users.filter(dsl::id.eq(user.id)).filter(dsl::version.eq(seen)))
            .set((
                dsl::email.eq(&user.email),
                dsl::name.eq(&user.name),
                dsl::role.eq(user.role),
                dsl::disabled_at.eq(user.disabled_at),
                dsl::section_ids.eq(&user.section_ids),
                dsl::branch_ids.eq(&user.branch_ids),
                dsl::version.eq(user.version),
                dsl::updated_at.eq(user.updated_at),
                dsl::updated_by.eq(user.updated_by),
            ))
            .execute(conn)
    })?;
    if count == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Deletes the version `seen` of a login that nothing refers to.
///
/// # Errors
/// [`Error::Stale`], or [`Error::InUse`] where it has written something.
pub fn delete(conn: &mut Conn, seen: i32, id: UserId) -> Result<(), Error> {
    let count = on_each!(conn => diesel::delete(dsl::users.filter(dsl::id.eq(id)).filter(dsl::version.eq(seen))).execute(conn))?;
    if count == 1 { Ok(()) } else { Err(Error::Stale) }
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

/// Notes a login; it is no change of the user.
///
/// # Errors
/// Those of the database.
pub fn note_login(conn: &mut Conn, id: UserId, now: Timestamp) -> Result<(), Error> {
    on_each!(conn => diesel::update(dsl::users.filter(dsl::id.eq(id))).set(dsl::last_login_at.eq(Some(now))).execute(conn))?;
    Ok(())
}
