//! The one-time sign-in link that the process prints when it starts.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use serde::{Deserialize, Serialize};
use tollgate_model::{KeyHash, Micros};
use tollgate_store::Store;

use crate::failure::store_failed;
use crate::problem::Problem;

/// The name of the store's setting that holds the link.
pub const SETTING: &str = "signin_link";

/// A sign-in link as it is kept: never the token itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInLink {
    /// SHA-256 of the token.
    pub hash: KeyHash,
    /// When the link stops working.
    pub expires: Micros,
}

impl SignInLink {
    /// The link of a token of at least 128 random bits.
    pub fn of(token: &str, expires: Micros) -> SignInLink {
        SignInLink {
            hash: KeyHash::of(token.as_bytes()),
            expires,
        }
    }

    /// The value of the setting.
    pub fn to_setting(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// What is to be said of a token that somebody came with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// It is the current link's.
    Good,
    /// It is the current link's, and too late.
    Expired,
    /// It is not the current link's.
    Unknown,
}

/// Judges a token by the link that is stored. Nothing is consumed.
pub(crate) async fn judge(store: &Store, token: &str, now: Micros) -> Result<Judgement, Problem> {
    let Some(setting) = store.setting(SETTING).await.map_err(store_failed)? else {
        return Ok(Judgement::Unknown);
    };
    let link: SignInLink = serde_json::from_str(&setting).map_err(Problem::internal)?;
    let given = KeyHash::of(token.as_bytes());
    if verify_slices_are_equal(&given.0, &link.hash.0).is_err() {
        return Ok(Judgement::Unknown);
    }
    Ok(match now < link.expires {
        true => Judgement::Good,
        false => Judgement::Expired,
    })
}
