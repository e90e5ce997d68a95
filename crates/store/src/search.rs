//! The index of what is public, and what is found in it.
//!
//! FTS5 and `tsvector` are given the same tokens and are asked the same questions; ranking is the domain's, so that both
//! databases give the same order. Articles stand in the index in the order of their publication: FTS5 reads it from one end and
//! stops, so that a word that half of a large paper has costs what a rare one does; PostgreSQL gathers all hits of what it is
//! asked, and is asked for one part of the index after another. The filters of a list are marks in the index too, or else
//! a rare section would be looked for among all hits of a frequent word.

mod dialect;
mod part;

use crate::dialect::{Conn, Link, PostgresConnection};
use crate::error::Error;
use crate::on_each;
use crate::one_of::{none_of, one_of};
use crate::page::{Listing, Page, Rank, SortKey};
use crate::public_articles::{PublicArticle, PublicFilter, by_ids};
use crate::record::distinct;
use crate::schema::{public_article_authors, public_article_publications, public_articles, public_bodies, search, search_queue};
use crate::visibility::FoundIsPublic;
use crate::{authors, publications};
use dialect::{Expression, FromFound, InOrder, Matches, Places, Tokens, found, search_index};
use diesel::dsl::exists;
use diesel::pg::Pg;
use diesel::prelude::*;
use masthead_domain::article::{BylineRole, byline_line};
use masthead_domain::credit::{self, CreditLine, Source};
use masthead_domain::id::{ArticleId, AuthorId, PublicationId};
use masthead_domain::search::{SearchQuery, Text, entry, score};
use masthead_domain::time::Timestamp;
use part::Part;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

/// How many hits are ranked: the newest.
const RANKED: usize = 500;

/// Among how many articles PostgreSQL's index is searched first: so many, or so many for each hit that is wanted.
const FIRST_ARTICLES: usize = 1000;
const FIRST_ARTICLES_A_HIT: usize = 3;

/// In how many steps it is searched at most: the last asks for all that is left.
const STEPS: usize = 4;

/// How many articles are indexed at a time.
const BATCH: usize = 500;

/// How many articles of one millisecond have places of their own; one more is put behind them.
const PLACES_A_MILLISECOND: i64 = 1 << 15;

/// What stands in the index for a filter: no token of a text begins like that.
fn mark(kind: char, value: impl std::fmt::Display) -> String {
    let value: String = value.to_string().chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect();
    format!("_{kind}{value}")
}

/// The marks of an article.
fn marks(article: &PublicArticle) -> Vec<String> {
    let details = &article.details.0;
    let mut marks = vec![mark('l', &article.language)];
    marks.extend(article.section_id.map(|id| mark('s', id)));
    marks.extend(article.issue_id.map(|id| mark('i', id)));
    marks.extend(details.tag_ids.iter().map(|id| mark('t', id)));
    marks.extend(details.bylines.iter().map(|byline| mark('a', byline.author_id)));
    marks.extend(details.credits.iter().map(|credit| mark('p', credit.publication_id)));
    marks.sort_unstable();
    marks.dedup();
    marks
}

/// What a filter asks of an index entry: one mark of each group.
fn wanted_marks(filter: &PublicFilter) -> Vec<Vec<String>> {
    let mut groups = Vec::new();
    groups.extend(filter.language.as_ref().map(|language| vec![mark('l', language)]));
    groups.extend(filter.section_ids.as_ref().map(|ids| ids.iter().map(|id| mark('s', id)).collect()));
    groups.extend(filter.issue_id.map(|id| vec![mark('i', id)]));
    groups.extend(filter.tag_ids.as_ref().map(|ids| ids.iter().map(|id| mark('t', id)).collect()));
    groups.extend(filter.author_id.map(|id| vec![mark('a', id)]));
    groups.extend(filter.publication_id.map(|id| vec![mark('p', id)]));
    groups
}

/// The first place of a moment.
fn first_place(moment: Timestamp) -> i64 {
    moment.milliseconds() * PLACES_A_MILLISECOND
}

