//! The configuration of the process: flags beat `TOLLGATE_*` variables beat the file beat the
//! defaults. What each setting means stands in [`table`].

pub(crate) mod raw;
pub(crate) mod table;

use std::fs;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tollgate_model::resource::with_suggestion;
use tollgate_model::snapshot::SecretText;

use crate::failure::Failure;
use crate::secrets;
use crate::tree::{self, Tree};

use raw::{Raw, Role, ServerAddress, Settlement, Unsettled};
use table::SETTINGS;

/// The configuration, complete and checked.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The data folder.
    pub data: PathBuf,
    /// Where the gateway listens.
    pub gateway: SocketAddr,
    /// Where the control side listens.
    pub control: SocketAddr,
    /// What the process does.
    pub role: Role,
    /// The address of PostgreSQL; `None` is SQLite in the data folder.
    pub database: Option<SecretText>,
    /// Threads of the gateway, at least one.
    pub workers: usize,
    /// What a request may take.
    pub limits: Limits,
    /// How many bytes of answers are kept in memory.
    pub cache_bytes: usize,
    /// Where answers are shared with other nodes.
    pub cache_server: Option<SecretText>,
    /// When the last frame of an answer is sent.
    pub settlement: Settlement,
    /// What becomes of interrupted calls.
    pub unsettled: Unsettled,
    /// How often a provider is asked how a batch goes.
    pub batch_poll: Duration,
    /// How long answers may go on after the signal to end.
    pub shutdown: Duration,
    /// The filter of the log.
    pub log: String,
    /// Names of the control side besides loopback.
    pub control_hosts: Vec<String>,
    /// How long the records of calls are kept.
    pub calls_retention: Duration,
    /// How long answers are kept that callers may go on from; `None` where none is.
    pub answers_retention: Option<Duration>,
}

/// What a request may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Bytes of the body.
    pub body_bytes: usize,
    /// Bytes of the body, where the request brings files.
    pub upload_bytes: usize,
    /// Bytes of a file that is to be kept.
    pub file_bytes: u64,
    /// Bytes of the head.
    pub header_bytes: usize,
    /// For the head to arrive.
    pub header_timeout: Duration,
    /// For the body to arrive.
    pub body_timeout: Duration,
    /// Targets and credentials that a call tries, at least one.
    pub attempts: u32,
    /// Bytes of a message of a realtime session.
    pub message_bytes: usize,
    /// How long a realtime session may be silent.
    pub session_idle: Duration,
    /// How long a realtime session may last.
    pub session: Duration,
}

/// Where configuration comes from.
pub(crate) struct Sources<'a> {
    /// The file; where none is named, the variable `TOLLGATE_CONFIG` names it.
    pub file: Option<&'a Path>,
    /// The flags that were given, by the setting's member.
    pub flags: &'a [(&'static str, String)],
    /// Looks up a variable of the environment.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
}

impl Settings {
    /// Reads every source. A value that cannot be used is wrong usage, and the message names the
    /// flag, the variable or the line of the file.
    pub(crate) fn load(sources: &Sources<'_>) -> Result<Settings, Failure> {
        let named = (sources.variable)("TOLLGATE_CONFIG").filter(|path| !path.is_empty());
        let file = match sources
            .file
            .map(Path::to_owned)
            .or(named.map(PathBuf::from))
        {
            Some(path) => read_file(&path)?,
            None => Raw::default(),
        };
        let raw = from_flags(sources.flags)?
            .over(from_variables(sources.variable)?)
            .over(file)
            .over(defaults()?);
        resolve(raw, sources.variable)
    }
}

