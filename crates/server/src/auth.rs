//! `/v1/auth`: login, refresh, logout, sessions, password.

use crate::client_address::client_address;
use crate::clock::{Clock, system_time};
use crate::edge::ReceivedAt;
use crate::error::{ApiError, ProblemCode};
use crate::identity::{Identity, SignedIn};
use crate::opaque_tokens::{new_refresh_token, token_hash};
use crate::password_hashing::{HashingFault, Verdict};
use crate::request::{JsonBody, Query};
use crate::tokens::ACCESS_TOKEN_SECONDS;
use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, delete, get, post};
use masthead_domain::email::EmailAddress;
use masthead_domain::fault::{Fault, FaultCode};
use masthead_domain::id::{SessionId, UserId};
use masthead_domain::password;
use masthead_domain::permission::Role;
use masthead_domain::read::Reader;
use masthead_domain::secret::Secret;
use masthead_domain::time::Timestamp;
use masthead_store::db::Db;
use masthead_store::error::Error;
use masthead_store::sessions::{self, RefreshToken, Session};
use masthead_store::site;
use masthead_store::users::{self, User};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// How long a session lives without being refreshed.
const SESSION_IDLE_SECONDS: i64 = 14 * 24 * 3600;

/// How long a session lives however often it is refreshed.
const SESSION_SECONDS_MAX: i64 = 90 * 24 * 3600;

#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "documents the body; it is read member by member")]
pub struct LoginIn {
    #[schema(format = Email, max_length = 254, example = "ida@paper.example")]
    email: String,
    #[schema(format = Password, max_length = 128, example = "correct horse battery staple")]
    password: String,
}

#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "documents the body; it is read member by member")]
pub struct RefreshIn {
    #[schema(max_length = 200, example = "mhr_2JcV0m3o8XK1yVxq6Zb0c9n5d4e7f1a2B3C4D5E6F7G")]
    refresh_token: String,
}

#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "documents the body; it is read member by member")]
pub struct PasswordIn {
    #[schema(format = Password, max_length = 128, example = "correct horse battery staple")]
    current_password: String,
    /// 15 to 128 characters, and none of the common ones.
    #[schema(format = Password, min_length = 15, max_length = 128, example = "seven ferries leave before dawn")]
    new_password: String,
}

/// Tokens after a login or a refresh.
#[derive(Serialize, ToSchema)]
pub struct Tokens {
    /// A JSON Web Token, for `Authorization: Bearer …`.
    #[schema(example = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2ln")]
    pub access_token: String,
    #[schema(example = "Bearer", pattern = "^Bearer$")]
    pub token_type: String,
    /// Seconds until the access token ends.
    #[schema(example = 900)]
    pub expires_in: i64,
    /// Works once, at `/v1/auth/refresh`.
    #[schema(example = "mhr_2JcV0m3o8XK1yVxq6Zb0c9n5d4e7f1a2B3C4D5E6F7G")]
    pub refresh_token: String,
}

/// The user who is signed in.
#[derive(Serialize, ToSchema)]
pub struct Me {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")]
    pub id: UserId,
    #[schema(value_type = String, format = Email, example = "ida@paper.example")]
    pub email: EmailAddress,
    #[schema(example = "Ida Moss")]
    pub name: String,
    pub role: Role,
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c22")]
    pub session_id: SessionId,
}

/// One login of yours.
#[derive(Serialize, ToSchema)]
pub struct SessionOut {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c22")]
    pub id: SessionId,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:30:00Z")]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:45:00Z")]
    pub last_used_at: Timestamp,
    #[schema(value_type = String, format = DateTime, example = "2026-12-10T07:45:00Z")]
    pub expires_at: Timestamp,
    /// Whether it is the one that asks.
    #[schema(example = true)]
    pub is_current: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Mozilla/5.0")]
    pub user_agent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "192.0.2.7")]
    pub address: Option<String>,
}

/// Your sessions, the newest first.
#[derive(Serialize, ToSchema)]
pub struct SessionList {
    pub data: Vec<SessionOut>,
}

