//! The site's settings.

use crate::delivery::{Answer, Delivery};
use crate::desk::{Seen, Versioned, check_version, not_overtaken, permit};
use crate::error::ApiError;
use crate::identity::{Admin, Contributor};
use crate::media::item::{MediaItem, Words};
use crate::media::reference;
use crate::request::{IfMatch, JsonBody, Query};
use crate::routing::Routes;
use crate::writing::{Acting, Desk, Entry};
use actix_web::web::Data;
use actix_web::{HttpResponse, get, patch};
use masthead_domain::change::ChangeAction;
use masthead_domain::column::Json;
use masthead_domain::fault::FaultCode;
use masthead_domain::id::{MediaId, UserId};
use masthead_domain::json;
use masthead_domain::kind::Kind;
use masthead_domain::media::MediaKind;
use masthead_domain::permission::Action;
use masthead_domain::read::Reader;
use masthead_domain::readiness::Policies;
use masthead_domain::site::SocialLink;
use masthead_domain::time::Timestamp;
use masthead_domain::vocabulary::Vocabulary;
use masthead_domain::web_address;
use masthead_store::changes::NewChange;
use masthead_store::db::Db;
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::revisions::{self, Revision};
use masthead_store::site::{self, ENTITY_ID};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// The most characters that a teaser title or an excerpt may be set to have.
const LENGTH_MAX: i64 = 1000;

/// What an administrator enters for the site.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SiteIn {
    #[schema(min_length = 1, max_length = 200, example = "The Harbour Lantern")]
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500, example = "News from the waterline")]
    pub tagline: Option<String>,
    /// BCP 47; the language of articles that name none.
    #[schema(max_length = 35, example = "en-AU")]
    pub language: String,
    /// The IANA zone that dates are meant in.
    #[schema(max_length = 64, example = "Australia/Sydney")]
    pub timezone: String,
    /// The paths of the website's pages, with {slug}.
    #[schema(max_length = 200, example = "/articles/{slug}")]
    pub article_path: String,
    #[schema(max_length = 200, example = "/sections/{slug}")]
    pub section_path: String,
    #[schema(max_length = 200, example = "/tags/{slug}")]
    pub tag_path: String,
    #[schema(max_length = 200, example = "/authors/{slug}")]
    pub author_path: String,
    #[schema(max_length = 200, example = "/publications/{slug}")]
    pub publication_path: String,
    #[schema(max_length = 200, example = "/branches/{slug}")]
    pub branch_path: String,
    #[schema(max_length = 200, example = "/meetings/{slug}")]
    pub meeting_path: String,
    #[schema(max_length = 200, example = "/issues/{slug}")]
    pub issue_path: String,
    #[schema(max_length = 200, example = "/pages/{slug}")]
    pub page_path: String,
    /// Teaser titles are cut at a word end within this many user-perceived characters.
    #[schema(minimum = 10, maximum = 1000, example = 70)]
    pub teaser_title_length: i32,
    /// Excerpts are cut likewise.
    #[schema(minimum = 10, maximum = 1000, example = 200)]
    pub excerpt_length: i32,
    /// What stands where a text was cut.
    #[schema(max_length = 10, example = "…")]
    pub ellipsis: String,
    /// Where the website shows previews: a path with {token}.
    #[schema(max_length = 200, example = "/preview/{token}")]
    pub preview_path: String,
    /// What is made of what an article lacks before it goes public.
    pub readiness: Policies,
    /// The paper's sign, a picture among the media.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c25")]
    pub logo_media_id: Option<MediaId>,
    /// Where readers write to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 254, format = Email, example = "desk@paper.example")]
    pub contact_email: Option<String>,
    /// Where else the paper is found, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, max_items = 20)]
    pub social_links: Vec<SocialLink>,
}

/// The settings as an administrator sees them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EditorSite {
    /// Rises by one with each change; to be sent in `If-Match`.
    #[schema(minimum = 1, example = 3)]
    pub version: i32,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:45:00Z")]
    pub updated_at: Timestamp,
    /// Who changed them last; absent where the server did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c22")]
    pub updated_by: Option<UserId>,
    pub settings: SiteIn,
}

/// The site, as readers' programs need to know it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Site {
    #[schema(example = "The Harbour Lantern")]
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "News from the waterline")]
    pub tagline: Option<String>,
    /// BCP 47.
    #[schema(example = "en-AU")]
    pub language: String,
    /// The IANA zone that dates are meant in.
    #[schema(example = "Australia/Sydney")]
    pub timezone: String,
    /// The address of the website.
    #[schema(format = Uri, example = "https://paper.example")]
    pub url: String,
    /// The paper's sign.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<MediaItem>,
    /// Where readers write to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 254, format = Email, example = "desk@paper.example")]
    pub contact_email: Option<String>,
    /// Where else the paper is found, in order.
    #[schema(max_items = 20)]
    pub social_links: Vec<SocialLink>,
}

