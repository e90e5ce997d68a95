#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::time::{Duration, Instant};

use super::*;

fn html(source: &str) -> Body {
    render(source, BodyFormat::Html)
}

fn markdown(source: &str) -> Body {
    render(source, BodyFormat::Markdown)
}

fn removed(source: &str) -> Vec<(String, u32)> {
    html(source).removed.into_iter().map(|removed| (removed.what, removed.count)).collect()
}

/// Hostile sources of several kinds; the classics of mutation are after the comment.
const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//e.org/x.js></SCRIPT >",
    "<img src=x onerror=alert(1)>",
    "<img/src/onerror=alert(1)>",
    "<svg onload=alert(1)><animate onbegin=alert(1) attributeName=x>",
    "<a href=\" java\nscript:alert(1)\">x</a>",
    "<a href=\"&#106;avascript&colon;alert(1)\">x</a>",
    "<a href=\"\u{1}javascript:alert(1)\">x</a>",
    "<a href=\"vbscript:x\">x</a><a href=\"data:text/html,<script>1</script>\">y</a>",
    "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
    "<form action=javascript:x><input formaction=javascript:x><button>go</button></form>",
    "<div style=\"background:url(javascript:x)\">x</div><style>*{color:red}</style>",
    "<base href=//e.org><meta http-equiv=refresh content=0><link rel=stylesheet href=//e.org>",
    "<object data=x.swf></object><embed src=x.swf>",
    "<template><img src=x onerror=alert(1)></template>",
    "<body onload=alert(1)>x",
    "<<script>alert(1)//<</script>",
    "<b <script>alert(1)</script>0",
    // Markup that means another thing when it is read a second time.
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
    "<textarea><img title=\"</textarea><img src onerror=alert(1)>\"></textarea>",
    "<listing>&lt;img onerror=alert(1) src=x&gt;</listing><xmp><p title=\"</xmp><img src onerror=alert(1)>\"></xmp>",
    "<svg><![CDATA[><img src=x onerror=alert(1)>]]></svg>",
    "<select><iframe></select><img src=x onerror=alert(1)></iframe></select>",
    "<!--><img src=x onerror=alert(1)>--><!-- --!><img src=x onerror=alert(1)> -->",
    "<table><a href=1><tr><td><a href=2>x<table><b>y</table><p><div>z",
    "<p title='\"><script>alert(1)</script>'>x<b><i>y</b>z</i><p><button><p>w</button>",
    "<pre>\n\n\n x</pre>\u{feff}<pre><b>\n</b>",
    "&lt;script&gt;alert(1)&lt;/script&gt; &amp;nbsp; a&nbsp;b &#13; c",
];

#[test]
fn nothing_hostile_is_left() {
    for source in HOSTILE {
        for format in [BodyFormat::Html, BodyFormat::Markdown] {
            let body = render(source, format);
            for part in body.html.split('<').skip(1) {
                let tag = part.split('>').next().unwrap().to_ascii_lowercase();
                let name = tag.trim_start_matches('/').split(' ').next().unwrap();
                assert!(allow_list::ELEMENTS.contains(&name), "{source:?} left {tag:?}");
                // Attribute values are written without `<` and `>`, so the whole tag stands between them.
                let outside_values: String = tag.split('"').step_by(2).collect();
                assert!(!outside_values.contains(" on") && !outside_values.contains("style"), "{source:?} left {tag:?}");
                assert!(!tag.contains("href=\"javascript") && !tag.contains("script:"), "{source:?} left {tag:?}");
            }
            assert!(!markdown(&body.markdown).html.contains("onerror=alert(1)>"), "{source:?}");
        }
    }
}

#[test]
fn cleaning_twice_changes_nothing() {
    let kind = "<h2 id=a>x</h2><ul><li>a<li>b</ul><a href=#a title='\"<>&'>b</a><table><tr><td style='text-align: right'>1</table>";
    for source in HOSTILE.iter().chain([&kind, &"a\u{a0}b—“c”", &"<p>x<pre>\n\ny</pre>"]) {
        for format in [BodyFormat::Html, BodyFormat::Markdown] {
            let once = render(source, format);
            let twice = html(&once.html);
            assert_eq!(twice.html, once.html, "{source:?}");
            assert_eq!(twice.text, once.text, "{source:?}");
            assert_eq!(twice.removed, Vec::new(), "{source:?}");
        }
    }
}

