//! Full-text search: what is indexed of an article, what a reader's words mean, how hits are ranked and where they matched.
//!
//! Everything about language happens here. A database gets folded tokens that it has nothing to change about, and gives
//! back which articles have them; so SQLite and PostgreSQL find the same articles in the same order.

mod fold;
mod highlight;
mod query;

pub use highlight::{Excerpt, Matched, excerpts, whole};
pub use query::{Leaf, QUERY_CHARACTERS_MAX, QueryFault, SearchQuery};

use fold::{Piece, pieces};
use std::collections::{BTreeSet, HashMap};

/// Stands between two texts of an article, so that no phrase reaches from one into the next. No token of a text has it.
pub const GAP: &str = "_";

/// How much of an article is indexed. PostgreSQL numbers the words of a text up to 16,383 and holds a megabyte of them.
const TOKENS_MAX: usize = 15_000;
const TOKEN_BYTES_MAX: usize = 300_000;

/// The most tokens that a line of a [gist](Entry::gist) has.
const GIST_TOKENS_MAX: usize = 100;

/// A word that stands so often in a body tells what the article is about, and less surely one that stands twice.
const OFTEN: usize = 4;
const REPEATEDLY: usize = 2;

/// What a match is worth, in days of freshness: a match in the title makes up for three years of age. A fixed worth, and no
/// decay that is counted from today, so that the order of two articles stays as it is while a reader turns pages.
const TITLE_DAYS: i64 = 3 * 365;
const STANDFIRST_DAYS: i64 = 2 * 365;
const NAMES_DAYS: i64 = 2 * 365;
const OFTEN_DAYS: i64 = 365;
const REPEATEDLY_DAYS: i64 = 182;
const DAY_MILLISECONDS: i64 = 86_400_000;

/// What can be found of an article.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    pub title: &'a str,
    pub standfirst: &'a str,
    pub byline: &'a str,
    pub credit_line: &'a str,
    /// As plain text.
    pub body: &'a str,
}

/// What an index holds of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its tokens in order, separated by spaces.
    pub tokens: String,
    /// What hits are ranked by, a line each: the tokens of the title, of the standfirst, of byline and credit line, and those
    /// that stand often and repeatedly in the body. Short, since it is read for every candidate.
    pub gist: String,
}

/// The tokens of a short text in order: for lists that are narrowed down by the words in a label.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    pieces(text, |piece| {
        piece.tokens(|token, _| words.push(token.to_owned()));
        words.len() < TOKENS_MAX
    });
    words
}

/// Makes the entry of an article.
#[must_use]
pub fn entry(text: &Text) -> Entry {
    let mut writer = Writer::default();
    let title = writer.line(text.title);
    writer.gap();
    let standfirst = writer.line(text.standfirst);
    writer.gap();
    let mut names = writer.line(text.byline);
    writer.gap();
    let credit_line = writer.line(text.credit_line);
    if !credit_line.is_empty() {
        names = format!("{names} {credit_line}");
    }
    writer.gap();
    let (often, repeatedly) = writer.body(text.body);
    writer.gap();
    for single in std::mem::take(&mut writer.singles) {
        writer.push(single.encode_utf8(&mut [0; 4]));
    }
    Entry { tokens: writer.tokens, gist: [title, standfirst, names, often, repeatedly].join("\n") }
}

/// Writes tokens behind each other, up to what an index may hold.
#[derive(Default)]
struct Writer {
    tokens: String,
    count: usize,
    /// The characters of runs of more than one, each of which can be searched for alone.
    singles: BTreeSet<char>,
}

impl Writer {
    fn is_full(&self) -> bool {
        self.count >= TOKENS_MAX || self.tokens.len() >= TOKEN_BYTES_MAX
    }

    fn push(&mut self, token: &str) {
        if !self.tokens.is_empty() {
            self.tokens.push(' ');
        }
        self.tokens.push_str(token);
        self.count += 1;
    }

    fn gap(&mut self) {
        self.push(GAP);
    }

    /// Adds a text, and calls back with each of its tokens.
    fn text(&mut self, text: &str, mut each: impl FnMut(&str)) {
        pieces(text, |piece| {
            if self.is_full() {
                return false;
            }
            if let Piece::Run { text, .. } = piece
                && text.chars().nth(1).is_some()
            {
                self.singles.extend(text.chars().filter(|character| fold::stands_alone(*character)));
            }
            piece.tokens(|token, _| {
                self.push(token);
                each(token);
            });
            true
        });
    }

    /// Adds a short text, and returns its first tokens.
    fn line(&mut self, text: &str) -> String {
        let mut line = String::new();
        let mut count = 0;
        self.text(text, |token| {
            count += 1;
            if count <= GIST_TOKENS_MAX {
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(token);
            }
        });
        line
    }

    /// Adds a body, and returns the tokens that stand in it often, and those that stand in it repeatedly.
    fn body(&mut self, text: &str) -> (String, String) {
        let start = self.tokens.len();
        self.text(text, |_| {});
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for token in self.tokens.get(start..).unwrap_or_default().split_ascii_whitespace() {
            *counts.entry(token).or_default() += 1;
        }
        let mut counts: Vec<(&str, usize)> = counts.into_iter().filter(|(_, count)| *count >= REPEATEDLY).collect();
        counts.sort_unstable_by_key(|(token, count)| (std::cmp::Reverse(*count), *token));
        let line = |range: fn(usize) -> bool| -> String {
            let tokens: Vec<&str> = counts.iter().filter(|(_, count)| range(*count)).take(GIST_TOKENS_MAX).map(|(token, _)| *token).collect();
            tokens.join(" ")
        };
        (line(|count| count >= OFTEN), line(|count| count < OFTEN))
    }
}

/// What a hit is sorted by, in milliseconds: when it was published, and the worth of where it matches.
#[must_use]
pub fn score(query: &SearchQuery, gist: &str, published_milliseconds: i64) -> i64 {
    let mut lines = gist.split('\n');
    let worths = [TITLE_DAYS, STANDFIRST_DAYS, NAMES_DAYS, OFTEN_DAYS, REPEATEDLY_DAYS];
    let lines = worths.map(|worth| (worth, lines.next().unwrap_or_default()));
    let best = |leaf: &Leaf| {
        if !leaf.may_stand_in(gist) {
            return None;
        }
        lines
            .iter()
            .filter(|(worth, line)| if *worth > OFTEN_DAYS { leaf.stands_in(line) } else { leaf.has_all_in(line) })
            .map(|(worth, _)| *worth)
            .max()
    };
    let leaves = i64::try_from(query.leaves().len()).unwrap_or(1).max(1);
    let worth: i64 = query.leaves().iter().filter_map(best).sum();
    published_milliseconds.saturating_add(worth * DAY_MILLISECONDS / leaves)
}

#[cfg(test)]
mod tests;
