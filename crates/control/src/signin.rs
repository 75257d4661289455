//! Coming in: one-time links, names with passwords, and the sessions that both lead to.

use tollgate_model::{KeyHash, Micros, PersonName, Role};
use tollgate_store::{Attempt, Invitation, Person, Purpose, Session, Store};

use crate::attempts::{self, Attempts};
use crate::control::Clock;
use crate::failure::store_failed;
use crate::passwords::{Password, Passwords};
use crate::problem::Problem;
use crate::random;
use crate::visitor::Visitor;

/// How long the link works that a start prints, in seconds.
pub const START_SECONDS: i64 = 15 * 60;
/// How long a link works by which a person sets a new password, in seconds.
pub(crate) const RESET_SECONDS: i64 = 86_400;
/// How long a session lasts at the most, in seconds.
pub(crate) const SESSION_SECONDS: i64 = 14 * 86_400;
/// How long a session lasts after its last use, in seconds.
const IDLE_SECONDS: i64 = 12 * 3_600;

/// Who makes the links that a start prints.
pub(crate) const START: &str = "start";

/// Makes the link by which the first owner comes in, and revokes those of earlier starts. Gives its
/// token; `None` where there is an owner, who can invite others.
pub async fn start_link(store: &Store, now: Micros) -> Result<Option<String>, Problem> {
    let people = store.people().await.map_err(store_failed)?;
    if people.iter().any(|person| person.role == Role::Owner) {
        return Ok(None);
    }
    for earlier in store.invitations(now).await.map_err(store_failed)? {
        if earlier.made_by == START {
            store
                .revoke_invitation(earlier.hash)
                .await
                .map_err(store_failed)?;
        }
    }
    let expires = now.plus_seconds(START_SECONDS);
    let purpose = Purpose::Join(Role::Owner);
    let link = make_link(store, purpose, START, (now, expires)).await?;
    Ok(Some(link.token))
}

/// A link that was made.
pub(crate) struct Link {
    /// Its secret, which is kept nowhere.
    pub(crate) token: String,
    /// What is kept of it.
    pub(crate) invitation: Invitation,
}

/// Makes a one-time link that works from one time to another.
pub(crate) async fn make_link(
    store: &Store,
    purpose: Purpose,
    actor: &str,
    (created, expires): (Micros, Micros),
) -> Result<Link, Problem> {
    let token = random::token("tgs_")?;
    let invitation = Invitation {
        hash: KeyHash::of(token.as_bytes()),
        purpose,
        made_by: actor.to_owned(),
        created,
        expires,
    };
    store.invite(&invitation).await.map_err(store_failed)?;
    Ok(Link { token, invitation })
}

/// What a session or a link is called where its secret must not be told: the beginning of its hash.
pub(crate) fn id(KeyHash(hash): KeyHash) -> String {
    let [a, b, c, d, e, f, g, h, ..] = hash;
    format!("{:016x}", u64::from_be_bytes([a, b, c, d, e, f, g, h]))
}

/// Whether a session has ended, by its age or because nobody used it.
pub(crate) fn is_over(session: &Session, now: Micros) -> bool {
    session.expires <= now || session.seen.plus_seconds(IDLE_SECONDS) <= now
}

/// A person who has shown that they are who they say.
pub(crate) struct Proven {
    /// Who.
    pub(crate) person: Person,
    /// What was kept of their password when they showed it.
    pub(crate) kept: String,
}

/// A session that has just begun.
pub(crate) struct Begun {
    /// Its secret, for the browser.
    pub(crate) token: String,
    /// When it ends at the latest.
    pub(crate) expires: Micros,
}

/// What people come in by.
#[derive(Clone)]
pub(crate) struct SignIn {
    store: Store,
    clock: Clock,
    passwords: Passwords,
    attempts: Attempts,
}

impl SignIn {
    /// Nobody has tried to come in yet.
    pub(crate) fn new(store: Store, clock: Clock) -> SignIn {
        SignIn {
            store,
            clock,
            passwords: Passwords::new(),
            attempts: Attempts::default(),
        }
    }

    /// Where people and links are kept.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// The time.
    pub(crate) fn now(&self) -> Micros {
        (self.clock)()
    }

    /// Counts an attempt to come in from an address.
    pub(crate) fn count(&self, visitor: &Visitor) -> Result<(), Problem> {
        let counted = visitor
            .peer
            .map(|peer| self.attempts.count(peer, self.now()));
        counted.unwrap_or(Ok(()))
    }

    /// The person of this name, if the password is theirs. The attempt is counted before the password
    /// is looked at, and it counts whether or not somebody has the name.
    pub(crate) async fn prove(
        &self,
        name: &str,
        password: Password,
    ) -> Result<Option<Proven>, Problem> {
        let name = name.trim();
        let (folded, now) = (name.to_lowercase(), self.now());
        let attempt = self.store.begin_attempt(&folded, now, attempts::delay);
        if let Attempt::Wait(until) = attempt.await.map_err(store_failed)? {
            return Err(too_many(now, until));
        }
        let name: Option<PersonName> = name.parse().ok();
        let kept = match &name {
            Some(name) => self.store.password(name).await.map_err(store_failed)?,
            None => None,
        };
        let right = self.passwords.verify(password, kept.clone()).await?;
        let (Some(name), Some(kept), true) = (name, kept, right) else {
            return Ok(None);
        };
        self.store
            .clear_attempts(&folded)
            .await
            .map_err(store_failed)?;
        let person = self.store.person(&name).await.map_err(store_failed)?;
        Ok(person.map(|person| Proven { person, kept }))
    }