#[test]
fn markdown_made_from_a_body_reads_the_same() {
    let more = [
        "<p>1. x</p><p># y</p><p>- z<br>+ w<br>=== v</p>",
        "a<b>\"x\"</b>b <i> c </i><b>d</b><b>e</b>",
        "<blockquote><ul><li><p>a</p><pre>b\n\nc</pre></ul></blockquote>",
        "<ul><li>a</ul><ul><li>b</ul>",
        "<h2><code>a|b</code></h2><ul><li>a<h3>b</h3><table><tr><td>c</table></ul>",
        "<p>!<a href='x_y (z)'>[l]*</a> a_b _c_ &amp;amp; ~~d~~ | e</p>",
        "<code>a`b</code> <code>`</code><table><tr><th>a|b<td>c<br>d</table>",
    ];
    for source in HOSTILE.iter().chain(&more) {
        let body = html(source);
        assert_eq!(markdown(&body.markdown).text, body.text, "{source:?} gave {:?}", body.markdown);
    }
}

#[test]
fn markdown_made_from_a_body_is_as_clean_as_the_body() {
    for source in HOSTILE {
        let body = html(source);
        assert_eq!(markdown(&body.markdown).removed, Vec::new(), "{source:?} gave {:?}", body.markdown);
    }
}

#[test]
fn what_was_removed_is_told() {
    let cases: &[(&str, &[(&str, u32)])] = &[
        ("<script>1</script><p>x</p><script>2</script>", &[("element script", 2)]),
        ("<style>p{}</style><iframe src=x></iframe>", &[("element style", 1), ("element iframe", 1)]),
        ("<a href=/x onclick=y>z</a>", &[("attribute onclick on a", 1)]),
        ("<p style='color:red' STYLE=x ONCLICK=y>z</p>", &[("attribute style on p", 1), ("attribute onclick on p", 1)]),
        ("<a href='javascript:x'>y</a><a href='ftp://e.org/'>z</a>", &[("link scheme javascript", 1), ("link scheme ftp", 1)]),
        ("<img src='data:image/png;base64,AA'><img>", &[("link scheme data", 1), ("element img", 1)]),
        ("<foo-bar>x</foo-bar><center>y</center>", &[("element foo-bar", 1), ("element center", 1)]),
        ("<svg><path d=x /></svg>", &[("element svg", 1)]),
        ("x<!-- y -->", &[("comment", 1)]),
        ("<body onload=x>y", &[("attribute onload on body", 1)]),
        ("<a rel=nofollow href=x>y</a><p id=x title=y lang=en>z</p>", &[]),
        ("<img src=http://e.org/a.png width=10 height=100% loading=lazy alt=''>", &[("attribute height on img", 1)]),
    ];
    for (source, expected) in cases {
        let expected: Vec<(String, u32)> = expected.iter().map(|(what, count)| ((*what).to_owned(), *count)).collect();
        assert_eq!(removed(source), expected, "{source}");
    }
    assert_eq!(markdown("| a |\n| --: |\n| 1 |\n\n```rust\nx\n```\n\nb[^1]\n\n[^1]: c").removed, Vec::new());
}

#[test]
fn kinds_of_removed_markup_are_bounded() {
    let source: String = (0..500).map(|index| format!("<x{index}></x{index}>")).collect();
    let kinds = removed(&source);
    assert_eq!(kinds.len(), 100);
    assert_eq!(kinds.iter().map(|(_, count)| count).sum::<u32>(), 500);
}

#[test]
fn kept_markup_is_kept() {
    let cases = [
        ("<code class='language-rust evil'>x</code><code class=evil>y</code>", "<code class=\"language-rust\">x</code><code>y</code>"),
        ("<h2 id=a>x</h2><a href=#a>y</a>", "<h2 id=\"user-content-a\">x</h2><a href=\"#user-content-a\" rel=\"noopener noreferrer\">y</a>"),
        ("<a href='mailto:a@b.c'>x</a>", "<a href=\"mailto:a@b.c\" rel=\"noopener noreferrer\">x</a>"),
        ("<details open><summary>a</summary>b</details>", "<details open=\"\"><summary>a</summary>b</details>"),
        ("<ruby>漢<rt>kan</rt></ruby><time datetime=2026-10-01>x</time>", "<ruby>漢<rt>kan</rt></ruby><time datetime=\"2026-10-01\">x</time>"),
        ("<article>a</article><footer>b</footer>", "<div>a</div><div>b</div>"),
        ("5&nbsp;km — “x” &amp;nbsp;", "5\u{a0}km — “x” &amp;nbsp;"),
    ];
    for (source, expected) in cases {
        assert_eq!(html(source).html, expected);
    }
}

