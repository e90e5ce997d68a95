//! Print issues: what editors keep of them, and what readers get.

mod contents;
mod edit;
mod list;
mod media;
