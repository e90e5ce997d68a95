//! The corpora, kept in the target folder from run to run, and the servers on them.

use crate::harness::database::Backend;
use crate::http::Client;
use crate::options::{self, Options, name};
use crate::process::{Process, free_port, wait_for};
use std::io::Write as _;
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

pub const EMAIL: &str = "bench@paper.example";
pub const PASSWORD: &str = "nine lighthouses counted twice";

/// The release binary, built by Cargo where it is not up to date.
pub fn build() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["build", "--release", "--quiet", "--package", "masthead-server", "--bin", "masthead"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .expect("cargo runs");
    assert!(status.success(), "the release binary cannot be built");
    options::folder().parent().expect("the target folder").join("release/masthead")
}

/// Databases of one kind, each named.
pub struct Databases {
    backend: Backend,
    program: PathBuf,
    cluster: Option<Cluster>,
}

impl Databases {
    pub fn open(backend: Backend, program: &Path) -> Self {
        let cluster = (backend == Backend::Postgres).then(Cluster::start);
        Self { backend, program: program.to_owned(), cluster }
    }

    /// The address of a database, whether it is there or not.
    pub fn url(&self, name: &str) -> String {
        match &self.cluster {
            None => format!("sqlite://{}", self.file(name).display()),
            Some(cluster) => format!("postgres://masthead@127.0.0.1:{}/{name}?sslmode=disable", cluster.port),
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        options::folder().join("corpora").join(format!("{name}.db"))
    }

    /// Removes a database, if there is one, and makes an empty one.
    pub fn empty(&self, name: &str) {
        match &self.cluster {
            None => {
                std::fs::create_dir_all(self.file(name).parent().expect("a folder")).expect("the folder of the corpora");
                for ending in ["", "-wal", "-shm"] {
                    std::fs::remove_file(format!("{}{ending}", self.file(name).display())).ok();
                }
            }
            Some(cluster) => {
                cluster.execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
                cluster.execute(&format!("CREATE DATABASE {name}"));
            }
        }
    }

    /// A copy to write in.
    pub fn copy(&self, name: &str, to: &str) {
        self.empty(to);
        match &self.cluster {
            None => drop(std::fs::copy(self.file(name), self.file(to)).expect("the disk has room for a copy")),
            Some(cluster) => {
                cluster.execute(&format!("DROP DATABASE {to} WITH (FORCE)"));
                // A database that somebody is still connected to cannot be copied.
                cluster.execute(&format!("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'"));
                let copy = format!("CREATE DATABASE {to} TEMPLATE {name}");
                // Much quicker, and unknown before PostgreSQL 15.
                if !cluster.try_execute_in("postgres", &format!("{copy} STRATEGY FILE_COPY")) {
                    cluster.execute(&copy);
                }
            }
        }
    }

    pub fn remove(&self, name: &str) {
        self.empty(name);
        if let Some(cluster) = &self.cluster {
            cluster.execute(&format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.env("DATABASE_URL", self.url(name)).env("RUST_LOG", "warn").env("MASTHEAD_DATA_DIR", options::folder());
        command.current_dir(options::folder()).stdin(Stdio::null()).stdout(Stdio::null());
        command
    }

    /// Fills an empty database and tells how long that took.
    pub fn fill(&self, name: &str, articles: u64, seed: u64) -> Duration {
        let begun = Instant::now();
        let status = self.command(name).args(["demo", "--articles", &articles.to_string(), "--seed", &seed.to_string()]).status();
        assert!(status.is_ok_and(|status| status.success()), "masthead demo failed");
        begun.elapsed()
    }

    /// Makes the login of the benchmark.
    pub fn add_login(&self, name: &str) {
        let mut command = self.command(name);
        command.args(["user", "create", "--email", EMAIL, "--role", "editor", "--password-stdin"]).stdin(Stdio::piped());
        let mut child = command.spawn().expect("masthead runs");
        child.stdin.take().expect("a pipe").write_all(PASSWORD.as_bytes()).expect("it reads the password");
        assert!(child.wait().is_ok_and(|status| status.success()), "the login cannot be made");
    }

    /// The name of the corpus that was asked for, filled if it has not been before.
    pub fn corpus(&self, options: &Options) -> String {
        let name = format!("corpus_{}_{}_{}", options.articles, options.seed, migrations(self.backend));
        let mark = options::folder().join(format!("{}-{name}.filled", options::name(self.backend)));
        if !mark.exists() {
            println!("filling a corpus of {} articles; it is kept", options.articles);
            self.empty(&name);
            self.fill(&name, options.articles, options.seed);
            self.add_login(&name);
            if let Some(cluster) = &self.cluster {
                // What autovacuum does in the first minutes; it is off, or it would do it while something is measured.
                cluster.execute_in(&name, "VACUUM");
            }
            std::fs::write(&mark, "").expect("the target folder can be written to");
        }
        name
    }

    /// A server on a database, ready to answer, and the time from its start to its first reply.
    pub fn serve(&self, name: &str, cache_bytes: Option<u64>) -> (Server, Duration) {
        let port = free_port();
        let mut environment = vec![
            ("DATABASE_URL", self.url(name)),
            ("MASTHEAD_BIND", format!("127.0.0.1:{port}")),
            ("MASTHEAD_WORKERS", crate::bare::WORKERS.to_string()),
            ("MASTHEAD_DATA_DIR", options::folder().display().to_string()),
            // More than the idle connections that one case opens, so that none is closed to make room.
            ("MASTHEAD_MAX_CONNECTIONS", "16384".to_owned()),
            ("RUST_LOG", "warn".to_owned()),
        ];
        environment.extend(cache_bytes.map(|bytes| ("MASTHEAD_CACHE_BYTES", bytes.to_string())));
        let begun = Instant::now();
        let log = options::folder().join(format!("server-{port}.log"));
        let process = Process::start(&self.program, &["serve"], &environment, &log);
        let url = format!("http://127.0.0.1:{port}");
        let what = format!("the start of masthead, see {}", log.display());
        wait_for(&what, Duration::from_secs(60), || {
            TcpStream::connect(("127.0.0.1", port)).ok()?;
            Client::new(&url).try_send("GET", "/v1/articles?limit=1", &[], None).filter(|answer| answer.status == 200)
        });
        (Server { url, process, log }, begun.elapsed())
    }

    /// Where `pgbench` finds a database, if there is PostgreSQL.
    pub fn pgbench_arguments(&self, name: &str) -> Option<Vec<String>> {
        let cluster = self.cluster.as_ref()?;
        Some(["-h", "127.0.0.1", "-p", &cluster.port.to_string(), "-U", "masthead", name].map(str::to_owned).to_vec())
    }
}

/// The names of the migrations as a short number: with others a corpus is another.
fn migrations(backend: Backend) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(name(backend));
    let mut names: Vec<String> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    // FNV-1a: nothing needs to be safe from forgery here.
    let hash = names.join("/").bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}").split_off(8)
}

/// A running masthead.
pub struct Server {
    pub url: String,
    pub process: Process,
    log: PathBuf,
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that has said nothing is of no use to anybody.
        if std::fs::metadata(&self.log).is_ok_and(|file| file.len() == 0) {
            std::fs::remove_file(&self.log).ok();
        }
    }
}

