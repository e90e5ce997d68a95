//! What is asked for on the command line.

use crate::harness::database::Backend;
use std::path::PathBuf;

pub struct Options {
    /// The letters of the cases; none for all.
    pub cases: Vec<String>,
    pub articles: u64,
    pub backends: Vec<Backend>,
    /// Runs of each case after one to warm up.
    pub repeats: usize,
    /// How long each run of the load generator takes.
    pub seconds: u64,
    pub seed: u64,
}

impl Options {
    pub fn read() -> Self {
        let mut options = Self { cases: Vec::new(), articles: 10_000, backends: Backend::BOTH.to_vec(), repeats: 5, seconds: 2, seed: 1 };
        let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().unwrap_or_else(|| panic!("{argument} needs a value"));
            let number = |text: String| text.parse::<u64>().unwrap_or_else(|_| panic!("{text} is no number"));
            match argument.as_str() {
                "--articles" => options.articles = number(value()),
                "--repeats" => options.repeats = usize::try_from(number(value()).max(1)).expect("a small number"),
                "--seconds" => options.seconds = number(value()).max(1),
                "--backend" => {
                    options.backends = match value().as_str() {
                        "sqlite" => vec![Backend::Sqlite],
                        "postgres" => vec![Backend::Postgres],
                        other => panic!("{other} is neither sqlite nor postgres"),
                    };
                }
                case if case.len() == 1 => options.cases.push(case.to_owned()),
                other => panic!("{other} is no case from a to q and no option"),
            }
        }
        options
    }

    pub fn wants(&self, case: &str) -> bool {
        self.cases.is_empty() || self.cases.iter().any(|wanted| wanted == case)
    }

    /// The command that does the same again.
    pub fn command(&self, backend: Backend) -> String {
        let cases: String = self.cases.iter().map(|case| format!("{case} ")).collect();
        format!(
            "cargo bench --bench delivery -- {cases}--articles {} --backend {} --repeats {} --seconds {}",
            self.articles,
            name(backend),
            self.repeats,
            self.seconds
        )
    }
}

pub fn name(backend: Backend) -> &'static str {
    match backend {
        Backend::Sqlite => "sqlite",
        Backend::Postgres => "postgres",
    }
}

/// Where everything is kept between runs.
pub fn folder() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/target")), PathBuf::from);
    let folder = target.join("bench");
    std::fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    folder
}
