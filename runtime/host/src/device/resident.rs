//! Arrays that stay on a device.
//!
//! # Copies
//! A copy holds the elements of one view (address, extents, strides) of the caller's memory, side by side. While calls follow each
//! other in a *scope* that claims the view, the copy stays between them, and may be *newer* than the caller's memory. These hold
//! whenever no call is under way:
//!
//! * Of copies that overlap each other, none is newer than the caller's memory, except one that is alone.
//! * Memory that a copy stands for is kept alive, and from being moved, by the buffer that the copy holds.
//! * Outside of all scopes there is no copy.
//!
//! So whoever looks at the caller's memory, be it a kernel on the CPU ([`home`]), a region that runs as Python ([`flush`]) or the
//! statements behind the scope ([`close`]), first has newer copies brought back.
//!
//! # Scopes
//! A scope is a stretch of the program, in one thread, in which nothing but kernels looks at the arrays that it claims. Of
//! [`Claims::All`] the translator has proved that for all arrays there are (`src/lower/residence.rs`); of [`Claims::Named`], the user says so
//! for some (`# pragma data`).
//!
//! # Locks
//! One lock guards all copies. Whoever holds it may wait for the device, never for the interpreter's lock: buffers, which take that
//! to be released, wait in a list until someone comes who has it.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use ferrokeet_kernel::view::Layout;

use super::Module;
use super::figures::Figures;
use super::memory::Block;
use crate::buffer::Buffer;

/// What a scope claims.
pub(crate) enum Claims {
    /// Every array.
    All,
    /// The arrays in these stretches of memory.
    Named(Vec<Claim>),
}

/// A stretch of memory, and what is known of it.
pub(crate) struct Claim {
    /// Address of its first byte.
    pub(crate) first: usize,
    /// One past the last.
    pub(crate) end: usize,
    /// What the host does to it in the scope.
    pub(crate) stance: Stance,
    /// Keeps it.
    pub(crate) _buffer: Arc<Buffer>,
}

/// What the host does to an array in a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stance {
    /// Nothing.
    Apart,
    /// It may read the array.
    Reads,
    /// Nothing, and what the array held before is of no use.
    Overwritten,
}

struct Scope {
    number: u64,
    thread: ThreadId,
    claims: Claims,
}

/// One view's elements on a device.
struct Copy {
    number: u64,
    data: usize,
    shape: Box<[isize]>,
    strides: Box<[isize]>,
    size: usize,
    block: Block,
    /// The thread whose call was the last to use it.
    thread: ThreadId,
    /// Whether it is newer than the caller's memory; then the kernel that wrote it.
    newer: Option<Arc<Figures>>,
    /// Calls that use it now.
    users: u32,
    /// Whether one of them writes it.
    writing: bool,
    buffer: Option<Arc<Buffer>>,
}

/// A view that a call uses on the device.
pub(crate) struct Placed {
    copy: u64,
    written: bool,
    /// What it held before the call, where that is nowhere else.
    before: Option<Block>,
}

/// How a call uses a view.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish {
    /// It writes elements.
    pub(crate) written: bool,
    /// That may have to be undone.
    pub(crate) undone: bool,
}

struct Store {
    copies: Vec<Copy>,
    scopes: Vec<Scope>,
    released: Vec<Arc<Buffer>>,
    next: u64,
    /// Whether the device has failed while it held what nobody else had.
    lost: bool,
}

static STORE: Mutex<Store> = Mutex::new(Store {
    copies: Vec::new(),
    scopes: Vec::new(),
    released: Vec::new(),
    next: 0,
    lost: false,
});
/// Copies and buffers in the store, and one more if something was lost: usually nothing, which costs a call one look.
static HELD: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// Scopes of this thread.
    static OPEN: Cell<u32> = const { Cell::new(0) };
}

