//! Which passwords may be chosen.
//!
//! The rules are those of NIST SP 800-63B-4 section 3.1.1.2: length alone, no rules on the kinds of
//! characters, and a check against what is commonly used or expected. The password is taken as it
//! is typed: nothing is trimmed, cut, folded or normalised, here or when it is hashed.

use crate::common_password::{KEYBOARD_ROWS, PHRASES, STAND_INS, WORDS};

/// The least length of a password that is the only factor (NIST SP 800-63B-4 section 3.1.1.2).
pub const MINIMUM_LENGTH: usize = 15;

/// The least length where a second factor is asked for as well; the standard would allow 8.
pub const MINIMUM_LENGTH_WITH_SECOND_FACTOR: usize = 12;

/// The greatest length; the standard asks for at least 64, and the bound keeps hashing cheap.
pub const MAXIMUM_LENGTH: usize = 128;

/// How many characters must be left over when everything that can be guessed is taken away.
const MINIMUM_REMAINDER: usize = 8;

/// Context words below this length occur in too many honest phrases.
const MINIMUM_CONTEXT_WORD: usize = 4;

/// What a common word counts, however long it is: whoever guesses has a list of them.
const WEIGHT_OF_WORD: usize = 2;

/// What a sequence, a keyboard walk, a year or a repetition counts.
const WEIGHT_OF_PATTERN: usize = 1;

/// Why a password is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordFault {
    /// `too_short`, `too_long` or `too_common`.
    pub code: &'static str,
    /// A sentence for the person who chose it.
    pub message: String,
}

/// Checks a password that is the only factor of its account.
///
/// Lengths count Unicode scalar values. `context` are texts that an attacker would try first: the
/// title of the site, the local part of the e-mail address.
pub fn check(password: &str, context: &[&str]) -> Result<(), PasswordFault> {
    check_length_and_content(password, context, MINIMUM_LENGTH)
}

/// Checks a password of an account that has a second factor.
pub fn check_with_second_factor(password: &str, context: &[&str]) -> Result<(), PasswordFault> {
    check_length_and_content(password, context, MINIMUM_LENGTH_WITH_SECOND_FACTOR)
}

fn check_length_and_content(password: &str, context: &[&str], minimum_length: usize) -> Result<(), PasswordFault> {
    // One more than the maximum is enough to know, so that a huge input costs nothing.
    let length = password.chars().take(MAXIMUM_LENGTH + 1).count();
    if length < minimum_length {
        return Err(PasswordFault {
            code: "too_short",
            message: format!("A password has at least {minimum_length} characters; four or five unrelated words are a good one."),
        });
    }
    if length > MAXIMUM_LENGTH {
        return Err(PasswordFault { code: "too_long", message: format!("A password has at most {MAXIMUM_LENGTH} characters.") });
    }
    let text: Vec<char> = password.chars().flat_map(char::to_lowercase).collect();
    if is_short_piece_repeated(&text) {
        return Err(too_common("This password repeats a shorter one, so it is as easy to guess as that."));
    }
    let context_words = context_words(context);
    let remainder = remainder(&text, &context_words);
    if remainder.length >= MINIMUM_REMAINDER {
        return Ok(());
    }
    Err(too_common(if remainder.holds_context {
        "This password is little more than the name of the site or of the account."
    } else {
        "This password is made of common words, sequences or repetitions and would be guessed early."
    }))
}

fn too_common(message: &str) -> PasswordFault {
    PasswordFault { code: "too_common", message: message.to_owned() }
}

/// The words of the context that are long enough to count, in lower case.
fn context_words(context: &[&str]) -> Vec<Vec<char>> {
    context
        .iter()
        .flat_map(|text| text.split(|character: char| !character.is_alphanumeric()))
        .map(|word| word.chars().flat_map(char::to_lowercase).collect())
        .filter(|word: &Vec<char>| word.len() >= MINIMUM_CONTEXT_WORD)
        .collect()
}

/// Whether the text is one piece over and over, the last time perhaps cut off.
///
/// A piece that would be long enough as a password by itself may be repeated.
fn is_short_piece_repeated(text: &[char]) -> bool {
    (1..MINIMUM_LENGTH.min(text.len() / 2 + 1)).any(|period| text.iter().zip(text.iter().skip(period)).all(|(earlier, later)| earlier == later))
}

/// What is left of a password without its guessable parts.
struct Remainder {
    length: usize,
    holds_context: bool,
}

