//! What `infer` found out.

use super::{ArrayTy, Check, InputTy, Ty};
use crate::ir::{Array, Expression, Handle, Input, SideTable, Store, Variable};

/// The types of a well-typed region under one signature. Private fields: only `infer` builds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Types {
    pub(super) inputs: SideTable<Input, InputTy>,
    pub(super) arrays: SideTable<Array, ArrayTy>,
    pub(super) variables: SideTable<Variable, Ty>,
    pub(super) declared: SideTable<Variable, bool>,
    pub(super) expressions: SideTable<Expression, Ty>,
    pub(super) operations: SideTable<Expression, Option<Ty>>,
    pub(super) checks: SideTable<Expression, Vec<Check>>,
    pub(super) store_checks: SideTable<Store, Vec<Check>>,
    pub(super) output_flags: SideTable<Variable, bool>,
    pub(super) output_types: SideTable<Variable, Vec<Ty>>,
}

impl Types {
    /// The type of an input, from the signature.
    pub fn input(&self, input: Handle<Input>) -> InputTy {
        self.inputs[input]
    }

    /// The element type and rank of an array.
    pub fn array(&self, array: Handle<Array>) -> ArrayTy {
        self.arrays[array]
    }

    /// How a variable is stored: the join of all values it takes.
    pub fn variable(&self, variable: Handle<Variable>) -> Ty {
        self.variables[variable]
    }

    /// What an expression is. Of an expression that is never evaluated (dead code), anything.
    ///
    /// * A read of a variable has the variable's kind; its origin may be narrower (`s` right after `s += x[i]`).
    /// * A `Logical` or `Select` whose operands have no common type, used only for its truth, is a Python bool: evaluate the
    ///   truth of its operands. Otherwise the chosen operand is converted to this type, without change of value.
    /// * `Min` and `Max`: the chosen argument is converted to this type, without change of value.
    pub fn expression(&self, expression: Handle<Expression>) -> Ty {
        self.expressions[expression]
    }

    /// The common type to which an operation converts its operands before it computes.
    ///
    /// * `Unary` (except `not`), `Binary`: each operand is converted to it; the operation computes in it. The result type is
    ///   the same except for `/` of integers (computes on integers of this type exactly when it is a Python int, else in
    ///   f64) and for a Python int raised to a negative literal.
    /// * `Compare`: each operand is converted to it. `None`: the operands, numbers of different kinds (`u64` and `i64`, a
    ///   NumPy integer and any Python int, a Python int and a float), are compared by their mathematical value.
    /// * `Call`: each argument is converted to it. `None`: the arguments are used as they are. `Where`, `Select`: not the
    ///   condition, which is tested for truth.
    /// * Everything else: `None`.
    ///
    /// Conversions are NumPy's and Python's, which agree: integer to float rounds to nearest; a Python int becomes f32 by way
    /// of f64; bool becomes 0 or 1; integer to integer has been checked ([`Condition::WeakIntFits`]) or widens.
    ///
    /// [`Condition::WeakIntFits`]: super::Condition::WeakIntFits
    pub fn operation(&self, expression: Handle<Expression>) -> Option<Ty> {
        self.operations[expression]
    }

    /// What must hold for an operation to mean what Python means, in the order of testing. Loads also need their subscripts
    /// in bounds, and a loop its step not to be 0: that is said nowhere.
    pub fn checks(&self, expression: Handle<Expression>) -> &[Check] {
        &self.checks[expression]
    }

    /// What must hold for a stored value to be converted to the array's element type; the operand is the value. The
    /// conversion is C's: floats truncate towards zero, floats become bool by `!= 0`.
    pub fn store_checks(&self, store: Handle<Store>) -> &[Check] {
        &self.store_checks[store]
    }

    /// What must hold for a value of this type to be kept in a variable of another kind, as it is at
    /// [`Statement::Assign`](crate::ir::Statement::Assign) and for [`Variable::initial`].
    pub fn assign_checks(&self, variable: Handle<Variable>, value: Ty) -> Vec<Check> {
        // What is assigned to a variable with a type of its own is made to fit.
        if self.declared[variable] {
            return Vec::new();
        }
        super::check::keep(value, self.variables[variable])
    }

    /// The types that the value of an output may have after the region, if it is new: of Python or NumPy origin, never
    /// either, Python's first. Where there are several, the data decide, and the kernel must tell which it is.
    pub fn output(&self, variable: Handle<Variable>) -> &[Ty] {
        &self.output_types[variable]
    }

    /// Whether the kernel must tell if an output still holds the object that it held before the region, because that object
    /// has another type than what the region assigns. An assignment of the variable to itself, and `min`, `max`, `and`,
    /// `or` and `… if … else …` that choose the variable, keep that object.
    pub fn output_needs_flag(&self, variable: Handle<Variable>) -> bool {
        self.output_flags[variable]
    }
}
