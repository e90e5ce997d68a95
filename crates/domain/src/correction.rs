//! Corrections: what a paper says of its own mistakes.

use crate::fault::FaultCode;
use crate::id::CorrectionId;
use crate::read::Reader;
use crate::stored_vocabulary;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The longest text, in characters.
pub const TEXT_MAX: usize = 2000;

/// So many may stand under one article.
pub const PER_ARTICLE_MAX: usize = 50;

stored_vocabulary! {
    /// What a correction is.
    CorrectionType {
        /// Something was wrong.
        Correction = "correction",
        /// Something was right and could be misunderstood.
        Clarification = "clarification",
        /// Something has happened since.
        Update = "update",
    }
}

/// A correction as readers get it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Correction {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")]
    pub id: CorrectionId,
    #[serde(rename = "type")]
    pub correction_type: CorrectionType,
    /// Plain text, not HTML.
    #[schema(max_length = 2000, example = "An earlier version gave the year of the first ferry as 1912. It was 1921.")]
    pub text: String,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T09:15:00Z")]
    pub at: Timestamp,
}

/// A correction as an editor enters it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CorrectionIn {
    #[serde(rename = "type")]
    pub correction_type: CorrectionType,
    /// Plain text, at most 2,000 characters.
    #[schema(min_length = 1, max_length = 2000, example = "An earlier version gave the year of the first ferry as 1912. It was 1921.")]
    pub text: String,
    /// When it was made; now where it is left out, and never in the future.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-11-26T09:15:00Z")]
    pub at: Option<Timestamp>,
}

impl CorrectionIn {
    /// Reads it and notes every fault.
    pub fn read(reader: &mut Reader, now: Timestamp) -> Self {
        let correction_type = reader.required_word("type").unwrap_or(CorrectionType::Correction);
        let text = reader.filled_text("text", TEXT_MAX);
        let text = reader.require("text", text).unwrap_or_default();
        let at = reader.time("at");
        if at.is_some_and(|at| at > now) {
            reader.fault("at", FaultCode::OutOfRange, "is in the future");
        }
        Self { correction_type, text, at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn faults(value: &Value) -> Vec<(String, FaultCode)> {
        let mut faults = Vec::new();
        let mut reader = Reader::root(value, &mut faults);
        CorrectionIn::read(&mut reader, Timestamp::from_milliseconds(0));
        reader.finish();
        faults.into_iter().map(|fault| (fault.pointer.unwrap_or_default(), fault.code)).collect()
    }

    #[test]
    fn every_fault_of_a_correction_is_noted() {
        assert_eq!(faults(&json!({"type": "update", "text": "a\nb", "at": "1970-01-01T00:00:00Z"})), []);
        let wrong = json!({"type": "erratum", "text": " \n", "at": "1970-01-01T00:00:01Z"});
        let at = |name: &str, code| (name.to_owned(), code);
        assert_eq!(faults(&wrong), [at("/type", FaultCode::NotOneOf), at("/text", FaultCode::Required), at("/at", FaultCode::OutOfRange)]);
        assert_eq!(faults(&json!({})), [at("/type", FaultCode::Required), at("/text", FaultCode::Required)]);
        assert_eq!(faults(&json!({"type": "update", "text": "x".repeat(TEXT_MAX + 1)})), [at("/text", FaultCode::TooLong)]);
    }
}
