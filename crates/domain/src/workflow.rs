//! Where an article stands on its way to readers and back, and the steps between.

use crate::stored_vocabulary;
use crate::vocabulary;

stored_vocabulary! {
    /// Where an article stands.
    ArticleState {
        Draft = "draft",
        /// Handed to the editors.
        InReview = "in_review",
        /// Public from a time that has not come yet.
        Scheduled = "scheduled",
        Published = "published",
        /// Taken back for a reason; readers are told so.
        Withdrawn = "withdrawn",
    }
}

vocabulary! {
    /// A step from one state to another.
    Step {
        Submit = "submit",
        Return = "return",
        Publish = "publish",
        Schedule = "schedule",
        Unschedule = "unschedule",
        Unpublish = "unpublish",
        Withdraw = "withdraw",
        Restore = "restore",
        Delete = "delete",
    }
}

/// Where an article stands, as far as steps depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub state: ArticleState,
    /// Whether another revision is to take the place of the public one at a time to come.
    pub has_prepared: bool,
}

impl Standing {
    /// The steps that may be taken from here.
    #[must_use]
    pub fn steps(self) -> &'static [Step] {
        match (self.state, self.has_prepared) {
            (ArticleState::Draft, _) => &[Step::Submit, Step::Publish, Step::Schedule, Step::Delete],
            (ArticleState::InReview, _) => &[Step::Return, Step::Publish, Step::Schedule, Step::Delete],
            (ArticleState::Scheduled, _) => &[Step::Publish, Step::Schedule, Step::Unschedule],
            (ArticleState::Published, false) => &[Step::Publish, Step::Schedule, Step::Unpublish, Step::Withdraw],
            (ArticleState::Published, true) => &[Step::Publish, Step::Schedule, Step::Unschedule, Step::Unpublish, Step::Withdraw],
            (ArticleState::Withdrawn, _) => &[Step::Restore, Step::Delete],
        }
    }

    /// Refuses a step that may not be taken from here.
    ///
    /// # Errors
    /// [`IllegalStep`] names the steps that may.
    pub fn check(self, step: Step) -> Result<(), IllegalStep> {
        if self.steps().contains(&step) { Ok(()) } else { Err(IllegalStep { standing: self, step }) }
    }
}

/// A step that may not be taken from where an article stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IllegalStep {
    pub standing: Standing,
    pub step: Step,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::Vocabulary;

    #[test]
    fn steps_follow_the_state() {
        let at = |state| Standing { state, has_prepared: false };
        assert!(at(ArticleState::Draft).check(Step::Publish).is_ok());
        let published = at(ArticleState::Published);
        assert_eq!(published.check(Step::Delete), Err(IllegalStep { standing: published, step: Step::Delete }));
        assert!(published.check(Step::Unschedule).is_err());
        assert!(Standing { has_prepared: true, ..published }.check(Step::Unschedule).is_ok());
    }

    #[test]
    fn every_state_can_be_left_and_every_step_be_taken_from_somewhere() {
        let from: Vec<Step> = ArticleState::ALL.iter().flat_map(|state| Standing { state: *state, has_prepared: true }.steps()).copied().collect();
        assert!(Step::ALL.iter().all(|step| from.contains(step)));
    }
}
