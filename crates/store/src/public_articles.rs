//! What readers may see. No draft is ever written to these tables, and every query that reads them is built on
//! the one visibility rule (`visibility.rs`), so that nothing is seen before its time.

use crate::dialect::Conn;
use crate::error::Error;
use crate::narrowing::{AmongAny, AmongFirst, Narrowing, PlannedAnew, Unindexed, placed, rarest};
use crate::on_each;
use crate::one_of::{none_of, one_of};
use crate::page::{Listing, Page};
use crate::record::{Key, distinct};
use crate::schema::public_articles::dsl;
use crate::schema::{public_article_authors, public_article_media, public_article_publications, public_article_tags, public_bodies};
use crate::search;
use crate::visibility::is_public;
use diesel::prelude::*;
use masthead_domain::article::{BylineIn, IndexPolicy, LeadImage, MediaUseIn, media_uses};
use masthead_domain::column::{AnyId, Json};
use masthead_domain::correction::Correction;
use masthead_domain::credit::Credit;
use masthead_domain::id::{ArticleId, AuthorId, IssueId, PublicationId, SectionId, TagId};
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// The public revision of an article, without its body.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = crate::schema::public_articles, treat_none_as_default_value = false)]
pub struct PublicArticle {
    pub article_id: ArticleId,
    pub slug: Slug,
    pub visible_from: Timestamp,
    pub visible_until: Option<Timestamp>,
    /// The first publication, kept for ever.
    pub published_at: Timestamp,
    /// The publication of this revision.
    pub updated_at: Timestamp,
    pub title: String,
    pub standfirst: Option<String>,
    /// The beginning of the body as plain text, from which excerpts are cut; empty where there is a standfirst.
    pub opening: String,
    pub language: String,
    pub section_id: Option<SectionId>,
    pub issue_id: Option<IssueId>,
    pub word_count: i32,
    pub details: Json<Details>,
}

/// The parts of a public revision that no query looks into.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Details {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bylines: Vec<BylineIn>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub byline_text: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credits: Vec<Credit>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tag_ids: Vec<TagId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related_ids: Vec<ArticleId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead_image: Option<LeadImage>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<MediaUseIn>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canonical_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index_policy: Option<IndexPolicy>,
    /// A copy, so that an article is read by one statement; the newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Correction>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issue_page: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issue_position: Option<u32>,
}

/// The body of a public revision, cleaned.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = crate::schema::public_bodies, treat_none_as_default_value = false)]
pub struct PublicBody {
    pub article_id: ArticleId,
    pub html: String,
    pub markdown: String,
    pub plain: String,
}

/// The public article of that id or slug.
///
/// # Errors
/// [`Error::NotFound`]
pub fn find(conn: &mut Conn, key: &Key, now: Timestamp) -> Result<PublicArticle, Error> {
    let article = match key {
        Key::Id(id) => {
            let id = ArticleId(id.0);
            on_each!(conn => dsl::public_articles.filter(is_public(now)).filter(dsl::article_id.eq(id)).select(PublicArticle::as_select()).first(conn))
        }
        Key::Slug(slug) => {
            on_each!(conn => dsl::public_articles.filter(is_public(now)).filter(dsl::slug.eq(slug)).select(PublicArticle::as_select()).first(conn))
        }
    };
    Ok(article?)
}

/// The public article of that id or slug and its body in one form, by one statement.
///
/// # Errors
/// [`Error::NotFound`]
pub fn find_with_body(conn: &mut Conn, key: &Key, column: BodyColumn, now: Timestamp) -> Result<(PublicArticle, String), Error> {
    let bodies = || dsl::public_articles.inner_join(public_bodies::table).filter(is_public(now));
    macro_rules! found {
        ($conn:ident, $query:expr) => {
            match column {
                BodyColumn::Html => $query.select((PublicArticle::as_select(), public_bodies::html)).first($conn),
                BodyColumn::Markdown => $query.select((PublicArticle::as_select(), public_bodies::markdown)).first($conn),
                BodyColumn::Plain => $query.select((PublicArticle::as_select(), public_bodies::plain)).first($conn),
            }
        };
    }
    let found = match key {
        Key::Id(id) => {
            let id = ArticleId(id.0);
            on_each!(conn => found!(conn, bodies().filter(dsl::article_id.eq(id))))
        }
        Key::Slug(slug) => on_each!(conn => found!(conn, bodies().filter(dsl::slug.eq(slug)))),
    };
    Ok(found?)
}

