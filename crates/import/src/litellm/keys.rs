//! The keys of LiteLLM as `/key/list` gives them. It keeps the SHA-256 of each, as we do, so callers
//! go on with the keys that they have.

use serde_json::json;
use tollgate_model::ids::key_text;
use tollgate_model::{KeyHash, Kind, Micros, Name};

use crate::ImportError;
use crate::draft::ForeignKey;
use crate::tree::Tree;

use super::import::Import;

/// Words in a key's models that mean every model.
const ALL: [&str; 2] = ["all-proxy-models", "all-team-models"];

/// Members of a key that are history, or said elsewhere.
const HISTORY: [&str; 21] = [
    "spend",
    "model_spend",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "budget_reset_at",
    "last_active",
    "rotation_count",
    "last_rotation_at",
    "key_rotation_at",
    "soft_budget_cooldown",
    "key_name",
    "token_id",
    "team_alias",
    "user",
    "team_spend",
    "last_refreshed_at",
    "budget_id",
    "created_by_user",
    "object_permission_id",
];

/// Members of a key that limit what is not limited here, with what to do.
const LIMITS: [(&str, &str, &str); 12] = [
    (
        "tpm_limit",
        "calls are not limited by tokens a minute",
        "a Budget limits what they cost",
    ),
    (
        "rpm_limit",
        "calls are not limited by requests a minute",
        "a Budget limits what they cost",
    ),
    (
        "max_parallel_requests",
        "calls are not limited by how many are under way",
        "",
    ),
    (
        "model_max_budget",
        "a budget has one scope: a key or a model",
        "make a Budget of the model",
    ),
    (
        "allowed_routes",
        "a key may call whatever the gateway serves",
        "",
    ),
    ("permissions", "a key has no such permissions", ""),
    (
        "allowed_cache_controls",
        "a key does not say what is cached",
        "",
    ),
    (
        "metadata",
        "keys carry no notes",
        "give the Application a title",
    ),
    ("config", "a key has no settings of its own", ""),
    (
        "aliases",
        "a key has no names of its own for models",
        "make a Model of that name",
    ),
    (
        "user_id",
        "a key belongs to an application, not to a person",
        "",
    ),
    (
        "organization_id",
        "there is one organization",
        "a Team is what pays",
    ),
];

impl<'t> Import<'t> {
    /// Reads the keys: a list of them, or `{keys: […]}`.
    pub(super) fn keys(&mut self, root: &'t Tree) -> Result<(), ImportError> {
        let keys = match root.is_list() {
            true => root.items(),
            false if root.has("keys") => root.list_of("keys")?,
            false => return Err(root.wrong("a list of keys, or `keys` with a list")),
        };
        for paging in ["total_count", "current_page", "total_pages"] {
            root.get(paging).map(Tree::claim);
        }
        if root
            .get("total_pages")
            .is_some_and(|pages| pages.text() != Some("1"))
        {
            let why = "the file holds one page of several";
            let instead = "ask for all keys (`size=100&page=2` and so on), and import each page";
            if let Some(at) = root.get("total_pages") {
                self.draft.plan.report.left(at, why, instead);
            }
        }
        keys.iter().try_for_each(|at| self.foreign_key(at))
    }

