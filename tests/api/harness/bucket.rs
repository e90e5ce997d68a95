//! A throw-away S3 server, started when the first test asks for a bucket, and what its buckets really hold.
//!
//! It is somebody else's (see `tests/s3`), checks signatures and permissions, and is looked into with somebody else's client.
//! It ends with the test process, which alone holds the other end of its input.

use super::scratch;
use masthead_domain::secret::Secret;
use masthead_server::config::bucket::{Addressing, BucketLimits, MediaBucket};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/s3");

/// The Python that has the server; `Err` says why there is none.
static PYTHON: LazyLock<Result<PathBuf, String>> = LazyLock::new(|| {
    let requirements = format!("{FOLDER}/requirements.txt");
    let pins = std::fs::read(&requirements).unwrap_or_else(|error| panic!("{requirements}: {error}"));
    // Installed anew when the pins change.
    let name = masthead_server::opaque_tokens::hex_digest(&pins);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("s3");
    let (installed, new) = (folder.join(&name[..16]), folder.join(format!("{}-{}", &name[..16], std::process::id())));
    if !installed.exists() {
        std::fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", &requirements];
        let made = run(Command::new("python3").args(["-m", "venv"]).arg(&new));
        if let Err(cause) = made.and_then(|()| run(Command::new(new.join("bin/python")).args(install))) {
            // It may not have come to be.
            std::fs::remove_dir_all(&new).unwrap_or_default();
            return Err(cause);
        }
        // Another test process may have been faster: then its own is as good.
        if std::fs::rename(&new, &installed).is_err() {
            std::fs::remove_dir_all(&new).unwrap_or_default();
        }
    }
    Ok(installed.join("bin/python"))
});

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() { Ok(()) } else { Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr).trim())) }
}

/// A running server; it ends when dropped.
pub struct S3Server {
    child: Child,
    talk: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
    endpoint: String,
    key_id: String,
    secret: String,
}

static SHARED: LazyLock<Option<Arc<S3Server>>> = LazyLock::new(S3Server::start);

impl S3Server {
    /// Starts one.
    ///
    /// `None` where this machine cannot, which is said aloud: the test then ends without having shown anything. Where the
    /// variable `CI` is `true` nothing may be left out, and it is a failure.
    pub fn start() -> Option<Arc<Self>> {
        let python = match &*PYTHON {
            Ok(python) => python,
            Err(cause) => {
                assert!(
                    std::env::var_os("CI").is_none_or(|ci| ci != "true"),
                    "no S3 server (Debian and Ubuntu: apt-get install python3-venv): {cause}"
                );
                eprintln!("not run: no S3 server (Debian and Ubuntu: apt-get install python3-venv): {cause}");
                return None;
            }
        };
        let mut child = Command::new(python)
            .arg(format!("{FOLDER}/server.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", python.display()));
        let input = child.stdin.take().expect("its input");
        let mut output = BufReader::new(child.stdout.take().expect("its output"));
        let said = read(&mut output);
        let text = |name: &str| said[name].as_str().unwrap_or_else(|| panic!("no {name} in {said}")).to_owned();
        let (endpoint, key_id, secret) = (text("endpoint"), text("key_id"), text("secret"));
        Some(Arc::new(Self { child, talk: Mutex::new((input, output)), endpoint, key_id, secret }))
    }

    /// A bucket with nothing in it.
    pub fn new_bucket(self: &Arc<Self>) -> TestBucket {
        let bucket = TestBucket { server: Arc::clone(self), name: format!("paper-{}", scratch::next_number()) };
        bucket.ask("make");
        bucket
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        // It may have ended already.
        self.child.kill().unwrap_or_default();
        self.child.wait().map(drop).unwrap_or_default();
    }
}

fn read(output: &mut impl BufRead) -> Value {
    let mut line = String::new();
    output.read_line(&mut line).expect("its output");
    serde_json::from_str(&line).unwrap_or_else(|error| panic!("the S3 server has said {line:?}: {error}"))
}

/// A bucket of its own on the one server of the test process; `None` as with [`S3Server::start`].
pub fn new_bucket() -> Option<TestBucket> {
    Some(SHARED.as_ref()?.new_bucket())
}

/// A bucket.
pub struct TestBucket {
    server: Arc<S3Server>,
    pub name: String,
}

impl TestBucket {
    /// What keys of these tests begin with.
    pub const PREFIX: &str = "papers/harbour";

    /// The settings with which a server uses it.
    pub fn settings(&self) -> MediaBucket {
        MediaBucket {
            name: self.name.clone(),
            endpoint: Some(self.server.endpoint.parse().expect("an address")),
            region: "us-east-1".to_owned(),
            access_key_id: self.server.key_id.clone(),
            secret_access_key: Secret::new(self.server.secret.clone()),
            prefix: Self::PREFIX.to_owned(),
            addressing: Addressing::Path,
            limits: BucketLimits::default(),
        }
    }

    /// The keys of all that is in it, in order.
    pub fn keys(&self) -> Vec<String> {
        self.ask("list").as_object().expect("an object").keys().cloned().collect()
    }

    /// The keys of what was begun in parts, and neither finished nor taken back.
    pub fn unfinished(&self) -> Vec<Value> {
        self.ask("unfinished").as_array().expect("a list").clone()
    }

    fn ask(&self, command: &str) -> Value {
        let mut talk = self.server.talk.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(talk.0, "{command} {}", self.name).expect("it reads");
        read(&mut talk.1)
    }
}
