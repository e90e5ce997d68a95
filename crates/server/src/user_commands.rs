//! `masthead user`: making logins, and helping those who cannot get in.

use clap::{Subcommand, ValueEnum};
use masthead_domain::column::AnyId;
use masthead_domain::email::EmailAddress;
use masthead_domain::password;
use masthead_domain::permission::Role;
use masthead_domain::secret::Secret;
use masthead_domain::time::Timestamp;
use masthead_domain::user::LinkPurpose;
use masthead_server::app::App;
use masthead_server::clock::Clock;
use masthead_server::config::Config;
use masthead_server::one_time_links as links;
use masthead_server::password_hashing::PasswordHasher;
use masthead_server::writing::{Entry, Origin};
use masthead_store::db::Use;
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::users::{self, User};
use masthead_store::{one_time_links, second_factors, sessions};
use std::io::Read;

#[derive(Subcommand)]
pub enum UserCommand {
    /// Make a login.
    Create {
        #[arg(long)]
        email: String,
        #[arg(long)]
        role: RoleArgument,
        /// The name to show; the local part of the address if absent.
        #[arg(long)]
        name: Option<String>,
        /// Read the password from standard input, the only way to give it.
        #[arg(long, required = true)]
        password_stdin: bool,
    },
    /// Set the password of a login, and end all its sessions.
    Reset {
        #[arg(long)]
        email: String,
        /// Read the password from standard input, the only way to give it.
        #[arg(long, required = true)]
        password_stdin: bool,
        /// Also turn its second factor off, for someone who has lost the device and the recovery codes.
        #[arg(long)]
        remove_totp: bool,
    },
    /// Print a link by which the user chooses a new password, once, within a day.
    ResetLink {
        #[arg(long)]
        email: String,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub enum RoleArgument {
    Contributor,
    Editor,
    Admin,
}

impl From<RoleArgument> for Role {
    fn from(role: RoleArgument) -> Self {
        match role {
            RoleArgument::Contributor => Self::Contributor,
            RoleArgument::Editor => Self::Editor,
            RoleArgument::Admin => Self::Admin,
        }
    }
}

fn read_password() -> Result<Secret, Box<dyn std::error::Error>> {
    let mut text = String::new();
    std::io::stdin().take(4096).read_to_string(&mut text)?;
    let password = text.strip_suffix('\n').unwrap_or(&text);
    Ok(Secret::new(password.strip_suffix('\r').unwrap_or(password)))
}

/// Does what is asked.
///
/// # Errors
/// With the cause and the remedy.
pub fn manage_user(config: &Config, command: UserCommand) -> Result<(), Box<dyn std::error::Error>> {
    App::open(config.clone(), Clock::system())?;
    let mut conn = config.database.connect(Use::Writing)?;
    match command {
        UserCommand::Create { email, role, name, password_stdin: _ } => {
            let email = EmailAddress::parse(&email)?;
            create_user(&mut conn, config, &email, role.into(), name, &read_password()?)?;
            println!("{email} has been made.");
        }
        UserCommand::Reset { email, password_stdin: _, remove_totp } => {
            let user = find_user(&mut conn, &email)?;
            let has_second_factor = !remove_totp && !second_factors::confirmed(&mut conn, &[user.id])?.is_empty();
            let hash = checked_hash(&mut conn, config, &user.email, &read_password()?, has_second_factor)?;
            let now = Clock::system().now();
            conn.in_transaction(|conn| -> Result<(), Error> {
                users::set_password_hash(conn, user.id, &hash)?;
                sessions::end_all_but(conn, user.id, None, now)?;
                one_time_links::delete_of(conn, user.id)?;
                if remove_totp {
                    second_factors::delete(conn, user.id)?;
                }
                audit(conn, "user.reset_password", &user, now)
            })?;
            println!("The password of {email} has been set; all its sessions have ended.");
        }
        UserCommand::ResetLink { email } => {
            let user = find_user(&mut conn, &email)?;
            if user.disabled_at.is_some() {
                return Err(format!("{email} is disabled; an administrator enables it first").into());
            }
            let now = Clock::system().now();
            let link = conn.in_transaction(|conn| -> Result<_, Error> {
                audit(conn, "user.make_reset_link", &user, now)?;
                links::make(conn, config, LinkPurpose::PasswordReset, user.id, now)
            })?;
            println!("{}", link.url);
            println!("{}", link.token.expose());
            println!("Works once, until {}; the second line is the token by itself, for POST /v1/auth/password/reset.", link.expires_at);
        }
    }
    Ok(())
}

fn find_user(conn: &mut Conn, email: &str) -> Result<User, Box<dyn std::error::Error>> {
    match users::find_by_email(conn, &EmailAddress::parse(email)?) {
        Err(Error::NotFound) => Err(format!("there is no login {email}; make one with masthead user create").into()),
        found => Ok(found?),
    }
}

/// Puts into the audit log what the operator did; who that is is not known here.
fn audit(conn: &mut Conn, action: &str, user: &User, now: Timestamp) -> Result<(), Error> {
    let (entity_id, label) = (Some(AnyId(user.id.0)), Some(user.name.clone()));
    Origin::default().audit(conn, None, now, Entry { action: action.to_owned(), subject: "user", entity_id, label, ..Entry::default() })
}

fn checked_hash(
    conn: &mut Conn,
    config: &Config,
    email: &EmailAddress,
    secret: &Secret,
    has_second_factor: bool,
) -> Result<String, Box<dyn std::error::Error>> {
    let title = masthead_store::site::find(conn)?.title;
    let check = if has_second_factor { password::check_with_second_factor } else { password::check };
    check(secret.expose(), &[&title, email.local_part()]).map_err(|fault| fault.message)?;
    Ok(PasswordHasher::hash_blocking(secret, config.password_cost).map_err(|_| "the password could not be hashed")?)
}

/// Makes a login.
///
/// # Errors
/// With the cause and the remedy.
pub fn create_user(
    conn: &mut Conn,
    config: &Config,
    email: &EmailAddress,
    role: Role,
    name: Option<String>,
    secret: &Secret,
) -> Result<(), Box<dyn std::error::Error>> {
    let password_hash = checked_hash(conn, config, email, secret, false)?;
    let name = name.unwrap_or_else(|| email.local_part().to_owned());
    let user = User::new(email.clone(), name, role, password_hash, Clock::system().now());
    match conn.in_transaction(|conn| users::insert(conn, &user)) {
        Err(Error::Taken { .. }) => Err(format!("{email} exists already; set its password with masthead user reset").into()),
        other => Ok(other?),
    }
}
