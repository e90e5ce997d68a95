//! Keys of programs: made, limited, rotated and taken away by administrators.

mod writing;

use crate::error::ApiError;
use crate::identity::Admin;
use crate::page::{PageOut, PageQuery, PageRequest, link_header};
use crate::record::{FieldsQuery, RECORD_SORTS, RecordQuery, place};
use crate::request::{IfMatch, JsonBody, OptionalJsonBody, Query};
use crate::routing::Routes;
use crate::seal::Seal;
use crate::view::{desk_item, desk_list};
use crate::writing::Desk;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, delete, get, patch, post};
use masthead_domain::api_key::Scope;
use masthead_domain::column::AnyId;
use masthead_domain::fault::FaultCode;
use masthead_domain::id::{ApiKeyId, UserId};
use masthead_domain::time::Timestamp;
use masthead_store::api_keys::{self, ApiKey, ApiKeyFilter};
use masthead_store::db::Db;
use masthead_store::record::RecordSort;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What an administrator enters for a key.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ApiKeyIn {
    /// What the key is for.
    #[schema(min_length = 1, max_length = 200, example = "The website's build")]
    pub name: String,
    /// What it may be used for, and no more than its owner may.
    #[schema(min_items = 1, example = json!(["desk:read", "articles:write"]))]
    pub scopes: Vec<Scope>,
    /// At most two years from now; a year where absent.
    #[schema(value_type = Option<String>, format = DateTime, example = "2027-11-26T07:30:00Z")]
    pub expires_at: Option<Timestamp>,
}

/// How a key is rotated.
#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "documents the body; it is read member by member")]
pub struct ApiKeyRotation {
    /// For how many hours the old secret works on.
    #[schema(minimum = 0, maximum = 168, default = 24, example = 24)]
    overlap_hours: Option<i64>,
}

/// What an administrator sees of a key.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EditorApiKey {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")]
    pub id: ApiKeyId,
    /// Rises by one with each change; to be sent in `If-Match`.
    #[schema(minimum = 1, example = 3)]
    pub version: i32,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:30:00Z")]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:45:00Z")]
    pub updated_at: Timestamp,
    /// Who changed it last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c22")]
    pub updated_by: Option<UserId>,
    #[schema(example = "The website's build")]
    pub name: String,
    #[schema(example = json!(["desk:read", "articles:write"]))]
    pub scopes: Vec<Scope>,
    /// Who made it. It has no more rights than they have, and none where they are disabled.
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c23")]
    pub owner_id: UserId,
    /// How the secret begins.
    #[schema(example = "mhk_Ab3d")]
    pub hint: String,
    #[schema(value_type = String, format = DateTime, example = "2027-11-26T07:30:00Z")]
    pub expires_at: Timestamp,
    /// To the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-11-26T07:40:00Z")]
    pub last_used_at: Option<Timestamp>,
    /// Until when the secret of before the last rotation works.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-11-27T07:45:00Z")]
    pub previous_until: Option<Timestamp>,
    /// The secret, for `Authorization: Bearer …`. Only in the replies to the creation and to a rotation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "mhk_Ab3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5bC7d0Z1y2X")]
    pub key: Option<String>,
}

/// A page of keys.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditorApiKeyList {
    pub data: Vec<EditorApiKey>,
    pub page: PageOut,
}

impl EditorApiKey {
    /// The members that `fields` may name.
    pub const FIELDS: &'static [&'static str] = &[
        "id",
        "version",
        "created_at",
        "updated_at",
        "updated_by",
        "name",
        "scopes",
        "owner_id",
        "hint",
        "expires_at",
        "last_used_at",
        "previous_until",
        "key",
    ];
}

impl From<ApiKey> for EditorApiKey {
    fn from(key: ApiKey) -> Self {
        Self {
            id: key.id,
            version: key.version,
            created_at: key.created_at,
            updated_at: key.updated_at,
            updated_by: key.updated_by,
            name: key.name,
            scopes: key.scopes.0,
            owner_id: key.owner_id,
            hint: key.hint,
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
            previous_until: key.previous_until,
            key: None,
        }
    }
}

fn read_id(text: &str) -> Result<ApiKeyId, ApiError> {
    ApiKeyId::parse(text).ok_or_else(ApiError::not_found)
}

/// The filters of the keys.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
struct ApiKeyQuery {
    /// Only those of the user of this id.
    #[param(value_type = Option<String>, format = Uuid, pattern = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    owner: Option<String>,
}

