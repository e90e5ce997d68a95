//! `/v1/auth/totp`: turning a second factor on and off.

use super::attempt::{TOTP_PURPOSE, check_code, find_unchanged};
use crate::client_address::client_ip;
use crate::clock::Clock;
use crate::error::{ApiError, ProblemCode};
use crate::identity::{Identity, SignedIn};
use crate::login_throttle::Attempt;
use crate::request::read_members;
use crate::request::{JsonBody, Query};
use crate::sealed_box::SealedBox;
use crate::totp;
use crate::writing::{Entry, Origin};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get, post};
use masthead_domain::column::AnyId;
use masthead_domain::fault::{Fault, FaultCode};
use masthead_domain::password;
use masthead_domain::secret::Secret;
use masthead_domain::time::Timestamp;
use masthead_store::db::Db;
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::second_factors::{self, SecondFactor};
use masthead_store::site;
use masthead_store::users::{self, User};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "documents the body; it is read member by member")]
pub struct TotpIn {
    #[schema(format = Password, max_length = 128, example = "correct horse battery staple")]
    current_password: String,
}

#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "documents the body; it is read member by member")]
pub struct TotpCodeIn {
    /// The code that the app shows now.
    #[schema(max_length = 64, example = "287082")]
    code: String,
}

#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "documents the body; it is read member by member")]
pub struct TotpProofIn {
    #[schema(format = Password, max_length = 128, example = "correct horse battery staple")]
    current_password: String,
    /// The code that the app shows now, or a recovery code.
    #[schema(max_length = 64, example = "287082")]
    code: String,
}

/// What an app needs to make codes. It is shown this one time.
#[derive(Serialize, ToSchema)]
pub struct TotpEnrolment {
    /// To be typed in, in base32.
    #[schema(example = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")]
    pub secret: String,
    /// To be shown as a QR code.
    #[schema(format = Uri, example = "otpauth://totp/The%20Harbour:ida%40paper.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=The%20Harbour&algorithm=SHA1&digits=6&period=30")]
    pub otpauth_uri: String,
}

/// Codes for the day on which the device is lost; each works once. They are shown this one time.
#[derive(Serialize, ToSchema)]
pub struct RecoveryCodes {
    #[schema(min_items = 1, max_items = 10, example = json!(["k7mw-q2xp-9ahd-tz4r"]))]
    pub recovery_codes: Vec<String>,
}

/// The second factor of your account.
#[derive(Serialize, ToSchema)]
pub struct TotpState {
    /// Whether a code is asked for at login.
    #[schema(example = true)]
    pub enabled: bool,
    /// Whether an enrolment waits for its first code.
    #[schema(example = false)]
    pub pending: bool,
    /// Recovery codes that have not been used.
    #[schema(minimum = 0, maximum = 10, example = 9)]
    pub recovery_codes_left: i64,
}

fn entry(action: &str, user: &User) -> Entry {
    Entry { action: action.to_owned(), subject: "user", entity_id: Some(AnyId(user.id.0)), label: Some(user.name.clone()), ..Entry::default() }
}

fn not_now(detail: &str) -> ApiError {
    ApiError::new(ProblemCode::TotpState, detail)
}

fn wrong_code() -> ApiError {
    ApiError::validation(vec![Fault::at("/code", FaultCode::InvalidFormat, "is wrong, has run out or was used before")])
}

/// Makes a new set of recovery codes, of which the hashes are kept.
fn replace_recovery_codes(conn: &mut Conn, user: &User, now: Timestamp) -> Result<RecoveryCodes, ApiError> {
    let codes = totp::new_recovery_codes().map_err(ApiError::internal)?;
    let hashes: Vec<String> = codes.iter().map(|code| totp::recovery_hash(user.id, code.expose())).collect();
    second_factors::replace_recovery_codes(conn, user.id, &hashes, now)?;
    Ok(RecoveryCodes { recovery_codes: codes.iter().map(|code| code.expose().to_owned()).collect() })
}

