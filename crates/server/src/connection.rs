//! A client's connection under the HTTP server: times out what the server itself would wait for without end, and answers
//! with a problem document where it would answer with nothing but a status.
//!
//! The server (actix-http 3.20) times the head of the first request on a connection. It does not time the head of a later
//! request, nor a client that does not read its reply; either would hold a connection, and a reply's bytes, for ever. The
//! time between requests it would time with a timer for each; here time is counted in ticks of one timer for each
//! connection, so that a request costs none.

use crate::error::{ApiError, ProblemCode};
use crate::metrics::{Ended, Metrics, Operation, Shard};
use actix_web::body::{BodySize, MessageBody};
use actix_web::rt::net::TcpStream;
use actix_web::rt::time::{Sleep, sleep};
use actix_web::web::Bytes;
use pin_project_lite::pin_project;
use std::cell::Cell;
use std::future::Future;
use std::io;
use std::net::Shutdown;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The unit of time here: whatever is timed ends up to one tick later.
pub const TICK: Duration = Duration::from_secs(5);

/// Ticks within which the head of a request must arrive once it has begun.
const HEAD_TICKS: u64 = 2;

/// Ticks without a request after which a connection is closed: longer than the usual proxies keep one, so that it is they
/// who close.
const IDLE_TICKS: u64 = 15;

/// The same where connections are getting scarce.
const SCARCE_IDLE_TICKS: u64 = 1;

/// Ticks for which nothing of a reply need be taken by the client.
const STALL_TICKS: u64 = 3;

/// How much the system may hold of a reply that it cannot send yet. By default it would take megabytes from us at once, and
/// then nothing for as long as the client takes to read them: one that reads slowly would look like one that does not.
#[cfg(target_os = "linux")]
const UNSENT_BYTES_MAX: u32 = 128 * 1024;

/// After a refusal, what still comes is read and thrown away for so long and so far, or the refusal would be lost.
const LINGER: Duration = Duration::from_secs(2);
const LINGER_BYTES: usize = 4 << 20;

/// How many connections of a thread may linger at once; others are closed at once.
const LINGERING_MAX: usize = 64;

thread_local! {
    static LINGERING: Cell<usize> = const { Cell::new(0) };
}

/// What all connections of a thread share.
pub struct Terms {
    pub metrics: Arc<Metrics>,
    pub shard: Arc<Shard>,
    /// The most connections; when three in four are taken, idle ones are closed soon.
    pub connections_max: usize,
    /// [`TICK`], but in tests.
    pub tick: Duration,
    /// Where the problem codes are documented.
    pub api_url: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// For the first byte of a request.
    Waiting,
    /// The head of a request.
    Reading,
    /// The request is with its handler, which has limits of its own.
    Handling,
    Replying,
}

/// How far the exchange on a connection has come; what answers requests tells when it has got one.
pub struct Progress {
    phase: Cell<Phase>,
    /// How many ticks the phase has taken.
    ticks: Cell<u64>,
    /// Whether the first line of the head has come to its end.
    has_line: Cell<bool>,
    /// Whether the whole reply has been handed to the server.
    is_handed_over: Cell<bool>,
}

impl Progress {
    fn new(phase: Phase) -> Self {
        Self { phase: Cell::new(phase), ticks: Cell::new(0), has_line: Cell::new(false), is_handed_over: Cell::new(false) }
    }

    fn enter(&self, phase: Phase) {
        self.phase.set(phase);
        self.ticks.set(0);
    }

    /// A request has arrived and is being answered.
    pub fn handling(&self) {
        self.is_handed_over.set(false);
        self.enter(Phase::Handling);
    }

    /// Counts a tick; says what the phase has taken too long for.
    fn tick(&self, is_scarce: bool) -> Option<Ended> {
        let ticks = self.ticks.get() + 1;
        self.ticks.set(ticks);
        match self.phase.get() {
            Phase::Waiting => (ticks > if is_scarce { SCARCE_IDLE_TICKS } else { IDLE_TICKS }).then_some(Ended::Idle),
            Phase::Reading => (ticks > HEAD_TICKS).then_some(Ended::SlowHead),
            Phase::Handling => None,
            Phase::Replying => (ticks > STALL_TICKS).then_some(Ended::SlowReader),
        }
    }
}

