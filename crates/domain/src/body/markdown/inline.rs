//! The content of one paragraph, heading or cell as Markdown.

use super::super::allow_list;
use super::super::markup_tree::{Content, Handle, Node};
use super::super::plain_text::verbatim;
use super::{footnote_mark, start_tag};

/// Inline content; a line break is a backslash before a line end (CommonMark 0.31 section 6.7).
pub(super) fn write(nodes: &[Handle]) -> String {
    finish(nodes, "\\\n", false)
}

/// Inline content where a line end would end the block.
pub(super) fn write_on_one_line(nodes: &[Handle]) -> String {
    finish(nodes, "<br>", false)
}

/// Inline content of a table's cell.
pub(super) fn write_in_cell(nodes: &[Handle]) -> String {
    finish(nodes, "<br>", true)
}

fn finish(nodes: &[Handle], line_break: &'static str, is_in_cell: bool) -> String {
    let mut line = Line { text: String::new(), line_break, is_in_cell, space_due: false, last_written: None, open_breaks: 0, swallows_space: false };
    line.nodes(nodes);
    line.text
}

/// A label for `[^label]`, from an id of the body; only plain ones, so that it reads back as the same.
pub(super) fn footnote_label(id: &str) -> Option<String> {
    let label = id.strip_prefix(allow_list::ID_PREFIX)?;
    let is_plain = !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    is_plain.then(|| label.to_owned())
}

/// The longest run of one character.
pub(super) fn longest_run(text: &str, of: char) -> usize {
    text.split(|character| character != of).map(str::len).max().unwrap_or(0)
}

struct Line {
    text: String,
    line_break: &'static str,
    is_in_cell: bool,
    space_due: bool,
    /// The character of the source written last, to tell what stands beside an underscore.
    last_written: Option<char>,
    /// Line breaks met but not written yet: at the end of a block they would show as a backslash.
    open_breaks: usize,
    /// White space just after an opening delimiter is already written before it.
    swallows_space: bool,
}

impl Line {
    fn nodes(&mut self, nodes: &[Handle]) {
        for node in nodes {
            match &node.content {
                Content::Text(text) => self.words(&text.borrow()),
                Content::Element => self.element(node),
                Content::Root | Content::Comment => {}
            }
        }
    }

    fn children(&mut self, node: &Node) {
        self.nodes(&node.children.borrow());
    }

    fn element(&mut self, node: &Node) {
        match node.element() {
            "br" => {
                // A break before anything else shows nothing.
                if !self.text.is_empty() {
                    self.open_breaks += 1;
                    self.space_due = false;
                }
            }
            "em" | "i" => self.marked(node, "*"),
            "strong" | "b" => self.marked(node, "**"),
            "del" | "s" => self.marked(node, "~~"),
            "code" => self.code(node),
            "a" => self.link(node),
            "img" => self.image(node),
            // Clean spans carry a language or direction at most; without either they say nothing.
            "span" if node.attributes.borrow().is_empty() => self.children(node),
            "sup" => match footnote_mark(node) {
                Some(label) => self.raw(&format!("[^{label}]")),
                None => self.as_html(node),
            },
            "wbr" => self.raw("<wbr>"),
            _ => self.as_html(node),
        }
    }

    /// Write what is due before the next sign.
    fn settle(&mut self) {
        self.swallows_space = false;
        for _ in 0..std::mem::take(&mut self.open_breaks) {
            self.text.push_str(self.line_break);
        }
        if std::mem::take(&mut self.space_due) && !self.is_at_line_start() {
            self.text.push(' ');
        }
    }

    fn is_at_line_start(&self) -> bool {
        self.text.is_empty() || self.text.ends_with('\n')
    }

    fn raw(&mut self, markdown: &str) {
        self.settle();
        self.text.push_str(markdown);
        self.last_written = None;
    }

    fn as_html(&mut self, node: &Node) {
        self.raw(&start_tag(node));
        self.children(node);
        self.settle_breaks();
        self.text.push_str("</");
        self.text.push_str(node.element());
        self.text.push('>');
        self.last_written = None;
    }

    /// A break before an end tag belongs inside; white space may as well stand outside.
    fn settle_breaks(&mut self) {
        for _ in 0..std::mem::take(&mut self.open_breaks) {
            self.text.push_str(self.line_break);
        }
    }

