//! The simulated transaction: a team of the doctor's buys from the sandbox, through the gateway's
//! own listener, and is removed again.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::Request;
use futures_util::future::join_all;
use http::{HeaderMap, header};
use serde_json::{Value, json};
use tokio::time::{MissedTickBehavior, interval, timeout};
use tollgate_doctor::sale::{
    Answer, BUYER, Books, CREDIT, CROWD, Crowd, LIMIT, LIMITED, MODEL, Order, Paid, Sale, Timed,
    order, orders,
};
use tollgate_doctor::{Known, Unknown};
use tollgate_model::account::{
    AccountId, ByHand, Entry, Transaction, TransactionKind, wallet_credit,
};
use tollgate_model::ids::key_text;
use tollgate_model::resource::{Document, Kind, Spec};
use tollgate_model::{Dialect, KeyHash, Name, Nanos, Reason, Usage, UsageClass};

use super::Doctor;
use super::plane::{ask, no_gateway};
use crate::configuration::Wish;
use crate::failure::store_failed;
use crate::plan::Edit;
use crate::random;

/// Who makes changes and moves money, for history and ledger.
const ACTOR: &str = "doctor";
/// By which the doctor knows its own team again.
const TITLE: &str = "Simulated transaction of tollgate doctor";
/// Tokens of an answer that costs more than there is.
const LONG: u32 = 4_096;
const SHORT: u32 = 16;
/// How long settled calls may take to reach the store, and how often that is looked at.
const SETTLED_WITHIN: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// A part that broke off, in a sentence.
type Part<T> = Result<T, String>;

/// Whoever buys, while the transaction is made.
struct Buyer<'a> {
    doctor: &'a Doctor,
    gateway: SocketAddr,
    key: String,
    limited_key: String,
}

/// Measures a part.
async fn timed<T>(part: impl Future<Output = Part<T>>) -> Part<Timed<T>> {
    let began = Instant::now();
    let value = part.await?;
    let took = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
    Ok(Timed { took, value })
}

impl Doctor {
    /// Makes the transaction, one at a time.
    pub(super) async fn sell(&self) -> Sale {
        let Some(gateway) = self.surgery.runtime.gateway() else {
            return Sale::not_made(&no_gateway());
        };
        let _turn = self.surgery.turn.lock().await;
        let mut sale = Sale::not_made(&Unknown("the transaction broke off before".to_owned()));
        let before = match self.begin().await {
            Ok(before) => before,
            Err(why) => {
                sale.made = Ok(Err(why));
                return sale;
            }
        };
        sale.made = Ok(self.buy(gateway, &mut sale).await);
        let is_paid = sale.paid.is_ok();
        let ended = timed(self.settle_up(before, is_paid)).await;
        sale.books = noted(ended, &mut sale.made);
        let left = timed(self.left_over()).await;
        sale.left_over = noted(left, &mut sale.made);
        sale
    }

    /// Removes what an interrupted run left, and looks at the books.
    async fn begin(&self) -> Part<Vec<String>> {
        self.clear().await?;
        let left = self.wallet().await?;
        self.close_wallet(left.0, Nanos::ZERO).await?;
        let report = self.surgery.store.verify().await;
        Ok(report.map_err(failed)?.faults)
    }

    /// The parts in their order; ends with the first that cannot be made.
    async fn buy(&self, gateway: SocketAddr, sale: &mut Sale) -> Part<()> {
        let buyer = self.furnish(gateway).await?;
        sale.keyless = Ok(timed(buyer.ask_in_every_dialect(None)).await?);
        sale.empty = Ok(timed(buyer.ask_in_every_dialect(Some(&buyer.key))).await?);
        buyer.credit().await?;
        sale.paid = Ok(timed(buyer.pay()).await?);
        let dear = order(Dialect::OpenaiChat, LONG);
        sale.dear = Ok(timed(buyer.ask_once(&dear, &buyer.key)).await?);
        let small = order(Dialect::OpenaiChat, SHORT);
        sale.limited = Ok(timed(buyer.ask_once(&small, &buyer.limited_key)).await?);
        sale.crowd = Ok(timed(buyer.crowd()).await?);
        Ok(())
    }

