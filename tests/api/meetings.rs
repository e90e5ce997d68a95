//! Meetings: the wall time and the zone are what an editor enters, and the instant is worked out.

mod create;
mod delete;
mod find;
mod list;
mod update;