#[test]
fn commonmark_basics() {
    let cases = [
        ("# a *b*", "<h1>a <em>b</em></h1>\n"),
        ("a  \nb", "<p>a<br>\nb</p>\n"),
        ("~~a~~ **b** `c<d`", "<p><del>a</del> <strong>b</strong> <code>c&lt;d</code></p>\n"),
        ("> a\n\n1. b\n2. c", "<blockquote>\n<p>a</p>\n</blockquote>\n<ol>\n<li>b</li>\n<li>c</li>\n</ol>\n"),
        ("a -- b ... \"c\" 'd' 5\u{a0}km—“e”", "<p>a -- b ... \"c\" 'd' 5\u{a0}km—“e”</p>\n"),
        ("a <b>b</b> <i onclick=x>c</i>", "<p>a <b>b</b> <i>c</i></p>\n"),
    ];
    for (source, expected) in cases {
        assert_eq!(markdown(source).html, expected);
    }
    assert!(markdown("|a|b|\n|:-|-:|\n|1|2|").html.contains("<td align=\"left\">1</td><td align=\"right\">2</td>"));
}

#[test]
fn markdown_survives_a_round() {
    let source = "## Head\n\nOne *two* **three** ~~four~~ `five` [six](https://e.org/a_b \"t\")\\\nseven[^n] H<sub>2</sub>O\n\n- a\n- b\n  - c\n\n3. d\n4. e\n\n> f\n\n| a | b |\n| :-- | --: |\n| 1 | x\\|y |\n\n```rust\nfn x() {}\n```\n\n___\n\n![g](h.png)\n\n[^n]: Note.\n";
    assert_eq!(markdown(source).markdown, source.replace("3. d\n4. e", "3) d\n4) e"));
}

