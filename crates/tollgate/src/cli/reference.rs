//! The reference of the command line as Markdown, made from the commands themselves.

use std::fmt::Write;

use clap::{Arg, Command};

/// The whole reference.
pub(crate) fn render(mut command: Command) -> String {
    command.build();
    let mut text = String::from(
        "# Command line\n\n<!-- generated: tollgate generate cli-reference -->\n\n\
         A bare `tollgate` serves. Every other verb talks to the running process; where none runs, \
         it works on the data folder itself.\n\nResults go to stdout, progress and errors to \
         stderr. Exit codes: `0` done, `1` it found or met a fault, `2` wrong usage, `3` nothing \
         there to talk to.\n\n## Flags of every verb\n\n",
    );
    table(
        &mut text,
        command.get_arguments().filter(|arg| arg.is_global_set()),
    );
    for verb in command.get_subcommands().filter(|verb| is_told(verb)) {
        section(&mut text, "tollgate", verb);
    }
    text
}

fn is_told(command: &Command) -> bool {
    !command.is_hide_set() && command.get_name() != "help"
}

fn section(text: &mut String, parent: &str, command: &Command) {
    let name = format!("{parent} {}", command.get_name());
    let children: Vec<&Command> = command
        .get_subcommands()
        .filter(|verb| is_told(verb))
        .collect();
    let about = command.get_long_about().or(command.get_about());
    let about = about.map(ToString::to_string).unwrap_or_default();
    if children.is_empty() {
        let _ = write!(text, "\n## {name}\n\n{}\n", paragraphs(&about));
        let _ = write!(text, "\n```text\n{name}{}\n```\n", usage(command));
        let own = || command.get_arguments().filter(|arg| is_own(arg));
        if own().next().is_some() {
            text.push('\n');
            table(text, own());
        }
        if let Some(more) = command.get_after_help() {
            let _ = write!(text, "\n```text\n{more}\n```\n");
        }
    }
    for child in children {
        section(text, &name, child);
    }
}

/// The first line is a title without a full stop; as a paragraph it gets one.
fn paragraphs(about: &str) -> String {
    match about.split_once("\n\n") {
        Some((title, rest)) => format!("{title}.\n\n{rest}"),
        None => format!("{about}."),
    }
}

fn is_own(arg: &Arg) -> bool {
    !arg.is_global_set()
        && !arg.is_hide_set()
        && !["help", "version"].contains(&arg.get_id().as_str())
}

fn usage(command: &Command) -> String {
    let mut parts = Vec::new();
    let (places, flags): (Vec<&Arg>, Vec<&Arg>) = command
        .get_arguments()
        .filter(|arg| is_own(arg))
        .partition(|arg| arg.is_positional());
    for arg in places.iter().chain(&flags) {
        let shown = spelling(arg);
        parts.push(match arg.is_required_set() {
            true => format!(" {shown}"),
            false => format!(" [{shown}]"),
        });
    }
    parts.concat()
}

/// `--limit LIMIT`, `NAME`.
fn spelling(arg: &Arg) -> String {
    let value = match arg.get_action().takes_values() {
        true => arg
            .get_value_names()
            .and_then(<[_]>::first)
            .map(|name| name.as_str()),
        false => None,
    };
    match (arg.get_long(), value) {
        (Some(long), Some(value)) => format!("--{long} {value}"),
        (Some(long), None) => format!("--{long}"),
        (None, value) => value.unwrap_or(arg.get_id().as_str()).to_owned(),
    }
}

fn table<'a>(text: &mut String, args: impl Iterator<Item = &'a Arg>) {
    text.push_str("| | |\n|---|---|\n");
    let cell = |text: String| {
        text.replace('|', "\\|")
            .replace("\n\n", ". ")
            .replace('\n', " ")
    };
    for arg in args {
        let short = arg
            .get_short()
            .map(|short| format!("`-{short}`, "))
            .unwrap_or_default();
        let (shown, meaning) = (cell(spelling(arg)), cell(meaning(arg)));
        let _ = writeln!(text, "| {short}`{shown}` | {meaning} |");
    }
}

/// What an argument means, the words that it takes, and its default.
fn meaning(arg: &Arg) -> String {
    let help = arg.get_long_help().or(arg.get_help());
    let mut meaning = help.map(ToString::to_string).unwrap_or_default();
    if !arg.get_action().takes_values() {
        return meaning;
    }
    let words = arg.get_possible_values();
    let words: Vec<_> = words
        .iter()
        .map(|word| format!("`{}`", word.get_name()))
        .collect();
    if !words.is_empty() {
        let _ = write!(meaning, " ({})", words.join(", "));
    }
    for default in arg
        .get_default_values()
        .iter()
        .filter_map(|value| value.to_str())
    {
        let _ = write!(meaning, " [default: {default}]");
    }
    meaning
}
