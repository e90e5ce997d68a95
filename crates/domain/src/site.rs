//! The site: where else the paper is found.

use crate::read::Reader;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The most links to other places.
pub const SOCIAL_LINKS_MAX: usize = 20;

/// Another place where the paper is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SocialLink {
    #[schema(min_length = 1, max_length = 100, example = "Mastodon")]
    pub label: String,
    #[schema(max_length = 2000, format = Uri, example = "https://social.example/@lantern")]
    pub url: String,
}

impl SocialLink {
    /// Reads a list of at most [`SOCIAL_LINKS_MAX`]; absent is empty.
    pub fn read_all(reader: &mut Reader) -> Vec<Self> {
        reader.objects("social_links", SOCIAL_LINKS_MAX, |link| {
            let (label, url) = (link.required_line("label", 100), link.web_address("url"));
            link.require("url", url).map(|url| Self { label, url })
        })
    }
}
