//! The chart: CPU time a request on a scale of powers of ten, readable on light and dark pages.

use crate::comparison::{PEERS, cost, rows};
use serde_json::Value;
use std::fmt::Write as _;

const CASES: [(&str, &str); 4] = [("a", "list, latest 10"), ("b", "article by slug"), ("c", "list of a section"), ("d", "page after 90 %")];

const LEFT: f64 = 150.0;
const WIDTH: f64 = 470.0;
const BAR: f64 = 15.0;

/// The scale: 1 µs to 1 s.
fn x(microseconds: f64) -> f64 {
    LEFT + WIDTH * (microseconds.max(1.0).log10() / 6.0)
}

/// A figure of the first row of a case in a state; CPU time with that of the database.
fn figure(result: &Value, case: &str, state: &str, name: &str) -> Option<f64> {
    let row = rows(result, case, state).next()?;
    if name == "cpu" { cost(row) } else { row[name].as_f64() }
}

/// The chart of one result: that of SQLite with the largest corpus.
pub fn chart(results: &[Value]) -> Option<String> {
    let result = results.iter().filter(|result| result["backend"] == "sqlite").max_by_key(|result| result["articles"].as_u64())?;
    let mut bars = String::new();
    let mut y = 62.0;
    for (index, (case, title)) in CASES.iter().enumerate() {
        let own = [
            ("bare handler", "bare", figure(result, case, "warm", "bare_cpu")),
            ("nginx, same bytes", "bare", figure(result, case, "warm", "nginx_cpu")),
            ("Masthead, warm", "own", figure(result, case, "warm", "cpu")),
            ("Masthead, cold", "own", figure(result, case, "cold", "cpu")),
        ];
        let peers = PEERS.iter().map(|(name, figures)| (*name, "peer", figures.get(index).copied()));
        let _ = writeln!(bars, "<text class=\"head\" x=\"8\" y=\"{:.0}\">{title}</text>", y + 12.0);
        y += 20.0;
        for (name, class, figure) in own.into_iter().chain(peers) {
            let Some(figure) = figure else { continue };
            let end = x(figure);
            let told = if figure < 1000.0 { format!("{figure:.0} µs") } else { format!("{:.1} ms", figure / 1000.0) };
            let _ = writeln!(
                bars,
                "<text x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\">{name}</text><rect class=\"{class}\" x=\"{LEFT}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.0}\" rx=\"2\"/><text x=\"{:.1}\" y=\"{:.1}\">{told}</text>",
                LEFT - 8.0,
                y + 11.0,
                end - LEFT,
                BAR - 3.0,
                end + 5.0,
                y + 11.0
            );
            y += BAR;
        }
        y += 10.0;
    }
    let mut lines = String::new();
    for (power, label) in ["1 µs", "10 µs", "100 µs", "1 ms", "10 ms", "100 ms", "1 s"].iter().enumerate() {
        let at = x(10_f64.powi(i32::try_from(power).unwrap_or_default()));
        let _ = writeln!(lines, "<path class=\"line\" d=\"M{at:.1} 50V{y:.0}\"/><text x=\"{at:.1}\" y=\"46\" text-anchor=\"middle\">{label}</text>");
    }
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 690 {height:.0}\" width=\"690\" role=\"img\" aria-label=\"CPU time a request\">\n<style>\n\
         text {{ font: 11px system-ui, sans-serif; fill: #1f2328; }}\n.head {{ font-weight: 600; font-size: 12px; }}\n.title {{ font-weight: 600; font-size: 14px; }}\n\
         .line {{ stroke: #8c959f; stroke-opacity: .35; fill: none; }}\n.own {{ fill: #0969da; }}\n.bare {{ fill: #6e7781; }}\n.peer {{ fill: #bc4c00; }}\n\
         @media (prefers-color-scheme: dark) {{ text {{ fill: #e6edf3; }} .own {{ fill: #58a6ff; }} .bare {{ fill: #8b949e; }} .peer {{ fill: #f0883e; }} }}\n</style>\n\
         <text class=\"title\" x=\"8\" y=\"20\">CPU time a request, application and database (each line is ten times the one before)</text>\n\
         {lines}{bars}<text x=\"8\" y=\"{foot:.0}\">Masthead on SQLite, {articles} articles, {date}. The others: 10,000 articles, the same kind of machine.</text>\n</svg>\n",
        height = y + 26.0,
        foot = y + 14.0,
        articles = result["articles"],
        date = result["date"].as_str().unwrap_or_default(),
    ))
}
