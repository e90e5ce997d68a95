#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed, and the panic says where")]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};

use super::{ACCESS_TOKEN_SECONDS, KeySet, TokenFault, TokenSettings};
use crate::signing_keys::{KeyFault, SigningKey};

const NOW: i64 = 1_790_000_000;

fn settings() -> TokenSettings {
    TokenSettings {
        issuer: "https://courier.example".to_owned(),
        audience: "https://courier.example/v1".to_owned(),
        leeway_seconds: 5,
        key_rest_seconds: 0,
    }
}

fn key_set() -> (KeySet, SigningKey) {
    let key = SigningKey::generate(NOW - 1000).unwrap();
    let set = KeySet::new(settings(), std::slice::from_ref(&key)).unwrap();
    (set, key)
}

fn claims() -> Value {
    json!({
        "iss": "https://courier.example",
        "aud": "https://courier.example/v1",
        "sub": "account",
        "sid": "session",
        "jti": "token",
        "iat": NOW,
        "exp": NOW + 900,
    })
}

fn header(key: &SigningKey) -> Value {
    json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": key.id })
}

/// Signs any two texts with the key, as someone could who had it.
fn forge(key: &SigningKey, header: &str, claims: &str) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signing = EncodingKey::from_ed_pem(key.private_key_pem.expose().as_bytes()).unwrap();
    let signature = crypto::sign(message.as_bytes(), &signing, Algorithm::EdDSA).unwrap();
    format!("{message}.{signature}")
}

fn parts(token: &str) -> [String; 3] {
    let parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    parts.try_into().unwrap()
}

#[test]
fn issued_tokens_verify() {
    let (set, key) = key_set();
    let token = set.issue("account", "session", NOW).unwrap();
    let claims = set.verify(&token, NOW).unwrap();
    assert_eq!(claims.sub, "account");
    assert_eq!(claims.sid, "session");
    assert_eq!((claims.iat, claims.exp), (NOW, NOW + ACCESS_TOKEN_SECONDS));
    let [head, body, _] = parts(&token).map(|part| URL_SAFE_NO_PAD.decode(part).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok()));
    assert_eq!(head, Some(header(&key)));
    let mut members: Vec<String> = body.unwrap().as_object().unwrap().keys().cloned().collect();
    members.sort();
    assert_eq!(members, ["aud", "exp", "iat", "iss", "jti", "sid", "sub"]);
    let other = set.issue("account", "session", NOW).unwrap();
    assert_ne!(set.verify(&other, NOW).unwrap().jti, claims.jti);
}

#[test]
fn a_forged_token_of_the_right_form_verifies() {
    // Otherwise the refusals below would prove nothing.
    let (set, key) = key_set();
    let token = forge(&key, &header(&key).to_string(), &claims().to_string());
    assert!(set.verify(&token, NOW).is_ok());
}

#[test]
fn time_is_the_time_given() {
    let (set, _) = key_set();
    let token = set.issue("account", "session", NOW).unwrap();
    let end = NOW + ACCESS_TOKEN_SECONDS;
    for (now, outcome) in [
        (NOW - 6, Err(TokenFault::NotYetValid)),
        (NOW - 5, Ok(())),
        (end + 4, Ok(())),
        (end + 5, Err(TokenFault::Expired)),
        (i64::MAX, Err(TokenFault::Expired)),
        (0, Err(TokenFault::NotYetValid)),
        (i64::MIN, Err(TokenFault::NotYetValid)),
    ] {
        assert_eq!(set.verify(&token, now).map(|_| ()), outcome, "{now}");
    }
    let lax = TokenSettings { leeway_seconds: 3600, ..settings() };
    let key = SigningKey::generate(NOW).unwrap();
    let set = KeySet::new(lax, &[key]).unwrap();
    let token = set.issue("account", "session", NOW).unwrap();
    assert!(set.verify(&token, end + 29).is_ok());
    assert_eq!(set.verify(&token, end + 30), Err(TokenFault::Expired));
}

