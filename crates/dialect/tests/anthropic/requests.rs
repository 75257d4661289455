//! What callers write, read into the intermediate form.

use tollgate_dialect::ir::{
    Block, Content, Effort, Format, Media, Reasoning, Request, ToolChoice, Turn,
};

use crate::asked::{decoded, saying, with};

fn read(body: &str) -> Request {
    decoded(body).unwrap()
}

fn rest(request: &Request) -> Vec<&str> {
    request.rest.iter().map(|(name, _)| name.as_str()).collect()
}

/// What is refused, as `reason member: sentence`.
fn refused(body: &str) -> String {
    let refusal = decoded(body).unwrap_err();
    let param = refusal.param.unwrap_or_default();
    format!("{} {param}: {}", refusal.reason, refusal.detail)
}

fn medium(media: &Media) -> String {
    match media {
        Media::Inline { mime, base64 } => format!("{mime} {base64}"),
        Media::Url(url) => url.clone(),
    }
}

fn shown(block: &Block) -> String {
    let text = match &block.content {
        Content::Text(text) => format!("text {text:?}"),
        Content::Image(media) => format!("image {}", medium(media)),
        Content::Document { media, title } => format!("document {title:?} {}", medium(media)),
        Content::ToolUse {
            id,
            name,
            input,
            signature,
        } => format!("call {id} {name} {} {signature:?}", input.get()),
        Content::ToolResult {
            id,
            content,
            failed,
        } => {
            let content: Vec<_> = content.iter().map(shown).collect();
            let failed = if *failed { " failed" } else { "" };
            format!("result {id}{failed} [{}]", content.join(", "))
        }
        Content::Thinking { text, signature } => format!("thinking {text:?} {signature:?}"),
        Content::RedactedThinking(data) => format!("redacted {data}"),
        other => format!("{other:?}"),
    };
    let cache = block.cache.as_ref();
    text + &cache.map_or(String::new(), |raw| format!(" cached {}", raw.get()))
}

fn talk(turns: &[Turn]) -> String {
    let line = |turn: &Turn| {
        let blocks: Vec<_> = turn.blocks.iter().map(shown).collect();
        format!("{:?}: {}", turn.role, blocks.join("; "))
    };
    turns.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_shape_of_block_is_read() {
    let request = read(&with(
        r#""system":[{"type":"text","text":"a","cache_control":{"type":"ephemeral","ttl":"1h"}},
            {"type":"text","text":"b"}],
        "messages":[{"role":"user","content":"hi"},
        {"role":"user","content":[
            {"type":"text","text":"look","cache_control":{"type":"ephemeral"}},
            {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}},
            {"type":"image","source":{"type":"url","url":"https://example.com/a.png"}},
            {"type":"document","title":"a.pdf","source":
                {"type":"base64","media_type":"application/pdf","data":"BBBB"}},
            {"type":"document","source":{"type":"text","media_type":"text/plain","data":"hi!"}}]},
        {"role":"assistant","content":[
            {"type":"thinking","thinking":"hm","signature":"s+/="},
            {"type":"thinking","thinking":"unsigned","signature":""},
            {"type":"redacted_thinking","data":"ZW5j"},
            {"type":"text","text":"Looking.","citations":null},
            {"type":"tool_use","id":"toolu_1","name":"f","input":{"x": 1.0},"caller":{"type":"direct"}}]},
        {"role":"user","content":[
            {"type":"tool_result","tool_use_id":"toolu_1","is_error":true,"content":"no"},
            {"type":"tool_result","tool_use_id":"toolu_2","cache_control":{"type":"ephemeral"},"content":[
                {"type":"text","text":"a"},
                {"type":"image","source":{"type":"url","url":"https://example.com/b.png"}}]},
            {"type":"tool_result","tool_use_id":"toolu_3"}]},
        {"role":"system","content":"from now on"}]"#,
    ));
    insta::assert_snapshot!(talk(&request.turns), @r#"
    System: text "a" cached {"type":"ephemeral","ttl":"1h"}; text "b"
    User: text "hi"
    User: text "look" cached {"type":"ephemeral"}; image image/png AAAA; image https://example.com/a.png; document Some("a.pdf") application/pdf BBBB; document None text/plain aGkh
    Assistant: thinking "hm" Some("s+/="); thinking "unsigned" None; redacted ZW5j; text "Looking."; call toolu_1 f {"x": 1.0} None
    User: result toolu_1 failed [text "no"]; result toolu_2 [text "a", image https://example.com/b.png] cached {"type":"ephemeral"}; result toolu_3 []
    System: text "from now on"
    "#);
    assert!(rest(&request).is_empty());
}

#[test]
fn what_other_dialects_lack_becomes_what_they_have() {
    let request = read(&saying(
        r#"{"role":"user","content":[
            {"type":"document","title":"Notes","context":"Mine.","cache_control":{"type":"ephemeral"},
             "source":{"type":"content","content":[{"type":"text","text":"one"},
                {"type":"image","source":{"type":"url","url":"u"}}]},"citations":{"enabled":true}},
            {"type":"search_result","source":"https://example.com","title":"Page",
             "content":[{"type":"text","text":"found"}]}]}"#,
    ));
    insta::assert_snapshot!(talk(&request.turns), @r#"
    User: text "Mine."; text "Notes"; text "one"; image u cached {"type":"ephemeral"}; text "Page\nhttps://example.com\nfound"
    "#);
    assert_eq!(rest(&request), ["messages.content.citations"]);
}

