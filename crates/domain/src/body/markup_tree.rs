//! HTML read into a tree as a browser reads it, with bounds a browser does not have.
//!
//! The tree builder of the HTML Standard (section 13.2.6) walks its stack of open elements for
//! nearly every tag and repeats unclosed formatting elements in each new paragraph, so hostile
//! nesting costs time and memory without measure. Start tags beyond the bounds are therefore dropped
//! before the builder sees them; their text stays.

mod sink;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::{Rc, Weak};

use html5ever::interface::{Attribute, ElementFlags, QualName};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts, TreeSink};
use html5ever::{LocalName, TokenizerResult, local_name, ns};

use self::sink::Dom;
use super::allow_list;

/// Elements open inside one another.
pub(super) const MAX_DEPTH: usize = 100;

/// Elements in one body; a body of more than this is an attack or a mistake.
const MAX_ELEMENTS: usize = 100_000;

/// Bytes of one tag or comment. The tokenizer compares each attribute with all before it, which is
/// quadratic; an image pasted into a `data:` link passes under [`squeeze`].
const MAX_TOKEN_BYTES: usize = 32 * 1024;

/// What is cut from a source with such a token: longer comments, and longer runs without a break.
const LONGEST_RUN_BYTES: usize = 1000;

/// Bytes given to the tokenizer at a time.
const CHUNK_BYTES: usize = 4 * 1024;

pub(super) type Handle = Rc<Node>;

#[derive(Debug)]
pub(super) enum Content {
    Root,
    Element,
    Text(RefCell<String>),
    Comment,
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) content: Content,
    /// The element's name; of no meaning for the other kinds.
    pub(super) name: QualName,
    pub(super) attributes: RefCell<Vec<Attribute>>,
    pub(super) children: RefCell<Vec<Handle>>,
    parent: RefCell<Weak<Node>>,
    depth: Cell<usize>,
    is_integration_point: bool,
}

impl Node {
    pub(super) fn new(content: Content, name: QualName, attributes: Vec<Attribute>) -> Handle {
        Rc::new(Self {
            content,
            name,
            attributes: RefCell::new(attributes),
            children: RefCell::default(),
            parent: RefCell::default(),
            depth: Cell::new(0),
            is_integration_point: false,
        })
    }

    pub(super) fn text(text: &str) -> Handle {
        Self::new(Content::Text(RefCell::new(text.to_owned())), no_name(), Vec::new())
    }

    /// A nameless node holding others for as long as it lives; their own parent stays what it was.
    pub(super) fn holding(children: Vec<Handle>) -> Handle {
        let node = Self::new(Content::Root, no_name(), Vec::new());
        *node.children.borrow_mut() = children;
        node
    }

    /// The local name of an element, empty for anything else.
    pub(super) fn element(&self) -> &str {
        if matches!(self.content, Content::Element) { &self.name.local } else { "" }
    }

    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        self.attributes.borrow().iter().find(|attribute| &*attribute.name.local == name).map(|attribute| attribute.value.to_string())
    }
}

impl Drop for Node {
    /// Take the tree apart in a loop: dropping it by recursion needs stack for every level.
    fn drop(&mut self) {
        let mut nodes = self.children.take();
        while let Some(node) = nodes.pop() {
            if Rc::strong_count(&node) == 1 {
                nodes.append(&mut node.children.borrow_mut());
            }
        }
    }
}

/// A source read.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) root: Handle,
    /// Event handlers on `html` or `body` tags, which the builder of a fragment ignores.
    pub(super) ignored_handlers: Vec<(String, String)>,
    /// Tags dropped because of the bounds.
    pub(super) dropped_tags: u32,
    /// The rest of the source after a tag or comment without end was not read.
    pub(super) is_cut: bool,
}

/// Read a source as the content of a `div`.
pub(super) fn parse(source: &str) -> Tree {
    let tree = parse_bounded(source);
    if tree.is_cut { parse_bounded(&squeeze(source)) } else { tree }
}

fn parse_bounded(source: &str) -> Tree {
    let dom = Dom::new();
    let context = dom.create_element(QualName::new(None, ns!(html), local_name!("div")), Vec::new(), ElementFlags::default());
    let builder = TreeBuilder::new_for_fragment(dom, context, None, TreeBuilderOpts::default());
    let gate =
        Gate { builder, dropped: RefCell::default(), dropped_tags: Cell::new(0), has_token: Cell::new(false), ignored_handlers: RefCell::default() };
    let tokenizer = Tokenizer::new(gate, Default::default());
    let input = BufferQueue::default();
    let mut rest = source;
    let mut waiting_bytes = 0;
    while !rest.is_empty() && waiting_bytes <= MAX_TOKEN_BYTES {
        let (chunk, after) = rest.split_at_checked(rest.floor_char_boundary(CHUNK_BYTES)).unwrap_or((rest, ""));
        input.push_back(StrTendril::from_slice(chunk));
        // The tokenizer stops after a script or a declared encoding; neither matters here.
        while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
        waiting_bytes = if tokenizer.sink.has_token.replace(false) { 0 } else { waiting_bytes + chunk.len() };
        rest = after;
    }
    tokenizer.end();
    let gate = &tokenizer.sink;
    // The builder of a fragment puts its content under an `html` element of its own.
    let html = gate.builder.sink.root.children.borrow().first().cloned();
    Tree {
        root: html.unwrap_or_else(|| gate.builder.sink.root.clone()),
        ignored_handlers: gate.ignored_handlers.take(),
        dropped_tags: gate.dropped_tags.get(),
        is_cut: !rest.is_empty(),
    }
}

