//! Texts from which random changes start.

pub(crate) const REQUESTS: [&str; 4] = [
    r#"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#,
    concat!(
        r#" {"stream":true,"stream_options":{"include_usage":false,"x":1.0},"model":"a\u0062","#,
        r#""messages":[{"role":"system","content":[{"type":"text","text":"s","cache_control":"#,
        r#"{"type":"ephemeral"}}]},{"role":"user","content":[{"type":"image_url","image_url":"#,
        r#"{"url":"data:image/png;base64,AA"}},{"type":"file","file":{"file_data":"#,
        r#""data:application/pdf;base64,BB"}},{"type":"input_audio","input_audio":{"data":"C","#,
        r#""format":"wav"}}]}],"n":1,"max_tokens":10,"logit_bias":{"1":1e2}}"#,
    ),
    concat!(
        r#"{"model":"m","max_completion_tokens":5,"tools":[{"type":"function","function":"#,
        r#"{"name":"f","parameters":{"type":"object","properties":{"é":{"type":["string","null"]"#,
        r#"}}},"strict":true}}],"tool_choice":{"type":"function","function":{"name":"f"}},"#,
        r#""messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"#,
        r#""function","function":{"name":"f","arguments":"{\"x\":1.0}"}}]},{"role":"tool","#,
        r#""tool_call_id":"c","content":"r"}],"reasoning_effort":"low","stop":["a"],"response_format":"#,
        r#"{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}}}"#,
    ),
    concat!(
        r#"{"model":"m","functions":[{"name":"f"}],"function_call":"auto","messages":["#,
        r#"{"role":"assistant","content":"x","thinking_blocks":[{"type":"thinking","thinking":"t","#,
        r#""signature":"s"}]},{"role":"assistant","function_call":{"name":"f","arguments":""}},"#,
        r#"{"role":"function","name":"f","content":"r"}]}"#,
    ),
];

pub(crate) const ANSWERS: [&str; 3] = [
    concat!(
        r#"{"id":"x","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"hi","#,
        r#""reasoning_content":"t","tool_calls":[{"id":"c","type":"function","function":{"name":"f","#,
        r#""arguments":"{\"x\":1}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":9,"#,
        r#""completion_tokens":2,"total_tokens":11,"prompt_tokens_details":{"cached_tokens":3}}}"#,
    ),
    concat!(
        r#"{"choices":[{"message":{"content":[{"type":"text","text":"a"}],"images":[{"image_url":"#,
        r#"{"url":"data:image/png;base64,A"}}]},"finish_reason":"stop"}],"x_groq":{"usage":"#,
        r#"{"prompt_tokens":1,"completion_tokens":1}}}"#,
    ),
    r#"{"code":"c","error":{"message":"no","type":"t","param":"p","code":7,"metadata":{"retry_after":3}}}"#,
];

pub(crate) const STREAMS: [&str; 3] = [
    concat!(
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",",
        "\"content\":\"\"},\"finish_reason\":null}],\"usage\":null}\n\n",
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"h\u{e9}\"}}]}\n\n",
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
        "data: {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2,",
        "\"cost\":0.1}}\n\ndata: [DONE]\n\n",
    ),
    concat!(
        ": OPENROUTER PROCESSING\r\n\r\n",
        "data:{\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"reasoning\":\"t\"}}]}\r\n\r\n",
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,",
        "\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}},{\"index\":1,\"id\":\"b\",",
        "\"function\":{\"name\":\"g\",\"arguments\":\"{}\"}}]}}]}\r\n\r\n",
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,",
        "\"function\":{\"arguments\":\"{\\\"x\\\":1}\"}}]},\"finish_reason\":\"tool_calls\"}],",
        "\"x_groq\":{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":1}}}\r\n\r\n",
    ),
    concat!(
        "event: message\ndata: {\"choices\":[{\"delta\":{\"content\":\"x\"}}],\n",
        "data: \"usage\":{\"prompt_tokens\":3}}\n\n",
        "data: {\"error\":{\"code\":402,\"message\":\"no credits\"}}\n\n",
    ),
];

