//! Turns patterns and words into titles, standfirsts and bodies.

use super::pattern::{Grammar, Part, Sentence, Slot};
use super::random::Random;
use super::sentences::{ENGLISH, FRENCH, GERMAN, SPANISH};
use super::words;

/// Holds [`COMMON_WORD`](super::COMMON_WORD).
const COMMON_SENTENCE: &str = "The petition lies on the counter of the library in {place}.";
/// Holds [`UNCOMMON_WORD`](super::UNCOMMON_WORD).
const UNCOMMON_SENTENCE: &str = "From the roof one can see the lighthouse of {place}.";
/// Holds [`RARE_WORD`](super::RARE_WORD).
const RARE_SENTENCE: &str = "In the pond behind it, a botanist found {number} stalks of quillwort.";

/// Words in a body: 33 quantiles of a log-normal distribution with median 330, kept within 120 and
/// 900, as whole numbers so that every machine draws the same.
const BODY_WORDS: [u64; 33] = [
    120, 131, 154, 172, 187, 200, 212, 223, 234, 244, 255, 265, 275, 286, 296, 307, 330, 342, 354, 367, 381, 396, 412, 429, 448, 469, 493, 521, 555,
    598, 659, 768, 900,
];

/// The words of every kind.
#[derive(Clone, Debug)]
struct Vocabulary {
    people: Vec<&'static str>,
    thing: Vec<&'static str>,
    things: Vec<&'static str>,
    quality: Vec<&'static str>,
    did: Vec<&'static str>,
    to_do: Vec<&'static str>,
    how: Vec<&'static str>,
    idea: Vec<&'static str>,
    days: Vec<&'static str>,
    months: Vec<&'static str>,
    given: Vec<&'static str>,
    surnames: Vec<&'static str>,
    places: Vec<String>,
    numbers: Vec<String>,
}

impl Vocabulary {
    fn new() -> Self {
        let list = |words: &'static str| words.split_whitespace().collect();
        let place = |ending: &'static str| words::PLACE_BEGINNINGS.split_whitespace().map(move |beginning| [beginning, ending].concat());
        Self {
            people: list(words::PEOPLE),
            thing: list(words::THING),
            things: list(words::THINGS),
            quality: list(words::QUALITY),
            did: list(words::DID),
            to_do: list(words::DO),
            how: list(words::HOW),
            idea: list(words::IDEA),
            days: list(words::DAYS),
            months: list(words::MONTHS),
            given: list(words::GIVEN_NAMES),
            surnames: list(words::SURNAMES),
            places: words::PLACE_ENDINGS.split_whitespace().flat_map(place).collect(),
            numbers: (3..=480).map(|number: u32| number.to_string()).collect(),
        }
    }
}

/// Writes text of every kind an article needs.
#[derive(Clone, Debug)]
pub struct Prose {
    vocabulary: Vocabulary,
    english: Grammar,
    foreign: Vec<Grammar>,
    common: Sentence,
    uncommon: Sentence,
    rare: Sentence,
}

/// The language an article is written in.
#[derive(Clone, Copy, Debug)]
pub struct Language<'prose> {
    grammar: &'prose Grammar,
}

impl Language<'_> {
    /// BCP 47 language tag.
    pub fn tag(self) -> &'static str {
        self.grammar.language
    }
}

impl Prose {
    /// Take all patterns and word lists apart.
    pub fn new() -> Self {
        Self {
            vocabulary: Vocabulary::new(),
            english: Grammar::new(&ENGLISH),
            foreign: [GERMAN, FRENCH, SPANISH].iter().map(Grammar::new).collect(),
            common: Sentence::new(COMMON_SENTENCE),
            uncommon: Sentence::new(UNCOMMON_SENTENCE),
            rare: Sentence::new(RARE_SENTENCE),
        }
    }