/// A PostgreSQL cluster in the target folder, with its usual settings: what is acknowledged is on the disk.
struct Cluster {
    port: u16,
    programs: PathBuf,
    data: PathBuf,
    user: Option<(u32, u32)>,
}

impl Cluster {
    fn start() -> Self {
        let mut versions: Vec<PathBuf> =
            std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path().join("bin")).collect();
        versions.sort();
        let programs = versions.pop().expect("PostgreSQL (Debian package postgresql)");
        let folder = options::folder().join("postgres");
        std::fs::create_dir_all(&folder).expect("the target folder can be written to");
        let user = system_user();
        if let Some((user, group)) = user {
            std::os::unix::fs::chown(&folder, Some(user), Some(group)).expect("root may give a folder away");
        }
        let cluster = Self { port: free_port(), programs, data: folder.join("data"), user };
        if !cluster.data.exists() {
            let data = cluster.data.display().to_string();
            cluster.run("initdb", &["--pgdata", &data, "--username", "masthead", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]);
        }
        let options =
            format!("-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c shared_buffers=256MB -c autovacuum=off", cluster.port);
        let (data, log) = (cluster.data.display().to_string(), folder.join("log").display().to_string());
        // Left over from a run that was killed.
        if cluster.data.join("postmaster.pid").exists() {
            cluster.try_run("pg_ctl", &["stop", "--mode", "fast", "--pgdata", &data]);
        }
        cluster.run("pg_ctl", &["start", "--wait", "--pgdata", &data, "--log", &log, "--options", &options]);
        let pid = std::fs::read_to_string(cluster.data.join("postmaster.pid")).unwrap_or_default();
        crate::process::set_database(pid.lines().next().and_then(|line| line.trim().parse().ok()).expect("PostgreSQL runs"));
        cluster
    }

    fn try_run(&self, program: &str, arguments: &[&str]) -> bool {
        let mut command = Command::new(self.programs.join(program));
        command.args(arguments).current_dir(self.data.parent().expect("a folder")).env("LC_ALL", "C").stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(Stdio::null());
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        command.status().is_ok_and(|status| status.success())
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        assert!(self.try_run(program, arguments), "{program} {arguments:?} failed");
    }

    fn try_execute_in(&self, database: &str, sql: &str) -> bool {
        self.try_run("psql", &["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "masthead", "-d", database, "-q", "-c", sql])
    }

    fn execute_in(&self, database: &str, sql: &str) {
        assert!(self.try_execute_in(database, sql), "{sql} failed");
    }

    fn execute(&self, sql: &str) {
        self.execute_in("postgres", sql);
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.try_run("pg_ctl", &["stop", "--mode", "fast", "--pgdata", &self.data.display().to_string()]);
    }
}

/// PostgreSQL refuses to run as root.
fn system_user() -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt;
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    let passwd = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let line = passwd.lines().find(|line| line.starts_with("postgres:")).filter(|_| is_root)?;
    let fields: Vec<&str> = line.split(':').collect();
    Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
}
