//! One running server with a database and a clock of its own.

use super::client::{Anonymous, Client, Requests, SignedIn};
use super::database::{Backend, Database};
use super::scratch;
use actix_web::dev::ServerHandle;
use actix_web::rt::System;
use masthead_domain::email::EmailAddress;
use masthead_domain::id::UserId;
use masthead_domain::permission::Role;
use masthead_domain::secret::Secret;
use masthead_domain::time::Timestamp;
use masthead_server::clock::Clock;
use masthead_server::config::Config;
use masthead_server::error::ApiError;
use masthead_server::jobs;
use masthead_server::media::sweep::{Swept, sweep};
use masthead_server::password_hashing::{Cost, PasswordHasher};
use masthead_store::db::Address;
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::users::{self, User};
use serde_json::json;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// What the clock of every new server says.
pub const START: &str = "2026-11-26T09:00:00Z";

/// The address of the website that shows the content.
pub const PUBLIC_URL: &str = "https://paper.example";

/// Of every login that the harness makes.
pub const PASSWORD: &str = "the tide turns twice a day";

/// A hash that is as good as any here and takes no time.
const CHEAP: Cost = Cost { memory_kib: 8, passes: 1 };

/// A running server; it ends when dropped.
pub struct App {
    pub clock: Clock,
    pub backend: Backend,
    /// What the server answers under, like `http://127.0.0.1:40123`.
    pub url: String,
    address: SocketAddr,
    data_dir: PathBuf,
    client: Client,
    /// The logins made so far by [`App::contributor`] and so on, by role.
    logins: Mutex<Vec<(Role, Login)>>,
    server: Server,
    // After the server, or the database would go while it is in use.
    database: Database,
}

/// Another server on the database of an [`App`], with the same clock, as behind a load balancer.
pub struct Node {
    /// What it answers under.
    pub url: String,
    client: Client,
    server: Server,
}

impl Node {
    /// Someone who has not logged in.
    pub fn anonymous(&self) -> Anonymous {
        Anonymous { client: self.client.clone() }
    }

    /// Someone who has logged in elsewhere.
    pub fn as_seen_by(&self, user: &SignedIn) -> SignedIn {
        SignedIn { client: self.client.clone(), ..user.clone() }
    }

    /// Does the work that is due by the clock, as a running server does every second; returns how much it was.
    pub fn run_jobs(&self) -> usize {
        self.server.run_jobs()
    }

    /// Clears away files that nobody needs, as far as it can.
    pub fn sweep_media(&self) -> Result<Swept, ApiError> {
        self.server.sweep_media()
    }
}

/// An account with which to log in.
#[derive(Debug, Clone)]
pub struct Login {
    pub id: UserId,
    pub email: String,
    pub password: String,
    pub name: String,
}

/// The thread that the server runs on.
struct Server {
    handle: ServerHandle,
    parts: masthead_server::app::App,
    clock: Clock,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Server {
    fn drop(&mut self) {
        // The message is sent by the call; the answer is the end of the thread.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            // If it panicked it said so itself, and a panic in here would hide why the test failed.
            thread.join().unwrap_or_default();
        }
    }
}

impl App {
    pub fn sqlite() -> Self {
        Self::start(Backend::Sqlite)
    }

    pub fn postgres() -> Self {
        Self::start(Backend::Postgres)
    }

    pub fn start(backend: Backend) -> Self {
        Self::start_with(backend, |config| config)
    }

    /// Starts a server with other settings than usual.
    pub fn start_with(backend: Backend, change: impl FnOnce(Config) -> Config) -> Self {
        Self::start_on(Database::new(backend), backend, change)
    }

    /// Starts a server on a database that is there already.
    pub fn start_on(database: Database, backend: Backend, change: impl FnOnce(Config) -> Config) -> Self {
        let (url, listener, config) = config_on(database.address().clone());
        let (address, config) = (config.bind, change(config));
        let clock = Clock::fixed(Timestamp::parse(START).expect("a time"));
        let data_dir = config.data_dir.clone();
        let server = Server::start(config, clock.clone(), listener);
        Self { clock, backend, client: Client::new(&url), url, address, data_dir, logins: Mutex::default(), server, database }
    }

