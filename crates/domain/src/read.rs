//! Reads a JSON object member by member and collects every fault, where a derived deserialiser stops at the first.
//!
//! Null means absent throughout, as in a merge patch. A reader is finished with [`Reader::finish`], which
//! reports the members that nobody asked for.

use crate::fault::{Fault, FaultCode};
use crate::time::Timestamp;
use crate::vocabulary::Vocabulary;
use crate::web_address;
use serde_json::{Map, Value};
use uuid::Uuid;

/// Reads one object.
pub struct Reader<'v, 'f> {
    pointer: String,
    members: Option<&'v Map<String, Value>>,
    asked: Vec<&'static str>,
    faults: &'f mut Vec<Fault>,
}

/// Characters of plain text that a line may not hold: the C0 controls and DEL. Multi-line text may hold tab, line feed and carriage return.
fn is_forbidden(character: char, multi_line: bool) -> bool {
    match character {
        '\t' | '\n' | '\r' => !multi_line,
        _ => character < ' ' || character == '\u{7f}',
    }
}

/// Whether a text shows nothing: of spaces and of characters that are never seen (the common ones of Unicode's Default_Ignorable_Code_Point).
#[must_use]
pub fn is_blank(text: &str) -> bool {
    let is_unseen = |character| matches!(character, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}');
    text.chars().all(|character| character.is_whitespace() || is_unseen(character))
}

