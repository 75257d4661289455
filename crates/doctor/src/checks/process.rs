//! The process and its machine.

use crate::check::{Check, Found};
use crate::facts::{Facts, known};
use crate::finding::{Finding, Remedy, Severity, Step};

/// Open files under which a busy gateway comes to its end.
const FEW_FILES: u64 = 4_096;
/// Free bytes under which calls will soon fail.
const NO_SPACE: u64 = 256 << 20;
/// Free bytes under which somebody should look.
const LITTLE_SPACE: u64 = 2 << 30;
/// Free memory in hundredths under which the machine comes to its end.
const LITTLE_MEMORY_PERCENT: u64 = 5;
/// Microseconds by which a clock may be set without a word.
const SET: u64 = 5_000_000;
/// Lines of the log that are told.
const LINES: usize = 10;

const MIB: u64 = 1 << 20;

pub(super) const CHECKS: [Check; 7] = [
    Check::new(
        "trouble",
        (Step::Server, Severity::Error),
        [
            "What does not work right now",
            "The node knows by itself of some troubles, and tells them on `/readyz` and with \
             `tollgate status`: a database that is away, a revision that does not compile, a journal \
             that is not taken.",
            "Do what the sentence says.",
        ],
        troubles,
    ),
    Check::new(
        "log_has_errors",
        (Step::Server, Severity::Warning),
        [
            "Errors and warnings in the log",
            "The last warnings and errors that the process wrote since it began, each once.",
            "Look at what stands in them; the log itself has more.",
        ],
        log,
    ),
    Check::new(
        "disk_nearly_full",
        (Step::Server, Severity::Error),
        [
            "A disk that is nearly full",
            "The journal of calls has to be written before an answer ends. Where the disk is full, no \
             call is made. Less than 2 GiB are told, less than 256 MiB are an error.",
            "Make room, move the data folder, or keep calls for a shorter time (`calls_retention`).",
        ],
        disk,
    ),
    Check::new(
        "file_limit_low",
        (Step::Server, Severity::Warning),
        [
            "A low limit of open files",
            "Each caller and each connection to a provider takes one. Under 4096, or where nine tenths \
             are in use, new callers are soon refused by the system.",
            "Raise it: `ulimit -n 65536`, or `LimitNOFILE=65536` of the service.",
        ],
        files,
    ),
    Check::new(
        "memory_nearly_full",
        (Step::Server, Severity::Warning),
        [
            "A machine that is short of memory",
            "Less than a twentieth of the machine's memory is free. The system ends processes then.",
            "Give the machine more memory, or the process less: `cache.memory_bytes`.",
        ],
        memory,
    ),
    Check::new(
        "clock_was_set",
        (Step::Server, Severity::Warning),
        [
            "A clock that was set while the process ran",
            "The clock on the wall went further, or less far, than one that cannot be set. Budgets open \
             and close by the wall, and records carry its time.",
            "Let the clock be slewed over the network (NTP) instead of set.",
        ],
        set,
    ),
    Check::new(
        "data_readable_by_others",
        (Step::Server, Severity::Error),
        [
            "Files of the data folder that others may read",
            "The data folder holds the key with which secrets are sealed, the operator's token and the \
             money. Only the owner may read it.",
            "`chmod -R go= DIR`, or `tollgate doctor --step 4 --fix`.",
        ],
        readable,
    )
    .mending("takes the rights of group and others away, and no other"),
];

fn troubles(facts: &Facts) -> Found {
    let troubles = known(&facts.server)?.troubles.iter();
    Ok(troubles
        .map(|trouble| {
            let fix = "Do what the sentence says; `tollgate status` tells when it is over.";
            Finding::error("Node", format!("{trouble}."), fix)
        })
        .collect())
}

fn log(facts: &Facts) -> Found {
    let log = &known(&facts.server)?.log;
    let newest = log.iter().rev().take(LINES);
    Ok(newest
        .map(|line| {
            let (severity, what) = match line.is_error {
                true => (Severity::Warning, "An error was logged"),
                false => (Severity::Notice, "A warning was logged"),
            };
            let times = match line.times {
                1 => String::new(),
                many => format!(" {many} times"),
            };
            let fix = "Look at the log around that time.";
            Finding::new(
                severity,
                "Log",
                format!("{what}{times}: {}", line.text),
                fix,
            )
            .seen("last", line.at)
        })
        .collect())
}

fn disk(facts: &Facts) -> Found {
    let disk = known(&known(&facts.server)?.disk)?;
    let severity = match disk.free {
        free if free < NO_SPACE => Severity::Error,
        free if free < LITTLE_SPACE => Severity::Warning,
        _ => return Ok(Vec::new()),
    };
    let detail = format!("{} MiB are free.", disk.free / MIB);
    let fix = "Make room, move the data folder, or keep calls for a shorter time.";
    let found = Finding::new(severity, "Data folder", detail, fix);
    Ok(vec![
        found
            .seen("free", format!("{} MiB", disk.free / MIB))
            .seen("all", format!("{} MiB", disk.total / MIB)),
    ])
}

fn files(facts: &Facts) -> Found {
    let files = known(&known(&facts.server)?.open_files)?;
    let is_full = files.open.saturating_mul(10) >= files.limit.saturating_mul(9);
    if files.limit >= FEW_FILES && !is_full {
        return Ok(Vec::new());
    }
    let detail = format!("{} files are open, and {} may be.", files.open, files.limit);
    let fix = "Raise the limit of open files of the service.";
    Ok(vec![
        Finding::warning("Process", detail, fix).by_command("ulimit -n 65536"),
    ])
}

fn memory(facts: &Facts) -> Found {
    let memory = known(&known(&facts.server)?.memory)?;
    if memory.available >= memory.total / 100 * LITTLE_MEMORY_PERCENT {
        return Ok(Vec::new());
    }
    let mib = |bytes: u64| format!("{} MiB", bytes / MIB);
    let detail = format!("{} of memory are free.", mib(memory.available));
    let fix = "Give the machine more memory, or the cache less.";
    Ok(vec![
        Finding::warning("Machine", detail, fix)
            .seen("free", mib(memory.available))
            .seen("all", mib(memory.total))
            .seen("this process", mib(memory.used)),
    ])
}

fn set(facts: &Facts) -> Found {
    let forward = known(&facts.server)?.set_forward;
    if forward.unsigned_abs() <= SET {
        return Ok(Vec::new());
    }
    let side = if forward > 0 { "forward" } else { "back" };
    let seconds = forward.unsigned_abs() / 1_000_000;
    let detail = format!("It was set {side} by {seconds} s since the process began.");
    let fix = "Let the clock be slewed over the network (NTP) instead of set.";
    Ok(vec![Finding::warning("Clock", detail, fix)])
}

fn readable(facts: &Facts) -> Found {
    let files = known(&facts.server)?.files.iter();
    let open = files.filter(|file| file.mode & 0o077 != 0);
    Ok(open
        .map(|file| {
            let subject = match file.name.as_str() {
                "" => "Data folder".to_owned(),
                name => format!("Data folder, {name}"),
            };
            let detail = format!("Others than its owner have rights on it: {:o}.", file.mode);
            Finding::error(subject, detail, "Take these rights away, with --fix.")
                .seen("mode", format!("{:o}", file.mode))
                .by_command("tollgate doctor --step 4 --fix")
                .by_remedy(Remedy::OwnerOnly(file.name.clone()))
        })
        .collect())
}
