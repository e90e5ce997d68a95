//! What the paper has put right, for readers: the corrections of all articles that are public.

use crate::corrections::{CorrectionQuery, SORTS, no_article, read_filter};
use crate::delivery::{Answer, Delivery};
use crate::error::ApiError;
use crate::page::{PageOut, PageQuery, PageRequest, link_header};
use crate::request::Query;
use crate::routing::Routes;
use actix_web::{HttpResponse, get};
use masthead_domain::column::AnyId;
use masthead_domain::correction::CorrectionType;
use masthead_domain::id::{ArticleId, CorrectionId};
use masthead_domain::kind::Kind;
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;
use masthead_store::error::Error;
use masthead_store::page::SortKey;
use masthead_store::record::Key;
use masthead_store::{corrections, public_articles};
use serde::Serialize;
use utoipa::ToSchema;

/// The article that a correction is of.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArticleReference {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c22")]
    pub id: ArticleId,
    #[schema(value_type = String, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", example = "council-keeps-the-last-ferry")]
    pub slug: Slug,
    #[schema(example = "Council keeps the last ferry")]
    pub title: String,
    /// The address of its page on the paper's website.
    #[schema(format = Uri, example = "https://paper.example/articles/council-keeps-the-last-ferry")]
    pub page_url: String,
}

/// A correction, with the article that it is of.
#[derive(Debug, Serialize, ToSchema)]
pub struct CorrectionItem {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")]
    pub id: CorrectionId,
    #[serde(rename = "type")]
    pub correction_type: CorrectionType,
    /// Plain text, not HTML.
    #[schema(example = "An earlier version gave the year of the first ferry as 1912. It was 1921.")]
    pub text: String,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T09:15:00Z")]
    pub at: Timestamp,
    pub article: ArticleReference,
}

/// A page of corrections.
#[derive(Debug, Serialize, ToSchema)]
pub struct CorrectionList {
    pub data: Vec<CorrectionItem>,
    pub page: PageOut,
}

/// List corrections.
///
/// What the paper has put right, the newest first: the corrections of all articles that are public.
#[utoipa::path(tag = "corrections", params(PageQuery, CorrectionQuery), responses((status = OK, description = "A page.", body = CorrectionList)))]
#[get("/corrections")]
async fn list_corrections(delivery: Delivery, mut query: Query) -> Result<HttpResponse, ApiError> {
    let (page, _) = PageRequest::read(&mut query, delivery.seal(), &SORTS);
    let (mut filter, article) = (read_filter(&mut query), query.text("article"));
    let canonical = query.finish()?;
    delivery
        .answer(canonical, move |reading| {
            if article.is_none() && !page.page.total {
                reading.is_one_statement();
            }
            if let Some(text) = article {
                let found = Key::parse(&text).map(|key| public_articles::find(reading.conn, &key, reading.now));
                filter.article_id = match found {
                    Some(Ok(article)) => Some(article.article_id),
                    None | Some(Err(Error::NotFound)) => return Err(no_article(&text)),
                    Some(Err(error)) => return Err(error.into()),
                };
            }
            let listing = corrections::list_public(reading.conn, &filter, &page.page, reading.now)?;
            reading.uses_all(Kind::Article)?;
            let article_path = reading.site()?.article_path.clone();
            let out = page.out(&reading.paper.seal, &listing, |(row, _)| (SortKey::Time(row.at), AnyId(row.id.0)));
            let link = link_header(reading.request, &out);
            let last_modified = listing.rows.iter().map(|(row, _)| row.updated_at).max();
            let mut data = Vec::with_capacity(listing.rows.len());
            for (row, (id, slug, title)) in listing.rows {
                reading.uses(Kind::Article, AnyId(id.0));
                let article = ArticleReference { id, page_url: reading.page_url(&article_path, &slug), slug, title };
                data.push(CorrectionItem { id: row.id, correction_type: row.correction_type, text: row.text, at: row.at, article });
            }
            Answer::list(&CorrectionList { data, page: out }, None, last_modified, link)
        })
        .await
}

/// The routes of the delivery side.
pub fn routes(routes: &mut Routes) {
    routes.service(list_corrections);
}
