#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed, and the panic says where")]

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use masthead_domain::secret::Secret;

use super::{Cost, HashingFault, PasswordHasher, StoredHash, Verdict};

const CHEAP: Cost = Cost { memory_kib: 64, passes: 1 };

fn secret(text: &str) -> Secret {
    Secret::new(text)
}

#[tokio::test]
async fn right_and_wrong() {
    let hasher = PasswordHasher::start(CHEAP, 1, 8).unwrap();
    let phc = hasher.hash(secret("ladle brine orbit")).await.unwrap();
    assert!(phc.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{phc}");
    for (password, verdict) in
        [("ladle brine orbit", Verdict::Right), ("ladle brine orbiT", Verdict::Wrong), ("ladle brine orbit ", Verdict::Wrong), ("", Verdict::Wrong)]
    {
        assert_eq!(hasher.verify(secret(password), phc.clone()).await, Ok(verdict), "{password:?}");
    }
    let again = hasher.hash(secret("ladle brine orbit")).await.unwrap();
    assert_ne!(phc, again, "two hashes have two salts");
}

#[tokio::test]
async fn nothing_is_cut_off_or_folded() {
    let hasher = PasswordHasher::start(CHEAP, 1, 8).unwrap();
    let base = "x".repeat(72);
    let phc = hasher.hash(secret(&format!("{base}one"))).await.unwrap();
    assert_eq!(hasher.verify(secret(&format!("{base}two")), phc).await, Ok(Verdict::Wrong));
    let composed = hasher.hash(secret("caf\u{e9}")).await.unwrap();
    assert_eq!(hasher.verify(secret("cafe\u{301}"), composed).await, Ok(Verdict::Wrong));
}

#[tokio::test]
async fn raised_cost_makes_a_hash_outdated() {
    let phc = PasswordHasher::hash_blocking(&secret("ladle"), CHEAP).unwrap();
    for (cost, verdict) in
        [((64, 1), Verdict::Right), ((32, 1), Verdict::Right), ((128, 1), Verdict::RightButOutdated), ((64, 2), Verdict::RightButOutdated)]
    {
        let (memory_kib, passes) = cost;
        let hasher = PasswordHasher::start(Cost { memory_kib, passes }, 1, 8).unwrap();
        assert_eq!(hasher.verify(secret("ladle"), phc.clone()).await, Ok(verdict), "{cost:?}");
        assert_eq!(hasher.verify(secret("brine"), phc.clone()).await, Ok(Verdict::Wrong));
    }
}

/// The test vector of the reference implementation (phc-winner-argon2, src/test.c) for Argon2id with
/// 64 MiB and two passes; its salt of eight bytes is shorter than ours.
#[tokio::test]
async fn the_reference_vector_verifies() {
    let phc = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    let hasher = PasswordHasher::start(CHEAP, 1, 1).unwrap();
    assert_eq!(hasher.verify(secret("password"), phc.to_owned()).await, Ok(Verdict::RightButOutdated));
}

#[tokio::test]
async fn production_cost_is_in_the_string() {
    let phc = PasswordHasher::hash_blocking(&secret("ladle"), Cost::PRODUCTION).unwrap();
    assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
    let hasher = PasswordHasher::start(Cost::PRODUCTION, 1, 1).unwrap();
    assert_eq!(hasher.verify(secret("ladle"), phc).await, Ok(Verdict::Right));
}

#[tokio::test]
async fn nobody_and_damaged_hashes_are_wrong() {
    let hasher = PasswordHasher::start(CHEAP, 1, 8).unwrap();
    assert_eq!(hasher.verify_nobody(secret("ladle")).await, Ok(Verdict::Wrong));
    for damaged in [
        "",
        "ladle",
        "$argon2id$v=19$m=64,t=1,p=1$",
        "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA",
        "$argon2i$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=16$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=4294967295,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=64,t=4294967295,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAA",
    ] {
        assert!(StoredHash::parse(damaged).is_none(), "{damaged:?}");
        assert_eq!(hasher.verify(secret("ladle"), damaged.to_owned()).await, Ok(Verdict::Wrong), "{damaged:?}");
    }
}

#[tokio::test]
async fn huge_passwords_cost_nothing() {
    let hasher = PasswordHasher::start(CHEAP, 1, 8).unwrap();
    let huge = "x".repeat(1 << 20);
    assert_eq!(hasher.verify_nobody(secret(&huge)).await, Ok(Verdict::Wrong));
    assert_eq!(hasher.hash(secret(&huge)).await, Err(HashingFault::Failed));
}

#[tokio::test]
async fn the_queue_has_an_end() {
    let hasher = Arc::new(PasswordHasher::start(CHEAP, 1, 2).unwrap());
    let (started, has_started) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let blocker = tokio::spawn({
        let hasher = Arc::clone(&hasher);
        async move {
            hasher
                .run(move |_| {
                    started.send(()).unwrap();
                    released.recv().unwrap();
                })
                .await
        }
    });
    tokio::task::yield_now().await;
    has_started.recv_timeout(Duration::from_secs(10)).unwrap();
    // The thread is busy now: two may wait, and the third is sent away at once.
    let waiting: Vec<_> = (0..2)
        .map(|_| {
            let hasher = Arc::clone(&hasher);
            tokio::spawn(async move { hasher.verify_nobody(secret("ladle")).await })
        })
        .collect();
    tokio::task::yield_now().await;
    assert_eq!(hasher.verify_nobody(secret("ladle")).await, Err(HashingFault::Busy));
    release.send(()).unwrap();
    assert_eq!(blocker.await.unwrap(), Ok(()));
    for task in waiting {
        assert_eq!(task.await.unwrap(), Ok(Verdict::Wrong));
    }
    assert_eq!(hasher.verify_nobody(secret("ladle")).await, Ok(Verdict::Wrong));
}

#[tokio::test]
async fn a_defect_in_a_job_does_not_end_the_thread() {
    let hasher = PasswordHasher::start(CHEAP, 1, 8).unwrap();
    let outcome = hasher
        .run(|_| {
            "no number".parse::<u8>().unwrap();
        })
        .await;
    assert_eq!(outcome, Err(HashingFault::Failed));
    assert_eq!(hasher.verify_nobody(secret("ladle")).await, Ok(Verdict::Wrong));
}

#[tokio::test]
async fn four_threads_answer_many() {
    let hasher = Arc::new(PasswordHasher::start(CHEAP, 9, 64).unwrap());
    let phc = hasher.hash(secret("ladle")).await.unwrap();
    let tasks: Vec<_> = (0..40)
        .map(|number| {
            let hasher = Arc::clone(&hasher);
            let phc = phc.clone();
            tokio::spawn(async move {
                let password = if number % 2 == 0 { "ladle" } else { "brine" };
                (number, hasher.verify(secret(password), phc).await)
            })
        })
        .collect();
    for task in tasks {
        let (number, verdict) = task.await.unwrap();
        let expected = if number % 2 == 0 { Verdict::Right } else { Verdict::Wrong };
        assert_eq!(verdict, Ok(expected));
    }
}

#[tokio::test]
async fn dropping_the_hasher_closes_the_queue() {
    let hasher = PasswordHasher::start(CHEAP, 1, 8).unwrap();
    let queue = Arc::clone(&hasher.queue);
    drop(hasher);
    assert!(queue.lock().closed);
}
