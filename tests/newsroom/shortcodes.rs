//! The site generator's own markup in a body, written as plain Markdown.

use crate::archive::{Archive, OLD_SITE, PICTURES};
use crate::ledger::Ledger;

/// Values with their names; a name is empty where there is none.
type Arguments = Vec<(String, String)>;

/// Writes a body in plain Markdown; what has no equal in it is noted.
pub fn to_markdown(body: &str, archive: &Archive, file: &str, ledger: &mut Ledger) -> String {
    let mut out = String::with_capacity(body.len());
    // Those that enclose text and are still open, with where their text begins.
    let mut open: Vec<(String, usize, Arguments)> = Vec::new();
    let mut rest = body;
    while let Some((before, tail)) = rest.split_once("{{<") {
        let Some((inner, after)) = tail.split_once(">}}") else {
            ledger.change(file, "a shortcode that never ends: left as it is");
            break;
        };
        out.push_str(before);
        rest = after;
        let (closing, name, arguments) = read(inner);
        let argument = |name: &str| arguments.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
        let first = arguments.first().map_or("", |(_, value)| value.as_str());
        if closing {
            let Some(at) = open.iter().rposition(|(opened, ..)| *opened == name) else {
                ledger.change(file, format!("shortcode {name} is closed and was not open: left out"));
                continue;
            };
            let (_, start, arguments) = open.remove(at);
            close(&name, &arguments, start, &mut out);
            continue;
        }
        // Within a block of HTML there is no Markdown.
        let html = out.rsplit("\n\n").next().is_some_and(|block| block.trim_start().starts_with('<'));
        let image = if html { html_image } else { image };
        let link = if html { html_link } else { link };
        match name.as_str() {
            "img" | "img-right" => {
                out.push_str(&picture(archive, argument("src"), argument("alt"), argument("caption"), image, file, ledger));
            }
            "legacy-img" | "legacy-img-right" => {
                let address = format!("{PICTURES}/_legacy-img/{}", argument("src").replace('\\', ""));
                out.push_str(&image(&address, argument("alt"), argument("caption")));
            }
            "ref" | "link" | "tmp" => out.push_str(&archive.address_of(first, file, ledger)),
            "youtube" => out.push_str(&link(argument("title"), &format!("https://www.youtube.com/watch?v={}", argument("id")))),
            "tweet" => out.push_str(&link("Tweet", &format!("https://twitter.com/{}/status/{}", argument("user"), argument("id")))),
            "button" => out.push_str(&link(argument("text"), argument("href"))),
            "asset-static" => out.push_str(&link(argument("label"), &format!("{PICTURES}/static/{}", argument("file")))),
            "quote-block" => {
                let cite = argument("cite").trim();
                out.push_str(&quoted(&format!("{}\n\n— {cite}", argument("text"))));
            }
            "highlight" => out.push_str("<mark>"),
            "note" | "box" | "accordion" | "card-prompt" => {}
            _ => ledger.change(file, format!("shortcode {name} has no equal: left out")),
        }
        if ["highlight", "note", "box", "accordion", "card-prompt"].contains(&name.as_str()) {
            open.push((name, out.len(), arguments));
        }
    }
    out.push_str(rest);
    for (name, ..) in open {
        ledger.change(file, format!("shortcode {name} is never closed: its text stands without it"));
    }
    out
}

/// Puts the text since `start` into what encloses it.
fn close(name: &str, arguments: &[(String, String)], start: usize, out: &mut String) {
    let argument = |name: &str| arguments.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let inner = out.split_off(start);
    match name {
        "highlight" => out.push_str(&format!("{inner}</mark>")),
        "accordion" => out.push_str(&format!("\n\n### {}: {}\n\n{inner}\n\n", argument("kicker"), argument("title"))),
        "card-prompt" => {
            let button = link(argument("button-text"), argument("button-url"));
            out.push_str(&quoted(&format!("{}\n\n{}\n\n{button}", argument("intro"), inner.trim().trim_end_matches('>').trim_end())));
        }
        _ => out.push_str(&quoted(&inner)),
    }
}

fn quoted(text: &str) -> String {
    let lines: Vec<String> = text.trim().lines().map(|line| format!("> {line}").trim_end().to_owned()).collect();
    format!("\n\n{}\n\n", lines.join("\n"))
}

