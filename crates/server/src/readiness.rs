//! Whether an article could go public: what stands in the way, and what an editor should look at.

use crate::articles::publication::{all_findings, publication_faults};
use crate::articles::working::find_working;
use crate::config::Config;
use crate::error::ApiError;
use crate::identity::Contributor;
use crate::record::key;
use crate::request::Query;
use crate::routing::Routes;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};
use masthead_domain::fault::Fault;
use masthead_domain::readiness::{Check, Policy};
use masthead_store::db::Db;
use masthead_store::site;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
struct Finding {
    /// What was looked for; absent for what no paper can do without.
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<Check>,
    #[serde(flatten)]
    fault: Fault,
}

/// Whether an article could go public.
#[derive(Debug, Serialize, ToSchema)]
struct ArticleReadiness {
    /// Whether nothing stands in the way.
    #[schema(example = false)]
    is_ready: bool,
    /// What publishing would be refused for.
    blockers: Vec<Finding>,
    /// What an editor should look at.
    warnings: Vec<Finding>,
}

/// When it would go public.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
struct ReadinessQuery {
    /// At this time instead of now: permissions and embargoes begin and end.
    #[param(value_type = Option<String>, format = DateTime, pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")]
    at: Option<String>,
}

/// Find whether an article is ready.
///
/// What publishing its latest revision would be refused for, and what an editor should look at. The setting `readiness`
/// says what the paper insists on.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug.", max_length = 120), ReadinessQuery), extensions(("x-unversioned" = json!(true))), responses((status = OK, description = "What was found.", body = ArticleReadiness)))]
#[get("/articles/{id}/readiness")]
async fn find_readiness(
    db: Data<Db>,
    clock: Data<crate::clock::Clock>,
    config: Data<Config>,
    contributor: Contributor,
    id: Path<String>,
    mut query: Query,
) -> Result<HttpResponse, ApiError> {
    let now = clock.now();
    let at = query.time("at").map_or(now, |at| at.max(now));
    query.finish()?;
    let key = key(&id)?;
    let readiness = db
        .read(move |conn| -> Result<ArticleReadiness, ApiError> {
            let working = find_working(conn, &contributor.0, &key)?;
            let policies = site::find(conn)?.readiness.0;
            let faults = publication_faults(conn, &working.content, at)?;
            let mut blockers: Vec<Finding> = faults.into_iter().map(|fault| Finding { check: None, fault }).collect();
            let mut warnings = Vec::new();
            for (check, fault) in all_findings(conn, &config.public_url, &working.article, &working.content, at)? {
                let finding = Finding { check: Some(check), fault };
                match policies.of(check) {
                    Policy::Block => blockers.push(finding),
                    Policy::Warn => warnings.push(finding),
                    Policy::Ignore => {}
                }
            }
            Ok(ArticleReadiness { is_ready: blockers.is_empty(), blockers, warnings })
        })
        .await?;
    Ok(HttpResponse::Ok().json(readiness))
}

/// The routes of the editing side.
pub fn desk_routes(routes: &mut Routes) {
    routes.service(find_readiness);
}