#[test]
fn text_keeps_blocks_apart() {
    let cases = [
        ("<h1>a</h1><p>b<br>c</p><div>d</div>", "a\n\nb\nc\n\nd"),
        ("<ul><li>a<li><p>b</p><ul><li>c</ul></ul>d", "a\nb\nc\n\nd"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc"),
        ("<article>a</article><footer>b</footer>", "a\n\nb"),
        ("  a \n\t b\u{a0}\u{a0}c  ", "a b\u{a0}\u{a0}c"),
        ("a<img src=x alt=no>b &lt;c&gt; &amp;amp;", "ab <c> &amp;"),
        ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby><ruby>x<rt></rt></ruby>", "漢(kan)x"),
        ("<pre>a\n  b\n\n</pre>c", "a\n  b\n\nc"),
        ("<p><b>a</b>b</p> <p> </p><p>c</p>", "ab\n\nc"),
        ("<p>שלום</p><p>สวัสดี</p>", "שלום\n\nสวัสดี"),
    ];
    for (source, expected) in cases {
        assert_eq!(html(source).text, expected, "{source}");
    }
    assert_eq!(markdown("word[^1]\n\n[^1]: Note").text, "word[1]\n\n[1] Note");
}

#[test]
fn words_and_minutes_are_counted() {
    assert_eq!(html("<p>Don't stop—now, 5\u{a0}km</p><p>end</p>").word_count, 6);
    assert_eq!(html("").word_count, 0);
    assert_eq!([0, 1, 230, 231, 460, 461, u32::MAX].map(reading_minutes), [0, 1, 1, 2, 2, 3, 18_673_771]);
}

#[test]
fn nesting_without_end_is_flattened_at_once() {
    let formatting: String = (0..20_000).map(|index| format!("<div><b title=x{index}></div>")).collect();
    let sources = [
        ("<div>".repeat(100_000) + "x", BodyFormat::Html),
        ("<b>".repeat(100_000) + "x", BodyFormat::Html),
        ("<ul><li>".repeat(50_000) + "x", BodyFormat::Html),
        (formatting + "x", BodyFormat::Html),
        (">".repeat(100_000) + "x", BodyFormat::Markdown),
        ("[".repeat(100_000) + "x", BodyFormat::Markdown),
        ("*a **".repeat(20_000) + "x", BodyFormat::Markdown),
    ];
    for (source, format) in sources {
        let start = Instant::now();
        let body = render(&source, format);
        assert!(start.elapsed() < Duration::from_secs(20), "{} took {:?}", &source[..10], start.elapsed());
        assert!(body.text.ends_with('x'), "{}", &source[..10]);
        let deepest = body.html.matches("<div>").count().max(body.html.matches("<blockquote>").count());
        assert!(deepest <= markup_tree::MAX_DEPTH + 1, "{deepest}");
    }
    assert_eq!(removed(&"<div>".repeat(150)), [("nesting too deep".to_owned(), 50)]);
}

#[test]
fn a_tag_too_long_to_read_costs_little_text() {
    let image = format!("<p>a</p><img src=\"data:image/png;base64,{}\"><p>b</p>", "iVBORw0KGgo".repeat(20_000));
    assert_eq!(html(&image).text, "a\n\nb");
    assert_eq!(removed(&image), [("link scheme data".to_owned(), 1)]);
    let comment = format!("<p>a</p><!--{}--><p>b</p>", "x y ".repeat(20_000));
    assert_eq!(html(&comment).text, "a\n\nb");
    let attributes: String = (0..20_000).map(|index| format!(" a{index}")).collect();
    let body = html(&format!("<p>a</p><p{attributes}>b</p>"));
    assert_eq!(body.text, "a");
    assert!(body.removed.iter().any(|removed| removed.what.starts_with("the rest of the source")));
}

/// Fragments that are put together at random: some of the simple kind, some just beyond it.
const FRAGMENTS: &[&str] = &[
    "The council voted **seven to two**.",
    "*quiet*",
    "~~gone~~",
    "`a < b && c`",
    "[ferry](https://paper.example/a?b=1&c=2#d)",
    "https://e.org",
    "  \n",
    "\\\n",
    "\n\n",
    "\n",
    " ",
    "# ",
    "## ",
    "- ",
    "  - ",
    "1. ",
    "3. ",
    "> ",
    "> > ",
    "---\n",
    "\n\n***\n\n",
    "    code\n",
    "```\nx\n```\n",
    "&nbsp;",
    "&amp;",
    "&lt;b&gt;",
    "&copy",
    "\u{a0}",
    "\u{201c}so\u{201d}",
    "<b>",
    "</b>",
    "<em>",
    "</em>",
    "<p>",
    "</p>",
    "<P>",
    "<li>",
    "</li>",
    "<ul>",
    "</ul>",
    "<br>",
    "<br />",
    "<hr>",
    "<hr />",
    "<h2>",
    "</h2>",
    "<strong>",
    "</strong>",
    "<del>",
    "</del>",
    "<code>",
    "</code>",
    "<blockquote>",
    "</blockquote>",
    "<ol>",
    "</ol>",
    "\n<p>x</p>\n",
    "<a href=\"https://e.org/?a=1&amp;b=2\">",
    "<a href=\"https://e.org/?a=1&b=2\">",
    "<a href=\"javascript:x\">",
    "<a href=\"/local\">",
    "<a href=\"HTTPS://E.org\">",
    "<a href=\"https://e.org:port/\">",
    "<a href=\"https://e.org/a b\">",
    "</a>",
    "![i](https://e.org/i.jpg)",
    "[t](<https://e.org> \"title\")",
    "[^1]",
    "\n[^1]: note\n",
    "\n| a | b |\n|---|:-:|\n| c | d |\n",
    "\t",
    "\r\n",
    "\r",
    "\u{0}",
    "\u{1}",
    "\u{feff}",
    "\u{fffe}",
    "\u{85}",
    "<!-- c -->",
    "<script>x</script>",
    "\"q\"",
    "it's",
    "x > y",
    "_",
];

#[test]
fn what_is_read_once_is_what_the_sanitiser_makes() {
    let mut state = 7_u64;
    let mut next = |limit: usize| {
        // Knuth's multiplier; the low bits are the poor ones.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % limit
    };
    let mut simple = 0;
    for round in 0..20_000 {
        let mut text = String::new();
        for _ in 0..=next(12) {
            // Every other text is made of what is likely to be simple.
            let among = if round % 2 == 0 { FRAGMENTS.len() } else { 22 };
            text.push_str(FRAGMENTS[next(among)]);
        }
        for source in [markdown_to_html(&text), text] {
            let Some(read) = simple::read(&source) else { continue };
            simple += 1;
            assert_eq!(derive(read.html, &read.root, Vec::new()), clean(&source), "{source:?}");
        }
    }
    assert!(simple > 8000, "only {simple} were simple");
}

#[test]
fn a_body_of_everyday_text_is_read_once() {
    let text = "# A head\n\nThe *council* voted **seven to two**, \u{201c}for once\u{201d} & [all of it](https://e.org/?a=1&b=2).  \nNext line.\n\n> Quoted.\n>\n> - one\n> - two\n\n1. x\n2. y\n   - z\n\n---\n";
    assert!(simple::read(&markdown_to_html(text)).is_some());
}
