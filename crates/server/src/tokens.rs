//! Access tokens: JSON Web Tokens (RFC 7519) in the profile of RFC 9068.
//!
//! What RFC 8725 warns of is shut out by narrowness: one algorithm, one type, three header members and
//! keys from our own set only. A valid token is not yet a valid session; the caller looks the `sid` up.

use std::fmt;

use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Header, Validation, decode, encode};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

use crate::signing_keys::{KeyFault, LoadedKey, SigningKey};

/// How long an access token is valid.
pub const ACCESS_TOKEN_SECONDS: i64 = 15 * 60;

/// Longer tokens are refused unread; ours have some 600 bytes.
pub const MAXIMUM_TOKEN_LENGTH: usize = 4096;

/// The most that clocks of two instances may differ.
const MAXIMUM_LEEWAY_SECONDS: i64 = 30;

/// The media type of an access token in its header (RFC 9068 section 2.1).
const ACCESS_TOKEN_TYPE: &str = "at+jwt";

/// The one algorithm, by its name in the header (RFC 8037 section 3.1).
const ALGORITHM_NAME: &str = "EdDSA";

/// Random bytes of a token's id.
const TOKEN_ID_BYTES: usize = 16;

/// What tokens of this site say and must say.
#[derive(Clone, Debug)]
pub struct TokenSettings {
    /// The `iss`: the public address of this site.
    pub issuer: String,
    /// The `aud`: the API of this site.
    pub audience: String,
    /// Allowed difference of clocks; brought into the range of 0 to 30 seconds.
    pub leeway_seconds: i64,
    /// How long a new key is published before it signs, if there is an older one. Set it to at least
    /// the time in which every instance reads the keys again, so that no instance meets a token of a
    /// key that it does not know; zero for a single instance.
    pub key_rest_seconds: i64,
}

/// What an access token says. It holds no personal data and no role: those are read with the session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    pub iss: String,
    pub aud: String,
    /// The account.
    pub sub: String,
    /// The session, with which the token dies.
    pub sid: String,
    /// The id of this token.
    pub jti: String,
    /// When it was issued, in seconds since 1970.
    pub iat: i64,
    /// From when on it is refused, in seconds since 1970.
    pub exp: i64,
    /// Never written, but obeyed if it stands there (RFC 7519 section 4.1.5).
    #[serde(default, skip_serializing, deserialize_with = "integer_if_present")]
    nbf: Option<i64>,
}

/// Unlike an `Option` of its own accord, this refuses null: a claim that is there has its type.
fn integer_if_present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    i64::deserialize(deserializer).map(Some)
}

/// Why a token is refused. This is for logs and tests; the client learns no more than 401.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenFault {
    /// Longer than any token of ours.
    TooLong,
    /// Not three parts of base64url with a header and claims of the expected members and types.
    Malformed,
    /// The header names another algorithm.
    WrongAlgorithm,
    /// A token of another kind.
    WrongType,
    /// No key in use has this id. If it was made a moment ago, reading the keys again helps.
    UnknownKey,
    /// Not signed by the key that it names.
    WrongSignature,
    /// Issued by another site.
    WrongIssuer,
    /// Made for another API.
    WrongAudience,
    /// Too old.
    Expired,
    /// Issued in the future, or not to be used yet.
    NotYetValid,
}

impl fmt::Display for TokenFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::TooLong => "the token is too long",
            Self::Malformed => "the token is malformed",
            Self::WrongAlgorithm => "the token names another algorithm",
            Self::WrongType => "the token is of another type",
            Self::UnknownKey => "the token names an unknown key",
            Self::WrongSignature => "the signature of the token is wrong",
            Self::WrongIssuer => "the token has another issuer",
            Self::WrongAudience => "the token has another audience",
            Self::Expired => "the token has expired",
            Self::NotYetValid => "the token is not valid yet",
        })
    }
}

impl std::error::Error for TokenFault {}

/// The system gave no randomness or no signature; nothing can be done but to answer with a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IssueFault;

impl fmt::Display for IssueFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("no access token could be issued")
    }
}

impl std::error::Error for IssueFault {}

/// The header of our tokens. Any other member is refused, and so a token brings no key or address of a
/// key (`jwk`, `jku`, `x5c`, `x5u`) and no extension that must be understood (`crit`).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReceivedHeader {
    alg: String,
    typ: String,
    kid: String,
}

/// The keys that are in use, newest first, and what they sign.
pub struct KeySet {
    settings: TokenSettings,
    keys: Vec<RankedKey>,
    validation: Validation,
}

struct RankedKey {
    key: LoadedKey,
    retired_at_seconds: Option<i64>,
}

impl RankedKey {
    fn verifies(&self, now_seconds: i64) -> bool {
        self.retired_at_seconds.is_none_or(|retired_at| now_seconds < retired_at)
    }
}

