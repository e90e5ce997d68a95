//! Errors as problem documents (RFC 9457): the one table of codes, and the one translation from the store's failures.

use crate::articles::bulk::BulkResult;
use crate::articles::locks::Lock;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use masthead_domain::column::AnyId;
use masthead_domain::fault::{Fault, FaultCode};
use masthead_domain::media::{ShownAs, ShownBy};
use masthead_domain::time::Timestamp;
use masthead_domain::vocabulary;
use masthead_domain::vocabulary::Vocabulary;
use masthead_domain::workflow::{ArticleState, IllegalStep, Step};
use serde::Serialize;
use utoipa::ToSchema;

vocabulary! {
    /// What went wrong. The list is closed: clients may switch on it.
    ProblemCode {
        InvalidQuery = "invalid_query",
        InvalidHeader = "invalid_header",
        MalformedJson = "malformed_json",
        MalformedRequest = "malformed_request",
        Unauthenticated = "unauthenticated",
        WrongCredentials = "wrong_credentials",
        TotpRequired = "totp_required",
        TotpRefused = "totp_refused",
        RefreshTokenRefused = "refresh_token_refused",
        LinkRefused = "link_refused",
        Forbidden = "forbidden",
        NotFound = "not_found",
        MethodNotAllowed = "method_not_allowed",
        NotAcceptable = "not_acceptable",
        RequestTimeout = "request_timeout",
        IdempotencyKeyReused = "idempotency_key_reused",
        BulkRefused = "bulk_refused",
        IllegalStep = "illegal_step",
        InUse = "in_use",
        Locked = "locked",
        OwnAccount = "own_account",
        LastAdmin = "last_admin",
        InvitationAccepted = "invitation_accepted",
        UserDisabled = "user_disabled",
        TotpState = "totp_state",
        StaleVersion = "stale_version",
        BodyTooLarge = "body_too_large",
        UriTooLong = "uri_too_long",
        UnsupportedMediaType = "unsupported_media_type",
        RangeNotSatisfiable = "range_not_satisfiable",
        ValidationFailed = "validation_failed",
        VersionRequired = "version_required",
        TooManyRequests = "too_many_requests",
        HeadersTooLarge = "headers_too_large",
        PreviewEnded = "preview_ended",
        Withdrawn = "withdrawn",
        Internal = "internal",
        Unavailable = "unavailable",
    }
}

impl ProblemCode {
    /// The table: status and title of each code.
    #[must_use]
    pub fn status_and_title(self) -> (StatusCode, &'static str) {
        match self {
            Self::InvalidQuery => (StatusCode::BAD_REQUEST, "The query has faults"),
            Self::InvalidHeader => (StatusCode::BAD_REQUEST, "A header has faults"),
            Self::MalformedJson => (StatusCode::BAD_REQUEST, "The body is not valid JSON"),
            Self::MalformedRequest => (StatusCode::BAD_REQUEST, "The request is malformed"),
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, "A valid access token is needed"),
            Self::WrongCredentials => (StatusCode::UNAUTHORIZED, "The e-mail address or the password is wrong"),
            Self::TotpRequired => (StatusCode::UNAUTHORIZED, "A code of the second factor is needed"),
            Self::TotpRefused => (StatusCode::UNAUTHORIZED, "The code of the second factor is not taken"),
            Self::RefreshTokenRefused => (StatusCode::UNAUTHORIZED, "The refresh token is not valid any more"),
            Self::LinkRefused => (StatusCode::UNAUTHORIZED, "The link does not work any more"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "Your role or your key does not allow this"),
            Self::NotFound => (StatusCode::NOT_FOUND, "There is nothing here"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "This address does not take that method"),
            Self::NotAcceptable => (StatusCode::NOT_ACCEPTABLE, "No representation of this kind is offered"),
            Self::RequestTimeout => (StatusCode::REQUEST_TIMEOUT, "The request took too long to arrive"),
            Self::IdempotencyKeyReused => (StatusCode::UNPROCESSABLE_ENTITY, "The idempotency key was used for another request"),
            Self::BulkRefused => (StatusCode::CONFLICT, "Not all of it can be done, so nothing was"),
            Self::IllegalStep => (StatusCode::CONFLICT, "This step is not possible from this state"),
            Self::InUse => (StatusCode::CONFLICT, "It is still in use"),
            Self::Locked => (StatusCode::CONFLICT, "Somebody else is editing it"),
            Self::OwnAccount => (StatusCode::CONFLICT, "Nobody does this to their own account"),
            Self::LastAdmin => (StatusCode::CONFLICT, "No administrator would be left"),
            Self::InvitationAccepted => (StatusCode::CONFLICT, "The invitation has been accepted"),
            Self::UserDisabled => (StatusCode::CONFLICT, "The user is disabled"),
            Self::TotpState => (StatusCode::CONFLICT, "The second factor does not stand so that this can be done"),
            Self::StaleVersion => (StatusCode::PRECONDITION_FAILED, "It has changed since you read it"),
            Self::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "The body is too large"),
            Self::UriTooLong => (StatusCode::URI_TOO_LONG, "The address is too long"),
            Self::UnsupportedMediaType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body is not of a type taken here"),
            Self::RangeNotSatisfiable => (StatusCode::RANGE_NOT_SATISFIABLE, "The file has no such part"),
            Self::ValidationFailed => (StatusCode::UNPROCESSABLE_ENTITY, "The content has faults"),
            Self::VersionRequired => (StatusCode::PRECONDITION_REQUIRED, "The version you read is needed in If-Match"),
            Self::TooManyRequests => (StatusCode::TOO_MANY_REQUESTS, "Too many requests"),
            Self::HeadersTooLarge => (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "The headers are too large"),
            Self::PreviewEnded => (StatusCode::GONE, "The preview has ended"),
            Self::Withdrawn => (StatusCode::GONE, "It has been withdrawn"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side"),
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "Not available at the moment"),
        }
    }
}

