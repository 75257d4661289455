//! The simulated transaction, part by part.

use tollgate_model::{Nanos, Reason};

use crate::check::{Check, Found};
use crate::facts::{Facts, known};
use crate::finding::{Finding, Severity, Step};
use crate::sale::{self, Answer, BUYER};

const ERROR: (Step, Severity) = (Step::Transaction, Severity::Error);

pub(super) const CHECKS: [Check; 9] = [
    Check::new(
        "transaction_can_be_made",
        ERROR,
        [
            "A simulated transaction can be made",
            "A prepaid team of the doctor's, with two applications, a key each and a budget, is made for \
             the purpose, as any change of the configuration; the sandbox provider sells.",
            "See what the finding says; `tollgate apply --dry-run` tells whether changes are taken.",
        ],
        made,
    ),
    Check::new(
        sale::KEYLESS,
        ERROR,
        [
            "Without a key, every dialect answers 401",
            "A call without a key is sent to the running gateway in each dialect. It has to be refused \
             with `401 key_missing`, in header and body.",
            "Look whether something before the gateway adds keys or answers for it.",
        ],
        keyless,
    ),
    Check::new(
        sale::EMPTY,
        ERROR,
        [
            "With an empty wallet, every dialect answers 402",
            "A prepaid team with nothing in its wallet calls in each dialect. It has to be refused with \
             `402 balance_exhausted`; header and body have to agree, and no cache may keep it.",
            "Look at the evidence, and at the call with `tollgate explain`.",
        ],
        empty,
    ),
    Check::new(
        sale::PAID,
        ERROR,
        [
            "A paid call is answered, and costs what its price says",
            "The wallet is credited, and the sandbox provider asked. The answer has to be a 200, its \
             header has to tell exactly the cost that price and usage make, and exactly that has to \
             leave the wallet.",
            "Look at the evidence, and at the call with `tollgate explain`.",
        ],
        paid,
    ),
    Check::new(
        sale::DEAR,
        ERROR,
        [
            "A call that is too dear is refused before it is made",
            "A long answer is asked for that could cost more than there is: `402 hold_exceeds_balance`.",
            "Look at the evidence, and at the call with `tollgate explain`.",
        ],
        dear,
    ),
    Check::new(
        sale::LIMITED_ID,
        ERROR,
        [
            "A budget that is too small refuses",
            "An application under a budget of a billionth of a dollar calls: `429 budget_exceeded`.",
            "Look at the evidence, and at the call with `tollgate explain`.",
        ],
        limited,
    ),
    Check::new(
        sale::CROWDED,
        ERROR,
        [
            "Calls at the same moment never spend more than there is",
            "24 calls are made at once for the money of a few. What was answered has to have cost \
             exactly what left the wallet, and never more than was in it.",
            "Report it with the evidence: this must not happen.",
        ],
        crowded,
    ),
    Check::new(
        sale::BOOKS,
        ERROR,
        [
            "The ledger adds up before and after",
            "`ledger verify` is run before and after, and the money of the transaction goes back where \
             it came from, as a correction in the ledger.",
            "Run `tollgate ledger verify`, and keep its output for a report.",
        ],
        books,
    ),
    Check::new(
        sale::LEFT_OVER,
        ERROR,
        [
            "Nothing of the transaction is left over",
            "Team, applications, keys and budget of the doctor are deleted again. Its calls and ledger \
             entries stay, under the name `tollgate-doctor`.",
            "Run the doctor again; it cleans up what an interrupted run left.",
        ],
        left_over,
    ),
];

fn made(facts: &Facts) -> Found {
    let fix = "Mend what the sentence names, and run this step again.";
    Ok(match known(&facts.sale.made)? {
        Ok(()) => Vec::new(),
        Err(why) => {
            let why = why.trim_end_matches('.');
            vec![Finding::error(
                "Transaction",
                format!("It broke off: {why}."),
                fix,
            )]
        }
    })
}

fn words(reason: Option<Reason>) -> &'static str {
    reason.map_or("no reason", Reason::code)
}

/// The finding of an answer that should have been another.
fn wrong(answer: &Answer, wanted: &str) -> Finding {
    let detail = format!(
        "It was answered with {} {} instead of {wanted}.",
        answer.status,
        words(answer.reason)
    );
    named(answer, detail)
}

fn named(answer: &Answer, detail: String) -> Finding {
    let fix = "Look at the call, and at what stands between caller and gateway.";
    let found = Finding::error(format!("Dialect {}", answer.dialect), detail, fix);
    match &answer.call {
        Some(call) => found
            .seen("call", call)
            .by_command(format!("tollgate explain {call}")),
        None => found,
    }
}

