//! Requests for tasks and answers to them, in any state: nothing panics, and what is sent on or
//! answered is JSON where it should be.

use bytes::Bytes;
use tollgate_dialect::task::{self, Door, Request, To};
use tollgate_model::task::{Task, TaskForm};

use crate::dice::throw;
use crate::{REPLY, is_json};

const FORM: &str = "multipart/form-data; boundary=xyz";

const FORMS: [TaskForm; 5] = [
    TaskForm::Openai,
    TaskForm::Gemini,
    TaskForm::Cohere,
    TaskForm::Jina,
    TaskForm::Voyage,
];

/// Doors, whether one for a single input, requests that come by them, and answers.
const SEEDS: [(Task, TaskForm, bool, &str, &str); 8] = [
    (
        Task::Embeddings,
        TaskForm::Openai,
        false,
        r#"{"model":"m","input":["a","b"],"dimensions":2,"encoding_format":"base64","user":"u"}"#,
        r#"{"data":[{"index":0,"embedding":[1,2.5]},{"index":1,"embedding":"AACAPw=="}],"usage":{"prompt_tokens":2}}"#,
    ),
    (
        Task::Embeddings,
        TaskForm::Gemini,
        true,
        r#"{"model":"models/m","content":{"parts":[{"text":"a"}]},"taskType":"CLUSTERING"}"#,
        r#"{"embeddings":[{"values":[1,2]}],"usageMetadata":{"promptTokenCount":3}}"#,
    ),
    (
        Task::Embeddings,
        TaskForm::Gemini,
        false,
        r#"{"requests":[{"model":"models/m","content":{"parts":[{"text":"a"}]}},{"content":{"parts":[{"text":"b"}]}}]}"#,
        r#"{"embeddings":[{"values":[1,2]},{"values":[]}]}"#,
    ),
    (
        Task::Embeddings,
        TaskForm::Cohere,
        false,
        r#"{"model":"m","texts":["a"],"input_type":"search_query","embedding_types":["float"]}"#,
        r#"{"id":"e","embeddings":{"float":[[1,2]]},"meta":{"billed_units":{"input_tokens":1}}}"#,
    ),
    (
        Task::Rerank,
        TaskForm::Jina,
        false,
        r#"{"model":"m","query":"q","documents":["a",{"text":"b"}],"top_n":1,"return_documents":true}"#,
        r#"{"results":[{"index":1,"relevance_score":0.5}],"usage":{"total_tokens":3}}"#,
    ),
    (
        Task::Images,
        TaskForm::Openai,
        false,
        r#"{"model":"m","prompt":"p","n":2,"stream":true,"images":[{"image_url":"u"}]}"#,
        r#"{"data":[{"url":"u"}],"usage":{"input_tokens":1,"output_tokens":2,"input_tokens_details":{"image_tokens":1}}}"#,
    ),
    (
        Task::Speech,
        TaskForm::Openai,
        false,
        r#"{"model":"m","input":"Hoi","voice":"v","instructions":"i","stream_format":"sse"}"#,
        "{}",
    ),
    (
        Task::Transcriptions,
        TaskForm::Openai,
        false,
        "--xyz\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\nRIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\0\0\0\0xx\r\n--xyz--\r\n",
        r#"{"text":"Hi","duration":2.5,"usage":{"type":"duration","seconds":3}}"#,
    ),
];

#[test]
fn requests_for_tasks_are_refused_or_can_be_written_for_every_provider() {
    for (task, form, single, seed, _) in SEEDS {
        let is_form = task::takes_files(task);
        throw(&[seed], |body, dice| {
            let named = form == TaskForm::Gemini || dice.below(3) == 0;
            let door = Door { task, form, single };
            let request = Request {
                door,
                model: named.then_some("m"),
                content_type: if is_form { FORM } else { "application/json" },
                body,
            };
            let Ok(head) = task::head(&request) else {
                return;
            };
            let body = Bytes::copy_from_slice(body);
            for form in FORMS.into_iter().filter(|form| form.has(task)) {
                let to = To {
                    form,
                    model: "up\"stream",
                };
                let Ok(written) = head.write(request.content_type, &body, &to) else {
                    continue;
                };
                let sent = written.body.concat();
                assert!(
                    is_form || is_json(&sent),
                    "{}",
                    String::from_utf8_lossy(&sent)
                );
            }
        });
    }
}

#[test]
fn answers_to_tasks_are_refused_or_can_be_written_for_every_caller() {
    for (task, form, _, _, seed) in SEEDS {
        throw(&[seed], |answer, _| {
            for (other, caller, single, body, _) in SEEDS {
                if other != task || task::takes_files(task) {
                    continue;
                }
                let door = Door {
                    task,
                    form: caller,
                    single,
                };
                let request = Request {
                    door,
                    model: Some("m"),
                    content_type: "application/json",
                    body: body.as_bytes(),
                };
                let head = task::head(&request).unwrap();
                let Ok(tollgate_dialect::codec::Seen::Answer(usage)) = head.look(form, answer)
                else {
                    continue;
                };
                let written = head.answer(body.as_bytes(), (form, answer), usage, &REPLY);
                if let Ok(written) = written {
                    assert!(is_json(&written), "{}", String::from_utf8_lossy(&written));
                }
            }
        });
    }
}