    /// Starts another server on the same database; settings are those of any, changed by `change`.
    pub fn start_node(&self, change: impl FnOnce(Config) -> Config) -> Node {
        let (url, listener, config) = config_on(self.database.address().clone());
        // All nodes have the one public address, whichever answers.
        let config = Config { api_url: self.url.clone(), ..config };
        Node { client: Client::new(&url), url, server: Server::start(change(config), self.clock.clone(), listener) }
    }

    /// Does the work that is due by the clock, as a running server does every second; returns how much it was.
    pub fn run_jobs(&self) -> usize {
        self.server.run_jobs()
    }

    /// Clears away files that nobody needs, as a running server does every hour.
    pub fn sweep_media(&self) -> Swept {
        self.server.sweep_media().unwrap_or_else(|error| panic!("{error}"))
    }

    /// The folder of its files.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// The parts that the server is made of, for what cannot be brought about over HTTP.
    pub fn parts(&self) -> &masthead_server::app::App {
        &self.server.parts
    }

    /// Someone who has not logged in.
    pub fn anonymous(&self) -> Anonymous {
        Anonymous { client: self.client.clone() }
    }

    /// The contributor of this paper, newly logged in.
    pub fn contributor(&self) -> SignedIn {
        self.log_in(&self.login(Role::Contributor))
    }

    /// The editor of this paper, newly logged in.
    pub fn editor(&self) -> SignedIn {
        self.log_in(&self.login(Role::Editor))
    }

    /// The administrator of this paper, newly logged in.
    pub fn admin(&self) -> SignedIn {
        self.log_in(&self.login(Role::Admin))
    }

    /// The one login of that role, made at first use.
    pub fn login(&self, role: Role) -> Login {
        let mut logins = self.logins.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, login)) = logins.iter().find(|(of, _)| *of == role) {
            return login.clone();
        }
        let login = self.db_create_user(role);
        logins.push((role, login.clone()));
        login
    }

    /// Logs in over HTTP.
    pub fn log_in(&self, login: &Login) -> SignedIn {
        let tokens = self.anonymous().post("/v1/auth/login", &json!({"email": login.email, "password": login.password})).assert_status(200).json();
        let text = |name: &str| tokens[name].as_str().unwrap_or_else(|| panic!("no {name} in {tokens}")).to_owned();
        SignedIn { client: self.client.clone(), access_token: text("access_token"), refresh_token: text("refresh_token"), login: login.clone() }
    }

    /// Adds another login straight to the database; there is no way for it over HTTP that needs no login.
    pub fn db_create_user(&self, role: Role) -> Login {
        let name = match role {
            Role::Contributor => "Connie Contributor",
            Role::Editor => "Edith Editor",
            Role::Admin => "Ada Admin",
        };
        let email = EmailAddress::parse(&format!("{role}-{}@paper.example", scratch::next_number())).expect("an e-mail address");
        let hash = PasswordHasher::hash_blocking(&Secret::new(PASSWORD), CHEAP).expect("a hash");
        let user = User::new(email, name.to_owned(), role, hash, self.clock.now());
        let login = Login { id: user.id, email: user.email.to_string(), password: PASSWORD.to_owned(), name: user.name.clone() };
        users::insert(&mut self.database.connect(), &user).unwrap_or_else(|error| panic!("{}: {error}", login.email));
        login
    }

    /// Adds that many generated articles straight to the database, behind the server's back and before it is asked anything.
    pub fn fill_with_generated(&self, count: u64) {
        masthead_server::demo::load::generated(self.database.address(), count, 1, self.clock.now()).unwrap_or_else(|error| panic!("{error}"));
    }

    /// The database under the server, for what cannot be seen over HTTP.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Occupies that many of the database's reading threads until the result is dropped.
    pub fn hold_database(&self, threads: usize) -> HeldDatabase {
        let held = (0..threads).map(|_| {
            let (began, beginning) = sync_channel(1);
            let (gate, opened) = sync_channel::<()>(0);
            let (db, opened) = (self.parts().db().clone(), Arc::new(Mutex::new(opened)));
            let work = move || {
                let (began, opened) = (began.clone(), Arc::clone(&opened));
                move |_: &mut Conn| -> Result<(), Error> {
                    // Nobody waits for this any more where it is tried again.
                    began.send(()).unwrap_or_default();
                    // Ends when the other end is dropped.
                    opened.lock().expect("no panic").recv().unwrap_or_default();
                    Ok(())
                }
            };
            // Where there is little patience, it may be refused too.
            let thread = std::thread::spawn(move || System::new().block_on(async { while db.read(work()).await.is_err() {} }));
            beginning.recv().expect("a thread takes the work");
            (gate, thread)
        });
        HeldDatabase(held.collect())
    }

    /// Opens a connection to the server.
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
        stream
    }

    /// Sends bytes as they are and returns all that comes back until the server closes the connection, or says nothing
    /// for two seconds: for requests that no proper client makes.
    pub fn send_raw(&self, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(2))).expect("a timeout");
        // The server may refuse the rest of a long request by closing early.
        stream.write_all(request).unwrap_or_default();
        let mut answer = Vec::new();
        let mut part = [0; 4096];
        while let Ok(length @ 1..) = stream.read(&mut part) {
            answer.extend_from_slice(&part[..length]);
        }
        String::from_utf8_lossy(&answer).into_owned()
    }
}

