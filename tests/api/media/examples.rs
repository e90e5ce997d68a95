//! Pictures that others have made: those of the PNG test suite, broken ones, and photographs held in every way.
//!
//! They stand outside of the repository, for their licences differ; where they are missing that is said aloud, and under
//! `CI=true` it is a failure. `MASTHEAD_EXAMPLE_DATA` names their folder.

use super::seen;
use crate::harness::app::App;
use crate::harness::client::Requests;
use crate::harness::pictures::upload;
use std::path::PathBuf;

/// The files of a folder of the examples, in order; none where there is no such folder.
fn examples(folder: &str) -> Option<Vec<(String, Vec<u8>)>> {
    let root = PathBuf::from(std::env::var_os("MASTHEAD_EXAMPLE_DATA").unwrap_or_else(|| "../shared/data".into()));
    let folder = root.join("media").join(folder);
    let Ok(entries) = std::fs::read_dir(&folder) else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{} is not there; set MASTHEAD_EXAMPLE_DATA", folder.display());
        println!("not run: {} is not there; set MASTHEAD_EXAMPLE_DATA", folder.display());
        return None;
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{} is empty", folder.display());
    let name = |path: &PathBuf| path.file_name().expect("a name").to_string_lossy().into_owned();
    Some(paths.iter().map(|path| (name(path), std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))).collect())
}

#[test]
fn photographs_held_in_every_way_stand_upright() {
    let Some(files) = examples("exif-orientation") else { return };
    let app = App::sqlite();
    let editor = app.editor();
    let mut count = 0;
    for (name, bytes) in files.iter().filter(|(name, _)| name.to_lowercase().ends_with(".jpg")) {
        let shown = upload(&editor, name, bytes).assert_status(201).json();
        let is_landscape = name.to_lowercase().contains("landscape");
        assert_eq!(shown["width"].as_u64() > shown["height"].as_u64(), is_landscape, "{name}: {} by {}", shown["width"], shown["height"]);
        let smaller = seen(&editor, &shown["renditions"][0]["url"]);
        assert_eq!(smaller.width() > smaller.height(), is_landscape, "{name}");
        count += 1;
    }
    assert!(count > 0, "no photograph among {files:?}");
}

#[test]
fn every_kind_of_png_is_taken() {
    let Some(files) = examples("pngsuite") else { return };
    let app = App::sqlite();
    let editor = app.editor();
    for (name, bytes) in files.iter().filter(|(name, _)| name.ends_with(".png")) {
        let answer = upload(&editor, name, bytes);
        // Those whose names begin with x are broken on purpose.
        let expected = if name.starts_with('x') { 422 } else { 201 };
        assert_eq!(answer.status, expected, "{name}: {answer}");
        if answer.status == 201 {
            seen(&editor, &answer.json()["renditions"][0]["url"]);
        }
    }
}

#[test]
fn broken_and_foreign_files_are_refused_and_the_server_stays() {
    let app = App::sqlite();
    let editor = app.editor();
    for folder in ["png-crashers", "mixed"] {
        let Some(files) = examples(folder) else { return };
        for (name, bytes) in files {
            let answer = upload(&editor, &name, &bytes);
            let may = if folder == "mixed" && name.to_lowercase().ends_with(".jpg") { &[201][..] } else { &[201, 415, 422] };
            assert!(may.contains(&answer.status), "{name}: {answer}");
            if [".heic", ".avif"].iter().any(|end| name.to_lowercase().ends_with(end)) {
                assert_eq!(answer.status, 415, "{name}");
            }
        }
    }
    app.anonymous().get("/health/live").assert_status(200);
}
