//! What a kernel is handed.

use super::Grid;
use crate::deps::{Atom, Formula, Linear};
use crate::ir::{self, Array, Expression, Generator, Handle, Input, Loop, Statement, Variable};
use crate::plan::Plan;

/// What a kernel is handed, each in this order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Captures {
    /// Arrays that it reads, measures or writes.
    pub arrays: Vec<Handle<Array>>,
    /// Scalars from outside the region.
    pub inputs: Vec<Handle<Input>>,
    /// Variables that it only reads.
    pub variables: Vec<Handle<Variable>>,
    /// Counters of loops around it.
    pub counters: Vec<Handle<Loop>>,
}

/// What a kernel tells of a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// What each block of threads found.
    Part,
    /// The iteration in which it did, or -1.
    At,
    /// The last iteration in which it was NaN, or -1: what was found before is forgotten.
    Reset,
    /// Whether the block assigned it.
    Changed,
    /// The tag of what each block found.
    Tag,
    /// Its value at the end.
    Last,
    /// Whether it was assigned, at the end.
    LastChanged,
    /// Its tag at the end.
    LastTag,
}

impl Found {
    /// What the name of the memory for it ends in.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Part => "_parts",
            Self::At => "_at_parts",
            Self::Reset => "_reset_parts",
            Self::Changed => "_changed_parts",
            Self::Tag => "_type_parts",
            Self::Last => "_last",
            Self::LastChanged => "_changed_last",
            Self::LastTag => "_type_last",
        }
    }
}

