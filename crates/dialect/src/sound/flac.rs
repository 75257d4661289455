//! The length of a recording in FLAC (RFC 9639): the sum of its frames, whose heads state how many
//! samples they hold and are found by their checksums.

/// The fastest rate of samples that is taken for meant.
const RATE_MOST: u64 = 1 << 20;

/// Microseconds. `None` where it is no FLAC.
pub(super) fn micros(file: &[u8]) -> Option<u64> {
    let mut rest = file.strip_prefix(b"fLaC")?;
    let mut rate = 0;
    loop {
        let (head, after) = rest.split_first_chunk::<4>()?;
        let [kind, high, middle, low] = *head;
        let length = usize::try_from(u32::from_be_bytes([0, high, middle, low])).ok()?;
        let (block, after) = after.split_at_checked(length)?;
        if kind & 0x7f == 0 {
            let [first, second, third] = *block.get(10..)?.first_chunk::<3>()?;
            rate = u64::from(u32::from_be_bytes([0, first, second, third]) >> 4);
        }
        rest = after;
        if kind & 0x80 != 0 {
            break;
        }
    }
    let mut micros = 0u64;
    for at in memchr::memchr_iter(0xff, rest) {
        if let Some((samples, own)) = rest.get(at..).and_then(frame) {
            let rate = own
                .or(Some(rate))
                .filter(|rate| (1..=RATE_MOST).contains(rate))?;
            micros = micros.saturating_add(samples.saturating_mul(1_000_000).div_ceil(rate));
        }
    }
    (micros > 0).then_some(micros)
}

/// Samples of a frame that begins here, and their rate where it states one.
fn frame(bytes: &[u8]) -> Option<(u64, Option<u64>)> {
    let [first, second, sizes, form] = *bytes.first_chunk::<4>()?;
    let begins = first == 0xff && second & 0xfe == 0xf8;
    if !begins || form & 1 != 0 || form >> 4 > 10 {
        return None;
    }
    // The number of the frame, in the way of UTF-8.
    let number = match bytes.get(4)?.leading_ones() {
        0 => 1,
        ones @ 2..=7 => usize::try_from(ones).ok()?,
        _ => return None,
    };
    let mut at = 4 + number;
    let mut read = |size: usize| {
        let part = bytes.get(at..at + size)?;
        at += size;
        Some(
            part.iter()
                .fold(0, |sum, byte| (sum << 8) | u64::from(*byte)),
        )
    };
    let samples = match sizes >> 4 {
        0 => return None,
        1 => 192,
        code @ 2..=5 => 576 << (code - 2),
        6 => read(1)? + 1,
        7 => read(2)? + 1,
        code => 256 << (code - 8),
    };
    let rate = match sizes & 0x0f {
        0 => None,
        12 => Some(read(1)? * 1_000),
        13 => Some(read(2)?),
        14 => Some(read(2)? * 10),
        15 => return None,
        code => Some(RATES[usize::from(code) - 1]),
    };
    let told = *bytes.get(at)?;
    (checksum(bytes.get(..at)?) == told).then_some((samples, rate))
}

/// Rates by their code, from 1 on.
const RATES: [u64; 11] = [
    88_200, 176_400, 192_000, 8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000,
];

/// CRC-8 with the polynomial x⁸ + x² + x + 1.
fn checksum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| {
        (0..8).fold(sum ^ byte, |sum: u8, _| match sum & 0x80 {
            0 => sum << 1,
            _ => (sum << 1) ^ 0x07,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(head: &[u8]) -> Vec<u8> {
        [head, &[checksum(head)], &[0; 40]].concat()
    }

    fn file(frames: &[u8]) -> Vec<u8> {
        let mut file = b"fLaC\x80\0\0\x22".to_vec();
        let mut info = [0; 34];
        // 44 100 Hz; how many samples there are altogether is not believed.
        info[10..13].copy_from_slice(&[0x0a, 0xc4, 0x42]);
        file.extend(info);
        file.extend(frames);
        file
    }

    #[test]
    fn frames_hold_as_many_samples_as_they_say() {
        for (head, want) in [
            // 4096 samples at the rate of the file.
            (&[0xff, 0xf8, 0xc0, 0x08, 0x00][..], 92_880),
            // 256 at 16 kHz, its number in two bytes.
            (&[0xff, 0xf9, 0x85, 0x08, 0xc2, 0x80][..], 16_000),
            // 1000 and 8 kHz, both written out.
            (
                &[0xff, 0xf8, 0x7d, 0x08, 0x00, 0x03, 0xe7, 0x1f, 0x40][..],
                125_000,
            ),
        ] {
            let frames = framed(head).repeat(3);
            assert_eq!(micros(&file(&frames)), Some(3 * want), "{head:x?}");
        }
    }

    #[test]
    fn what_is_no_frame_is_not_counted_and_nothing_breaks() {
        let good = framed(&[0xff, 0xf8, 0xc0, 0x08, 0x00]);
        let mut bad = good.clone();
        bad[5] ^= 1;
        assert_eq!(micros(&file(&bad)), None);
        assert_eq!(micros(&file(&[bad, good.clone()].concat())), Some(92_880));
        assert_eq!(micros(b"RIFF"), None);
        let file = file(&good);
        for cut in 0..file.len() {
            micros(&file[..cut]);
        }
    }
}
