//! The one table of routes. What is not mounted here is not served, and what is mounted here is in the OpenAPI document.

use crate::{
    api_keys, articles, audit, auth, authors, branches, calendar, changes, collections, corrections, health, issues, media, meetings, merging,
    metrics_page, pages, preview_links, problems, public_articles, public_corrections, publications, readiness, redirects, sections, site, tags,
    user_sessions, users, venues,
};
use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts everything.
pub fn routes(config: &mut ServiceConfig) {
    config
        .configure(health::routes)
        .configure(metrics_page::routes)
        .configure(problems::routes)
        .configure(media::routes)
        .configure(calendar::routes)
        // Longer paths first: a scope takes every path that begins with it.
        .service(scope::scope("/v1/auth").configure(auth::routes))
        .service(scope::scope("/v1/editor").configure(editing))
        .service(scope::scope("/v1").configure(delivery));
}

/// What readers' programs get, without login.
fn delivery(config: &mut ServiceConfig) {
    public_articles::routes(config);
    authors::routes(config);
    sections::routes(config);
    tags::routes(config);
    publications::routes(config);
    branches::routes(config);
    issues::routes(config);
    pages::routes(config);
    collections::routes(config);
    redirects::routes(config);
    meetings::routes(config);
    site::routes(config);
    preview_links::routes(config);
    changes::routes(config);
    public_corrections::routes(config);
}

/// What editors do.
fn editing(config: &mut ServiceConfig) {
    articles::desk_routes(config);
    authors::desk_routes(config);
    authors::revision_routes(config);
    sections::desk_routes(config);
    sections::revision_routes(config);
    tags::desk_routes(config);
    tags::revision_routes(config);
    publications::desk_routes(config);
    publications::revision_routes(config);
    branches::desk_routes(config);
    branches::revision_routes(config);
    venues::desk_routes(config);
    venues::revision_routes(config);
    issues::desk_routes(config);
    issues::revision_routes(config);
    pages::desk_routes(config);
    pages::revision_routes(config);
    collections::desk_routes(config);
    collections::revision_routes(config);
    redirects::desk_routes(config);
    merging::desk_routes(config);
    meetings::desk_routes(config);
    meetings::revision_routes(config);
    preview_links::desk_routes(config);
    readiness::desk_routes(config);
    media::desk_routes(config);
    site::desk_routes(config);
    users::desk_routes(config);
    user_sessions::desk_routes(config);
    api_keys::desk_routes(config);
    audit::desk_routes(config);
    changes::desk_routes(config);
    corrections::desk_routes(config);
}