impl KeySet {
    /// Reads the stored keys, in any order. At least one must have no time of retirement.
    pub fn new(settings: TokenSettings, stored: &[SigningKey]) -> Result<Self, KeyFault> {
        if stored.iter().all(|key| key.retired_at_seconds.is_some()) {
            return Err(KeyFault::NoneActive);
        }
        let mut keys = stored
            .iter()
            .map(|key| Ok(RankedKey { key: LoadedKey::load(key)?, retired_at_seconds: key.retired_at_seconds }))
            .collect::<Result<Vec<_>, KeyFault>>()?;
        // The id decides between keys of the same second, so that all instances choose the same.
        keys.sort_by(|first, second| (second.key.created_at_seconds, &second.key.id).cmp(&(first.key.created_at_seconds, &first.key.id)));
        Ok(Self {
            settings: TokenSettings { leeway_seconds: settings.leeway_seconds.clamp(0, MAXIMUM_LEEWAY_SECONDS), ..settings },
            keys,
            validation: signature_only(),
        })
    }

    /// The public keys as a JSON Web Key Set (RFC 7517 section 5).
    pub fn jwks(&self, now_seconds: i64) -> Value {
        let keys: Vec<Value> = self.keys.iter().filter(|ranked| ranked.verifies(now_seconds)).map(|ranked| ranked.key.jwk()).collect();
        json!({ "keys": keys })
    }

    /// Issues an access token for a session.
    pub fn issue(&self, subject: &str, session: &str, now_seconds: i64) -> Result<String, IssueFault> {
        let key = self.signing_key(now_seconds).ok_or(IssueFault)?;
        let mut token_id = [0; TOKEN_ID_BYTES];
        rand::fill(&mut token_id).map_err(|_| IssueFault)?;
        let claims = AccessClaims {
            iss: self.settings.issuer.clone(),
            aud: self.settings.audience.clone(),
            sub: subject.to_owned(),
            sid: session.to_owned(),
            jti: URL_SAFE_NO_PAD.encode(token_id),
            iat: now_seconds,
            exp: now_seconds.saturating_add(ACCESS_TOKEN_SECONDS),
            nbf: None,
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(ACCESS_TOKEN_TYPE.to_owned());
        header.kid = Some(key.id.clone());
        encode(&header, &claims, &key.signing).map_err(|_| IssueFault)
    }

    /// Checks an access token against our keys, our names and the given time.
    pub fn verify(&self, token: &str, now_seconds: i64) -> Result<AccessClaims, TokenFault> {
        if token.len() > MAXIMUM_TOKEN_LENGTH {
            return Err(TokenFault::TooLong);
        }
        let key = self.key_named_by(&received_header(token)?, now_seconds)?;
        let claims = decode::<AccessClaims>(token, &key.verifying, &self.validation)
            .map_err(|error| match error.kind() {
                ErrorKind::InvalidSignature => TokenFault::WrongSignature,
                _ => TokenFault::Malformed,
            })?
            .claims;
        self.check_claims(&claims, now_seconds)?;
        Ok(claims)
    }

    /// The newest key that has rested; while there is none, the oldest, which most instances know.
    fn signing_key(&self, now_seconds: i64) -> Option<&LoadedKey> {
        let rested = now_seconds.saturating_sub(self.settings.key_rest_seconds);
        let active = || self.keys.iter().filter(|ranked| ranked.retired_at_seconds.is_none()).map(|ranked| &ranked.key);
        active().find(|key| key.created_at_seconds <= rested).or_else(|| active().next_back())
    }

    fn key_named_by(&self, header: &ReceivedHeader, now_seconds: i64) -> Result<&LoadedKey, TokenFault> {
        if header.alg != ALGORITHM_NAME {
            return Err(TokenFault::WrongAlgorithm);
        }
        if header.typ != ACCESS_TOKEN_TYPE {
            return Err(TokenFault::WrongType);
        }
        self.keys
            .iter()
            .find(|ranked| ranked.key.id == header.kid && ranked.verifies(now_seconds))
            .map(|ranked| &ranked.key)
            .ok_or(TokenFault::UnknownKey)
    }

    fn check_claims(&self, claims: &AccessClaims, now_seconds: i64) -> Result<(), TokenFault> {
        if claims.iss != self.settings.issuer {
            return Err(TokenFault::WrongIssuer);
        }
        if claims.aud != self.settings.audience {
            return Err(TokenFault::WrongAudience);
        }
        if claims.iat < 0 || claims.exp <= claims.iat {
            return Err(TokenFault::Malformed);
        }
        let leeway = self.settings.leeway_seconds;
        if now_seconds >= claims.exp.saturating_add(leeway) {
            return Err(TokenFault::Expired);
        }
        let latest_start = now_seconds.saturating_add(leeway);
        if claims.iat > latest_start || claims.nbf.is_some_and(|nbf| nbf > latest_start) {
            return Err(TokenFault::NotYetValid);
        }
        Ok(())
    }
}

/// The crate's checks of the claims go by the system clock and pass over claims of the wrong type, so
/// it checks the signature and [`KeySet`] does the rest.
fn signature_only() -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation
}

/// Reads the header without believing it.
fn received_header(token: &str) -> Result<ReceivedHeader, TokenFault> {
    let mut parts = token.split('.');
    let (Some(header), Some(_), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(TokenFault::Malformed);
    };
    let json = URL_SAFE_NO_PAD.decode(header).map_err(|_| TokenFault::Malformed)?;
    serde_json::from_slice(&json).map_err(|_| TokenFault::Malformed)
}

#[cfg(test)]
mod tests;
