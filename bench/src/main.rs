//! Benchmarks, each beside the raw thing it is built on, in one run. `cargo run --release -p bench -- db [--pg URL]`.

mod db;
mod measure;

use std::process::ExitCode;

const USAGE: &str = "usage: bench <db|all> [--pg URL] [--seconds N] [--out FILE]
  db   point read, page of 20, durable commit at 1, 8 and 64 writers, on our db and on the raw drivers
  --pg URL       a PostgreSQL server; a database allting_bench is made on it and dropped again
  --seconds N    measured time per figure (2)
  --out FILE     where the JSON goes (bench/results/db.json)";

/// What was asked for on the command line.
#[derive(Debug)]
struct Arguments {
    pg: Option<String>,
    seconds: f64,
    out: String,
}

fn arguments() -> Option<Arguments> {
    let mut given = std::env::args().skip(1);
    if !matches!(given.next()?.as_str(), "db" | "all") {
        return None;
    }
    let mut arguments = Arguments { pg: None, seconds: 2.0, out: "bench/results/db.json".to_owned() };
    while let Some(name) = given.next() {
        let value = given.next()?;
        match name.as_str() {
            "--pg" => arguments.pg = Some(value),
            "--seconds" => arguments.seconds = value.parse().ok().filter(|s| *s > 0.0)?,
            "--out" => arguments.out = value,
            _ => return None,
        }
    }
    Some(arguments)
}

#[tokio::main]
async fn main() -> ExitCode {
    let Some(arguments) = arguments() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match db::run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}
