//! What PostgreSQL makes of a statement: its plan for these values, the one that it settles for when a prepared statement
//! has run some times, and the work that each really is.

use crate::statement::{Bind, Statement};
use diesel::prelude::*;
use diesel::sql_types::Text;
use masthead_store::dialect::{Conn, Link, PostgresConnection};
use serde_json::Value;

/// What a statement costs.
#[derive(Debug)]
pub struct Cost {
    /// Pages touched, in memory or not: at least one for each row that is fetched by an index.
    pub pages: i64,
    /// The tables of which many rows are read in no order, if only until enough are found.
    pub scanned: Vec<String>,
    /// The most rows that are sorted at once.
    pub sorted: i64,
    /// The most rows that an index without an order has gathered.
    pub gathered: i64,
    /// The plan in short.
    pub plan: String,
}

#[derive(QueryableByName)]
struct Explained {
    #[diesel(sql_type = Text)]
    #[diesel(column_name = "QUERY PLAN")]
    plan: String,
}

/// So many rows are read from end to end in any case, where that is the cheapest way to count up to a bound.
const SCANNED_ROWS_MAX: i64 = 20_000;
/// Nor of one that it wants every so many rows of: to look each of them up would be more work, and is what it does where the
/// table has grown.
const SCANNED_ROWS_EACH_MAX: i64 = 50;

/// How often a prepared statement is planned for its values before PostgreSQL considers one plan for all values.
const RUNS_BEFORE_SETTLING: usize = 5;

/// The cost at first, and, of a statement that is kept prepared, when PostgreSQL has settled for a plan, and by one plan for all values.
pub fn costs(conn: &mut Conn, statement: &Statement) -> Vec<Cost> {
    let Link::Postgres(postgres) = conn.link() else { panic!("not PostgreSQL") };
    let conn = &mut postgres.connection;
    let values: Vec<String> = statement.binds.iter().map(Bind::literal).collect();
    let values = if values.is_empty() { String::new() } else { format!("({})", values.join(", ")) };
    let sql = format!("PREPARE explained AS {}", statement.sql);
    diesel::sql_query(&sql).execute(conn).unwrap_or_else(|error| panic!("{sql}: {error}"));
    let mut costs = vec![explain(conn, &values)];
    if statement.is_kept_prepared() {
        for _ in 0..RUNS_BEFORE_SETTLING {
            explain(conn, &values);
        }
        costs.push(explain(conn, &values));
        diesel::sql_query("SET plan_cache_mode = force_generic_plan").execute(conn).expect("a setting");
        costs.push(explain(conn, &values));
        diesel::sql_query("RESET plan_cache_mode").execute(conn).expect("a setting");
    }
    diesel::sql_query("DEALLOCATE explained").execute(conn).expect("it is prepared");
    costs
}

fn explain(conn: &mut PostgresConnection, values: &str) -> Cost {
    let sql = format!("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) EXECUTE explained{values}");
    let explained: Explained = diesel::sql_query(&sql).get_result(conn).unwrap_or_else(|error| panic!("{sql}: {error}"));
    let plan: Value = serde_json::from_str(&explained.plan).expect("JSON");
    read(&plan[0]["Plan"])
}

fn read(root: &Value) -> Cost {
    let count = |node: &Value, name: &str| node[name].as_f64().unwrap_or_default() as i64;
    let mut cost = Cost {
        pages: count(root, "Shared Hit Blocks") + count(root, "Shared Read Blocks"),
        scanned: Vec::new(),
        sorted: 0,
        gathered: 0,
        plan: String::new(),
    };
    let mut nodes = vec![(root, 0)];
    while let Some((node, depth)) = nodes.pop() {
        let kind = node["Node Type"].as_str().unwrap_or_default();
        let children = node["Plans"].as_array();
        let relation = node["Relation Name"].as_str().unwrap_or_default();
        let looked_at = (count(node, "Actual Rows") + count(node, "Rows Removed by Filter")) * count(node, "Actual Loops");
        let given = count(node, "Actual Rows") * count(node, "Actual Loops");
        if kind == "Seq Scan" && looked_at > SCANNED_ROWS_MAX.max(given * SCANNED_ROWS_EACH_MAX) {
            cost.scanned.push(relation.to_owned());
        }
        if kind == "Bitmap Heap Scan" {
            cost.gathered = cost.gathered.max(looked_at);
        }
        if kind.ends_with("Sort") {
            let rows = children.into_iter().flatten().map(|child| count(child, "Actual Rows") * count(child, "Actual Loops")).sum();
            cost.sorted = cost.sorted.max(rows);
        }
        cost.plan.push_str(&format!(
            "\n      {:depth$}{kind} {relation} {} rows {} x {}",
            "",
            node["Index Name"].as_str().unwrap_or_default(),
            count(node, "Actual Rows"),
            count(node, "Actual Loops")
        ));
        nodes.extend(children.into_iter().flatten().rev().map(|child| (child, depth + 2)));
    }
    cost
}
