//! HTTP, OpenAPI and the binary's parts.
