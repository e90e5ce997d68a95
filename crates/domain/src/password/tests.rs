use super::{check, check_with_second_factor};

fn code(password: &str, context: &[&str]) -> Option<&'static str> {
    check(password, context).err().map(|fault| fault.code)
}

#[test]
fn length_counts_scalar_values() {
    assert_eq!(code("brine ladle fox", &[]), None);
    assert_eq!(code("brine ladle fo", &[]), Some("too_short"));
    assert_eq!(code("", &[]), Some("too_short"));
    let long: String = (0..128u32).filter_map(|index| char::from_u32(0x4e00 + index * 37)).collect();
    assert_eq!(long.chars().count(), 128);
    assert_eq!(code(&long, &[]), None);
    assert_eq!(code(&format!("{long}x"), &[]), Some("too_long"));
    assert_eq!(code(&"x".repeat(1 << 20), &[]), Some("too_long"));
}

#[test]
fn a_second_factor_allows_twelve_characters() {
    assert!(check_with_second_factor("brine ladler", &[]).is_ok());
    assert!(check_with_second_factor("brine ladle", &[]).is_err());
    assert!(check_with_second_factor("password1234", &[]).is_err());
}

#[test]
fn honest_passwords_are_accepted() {
    for password in [
        "ladle brine tuesday orbit",
        "all lower case and no digits here",
        "the cat sat upon my editor again",
        "grumpy ferry pays forty crabs",
        "my dog has seventeen opinions",
        "wer reitet so spaet durch nacht",
        "7f3kq9zw2mxa4trb",
        "8k2vd-p5wnx-3hqrt-zm7cy",
        "839105726483917",
        "\u{1f98a}\u{1f4f0}\u{1f9c0}\u{1f30b}\u{1f3b7}\u{1f6f6}\u{1f9f2}\u{1f955}\u{1f3a3}\u{1f9ca}\u{1f40c}\u{1f511}\u{1f97e}\u{1f52d}\u{1fa81}",
        "?;*<'{%+~/&)|:$\"",
        "p\u{e4}tz \u{17e}lu\u{165} \u{fc}ber n\u{e6}r",
        "sunshine over Wollongong harbour",
    ] {
        assert_eq!(check(password, &["Masthead Daily", "ida.tarbell"]), Ok(()), "{password}");
    }
}

#[test]
fn common_ones_are_refused() {
    for password in [
        "passwordpassword",
        "PasswordPassword1",
        "p@ssw0rdp@ssw0rd",
        "password1234567",
        "password20252026",
        "aaaaaaaaaaaaaaa",
        "aaaaaaaabbbbbbbbcccc",
        "123456789012345",
        "1234567890123456",
        "987654321987654321",
        "01234567890123456789",
        "abcdefghijklmnop",
        "abcdefghijklmnopqrstuvwxyz",
        "qwertyuiopasdfg",
        "qwertyuiopasdfghjklzxcvbnm",
        "QWERTYUIOP123456",
        "qwertzuiopasdfghjkl",
        "1qaz2wsx3edc4rfv",
        "1q2w3e4r5t6y7u8i9o0p",
        "q1w2e3r4t5y6u7i8",
        "qazwsxedcrfvtgb",
        "zaq12wsxcde34rfv",
        "!@#$%^&*()_+!@#",
        "zxcvbnmasdfghjkl",
        "iloveyouiloveyou",
        "letmeinletmeinletmein",
        "letmein welcome admin",
        "iloveyou princess 2024!",
        "Summer2024Summer2025",
        "administrator123",
        "administratoradmin",
        "changemechangeme",
        "changeme_changeme1",
        "correct horse battery staple",
        "CorrectHorseBatteryStaple1!",
        "the quick brown fox jumps over the lazy dog",
        "to be or not to be, that is the question",
        "May the Force be with you!",
        "thisismypassword",
        "th1s1sMyP@ssw0rd",
        "zebrazebrazebra",
        "kestrelkestrelkestrel",
        "kestrel kestrel kestrel",
        "               ",
        "...............",
        "_______________1",
    ] {
        assert_eq!(code(password, &[]), Some("too_common"), "{password}");
    }
}

#[test]
fn the_site_and_the_account_are_refused_as_main_content() {
    let context = ["The Wollongong Courier", "clark.kentwell"];
    for password in
        ["wollongongcourier", "Wollongong Courier 1897", "w0ll0ng0ng839105726", "clarkkentwell!!", "kentwell83910572648", "clark.kentwell@courier"]
    {
        assert_eq!(code(password, &context), Some("too_common"), "{password}");
    }
    assert_eq!(code("courier of forty crabs", &context), None);
    // Short words such as articles are no context.
    assert_eq!(code("the ladle the brine", &["The", "Ann"]), None);
}

#[test]
fn a_long_piece_may_be_repeated() {
    assert_eq!(code("ladle brine orbit ladle brine orbit ", &[]), None);
}
