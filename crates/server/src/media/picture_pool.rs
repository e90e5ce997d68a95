//! The threads that decode pictures and make others of them: few, of their own, and with a queue that has an end, so that no
//! upload takes a thread from those who read, and no more memory is needed than these threads can use.

use crate::error::ApiError;
use crate::memory;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use tokio::sync::oneshot;

/// How many jobs may wait.
pub const WAITING_MAX: usize = 32;

/// How many of them may be readers', so that there is room for an editor's upload.
const READERS_MAX: usize = 24;

/// Who waits for a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Haste {
    Editor,
    Reader,
    /// Nobody yet: it is done when there is nothing else to do.
    Ahead,
}

type Job = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct Jobs {
    waiting: VecDeque<Job>,
    ahead: VecDeque<Job>,
    is_closed: bool,
}

#[derive(Default)]
struct Queue {
    jobs: Mutex<Jobs>,
    arrived: Condvar,
}

impl Queue {
    /// A job cannot leave the queue half changed, so a poisoned lock is as good as any.
    fn lock(&self) -> MutexGuard<'_, Jobs> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        let mut jobs = self.lock();
        loop {
            if jobs.is_closed {
                return;
            }
            let Some(job) = jobs.waiting.pop_front().or_else(|| jobs.ahead.pop_front()) else {
                jobs = self.arrived.wait(jobs).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            drop(jobs);
            // One thread may be all there is: a defect in a job must not end it. Whoever waits is told by the job's end.
            let _ = catch_unwind(AssertUnwindSafe(job));
            memory::return_freed();
            jobs = self.lock();
        }
    }
}

/// See the module.
pub struct PicturePool(Arc<Queue>);

impl PicturePool {
    /// Starts the threads.
    ///
    /// # Errors
    /// Those of the system.
    pub fn start(threads: usize) -> std::io::Result<Self> {
        let queue = Arc::new(Queue::default());
        for number in 1..=threads.max(1) {
            let queue = Arc::clone(&queue);
            thread::Builder::new().name(format!("pictures-{number}")).spawn(move || queue.work())?;
        }
        Ok(Self(queue))
    }

    /// Whether somebody waits for a job.
    #[must_use]
    pub fn is_waited_for(&self) -> bool {
        !self.0.lock().waiting.is_empty()
    }

    /// Has something done.
    ///
    /// # Errors
    /// 503 where too much waits already.
    pub async fn run<T: Send + 'static>(&self, haste: Haste, work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move || {
            // The client may have gone while the job was waiting, or go while it is done.
            if !reply.is_closed() {
                let _ = reply.send(work());
            }
        });
        {
            let mut jobs = self.0.lock();
            let (queue, most) = match haste {
                Haste::Editor => (&mut jobs.waiting, WAITING_MAX),
                Haste::Reader => (&mut jobs.waiting, READERS_MAX),
                Haste::Ahead => (&mut jobs.ahead, WAITING_MAX),
            };
            if queue.len() >= most {
                return Err(ApiError::unavailable("too many pictures are waiting"));
            }
            queue.push_back(job);
        }
        self.0.arrived.notify_one();
        answer.await.map_err(|_| ApiError::internal("a picture's job ended without a result"))
    }
}

impl Drop for PicturePool {
    fn drop(&mut self) {
        let mut jobs = self.0.lock();
        jobs.is_closed = true;
        jobs.waiting.clear();
        jobs.ahead.clear();
        drop(jobs);
        self.0.arrived.notify_all();
    }
}
