//! HTML read into a tree as a browser reads it, with bounds a browser does not have.
//!
//! The tree builder of the HTML Standard (section 13.2.6) walks its stack of open elements for
//! nearly every tag and repeats unclosed formatting elements in each new paragraph, so hostile
//! nesting costs time and memory without measure. Start tags beyond the bounds are therefore dropped
//! before the builder sees them; their text stays.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::{Rc, Weak};

use html5ever::interface::{
    Attribute, ElementFlags, ExpandedName, NodeOrText, QualName, QuirksMode,
};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer,
};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts, TreeSink};
use html5ever::{LocalName, TokenizerResult, local_name, ns};

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
    fn new(content: Content, name: QualName, attributes: Vec<Attribute>) -> Handle {
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

    fn text(text: &str) -> Handle {
        Self::new(
            Content::Text(RefCell::new(text.to_owned())),
            no_name(),
            Vec::new(),
        )
    }

    /// A nameless node holding others for as long as it lives; their own parent stays what it was.
    pub(super) fn holding(children: Vec<Handle>) -> Handle {
        let node = Self::new(Content::Root, no_name(), Vec::new());
        *node.children.borrow_mut() = children;
        node
    }

    /// The local name of an element, empty for anything else.
    pub(super) fn element(&self) -> &str {
        if matches!(self.content, Content::Element) {
            &self.name.local
        } else {
            ""
        }
    }

    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        self.attributes
            .borrow()
            .iter()
            .find(|attribute| &*attribute.name.local == name)
            .map(|attribute| attribute.value.to_string())
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
    if tree.is_cut {
        parse_bounded(&squeeze(source))
    } else {
        tree
    }
}