pub(crate) const ANTHROPIC: [&str; 3] = [
    concat!(
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",",
        "\"model\":\"c\",\"usage\":{\"input_tokens\":9,\"cache_creation\":",
        "{\"ephemeral_1h_input_tokens\":2},\"output_tokens\":1}}}\n\n",
        "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,",
        "\"content_block\":{\"type\":\"thinking\",\"thinking\":\"\"}}\n\n",
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,",
        "\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"hm\"}}\n\n",
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,",
        "\"delta\":{\"type\":\"signature_delta\",\"signature\":\"s\"}}\n\n",
        "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n",
        "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":1,",
        "\"content_block\":{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"f\",\"input\":{}}}\n\n",
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":1,",
        "\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"a\\\":1}\"}}\n\n",
        "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":1}\n\n",
        "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":",
        "{\"stop_reason\":\"tool_use\"},\"usage\":{\"output_tokens\":9}}\n\n",
        "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
    ),
    concat!(
        "{\"id\":\"m\",\"type\":\"message\",\"content\":[{\"type\":\"text\",\"text\":\"hi\"},",
        "{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"f\",\"input\":{\"a\":1.0}}],",
        "\"stop_reason\":\"tool_use\",\"usage\":{\"input_tokens\":9,\"output_tokens\":2}}",
    ),
    "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"x\",\"message\":\"no\"}}\n\n",
];

pub(crate) const GEMINI: [&str; 3] = [
    concat!(
        "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"hm\",\"thought\":true},",
        "{\"text\":\"hi\"}],\"role\":\"model\"},\"index\":0}],\"usageMetadata\":",
        "{\"promptTokenCount\":8,\"totalTokenCount\":9},\"responseId\":\"r\"}\r\n\r\n",
        "data: {\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"name\":\"f\",",
        "\"args\":{\"a\":1}},\"thoughtSignature\":\"s\"}]},\"finishReason\":\"STOP\"}],",
        "\"usageMetadata\":{\"promptTokenCount\":8,\"cachedContentTokenCount\":3,",
        "\"candidatesTokenCount\":4,\"thoughtsTokenCount\":5}}\r\n\r\n",
    ),
    "{\"promptFeedback\":{\"blockReason\":\"SAFETY\"},\"usageMetadata\":{\"promptTokenCount\":1}}",
    concat!(
        "[{\"error\":{\"code\":429,\"message\":\"no\",\"status\":\"RESOURCE_EXHAUSTED\",",
        "\"details\":[{\"@type\":\"x/google.rpc.RetryInfo\",\"retryDelay\":\"1.5s\"}]}}]",
    ),
];

pub(crate) const ANTHROPIC_REQUESTS: [&str; 2] = [
    concat!(
        r#" {"model":"m","max_tokens": 10,"system":[{"type":"text","text":"s","cache_control":"#,
        r#"{"type":"ephemeral"}}],"messages":[{"role":"user","content":[{"type":"image","source":"#,
        r#"{"type":"base64","media_type":"image/png","data":"AA"}},{"type":"document","title":"t","#,
        r#""source":{"type":"text","media_type":"text/plain","data":"é"}},{"type":"text","text":"#,
        r#""hi"}]},{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"#,
        r#""s"},{"type":"tool_use","id":"t__thought__A-_","name":"f","input":{"x":1.0}}]},{"role":"#,
        r#""user","content":[{"type":"tool_result","tool_use_id":"t__thought__A-_","is_error":true,"#,
        r#""content":[{"type":"text","text":"r"}]}]}],"metadata":{"user_id":"u"},"stream":true}"#,
    ),
    concat!(
        r#"{"max_tokens":9,"model":"m","messages":[{"role":"user","content":"hi"}],"tools":"#,
        r#"[{"name":"f","input_schema":{"type":"object","properties":{"a":{"type":"string"}}},"#,
        r#""strict":true}],"tool_choice":{"type":"tool","name":"f","disable_parallel_tool_use":true},"#,
        r#""thinking":{"type":"enabled","budget_tokens":2000},"output_config":{"effort":"low","#,
        r#""format":{"type":"json_schema","schema":{"type":"object"}}},"stop_sequences":["a"],"#,
        r#""temperature":1,"top_k":3,"service_tier":"auto","speed":"standard"}"#,
    ),
];

