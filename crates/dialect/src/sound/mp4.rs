//! The length of a recording in AAC, as MP4 carries it (ISO/IEC 14496-12 and -3): the number of its
//! frames, of which a decoder finds no more than the table of their sizes has, and each of which holds
//! 1024 samples.

/// Samples of a frame, before what widens its band.
const FRAME: u64 = 1_024;
/// Rates by the index that a configuration has.
const RATES: [u64; 13] = [
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350,
];
/// The kinds of AAC whose frames are so: LC, and what widens its band or its stage.
const KINDS: [u8; 3] = [2, 5, 29];

/// Microseconds of all its tracks of sound together. `None` where it is no MP4, where its frames are
/// told piece by piece, and where there is something else than AAC in it.
pub(super) fn micros(file: &[u8]) -> Option<u64> {
    let all = boxes(file)?;
    let is_mp4 = all.first().is_some_and(|(name, _)| *name == *b"ftyp");
    let is_in_pieces = all.iter().any(|(name, _)| *name == *b"moof");
    if !is_mp4 || is_in_pieces {
        return None;
    }
    let movie = boxes(inside(&all, b"moov")?)?;
    let tracks = movie.iter().filter(|(name, _)| *name == *b"trak");
    let mut micros = 0u64;
    for (_, track) in tracks {
        micros = micros.saturating_add(of_track(track)?);
    }
    (micros > 0).then_some(micros)
}

/// A box: its name and what is in it.
type Box<'a> = ([u8; 4], &'a [u8]);

/// The boxes that stand one after the other. `None` where they do not fill the space.
fn boxes(mut rest: &[u8]) -> Option<Vec<Box<'_>>> {
    let mut all = Vec::new();
    while !rest.is_empty() {
        let (size, after) = rest.split_first_chunk::<4>()?;
        let (name, after) = after.split_first_chunk::<4>()?;
        let (size, head) = match u32::from_be_bytes(*size) {
            0 => (rest.len(), 8),
            1 => {
                let (size, _) = after.split_first_chunk::<8>()?;
                (usize::try_from(u64::from_be_bytes(*size)).ok()?, 16)
            }
            size => (usize::try_from(size).ok()?, 8),
        };
        let (whole, next) = rest.split_at_checked(size)?;
        all.push((*name, whole.get(head..)?));
        rest = next;
    }
    Some(all)
}

fn inside<'a>(all: &[Box<'a>], wanted: &[u8; 4]) -> Option<&'a [u8]> {
    let found = all.iter().find(|(name, _)| name == wanted)?;
    Some(found.1)
}

/// Microseconds of a track, none of one that is not sound.
fn of_track(track: &[u8]) -> Option<u64> {
    let media = boxes(inside(&boxes(track)?, b"mdia")?)?;
    if inside(&media, b"hdlr")?.get(8..12)? != b"soun" {
        return Some(0);
    }
    let kept = boxes(inside(&media, b"minf")?)?;
    let table = boxes(inside(&kept, b"stbl")?)?;
    let rate = rate(inside(&table, b"stsd")?)?;
    let (frames, _) = inside(&table, b"stsz")?
        .get(8..)?
        .split_first_chunk::<4>()?;
    let samples = u64::from(u32::from_be_bytes(*frames)).saturating_mul(FRAME);
    Some(samples.saturating_mul(1_000_000).div_ceil(rate))
}

/// The rate of the one description of a track: what its decoder is configured by.
fn rate(descriptions: &[u8]) -> Option<u64> {
    let (count, all) = descriptions.get(4..)?.split_first_chunk::<4>()?;
    let all = boxes(all)?;
    let [(name, described)] = all.as_slice() else {
        return None;
    };
    if u32::from_be_bytes(*count) != 1 || name != b"mp4a" {
        return None;
    }
    let more = boxes(described.get(28..)?)?;
    let config = configuration(inside(&more, b"esds")?.get(4..)?)?;
    let [first, second] = *config.first_chunk::<2>()?;
    let (kind, index) = (first >> 3, ((first & 7) << 1) | (second >> 7));
    let rate = RATES.get(usize::from(index));
    rate.copied().filter(|_| KINDS.contains(&kind))
}