fn bigint(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn published_milliseconds(place: i64) -> i64 {
    place.div_euclid(PLACES_A_MILLISECOND)
}

/// Puts articles that have just been made public, with their plain texts, into the index, under the names that were read for them.
///
/// # Errors
/// Those of the database.
pub(crate) fn put(conn: &mut Conn, names: &Names, articles: &[(&PublicArticle, &str)]) -> Result<(), Error> {
    for batch in articles.chunks(BATCH) {
        let places = free_places(conn, batch.iter().map(|(article, _)| *article))?;
        let mut rows = Vec::with_capacity(batch.len());
        let mut index_rows = Vec::with_capacity(batch.len());
        for ((article, plain), place) in batch.iter().zip(places) {
            let (byline, credit_line) = names.lines(article);
            let text = Text {
                title: &article.title,
                standfirst: article.standfirst.as_deref().unwrap_or_default(),
                byline: &byline,
                credit_line: &credit_line,
                body: plain,
            };
            let entry = entry(&text);
            rows.push((search::place.eq(place), search::article_id.eq(article.article_id), search::gist.eq(entry.gist)));
            index_rows.push((search_index::rowid.eq(place), search_index::terms.eq(Tokens::new(entry.tokens, &marks(article), place))));
        }
        on_each!(conn => {
            diesel::insert_into(search::table).values(rows).execute(conn)?;
            diesel::insert_into(search_index::table).values(index_rows).execute(conn)
        })?;
    }
    Ok(())
}

/// Takes articles out of the index.
///
/// # Errors
/// Those of the database.
pub(crate) fn remove(conn: &mut Conn, ids: &[ArticleId]) -> Result<(), Error> {
    on_each!(conn => {
        let places = search::table.filter(one_of(search::article_id, ids)).select(search::place);
        diesel::delete(search_index::table.filter(search_index::rowid.eq_any(places))).execute(conn)?;
        diesel::delete(search::table.filter(one_of(search::article_id, ids))).execute(conn)
    })?;
    Ok(())
}

/// A place for each article, in the order of publication. Articles of the same millisecond are told apart by the end of
/// their ids, which is random; where that is the same, by the next place that is free.
fn free_places<'a>(conn: &mut Conn, articles: impl Iterator<Item = &'a PublicArticle>) -> Result<Vec<i64>, Error> {
    let mut places: Vec<i64> = articles
        .map(|article| {
            let tail = i64::try_from(article.article_id.0.as_u128() & 0x7fff).unwrap_or_default();
            first_place(article.published_at) + tail
        })
        .collect();
    let taken: Vec<i64> = on_each!(conn => search::table.filter(search::place.eq_any(places.clone())).select(search::place).load(conn))?;
    let mut taken: HashSet<i64> = taken.into_iter().collect();
    for place in &mut places {
        while !taken.insert(*place) {
            *place += 1;
            let found: Option<i64> = on_each!(conn => search::table.filter(search::place.eq(*place)).select(search::place).first(conn).optional())?;
            taken.extend(found);
        }
    }
    Ok(places)
}

/// Reads the records of these ids and holds them as they are until the transaction ends: whoever is about to rename one waits,
/// and then finds the articles that are being published now too. To be done before anything in the index is touched, as
/// whoever renames has the record before the index. SQLite writes one at a time anyway.
macro_rules! shared {
    ($conn:ident, schema::$table:ident, $ids:expr) => {{
        use crate::schema::$table as table;
        let wanted = table::table.filter(one_of(table::id, $ids));
        match $conn.link() {
            _ if $ids.is_empty() => Vec::new(),
            Link::Sqlite(conn) => wanted.select(SelectableHelper::as_select()).load(&mut **conn)?,
            Link::Postgres(conn) => wanted.select(SelectableHelper::as_select()).for_share().load(&mut conn.connection)?,
        }
    }};
}

/// The names that stand in bylines and credit lines.
pub(crate) struct Names {
    authors: HashMap<AuthorId, authors::Author>,
    publications: HashMap<PublicationId, publications::Publication>,
}

