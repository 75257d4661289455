//! What an answer consumed.

use serde::Deserialize;
use tollgate_model::{ServedIn, ServiceTier, Usage, UsageClass};

use crate::lenient::{count, text};
use crate::tier;

/// The counts of an answer so far.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Counts {
    /// The prompt, what came from the cache included.
    #[serde(deserialize_with = "count")]
    prompt_token_count: Option<u64>,
    #[serde(deserialize_with = "count")]
    cached_content_token_count: Option<u64>,
    #[serde(deserialize_with = "count")]
    candidates_token_count: Option<u64>,
    #[serde(deserialize_with = "count")]
    thoughts_token_count: Option<u64>,
    /// What the provider's own tools added to the prompt.
    #[serde(deserialize_with = "count")]
    tool_use_prompt_token_count: Option<u64>,
    #[serde(deserialize_with = "count")]
    total_token_count: Option<u64>,
    prompt_tokens_details: Option<Vec<Modality>>,
    cache_tokens_details: Option<Vec<Modality>>,
    candidates_tokens_details: Option<Vec<Modality>>,
    /// As the Gemini API tells it.
    #[serde(deserialize_with = "text")]
    service_tier: Option<String>,
    /// As Vertex AI tells it.
    #[serde(deserialize_with = "text")]
    traffic_type: Option<String>,
}

/// The tokens of one kind of content.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Modality {
    #[serde(deserialize_with = "text")]
    modality: Option<String>,
    #[serde(deserialize_with = "count")]
    token_count: Option<u64>,
}

impl Counts {
    /// The counts by class. Thoughts are counted beside the answer. A count of zero may be left out
    /// of the JSON, so that the answer's is what the total leaves where it is missing.
    pub(super) fn usage(&self) -> Usage {
        use UsageClass::{
            CacheRead, CacheReadAudio, CacheReadImage, Input, InputAudio, InputImage, InputVideo,
            Output, OutputAudio, OutputImage, Reasoning,
        };
        let mut usage = Usage::NONE;
        if let Some(prompt) = self.prompt_token_count {
            let cached = self.cached_content_token_count.unwrap_or(0).min(prompt);
            let fresh = |kind| {
                let all = sum(&self.prompt_tokens_details, kind)?;
                Some(all.saturating_sub(sum(&self.cache_tokens_details, kind).unwrap_or(0)))
            };
            let mut left = prompt - cached;
            take(&mut usage, InputAudio, fresh("AUDIO"), &mut left);
            take(&mut usage, InputImage, fresh("IMAGE"), &mut left);
            take(&mut usage, InputVideo, fresh("VIDEO"), &mut left);
            let more = self.tool_use_prompt_token_count.unwrap_or(0);
            usage.set(Input, left.saturating_add(more));
        }
        if let Some(mut left) = self.cached_content_token_count {
            let kept = |kind| sum(&self.cache_tokens_details, kind);
            take(&mut usage, CacheReadAudio, kept("AUDIO"), &mut left);
            take(&mut usage, CacheReadImage, kept("IMAGE"), &mut left);
            usage.set(CacheRead, left);
        }
        if let Some(mut left) = self.candidates_token_count.or_else(|| self.unnamed()) {
            let made = |kind| sum(&self.candidates_tokens_details, kind);
            take(&mut usage, OutputAudio, made("AUDIO"), &mut left);
            take(&mut usage, OutputImage, made("IMAGE"), &mut left);
            usage.set(Output, left);
        }
        if let Some(thoughts) = self.thoughts_token_count {
            usage.set(Reasoning, thoughts);
        }
        usage.in_tier(self.served_in())
    }

    fn served_in(&self) -> Option<ServedIn> {
        let word = self.service_tier.as_deref().unwrap_or_default();
        let word = word.to_ascii_lowercase();
        let word = word.strip_prefix("service_tier_").unwrap_or(&word);
        let traffic = || match self.traffic_type.as_deref()? {
            "ON_DEMAND" => Some(ServedIn::Standard),
            "ON_DEMAND_FLEX" => Some(ServedIn::Tier(ServiceTier::Flex)),
            "ON_DEMAND_PRIORITY" => Some(ServedIn::Tier(ServiceTier::Priority)),
            _ => None,
        };
        tier::told(word).or_else(traffic)
    }

