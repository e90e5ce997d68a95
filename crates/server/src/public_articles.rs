//! Articles as readers get them: items, lists, "Read more", and a whole page in one request.

use crate::delivery::{Answer, Delivery, Found, Reading};
use crate::error::{ApiError, ProblemCode};
use crate::issues::IssueReference;
use crate::media::item::{MediaItem, Words};
use crate::meetings::{Meeting, MeetingContext};
use crate::page::{PageOut, PageQuery, PageRequest, link_header};
use crate::record::key;
use crate::request::Query;
use crate::routing::Routes;
use actix_web::web::Path;
use actix_web::{HttpResponse, get};
use masthead_domain::article::{BylineRole, IndexPolicy, MediaUseIn, byline_line, media_uses};
use masthead_domain::body::reading_minutes;
use masthead_domain::column::AnyId;
use masthead_domain::correction::Correction;
use masthead_domain::credit::{self, CreditLine, Relation, Source, Via};
use masthead_domain::fault::FaultCode;
use masthead_domain::id::{ArticleId, AuthorId, IssueId, MediaId, PublicationId, SectionId, TagId};
use masthead_domain::kind::Kind;
use masthead_domain::search::{self, Excerpt, Matched, SearchQuery};
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;
use masthead_domain::vocabulary::Vocabulary;
use masthead_domain::{truncate, vocabulary};
use masthead_store::error::Error;
use masthead_store::media::MediaWithFile;
use masthead_store::meetings::{self, MeetingFilter, MeetingSort};
use masthead_store::page::{Listing, Page, SortKey};
use masthead_store::public_articles::{self, BodyColumn, PublicArticle, PublicBody, PublicFilter, PublicSort};
use masthead_store::publications::{CanonicalPolicy, Publication};
use masthead_store::record::{Key, distinct};
use masthead_store::search::{Hit, SearchSort};
use masthead_store::site::Site;
use masthead_store::{articles, authors, candidates, issues, retired_slugs, sections, tags};
use serde::Serialize;
use std::collections::HashMap;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Teasers of "Read more".
const RELATED_COUNT: usize = 3;
/// How many more than wanted are read at once, for those that are not public.
const RELATED_SPARE: usize = 2;
/// Teasers of "Latest articles".
const LATEST_COUNT: usize = 5;
/// Meetings beside an article.
const MEETINGS_COUNT: usize = 5;

vocabulary! {
    /// The form that bodies are sent in.
    BodyForm {
        Html = "html",
        Markdown = "markdown",
        Text = "text",
        None = "none",
    }
}

/// A section, author, tag or publication that an article refers to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Reference {
    #[schema(format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")]
    pub id: String,
    #[schema(value_type = String, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", example = "city")]
    pub slug: Slug,
    #[schema(example = "City")]
    pub name: String,
    /// The address of its page on the paper's website.
    #[schema(format = Uri, example = "https://paper.example/sections/city")]
    pub page_url: String,
}

/// An author on an article.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BylineAuthor {
    #[schema(format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")]
    pub id: String,
    #[schema(value_type = String, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", example = "sophie-lindqvist")]
    pub slug: Slug,
    #[schema(example = "Sophie Lindqvist")]
    pub name: String,
    #[schema(format = Uri, example = "https://paper.example/authors/sophie-lindqvist")]
    pub page_url: String,
    pub role: BylineRole,
}

/// Who made an article.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Byline {
    /// Ready to print.
    #[schema(example = "By Sophie Lindqvist")]
    pub text: String,
    /// In the order of the byline.
    pub authors: Vec<BylineAuthor>,
}

/// Where a republished piece comes from.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Credit {
    /// The line to print.
    pub line: CreditLine,
    pub publication: Reference,
    pub relation: Relation,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "The ferries we were promised")]
    pub original_title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Uri, example = "https://north.example/ferries")]
    pub original_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Ana Ruiz")]
    pub original_authors: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-11-20T06:00:00Z")]
    pub original_published_at: Option<Timestamp>,
    /// Of the credit, or else the publication's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "CC BY-ND 4.0")]
    pub licence: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Shortened; two local figures added.")]
    pub changes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Joan Hale")]
    pub translator: Option<String>,
    /// The papers it came through.
    pub via: Vec<Via>,
}

/// A body in the form that was asked for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Body {
    pub format: BodyForm,
    /// Clean: HTML by an allow-list, Markdown and text made from that HTML.
    #[schema(example = "<p>The council voted <strong>seven to two</strong>.</p>\n<p>The ferry stays.</p>")]
    pub content: String,
}

vocabulary! {
    /// A text of an article that can be searched.
    HighlightPart {
        Title = "title",
        Standfirst = "standfirst",
        Byline = "byline",
        CreditLine = "credit_line",
        Body = "body",
    }
}

/// A text of an article that has what was asked for: the title and the like whole, a few lines of the body.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Highlight {
    pub part: HighlightPart,
    /// Plain text, not HTML: to be escaped like any other.
    #[schema(example = "…seven to two. The ferry stays.")]
    pub text: String,
    /// In order and apart from each other.
    #[schema(min_items = 1)]
    pub matches: Vec<Matched>,
}

