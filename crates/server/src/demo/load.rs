//! Puts demo content into a database: the small paper through the same doors that an editor uses, a generated corpus in
//! batches, its bodies rendered on all cores.

use crate::articles::publication::Going;
use crate::articles::steps::{Ending, StepRequest};
use crate::articles::{drafts, publication, steps};
use crate::config::Config;
use crate::demo::content::{DemoArticle, DemoAuthor, DemoBranch, DemoMeeting, DemoPublication, DemoSection, DemoTag, DemoTiming, DemoVenue, Weekday};
use crate::demo::generator::Corpus;
use crate::demo::paper::Paper;
use crate::demo::structure;
use crate::desk::{self, Record};
use crate::error::ApiError;
use crate::opaque_tokens::new_one_time_password;
use crate::password_hashing::PasswordHasher;
use crate::request::IfMatch;
use crate::site;
use crate::writing::Acting;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::ToSpan;
use jiff::tz::TimeZone;
use masthead_domain::article::{ArticleIn, BodyIn, BylineIn, BylineRole};
use masthead_domain::body::BodyFormat;
use masthead_domain::column::{AnyId, Json};
use masthead_domain::credit::{Credit, Relation};
use masthead_domain::email::EmailAddress;
use masthead_domain::id::ArticleId;
use masthead_domain::kind::Kind;
use masthead_domain::permission::{Actor, Role};
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;
use masthead_store::articles::Article;
use masthead_store::bulk::{self, PublishedArticle};
use masthead_store::db::{Address, Use};
use masthead_store::dialect::Conn;
use masthead_store::record::Key;
use masthead_store::revisions::Revision;
use masthead_store::search;
use masthead_store::users::{self, User};
use serde_json::{Value, json};
use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::sync_channel;
use uuid::Uuid;

/// The address of the demo's administrator.
const ADMIN_EMAIL: &str = "admin@paper.example";

/// Why demo content cannot be loaded.
#[derive(Debug)]
pub struct LoadError(String);

impl std::fmt::Display for LoadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for LoadError {}

impl From<ApiError> for LoadError {
    fn from(error: ApiError) -> Self {
        let faults: Vec<String> =
            error.errors.iter().map(|fault| format!("{} {}", fault.pointer.as_deref().unwrap_or_default(), fault.message)).collect();
        Self(format!("{error} {}", faults.join("; ")))
    }
}

impl From<masthead_store::error::Error> for LoadError {
    fn from(error: masthead_store::error::Error) -> Self {
        Self(error.to_string())
    }
}

fn failed(error: impl std::fmt::Display) -> LoadError {
    LoadError(error.to_string())
}

/// The ids that records got, by their positions in the demo content.
struct Ids {
    sections: Vec<Uuid>,
    tags: Vec<Uuid>,
    authors: Vec<Uuid>,
    publications: Vec<Uuid>,
    branches: Vec<Uuid>,
    venues: Vec<Uuid>,
}

fn at(ids: &[Uuid], position: usize) -> Result<Uuid, LoadError> {
    ids.get(position).copied().ok_or_else(|| LoadError(format!("the demo content refers to number {position}, which is not there")))
}

fn add<R: Record>(conn: &mut Conn, acting: &Acting, value: &Value) -> Result<Uuid, LoadError> {
    Ok(desk::create::<R>(conn, acting, value)?.id.0)
}

/// What both kinds of demo content have besides articles.
struct Records<'a> {
    sections: &'a [DemoSection],
    tags: &'a [DemoTag],
    authors: &'a [DemoAuthor],
    publications: &'a [DemoPublication],
    branches: &'a [DemoBranch],
    venues: &'a [DemoVenue],
    meetings: &'a [DemoMeeting],
}