    /// Makes team, applications, keys and budget.
    async fn furnish(&self, gateway: SocketAddr) -> Part<Buyer<'_>> {
        let key = random::key().map_err(|why| why.to_string())?;
        let limited_key = random::key().map_err(|why| why.to_string())?;
        let application = json!({ "team": BUYER, "title": TITLE });
        let keyed = |name: &str, key: &str| {
            let hash = KeyHash::of(key.as_bytes());
            json!({ "application": name, "hash": hash, "hint": key_text::hint(key) })
        };
        let budget =
            json!({ "scope": { "application": LIMITED }, "limit": LIMIT, "window": "hour" });
        let specs = [
            (
                Kind::Team,
                BUYER,
                json!({ "title": TITLE, "billing": "prepaid" }),
            ),
            (Kind::Application, BUYER, application.clone()),
            (Kind::Application, LIMITED, application),
            (Kind::Key, BUYER, keyed(BUYER, &key)),
            (Kind::Key, LIMITED, keyed(LIMITED, &limited_key)),
            (Kind::Budget, LIMITED, budget),
        ];
        let mut edits = Vec::new();
        for (kind, name, spec) in specs {
            let name = named(name)?;
            let checked = Document { kind, name, spec }.check();
            let resource = checked.map_err(|why| why.to_string())?;
            edits.push(Edit::Put(Box::new(resource)));
        }
        self.change(edits).await?;
        Ok(Buyer {
            doctor: self,
            gateway,
            key,
            limited_key,
        })
    }

    async fn change(&self, edits: Vec<Edit>) -> Part<()> {
        let wish = Wish {
            edits,
            ..Wish::default()
        };
        let changed = self.configuration.change(ACTOR, &wish).await;
        changed.map(drop).map_err(|why| why.to_string())
    }

    /// What of the doctor's own is stored. Fails where somebody else's goes by its name.
    async fn own(&self) -> Part<Vec<(Kind, Name)>> {
        let mut own = Vec::new();
        for (kind, name) in [
            (Kind::Budget, LIMITED),
            (Kind::Key, BUYER),
            (Kind::Key, LIMITED),
            (Kind::Application, BUYER),
            (Kind::Application, LIMITED),
            (Kind::Team, BUYER),
        ] {
            let name = named(name)?;
            let stored = self.surgery.store.get(kind, &name).await;
            let Some(stored) = stored.map_err(failed)? else {
                continue;
            };
            let foreign = match &stored.resource.spec {
                Spec::Team(team) => team.title != TITLE,
                _ => false,
            };
            if foreign {
                return Err(format!(
                    "there is a team {name} that the doctor has not made; give it another name"
                ));
            }
            own.push((kind, name));
        }
        Ok(own)
    }

    /// Deletes what of the doctor's own is stored.
    async fn clear(&self) -> Part<()> {
        let own = self.own().await?;
        if own.is_empty() {
            return Ok(());
        }
        let edits = own.into_iter().map(|(kind, name)| Edit::Delete(kind, name));
        self.change(edits.collect()).await
    }

    /// Balance of the wallet, and what is leased of it.
    async fn wallet(&self) -> Part<(Nanos, Nanos)> {
        let account = self.surgery.store.account(&AccountId::wallet(BUYER)).await;
        let account = account.map_err(failed)?;
        Ok(account.map_or_else(Default::default, |one| (one.balance, one.leased)))
    }

    /// Waits until the wallet is as it should be; gives how it is at last, in either case.
    async fn wallet_when(&self, is_so: impl Fn(Nanos, Nanos) -> bool) -> Part<(Nanos, Nanos)> {
        let mut ticks = interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let looked = timeout(SETTLED_WITHIN, async {
            loop {
                ticks.tick().await;
                let (balance, leased) = self.wallet().await?;
                if is_so(balance, leased) {
                    return Ok((balance, leased));
                }
            }
        });
        match looked.await {
            Ok(so) => so,
            Err(_) => self.wallet().await,
        }
    }

    /// Ends the transaction: what was made is deleted, and the money goes back where it came from.
    async fn settle_up(&self, before: Vec<String>, is_paid: bool) -> Part<Books> {
        self.clear().await?;
        // What this node had leased comes back with the fund that is gone.
        let (rest, _) = self.wallet_when(|_, leased| leased.is_zero()).await?;
        // Where it broke off before anything was paid, there may have been no credit.
        let earned = match is_paid {
            true => CREDIT.saturating_sub(rest),
            false => Nanos::ZERO,
        };
        self.close_wallet(rest, earned).await?;
        let (left, leased) = self.wallet().await?;
        let report = self.surgery.store.verify().await;
        Ok(Books {
            before,
            after: report.map_err(failed)?.faults,
            left,
            leased,
        })
    }

    /// Takes the rest of the wallet and what was earned of it back to where the credit came from.
    async fn close_wallet(&self, rest: Nanos, earned: Nanos) -> Part<()> {
        let all = rest.saturating_add(earned);
        if all.is_zero() {
            return Ok(());
        }
        let entry = |account, amount| Entry { account, amount };
        let entries = [
            entry(AccountId::wallet(BUYER), rest.negated()),
            entry(AccountId::world("earned"), earned.negated()),
            entry(AccountId::world("topups"), all),
        ];
        let entries = entries.into_iter().filter(|entry| !entry.amount.is_zero());
        let correction = Transaction {
            id: transaction_id()?,
            kind: TransactionKind::Correction,
            at: (self.surgery.clock)(),
            actor: ACTOR.to_owned(),
            reason: "the simulated transaction is over".to_owned(),
            entries: entries.collect(),
        };
        let posted = self.surgery.store.post(&correction).await;
        posted.map(drop).map_err(failed)
    }

    async fn left_over(&self) -> Part<Vec<String>> {
        let own = self.own().await?.into_iter();
        Ok(own.map(|(kind, name)| format!("{kind} {name}")).collect())
    }
}

