//! Parts of the index, and the spans of time by which PostgreSQL finds them.
//!
//! Its index has no order: asked for the newest hits of a word, it gathers all of them. So an article also has marks for
//! the spans of time that it was published in, short ones and long ones, and a part is asked for by the few that cover it.

/// How many bits of a place a span leaves out, from the shortest: 37 hours, 12 days, 14 weeks, two years, 17 years. A place is
/// milliseconds and 15 bits more.
const SPAN_BITS: [u32; 5] = [15 + 27, 15 + 30, 15 + 33, 15 + 36, 15 + 39];

/// By how many spans a part is asked for at most. Those of the next length would cover up to twice the part.
const SPANS_MAX: i64 = 16;

/// A part of the index, both ends in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub oldest: i64,
    pub newest: i64,
}

impl Part {
    pub const WHOLE: Self = Self { oldest: i64::MIN, newest: i64::MAX };

    pub fn is_empty(self) -> bool {
        self.oldest > self.newest
    }

    /// What is in both.
    pub fn and(self, other: Self) -> Self {
        Self { oldest: self.oldest.max(other.oldest), newest: self.newest.min(other.newest) }
    }

    /// Its newest or its oldest end, of that length.
    pub fn near(self, from_newest: bool, length: i64) -> Self {
        if from_newest {
            Self { oldest: self.oldest.max(self.newest.saturating_sub(length)), newest: self.newest }
        } else {
            Self { oldest: self.oldest, newest: self.newest.min(self.oldest.saturating_add(length)) }
        }
    }

    /// What is left when that end has been read.
    pub fn beyond(self, near: Self, from_newest: bool) -> Self {
        if from_newest {
            Self { oldest: self.oldest, newest: near.oldest.saturating_sub(1) }
        } else {
            Self { oldest: near.newest.saturating_add(1), newest: self.newest }
        }
    }

    pub fn length(self) -> i64 {
        self.newest.saturating_sub(self.oldest)
    }

    /// The marks of the spans that cover it; none if it is longer than many of the longest.
    pub fn marks(self) -> Option<Vec<String>> {
        let (length, bits) = SPAN_BITS.iter().enumerate().find(|(_, bits)| (self.newest >> **bits) - (self.oldest >> **bits) < SPANS_MAX)?;
        Some(((self.oldest >> bits)..=(self.newest >> bits)).map(|number| mark(length, number)).collect())
    }
}

/// The marks of the spans that a place lies in.
pub fn marks_of(place: i64) -> Vec<String> {
    SPAN_BITS.iter().enumerate().map(|(length, bits)| mark(length, place >> bits)).collect()
}

fn mark(length: usize, number: i64) -> String {
    format!("_w{length}{number:x}")
}

#[cfg(test)]
mod tests {
    use super::{Part, SPANS_MAX, marks_of};

    const DAY: i64 = 86_400_000 << 15;

    #[test]
    fn a_part_is_covered_by_few_spans_and_every_place_in_it_by_one() {
        for days in [0, 1, 20, 30, 200, 2_000, 20_000] {
            for oldest in [-9_000 * DAY - 1, -1, 0, 20_000 * DAY + 7] {
                let part = Part { oldest, newest: oldest + days * DAY };
                let marks = part.marks().unwrap();
                assert!(marks.len() <= SPANS_MAX as usize, "{part:?}: {marks:?}");
                for place in [part.oldest, part.oldest + days * DAY / 3, part.newest] {
                    assert_eq!(marks_of(place).iter().filter(|mark| marks.contains(mark)).count(), 1, "{place} of {part:?}");
                }
                let length = (days + 2) * DAY;
                for place in [oldest - 2 * length, part.newest + 2 * length] {
                    assert!(marks_of(place).iter().all(|mark| !marks.contains(mark)), "{place} of {part:?}");
                }
            }
        }
        assert_eq!(Part::WHOLE.marks(), None);
        assert_eq!(Part { oldest: i64::MIN, newest: 0 }.marks(), None);
    }
}