/// An article in short, for a list beside another one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Teaser {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")]
    pub id: ArticleId,
    #[schema(value_type = String, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", example = "council-keeps-the-last-ferry")]
    pub slug: Slug,
    #[schema(format = Uri, example = "https://paper.example/articles/council-keeps-the-last-ferry")]
    pub page_url: String,
    #[schema(example = "Council keeps the last ferry")]
    pub title: String,
    /// The title, cut at a word end where it is long.
    #[schema(example = "Council keeps the last ferry")]
    pub teaser_title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "After a year of protest the evening boat is saved.")]
    pub standfirst: Option<String>,
    /// The standfirst whole, or else the beginning of the body.
    #[schema(example = "After a year of protest the evening boat is saved.")]
    pub excerpt: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub byline: Option<Byline>,
    /// All credit lines in one; absent for the paper's own pieces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit_line: Option<CreditLine>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<Reference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead_image: Option<MediaItem>,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:30:00Z")]
    pub published_at: Timestamp,
    /// The page of the printed issue that it begins on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 10_000, example = 3)]
    pub issue_page: Option<u32>,
}

/// An article.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Article {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")]
    pub id: ArticleId,
    #[schema(value_type = String, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", example = "council-keeps-the-last-ferry")]
    pub slug: Slug,
    /// The address of its page on the paper's website.
    #[schema(format = Uri, example = "https://paper.example/articles/council-keeps-the-last-ferry")]
    pub page_url: String,
    #[schema(example = "Council keeps the last ferry")]
    pub title: String,
    /// The title, cut at a word end where it is long.
    #[schema(example = "Council keeps the last ferry")]
    pub teaser_title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "After a year of protest the evening boat is saved.")]
    pub standfirst: Option<String>,
    /// The standfirst whole, or else the beginning of the body.
    #[schema(example = "After a year of protest the evening boat is saved.")]
    pub excerpt: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub byline: Option<Byline>,
    /// Where it comes from; empty for the paper's own pieces.
    pub credits: Vec<Credit>,
    /// All credit lines in one; absent for the paper's own pieces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit_line: Option<CreditLine>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<Reference>,
    pub tags: Vec<Reference>,
    /// The printed issue that it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issue: Option<IssueReference>,
    /// The page of the issue that it begins on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 10_000, example = 3)]
    pub issue_page: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead_image: Option<MediaItem>,
    /// The pictures and documents that stand with it, in order.
    #[schema(max_items = 100)]
    pub media: Vec<MediaItem>,
    /// BCP 47.
    #[schema(example = "en-AU")]
    pub language: String,
    /// The first publication.
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:30:00Z")]
    pub published_at: Timestamp,
    /// The publication of what is public now, or the last change of its corrections since.
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:45:00Z")]
    pub updated_at: Timestamp,
    #[schema(example = 420)]
    pub word_count: u32,
    /// Minutes, at 230 words each.
    #[schema(example = 2)]
    pub reading_minutes: u32,
    /// The address that search engines should take as the original.
    #[schema(format = Uri, example = "https://paper.example/articles/council-keeps-the-last-ferry")]
    pub canonical_url: String,
    pub index_policy: IndexPolicy,
    /// What was wrong and has been put right, the newest first; in lists only where `fields` names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrections: Option<Vec<Correction>>,
    /// In the form that `body` asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// With `q`: where it has what was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub highlights: Option<Vec<Highlight>>,
    /// With `include=related`: "Read more".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub related: Option<Vec<Teaser>>,
    /// With `include=latest`: "Latest articles", without this one and those of `related`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latest: Option<Vec<Teaser>>,
    /// With `include=meetings`: the next meetings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meetings: Option<Vec<Meeting>>,
}

impl Article {
    /// The members that `fields` may name; what `include` asks for is sent in any case.
    pub const FIELDS: &'static [&'static str] = &[
        "id",
        "slug",
        "page_url",
        "title",
        "teaser_title",
        "standfirst",
        "excerpt",
        "byline",
        "credits",
        "credit_line",
        "section",
        "tags",
        "issue",
        "issue_page",
        "lead_image",
        "media",
        "language",
        "published_at",
        "updated_at",
        "word_count",
        "reading_minutes",
        "canonical_url",
        "index_policy",
        "corrections",
        "body",
        "highlights",
    ];
}

/// A page of articles.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArticleList {
    pub data: Vec<Article>,
    pub page: PageOut,
}

/// The articles most like one.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeaserList {
    pub data: Vec<Teaser>,
}

/// Teasers of these articles, in their order.
///
/// # Errors
/// Those of the database.
pub fn teasers(reading: &mut Reading<'_>, articles: &[PublicArticle]) -> Result<Vec<Teaser>, Error> {
    let context = Context::read(reading, articles.iter())?;
    Ok(articles.iter().map(|article| context.teaser(reading, article)).collect())
}

/// The articles that these slugs and ids name, to be left out. What is not there needs no leaving out.
///
/// # Errors
/// Those of the database.
pub fn left_out(reading: &mut Reading<'_>, names: &[String]) -> Result<Vec<ArticleId>, Error> {
    let mut ids = Vec::with_capacity(names.len());
    for name in names {
        match Key::parse(name) {
            None => {}
            Some(Key::Id(id)) => ids.push(ArticleId(id.0)),
            Some(key) => match public_articles::find(reading.conn, &key, reading.now) {
                Ok(article) => ids.push(article.article_id),
                Err(Error::NotFound) => {}
                Err(error) => return Err(error),
            },
        }
    }
    Ok(ids)
}

