//! Codes that change every thirty seconds (RFC 6238), as every authenticator app makes them, and the codes for those who
//! have lost the device.

use crate::opaque_tokens::{NoRandomness, new_typeable, random_bytes, token_hash};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use masthead_domain::id::UserId;
use masthead_domain::secret::Secret;
use masthead_domain::time::Timestamp;

/// How long a code stands.
const STEP_SECONDS: i64 = 30;

/// How many steps a clock may be behind or ahead.
const SKEW_STEPS: i64 = 1;

/// Bytes of a secret: as many as SHA-1 gives (RFC 4226, section 4).
pub const SECRET_BYTES: usize = 20;

/// Recovery codes of a set.
const RECOVERY_CODES: usize = 10;

/// A recovery code is four groups of four characters out of 31: 79 bits.
const RECOVERY_GROUPS: usize = 4;

/// The alphabet of base32 (RFC 4648, section 6).
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A new secret.
///
/// # Errors
/// Where the system gives no randomness.
pub fn new_secret() -> Result<[u8; SECRET_BYTES], NoRandomness> {
    random_bytes()
}

/// The step in which an instant lies.
fn step_of(now: Timestamp) -> i64 {
    now.seconds().div_euclid(STEP_SECONDS)
}

/// The code of a step (RFC 4226, section 5.3).
fn code(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let offset = usize::from(bytes.last().copied().unwrap_or_default() & 15);
    let number = bytes.iter().skip(offset).take(4).fold(0_u32, |number, byte| number << 8 | u32::from(*byte)) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// The step that a code is of, if it is one of those that are taken at that time.
#[must_use]
pub fn step_of_code(secret: &[u8], entered: &str, now: Timestamp) -> Option<i64> {
    let current = step_of(now);
    // All are compared, so that the time tells nothing.
    (current - SKEW_STEPS..=current + SKEW_STEPS).fold(None, |found, step| {
        let is_it = verify_slices_are_equal(code(secret, step).as_bytes(), entered.as_bytes()).is_ok();
        if is_it { Some(step) } else { found }
    })
}

/// What is entered, without what people put between the digits.
#[must_use]
pub fn without_spaces(entered: &str) -> String {
    entered.chars().filter(|character| !character.is_whitespace() && *character != '-').flat_map(char::to_lowercase).collect()
}

/// Whether what was entered looks like the code of an app, and not like a recovery code.
#[must_use]
pub fn is_code(plain: &str) -> bool {
    plain.len() == 6 && plain.bytes().all(|byte| byte.is_ascii_digit())
}

/// A secret as people type it: base32 without padding.
#[must_use]
pub fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    let (mut bits, mut count) = (0_u32, 0_u32);
    for byte in bytes {
        bits = bits << 8 | u32::from(*byte);
        count += 8;
        while count >= 5 {
            count -= 5;
            text.extend(usize::try_from(bits >> count & 31).ok().and_then(|value| BASE32.get(value)).map(|letter| char::from(*letter)));
        }
    }
    if count > 0 {
        text.extend(usize::try_from(bits << (5 - count) & 31).ok().and_then(|value| BASE32.get(value)).map(|letter| char::from(*letter)));
    }
    text
}

/// What an authenticator app reads from a QR code.
#[must_use]
pub fn otpauth_uri(title: &str, email: &str, secret: &[u8]) -> String {
    let (issuer, account) = (percent_encoded(title), percent_encoded(email));
    format!("otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm=SHA1&digits=6&period={STEP_SECONDS}", base32(secret))
}

fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// New recovery codes.
///
/// # Errors
/// Where the system gives no randomness.
pub fn new_recovery_codes() -> Result<Vec<Secret>, NoRandomness> {
    (0..RECOVERY_CODES).map(|_| new_typeable(RECOVERY_GROUPS)).collect()
}

/// What is kept of a recovery code of a user, however it was typed.
#[must_use]
pub fn recovery_hash(user_id: UserId, entered: &str) -> String {
    token_hash(&format!("{user_id} {}", without_spaces(entered)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret and the times of RFC 6238, appendix B; of its eight digits the last six.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        for (seconds, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let now = Timestamp::EPOCH.plus_seconds(seconds);
            assert_eq!(code(secret, step_of(now)), expected);
            assert_eq!(step_of_code(secret, expected, now), Some(step_of(now)));
            assert_eq!(step_of_code(secret, expected, now.plus_seconds(30)), Some(step_of(now)));
            assert_eq!(step_of_code(secret, expected, now.plus_seconds(-30)), Some(step_of(now)));
            assert_eq!(step_of_code(secret, expected, now.plus_seconds(60)), None);
            assert_eq!(step_of_code(secret, expected, now.plus_seconds(-60)), None);
        }
        assert_eq!(step_of_code(secret, "", Timestamp::EPOCH), None);
    }

    /// The vectors of RFC 4648, section 10, without padding.
    #[test]
    fn secrets_are_written_in_base32() {
        for (plain, encoded) in
            [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI")]
        {
            assert_eq!(base32(plain.as_bytes()), encoded);
        }
        let uri = otpauth_uri("The Harbour & Co", "ida@paper.example", b"foobar");
        assert_eq!(
            uri,
            "otpauth://totp/The%20Harbour%20%26%20Co:ida%40paper.example?secret=MZXW6YTBOI&issuer=The%20Harbour%20%26%20Co&algorithm=SHA1&digits=6&period=30"
        );
    }

    #[test]
    fn recovery_codes_are_known_however_they_are_typed() {
        let id = UserId::new();
        assert_eq!(recovery_hash(id, "k7mw-q2xp-9ahd-tz4r"), recovery_hash(id, " K7MW q2xp9ahd-TZ4R"));
        assert_ne!(recovery_hash(id, "k7mw-q2xp-9ahd-tz4r"), recovery_hash(UserId::new(), "k7mw-q2xp-9ahd-tz4r"));
        assert!(is_code(&without_spaces("287 082")) && !is_code("28708") && !is_code("k7mwq2xp9ahdtz4r"));
    }
}
