//! Hashing and checking of passwords, away from the threads that answer requests.
//!
//! Argon2id (RFC 9106) with the parameters of the OWASP Password Storage Cheat Sheet takes some 20
//! milliseconds and 19 MiB. A storm of logins on the request threads or on an unbounded pool would
//! starve every reader and, with the allocator's arenas, keep gigabytes. So there are one to four
//! threads of our own, each with one buffer that it reuses, and a queue with an end.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use masthead_domain::secret::Secret;
use tokio::sync::oneshot;

/// Length of the salt in bytes (RFC 9106 section 3.1 recommends 16).
const SALT_LENGTH: usize = 16;

/// Length of the hash in bytes (RFC 9106 section 4).
const HASH_LENGTH: usize = 32;

/// Longer passwords are never stored: 128 characters of at most four bytes are the limit.
const MAXIMUM_PASSWORD_BYTES: usize = 512;

/// A stored hash that asks for more than this is taken as damaged and not computed.
const MAXIMUM_STORED_MEMORY_KIB: u32 = 256 * 1024;

/// A stored hash that asks for more passes than this is taken as damaged and not computed.
const MAXIMUM_STORED_PASSES: u32 = 16;

/// A stored hash that asks for more lanes than this is taken as damaged and not computed.
const MAXIMUM_STORED_LANES: u32 = 16;

/// How long a thread without work keeps its buffer.
const IDLE_TIME: Duration = Duration::from_secs(30);

/// How many passwords may wait by default; at 25 ms each the last one waits under two seconds.
pub const DEFAULT_WAITING: usize = 64;

/// The most threads that may hash, since each holds a whole core while it works.
pub const MAXIMUM_THREADS: usize = 4;

/// What one computation costs, with one lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB, Argon2's `m`.
    pub memory_kib: u32,
    /// Passes over the memory, Argon2's `t`.
    pub passes: u32,
}

impl Cost {
    /// The first choice of the OWASP Password Storage Cheat Sheet for Argon2id: m=19456, t=2, p=1.
    pub const PRODUCTION: Self = Self { memory_kib: 19_456, passes: 2 };
}

/// What the comparison of a password with a stored hash found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Another password, or a stored hash that cannot be read.
    Wrong,
    /// The right password.
    Right,
    /// The right password, hashed at a lower cost than today's: hash it again and store that.
    RightButOutdated,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashingFault {
    /// Too many passwords are waiting already; the client should come back a little later.
    Busy,
    /// There was no memory or no randomness, or the password is longer than any that is accepted.
    Failed,
}

impl fmt::Display for HashingFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Busy => "too many passwords are waiting to be checked",
            Self::Failed => "a password could not be hashed",
        })
    }
}

impl std::error::Error for HashingFault {}

/// One buffer of a hashing thread, kept between computations.
#[derive(Default)]
struct Workspace {
    blocks: Vec<Block>,
}

impl Workspace {
    /// Argon2id with the given parameters into a hash of the given length.
    fn compute(&mut self, password: &Secret, salt: &[u8], params: Params, length: usize) -> Result<Vec<u8>, HashingFault> {
        let needed = params.block_count();
        if self.blocks.len() < needed {
            let more = needed - self.blocks.len();
            self.blocks.try_reserve_exact(more).map_err(|_| HashingFault::Failed)?;
            self.blocks.resize(needed, Block::new());
        }
        let mut hash = vec![0; length];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(password.expose().as_bytes(), salt, &mut hash, &mut self.blocks)
            .map_err(|_| HashingFault::Failed)?;
        Ok(hash)
    }

    /// Hashes a password with a new salt into a PHC string.
    fn hash(&mut self, password: &Secret, cost: Cost) -> Result<String, HashingFault> {
        if password.expose().len() > MAXIMUM_PASSWORD_BYTES {
            return Err(HashingFault::Failed);
        }
        let mut salt = [0; SALT_LENGTH];
        aws_lc_rs::rand::fill(&mut salt).map_err(|_| HashingFault::Failed)?;
        let hash = self.compute(password, &salt, params(cost)?, HASH_LENGTH)?;
        phc_string(cost, &salt, &hash)
    }

