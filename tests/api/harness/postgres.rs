//! A throw-away PostgreSQL cluster, one for a test process, started when the first test asks for a database.
//!
//! It is the real server, because what differs between the two databases shows nowhere else. A machine without it fails
//! the tests rather than skip half of them.

use super::scratch;
use masthead_store::db::{Address, Use};
use std::fmt::Write as _;
use std::io::Read as _;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

/// The superuser of the cluster, which only has databases to lose.
const USER: &str = "masthead";

/// The database that all others are copies of.
const TEMPLATE: &str = "masthead_template";

/// Speed before safety: the cluster does not outlive the tests. No vacuum, since one that looks at the template would
/// keep it from being copied.
const SETTINGS: &str = "
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
autovacuum = off
shared_buffers = 32MB
max_connections = 200
timezone = 'Pacific/Auckland'
";

/// How often another port is tried where the one that was free a moment ago is taken.
const START_TRIES: u32 = 5;

/// A running server.
pub struct Cluster {
    port: u16,
    password: String,
    folder: PathBuf,
    version: u32,
}

static CLUSTER: LazyLock<Cluster> = LazyLock::new(|| {
    let cluster = Cluster::start(&Setup::default());
    cluster.make_templates();
    cluster
});

/// Makes a database with all tables in it, and returns its URL.
pub fn new_database() -> String {
    CLUSTER.new_database(TEMPLATE)
}

/// Makes a database with nothing in it, and returns its URL.
pub fn new_empty_database() -> String {
    CLUSTER.new_database(EMPTY_TEMPLATE)
}

/// Throws a database away, whoever is still connected: hundreds of them would fill a small disk.
pub fn drop_database(url: &str) {
    let name = url.rsplit('/').next().and_then(|rest| rest.split('?').next()).unwrap_or_default();
    CLUSTER.try_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).ok();
}

/// Like [`TEMPLATE`] before the migrations: the same text order, no tables.
const EMPTY_TEMPLATE: &str = "masthead_empty";

/// What a cluster is to be like.
#[derive(Default)]
struct Setup {
    /// A certificate and its key, in files; with them the server refuses connections without TLS.
    identity: Option<(PathBuf, PathBuf)>,
    /// Whether copies may follow it.
    is_followed: bool,
}

impl Cluster {
    fn start(setup: &Setup) -> Self {
        let programs = Programs::find();
        let folder = scratch::new_folder("postgres");
        let password = random_password();
        let password_file = folder.join("password");
        std::fs::write(&password_file, &password).unwrap();
        programs.hand_over(&folder);
        programs.hand_over(&password_file);
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).unwrap();

        let data = folder.join("data");
        programs.run(
            programs.command("initdb", &folder).arg("--pgdata").arg(&data).arg("--pwfile").arg(&password_file).args([
                "--username",
                USER,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
            ]),
            None,
        );
        let mut settings = SETTINGS.to_owned();
        writeln!(settings, "listen_addresses = '127.0.0.1'\nunix_socket_directories = '{}'", folder.display()).unwrap();
        // The password is made for this run and the loopback cannot be overheard: scram would spend most of a test's
        // time on making it hard to guess. With TLS it is the real thing.
        let mut access = "local all all scram-sha-256\nhost all all 127.0.0.1/32 password\n".to_owned();
        if let Some((certificate, key)) = &setup.identity {
            for (source, name) in [(certificate, "server.crt"), (key, "server.key")] {
                let target = data.join(name);
                std::fs::copy(source, &target).unwrap();
                std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o600)).unwrap();
                programs.hand_over(&target);
            }
            settings.push_str("ssl = on\nssl_cert_file = 'server.crt'\nssl_key_file = 'server.key'\n");
            access = "local all all scram-sha-256\nhostssl all all 127.0.0.1/32 scram-sha-256\n".to_owned();
        }
        if setup.is_followed {
            settings.push_str("wal_level = replica\nmax_wal_senders = 4\nfsync = on\nsynchronous_commit = on\n");
            access.push_str("host replication all 127.0.0.1/32 password\n");
        }
        let configuration = data.join("postgresql.conf");
        let defaults = std::fs::read_to_string(&configuration).unwrap();
        std::fs::write(&configuration, defaults + &settings).unwrap();
        std::fs::write(data.join("pg_hba.conf"), access).unwrap();

        let port = programs.start(&folder, &data);
        Self { port, password, folder, version: programs.version() }
    }

    fn make_templates(&self) {
        // Letters in dictionary order wherever the server can, not in the order of their bytes: a column that a cursor
        // sorts by and that forgets its own collation is to be noticed.
        let collation = if self.version >= 15 { "LOCALE_PROVIDER icu ICU_LOCALE 'en' LOCALE 'C'" } else { "LOCALE 'C'" };
        self.execute(&format!("CREATE DATABASE {EMPTY_TEMPLATE} TEMPLATE template0 ENCODING 'UTF8' {collation}"));
        self.execute(&format!("CREATE DATABASE {TEMPLATE} TEMPLATE {EMPTY_TEMPLATE}"));
        let address = Address::Postgres(self.url(TEMPLATE));
        on_own_thread(move || masthead_store::migrate::run(&address)).unwrap_or_else(|error| panic!("the template's tables: {error}"));
    }

    fn new_database(&self, template: &str) -> String {
        let name = format!("test_{}", scratch::next_number());
        self.execute(&format!("CREATE DATABASE {name} TEMPLATE {template}"));
        self.url(&name)
    }

    fn url(&self, database: &str) -> String {
        self.url_of(USER, &self.password, "127.0.0.1", database, "sslmode=disable")
    }

    /// The URL of a database of this cluster.
    pub fn url_of(&self, user: &str, password: &str, host: &str, database: &str, parameters: &str) -> String {
        format!("postgres://{user}:{password}@{host}:{}/{database}?{parameters}", self.port)
    }

    /// The superuser's name and password.
    pub fn login(&self) -> (&'static str, &str) {
        (USER, &self.password)
    }

    /// The server's log, for a test that fails.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    fn execute(&self, sql: &str) {
        self.try_execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}\n{}", self.log()));
    }

    fn try_execute(&self, sql: &str) -> Result<(), masthead_store::error::Error> {
        let (address, sql) = (Address::Postgres(self.url("postgres")), sql.to_owned());
        on_own_thread(move || address.connect(Use::Writing)?.batch_execute(&sql))
    }
}

