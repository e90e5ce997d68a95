//! What the published document must be, as far as the document itself can tell.
//!
//! Each rule says what it protects integrators from; a violation is one sentence that starts with where it is.
//! Validity against the standard and of every example is left to validators made for that.

mod exchanges;
mod operations;
mod queries;
mod shapes;

#[cfg(test)]
mod tests;

use serde_json::Value;

use super::walk::Place;

/// Every violation; none in a document fit to be published.
pub fn lint(document: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    operations::check(document, &mut faults);
    exchanges::check(document, &mut faults);
    queries::check(document, &mut faults);
    shapes::check(document, &mut faults);
    faults
}

/// `GET /v1/articles`, to start a violation with.
fn named(place: &Place) -> String {
    format!("{} {}", place.method.to_uppercase(), place.path)
}