/// What articles refer to, read at once for all articles of a reply.
struct Context {
    site: Arc<Site>,
    authors: HashMap<AuthorId, Arc<authors::Author>>,
    sections: HashMap<SectionId, Arc<sections::Section>>,
    tags: HashMap<TagId, Arc<tags::Tag>>,
    publications: HashMap<PublicationId, Arc<Publication>>,
    media: HashMap<MediaId, Arc<MediaWithFile>>,
    issues: HashMap<IssueId, Arc<issues::Issue>>,
}

impl Context {
    /// Reads it, in at most six queries whatever the number of articles, and notes that the reply shows these articles.
    fn read<'a>(reading: &mut Reading<'_>, articles: impl Iterator<Item = &'a PublicArticle> + Clone) -> Result<Self, Error> {
        for article in articles.clone() {
            reading.uses(Kind::Article, AnyId(article.article_id.0));
            reading.holds_until(article.visible_until);
        }
        let details = || articles.clone().map(|article| &article.details.0);
        let author_ids = distinct(details().flat_map(|details| details.bylines.iter().map(|byline| byline.author_id)));
        let section_ids = distinct(articles.clone().filter_map(|article| article.section_id));
        let tag_ids = distinct(details().flat_map(|details| details.tag_ids.iter().copied()));
        let issue_ids = distinct(articles.clone().filter_map(|article| article.issue_id));
        let publication_ids = distinct(details().flat_map(|details| details.credits.iter().map(|credit| credit.publication_id)));
        let uses = details().flat_map(|details| media_uses(details.lead_image.as_ref(), &details.media));
        let media_ids = distinct(uses.map(|(id, _)| id));
        Ok(Self {
            site: reading.site()?,
            authors: reading.authors(&author_ids)?,
            sections: reading.sections(&section_ids)?,
            tags: reading.tags(&tag_ids)?,
            publications: reading.publications(&publication_ids)?,
            media: reading.media(&media_ids)?,
            issues: reading.issues(&issue_ids)?,
        })
    }

    fn byline(&self, reading: &Reading<'_>, article: &PublicArticle) -> Option<Byline> {
        let details = &article.details.0;
        let found: Vec<(&Arc<authors::Author>, BylineRole)> =
            details.bylines.iter().filter_map(|byline| self.authors.get(&byline.author_id).map(|author| (author, byline.role))).collect();
        let names: Vec<(&str, BylineRole)> = found.iter().map(|(author, role)| (author.name.as_str(), *role)).collect();
        let text = byline_line(details.byline_text.as_deref(), &names)?;
        let authors = found
            .into_iter()
            .map(|(author, role)| BylineAuthor {
                id: author.id.to_string(),
                slug: author.slug.clone(),
                name: author.name.clone(),
                page_url: reading.page_url(&self.site.author_path, &author.slug),
                role,
            })
            .collect();
        Some(Byline { text, authors })
    }

    fn credits(&self, reading: &Reading<'_>, article: &PublicArticle) -> Vec<Credit> {
        let entered = article.details.0.credits.iter();
        entered
            .filter_map(|credit| {
                let publication = self.publications.get(&credit.publication_id)?;
                let source = Source {
                    name: &publication.name,
                    homepage_url: publication.homepage_url.as_deref(),
                    credit_line_template: publication.credit_line_template.as_deref(),
                };
                Some(Credit {
                    line: credit::credit_line(credit, source),
                    publication: Reference {
                        id: publication.id.to_string(),
                        slug: publication.slug.clone(),
                        name: publication.name.clone(),
                        page_url: reading.page_url(&self.site.publication_path, &publication.slug),
                    },
                    relation: credit.relation,
                    original_title: credit.original_title.clone(),
                    original_url: credit.original_url.clone(),
                    original_authors: credit.original_authors.clone(),
                    original_published_at: credit.original_published_at,
                    licence: credit.licence.clone().or_else(|| publication.default_licence.clone()),
                    changes: credit.changes.clone(),
                    translator: credit.translator.clone(),
                    via: credit.via.clone(),
                })
            })
            .collect()
    }

    fn section(&self, reading: &Reading<'_>, article: &PublicArticle) -> Option<Reference> {
        let section = self.sections.get(&article.section_id?)?;
        Some(Reference {
            id: section.id.to_string(),
            slug: section.slug.clone(),
            name: section.name.clone(),
            page_url: reading.page_url(&self.site.section_path, &section.slug),
        })
    }

    fn tags(&self, reading: &Reading<'_>, article: &PublicArticle) -> Vec<Reference> {
        let found = article.details.0.tag_ids.iter().filter_map(|id| self.tags.get(id));
        found
            .map(|tag| Reference {
                id: tag.id.to_string(),
                slug: tag.slug.clone(),
                name: tag.name.clone(),
                page_url: reading.page_url(&self.site.tag_path, &tag.slug),
            })
            .collect()
    }

    fn lead_image(&self, reading: &Reading<'_>, article: &PublicArticle) -> Option<MediaItem> {
        let image = article.details.0.lead_image.as_ref()?;
        let Some(id) = image.media_id else { return MediaItem::elsewhere(image) };
        let words = Words { alt: &image.alt, caption: &image.caption, credit: &image.credit, licence: &image.licence };
        Some(MediaItem::new(&reading.paper.config, self.media.get(&id)?, words))
    }

    fn media_items(&self, reading: &Reading<'_>, article: &PublicArticle) -> Vec<MediaItem> {
        let item = |used: &MediaUseIn| {
            let words = Words { alt: &used.alt, caption: &used.caption, credit: &used.credit, licence: &used.licence };
            Some(MediaItem::new(&reading.paper.config, self.media.get(&used.media_id)?, words))
        };
        article.details.0.media.iter().filter_map(item).collect()
    }

    fn teaser_title(&self, article: &PublicArticle) -> String {
        let length = usize::try_from(self.site.teaser_title_length).unwrap_or(usize::MAX);
        truncate::at_word_end(&article.title, length, &self.site.ellipsis).into_owned()
    }

    fn excerpt(&self, article: &PublicArticle) -> String {
        let length = usize::try_from(self.site.excerpt_length).unwrap_or(usize::MAX);
        truncate::excerpt(article.standfirst.as_deref().unwrap_or_default(), &article.opening, length, &self.site.ellipsis)
    }

    /// Search engines: the article's own word first, then what its first publication asks for, then ours.
    fn search_policy(&self, article: &PublicArticle, page_url: &str) -> (String, IndexPolicy) {
        let details = &article.details.0;
        let first = details.credits.first();
        let publication = first.and_then(|credit| self.publications.get(&credit.publication_id));
        let original = first
            .filter(|_| publication.is_some_and(|publication| publication.canonical_policy == CanonicalPolicy::Source))
            .and_then(|credit| credit.original_url.clone());
        let canonical = details.canonical_url.clone().or(original).unwrap_or_else(|| page_url.to_owned());
        let index = details.index_policy.or_else(|| publication.map(|publication| publication.index_policy)).unwrap_or(IndexPolicy::Index);
        (canonical, index)
    }

    fn teaser(&self, reading: &Reading<'_>, article: &PublicArticle) -> Teaser {
        let lines: Vec<CreditLine> = self.credits(reading, article).into_iter().map(|credit| credit.line).collect();
        Teaser {
            id: article.article_id,
            page_url: reading.page_url(&self.site.article_path, &article.slug),
            slug: article.slug.clone(),
            title: article.title.clone(),
            teaser_title: self.teaser_title(article),
            standfirst: article.standfirst.clone(),
            excerpt: self.excerpt(article),
            byline: self.byline(reading, article),
            credit_line: credit::joined(&lines),
            section: self.section(reading, article),
            lead_image: self.lead_image(reading, article),
            published_at: article.published_at,
            issue_page: article.details.0.issue_page,
        }
    }

    fn article(&self, reading: &Reading<'_>, article: &PublicArticle, body: Option<Body>) -> Article {
        let page_url = reading.page_url(&self.site.article_path, &article.slug);
        let credits = self.credits(reading, article);
        let lines: Vec<CreditLine> = credits.iter().map(|credit| credit.line.clone()).collect();
        let (canonical_url, index_policy) = self.search_policy(article, &page_url);
        let word_count = u32::try_from(article.word_count).unwrap_or_default();
        Article {
            id: article.article_id,
            slug: article.slug.clone(),
            page_url,
            title: article.title.clone(),
            teaser_title: self.teaser_title(article),
            standfirst: article.standfirst.clone(),
            excerpt: self.excerpt(article),
            byline: self.byline(reading, article),
            credit_line: credit::joined(&lines),
            credits,
            section: self.section(reading, article),
            tags: self.tags(reading, article),
            issue: article.issue_id.and_then(|id| self.issues.get(&id)).map(|issue| IssueReference::of(reading, &self.site, issue)),
            issue_page: article.details.0.issue_page,
            lead_image: self.lead_image(reading, article),
            media: self.media_items(reading, article),
            language: article.language.clone(),
            published_at: article.published_at,
            updated_at: article.updated_at,
            word_count,
            reading_minutes: reading_minutes(word_count),
            canonical_url,
            index_policy,
            corrections: None,
            body,
            highlights: None,
            related: None,
            latest: None,
            meetings: None,
        }
    }
}

