//! Which loop nests become kernels of a GPU, and how their iterations are laid over its grid.
//!
//! A region that asks for a device (`target(cuda)`, `target(auto)`) runs there if each of its split loops can, and if nothing
//! between them touches an array: the host then computes the scalars in between and the arrays stay on the device. A split loop
//! and the loops directly inside it make a [`Grid`] of up to three axes, as long as each next loop is proven parallel, alone in
//! the body, and of bounds that are known before. Neighbouring threads take neighbouring iterations of the first axis: the
//! loop whose counter most accesses have in their last subscript.
//!
//! ```python
//! # pragma parallel for target(cuda)
//! for i in range(n):            # axis y
//!     for j in range(m):        # axis x
//!         b[i, j] = a[i, j]
//! ```

use super::Plan;
use crate::deps::{Atom, ExtremumRule, Formula, Legality, Linear, LoopFacts};
use crate::infer::{ArrayTy, InputTy, Kind};
use crate::ir::{
    self, Array, ArrayOrigin, Block, Expression, Function, Handle, Input, Loop, Math, ReductionOp, Statement, Target,
    Ufunc, Variable,
};

/// Axes that a grid has.
const AXES: usize = 3;
/// Bytes of the largest array that a thread keeps for itself.
const OWN: usize = 1024;

/// A loop nest that runs as one kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    /// The loops, outermost first.
    pub nest: Vec<Handle<Loop>>,
    /// The same loops, by axes: x first.
    pub axes: Vec<Handle<Loop>>,
}

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

impl Grid {
    /// The loop that was split.
    pub fn outer(&self) -> Handle<Loop> {
        self.nest[0]
    }

    /// The body of the innermost loop.
    pub fn inner(&self) -> Handle<Loop> {
        self.nest[self.nest.len() - 1]
    }
}

