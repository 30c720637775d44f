//! Spreads waits that would otherwise end together.
//!
//! Nothing is drawn: the same source at the same moment is spread the same way on every machine.

use jiff::Timestamp;

/// `ms` times a number from `low` to `high` per thousand that belongs to this seed and moment.
pub(super) fn spread(ms: i64, low: i64, high: i64, seed: i64, at: Timestamp) -> i64 {
    let share = i64::try_from(mixed(seed, at) % 1_001).unwrap_or_default();
    let per_million = low * 1_000 + (high - low) * share;
    ms / 1_000_000 * per_million + ms % 1_000_000 * per_million / 1_000_000
}

/// The finaliser of `SplitMix64` over both.
fn mixed(seed: i64, at: Timestamp) -> u64 {
    let mut mixed = seed.cast_unsigned() ^ at.as_millisecond().cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
