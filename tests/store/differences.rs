//! What the two databases do differently by nature, and must not in the store: each test runs the same on both.

use crate::catalogue;
use crate::database::{Backend, Database};
use masthead_domain::column::{AnyId, Json};
use masthead_domain::email::EmailAddress;
use masthead_domain::id::{AuthorId, SectionId};
use masthead_domain::kind::Kind;
use masthead_domain::permission::Role;
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;
use masthead_store::authors::{self, Author};
use masthead_store::db::Use;
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::page::{Listing, Page, Position, SortKey};
use masthead_store::record::{Key, RecordFilter, RecordSort};
use masthead_store::revisions::{self, Revision};
use masthead_store::sections::{self, Section};
use masthead_store::users::{self, User};
use serde_json::json;
use uuid::Uuid;

fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn author(name: &str, id: AuthorId) -> Author {
    Author {
        id,
        slug: Slug::parse(&format!("author-{id}")).unwrap(),
        version: 1,
        created_at: time("2026-11-26T09:00:00Z"),
        updated_at: time("2026-11-26T09:00:00Z"),
        updated_by: None,
        name: name.to_owned(),
        bio: None,
        organisation: None,
        url: None,
        real_name: None,
    }
}

fn user(email: &str) -> User {
    let email = EmailAddress::parse(email).unwrap();
    User::new(email, "Ida Moss".to_owned(), Role::Editor, "none".to_owned(), time("2026-11-26T09:00:00Z"))
}

fn list(conn: &mut Conn, sort: RecordSort, page: &Page) -> Listing<Author> {
    authors::list(conn, &RecordFilter::default(), sort, page).unwrap()
}

fn names(listing: &Listing<Author>) -> Vec<&str> {
    listing.rows.iter().map(|author| author.name.as_str()).collect()
}

/// A database of PostgreSQL sorts by the rules of a language, SQLite by bytes.
#[test]
fn names_sort_alike() {
    for backend in Backend::BOTH {
        let database = Database::new(backend);
        let mut conn = database.connect();
        for name in ["Åsa", "adam", "Zoe", "bea", "Adam", "_", "Zoë", "日出", "a dam", "a-dam", "Éva", "😀"] {
            authors::insert(&mut conn, &author(name, AuthorId::new())).unwrap();
        }
        let sorted = ["Adam", "Zoe", "Zoë", "_", "a dam", "a-dam", "adam", "bea", "Åsa", "Éva", "日出", "😀"];
        assert_eq!(names(&list(&mut conn, RecordSort::Name, &Page::first(50, false))), sorted, "{backend:?}");

        // And a cursor, whose comparison is made by the same rules as the order, misses and repeats nothing.
        let mut seen: Vec<String> = Vec::new();
        let mut position = None;
        loop {
            let page = list(&mut conn, RecordSort::Name, &Page { limit: 5, descending: true, position, total: false });
            seen.extend(names(&page).iter().map(|name| (*name).to_owned()));
            let Some(last) = page.rows.last().filter(|_| page.has_next) else { break };
            position = Some(Position { key: SortKey::Text(last.name.clone()), id: AnyId(last.id.0), backward: false });
        }
        seen.reverse();
        assert_eq!(seen, sorted, "{backend:?}");
    }
}

/// PostgreSQL compares ids as numbers, SQLite as text.
#[test]
fn ids_settle_ties_alike() {
    for backend in Backend::BOTH {
        let database = Database::new(backend);
        let mut conn = database.connect();
        let numbers = [0x0900_0000_u128 << 96, 0x0a00_0000 << 96, 0x7fff_ffff << 96, 0x8000_0000 << 96, 0xff00_0000 << 96, 1];
        for number in numbers {
            authors::insert(&mut conn, &author("Ida Moss", AuthorId(Uuid::from_u128(number)))).unwrap();
        }
        let mut sorted = numbers;
        sorted.sort_unstable();
        for sort in [RecordSort::Name, RecordSort::UpdatedAt] {
            let listed: Vec<u128> = list(&mut conn, sort, &Page::first(50, false)).rows.iter().map(|author| author.id.0.as_u128()).collect();
            assert_eq!(listed, sorted, "{backend:?}");
        }
    }
}

/// PostgreSQL counts microseconds in binary, SQLite has text of milliseconds.
#[test]
fn times_are_kept_to_the_millisecond_and_sort_by_time() {
    let times = ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59.999Z", "2026-11-26T07:30:00Z", "2026-11-26T07:30:00.001Z", "9999-12-30T22:00:00Z"];
    for backend in Backend::BOTH {
        let database = Database::new(backend);
        let mut conn = database.connect();
        for text in times.iter().rev() {
            authors::insert(&mut conn, &Author { updated_at: time(text), ..author("Ida Moss", AuthorId::new()) }).unwrap();
        }
        let listed: Vec<Timestamp> =
            list(&mut conn, RecordSort::UpdatedAt, &Page::first(50, false)).rows.iter().map(|author| author.updated_at).collect();
        assert_eq!(listed, times.map(time), "{backend:?}");
        let since = RecordFilter { updated_since: Some(time(times[3])), ..RecordFilter::default() };
        assert_eq!(authors::list(&mut conn, &since, RecordSort::UpdatedAt, &Page::first(50, false)).unwrap().rows.len(), 2, "{backend:?}");
    }
}

