//! The binary: command line and wiring, nothing else.

mod address;
mod answers;
mod ask;
mod assets;
mod banner;
mod book;
mod cabinet;
mod changes;
mod cli;
mod client;
mod clock;
mod config;
mod data;
mod documents;
mod events;
mod failure;
mod fetch;
mod fields;
mod first;
mod follow;
mod globals;
mod import;
mod keys;
mod listen;
mod log;
mod machine;
mod node;
mod offline;
mod output;
mod passes;
mod plane;
mod prompt;
mod retention;
mod running;
mod secrets;
mod serve;
mod session;
mod shelf;
mod table;
mod till;
mod tree;
mod troubles;

use std::process::ExitCode;

use clap::Parser;

use cli::Cli;

// Huge pages would be backed whole by memory that is touched in part: 18 MB of an idle process.
// The feature `no_thp` of the allocator leaves them out.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let output = cli.output();
    match cli.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if failure.code() != 0 {
                output.failure(&failure);
            }
            ExitCode::from(failure.code())
        }
    }
}
