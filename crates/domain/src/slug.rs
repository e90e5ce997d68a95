//! The readable part of an article's address.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Lower-case ASCII words joined by single hyphens, 1 to 120 bytes, never in the form of an id.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    ToSchema,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = crate::column::Word)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, min_length = 1, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", example = "nurses-strike-now")]
pub struct Slug(String);

crate::stored_word!(Slug);

/// Why a text is not a slug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlugFault {
    Empty,
    /// Longer than 120 bytes.
    TooLong,
    /// Something other than lower-case ASCII words joined by single hyphens.
    Malformed,
    /// Of the form of a UUID (RFC 9562 section 4): a path takes a slug or an id and must tell them apart.
    LikeId,
}

impl fmt::Display for SlugFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Empty => "a slug must not be empty",
            Self::TooLong => "a slug has at most 120 bytes",
            Self::Malformed => "a slug is made of lower-case letters a to z and digits, in words joined by single hyphens",
            Self::LikeId => "a slug must not have the form of an id",
        })
    }
}

impl std::error::Error for SlugFault {}

impl Slug {
    /// The longest slug, in bytes.
    pub const MAX_BYTES: usize = 120;

    /// The longest slug made from a title, in bytes; what remains is room for a number.
    pub const MAX_TITLE_BYTES: usize = 80;

    /// # Errors
    /// The first [`SlugFault`] found; nothing is repaired.
    pub fn parse(text: &str) -> Result<Self, SlugFault> {
        if text.is_empty() {
            return Err(SlugFault::Empty);
        }
        if text.len() > Self::MAX_BYTES {
            return Err(SlugFault::TooLong);
        }
        let well_formed = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if !text.split('-').all(well_formed) {
            return Err(SlugFault::Malformed);
        }
        if is_like_id(text) {
            return Err(SlugFault::LikeId);
        }
        Ok(Self(text.to_owned()))
    }

    /// The slug a title suggests: transliterated to ASCII and cut at a word end within 80 bytes.
    ///
    /// A title without a letter or digit gives `untitled`.
    pub fn from_title(title: &str) -> Self {
        let mut words = String::with_capacity(title.len());
        let mut separated = false;
        // Characters unknown to the transliteration separate words; a title is cut long before its end matters.
        for character in deunicode::deunicode_with_tofu(title, " ").chars() {
            if character.is_ascii_alphanumeric() {
                if separated && !words.is_empty() {
                    words.push('-');
                }
                separated = false;
                words.push(character.to_ascii_lowercase());
            } else if !matches!(character, '\'' | '`') {
                // An apostrophe does not end a word: "Don't" is `dont`.
                separated = true;
            }
        }
        let cut = cut_words(&words, Self::MAX_TITLE_BYTES);
        if cut.is_empty() {
            return Self("untitled".to_owned());
        }
        if is_like_id(cut) {
            return Self(format!("article-{cut}"));
        }
        Self(cut.to_owned())
    }

