//! How PostgreSQL is told to plan what readers ask for.

use crate::database::{Backend, Database};
use diesel::RunQueryDsl as _;
use diesel::sql_types::Text;
use masthead_store::dialect::{Conn, Link};
use masthead_store::error::Error;

#[derive(diesel::QueryableByName)]
struct Shown {
    #[diesel(sql_type = Text)]
    plan_cache_mode: String,
}

fn mode(conn: &mut Conn) -> Result<String, Error> {
    let Link::Postgres(postgres) = conn.link() else { panic!("not PostgreSQL") };
    let shown: Shown = diesel::sql_query("SHOW plan_cache_mode").get_result(&mut postgres.connection)?;
    Ok(shown.plan_cache_mode)
}

#[test]
fn reads_are_planned_once_and_only_they() {
    let database = Database::new(Backend::Postgres);
    let mut conn = database.connect();
    let in_snapshot = |conn: &mut Conn, reads_once: bool| {
        let mode = |conn: &mut Conn| -> Result<[String; 3], Error> {
            if reads_once {
                conn.reads_once();
            }
            let before = mode(conn)?;
            conn.plan_anew();
            Ok([before, mode(conn)?, mode(conn)?])
        };
        conn.in_snapshot(mode).unwrap()
    };
    for reads_once in [true, false] {
        assert_eq!(mode(&mut conn).unwrap(), "auto");
        assert_eq!(in_snapshot(&mut conn, reads_once), ["force_generic_plan", "auto", "force_generic_plan"]);
    }
    // What fails takes back what was set in it, too.
    for _ in 0..2 {
        let failed = conn.in_snapshot(|conn| -> Result<(), Error> {
            mode(conn)?;
            conn.batch_execute("SELECT * FROM nowhere")
        });
        failed.unwrap_err();
        assert_eq!(in_snapshot(&mut conn, false), ["force_generic_plan", "auto", "force_generic_plan"]);
        let failed = conn.in_transaction(|conn| -> Result<(), Error> {
            assert_eq!(mode(conn)?, "auto");
            conn.batch_execute("SELECT * FROM nowhere")
        });
        failed.unwrap_err();
        assert_eq!(mode(&mut conn).unwrap(), "auto");
    }
}