pub(crate) const GEMINI_REQUESTS: [&str; 2] = [
    concat!(
        r#" {"system_instruction":{"parts":{"text":"s"}},"contents":[{"role":"user","parts":["#,
        r#"{"text":"hi é"},{"inlineData":{"mimeType":"image/png","data":"A-_"}}]},{"role":"model","#,
        r#""parts":[{"text":"hm","thought":true},{"functionCall":{"name":"f","args":{"x":1.0}},"#,
        r#""thoughtSignature":"dG9sbGdhdGUvW10="},{"functionCall":{"id":"i","name":"f"}}]},"#,
        r#"{"parts":[{"functionResponse":{"name":"f","response":{"output":"r"}}},"#,
        r#"{"function_response":{"id":"i","name":"f","response":{"error":[1]}}}]}],"#,
        r#""generationConfig":{"maxOutputTokens":9,"topK":40.0,"candidate_count":1}}"#,
    ),
    concat!(
        r#"{"model":"models/m","contents":{"parts":[{"text":"hi"}]},"tools":[{"functionDeclarations":"#,
        r#"[{"name":"f","parameters":{"type":"OBJECT","properties":{"a":{"type":"STRING","#,
        r#""nullable":true}},"propertyOrdering":["a"]}}]}],"toolConfig":{"functionCallingConfig":"#,
        r#"{"mode":"ANY","allowedFunctionNames":["f"]}},"generation_config":{"thinkingConfig":"#,
        r#"{"thinkingBudget":-1,"includeThoughts":true},"responseMimeType":"application/json","#,
        r#""responseSchema":{"type":"ARRAY","items":{"anyOf":[{"type":"INTEGER"}]}}},"#,
        r#""safetySettings":[],"serviceTier":"standard"}"#,
    ),
];

pub(crate) const COHERE: [&str; 3] = [
    concat!(
        "event: message-start\ndata: {\"type\":\"message-start\",\"id\":\"i\",\"delta\":{\"message\":",
        "{\"role\":\"assistant\"}}}\n\n",
        "event: content-start\ndata: {\"type\":\"content-start\",\"index\":0,\"delta\":{\"message\":",
        "{\"content\":{\"type\":\"thinking\",\"thinking\":\"hm\"}}}}\n\n",
        "event: content-end\ndata: {\"type\":\"content-end\",\"index\":0}\n\n",
        "event: content-delta\ndata: {\"type\":\"content-delta\",\"index\":1,\"delta\":{\"message\":",
        "{\"content\":{\"text\":\"h\u{e9}\"}}}}\n\n",
        "data: {\"type\":\"tool-plan-delta\",\"delta\":{\"message\":{\"tool_plan\":\"p\"}}}\n\n",
        "event: tool-call-start\ndata: {\"type\":\"tool-call-start\",\"index\":0,\"delta\":{\"message\":",
        "{\"tool_calls\":{\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}}}}\n\n",
        "event: tool-call-delta\ndata: {\"type\":\"tool-call-delta\",\"index\":0,\"delta\":{\"message\":",
        "{\"tool_calls\":{\"function\":{\"arguments\":\"{\\\"x\\\":1}\"}}}}}\n\n",
        "event: message-end\ndata: {\"type\":\"message-end\",\"delta\":{\"finish_reason\":\"TOOL_CALL\",",
        "\"usage\":{\"billed_units\":{\"input_tokens\":3.0,\"output_tokens\":2},\"cached_tokens\":1}}}\n\n",
        "data: [DONE]\n\n",
    ),
    concat!(
        "{\"id\":\"i\",\"finish_reason\":\"COMPLETE\",\"message\":{\"content\":[{\"type\":\"text\",",
        "\"text\":\"hi\"}],\"tool_plan\":\"p\",\"tool_calls\":[{\"id\":\"c\",\"function\":{\"name\":\"f\",",
        "\"arguments\":\"{}\"}}]},\"usage\":{\"billed_units\":{\"input_tokens\":1,\"output_tokens\":1}}}",
    ),
    "{\"message\":\"no\",\"id\":\"x\"}",
];