impl From<&site::Site> for SiteIn {
    fn from(row: &site::Site) -> Self {
        Self {
            title: row.title.clone(),
            tagline: row.tagline.clone(),
            language: row.language.clone(),
            timezone: row.timezone.clone(),
            article_path: row.article_path.clone(),
            section_path: row.section_path.clone(),
            tag_path: row.tag_path.clone(),
            author_path: row.author_path.clone(),
            publication_path: row.publication_path.clone(),
            branch_path: row.branch_path.clone(),
            meeting_path: row.meeting_path.clone(),
            issue_path: row.issue_path.clone(),
            page_path: row.page_path.clone(),
            teaser_title_length: row.teaser_title_length,
            excerpt_length: row.excerpt_length,
            ellipsis: row.ellipsis.clone(),
            preview_path: row.preview_path.clone(),
            readiness: row.readiness.0.clone(),
            logo_media_id: row.logo_media_id,
            contact_email: row.contact_email.clone(),
            social_links: row.social_links.0.clone(),
        }
    }
}

fn read(reader: &mut Reader) -> SiteIn {
    let language = reader.language("language");
    let timezone = reader.time_zone("timezone");
    let mut path = |name: &'static str| {
        let pattern = reader.required_line(name, 200);
        if !pattern.is_empty() && !web_address::is_page_pattern(&pattern) {
            reader.fault(name, FaultCode::InvalidFormat, "must be a path with {slug} once, like /articles/{slug}");
        }
        pattern
    };
    let [article_path, section_path, tag_path, author_path, publication_path, branch_path, meeting_path, issue_path, page_path] =
        ["article_path", "section_path", "tag_path", "author_path", "publication_path", "branch_path", "meeting_path", "issue_path", "page_path"]
            .map(&mut path);
    let preview_path = reader.required_line("preview_path", 200);
    if !preview_path.is_empty() && !web_address::is_preview_pattern(&preview_path) {
        reader.fault("preview_path", FaultCode::InvalidFormat, "must be a path with {token} once, like /preview/{token}");
    }
    let mut length = |name: &'static str| {
        let length = reader.integer(name, 10..=LENGTH_MAX).and_then(|length| i32::try_from(length).ok());
        reader.require(name, length).unwrap_or_default()
    };
    let [teaser_title_length, excerpt_length] = ["teaser_title_length", "excerpt_length"].map(&mut length);
    SiteIn {
        title: reader.required_line("title", 200),
        tagline: reader.filled_line("tagline", 500),
        language: reader.require("language", language).unwrap_or_default(),
        timezone: reader.require("timezone", timezone).unwrap_or_default(),
        article_path,
        section_path,
        tag_path,
        author_path,
        publication_path,
        branch_path,
        meeting_path,
        issue_path,
        page_path,
        teaser_title_length,
        excerpt_length,
        ellipsis: reader.line("ellipsis", 10).unwrap_or_default(),
        preview_path,
        readiness: reader.object("readiness", Policies::read).unwrap_or_default(),
        logo_media_id: reader.id("logo_media_id"),
        contact_email: reader.email_address("contact_email"),
        social_links: SocialLink::read_all(reader),
    }
}

fn to_row(input: SiteIn, version: i32, now: Timestamp, updated_by: Option<UserId>) -> site::Site {
    site::Site {
        id: 1,
        version,
        updated_at: now,
        updated_by,
        title: input.title,
        tagline: input.tagline,
        language: input.language,
        timezone: input.timezone,
        article_path: input.article_path,
        section_path: input.section_path,
        tag_path: input.tag_path,
        author_path: input.author_path,
        publication_path: input.publication_path,
        branch_path: input.branch_path,
        meeting_path: input.meeting_path,
        issue_path: input.issue_path,
        page_path: input.page_path,
        teaser_title_length: input.teaser_title_length,
        excerpt_length: input.excerpt_length,
        ellipsis: input.ellipsis,
        preview_path: input.preview_path,
        readiness: Json(input.readiness),
        logo_media_id: input.logo_media_id,
        contact_email: input.contact_email,
        social_links: Json(input.social_links),
    }
}

fn versioned(row: &site::Site) -> Versioned<EditorSite> {
    let value = EditorSite { version: row.version, updated_at: row.updated_at, updated_by: row.updated_by, settings: row.into() };
    Versioned { version: row.version, id: ENTITY_ID, value }
}

fn seen(row: &site::Site) -> Seen {
    Seen { id: ENTITY_ID, version: row.version, changed_at: row.updated_at, changed_by: row.updated_by }
}