    /// English nearly always; articles with a planted word are English without exception.
    pub fn language(&self, index: u64, random: &mut Random) -> Language<'_> {
        let planted = index.is_multiple_of(2) || index % 100 == 7;
        let foreign = if !planted && random.chance(12) { random.choose(&self.foreign) } else { None };
        Language { grammar: foreign.unwrap_or(&self.english) }
    }

    /// A title in `language`.
    pub fn title(&self, language: Language<'_>, random: &mut Random) -> String {
        let mut text = String::with_capacity(80);
        self.write_one(&mut text, &language.grammar.titles, random);
        capitalise(&mut text, 0);
        text
    }

    /// A title in the language whose tag begins like `tag`, else in English.
    pub fn title_in(&self, tag: &str, random: &mut Random) -> String {
        let grammar = self.foreign.iter().find(|grammar| tag.starts_with(grammar.language));
        self.title(Language { grammar: grammar.unwrap_or(&self.english) }, random)
    }

    /// One or two sentences to stand above the body.
    pub fn standfirst(&self, language: Language<'_>, random: &mut Random) -> String {
        let mut text = String::with_capacity(200);
        self.write_one(&mut text, &language.grammar.sentences, random);
        if random.chance(50) {
            text.push(' ');
            self.write_one(&mut text, &language.grammar.sentences, random);
        }
        text
    }

    /// A Markdown body; `index` decides which words are planted.
    pub fn body(&self, index: u64, language: Language<'_>, random: &mut Random) -> String {
        let wanted = body_words(random);
        let mut text = String::with_capacity(wanted as usize * 7 + 400);
        let mut written = 0;
        let mut paragraphs = 0;
        while written < wanted {
            if paragraphs > 0 {
                text.push_str("\n\n");
                written += self.write_between(&mut text, language.grammar, random);
            }
            written += self.write_paragraph(&mut text, language.grammar, wanted - written.min(wanted), random);
            if paragraphs == 0 {
                written += self.write_planted(&mut text, index, random);
            }
            paragraphs += 1;
        }
        text.push('\n');
        text
    }

    /// The sentences with the planted words; they end the first paragraph.
    fn write_planted(&self, text: &mut String, index: u64, random: &mut Random) -> u64 {
        let planted = [(index.is_multiple_of(2), &self.common), (index % 100 == 7, &self.uncommon), (index.is_multiple_of(10_000), &self.rare)];
        let mut written = 0;
        for (_, sentence) in planted.into_iter().filter(|(due, _)| *due) {
            text.push(' ');
            self.write(text, sentence, random);
            written += sentence.words;
        }
        written
    }

    /// What may stand between two paragraphs: a subheading, a quote, a list or, mostly, nothing.
    fn write_between(&self, text: &mut String, grammar: &Grammar, random: &mut Random) -> u64 {
        let mut written = 0;
        match random.below(12) {
            0 => {
                text.push_str("## ");
                let start = text.len();
                written += self.write_one(text, &grammar.headings, random);
                capitalise(text, start);
            }
            1 => {
                text.push_str("> ");
                written += self.write_one(text, &grammar.sentences, random);
            }
            2 => {
                written += self.write_one(text, &grammar.list_beginnings, random);
                text.push('\n');
                for _ in 0..4 {
                    text.push_str("\n- ");
                    written += self.write_one(text, &grammar.list_items, random);
                }
            }
            _ => return 0,
        }
        text.push_str("\n\n");
        written
    }

    /// Two to five sentences, fewer where fewer than `left` words are wanted, sometimes with a link.
    fn write_paragraph(&self, text: &mut String, grammar: &Grammar, left: u64, random: &mut Random) -> u64 {
        let mut written = 0;
        for number in 0..random.between(2, 5) {
            if number > 0 {
                if written >= left {
                    break;
                }
                text.push(' ');
            }
            written += self.write_one(text, &grammar.sentences, random);
        }
        if random.chance(8) {
            text.push(' ');
            written += self.write_one(text, &grammar.links, random);
        }
        written
    }

    fn write_one(&self, text: &mut String, sentences: &[Sentence], random: &mut Random) -> u64 {
        let Some(sentence) = random.choose(sentences) else {
            return 1;
        };
        self.write(text, sentence, random);
        sentence.words
    }

    fn write(&self, text: &mut String, sentence: &Sentence, random: &mut Random) {
        for part in &sentence.parts {
            match *part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Fill(slot) => self.fill(text, slot, random),
            }
        }
    }

    fn fill(&self, text: &mut String, slot: Slot, random: &mut Random) {
        let words = &self.vocabulary;
        let early = match slot {
            Slot::People => &words.people,
            Slot::Thing => &words.thing,
            Slot::Things => &words.things,
            Slot::Quality => &words.quality,
            Slot::Did => &words.did,
            Slot::Do => &words.to_do,
            Slot::How => &words.how,
            Slot::Idea => &words.idea,
            Slot::Day => &words.days,
            Slot::Month => &words.months,
            Slot::Given => &words.given,
            Slot::Surname => &words.surnames,
            Slot::Place | Slot::Number => {
                let list = if slot == Slot::Place { &words.places } else { &words.numbers };
                text.push_str(random.choose_early(list).map_or("", String::as_str));
                return;
            }
            Slot::Address => {
                text.push_str("https://");
                let start = text.len();
                text.push_str(random.choose(&words.places).map_or("", String::as_str));
                lower_first(text, start);
                text.push_str(".example/papers/");
                text.push_str(random.choose(&words.numbers).map_or("", String::as_str));
                return;
            }
        };
        let word = random.choose_early(early).copied().unwrap_or("");
        if text.ends_with(" a ") || text.ends_with("A ") {
            lengthen_article(text, word);
        }
        text.push_str(word);
    }
}

/// Make the indefinite article at the end of `text` fit `word`: "an honest old engine".
fn lengthen_article(text: &mut String, word: &str) {
    if word.starts_with(['a', 'e', 'i', 'o', 'u']) || word.starts_with("honest") {
        text.pop();
        text.push_str("n ");
    }
}

/// Draw a body length from [`BODY_WORDS`], between two quantiles.
fn body_words(random: &mut Random) -> u64 {
    let step = random.below(BODY_WORDS.len() as u64 - 1) as usize;
    let from = BODY_WORDS.get(step).copied().unwrap_or(330);
    let to = BODY_WORDS.get(step + 1).copied().unwrap_or(from);
    random.between(from, to)
}

/// Make the ASCII letter at `start` a capital; quotation marks and foreign letters stay.
fn capitalise(text: &mut str, start: usize) {
    if let Some(letter) = text.get_mut(start..start + 1) {
        letter.make_ascii_uppercase();
    }
}

fn lower_first(text: &mut str, start: usize) {
    if let Some(letter) = text.get_mut(start..start + 1) {
        letter.make_ascii_lowercase();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Vocabulary;

    #[test]
    fn the_vocabulary_is_large() {
        let words = Vocabulary::new();
        let lists = [&words.people, &words.thing, &words.things, &words.quality, &words.did, &words.to_do, &words.how, &words.idea];
        let ordinary: BTreeSet<&str> = lists.into_iter().flatten().copied().collect();
        let places: BTreeSet<&str> = words.places.iter().map(String::as_str).collect();
        assert!(ordinary.len() >= 700, "{}", ordinary.len());
        assert!(ordinary.len() + places.len() >= 1_500, "{}", places.len());
    }
}
