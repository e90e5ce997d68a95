//! Users, as administrators manage them: inviting, changing, disabling, deleting.

pub mod writing;

use self::writing::versioned;
use crate::config::Config;
use crate::error::ApiError;
use crate::identity::Admin;
use crate::one_time_links::NewLink;
use crate::page::{PageOut, PageQuery, PageRequest, link_header};
use crate::record::{FieldsQuery, RECORD_SORTS, RecordQuery, place};
use crate::request::{IfMatch, JsonBody, Query};
use crate::routing::Routes;
use crate::seal::Seal;
use crate::view::{desk_item, desk_list};
use crate::writing::Desk;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, delete, get, patch, post};
use masthead_domain::column::AnyId;
use masthead_domain::email::EmailAddress;
use masthead_domain::id::{BranchId, SectionId, UserId};
use masthead_domain::permission::Role;
use masthead_domain::time::Timestamp;
use masthead_domain::user::Standing;
use masthead_store::db::Db;
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::record::RecordSort;
use masthead_store::users::{self, User, UserFilter};
use masthead_store::{one_time_links, second_factors};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// What an administrator enters for a user.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct UserIn {
    /// What the user logs in with.
    #[schema(value_type = String, format = Email, max_length = 254, example = "ida@paper.example")]
    pub email: EmailAddress,
    /// The local part of the address where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200, example = "Ida Moss")]
    pub name: Option<String>,
    pub role: Role,
    /// Someone who is disabled can do nothing; what they wrote stays.
    #[schema(default = false, example = false)]
    pub disabled: bool,
    /// An editor's rights over articles are limited to these sections and all under them; none means all.
    #[schema(value_type = Vec<String>, default = json!([]), max_items = 100, example = json!(["01936d6c-7a10-7c3e-9d55-6b1f0e9a4c24"]))]
    pub section_ids: Vec<SectionId>,
    /// An editor's rights over meetings are limited to those of these branches; none means all.
    #[schema(value_type = Vec<String>, default = json!([]), max_items = 100, example = json!(["01936d6c-7a10-7c3e-9d55-6b1f0e9a4c25"]))]
    pub branch_ids: Vec<BranchId>,
}

/// What an administrator sees of a user.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EditorUser {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")]
    pub id: UserId,
    /// Rises by one with each change; to be sent in `If-Match`.
    #[schema(minimum = 1, example = 3)]
    pub version: i32,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:30:00Z")]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:45:00Z")]
    pub updated_at: Timestamp,
    /// Who changed it last; absent where the server did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c22")]
    pub updated_by: Option<UserId>,
    #[schema(value_type = String, format = Email, example = "ida@paper.example")]
    pub email: EmailAddress,
    #[schema(example = "Ida Moss")]
    pub name: String,
    pub role: Role,
    #[schema(example = false)]
    pub disabled: bool,
    #[schema(value_type = Vec<String>, example = json!(["01936d6c-7a10-7c3e-9d55-6b1f0e9a4c24"]))]
    pub section_ids: Vec<SectionId>,
    #[schema(value_type = Vec<String>, example = json!(["01936d6c-7a10-7c3e-9d55-6b1f0e9a4c25"]))]
    pub branch_ids: Vec<BranchId>,
    /// False until the invitation is accepted.
    #[schema(example = true)]
    pub has_password: bool,
    /// Whether a code is asked for at login beside the password.
    #[schema(example = true)]
    pub has_second_factor: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-11-26T07:40:00Z")]
    pub last_login_at: Option<Timestamp>,
    /// When the invitation ends that has not been accepted yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-11-29T07:30:00Z")]
    pub invited_until: Option<Timestamp>,
    /// Only in the reply to the creation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invitation: Option<Invitation>,
}

/// A page of users.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditorUserList {
    pub data: Vec<EditorUser>,
    pub page: PageOut,
}

