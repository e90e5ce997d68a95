//! What differs between two texts: by words (UAX #29, so that Chinese and Japanese have some too), or by lines where that
//! would take too long.

use crate::vocabulary;
use serde::Serialize;
use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};
use std::collections::HashMap;
use std::ops::Range;
use std::time::Instant;
use unicode_segmentation::UnicodeSegmentation;
use utoipa::ToSchema;

vocabulary! {
    /// What becomes of a piece of a text.
    EditKind {
        Equal = "equal",
        Delete = "delete",
        Insert = "insert",
    }
}

vocabulary! {
    /// The pieces that two texts are compared by.
    DiffUnit {
        Words = "words",
        /// For long texts that have little in common.
        Lines = "lines",
    }
}

/// A piece of a text. All but what is inserted is the text before, all but what is deleted is the text after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Edit {
    pub op: EditKind,
    #[schema(example = "last ferry")]
    pub text: String,
}

/// How one text becomes the other. When the deadline has come, the rest is taken as replaced: still true, but saying less.
#[must_use]
pub fn edits<'t>(before: &'t str, after: &'t str, unit: DiffUnit, deadline: Instant) -> Vec<Edit> {
    // Most changes of a long text are in one place: what is around it need not be taken to pieces.
    let start = shared_length(before.split_inclusive('\n').zip(after.split_inclusive('\n')));
    let (beginning, before, after) = (head(before, start), tail(before, start), tail(after, start));
    let end = shared_length(before.split_inclusive('\n').rev().zip(after.split_inclusive('\n').rev()));
    let (ending, before, after) = (tail(before, before.len() - end), head(before, before.len() - end), head(after, after.len() - end));
    let (old, new) = (pieces(before, unit), pieces(after, unit));
    // Numbers are compared more quickly than words.
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let mut numbered = |pieces: &[&'t str]| -> Vec<usize> {
        pieces
            .iter()
            .map(|piece| {
                let next = numbers.len();
                *numbers.entry(piece).or_insert(next)
            })
            .collect()
    };
    let (old_numbers, new_numbers) = (numbered(&old), numbered(&new));
    let mut edits = Edits::default();
    edits.keep(beginning.to_owned());
    for op in capture_diff_slices_deadline(Algorithm::Myers, &old_numbers, &new_numbers, Some(deadline)) {
        let (deleted, inserted) = (joined(&old, op.old_range()), joined(&new, op.new_range()));
        let is_equal = matches!(op, DiffOp::Equal { .. });
        if is_equal && !edits.is_mere_gap(&inserted, unit) {
            edits.keep(inserted);
        } else {
            edits.change(&deleted, &inserted);
        }
    }
    edits.keep(ending.to_owned());
    edits.finish()
}

/// The bytes that pairs of lines have in common, as far as they are the same.
fn shared_length<'t>(lines: impl Iterator<Item = (&'t str, &'t str)>) -> usize {
    lines.take_while(|(old, new)| old == new).map(|(line, _)| line.len()).sum()
}

fn head(text: &str, end: usize) -> &str {
    text.get(..end).unwrap_or_default()
}

fn tail(text: &str, start: usize) -> &str {
    text.get(start..).unwrap_or_default()
}

fn pieces(text: &str, unit: DiffUnit) -> Vec<&str> {
    match unit {
        DiffUnit::Words => text.split_word_bounds().collect(),
        DiffUnit::Lines => text.split_inclusive('\n').collect(),
    }
}

fn joined(pieces: &[&str], range: Range<usize>) -> String {
    pieces.get(range).map(<[&str]>::concat).unwrap_or_default()
}

/// Edits as they are found. What is deleted and inserted in one place is gathered until something equal follows.
#[derive(Default)]
struct Edits {
    done: Vec<Edit>,
    deleted: String,
    inserted: String,
    /// Behind what is gathered: equal, but no word.
    gap: String,
}

impl Edits {
    /// Whether something equal holds no word, so that between two changes it would only tear them to pieces.
    fn is_mere_gap(&self, text: &str, unit: DiffUnit) -> bool {
        let is_changing = !self.deleted.is_empty() || !self.inserted.is_empty();
        unit == DiffUnit::Words && is_changing && !text.chars().any(|character| character.is_alphanumeric() || character == '\n')
    }

    fn change(&mut self, deleted: &str, inserted: &str) {
        if deleted == inserted {
            self.gap = deleted.to_owned();
            return;
        }
        let gap = std::mem::take(&mut self.gap);
        self.deleted.extend([gap.as_str(), deleted]);
        self.inserted.extend([gap.as_str(), inserted]);
    }