/// Find your second factor.
///
/// Whether it is on, and how many recovery codes are left.
#[utoipa::path(tag = "auth", responses((status = OK, description = "How it stands.", body = TotpState)))]
#[get("/totp")]
pub async fn find_totp(db: Data<Db>, signed_in: SignedIn, query: Query) -> Result<HttpResponse, ApiError> {
    query.finish()?;
    let (user, _) = signed_in.session()?;
    let state = db
        .read(move |conn| -> Result<_, Error> {
            let factor = second_factors::find(conn, user.id)?;
            let enabled = factor.as_ref().is_some_and(|factor| factor.confirmed_at.is_some());
            let recovery_codes_left = second_factors::count_recovery_codes(conn, user.id)?;
            Ok(TotpState { enabled, pending: factor.is_some() && !enabled, recovery_codes_left })
        })
        .await?;
    Ok(HttpResponse::Ok().json(state))
}

/// Enrol a second factor.
///
/// Gives the secret for an authenticator app. It counts for nothing until its first code is sent to `/v1/auth/totp/confirm`.
#[utoipa::path(
    tag = "auth",
    request_body = TotpIn,
    responses(
        (status = OK, description = "For the app.", body = TotpEnrolment),
        (status = CONFLICT, description = "A second factor is on already."),
    )
)]
#[post("/totp")]
pub async fn enrol_totp(
    request: HttpRequest,
    db: Data<Db>,
    identity: Data<Identity>,
    sealed: Data<SealedBox>,
    clock: Data<Clock>,
    signed_in: SignedIn,
    body: JsonBody,
) -> Result<HttpResponse, ApiError> {
    Query::of(&request)?.finish()?;
    let (user, _) = signed_in.session()?;
    let password = read_members(&body.0, |reader| {
        let password = reader.text("current_password", 1024);
        reader.require("current_password", password).unwrap_or_default()
    })?;
    let now = clock.now();
    let attempt = identity.confirm_password(&user, &password, "/current_password", client_ip(&request), now).await?;
    identity.throttle.succeed(attempt);
    let secret = totp::new_secret().map_err(ApiError::internal)?;
    let stored = sealed.seal(TOTP_PURPOSE, &secret).map_err(ApiError::internal)?;
    let enrolment = db
        .write(move |conn| -> Result<_, ApiError> {
            let user = find_unchanged(conn, &user, "/current_password")?;
            if !second_factors::begin(conn, user.id, &stored, now)? {
                return Err(not_now("A second factor is on already; turn it off first."));
            }
            let title = site::find(conn)?.title;
            Ok(TotpEnrolment { secret: totp::base32(&secret), otpauth_uri: totp::otpauth_uri(&title, &user.email.to_string(), &secret) })
        })
        .await?;
    Ok(HttpResponse::Ok().json(enrolment))
}

/// Confirm a second factor.
///
/// Turns it on, with the first code of the app. From now on login asks for one. The recovery codes are shown this one time.
#[utoipa::path(
    tag = "auth",
    request_body = TotpCodeIn,
    responses(
        (status = OK, description = "It is on.", body = RecoveryCodes),
        (status = CONFLICT, description = "There is no enrolment that waits for its first code."),
    )
)]
#[post("/totp/confirm")]
pub async fn confirm_totp(
    request: HttpRequest,
    db: Data<Db>,
    identity: Data<Identity>,
    sealed: Data<SealedBox>,
    clock: Data<Clock>,
    signed_in: SignedIn,
    body: JsonBody,
) -> Result<HttpResponse, ApiError> {
    Query::of(&request)?.finish()?;
    let (user, _) = signed_in.session()?;
    let code = read_members(&body.0, |reader| reader.required_line("code", 64))?;
    let (now, origin) = (clock.now(), Origin::of(&request));
    let attempt = identity.throttle.begin(&user.email.to_string(), client_ip(&request), true, now).map_err(super::attempt::wait)?;
    let codes = db
        .write(move |conn| -> Result<_, ApiError> {
            // Neither another enrolment nor another confirmation comes between.
            let user = users::find_for_change(conn, user.id)?;
            let factor = second_factors::find(conn, user.id)?.filter(|factor| factor.confirmed_at.is_none());
            let factor = factor.ok_or_else(|| not_now("There is no enrolment that waits for its first code."))?;
            let plain = totp::without_spaces(&code);
            if !totp::is_code(&plain) || !check_code(conn, &sealed, &factor, &plain, now)? {
                return Err(wrong_code());
            }
            second_factors::confirm(conn, user.id, now)?;
            let codes = replace_recovery_codes(conn, &user, now)?;
            origin.audit(conn, Some(&user), now, entry("auth.enable_totp", &user))?;
            Ok(codes)
        })
        .await
        .inspect_err(|error| take_back_unless_wrong(&identity, attempt, error))?;
    identity.throttle.succeed(attempt);
    Ok(HttpResponse::Ok().json(codes))
}

