//! Batches: money set aside in the books for hours, taken once.

use tollgate_model::account::{AccountId, ByHand, wallet_credit};
use tollgate_model::call::Charge;
use tollgate_model::file::{FilePage, KeptBatch, KeptFile};
use tollgate_model::kept::Origin;
use tollgate_model::price::{Price, Rates};
use tollgate_model::settled::SettledCall;
use tollgate_model::time::Window;
use tollgate_model::{CallId, Micros, Nanos};
use tollgate_store::{BatchEnd, CallFilter, CallPage, Grain, Store, StoreError, UsageFilter};

use crate::place::Place;
use crate::records::{budget, call, dollars, id, wallet};

on_both_databases! {
    what_is_set_aside_leaves_accounts_and_leases_once,
    a_batch_is_settled_once_and_the_rest_returns,
    a_batch_that_was_never_made_costs_nothing,
    what_returns_to_a_closed_window_closes_with_it,
    a_due_batch_is_given_to_one_node,
    two_batches_never_share_an_id,
    money_that_a_node_has_not_leased_is_not_set_aside,
    money_that_belongs_to_no_batch_is_found,
}

struct Books {
    place: Place,
    store: Store,
    budget: AccountId,
}

impl Books {
    /// A wallet and a budget of ten dollars each, of which node n1 has leased six.
    async fn open(place: Place) -> Books {
        let store = place.open().await;
        let by = ByHand {
            actor: "ann",
            reason: "",
            at: Micros(0),
        };
        let credit = wallet_credit("topup".to_owned(), "acme", dollars("10"), by);
        store.post(&credit).await.unwrap();
        let six = dollars("6");
        let fund = wallet("acme");
        store.lease("n1", &fund, Nanos::ZERO, six).await.unwrap();
        let fund = budget("cap", dollars("10"), Window::Day);
        let lease = store.lease("n1", &fund, Nanos::ZERO, six).await.unwrap();
        Books {
            place,
            store,
            budget: lease.account,
        }
    }

    fn batch(&self, number: u64) -> KeptBatch {
        let bound = dollars("4");
        KeptBatch {
            call: id(number),
            id: None,
            application: "web".into(),
            origin: Origin {
                provider: "openai".into(),
                credential: None,
            },
            input: "file-1".to_owned(),
            endpoint: "/v1/chat/completions".to_owned(),
            at: Micros(i64::try_from(number).unwrap()),
            price: Price::flat("test", Rates::default()),
            requests: 4,
            bound,
            holds: vec![
                (AccountId::wallet("acme"), bound),
                (self.budget.clone(), bound),
            ],
            draft: Box::new(call(number, "acme", &[])),
            object: None,
            settled: false,
        }
    }

    async fn begin(&self, number: u64) -> KeptBatch {
        let batch = self.batch(number);
        self.store.begin_batch("n1", &batch).await.unwrap();
        batch
    }

    /// The end of a batch that costs so much.
    fn end(&self, batch: &KeptBatch, cost: &str) -> BatchEnd {
        let cost = dollars(cost);
        let mut record = (*batch.draft).clone();
        record.cost = cost;
        record.charges = batch
            .holds
            .iter()
            .map(|(account, held)| Charge {
                account: account.clone(),
                held: *held,
                taken: cost.min(*held),
            })
            .collect();
        BatchEnd {
            call: batch.call,
            settled: SettledCall::of(&record).unwrap(),
            files: vec![KeptFile {
                id: format!("file-{}", batch.call),
                application: "web".into(),
                origin: batch.origin.clone(),
                purpose: "batch_output".to_owned(),
                at: batch.at,
                expires: None,
                object: "{}".to_owned(),
                batch: None,
            }],
            object: "{\"status\":\"completed\"}".to_owned(),
        }
    }

