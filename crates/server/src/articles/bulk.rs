//! One step for many articles in one request, each with its own result.

use crate::articles::drafts;
use crate::articles::steps::{StepRequest, take};
use crate::config::Config;
use crate::error::{ApiError, CurrentVersion, ProblemCode};
use crate::identity::Contributor;
use crate::request::{IfMatch, JsonBody};
use crate::routing::Routes;
use crate::writing::{Acting, Desk, Written};
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use masthead_domain::column::AnyId;
use masthead_domain::fault::{Fault, FaultCode};
use masthead_domain::id::ArticleId;
use masthead_domain::read::Reader;
use masthead_domain::time::Timestamp;
use masthead_domain::workflow::{ArticleState, Step};
use masthead_store::articles::{self, Article};
use masthead_store::dialect::Conn;
use masthead_store::record::Key;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// So many articles at once.
const ITEMS_MAX: usize = 100;

/// What is to be done, and to which articles.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"action": "withdraw", "items": [{"id": "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21", "version": 3, "reason": "The source has taken its account back."}], "all_or_nothing": false}))]
#[allow(dead_code, reason = "documents the body; it is read member by member")]
struct BulkIn {
    action: Step,
    #[schema(min_items = 1, max_items = 100)]
    items: Vec<BulkItemIn>,
    /// Whether nothing is to be done where not all of it can be.
    #[schema(default = false)]
    all_or_nothing: Option<bool>,
}

/// An article, the version that it was read in, and what its own action takes besides.
#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "documents the body; it is read member by member")]
struct BulkItemIn {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")]
    id: ArticleId,
    /// As in `If-Match`.
    #[schema(minimum = 1, example = 3)]
    version: i32,
    /// To publish or schedule: as there.
    #[schema(value_type = Option<String>, format = DateTime, example = "2020-10-19T06:00:00Z")]
    published_at: Option<Timestamp>,
    /// To schedule: when.
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-11-27T06:00:00Z")]
    publish_at: Option<Timestamp>,
    /// To publish or schedule: when it is to cease to be public.
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-12-24T18:00:00Z")]
    unpublish_at: Option<Timestamp>,
    /// To submit or return: what to say.
    #[schema(max_length = 2000, example = "The third paragraph needs a source.")]
    comment: Option<String>,
    /// To withdraw: why.
    #[schema(max_length = 2000, example = "The source has taken its account back.")]
    reason: Option<String>,
    /// To withdraw: what readers are told.
    #[schema(max_length = 500, example = "This article has been withdrawn.")]
    notice: Option<String>,
}

/// What became of one article.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BulkResult {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")]
    pub id: ArticleId,
    /// As if it had been a request by itself: 200, or 204 where it was deleted; 424 where it was undone for another's sake.
    #[schema(minimum = 200, maximum = 499, example = 200)]
    pub status: u16,
    /// Where it was changed: its version since.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, example = 4)]
    pub version: Option<i32>,
    /// Where it stands now, or stood when it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<ArticleState>,
    /// Where it was refused: why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<ProblemCode>,
    /// For a person to read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "From draft one can submit, publish, schedule, delete.")]
    pub detail: Option<String>,
    /// Every fault, as of a request by itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<Fault>,
    /// With `illegal_step`: the steps that are possible.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed: Option<Vec<Step>>,
    /// With `stale_version`: what the current version is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<CurrentVersion>,
}

impl BulkResult {
    fn of(id: ArticleId, status: StatusCode) -> Self {
        Self { id, status: status.as_u16(), version: None, state: None, code: None, detail: None, errors: Vec::new(), allowed: None, current: None }
    }

    fn done(id: ArticleId, article: Option<&Article>, now: Timestamp) -> Self {
        match article {
            Some(article) => Self { version: Some(article.version), state: Some(article.state(now)), ..Self::of(id, StatusCode::OK) },
            None => Self::of(id, StatusCode::NO_CONTENT),
        }
    }

    fn refused(id: ArticleId, refusal: ApiError) -> Self {
        let ApiError { code, detail, errors, state, allowed, current, .. } = refusal;
        Self { state, code: Some(code), detail: Some(detail), errors, allowed, current, ..Self::of(id, code.status_and_title().0) }
    }

    fn is_refused(&self) -> bool {
        self.code.is_some()
    }

    /// The same where all was undone because of another.
    fn undone(self) -> Self {
        if self.is_refused() { self } else { Self::of(self.id, StatusCode::FAILED_DEPENDENCY) }
    }
}

/// What became of each article, in the order of the request.
#[derive(Serialize, ToSchema)]
struct BulkOut {
    results: Vec<BulkResult>,
    /// How many were done.
    #[schema(example = 2)]
    succeeded: usize,
    #[schema(example = 1)]
    failed: usize,
}

/// What is asked for.
struct Asked {
    items: Vec<Item>,
    all_or_nothing: bool,
}

struct Item {
    id: ArticleId,
    version: i32,
    /// None to delete it.
    request: Option<StepRequest>,
}