/// The picture of a name, written by `image`.
fn picture(
    archive: &Archive,
    uid: &str,
    alt: &str,
    caption: &str,
    image: impl Fn(&str, &str, &str) -> String,
    file: &str,
    ledger: &mut Ledger,
) -> String {
    let Some(picture) = archive.picture(uid) else {
        ledger.change(file, "a picture in the body without a record of it, so without an address: its description stands in its place");
        return if caption.is_empty() { alt.to_owned() } else { caption.to_owned() };
    };
    ledger.shown_pictures.insert(uid.to_owned());
    let or = |own: &str, recorded: &Option<String>| if own.is_empty() { recorded.clone().unwrap_or_default() } else { own.to_owned() };
    image(&picture.address, &or(alt, &picture.alt), &or(caption, &picture.caption))
}

fn image(address: &str, alt: &str, caption: &str) -> String {
    let title = if caption.is_empty() { String::new() } else { format!(" \"{}\"", one_line(caption).replace('"', "\\\"")) };
    format!("![{}](<{address}>{title})", bracketed(alt))
}

fn link(label: &str, address: &str) -> String {
    format!("[{}](<{address}>)", bracketed(if label.is_empty() { OLD_SITE } else { label }))
}

fn html_image(address: &str, alt: &str, caption: &str) -> String {
    let title = if caption.is_empty() { String::new() } else { format!(" title=\"{}\"", escaped(caption)) };
    format!("<img src=\"{}\" alt=\"{}\"{title}>", escaped(address), escaped(alt))
}

fn html_link(label: &str, address: &str) -> String {
    format!("<a href=\"{}\">{}</a>", escaped(address), escaped(if label.is_empty() { OLD_SITE } else { label }))
}

fn escaped(text: &str) -> String {
    one_line(text).replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

fn bracketed(text: &str) -> String {
    one_line(text).replace('[', "\\[").replace(']', "\\]")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What stands within `{{< … >}}`: whether it closes, the name, the arguments with their names.
fn read(inner: &str) -> (bool, String, Arguments) {
    let inner = inner.trim();
    let (closing, inner) = inner.strip_prefix('/').map_or((false, inner), |rest| (true, rest.trim_start()));
    let name_end = inner.find(|character: char| !character.is_ascii_alphanumeric() && character != '-').unwrap_or(inner.len());
    let (name, mut rest) = inner.split_at(name_end);
    let mut arguments = Vec::new();
    loop {
        rest = rest.trim_start().trim_end_matches('/');
        if rest.is_empty() {
            return (closing, name.to_owned(), arguments);
        }
        let key_end = rest.find(|character: char| !character.is_ascii_alphanumeric() && character != '-' && character != '_').unwrap_or(rest.len());
        let (key, value) = match rest.split_at(key_end) {
            (key, tail) if tail.trim_start().starts_with('=') => (key, tail.trim_start()[1..].trim_start()),
            _ => ("", rest),
        };
        let quote = value.chars().next().filter(|first| ['"', '\'', '`'].contains(first));
        let (value, tail) = match quote {
            Some(quote) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
            None => value.split_once(char::is_whitespace).unwrap_or((value, "")),
        };
        arguments.push((key.to_owned(), value.to_owned()));
        rest = tail;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortcodes_become_plain_markdown() {
        let mut ledger = Ledger::default();
        let body = "A [page]({{< ref \"2019-01-01-one.md\" >}}).{{<tmp\"deadlink\" >}}\n{{< note >}}\nMind\n\nthe gap\n{{< /note >}}\n{{< legacy-img src=\"a/b\\_c.jpg\" alt=\"x [y]\" caption='z \"q\"' >}}{{< strange >}}\n\n<p>\n{{< youtube id=\"q\" title=\"A & B\" >}}";
        let markdown = to_markdown(body, &Archive::default(), "f", &mut ledger);
        let expected = format!(
            "A [page]({OLD_SITE}/2019-01-01-one).{OLD_SITE}/deadlink\n\n\n> Mind\n>\n> the gap\n\n\n![x \\[y\\]](<{PICTURES}/_legacy-img/a/b_c.jpg> \"z \\\"q\\\"\")\n\n<p>\n<a href=\"https://www.youtube.com/watch?v=q\">A &amp; B</a>"
        );
        assert_eq!(markdown, expected);
        assert!(ledger.to_string().contains("shortcode strange has no equal"), "{ledger}");
    }
}
