//! The newsroom's values and rules: no statement of SQL, no HTTP, no clock, no environment.
//!
//! `now` is always an argument, and nothing here fails with anything but a [`fault::Fault`], which names
//! the offending member of the input by its JSON pointer (RFC 6901).

pub mod api_key;
pub mod article;
pub mod body;
pub mod calendar;
pub mod change;
pub mod collection;
pub mod column;
mod common_password;
pub mod correction;
pub mod credit;
pub mod diff;
pub mod email;
pub mod fault;
pub mod html;
pub mod id;
pub mod issue;
pub mod json;
pub mod kind;
pub mod media;
pub mod meeting;
pub mod page;
pub mod password;
pub mod permission;
pub mod read;
pub mod readiness;
pub mod redirect;
pub mod search;
pub mod secret;
pub mod site;
pub mod slug;
pub mod time;
pub mod truncate;
pub mod user;
pub mod vocabulary;
pub mod web_address;
pub mod workflow;