impl Asked {
    /// Reads the body.
    ///
    /// # Errors
    /// All faults of all items.
    fn read(body: &Value) -> Result<Self, ApiError> {
        let mut faults = Vec::new();
        let mut reader = Reader::root(body, &mut faults);
        let action = reader.required_word::<Step>("action");
        let all_or_nothing = reader.boolean("all_or_nothing").unwrap_or_default();
        let given = reader.items("items", ITEMS_MAX);
        if given.is_empty() && body.is_object() && !reader.has_fault("items") {
            reader.fault("items", FaultCode::Required, "must have at least one item");
        }
        reader.finish();
        let mut items: Vec<Item> = Vec::new();
        for (pointer, value) in given {
            let mut own = Vec::new();
            let item = read_item(value, action, &mut own);
            faults.extend(own.into_iter().map(|fault| Fault { pointer: fault.pointer.map(|own| format!("{pointer}{own}")), ..fault }));
            let Some(item) = item else { continue };
            if items.iter().any(|other| other.id == item.id) {
                faults.push(Fault::at(format!("{pointer}/id"), FaultCode::Repeated, "stands in the list twice"));
            } else {
                items.push(item);
            }
        }
        if faults.is_empty() { Ok(Self { items, all_or_nothing }) } else { Err(ApiError::validation(faults)) }
    }
}

/// Reads one item, whose own members are those of the body of the action; notes its faults as of an object by itself.
fn read_item(value: &Value, action: Option<Step>, faults: &mut Vec<Fault>) -> Option<Item> {
    let mut rest = value.clone();
    let mut head = serde_json::Map::new();
    for name in ["id", "version"] {
        let member = rest.as_object_mut().and_then(|members| members.shift_remove(name));
        head.extend(member.map(|member| (name.to_owned(), member)));
    }
    let head = if value.is_object() { Value::Object(head) } else { value.clone() };
    let mut reader = Reader::root(&head, faults);
    let id = reader.required_id::<ArticleId>("id");
    let version = reader.integer("version", 1..=i64::from(i32::MAX));
    let version = reader.require("version", version).and_then(|version| i32::try_from(version).ok());
    reader.finish();
    if !value.is_object() {
        return None;
    }
    let request = match action? {
        Step::Submit => StepRequest::submit(&rest).map(Some),
        Step::Return => StepRequest::give_back(&rest).map(Some),
        Step::Publish => StepRequest::publish(&rest).map(Some),
        Step::Schedule => StepRequest::schedule(&rest).map(Some),
        Step::Withdraw => StepRequest::withdraw(&rest).map(Some),
        Step::Unschedule => StepRequest::Unschedule.bare(&rest).map(Some),
        Step::Unpublish => StepRequest::Unpublish.bare(&rest).map(Some),
        Step::Restore => StepRequest::Restore.bare(&rest).map(Some),
        Step::Delete => StepRequest::Restore.bare(&rest).map(|_| None),
    };
    match request {
        Ok(request) => Some(Item { id: id?, version: version?, request }),
        Err(refused) => {
            faults.extend(refused.errors);
            None
        }
    }
}

/// Does what is asked of one article, as far as the database goes, and undoes it where that is refused.
fn carry_out(conn: &mut Conn, acting: &Acting, public_url: &str, item: &Item) -> Result<BulkResult, ApiError> {
    let (key, if_match) = (Key::Id(AnyId(item.id.0)), IfMatch::Versions(vec![item.version]));
    let done = conn.savepoint(|conn| match &item.request {
        Some(request) => take(conn, acting, public_url, &key, &if_match, request).map(|working| Some(working.article)),
        None => drafts::delete(conn, acting, &key, &if_match).map(|()| None),
    });
    match done {
        Ok(article) => Ok(BulkResult::done(item.id, article.as_ref(), acting.now)),
        // What is no fault of the item's is one of the whole request.
        Err(refused) if refused.code.status_and_title().0.is_server_error() => Err(refused),
        Err(refused) => Ok(BulkResult::refused(item.id, refused)),
    }
}

/// Take a step with many articles.
///
/// The same step for up to 100 articles, each by its own version and with its own result: what is refused of one leaves the others
/// as they are. With `all_or_nothing` nothing is done where one is refused; the refusal then has the results of all.
#[utoipa::path(tag = "articles", request_body = BulkIn, responses((status = OK, description = "What became of each.", body = BulkOut), (status = CONFLICT, description = "Nothing was done, for not all of it can be; `results` tells why.")))]
#[post("/articles/bulk")]
async fn change_articles(desk: Desk<Contributor>, config: Data<Config>, body: JsonBody) -> Result<HttpResponse, ApiError> {
    let Asked { items, all_or_nothing } = Asked::read(&body.0)?;
    let public_url = config.public_url.clone();
    desk.write(move |conn, acting| {
        articles::lock_all(conn, &items.iter().map(|item| item.id).collect::<Vec<_>>())?;
        let mut results = Vec::with_capacity(items.len());
        for item in &items {
            results.push(carry_out(conn, acting, &public_url, item)?);
        }
        let failed = results.iter().filter(|result| result.is_refused()).count();
        if all_or_nothing && failed > 0 {
            let detail = format!("{failed} of {} were refused, and nothing was done.", results.len());
            let results = results.into_iter().map(BulkResult::undone).collect();
            return Err(ApiError { results: Some(results), ..ApiError::new(ProblemCode::BulkRefused, detail) });
        }
        Written::json(StatusCode::OK, &BulkOut { succeeded: results.len() - failed, failed, results })
    })
    .await
}

/// The route.
pub fn routes(routes: &mut Routes) {
    routes.service(change_articles);
}
