//! Users and tokens: a user is a team with a wallet and an application, a token a key of it.

use serde_json::json;
use tollgate_model::ids::key_text;
use tollgate_model::{KeyHash, Kind, Micros, Name};

use crate::decimal::Decimal;
use crate::draft::ForeignKey;
use crate::plan::{Credit, FreshKey};
use crate::tree::Tree;
use crate::windows;

use super::cells::{cell, integer, listed, rows};
use super::import::{Import, Owner};

/// The status of a user or token that is switched off.
const DISABLED: i64 = 2;

impl<'t> Import<'t> {
    /// Makes a team, an application and the credit of a wallet of each user.
    pub(super) fn users(&mut self, root: &'t Tree) {
        for row in rows(root, "users") {
            let id = cell(row, "id").unwrap_or_default().to_owned();
            if cell(row, "deleted_at").or(cell(row, "DeletedAt")).is_some() {
                self.draft
                    .plan
                    .report
                    .left(row, "this user was deleted", "");
                continue;
            }
            let name = cell(row, "username").unwrap_or_default().to_owned();
            let owner = self.owner(row, (&id, &name));
            self.wallet(row, &owner, &id);
            self.applications.insert(id, owner);
        }
    }

    fn owner(&mut self, row: &'t Tree, (id, name): (&str, &str)) -> Owner {
        let fallback = format!("user-{id}");
        let team = self.draft.name(Kind::Team, name, &fallback);
        let application = self.draft.name(Kind::Application, name, &fallback);
        let mut spec = json!({ "billing": "prepaid" });
        if let Some(title) = cell(row, "display_name").filter(|title| *title != team.as_str()) {
            spec["title"] = json!(title);
        }
        self.draft.document(Kind::Team, &team, spec);
        self.draft
            .document(Kind::Application, &application, json!({ "team": team }));
        let disabled = integer(row, "status") == Some(DISABLED);
        let what = format!("Team {team} (prepaid) with Application {application}");
        self.draft.plan.report.taken(row, what);
        if disabled {
            let how = "this user is switched off: the keys were taken over as revoked";
            self.draft.plan.report.changed(row, how);
        }
        Owner {
            name: team.to_string(),
            application,
            group: cell(row, "group").unwrap_or("default").to_owned(),
            disabled,
        }
    }

    fn wallet(&mut self, row: &'t Tree, owner: &Owner, id: &str) {
        let (Some(quota), Some(at)) = (integer(row, "quota"), row.get("quota")) else {
            return;
        };
        if quota <= 0 {
            let how = match quota {
                0 => "nothing is left: the wallet is empty",
                _ => "the user owes quota; a wallet is never below zero: it is empty",
            };
            self.draft.plan.report.changed(at, how);
            return;
        }
        let amount = Decimal::from(quota).dollars_over(self.options.per_dollar);
        let (Some(amount), Ok(team)) = (amount, owner.name.parse::<Name>()) else {
            let why = "this quota is more than a wallet can hold";
            self.draft
                .plan
                .report
                .left(at, why, "credit the wallet by hand");
            return;
        };
        let what = format!(
            "{quota} quota: ${} in the wallet of Team {team}",
            amount.value
        );
        match amount.exact {
            true => self.draft.plan.report.taken(at, what),
            false => {
                let how = format!("{what}, rounded down to a nano-dollar");
                self.draft.plan.report.changed(at, how);
            }
        }
        let source = self.draft.source;
        self.draft.plan.credits.push(Credit {
            team,
            amount: amount.value,
            reason: format!("what was left at {source}"),
            id: format!("import-{source}-user-{id}"),
        });
    }

    /// Makes a key of each token.
    pub(super) fn tokens(&mut self, root: &'t Tree) {
        for row in rows(root, "tokens") {
            if cell(row, "deleted_at").or(cell(row, "DeletedAt")).is_some() {
                self.draft
                    .plan
                    .report
                    .left(row, "this token was deleted", "");
                continue;
            }
            let user = cell(row, "user_id").unwrap_or_default().to_owned();
            let Some(owner) = self.owner_of(row, &user) else {
                continue;
            };
            self.token(row, &owner);
        }
    }