impl Plan<'_> {
    /// The arrays for which each thread of a kernel has memory on the device: large local arrays, work arrays, and copies that
    /// are combined later.
    pub fn rooms(&self, grid: &Grid<'_>) -> Vec<Handle<Array>> {
        let local = self.allocated(grid).into_iter();
        let local = local.filter(|array| !self.is_small(*array) && !self.is_pooled(*array));
        let work = grid.outer().map(|outer| &self.facts.of_loop(outer).private_arrays);
        local
            .chain(work.into_iter().flatten().copied())
            .chain(grid.copies.iter().copied())
            .collect()
    }

    /// The arrays for which the threads of a kernel take memory from a pool.
    pub fn pooled(&self, grid: &Grid<'_>) -> Vec<Handle<Array>> {
        let mut all = self.allocated(grid);
        all.retain(|array| self.is_pooled(*array));
        all
    }

    /// What a kernel tells, in the order of its parameters.
    pub fn results(&self, grid: &Grid<'_>) -> Vec<(Handle<Variable>, Found)> {
        let mut all = Vec::new();
        let tag =
            |all: &mut Vec<_>, one: Handle<Variable>, what| all.extend(self.is_tagged(one).then_some((one, what)));
        let Some(outer) = grid.outer() else {
            for one in self.assigned(grid) {
                all.push((one, Found::Last));
                tag(&mut all, one, Found::LastTag);
                all.extend(self.is_flagged(one).then_some((one, Found::LastChanged)));
            }
            return all;
        };
        let found = self.facts.of_loop(outer);
        for one in &found.reductions {
            all.push((one.target, Found::Part));
            tag(&mut all, one.target, Found::Tag);
            if self.in_order(one) {
                all.push((one.target, Found::At));
                all.extend(self.forgets(one).then_some((one.target, Found::Reset)));
                for other in &one.companions {
                    all.push((*other, Found::Part));
                    tag(&mut all, *other, Found::Tag);
                }
            } else if self.is_flagged(one.target) {
                all.push((one.target, Found::Changed));
            }
        }
        for one in &found.conditional_lastprivate {
            all.extend([(*one, Found::Part), (*one, Found::At)]);
            tag(&mut all, *one, Found::Tag);
        }
        for one in &found.lastprivate {
            all.push((*one, Found::Last));
            tag(&mut all, *one, Found::LastTag);
        }
        all
    }

    /// What the kernel of a grid is handed.
    pub fn captures(&self, grid: &Grid<'_>) -> Captures {
        let mut found = Captures::default();
        let mut inside: Vec<Handle<Loop>> = Vec::new();
        let own = self.assigned(grid);
        self.each_statement(grid, &mut |statement| {
            if let Statement::For(inner) = statement {
                inside.push(*inner);
            }
        });
        let allocated = self.allocated(grid);
        let expression = |found: &mut Captures, root| {
            ir::visit_expressions(self.region, root, &mut |one| match &self.region.expressions[one] {
                Expression::Input(input) => found.inputs.push(*input),
                Expression::Variable(variable) => found.variables.push(*variable),
                Expression::Counter(header) => found.counters.push(*header),
                Expression::Load { array, .. } | Expression::Extent { array, .. } | Expression::Size(array) => {
                    found.arrays.push(*array);
                }
                _ => {}
            });
        };
        self.each_statement(grid, &mut |statement| {
            if let Statement::Store(store) = statement {
                found.arrays.push(self.region.stores[*store].array);
            }
            // The bounds of the axes are the host's.
            if matches!(statement, Statement::For(axis) if grid.nest.contains(axis)) {
                return;
            }
            for root in statement.roots(self.region) {
                expression(&mut found, root);
            }
        });
        for guard in self.facts.bounds() {
            if guard
                .at
                .is_some_and(|at| grid.outer() != Some(at) && inside.contains(&at))
            {
                mentioned(&guard.condition, &mut found);
            }
        }
        found.arrays.retain(|array| !allocated.contains(array));
        found.variables.retain(|variable| !own.contains(variable));
        found.counters.retain(|header| !inside.contains(header));
        found.sorted()
    }

    /// The generators that the threads of a kernel make.
    pub fn generators(&self, grid: &Grid<'_>) -> Vec<Handle<Generator>> {
        let mut made = Vec::new();
        self.each_statement(grid, &mut |statement| {
            if let Statement::Seed(seed) = statement {
                made.push(seed.generator);
            }
        });
        made.sort();
        made.dedup();
        made
    }

    /// Visits every statement of a kernel.
    pub(super) fn each_statement<'r>(&'r self, grid: &Grid<'r>, visit: &mut impl FnMut(&'r Statement)) {
        for (statement, _) in grid.statements {
            visit(statement);
            for inner in statement.blocks(self.region) {
                ir::visit_statements(self.region, inner, &mut |statement, _| visit(statement));
            }
        }
    }

    /// The variables that a kernel assigns.
    pub fn assigned(&self, grid: &Grid<'_>) -> Vec<Handle<Variable>> {
        let mut found: Vec<Handle<Variable>> = Vec::new();
        self.each_statement(grid, &mut |statement| found.extend(statement.assigned()));
        found.sort();
        found.dedup();
        found
    }

    /// The arrays that a kernel allocates for its threads.
    pub fn allocated(&self, grid: &Grid<'_>) -> Vec<Handle<Array>> {
        let mut found: Vec<Handle<Array>> = Vec::new();
        self.each_statement(grid, &mut |statement| {
            if let Statement::Allocate { array, .. } = statement {
                found.push(*array);
            }
        });
        found.sort();
        found.dedup();
        found
    }
}

impl Captures {
    fn sorted(mut self) -> Self {
        self.arrays.sort();
        self.arrays.dedup();
        self.inputs.sort();
        self.inputs.dedup();
        self.variables.sort();
        self.variables.dedup();
        self.counters.sort();
        self.counters.dedup();
        self
    }
}

/// Notes what a condition speaks of.
fn mentioned(formula: &Formula, found: &mut Captures) {
    formula.visit_linears(&mut |linear| atoms(linear, found));
}

fn atoms(linear: &Linear, found: &mut Captures) {
    linear.any(&mut |atom| {
        match atom {
            Atom::Counter(header) => found.counters.push(*header),
            Atom::Input(input) => found.inputs.push(*input),
            Atom::Extent(array, _) | Atom::Size(array) => found.arrays.push(*array),
            Atom::Variable(variable) => found.variables.push(*variable),
            Atom::First(_)
            | Atom::Last(_)
            | Atom::Quotient(..)
            | Atom::Remainder(..)
            | Atom::Product(..)
            | Atom::Least(_)
            | Atom::Greatest(_)
            | Atom::Value(_) => {}
        }
        false
    });
}
