//! Content to try Masthead with: a small hand-written paper and a generator of large ones.
//!
//! Everything here is plain data. [`content`] holds the records, [`paper`] writes a small campaign
//! paper by hand, [`generator`] makes any number of articles from a seed. References between records
//! are positions in the lists of the same paper or corpus. Every person, place, paper and address is
//! invented.

pub mod content;
pub mod generator;
pub mod load;
pub mod paper;
mod structure;
