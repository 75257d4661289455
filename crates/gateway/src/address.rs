//! The addresses of the gateway: what a path asks for, and in which dialect.

use std::borrow::Cow;

use http::{HeaderMap, Method, Uri};
use tollgate_dialect::platform;
use tollgate_dialect::task::Door;
use tollgate_model::Dialect;
use tollgate_model::task::{Task, TaskForm};

/// Headers that only Google's clients send.
const GOOGLES: [&str; 2] = ["x-goog-api-key", "x-goog-api-client"];
/// The header by which Cohere's clients say their name, and how it begins.
const COHERES: (&str, &str) = ("x-fern-sdk-name", "cohere");

/// What a path and method ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// An answer of a model.
    Chat,
    /// The number of tokens of a prompt.
    Count,
    /// The list of models.
    ListModels,
    /// One model of the list.
    GetModel,
    /// What is known of the model whose name stands in the body.
    ShowModel,
    /// The version of the API.
    Version,
    /// What models do besides conversing.
    Task(Door),
    /// An answer that is kept.
    Kept(KeptAsk),
    /// A session in which a model talks.
    Realtime,
    /// A key for such a session alone.
    SessionKey,
    /// Files.
    Files(FileAsk),
    /// Batches.
    Batches(BatchAsk),
}

/// What is asked of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileAsk {
    /// That one be kept.
    Upload,
    /// Which there are.
    List,
    /// What is known of one.
    Get,
    /// That it be kept no longer.
    Delete,
    /// What is in it.
    Content,
}

/// What is asked of batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BatchAsk {
    /// That one be made.
    Create,
    /// Which there are.
    List,
    /// How one goes.
    Get,
    /// That it be given up.
    Cancel,
}

/// What is asked of an answer that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeptAsk {
    /// The answer.
    Get,
    /// That it be kept no longer.
    Delete,
    /// What it was given.
    Items,
    /// That it be given up.
    Cancel,
}

impl Operation {
    /// The method with which it is asked for.
    pub(crate) fn method(self) -> Method {
        match self {
            Operation::Chat
            | Operation::Count
            | Operation::ShowModel
            | Operation::Task(_)
            | Operation::SessionKey
            | Operation::Kept(KeptAsk::Cancel)
            | Operation::Files(FileAsk::Upload)
            | Operation::Batches(BatchAsk::Create | BatchAsk::Cancel) => Method::POST,
            Operation::Kept(KeptAsk::Delete) | Operation::Files(FileAsk::Delete) => Method::DELETE,
            Operation::ListModels
            | Operation::GetModel
            | Operation::Version
            | Operation::Realtime
            | Operation::Kept(KeptAsk::Get | KeptAsk::Items)
            | Operation::Files(FileAsk::List | FileAsk::Get | FileAsk::Content)
            | Operation::Batches(BatchAsk::List | BatchAsk::Get) => Method::GET,
        }
    }

    /// By which door a task is asked for.
    pub(crate) fn door(self) -> Option<Door> {
        match self {
            Operation::Task(door) => Some(door),
            _ => None,
        }
    }
}

/// The task for which a path asks, and the dialect in which its caller is answered.
fn door(path: &str) -> Option<(Dialect, Door)> {
    let (task, form) = match path {
        "/v1/embeddings" => (Task::Embeddings, TaskForm::Openai),
        "/v1/images/generations" => (Task::Images, TaskForm::Openai),
        "/v1/images/edits" => (Task::ImageEdits, TaskForm::Openai),
        "/v1/images/variations" => (Task::ImageVariations, TaskForm::Openai),
        "/v1/audio/speech" => (Task::Speech, TaskForm::Openai),
        "/v1/audio/transcriptions" => (Task::Transcriptions, TaskForm::Openai),
        "/v1/audio/translations" => (Task::Translations, TaskForm::Openai),
        "/v1/moderations" => (Task::Moderations, TaskForm::Openai),
        "/v1/rerank" | "/rerank" => (Task::Rerank, TaskForm::Jina),
        "/v2/rerank" => (Task::Rerank, TaskForm::Cohere),
        "/v2/embed" => (Task::Embeddings, TaskForm::Cohere),
        _ => return None,
    };
    let door = Door {
        task,
        form,
        single: false,
    };
    let dialect = match form {
        TaskForm::Cohere => Dialect::Cohere,
        _ => Dialect::OpenaiChat,
    };
    Some((dialect, door))
}