impl Names {
    /// Those of these articles, which stay as they are until the transaction ends.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) fn read<'a>(conn: &mut Conn, articles: impl Iterator<Item = &'a PublicArticle> + Clone) -> Result<Self, Error> {
        let details = || articles.clone().map(|article| &article.details.0);
        let author_ids = distinct(details().flat_map(|details| details.bylines.iter().map(|byline| byline.author_id)));
        let publication_ids = distinct(details().flat_map(|details| details.credits.iter().map(|credit| credit.publication_id)));
        let authors: Vec<authors::Author> = shared!(conn, schema::authors, &author_ids);
        let publications: Vec<publications::Publication> = shared!(conn, schema::publications, &publication_ids);
        Ok(Self {
            authors: authors.into_iter().map(|author| (author.id, author)).collect(),
            publications: publications.into_iter().map(|publication| (publication.id, publication)).collect(),
        })
    }

    /// The byline and the credit line of an article, as readers see them, and the names of its authors in any case.
    fn lines(&self, article: &PublicArticle) -> (String, String) {
        let details = &article.details.0;
        let names: Vec<(&str, BylineRole)> = details
            .bylines
            .iter()
            .filter_map(|byline| self.authors.get(&byline.author_id).map(|author| (author.name.as_str(), byline.role)))
            .collect();
        let mut byline = byline_line(details.byline_text.as_deref(), &names).unwrap_or_default();
        if details.byline_text.is_some() {
            for (name, _) in names {
                byline.push_str(", ");
                byline.push_str(name);
            }
        }
        let lines: Vec<CreditLine> = details
            .credits
            .iter()
            .filter_map(|credit| {
                let publication = self.publications.get(&credit.publication_id)?;
                Some(credit::credit_line(
                    credit,
                    Source {
                        name: &publication.name,
                        homepage_url: publication.homepage_url.as_deref(),
                        credit_line_template: publication.credit_line_template.as_deref(),
                    },
                ))
            })
            .collect();
        (byline, credit::joined(&lines).map(|line| line.text).unwrap_or_default())
    }
}

/// Runs what puts very many articles into the index. PostgreSQL then keeps them on a list first and sorts that in from
/// time to time, which is ten times as fast; but every search reads through the list, so that usually there is none.
///
/// # Errors
/// Those of `work`, and those of the database.
pub fn in_bulk<T, E: From<Error>>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
    if matches!(conn.link(), Link::Sqlite(_)) {
        return work(conn);
    }
    conn.batch_execute("ALTER INDEX search_index_terms_idx SET (fastupdate = on)")?;
    let done = work(conn);
    conn.batch_execute("ALTER INDEX search_index_terms_idx SET (fastupdate = off)")?;
    conn.batch_execute("SELECT gin_clean_pending_list('search_index_terms_idx')")?;
    done
}

/// Indexes the articles that are queued for it, some at a time; for [`migrate`](crate::migrate).
///
/// # Errors
/// Those of the database. What was done stays done.
pub(crate) fn index_queued(conn: &mut Conn) -> Result<(), Error> {
    if queued(conn)?.is_empty() {
        return Ok(());
    }
    in_bulk(conn, |conn| {
        loop {
            let ids = queued(conn)?;
            if ids.is_empty() {
                return Ok(());
            }
            tracing::info!(articles = ids.len(), "indexing for search what was public before");
            conn.in_transaction(|conn| -> Result<(), Error> {
                index_anew(conn, &ids)?;
                on_each!(conn => diesel::delete(search_queue::table.filter(one_of(search_queue::article_id, &ids))).execute(conn))?;
                Ok(())
            })?;
        }
    })
}

fn queued(conn: &mut Conn) -> Result<Vec<ArticleId>, Error> {
    Ok(on_each!(conn => search_queue::table.select(search_queue::article_id).limit(bigint(BATCH)).load(conn))?)
}

/// Indexes articles as they stand, whether they can be seen by now or not.
///
/// # Errors
/// Those of the database.
pub(crate) fn index_anew(conn: &mut Conn, ids: &[ArticleId]) -> Result<(), Error> {
    for ids in ids.chunks(BATCH) {
        let rows: Vec<(PublicArticle, String)> = on_each!(conn => {
            public_articles::table
                .inner_join(public_bodies::table)
                .filter(one_of(public_articles::article_id, ids))
                .select((PublicArticle::as_select(), public_bodies::plain))
                .load(conn)
        })?;
        let names = Names::read(conn, rows.iter().map(|(article, _)| article))?;
        remove(conn, ids)?;
        let rows: Vec<(&PublicArticle, &str)> = rows.iter().map(|(article, plain)| (article, plain.as_str())).collect();
        put(conn, &names, &rows)?;
    }
    Ok(())
}

