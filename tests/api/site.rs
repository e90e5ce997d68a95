//! The site's settings.

mod find;
mod update;
