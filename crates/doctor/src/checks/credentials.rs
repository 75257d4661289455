//! The operator's own accounts at providers.

use tollgate_model::call::FailureClass;
use tollgate_model::resource::Spec;

use crate::check::{Check, Found};
use crate::facts::{CredentialFacts, Facts, ProbeFacts, known};
use crate::finding::{Finding, Severity, Step};

pub(super) const CHECKS: [Check; 6] = [
    Check::new(
        "provider_unfunded",
        (Step::Payment, Severity::Error),
        [
            "Providers that say the gateway's account has no money",
            "The last call with a credential was refused by its provider for want of money: the account \
             is empty, suspended, or over a limit that was set there. Callers are not billed for it: \
             the next target takes over, or they get `503 upstream_account_unfunded`.",
            "Pay the provider or raise the limit there; the next call after the pause tries again.",
        ],
        unfunded,
    ),
    Check::new(
        "provider_funds_probed",
        (Step::Payment, Severity::Error),
        [
            "Providers that refuse the list of models for want of money (`--probe`)",
            "Each credential is used to ask its provider for the list of models, which costs nothing. \
             A provider that refuses even that for want of money is told here. One that answers has \
             only proved that the credential is taken: whether there is money shows with the next \
             paid call, and the doctor makes none.",
            "Pay the provider, or raise the limit there.",
        ],
        funds_probed,
    ),
    Check::new(
        "provider_fails",
        (Step::Configuration, Severity::Error),
        [
            "Credentials that failed when they were last used",
            "A provider does not take a credential, or does not answer, and no call has succeeded since.",
            "Renew the credential, or look at the provider's address.",
        ],
        fails,
    ),
    Check::new(
        "provider_probe_fails",
        (Step::Configuration, Severity::Error),
        [
            "Providers that do not answer when they are asked for their models (`--probe`)",
            "Asking for the list of models is free, and shows whether the address is right and the \
             credential is taken.",
            "Correct `base_url`, renew the credential, or look at the network.",
        ],
        probe_fails,
    ),
    Check::new(
        "credential_secret_missing",
        (Step::Configuration, Severity::Error),
        [
            "Credentials whose secret is not there",
            "A credential points to a variable, a file or a stored secret that cannot be read, so it is \
             not used.",
            "Set the variable and start again, correct the path, or `tollgate secret set NAME`.",
        ],
        secret_missing,
    ),
    Check::new(
        "provider_without_credential",
        (Step::Configuration, Severity::Warning),
        [
            "Providers without a credential that could be used",
            "Every credential of a provider is switched off or cannot be opened. Calls to its models \
             fail or go elsewhere.",
            "Switch a credential on, or add one.",
        ],
        without_credential,
    ),
];

fn subject(provider: &str, credential: Option<&str>) -> String {
    match credential {
        Some(credential) => format!("Provider {provider}, credential {credential}"),
        None => format!("Provider {provider}"),
    }
}

/// Whether a failure says that the account has no money.
fn is_money(class: FailureClass) -> bool {
    matches!(
        class,
        FailureClass::Unfunded | FailureClass::SpendLimit | FailureClass::QuotaUsed
    )
}

/// Whether a failure is the operator's to mend, and not for want of money.
fn is_ours(class: FailureClass) -> bool {
    matches!(
        class,
        FailureClass::Auth | FailureClass::NotFound | FailureClass::Unreachable
    )
}

fn failed(facts: &Facts, which: fn(FailureClass) -> bool, fix: &str) -> Vec<Finding> {
    let told = |one: &CredentialFacts| {
        let detail = format!("Its last call failed: {}.", one.class.as_str());
        Finding::error(
            subject(&one.provider, one.credential.as_deref()),
            detail,
            fix,
        )
        .seen("said", &one.said)
        .seen("at", one.since)
    };
    let failed = facts.credentials.iter().filter(|one| which(one.class));
    failed.map(told).collect()
}

fn unfunded(facts: &Facts) -> Found {
    let fix =
        "Pay the provider or raise the limit there; the next call after the pause tries again.";
    Ok(failed(facts, is_money, fix))
}

fn fails(facts: &Facts) -> Found {
    let fix = "Renew the credential, or correct the provider's address.";
    Ok(failed(facts, is_ours, fix))
}

fn probed(facts: &Facts, which: fn(FailureClass) -> bool, fix: &str) -> Found {
    let told = |one: &ProbeFacts| {
        let failure = one.probe.outcome.as_ref().err()?;
        let detail = format!(
            "Asked for its models, it failed: {}.",
            failure.class.as_str()
        );
        let found = Finding::error(
            subject(&one.provider, one.credential.as_deref()),
            detail,
            fix,
        );
        let found = found.seen("said", &failure.note);
        let status = failure.status;
        which(failure.class).then(|| match status {
            Some(status) => found.seen("status", status),
            None => found,
        })
    };
    Ok(known(&facts.probes)?.iter().filter_map(told).collect())
}

fn funds_probed(facts: &Facts) -> Found {
    probed(
        facts,
        is_money,
        "Pay the provider, or raise the limit there.",
    )
}

fn probe_fails(facts: &Facts) -> Found {
    let fix = "Correct `base_url`, renew the credential, or look at the network.";
    // A provider without a list of models is none that fails.
    let which = |class| !is_money(class) && class != FailureClass::NotFound;
    probed(facts, which, fix)
}

fn secret_missing(facts: &Facts) -> Found {
    let mut findings = Vec::new();
    for provider in facts.snapshot.providers() {
        for why in &provider.missing {
            let fix = "Set the variable and start again, correct the path, or store the secret.";
            let found = Finding::error(
                format!("Provider {}", provider.name),
                format!("Its {why}."),
                fix,
            );
            findings.push(found.by_command("tollgate secret set NAME"));
        }
    }
    for (name, why) in known(&facts.sealed)? {
        let fix = "Put back the file sealing.key with which it was sealed, or set it again.";
        let found = Finding::error(format!("Secret {name}"), format!("{why}."), fix);
        findings.push(found.by_command(format!("tollgate secret set {name}")));
    }
    Ok(findings)
}

fn without_credential(facts: &Facts) -> Found {
    let bare = facts
        .snapshot
        .providers()
        .iter()
        .filter(|provider| !provider.keyless && provider.credentials.is_empty());
    Ok(bare
        .map(|provider| {
            let models = facts.resources.iter().filter(|one| match &one.spec {
                Spec::Model(model) => model
                    .targets
                    .iter()
                    .any(|target| *target.provider.as_str() == *provider.name),
                _ => false,
            });
            let models: Vec<&str> = models.map(|model| model.name.as_str()).collect();
            let detail = "No credential of it can be used, so every call to it fails.";
            let fix = "Switch a credential on, or add one.";
            let found = Finding::warning(format!("Provider {}", provider.name), detail, fix);
            match models.is_empty() {
                true => found,
                false => found.seen("models that name it", models.join(", ")),
            }
        })
        .collect())
}