/// What an address says of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// In which the caller is answered, also where nothing is served.
    pub(crate) dialect: Dialect,
    /// `None` where nothing is served.
    pub(crate) operation: Option<Operation>,
    /// The model, in a path that names one.
    pub(crate) model: Option<String>,
    /// The id of an answer, a file or a batch, in a path that names one.
    pub(crate) kept: Option<String>,
    /// Whether the answer is to be streamed, in a dialect whose paths say so.
    pub(crate) stream: Option<bool>,
    /// Whether a streamed answer is one JSON array instead of server-sent events.
    pub(crate) array: bool,
}

impl Address {
    /// Reads the address of a request.
    pub(crate) fn of(method: &Method, uri: &Uri, headers: &HeaderMap) -> Address {
        let path = uri.path();
        if let Some((path, model)) = azure(path) {
            let address = Address::at(&path, method, uri, headers);
            let model = model.or(address.model.clone());
            return Address { model, ..address };
        }
        if let Some(address) = claude_at_vertex(path) {
            return address;
        }
        match google_cloud(path) {
            Some(path) => Address::at(&path, method, uri, headers),
            None => Address::at(path, method, uri, headers),
        }
    }

    /// What is asked for in a dialect, and no more.
    fn plain(dialect: Dialect, operation: Option<Operation>) -> Address {
        Address {
            dialect,
            operation,
            model: None,
            kept: None,
            stream: None,
            array: false,
        }
    }

    /// Reads a path, which may stand for the one of the request.
    fn at(path: &str, method: &Method, uri: &Uri, headers: &HeaderMap) -> Address {
        let at = Address::plain;
        if let Some((dialect, operation)) = of_one_dialect(path) {
            return at(dialect, operation);
        }
        if let Some((dialect, door)) = door(path) {
            return at(dialect, Some(Operation::Task(door)));
        }
        if let Some(rest) = path.strip_prefix("/v1/responses") {
            let (operation, kept) = responses(method, rest);
            return Address {
                kept,
                ..at(Dialect::OpenaiResponses, operation)
            };
        }
        if let Some((operation, kept)) = files(method, path) {
            return Address {
                kept,
                ..at(Dialect::OpenaiChat, operation)
            };
        }
        if let Some(rest) = path.strip_prefix("/model/") {
            return bedrock(rest, at(Dialect::BedrockConverse, None));
        }
        if let Some(rest) = path.strip_prefix("/foundation-models") {
            return bedrocks_models(rest, at(Dialect::BedrockConverse, None));
        }
        models(path, method, uri, headers)
    }
}

