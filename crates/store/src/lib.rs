//! The only crate that knows SQL.
//!
//! Its row structs are the entities, their fields typed by the domain. Functions take the connection first, know nothing
//! of HTTP, and never ask the system for the time.

#[macro_use]
pub mod page;
#[macro_use]
pub mod record;

pub mod api_keys;
pub mod article_locks;
pub mod articles;
pub mod audit;
pub mod authors;
pub mod branches;
pub mod bulk;
pub mod candidates;
pub mod changes;
pub mod collections;
pub mod corrections;
pub mod db;
pub mod dialect;
pub mod error;
pub mod generation;
pub mod histogram;
pub mod issues;
pub mod kept_replies;
pub mod media;
pub mod media_files;
pub mod meetings;
pub mod merged_records;
pub mod migrate;
mod narrowing;
mod one_of;
pub mod one_time_links;
pub mod pages;
mod postgres;
pub mod preview_links;
pub mod public_articles;
pub mod publications;
pub mod redirects;
pub mod retired_slugs;
pub mod revisions;
pub mod schema;
pub mod search;
pub mod second_factors;
pub mod secrets;
pub mod sections;
pub mod sessions;
pub mod signing_keys;
pub mod site;
pub mod tags;
pub mod users;
pub mod venues;
mod visibility;
