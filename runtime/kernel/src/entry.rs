//! From a call to its status: what generated entry points and their variants are made of.
//!
//! A variant is a function that gives the scalar outputs or a [`Stop`]. The careful variant reaches arrays through
//! [`Exclusive`], whose every access is wrapped and checked; the fast one through plain views, after its guards. [`run`]
//! turns what a kernel's launch function gives into a [`Status`] and writes results or the failure for the host.
//!
//! May touch: abi, view, parallel.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::abi::{ArrayView, CALL_CAREFUL, CALL_EXACT_LOCALS, Call, Exception, Failure, Host, Status};
use crate::parallel::{Control, Ended};
use crate::view::{OutOfBounds, View};

/// Why a variant did not run to its end.
#[derive(Debug)]
pub enum Stop {
    /// A Python exception; what was done before it stays done.
    Raise(Box<Raised>),
    /// CPython must go on, once the region is undone; an index into the manifest's reasons.
    Python(u32),
    /// The user asked to stop.
    Interrupted,
    /// A region that assigns live-out scalars would run zero iterations; nothing was done.
    Empty,
    /// Of the fast variant: a guard did not hold, nothing was done; an index into the manifest's reasons.
    Guard(u32),
    /// Of the fast variant: something turned out half-way that only the careful variant can handle.
    Bail,
    /// Of the device's variant: there is no device, or it cannot do it; nothing was done.
    NoDevice,
}

/// A Python exception: class, row of the statement, message, operands of the message.
#[derive(Debug)]
pub struct Raised {
    exception: Exception,
    row: u32,
    message: Option<&'static str>,
    operands: [i64; 3],
}

impl Stop {
    /// An exception with a fixed message; `None`: raised without an argument.
    #[cold]
    pub fn raise(exception: Exception, row: u32, message: Option<&'static str>) -> Self {
        Self::raise_with(exception, row, message, 0)
    }
    /// An exception in whose message `{a}` stands for `operand`.
    #[cold]
    pub fn raise_with(exception: Exception, row: u32, message: Option<&'static str>, operand: i64) -> Self {
        Stop::Raise(Box::new(Raised {
            exception,
            row,
            message,
            operands: [operand, 0, 0],
        }))
    }
    #[cold]
    fn index(out: OutOfBounds, row: u32, message: &'static str) -> Self {
        Stop::Raise(Box::new(Raised {
            exception: Exception::IndexError,
            row,
            message: Some(message),
            operands: [out.index, out.axis as i64, out.size as i64],
        }))
    }
}

/// NumPy's message at a subscript that is out of bounds.
const OUT_OF_BOUNDS: &str = "index {a} is out of bounds for axis {b} with size {c}";

/// Where subscripts stand in several pairs of brackets (`a[i][j]`), those that follow are of axes of what is left: for each axis of
/// the array, the one to tell of.
pub fn on_axes<const R: usize>(axes: [u8; R]) -> impl FnOnce(Stop) -> Stop {
    move |mut stop| {
        if let Stop::Raise(raised) = &mut stop
            && raised.message == Some(OUT_OF_BOUNDS)
        {
            let axis = &mut raised.operands[1];
            *axis = axes.get(*axis as usize).map_or(*axis, |told| i64::from(*told));
        }
        stop
    }
}

/// The manifest's reason for what an exception, or a subscript out of bounds, leads to.
const EXCEPTION: u32 = 3;

/// The value of a checked operation, or nothing.
pub type Checked<T> = Result<T, Stop>;

/// Goes on only if a condition holds that the fast variant relies on.
#[inline(always)]
pub fn ensure(condition: bool) -> Checked<()> {
    if condition { Ok(()) } else { bail() }
}

#[cold]
fn bail() -> Checked<()> {
    Err(Stop::Bail)
}

/// An array in the careful variant: one thread, every subscript wrapped and checked.
#[derive(Clone, Copy, Debug)]
pub struct Exclusive<T, const R: usize> {
    view: View<T, R>,
    load_message: &'static str,
    store_message: &'static str,
}

