//! How a caller wants its answer: `generationConfig`.

use tollgate_model::Refusal;

use super::fields::{Fields, Rest, count, decimal, each, integer};
use super::schema;
use crate::ir::{Effort, Format, Reasoning, Request};
use crate::node::Node;

/// The name of a schema, for dialects that want one.
const SCHEMA: &str = "response";

/// Reads a configuration into a request.
pub(super) fn read(node: &Node<'_>, request: &mut Request, rest: &mut Rest) -> Result<(), Refusal> {
    let mut fields = Fields::of(node)?;
    // The head has read it.
    fields.take("maxOutputTokens")?;
    request.temperature = fields.read("temperature", decimal)?;
    request.top_p = fields.read("topP", decimal)?;
    request.top_k = fields.read("topK", count)?;
    request.stop = fields.read("stopSequences", texts)?.unwrap_or_default();
    request.seed = fields.read("seed", integer)?;
    request.frequency_penalty = fields.read("frequencyPenalty", decimal)?;
    request.presence_penalty = fields.read("presencePenalty", decimal)?;
    request.format = format(&mut fields)?;
    if let Some(thinking) = fields.take("thinkingConfig")? {
        thoughts(&thinking, request, rest)?;
    }
    refuse_what_no_other_has(&mut fields)?;
    fields.leave(rest);
    Ok(())
}

fn texts(node: &Node<'_>) -> Result<Vec<String>, Refusal> {
    each(node)?.iter().map(Node::string).collect()
}

fn format(fields: &mut Fields<'_>) -> Result<Format, Refusal> {
    let kind = fields.take("responseMimeType")?;
    let own = fields.take("responseSchema")?;
    let mut plain = fields.take("responseJsonSchema")?;
    if let Some(older) = fields.take("_responseJsonSchema")? {
        plain = plain.or(Some(older));
    }
    let word = kind
        .as_ref()
        .map(Node::string)
        .transpose()?
        .unwrap_or_default();
    if !matches!(word.as_str(), "application/json" | "text/plain" | "")
        && let Some(kind) = kind
    {
        let detail = format!("Other providers cannot be held to answers of the type `{word}`.");
        return Err(kind.unsupported(detail));
    }
    if word != "application/json" {
        let detail = "A schema of the answer needs the `responseMimeType` application/json.";
        let schema = own.or(plain);
        return schema.map_or(Ok(Format::Text), |schema| Err(schema.malformed(detail)));
    }
    let schema = match (own, plain) {
        (Some(_), Some(other)) => {
            let detail = "Send either `responseSchema` or `responseJsonSchema`, not both.";
            return Err(other.malformed(detail));
        }
        (Some(own), None) => schema::json_schema(&own)?,
        (None, Some(plain)) => plain.raw(),
        (None, None) => return Ok(Format::Json),
    };
    Ok(Format::Schema {
        name: SCHEMA.to_owned(),
        schema,
        strict: None,
    })
}

fn thoughts(node: &Node<'_>, request: &mut Request, rest: &mut Rest) -> Result<(), Refusal> {
    let mut fields = Fields::of(node)?;
    let shown = fields.read("includeThoughts", Node::flag)?;
    let budget = fields.take("thinkingBudget")?;
    let level = fields.take("thinkingLevel")?;
    if let (Some(_), Some(level)) = (&budget, &level) {
        let detail = "Send either `thinkingBudget` or `thinkingLevel`, not both.";
        return Err(level.malformed(detail));
    }
    let budget = budget.map(|node| tokens(&node)).transpose()?;
    let level = level.map(|node| word(&node)).transpose()?;
    request.reasoning = budget.or(level.flatten());
    request.hide_thoughts = shown != Some(true);
    fields.leave(rest);
    Ok(())
}

/// A number of tokens; −1 leaves it to the model how much to think.
fn tokens(node: &Node<'_>) -> Result<Reasoning, Refusal> {
    match integer(node)? {
        -1 => Ok(Reasoning::Effort(Effort::Medium)),
        0 => Ok(Reasoning::Off),
        _ => count(node).map(Reasoning::Budget),
    }
}

fn word(node: &Node<'_>) -> Result<Option<Reasoning>, Refusal> {
    let effort = match node.string()?.to_ascii_uppercase().as_str() {
        "THINKING_LEVEL_UNSPECIFIED" => return Ok(None),
        "MINIMAL" => Effort::Minimal,
        "LOW" => Effort::Low,
        "MEDIUM" => Effort::Medium,
        "HIGH" => Effort::High,
        _ => return Err(node.wrong("one of MINIMAL, LOW, MEDIUM, HIGH")),
    };
    Ok(Some(Reasoning::Effort(effort)))
}

/// What changes the answer and has no place in any other dialect's.
fn refuse_what_no_other_has(fields: &mut Fields<'_>) -> Result<(), Refusal> {
    if let Some(several) = fields.take("candidateCount")?
        && count(&several)? > 1
    {
        let detail = "Other providers give one answer to a request; `candidateCount` must be 1.";
        return Err(several.unsupported(detail));
    }
    let chances = "Probabilities of tokens are not carried from other providers.";
    if let Some(asked) = fields.take("responseLogprobs")?
        && asked.flag()?
    {
        return Err(asked.unsupported(chances));
    }
    if let Some(most) = fields.take("logprobs")?
        && count(&most)? > 0
    {
        return Err(most.unsupported(chances));
    }
    if let Some(forms) = fields.take("responseModalities")? {
        let forms_named = texts(&forms)?;
        if !forms_named
            .iter()
            .all(|form| form.eq_ignore_ascii_case("text"))
        {
            let detail = "Pictures and sound are not carried from providers of other dialects.";
            return Err(forms.unsupported(detail));
        }
    }
    Ok(())
}