/// A link by which an invited user chooses a password, once. It is shown this one time; hand it over yourself.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Invitation {
    /// What `POST /v1/auth/invitation` takes.
    #[schema(example = "mhi_2JcV0m3o8XK1yVxq6Zb0c9n5d4e7f1a2B3C4D5E6F7G")]
    pub token: String,
    /// The page of the desk that takes it.
    #[schema(format = Uri, example = "https://desk.paper.example/invitation#token=mhi_2JcV0m3o8XK1yVxq6Zb0c9n5d4e7f1a2B3C4D5E6F7G")]
    pub url: String,
    #[schema(value_type = String, format = DateTime, example = "2026-11-29T07:30:00Z")]
    pub expires_at: Timestamp,
}

impl From<NewLink> for Invitation {
    fn from(link: NewLink) -> Self {
        Self { token: link.token.expose().to_owned(), url: link.url, expires_at: link.expires_at }
    }
}

impl EditorUser {
    /// The members that `fields` may name.
    pub const FIELDS: &'static [&'static str] = &[
        "id",
        "version",
        "created_at",
        "updated_at",
        "updated_by",
        "email",
        "name",
        "role",
        "disabled",
        "section_ids",
        "branch_ids",
        "has_password",
        "has_second_factor",
        "last_login_at",
        "invited_until",
        "invitation",
    ];
}

impl From<&User> for UserIn {
    fn from(user: &User) -> Self {
        Self {
            email: user.email.clone(),
            name: Some(user.name.clone()),
            role: user.role,
            disabled: user.disabled_at.is_some(),
            section_ids: user.section_ids.0.clone(),
            branch_ids: user.branch_ids.0.clone(),
        }
    }
}

impl UserIn {
    fn standing(&self) -> Standing {
        Standing { role: self.role, is_disabled: self.disabled }
    }
}

/// Users with what is kept beside their rows.
fn shown(conn: &mut Conn, users: Vec<User>) -> Result<Vec<EditorUser>, Error> {
    let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
    let invitations = one_time_links::invitations(conn, &ids)?;
    let with_second_factor = second_factors::confirmed(conn, &ids)?;
    let show = |user: User| EditorUser {
        id: user.id,
        version: user.version,
        created_at: user.created_at,
        updated_at: user.updated_at,
        updated_by: user.updated_by,
        has_password: user.has_password(),
        email: user.email,
        name: user.name,
        role: user.role,
        disabled: user.disabled_at.is_some(),
        section_ids: user.section_ids.0,
        branch_ids: user.branch_ids.0,
        has_second_factor: with_second_factor.contains(&user.id),
        last_login_at: user.last_login_at,
        invited_until: invitations.iter().find(|(id, _)| *id == user.id).map(|(_, until)| *until),
        invitation: None,
    };
    Ok(users.into_iter().map(show).collect())
}

/// The id in a path.
pub fn read_id(text: &str) -> Result<UserId, ApiError> {
    UserId::parse(text).ok_or_else(ApiError::not_found)
}

/// The filters of the users.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
struct UserQuery {
    /// Only those of this role.
    #[param(inline)]
    role: Option<Role>,
    /// Only those who are disabled, or only those who are not.
    disabled: Option<bool>,
}

/// List users.
///
/// Everybody who can log in or could once, a page at a time.
#[utoipa::path(tag = "users", params(PageQuery, RecordQuery, UserQuery), responses((status = OK, description = "A page.", body = EditorUserList)))]
#[get("/users")]
async fn list_users(db: Data<Db>, seal: Data<Seal>, _: Admin, mut query: Query) -> Result<HttpResponse, ApiError> {
    let fields = query.words("fields", EditorUser::FIELDS);
    let (page, sort) = PageRequest::read(&mut query, &seal, &RECORD_SORTS);
    let filter = UserFilter { role: query.word("role"), is_disabled: query.choice("disabled"), updated_since: query.time("updated_since") };
    let canonical = query.finish()?;
    let sort = sort.unwrap_or(RecordSort::Name);
    let asked = page.page.clone();
    let (listing, data) = db
        .read(move |conn| -> Result<_, Error> {
            let listing = users::list(conn, &filter, sort, &asked)?;
            let data = shown(conn, listing.rows.clone())?;
            Ok((listing, data))
        })
        .await?;
    let page = page.out(&seal, &listing, |row| place(sort, &row.name, row.updated_at, AnyId(row.id.0)));
    let link = link_header(&canonical, &page);
    desk_list(&EditorUserList { data, page }, fields.as_deref(), link)
}

