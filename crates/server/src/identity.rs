//! Who is asking: the keys and passwords behind logins, and the extractors that say in a handler's signature how large
//! a role it needs.

use crate::clock::{Clock, system_time};
use crate::error::{ApiError, ProblemCode};
use crate::key_scopes::scopes_of;
use crate::key_secret;
use crate::login_throttle::LoginThrottle;
use crate::opaque_tokens::{random_bytes, token_hash};
use crate::password_hashing::{DEFAULT_WAITING, PasswordHasher};
use crate::signing_keys::SigningKey;
use crate::tokens::{KeySet, TokenSettings};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use masthead_domain::api_key::Scope;
use masthead_domain::id::{ApiKeyId, SessionId, UserId};
use masthead_domain::permission::{Actor, Beat, Role};
use masthead_domain::secret::Secret;
use masthead_domain::time::Timestamp;
use masthead_domain::vocabulary::Vocabulary;
use masthead_store::api_keys;
use masthead_store::db::Db;
use masthead_store::dialect::Conn;
use masthead_store::sessions::{self, Session};
use masthead_store::signing_keys::{self as stored_keys, StoredKey};
use masthead_store::users::User;
use masthead_store::{error::Error, secrets, sections};
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// The audience of access tokens.
const AUDIENCE: &str = "masthead-editor";

/// How far the clocks of two nodes may differ.
const LEEWAY_SECONDS: i64 = 10;

/// How often the keys are read again at most, in milliseconds: anyone can send a token that names an unknown key.
const RELOAD_MILLISECONDS: i64 = 2000;

/// The keys and the password hasher, shared by all requests.
pub struct Identity {
    keys: RwLock<Arc<KeySet>>,
    /// When the keys were last read again, in system milliseconds.
    reloaded_at: AtomicI64,
    settings: TokenSettings,
    pub passwords: PasswordHasher,
    pub throttle: LoginThrottle,
    /// How long the answer to a refresh is held back: see [`crate::auth::refresh`].
    pub refresh_hold: Duration,
}

impl Identity {
    /// Reads the signing keys, making the first one where there is none.
    ///
    /// # Errors
    /// With the cause, for the operator.
    pub fn open(conn: &mut Conn, config: &crate::config::Config, now: Timestamp) -> Result<Self, String> {
        let settings =
            TokenSettings { issuer: config.api_url.clone(), audience: AUDIENCE.to_owned(), leeway_seconds: LEEWAY_SECONDS, key_rest_seconds: 0 };
        let keys = conn.in_transaction(|conn| load_keys(conn, &settings, now)).map_err(|error| error.to_string())?;
        let passwords = PasswordHasher::start(config.password_cost, 1, DEFAULT_WAITING).map_err(|error| error.to_string())?;
        Ok(Self {
            keys: RwLock::new(Arc::new(keys)),
            reloaded_at: AtomicI64::new(0),
            settings,
            passwords,
            throttle: LoginThrottle::default(),
            refresh_hold: config.refresh_hold,
        })
    }

    #[must_use]
    pub fn keys(&self) -> Arc<KeySet> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the keys again, after another node or the command line has made a new one.
    async fn reload(&self, db: &Db, now: Timestamp) -> Result<Arc<KeySet>, ApiError> {
        let asked_at = system_time().milliseconds();
        if asked_at - self.reloaded_at.fetch_max(asked_at, Ordering::AcqRel) < RELOAD_MILLISECONDS {
            return Ok(self.keys());
        }
        let settings = self.settings.clone();
        let keys = Arc::new(db.write(move |conn| load_keys(conn, &settings, now)).await?);
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&keys);
        Ok(keys)
    }
}

fn load_keys(conn: &mut Conn, settings: &TokenSettings, now: Timestamp) -> Result<KeySet, Error> {
    let mut stored = stored_keys::list_active(conn)?;
    if stored.is_empty() {
        stored.push(add_signing_key(conn, now)?);
    }
    let keys: Vec<SigningKey> = stored
        .into_iter()
        .map(|key| SigningKey {
            id: key.id,
            private_key_pem: Secret::new(key.private_key),
            created_at_seconds: key.created_at.seconds(),
            retired_at_seconds: key.retired_at.map(Timestamp::seconds),
        })
        .collect();
    KeySet::new(settings.clone(), &keys).map_err(Error::internal)
}

