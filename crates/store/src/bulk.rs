//! Many articles at once, for loading a corpus: a few statements a batch instead of a dozen an article.

use crate::articles::Article;
use crate::changes::NewChange;
use crate::dialect::Conn;
use crate::error::Error;
use crate::on_each;
use crate::public_articles::{PublicArticle, PublicBody};
use crate::revisions::Revision;
use crate::schema::{
    article_authors, article_publications, article_tags, articles, public_article_authors, public_article_publications, public_article_tags,
    public_articles, public_bodies, revisions,
};
use crate::search;
use diesel::prelude::*;
use masthead_domain::change::ChangeAction;
use masthead_domain::column::AnyId;
use masthead_domain::kind::Kind;
use std::collections::BTreeSet;

/// How many articles a batch may have: the widest table has 15 columns, and SQLite binds at most 32,766 values.
pub const BATCH_MAX: usize = 1000;

/// An article with its first revision, which is public.
#[derive(Debug, Clone)]
pub struct PublishedArticle {
    pub article: Article,
    pub revision: Revision,
    pub public: PublicArticle,
    pub body: PublicBody,
}

/// Adds new articles and publishes them.
///
/// # Errors
/// Those of the database.
pub fn insert_published(conn: &mut Conn, batch: &[PublishedArticle]) -> Result<(), Error> {
    let article_rows: Vec<&Article> = batch.iter().map(|item| &item.article).collect();
    let revision_rows: Vec<&Revision> = batch.iter().map(|item| &item.revision).collect();
    let public_rows: Vec<_> = batch.iter().map(|item| (&item.public, public_articles::announced_at.eq(Some(item.article.updated_at)))).collect();
    let body_rows: Vec<&PublicBody> = batch.iter().map(|item| &item.body).collect();
    macro_rules! links {
        ($conn:ident, $working:ident, $public:ident, $column:ident, $ids:expr) => {{
            let pairs: Vec<_> = batch
                .iter()
                .flat_map(|item| {
                    let ids: BTreeSet<_> = $ids(&item.public.details.0);
                    ids.into_iter().map(|id| (id, item.public.published_at, item.public.article_id))
                })
                .collect();
            for part in pairs.chunks(BATCH_MAX) {
                let working: Vec<_> =
                    part.iter().map(|(id, _, article_id)| ($working::article_id.eq(*article_id), $working::$column.eq(*id))).collect();
                diesel::insert_into($working::table).values(working).execute($conn)?;
                let public: Vec<_> = part
                    .iter()
                    .map(|(id, at, article_id)| ($public::$column.eq(*id), $public::published_at.eq(*at), $public::article_id.eq(*article_id)))
                    .collect();
                diesel::insert_into($public::table).values(public).execute($conn)?;
            }
        }};
    }
    on_each!(conn => {
        diesel::insert_into(articles::table).values(article_rows).execute(conn)?;
        diesel::insert_into(revisions::table).values(revision_rows).execute(conn)?;
        diesel::insert_into(public_articles::table).values(public_rows).execute(conn)?;
        diesel::insert_into(public_bodies::table).values(body_rows).execute(conn)?;
        links!(conn, article_authors, public_article_authors, author_id, |details: &crate::public_articles::Details| {
            details.bylines.iter().map(|byline| byline.author_id).collect()
        });
        links!(conn, article_tags, public_article_tags, tag_id, |details: &crate::public_articles::Details| details.tag_ids.iter().copied().collect());
        links!(conn, article_publications, public_article_publications, publication_id, |details: &crate::public_articles::Details| {
            details.credits.iter().map(|credit| credit.publication_id).collect()
        });
        Ok::<(), diesel::result::Error>(())
    })?;
    let searchable: Vec<(&PublicArticle, &str)> = batch.iter().map(|item| (&item.public, item.body.plain.as_str())).collect();
    let names = search::Names::read(conn, batch.iter().map(|item| &item.public))?;
    search::put(conn, &names, &searchable)?;
    for item in batch {
        conn.note(NewChange {
            kind: Kind::Article,
            entity_id: AnyId(item.article.id.0),
            action: ChangeAction::Published,
            revision: item.article.revision,
            changed_at: item.article.updated_at,
        });
    }
    Ok(())
}

/// Whether there is any article at all, deleted ones among them.
///
/// # Errors
/// Those of the database.
pub fn has_articles(conn: &mut Conn) -> Result<bool, Error> {
    let found: Option<masthead_domain::id::ArticleId> = on_each!(conn => articles::table.select(articles::id).limit(1).first(conn)).optional()?;
    Ok(found.is_some())
}