/// PostgreSQL names the rule that was broken, SQLite the columns.
#[test]
fn a_broken_unique_rule_is_named_alike() {
    for backend in Backend::BOTH {
        let database = Database::new(backend);
        let mut conn = database.connect();
        let first = author("Ida Moss", AuthorId::new());
        authors::insert(&mut conn, &first).unwrap();
        let second = Author { id: AuthorId::new(), ..first };
        let error = authors::insert(&mut conn, &second).unwrap_err();
        assert!(matches!(&error, Error::Taken { index } if index == "authors_slug_key"), "{backend:?}: {error:?}");

        users::insert(&mut conn, &user("ida@paper.example")).unwrap();
        let error = users::insert(&mut conn, &user("ida@paper.example")).unwrap_err();
        assert!(matches!(&error, Error::Taken { index } if index == "users_email_key"), "{backend:?}: {error:?}");
    }
}

/// SQLite keeps foreign keys only where each connection asks for it.
#[test]
fn what_is_referred_to_cannot_be_deleted() {
    for backend in Backend::BOTH {
        let database = Database::new(backend);
        let mut conn = database.connect();
        let section = |name: &str, parent_id| Section {
            id: SectionId::new(),
            slug: Slug::parse(name).unwrap(),
            version: 1,
            created_at: time("2026-11-26T09:00:00Z"),
            updated_at: time("2026-11-26T09:00:00Z"),
            updated_by: None,
            name: name.to_owned(),
            description: None,
            parent_id,
        };
        let parent = section("city", None);
        sections::insert(&mut conn, &parent).unwrap();
        sections::insert(&mut conn, &section("harbour", Some(parent.id))).unwrap();
        assert!(matches!(sections::delete(&mut conn, 1, parent.id), Err(Error::InUse)), "{backend:?}");
        assert!(matches!(sections::insert(&mut conn, &section("lost", Some(SectionId::new()))), Err(Error::InUse)), "{backend:?}");
    }
}

/// After a failed statement PostgreSQL refuses the rest of the transaction, SQLite goes on; either way all of it is undone.
#[test]
fn a_failed_transaction_leaves_nothing_and_a_usable_connection() {
    for backend in Backend::BOTH {
        let database = Database::new(backend);
        let mut conn = database.connect();
        let first = author("Ida Moss", AuthorId::new());
        let result = conn.in_transaction(|conn| {
            authors::insert(conn, &first)?;
            authors::insert(conn, &first)
        });
        assert!(matches!(result, Err(Error::Taken { .. })), "{backend:?}: {result:?}");
        assert_eq!(catalogue::count(&mut conn, "authors"), 0, "{backend:?}");
        conn.in_transaction(|conn| authors::insert(conn, &first)).unwrap();
        assert_eq!(catalogue::count(&mut conn, "authors"), 1, "{backend:?}");
    }
}

/// PostgreSQL takes a document apart and puts it together again, SQLite keeps its text.
#[test]
fn documents_come_back_as_they_were() {
    let document =
        json!({"title": "Tide “high” \\ \u{1F600}", "zone": null, "a": [1, -0.5, 1e20, 9_007_199_254_740_993_i64, ""], "nested": {"b": {}}});
    for backend in Backend::BOTH {
        let database = Database::new(backend);
        let mut conn = database.connect();
        let entity_id = AnyId(Uuid::now_v7());
        let revision = Revision {
            entity_id,
            number: 1,
            kind: Kind::Author,
            version: 1,
            document: Json(document.clone()),
            created_at: time("2026-11-26T09:00:00Z"),
            created_by: None,
        };
        revisions::insert(&mut conn, &revision).unwrap();
        assert_eq!(revisions::find(&mut conn, entity_id, 1).unwrap().document.0, document, "{backend:?}");
    }
}

/// SQLite compares ASCII letters without their case where it is asked by LIKE, PostgreSQL nowhere; nothing of ours does.
#[test]
fn a_login_is_found_by_its_exact_address() {
    for backend in Backend::BOTH {
        let database = Database::new(backend);
        let mut conn = database.connect();
        users::insert(&mut conn, &user("ida@paper.example")).unwrap();
        assert!(users::find_by_email(&mut conn, &EmailAddress::parse("ida@paper.example").unwrap()).is_ok(), "{backend:?}");
        assert!(matches!(users::find_by_email(&mut conn, &EmailAddress::parse("id_@paper.example").unwrap()), Err(Error::NotFound)), "{backend:?}");
    }
}

/// The rule of optimistic locking: whoever writes over a version that is gone writes nothing.
#[test]
fn a_stale_version_is_neither_written_nor_deleted() {
    for backend in Backend::BOTH {
        let database = Database::new(backend);
        let mut conn = database.connect();
        let first = author("Ida Moss", AuthorId::new());
        authors::insert(&mut conn, &first).unwrap();
        let second = Author { version: 2, name: "Ida Moss-Reed".to_owned(), ..first.clone() };
        authors::update(&mut conn, 1, &second).unwrap();
        assert!(matches!(authors::update(&mut conn, 1, &second), Err(Error::Stale)), "{backend:?}");
        assert!(matches!(authors::delete(&mut conn, 1, first.id), Err(Error::Stale)), "{backend:?}");
        assert_eq!(authors::find(&mut conn, &Key::Id(AnyId(first.id.0))).unwrap().name, "Ida Moss-Reed", "{backend:?}");
    }
}

/// A bug on the reading side cannot write: not on SQLite, where readers have connections of their own.
#[test]
fn a_reading_connection_of_sqlite_refuses_to_write() {
    let database = Database::new(Backend::Sqlite);
    let mut conn = database.address().connect(Use::Reading).unwrap();
    assert!(authors::insert(&mut conn, &author("Ida Moss", AuthorId::new())).is_err());
}
