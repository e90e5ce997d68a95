//! From text to tokens: words without case and accents, and pairs of characters where words are not separated by spaces.

use icu_normalizer::DecomposingNormalizerBorrowed;

/// The longest token, in characters; a longer word is known by its beginning.
const TOKEN_CHARACTERS_MAX: usize = 64;

/// A stretch of a text without a break in it.
#[derive(Debug)]
pub enum Piece<'a> {
    /// A word, folded.
    Word { text: &'a str, range: Range },
    /// A run of a script that is written without spaces, folded, and where each of its characters stands.
    Run { text: &'a str, places: &'a [usize] },
}

/// A part of a text: its first character, and the one after its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range {
    pub start: usize,
    pub end: usize,
}

impl Piece<'_> {
    /// Its tokens: a word is one; a run is as many as it has pairs of neighbours, so that any part of it can be found.
    pub fn tokens(&self, mut each: impl FnMut(&str, Range)) {
        match self {
            Self::Word { text, range } => {
                let end = text.char_indices().nth(TOKEN_CHARACTERS_MAX).map_or(text.len(), |(end, _)| end);
                each(text.get(..end).unwrap_or(text), *range);
            }
            Self::Run { text, places: [place] } => each(text, Range { start: *place, end: place + 1 }),
            Self::Run { text, places } => {
                let mut pair = String::new();
                let neighbours = text.chars().zip(text.chars().skip(1));
                for ((one, other), (start, end)) in neighbours.zip(places.iter().zip(places.iter().skip(1))) {
                    pair.clear();
                    pair.extend([one, other]);
                    each(&pair, Range { start: *start, end: end + 1 });
                }
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Run,
}

/// Cuts a text into its pieces, until `each` has enough and says false.
pub fn pieces(text: &str, mut each: impl FnMut(Piece) -> bool) {
    let mut kind = Kind::Word;
    let mut folded = String::new();
    let mut places: Vec<usize> = Vec::new();
    let mut range = Range { start: 0, end: 0 };
    let mut flush = |kind: Kind, folded: &mut String, places: &mut Vec<usize>, range: Range| -> bool {
        let goes_on = folded.is_empty()
            || each(match kind {
                Kind::Word => Piece::Word { text: folded, range },
                Kind::Run => Piece::Run { text: folded, places },
            });
        folded.clear();
        places.clear();
        goes_on
    };
    let (mut rest, mut place) = (text, 0);
    while let Some(character) = rest.chars().next() {
        // Most of what is read are letters and digits of ASCII: as many as follow each other, at once.
        let length = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        if let Some((plain, after)) = rest.split_at_checked(length).filter(|_| length > 0) {
            if kind != Kind::Word && !flush(kind, &mut folded, &mut places, range) {
                return;
            }
            kind = Kind::Word;
            if folded.is_empty() {
                range.start = place;
            }
            folded.extend(plain.bytes().map(|byte| char::from(byte.to_ascii_lowercase())));
            (rest, place) = (after, place + length);
            range.end = place;
            continue;
        }
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
        place += 1;
        if is_ignored(character) {
            continue;
        }
        let is_run = is_in_run(character);
        let next = if is_run { Kind::Run } else { Kind::Word };
        if kind != next && !flush(kind, &mut folded, &mut places, range) {
            return;
        }
        kind = next;
        let before = folded.len();
        if is_run {
            folded.push(character);
            places.push(place - 1);
        } else {
            fold_into(character, &mut folded);
            if folded.len() == before {
                // Nothing that belongs to a word: here it ends.
                if !flush(kind, &mut folded, &mut places, range) {
                    return;
                }
                continue;
            }
        }
        if before == 0 {
            range.start = place - 1;
        }
        range.end = place;
    }
    flush(kind, &mut folded, &mut places, range);
}

/// Adds a character of a word without its case and accents; nothing, where it belongs to no word, as those of ASCII that get here.
fn fold_into(character: char, out: &mut String) {
    if character.is_ascii() {
        return;
    }
    for part in DecomposingNormalizerBorrowed::new_nfkd().normalize_iter(std::iter::once(character)) {
        if !is_ignored(part) && (part.is_alphanumeric() || joins_words(part)) {
            part.to_lowercase().filter(|lower| !is_ignored(*lower)).for_each(|lower| push_plain(lower, out));
        }
    }
}

/// Adds a lower-case letter without what decomposition does not take off: strokes, ligatures, forms of the same letter.
fn push_plain(letter: char, out: &mut String) {
    let plain = match letter {
        'ς' => 'σ',
        // Forms of alef, yeh, kaf and heh that writers and keyboards use for each other.
        'ٱ' => 'ا',
        'ى' | 'ی' => 'ي',
        'ک' => 'ك',
        'ة' => 'ه',
        '٠'..='٩' => ascii_digit(letter, '٠'),
        '۰'..='۹' => ascii_digit(letter, '۰'),
        '०'..='९' => ascii_digit(letter, '०'),
        // The Latin letters: ß, æ, ø, ł, đ and so on.
        '\u{80}'..='\u{2af}' | '\u{1e00}'..='\u{1eff}' | '\u{2c60}'..='\u{2c7f}' | '\u{a720}'..='\u{a7ff}' => {
            let latin = deunicode::deunicode_char(letter).unwrap_or_default();
            out.extend(latin.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()));
            return;
        }
        other => other,
    };
    out.push(plain);
}

fn ascii_digit(digit: char, zero: char) -> char {
    char::from_digit(u32::from(digit) - u32::from(zero), 10).unwrap_or(digit)
}

/// What is read over, without ending a word: accents, the vowel points of Arabic and Hebrew, and what is not seen at all.
fn is_ignored(character: char) -> bool {
    character >= '\u{ad}'
        && matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
        | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}'
        | '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}'
        | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}'
        | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e4}' | '\u{6e7}' | '\u{6e8}' | '\u{6ea}'..='\u{6ed}'
        // Between the syllables of Tibetan, whose words are not separated.
        | '\u{f0b}' | '\u{f0c}')
}

