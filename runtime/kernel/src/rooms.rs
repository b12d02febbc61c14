//! Memory on a device for arrays of the program's own: whole ones, and one for each thread of a kernel.
//!
//! How many threads a grid has depends on the trip counts and on the sizes of arrays alone, here too.
//!
//! May touch: device, entry, local, view.

use crate::device::{Device, Grid, MOST_PARTS, Memory};
use crate::entry::{Checked, Stop};
use crate::local::row_major;
use crate::view::View;

/// Bytes that the threads of a kernel may take for arrays of their own.
const ROOM: i128 = 1 << 28;
/// The same of arrays whose sizes are known to the threads only, as many as are guessed for each.
const PIECE: i128 = 1 << 13;
/// Elements of copies that are worth filling and combining, for each iteration that collects into them.
const WORTH: u128 = 16;

/// A thread's own arrays, as a kernel is handed them: of every thread, room for so many elements.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Room {
    address: u64,
    capacity: i64,
    threads: i64,
}

impl Room {
    /// Of memory for as many threads as a grid has.
    pub fn new<T: Copy>(memory: &Memory<'_, T>, capacity: i64, grid: Grid) -> Self {
        Room {
            address: memory.address(),
            capacity,
            threads: grid.threads() as i64,
        }
    }
}

/// Memory that the threads of a kernel take pieces of, as it is handed the address, the bytes, and where is counted how many are taken.
#[repr(C)]
#[derive(Debug)]
pub struct Pool<'a> {
    address: u64,
    bytes: u64,
    taken: u64,
    memory: Memory<'a, u8>,
    count: Memory<'a, u64>,
}

/// Elements of an array that has these extents at most.
pub fn capacity(extents: &[i128]) -> Checked<i64> {
    let length = extents
        .iter()
        .fold(1_i128, |length, extent| length.saturating_mul((*extent).max(0)));
    i64::try_from(length.max(1)).map_err(|_| Stop::NoDevice)
}

/// Loops that threads share: about how many iterations they have, and from how many on a warp does them, and a block. Below, it is
/// one thread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shared {
    /// Iterations.
    pub iterations: f64,
    /// For a warp.
    pub warp_from: f64,
    /// For a block, for each of its threads.
    pub block_from: f64,
}

impl Shared {
    /// Threads that do an iteration around these loops together.
    fn team(self, block: u32) -> u32 {
        match self.iterations {
            few if few < self.warp_from => 1,
            many if many >= self.block_from * f64::from(block) => block,
            _ => 32,
        }
    }
}

impl Grid {
    /// One thread.
    pub fn alone() -> Self {
        Grid {
            blocks: [1; 3],
            threads: [1; 3],
            is_empty: false,
        }
    }
    /// A team for each iteration of a nest, as wide as pays for the loops that it shares. `combines`: whether the blocks hand
    /// back contributions.
    pub fn of_teams(device: Device<'_>, trips: &[u64], shared: Shared, combines: bool) -> Self {
        let trips = trips.iter().fold(1, |all: u64, trips| all.saturating_mul(*trips));
        let block = device.block();
        let team = shared.team(block);
        let teams = block / team;
        let most = if combines { MOST_PARTS } else { 1 << 20 };
        Grid {
            blocks: [trips.div_ceil(u64::from(teams)).clamp(1, most) as u32, 1, 1],
            threads: [team, teams, 1],
            is_empty: trips == 0,
        }
    }
    /// How many threads there are.
    pub fn threads(self) -> usize {
        let each = self.blocks.iter().zip(&self.threads);
        each.map(|(blocks, threads)| *blocks as usize * *threads as usize)
            .product()
    }
    /// With no more threads than there is room for, each taking so many bytes.
    pub fn with_room(self, bytes: i128) -> Checked<Self> {
        let most = (ROOM / bytes.max(1)).min(i128::from(u32::MAX)) as usize;
        self.with_threads(most)
    }
    /// With no more threads than may have their share of a pool.
    pub fn with_pool(self) -> Checked<Self> {
        self.with_room(PIECE)
    }
    /// With no more threads than is worth it, if each collects into a copy of so many elements.
    pub fn collecting(self, trips: &[u64], elements: i64) -> Checked<Self> {
        let updates = trips
            .iter()
            .fold(WORTH, |all, trips| all.saturating_mul(u128::from(*trips)));
        let most = updates / elements.max(1) as u128;
        self.with_threads(usize::try_from(most).unwrap_or(usize::MAX).max(32))
    }
    /// With so many threads at most, whole warps and at least one of them.
    fn with_threads(mut self, most: usize) -> Checked<Self> {
        while self.threads() > most {
            let axis = (0..3).max_by_key(|axis| self.blocks[*axis]).unwrap_or(0);
            let (threads, warps) = (self.threads, self.threads.iter().product::<u32>() / 32);
            if self.blocks[axis] > 1 {
                self.blocks[axis] = self.blocks[axis].div_ceil(2);
            } else if warps > 1 {
                let thinned = (0..3).rev().find(|axis| threads[*axis] > 1).unwrap_or(0);
                self.threads[thinned] /= 2;
            } else {
                return Err(Stop::NoDevice);
            }
        }
        Ok(self)
    }
}

