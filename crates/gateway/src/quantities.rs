//! How much was used of what is counted by itself (seconds, characters, pictures, pages), where it has a
//! price and the provider does not tell. Nothing that has a price is free for want of a count: it is
//! measured in the request or the answer, and where it cannot be, it is what was set aside for it.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use tollgate_dialect::codec::{Head, StreamDecoder};
use tollgate_dialect::ir::{Block, Content, Event, Media, Opening, Request};
use tollgate_dialect::{inbound, outbound, sound, task};
use tollgate_model::price::{Asked, Price};
use tollgate_model::{Rate, Usage, UsageClass};

use crate::exchange::Exchange;
use crate::thread;

/// Seconds of audio that a part of a prompt can have whose bytes are not in the request.
pub(crate) const REMOTE_PART_SECONDS: u64 = 4 * 3_600;
/// Pictures that an answer in a conversation is taken to have at the most.
pub(crate) const PICTURES_MOST: u64 = 4;

/// What may have to be measured. Searches and sources are none of it: where a provider tells none,
/// there were none.
const MEASURED: [UsageClass; 6] = [
    UsageClass::AudioSeconds,
    UsageClass::Characters,
    UsageClass::Images,
    UsageClass::Pages,
    UsageClass::AnnotatedPages,
    UsageClass::RerankSearches,
];

/// The classes that have a rate in a price, and of which a usage tells nothing, neither by themselves nor
/// in tokens that are `the_same` and have a rate as well.
fn untold(
    price: &Price,
    usage: &Usage,
    the_same: fn(UsageClass, UsageClass) -> bool,
) -> impl Iterator<Item = UsageClass> {
    let (rates, usage) = (*price.rates(usage.prompt_tokens()), *usage);
    let is_untold = move |class: &UsageClass| {
        let priced = rates.exact(*class).is_some_and(|rate| rate != Rate::FREE);
        let told = usage.iter().any(|(tokens, count)| {
            count > 0 && the_same(*class, tokens) && rates.of(tokens) != Rate::FREE
        });
        priced && !told && usage.get(*class).is_none()
    };
    MEASURED.into_iter().filter(is_untold)
}

/// Whether tokens of a conversation count the same as a class: text and sound stand beside each other
/// in it.
fn same_in_chat(class: UsageClass, tokens: UsageClass) -> bool {
    use UsageClass::{AudioSeconds, Images, InputAudio, OutputImage};
    matches!(
        (class, tokens),
        (AudioSeconds, InputAudio) | (Images, OutputImage)
    )
}

/// Whether tokens of a task count the same as a class: what it is about is its prompt.
fn same_in_task(class: UsageClass, tokens: UsageClass) -> bool {
    match class {
        UsageClass::Images => tokens == UsageClass::OutputImage,
        _ => tokens.is_prompt(),
    }
}

/// Adds what an answer in a conversation used and its provider did not tell. `pictures` are those in
/// the answer. Whether there was any.
pub(crate) fn complete(call: &Exchange, price: &Price, usage: &mut Usage, pictures: u64) -> bool {
    let Some(chat) = &call.chat else {
        return false;
    };
    let told = *usage;
    for class in untold(price, &told, same_in_chat) {
        let used = match class {
            UsageClass::Images => pictures,
            class => used(call, chat, class),
        };
        if used > 0 {
            usage.set(class, used);
        }
    }
    *usage != told
}

fn used(call: &Exchange, chat: &Head, class: UsageClass) -> u64 {
    let has_media = chat.remote_parts > 0;
    let bytes = thread::prompt_bytes(call);
    match class {
        UsageClass::Characters => characters(&call.body).min(bytes),
        UsageClass::AudioSeconds if has_media => heard(call, chat),
        UsageClass::Pages | UsageClass::AnnotatedPages if has_media => {
            Asked::of_bytes(bytes).apart.get(class).unwrap_or(0)
        }
        _ => 0,
    }
}

/// Characters of a text.
fn characters(text: &[u8]) -> u64 {
    let begins = |byte: &&u8| **byte & 0xc0 != 0x80;
    u64::try_from(text.iter().filter(begins).count()).unwrap_or(u64::MAX)
}

