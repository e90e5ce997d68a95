//! HTTP, OpenAPI and the binary's parts.

#[macro_use]
mod record;

pub mod api_document;
pub mod app;
mod articles;
pub mod auth;
mod authors;
mod branches;
pub mod clock;
pub mod config;
mod connection;
mod delivery;
pub mod demo;
mod desk;
mod directory;
pub mod docs_page;
mod edge;
pub mod error;
mod health;
pub mod identity;
pub mod jobs;
mod meetings;
pub mod memory;
mod metrics;
mod metrics_page;
mod negotiation;
pub mod opaque_tokens;
pub mod openapi;
mod page;
pub mod password_hashing;
mod problems;
mod public_articles;
mod publications;
mod reply;
mod request;
mod response_cache;
pub mod routes;
pub mod seal;
mod sections;
pub mod signing_keys;
mod site;
pub mod standing;
mod tags;
pub mod tokens;
mod venues;
mod view;