fn add_records(conn: &mut Conn, acting: &Acting, records: &Records) -> Result<Ids, LoadError> {
    let mut sections: Vec<Uuid> = Vec::new();
    for section in records.sections {
        let parent = section.parent.map(|position| at(&sections, position)).transpose()?;
        let value = json!({"name": section.name, "slug": section.slug, "description": section.description, "parent_id": parent});
        sections.push(add::<masthead_store::sections::Section>(conn, acting, &value)?);
    }
    let mut tags = Vec::new();
    for tag in records.tags {
        tags.push(add::<masthead_store::tags::Tag>(conn, acting, &json!({"name": tag.name, "slug": tag.slug}))?);
    }
    let mut authors = Vec::new();
    for author in records.authors {
        let value = json!({"name": author.name, "slug": author.slug, "bio": author.bio});
        authors.push(add::<masthead_store::authors::Author>(conn, acting, &value)?);
    }
    let mut publications = Vec::new();
    for publication in records.publications {
        // A template that does not name the publication is a line of its own and stays with the articles.
        let template = publication.credit_template.as_ref().filter(|template| template.contains("{publication}"));
        let value = json!({
            "name": publication.name, "slug": publication.slug, "homepage_url": publication.homepage, "country": publication.country,
            "language": publication.language, "credit_line_template": template, "default_licence": publication.licence,
        });
        publications.push(add::<masthead_store::publications::Publication>(conn, acting, &value)?);
    }
    let mut branches = Vec::new();
    for branch in records.branches {
        let value =
            json!({"name": branch.name, "slug": branch.slug, "city": branch.city, "timezone": branch.timezone, "contact_email": branch.email});
        branches.push(add::<masthead_store::branches::Branch>(conn, acting, &value)?);
    }
    let mut venues = Vec::new();
    for venue in records.venues {
        use crate::demo::content::Access;
        let word = |access| match access {
            Access::Yes => "yes",
            Access::No => "no",
            Access::Unknown => "unknown",
        };
        // The demo asks whether there are steps, the record whether one gets in without.
        let step_free = match venue.steps {
            Access::Yes => "no",
            Access::No => "yes",
            Access::Unknown => "unknown",
        };
        let value = json!({
            "name": venue.name, "slug": venue.slug, "street_address": venue.address, "locality": venue.city, "step_free": step_free,
            "accessible_toilet": word(venue.accessible_toilet), "hearing_loop": word(venue.hearing_loop),
        });
        venues.push(add::<masthead_store::venues::Venue>(conn, acting, &value)?);
    }
    let ids = Ids { sections, tags, authors, publications, branches, venues };
    for meeting in records.meetings {
        let branch = records.branches.get(meeting.branch).ok_or_else(|| failed("a demo meeting has no branch"))?;
        let value = json!({
            "title": meeting.title, "slug": meeting.slug, "description": meeting.description,
            "starts_at_local": meeting_time(meeting, branch, acting.now)?, "duration_minutes": meeting.duration_minutes,
            // Where the clocks go back that night either will do.
            "ambiguous_time": "earlier",
            "attendance": meeting.attendance.as_str(), "branch_id": at(&ids.branches, meeting.branch)?,
            "venue_id": meeting.venue.map(|position| at(&ids.venues, position)).transpose()?, "online_url": meeting.online_url,
        });
        add::<masthead_store::meetings::Meeting>(conn, acting, &value)?;
    }
    Ok(ids)
}

/// The wall time of a demo meeting, counted from today in its branch's zone.
fn meeting_time(meeting: &DemoMeeting, branch: &DemoBranch, now: Timestamp) -> Result<String, LoadError> {
    let zone = TimeZone::get(&branch.timezone).map_err(failed)?;
    let today = zone.to_datetime(now.to_jiff()).date();
    let weekdays = [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday, Weekday::Saturday, Weekday::Sunday];
    let weekday =
        usize::try_from(today.weekday().to_monday_zero_offset()).ok().and_then(|offset| weekdays.get(offset)).copied().unwrap_or(Weekday::Monday);
    let day = today.checked_add(i64::from(meeting.day.days_ahead(weekday)).days()).map_err(failed)?;
    Ok(format!("{day}T{}", meeting.starts_at_local))
}

fn role(role: crate::demo::content::BylineRole) -> BylineRole {
    match role {
        crate::demo::content::BylineRole::Words => BylineRole::Words,
        crate::demo::content::BylineRole::Pictures => BylineRole::Pictures,
        crate::demo::content::BylineRole::Translation => BylineRole::Translation,
    }
}

