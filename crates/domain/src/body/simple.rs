//! The HTML that nearly every body is: paragraphs, headings, quotations and lists, with emphasis and links, as the Markdown
//! renderer writes them.
//!
//! Whatever reads such HTML, a browser or the sanitiser, makes the same tree of it, and finds nothing to take out: each element
//! is closed where it must be, none has an attribute but a link its address, and no character means anything but itself. So it is
//! read once here, where the sanitiser reads it four times to be sure. What is not of this kind is left to the sanitiser; a
//! test compares the two on thousands of texts.

use html5ever::interface::{Attribute, QualName};
use html5ever::{LocalName, local_name, ns};

use super::allow_list::{self, Verdict};
use super::markup_tree::{Content, Handle, Node};
use super::sanitiser::escape_text;

/// Elements open inside one another; the sanitiser has its own bound for what is nested deeper.
const DEPTH_MAX: usize = 20;

/// Elements of one body; the sanitiser has its own bound for what has more.
const ELEMENTS_MAX: usize = 20_000;

/// Bytes of the address of a link.
const ADDRESS_BYTES_MAX: usize = 2000;

/// A body that was read.
pub(super) struct Simple {
    pub(super) html: String,
    pub(super) root: Handle,
}

/// What may stand directly inside an element.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Blocks, and line ends between them.
    Blocks,
    /// Text and what marks it.
    Line,
    /// Items, and line ends between them.
    List,
    /// All of these but items.
    Item,
}

impl Place {
    fn holds_blocks(self) -> bool {
        matches!(self, Self::Blocks | Self::Item)
    }

    fn holds_text(self) -> bool {
        matches!(self, Self::Line | Self::Item)
    }
}

/// The name of an element, and what may stand inside; nothing inside one without an end tag.
fn element(name: &str, place: Place) -> Option<(LocalName, Option<Place>)> {
    let block = |name, inside| place.holds_blocks().then_some((name, inside));
    let mark = |name, inside| place.holds_text().then_some((name, inside));
    match name {
        "p" => block(local_name!("p"), Some(Place::Line)),
        "h1" => block(local_name!("h1"), Some(Place::Line)),
        "h2" => block(local_name!("h2"), Some(Place::Line)),
        "h3" => block(local_name!("h3"), Some(Place::Line)),
        "h4" => block(local_name!("h4"), Some(Place::Line)),
        "h5" => block(local_name!("h5"), Some(Place::Line)),
        "h6" => block(local_name!("h6"), Some(Place::Line)),
        "blockquote" => block(local_name!("blockquote"), Some(Place::Blocks)),
        "ul" => block(local_name!("ul"), Some(Place::List)),
        "ol" => block(local_name!("ol"), Some(Place::List)),
        "hr" | "hr /" => block(local_name!("hr"), None),
        "li" => (place == Place::List).then_some((local_name!("li"), Some(Place::Item))),
        "em" => mark(local_name!("em"), Some(Place::Line)),
        "strong" => mark(local_name!("strong"), Some(Place::Line)),
        "del" => mark(local_name!("del"), Some(Place::Line)),
        "code" => mark(local_name!("code"), Some(Place::Line)),
        "br" | "br /" => mark(local_name!("br"), None),
        _ => None,
    }
}

/// Reads HTML of this kind.
pub(super) fn read(source: &str) -> Option<Simple> {
    let root = Node::holding(Vec::new());
    let mut html = String::with_capacity(source.len() + source.len() / 8);
    let mut open: Vec<(Handle, Place)> = vec![(root.clone(), Place::Blocks)];
    let mut elements = 0_usize;
    let mut rest = source;
    while !rest.is_empty() {
        let (parent, place) = open.last()?;
        let Some(tag_on) = rest.strip_prefix('<') else {
            let (text, after) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
            let text = read_text(text).filter(|text| place.holds_text() || text.bytes().all(|byte| byte == b'\n'))?;
            html.push_str(&escape_text(&text));
            parent.children.borrow_mut().push(Node::text(&text));
            rest = after;
            continue;
        };
        let (tag, after) = tag_on.split_once('>')?;
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            // The root has no name, so nothing closes it.
            if parent.element() != name {
                return None;
            }
            push_tag(&mut html, "</", name, "");
            open.pop();
            continue;
        }
        elements += 1;
        if elements > ELEMENTS_MAX || open.len() > DEPTH_MAX {
            return None;
        }
        let (node, inside) = if let Some(address) = tag.strip_prefix("a href=\"") {
            let is_in_link = open.iter().any(|(node, _)| node.element() == "a");
            let address = address.strip_suffix('"').filter(|_| place.holds_text() && !is_in_link)?;
            push_tag(&mut html, "<a href=\"", address, "\" rel=\"noopener noreferrer\"");
            (link(address)?, Some(Place::Line))
        } else {
            let (name, inside) = element(tag, *place)?;
            push_tag(&mut html, "<", &name, "");
            (Node::new(Content::Element, QualName::new(None, ns!(html), name), Vec::new()), inside)
        };
        parent.children.borrow_mut().push(node.clone());
        open.extend(inside.map(|inside| (node, inside)));
    }
    (open.len() == 1).then_some(Simple { html, root })
}

fn push_tag(html: &mut String, before: &str, name: &str, after: &str) {
    for part in [before, name, after, ">"] {
        html.push_str(part);
    }
}

/// The characters of a text, where it holds none that a reader of HTML might change.
fn read_text(source: &str) -> Option<String> {
    if source.chars().any(|character| character == '\u{feff}' || character.is_control() && !matches!(character, '\n' | '\t')) {
        return None;
    }
    let mut text = String::with_capacity(source.len());
    let mut rest = source;
    while let Some((before, reference)) = rest.split_once('&') {
        text.push_str(before);
        let references = [("amp;", '&'), ("lt;", '<'), ("gt;", '>'), ("quot;", '"')];
        let (after, character) = references.iter().find_map(|(name, character)| Some((reference.strip_prefix(name)?, *character)))?;
        text.push(character);
        rest = after;
    }
    text.push_str(rest);
    Some(text)
}

/// A link, where its address is absolute, allowed, and spelt in characters that all readers leave as they are.
fn link(written: &str) -> Option<Handle> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#@!$()*+,;=%".contains(&byte);
    let address = written.replace("&amp;", "&");
    // What `&` might begin, with what follows, is a reference.
    let is_read_alike = address.len() <= ADDRESS_BYTES_MAX && written.split("&amp;").all(|part| part.bytes().all(is_plain));
    let is_absolute = address.starts_with("https://") || address.starts_with("http://");
    if !is_read_alike || !is_absolute || !matches!(allow_list::judge("a", "href", &address), Verdict::Keep(kept) if kept == address) {
        return None;
    }
    let attribute = |name, value: &str| Attribute { name: QualName::new(None, ns!(), name), value: value.into() };
    let attributes = vec![attribute(local_name!("href"), &address), attribute(local_name!("rel"), allow_list::LINK_RELATION)];
    Some(Node::new(Content::Element, QualName::new(None, ns!(html), local_name!("a")), attributes))
}