/// Find one of the users.
///
/// The user of that id, with its version.
#[utoipa::path(tag = "users", params(("id" = String, Path, description = "The id of the user.", format = Uuid), FieldsQuery), responses((status = OK, description = "Found.", body = EditorUser)))]
#[get("/users/{id}")]
async fn find_user(db: Data<Db>, _: Admin, id: Path<String>, mut query: Query) -> Result<HttpResponse, ApiError> {
    let fields = query.words("fields", EditorUser::FIELDS);
    query.finish()?;
    let id = read_id(&id)?;
    let found = db
        .read(move |conn| -> Result<_, ApiError> {
            let user = users::find(conn, id)?;
            versioned(conn, user)
        })
        .await?;
    desk_item(&found, fields.as_deref())
}

/// Create a user.
///
/// Adds a user without a password, and gives the link by which they choose one. The link works once, for 72 hours.
#[utoipa::path(tag = "users", request_body = UserIn, responses((status = CREATED, description = "Added and invited.", body = EditorUser)))]
#[post("/users")]
async fn create_user(desk: Desk<Admin>, config: Data<Config>, body: JsonBody) -> Result<HttpResponse, ApiError> {
    desk.write(move |conn, acting| writing::create(conn, acting, &config, &body.0)).await
}

/// Update a user.
///
/// A merge patch. A change of the role, and disabling, end all sessions of the user at once. Nobody changes their own
/// role, and the last administrator who can log in stays one.
#[utoipa::path(
    tag = "users",
    params(("id" = String, Path, description = "The id of the user.", format = Uuid)),
    request_body = UserIn,
    responses(
        (status = OK, description = "As it is now.", body = EditorUser),
        (status = CONFLICT, description = "It is your own account, or that of the last administrator."),
    )
)]
#[patch("/users/{id}")]
async fn update_user(desk: Desk<Admin>, id: Path<String>, if_match: IfMatch, body: JsonBody) -> Result<HttpResponse, ApiError> {
    let id = read_id(&id)?;
    desk.write(move |conn, acting| writing::update(conn, acting, id, &if_match, body.0)).await
}

/// Delete a user.
///
/// Only one who has written nothing; others are disabled, so that it stays known who wrote what.
#[utoipa::path(
    tag = "users",
    params(("id" = String, Path, description = "The id of the user.", format = Uuid)),
    responses(
        (status = NO_CONTENT, description = "Deleted."),
        (status = CONFLICT, description = "They have written something, it is your own account, or that of the last administrator."),
    )
)]
#[delete("/users/{id}")]
async fn delete_user(desk: Desk<Admin>, id: Path<String>, if_match: IfMatch) -> Result<HttpResponse, ApiError> {
    let id = read_id(&id)?;
    desk.write(move |conn, acting| writing::delete(conn, acting, id, &if_match)).await
}

/// Invite a user again.
///
/// Gives a new link to someone who has no password yet; the one they had works no more.
#[utoipa::path(
    tag = "users",
    params(("id" = String, Path, description = "The id of the user.", format = Uuid)),
    responses(
        (status = OK, description = "The link.", body = Invitation),
        (status = CONFLICT, description = "They have a password already, or are disabled."),
    ),
    extensions(("x-unversioned" = json!(true)))
)]
#[post("/users/{id}/invitation")]
async fn create_invitation(desk: Desk<Admin>, config: Data<Config>, id: Path<String>) -> Result<HttpResponse, ApiError> {
    let id = read_id(&id)?;
    desk.write(move |conn, acting| writing::invite(conn, acting, &config, id)).await
}

/// The routes of the users.
pub fn desk_routes(routes: &mut Routes) {
    routes.service(list_users).service(find_user).service(create_user).service(update_user).service(delete_user).service(create_invitation);
}
