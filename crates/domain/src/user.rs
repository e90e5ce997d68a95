//! Users, and what may become of them.

use crate::permission::Role;
use crate::stored_vocabulary;

stored_vocabulary! {
    /// What a link that works once is for.
    LinkPurpose {
        Invitation = "invitation",
        PasswordReset = "password_reset",
    }
}

/// What a user can do at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub role: Role,
    pub is_disabled: bool,
}

impl Standing {
    fn is_acting_admin(self) -> bool {
        self.role == Role::Admin && !self.is_disabled
    }
}

/// Why a user is not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StandingFault {
    /// Nobody changes their own role, nor shuts themselves out.
    Own,
    /// There would be no administrator left who can log in.
    LastAdmin,
}

/// Whether an administrator may bring a user to another standing, or to none, which is to delete it.
///
/// # Errors
/// Why not. `has_other_admin` is asked only where it matters.
pub fn check_standing<E>(
    is_own: bool,
    old: Standing,
    new: Option<Standing>,
    has_other_admin: impl FnOnce() -> Result<bool, E>,
) -> Result<Result<(), StandingFault>, E> {
    if new == Some(old) {
        return Ok(Ok(()));
    }
    if is_own {
        return Ok(Err(StandingFault::Own));
    }
    if old.is_acting_admin() && !new.is_some_and(Standing::is_acting_admin) && !has_other_admin()? {
        return Ok(Err(StandingFault::LastAdmin));
    }
    Ok(Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADMIN: Standing = Standing { role: Role::Admin, is_disabled: false };
    const EDITOR: Standing = Standing { role: Role::Editor, is_disabled: false };

    fn check(is_own: bool, old: Standing, new: Option<Standing>, others: bool) -> Result<(), StandingFault> {
        let asked = check_standing(is_own, old, new, || Ok::<_, ()>(others));
        asked.unwrap_or(Ok(()))
    }

    #[test]
    fn nobody_changes_their_own_standing() {
        assert_eq!(check(true, ADMIN, Some(EDITOR), true), Err(StandingFault::Own));
        assert_eq!(check(true, ADMIN, None, true), Err(StandingFault::Own));
        assert_eq!(check(true, ADMIN, Some(Standing { is_disabled: true, ..ADMIN }), true), Err(StandingFault::Own));
        assert_eq!(check(true, ADMIN, Some(ADMIN), false), Ok(()));
    }

    #[test]
    fn one_administrator_is_always_left() {
        for new in [Some(EDITOR), Some(Standing { is_disabled: true, ..ADMIN }), None] {
            assert_eq!(check(false, ADMIN, new, false), Err(StandingFault::LastAdmin));
            assert_eq!(check(false, ADMIN, new, true), Ok(()));
        }
        // One who is disabled is not missed.
        let disabled = Standing { is_disabled: true, ..ADMIN };
        assert_eq!(check(false, disabled, None, false), Ok(()));
        assert_eq!(check(false, EDITOR, None, false), Ok(()));
    }
}