/// What a client with a stale version needs to know to merge.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CurrentVersion {
    /// The version to send in `If-Match`.
    #[schema(example = 4)]
    pub version: i32,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:30:00Z")]
    pub changed_at: Timestamp,
    /// The name of the user who changed it; absent where the server did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Ida Moss")]
    pub changed_by: Option<String>,
    /// The number of the current revision, where revisions are kept: with `base_revision` it tells what to compare before
    /// merging.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, example = 3)]
    pub revision: Option<i32>,
    /// The number of the revision that you read, by your version; absent where there never was that version.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, example = 2)]
    pub base_revision: Option<i32>,
    /// The members that differ between these two revisions; none where only a step was taken, like publishing.
    #[schema(example = json!(["title"]))]
    pub differing: Vec<String>,
}

/// What shows a media item that was to be deleted.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Use {
    pub kind: ShownBy,
    /// Of the article or the issue; absent for the site, of which there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")]
    pub id: Option<AnyId>,
    #[schema(example = "Council keeps the last ferry")]
    pub title: String,
    pub role: ShownAs,
}

/// A problem document (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// An address that documents the code.
    #[serde(rename = "type")]
    #[schema(format = Uri, example = "https://api.paper.example/problems/validation_failed")]
    pub problem_type: String,
    #[schema(example = "The content has faults")]
    pub title: String,
    #[schema(example = 422, minimum = 400, maximum = 599)]
    pub status: u16,
    /// What is wrong this time, for a person to read.
    #[schema(example = "1 member of the body has faults.")]
    pub detail: String,
    /// The path of the request.
    #[schema(example = "/v1/editor/articles")]
    pub instance: String,
    /// Also in the header `X-Request-Id`; quote it when you ask for help.
    #[schema(example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")]
    pub request_id: String,
    pub code: ProblemCode,
    /// Every fault of the input, not only the first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<Fault>,
    /// With `illegal_step`: the state it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<ArticleState>,
    /// With `illegal_step`: the steps that are possible.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed: Option<Vec<Step>>,
    /// With `stale_version`: what the current version is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<CurrentVersion>,
    /// With `locked`: who is editing it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lock: Option<Lock>,
    /// With `bulk_refused`: what became of each item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub results: Option<Vec<BulkResult>>,
    /// With `in_use` of a media item: what shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uses: Option<Vec<Use>>,
}