fn hashing_failed(fault: HashingFault) -> ApiError {
    match fault {
        HashingFault::Busy => ApiError::new(ProblemCode::TooManyRequests, "Too many logins at once; try again in a moment.")
            .with_header(header::RETRY_AFTER, header::HeaderValue::from_static("2")),
        HashingFault::Failed => ApiError::internal("a password could not be hashed"),
    }
}

fn read_members<T>(body: &serde_json::Value, read: impl FnOnce(&mut Reader) -> T) -> Result<T, ApiError> {
    let mut faults = Vec::new();
    let mut reader = Reader::root(body, &mut faults);
    let value = read(&mut reader);
    reader.finish();
    if faults.is_empty() { Ok(value) } else { Err(ApiError::validation(faults)) }
}

fn header_text(request: &HttpRequest, name: header::HeaderName) -> Option<String> {
    let text = request.headers().get(name)?.to_str().ok()?;
    Some(text.chars().take(200).collect())
}

fn issue(identity: &Identity, user_id: UserId, session_id: SessionId, refresh_token: &Secret, now: Timestamp) -> Result<Tokens, ApiError> {
    let access_token = identity.keys().issue(&user_id.to_string(), &session_id.to_string(), now.seconds()).map_err(ApiError::internal)?;
    Ok(Tokens { access_token, token_type: "Bearer".to_owned(), expires_in: ACCESS_TOKEN_SECONDS, refresh_token: refresh_token.expose().to_owned() })
}

fn no_store(tokens: &Tokens) -> HttpResponse {
    HttpResponse::Ok().json(tokens)
}

/// Log in.
///
/// Gives an access token for 15 minutes and a refresh token that works once. An unknown address and a wrong password
/// get the same reply, after the same time.
#[utoipa::path(tag = "auth", request_body = LoginIn, responses((status = OK, description = "Tokens.", body = Tokens), (status = TOO_MANY_REQUESTS, description = "Too many logins at once.")))]
#[post("/login")]
async fn create_session(
    request: HttpRequest,
    db: Data<Db>,
    identity: Data<Identity>,
    clock: Data<Clock>,
    body: JsonBody,
) -> Result<HttpResponse, ApiError> {
    let (email, password) = read_members(&body.0, |reader| {
        let (email, password) = (reader.required_line("email", 254), reader.text("password", 1024));
        (email, reader.require("password", password))
    })?;
    let password = Secret::new(password.unwrap_or_default());
    let user = match EmailAddress::parse(&email) {
        Ok(email) => db.read(move |conn| users::find_by_email(conn, &email)).await.map(Some).or_else(none_if_not_found)?,
        Err(_) => None,
    };
    let user = user.filter(|user| user.disabled_at.is_none());
    let verdict = match &user {
        Some(user) => identity.passwords.verify(password.clone(), user.password_hash.clone()).await,
        None => identity.passwords.verify_nobody(password.clone()).await,
    }
    .map_err(hashing_failed)?;
    let wrong = || ApiError::new(ProblemCode::WrongCredentials, "Check both and try again.");
    let (Some(user), false) = (user, verdict == Verdict::Wrong) else { return Err(wrong()) };
    let renewed_hash = match verdict {
        Verdict::RightButOutdated => Some(identity.passwords.hash(password).await.map_err(hashing_failed)?),
        _ => None,
    };
    let now = clock.now();
    let refresh_token = new_refresh_token().map_err(ApiError::internal)?;
    let session = Session {
        id: SessionId::new(),
        user_id: user.id,
        created_at: now,
        last_used_at: now,
        expires_at: now.plus_seconds(SESSION_IDLE_SECONDS),
        ended_at: None,
        user_agent: header_text(&request, header::USER_AGENT),
        address: client_address(&request),
    };
    let stored = RefreshToken { token_hash: token_hash(refresh_token.expose()), session_id: session.id, created_at: system_time(), spent_at: None };
    let (user_id, session_id) = (user.id, session.id);
    db.write(move |conn| -> Result<(), Error> {
        if let Some(hash) = renewed_hash {
            users::set_password_hash(conn, user_id, &hash)?;
        }
        sessions::insert(conn, &session)?;
        sessions::insert_refresh_token(conn, &stored)
    })
    .await?;
    Ok(no_store(&issue(&identity, user_id, session_id, &refresh_token, now)?))
}

