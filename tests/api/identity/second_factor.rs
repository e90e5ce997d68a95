//! `/v1/auth/totp`

use crate::harness::app::{App, Login, PASSWORD};
use crate::harness::authenticator::Authenticator;
use crate::harness::client::{Requests, Response, SignedIn};
use masthead_domain::permission::Role;
use serde_json::{Value, json};

fn log_in(app: &App, login: &Login, totp: Option<&str>) -> Response {
    let mut body = json!({"email": login.email, "password": login.password});
    if let Some(totp) = totp {
        body["totp"] = totp.into();
    }
    app.anonymous().post("/v1/auth/login", &body)
}

/// An enrolment that waits for its first code.
#[track_caller]
fn enrol(editor: &SignedIn) -> Authenticator {
    let enrolment = editor.post("/v1/auth/totp", &json!({"current_password": editor.login.password})).assert_status(200).json();
    Authenticator::new(enrolment["secret"].as_str().expect("a secret"))
}

/// A second factor that is on, and the recovery codes.
#[track_caller]
fn turn_on(app: &App, editor: &SignedIn) -> (Authenticator, Vec<String>) {
    let device = enrol(editor);
    let codes = editor.post("/v1/auth/totp/confirm", &json!({"code": device.code(app.clock.now())})).assert_status(200).json();
    let codes = codes["recovery_codes"].as_array().expect("codes").iter().map(|code| code.as_str().expect("a code").to_owned()).collect();
    // The next code is another one.
    app.clock.advance_seconds(30);
    (device, codes)
}

#[track_caller]
fn assert_refused(answer: Response, code: &str) {
    let answer = answer.assert_status(401);
    assert_eq!(answer.problem_code(), code);
    assert!(!answer.text().contains("token\""), "{answer}");
}

