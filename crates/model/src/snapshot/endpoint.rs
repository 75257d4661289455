//! Where providers are reached.

/// Where a provider is reached.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// Inside the process: the built-in sandbox.
    Sandbox,
    /// Over the network.
    Http {
        /// Whether TLS is spoken.
        tls: bool,
        /// Host name or address, without brackets.
        host: String,
        /// The port.
        port: u16,
        /// What precedes the dialect's paths: empty, or `/v1`.
        base_path: String,
        /// A file of certificates to trust besides the system's.
        ca_file: Option<String>,
    },
}

impl Endpoint {
    /// The host, and the port where it is not the usual one, as the header `Host` says it; `None` for
    /// the sandbox.
    pub fn authority(&self) -> Option<String> {
        let Endpoint::Http {
            tls, host, port, ..
        } = self
        else {
            return None;
        };
        let shown = match host.contains(':') {
            true => format!("[{host}]"),
            false => host.clone(),
        };
        let usual = if *tls { 443 } else { 80 };
        Some(match *port == usual {
            true => shown,
            false => format!("{shown}:{port}"),
        })
    }

    /// What precedes the paths that are asked below it; `None` for the sandbox.
    pub fn base_path(&self) -> Option<&str> {
        match self {
            Endpoint::Sandbox => None,
            Endpoint::Http { base_path, .. } => Some(base_path),
        }
    }

    /// Splits a URL; `None` where it is none. What follows the host is kept as it is, but for a slash
    /// at its end.
    pub(super) fn of(url: &str, ca_file: Option<&str>) -> Option<Endpoint> {
        let (tls, rest) = match url.strip_prefix("https://") {
            Some(rest) => (true, rest),
            None => (false, url.strip_prefix("http://")?),
        };
        let (authority, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
            _ => (authority, if tls { 443 } else { 80 }),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let base_path = path.trim_end_matches('/').to_owned();
        (!host.is_empty()).then(|| Endpoint::Http {
            tls,
            host: host.to_owned(),
            port,
            base_path,
            ca_file: ca_file.map(str::to_owned),
        })
    }
}
