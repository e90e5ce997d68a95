//! `/health`

use crate::harness::client::Requests;

on_both! {
    fn anyone_sees_that_the_server_lives(app: &App) {
        app.anonymous().get("/health/live").assert_status(200);
    }
}