/// What a path asks of models, in the paths that several dialects share.
fn models(path: &str, method: &Method, uri: &Uri, headers: &HeaderMap) -> Address {
    let beta = path.starts_with("/v1beta/");
    let rest = path.strip_prefix(if beta { "/v1beta/models" } else { "/v1/models" });
    let named = match rest.and_then(|rest| rest.strip_prefix('/')) {
        // Some clients take a name with a slash for a whole path and leave out `models/`.
        None if beta => path.strip_prefix("/v1beta/"),
        named => named,
    };
    let verb = named.and_then(verb);
    if let Some((model, operation, stream)) = verb {
        return Address {
            model: Some(model),
            stream: Some(stream),
            array: stream && !parameters(uri, "alt").any(|value| value == "sse"),
            ..Address::plain(Dialect::Gemini, Some(operation))
        };
    }
    // Below `/v1` the same paths are OpenAI's, Anthropic's, Cohere's and, for its SDKs, Google's.
    let google = beta || GOOGLES.iter().any(|name| headers.contains_key(*name));
    let dialect = match google {
        true => Dialect::Gemini,
        false => by_headers(path, headers),
    };
    match rest {
        Some("" | "/") => Address::plain(dialect, Some(Operation::ListModels)),
        // What Gemini can do beyond what is served here is asked for in the same form.
        Some(rest) if google && method == Method::POST && rest.contains(':') => {
            Address::plain(dialect, None)
        }
        Some(rest) => Address {
            model: rest
                .strip_prefix('/')
                .map(|name| decoded(name).into_owned()),
            ..Address::plain(
                dialect,
                rest.starts_with('/').then_some(Operation::GetModel),
            )
        },
        None => Address::plain(dialect, None),
    }
}

/// What a path asks for that belongs to one dialect alone.
fn of_one_dialect(path: &str) -> Option<(Dialect, Option<Operation>)> {
    if let Some(rest) = path.strip_prefix("/api/") {
        return Some(match rest {
            "chat" => (Dialect::Ollama, Some(Operation::Chat)),
            "generate" => (Dialect::OllamaGenerate, Some(Operation::Chat)),
            "tags" => (Dialect::Ollama, Some(Operation::ListModels)),
            "show" => (Dialect::Ollama, Some(Operation::ShowModel)),
            "version" => (Dialect::Ollama, Some(Operation::Version)),
            _ => (Dialect::Ollama, None),
        });
    }
    if let Some(rest) = path.strip_prefix("/v1/messages") {
        let operation = match rest {
            "" => Some(Operation::Chat),
            "/count_tokens" => Some(Operation::Count),
            _ => None,
        };
        return Some((Dialect::AnthropicMessages, operation));
    }
    if let Some(rest) = path.strip_prefix("/v1/realtime") {
        let operation = match rest {
            "" => Some(Operation::Realtime),
            "/client_secrets" | "/sessions" => Some(Operation::SessionKey),
            _ => None,
        };
        return Some((Dialect::OpenaiChat, operation));
    }
    let dialect = match path {
        "/v1/chat/completions" => Dialect::OpenaiChat,
        "/v1/completions" => Dialect::OpenaiCompletions,
        "/v2/chat" => Dialect::Cohere,
        _ => return None,
    };
    Some((dialect, Some(Operation::Chat)))
}

/// How the paths below a deployment of Azure's end, where the name of the deployment has slashes.
const BELOW_DEPLOYMENTS: [&str; 9] = [
    "chat/completions",
    "completions",
    "embeddings",
    "images/generations",
    "images/edits",
    "audio/transcriptions",
    "audio/translations",
    "audio/speech",
    "responses",
];

/// Reads a path as clients of Azure OpenAI write it: the path of OpenAI's for which it stands, and the
/// deployment where it names one, in whose name some clients leave slashes as they are.
fn azure(path: &str) -> Option<(String, Option<String>)> {
    let rest = path.strip_prefix("/openai/")?;
    if let Some(named) = rest.strip_prefix("deployments/") {
        let known = BELOW_DEPLOYMENTS.iter().find_map(|tail| {
            let model = named.strip_suffix(tail)?.strip_suffix('/')?;
            Some((model, *tail))
        });
        let (model, tail) = known.or_else(|| named.split_once('/'))?;
        return Some((format!("/v1/{tail}"), Some(decoded(model).into_owned())));
    }
    let rest = rest.strip_prefix("v1/").unwrap_or(rest);
    Some((format!("/v1/{rest}"), None))
}

