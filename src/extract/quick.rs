//! Hashes: one of short words, for tables of our own (what a page holds is only looked up in them, never put in), and
//! one for tables of what a page holds.

use std::hash::{BuildHasherDefault, Hasher};

/// Builds [`Fnv`].
pub(super) type Quick = BuildHasherDefault<Fnv>;

/// Builds a hash that no page can choose where it lands, in fewer steps than that of the standard library.
pub(super) type Guarded = foldhash::fast::RandomState;

/// FNV-1a of 64 bits: fewer steps a word than a hash that keeps strangers from choosing where it lands.
#[derive(Debug)]
pub(super) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