/// What an editor would have entered for a demo article, without its hand-picked related ones.
fn content(article: &DemoArticle, ids: &Ids, authors: &[DemoAuthor], published_at: Timestamp) -> Result<ArticleIn, LoadError> {
    use crate::demo::content::Relation as DemoRelation;
    let credits = article.credit.iter().map(|credit| {
        let before = i64::try_from(credit.original_published_seconds_before).unwrap_or_default();
        Ok(Credit {
            publication_id: at(&ids.publications, credit.publication)?.into(),
            relation: match credit.relation {
                DemoRelation::Republished => Relation::Republished,
                DemoRelation::Abridged => Relation::Abridged,
                DemoRelation::Translated => Relation::Translated,
            },
            original_title: Some(credit.original_title.to_string()),
            original_url: Some(credit.original_url.to_string()),
            original_authors: Some(credit.original_authors.to_string()),
            original_published_at: Some(published_at.plus_seconds(-before)),
            licence: None,
            changes: credit.changes.as_ref().map(ToString::to_string),
            translator: credit.translator.and_then(|position| authors.get(position)).map(|author| author.name.to_string()),
            line: None,
            via: Vec::new(),
        })
    });
    Ok(ArticleIn {
        title: article.title.to_string(),
        slug: Some(Slug::parse(&article.slug).map_err(failed)?),
        standfirst: Some(article.standfirst.to_string()),
        body: Some(BodyIn { format: BodyFormat::Markdown, source: article.body_markdown.to_string() }),
        bylines: article
            .bylines
            .iter()
            .map(|byline| Ok(BylineIn { author_id: at(&ids.authors, byline.author)?.into(), role: role(byline.role) }))
            .collect::<Result<_, LoadError>>()?,
        byline_text: article.byline_text.as_ref().map(ToString::to_string),
        credits: credits.collect::<Result<_, LoadError>>()?,
        section_id: Some(at(&ids.sections, article.section)?.into()),
        tag_ids: article.tags.iter().map(|position| at(&ids.tags, *position).map(Into::into)).collect::<Result<_, LoadError>>()?,
        language: Some(article.language.to_string()),
        ..ArticleIn::default()
    })
}

/// Fills an empty database with the small paper, makes an administrator, and prints how to go on. On a database that
/// holds content already it only prints.
///
/// # Errors
/// With the cause; nothing is then left behind.
pub fn paper(conn: &mut Conn, config: &Config, now: Timestamp) -> Result<(), LoadError> {
    let is_empty = !bulk::has_articles(conn)? && !users::has_admin(conn)?;
    let password = if is_empty { Some(conn.in_transaction(|conn| fill(conn, config, now))?) } else { None };
    print_guide(conn, config, password.as_deref(), now)
}

fn fill(conn: &mut Conn, config: &Config, now: Timestamp) -> Result<String, LoadError> {
    let password = new_one_time_password().map_err(failed)?;
    let password_hash = PasswordHasher::hash_blocking(&password, config.password_cost).map_err(failed)?;
    let email = EmailAddress::parse(ADMIN_EMAIL).map_err(failed)?;
    let user = User::new(email, "Demo administrator".to_owned(), Role::Admin, password_hash, now);
    users::insert(conn, &user)?;
    let acting = Acting::at_the_server(Actor::new(user.id, Role::Admin), &user.name, now);
    let acting = &acting;
    let paper = Paper::new().map_err(failed)?;
    let settings =
        json!({"title": paper.site.title, "tagline": paper.site.tagline, "language": paper.site.language, "timezone": paper.site.timezone});
    site::update(conn, acting, &IfMatch::Any, settings)?;
    let ids = add_records(
        conn,
        acting,
        &Records {
            sections: &paper.sections,
            tags: &paper.tags,
            authors: &paper.authors,
            publications: &paper.publications,
            branches: &paper.branches,
            venues: &paper.venues,
            meetings: &paper.meetings,
        },
    )?;
    let issue_id = structure::add_issue(conn, acting)?;
    let mut article_ids = Vec::new();
    for article in &paper.articles {
        let published_at = now.plus_seconds(-i64::try_from(article.published_seconds_ago().unwrap_or_default()).unwrap_or_default());
        let mut value = serde_json::to_value(content(article, &ids, &paper.authors, published_at)?).map_err(failed)?;
        structure::put_into_issue(&mut value, issue_id, article_ids.len());
        article_ids.push(drafts::create(conn, acting, value)?.article.id);
    }
    for (article, id) in paper.articles.iter().zip(&article_ids) {
        let key = Key::Id(AnyId(id.0));
        if !article.related.is_empty() {
            let related: Vec<ArticleId> = article.related.iter().filter_map(|position| article_ids.get(*position)).copied().collect();
            drafts::update(conn, acting, &key, &IfMatch::Any, json!({"related_ids": related}))?;
        }
        match article.timing {
            DemoTiming::Published { seconds_ago } => {
                let published_at = now.plus_seconds(-i64::try_from(seconds_ago).unwrap_or_default());
                let request = StepRequest::Publish { published_at: Some(published_at), ending: Ending::Kept };
                steps::take(conn, acting, &config.public_url, &key, &IfMatch::Any, &request)?;
            }
            DemoTiming::Scheduled { seconds_ahead } => {
                let publish_at = now.plus_seconds(i64::try_from(seconds_ahead).unwrap_or_default());
                let request = StepRequest::Schedule { publish_at: Some(publish_at), ending: Ending::Kept };
                steps::take(conn, acting, &config.public_url, &key, &IfMatch::Any, &request)?;
            }
            DemoTiming::Draft => {}
        }
    }
    structure::add_pages(conn, acting, &article_ids)?;
    Ok(password.expose().to_owned())
}