on_both! {
    fn editor_turns_a_second_factor_on_and_login_asks_for_it(app: &App) {
        let editor = app.editor();
        let answer = editor.post("/v1/auth/totp", &json!({"current_password": PASSWORD})).assert_status(200);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let enrolment = answer.json();
        let secret = enrolment["secret"].as_str().expect("a secret");
        assert_eq!(secret.len(), 32);
        let uri = enrolment["otpauth_uri"].as_str().expect("a URI");
        assert!(uri.starts_with("otpauth://totp/") && uri.contains(&format!("secret={secret}&")) && uri.contains("editor-") && uri.contains("%40paper.example?"), "{uri}");
        let device = Authenticator::new(secret);
        let codes = editor.post("/v1/auth/totp/confirm", &json!({"code": device.code(app.clock.now())})).assert_status(200).json();
        assert_eq!(codes["recovery_codes"].as_array().map(Vec::len), Some(10));
        assert_eq!(editor.get("/v1/auth/totp").json(), json!({"enabled": true, "pending": false, "recovery_codes_left": 10}));
        app.clock.advance_seconds(30);
        let before = editor.get("/v1/auth/sessions").json();
        assert_refused(log_in(app, &editor.login, None), "totp_required");
        assert_refused(log_in(app, &editor.login, Some("000000")), "totp_refused");
        assert_eq!(editor.get("/v1/auth/sessions").json(), before, "a refused login has left a session");
        // Who does not know the password learns nothing of it.
        let wrong = Login { password: "not the password".to_owned(), ..editor.login.clone() };
        assert_refused(log_in(app, &wrong, None), "wrong_credentials");
        assert_refused(log_in(app, &wrong, Some(&device.code(app.clock.now()))), "wrong_credentials");
        let spaced = device.code(app.clock.now());
        log_in(app, &editor.login, Some(&format!("{} {}", &spaced[..3], &spaced[3..]))).assert_status(200);
        let admin = app.admin();
        assert_eq!(admin.get(&format!("/v1/editor/users/{}", editor.login.id)).json()["has_second_factor"], true);
        let audit = admin.get("/v1/editor/audit?limit=100").text().to_owned();
        assert!(audit.contains("auth.enable_totp") && !audit.contains(secret) && !audit.contains(codes["recovery_codes"][0].as_str().expect("a code")), "{audit}");
        let stored = |text: &str| app.database().contains("second_factors", &["secret"], text);
        assert!(!stored(secret), "the secret lies open");
    }

    fn half_finished_enrolment_changes_nothing(app: &App) {
        let editor = app.editor();
        let first = enrol(&editor);
        assert_eq!(editor.get("/v1/auth/totp").json(), json!({"enabled": false, "pending": true, "recovery_codes_left": 0}));
        log_in(app, &editor.login, None).assert_status(200);
        log_in(app, &editor.login, Some("000000")).assert_status(200);
        // What is not on is not turned off, and makes no codes.
        for path in ["/v1/auth/totp/disable", "/v1/auth/totp/recovery-codes"] {
            let body = json!({"current_password": PASSWORD, "code": first.code(app.clock.now())});
            assert_eq!(editor.post(path, &body).assert_status(409).problem_code(), "totp_state");
        }
        // A wrong code leaves it as it is; a second enrolment takes the place of the first.
        assert_eq!(editor.post("/v1/auth/totp/confirm", &json!({"code": "000000"})).assert_status(422).fault_pointers(), ["/code"]);
        let second = enrol(&editor);
        editor.post("/v1/auth/totp/confirm", &json!({"code": first.code(app.clock.now())})).assert_status(422);
        log_in(app, &editor.login, None).assert_status(200);
        editor.post("/v1/auth/totp/confirm", &json!({"code": second.code(app.clock.now())})).assert_status(200);
        app.clock.advance_seconds(30);
        assert_refused(log_in(app, &editor.login, None), "totp_required");
        for answer in [editor.post("/v1/auth/totp/confirm", &json!({"code": second.code(app.clock.now())})), editor.post("/v1/auth/totp", &json!({"current_password": PASSWORD}))] {
            assert_eq!(answer.assert_status(409).problem_code(), "totp_state");
        }
        log_in(app, &editor.login, Some(&second.code(app.clock.now()))).assert_status(200);
    }

    fn code_works_once_and_for_a_short_while(app: &App) {
        let editor = app.editor();
        let (device, _) = turn_on(app, &editor);
        let code = device.code(app.clock.now());
        log_in(app, &editor.login, Some(&code)).assert_status(200);
        assert_refused(log_in(app, &editor.login, Some(&code)), "totp_refused");
        // Nor does the one of before it, which has not been used.
        assert_refused(log_in(app, &editor.login, Some(&device.code(app.clock.now().plus_seconds(-30)))), "totp_refused");
        // One step ahead is taken, for clocks that differ; two are not.
        assert_refused(log_in(app, &editor.login, Some(&device.code(app.clock.now().plus_seconds(60)))), "totp_refused");
        log_in(app, &editor.login, Some(&device.code(app.clock.now().plus_seconds(30)))).assert_status(200);
        app.clock.advance_seconds(90);
        assert_refused(log_in(app, &editor.login, Some(&device.code(app.clock.now().plus_seconds(-60)))), "totp_refused");
        log_in(app, &editor.login, Some(&device.code(app.clock.now().plus_seconds(-30)))).assert_status(200);
    }

    fn ten_logins_with_one_code_at_once_open_one_session(app: &App) {
        let editor = app.editor();
        let (device, _) = turn_on(app, &editor);
        let code = device.code(app.clock.now());
        let opened: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| usize::from(log_in(app, &editor.login, Some(&code)).status == 200))).collect();
            threads.into_iter().map(|thread| thread.join().expect("an answer")).sum()
        });
        assert_eq!(opened, 1);
    }

    fn recovery_code_works_once(app: &App) {
        let editor = app.editor();
        let (device, codes) = turn_on(app, &editor);
        log_in(app, &editor.login, Some(&codes[0])).assert_status(200);
        assert_refused(log_in(app, &editor.login, Some(&codes[0])), "totp_refused");
        log_in(app, &editor.login, Some(&codes[1].to_uppercase().replace('-', " "))).assert_status(200);
        assert_eq!(editor.get("/v1/auth/totp").json()["recovery_codes_left"], 8);
        // Another's code is none.
        let other = app.log_in(&app.db_create_user(Role::Editor));
        let (_, codes_of_other) = turn_on(app, &other);
        assert_refused(log_in(app, &editor.login, Some(&codes_of_other[0])), "totp_refused");
        let body = json!({"current_password": PASSWORD, "code": device.code(app.clock.now())});
        let new = editor.post("/v1/auth/totp/recovery-codes", &body).assert_status(200).json();
        assert_eq!(new["recovery_codes"].as_array().map(Vec::len), Some(10));
        assert_refused(log_in(app, &editor.login, Some(&codes[2])), "totp_refused");
        log_in(app, &editor.login, new["recovery_codes"][0].as_str()).assert_status(200);
        let stored = |text: &str| app.database().contains("recovery_codes", &["code_hash"], text);
        assert!(!stored(&codes[3]) && !stored(&codes[3].replace('-', "")), "recovery codes lie open");
    }

    fn editor_turns_it_off_with_password_and_code(app: &App) {
        let editor = app.editor();
        let (device, codes) = turn_on(app, &editor);
        let disable = |body: Value| editor.post("/v1/auth/totp/disable", &body);
        let code = device.code(app.clock.now());
        assert_eq!(disable(json!({"code": code})).assert_status(422).fault_pointers(), ["/current_password"]);
        assert_eq!(disable(json!({"current_password": PASSWORD})).assert_status(422).fault_pointers(), ["/code"]);
        assert_eq!(disable(json!({"current_password": "not it", "code": code})).assert_status(422).fault_pointers(), ["/current_password"]);
        assert_eq!(disable(json!({"current_password": PASSWORD, "code": "000000"})).assert_status(422).fault_pointers(), ["/code"]);
        assert_refused(log_in(app, &editor.login, None), "totp_required");
        disable(json!({"current_password": PASSWORD, "code": code})).assert_status(204);
        log_in(app, &editor.login, None).assert_status(200);
        assert_eq!(editor.get("/v1/auth/totp").json(), json!({"enabled": false, "pending": false, "recovery_codes_left": 0}));
        // On again with another secret: what was is void.
        app.clock.advance_seconds(30);
        let (_, _) = turn_on(app, &editor);
        assert_refused(log_in(app, &editor.login, Some(&codes[0])), "totp_refused");
        assert_refused(log_in(app, &editor.login, Some(&device.code(app.clock.now()))), "totp_refused");
    }

    fn shorter_password_needs_the_second_factor(app: &App) {
        let editor = app.editor();
        let short = "tidal gulls!";
        let change = |current: &str, new: &str| editor.post("/v1/auth/password", &json!({"current_password": current, "new_password": new}));
        assert_eq!(change(PASSWORD, short).assert_status(422).faults(), [("/new_password".to_owned(), "too_short".to_owned())]);
        let (device, codes) = turn_on(app, &editor);
        change(PASSWORD, short).assert_status(204);
        let login = Login { password: short.to_owned(), ..editor.login.clone() };
        log_in(app, &login, Some(&device.code(app.clock.now()))).assert_status(200);
        let refused = editor.post("/v1/auth/totp/disable", &json!({"current_password": short, "code": codes[0]})).assert_status(409);
        assert_eq!(refused.problem_code(), "totp_state");
        // The code has not been used up by that.
        change(short, PASSWORD).assert_status(204);
        editor.post("/v1/auth/totp/disable", &json!({"current_password": PASSWORD, "code": codes[0]})).assert_status(204);
    }

    fn codes_are_throttled_like_passwords(app: &App) {
        let editor = app.editor();
        let (device, _) = turn_on(app, &editor);
        let statuses: Vec<u16> = (0..12).map(|number| log_in(app, &editor.login, Some(&format!("{number:06}"))).status).collect();
        assert_eq!(statuses, [[401; 10].as_slice(), &[429; 2]].concat());
        // The right one has to wait too.
        let answer = log_in(app, &editor.login, Some(&device.code(app.clock.now()))).assert_status(429);
        assert_eq!(answer.header("retry-after"), Some("300"));
        editor.get("/v1/auth/me").assert_status(200);
        editor.post("/v1/auth/totp/disable", &json!({"current_password": PASSWORD, "code": "000000"})).assert_status(429);
        app.clock.advance_seconds(300);
        log_in(app, &editor.login, Some(&device.code(app.clock.now()))).assert_status(200);
    }

    fn password_alone_does_not_forgive_wrong_codes(app: &App) {
        let editor = app.editor();
        turn_on(app, &editor);
        for number in 0..10 {
            assert_refused(log_in(app, &editor.login, Some(&format!("{number:06}"))), "totp_refused");
            if number < 9 {
                assert_refused(log_in(app, &editor.login, None), "totp_required");
            }
        }
        log_in(app, &editor.login, None).assert_status(429);
    }

    fn nobody_enrols_for_another(app: &App) {
        let editor = app.editor();
        for body in [json!({"current_password": "not the password"}), json!({}), json!({"current_password": PASSWORD, "user_id": "x", "secret": "AAAA"})] {
            editor.post("/v1/auth/totp", &body).assert_status(422);
        }
        assert_eq!(editor.get("/v1/auth/totp").json()["pending"], false);
        assert_eq!(editor.post("/v1/auth/totp/confirm", &json!({"code": "123456"})).assert_status(409).problem_code(), "totp_state");
        for path in ["/v1/auth/totp", "/v1/auth/totp/confirm", "/v1/auth/totp/disable", "/v1/auth/totp/recovery-codes"] {
            app.anonymous().post(path, &json!({"current_password": PASSWORD, "code": "123456"})).assert_status(401);
        }
    }
}
