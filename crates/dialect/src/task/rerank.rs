//! The order of documents by how well they fit a query: Cohere's `POST /v2/rerank`, Jina's
//! `POST /v1/rerank`, which the servers of open models have taken over, Voyage's, which calls two
//! members otherwise, and that of Hugging Face's text-embeddings-inference.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tollgate_model::task::TaskForm;
use tollgate_model::{CallId, Refusal, Usage, UsageClass};

use super::asked::{Most, Request, To, length};
use super::head::{Estimate, Given, Head, Work};
use super::places::Places;
use super::told;
use crate::ladder::malformed;
use crate::loss::Loss;
use crate::node::Node;
use crate::scan;

/// How many documents, or pieces of them, are one search.
const DOCUMENTS: u64 = 100;
/// Tokens, and so at least bytes, of a piece into which a long document is cut.
const PIECE: u64 = 500;

/// The task.
pub(super) struct Rerank;

/// What a request wants, whatever its form.
#[derive(Debug)]
struct Wanted<'a> {
    query: String,
    /// Texts, and where the form has it objects.
    documents: Vec<Node<'a>>,
    top: Option<u64>,
    /// Whether the documents are wanted back.
    echo: bool,
    /// The most tokens that are read of a document, and the member that said it.
    cut: Option<u64>,
    unknown: Vec<String>,
}

impl Work for Rerank {
    fn head(&self, request: &Request<'_>) -> Result<Head, Refusal> {
        let body = request.body;
        let object = scan::scan(body, ["model", "query", "documents"])?;
        let named = Places::named(request, &object)?;
        let [_, query, documents] = object.values;
        let query = query.ok_or_else(|| malformed("query", "There is no `query`."))?;
        let missing = || malformed("documents", "`documents` must be a list of documents.");
        let list = documents.ok_or_else(missing)?;
        let all: Vec<serde::de::IgnoredAny> =
            serde_json::from_slice(list.of(body)).map_err(|_| missing())?;
        if all.is_empty() {
            return Err(malformed(
                "documents",
                "`documents` is empty; send at least one.",
            ));
        }
        let count = length(all.len());
        let [asked, text] = [query, list].map(|span| length(span.end - span.start));
        // Some makers count the query once for each document.
        let tokens = asked.saturating_mul(count).saturating_add(text);
        let pieces = count.saturating_add(text.div_ceil(PIECE));
        Ok(Head {
            most: Most {
                prompt_tokens: tokens,
                apart: Usage::NONE.with(UsageClass::RerankSearches, pieces.div_ceil(DOCUMENTS)),
                ..Most::default()
            },
            estimate: Estimate {
                fixed: Usage::NONE
                    .with(UsageClass::Input, tokens.div_ceil(4))
                    .with(UsageClass::RerankSearches, count.div_ceil(DOCUMENTS)),
                ..Estimate::default()
            },
            ..Head::new(request, named)
        })
    }

    fn translate(
        &self,
        request: &Request<'_>,
        to: &To<'_>,
        loss: &mut Loss,
    ) -> Result<Vec<u8>, Refusal> {
        let wanted = read(request)?;
        for member in &wanted.unknown {
            loss.dropped(member);
        }
        let is = |form| to.form == form;
        if wanted.cut.is_some() && !is(TaskForm::Cohere) {
            loss.dropped("max_tokens_per_doc");
        }
        let mut documents = Vec::with_capacity(wanted.documents.len());
        for document in &wanted.documents {
            documents.push(text_of(document)?);
        }
        if is(TaskForm::Tei) {
            let body = TeiBody {
                query: &wanted.query,
                texts: documents,
                truncate: true,
            };
            return Ok(serde_json::to_vec(&body).unwrap_or_default());
        }
        let body = Body {
            model: to.model,
            query: &wanted.query,
            documents,
            top_n: wanted.top.filter(|_| !is(TaskForm::Voyage)),
            top_k: wanted.top.filter(|_| is(TaskForm::Voyage)),
            return_documents: (!is(TaskForm::Cohere)).then_some(false),
            max_tokens_per_doc: wanted.cut.filter(|_| is(TaskForm::Cohere)),
        };
        // Writing to memory fails for no value of these types.
        Ok(serde_json::to_vec(&body).unwrap_or_default())
    }

    fn look(&self, form: TaskForm, answer: &[u8]) -> Result<Option<Usage>, String> {
        if form == TaskForm::Tei {
            // It counts nothing.
            return hits(form, answer).map(|_| None);
        }
        let told = told::look(answer, &["results", "data"])?;
        let searches = told.searches();
        let tokens = told.tokens(UsageClass::Input);
        Ok(match (searches, tokens) {
            (Some(count), tokens) => Some(
                tokens
                    .unwrap_or(Usage::NONE)
                    .with(UsageClass::RerankSearches, count),
            ),
            (None, tokens) => tokens,
        })
    }

