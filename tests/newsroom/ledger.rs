//! The books of an import: what became of every field of every file.

use std::collections::{BTreeMap, BTreeSet};

/// Reasons, and the files that each holds for.
type Reasons = BTreeMap<String, Vec<String>>;

/// Every field that was read ends as one of `entered`, `empty` and `left`.
#[derive(Default)]
pub struct Ledger {
    pub files: usize,
    pub fields: usize,
    pub entered: usize,
    pub empty: usize,
    left: Reasons,
    /// What was entered in another form than it had.
    changed: Reasons,
    /// What the server refused, in its own words.
    refused: Reasons,
    /// Files that could not be read.
    unread: Reasons,
    /// What the server took out of bodies.
    removed: BTreeMap<String, u64>,
    /// The pictures that stand in a body.
    pub shown_pictures: BTreeSet<String>,
}

impl Ledger {
    /// A field that has no place to go.
    pub fn leave(&mut self, file: &str, field: &str, reason: &str) {
        self.left.entry(format!("{field}: {reason}")).or_default().push(file.to_owned());
    }

    /// The fields counted as entered since `before` were not, after all.
    pub fn take_back(&mut self, before: usize, file: &str, reason: &str) {
        for _ in before..std::mem::replace(&mut self.entered, before) {
            self.leave(file, "a whole file, each field", reason);
        }
    }

    pub fn change(&mut self, file: &str, reason: impl Into<String>) {
        self.changed.entry(reason.into()).or_default().push(file.to_owned());
    }

    pub fn refuse(&mut self, file: &str, reason: impl Into<String>) {
        self.refused.entry(reason.into()).or_default().push(file.to_owned());
    }

    pub fn unread(&mut self, file: &str, reason: String) {
        self.unread.entry(reason).or_default().push(file.to_owned());
    }

    pub fn remove(&mut self, what: &str, count: u64) {
        *self.removed.entry(what.to_owned()).or_default() += count;
    }

    fn left_count(&self) -> usize {
        self.left.values().map(Vec::len).sum()
    }

    /// Fails if a field was lost on the way.
    pub fn assert_complete(&self) {
        assert_eq!(self.fields, self.entered + self.empty + self.left_count(), "a field is neither entered, empty nor listed");
    }
}

impl std::fmt::Display for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(
            f,
            "{} files with {} fields: {} entered, {} empty, {} not entered",
            self.files,
            self.fields,
            self.entered,
            self.empty,
            self.left_count()
        )?;
        let lists = [
            ("not entered", &self.left),
            ("entered in another form", &self.changed),
            ("files not read, as they are no YAML", &self.unread),
            ("refused by the server", &self.refused),
        ];
        for (title, reasons) in lists {
            writeln!(f, "{title}:")?;
            for (reason, files) in reasons {
                let example = files.first().map_or("", String::as_str);
                writeln!(f, "  {:>5} × {reason} ({example}{})", files.len(), if files.len() > 1 { ", …" } else { "" })?;
            }
        }
        writeln!(f, "taken out of bodies by the server:")?;
        for (what, count) in &self.removed {
            writeln!(f, "  {count:>5} × {what}")?;
        }
        Ok(())
    }
}
