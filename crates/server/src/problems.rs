//! The documentation of the problem codes, at the addresses that problem documents give as their `type`.

use crate::config::Config;
use crate::error::{ApiError, ProblemCode, problem_address};
use crate::routing::Routes;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};
use masthead_domain::vocabulary::Vocabulary;
use serde::Serialize;
use utoipa::ToSchema;

/// What a problem code means.
#[derive(Serialize, ToSchema)]
pub struct ProblemType {
    pub code: ProblemCode,
    #[serde(rename = "type")]
    #[schema(format = Uri, example = "https://api.paper.example/problems/validation_failed")]
    pub problem_type: String,
    #[schema(example = "The content has faults")]
    pub title: String,
    #[schema(example = 422, minimum = 400, maximum = 599)]
    pub status: u16,
}

/// All problem codes.
#[derive(Serialize, ToSchema)]
pub struct ProblemTypeList {
    pub data: Vec<ProblemType>,
}

fn describe(config: &Config, code: ProblemCode) -> ProblemType {
    let (status, title) = code.status_and_title();
    ProblemType { code, problem_type: problem_address(&config.api_url, code), title: title.to_owned(), status: status.as_u16() }
}

/// The same until another release.
fn reply(content: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header(("Cache-Control", "public, max-age=300")).json(content)
}

/// List the problem codes.
///
/// Every code that a problem document may carry, with its status.
#[utoipa::path(tag = "operations", responses((status = OK, description = "All codes.", body = ProblemTypeList)))]
#[get("/problems")]
async fn list_problems(config: Data<Config>, query: crate::request::Query) -> Result<HttpResponse, ApiError> {
    query.finish()?;
    let data = ProblemCode::ALL.iter().map(|code| describe(&config, *code)).collect();
    Ok(reply(&ProblemTypeList { data }))
}

/// Find a problem code.
///
/// What the code at the end of a problem document's `type` means.
#[utoipa::path(tag = "operations", params(("code" = String, Path, description = "The code.", max_length = 100)), responses((status = OK, description = "What it means.", body = ProblemType)))]
#[get("/problems/{code}")]
async fn find_problem(config: Data<Config>, code: Path<String>, query: crate::request::Query) -> Result<HttpResponse, ApiError> {
    query.finish()?;
    let code = ProblemCode::parse(&code).ok_or_else(ApiError::not_found)?;
    Ok(reply(&describe(&config, code)))
}

/// The routes of the documentation.
pub fn routes(routes: &mut Routes) {
    routes.service(list_problems).service(find_problem);
}
