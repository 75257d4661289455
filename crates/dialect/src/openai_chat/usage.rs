//! The usage object, read and written.
//!
//! The dialect counts kinds of tokens inside of each other: cached, written and audio tokens are
//! part of `prompt_tokens`, thinking and audio part of `completion_tokens`. [`Usage`] keeps them
//! apart. Providers add members of their own; those that change a bill are read as well.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use tollgate_model::{Nanos, Usage, UsageClass};

use crate::scan;

const PROMPT_PARTS: [UsageClass; 5] = [
    UsageClass::CacheRead,
    UsageClass::CacheWrite,
    UsageClass::InputAudio,
    UsageClass::InputImage,
    UsageClass::InputVideo,
];

const ANSWER_PARTS: [UsageClass; 2] = [UsageClass::OutputAudio, UsageClass::OutputImage];

/// What is counted apart from tokens: Mistral bills the audio of a prompt by the second, Perplexity
/// the tokens of its sources.
const APART: [UsageClass; 3] = [
    UsageClass::AudioSeconds,
    UsageClass::WebSearches,
    UsageClass::Citations,
];

/// Numbers of tokens below this are exact even where they are written with a fraction (`12.0`).
const EXACT: f64 = (1u64 << 53) as f64;

/// What a member counts.
#[derive(Clone, Copy)]
enum Counted {
    /// All of the prompt.
    Prompt,
    /// All of the answer.
    Answer,
    /// Prompt and answer.
    Total,
    /// A part of one of them, or something else that is billed.
    Part(UsageClass),
}

/// The objects of a usage that have members of interest.
#[derive(Clone, Copy)]
enum Object {
    Usage,
    PromptDetails,
    AnswerDetails,
    ServerTools,
    Other,
}

/// What a member is.
#[derive(Clone, Copy)]
enum Member {
    /// A count, and its rank: of several members that count the same, the one of the lowest rank
    /// is believed.
    Count(Counted, u8),
    /// An object, or nothing of interest.
    Object(Object),
}

impl Member {
    fn of(object: Object, name: &str) -> Member {
        use Counted::{Answer, Part, Prompt, Total};
        use UsageClass::{
            AudioSeconds, CacheRead, CacheWrite, Citations, InputAudio, InputImage, InputVideo,
            OutputAudio, OutputImage, Reasoning, WebSearches,
        };
        let (counted, rank) = match object {
            Object::Usage => match name {
                "prompt_tokens" => (Prompt, 0),
                "input_tokens" => (Prompt, 1),
                "completion_tokens" => (Answer, 0),
                "output_tokens" => (Answer, 1),
                "total_tokens" => (Total, 0),
                "prompt_cache_hit_tokens" => (Part(CacheRead), 1),
                "cache_read_input_tokens" => (Part(CacheRead), 2),
                "cached_tokens" => (Part(CacheRead), 3),
                "cache_creation_input_tokens" => (Part(CacheWrite), 3),
                "reasoning_tokens" => (Part(Reasoning), 1),
                "num_search_queries" => (Part(WebSearches), 1),
                "citation_tokens" => (Part(Citations), 0),
                "prompt_audio_seconds" => (Part(AudioSeconds), 0),
                "prompt_tokens_details" | "input_tokens_details" => {
                    return Member::Object(Object::PromptDetails);
                }
                "completion_tokens_details" | "output_tokens_details" => {
                    return Member::Object(Object::AnswerDetails);
                }
                "server_tool_use" => return Member::Object(Object::ServerTools),
                _ => return Member::Object(Object::Other),
            },
            Object::PromptDetails => match name {
                "cached_tokens" => (Part(CacheRead), 0),
                "cache_write_tokens" => (Part(CacheWrite), 0),
                "cache_creation_input_tokens" => (Part(CacheWrite), 1),
                "cache_creation_tokens" => (Part(CacheWrite), 2),
                "audio_tokens" => (Part(InputAudio), 0),
                "image_tokens" => (Part(InputImage), 0),
                "video_tokens" => (Part(InputVideo), 0),
                _ => return Member::Object(Object::Other),
            },
            Object::AnswerDetails => match name {
                "reasoning_tokens" => (Part(Reasoning), 0),
                "audio_tokens" => (Part(OutputAudio), 0),
                "image_tokens" => (Part(OutputImage), 0),
                _ => return Member::Object(Object::Other),
            },
            Object::ServerTools if name == "web_search_requests" => (Part(WebSearches), 0),
            Object::ServerTools | Object::Other => return Member::Object(Object::Other),
        };
        Member::Count(counted, rank)
    }
}

