//! The load generator, `wrk`, and what it tells.

use crate::options;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

pub const CONNECTIONS: usize = 32;

/// What is asked for.
#[derive(Clone)]
pub enum Target {
    /// The same each time.
    Same { path: String, headers: Vec<(String, String)> },
    /// Another path each time, from a list; the mark `{n}` in one stands for a time that no other request has.
    Varied(Vec<String>),
}

/// One run of the load generator.
#[derive(Clone)]
pub struct Run {
    pub requests: f64,
    pub seconds: f64,
    /// In milliseconds.
    pub p50: f64,
    pub p99: f64,
}

/// Begins a run; its end is waited for by [`Begun::end`].
pub struct Begun {
    child: std::process::Child,
    what: String,
}

pub fn begin(url: &str, target: &Target, seconds: u64) -> Begun {
    let mut command = Command::new("wrk");
    command.args(["-t2", &format!("-c{CONNECTIONS}"), &format!("-d{seconds}s"), "--timeout", "10s", "--latency"]);
    let what = match target {
        Target::Same { path, headers } => {
            for (name, value) in headers {
                command.args(["-H", &format!("{name}: {value}")]);
            }
            command.arg(format!("{url}{path}"));
            path.clone()
        }
        Target::Varied(paths) => {
            command.arg("-s").arg(write_script(paths)).arg(url);
            paths.first().cloned().unwrap_or_default()
        }
    };
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap_or_else(|error| panic!("wrk (Debian package wrk): {error}"));
    Begun { child, what }
}

pub fn run(url: &str, target: &Target, seconds: u64) -> Run {
    begin(url, target, seconds).end()
}

impl Begun {
    pub fn end(self) -> Run {
        let output = self.child.wait_with_output().expect("wrk ends");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = text.lines().find(|line| line.contains(" requests in ")).unwrap_or_else(|| panic!("wrk said of {}: {text}", self.what));
        let (requests, rest) = line.trim().split_once(" requests in ").expect("it was found");
        let seconds = rest.split(',').next().map(milliseconds).unwrap_or_default() / 1000.0;
        let failed = text.lines().find(|line| line.contains("Non-2xx") || line.contains("Socket errors"));
        assert!(failed.is_none(), "{}: {}", self.what, failed.unwrap_or_default());
        let latency = |percent: &str| text.lines().find_map(|line| line.trim().strip_prefix(percent)).map(milliseconds).unwrap_or_default();
        Run { requests: requests.trim().parse().expect("a number"), seconds, p50: latency("50%"), p99: latency("99%") }
    }
}

/// Reads `1.54ms`, `107.00us` or `2.10s`.
fn milliseconds(text: &str) -> f64 {
    let text = text.trim();
    let number = |unit: &str| text.strip_suffix(unit).and_then(|number| number.trim().parse::<f64>().ok());
    if let Some(number) = number("us") {
        number / 1000.0
    } else if let Some(number) = number("ms") {
        number
    } else if let Some(number) = number("m") {
        number * 60_000.0
    } else {
        number("s").unwrap_or_default() * 1000.0
    }
}

/// A script that asks for one path after another; each thread begins at another place.
fn write_script(paths: &[String]) -> PathBuf {
    let mut script = String::from("local paths = {\n");
    for path in paths {
        let _ = writeln!(script, "  \"{path}\",");
    }
    // A time in the far future, in milliseconds that no two requests have in common, is a filter that takes nothing away.
    script.push_str(
        "}\nlocal threads = 0\nfunction setup(thread)\n  threads = threads + 1\n  thread:set(\"offset\", threads * 7919)\nend\n\
         local count = 0\nfunction request()\n  count = count + 1\n  local number = offset + count * 16\n  \
         local path = paths[number % #paths + 1]\n  if string.find(path, \"{n}\", 1, true) then\n    local seconds = math.floor(number / 1000)\n    \
         local time = os.date(\"!%Y-%m-%dT%H:%M:%S\", 4000000000 + seconds) .. string.format(\".%03dZ\", number % 1000)\n    \
         path = string.gsub(path, \"{n}\", time)\n  end\n  return wrk.format(\"GET\", path)\nend\n",
    );
    let file = options::folder().join("requests.lua");
    std::fs::write(&file, script.replace("count * 16", "count * 17")).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    file
}
