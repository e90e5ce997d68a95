//! What nobody needs goes, and nothing else.

use super::path_of;
use crate::harness::app::App;
use crate::harness::builders::id_of;
use crate::harness::client::Requests;
use crate::harness::pictures::{jpeg, png, upload};
use masthead_server::media::sweep::{AGE_SECONDS, Swept};

/// The files under the folder of the media.
fn kept(app: &App) -> usize {
    fn count(folder: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(folder).expect("a folder");
        entries.map(|entry| entry.expect("an entry").path()).map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
    }
    count(&app.data_dir().join("media"))
}

on_both! {
    fn files_that_nothing_shows_are_swept_when_they_are_old(app: &App) {
        let editor = app.editor();
        let [gone, stays] = [png(30, 20), png(31, 20)].map(|bytes| upload(&editor, "a.png", &bytes).assert_status(201).json());
        for rendition in gone["renditions"].as_array().expect("renditions") {
            editor.get(&path_of(&rendition["url"])).assert_status(200);
        }
        editor.delete(&format!("/v1/editor/media/{}", id_of(&gone)), "\"1\"").assert_status(204);
        assert_eq!(app.sweep_media(), Swept { files: 0, uploads: 0 });
        app.clock.advance_seconds(AGE_SECONDS + 1);
        let before = kept(app);
        assert_eq!(app.sweep_media(), Swept { files: 1, uploads: 0 });
        assert!(kept(app) < before, "{} files of {before} are left", kept(app));
        assert_eq!(app.sweep_media(), Swept::default());
        app.anonymous().get(&path_of(&stays["url"])).assert_status(200);
        // It comes again as if it had never been there.
        let again = upload(&app.editor(), "a.png", &png(30, 20)).assert_status(201).json();
        assert_eq!(again["url"], gone["url"]);
        app.anonymous().get(&path_of(&again["url"])).assert_status(200);
        // The place it had is emptied once more a day later, and the one it has is another.
        app.clock.advance_seconds(AGE_SECONDS + 1);
        assert_eq!(app.sweep_media(), Swept::default());
        app.anonymous().get(&path_of(&again["url"])).assert_status(200);
    }

    fn uploads_that_were_never_finished_are_swept_when_they_are_old(app: &App) {
        let incoming = app.data_dir().join("incoming");
        let begun = app.clock.now().milliseconds();
        for name in [format!("{begun}-a.part"), format!("{}-b.part", begun + 10_000), format!("{begun}-c.new"), "1700000000000-d.new".to_owned()] {
            std::fs::write(incoming.join(name), b"half a fi").expect("a file");
        }
        assert_eq!(app.sweep_media(), Swept { files: 0, uploads: 1 });
        app.clock.advance_seconds(AGE_SECONDS + 5);
        assert_eq!(app.sweep_media(), Swept { files: 0, uploads: 1 });
        let mut left: Vec<_> = std::fs::read_dir(&incoming).expect("a folder").map(|entry| entry.expect("an entry").file_name()).collect();
        left.sort();
        assert_eq!(left, [format!("{begun}-c.new"), format!("{}-b.part", begun + 10_000)].map(std::ffi::OsString::from));
    }

    fn sweeping_beside_uploads_of_the_same_file_loses_none(app: &App) {
        let bytes = jpeg(60, 40);
        for _ in 0..4 {
            // Old and shown by nothing: just what is swept, while others add it again.
            let editor = app.editor();
            let shown = upload(&editor, "a.jpg", &bytes).assert_status(201).json();
            editor.delete(&format!("/v1/editor/media/{}", id_of(&shown)), "\"1\"").assert_status(204);
            app.clock.advance_seconds(AGE_SECONDS + 1);
            let editor = app.editor();
            let added: Vec<_> = std::thread::scope(|scope| {
                let sweeping = scope.spawn(|| app.sweep_media());
                let adding: Vec<_> = (0..3).map(|_| scope.spawn(|| upload(&editor, "a.jpg", &bytes))).collect();
                sweeping.join().expect("a sweep");
                adding.into_iter().map(|thread| thread.join().expect("an answer")).collect()
            });
            for one in added {
                let one = one.assert_status(201).json();
                app.anonymous().get(&path_of(&one["url"])).assert_status(200);
                app.editor().delete(&format!("/v1/editor/media/{}", id_of(&one)), "\"1\"").assert_status(204);
            }
        }
    }
}
