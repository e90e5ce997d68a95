//! The one temporary folder of a test process: every database file and the PostgreSQL cluster live in it, and it is
//! gone afterwards however the process ended.
//!
//! A test process can be killed, and then runs no destructor. So a shell watches: it holds the reading end of a pipe
//! whose writing end only this process has. When the process ends, for whatever reason, the kernel closes the pipe,
//! and the shell stops the servers and removes the folder.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// What the shell does. The signals that end a test run from the terminal are not for it. A PostgreSQL server removes
/// its lock file last of all; SIGQUIT makes it stop at once, without a checkpoint.
const WATCH: &str = r#"
trap '' HUP INT TERM
cat > /dev/null
for lock in "$1"/*/data/postmaster.pid; do
    [ -f "$lock" ] || continue
    read -r server < "$lock"
    kill -QUIT "$server"
    tries=0
    while [ -e "$lock" ] && [ "$tries" -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
done
rm -rf -- "$1"
"#;

struct Scratch {
    path: PathBuf,
    is_root: bool,
    /// Holds the writing end of the pipe; a static is never dropped, so it is the kernel that closes it.
    _watchdog: Child,
}

static SCRATCH: LazyLock<Scratch> = LazyLock::new(|| {
    let unique = masthead_server::clock::system_time().milliseconds();
    let path = std::env::temp_dir().join(format!("masthead-{}-{unique:x}", std::process::id()));
    std::fs::create_dir(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    // The server may run as another user, who must get through to its own folder; there is nothing to list on the way.
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o711)).unwrap();
    let is_root = std::fs::metadata(&path).unwrap().uid() == 0;
    let watchdog = Command::new("sh")
        .args(["-c", WATCH, "sh"])
        .arg(&path)
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a shell to clean up after the tests");
    Scratch { path, is_root, _watchdog: watchdog }
});

/// The folder of this process.
pub fn folder() -> &'static Path {
    &SCRATCH.path
}

/// Whether the tests run as root: whoever makes a folder owns it.
pub fn is_root() -> bool {
    SCRATCH.is_root
}

/// Makes a folder in it that nothing else uses.
pub fn new_folder(name: &str) -> PathBuf {
    let path = folder().join(format!("{name}-{}", next_number()));
    std::fs::create_dir(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    path
}

/// A number that this process has not used yet.
pub fn next_number() -> u32 {
    static NUMBER: AtomicU32 = AtomicU32::new(1);
    NUMBER.fetch_add(1, Ordering::Relaxed)
}
