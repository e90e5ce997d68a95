//! What is wrong with an input: one [`Fault`] per offending member, and never only the first.

use serde::Serialize;
use utoipa::ToSchema;

/// What is wrong with one member of the input. The list is closed: clients may switch on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FaultCode {
    /// The member is missing, null or blank, and may not be.
    Required,
    /// The member has another JSON type than the one expected.
    WrongType,
    /// Longer, or more, than the limit that the message names.
    TooLong,
    /// Shorter, or fewer, than the limit that the message names.
    TooShort,
    /// A number or a time outside the range that the message names.
    OutOfRange,
    /// Not one of the values that the message lists.
    NotOneOf,
    /// Not in the form that the message describes.
    InvalidFormat,
    /// Holds a control character; plain text may not.
    ControlCharacter,
    /// Not a name of the IANA time zone database.
    UnknownTimeZone,
    /// A local time that the clocks skip in that zone.
    LocalTimeSkipped,
    /// A local time that comes twice in that zone, without the choice between the two.
    LocalTimeTwice,
    /// No member of this name is known here.
    Unknown,
    /// Points at something that does not exist.
    Dangling,
    /// Already used by another.
    Taken,
    /// Given twice.
    Repeated,
    /// Known or too common as a password.
    TooCommon,
    /// A section inside itself, or the like.
    Circular,
    /// The permission of the publication, or an embargo, does not allow this.
    NotPermitted,
}

/// One fault, as the errors of a problem document list it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Fault {
    /// JSON pointer (RFC 6901) into the request body; absent for a query parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/credits/0/original_url")]
    pub pointer: Option<String>,
    /// The name of the query parameter or header; absent for the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "section")]
    pub parameter: Option<String>,
    pub code: FaultCode,
    /// For a person to read.
    #[schema(example = "must not be empty")]
    pub message: String,
}

impl Fault {
    #[must_use]
    pub fn at(pointer: impl Into<String>, code: FaultCode, message: impl Into<String>) -> Self {
        Self { pointer: Some(pointer.into()), parameter: None, code, message: message.into() }
    }

    #[must_use]
    pub fn parameter(name: impl Into<String>, code: FaultCode, message: impl Into<String>) -> Self {
        Self { pointer: None, parameter: Some(name.into()), code, message: message.into() }
    }
}