/// Prints lines that work as pasted.
fn print_guide(conn: &mut Conn, config: &Config, password: Option<&str>, now: Timestamp) -> Result<(), LoadError> {
    use masthead_store::page::Page;
    use masthead_store::public_articles::{self, PublicFilter, PublicSort};
    let api = &config.api_url;
    let newest = public_articles::list(conn, &PublicFilter::default(), PublicSort::PublishedAt, &Page::first(1, true), now)?.rows.pop();
    println!("\nMasthead serves the demo paper. Try:\n");
    println!("  curl '{api}/v1/articles?limit=3&fields=title,byline,credit_line'");
    if let Some(article) = newest {
        println!("  curl '{api}/v1/articles/{}?include=related,latest,meetings'", article.slug);
    }
    println!("  curl '{api}/v1/meetings?limit=3'");
    println!("  curl '{api}/v1/issues/issue-42?fields=title,contents'");
    match password {
        Some(password) => {
            println!("\nLog in as an editor would, and begin a draft:\n");
            println!(
                "  curl -H 'Content-Type: application/json' -d '{{\"email\":\"{ADMIN_EMAIL}\",\"password\":\"{password}\"}}' '{api}/v1/auth/login'"
            );
            println!(
                "  TOKEN=$(curl -s -H 'Content-Type: application/json' -d '{{\"email\":\"{ADMIN_EMAIL}\",\"password\":\"{password}\"}}' '{api}/v1/auth/login' | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')"
            );
            println!(
                "  curl -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' -d '{{\"title\":\"My first article\"}}' '{api}/v1/editor/articles'"
            );
            println!("\nThe password of {ADMIN_EMAIL} is {password} and is not shown again; change it at /v1/auth/password.");
        }
        None => println!(
            "\nThe database held content already and was left as it is. Set a password with: masthead user reset --email {ADMIN_EMAIL} --password-stdin"
        ),
    }
    println!("\nThe API's documentation is at {api}/docs\n");
    Ok(())
}

/// How many articles are rendered and written at a time.
const BATCH: u64 = 500;

