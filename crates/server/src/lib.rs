//! HTTP, OpenAPI and the binary's parts.

pub mod demo;
