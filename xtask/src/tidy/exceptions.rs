//! The list of exceptions: one per line, `RULE SUBJECT BOUND REASON`. BOUND is the size that is
//! let through, or `-` for a rule that is not about a size. Lines that begin with `#` are comments.

use anyhow::{Context, Result, ensure};

use super::finding::Finding;

/// One line of the list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Exception {
    rule: String,
    subject: String,
    bound: Option<usize>,
}

/// Reads the list. A line without a reason is an error.
pub(crate) fn parse(list: &str) -> Result<Vec<Exception>> {
    let lines = list.lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    lines
        .map(|(at, line)| parse_line(line).with_context(|| format!("exception, line {}", at + 1)))
        .collect()
}

fn parse_line(line: &str) -> Result<Exception> {
    let mut words = line.split_whitespace();
    let mut next = || words.next().context("want RULE SUBJECT BOUND REASON");
    let (rule, subject, bound) = (next()?, next()?, next()?);
    let bound = match bound {
        "-" => None,
        digits => Some(digits.parse().context("BOUND is a number or -")?),
    };
    ensure!(words.count() >= 3, "give a reason in at least three words");
    Ok(Exception {
        rule: rule.to_owned(),
        subject: subject.to_owned(),
        bound,
    })
}

/// The faults that remain: findings that no exception covers, sizes that have grown beyond their
/// bound or shrunk below it, and exceptions that are no longer needed.
pub(crate) fn apply(findings: &[Finding], exceptions: &[Exception]) -> Vec<String> {
    let mut faults = Vec::new();
    for finding in findings {
        let covers = |e: &&Exception| e.rule == finding.rule && e.subject == finding.subject;
        let Some(exception) = exceptions.iter().find(covers) else {
            faults.push(format!(
                "{} [{} {}]",
                finding.message, finding.rule, finding.subject
            ));
            continue;
        };
        faults.extend(compare(finding, exception));
    }
    let stale = exceptions.iter().filter(|exception| {
        let mut found = findings.iter();
        !found.any(|f| f.rule == exception.rule && f.subject == exception.subject)
    });
    faults.extend(stale.map(|exception| {
        format!(
            "the exception `{} {}` is no longer needed: remove it",
            exception.rule, exception.subject
        )
    }));
    faults
}

fn compare(finding: &Finding, exception: &Exception) -> Option<String> {
    let (rule, subject) = (finding.rule, &finding.subject);
    match (finding.measure, exception.bound) {
        (Some(size), Some(bound)) if size > bound => Some(format!(
            "{} (the exception allows {bound}) [{rule} {subject}]",
            finding.message
        )),
        (Some(size), Some(bound)) if size < bound => Some(format!(
            "the exception `{rule} {subject}` allows {bound}, {size} is enough: lower it"
        )),
        (Some(_), None) => Some(format!("the exception `{rule} {subject}` needs a bound")),
        (None, Some(_)) => Some(format!(
            "the exception `{rule} {subject}` has a bound where there is no size"
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long(lines: usize) -> Finding {
        Finding::new("file-lines", "a.rs", "a.rs is long").of_size(lines)
    }

    fn faults(found: &[Finding], list: &str) -> Vec<String> {
        apply(found, &parse(list).unwrap())
    }

    #[test]
    fn a_finding_without_exception_is_a_fault() {
        assert_eq!(faults(&[long(700)], ""), ["a.rs is long [file-lines a.rs]"]);
    }

    #[test]
    fn an_exception_lets_exactly_its_size_through() {
        let list = "# why\nfile-lines a.rs 700 one table of data\n";
        assert_eq!(faults(&[long(700)], list), Vec::<String>::new());
        assert!(faults(&[long(701)], list)[0].contains("allows 700"));
        assert!(faults(&[long(650)], list)[0].contains("650 is enough: lower it"));
    }

    #[test]
    fn an_exception_that_is_not_needed_is_a_fault() {
        let list = "file-lines a.rs 700 one table of data";
        assert!(faults(&[], list)[0].contains("no longer needed"));
    }

    #[test]
    fn an_exception_needs_a_reason() {
        let error = parse("file-lines a.rs 700").unwrap_err();
        assert!(format!("{error:#}").contains("reason"), "{error:#}");
        assert!(parse("file-lines a.rs many one two three").is_err());
    }
}
