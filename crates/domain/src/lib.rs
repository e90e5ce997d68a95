//! The newsroom's values and rules: no SQL, no HTTP, no clock, no environment.

mod common_password;
pub mod email;
pub mod password;
pub mod secret;
