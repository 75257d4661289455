//! Sound, counted by its bytes.

/// Bytes of base64 to a second of sound, in the leanest format of the API: G.711, 8 000 bytes a second.
/// Whatever is counted by it is counted too much rather than too little.
const SECOND: u64 = 10_666;
/// Tokens to a second of a caller's sound (OpenAI's guide to the costs of realtime: 1 per 100 ms).
const HEARD_PER_SECOND: u64 = 10;
/// Bytes of base64 to a token of a model's sound: 50 ms (the same guide) of 16 bits at 24 kHz.
const SPOKEN: u64 = 3_200;
/// The same of G.711.
const SPOKEN_LEAN: u64 = 533;

/// The seconds of sound that so many bytes of base64 can hold, at the most.
pub const fn seconds(bytes: u64) -> u64 {
    bytes.div_ceil(SECOND)
}

/// The tokens that a model makes of so many seconds of a caller's sound.
pub const fn heard(seconds: u64) -> u64 {
    seconds.saturating_mul(HEARD_PER_SECOND)
}

/// The tokens of so many bytes of base64 of a model's sound; `lean` where its format is G.711.
pub const fn spoken(bytes: u64, lean: bool) -> u64 {
    bytes.div_ceil(if lean { SPOKEN_LEAN } else { SPOKEN })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_is_counted_by_its_bytes() {
        assert_eq!((seconds(0), seconds(1), seconds(21_332)), (0, 1, 2));
        assert_eq!(heard(3), 30);
        assert_eq!((spoken(6_400, false), spoken(1_066, true)), (2, 2));
    }
}
