//! Which iterations may meet: accesses, reductions, races; gives verdicts and guards.
//!
//! May touch: infer, ir, source, diagnostics.

mod facts;
mod formula;
mod linear;

pub use facts::{
    Access, AccessMode, ArrayReduction, ArrayUpdate, BoundsGuard, Dependence, DependenceKind, Direction, ExtremumRule,
    Facts, Judgement, Legality, LoopFacts, OverlapGuard, Place, ScalarReduction, Subscript, Update, Verdict, Witness,
    WitnessAccess,
};
pub use formula::Formula;
pub use linear::{Atom, Linear};

use crate::infer::Types;
use crate::ir::{Region, SideTable};

/// Analyses a region under one signature; without types, integer inputs are taken for Python ints (for `check` of files
/// without annotations).
pub fn analyse(region: &Region, _types: Option<&Types>) -> Facts {
    let untouched = |_, _: &_| LoopFacts {
        parallel: Legality::Unproven("dependences have not been analysed".to_owned()),
        simd: Legality::Unproven("dependences have not been analysed".to_owned()),
        lanes: None,
        carried: Vec::new(),
        reductions: Vec::new(),
        array_reductions: Vec::new(),
        private: Vec::new(),
        lastprivate: Vec::new(),
        breaks: false,
        judgement: None,
    };
    Facts {
        loads: SideTable::filled(&region.expressions, None),
        stores: SideTable::filled(&region.stores, None),
        bounds: Vec::new(),
        overlaps: Vec::new(),
        loops: SideTable::from_fn(&region.loops, untouched),
        written: SideTable::filled(&region.arrays, true),
        read: SideTable::filled(&region.arrays, true),
        diagnostics: Vec::new(),
    }
}
