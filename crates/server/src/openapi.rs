//! From the document utoipa writes to the one Masthead publishes.
//!
//! The handlers say what only they know: paths, parameters, bodies, and the outcomes of their own. Everything that
//! follows from a rule of the whole API (who may call, which failures are possible, which headers go with them, what an
//! example looks like) is added here, once, so that no handler can forget it and none has to repeat it.
//!
//! Two extensions let a handler make an exception; neither is published:
//!
//! | on an operation | means |
//! | --- | --- |
//! | `x-unversioned: true` | what it reads or changes has no version: no `If-Match`, no version in `ETag` |
//! | `x-throttled: true` | it may answer 429 |
//!
//! The published document is OpenAPI 3.1 (<https://spec.openapis.org/oas/v3.1.1.html>); [`down::to_3_0`] renders it as 3.0.3.

mod bodies;
mod choices;
pub mod down;
mod examples;
mod head;
mod headers;
mod joins;
pub mod lint;
mod nullability;
mod parameters;
mod patches;
mod problem;
mod reach;
mod responses;
mod surface;
mod walk;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use serde_json::Value;

/// The version of the API, which changes when its contract does. The build has a version of its own, and it stays
/// unpublished: CVE-2025-53887 is another server's document that told it.
pub const API_VERSION: &str = "1.0.0";

/// The published 3.1 document, from utoipa's.
pub fn finish(raw: Value) -> Value {
    let mut document = raw;
    problem::describe(&mut document);
    joins::write_out(&mut document);
    nullability::make_defaulted_optional(&mut document);
    head::write(&mut document);
    nullability::make_optional_absent(&mut document);
    choices::name(&mut document);
    patches::write(&mut document);
    bodies::correct(&mut document);
    parameters::write(&mut document);
    responses::write(&mut document);
    headers::write(&mut document);
    surface::forget_exceptions(&mut document);
    examples::write(&mut document);
    reach::drop_unused(&mut document, &["headers", "parameters", "responses"]);
    document
}
