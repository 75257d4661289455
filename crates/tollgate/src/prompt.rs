//! Reading a secret: from a terminal without showing it, or from whatever stdin is.

use std::io::{self, IsTerminal};

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use crate::output::Output;

/// The first line of stdin, without its end. On a terminal it is asked for, and what is typed is
/// not shown.
pub(crate) fn secret(what: &str, output: Output) -> io::Result<String> {
    let stdin = io::stdin();
    let mut line = String::new();
    if !stdin.is_terminal() {
        stdin.read_line(&mut line)?;
        return Ok(without_end(&line));
    }
    output.note(&format!("{what} (it is not shown), then Enter:"));
    let before = tcgetattr(&stdin)?;
    let mut hidden = before.clone();
    hidden.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&stdin, OptionalActions::Flush, &hidden)?;
    let read = stdin.read_line(&mut line);
    tcsetattr(&stdin, OptionalActions::Flush, &before)?;
    read.map(|_| without_end(&line))
}

fn without_end(line: &str) -> String {
    line.trim_end_matches(['\r', '\n']).to_owned()
}