impl BodyForm {
    /// Where bodies of this form are kept; nowhere where none are wanted.
    fn column(self) -> Option<BodyColumn> {
        match self {
            Self::Html => Some(BodyColumn::Html),
            Self::Markdown => Some(BodyColumn::Markdown),
            Self::Text => Some(BodyColumn::Plain),
            Self::None => None,
        }
    }
}

/// Bodies of these articles by their ids, in the form asked for; none are read where none are wanted.
fn read_bodies(reading: &mut Reading<'_>, form: BodyForm, ids: &[ArticleId]) -> Result<HashMap<ArticleId, Body>, Error> {
    let Some(column) = form.column() else { return Ok(HashMap::new()) };
    let bodies = public_articles::bodies(reading.conn, ids, column, reading.now)?;
    Ok(bodies.into_iter().map(|(id, content)| (id, Body { format: form, content })).collect())
}

/// "Read more": picked by hand first, then by likeness, the newest first among equals; never itself, never twice.
fn read_related(reading: &mut Reading<'_>, article: &PublicArticle, count: usize) -> Result<Vec<PublicArticle>, Error> {
    reading.uses_all(Kind::Article)?;
    let picked = article.details.0.related_ids.iter().filter(|id| **id != article.article_id);
    let mut likeness: HashMap<ArticleId, (i32, Timestamp)> = HashMap::new();
    for candidate in candidates::candidates(reading.conn, article, reading.now)? {
        likeness.entry(candidate.article_id).or_insert((0, candidate.published_at)).0 += candidate.weight;
    }
    likeness.retain(|id, _| *id != article.article_id && !article.details.0.related_ids.contains(id));
    let mut alike: Vec<(ArticleId, (i32, Timestamp))> = likeness.into_iter().collect();
    alike.sort_unstable_by_key(|(id, likeness)| std::cmp::Reverse((*likeness, *id)));
    let ranked: Vec<ArticleId> = picked.copied().chain(alike.into_iter().map(|(id, _)| id)).collect();
    let mut related = Vec::with_capacity(count);
    // Nearly all are public, so the first few are enough; whole articles are read of no more than are needed.
    for some in ranked.chunks(count.saturating_add(RELATED_SPARE)) {
        let mut found: HashMap<ArticleId, PublicArticle> =
            public_articles::by_ids(reading.conn, some, reading.now)?.into_iter().map(|other| (other.article_id, other)).collect();
        related.extend(some.iter().filter_map(|id| found.remove(id)).take(count - related.len()));
        if related.len() == count {
            break;
        }
    }
    Ok(related)
}

