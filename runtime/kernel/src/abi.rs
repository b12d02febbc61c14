//! The C interface between a kernel library and `runtime/host`.
//!
//! A kernel library exports one [`Entry`] per kernel. The host fills a [`Call`] and calls it with the interpreter
//! lock released. The kernel reaches back only through the function pointers of [`Host`]. Both sides compile this
//! very file; [`ABI_VERSION`] changes whenever a layout or a meaning does, and the host refuses a library whose
//! exported `FERROKEET_ABI_VERSION` differs.

use core::ffi::c_void;

/// Version of every layout and meaning in this module.
pub const ABI_VERSION: u32 = 7;

/// One array argument, as its exporter describes it; the rank and element type are those of the signature.
///
/// The host has checked before the call: rank and element type match the signature, `data` and every stride are
/// multiples of the element's alignment and size, the byte order is native, and arrays the kernel writes are
/// writable. Extents are at least 0. Strides may be negative, zero or smaller than an element's row (overlap).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ArrayView {
    /// Address of the element with all subscripts 0.
    pub data: *mut u8,
    /// `rank` extents, in elements.
    pub shape: *const isize,
    /// `rank` strides, in bytes.
    pub strides: *const isize,
}

/// What the host offers to kernels; valid during a call.
#[repr(C)]
#[derive(Debug)]
pub struct Host {
    /// [`ABI_VERSION`] of the host.
    pub version: u32,
    /// Threads that a parallel loop of this call may use (at least 1), the calling one included.
    pub threads: u32,
    /// The host's own.
    pub context: *mut c_void,
    /// Calls `body(data, index)` once for every `index` below `count`, on up to `threads` threads (0: [`Host::threads`]),
    /// in any order, and returns when all are done. `body` must not unwind. Called from inside a `body`, it runs serially.
    pub parallel_for: unsafe extern "C" fn(
        host: *const Host,
        count: usize,
        threads: usize,
        body: unsafe extern "C" fn(data: *mut c_void, index: usize),
        data: *mut c_void,
    ),
    /// Whether the user asked to stop (Ctrl-C). Cheap enough for every few microseconds; on the calling thread it lets
    /// Python's signal handlers run now and then.
    pub interrupted: unsafe extern "C" fn(host: *const Host) -> bool,
    /// Storage of a new array that the call hands back, by its number among them (the manifest names its element type): elements
    /// in row-major order, side by side, zero if `zeroed`. There are `rank` extents, of at least 0. It stays until the kernel
    /// returns or asks for the same array again. Null: there is no such memory. Only for the calling thread, outside of
    /// [`Host::parallel_for`].
    pub array:
        unsafe extern "C" fn(host: *const Host, number: u32, rank: u32, extents: *const isize, zeroed: bool) -> *mut u8,
    /// Memory of so many bytes, holding anything, until the kernel returns; null: there is none. Only for the calling thread,
    /// outside of [`Host::parallel_for`].
    pub room: unsafe extern "C" fn(host: *const Host, bytes: usize) -> *mut u8,
    /// The device that holds this kernel's counterparts; null: there is none.
    pub device: *const Device,
}

/// What the host offers to a kernel that runs on a device. Every function is for the calling thread, outside of
/// [`Host::parallel_for`].
#[repr(C)]
#[derive(Debug)]
pub struct Device {
    /// The host's own.
    pub context: *mut c_void,
    /// Threads of a block; a power of two from 32 to 1024.
    pub block: u32,
    /// Memory of so many bytes; 0: there is none.
    pub allocate: unsafe extern "C" fn(device: *const Device, bytes: usize) -> u64,
    /// Gives memory back.
    pub free: unsafe extern "C" fn(device: *const Device, address: u64),
    /// Fills memory of the device with bytes 0; whether that was done.
    pub clear: unsafe extern "C" fn(device: *const Device, address: u64, bytes: usize) -> bool,
    /// Copies from the device; whether that was done.
    pub read: unsafe extern "C" fn(device: *const Device, to: *mut u8, from: u64, bytes: usize) -> bool,
    /// Runs a kernel, by its number in the manifest, over a grid of blocks; `arguments` are the addresses of what its
    /// parameters take. Whether that was done.
    pub launch: unsafe extern "C" fn(
        device: *const Device,
        kernel: u32,
        grid: *const u32,
        block: *const u32,
        arguments: *const *const c_void,
    ) -> bool,
    /// Where an array is on the device: brought there unless it is there already. Writes the strides of its elements there, in
    /// elements, and gives the address of the first; 0: it cannot be there. It stays until [`Device::settle`].
    pub place: unsafe extern "C" fn(device: *const Device, array: *const Wanted, strides: *mut isize) -> u64,
    /// Says how the call goes on; whether that was done. See [`Settle`].
    pub settle: unsafe extern "C" fn(device: *const Device, how: Settle) -> bool,
    /// Whether so much work is done sooner on the device than on the processor, moving the arrays included.
    pub pays: unsafe extern "C" fn(device: *const Device, work: *const Effort) -> bool,
}

/// An array that a kernel wants on a device.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Address of the element with all subscripts 0.
    pub data: *mut u8,
    /// `rank` extents, in elements.
    pub shape: *const isize,
    /// `rank` strides, in elements.
    pub strides: *const isize,
    /// How many axes.
    pub rank: u32,
    /// Bytes of an element.
    pub size: u32,
    /// Whether a kernel writes it.
    pub written: bool,
    /// Whether what a kernel wrote may have to be undone.
    pub undone: bool,
}

