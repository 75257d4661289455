//! What the process says when it is ready.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;

use serde_json::{Value, json};
use tollgate_catalog::Found;
use tollgate_control::signin::START_SECONDS;

use crate::address::url;
use crate::failure::Failure;
use crate::output::Output;

/// What there is to say.
#[derive(Debug)]
pub(crate) struct Banner {
    /// Where the gateway listens.
    pub gateway: Option<SocketAddr>,
    /// Where the control side listens.
    pub control: Option<SocketAddr>,
    /// The token of the link by which the first owner comes in; `None` where there is an owner.
    pub sign_in: Option<String>,
    /// The data folder.
    pub data: PathBuf,
    /// The first key.
    pub key: Option<String>,
    /// The providers that were registered just now.
    pub registered: Vec<Found>,
    /// Every provider.
    pub providers: Vec<String>,
}

impl Banner {
    /// Says it: a line of JSON on stdout where the caller wants that, else a text on stderr.
    pub(crate) fn show(&self, output: Output) -> Result<(), Failure> {
        if output.json {
            return output.line(&self.to_json().to_string());
        }
        // Nobody can be told when stderr is closed.
        let _ = io::stderr().write_all(self.text(output.message_colour()).as_bytes());
        Ok(())
    }

    fn sign_in_link(&self) -> Option<String> {
        let (control, token) = (self.control?, self.sign_in.as_ref()?);
        Some(format!("{}/signin#{token}", url(control)))
    }

    fn to_json(&self) -> Value {
        let registered: Vec<&str> = self.registered.iter().map(|found| found.provider).collect();
        json!({
            "gateway": self.gateway.map(url),
            "control": self.control.map(url),
            "sign_in": self.sign_in_link(),
            "data": self.data,
            "key": self.key,
            "providers": self.providers,
            "registered": registered,
        })
    }

    fn text(&self, colour: bool) -> String {
        let (bold, dim, plain) = match colour {
            true => ("\x1b[1m", "\x1b[2m", "\x1b[0m"),
            false => ("", "", ""),
        };
        let row = |title: &str, text: String| format!("  {dim}{title:<10}{plain}{text}\n");
        let version = env!("CARGO_PKG_VERSION");
        let mut text = format!("\n  {bold}Tollgate {version}{plain}\n\n");
        text += &self
            .gateway
            .map_or_else(String::new, |at| row("gateway", url(at)));
        text += &self
            .control
            .map_or_else(String::new, |at| row("console", url(at)));
        if let Some(link) = self.sign_in_link() {
            let minutes = START_SECONDS / 60;
            text += &row(
                "sign in",
                format!("{link}  {dim}once, within {minutes} minutes{plain}"),
            );
        } else if self.control.is_some() {
            let how = "with your name and password; lost it: tollgate person reset NAME";
            text += &row("sign in", format!("{dim}{how}{plain}"));
        }
        text += &row("data", self.data.display().to_string());
        text += &row("providers", self.providers.join(", "));
        for found in &self.registered {
            let mut note = format!("{} is registered, by {}", found.provider, found.variable);
            if let Some(region) = found.spec.get("region").and_then(Value::as_str) {
                note.push_str(&format!(", in {region}"));
            }
            text += &row("", note);
        }
        if let Some(key) = &self.key {
            text += &row(
                "API key",
                format!("{bold}{key}{plain}  {dim}shown this once{plain}"),
            );
            text += &self
                .gateway
                .map_or_else(String::new, |at| example(&url(at), key));
        }
        text.push('\n');
        text
    }
}

/// A command that can be pasted.
fn example(address: &str, key: &str) -> String {
    format!(
        "\n  Try it:\n\n  \
         curl {address}/v1/chat/completions \\\n    \
         -H \"Authorization: Bearer {key}\" -H \"Content-Type: application/json\" \\\n    \
         -d '{{\"model\":\"sandbox/echo\",\"messages\":[{{\"role\":\"user\",\"content\":\"Hello\"}}]}}'\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn banner() -> Banner {
        Banner {
            gateway: Some("0.0.0.0:8402".parse().unwrap()),
            control: Some("127.0.0.1:8403".parse().unwrap()),
            sign_in: Some("tgs_1".into()),
            data: "./tollgate-data".into(),
            key: Some("tg_1".into()),
            registered: vec![Found {
                provider: "openai",
                variable: "OPENAI_API_KEY",
                spec: serde_json::json!({}),
            }],
            providers: vec!["openai".into(), "sandbox".into()],
        }
    }

    #[test]
    fn people_get_addresses_a_key_and_something_to_try() {
        let text = banner()
            .text(false)
            .replace(env!("CARGO_PKG_VERSION"), "VERSION");
        insta::assert_snapshot!(text, @r#"

        Tollgate VERSION

        gateway   http://127.0.0.1:8402
        console   http://127.0.0.1:8403
        sign in   http://127.0.0.1:8403/signin#tgs_1  once, within 15 minutes
        data      ./tollgate-data
        providers openai, sandbox
                  openai is registered, by OPENAI_API_KEY
        API key   tg_1  shown this once

        Try it:

        curl http://127.0.0.1:8402/v1/chat/completions \
          -H "Authorization: Bearer tg_1" -H "Content-Type: application/json" \
          -d '{"model":"sandbox/echo","messages":[{"role":"user","content":"Hello"}]}'
        "#);
    }

    #[test]
    fn programs_get_a_line_of_json() {
        let text = serde_json::to_string_pretty(&banner().to_json()).unwrap();
        insta::assert_snapshot!(text, @r#"
        {
          "control": "http://127.0.0.1:8403",
          "data": "./tollgate-data",
          "gateway": "http://127.0.0.1:8402",
          "key": "tg_1",
          "providers": [
            "openai",
            "sandbox"
          ],
          "registered": [
            "openai"
          ],
          "sign_in": "http://127.0.0.1:8403/signin#tgs_1"
        }
        "#);
    }

    #[test]
    fn a_later_start_shows_no_key() {
        let later = Banner {
            key: None,
            registered: Vec::new(),
            ..banner()
        };
        assert!(!later.text(false).contains("curl"));
        assert!(later.to_json()["key"].is_null());
    }

    #[test]
    fn where_there_is_an_owner_no_link_is_shown_and_the_way_to_a_new_password_is() {
        let owned = Banner {
            sign_in: None,
            ..banner()
        };
        let text = owned.text(false);
        let row = "sign in   with your name and password; lost it: tollgate person reset NAME\n";
        assert!(text.contains(row), "{text}");
        assert!(owned.to_json()["sign_in"].is_null());
        let gateway_only = Banner {
            control: None,
            ..owned
        };
        assert!(!gateway_only.text(false).contains("sign in"));
    }
}
