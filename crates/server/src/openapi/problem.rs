//! The schema of the problem document. Every operation answers with it and none declares it.

use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use super::walk::components;
use crate::error::Problem;

/// Adds `Problem` and what it is made of, where they are missing.
pub fn describe(document: &mut Value) {
    let mut parts: Vec<(String, RefOr<Schema>)> = vec![(Problem::name().into_owned(), Problem::schema())];
    Problem::schemas(&mut parts);
    let Some(schemas) = components(document, "schemas") else { return };
    for (name, schema) in parts {
        if let Ok(schema) = serde_json::to_value(schema) {
            schemas.entry(name).or_insert(schema);
        }
    }
    schemas.sort_keys();
}
