//! Where in a request the few things stand that change on its way to a provider of the same form.
//! Everything else stays as the caller wrote it, byte for byte.

use serde_json::json;
use tollgate_model::Refusal;
use tollgate_model::task::TaskForm;

use super::asked::{Request, To};
use super::multipart::Form;
use crate::ladder::malformed;
use crate::scan::{Object, Place, Span};
use crate::splice::Splice;

/// The longest name of a model, in bytes.
const MODEL_LIMIT: usize = 256;

/// How the name of the model is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Spelling {
    /// A JSON string.
    #[default]
    Json,
    /// A JSON string with the name of a resource of Gemini's.
    Resource,
    /// As it is, in a form.
    Plain,
}

/// A member that the forms which are like OpenAI's call by different names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Member {
    /// How long the vectors are to be.
    Dimensions,
    /// Whether a vector is written as numbers or in base64.
    Encoding,
}

/// The places.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// Where the name of the model stands.
    model: Vec<Span>,
    spelling: Spelling,
    /// Whether what stands there is not the name as the caller means it.
    always: bool,
    /// Where it can be added.
    add: Option<Place>,
    /// Where a part can be put into a form, and what stands between its parts.
    part: Option<(usize, String)>,
    /// Keys, with their quotes, that not every provider knows under this name.
    keys: Vec<(Span, Member)>,
    /// The value of the encoding, where it says what holds anyway.
    plain_encoding: Option<Span>,
}

impl Places {
    /// The name of the model, which must stand in a JSON body, or in the address, which then counts.
    pub(super) fn named<const N: usize>(
        request: &Request<'_>,
        object: &Object<N>,
    ) -> Result<(String, Places), Refusal> {
        let [span, ..] = object.values.as_slice() else {
            return Err(missing());
        };
        let given = span.filter(|span| span.of(request.body) != b"null");
        if let Some(model) = request.model {
            return Ok((
                checked(model.to_owned())?,
                Places::meant(*span, object.place),
            ));
        }
        let span = given.ok_or_else(missing)?;
        let name: Option<String> = serde_json::from_slice(span.of(request.body)).ok();
        let name = name.ok_or_else(|| malformed("model", "`model` must be a string."))?;
        let places = Places {
            model: vec![span],
            ..Places::default()
        };
        Ok((checked(name)?, places))
    }

    /// The name of the model in a JSON body or in the address, or the one that is meant where there is
    /// none.
    pub(super) fn named_or<const N: usize>(
        request: &Request<'_>,
        object: &Object<N>,
        meant: &str,
    ) -> Result<(String, Places), Refusal> {
        let span = object.values.first().copied().flatten();
        let given = span.filter(|span| span.of(request.body) != b"null");
        if given.is_some() || request.model.is_some() {
            return Places::named(request, object);
        }
        Ok((meant.to_owned(), Places::meant(span, object.place)))
    }

    /// The places of a JSON body that does not name the model which is meant.
    fn meant(span: Option<Span>, place: Place) -> Places {
        Places {
            model: span.into_iter().collect(),
            always: true,
            add: span.is_none().then_some(place),
            ..Places::default()
        }
    }

    /// The name of the model, which must be a field of a form, or stand in the address, which then
    /// counts.
    pub(super) fn in_form(
        request: &Request<'_>,
        form: &Form<'_>,
    ) -> Result<(String, Places), Refusal> {
        let span = form.field("model")?;
        let name = match request.model {
            Some(model) => model,
            None => form.text("model")?.ok_or_else(missing)?,
        };
        let places = Places {
            model: span.into_iter().collect(),
            spelling: Spelling::Plain,
            always: request.model.is_some(),
            part: span.is_none().then(|| form.beginning()),
            ..Places::default()
        };
        Ok((checked(name.to_owned())?, places))
    }

    /// The name of the model in the address, and where a body of Gemini's repeats it.
    pub(super) fn in_address(
        model: Option<&str>,
        repeated: Vec<Span>,
    ) -> Result<(String, Places), Refusal> {
        let name = model.ok_or_else(missing)?;
        let places = Places {
            model: repeated,
            spelling: Spelling::Resource,
            always: true,
            ..Places::default()
        };
        Ok((checked(name.to_owned())?, places))
    }

    /// Notes a member that not every provider calls so.
    pub(super) fn note(&mut self, key: Option<Span>, member: Member) {
        self.keys.extend(key.map(|key| (key, member)));
    }

    /// Notes an encoding that says what holds anyway.
    pub(super) fn note_plain_encoding(&mut self, value: Option<Span>) {
        self.plain_encoding = value;
    }

