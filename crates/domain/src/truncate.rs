//! Cutting text for teasers and excerpts without breaking a word or a character.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;

/// The text cut at a word end, with the ellipsis added; the whole text when it is short enough.
///
/// `graphemes` counts user-perceived characters (extended grapheme clusters, UAX #29 section 3)
/// before the ellipsis. A word that ends exactly at the limit is kept whole. White space and
/// punctuation that would dangle before the ellipsis are dropped. A first word longer than the
/// limit is cut between two characters. Scripts written without spaces are cut on the word
/// boundaries of UAX #29 section 4.
pub fn at_word_end<'a>(text: &'a str, graphemes: usize, ellipsis: &str) -> Cow<'a, str> {
    // No cluster is shorter than a byte.
    if text.len() <= graphemes {
        return Cow::Borrowed(text);
    }
    let Some((limit, _)) = text.grapheme_indices(true).nth(graphemes) else {
        return Cow::Borrowed(text);
    };
    let (within, _) = text.split_at_checked(limit).unwrap_or((text, ""));
    let word_end = text
        .split_word_bound_indices()
        .map(|(start, segment)| start + segment.len())
        .take_while(|end| *end <= limit)
        // A word boundary may lie inside a grapheme cluster only in degenerate text; then it is no place to cut.
        .last()
        .unwrap_or(0);
    let (words, _) = text.split_at_checked(word_end).unwrap_or(("", ""));
    let kept = trim_dangling(words);
    let kept = if kept.is_empty() { within.trim() } else { kept };
    Cow::Owned(format!("{kept}{ellipsis}"))
}

/// What a list shows of an article: the standfirst whole if there is one, else the start of the body.
///
/// Block ends and line ends of the body become single spaces; U+00A0 is kept, because a writer
/// put it there to hold two words together.
pub fn excerpt(standfirst: &str, body_text: &str, graphemes: usize, ellipsis: &str) -> String {
    let standfirst = standfirst.trim();
    if !standfirst.is_empty() {
        return standfirst.to_owned();
    }
    let mut line = String::with_capacity(body_text.len());
    for word in body_text.split_ascii_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    at_word_end(&line, graphemes, ellipsis).into_owned()
}

fn trim_dangling(text: &str) -> &str {
    text.trim_end_matches(dangles)
}

/// Whether a character makes no sense just before an ellipsis.
///
/// Sentence ends are not listed: "Is it true?..." reads as written.
fn dangles(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            ',' | ';' | ':' | '-' | '/' | '(' | '[' | '{' | '<' | '&' | '\u{2010}'
                ..='\u{2015}'
                    | '\u{2212}'
                    | '“'
                    | '‘'
                    | '„'
                    | '‚'
                    | '«'
                    | '‹'
                    | '¿'
                    | '¡'
                    | '،'
                    | '؛'
                    | '、'
                    | '，'
                    | '；'
                    | '：'
                    | '（'
                    | '「'
                    | '『'
                    | '《'
                    | '〈'
                    | '【'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRIKE: &str = "Negotiations have failed—NSW nurses must call a strike now and prepare (assumed ending) to stay out";

    #[test]
    fn a_word_ending_at_the_limit_is_kept_whole() {
        let expected = "Negotiations have failed—NSW nurses must call a strike now and prepare...";
        assert_eq!(at_word_end(STRIKE, 70, "..."), expected);
        assert_eq!(at_word_end(STRIKE, 71, "..."), expected);
        assert_eq!(at_word_end(STRIKE, 72, "..."), expected);
        assert_eq!(at_word_end(STRIKE, 69, "..."), "Negotiations have failed—NSW nurses must call a strike now and...");
    }

    #[test]
    fn text_is_whole_up_to_the_limit() {
        assert!(matches!(at_word_end("one two", 8, "…"), Cow::Borrowed("one two")));
        assert!(matches!(at_word_end("one two", 7, "…"), Cow::Borrowed("one two")));
        assert_eq!(at_word_end("one two", 6, "…"), "one…");
        assert_eq!(at_word_end("", 0, "…"), "");
        assert_eq!(at_word_end("one", 0, "…"), "…");
    }

    #[test]
    fn dangling_punctuation_goes() {
        assert_eq!(at_word_end("Rents, wages, and prices", 13, "…"), "Rents, wages…");
        assert_eq!(at_word_end("They said — “no more” today", 14, "…"), "They said…");
        assert_eq!(at_word_end("Workers (and others) march", 9, "…"), "Workers…");
        assert_eq!(at_word_end("Is it true? Yes it is", 12, "…"), "Is it true?…");
    }

    #[test]
    fn a_contraction_is_one_word() {
        assert_eq!(at_word_end("We don't know yet", 6, "…"), "We…");
        assert_eq!(at_word_end("We don’t know yet", 8, "…"), "We don’t…");
    }

    #[test]
    fn a_long_word_is_cut_between_characters() {
        assert_eq!(at_word_end("Donaudampfschifffahrt", 5, "…"), "Donau…");
        assert_eq!(at_word_end("e\u{301}e\u{301}e\u{301}", 2, "…"), "e\u{301}e\u{301}…");
    }

    #[test]
    fn a_family_and_a_flag_count_as_one_character() {
        let family = "👨‍👩‍👧‍👦";
        assert_eq!(at_word_end(&family.repeat(3), 3, "…"), family.repeat(3));
        assert_eq!(at_word_end(&family.repeat(3), 2, "…"), format!("{}…", family.repeat(2)));
        assert_eq!(at_word_end("🇦🇺🇳🇿🇫🇯", 1, "…"), "🇦🇺…");
        assert_eq!(at_word_end("👍🏽👍🏽", 1, "…"), "👍🏽…");
    }

    #[test]
    fn scripts_without_spaces_are_cut_on_word_boundaries() {
        assert_eq!(at_word_end("看護師がストライキを決行する", 9, "…"), "看護師がストライキ…");
        assert_eq!(at_word_end("看護師がストライキを決行する", 7, "…"), "看護師が…");
        let thai = at_word_end("สวัสดีครับทุกคน", 5, "…");
        assert!(thai.ends_with('…') && thai.chars().count() > 1);
        assert_eq!(thai.trim_end_matches('…').graphemes(true).count(), 5);
    }

    #[test]
    fn right_to_left_text_keeps_its_order() {
        assert_eq!(at_word_end("إضراب الممرضات، اليوم", 15, "…"), "إضراب الممرضات…");
        assert_eq!(at_word_end("שביתה היום בבוקר", 10, "…"), "שביתה היום…");
    }

    #[test]
    fn the_kept_text_is_never_longer_than_the_limit() {
        for limit in 0..120 {
            let kept = at_word_end(STRIKE, limit, "");
            assert!(kept.graphemes(true).count() <= limit, "{limit}");
            assert!(STRIKE.starts_with(kept.as_ref()), "{limit}");
        }
    }

    #[test]
    fn excerpt_is_the_standfirst_or_the_start_of_the_body() {
        assert_eq!(excerpt(" Short and whole. ", "Body", 3, "…"), "Short and whole.");
        assert_eq!(excerpt(" \n", "First block.\n\nSecond\nline here", 20, "…"), "First block. Second…");
        assert_eq!(excerpt("", "5\u{a0}km\n\nlong", 100, "…"), "5\u{a0}km long");
        assert_eq!(excerpt("", "", 10, "…"), "");
    }
}