/// One segment of a JSON pointer, escaped as RFC 6901, section 3 says.
#[must_use]
pub fn pointer_segment(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

impl<'v, 'f> Reader<'v, 'f> {
    /// Reads the whole body; anything but an object is one fault.
    pub fn root(value: &'v Value, faults: &'f mut Vec<Fault>) -> Self {
        Self::at(String::new(), value, faults)
    }

    fn at(pointer: String, value: &'v Value, faults: &'f mut Vec<Fault>) -> Self {
        let members = value.as_object();
        if members.is_none() {
            faults.push(Fault::at(&pointer, FaultCode::WrongType, "must be an object"));
        }
        Self { pointer, members, asked: Vec::new(), faults }
    }

    /// The JSON pointer of a member of this object.
    #[must_use]
    pub fn pointer_to(&self, name: &str) -> String {
        format!("{}/{}", self.pointer, pointer_segment(name))
    }

    /// Notes a fault of a member.
    pub fn fault(&mut self, name: &str, code: FaultCode, message: impl Into<String>) {
        let pointer = self.pointer_to(name);
        self.faults.push(Fault::at(pointer, code, message));
    }

    fn take(&mut self, name: &'static str) -> Option<&'v Value> {
        self.asked.push(name);
        self.members?.get(name).filter(|value| !value.is_null())
    }

    fn wrong_type(&mut self, name: &str, expected: &str) {
        self.fault(name, FaultCode::WrongType, format!("must be {expected}"));
    }

    fn required(&mut self, name: &str) {
        // Where the object itself is missing its one fault is enough.
        if self.members.is_some() {
            self.fault(name, FaultCode::Required, "is required");
        }
    }

    fn plain(&mut self, name: &'static str, max: usize, multi_line: bool) -> Option<String> {
        let value = self.take(name)?;
        let Some(text) = value.as_str() else {
            self.wrong_type(name, "a string");
            return None;
        };
        if text.chars().any(|character| is_forbidden(character, multi_line)) {
            self.fault(name, FaultCode::ControlCharacter, "must not hold control characters");
            return None;
        }
        let length = text.chars().count();
        if length > max {
            self.fault(name, FaultCode::TooLong, format!("must have at most {max} characters, has {length}"));
            return None;
        }
        Some(text.to_owned())
    }

    /// One line of plain text, kept byte for byte.
    pub fn line(&mut self, name: &'static str, max: usize) -> Option<String> {
        self.plain(name, max, false)
    }

    /// One line of plain text; blank is absent, so that nothing stands there that nobody can read.
    pub fn filled_line(&mut self, name: &'static str, max: usize) -> Option<String> {
        self.line(name, max).filter(|line| !is_blank(line))
    }

    /// Plain text of several lines; blank is absent.
    pub fn filled_text(&mut self, name: &'static str, max: usize) -> Option<String> {
        self.text(name, max).filter(|text| !is_blank(text))
    }

    /// One line of plain text that must be there and not blank.
    pub fn required_line(&mut self, name: &'static str, max: usize) -> String {
        let before = self.faults.len();
        let line = self.line(name, max);
        match line {
            Some(line) if !is_blank(&line) => line,
            Some(_) => {
                self.fault(name, FaultCode::Required, "must not be blank");
                String::new()
            }
            None => {
                if self.faults.len() == before {
                    self.required(name);
                }
                String::new()
            }
        }
    }

    /// Plain text of several lines, kept byte for byte.
    pub fn text(&mut self, name: &'static str, max: usize) -> Option<String> {
        self.plain(name, max, true)
    }

    /// One of a closed vocabulary.
    pub fn word<V: Vocabulary>(&mut self, name: &'static str) -> Option<V> {
        let value = self.take(name)?;
        let Some(text) = value.as_str() else {
            self.wrong_type(name, "a string");
            return None;
        };
        let word = V::parse(text);
        if word.is_none() {
            let known: Vec<&str> = V::ALL.iter().map(|value| value.word()).collect();
            self.fault(name, FaultCode::NotOneOf, format!("must be one of {}", known.join(", ")));
        }
        word
    }

    /// One of a closed vocabulary that must be given.
    pub fn required_word<V: Vocabulary>(&mut self, name: &'static str) -> Option<V> {
        let before = self.faults.len();
        let word = self.word(name);
        if word.is_none() && self.faults.len() == before {
            self.required(name);
        }
        word
    }

    pub fn boolean(&mut self, name: &'static str) -> Option<bool> {
        let value = self.take(name)?;
        let boolean = value.as_bool();
        if boolean.is_none() {
            self.wrong_type(name, "true or false");
        }
        boolean
    }

    pub fn integer(&mut self, name: &'static str, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let value = self.take(name)?;
        let Some(integer) = value.as_i64() else {
            if value.is_u64() {
                self.out_of_range(name, &range);
            } else {
                self.wrong_type(name, "an integer");
            }
            return None;
        };
        if range.contains(&integer) {
            return Some(integer);
        }
        self.out_of_range(name, &range);
        None
    }

    fn out_of_range<T: std::fmt::Display>(&mut self, name: &str, range: &std::ops::RangeInclusive<T>) {
        self.fault(name, FaultCode::OutOfRange, format!("must be between {} and {}", range.start(), range.end()));
    }

    pub fn number(&mut self, name: &'static str, range: std::ops::RangeInclusive<f64>) -> Option<f64> {
        let value = self.take(name)?;
        let Some(number) = value.as_f64() else {
            self.wrong_type(name, "a number");
            return None;
        };
        if range.contains(&number) {
            return Some(number);
        }
        self.out_of_range(name, &range);
        None
    }

    /// An instant, RFC 3339 with an offset.
    pub fn time(&mut self, name: &'static str) -> Option<Timestamp> {
        let text = self.line(name, 64)?;
        let time = Timestamp::parse(&text);
        if time.is_none() {
            self.fault(name, FaultCode::InvalidFormat, "must be an RFC 3339 time with an offset, like 2026-11-26T07:30:00Z");
        }
        time
    }

    /// An id of another thing; that it exists is checked later, against the database.
    pub fn id<I: From<Uuid>>(&mut self, name: &'static str) -> Option<I> {
        let value = self.take(name)?;
        let pointer = self.pointer_to(name);
        read_id(value, pointer, self.faults)
    }

    /// An id that must be given.
    pub fn required_id<I: From<Uuid>>(&mut self, name: &'static str) -> Option<I> {
        let before = self.faults.len();
        let id = self.id(name);
        if id.is_none() && self.faults.len() == before {
            self.required(name);
        }
        id
    }

    /// A list of ids without repetition; absent is empty.
    pub fn ids<I: From<Uuid> + PartialEq + Copy>(&mut self, name: &'static str, max: usize) -> Vec<I> {
        let mut ids: Vec<I> = Vec::new();
        for (pointer, item) in self.items(name, max) {
            if let Some(id) = read_id::<I>(item, pointer.clone(), self.faults) {
                if ids.contains(&id) {
                    self.faults.push(Fault::at(pointer, FaultCode::Repeated, "stands in the list twice"));
                } else {
                    ids.push(id);
                }
            }
        }
        ids
    }

    /// A list of objects, each read by `read`; absent is empty. An item whose reading gives nothing is left out, its fault noted.
    pub fn objects<T>(&mut self, name: &'static str, max: usize, mut read: impl FnMut(&mut Reader) -> Option<T>) -> Vec<T> {
        let mut items = Vec::new();
        for (pointer, item) in self.items(name, max) {
            let mut reader = Reader::at(pointer, item, self.faults);
            items.extend(read(&mut reader));
            reader.finish();
        }
        items
    }

    /// An object read by `read`.
    pub fn object<T>(&mut self, name: &'static str, read: impl FnOnce(&mut Reader) -> T) -> Option<T> {
        let value = self.take(name)?;
        let pointer = self.pointer_to(name);
        let mut reader = Reader::at(pointer, value, self.faults);
        let result = read(&mut reader);
        reader.finish();
        Some(result)
    }

    /// A list of words of a closed vocabulary or the like, read one by one by `parse`.
    pub fn words<V: Vocabulary>(&mut self, name: &'static str) -> Option<Vec<V>> {
        if self.members?.get(name).is_none_or(Value::is_null) {
            self.asked.push(name);
            return None;
        }
        let mut words = Vec::new();
        for (pointer, item) in self.items(name, V::ALL.len()) {
            match item.as_str().and_then(V::parse) {
                Some(word) if !words.contains(&word) => words.push(word),
                Some(_) => self.faults.push(Fault::at(pointer, FaultCode::Repeated, "stands in the list twice")),
                None => {
                    let known: Vec<&str> = V::ALL.iter().map(|value| value.word()).collect();
                    self.faults.push(Fault::at(pointer, FaultCode::NotOneOf, format!("must be one of {}", known.join(", "))));
                }
            }
        }
        Some(words)
    }

    /// The items of a list with their pointers, as they were given; absent is empty.
    pub fn items(&mut self, name: &'static str, max: usize) -> Vec<(String, &'v Value)> {
        let Some(value) = self.take(name) else { return Vec::new() };
        let Some(items) = value.as_array() else {
            self.wrong_type(name, "a list");
            return Vec::new();
        };
        if items.len() > max {
            self.fault(name, FaultCode::TooLong, format!("must have at most {max} items, has {}", items.len()));
            return Vec::new();
        }
        let pointer = self.pointer_to(name);
        items.iter().enumerate().map(|(index, item)| (format!("{pointer}/{index}"), item)).collect()
    }

    /// An absolute http or https address.
    pub fn web_address(&mut self, name: &'static str) -> Option<String> {
        let text = self.line(name, web_address::LENGTH_MAX)?;
        if web_address::is_web_address(&text) {
            return Some(text);
        }
        self.fault(name, FaultCode::InvalidFormat, "must be an absolute http or https address");
        None
    }

    /// An e-mail address to be shown; only its form is checked.
    pub fn email_address(&mut self, name: &'static str) -> Option<String> {
        let text = self.line(name, 254)?;
        if web_address::is_email_address(&text) {
            return Some(text);
        }
        self.fault(name, FaultCode::InvalidFormat, "must be an e-mail address");
        None
    }

    /// A language tag (BCP 47), checked in form and kept in the usual case: see [`language_tag`].
    pub fn language(&mut self, name: &'static str) -> Option<String> {
        let text = self.line(name, 35)?;
        let tag = language_tag(&text);
        if tag.is_none() {
            self.fault(name, FaultCode::InvalidFormat, "must be a BCP 47 language tag, like en-AU");
        }
        tag
    }

    /// A name of the IANA time zone database.
    pub fn time_zone(&mut self, name: &'static str) -> Option<String> {
        let text = self.line(name, 64)?;
        if crate::meeting::zone(&text).is_some() {
            return Some(text);
        }
        self.fault(name, FaultCode::UnknownTimeZone, "must be an IANA time zone, like Australia/Sydney");
        None
    }

    /// Notes that a member which must be given was not, unless a fault of it is already noted.
    pub fn require<T>(&mut self, name: &'static str, value: Option<T>) -> Option<T> {
        if value.is_none() && !self.has_fault(name) {
            self.required(name);
        }
        value
    }

    /// Whether a fault of a member is already noted.
    #[must_use]
    pub fn has_fault(&self, name: &str) -> bool {
        let pointer = self.pointer_to(name);
        self.faults.iter().any(|fault| fault.pointer.as_deref() == Some(&pointer))
    }

    /// Reports every member that was not asked for.
    pub fn finish(self) {
        let Some(members) = self.members else { return };
        for name in members.keys() {
            if !self.asked.contains(&name.as_str()) {
                let pointer = format!("{}/{}", self.pointer, pointer_segment(name));
                let message = format!("is not known here; known are {}", self.asked.join(", "));
                self.faults.push(Fault::at(pointer, FaultCode::Unknown, message));
            }
        }
    }
}

fn read_id<I: From<Uuid>>(value: &Value, pointer: String, faults: &mut Vec<Fault>) -> Option<I> {
    let Some(text) = value.as_str() else {
        faults.push(Fault::at(pointer, FaultCode::WrongType, "must be a string"));
        return None;
    };
    let id = if text.len() == 36 { Uuid::try_parse(text).ok() } else { None };
    if id.is_none() {
        faults.push(Fault::at(pointer, FaultCode::InvalidFormat, "must be an id (a UUID)"));
    }
    id.map(I::from)
}

/// A language tag in the case that RFC 5646, 2.1.1 recommends, as tags that differ in case alone are the same: scripts like `Hant`,
/// regions like `TW`, all else in small letters. Nothing where the text has not the form of one: subtags of 1 to 8 letters or digits, the
/// first of 2 to 8 letters (2.1).
#[must_use]
pub fn language_tag(text: &str) -> Option<String> {
    let mut tag = String::with_capacity(text.len());
    let mut is_after_singleton = false;
    for (place, subtag) in text.split('-').enumerate() {
        let is_sound = match place {
            0 => (2..=8).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphabetic()),
            _ => (1..=8).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        };
        if !is_sound {
            return None;
        }
        if place > 0 {
            tag.push('-');
        }
        let small = subtag.to_ascii_lowercase();
        match (subtag.len(), small.split_at_checked(1)) {
            (2, _) if place > 0 && !is_after_singleton => tag.push_str(&subtag.to_ascii_uppercase()),
            (4, Some((first, rest))) if place > 0 && !is_after_singleton => {
                tag.push_str(&first.to_ascii_uppercase());
                tag.push_str(rest);
            }
            _ => tag.push_str(&small),
        }
        is_after_singleton |= subtag.len() == 1;
    }
    Some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_fault_is_noted_with_its_pointer() {
        let value = json!({"name": 7, "bio": "a\u{0}b", "extra/one": 1, "items": [{"x": true}, 5]});
        let mut faults = Vec::new();
        let mut reader = Reader::root(&value, &mut faults);
        reader.required_line("name", 10);
        reader.text("bio", 10);
        reader.required_line("title", 10);
        reader.objects("items", 5, |item| item.integer("x", 0..=1));
        reader.finish();
        let found: Vec<(&str, FaultCode)> = faults.iter().map(|fault| (fault.pointer.as_deref().unwrap_or_default(), fault.code)).collect();
        assert_eq!(
            found,
            [
                ("/name", FaultCode::WrongType),
                ("/bio", FaultCode::ControlCharacter),
                ("/title", FaultCode::Required),
                ("/items/0/x", FaultCode::WrongType),
                ("/items/1", FaultCode::WrongType),
                ("/extra~1one", FaultCode::Unknown),
            ]
        );
    }

    #[test]
    fn language_tags_are_checked_in_form_and_spelt_in_one_way() {
        let usual = [
            ("en", "en"),
            ("EN-au", "en-AU"),
            ("zh-hANT-tw", "zh-Hant-TW"),
            ("de-1996", "de-1996"),
            ("sl-IT-NEDIS", "sl-IT-nedis"),
            ("en-X-US-abcd", "en-x-us-abcd"),
            ("es-419", "es-419"),
        ];
        for (written, expected) in usual {
            assert_eq!(language_tag(written).as_deref(), Some(expected));
        }
        for tag in ["", "e", "english-", "en_AU", "1n", "en-abcdefghi"] {
            assert_eq!(language_tag(tag), None, "{tag}");
        }
    }

    #[test]
    fn what_nobody_can_see_is_blank() {
        for text in ["", " ", "\t\n", "\u{200b}", "\u{feff}\u{a0}", "\u{2060}\u{ad}"] {
            assert!(is_blank(text), "{text:?}");
        }
        for text in [".", " a", "\u{200b}é", "🙂"] {
            assert!(!is_blank(text), "{text:?}");
        }
    }
}