/// Marks that are part of a word in the scripts of India and their neighbours, and no letters.
fn joins_words(character: char) -> bool {
    matches!(character, '\u{900}'..='\u{dff}' | '\u{1700}'..='\u{177f}' | '\u{1a00}'..='\u{1aaf}' | '\u{1b00}'..='\u{1bff}' | '\u{a800}'..='\u{aaff}')
        && !matches!(character, '\u{964}' | '\u{965}' | '\u{970}' | '\u{df4}' | '\u{1735}' | '\u{1736}' | '\u{aa5c}'..='\u{aa5f}')
}

/// Whether a character is of a script that writes words without spaces between them, or inflects them as Korean does.
fn is_in_run(character: char) -> bool {
    character >= '\u{e01}'
        && (stands_alone(character)
            || matches!(character,
            // Thai, Lao, Tibetan, Myanmar, Khmer: letters and marks, not digits and punctuation.
            '\u{e01}'..='\u{e3a}' | '\u{e40}'..='\u{e4e}' | '\u{e81}'..='\u{ecf}' | '\u{edc}'..='\u{edf}' | '\u{f40}'..='\u{fbc}'
            | '\u{1000}'..='\u{103f}' | '\u{1050}'..='\u{109d}' | '\u{1780}'..='\u{17d3}' | '\u{17d7}' | '\u{17dc}' | '\u{17dd}' | '\u{a9e0}'..='\u{a9ff}' | '\u{aa60}'..='\u{aa7f}'))
}

/// Whether a character can be a word by itself: Chinese and Japanese characters, and the syllables of Korean.
pub fn stands_alone(character: char) -> bool {
    matches!(character,
        '\u{3005}'..='\u{3007}' | '\u{3031}'..='\u{3035}' | '\u{3041}'..='\u{3096}' | '\u{3099}' | '\u{309a}' | '\u{309d}'..='\u{309f}'
        | '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{30ff}' | '\u{3105}'..='\u{312f}' | '\u{31a0}'..='\u{31bf}' | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}'
        | '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7a3}')
}
