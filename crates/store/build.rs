//! The migrations are compiled into the crate by a macro, which Cargo does not know to read other files.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
