//! Files that are too large, or not ours, to stand in the tree: they live in a folder beside the workspace.

use std::path::PathBuf;

/// A file or folder of the shared folder, which is `$MASTHEAD_SHARED`, or `shared` beside the workspace.
///
/// `None` where it is absent, which is said aloud: the test then ends without having shown anything. Where the variable
/// `CI` is `true` nothing may be left out, and it is a failure.
pub fn shared(relative: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("MASTHEAD_SHARED").map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared")), PathBuf::from);
    let path = folder.join(relative);
    if path.exists() {
        return Some(path);
    }
    assert!(
        std::env::var_os("CI").is_none_or(|ci| ci != "true"),
        "{} is absent; set MASTHEAD_SHARED to the folder that holds {relative}",
        path.display()
    );
    eprintln!("not run: {} is absent; set MASTHEAD_SHARED to the folder that holds {relative}", path.display());
    None
}
