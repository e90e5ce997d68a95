//! The one way in which delivery replies come about: from the cache, or by one reading of the database that notes what
//! it depends on.

use crate::clock::Clock;
use crate::config::Config;
use crate::desk::Record;
use crate::directory::Directory;
use crate::error::{ApiError, ProblemCode};
use crate::jobs;
use crate::metrics::{Metrics, Operation};
use crate::page::{Resolved, look_up, moved};
use crate::reply::{Coding, ContentType, Draft, Reply};
use crate::request::Canonical;
use crate::response_cache::ResponseCache;
use crate::seal::Seal;
use crate::view::{item_bytes, list_bytes};
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use masthead_domain::calendar::Calendar;
use masthead_domain::column::AnyId;
use masthead_domain::fault::{Fault, FaultCode};
use masthead_domain::id::SectionId;
use masthead_domain::kind::{CHANGES_TAG, Kind};
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;
use masthead_domain::web_address;
use masthead_store::db::Db;
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::record::Key;
use masthead_store::site::Site;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::future::{Ready, ready};
use std::sync::Arc;
use std::time::Duration;

/// A request may ask for a content generation at least as new as one that it knows of.
pub const MIN_REVISION: HeaderName = HeaderName::from_static("masthead-min-revision");

/// How long a request waits for the generation that it asks for.
const MIN_REVISION_PATIENCE: Duration = Duration::from_secs(1);

/// Where other nodes may publish: how long what is known of the generation is believed without hearing from the database.
const GENERATION_AGE_MAX: Duration = Duration::from_secs(1);

/// The most bytes of cache tags in a reply. They stand in two headers, and proxies take 4 KB for all headers together.
const TAG_BYTES_MAX: usize = 1200;

/// What delivery works with, shared by all requests.
pub struct Paper {
    pub db: Db,
    pub clock: Clock,
    pub seal: Data<Seal>,
    pub config: Data<Config>,
    pub cache: ResponseCache,
    pub metrics: Arc<Metrics>,
    /// When the process did, by the system's clock.
    pub started_at: Timestamp,
    pub directory: Directory,
}

impl Paper {
    /// The content generation that replies must be of, or none where the database has not been heard from for so long
    /// that another node may have published since.
    fn generation(&self) -> Option<i64> {
        let generation = self.db.generation();
        (!self.db.is_shared() || generation.age() <= GENERATION_AGE_MAX).then(|| generation.sequence())
    }

    /// Lets the prepared revisions that are due by now take their places, and returns when the next is; until then every reply
    /// holds. What is known of it is of one content generation, for who prepares one moves that.
    ///
    /// # Errors
    /// Where the database cannot be reached: what it has may be old by now.
    async fn bring_due(&self) -> Result<Option<Timestamp>, ApiError> {
        let sequence = self.db.generation().sequence();
        let next = match self.directory.next_prepared(sequence) {
            Some(known) => known,
            None => {
                let found = self.db.read(masthead_store::articles::next_prepared).await?;
                self.directory.note_next_prepared(sequence, found);
                found
            }
        };
        let now = self.clock.now();
        if next.is_some_and(|next| next <= now) {
            jobs::end_due(&self.db, now).await?;
            jobs::replace_due(&self.db, now).await?;
            // Another node may have done it, and a replica may not have heard of it.
            self.db.catch_up().await?;
            return Ok(self.db.read(masthead_store::articles::next_prepared).await?);
        }
        Ok(next)
    }

    /// The kept reply to a request, ready to be sent, and what it was for: the way that nearly all requests take.
    #[must_use]
    pub fn kept(&self, address: &str, headers: &HeaderMap) -> Option<(HttpResponse, Operation)> {
        if headers.contains_key(&MIN_REVISION) {
            return None;
        }
        let now = self.clock.now();
        let reply = self.cache.find(address, self.generation()?, now)?;
        let coding = Coding::accepted(headers);
        reply.is_prepared(coding).then(|| (reply.respond(headers, coding, now), reply.operation))
    }
}

/// What every delivery handler takes.
pub struct Delivery {
    paper: Data<Paper>,
    request: HttpRequest,
}