vocabulary! {
    /// What an article's reply may carry besides the article.
    Include {
        Related = "related",
        Latest = "latest",
        Meetings = "meetings",
    }
}

/// Where an article has what was asked for.
fn highlights(search: &SearchQuery, article: &Article, plain_body: &str, ellipsis: &str) -> Vec<Highlight> {
    let short = [
        (HighlightPart::Title, Some(article.title.as_str())),
        (HighlightPart::Standfirst, article.standfirst.as_deref()),
        (HighlightPart::Byline, article.byline.as_ref().map(|byline| byline.text.as_str())),
        (HighlightPart::CreditLine, article.credit_line.as_ref().map(|line| line.text.as_str())),
    ];
    let whole = short.into_iter().filter_map(|(part, text)| Some((part, search::whole(search, text?)?)));
    let body = search::excerpts(search, plain_body, ellipsis).into_iter().map(|excerpt| (HighlightPart::Body, excerpt));
    whole.chain(body).map(|(part, Excerpt { text, matches })| Highlight { part, text, matches }).collect()
}

/// Reads what is searched for, where anything is.
fn read_search(query: &mut Query) -> Option<SearchQuery> {
    let text = query.text("q")?;
    let search = SearchQuery::parse(&text).unwrap_or_else(|fault| {
        query.fault("q", FaultCode::TooLong, fault.to_string());
        SearchQuery::default()
    });
    query.respell("q", search.to_string());
    Some(search)
}

/// The filters of the articles.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
struct ArticleQuery {
    /// Articles that have all these words in the title, standfirst, body, byline or credit line; `"a phrase"` in that order,
    /// `begin*` whatever begins so (three letters or more). Capitals and accents make no difference. Anything else is plain text.
    #[param(max_length = 400, example = "ferry \"evening boat\" counc*")]
    q: Option<String>,
    /// Articles of the section of this slug or id.
    #[param(max_length = 120, pattern = "^[a-z0-9-]+$")]
    section: Option<String>,
    /// With `section`: also those of all sections under it.
    #[param(default = false)]
    include_subsections: Option<bool>,
    /// Articles with any of these tags, slugs or ids separated by commas.
    #[param(max_length = 1000, pattern = "^[a-z0-9-]+(,[a-z0-9-]+)*$")]
    tag: Option<String>,
    /// Articles with this author anywhere in the byline, by slug or id.
    #[param(max_length = 120, pattern = "^[a-z0-9-]+$")]
    author: Option<String>,
    /// Articles credited to the publication of this slug or id.
    #[param(max_length = 120, pattern = "^[a-z0-9-]+$")]
    publication: Option<String>,
    /// Articles of the printed issue of this slug or id.
    #[param(max_length = 120, pattern = "^[a-z0-9-]+$")]
    issue: Option<String>,
    /// Articles in exactly this language, BCP 47, in any case.
    #[param(max_length = 35, pattern = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")]
    language: Option<String>,
    /// Articles first published after this time.
    #[param(value_type = Option<String>, format = DateTime, pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")]
    published_after: Option<String>,
    /// Articles first published before this time.
    #[param(value_type = Option<String>, format = DateTime, pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")]
    published_before: Option<String>,
    /// Articles published anew at or after this time.
    #[param(value_type = Option<String>, format = DateTime, pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")]
    updated_since: Option<String>,
    /// Articles to leave out, slugs or ids separated by commas.
    #[param(max_length = 1000, pattern = "^[a-z0-9-]+(,[a-z0-9-]+)*$")]
    exclude: Option<String>,
    /// The order; `-` means the newest first. `relevance` only with `q`, where it is the default: the newest 500 hits by where they
    /// match and how new they are, then the others by age.
    #[param(inline)]
    sort: Option<ArticleSortIn>,
    /// Only these members, separated by commas.
    #[param(max_length = 1000, pattern = "^[a-z_]+(,[a-z_]+)*$")]
    fields: Option<String>,
    /// The form of the bodies; none are sent by default.
    #[param(inline, default = "none")]
    body: Option<BodyForm>,
}

