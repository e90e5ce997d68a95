//! PostgreSQL over TLS: that it is used, that it is verified, and that no failure tells the password.

use crate::postgres;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use masthead_store::db::{Address, Use};
use masthead_store::dialect::Link;

#[derive(QueryableByName)]
struct Encryption {
    #[diesel(sql_type = Bool)]
    ssl: bool,
}

#[test]
fn a_connection_over_tls_is_made_to_a_verified_server_only() {
    let postgres::TlsCluster { cluster, authority, other_authority } = postgres::tls_cluster();
    let (user, password) = cluster.login();
    let connect = |host: &str, password: &str, parameters: &str| {
        Address::Postgres(cluster.url_of(user, password, host, "postgres", parameters)).connect(Use::Writing)
    };
    let trusting = format!("sslmode=verify-full&sslrootcert={}", authority.display());

    let mut conn = connect("localhost", password, &trusting).unwrap_or_else(|error| panic!("{error}\n{}", cluster.log()));
    let Link::Postgres(conn) = conn.link() else { panic!("a postgres:// address led to another database") };
    let encryption: Vec<Encryption> =
        diesel::sql_query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").load(&mut conn.connection).unwrap();
    assert!(encryption[0].ssl, "the connection is not encrypted");

    let distrusting = format!("sslmode=verify-full&sslrootcert={}", other_authority.display());
    let missing = "sslmode=verify-full&sslrootcert=/nonexistent/authority.crt".to_owned();
    let wrong_password = "not-the-passw0rd";
    for (host, password, parameters, reason) in [
        ("localhost", password, &distrusting, "UnknownIssuer"),
        // Nor is a weaker mode a way around.
        ("localhost", password, &distrusting.replace("verify-full", "require"), "UnknownIssuer"),
        ("127.0.0.1", password, &trusting, "not valid for name"),
        ("localhost", password, &"sslmode=disable".to_owned(), "pg_hba.conf"),
        ("localhost", password, &missing, "/nonexistent/authority.crt"),
        ("localhost", wrong_password, &trusting, "password authentication failed"),
        ("localhost", password, &"sslmode=sometimes".to_owned(), "not understood"),
        ("localhost", password, &"unheard_of=1".to_owned(), "not understood"),
        ("nowhere.invalid", password, &trusting, ""),
    ] {
        let Err(error) = connect(host, password, parameters) else { panic!("{host} with {parameters} was not refused") };
        let text = format!("{error} {error:?}");
        assert!(!text.contains(password), "the password is in {text}");
        assert!(text.contains(reason), "{host} with {parameters}: {text}");
    }
}

/// A password with signs that a URL reserves is the likeliest reason for an address that cannot be read.
#[test]
fn an_address_that_cannot_be_read_does_not_tell_its_password() {
    for url in [
        "postgres://desk:p@ss/w0rd:secret@localhost:port/paper",
        "postgres://desk:secret@localhost:99999/paper",
        "postgres://desk:secret@[::1/paper",
        "postgres://desk:sec%ffret@localhost/paper?connect_timeout=soon",
    ] {
        let Err(error) = Address::Postgres(url.to_owned()).connect(Use::Reading) else { panic!("{url} was connected to") };
        let text = format!("{error} {error:?}");
        assert!(!text.contains("secret") && !text.contains("ss/w0rd") && !text.contains("sec%ffret"), "{text}");
    }
}