/// A failure on its way to the caller. The edge adds what only the request knows and writes the document.
#[derive(Debug, Clone)]
pub struct ApiError {
    pub code: ProblemCode,
    pub detail: String,
    pub errors: Vec<Fault>,
    pub state: Option<ArticleState>,
    pub allowed: Option<Vec<Step>>,
    pub current: Option<CurrentVersion>,
    pub lock: Option<Box<Lock>>,
    pub results: Option<Vec<BulkResult>>,
    pub uses: Option<Vec<Use>>,
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

impl ApiError {
    #[must_use]
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            errors: Vec::new(),
            state: None,
            allowed: None,
            current: None,
            lock: None,
            results: None,
            uses: None,
            headers: Vec::new(),
        }
    }

    #[must_use]
    pub fn not_found() -> Self {
        Self::new(ProblemCode::NotFound, "Nothing public or accessible to you has this address.")
    }

    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(ProblemCode::Forbidden, "Ask someone with a larger role.")
    }

    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(ProblemCode::Unauthenticated, "Send a valid access token: Authorization: Bearer …")
    }

    #[must_use]
    pub fn validation(errors: Vec<Fault>) -> Self {
        let count = errors.len();
        let detail = if count == 1 { "1 fault was found.".to_owned() } else { format!("{count} faults were found.") };
        Self { errors, ..Self::new(ProblemCode::ValidationFailed, detail) }
    }

    #[must_use]
    pub fn query(errors: Vec<Fault>) -> Self {
        let names: Vec<&str> = errors.iter().filter_map(|fault| fault.parameter.as_deref()).collect();
        let detail = format!("Look at: {}.", names.join(", "));
        Self { errors, ..Self::new(ProblemCode::InvalidQuery, detail) }
    }

    #[must_use]
    pub fn taken(pointer: &str) -> Self {
        Self::validation(vec![Fault::at(pointer, FaultCode::Taken, "is already used by another")])
    }

    #[must_use]
    pub fn stale(current: CurrentVersion) -> Self {
        let detail = format!("The current version is {}.", current.version);
        Self { current: Some(current), ..Self::new(ProblemCode::StaleVersion, detail) }
    }

    #[must_use]
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(%cause, "internal error");
        Self::new(ProblemCode::Internal, "The cause is in the server's log under the request id.")
    }

    #[must_use]
    pub fn unavailable(cause: impl std::fmt::Display) -> Self {
        tracing::warn!(%cause, "unavailable");
        Self::new(ProblemCode::Unavailable, "Try again in a moment.").with_header(header::RETRY_AFTER, HeaderValue::from_static("1"))
    }

    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The document, with what only the request knows.
    #[must_use]
    pub fn into_problem(self, api_url: &str, instance: &str, request_id: &str) -> Problem {
        let (status, title) = self.code.status_and_title();
        Problem {
            problem_type: problem_address(api_url, self.code),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: self.detail,
            instance: instance.to_owned(),
            request_id: request_id.to_owned(),
            code: self.code,
            errors: self.errors,
            state: self.state,
            allowed: self.allowed,
            current: self.current,
            lock: self.lock.map(|lock| *lock),
            results: self.results,
            uses: self.uses,
        }
    }
}

/// The address of a code's documentation.
#[must_use]
pub fn problem_address(api_url: &str, code: ProblemCode) -> String {
    format!("{}/problems/{}", api_url.trim_end_matches('/'), code.word())
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.code.status_and_title().0
    }

    /// Without a body: the edge writes it, where the request is known.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

impl From<masthead_store::error::Error> for ApiError {
    fn from(error: masthead_store::error::Error) -> Self {
        use masthead_store::error::Error;
        match error {
            Error::NotFound => Self::not_found(),
            Error::Stale => Self::new(ProblemCode::StaleVersion, "Read it again and repeat your change."),
            // A race: what was free when it was checked is taken now.
            Error::Taken { index } if index.ends_with("_slug_key") => Self::taken("/slug"),
            Error::Taken { index } if index == "users_email_key" => Self::taken("/email"),
            Error::Taken { index } => Self::internal(format!("unique rule {index} broken")),
            Error::InUse => Self::new(ProblemCode::InUse, "Something else refers to it; change that first."),
            Error::Unavailable { cause } => Self::unavailable(cause),
            // Without `Retry-After`: whoever repeats it blindly may do it twice.
            Error::Unknown => {
                tracing::error!("the database has not said what became of a change");
                Self::new(ProblemCode::Unavailable, "It is not known whether this was done: read it again before you repeat it.")
            }
            Error::Internal { cause } => Self::internal(cause),
        }
    }
}

impl From<IllegalStep> for ApiError {
    fn from(illegal: IllegalStep) -> Self {
        let IllegalStep { standing, .. } = illegal;
        let allowed = standing.steps().to_vec();
        let words: Vec<&str> = allowed.iter().map(|step| step.word()).collect();
        let detail = format!("From {} one can {}.", standing.state, if words.is_empty() { "do nothing".to_owned() } else { words.join(", ") });
        Self { state: Some(standing.state), allowed: Some(allowed), ..Self::new(ProblemCode::IllegalStep, detail) }
    }
}
