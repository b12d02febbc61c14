//! What every Ferrokeet kernel is compiled with.
//!
//! Generated kernels are one file of Rust, compiled by a bare `rustc` against this crate's rlib. It depends on nothing but
//! std, and everything that lands in a hot loop is `inline(always)`, so that it is compiled for the kernel's target.
//!
//! | module | what generated code finds there |
//! |---|---|
//! | [`abi`] | the C interface to `runtime/host` |
//! | [`lanes`] | `F64x8`, `I64x8`, `F32x16`, …: the values of a variable in neighbouring iterations; [`lanes::Mask8`], [`lanes::Mask16`] |
//! | [`math`] | [`math::VectorMath`]: `exp`, `log`, `sin` … of lanes, without branches |
//! | [`numbers`] | Python's and NumPy's `//`, `%`, `**`, shifts, `round`, comparisons of `int` with `float` |
//! | [`view`] | arrays: [`view::View`], bounds, overlap, copies for undoing |
//! | [`ranges`] | guards: [`ranges::Span`] arithmetic on the extreme values of integers |
//! | [`indices`] | guards on data: [`indices::distinct`], [`indices::ascending`] |
//! | [`parallel`] | [`parallel::Team`]: loops over the host's threads, failures, Ctrl-C |
//! | [`work`] | [`work::Work`]: a task's own copy of an array |
//! | [`given`] | [`given::Given`]: memory of arrays that a call hands back |
//! | [`local`] | [`local::Room`]: memory of arrays that a loop makes for itself |
//! | [`random`] | [`random::Generator`]: NumPy's generators and their distributions |
//! | [`spmd`] | loops in lanes: which lanes take part, how their elements lie in memory |
//! | [`whole`] | whole numbers in lanes: results that must fit 64 bits, `//` and `%` |
//! | [`device`] | [`device::Device`]: arrays on a GPU, launches of its kernels |
//! | [`rooms`] | [`rooms::Room`]: memory there for arrays of the program's own |
//! | [`fused`] | [`fused::fused`]: `a * b + c` where `fastmath` permits one rounding |
//! | [`nest`] | [`nest::Joined`], [`nest::Tiles`]: nests of loops as one iteration space |
//! | [`collect`] | arrays that collect contributions: copies for each block, or indivisible updates |
//! | [`reduce`] | [`reduce::Accumulator`] in a block, [`reduce::combine`] over blocks |
//!
//! ```
//! use ferrokeet_kernel::lanes::{F64x8, I64x8, Mask, Mask8};
//!
//! let x = [0.5f64; 12];
//! let mut y = [1.0f64; 12];
//! let mut i = 0;
//! while i < x.len() {
//!     let on = Mask8::below(x.len() - i); // the tail's lanes
//!     // SAFETY: the lanes that are on lie below `x.len()`.
//!     unsafe {
//!         let v = F64x8::load_masked(x.as_ptr().add(i), on);
//!         let big = v.gt(F64x8::splat(0.25));
//!         let w = F64x8::select(big, v.mul_add(v, F64x8::splat(1.0)), -v);
//!         w.store_masked(y.as_mut_ptr().add(i), on);
//!     }
//!     i += 8;
//! }
//! assert_eq!(y[11], 1.25);
//! assert_eq!(I64x8::iota(3, 2).cast::<f64>().reduce_sum(), 80.0);
//! ```
//!
//! May touch: nothing.

pub mod abi;
pub mod collect;
pub mod device;
pub mod entry;
pub mod fused;
pub mod given;
pub mod indices;
pub mod lanes;
pub mod local;
pub mod math;
pub mod nest;
pub mod numbers;
pub mod parallel;
pub mod random;
pub mod ranges;
pub mod reduce;
pub mod rooms;
pub mod scalar_math;
pub mod spmd;
pub mod view;
pub mod whole;
pub mod work;