/// Indexes the articles of an author anew, whose name has changed.
///
/// # Errors
/// Those of the database.
pub fn author_renamed(conn: &mut Conn, id: AuthorId) -> Result<(), Error> {
    use public_article_authors as link;
    let ids: Vec<ArticleId> = on_each!(conn => link::table.filter(link::author_id.eq(id)).select(link::article_id).load(conn))?;
    index_anew(conn, &ids)
}

/// Indexes the articles that are credited to a publication anew, whose name or credit line has changed.
///
/// # Errors
/// Those of the database.
pub fn publication_renamed(conn: &mut Conn, id: PublicationId) -> Result<(), Error> {
    use public_article_publications as link;
    let ids: Vec<ArticleId> = on_each!(conn => link::table.filter(link::publication_id.eq(id)).select(link::article_id).load(conn))?;
    index_anew(conn, &ids)
}

/// What hits are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchSort {
    Relevance,
    PublishedAt,
    UpdatedAt,
}

/// A public article that was found, and where it stands in the list of hits.
#[derive(Debug, Clone)]
pub struct Hit {
    pub article: PublicArticle,
    pub key: SortKey,
}

/// A hit before its article is read.
struct Found {
    id: ArticleId,
    key: SortKey,
}

/// A search for something.
struct Search<'a> {
    query: &'a SearchQuery,
    filter: &'a PublicFilter,
    expression: Expression,
    /// Where the publication times of the filter lie.
    part: Part,
    now: Timestamp,
}

/// Narrows a query down to what is public by now and passes the filter.
macro_rules! narrowed {
    ($search:expr, $select:expr) => {{
        let search: &Search<'_> = $search;
        let mut query = $select.filter(FoundIsPublic(search.now));
        if !search.filter.exclude.is_empty() {
            query = query.filter(none_of(search::article_id, &search.filter.exclude));
        }
        let article = diesel::alias!(public_articles as narrowed);
        let its_article = || article.filter(article.field(public_articles::article_id).eq(search::article_id));
        if let Some(language) = &search.filter.language {
            query = query.filter(exists(its_article().filter(article.field(public_articles::language).eq(language))));
        }
        if let Some(since) = search.filter.updated_since {
            query = query.filter(exists(its_article().filter(article.field(public_articles::updated_at).ge(since))));
        }
        query
    }};
}

/// What is selected of the hits in a part of the index.
macro_rules! indexed {
    ($search:expr, $part:expr, |$indexed:ident| $select:expr) => {{
        let part: Part = $part;
        let $indexed = search_index::table.inner_join(search::table.on(search_index::rowid.eq(search::place)));
        narrowed!($search, $select.into_boxed())
            .filter(Matches($search.expression.within(part)))
            .filter(InOrder.ge(part.oldest))
            .filter(InOrder.le(part.newest))
    }};
}

/// A place, what stands there, and what it is ranked by.
type Place = (i64, ArticleId, String);

