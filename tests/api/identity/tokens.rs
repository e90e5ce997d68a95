//! Access tokens that are not what they should be.

use crate::harness::app::App;
use crate::harness::client::{Requests, Response, SignedIn};
use masthead_server::signing_keys::SigningKey;
use masthead_server::tokens::{KeySet, TokenSettings};
use masthead_store::signing_keys as stored_keys;
use serde_json::{Value, json};

fn with_token(app: &App, token: &str) -> Response {
    app.anonymous().get_with("/v1/auth/me", &[("authorization", &format!("Bearer {token}"))])
}

#[track_caller]
fn assert_refused(answer: Response) {
    let answer = answer.assert_status(401);
    assert_eq!(answer.problem_code(), "unauthenticated");
    assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"masthead\""));
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Base64 for URLs without padding (RFC 4648, 5), by hand, so that forging needs nothing of the server.
fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..=group.len() {
            text.push(char::from(ALPHABET[(bits >> (18 - 6 * place) & 63) as usize]));
        }
    }
    text
}

fn decode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for letter in text.bytes() {
        let value = ALPHABET.iter().position(|other| *other == letter).expect("base64url");
        bits = bits << 6 | u32::try_from(value).expect("six bits");
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 255) as u8);
        }
    }
    bytes
}

/// Header, claims and signature of a token.
fn parts(token: &str) -> (Value, Value, String) {
    let parts: Vec<&str> = token.split('.').collect();
    let json = |part: &str| serde_json::from_slice(&decode(part)).expect("JSON");
    (json(parts[0]), json(parts[1]), parts[2].to_owned())
}