impl FromRequest for Delivery {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let paper = request.app_data::<Data<Paper>>().cloned();
        ready(match paper {
            Some(paper) => Ok(Self { paper, request: request.clone() }),
            None => Err(ApiError::internal("the app lacks its delivery data")),
        })
    }
}

impl Delivery {
    #[must_use]
    pub fn seal(&self) -> &Seal {
        &self.paper.seal
    }

    /// Reads the database for one reply that nobody is to keep.
    ///
    /// # Errors
    /// Those of `read`.
    pub async fn read_once<T, R>(self, canonical: Canonical, read: R) -> Result<T, ApiError>
    where
        T: Send + 'static,
        R: FnOnce(&mut Reading<'_>) -> Result<T, ApiError> + Send + 'static,
    {
        let paper = self.paper;
        paper.bring_due().await?;
        let (sequence, now, shared) = (paper.db.generation().sequence(), paper.clock.now(), paper.clone());
        paper.db.read(move |conn| read(&mut Reading::new(conn, &shared, &canonical, sequence, now, None))).await
    }

    /// Waits a moment for a number of the change sequence that may have been read on another node.
    ///
    /// # Errors
    /// Where the database has not been heard from, so that nobody here can tell.
    pub async fn awaits(&self, sequence: i64) -> Result<(), ApiError> {
        if self.paper.db.generation().reaches(sequence, MIN_REVISION_PATIENCE).await || self.paper.generation().is_some() {
            return Ok(());
        }
        Err(ApiError::unavailable(format!("change {sequence} has not arrived here yet")))
    }

    /// Answers a request: with the kept reply, or with what `read` makes of the database. `read` runs on one state of it,
    /// on one of its threads, once for all who ask the same.
    pub async fn answer<R>(self, canonical: Canonical, read: R) -> Result<HttpResponse, ApiError>
    where
        R: FnOnce(&mut Reading<'_>) -> Result<Answer, ApiError> + Send + 'static,
    {
        let Self { paper, request } = self;
        let wanted = min_revision(request.headers())?;
        if let Some(wanted) = wanted
            && !paper.db.generation().reaches(wanted, MIN_REVISION_PATIENCE).await
        {
            return Err(ApiError::unavailable(format!("revision {wanted} has not arrived here yet")));
        }
        let address = canonical.to_string();
        let replaced_at = paper.bring_due().await?;
        // As it was before anything is read: what comes in between is read too, and then does no harm.
        let (believed, known) = (paper.generation(), paper.db.generation().sequence());
        let now = paper.clock.now();
        let make = || make(&paper, &request, canonical, known, (now, replaced_at), read);
        let reply = match believed {
            Some(sequence) => paper.cache.find_or_make(&address, sequence, now, make).await?,
            None => make().await?,
        };
        // The next request that is spelt like this one is answered before it is even read.
        let spelt = request.uri().path_and_query().map_or("", |address| address.as_str());
        if spelt != address && believed.is_some() {
            paper.cache.keep(spelt, &reply);
        }
        let coding = Coding::accepted(request.headers());
        reply.prepare(coding).await;
        Ok(reply.respond(request.headers(), coding, now))
    }
}

async fn make<R>(
    paper: &Data<Paper>,
    request: &HttpRequest,
    canonical: Canonical,
    sequence: i64,
    (now, until): (Timestamp, Option<Timestamp>),
    read: R,
) -> Result<Arc<Reply>, ApiError>
where
    R: FnOnce(&mut Reading<'_>) -> Result<Answer, ApiError> + Send + 'static,
{
    let shared = paper.clone();
    let operation = paper.metrics.operation(request.method(), request.match_pattern().as_deref());
    paper
        .db
        .read_public(sequence, move |conn| {
            let mut reading = Reading::new(conn, &shared, &canonical, sequence, now, until);
            // Every reply has addresses in it or was asked for by one, and they are built from the settings.
            reading.tags.add(Kind::Site, masthead_store::site::ENTITY_ID);
            let answer = read(&mut reading)?;
            let mut draft = answer.draft(operation);
            if draft.last_modified.is_none() {
                // A list that shows nothing has changed with the settings at the latest.
                draft.last_modified = Some(reading.site()?.updated_at);
            }
            let Reading { until, tags, .. } = reading;
            Ok(Arc::new(Reply::new(draft, sequence, now, until, &tags.list())))
        })
        .await
}

/// Reads `Masthead-Min-Revision`.
fn min_revision(headers: &HeaderMap) -> Result<Option<i64>, ApiError> {
    let Some(value) = headers.get(&MIN_REVISION) else { return Ok(None) };
    let number = value.to_str().ok().and_then(|text| text.parse::<i64>().ok()).filter(|number| *number >= 0);
    number.map(Some).ok_or_else(|| {
        let fault = Fault::parameter(MIN_REVISION.as_str(), FaultCode::InvalidFormat, "must be a revision as Masthead-Revision gives it");
        ApiError { errors: vec![fault], ..ApiError::new(ProblemCode::InvalidHeader, "Look at: Masthead-Min-Revision.") }
    })
}

/// The reading of the database for one reply, and what the reply depends on.
pub struct Reading<'a> {
    pub conn: &'a mut Conn,
    pub now: Timestamp,
    pub paper: &'a Paper,
    pub request: &'a Canonical,
    sequence: i64,
    records_sequence: i64,
    tags: Tags,
    until: Option<Timestamp>,
}

macro_rules! records {
    ($name:ident, $id:ty, $row:ty, $kind:expr) => {
        #[doc = concat!("The ", stringify!($name), " of these ids that exist; the reply depends on them.")]
        ///
        /// # Errors
        /// Those of the database.
        pub fn $name(&mut self, ids: &[$id]) -> Result<HashMap<$id, Arc<$row>>, Error> {
            for id in ids {
                self.uses($kind, AnyId(id.0));
            }
            self.paper.directory.$name(self.conn, self.records_sequence, ids)
        }
    };
}

impl<'a> Reading<'a> {
    fn new(conn: &'a mut Conn, paper: &'a Paper, request: &'a Canonical, sequence: i64, now: Timestamp, until: Option<Timestamp>) -> Self {
        let records_sequence = paper.db.generation().records_sequence();
        Self { conn, now, paper, request, sequence, records_sequence, tags: Tags::default(), until }
    }
}

impl Reading<'_> {
    records!(authors, masthead_domain::id::AuthorId, masthead_store::authors::Author, Kind::Author);
    records!(sections, masthead_domain::id::SectionId, masthead_store::sections::Section, Kind::Section);
    records!(tags, masthead_domain::id::TagId, masthead_store::tags::Tag, Kind::Tag);
    records!(publications, masthead_domain::id::PublicationId, masthead_store::publications::Publication, Kind::Publication);
    records!(branches, masthead_domain::id::BranchId, masthead_store::branches::Branch, Kind::Branch);
    records!(media, masthead_domain::id::MediaId, masthead_store::media::MediaWithFile, Kind::Media);
    records!(venues, masthead_domain::id::VenueId, masthead_store::venues::Venue, Kind::Venue);
    records!(issues, masthead_domain::id::IssueId, masthead_store::issues::Issue, Kind::Issue);

    /// The settings.
    ///
    /// # Errors
    /// Those of the database.
    pub fn site(&mut self) -> Result<Arc<Site>, Error> {
        self.paper.directory.site(self.conn, self.records_sequence)
    }

    /// A section and all under it, itself first; the reply depends on them, and on how sections stand in each other.
    ///
    /// # Errors
    /// Those of the database.
    pub fn with_all_under(&mut self, id: SectionId) -> Result<Arc<Vec<SectionId>>, Error> {
        let ids = self.paper.directory.with_all_under(self.conn, self.records_sequence, id)?;
        for id in ids.iter() {
            self.uses(Kind::Section, AnyId(id.0));
        }
        self.uses_all(Kind::Section)?;
        Ok(ids)
    }

    /// Notes that the reply depends on one thing.
    pub fn uses(&mut self, kind: Kind, id: AnyId) {
        self.tags.add(kind, id);
    }

    /// Notes that the reply depends on which things of a kind there are; for articles and meetings, by now.
    ///
    /// # Errors
    /// Those of the database.
    pub fn uses_all(&mut self, kind: Kind) -> Result<(), Error> {
        self.tags.add_all(kind);
        if matches!(kind, Kind::Article | Kind::Meeting) {
            let (article, meeting) = self.paper.directory.next_moments(self.conn, self.sequence, self.now)?;
            let moment = if kind == Kind::Article { article } else { meeting };
            self.until = self.until.into_iter().chain(moment).min();
        }
        Ok(())
    }

    /// Notes that the reply shows the change sequence, and where articles are found by now.
    ///
    /// # Errors
    /// Those of the database.
    pub fn uses_changes(&mut self) -> Result<(), Error> {
        self.tags.of_changes = true;
        let (article, _) = self.paper.directory.next_moments(self.conn, self.sequence, self.now)?;
        self.holds_until(article);
        Ok(())
    }

    /// Notes that the reply changes by itself at a time.
    pub fn holds_until(&mut self, moment: Option<Timestamp>) {
        self.until = self.until.into_iter().chain(moment).min();
    }

    /// Says that one statement will do, and that what else has to be read may be newer: such as the names of records, which
    /// [`Directory`] keeps without regard to the state that is read anyway.
    pub fn is_one_statement(&mut self) {
        self.conn.reads_once();
    }

    /// The address of a page on the paper's website.
    #[must_use]
    pub fn page_url(&self, pattern: &str, slug: &Slug) -> String {
        web_address::page(&self.paper.config.public_url, pattern, slug.as_str())
    }

    /// The record that a filter names by its slug or id; the reply depends on it.
    ///
    /// # Errors
    /// A fault of the parameter where there is none.
    pub fn resolve<R: Record>(&mut self, name: &str, text: &str) -> Result<AnyId, ApiError> {
        let conn = &mut *self.conn;
        let Resolved { id, is_moved } = self.paper.directory.named(self.records_sequence, R::KIND, text, || look_up::<R>(conn, name, text))?;
        if is_moved {
            // Another thing may take the slug.
            self.tags.add_all(R::KIND);
        }
        self.uses(R::KIND, id);
        Ok(id)
    }

    /// Finds a thing by its slug or id, by a slug that it gave up, or by the id of one that became part of it; the reply depends
    /// on it.
    ///
    /// # Errors
    /// [`Error::NotFound`]
    pub fn find_or_moved<T>(
        &mut self,
        kind: Kind,
        key: &Key,
        id: impl Fn(&T) -> AnyId,
        find: impl Fn(&mut Conn, &Key) -> Result<T, Error>,
    ) -> Result<Found<T>, Error> {
        let found = match (find(self.conn, key), key) {
            (Err(Error::NotFound), key) => {
                let id = moved(self.conn, kind, key)?;
                // Another thing may take the slug, and the address with it.
                self.tags.add_all(kind);
                Found::Moved(find(self.conn, &Key::Id(id))?)
            }
            (found, _) => Found::Here(found?),
        };
        let (Found::Here(thing) | Found::Moved(thing)) = &found;
        self.uses(kind, id(thing));
        Ok(found)
    }
}

/// A thing found by its slug or id, or by a slug that it had.
pub enum Found<T> {
    Here(T),
    Moved(T),
}

/// What a handler answers.
pub enum Answer {
    Content {
        content_type: ContentType,
        body: Vec<u8>,
        last_modified: Option<Timestamp>,
        link: Option<String>,
    },
    /// It has another slug now.
    Moved(String),
}

impl Answer {
    /// An item, reduced to `fields`.
    ///
    /// # Errors
    /// Where it cannot be written as JSON.
    pub fn item<T: Serialize>(item: &T, fields: Option<&[&str]>, last_modified: Timestamp) -> Result<Self, ApiError> {
        Ok(Self::Content { content_type: ContentType::Json, body: item_bytes(item, fields)?, last_modified: Some(last_modified), link: None })
    }

