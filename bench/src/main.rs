//! Benchmarks, each beside a reference measured in the same run. `cargo run --release -p bench -- all [--pg URL]`.
#![expect(clippy::cast_precision_loss, reason = "of a figure three or four digits matter")]

mod child;
mod country;
mod db;
mod filing;
mod http;
mod limits;
mod load;
mod measure;
mod pdp;
mod reference;
mod report;
mod start;
mod token;

use std::process::ExitCode;
use std::time::Duration;

const USAGE: &str = "usage: bench <db|start|token|pdp|filing|limits|all> [--pg URL] [--seconds N] [--out FILE]
  db      point read, page of 20, durable commit at 1, 8 and 64 writers, on our db and on the raw drivers
  start   start to ready on nothing and on a seeded database, memory
  token   Maskinporten tokens beside the machine's RSA limit
  pdp     decisions over HTTP, and the evaluation alone
  limits  what the limiter costs a request
  filing  deliveries posted and synced, the back office's answers
  --pg URL       for db: a PostgreSQL server; a database allting_bench is made on it and dropped again
  --seconds N    measured time per figure (2)
  --out FILE     where the JSON of db goes (bench/results/db.json)
All but db and limits start the release binary `allting` beside this one; build both: cargo build --release -p allting -p bench";

/// What was asked for on the command line.
#[derive(Debug)]
struct Arguments {
    what: String,
    pg: Option<String>,
    seconds: f64,
    out: String,
}

fn arguments() -> Option<Arguments> {
    let mut given = std::env::args().skip(1);
    let what = given.next()?;
    let mut arguments = Arguments { what, pg: None, seconds: 2.0, out: "bench/results/db.json".to_owned() };
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

/// `db` runs in this process and uses all cores; the load driver shares them with the server and keeps to one thread.
fn run(arguments: &Arguments) -> Option<Result<(), String>> {
    let time = Duration::from_secs_f64(arguments.seconds);
    let many = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let one = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let (many, one) = match many.and_then(|many| Ok((many, one?))) {
        Ok(runtimes) => runtimes,
        Err(error) => return Some(Err(error.to_string())),
    };
    Some(match arguments.what.as_str() {
        "db" => many.block_on(db::run(arguments)),
        "start" => one.block_on(start::run()),
        "token" => one.block_on(token::run(time)),
        "limits" => one.block_on(limits::run(time)),
        "pdp" => one.block_on(pdp::run(time)),
        "filing" => one.block_on(filing::run(time)),
        "all" => one
            .block_on(async {
                start::run().await?;
                token::run(time).await?;
                limits::run(time).await?;
                pdp::run(time).await?;
                filing::run(time).await
            })
            .and_then(|()| many.block_on(db::run(arguments))),
        "reference" => many.block_on(reference::serve()),
        _ => return None,
    })
}

fn main() -> ExitCode {
    match arguments().as_ref().and_then(run) {
        Some(Ok(())) => ExitCode::SUCCESS,
        Some(Err(error)) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
        None => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}
