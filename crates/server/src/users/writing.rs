//! What becomes of users: reading what an administrator enters, the rules, and the writing.

use super::{EditorUser, Invitation, UserIn, shown};
use crate::config::Config;
use crate::desk::{Seen, Versioned, check_version, permit};
use crate::error::{ApiError, ProblemCode};
use crate::one_time_links as links;
use crate::request::IfMatch;
use crate::writing::{Acting, Entry, Written};
use actix_web::http::StatusCode;
use masthead_domain::column::{AnyId, Json};
use masthead_domain::email::EmailAddress;
use masthead_domain::fault::{Fault, FaultCode};
use masthead_domain::id::{BranchId, SectionId, UserId};
use masthead_domain::json;
use masthead_domain::kind::Kind;
use masthead_domain::permission::Action;
use masthead_domain::read::{Reader, is_blank};
use masthead_domain::time::Timestamp;
use masthead_domain::user::{LinkPurpose, StandingFault, check_standing};
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::revisions::{self, Revision};
use masthead_store::users::{self, User};
use masthead_store::{branches, one_time_links, sections, sessions};
use serde_json::Value;

/// Sections, and branches, that an editor may be limited to.
const BEAT_MAX: usize = 100;

/// A user as it is shown, with its version.
pub fn versioned(conn: &mut Conn, user: User) -> Result<Versioned<EditorUser>, ApiError> {
    let (id, version) = (AnyId(user.id.0), user.version);
    let value = shown(conn, vec![user])?.pop().ok_or_else(|| ApiError::internal("a user is not shown"))?;
    Ok(Versioned { version, id, value })
}

fn read(reader: &mut Reader) -> Option<UserIn> {
    let text = reader.required_line("email", 254);
    let email = EmailAddress::parse(&text).ok();
    if email.is_none() && !text.is_empty() {
        reader.fault("email", FaultCode::InvalidFormat, "must be an e-mail address in ASCII");
    }
    let name = reader.line("name", 200);
    if name.as_deref().is_some_and(is_blank) {
        reader.fault("name", FaultCode::Required, "must not be blank");
    }
    let role = reader.required_word("role");
    let disabled = reader.boolean("disabled").unwrap_or(false);
    let (section_ids, branch_ids) = (reader.ids("section_ids", BEAT_MAX), reader.ids("branch_ids", BEAT_MAX));
    Some(UserIn { email: email?, name, role: role?, disabled, section_ids, branch_ids })
}

