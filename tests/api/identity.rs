//! `/v1/auth`

mod login;
mod logout;
mod members;
mod password;
mod proxies;
mod refresh;
mod reset;
mod second_factor;
mod sessions;
mod throttle;
mod tokens;