impl<T: Copy, const R: usize> Exclusive<T, R> {
    /// A NumPy array.
    ///
    /// # Safety
    /// The view is valid, no other thread writes its elements, and it is writable if [`put`](Self::put) is called.
    #[inline]
    pub unsafe fn numpy(view: View<T, R>) -> Self {
        Exclusive {
            view,
            load_message: OUT_OF_BOUNDS,
            store_message: OUT_OF_BOUNDS,
        }
    }
    /// A buffer whose elements are Python objects (`array.array`).
    ///
    /// # Safety
    /// As for [`numpy`](Self::numpy).
    #[inline]
    pub unsafe fn python(view: View<T, R>) -> Self {
        Exclusive {
            view,
            load_message: "array index out of range",
            store_message: "array assignment index out of range",
        }
    }
    /// A list of the region's own.
    ///
    /// # Safety
    /// As for [`numpy`](Self::numpy).
    #[inline]
    pub unsafe fn list(view: View<T, R>) -> Self {
        Exclusive {
            view,
            load_message: "list index out of range",
            store_message: "list assignment index out of range",
        }
    }
    /// Extent of an axis.
    #[inline(always)]
    pub fn extent(&self, axis: usize) -> i64 {
        self.view.extent(axis)
    }
    /// How many elements.
    #[inline]
    pub fn size(&self) -> i64 {
        self.view.len() as i64
    }
    /// The element at these subscripts.
    #[inline(always)]
    pub fn get(&self, index: [i64; R], row: u32) -> Checked<T> {
        match self.view.locate(index) {
            // SAFETY: in bounds; nobody writes it, by the contract of the constructors.
            Ok(place) => Ok(unsafe { *place }),
            Err(out) => Err(Stop::index(out, row, self.load_message)),
        }
    }
    /// Where a value is to be put.
    #[inline(always)]
    pub fn place(&self, index: [i64; R], row: u32) -> Checked<Place<T>> {
        match self.view.locate(index) {
            Ok(place) => Ok(Place(place)),
            // Of a list in a list, the outer one is read.
            Err(out) if out.axis + 1 < R => Err(Stop::index(out, row, self.load_message)),
            Err(out) => Err(Stop::index(out, row, self.store_message)),
        }
    }
    /// Replaces the element at these subscripts.
    #[inline(always)]
    pub fn put(&self, index: [i64; R], value: T, row: u32) -> Checked<()> {
        self.place(index, row)?.put(value);
        Ok(())
    }
}

/// An element of an [`Exclusive`] array.
#[derive(Debug)]
pub struct Place<T>(*mut T);

impl<T> Place<T> {
    /// Replaces the element.
    #[inline(always)]
    pub fn put(self, value: T) {
        // SAFETY: in bounds of a writable array that no other thread touches, by the contract of `Exclusive`.
        unsafe { *self.0 = value }
    }
}

/// Looks at the interrupt flag now and then.
#[derive(Debug)]
pub struct Pulse<'a> {
    host: &'a Host,
    left: u32,
}

impl<'a> Pulse<'a> {
    /// Beats between two looks.
    const BEATS: u32 = 1 << 14;

    /// For one call of a kernel.
    ///
    /// # Safety
    /// `host` is the host of the current call.
    #[inline]
    pub unsafe fn new(host: *const Host) -> Self {
        Pulse {
            // SAFETY: valid during the call.
            host: unsafe { &*host },
            left: Self::BEATS,
        }
    }
    /// Once every iteration.
    #[inline(always)]
    pub fn beat(&mut self) -> Checked<()> {
        self.left -= 1;
        if self.left == 0 { self.look() } else { Ok(()) }
    }
    /// Before `count` iterations, at most [`Steps::STRIP`].
    #[inline(always)]
    pub fn beats(&mut self, count: u64) -> Checked<()> {
        self.left = self.left.saturating_sub(count as u32);
        if self.left == 0 { self.look() } else { Ok(()) }
    }
    #[cold]
    fn look(&mut self) -> Checked<()> {
        self.left = Self::BEATS;
        // SAFETY: callable by the contract of `new`.
        if unsafe { (self.host.interrupted)(self.host) } {
            Err(Stop::Interrupted)
        } else {
            Ok(())
        }
    }
}

