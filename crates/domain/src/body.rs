//! An article's body: from the source a writer typed to what readers get.
//!
//! One source gives three texts. The clean HTML is the authority: Markdown and plain text are made
//! from it, so nothing the sanitiser took away can reach a reader by another way.

mod allow_list;
mod markdown;
mod markup_tree;
mod plain_text;
mod sanitiser;
mod simple;

use std::borrow::Cow;

use pulldown_cmark::{Event, Options, Parser};
use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;
use utoipa::ToSchema;

/// Words an adult reads in a minute; the mean of silent reading of English is 238 (Brysbaert, 2019), rounded down for news.
const WORDS_PER_MINUTE: u32 = 230;

crate::stored_vocabulary! {
    /// The language a body is written in.
    BodyFormat {
        Markdown = "markdown",
        Html = "html",
    }
}

/// A body ready for readers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Sanitised HTML; rendering it again as [`BodyFormat::Html`] changes nothing.
    pub html: String,
    /// CommonMark with tables, strikethrough and footnotes, made from the clean HTML.
    pub markdown: String,
    /// Plain text: a blank line between blocks, `\n` for a line break.
    pub text: String,
    pub word_count: u32,
    /// What sanitising took away, in the order of first appearance.
    pub removed: Vec<Removed>,
}

/// One kind of markup that sanitising took away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Removed {
    /// What it was, as `element script`, `attribute onclick on a` or `link scheme javascript`.
    #[schema(example = "element script")]
    pub what: String,
    /// How many times it was found.
    pub count: u32,
}

/// Render a source: sanitise it and derive its other forms.
///
/// Markdown is CommonMark 0.31 with tables, footnotes and strikethrough; its raw HTML is sanitised
/// like any other. Characters are never replaced: no smart punctuation, and U+00A0 stays itself.
/// Any text is accepted; the work is bounded whatever the nesting.
pub fn render(source: &str, format: BodyFormat) -> Body {
    let html = match format {
        BodyFormat::Markdown => Cow::Owned(markdown_to_html(source)),
        BodyFormat::Html => Cow::Borrowed(source),
    };
    match simple::read(&html) {
        Some(simple) => derive(simple.html, &simple.root, Vec::new()),
        None => clean(&html),
    }
}

/// The plain text of HTML that [`render`] has made.
#[must_use]
pub fn plain_text(clean_html: &str) -> String {
    plain_text::write(&markup_tree::parse(clean_html).root)
}

/// Cleans HTML of any kind.
fn clean(html: &str) -> Body {
    let sanitised = sanitiser::sanitise(html);
    let tree = markup_tree::parse(&sanitised.html);
    derive(sanitised.html, &tree.root, sanitised.removed)
}

/// A body from its clean HTML and the tree of that.
fn derive(html: String, root: &markup_tree::Node, removed: Vec<Removed>) -> Body {
    let text = plain_text::write(root);
    Body {
        markdown: markdown::write(root),
        word_count: u32::try_from(text.lines().map(|line| line.unicode_words().count()).sum::<usize>()).unwrap_or(u32::MAX),
        text,
        html,
        removed,
    }
}

/// How long a text takes to read, in whole minutes, rounded up; nothing takes no time.
pub fn reading_minutes(word_count: u32) -> u32 {
    word_count.div_ceil(WORDS_PER_MINUTE)
}

fn markdown_to_html(source: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    let mut depth = 0_usize;
    // Each `>` of a line opens a quotation of some thirty bytes of HTML, so nesting is bounded before any is written;
    // one level more than is kept goes on, for the sanitiser to see and tell.
    let events = Parser::new_ext(source, options).filter(|event| match event {
        Event::Start(_) => {
            depth += 1;
            depth <= markup_tree::MAX_DEPTH + 1
        }
        Event::End(_) => {
            depth = depth.saturating_sub(1);
            depth <= markup_tree::MAX_DEPTH
        }
        _ => true,
    });
    let mut html = String::with_capacity(source.len() + source.len() / 2);
    pulldown_cmark::html::push_html(&mut html, events);
    html
}

#[cfg(test)]
mod tests;