    /// Compares a password with a stored hash, in a time that does not depend on the password.
    fn verify(&mut self, password: &Secret, stored: &StoredHash, cost: Cost) -> Result<Verdict, HashingFault> {
        let computed = self.compute(password, &stored.salt, stored.params.clone(), stored.hash.len())?;
        Ok(if verify_slices_are_equal(&computed, &stored.hash).is_err() {
            Verdict::Wrong
        } else if stored.is_weaker_than(cost) {
            Verdict::RightButOutdated
        } else {
            Verdict::Right
        })
    }
}

/// The parameters of a new hash.
fn params(cost: Cost) -> Result<Params, HashingFault> {
    Params::new(cost.memory_kib, cost.passes, 1, Some(HASH_LENGTH)).map_err(|_| HashingFault::Failed)
}

/// Writes `$argon2id$v=19$m=..,t=..,p=1$salt$hash`, the PHC string format.
fn phc_string(cost: Cost, salt: &[u8], hash: &[u8]) -> Result<String, HashingFault> {
    let string = PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params(cost)?).map_err(|_| HashingFault::Failed)?,
        salt: Some(Salt::new(salt).map_err(|_| HashingFault::Failed)?),
        hash: Some(Output::new(hash).map_err(|_| HashingFault::Failed)?),
    };
    Ok(string.to_string())
}

/// A stored hash, taken apart.
struct StoredHash {
    params: Params,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl StoredHash {
    /// Reads a PHC string; `None` if it is not Argon2id or asks for absurd amounts of work.
    fn parse(text: &str) -> Option<Self> {
        let string = PasswordHash::new(text).ok()?;
        if string.algorithm != ARGON2ID_IDENT || string.version != Some(Version::V0x13.into()) {
            return None;
        }
        let params = Params::try_from(&string).ok()?;
        if params.m_cost() > MAXIMUM_STORED_MEMORY_KIB || params.t_cost() > MAXIMUM_STORED_PASSES || params.p_cost() > MAXIMUM_STORED_LANES {
            return None;
        }
        Some(Self { params, salt: string.salt?.as_ref().to_vec(), hash: string.hash?.as_bytes().to_vec() })
    }

    /// A hash of nothing: zeros, to which nobody can find a password. Not random ones, so that no server waits at its start
    /// until the source of randomness is seeded.
    fn of_nobody(cost: Cost) -> Result<Self, HashingFault> {
        Ok(Self { params: params(cost)?, salt: vec![0; SALT_LENGTH], hash: vec![0; HASH_LENGTH] })
    }

    fn is_weaker_than(&self, cost: Cost) -> bool {
        self.params.m_cost() < cost.memory_kib || self.params.t_cost() < cost.passes || self.salt.len() < SALT_LENGTH || self.hash.len() < HASH_LENGTH
    }
}

/// A computation that waits for a thread.
type Job = Box<dyn FnOnce(&mut Workspace) + Send>;

/// What the threads and the hasher share.
struct Queue {
    state: Mutex<QueueState>,
    work_arrived: Condvar,
    limit: usize,
}

struct QueueState {
    jobs: VecDeque<Job>,
    closed: bool,
}

impl Queue {
    /// A job cannot leave the state half changed, so a poisoned lock is as good as any.
    fn lock(&self) -> MutexGuard<'_, QueueState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, job: Job) -> Result<(), HashingFault> {
        let mut state = self.lock();
        if state.jobs.len() >= self.limit {
            return Err(HashingFault::Busy);
        }
        state.jobs.push_back(job);
        drop(state);
        self.work_arrived.notify_one();
        Ok(())
    }

    /// Works until the queue is closed, and gives the buffer back to the system in quiet times.
    fn work(&self) {
        let mut workspace = Workspace::default();
        let mut state = self.lock();
        loop {
            if state.closed {
                return;
            }
            if let Some(job) = state.jobs.pop_front() {
                drop(state);
                // One thread may be all there is: a defect in a job must not end it.
                if catch_unwind(AssertUnwindSafe(|| job(&mut workspace))).is_err() {
                    workspace = Workspace::default();
                }
                state = self.lock();
            } else if workspace.blocks.is_empty() {
                state = self.work_arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
            } else {
                let (guard, wait) = self.work_arrived.wait_timeout(state, IDLE_TIME).unwrap_or_else(PoisonError::into_inner);
                state = guard;
                if wait.timed_out() {
                    workspace = Workspace::default();
                }
            }
        }
    }
}

