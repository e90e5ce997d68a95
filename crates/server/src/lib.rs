//! HTTP, OpenAPI and the binary's parts.

pub mod docs_page;
pub mod opaque_tokens;
pub mod openapi;
pub mod password_hashing;
pub mod seal;
pub mod signing_keys;
pub mod tokens;
