//! The audit log, for administrators.

use crate::error::ApiError;
use crate::identity::Admin;
use crate::page::{PageOut, PageQuery, PageRequest, link_header};
use crate::request::Query;
use crate::routing::Routes;
use crate::seal::Seal;
use crate::view::desk_list;
use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use masthead_domain::column::AnyId;
use masthead_domain::fault::FaultCode;
use masthead_domain::id::{AuditEntryId, UserId};
use masthead_domain::time::Timestamp;
use masthead_store::audit::{self, AuditEntry, AuditFilter};
use masthead_store::db::Db;
use masthead_store::page::SortKey;
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

/// One entry of the audit log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub struct AuditEntryOut {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")]
    pub id: AuditEntryId,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:30:00Z")]
    pub at: Timestamp,
    /// The user; absent where the server did it, or somebody who is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c22")]
    pub actor_id: Option<UserId>,
    /// The user's name as it was then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Ida Moss")]
    pub actor_name: Option<String>,
    /// The API key that was used, where one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c23")]
    pub api_key_id: Option<AnyId>,
    /// The noun and the verb.
    #[schema(example = "article.publish")]
    pub action: String,
    /// The noun of what it was done to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "article")]
    pub subject: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c24")]
    pub entity_id: Option<AnyId>,
    /// What it was called then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Council keeps the last ferry")]
    pub label: Option<String>,
    /// The members that were changed, as they were; long texts are cut, revisions have them whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>, example = json!({"state": "draft"}))]
    pub before: Option<Value>,
    /// The same members as they are since.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>, example = json!({"state": "published"}))]
    pub after: Option<Value>,
    /// As in the header `X-Request-Id` of the reply.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c25")]
    pub request_id: Option<String>,
    /// Where the request came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "192.0.2.7")]
    pub address: Option<String>,
}

impl From<AuditEntry> for AuditEntryOut {
    fn from(row: AuditEntry) -> Self {
        Self {
            id: row.id,
            at: row.at,
            actor_id: row.actor_id,
            actor_name: row.actor_name,
            api_key_id: row.api_key_id,
            action: row.action,
            subject: row.subject,
            entity_id: row.entity_id,
            label: row.label,
            before: row.before.map(|json| json.0),
            after: row.after.map(|json| json.0),
            request_id: row.request_id,
            address: row.address,
        }
    }
}

/// A page of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntryList {
    pub data: Vec<AuditEntryOut>,
    pub page: PageOut,
}

/// The filters of the audit log.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
struct AuditQuery {
    /// What this user did.
    #[param(value_type = Option<String>, format = Uuid)]
    actor: Option<String>,
    /// Only this action, like `article.publish`.
    #[param(max_length = 100, pattern = "^[a-z_.]+$")]
    action: Option<String>,
    /// Only what was done to things of this noun, like `article`.
    #[param(max_length = 100, pattern = "^[a-z_]+$")]
    subject: Option<String>,
    /// Only what was done to the thing of this id.
    #[param(value_type = Option<String>, format = Uuid)]
    entity: Option<String>,
    /// At or after this time.
    #[param(value_type = Option<String>, format = DateTime, pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")]
    from: Option<String>,
    /// Before this time.
    #[param(value_type = Option<String>, format = DateTime, pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")]
    to: Option<String>,
    /// The order; `-` means the newest first.
    #[param(inline)]
    sort: Option<AuditSortIn>,
}

/// The orders of the audit log.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "documents the parameter; it is read from SORTS")]
enum AuditSortIn {
    #[serde(rename = "-at")]
    AtDescending,
    #[serde(rename = "at")]
    At,
}

const SORTS: [(&str, ()); 2] = [("-at", ()), ("at", ())];

/// List the audit log.
///
/// Who did what to which, before and after, from where; the newest first. Entries stay when what they tell of is deleted.
#[utoipa::path(tag = "audit", params(PageQuery, AuditQuery), responses((status = OK, description = "A page.", body = AuditEntryList)))]
#[get("/audit")]
async fn list_audit_entries(db: Data<Db>, seal: Data<Seal>, _: Admin, mut query: Query) -> Result<HttpResponse, ApiError> {
    let (page, _) = PageRequest::read(&mut query, &seal, &SORTS);
    let filter = AuditFilter {
        actor_id: query.uuid("actor").map(UserId),
        action: query.text("action"),
        subject: query.text("subject"),
        entity_id: query.uuid("entity").map(AnyId),
        from: query.time("from"),
        to: query.time("to"),
    };
    if let (Some(from), Some(to)) = (filter.from, filter.to)
        && from > to
    {
        query.fault("to", FaultCode::OutOfRange, "is before `from`");
    }
    let canonical = query.finish()?;
    let wanted = page.page.clone();
    let listing = db.read(move |conn| audit::list(conn, &filter, &wanted)).await?;
    let page = page.out(&seal, &listing, |row| (SortKey::Time(row.at), AnyId(row.id.0)));
    let link = link_header(&canonical, &page);
    let list = AuditEntryList { data: listing.rows.into_iter().map(AuditEntryOut::from).collect(), page };
    desk_list(&list, None, link)
}

/// The routes of the editing side.
pub fn desk_routes(routes: &mut Routes) {
    routes.service(list_audit_entries);
}