/// The store, for as long as this lives.
struct Held(MutexGuard<'static, Store>);

impl Drop for Held {
    fn drop(&mut self) {
        let count = self.0.copies.len() + self.0.released.len() + usize::from(self.0.lost);
        HELD.store(count, Ordering::Release);
    }
}

fn store() -> Held {
    Held(STORE.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Whether there is no copy anywhere, nor anything else to see to.
pub(crate) fn is_idle() -> bool {
    HELD.load(Ordering::Acquire) == 0
}

/// Whether this thread is in a scope.
pub(crate) fn is_open() -> bool {
    OPEN.get() > 0
}

/// Opens a scope of this thread: its number.
pub(crate) fn open(claims: Claims) -> u64 {
    let mut store = store();
    store.0.next += 1;
    let number = store.0.next;
    store.0.scopes.push(Scope {
        number,
        thread: thread::current().id(),
        claims,
    });
    OPEN.set(OPEN.get() + 1);
    super::model::start();
    number
}

/// Closes a scope: what no other one claims is brought back. The interpreter's lock is held.
pub(crate) fn close(number: u64) -> Result<(), Lost> {
    let closed = {
        let mut store = store();
        let position = store.0.scopes.iter().position(|scope| scope.number == number);
        let closed = position.map(|position| store.0.scopes.remove(position));
        if closed
            .as_ref()
            .is_some_and(|scope| scope.thread == thread::current().id())
        {
            OPEN.set(OPEN.get().saturating_sub(1));
        }
        store.0.settle();
        closed
    };
    drop(closed);
    tidy()
}

/// The device has failed while it held the only values of an array.
pub(crate) struct Lost;

impl Lost {
    /// The sentence for the user.
    pub(crate) const MESSAGE: &str = "the GPU failed while it held the newest values of an array, which are lost (an error of its driver or its memory)";
}

/// Lets go of what is not used any more, and tells if something was lost. The interpreter's lock is held.
pub(crate) fn tidy() -> Result<(), Lost> {
    if is_idle() {
        return Ok(());
    }
    let (released, lost) = {
        let mut store = store();
        (std::mem::take(&mut store.0.released), std::mem::take(&mut store.0.lost))
    };
    drop(released);
    if lost { Err(Lost) } else { Ok(()) }
}

/// Brings all copies back and forgets them: what runs next may do anything, and leave anything in its variables, so that nothing is
/// proved any more of this thread's scopes.
pub(crate) fn flush() {
    if is_idle() && !is_open() {
        return;
    }
    let mut store = store();
    store.0.flush();
    let thread = thread::current().id();
    for scope in store.0.scopes.iter_mut().filter(|scope| scope.thread == thread) {
        if matches!(scope.claims, Claims::All) {
            scope.claims = Claims::Named(Vec::new());
        }
    }
}

/// Before the CPU looks at views, and writes some of them.
pub(crate) fn home<'v>(views: impl Iterator<Item = (Layout<'v>, bool)>) {
    let mut store = store();
    for (view, written) in views {
        store.0.home(&view, written);
    }
}

/// A place on a device for a view: its address. Nothing: there is none now.
pub(crate) fn place(
    module: &Arc<dyn Module>,
    view: &Layout<'_>,
    wish: Wish,
    placed: &mut Vec<Placed>,
    figures: &Arc<Figures>,
) -> Option<u64> {
    store().0.place(module, view, wish, placed, figures)
}

/// Ends the use of views. What was written counts if `done`. `buffer` gives what keeps the memory at some addresses alive.
pub(crate) fn finish(
    placed: Vec<Placed>,
    done: bool,
    figures: &Arc<Figures>,
    buffer: impl Fn((usize, usize)) -> Option<Arc<Buffer>>,
) {
    let mut store = store();
    for one in placed {
        store.0.finish(one, done, figures);
    }
    for copy in store.0.copies.iter_mut().filter(|copy| copy.buffer.is_none()) {
        copy.buffer = buffer(stretch(&copy.view()));
    }
    store.0.settle();
}

/// Memory for a moment; copies that nobody uses make room for it.
pub(crate) fn allocate(module: &Arc<dyn Module>, bytes: usize) -> Option<Block> {
    Block::allocate(module, bytes).or_else(|| store().0.allocate(module, bytes))
}

/// Bytes that have to be copied if a view is used on a device, or is not.
pub(crate) struct Moves {
    /// To the device.
    pub(crate) to: usize,
    /// Back from it, now or later.
    pub(crate) from: usize,
    /// Back from it, if it is not used there.
    pub(crate) home: usize,
    /// Whether it stays there after the call.
    pub(crate) stays: bool,
}

/// What has to be copied for a view.
pub(crate) fn moves(module: &Arc<dyn Module>, view: &Layout<'_>, written: bool) -> Moves {
    let store = store();
    let bytes = view.len() * view.size;
    let stays = store.0.claimed(thread::current().id(), view).is_some();
    let there = store.0.exact(module.identity(), view);
    let newer = there.is_some_and(|position| store.0.copies[position].newer.is_some());
    let if_so = |so: bool| if so { bytes } else { 0 };
    Moves {
        to: if_so(there.is_none()),
        from: if_so(written && !(stays && newer)),
        home: if_so(newer),
        stays,
    }
}

/// First byte of a view, and one past the last.
pub(crate) fn stretch(view: &Layout<'_>) -> (usize, usize) {
    let (mut first, mut last) = (view.data as isize, view.data as isize);
    if view.is_empty() {
        return (view.data as usize, view.data as usize);
    }
    for (extent, stride) in view.shape.iter().zip(view.strides) {
        let reach = (extent - 1) * stride * view.size as isize;
        if reach < 0 {
            first += reach;
        } else {
            last += reach;
        }
    }
    (first as usize, last as usize + view.size)
}

impl Copy {
    fn view(&self) -> Layout<'_> {
        Layout {
            data: self.data as *mut u8,
            shape: &self.shape,
            strides: &self.strides,
            size: self.size,
        }
    }

    fn is(&self, view: &Layout<'_>) -> bool {
        self.data == view.data as usize
            && *self.shape == *view.shape
            && *self.strides == *view.strides
            && self.size == view.size
    }

    fn bytes(&self) -> usize {
        self.view().len() * self.size
    }

    /// Copies the caller's elements to the device.
    fn bring(&self) -> bool {
        let (view, bytes) = (self.view(), self.bytes());
        let write = |from: *const u8| {
            // SAFETY: the block has room for them.
            unsafe { self.block.module().write(self.block.address(), from, bytes) }
        };
        if view.is_dense() {
            return write(view.data);
        }
        let mut elements: Vec<u8> = Vec::new();
        if elements.try_reserve_exact(bytes).is_err() {
            return false;
        }
        // SAFETY: there is room for them; the call that asks for the copy answers for the view.
        unsafe { view.gather(elements.as_mut_ptr()) };
        write(elements.as_ptr())
    }

    /// Copies newer elements to the caller's memory.
    fn bring_back(&mut self) -> bool {
        let Some(writer) = self.newer.take() else { return true };
        let (view, bytes) = (self.view(), self.bytes());
        writer.from_device.fetch_add(bytes as u64, Ordering::Relaxed);
        let read = |to: *mut u8| {
            // SAFETY: there is room for them on the host.
            unsafe { self.block.module().read(to, self.block.address(), bytes) }
        };
        if view.is_dense() {
            return read(view.data);
        }
        let mut elements: Vec<u8> = Vec::new();
        if elements.try_reserve_exact(bytes).is_err() || !read(elements.as_mut_ptr()) {
            return false;
        }
        // SAFETY: as many elements; the view is writable, since a kernel was asked to write it, and its memory is kept.
        unsafe { view.scatter(elements.as_ptr()) };
        true
    }
}

