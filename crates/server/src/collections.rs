//! Collections: what an editor puts together, and the articles that readers get of it.

use crate::delivery::{Answer, Delivery, Found, Reading};
use crate::error::ApiError;
use crate::page::{PageOut, PageQuery, PageRequest, link_header};
use crate::public_articles::{Teaser, left_out, teasers};
use crate::record::{FieldsQuery, RECORD_SORTS, RecordQuery, key, place};
use crate::request::Query;
use crate::routing::Routes;
use actix_web::web::Path;
use actix_web::{HttpResponse, delete, get, patch, post};
use masthead_domain::article::read_slug;
use masthead_domain::collection::{Fill, SIZE_DEFAULT, SIZE_MAX, Slot, next_end};
use masthead_domain::column::{AnyId, Json};
use masthead_domain::fault::{Fault, FaultCode};
use masthead_domain::id::{ArticleId, CollectionId, UserId};
use masthead_domain::kind::Kind;
use masthead_domain::permission::Role;
use masthead_domain::read::Reader;
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::page::Page;
use masthead_store::public_articles::{self, PublicArticle, PublicFilter, PublicSort};
use masthead_store::record::{Key, Meta, RecordFilter, RecordSort};
use masthead_store::{articles, collections, sections, tags};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};

/// How many collections can be asked for at once.
const TOGETHER_MAX: usize = 20;

/// How many articles can be left out.
const EXCLUDE_MAX: usize = 50;

/// What an editor enters for a collection.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CollectionIn {
    /// Made from the name where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", example = "front-page")]
    pub slug: Option<Slug>,
    #[schema(min_length = 1, max_length = 200, example = "Front page")]
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 5000, example = "What matters today.")]
    pub description: Option<String>,
    /// How many articles readers get.
    #[schema(minimum = 1, maximum = 100, default = 10, example = 5)]
    pub size: i32,
    /// The articles put in by hand, in order; they come first, while they are public.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, max_items = 100)]
    pub slots: Vec<Slot>,
    /// What the places left are filled with; nothing where absent, the newest of all where empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fill: Option<Fill>,
}

/// What an editor sees of a collection.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EditorCollection {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c2a")]
    pub id: CollectionId,
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
    #[serde(flatten)]
    pub content: CollectionIn,
}

impl EditorCollection {
    /// The members that `fields` may name.
    pub const FIELDS: &'static [&'static str] =
        &["id", "version", "created_at", "updated_at", "updated_by", "slug", "name", "description", "size", "slots", "fill"];

    /// What someone of that role is shown: everything.
    #[must_use]
    pub fn shown_to(self, _: Role) -> Self {
        self
    }
}

impl From<collections::Collection> for EditorCollection {
    fn from(row: collections::Collection) -> Self {
        let content = to_input(&row);
        Self { id: row.id, version: row.version, created_at: row.created_at, updated_at: row.updated_at, updated_by: row.updated_by, content }
    }
}

/// A page of collections to edit.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditorCollectionList {
    pub data: Vec<EditorCollection>,
    pub page: PageOut,
}

/// A collection.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Collection {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c2a")]
    pub id: CollectionId,
    #[schema(value_type = String, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", example = "front-page")]
    pub slug: Slug,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:45:00Z")]
    pub updated_at: Timestamp,
    #[schema(example = "Front page")]
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "What matters today.")]
    pub description: Option<String>,
    /// Its articles in order, those put in by hand first; in lists only with `slugs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<Teaser>>,
}

impl Collection {
    /// The members that `fields` may name.
    pub const FIELDS: &'static [&'static str] = &["id", "slug", "updated_at", "name", "description", "items"];

    fn of(row: collections::Collection, items: Option<Vec<Teaser>>) -> Self {
        Self { id: row.id, slug: row.slug, updated_at: row.updated_at, name: row.name, description: row.description, items }
    }
}

/// A page of collections.
#[derive(Debug, Serialize, ToSchema)]
pub struct CollectionList {
    pub data: Vec<Collection>,
    pub page: PageOut,
}

