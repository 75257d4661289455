//! The intermediate form: a request, an answer and the events of a streamed answer as no vendor
//! writes them. Content is an ordered list of blocks, never a flattened string; JSON that we do not
//! act on (tool schemas, tool arguments, unknown members) stays as the raw text it came as.

use serde::Serialize;
use serde_json::value::RawValue;
use tollgate_model::Usage;

/// JSON text that is carried, not read.
pub type Raw = Box<RawValue>;

/// A request for an answer.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The model as the caller named it.
    pub model: String,
    /// The conversation in order; system turns may stand anywhere.
    pub turns: Vec<Turn>,
    /// The tools that the model may call.
    pub tools: Vec<Tool>,
    /// Whether and which tool must be called.
    pub tool_choice: Option<ToolChoice>,
    /// Whether several tools may be called in one answer.
    pub parallel_tools: Option<bool>,
    /// The most tokens of the answer.
    pub max_tokens: Option<u64>,
    /// Sampling temperature, as the caller's dialect counts it.
    pub temperature: Option<f64>,
    /// Nucleus sampling.
    pub top_p: Option<f64>,
    /// Only the k likeliest tokens.
    pub top_k: Option<u64>,
    /// Texts that end the answer.
    pub stop: Vec<String>,
    /// Seed of the sampling.
    pub seed: Option<i64>,
    /// Penalty for tokens by their frequency.
    pub frequency_penalty: Option<f64>,
    /// Penalty for tokens that occurred.
    pub presence_penalty: Option<f64>,
    /// How many answers; 1 where the caller did not say.
    pub answers: u32,
    /// How much to think.
    pub reasoning: Option<Reasoning>,
    /// The form of the answer.
    pub format: Format,
    /// How the provider may search the web, where it may.
    pub search: Option<Search>,
    /// The caller's own id of its user.
    pub user: Option<String>,
    /// Whether the answer is streamed.
    pub stream: bool,
    /// Whether the caller wants the usage in the stream.
    pub stream_usage: bool,
    /// Whether the caller names its tools in the older of its dialect's two forms (`functions` of
    /// OpenAI) and reads calls of them only in that form, one in an answer.
    pub older_tools: bool,
    /// Whether the caller reads everything in an answer as said to it, so that thoughts must be left
    /// out: in a dialect that shows them only to those who ask for them.
    pub hide_thoughts: bool,
    /// What the answer has to repeat of the request.
    pub echo: Echo,
    /// Members that have no place above, by name, in order.
    pub rest: Vec<(String, Raw)>,
}

/// What an answer repeats of its request, in a dialect whose answers do; empty in the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Echo {
    /// Members of the answer as they are written, between commas, without one at the ends.
    pub members: String,
    /// The names of tools whose calls the caller reads in another form than that of functions, and
    /// its dialect's word for the form.
    pub forms: Vec<(String, &'static str)>,
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Instructions (`system` or `developer`).
    System,
    /// The user, and the results of tools.
    User,
    /// The model.
    Assistant,
}

/// What one side says before the other speaks.
#[derive(Clone, Debug)]
pub struct Turn {
    /// Who.
    pub role: Role,
    /// What, in order.
    pub blocks: Vec<Block>,
    /// Where the caller's request has it, such as `contents[2]`; empty where the dialect has one
    /// list of turns and this one stands in it at its own position.
    pub place: String,
}

/// One piece of content.
#[derive(Clone, Debug)]
pub struct Block {
    /// The piece.
    pub content: Content,
    /// A marker up to which the prompt should be cached, as Anthropic writes it
    /// (`{"type":"ephemeral"}`), kept whole.
    pub cache: Option<Raw>,
}

impl From<Content> for Block {
    fn from(content: Content) -> Block {
        Block {
            content,
            cache: None,
        }
    }
}

/// The kinds of content.
#[derive(Clone, Debug)]
pub enum Content {
    /// Plain text.
    Text(String),
    /// A picture.
    Image(Media),
    /// A document such as a PDF.
    Document {
        /// The document.
        media: Media,
        /// Its title or file name.
        title: Option<String>,
    },
    /// A recording.
    Audio(Media),
    /// The model calls a tool.
    ToolUse {
        /// Tells the call apart.
        id: String,
        /// The tool.
        name: String,
        /// The arguments, a JSON object.
        input: Raw,
        /// Gemini's thought signature of the call, to be sent back as it came.
        signature: Option<String>,
    },
    /// What a tool returned.
    ToolResult {
        /// The call that it answers.
        id: String,
        /// Text and images.
        content: Vec<Block>,
        /// Whether the tool failed.
        failed: bool,
    },
    /// What the model thought.
    Thinking {
        /// The thoughts.
        text: String,
        /// The provider's signature, to be sent back as it came.
        signature: Option<String>,
    },
    /// Thoughts that only the provider can read.
    RedactedThinking(String),
    /// The model declines, in words.
    Refusal(String),
}

/// Bytes of a medium, or where they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Media {
    /// In the request.
    Inline {
        /// Such as `image/png`.
        mime: String,
        /// Standard base64, as it came.
        base64: String,
    },
    /// At an address.
    Url(String),
}

/// A tool that the model may call.
#[derive(Clone, Debug)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// What it does.
    pub description: Option<String>,
    /// JSON Schema of its arguments.
    pub parameters: Option<Raw>,
    /// Whether the arguments must follow the schema.
    pub strict: Option<bool>,
    /// See [`Block::cache`].
    pub cache: Option<Raw>,
}