/// Makes a new signing key; it signs from now on, and older ones still verify until they are retired.
///
/// # Errors
/// Those of the database, and where the system gives no key.
pub fn add_signing_key(conn: &mut Conn, now: Timestamp) -> Result<StoredKey, Error> {
    let key = SigningKey::generate(now.seconds()).map_err(Error::internal)?;
    let stored = StoredKey { id: key.id, private_key: key.private_key_pem.expose().to_owned(), created_at: now, retired_at: None };
    stored_keys::insert(conn, &stored)?;
    Ok(stored)
}

/// The key that list cursors are sealed with; made once and shared by all nodes.
///
/// # Errors
/// Those of the database, and where the system gives no randomness.
pub fn cursor_key(conn: &mut Conn) -> Result<[u8; 32], Error> {
    shared_key(conn, "cursor_key")
}

/// The key that what is kept secret is sealed with; made once and shared by all nodes.
///
/// # Errors
/// Those of the database, and where the system gives no randomness.
pub fn sealing_key(conn: &mut Conn) -> Result<[u8; 32], Error> {
    shared_key(conn, "sealing_key")
}

fn shared_key(conn: &mut Conn, name: &str) -> Result<[u8; 32], Error> {
    let propose = || Ok(STANDARD.encode(random_bytes::<32>().map_err(Error::internal)?));
    let stored = secrets::find_or_insert(conn, name, propose)?;
    let bytes = STANDARD.decode(stored).map_err(Error::internal)?;
    <[u8; 32]>::try_from(bytes.as_slice()).map_err(Error::internal)
}

/// What somebody proved who they are by.
#[derive(Debug, Clone)]
pub enum Proof {
    /// A login of their own.
    Session(Session),
    /// A key of theirs, which a program uses.
    Key(ApiKeyId),
}

/// Someone with a live session or a key that covers what is asked for, of any role.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub actor: Actor,
    pub user: User,
    pub proof: Proof,
}

impl SignedIn {
    /// Refuses those of too small a role.
    ///
    /// # Errors
    /// 403
    pub fn at_least(self, role: Role) -> Result<Self, ApiError> {
        if self.actor.role >= role { Ok(self) } else { Err(ApiError::forbidden()) }
    }

    /// Who is signed in, and by which login; a program with a key has none.
    ///
    /// # Errors
    /// 403
    pub fn session(self) -> Result<(User, Session), ApiError> {
        match self.proof {
            Proof::Session(session) => Ok((self.user, session)),
            Proof::Key(_) => Err(ApiError::forbidden()),
        }
    }

    /// The key that is used, where one is.
    #[must_use]
    pub fn key(&self) -> Option<ApiKeyId> {
        match self.proof {
            Proof::Key(id) => Some(id),
            Proof::Session(_) => None,
        }
    }
}

/// The smallest role that may do something, as a type.
pub trait SmallestRole {
    const ROLE: Role;
}

impl FromRequest for SignedIn {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let token = bearer_token(request);
        let parts =
            (request.app_data::<Data<Identity>>().cloned(), request.app_data::<Data<Db>>().cloned(), request.app_data::<Data<Clock>>().cloned());
        let needed = scopes_of(request.method().as_str(), request.match_pattern().as_deref().unwrap_or_default());
        Box::pin(async move {
            let (Some(identity), Some(db), Some(clock)) = parts else { return Err(ApiError::internal("the app lacks its identity data")) };
            let token = token.ok_or_else(ApiError::unauthenticated)?;
            if token.starts_with(key_secret::PREFIX) {
                return authenticate_key(&token, needed, &db, clock.now()).await;
            }
            authenticate(&token, &identity, &db, clock.now()).await
        })
    }
}

fn bearer_token(request: &HttpRequest) -> Option<String> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

