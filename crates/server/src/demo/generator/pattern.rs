//! Sentence patterns, taken apart once so that filling them is quick.

use super::sentences::Patterns;

/// The kind of word a name in braces stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    People,
    Thing,
    Things,
    Quality,
    Did,
    Do,
    How,
    Idea,
    Place,
    Day,
    Month,
    Given,
    Surname,
    Number,
    Address,
}

impl Slot {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "people" => Self::People,
            "thing" => Self::Thing,
            "things" => Self::Things,
            "quality" => Self::Quality,
            "did" => Self::Did,
            "do" => Self::Do,
            "how" => Self::How,
            "idea" => Self::Idea,
            "place" => Self::Place,
            "day" => Self::Day,
            "month" => Self::Month,
            "given" => Self::Given,
            "surname" => Self::Surname,
            "number" => Self::Number,
            "address" => Self::Address,
            _ => return None,
        })
    }
}

/// A stretch of a pattern.
#[derive(Clone, Debug)]
pub enum Part {
    Literal(&'static str),
    Fill(Slot),
}

/// A pattern, taken apart once.
#[derive(Clone, Debug)]
pub struct Sentence {
    pub parts: Vec<Part>,
    /// About how many words the filled pattern has.
    pub words: u64,
}

impl Sentence {
    /// Take `pattern` apart; an unknown name in braces stays as it is.
    pub fn new(pattern: &'static str) -> Self {
        let mut parts = Vec::new();
        let mut rest = pattern;
        while let Some((before, (name, after))) = rest.split_once('{').and_then(|(before, tail)| Some((before, tail.split_once('}')?))) {
            let Some(slot) = Slot::named(name) else { break };
            if !before.is_empty() {
                parts.push(Part::Literal(before));
            }
            parts.push(Part::Fill(slot));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest));
        }
        Self { parts, words: pattern.split_whitespace().count() as u64 }
    }

    fn list(patterns: &[&'static str]) -> Vec<Self> {
        patterns.iter().copied().map(Self::new).collect()
    }
}

/// The patterns of one language, taken apart.
#[derive(Clone, Debug)]
pub struct Grammar {
    pub language: &'static str,
    pub titles: Vec<Sentence>,
    pub sentences: Vec<Sentence>,
    pub headings: Vec<Sentence>,
    pub list_items: Vec<Sentence>,
    pub list_beginnings: Vec<Sentence>,
    pub links: Vec<Sentence>,
}

impl Grammar {
    pub fn new(patterns: &Patterns) -> Self {
        Self {
            language: patterns.language,
            titles: Sentence::list(patterns.titles),
            sentences: Sentence::list(patterns.sentences),
            headings: Sentence::list(patterns.headings),
            list_items: Sentence::list(patterns.list_items),
            list_beginnings: Sentence::list(patterns.list_beginnings),
            links: Sentence::list(patterns.links),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sentences::{ENGLISH, FRENCH, GERMAN, SPANISH};
    use super::{Part, Sentence};

    #[test]
    fn every_name_in_braces_is_known() {
        for patterns in [ENGLISH, GERMAN, FRENCH, SPANISH] {
            let lists = [patterns.titles, patterns.sentences, patterns.headings, patterns.list_items, patterns.list_beginnings, patterns.links];
            for sentence in lists.into_iter().flatten().copied().map(Sentence::new) {
                let unknown = sentence.parts.iter().find(|part| matches!(part, Part::Literal(text) if text.contains('{')));
                assert!(unknown.is_none(), "{unknown:?}");
            }
        }
    }
}