/// Reads a usage object. `None` where the text is none or counts no tokens.
pub(crate) fn read(text: &[u8]) -> Option<Usage> {
    let mut counts = Counts::default();
    let mut json = serde_json::Deserializer::from_slice(text);
    let reader = Reader {
        counts: &mut counts,
        member: Member::Object(Object::Usage),
    };
    reader.deserialize(&mut json).ok()?;
    json.end().ok()?;
    counts.usage()
}

/// Reads the usage from the member `x_groq`, where Groq puts that of a stream.
pub(crate) fn read_groq(text: &[u8]) -> Option<Usage> {
    let [inner] = scan::scan(text, ["usage"]).ok()?.values;
    read(inner?.of(text))
}

/// What the members of a usage object count, each with the rank of the member that is believed.
#[derive(Default)]
struct Counts([Option<(u8, u64)>; 3 + UsageClass::ALL.len()]);

impl Counts {
    fn place(counted: Counted) -> usize {
        match counted {
            Counted::Prompt => 0,
            Counted::Answer => 1,
            Counted::Total => 2,
            Counted::Part(class) => 3 + class as usize,
        }
    }

    fn get(&self, counted: Counted) -> Option<u64> {
        self.0[Counts::place(counted)].map(|(_, count)| count)
    }

    fn tell(&mut self, counted: Counted, rank: u8, count: u64) {
        let known = &mut self.0[Counts::place(counted)];
        if known.is_none_or(|(believed, _)| rank <= believed) {
            *known = Some((rank, count));
        }
    }

    fn usage(&self) -> Option<Usage> {
        let (prompt, answer) = (self.get(Counted::Prompt), self.get(Counted::Answer));
        if prompt.is_none() && answer.is_none() {
            return None;
        }
        let mut usage = Usage::NONE;
        if let Some(whole) = prompt {
            let rest = self.take_parts(&PROMPT_PARTS, whole, &mut usage);
            usage.set(UsageClass::Input, rest);
        }
        if let Some(told) = answer {
            let (whole, thought) = self.thinking(told, prompt);
            if let Some(thought) = thought {
                usage.set(UsageClass::Reasoning, thought);
            }
            let rest = whole.saturating_sub(thought.unwrap_or(0));
            let rest = self.take_parts(&ANSWER_PARTS, rest, &mut usage);
            usage.set(UsageClass::Output, rest);
        }
        for class in APART {
            if let Some(count) = self.get(Counted::Part(class)) {
                usage.set(class, count);
            }
        }
        Some(usage)
    }

    /// Sets the classes that are part of a whole; gives what is left of it.
    fn take_parts(&self, parts: &[UsageClass], whole: u64, usage: &mut Usage) -> u64 {
        parts.iter().fold(whole, |rest, class| {
            let Some(part) = self.get(Counted::Part(*class)) else {
                return rest;
            };
            usage.set(*class, part);
            rest.saturating_sub(part)
        })
    }

    /// All tokens of the answer, and those of them spent on thinking. Some providers leave thinking
    /// out of `completion_tokens` and only count it in `total_tokens`.
    fn thinking(&self, told: u64, prompt: Option<u64>) -> (u64, Option<u64>) {
        let reported = self.get(Counted::Part(UsageClass::Reasoning));
        let totals = self.get(Counted::Total).zip(prompt);
        let left_out = totals
            .and_then(|(total, prompt)| total.checked_sub(prompt)?.checked_sub(told))
            .filter(|gap| *gap > 0);
        match (reported, left_out) {
            (None, Some(gap)) => (told.saturating_add(gap), Some(gap)),
            (Some(thought), Some(gap)) if thought == gap => (told.saturating_add(gap), reported),
            (Some(thought), _) => (told.max(thought), Some(thought)),
            (None, None) => (told, None),
        }
    }
}

/// Reads the value of a member. Whatever has another type than expected counts nothing: it must not
/// make the other counts unreadable.
struct Reader<'a> {
    counts: &'a mut Counts,
    member: Member,
}

