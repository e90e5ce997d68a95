//! What can happen to a thing, in the terms of those who follow the changes.

crate::stored_vocabulary! {
    /// What happened.
    ChangeAction {
        Created = "created",
        Updated = "updated",
        Deleted = "deleted",
        /// An article became public, at its own time or by hand.
        Published = "published",
        Unpublished = "unpublished",
        /// An article was taken back for a reason; its address says so.
        Withdrawn = "withdrawn",
        /// An article will become public at a time to come; for nobody but the paper itself to know.
        Scheduled = "scheduled",
        Unscheduled = "unscheduled",
        /// What an article got wrong was put right, or a word about it was changed; the text stays.
        Corrected = "corrected",
    }
}

impl ChangeAction {
    /// Whether those outside may learn of it.
    #[must_use]
    pub fn is_public(self) -> bool {
        !matches!(self, Self::Scheduled | Self::Unscheduled)
    }

    /// Whether the thing is gone from public with it.
    #[must_use]
    pub fn is_tombstone(self) -> bool {
        matches!(self, Self::Unpublished | Self::Withdrawn | Self::Deleted)
    }
}