/// A user as somebody who asks, with what they look after where that is limited.
fn actor(conn: &mut Conn, user: &User) -> Result<Actor, Error> {
    let mut beat = Beat::default();
    if user.role == Role::Editor {
        let (section_ids, branch_ids) = (&user.section_ids.0, &user.branch_ids.0);
        if !section_ids.is_empty() {
            beat.sections = Some(sections::with_all_under(conn, section_ids)?.into());
        }
        if !branch_ids.is_empty() {
            beat.branches = Some(branch_ids.as_slice().into());
        }
    }
    Ok(Actor { beat, ..Actor::new(user.id, user.role) })
}

async fn authenticate(token: &str, identity: &Identity, db: &Db, now: Timestamp) -> Result<SignedIn, ApiError> {
    use crate::tokens::TokenFault;
    let claims = match identity.keys().verify(token, now.seconds()) {
        Err(TokenFault::UnknownKey) => identity.reload(db, now).await?.verify(token, now.seconds()),
        verified => verified,
    };
    let claims = claims.map_err(|_| ApiError::unauthenticated())?;
    let (Some(session_id), Some(user_id)) = (SessionId::parse(&claims.sid), UserId::parse(&claims.sub)) else {
        return Err(ApiError::unauthenticated());
    };
    // The session decides, not the token: it dies at once with logout, password change and disabling.
    let found = db
        .read(move |conn| -> Result<_, Error> {
            let (session, user) = sessions::find_live(conn, session_id, now)?;
            Ok((session, actor(conn, &user)?, user))
        })
        .await;
    match found {
        Ok((session, actor, user)) if user.id == user_id => Ok(SignedIn { actor, user, proof: Proof::Session(session) }),
        Ok(_) | Err(Error::NotFound) => Err(ApiError::unauthenticated()),
        Err(error) => Err(error.into()),
    }
}

/// How old the note of a key's last use may be: reading must not cost a write each time.
const USE_NOTED_MILLISECONDS: i64 = 60_000;

async fn authenticate_key(token: &str, needed: Option<&'static [Scope]>, db: &Db, now: Timestamp) -> Result<SignedIn, ApiError> {
    if !key_secret::is_key(token) {
        return Err(ApiError::unauthenticated());
    }
    let hash = token_hash(token);
    let found = db
        .read(move |conn| -> Result<_, Error> {
            let (key, user) = api_keys::find_live(conn, &hash, now)?;
            Ok((key, actor(conn, &user)?, user))
        })
        .await;
    let (key, actor, user) = match found {
        Err(Error::NotFound) => return Err(ApiError::unauthenticated()),
        found => found?,
    };
    let Some(needed) = needed else {
        return Err(ApiError::new(ProblemCode::Forbidden, "No key is taken here; log in."));
    };
    let missing: Vec<&str> = needed.iter().filter(|scope| !key.scopes.0.contains(scope)).map(|scope| scope.word()).collect();
    if !missing.is_empty() {
        return Err(ApiError::new(ProblemCode::Forbidden, format!("The key lacks the scope {}.", missing.join(", "))));
    }
    if key.last_used_at.is_none_or(|used_at| now.milliseconds() - used_at.milliseconds() >= USE_NOTED_MILLISECONDS) {
        let (db, id) = (db.clone(), key.id);
        // Beside the request, which does not wait for it.
        actix_web::rt::spawn(async move {
            if let Err(error) = db.write(move |conn| api_keys::note_use(conn, id, now)).await {
                tracing::warn!(%error, "the use of a key could not be noted");
            }
        });
    }
    Ok(SignedIn { actor, user, proof: Proof::Key(key.id) })
}

macro_rules! role_extractor {
    ($(#[$doc:meta])* $name:ident, $role:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name(pub Actor);

        impl SmallestRole for $name {
            const ROLE: Role = $role;
        }

        impl FromRequest for $name {
            type Error = ApiError;
            type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

            fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
                let signed_in = SignedIn::from_request(request, payload);
                Box::pin(async move { Ok(Self(signed_in.await?.at_least($role)?.actor)) })
            }
        }
    };
}

role_extractor!(
    /// Someone who may at least write drafts of their own.
    Contributor,
    Role::Contributor
);
role_extractor!(
    /// Someone who may edit and publish everything.
    Editor,
    Role::Editor
);
role_extractor!(
    /// Someone who may also change the site's settings.
    Admin,
    Role::Admin
);
