//! Tokens that mean nothing by themselves: the database holds their hash and what they stand for.

use std::fmt;

use aws_lc_rs::{digest, rand};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use masthead_domain::secret::Secret;

/// Starts every refresh token, so that scanners for leaked secrets and people can tell what it is.
pub const REFRESH_TOKEN_PREFIX: &str = "mhr_";

/// Random bytes in a token (RFC 6749 section 10.10 asks for 128 bits at least).
const TOKEN_BYTES: usize = 32;

/// Letters and digits that nobody takes for another: no 0 and O, no 1, I and L.
const TYPEABLE: &[u8; 31] = b"23456789abcdefghjkmnpqrstuvwxyz";

/// Groups of a one-time password.
const GROUPS: usize = 5;

/// Characters of a group; five groups of four out of 31 characters hold 99 bits.
const GROUP_LENGTH: usize = 4;

/// The system gave no randomness; nothing can be done but to answer with a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRandomness;

impl fmt::Display for NoRandomness {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the system gave no randomness")
    }
}

impl std::error::Error for NoRandomness {}

/// Random bytes from the system's generator.
pub fn random_bytes<const LENGTH: usize>() -> Result<[u8; LENGTH], NoRandomness> {
    let mut bytes = [0; LENGTH];
    rand::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// A new refresh token of 256 bits.
pub fn new_refresh_token() -> Result<Secret, NoRandomness> {
    new_token(REFRESH_TOKEN_PREFIX)
}

/// A new token of 256 bits behind the given prefix, for API keys, previews, calendars and the like.
pub fn new_token(prefix: &str) -> Result<Secret, NoRandomness> {
    let bytes: [u8; TOKEN_BYTES] = random_bytes()?;
    Ok(Secret::new(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))))
}

/// What is stored of a token: the SHA-256 of the whole text in lower-case hexadecimal digits.
///
/// A slow hash is not needed, since 256 random bits cannot be guessed. Looking a token up by its hash
/// is also safe in time: what differs in time depends on the hash, which the sender cannot choose.
pub fn token_hash(token: &str) -> String {
    hex_digest(token.as_bytes())
}

/// The SHA-256 of some bytes in lower-case hexadecimal digits.
pub fn hex_digest(bytes: &[u8]) -> String {
    digest::digest(&digest::SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A password for one login that a person can read out and type, such as
/// `k7mw-q2xp-9ahd-tz4r-c8vn`; it is long enough to pass as a password.
pub fn new_one_time_password() -> Result<Secret, NoRandomness> {
    new_typeable(GROUPS)
}

/// So many groups of characters that a person can read out and type.
pub fn new_typeable(groups: usize) -> Result<Secret, NoRandomness> {
    let mut characters = Vec::with_capacity(groups * GROUP_LENGTH);
    while characters.len() < groups * GROUP_LENGTH {
        let candidates: [u8; GROUPS * GROUP_LENGTH] = random_bytes()?;
        // Five bits choose one of 32; the value without a character is thrown away, since folding it
        // onto another would make that one likelier.
        characters.extend(candidates.iter().filter_map(|byte| TYPEABLE.get(usize::from(byte & 31))).map(|byte| char::from(*byte)));
    }
    let groups: Vec<String> = characters.chunks(GROUP_LENGTH).take(groups).map(|group| group.iter().collect()).collect();
    Ok(Secret::new(groups.join("-")))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use masthead_domain::password;
    use masthead_domain::secret::Secret;

    use super::{TYPEABLE, new_one_time_password, new_refresh_token, token_hash};

    fn text(secret: Result<Secret, super::NoRandomness>) -> String {
        secret.map_or_else(|_| String::new(), |secret| secret.expose().to_owned())
    }

    #[test]
    fn refresh_tokens_are_prefixed_and_differ() {
        let tokens: HashSet<String> = (0..100).map(|_| text(new_refresh_token())).collect();
        assert_eq!(tokens.len(), 100);
        for token in tokens {
            assert!(token.starts_with("mhr_"), "{token}");
            assert_eq!(token.len(), 4 + 43);
        }
    }

    /// The vector "abc" of FIPS 180-4.
    #[test]
    fn token_hash_is_sha256_in_hexadecimal() {
        assert_eq!(token_hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn one_time_passwords_can_be_typed_and_pass_the_check() {
        let mut seen = HashSet::new();
        for _ in 0..500 {
            let password = text(new_one_time_password());
            assert_eq!(password.len(), 24, "{password}");
            assert_eq!(password.split('-').count(), 5);
            for group in password.split('-') {
                assert_eq!(group.len(), 4);
                assert!(group.bytes().all(|byte| TYPEABLE.contains(&byte)));
                seen.extend(group.bytes());
            }
            assert_eq!(password::check(&password, &["Masthead"]), Ok(()));
        }
        assert_eq!(seen.len(), TYPEABLE.len(), "every character occurs");
    }
}