/// Only a wrong code counts against whoever sent it.
fn take_back_unless_wrong(identity: &Identity, attempt: Attempt, error: &ApiError) {
    if error.code != ProblemCode::ValidationFailed {
        identity.throttle.take_back(attempt);
    }
}

/// Somebody who has a second factor and proves it, with the password beside it.
struct Proof {
    user: User,
    password: Secret,
    code: String,
    now: Timestamp,
    origin: Origin,
}

/// Checks password and code, and does what they were asked for.
async fn with_proof<T: Send + 'static>(
    request: &HttpRequest,
    db: &Db,
    identity: &Identity,
    sealed: Data<SealedBox>,
    (user, now): (User, Timestamp),
    body: &serde_json::Value,
    work: impl FnOnce(&mut Conn, &Proof) -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let (password, code) = read_members(body, |reader| {
        let password = reader.text("current_password", 1024);
        (reader.require("current_password", password).unwrap_or_default(), reader.required_line("code", 64))
    })?;
    let attempt = identity.confirm_password(&user, &password, "/current_password", client_ip(request), now).await?;
    let proof = Proof { user, password: Secret::new(password), code, now, origin: Origin::of(request) };
    let done = db
        .write(move |conn| -> Result<T, ApiError> {
            find_unchanged(conn, &proof.user, "/current_password")?;
            let factor: Option<SecondFactor> = second_factors::find(conn, proof.user.id)?.filter(|factor| factor.confirmed_at.is_some());
            let factor = factor.ok_or_else(|| not_now("No second factor is on."))?;
            if !check_code(conn, &sealed, &factor, &proof.code, proof.now)? {
                return Err(wrong_code());
            }
            work(conn, &proof)
        })
        .await
        .inspect_err(|error| take_back_unless_wrong(identity, attempt, error))?;
    identity.throttle.succeed(attempt);
    Ok(done)
}

/// Disable the second factor.
///
/// With the password and a code. Where the password is shorter than one must be that stands alone, change it first.
#[utoipa::path(
    tag = "auth",
    request_body = TotpProofIn,
    responses(
        (status = NO_CONTENT, description = "It is off, and the recovery codes are void."),
        (status = CONFLICT, description = "No second factor is on."),
    )
)]
#[post("/totp/disable")]
pub async fn disable_totp(
    request: HttpRequest,
    db: Data<Db>,
    identity: Data<Identity>,
    sealed: Data<SealedBox>,
    clock: Data<Clock>,
    signed_in: SignedIn,
    body: JsonBody,
) -> Result<HttpResponse, ApiError> {
    Query::of(&request)?.finish()?;
    let (user, _) = signed_in.session()?;
    with_proof(&request, &db, &identity, sealed, (user, clock.now()), &body.0, |conn, proof| {
        if proof.password.expose().chars().count() < password::MINIMUM_LENGTH {
            return Err(not_now("The password is too short to stand alone; change it to one of at least 15 characters first."));
        }
        second_factors::delete(conn, proof.user.id)?;
        Ok(proof.origin.audit(conn, Some(&proof.user), proof.now, entry("auth.disable_totp", &proof.user))?)
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Create new recovery codes.
///
/// With the password and a code. Those of before are void.
#[utoipa::path(
    tag = "auth",
    request_body = TotpProofIn,
    responses(
        (status = OK, description = "The new codes.", body = RecoveryCodes),
        (status = CONFLICT, description = "No second factor is on."),
    )
)]
#[post("/totp/recovery-codes")]
pub async fn create_recovery_codes(
    request: HttpRequest,
    db: Data<Db>,
    identity: Data<Identity>,
    sealed: Data<SealedBox>,
    clock: Data<Clock>,
    signed_in: SignedIn,
    body: JsonBody,
) -> Result<HttpResponse, ApiError> {
    Query::of(&request)?.finish()?;
    let (user, _) = signed_in.session()?;
    let codes = with_proof(&request, &db, &identity, sealed, (user, clock.now()), &body.0, |conn, proof| {
        let codes = replace_recovery_codes(conn, &proof.user, proof.now)?;
        proof.origin.audit(conn, Some(&proof.user), proof.now, entry("auth.create_recovery_codes", &proof.user))?;
        Ok(codes)
    })
    .await?;
    Ok(HttpResponse::Ok().json(codes))
}
