//! The realtime session of the sandbox. It says what it was told last; where it is to speak, a silence of
//! 100 ms for each word stands for its voice.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::duplex;
use tokio::task::spawn_local;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;
use tollgate_dialect::realtime::{heard, seconds, spoken};

use crate::sandbox::tokens;
use crate::socket::{Socket, socket};

/// Bytes that may be on their way.
const ON_THE_WAY: usize = 64 * 1024;
/// 100 ms of 16 bits at 24 kHz.
const WORD_OF_SILENCE: [u8; 4_800] = [0; 4_800];

/// Opens a session with a model of the sandbox.
pub(crate) async fn open(model: &str, most: usize) -> Socket {
    let (ours, own) = duplex(ON_THE_WAY);
    let talk = Talk {
        model: model.to_owned(),
        ..Talk::default()
    };
    spawn_local(async move { talk.hold(socket(own, Role::Server, most).await).await });
    socket(ours, Role::Client, most).await
}

/// A session under way.
#[derive(Default)]
struct Talk {
    model: String,
    /// What the caller has set.
    session: Value,
    /// How many ids were given.
    ids: u32,
    /// What was said last.
    last: String,
    /// Tokens of text that were said, and bytes of sound that were heard.
    text: u64,
    sound: u64,
    /// Bytes of sound that are not part of the conversation yet.
    buffer: u64,
}

impl Talk {
    async fn hold(mut self, mut socket: Socket) {
        let mut events = vec![json!({ "type": "session.created", "session": self.session() })];
        loop {
            for mut event in events.drain(..) {
                event["event_id"] = self.id("event").into();
                if socket.send(Message::text(event.to_string())).await.is_err() {
                    return;
                }
            }
            match socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    let event = serde_json::from_str(&text).unwrap_or_default();
                    events = self.hears(&event, text.len());
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => {}
            }
        }
        // Whoever has closed it need not be told.
        let _ = socket.close(None).await;
    }

    fn id(&mut self, kind: &str) -> String {
        self.ids += 1;
        format!("{kind}_sandbox_{}", self.ids)
    }

    fn session(&self) -> Value {
        let mut session = json!({
            "type": "realtime", "object": "realtime.session", "id": "sess_sandbox", "model": self.model,
            "output_modalities": ["audio"], "instructions": "", "tools": [], "tool_choice": "auto",
            "max_output_tokens": "inf",
            "audio": {
                "input": { "format": { "type": "audio/pcm", "rate": 24_000 }, "transcription": null,
                           "turn_detection": null },
                "output": { "format": { "type": "audio/pcm", "rate": 24_000 }, "voice": "sandbox" },
            },
        });
        for (name, value) in self.session.as_object().into_iter().flatten() {
            session[name] = value.clone();
        }
        session
    }

    fn hears(&mut self, event: &Value, length: usize) -> Vec<Value> {
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        match event["type"].as_str().unwrap_or_default() {
            "session.update" => {
                if self.session.is_null() {
                    self.session = json!({});
                }
                for (name, value) in event["session"].as_object().into_iter().flatten() {
                    self.session[name] = value.clone();
                }
                vec![json!({ "type": "session.updated", "session": self.session() })]
            }
            "conversation.item.create" => self.adds(event["item"].clone()),
            "input_audio_buffer.append" => {
                self.buffer += length;
                Vec::new()
            }
            "input_audio_buffer.commit" => self.commits(),
            "input_audio_buffer.clear" => {
                self.buffer = 0;
                vec![json!({ "type": "input_audio_buffer.cleared" })]
            }
            "response.create" => self.responds(&event["response"]),
            other => {
                let message = format!("The sandbox does not know events of type \"{other}\".");
                let error = json!({ "type": "invalid_request_error", "code": "unknown_event",
                    "message": message, "param": "type", "event_id": event["event_id"] });
                vec![json!({ "type": "error", "error": error })]
            }
        }
    }

    fn adds(&mut self, mut item: Value) -> Vec<Value> {
        if item["id"].is_null() {
            item["id"] = self.id("item").into();
        }
        let parts = item["content"].as_array();
        let texts = parts
            .into_iter()
            .flatten()
            .filter_map(|part| part["text"].as_str());
        if let Some(text) = texts.chain(item["output"].as_str()).last() {
            self.last = text.to_owned();
            self.text += tokens(text.len());
        }
        let item = || item.clone();
        vec![
            json!({ "type": "conversation.item.added", "previous_item_id": null, "item": item() }),
            json!({ "type": "conversation.item.done", "previous_item_id": null, "item": item() }),
        ]
    }

    fn commits(&mut self) -> Vec<Value> {
        let (id, bytes) = (self.id("item"), std::mem::take(&mut self.buffer));
        self.sound += bytes;
        self.last = format!("I heard {} s.", seconds(bytes));
        let item = json!({ "id": id, "type": "message", "role": "user", "status": "completed",
            "content": [{ "type": "input_audio", "transcript": null }] });
        let mut events = vec![
            json!({ "type": "input_audio_buffer.committed", "previous_item_id": null, "item_id": id }),
            json!({ "type": "conversation.item.added", "previous_item_id": null, "item": item }),
        ];
        if self.session["audio"]["input"]["transcription"].is_object() {
            let usage = json!({ "type": "duration", "seconds": seconds(bytes) });
            events.push(json!({
                "type": "conversation.item.input_audio_transcription.completed", "item_id": id,
                "content_index": 0, "transcript": self.last, "usage": usage,
            }));
        }
        events
    }

    fn responds(&mut self, asked: &Value) -> Vec<Value> {
        let id = self.id("resp");
        let modalities = [
            &asked["output_modalities"],
            &self.session["output_modalities"],
        ];
        let modalities = modalities.into_iter().find_map(Value::as_array);
        let speaks = modalities.is_none_or(|list| list.iter().any(|one| one == "audio"));
        let said = Said {
            response: id.clone(),
            item: self.id("item"),
            text: self.last.clone(),
            speaks,
        };
        let response = |status: &str, output: Value, usage: Value| {
            json!({ "object": "realtime.response", "id": id, "status": status, "status_details": null,
                "output": output, "usage": usage, "conversation_id": "conv_sandbox", "metadata": null })
        };
        let begun = response("in_progress", json!([]), Value::Null);
        let mut events = vec![json!({ "type": "response.created", "response": begun })];
        events.extend(said.events());
        let done = response(
            "completed",
            json!([said.item("completed")]),
            self.usage(&said),
        );
        events.push(json!({ "type": "response.done", "response": done }));
        self.text += tokens(said.text.len());
        events
    }

    fn usage(&self, said: &Said) -> Value {
        let sound = heard(seconds(self.sound));
        let (words, voice) = (tokens(said.text.len()), said.voice());
        let input = self.text.saturating_add(sound);
        json!({
            "total_tokens": input + words + voice, "input_tokens": input, "output_tokens": words + voice,
            "input_token_details": { "text_tokens": self.text, "audio_tokens": sound, "image_tokens": 0,
                "cached_tokens": 0,
                "cached_tokens_details": { "text_tokens": 0, "audio_tokens": 0, "image_tokens": 0 } },
            "output_token_details": { "text_tokens": words, "audio_tokens": voice },
        })
    }
}

