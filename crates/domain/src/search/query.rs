//! What a reader types: words, all of which must be found, "phrases", and beginnings of words*. Anything else is plain text.

use super::fold::{Piece, pieces};

/// The longest query, in characters.
pub const QUERY_CHARACTERS_MAX: usize = 400;

/// The most things that a query may ask for at once.
const LEAVES_MAX: usize = 32;
/// The most beginnings of words among them: each stands for many words, and costs as much.
const PREFIXES_MAX: usize = 4;
/// The shortest beginning of a word; a shorter one is taken for a whole word, since it would stand for a tenth of all.
const PREFIX_CHARACTERS_MIN: usize = 3;

/// A query. The same words in another order, in capitals or with accents are the same query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchQuery {
    leaves: Vec<Leaf>,
}

/// Something that a hit has: tokens that follow each other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leaf {
    /// As a reader could have typed it.
    spelt: String,
    tokens: Vec<String>,
    is_prefix: bool,
}

/// Why a text is not a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueryFault {
    TooLong,
    TooManyWords,
    TooManyPrefixes,
}

impl std::fmt::Display for QueryFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooLong => write!(f, "must have at most {QUERY_CHARACTERS_MAX} characters"),
            Self::TooManyWords => write!(f, "must have at most {LEAVES_MAX} words and phrases"),
            Self::TooManyPrefixes => write!(f, "must have at most {PREFIXES_MAX} words that end in *"),
        }
    }
}

impl SearchQuery {
    /// Reads a query. One without anything to search for is none of its faults: it finds nothing.
    ///
    /// # Errors
    /// The first [`QueryFault`] found.
    pub fn parse(text: &str) -> Result<Self, QueryFault> {
        if text.chars().nth(QUERY_CHARACTERS_MAX).is_some() {
            return Err(QueryFault::TooLong);
        }
        let mut leaves = Vec::new();
        let mut parts = text.split(['"', '“', '”', '„', '«', '»']).peekable();
        let mut is_quoted = false;
        while let Some(part) = parts.next() {
            // A quotation mark that is not closed opens nothing.
            if is_quoted && parts.peek().is_some() {
                read_words(part, false, &mut leaves);
            } else {
                for word in part.split_whitespace() {
                    let (plain, is_prefix) = word.strip_suffix('*').map_or((word, false), |plain| (plain, true));
                    read_words(plain, is_prefix, &mut leaves);
                }
            }
            is_quoted = !is_quoted;
        }
        leaves.sort_unstable();
        leaves.dedup();
        if leaves.len() > LEAVES_MAX {
            return Err(QueryFault::TooManyWords);
        }
        if leaves.iter().filter(|leaf| leaf.is_prefix).count() > PREFIXES_MAX {
            return Err(QueryFault::TooManyPrefixes);
        }
        Ok(Self { leaves })
    }

    /// Whether it asks for nothing that could be found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.leaves.is_empty()
    }

    /// What a hit must have, all of it.
    #[must_use]
    pub fn leaves(&self) -> &[Leaf] {
        &self.leaves
    }
}

impl std::fmt::Display for SearchQuery {
    /// The one spelling that stands for all spellings of the query.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, leaf) in self.leaves.iter().enumerate() {
            let blank = if index == 0 { "" } else { " " };
            write!(f, "{blank}{}", leaf.spelt)?;
        }
        Ok(())
    }
}

/// Reads a phrase, or a word, which is a phrase of its parts where it has several ("don't", "cross-border").
fn read_words(text: &str, is_prefix: bool, leaves: &mut Vec<Leaf>) {
    let mut phrase = Phrase::default();
    let mut last_is_word = false;
    pieces(text, |piece| {
        match piece {
            // Within a longer run there is no token for one of its characters, so it is asked for by itself.
            Piece::Run { text, places: [_] } => {
                phrase.end(false, leaves);
                leaves.push(Leaf { spelt: text.to_owned(), tokens: vec![text.to_owned()], is_prefix: false });
                last_is_word = false;
            }
            Piece::Run { text, .. } => {
                phrase.add(text, &piece);
                last_is_word = false;
            }
            Piece::Word { text, .. } => {
                phrase.add(text, &piece);
                last_is_word = true;
            }
        }
        true
    });
    phrase.end(is_prefix && last_is_word, leaves);
}

/// The tokens that follow each other, so far.
#[derive(Default)]
struct Phrase {
    spelt: Vec<String>,
    tokens: Vec<String>,
    has_run: bool,
}

impl Phrase {
    fn add(&mut self, text: &str, piece: &Piece) {
        let is_run = matches!(piece, Piece::Run { .. });
        let mut first = None;
        piece.tokens(|token, _| {
            first.get_or_insert_with(|| token.to_owned());
            self.tokens.push(token.to_owned());
        });
        self.has_run |= is_run;
        self.spelt.push(if is_run { text.to_owned() } else { first.unwrap_or_default() });
    }

    fn end(&mut self, is_prefix: bool, leaves: &mut Vec<Leaf>) {
        let Self { spelt, tokens, has_run } = std::mem::take(self);
        let Some(last) = tokens.last() else { return };
        let is_prefix = is_prefix && !has_run && last.chars().count() >= PREFIX_CHARACTERS_MIN;
        let spelt = match spelt.as_slice() {
            [word] if !is_prefix => word.clone(),
            words if is_prefix => format!("{}*", words.join("-")),
            words => format!("\"{}\"", words.join(" ")),
        };
        leaves.push(Leaf { spelt, tokens, is_prefix });
    }
}

impl Leaf {
    /// The tokens, which must follow each other; made of letters, digits and marks only.
    #[must_use]
    pub fn tokens(&self) -> &[String] {
        &self.tokens
    }

    /// Whether the last token is only the beginning of a word.
    #[must_use]
    pub fn is_prefix(&self) -> bool {
        self.is_prefix
    }

    /// Whether a token is the one at that place of the leaf.
    pub(super) fn matches(&self, index: usize, token: &str) -> bool {
        self.tokens
            .get(index)
            .is_some_and(|wanted| if self.is_prefix && index + 1 == self.tokens.len() { token.starts_with(wanted.as_str()) } else { token == wanted })
    }

    /// The character that it asks for, where that may stand anywhere in a run.
    pub(super) fn single(&self) -> Option<char> {
        let [token] = self.tokens.as_slice() else { return None };
        let mut characters = token.chars();
        let single = characters.next()?;
        (characters.next().is_none() && super::fold::stands_alone(single)).then_some(single)
    }

    /// Whether its tokens stand in a text at all, if only as parts of others: mostly they do not, and that is quickly seen.
    pub(super) fn may_stand_in(&self, text: &str) -> bool {
        self.tokens.iter().all(|token| text.contains(token.as_str()))
    }

    /// Whether a line of tokens has it.
    pub(super) fn stands_in(&self, line: &str) -> bool {
        if let Some(single) = self.single() {
            return line.contains(single);
        }
        if !self.may_stand_in(line) {
            return false;
        }
        let tokens: Vec<&str> = line.split(' ').collect();
        tokens.windows(self.tokens.len()).any(|window| window.iter().enumerate().all(|(index, token)| self.matches(index, token)))
    }

    /// Whether a line of tokens, which is in no order, has every token of it.
    pub(super) fn has_all_in(&self, line: &str) -> bool {
        if let Some(single) = self.single() {
            return line.contains(single);
        }
        self.may_stand_in(line) && (0..self.tokens.len()).all(|index| line.split(' ').any(|token| self.matches(index, token)))
    }
}
