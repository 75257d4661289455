//! How long a recording is, without decoding it: exactly, where its length follows from what a decoder
//! of it goes by, or at the most, by the thriftiest encoding that is in use.
//!
//! Lengths that a file merely states (in its tags, its index, its last page) are not believed: who
//! states a second and sends an hour would have an hour transcribed for which nothing was set aside.

mod flac;
mod mp4;
mod ogg;

/// Bytes of a second in the thriftiest encoding: speech in Opus at 4.8 kbit/s.
const LEAST_RATE: u64 = 600;
/// The formats of samples in a WAV that all have the same size: PCM, floats, A-law, µ-law, and the
/// extensible form, which is one of those.
const PLAIN: [u16; 5] = [1, 3, 6, 7, 0xfffe];
/// The fastest rate of samples that is taken for meant.
const RATE_MOST: u32 = 768_000;

/// Seconds of a recording, begun ones as whole ones: those of a WAV with plain samples, an MP3, Opus in
/// Ogg, FLAC, and AAC in MP4; of anything else the most that so many bytes can hold.
pub fn seconds(file: &[u8]) -> u64 {
    let known = wav(file)
        .or_else(|| mp3(file))
        .or_else(|| opus(file))
        .or_else(|| flac::micros(file).or_else(|| mp4::micros(file)).map(whole));
    known.unwrap_or_else(|| length(file.len()).div_ceil(LEAST_RATE))
}

fn whole(micros: u64) -> u64 {
    micros.div_ceil(1_000_000)
}

