//! Media in a caller's request, for a provider that is not Google.

use tollgate_model::Refusal;

use super::fields::{Fields, Rest};
use crate::ir::{Content, Media};
use crate::node::Node;
use crate::seal;

/// Where Google keeps what only it can read.
const AT_GOOGLE: [&str; 3] = [
    "gs://",
    "https://generativelanguage.googleapis.com/",
    "files/",
];

/// Bytes in the request.
pub(super) fn inline(node: &Node<'_>, rest: &mut Rest) -> Result<Content, Refusal> {
    let mut fields = Fields::of(node)?;
    let kind = fields.need("mimeType")?;
    let mime = kind.string()?;
    let data = fields.need("data")?.string()?;
    let title = fields.read("displayName", Node::string)?;
    fields.leave(rest);
    let media = Media::Inline {
        base64: seal::standard(&data),
        mime: mime.clone(),
    };
    content(&kind, &mime, media, title)
}

/// An address.
pub(super) fn remote(node: &Node<'_>, rest: &mut Rest) -> Result<Content, Refusal> {
    let mut fields = Fields::of(node)?;
    let kind = fields.take("mimeType")?;
    let place = fields.need("fileUri")?;
    let url = place.string()?;
    let title = fields.read("displayName", Node::string)?;
    fields.leave(rest);
    if AT_GOOGLE.iter().any(|prefix| url.starts_with(prefix)) {
        let detail = "A file that lies at Google cannot be read by another provider; send its bytes \
                      as `inlineData`.";
        return Err(place.unsupported(detail));
    }
    let Some(kind) = kind else {
        let detail = "Another provider needs the `mimeType` of what lies at this address.";
        return Err(place.unsupported(detail));
    };
    let mime = kind.string()?;
    content(&kind, &mime, Media::Url(url), title)
}

fn content(
    kind: &Node<'_>,
    mime: &str,
    media: Media,
    title: Option<String>,
) -> Result<Content, Refusal> {
    match mime.split('/').next().unwrap_or_default() {
        "image" => Ok(Content::Image(media)),
        "audio" => Ok(Content::Audio(media)),
        "video" => {
            let detail = "A film cannot be carried to a provider of another dialect.";
            Err(kind.unsupported(detail))
        }
        _ => Ok(Content::Document { media, title }),
    }
}
