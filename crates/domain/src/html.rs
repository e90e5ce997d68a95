//! Plain text placed into HTML.

use std::borrow::Cow;

/// The text with the five characters that mean something in HTML written as character references.
///
/// Safe as the content of an element and inside a quoted attribute value
/// (HTML Standard, section 13.3, "Escaping a string").
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // The numeric form is understood everywhere; `&apos;` is unknown to HTML 4 readers.
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_lent_not_copied() {
        assert!(matches!(escape("Fish — chips\u{a0}“today”"), Cow::Borrowed(_)));
    }

    #[test]
    fn every_special_character_is_written_out() {
        assert_eq!(escape(r#"<a href="x" title='y'>Q&A</a>"#), "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;Q&amp;A&lt;/a&gt;");
    }

    #[test]
    fn a_reference_in_the_text_stays_visible() {
        assert_eq!(escape("&amp;"), "&amp;amp;");
    }
}