/// What is wrong with answers that should all be one refusal.
fn refusals(answers: &[Answer], status: u16, reason: Reason) -> Vec<Finding> {
    let wanted = format!("{status} {reason}");
    let mut findings = Vec::new();
    for answer in answers {
        if answer.status != status || answer.reason != Some(reason) {
            findings.push(wrong(answer, &wanted));
        } else if !answer.body_agrees {
            let detail = format!("The header says {reason}, and the body does not.");
            findings.push(named(answer, detail));
        } else if !answer.uncached {
            let detail = "A cache could keep the refusal: `cache-control: no-store` is missing.";
            findings.push(named(answer, detail.to_owned()));
        }
    }
    findings
}

fn keyless(facts: &Facts) -> Found {
    let answers = &known(&facts.sale.keyless)?.value;
    Ok(refusals(answers, 401, Reason::KeyMissing))
}

fn empty(facts: &Facts) -> Found {
    let answers = &known(&facts.sale.empty)?.value;
    Ok(refusals(answers, 402, Reason::BalanceExhausted))
}

fn dear(facts: &Facts) -> Found {
    let answers = &known(&facts.sale.dear)?.value;
    Ok(refusals(answers, 402, Reason::HoldExceedsBalance))
}

fn limited(facts: &Facts) -> Found {
    let answers = &known(&facts.sale.limited)?.value;
    Ok(refusals(answers, 429, Reason::BudgetExceeded))
}

fn paid(facts: &Facts) -> Found {
    let sale::Paid {
        answer,
        expected,
        before,
        after,
    } = &known(&facts.sale.paid)?.value;
    let (expected, before, after) = (*expected, *before, *after);
    if answer.status != 200 {
        return Ok(vec![wrong(answer, "200")]);
    }
    let mut findings = Vec::new();
    let charged = before.saturating_sub(after);
    if expected.is_none() || answer.cost != expected {
        let told = answer.cost.unwrap_or_default();
        let due = expected.unwrap_or_default();
        let detail =
            format!("The answer tells a cost of {told} USD; price and usage make {due} USD.");
        findings.push(named(answer, detail));
    }
    if answer.cost != Some(charged) {
        let told = answer.cost.unwrap_or_default();
        let detail =
            format!("The answer tells a cost of {told} USD; {charged} USD left the wallet.");
        findings.push(named(answer, detail));
    }
    Ok(findings)
}

fn crowded(facts: &Facts) -> Found {
    let crowd = &known(&facts.sale.crowd)?.value;
    let mut findings = Vec::new();
    let costs = crowd.answers.iter().filter_map(|answer| answer.cost);
    let cost = costs.fold(Nanos::ZERO, Nanos::saturating_add);
    let charged = crowd.before.saturating_sub(crowd.after);
    let answered = crowd.answers.iter().filter(|answer| answer.status == 200);
    let told = |detail: String| {
        Finding::error(
            "Wallet tollgate-doctor",
            detail,
            "Report it: this must not happen.",
        )
        .seen("before", format!("{} USD", crowd.before))
        .seen("after", format!("{} USD", crowd.after))
        .seen("calls", crowd.answers.len())
        .seen("answered", answered.clone().count())
    };
    if crowd.after.is_negative() || cost > crowd.before {
        findings.push(told(format!("Calls for {cost} USD were answered.")));
    } else if cost != charged {
        findings.push(told(format!(
            "Calls for {cost} USD were answered, and {charged} USD left the wallet."
        )));
    }
    let refused = crowd.answers.iter().filter(|answer| answer.status != 200);
    for answer in refused.filter(|answer| !is_short(answer)) {
        findings.push(wrong(answer, "200 or 402"));
    }
    Ok(findings)
}

/// Whether a call was refused because the others had the money.
fn is_short(answer: &Answer) -> bool {
    let short = [
        Reason::HoldExceedsBalance,
        Reason::FundsHeldInFlight,
        Reason::BalanceExhausted,
    ];
    answer.status == 402 && answer.reason.is_some_and(|reason| short.contains(&reason))
}

fn books(facts: &Facts) -> Found {
    let books = &known(&facts.sale.books)?.value;
    let new = books
        .after
        .iter()
        .filter(|fault| !books.before.contains(fault));
    let fix = "Run `tollgate ledger verify`, and keep its output for a report.";
    let mut findings: Vec<Finding> = new
        .map(|fault| Finding::error("Ledger", format!("Since the transaction: {fault}."), fix))
        .collect();
    if !books.left.is_zero() || !books.leased.is_zero() {
        let detail = "The money of the transaction did not go back whole.";
        let fix = "Run the doctor again; it takes back what an interrupted run left.";
        findings.push(
            Finding::error(format!("Wallet {BUYER}"), detail, fix)
                .seen("left", format!("{} USD", books.left))
                .seen("set aside", format!("{} USD", books.leased)),
        );
    }
    Ok(findings)
}

fn left_over(facts: &Facts) -> Found {
    let left = &known(&facts.sale.left_over)?.value;
    let fix = "Run the doctor again; it cleans up what an interrupted run left.";
    Ok(left
        .iter()
        .map(|what| Finding::error(what.clone(), "It is still there.", fix))
        .collect())
}
