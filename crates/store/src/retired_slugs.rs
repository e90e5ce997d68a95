//! Slugs that were given up, so that old addresses lead to where the thing is now, in one step.

use crate::dialect::Conn;
use crate::error::Error;
use crate::on_each;
use crate::schema::retired_slugs::dsl;
use diesel::prelude::*;
use masthead_domain::column::AnyId;
use masthead_domain::kind::Kind;
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;

/// Notes that an entity gave up a slug and took another, which from now on is its own again.
///
/// # Errors
/// Those of the database.
pub fn retire(conn: &mut Conn, kind: Kind, entity_id: AnyId, old: &Slug, new: &Slug, now: Timestamp) -> Result<(), Error> {
    on_each!(conn => {
        diesel::delete(dsl::retired_slugs.filter(dsl::kind.eq(kind)).filter(dsl::slug.eq(new))).execute(conn)?;
        diesel::insert_into(dsl::retired_slugs)
            .values((dsl::kind.eq(kind), dsl::slug.eq(old), dsl::entity_id.eq(entity_id), dsl::retired_at.eq(now)))
            .on_conflict((dsl::kind, dsl::slug))
            .do_update()
            .set((dsl::entity_id.eq(entity_id), dsl::retired_at.eq(now)))
            .execute(conn)
    })?;
    Ok(())
}

/// Leads the slugs that one entity gave up to another.
///
/// # Errors
/// Those of the database.
pub fn hand_over(conn: &mut Conn, kind: Kind, entity_id: AnyId, to: AnyId) -> Result<(), Error> {
    on_each!(conn => {
        diesel::update(dsl::retired_slugs.filter(dsl::kind.eq(kind)).filter(dsl::entity_id.eq(entity_id)))
            .set(dsl::entity_id.eq(to))
            .execute(conn)
    })?;
    Ok(())
}

/// The entity that gave up that slug last.
///
/// # Errors
/// [`Error::NotFound`]
pub fn find(conn: &mut Conn, kind: Kind, slug: &Slug) -> Result<AnyId, Error> {
    let id = on_each!(conn => {
        dsl::retired_slugs.filter(dsl::kind.eq(kind)).filter(dsl::slug.eq(slug)).select(dsl::entity_id).first(conn)
    })?;
    Ok(id)
}