    /// Emphasis by a delimiter where CommonMark is sure to read it so (section 6.2: flanking runs), else as HTML.
    fn marked(&mut self, node: &Node, delimiter: &str) {
        let before = (self.text.len(), self.space_due, self.last_written, self.open_breaks);
        let raw = verbatim(node);
        if raw.starts_with(|character: char| character.is_ascii_whitespace()) {
            self.space_due |= self.open_breaks == 0 && !self.swallows_space;
        }
        self.settle();
        let start = self.text.len();
        let is_free = !self.text.ends_with(['*', '~', '_', '\\', '`']);
        self.text.push_str(delimiter);
        let inner_start = self.text.len();
        self.last_written = None;
        self.swallows_space = true;
        self.children(node);
        self.swallows_space = false;
        let inner = self.text.get(inner_start..).unwrap_or("");
        let is_sure = is_free
            && self.open_breaks == 0
            && inner.starts_with(char::is_alphanumeric)
            && inner.ends_with(char::is_alphanumeric)
            && !(delimiter == "~~" && inner.contains('~'));
        if is_sure {
            self.text.push_str(delimiter);
            self.last_written = None;
            return;
        }
        if inner.is_empty() {
            // Nothing inside: leave the text as it was, with white space still due if there was some.
            self.text.truncate(start.min(before.0));
            (self.space_due, self.last_written, self.open_breaks) = (before.1 || !raw.is_empty(), before.2, before.3);
            return;
        }
        self.text.replace_range(start..inner_start, &start_tag(node));
        self.settle_breaks();
        self.text.push_str("</");
        self.text.push_str(node.element());
        self.text.push('>');
        self.last_written = None;
    }

    /// Code keeps its characters, so its fence must be longer than any run inside (section 6.1).
    fn code(&mut self, node: &Node) {
        let text = verbatim(node).replace(['\n', '\r', '\t'], " ");
        if text.trim_matches(' ').is_empty() {
            self.space_due |= !text.is_empty();
            return;
        }
        let fence = "`".repeat(longest_run(&text, '`') + 1);
        let needs_padding = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']);
        let padding = if needs_padding { " " } else { "" };
        if self.text.ends_with('`') && !self.space_due {
            self.as_html(node);
            return;
        }
        // A pipe would end a table's cell even inside code; a backslash before it is taken away by the table.
        let text = if self.is_in_cell { text.replace('|', "\\|") } else { text };
        self.raw(&format!("{fence}{padding}{text}{padding}{fence}"));
    }

    fn link(&mut self, node: &Node) {
        let Some(href) = node.attribute("href") else {
            self.children(node);
            return;
        };
        let start = self.text.len();
        self.raw("[");
        let inner_start = self.text.len();
        self.children(node);
        if self.text.len() == inner_start {
            self.text.truncate(start);
            return;
        }
        self.settle_breaks();
        let title = node.attribute("title").map(|title| quoted_title(&title)).unwrap_or_default();
        self.text.push_str(&format!("]({}{title})", destination(&href)));
        self.last_written = None;
    }

    fn image(&mut self, node: &Node) {
        let Some(source) = node.attribute("src") else {
            return;
        };
        let alternative = escape_all(&node.attribute("alt").unwrap_or_default());
        let title = node.attribute("title").map(|title| quoted_title(&title)).unwrap_or_default();
        self.raw(&format!("![{alternative}]({}{title})", destination(&source)));
    }

    fn words(&mut self, text: &str) {
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            if character.is_ascii_whitespace() {
                self.space_due |= self.open_breaks == 0 && !self.swallows_space;
                continue;
            }
            let follows_space = self.space_due || self.open_breaks > 0;
            self.settle();
            let next = characters.peek().copied();
            if self.needs_escape(character, next, follows_space) {
                self.text.push('\\');
            }
            self.text.push(character);
            self.last_written = Some(character);
        }
    }

    fn needs_escape(&self, character: char, next: Option<char>, follows_space: bool) -> bool {
        match character {
            '\\' | '`' | '*' | '[' | ']' | '<' | '|' | '~' => true,
            // Inside a word an underscore is only itself (section 6.2, rule 2).
            '_' => follows_space || !self.last_written.is_some_and(char::is_alphanumeric) || !next.is_some_and(char::is_alphanumeric),
            '!' => next.is_none_or(|next| next == '['),
            '&' => next.is_none_or(|next| next == '#' || next.is_ascii_alphanumeric()),
            '#' | '>' | '+' | '-' | '=' | ':' => self.is_at_line_start() || character == '#' && next.is_none(),
            '.' | ')' => {
                let line = self.text.rsplit('\n').next().unwrap_or("");
                !line.is_empty() && line.len() <= 9 && line.bytes().all(|byte| byte.is_ascii_digit())
            }
            _ => false,
        }
    }
}

/// Every sign that could mean something, escaped; line ends become spaces.
fn escape_all(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '!' | '&' | '"') {
            escaped.push('\\');
        }
        escaped.push(if matches!(character, '\n' | '\r') { ' ' } else { character });
    }
    escaped
}

fn quoted_title(title: &str) -> String {
    format!(" \"{}\"", escape_all(title))
}

/// A link's destination (section 6.3): what would end it is escaped, what it may not hold is percent-encoded.
fn destination(link: &str) -> String {
    let mut written = String::with_capacity(link.len());
    let could_hold_reference = link.contains(';');
    for character in link.chars() {
        match character {
            '(' | ')' | '<' | '>' | '\\' | '`' | '|' => {
                written.push('\\');
                written.push(character);
            }
            '&' if could_hold_reference => written.push_str("\\&"),
            _ if character.is_ascii_whitespace() || character.is_ascii_control() => {
                written.push_str(&format!("%{:02X}", u32::from(character)));
            }
            _ => written.push(character),
        }
    }
    if written.is_empty() { "<>".to_owned() } else { written }
}
