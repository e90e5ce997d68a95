//! The records that articles and meetings refer to, kept in memory: nearly every reply needs some of them, and they change
//! seldom. What is kept is of one records generation (see [`masthead_store::generation`]) and is read again after it.

use crate::page::Resolved;
use masthead_domain::id::{AuthorId, BranchId, IssueId, MediaId, PublicationId, SectionId, TagId, VenueId};
use masthead_domain::kind::Kind;
use masthead_domain::time::Timestamp;
use masthead_store::authors::Author;
use masthead_store::branches::Branch;
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::issues::Issue;
use masthead_store::media::MediaWithFile;
use masthead_store::publications::Publication;
use masthead_store::sections::Section;
use masthead_store::site::Site;
use masthead_store::tags::Tag;
use masthead_store::venues::Venue;
use masthead_store::{authors, branches, issues, media, meetings, public_articles, publications, sections, site, tags, venues};
use quick_cache::sync::Cache;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock};

/// How many records of a kind are kept. Most papers have fewer.
const RECORDS_MAX: usize = 2048;

/// The records of one kind.
struct Shelf<I, R>(Cache<I, (i64, Arc<R>)>);

impl<I: Copy + Eq + Hash, R> Shelf<I, R> {
    fn new() -> Self {
        Self(Cache::new(RECORDS_MAX))
    }

    /// The records of these ids that exist; those that are not kept are read, all in one query.
    fn find(
        &self,
        sequence: i64,
        ids: &[I],
        id_of: impl Fn(&R) -> I,
        read: impl FnOnce(&[I]) -> Result<Vec<R>, Error>,
    ) -> Result<HashMap<I, Arc<R>>, Error> {
        let mut found = HashMap::with_capacity(ids.len());
        let mut missing = Vec::new();
        for id in ids {
            match self.0.get(id) {
                Some((of, record)) if of == sequence => drop(found.insert(*id, record)),
                _ => missing.push(*id),
            }
        }
        if !missing.is_empty() {
            for record in read(&missing)? {
                let (id, record) = (id_of(&record), Arc::new(record));
                self.0.insert(id, (sequence, Arc::clone(&record)));
                found.insert(id, record);
            }
        }
        Ok(found)
    }
}

/// The next moments at which something changes by the clock alone.
#[derive(Clone, Copy)]
struct Moments {
    sequence: i64,
    asked_at: Timestamp,
    article: Option<Timestamp>,
    meeting: Option<Timestamp>,
}

impl Moments {
    /// Whether they are still the next ones.
    fn hold(&self, sequence: i64, now: Timestamp) -> bool {
        let next = self.article.into_iter().chain(self.meeting).min();
        self.sequence == sequence && self.asked_at <= now && next.is_none_or(|next| now < next)
    }
}

/// See the module.
pub struct Directory {
    site: RwLock<Option<(i64, Arc<Site>)>>,
    moments: RwLock<Option<Moments>>,
    /// When the next prepared revision takes its place, as of a content generation.
    prepared: RwLock<(i64, Option<Timestamp>)>,
    /// The ids behind the slugs that filters name.
    names: Cache<(Kind, String), (i64, Resolved)>,
    authors: Shelf<AuthorId, Author>,
    sections: Shelf<SectionId, Section>,
    /// A section and all under it.
    subtrees: Cache<SectionId, (i64, Arc<Vec<SectionId>>)>,
    tags: Shelf<TagId, Tag>,
    publications: Shelf<PublicationId, Publication>,
    branches: Shelf<BranchId, Branch>,
    venues: Shelf<VenueId, Venue>,
    media: Shelf<MediaId, MediaWithFile>,
    issues: Shelf<IssueId, Issue>,
}

macro_rules! shelf {
    ($name:ident, $id:ty, $row:ty) => {
        #[doc = concat!("The ", stringify!($name), " of these ids that exist.")]
        ///
        /// # Errors
        /// Those of the database.
        pub fn $name(&self, conn: &mut Conn, sequence: i64, ids: &[$id]) -> Result<HashMap<$id, Arc<$row>>, Error> {
            self.$name.find(sequence, ids, |row| row.id, |ids| $name::by_ids(conn, ids))
        }
    };
}

