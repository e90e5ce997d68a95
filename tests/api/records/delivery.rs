//! What readers get of the records.

mod find;
pub mod list;
