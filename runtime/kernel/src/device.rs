//! Arrays on a device, and launches of its kernels.
//!
//! A region that runs on a device asks the host for a place there for each array that its kernels touch, launches them, and says
//! how it went: until then nothing has happened to the caller's arrays, so that a failure undoes itself. Whether an array is there
//! already, and when the caller's memory has what the kernels wrote, is the host's business: whoever reads or writes an array on
//! the CPU says so first ([`readable`], [`come_home`]). Everything that a device cannot do is [`Stop::NoDevice`], and the CPU's turn.
//!
//! The shape of a grid depends on the trip counts and the block alone, and so does the order in which contributions meet.
//!
//! May touch: abi, entry, view.

use core::cell::Cell;
use core::ffi::c_void;
use core::marker::PhantomData;

use crate::abi::{self, Host, Settle, Wanted};
use crate::entry::{Checked, Stop};
use crate::view::View;

/// Blocks along an axis: threads go on to further iterations beyond.
const MOST: [u64; 3] = [1 << 20, 1 << 15, 1 << 15];
/// Blocks of a grid whose threads combine contributions: the last of them combines what all found.
pub(crate) const MOST_PARTS: u64 = 1024;

/// A device, for one call.
#[derive(Clone, Copy, Debug)]
pub struct Device<'a> {
    table: &'a abi::Device,
}

/// Memory of a device, given back when dropped.
#[derive(Debug)]
pub struct Memory<'a, T> {
    device: Device<'a>,
    address: u64,
    length: usize,
    elements: PhantomData<T>,
}

/// Blocks and threads of a launch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    pub(crate) blocks: [u32; 3],
    pub(crate) threads: [u32; 3],
    pub(crate) is_empty: bool,
}

impl Grid {
    /// For so many iterations along each axis, x first; `combines`: whether the blocks hand back contributions.
    pub fn new(device: Device<'_>, trips: &[u64], combines: bool) -> Self {
        let block = device.table.block;
        let threads = match trips.len() {
            1 => [block, 1, 1],
            2 => [32, block / 32, 1],
            _ => [32, (block / 32).min(4), (block / 128).max(1)],
        };
        let mut blocks = [1_u32; 3];
        let mut left = if combines { MOST_PARTS } else { u64::MAX };
        for (axis, trips) in trips.iter().enumerate() {
            let count = trips.div_ceil(u64::from(threads[axis])).clamp(1, MOST[axis].min(left));
            left /= count;
            blocks[axis] = count as u32;
        }
        Grid {
            blocks,
            threads,
            is_empty: trips.contains(&0),
        }
    }
    /// Whether there is no iteration.
    pub fn is_empty(self) -> bool {
        self.is_empty
    }
    /// How many blocks; none of an empty grid.
    pub fn blocks(self) -> usize {
        if self.is_empty {
            0
        } else {
            self.blocks.iter().map(|count| *count as usize).product()
        }
    }
}