    fn answer(&self, asked: &Request<'_>, given: &Given<'_>) -> Result<Vec<u8>, String> {
        let wanted = read(asked).map_err(|refusal| refusal.detail)?;
        let mut results = Vec::new();
        let mut came = hits(given.form, given.answer)?;
        if let (TaskForm::Tei, Some(top)) = (given.form, wanted.top) {
            // It gives all of them, in their order.
            came.truncate(usize::try_from(top).unwrap_or(usize::MAX));
        }
        for hit in came {
            let at = usize::try_from(hit.index).unwrap_or(usize::MAX);
            let document = wanted.documents.get(at);
            let document = document.ok_or("the answer has a document that was not sent")?;
            let text = text_of(document).map_err(|refusal| refusal.detail)?;
            results.push(Hit {
                index: hit.index,
                relevance_score: hit.relevance_score,
                document: wanted.echo.then_some(Echo { text }),
            });
        }
        let usage = given.usage.unwrap_or(Usage::NONE);
        let is_cohere = asked.door.form == TaskForm::Cohere;
        let count = Count {
            total_tokens: usage.prompt_tokens(),
        };
        let told = Told {
            id: is_cohere.then_some(given.reply.call),
            model: (!is_cohere).then_some(given.reply.model),
            results,
            usage: (!is_cohere).then_some(count),
            meta: usage
                .get(UsageClass::RerankSearches)
                .map(|search_units| Meta {
                    billed_units: Billed { search_units },
                }),
        };
        serde_json::to_vec(&told).map_err(|error| error.to_string())
    }
}

fn read<'a>(request: &Request<'a>) -> Result<Wanted<'a>, Refusal> {
    let mut members = Node::root(request.body)?.members()?;
    members.take("model");
    let query = members.need("query")?.string()?;
    let documents = members.need("documents")?.elements()?;
    let top = members.read("top_n", Node::count)?;
    let other = members.read("top_k", Node::count)?;
    let echo = members.read("return_documents", Node::flag)?;
    let cut = members.read("max_tokens_per_doc", Node::count)?;
    let rest = members.rest().into_iter();
    let unknown = rest
        .filter(|(_, value)| value.get() != "null")
        .map(|(name, _)| name);
    Ok(Wanted {
        query,
        documents,
        top: top.or(other),
        // Jina gives the documents back where nobody says that it should not.
        echo: echo.unwrap_or(request.door.form == TaskForm::Jina),
        cut,
        unknown: unknown.collect(),
    })
}

/// The text of a document, which may be an object with a text.
fn text_of(document: &Node<'_>) -> Result<String, Refusal> {
    if document.is_string() {
        return document.string();
    }
    let text = document
        .members()
        .ok()
        .and_then(|mut fields| fields.take("text"));
    let text = text.filter(Node::is_string);
    text.ok_or_else(|| {
        document.unsupported("The provider of this model takes documents that are texts.")
    })?
    .string()
}

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    query: &'a str,
    documents: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_n: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_k: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_documents: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens_per_doc: Option<u64>,
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow, default)]
    results: Option<Vec<Came<'a>>>,
    #[serde(borrow, default)]
    data: Option<Vec<Came<'a>>>,
}

#[derive(Deserialize)]
struct Came<'a> {
    index: u64,
    #[serde(borrow, alias = "score")]
    relevance_score: &'a RawValue,
}

/// The documents of an answer in their order: a list, which most put into a member.
fn hits(form: TaskForm, answer: &[u8]) -> Result<Vec<Came<'_>>, String> {
    let unread = |error| format!("the answer has no order of documents: {error}");
    if form == TaskForm::Tei {
        return serde_json::from_slice(answer).map_err(unread);
    }
    let answer: Answer<'_> = serde_json::from_slice(answer).map_err(unread)?;
    Ok(answer.results.or(answer.data).unwrap_or_default())
}

/// A request to text-embeddings-inference, which serves one model and names none.
#[derive(Serialize)]
struct TeiBody<'a> {
    query: &'a str,
    texts: Vec<String>,
    /// As everybody else does with a document that is too long.
    truncate: bool,
}

#[derive(Serialize)]
struct Told<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<CallId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<&'a str>,
    results: Vec<Hit<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Count>,
    #[serde(skip_serializing_if = "Option::is_none")]
    meta: Option<Meta>,
}

#[derive(Serialize)]
struct Hit<'a> {
    index: u64,
    relevance_score: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<Echo>,
}

#[derive(Serialize)]
struct Echo {
    text: String,
}

#[derive(Serialize)]
struct Count {
    total_tokens: u64,
}

#[derive(Serialize)]
struct Meta {
    billed_units: Billed,
}

#[derive(Serialize)]
struct Billed {
    search_units: u64,
}
