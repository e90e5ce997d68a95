//! `/v1/auth`: login, refresh, logout, sessions, passwords, second factors.

mod attempt;
mod login;
mod password;
pub mod refresh;
mod second_factor;

use crate::clock::Clock;
use crate::error::ApiError;
use crate::identity::{Identity, SignedIn};
use crate::request::Query;
use crate::routing::Routes;
use crate::tokens::ACCESS_TOKEN_SECONDS;
use crate::writing::{Entry, Origin};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use masthead_domain::column::AnyId;
use masthead_domain::email::EmailAddress;
use masthead_domain::id::{SessionId, UserId};
use masthead_domain::permission::Role;
use masthead_domain::secret::Secret;
use masthead_domain::time::Timestamp;
use masthead_store::db::Db;
use masthead_store::error::Error;
use masthead_store::sessions::{self, Session};
use serde::Serialize;
use utoipa::ToSchema;

/// How long a session lives without being refreshed.
const SESSION_IDLE_SECONDS: i64 = 14 * 24 * 3600;

/// How long a session lives however often it is refreshed.
const SESSION_SECONDS_MAX: i64 = 90 * 24 * 3600;

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

/// One login of a user.
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

/// Sessions, the newest first.
#[derive(Serialize, ToSchema)]
pub struct SessionList {
    pub data: Vec<SessionOut>,
}

/// Sessions as they are shown to whoever asks in one of them.
pub fn session_list(sessions: Vec<Session>, current: Option<SessionId>) -> SessionList {
    let show = |session: Session| SessionOut {
        id: session.id,
        created_at: session.created_at,
        last_used_at: session.last_used_at,
        expires_at: session.expires_at,
        is_current: Some(session.id) == current,
        user_agent: session.user_agent,
        address: session.address,
    };
    SessionList { data: sessions.into_iter().map(show).collect() }
}

fn issue(identity: &Identity, user_id: UserId, session_id: SessionId, refresh_token: &Secret, now: Timestamp) -> Result<Tokens, ApiError> {
    let access_token = identity.keys().issue(&user_id.to_string(), &session_id.to_string(), now.seconds()).map_err(ApiError::internal)?;
    Ok(Tokens { access_token, token_type: "Bearer".to_owned(), expires_in: ACCESS_TOKEN_SECONDS, refresh_token: refresh_token.expose().to_owned() })
}

fn none_if_not_found<T>(error: Error) -> Result<Option<T>, Error> {
    match error {
        Error::NotFound => Ok(None),
        other => Err(other),
    }
}

/// Log out.
///
/// Ends the session: its access token and its refresh token are refused at once.
#[utoipa::path(tag = "auth", responses((status = NO_CONTENT, description = "The session has ended.")))]
#[post("/logout")]
async fn end_session(request: HttpRequest, db: Data<Db>, clock: Data<Clock>, signed_in: SignedIn) -> Result<HttpResponse, ApiError> {
    Query::of(&request)?.finish()?;
    let (user, session) = signed_in.session()?;
    let (now, origin) = (clock.now(), Origin::of(&request));
    db.write(move |conn| -> Result<(), Error> {
        if sessions::end(conn, user.id, session.id, now)? {
            origin.audit(conn, Some(&user), now, login::of_login("auth.logout", &user))?;
        }
        Ok(())
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Find who is signed in.
///
/// The user and the session that the access token stands for.
#[utoipa::path(tag = "auth", responses((status = OK, description = "You.", body = Me)))]
#[get("/me")]
async fn find_me(signed_in: SignedIn, query: Query) -> Result<HttpResponse, ApiError> {
    query.finish()?;
    let (user, session) = signed_in.session()?;
    Ok(HttpResponse::Ok().json(Me { id: user.id, email: user.email, name: user.name, role: user.role, session_id: session.id }))
}

/// List your sessions.
///
/// Every login of yours that has not ended, the newest first.
#[utoipa::path(tag = "auth", responses((status = OK, description = "Your sessions.", body = SessionList)))]
#[get("/sessions")]
async fn list_sessions(db: Data<Db>, clock: Data<Clock>, signed_in: SignedIn, query: Query) -> Result<HttpResponse, ApiError> {
    query.finish()?;
    let (user, session) = signed_in.session()?;
    let now = clock.now();
    let sessions = db.read(move |conn| sessions::list_live(conn, user.id, now)).await?;
    Ok(HttpResponse::Ok().json(session_list(sessions, Some(session.id))))
}

/// Delete one of your sessions.
///
/// Ends that login, wherever it is.
#[utoipa::path(tag = "auth", params(("id" = String, Path, description = "The id of the session.", format = Uuid)), responses((status = NO_CONTENT, description = "The session has ended.")))]
#[delete("/sessions/{id}")]
async fn delete_session(
    request: HttpRequest,
    db: Data<Db>,
    clock: Data<Clock>,
    signed_in: SignedIn,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    Query::of(&request)?.finish()?;
    let session_id = SessionId::parse(&id).ok_or_else(ApiError::not_found)?;
    let (user, _) = signed_in.session()?;
    let (now, origin) = (clock.now(), Origin::of(&request));
    db.write(move |conn| -> Result<(), ApiError> {
        if !sessions::end(conn, user.id, session_id, now)? {
            return Err(ApiError::not_found());
        }
        let (entity_id, label) = (Some(AnyId(user.id.0)), Some(user.name.clone()));
        let entry = Entry { action: "user.end_session".to_owned(), subject: "user", entity_id, label, ..Entry::default() };
        Ok(origin.audit(conn, Some(&user), now, entry)?)
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The routes of `/v1/auth`.
pub fn routes(routes: &mut Routes) {
    routes
        .service(login::create_session)
        .service(refresh::refresh_session)
        .service(end_session)
        .service(find_me)
        .service(list_sessions)
        .service(delete_session)
        .service(password::update_password)
        .service(password::reset_password)
        .service(password::accept_invitation)
        .service(second_factor::find_totp)
        .service(second_factor::enrol_totp)
        .service(second_factor::confirm_totp)
        .service(second_factor::disable_totp)
        .service(second_factor::create_recovery_codes);
}