    /// Balance and leased part of the wallet, of the budget, and what a batch has.
    async fn stand(&self, call: CallId) -> [(Nanos, Nanos); 3] {
        let mut stand = [(Nanos::ZERO, Nanos::ZERO); 3];
        let accounts = [
            AccountId::wallet("acme"),
            self.budget.clone(),
            AccountId::batch(call),
        ];
        for (slot, account) in stand.iter_mut().zip(accounts) {
            if let Some(found) = self.store.account(&account).await.unwrap() {
                *slot = (found.balance, found.leased);
            }
        }
        stand
    }

    async fn sound(&self) {
        assert_eq!(self.store.verify().await.unwrap().faults, [""; 0]);
    }
}

fn page() -> FilePage {
    FilePage {
        purpose: None,
        after: None,
        ascending: false,
        limit: 10,
    }
}

fn pairs(of: [(&str, &str); 3]) -> [(Nanos, Nanos); 3] {
    of.map(|(balance, leased)| (dollars(balance), dollars(leased)))
}

async fn what_is_set_aside_leaves_accounts_and_leases_once(place: Place) {
    let books = Books::open(place).await;
    let batch = books.begin(1).await;
    books.store.begin_batch("n1", &batch).await.unwrap();
    let stand = books.stand(batch.call).await;
    assert_eq!(stand, pairs([("6", "2"), ("6", "2"), ("8", "0")]));
    books.sound().await;
    // What is set aside outlives the node that did it.
    books.store.release_node("n1").await.unwrap();
    let stand = books.stand(batch.call).await;
    assert_eq!(stand, pairs([("6", "0"), ("6", "0"), ("8", "0")]));
    books.sound().await;
}

async fn a_batch_is_settled_once_and_the_rest_returns(place: Place) {
    let books = Books::open(place).await;
    let batch = books.begin(1).await;
    assert!(
        books
            .store
            .note_batch(batch.call, "batch_1", "{}")
            .await
            .unwrap()
    );
    for now in [true, false] {
        let end = books.end(&batch, "1.5");
        assert_eq!(books.store.settle_batch(end).await.unwrap(), now);
        let stand = books.stand(batch.call).await;
        assert_eq!(stand, pairs([("8.5", "2"), ("8.5", "2"), ("0", "0")]));
        books.sound().await;
    }
    let found = books.store.batch("web", "batch_1").await.unwrap().unwrap();
    assert!(found.settled && found.object.as_deref() == Some("{\"status\":\"completed\"}"));
    assert_eq!(books.store.batch("desk", "batch_1").await.unwrap(), None);
    assert_eq!(books.store.batches("web", &page()).await.unwrap(), [found]);
    assert_eq!(books.store.files("web", &page()).await.unwrap().len(), 1);
    let calls = books
        .store
        .calls(&CallFilter::default(), CallPage::Newest, 9)
        .await;
    assert_eq!(calls.unwrap()[0].cost, dollars("1.5"));
    let all = UsageFilter {
        until: Micros::NEVER,
        ..UsageFilter::default()
    };
    let sums = books.store.usage(&all, Grain::Day).await.unwrap();
    assert_eq!(sums[0].sums.cost, dollars("1.5"));
    let steps = books
        .store
        .account_steps(&books.budget, (Micros(0), Micros::NEVER), i64::MAX)
        .await
        .unwrap();
    assert_eq!(steps[0].1, dollars("1.5"), "what is set aside is not spent");
    assert!(
        !books
            .store
            .note_batch(batch.call, "batch_1", "[]")
            .await
            .unwrap()
    );
    assert!(!books.store.release_batch(batch.call).await.unwrap());
}

async fn a_batch_that_was_never_made_costs_nothing(place: Place) {
    let books = Books::open(place).await;
    let batch = books.begin(1).await;
    assert!(books.store.release_batch(batch.call).await.unwrap());
    assert!(!books.store.release_batch(batch.call).await.unwrap());
    let stand = books.stand(batch.call).await;
    assert_eq!(stand, pairs([("10", "2"), ("10", "2"), ("0", "0")]));
    let end = books.end(&batch, "1");
    assert!(!books.store.settle_batch(end).await.unwrap());
    books.sound().await;
}

