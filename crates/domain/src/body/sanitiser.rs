//! Untrusted HTML made safe.
//!
//! Two hands, one allow-list. The first walks the source's tree, keeps what the list names and notes
//! what it takes out. The second is ammonia, which reads the result anew with the same list and has the last word:
//! markup that means one thing in one place and another elsewhere does not survive being read twice.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::Builder;
use html5ever::ns;

use super::Removed;
use super::allow_list::{self, Verdict};
use super::markup_tree::{self, Content, Handle, Node, Tree};
use crate::html::escape;

/// Clean HTML and what it took to get there.
#[derive(Debug)]
pub(super) struct Sanitised {
    pub(super) html: String,
    pub(super) removed: Vec<Removed>,
}

/// Cleaning is repeated until it changes nothing, because reading HTML can re-arrange it. Real text needs
/// two rounds; this bounds the rounds for text made to need more.
const MAX_ROUNDS: usize = 8;

pub(super) fn sanitise(source: &str) -> Sanitised {
    let mut ledger = Ledger::default();
    let mut html = clean(source, &mut ledger);
    for _ in 0..MAX_ROUNDS {
        // Later rounds take out only what this one did not see as it was written, so they are not noted twice.
        let again = clean(&html, &mut Ledger::default());
        if again == html {
            return Sanitised { html, removed: ledger.entries };
        }
        html = again;
    }
    ledger.note("markup that does not settle".to_owned());
    let text = super::plain_text::write(&markup_tree::parse(&html).root);
    let paragraphs = text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
    let html = paragraphs.map(|paragraph| format!("<p>{}</p>\n", escape_text(paragraph))).collect();
    Sanitised { html, removed: ledger.entries }
}

/// One round.
fn clean(source: &str, ledger: &mut Ledger) -> String {
    let tree = markup_tree::parse(source.trim_start_matches('\u{feff}'));
    let html = sieve(&tree, ledger);
    // The serialiser writes U+00A0 as a reference. A literal `&nbsp;` in the text is `&amp;nbsp;` here, so none is mistaken.
    BUILDER.clean(&html).to_string().replace("&nbsp;", "\u{a0}")
}

/// The allow-list as ammonia takes it; building it costs more than cleaning a short text.
static BUILDER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(allow_list::ELEMENTS.iter().copied().collect())
        .clean_content_tags(allow_list::WITH_CONTENT.iter().copied().collect())
        .generic_attributes(allow_list::EVERYWHERE.iter().copied().collect())
        .tag_attributes(
            allow_list::ATTRIBUTES.iter().map(|(element, names)| (*element, names.iter().copied().collect())).collect::<HashMap<_, HashSet<_>>>(),
        )
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
        .link_rel(Some(allow_list::LINK_RELATION))
        .attribute_filter(|element, attribute, value| {
            if attribute == "rel" {
                return Some(Cow::Borrowed(value));
            }
            match allow_list::judge(element, attribute, value) {
                Verdict::Keep(kept) => Some(kept),
                Verdict::Remove | Verdict::RemoveScheme(_) => None,
            }
        });
    builder
});

/// What was taken out, counted by kind.
#[derive(Debug, Default)]
struct Ledger {
    entries: Vec<Removed>,
}

impl Ledger {
    /// Kinds told apart; a writer is not helped by more.
    const MAX_KINDS: usize = 100;

    fn note(&mut self, what: String) {
        self.note_many(what, 1);
    }

    fn note_many(&mut self, what: String, count: u32) {
        if count == 0 {
            return;
        }
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.what == what) {
            entry.count = entry.count.saturating_add(count);
        } else if self.entries.len() < Self::MAX_KINDS {
            self.entries.push(Removed { what, count });
        } else if let Some(last) = self.entries.last_mut() {
            "other markup".clone_into(&mut last.what);
            last.count = last.count.saturating_add(count);
        }
    }
}

/// A name from the source, short enough to be shown.
fn shown(name: &str) -> String {
    name.chars().take(40).collect()
}

enum Step {
    Enter(Handle, usize),
    Leave(String),
}

