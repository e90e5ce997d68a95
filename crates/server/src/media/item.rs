//! What readers get of a media item that something shows.

use super::view::{RenditionOut, address, rendition_list};
use crate::config::Config;
use masthead_domain::article::LeadImage;
use masthead_domain::id::MediaId;
use masthead_domain::issue::CoverImage;
use masthead_domain::media::{FocalPoint, MediaType};
use masthead_store::media::MediaWithFile;
use serde::Serialize;
use utoipa::ToSchema;

/// A picture or a document of an article, an issue or the site.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MediaItem {
    /// Absent for a picture that is kept elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c25")]
    pub id: Option<MediaId>,
    #[schema(max_length = 2000, format = Uri, example = "https://pictures.example/ferry.jpg")]
    pub url: String,
    /// Absent for a picture that is kept elsewhere.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub media_type: Option<MediaType>,
    /// What is to be seen, for those who do not see it; empty for what only adorns.
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
    /// Where it may be cut around; its middle where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub focal_point: Option<FocalPoint>,
    /// The picture smaller and cut, never larger than it is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, max_items = 40)]
    pub renditions: Vec<RenditionOut>,
}

/// The words that an article has of its own for an item.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    pub alt: &'a Option<String>,
    pub caption: &'a Option<String>,
    pub credit: &'a Option<String>,
    pub licence: &'a Option<String>,
}

impl Words<'static> {
    /// Those of the item alone.
    pub const NONE: Self = Self { alt: &None, caption: &None, credit: &None, licence: &None };
}

impl MediaItem {
    /// An item as an article shows it: with the article's words where it has any.
    #[must_use]
    pub fn new(config: &Config, (row, file): &MediaWithFile, words: Words) -> Self {
        let content = &row.content.0;
        let (width, height) = file.size().unzip();
        let own = |word: &Option<String>, general: Option<&str>| word.clone().or_else(|| general.map(str::to_owned));
        Self {
            id: Some(row.id),
            url: address(config, file, &file.file_name),
            media_type: Some(file.media_type),
            alt: own(words.alt, content.alt_text()),
            caption: own(words.caption, content.caption.as_deref()),
            credit: own(words.credit, content.credit.as_deref()),
            licence: own(words.licence, content.licence.as_deref()),
            width,
            height,
            focal_point: content.focal_point,
            renditions: rendition_list(config, file, content.focal_point),
        }
    }

    /// A picture that is kept elsewhere.
    #[must_use]
    pub fn elsewhere(image: &LeadImage) -> Option<Self> {
        Some(Self {
            caption: image.caption.clone(),
            licence: image.licence.clone(),
            ..Self::at(image.url.clone()?, &image.alt, &image.credit, (image.width, image.height))
        })
    }

    /// The picture of a front page that is kept elsewhere.
    #[must_use]
    pub fn cover(image: &CoverImage) -> Self {
        Self::at(image.url.clone(), &image.alt, &image.credit, (image.width, image.height))
    }

    fn at(url: String, alt: &Option<String>, credit: &Option<String>, (width, height): (Option<u32>, Option<u32>)) -> Self {
        Self {
            id: None,
            url,
            media_type: None,
            alt: alt.clone(),
            caption: None,
            credit: credit.clone(),
            licence: None,
            width,
            height,
            focal_point: None,
            renditions: Vec::new(),
        }
    }
}
