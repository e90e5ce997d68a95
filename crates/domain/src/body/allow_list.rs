//! What a body may contain. Everything not named here is taken out.

use std::borrow::Cow;

use url::Url;

/// Elements a body keeps.
pub(super) const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "aside",
    "b",
    "bdi",
    "bdo",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "u",
    "ul",
    "var",
    "wbr",
];

/// Elements whose content goes with them: it is code, a control, or text no reader was meant to see.
pub(super) const WITH_CONTENT: &[&str] = &[
    "audio",
    "canvas",
    "datalist",
    "iframe",
    "math",
    "noembed",
    "noframes",
    "noscript",
    "plaintext",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
    "video",
    "xmp",
];

/// Elements that are taken out but leave a `div`, so that the text before and after does not run together.
pub(super) const BLOCKS: &[&str] = &[
    "address", "article", "center", "dialog", "dir", "fieldset", "footer", "form", "header", "hgroup", "legend", "main", "menu", "nav", "optgroup",
    "option", "search",
];

/// Elements without content (HTML Standard, section 13.1.2, "Void elements").
pub(super) const VOID: &[&str] = &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// Prefix of every id, so that a body cannot take an id the page around it uses.
pub(super) const ID_PREFIX: &str = "user-content-";

/// What every link says of its relation; set by the sanitiser, never by a writer.
pub(super) const LINK_RELATION: &str = "noopener noreferrer";

/// Attributes any kept element may have.
pub(super) const EVERYWHERE: &[&str] = &["dir", "id", "lang", "title"];

/// Attributes of one element.
pub(super) const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("a", &["href", "hreflang"]),
    ("blockquote", &["cite"]),
    ("code", &["class"]),
    ("col", &["span"]),
    ("colgroup", &["span"]),
    ("del", &["cite", "datetime"]),
    ("details", &["open"]),
    ("div", &["class"]),
    ("img", &["alt", "height", "loading", "src", "width"]),
    ("ins", &["cite", "datetime"]),
    ("li", &["value"]),
    ("ol", &["reversed", "start", "type"]),
    ("q", &["cite"]),
    ("sup", &["class"]),
    ("td", &["align", "colspan", "rowspan"]),
    ("th", &["abbr", "align", "colspan", "rowspan", "scope"]),
    ("time", &["datetime"]),
];

/// What becomes of an attribute.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict<'a> {
    Keep(Cow<'a, str>),
    Remove,
    /// A link whose scheme is not allowed.
    RemoveScheme(String),
}

/// Judge one attribute of a kept element. A value that is kept is kept again unchanged.
pub(super) fn judge<'a>(element: &str, attribute: &str, value: &'a str) -> Verdict<'a> {
    let own = ATTRIBUTES.iter().find(|(name, _)| *name == element).map_or(&[][..], |(_, attributes)| *attributes);
    if !EVERYWHERE.contains(&attribute) && !own.contains(&attribute) {
        return Verdict::Remove;
    }
    match attribute {
        "href" => judge_link(value, &["http", "https", "mailto", "tel"]),
        "src" | "cite" => judge_link(value, &["http", "https"]),
        "id" => judge_id(value),
        "class" => judge_classes(element, value),
        "dir" => keep_if(matches!(value, "ltr" | "rtl" | "auto"), value),
        "loading" => keep_if(matches!(value, "lazy" | "eager"), value),
        "align" => keep_if(matches!(value, "left" | "right" | "center"), value),
        "scope" => keep_if(matches!(value, "row" | "col" | "rowgroup" | "colgroup"), value),
        "type" => keep_if(matches!(value, "1" | "a" | "A" | "i" | "I"), value),
        "width" | "height" | "colspan" | "rowspan" | "span" => keep_if(is_number(value, 4), value),
        "start" | "value" => keep_if(is_number(value.strip_prefix('-').unwrap_or(value), 9), value),
        "open" | "reversed" => Verdict::Keep(Cow::Borrowed("")),
        _ => Verdict::Keep(Cow::Borrowed(value)),
    }
}

fn keep_if(allowed: bool, value: &str) -> Verdict<'_> {
    if allowed { Verdict::Keep(Cow::Borrowed(value)) } else { Verdict::Remove }
}

fn is_number(value: &str, max_digits: usize) -> bool {
    !value.is_empty() && value.len() <= max_digits && value.bytes().all(|byte| byte.is_ascii_digit())
}

/// Read the link as a browser does (WHATWG URL Standard), which ignores tabs and line ends inside a scheme.
fn judge_link<'a>(value: &'a str, schemes: &[&str]) -> Verdict<'a> {
    match Url::parse(value) {
        Ok(url) if schemes.contains(&url.scheme()) => Verdict::Keep(Cow::Borrowed(value)),
        Ok(url) => Verdict::RemoveScheme(url.scheme().to_owned()),
        Err(url::ParseError::RelativeUrlWithoutBase) => Verdict::Keep(fragment_with_prefix(value)),
        Err(_) => Verdict::Remove,
    }
}

/// A link to an id of this body follows the id to its prefixed form.
fn fragment_with_prefix(value: &str) -> Cow<'_, str> {
    match value.strip_prefix('#') {
        Some(id) if !id.is_empty() && id != "top" && !id.starts_with(ID_PREFIX) => Cow::Owned(format!("#{ID_PREFIX}{id}")),
        _ => Cow::Borrowed(value),
    }
}

fn judge_id(value: &str) -> Verdict<'_> {
    if value.is_empty() || value.contains(char::is_whitespace) {
        Verdict::Remove
    } else if value.starts_with(ID_PREFIX) {
        Verdict::Keep(Cow::Borrowed(value))
    } else {
        Verdict::Keep(Cow::Owned(format!("{ID_PREFIX}{value}")))
    }
}

/// Classes that say what the text is: a code block's language, and the parts of a footnote.
fn judge_classes<'a>(element: &str, value: &'a str) -> Verdict<'a> {
    let is_allowed = |class: &&str| match element {
        "code" => class.strip_prefix("language-").is_some_and(|language| {
            !language.is_empty() && language.chars().all(|character| character.is_ascii_alphanumeric() || "-_+#.".contains(character))
        }),
        "sup" => matches!(*class, "footnote-reference" | "footnote-definition-label"),
        "div" => *class == "footnote-definition",
        _ => false,
    };
    let kept: Vec<&str> = value.split_ascii_whitespace().filter(is_allowed).collect();
    if kept.is_empty() { Verdict::Remove } else { Verdict::Keep(Cow::Owned(kept.join(" "))) }
}
