//! Passes: keys that live only in the memory of this process. The console makes calls with them on
//! behalf of an application, so that no key has to be kept for it.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use tollgate_control::random;
use tollgate_model::call::KeyEntry;
use tollgate_model::resource::RuleRef;
use tollgate_model::{KeyHash, Kind, Micros, Name};

use crate::failure::Failure;

/// How long a pass works.
const LIFE_SECONDS: i64 = 30 * 60;
/// How many passes there may be at a time.
const MOST: usize = 1000;

type Held = HashMap<KeyHash, Arc<Pass>>;

/// A key, and who it was given to.
struct Pass {
    text: String,
    holder: Name,
    entry: KeyEntry,
}

/// The passes of this process. Reading takes no lock: the gateway's workers look here too.
#[derive(Default)]
pub(crate) struct Passes(ArcSwap<Held>);

impl Passes {
    /// No passes yet.
    pub(crate) fn new() -> Passes {
        Passes::default()
    }

    /// A key that works for `application` for half an hour. The same holder and application are
    /// given the same key again while more than half of its time is left. Where there are too many,
    /// the one that would have ended first stops working. Fails where the system has no randomness,
    /// and for a holder whose name is too long to stand in a record.
    pub(crate) fn issue(
        &self,
        application: &Name,
        holder: &Name,
        now: Micros,
    ) -> Result<String, Failure> {
        let is_fresh = |pass: &Pass| {
            pass.holder == *holder
                && pass.entry.application == *application
                && pass.entry.expires > now.plus_seconds(LIFE_SECONDS / 2)
        };
        if let Some(pass) = self.0.load().values().find(|pass| is_fresh(pass)) {
            return Ok(pass.text.clone());
        }
        let pass = Arc::new(Pass::new(application, holder, now)?);
        self.0.rcu(|held| with(held, &pass, now));
        Ok(pass.text.clone())
    }

    /// The pass of this hash, as the gateway knows keys.
    pub(crate) fn find(&self, hash: &KeyHash) -> Option<KeyEntry> {
        Some(self.0.load().get(hash)?.entry.clone())
    }
}

impl Pass {
    fn new(application: &Name, holder: &Name, now: Micros) -> Result<Pass, Failure> {
        let text = random::key()?;
        let name = format!("playground:{holder}").parse();
        let name =
            name.map_err(|why| Failure::fault("cannot make a key for the playground", why))?;
        let entry = KeyEntry {
            hash: KeyHash::of(text.as_bytes()),
            rule: RuleRef {
                kind: Kind::Key,
                name,
                revision: 0,
            },
            application: application.clone(),
            expires: now.plus_seconds(LIFE_SECONDS),
            revoked: false,
            models: Vec::new(),
            tags: Vec::new(),
        };
        Ok(Pass {
            text,
            holder: holder.clone(),
            entry,
        })
    }
}

/// The passes that are left, and one more.
fn with(held: &Held, pass: &Arc<Pass>, now: Micros) -> Held {
    let left = held.iter().filter(|(_, pass)| pass.entry.expires > now);
    let mut held: Held = left.map(|(hash, pass)| (*hash, Arc::clone(pass))).collect();
    if held.len() >= MOST {
        let next_to_end = held.values().min_by_key(|pass| pass.entry.expires);
        if let Some(hash) = next_to_end.map(|pass| pass.entry.hash) {
            held.remove(&hash);
        }
    }
    held.insert(pass.entry.hash, Arc::clone(pass));
    held
}

#[cfg(test)]
mod tests {
    use tollgate_model::ids::key_text;

    use super::*;

    fn name(text: &str) -> Name {
        text.parse().unwrap()
    }

    fn found(passes: &Passes, text: &str) -> Option<KeyEntry> {
        passes.find(&KeyHash::of(text.as_bytes()))
    }

    #[test]
    fn a_pass_is_a_key_for_any_model_of_an_application_until_it_ends() {
        let passes = Passes::new();
        let (web, ann, now) = (name("web"), name("ann"), Micros(7));
        let text = passes.issue(&web, &ann, now).unwrap();
        assert!(key_text::is_well_formed(&text));
        let entry = found(&passes, &text).unwrap();
        assert_eq!(entry.rule.to_string(), "Key playground:ann (revision 0)");
        assert_eq!(entry.application, web);
        assert_eq!(entry.expires, now.plus_seconds(1800));
        assert!(!entry.revoked && entry.allows("sandbox/echo"));
        assert_eq!(found(&passes, "tg_other"), None);
    }

    #[test]
    fn the_same_pass_is_given_again_while_more_than_half_of_its_time_is_left() {
        let passes = Passes::new();
        let (web, ann, now) = (name("web"), name("ann"), Micros(7));
        let text = passes.issue(&web, &ann, now).unwrap();
        let later = now.plus_seconds(899);
        assert_eq!(passes.issue(&web, &ann, later).unwrap(), text);
        assert_ne!(passes.issue(&web, &name("bob"), later).unwrap(), text);
        assert_ne!(passes.issue(&name("app"), &ann, later).unwrap(), text);
        let half = now.plus_seconds(900);
        let second = passes.issue(&web, &ann, half).unwrap();
        assert_ne!(second, text);
        assert!(found(&passes, &text).is_some(), "what is in use goes on");
        assert_eq!(passes.issue(&web, &ann, half).unwrap(), second);
    }

    #[test]
    fn there_are_at_most_a_thousand_and_those_that_end_first_make_room() {
        let passes = Passes::new();
        let holder = |number: usize| name(&format!("h{number}"));
        let web = name("web");
        let issue = |number: usize, now: Micros| passes.issue(&web, &holder(number), now).unwrap();
        let first = issue(0, Micros(1));
        let second = issue(1, Micros(2));
        for number in 2..=MOST {
            issue(number, Micros(2));
        }
        assert_eq!(passes.0.load().len(), MOST);
        assert!(
            found(&passes, &first).is_none(),
            "it would have ended first"
        );
        assert!(found(&passes, &second).is_some());
        let all_ended = Micros(2).plus_seconds(LIFE_SECONDS);
        issue(0, all_ended);
        assert_eq!(passes.0.load().len(), 1);
    }

    #[test]
    fn a_holder_whose_name_is_too_long_is_told_so() {
        let long = name(&"a".repeat(128));
        let refused = Passes::new().issue(&name("web"), &long, Micros(1));
        assert!(refused.unwrap_err().to_string().contains("playground"));
    }
}
