//! The one table of routes. What is not mounted here is not served, and what is mounted here is in the OpenAPI document.

use crate::routing::Routes;
use crate::{
    api_keys, articles, audit, auth, authors, branches, calendar, changes, collections, corrections, health, issues, media, meetings, merging,
    metrics_page, pages, preview_links, problems, public_articles, public_corrections, publications, readiness, redirects, sections, site, tags,
    user_sessions, users, venues,
};

/// Adds everything.
pub fn routes(routes: &mut Routes) {
    health::routes(routes);
    metrics_page::routes(routes);
    problems::routes(routes);
    media::routes(routes);
    calendar::routes(routes);
    // Longer paths first: a scope takes every path that begins with it.
    routes.scope("/v1/auth", auth::routes).scope("/v1/editor", editing).scope("/v1", delivery);
}

/// What readers' programs get, without login.
fn delivery(routes: &mut Routes) {
    public_articles::routes(routes);
    authors::routes(routes);
    sections::routes(routes);
    tags::routes(routes);
    publications::routes(routes);
    branches::routes(routes);
    issues::routes(routes);
    pages::routes(routes);
    collections::routes(routes);
    redirects::routes(routes);
    meetings::routes(routes);
    site::routes(routes);
    preview_links::routes(routes);
    changes::routes(routes);
    public_corrections::routes(routes);
}

/// What editors do.
fn editing(routes: &mut Routes) {
    articles::desk_routes(routes);
    authors::desk_routes(routes);
    authors::revision_routes(routes);
    sections::desk_routes(routes);
    sections::revision_routes(routes);
    tags::desk_routes(routes);
    tags::revision_routes(routes);
    publications::desk_routes(routes);
    publications::revision_routes(routes);
    branches::desk_routes(routes);
    branches::revision_routes(routes);
    venues::desk_routes(routes);
    venues::revision_routes(routes);
    issues::desk_routes(routes);
    issues::revision_routes(routes);
    pages::desk_routes(routes);
    pages::revision_routes(routes);
    collections::desk_routes(routes);
    collections::revision_routes(routes);
    redirects::desk_routes(routes);
    merging::desk_routes(routes);
    meetings::desk_routes(routes);
    meetings::revision_routes(routes);
    preview_links::desk_routes(routes);
    readiness::desk_routes(routes);
    media::desk_routes(routes);
    site::desk_routes(routes);
    users::desk_routes(routes);
    user_sessions::desk_routes(routes);
    api_keys::desk_routes(routes);
    audit::desk_routes(routes);
    changes::desk_routes(routes);
    corrections::desk_routes(routes);
}
