//! Requests that pass from the dialect to the dialect.

use tollgate_dialect::anthropic::Anthropic;
use tollgate_dialect::codec::{Address, Inbound, Target};
use tollgate_dialect::splice::Splice;
use tollgate_dialect::tier::Wish;
use tollgate_model::catalogue::Quirks;
use tollgate_model::{Reason, Refusal, ServiceTier};

use crate::asked::with;

fn edits(body: &str, model: &str, limit: Option<u64>) -> Result<Splice, Refusal> {
    let target = Target {
        model,
        quirks: Quirks::default(),
        max_output: Some(1),
        tier: None,
    };
    let head = Anthropic.head(body.as_bytes(), &Address::default())?;
    head.edits(&target, limit)
}

#[test]
fn np_01_only_the_model_changes() {
    let body = concat!(
        r#" {"z":1.0, "b":1e2,"model" : "a","max_tokens": 10,"#,
        r#""messages":[{"content":"\u00e9"}],"z":12345678901234567890} "#
    );
    let sent = edits(body, "b\"c", None).unwrap().apply(body.as_bytes());
    let want = body.replace("\"a\"", r#""b\"c""#);
    assert_eq!(String::from_utf8(sent).unwrap(), want);
    assert!(edits(body, "a", None).unwrap().is_empty());
}

#[test]
fn ai_19_the_mark_of_the_long_context_is_no_part_of_the_models_name() {
    let body = r#"{"model":"a[1m]","max_tokens":10,"messages":[{"role":"user","content":"x"}]}"#;
    let head = Anthropic
        .head(body.as_bytes(), &Address::default())
        .unwrap();
    assert_eq!(head.model, "a");
    for name in ["a", "b"] {
        let sent = edits(body, name, None).unwrap().apply(body.as_bytes());
        let want = body.replace("a[1m]", name);
        assert_eq!(String::from_utf8(sent).unwrap(), want);
    }
}

#[test]
fn a_limit_that_is_set_replaces_the_callers() {
    let body = with(r#""stream":true"#);
    let sent = edits(&body, "m", Some(7)).unwrap().apply(body.as_bytes());
    let want = body.replace("\"max_tokens\":100", "\"max_tokens\":7");
    assert_eq!(String::from_utf8(sent).unwrap(), want);
}

#[test]
fn a_service_without_a_known_price_is_not_bought() {
    for (member, value) in [("speed", "\"faster\""), ("inference_geo", "\"us\"")] {
        let refusal = edits(&with(&format!(r#""{member}":{value}"#)), "m", None).unwrap_err();
        assert_eq!(refusal.reason, Reason::ParameterUnsupported);
        assert_eq!(refusal.param.as_deref(), Some(member));
    }
    for (member, value) in [
        ("service_tier", "\"standard_only\""),
        ("service_tier", "\"auto\""),
        ("speed", "\"standard\""),
        ("speed", "null"),
        ("inference_geo", "\"global\""),
    ] {
        let body = with(&format!(r#""{member}":{value}"#));
        assert!(edits(&body, "m", None).unwrap().is_empty(), "{body}");
    }
}

#[test]
fn what_is_faster_is_a_tier_and_the_tier_alone_chooses_none() {
    for (member, value, want) in [
        ("service_tier", "\"auto\"", Wish::Usual),
        ("service_tier", "\"standard_only\"", Wish::Usual),
        ("service_tier", "\"flex\"", Wish::Unknown("flex".into())),
        ("speed", "\"standard\"", Wish::Usual),
        ("speed", "\"fast\"", Wish::Tier(ServiceTier::Fast)),
    ] {
        let body = with(&format!(r#""{member}":{value}"#));
        let head = Anthropic.head(body.as_bytes(), &Address::default());
        assert_eq!(head.unwrap().tier, want, "{member} {value}");
    }
}
