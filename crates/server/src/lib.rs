//! HTTP, OpenAPI and the binary's parts.

pub mod opaque_tokens;
pub mod password_hashing;
pub mod seal;
pub mod signing_keys;
pub mod tokens;
