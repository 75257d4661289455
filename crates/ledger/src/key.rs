//! What tells funds apart in the maps of a node, found without allocating.

use std::sync::Arc;

use papaya::Equivalent;
use tollgate_model::account::{Fund, FundKind};

/// A fund, whatever its window.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct FundKey {
    wallet: bool,
    name: Arc<str>,
}

/// The same as [`FundKey`], borrowed from a fund. Both derive the same hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct FundRef<'a> {
    wallet: bool,
    name: &'a Arc<str>,
}

impl<'a> FundRef<'a> {
    pub(crate) fn of(fund: &'a Fund) -> FundRef<'a> {
        match &fund.kind {
            FundKind::Wallet { team } => FundRef {
                wallet: true,
                name: team,
            },
            FundKind::Budget { name, .. } => FundRef {
                wallet: false,
                name,
            },
        }
    }

    pub(crate) fn to_key(self) -> FundKey {
        FundKey {
            wallet: self.wallet,
            name: Arc::clone(self.name),
        }
    }
}

impl Equivalent<FundKey> for FundRef<'_> {
    fn equivalent(&self, key: &FundKey) -> bool {
        self.wallet == key.wallet && **self.name == *key.name
    }
}