/// The iterations of a counted loop; a device is handed it as it is.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steps {
    start: i64,
    step: i64,
    trips: u64,
}

impl Steps {
    /// `range(start, stop, step)`; no iteration if `step` is 0 (which the caller has refused).
    #[inline(always)]
    pub fn new(start: i64, stop: i64, step: i64) -> Self {
        let span = if step > 0 {
            (stop as i128) - (start as i128)
        } else {
            (start as i128) - (stop as i128)
        };
        let trips = if span <= 0 || step == 0 {
            0
        } else if step == 1 || step == -1 {
            span as u64
        } else {
            ((span as u64) - 1) / step.unsigned_abs() + 1
        };
        Steps { start, step, trips }
    }
    /// How many.
    #[inline(always)]
    pub fn trips(self) -> u64 {
        self.trips
    }
    /// Whether there are none.
    #[inline(always)]
    pub fn is_empty(self) -> bool {
        self.trips == 0
    }
    /// The first counter value.
    #[inline(always)]
    pub fn first(self) -> i64 {
        self.start
    }
    /// The last counter value, if there is an iteration.
    #[inline(always)]
    pub fn last(self) -> i64 {
        self.at(self.trips.wrapping_sub(1))
    }
    /// The counter value of an iteration, counted from 0.
    #[inline(always)]
    pub fn at(self, iteration: u64) -> i64 {
        self.start.wrapping_add((iteration as i64).wrapping_mul(self.step))
    }
    /// The iterations whose numbers lie in a range.
    #[inline(always)]
    pub fn part(self, range: core::ops::Range<u64>) -> Self {
        Steps {
            start: self.at(range.start),
            step: self.step,
            trips: range.end.min(self.trips).saturating_sub(range.start),
        }
    }
    /// Iterations of a strip.
    pub const STRIP: u64 = 1 << 14;

    /// The iterations cut into strips, between which there is time to look at the interrupt flag.
    #[inline(always)]
    pub fn strips(self) -> impl Iterator<Item = Steps> {
        (0..self.trips.div_ceil(Self::STRIP)).map(move |strip| {
            let first = strip * Self::STRIP;
            self.part(first..first + Self::STRIP)
        })
    }
    /// The counter values in order.
    #[inline(always)]
    pub fn values(self) -> impl Iterator<Item = i64> {
        (0..self.trips).map(move |iteration| self.at(iteration))
    }
}

/// Runs one task of a parallel loop; a stop in it stops the loop.
#[inline(always)]
pub fn attempt(control: &Control<'_>, task: impl FnOnce() -> Checked<()>) {
    if let Err(stop) = task() {
        failed(control, 0, &stop);
    }
}

/// Ends a parallel loop because of a stop in the block that begins with iteration `first`.
#[cold]
pub fn failed(control: &Control<'_>, first: u64, stop: &Stop) {
    if matches!(stop, Stop::Interrupted) {
        control.interrupt();
    } else {
        control.fail(first);
    }
}

/// What a parallel loop's end means to the fast variant around it.
#[inline]
pub fn finished(ended: Ended) -> Checked<()> {
    match ended {
        Ended::Done => Ok(()),
        Ended::Failed(_) | Ended::Panicked => Err(Stop::Bail),
        Ended::Interrupted => Err(Stop::Interrupted),
    }
}

/// A scalar as it travels through the interface.
pub trait Bits: Copy {
    /// Words of 64 bits that an input takes; of an output there are always two, the second of them often unused.
    const WORDS: usize = 1;
    /// From an input's words.
    fn of_bits(bits: [u64; 2]) -> Self;
    /// To an output's words.
    fn to_bits64(self) -> [u64; 2];
}