impl<'a> Device<'a> {
    /// The device of this call.
    ///
    /// # Safety
    /// `host` is the host of the current call.
    pub unsafe fn open(host: *const Host) -> Checked<Self> {
        // SAFETY: valid during the call, and so is the table if there is one.
        let table = unsafe { (*host).device.as_ref() };
        table.map(|table| Device { table }).ok_or(Stop::NoDevice)
    }
    /// Threads of a block.
    pub(crate) fn block(self) -> u32 {
        self.table.block
    }
    /// Memory for so many elements.
    pub fn memory<T: Copy>(self, length: usize) -> Checked<Memory<'a, T>> {
        let bytes = length.checked_mul(size_of::<T>()).ok_or(Stop::NoDevice)?;
        // SAFETY: the table's function, on the calling thread.
        let address = unsafe { (self.table.allocate)(self.table, bytes.max(1)) };
        if address == 0 {
            return Err(Stop::NoDevice);
        }
        Ok(Memory {
            device: self,
            address,
            length,
            elements: PhantomData,
        })
    }
    /// An array as its kernels see it; `undone`: what they write may have to be undone.
    ///
    /// # Safety
    /// The view is valid, and nobody else writes its elements before the call ends.
    pub unsafe fn place<T: Copy, const R: usize>(
        self,
        view: &View<T, R>,
        written: bool,
        undone: bool,
    ) -> Checked<View<T, R>> {
        let wanted = Wanted {
            data: view.data().cast(),
            shape: view.shape().as_ptr(),
            strides: view.strides().as_ptr(),
            rank: R as u32,
            size: size_of::<T>() as u32,
            written,
            undone,
        };
        let mut strides = [0; R];
        // SAFETY: the table's function, on the calling thread; there is room for as many strides as the view has axes.
        let address = unsafe { (self.table.place)(self.table, &raw const wanted, strides.as_mut_ptr()) };
        if address == 0 {
            return Err(Stop::NoDevice);
        }
        // SAFETY: the host has as many elements there, which the device alone reaches.
        Ok(unsafe { View::from_parts(address as *mut T, *view.shape(), strides) })
    }
    /// Goes on only if the device does so much work sooner than the processor.
    pub fn pays(self, effort: abi::Effort) -> Checked<()> {
        // SAFETY: the table's function, on the calling thread.
        let pays = unsafe { (self.table.pays)(self.table, &raw const effort) };
        pays.then_some(()).ok_or(Stop::NoDevice)
    }
    /// What the kernels of this call tell, with room for so many results of one.
    pub fn report(self, results: usize) -> Checked<Report<'a>> {
        let words = self.memory::<[u64; 2]>(results + 1)?;
        words.clear()?;
        Ok(Report {
            words,
            is_open: Cell::new(false),
        })
    }
}

/// What the kernels of one call tell: whether one has failed, and what the last one found.
///
/// A kernel that comes after one that has failed does nothing. So launches need not be waited for: it is enough to look when a
/// result is wanted, and at the end.
#[derive(Debug)]
pub struct Report<'a> {
    /// Whether a kernel failed, and what its blocks count; then the results.
    words: Memory<'a, [u64; 2]>,
    /// Whether a kernel was launched that nobody has asked about.
    is_open: Cell<bool>,
}

/// What the blocks of a kernel find of a variable, as it is handed: a place for each, and one for what the last of them makes of it.
#[repr(C)]
#[derive(Debug)]
pub struct Parts<'a, T> {
    each: u64,
    whole: u64,
    memory: Memory<'a, T>,
}

/// The results of a kernel.
#[derive(Debug)]
pub struct Told {
    words: Vec<[u64; 2]>,
}

impl Told {
    /// A result, by its number.
    ///
    /// # Safety
    /// The kernel was handed this result's place as one of this type.
    pub unsafe fn get<T: Copy>(&self, number: usize) -> T {
        const { assert!(size_of::<T>() <= size_of::<[u64; 2]>()) };
        // SAFETY: as many bytes are there, which the kernel has written as such a value.
        unsafe { self.words[number + 1].as_ptr().cast::<T>().read_unaligned() }
    }
}

impl<'a> Report<'a> {
    /// Where a kernel leaves a result, by its number.
    pub fn place(&self, number: usize) -> u64 {
        self.words.address + (size_of::<[u64; 2]>() * (number + 1)) as u64
    }
    /// The same for a result that the blocks of a grid have parts of.
    pub fn parts<T: Copy>(&self, number: usize, grid: Grid) -> Checked<Parts<'a, T>> {
        let memory = self.words.device.memory::<T>(grid.blocks())?;
        Ok(Parts {
            each: memory.address,
            whole: self.place(number),
            memory,
        })
    }
    /// Starts a kernel.
    ///
    /// # Safety
    /// The kernel takes these parameters, and after them the address of a report.
    pub unsafe fn launch(&self, kernel: u32, grid: Grid, arguments: &[*const c_void]) -> Checked<()> {
        if grid.is_empty {
            return Ok(());
        }
        let arguments: Vec<*const c_void> = arguments
            .iter()
            .copied()
            .chain([argument(&self.words.address)])
            .collect();
        let table = self.words.device.table;
        self.is_open.set(true);
        // SAFETY: by contract.
        let done = unsafe {
            let (blocks, threads) = (grid.blocks.as_ptr(), grid.threads.as_ptr());
            (table.launch)(table, kernel, blocks, threads, arguments.as_ptr())
        };
        done.then_some(()).ok_or(Stop::NoDevice)
    }
    /// Waits for what the last kernel found; of a grid without iterations, nothing.
    pub fn told(&self, grid: Grid) -> Checked<Option<Told>> {
        if grid.is_empty {
            return Ok(None);
        }
        let words = self.words.read()?;
        self.is_open.set(false);
        match (words[0][0] as u32, words[0][1]) {
            (0, _) => Ok(Some(Told { words })),
            (_, 0) => Err(Stop::Bail),
            (..) => {
                let table = self.words.device.table;
                // SAFETY: the table's function, on the calling thread.
                unsafe { (table.settle)(table, Settle::Lacking) };
                Err(Stop::NoDevice)
            }
        }
    }
    /// Waits for all kernels, and tells whether they went well.
    pub fn finish(&self) -> Checked<()> {
        match self.is_open.get() {
            true => self.told(Grid::alone()).map(|_| ()),
            false => Ok(()),
        }
    }
}

