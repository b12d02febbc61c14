//! One call of a kernel that may use a device: the functions that it is lent.

use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;

use ferrokeet_kernel::abi::{self, Effort, Settle, Wanted};
use ferrokeet_kernel::view::Layout;

use super::figures::Figures;
use super::memory::{self, Block};
use super::resident::{self, Placed, Wish};
use super::{Complaint, Module, Table, block};
use crate::arguments::Arguments;

/// What a call holds of a device; its table points to it, so that it must not move while the kernel runs.
pub(crate) struct Session<'a> {
    table: abi::Device,
    of: &'a Table,
    module: &'a Arc<dyn Module>,
    arguments: &'a Arguments,
    figures: &'a Arc<Figures>,
    placed: RefCell<Vec<Placed>>,
    memory: RefCell<Vec<Block>>,
    /// Whether the processor was kept from elements that only the device can read.
    refused: Cell<bool>,
    /// Whether the threads of a kernel asked for more memory than there is for all of them.
    lacking: Cell<bool>,
}

impl<'a> Session<'a> {
    /// For a call.
    pub(super) fn new(of: &'a Table, arguments: &'a Arguments, figures: &'a Arc<Figures>) -> Self {
        Self {
            table: abi::Device {
                context: ptr::null_mut(),
                block: block(),
                allocate,
                free,
                clear,
                read,
                launch,
                place,
                settle,
                pays,
            },
            of,
            module: &of.module,
            arguments,
            figures,
            placed: RefCell::default(),
            memory: RefCell::default(),
            refused: Cell::new(false),
            lacking: Cell::new(false),
        }
    }

    /// What the kernel is lent, for as long as this stays where it is.
    pub(crate) fn lend(&mut self) -> *const abi::Device {
        self.table.context = ptr::from_ref(self).cast_mut().cast();
        &raw const self.table
    }

    /// Whether the processor was kept from elements that only the device can read.
    pub(crate) fn has_refused(&self) -> bool {
        self.refused.get()
    }

    /// Why a kernel came to nothing: a sentence for the user.
    pub(crate) fn complaint(&self) -> Option<Complaint> {
        let lacking = self.lacking.get().then(|| Complaint {
            text: "the local arrays of its threads need more memory than the 256 MiB that they share".to_owned(),
            first: true,
        });
        lacking.or_else(memory::complaint)
    }

    fn place(&self, view: &Layout<'_>, wish: Wish, strides: &mut [isize]) -> Option<u64> {
        if let Some(stream) = self.arguments.on_device(view.data) {
            let follows = stream.is_none_or(|stream| self.module.follow(stream));
            if !follows || !self.module.reaches(view.data as u64) {
                return None;
            }
            strides.copy_from_slice(view.strides);
            return Some(view.data as u64);
        }
        let mut stride = 1;
        for (axis, extent) in view.shape.iter().enumerate().rev() {
            strides[axis] = stride;
            stride *= extent;
        }
        resident::place(self.module, view, wish, &mut self.placed.borrow_mut(), self.figures)
    }

    fn settle(&self, how: Settle) -> bool {
        match how {
            Settle::Done => {
                // Nothing has happened to the caller's arrays yet: the last moment to learn of a failure.
                if !self.module.synchronize() {
                    return false;
                }
                self.finish(true);
                true
            }
            Settle::Undone => {
                self.module.synchronize();
                self.finish(false);
                true
            }
            Settle::Lacking => {
                self.lacking.set(true);
                true
            }
            Settle::Read | Settle::Home => {
                if self.arguments.are_on_device() {
                    self.refused.set(true);
                    return false;
                }
                let written = how == Settle::Home;
                self.arguments.with_views(|views| {
                    resident::home(views.map(|(view, writes)| (view, writes && written)));
                });
                true
            }
        }
    }

    fn finish(&self, done: bool) {
        let buffer = |stretch| self.arguments.buffer_around(stretch);
        resident::finish(self.placed.take(), done, self.figures, buffer);
        self.memory.borrow_mut().clear();
    }
}

/// # Safety
/// The table is one that [`Session::lend`] gave, during the call.
unsafe fn session<'a>(device: *const abi::Device) -> &'a Session<'a> {
    // SAFETY: by contract.
    unsafe { &*(*device).context.cast::<Session<'a>>() }
}

unsafe extern "C" fn allocate(device: *const abi::Device, bytes: usize) -> u64 {
    // SAFETY: a kernel passes the table it was lent.
    let session = unsafe { session(device) };
    let Some(block) = resident::allocate(session.module, bytes) else {
        return 0;
    };
    let address = block.address();
    session.memory.borrow_mut().push(block);
    address
}

unsafe extern "C" fn free(device: *const abi::Device, address: u64) {
    // SAFETY: a kernel passes the table it was lent.
    let session = unsafe { session(device) };
    session.memory.borrow_mut().retain(|block| block.address() != address);
}

unsafe extern "C" fn clear(device: *const abi::Device, address: u64, bytes: usize) -> bool {
    // SAFETY: a kernel passes the table it was lent, and memory with as many bytes.
    unsafe { session(device).module.clear(address, bytes) }
}

unsafe extern "C" fn read(device: *const abi::Device, to: *mut u8, from: u64, bytes: usize) -> bool {
    // SAFETY: as above, with as many bytes on both sides.
    unsafe { session(device).module.read(to, from, bytes) }
}

unsafe extern "C" fn launch(
    device: *const abi::Device,
    kernel: u32,
    grid: *const u32,
    block: *const u32,
    arguments: *const *const c_void,
) -> bool {
    // SAFETY: as above; three numbers each, and what the kernel's parameters take.
    unsafe {
        let (grid, block) = (grid.cast::<[u32; 3]>().read(), block.cast::<[u32; 3]>().read());
        session(device).module.launch(kernel as usize, grid, block, arguments)
    }
}

unsafe extern "C" fn place(device: *const abi::Device, array: *const Wanted, strides: *mut isize) -> u64 {
    // SAFETY: a kernel passes the table it was lent, a view of its arrays, and room for its strides.
    unsafe {
        let wanted = &*array;
        let rank = wanted.rank as usize;
        let view = Layout {
            data: wanted.data,
            shape: std::slice::from_raw_parts(wanted.shape, rank),
            strides: std::slice::from_raw_parts(wanted.strides, rank),
            size: wanted.size as usize,
        };
        let wish = Wish {
            written: wanted.written,
            undone: wanted.undone,
        };
        let strides = std::slice::from_raw_parts_mut(strides, rank);
        session(device).place(&view, wish, strides).unwrap_or(0)
    }
}

unsafe extern "C" fn settle(device: *const abi::Device, how: Settle) -> bool {
    // SAFETY: a kernel passes the table it was lent.
    unsafe { session(device) }.settle(how)
}

unsafe extern "C" fn pays(device: *const abi::Device, work: *const Effort) -> bool {
    // SAFETY: a kernel passes the table it was lent, and its work.
    let (session, work) = unsafe { (session(device), &*work) };
    let calibration = session.of.calibration.filter(|_| !session.arguments.are_on_device());
    calibration.is_none_or(|calibration| calibration.pays(session.module, session.arguments, work))
}