/// Reads a body and checks it, against the database too; `old` is the user that is changed.
fn read_checked(conn: &mut Conn, body: &Value, old: Option<&User>) -> Result<UserIn, ApiError> {
    let mut faults = Vec::new();
    let mut reader = Reader::root(body, &mut faults);
    let input = read(&mut reader);
    reader.finish();
    if let Some(input) = &input {
        match users::find_by_email(conn, &input.email) {
            Ok(user) if old.is_none_or(|old| user.id != old.id) => faults.push(Fault::at("/email", FaultCode::Taken, "is already used by another")),
            Ok(_) | Err(Error::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
        check_beat(conn, input, old, &mut faults)?;
    }
    match input {
        Some(input) if faults.is_empty() => Ok(input),
        _ => Err(ApiError::validation(faults)),
    }
}

/// What an editor is given to look after must exist; what they had already may have gone meanwhile.
fn check_beat(conn: &mut Conn, input: &UserIn, old: Option<&User>, faults: &mut Vec<Fault>) -> Result<(), Error> {
    let sections: Vec<SectionId> = sections::by_ids(conn, &input.section_ids)?.into_iter().map(|section| section.id).collect();
    let branches: Vec<BranchId> = branches::by_ids(conn, &input.branch_ids)?.into_iter().map(|branch| branch.id).collect();
    let mut missing = |list: &str, index: usize, what: &str| {
        faults.push(Fault::at(format!("/{list}/{index}"), FaultCode::Dangling, format!("there is no {what} of this id")));
    };
    for (index, id) in input.section_ids.iter().enumerate() {
        if !sections.contains(id) && !old.is_some_and(|old| old.section_ids.0.contains(id)) {
            missing("section_ids", index, "section");
        }
    }
    for (index, id) in input.branch_ids.iter().enumerate() {
        if !branches.contains(id) && !old.is_some_and(|old| old.branch_ids.0.contains(id)) {
            missing("branch_ids", index, "branch");
        }
    }
    Ok(())
}

fn seen(user: &User) -> Seen {
    Seen { id: AnyId(user.id.0), version: user.version, changed_at: user.updated_at, changed_by: user.updated_by }
}

/// Keeps the revision of a user just written, and puts the change into the audit log.
fn keep(conn: &mut Conn, acting: &Acting, user: &User, old: Option<&UserIn>, input: &UserIn) -> Result<(), ApiError> {
    let document = serde_json::to_value(input).map_err(ApiError::internal)?;
    let before = old.map(serde_json::to_value).transpose().map_err(ApiError::internal)?;
    let action = if old.is_none() { "user.create" } else { "user.update" };
    let (entity_id, label, after) = (Some(AnyId(user.id.0)), Some(user.name.clone()), Some(document.clone()));
    acting.audit(conn, Entry { action: action.to_owned(), subject: "user", entity_id, label, before, after })?;
    Ok(keep_revision(conn, user, document)?)
}

fn keep_revision(conn: &mut Conn, user: &User, document: Value) -> Result<(), Error> {
    revisions::insert(
        conn,
        &Revision {
            entity_id: AnyId(user.id.0),
            number: user.version,
            kind: Kind::User,
            version: user.version,
            document: Json(document),
            created_at: user.updated_at,
            created_by: user.updated_by,
        },
    )
}

/// Gives a user who accepts an invitation the name that they want.
pub fn rename(conn: &mut Conn, old: User, name: String, now: Timestamp) -> Result<User, ApiError> {
    if name == old.name {
        return Ok(old);
    }
    let user = User { name, version: old.version + 1, updated_at: now, updated_by: Some(old.id), ..old };
    users::update(conn, old.version, &user)?;
    let document = serde_json::to_value(UserIn::from(&user)).map_err(ApiError::internal)?;
    keep_revision(conn, &user, document)?;
    Ok(user)
}

fn audit(conn: &mut Conn, acting: &Acting, action: &str, user: &User) -> Result<(), ApiError> {
    let (entity_id, label) = (Some(AnyId(user.id.0)), Some(user.name.clone()));
    Ok(acting.audit(conn, Entry { action: action.to_owned(), subject: "user", entity_id, label, ..Entry::default() })?)
}

/// Adds a user, and invites them.
pub fn create(conn: &mut Conn, acting: &Acting, config: &Config, body: &Value) -> Result<Written, ApiError> {
    permit(&acting.actor, Action::ManageUsers)?;
    let mut input = read_checked(conn, body, None)?;
    let name = input.name.get_or_insert_with(|| input.email.local_part().to_owned()).clone();
    let user = User {
        disabled_at: input.disabled.then_some(acting.now),
        section_ids: Json(input.section_ids.clone()),
        branch_ids: Json(input.branch_ids.clone()),
        updated_by: Some(acting.actor.user_id),
        ..User::new(input.email.clone(), name, input.role, String::new(), acting.now)
    };
    users::insert(conn, &user)?;
    keep(conn, acting, &user, None, &input)?;
    let invitation = links::make(conn, config, LinkPurpose::Invitation, user.id, acting.now)?;
    let mut created = versioned(conn, user)?;
    created.value.invitation = Some(invitation.into());
    created.created("/v1/editor/users")
}

/// Changes a user by a merge patch.
pub fn update(conn: &mut Conn, acting: &Acting, id: UserId, if_match: &IfMatch, patch: Value) -> Result<Written, ApiError> {
    permit(&acting.actor, Action::ManageUsers)?;
    let old = users::find_for_change(conn, id)?;
    check_version(conn, if_match, &seen(&old))?;
    let old_input = UserIn::from(&old);
    let merged = json::merge(serde_json::to_value(&old_input).map_err(ApiError::internal)?, patch);
    let mut input = read_checked(conn, &merged, Some(&old))?;
    let name = input.name.get_or_insert_with(|| input.email.local_part().to_owned()).clone();
    if input == old_input {
        return versioned(conn, old)?.ok();
    }
    let is_own = id == acting.actor.user_id;
    check_standing(is_own, old_input.standing(), Some(input.standing()), || users::has_other_admin(conn, id))?.map_err(ApiError::from)?;
    let user = User {
        email: input.email.clone(),
        name,
        role: input.role,
        section_ids: Json(input.section_ids.clone()),
        branch_ids: Json(input.branch_ids.clone()),
        disabled_at: if input.disabled { old.disabled_at.or(Some(acting.now)) } else { None },
        version: old.version + 1,
        updated_at: acting.now,
        updated_by: Some(acting.actor.user_id),
        ..old.clone()
    };
    users::update(conn, old.version, &user)?;
    if input.standing() != old_input.standing() {
        sessions::end_all_but(conn, id, None, acting.now)?;
    }
    if input.disabled {
        one_time_links::delete_of(conn, id)?;
    }
    keep(conn, acting, &user, Some(&old_input), &input)?;
    versioned(conn, user)?.ok()
}

/// Deletes a user who has written nothing.
pub fn delete(conn: &mut Conn, acting: &Acting, id: UserId, if_match: &IfMatch) -> Result<Written, ApiError> {
    permit(&acting.actor, Action::ManageUsers)?;
    let user = users::find_for_change(conn, id)?;
    check_version(conn, if_match, &seen(&user))?;
    let input = UserIn::from(&user);
    let is_own = id == acting.actor.user_id;
    check_standing(is_own, input.standing(), None, || users::has_other_admin(conn, id))?.map_err(ApiError::from)?;
    let (entity_id, label) = (Some(AnyId(id.0)), Some(user.name.clone()));
    let before = Some(serde_json::to_value(&input).map_err(ApiError::internal)?);
    acting.audit(conn, Entry { action: "user.delete".to_owned(), subject: "user", entity_id, label, before, after: None })?;
    match users::delete(conn, user.version, id) {
        Err(Error::InUse) => Err(ApiError::new(ProblemCode::InUse, "What they wrote names them; disable them instead.")),
        deleted => Ok(deleted.map(|()| Written::nothing())?),
    }
}

/// Makes a new invitation for someone who has no password yet.
pub fn invite(conn: &mut Conn, acting: &Acting, config: &Config, id: UserId) -> Result<Written, ApiError> {
    permit(&acting.actor, Action::ManageUsers)?;
    let user = users::find_for_change(conn, id)?;
    if user.has_password() {
        return Err(ApiError::new(ProblemCode::InvitationAccepted, "Who has forgotten the password gets a reset link from the operator."));
    }
    if user.disabled_at.is_some() {
        return Err(ApiError::new(ProblemCode::UserDisabled, "Enable the user first."));
    }
    let invitation = links::make(conn, config, LinkPurpose::Invitation, id, acting.now)?;
    audit(conn, acting, "user.invite", &user)?;
    Written::json(StatusCode::OK, &Invitation::from(invitation))
}

impl From<StandingFault> for ApiError {
    fn from(fault: StandingFault) -> Self {
        match fault {
            StandingFault::Own => Self::new(ProblemCode::OwnAccount, "Another administrator can do it."),
            StandingFault::LastAdmin => Self::new(ProblemCode::LastAdmin, "Make another administrator first."),
        }
    }
}