pub(crate) const COHERE_REQUESTS: [&str; 2] = [
    concat!(
        r#" {"model":"m","max_tokens": 10,"messages":[{"role":"system","content":"s"},{"role":"user","#,
        r#""content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA"}},"#,
        r#"{"type":"text","text":"é"}]},{"role":"assistant","tool_plan":"p","tool_calls":[{"id":"t","#,
        r#""type":"function","function":{"name":"f","arguments":"{\"x\":1.0}"}}]},{"role":"tool","#,
        r#""tool_call_id":"t","content":[{"type":"document","document":{"id":"d","data":{"a":"b"}}}]}],"#,
        r#""documents":["x",{"data":{"title":"t","text":"y"}}],"stream":true}"#,
    ),
    concat!(
        r#"{"model":"m","messages":[{"role":"user","content":"hi"}],"tools":[{"type":"function","#,
        r#""function":{"name":"f","parameters":{"type":"object"}}}],"strict_tools":true,"#,
        r#""tool_choice":"REQUIRED","thinking":{"type":"enabled","token_budget":9},"k":3,"p":0.5,"#,
        r#""seed":1,"response_format":{"type":"json_object","json_schema":{"type":"object"}}}"#,
    ),
];

pub(crate) const OLLAMA: [&str; 4] = [
    concat!(
        "{\"model\":\"m\",\"created_at\":\"t\",\"message\":{\"role\":\"assistant\",\"content\":\"\",",
        "\"thinking\":\"hm\"},\"done\":false}\n",
        "{\"model\":\"m\",\"message\":{\"content\":\"h\u{e9}\"},\"done\":false}\n\n",
        "{\"model\":\"m\",\"message\":{\"content\":\"\",\"tool_calls\":[{\"function\":{\"name\":\"f\",",
        "\"arguments\":{\"a\":1.0}}},{\"id\":\"i\",\"function\":{\"name\":\"g\",\"arguments\":\"{}\"}}]},",
        "\"done\":false}\r\n",
        "{\"model\":\"m\",\"message\":{\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\",",
        "\"prompt_eval_count\":9,\"eval_count\":2}\n",
    ),
    concat!(
        "{\"model\":\"m\",\"response\":\"h\u{e9}\",\"done\":false}\n",
        "{\"model\":\"m\",\"response\":\"\",\"thinking\":\"x\",\"done\":true,\"done_reason\":\"length\",",
        "\"prompt_eval_count\":9,\"eval_count\":2}",
    ),
    concat!(
        "{\"model\":\"m\",\"created_at\":\"2025\",\"message\":{\"content\":\"hi\",\"tool_calls\":[",
        "{\"function\":{\"name\":\"f\"}}]},\"done\":true,\"prompt_eval_count\":1,\"eval_count\":1}",
    ),
    "{\"error\":\"no\"}\n",
];

pub(crate) const OLLAMA_REQUESTS: [&str; 2] = [
    concat!(
        r#" {"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":"é","#,
        r#""images":["AA"]},{"role":"assistant","content":"","thinking":"t","tool_calls":[{"function":"#,
        r#"{"name":"f","arguments":{"x":1.0}}},{"id":"i","function":{"name":"g","arguments":"{}"}}]},"#,
        r#"{"role":"tool","tool_name":"f","content":"r"},{"role":"tool","tool_call_id":"i","content":"r"}],"#,
        r#""options":{"num_predict": 9,"top_k":4.0,"seed":1,"stop":["a"]},"stream":false}"#,
    ),
    concat!(
        r#"{"model":"m","messages":[{"role":"user","content":"hi"}],"tools":[{"type":"function","#,
        r#""function":{"name":"f","parameters":{"type":"object"}}}],"format":{"type":"object"},"#,
        r#""think":"low","keep_alive":"5m","options":null}"#,
    ),
];

pub(crate) const GENERATE_REQUESTS: [&str; 1] = [concat!(
    r#" {"model":"m","prompt":"hé","system":"s","images":["AA"],"format":"json","think":true,"#,
    r#""options":{"num_predict":-1,"temperature":0.5},"raw":false,"context":[]}"#,
)];

