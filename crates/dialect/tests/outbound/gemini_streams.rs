use proptest::prelude::*;
use tollgate_dialect::gemini::Gemini;
use tollgate_dialect::ir::Event;

use crate::grammar::{check, read};
use crate::shapes::show_events;

fn stream(pieces: &[&str]) -> String {
    pieces
        .iter()
        .map(|piece| format!("data: {}\r\n\r\n", piece.replace('\n', " ")))
        .collect()
}

fn events(text: &str) -> Vec<Event> {
    let events = read(&Gemini, std::iter::once(text.as_bytes()));
    check(&events).unwrap();
    events
}

fn shown(pieces: &[&str]) -> String {
    show_events(&events(&stream(pieces)))
}

const THOUGHT: &str = r#"{"candidates":[{"content":{"parts":[{"text":"Hm","thought":true}],
    "role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":8,"totalTokenCount":20,
    "thoughtsTokenCount":12},"modelVersion":"gemini-2.5-flash","responseId":"r1"}"#;
const WORDS: &str = r#"{"candidates":[{"content":{"parts":[{"text":"Grü"},{"text":"ezi"}]}}],
    "usageMetadata":{"promptTokenCount":8,"candidatesTokenCount":2,"totalTokenCount":22,
    "thoughtsTokenCount":12},"responseId":"r1"}"#;
const CALLS: &str = r#"{"candidates":[{"content":{"parts":[
    {"functionCall":{"name":"f","args":{"a": 1.0}},"thoughtSignature":"U2ln"},
    {"functionCall":{"name":"g"}}]}}]}"#;
const ENDED: &str = r#"{"candidates":[{"content":{"parts":[{"text":"!"}]},"finishReason":"STOP"}],
    "usageMetadata":{"promptTokenCount":8,"candidatesTokenCount":30,"totalTokenCount":50,
    "thoughtsTokenCount":12}}"#;
const AGAIN: &str = r#"{"candidates":[{"content":{"parts":[{"text":""}]},"finishReason":"STOP"}]}"#;

#[test]
fn gr_05_a_stream_of_thoughts_words_and_calls_is_read() {
    insta::assert_snapshot!(shown(&[THOUGHT, WORDS, CALLS, ENDED]), @r#"
    start Some("r1") Some("gemini-2.5-flash")
    0 open Thinking
    0 text "Hm"
    usage {"input":8,"output":0,"reasoning":12}
    0 close
    1 open Text
    1 text "Grü"
    1 text "ezi"
    usage {"input":8,"output":2,"reasoning":12}
    1 close
    2 call call_r1_0 f signed Some("U2ln")
    2 arguments {"a": 1.0}
    2 close
    3 call call_r1_1 g signed None
    3 arguments {}
    3 close
    4 open Text
    4 text "!"
    usage {"input":8,"output":30,"reasoning":12}
    4 close
    stop ToolUse
    end
    "#);
}

#[test]
fn gr_07_the_end_may_be_said_twice_and_come_with_words_and_the_usage_after_it() {
    let late = r#"{"usageMetadata":{"promptTokenCount":8,"candidatesTokenCount":31}}"#;
    let shown = shown(&[WORDS, ENDED, AGAIN, late]);
    assert_eq!(shown.matches("stop End").count(), 1, "{shown}");
    assert!(shown.contains(r#"0 text "!""#), "{shown}");
    assert!(shown.contains(r#""output":31"#), "{shown}");
    assert!(shown.ends_with("end"), "{shown}");
}

#[test]
fn gr_07_a_stream_that_closes_without_a_reason_has_failed() {
    for pieces in [&[][..], &[THOUGHT], &[THOUGHT, WORDS], &[CALLS]] {
        let shown = shown(pieces);
        assert!(
            shown.contains("fail None None The provider closed the stream"),
            "{shown}"
        );
    }
}

#[test]
fn gr_02_a_blocked_prompt_ends_filtered() {
    let blocked = r#"{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},
        "usageMetadata":{"promptTokenCount":4,"totalTokenCount":4}}"#;
    insta::assert_snapshot!(shown(&[blocked]), @r#"
    start None None
    usage {"input":4,"output":0}
    stop Filtered
    end
    "#);
}

#[test]
fn gr_01_a_call_that_the_model_could_not_make_fails() {
    let failed = r#"{"candidates":[{"finishReason":"MALFORMED_FUNCTION_CALL",
        "finishMessage":"Malformed function call: print("}]}"#;
    let shown = shown(&[WORDS, failed]);
    assert!(
        shown.contains("MALFORMED_FUNCTION_CALL Malformed function call"),
        "{shown}"
    );
    assert!(shown.contains("fail"), "{shown}");
}

#[test]
fn er_07_an_error_in_the_stream_ends_it() {
    let error = r#"{"error":{"code":503,"message":"Overloaded","status":"UNAVAILABLE"}}"#;
    let want = r#"fail Some("UNAVAILABLE") Some("503") Overloaded"#;
    assert_eq!(shown(&[error]), want);
    let shown = shown(&[WORDS, error, ENDED]);
    assert!(shown.ends_with(want), "{shown}");
}

#[test]
fn gr_09_a_picture_in_a_stream_is_a_block_and_sound_is_told_to_be_impossible() {
    let medium = |mime: &str| {
        let part = format!(r#"{{"inlineData":{{"mimeType":"{mime}","data":"aWc="}}}}"#);
        shown(&[&format!(
            r#"{{"candidates":[{{"content":{{"parts":[{part}]}},"finishReason":"STOP"}}]}}"#
        )])
    };
    let picture = medium("image/png");
    assert!(
        picture.contains("aWc=") && picture.ends_with("end"),
        "{picture}"
    );
    assert!(medium("audio/wav").contains("cannot be streamed"));
}

#[test]
fn a_piece_that_cannot_be_read_fails() {
    let shown = show_events(&events(&format!("{}data: {{\n\n", stream(&[WORDS]))));
    assert!(shown.contains("cannot be read"), "{shown}");
}

proptest! {
    #[test]
    fn ss_01_any_cut_gives_the_same_events(cuts in prop::collection::vec(0usize..3000, 0..12)) {
        let text = stream(&[THOUGHT, WORDS, CALLS, ENDED, AGAIN]);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut % text.len()).collect();
        cuts.sort_unstable();
        cuts.push(text.len());
        let mut from = 0;
        let pieces = cuts.into_iter().map(|cut| {
            let piece = &text.as_bytes()[from..cut];
            from = cut;
            piece
        });
        let cut = read(&Gemini, pieces);
        prop_assert_eq!(check(&cut), Ok(()));
        prop_assert_eq!(cut, events(&text));
    }

    #[test]
    fn gr_07_a_stream_cut_anywhere_keeps_the_grammar(end in 0usize..3000) {
        let text = stream(&[THOUGHT, WORDS, CALLS, ENDED, AGAIN]);
        let part = &text.as_bytes()[..end % text.len()];
        prop_assert_eq!(check(&read(&Gemini, part.chunks(7))), Ok(()));
    }
}
