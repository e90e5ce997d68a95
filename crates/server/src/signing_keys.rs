//! The keys that sign access tokens, as they are made and stored.

use std::fmt;

use aws_lc_rs::digest;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, EncodingKey};
use masthead_domain::secret::Secret;
use serde_json::{Value, json};

/// An Ed25519 key (RFC 8032) as it is stored.
#[derive(Clone, Debug)]
pub struct SigningKey {
    /// The `kid`: the thumbprint of the public key (RFC 7638, RFC 8037 appendix A.3).
    pub id: String,
    /// The private key in PKCS#8 (RFC 8410) and PEM (RFC 7468).
    pub private_key_pem: Secret,
    /// When it was made, in seconds since 1970.
    pub created_at_seconds: i64,
    /// Since when its tokens are refused; `None` while it is in use.
    pub retired_at_seconds: Option<i64>,
}

/// Why a key cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyFault {
    /// The system gave no key.
    NotGenerated,
    /// The stored key of this id is not an Ed25519 key.
    Unreadable(String),
    /// The id is not the thumbprint of the key, so a key was put in the place of another.
    WrongId(String),
    /// There is no key that is not retired.
    NoneActive,
}

impl fmt::Display for KeyFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotGenerated => formatter.write_str("no signing key could be generated"),
            Self::Unreadable(id) => write!(formatter, "the signing key {id} cannot be read"),
            Self::WrongId(id) => {
                write!(formatter, "the signing key {id} holds the key of another id")
            }
            Self::NoneActive => formatter.write_str("there is no signing key in use"),
        }
    }
}

impl std::error::Error for KeyFault {}

impl SigningKey {
    /// Makes a new key.
    pub fn generate(now_seconds: i64) -> Result<Self, KeyFault> {
        let pair = Ed25519KeyPair::generate().map_err(|_| KeyFault::NotGenerated)?;
        // Version 1 of PKCS#8 is the one that every tool reads.
        let document = pair.to_pkcs8v1().map_err(|_| KeyFault::NotGenerated)?;
        Ok(Self {
            id: thumbprint(&public_coordinate(&pair)),
            private_key_pem: Secret::new(pem(document.as_ref())),
            created_at_seconds: now_seconds,
            retired_at_seconds: None,
        })
    }
}

/// A key that is ready to sign and verify.
pub(crate) struct LoadedKey {
    pub(crate) id: String,
    pub(crate) created_at_seconds: i64,
    pub(crate) signing: EncodingKey,
    pub(crate) verifying: DecodingKey,
    public_coordinate: String,
}

impl LoadedKey {
    /// Reads a stored key.
    pub(crate) fn load(key: &SigningKey) -> Result<Self, KeyFault> {
        let unreadable = || KeyFault::Unreadable(key.id.clone());
        let signing = EncodingKey::from_ed_pem(key.private_key_pem.expose().as_bytes()).map_err(|_| unreadable())?;
        let pair = Ed25519KeyPair::from_pkcs8(signing.as_bytes()).map_err(|_| unreadable())?;
        let public_coordinate = public_coordinate(&pair);
        if thumbprint(&public_coordinate) != key.id {
            return Err(KeyFault::WrongId(key.id.clone()));
        }
        Ok(Self {
            id: key.id.clone(),
            created_at_seconds: key.created_at_seconds,
            signing,
            verifying: DecodingKey::from_ed_der(pair.public_key().as_ref()),
            public_coordinate,
        })
    }

    /// The public key as a JSON Web Key (RFC 7517 section 4, RFC 8037 section 2).
    pub(crate) fn jwk(&self) -> Value {
        json!({
            "kty": "OKP",
            "crv": "Ed25519",
            "x": self.public_coordinate,
            "kid": self.id,
            "use": "sig",
            "alg": "EdDSA",
        })
    }
}

/// The public key in base64url, the `x` of its JSON Web Key.
fn public_coordinate(pair: &Ed25519KeyPair) -> String {
    URL_SAFE_NO_PAD.encode(pair.public_key().as_ref())
}

/// The SHA-256 thumbprint of a key (RFC 7638 section 3, with the members of RFC 8037 section 2).
fn thumbprint(public_coordinate: &str) -> String {
    let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{public_coordinate}"}}"#);
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, members.as_bytes()))
}

/// Writes PEM (RFC 7468). A PKCS#8 Ed25519 key has 48 bytes, which fill exactly one line of 64.
fn pem(document: &[u8]) -> String {
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(document))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed, and the panic says where")]

    use masthead_domain::secret::Secret;

    use super::{KeyFault, LoadedKey, SigningKey, thumbprint};

    /// The example of RFC 8037 appendix A.3.
    #[test]
    fn thumbprint_of_the_standard() {
        assert_eq!(thumbprint("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn debug_and_stored_form() {
        let key = SigningKey::generate(5).unwrap();
        let shown = format!("{key:?}");
        assert!(shown.contains("[secret]"), "{shown}");
        assert!(!shown.contains("PRIVATE"), "{shown}");
        let lines: Vec<&str> = key.private_key_pem.expose().lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| line.len() <= 64));
        assert_eq!(key.id.len(), 43);
        assert_ne!(key.id, SigningKey::generate(5).unwrap().id);
    }

    #[test]
    fn damaged_and_exchanged_keys_are_refused() {
        let key = SigningKey::generate(5).unwrap();
        assert!(LoadedKey::load(&key).is_ok());
        for damaged in ["", "ladle", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
            let damaged = SigningKey { private_key_pem: Secret::new(damaged), ..key.clone() };
            assert_eq!(LoadedKey::load(&damaged).err(), Some(KeyFault::Unreadable(key.id.clone())));
        }
        let exchanged = SigningKey { private_key_pem: SigningKey::generate(5).unwrap().private_key_pem, ..key.clone() };
        assert_eq!(LoadedKey::load(&exchanged).err(), Some(KeyFault::WrongId(key.id)));
    }
}
