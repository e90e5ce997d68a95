//! A paper's own content, entered over HTTP as its editors and importers would and read back as its website would: one
//! whole page to the character, and the archive of a real newsroom.

#[macro_use]
#[path = "../api"]
mod api {
    #[macro_use]
    pub mod harness;
}

mod archive;
mod enter;
mod front_matter;
mod ledger;
mod model_page;
mod read_back;
mod shortcodes;

use api::harness;
use archive::Archive;
use harness::shared::shared;

on_both! {
    fn archive_of_a_real_newsroom_is_read_back_as_it_was_entered(app: &App) {
        let Some(folder) = shared("data/newsroom-digitalgov") else { return };
        let mut ledger = ledger::Ledger::default();
        let archive = Archive::read(&folder, &mut ledger);
        let Archive { authors, topics, sources, articles, events, pictures, .. } = &archive;
        let files = [authors.len(), topics.len(), sources.len(), articles.len(), events.len(), pictures.len()];
        assert_eq!(files, [472, 52, 54, 622, 234, 272], "not the archive that this test was written for");
        let wanted = enter::enter(&app.editor(), &archive, &mut ledger);
        let counts = read_back::compare(&app.anonymous(), &wanted);
        println!("{:?}\n{counts}\n{ledger}", app.backend);
        ledger.assert_complete();
        // One article has no title; six meetings are drafts, which meetings cannot be.
        assert_eq!([wanted.articles.len(), wanted.drafts.len(), wanted.meetings.len()], [620, 1, 228]);
    }
}