pub(crate) const COMPLETIONS: [&str; 3] = [
    concat!(
        "data: {\"id\":\"c\",\"object\":\"text_completion\",\"choices\":[{\"text\":\"h\u{e9}\",\"index\":0,",
        "\"finish_reason\":null}],\"usage\":null}\n\n",
        "data: {\"id\":\"c\",\"choices\":[{\"text\":\"\",\"index\":0,\"finish_reason\":\"stop\"}]}\n\n",
        "data: {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2}}\n\n",
        "data: [DONE]\n\n",
    ),
    concat!(
        "{\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"text\":\"hi\",\"index\":0,\"finish_reason\":\"length\"}],",
        "\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2,\"total_tokens\":11}}",
    ),
    "data: {\"error\":{\"message\":\"no\",\"code\":7}}\n\n",
];

pub(crate) const COMPLETIONS_REQUESTS: [&str; 2] = [
    concat!(
        r#" {"model":"m","prompt":"hé","max_tokens": 9,"n":1,"best_of":1,"stop":["a"],"echo":false,"#,
        r#""stream":true,"stream_options":{"include_usage":false},"logit_bias":{"1":1e2}}"#,
    ),
    r#"{"prompt":["a"],"model":"m","logprobs":null,"suffix":"","temperature":0.5,"user":"u"}"#,
];

pub(crate) const RESPONSES: [&str; 3] = [
    concat!(
        "event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,",
        "\"response\":{\"id\":\"r\",\"status\":\"in_progress\",\"error\":null,\"model\":\"m\"}}\n\n",
        "event: response.output_item.added\ndata: {\"type\":\"response.output_item.added\",",
        "\"output_index\":0,\"item\":{\"type\":\"reasoning\",\"id\":\"rs\",\"summary\":[]}}\n\n",
        "event: response.reasoning_summary_text.delta\ndata: {\"type\":",
        "\"response.reasoning_summary_text.delta\",\"output_index\":0,\"delta\":\"hm\"}\n\n",
        "event: response.output_item.done\ndata: {\"type\":\"response.output_item.done\",",
        "\"output_index\":0,\"item\":{\"type\":\"reasoning\",\"id\":\"rs\",\"summary\":[{\"type\":",
        "\"summary_text\",\"text\":\"hm\"}],\"encrypted_content\":\"g=\"}}\n\n",
        "data: {\"type\":\"response.output_text.delta\",\"output_index\":1,\"content_index\":0,",
        "\"delta\":\"h\u{e9}\"}\n\n",
        "data: {\"type\":\"response.output_item.added\",\"output_index\":2,\"item\":{\"type\":",
        "\"custom_tool_call\",\"call_id\":\"c\",\"name\":\"f\"}}\n\n",
        "data: {\"type\":\"response.custom_tool_call_input.delta\",\"output_index\":2,",
        "\"delta\":\"a\\\"\"}\n\n",
        "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"id\":\"r\",",
        "\"status\":\"completed\",\"output\":[],\"usage\":{\"input_tokens\":9,\"output_tokens\":2}}}\n\n",
    ),
    concat!(
        "{\"id\":\"r\",\"model\":\"m\",\"status\":\"incomplete\",\"incomplete_details\":{\"reason\":",
        "\"max_output_tokens\"},\"error\":null,\"output\":[{\"type\":\"message\",\"content\":[",
        "{\"type\":\"output_text\",\"text\":\"hi\"},{\"type\":\"refusal\",\"refusal\":\"no\"}]},",
        "{\"type\":\"function_call\",\"call_id\":\"c\",\"name\":\"f\",\"arguments\":\"{\\\"a\\\":1}\"}],",
        "\"usage\":{\"input_tokens\":9,\"output_tokens\":2,\"output_tokens_details\":",
        "{\"reasoning_tokens\":1}}}",
    ),
    "event: error\ndata: {\"type\":\"error\",\"code\":\"x\",\"message\":\"no\",\"param\":null}\n\n",
];