/// The configuration of a decoder, inside the description of an elementary stream: descriptors, each
/// with a tag and a length in bytes of seven bits.
fn configuration(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        let (tag, after) = rest.split_first()?;
        let mut length = 0usize;
        let mut inner = after;
        loop {
            let (byte, next) = inner.split_first()?;
            length = length
                .checked_mul(128)?
                .checked_add(usize::from(byte & 0x7f))?;
            inner = next;
            if byte & 0x80 == 0 {
                break;
            }
        }
        rest = match tag {
            // The stream: its number and its flags, none of which is set, come before what it has.
            3 if inner.get(2)? & 0xe0 == 0 => inner.get(3..)?,
            // The decoder: its kind, its buffer and its rates.
            4 => inner.get(13..)?,
            5 => return inner.get(..length),
            _ => return None,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(name: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
        let inner = parts.concat();
        let size = u32::try_from(inner.len() + 8).unwrap();
        [&size.to_be_bytes(), &name[..], &inner].concat()
    }

    /// A track of so many frames; the configuration is AAC LC at 44.1 kHz.
    fn track(kind: &[u8; 4], config: [u8; 2], frames: u32) -> Vec<u8> {
        let stream = [
            &[0, 0, 0, 0, 3, 0x80, 0x80, 0x80, 0x19, 0, 0, 0, 4, 0x11][..],
            &[0x40; 13],
            &[5, 2],
            &config,
        ]
        .concat();
        let described = boxed(b"mp4a", &[&[0; 28], &boxed(b"esds", &[&stream])]);
        let stsd = boxed(b"stsd", &[&[0, 0, 0, 0, 0, 0, 0, 1], &described]);
        let stsz = boxed(b"stsz", &[&[0; 8], &frames.to_be_bytes()]);
        let minf = boxed(b"minf", &[&boxed(b"stbl", &[&stsd, &stsz])]);
        let hdlr = boxed(b"hdlr", &[&[0; 8], kind]);
        boxed(b"trak", &[&boxed(b"mdia", &[&hdlr, &minf])])
    }

    fn file(tracks: &[Vec<u8>]) -> Vec<u8> {
        let tracks: Vec<&[u8]> = tracks.iter().map(Vec::as_slice).collect();
        [
            boxed(b"ftyp", &[b"M4A "]),
            boxed(b"mdat", &[&[7; 99]]),
            boxed(b"moov", &tracks),
        ]
        .concat()
    }

    const LC_44100: [u8; 2] = [0x12, 0x10];

    #[test]
    fn frames_hold_1024_samples_each() {
        let sound = track(b"soun", LC_44100, 431);
        assert_eq!(
            micros(&file(std::slice::from_ref(&sound))),
            Some(10_007_801)
        );
        let seen = track(b"vide", [0, 0], 9);
        assert_eq!(micros(&file(&[seen, sound.clone()])), Some(10_007_801));
        // The same with a widened band: half the rate, and so twice the time.
        let wide = track(b"soun", [0x2b, 0x90], 431);
        assert_eq!(micros(&file(&[wide])), Some(20_015_601));
    }

    #[test]
    fn what_is_told_otherwise_is_not_measured() {
        let sound = track(b"soun", LC_44100, 431);
        let in_pieces = [file(std::slice::from_ref(&sound)), boxed(b"moof", &[])].concat();
        assert_eq!(micros(&in_pieces), None);
        // Another codec, and a rate that is written out.
        for config in [[0x0a, 0x10], [0x17, 0x80]] {
            assert_eq!(micros(&file(&[track(b"soun", config, 431)])), None);
        }
        let whole = file(&[sound]);
        for cut in 0..whole.len() {
            assert_eq!(
                micros(&whole[..cut]).filter(|_| cut < whole.len() - 1),
                None
            );
        }
    }
}