impl<'a> Device<'a> {
    /// A pool of which nothing is taken.
    pub fn pool(self) -> Checked<Pool<'a>> {
        let bytes = ROOM as usize;
        let (memory, count) = (self.memory::<u8>(bytes)?, self.memory::<u64>(1)?);
        count.clear()?;
        Ok(Pool {
            address: memory.address(),
            bytes: bytes as u64,
            taken: count.address(),
            memory,
            count,
        })
    }
    /// A new array of these extents, negative ones counted as 0, elements in the order of subscripts side by side.
    pub fn array<T: Copy, const R: usize>(
        self,
        extents: [i64; R],
        zeroed: bool,
    ) -> Checked<(Memory<'a, T>, View<T, R>)> {
        let (length, shape, strides) = row_major(extents).ok_or(Stop::NoDevice)?;
        let memory = self.memory::<T>(length)?;
        if zeroed {
            memory.clear()?;
        }
        // SAFETY: as many elements are there; nobody looks at them on the host.
        let view = unsafe { View::from_parts(memory.address() as *mut T, shape, strides) };
        Ok((memory, view))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(blocks: [u32; 3], threads: [u32; 3]) -> Grid {
        Grid {
            blocks,
            threads,
            is_empty: false,
        }
    }

    #[test]
    fn threads_for_the_room_there_is() {
        let all = grid([1000, 4, 1], [32, 8, 1]);
        assert_eq!(all.threads(), 1_024_000);
        assert_eq!(all.with_room(8).ok(), Some(all));
        let few = all.with_room(1 << 14).expect("some have room");
        assert!((8192..=16384).contains(&few.threads()), "{few:?}");
        let warp = all.with_room(1 << 23).expect("a warp has room");
        assert_eq!((warp.blocks, warp.threads), ([1; 3], [32, 1, 1]));
        assert!(all.with_room(1 << 24).is_err());
        assert_eq!(Grid::alone().with_room(1 << 27).ok(), Some(Grid::alone()));
    }

    #[test]
    fn threads_that_are_worth_their_copies() {
        let all = grid([1024, 1, 1], [256, 1, 1]);
        let threads = |trips, elements| all.collecting(&[trips], elements).map(Grid::threads).ok();
        assert_eq!(threads(1 << 20, 16), Some(1 << 18));
        assert_eq!(threads(1 << 20, 1 << 12), Some(1 << 12));
        assert_eq!(threads(10, 1 << 20), Some(32));
    }

    #[test]
    fn teams_by_the_iterations_that_they_share() {
        let team = |block, iterations| {
            let shared = Shared {
                iterations,
                warp_from: 12.0,
                block_from: 4.0,
            };
            shared.team(block)
        };
        assert_eq!(
            [0.0, 11.0, 12.0, 1023.0, 1024.0].map(|all| team(256, all)),
            [1, 1, 32, 32, 256]
        );
        assert_eq!((team(32, 5.0), team(32, 1e9), team(1024, 4095.0)), (1, 32, 32));
    }

    #[test]
    fn capacities() {
        assert_eq!(capacity(&[3, 4]).ok(), Some(12));
        assert_eq!((capacity(&[-1, 4]).ok(), capacity(&[]).ok()), (Some(1), Some(1)));
        assert!(capacity(&[1 << 60, 1 << 60]).is_err());
    }
}
