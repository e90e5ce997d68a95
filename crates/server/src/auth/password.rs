//! `/v1/auth/password` and `/v1/auth/invitation`: choosing a password, with the old one or with a link that works once.

use super::attempt::{find_unchanged, hashing_failed};
use super::none_if_not_found;
use crate::client_address::client_ip;
use crate::clock::Clock;
use crate::error::{ApiError, ProblemCode};
use crate::identity::{Identity, SignedIn};
use crate::opaque_tokens::token_hash;
use crate::request::read_members;
use crate::request::{JsonBody, Query};
use crate::users::writing::rename;
use crate::writing::{Entry, Origin};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use masthead_domain::column::AnyId;
use masthead_domain::fault::{Fault, FaultCode};
use masthead_domain::id::UserId;
use masthead_domain::password;
use masthead_domain::read::is_blank;
use masthead_domain::secret::Secret;
use masthead_domain::time::Timestamp;
use masthead_domain::user::LinkPurpose;
use masthead_store::db::Db;
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::users::{self, User};
use masthead_store::{one_time_links, second_factors, sessions, site};
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "documents the body; it is read member by member")]
pub struct PasswordIn {
    #[schema(format = Password, max_length = 128, example = "correct horse battery staple")]
    current_password: String,
    /// 15 to 128 characters, 12 where a second factor is on, and none of the common ones.
    #[schema(format = Password, min_length = 12, max_length = 128, example = "seven ferries leave before dawn")]
    new_password: String,
}

#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "documents the body; it is read member by member")]
pub struct PasswordResetIn {
    /// From the link.
    #[schema(max_length = 200, example = "mhp_2JcV0m3o8XK1yVxq6Zb0c9n5d4e7f1a2B3C4D5E6F7G")]
    token: String,
    /// 15 to 128 characters, 12 where a second factor is on, and none of the common ones.
    #[schema(format = Password, min_length = 12, max_length = 128, example = "seven ferries leave before dawn")]
    new_password: String,
}

#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "documents the body; it is read member by member")]
pub struct InvitationIn {
    /// From the link.
    #[schema(max_length = 200, example = "mhi_2JcV0m3o8XK1yVxq6Zb0c9n5d4e7f1a2B3C4D5E6F7G")]
    token: String,
    /// 15 to 128 characters, and none of the common ones.
    #[schema(format = Password, min_length = 15, max_length = 128, example = "seven ferries leave before dawn")]
    password: String,
    /// In place of the one that the administrator entered.
    #[schema(min_length = 1, max_length = 200, example = "Ida Moss")]
    name: Option<String>,
}

/// What is known of a user whose password is to be set.
struct Target {
    user: User,
    title: String,
    has_second_factor: bool,
}

impl Target {
    fn read(conn: &mut Conn, user: User) -> Result<Self, ApiError> {
        let has_second_factor = !second_factors::confirmed(conn, &[user.id])?.is_empty();
        Ok(Self { user, title: site::find(conn)?.title, has_second_factor })
    }

    /// The user whom a link is for, if it still works and they are not disabled.
    fn of_link(
        conn: &mut Conn,
        hash: &str,
        purpose: LinkPurpose,
        now: Timestamp,
        find: impl FnOnce(&mut Conn, UserId) -> Result<User, Error>,
    ) -> Result<Self, ApiError> {
        let link = one_time_links::find(conn, hash, purpose, now).map(Some).or_else(none_if_not_found)?;
        let user = link.map(|link| find(conn, link.user_id)).transpose()?;
        // An invitation is for who has none: one that was made while another was being accepted does not work.
        let is_welcome = |user: &User| user.disabled_at.is_none() && (purpose != LinkPurpose::Invitation || !user.has_password());
        Self::read(conn, user.filter(is_welcome).ok_or_else(link_refused)?)
    }

    fn check(&self, password: &str, pointer: &str) -> Result<(), ApiError> {
        let check = if self.has_second_factor { password::check_with_second_factor } else { password::check };
        check(password, &[&self.title, self.user.email.local_part()]).map_err(|fault| ApiError::validation(vec![password_fault(pointer, &fault)]))
    }
}

fn link_refused() -> ApiError {
    ApiError::new(ProblemCode::LinkRefused, "It was used, has run out, or another was made since. Ask for a new one.")
}

/// A password that is not taken, as a fault of a member.
pub fn password_fault(pointer: &str, fault: &password::PasswordFault) -> Fault {
    let code = match fault.code {
        "too_short" => FaultCode::TooShort,
        "too_long" => FaultCode::TooLong,
        _ => FaultCode::TooCommon,
    };
    Fault::at(pointer, code, fault.message.clone())
}

fn of_user(action: &str, user: &User) -> Entry {
    Entry { action: action.to_owned(), subject: "user", entity_id: Some(AnyId(user.id.0)), label: Some(user.name.clone()), ..Entry::default() }
}