/// Whether and which tool must be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToolChoice {
    /// As the model sees fit.
    Auto,
    /// None.
    None,
    /// At least one.
    Required,
    /// This one.
    Named(String),
}

/// How a provider searches the web before it answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// The most searches.
    pub most: Option<u64>,
    /// The only domains whose pages count; empty for all.
    pub only: Vec<String>,
    /// The domains whose pages do not count.
    pub without: Vec<String>,
    /// Where the user is, roughly.
    pub place: Option<Place>,
    /// How much of what was found the model reads: `low`, `medium` or `high`.
    pub context: Option<String>,
}

/// A place on earth, as exact as the caller has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Such as `Bern`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Such as `Bern` or `California`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Two letters (ISO 3166-1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Such as `Europe/Zurich` (IANA).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
}

/// How much to think.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reasoning {
    /// Not at all.
    Off,
    /// By a word.
    Effort(Effort),
    /// By a number of tokens.
    Budget(u64),
}

/// How much to think, by a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effort {
    /// As little as there is.
    Minimal,
    /// Little.
    Low,
    /// Some.
    Medium,
    /// Much.
    High,
    /// As much as there is.
    Maximal,
}

/// The form of the answer.
#[derive(Clone, Debug, Default)]
pub enum Format {
    /// Text.
    #[default]
    Text,
    /// A JSON object.
    Json,
    /// JSON by a schema.
    Schema {
        /// The schema's name.
        name: String,
        /// JSON Schema.
        schema: Raw,
        /// Whether the answer must follow it to the letter.
        strict: Option<bool>,
    },
}

/// A whole answer.
#[derive(Clone, Debug, Default)]
pub struct Response {
    /// The provider's id of it.
    pub id: Option<String>,
    /// The model that answered, as the provider names it.
    pub model: Option<String>,
    /// Text, thinking, tool calls, in order.
    pub blocks: Vec<Block>,
    /// What its text rests on.
    pub citations: Vec<Citation>,
    /// Why it ended.
    pub stop: Stop,
    /// The stop text that it met, where it met one; empty where the provider does not say which.
    pub stop_text: Option<String>,
    /// What it consumed, as the provider counted.
    pub usage: Usage,
}

/// What a part of an answer's text rests on: a page, or a document of the caller's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Citation {
    /// The block of text, by its place in the answer.
    pub block: usize,
    /// The characters of the block, from one up to another; `None` for all of it.
    pub span: Option<(usize, usize)>,
    /// The address of the page.
    pub url: Option<String>,
    /// The id of the document, by which the caller knows it.
    pub document: Option<String>,
    /// The title of the page or the document.
    pub title: Option<String>,
    /// The words of the source.
    pub quote: Option<String>,
}

/// Why an answer ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stop {
    /// It was done, or met a stop text.
    #[default]
    End,
    /// It reached the limit of tokens.
    Length,
    /// It calls tools.
    ToolUse,
    /// It was filtered or declined.
    Filtered,
}

/// A piece of a streamed answer. A decoder gives them in this grammar:
/// `Start (Open Delta* Close)* Stop End` with `Usage` anywhere between `Start` and `End`, so that a
/// stream that breaks can be metered; or `Fail` at any place and nothing after it. Only one block is
/// open at a time; its index grows by one from 0.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The answer begins.
    Start {
        /// The provider's id of it.
        id: Option<String>,
        /// The model that answers, as the provider names it.
        model: Option<String>,
    },
    /// A block begins.
    Open(usize, Opening),
    /// More of the open block.
    Delta(usize, Delta),
    /// The open block ends.
    Close(usize),
    /// What text that was said rests on: of a block that was opened, at any place before `Stop`.
    Cite(Citation),
    /// What was consumed so far, by the provider's count; a later one replaces an earlier one,
    /// class by class.
    Usage(Usage),
    /// The stop text that was met, before `Stop`; empty where the provider does not say which.
    StopText(String),
    /// Why the answer ended.
    Stop(Stop),
    /// The stream is complete.
    End,
    /// The provider broke off with an error.
    Fail(ProviderError),
}

/// How a block begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Text.
    Text,
    /// Thinking.
    Thinking,
    /// A call of a tool.
    ToolUse {
        /// Tells the call apart.
        id: String,
        /// The tool.
        name: String,
        /// See [`Content::ToolUse`].
        signature: Option<String>,
    },
    /// Words by which the model declines.
    Refusal,
    /// A picture, all of it: nothing follows but the end of the block.
    Image(Media),
    /// Thoughts that only the provider can read, all of them: nothing follows but the end of the
    /// block.
    Redacted(String),
}

/// More of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delta {
    /// More text, thinking or refusal.
    Text(String),
    /// The signature of the thinking.
    Signature(String),
    /// More of a tool's arguments, a piece of JSON text.
    Arguments(String),
}

/// What a provider says when it fails.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderError {
    /// Its message, at most 1000 characters, without control characters.
    pub message: String,
    /// Its code, a number or a word.
    pub code: Option<String>,
    /// Its type or status word.
    pub kind: Option<String>,
    /// The member of the request that it blames.
    pub param: Option<String>,
    /// Seconds to wait, where the body says so.
    pub retry_after: Option<u64>,
}
