//! Stage 2: path and method to operation, model name to targets.

use http::Method;
use tollgate_dialect::openai_chat;
use tollgate_model::{Reason, Refusal};

use crate::exchange::{Exchange, Operation};
use crate::worker::Worker;

/// Finds out what is asked for. Refuses unknown paths, wrong methods and bodies that cannot be read.
pub(crate) fn run(_: &Worker, call: &mut Exchange) -> Result<(), Refusal> {
    let path = call.uri.path();
    let (operation, method) = match path {
        "/v1/chat/completions" => (Operation::Chat, Method::POST),
        "/v1/models" | "/v1/models/" => (Operation::ListModels, Method::GET),
        _ => match path.strip_prefix("/v1/models/") {
            Some(name) => (Operation::GetModel(decoded(name)), Method::GET),
            None => {
                let detail = format!("Nothing is served at {}.", shown(path));
                return Err(Refusal::new(Reason::RouteNotFound, detail));
            }
        },
    };
    if call.method != method {
        let detail = format!("{} takes {method}, not {}.", shown(path), call.method);
        return Err(Refusal::new(Reason::MethodNotAllowed, detail).at(method.as_str()));
    }
    call.operation = operation;
    if call.operation == Operation::Chat {
        let chat = openai_chat::head::head(&call.body)?;
        // Whether there is such a model is only told to those who have a key.
        call.plan = call.snapshot.resolve(&chat.model);
        call.chat = Some(chat);
    }
    Ok(())
}

fn shown(path: &str) -> String {
    path.chars().take(120).collect()
}

/// Undoes percent-encoding: some SDKs encode the slash of `provider/model`.
fn decoded(text: &str) -> String {
    let hex = |b: u8| {
        char::from(b)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if let (b'%', [high, low, after @ ..]) = (first, tail)
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            bytes.push(high * 16 + low);
            rest = after;
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_encoding_is_undone_and_never_trips() {
        for (text, plain) in [("a%2Fb", "a/b"), ("a%2", "a%2"), ("%", "%"), ("%zz", "%zz")] {
            assert_eq!(decoded(text), plain);
        }
    }
}
