//! How the domain's values are stored: PostgreSQL gets its native types, SQLite gets text that reads well in a shell.
//!
//! | SQL type | PostgreSQL | SQLite |
//! | --- | --- | --- |
//! | [`Id`] | `uuid` | TEXT, hyphenated |
//! | [`Instant`] | `timestamptz` | TEXT, `2026-11-26T07:30:00.000Z`, so that text order is time order |
//! | [`Document`] | `jsonb` | TEXT, JSON |
//! | [`Word`] | `text` | TEXT, one word of a closed vocabulary, a slug, or the like |
//!
//! There is no statement here; those stand in the store. The conversions are here because only the crate of a value may give it any.

use crate::time::Timestamp;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::pg::Pg;
use diesel::query_builder::QueryId;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{SqlType, Text};
use diesel::sqlite::Sqlite;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::Write as _;

#[derive(Debug, Clone, Copy, SqlType, QueryId)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951))]
#[diesel(sqlite_type(name = "Text"))]
pub struct Id;

#[derive(Debug, Clone, Copy, SqlType, QueryId)]
#[diesel(postgres_type(oid = 1184, array_oid = 1185))]
#[diesel(sqlite_type(name = "Text"))]
pub struct Instant;

#[derive(Debug, Clone, Copy, SqlType, QueryId)]
#[diesel(postgres_type(oid = 3802, array_oid = 3807))]
#[diesel(sqlite_type(name = "Text"))]
pub struct Document;

#[derive(Debug, Clone, Copy, SqlType, QueryId)]
#[diesel(postgres_type(oid = 25, array_oid = 1009))]
#[diesel(sqlite_type(name = "Text"))]
pub struct Word;

impl diesel::sql_types::SqlOrd for Id {}
impl diesel::sql_types::SqlOrd for Instant {}

/// A value stored as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = Document)]
#[serde(transparent)]
pub struct Json<T: std::fmt::Debug>(pub T);

/// Stores newtypes of a UUID as [`Id`].
#[macro_export]
macro_rules! stored_id {
    ($type:ty) => {
        impl diesel::serialize::ToSql<$crate::column::Id, diesel::pg::Pg> for $type {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>) -> diesel::serialize::Result {
                std::io::Write::write_all(out, self.0.as_bytes())?;
                Ok(diesel::serialize::IsNull::No)
            }
        }

        impl diesel::deserialize::FromSql<$crate::column::Id, diesel::pg::Pg> for $type {
            fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                Ok(Self(uuid::Uuid::from_slice(value.as_bytes())?))
            }
        }

        impl diesel::serialize::ToSql<$crate::column::Id, diesel::sqlite::Sqlite> for $type {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, diesel::sqlite::Sqlite>) -> diesel::serialize::Result {
                out.set_value(self.0.hyphenated().to_string());
                Ok(diesel::serialize::IsNull::No)
            }
        }

        impl diesel::deserialize::FromSql<$crate::column::Id, diesel::sqlite::Sqlite> for $type {
            fn from_sql(value: <diesel::sqlite::Sqlite as diesel::backend::Backend>::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                let text = <String as diesel::deserialize::FromSql<diesel::sql_types::Text, diesel::sqlite::Sqlite>>::from_sql(value)?;
                Ok(Self(uuid::Uuid::try_parse(&text)?))
            }
        }
    };
}

/// Stores a type as [`Word`]: written by its `Display`, read by its `parse`, which gives an Option or a Result.
#[macro_export]
macro_rules! stored_word {
    ($type:ty) => {
        impl diesel::serialize::ToSql<$crate::column::Word, diesel::pg::Pg> for $type {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>) -> diesel::serialize::Result {
                std::io::Write::write_all(out, self.to_string().as_bytes())?;
                Ok(diesel::serialize::IsNull::No)
            }
        }

        impl diesel::deserialize::FromSql<$crate::column::Word, diesel::pg::Pg> for $type {
            fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                let text = std::str::from_utf8(value.as_bytes())?;
                Self::parse(text).into_iter().next().ok_or_else(|| format!("{text:?} is no {}", stringify!($type)).into())
            }
        }

        impl diesel::serialize::ToSql<$crate::column::Word, diesel::sqlite::Sqlite> for $type {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, diesel::sqlite::Sqlite>) -> diesel::serialize::Result {
                out.set_value(self.to_string());
                Ok(diesel::serialize::IsNull::No)
            }
        }

        impl diesel::deserialize::FromSql<$crate::column::Word, diesel::sqlite::Sqlite> for $type {
            fn from_sql(value: <diesel::sqlite::Sqlite as diesel::backend::Backend>::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                let text = <String as diesel::deserialize::FromSql<diesel::sql_types::Text, diesel::sqlite::Sqlite>>::from_sql(value)?;
                Self::parse(&text).into_iter().next().ok_or_else(|| format!("{text:?} is no {}", stringify!($type)).into())
            }
        }
    };
}

/// A bare UUID: the id of an entity of any kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = Id)]
#[serde(transparent)]
pub struct AnyId(pub uuid::Uuid);

stored_id!(AnyId);

/// 2000-01-01T00:00:00Z, from which PostgreSQL counts its microseconds.
const POSTGRES_EPOCH_MILLISECONDS: i64 = 946_684_800_000;

impl ToSql<Instant, Pg> for Timestamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let microseconds = (self.milliseconds() - POSTGRES_EPOCH_MILLISECONDS) * 1000;
        out.write_all(&microseconds.to_be_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<Instant, Pg> for Timestamp {
    fn from_sql(value: diesel::pg::PgValue<'_>) -> deserialize::Result<Self> {
        let microseconds = i64::from_be_bytes(value.as_bytes().try_into()?);
        Ok(Self::from_milliseconds(microseconds.div_euclid(1000) + POSTGRES_EPOCH_MILLISECONDS))
    }
}

impl ToSql<Instant, Sqlite> for Timestamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.to_sortable());
        Ok(IsNull::No)
    }
}

impl FromSql<Instant, Sqlite> for Timestamp {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<Text, Sqlite>>::from_sql(value)?;
        Self::parse_sortable(&text).ok_or_else(|| format!("{text:?} is no time").into())
    }
}

impl<T: Serialize + std::fmt::Debug> ToSql<Document, Pg> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        // The binary form of jsonb is a version byte and the text.
        out.write_all(&[1])?;
        serde_json::to_writer(out, &self.0)?;
        Ok(IsNull::No)
    }
}

impl<T: DeserializeOwned + std::fmt::Debug> FromSql<Document, Pg> for Json<T> {
    fn from_sql(value: diesel::pg::PgValue<'_>) -> deserialize::Result<Self> {
        match value.as_bytes().split_first() {
            Some((1, text)) => Ok(Self(serde_json::from_slice(text)?)),
            _ => Err("not a jsonb value of version 1".into()),
        }
    }
}

impl<T: Serialize + std::fmt::Debug> ToSql<Document, Sqlite> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(serde_json::to_string(&self.0)?);
        Ok(IsNull::No)
    }
}

impl<T: DeserializeOwned + std::fmt::Debug> FromSql<Document, Sqlite> for Json<T> {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(serde_json::from_str(&<String as FromSql<Text, Sqlite>>::from_sql(value)?)?))
    }
}