impl crate::desk::Record for collections::Collection {
    const KIND: Kind = Kind::Collection;
    type In = CollectionIn;
    type Editor = EditorCollection;

    fn read(reader: &mut Reader) -> CollectionIn {
        CollectionIn {
            slug: read_slug(reader),
            name: reader.required_line("name", 200),
            description: reader.filled_text("description", 5000),
            size: reader.integer("size", 1..=SIZE_MAX).and_then(|size| i32::try_from(size).ok()).unwrap_or(SIZE_DEFAULT),
            slots: Slot::read_all(reader),
            fill: reader.object("fill", Fill::read),
        }
    }

    fn check(conn: &mut Conn, input: &mut CollectionIn, own: Option<AnyId>, faults: &mut Vec<Fault>) -> Result<(), Error> {
        let mut missing =
            |pointer: String, what: &str| faults.push(Fault::at(pointer, FaultCode::Dangling, format!("there is no {what} of this id")));
        let wanted: Vec<ArticleId> = input.slots.iter().map(|slot| slot.article_id).collect();
        let known: Vec<ArticleId> = articles::creators(conn, &wanted)?.into_iter().map(|(id, _)| id).collect();
        // An article that was put in before may be gone by now.
        let before = match own {
            Some(id) => collections::find(conn, &Key::Id(id))?.slots.0,
            None => Vec::new(),
        };
        for (index, id) in wanted.iter().enumerate() {
            if !known.contains(id) && !before.iter().any(|slot| slot.article_id == *id) {
                missing(format!("/slots/{index}/article_id"), "article");
            }
        }
        if let Some(fill) = &input.fill {
            if let Some(id) = fill.section_id
                && sections::by_ids(conn, &[id])?.is_empty()
            {
                missing("/fill/section_id".to_owned(), "section");
            }
            if let Some(id) = fill.tag_id
                && tags::by_ids(conn, &[id])?.is_empty()
            {
                missing("/fill/tag_id".to_owned(), "tag");
            }
        }
        Ok(())
    }

    fn slug_source(input: &mut CollectionIn) -> (&mut Option<Slug>, &str) {
        (&mut input.slug, &input.name)
    }

    fn input(&self, _: &mut Conn) -> Result<CollectionIn, Error> {
        Ok(to_input(self))
    }

    fn build(input: CollectionIn, meta: Meta) -> Self {
        Self {
            id: meta.id.0.into(),
            slug: meta.slug,
            version: meta.version,
            created_at: meta.created_at,
            updated_at: meta.updated_at,
            updated_by: meta.updated_by,
            name: input.name,
            description: input.description,
            size: input.size,
            slots: Json(input.slots),
            fill_section_id: input.fill.as_ref().and_then(|fill| fill.section_id),
            fill_tag_id: input.fill.as_ref().and_then(|fill| fill.tag_id),
            fill: input.fill.map(Json),
        }
    }

    fn editor(self, _: CollectionIn) -> EditorCollection {
        self.into()
    }

    record_verbs!(collections);
}

fn to_input(row: &collections::Collection) -> CollectionIn {
    CollectionIn {
        slug: Some(row.slug.clone()),
        name: row.name.clone(),
        description: row.description.clone(),
        size: row.size,
        slots: row.slots.0.clone(),
        fill: row.fill.as_ref().map(|fill| fill.0.clone()),
    }
}

record_desk_routes! {
    collections::Collection, tag "collections", one "collection", many "collections", path "/collections", item "/collections/{id}",
    input CollectionIn, editor EditorCollection, editor_list EditorCollectionList,
    operations list_editor_collections find_editor_collection create_collection update_collection delete_collection,
    filter |query, filter| {}
}

