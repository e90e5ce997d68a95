//! Passwords and codes that somebody enters, counted and checked in one place.

use crate::error::{ApiError, ProblemCode};
use crate::identity::Identity;
use crate::login_throttle::{Attempt, Throttled};
use crate::password_hashing::{HashingFault, Verdict};
use crate::sealed_box::SealedBox;
use crate::totp;
use actix_web::http::header::{self, HeaderValue};
use masthead_domain::fault::{Fault, FaultCode};
use masthead_domain::secret::Secret;
use masthead_domain::time::Timestamp;
use masthead_store::dialect::Conn;
use masthead_store::second_factors::{self, SecondFactor};
use masthead_store::users::{self, User};
use std::net::IpAddr;

/// What the secret of a second factor is sealed for.
pub const TOTP_PURPOSE: &str = "second factor";

/// What became of a password.
pub enum Password {
    Wrong,
    Right {
        /// The hash at today's cost, where the one that is kept cost less.
        renewed_hash: Option<String>,
    },
}

/// Too many attempts, as an answer.
pub fn wait(throttled: Throttled) -> ApiError {
    let seconds = throttled.retry_after_seconds;
    ApiError::new(ProblemCode::TooManyRequests, format!("There were too many wrong passwords or codes; try again in {seconds} seconds."))
        .with_header(header::RETRY_AFTER, HeaderValue::from(seconds))
}

/// Passwords that cannot be hashed, as an answer.
pub fn hashing_failed(fault: HashingFault) -> ApiError {
    match fault {
        HashingFault::Busy => ApiError::new(ProblemCode::TooManyRequests, "Too many logins at once; try again in a moment.")
            .with_header(header::RETRY_AFTER, HeaderValue::from_static("2")),
        HashingFault::Failed => ApiError::internal("a password could not be hashed"),
    }
}

impl Identity {
    /// Checks a password, or takes the time of it where there is no such user. An attempt that was not looked at is taken back.
    ///
    /// # Errors
    /// 429 where too many passwords wait.
    pub async fn check_password(&self, user: Option<&User>, password: Secret, attempt: Attempt) -> Result<Password, ApiError> {
        let checked = async {
            let verdict = match user {
                Some(user) => self.passwords.verify(password.clone(), user.password_hash.clone()).await?,
                None => self.passwords.verify_nobody(password.clone()).await?,
            };
            Ok(match verdict {
                Verdict::Wrong => Password::Wrong,
                Verdict::Right => Password::Right { renewed_hash: None },
                Verdict::RightButOutdated => Password::Right { renewed_hash: Some(self.passwords.hash(password).await?) },
            })
        };
        checked.await.map_err(|fault| {
            self.throttle.take_back(attempt);
            hashing_failed(fault)
        })
    }

    /// Has somebody who is signed in prove that they know the password: an open session is not enough for everything.
    ///
    /// # Errors
    /// 422 with the pointer where it is wrong, 429 where too many were.
    pub async fn confirm_password(
        &self,
        user: &User,
        password: &str,
        pointer: &str,
        address: Option<IpAddr>,
        now: Timestamp,
    ) -> Result<Attempt, ApiError> {
        let attempt = self.throttle.begin(&user.email.to_string(), address, true, now).map_err(wait)?;
        match self.check_password(Some(user), Secret::new(password), attempt).await? {
            Password::Right { .. } => Ok(attempt),
            Password::Wrong => Err(not_your_password(pointer)),
        }
    }
}

fn not_your_password(pointer: &str) -> ApiError {
    ApiError::validation(vec![Fault::at(pointer, FaultCode::InvalidFormat, "is not your password")])
}

/// The user as they are now, whose password was found right before and must still be the same; nobody changes it until the end of the
/// transaction.
///
/// # Errors
/// 422 with the pointer where it has been changed meanwhile, and those of the database.
pub fn find_unchanged(conn: &mut Conn, confirmed: &User, pointer: &str) -> Result<User, ApiError> {
    let user = users::find_for_change(conn, confirmed.id)?;
    if user.password_hash == confirmed.password_hash { Ok(user) } else { Err(not_your_password(pointer)) }
}

/// Whether a code is right, of the app or of the recovery codes; it is used up.
///
/// # Errors
/// Those of the database, and where the secret cannot be opened.
pub fn check_code(conn: &mut Conn, sealed: &SealedBox, factor: &SecondFactor, entered: &str, now: Timestamp) -> Result<bool, ApiError> {
    let plain = totp::without_spaces(entered);
    if !totp::is_code(&plain) {
        return Ok(second_factors::spend_recovery_code(conn, factor.user_id, &totp::recovery_hash(factor.user_id, &plain))?);
    }
    let secret = sealed.open(TOTP_PURPOSE, &factor.secret).map_err(ApiError::internal)?;
    match totp::step_of_code(&secret, &plain, now) {
        Some(step) => Ok(second_factors::spend_step(conn, factor.user_id, step)?),
        None => Ok(false),
    }
}