    /// Who owns a token. Where no users were read, the tokens of each are an application of their
    /// own.
    fn owner_of(&mut self, row: &'t Tree, user: &str) -> Option<Owner> {
        if let Some(owner) = self.applications.get(user) {
            return Some(owner.clone());
        }
        if !self.applications.is_empty() {
            let why = "the user of this token is not there";
            self.draft
                .plan
                .report
                .left(row, why, "`tollgate key create` makes a new key");
            return None;
        }
        let name = format!("user-{user}");
        let team = self.draft.name(Kind::Team, &name, "user");
        let application = self.draft.name(Kind::Application, &name, "user");
        self.draft.document(Kind::Team, &team, json!({}));
        self.draft
            .document(Kind::Application, &application, json!({ "team": team }));
        let how = format!("Team {team} with Application {application}: the source lists no users");
        self.draft.plan.report.changed(row, how);
        let owner = Owner {
            application,
            name,
            group: "default".to_owned(),
            disabled: false,
        };
        self.applications.insert(user.to_owned(), owner.clone());
        Some(owner)
    }

    fn token(&mut self, row: &'t Tree, owner: &Owner) {
        let id = cell(row, "id").unwrap_or_default();
        let label = cell(row, "name").unwrap_or(id);
        let name = format!("{}-{label}", owner.name);
        let name = self.draft.name(Kind::Key, &name, "token");
        let status = integer(row, "status");
        let expires_at = integer(row, "expired_time")
            .filter(|seconds| *seconds > 0)
            .map(|seconds| Micros(seconds.saturating_mul(1_000_000)).to_string());
        let models = self.allowed(row, owner);
        let text = cell(row, "key").map(str::to_owned);
        match text.filter(|text| !text.contains('*')) {
            Some(text) => {
                let text = full_key(&text);
                let foreign = ForeignKey {
                    application: owner.application.clone(),
                    hash: KeyHash::of(text.as_bytes()),
                    hint: key_text::hint(&text),
                    expires_at,
                    revoked: status == Some(DISABLED) || owner.disabled,
                    models,
                };
                self.draft.key(&name, &foreign);
                let what = format!("Key {name}: callers go on with the key that they have (sk-…)");
                self.draft.plan.report.taken(row, what);
            }
            None => {
                let how = format!(
                    "Key {name} is made anew, since the source shows only a part of it: its callers \
                     need the new one"
                );
                self.draft.plan.report.changed(row, how);
                self.draft.plan.keys.push(FreshKey {
                    name: name.clone(),
                    application: owner.application.clone(),
                    expires_at,
                });
            }
        }
        self.limit(row, &name);
    }

    fn limit(&mut self, row: &'t Tree, name: &Name) {
        let unlimited = row.flag_of("unlimited_quota");
        let Some(quota) = integer(row, "remain_quota").filter(|_| !unlimited) else {
            return;
        };
        let amount = Decimal::from(quota.max(0)).dollars_over(self.options.per_dollar);
        let Some(amount) = amount else {
            return;
        };
        let limit = windows::lifetime(amount.value);
        let scope = json!({ "key": name });
        let stem = format!("key-{name}");
        self.draft.budget(row, &stem, (scope, &limit));
    }

    /// The models that a token may ask for: what it says, and where there are several groups, only
    /// those of its own.
    fn allowed(&mut self, row: &'t Tree, owner: &Owner) -> Vec<String> {
        let limited = row.has("model_limits") && row.flag_of("model_limits_enabled");
        let said = match limited {
            true => cell(row, "model_limits"),
            false => cell(row, "models"),
        };
        let mut models = listed(said.unwrap_or_default());
        let group = cell(row, "group").unwrap_or(&owner.group);
        if self.groups.len() > 1 {
            let served = self.groups.get(group);
            match (models.is_empty(), served) {
                (true, Some(served)) => models = served.iter().cloned().collect(),
                (false, Some(served)) => models.retain(|model| served.contains(model)),
                (_, None) => {
                    let how = format!(
                        "no channel is in the group {group}: its tokens may ask for what they list, or \
                         for everything"
                    );
                    self.draft.plan.report.changed(row, how);
                }
            }
        }
        if models.is_empty() {
            let how = "a token that lists no models may ask for every model here, also for those that the \
                       catalogue lists for the providers that were taken over";
            self.draft.plan.report.changed(row, how);
        }
        let renamed = |model: String| match self.renamed.get(&model) {
            Some(name) => name.to_string(),
            None => model,
        };
        models.into_iter().map(renamed).collect()
    }
}

/// A token's key as callers send it.
fn full_key(text: &str) -> String {
    match text.starts_with("sk-") {
        true => text.to_owned(),
        false => format!("sk-{text}"),
    }
}
