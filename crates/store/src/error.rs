//! What can go wrong with the database, in terms that a caller can act on.

use diesel::result::{DatabaseErrorKind, Error as Diesel};

/// A failure of the store.
#[derive(Debug)]
pub enum Error {
    /// There is no such thing.
    NotFound,
    /// The row has changed since it was read.
    Stale,
    /// A unique rule was broken; the name is that of its index, like `tags_slug_key`.
    Taken { index: String },
    /// A foreign key was broken: something referred to is missing, or something deleted is still in use.
    InUse,
    /// The database cannot be reached, or more is asked of it than it can do at once; try again later.
    Unavailable { cause: String },
    /// The database took a change and has not said in time what became of it.
    Unknown,
    /// A fault of ours or of the database's.
    Internal { cause: String },
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotFound => f.write_str("not found"),
            Self::Stale => f.write_str("changed since it was read"),
            Self::Taken { index } => write!(f, "unique rule {index} broken"),
            Self::InUse => f.write_str("a foreign key was broken"),
            Self::Unavailable { cause } => write!(f, "the database is unavailable: {cause}"),
            Self::Unknown => f.write_str("the database has not said whether the change was made"),
            Self::Internal { cause } => write!(f, "the database failed: {cause}"),
        }
    }
}

impl std::error::Error for Error {}

impl Error {
    /// An internal failure with its cause, for the log.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        Self::Internal { cause: cause.to_string() }
    }
}

/// SQLite names no constraint, only the columns: `UNIQUE constraint failed: tags.slug`. Ours are all named `<table>_<column>_key`.
fn sqlite_index(message: &str) -> Option<String> {
    let (table, column) = message.strip_prefix("UNIQUE constraint failed: ")?.split(',').next()?.trim().split_once('.')?;
    Some(format!("{table}_{column}_key"))
}

impl From<Diesel> for Error {
    fn from(error: Diesel) -> Self {
        match &error {
            Diesel::NotFound => Self::NotFound,
            Diesel::DatabaseError(DatabaseErrorKind::UniqueViolation, info) => {
                let index = info.constraint_name().map(str::to_owned).or_else(|| sqlite_index(info.message()));
                Self::Taken { index: index.unwrap_or_else(|| info.message().to_owned()) }
            }
            Diesel::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => Self::InUse,
            Diesel::DatabaseError(DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::SerializationFailure, info) => {
                Self::Unavailable { cause: info.message().to_owned() }
            }
            // SQLite reports a lock that it waited for in vain as an error of no kind.
            Diesel::DatabaseError(_, info) if info.message().contains("database is locked") => Self::Unavailable { cause: info.message().to_owned() },
            // A disk that is full, as each of them tells it: nothing was written, and it can be tried again once there is room.
            Diesel::DatabaseError(_, info)
                if ["database or disk is full", "No space left on device"].iter().any(|sign| info.message().contains(sign)) =>
            {
                Self::Unavailable { cause: info.message().to_owned() }
            }
            // PostgreSQL breaks a circle of transactions that wait for one another by ending one of them.
            Diesel::DatabaseError(_, info) if info.message() == "deadlock detected" => Self::Unavailable { cause: info.message().to_owned() },
            // PostgreSQL going away, as the server or the socket tells it.
            Diesel::DatabaseError(_, info)
                if ["connection closed", "communicating with the server", "terminating connection", "shutting down", "starting up"]
                    .iter()
                    .any(|sign| info.message().contains(sign)) =>
            {
                Self::Unavailable { cause: info.message().to_owned() }
            }
            Diesel::BrokenTransactionManager => Self::Unavailable { cause: error.to_string() },
            _ => Self::internal(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_by_itself_is_to_be_tried_again() {
        for message in
            ["database or disk is full", "could not extend file \"base/1\": No space left on device", "deadlock detected", "database is locked"]
        {
            let error = Diesel::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message.to_owned()));
            assert!(matches!(Error::from(error), Error::Unavailable { .. }), "{message}");
        }
        let error = Diesel::DatabaseError(DatabaseErrorKind::Unknown, Box::new("no such table: articles".to_owned()));
        assert!(matches!(Error::from(error), Error::Internal { .. }));
    }
}