/// A reply of ours in place of one of the server's.
struct Refusal {
    bytes: Vec<u8>,
    written: usize,
}

/// See the module.
pub struct Connection {
    /// Taken when it is dropped and lingers.
    stream: Option<TcpStream>,
    terms: Rc<Terms>,
    progress: Rc<Progress>,
    timer: Pin<Box<Sleep>>,
    is_timed: bool,
    refusal: Option<Refusal>,
    was_refused: bool,
}

impl Connection {
    #[must_use]
    pub fn new(stream: TcpStream, terms: Rc<Terms>) -> Self {
        terms.metrics.connection_opened();
        // Replies are written whole; waiting to fill a packet would only delay them.
        let _ = stream.set_nodelay(true);
        // Only slow clients are treated more harshly without it.
        #[cfg(target_os = "linux")]
        let _ = socket2::SockRef::from(&stream).set_tcp_notsent_lowat(UNSENT_BYTES_MAX);
        let progress = Rc::new(Progress::new(Phase::Waiting));
        let timer = Box::pin(sleep(terms.tick));
        Self { stream: Some(stream), terms, progress, timer, is_timed: false, refusal: None, was_refused: false }
    }

    #[must_use]
    pub fn progress(&self) -> &Rc<Progress> {
        &self.progress
    }

    /// Sets the timer going, or counts a tick where it has run out.
    fn time(&mut self, context: &mut Context<'_>) -> Option<Ended> {
        if self.is_timed && !self.timer.is_elapsed() {
            return None;
        }
        let mut ended = None;
        while self.timer.as_mut().poll(context).is_ready() {
            let is_scarce = self.terms.metrics.connections() > self.terms.connections_max / 4 * 3;
            ended = ended.or(self.progress.tick(is_scarce));
            let next = self.timer.deadline() + self.terms.tick;
            self.timer.as_mut().reset(next);
        }
        self.is_timed = true;
        if let Some(why) = ended {
            self.terms.metrics.connection_ended(why);
            tracing::debug!(reason = ?why, "a connection was too slow and is closed");
        }
        ended
    }