/// Runs something on a thread that ends with it. The socket of a connection is driven, and so closed, by its thread's
/// runtime; on the test's own thread it would stay open, and a template in use cannot be copied.
fn on_own_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::spawn(work).join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// 128 bits from the system.
fn random_password() -> String {
    let mut bytes = [0; 16];
    std::fs::File::open("/dev/urandom").and_then(|mut source| source.read_exact(&mut bytes)).expect("random bytes");
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// PostgreSQL's programs, and the user to run them as.
struct Programs {
    folder: PathBuf,
    /// Root may not run them, so root runs them as someone else: user and group.
    run_as: Option<(u32, u32)>,
}

impl Programs {
    fn find() -> Self {
        let folder = program_folders().into_iter().find(|folder| ["initdb", "pg_ctl", "postgres"].iter().all(|name| folder.join(name).is_file()));
        let folder = folder.unwrap_or_else(|| {
            panic!(
                "initdb, pg_ctl and postgres were found neither under /usr/lib/postgresql/*/bin nor on PATH nor in $POSTGRES_BIN: \
                 the tests run on a real PostgreSQL, so install it (Debian and Ubuntu: apt-get install postgresql)"
            )
        });
        let run_as = scratch::is_root().then(|| {
            let account = |name| account(name, &std::fs::read_to_string("/etc/passwd").unwrap_or_default());
            account("postgres").or_else(|| account("nobody")).expect("PostgreSQL refuses to run as root, and there is no user postgres or nobody")
        });
        Self { folder, run_as }
    }

    fn command(&self, program: &str, working_folder: &Path) -> Command {
        let mut command = Command::new(self.folder.join(program));
        // The programs look into the folder they are started in, which may be closed to their user.
        command.current_dir(working_folder).stdin(Stdio::null());
        // Neither the settings nor the language of whoever runs the tests.
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| name.starts_with("PG") || name.starts_with("LC_") || name == "LANG" || name == "LANGUAGE") {
                command.env_remove(name);
            }
        }
        command.env("LC_ALL", "C");
        if let Some((user, group)) = self.run_as {
            command.uid(user).gid(group);
        }
        command
    }

    /// Gives a file to the user that the programs run as.
    fn hand_over(&self, path: &Path) {
        if let Some((user, group)) = self.run_as {
            std::os::unix::fs::chown(path, Some(user), Some(group)).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        }
    }

    /// Runs a program to its end and shows what it said where it fails.
    fn run(&self, command: &mut Command, log: Option<&Path>) {
        let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        if !output.status.success() {
            let log = log.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
            panic!("{command:?}: {}\n{}{}{log}", output.status, String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        }
    }

    /// Starts the server on a free port, which it returns.
    fn start(&self, folder: &Path, data: &Path) -> u16 {
        let log = folder.join("log");
        for attempt in 1.. {
            let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port();
            let mut command = self.command("pg_ctl", folder);
            command.arg("start").arg("--wait").arg("--pgdata").arg(data).arg("--log").arg(&log).arg("--options").arg(format!("-p {port}"));
            // The server must not hold on to a pipe of ours, or reading it would never end.
            command.stdout(Stdio::null()).stderr(Stdio::null());
            if command.status().is_ok_and(|status| status.success()) {
                return port;
            }
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            assert!(attempt < START_TRIES && said.contains("could not bind"), "PostgreSQL does not start: {command:?}\n{said}");
        }
        unreachable!("the last attempt returns or fails")
    }

    /// The major version.
    fn version(&self) -> u32 {
        let output = self.command("postgres", &std::env::temp_dir()).arg("--version").output().expect("the version of postgres");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let digits = text.trim_start_matches(|letter: char| !letter.is_ascii_digit());
        digits.split(|letter: char| !letter.is_ascii_digit()).next().and_then(|major| major.parse().ok()).unwrap_or_default()
    }
}

