//! How many wrong passwords and codes are taken: from one address for one account, from one address for all accounts, and
//! for one account from everywhere.
//!
//! Each is a bucket (GCRA) in the memory of this process. What is counted is the attempt, before the password is looked
//! at, so that a hundred at once are no more than a hundred in a row; a right password takes it back. Unknown accounts are
//! counted like others, by what was typed. Nobody is locked out: an account that is guessed at from everywhere is still
//! open from an address that its user has logged in from before.

use masthead_domain::time::Timestamp;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// Entries of a generation; there are two at most, together some three megabytes.
const ENTRIES_MAX: usize = 32_768;

/// So many attempts at once, and from then on one in each interval.
#[derive(Debug, Clone, Copy)]
struct Limit {
    attempts: i64,
    interval_milliseconds: i64,
}

/// For one account from one address.
const PAIR: Limit = Limit { attempts: 10, interval_milliseconds: 5 * 60_000 };

/// From one address, for whichever accounts: an office has one address.
const ADDRESS: Limit = Limit { attempts: 30, interval_milliseconds: 30_000 };

/// For one account, from wherever (NIST SP 800-63B-4 allows a hundred).
const ACCOUNT: Limit = Limit { attempts: 100, interval_milliseconds: 60_000 };

/// Of each bucket the moment at which it is as good as new. What has not been asked for in a while is forgotten with its
/// generation.
#[derive(Default)]
struct Buckets {
    young: HashMap<u64, i64>,
    old: HashMap<u64, i64>,
}

impl Buckets {
    fn full_again_at(&self, key: u64) -> i64 {
        self.young.get(&key).or_else(|| self.old.get(&key)).copied().unwrap_or(i64::MIN)
    }

    fn set(&mut self, key: u64, full_again_at: i64) {
        if self.young.len() >= ENTRIES_MAX && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, full_again_at);
    }

    fn forget(&mut self, key: u64) {
        self.young.remove(&key);
        self.old.remove(&key);
    }
}

impl Limit {
    /// For how long nothing more is taken; zero or less where something is.
    fn wait(self, full_again_at: i64, now: i64) -> i64 {
        full_again_at.saturating_sub(now).saturating_sub((self.attempts - 1) * self.interval_milliseconds)
    }
}

/// See the module.
pub struct LoginThrottle {
    buckets: Mutex<Buckets>,
    /// With a key of its own, so that nobody can aim at the bucket of another.
    hasher: RandomState,
}

/// An attempt that is counted unless it is taken back.
#[derive(Debug, Clone, Copy)]
pub struct Attempt {
    pair: u64,
    address: u64,
    account: u64,
}

/// Nothing more is taken for so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Throttled {
    pub retry_after_seconds: i64,
}

/// An address as it is counted: of IPv6 the half that a provider gives to one customer.
fn counted(address: Option<IpAddr>) -> Option<IpAddr> {
    address.map(|address| match address {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
        v4 @ IpAddr::V4(_) => v4,
    })
}

impl Default for LoginThrottle {
    fn default() -> Self {
        Self { buckets: Mutex::default(), hasher: RandomState::new() }
    }
}

impl LoginThrottle {
    /// Counts an attempt to get into an account, named by what was typed. `is_known` says whether its user has come from
    /// that address before.
    ///
    /// # Errors
    /// Where there were too many.
    pub fn begin(&self, account: &str, address: Option<IpAddr>, is_known: bool, now: Timestamp) -> Result<Attempt, Throttled> {
        let (account, address) = (account.to_lowercase(), counted(address));
        let attempt = Attempt {
            pair: self.hasher.hash_one((0, &account, address)),
            address: self.hasher.hash_one((1, address)),
            account: self.hasher.hash_one((2, &account)),
        };
        let now = now.milliseconds();
        self.with(|buckets| {
            let mut wait = PAIR.wait(buckets.full_again_at(attempt.pair), now).max(ADDRESS.wait(buckets.full_again_at(attempt.address), now));
            if !is_known {
                wait = wait.max(ACCOUNT.wait(buckets.full_again_at(attempt.account), now));
            }
            if wait > 0 {
                return Err(Throttled { retry_after_seconds: (wait + 999) / 1000 });
            }
            for (key, limit) in attempt.counted() {
                let full_again_at = buckets.full_again_at(key).max(now).saturating_add(limit.interval_milliseconds);
                buckets.set(key, full_again_at);
            }
            Ok(attempt)
        })
    }