/// Hashes and checks passwords on threads of its own; share one between all workers.
pub struct PasswordHasher {
    queue: Arc<Queue>,
    cost: Cost,
    nobody: Arc<StoredHash>,
}

impl PasswordHasher {
    /// Starts one to [`MAXIMUM_THREADS`] threads, before which at most `waiting` passwords queue.
    pub fn start(cost: Cost, threads: usize, waiting: usize) -> io::Result<Self> {
        let hasher = Self {
            queue: Arc::new(Queue {
                state: Mutex::new(QueueState { jobs: VecDeque::new(), closed: false }),
                work_arrived: Condvar::new(),
                limit: waiting.max(1),
            }),
            cost,
            nobody: Arc::new(StoredHash::of_nobody(cost).map_err(io::Error::other)?),
        };
        for number in 1..=threads.clamp(1, MAXIMUM_THREADS) {
            let queue = Arc::clone(&hasher.queue);
            thread::Builder::new().name(format!("password-{number}")).spawn(move || queue.work())?;
        }
        Ok(hasher)
    }

    /// How many passwords wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.queue.lock().jobs.len()
    }

    /// How many may wait.
    #[must_use]
    pub fn waiting_max(&self) -> usize {
        self.queue.limit
    }

    /// Hashes a password with a new salt into a PHC string, for storage.
    pub async fn hash(&self, password: Secret) -> Result<String, HashingFault> {
        let cost = self.cost;
        self.run(move |workspace| workspace.hash(&password, cost)).await?
    }

    /// Compares a password with a stored PHC string.
    pub async fn verify(&self, password: Secret, phc: String) -> Result<Verdict, HashingFault> {
        match StoredHash::parse(&phc) {
            Some(stored) => self.compare(password, Arc::new(stored)).await,
            None => {
                tracing::error!("a stored password hash cannot be read; its account cannot log in");
                self.compare(password, Arc::clone(&self.nobody)).await
            }
        }
    }

    /// Takes the time of a [`PasswordHasher::verify`] for an account that does not exist, and always
    /// finds the password wrong, so that the time of a reply does not tell which accounts exist
    /// (OWASP ASVS 5.0, 6.3.8).
    pub async fn verify_nobody(&self, password: Secret) -> Result<Verdict, HashingFault> {
        self.compare(password, Arc::clone(&self.nobody)).await
    }

    /// Hashes on the calling thread, for the command line.
    pub fn hash_blocking(password: &Secret, cost: Cost) -> Result<String, HashingFault> {
        Workspace::default().hash(password, cost)
    }

    async fn compare(&self, password: Secret, stored: Arc<StoredHash>) -> Result<Verdict, HashingFault> {
        // No account has such a password, so this tells nothing, and a huge one costs nothing.
        if password.expose().len() > MAXIMUM_PASSWORD_BYTES {
            return Ok(Verdict::Wrong);
        }
        let cost = self.cost;
        self.run(move |workspace| workspace.verify(&password, &stored, cost)).await?
    }

    /// Has a computation done by one of the threads.
    async fn run<T: Send + 'static>(&self, computation: impl FnOnce(&mut Workspace) -> T + Send + 'static) -> Result<T, HashingFault> {
        let (reply, answer) = oneshot::channel();
        self.queue.push(Box::new(move |workspace| {
            // The client may have gone while the job was waiting.
            if !reply.is_closed() {
                // Nor is it a fault if the client goes while its password is hashed.
                let _ = reply.send(computation(workspace));
            }
        }))?;
        answer.await.map_err(|_| HashingFault::Failed)
    }
}

impl Drop for PasswordHasher {
    fn drop(&mut self) {
        let mut state = self.queue.lock();
        state.closed = true;
        state.jobs.clear();
        drop(state);
        self.queue.work_arrived.notify_all();
    }
}

#[cfg(test)]
mod tests;
