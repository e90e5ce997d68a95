//! The endpoints of the steps.

use crate::articles::steps::{StepRequest, take};
use crate::articles::working::{EditorArticle, change};
use crate::config::Config;
use crate::desk::Versioned;
use crate::error::ApiError;
use crate::identity::{Contributor, Editor};
use crate::record::key;
use crate::request::{IfMatch, JsonBody, OptionalJsonBody};
use crate::routing::Routes;
use crate::writing::Desk;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, post};
use masthead_domain::time::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;

/// What to say to the editors.
#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "documents the body; it is read member by member")]
struct SubmitIn {
    #[schema(max_length = 2000, example = "The numbers are checked; a picture is still to come.")]
    comment: Option<String>,
}

/// What to say to the writer.
#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "documents the body; it is read member by member")]
struct ReturnIn {
    #[schema(min_length = 1, max_length = 2000, example = "Who says so? The third paragraph needs a source.")]
    comment: String,
}

/// How to publish.
#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "documents the body; it is read member by member")]
struct PublishIn {
    /// For a piece that was first published elsewhere or earlier: when. Only in the past, and only before the first publication here.
    #[schema(value_type = Option<String>, format = DateTime, example = "2020-10-19T06:00:00Z")]
    published_at: Option<Timestamp>,
    /// When it is to cease to be public; null for never. Left out, an end that was set before stays.
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-12-24T18:00:00Z")]
    unpublish_at: Option<Timestamp>,
}

/// When to publish.
#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "documents the body; it is read member by member")]
struct ScheduleIn {
    /// In the future.
    #[schema(value_type = String, format = DateTime, example = "2026-11-27T06:00:00Z")]
    publish_at: Timestamp,
    /// When it is to cease to be public; not for a revision that takes the place of a public one.
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-12-24T18:00:00Z")]
    unpublish_at: Option<Timestamp>,
}

/// Why it is withdrawn.
#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "documents the body; it is read member by member")]
struct WithdrawIn {
    /// For the editors.
    #[schema(min_length = 1, max_length = 2000, example = "The source has taken its account back.")]
    reason: String,
    /// What readers are told at its address; a plain sentence where absent.
    #[schema(max_length = 500, example = "This article did not meet our standards and has been withdrawn.")]
    notice: Option<String>,
}

macro_rules! step_route {
    (
        $(#[$doc:meta])*
        $path:literal, $function:ident, $role:ty, $body_type:ty, request $request:ty, $read:expr, $done:literal
    ) => {
        $(#[$doc])*
        #[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug.", max_length = 120)), request_body(content = $request), responses((status = OK, description = $done, body = EditorArticle), (status = CONFLICT, description = "Not from this state; `allowed` names the possible steps.")))]
        #[post($path)]
        async fn $function(
            desk: Desk<$role>,
            config: Data<Config>,
            id: Path<String>,
            if_match: IfMatch,
            body: $body_type,
        ) -> Result<HttpResponse, ApiError> {
            let (key, request) = (key(&id)?, $read(&body.0)?);
            let public_url = config.public_url.clone();
            change(desk, config, None, Versioned::ok, move |conn, acting, _| take(conn, acting, &public_url, &key, &if_match, &request)).await
        }
    };
    (
        $(#[$doc:meta])*
        $path:literal, $function:ident, $request:expr, $done:literal
    ) => {
        $(#[$doc])*
        #[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug.", max_length = 120)), responses((status = OK, description = $done, body = EditorArticle), (status = CONFLICT, description = "Not from this state; `allowed` names the possible steps.")))]
        #[post($path)]
        async fn $function(
            desk: Desk<Editor>,
            config: Data<Config>,
            id: Path<String>,
            if_match: IfMatch,
            body: OptionalJsonBody,
        ) -> Result<HttpResponse, ApiError> {
            let (key, request) = (key(&id)?, $request.bare(&body.0)?);
            let public_url = config.public_url.clone();
            change(desk, config, None, Versioned::ok, move |conn, acting, _| take(conn, acting, &public_url, &key, &if_match, &request)).await
        }
    };
}

step_route! {
    /// Submit an article.
    ///
    /// Hands a draft to the editors, with a word to them if need be.
    "/articles/{id}/submit", submit_article, Contributor, OptionalJsonBody, request Option<SubmitIn>, StepRequest::submit, "In review."
}

step_route! {
    /// Return an article.
    ///
    /// Gives an article in review back to its writer, and says why.
    "/articles/{id}/return", return_article, Editor, JsonBody, request ReturnIn, StepRequest::give_back, "A draft again."
}

step_route! {
    /// Publish an article.
    ///
    /// Makes the latest revision public at once. What is missing is listed all at once: a text, parts of a credit, a
    /// permission that does not cover today, an embargo.
    "/articles/{id}/publish", publish_article, Editor, OptionalJsonBody, request Option<PublishIn>, StepRequest::publish, "Public."
}

step_route! {
    /// Schedule an article.
    ///
    /// Makes the latest revision public at a time to come; by the clock alone, to the second. Of an article that is public
    /// already it takes the place of the public revision then, in one step. What is missing is listed now.
    "/articles/{id}/schedule", schedule_article, Editor, JsonBody, request ScheduleIn, StepRequest::schedule, "Scheduled."
}

step_route! {
    /// Unschedule an article.
    ///
    /// Makes a draft of it again, or leaves the public revision where it is; possible until its time.
    "/articles/{id}/unschedule", unschedule_article, StepRequest::Unschedule, "Nothing is to come any more."
}

step_route! {
    /// Unpublish an article.
    ///
    /// Takes it out of public at once; the time of its first publication is kept.
    "/articles/{id}/unpublish", unpublish_article, StepRequest::Unpublish, "A draft again."
}

step_route! {
    /// Withdraw an article.
    ///
    /// Takes it out of public for a reason; its address answers 410 with a notice from then on.
    "/articles/{id}/withdraw", withdraw_article, Editor, JsonBody, request WithdrawIn, StepRequest::withdraw, "Withdrawn."
}

step_route! {
    /// Restore an article.
    ///
    /// Makes a draft of a withdrawn article, which can be published again.
    "/articles/{id}/restore", restore_article, StepRequest::Restore, "A draft again."
}

/// The routes of the steps.
pub fn routes(routes: &mut Routes) {
    routes
        .service(submit_article)
        .service(return_article)
        .service(publish_article)
        .service(schedule_article)
        .service(unschedule_article)
        .service(unpublish_article)
        .service(withdraw_article)
        .service(restore_article);
}