/// Notes that a part of the end broke off, unless something did before.
fn noted<T>(part: Part<T>, made: &mut Known<Part<()>>) -> Known<T> {
    part.map_err(|why| {
        if matches!(made, Ok(Ok(()))) {
            *made = Ok(Err(why.clone()));
        }
        Unknown(why)
    })
}

fn failed(error: tollgate_store::StoreError) -> String {
    store_failed(error).to_string()
}

fn named(text: &str) -> Part<Name> {
    text.parse()
        .map_err(|why: tollgate_model::ids::NameError| why.to_string())
}

fn transaction_id() -> Part<String> {
    let random: [u8; 16] = random::bytes().map_err(|why| why.to_string())?;
    Ok(format!("doctor/{:032x}", u128::from_be_bytes(random)))
}

impl Buyer<'_> {
    /// Credits the wallet, and lets the gateway know.
    async fn credit(&self) -> Part<()> {
        let by = ByHand {
            actor: ACTOR,
            reason: "the simulated transaction begins",
            at: (self.doctor.surgery.clock)(),
        };
        let credit = wallet_credit(transaction_id()?, BUYER, CREDIT, by);
        let posted = self.doctor.surgery.store.post(&credit).await;
        posted.map_err(failed)?;
        self.doctor.surgery.runtime.refresh_funds().await;
        Ok(())
    }

    async fn ask_in_every_dialect(&self, key: Option<&str>) -> Part<Vec<Answer>> {
        let mut answers = Vec::new();
        for order in orders() {
            answers.push(self.ask(&order, key).await?.0);
        }
        Ok(answers)
    }

    async fn ask_once(&self, order: &Order, key: &str) -> Part<Vec<Answer>> {
        Ok(vec![self.ask(order, Some(key)).await?.0])
    }

    /// One call that is paid for, and what it takes out of the wallet.
    async fn pay(&self) -> Part<Paid> {
        let (before, _) = self.doctor.wallet().await?;
        let order = order(Dialect::OpenaiChat, SHORT);
        let (answer, body) = self.ask(&order, Some(&self.key)).await?;
        let cost = answer.cost.unwrap_or_default();
        let due = before.saturating_sub(cost);
        let (after, _) = self.doctor.wallet_when(|balance, _| balance == due).await?;
        Ok(Paid {
            expected: self.due(&body),
            answer,
            before,
            after,
        })
    }

    /// What the usage of an answer costs by the price of the model.
    fn due(&self, body: &str) -> Option<Nanos> {
        let body: Value = serde_json::from_str(body).ok()?;
        let count = |member: &str| body.pointer(&format!("/usage/{member}"))?.as_u64();
        let usage = Usage::default()
            .with(UsageClass::Input, count("prompt_tokens")?)
            .with(UsageClass::Output, count("completion_tokens")?);
        let plan = self.doctor.surgery.runtime.snapshot().resolve(MODEL)?;
        let price = plan.targets.first()?.price.as_ref()?;
        Some(price.at((self.doctor.surgery.clock)()).cost(&usage).total)
    }

    /// Many calls at once for the money of a few.
    async fn crowd(&self) -> Part<Crowd> {
        let (before, _) = self.doctor.wallet().await?;
        let order = order(Dialect::OpenaiChat, SHORT);
        let asked = (0..CROWD).map(|_| self.ask(&order, Some(&self.key)));
        let answers: Part<Vec<_>> = join_all(asked).await.into_iter().collect();
        let answers: Vec<Answer> = answers?.into_iter().map(|(answer, _)| answer).collect();
        let costs = answers.iter().filter_map(|answer| answer.cost);
        let due = before.saturating_sub(costs.fold(Nanos::ZERO, Nanos::saturating_add));
        let (after, _) = self.doctor.wallet_when(|balance, _| balance == due).await?;
        Ok(Crowd {
            answers,
            before,
            after,
        })
    }

    async fn ask(&self, order: &Order, key: Option<&str>) -> Part<(Answer, String)> {
        let mut request =
            Request::post(&order.path).header(header::CONTENT_TYPE, "application/json");
        if let Some(key) = key {
            request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
        }
        let request = request.body(Body::from(order.body.clone()));
        let request = request.map_err(|_| "an order cannot be written".to_owned())?;
        let (head, body) = ask(self.gateway, request).await?;
        let body = String::from_utf8_lossy(&body).into_owned();
        let status = head.status.as_u16();
        Ok((answer(order.dialect, status, &head.headers, &body), body))
    }
}

fn answer(dialect: Dialect, status: u16, headers: &HeaderMap, body: &str) -> Answer {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let reason = text("x-tollgate-reason").and_then(Reason::from_code);
    Answer {
        dialect,
        status,
        reason,
        body_agrees: reason.is_some_and(|reason| body.contains(reason.code())),
        uncached: text("cache-control").is_some_and(|value| value.contains("no-store")),
        cost: text("x-tollgate-cost-usd").and_then(|cost| cost.parse().ok()),
        call: text("x-tollgate-call").map(str::to_owned),
    }
}
