//! Clean HTML as CommonMark 0.31 with tables, strikethrough and footnotes.
//!
//! Elements Markdown has no sign for (`sub`, `kbd`, `abbr`, a table with joined cells) stay as the clean HTML they are.

mod inline;

use std::fmt::Write;

use super::markup_tree::{Content, Handle, Node};
use super::plain_text::{is_block, verbatim};
use super::sanitiser::{escape_text, write_attribute};
use super::{allow_list, plain_text};

/// Lists and quotations inside one another that are shown as such; each level repeats its prefix on every
/// line, so the text would otherwise grow with the square of hostile nesting.
const MAX_PREFIXES: usize = 16;

/// The Markdown of a clean tree.
pub(super) fn write(root: &Node) -> String {
    let mut markdown = blocks(root, 0).join("\n\n");
    if !markdown.is_empty() {
        markdown.push('\n');
    }
    markdown
}

/// The blocks directly inside a node; inline content between blocks is a paragraph.
fn blocks(node: &Node, prefixes: usize) -> Vec<String> {
    let mut written = Vec::new();
    let mut run: Vec<Handle> = Vec::new();
    // Neighbouring lists of one kind would run together unless their markers differ.
    let mut is_after_list = false;
    for child in node.children.borrow().iter() {
        if !contains_block(child) {
            run.push(child.clone());
            continue;
        }
        if flush(&mut run, &mut written) {
            is_after_list = false;
        }
        let is_list = matches!(child.element(), "ul" | "ol");
        let before = written.len();
        block(child, prefixes, is_list && is_after_list, &mut written);
        if written.len() > before {
            is_after_list = is_list && !is_after_list;
        }
    }
    flush(&mut run, &mut written);
    written
}

fn flush(run: &mut Vec<Handle>, written: &mut Vec<String>) -> bool {
    let paragraph = inline::write(run);
    run.clear();
    let is_written = !paragraph.is_empty();
    if is_written {
        written.push(paragraph);
    }
    is_written
}

/// Whether a node is a block or has one inside.
fn contains_block(node: &Node) -> bool {
    is_block(node.element()) || node.children.borrow().iter().any(|child| contains_block(child))
}

fn block(node: &Node, prefixes: usize, is_alternate: bool, written: &mut Vec<String>) {
    match node.element() {
        "p" => flush_children(node, written),
        heading @ ("h1" | "h2" | "h3" | "h4" | "h5" | "h6") => {
            let level = heading.bytes().last().map_or(1, |digit| usize::from(digit.saturating_sub(b'0')));
            let title = inline::write_on_one_line(&node.children.borrow());
            if !title.is_empty() {
                written.push(format!("{} {title}", "#".repeat(level)));
            }
        }
        "hr" => written.push("___".to_owned()),
        "pre" => written.push(code_block(node)),
        "blockquote" if prefixes < MAX_PREFIXES => {
            let quoted = blocks(node, prefixes + 1).join("\n\n");
            if !quoted.is_empty() {
                written.push(prefixed(&quoted, "> ", "> "));
            }
        }
        "ul" | "ol" if prefixes < MAX_PREFIXES => list(node, prefixes + 1, is_alternate, written),
        "table" => table(node, written),
        "div" if node.attribute("class").is_some() => footnote(node, prefixes, written),
        _ => written.extend(blocks(node, prefixes)),
    }
}

/// A paragraph, or the blocks found inside where only inline content was expected.
fn flush_children(node: &Node, written: &mut Vec<String>) {
    let children = node.children.borrow();
    if children.iter().any(|child| contains_block(child)) {
        drop(children);
        written.extend(blocks(node, MAX_PREFIXES));
        return;
    }
    let paragraph = inline::write(&children);
    if !paragraph.is_empty() {
        written.push(paragraph);
    }
}

/// Lines with one prefix before the first and another before the others; a blank line carries no white space.
fn prefixed(text: &str, first: &str, others: &str) -> String {
    let mut lines = String::with_capacity(text.len() + text.len() / 4);
    for (index, line) in text.lines().enumerate() {
        if index > 0 {
            lines.push('\n');
        }
        let prefix = if index == 0 { first } else { others };
        lines.push_str(if line.is_empty() { prefix.trim_end() } else { prefix });
        lines.push_str(line);
    }
    lines
}

fn list(node: &Node, prefixes: usize, is_alternate: bool, written: &mut Vec<String>) {
    let children = node.children.borrow();
    let items: Vec<&Handle> = children.iter().filter(|child| !matches!(child.content, Content::Comment)).collect();
    // Only text and lists may follow one another without a blank line.
    let is_spacious = |child: &Handle| contains_block(child) && !matches!(child.element(), "ul" | "ol");
    let is_loose = items.iter().any(|item| item.children.borrow().iter().any(is_spacious));
    let is_ordered = node.element() == "ol";
    let mut number = node.attribute("start").and_then(|start| start.parse::<u32>().ok()).unwrap_or(1);
    let mut lines = Vec::new();
    for item in items {
        if item.element() != "li" {
            let stray = blocks_of_one(item, prefixes);
            if stray.is_empty() {
                continue;
            }
        }
        let marker = match (is_ordered, is_alternate) {
            (true, false) => format!("{number}. "),
            (true, true) => format!("{number}) "),
            (false, false) => "- ".to_owned(),
            (false, true) => "* ".to_owned(),
        };
        number = number.saturating_add(1).min(999_999_999);
        let parts = if item.element() == "li" { blocks(item, prefixes) } else { blocks_of_one(item, prefixes) };
        let content = parts.join(if is_loose { "\n\n" } else { "\n" });
        let indent = " ".repeat(marker.len());
        lines.push(if content.is_empty() { marker.trim_end().to_owned() } else { prefixed(&content, &marker, &indent) });
    }
    if !lines.is_empty() {
        written.push(lines.join(if is_loose { "\n\n" } else { "\n" }));
    }
}