/// Where the programs may be, in the order to look.
fn program_folders() -> Vec<PathBuf> {
    if let Some(folder) = std::env::var_os("POSTGRES_BIN") {
        return vec![folder.into()];
    }
    // Debian keeps the versions apart, and off PATH.
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort_by(|one, other| other.cmp(one));
    let on_path = std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect::<Vec<_>>()).unwrap_or_default();
    versions.into_iter().map(|(_, folder)| folder).chain(on_path).collect()
}

/// User and group of an account, from the lines of `/etc/passwd`.
fn account(name: &str, passwd: &str) -> Option<(u32, u32)> {
    let fields = passwd.lines().map(|line| line.split(':').collect::<Vec<_>>()).find(|fields| fields.first() == Some(&name))?;
    Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
}

/// A cluster and a copy that follows it by streaming replication.
pub struct FollowedCluster {
    cluster: Cluster,
    copy_port: u16,
}

/// Starts a cluster and a copy of it; one test needs them.
pub fn followed_cluster() -> FollowedCluster {
    let cluster = Cluster::start(&Setup { is_followed: true, ..Setup::default() });
    cluster.make_templates();
    let programs = Programs::find();
    let copy = cluster.folder.join("copy");
    let mut backup = programs.command("pg_basebackup", &cluster.folder);
    backup.env("PGPASSWORD", &cluster.password).args(["--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync"]);
    backup.args(["--host", "127.0.0.1", "--username", USER, "--port", &cluster.port.to_string(), "--pgdata"]).arg(&copy);
    programs.run(&mut backup, None);
    let copy_port = programs.start(&cluster.folder, &copy);
    FollowedCluster { cluster, copy_port }
}

impl FollowedCluster {
    /// Makes a database with all tables in it, and returns its URL and that of its copy.
    pub fn new_database(&self) -> (String, String) {
        let url = self.cluster.new_database(TEMPLATE);
        let copy = url.replace(&format!(":{}/", self.cluster.port), &format!(":{}/", self.copy_port));
        (url, copy)
    }

    /// Stops the server under everyone's hands and starts it again.
    pub fn restart(&self) {
        let programs = Programs::find();
        let mut command = programs.command("pg_ctl", &self.cluster.folder);
        command.args(["restart", "--wait", "--mode=immediate", "--pgdata"]).arg(self.cluster.folder.join("data"));
        command.arg("--log").arg(self.cluster.folder.join("log")).arg("--options").arg(format!("-p {}", self.cluster.port));
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let status = command.status().expect("pg_ctl runs");
        assert!(status.success(), "{}", self.cluster.log());
    }
}

/// A cluster that speaks nothing but TLS, with what is needed to trust it, or not to.
pub struct TlsCluster {
    pub cluster: Cluster,
    /// The authority that vouches for the server, as a PEM file.
    pub authority: PathBuf,
    /// One that does not know it.
    pub other_authority: PathBuf,
}

/// Starts a cluster whose certificate is for `localhost` and for no address; one test needs it.
pub fn tls_cluster() -> TlsCluster {
    let folder = scratch::new_folder("certificates");
    let authority = make_authority(&folder, "authority");
    let other_authority = make_authority(&folder, "other-authority");
    let identity = make_server_certificate(&folder, "authority");
    TlsCluster { cluster: Cluster::start(&Setup { identity: Some(identity), ..Setup::default() }), authority, other_authority }
}

const KEY: [&str; 5] = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

fn make_authority(folder: &Path, name: &str) -> PathBuf {
    let (certificate, key) = (format!("{name}.crt"), format!("{name}.key"));
    openssl(folder, &[&["req", "-x509", "-days", "2", "-subj", &format!("/CN={name}"), "-keyout", &key, "-out", &certificate], &KEY[..]].concat());
    folder.join(certificate)
}

/// A certificate of its own for the server: rustls takes that of an authority for nobody but the authority.
fn make_server_certificate(folder: &Path, authority: &str) -> (PathBuf, PathBuf) {
    let (authority_certificate, authority_key) = (format!("{authority}.crt"), format!("{authority}.key"));
    std::fs::write(folder.join("extensions"), "basicConstraints = CA:FALSE\nsubjectAltName = DNS:localhost\nextendedKeyUsage = serverAuth\n")
        .unwrap();
    openssl(folder, &[&["req", "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr"], &KEY[..]].concat());
    openssl(
        folder,
        &[
            "x509",
            "-req",
            "-days",
            "2",
            "-in",
            "server.csr",
            "-CA",
            &authority_certificate,
            "-CAkey",
            &authority_key,
            "-set_serial",
            "2",
            "-extfile",
            "extensions",
            "-out",
            "server.crt",
        ],
    );
    (folder.join("server.crt"), folder.join("server.key"))
}

fn openssl(folder: &Path, arguments: &[&str]) {
    let output = Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap_or_else(|error| panic!("openssl makes the certificates of this test (Debian and Ubuntu: apt-get install openssl): {error}"));
    assert!(output.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}
