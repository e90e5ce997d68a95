//! The newsroom's values and rules: no SQL, no HTTP, no clock, no environment.

pub mod body;
pub mod html;
pub mod slug;
pub mod truncate;