    /// A list, each of its items reduced to `fields`, last modified when the newest of them was.
    ///
    /// # Errors
    /// Where it cannot be written as JSON.
    pub fn list<T: Serialize>(list: &T, fields: Option<&[&str]>, last_modified: Option<Timestamp>, link: Option<String>) -> Result<Self, ApiError> {
        Ok(Self::Content { content_type: ContentType::Json, body: list_bytes(list, fields)?, last_modified, link })
    }

    /// A calendar.
    #[must_use]
    pub fn calendar(calendar: &Calendar) -> Self {
        let last_modified = calendar.events.iter().map(|event| event.updated_at).max();
        Self::Content { content_type: ContentType::Calendar, body: calendar.write().into_bytes(), last_modified, link: None }
    }

    /// A reference to the address under which a thing is found now: the query goes along.
    #[must_use]
    pub fn moved(reading: &Reading<'_>, collection: &str, place: impl std::fmt::Display) -> Self {
        let query = reading.request.query();
        let mark = if query.is_empty() { "" } else { "?" };
        Self::Moved(format!("{collection}/{place}{mark}{query}"))
    }

    fn draft(self, operation: Operation) -> Draft {
        match self {
            Self::Content { content_type, body, last_modified, link } => {
                Draft { operation, status: StatusCode::OK, content_type, body, last_modified, link, location: None }
            }
            Self::Moved(location) => Draft {
                operation,
                status: StatusCode::MOVED_PERMANENTLY,
                content_type: ContentType::Json,
                body: Vec::new(),
                last_modified: None,
                link: None,
                location: Some(location),
            },
        }
    }
}

/// The cache tags of a reply.
#[derive(Default)]
struct Tags {
    one: BTreeMap<Kind, BTreeSet<AnyId>>,
    all: BTreeSet<Kind>,
    of_changes: bool,
}

impl Tags {
    fn add(&mut self, kind: Kind, id: AnyId) {
        self.one.entry(kind).or_default().insert(id);
    }