/// Reads a path as clients of Vertex AI write it: the path of Gemini's for which it stands. Project and
/// location are whatever the client was set up with; they say nothing here. A publisher other than
/// Google is what a client makes of the first part of `provider/model`.
fn google_cloud(path: &str) -> Option<String> {
    let published = published(path)?;
    Some(match published.split_once("/models/")? {
        ("google", model) => format!("/v1beta/models/{model}"),
        (publisher, model) => format!("/v1beta/models/{publisher}/{model}"),
    })
}

/// What follows `publishers/` in a path of Vertex AI.
fn published(path: &str) -> Option<&str> {
    let rest = path
        .strip_prefix("/v1beta1/")
        .or_else(|| path.strip_prefix("/v1/"))?;
    let (place, published) = rest.split_once("publishers/")?;
    let parts = place.split('/').collect::<Vec<_>>();
    let known = matches!(parts.as_slice(), [""] | ["projects", _, "locations", _, ""]);
    known.then_some(published)
}

/// Reads a path as Anthropic's client for Vertex AI writes it. Tokens are counted by a model of that
/// name, and the body names the one that is meant.
fn claude_at_vertex(path: &str) -> Option<Address> {
    let named = published(path)?.strip_prefix("anthropic/models/")?;
    let (model, verb) = named.rsplit_once(':')?;
    let stream = match verb {
        "rawPredict" => false,
        "streamRawPredict" => true,
        _ => return None,
    };
    let counts = model == platform::COUNTER;
    Some(Address {
        dialect: Dialect::AnthropicMessages,
        operation: Some(match counts {
            true => Operation::Count,
            false => Operation::Chat,
        }),
        model: (!counts).then(|| decoded(model).into_owned()),
        kept: None,
        stream: Some(stream),
        array: false,
    })
}

/// The dialect of a path that several share.
fn by_headers(path: &str, headers: &HeaderMap) -> Dialect {
    let (name, start) = COHERES;
    let client = headers.get(name).and_then(|name| name.to_str().ok());
    let is_cohere = client.is_some_and(|client| client.starts_with(start));
    if headers.contains_key("anthropic-version") {
        Dialect::AnthropicMessages
    } else if is_cohere || path.starts_with("/v2/") {
        Dialect::Cohere
    } else {
        Dialect::OpenaiChat
    }
}

/// Reads what follows `/v1/responses`: what is asked for, and of which answer.
fn responses(method: &Method, rest: &str) -> (Option<Operation>, Option<String>) {
    let Some(rest) = rest.strip_prefix('/') else {
        return (rest.is_empty().then_some(Operation::Chat), None);
    };
    let (id, what) = rest.split_once('/').unwrap_or((rest, ""));
    let ask = match what {
        _ if rest == "input_tokens" => return (Some(Operation::Count), None),
        // What OpenAI can do beyond what is served here has a name in the place of an id.
        _ if rest == "compact" || id.is_empty() => return (None, None),
        "" if method == Method::DELETE => KeptAsk::Delete,
        "" => KeptAsk::Get,
        "input_items" => KeptAsk::Items,
        "cancel" => KeptAsk::Cancel,
        _ => return (None, None),
    };
    (Some(Operation::Kept(ask)), Some(decoded(id).into_owned()))
}

/// Reads the paths of files and batches: what is asked for, and of which. `None` where a path is
/// neither's.
fn files(method: &Method, path: &str) -> Option<(Option<Operation>, Option<String>)> {
    let (rest, of_files) = match path.strip_prefix("/v1/files") {
        Some(rest) => (rest, true),
        None => (path.strip_prefix("/v1/batches")?, false),
    };
    let posted = method == Method::POST;
    let Some(rest) = rest.strip_prefix('/').filter(|rest| !rest.is_empty()) else {
        let operation = match of_files {
            true if posted => Operation::Files(FileAsk::Upload),
            true => Operation::Files(FileAsk::List),
            false if posted => Operation::Batches(BatchAsk::Create),
            false => Operation::Batches(BatchAsk::List),
        };
        let known = matches!(rest, "" | "/").then_some((Some(operation), None));
        return known;
    };
    let (id, what) = rest.split_once('/').unwrap_or((rest, ""));
    let operation = match (of_files, what) {
        (true, "") if method == Method::DELETE => Operation::Files(FileAsk::Delete),
        (true, "") => Operation::Files(FileAsk::Get),
        (true, "content") => Operation::Files(FileAsk::Content),
        (false, "") => Operation::Batches(BatchAsk::Get),
        (false, "cancel") => Operation::Batches(BatchAsk::Cancel),
        _ => return Some((None, None)),
    };
    Some((Some(operation), Some(decoded(id).into_owned())))
}