    fn keep(&mut self, text: String) {
        self.flush();
        self.push(EditKind::Equal, text);
    }

    fn flush(&mut self) {
        let (deleted, inserted, gap) = (std::mem::take(&mut self.deleted), std::mem::take(&mut self.inserted), std::mem::take(&mut self.gap));
        self.push(EditKind::Delete, deleted);
        self.push(EditKind::Insert, inserted);
        self.push(EditKind::Equal, gap);
    }

    fn push(&mut self, op: EditKind, text: String) {
        match self.done.last_mut().filter(|last| last.op == op) {
            _ if text.is_empty() => {}
            Some(last) => last.text.push_str(&text),
            None => self.done.push(Edit { op, text }),
        }
    }

    fn finish(mut self) -> Vec<Edit> {
        self.flush();
        self.done
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn by(unit: DiffUnit, before: &str, after: &str) -> Vec<Edit> {
        edits(before, after, unit, Instant::now() + Duration::from_secs(60))
    }

    /// Written short: `[-deleted-]`, `{+inserted+}`.
    fn shown(edits: &[Edit]) -> String {
        let show = |edit: &Edit| match edit.op {
            EditKind::Equal => edit.text.clone(),
            EditKind::Delete => format!("[-{}-]", edit.text),
            EditKind::Insert => format!("{{+{}+}}", edit.text),
        };
        edits.iter().map(show).collect()
    }

    fn words(before: &str, after: &str) -> String {
        shown(&by(DiffUnit::Words, before, after))
    }

    #[test]
    fn words_are_compared_whole_in_every_script() {
        assert_eq!(words("The ferry stays.", "The last ferry stays."), "The {+last +}ferry stays.");
        assert_eq!(words("Don't go", "Can't go"), "[-Don't-]{+Can't+} go");
        assert_eq!(words("市議会は渡し船を残す", "市議会は最終便を残す"), "市議会は[-渡し船-]{+最終便+}を残す");
        assert_eq!(words("نقابة العمال تضرب", "نقابة النساء تضرب"), "نقابة [-العمال-]{+النساء+} تضرب");
        assert_eq!(words("e\u{301}tat 👩‍🌾", "e\u{301}tats 👩‍🌾"), "[-e\u{301}tat-]{+e\u{301}tats+} 👩‍🌾");
    }

    #[test]
    fn changes_are_not_torn_apart_by_the_spaces_between_them() {
        assert_eq!(words("seven to two", "eight against one, tonight"), "[-seven to two-]{+eight against one, tonight+}");
        assert_eq!(words("One. Two.", "Three. Two."), "[-One-]{+Three+}. Two.");
        assert_eq!(words("one\n\ntwo", "three\n\nfour"), "[-one-]{+three+}\n\n[-two-]{+four+}");
    }

    #[test]
    fn nothing_is_compared_too() {
        assert_eq!(by(DiffUnit::Words, "", ""), []);
        assert_eq!(words("", "New"), "{+New+}");
        assert_eq!(words("Old", ""), "[-Old-]");
        assert_eq!(words("Same", "Same"), "Same");
    }

    #[test]
    fn lines_are_compared_whole() {
        assert_eq!(shown(&by(DiffUnit::Lines, "a b\nc\n", "a x\nc")), "[-a b\nc\n-]{+a x\nc+}");
        assert_eq!(shown(&by(DiffUnit::Lines, "a\nb\nc\n", "a\nx\nc\n")), "a\n[-b\n-]{+x\n+}c\n");
        assert_eq!(words("a\nb\na\n", "a\na\n"), "a\n[-b\n-]a\n");
    }

    #[test]
    fn both_texts_can_be_put_together_again_whatever_the_deadline() {
        let texts = ["", "a", "a b c a b c", "One, two — three.\n\nFour!", "x\u{200d}y \r\n z", "日本語 and English, 混ぜる"];
        for (before, after) in texts.iter().flat_map(|before| texts.map(|after| (*before, after))) {
            for unit in [DiffUnit::Words, DiffUnit::Lines] {
                for deadline in [Instant::now(), Instant::now() + Duration::from_secs(60)] {
                    let edits = edits(before, after, unit, deadline);
                    let without =
                        |left_out: EditKind| -> String { edits.iter().filter(|edit| edit.op != left_out).map(|edit| edit.text.as_str()).collect() };
                    assert_eq!((without(EditKind::Insert), without(EditKind::Delete)), (before.to_owned(), after.to_owned()));
                    assert!(edits.iter().all(|edit| !edit.text.is_empty()));
                    assert!(edits.windows(2).all(|pair| pair.first().map(|edit| edit.op) != pair.last().map(|edit| edit.op)));
                }
            }
        }
    }
}