fn none_if_not_found<T>(error: Error) -> Result<Option<T>, Error> {
    match error {
        Error::NotFound => Ok(None),
        other => Err(other),
    }
}

/// What a refresh led to.
enum Refreshed {
    /// A new token in place of the old one.
    Rotated(User, SessionId),
    /// Not a live token.
    Refused,
}

/// Refresh the tokens.
///
/// A refresh token works once. One that is used again ends its session, since someone else may have it; requests that
/// were under way at the same time are only refused.
#[utoipa::path(tag = "auth", request_body = RefreshIn, responses((status = OK, description = "New tokens.", body = Tokens), (status = UNAUTHORIZED, description = "The refresh token is not valid any more.")))]
#[post("/refresh")]
async fn refresh_session(
    request: HttpRequest,
    db: Data<Db>,
    identity: Data<Identity>,
    clock: Data<Clock>,
    body: JsonBody,
) -> Result<HttpResponse, ApiError> {
    let received_at = request.extensions().get::<ReceivedAt>().map_or_else(system_time, |received_at| received_at.0);
    let token = read_members(&body.0, |reader| reader.required_line("refresh_token", 200))?;
    let hash = token_hash(&token);
    let refresh_token = new_refresh_token().map_err(ApiError::internal)?;
    let next_hash = token_hash(refresh_token.expose());
    let now = clock.now();
    let (shared, spent_hash) = (identity.clone(), hash.clone());
    let refreshed = db
        .write(move |conn| -> Result<Refreshed, Error> {
            let Some(old) = sessions::find_refresh_token(conn, &hash).map(Some).or_else(none_if_not_found)? else { return Ok(Refreshed::Refused) };
            let Some((session, user)) = sessions::find_live(conn, old.session_id, now).map(Some).or_else(none_if_not_found)? else {
                return Ok(Refreshed::Refused);
            };
            let spent_at = system_time();
            if !sessions::spend_refresh_token(conn, &hash, spent_at)? {
                // Came in after the reply: reuse. Came in before it: a race of one client with itself.
                let spent_at = sessions::find_refresh_token(conn, &hash)?.spent_at.unwrap_or(spent_at);
                if !shared.rotations.is_race(&hash, received_at, spent_at) {
                    sessions::end(conn, user.id, session.id, now)?;
                }
                return Ok(Refreshed::Refused);
            }
            shared.rotations.begin(&hash, spent_at);
            let expires_at = now.plus_seconds(SESSION_IDLE_SECONDS).min(session.created_at.plus_seconds(SESSION_SECONDS_MAX));
            sessions::touch(conn, session.id, now, expires_at)?;
            sessions::insert_refresh_token(
                conn,
                &RefreshToken { token_hash: next_hash, session_id: session.id, created_at: system_time(), spent_at: None },
            )?;
            Ok(Refreshed::Rotated(user, session.id))
        })
        .await?;
    match refreshed {
        Refreshed::Rotated(user, session_id) => {
            let tokens = issue(&identity, user.id, session_id, &refresh_token, now)?;
            identity.rotations.end(&spent_hash);
            Ok(no_store(&tokens))
        }
        Refreshed::Refused => Err(ApiError::new(ProblemCode::RefreshTokenRefused, "Log in again.")),
    }
}