/// Change your password.
///
/// Ends all your other sessions.
#[utoipa::path(tag = "auth", request_body = PasswordIn, responses((status = NO_CONTENT, description = "The password has changed.")))]
#[post("/password")]
pub async fn update_password(
    request: HttpRequest,
    db: Data<Db>,
    identity: Data<Identity>,
    clock: Data<Clock>,
    signed_in: SignedIn,
    body: JsonBody,
) -> Result<HttpResponse, ApiError> {
    Query::of(&request)?.finish()?;
    let (user, session) = signed_in.session()?;
    let (current, new) = read_members(&body.0, |reader| {
        let current = reader.text("current_password", 1024);
        let new = reader.text("new_password", 1024);
        (reader.require("current_password", current), reader.require("new_password", new))
    })?;
    let (current, new) = (current.unwrap_or_default(), new.unwrap_or_default());
    let target = db.read(move |conn| Target::read(conn, user)).await?;
    target.check(&new, "/new_password")?;
    let now = clock.now();
    let attempt = identity.confirm_password(&target.user, &current, "/current_password", client_ip(&request), now).await?;
    identity.throttle.succeed(attempt);
    let hash = identity.passwords.hash(Secret::new(new.clone())).await.map_err(hashing_failed)?;
    let (origin, new) = (Origin::of(&request), Secret::new(new));
    db.write(move |conn| -> Result<(), ApiError> {
        // Much may have happened while passwords were hashed.
        let user = find_unchanged(conn, &target.user, "/current_password")?;
        Target::read(conn, user)?.check(new.expose(), "/new_password")?;
        users::set_password_hash(conn, target.user.id, &hash)?;
        sessions::end_all_but(conn, target.user.id, Some(session.id), now)?;
        Ok(origin.audit(conn, Some(&target.user), now, of_user("auth.change_password", &target.user))?)
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Reset a password.
///
/// With the link that the operator makes (`masthead user reset-link`), once. Ends all sessions of the user. A second factor
/// stays on.
#[utoipa::path(
    tag = "auth",
    request_body = PasswordResetIn,
    responses(
        (status = NO_CONTENT, description = "The password has changed."),
        (status = UNAUTHORIZED, description = "The link does not work any more."),
    )
)]
#[post("/password/reset")]
pub async fn reset_password(
    request: HttpRequest,
    db: Data<Db>,
    identity: Data<Identity>,
    clock: Data<Clock>,
    body: JsonBody,
) -> Result<HttpResponse, ApiError> {
    Query::of(&request)?.finish()?;
    let (token, password) = read_members(&body.0, |reader| {
        let (token, password) = (reader.required_line("token", 200), reader.text("new_password", 1024));
        (token, reader.require("new_password", password).unwrap_or_default())
    })?;
    let link = Link { hash: token_hash(&token), purpose: LinkPurpose::PasswordReset, pointer: "/new_password" };
    use_link(&request, &db, &identity, clock.now(), link, password, None).await
}

/// Accept an invitation.
///
/// Chooses the password of a user who was invited, once. Log in with it then.
#[utoipa::path(
    tag = "auth",
    request_body = InvitationIn,
    responses(
        (status = NO_CONTENT, description = "The password is set."),
        (status = UNAUTHORIZED, description = "The link does not work any more."),
    )
)]
#[post("/invitation")]
pub async fn accept_invitation(
    request: HttpRequest,
    db: Data<Db>,
    identity: Data<Identity>,
    clock: Data<Clock>,
    body: JsonBody,
) -> Result<HttpResponse, ApiError> {
    Query::of(&request)?.finish()?;
    let (token, password, name) = read_members(&body.0, |reader| {
        let (token, password) = (reader.required_line("token", 200), reader.text("password", 1024));
        let (password, name) = (reader.require("password", password).unwrap_or_default(), reader.line("name", 200));
        if name.as_deref().is_some_and(is_blank) {
            reader.fault("name", FaultCode::Required, "must not be blank");
        }
        (token, password, name)
    })?;
    let link = Link { hash: token_hash(&token), purpose: LinkPurpose::Invitation, pointer: "/password" };
    use_link(&request, &db, &identity, clock.now(), link, password, name).await
}

/// A link that is being used.
struct Link {
    hash: String,
    purpose: LinkPurpose,
    /// The member of the body that the password stands in.
    pointer: &'static str,
}

async fn use_link(
    request: &HttpRequest,
    db: &Db,
    identity: &Identity,
    now: Timestamp,
    link: Link,
    password: String,
    name: Option<String>,
) -> Result<HttpResponse, ApiError> {
    let (hash, purpose) = (link.hash.clone(), link.purpose);
    let target = db.read(move |conn| Target::of_link(conn, &hash, purpose, now, users::find)).await?;
    target.check(&password, link.pointer)?;
    let password_hash = identity.passwords.hash(Secret::new(password.clone())).await.map_err(hashing_failed)?;
    let (origin, password) = (Origin::of(request), Secret::new(password));
    db.write(move |conn| -> Result<(), ApiError> {
        // Of two who use it at once, one is too late; and much may have happened while the password was hashed.
        let target = Target::of_link(conn, &link.hash, purpose, now, users::find_for_change)?;
        if !one_time_links::spend(conn, &link.hash)? {
            return Err(link_refused());
        }
        target.check(password.expose(), link.pointer)?;
        let user = target.user;
        users::set_password_hash(conn, user.id, &password_hash)?;
        let user = match name {
            Some(name) => rename(conn, user, name, now)?,
            None => user,
        };
        // Whoever made the link, or had got in before, has nothing left that works.
        sessions::end_all_but(conn, user.id, None, now)?;
        one_time_links::delete_of(conn, user.id)?;
        let action = match purpose {
            LinkPurpose::Invitation => "auth.accept_invitation",
            LinkPurpose::PasswordReset => "auth.reset_password",
        };
        Ok(origin.audit(conn, Some(&user), now, of_user(action, &user))?)
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
