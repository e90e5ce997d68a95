//! Links by which somebody chooses a password, once: an administrator's invitation, and the operator's reset.

use crate::config::Config;
use crate::opaque_tokens::{new_token, token_hash};
use masthead_domain::id::UserId;
use masthead_domain::secret::Secret;
use masthead_domain::time::Timestamp;
use masthead_domain::user::LinkPurpose;
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::one_time_links::{self, OneTimeLink};

/// How long an invitation works: over a weekend.
const INVITATION_SECONDS: i64 = 72 * 3600;

/// How long a reset works: the operator and the user are talking to each other.
const RESET_SECONDS: i64 = 24 * 3600;

/// A link, told this once; only its hash is kept.
pub struct NewLink {
    pub token: Secret,
    /// Where the desk takes it.
    pub url: String,
    pub expires_at: Timestamp,
}

/// Makes a link for a user; the one they had for the same purpose works no more.
///
/// # Errors
/// Those of the database, and where the system gives no randomness.
pub fn make(conn: &mut Conn, config: &Config, purpose: LinkPurpose, user_id: UserId, now: Timestamp) -> Result<NewLink, Error> {
    let (prefix, page, seconds) = match purpose {
        LinkPurpose::Invitation => ("mhi_", "invitation", INVITATION_SECONDS),
        LinkPurpose::PasswordReset => ("mhp_", "password-reset", RESET_SECONDS),
    };
    let token = new_token(prefix).map_err(Error::internal)?;
    let expires_at = now.plus_seconds(seconds);
    one_time_links::replace(conn, &OneTimeLink { token_hash: token_hash(token.expose()), user_id, purpose, created_at: now, expires_at })?;
    // Behind the #, so that it gets into no log of a server and into no Referer.
    let url = format!("{}/{page}#token={}", config.desk_url, token.expose());
    Ok(NewLink { token, url, expires_at })
}