/// Threads of the database that do nothing else; see [`App::hold_database`].
pub struct HeldDatabase(Vec<(SyncSender<()>, JoinHandle<()>)>);

impl Drop for HeldDatabase {
    fn drop(&mut self) {
        for (gate, thread) in self.0.drain(..) {
            drop(gate);
            thread.join().unwrap_or_default();
        }
    }
}

/// Waits until something holds that another thread brings about.
pub fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let began = std::time::Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(30), "in vain: {what}");
        std::thread::yield_now();
    }
}

/// A free address to listen on, and the settings of a server there.
fn config_on(database: Address) -> (String, TcpListener, Config) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("the port");
    let url = format!("http://{address}");
    let config = Config {
        bind: address,
        data_dir: scratch::new_folder("data"),
        database,
        public_url: PUBLIC_URL.to_owned(),
        desk_url: format!("{PUBLIC_URL}/desk"),
        api_url: url.clone(),
        workers: 1,
        password_cost: CHEAP,
        ..Config::default()
    };
    (url, listener, config)
}

impl Server {
    fn run_jobs(&self) -> usize {
        System::new().block_on(jobs::run_once(self.parts.db(), &self.clock)).unwrap_or_else(|error| panic!("{error}"))
    }

    fn sweep_media(&self) -> Result<Swept, ApiError> {
        System::new().block_on(sweep(self.parts.db(), self.parts.pictures(), &self.clock))
    }

    fn start(config: Config, clock: Clock, listener: TcpListener) -> Self {
        let (sender, receiver) = sync_channel(1);
        let shown = clock.clone();
        let thread = std::thread::Builder::new()
            .name("server".to_owned())
            .spawn(move || {
                let app = masthead_server::app::App::open(config, clock).unwrap_or_else(|error| panic!("the server does not start: {error}"));
                System::new().block_on(async move {
                    let server = app.clone().serve(listener).expect("a server on the listener");
                    sender.send((server.handle(), app)).expect("the test waits");
                    server.await.expect("the server runs");
                });
            })
            .expect("a thread");
        let (handle, parts) = receiver.recv().expect("the server did not start; its thread says why");
        Self { handle, parts, clock: shown, thread: Some(thread) }
    }
}