/// How a call goes on that has looked at its device.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settle {
    /// All went well: what was written counts, and the caller's arrays have it, now or as soon as they are looked at.
    Done = 0,
    /// Something failed: what was written does not count.
    Undone = 1,
    /// The processor is about to read the call's arrays.
    Read = 2,
    /// The processor is about to run the region.
    Home = 3,
    /// Threads of a kernel asked for more memory than there is for all of them: the user is told.
    Lacking = 4,
}

/// The work of a region that may run on a device.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Effort {
    /// Nanoseconds that it would take one thread of the processor.
    pub nanoseconds: f64,
    /// Iterations that can run at once.
    pub iterations: f64,
    /// Kernels that are launched one after the other.
    pub launches: f64,
    /// How often each array is gone through.
    pub passes: f64,
}

/// One call of a kernel.
///
/// Scalars travel as 64 bits: booleans 0 or 1, signed integers sign-extended, unsigned ones zero-extended, `f32` in the low
/// half, `f64` as its bits, float16 in the low 16 bits, complex64 with its real part in the low half; complex128 takes two words
/// among the inputs, the real part first. Every output has two words. Arrays and scalars each keep the order of the kernel's inputs.
#[repr(C)]
#[derive(Debug)]
pub struct Call {
    /// What the host offers.
    pub host: *const Host,
    /// The array inputs.
    pub arrays: *const ArrayView,
    /// The scalar inputs.
    pub scalars: *const u64,
    /// Room for two words of each output; written when the status is [`Status::Fast`], [`Status::Careful`] or [`Status::Device`].
    pub results: *mut u64,
    /// One byte per scalar output, written with `results`: 0 when the variable still holds the object it held before the
    /// region (the host then hands that very object back), `n` when it holds a new value of the `n`th type that the manifest
    /// names for it (most outputs have one only). Of an output that is an array, the bits in `results` mean nothing.
    pub changed: *mut u8,
    /// Written when the status is [`Status::Raised`] or [`Status::Python`].
    pub failure: *mut Failure,
    /// Bytes that a kernel may spend on copies for undoing.
    pub undo_limit: u64,
    /// Bit set of `CALL_*`.
    pub flags: u32,
}

/// [`Call::flags`]: do not try the fast variant.
pub const CALL_CAREFUL: u32 = 1;
/// [`Call::flags`]: an exception must leave no trace (undo and answer [`Status::Python`]), since the caller can observe
/// the local variables at the time it is raised.
pub const CALL_EXACT_LOCALS: u32 = 2;

/// How a kernel ended; the value an [`Entry`] returns.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Done by the fast variant (also: nothing to do because the iteration space is empty).
    Fast = 0,
    /// Done by the careful variant; [`Failure::reason`] says why (an index into the manifest's reasons).
    Careful = 1,
    /// The careful variant raised; partial effects are CPython's; [`Failure`] tells the exception.
    Raised = 2,
    /// Nothing has happened to the arrays, or it was undone: run the loop in Python. [`Failure::reason`] says why.
    Python = 3,
    /// Stopped half-way because [`Host::interrupted`] said so.
    Interrupted = 4,
    /// A region that assigns live-out scalars would run zero iterations: nothing to do, the caller's Python loop leaves
    /// every variable as it is. Counts as a fast launch.
    Empty = 5,
    /// Done by a device.
    Device = 6,
}

/// A Python exception that a kernel can raise, with the message CPython or NumPy gives it.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exception {
    /// No exception; the slot is unused.
    None = 0,
    /// NumPy: `index {a} is out of bounds for axis {b} with size {c}`.
    IndexError = 1,
    /// `division by zero` (also `integer division or modulo by zero`, `float modulo` …: see [`Failure::message`]).
    ZeroDivisionError = 2,
    /// `math domain error` and others: see [`Failure::message`].
    ValueError = 3,
    /// `math range error`, `Python integer {a} out of bounds for int8` and others: see [`Failure::message`].
    OverflowError = 4,
    /// See [`Failure::message`].
    AssertionError = 5,
    /// See [`Failure::message`].
    TypeError = 6,
    /// See [`Failure::message`].
    RuntimeError = 7,
    /// See [`Failure::message`].
    MemoryError = 8,
}

/// What went wrong, and where.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Failure {
    /// An [`Exception`], as its number.
    pub exception: u32,
    /// Row of the Python statement that raises, from 1.
    pub row: u32,
    /// Index into the manifest's `reasons`: why the kernel was careful or left the loop to Python.
    pub reason: u32,
    /// Length of `message` in bytes.
    pub message_length: u32,
    /// UTF-8 in the kernel's static data; `{a}`, `{b}`, `{c}` stand for the operands. Null: the exception has no argument.
    pub message: *const u8,
    /// Operands of the message.
    pub operands: [i64; 3],
}

/// What a kernel library exports for each kernel, under the symbol that its manifest names.
pub type Entry = unsafe extern "C" fn(call: *const Call) -> u32;

/// For tests: a host that has no memory.
#[cfg(test)]
pub(crate) unsafe extern "C" fn no_array(_: *const Host, _: u32, _: u32, _: *const isize, _: bool) -> *mut u8 {
    core::ptr::null_mut()
}

/// For tests: the same.
#[cfg(test)]
pub(crate) unsafe extern "C" fn no_room(_: *const Host, _: usize) -> *mut u8 {
    core::ptr::null_mut()
}