impl Reader<'_> {
    fn count(self, count: u64) {
        if let Member::Count(counted, rank) = self.member {
            self.counts.tell(counted, rank, count);
        }
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.member {
            Member::Object(Object::Other) => deserializer.deserialize_ignored_any(self),
            _ => deserializer.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let object = match self.member {
            Member::Object(object) => object,
            Member::Count(..) => Object::Other,
        };
        while let Some(member) = map.next_key_seed(object)? {
            map.next_value_seed(Reader {
                counts: &mut *self.counts,
                member,
            })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_u64<E>(self, count: u64) -> Result<(), E> {
        self.count(count);
        Ok(())
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        if (0.0..EXACT).contains(&number) {
            self.count(number as u64);
        }
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// Reads a key of the object.
impl<'de> DeserializeSeed<'de> for Object {
    type Value = Member;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Member, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Object {
    type Value = Member;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_str<E>(self, name: &str) -> Result<Member, E> {
        Ok(Member::of(self, name))
    }
}

/// Appends a usage object; with a cost, as the last member `cost`, a decimal number of dollars.
pub(crate) fn write(usage: &Usage, cost: Option<Nanos>, out: &mut Vec<u8>) {
    let of = |class| usage.get(class).unwrap_or(0);
    let (prompt, answer) = (usage.prompt_tokens(), usage.output_tokens());
    let writes = usage
        .get(UsageClass::CacheWrite)
        .into_iter()
        .chain(usage.get(UsageClass::CacheWriteLong))
        .reduce(u64::saturating_add)
        .map_or(String::new(), |tokens| {
            format!(",\"cache_write_tokens\":{tokens}")
        });
    let text = format!(
        "{{\"prompt_tokens\":{prompt},\"completion_tokens\":{answer},\"total_tokens\":{},\
         \"prompt_tokens_details\":{{\"cached_tokens\":{},\"audio_tokens\":{}{writes}}},\
         \"completion_tokens_details\":{{\"reasoning_tokens\":{},\"audio_tokens\":{}}}",
        prompt.saturating_add(answer),
        usage.cached_tokens().unwrap_or(0),
        of(UsageClass::InputAudio),
        of(UsageClass::Reasoning),
        of(UsageClass::OutputAudio),
    );
    out.extend_from_slice(text.as_bytes());
    if let Some(cost) = cost {
        out.extend_from_slice(format!(",\"cost\":{cost}").as_bytes());
    }
    out.push(b'}');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn classes(text: &str) -> String {
        let Some(usage) = read(text.as_bytes()) else {
            return "none".to_owned();
        };
        usage
            .iter()
            .map(|(class, n)| format!("{class}={n}"))
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn us_08_classes_are_kept_apart() {
        let cases = [
            (
                r#"{"prompt_tokens":10,"completion_tokens":4}"#,
                "input=10 output=4",
            ),
            (
                r#"{"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,
                    "prompt_tokens_details":{"cached_tokens":60,"audio_tokens":10},
                    "completion_tokens_details":{"reasoning_tokens":30,"audio_tokens":5}}"#,
                "input=30 cache_read=60 input_audio=10 output=15 reasoning=30 output_audio=5",
            ),
            (
                r#"{"prompt_tokens":100,"completion_tokens":1,
                    "prompt_tokens_details":{"cached_tokens":20,"cache_write_tokens":30}}"#,
                "input=50 cache_read=20 cache_write=30 output=1",
            ),
            (
                r#"{"prompt_tokens":100,"completion_tokens":1,"prompt_cache_hit_tokens":64,
                    "prompt_cache_miss_tokens":36}"#,
                "input=36 cache_read=64 output=1",
            ),
            (
                r#"{"prompt_tokens":9,"completion_tokens":1,"cache_creation_input_tokens":4,
                    "cache_read_input_tokens":2,"server_tool_use":{"web_search_requests":3}}"#,
                "input=3 cache_read=2 cache_write=4 output=1 web_searches=3",
            ),
            (
                r#"{"input_tokens":3,"output_tokens":2}"#,
                "input=3 output=2",
            ),
            (r#"{"prompt_tokens":3}"#, "input=3"),
            (
                r#"{"prompt_tokens":9,"completion_tokens":1,"prompt_audio_seconds":4,
                    "citation_tokens":700,"prompt_tokens_details":{"video_tokens":2}}"#,
                "input=7 input_video=2 output=1 audio_seconds=4 citations=700",
            ),
            (
                r#"{"prompt_tokens":9,"completion_tokens":1,"prompt_audio_seconds":{}}"#,
                "input=9 output=1",
            ),
        ];
        for (text, want) in cases {
            assert_eq!(classes(text), want, "{text}");
        }
    }

    #[test]
    fn thinking_that_only_the_total_counts_is_output_too() {
        // Reported, but left out of the completion (xAI).
        assert_eq!(
            classes(
                r#"{"prompt_tokens":37,"completion_tokens":530,"total_tokens":800,
                    "completion_tokens_details":{"reasoning_tokens":233}}"#
            ),
            "input=37 output=530 reasoning=233"
        );
        // Not reported at all (Gemini's compatible address).
        assert_eq!(
            classes(r#"{"prompt_tokens":5,"completion_tokens":10,"total_tokens":100}"#),
            "input=5 output=10 reasoning=85"
        );
    }

    #[test]
    fn us_04_an_explicit_zero_is_not_missing() {
        assert_eq!(
            classes(
                r#"{"prompt_tokens":0,"completion_tokens":0,
                    "prompt_tokens_details":{"cached_tokens":0}}"#
            ),
            "input=0 cache_read=0 output=0"
        );
    }

    #[test]
    fn what_is_no_usage_is_none() {
        for text in [
            "null",
            "{}",
            "[]",
            "7",
            r#"{"prompt_tokens":null}"#,
            "{",
            "",
        ] {
            assert_eq!(classes(text), "none", "{text}");
        }
    }

    #[test]
    fn a_value_of_a_wrong_type_counts_nothing_and_hides_nothing() {
        for odd in [
            "null",
            "true",
            "\"7\"",
            "[1,{\"prompt_tokens\":1}]",
            "{\"prompt_tokens\":1}",
            "-1",
        ] {
            let text = format!(
                r#"{{"prompt_tokens":{odd},"input_tokens":8,"prompt_tokens_details":{odd},
                    "completion_tokens":2,"total_tokens":{odd},"server_tool_use":{odd},
                    "cached_tokens":3,"completion_tokens_details":{{"reasoning_tokens":{odd}}}}}"#
            );
            assert_eq!(classes(&text), "input=5 cache_read=3 output=2", "{odd}");
        }
    }

    #[test]
    fn of_several_members_that_count_the_same_the_first_by_rank_is_believed() {
        let members = [
            r#""prompt_tokens_details":{"cached_tokens":1}"#,
            r#""prompt_cache_hit_tokens":2"#,
            r#""cache_read_input_tokens":3"#,
            r#""cached_tokens":4"#,
        ];
        for from in 0..members.len() {
            let mut told = members[from..].to_vec();
            for _ in 0..2 {
                let text = format!(r#"{{"prompt_tokens":9,{}}}"#, told.join(","));
                let want = format!("input={} cache_read={}", 8 - from, from + 1);
                assert_eq!(classes(&text), want, "{text}");
                told.reverse();
            }
        }
    }

    #[test]
    fn odd_numbers_are_read_and_inconsistent_ones_do_no_harm() {
        assert_eq!(
            classes(r#"{"prompt_tokens":12.0,"completion_tokens":-3}"#),
            "input=12"
        );
        assert_eq!(
            classes(r#"{"prompt_tokens":1e3,"completion_tokens":1e300}"#),
            "input=1000"
        );
        assert_eq!(
            classes(
                r#"{"prompt_tokens":5,"completion_tokens":2,
                    "prompt_tokens_details":{"cached_tokens":9},
                    "completion_tokens_details":{"reasoning_tokens":7}}"#
            ),
            "input=0 cache_read=9 output=0 reasoning=7"
        );
    }

    #[test]
    fn a_usage_is_written_with_totals_that_add_up() {
        let usage = Usage::NONE
            .with(UsageClass::Input, 30)
            .with(UsageClass::CacheRead, 60)
            .with(UsageClass::CacheWrite, 7)
            .with(UsageClass::CacheWriteLong, 3)
            .with(UsageClass::Output, 15)
            .with(UsageClass::Reasoning, 30);
        let mut out = Vec::new();
        write(&usage, Some(Nanos::new(123_000)), &mut out);
        let want = concat!(
            r#"{"prompt_tokens":100,"completion_tokens":45,"total_tokens":145,"#,
            r#""prompt_tokens_details":{"cached_tokens":60,"audio_tokens":0,"#,
            r#""cache_write_tokens":10},"completion_tokens_details":{"reasoning_tokens":30,"#,
            r#""audio_tokens":0},"cost":0.000123}"#,
        );
        assert_eq!(String::from_utf8(out).unwrap(), want);
    }

    proptest! {
        #[test]
        fn a_written_usage_reads_back(
            input in any::<u32>(), cached in any::<u32>(), output in any::<u32>(), thought in any::<u32>(),
        ) {
            let usage = Usage::NONE
                .with(UsageClass::Input, input.into())
                .with(UsageClass::CacheRead, cached.into())
                .with(UsageClass::InputAudio, 0)
                .with(UsageClass::Output, output.into())
                .with(UsageClass::Reasoning, thought.into())
                .with(UsageClass::OutputAudio, 0);
            let mut out = Vec::new();
            write(&usage, None, &mut out);
            prop_assert_eq!(read(&out), Some(usage));
        }
    }
}
