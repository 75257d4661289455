//! What an import of one-api knows while it is under way.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tollgate_model::Name;

use crate::draft::Draft;
use crate::tree::Tree;

use super::kinds::Flavour;
use super::options::Options;

/// What of a channel serves a model.
pub(super) struct Offer<'t> {
    /// The channel.
    pub at: &'t Tree,
    /// The provider here.
    pub provider: Name,
    /// The provider's name for the model.
    pub model: String,
    /// The highest comes first.
    pub priority: i64,
    /// Its share.
    pub weight: u32,
}

/// An import under way.
pub(super) struct Import<'t> {
    /// The plan.
    pub draft: Draft,
    /// Which of the two it is.
    pub flavour: Flavour,
    /// What the options say.
    pub options: Options,
    /// What serves each model, by the name that callers use.
    pub routes: BTreeMap<String, Vec<Offer<'t>>>,
    /// The models of each group.
    pub groups: BTreeMap<String, BTreeSet<String>>,
    /// Who calls, by the user's id.
    pub applications: HashMap<String, Owner>,
    /// The names that had to be changed.
    pub renamed: HashMap<String, Name>,
}

/// A user, as tokens need to know it.
#[derive(Clone)]
pub(super) struct Owner {
    /// The application of the tokens.
    pub application: Name,
    /// The team.
    pub name: String,
    /// The group, which decides on models.
    pub group: String,
    /// Whether the user was switched off.
    pub disabled: bool,
}
