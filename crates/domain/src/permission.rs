//! Who may do what: the whole policy in one match.

use crate::id::UserId;
use crate::stored_vocabulary;

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
    /// See, change or delete an article of that creator which is not public.
    EditArticle { created_by: UserId, is_public: bool },
    /// Read an article of that creator, whatever its state.
    ReadArticle { created_by: UserId },
    /// Publish, schedule, unpublish.
    PublishArticle,
    /// Take the lock that somebody else has on an article.
    BreakLock,
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
            Action::EditArticle { created_by, is_public } => self.role >= Role::Editor || (created_by == self.user_id && !is_public),
            Action::ReadArticle { created_by } => self.role >= Role::Editor || created_by == self.user_id,
            Action::PublishArticle | Action::BreakLock | Action::EditRecords => self.role >= Role::Editor,
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
        assert!(me.may(Action::EditArticle { created_by: me.user_id, is_public: false }));
        assert!(!me.may(Action::EditArticle { created_by: me.user_id, is_public: true }));
        assert!(!me.may(Action::EditArticle { created_by: UserId::new(), is_public: false }));
        assert!(!me.may(Action::BreakLock) && !me.may(Action::PublishArticle) && !me.may(Action::EditRecords) && !me.may(Action::EditSite));
    }

    #[test]
    fn an_editor_does_everything_but_settings() {
        let me = Actor { user_id: UserId::new(), role: Role::Editor };
        assert!(me.may(Action::PublishArticle) && me.may(Action::EditRecords) && !me.may(Action::EditSite));
        assert!(Actor { role: Role::Admin, ..me }.may(Action::EditSite));
    }
}
