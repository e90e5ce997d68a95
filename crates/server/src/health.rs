//! For operators and load balancers: is the process alive, is it ready, and the public signing keys.

use crate::clock::Clock;
use crate::error::{ApiError, ProblemCode};
use crate::identity::Identity;
use crate::routing::Routes;
use crate::standing::Standing;
use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use masthead_store::db::Db;
use serde::Serialize;
use utoipa::ToSchema;

/// How it stands.
#[derive(Serialize, ToSchema)]
pub struct Health {
    #[schema(example = "ok", pattern = "^ok$")]
    pub status: String,
}

/// How it stands, part by part.
#[derive(Serialize, ToSchema)]
pub struct Readiness {
    #[schema(example = "ok", pattern = "^ok$")]
    pub status: String,
    /// Whether the database has been heard from.
    #[schema(example = "ok", pattern = "^ok$")]
    pub database: String,
    /// By how many changes each replica was behind when it was last asked; one that is behind is not read from.
    #[schema(value_type = Vec<u32>, max_items = 1000, example = json!([0]))]
    pub replica_lags: Vec<i64>,
    /// `late` where scheduled articles have not been announced in time to those who follow the changes; readers see them
    /// all the same.
    pub announcements: Announcements,
    /// For how many seconds the oldest announcement has been due; 0 where none is.
    #[schema(value_type = u64, example = 0)]
    pub oldest_overdue_seconds: i64,
}

/// Whether announcements are made in time.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Announcements {
    Ok,
    Late,
}

fn reply(standing: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(standing)
}

/// Check that the process is alive.
///
/// Answers without touching the database: for restarting a process that hangs.
#[utoipa::path(tag = "operations", responses((status = OK, description = "Alive.", body = Health)))]
#[get("/health/live")]
async fn check_liveness() -> HttpResponse {
    reply(&Health { status: "ok".to_owned() })
}

/// Check that requests can be served.
///
/// For taking a node out of traffic: 503 where the database has not been heard from for two seconds, and while the process
/// is stopping. However often it is asked, the database is asked no more often for it.
#[utoipa::path(tag = "operations", responses((status = OK, description = "Ready.", body = Readiness)))]
#[get("/health/ready")]
async fn check_readiness(db: Data<Db>, clock: Data<Clock>, standing: Data<Standing>) -> Result<HttpResponse, ApiError> {
    if standing.is_draining() {
        return Err(ApiError::new(ProblemCode::Unavailable, "The server is stopping."));
    }
    if !Standing::hears_from(&db) {
        return Err(ApiError::new(ProblemCode::Unavailable, "The database cannot be reached."));
    }
    let oldest_overdue_seconds = standing.overdue_seconds(&db, &clock).await;
    Ok(reply(&Readiness {
        status: "ok".to_owned(),
        database: "ok".to_owned(),
        replica_lags: db.replica_lags(),
        announcements: if Standing::is_late(oldest_overdue_seconds) { Announcements::Late } else { Announcements::Ok },
        oldest_overdue_seconds,
    }))
}

/// A public key (RFC 7517, RFC 8037).
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "documents the reply; the key set writes it")]
pub struct PublicKey {
    #[schema(example = "OKP")]
    kty: String,
    #[schema(example = "Ed25519")]
    crv: String,
    #[schema(example = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")]
    x: String,
    #[schema(example = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")]
    kid: String,
    #[serde(rename = "use")]
    #[schema(example = "sig")]
    key_use: String,
    #[schema(example = "EdDSA")]
    alg: String,
}

/// The public keys.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "documents the reply; the key set writes it")]
pub struct PublicKeySet {
    keys: Vec<PublicKey>,
}

/// List the public signing keys.
///
/// A JSON Web Key Set (RFC 7517), for services that check access tokens themselves.
#[utoipa::path(tag = "operations", responses((status = OK, description = "The keys.", body = PublicKeySet)))]
#[get("/.well-known/jwks.json")]
async fn list_signing_keys(identity: Data<Identity>, clock: Data<Clock>) -> HttpResponse {
    HttpResponse::Ok().insert_header(("Cache-Control", "public, max-age=300")).json(identity.keys().jwks(clock.now().seconds()))
}

/// The routes for operators.
pub fn routes(routes: &mut Routes) {
    routes.service(check_liveness).service(check_readiness).service(list_signing_keys);
}
