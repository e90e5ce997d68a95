#![allow(clippy::unwrap_used, reason = "a failed parse is a failed test")]
use super::*;

fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    pieces(text, |piece| {
        piece.tokens(|token, _| tokens.push(token.to_owned()));
        true
    });
    tokens
}

fn spelt(text: &str) -> String {
    SearchQuery::parse(text).unwrap().to_string()
}

#[test]
fn case_and_accents_are_folded() {
    for (text, folded) in [
        ("Café", "cafe"),
        ("cafe\u{301}", "cafe"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("Ærø", "aero"),
        ("Łódź", "lodz"),
        ("Đà Nẵng", "da nang"),
        ("İstanbul ısı", "istanbul isi"),
        ("Ｆｕｌｌ ｗｉｄｔｈ", "full width"),
        ("ﬁne", "fine"),
        ("ΟΔΟΣ οδός", "οδοσ οδοσ"),
        ("ёлка ЁЛКА", "елка елка"),
        ("أَحْمَد احمد", "احمد احمد"),
        ("شَـــمس", "شمس"),
        ("شָלוֹם שלום", "شלום שלום"),
        ("٣٤ ۳۴ 34", "34 34 34"),
        ("हिन्दी", "हिन्दी"),
    ] {
        assert_eq!(tokens(text).join(" "), folded, "{text}");
    }
}

#[test]
fn words_end_at_punctuation_and_long_ones_are_cut() {
    assert_eq!(tokens("l’usine, cross-border; don't_stop 3.5%"), ["l", "usine", "cross", "border", "don", "t", "stop", "3", "5"]);
    assert_eq!(tokens("😀 … — *()\"'"), Vec::<String>::new());
    assert_eq!(tokens(&"x".repeat(1000)), ["x".repeat(64)]);
}

#[test]
fn runs_without_spaces_become_pairs() {
    assert_eq!(tokens("北京大学2008年 東"), ["北京", "京大", "大学", "2008", "年", "東"]);
    assert_eq!(tokens("ไทย"), ["ไท", "ทย"]);
    assert_eq!(tokens("서울에서"), ["서울", "울에", "에서"]);
    assert_eq!(tokens("བོད་ཡིག").len(), 5);
}

#[test]
fn tokens_of_an_entry_can_be_quoted_by_nobody() {
    let hostile = "'; DROP \"TABLE\" \\ :* & | ! <-> ( ) NEAR/2 \u{0} \u{7f} _x_ a\u{a0}b";
    let entry = entry(&Text { title: hostile, standfirst: hostile, byline: "", credit_line: "", body: hostile });
    assert!(entry.tokens.chars().all(|character| character.is_alphanumeric() || character == ' ' || character == '_'), "{}", entry.tokens);
    assert_eq!(entry.gist.split('\n').count(), 5);
}

#[test]
fn an_entry_is_bounded() {
    let body: String = (0..200_000).map(|number| format!("word{number} ")).collect();
    let entry = entry(&Text { title: "Title", standfirst: "", byline: "", credit_line: "", body: &body });
    assert!(entry.tokens.len() < 310_000 && entry.tokens.split(' ').count() < 15_010);
}

#[test]
fn a_gist_tells_where_words_stand() {
    let body = "ferry ferry ferry ferry boat boat once";
    let entry = entry(&Text { title: "The Last Ferry", standfirst: "Saved", byline: "By Ida Moss", credit_line: "North Star", body });
    assert_eq!(entry.gist, "the last ferry\nsaved\nby ida moss north star\nferry\nboat");
    assert_eq!(entry.tokens, "the last ferry _ saved _ by ida moss _ north star _ ferry ferry ferry ferry boat boat once _");
}

#[test]
fn all_spellings_of_a_query_are_one() {
    assert_eq!(spelt("  Ferry   COUNCIL ferry "), "council ferry");
    assert_eq!(spelt("\"last Ferry\" \"café"), "\"last ferry\" cafe");
    assert_eq!(spelt("«last ferry» “seven to two”"), "\"last ferry\" \"seven to two\"");
    assert_eq!(spelt("don't cross-bord* vote* vo*"), "\"don t\" cross-bord* vo vote*");
    assert_eq!(spelt("北京大学 年 2008年"), "2008 北京大学 年");
    assert_eq!(spelt("\"北京 2008\""), "\"北京 2008\"");
    for empty in ["", " ", "*", "\"\"", "\"*\" ( ) ' AND", "😀"] {
        assert_eq!(spelt(empty).is_empty(), empty != "\"*\" ( ) ' AND", "{empty}");
    }
    for text in ["Ferry COUNCIL", "\"last Ferry\"", "don't cross-bord*", "北京大学 年 2008年 \"北京 2008\"", "ไทย* سلام", "ß ﬁ İ", "\"a\" b\" c"]
    {
        assert_eq!(spelt(&spelt(text)), spelt(text), "{text}");
    }
}

#[test]
fn long_and_many_worded_queries_are_refused() {
    assert_eq!(SearchQuery::parse(&"é".repeat(401)), Err(QueryFault::TooLong));
    assert!(SearchQuery::parse(&"é".repeat(400)).is_ok());
    let words: String = (0..33).map(|number| format!("w{number} ")).collect();
    assert_eq!(SearchQuery::parse(&words), Err(QueryFault::TooManyWords));
    assert_eq!(SearchQuery::parse("aaa* bbb* ccc* ddd* eee*"), Err(QueryFault::TooManyPrefixes));
    assert!(SearchQuery::parse(&"*".repeat(400)).unwrap().is_empty());
}

#[test]
fn the_title_is_worth_more_than_the_standfirst_and_that_more_than_the_body() {
    let query = SearchQuery::parse("ferry").unwrap();
    let in_title = score(&query, "the ferry\n\n\n\n", 0);
    let in_standfirst = score(&query, "\nthe ferry\n\n\n", 0);
    let often = score(&query, "\n\n\nferry\n", 0);
    let once = score(&query, "\n\n\n\n", 0);
    assert!(in_title > in_standfirst && in_standfirst > often && often > once && once == 0);
    let phrase = SearchQuery::parse("\"last ferry\"").unwrap();
    assert_eq!(score(&phrase, "ferry last\n\n\n\n", 0), 0);
    assert!(score(&phrase, "the last ferry\n\n\n\n", 0) > 0);
    let prefix = SearchQuery::parse("fer* 北").unwrap();
    assert_eq!(score(&prefix, "ferry 北京\n\n\n\n", 5), score(&query, "ferry\n\n\n\n", 5));
}

#[test]
fn excerpts_show_where_it_matches() {
    let query = SearchQuery::parse("Ferry cafe*").unwrap();
    let found = whole(&query, "The FERRY’s Cafétéria 😀 ferries").unwrap();
    assert_eq!(found.matches, [Matched { start: 4, end: 9 }, Matched { start: 12, end: 21 }]);
    assert_eq!(whole(&query, "nothing"), None);
    let body = format!("{}the ferry\nstays {}and a cafe by the ferry {}", "word ".repeat(100), "more ".repeat(100), "last ".repeat(50));
    let parts = excerpts(&query, &body, "…");
    assert_eq!(parts.len(), 2);
    for part in &parts {
        assert!(part.text.starts_with('…') && part.text.ends_with('…') && part.text.chars().count() <= 202, "{}", part.text);
        let characters: Vec<char> = part.text.chars().collect();
        for Matched { start, end } in &part.matches {
            let matched: String = characters.get(*start..*end).unwrap().iter().collect();
            assert!(["ferry", "cafe"].contains(&matched.as_str()), "{matched}");
        }
    }
    assert_eq!(parts.last().unwrap().matches.len(), 2, "both words stand together there: {parts:?}");
    assert_eq!(excerpts(&query, "A ferry.", "…"), [Excerpt { text: "A ferry.".to_owned(), matches: vec![Matched { start: 2, end: 7 }] }]);
}

#[test]
fn excerpts_of_runs_and_single_characters_are_found() {
    let text = "我在北京大学学习。";
    let matches = |query: &str| whole(&SearchQuery::parse(query).unwrap(), text).unwrap().matches;
    assert_eq!(matches("北京大学"), [Matched { start: 2, end: 6 }]);
    assert_eq!(matches("学"), [Matched { start: 5, end: 7 }]);
}