fn length(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

/// Seconds of Opus in Ogg, with what stands behind it taken for sound.
fn opus(file: &[u8]) -> Option<u64> {
    let (micros, rest) = ogg::micros(file)?;
    let is_all = rest.len() <= TAIL_MOST;
    is_all.then(|| whole(micros) + length(rest.len()).div_ceil(LEAST_RATE))
}

/// Seconds of a WAV (RIFF), whose samples all have the same size: the rest of the file is taken for
/// samples, whatever it says.
fn wav(file: &[u8]) -> Option<u64> {
    let rest = file.strip_prefix(b"RIFF")?.get(4..)?;
    let mut rest = rest.strip_prefix(b"WAVE")?;
    let mut rate = None;
    loop {
        let (name, after) = rest.split_first_chunk::<4>()?;
        let (size, after) = after.split_first_chunk::<4>()?;
        let size = usize::try_from(u32::from_le_bytes(*size)).ok()?;
        match name {
            b"fmt " => rate = bytes_per_second(after),
            b"data" => {
                let rate = rate?;
                return Some(length(after.len()).div_ceil(rate));
            }
            _ => {}
        }
        rest = after.get(size.checked_add(size % 2)?..)?;
    }
}

fn bytes_per_second(format: &[u8]) -> Option<u64> {
    let short = |at: usize| {
        let (two, _) = format.get(at..)?.split_first_chunk::<2>()?;
        Some(u16::from_le_bytes(*two))
    };
    let (rate, _) = format.get(4..)?.split_first_chunk::<4>()?;
    let rate = u32::from_le_bytes(*rate);
    let (kind, channels, bits) = (short(0)?, short(2)?, short(14)?);
    let is_sane = PLAIN.contains(&kind)
        && (1..=RATE_MOST).contains(&rate)
        && (1..=32).contains(&channels)
        && (8..=64).contains(&bits);
    let sample = u64::from(bits.div_ceil(8)) * u64::from(channels);
    is_sane.then_some(u64::from(rate) * sample)
}

/// Bits of a second in thousands, of layer III, by the index in a frame's head: of version 1, and of
/// the versions 2 and 2.5.
const MP3_RATES: [[u64; 14]; 2] = [
    [
        32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
    ],
    [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];
/// What may stand behind the last frame: tags.
const TAIL_MOST: usize = 64 * 1024;

/// Seconds of an MP3: the sum of its frames, each of which states its own length and would not be
/// found where it did not. `None` where what is no frame stands between them.
fn mp3(file: &[u8]) -> Option<u64> {
    let mut rest = file;
    if let Some(tagged) = file.strip_prefix(b"ID3") {
        let size = tagged.get(3..7)?;
        let size = size
            .iter()
            .fold(0, |sum, b| (sum << 7) | usize::from(b & 0x7f));
        rest = tagged.get(7usize.checked_add(size)?..)?;
    }
    let mut micros = 0u64;
    let mut frames = 0u64;
    while let Some((length, time)) = mp3_frame(rest) {
        micros = micros.saturating_add(time);
        frames += 1;
        rest = rest.get(length..).unwrap_or_default();
    }
    let is_all = frames > 1 && rest.len() <= TAIL_MOST;
    is_all.then(|| micros.div_ceil(1_000_000) + length(rest.len()).div_ceil(LEAST_RATE))
}

/// The bytes of a frame and its time in microseconds.
fn mp3_frame(bytes: &[u8]) -> Option<(usize, u64)> {
    let ([first, second, third, _], _) = bytes.split_first_chunk::<4>()?;
    let is_frame = *first == 0xff && second & 0xe0 == 0xe0 && second & 0x06 == 0x02;
    if !is_frame {
        return None;
    }
    let (version, samples, part) = match second & 0x18 {
        0x18 => (0, 1152, 1),
        0x10 => (1, 576, 2),
        0x00 => (1, 576, 4),
        _ => return None,
    };
    let kilobits = MP3_RATES[version].get(usize::from(third >> 4).checked_sub(1)?)?;
    let rate = [44_100, 48_000, 32_000].get(usize::from((third >> 2) & 3))? / part;
    let padding = u64::from((third >> 1) & 1);
    let length = samples / 8 * kilobits * 1000 / rate + padding;
    Some((usize::try_from(length).ok()?, samples * 1_000_000 / rate))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wave(kind: u16, channels: u16, rate: u32, bits: u16, data: usize) -> Vec<u8> {
        let mut file = b"RIFF\0\0\0\0WAVE".to_vec();
        file.extend(b"LIST\x03\0\0\0abc\0");
        file.extend(b"fmt \x10\0\0\0");
        file.extend(kind.to_le_bytes());
        file.extend(channels.to_le_bytes());
        file.extend(rate.to_le_bytes());
        // What it says of the bytes of a second and of a sample is not believed.
        file.extend([0xff; 6]);
        file.extend(bits.to_le_bytes());
        file.extend(b"data\xff\xff\xff\xff");
        file.resize(file.len() + data, 0);
        file
    }

    #[test]
    fn a_wav_is_as_long_as_its_samples() {
        assert_eq!(seconds(&wave(1, 1, 16_000, 16, 64_000)), 2);
        assert_eq!(seconds(&wave(1, 2, 44_100, 16, 176_401)), 2);
        assert_eq!(seconds(&wave(7, 1, 8_000, 8, 8_000)), 1);
        assert_eq!(seconds(&wave(1, 1, 16_000, 16, 0)), 0);
    }

    #[test]
    fn what_does_not_follow_from_the_bytes_is_the_most_that_they_can_hold() {
        for file in [
            wave(0x55, 1, 16_000, 16, 5_940),
            wave(1, 1, u32::MAX, 16, 5_940),
            wave(1, 0, 16_000, 16, 5_940),
            b"OggS".iter().copied().cycle().take(6_000).collect(),
        ] {
            let most = seconds(&file);
            assert!((10..=11).contains(&most), "{most}");
        }
        assert_eq!(seconds(b""), 0);
        for cut in 0..60 {
            seconds(&wave(1, 1, 16_000, 16, 8)[..cut]);
        }
    }

    fn frames(count: usize) -> Vec<u8> {
        // Version 1, layer III, 128 kbit/s, 44.1 kHz, no padding: 417 bytes, 26.122 ms.
        let mut frame = vec![0xff, 0xfb, 0x90, 0x00];
        frame.resize(417, 0);
        frame.repeat(count)
    }

    #[test]
    fn an_mp3_is_as_long_as_its_frames() {
        let mut file = b"ID3\x04\0\0\0\0\0\x0a0123456789".to_vec();
        file.extend(frames(100));
        assert_eq!(seconds(&file), 3, "2.6 s");
        file.extend(b"TAG");
        assert_eq!(seconds(&file), 4, "what is behind may be sound");
        let mut other = frames(2);
        other.extend(vec![0; 100_000]);
        assert_eq!(
            seconds(&other),
            169,
            "frames that lead nowhere are not believed"
        );
    }
}