impl Store {
    /// What is known of a view, if it stays on the device between calls of a thread.
    fn claimed(&self, thread: ThreadId, view: &Layout<'_>) -> Option<Stance> {
        let (first, end) = stretch(view);
        let scopes = self.scopes.iter().rev().filter(|scope| scope.thread == thread);
        scopes.into_iter().find_map(|scope| match &scope.claims {
            Claims::All => Some(Stance::Apart),
            Claims::Named(claims) => {
                let mut claims = claims.iter();
                claims
                    .find(|claim| claim.first <= first && end <= claim.end)
                    .map(|claim| claim.stance)
            }
        })
    }

    /// Whether what a view holds is of no use; that is so once only.
    fn is_overwritten(&mut self, view: &Layout<'_>) -> bool {
        let (first, end) = stretch(view);
        let thread = thread::current().id();
        let scopes = self.scopes.iter_mut().rev().filter(|scope| scope.thread == thread);
        for scope in scopes {
            if let Claims::Named(claims) = &mut scope.claims
                && let Some(claim) = claims.iter_mut().find(|claim| claim.first <= first && end <= claim.end)
            {
                // A part of it alone would leave the rest unknown.
                let whole = claim.end - claim.first == end - first && view.len() * view.size == end - first;
                let overwritten = claim.stance == Stance::Overwritten && whole;
                if claim.stance == Stance::Overwritten {
                    claim.stance = Stance::Apart;
                }
                return overwritten;
            }
        }
        false
    }

    fn exact(&self, device: u64, view: &Layout<'_>) -> Option<usize> {
        self.copies
            .iter()
            .position(|copy| copy.is(view) && copy.block.module().identity() == device)
    }

    fn bring_back(&mut self, position: usize) -> bool {
        let done = self.copies[position].bring_back();
        self.lost |= !done;
        done
    }

    fn forget(&mut self, position: usize) {
        let copy = self.copies.swap_remove(position);
        self.released.extend(copy.buffer);
    }

    /// Brings back, and forgets, what stays no longer.
    fn settle(&mut self) {
        for position in (0..self.copies.len()).rev() {
            let copy = &self.copies[position];
            if copy.users > 0 {
                continue;
            }
            match self.claimed(copy.thread, &copy.view()) {
                Some(stance) if copy.buffer.is_some() => {
                    if stance == Stance::Reads {
                        self.bring_back(position);
                    }
                }
                _ => {
                    self.bring_back(position);
                    self.forget(position);
                }
            }
        }
    }