/// Reads what follows `/foundation-models`, where Bedrock lists its models.
fn bedrocks_models(rest: &str, nothing: Address) -> Address {
    let name = rest.strip_prefix('/').filter(|name| !name.is_empty());
    let operation = match (rest, name) {
        ("" | "/", _) => Some(Operation::ListModels),
        (_, name) => name.map(|_| Operation::GetModel),
    };
    Address {
        operation,
        model: name.map(|name| decoded(name).into_owned()),
        ..nothing
    }
}

/// Reads `MODEL/VERB` of Bedrock's paths. A model's name may have slashes and colons, encoded or not.
fn bedrock(rest: &str, nothing: Address) -> Address {
    let (model, verb) = rest.rsplit_once('/').unwrap_or((rest, ""));
    let (operation, stream) = match verb {
        "converse" => (Operation::Chat, Some(false)),
        "converse-stream" => (Operation::Chat, Some(true)),
        "count-tokens" => (Operation::Count, Some(false)),
        _ => return nothing,
    };
    Address {
        operation: Some(operation),
        model: Some(decoded(model).into_owned()),
        stream,
        ..nothing
    }
}

/// Reads `MODEL:VERB` of Gemini's paths: the model, and whether its answer is to be streamed. A
/// model's name may have slashes and colons, encoded or not.
fn verb(rest: &str) -> Option<(String, Operation, bool)> {
    let rest = decoded(rest);
    let (model, verb) = rest.rsplit_once(':')?;
    let (operation, stream) = match verb {
        "generateContent" => (Operation::Chat, false),
        "streamGenerateContent" => (Operation::Chat, true),
        "countTokens" => (Operation::Count, false),
        "embedContent" => (Operation::Task(embeddings(true)), false),
        "batchEmbedContents" => (Operation::Task(embeddings(false)), false),
        _ => return None,
    };
    Some((model.to_owned(), operation, stream))
}

/// Gemini's doors for embeddings: of one content, or of several.
fn embeddings(single: bool) -> Door {
    Door {
        task: Task::Embeddings,
        form: TaskForm::Gemini,
        single,
    }
}

/// The values of a parameter of the query.
pub(crate) fn parameters<'a>(uri: &'a Uri, name: &'a str) -> impl Iterator<Item = Cow<'a, str>> {
    let pairs = uri.query().unwrap_or_default().split('&');
    pairs
        .filter_map(|pair| pair.split_once('='))
        .filter(move |(known, _)| *known == name)
        .map(|(_, value)| decoded(value))
}