fn from_flags(flags: &[(&'static str, String)]) -> Result<Raw, Failure> {
    let mut raw = Raw::default();
    for (member, text) in flags {
        if let Some(setting) = SETTINGS.iter().find(|setting| setting.member == *member) {
            (setting.set)(&mut raw, text)
                .map_err(|why| Failure::Usage(format!("{}: {why}", setting.flag)))?;
        }
    }
    Ok(raw)
}

fn from_variables(variable: &dyn Fn(&str) -> Option<String>) -> Result<Raw, Failure> {
    let mut raw = Raw::default();
    for setting in SETTINGS {
        let name = setting.variable();
        if let Some(text) = variable(&name).filter(|text| !text.is_empty()) {
            (setting.set)(&mut raw, &text)
                .map_err(|why| Failure::Usage(format!("{name}: {why}")))?;
        }
    }
    Ok(raw)
}

fn defaults() -> Result<Raw, Failure> {
    let mut raw = Raw::default();
    for setting in SETTINGS
        .iter()
        .filter(|setting| !setting.default.is_empty())
    {
        (setting.set)(&mut raw, setting.default)
            .map_err(|why| Failure::fault(format!("the default of {}", setting.member), why))?;
    }
    Ok(raw)
}

fn read_file(path: &Path) -> Result<Raw, Failure> {
    let name = path.display().to_string();
    let text = fs::read_to_string(path)
        .map_err(|why| Failure::Usage(format!("cannot read {name}: {why}")))?;
    parse(&name, &text).map_err(Failure::Usage)
}

fn parse(name: &str, text: &str) -> Result<Raw, String> {
    let mut trees = tree::parse(text)
        .map_err(|error| format!("{name}, line {}: {}", error.line, error.message))?;
    if trees.len() > 1 {
        return Err(format!("{name} holds more than one document"));
    }
    match trees.pop() {
        Some(tree) => typed(name, &tree),
        None => Ok(Raw::default()),
    }
}

fn typed(name: &str, tree: &Tree) -> Result<Raw, String> {
    serde_path_to_error::deserialize(tree.to_json()).map_err(|error| {
        let path = error.path().to_string();
        let message = with_suggestion(&error.into_inner().to_string());
        let unknown = message
            .strip_prefix("unknown field `")
            .and_then(|rest| rest.split('`').next());
        let path = match unknown {
            Some(member) if path == "." => member.to_owned(),
            Some(member) if !path.ends_with(member) => format!("{path}.{member}"),
            _ => path,
        };
        format!("{name}, line {}: {path}: {message}", tree.line_of(&path))
    })
}

/// With what the addresses of the servers begin that can be used.
const POSTGRES: [&str; 2] = ["postgres", "postgresql"];
const VALKEY: [&str; 2] = ["redis", "valkey"];

fn resolve(raw: Raw, variable: &dyn Fn(&str) -> Option<String>) -> Result<Settings, Failure> {
    let limits = Limits {
        body_bytes: at_least_one("limits.body_bytes", raw.limits.body_bytes)?,
        upload_bytes: at_least_one("limits.upload_bytes", raw.limits.upload_bytes)?,
        file_bytes: at_least_one("limits.file_bytes", raw.limits.file_bytes)?,
        header_bytes: at_least_one("limits.header_bytes", raw.limits.header_bytes)?,
        header_timeout: millis("limits.header_timeout_ms", raw.limits.header_timeout_ms)?,
        body_timeout: millis("limits.body_timeout_ms", raw.limits.body_timeout_ms)?,
        attempts: at_least_one("limits.attempts", raw.limits.attempts)?,
        message_bytes: at_least_one("limits.message_bytes", raw.limits.message_bytes)?,
        session_idle: millis("limits.session_idle_ms", raw.limits.session_idle_ms)?,
        session: millis("limits.session_ms", raw.limits.session_ms)?,
    };
    Ok(Settings {
        data: given("data", raw.data)?,
        gateway: given("gateway", raw.gateway)?.0,
        control: given("control", raw.control)?.0,
        role: given("role", raw.role)?,
        database: raw
            .database
            .map(|address| open_address("database", &address, &POSTGRES, variable))
            .transpose()?,
        workers: match given("workers", raw.workers)? {
            0 => std::thread::available_parallelism().map_or(1, NonZeroUsize::get),
            workers => workers,
        },
        limits,
        cache_bytes: given("cache.memory_bytes", raw.cache.memory_bytes)?,
        cache_server: raw
            .cache
            .server
            .map(|address| open_address("cache.server", &address, &VALKEY, variable))
            .transpose()?,
        settlement: given("settlement", raw.settlement)?,
        unsettled: given("unsettled", raw.unsettled)?,
        batch_poll: Duration::from_secs(at_least_one(
            "batch_poll_seconds",
            raw.batch_poll_seconds,
        )?),
        shutdown: Duration::from_secs(given("shutdown_seconds", raw.shutdown_seconds)?),
        log: given("log", raw.log)?,
        control_hosts: raw.control_hosts.unwrap_or_default(),
        calls_retention: given("calls_retention", raw.calls_retention)?.0,
        answers_retention: given("answers_retention", raw.answers_retention)?.0,
    })
}

fn given<T>(member: &str, value: Option<T>) -> Result<T, Failure> {
    value.ok_or_else(|| Failure::Usage(format!("{member} is not set")))
}

fn at_least_one<T: PartialOrd + From<u8>>(member: &str, value: Option<T>) -> Result<T, Failure> {
    match given(member, value)? {
        value if value < T::from(1) => {
            Err(Failure::Usage(format!("{member} is 0; it is at least 1")))
        }
        value => Ok(value),
    }
}

fn millis(member: &str, value: Option<u64>) -> Result<Duration, Failure> {
    at_least_one(member, value).map(Duration::from_millis)
}

fn open_address(
    member: &str,
    address: &ServerAddress,
    schemes: &[&str],
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<SecretText, Failure> {
    let address = match address {
        ServerAddress::Given(text) => SecretText::new(text),
        ServerAddress::Kept(secret) => secrets::open_outside(secret, variable)
            .map_err(|why| Failure::Usage(format!("{member}: {why}")))?,
    };
    let scheme = address.reveal().split("://").next().unwrap_or_default();
    if schemes.contains(&scheme) {
        return Ok(address);
    }
    let known = schemes.join(":// nor ");
    let message = format!("{member}: the address begins with neither {known}://");
    Err(Failure::Usage(message))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn load(
        file: &str,
        variables: &[(&str, &str)],
        flags: &[(&'static str, &str)],
    ) -> Result<Settings, String> {
        let raw_file = parse("tollgate.yaml", file)?;
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let flags: Vec<_> = flags.iter().map(|(m, t)| (*m, (*t).to_owned())).collect();
        let text = |failure: Failure| failure.to_string();
        let raw = from_flags(&flags).map_err(text)?;
        let raw = raw.over(from_variables(&variable).map_err(text)?);
        let raw = raw.over(raw_file).over(defaults().map_err(text)?);
        resolve(raw, &variable).map_err(text)
    }

    #[test]
    fn flags_beat_variables_beat_the_file_beat_the_defaults() {
        let file = "gateway: 127.0.0.1:3\n";
        let variable = [("TOLLGATE_GATEWAY", "127.0.0.1:2")];
        let flag = [("gateway", "127.0.0.1:1")];
        for (file, variables, flags, port) in [
            ("", &[][..], &[][..], 8402),
            (file, &[], &[], 3),
            (file, &variable, &[], 2),
            (file, &variable, &flag, 1),
            ("", &variable, &[], 2),
            ("", &[], &flag, 1),
            (file, &[], &flag, 1),
            ("", &variable, &flag, 1),
        ] {
            let settings = load(file, variables, flags).unwrap();
            assert_eq!(
                settings.gateway.port(),
                port,
                "{file:?} {variables:?} {flags:?}"
            );
        }
    }

    #[test]
    fn an_empty_variable_is_as_good_as_none() {
        let settings = load("", &[("TOLLGATE_ROLE", "")], &[]).unwrap();
        assert_eq!(settings.role, Role::All);
    }

    #[test]
    fn every_default_is_what_its_row_says() {
        let settings = load("", &[], &[]).unwrap();
        assert_eq!(settings.data, Path::new("./tollgate-data"));
        assert_eq!(settings.control.to_string(), "127.0.0.1:8403");
        assert_eq!(settings.limits.body_bytes, 20 * 1024 * 1024);
        assert_eq!(settings.limits.attempts, 3);
        assert_eq!(settings.settlement, Settlement::Group);
        assert_eq!(settings.unsettled, Unsettled::Release);
        assert_eq!(settings.shutdown, Duration::from_secs(30));
        assert!(settings.workers >= 1);
        assert!(settings.database.is_none());
        assert!(settings.control_hosts.is_empty());
        let month = Duration::from_secs(30 * 86_400);
        assert_eq!(settings.calls_retention, month);
        assert_eq!(settings.answers_retention, Some(month));
    }

    #[test]
    fn keeping_answers_can_be_turned_off() {
        let by_file = load("answers_retention: none\n", &[], &[]);
        let by_variable = load("", &[("TOLLGATE_ANSWERS_RETENTION", "none")], &[]);
        for settings in [by_file, by_variable] {
            assert_eq!(settings.unwrap().answers_retention, None);
        }
    }

    #[test]
    fn every_setting_can_be_set_by_its_variable_and_by_its_member() {
        for setting in SETTINGS {
            let text = match setting.member {
                "database" => "postgres://h/d",
                "cache.server" => "redis://h",
                "control_hosts" => "a.example,b.example",
                _ => setting.default,
            };
            load("", &[(&setting.variable(), text)], &[]).unwrap();
            let value = match (setting.member, text.parse::<u64>()) {
                ("control_hosts", _) => json!(["a.example", "b.example"]),
                (_, Ok(number)) => json!(number),
                (_, Err(_)) => json!(text),
            };
            let file = match setting.member.split_once('.') {
                Some((parent, member)) => json!({ parent: { member: value } }),
                None => json!({ setting.member: value }),
            };
            load(&file.to_string(), &[], &[]).unwrap();
        }
    }

    #[test]
    fn a_wrong_value_names_its_place() {
        let unset = [("TOLLGATE_DATABASE", "mysql://x")];
        let cases = [
            load("limits:\n  body_byts: 3\n", &[], &[]),
            load("gatway: x\n", &[], &[]),
            load("\nworkers: many\n", &[], &[]),
            load("role: both\n", &[], &[]),
            load("gateway: nowhere\n", &[], &[]),
            load("database: { secret: x }\n", &[], &[]),
            load("database: { env: ABSENT }\n", &[], &[]),
            load("database: 3\n", &[], &[]),
            load("limits: { attempts: 0 }\n", &[], &[]),
            load("cache: { server: memcached://h }\n", &[], &[]),
            load("calls_retention: 30\n", &[], &[]),
            load("", &[("TOLLGATE_CALLS_RETENTION", "never")], &[]),
            load("a: [\n", &[], &[]),
            load("", &[("TOLLGATE_SHUTDOWN_SECONDS", "soon")], &[]),
            load("", &unset, &[]),
            load("", &[], &[("control", "nowhere")]),
        ];
        let brief = |text: String| match text.split_once(", expected one of") {
            Some((start, rest)) => format!(
                "{start}{}",
                rest.rsplit_once(';').map_or("", |(_, end)| end)
            ),
            None => text,
        };
        let texts: Vec<_> = cases
            .into_iter()
            .map(|case| brief(case.unwrap_err()))
            .collect();
        insta::assert_snapshot!(texts.join("\n"), @r#"
        tollgate.yaml, line 2: limits.body_byts: unknown field `body_byts` did you mean `body_bytes`?
        tollgate.yaml, line 1: gatway: unknown field `gatway` did you mean `gateway`?
        tollgate.yaml, line 2: workers: invalid type: string "many", expected usize
        tollgate.yaml, line 1: role: unknown variant `both`
        tollgate.yaml, line 1: gateway: "nowhere" is not an address such as 127.0.0.1:8403 or :8403
        database: a secret of the store cannot be used here; write env or file
        database: the variable ABSENT is not set in the gateway's environment
        tollgate.yaml, line 1: database: write an address such as postgres://host/name, or {env: NAME}, or {file: PATH}
        limits.attempts is 0; it is at least 1
        cache.server: the address begins with neither redis:// nor valkey://
        tollgate.yaml, line 1: calls_retention: invalid type: integer `30`, expected a string
        TOLLGATE_CALLS_RETENTION: "never" is not a length of time such as 30d or 12h
        tollgate.yaml, line 1: unclosed bracket '['
        TOLLGATE_SHUTDOWN_SECONDS: "soon" is not a whole number that fits here
        database: the address begins with neither postgres:// nor postgresql://
        --control: "nowhere" is not an address such as 127.0.0.1:8403 or :8403
        "#);
    }

    #[test]
    fn the_database_may_stand_in_a_variable() {
        let file = "database: { env: DATABASE_URL }";
        let settings = load(file, &[("DATABASE_URL", "postgres://h/d")], &[]).unwrap();
        assert_eq!(settings.database.unwrap().reveal(), "postgres://h/d");
    }
}
