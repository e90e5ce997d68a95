//! A `masthead` of its own process, for what only a process can show: signals, the log, the exit.

use super::scratch;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::mpsc::{Receiver, channel};

/// The binary, built anew where it is not current: no test of a package has another package's binary made for it.
static BINARY: LazyLock<PathBuf> = LazyLock::new(|| {
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--locked", "--quiet", "--package", "masthead-server", "--bin", "masthead"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    let folder = std::env::current_exe().expect("the test's own path").parent().and_then(|deps| deps.parent()).expect("target/debug").to_owned();
    if folder.ends_with("release") {
        build.arg("--release");
    }
    assert!(build.status().expect("cargo").success(), "the binary could not be built");
    folder.join("masthead")
});

/// A running `masthead serve` on SQLite; killed when dropped.
pub struct Process {
    child: Child,
    /// Its folder, and the settings it was started with.
    folder: PathBuf,
    settings: Vec<(String, String)>,
    /// The lines of its log, which a thread reads: one that is not read would stop it.
    log: Receiver<String>,
    /// What has been read of the log.
    text: String,
}

impl Process {
    pub const EMAIL: &str = "ada@paper.example";
    pub const PASSWORD: &str = "the tide turns twice a day";

    /// Starts one with these settings on a free port.
    pub fn serve(settings: &[(&str, &str)]) -> Self {
        let folder = scratch::new_folder("process");
        let mut child = Command::new(&*BINARY)
            .arg("serve")
            .current_dir(&folder)
            .env_clear()
            .env("MASTHEAD_BIND", "127.0.0.1:0")
            .env("MASTHEAD_DATA_DIR", &folder)
            .env("MASTHEAD_ADMIN_EMAIL", Self::EMAIL)
            .env("MASTHEAD_ADMIN_PASSWORD", Self::PASSWORD)
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the process starts");
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let (lines, log) = channel();
        let written = BufReader::new(child.stderr.take().expect("its log"));
        std::thread::spawn(move || written.lines().map_while(Result::ok).try_for_each(|line| lines.send(line)));
        Self { child, folder, settings, log, text: String::new() }
    }

    /// Runs another command beside it, on the same data, and returns what that prints.
    pub fn run(&self, arguments: &[&str], input: &str) -> String {
        let mut child = Command::new(&*BINARY)
            .args(arguments)
            .current_dir(&self.folder)
            .env_clear()
            .env("MASTHEAD_DATA_DIR", &self.folder)
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the command starts");
        child.stdin.take().expect("its input").write_all(input.as_bytes()).expect("it reads");
        let output = child.wait_with_output().expect("its end");
        assert!(output.status.success(), "{arguments:?} ended with {}", output.status);
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// The body of the administrator's login.
    pub fn login() -> Value {
        json!({"email": Self::EMAIL, "password": Self::PASSWORD})
    }

    /// The address in the line of the log that says that it is `doing` something.
    pub fn address(&mut self, doing: &str) -> String {
        let marked = |line: &str| -> Option<String> {
            let rest = line.split_once(&format!(" {doing} "))?.1;
            Some(rest.split_once("address=")?.1.split_whitespace().next()?.to_owned())
        };
        loop {
            // The longer phrase begins like the shorter.
            if let Some(address) = self.text.lines().filter(|line| doing != "serving" || !line.contains("serving metrics")).find_map(marked) {
                return address;
            }
            let line = self.log.recv().unwrap_or_else(|_| panic!("it ended:\n{}", self.text));
            self.text.push_str(&line);
            self.text.push('\n');
        }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal, by its name.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status().expect("kill");
        assert!(status.success(), "the process has gone");
    }

    /// Waits until it has ended well, and returns its log.
    pub fn end(mut self) -> String {
        for line in self.log.iter() {
            self.text.push_str(&line);
            self.text.push('\n');
        }
        let status = self.child.wait().expect("its end");
        assert!(status.success(), "{status}\n{}", self.text);
        std::mem::take(&mut self.text)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        self.child.kill().unwrap_or_default();
        self.child.wait().map(drop).unwrap_or_default();
    }
}