impl Search<'_> {
    /// The hits in a part of the index, from its newest end or its oldest, at most `limit`.
    fn hits(&self, conn: &mut Conn, part: Part, from_newest: bool, limit: usize) -> Result<Vec<Place>, Error> {
        let part = part.and(self.part);
        if limit == 0 || part.is_empty() {
            return Ok(Vec::new());
        }
        match conn.link() {
            Link::Sqlite(conn) => {
                let query =
                    indexed!(self, part, |indexed| indexed.select((search_index::rowid, search::article_id, search::gist))).limit(bigint(limit));
                let query = if from_newest { query.order(InOrder.desc()) } else { query.order(InOrder.asc()) };
                Ok(query.load(&mut **conn)?)
            }
            Link::Postgres(conn) => self.hits_in_steps(&mut conn.connection, part, from_newest, limit),
        }
    }

    /// As [`hits`](Self::hits), from an index that has no order and gathers whatever it is asked for: a part as long as some
    /// articles lie in, then one in which twice as many hits as are still wanted can be expected, and so on. What is
    /// gathered is then bounded by what is wanted, whatever the size of the paper.
    fn hits_in_steps(&self, conn: &mut PostgresConnection, part: Part, from_newest: bool, limit: usize) -> Result<Vec<Place>, Error> {
        let articles = bigint(FIRST_ARTICLES.max(limit * FIRST_ARTICLES_A_HIT));
        let (oldest, newest, far): (Option<i64>, Option<i64>, Option<i64>) = Places { part, from_newest, limit: articles }.get_result(conn)?;
        let (Some(oldest), Some(newest), Some(far)) = (oldest, newest, far) else { return Ok(Vec::new()) };
        let first = Part { oldest, newest };
        let all = Part { oldest: oldest.min(far), newest: newest.max(far) };
        let (mut rest, mut length) = (all, first.length());
        let mut found: Vec<Place> = Vec::new();
        for step in 1..=STEPS {
            let near = if step == STEPS { rest } else { rest.near(from_newest, length) };
            let is_last = near == rest;
            // Where all is asked for, marks would only be looked for in vain.
            let expression = if is_last && part == Part::WHOLE { self.expression.clone() } else { self.expression.within(near) };
            found.extend(self.hits_among(conn, expression, near, from_newest, limit - found.len())?);
            if is_last || found.len() >= limit {
                break;
            }
            rest = rest.beyond(near, from_newest);
            let read = if from_newest { Part { oldest: near.oldest, ..all } } else { Part { newest: near.newest, ..all } };
            // Half a hit more than were found, or else nothing could be expected where none was.
            let (halves, wanted) = (bigint(2 * found.len() + 1), bigint(4 * (limit - found.len())));
            length = (read.length() / halves).max(1).saturating_mul(wanted);
        }
        Ok(found)
    }

    fn hits_among(
        &self,
        conn: &mut PostgresConnection,
        expression: Expression,
        part: Part,
        from_newest: bool,
        limit: usize,
    ) -> Result<Vec<Place>, Error> {
        let places =
            found::table.inner_join(search::table.on(found::place.eq(search::place))).select((found::place, search::article_id, search::gist));
        let query = narrowed!(self, places.into_boxed::<Pg>()).limit(bigint(limit));
        let rest = if from_newest { query.order(found::place.desc()) } else { query.order(found::place.asc()) };
        Ok(FromFound { matches: Matches(expression), part, from_newest, rest }.load(conn)?)
    }

    /// A page by relevance: the newest hits by their scores, then the others by their age.
    fn by_relevance(&self, conn: &mut Conn, page: &Page) -> Result<Vec<Found>, Error> {
        let after = page.after_rank();
        let mut part = after.map_or(Part::WHOLE, |(rank, _)| Part { oldest: rank.oldest, newest: rank.newest });
        let mut rows = page.limit + 1;
        let mut found = Vec::new();
        // Turning back from the others, they come first; and from their first page, the ranked ones follow.
        if let Some((rank, _)) = after.filter(|(rank, _)| !rank.is_ranked) {
            let others = if page.is_backward() {
                self.hits(conn, Part { oldest: rank.key.saturating_add(1), newest: part.oldest.saturating_sub(1) }, false, rows)?
            } else {
                self.hits(conn, Part { oldest: i64::MIN, newest: rank.key.saturating_sub(1) }, true, rows)?
            };
            found.extend(others.into_iter().map(|(place, id, _)| Found { id, key: SortKey::Rank(Rank { key: place, ..rank }) }));
            rows -= found.len();
            if !page.is_backward() || rows == 0 {
                return Ok(found);
            }
        }
        // Twice as many, for an old piece may have been published in between and moved no end.
        let limit = if after.is_some() { RANKED * 2 } else { RANKED + 1 };
        let mut hits = self.hits(conn, part, true, limit)?;
        if after.is_none() {
            let has_others = hits.len() > RANKED;
            hits.truncate(RANKED);
            part.newest = hits.first().map_or(i64::MAX, |(place, ..)| *place);
            part.oldest = hits.last().filter(|_| has_others).map_or(i64::MIN, |(place, ..)| *place);
        }
        let mut ranked: Vec<Found> = hits
            .into_iter()
            .map(|(place, id, gist)| {
                let key = score(self.query, &gist, published_milliseconds(place));
                Found { id, key: SortKey::Rank(Rank { oldest: part.oldest, newest: part.newest, key, is_ranked: true }) }
            })
            .collect();
        let order = |found: &Found| match &found.key {
            SortKey::Rank(rank) => Reverse((rank.key, found.id)),
            _ => Reverse((i64::MIN, found.id)),
        };
        ranked.sort_unstable_by_key(order);
        let cut = after.filter(|(rank, _)| rank.is_ranked).map(|(rank, id)| Reverse((rank.key, ArticleId(id.0))));
        if page.is_backward() {
            ranked.retain(|found| cut.is_none_or(|cut| order(found) < cut));
            found.extend(ranked.into_iter().rev().take(rows));
            return Ok(found);
        }
        ranked.retain(|found| cut.is_none_or(|cut| order(found) > cut));
        found.extend(ranked.into_iter().take(rows));
        rows -= found.len();
        if part.oldest > i64::MIN {
            let others = self.hits(conn, Part { oldest: i64::MIN, newest: part.oldest.saturating_sub(1) }, true, rows)?;
            found.extend(others.into_iter().map(|(place, id, _)| {
                let key = SortKey::Rank(Rank { oldest: part.oldest, newest: part.newest, key: place, is_ranked: false });
                Found { id, key }
            }));
        }
        Ok(found)
    }

    fn by_publication(&self, conn: &mut Conn, page: &Page) -> Result<Vec<Found>, Error> {
        let after = page.after_rank().map(|(rank, _)| rank.key);
        let from_newest = page.reads_descending();
        let part = match (after, from_newest) {
            (None, _) => Part::WHOLE,
            (Some(place), true) => Part { oldest: i64::MIN, newest: place.saturating_sub(1) },
            (Some(place), false) => Part { oldest: place.saturating_add(1), newest: i64::MAX },
        };
        let hits = self.hits(conn, part, from_newest, page.limit + 1)?;
        let key = |place| SortKey::Rank(Rank { oldest: i64::MIN, newest: i64::MAX, key: place, is_ranked: false });
        Ok(hits.into_iter().map(|(place, id, _)| Found { id, key: key(place) }).collect())
    }

    fn by_update(&self, conn: &mut Conn, page: &Page) -> Result<Vec<Found>, Error> {
        let rows: Vec<(ArticleId, Timestamp)> = on_each!(conn => {
            let query = indexed!(self, self.part, |indexed| indexed
                .inner_join(public_articles::table.on(public_articles::article_id.eq(search::article_id)))
                .select((public_articles::article_id, public_articles::updated_at)));
            seek!(query, page, public_articles::updated_at, public_articles::article_id, page.after_time()).load(conn)
        })?;
        Ok(rows.into_iter().map(|(id, time)| Found { id, key: SortKey::Time(time) }).collect())
    }

    fn count(&self, conn: &mut Conn) -> Result<i64, Error> {
        Ok(on_each!(conn => indexed!(self, self.part, |indexed| indexed.count()).get_result(conn))?)
    }
}