    fn unnamed(&self) -> Option<u64> {
        let named = [
            self.prompt_token_count,
            self.thoughts_token_count,
            self.tool_use_prompt_token_count,
        ];
        let total = self.total_token_count?;
        Some(named.into_iter().flatten().fold(total, u64::saturating_sub))
    }
}

/// Takes a class out of what is left, no more than there is.
fn take(usage: &mut Usage, class: UsageClass, count: Option<u64>, left: &mut u64) {
    if let Some(count) = count {
        let count = count.min(*left);
        *left -= count;
        usage.set(class, count);
    }
}

fn sum(details: &Option<Vec<Modality>>, kind: &str) -> Option<u64> {
    let of_kind = details
        .iter()
        .flatten()
        .filter(|one| one.modality.as_deref() == Some(kind));
    of_kind
        .filter_map(|one| one.token_count)
        .reduce(u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gr_06_classes_are_disjoint_and_add_up_to_the_total() {
        let cases = [
            (
                r#"{"promptTokenCount":100,"cachedContentTokenCount":40,"candidatesTokenCount":7,
                    "thoughtsTokenCount":20,"toolUsePromptTokenCount":5,"totalTokenCount":132}"#,
                r#"{"input":65,"cache_read":40,"output":7,"reasoning":20}"#,
                Some(132),
            ),
            (
                r#"{"promptTokenCount":100,"cachedContentTokenCount":50,"candidatesTokenCount":1300,
                    "promptTokensDetails":[{"modality":"TEXT","tokenCount":20},
                        {"modality":"AUDIO","tokenCount":60},{"modality":"IMAGE","tokenCount":20}],
                    "cacheTokensDetails":[{"modality":"AUDIO","tokenCount":50}],
                    "candidatesTokensDetails":[{"modality":"IMAGE","tokenCount":1290}]}"#,
                r#"{"input":20,"cache_read":0,"input_audio":10,"cache_read_audio":50,"input_image":20,
                    "output":10,"output_image":1290}"#,
                Some(1400),
            ),
            (
                r#"{"promptTokenCount":90,"cachedContentTokenCount":60,"candidatesTokenCount":1,
                    "promptTokensDetails":[{"modality":"TEXT","tokenCount":30},
                        {"modality":"IMAGE","tokenCount":40},{"modality":"VIDEO","tokenCount":20}],
                    "cacheTokensDetails":[{"modality":"TEXT","tokenCount":20},
                        {"modality":"IMAGE","tokenCount":30},{"modality":"VIDEO","tokenCount":10}]}"#,
                r#"{"input":10,"cache_read":30,"input_image":10,"cache_read_image":30,
                    "input_video":10,"output":1}"#,
                Some(91),
            ),
            (
                r#"{"promptTokenCount":8,"totalTokenCount":8}"#,
                r#"{"input":8,"output":0}"#,
                Some(8),
            ),
            (
                r#"{"promptTokenCount":3,"cachedContentTokenCount":9,"candidatesTokenCount":"x"}"#,
                r#"{"input":0,"cache_read":9}"#,
                None,
            ),
        ];
        for (text, want, total) in cases {
            let usage = serde_json::from_str::<Counts>(text).unwrap().usage();
            let want = want.replace("\n                    ", "");
            assert_eq!(serde_json::to_string(&usage).unwrap(), want);
            if let Some(total) = total {
                assert_eq!(usage.prompt_tokens() + usage.output_tokens(), total);
            }
        }
    }

    #[test]
    fn the_tier_of_service_is_told_by_either_of_two_members() {
        let tier = |text: &str| {
            let counts: Counts = serde_json::from_str(text).unwrap();
            counts.usage().served_in()
        };
        let flex = Some(ServedIn::Tier(ServiceTier::Flex));
        for (text, want) in [
            ("{}", None),
            (r#"{"serviceTier":"standard"}"#, Some(ServedIn::Standard)),
            (r#"{"serviceTier":"SERVICE_TIER_FLEX"}"#, flex),
            (r#"{"trafficType":"ON_DEMAND_FLEX"}"#, flex),
            (r#"{"trafficType":"PROVISIONED_THROUGHPUT"}"#, None),
            (r#"{"serviceTier":7}"#, None),
        ] {
            assert_eq!(tier(text), want, "{text}");
        }
    }
}
