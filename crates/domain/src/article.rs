//! Articles: what an editor enters, and what publishing asks for.

use crate::body::BodyFormat;
use crate::credit::{self, Credit, CreditPart, Permission};
use crate::fault::{Fault, FaultCode};
use crate::id::{ArticleId, AuthorId, IssueId, MediaId, SectionId, TagId};
use crate::media::CREDIT_LENGTH_MAX;
use crate::read::{Reader, is_blank};
use crate::slug::Slug;
use crate::stored_vocabulary;
use crate::time::Timestamp;
use crate::vocabulary;
use crate::vocabulary::Vocabulary;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

vocabulary! {
    /// What an author did for an article.
    #[derive(Default)]
    BylineRole {
        #[default]
        Words = "words",
        Pictures = "pictures",
        Translation = "translation",
    }
}

stored_vocabulary! {
    /// Whether search engines are asked to list a page.
    IndexPolicy {
        Index = "index",
        Noindex = "noindex",
    }
}

/// An author on an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BylineIn {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")]
    pub author_id: AuthorId,
    #[schema(default = "words")]
    pub role: BylineRole,
}

/// The text of an article as its writer entered it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BodyIn {
    #[schema(default = "markdown")]
    pub format: BodyFormat,
    /// At most 500,000 characters.
    #[schema(max_length = 500_000, example = "The council voted **seven to two**.\n\nThe ferry stays.")]
    pub source: String,
}

/// The picture that stands for the article: a media item, or one that is kept elsewhere by its address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeadImage {
    /// The media item, whose file, size and words are shown; words given here are shown instead of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c25")]
    pub media_id: Option<MediaId>,
    /// Where there is no media item.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000, format = Uri, example = "https://pictures.example/ferry.jpg")]
    pub url: Option<String>,
    /// What is to be seen, for those who do not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000, example = "A green ferry at the wharf")]
    pub alt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000, example = "The last boat of the evening")]
    pub caption: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 300, example = "Picture: Ida Moss")]
    pub credit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200, example = "CC BY 4.0")]
    pub licence: Option<String>,
    /// In pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 100_000, example = 1600)]
    pub width: Option<u32>,
    /// In pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 100_000, example = 900)]
    pub height: Option<u32>,
}

impl LeadImage {
    /// Reads the members of a picture.
    pub fn read(image: &mut Reader) -> Self {
        let (media_id, url) = (image.id("media_id"), image.web_address("url"));
        let width = image.integer("width", 1..=100_000).and_then(|pixels| u32::try_from(pixels).ok());
        let height = image.integer("height", 1..=100_000).and_then(|pixels| u32::try_from(pixels).ok());
        if media_id.is_some() {
            for (name, is_given) in [("url", url.is_some()), ("width", width.is_some()), ("height", height.is_some())] {
                if is_given {
                    image.fault(name, FaultCode::NotPermitted, "is taken from the media item; leave it out, or leave out media_id");
                }
            }
        } else if !image.has_fault("media_id") {
            image.require("url", url.as_ref());
        }
        Self {
            media_id,
            url,
            alt: image.text("alt", 1000),
            caption: image.filled_text("caption", 2000),
            credit: image.filled_line("credit", CREDIT_LENGTH_MAX),
            licence: image.filled_line("licence", 200),
            width,
            height,
        }
    }
}

/// A media item that an article shows; words given here are shown instead of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MediaUseIn {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c25")]
    pub media_id: MediaId,
    /// What is to be seen, for those who do not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000, example = "A green ferry at the wharf")]
    pub alt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000, example = "The last boat of the evening")]
    pub caption: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 300, example = "Picture: Ida Moss")]
    pub credit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200, example = "CC BY 4.0")]
    pub licence: Option<String>,
}

impl MediaUseIn {
    fn read(item: &mut Reader) -> Option<Self> {
        let (alt, caption) = (item.text("alt", 1000), item.filled_text("caption", 2000));
        let (credit, licence) = (item.filled_line("credit", CREDIT_LENGTH_MAX), item.filled_line("licence", 200));
        item.required_id("media_id").map(|media_id| Self { media_id, alt, caption, credit, licence })
    }
}

stored_vocabulary! {
    /// What an article shows a media item as.
    MediaRole {
        LeadImage = "lead_image",
        /// Among those that stand with it.
        Media = "media",
    }
}

/// The media items that an article shows, each with what as, once.
#[must_use]
pub fn media_uses(lead_image: Option<&LeadImage>, media: &[MediaUseIn]) -> Vec<(MediaId, MediaRole)> {
    let lead = lead_image.and_then(|image| image.media_id).map(|id| (id, MediaRole::LeadImage));
    let mut uses: Vec<_> = lead.into_iter().chain(media.iter().map(|item| (item.media_id, MediaRole::Media))).collect();
    uses.sort_unstable();
    uses.dedup();
    uses
}

