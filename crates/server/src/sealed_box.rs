//! What the server keeps and nobody else may read, such as kept replies: encrypted with a key of the database's secrets, so
//! that a glance at a table or a log of statements shows nothing. Whoever has the whole database has the key too.

use crate::opaque_tokens::random_bytes;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// The text was not sealed by this box for that purpose, or the system gave no randomness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealFault;

impl std::fmt::Display for SealFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("it cannot be sealed or opened")
    }
}

/// Seals and opens with AES-256-GCM (NIST SP 800-38D) and a random nonce for each text.
pub struct SealedBox(LessSafeKey);

impl SealedBox {
    /// # Errors
    /// Never for a key of this length.
    pub fn new(key: &[u8; 32]) -> Result<Self, SealFault> {
        Ok(Self(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).map_err(|_| SealFault)?)))
    }

    /// The sealed text in base64. What was sealed for one purpose does not open for another.
    ///
    /// # Errors
    /// Where the system gives no randomness.
    pub fn seal(&self, purpose: &str, plain: &[u8]) -> Result<String, SealFault> {
        let nonce: [u8; NONCE_LEN] = random_bytes().map_err(|_| SealFault)?;
        let mut bytes = plain.to_vec();
        self.0.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(purpose.as_bytes()), &mut bytes).map_err(|_| SealFault)?;
        Ok(STANDARD_NO_PAD.encode([nonce.as_slice(), &bytes].concat()))
    }

    /// What was sealed.
    ///
    /// # Errors
    /// Where it was not sealed by this key for that purpose.
    pub fn open(&self, purpose: &str, sealed: &str) -> Result<Vec<u8>, SealFault> {
        let bytes = STANDARD_NO_PAD.decode(sealed).map_err(|_| SealFault)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_LEN>().ok_or(SealFault)?;
        let mut sealed = sealed.to_vec();
        let plain = self.0.open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(purpose.as_bytes()), &mut sealed).map_err(|_| SealFault)?;
        Ok(plain.to_vec())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed seal is a failed test")]
    use super::*;

    #[test]
    fn only_the_same_key_and_purpose_open_it() {
        let sealed = SealedBox::new(&[7; 32]).unwrap();
        let text = sealed.seal("reply", b"secret").unwrap();
        assert_eq!(sealed.open("reply", &text).unwrap(), b"secret");
        assert_eq!(sealed.open("totp", &text), Err(SealFault));
        assert_eq!(SealedBox::new(&[8; 32]).unwrap().open("reply", &text), Err(SealFault));
        assert_ne!(sealed.seal("reply", b"secret").unwrap(), text);
        assert_eq!(sealed.open("reply", "AAAA"), Err(SealFault));
    }
}
