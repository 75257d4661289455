//! What the table has to know of a dialect: how it says each feature.

use serde_json::Value;
use tollgate_model::Dialect;

macro_rules! features {
    ($(#[$doc:meta])* $name:ident: $($one:ident = $title:literal;)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $name { $($one,)* }

        impl $name {
            pub(crate) const ALL: &[$name] = &[$($name::$one,)*];

            /// What the page calls it.
            pub(crate) const fn title(self) -> &'static str {
                match self { $($name::$one => $title,)* }
            }
        }
    };
}

features! {
    /// Something that a request can say.
    Wish:
    Text = "text";
    System = "instructions";
    MultiTurn = "several turns";
    Tool = "a tool";
    AnyTool = "some tool must be called";
    NamedTool = "this tool must be called";
    NoTool = "no tool may be called";
    OneAtATime = "one tool at a time";
    ToolRound = "a call and its result";
    ParallelRound = "two calls at once and their results";
    FailedTool = "a tool that failed";
    ImageInline = "a picture, inline";
    ImageUrl = "a picture at an address";
    Document = "a PDF, inline";
    Audio = "a recording, inline";
    Schema = "an answer by a JSON schema";
    Json = "an answer in JSON";
    Effort = "how much to think";
    Thoughts = "thoughts sent back, signed";
    CacheMark = "a mark for the prompt cache";
    Stops = "stop texts";
    Temperature = "temperature";
    TopP = "top-p";
    TopK = "top-k";
    Seed = "seed";
    Penalties = "penalties";
    MaxTokens = "limit of tokens";
    User = "id of the user";
    TwoAnswers = "two answers";
    Logprobs = "probabilities of tokens";
    WebSearch = "web search by the provider";
    Unknown = "a member that nobody knows";
}

features! {
    /// Something that an answer can say.
    Told:
    Words = "text";
    Call = "a call of a tool";
    Calls = "two calls at once";
    WordsAndCall = "text, then a call";
    Thoughts = "thoughts";
    Refusal = "a refusal in words";
    Length = "cut at the limit of tokens";
    Filtered = "filtered";
    StopText = "ended at a stop text";
    Cached = "tokens read from the cache";
    Written = "tokens written to the cache";
    Reasoned = "tokens of reasoning";
    Picture = "a picture";
    Cited = "the page that words rest on";
    Redacted = "thoughts that only their provider reads";
}

/// What a JSON value has to hold: at each pointer, this value. A `*` as value only wants the member
/// to be there.
pub(crate) type Holds = Vec<(&'static str, Value)>;

/// A dialect in the table.
pub(crate) trait Voice: Sync {
    fn dialect(&self) -> Dialect;

    /// A model that providers of the dialect have and that can do what is wished.
    fn model(&self, wish: Wish) -> &'static str;

    /// A caller's request with the wish; `None` where the dialect cannot say it.
    fn asks(&self, wish: Wish) -> Option<Value>;

    /// What a request to a provider holds that says the wish; `None` where the dialect cannot.
    fn hears(&self, wish: Wish) -> Option<Holds>;

    /// A provider's whole answer; `None` where the dialect cannot say it.
    fn answers(&self, told: Told) -> Option<Value>;

    /// The same answer streamed, as bytes.
    fn streams(&self, told: Told) -> Option<Vec<u8>>;

    /// What an answer to a caller holds that says it; `None` where the dialect cannot.
    fn reads(&self, told: Told) -> Option<Holds>;

    /// A streamed answer put together to what a whole one would have been.
    fn gathers(&self, stream: &[u8]) -> Value;
}

/// The pointer at which a value is not what it has to be.
pub(crate) fn misses(value: &Value, holds: &Holds) -> Option<&'static str> {
    let is = |found: Option<&Value>, want: &Value| match found {
        Some(found) => want == "*" || found == want,
        None => want.is_null(),
    };
    let missed = holds.iter().find(|(at, want)| !is(value.pointer(at), want));
    missed.map(|(at, _)| *at)
}

/// The data of each server-sent event that is JSON.
pub(crate) fn events(stream: &[u8]) -> impl Iterator<Item = Value> {
    let text = std::str::from_utf8(stream).expect("a stream of text");
    let data = text.lines().filter_map(|line| line.strip_prefix("data:"));
    data.filter_map(|data| serde_json::from_str(data).ok())
}

/// Events as a stream, each by its JSON; `named` puts the `type` of each in its `event` line.
pub(crate) fn stream(events: &[Value], named: bool) -> Vec<u8> {
    let mut out = String::new();
    for event in events {
        if let (true, Some(name)) = (named, event["type"].as_str()) {
            out.push_str(&format!("event: {name}\n"));
        }
        out.push_str(&format!("data: {event}\n\n"));
    }
    out.into_bytes()
}