/// Log out.
///
/// Ends the session: its access token and its refresh token are refused at once.
#[utoipa::path(tag = "auth", responses((status = NO_CONTENT, description = "The session has ended.")))]
#[post("/logout")]
async fn end_session(db: Data<Db>, clock: Data<Clock>, signed_in: SignedIn) -> Result<HttpResponse, ApiError> {
    let now = clock.now();
    db.write(move |conn| sessions::end(conn, signed_in.user.id, signed_in.session.id, now)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Find who is signed in.
///
/// The user and the session that the access token stands for.
#[utoipa::path(tag = "auth", responses((status = OK, description = "You.", body = Me)))]
#[get("/me")]
async fn find_me(signed_in: SignedIn, query: Query) -> Result<HttpResponse, ApiError> {
    query.finish()?;
    let SignedIn { user, session, .. } = signed_in;
    Ok(HttpResponse::Ok().json(Me { id: user.id, email: user.email, name: user.name, role: user.role, session_id: session.id }))
}

/// List your sessions.
///
/// Every login of yours that has not ended, the newest first.
#[utoipa::path(tag = "auth", responses((status = OK, description = "Your sessions.", body = SessionList)))]
#[get("/sessions")]
async fn list_sessions(db: Data<Db>, clock: Data<Clock>, signed_in: SignedIn, query: Query) -> Result<HttpResponse, ApiError> {
    query.finish()?;
    let (user_id, current, now) = (signed_in.user.id, signed_in.session.id, clock.now());
    let sessions = db.read(move |conn| sessions::list_live(conn, user_id, now)).await?;
    let data = sessions
        .into_iter()
        .map(|session| SessionOut {
            id: session.id,
            created_at: session.created_at,
            last_used_at: session.last_used_at,
            expires_at: session.expires_at,
            is_current: session.id == current,
            user_agent: session.user_agent,
            address: session.address,
        })
        .collect();
    Ok(HttpResponse::Ok().json(SessionList { data }))
}

/// Delete one of your sessions.
///
/// Ends that login, wherever it is.
#[utoipa::path(tag = "auth", params(("id" = String, Path, description = "The id of the session.", format = Uuid)), responses((status = NO_CONTENT, description = "The session has ended.")))]
#[delete("/sessions/{id}")]
async fn delete_session(db: Data<Db>, clock: Data<Clock>, signed_in: SignedIn, id: Path<String>) -> Result<HttpResponse, ApiError> {
    let session_id = SessionId::parse(&id).ok_or_else(ApiError::not_found)?;
    let (user_id, now) = (signed_in.user.id, clock.now());
    let ended = db.write(move |conn| sessions::end(conn, user_id, session_id, now)).await?;
    if ended { Ok(HttpResponse::NoContent().finish()) } else { Err(ApiError::not_found()) }
}

/// Change your password.
///
/// Ends all your other sessions.
#[utoipa::path(tag = "auth", request_body = PasswordIn, responses((status = NO_CONTENT, description = "The password has changed.")))]
#[post("/password")]
async fn update_password(
    db: Data<Db>,
    identity: Data<Identity>,
    clock: Data<Clock>,
    signed_in: SignedIn,
    body: JsonBody,
) -> Result<HttpResponse, ApiError> {
    let (current, new) = read_members(&body.0, |reader| {
        let current = reader.text("current_password", 1024);
        let new = reader.text("new_password", 1024);
        (reader.require("current_password", current), reader.require("new_password", new))
    })?;
    let (current, new) = (current.unwrap_or_default(), new.unwrap_or_default());
    let title = db.read(site::find).await?.title;
    password::check(&new, &[&title, signed_in.user.email.local_part()])
        .map_err(|fault| ApiError::validation(vec![password_fault("/new_password", &fault)]))?;
    let verdict = identity.passwords.verify(Secret::new(current), signed_in.user.password_hash.clone()).await.map_err(hashing_failed)?;
    if verdict == Verdict::Wrong {
        return Err(ApiError::validation(vec![Fault::at("/current_password", FaultCode::InvalidFormat, "is not your password")]));
    }
    let hash = identity.passwords.hash(Secret::new(new)).await.map_err(hashing_failed)?;
    let (user_id, session_id, now) = (signed_in.user.id, signed_in.session.id, clock.now());
    db.write(move |conn| -> Result<(), Error> {
        users::set_password_hash(conn, user_id, &hash)?;
        sessions::end_all_but(conn, user_id, Some(session_id), now)?;
        Ok(())
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
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

/// The routes of `/v1/auth`.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(create_session)
        .service(refresh_session)
        .service(end_session)
        .service(find_me)
        .service(list_sessions)
        .service(delete_session)
        .service(update_password);
}
