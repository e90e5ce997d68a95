//! The editors' desk as a whole: ten thousand random steps held against a simple model, and a process that is killed
//! again and again while editors save.

#[path = "../api/harness"]
mod harness {
    #![allow(dead_code, reason = "shared with the tests of the API, which use the rest")]

    pub mod app;
    pub mod builders;
    pub mod client;
    pub mod database;
    pub mod postgres;
    pub mod process;
    pub mod scratch;
}

mod kill;
mod model;
mod random_steps;