/// All that an editor enters for an article: the content of one revision.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ArticleContent)]
pub struct ArticleIn {
    #[schema(min_length = 1, max_length = 300, example = "Council keeps the last ferry")]
    pub title: String,
    /// Made from the title where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", example = "council-keeps-the-last-ferry")]
    pub slug: Option<Slug>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000, example = "After a year of protest the evening boat is saved.")]
    pub standfirst: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<BodyIn>,
    /// The authors in the order of the byline.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50)]
    pub bylines: Vec<BylineIn>,
    /// Printed instead of the line made from the authors.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 300, example = "From our correspondents")]
    pub byline_text: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 10)]
    pub credits: Vec<Credit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c22")]
    pub section_id: Option<SectionId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>, max_items = 50, example = json!(["01936d6c-7a10-7c3e-9d55-6b1f0e9a4c23"]))]
    pub tag_ids: Vec<TagId>,
    /// BCP 47; the site's language where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 35, example = "en-AU")]
    pub language: Option<String>,
    /// Articles picked by hand for "Read more", in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>, max_items = 20, example = json!(["01936d6c-7a10-7c3e-9d55-6b1f0e9a4c24"]))]
    pub related_ids: Vec<ArticleId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead_image: Option<LeadImage>,
    /// The pictures and documents that stand with it, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    pub media: Vec<MediaUseIn>,
    /// The address that search engines should take as the original.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000, format = Uri, example = "https://north.example/ferries")]
    pub canonical_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index_policy: Option<IndexPolicy>,
    /// The printed issue that it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c28")]
    pub issue_id: Option<IssueId>,
    /// The page of the issue that it begins on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 10_000, example = 3)]
    pub issue_page: Option<u32>,
    /// Its place among the articles of that page, from low to high.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 10_000, example = 1)]
    pub issue_position: Option<u32>,
    /// Agreed with a source: not public before this time, however it is published.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-11-26T10:00:00Z")]
    pub embargo_until: Option<Timestamp>,
}

/// The longest body source, in characters.
pub const BODY_LENGTH_MAX: usize = 500_000;

impl ArticleIn {
    /// Reads and checks everything that can be checked without the database.
    pub fn read(reader: &mut Reader) -> Self {
        Self {
            title: reader.required_line("title", 300),
            slug: read_slug(reader),
            standfirst: reader.filled_text("standfirst", 2000),
            body: reader
                .object("body", |body| {
                    let format = body.word("format").unwrap_or(BodyFormat::Markdown);
                    let source = body.text("source", BODY_LENGTH_MAX);
                    body.require("source", source).map(|source| BodyIn { format, source })
                })
                .flatten(),
            bylines: reader.objects("bylines", 50, |byline| {
                let role = byline.word("role").unwrap_or_default();
                byline.required_id("author_id").map(|author_id| BylineIn { author_id, role })
            }),
            byline_text: reader.filled_line("byline_text", 300),
            credits: reader.objects("credits", 10, Credit::read),
            section_id: reader.id("section_id"),
            tag_ids: reader.ids("tag_ids", 50),
            language: reader.language("language"),
            related_ids: reader.ids("related_ids", 20),
            lead_image: reader.object("lead_image", LeadImage::read),
            media: reader.objects("media", 100, MediaUseIn::read),
            canonical_url: reader.web_address("canonical_url"),
            index_policy: reader.word("index_policy"),
            issue_id: reader.id("issue_id"),
            issue_page: reader.integer("issue_page", 1..=10_000).and_then(|page| u32::try_from(page).ok()),
            issue_position: reader.integer("issue_position", 1..=10_000).and_then(|position| u32::try_from(position).ok()),
            embargo_until: reader.time("embargo_until"),
        }
    }
}

impl ArticleIn {
    /// Whether there is a standfirst to be seen.
    #[must_use]
    pub fn has_standfirst(&self) -> bool {
        self.standfirst.as_deref().is_some_and(|standfirst| !is_blank(standfirst))
    }
}

/// Reads the member `slug` of any content.
pub fn read_slug(reader: &mut Reader) -> Option<Slug> {
    let text = reader.line("slug", 120)?;
    match Slug::parse(&text) {
        Ok(slug) => Some(slug),
        Err(fault) => {
            reader.fault("slug", FaultCode::InvalidFormat, fault.to_string());
            None
        }
    }
}

/// What a credit's publication demands, as far as publishing needs to know.
#[derive(Debug, Clone)]
pub struct CreditTerms {
    pub required: Vec<CreditPart>,
    pub permission: Permission,
    pub permission_from: Option<Timestamp>,
    pub permission_until: Option<Timestamp>,
}

