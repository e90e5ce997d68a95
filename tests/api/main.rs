//! Black-box tests of the whole API, on SQLite and on PostgreSQL: a list of modules. One binary, since linking the
//! server takes longer than most of its tests.

#[macro_use]
mod harness;

mod api_keys;
mod articles;
mod at_once;
mod bad_input;
mod calendar;
mod changes;
mod collections;
mod corrections;
mod delivery;
mod dice;
mod health;
mod identity;
mod issues;
mod media;
mod meetings;
mod merging;
mod metrics;
mod pages;
mod pen_names;
mod pressure;
mod records;
mod redirects;
mod roles;
mod search;
mod site;
mod smoke;
mod states;
mod sweep;
mod users;
mod writing;
