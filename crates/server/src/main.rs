//! The `masthead` binary: subcommands, each of which assembles and runs. It never asks a question; every refusal names
//! the cause and the remedy and ends with a non-zero status.

mod user_commands;

use self::user_commands::{UserCommand, create_user, manage_user};
use actix_web::dev::ServerHandle;
use clap::{Parser, Subcommand};
use masthead_domain::permission::Role;
use masthead_server::app::{self, App};
use masthead_server::clock::Clock;
use masthead_server::config::{Config, LogFormat, VARIABLES};
use masthead_server::media::sweep;
use masthead_server::{api_document, demo, identity, jobs, memory};
use masthead_store::db::Use;
use masthead_store::error::Error;
use masthead_store::users;
use masthead_store::{migrate, signing_keys};
use std::process::ExitCode;
use std::time::Duration;

/// The content API for newspapers, magazines and campaigns.
#[derive(Parser)]
#[command(name = "masthead", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API. Makes or renews the tables first.
    Serve {
        /// Fill an empty database with a small demo paper and make an administrator with a one-time password.
        #[arg(long)]
        demo: bool,
    },
    /// Make or renew the tables, and end.
    Migrate,
    /// Make a login, or set its password.
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Print the OpenAPI document.
    Openapi {
        /// As OpenAPI 3.0.3, for generators that do not read 3.1.
        #[arg(long = "3.0")]
        version_3_0: bool,
    },
    /// Fill an empty database with generated articles; the same seed gives the same content.
    Demo {
        #[arg(long)]
        articles: u64,
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Make a new signing key for access tokens.
    Keys {
        #[command(subcommand)]
        command: KeysCommand,
    },
}

#[derive(Subcommand)]
enum KeysCommand {
    /// Make a new key that signs from now on.
    Rotate {
        /// Refuse tokens of all older keys at once, instead of letting them run out.
        #[arg(long)]
        retire_old: bool,
    },
}

