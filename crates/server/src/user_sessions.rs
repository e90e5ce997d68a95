//! The sessions of a user, as administrators see and end them.

use crate::auth::{SessionList, session_list};
use crate::clock::Clock;
use crate::error::ApiError;
use crate::identity::{Admin, SignedIn};
use crate::request::Query;
use crate::routing::Routes;
use crate::users::read_id;
use crate::writing::{Acting, Desk, Entry, Written};
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, delete, get};
use masthead_domain::column::AnyId;
use masthead_domain::id::{SessionId, UserId};
use masthead_domain::permission::Role;
use masthead_store::db::Db;
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::{sessions, users};

/// List the sessions of a user.
///
/// Every login of theirs that has not ended, the newest first.
#[utoipa::path(tag = "users", params(("id" = String, Path, description = "The id of the user.", format = Uuid)), responses((status = OK, description = "The sessions.", body = SessionList)))]
#[get("/users/{id}/sessions")]
async fn list_user_sessions(db: Data<Db>, clock: Data<Clock>, signed_in: SignedIn, id: Path<String>, query: Query) -> Result<HttpResponse, ApiError> {
    let (_, current) = signed_in.at_least(Role::Admin)?.session()?;
    query.finish()?;
    let (id, now) = (read_id(&id)?, clock.now());
    let sessions = db
        .read(move |conn| -> Result<_, Error> {
            users::find(conn, id)?;
            sessions::list_live(conn, id, now)
        })
        .await?;
    Ok(HttpResponse::Ok().json(session_list(sessions, Some(current.id))))
}

/// Delete a session of a user.
///
/// Its tokens are refused at once, on every node.
#[utoipa::path(
    tag = "users",
    params(
        ("id" = String, Path, description = "The id of the user.", format = Uuid),
        ("session_id" = String, Path, description = "The id of the session.", format = Uuid),
    ),
    responses((status = NO_CONTENT, description = "The session has ended.")),
    extensions(("x-unversioned" = json!(true)))
)]
#[delete("/users/{id}/sessions/{session_id}")]
async fn delete_user_session(desk: Desk<Admin>, path: Path<(String, String)>) -> Result<HttpResponse, ApiError> {
    let (id, session_id) = path.into_inner();
    let (id, session_id) = (read_id(&id)?, SessionId::parse(&session_id).ok_or_else(ApiError::not_found)?);
    desk.write(move |conn, acting| {
        let user = users::find(conn, id)?;
        if !sessions::end(conn, id, session_id, acting.now)? {
            return Err(ApiError::not_found());
        }
        audit_end(conn, acting, id, &user.name)?;
        Ok(Written::nothing())
    })
    .await
}

/// Delete all sessions of a user.
///
/// Their tokens are refused at once, on every node; the user can log in again.
#[utoipa::path(
    tag = "users",
    params(("id" = String, Path, description = "The id of the user.", format = Uuid)),
    responses((status = NO_CONTENT, description = "No session is left.")),
    extensions(("x-unversioned" = json!(true)))
)]
#[delete("/users/{id}/sessions")]
async fn delete_user_sessions(desk: Desk<Admin>, id: Path<String>) -> Result<HttpResponse, ApiError> {
    let id = read_id(&id)?;
    desk.write(move |conn, acting| {
        let user = users::find(conn, id)?;
        if sessions::end_all_but(conn, id, None, acting.now)? > 0 {
            audit_end(conn, acting, id, &user.name)?;
        }
        Ok(Written::nothing())
    })
    .await
}

fn audit_end(conn: &mut Conn, acting: &Acting, id: UserId, name: &str) -> Result<(), Error> {
    let entry = Entry {
        action: "user.end_session".to_owned(),
        subject: "user",
        entity_id: Some(AnyId(id.0)),
        label: Some(name.to_owned()),
        ..Entry::default()
    };
    acting.audit(conn, entry)
}

/// The routes of a user's sessions.
pub fn desk_routes(routes: &mut Routes) {
    routes.service(list_user_sessions).service(delete_user_session).service(delete_user_sessions);
}
