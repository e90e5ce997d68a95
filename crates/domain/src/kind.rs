//! The kinds of things that editors keep, and the cache tags that stand for them.

use uuid::Uuid;

crate::stored_vocabulary! {
    /// What something is.
    Kind {
        ApiKey = "api_key",
        Article = "article",
        Author = "author",
        Branch = "branch",
        Correction = "correction",
        Media = "media",
        Collection = "collection",
        Issue = "issue",
        Meeting = "meeting",
        Page = "page",
        Publication = "publication",
        Redirect = "redirect",
        Section = "section",
        Site = "site",
        Tag = "tag",
        User = "user",
        Venue = "venue",
    }
}

/// The tag of whatever shows the change sequence itself, and so depends on every change.
pub const CHANGES_TAG: &str = "changes";

impl Kind {
    /// The tag of whatever depends on all things of a kind: `articles`.
    #[must_use]
    pub fn collective_tag(self) -> &'static str {
        match self {
            Self::ApiKey => "api_keys",
            Self::Article => "articles",
            Self::Author => "authors",
            Self::Branch => "branches",
            Self::Correction => "corrections",
            Self::Media => "media",
            Self::Collection => "collections",
            Self::Issue => "issues",
            Self::Meeting => "meetings",
            Self::Page => "pages",
            Self::Publication => "publications",
            Self::Redirect => "redirects",
            Self::Section => "sections",
            Self::Site => "site",
            Self::Tag => "tags",
            Self::User => "users",
            Self::Venue => "venues",
        }
    }

    /// The tag of whatever depends on one thing: its kind and the last group of its id, `article-6b1f0e9a4c21`. Short, for
    /// proxies bound the size of headers; where two things share it, one purge too many is made.
    #[must_use]
    pub fn entity_tag(self, id: Uuid) -> String {
        use crate::vocabulary::Vocabulary;
        if self == Self::Site {
            return self.collective_tag().to_owned();
        }
        format!("{}-{:012x}", self.word(), id.as_u128() & 0xffff_ffff_ffff)
    }

    /// The tags that a change of one thing makes stale.
    #[must_use]
    pub fn changed_tags(self, id: Uuid) -> Vec<String> {
        let mut tags = vec![self.entity_tag(id), self.collective_tag().to_owned()];
        tags.dedup();
        tags.push(CHANGES_TAG.to_owned());
        tags
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_names_the_kind_and_the_end_of_the_id() {
        let id = Uuid::from_u128(0x0193_6d6c_7a10_7c3e_9d55_001f_0e9a_4c21);
        assert_eq!(Kind::Article.changed_tags(id), ["article-001f0e9a4c21", "articles", "changes"]);
        assert_eq!(Kind::Site.changed_tags(Uuid::nil()), ["site", "changes"]);
    }
}