/// Takes the guessable parts away, from left to right and always the longest.
fn remainder(text: &[char], context_words: &[Vec<char>]) -> Remainder {
    let mut length = 0;
    let mut digits = 0;
    let mut signs: Vec<char> = Vec::new();
    let mut holds_context = false;
    let mut position = 0;
    while let Some((first, rest)) = text.get(position..).and_then(<[char]>::split_first) {
        let here = text.get(position..).unwrap_or_default();
        let context = context_words.iter().filter_map(|word| spelled_length(here, word.iter().copied())).max().unwrap_or(0);
        let (guessable, weight) = guessable_length(text, position, here);
        if context > 0 && context >= guessable {
            holds_context = true;
            position += context;
        } else if guessable > 0 {
            length += weight;
            position += guessable;
        } else {
            match first {
                digit if digit.is_ascii_digit() => digits += 1,
                // The same separator between all words adds no more than one separator.
                sign if is_separator(*sign) => {
                    if !signs.contains(sign) {
                        signs.push(*sign);
                    }
                }
                _ => length += 1,
            }
            position = text.len() - rest.len();
        }
    }
    // Behind the name of the site or of the account, a number is what everyone appends.
    if !holds_context {
        length += digits;
    }
    Remainder { length: length + signs.len(), holds_context }
}

/// The longest guessable part at a position with what it counts; zero if there is none.
fn guessable_length(text: &[char], position: usize, here: &[char]) -> (usize, usize) {
    let word = WORDS.iter().chain(PHRASES).filter_map(|word| spelled_length(here, word.chars())).max().unwrap_or(0);
    let pattern = [sequence_length(here), walk_length(here), year_length(here), repetition_length(text, position)].into_iter().max().unwrap_or(0);
    if pattern >= word { (pattern, WEIGHT_OF_PATTERN) } else { (word, WEIGHT_OF_WORD) }
}

/// How many characters spell the word at the start of the text, with signs in place of letters and
/// separators in between allowed; `None` if they do not spell it.
fn spelled_length(text: &[char], word: impl Iterator<Item = char>) -> Option<usize> {
    let mut consumed = 0;
    for letter in word {
        let rest = text.get(consumed..)?;
        let skipped =
            if consumed == 0 { 0 } else { rest.iter().take_while(|character| is_separator(**character) && !stands_for(**character, letter)).count() };
        if !stands_for(*rest.get(skipped)?, letter) {
            return None;
        }
        consumed += skipped + 1;
    }
    (consumed > 0).then_some(consumed)
}

/// Whether the character is the letter or a common stand-in for it.
fn stands_for(character: char, letter: char) -> bool {
    character == letter || STAND_INS.iter().any(|(replaced, signs)| *replaced == letter && signs.contains(character))
}

/// Whether the character is white space or an ASCII sign.
fn is_separator(character: char) -> bool {
    character.is_whitespace() || character.is_ascii_punctuation()
}

/// The length of a run such as `aaa`, `abc` or `987`, if it has at least three characters.
fn sequence_length(text: &[char]) -> usize {
    let step = |pair: &[char]| match pair {
        [first, second] => i64::from(u32::from(*second)) - i64::from(u32::from(*first)),
        _ => i64::MAX,
    };
    let mut steps = text.windows(2).map(step);
    let Some(direction @ -1..=1) = steps.next() else {
        return 0;
    };
    let length = 2 + steps.take_while(|next| *next == direction).count();
    if length >= 3 { length } else { 0 }
}

/// The length of a walk over neighbouring keys: three keys in one direction, or four with bends.
fn walk_length(text: &[char]) -> usize {
    let steps: Vec<(i32, i32)> = text
        .windows(2)
        .map_while(|pair| match pair {
            [first, second] => key_step(*first, *second),
            _ => None,
        })
        .collect();
    let straight = match steps.first() {
        Some(first) => steps.iter().take_while(|step| *step == first).count(),
        None => 0,
    };
    if steps.len() >= 3 {
        steps.len() + 1
    } else if straight >= 2 {
        straight + 1
    } else {
        0
    }
}

/// The way from one key to a neighbouring one.
fn key_step(first: char, second: char) -> Option<(i32, i32)> {
    let (first_row, first_column) = key_position(first)?;
    let (second_row, second_column) = key_position(second)?;
    let step = (second_row - first_row, second_column - first_column);
    (step != (0, 0) && step.0.abs() <= 1 && step.1.abs() <= 1).then_some(step)
}

/// The row and column of a key.
fn key_position(character: char) -> Option<(i32, i32)> {
    (0..).zip(KEYBOARD_ROWS).find_map(|(row, (plain, shifted))| {
        (0..)
            .zip(plain.chars().zip(shifted.chars()))
            .find(|(_, (key, sign))| *key == character || *sign == character)
            .map(|(column, _)| (row, column))
    })
}

/// Four if a year of the last or of this century starts here.
fn year_length(text: &[char]) -> usize {
    match text {
        ['1', '9', decade, year, ..] | ['2', '0', decade, year, ..] if decade.is_ascii_digit() && year.is_ascii_digit() => 4,
        _ => 0,
    }
}

/// The length of the longest piece that already stood earlier, if it has at least four characters.
fn repetition_length(text: &[char], position: usize) -> usize {
    let later = text.get(position..).unwrap_or_default();
    let length = (0..position)
        .map(|start| text.get(start..position).unwrap_or_default().iter().zip(later).take_while(|(earlier, now)| earlier == now).count())
        .max()
        .unwrap_or(0);
    if length >= 4 { length } else { 0 }
}

#[cfg(test)]
mod tests;