/// The orders of a list of articles.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "documents the parameter; it is read from SORTS")]
enum ArticleSortIn {
    #[serde(rename = "relevance")]
    Relevance,
    #[serde(rename = "-published_at")]
    PublishedAtDescending,
    #[serde(rename = "published_at")]
    PublishedAt,
    #[serde(rename = "-updated_at")]
    UpdatedAtDescending,
    #[serde(rename = "updated_at")]
    UpdatedAt,
}

/// The first only of hits.
const SORTS: [(&str, SearchSort); 5] = [
    ("relevance", SearchSort::Relevance),
    ("-published_at", SearchSort::PublishedAt),
    ("published_at", SearchSort::PublishedAt),
    ("-updated_at", SearchSort::UpdatedAt),
    ("updated_at", SearchSort::UpdatedAt),
];

/// The public articles as they are, or those that have what is searched for.
fn list_or_search(
    reading: &mut Reading<'_>,
    search: Option<&SearchQuery>,
    filter: &PublicFilter,
    sort: SearchSort,
    page: &Page,
) -> Result<Listing<Hit>, Error> {
    if let Some(search) = search {
        return masthead_store::search::list(reading.conn, search, filter, sort, page, reading.now);
    }
    let (sort, key): (PublicSort, fn(&PublicArticle) -> Timestamp) = match sort {
        SearchSort::UpdatedAt => (PublicSort::UpdatedAt, |article| article.updated_at),
        SearchSort::Relevance | SearchSort::PublishedAt => (PublicSort::PublishedAt, |article| article.published_at),
    };
    let Listing { rows, has_previous, has_next, total } = public_articles::list(reading.conn, filter, sort, page, reading.now)?;
    let rows = rows.into_iter().map(|article| Hit { key: SortKey::Time(key(&article)), article }).collect();
    Ok(Listing { rows, has_previous, has_next, total })
}

/// What a single article takes.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
pub struct ArticleItemQuery {
    /// What else to send, separated by commas: `related`, `latest`, `meetings`.
    #[param(max_length = 100, pattern = "^(related|latest|meetings)(,(related|latest|meetings))*$")]
    include: Option<String>,
    /// The form of the body.
    #[param(inline, default = "html")]
    body: Option<BodyForm>,
    /// Only these members, separated by commas; what `include` asks for is sent in any case.
    #[param(max_length = 1000, pattern = "^[a-z_]+(,[a-z_]+)*$")]
    fields: Option<String>,
}

/// What is asked of a single article.
pub struct AskedItem {
    fields: Option<Vec<&'static str>>,
    pub form: BodyForm,
    pub includes: Vec<Include>,
}

/// Reads [`ArticleItemQuery`].
pub fn asked_item(query: &mut Query) -> AskedItem {
    let fields = query.words("fields", Article::FIELDS);
    let form = query.word("body").unwrap_or(BodyForm::Html);
    query.has_default("body", BodyForm::Html.word());
    let words: Vec<&'static str> = Include::ALL.iter().map(|include| include.word()).collect();
    let named = query.words("include", &words).unwrap_or_default();
    AskedItem { fields, form, includes: named.iter().filter_map(|word| Include::parse(word)).collect() }
}

impl AskedItem {
    /// The members that are wanted, if not all; what is included is.
    #[must_use]
    pub fn fields_with(&self, includes: &[Include]) -> Option<Vec<&'static str>> {
        let fields = self.fields.as_ref()?;
        Some(fields.iter().copied().chain(includes.iter().map(|include| include.word())).collect())
    }
}

/// A body in the form that is asked for.
#[must_use]
pub fn form_of(form: BodyForm, body: &PublicBody) -> Option<Body> {
    let content = match form.column()? {
        BodyColumn::Html => &body.html,
        BodyColumn::Markdown => &body.markdown,
        BodyColumn::Plain => &body.plain,
    };
    Some(Body { format: form, content: content.clone() })
}

/// The filters as they came, before the slugs in them are looked up.
struct Asked {
    filter: PublicFilter,
    section: Option<String>,
    include_subsections: bool,
    tags: Option<Vec<String>>,
    author: Option<String>,
    publication: Option<String>,
    issue: Option<String>,
    exclude: Vec<String>,
}

impl Asked {
    fn read(query: &mut Query) -> Self {
        let filter = PublicFilter {
            language: query.language("language"),
            published_after: query.time("published_after"),
            published_before: query.time("published_before"),
            updated_since: query.time("updated_since"),
            ..PublicFilter::default()
        };
        if let (Some(after), Some(before)) = (filter.published_after, filter.published_before)
            && before <= after
        {
            query.fault("published_before", FaultCode::OutOfRange, "must be after published_after");
        }
        let (section, include_subsections) = (query.text("section"), query.boolean("include_subsections"));
        query.has_default("include_subsections", "false");
        // Clients that are generated send what is the default anyway.
        if section.is_none() && include_subsections {
            query.fault("include_subsections", FaultCode::Unknown, "goes together with section only");
        }
        Self {
            filter,
            section,
            include_subsections,
            tags: query.list("tag", 20),
            author: query.text("author"),
            publication: query.text("publication"),
            issue: query.text("issue"),
            exclude: query.list("exclude", 20).unwrap_or_default(),
        }
    }