/// Fills an empty database with generated articles.
///
/// # Errors
/// With the cause. A run that was cut short leaves a database that is not empty; begin again with a new one.
pub fn generated(address: &Address, count: u64, seed: u64, now: Timestamp) -> Result<(), LoadError> {
    let mut conn = address.connect(Use::Writing)?;
    if bulk::has_articles(&mut conn)? {
        return Err(LoadError("the database holds articles already; give an empty one in DATABASE_URL or MASTHEAD_DATA_DIR".to_owned()));
    }
    let corpus = Corpus::new(count, seed);
    let email = EmailAddress::parse("demo@localhost").map_err(failed)?;
    // Not the hash of any password: nobody can log in as this user.
    let user = User { disabled_at: Some(now), ..User::new(email, "Demo".to_owned(), Role::Editor, "none".to_owned(), now) };
    let acting = Acting::at_the_server(Actor::new(user.id, Role::Editor), &user.name, now);
    let ids = conn.in_transaction(|conn| -> Result<Ids, LoadError> {
        users::insert(conn, &user)?;
        add_records(
            conn,
            &acting,
            &Records {
                sections: &corpus.sections,
                tags: &corpus.tags,
                authors: &corpus.authors,
                publications: &corpus.publications,
                branches: &corpus.branches,
                venues: &corpus.venues,
                meetings: &corpus.meetings,
            },
        )
    })?;
    let progress = ProgressBar::new(count);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {human_pos}/{human_len} articles, {per_sec}, {eta} left") {
        progress.set_style(style);
    }
    let next = AtomicU64::new(0);
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    std::thread::scope(|scope| -> Result<(), LoadError> {
        let (sender, batches) = sync_channel::<Result<Vec<PublishedArticle>, LoadError>>(threads * 2);
        for _ in 0..threads {
            let (sender, corpus, ids, next, acting) = (sender.clone(), &corpus, &ids, &next, &acting);
            scope.spawn(move || {
                loop {
                    let start = next.fetch_add(BATCH, Ordering::Relaxed);
                    if start >= count {
                        return;
                    }
                    let batch =
                        (start..(start + BATCH).min(count)).filter_map(|index| prepare(corpus, index, ids, seed, acting).transpose()).collect();
                    // The writer has ended, and says why.
                    if sender.send(batch).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        search::in_bulk(&mut conn, |conn| {
            for batch in batches {
                let batch = batch?;
                conn.in_transaction(|conn| bulk::insert_published(conn, &batch))?;
                progress.inc(u64::try_from(batch.len()).unwrap_or_default());
            }
            Ok(())
        })
    })?;
    progress.finish();
    conn.batch_execute("ANALYZE")?;
    println!("{count} articles were loaded, seed {seed}.");
    Ok(())
}

/// Renders the article of that index.
fn prepare(corpus: &Corpus, index: u64, ids: &Ids, seed: u64, acting: &Acting) -> Result<Option<PublishedArticle>, LoadError> {
    let Some(demo) = corpus.article(index) else { return Ok(None) };
    let published_at = acting.now.plus_seconds(-i64::try_from(demo.published_seconds_ago().unwrap_or_default()).unwrap_or_default());
    let content = content(&demo, ids, &corpus.authors, published_at)?;
    let slug = Slug::parse(&demo.slug).map_err(failed)?;
    let language = content.language.clone().unwrap_or_default();
    let by = acting.actor.user_id;
    let article = Article {
        id: article_id(published_at, seed, index),
        version: 2,
        public_revision: Some(1),
        visible_from: Some(published_at),
        first_published_at: Some(published_at),
        approved_by: Some(by),
        ..Article::begin(slug, content.title.clone(), language, content.section_id, by, published_at)
    };
    let revision = Revision {
        entity_id: AnyId(article.id.0),
        number: 1,
        kind: Kind::Article,
        version: 1,
        document: Json(serde_json::to_value(&content).map_err(failed)?),
        created_at: published_at,
        created_by: Some(by),
    };
    let going = Going { published_at, visible_from: published_at, visible_until: None, updated_at: published_at };
    let rendered = publication::rendered_body(&content);
    let (public, body) = publication::public_copy(&article, &content, &rendered, &going);
    Ok(Some(PublishedArticle { article, revision, public, body }))
}

/// A UUID of version 7 for the publication time, its random part made from the seed: the same corpus has the same ids.
fn article_id(published_at: Timestamp, seed: u64, index: u64) -> ArticleId {
    let milliseconds = u64::try_from(published_at.milliseconds()).unwrap_or_default();
    let mut bytes = [0; 10];
    let (head, tail) = bytes.split_at_mut(2);
    head.copy_from_slice(&seed.to_be_bytes()[6..]);
    tail.copy_from_slice(&index.to_be_bytes());
    ArticleId(uuid::Builder::from_unix_timestamp_millis(milliseconds, &bytes).into_uuid())
}
