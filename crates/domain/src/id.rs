//! Identifiers: UUID version 7 (RFC 9562), one type per noun so that they cannot be mixed up.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = crate::column::Id)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        crate::stored_id!($name);

        impl $name {
            /// A new identifier that sorts by the time it was made.
            #[must_use]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// Reads the canonical hyphenated form; anything else is not an id.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                (text.len() == 36).then(|| Uuid::try_parse(text).ok()).flatten().map(Self)
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )*};
}

ids! {
    /// A key of a program.
    ApiKeyId,
    /// An article's identity, the same through all its revisions.
    ArticleId,
    /// One entry of the audit log.
    AuditEntryId,
    /// A person who writes; not a login.
    AuthorId,
    /// A local group that holds meetings.
    BranchId,
    /// A correction of an article.
    CorrectionId,
    /// A media item.
    MediaId,
    /// A collection of articles.
    CollectionId,
    /// A printed issue of the paper.
    IssueId,
    /// A meeting.
    MeetingId,
    /// A standing page.
    PageId,
    /// An address under which an unpublished revision can be seen.
    PreviewLinkId,
    /// A paper that pieces are republished from.
    PublicationId,
    /// An address of the website that leads elsewhere.
    RedirectId,
    /// A section of the paper.
    SectionId,
    /// One login of one user, and the family of its refresh tokens.
    SessionId,
    /// A tag.
    TagId,
    /// A login.
    UserId,
    /// A place where meetings are held.
    VenueId,
}