/// Changes the settings by a merge patch. A patch that changes nothing keeps the version.
pub fn update(conn: &mut Conn, acting: &Acting, if_match: &IfMatch, patch: Value) -> Result<Versioned<EditorSite>, ApiError> {
    permit(&acting.actor, Action::EditSite)?;
    let now = acting.now;
    let old = site::find(conn)?;
    check_version(conn, if_match, &seen(&old))?;
    let old_input = SiteIn::from(&old);
    let merged = json::merge(serde_json::to_value(&old_input).map_err(ApiError::internal)?, patch);
    let mut faults = Vec::new();
    let mut reader = Reader::root(&merged, &mut faults);
    let input = read(&mut reader);
    reader.finish();
    reference::check(conn, &[("/logo_media_id", input.logo_media_id, MediaKind::Image)], &mut faults)?;
    if !faults.is_empty() {
        return Err(ApiError::validation(faults));
    }
    if input == old_input {
        return Ok(versioned(&old));
    }
    let document = serde_json::to_value(&input).map_err(ApiError::internal)?;
    let row = to_row(input, old.version + 1, now, Some(acting.actor.user_id));
    let written = site::update(conn, old.version, &row);
    not_overtaken(conn, written, old.version, |conn| Ok(seen(&site::find(conn)?)))?;
    let (number, created_by) = (row.version, Some(acting.actor.user_id));
    acting.audit(
        conn,
        Entry {
            action: "site.update".to_owned(),
            subject: Kind::Site.word(),
            entity_id: Some(ENTITY_ID),
            label: Some(row.title.clone()),
            before: Some(serde_json::to_value(&old_input).map_err(ApiError::internal)?),
            after: Some(document.clone()),
        },
    )?;
    let document = Json(document);
    revisions::insert(conn, &Revision { entity_id: ENTITY_ID, number, kind: Kind::Site, version: number, document, created_at: now, created_by })?;
    conn.note(NewChange { kind: Kind::Site, entity_id: ENTITY_ID, action: ChangeAction::Updated, revision: number, changed_at: now });
    Ok(versioned(&row))
}

/// Find the site.
///
/// Its title, language, time zone and address, its logo, and where else the paper is found.
#[utoipa::path(tag = "site", responses((status = OK, description = "The site.", body = Site)))]
#[get("/site")]
async fn find_site(delivery: Delivery, query: Query) -> Result<HttpResponse, ApiError> {
    let canonical = query.finish()?;
    delivery
        .answer(canonical, |reading| {
            let row = reading.site()?;
            let shown = reading.media(row.logo_media_id.as_slice())?;
            let logo = row.logo_media_id.and_then(|id| shown.get(&id));
            let out = Site {
                title: row.title.clone(),
                tagline: row.tagline.clone(),
                language: row.language.clone(),
                timezone: row.timezone.clone(),
                url: reading.paper.config.public_url.clone(),
                logo: logo.map(|found| MediaItem::new(&reading.paper.config, found, Words::NONE)),
                contact_email: row.contact_email.clone(),
                social_links: row.social_links.0.clone(),
            };
            Answer::item(&out, None, row.updated_at)
        })
        .await
}

/// Find the site's settings to edit.
///
/// All settings, with their version.
#[utoipa::path(tag = "site", responses((status = OK, description = "The settings.", body = EditorSite)))]
#[get("/site")]
async fn find_editor_site(db: Data<Db>, _: Contributor, query: Query) -> Result<HttpResponse, ApiError> {
    query.finish()?;
    let row = db.read(site::find).await?;
    Ok(versioned(&row).reply())
}

/// Update the site's settings.
///
/// A merge patch (RFC 7396) of the settings: what is left out stays. A patch that changes nothing keeps the version.
#[utoipa::path(tag = "site", request_body = SiteIn, responses((status = OK, description = "Changed, or as they were.", body = EditorSite)))]
#[patch("/site")]
async fn update_site(desk: Desk<Admin>, if_match: IfMatch, body: JsonBody) -> Result<HttpResponse, ApiError> {
    desk.write(move |conn, acting| update(conn, acting, &if_match, body.0)?.ok()).await
}

/// Writes the first settings of a new site.
pub fn open(conn: &mut Conn, now: Timestamp) -> Result<(), Error> {
    let site = site::Site::new(now);
    if site::insert(conn, &site)? {
        let document = Json(serde_json::to_value(SiteIn::from(&site)).map_err(Error::internal)?);
        revisions::insert(
            conn,
            &Revision { entity_id: ENTITY_ID, number: 1, kind: Kind::Site, version: 1, document, created_at: now, created_by: None },
        )?;
    }
    Ok(())
}

/// The routes of the delivery side.
pub fn routes(routes: &mut Routes) {
    routes.service(find_site);
}

/// The routes of the editing side.
pub fn desk_routes(routes: &mut Routes) {
    routes.service(find_editor_site).service(update_site);
}