/// Something that is not an item but stands in a list.
fn blocks_of_one(node: &Handle, prefixes: usize) -> Vec<String> {
    let mut written = Vec::new();
    if contains_block(node) {
        block(node, prefixes, false, &mut written);
    } else {
        flush(&mut vec![node.clone()], &mut written);
    }
    written
}

fn code_block(node: &Node) -> String {
    let text = verbatim(node);
    let language = node.children.borrow().first().and_then(|code| code.attribute("class")).unwrap_or_default();
    let language = language.split(' ').next().unwrap_or_default().strip_prefix("language-").unwrap_or_default().to_owned();
    let fence = "`".repeat(inline::longest_run(&text, '`').max(2) + 1);
    let text = text.strip_suffix('\n').unwrap_or(&text);
    format!("{fence}{language}\n{text}\n{fence}")
}

/// A footnote's text, if its label can be written; else its content as ordinary blocks.
fn footnote(node: &Node, prefixes: usize, written: &mut Vec<String>) {
    let Some(label) = node.attribute("id").as_deref().and_then(inline::footnote_label) else {
        written.extend(blocks(node, prefixes));
        return;
    };
    let children = node.children.borrow();
    let rest = Node::holding(children.iter().filter(|child| child.element() != "sup").cloned().collect());
    let content = blocks(&rest, prefixes + 1).join("\n\n");
    written.push(prefixed(&format!("[^{label}]: {content}"), "", "    "));
}

fn table(node: &Node, written: &mut Vec<String>) {
    let rows = rows(node);
    let columns = rows.first().map_or(0, Vec::len);
    let is_plain = columns > 0
        && rows.iter().all(|row| row.len() == columns)
        && rows.iter().flatten().all(|cell| {
            cell.attribute("colspan").is_none()
                && cell.attribute("rowspan").is_none()
                && !cell.children.borrow().iter().any(|child| contains_block(child))
        });
    let caption = node.children.borrow().iter().find(|child| child.element() == "caption").cloned();
    if !is_plain {
        let mut html = String::new();
        write_html(node, &mut html);
        written.push(html);
        return;
    }
    if let Some(caption) = caption {
        flush_children(&caption, written);
    }
    let mut lines = String::new();
    for (index, row) in rows.iter().enumerate() {
        lines.push('|');
        for cell in row {
            let _ = write!(lines, " {} |", inline::write_in_cell(&cell.children.borrow()));
        }
        lines.push('\n');
        if index == 0 {
            lines.push('|');
            for cell in row {
                lines.push_str(match cell.attribute("align").as_deref() {
                    Some("left") => " :-- |",
                    Some("center") => " :-: |",
                    Some("right") => " --: |",
                    _ => " --- |",
                });
            }
            lines.push('\n');
        }
    }
    written.push(lines.trim_end().to_owned());
}

fn rows(node: &Node) -> Vec<Vec<Handle>> {
    let mut found = Vec::new();
    for child in node.children.borrow().iter() {
        match child.element() {
            "tr" => found.push(child.children.borrow().iter().filter(|cell| matches!(cell.element(), "td" | "th")).cloned().collect()),
            "thead" | "tbody" | "tfoot" => found.extend(rows(child)),
            _ => {}
        }
    }
    found
}

/// A start tag as it stands in the clean HTML, on one line.
fn start_tag(node: &Node) -> String {
    let mut tag = format!("<{}", node.element());
    for attribute in node.attributes.borrow().iter() {
        // A blank line inside an attribute would end the Markdown block.
        write_attribute(&mut tag, &attribute.name.local, &attribute.value.replace(['\n', '\r'], " "));
    }
    tag.push('>');
    tag
}

/// A node as HTML without line ends, which is one HTML block (CommonMark 0.31 section 4.6, kind 6).
fn write_html(node: &Node, html: &mut String) {
    html.push_str(&start_tag(node));
    for child in node.children.borrow().iter() {
        match &child.content {
            Content::Text(text) => html.push_str(&escape_text(&text.borrow()).replace('\n', "&#10;")),
            Content::Element => write_html(child, html),
            Content::Root | Content::Comment => {}
        }
    }
    if !allow_list::VOID.contains(&node.element()) {
        let _ = write!(html, "</{}>", node.element());
    }
}

/// Whether a `sup` is the mark of a footnote, and of which.
fn footnote_mark(node: &Node) -> Option<String> {
    if node.element() != "sup" || !plain_text::is_footnote_mark(node) {
        return None;
    }
    let link = node.children.borrow().iter().find(|child| child.element() == "a")?.attribute("href")?;
    inline::footnote_label(link.strip_prefix('#')?)
}
