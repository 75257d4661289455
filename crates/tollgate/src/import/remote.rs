//! The rows of a running one-api or new-api, as its API gives them to an administrator.

use std::collections::HashSet;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, header};
use http_body_util::{BodyExt, Full, Limited};
use serde_json::Value;
use tollgate_import::{Flavour, Table, Tables};
use tollgate_model::snapshot::SecretText;

use crate::client::Http;
use crate::failure::Failure;
use crate::output::Output;

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The largest answer that is read, in bytes.
const LARGEST: usize = 64 << 20;
/// The most pages of a table that are asked for.
const PAGES: usize = 10_000;

/// Each table with its path, and whether it comes in pages.
const TABLES: [(&str, &str, bool); 4] = [
    ("channels", "channel", true),
    ("tokens", "token", true),
    ("users", "user", true),
    ("options", "option", false),
];

/// A running one-api or new-api.
pub(super) struct Remote<'a> {
    address: String,
    token: SecretText,
    flavour: Flavour,
    user: &'a str,
    http: Http,
}

impl<'a> Remote<'a> {
    /// The one at an address, asked with an access token of a user.
    pub(super) fn new(
        address: &str,
        token: &str,
        (flavour, user): (Flavour, &'a str),
    ) -> Result<Remote<'a>, Failure> {
        let address = address.trim_end_matches('/').to_owned();
        Ok(Remote {
            http: Http::new(&address)?,
            address,
            token: SecretText::new(token),
            flavour,
            user,
        })
    }

    /// Asks for every table. Without its channels there is nothing to import; what else the token
    /// may not see is told, and left out.
    pub(super) async fn read(&self, output: Output) -> Result<Tables, Failure> {
        let mut tables = Tables {
            file: self.address.clone(),
            ..Tables::default()
        };
        for (name, path, paged) in TABLES {
            let items = match paged {
                true => self.pages(path).await,
                false => self.page(&format!("/api/{path}/")).await.map(|page| page.0),
            };
            match items {
                Ok(items) => tables.tables.push(Table::of_objects(name, &items)),
                Err(why) if name == "channels" => return Err(why),
                Err(why) => output.note(&format!("warning: {name} are left out: {why}")),
            }
        }
        Ok(tables)
    }

    /// Every page of a table: one-api counts from 0, new-api from 1.
    async fn pages(&self, path: &str) -> Result<Vec<Value>, Failure> {
        let first = usize::from(self.flavour == Flavour::NewApi);
        let (mut all, mut seen) = (Vec::new(), HashSet::new());
        for number in first..first + PAGES {
            let path = format!("/api/{path}/?p={number}&page_size=100");
            let (items, total) = self.page(&path).await?;
            let before = all.len();
            for item in items {
                if seen.insert(item.get("id").map(Value::to_string)) {
                    all.push(item);
                }
            }
            if all.len() == before || total.is_some_and(|total| all.len() >= total) {
                break;
            }
        }
        Ok(all)
    }

    /// The items of one answer, and how many there are in all where it says so.
    async fn page(&self, path: &str) -> Result<(Vec<Value>, Option<usize>), Failure> {
        let what = format!("{}{path}", self.address);
        let asked = tokio::time::timeout(PATIENCE, self.ask(&what)).await;
        let body = asked.map_err(|_| {
            Failure::Fault(format!(
                "{what} did not answer within {} s",
                PATIENCE.as_secs()
            ))
        })??;
        let mut answer: Value = serde_json::from_slice(&body).map_err(|_| {
            Failure::Fault(format!(
                "{what} does not answer as one-api does: it is not JSON"
            ))
        })?;
        if answer.get("success").and_then(Value::as_bool) != Some(true) {
            let said = answer.get("message").and_then(Value::as_str);
            let said = said.unwrap_or("it does not say why");
            return Err(Failure::Fault(format!("{what} refused: {said}")));
        }
        let mut data = answer["data"].take();
        let total = data.get("total").and_then(Value::as_u64);
        let total = total.and_then(|total| usize::try_from(total).ok());
        let items = match data.get_mut("items") {
            Some(items) => items.take(),
            None => data,
        };
        match items {
            Value::Array(items) => Ok((items, total)),
            Value::Null => Ok((Vec::new(), total)),
            _ => Err(Failure::Fault(format!(
                "{what} does not answer with a list"
            ))),
        }
    }

    async fn ask(&self, what: &str) -> Result<Bytes, Failure> {
        let mut request = Request::get(what)
            .header(header::AUTHORIZATION, self.token.reveal())
            .header(header::ACCEPT, "application/json");
        if self.flavour == Flavour::NewApi {
            request = request.header("new-api-user", self.user);
        }
        let request = request.body(Full::new(Bytes::new())).map_err(|_| {
            Failure::Usage(format!("{what} cannot be asked with this token or user"))
        })?;
        let failed = |why: String| Failure::Fault(format!("{what} cannot be reached: {why}"));
        let answer = self.http.request(request).await;
        let answer = answer.map_err(|why| failed(why.to_string()))?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), LARGEST).collect().await;
        let body = body.map_err(|why| failed(why.to_string()))?.to_bytes();
        match status.is_success() {
            true => Ok(body),
            false => Err(Failure::Fault(format!(
                "{what} answers with status {status}"
            ))),
        }
    }
}