    fn flush(&mut self) {
        for position in (0..self.copies.len()).rev() {
            if self.copies[position].users == 0 {
                self.bring_back(position);
                self.forget(position);
            }
        }
    }

    fn home(&mut self, view: &Layout<'_>, written: bool) {
        for position in (0..self.copies.len()).rev() {
            let copy = &self.copies[position];
            if copy.users == 0 && copy.view().overlaps(view) {
                self.bring_back(position);
                if written {
                    self.forget(position);
                }
            }
        }
    }

    /// Memory; copies that nobody uses make room for it.
    fn allocate(&mut self, module: &Arc<dyn Module>, bytes: usize) -> Option<Block> {
        if let Some(block) = Block::allocate(module, bytes) {
            return Some(block);
        }
        self.flush();
        Block::allocate(module, bytes)
    }

    fn place(
        &mut self,
        module: &Arc<dyn Module>,
        view: &Layout<'_>,
        wish: Wish,
        placed: &mut Vec<Placed>,
        figures: &Arc<Figures>,
    ) -> Option<u64> {
        let device = module.identity();
        if !self.make_way(device, view, wish.written) {
            return None;
        }
        let position = match self.exact(device, view) {
            Some(position) => position,
            None => self.copy(module, view, wish, figures)?,
        };
        let before = match (&self.copies[position].newer, wish) {
            (
                Some(_),
                Wish {
                    written: true,
                    undone: true,
                },
            ) => self.keep(position)?,
            _ => None,
        };
        let copy = &mut self.copies[position];
        copy.users += 1;
        copy.writing |= wish.written;
        copy.thread = thread::current().id();
        placed.push(Placed {
            copy: copy.number,
            written: wish.written,
            before,
        });
        Some(copy.block.address())
    }

    /// Brings copies back that overlap a view, and forgets them if it is to be written; whether they are in nobody's way now.
    fn make_way(&mut self, device: u64, view: &Layout<'_>, written: bool) -> bool {
        for position in (0..self.copies.len()).rev() {
            let copy = &self.copies[position];
            let same = copy.is(view) && copy.block.module().identity() == device;
            if !copy.view().overlaps(view) {
                continue;
            }
            if copy.users > 0 && (written || copy.writing) {
                return false;
            }
            if same || copy.users > 0 {
                continue;
            }
            if !self.bring_back(position) {
                return false;
            }
            if written {
                self.forget(position);
            }
        }
        true
    }

    /// A copy of a view.
    fn copy(
        &mut self,
        module: &Arc<dyn Module>,
        view: &Layout<'_>,
        wish: Wish,
        figures: &Arc<Figures>,
    ) -> Option<usize> {
        let overwritten = self.is_overwritten(view) && wish.written && !wish.undone;
        let block = self.allocate(module, view.len() * view.size)?;
        self.next += 1;
        let copy = Copy {
            number: self.next,
            data: view.data as usize,
            shape: view.shape.into(),
            strides: view.strides.into(),
            size: view.size,
            block,
            thread: thread::current().id(),
            newer: None,
            users: 0,
            writing: false,
            buffer: None,
        };
        if !overwritten {
            if !copy.bring() {
                return None;
            }
            figures.to_device.fetch_add(copy.bytes() as u64, Ordering::Relaxed);
        }
        self.copies.push(copy);
        Some(self.copies.len() - 1)
    }

    /// Keeps what a copy holds, for undoing: on the device, else where it came from. Nothing: that failed.
    #[expect(clippy::option_option, reason = "failed, or kept in the one way or the other")]
    fn keep(&mut self, position: usize) -> Option<Option<Block>> {
        let copy = &self.copies[position];
        let (bytes, module) = (copy.bytes(), copy.block.module());
        if let Some(before) = Block::allocate(module, bytes) {
            // SAFETY: both have room for as many bytes.
            if unsafe { module.copy(before.address(), copy.block.address(), bytes) } {
                return Some(Some(before));
            }
        }
        self.bring_back(position).then_some(None)
    }

    fn finish(&mut self, placed: Placed, done: bool, figures: &Arc<Figures>) {
        let found = self.copies.iter().position(|copy| copy.number == placed.copy);
        let Some(position) = found else { return };
        let copy = &mut self.copies[position];
        copy.users -= 1;
        if !placed.written {
            return;
        }
        copy.writing = false;
        if done {
            copy.newer = Some(Arc::clone(figures));
        } else if let Some(before) = placed.before {
            let bytes = copy.bytes();
            // SAFETY: both have room for as many bytes.
            let restored = unsafe { copy.block.module().copy(copy.block.address(), before.address(), bytes) };
            self.lost |= !restored;
        } else {
            // The caller's memory has what it held, unless the device failed where nothing else could.
            self.lost |= copy.newer.take().is_some();
            self.forget(position);
        }
    }
}