    fn foreign_key(&mut self, at: &'t Tree) -> Result<(), ImportError> {
        if at.text().is_some() {
            let why = "a bare hash does not say what the key may do";
            let instead = "ask for the keys with `return_full_object=true`";
            self.draft.plan.report.left(at, why, instead);
            return Ok(());
        }
        let Some(hash) = hash(at)? else {
            let why = "this key has neither a `token` (its SHA-256) nor a `key`";
            self.draft
                .plan
                .report
                .left(at, why, "`tollgate key create` makes a new one");
            return Ok(());
        };
        let hint = at.text_of("key_name")?.map(str::to_owned);
        let hint =
            hint.unwrap_or_else(|| key_text::hint(at.text_of("key").ok().flatten().unwrap_or("")));
        let team = at.text_of("team_alias")?.or(at.text_of("team_id")?);
        at.get("team_id").map(Tree::claim);
        let team = team.unwrap_or("litellm").to_owned();
        let application = self.application(at, &team);
        let alias = at.text_of("key_alias")?.unwrap_or("litellm-key").to_owned();
        let name = self.draft.name(Kind::Key, &alias, "key");
        let expires_at = self.expiry(at)?;
        let foreign = ForeignKey {
            application,
            hash,
            hint,
            expires_at,
            revoked: at.flag_of("blocked"),
            models: self.allowed(at)?,
        };
        self.draft.key(&name, &foreign);
        let what = format!(
            "Key {name}{}: callers go on with the key that they have",
            if foreign.revoked { " (revoked)" } else { "" }
        );
        self.draft.plan.report.taken(at, what);
        if let Some(limit) = self.limit(at, ("max_budget", "budget_duration"))? {
            let scope = json!({ "key": name });
            let stem = format!("key-{name}");
            self.draft.budget(at, &stem, (scope, &limit));
        }
        self.leave(at);
        Ok(())
    }

    fn leave(&mut self, at: &Tree) {
        for (member, why, instead) in LIMITS {
            match at.get(member) {
                Some(value) if is_empty(value) => {
                    value.claim();
                }
                Some(value) => self.draft.plan.report.left(value, why, instead),
                None => {}
            }
        }
        for member in HISTORY {
            if let Some(value) = at.get(member) {
                let why =
                    "history and what is said elsewhere; what was spent before is not counted here";
                self.draft.plan.report.left(value, why, "");
            }
        }
    }

    fn expiry(&mut self, at: &Tree) -> Result<Option<String>, ImportError> {
        let Some(text) = at.text_of("expires")? else {
            return Ok(None);
        };
        let zoned = format!("{text}Z");
        let time = Micros::parse(text).or_else(|| Micros::parse(&zoned));
        if time.is_none()
            && let Some(member) = at.get("expires")
        {
            let why = "this time cannot be read: the key is taken over without an end";
            self.draft
                .plan
                .report
                .left(member, why, "set `expires_at` in the Key");
        }
        Ok(time.map(|time| time.to_string()))
    }

    /// The models that a key may ask for, by the names that they have here.
    fn allowed(&mut self, at: &Tree) -> Result<Vec<String>, ImportError> {
        let mut models = Vec::new();
        for model in at.list_of("models")? {
            let Some(text) = model.text() else {
                return Err(model.wrong("a model's name"));
            };
            if ALL.contains(&text) {
                return Ok(Vec::new());
            }
            let renamed = self.renamed.get(text).map(Name::to_string);
            models.push(renamed.unwrap_or_else(|| text.to_owned()));
        }
        Ok(models)
    }

    /// The application for the keys of a team, made with its team where it is the first.
    pub(super) fn application(&mut self, at: &Tree, team: &str) -> Name {
        if let Some(application) = self.applications.get(team) {
            return application.clone();
        }
        let name = self.draft.name(Kind::Team, team, "team");
        let application = self.draft.name(Kind::Application, team, "application");
        self.draft.document(Kind::Team, &name, json!({}));
        self.draft
            .document(Kind::Application, &application, json!({ "team": name }));
        let what = format!("Team {name} with Application {application}, for its keys");
        self.draft.plan.report.taken(at, what);
        self.applications
            .insert(team.to_owned(), application.clone());
        application
    }
}

fn hash(at: &Tree) -> Result<Option<KeyHash>, ImportError> {
    if let Some(key) = at.text_of("key")? {
        return Ok(Some(KeyHash::of(key.as_bytes())));
    }
    let token = at.text_of("token")?;
    Ok(token.and_then(|token| {
        let lower = token.to_ascii_lowercase();
        match token.starts_with("sk-") {
            true => Some(KeyHash::of(token.as_bytes())),
            false => KeyHash::parse(&format!("sha256:{lower}")),
        }
    }))
}

fn is_empty(value: &Tree) -> bool {
    (value.is_map() && value.members().is_empty()) || (value.is_list() && value.items().is_empty())
}
