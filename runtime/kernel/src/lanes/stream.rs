//! Stores around the caches.
//!
//! An ordinary store first reads the cache line that it writes to. A loop that fills more memory than the caches hold, and does
//! not read it, pays for that line's way in and out and never uses it: a streaming store writes whole lines without reading
//! them. Where the data would have stayed in a cache it is a loss, hence [`streams`], asked where such a loop starts.
//!
//! Measured on a Zen 4 with 32 MiB of last-level cache, copies in GB/s without and with: 8 MiB 55 and 35, 64 MiB 16.5 and 27.5,
//! 256 MiB 12.5 and 17.4.

#[cfg(all(target_arch = "x86_64", target_feature = "avx2", not(target_feature = "avx512f")))]
use core::arch::x86_64::{__m256i as Piece, _mm256_stream_si256 as stream};
#[cfg(all(target_arch = "x86_64", target_feature = "avx512f"))]
use core::arch::x86_64::{__m512i as Piece, _mm512_stream_si512 as stream};
use core::sync::atomic::{AtomicU64, Ordering};

use super::element::Element;
use super::face::Lanes;

/// Bytes of a cache line: what a streaming store should fill.
const LINE: usize = 64;

/// The size of the last-level cache where the processor does not tell.
const UNTOLD: u64 = 32 << 20;

/// Whether loops of so many trips, one inside the other, fill more memory than the caches hold with elements of `size` bytes.
///
/// `FERROKEET_STREAM_FROM` gives another number of bytes from which on that is so.
#[inline]
pub fn streams(trips: &[u64], size: u64) -> bool {
    let written = trips.iter().fold(size, |product, trips| product.saturating_mul(*trips));
    cfg!(all(target_arch = "x86_64", target_feature = "avx2")) && written >= enough()
}

fn enough() -> u64 {
    /// 0: not asked yet.
    static ENOUGH: AtomicU64 = AtomicU64::new(0);
    match ENOUGH.load(Ordering::Relaxed) {
        0 => {
            let asked = std::env::var("FERROKEET_STREAM_FROM").ok();
            let bytes = asked.and_then(|text| text.trim().parse().ok());
            let bytes = bytes.or_else(last_level_cache).unwrap_or(UNTOLD).max(1);
            ENOUGH.store(bytes, Ordering::Relaxed);
            bytes
        }
        known => known,
    }
}

/// How many elements lie before the next cache line begins.
#[inline(always)]
pub fn to_line<T>(at: *const T) -> u64 {
    let into = at as usize % LINE;
    ((LINE - into) % LINE / size_of::<T>()) as u64
}

/// Has every streaming store of this thread done before what follows.
#[inline(always)]
pub fn drain() {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: part of every x86-64.
    unsafe {
        core::arch::x86_64::_mm_sfence();
    }
}

/// The size of the biggest data cache, as `cpuid` describes it.
#[cfg(target_arch = "x86_64")]
fn last_level_cache() -> Option<u64> {
    use core::arch::x86_64::{__cpuid, __cpuid_count};
    let (basic, extended) = (__cpuid(0).eax, __cpuid(0x8000_0000).eax);
    // Intel's leaf and AMD's, of one format: on the other's processor a leaf is missing or describes no cache.
    let leaves = [(4, basic), (0x8000_001d, extended)];
    let biggest = leaves
        .into_iter()
        .filter(|(leaf, last)| leaf <= last)
        .find_map(|(leaf, _)| {
            let caches = (0..8).map(|index| __cpuid_count(leaf, index));
            let caches = caches.take_while(|cache| cache.eax & 0x1f != 0);
            let sizes = caches.filter(|cache| cache.eax & 0x1f != 2).map(|cache| {
                let (ways, partitions, line) = (cache.ebx >> 22, cache.ebx >> 12 & 0x3ff, cache.ebx & 0xfff);
                [ways, partitions, line, cache.ecx]
                    .iter()
                    .map(|less_one| u64::from(*less_one) + 1)
                    .product()
            });
            sizes.max()
        });
    biggest.filter(|bytes: &u64| *bytes > 1)
}

/// Nobody asks where there are no streaming stores.
#[cfg(not(target_arch = "x86_64"))]
fn last_level_cache() -> Option<u64> {
    None
}

impl<T: Element<N>, const N: usize> Lanes<T, N> {
    /// Writes `to[0..N]`, around the caches if these are whole lines. [`drain`] comes before another thread reads them.
    ///
    /// # Safety
    /// `N` elements from `to` on can be written.
    #[inline(always)]
    pub unsafe fn store_around(self, to: *mut T) {
        #[cfg(all(target_arch = "x86_64", target_feature = "avx2"))]
        if size_of::<T::Register>().is_multiple_of(LINE) && (to as usize).is_multiple_of(LINE) {
            let from: *const Piece = (&raw const self.0).cast();
            for piece in 0..size_of::<T::Register>() / size_of::<Piece>() {
                // SAFETY: a register has the layout of `[T; N]`; writable by contract, and aligned.
                unsafe { stream(to.cast::<Piece>().add(piece), from.add(piece).read_unaligned()) };
            }
            return;
        }
        // SAFETY: the same contract.
        unsafe { self.store(to) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::{F32x16, F64x8, U8x8};

    #[test]
    fn every_place_is_written_once_wherever_lines_begin() {
        for start in 0..9 {
            let mut room = [0.0_f64; 40];
            let lead = to_line(room[start..].as_ptr()) as usize;
            assert!(lead < 8 && (room[start + lead..].as_ptr() as usize).is_multiple_of(LINE));
            for at in [start, start + lead] {
                room = [0.0; 40];
                // SAFETY: the room has at least 16 more elements.
                unsafe { F64x8::iota(1.0, 1.0).store_around(room[at..].as_mut_ptr()) };
                drain();
                let want: [f64; 40] = core::array::from_fn(|index| {
                    if (at..at + 8).contains(&index) {
                        (index - at + 1) as f64
                    } else {
                        0.0
                    }
                });
                assert_eq!(room, want);
            }
        }
        let (mut singles, mut bytes) = ([0.0_f32; 48], [0_u8; 80]);
        let lead = to_line(singles.as_ptr()) as usize;
        // SAFETY: inside the arrays.
        unsafe {
            F32x16::iota(0.0, 0.5).store_around(singles[lead..].as_mut_ptr());
            U8x8::splat(7).store_around(bytes[1..].as_mut_ptr());
        }
        assert_eq!((singles[lead + 15], singles[lead + 16]), (7.5, 0.0));
        assert_eq!((bytes[0], bytes[1], bytes[8], bytes[9]), (0, 7, 7, 0));
    }

    #[test]
    fn only_what_no_cache_holds() {
        assert!(!streams(&[0, u64::MAX], 8) && !streams(&[1_000], 8));
        assert_eq!(
            streams(&[u64::MAX, u64::MAX], 8),
            cfg!(all(target_arch = "x86_64", target_feature = "avx2"))
        );
        let told = last_level_cache();
        assert!(told.is_none_or(|bytes| (1 << 16..1 << 34).contains(&bytes)), "{told:?}");
    }
}