/// How an article stands in public, whether it is visible by now or not.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = crate::schema::public_articles)]
pub struct Standing {
    pub slug: Slug,
    /// When its publication was put into the change sequence.
    pub announced_at: Option<Timestamp>,
}

/// How an article stands in public, if it does: for the editing side.
///
/// # Errors
/// Those of the database.
pub fn standing(conn: &mut Conn, id: ArticleId) -> Result<Option<Standing>, Error> {
    Ok(on_each!(conn => dsl::public_articles.filter(dsl::article_id.eq(id)).select(Standing::as_select()).first(conn).optional())?)
}

/// Writes what readers get of the corrections of an article, if it stands in public, whether it is visible by now or not. Where it
/// is visible, returns whether that had been announced; it is from now on.
///
/// # Errors
/// Those of the database.
pub fn set_corrections(conn: &mut Conn, id: ArticleId, corrections: Vec<Correction>, now: Timestamp) -> Result<Option<bool>, Error> {
    type Found = (PublicArticle, Option<Timestamp>);
    let found: Option<Found> = on_each!(conn => {
        dsl::public_articles.filter(dsl::article_id.eq(id)).select((PublicArticle::as_select(), dsl::announced_at)).first(conn).optional()
    })?;
    let Some((article, announced_at)) = found else { return Ok(None) };
    let is_visible = article.visible_from <= now && article.visible_until.is_none_or(|until| until > now);
    let details = Json(Details { corrections, ..article.details.0 });
    let updated_at = if is_visible { now } else { article.updated_at };
    let announced = if is_visible { announced_at.or(Some(now)) } else { announced_at };
    on_each!(conn => {
        diesel::update(dsl::public_articles.filter(dsl::article_id.eq(id)))
            .set((dsl::details.eq(details), dsl::updated_at.eq(updated_at), dsl::announced_at.eq(announced)))
            .execute(conn)
    })?;
    Ok(is_visible.then_some(announced_at.is_some()))
}

/// An article whose publication is to be announced.
#[derive(Debug, Clone, Queryable)]
pub struct Due {
    pub article_id: ArticleId,
    pub revision: Option<i32>,
    /// Present where it was public before: it is no news then.
    pub first_published_at: Option<Timestamp>,
}

/// Marks the articles whose time has come as announced, at most `limit`, and returns them. Of several nodes that ask at once,
/// one gets each.
///
/// # Errors
/// Those of the database.
pub fn announce_due(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<Due>, Error> {
    use crate::schema::articles;
    let due: Vec<ArticleId> = on_each!(conn => {
        dsl::public_articles
            .filter(dsl::announced_at.is_null())
            .filter(dsl::visible_from.le(now))
            .order(dsl::visible_from)
            .limit(limit)
            .select(dsl::article_id)
            .load(conn)
    })?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    // The condition is checked again under the lock of each row, so what another node has announced meanwhile is left out.
    let announced: Vec<ArticleId> = on_each!(conn => {
        diesel::update(dsl::public_articles.filter(dsl::article_id.eq_any(due)).filter(dsl::announced_at.is_null()))
            .set(dsl::announced_at.eq(Some(now)))
            .returning(dsl::article_id)
            .get_results(conn)
    })?;
    let columns = (articles::id, articles::public_revision, articles::first_published_at);
    Ok(on_each!(conn => articles::table.filter(articles::id.eq_any(announced)).order(articles::visible_from).select(columns).load(conn))?)
}

/// When the oldest publication that waits to be announced was due, if one waits by now.
///
/// # Errors
/// Those of the database.
pub fn oldest_due(conn: &mut Conn, now: Timestamp) -> Result<Option<Timestamp>, Error> {
    Ok(on_each!(conn => {
        dsl::public_articles
            .filter(dsl::announced_at.is_null())
            .filter(dsl::visible_from.le(now))
            .order(dsl::visible_from)
            .select(dsl::visible_from)
            .first(conn)
            .optional()
    })?)
}

/// The next moment after `now` at which an article becomes visible or ceases to be, whatever else happens.
///
/// # Errors
/// Those of the database.
pub fn next_moment(conn: &mut Conn, now: Timestamp) -> Result<Option<Timestamp>, Error> {
    let begins: Option<Timestamp> = on_each!(conn => {
        // What is still to come has not been announced; the condition lets the index of those be used.
        dsl::public_articles
            .filter(dsl::announced_at.is_null())
            .filter(dsl::visible_from.gt(now))
            .order(dsl::visible_from)
            .select(dsl::visible_from)
            .first(conn)
            .optional()
    })?;
    let ends: Option<Timestamp> = on_each!(conn => {
        dsl::public_articles
            .filter(dsl::visible_until.gt(Some(now)))
            .order(dsl::visible_until)
            .select(dsl::visible_until.assume_not_null())
            .first(conn)
            .optional()
    })?;
    Ok(begins.into_iter().chain(ends).min())
}

/// The public articles of these ids, in no order.
///
/// # Errors
/// Those of the database.
pub fn by_ids(conn: &mut Conn, ids: &[ArticleId], now: Timestamp) -> Result<Vec<PublicArticle>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = one_of(dsl::article_id, ids);
    Ok(on_each!(conn => {
        dsl::public_articles.filter(is_public(now)).filter(wanted).select(PublicArticle::as_select()).load(conn)
    })?)
}