/// List API keys.
///
/// All keys, a page at a time; never their secrets.
#[utoipa::path(tag = "api-keys", params(PageQuery, RecordQuery, ApiKeyQuery), responses((status = OK, description = "A page.", body = EditorApiKeyList)))]
#[get("/api-keys")]
async fn list_api_keys(db: Data<Db>, seal: Data<Seal>, _: Admin, mut query: Query) -> Result<HttpResponse, ApiError> {
    let fields = query.words("fields", EditorApiKey::FIELDS);
    let (page, sort) = PageRequest::read(&mut query, &seal, &RECORD_SORTS);
    let owner_id = query.text("owner").and_then(|text| {
        let id = UserId::parse(&text);
        if id.is_none() {
            query.fault("owner", FaultCode::InvalidFormat, "must be the id of a user");
        }
        id
    });
    let filter = ApiKeyFilter { owner_id, updated_since: query.time("updated_since") };
    let canonical = query.finish()?;
    let sort = sort.unwrap_or(RecordSort::Name);
    let asked = page.page.clone();
    let listing = db.read(move |conn| api_keys::list(conn, &filter, sort, &asked)).await?;
    let page = page.out(&seal, &listing, |row| place(sort, &row.name, row.updated_at, AnyId(row.id.0)));
    let link = link_header(&canonical, &page);
    let list = EditorApiKeyList { data: listing.rows.into_iter().map(EditorApiKey::from).collect(), page };
    desk_list(&list, fields.as_deref(), link)
}

/// Find one of the API keys.
///
/// The key of that id, with its version; never its secret.
#[utoipa::path(tag = "api-keys", params(("id" = String, Path, description = "The id of the key.", format = Uuid), FieldsQuery), responses((status = OK, description = "Found.", body = EditorApiKey)))]
#[get("/api-keys/{id}")]
async fn find_api_key(db: Data<Db>, _: Admin, id: Path<String>, mut query: Query) -> Result<HttpResponse, ApiError> {
    let fields = query.words("fields", EditorApiKey::FIELDS);
    query.finish()?;
    let id = read_id(&id)?;
    let found = db.read(move |conn| api_keys::find(conn, id)).await?;
    desk_item(&writing::versioned(found), fields.as_deref())
}

/// Create an API key.
///
/// Adds a key of your own, with no more rights than its scopes and you have. The secret is shown this one time.
#[utoipa::path(tag = "api-keys", request_body = ApiKeyIn, responses((status = CREATED, description = "Added.", body = EditorApiKey)))]
#[post("/api-keys")]
async fn create_api_key(desk: Desk<Admin>, body: JsonBody) -> Result<HttpResponse, ApiError> {
    desk.write(move |conn, acting| writing::create(conn, acting, &body.0)).await
}

/// Update an API key.
///
/// A merge patch of name, scopes and expiry. It holds from the next request on.
#[utoipa::path(
    tag = "api-keys",
    params(("id" = String, Path, description = "The id of the key.", format = Uuid)),
    request_body = ApiKeyIn,
    responses((status = OK, description = "As it is now.", body = EditorApiKey))
)]
#[patch("/api-keys/{id}")]
async fn update_api_key(desk: Desk<Admin>, id: Path<String>, if_match: IfMatch, body: JsonBody) -> Result<HttpResponse, ApiError> {
    let id = read_id(&id)?;
    desk.write(move |conn, acting| writing::update(conn, acting, id, &if_match, body.0)).await
}

/// Delete an API key.
///
/// It is refused from the next request on.
#[utoipa::path(
    tag = "api-keys",
    params(("id" = String, Path, description = "The id of the key.", format = Uuid)),
    responses((status = NO_CONTENT, description = "Deleted."))
)]
#[delete("/api-keys/{id}")]
async fn delete_api_key(desk: Desk<Admin>, id: Path<String>, if_match: IfMatch) -> Result<HttpResponse, ApiError> {
    let id = read_id(&id)?;
    desk.write(move |conn, acting| writing::delete(conn, acting, id, &if_match)).await
}

/// Rotate an API key.
///
/// Gives it a new secret, shown this one time. The old one works on for the overlap, so that the program can be changed
/// over at leisure; one from before that is refused at once.
#[utoipa::path(
    tag = "api-keys",
    params(("id" = String, Path, description = "The id of the key.", format = Uuid)),
    request_body = ApiKeyRotation,
    responses((status = OK, description = "With its new secret.", body = EditorApiKey))
)]
#[post("/api-keys/{id}/rotate")]
async fn rotate_api_key(desk: Desk<Admin>, id: Path<String>, if_match: IfMatch, body: OptionalJsonBody) -> Result<HttpResponse, ApiError> {
    let id = read_id(&id)?;
    desk.write(move |conn, acting| writing::rotate(conn, acting, id, &if_match, &body.0)).await
}

/// The routes of the keys.
pub fn desk_routes(routes: &mut Routes) {
    routes
        .service(list_api_keys)
        .service(find_api_key)
        .service(create_api_key)
        .service(update_api_key)
        .service(delete_api_key)
        .service(rotate_api_key);
}
