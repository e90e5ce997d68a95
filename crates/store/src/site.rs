//! The site's settings: one row.

use crate::dialect::Conn;
use crate::error::Error;
use crate::on_each;
use crate::schema::site::dsl;
use diesel::prelude::*;
use masthead_domain::column::{AnyId, Json};
use masthead_domain::id::{MediaId, UserId};
use masthead_domain::readiness::Policies;
use masthead_domain::site::SocialLink;
use masthead_domain::time::Timestamp;
use uuid::Uuid;

/// What the revisions of the settings are kept under; there is one site, and it has no id of its own.
pub const ENTITY_ID: AnyId = AnyId(Uuid::nil());

/// The settings.
#[derive(Debug, Clone, PartialEq, diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = crate::schema::site, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct Site {
    /// Always 1.
    pub id: i32,
    pub version: i32,
    pub updated_at: Timestamp,
    pub updated_by: Option<UserId>,
    pub title: String,
    pub tagline: Option<String>,
    pub language: String,
    pub timezone: String,
    pub article_path: String,
    pub section_path: String,
    pub tag_path: String,
    pub author_path: String,
    pub publication_path: String,
    pub branch_path: String,
    pub meeting_path: String,
    /// In user-perceived characters.
    pub teaser_title_length: i32,
    /// In user-perceived characters.
    pub excerpt_length: i32,
    pub ellipsis: String,
    pub issue_path: String,
    pub page_path: String,
    /// With `{token}`.
    pub preview_path: String,
    pub readiness: Json<Policies>,
    pub logo_media_id: Option<MediaId>,
    pub contact_email: Option<String>,
    pub social_links: Json<Vec<SocialLink>>,
}

impl Site {
    /// The settings of a site that nobody has named yet.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self {
            id: 1,
            version: 1,
            updated_at: now,
            updated_by: None,
            title: "Untitled".to_owned(),
            tagline: None,
            language: "en".to_owned(),
            timezone: "UTC".to_owned(),
            article_path: "/articles/{slug}".to_owned(),
            section_path: "/sections/{slug}".to_owned(),
            tag_path: "/tags/{slug}".to_owned(),
            author_path: "/authors/{slug}".to_owned(),
            publication_path: "/publications/{slug}".to_owned(),
            branch_path: "/branches/{slug}".to_owned(),
            meeting_path: "/meetings/{slug}".to_owned(),
            teaser_title_length: 70,
            excerpt_length: 200,
            ellipsis: "…".to_owned(),
            issue_path: "/issues/{slug}".to_owned(),
            page_path: "/pages/{slug}".to_owned(),
            preview_path: "/preview/{token}".to_owned(),
            readiness: Json(Policies::default()),
            logo_media_id: None,
            contact_email: None,
            social_links: Json(Vec::new()),
        }
    }
}

/// The settings.
///
/// # Errors
/// [`Error::NotFound`] before [`insert`].
pub fn find(conn: &mut Conn) -> Result<Site, Error> {
    Ok(on_each!(conn => dsl::site.select(Site::as_select()).first(conn))?)
}

/// Writes the first settings, unless there are some.
///
/// # Errors
/// Those of the database.
pub fn insert(conn: &mut Conn, site: &Site) -> Result<bool, Error> {
    let count = on_each!(conn => diesel::insert_into(dsl::site).values(site).on_conflict_do_nothing().execute(conn))?;
    Ok(count == 1)
}

/// Writes the settings over the version `seen`.
///
/// # Errors
/// [`Error::Stale`]
pub fn update(conn: &mut Conn, seen: i32, site: &Site) -> Result<(), Error> {
    let count = on_each!(conn => diesel::update(dsl::site.filter(dsl::version.eq(seen))).set(site).execute(conn))?;
    if count == 1 { Ok(()) } else { Err(Error::Stale) }
}