    fn stream(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        self.stream.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    /// Writes the refusal; done when all of it is written.
    fn poll_refusal(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(refusal) = &mut self.refusal {
            let rest = refusal.bytes.get(refusal.written..).unwrap_or_default();
            if rest.is_empty() {
                self.refusal = None;
                break;
            }
            let stream = self.stream.as_mut().map(Pin::new).ok_or(io::ErrorKind::NotConnected)?;
            refusal.written += ready!(stream.poll_write(context, rest))?.max(1);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Connection {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        match this.time(context) {
            Some(Ended::SlowReader) => return Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            // As if the client had closed: the server then does so too.
            Some(_) => return Poll::Ready(Ok(())),
            None => {}
        }
        let before = buffer.filled().len();
        let result = this.stream()?.poll_read(context, buffer);
        let arrived = buffer.filled().get(before..).unwrap_or_default();
        let progress = &this.progress;
        if progress.phase.get() == Phase::Waiting && !arrived.is_empty() {
            progress.enter(Phase::Reading);
            progress.has_line.set(false);
        }
        if progress.phase.get() == Phase::Reading && !progress.has_line.get() {
            progress.has_line.set(arrived.contains(&b'\n'));
        }
        result
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.time(context).is_some() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        match this.progress.phase.get() {
            // No handler has seen the request, so the server refuses it by itself; the reply is all that it will send.
            Phase::Waiting | Phase::Reading if this.refusal.is_none() && !this.was_refused => {
                if let Some((code, status)) = refused(bytes, this.progress.has_line.get()) {
                    this.terms.shard.count(Operation::NONE, status, Duration::ZERO, 0);
                    this.refusal = Some(Refusal { bytes: refusal(code, &this.terms.api_url), written: 0 });
                    this.was_refused = true;
                }
            }
            Phase::Handling => this.progress.enter(Phase::Replying),
            _ => {}
        }
        if this.was_refused {
            ready!(this.poll_refusal(context))?;
            return Poll::Ready(Ok(bytes.len()));
        }
        let written = ready!(this.stream()?.poll_write(context, bytes))?;
        this.progress.ticks.set(0);
        Poll::Ready(Ok(written))
    }

    /// Called by the server when the system has taken all that it has to write so far.
    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.progress.phase.get() == Phase::Replying && this.progress.is_handed_over.get() {
            this.progress.enter(Phase::Waiting);
        }
        this.stream()?.poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().stream()?.poll_shutdown(context)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.terms.metrics.connection_closed();
        let Some(stream) = self.stream.take().filter(|_| self.was_refused) else { return };
        if LINGERING.get() < LINGERING_MAX {
            LINGERING.set(LINGERING.get() + 1);
            actix_web::rt::spawn(async move {
                // What comes of it is no matter: the client has been answered.
                let _ = actix_web::rt::time::timeout(LINGER, linger(stream)).await;
                LINGERING.set(LINGERING.get().saturating_sub(1));
            });
        }
    }
}

/// The most of a body that is handed to the server at once: it copies what it is handed, and a client that does not read
/// should not make it hold a copy of a whole reply.
const SLICE_BYTES_MAX: usize = 64 * 1024;

pin_project! {
    /// A body that is handed over in slices, and that says when all of it has been.
    pub struct Body<B> {
        #[pin]
        body: B,
        rest: Bytes,
        progress: Option<Rc<Progress>>,
    }

    impl<B> PinnedDrop for Body<B> {
        fn drop(this: Pin<&mut Self>) {
            if let Some(progress) = &this.progress {
                progress.is_handed_over.set(true);
            }
        }
    }
}

impl<B> Body<B> {
    /// On a connection of another kind there is nobody to tell.
    #[must_use]
    pub fn new(body: B, progress: Option<Rc<Progress>>) -> Self {
        Self { body, rest: Bytes::new(), progress }
    }
}

impl<B: MessageBody> MessageBody for Body<B> {
    type Error = B::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let this = self.project();
        if this.rest.is_empty() {
            match ready!(this.body.poll_next(context)) {
                Some(Ok(bytes)) => *this.rest = bytes,
                ended => return Poll::Ready(ended),
            }
        }
        let length = this.rest.len().min(SLICE_BYTES_MAX);
        Poll::Ready(Some(Ok(this.rest.split_to(length))))
    }
}

/// Reads and throws away, so that the reply is not lost by a reset.
async fn linger(stream: TcpStream) -> io::Result<()> {
    let stream = stream.into_std()?;
    stream.shutdown(Shutdown::Write)?;
    let stream = TcpStream::from_std(stream)?;
    let (mut buffer, mut total) = ([0; 16 * 1024], 0);
    while total < LINGER_BYTES {
        stream.readable().await?;
        match stream.try_read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => total += length,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The problem that a reply of the server's own tells of by its status alone; a head whose first line has no end is all address.
fn refused(reply: &[u8], has_line: bool) -> Option<(ProblemCode, u16)> {
    let status = reply.strip_prefix(b"HTTP/1.1 ").or_else(|| reply.strip_prefix(b"HTTP/1.0 "))?;
    match status.get(..3)? {
        b"408" => Some((ProblemCode::RequestTimeout, 408)),
        b"431" if has_line => Some((ProblemCode::HeadersTooLarge, 431)),
        b"431" => Some((ProblemCode::UriTooLong, 414)),
        b"400" => Some((ProblemCode::MalformedRequest, 400)),
        _ => None,
    }
}

/// The whole reply to a request that could not be read, so that nothing is known of it.
fn refusal(code: ProblemCode, api_url: &str) -> Vec<u8> {
    let detail = match code {
        ProblemCode::RequestTimeout => "The head of the request did not arrive in time.",
        ProblemCode::HeadersTooLarge => "The head of the request is too large.",
        ProblemCode::UriTooLong => "The address is too long.",
        _ => "The request is not HTTP as it is understood here.",
    };
    let id = uuid::Uuid::now_v7().to_string();
    let problem = ApiError::new(code, detail).into_problem(api_url, "", &id);
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let (status, _) = code.status_and_title();
    tracing::debug!(request_id = %id, status = status.as_u16(), code = %code, "refused before it was read");
    let head = format!(
        "HTTP/1.1 {} {}\r\ncontent-type: application/problem+json\r\ncontent-length: {}\r\ncache-control: no-store\r\nx-request-id: {id}\r\n\
         x-content-type-options: nosniff\r\nconnection: close\r\n\r\n",
        status.as_u16(),
        status.canonical_reason().unwrap_or_default(),
        body.len()
    );
    [head.into_bytes(), body].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticks_until_the_end(progress: &Progress, is_scarce: bool) -> (u32, Option<Ended>) {
        (1..1000).map(|tick| (tick, progress.tick(is_scarce))).find(|(_, ended)| ended.is_some()).unwrap_or((1000, None))
    }

    #[test]
    fn each_phase_has_its_time() {
        assert_eq!(ticks_until_the_end(&Progress::new(Phase::Waiting), false), (16, Some(Ended::Idle)));
        assert_eq!(ticks_until_the_end(&Progress::new(Phase::Waiting), true), (2, Some(Ended::Idle)));
        assert_eq!(ticks_until_the_end(&Progress::new(Phase::Reading), true), (3, Some(Ended::SlowHead)));
        assert_eq!(ticks_until_the_end(&Progress::new(Phase::Handling), true), (1000, None));
        assert_eq!(ticks_until_the_end(&Progress::new(Phase::Replying), false), (4, Some(Ended::SlowReader)));
    }

    #[actix_web::test]
    async fn a_body_is_handed_over_in_slices_and_its_end_is_told() {
        let progress = Rc::new(Progress::new(Phase::Replying));
        let bytes = Bytes::from(vec![b'x'; SLICE_BYTES_MAX * 2 + 1]);
        let mut body = Box::pin(Body::new(bytes.clone(), Some(Rc::clone(&progress))));
        assert_eq!(body.size(), BodySize::Sized(bytes.len() as u64));
        let mut lengths = Vec::new();
        while let Some(slice) = std::future::poll_fn(|context| body.as_mut().poll_next(context)).await {
            lengths.push(slice.map_or(0, |slice| slice.len()));
        }
        assert_eq!(lengths, [SLICE_BYTES_MAX, SLICE_BYTES_MAX, 1]);
        assert!(!progress.is_handed_over.get());
        drop(body);
        assert!(progress.is_handed_over.get());
    }

    #[test]
    fn only_the_servers_own_refusals_are_spelt_out() {
        assert_eq!(refused(b"HTTP/1.1 431 Request Header Fields Too Large\r\n", true), Some((ProblemCode::HeadersTooLarge, 431)));
        assert_eq!(refused(b"HTTP/1.1 431 Request Header Fields Too Large\r\n", false), Some((ProblemCode::UriTooLong, 414)));
        assert_eq!(refused(b"HTTP/1.0 400 Bad Request\r\n", true), Some((ProblemCode::MalformedRequest, 400)));
        assert_eq!(refused(b"HTTP/1.1 100 Continue\r\n", true), None);
        assert_eq!(refused(b"", false), None);
        let reply = String::from_utf8_lossy(&refusal(ProblemCode::HeadersTooLarge, "http://api.example")).into_owned();
        assert!(reply.starts_with("HTTP/1.1 431 ") && reply.contains("http://api.example/problems/headers_too_large"), "{reply}");
    }
}
