//! Pages of a site generator: YAML between two lines of `---`, then a body.

use crate::ledger::Ledger;
use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::Path;

/// One file, read. Every scalar is a text, as it was written; a mapping within is told by dots: `venue.city`.
#[derive(Clone)]
pub struct Page {
    pub file: String,
    /// The file's name without its ending.
    pub stem: String,
    fields: BTreeMap<String, Value>,
    pub body: String,
}

impl Page {
    /// Reads a file with front matter, or all of whose text is YAML.
    pub fn read(path: &Path, root: &Path, ledger: &mut Ledger) -> Option<Self> {
        let file = path.strip_prefix(root).unwrap_or(path).display().to_string();
        let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{file}: {error}")).replace("\r\n", "\n");
        ledger.files += 1;
        let (front, body) = if file.ends_with(".yml") { (text.as_str(), "") } else { split(&text) };
        let mut repeated = Vec::new();
        let parsed = match parse(front, &mut repeated) {
            Ok(parsed) => parsed,
            Err(error) => {
                repeated.clear();
                let Ok(parsed) = parse(&indent_texts(front), &mut repeated) else {
                    ledger.unread(&file, error);
                    return None;
                };
                ledger.change(&file, "no YAML: a quoted text goes on at the line's beginning: read as if it were indented");
                parsed
            }
        };
        for name in repeated {
            ledger.change(&file, format!("{name} stands there twice: the last holds"));
        }
        let mut fields = BTreeMap::new();
        flatten("", parsed, &mut fields);
        ledger.fields += fields.len();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Some(Self { file, stem, fields, body: body.to_owned() })
    }

    /// The name of the folder that the file is in.
    pub fn folder(&self) -> &str {
        self.file.rsplit('/').nth(1).unwrap_or_default()
    }

    /// A text that is only looked at.
    pub fn peek(&self, name: &str) -> Option<&str> {
        self.fields.get(name)?.as_str().filter(|text| !text.trim().is_empty())
    }

    fn take(&mut self, name: &str, ledger: &mut Ledger) -> Option<Value> {
        let value = self.fields.remove(name)?;
        if is_empty(&value) {
            ledger.empty += 1;
            return None;
        }
        Some(value)
    }

    /// A text that is entered.
    pub fn text(&mut self, name: &str, ledger: &mut Ledger) -> Option<String> {
        match self.take(name, ledger)? {
            Value::String(text) => {
                ledger.entered += 1;
                Some(text)
            }
            other => {
                ledger.leave(&self.file, name, &format!("a text was expected, not {other}"));
                None
            }
        }
    }

    /// A list of texts that is entered, each once.
    pub fn list(&mut self, name: &str, ledger: &mut Ledger) -> Vec<String> {
        let Some(value) = self.take(name, ledger) else { return Vec::new() };
        ledger.entered += 1;
        let mut texts: Vec<String> = Vec::new();
        for item in value.as_array().into_iter().flatten().filter(|item| !is_empty(item)) {
            let text = item.as_str().unwrap_or_else(|| panic!("{}: {name} holds {item}", self.file)).trim().to_owned();
            if texts.contains(&text) {
                ledger.change(&self.file, format!("{name} names one twice: entered once"));
            } else {
                texts.push(text);
            }
        }
        texts
    }

    /// A field that is not entered, for a reason.
    pub fn leave(&mut self, name: &str, reason: &str, ledger: &mut Ledger) {
        if self.take(name, ledger).is_some() {
            ledger.leave(&self.file, name, reason);
        }
    }

    /// Says of all fields why they are not entered.
    pub fn leave_all(&mut self, reason: &str, ledger: &mut Ledger) {
        for name in self.fields.keys().cloned().collect::<Vec<_>>() {
            if self.take(&name, ledger).is_some() {
                ledger.leave(&self.file, "a whole file, each field", reason);
            }
        }
    }

    /// Says of all fields that nobody asked for why they are not entered.
    pub fn leave_rest(&mut self, reasons: &[(&str, &str)], ledger: &mut Ledger) {
        for name in self.fields.keys().cloned().collect::<Vec<_>>() {
            let top = name.split('.').next().unwrap_or_default();
            let reason =
                reasons.iter().find(|(field, _)| *field == top || *field == name).map_or("nothing like it can be entered", |(_, reason)| reason);
            self.leave(&name, reason, ledger);
        }
    }
}