/// A page of the public articles that have what a query asks for.
///
/// By relevance, the newest hits are ranked, `RANKED` of them, and the others follow by age, so that all can be reached.
/// Which are ranked is settled when the list is begun and goes along in the cursors.
///
/// # Errors
/// Those of the database.
pub fn list(
    conn: &mut Conn,
    query: &SearchQuery,
    filter: &PublicFilter,
    sort: SearchSort,
    page: &Page,
    now: Timestamp,
) -> Result<Listing<Hit>, Error> {
    if query.is_empty() {
        return Ok(Listing { rows: Vec::new(), has_previous: false, has_next: false, total: page.total.then_some(0) });
    }
    let part = Part {
        oldest: filter.published_after.map_or(i64::MIN, |after| first_place(after.plus_milliseconds(1))),
        newest: filter.published_before.map_or(i64::MAX, |before| first_place(before).saturating_sub(1)),
    };
    let search = Search { query, filter, expression: Expression::new(query, &wanted_marks(filter)), part, now };
    let found = match sort {
        SearchSort::Relevance => search.by_relevance(conn, page)?,
        SearchSort::PublishedAt => search.by_publication(conn, page)?,
        SearchSort::UpdatedAt => search.by_update(conn, page)?,
    };
    let total = if page.total { Some(search.count(conn)?) } else { None };
    let listing = page.listing(found, total);
    let ids: Vec<ArticleId> = listing.rows.iter().map(|found| found.id).collect();
    let mut articles: HashMap<ArticleId, PublicArticle> = by_ids(conn, &ids, now)?.into_iter().map(|article| (article.article_id, article)).collect();
    let rows = listing.rows.into_iter().filter_map(|found| Some(Hit { article: articles.remove(&found.id)?, key: found.key })).collect();
    Ok(Listing { rows, has_previous: listing.has_previous, has_next: listing.has_next, total: listing.total })
}