fn main() -> ExitCode {
    memory::return_large_buffers();
    let arguments = Arguments::parse();
    match run(arguments.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => {
            eprintln!("masthead: {cause}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), Box<dyn std::error::Error>> {
    if let Command::Openapi { version_3_0 } = command {
        return print_whole(&if version_3_0 { api_document::document_3_0() } else { api_document::document() });
    }
    match dotenvy::dotenv() {
        Ok(_) => {}
        Err(error) if error.not_found() => {}
        Err(error) => return Err(format!("the file .env cannot be read: {error}").into()),
    }
    let config = Config::read(|name| std::env::var(name).ok())?;
    start_log(&config);
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    for name in names.filter(|name| name.starts_with("MASTHEAD_") && !VARIABLES.contains(&name.as_str())) {
        // Not refused: systems that run containers set such names for their own ends.
        tracing::warn!("{name} is set, and is no setting");
    }
    match command {
        Command::Serve { demo } => serve(config, demo),
        Command::Migrate => {
            masthead_server::app::prepare(&config)?;
            let steps = migrate::run(&config.database)?;
            println!("{} migrations were run.", steps.len());
            Ok(())
        }
        Command::User { command } => manage_user(&config, command),
        Command::Openapi { .. } => Ok(()),
        Command::Demo { articles, seed } => {
            App::open(config.clone(), Clock::system())?;
            Ok(demo::load::generated(&config.database, articles, seed, Clock::system().now())?)
        }
        Command::Keys { command: KeysCommand::Rotate { retire_old } } => {
            App::open(config.clone(), Clock::system())?;
            let now = Clock::system().now();
            let mut conn = config.database.connect(Use::Writing)?;
            let id = conn.in_transaction(|conn| -> Result<String, Error> {
                let key = identity::add_signing_key(conn, now)?;
                if retire_old {
                    signing_keys::retire_all_but(conn, &key.id, now)?;
                }
                Ok(key.id)
            })?;
            println!("The key {id} signs from now on. Restart the server.");
            Ok(())
        }
    }
}

/// Prints a text; whoever reads it may have had enough before its end.
fn print_whole(text: &str) -> Result<(), Box<dyn std::error::Error>> {
    use std::io::Write;
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// What is logged where `RUST_LOG` does not say. The HTTP layer below reports each broken request as an error of the
/// server's, which anyone could fill a disk with; such requests are counted in the metrics. What talks to a bucket reports each
/// try, and one warning comes in the end.
const QUIET: &str = "info,actix_server=warn,actix_http=off,object_store=warn";

fn start_log(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| QUIET.into());
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Text => builder.init(),
        LogFormat::Json => builder.json().init(),
    }
}

fn serve(config: Config, with_demo: bool) -> Result<(), Box<dyn std::error::Error>> {
    let bind = |address, variable: &str| {
        app::listen(address).map_err(|error| format!("{address} cannot be bound: {error}; set {variable} to a free address"))
    };
    let listener = bind(config.bind, "MASTHEAD_BIND")?;
    let metrics_listener = config.metrics_bind.map(|address| bind(address, "MASTHEAD_METRICS_BIND")).transpose()?;
    warn_of_few_files(&config);
    let clock = Clock::system();
    let app = App::open(config.clone(), clock.clone())?;
    let mut conn = config.database.connect(Use::Writing)?;
    if let Some(admin) = &config.first_admin {
        let has_admin = users::has_admin(&mut conn)?;
        if !has_admin {
            create_user(&mut conn, &config, &admin.email, Role::Admin, None, &admin.password)?;
            tracing::info!("the first administrator has been made");
        }
    }
    if with_demo {
        demo::load::paper(&mut conn, &config, clock.now())?;
    } else if !users::has_admin(&mut conn)? {
        tracing::warn!("there is no administrator yet: masthead user create --email you@example.org --role admin --password-stdin");
    }
    drop(conn);
    tracing::info!(address = %listener.local_addr()?, database = config.database.name(), "serving");
    actix_web::rt::System::new().block_on(async {
        let signals = Signals::new()?;
        actix_web::rt::spawn(jobs::run(app.db().clone(), clock.clone()));
        actix_web::rt::spawn(sweep::run(app.db().clone(), app.pictures().clone(), clock));
        if let Some(listener) = metrics_listener {
            tracing::info!(address = %listener.local_addr()?, "serving metrics without login");
            actix_web::rt::spawn(app.serve_metrics(listener)?);
        }
        let server = app.clone().serve(listener)?;
        let handle = server.handle();
        actix_web::rt::spawn(drain(signals, app, config.drain, handle));
        server.await
    })?;
    Ok(())
}

/// Waits to be told to stop. Then the node is first reported as not ready, while it still answers; then nothing new is
/// taken, and what is under way is finished. A second signal, or Ctrl-C, skips the first part.
async fn drain(mut signals: Signals, app: App, patience: Duration, handle: ServerHandle) {
    let told = signals.next().await;
    app.standing().drain();
    if told == Signal::Terminate && !patience.is_zero() {
        tracing::info!(seconds = patience.as_secs(), "stopping soon: not ready any more, still answering");
        // A second signal and the end of the time are the same here.
        let _ = actix_web::rt::time::timeout(patience, signals.next()).await;
    }
    tracing::info!("stopping: what is under way is finished first");
    handle.stop(true).await;
}

/// Says so where the system allows fewer files than connections may need: without descriptors nothing can be accepted.
fn warn_of_few_files(config: &Config) {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let soft = limits.lines().find_map(|line| line.strip_prefix("Max open files")?.split_whitespace().next()?.parse::<usize>().ok());
    if let Some(files) = soft.filter(|files| *files < config.max_connections.saturating_add(FILES_BESIDE)) {
        tracing::warn!(
            files,
            connections = config.max_connections,
            "fewer files may be open than MASTHEAD_MAX_CONNECTIONS needs: raise LimitNOFILE or lower it"
        );
    }
}

/// Files that are open besides the clients' connections: the database's, the log, the system's own.
const FILES_BESIDE: usize = 128;

/// How the process was asked to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Signal {
    /// By Ctrl-C: someone is waiting.
    Interrupt,
    /// By the service manager.
    Terminate,
}

/// The signals that ask the process to stop.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::Interrupt,
            _ = self.terminate.recv() => Signal::Terminate,
        }
    }
}

/// The signals that ask the process to stop: here only Ctrl-C.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> Signal {
        // Without a handler the process cannot be asked; it is then stopped the hard way.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        Signal::Interrupt
    }
}