impl Plan<'_> {
    /// Whether the region asks for a device.
    pub fn wants_device(&self) -> bool {
        self.region.wants_device()
    }

    /// Whether the region runs on a device only where that is done sooner: `target(auto)`, and no `target(cuda)`.
    pub fn prefers_faster(&self) -> bool {
        let annotations = || self.region.loops.iter().filter_map(|(_, one)| one.annotation.as_ref());
        annotations().any(|one| one.target == Target::Auto) && !annotations().any(|one| one.target == Target::Cuda)
    }

    /// The kernels of a region that asks for a device, in the order of the loops.
    ///
    /// # Errors
    /// Why it runs on the CPU all the same: a sentence for the user.
    pub fn device(&self) -> Result<Vec<Grid>, String> {
        if !self.wants_device() {
            return Err("it asks for no device".to_owned());
        }
        self.fast()?;
        let outer: Vec<Handle<Loop>> = self
            .region
            .loops
            .handles()
            .filter(|one| self.is_parallel(*one))
            .collect();
        if outer.is_empty() {
            return Err("no loop of it is split between threads".to_owned());
        }
        self.numbers_fit()?;
        self.between_is_scalar(&self.region.body)?;
        for header in &outer {
            self.nest_fits(*header)?;
        }
        Ok(outer.into_iter().map(|header| self.grid(header)).collect())
    }

    /// What the kernel of a grid is handed.
    pub fn captures(&self, grid: &Grid) -> Captures {
        let mut found = Captures::default();
        let body = &self.region.loops[grid.outer()].body;
        let mut inside = vec![grid.outer()];
        let mut own: Vec<Handle<Variable>> = Vec::new();
        let mut arrays: Vec<Handle<Array>> = Vec::new();
        ir::visit_statements(self.region, body, &mut |statement, _| {
            own.extend(statement.assigned());
            match statement {
                Statement::For(inner) => inside.push(*inner),
                Statement::Allocate { array, .. } => arrays.push(*array),
                _ => {}
            }
        });
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
        ir::visit_statements(self.region, body, &mut |statement, _| {
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
            if guard.at.is_some_and(|at| at != grid.outer() && inside.contains(&at)) {
                mentioned(&guard.condition, &mut found);
            }
        }
        found.arrays.retain(|array| !arrays.contains(array));
        found.variables.retain(|variable| !own.contains(variable));
        found.counters.retain(|header| !inside.contains(header));
        found.sorted()
    }

    /// Whether a variable is more than a number when the region ends: its type depends on the way it was assigned.
    fn is_marked(&self, variable: Handle<Variable>) -> bool {
        let mut outputs = self.region.outputs.iter();
        outputs.any(|one| one.variable == variable)
            && (self.types.output_needs_flag(variable) || self.types.output(variable).len() > 1)
    }

    /// Whether all numbers are of kinds, and made by functions, that the kernels know.
    fn numbers_fit(&self) -> Result<(), String> {
        let known = |kind: Kind| kind != Kind::F16 && !kind.is_complex();
        let arrays: Vec<ArrayTy> = self.region.arrays.handles().map(|one| self.types.array(one)).collect();
        let inputs = self
            .region
            .inputs
            .handles()
            .filter_map(|one| match self.types.input(one) {
                InputTy::Scalar(ty) => Some(ty.kind),
                InputTy::Array(_) => None,
            });
        let variables = self.region.variables.handles().map(|one| self.types.variable(one).kind);
        let mut kinds = arrays.iter().map(|ty| ty.element.kind).chain(inputs).chain(variables);
        if !kinds.all(known) {
            return Err("float16 and complex numbers are not yet computed on a GPU".to_owned());
        }
        if arrays.iter().any(|ty| ty.rank == 0) {
            return Err("arrays without axes are not yet handed to a GPU".to_owned());
        }
        if !self.region.generators.is_empty() {
            return Err("random numbers are not yet drawn on a GPU".to_owned());
        }
        for (_, expression) in self.region.expressions.iter() {
            if let Expression::Call { function, .. } = expression
                && let Some(name) = unknown(*function)
            {
                return Err(format!("`{name}` is not yet computed on a GPU"));
            }
        }
        Ok(())
    }

    /// Whether the statements outside of split loops touch no array.
    fn between_is_scalar(&self, block: &Block) -> Result<(), String> {
        let touches = "a statement between its parallel loops reads or writes an array".to_owned();
        for (statement, _) in &block.statements {
            if matches!(
                statement,
                Statement::Store(_) | Statement::Allocate { .. } | Statement::Draw(_)
            ) {
                return Err(touches);
            }
            let mut loads = false;
            for root in statement.roots(self.region) {
                ir::visit_expressions(self.region, root, &mut |one| {
                    loads |= matches!(self.region.expressions[one], Expression::Load { .. });
                });
            }
            if loads {
                return Err(touches);
            }
            if matches!(statement, Statement::For(header) if self.is_parallel(*header)) {
                continue;
            }
            for inner in statement.blocks(self.region) {
                self.between_is_scalar(inner)?;
            }
        }
        Ok(())
    }

    /// Whether everything in a split loop can be done by threads of a GPU.
    fn nest_fits(&self, header: Handle<Loop>) -> Result<(), String> {
        let found = self.facts.of_loop(header);
        if !found.private_arrays.is_empty() {
            return Err("work arrays of its iterations are not yet kept on a GPU".to_owned());
        }
        if !found.conditional_lastprivate.is_empty() {
            return Err("a variable that only some iterations assign is used after the loop".to_owned());
        }
        if let Some(one) = found.lastprivate.iter().find(|one| self.is_marked(**one)) {
            let name = &self.region.variables[*one].name;
            return Err(format!("the type of `{name}` after the loop depends on the data"));
        }
        self.reductions_fit(found)?;
        let mut fits = Ok(());
        ir::visit_statements(self.region, &self.region.loops[header].body, &mut |statement, _| {
            if let Statement::Allocate { array, .. } = statement
                && !self.is_small(*array)
            {
                let name = &self.region.arrays[*array].name;
                fits = Err(format!("the local array `{name}` is too large for a thread of a GPU"));
            }
            if let Statement::For(inner) = statement
                && self
                    .facts
                    .bounds()
                    .iter()
                    .any(|one| one.at == Some(*inner) && one.condition.scans())
            {
                fits = Err("a guard of an inner loop scans an array".to_owned());
            }
        });
        fits
    }

    fn reductions_fit(&self, found: &LoopFacts) -> Result<(), String> {
        for one in &found.reductions {
            let name = &self.region.variables[one.target].name;
            if self.is_marked(one.target) {
                return Err(format!("the type of `{name}` after the loop depends on the data"));
            }
            let ordered = matches!(
                one.rule,
                Some(ExtremumRule::BetterOrNan | ExtremumRule::BetterOrEqual | ExtremumRule::UnlessWorse)
            );
            if ordered || !one.companions.is_empty() {
                return Err(format!("which iteration `{name}` comes from matters"));
            }
        }
        for one in &found.array_reductions {
            let name = &self.region.arrays[one.target].name;
            let kind = self.types.array(one.target).element.kind;
            if !matches!(one.op, ReductionOp::Add) || !matches!(kind, Kind::I32 | Kind::I64 | Kind::U32 | Kind::U64) {
                return Err(format!(
                    "`{name}` collects contributions that a GPU does not yet combine in a fixed order"
                ));
            }
            let exact = one.stores.iter().all(|update| {
                let value = self.region.stores[update.store].value;
                matches!(self.region.expressions[value], Expression::Binary { .. })
                    && self.types.checks(value).is_empty()
                    && self.types.store_checks(update.store).is_empty()
            });
            if !exact {
                return Err(format!("an update of `{name}` can fail half-way"));
            }
        }
        Ok(())
    }

    /// Whether a local array has room in a thread.
    fn is_small(&self, array: Handle<Array>) -> bool {
        let size = self.types.array(array).element.kind.size();
        let bytes = self.facts.shape(array).and_then(|extents| {
            let mut extents = extents.iter();
            extents.try_fold(size, |bytes, extent| bytes.checked_mul(usize::try_from(*extent).ok()?))
        });
        !self.region.handed_back().contains(&array) && bytes.is_some_and(|bytes| bytes <= OWN)
    }

    /// A split loop and the loops inside it that share its grid.
    fn grid(&self, outer: Handle<Loop>) -> Grid {
        let mut nest = vec![outer];
        while nest.len() < AXES
            && let Some(next) = self.next_axis(&nest)
        {
            nest.push(next);
        }
        let mut axes: Vec<Handle<Loop>> = nest.iter().rev().copied().collect();
        let unit: Vec<usize> = axes.iter().map(|header| self.side_by_side(*header)).collect();
        // Stable, and of equals the innermost first.
        let first = (0..axes.len()).rev().max_by_key(|axis| unit[*axis]).unwrap_or(0);
        let header = axes.remove(first);
        axes.insert(0, header);
        Grid { nest, axes }
    }

    /// The loop that makes up the body of the last loop of a nest, if it can be another axis.
    fn next_axis(&self, nest: &[Handle<Loop>]) -> Option<Handle<Loop>> {
        let last = nest[nest.len() - 1];
        let ((Statement::For(inner), _), before) = self.region.loops[last].body.statements.split_last()? else {
            return None;
        };
        let found = (self.facts.of_loop(nest[0]), self.facts.of_loop(*inner));
        let plain = |root: Handle<Expression>| {
            matches!(
                self.region.expressions[root],
                Expression::Counter(_) | Expression::Literal(_) | Expression::Input(_)
            )
        };
        let prefix = before
            .iter()
            .all(|(one, _)| matches!(one, Statement::Assign { value, .. } if plain(*value)));
        let combined = found
            .1
            .reductions
            .iter()
            .all(|one| found.0.reductions.iter().any(|two| two.target == one.target))
            && found
                .1
                .array_reductions
                .iter()
                .all(|one| found.0.array_reductions.iter().any(|two| two.target == one.target));
        let free = found.1.parallel == Legality::Proven
            && found.0.lastprivate.is_empty()
            && found.1.lastprivate.is_empty()
            && found.1.conditional_lastprivate.is_empty()
            && found.1.private_arrays.is_empty()
            && !found.1.breaks
            && found.1.shared_generator.is_none();
        let unguarded = self.facts.bounds().iter().all(|guard| guard.at != Some(*inner));
        (prefix && combined && free && unguarded && self.is_rectangular(*inner, nest)).then_some(*inner)
    }

    /// Whether the bounds of a loop are known before the nest around it.
    fn is_rectangular(&self, inner: Handle<Loop>, nest: &[Handle<Loop>]) -> bool {
        let mut assigned = Vec::new();
        ir::visit_statements(self.region, &self.region.loops[nest[0]].body, &mut |statement, _| {
            assigned.extend(statement.assigned());
        });
        let header = &self.region.loops[inner];
        let mut known = true;
        for root in [header.start, header.stop, header.step] {
            ir::visit_expressions(self.region, root, &mut |one| {
                known &= match &self.region.expressions[one] {
                    Expression::Load { .. } => false,
                    Expression::Variable(variable) => !assigned.contains(variable),
                    Expression::Counter(header) => !nest.contains(header),
                    _ => true,
                };
            });
        }
        known
    }

    /// How many accesses have neighbouring elements in neighbouring iterations of a loop.
    fn side_by_side(&self, header: Handle<Loop>) -> usize {
        let loads = self.region.expressions.handles().filter_map(|one| self.facts.load(one));
        let stores = self.region.stores.handles().filter_map(|one| self.facts.store(one));
        let stride = |strides: &[(Handle<Loop>, Option<i64>)]| {
            strides
                .iter()
                .find(|(one, _)| *one == header)
                .map_or(Some(0), |(_, stride)| *stride)
        };
        loads
            .chain(stores)
            .filter(|access| {
                let Some((last, others)) = access.subscripts.split_last() else {
                    return false;
                };
                stride(&last.strides).is_some_and(|one| one.abs() == 1)
                    && others.iter().all(|other| stride(&other.strides) == Some(0))
            })
            .count()
    }

    /// The arrays that the kernels of a region are handed: inputs only.
    pub fn device_arrays(&self, grids: &[Grid]) -> Vec<Handle<Array>> {
        let mut all: Vec<Handle<Array>> = grids.iter().flat_map(|grid| self.captures(grid).arrays).collect();
        all.sort();
        all.dedup();
        debug_assert!(
            all.iter()
                .all(|array| matches!(self.region.arrays[*array].origin, ArrayOrigin::Input(_))),
            "a local array outlives its kernel"
        );
        all
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

/// The name of a function that the kernels do not know.
fn unknown(function: Function) -> Option<&'static str> {
    match function {
        Function::RoundDigits => Some("round to digits"),
        Function::PowerModulo => Some("pow with a modulus"),
        Function::Complex | Function::Real | Function::Imag | Function::Conjugate | Function::Conj => {
            Some("a part of a complex number")
        }
        Function::Math(Math::Gcd) => Some("math.gcd"),
        Function::Math(Math::Isqrt) => Some("math.isqrt"),
        Function::Numpy(Ufunc::Logaddexp) => Some("np.logaddexp"),
        Function::Numpy(Ufunc::Heaviside) => Some("np.heaviside"),
        Function::Numpy(Ufunc::Angle) => Some("np.angle"),
        Function::Numpy(Ufunc::Conjugate) => Some("np.conjugate"),
        Function::Abs | Function::Min | Function::Max | Function::Round | Function::Math(_) | Function::Numpy(_) => {
            None
        }
    }
}
