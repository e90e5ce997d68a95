//! E-mail addresses as account names.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The longest address that fits into an SMTP path (RFC 5321 section 4.5.3.1.3, erratum 1690).
const MAXIMUM_LENGTH: usize = 254;

/// The longest local part (RFC 5321 section 4.5.3.1.1).
const MAXIMUM_LOCAL_LENGTH: usize = 64;

/// The longest label of a domain name (RFC 1035 section 2.3.4).
const MAXIMUM_LABEL_LENGTH: usize = 63;

/// An e-mail address that names one account.
///
/// It is a dot-atom at a host name (RFC 5321 section 4.1.2, without quoted strings and address
/// literals) in ASCII and in lower case. Other scripts are refused, since two accounts could then
/// look the same on the screen (UTS #39); a domain in another script is given in its `xn--` form.
/// Lower case makes one mailbox one account; no mail host of note tells the cases apart.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = crate::column::Word)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

crate::stored_word!(EmailAddress);

/// Why a text is not an e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailFault {
    /// It is longer than 254 characters.
    TooLong,
    /// It holds a character outside ASCII.
    NotAscii,
    /// It has not exactly one `@`.
    NoSingleAt,
    /// The part before the `@` is empty, too long or holds a forbidden character.
    LocalPart,
    /// The part after the `@` is not a host name.
    Domain,
}

impl EmailAddress {
    /// Reads an address; white space is refused and not trimmed.
    pub fn parse(text: &str) -> Result<Self, EmailFault> {
        if text.len() > MAXIMUM_LENGTH {
            return Err(EmailFault::TooLong);
        }
        if !text.is_ascii() {
            return Err(EmailFault::NotAscii);
        }
        let (local, domain) = text.split_once('@').ok_or(EmailFault::NoSingleAt)?;
        if domain.contains('@') {
            return Err(EmailFault::NoSingleAt);
        }
        if local.len() > MAXIMUM_LOCAL_LENGTH || !local.split('.').all(is_atom) {
            return Err(EmailFault::LocalPart);
        }
        if !domain.split('.').all(is_label) {
            return Err(EmailFault::Domain);
        }
        Ok(Self(text.to_ascii_lowercase()))
    }

    /// The whole address in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the `@`, which a password must not be made of.
    pub fn local_part(&self) -> &str {
        self.0.split_once('@').map_or("", |(local, _)| local)
    }
}

/// Whether the text is an `Atom` of RFC 5322 section 3.2.3.
fn is_atom(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte))
}

/// Whether the text is a letter-digit-hyphen label (RFC 1123 section 2.1, RFC 5890 section 2.3.1).
fn is_label(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= MAXIMUM_LABEL_LENGTH
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for EmailAddress {
    type Err = EmailFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = EmailFault;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

impl fmt::Display for EmailFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::TooLong => "An e-mail address has at most 254 characters.",
            Self::NotAscii => "An e-mail address is written in ASCII here; give a domain in another script in its xn-- form.",
            Self::NoSingleAt => "An e-mail address has exactly one @.",
            Self::LocalPart => "The part before the @ must be 1 to 64 letters, digits and signs, with single dots between them and no spaces.",
            Self::Domain => "The part after the @ must be a host name: labels of letters, digits and hyphens with dots between them.",
        })
    }
}

impl std::error::Error for EmailFault {}

#[cfg(test)]
mod tests {
    use super::{EmailAddress, EmailFault};

    #[test]
    fn accepts_and_lowers() {
        for (text, expected) in [
            ("Ida.Tarbell@Example.COM", "ida.tarbell@example.com"),
            ("a@localhost", "a@localhost"),
            ("desk+night@news.example", "desk+night@news.example"),
            ("o'neill@example.org", "o'neill@example.org"),
            ("x@xn--bcher-kva.example", "x@xn--bcher-kva.example"),
        ] {
            let address = EmailAddress::parse(text);
            assert_eq!(address.as_ref().map(EmailAddress::as_str), Ok(expected));
        }
    }

    #[test]
    fn refuses() {
        let long_local = format!("{}@example.org", "a".repeat(65));
        let long_label = format!("a@{}.org", "b".repeat(64));
        let long = format!("a@{}", "b.".repeat(130));
        for (text, fault) in [
            ("", EmailFault::NoSingleAt),
            ("nobody", EmailFault::NoSingleAt),
            ("a@b@c", EmailFault::NoSingleAt),
            ("@example.org", EmailFault::LocalPart),
            (" a@example.org", EmailFault::LocalPart),
            ("a b@example.org", EmailFault::LocalPart),
            ("a\n@example.org", EmailFault::LocalPart),
            (".a@example.org", EmailFault::LocalPart),
            ("a..b@example.org", EmailFault::LocalPart),
            ("\"a\"@example.org", EmailFault::LocalPart),
            ("a@", EmailFault::Domain),
            ("a@example.org ", EmailFault::Domain),
            ("a@example..org", EmailFault::Domain),
            ("a@-example.org", EmailFault::Domain),
            ("a@exam_ple.org", EmailFault::Domain),
            ("a@[127.0.0.1]", EmailFault::Domain),
            ("\u{430}dmin@example.org", EmailFault::NotAscii),
            (long_local.as_str(), EmailFault::LocalPart),
            (long_label.as_str(), EmailFault::Domain),
            (long.as_str(), EmailFault::TooLong),
        ] {
            assert_eq!(EmailAddress::parse(text), Err(fault), "{text:?}");
        }
    }

    #[test]
    fn json_is_checked() {
        let read: Result<EmailAddress, _> = serde_json::from_str("\"A@Example.org\"");
        assert_eq!(read.ok().and_then(|address| serde_json::to_string(&address).ok()), Some("\"a@example.org\"".to_owned()));
        assert!(serde_json::from_str::<EmailAddress>("\"a b@example.org\"").is_err());
    }

    #[test]
    fn local_part_is_the_part_before_the_at() {
        let local = EmailAddress::parse("Clark.Kent@planet.example").map(|address| address.local_part().to_owned());
        assert_eq!(local, Ok("clark.kent".to_owned()));
    }
}