/// The text between the first two lines of `---`, and what comes after; blank lines may stand before.
fn split(text: &str) -> (&str, &str) {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let Some(rest) = text.strip_prefix("---\n") else { return ("", text) };
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if line.trim_end() == "---" {
            return (&rest[..at], &rest[at + line.len()..]);
        }
        at += line.len();
    }
    (rest, "")
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.iter().all(is_empty),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

fn flatten(prefix: &str, value: Value, fields: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(members) if prefix.is_empty() || !members.is_empty() => {
            for (name, value) in members {
                flatten(&if prefix.is_empty() { name } else { format!("{prefix}.{name}") }, value, fields);
            }
        }
        _ if prefix.is_empty() => {}
        value => drop(fields.insert(prefix.to_owned(), value)),
    }
}

/// Indents the lines that neither begin a member nor are a remark or an item: those on which a quoted text goes on.
fn indent_texts(text: &str) -> String {
    let goes_on = |line: &str| {
        let name = line.split(':').next().unwrap_or_default().trim_end();
        let is_member = line.contains(':') && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
        !line.is_empty() && !line.starts_with([' ', '\t', '#', '-']) && !is_member
    };
    text.lines().map(|line| if goes_on(line) { format!("  {line}\n") } else { format!("{line}\n") }).collect()
}

/// Reads YAML; of members that stand there twice the last holds, as in the site generator, and their names are noted.
fn parse(text: &str, repeated: &mut Vec<String>) -> Result<Value, String> {
    // What is open: a list, or a mapping with the name that waits for its value.
    enum Open {
        List(Vec<Value>),
        Mapping(Map<String, Value>, Option<String>),
    }
    let mut open: Vec<Open> = Vec::new();
    let mut whole = Value::Null;
    for event in Parser::new_from_str(text) {
        let value = match event.map_err(|error| error.to_string())?.0 {
            Event::SequenceStart(..) => {
                open.push(Open::List(Vec::new()));
                continue;
            }
            Event::MappingStart(..) => {
                open.push(Open::Mapping(Map::new(), None));
                continue;
            }
            Event::Scalar(text, ScalarStyle::Plain, ..) if ["", "~", "null"].contains(&&*text) => Value::Null,
            Event::Scalar(text, ..) => Value::String(text.into_owned()),
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open::List(items)) => Value::Array(items),
                Some(Open::Mapping(members, _)) => Value::Object(members),
                None => Value::Null,
            },
            Event::Alias(_) => return Err("an alias".to_owned()),
            _ => continue,
        };
        match open.last_mut() {
            None => whole = value,
            Some(Open::List(items)) => items.push(value),
            Some(Open::Mapping(members, waiting)) => match waiting.take() {
                None => *waiting = Some(value.as_str().unwrap_or_default().to_owned()),
                Some(name) => {
                    if members.insert(name.clone(), value).is_some() {
                        repeated.push(name);
                    }
                }
            },
        }
    }
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn quirks_of_front_matter_are_read() {
        let text = "\n\n---\n# a comment\ntitle : 'It''s &#8217;'\ndate: 2018-09-24 1:01:00 -0500\nempty:\nzip: 02134\nzip: 20006\nvenue:\n  city: Rome\ntopics:\n  - one\n  -\n---\nThe body\n---\nhas a rule.\n";
        let (front, body) = split(text);
        let mut repeated = Vec::new();
        let value = parse(front, &mut repeated).unwrap();
        let expected = json!({"title": "It's &#8217;", "date": "2018-09-24 1:01:00 -0500", "empty": null, "zip": "20006", "venue": {"city": "Rome"}, "topics": ["one", null]});
        assert_eq!(value, expected);
        assert_eq!(repeated, ["zip"]);
        assert_eq!(body, "The body\n---\nhas a rule.\n");
        assert!(parse("a: [1", &mut repeated).is_err());
        let broken = "a: \"one\n\ntwo: and\nthree\n\"\nb : 4\n";
        assert!(parse(broken, &mut repeated).is_err());
        assert_eq!(indent_texts(broken), "a: \"one\n\ntwo: and\n  three\n  \"\nb : 4\n");
    }
}
