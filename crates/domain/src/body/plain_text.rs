//! Clean HTML as plain text.

use super::markup_tree::{Content, Node};

/// Whether an element stands on lines of its own.
pub(super) fn is_block(element: &str) -> bool {
    matches!(
        element,
        "aside"
            | "blockquote"
            | "caption"
            | "col"
            | "colgroup"
            | "dd"
            | "details"
            | "div"
            | "dl"
            | "dt"
            | "figcaption"
            | "figure"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "hr"
            | "li"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
    )
}

/// The text a reader sees: blocks apart by a blank line, list items and table rows on lines.
///
/// White space collapses as in CSS Text 3 section 4.1 with `white-space: normal`; U+00A0 does not.
pub(super) fn write(root: &Node) -> String {
    let mut flow = Flow::default();
    flow.children(root);
    flow.text
}

/// What is due before the next character; a greater one takes the place of a lesser one.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Space,
    Line,
    Paragraph,
}

#[derive(Debug, Default)]
struct Flow {
    text: String,
    gap: Gap,
    /// Lists and tables around this point, inside which blocks are set apart by lines only.
    compact: usize,
    /// The label of a footnote has just been written and its text belongs on the same line.
    joins_next_block: bool,
}

impl Flow {
    // The tree of clean HTML is at most a few hundred levels deep, so recursion is safe.
    fn children(&mut self, node: &Node) {
        for child in node.children.borrow().iter() {
            match &child.content {
                Content::Text(text) => self.words(&text.borrow()),
                Content::Element => self.element(child),
                Content::Root | Content::Comment => {}
            }
        }
    }

    fn element(&mut self, node: &Node) {
        match node.element() {
            "br" => self.line_break(),
            "img" | "rp" | "col" | "colgroup" => {}
            "hr" => self.due(Gap::Paragraph),
            "pre" => {
                self.due(self.block_gap());
                self.preformatted(node);
                self.due(self.block_gap());
            }
            "ul" | "ol" | "table" | "dl" => {
                self.due(self.block_gap());
                self.compact += 1;
                self.children(node);
                self.compact -= 1;
                self.due(self.block_gap());
            }
            "li" | "tr" | "dt" | "dd" => self.apart(Gap::Line, node),
            "td" | "th" => self.apart(Gap::Space, node),
            // Browsers set readings above the word; in a line they stand in brackets, as `rp` would have it.
            "rt" if !verbatim(node).trim().is_empty() => {
                self.words("(");
                self.children(node);
                self.words(")");
            }
            "sup" if is_footnote_mark(node) => {
                self.words("[");
                self.children(node);
                self.words("]");
                if node.attribute("class").is_some_and(|class| class.contains("label")) {
                    self.due(Gap::Space);
                    self.joins_next_block = true;
                }
            }
            element if is_block(element) => self.apart(self.block_gap(), node),
            _ => self.children(node),
        }
    }

    fn apart(&mut self, gap: Gap, node: &Node) {
        self.due(gap);
        self.children(node);
        self.due(gap);
    }

    fn block_gap(&self) -> Gap {
        if self.compact > 0 { Gap::Line } else { Gap::Paragraph }
    }

    fn due(&mut self, gap: Gap) {
        if self.joins_next_block && gap > Gap::Space {
            self.joins_next_block = false;
            return;
        }
        self.gap = self.gap.max(gap);
    }

    fn line_break(&mut self) {
        // A break at the start of a block shows nothing worth a line in plain text.
        if self.gap <= Gap::Space && !self.text.is_empty() {
            self.text.push('\n');
            self.gap = Gap::None;
        }
    }

    fn words(&mut self, text: &str) {
        for character in text.chars() {
            if character.is_ascii_whitespace() {
                self.gap = self.gap.max(Gap::Space);
            } else {
                self.character(character);
            }
        }
    }

    fn character(&mut self, character: char) {
        self.joins_next_block = false;
        let at_line_start = self.text.is_empty() || self.text.ends_with('\n');
        match std::mem::take(&mut self.gap) {
            Gap::Space if !at_line_start => self.text.push(' '),
            Gap::Line if !at_line_start => self.text.push('\n'),
            Gap::Paragraph => {
                self.text.truncate(self.text.trim_end_matches('\n').len());
                if !self.text.is_empty() {
                    self.text.push_str("\n\n");
                }
            }
            Gap::None | Gap::Space | Gap::Line => {}
        }
        self.text.push(character);
    }

    fn preformatted(&mut self, node: &Node) {
        let text = verbatim(node);
        let mut characters = text.trim_end_matches('\n').chars();
        if let Some(first) = characters.next() {
            self.character(first);
            self.text.extend(characters);
        }
    }
}

/// Whether a `sup` is the mark or the label of a footnote, which must not run into the word before it.
pub(super) fn is_footnote_mark(node: &Node) -> bool {
    node.attribute("class").is_some_and(|class| class.starts_with("footnote-"))
}

/// All text within a node as it stands.
pub(super) fn verbatim(node: &Node) -> String {
    let mut text = String::new();
    add_verbatim(node, &mut text);
    text
}

fn add_verbatim(node: &Node, text: &mut String) {
    for child in node.children.borrow().iter() {
        match &child.content {
            Content::Text(written) => text.push_str(&written.borrow()),
            Content::Element if child.element() == "br" => text.push('\n'),
            Content::Element => add_verbatim(child, text),
            Content::Root | Content::Comment => {}
        }
    }
}
