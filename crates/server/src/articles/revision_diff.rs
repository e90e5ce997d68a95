//! What differs between two revisions of an article: member by member, and within texts word by word.

use crate::error::ApiError;
use masthead_domain::article::ArticleIn;
use masthead_domain::diff::{DiffUnit, Edit, edits};
use serde::Serialize;
use serde_json::{Map, Value};
use std::time::{Duration, Instant};
use utoipa::ToSchema;

/// How long a text is compared word by word before it is compared line by line, and how long that may take.
const COMPARING_MAX: Duration = Duration::from_secs(1);

/// A member in which two revisions differ.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldDiff {
    #[schema(example = "standfirst")]
    pub field: String,
    /// Its value in the older of the two; absent where it had none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>, example = "The ferry is lost.")]
    pub before: Option<Value>,
    /// Its value in the other one; absent where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>, example = "The last ferry is lost.")]
    pub after: Option<Value>,
    /// For the title, the standfirst and the source of the body: how the one text becomes the other, piece by piece.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<Vec<Edit>>,
    /// With `words`: what the pieces are. Lines where comparing the words would have taken too long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<DiffUnit>,
}

/// Where two revisions differ, in the order of the members. It may take two seconds for each long text.
///
/// # Errors
/// Where a content cannot be written as JSON.
pub fn differing(before: Option<&ArticleIn>, after: &ArticleIn) -> Result<Vec<FieldDiff>, ApiError> {
    let before = before.map(members).transpose()?.unwrap_or_default();
    let after = members(after)?;
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    let names = after.keys().chain(gone).filter(|name| before.get(*name) != after.get(*name));
    Ok(names.map(|name| compared(name, before.get(name), after.get(name))).collect())
}

fn members(content: &ArticleIn) -> Result<Map<String, Value>, ApiError> {
    match serde_json::to_value(content).map_err(ApiError::internal)? {
        Value::Object(members) => Ok(members),
        other => Err(ApiError::internal(format!("a content is no object but {other}"))),
    }
}

fn compared(name: &str, before: Option<&Value>, after: Option<&Value>) -> FieldDiff {
    let texts = is_text(name).then(|| (text(before), text(after))).filter(|(before, after)| before != after);
    let (words, unit) = texts.map(|(before, after)| compared_texts(before, after)).unzip();
    FieldDiff { field: name.to_owned(), before: before.cloned(), after: after.cloned(), words, unit }
}

fn is_text(name: &str) -> bool {
    ["title", "standfirst", "body"].contains(&name)
}

/// A text, or the source of a body; the empty text where there is none.
fn text(value: Option<&Value>) -> &str {
    value.and_then(|value| value.as_str().or_else(|| value.get("source")?.as_str())).unwrap_or_default()
}

fn compared_texts(before: &str, after: &str) -> (Vec<Edit>, DiffUnit) {
    let deadline = Instant::now() + COMPARING_MAX;
    let words = edits(before, after, DiffUnit::Words, deadline);
    if Instant::now() <= deadline {
        return (words, DiffUnit::Words);
    }
    (edits(before, after, DiffUnit::Lines, Instant::now() + COMPARING_MAX), DiffUnit::Lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use masthead_domain::article::BodyIn;
    use masthead_domain::body::BodyFormat;

    fn with_body(format: BodyFormat, source: &str) -> ArticleIn {
        ArticleIn { title: "T".to_owned(), body: Some(BodyIn { format, source: source.to_owned() }), ..ArticleIn::default() }
    }

    #[test]
    fn a_body_of_another_format_has_no_words_that_differ() {
        let (before, after) = (with_body(BodyFormat::Markdown, "Same"), with_body(BodyFormat::Html, "Same"));
        let fields = differing(Some(&before), &after).unwrap_or_default();
        assert_eq!(fields.iter().map(|field| (field.field.as_str(), field.words.is_some())).collect::<Vec<_>>(), [("body", false)]);
    }

    #[test]
    fn the_longest_bodies_without_a_word_in_common_take_no_more_than_their_time() {
        let text =
            |step: usize| -> String { (0..120_000).map(|at| if at % 20 == 0 { "\n".to_owned() } else { format!("{} ", at * step) }).collect() };
        let (before, after) = (with_body(BodyFormat::Markdown, &text(2)), with_body(BodyFormat::Markdown, &text(3)));
        let began = Instant::now();
        let fields = differing(Some(&before), &after).unwrap_or_default();
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
        assert_eq!(fields.iter().map(|field| field.words.is_some()).collect::<Vec<_>>(), [true]);
    }
}
