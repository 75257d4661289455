//! Requests of callers, read and passed on.

use serde_json::{Value, json};
use tollgate_dialect::bedrock::Bedrock;
use tollgate_dialect::codec::Target;
use tollgate_dialect::ir::{Effort, Format, Reasoning, Request, ToolChoice};
use tollgate_dialect::tier::Wish;
use tollgate_model::catalogue::Quirks;
use tollgate_model::{Reason, ServiceTier};

use crate::asked::{decoded, head, saying, with};
use crate::shapes::encode;

fn target() -> Target<'static> {
    Target {
        model: "anthropic.claude-opus-4-6-v1",
        quirks: Quirks::default(),
        max_output: None,
        tier: None,
    }
}

fn refused(body: &Value) -> String {
    let refusal = decoded(body).unwrap_err();
    assert_eq!(refusal.status, 400);
    format!("{}: {}", refusal.param.unwrap_or_default(), refusal.detail)
}

fn left(request: &Request) -> Vec<&str> {
    request.rest.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn a_body_passes_unchanged_to_a_provider_of_its_dialect() {
    let body = with(&json!({"new": {"x": 1.0}, "guardrailConfig": {"guardrailIdentifier": "g"}}));
    let edits = head(&body).unwrap().edits(&target(), None).unwrap();
    assert!(edits.is_empty());
}

#[test]
fn the_money_may_set_a_limit_wherever_it_stands() {
    for (members, want) in [
        (json!({}), json!({"maxTokens": 7})),
        (json!({"inferenceConfig": null}), json!({"maxTokens": 7})),
        (json!({"inferenceConfig": {}}), json!({"maxTokens": 7})),
        (
            json!({"inferenceConfig": {"topP": 1, "maxTokens": 9}}),
            json!({"topP": 1, "maxTokens": 7}),
        ),
    ] {
        let body = with(&members);
        let edits = head(&body).unwrap().edits(&target(), Some(7)).unwrap();
        let edited: Value =
            serde_json::from_slice(&edits.apply(body.to_string().as_bytes())).unwrap();
        assert_eq!(edited["inferenceConfig"], want, "{members}");
    }
}

#[test]
fn what_has_a_price_of_its_own_is_not_passed_on() {
    for (members, dear) in [
        (json!({"performanceConfig": {"latency": "standard"}}), None),
        (json!({"performanceConfig": {}}), None),
        (
            json!({"performanceConfig": {"latency": "optimized"}}),
            Some("performanceConfig"),
        ),
    ] {
        let edits = head(&with(&members)).unwrap().edits(&target(), None);
        let param = edits.err().and_then(|refusal| refusal.param);
        assert_eq!(param.as_deref(), dear, "{members}");
    }
    let runs =
        with(&json!({"toolConfig": {"tools": [{"systemTool": {"name": "nova_grounding"}}]}}));
    assert_eq!(head(&runs).unwrap().searches, 10);
}

#[test]
fn the_tier_of_service_is_read_and_carried() {
    for (tier, want, word) in [
        (json!({"type": "default"}), Wish::Usual, None),
        (json!({}), Wish::Usual, None),
        (
            json!({"type": "priority"}),
            Wish::Tier(ServiceTier::Priority),
            Some("\"priority\""),
        ),
        (
            json!({"type": "reserved"}),
            Wish::Unknown("reserved".into()),
            Some(r#"{"type":"reserved"}"#),
        ),
        (
            json!("flex"),
            Wish::Unknown("\"flex\"".into()),
            Some("\"flex\""),
        ),
    ] {
        let body = with(&json!({"serviceTier": tier}));
        assert_eq!(head(&body).unwrap().tier, want, "{tier}");
        let request = decoded(&body).unwrap();
        let carried = request.rest.iter();
        let mut carried = carried.filter(|(name, _)| name == "service_tier");
        assert_eq!(carried.next().map(|(_, raw)| raw.get()), word, "{tier}");
    }
}

fn everything() -> Value {
    json!({
        "system": [{"text": "Be brief."}, {"cachePoint": {"type": "default", "ttl": "1h"}}],
        "messages": [
            {"role": "user", "content": [
                {"text": "Weather?"},
                {"cachePoint": {"type": "default"}},
                {"image": {"format": "png", "source": {"bytes": "aWc="}}},
                {"document": {"format": "pdf", "name": "Report", "source": {"bytes": "JVBERi0="}}},
            ]},
            {"role": "assistant", "content": [
                {"reasoningContent": {"reasoningText": {"text": "Hm", "signature": "S="}}},
                {"reasoningContent": {"redactedContent": "ZW5j"}},
                {"toolUse": {"toolUseId": "t1", "name": "weather", "input": {"city": "Bern"}}},
            ]},
            {"role": "user", "content": [
                {"toolResult": {"toolUseId": "t1", "status": "error", "content": [
                    {"json": {"why": "timeout"}},
                    {"image": {"format": "jpeg", "source": {"bytes": "aWc="}}},
                ]}},
            ]},
        ],
        "inferenceConfig": {"maxTokens": 6000, "temperature": 0.5, "topP": 0.9, "stopSequences": ["X"]},
        "toolConfig": {
            "tools": [
                {"toolSpec": {"name": "weather", "description": "Tells it.", "strict": true,
                    "inputSchema": {"json": {"type": "object", "properties": {}}}}},
                {"cachePoint": {"type": "default"}},
            ],
            "toolChoice": {"any": {}},
        },
    })
}

#[test]
fn a_request_comes_back_as_it_was_when_it_is_written_again() {
    let body = everything();
    let request = decoded(&body).unwrap();
    assert!(request.rest.is_empty(), "{:?}", left(&request));
    let (again, lost) = encode(
        &Bedrock,
        &request,
        "anthropic.claude-sonnet-4-20250514-v1:0",
    )
    .unwrap();
    let mut want = body;
    // What a tool returned as JSON is text to others.
    want["messages"][2]["content"][0]["toolResult"]["content"][0] =
        json!({"text": "{\"why\":\"timeout\"}"});
    want["toolConfig"]["tools"][0]["toolSpec"]
        .as_object_mut()
        .unwrap()
        .remove("strict");
    assert_eq!(again, want);
    assert_eq!(lost, ["tools[0].function.strict"]);
}

#[test]
fn choices_of_tools_are_read() {
    let choice = |choice: Value| {
        let tool = json!({"toolSpec": {"name": "t", "inputSchema": {"json": {}}}});
        let body = with(&json!({"toolConfig": {"tools": [tool], "toolChoice": choice}}));
        decoded(&body).map(|request| request.tool_choice)
    };
    assert_eq!(choice(Value::Null).unwrap(), None);
    assert_eq!(choice(json!({"auto": {}})).unwrap(), Some(ToolChoice::Auto));
    assert_eq!(
        choice(json!({"any": {}})).unwrap(),
        Some(ToolChoice::Required)
    );
    let named = Some(ToolChoice::Named("t".into()));
    assert_eq!(choice(json!({"tool": {"name": "t"}})).unwrap(), named);
    assert_eq!(
        choice(json!({"none": {}})).unwrap_err().reason,
        Reason::RequestMalformed
    );
}

#[test]
fn what_callers_wish_of_one_vendors_models_is_read_for_all() {
    let read = |fields: Value| {
        let request = decoded(&with(&json!({"additionalModelRequestFields": fields}))).unwrap();
        let rest = left(&request).join(",");
        (request.reasoning, request.top_k, rest)
    };
    let effort = |effort| Some(Reasoning::Effort(effort));
    let cases = [
        (json!({}), None, None, ""),
        (
            json!({"thinking": {"type": "enabled", "budget_tokens": 2048}, "top_k": 3}),
            Some(Reasoning::Budget(2048)),
            Some(3),
            "",
        ),
        (
            json!({"thinking": {"type": "adaptive"}, "output_config": {"effort": "low"}}),
            effort(Effort::Low),
            None,
            "",
        ),
        (
            json!({"thinking": {"type": "disabled"}}),
            Some(Reasoning::Off),
            None,
            "",
        ),
        (
            json!({"reasoning_effort": "high"}),
            effort(Effort::High),
            None,
            "",
        ),
        (
            json!({"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "medium"},
                "inferenceConfig": {"topK": 9}}),
            effort(Effort::Medium),
            Some(9),
            "",
        ),
        (
            json!({"anthropic_beta": ["context-1m"], "x": false}),
            None,
            None,
            "additionalModelRequestFields.anthropic_beta",
        ),
    ];
    for (fields, reasoning, top_k, rest) in cases {
        let want = (reasoning, top_k, rest.to_owned());
        assert_eq!(read(fields.clone()), want, "{fields}");
    }
    let one = json!({"tool_choice": {"type": "auto", "disable_parallel_tool_use": true}});
    let request = decoded(&with(&json!({"additionalModelRequestFields": one}))).unwrap();
    assert_eq!(request.parallel_tools, Some(false));
    let bad = with(&json!({"additionalModelRequestFields": {"thinking": {"type": "maybe"}}}));
    assert!(refused(&bad).starts_with("additionalModelRequestFields.thinking.type: "));
}

#[test]
fn a_schema_for_the_answer_is_read_from_its_string() {
    let asked = |schema: Value| {
        with(
            &json!({"outputConfig": {"textFormat": {"type": "json_schema",
            "structure": {"jsonSchema": {"name": "n", "schema": schema}}}}}),
        )
    };
    match decoded(&asked(json!("{\"type\":\"object\"}")))
        .unwrap()
        .format
    {
        Format::Schema { name, schema, .. } => {
            assert_eq!((name.as_str(), schema.get()), ("n", r#"{"type":"object"}"#));
        }
        other => panic!("{other:?}"),
    }
    for schema in [json!({}), json!("[]"), json!("{")] {
        assert!(decoded(&asked(schema)).is_err());
    }
}

#[test]
fn what_no_other_dialect_has_is_refused_by_its_place() {
    let all = [
        refused(&with(
            &json!({"guardrailConfig": {"guardrailIdentifier": "g"}}),
        )),
        refused(&with(&json!({"promptVariables": {"a": {"text": "b"}}}))),
        refused(&saying(&json!([{"guardContent": {"text": {"text": "x"}}}]))),
        refused(&saying(
            &json!([{"video": {"format": "mp4", "source": {"bytes": ""}}}]),
        )),
        refused(&saying(&json!([
            {"image": {"format": "png", "source": {"s3Location": {"uri": "s3://b/k"}}}},
        ]))),
        refused(&saying(&json!([
            {"document": {"format": "pdf", "name": "d", "source": {"s3Location": {"uri": "s3://b/k"}}}},
        ]))),
        refused(&saying(&json!([{"text": "x"}, {"new": {}}]))),
        refused(&with(
            &json!({"toolConfig": {"tools": [{"systemTool": {"name": "x"}}]}}),
        )),
        refused(&json!({"messages": [{"role": "system", "content": []}]})),
        refused(&json!({"messages": [{"role": "user", "content": "text"}]})),
    ];
    insta::assert_snapshot!(all.join("\n"), @r"
    guardrailConfig: Guardrails are Bedrock's own and cannot be carried to another provider.
    promptVariables: Prompts that are kept at Bedrock cannot be filled in for another provider.
    messages[0].content[0].guardContent: Guardrails are Bedrock's own and cannot be carried to another provider.
    messages[0].content[0].video: Videos cannot be carried to another provider.
    messages[0].content[0].image.source.s3Location: What lies in a bucket of S3 cannot be read from here; send its bytes.
    messages[0].content[0].document.source.s3Location: What lies in a bucket of S3 cannot be read from here; send its bytes.
    messages[0].content[1]: `messages[0].content[1]` is no block that is known here.
    toolConfig.tools[0].systemTool: Tools that Bedrock runs cannot be carried to another provider.
    messages[0].role: `messages[0].role` must be one of user, assistant.
    messages[0].content: `messages[0].content` must be an array.
    ");
    assert!(decoded(&with(&json!({"promptVariables": {}}))).is_ok());
}

#[test]
fn hints_of_the_service_are_told_as_lost_where_they_say_something() {
    let body = with(&json!({
        "performanceConfig": {"latency": "optimized"},
        "serviceTier": {"type": "default"},
        "requestMetadata": {"team": "a"},
        "additionalModelResponseFieldPaths": ["/stop_sequence"],
        "modelId": "smart",
    }));
    let request = decoded(&body).unwrap();
    let want = [
        "performanceConfig",
        "requestMetadata",
        "additionalModelResponseFieldPaths",
    ];
    assert_eq!(left(&request), want);
}