/// The public articles of a printed issue, at most `limit`, the first published first.
///
/// # Errors
/// Those of the database.
pub fn by_issue(conn: &mut Conn, id: IssueId, limit: i64, now: Timestamp) -> Result<Vec<PublicArticle>, Error> {
    Ok(on_each!(conn => {
        dsl::public_articles
            .filter(is_public(now))
            .filter(dsl::issue_id.eq(Some(id)))
            .order((dsl::published_at, dsl::article_id))
            .limit(limit)
            .select(PublicArticle::as_select())
            .load(conn)
    })?)
}

/// The public copies of these articles, whether they are visible by now or not, in no order: for the editing side.
///
/// # Errors
/// Those of the database.
pub fn standing_by_ids(conn: &mut Conn, ids: &[ArticleId]) -> Result<Vec<PublicArticle>, Error> {
    let wanted = one_of(dsl::article_id, ids);
    Ok(on_each!(conn => dsl::public_articles.filter(wanted).select(PublicArticle::as_select()).load(conn))?)
}

/// Writes the details of public articles anew, where something that they refer to has become part of another, and indexes them.
///
/// # Errors
/// Those of the database.
pub fn rewrite(conn: &mut Conn, articles: &[PublicArticle]) -> Result<(), Error> {
    for article in articles {
        let written = diesel::update(dsl::public_articles.filter(dsl::article_id.eq(article.article_id)));
        on_each!(conn => written.set(dsl::details.eq(&article.details)).execute(conn))?;
    }
    search::index_anew(conn, &articles.iter().map(|article| article.article_id).collect::<Vec<_>>())
}

/// A form that bodies are kept in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyColumn {
    Html,
    Markdown,
    Plain,
}

/// The bodies of public articles in one form, in no order; the other forms are not read.
///
/// # Errors
/// Those of the database.
pub fn bodies(conn: &mut Conn, ids: &[ArticleId], column: BodyColumn, now: Timestamp) -> Result<Vec<(ArticleId, String)>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let bodies = public_bodies::table.inner_join(dsl::public_articles).filter(is_public(now)).filter(one_of(public_bodies::article_id, ids));
    Ok(on_each!(conn => match column {
        BodyColumn::Html => bodies.select((public_bodies::article_id, public_bodies::html)).load(conn),
        BodyColumn::Markdown => bodies.select((public_bodies::article_id, public_bodies::markdown)).load(conn),
        BodyColumn::Plain => bodies.select((public_bodies::article_id, public_bodies::plain)).load(conn),
    })?)
}

/// What a list of public articles is narrowed down to.
#[derive(Debug, Clone, Default)]
pub struct PublicFilter {
    /// Articles of any of these sections, of which there is one at least.
    pub section_ids: Option<Vec<SectionId>>,
    /// Articles with any of these tags.
    pub tag_ids: Option<Vec<TagId>>,
    pub author_id: Option<AuthorId>,
    pub publication_id: Option<PublicationId>,
    pub issue_id: Option<IssueId>,
    pub language: Option<String>,
    pub published_after: Option<Timestamp>,
    pub published_before: Option<Timestamp>,
    pub updated_since: Option<Timestamp>,
    pub exclude: Vec<ArticleId>,
}