#[test]
fn other_algorithms_are_refused() {
    let (set, key) = key_set();
    for algorithm in ["none", "None", "NONE", "nOnE", "HS256", "HS512", "ES256", "RS256", "PS256", "eddsa", "EDDSA", "Ed25519", "", "EdDSA "] {
        let mut header = header(&key);
        header["alg"] = json!(algorithm);
        let signed = forge(&key, &header.to_string(), &claims().to_string());
        assert_eq!(set.verify(&signed, NOW), Err(TokenFault::WrongAlgorithm), "{algorithm}");
        let [head, body, _] = parts(&signed);
        assert_eq!(set.verify(&format!("{head}.{body}."), NOW), Err(TokenFault::WrongAlgorithm), "{algorithm}");
    }
}

#[test]
fn the_public_key_is_no_secret() {
    let (set, key) = key_set();
    let jwks = set.jwks(NOW);
    let coordinate = jwks["keys"][0]["x"].as_str().unwrap();
    let raw = URL_SAFE_NO_PAD.decode(coordinate).unwrap();
    for secret in [raw.as_slice(), coordinate.as_bytes(), jwks.to_string().as_bytes()] {
        let secret = EncodingKey::from_secret(secret);
        for (algorithm, fault) in [("HS256", TokenFault::WrongAlgorithm), ("EdDSA", TokenFault::WrongSignature)] {
            let mut header = header(&key);
            header["alg"] = json!(algorithm);
            let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims().to_string()));
            let signature = crypto::sign(message.as_bytes(), &secret, Algorithm::HS256).unwrap();
            assert_eq!(set.verify(&format!("{message}.{signature}"), NOW), Err(fault));
        }
    }
}

#[test]
fn keys_come_from_our_set_only() {
    let (set, key) = key_set();
    let stranger = SigningKey::generate(NOW).unwrap();
    let path = format!("../{}", key.id);
    let query = format!("{}' OR '1'='1", key.id);
    for kid in ["", "/dev/null", "../../../dev/null", &path, &query, &stranger.id] {
        let mut header = header(&key);
        header["kid"] = json!(kid);
        for signer in [&key, &stranger] {
            let token = forge(signer, &header.to_string(), &claims().to_string());
            assert_eq!(set.verify(&token, NOW), Err(TokenFault::UnknownKey), "{kid}");
        }
    }
    let token = forge(&stranger, &header(&key).to_string(), &claims().to_string());
    assert_eq!(set.verify(&token, NOW), Err(TokenFault::WrongSignature));
    let others = KeySet::new(settings(), &[stranger]).unwrap();
    let token = others.issue("account", "session", NOW).unwrap();
    assert_eq!(set.verify(&token, NOW), Err(TokenFault::UnknownKey));
}

