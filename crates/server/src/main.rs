//! The `masthead` binary.
fn main() {}