    fn resolve(self, reading: &mut Reading<'_>) -> Result<PublicFilter, ApiError> {
        let mut filter = self.filter;
        if let Some(text) = self.section {
            let id: SectionId = reading.resolve::<sections::Section>("section", &text)?.0.into();
            filter.section_ids = Some(if self.include_subsections { reading.with_all_under(id)?.to_vec() } else { vec![id] });
        }
        if let Some(texts) = self.tags {
            let ids = texts.iter().map(|text| Ok(reading.resolve::<tags::Tag>("tag", text)?.0.into()));
            filter.tag_ids = Some(ids.collect::<Result<_, ApiError>>()?);
        }
        if let Some(text) = self.author {
            filter.author_id = Some(reading.resolve::<authors::Author>("author", &text)?.0.into());
        }
        if let Some(text) = self.publication {
            filter.publication_id = Some(reading.resolve::<Publication>("publication", &text)?.0.into());
        }
        if let Some(text) = self.issue {
            filter.issue_id = Some(reading.resolve::<issues::Issue>("issue", &text)?.0.into());
        }
        filter.exclude = left_out(reading, &self.exclude)?;
        Ok(filter)
    }
}

/// List articles.
///
/// The published ones, the newest first; with `q` those that have what is searched for. Nothing is repeated or missed while more
/// are published.
#[utoipa::path(tag = "articles", params(PageQuery, ArticleQuery), responses((status = OK, description = "A page.", body = ArticleList)))]
#[get("/articles")]
async fn list_articles(delivery: Delivery, mut query: Query) -> Result<HttpResponse, ApiError> {
    let fields = query.words("fields", Article::FIELDS);
    let form = query.word("body").unwrap_or(BodyForm::None);
    query.has_default("body", BodyForm::None.word());
    let search = read_search(&mut query);
    let [_, without_search @ ..] = &SORTS;
    let (page, sort) = PageRequest::read(&mut query, delivery.seal(), if search.is_some() { &SORTS } else { without_search });
    let asked = Asked::read(&mut query);
    let canonical = query.finish()?;
    let sort = sort.unwrap_or(SearchSort::PublishedAt);
    delivery
        .answer(canonical, move |reading| {
            if search.is_none() && form == BodyForm::None && !page.page.total {
                reading.is_one_statement();
            }
            let filter = asked.resolve(reading)?;
            let listing = list_or_search(reading, search.as_ref(), &filter, sort, &page.page)?;
            reading.uses_all(Kind::Article)?;
            let ids: Vec<ArticleId> = listing.rows.iter().map(|row| row.article.article_id).collect();
            let mut bodies = read_bodies(reading, form, &ids)?;
            let context = Context::read(reading, listing.rows.iter().map(|row| &row.article))?;
            let out = page.out(&reading.paper.seal, &listing, |row| (row.key.clone(), AnyId(row.article.article_id.0)));
            let link = link_header(reading.request, &out);
            let last_modified = listing.rows.iter().map(|row| row.article.updated_at).max();
            let mut data: Vec<Article> =
                listing.rows.iter().map(|row| context.article(reading, &row.article, bodies.remove(&row.article.article_id))).collect();
            if fields.as_ref().is_some_and(|fields| fields.contains(&"corrections")) {
                for (article, row) in data.iter_mut().zip(&listing.rows) {
                    article.corrections = Some(row.article.details.0.corrections.clone());
                }
            }
            if let Some(search) = &search
                && fields.as_ref().is_none_or(|fields| fields.contains(&"highlights"))
            {
                let plain: HashMap<ArticleId, String> =
                    public_articles::bodies(reading.conn, &ids, BodyColumn::Plain, reading.now)?.into_iter().collect();
                for article in &mut data {
                    let plain = plain.get(&article.id).map_or("", String::as_str);
                    article.highlights = Some(highlights(search, article, plain, &context.site.ellipsis));
                }
            }
            Answer::list(&ArticleList { data, page: out }, fields.as_deref(), last_modified, link)
        })
        .await
}

/// The article with all that was asked for beside it.
pub fn whole_page(reading: &mut Reading<'_>, article: &PublicArticle, body: Option<Body>, includes: &[Include]) -> Result<Article, Error> {
    let related = if includes.contains(&Include::Related) { Some(read_related(reading, article, RELATED_COUNT)?) } else { None };
    let latest = if includes.contains(&Include::Latest) {
        // No article stands twice on one page.
        let exclude = related.iter().flatten().map(|other| other.article_id).chain([article.article_id]).collect();
        let filter = PublicFilter { exclude, ..PublicFilter::default() };
        reading.uses_all(Kind::Article)?;
        Some(public_articles::list(reading.conn, &filter, PublicSort::PublishedAt, &Page::first(LATEST_COUNT, true), reading.now)?.rows)
    } else {
        None
    };
    let meetings = if includes.contains(&Include::Meetings) {
        let filter = MeetingFilter { from: Some(reading.now), ..MeetingFilter::default() };
        reading.uses_all(Kind::Meeting)?;
        let rows = meetings::list(reading.conn, &filter, MeetingSort::StartsAt, &Page::first(MEETINGS_COUNT, false))?.rows;
        let context = MeetingContext::read(reading, &rows)?;
        Some(rows.into_iter().map(|row| context.out(reading, row)).collect())
    } else {
        None
    };
    let all = std::iter::once(article).chain(related.iter().flatten()).chain(latest.iter().flatten());
    let context = Context::read(reading, all)?;
    let teasers = |articles: Vec<PublicArticle>| articles.iter().map(|article| context.teaser(reading, article)).collect();
    let corrections = Some(article.details.0.corrections.clone());
    Ok(Article { corrections, related: related.map(teasers), latest: latest.map(teasers), meetings, ..context.article(reading, article, body) })
}