/// Write the tree as HTML, without what the allow-list does not name.
fn sieve(tree: &Tree, ledger: &mut Ledger) -> String {
    for (attribute, element) in &tree.ignored_handlers {
        ledger.note(format!("attribute {} on {element}", shown(attribute)));
    }
    let mut html = String::new();
    let mut steps = children_in_reverse(&tree.root, 0);
    let mut too_deep = tree.dropped_tags;
    while let Some(step) = steps.pop() {
        match step {
            Step::Leave(element) => {
                html.push_str("</");
                html.push_str(&element);
                html.push('>');
            }
            Step::Enter(node, depth) => match &node.content {
                Content::Root => {}
                Content::Comment => ledger.note("comment".to_owned()),
                Content::Text(text) => html.push_str(&escape_text(&text.borrow())),
                Content::Element => {
                    let Some(element) = admit(&node, ledger) else {
                        continue;
                    };
                    let Some(start_tag) = start_tag(&node, element, ledger) else {
                        steps.extend(children_in_reverse(&node, depth));
                        continue;
                    };
                    let is_void = allow_list::VOID.contains(&element);
                    if depth >= markup_tree::MAX_DEPTH && !is_void {
                        too_deep = too_deep.saturating_add(1);
                        steps.extend(children_in_reverse(&node, depth));
                        continue;
                    }
                    html.push_str(&start_tag);
                    if is_void {
                        continue;
                    }
                    if element == "pre" {
                        drop_leading_line_ends(&node);
                    }
                    steps.push(Step::Leave(element.to_owned()));
                    steps.extend(children_in_reverse(&node, depth + 1));
                }
            },
        }
    }
    ledger.note_many("nesting too deep".to_owned(), too_deep);
    if tree.is_cut {
        ledger.note("the rest of the source after a tag too long to read".to_owned());
    }
    html
}

fn children_in_reverse(node: &Node, depth: usize) -> Vec<Step> {
    node.children.borrow().iter().rev().map(|child| Step::Enter(child.clone(), depth)).collect()
}

/// The name to write an element under: its own, `div`, or none at all (empty, its content stays).
/// `None` when the element goes with its content.
fn admit<'a>(node: &'a Node, ledger: &mut Ledger) -> Option<&'a str> {
    let element = node.element();
    if node.name.ns == ns!(html) {
        if allow_list::ELEMENTS.contains(&element) {
            return Some(element);
        }
        ledger.note(format!("element {}", shown(element)));
        if allow_list::BLOCKS.contains(&element) {
            return Some("div");
        }
        return (!allow_list::WITH_CONTENT.contains(&element)).then_some("");
    }
    ledger.note(format!("element {}", shown(element)));
    None
}

/// The start tag with the attributes that stay. `None` when the content should stand without the element:
/// it was taken out, or means nothing without the attribute it lost.
fn start_tag(node: &Node, element: &str, ledger: &mut Ledger) -> Option<String> {
    if element.is_empty() {
        return None;
    }
    let mut tag = format!("<{element}");
    if element != node.element() {
        tag.push('>');
        return Some(tag);
    }
    let mut kept = HashSet::new();
    for attribute in node.attributes.borrow().iter() {
        let name = &*attribute.name.local;
        let (name, verdict) = match (element, name) {
            // Every link gets our own `rel`, so a writer's is replaced rather than removed.
            ("a", "rel") => continue,
            ("td" | "th", "style") => ("align", judge_alignment(&attribute.value)),
            _ => (name, allow_list::judge(element, name, &attribute.value)),
        };
        match verdict {
            Verdict::Keep(value) => {
                if kept.insert(name.to_owned()) {
                    write_attribute(&mut tag, name, &value);
                }
            }
            Verdict::Remove => ledger.note(format!("attribute {} on {element}", shown(&attribute.name.local))),
            Verdict::RemoveScheme(scheme) => ledger.note(format!("link scheme {}", shown(&scheme))),
        }
    }
    match element {
        "a" if !kept.contains("href") && !kept.contains("id") => return None,
        "img" if !kept.contains("src") => {
            if node.attribute("src").is_none() {
                ledger.note("element img".to_owned());
            }
            return None;
        }
        _ => {}
    }
    tag.push('>');
    Some(tag)
}

/// A cell's alignment given as a style, which is how Markdown tables are rendered.
fn judge_alignment(style: &str) -> Verdict<'_> {
    let declaration = style.trim().trim_end_matches(';').split_once(':');
    match declaration.map(|(property, value)| (property.trim(), value.trim())) {
        Some(("text-align", value @ ("left" | "right" | "center"))) => Verdict::Keep(Cow::Borrowed(value)),
        _ => Verdict::Remove,
    }
}

/// Add an attribute to an open tag.
pub(super) fn write_attribute(tag: &mut String, name: &str, value: &str) {
    tag.push(' ');
    tag.push_str(name);
    tag.push_str("=\"");
    tag.push_str(&escape(&value.replace('\r', "\n")));
    tag.push('"');
}

/// Text as content. A lone carriage return, possible as a reference, would be read back as a line end.
pub(super) fn escape_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\r', "\n")
}

/// The reader of `<pre>` drops one line end at its start each time, so none may stay there.
fn drop_leading_line_ends(pre: &Node) {
    if let Some(Content::Text(text)) = pre.children.borrow().first().map(|node| &node.content) {
        let mut text = text.borrow_mut();
        *text = text.trim_start_matches(['\n', '\r']).to_owned();
    }
}
