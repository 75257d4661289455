//! Requests that go on from an earlier answer.

use serde_json::{Value, json};
use tollgate_dialect::codec::{Inbound, Target};
use tollgate_dialect::openai_responses::OpenaiResponses;
use tollgate_dialect::openai_responses::thread::{
    self, Earlier, Order, input_of, item_of, page, parts_of, references,
};
use tollgate_model::catalogue::Quirks;

const EARLIER: Earlier<'static> = Earlier {
    input: r#"[{"role":"user","content":"a"}]"#,
    output: r#"[{"type":"message","id":"msg_1","role":"assistant","content":"b"}]"#,
};

fn whole(body: &Value, earlier: Option<Earlier<'_>>) -> (Value, Value) {
    let find = |id: &str| (id == "msg_9").then(|| r#"{"id":"msg_9","n":1.0}"#.to_owned());
    let whole = thread::whole(body.to_string().as_bytes(), earlier, find).unwrap();
    let target = Target {
        model: "m",
        quirks: Quirks::default(),
        max_output: None,
        tier: None,
    };
    let sent = whole.head.edits(&target, None).unwrap().apply(&whole.body);
    (
        serde_json::from_slice(&whole.body).unwrap(),
        serde_json::from_slice(&sent).unwrap(),
    )
}

#[test]
fn rs_09_what_was_said_before_stands_before_the_new_input() {
    let body = json!({"model": "m", "previous_response_id": "resp_1", "input": "c"});
    let (whole, sent) = whole(&body, Some(EARLIER));
    let input = json!([
        {"role": "user", "content": "a"},
        {"type": "message", "id": "msg_1", "role": "assistant", "content": "b"},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "c"}]},
    ]);
    assert_eq!(whole["input"], input);
    assert_eq!(
        whole["previous_response_id"], "resp_1",
        "an answer tells it"
    );
    assert_eq!(sent["input"], input);
    assert_eq!(
        sent["previous_response_id"],
        Value::Null,
        "no provider is told it"
    );
}

#[test]
fn rs_02_instructions_are_not_carried_over() {
    let earlier = json!({"model": "m", "instructions": "old", "input": "a"}).to_string();
    assert!(!input_of(earlier.as_bytes()).unwrap().contains("old"));
    let body = json!({"model": "m", "previous_response_id": "resp_1", "instructions": "new"});
    let (whole, _) = whole(&body, Some(EARLIER));
    assert_eq!(whole["instructions"], "new");
    assert_eq!(
        whole["input"].as_array().unwrap().len(),
        2,
        "no new input is needed"
    );
    let head = OpenaiResponses
        .head(whole.to_string().as_bytes(), &Default::default())
        .unwrap();
    let request = OpenaiResponses
        .decode_request(whole.to_string().as_bytes(), &head)
        .unwrap();
    assert_eq!(request.turns.len(), 3);
}

#[test]
fn rs_09_items_that_are_only_referred_to_are_put_in() {
    let reference = |id: &str| json!({"type": "item_reference", "id": id});
    let body = json!({"model": "m", "input": [reference("msg_1"), reference("msg_9"),
        reference("msg_2"), {"role": "user", "content": "c"}]});
    assert_eq!(
        references(body.to_string().as_bytes()),
        ["msg_1", "msg_9", "msg_2"]
    );
    let (made, _) = whole(&body, Some(EARLIER));
    let input = made["input"].as_array().unwrap();
    assert_eq!(
        input[2]["content"], "b",
        "one of the answer that it goes on from"
    );
    assert_eq!(input[3], json!({"id": "msg_9", "n": 1.0}));
    assert_eq!(input[4], reference("msg_2"), "what is not kept stays");
}

#[test]
fn an_answer_is_taken_apart() {
    let answer = br#"{"id":"resp_1","output":[{"id":"x","n":1.0}],"usage":null}"#;
    let (id, output) = parts_of(answer).unwrap();
    assert_eq!((id.as_str(), output), ("resp_1", r#"[{"id":"x","n":1.0}]"#));
    assert_eq!(item_of(&["[]", output], "x"), Some(r#"{"id":"x","n":1.0}"#));
    assert_eq!(item_of(&[output], "y"), None);
    for bad in [&b"{}"[..], b"[]", b"", br#"{"id":"r","output":null}"#] {
        assert!(parts_of(bad).is_none());
    }
}

#[test]
fn a_list_of_items_comes_in_pages_and_every_item_has_an_id() {
    let input = r#"[{"role":"user","content":"a"},{"id":"msg_1"},{"content":"c"}]"#;
    let shown = |order| serde_json::from_str::<Value>(&page(input, order, "resp_1")).unwrap();
    let order = Order {
        descending: false,
        after: None,
        limit: 2,
    };
    assert_eq!(
        shown(order),
        json!({"object": "list", "data": [{"id": "resp_1_0", "role": "user", "content": "a"},
            {"id": "msg_1"}], "first_id": "resp_1_0", "last_id": "msg_1", "has_more": true})
    );
    let rest = Order {
        after: Some("msg_1"),
        ..order
    };
    let rest = shown(rest);
    assert_eq!(
        (&rest["data"][0]["id"], &rest["has_more"]),
        (&json!("resp_1_2"), &json!(false))
    );
    let newest = Order {
        descending: true,
        limit: 1,
        ..order
    };
    assert_eq!(shown(newest)["first_id"], "resp_1_2");
    let none = Order {
        after: Some("resp_1_2"),
        ..order
    };
    assert_eq!(shown(none)["first_id"], Value::Null);
}
