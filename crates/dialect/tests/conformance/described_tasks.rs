//! The same for what models do besides conversing.

use bytes::Bytes;
use serde_json::{Value, json};
use tollgate_dialect::codec::Seen;
use tollgate_dialect::ir::Echo;
use tollgate_dialect::task::{self, Door, Form, Request, To};
use tollgate_model::task::{Task, TaskForm};

use crate::answers::reply;
use crate::described::{Description, fail_on};

const JSON: &str = "application/json";
const FORM: &str = "multipart/form-data; boundary=xyz";

/// Requests by every door from which a provider of OpenAI's form can be asked, whether for a single
/// input, and the schema of what it is sent.
const REQUESTS: [(Task, TaskForm, bool, &str, &str); 7] = [
    (
        Task::Embeddings,
        TaskForm::Openai,
        false,
        r#"{"model":"m","input":["a","b"],"dimensions":2,"encoding_format":"base64","user":"u"}"#,
        "CreateEmbeddingRequest",
    ),
    (
        Task::Embeddings,
        TaskForm::Gemini,
        true,
        r#"{"content":{"parts":[{"text":"a"}]},"outputDimensionality":2}"#,
        "CreateEmbeddingRequest",
    ),
    (
        Task::Embeddings,
        TaskForm::Gemini,
        false,
        r#"{"requests":[{"model":"models/m","content":{"parts":[{"text":"a"}]},"taskType":"CLUSTERING"},
            {"model":"models/m","content":{"parts":[{"text":"b"}]},"taskType":"CLUSTERING"}]}"#,
        "CreateEmbeddingRequest",
    ),
    (
        Task::Embeddings,
        TaskForm::Cohere,
        false,
        r#"{"model":"m","texts":["a","b"],"input_type":"search_query","output_dimension":2,
            "embedding_types":["float"]}"#,
        "CreateEmbeddingRequest",
    ),
    (
        Task::Images,
        TaskForm::Openai,
        false,
        r#"{"model":"m","prompt":"A gate","n":2,"size":"1024x1024","quality":"high","user":"u"}"#,
        "CreateImageRequest",
    ),
    (
        Task::Speech,
        TaskForm::Openai,
        false,
        r#"{"model":"m","input":"Hoi","voice":"alloy","instructions":"slow","stream_format":"sse"}"#,
        "CreateSpeechRequest",
    ),
    (
        Task::Moderations,
        TaskForm::Openai,
        false,
        r#"{"model":"m","input":["Hoi"]}"#,
        "CreateModerationRequest",
    ),
];

/// Answers of providers to callers of OpenAI's form.
const ANSWERS: [(TaskForm, &str); 2] = [
    (
        TaskForm::Gemini,
        r#"{"embeddings":[{"values":[1,2.5]},{"values":[0,1]}],"usageMetadata":{"promptTokenCount":3}}"#,
    ),
    (
        TaskForm::Cohere,
        r#"{"id":"e","texts":["a","b"],"embeddings":{"float":[[1,2.5],[0,1]]},
            "meta":{"billed_units":{"input_tokens":1}}}"#,
    ),
];

fn written(door: Door, content_type: &str, body: &'static [u8]) -> Vec<u8> {
    let request = Request {
        door,
        model: (door.form == TaskForm::Gemini).then_some("m"),
        content_type,
        body,
    };
    let to = To {
        form: TaskForm::Openai,
        model: "up",
    };
    let head = task::head(&request).unwrap();
    let written = head.write(content_type, &Bytes::from_static(body), &to);
    written.unwrap().body.concat()
}

#[test]
fn what_is_asked_for_a_task_in_openais_form_follows_its_description() {
    let mut description = Description::read();
    let mut faults = Vec::new();
    for (task, form, single, body, schema) in REQUESTS {
        let door = Door { task, form, single };
        let sent = written(door, JSON, body.as_bytes());
        let sent: Value = serde_json::from_slice(&sent).unwrap();
        assert_eq!(sent["model"], "up");
        faults.extend(description.faults(schema, &sent));
    }
    fail_on(&faults);
}

#[test]
fn a_form_for_a_task_follows_its_description() {
    const BODY: &str = "--xyz\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n\
        --xyz\r\nContent-Disposition: form-data; name=\"language\"\r\n\r\nde\r\n\
        --xyz\r\nContent-Disposition: form-data; name=\"response_format\"\r\n\r\njson\r\n\
        --xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.mp3\"\r\n\r\nID3\r\n--xyz--\r\n";
    let door = Door {
        task: Task::Transcriptions,
        form: TaskForm::Openai,
        single: true,
    };
    let sent = written(door, FORM, BODY.as_bytes());
    let form = Form::read(FORM, &sent).unwrap();
    assert_eq!(form.files().count(), 1);
    let mut fields = json!({ "file": "ID3" });
    for name in ["model", "language", "response_format"] {
        fields[name] = form.text(name).unwrap().into();
    }
    assert_eq!(fields["model"], "up");
    fail_on(&Description::read().faults("CreateTranscriptionRequest", &fields));
}

#[test]
fn what_callers_of_a_task_in_openais_form_read_follows_its_description() {
    let mut description = Description::read();
    let mut faults = Vec::new();
    let body = br#"{"model":"m","input":["a","b"]}"#;
    let request = Request {
        door: Door {
            task: Task::Embeddings,
            form: TaskForm::Openai,
            single: false,
        },
        model: None,
        content_type: JSON,
        body,
    };
    let head = task::head(&request).unwrap();
    for (form, answer) in ANSWERS {
        let Ok(Seen::Answer(usage)) = head.look(form, answer.as_bytes()) else {
            panic!("no answer: {answer}");
        };
        let echo = Echo::default();
        let read = head.answer(body, (form, answer.as_bytes()), usage, &reply(&echo));
        let read = serde_json::from_slice(&read.unwrap()).unwrap();
        faults.extend(description.faults("CreateEmbeddingResponse", &read));
    }
    fail_on(&faults);
}
