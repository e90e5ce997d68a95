//! Where a hit has what was asked for: short plain texts, and the places of the matches in them.

use super::SearchQuery;
use super::fold::{Range, pieces};
use serde::Serialize;
use utoipa::ToSchema;

/// How far into a text matches are looked for, in bytes; cut at a character.
const READ_BYTES_MAX: usize = 60_000;
/// How much is shown around a match, in characters.
const EXCERPT_CHARACTERS: usize = 200;
/// How much of that stands before the first match.
const LEAD_CHARACTERS: usize = 60;
/// The most excerpts of one text.
const EXCERPTS_MAX: usize = 2;

/// A part of a text that matches: the number of characters (Unicode code points) before it, and before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Matched {
    #[schema(minimum = 0, example = 8)]
    pub start: usize,
    #[schema(minimum = 1, example = 15)]
    pub end: usize,
}

/// A text, and its parts that match, in order and apart from each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    pub text: String,
    pub matches: Vec<Matched>,
}

/// A match: which part of the query, and where.
#[derive(Clone, Copy)]
struct Found {
    leaf: usize,
    range: Range,
}

/// All matches of a text, by their places.
fn find(query: &SearchQuery, text: &str) -> Vec<Found> {
    let text = text.get(..text.floor_char_boundary(READ_BYTES_MAX)).unwrap_or_default();
    // All in one string, whose parts they are.
    let mut folded = String::new();
    let mut tokens: Vec<(std::ops::Range<usize>, Range)> = Vec::new();
    pieces(text, |piece| {
        piece.tokens(|token, range| {
            let start = folded.len();
            folded.push_str(token);
            tokens.push((start..folded.len(), range));
        });
        true
    });
    let spelt = |token: &std::ops::Range<usize>| folded.get(token.clone()).unwrap_or_default();
    let mut found = Vec::new();
    for (leaf_index, leaf) in query.leaves().iter().enumerate() {
        if let Some(single) = leaf.single() {
            let places = text.chars().enumerate().filter(|(_, character)| *character == single);
            found.extend(places.map(|(place, _)| Found { leaf: leaf_index, range: Range { start: place, end: place + 1 } }));
            continue;
        }
        for window in tokens.windows(leaf.tokens().len()) {
            if window.iter().enumerate().all(|(index, (token, _))| leaf.matches(index, spelt(token)))
                && let (Some((_, first)), Some((_, last))) = (window.first(), window.last())
            {
                found.push(Found { leaf: leaf_index, range: Range { start: first.start, end: last.end } });
            }
        }
    }
    found.sort_by_key(|found| found.range);
    found
}

/// The part of a text between two places with the matches in it, line ends as spaces, the ellipsis where it is cut.
fn cut(characters: &[char], found: &[Found], part: Range, ellipsis: &str) -> Excerpt {
    let is_cut_before = characters.iter().take(part.start).any(|character| !character.is_whitespace());
    let is_cut_after = characters.iter().skip(part.end).any(|character| !character.is_whitespace());
    let mut text = String::new();
    let mut shift = 0;
    if is_cut_before {
        text.push_str(ellipsis);
        shift = ellipsis.chars().count();
    }
    text.extend(
        characters.get(part.start..part.end).unwrap_or_default().iter().map(|character| if character.is_whitespace() { ' ' } else { *character }),
    );
    if is_cut_after {
        text.push_str(ellipsis);
    }
    let mut matches: Vec<Matched> = Vec::new();
    for Found { range, .. } in found.iter().filter(|found| found.range.start >= part.start && found.range.end <= part.end) {
        let (start, end) = (range.start - part.start + shift, range.end - part.start + shift);
        match matches.last_mut() {
            Some(last) if start <= last.end => last.end = last.end.max(end),
            _ => matches.push(Matched { start, end }),
        }
    }
    Excerpt { text, matches }
}

/// A short text whole, if it has a match.
#[must_use]
pub fn whole(query: &SearchQuery, text: &str) -> Option<Excerpt> {
    let found = find(query, text);
    let characters: Vec<char> = text.chars().collect();
    (!found.is_empty()).then(|| cut(&characters, &found, Range { start: 0, end: characters.len() }, ""))
}

/// The parts of a long text that show most of what was asked for, in their order.
#[must_use]
pub fn excerpts(query: &SearchQuery, text: &str, ellipsis: &str) -> Vec<Excerpt> {
    let found = find(query, text);
    let read = text.get(..text.floor_char_boundary(READ_BYTES_MAX * 2)).unwrap_or_default();
    let characters: Vec<char> = read.chars().collect();
    let mut parts: Vec<Range> = Vec::new();
    while parts.len() < EXCERPTS_MAX {
        let mut best: Option<(usize, Range)> = None;
        for (index, first) in found.iter().enumerate() {
            let part = around(&characters, first.range);
            if parts.iter().any(|other| part.start < other.end && other.start < part.end) {
                continue;
            }
            let within = found.iter().skip(index).take_while(|found| found.range.end <= part.end);
            let mut leaves: Vec<usize> = within.map(|found| found.leaf).collect();
            leaves.sort_unstable();
            leaves.dedup();
            if best.as_ref().is_none_or(|(most, _)| leaves.len() > *most) {
                let is_all = leaves.len() == query.leaves().len();
                best = Some((leaves.len(), part));
                // No later part can show more.
                if is_all {
                    break;
                }
            }
        }
        let Some((_, part)) = best else { break };
        parts.push(part);
    }
    parts.sort_unstable();
    parts.into_iter().map(|part| cut(&characters, &found, part, ellipsis)).collect()
}

/// What is shown around a match: from a word's beginning to a word's end where there is one near.
fn around(characters: &[char], found: Range) -> Range {
    let blank = |place: usize| characters.get(place).is_none_or(|character| character.is_whitespace());
    let earliest = found.start.saturating_sub(LEAD_CHARACTERS);
    let start = if earliest == 0 { 0 } else { (earliest..found.start).find(|place| blank(place - 1)).unwrap_or(earliest) };
    let latest = (start + EXCERPT_CHARACTERS).max(found.end).min(characters.len());
    let middle = found.end.max(start + EXCERPT_CHARACTERS / 2).min(latest);
    let end = if latest == characters.len() { latest } else { (middle..=latest).rev().find(|place| blank(*place)).unwrap_or(latest) };
    Range { start, end }
}
