//! What callers write, read into the intermediate form.

use tollgate_dialect::codec::{Address, Inbound};
use tollgate_dialect::ir::{
    Block, Content, Effort, Format, Media, Reasoning, Request, ToolChoice, Turn,
};
use tollgate_dialect::openai_chat::OpenaiChat;
use tollgate_model::Refusal;

fn decoded(body: &str) -> Result<Request, Refusal> {
    let head = OpenaiChat.head(body.as_bytes(), &Address::default())?;
    OpenaiChat.decode_request(body.as_bytes(), &head)
}

fn read(body: &str) -> Request {
    decoded(body).unwrap()
}

fn with(members: &str) -> Request {
    read(&format!(
        r#"{{"model":"m","messages":[{{"role":"user","content":"hi"}}],{members}}}"#
    ))
}

fn messages(messages: &str) -> Vec<Turn> {
    read(&format!(r#"{{"model":"m","messages":[{messages}]}}"#)).turns
}

/// What is refused, as `member: sentence`.
fn refused(members: &str) -> String {
    let body = match members.starts_with("\"messages\"") {
        true => format!(r#"{{"model":"m",{members}}}"#),
        false => {
            format!(r#"{{"model":"m","messages":[{{"role":"user","content":"x"}}],{members}}}"#)
        }
    };
    let refusal = decoded(&body).unwrap_err();
    format!(
        "{} {}: {}",
        refusal.reason,
        refusal.param.unwrap_or_default(),
        refusal.detail
    )
}

fn shown(block: &Block) -> String {
    let text = match &block.content {
        Content::Text(text) => format!("text {text:?}"),
        Content::Image(media) => format!("image {}", medium(media)),
        Content::Document { media, title } => format!("document {title:?} {}", medium(media)),
        Content::Audio(media) => format!("audio {}", medium(media)),
        Content::ToolUse {
            id,
            name,
            input,
            signature,
        } => {
            format!("call {id} {name} {} {signature:?}", input.get())
        }
        Content::ToolResult { id, content, .. } => {
            format!(
                "result {id} [{}]",
                content.iter().map(shown).collect::<Vec<_>>().join(", ")
            )
        }
        Content::Thinking { text, signature } => format!("thinking {text:?} {signature:?}"),
        Content::RedactedThinking(data) => format!("redacted {data}"),
        Content::Refusal(text) => format!("refusal {text:?}"),
    };
    let cache = block
        .cache
        .as_ref()
        .map_or(String::new(), |raw| format!(" cached {}", raw.get()));
    text + &cache
}

fn medium(media: &Media) -> String {
    match media {
        Media::Inline { mime, base64 } => format!("{mime} {base64}"),
        Media::Url(url) => url.clone(),
    }
}

fn talk(turns: &[Turn]) -> String {
    let line = |turn: &Turn| {
        let blocks: Vec<_> = turn.blocks.iter().map(shown).collect();
        format!("{:?}: {}", turn.role, blocks.join("; "))
    };
    turns.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_shape_of_message_is_read() {
    let turns = messages(
        r#"{"role":"developer","content":"be brief"},
        {"role":"system","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral","ttl":"1h"}}]},
        {"role":"user","content":"hi","name":"bob"},
        {"role":"user","content":[
            {"type":"text","text":"look"},
            {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","detail":"low"}},
            {"type":"image_url","image_url":{"url":"https://example.com/a.png"}},
            {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,BBBB"}},
            {"type":"input_audio","input_audio":{"data":"CCCC","format":"mp3"}}]},
        {"role":"assistant","content":null,"tool_calls":[
            {"id":"c1","type":"function","function":{"name":"f","arguments":"{\"x\": 1.0}"}},
            {"id":"c2","type":"function","function":{"name":"g","arguments":""}}]},
        {"role":"tool","tool_call_id":"c1","content":"done"},
        {"role":"tool","tool_call_id":"c2","content":[{"type":"text","text":"ok"}]},
        {"role":"assistant","content":"bye","refusal":"no"}"#,
    );
    insta::assert_snapshot!(talk(&turns), @r#"
    System: text "be brief"
    System: text "a" cached {"type":"ephemeral","ttl":"1h"}
    User: text "hi"
    User: text "look"; image image/png AAAA; image https://example.com/a.png; document Some("a.pdf") application/pdf BBBB; audio audio/mpeg CCCC
    Assistant: call c1 f {"x": 1.0} None; call c2 g {} None
    User: result c1 [text "done"]
    User: result c2 [text "ok"]
    Assistant: text "bye"; refusal "no"
    "#);
}

#[test]
fn oa_28_thoughts_come_first_with_their_signatures() {
    let turns = messages(
        r#"{"role":"assistant","content":"hi","reasoning_content":"ab","thinking_blocks":[
            {"type":"thinking","thinking":"ab","signature":"sig=="},
            {"type":"redacted_thinking","data":"xx"}]},
        {"role":"assistant","content":"hi","reasoning_content":"unsigned"},
        {"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"t"}]},{"type":"text","text":"hi"}]}"#,
    );
    insta::assert_snapshot!(talk(&turns), @r#"
    Assistant: thinking "ab" Some("sig=="); redacted xx; text "hi"
    Assistant: thinking "unsigned" None; text "hi"
    Assistant: thinking "t" None; text "hi"
    "#);
}

#[test]
fn gm_08_a_thought_signature_is_read_from_its_two_places() {
    let turns = messages(
        r#"{"role":"assistant","tool_calls":[
            {"id":"c1__thought__s1","type":"function","function":{"name":"f","arguments":"{}"}},
            {"id":"c2","type":"function","function":{"name":"f","arguments":"{}"},
             "extra_content":{"google":{"thought_signature":"s2"}}}]},
        {"role":"tool","tool_call_id":"c1__thought__s1","content":"x"}"#,
    );
    insta::assert_snapshot!(talk(&turns), @r#"
    Assistant: call c1 f {} Some("s1"); call c2 f {} Some("s2")
    User: result c1 [text "x"]
    "#);
}

#[test]
fn oa_34_the_form_before_tools_is_read() {
    let request = read(
        r#"{"model":"m","functions":[{"name":"f","parameters":{"type":"object"}}],
            "function_call":{"name":"f"},"messages":[{"role":"user","content":"x"},
            {"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},
            {"role":"function","name":"f","content":"r"}]}"#,
    );
    assert!(request.older_tools);
    assert_eq!(request.tools[0].name, "f");
    assert_eq!(request.tool_choice, Some(ToolChoice::Named("f".into())));
    insta::assert_snapshot!(talk(&request.turns), @r#"
    User: text "x"
    Assistant: call function_call_1 f {} None
    User: result function_call_1 [text "r"]
    "#);
}

#[test]
fn oa_27_markers_of_the_cache_are_kept_whole() {
    let request = read(
        r#"{"model":"m","messages":[
            {"role":"system","content":"s","cache_control":{"type":"ephemeral","ttl":"1h"}},
            {"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}],"cache_control":{"type":"ephemeral"}}],
            "tools":[{"type":"function","function":{"name":"f"},"cache_control":{"type":"ephemeral"}}]}"#,
    );
    insta::assert_snapshot!(talk(&request.turns), @r#"
    System: text "s" cached {"type":"ephemeral","ttl":"1h"}
    User: text "a"; text "b" cached {"type":"ephemeral"}
    "#);
    assert!(request.tools[0].cache.is_some());
}

#[test]
fn parameters_find_their_places_and_the_rest_is_kept_as_it_came() {
    let request = with(
        r#""temperature":0.5,"top_p":0.9,"top_k":40,"stop":["a","b"],"seed":-7,"n":2,
        "frequency_penalty":1,"presence_penalty":-1,"user":"u","max_completion_tokens":9,
        "stream":true,"stream_options":{"include_usage":true},"parallel_tool_calls":false,
        "reasoning_effort":"high","logit_bias":{"1":1.0},"metadata":{"a":"b"},"store":null"#,
    );
    assert_eq!((request.temperature, request.top_p), (Some(0.5), Some(0.9)));
    assert_eq!(
        (request.top_k, request.seed, request.answers),
        (Some(40), Some(-7), 2)
    );
    assert_eq!(request.stop, ["a", "b"]);
    assert_eq!(
        (request.frequency_penalty, request.presence_penalty),
        (Some(1.0), Some(-1.0))
    );
    assert_eq!(
        (request.max_tokens, request.user.as_deref()),
        (Some(9), Some("u"))
    );
    assert!(request.stream && request.stream_usage && !request.older_tools);
    assert_eq!(request.parallel_tools, Some(false));
    assert_eq!(request.reasoning, Some(Reasoning::Effort(Effort::High)));
    let rest: Vec<_> = request
        .rest
        .iter()
        .map(|(name, raw)| format!("{name}={}", raw.get()))
        .collect();
    assert_eq!(
        rest,
        [
            r#"logit_bias={"1":1.0}"#,
            r#"metadata={"a":"b"}"#,
            "store=null"
        ]
    );
    assert_eq!(with(r#""stop":"x""#).stop, ["x"]);
}

#[test]
fn reasoning_is_read_in_its_two_forms() {
    for (members, want) in [
        (r#""reasoning_effort":"none""#, Some(Reasoning::Off)),
        (
            r#""reasoning_effort":"minimal""#,
            Some(Reasoning::Effort(Effort::Minimal)),
        ),
        (
            r#""reasoning_effort":"xhigh""#,
            Some(Reasoning::Effort(Effort::Maximal)),
        ),
        (
            r#""reasoning":{"effort":"low"}"#,
            Some(Reasoning::Effort(Effort::Low)),
        ),
        (
            r#""reasoning":{"max_tokens":2000}"#,
            Some(Reasoning::Budget(2000)),
        ),
        (r#""reasoning":{"enabled":false}"#, Some(Reasoning::Off)),
        (r#""reasoning_effort":null"#, None),
    ] {
        assert_eq!(with(members).reasoning, want, "{members}");
    }
}

#[test]
fn oa_14_a_choice_of_tools_is_read_in_all_its_forms() {
    let tools = r#""tools":[{"type":"function","function":{"name":"f"}},{"type":"function","function":{"name":"g"}}]"#;
    let choose = |choice: &str| {
        let request = with(&format!(r#"{tools},"tool_choice":{choice}"#));
        let names: Vec<_> = request.tools.iter().map(|tool| tool.name.clone()).collect();
        format!("{:?} of {}", request.tool_choice, names.join(","))
    };
    assert_eq!(choose(r#""auto""#), "Some(Auto) of f,g");
    assert_eq!(choose(r#""none""#), "Some(None) of f,g");
    assert_eq!(choose(r#""required""#), "Some(Required) of f,g");
    assert_eq!(choose("null"), "None of f,g");
    let named = r#"{"type":"function","function":{"name":"g"}}"#;
    assert_eq!(choose(named), "Some(Named(\"g\")) of f,g");
    let allowed = format!(
        r#"{{"type":"allowed_tools","allowed_tools":{{"mode":"required","tools":[{named}]}}}}"#
    );
    assert_eq!(choose(&allowed), "Some(Required) of g");
}

#[test]
fn the_form_of_the_answer_is_read() {
    assert!(matches!(
        with(r#""response_format":{"type":"text"}"#).format,
        Format::Text
    ));
    assert!(matches!(
        with(r#""response_format":{"type":"json_object"}"#).format,
        Format::Json
    ));
    let format = with(
        r#""response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"a": 1.0},"strict":true}}"#,
    )
    .format;
    let Format::Schema {
        name,
        schema,
        strict,
    } = format
    else {
        panic!("a schema")
    };
    assert_eq!(
        (name.as_str(), schema.get(), strict),
        ("n", r#"{"a": 1.0}"#, Some(true))
    );
}

#[test]
fn what_is_wrong_is_named_by_its_path() {
    let all = [
        r#""messages":[]"#,
        r#""messages":["x"]"#,
        r#""messages":[{"role":"user"}]"#,
        r#""messages":[{"role":"robot","content":"x"}]"#,
        r#""messages":[{"role":"user","content":7}]"#,
        r#""messages":[{"role":"user","content":{"type":"text"}}]"#,
        r#""messages":[{"role":"user","content":"x"},{"role":"user","content":[{"type":7}]}]"#,
        r#""messages":[{"role":"user","content":[{"type":"hologram"}]}]"#,
        r#""messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"f"}}]}]"#,
        r#""messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png,x"}}]}]"#,
        r#""messages":[{"role":"tool","content":"x"}]"#,
        r#""messages":[{"role":"assistant"}]"#,
        r#""messages":[{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{"}}]}]"#,
        r#""messages":[{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":"[1]"}}]}]"#,
        r#""messages":[{"role":"assistant","tool_calls":[{"id":"c","type":"custom"}]}]"#,
        r#""temperature":"hot""#,
        r#""stop":[1]"#,
        r#""seed":1.5"#,
        r#""reasoning_effort":"enormous""#,
        r#""response_format":{"type":"xml"}"#,
        r#""tools":[{"type":"web_search"}]"#,
        r#""tools":[{"type":"function","function":{}}]"#,
        r#""tool_choice":"maybe""#,
    ]
    .map(refused);
    insta::assert_snapshot!(all.join("\n"), @"
    request_malformed messages: `messages` is empty; send at least one message.
    request_malformed messages[0]: `messages[0]` must be an object.
    request_malformed messages[0].content: `messages[0].content` is missing.
    request_malformed messages[0].role: `messages[0].role` must be one of system, developer, user, assistant, tool.
    request_malformed messages[0].content: `messages[0].content` must be a string or an array of parts.
    request_malformed messages[0].content: `messages[0].content` must be a string or an array of parts.
    request_malformed messages[1].content[0].type: `messages[1].content[0].type` must be a string.
    parameter_unsupported messages[0].content[0].type: Parts of the type `hologram` are not known here.
    parameter_unsupported messages[0].content[0].file.file_id: A file that lies at a provider cannot be read from here; send its bytes in `file_data`.
    request_malformed messages[0].content[0].image_url.url: `messages[0].content[0].image_url.url` must be an address, or a data URL such as `data:image/png;base64,…`.
    request_malformed messages[0].tool_call_id: `messages[0].tool_call_id` is missing.
    request_malformed messages[0]: `messages[0]` says nothing: it has neither `content` nor `tool_calls`.
    request_malformed messages[0].tool_calls[0].function.arguments: `messages[0].tool_calls[0].function.arguments` is not valid JSON: EOF while parsing an object at line 1 column 1.
    request_malformed messages[0].tool_calls[0].function.arguments: `messages[0].tool_calls[0].function.arguments` must be a string with a JSON object in it.
    parameter_unsupported messages[0].tool_calls[0].type: Only calls of functions can be carried to another dialect.
    request_malformed temperature: `temperature` must be a number.
    request_malformed stop[0]: `stop[0]` must be a string.
    request_malformed seed: `seed` must be a whole number.
    request_malformed reasoning_effort: `reasoning_effort` must be one of none, minimal, low, medium, high, xhigh.
    parameter_unsupported response_format.type: The response format `xml` is not known here.
    parameter_unsupported tools[0].type: Tools of the type `web_search` belong to one provider and cannot be carried to another.
    request_malformed tools[0].function.name: `tools[0].function.name` is missing.
    request_malformed tool_choice: `tool_choice` must be auto, none, required, or an object that names a tool.
    ");
}