fn assemble(header: &Value, claims: &Value, signature: &str) -> String {
    format!("{}.{}.{signature}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()))
}

/// The keys of this server's database, to sign with under settings of one's own.
fn keys(app: &App, issuer: &str, audience: &str) -> KeySet {
    let stored = stored_keys::list_active(&mut app.database().connect()).expect("keys");
    let stored: Vec<SigningKey> = stored
        .into_iter()
        .map(|key| SigningKey {
            id: key.id,
            private_key_pem: masthead_domain::secret::Secret::new(key.private_key),
            created_at_seconds: key.created_at.seconds(),
            retired_at_seconds: None,
        })
        .collect();
    let settings = TokenSettings { issuer: issuer.to_owned(), audience: audience.to_owned(), leeway_seconds: 0, key_rest_seconds: 0 };
    KeySet::new(settings, &stored).expect("a key set")
}

fn subject(editor: &SignedIn) -> (String, String) {
    let (_, claims, _) = parts(&editor.access_token);
    (claims["sub"].as_str().expect("sub").to_owned(), claims["sid"].as_str().expect("sid").to_owned())
}

on_both! {
    fn access_token_says_no_more_than_it_must(app: &App) {
        let editor = app.editor();
        let (header, claims, _) = parts(&editor.access_token);
        assert_eq!((&header["alg"], &header["typ"]), (&json!("EdDSA"), &json!("at+jwt")));
        let keys = app.anonymous().get("/.well-known/jwks.json").assert_status(200).json();
        assert_eq!(keys["keys"][0]["kid"], header["kid"]);
        assert!(keys["keys"].as_array().is_some_and(|keys| keys.iter().all(|key| key.get("d").is_none())), "a private key is public");
        let mut names: Vec<&str> = claims.as_object().expect("claims").keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["aud", "exp", "iat", "iss", "jti", "sid", "sub"]);
        assert_eq!(claims["exp"].as_i64().zip(claims["iat"].as_i64()).map(|(exp, iat)| exp - iat), Some(900));
        assert_eq!(claims["sub"], editor.login.id.to_string());
    }

    fn access_token_ends_with_its_time(app: &App) {
        let editor = app.editor();
        app.clock.advance_seconds(899);
        editor.get("/v1/auth/me").assert_status(200);
        // Ten seconds are allowed for clocks that differ.
        app.clock.advance_seconds(11);
        assert_refused(editor.get("/v1/auth/me"));
    }

    fn forged_token_is_refused(app: &App) {
        let (editor, admin) = (app.editor(), app.admin());
        let (header, claims, signature) = parts(&editor.access_token);
        let (_, of_admin, signature_of_admin) = parts(&admin.access_token);
        assert_eq!(with_token(app, &assemble(&header, &claims, &signature)).status, 200, "the forger's tools work");
        let mut forged = Vec::new();
        for algorithm in ["none", "None", "NONE", "HS256", "RS256", "ES256", "PS256", "", "EdDSA "] {
            let mut header = header.clone();
            header["alg"] = json!(algorithm);
            forged.extend([assemble(&header, &claims, ""), assemble(&header, &claims, &signature), assemble(&header, &of_admin, &signature)]);
        }
        for (name, value) in [
            ("kid", json!("another")), ("kid", json!("../../../dev/null")), ("kid", json!("' OR 1=1 --")), ("kid", json!(["x"])), ("kid", Value::Null), ("typ", json!("JWT")), ("typ", json!("refresh")),
            ("jku", json!("https://evil.example/jwks.json")), ("jwk", json!({"kty": "OKP"})), ("x5u", json!("https://evil.example/")), ("crit", json!(["x"])), ("b64", json!(false)),
        ] {
            let mut header = header.clone();
            header[name] = value;
            forged.push(assemble(&header, &claims, &signature));
        }
        for (name, value) in [("sub", &of_admin["sub"]), ("sid", &of_admin["sid"]), ("exp", &json!(9_999_999_999_i64)), ("exp", &json!("never"))] {
            let mut claims = claims.clone();
            claims[name] = value.clone();
            forged.push(assemble(&header, &claims, &signature));
        }
        forged.extend([
            assemble(&header, &claims, ""),
            assemble(&header, &claims, &signature_of_admin),
            assemble(&header, &claims, &format!("{signature}A")),
            assemble(&header, &claims, &signature[..signature.len() - 1]),
            assemble(&header, &claims, &format!("{}{}", if signature.starts_with('A') { 'B' } else { 'A' }, &signature[1..])),
            format!("{}=", editor.access_token),
            format!("{}.{}", editor.access_token, signature),
            editor.access_token.replace('.', ""),
            editor.access_token.chars().rev().collect(),
            "x".to_owned(),
            "..".to_owned(),
            "a".repeat(5000),
        ]);
        for token in forged {
            assert_refused(with_token(app, &token));
        }
        editor.get("/v1/auth/me").assert_status(200);
    }

    fn token_of_another_server_or_purpose_is_refused(app: &App) {
        let editor = app.editor();
        let (user, session) = subject(&editor);
        let now = app.clock.now().seconds();
        let issue = |keys: &KeySet, user: &str, session: &str, now: i64| keys.issue(user, session, now).expect("a token");
        let own = keys(app, &app.url, "masthead-editor");
        with_token(app, &issue(&own, &user, &session, now)).assert_status(200);
        // Our own key, for what it should not sign.
        assert_refused(with_token(app, &issue(&keys(app, "https://other.example", "masthead-editor"), &user, &session, now)));
        assert_refused(with_token(app, &issue(&keys(app, &app.url, "masthead-preview"), &user, &session, now)));
        assert_refused(with_token(app, &issue(&own, &user, &session, now - 911)));
        assert_refused(with_token(app, &issue(&own, &user, &session, now + 60)));
        let admin = app.admin();
        for (user, session) in [(subject(&admin).0, session.clone()), (user.clone(), subject(&admin).1), (user.clone(), "x".to_owned()), ("x".to_owned(), session.clone())] {
            assert_refused(with_token(app, &issue(&own, &user, &session, now)));
        }
        // Another's key, with all else right.
        let stranger = SigningKey::generate(now).expect("a key");
        let settings = TokenSettings { issuer: app.url.clone(), audience: "masthead-editor".to_owned(), leeway_seconds: 0, key_rest_seconds: 0 };
        let strange = issue(&KeySet::new(settings, &[stranger]).expect("a key set"), &user, &session, now);
        assert_refused(with_token(app, &strange));
        let (mut header, claims, signature) = parts(&strange);
        header["kid"] = parts(&editor.access_token).0["kid"].clone();
        assert_refused(with_token(app, &assemble(&header, &claims, &signature)));
    }

    fn token_is_taken_from_the_header_only(app: &App) {
        let editor = app.editor();
        let token = &editor.access_token;
        let reader = app.anonymous();
        for query in ["access_token", "token", "authorization", "bearer"] {
            assert_refused(reader.get(&format!("/v1/editor/articles?{query}={token}")));
        }
        for headers in [("cookie", format!("access_token={token}")), ("x-access-token", token.clone()), ("authorization", format!("Basic {token}")), ("authorization", token.clone()), ("authorization", "Bearer".to_owned()), ("authorization", "Bearer ".to_owned())] {
            assert_refused(reader.get_with("/v1/editor/articles", &[(headers.0, &headers.1)]));
        }
        reader.get_with("/v1/editor/articles", &[("authorization", &format!("bearer {token}"))]).assert_status(200);
        // On the delivery side a token is neither asked for nor taken as a parameter.
        reader.get(&format!("/v1/articles?access_token={token}")).assert_status(400);
        assert_refused(reader.get("/v1/auth/me"));
    }
}