    /// It was neither right nor wrong: it was not looked at, or only half of it is there.
    pub fn take_back(&self, attempt: Attempt) {
        self.with(|buckets| {
            for (key, limit) in attempt.counted() {
                let full_again_at = buckets.full_again_at(key).saturating_sub(limit.interval_milliseconds);
                buckets.set(key, full_again_at);
            }
        });
    }

    /// It was right: whoever it is may mistype as often as before.
    pub fn succeed(&self, attempt: Attempt) {
        self.take_back(attempt);
        self.with(|buckets| buckets.forget(attempt.pair));
    }

    fn with<T>(&self, work: impl FnOnce(&mut Buckets) -> T) -> T {
        work(&mut self.buckets.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Attempt {
    fn counted(self) -> [(u64, Limit); 3] {
        [(self.pair, PAIR), (self.address, ADDRESS), (self.account, ACCOUNT)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::EPOCH;

    fn address(last: u8) -> Option<IpAddr> {
        Some(IpAddr::from([192, 0, 2, last]))
    }

    #[test]
    fn a_pair_has_ten_attempts_and_then_one_in_five_minutes() {
        let throttle = LoginThrottle::default();
        for _ in 0..10 {
            assert!(throttle.begin("ida@paper.example", address(1), false, NOW).is_ok());
        }
        for spelling in ["ida@paper.example", "IDA@Paper.example"] {
            assert_eq!(throttle.begin(spelling, address(1), true, NOW).err(), Some(Throttled { retry_after_seconds: 300 }));
        }
        // Elsewhere and for others nothing has happened.
        assert!(throttle.begin("ida@paper.example", address(2), false, NOW).is_ok());
        assert!(throttle.begin("kit@paper.example", address(1), false, NOW).is_ok());
        let later = NOW.plus_seconds(300);
        assert!(throttle.begin("ida@paper.example", address(1), false, later).is_ok());
        assert!(throttle.begin("ida@paper.example", address(1), false, later).is_err());
    }

    #[test]
    fn a_right_password_forgives_and_half_of_one_does_not_count() {
        let throttle = LoginThrottle::default();
        for round in 0..200 {
            let now = NOW.plus_seconds(round);
            let Ok(attempt) = throttle.begin("ida@paper.example", address(1), false, now) else { panic!("round {round}") };
            throttle.take_back(attempt);
        }
        let now = NOW.plus_seconds(200);
        for _ in 0..9 {
            assert!(throttle.begin("ida@paper.example", address(1), false, now).is_ok());
        }
        let Ok(attempt) = throttle.begin("ida@paper.example", address(1), false, now) else { panic!("the tenth") };
        throttle.succeed(attempt);
        assert!(throttle.begin("ida@paper.example", address(1), false, now).is_ok());
    }

    #[test]
    fn an_address_has_thirty_attempts_for_all_accounts() {
        let throttle = LoginThrottle::default();
        let taken = (0..100).filter(|number| throttle.begin(&format!("{number}@paper.example"), address(1), false, NOW).is_ok()).count();
        assert_eq!(taken, 30);
        let neighbours = ["2001:db8::1", "2001:db8::ffff"].map(|text| text.parse::<IpAddr>().ok());
        let taken = (0..100).filter(|number| throttle.begin(&format!("{number}@paper.example"), neighbours[number % 2], false, NOW).is_ok()).count();
        assert_eq!(taken, 30, "one customer of IPv6 has more than one address");
    }

    #[test]
    fn an_account_under_attack_is_open_to_its_user() {
        let throttle = LoginThrottle::default();
        let taken = (0..200).filter(|number| throttle.begin("ida@paper.example", address(*number), false, NOW).is_ok()).count();
        assert_eq!(taken, 100);
        assert!(throttle.begin("ida@paper.example", address(250), false, NOW).is_err());
        assert!(throttle.begin("ida@paper.example", address(250), true, NOW).is_ok());
        assert!(throttle.begin("ida@paper.example", address(251), false, NOW.plus_seconds(3600)).is_ok());
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = LoginThrottle::default();
        for number in 0..200_000_u32 {
            assert!(throttle.begin("x", Some(IpAddr::from(number.to_be_bytes())), true, NOW).is_ok());
        }
        let entries = throttle.with(|buckets| buckets.young.len() + buckets.old.len());
        assert!(entries <= 2 * ENTRIES_MAX, "{entries}");
    }
}
