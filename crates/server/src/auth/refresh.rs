//! `POST /v1/auth/refresh`

use super::login::of_login;
use super::{SESSION_IDLE_SECONDS, SESSION_SECONDS_MAX, Tokens, issue, none_if_not_found};
use crate::clock::{Clock, system_time};
use crate::edge::ReceivedAt;
use crate::error::{ApiError, ProblemCode};
use crate::identity::Identity;
use crate::opaque_tokens::{new_refresh_token, token_hash};
use crate::request::read_members;
use crate::request::{JsonBody, Query};
use crate::writing::Origin;
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, post};
use masthead_domain::id::{SessionId, UserId};
use masthead_domain::time::Timestamp;
use masthead_store::db::Db;
use masthead_store::error::Error;
use masthead_store::sessions::{self, RefreshToken};
use serde::Deserialize;
use std::time::Duration;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "documents the body; it is read member by member")]
pub struct RefreshIn {
    #[schema(max_length = 200, example = "mhr_2JcV0m3o8XK1yVxq6Zb0c9n5d4e7f1a2B3C4D5E6F7G")]
    refresh_token: String,
}

/// How long the answer to a refresh is held back after the old token was spent. Whatever came in by then cannot be from somebody
/// who has seen the answer: two windows of one client that wake up at once. What comes in later is reuse, on whichever node.
pub const REFRESH_HOLD: Duration = Duration::from_millis(250);

/// What a refresh led to.
enum Refreshed {
    /// A new token in place of the old one, which was spent at a time.
    Rotated(UserId, SessionId, Timestamp),
    /// Another request has just spent it.
    Overtaken,
    /// Not a live token.
    Refused,
}

/// Refresh the tokens.
///
/// A refresh token works once. One that is used again ends its session, since someone else may have it; requests that
/// were under way at the same time are only refused.
#[utoipa::path(tag = "auth", request_body = RefreshIn, responses((status = OK, description = "New tokens.", body = Tokens), (status = UNAUTHORIZED, description = "The refresh token is not valid any more.")))]
#[post("/refresh")]
pub async fn refresh_session(
    request: HttpRequest,
    db: Data<Db>,
    identity: Data<Identity>,
    clock: Data<Clock>,
    body: JsonBody,
) -> Result<HttpResponse, ApiError> {
    Query::of(&request)?.finish()?;
    let received_at = request.extensions().get::<ReceivedAt>().map_or_else(system_time, |received_at| received_at.0);
    let token = read_members(&body.0, |reader| reader.required_line("refresh_token", 200))?;
    let hash = token_hash(&token);
    let refresh_token = new_refresh_token().map_err(ApiError::internal)?;
    let next_hash = token_hash(refresh_token.expose());
    let now = clock.now();
    let (hold, origin) = (identity.refresh_hold, Origin::of(&request));
    let refreshed = db
        .write(move |conn| -> Result<Refreshed, Error> {
            let Some(old) = sessions::find_refresh_token(conn, &hash).map(Some).or_else(none_if_not_found)? else { return Ok(Refreshed::Refused) };
            let Some((session, user)) = sessions::find_live(conn, old.session_id, now).map(Some).or_else(none_if_not_found)? else {
                return Ok(Refreshed::Refused);
            };
            let spent_at = system_time();
            if !sessions::spend_refresh_token(conn, &hash, spent_at)? {
                let spent_at = sessions::find_refresh_token(conn, &hash)?.spent_at.unwrap_or(spent_at);
                if received_at < answered_at(spent_at, hold) {
                    return Ok(Refreshed::Overtaken);
                }
                if sessions::end(conn, user.id, session.id, now)? {
                    origin.audit(conn, Some(&user), now, of_login("auth.refresh_token_reused", &user))?;
                }
                return Ok(Refreshed::Refused);
            }
            let expires_at = now.plus_seconds(SESSION_IDLE_SECONDS).min(session.created_at.plus_seconds(SESSION_SECONDS_MAX));
            sessions::touch(conn, session.id, now, expires_at)?;
            sessions::insert_refresh_token(
                conn,
                &RefreshToken { token_hash: next_hash, session_id: session.id, created_at: system_time(), spent_at: None },
            )?;
            Ok(Refreshed::Rotated(user.id, session.id, spent_at))
        })
        .await?;
    match refreshed {
        Refreshed::Rotated(user_id, session_id, spent_at) => {
            let tokens = issue(&identity, user_id, session_id, &refresh_token, now)?;
            let left = answered_at(spent_at, hold).milliseconds() - system_time().milliseconds();
            // A clock that is set back meanwhile must not hold it longer.
            tokio::time::sleep(Duration::from_millis(u64::try_from(left).unwrap_or_default()).min(hold)).await;
            Ok(HttpResponse::Ok().json(tokens))
        }
        Refreshed::Overtaken => {
            Err(ApiError::new(ProblemCode::RefreshTokenRefused, "Another request has just used it; go on with the tokens that it was given."))
        }
        Refreshed::Refused => Err(ApiError::new(ProblemCode::RefreshTokenRefused, "Log in again.")),
    }
}

/// When the answer to a refresh goes out at the earliest.
fn answered_at(spent_at: Timestamp, hold: Duration) -> Timestamp {
    Timestamp::from_milliseconds(spent_at.milliseconds().saturating_add(i64::try_from(hold.as_millis()).unwrap_or(i64::MAX)))
}