    /// What is kept of a password that this person may have. `at` names the member of the body that
    /// it came in.
    pub(crate) async fn hash(
        &self,
        password: Password,
        person: &PersonName,
        at: &str,
    ) -> Result<String, Problem> {
        password
            .check(person)
            .map_err(|why| Problem::bad_request(why).at(at))?;
        self.passwords.hash(password).await
    }

    /// Begins a session, with a new token, and ends the one that the browser had. Fails where the
    /// person was sent away since they proved who they are, or has another password by now.
    pub(crate) async fn begin(
        &self,
        Proven { person, kept }: &Proven,
        visitor: &Visitor,
    ) -> Result<Begun, Problem> {
        let person = &person.name;
        let (now, token) = (self.now(), random::session_token()?);
        let (hash, expires) = (
            KeyHash::of(token.as_bytes()),
            now.plus_seconds(SESSION_SECONDS),
        );
        if let Some(former) = visitor.session {
            self.store.end_session(former).await.map_err(store_failed)?;
        }
        let begun = self
            .store
            .begin_session(hash, person, &visitor.agent, (now, expires))
            .await
            .map_err(store_failed)?;
        if !begun {
            return Err(sent_away(person));
        }
        // Whoever changes the password from here on ends this session too.
        let still = self.store.password(person).await.map_err(store_failed)?;
        if still.as_ref() != Some(kept) {
            self.store.end_session(hash).await.map_err(store_failed)?;
            return Err(still.map_or_else(|| sent_away(person), |_| replaced(person)));
        }
        tracing::info!(%person, session = id(hash), "signed in");
        Ok(Begun { token, expires })
    }
}

fn sent_away(person: &PersonName) -> Problem {
    Problem::conflict(format!("A moment ago {person} was sent away."))
}

fn replaced(person: &PersonName) -> Problem {
    let detail = format!("A moment ago {person} got another password; sign in with that one.");
    Problem::conflict(detail)
}

fn too_many(now: Micros, until: Micros) -> Problem {
    let seconds = now.seconds_until(until);
    let wait = match seconds {
        0..120 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    };
    let detail = format!(
        "There were too many wrong passwords for this name; try again in {wait}. If the password \
         is lost, an owner, or `tollgate person reset NAME` on the machine, makes a link for a new \
         one."
    );
    Problem::too_many_attempts(detail, seconds)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tempfile::TempDir;
    use tollgate_store::Location;

    use super::*;

    const NOW: Micros = Micros(1_795_521_600_000_000);
    const PASSWORD: &str = "a long enough password";

    fn vera() -> PersonName {
        "vera".parse().unwrap()
    }

    fn password() -> Password {
        serde_json::from_value(PASSWORD.into()).unwrap()
    }

    /// A place to sign in, where vera may with her password.
    async fn desk() -> (SignIn, TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("test.db"));
        let store = Store::open(&location).await.unwrap();
        let sign_in = SignIn::new(store, Arc::new(|| NOW));
        join(&sign_in).await;
        (sign_in, folder)
    }

    async fn join(sign_in: &SignIn) {
        let (store, life) = (sign_in.store(), (NOW, Micros::NEVER));
        let purpose = Purpose::Join(Role::Viewer);
        let link = make_link(store, purpose, START, life).await.unwrap();
        let kept = sign_in.hash(password(), &vera(), "#").await.unwrap();
        let redeemed = store
            .redeem(link.invitation.hash, &vera(), &kept, NOW)
            .await;
        redeemed.unwrap();
    }

    async fn proven(sign_in: &SignIn) -> Proven {
        let proven = sign_in.prove("vera", password()).await.unwrap();
        proven.unwrap()
    }

    /// What comes of a session that is begun now, and how many vera has then.
    async fn begun(sign_in: &SignIn, proven: &Proven) -> (String, usize) {
        let visitor = Visitor {
            peer: None,
            agent: String::new(),
            tls: false,
            session: None,
        };
        let told = match sign_in.begin(proven, &visitor).await {
            Ok(_) => "begun".to_owned(),
            Err(problem) => problem.to_string(),
        };
        let sessions = sign_in.store().sessions(&vera()).await.unwrap();
        (told, sessions.len())
    }

    #[tokio::test]
    async fn no_session_begins_with_a_password_that_was_replaced_since_it_was_proven() {
        let (sign_in, _folder) = desk().await;
        let early = proven(&sign_in).await;
        assert_eq!(begun(&sign_in, &early).await, ("begun".to_owned(), 1));
        let other = "$argon2id$another";
        let set = sign_in.store().set_password(&vera(), other, None).await;
        assert!(set.unwrap());
        let (told, sessions) = begun(&sign_in, &early).await;
        insta::assert_snapshot!(told, @"conflict: A moment ago vera got another password; sign in with that one.");
        assert_eq!(sessions, 0);
    }

    #[tokio::test]
    async fn no_session_begins_of_somebody_who_was_sent_away_though_the_name_was_taken_again() {
        let (sign_in, _folder) = desk().await;
        let early = proven(&sign_in).await;
        sign_in.store().remove_person(&vera()).await.unwrap();
        let (told, _) = begun(&sign_in, &early).await;
        insta::assert_snapshot!(told, @"conflict: A moment ago vera was sent away.");
        join(&sign_in).await;
        let (told, sessions) = begun(&sign_in, &early).await;
        insta::assert_snapshot!(told, @"conflict: A moment ago vera got another password; sign in with that one.");
        assert_eq!(sessions, 0);
    }

    #[test]
    fn an_id_is_the_beginning_of_a_hash() {
        let hash = KeyHash::of(b"tgs_1");
        let text = hash.to_string();
        assert_eq!(text.get(7..23), Some(id(hash).as_str()));
        assert_eq!(id(KeyHash([0; 32])), "0000000000000000");
    }
}