macro_rules! bits {
    ($($ty:ident: $bits:ident => $of:expr, $self:ident => $to:expr;)*) => {$(
        impl Bits for $ty {
            #[inline(always)]
            fn of_bits([$bits, _]: [u64; 2]) -> Self {
                $of
            }
            #[inline(always)]
            fn to_bits64($self) -> [u64; 2] {
                [$to, 0]
            }
        }
    )*};
}
bits! {
    bool: bits => bits != 0, self => self as u64;
    i8: bits => bits as i8, self => self as i64 as u64;
    i16: bits => bits as i16, self => self as i64 as u64;
    i32: bits => bits as i32, self => self as i64 as u64;
    i64: bits => bits as i64, self => self as u64;
    u8: bits => bits as u8, self => self as u64;
    u16: bits => bits as u16, self => self as u64;
    u32: bits => bits as u32, self => self as u64;
    u64: bits => bits, self => self;
    f32: bits => f32::from_bits(bits as u32), self => self.to_bits() as u64;
    f64: bits => f64::from_bits(bits), self => self.to_bits();
}

/// One scalar output: its bits, and what it is ([`Call::changed`]).
pub type Output = ([u64; 2], u8);

/// An output's value, and which of its types it has, counted from 1 (0: the host hands back the object it had before).
#[inline(always)]
pub fn output<T: Bits>(value: T, changed: u8) -> Output {
    (value.to_bits64(), changed)
}

/// The tag that all tags but the zeros are; `None` if they differ or all are 0.
#[inline]
pub fn alike(mut tags: impl Iterator<Item = u8>) -> Option<u8> {
    let first = tags.by_ref().find(|tag| *tag != 0)?;
    tags.all(|tag| tag == 0 || tag == first).then_some(first)
}

/// One call, as generated launch functions see it.
#[derive(Clone, Copy, Debug)]
pub struct Launch<'a> {
    call: &'a Call,
}

impl Launch<'_> {
    /// The view of an array input.
    ///
    /// # Safety
    /// The array input at this position has `R` axes of `T`s.
    #[inline]
    pub unsafe fn view<T: Copy, const R: usize>(&self, position: usize) -> View<T, R> {
        // SAFETY: the host passes as many arrays as the signature has, and of its types.
        unsafe {
            let array: &ArrayView = &*self.call.arrays.add(position);
            View::new(array)
        }
    }
    /// A scalar input, by the position of its first word.
    ///
    /// # Safety
    /// There is a scalar input of that many words at this position.
    #[inline]
    pub unsafe fn scalar<T: Bits>(&self, position: usize) -> T {
        // SAFETY: the host passes as many words of scalars as the signature has.
        let word = |offset: usize| unsafe { *self.call.scalars.add(position + offset) };
        T::of_bits([word(0), if T::WORDS > 1 { word(1) } else { 0 }])
    }
    /// The host, for teams and pulses.
    #[inline]
    pub fn host(&self) -> *const Host {
        self.call.host
    }
    /// Whether the host asks for the careful variant.
    #[inline]
    pub fn careful_wanted(&self) -> bool {
        self.call.flags & CALL_CAREFUL != 0
    }
    /// Whether an exception must leave no trace.
    #[inline]
    pub fn exact_locals(&self) -> bool {
        self.call.flags & CALL_EXACT_LOCALS != 0
    }
    /// Bytes that may be spent on copies.
    #[inline]
    pub fn undo_limit(&self) -> u64 {
        self.call.undo_limit
    }
}

/// How a launch ended well: the outputs of the fast variant, or of the careful one and why it was that one.
#[derive(Debug)]
pub enum Ran<const N: usize> {
    /// By the fast variant.
    Fast([Output; N]),
    /// By the careful variant, for this reason.
    Careful([Output; N], u32),
    /// By a device.
    Device([Output; N]),
}