/// The source without long comments and without unbroken runs of the characters of a `data:` link.
///
/// Only used on a source with a tag or comment too long to read. These are almost always an image
/// pasted into the text or what a word processor leaves behind, and would be removed anyway.
fn squeeze(source: &str) -> String {
    let source = without_long_comments(source);
    let is_broken = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'<' | b'>') || !byte.is_ascii();
    let mut squeezed = String::with_capacity(source.len());
    for piece in source.split_inclusive(|character: char| u8::try_from(character).map_or(true, is_broken)) {
        match piece.char_indices().next_back() {
            Some((last, _)) if last > LONGEST_RUN_BYTES => {
                let scheme_end = piece.find("data:").map_or(0, |start| start + "data:".len());
                squeezed.push_str(piece.get(..scheme_end).unwrap_or(""));
                squeezed.push_str(piece.get(last..).unwrap_or(""));
            }
            _ => squeezed.push_str(piece),
        }
    }
    squeezed
}

fn without_long_comments(source: &str) -> String {
    let mut kept = String::with_capacity(source.len());
    let mut rest = source;
    while let Some((before, comment)) = rest.split_once("<!--") {
        kept.push_str(before);
        match comment.split_once("-->") {
            Some((inside, after)) if inside.len() > LONGEST_RUN_BYTES => rest = after,
            Some((inside, after)) => {
                kept.push_str("<!--");
                kept.push_str(inside);
                kept.push_str("-->");
                rest = after;
            }
            None => {
                kept.push_str("<!--");
                rest = comment;
                break;
            }
        }
    }
    kept.push_str(rest);
    kept
}

fn no_name() -> QualName {
    QualName::new(None, ns!(), local_name!(""))
}

/// Stands between tokenizer and tree builder and drops the tags that go beyond the bounds.
struct Gate {
    builder: TreeBuilder<Handle, Dom>,
    /// Start tags dropped, by name, whose end tags are to be dropped too.
    dropped: RefCell<HashMap<LocalName, u32>>,
    dropped_tags: Cell<u32>,
    has_token: Cell<bool>,
    ignored_handlers: RefCell<Vec<(String, String)>>,
}

impl Gate {
    /// Whether the tag goes on to the builder.
    fn admits(&self, tag: &Tag) -> bool {
        match tag.kind {
            TagKind::StartTag => {
                let dom = &self.builder.sink;
                // The builder adds an `html` element around everything, which is no level of the body.
                let is_within = dom.current_depth.get() <= MAX_DEPTH && dom.elements.get() < MAX_ELEMENTS;
                // These do not nest, and the tokenizer must be told to read what follows some of them as text.
                if is_within || allow_list::VOID.contains(&&*tag.name) || allow_list::WITH_CONTENT.contains(&&*tag.name) {
                    return true;
                }
                *self.dropped.borrow_mut().entry(tag.name.clone()).or_default() += 1;
                self.dropped_tags.set(self.dropped_tags.get().saturating_add(1));
                false
            }
            TagKind::EndTag => match self.dropped.borrow_mut().get_mut(&tag.name) {
                Some(count) if *count > 0 => {
                    *count -= 1;
                    false
                }
                _ => true,
            },
        }
    }

    fn note_handlers(&self, tag: &Tag) {
        if tag.kind == TagKind::StartTag && matches!(&*tag.name, "html" | "body") {
            for attribute in tag.attrs.iter().filter(|attribute| attribute.name.local.starts_with("on")) {
                self.ignored_handlers.borrow_mut().push((attribute.name.local.to_string(), tag.name.to_string()));
            }
        }
    }
}

impl TokenSink for Gate {
    type Handle = Handle;

    fn process_token(&self, token: Token, line_number: u64) -> TokenSinkResult<Handle> {
        if !matches!(token, Token::ParseError(_)) {
            self.has_token.set(true);
        }
        if let Token::TagToken(tag) = &token {
            self.note_handlers(tag);
            if !self.admits(tag) {
                return TokenSinkResult::Continue;
            }
        }
        self.builder.process_token(token, line_number)
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}
