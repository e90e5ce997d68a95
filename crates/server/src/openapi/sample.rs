//! A small newsroom, written the way the real handlers are, to try the document's rules on.

#![allow(dead_code, reason = "the types are described and never used")]

use actix_web::{HttpResponse, Responder, delete, get, patch, post, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::error::Problem;
use crate::routing::describe;

/// Where an article stands.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Draft,
    Published,
}

/// What an editor sends.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ArticleIn {
    /// The whole title.
    #[schema(min_length = 1, max_length = 300, example = "Nurses strike again")]
    pub title: String,
    /// Under the title.
    pub standfirst: Option<String>,
    /// Where it stands.
    pub status: Option<Status>,
    /// Labels.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// An article as the desk sees it.
#[derive(Serialize, ToSchema)]
pub struct ArticleOut {
    pub id: uuid::Uuid,
    /// Rises by one with every change.
    pub version: i64,
    /// The whole title.
    pub title: String,
    /// Under the title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standfirst: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// When it was first published, if it was.
    #[schema(required, format = "date-time")]
    pub published_at: Option<String>,
    /// What its body is made of.
    pub blocks: Vec<Block>,
    /// Names in other languages.
    pub names: std::collections::BTreeMap<String, String>,
    /// What it replies to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub parent: Option<Box<ArticleOut>>,
}

/// A piece of a body.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum Block {
    Paragraph(ParagraphBlock),
    Quote(QuoteBlock),
}

/// The literal `paragraph`.
#[derive(Serialize, ToSchema)]
pub struct ParagraphBlock {
    #[serde(rename = "type")]
    #[schema(inline)]
    pub kind: ParagraphKind,
    pub text: String,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ParagraphKind {
    Paragraph,
}

/// A quotation.
#[derive(Serialize, ToSchema)]
pub struct QuoteBlock {
    #[serde(rename = "type")]
    #[schema(inline)]
    pub kind: QuoteKind,
    pub text: String,
    pub source: String,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuoteKind {
    Quote,
}

/// Where a list goes on.
#[derive(Serialize, ToSchema)]
pub struct Page {
    #[schema(minimum = 1, maximum = 100)]
    pub limit: u32,
    #[schema(required)]
    pub next: Option<String>,
    #[schema(required)]
    pub previous: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

/// One page of articles.
#[derive(Serialize, ToSchema)]
pub struct ArticleList {
    pub data: Vec<ArticleOut>,
    pub page: Page,
}

/// What narrows a list of articles.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ArticleQuery {
    /// How many.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// Only these labels.
    #[param(pattern = "^[a-z0-9]+(-[a-z0-9]+)*(,[a-z0-9]+(-[a-z0-9]+)*)*$", example = "strike,nhs")]
    tag: Option<String>,
    /// Only in this state.
    status: Option<Status>,
    /// Only these parts.
    #[param(inline)]
    fields: Option<Vec<ArticleField>>,
    /// In what order.
    #[param(inline)]
    sort: Option<ArticleSort>,
    /// Count them all.
    total: Option<bool>,
}

/// A part of an article.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ArticleField {
    Id,
    Title,
}

/// The orders of a list.
#[derive(Deserialize, ToSchema)]
#[schema(title = "ArticleSort")]
pub enum ArticleSort {
    #[serde(rename = "title")]
    Title,
    #[serde(rename = "-title")]
    TitleDescending,
}

/// List articles
///
/// Newest first.
#[utoipa::path(tag = "articles", params(ArticleQuery), responses((status = OK, body = ArticleList)))]
#[get("")]
async fn list_articles() -> impl Responder {
    HttpResponse::Ok()
}

/// Find an article
///
/// By its slug or its id.
#[utoipa::path(tag = "articles", params(("slug" = String, Path, description = "Slug or id")), responses((status = OK, body = ArticleOut, headers(("Last-Modified" = String))), (status = 301, description = "Moved"), (status = 410, body = Problem)))]
#[get("/{slug}")]
async fn find_article(_slug: web::Path<String>) -> impl Responder {
    HttpResponse::Ok()
}

/// Create an article
///
/// As a draft.
#[utoipa::path(tag = "articles", request_body = ArticleIn, responses((status = CREATED, body = ArticleOut), (status = CONFLICT, description = "The slug is taken", body = Problem)))]
#[post("")]
async fn create_article(_article: web::Json<ArticleIn>) -> impl Responder {
    HttpResponse::Ok()
}

/// Change an article
///
/// A merge patch.
#[utoipa::path(tag = "articles", params(("id" = uuid::Uuid, Path, description = "The id.")), request_body = ArticleIn, responses((status = OK, body = ArticleOut)))]
#[patch("/{id}")]
async fn update_article(_id: web::Path<uuid::Uuid>, _article: web::Json<ArticleIn>) -> impl Responder {
    HttpResponse::Ok()
}

/// Delete an article
///
/// For good.
#[utoipa::path(tag = "articles", params(("id" = uuid::Uuid, Path, description = "The id.")), responses((status = NO_CONTENT)))]
#[delete("/{id}")]
async fn delete_article(_id: web::Path<uuid::Uuid>) -> impl Responder {
    HttpResponse::NoContent()
}

/// Publish an article
///
/// At once.
#[utoipa::path(tag = "articles", params(("id" = uuid::Uuid, Path, description = "The id.")), responses((status = OK, body = ArticleOut), (status = CONFLICT)))]
#[post("/{id}/publish")]
async fn publish_article(_id: web::Path<uuid::Uuid>) -> impl Responder {
    HttpResponse::Ok()
}

/// Upload a file
///
/// As it is.
#[utoipa::path(tag = "media", request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses((status = CREATED, body = ArticleOut)))]
#[post("/v1/editor/media/raw")]
async fn upload_media(_file: web::Bytes) -> impl Responder {
    HttpResponse::Ok()
}

/// Upload a form
///
/// With its caption.
#[utoipa::path(tag = "media", request_body(content = UploadForm, content_type = "multipart/form-data"), responses((status = CREATED, body = ArticleOut)))]
#[post("/v1/editor/media")]
async fn create_media(_file: web::Bytes) -> impl Responder {
    HttpResponse::Ok()
}

/// A file and what is said of it.
#[derive(ToSchema)]
pub struct UploadForm {
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
    caption: String,
}

/// What utoipa writes for it.
pub fn raw() -> Value {
    describe(|routes| {
        routes.scope("/v1/articles", |routes| {
            routes.service(list_articles).service(find_article);
        });
        routes.scope("/v1/editor/articles", |routes| {
            routes.service(create_article).service(update_article).service(delete_article).service(publish_article);
        });
        routes.service(upload_media).service(create_media);
    })
}
