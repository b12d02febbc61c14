//! What the writers of one function know: the region, its types and facts, the variant.

use std::cell::RefCell;

use super::names;
use super::reducing::Watched;
use super::variant::Variant;
use crate::deps::{AccessMode, Facts};
use crate::infer::{InputTy, Kind, Origin, Types};
use crate::ir::{Array, ArrayOrigin, Exception, Expression, Handle, Region, Statement, Variable};
use crate::plan::{Bounds, Grid, Plan};
use crate::source::{SourceFile, Span};

/// One function of a kernel, as its writers see it.
pub(super) struct Scene<'p> {
    pub(super) plan: &'p Plan<'p>,
    pub(super) region: &'p Region,
    pub(super) types: &'p Types,
    pub(super) facts: &'p Facts,
    pub(super) file: &'p SourceFile,
    pub(super) variant: Variant,
    /// Of the fast variant that runs on a device: what becomes its kernels.
    pub(super) kernels: Vec<Grid<'p>>,
    pub(super) bounds: &'p Bounds,
    /// Expressions whose values have names at present.
    pub(super) named: RefCell<Vec<(Handle<Expression>, String)>>,
    /// Variables of which the present block tells more than their values.
    pub(super) watched: RefCell<Vec<Watched>>,
    /// Arrays that the present loop updates by functions that threads may call at once.
    pub(super) bins: RefCell<Vec<Handle<Array>>>,
    /// Arrays that are parameters of the macro that is being written.
    pub(super) parameters: RefCell<Vec<Handle<Array>>>,
}

