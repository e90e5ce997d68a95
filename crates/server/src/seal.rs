//! Texts that clients carry for us and must not change, such as the cursor of a list.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Length of the tag in bytes: half of the hash, the least that RFC 2104 section 5 allows.
const TAG_LENGTH: usize = 16;

/// Longer texts are refused before anything is decoded.
const MAXIMUM_TEXT_LENGTH: usize = 2048;

/// Seals payloads with HMAC-SHA256 (RFC 2104). The payload stays readable: a seal hides nothing.
pub struct Seal {
    key: hmac::Key,
    purpose: &'static str,
}

impl Seal {
    /// A seal for one purpose. Two purposes may share a key: what one sealed, the other refuses.
    pub fn new(key: &[u8; 32], purpose: &'static str) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, key), purpose }
    }

    /// The payload and its tag in base64url (RFC 4648 section 5). Of a payload of more than 1520 bytes
    /// the text is too long to be opened again.
    pub fn seal(&self, payload: &[u8]) -> String {
        let mut bytes = payload.to_vec();
        bytes.extend(self.tag(payload));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The payload, if the text was sealed with this key for this purpose.
    pub fn open(&self, text: &str) -> Option<Vec<u8>> {
        if text.len() > MAXIMUM_TEXT_LENGTH {
            return None;
        }
        let mut bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let payload_length = bytes.len().checked_sub(TAG_LENGTH)?;
        let (payload, tag) = bytes.split_at_checked(payload_length)?;
        let expected: Vec<u8> = self.tag(payload).collect();
        verify_slices_are_equal(&expected, tag).ok()?;
        bytes.truncate(payload_length);
        Some(bytes)
    }

    fn tag(&self, payload: &[u8]) -> impl Iterator<Item = u8> + use<> {
        let mut context = hmac::Context::with_key(&self.key);
        // The length in front keeps purpose and payload from running into each other.
        context.update(&(self.purpose.len() as u64).to_be_bytes());
        context.update(self.purpose.as_bytes());
        context.update(payload);
        let tag: Vec<u8> = context.sign().as_ref().to_vec();
        tag.into_iter().take(TAG_LENGTH)
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::Seal;

    const KEY: [u8; 32] = [7; 32];

    #[test]
    fn opens_what_it_sealed() {
        let seal = Seal::new(&KEY, "cursor");
        for payload in [&b""[..], b"2026-10-01|42", &[0xff; 1520]] {
            assert_eq!(seal.open(&seal.seal(payload)).as_deref(), Some(payload));
        }
        assert_eq!(seal.open(&seal.seal(&[0; 1521])), None);
    }

    #[test]
    fn another_key_or_purpose_opens_nothing() {
        let text = Seal::new(&KEY, "cursor").seal(b"payload");
        assert_eq!(Seal::new(&[8; 32], "cursor").open(&text), None);
        assert_eq!(Seal::new(&KEY, "preview").open(&text), None);
        assert_eq!(Seal::new(&KEY, "cursorp").open(&text), None);
    }

    #[test]
    fn every_changed_bit_is_noticed() {
        let seal = Seal::new(&KEY, "cursor");
        let bytes = URL_SAFE_NO_PAD.decode(seal.seal(b"payload")).unwrap_or_default();
        assert_eq!(bytes.len(), 23);
        for index in 0..bytes.len() {
            for bit in 0..8 {
                let changed: Vec<u8> = bytes.iter().enumerate().map(|(at, byte)| if at == index { byte ^ (1 << bit) } else { *byte }).collect();
                assert_eq!(seal.open(&URL_SAFE_NO_PAD.encode(changed)), None);
            }
        }
    }

    #[test]
    fn malformed_texts_are_refused() {
        let seal = Seal::new(&KEY, "cursor");
        let text = seal.seal(b"payload");
        let mut trailing_bits = text.clone();
        // 23 bytes leave two unused bits in the last character; any of them set is another text.
        let last = trailing_bits.pop().map_or('A', |last| char::from(last as u8 + 1));
        trailing_bits.push(last);
        for malformed in [
            String::new(),
            "A".to_owned(),
            "!".repeat(40),
            format!("{text}="),
            format!(" {text}"),
            format!("{text}AAAA"),
            text.chars().skip(4).collect(),
            trailing_bits,
            "A".repeat(1025),
            "\u{e9}".repeat(30),
        ] {
            assert_eq!(seal.open(&malformed), None, "{malformed:?}");
        }
    }
}