/// What the sandbox says.
struct Said {
    response: String,
    item: String,
    text: String,
    speaks: bool,
}

impl Said {
    fn words(&self) -> impl Iterator<Item = &str> {
        self.text.split_inclusive(' ')
    }

    /// Tokens of its voice.
    fn voice(&self) -> u64 {
        let word = STANDARD.encode(WORD_OF_SILENCE).len();
        let bytes = if self.speaks {
            word * self.words().count()
        } else {
            0
        };
        spoken(u64::try_from(bytes).unwrap_or(u64::MAX), false)
    }

    fn part(&self, text: &str) -> Value {
        match self.speaks {
            true => json!({ "type": "output_audio", "transcript": text }),
            false => json!({ "type": "output_text", "text": text }),
        }
    }

    fn item(&self, status: &str) -> Value {
        let content = match status {
            "completed" => json!([self.part(&self.text)]),
            _ => json!([]),
        };
        json!({ "id": self.item, "object": "realtime.item", "type": "message", "status": status,
            "role": "assistant", "content": content })
    }

    /// An event about the part that it says.
    fn about(&self, kind: &str, members: Value) -> Value {
        let mut event = json!({ "type": format!("response.{kind}"), "response_id": self.response,
            "item_id": self.item, "output_index": 0, "content_index": 0 });
        for (name, value) in members.as_object().into_iter().flatten() {
            event[name] = value.clone();
        }
        event
    }

    fn events(&self) -> Vec<Value> {
        let item = |kind: &str, status: &str| {
            json!({ "type": format!("response.output_item.{kind}"), "response_id": self.response,
                "output_index": 0, "item": self.item(status) })
        };
        let conversation = |kind: &str, status: &str| {
            json!({ "type": format!("conversation.item.{kind}"), "previous_item_id": null,
                "item": self.item(status) })
        };
        let mut events = vec![
            item("added", "in_progress"),
            conversation("added", "in_progress"),
            self.about("content_part.added", json!({ "part": self.part("") })),
        ];
        let (words, text) = match self.speaks {
            true => ("output_audio_transcript", "transcript"),
            false => ("output_text", "text"),
        };
        for word in self.words() {
            let delta = json!({ "delta": word });
            events.push(self.about(&format!("{words}.delta"), delta));
            if self.speaks {
                let silence = json!({ "delta": STANDARD.encode(WORD_OF_SILENCE) });
                events.push(self.about("output_audio.delta", silence));
            }
        }
        if self.speaks {
            events.push(self.about("output_audio.done", json!({})));
        }
        events.push(self.about(&format!("{words}.done"), json!({ text: self.text })));
        events.push(self.about(
            "content_part.done",
            json!({ "part": self.part(&self.text) }),
        ));
        events.push(item("done", "completed"));
        events.push(conversation("done", "completed"));
        events
    }
}