/// Calls a kernel's launch function and tells the host how it ended.
///
/// # Safety
/// `call` is what the host passes to an [`Entry`](crate::abi::Entry), with room for `N` results.
pub unsafe fn run<const N: usize>(call: *const Call, launch: impl FnOnce(Launch<'_>) -> Checked<Ran<N>>) -> u32 {
    // SAFETY: valid during the call.
    let call = unsafe { &*call };
    let ran = catch_unwind(AssertUnwindSafe(|| launch(Launch { call })));
    // SAFETY: the host gives room for `N` results and a failure.
    let status = unsafe {
        match ran {
            Ok(Ok(Ran::Fast(outputs))) => {
                write_outputs(call, &outputs);
                Status::Fast
            }
            Ok(Ok(Ran::Device(outputs))) => {
                write_outputs(call, &outputs);
                Status::Device
            }
            Ok(Ok(Ran::Careful(outputs, reason))) => {
                write_outputs(call, &outputs);
                write_failure(call, None, reason);
                Status::Careful
            }
            Ok(Err(stop)) => tell(call, stop),
            Err(_) => {
                let raised = Raised {
                    exception: Exception::RuntimeError,
                    row: 0,
                    message: Some("a defect in the translated loop"),
                    operands: [0; 3],
                };
                write_failure(call, Some(&raised), EXCEPTION);
                Status::Raised
            }
        }
    };
    status as u32
}

/// # Safety
/// `call.failure` is writable.
unsafe fn tell(call: &Call, stop: Stop) -> Status {
    // SAFETY: by contract.
    unsafe {
        match stop {
            Stop::Raise(raised) => {
                write_failure(call, Some(&raised), EXCEPTION);
                Status::Raised
            }
            Stop::Python(reason) | Stop::Guard(reason) => {
                write_failure(call, None, reason);
                Status::Python
            }
            Stop::Bail | Stop::NoDevice => {
                write_failure(call, None, EXCEPTION);
                Status::Python
            }
            Stop::Interrupted => Status::Interrupted,
            Stop::Empty => Status::Empty,
        }
    }
}

/// # Safety
/// `call.results` and `call.changed` have room for the outputs.
unsafe fn write_outputs(call: &Call, outputs: &[Output]) {
    for (position, &(bits, changed)) in outputs.iter().enumerate() {
        // SAFETY: by contract.
        unsafe {
            *call.results.add(2 * position) = bits[0];
            *call.results.add(2 * position + 1) = bits[1];
            *call.changed.add(position) = changed;
        }
    }
}

/// # Safety
/// `call.failure` is null or writable.
unsafe fn write_failure(call: &Call, raised: Option<&Raised>, reason: u32) {
    if call.failure.is_null() {
        return;
    }
    let message = raised.and_then(|raised| raised.message);
    let failure = Failure {
        exception: raised.map_or(Exception::None, |raised| raised.exception) as u32,
        row: raised.map_or(0, |raised| raised.row),
        reason,
        message_length: message.map_or(0, |text| text.len() as u32),
        message: message.map_or(core::ptr::null(), str::as_ptr),
        operands: raised.map_or([0; 3], |raised| raised.operands),
    };
    // SAFETY: by contract.
    unsafe { *call.failure = failure };
}

/// A result that must fit 64 bits: otherwise Python must compute it (reason 1 of every manifest).
#[inline(always)]
pub fn fits<T>(value: Option<T>) -> Checked<T> {
    match value {
        Some(value) => Ok(value),
        None => big(),
    }
}

/// The same for operations whose faults are all Python's to handle.
#[inline(always)]
pub fn sound<T, E>(value: Result<T, E>) -> Checked<T> {
    match value {
        Ok(value) => Ok(value),
        Err(_) => big(),
    }
}

#[cold]
fn big<T>() -> Checked<T> {
    Err(Stop::Python(1))
}

/// A subscript that the fast variant wraps and checks; out of bounds, only the careful variant can go on.
#[inline(always)]
pub fn wrapped(index: Result<i64, OutOfBounds>) -> Checked<i64> {
    match index {
        Ok(index) => Ok(index),
        Err(_) => Err(Stop::Bail),
    }
}