/// What stands in a collection at this moment, without the articles `taken`; those that do are taken then.
fn resolve(reading: &mut Reading<'_>, row: &collections::Collection, taken: &mut Vec<ArticleId>) -> Result<Vec<Teaser>, Error> {
    let now = reading.now;
    reading.uses(Kind::Collection, AnyId(row.id.0));
    reading.uses_all(Kind::Article)?;
    reading.holds_until(next_end(&row.slots.0, now));
    let size = usize::try_from(row.size).unwrap_or_default();
    let pinned: Vec<&Slot> = row.slots.0.iter().filter(|slot| slot.holds(now) && !taken.contains(&slot.article_id)).collect();
    let ids: Vec<ArticleId> = pinned.iter().map(|slot| slot.article_id).collect();
    let mut public: HashMap<ArticleId, PublicArticle> =
        public_articles::by_ids(reading.conn, &ids, now)?.into_iter().map(|article| (article.article_id, article)).collect();
    let mut items: Vec<PublicArticle> = pinned
        .into_iter()
        .filter_map(|slot| {
            let article = public.remove(&slot.article_id)?;
            Some(PublicArticle { title: slot.title.clone().unwrap_or_else(|| article.title.clone()), ..article })
        })
        .take(size)
        .collect();
    taken.extend(items.iter().map(|article| article.article_id));
    if let Some(Json(fill)) = row.fill.as_ref().filter(|_| items.len() < size) {
        let filter = PublicFilter {
            section_ids: fill.section_id.map(|id| vec![id]),
            tag_ids: fill.tag_id.map(|id| vec![id]),
            language: fill.language.clone(),
            exclude: taken.clone(),
            ..PublicFilter::default()
        };
        let found = public_articles::list(reading.conn, &filter, PublicSort::PublishedAt, &Page::first(size - items.len(), true), now)?.rows;
        taken.extend(found.iter().map(|article| article.article_id));
        items.extend(found);
    }
    teasers(reading, &items)
}

fn find(reading: &mut Reading<'_>, key: &Key) -> Result<Found<collections::Collection>, Error> {
    reading.find_or_moved(Kind::Collection, key, |row: &collections::Collection| AnyId(row.id.0), collections::find)
}

/// Several collections in the order in which they are asked for; no article stands in two of them.
fn together(reading: &mut Reading<'_>, slugs: &[String], exclude: &[String]) -> Result<Vec<Collection>, ApiError> {
    let mut taken = left_out(reading, exclude)?;
    let mut found: Vec<Collection> = Vec::new();
    for slug in slugs {
        let key = Key::parse(slug);
        let row = match key.map_or(Err(Error::NotFound), |key| find(reading, &key)) {
            Ok(Found::Here(row) | Found::Moved(row)) => row,
            Err(Error::NotFound) => {
                return Err(ApiError::query(vec![Fault::parameter("slugs", FaultCode::Dangling, format!("{slug:?} does not exist"))]));
            }
            Err(error) => return Err(error.into()),
        };
        if found.iter().all(|other| other.id != row.id) {
            let items = resolve(reading, &row, &mut taken)?;
            found.push(Collection::of(row, Some(items)));
        }
    }
    Ok(found)
}

/// Which collections are wanted with their articles.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
struct TogetherQuery {
    /// Only these collections, by slug or id, separated by commas, with their articles, in this order. No article stands in two
    /// of them. Not together with `limit`, `cursor`, `sort` and `updated_since`.
    #[param(max_length = 2500, pattern = "^[a-z0-9-]+(,[a-z0-9-]+)*$")]
    slugs: Option<String>,
}

/// Which articles are not wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
struct ExcludeQuery {
    /// Articles to leave out, slugs or ids separated by commas, such as those that stand elsewhere on the page.
    #[param(max_length = 6100, pattern = "^[a-z0-9-]+(,[a-z0-9-]+)*$")]
    exclude: Option<String>,
}