/// What a list of public articles is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublicSort {
    PublishedAt,
    UpdatedAt,
}

/// Of how many sections a list is merged. Of more it is counted first, and then sorted or walked.
const MERGED_SECTIONS_MAX: usize = 200;

/// How a list is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// In the order of an index of the articles, testing each.
    Walk,
    /// In the order of the table of this filter, which has the order of the list, testing each.
    Lead(usize),
    /// The few articles that meet this filter are read and sorted.
    Few(usize),
}

impl Way {
    /// The place of the filter that it begins with; for none, one that there is nothing at.
    fn place(self) -> usize {
        match self {
            Self::Walk => usize::MAX,
            Self::Lead(index) | Self::Few(index) => index,
        }
    }
}

/// Chooses the way to read a list. Where an index of the filters is in the order of the list, nothing needs to be asked: then
/// the second value is true, and the statement is one of a few.
fn way(conn: &mut Conn, narrowings: &[Narrowing], sort: PublicSort) -> Result<(Way, bool), Error> {
    use Narrowing::{Author, Issue, Language, Publication, Published, Section, Sections, Tags, UpdatedSince};
    let is_in_order = match sort {
        PublicSort::UpdatedAt => matches!(narrowings, [] | [UpdatedSince(_)]),
        PublicSort::PublishedAt => matches!(
            narrowings,
            [] | [Section(_) | Issue(_) | Language(_) | Published { .. }]
                | [Section(_) | Issue(_) | Language(_), Published { .. }]
                | [Section(_), Language(_)]
                | [Section(_), Language(_), Published { .. }]
        ),
    };
    if is_in_order {
        return Ok((Way::Walk, true));
    }
    let leads = |index: usize| {
        sort == PublicSort::PublishedAt
            && match narrowings.get(index) {
                Some(Author(_) | Publication(_) | Tags(_)) => true,
                Some(Sections(ids)) => ids.len() <= MERGED_SECTIONS_MAX,
                _ => false,
            }
    };
    let is_alone = matches!(narrowings, [_] | [_, Published { .. }]);
    if is_alone && leads(0) {
        // One of several tags or sections is led by one statement for each.
        let is_one = !matches!(narrowings.first(), Some(Tags(ids) | Sections(ids)) if ids.len() > 1);
        return Ok((Way::Lead(0), is_one));
    }
    let way = match rarest(conn, narrowings)? {
        Some((index, true)) => Way::Few(index),
        Some((index, false)) if leads(index) => Way::Lead(index),
        Some(_) | None => Way::Walk,
    };
    Ok((way, false))
}

/// The filter and the place that the page begins after, with one bound on each side of the column that is sorted by: that
/// place, or the time that the filter asks for, whichever is tighter. Of two, SQLite may enter the index by the wrong one,
/// and then walks over all that lies between them.
fn tightest(filter: &PublicFilter, sort: PublicSort, page: &Page) -> (PublicFilter, Option<(Timestamp, AnyId)>) {
    let mut filter = filter.clone();
    let Some((place, id)) = page.after_time() else { return (filter, None) };
    let is_descending = page.reads_descending();
    let bound = match (sort, is_descending) {
        (PublicSort::PublishedAt, true) => &mut filter.published_before,
        (PublicSort::PublishedAt, false) => &mut filter.published_after,
        (PublicSort::UpdatedAt, false) => &mut filter.updated_since,
        (PublicSort::UpdatedAt, true) => return (filter, Some((place, id))),
    };
    let order = bound.map(|bound| if is_descending { place.cmp(&bound) } else { bound.cmp(&place) });
    match order {
        Some(Ordering::Less) => *bound = None,
        Some(Ordering::Greater) => return (filter, None),
        Some(Ordering::Equal) | None => {}
    }
    (filter, Some((place, id)))
}