#[test]
fn what_only_its_provider_understands_is_left_out_and_named() {
    let request = read(&saying(
        r#"{"role":"assistant","content":[
            {"type":"server_tool_use","id":"s","name":"web_search","input":{"query":"q"}},
            {"type":"web_search_tool_result","tool_use_id":"s","content":[]},
            {"type":"text","text":"So.","citations":[{"type":"web_search_result_location"}]}]}"#,
    ));
    insta::assert_snapshot!(talk(&request.turns), @r#"Assistant: text "So.""#);
    assert_eq!(
        rest(&request),
        [
            "messages.content.server_tool_use",
            "messages.content.web_search_tool_result",
            "messages.content.citations"
        ]
    );
}

#[test]
fn ai_01_the_line_for_the_bill_is_not_an_instruction() {
    let request = read(&with(
        r#""system":[{"type":"text","text":"x-anthropic-billing-header: cc_version=2.1; cch=0;"},
            {"type":"text","text":"Be brief."}]"#,
    ));
    insta::assert_snapshot!(talk(&request.turns), @r#"
    System: text "Be brief."
    User: text "hi"
    "#);
    assert_eq!(rest(&request), ["x-anthropic-billing-header"]);
    assert_eq!(
        talk(&read(&with(r#""system":"""#)).turns),
        "User: text \"hi\""
    );
}

#[test]
fn gm_08_a_signature_in_an_id_is_read() {
    let request = read(&saying(
        r#"{"role":"assistant","content":[
            {"type":"tool_use","id":"call_1__thought__Cg-_YQ","name":"f","input":{}}]},
        {"role":"user","content":[
            {"type":"tool_result","tool_use_id":"call_1__thought__Cg-_YQ","content":"r"}]}"#,
    ));
    insta::assert_snapshot!(talk(&request.turns), @r#"
    Assistant: call call_1 f {} Some("Cg+/YQ==")
    User: result call_1 [text "r"]
    "#);
}

#[test]
fn parameters_find_their_places_and_the_rest_is_kept_as_it_came() {
    let request = read(&with(
        r#""temperature":0.5,"top_p":0.9,"top_k":40,"stop_sequences":["a","b"],"stream":true,
        "metadata":{"user_id":"u","team":"t"},"service_tier":"auto","cache_control":{"type":"ephemeral"},
        "output_config":{"effort":"low","task_budget":{"tokens":1.0}},"context_management":{"edits":[]}"#,
    ));
    assert_eq!((request.temperature, request.top_p), (Some(0.5), Some(0.9)));
    assert_eq!((request.top_k, request.max_tokens), (Some(40), Some(100)));
    assert_eq!(request.stop, ["a", "b"]);
    assert_eq!(request.user.as_deref(), Some("u"));
    assert!(request.stream && request.stream_usage);
    assert_eq!((request.model.as_str(), request.answers), ("m", 1));
    assert_eq!(
        rest(&request),
        [
            "output_config.task_budget",
            "metadata.team",
            "service_tier",
            "cache_control",
            "context_management"
        ]
    );
}

#[test]
fn ai_15_thinking_and_effort_say_how_much_to_think() {
    let cases = [
        (
            r#""thinking":{"type":"enabled","budget_tokens":5000}"#,
            Some(Reasoning::Budget(5000)),
        ),
        (r#""thinking":{"type":"disabled"}"#, Some(Reasoning::Off)),
        (
            r#""thinking":{"type":"adaptive"}"#,
            Some(Reasoning::Effort(Effort::High)),
        ),
        (
            r#""thinking":{"type":"adaptive"},"output_config":{"effort":"max"}"#,
            Some(Reasoning::Effort(Effort::Maximal)),
        ),
        (
            r#""output_config":{"effort":"medium"}"#,
            Some(Reasoning::Effort(Effort::Medium)),
        ),
        (r#""thinking":null"#, None),
    ];
    for (members, want) in cases {
        assert_eq!(read(&with(members)).reasoning, want, "{members}");
    }
    let display = |word: &str| {
        let thinking = format!(r#""thinking":{{"type":"adaptive","display":"{word}"}}"#);
        read(&with(&thinking)).hide_thoughts
    };
    assert!(display("omitted") && !display("summarized"));
}

#[test]
fn ai_09_and_10_tools_and_the_choice_among_them_are_read() {
    let tools = r#""tools":[{"name":"f","description":"d","input_schema":{"type":"object"},
        "cache_control":{"type":"ephemeral"},"strict":true,"defer_loading":true},
        {"type":"custom","name":"g","input_schema":{},"eager_input_streaming":false}]"#;
    let request = read(&with(tools));
    let tool = &request.tools[0];
    assert_eq!(
        (tool.name.as_str(), tool.description.as_deref()),
        ("f", Some("d"))
    );
    assert_eq!(
        tool.parameters.as_ref().unwrap().get(),
        r#"{"type":"object"}"#
    );
    assert!(tool.cache.is_some() && tool.strict == Some(true));
    assert_eq!(request.tools[1].name, "g");
    assert_eq!(rest(&request), ["tools.defer_loading"]);
    for (choice, want, parallel) in [
        (r#"{"type":"auto"}"#, ToolChoice::Auto, None),
        (r#"{"type":"none"}"#, ToolChoice::None, None),
        (
            r#"{"type":"any","disable_parallel_tool_use":true}"#,
            ToolChoice::Required,
            Some(false),
        ),
        (
            r#"{"type":"tool","name":"g","disable_parallel_tool_use":false}"#,
            ToolChoice::Named("g".into()),
            Some(true),
        ),
    ] {
        let request = read(&with(&format!(r#"{tools},"tool_choice":{choice}"#)));
        assert_eq!(request.tool_choice, Some(want));
        assert_eq!(request.parallel_tools, parallel, "{choice}");
    }
}

#[test]
fn ai_20_the_form_of_the_answer_is_read_from_both_places() {
    for members in [
        r#""output_config":{"format":{"type":"json_schema","schema":{"a": 1.0}}}"#,
        r#""output_format":{"type":"json_schema","schema":{"a": 1.0}}"#,
    ] {
        let Format::Schema { schema, strict, .. } = read(&with(members)).format else {
            panic!("a schema")
        };
        assert_eq!((schema.get(), strict), (r#"{"a": 1.0}"#, Some(true)));
    }
}

#[test]
fn what_is_wrong_is_named_by_its_path() {
    let said = |content: &str| saying(&format!(r#"{{"role":"user","content":{content}}}"#));
    let all = [
        r#"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#.to_owned(),
        saying("7"),
        saying(r#"{"role":"robot","content":"x"}"#),
        saying(r#"{"role":"user"}"#),
        said("7"),
        said(r#"[{"text":"x"}]"#),
        said(r#"[{"type":"hologram"}]"#),
        said(r#"[{"type":"container_upload","file_id":"f"}]"#),
        said(r#"[{"type":"image","source":{"type":"file","file_id":"f"}}]"#),
        said(r#"[{"type":"image","source":{"type":"base64","data":"AA"}}]"#),
        said(r#"[{"type":"tool_result","content":"x"}]"#),
        said(r#"[{"type":"tool_use","id":"t","name":"f","input":[1]}]"#),
        with(r#""temperature":"hot""#),
        with(r#""stop_sequences":"x""#),
        with(r#""thinking":{"type":"deep"}"#),
        with(r#""thinking":{"type":"enabled"}"#),
        with(r#""output_config":{"effort":"enormous"}"#),
        with(r#""output_format":{"type":"xml"}"#),
        with(r#""tools":[{"type":"code_execution_20250825","name":"code_execution"}]"#),
        with(r#""tools":[{"type":"bash_20250124","name":"bash"}]"#),
        with(r#""tools":[{"name":"f"}]"#),
        with(r#""tool_choice":{"type":"maybe"}"#),
    ]
    .map(|body| refused(&body));
    insta::assert_snapshot!(all.join("\n"), @"
    request_malformed max_tokens: The body has no member `max_tokens`, which every chat request needs.
    request_malformed messages[0]: `messages[0]` must be an object.
    request_malformed messages[0].role: `messages[0].role` must be one of user, assistant, system.
    request_malformed messages[0].content: `messages[0].content` is missing.
    request_malformed messages[0].content: `messages[0].content` must be a string or an array of blocks.
    request_malformed messages[0].content[0].type: `messages[0].content[0].type` is missing.
    parameter_unsupported messages[0].content[0].type: Blocks of the type `hologram` are not known here.
    parameter_unsupported messages[0].content[0].type: Blocks of the type `container_upload` are not known here.
    parameter_unsupported messages[0].content[0].source.type: A file that lies at a provider cannot be read from here; send its bytes.
    request_malformed messages[0].content[0].source.media_type: `messages[0].content[0].source.media_type` is missing.
    request_malformed messages[0].content[0].tool_use_id: `messages[0].content[0].tool_use_id` is missing.
    request_malformed messages[0].content[0].input: `messages[0].content[0].input` must be an object.
    request_malformed temperature: `temperature` must be a number.
    request_malformed stop_sequences: `stop_sequences` must be an array.
    request_malformed thinking.type: `thinking.type` must be one of enabled, adaptive, disabled.
    request_malformed thinking.budget_tokens: `thinking.budget_tokens` is missing.
    request_malformed output_config.effort: `output_config.effort` must be one of low, medium, high, xhigh, max.
    parameter_unsupported output_format.type: The output format `xml` is not known here.
    parameter_unsupported tools[0].type: Tools of the type `code_execution_20250825` belong to Anthropic and cannot be carried to another provider.
    parameter_unsupported tools[0].type: Tools of the type `bash_20250124` belong to Anthropic and cannot be carried to another provider.
    request_malformed tools[0].input_schema: `tools[0].input_schema` is missing.
    request_malformed tool_choice.type: `tool_choice.type` must be one of auto, any, tool, none.
    ");
}
