//! `POST /v1/auth/login`

use super::attempt::{Password, check_code, wait};
use super::{SESSION_IDLE_SECONDS, issue, none_if_not_found};
use crate::client_address::client_ip;
use crate::clock::{Clock, system_time};
use crate::error::{ApiError, ProblemCode};
use crate::identity::Identity;
use crate::login_throttle::Attempt;
use crate::opaque_tokens::{new_refresh_token, token_hash};
use crate::request::read_members;
use crate::request::{JsonBody, Query};
use crate::sealed_box::SealedBox;
use crate::writing::{Entry, Origin};
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use masthead_domain::column::AnyId;
use masthead_domain::email::EmailAddress;
use masthead_domain::id::{SessionId, UserId};
use masthead_domain::secret::Secret;
use masthead_domain::time::Timestamp;
use masthead_store::db::Db;
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::second_factors::{self, SecondFactor};
use masthead_store::sessions::{self, RefreshToken, Session};
use masthead_store::users::{self, User};
use serde::Deserialize;
use utoipa::ToSchema;

/// For how long an address from which a user has logged in is known.
const KNOWN_SECONDS: i64 = 90 * 24 * 3600;

#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "documents the body; it is read member by member")]
pub struct LoginIn {
    #[schema(format = Email, max_length = 254, example = "ida@paper.example")]
    email: String,
    #[schema(format = Password, max_length = 128, example = "correct horse battery staple")]
    password: String,
    /// Where a second factor is on: the code that the app shows, or a recovery code.
    #[schema(max_length = 64, example = "287082")]
    totp: Option<String>,
}

/// What somebody sent to get in.
struct Entered {
    email: String,
    password: Secret,
    code: Option<String>,
}

fn read(body: &serde_json::Value) -> Result<Entered, ApiError> {
    read_members(body, |reader| {
        let (email, password) = (reader.required_line("email", 254), reader.text("password", 1024));
        let password = Secret::new(reader.require("password", password).unwrap_or_default());
        Entered { email, password, code: reader.line("totp", 64) }
    })
}

/// The account that is meant, if there is one, and what is known of it.
#[derive(Default)]
struct Account {
    user: Option<User>,
    factor: Option<SecondFactor>,
    /// Whether its user has logged in from this address before.
    is_known_here: bool,
}

fn find_account(conn: &mut Conn, email: Option<&EmailAddress>, address: Option<&str>, now: Timestamp) -> Result<Account, Error> {
    let user = match email {
        Some(email) => users::find_by_email(conn, email).map(Some).or_else(none_if_not_found)?,
        None => None,
    };
    // Nobody is asked after as well, so that it takes the same time.
    let id = user.as_ref().map_or(UserId(uuid::Uuid::nil()), |user| user.id);
    let factor = second_factors::find(conn, id)?.filter(|factor| factor.confirmed_at.is_some());
    let since = now.plus_seconds(-KNOWN_SECONDS);
    let is_known_here = sessions::came_from(conn, id, address.unwrap_or_default(), since)?;
    Ok(Account { user, factor, is_known_here })
}

/// Log in.
///
/// Gives an access token for 15 minutes and a refresh token that works once. An unknown address and a wrong password
/// get the same reply, after the same time. Where a second factor is on, the right password without a code gets
/// `totp_required`, and no session.
#[utoipa::path(
    tag = "auth",
    request_body = LoginIn,
    responses(
        (status = OK, description = "Tokens.", body = super::Tokens),
        (status = UNAUTHORIZED, description = "The address or the password is wrong (`wrong_credentials`), or a code is needed (`totp_required`) or wrong (`totp_refused`)."),
        (status = TOO_MANY_REQUESTS, description = "Too many wrong passwords, or too many logins at once."),
    )
)]
#[post("/login")]
pub async fn create_session(
    request: HttpRequest,
    db: Data<Db>,
    identity: Data<Identity>,
    sealed: Data<SealedBox>,
    clock: Data<Clock>,
    body: JsonBody,
) -> Result<HttpResponse, ApiError> {
    Query::of(&request)?.finish()?;
    let Entered { email, password, code } = read(&body.0)?;
    let (now, origin) = (clock.now(), Origin::of(&request));
    let (parsed, address) = (EmailAddress::parse(&email).ok(), origin.address.clone());
    let account = db.read(move |conn| find_account(conn, parsed.as_ref(), address.as_deref(), now)).await?;
    let attempt = identity.throttle.begin(&email, client_ip(&request), account.is_known_here, now).map_err(wait)?;
    let usable = account.user.clone().filter(|user| user.disabled_at.is_none() && user.has_password());
    let checked = identity.check_password(usable.as_ref(), password, attempt).await?;
    let (Some(user), Password::Right { renewed_hash }) = (usable, checked) else {
        refused(&db, account.user, origin, now).await?;
        return Err(ApiError::new(ProblemCode::WrongCredentials, "Check both and try again."));
    };
    if account.factor.is_some() && code.is_none() {
        identity.throttle.take_back(attempt);
        return Err(ApiError::new(ProblemCode::TotpRequired, "Send the code of your app, or a recovery code, as totp."));
    }
    let login = Login { user, factor: account.factor, code, renewed_hash, user_agent: header_text(&request, header::USER_AGENT), origin, now };
    open_session(&db, &identity, sealed, login, attempt).await
}

