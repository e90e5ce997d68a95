//! Processes that are measured: what they cost is read from `/proc`.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A child that is killed when dropped, with its children, and by the kernel when the benchmark itself is.
pub struct Process {
    child: Child,
}

impl Process {
    /// Starts a program with its environment and nothing of ours.
    pub fn start(program: &Path, arguments: &[&str], environment: &[(&str, String)], log: &Path) -> Self {
        let output = std::fs::File::create(log).unwrap_or_else(|error| panic!("{}: {error}", log.display()));
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--"]).arg(program).args(arguments);
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).envs(environment.iter().map(|(name, value)| (name, value)));
        command.current_dir(log.parent().unwrap_or(Path::new("/")));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(output);
        let child = command.spawn().unwrap_or_else(|error| panic!("setpriv (Debian package util-linux) {}: {error}", program.display()));
        Self { child }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// User and system time, in microseconds, with that of its children.
    pub fn cpu(&self) -> f64 {
        cpu_where(|stat| stat.pid == self.id() || stat.parent == self.id())
    }

    /// Resident memory in kilobytes.
    pub fn memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.split_whitespace().next()).and_then(|number| number.parse().ok()).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // nginx has workers, which would outlive it and keep its port; while it lives it would replace them.
        let children: Vec<String> = stats().filter(|stat| stat.parent == self.id()).map(|stat| stat.pid.to_string()).collect();
        // If it has ended already there is nothing to kill.
        self.child.kill().unwrap_or_default();
        self.child.wait().ok();
        if !children.is_empty() {
            Command::new("kill").arg("-KILL").args(children).status().ok();
        }
    }
}

struct Stat {
    pid: u32,
    parent: u32,
    cpu: f64,
}

/// Reads a `/proc/<pid>/stat` (proc(5): fields 1, 4, and 14 to 17, those of children that have ended among them; ticks of 10 ms).
fn read_stat(text: &str) -> Option<Stat> {
    let (pid, rest) = text.split_once(" (")?;
    let (_, rest) = rest.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok());
    Some(Stat { pid: pid.parse().ok()?, parent: fields.get(1)?.parse().ok()?, cpu: (ticks(11)? + ticks(12)? + ticks(13)? + ticks(14)?) * 10_000.0 })
}

/// All processes of the machine.
fn stats() -> impl Iterator<Item = Stat> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    processes.filter_map(|process| read_stat(&std::fs::read_to_string(process.path().join("stat")).ok()?))
}

fn cpu_where(wanted: impl Fn(&Stat) -> bool) -> f64 {
    stats().filter(wanted).map(|stat| stat.cpu).sum()
}

/// The process that all others of our PostgreSQL are children of; none without PostgreSQL.
static DATABASE: AtomicU32 = AtomicU32::new(0);

pub fn set_database(pid: u32) {
    DATABASE.store(pid, Ordering::Relaxed);
}

/// The time of our PostgreSQL, in microseconds, with that of the connections that have ended.
pub fn database_cpu() -> f64 {
    let pid = DATABASE.load(Ordering::Relaxed);
    if pid == 0 { 0.0 } else { cpu_where(|stat| stat.pid == pid || stat.parent == pid) }
}

/// Waits until something is the case.
pub fn wait_for<T>(what: &str, patience: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < patience, "{what} took longer than {patience:?}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Whether a program can be run.
pub fn exists(program: &str) -> bool {
    Command::new(program).arg("-V").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}
