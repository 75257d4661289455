//! By what an answer is found again.

use aws_lc_rs::digest::{Context, SHA256};
use tollgate_dialect::{canonical, carried_headers};
use tollgate_model::resources::{CacheScope, CacheSpec};

use crate::exchange::Exchange;

/// A hash of everything that decides on an answer.
pub(crate) type Fingerprint = [u8; 32];

/// Members by which a request offers tools.
const TOOLS: [&str; 3] = ["tools", "functions", "toolConfig"];

/// The fingerprint of a call; `None` for one whose answer is not kept: whose body has no canonical
/// form, or which offers tools where the spec does not keep those.
///
/// In it are: who shares the answer, the model as configured (a changed spec finds nothing of what was
/// kept under the old one), the dialect, whether it is streamed, the headers that go on to the
/// provider, and the body in its canonical form.
pub(crate) fn fingerprint(call: &Exchange, spec: &CacheSpec) -> Option<Fingerprint> {
    let (caller, plan) = (call.caller.as_ref()?, call.plan.as_ref()?);
    let rule = plan.rule.as_ref()?;
    let (body, names) = canonical(&call.body)?;
    if !spec.tools && names.iter().any(|name| TOOLS.contains(&name.as_ref())) {
        return None;
    }
    let sharer = match spec.scope {
        CacheScope::Key => &*caller.key,
        CacheScope::Application => &*caller.application,
        CacheScope::Team => &*caller.team,
        CacheScope::Global => "",
    };
    let mut hash = Hash(Context::new(&SHA256));
    hash.part(&[spec.scope as u8]);
    hash.part(sharer.as_bytes());
    hash.part(rule.name.as_str().as_bytes());
    hash.part(&rule.revision.to_be_bytes());
    hash.part(call.dialect.as_str().as_bytes());
    hash.part(&[u8::from(call.wants_stream())]);
    for (name, _) in carried_headers(call.dialect) {
        for value in call.headers.get_all(*name) {
            hash.part(name.as_bytes());
            hash.part(value.as_bytes());
        }
    }
    hash.part(&body);
    Some(hash.done())
}

struct Hash(Context);

impl Hash {
    /// Adds a part; its length keeps it apart from the next one.
    fn part(&mut self, bytes: &[u8]) {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.0.update(&length.to_be_bytes());
        self.0.update(bytes);
    }

    fn done(self) -> Fingerprint {
        let mut key = Fingerprint::default();
        key.copy_from_slice(self.0.finish().as_ref());
        key
    }
}
