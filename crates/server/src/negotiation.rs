//! The one reader of what a client says it takes: `Accept` and `Accept-Encoding` (RFC 9110, 12.4.2 and 12.5).

use actix_web::http::header::{HeaderMap, HeaderName};

/// Members beyond these are not looked at: no client has so many to say.
const MEMBERS_MAX: usize = 32;

/// What a header names, in its order, each with its weight from 0 to 1: 1 where it has none, nothing where it cannot be read.
pub fn weighted<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = (&'a str, Option<f32>)> + use<'a> {
    let values = headers.get_all(name).filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).take(MEMBERS_MAX).map(|member| {
        let mut parts = member.split(';').map(str::trim);
        let named = parts.next().unwrap_or_default();
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        (named, weight.map_or(Some(1.0), |weight| weight.trim().parse().ok().filter(|weight| (0.0..=1.0).contains(weight))))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed read is a failed test")]
    use super::*;
    use actix_web::http::header::{ACCEPT, HeaderValue};

    #[test]
    fn weights_are_read_and_broken_ones_told_apart() {
        let mut headers = HeaderMap::new();
        headers.append(ACCEPT, HeaderValue::from_static("a/b, c/d;level=1;q=0.5 ,e;q=x"));
        headers.append(ACCEPT, HeaderValue::from_static("f ; Q=0,,g;q=2"));
        let read: Vec<(&str, Option<f32>)> = weighted(&headers, &ACCEPT).collect();
        assert_eq!(read, [("a/b", Some(1.0)), ("c/d", Some(0.5)), ("e", None), ("f", Some(0.0)), ("", Some(1.0)), ("g", None)]);
        headers.append(ACCEPT, HeaderValue::try_from("x,".repeat(1000)).unwrap());
        assert_eq!(weighted(&headers, &ACCEPT).count(), MEMBERS_MAX);
    }
}
