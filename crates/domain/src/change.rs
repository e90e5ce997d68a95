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
    }
}

impl ChangeAction {
    /// Whether those outside may learn of it.
    #[must_use]
    pub fn is_public(self) -> bool {
        !matches!(self, Self::Scheduled | Self::Unscheduled)
    }
}
