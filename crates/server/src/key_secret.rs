//! The secret of an API key: `mhk_`, forty random letters and digits, and six that are computed from those. By its form a
//! scanner for leaked secrets tells it from other text, and the server refuses a mistyped one without asking the database.

use crate::opaque_tokens::{NoRandomness, random_bytes};
use masthead_domain::secret::Secret;

/// Starts every key.
pub const PREFIX: &str = "mhk_";

/// Random characters of a key; 62 to the power of 40 is 238 bits.
const CHARACTERS: usize = 40;

/// Characters of the checksum: 62 to the power of 6 is more than 2 to the power of 32.
const CHECKSUM_CHARACTERS: usize = 6;

/// Characters that are shown of a key for ever after.
const HINT_CHARACTERS: usize = 8;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A new key.
///
/// # Errors
/// Where the system gives no randomness.
pub fn new_key() -> Result<Secret, NoRandomness> {
    let mut text = String::with_capacity(PREFIX.len() + CHARACTERS + CHECKSUM_CHARACTERS);
    text.push_str(PREFIX);
    while text.len() < PREFIX.len() + CHARACTERS {
        let bytes: [u8; CHARACTERS] = random_bytes()?;
        // Six bits choose one of 64; the two values without a character are thrown away, so that none is likelier.
        let characters = bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte & 63))).map(|byte| char::from(*byte));
        let missing = PREFIX.len() + CHARACTERS - text.len();
        text.extend(characters.take(missing));
    }
    let checksum = checksum(&text);
    text.push_str(&checksum);
    Ok(Secret::new(text))
}

/// Whether a text has the form of a key.
#[must_use]
pub fn is_key(text: &str) -> bool {
    let Some((body, last)) = text.is_ascii().then(|| text.split_at_checked(PREFIX.len() + CHARACTERS)).flatten() else { return false };
    body.starts_with(PREFIX) && last == checksum(body)
}

/// How a key begins.
#[must_use]
pub fn hint_of(key: &Secret) -> String {
    key.expose().chars().take(HINT_CHARACTERS).collect()
}

fn checksum(text: &str) -> String {
    let mut crc = flate2::Crc::new();
    crc.update(text.as_bytes());
    let mut rest = u64::from(crc.sum());
    let mut characters = Vec::with_capacity(CHECKSUM_CHARACTERS);
    for _ in 0..CHECKSUM_CHARACTERS {
        characters.extend(usize::try_from(rest % 62).ok().and_then(|value| ALPHABET.get(value)).map(|byte| char::from(*byte)));
        rest /= 62;
    }
    characters.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_their_form_and_differ() {
        let keys: std::collections::HashSet<String> = (0..100).filter_map(|_| new_key().ok()).map(|key| key.expose().to_owned()).collect();
        assert_eq!(keys.len(), 100);
        for key in keys {
            assert_eq!(key.len(), 50);
            assert!(is_key(&key) && key.starts_with(PREFIX) && key.bytes().skip(4).all(|byte| byte.is_ascii_alphanumeric()), "{key}");
            assert_eq!(hint_of(&Secret::new(key.clone())), key[..8]);
        }
    }

    #[test]
    fn a_mistyped_key_is_none() {
        let key = new_key().map(|key| key.expose().to_owned()).unwrap_or_default();
        for place in 0..key.len() {
            let mut bytes = key.clone().into_bytes();
            bytes[place] = if bytes[place] == b'x' { b'y' } else { b'x' };
            assert!(!is_key(&String::from_utf8_lossy(&bytes)), "{place}");
        }
        for bad in ["", "mhk_", &key[..49], &format!("{key}0"), &key.to_uppercase(), &format!("mhk_{}", "é".repeat(23))] {
            assert!(!is_key(bad), "{bad}");
        }
    }
}