    /// The edits on the way to a provider.
    pub(super) fn edits(&self, model: &str, to: &To<'_>) -> Splice {
        let mut splice = Splice::default();
        let written = match self.spelling {
            Spelling::Json => json!(to.model).to_string(),
            Spelling::Resource => json!(format!("models/{}", to.model)).to_string(),
            Spelling::Plain => to.model.to_owned(),
        };
        if self.always || model != to.model {
            for span in &self.model {
                splice.replace(*span, written.clone());
            }
        }
        if let Some(place) = self.add {
            splice.insert(place.at, place.member("model", &written));
        }
        if let Some((at, between)) = &self.part {
            let head = "Content-Disposition: form-data; name=\"model\"";
            splice.insert(*at, format!("{between}\r\n{head}\r\n\r\n{written}\r\n"));
        }
        for (key, member) in &self.keys {
            if let Some(name) = name_at(*member, to.form) {
                splice.replace(*key, json!(name).to_string());
            }
        }
        if let (TaskForm::Voyage, Some(value)) = (to.form, self.plain_encoding) {
            splice.replace(value, "null");
        }
        splice
    }
}

/// What a provider calls a member, where it is not OpenAI's name.
fn name_at(member: Member, form: TaskForm) -> Option<&'static str> {
    match (member, form) {
        (Member::Dimensions, TaskForm::Voyage) => Some("output_dimension"),
        (Member::Encoding, TaskForm::Jina) => Some("embedding_type"),
        _ => None,
    }
}

fn checked(name: String) -> Result<String, Refusal> {
    let odd = name.chars().any(char::is_control);
    if name.is_empty() || name.len() > MODEL_LIMIT || odd {
        let detail = format!("`model` must be a name of 1 to {MODEL_LIMIT} bytes, in one line.");
        return Err(malformed("model", detail));
    }
    Ok(name)
}

fn missing() -> Refusal {
    malformed("model", "The request names no model: it has no `model`.")
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use tollgate_model::task::Task;

    use super::super::{Door, head};
    use super::*;

    const FORM: &str = "multipart/form-data; boundary=b";

    fn sent(task: Task, content_type: &str, model: Option<&str>, body: &str) -> (String, String) {
        let door = Door {
            task,
            form: TaskForm::Openai,
            single: false,
        };
        let request = Request {
            door,
            model,
            content_type,
            body: body.as_bytes(),
        };
        let head = head(&request).unwrap();
        let to = To {
            form: TaskForm::Openai,
            model: "up",
        };
        let body = Bytes::copy_from_slice(body.as_bytes());
        let written = head.write(content_type, &body, &to).unwrap();
        let bytes = written.body.concat();
        (head.model, String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn a_model_that_the_address_names_counts_whatever_the_body_says() {
        for (body, want) in [
            (r#"{"input":"a"}"#, r#"{"model":"up","input":"a"}"#),
            (
                r#"{"model":"x","input":"a"}"#,
                r#"{"model":"up","input":"a"}"#,
            ),
            (
                r#"{"model":null,"input":"a"}"#,
                r#"{"model":"up","input":"a"}"#,
            ),
            (
                r#"{"model":"y","input":"a"}"#,
                r#"{"model":"up","input":"a"}"#,
            ),
        ] {
            let got = sent(Task::Embeddings, "application/json", Some("y"), body);
            assert_eq!(got, ("y".to_owned(), want.to_owned()));
        }
        let file = "--b\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\nx\r\n--b--";
        let part = "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nup\r\n";
        for (body, want) in [
            (file.to_owned(), format!("{part}{file}")),
            (format!("\r\n{file}"), format!("\r\n{part}{file}")),
            (
                format!("{}{file}", part.replace("up", "x")),
                format!("{part}{file}"),
            ),
        ] {
            let got = sent(Task::Transcriptions, FORM, Some("y"), &body);
            assert_eq!(got, ("y".to_owned(), want));
        }
    }

    #[test]
    fn a_request_to_judge_that_names_no_model_means_the_usual_one() {
        let usual = "omni-moderation-latest";
        for (body, want) in [
            (r#"{"input":"a"}"#, r#"{"model":"up","input":"a"}"#),
            (
                r#"{"model":null,"input":"a"}"#,
                r#"{"model":"up","input":"a"}"#,
            ),
        ] {
            let got = sent(Task::Moderations, "application/json", None, body);
            assert_eq!(got, (usual.to_owned(), want.to_owned()));
        }
    }

    #[test]
    fn a_name_that_is_the_providers_own_changes_nothing() {
        let body = r#"{ "model" : "up","input":["a"] ,"x":1e0}"#;
        let got = sent(Task::Embeddings, "application/json", None, body);
        assert_eq!(got.1, body);
    }
}