/// The public article of a path segment, by a slug that it gave up if need be, and its body in a form.
fn find_public(reading: &mut Reading<'_>, key: &Key, form: BodyForm) -> Result<Found<(PublicArticle, Option<Body>)>, ApiError> {
    let now = reading.now;
    let found = reading.find_or_moved(
        Kind::Article,
        key,
        |(article, _): &(PublicArticle, _)| AnyId(article.article_id.0),
        |conn, key| match form.column() {
            Some(column) => {
                let (article, content) = public_articles::find_with_body(conn, key, column, now)?;
                Ok((article, Some(Body { format: form, content })))
            }
            None => Ok((public_articles::find(conn, key, now)?, None)),
        },
    );
    let found = match found {
        Err(Error::NotFound) => return Err(not_public(reading, key)?),
        found => found?,
    };
    if let Found::Moved((article, _)) = &found {
        reading.holds_until(article.visible_until);
    }
    Ok(found)
}

/// What is answered for an article that is not public: where it was withdrawn, readers are told so.
fn not_public(reading: &mut Reading<'_>, key: &Key) -> Result<ApiError, Error> {
    let id = match key {
        Key::Id(id) => Ok(*id),
        Key::Slug(slug) => retired_slugs::find(reading.conn, Kind::Article, slug),
    };
    let notice = id.and_then(|id| articles::withdrawal(reading.conn, ArticleId(id.0)));
    match notice {
        Ok(notice) => Ok(ApiError::new(ProblemCode::Withdrawn, notice.unwrap_or_default())),
        Err(Error::NotFound) => Ok(ApiError::not_found()),
        Err(error) => Err(error),
    }
}

/// Find an article.
///
/// The published article of that slug or id, with `include` the whole page around it. A slug that it gave up leads to
/// the one it has.
#[utoipa::path(tag = "articles", params(("slug" = String, Path, description = "Slug or id.", max_length = 120), ArticleItemQuery), responses((status = OK, description = "Found.", body = Article), (status = MOVED_PERMANENTLY, description = "It has another slug now."), (status = GONE, description = "It was withdrawn; `detail` is the notice to readers.")))]
#[get("/articles/{slug}")]
async fn find_article(delivery: Delivery, slug: Path<String>, mut query: Query) -> Result<HttpResponse, ApiError> {
    let asked = asked_item(&mut query);
    let canonical = query.finish()?;
    let key = key(&slug)?;
    delivery
        .answer(canonical, move |reading| {
            let includes = &asked.includes;
            if includes.is_empty() {
                reading.is_one_statement();
            }
            match find_public(reading, &key, asked.form)? {
                Found::Here((article, body)) => {
                    let fields = asked.fields_with(includes);
                    Answer::item(&whole_page(reading, &article, body, includes)?, fields.as_deref(), article.updated_at)
                }
                Found::Moved((article, _)) => Ok(Answer::moved(reading, "/v1/articles", &article.slug)),
            }
        })
        .await
}

/// What "Read more" takes.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
struct RelatedQuery {
    /// How many teasers.
    #[param(minimum = 1, maximum = 20, default = 3)]
    limit: Option<u8>,
}

/// List the articles related to one.
///
/// "Read more": those picked by hand first, then by shared tags and section, the newest first among equals.
#[utoipa::path(tag = "articles", params(("slug" = String, Path, description = "Slug or id.", max_length = 120), RelatedQuery), responses((status = OK, description = "Teasers.", body = TeaserList), (status = MOVED_PERMANENTLY, description = "The article has another slug now."), (status = GONE, description = "The article was withdrawn; `detail` is the notice to readers.")))]
#[get("/articles/{slug}/related")]
async fn list_related_articles(delivery: Delivery, slug: Path<String>, mut query: Query) -> Result<HttpResponse, ApiError> {
    let count = query.integer("limit", 1..=20).map_or(RELATED_COUNT, |limit| usize::try_from(limit).unwrap_or(RELATED_COUNT));
    query.has_default("limit", &RELATED_COUNT.to_string());
    let canonical = query.finish()?;
    let key = key(&slug)?;
    delivery
        .answer(canonical, move |reading| match find_public(reading, &key, BodyForm::None)? {
            Found::Here((article, _)) => {
                let related = read_related(reading, &article, count)?;
                let context = Context::read(reading, std::iter::once(&article).chain(related.iter()))?;
                let last_modified = related.iter().map(|other| other.updated_at).chain([article.updated_at]).max();
                let data = related.iter().map(|other| context.teaser(reading, other)).collect();
                Answer::list(&TeaserList { data }, None, last_modified, None)
            }
            Found::Moved((article, _)) => Ok(Answer::moved(reading, "/v1/articles", format_args!("{}/related", article.slug))),
        })
        .await
}

/// The routes of the delivery side.
pub fn routes(routes: &mut Routes) {
    routes.service(list_articles).service(find_article).service(list_related_articles);
}
