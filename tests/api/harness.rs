//! What the tests of the API stand on: a real server on a real database, spoken to over HTTP.

#![allow(dead_code, reason = "a harness offers what a test to come may need")]

pub mod app;
pub mod authenticator;
pub mod bucket;
pub mod builders;
pub mod client;
pub mod database;
pub mod pictures;
pub mod postgres;
pub mod process;
mod scratch;
pub mod shared;

/// Makes two tests of one function: `<name>::sqlite` and `<name>::postgres`.
///
/// ```ignore
/// on_both! {
///     fn reader_finds_an_article_by_slug(app: &App) { … }
/// }
/// ```
#[macro_export]
macro_rules! on_both {
    ($($(#[$attribute:meta])* fn $name:ident($app:ident: &App) $body:block)*) => {$(
        $(#[$attribute])*
        mod $name {
            #[allow(unused_imports, reason = "whatever the function uses")]
            use super::*;

            fn on($app: &$crate::harness::app::App) $body

            #[test]
            fn sqlite() {
                on(&$crate::harness::app::App::sqlite());
            }

            #[test]
            fn postgres() {
                on(&$crate::harness::app::App::postgres());
            }
        }
    )*};
}