/// Everything that stands in the way of making a revision public at a time. `terms` are those of the credits, in the same order.
#[must_use]
pub fn publishing_faults(content: &ArticleIn, terms: &[CreditTerms], at: Timestamp) -> Vec<Fault> {
    let mut faults = Vec::new();
    if let Some(embargo_until) = content.embargo_until.filter(|until| *until > at) {
        let message = format!("it is under embargo until {embargo_until}; schedule it for then or later");
        faults.push(Fault::at("/embargo_until", FaultCode::NotPermitted, message));
    }
    let has_body = content.body.as_ref().is_some_and(|body| !is_blank(&body.source));
    if !has_body && !content.has_standfirst() {
        faults.push(Fault::at("/body", FaultCode::Required, "an article needs a body or a standfirst to be published"));
    }
    for (index, (credit, terms)) in content.credits.iter().zip(terms).enumerate() {
        for part in credit.missing(&terms.required) {
            faults.push(Fault::at(
                format!("/credits/{index}/{part}"),
                FaultCode::Required,
                format!("the credit is incomplete without its {}", part.replace('_', " ")),
            ));
        }
        if let Some((code, message)) = credit::permission_fault(terms.permission, terms.permission_from, terms.permission_until, at) {
            faults.push(Fault::at(format!("/credits/{index}/publication_id"), code, message));
        }
    }
    faults
}

/// The byline as a line of text: the free text if there is one, else made from the authors' names and roles in order.
#[must_use]
pub fn byline_line(free: Option<&str>, authors: &[(&str, BylineRole)]) -> Option<String> {
    if let Some(free) = free {
        return Some(free.to_owned());
    }
    let mut parts: Vec<String> = Vec::new();
    for (&role, lead) in BylineRole::ALL.iter().zip(["By", "Pictures by", "Translated by"]) {
        let names: Vec<&str> = authors.iter().filter(|(_, author_role)| *author_role == role).map(|(name, _)| *name).collect();
        if let Some((last, first)) = names.split_last() {
            parts.push(if first.is_empty() { format!("{lead} {last}") } else { format!("{lead} {} and {last}", first.join(", ")) });
        }
    }
    (!parts.is_empty()).then(|| parts.join(". "))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed parse is a failed test")]
    use super::*;
    use serde_json::json;

    fn read(value: &serde_json::Value) -> (ArticleIn, Vec<Fault>) {
        let mut faults = Vec::new();
        let mut reader = Reader::root(value, &mut faults);
        let content = ArticleIn::read(&mut reader);
        reader.finish();
        (content, faults)
    }

    #[test]
    fn what_was_read_is_written_and_read_again_the_same() {
        let value = json!({
            "title": "A—“B”\u{a0}C", "slug": "a-b", "body": {"format": "html", "source": "<p>x"},
            "bylines": [{"author_id": AuthorId::new(), "role": "pictures"}],
            "credits": [{"publication_id": crate::id::PublicationId::new(), "relation": "translated", "translator": "Joan"}],
            "tag_ids": [TagId::new()], "lead_image": {"url": "https://a.example/b.png", "width": 3},
        });
        let (content, faults) = read(&value);
        assert_eq!(faults, []);
        let written = serde_json::to_value(&content).unwrap();
        assert_eq!(read(&written).0, content);
    }

    #[test]
    fn all_faults_of_an_article_are_listed() {
        let (_, faults) = read(&json!({"slug": "Not A Slug", "body": {"source": 5}, "tag_ids": ["x"], "credits": [{}], "colour": 1}));
        let pointers: Vec<&str> = faults.iter().filter_map(|fault| fault.pointer.as_deref()).collect();
        assert_eq!(pointers, ["/title", "/slug", "/body/source", "/credits/0/publication_id", "/tag_ids/0", "/colour"]);
    }

    #[test]
    fn publishing_lists_all_that_is_missing() {
        let publication_id = crate::id::PublicationId::new();
        let (content, _) = read(&json!({"title": "T", "credits": [{"publication_id": publication_id, "relation": "translated"}]}));
        let terms =
            CreditTerms { required: vec![CreditPart::OriginalUrl], permission: Permission::Refused, permission_from: None, permission_until: None };
        let faults = publishing_faults(&content, &[terms], Timestamp::from_milliseconds(0));
        let pointers: Vec<&str> = faults.iter().filter_map(|fault| fault.pointer.as_deref()).collect();
        assert_eq!(pointers, ["/body", "/credits/0/original_url", "/credits/0/translator", "/credits/0/publication_id"]);
    }

    #[test]
    fn bylines_read_as_a_newspaper_prints_them() {
        use BylineRole::{Pictures, Translation, Words};
        assert_eq!(byline_line(None, &[("Sophie Squire", Words)]).unwrap(), "By Sophie Squire");
        assert_eq!(
            byline_line(None, &[("A", Words), ("D", Pictures), ("B", Words), ("C", Words), ("E", Translation)]).unwrap(),
            "By A, B and C. Pictures by D. Translated by E"
        );
        assert_eq!(byline_line(Some("From our desk"), &[("A", Words)]).unwrap(), "From our desk");
        assert_eq!(byline_line(None, &[]), None);
    }
}