/// A page of the public articles.
///
/// # Errors
/// Those of the database.
pub fn list(conn: &mut Conn, asked: &PublicFilter, sort: PublicSort, page: &Page, now: Timestamp) -> Result<Listing<PublicArticle>, Error> {
    let (filter, after) = tightest(asked, sort, page);
    let narrowings = Narrowing::all(&filter);
    let (way, is_settled) = way(conn, &narrowings, sort)?;
    // Whether an index may be entered by a filter: only where the list is walked in the order of that index.
    let is_indexed = |narrowing: &Narrowing| {
        way == Way::Walk
            && match sort {
                PublicSort::PublishedAt => !matches!(narrowing, Narrowing::UpdatedSince(_)),
                PublicSort::UpdatedAt => matches!(narrowing, Narrowing::UpdatedSince(_)),
            }
    };
    // The filters but for one, and, in a table that has the times of publication too, but for those.
    macro_rules! narrowed {
        ($start:expr, $left_out:expr, $has_times:expr) => {{
            let mut query = $start.filter(is_public(now));
            for (index, narrowing) in narrowings.iter().enumerate() {
                let is_left_out = $left_out == Some(index) || $has_times && matches!(narrowing, Narrowing::Published { .. });
                if !is_left_out {
                    query = query.filter(if is_indexed(narrowing) { narrowing.indexed() } else { narrowing.tested() });
                }
            }
            if !filter.exclude.is_empty() {
                query = query.filter(none_of(dsl::article_id, &filter.exclude));
            }
            if is_settled { query } else { query.filter(PlannedAnew) }
        }};
    }
    // A list from the table of a filter, whose columns are in the order of the list.
    macro_rules! led {
        ($link:ident, $column:ident, $id:expr, $index:expr, $select:expr) => {{
            let start = $link::table.inner_join(dsl::public_articles).filter($link::$column.eq($id)).select($select).into_boxed();
            let mut query = narrowed!(start, Some($index), true);
            if let Some(after) = filter.published_after {
                query = query.filter($link::published_at.gt(after));
            }
            if let Some(before) = filter.published_before {
                query = query.filter($link::published_at.lt(before));
            }
            seek!(query, page, $link::published_at, $link::article_id, after)
        }};
    }
    macro_rules! sorted {
        ($query:expr) => {
            match sort {
                PublicSort::PublishedAt => seek!($query, page, Unindexed(dsl::published_at), Unindexed(dsl::article_id), after),
                PublicSort::UpdatedAt => seek!($query, page, Unindexed(dsl::updated_at), Unindexed(dsl::article_id), after),
            }
        };
    }
    let counted = if page.total { Narrowing::all(asked) } else { Vec::new() };
    let placed = match (way, narrowings.get(way.place())) {
        (Way::Few(_), Some(Narrowing::Sections(ids))) => Some(placed(conn, ids)?),
        _ => None,
    };
    if !is_settled {
        conn.plan_anew();
    }
    let rows: Vec<PublicArticle> = on_each!(conn => {
        match (way, narrowings.get(way.place())) {
            (Way::Lead(index), Some(Narrowing::Author(id))) => led!(public_article_authors, author_id, *id, index, PublicArticle::as_select()).load(conn)?,
            (Way::Lead(index), Some(Narrowing::Publication(id))) => {
                led!(public_article_publications, publication_id, *id, index, PublicArticle::as_select()).load(conn)?
            }
            (Way::Lead(index), Some(Narrowing::Tags(ids))) => match ids.as_slice() {
                [id] => led!(public_article_tags, tag_id, *id, index, PublicArticle::as_select()).load(conn)?,
                ids => {
                    // A page of each tag, and of all those the first page.
                    let arms = ids.iter().map(|id| led!(public_article_tags, tag_id, *id, index, public_article_tags::article_id)).collect();
                    let query = dsl::public_articles.select(PublicArticle::as_select()).into_boxed().filter(PlannedAnew).filter(AmongAny(arms));
                    sorted!(query).load(conn)?
                }
            },
            (Way::Lead(index), Some(Narrowing::Sections(ids))) => {
                // A page of each section, and of all those the first page.
                let arm = |id: &AnyId| {
                    let start = dsl::public_articles.filter(dsl::section_id.eq(Some(*id))).select((dsl::article_id, dsl::published_at)).into_boxed();
                    let mut query = narrowed!(start, Some(index), true);
                    if let Some(after) = filter.published_after {
                        query = query.filter(dsl::published_at.gt(after));
                    }
                    if let Some(before) = filter.published_before {
                        query = query.filter(dsl::published_at.lt(before));
                    }
                    seek!(query, page, dsl::published_at, dsl::article_id, after)
                };
                let first = AmongFirst { arms: ids.iter().map(arm).collect(), is_descending: page.reads_descending(), rows: page.rows_to_read() };
                let query = dsl::public_articles.select(PublicArticle::as_select()).into_boxed().filter(PlannedAnew).filter(first);
                sorted!(query).load(conn)?
            }
            (Way::Few(index), Some(few)) => {
                let start = dsl::public_articles.select(PublicArticle::as_select()).into_boxed();
                let start = match &placed {
                    Some(ids) => start.filter(one_of(dsl::article_id, ids)),
                    None => start.filter(few.members()),
                };
                sorted!(narrowed!(start, Some(index), false).filter(PlannedAnew)).load(conn)?
            }
            _ => {
                let query = narrowed!(dsl::public_articles.select(PublicArticle::as_select()).into_boxed(), None::<usize>, false);
                match sort {
                    PublicSort::PublishedAt => seek!(query, page, dsl::published_at, dsl::article_id, after).load(conn)?,
                    PublicSort::UpdatedAt => seek!(query, page, dsl::updated_at, dsl::article_id, after).load(conn)?,
                }
            }
        }
    });
    let total: Option<i64> = if page.total {
        conn.plan_anew();
        on_each!(conn => {
            let mut query = dsl::public_articles.count().into_boxed().filter(is_public(now)).filter(PlannedAnew);
            for narrowing in &counted {
                query = query.filter(narrowing.counted());
            }
            if !asked.exclude.is_empty() {
                query = query.filter(none_of(dsl::article_id, &asked.exclude));
            }
            Some(query.get_result(conn)?)
        })
    } else {
        None
    };
    Ok(page.listing(rows, total))
}