impl Directory {
    #[must_use]
    pub fn new() -> Self {
        Self {
            site: RwLock::default(),
            moments: RwLock::default(),
            // No generation is negative.
            prepared: RwLock::new((-1, None)),
            names: Cache::new(RECORDS_MAX),
            authors: Shelf::new(),
            sections: Shelf::new(),
            subtrees: Cache::new(RECORDS_MAX),
            tags: Shelf::new(),
            publications: Shelf::new(),
            branches: Shelf::new(),
            venues: Shelf::new(),
            media: Shelf::new(),
            issues: Shelf::new(),
        }
    }

    shelf!(authors, AuthorId, Author);
    shelf!(sections, SectionId, Section);
    shelf!(tags, TagId, Tag);
    shelf!(publications, PublicationId, Publication);
    shelf!(branches, BranchId, Branch);
    shelf!(venues, VenueId, Venue);
    shelf!(issues, IssueId, Issue);

    /// The media of these ids that exist, with their files.
    ///
    /// # Errors
    /// Those of the database.
    pub fn media(&self, conn: &mut Conn, sequence: i64, ids: &[MediaId]) -> Result<HashMap<MediaId, Arc<MediaWithFile>>, Error> {
        self.media.find(sequence, ids, |(row, _)| row.id, |ids| media::by_ids(conn, ids))
    }

    /// A section and all under it, itself first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn with_all_under(&self, conn: &mut Conn, sequence: i64, id: SectionId) -> Result<Arc<Vec<SectionId>>, Error> {
        if let Some((_, ids)) = self.subtrees.get(&id).filter(|(of, _)| *of == sequence) {
            return Ok(ids);
        }
        let ids = Arc::new(sections::with_all_under(conn, &[id])?);
        self.subtrees.insert(id, (sequence, Arc::clone(&ids)));
        Ok(ids)
    }

    /// The record that a filter names by its slug or id, as `read` finds it.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn named<E>(&self, sequence: i64, kind: Kind, name: &str, read: impl FnOnce() -> Result<Resolved, E>) -> Result<Resolved, E> {
        let key = (kind, name.to_owned());
        if let Some((_, resolved)) = self.names.get(&key).filter(|(of, _)| *of == sequence) {
            return Ok(resolved);
        }
        let resolved = read()?;
        self.names.insert(key, (sequence, resolved));
        Ok(resolved)
    }

    /// The settings.
    ///
    /// # Errors
    /// Those of the database.
    pub fn site(&self, conn: &mut Conn, sequence: i64) -> Result<Arc<Site>, Error> {
        let kept = self.site.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, site)) = kept.filter(|(of, _)| *of == sequence) {
            return Ok(site);
        }
        let site = Arc::new(site::find(conn)?);
        *self.site.write().unwrap_or_else(PoisonError::into_inner) = Some((sequence, Arc::clone(&site)));
        Ok(site)
    }

    /// When the next prepared revision takes its place, if that is known of this content generation.
    #[must_use]
    pub fn next_prepared(&self, sequence: i64) -> Option<Option<Timestamp>> {
        let (of, moment) = *self.prepared.read().unwrap_or_else(PoisonError::into_inner);
        (of == sequence).then_some(moment)
    }

    /// Notes when that is.
    pub fn note_next_prepared(&self, sequence: i64, moment: Option<Timestamp>) {
        *self.prepared.write().unwrap_or_else(PoisonError::into_inner) = (sequence, moment);
    }

    /// The next moments at which an article appears or goes, and at which a meeting ends. `sequence` is the content
    /// generation here, for any article and any meeting may be the next.
    ///
    /// # Errors
    /// Those of the database.
    pub fn next_moments(&self, conn: &mut Conn, sequence: i64, now: Timestamp) -> Result<(Option<Timestamp>, Option<Timestamp>), Error> {
        let kept = *self.moments.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(moments) = kept.filter(|moments| moments.hold(sequence, now)) {
            return Ok((moments.article, moments.meeting));
        }
        let moments = Moments { sequence, asked_at: now, article: public_articles::next_moment(conn, now)?, meeting: meetings::next_end(conn, now)? };
        *self.moments.write().unwrap_or_else(PoisonError::into_inner) = Some(moments);
        Ok((moments.article, moments.meeting))
    }
}