    /// This slug with a number, for when the plain one is taken; shortened if there is no room for it.
    pub fn numbered(&self, number: u32) -> Self {
        let suffix = format!("-{number}");
        let stem = cut_words(&self.0, Self::MAX_BYTES.saturating_sub(suffix.len()));
        let numbered = format!("{stem}{suffix}");
        if is_like_id(&numbered) {
            // Four groups of a UUID and a twelve-digit number cannot meet (u32 has ten digits), but a rule should not rest on that.
            return Self(format!("article-{numbered}"));
        }
        Self(numbered)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The longest run of whole words within the bound; the first word is cut if it alone is longer.
fn cut_words(slug: &str, max_bytes: usize) -> &str {
    let Some((within, rest)) = slug.split_at_checked(max_bytes) else {
        return slug;
    };
    if rest.is_empty() || rest.starts_with('-') {
        return within.trim_end_matches('-');
    }
    within.rsplit_once('-').map_or(within, |(words, _)| words)
}

/// Whether the text has the 8-4-4-4-12 hexadecimal form of a UUID.
fn is_like_id(text: &str) -> bool {
    let groups = text.split('-').map(|group| (group.len(), group.bytes().all(|byte| byte.is_ascii_hexdigit())));
    groups.eq([8, 4, 4, 4, 12].map(|length| (length, true)))
}

impl fmt::Display for Slug {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl TryFrom<String> for Slug {
    type Error = SlugFault;

    fn try_from(text: String) -> Result<Self, SlugFault> {
        Self::parse(&text)
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::*;

    #[test]
    fn well_formed_slugs_pass() {
        for text in ["a", "1", "nurses-strike", "2026-budget", &"a".repeat(120), "deadbeef-dead-beef-dead-beefdeadbee", "nurses-2"] {
            assert_eq!(Slug::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn faults_are_named() {
        assert_eq!(Slug::parse(""), Err(SlugFault::Empty));
        assert_eq!(Slug::parse(&"a".repeat(121)), Err(SlugFault::TooLong));
        for text in ["-a", "a-", "a--b", "A", "é", "a b", "a/b", "a.b", "a_b", "-", "a\0"] {
            assert_eq!(Slug::parse(text), Err(SlugFault::Malformed), "{text}");
        }
        assert_eq!(Slug::parse("0197a5d2-7c4e-7b1a-9f00-1234567890ab"), Err(SlugFault::LikeId));
    }

    #[test]
    fn titles_become_slugs() {
        let cases = [
            ("Don't mourn, organise!", "dont-mourn-organise"),
            ("Don’t", "dont"),
            ("Negotiations have failed—NSW nurses strike", "negotiations-have-failed-nsw-nurses-strike"),
            ("  Österreich: Löhne & Preise  ", "osterreich-lohne-preise"),
            ("Ça ira", "ca-ira"),
            ("50% off", "50-off"),
            ("", "untitled"),
            ("—?!", "untitled"),
            ("'", "untitled"),
        ];
        for (title, slug) in cases {
            assert_eq!(Slug::from_title(title).as_str(), slug, "{title}");
        }
    }

    #[test]
    fn every_title_gives_a_valid_slug() {
        let long = "word ".repeat(50);
        let one_word = "a".repeat(300);
        for title in [&long, &one_word, "北京 strike", "Привет, мир", "مرحبا", "👩‍🏭 strikes", "0197a5d2-7c4e-7b1a-9f00-1234567890ab", "a\0b\n"]
        {
            let slug = Slug::from_title(title);
            assert_eq!(Slug::parse(slug.as_str()).as_ref(), Ok(&slug), "{title}");
            assert!(slug.as_str().len() <= Slug::MAX_TITLE_BYTES, "{title}");
        }
    }

    #[test]
    fn a_long_title_is_cut_at_a_word_end() {
        let fits = format!("{} bb", "a".repeat(77));
        assert_eq!(Slug::from_title(&fits).as_str().len(), 80);
        let over = format!("{} bbb", "a".repeat(77));
        assert_eq!(Slug::from_title(&over).as_str(), "a".repeat(77));
        let more = format!("{} bb c", "a".repeat(77));
        assert_eq!(Slug::from_title(&more).as_str().len(), 80);
    }

    #[test]
    fn numbers_keep_within_the_bound() {
        assert_eq!(Slug::parse("nurses").unwrap().numbered(2).as_str(), "nurses-2");
        for length in 105..=120 {
            let numbered = Slug::parse(&"a".repeat(length)).unwrap().numbered(u32::MAX);
            assert!(Slug::parse(numbered.as_str()).is_ok());
            assert!(numbered.as_str().ends_with("-4294967295"));
        }
        let words = Slug::parse(&format!("{}-bbbb", "a".repeat(115))).unwrap().numbered(10);
        assert_eq!(words.as_str(), format!("{}-10", "a".repeat(115)));
    }

    #[test]
    fn json_is_checked() {
        assert_eq!(serde_json::from_str::<Slug>("\"a-b\"").unwrap().as_str(), "a-b");
        assert!(serde_json::from_str::<Slug>("\"A b\"").is_err());
        assert_eq!(serde_json::to_string(&Slug::parse("a-b").unwrap()).unwrap(), "\"a-b\"");
    }
}
