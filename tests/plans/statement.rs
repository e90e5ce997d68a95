//! The statements of the server, as its instrumentation tells them: the text, and what was bound to it.

use diesel::connection::{InstrumentationEvent, set_default_instrumentation};
use masthead_domain::time::Timestamp;
use std::sync::{Mutex, PoisonError};

/// A statement with its values.
#[derive(Debug, Clone)]
pub struct Statement {
    pub sql: String,
    pub binds: Vec<Bind>,
}

/// A value, in the form that both databases read it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bind {
    Null,
    Integer(i64),
    Text(String),
    List(Vec<String>),
}

impl Statement {
    /// As PostgreSQL reads it without values beside it.
    #[allow(dead_code, reason = "the benchmark hands it to pgbench")]
    pub fn with_literals(&self) -> String {
        // From the last, so that $1 is not taken for the beginning of $11.
        let numbered = self.binds.iter().enumerate().rev();
        numbered.fold(self.sql.clone(), |sql, (index, bind)| sql.replace(&format!("${}", index + 1), &bind.literal()))
    }

    /// Whether the server prepares it once and runs it many times, with other values. Those by several filters are marked
    /// by a condition that is always met.
    pub fn is_kept_prepared(&self) -> bool {
        !self.sql.contains("TRUE") && !self.sql.contains("AS counted0")
    }
}

impl Bind {
    /// As PostgreSQL reads it.
    pub fn literal(&self) -> String {
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
        match self {
            Self::Null => "NULL".to_owned(),
            Self::Integer(number) => number.to_string(),
            Self::Text(text) => quoted(text),
            Self::List(items) => quoted(&format!("{{{}}}", items.join(","))),
        }
    }
}

static STATEMENTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Begins to note the statements of all connections that are opened from now on.
pub fn listen() {
    set_default_instrumentation(|| Some(Box::new(note))).expect("nobody else listens");
}

/// Leaves connections alone that are opened from now on.
#[allow(dead_code, reason = "the benchmark also runs statements unseen")]
pub fn ignore() {
    set_default_instrumentation(|| None).expect("it can be set");
}

fn note(event: InstrumentationEvent<'_>) {
    if let InstrumentationEvent::StartQuery { query, .. } = event {
        STATEMENTS.lock().unwrap_or_else(PoisonError::into_inner).push(query.to_string());
    }
}

/// The statements since they were last taken, without those that begin and end transactions.
pub fn take() -> Vec<Statement> {
    let texts = std::mem::take(&mut *STATEMENTS.lock().unwrap_or_else(PoisonError::into_inner));
    texts.iter().filter(|text| ["SELECT", "WITH"].iter().any(|word| text.trim_start().starts_with(word))).map(|text| read(text)).collect()
}

/// Takes apart Diesel's `… -- binds: […]`.
fn read(text: &str) -> Statement {
    let (sql, binds) = text.rsplit_once("-- binds:").unwrap_or((text, "[]"));
    let mut rest = binds.trim().strip_prefix('[').unwrap_or_else(|| panic!("no list of values in {text}"));
    let mut values = Vec::new();
    while !rest.trim_start().starts_with(']') {
        let (value, after) = value(rest);
        values.push(value);
        rest = after.trim_start().strip_prefix(',').unwrap_or(after);
    }
    Statement { sql: sql.trim().to_owned(), binds: values }
}

/// Reads one value as `Debug` writes it, and returns what follows it.
fn value(text: &str) -> (Bind, &str) {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('[') {
        let mut items = Vec::new();
        while !rest.trim_start().starts_with(']') {
            let (item, after) = value(rest);
            items.push(match item {
                Bind::Text(text) => text,
                Bind::Integer(number) => number.to_string(),
                other => panic!("{other:?} in a list"),
            });
            rest = after.trim_start().strip_prefix(',').unwrap_or(after);
        }
        return (Bind::List(items), &rest.trim_start()[1..]);
    }
    if let Some(quoted) = text.strip_prefix('"') {
        let mut plain = String::new();
        let mut letters = quoted.char_indices();
        while let Some((index, letter)) = letters.next() {
            match letter {
                '"' => return (Bind::Text(plain), &quoted[index + 1..]),
                '\\' => plain.extend(letters.next().map(|(_, escaped)| escaped)),
                other => plain.push(other),
            }
        }
        panic!("a text without end: {text}");
    }
    let end = text.find(|letter: char| !(letter.is_ascii_alphanumeric() || "-_".contains(letter))).unwrap_or(text.len());
    let (word, after) = text.split_at(end);
    if let Some(inner) = after.strip_prefix('(') {
        let (inside, after) = value(inner);
        let inside = match (word, inside) {
            ("Timestamp", Bind::Integer(milliseconds)) => Bind::Text(Timestamp::from_milliseconds(milliseconds).to_sortable()),
            (_, inside) => inside,
        };
        return (inside, after.trim_start().strip_prefix(')').unwrap_or_else(|| panic!("a bracket that is not closed: {text}")));
    }
    let bind = match word.parse() {
        Ok(number) => Bind::Integer(number),
        Err(_) if word == "None" => Bind::Null,
        // An id, or the name of a member of a closed vocabulary.
        Err(_) => Bind::Text(word.to_ascii_lowercase()),
    };
    (bind, after)
}