    fn add_all(&mut self, kind: Kind) {
        self.all.insert(kind);
    }

    /// The tags as text. Where they would not fit into a header, the tag of all things of a kind stands for those of the
    /// many, beginning with the kind that takes most room.
    fn list(mut self) -> Vec<String> {
        let mut written: BTreeMap<Kind, Vec<String>> =
            std::mem::take(&mut self.one).into_iter().map(|(kind, ids)| (kind, ids.into_iter().map(|id| kind.entity_tag(id.0)).collect())).collect();
        let size = |tags: &Vec<String>| tags.iter().map(|tag| tag.len() + 1).sum::<usize>();
        while written.values().map(size).sum::<usize>() > TAG_BYTES_MAX {
            let Some(largest) = written.iter().max_by_key(|(_, tags)| size(tags)).map(|(kind, _)| *kind) else { break };
            written.remove(&largest);
            self.all.insert(largest);
        }
        let collective = self.all.into_iter().map(|kind| kind.collective_tag().to_owned());
        let of_changes = self.of_changes.then(|| CHANGES_TAG.to_owned());
        of_changes.into_iter().chain(collective).chain(written.into_values().flatten()).collect()
    }
}

/// Adds to the replies of the editing side the content generation that they have brought about or seen.
pub fn add_revision(headers: &mut HeaderMap, paper: &Paper) {
    headers.insert(crate::reply::REVISION, HeaderValue::from(paper.db.generation().sequence()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn too_many_tags_are_replaced_by_that_of_their_kind() {
        let mut tags = Tags::default();
        for number in 0..100 {
            tags.add(Kind::Tag, AnyId(Uuid::from_u128(number)));
        }
        for number in 0..10 {
            tags.add(Kind::Author, AnyId(Uuid::from_u128(number)));
        }
        tags.add_all(Kind::Article);
        let list = tags.list();
        assert_eq!(list.get(..3), Some(&["articles".to_owned(), "tags".to_owned(), "author-000000000000".to_owned()][..]));
        assert_eq!(list.len(), 12);
    }
}
