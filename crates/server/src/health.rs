//! For operators and load balancers: is the process alive, is it ready, and the public signing keys.

use crate::clock::Clock;
use crate::error::ApiError;
use crate::identity::Identity;
use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use masthead_store::db::Db;
use masthead_store::error::Error;
use masthead_store::site;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// How it stands.
#[derive(Serialize, ToSchema)]
pub struct Health {
    #[schema(example = "ok", pattern = "^ok$")]
    pub status: String,
}

fn ok() -> HttpResponse {
    HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(Health { status: "ok".to_owned() })
}

/// Check that the process is alive.
///
/// Answers without touching the database: for restarting a process that hangs.
#[utoipa::path(tag = "operations", responses((status = OK, description = "Alive.", body = Health)))]
#[get("/health/live")]
async fn check_liveness() -> HttpResponse {
    ok()
}

/// Check that requests can be served.
///
/// Asks the database: for taking a node out of traffic.
#[utoipa::path(tag = "operations", responses((status = OK, description = "Ready.", body = Health)))]
#[get("/health/ready")]
async fn check_readiness(db: Data<Db>) -> Result<HttpResponse, ApiError> {
    db.read(|conn| -> Result<(), Error> { site::find(conn).map(|_| ()) }).await?;
    Ok(ok())
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
pub fn routes(config: &mut ServiceConfig) {
    config.service(check_liveness).service(check_readiness).service(list_signing_keys);
}
