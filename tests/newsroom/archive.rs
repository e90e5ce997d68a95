//! The files of the archive, and what the pages refer to by name.

use crate::front_matter::Page;
use crate::harness::app::PUBLIC_URL;
use crate::ledger::Ledger;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// Where the website of the archive is.
pub const OLD_SITE: &str = "https://digital.gov";

/// Where its pictures and documents are.
pub const PICTURES: &str = "https://s3.amazonaws.com/digitalgov";

/// A picture with what is recorded of it.
#[derive(Clone)]
pub struct Picture {
    pub address: String,
    pub alt: Option<String>,
    pub caption: Option<String>,
    pub credit: Option<String>,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub file: String,
    /// How many fields of the record are entered with it.
    pub fields: usize,
}

#[derive(Default)]
pub struct Archive {
    pub authors: Vec<Page>,
    pub topics: Vec<Page>,
    pub sources: Vec<Page>,
    pub articles: Vec<Page>,
    pub events: Vec<Page>,
    pub pictures: BTreeMap<String, Picture>,
    /// The addresses that pages will have, by the stem of their file.
    addresses: HashMap<String, String>,
}

impl Archive {
    pub fn read(folder: &Path, ledger: &mut Ledger) -> Self {
        let mut pages = |kind: &str| -> Vec<Page> {
            let mut paths = Vec::new();
            list(&folder.join(kind), &mut paths);
            paths.sort();
            paths.iter().filter_map(|path| Page::read(path, folder, ledger)).collect()
        };
        let mut archive = Self {
            authors: pages("authors"),
            topics: pages("topics"),
            sources: pages("sources"),
            articles: pages("news"),
            events: pages("events"),
            ..Self::default()
        };
        for record in pages("images") {
            archive.add_picture(record, ledger);
        }
        for (pages, path) in [(&archive.articles, "articles"), (&archive.events, "meetings")] {
            for page in pages {
                let slug = page.peek("slug").unwrap_or(&page.stem);
                archive.addresses.insert(page.stem.clone(), format!("{PUBLIC_URL}/{path}/{slug}"));
            }
        }
        archive
    }

    /// Reads the record of a picture. Its fields are in the books as not entered until an article takes the picture.
    fn add_picture(&mut self, mut record: Page, ledger: &mut Ledger) {
        let mut books = Ledger::default();
        let mut text = |name: &str| record.text(name, &mut books);
        let (uid, format) = (text("uid"), text("format"));
        let (alt, caption, credit) = (text("alt"), text("caption"), text("credit"));
        let pixels = |text: Option<String>| text.and_then(|text| text.trim().parse().ok());
        let (width, height) = (pixels(text("width")), pixels(text("height")));
        record.leave("date", "a lead image has no date", ledger);
        record.leave_rest(&[], ledger);
        ledger.empty += books.empty;
        let (Some(uid), Some(format)) = (uid, format) else { panic!("{}: no uid or no format", record.file) };
        let address = format!("{PICTURES}/{uid}.{format}");
        let picture = Picture { address, alt, caption, credit, width, height, file: record.file, fields: books.entered };
        self.pictures.insert(uid, picture);
    }

    pub fn picture(&self, uid: &str) -> Option<&Picture> {
        self.pictures.get(uid)
    }

    /// The address that a reference like `news/2019-01-01-title.md#part` leads to.
    pub fn address_of(&self, reference: &str, file: &str, ledger: &mut Ledger) -> String {
        if reference.starts_with("http") {
            return reference.to_owned();
        }
        let (path, part) = reference.split_at(reference.find('#').unwrap_or(reference.len()));
        let path = path.trim_matches('/').trim_end_matches(".md").trim_end_matches("_index").trim_end_matches('/');
        let stem = path.rsplit('/').next().unwrap_or_default();
        if let Some(address) = self.addresses.get(stem) {
            return format!("{address}{part}");
        }
        match path.split_once('/') {
            Some(("topics", slug)) if !slug.contains('/') => format!("{PUBLIC_URL}/tags/{slug}{part}"),
            Some(("authors", slug)) if !slug.contains('/') => format!("{PUBLIC_URL}/authors/{slug}{part}"),
            _ => {
                ledger.change(file, "a link to a page that is not among the files: to the old site");
                format!("{OLD_SITE}/{path}{part}")
            }
        }
    }
}

fn list(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("an entry of the folder").path();
        if path.is_dir() {
            list(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "md" || extension == "yml") {
            paths.push(path);
        }
    }
}
