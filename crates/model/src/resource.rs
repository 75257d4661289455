//! Resources: `kind`, `name`, `spec`, and the revision that last changed them.

use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::Name;
use crate::resources::{ApplicationSpec, BudgetSpec, KeySpec, ModelSpec, ProviderSpec, TeamSpec};

pub use crate::spec_error::SpecError;

macro_rules! kinds {
    ($($kind:ident($spec:ident) $doc:literal;)*) => {
        /// The kinds of resources.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(Serialize, Deserialize, JsonSchema)]
        pub enum Kind { $(#[doc = $doc] $kind,)* }

        impl Kind {
            /// Every kind, in the order in which files are written: what others name comes first.
            pub const ALL: [Kind; [$(stringify!($kind)),*].len()] = [$(Kind::$kind),*];

            /// The word as it stands in files.
            pub const fn as_str(self) -> &'static str {
                match self { $(Kind::$kind => stringify!($kind),)* }
            }

            /// What the kind is, in a sentence.
            pub const fn doc(self) -> &'static str {
                match self { $(Kind::$kind => $doc,)* }
            }

            /// The JSON Schema of the kind's spec.
            pub fn schema(self) -> Schema {
                match self { $(Kind::$kind => schemars::schema_for!($spec),)* }
            }
        }

        /// The spec of a resource, by kind.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Spec { $(#[doc = $doc] $kind(Box<$spec>),)* }

        impl Spec {
            /// The kind that this spec belongs to.
            pub const fn kind(&self) -> Kind {
                match self { $(Spec::$kind(_) => Kind::$kind,)* }
            }

            /// Reads and checks the spec of a kind. Unknown members are errors.
            pub fn parse(kind: Kind, json: &serde_json::Value) -> Result<Spec, SpecError> {
                let spec = match kind { $(Kind::$kind => Spec::$kind(Box::new(read::<$spec>(json)?)),)* };
                match &spec { $(Spec::$kind(spec) => spec.check()?,)* }
                Ok(spec)
            }

            /// The spec as JSON: what was given, with every default left out.
            pub fn to_json(&self) -> serde_json::Value {
                let json = match self { $(Spec::$kind(spec) => serde_json::to_value(spec),)* };
                json.unwrap_or_default()
            }
        }
    };
}

kinds! {
    Team(TeamSpec) "A team: whoever owns applications and pays for their calls.";
    Application(ApplicationSpec) "An application: what a consumer builds; it holds keys.";
    Key(KeySpec) "An API key of an application, kept as a hash.";
    Provider(ProviderSpec) "A provider: an upstream that serves models.";
    Model(ModelSpec) "A model: a name that callers ask for, and the targets behind it.";
    Budget(BudgetSpec) "A budget: a spending limit over a window.";
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Kind {
    /// The kind of this word, whatever its case, singular or plural: `Team`, `team`, `teams`.
    pub fn parse(text: &str) -> Option<Kind> {
        let lower = text.to_ascii_lowercase();
        let singular = lower.strip_suffix('s').unwrap_or(&lower);
        Kind::ALL
            .into_iter()
            .find(|kind| kind.as_str().eq_ignore_ascii_case(singular))
    }
}

/// A resource as the store keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// The name, unique within the kind.
    pub name: Name,
    /// What it says.
    pub spec: Spec,
    /// The revision that last changed it; 0 before it is stored.
    pub revision: u64,
}

impl Resource {
    /// The kind of the resource.
    pub const fn kind(&self) -> Kind {
        self.spec.kind()
    }

    /// The resource as others point to it.
    pub fn rule(&self) -> RuleRef {
        RuleRef {
            kind: self.kind(),
            name: self.name.clone(),
            revision: self.revision,
        }
    }

    /// The members `kind`, `name`, `spec`, as in a file.
    pub fn to_document(&self) -> Document {
        Document {
            kind: self.kind(),
            name: self.name.clone(),
            spec: self.spec.to_json(),
        }
    }
}

/// A resource at the revision at which it acted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct RuleRef {
    /// The kind.
    pub kind: Kind,
    /// The name.
    pub name: Name,
    /// The revision that last changed it when it acted.
    pub revision: u64,
}

impl fmt::Display for RuleRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} (revision {})",
            self.kind, self.name, self.revision
        )
    }
}

/// A resource as it stands in a file or a request: not yet checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The kind.
    pub kind: Kind,
    /// The name, unique within the kind.
    pub name: Name,
    /// The spec; what it may hold depends on the kind.
    #[serde(default = "empty_object")]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub spec: serde_json::Value,
}

fn empty_object() -> serde_json::Value {
    serde_json::Value::Object(serde_json::Map::new())
}

impl Document {
    /// Reads and checks the spec.
    pub fn check(&self) -> Result<Resource, SpecError> {
        let spec = Spec::parse(self.kind, &self.spec).map_err(|mut error| {
            error.place = format!("{} {}: {}", self.kind, self.name, error.place);
            error
        })?;
        Ok(Resource {
            name: self.name.clone(),
            spec,
            revision: 0,
        })
    }
}

fn read<T: DeserializeOwned>(json: &serde_json::Value) -> Result<T, SpecError> {
    serde_path_to_error::deserialize(json).map_err(|error| {
        let path = error.path().to_string();
        let place = if path == "." {
            "spec".to_owned()
        } else {
            format!("spec.{path}")
        };
        SpecError::new(place, with_suggestion(&error.into_inner().to_string()))
    })
}

/// Adds the nearest known member to serde's "unknown field `x`, expected one of `y`, `z`".
pub fn with_suggestion(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    if !message.starts_with("unknown field") && !message.starts_with("unknown variant") {
        return message.to_owned();
    }
    let Some(given) = quoted.next() else {
        return message.to_owned();
    };
    match nearest(given, quoted) {
        Some(near) => format!("{message}; did you mean `{near}`?"),
        None => message.to_owned(),
    }
}

/// The candidate that is spelt most like `given`, where one is near enough to suggest.
pub fn nearest<'a>(given: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .map(|candidate| (strsim::jaro_winkler(given, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}
