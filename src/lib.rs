//! Ferrokeet turns comment pragmas on ordinary Python loops into native parallel code.
//!
//! ```python
//! def saxpy(a, x, y):
//!     # pragma parallel for simd
//!     for i in range(len(x)):
//!         y[i] = a * x[i] + y[i]
//! ```
//!
//! # What it promises
//!
//! In this order; a lower promise never breaks a higher one.
//!
//! 1. **Still Python.** Pragmas are comments; without Ferrokeet the file gives the same answer.
//! 2. **Same answer.** What CPython and NumPy 2 give, exceptions and partial effects included. Floating-point reductions are
//!    reassociated in an order that depends on the trip count alone; vector math is within 1 ulp; nothing else differs.
//! 3. **No silent race.** A loop runs in parallel only when that is proved, or guarded by a check at the launch, or assumed on
//!    the user's word. Every annotated loop gets a verdict with a reason.
//! 4. **Memory safe.** No input makes a kernel touch memory outside its arrays.
//! 5. **Never stuck.** What can't be translated or built runs as the original Python, with one warning that says why.
//! 6. **Fast**: to compile, to call, to run.
//!
//! # The way of a loop
//!
//! ```text
//! file.py ─ python ─ pragma ─ lower ──► ir ─ infer ─ deps ─ plan ─ back::rust ─► kernel.rs ─ build ─► cdylib
//!             │                         (untyped)   │        │
//!             └─────────── rewrite ◄────────────────┴────────┴─ diagnostics ─► terminal, JSON, SARIF, LSP
//! ```
//!
//! [`lower`] knows no types: a region is lowered once. [`infer`], [`deps`], [`plan`] and [`back`] run once per *signature*,
//! the types of the region's inputs, which is known from annotations, a recording, or the first call.
//!
//! Every kernel has two variants. The *fast* one is parallel and vectorised, has no checks that a guard can settle, and is
//! used only when the guards hold. The *careful* one is sequential and checks everything: it is CPython's behaviour to the
//! letter. What neither can do is left to Python: the rewritten file keeps the original loop beside the call of its kernel.
//!
//! # The rooms
//!
//! In reading order. Each opens with what it means, takes, gives and never does, and names what it may touch; `tests/tidy.rs`
//! holds it to that.
//!
//! Absences that are kept: translation never runs the user's Python; parsing never fails (errors are nodes); nothing outside
//! [`build`], [`cli`] and [`lsp`] does input or output; only [`lsp`] knows JSON-RPC; only [`deps`] decides legality; [`rewrite`]
//! changes no byte outside its edits; `runtime/host` never depends on this crate.
#![forbid(unsafe_code)]

pub mod source;

pub mod diagnostics;

pub mod python;

pub mod pragma;

pub mod ir;

pub mod lower;

pub mod scalarise;

pub mod infer;

pub mod deps;

pub mod plan;

pub mod back;

pub mod rewrite;

pub mod translate;

pub mod build;

pub mod lsp;

pub mod cli;
