//! `/v1/auth`

mod login;
mod logout;
mod members;
mod password;
mod refresh;
mod sessions;
mod tokens;
