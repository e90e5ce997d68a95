//! Text that must never reach a log.

use std::fmt;

use serde::Deserialize;

/// A password, a token or a private key.
///
/// It has no `Display` and no `Serialize`, and its `Debug` shows nothing, so that the only way to
/// the text is the visible call of [`Secret::expose`] (OWASP ASVS 5.0, 16.2.5).
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Takes the text into custody.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for hashing, signing, storing or showing it once.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn debug_shows_nothing() {
        let secret = Secret::new("the brown fox of the archive");
        assert_eq!(format!("{secret:?}"), "[secret]");
        assert_eq!(format!("{:?}", Some(secret.clone())), "Some([secret])");
        assert_eq!(secret.expose(), "the brown fox of the archive");
    }
}
