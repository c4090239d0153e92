//! The one binary: see `allting --help`.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let command = allting::Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => {
            eprintln!("allting: cannot start: {e}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(command.run()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("allting: {e:#}");
            ExitCode::FAILURE
        }
    }
}