/// Undoes percent-encoding: some SDKs encode the slash of `provider/model`.
fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
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
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(method: &Method, path: &str) -> Address {
        Address::of(method, &path.parse().unwrap(), &HeaderMap::new())
    }

    #[test]
    fn percent_encoding_is_undone_and_never_trips() {
        for (text, plain) in [("a%2Fb", "a/b"), ("a%2", "a%2"), ("%", "%"), ("%zz", "%zz")] {
            assert_eq!(decoded(text), plain);
        }
    }

    #[test]
    fn files_and_batches_are_asked_for_in_openais_words_and_in_azures() {
        use Operation::{Batches, Files};
        let get = Method::GET;
        let post = Method::POST;
        for (method, path, operation, id) in [
            (&post, "/v1/files", Files(FileAsk::Upload), None),
            (&get, "/v1/files?purpose=batch", Files(FileAsk::List), None),
            (
                &get,
                "/v1/files/file-1",
                Files(FileAsk::Get),
                Some("file-1"),
            ),
            (
                &Method::DELETE,
                "/v1/files/file-1",
                Files(FileAsk::Delete),
                Some("file-1"),
            ),
            (
                &get,
                "/v1/files/file-1/content",
                Files(FileAsk::Content),
                Some("file-1"),
            ),
            (
                &get,
                "/openai/files/file-1/content?api-version=x",
                Files(FileAsk::Content),
                Some("file-1"),
            ),
            (&post, "/openai/v1/files", Files(FileAsk::Upload), None),
            (&post, "/v1/batches", Batches(BatchAsk::Create), None),
            (&get, "/openai/batches", Batches(BatchAsk::List), None),
            (
                &get,
                "/v1/batches/batch_1",
                Batches(BatchAsk::Get),
                Some("batch_1"),
            ),
            (
                &post,
                "/v1/batches/batch_1/cancel",
                Batches(BatchAsk::Cancel),
                Some("batch_1"),
            ),
        ] {
            let found = read(method, path);
            assert_eq!(found.dialect, Dialect::OpenaiChat, "{path}");
            assert_eq!(found.operation, Some(operation), "{path}");
            assert_eq!(found.kept.as_deref(), id, "{path}");
            assert_eq!(operation.method(), *method, "{path}");
        }
        for path in ["/v1/filesystem", "/v1/files/a/b", "/v1/batches/a/b"] {
            assert_eq!(read(&get, path).operation, None, "{path}");
        }
    }

    #[test]
    fn gi_10_paths_say_which_task_is_asked_for_and_in_which_form() {
        use Dialect::{Cohere, Gemini, OpenaiChat};
        for (path, dialect, task, form) in [
            (
                "/v1/embeddings",
                OpenaiChat,
                Task::Embeddings,
                TaskForm::Openai,
            ),
            (
                "/v1/audio/speech",
                OpenaiChat,
                Task::Speech,
                TaskForm::Openai,
            ),
            ("/rerank", OpenaiChat, Task::Rerank, TaskForm::Jina),
            ("/v2/rerank", Cohere, Task::Rerank, TaskForm::Cohere),
            ("/v2/embed", Cohere, Task::Embeddings, TaskForm::Cohere),
            (
                "/v1beta/models/m:embedContent",
                Gemini,
                Task::Embeddings,
                TaskForm::Gemini,
            ),
            (
                "/v1/models/a%2Fb:batchEmbedContents",
                Gemini,
                Task::Embeddings,
                TaskForm::Gemini,
            ),
        ] {
            let found = read(&Method::POST, path);
            let door = found.operation.and_then(Operation::door).unwrap();
            assert_eq!(
                (found.dialect, door.task, door.form),
                (dialect, task, form),
                "{path}"
            );
            assert_eq!(door.single, path.ends_with(":embedContent"));
        }
        let azure = read(
            &Method::POST,
            "/openai/deployments/ada/embeddings?api-version=x",
        );
        let door = azure.operation.and_then(Operation::door).unwrap();
        assert_eq!(
            (door.task, azure.model.as_deref()),
            (Task::Embeddings, Some("ada"))
        );
        let one = read(&Method::POST, "/v1/models/a%2Fb:batchEmbedContents");
        assert_eq!(one.model.as_deref(), Some("a/b"));
    }

    #[test]
    fn ai_21_paths_say_what_is_asked_for_and_in_which_dialect() {
        use Dialect::{
            AnthropicMessages, Cohere, Gemini, Ollama, OllamaGenerate, OpenaiChat,
            OpenaiCompletions,
        };
        use Operation::{Chat, Count, GetModel, ListModels, ShowModel, Version};
        for (path, dialect, operation) in [
            ("/v1/chat/completions", OpenaiChat, Some(Chat)),
            ("/v1/completions", OpenaiCompletions, Some(Chat)),
            ("/v1/messages", AnthropicMessages, Some(Chat)),
            ("/v1/messages?beta=true", AnthropicMessages, Some(Chat)),
            (
                "/v1/messages/count_tokens?beta=true",
                AnthropicMessages,
                Some(Count),
            ),
            ("/v1/messages/batches", AnthropicMessages, None),
            ("/v1beta/models/m:generateContent", Gemini, Some(Chat)),
            ("/v1/models/m:generateContent", Gemini, Some(Chat)),
            ("/v1beta/models/m:streamGenerateContent", Gemini, Some(Chat)),
            ("/v1beta/openai/m:generateContent", Gemini, Some(Chat)),
            ("/v1beta/models/m:countTokens", Gemini, Some(Count)),
            ("/v1beta/models/m:predict", Gemini, None),
            ("/v1beta/files", Gemini, None),
            ("/v1beta/modelsmith", Gemini, None),
            ("/v1beta/models", Gemini, Some(ListModels)),
            ("/v1beta/models/llama3:8b/x", Gemini, None),
            ("/v1/models", OpenaiChat, Some(ListModels)),
            ("/v1/models/llama3:8b", OpenaiChat, Some(GetModel)),
            ("/v2", OpenaiChat, None),
            ("/api/chat", Ollama, Some(Chat)),
            ("/api/generate", OllamaGenerate, Some(Chat)),
            ("/api/tags", Ollama, Some(ListModels)),
            ("/api/show", Ollama, Some(ShowModel)),
            ("/api/version", Ollama, Some(Version)),
            ("/api/pull", Ollama, None),
            ("/v2/chat", Cohere, Some(Chat)),
            ("/v2/summarize", Cohere, None),
        ] {
            let found = read(&Method::POST, path);
            assert_eq!(
                (found.dialect, found.operation),
                (dialect, operation),
                "{path}"
            );
        }
        let mut headers = HeaderMap::new();
        headers.insert("x-goog-api-key", "k".parse().unwrap());
        let list = Address::of(&Method::GET, &"/v1/models".parse().unwrap(), &headers);
        assert_eq!((list.dialect, list.operation), (Gemini, Some(ListModels)));
        let mut headers = HeaderMap::new();
        headers.insert("x-fern-sdk-name", "cohere".parse().unwrap());
        let list = Address::of(&Method::GET, &"/v1/models".parse().unwrap(), &headers);
        assert_eq!((list.dialect, list.operation), (Cohere, Some(ListModels)));
        let one = read(&Method::GET, "/v1beta/models/llama3:8b");
        assert_eq!(
            (one.operation, one.model.as_deref()),
            (Some(GetModel), Some("llama3:8b"))
        );
    }

    #[test]
    fn clients_of_azure_and_of_vertex_come_by_the_same_doors() {
        use Dialect::{Gemini, OpenaiChat};
        use Operation::{Chat, Count, GetModel, ListModels};
        let vertex = "/v1beta1/projects/p/locations/us-east5/publishers/google/models";
        for (path, dialect, operation, model) in [
            (
                "/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21",
                OpenaiChat,
                Some(Chat),
                Some("my-gpt"),
            ),
            (
                "/openai/deployments/openai%2Fgpt-4o/chat/completions",
                OpenaiChat,
                Some(Chat),
                Some("openai/gpt-4o"),
            ),
            (
                "/openai/deployments/up/gpt-4o/chat/completions",
                OpenaiChat,
                Some(Chat),
                Some("up/gpt-4o"),
            ),
            (
                "/v1beta1/publishers/up/models/m-1:generateContent",
                Gemini,
                Some(Chat),
                Some("up/m-1"),
            ),
            ("/openai/v1/chat/completions", OpenaiChat, Some(Chat), None),
            ("/openai/v1/models", OpenaiChat, Some(ListModels), None),
            (
                "/openai/models?api-version=x",
                OpenaiChat,
                Some(ListModels),
                None,
            ),
            ("/openai/v1/models/m", OpenaiChat, Some(GetModel), Some("m")),
            ("/openai/deployments/m", OpenaiChat, None, None),
            ("/openai/deployments/m/nothing", OpenaiChat, None, Some("m")),
            (
                &format!("{vertex}/m:generateContent"),
                Gemini,
                Some(Chat),
                Some("m"),
            ),
            (
                &format!("{vertex}/m:countTokens"),
                Gemini,
                Some(Count),
                Some("m"),
            ),
            (
                "/v1beta1/publishers/google/models/m:streamGenerateContent?alt=sse",
                Gemini,
                Some(Chat),
                Some("m"),
            ),
            (
                "/v1/projects/p/publishers/google/models/m:countTokens",
                OpenaiChat,
                None,
                None,
            ),
        ] {
            let found = read(&Method::POST, path);
            assert_eq!(
                (found.dialect, found.operation, found.model.as_deref()),
                (dialect, operation, model),
                "{path}"
            );
        }
    }

    #[test]
    fn a_model_in_a_path_may_have_slashes_and_colons_encoded_or_not() {
        for name in ["openai/gpt-4o", "openai%2Fgpt-4o", "openai%2fgpt%2D4o"] {
            let found = read(
                &Method::POST,
                &format!("/v1beta/models/{name}:generateContent"),
            );
            assert_eq!(found.model.as_deref(), Some("openai/gpt-4o"), "{name}");
        }
        let found = read(&Method::POST, "/v1beta/models/o/llama3:8b:countTokens");
        assert_eq!(found.model.as_deref(), Some("o/llama3:8b"));
        let found = read(&Method::POST, "/v1beta/models/m%3AgenerateContent");
        assert_eq!(found.model.as_deref(), Some("m"));
    }

    #[test]
    fn the_paths_of_bedrock_name_the_model_and_whether_to_stream() {
        use Operation::{Chat, Count, GetModel, ListModels};
        let cases = [
            (
                "/model/a.b-v1%3A0/converse",
                Some(Chat),
                Some("a.b-v1:0"),
                Some(false),
            ),
            (
                "/model/openai%2Fgpt-4o/converse-stream",
                Some(Chat),
                Some("openai/gpt-4o"),
                Some(true),
            ),
            (
                "/model/openai/gpt-4o/converse",
                Some(Chat),
                Some("openai/gpt-4o"),
                Some(false),
            ),
            ("/model/m/count-tokens", Some(Count), Some("m"), Some(false)),
            ("/model/m/invoke", None, None, None),
            ("/model/converse", None, None, None),
            ("/model/", None, None, None),
            ("/foundation-models", Some(ListModels), None, None),
            (
                "/foundation-models/a.b-v1%3A0",
                Some(GetModel),
                Some("a.b-v1:0"),
                None,
            ),
        ];
        for (path, operation, model, stream) in cases {
            let found = read(&Method::POST, path);
            assert_eq!(found.dialect, Dialect::BedrockConverse, "{path}");
            assert_eq!(
                (found.operation, found.stream),
                (operation, stream),
                "{path}"
            );
            assert_eq!(found.model.as_deref(), model, "{path}");
        }
    }

    #[test]
    fn gi_01_a_stream_is_an_array_unless_events_are_asked_for() {
        for (query, array) in [
            ("", true),
            ("?key=k", true),
            ("?alt=json", true),
            ("?key=k&alt=sse", false),
            ("?alt=%73se", false),
        ] {
            let path = format!("/v1beta/models/m:streamGenerateContent{query}");
            let found = read(&Method::POST, &path);
            assert_eq!((found.stream, found.array), (Some(true), array), "{query}");
        }
        let whole = read(&Method::POST, "/v1beta/models/m:generateContent?alt=json");
        assert_eq!((whole.stream, whole.array), (Some(false), false));
    }
}
