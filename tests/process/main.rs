//! The binary as its users meet it: started as a process, asked by its command line and over HTTP.

mod command_line;
mod configuration;
mod first_start;
mod process;