pub(crate) const RESPONSES_REQUESTS: [&str; 2] = [
    concat!(
        r#" {"model":"m","instructions":"s","max_output_tokens": 10,"input":[{"role":"user","#,
        r#""content":[{"type":"input_text","text":"hi é"},{"type":"input_image","image_url":"#,
        r#""data:image/png;base64,AA"}]},{"type":"reasoning","id":"rs","summary":[{"type":"#,
        r#""summary_text","text":"hm"}],"encrypted_content":"dG9sbGdhdGUvW10="},{"type":"#,
        r#""function_call","call_id":"c__thought__A","name":"f","arguments":"{\"x\":1.0}"},{"type":"#,
        r#""function_call_output","call_id":"c__thought__A","output":[{"type":"input_text","text":"r"}]},"#,
        r#"{"type":"custom_tool_call","call_id":"d","name":"g","input":"t"},{"type":"#,
        r#""custom_tool_call_output","call_id":"d","output":"x"}],"stream":true,"store":false}"#,
    ),
    concat!(
        r#"{"input":"hi","model":"m","previous_response_id":"resp_1","tools":[{"type":"function","#,
        r#""name":"f","parameters":{"type":"object"},"strict":true},{"type":"custom","name":"g","#,
        r#""format":{"type":"grammar","syntax":"lark","definition":"x"}},{"type":"local_shell"}],"#,
        r#""tool_choice":{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"f"}]},"#,
        r#""text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object"}},"#,
        r#""verbosity":"low"},"reasoning":{"effort":"low","summary":"auto"},"metadata":{"a":"b"},"#,
        r#""truncation":"auto","include":["reasoning.encrypted_content"],"temperature":1}"#,
    ),
];

pub(crate) const BEDROCK: [&str; 3] = [
    concat!(
        r#"{"metrics":{"latencyMs":7},"output":{"message":{"role":"assistant","content":["#,
        r#"{"reasoningContent":{"reasoningText":{"text":"hm","signature":"s"}}},{"text":"hi é"},"#,
        r#"{"toolUse":{"toolUseId":"t","name":"f","input":{"a":1.0}}}]}},"stopReason":"tool_use","#,
        r#""usage":{"inputTokens":8,"outputTokens":4,"totalTokens":17,"cacheReadInputTokens":3,"#,
        r#""cacheWriteInputTokens":2,"cacheDetails":[{"ttl":"1h","inputTokens":2}]}}"#,
    ),
    r#"{"output":{"message":{"content":[]}},"stopReason":"max_tokens"}"#,
    r#"{"__type":"a#ThrottlingException:b","message":"no","modelSummaries":[{"modelId":"m"}]}"#,
];

pub(crate) const BEDROCK_REQUESTS: [&str; 2] = [
    concat!(
        r#" {"system":[{"text":"s"},{"cachePoint":{"type":"default"}}],"messages":[{"role":"user","#,
        r#""content":[{"image":{"format":"png","source":{"bytes":"AA"}}},{"document":{"format":"txt","#,
        r#""name":"t","source":{"text":"é"}}},{"text":"hi"}]},{"role":"assistant","content":["#,
        r#"{"reasoningContent":{"reasoningText":{"text":"hm","signature":"s"}}},{"toolUse":"#,
        r#"{"toolUseId":"t__thought__A-_","name":"f","input":{"x":1.0}}}]},{"role":"user","content":["#,
        r#"{"toolResult":{"toolUseId":"t__thought__A-_","status":"error","content":[{"json":[1]}]}}]}],"#,
        r#""inferenceConfig":{"maxTokens":10,"stopSequences":["a"]}}"#,
    ),
    concat!(
        r#"{"messages":[{"role":"user","content":[{"text":"hi"}]}],"toolConfig":{"tools":[{"toolSpec":"#,
        r#"{"name":"f","inputSchema":{"json":{"type":"object"}},"strict":true}}],"toolChoice":"#,
        r#"{"tool":{"name":"f"}}},"additionalModelRequestFields":{"thinking":{"type":"enabled","#,
        r#""budget_tokens":2000},"top_k":3},"outputConfig":{"textFormat":{"type":"json_schema","#,
        r#""structure":{"jsonSchema":{"schema":"{\"type\":\"object\"}"}}}},"performanceConfig":"#,
        r#"{"latency":"standard"},"serviceTier":{"type":"default"},"guardrailConfig":null}"#,
    ),
];