impl Scene<'_> {
    /// The row of a place, from 1.
    pub(super) fn row(&self, span: Span) -> u32 {
        self.file.row(span.start)
    }

    /// Writes something with names in the place of some expressions.
    pub(super) fn with_names<T>(&self, names: &[(Handle<Expression>, String)], write: impl FnOnce() -> T) -> T {
        let before = self.named.replace(names.to_vec());
        let written = write();
        self.named.replace(before);
        written
    }

    pub(super) fn array(&self, array: Handle<Array>) -> String {
        let name = names::rust(&self.region.arrays[array].name);
        if self.parameters.borrow().contains(&array) {
            format!("${name}")
        } else {
            name
        }
    }

    pub(super) fn variable(&self, variable: Handle<Variable>) -> String {
        names::rust(&self.region.variables[variable].name)
    }

    /// The flag that tells whether an output was reassigned.
    pub(super) fn flag(&self, variable: Handle<Variable>) -> String {
        format!("{}_changed", self.region.variables[variable].name)
    }

    /// Whether a variable has such a flag.
    pub(super) fn has_flag(&self, variable: Handle<Variable>) -> bool {
        self.types.output_needs_flag(variable)
            && !self.has_tag(variable)
            && self.region.outputs.iter().any(|output| output.variable == variable)
    }

    /// Subscripts as Rust integers, in an array literal; of the fast variant, brought into bounds.
    pub(super) fn subscripts(
        &self,
        array: Handle<Array>,
        subscripts: &[Handle<Expression>],
        modes: Option<&[AccessMode]>,
    ) -> String {
        let name = self.array(array);
        let each = subscripts.iter().enumerate().map(|(axis, root)| {
            let mode = modes.map(|modes| modes[axis]);
            let proven =
                self.variant == Variant::Fast && matches!(mode, Some(AccessMode::Direct | AccessMode::FromEnd));
            let text = match self.types.expression(*root).kind {
                // Beyond 63 bits NumPy has an exception of its own.
                Kind::U64 if !proven => {
                    let own = self.converted(*root, self.types.expression(*root));
                    format!("fits(i64::try_from({own}).ok())?")
                }
                _ => self.converted(*root, crate::infer::Ty::INT),
            };
            match (self.variant, mode) {
                (Variant::Careful, _) | (Variant::Fast, Some(AccessMode::Direct)) => text,
                (Variant::Fast, Some(AccessMode::FromEnd)) => format!("({text}).wrapping_add({name}.extent({axis}))"),
                (Variant::Fast, Some(AccessMode::Checked) | None) => format!("wrapped({name}.wrap({axis}, {text}))?"),
            }
        });
        format!("[{}]", each.collect::<Vec<_>>().join(", "))
    }

    /// What follows an access of the careful variant: which axis an exception tells of, where that is not the array's.
    pub(super) fn axes_told(&self, subscripts: &[Handle<Expression>]) -> String {
        let mut first = 0;
        let mut axes = Vec::new();
        for (axis, root) in subscripts.iter().enumerate() {
            axes.push((axis - first).to_string());
            if self.region.chained.contains(root) {
                first = axis + 1;
            }
        }
        if (1..subscripts.len()).contains(&first) {
            format!(".map_err(on_axes([{}]))", axes.join(", "))
        } else {
            String::new()
        }
    }

    /// An element, of the Rust type of its expression.
    pub(super) fn load(
        &self,
        root: Handle<Expression>,
        array: Handle<Array>,
        subscripts: &[Handle<Expression>],
    ) -> String {
        let element = self.types.array(array).element;
        let name = self.array(array);
        let row = self.row(self.region.spans[root]);
        let text = match self.variant {
            Variant::Careful => format!(
                "{name}.get({}, {row}){}?",
                self.subscripts(array, subscripts, None),
                self.axes_told(subscripts)
            ),
            Variant::Fast => {
                let modes = self
                    .facts
                    .load(root)
                    .map(|access| access.subscripts.iter().map(|s| s.mode).collect::<Vec<_>>());
                let index = self.subscripts(array, subscripts, modes.as_deref());
                // The guards of `launch` cover `Direct` and `FromEnd` subscripts; `wrapped` covers the others.
                format!("unsafe {{ {name}.get({index}) }}")
            }
        };
        let text = if element.kind == crate::infer::Kind::Bool {
            format!("({text} != 0)")
        } else {
            text
        };
        let ty = self.types.expression(root);
        if element.origin == Origin::Python && element.kind != ty.kind {
            if element.kind == crate::infer::Kind::U64 {
                return format!("fits(i64::try_from({text}).ok())?");
            }
            return self.cast(text, element.kind, ty);
        }
        text
    }

    /// Whether the region may raise what only Python can raise.
    pub(super) fn raises_in_python(&self) -> bool {
        let mut found = false;
        crate::ir::visit_statements(self.region, &self.region.body, &mut |statement, _| {
            found |= matches!(statement, Statement::Raise { exception, .. } if *exception == Exception::Python);
        });
        found
    }

    /// Whether any operation of the region may have to be left to Python half-way.
    pub(super) fn may_stop(&self) -> bool {
        use crate::infer::Outcome;
        let region = self.region;
        let evaluated = self.evaluated();
        let expressions = region
            .expressions
            .handles()
            .filter(|root| evaluated[*root])
            .any(|root| {
                self.types
                    .checks(root)
                    .iter()
                    .any(|check| check.otherwise == Outcome::Python)
            });
        let stores = region.stores.handles().any(|store| {
            self.types
                .store_checks(store)
                .iter()
                .any(|check| check.otherwise == Outcome::Python)
        });
        let other = region.expressions.iter().any(|(_, expression)| {
            matches!(
                expression,
                Expression::Call {
                    function: crate::ir::Function::RoundDigits,
                    ..
                }
            )
        });
        let assigned = region
            .variables
            .handles()
            .any(|variable| self.types.variable(variable).origin == Origin::Either);
        expressions
            || stores
            || other
            || self.has_unsigned_subscripts()
            || assigned
            || !self.leaves().is_empty()
            || self.needs_memory()
            || self.raises_in_python()
    }

    /// Whether subscripts may lie beyond 63 bits.
    fn has_unsigned_subscripts(&self) -> bool {
        let region = self.region;
        let loads = region
            .expressions
            .iter()
            .filter_map(|(_, expression)| match expression {
                Expression::Load { subscripts, .. } => Some(subscripts),
                _ => None,
            });
        let stores = region.stores.iter().map(|(_, store)| &store.subscripts);
        let mut all = loads.chain(stores).flatten();
        all.any(|root| self.types.expression(*root).kind == Kind::U64)
    }

    /// The input behind an array; a local one has none.
    pub(super) fn input_of(&self, array: Handle<Array>) -> Option<Handle<crate::ir::Input>> {
        match self.region.arrays[array].origin {
            ArrayOrigin::Input(input) => Some(input),
            ArrayOrigin::Local { .. } | ArrayOrigin::Variable(_) => None,
        }
    }

    /// Whether an input is an array.
    pub(super) fn is_array(&self, input: Handle<crate::ir::Input>) -> bool {
        matches!(self.types.input(input), InputTy::Array(_))
    }
}
