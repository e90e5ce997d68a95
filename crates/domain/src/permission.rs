//! Who may do what: the whole policy in one match.

use crate::id::{BranchId, SectionId, UserId};
use crate::stored_vocabulary;
use crate::workflow::ArticleState;
use std::sync::Arc;

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

/// What an editor looks after; where something is not said, all of it. It limits nobody but editors.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beat {
    /// With all sections under them.
    pub sections: Option<Arc<[SectionId]>>,
    /// Whose meetings.
    pub branches: Option<Arc<[BranchId]>>,
}

impl Beat {
    fn has_section(&self, id: Option<SectionId>) -> bool {
        self.sections.as_ref().is_none_or(|sections| id.is_some_and(|id| sections.contains(&id)))
    }

    fn has_branch(&self, id: Option<BranchId>) -> bool {
        self.branches.as_ref().is_none_or(|branches| id.is_some_and(|id| branches.contains(&id)))
    }
}

/// Who is asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub user_id: UserId,
    pub role: Role,
    pub beat: Beat,
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
    /// Change authors, tags, publications, branches, venues and the like.
    EditRecords,
    /// Change the tree of the sections, by which beats are given.
    EditSections,
    /// Change a meeting of that branch.
    EditMeeting { branch_id: Option<BranchId> },
    /// Add a file.
    CreateMedia,
    /// Change or delete a media item of that creator.
    EditMedia { created_by: UserId },
    /// Change the site's settings.
    EditSite,
    /// Invite, change, disable and delete users.
    ManageUsers,
    /// Make, change, rotate and delete keys of programs.
    ManageApiKeys,
}

impl Actor {
    /// Someone of that role who looks after everything.
    #[must_use]
    pub fn new(user_id: UserId, role: Role) -> Self {
        Self { user_id, role, beat: Beat::default() }
    }

    /// Whether they are an editor of that section, or an administrator.
    fn edits_section(&self, id: Option<SectionId>) -> bool {
        self.role >= Role::Admin || (self.role == Role::Editor && self.beat.has_section(id))
    }

    /// The whole policy.
    #[must_use]
    pub fn may(&self, action: Action) -> bool {
        match action {
            Action::ReadDesk | Action::CreateArticle | Action::CreateMedia => true,
            Action::EditArticle { created_by, state, section_id } => {
                let is_unseen = matches!(state, ArticleState::Draft | ArticleState::InReview);
                self.edits_section(section_id) || (created_by == self.user_id && is_unseen)
            }
            Action::ReadArticle { created_by } | Action::SubmitArticle { created_by } | Action::EditMedia { created_by } => {
                self.role >= Role::Editor || created_by == self.user_id
            }
            Action::PublishArticle { section_id } => self.edits_section(section_id),
            Action::EditRecords => self.role >= Role::Editor,
            Action::EditSections => self.role >= Role::Admin || (self.role == Role::Editor && self.beat.sections.is_none()),
            Action::EditMeeting { branch_id } => self.role >= Role::Admin || (self.role == Role::Editor && self.beat.has_branch(branch_id)),
            Action::EditSite | Action::ManageUsers | Action::ManageApiKeys => self.role >= Role::Admin,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contributor_edits_own_drafts_only() {
        let me = Actor::new(UserId::new(), Role::Contributor);
        let edit = |created_by, state| Action::EditArticle { created_by, state, section_id: None };
        assert!(me.may(edit(me.user_id, ArticleState::InReview)));
        assert!(!me.may(edit(me.user_id, ArticleState::Published)) && !me.may(edit(me.user_id, ArticleState::Withdrawn)));
        assert!(!me.may(edit(UserId::new(), ArticleState::Draft)));
        assert!(me.may(Action::SubmitArticle { created_by: me.user_id }) && !me.may(Action::SubmitArticle { created_by: UserId::new() }));
        assert!(!me.may(Action::PublishArticle { section_id: None }) && !me.may(Action::EditRecords) && !me.may(Action::EditSite));
        assert!(!me.may(Action::ManageUsers) && !me.may(Action::ManageApiKeys) && !me.may(Action::EditSections));
    }

    #[test]
    fn an_editor_does_everything_but_settings() {
        let me = Actor::new(UserId::new(), Role::Editor);
        assert!(me.may(Action::PublishArticle { section_id: None }) && me.may(Action::EditRecords) && !me.may(Action::EditSite));
        assert!(me.may(Action::EditSections) && !me.may(Action::ManageUsers) && !me.may(Action::ManageApiKeys));
        assert!(Actor { role: Role::Admin, ..me }.may(Action::EditSite));
    }

    #[test]
    fn an_editor_with_a_beat_keeps_to_it() {
        let (own, other) = (SectionId::new(), SectionId::new());
        let (branch, foreign) = (BranchId::new(), BranchId::new());
        let beat = Beat { sections: Some([own].into()), branches: Some([branch].into()) };
        let me = Actor { beat: beat.clone(), ..Actor::new(UserId::new(), Role::Editor) };
        for (section_id, may) in [(Some(own), true), (Some(other), false), (None, false)] {
            assert_eq!(me.may(Action::PublishArticle { section_id }), may);
            let stranger = UserId::new();
            assert_eq!(me.may(Action::EditArticle { created_by: stranger, state: ArticleState::Draft, section_id }), may);
            // A draft of one's own, as any writer's; no more once it is out.
            assert!(me.may(Action::EditArticle { created_by: me.user_id, state: ArticleState::Draft, section_id }));
            assert_eq!(me.may(Action::EditArticle { created_by: me.user_id, state: ArticleState::Published, section_id }), may);
        }
        for (branch_id, may) in [(Some(branch), true), (Some(foreign), false), (None, false)] {
            assert_eq!(me.may(Action::EditMeeting { branch_id }), may);
        }
        assert!(!me.may(Action::EditSections) && me.may(Action::EditRecords));
        // It gives nothing to a contributor, and takes nothing from an administrator.
        let contributor = Actor { role: Role::Contributor, ..me.clone() };
        assert!(
            !contributor.may(Action::PublishArticle { section_id: Some(own) }) && !contributor.may(Action::EditMeeting { branch_id: Some(branch) })
        );
        let admin = Actor { role: Role::Admin, ..me };
        assert!(
            admin.may(Action::PublishArticle { section_id: None })
                && admin.may(Action::EditMeeting { branch_id: None })
                && admin.may(Action::EditSections)
        );
    }
}
