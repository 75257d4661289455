//! The length of a recording in Opus, as Ogg carries it (RFC 3533, RFC 7845): the sum of its packets,
//! each of which states how much it holds (RFC 6716, section 3.1) and is decoded so.

/// The bytes of a page before its table of segments.
const HEAD: usize = 27;
/// Samples of a second: Opus counts at 48 kHz, whatever was recorded.
const RATE: u64 = 48_000;

/// Microseconds, and what stands behind the last page. `None` where it is no Ogg, or something else
/// than Opus is in it.
pub(super) fn micros(file: &[u8]) -> Option<(u64, &[u8])> {
    let mut rest = file;
    let (mut samples, mut goes_on, mut is_opus) = (0u64, false, false);
    while let Some(page) = rest.strip_prefix(b"OggS") {
        let count = usize::from(*page.get(HEAD - 5)?);
        let (table, mut data) = page.get(HEAD - 4..)?.split_at_checked(count)?;
        for part in packets(table) {
            let (packet, after) = data.split_at_checked(part.bytes.min(data.len()))?;
            let begins = !std::mem::replace(&mut goes_on, part.goes_on);
            match packet {
                _ if !begins => {}
                _ if packet.starts_with(b"OpusHead") => is_opus = true,
                _ if packet.starts_with(b"OpusTags") => {}
                _ if !is_opus => return None,
                _ => samples = samples.saturating_add(samples_of(packet)),
            }
            data = after;
        }
        rest = data;
    }
    let micros = samples.saturating_mul(1_000_000).div_ceil(RATE);
    (is_opus && samples > 0).then_some((micros, rest))
}

/// A packet, or as much of it as a page has.
struct Part {
    bytes: usize,
    /// Whether more of it is on the next page.
    goes_on: bool,
}

/// The packets of a page, by its table of segments: one ends with a segment of less than 255 bytes.
fn packets(table: &[u8]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut bytes = 0;
    for length in table {
        bytes += usize::from(*length);
        if *length < 255 {
            let goes_on = false;
            parts.push(Part { bytes, goes_on });
            bytes = 0;
        }
    }
    if bytes > 0 {
        let goes_on = true;
        parts.push(Part { bytes, goes_on });
    }
    parts
}

/// Samples of a packet: those of a frame, by its configuration, for each of its frames.
fn samples_of(packet: &[u8]) -> u64 {
    let Some(head) = packet.first() else {
        return 0;
    };
    let (kind, place) = (head >> 3, usize::from((head >> 3) & 3));
    let frame = match kind {
        0..12 => [480, 960, 1_920, 2_880][place],
        12..16 => [480, 960][place & 1],
        _ => [120, 240, 480, 960][place],
    };
    let frames = match head & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => packet.get(1).map_or(0, |count| u64::from(count & 0x3f)),
    };
    frame * frames
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(packets: &[&[u8]]) -> Vec<u8> {
        let mut page = b"OggS\0\0".to_vec();
        // Where it is in time, which is not believed, its stream, its number and its checksum.
        page.extend([0xff; 20]);
        let lengths = packets.iter().map(|packet| packet.len());
        let table: Vec<u8> = lengths
            .flat_map(|length| {
                let full = std::iter::repeat_n(255, length / 255);
                full.chain([u8::try_from(length % 255).unwrap()])
            })
            .collect();
        page.push(u8::try_from(table.len()).unwrap());
        page.extend(table);
        packets.iter().for_each(|packet| page.extend(*packet));
        page
    }

    fn opus(packets: &[&[u8]]) -> Vec<u8> {
        [
            page(&[b"OpusHead\x01\x01"]),
            page(&[b"OpusTags"]),
            page(packets),
        ]
        .concat()
    }

    #[test]
    fn packets_last_as_long_as_they_say() {
        for (packet, micros_of) in [
            // CELT, 20 ms, one frame; SILK, 60 ms, two frames; any, 2.5 ms, 48 frames.
            (&[0b1111_1000, 7, 7][..], 20_000),
            (&[0b0001_1001, 7][..], 120_000),
            (&[0b1000_0011, 48][..], 120_000),
            (&[0b0110_1000][..], 20_000),
        ] {
            let file = opus(&[packet; 3]);
            assert_eq!(micros(&file), Some((3 * micros_of, &[][..])), "{packet:?}");
        }
    }

    #[test]
    fn a_packet_that_goes_on_on_the_next_page_counts_once() {
        let long = [0b1111_1000; 300];
        let mut file = opus(&[]);
        let (mut first, mut second) = (page(&[&long[..255]]), page(&[&long[255..]]));
        // The table of the first page ends in a full segment.
        first.remove(HEAD + 1);
        first[HEAD - 1] = 1;
        file.append(&mut first);
        file.append(&mut second);
        assert_eq!(micros(&file), Some((20_000, &[][..])));
    }

    #[test]
    fn what_is_no_opus_or_breaks_off_is_not_measured() {
        assert_eq!(micros(b"OggS"), None);
        assert_eq!(micros(&page(&[b"\x01vorbis"])), None);
        assert_eq!(micros(&opus(&[])), None, "nothing to hear");
        let file = opus(&[&[0b1111_1000; 9]]);
        for cut in 0..file.len() {
            micros(&file[..cut]);
        }
        let more = [&file[..], b"ID3"].concat();
        assert_eq!(micros(&more), Some((20_000, &b"ID3"[..])));
    }
}