/// List collections.
///
/// By name and without their articles; with `slugs` those named, with their articles, so that one request carries a front page.
#[utoipa::path(tag = "collections", params(PageQuery, RecordQuery, TogetherQuery, ExcludeQuery), responses((status = OK, description = "A page.", body = CollectionList)))]
#[get("/collections")]
async fn list_collections(delivery: Delivery, mut query: Query) -> Result<HttpResponse, ApiError> {
    let fields = query.words("fields", Collection::FIELDS);
    let slugs = query.list("slugs", TOGETHER_MAX);
    let exclude = query.list("exclude", EXCLUDE_MAX);
    if let Some(slugs) = &slugs {
        // The order is part of the request.
        query.respell("slugs", slugs.join(","));
        for name in ["limit", "cursor", "sort", "updated_since"] {
            if query.is_given(name) {
                query.fault(name, FaultCode::Unknown, "does not go together with slugs");
            }
        }
    } else if exclude.is_some() {
        query.fault("exclude", FaultCode::Unknown, "goes together with slugs only");
    }
    let (page, sort) = PageRequest::read(&mut query, delivery.seal(), &RECORD_SORTS);
    let filter = RecordFilter { updated_since: query.time("updated_since"), ..RecordFilter::default() };
    let canonical = query.finish()?;
    let sort = sort.unwrap_or(RecordSort::Name);
    delivery
        .answer(canonical, move |reading| {
            let (data, out): (Vec<Collection>, PageOut) = if let Some(slugs) = &slugs {
                let data = together(reading, slugs, exclude.as_deref().unwrap_or_default())?;
                let total = page.page.total.then(|| i64::try_from(data.len()).unwrap_or(i64::MAX));
                (data, PageOut { limit: page.page.limit, next: None, previous: None, total })
            } else {
                let listing = collections::list(reading.conn, &filter, sort, &page.page)?;
                reading.uses_all(Kind::Collection)?;
                let out = page.out(&reading.paper.seal, &listing, |row| place(sort, &row.name, row.updated_at, AnyId(row.id.0)));
                (listing.rows.into_iter().map(|row| Collection::of(row, None)).collect(), out)
            };
            let link = link_header(reading.request, &out);
            let last_modified = data.iter().map(|collection| collection.updated_at).max();
            Answer::list(&CollectionList { data, page: out }, fields.as_deref(), last_modified, link)
        })
        .await
}

/// Find a collection.
///
/// The collection of that slug or id with its articles: those put in by hand while they are public and have not ended, then the
/// newest by its rule. A slug that it gave up leads to the one it has.
#[utoipa::path(tag = "collections", params(("slug" = String, Path, description = "Slug or id.", max_length = 120), FieldsQuery, ExcludeQuery), responses((status = OK, description = "Found.", body = Collection), (status = MOVED_PERMANENTLY, description = "It has another slug now.")))]
#[get("/collections/{slug}")]
async fn find_collection(delivery: Delivery, slug: Path<String>, mut query: Query) -> Result<HttpResponse, ApiError> {
    let fields = query.words("fields", Collection::FIELDS);
    let exclude = query.list("exclude", EXCLUDE_MAX).unwrap_or_default();
    let canonical = query.finish()?;
    let key = key(&slug)?;
    delivery
        .answer(canonical, move |reading| match find(reading, &key)? {
            Found::Here(row) => {
                let mut taken = left_out(reading, &exclude)?;
                let items = resolve(reading, &row, &mut taken)?;
                let updated_at = items.iter().map(|item| item.published_at).chain([row.updated_at]).max().unwrap_or(row.updated_at);
                Answer::item(&Collection::of(row, Some(items)), fields.as_deref(), updated_at)
            }
            Found::Moved(row) => Ok(Answer::moved(reading, "/v1/collections", &row.slug)),
        })
        .await
}

record_revision_routes! {
    collections::Collection, tag "collections", one "a collection", list "/collections/{id}/revisions", item "/collections/{id}/revisions/{number}",
    input CollectionIn, revision CollectionRevision, operations list_collection_revisions find_collection_revision
}

/// The routes of the delivery side.
pub fn routes(routes: &mut Routes) {
    routes.service(list_collections).service(find_collection);
}
