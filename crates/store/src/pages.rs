//! Standing pages.

use crate::dialect::Conn;
use crate::error::Error;
use crate::on_each;
use crate::page::{self, Listing};
use diesel::prelude::*;
use masthead_domain::body::BodyFormat;
use masthead_domain::id::{PageId, UserId};
use masthead_domain::page::PageState;
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;

/// A page.
#[derive(Debug, Clone, PartialEq, diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = crate::schema::pages, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct Page {
    pub id: PageId,
    pub slug: Slug,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub updated_by: Option<UserId>,
    pub title: String,
    pub description: Option<String>,
    pub state: PageState,
    pub menu_position: Option<i32>,
    pub body_format: BodyFormat,
    pub body_source: Option<String>,
    pub body_html: String,
    pub body_markdown: String,
    pub body_plain: String,
    /// See [`masthead_domain::page::place`].
    pub place: String,
}

record_verbs!(pages, Page, PageId);

/// What a list of pages is narrowed down to.
#[derive(Debug, Clone, Default)]
pub struct PageFilter {
    pub state: Option<PageState>,
    /// Only those that stand in the menu, or only those that do not.
    pub is_in_menu: Option<bool>,
    pub updated_since: Option<Timestamp>,
}

/// What a list of pages is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageSort {
    Menu,
    UpdatedAt,
}

/// A page of the pages.
///
/// # Errors
/// Those of the database.
pub fn list(conn: &mut Conn, filter: &PageFilter, sort: PageSort, page: &page::Page) -> Result<Listing<Page>, Error> {
    use crate::schema::pages::dsl;
    macro_rules! narrowed {
        ($start:expr) => {{
            let mut query = $start;
            if let Some(state) = filter.state {
                query = query.filter(dsl::state.eq(state));
            }
            match filter.is_in_menu {
                Some(true) => query = query.filter(dsl::menu_position.is_not_null()),
                Some(false) => query = query.filter(dsl::menu_position.is_null()),
                None => {}
            }
            if let Some(since) = filter.updated_since {
                query = query.filter(dsl::updated_at.ge(since));
            }
            query
        }};
    }
    on_each!(conn => {
        let query = narrowed!(dsl::pages.select(Page::as_select()).into_boxed());
        let rows: Vec<Page> = match sort {
            PageSort::Menu => seek!(query, page, dsl::place, dsl::id, page.after_text()).load(conn)?,
            PageSort::UpdatedAt => seek!(query, page, dsl::updated_at, dsl::id, page.after_time()).load(conn)?,
        };
        let total: Option<i64> = if page.total { Some(narrowed!(dsl::pages.count().into_boxed()).get_result(conn)?) } else { None };
        Ok(page.listing(rows, total))
    })
}

/// The page of that id or slug that readers see.
///
/// # Errors
/// [`Error::NotFound`], also where it is not published.
pub fn find_published(conn: &mut Conn, key: &crate::record::Key) -> Result<Page, Error> {
    find(conn, key).and_then(|page| if page.state == PageState::Published { Ok(page) } else { Err(Error::NotFound) })
}