fn parse_bounded(source: &str) -> Tree {
    let dom = Dom {
        current_depth: Cell::new(0),
        elements: Cell::new(0),
        root: Node::new(Content::Root, no_name(), Vec::new()),
    };
    let context = dom.create_element(
        QualName::new(None, ns!(html), local_name!("div")),
        Vec::new(),
        ElementFlags::default(),
    );
    let builder = TreeBuilder::new_for_fragment(dom, context, None, TreeBuilderOpts::default());
    let gate = Gate {
        builder,
        dropped: RefCell::default(),
        dropped_tags: Cell::new(0),
        has_token: Cell::new(false),
        ignored_handlers: RefCell::default(),
    };
    let tokenizer = Tokenizer::new(gate, Default::default());
    let input = BufferQueue::default();
    let mut rest = source;
    let mut waiting_bytes = 0;
    while !rest.is_empty() && waiting_bytes <= MAX_TOKEN_BYTES {
        let (chunk, after) = rest
            .split_at_checked(rest.floor_char_boundary(CHUNK_BYTES))
            .unwrap_or((rest, ""));
        input.push_back(StrTendril::from_slice(chunk));
        // The tokenizer stops after a script or a declared encoding; neither matters here.
        while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
        waiting_bytes = if tokenizer.sink.has_token.replace(false) {
            0
        } else {
            waiting_bytes + chunk.len()
        };
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
    let is_broken = |byte: u8| {
        byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'<' | b'>') || !byte.is_ascii()
    };
    let mut squeezed = String::with_capacity(source.len());
    for piece in
        source.split_inclusive(|character: char| u8::try_from(character).map_or(true, is_broken))
    {
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
                let is_within =
                    dom.current_depth.get() < MAX_DEPTH && dom.elements.get() < MAX_ELEMENTS;
                // These do not nest, and the tokenizer must be told to read what follows some of them as text.
                if is_within
                    || allow_list::VOID.contains(&&*tag.name)
                    || allow_list::WITH_CONTENT.contains(&&*tag.name)
                {
                    return true;
                }
                *self
                    .dropped
                    .borrow_mut()
                    .entry(tag.name.clone())
                    .or_default() += 1;
                self.dropped_tags
                    .set(self.dropped_tags.get().saturating_add(1));
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
            for attribute in tag
                .attrs
                .iter()
                .filter(|attribute| attribute.name.local.starts_with("on"))
            {
                self.ignored_handlers
                    .borrow_mut()
                    .push((attribute.name.local.to_string(), tag.name.to_string()));
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
        self.builder
            .adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// What the tree builder writes to.
struct Dom {
    root: Handle,
    /// Depth of the element that is open now, as far as the builder tells.
    current_depth: Cell<usize>,
    elements: Cell<usize>,
}

impl Dom {
    fn insert(&self, parent: &Handle, position: usize, child: NodeOrText<Handle>) {
        let mut siblings = parent.children.borrow_mut();
        let node = match child {
            NodeOrText::AppendNode(node) => {
                node.depth.set(parent.depth.get() + 1);
                let is_void = allow_list::VOID.contains(&node.element());
                self.current_depth.set(if is_void {
                    parent.depth.get()
                } else {
                    node.depth.get()
                });
                node
            }
            NodeOrText::AppendText(text) => {
                self.current_depth.set(parent.depth.get());
                let before = position
                    .checked_sub(1)
                    .and_then(|before| siblings.get(before));
                if let Some(Content::Text(written)) = before.map(|node| &node.content) {
                    written.borrow_mut().push_str(&text);
                    return;
                }
                Node::text(&text)
            }
        };
        *node.parent.borrow_mut() = Rc::downgrade(parent);
        let position = position.min(siblings.len());
        siblings.insert(position, node);
    }

    fn parent_and_position(node: &Handle) -> Option<(Handle, usize)> {
        let parent = node.parent.borrow().upgrade()?;
        // Searched from the end, because the builder moves what it inserted last.
        let position = parent
            .children
            .borrow()
            .iter()
            .rposition(|child| Rc::ptr_eq(child, node))?;
        Some((parent, position))
    }
}

impl TreeSink for Dom {
    type Handle = Handle;
    type Output = ();
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) {}

    fn parse_error(&self, _message: Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        self.root.clone()
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> ExpandedName<'a> {
        target.name.expanded()
    }

    fn create_element(
        &self,
        name: QualName,
        attributes: Vec<Attribute>,
        flags: ElementFlags,
    ) -> Handle {
        self.elements.set(self.elements.get() + 1);
        let node = Node {
            content: Content::Element,
            name,
            attributes: RefCell::new(attributes),
            children: RefCell::default(),
            parent: RefCell::default(),
            depth: Cell::new(0),
            is_integration_point: flags.mathml_annotation_xml_integration_point,
        };
        Rc::new(node)
    }

    fn create_comment(&self, _text: StrTendril) -> Handle {
        Node::new(Content::Comment, no_name(), Vec::new())
    }

    fn create_pi(&self, _target: StrTendril, _data: StrTendril) -> Handle {
        Node::new(Content::Comment, no_name(), Vec::new())
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        let end = parent.children.borrow().len();
        self.insert(parent, end, child);
    }

    fn append_before_sibling(&self, sibling: &Handle, child: NodeOrText<Handle>) {
        if let NodeOrText::AppendNode(node) = &child {
            self.remove_from_parent(node);
        }
        if let Some((parent, position)) = Self::parent_and_position(sibling) {
            self.insert(&parent, position, child);
        }
    }

    fn append_based_on_parent_node(
        &self,
        element: &Handle,
        previous: &Handle,
        child: NodeOrText<Handle>,
    ) {
        if element.parent.borrow().upgrade().is_some() {
            self.append_before_sibling(element, child);
        } else {
            self.append(previous, child);
        }
    }

    fn append_doctype_to_document(
        &self,
        _name: StrTendril,
        _public_id: StrTendril,
        _system_id: StrTendril,
    ) {
    }

    /// A template's content becomes its ordinary children; templates are removed whole.
    fn get_template_contents(&self, target: &Handle) -> Handle {
        target.clone()
    }

    fn same_node(&self, one: &Handle, other: &Handle) -> bool {
        Rc::ptr_eq(one, other)
    }

    fn set_quirks_mode(&self, _mode: QuirksMode) {}

    fn add_attrs_if_missing(&self, _target: &Handle, _attributes: Vec<Attribute>) {}

    fn remove_from_parent(&self, target: &Handle) {
        if let Some((parent, position)) = Self::parent_and_position(target) {
            parent.children.borrow_mut().remove(position);
            *target.parent.borrow_mut() = Weak::new();
        }
    }

    fn reparent_children(&self, node: &Handle, new_parent: &Handle) {
        for child in node.children.take() {
            *child.parent.borrow_mut() = Rc::downgrade(new_parent);
            child.depth.set(new_parent.depth.get() + 1);
            new_parent.children.borrow_mut().push(child);
        }
    }

    fn is_mathml_annotation_xml_integration_point(&self, node: &Handle) -> bool {
        node.is_integration_point
    }

    fn pop(&self, node: &Handle) {
        self.current_depth.set(node.depth.get().saturating_sub(1));
    }

    fn allow_declarative_shadow_roots(&self, _parent: &Handle) -> bool {
        false
    }
}
