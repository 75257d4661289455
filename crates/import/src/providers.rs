//! Which provider of the catalogue a provider of another gateway is: tables, and how the address
//! that is written there is written here.

use tollgate_catalog::{builtin, providers};

use crate::draft::facts;

/// How another gateway's address of a provider becomes the one under which the dialect's paths lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    /// It is written the same.
    Same,
    /// It may be written without this, which then is added.
    Below(&'static str),
}

/// A provider of another gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    /// The catalogue's id of it.
    pub id: &'static str,
    /// How its address is written.
    pub address: Address,
}

/// Why a provider cannot be taken over.
pub(crate) const UNKNOWN: &str = "this provider is not in the catalogue";

/// What to do about a provider that cannot be taken over.
pub(crate) const INSTEAD: &str = "where it speaks OpenAI's dialect, add a Provider with \
                                  `dialect: openai-chat` and its `base_url`";

const fn same(word: &'static str, id: &'static str) -> (&'static str, Known) {
    let address = Address::Same;
    (word, Known { id, address })
}

const fn below(word: &'static str, id: &'static str, path: &'static str) -> (&'static str, Known) {
    let address = Address::Below(path);
    (word, Known { id, address })
}

/// The providers by the words of LiteLLM's prefixes, of Portkey's `provider`, and of OpenRouter's
/// slugs. A word that is the catalogue's own id needs no row.
const WORDS: &[(&str, Known)] = &[
    same("text-completion-openai", "openai"),
    below("anthropic", "anthropic", "/v1"),
    same("anthropic_text", "anthropic"),
    below("gemini", "google", "/v1beta"),
    below("google-ai-studio", "google", "/v1beta"),
    below("mistral", "mistral", "/v1"),
    below("mistral-ai", "mistral", "/v1"),
    same("codestral", "mistral"),
    same("together_ai", "together"),
    same("together-ai", "together"),
    same("fireworks_ai", "fireworks"),
    same("fireworks-ai", "fireworks"),
    same("x-ai", "xai"),
    same("perplexity-ai", "perplexity"),
    same("cohere_chat", "cohere"),
    same("nvidia_nim", "nvidia-nim"),
    same("nvidia", "nvidia-nim"),
    same("novita-ai", "novita"),
    same("github", "github-models"),
    same("ai21_chat", "ai21"),
    same("z-ai", "zai"),
    same("zhipu-ai", "zhipu"),
    same("moonshotai", "moonshot"),
    same("alibaba", "dashscope"),
    same("qwen", "dashscope"),
    same("lingyi", "yi"),
    same("hosted_vllm", "vllm"),
    same("llamafile", "llama-cpp"),
    same("lm_studio", "lmstudio"),
    same("lemonade", "llama-cpp"),
    same("meta_llama", "meta-llama"),
    same("featherless_ai", "featherless"),
    same("featherless-ai", "featherless"),
    same("friendliai", "friendli"),
    same("gradient_ai", "digitalocean"),
    below("ollama", "ollama", "/v1"),
    below("ollama_chat", "ollama", "/v1"),
    same("cloudflare", "cloudflare-workers-ai"),
    same("workers-ai", "cloudflare-workers-ai"),
    same("oci", "oci-genai"),
    same("text-generation-inference", "tgi"),
    same("io_net", "io-net"),
    same("xiaomi_mimo", "xiaomi"),
    same("vertex_ai", "vertex"),
    same("vertex-ai", "vertex"),
    same("bedrock", "bedrock"),
    same("bedrock_converse", "bedrock"),
    same("azure", "azure-openai"),
    same("jina_ai", "jina"),
];

/// The provider of the catalogue that a word means; `None` where the catalogue has none.
pub(crate) fn by_word(word: &str) -> Option<Known> {
    let word = word.trim().trim_start_matches('@').to_ascii_lowercase();
    if let Some((_, known)) = WORDS.iter().find(|(theirs, _)| *theirs == word) {
        return facts(known.id).map(|_| *known);
    }
    let own = providers().iter().find(|facts| facts.id == word)?;
    Some(Known {
        id: &own.id,
        address: Address::Same,
    })
}

/// The first provider, by how well known it is, that has a model of this name. OpenRouter and those
/// that serve others' models come after those that made it.
pub(crate) fn by_model(model: &str) -> Option<Known> {
    let catalogue = builtin();
    let makers = [
        "openai",
        "anthropic",
        "google",
        "mistral",
        "deepseek",
        "cohere",
        "xai",
    ];
    let id = makers
        .into_iter()
        .find(|id| catalogue.model(id, model).is_some())?;
    by_word(id)
}

impl Address {
    /// The address as it is written here.
    pub(crate) fn written(self, url: &str) -> String {
        let url = url.trim().trim_end_matches('/');
        let endings = ["/chat/completions", "/messages", "/completions"];
        let url = endings
            .iter()
            .find_map(|ending| url.strip_suffix(ending))
            .unwrap_or(url);
        match self {
            Address::Same => url.to_owned(),
            Address::Below(path) if url.ends_with(path) => url.to_owned(),
            Address::Below(path) => format!("{url}{path}"),
        }
    }
}

/// A short name for an address: its host, and its port where there is one.
pub(crate) fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    host.replace(':', "-")
}

/// The endpoint of an Azure resource, without the paths below it.
pub(crate) fn azure(endpoint: &str) -> String {
    let url = endpoint.trim().trim_end_matches('/');
    let url = url.split("/openai").next().unwrap_or(url);
    url.to_owned()
}

/// The version with which deployments at Azure are asked; `None` where the words mean the address
/// that needs none.
pub(crate) fn azure_version(text: Option<&str>) -> Option<String> {
    let text = text.map(str::trim).unwrap_or_default();
    let dated = text.starts_with(|letter: char| letter.is_ascii_digit());
    dated.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_that_is_known_is_a_row_of_the_catalogue() {
        let later = ["jina"];
        for (word, known) in WORDS.iter().copied() {
            assert!(
                facts(known.id).is_some() || later.contains(&known.id),
                "{word}: {}",
                known.id
            );
        }
        assert_eq!(by_word("groq").unwrap().id, "groq");
        assert_eq!(by_word("Together_AI").unwrap().id, "together");
        assert_eq!(by_word("nobody"), None);
        assert_eq!(by_model("gpt-4o").unwrap().id, "openai");
    }

    #[test]
    fn addresses_are_written_as_the_dialect_wants_them() {
        for (word, url, written) in [
            ("openai", "http://h:8000/v1/", "http://h:8000/v1"),
            ("openai", "http://h/v1/chat/completions", "http://h/v1"),
            ("anthropic", "https://a", "https://a/v1"),
            ("anthropic", "https://a/v1/messages", "https://a/v1"),
            ("ollama", "http://h:11434", "http://h:11434/v1"),
        ] {
            assert_eq!(by_word(word).unwrap().address.written(url), written);
        }
        assert_eq!(host("http://h:8000/v1"), "h-8000");
        let resource = "https://r.openai.azure.com";
        assert_eq!(azure("https://r.openai.azure.com/openai/v1/"), resource);
        assert_eq!(
            azure_version(Some("2024-10-21")).as_deref(),
            Some("2024-10-21")
        );
        assert_eq!(azure_version(Some("preview")), None);
    }
}
