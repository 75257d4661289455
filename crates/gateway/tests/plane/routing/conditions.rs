//! Which targets are for which requests.

use serde_json::{Value, json};
use tollgate_testkit::Upstream;

use super::{answers, by, routed, skipped, target};
use crate::client::post;
use crate::voices::{OPENAI, plain};
use crate::whole::answering;
use crate::world::{Plane, Which, key};

fn asking(more: Value) -> String {
    let mut body = json!({ "model": "smart", "messages": [{ "role": "user", "content": "Hoi" }] });
    for (member, value) in more.as_object().unwrap() {
        body[member] = value.clone();
    }
    body.to_string()
}

fn picture() -> Value {
    let part = json!({ "type": "image_url", "image_url": { "url": "https://example.com/a.png" } });
    json!({ "messages": [{ "role": "user", "content": [part] }] })
}

/// A model of two targets with these members, at two providers that answer.
fn two(one: Value, other: Value) -> (Plane, [Upstream; 2]) {
    let upstreams = [answering(OPENAI), answering(OPENAI)];
    let spec = json!({ "targets": [target("one", one), target("two", other)] });
    let urls = [upstreams[0].url(), upstreams[1].url()];
    let plane = routed(spec, &[("one", &urls[0]), ("two", &urls[1])]).start();
    (plane, upstreams)
}

#[test]
fn a_target_is_only_asked_for_requests_that_it_is_for() {
    let (plane, _upstreams) = two(
        json!({ "when": { "has": ["vision"], "has_none": ["tools"] } }),
        json!({ "cannot": ["vision"] }),
    );
    assert_eq!(answers(&plane, plain()), "two");
    assert_eq!(answers(&plane, asking(picture())), "one");
    let mut both = picture();
    both["tools"] = json!([{ "type": "function", "function": { "name": "f" } }]);
    let refused = plane.chat(asking(both));
    assert_eq!(
        (refused.status(), refused.reason().as_str()),
        (400, "no_target_fits")
    );
    let calls = plane.finish();
    assert_eq!(
        skipped(&calls[0]),
        ["one is for requests with vision, and this has none"]
    );
    assert_eq!(
        skipped(&calls[1]),
        ["two cannot do vision, which this request needs"]
    );
    insta::assert_snapshot!(
        calls[2].refusal.as_ref().unwrap().detail,
        @"No target of model smart takes this request: one m-1 is for requests without tools, and this has some; two m-1 cannot do vision, which this request needs."
    );
    assert!(calls[2].charges.iter().all(|charge| charge.taken.is_zero()));
}

#[test]
fn prompts_go_where_their_length_is_wanted() {
    let (plane, _upstreams) = two(
        json!({ "when": { "max_prompt_tokens": 1_000 } }),
        json!({ "when": { "min_prompt_tokens": 1_001 }, "context_window": 4_000 }),
    );
    let of_words = |words: usize| {
        let message = json!({ "role": "user", "content": "word ".repeat(words) });
        asking(json!({ "messages": [message] }))
    };
    assert_eq!(answers(&plane, plain()), "one");
    assert_eq!(answers(&plane, of_words(2_000)), "two");
    let refused = plane.chat(of_words(4_000));
    assert_eq!(refused.reason(), "no_target_fits");
    let says = refused.text();
    assert!(
        says.contains("takes 4000 tokens, and this prompt has about 5015"),
        "{says}"
    );
    plane.finish();
}

#[test]
fn a_request_with_tags_goes_to_targets_with_one_of_them() {
    let (plane, _upstreams) = two(
        json!({ "when": { "tags": ["inner"] } }),
        json!({ "tags": ["eu", "cheap"] }),
    );
    let tagged = |which: Which, tags: &str| {
        let bearer = format!("Bearer {}", key(which));
        let headers = [
            ("authorization", bearer.as_str()),
            ("x-tollgate-tags", tags),
        ];
        plane.ask(post("/v1/chat/completions", &headers, plain()))
    };
    assert_eq!(by(&tagged(Which::Main, "")), "two");
    assert_eq!(by(&tagged(Which::Main, "us, eu")), "two");
    assert_eq!(by(&tagged(Which::Main, "inner")), "one");
    assert_eq!(by(&tagged(Which::Narrow, "")), "one", "the key has a tag");
    assert_eq!(by(&tagged(Which::Narrow, "eu")), "one");
    let by_metadata = asking(json!({ "metadata": { "tags": "cheap" } }));
    assert_eq!(answers(&plane, by_metadata), "two");
    let refused = tagged(Which::Main, "us");
    assert_eq!(refused.reason(), "no_target_fits");
    let calls = plane.finish();
    assert_eq!(
        skipped(calls.last().unwrap()),
        [
            "one is for requests with the tag inner",
            "two does not have the request's tag us",
        ]
    );
}

#[test]
fn what_only_the_catalogue_says_against_a_target_counts_while_another_one_is_left() {
    let upstream = answering(OPENAI);
    let at = |provider: &str, model: &str| json!({ "provider": provider, "model": model });
    let old = at("deepseek", "deepseek-chat");
    let spec = |targets: Value| json!({ "targets": targets });
    let providers = [("deepseek", upstream.url()), ("openai", upstream.url())];
    let providers: Vec<(&str, &str)> = providers
        .iter()
        .map(|(name, url)| (*name, url.as_str()))
        .collect();
    let setup = routed(spec(json!([old, at("openai", "gpt-4o")])), &providers);
    let alone = json!({ "kind": "Model", "name": "alone", "spec": spec(json!([old, old])) });
    let plane = setup.resource(alone).start();
    assert_eq!(answers(&plane, plain()), "deepseek");
    assert_eq!(answers(&plane, asking(picture())), "openai");
    let mut alone = picture();
    alone["model"] = json!("alone");
    assert_eq!(
        answers(&plane, asking(alone)),
        "deepseek",
        "the provider knows better"
    );
    let calls = plane.finish();
    assert_eq!(
        skipped(&calls[1]),
        ["deepseek has no vision, as the catalogue says, which this request needs"]
    );
}