async fn what_returns_to_a_closed_window_closes_with_it(place: Place) {
    let books = Books::open(place).await;
    let batch = books.begin(1).await;
    books.store.release_node("n1").await.unwrap();
    books.place.set_clock("2026-11-25T00:00:00Z");
    let fund = budget("cap", dollars("10"), Window::Day);
    books
        .store
        .lease("n1", &fund, Nanos::ZERO, dollars("1"))
        .await
        .unwrap();
    let window = books.store.account(&books.budget).await.unwrap().unwrap();
    assert!(window.closed && window.balance.is_zero());
    let end = books.end(&batch, "1.5");
    assert!(books.store.settle_batch(end).await.unwrap());
    let stand = books.stand(batch.call).await;
    assert_eq!(stand, pairs([("8.5", "0"), ("0", "0"), ("0", "0")]));
    books.sound().await;
}

async fn a_due_batch_is_given_to_one_node(place: Place) {
    let books = Books::open(place).await;
    let batch = books.begin(1).await;
    let other = books.place.open().await;
    let minute = 60_000_000;
    let (one, two) = tokio::join!(
        books.store.due_batches(minute, 10),
        other.due_batches(minute, 10)
    );
    assert_eq!(one.unwrap().len() + two.unwrap().len(), 1);
    assert_eq!(books.store.due_batches(minute, 10).await.unwrap(), []);
    books.place.set_clock("2026-11-24T12:01:00Z");
    let due = other.due_batches(minute, 10).await.unwrap();
    assert_eq!(due, std::slice::from_ref(&batch));
    let end = books.end(&batch, "0");
    books.store.settle_batch(end).await.unwrap();
    books.place.set_clock("2026-11-24T13:01:00Z");
    assert_eq!(other.due_batches(minute, 10).await.unwrap(), []);
    assert_eq!(other.prune_batches(Micros(1)).await.unwrap(), 0);
    assert_eq!(other.prune_batches(Micros(2)).await.unwrap(), 1);
}

async fn two_batches_never_share_an_id(place: Place) {
    let books = Books::open(place).await;
    let one = books.begin(1).await;
    let mut two = books.batch(2);
    for (_, held) in &mut two.holds {
        *held = dollars("1");
    }
    books.store.begin_batch("n1", &two).await.unwrap();
    assert!(
        books
            .store
            .note_batch(one.call, "batch_1", "{}")
            .await
            .unwrap()
    );
    assert!(
        !books
            .store
            .note_batch(two.call, "batch_1", "{}")
            .await
            .unwrap()
    );
    assert!(
        !books
            .store
            .note_batch(one.call, "batch_2", "{}")
            .await
            .unwrap()
    );
    assert!(
        books
            .store
            .note_batch(two.call, "batch_2", "{}")
            .await
            .unwrap()
    );
}

async fn money_that_a_node_has_not_leased_is_not_set_aside(place: Place) {
    let books = Books::open(place).await;
    let mut batch = books.batch(1);
    for (_, held) in &mut batch.holds {
        *held = dollars("11");
    }
    let refused = books.store.begin_batch("n1", &batch).await.unwrap_err();
    assert!(matches!(refused, StoreError::Short { .. }), "{refused}");
    let stand = books.stand(batch.call).await;
    assert_eq!(stand, pairs([("10", "6"), ("10", "6"), ("0", "0")]));
    assert_eq!(books.store.due_batches(1, 10).await.unwrap(), []);
    books.sound().await;
}

async fn money_that_belongs_to_no_batch_is_found(place: Place) {
    let books = Books::open(place).await;
    let batch = books.begin(1).await;
    books.place.tamper("UPDATE batches SET settled = 1").await;
    let faults = books.store.verify().await.unwrap().faults;
    let account = AccountId::batch(batch.call);
    let told =
        format!("account {account} has 8.00 dollars, and 0.00 dollars are set aside for its batch");
    assert_eq!(faults, [told]);
}