#[test]
fn headers_with_more_or_less_are_refused() {
    let (set, key) = key_set();
    let stranger = SigningKey::generate(NOW).unwrap();
    let stranger_set = KeySet::new(settings(), std::slice::from_ref(&stranger)).unwrap();
    let jwk = stranger_set.jwks(NOW)["keys"][0].clone();
    for (member, value) in [
        ("jku", json!("https://thief.example/keys")),
        ("jwk", jwk),
        ("x5u", json!("https://thief.example/chain")),
        ("x5c", json!(["AAAA"])),
        ("crit", json!(["exp"])),
        ("b64", json!(false)),
        ("cty", json!("JWT")),
        ("zip", json!("DEF")),
    ] {
        let mut header = header(&key);
        header[member] = value;
        for signer in [&key, &stranger] {
            let token = forge(signer, &header.to_string(), &claims().to_string());
            assert_eq!(set.verify(&token, NOW), Err(TokenFault::Malformed), "{member}");
        }
    }
    for member in ["alg", "typ", "kid"] {
        for value in [None, Some(json!(null)), Some(json!(1)), Some(json!(["EdDSA"]))] {
            let mut header = header(&key);
            match value {
                Some(value) => header[member] = value,
                None => drop(header.as_object_mut().unwrap().remove(member)),
            }
            let token = forge(&key, &header.to_string(), &claims().to_string());
            assert_eq!(set.verify(&token, NOW), Err(TokenFault::Malformed), "{header}");
        }
    }
    let twice = format!(r#"{{"alg":"none","alg":"EdDSA","typ":"at+jwt","kid":"{}"}}"#, key.id);
    let token = forge(&key, &twice, &claims().to_string());
    assert_eq!(set.verify(&token, NOW), Err(TokenFault::Malformed));
    for other in ["JWT", "jwt", "rt+jwt", "AT+JWT", ""] {
        let mut header = header(&key);
        header["typ"] = json!(other);
        let token = forge(&key, &header.to_string(), &claims().to_string());
        assert_eq!(set.verify(&token, NOW), Err(TokenFault::WrongType), "{other}");
    }
}

#[test]
fn claims_of_the_wrong_type_are_refused() {
    let (set, key) = key_set();
    let future = NOW + 900;
    let values = [
        format!("\"{future}\""),
        format!("{future}.5"),
        format!("{future}.0"),
        "1.79e9".to_owned(),
        "-1".to_owned(),
        "-0".to_owned(),
        "null".to_owned(),
        "true".to_owned(),
        "1e400".to_owned(),
        "18446744073709551615".to_owned(),
        "99999999999999999999999".to_owned(),
        format!("[{future}]"),
        "{}".to_owned(),
    ];
    for claim in ["exp", "iat", "nbf"] {
        for value in &values {
            // A negative `nbf` is an integer in the past and nothing to object to.
            if claim == "nbf" && value == "-1" {
                continue;
            }
            let text = match claim {
                "nbf" => claims().to_string().replace("\"iat\"", &format!("\"nbf\":{value},\"iat\"")),
                "exp" => claims().to_string().replace(&future.to_string(), value),
                _ => claims().to_string().replace(&NOW.to_string(), value),
            };
            assert!(text.contains(value), "{text}");
            let token = forge(&key, &header(&key).to_string(), &text);
            assert_eq!(set.verify(&token, NOW), Err(TokenFault::Malformed), "{text}");
        }
    }
    for claim in ["iss", "aud", "sub", "sid", "jti", "exp", "iat"] {
        let mut missing = claims();
        missing.as_object_mut().unwrap().remove(claim);
        let token = forge(&key, &header(&key).to_string(), &missing.to_string());
        assert_eq!(set.verify(&token, NOW), Err(TokenFault::Malformed), "{claim} missing");
        let mut null = claims();
        null[claim] = Value::Null;
        let token = forge(&key, &header(&key).to_string(), &null.to_string());
        assert_eq!(set.verify(&token, NOW), Err(TokenFault::Malformed), "{claim} null");
        let mut list = claims();
        list[claim] = json!([list[claim]]);
        let token = forge(&key, &header(&key).to_string(), &list.to_string());
        assert_eq!(set.verify(&token, NOW), Err(TokenFault::Malformed), "{claim} list");
    }
    let twice = claims().to_string().replace("{", "{\"exp\":1,");
    let token = forge(&key, &header(&key).to_string(), &twice);
    assert_eq!(set.verify(&token, NOW), Err(TokenFault::Malformed));
}

#[test]
fn claims_of_the_wrong_value_are_refused() {
    let (set, key) = key_set();
    for (claim, value, fault) in [
        ("iss", json!("https://other.example"), TokenFault::WrongIssuer),
        ("iss", json!("https://courier.example/"), TokenFault::WrongIssuer),
        ("aud", json!("https://other.example/v1"), TokenFault::WrongAudience),
        ("aud", json!(""), TokenFault::WrongAudience),
        ("exp", json!(NOW), TokenFault::Malformed),
        ("iat", json!(NOW + 6), TokenFault::NotYetValid),
        ("nbf", json!(NOW + 6), TokenFault::NotYetValid),
    ] {
        let mut changed = claims();
        changed[claim] = value;
        let token = forge(&key, &header(&key).to_string(), &changed.to_string());
        assert_eq!(set.verify(&token, NOW), Err(fault), "{changed}");
    }
}

#[test]
fn changed_and_broken_tokens_are_refused() {
    let (set, _) = key_set();
    let token = set.issue("account", "session", NOW).unwrap();
    let [head, body, signature] = parts(&token);
    let mut promoted = claims();
    promoted["sub"] = json!("administrator");
    let promoted = URL_SAFE_NO_PAD.encode(promoted.to_string());
    assert_eq!(set.verify(&format!("{head}.{promoted}.{signature}"), NOW), Err(TokenFault::WrongSignature));
    let [_, _, other_signature] = parts(&set.issue("account", "session", NOW).unwrap());
    for wrong in [other_signature.as_str(), "", "AAAA", body.as_str()] {
        assert_eq!(set.verify(&format!("{head}.{body}.{wrong}"), NOW), Err(TokenFault::WrongSignature), "{wrong}");
    }
    for malformed in [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        head.clone(),
        format!("{head}.{body}"),
        format!("{token}."),
        format!("{token}.{signature}"),
        format!("{token}="),
        format!(" {token}"),
        format!("{token}\n"),
        format!("{head}=.{body}.{signature}"),
        format!("{head}.{body}.{signature}\u{e9}"),
    ] {
        assert_eq!(set.verify(&malformed, NOW), Err(TokenFault::Malformed), "{malformed:?}");
    }
    assert_eq!(set.verify(&"A".repeat(4097), NOW), Err(TokenFault::TooLong));
    assert_eq!(set.verify(&format!("{token}{}", "A".repeat(4096)), NOW), Err(TokenFault::TooLong));
}

#[test]
fn a_signature_has_one_spelling() {
    // 64 bytes leave four unused bits in the last of 86 characters: fifteen more texts would decode to
    // the same signature if they were let through.
    let (set, _) = key_set();
    let token = set.issue("account", "session", NOW).unwrap();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let accepted = alphabet
        .chars()
        .filter(|last| {
            let mut changed = token.clone();
            changed.pop();
            changed.push(*last);
            set.verify(&changed, NOW).is_ok()
        })
        .count();
    assert_eq!(accepted, 1);
}

#[test]
fn keys_rotate_without_a_refused_request() {
    let old = SigningKey::generate(NOW - 5000).unwrap();
    let new = SigningKey::generate(NOW).unwrap();
    let before = KeySet::new(settings(), std::slice::from_ref(&old)).unwrap();
    let token = before.issue("account", "session", NOW - 1).unwrap();
    let both = KeySet::new(settings(), &[old.clone(), new.clone()]).unwrap();
    assert!(both.verify(&token, NOW).is_ok());
    let newer = both.issue("account", "session", NOW).unwrap();
    assert_eq!(kid_of(&newer), new.id);
    assert!(both.verify(&newer, NOW).is_ok());
    assert_eq!(before.verify(&newer, NOW), Err(TokenFault::UnknownKey));
    let retired = SigningKey { retired_at_seconds: Some(NOW + 100), ..old.clone() };
    let after = KeySet::new(settings(), &[new.clone(), retired.clone()]).unwrap();
    assert!(after.verify(&token, NOW + 99).is_ok());
    assert_eq!(after.verify(&token, NOW + 100), Err(TokenFault::UnknownKey));
    assert_eq!(after.jwks(NOW + 99)["keys"].as_array().map(Vec::len), Some(2));
    assert_eq!(after.jwks(NOW + 100)["keys"].as_array().map(Vec::len), Some(1));
    assert_eq!(KeySet::new(settings(), &[retired]).err(), Some(KeyFault::NoneActive));
    assert_eq!(KeySet::new(settings(), &[]).err(), Some(KeyFault::NoneActive));
}

#[test]
fn a_new_key_rests_before_it_signs() {
    let old = SigningKey::generate(NOW - 5000).unwrap();
    let new = SigningKey::generate(NOW).unwrap();
    let resting = TokenSettings { key_rest_seconds: 60, ..settings() };
    let set = KeySet::new(resting.clone(), &[new.clone(), old.clone()]).unwrap();
    for (now, signer) in [(NOW, &old), (NOW + 59, &old), (NOW + 60, &new)] {
        assert_eq!(kid_of(&set.issue("account", "session", now).unwrap()), signer.id);
    }
    // The first key of a new site has nothing to wait for.
    let first = KeySet::new(resting, std::slice::from_ref(&new)).unwrap();
    assert_eq!(kid_of(&first.issue("account", "session", NOW).unwrap()), new.id);
}

#[test]
fn the_published_set_holds_public_keys_only() {
    let (set, key) = key_set();
    let coordinate = set.jwks(NOW)["keys"][0]["x"].clone();
    assert_eq!(coordinate.as_str().map(str::len), Some(43));
    assert_eq!(
        set.jwks(NOW),
        json!({ "keys": [{
            "kty": "OKP",
            "crv": "Ed25519",
            "x": coordinate,
            "kid": key.id,
            "use": "sig",
            "alg": "EdDSA",
        }]})
    );
}

fn kid_of(token: &str) -> String {
    super::received_header(token).unwrap().kid
}
