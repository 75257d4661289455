//! The types of channels, by their numbers. one-api and new-api share the first twenty-five.

/// Which of the two it is: they number the types of channels differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// one-api.
    OneApi,
    /// new-api.
    NewApi,
}

impl Flavour {
    /// The word on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Flavour::OneApi => "one-api",
            Flavour::NewApi => "new-api",
        }
    }
}

/// What a type of channel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ChannelKind {
    /// The number in the database.
    pub number: i64,
    /// The catalogue's id; empty for whatever else speaks OpenAI's dialect.
    pub id: &'static str,
    /// The address that it has where the channel says none; empty where it has to say one.
    pub base: &'static str,
    /// What is added to the address.
    pub below: &'static str,
}

const fn kind(
    number: i64,
    id: &'static str,
    base: &'static str,
    below: &'static str,
) -> ChannelKind {
    ChannelKind {
        number,
        id,
        base,
        below,
    }
}

/// The number of a channel at Azure.
pub(super) const AZURE: i64 = 3;

/// The numbers that mean the same in both.
const BOTH: &[ChannelKind] = &[
    kind(1, "openai", "https://api.openai.com", "/v1"),
    kind(2, "", "https://oa.api2d.net", "/v1"),
    kind(6, "", "https://api.openaimax.com", "/v1"),
    kind(7, "", "https://api.ohmygpt.com", "/v1"),
    kind(8, "", "", "/v1"),
    kind(9, "", "https://api.caipacity.com", "/v1"),
    kind(10, "", "https://api.aiproxy.io", "/v1"),
    kind(12, "", "https://api.api2gpt.com", "/v1"),
    kind(13, "", "https://api.aigc2d.com", "/v1"),
    kind(14, "anthropic", "https://api.anthropic.com", "/v1"),
    kind(16, "zhipu", "https://open.bigmodel.cn", "/api/paas/v4"),
    kind(
        17,
        "dashscope",
        "https://dashscope.aliyuncs.com",
        "/compatible-mode/v1",
    ),
    kind(20, "openrouter", "https://openrouter.ai/api", "/v1"),
    kind(22, "", "https://fastgpt.run/api/openapi", "/v1"),
    kind(
        24,
        "google",
        "https://generativelanguage.googleapis.com",
        "/v1beta",
    ),
    kind(25, "moonshot", "https://api.moonshot.cn", "/v1"),
    kind(31, "yi", "https://api.lingyiwanwu.com", "/v1"),
];

const ONE_API: &[ChannelKind] = &[
    kind(4, "", "https://api.closeai-proxy.xyz", "/v1"),
    kind(5, "", "https://api.openai-sb.com", "/v1"),
    kind(19, "360", "https://ai.360.cn", "/v1"),
    kind(26, "baichuan", "https://api.baichuan-ai.com", "/v1"),
    kind(27, "minimax", "https://api.minimax.chat", "/v1"),
    kind(28, "mistral", "https://api.mistral.ai", "/v1"),
    kind(29, "groq", "https://api.groq.com/openai", "/v1"),
    kind(30, "ollama", "http://localhost:11434", "/v1"),
    kind(32, "stepfun", "https://api.stepfun.com", "/v1"),
    kind(35, "cohere", "https://api.cohere.com", ""),
    kind(36, "deepseek", "https://api.deepseek.com", ""),
    kind(39, "together", "https://api.together.xyz", "/v1"),
    kind(
        40,
        "volcengine",
        "https://ark.cn-beijing.volces.com",
        "/api/v3",
    ),
    kind(41, "novita", "https://api.novita.ai/v3/openai", ""),
    kind(44, "siliconflow", "https://api.siliconflow.cn", "/v1"),
    kind(45, "xai", "https://api.x.ai", "/v1"),
    kind(47, "qianfan", "https://qianfan.baidubce.com", "/v2"),
    kind(48, "spark", "https://spark-api-open.xf-yun.com", "/v1"),
    kind(
        49,
        "dashscope",
        "https://dashscope.aliyuncs.com",
        "/compatible-mode/v1",
    ),
    kind(50, "", "", ""),
    kind(
        51,
        "",
        "https://generativelanguage.googleapis.com/v1beta/openai",
        "",
    ),
];

const NEW_API: &[ChannelKind] = &[
    kind(4, "ollama", "http://localhost:11434", "/v1"),
    kind(19, "360", "https://api.360.cn", "/v1"),
    kind(26, "zhipu", "https://open.bigmodel.cn", "/api/paas/v4"),
    kind(27, "perplexity", "https://api.perplexity.ai", ""),
    kind(34, "cohere", "https://api.cohere.com", ""),
    kind(35, "minimax", "https://api.minimax.chat", "/v1"),
    kind(40, "siliconflow", "https://api.siliconflow.cn", "/v1"),
    kind(42, "mistral", "https://api.mistral.ai", "/v1"),
    kind(43, "deepseek", "https://api.deepseek.com", ""),
    kind(
        45,
        "volcengine",
        "https://ark.cn-beijing.volces.com",
        "/api/v3",
    ),
    kind(46, "qianfan", "https://qianfan.baidubce.com", "/v2"),
    kind(47, "xinference", "", "/v1"),
    kind(48, "xai", "https://api.x.ai", "/v1"),
    kind(53, "", "https://llm.submodel.ai", "/v1"),
];

/// What a number means; `None` for what cannot be asked in a dialect that is spoken here.
pub(super) fn channel_kind(flavour: Flavour, number: i64) -> Option<ChannelKind> {
    let own = match flavour {
        Flavour::OneApi => ONE_API,
        Flavour::NewApi => NEW_API,
    };
    let mut all = BOTH.iter().chain(own);
    all.find(|kind| kind.number == number).copied()
}

#[cfg(test)]
mod tests {
    use crate::draft::facts;

    use super::*;

    #[test]
    fn every_type_is_a_provider_of_the_catalogue_or_has_an_address() {
        for list in [BOTH, ONE_API, NEW_API] {
            for kind in list {
                let known = facts(kind.id);
                assert!(kind.id.is_empty() || known.is_some(), "{kind:?}");
                // The host may be that of another country; the path belongs to the dialect.
                let path = |url: &str| url.splitn(4, '/').nth(3).unwrap_or("").to_owned();
                if let Some(url) = known.and_then(|facts| facts.base_url.as_deref()) {
                    assert_eq!(
                        path(&format!("{}{}", kind.base, kind.below)),
                        path(url),
                        "{kind:?}"
                    );
                }
            }
        }
        let id = |flavour, number| channel_kind(flavour, number).map(|kind| kind.id);
        assert_eq!(id(Flavour::OneApi, 28), Some("mistral"));
        assert_eq!(id(Flavour::NewApi, 28), None);
        assert_eq!(id(Flavour::NewApi, 42), Some("mistral"));
        assert_eq!(id(Flavour::OneApi, 42), None);
    }
}
