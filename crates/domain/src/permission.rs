//! Who may do what: the whole policy in one match.

use crate::id::{SectionId, UserId};
use crate::stored_vocabulary;
use crate::workflow::ArticleState;

stored_vocabulary! {
    /// What a login may do. Each role may also do what those before it may.
    #[derive(Default)]
    Role {
        /// Writes drafts of their own.
        #[default]
        Contributor = "contributor",
        /// Edits and publishes everything.
        Editor = "editor",
        /// Also changes the site's settings.
        Admin = "admin",
    }
}

/// Who is asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    pub user_id: UserId,
    pub role: Role,
}

/// What is being asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Read drafts and the records that articles refer to.
    ReadDesk,
    /// Start an article.
    CreateArticle,
    /// Change or delete an article of that creator and section, in that state.
    EditArticle { created_by: UserId, state: ArticleState, section_id: Option<SectionId> },
    /// Hand an article of that creator to the editors.
    SubmitArticle { created_by: UserId },
    /// Read an article of that creator, whatever its state.
    ReadArticle { created_by: UserId },
    /// Decide on an article of that section: publish, return, withdraw and all between.
    PublishArticle { section_id: Option<SectionId> },
    /// Change authors, sections, tags, publications, branches, venues and meetings.
    EditRecords,
    /// Change the site's settings.
    EditSite,
}

impl Actor {
    /// The whole policy.
    #[must_use]
    pub fn may(&self, action: Action) -> bool {
        match action {
            Action::ReadDesk | Action::CreateArticle => true,
            Action::EditArticle { created_by, state, .. } => {
                let is_unseen = matches!(state, ArticleState::Draft | ArticleState::InReview);
                self.role >= Role::Editor || (created_by == self.user_id && is_unseen)
            }
            Action::ReadArticle { created_by } | Action::SubmitArticle { created_by } => self.role >= Role::Editor || created_by == self.user_id,
            Action::PublishArticle { .. } | Action::EditRecords => self.role >= Role::Editor,
            Action::EditSite => self.role >= Role::Admin,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contributor_edits_own_drafts_only() {
        let me = Actor { user_id: UserId::new(), role: Role::Contributor };
        let edit = |created_by, state| Action::EditArticle { created_by, state, section_id: None };
        assert!(me.may(edit(me.user_id, ArticleState::InReview)));
        assert!(!me.may(edit(me.user_id, ArticleState::Published)) && !me.may(edit(me.user_id, ArticleState::Withdrawn)));
        assert!(!me.may(edit(UserId::new(), ArticleState::Draft)));
        assert!(me.may(Action::SubmitArticle { created_by: me.user_id }) && !me.may(Action::SubmitArticle { created_by: UserId::new() }));
        assert!(!me.may(Action::PublishArticle { section_id: None }) && !me.may(Action::EditRecords) && !me.may(Action::EditSite));
    }

    #[test]
    fn an_editor_does_everything_but_settings() {
        let me = Actor { user_id: UserId::new(), role: Role::Editor };
        assert!(me.may(Action::PublishArticle { section_id: None }) && me.may(Action::EditRecords) && !me.may(Action::EditSite));
        assert!(Actor { role: Role::Admin, ..me }.may(Action::EditSite));
    }
}