/// Seconds of the recordings in a conversation, the most that they can have where they are not in the
/// request.
fn heard(call: &Exchange, chat: &Head) -> u64 {
    let read;
    let request = match call.decoded.as_deref() {
        Some(request) => request,
        None => match inbound(call.dialect).decode_request(&call.body, chat) {
            Ok(request) => {
                read = request;
                &read
            }
            // What cannot be read here is for its provider to hear.
            Err(_) => return REMOTE_PART_SECONDS.saturating_mul(chat.remote_parts.into()),
        },
    };
    recordings(request).map(length).fold(0, u64::saturating_add)
}

fn recordings(request: &Request) -> impl Iterator<Item = &Media> {
    let blocks = request.turns.iter().flat_map(|turn| &turn.blocks);
    blocks.filter_map(|block| match &block.content {
        Content::Audio(media) => Some(media),
        _ => None,
    })
}

fn length(media: &Media) -> u64 {
    match media {
        Media::Url(_) => REMOTE_PART_SECONDS,
        Media::Inline { base64, .. } => {
            let bytes = STANDARD.decode(base64);
            let bytes = bytes.or_else(|_| STANDARD_NO_PAD.decode(base64));
            // What is no base64 is no sound, but who knows what a provider makes of it.
            bytes.map_or_else(
                |_| sound::seconds(base64.as_bytes()),
                |file| sound::seconds(&file),
            )
        }
    }
}

/// Whether the pictures of an answer have to be counted: they have a price.
fn counts_pictures(call: &Exchange, price: Option<&Price>) -> bool {
    let priced = |price: &Price| {
        untold(price, &Usage::NONE, same_in_chat).any(|class| class == UsageClass::Images)
    };
    call.chat.is_some() && price.is_some_and(priced)
}

/// The pictures of a whole answer of the provider's, where they have to be counted.
pub(crate) fn pictures(call: &Exchange, price: Option<&Price>, answer: &[u8]) -> u64 {
    let Some(target) = call
        .served
        .as_ref()
        .filter(|_| counts_pictures(call, price))
    else {
        return 0;
    };
    let codec = outbound(target.dialect_for(call.dialect));
    let is_picture = |block: &&Block| matches!(block.content, Content::Image(_));
    codec.decode_response(answer).map_or(0, |response| {
        u64::try_from(response.blocks.iter().filter(is_picture).count()).unwrap_or(u64::MAX)
    })
}

/// Counts the pictures of a streamed answer as it passes.
pub(crate) struct Pictures {
    decoder: Box<dyn StreamDecoder + Send>,
    events: Vec<Event>,
    /// How many came so far.
    pub(crate) count: u64,
}

impl Pictures {
    /// A counter, where they have to be counted.
    pub(crate) fn of(call: &Exchange, price: Option<&Price>) -> Option<Pictures> {
        let target = call
            .served
            .as_ref()
            .filter(|_| counts_pictures(call, price))?;
        Some(Pictures {
            decoder: outbound(target.dialect_for(call.dialect)).stream_decoder(),
            events: Vec::new(),
            count: 0,
        })
    }

    /// Takes the next bytes of the provider's.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.decoder.push(bytes, &mut self.events);
        let is_picture = |event: &Event| matches!(event, Event::Open(_, Opening::Image(_)));
        let pictures = self.events.drain(..).filter(is_picture).count();
        let pictures = u64::try_from(pictures).unwrap_or(u64::MAX);
        self.count = self.count.saturating_add(pictures);
    }
}

/// Adds what a call for a task used and neither its request nor its answer told: by its estimate, else
/// what was set aside. Whether there was any.
pub(crate) fn complete_task(
    body: &[u8],
    head: &task::Head,
    price: &Price,
    usage: &mut Usage,
    estimate: &Usage,
) -> bool {
    let told = *usage;
    let rates = price.rates(told.prompt_tokens());
    let is_charged = told
        .iter()
        .any(|(class, count)| count > 0 && rates.of(class) != Rate::FREE);
    for class in untold(price, &told, same_in_task) {
        let most = || match head.most.apart.get(class) {
            // The text of a task has characters whether it is meant to be counted in them or not.
            None if class == UsageClass::Characters && !is_charged => {
                Some(characters(body).min(head.most.prompt_tokens))
            }
            most => most,
        };
        if let Some(used) = estimate.get(class).or_else(most).filter(|used| *used > 0) {
            usage.set(class, used);
        }
    }
    *usage != told
}
