//! The web search that a provider runs before it answers: what the dialects have in common of it.

use tollgate_model::Refusal;

use crate::ir::{Place, Search};
use crate::ladder::{self, unsupported};
use crate::loss::Loss;
use crate::node::Node;

/// What the wish for a search is called.
pub(crate) const NAME: &str = ladder::SEARCH;

/// Which of a caller's wishes a dialect can tell.
#[derive(Clone, Copy, Default)]
pub(crate) struct Tells {
    pub(crate) most: bool,
    pub(crate) only: bool,
    pub(crate) without: bool,
    pub(crate) place: bool,
    pub(crate) context: bool,
}

/// Judges the wishes that a dialect cannot tell: which pages count changes the answer, the others are
/// hints.
pub(crate) fn judge(
    search: &Search,
    provider: &str,
    tells: Tells,
    loss: &mut Loss,
) -> Result<(), Refusal> {
    let lists = [
        ("allowed_domains", &search.only, tells.only),
        ("blocked_domains", &search.without, tells.without),
    ];
    for (name, list, told) in lists {
        if !list.is_empty() && !told {
            let detail =
                format!("{provider} cannot be told of which domains a search takes pages.");
            return Err(unsupported(format!("{NAME}.{name}"), detail));
        }
    }
    let hints = [
        ("max_uses", search.most.is_some(), tells.most),
        ("user_location", search.place.is_some(), tells.place),
        (
            "search_context_size",
            search.context.is_some(),
            tells.context,
        ),
    ];
    for (name, given, told) in hints {
        if given && !told {
            loss.dropped(&format!("{NAME}.{name}"));
        }
    }
    Ok(())
}

/// Reads a place: its members, or an object `approximate` with them.
pub(crate) fn place(node: &Node<'_>) -> Result<Place, Refusal> {
    let mut members = node.members()?;
    if let Some(inner) = members.take("approximate") {
        members = inner.members()?;
    }
    Ok(Place {
        city: members.read("city", Node::string)?,
        region: members.read("region", Node::string)?,
        country: members.read("country", Node::string)?,
        timezone: members.read("timezone", Node::string)?,
    })
}

/// Reads a list of domains.
pub(crate) fn domains(node: &Node<'_>) -> Result<Vec<String>, Refusal> {
    node.elements()?.iter().map(Node::string).collect()
}