/// What became of the device's variant. Its failures leave no trace.
///
/// # Safety
/// `host` is the host of the current call, and the variant was given it.
pub unsafe fn settled<T>(host: *const Host, outcome: Checked<T>) -> Checked<T> {
    // SAFETY: by contract.
    let settle = |how| unsafe { settle(host, how) };
    match outcome {
        Ok(_) if !settle(Settle::Done) => {
            settle(Settle::Undone);
            Err(Stop::NoDevice)
        }
        Err(stop) => {
            settle(Settle::Undone);
            Err(stop)
        }
        done => done,
    }
}

/// Before the CPU reads elements of the call's arrays. It may not where an array is the device's own: Python then goes on.
///
/// # Safety
/// `host` is the host of the current call.
pub unsafe fn readable(host: *const Host) -> Checked<()> {
    // SAFETY: by contract.
    unsafe { settle(host, Settle::Read) }
        .then_some(())
        .ok_or(Stop::Python(0))
}

/// The same before the CPU runs the region.
///
/// # Safety
/// `host` is the host of the current call.
pub unsafe fn come_home(host: *const Host) -> Checked<()> {
    // SAFETY: by contract.
    unsafe { settle(host, Settle::Home) }
        .then_some(())
        .ok_or(Stop::Python(0))
}

/// # Safety
/// `host` is the host of the current call.
unsafe fn settle(host: *const Host, how: Settle) -> bool {
    // SAFETY: valid during the call, and so is the table if there is one.
    unsafe {
        (*host)
            .device
            .as_ref()
            .is_none_or(|device| (device.settle)(device, how))
    }
}

/// Where a launch finds an argument.
pub fn argument<T>(value: &T) -> *const c_void {
    core::ptr::from_ref(value).cast()
}

impl<T: Copy> Memory<'_, T> {
    /// What a kernel is handed.
    pub fn address(&self) -> u64 {
        self.address
    }
    /// Fills it with bytes 0.
    pub(crate) fn clear(&self) -> Checked<()> {
        let table = self.device.table;
        // SAFETY: as many bytes as there is memory for.
        let done = unsafe { (table.clear)(table, self.address, self.length * size_of::<T>()) };
        done.then_some(()).ok_or(Stop::NoDevice)
    }
    /// The elements.
    pub fn read(&self) -> Checked<Vec<T>> {
        let mut elements: Vec<T> = Vec::with_capacity(self.length);
        let table = self.device.table;
        // SAFETY: the vector has room for all elements, and the device has written them, or the host has before.
        unsafe {
            let bytes = self.length * size_of::<T>();
            if !(table.read)(table, elements.as_mut_ptr().cast(), self.address, bytes) {
                return Err(Stop::NoDevice);
            }
            elements.set_len(self.length);
        }
        Ok(elements)
    }
}

impl<T> Drop for Memory<'_, T> {
    fn drop(&mut self) {
        let table = self.device.table;
        // SAFETY: allocated there, and not given back before.
        unsafe { (table.free)(table, self.address) };
    }
}
