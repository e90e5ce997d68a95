//! Addresses of pages: which ones are taken in, and how the paper's own are built.

use url::Url;

/// The longest address taken in, in characters.
pub const LENGTH_MAX: usize = 2000;

/// Whether a text is an absolute http or https address with a host and without white space or credentials.
#[must_use]
pub fn is_web_address(text: &str) -> bool {
    // The parser forgives white space and backslashes inside; a stored address must not need forgiving.
    if text.chars().any(|character| character.is_whitespace() || character.is_control() || "\\<>\"".contains(character)) {
        return false;
    }
    let lower_scheme = text.starts_with("http://") || text.starts_with("https://");
    lower_scheme
        && Url::parse(text)
            .is_ok_and(|url| url.host_str().is_some_and(|host| !host.is_empty()) && url.username().is_empty() && url.password().is_none())
}

/// Whether a text has the form local@domain, with nothing in it that would need quoting.
#[must_use]
pub fn is_email_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    !local.is_empty()
        && local.len() <= 64
        && !domain.is_empty()
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && text.chars().all(|character| !character.is_whitespace() && !character.is_control() && !"<>()[]\\,;:\"".contains(character))
        && !local.contains('@')
}

/// Whether a pattern is a path with exactly one `{slug}` and no other placeholder.
#[must_use]
pub fn is_page_pattern(pattern: &str) -> bool {
    let without = pattern.replacen("{slug}", "", 1);
    pattern.starts_with('/')
        && !pattern.starts_with("//")
        && pattern.contains("{slug}")
        && !without.contains(['{', '}'])
        && without.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte))
}

/// Whether a pattern is a path, with a query if need be, with exactly one `{token}` and no other placeholder.
#[must_use]
pub fn is_preview_pattern(pattern: &str) -> bool {
    let without = pattern.replacen("{token}", "", 1);
    pattern.starts_with('/')
        && !pattern.starts_with("//")
        && pattern.contains("{token}")
        && without.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-_.~?=&".contains(&byte))
}

/// The address of a page on the paper's own website, by a pattern that [`is_page_pattern`] has found right.
#[must_use]
pub fn page(public_url: &str, pattern: &str, slug: &str) -> String {
    let (before, after) = pattern.split_once("{slug}").unwrap_or((pattern, ""));
    [public_url.trim_end_matches('/'), before, slug, after].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_web_addresses_are_taken() {
        for good in ["https://a.example/x?y=1#z", "http://127.0.0.1:8080", "https://müller.example/ä"] {
            assert!(is_web_address(good), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "ftp://a.example",
            "//a.example",
            "https://",
            "https://u:p@a.example",
            "https://a.example/ b",
            "https:\\\\a",
            "HTTPS//x",
            "data:text/html,x",
            "java\nscript:x",
        ] {
            assert!(!is_web_address(bad), "{bad}");
        }
    }

    #[test]
    fn pages_are_built_from_the_pattern() {
        assert!(is_page_pattern("/articles/{slug}"));
        assert!(!is_page_pattern("articles/{slug}") && !is_page_pattern("/a") && !is_page_pattern("//{slug}") && !is_page_pattern("/{slug}/{id}"));
        assert_eq!(page("https://paper.example/", "/news/{slug}/", "win"), "https://paper.example/news/win/");
    }
}