/// Makes a revision the public one, in place of any other of the article. `announced_at` is absent where its time is still
/// to come.
///
/// # Errors
/// [`Error::Taken`] where another public article has its slug.
pub fn put(conn: &mut Conn, article: &PublicArticle, body: &PublicBody, announced_at: Option<Timestamp>) -> Result<(), Error> {
    let names = search::Names::read(conn, std::iter::once(article))?;
    remove(conn, article.article_id)?;
    let (id, published_at) = (article.article_id, article.published_at);
    let details = &article.details.0;
    let author_ids = distinct(details.bylines.iter().map(|byline| byline.author_id));
    let publication_ids = distinct(details.credits.iter().map(|credit| credit.publication_id));
    macro_rules! link {
        ($conn:ident, $table:ident, $column:ident, $ids:expr) => {{
            let rows: Vec<_> =
                $ids.iter().map(|other| ($table::$column.eq(*other), $table::published_at.eq(published_at), $table::article_id.eq(id))).collect();
            if !rows.is_empty() {
                diesel::insert_into($table::table).values(rows).execute($conn)?;
            }
        }};
    }
    let media: Vec<_> = media_uses(details.lead_image.as_ref(), &details.media)
        .into_iter()
        .map(|(media_id, role)| {
            (public_article_media::article_id.eq(id), public_article_media::media_id.eq(media_id), public_article_media::role.eq(role))
        })
        .collect();
    on_each!(conn => {
        diesel::insert_into(dsl::public_articles).values((article, dsl::announced_at.eq(announced_at))).execute(conn)?;
        diesel::insert_into(public_bodies::table).values(body).execute(conn)?;
        link!(conn, public_article_authors, author_id, author_ids);
        link!(conn, public_article_tags, tag_id, details.tag_ids);
        link!(conn, public_article_publications, publication_id, publication_ids);
        if !media.is_empty() {
            diesel::insert_into(public_article_media::table).values(&media).execute(conn)?;
        }
        Ok::<(), diesel::result::Error>(())
    })?;
    search::put(conn, &names, &[(article, &body.plain)])
}

/// Sets when a public article ceases to be public.
///
/// # Errors
/// Those of the database.
pub fn set_visible_until(conn: &mut Conn, id: ArticleId, until: Option<Timestamp>) -> Result<(), Error> {
    on_each!(conn => diesel::update(dsl::public_articles.filter(dsl::article_id.eq(id))).set(dsl::visible_until.eq(until)).execute(conn))?;
    Ok(())
}

/// Takes an article out of public.
///
/// # Errors
/// Those of the database.
pub fn remove(conn: &mut Conn, id: ArticleId) -> Result<(), Error> {
    search::remove(conn, &[id])?;
    // The other rows that belong to it go with it, by their foreign keys.
    on_each!(conn => diesel::delete(dsl::public_articles.filter(dsl::article_id.eq(id))).execute(conn))?;
    Ok(())
}