/// Somebody whose password is right.
struct Login {
    user: User,
    factor: Option<SecondFactor>,
    code: Option<String>,
    renewed_hash: Option<String>,
    user_agent: Option<String>,
    origin: Origin,
    now: Timestamp,
}

async fn open_session(db: &Db, identity: &Identity, sealed: Data<SealedBox>, login: Login, attempt: Attempt) -> Result<HttpResponse, ApiError> {
    let (user, origin, now) = (login.user.clone(), login.origin.clone(), login.now);
    let refresh_token = new_refresh_token().map_err(ApiError::internal)?;
    let session = Session {
        id: SessionId::new(),
        user_id: user.id,
        created_at: now,
        last_used_at: now,
        expires_at: now.plus_seconds(SESSION_IDLE_SECONDS),
        ended_at: None,
        user_agent: login.user_agent,
        address: login.origin.address.clone(),
    };
    let stored = RefreshToken { token_hash: token_hash(refresh_token.expose()), session_id: session.id, created_at: system_time(), spent_at: None };
    let session_id = session.id;
    let is_open = db
        .write(move |conn| -> Result<bool, ApiError> {
            // The password was checked a while ago: it may have been changed since, and the user been disabled.
            let user = users::find_for_change(conn, session.user_id)?;
            if user.password_hash != login.user.password_hash || user.disabled_at.is_some() {
                return Err(match login.renewed_hash {
                    // Perhaps by another login of the same user, which has hashed the same password at today's cost.
                    Some(_) => ApiError::unavailable("the password has just been hashed anew"),
                    None => ApiError::new(ProblemCode::WrongCredentials, "The password has just been changed."),
                });
            }
            if let Some(factor) = &login.factor
                && !check_code(conn, &sealed, factor, login.code.as_deref().unwrap_or_default(), now)?
            {
                return Ok(false);
            }
            if let Some(hash) = login.renewed_hash {
                users::set_password_hash(conn, session.user_id, &hash)?;
            }
            users::note_login(conn, session.user_id, now)?;
            sessions::insert(conn, &session)?;
            sessions::insert_refresh_token(conn, &stored)?;
            login.origin.audit(conn, Some(&login.user), now, of_login("auth.login", &login.user))?;
            Ok(true)
        })
        .await?;
    if !is_open {
        refused(db, Some(user), origin, now).await?;
        return Err(ApiError::new(ProblemCode::TotpRefused, "It is wrong, has run out or was used before."));
    }
    identity.throttle.succeed(attempt);
    Ok(HttpResponse::Ok().json(issue(identity, user.id, session_id, &refresh_token, now)?))
}

pub fn of_login(action: &str, user: &User) -> Entry {
    Entry { action: action.to_owned(), subject: "user", entity_id: Some(AnyId(user.id.0)), label: Some(user.email.to_string()), ..Entry::default() }
}

/// Puts a refusal into the audit log. What was typed stands there only where it is the address of an account: people type
/// passwords into the wrong field.
async fn refused(db: &Db, user: Option<User>, origin: Origin, now: Timestamp) -> Result<(), ApiError> {
    let action = "auth.login_failed";
    let entry = user.as_ref().map_or_else(|| Entry { action: action.to_owned(), subject: "user", ..Entry::default() }, |user| of_login(action, user));
    Ok(db.write(move |conn| origin.audit(conn, None, now, entry)).await?)
}

fn header_text(request: &HttpRequest, name: header::HeaderName) -> Option<String> {
    let text = request.headers().get(name)?.to_str().ok()?;
    Some(text.chars().take(200).collect())
}
