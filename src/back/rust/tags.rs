//! Tags: which type a value has whose type depends on the data.
//!
//! In `row = 0.0; for j in …: row += a[i, j]` the variable holds a Python float until the first round, a NumPy float from
//! then on. Both are computed alike, but after the region Python must see the right one. A region with such an output keeps,
//! beside every variable of origin [`Origin::Either`], a byte: 0 while it holds the object from before the region, else 1
//! for a Python bool, 2 int, 3 float, 4 complex, and 5 for the NumPy type (the join admits only one). The order makes the type of an
//! arithmetic result the greatest of its operands'.

use super::region::Scene;
use crate::back::writer::Writer;
use crate::deps::ScalarReduction;
use crate::infer::{Kind, Origin, Ty};
use crate::ir::{BinaryOp, Expression, Function, Handle, LogicalOp, ReductionOp, UnaryOp, Variable};

type Ex = Handle<Expression>;

/// The tag of a type of one origin.
fn of(ty: Ty) -> u8 {
    match (ty.origin, ty.kind) {
        (Origin::Numpy | Origin::Either, _) => 5,
        (Origin::Python, Kind::Bool) => 1,
        (Origin::Python, Kind::F16 | Kind::F32 | Kind::F64) => 3,
        (Origin::Python, Kind::C64 | Kind::C128) => 4,
        (Origin::Python, _) => 2,
    }
}

impl Scene<'_> {
    /// Whether a variable has a tag.
    pub(super) fn has_tag(&self, variable: Handle<Variable>) -> bool {
        let outputs = &self.region.outputs;
        self.types.variable(variable).origin == Origin::Either
            && outputs
                .iter()
                .any(|output| self.types.output(output.variable).len() > 1)
    }

    /// A variable's tag.
    pub(super) fn tag(&self, variable: Handle<Variable>) -> String {
        format!("{}_type", self.region.variables[variable].name)
    }

    /// The flag or the tag of a variable that has one.
    pub(super) fn mark(&self, variable: Handle<Variable>) -> Option<String> {
        if self.has_tag(variable) {
            Some(self.tag(variable))
        } else {
            (self.has_flag(variable) || self.is_watched(variable)).then(|| self.flag(variable))
        }
    }

    /// Declares the flag or the tag of a variable: unchanged.
    pub(super) fn declare_marks(&self, out: &mut Writer, variable: Handle<Variable>) {
        if self.has_tag(variable) {
            out.line(format!("let mut {} = 0_u8;", self.tag(variable)));
        } else if self.has_flag(variable) || self.is_watched(variable) {
            out.line(format!("let mut {} = false;", self.flag(variable)));
        }
        if self.resets(variable) {
            out.line(format!("let mut {} = false;", self.reset(variable)));
        }
    }

    /// The tag of the object that an expression gives; 0 where that is a variable's object from before the region.
    pub(super) fn object_tag(&self, root: Ex) -> String {
        let ty = self.types.expression(root);
        match &self.region.expressions[root] {
            Expression::Variable(variable) if self.has_tag(*variable) => self.tag(*variable),
            Expression::Select {
                condition,
                accept,
                reject,
            } => format!(
                "(if {} {{ {} }} else {{ {} }})",
                self.truth(*condition),
                self.object_tag(*accept),
                self.object_tag(*reject)
            ),
            Expression::Logical { op, left, right } => {
                let (accept, reject) = match op {
                    LogicalOp::And => (right, left),
                    LogicalOp::Or => (left, right),
                };
                let (accept, reject) = (self.object_tag(*accept), self.object_tag(*reject));
                format!("(if {} {{ {accept} }} else {{ {reject} }})", self.truth(*left))
            }
            Expression::Call {
                function: function @ (Function::Min | Function::Max),
                arguments,
            } => {
                let symbol = if *function == Function::Min { "<" } else { ">" };
                let mut text = format!(
                    "{{ let mut m = ({}, {}); ",
                    self.converted(arguments[0], ty),
                    self.object_tag(arguments[0])
                );
                for argument in &arguments[1..] {
                    text += &format!(
                        "let b = ({}, {}); if b.0 {symbol} m.0 {{ m = b; }} ",
                        self.converted(*argument, ty),
                        self.object_tag(*argument)
                    );
                }
                text + "m.1 }"
            }
            _ => self.type_tag(root),
        }
    }

    /// The tag of the type of an expression's value; never 0.
    fn type_tag(&self, root: Ex) -> String {
        let ty = self.types.expression(root);
        if ty.origin != Origin::Either {
            return of(ty).to_string();
        }
        let greatest = |roots: &[Ex], least: u8| {
            let mut text = self.type_tag(roots[0]);
            for root in &roots[1..] {
                text = format!("{text}.max({})", self.type_tag(*root));
            }
            if least > 1 {
                format!("{text}.max({least})")
            } else {
                text
            }
        };
        match &self.region.expressions[root] {
            Expression::Variable(variable) => match self.region.variables[*variable].initial {
                Some(input) => {
                    let before = match self.types.input(input) {
                        crate::infer::InputTy::Scalar(ty) => of(ty),
                        crate::infer::InputTy::Array(_) => 5,
                    };
                    format!("(match {0} {{ 0 => {before}, known => known }})", self.tag(*variable))
                }
                None => self.tag(*variable),
            },
            Expression::Select { .. } | Expression::Logical { .. } => {
                let children = self.operands(root);
                format!(
                    "(match {} {{ 0 => {}, known => known }})",
                    self.object_tag(root),
                    greatest(&children, 1)
                )
            }
            Expression::Unary { op, operand } => match op {
                UnaryOp::Not => "1_u8".to_owned(),
                UnaryOp::Plus | UnaryOp::Negate | UnaryOp::Invert => greatest(&[*operand], 2),
            },
            Expression::Binary { op, left, right } => match op {
                BinaryOp::Divide => greatest(&[*left, *right], 3),
                BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor => greatest(&[*left, *right], 1),
                BinaryOp::Power if ty.kind.is_float() => greatest(&[*left, *right], 3),
                _ => greatest(&[*left, *right], 2),
            },
            // Of Python numbers a Python bool, else NumPy's.
            Expression::Compare { left, right, .. } => {
                format!("(if {} == 5 {{ 5 }} else {{ 1_u8 }})", greatest(&[*left, *right], 1))
            }
            Expression::Call { function, arguments } => match function {
                // A part or the size of a complex number is a float.
                Function::Abs | Function::Real | Function::Imag => {
                    format!("(match {} {{ 4 => 3, known => known }})", greatest(&arguments[..1], 2))
                }
                Function::Conjugate | Function::Conj => greatest(&arguments[..1], 2),
                Function::Complex => "4_u8".to_owned(),
                Function::RoundDigits => greatest(&arguments[..1], 2),
                Function::Min | Function::Max => {
                    let chosen = self.object_tag(root);
                    format!("(match {chosen} {{ 0 => {}, known => known }})", greatest(arguments, 1))
                }
                Function::Round | Function::PowerModulo => "2_u8".to_owned(),
                Function::Math(_) => "3_u8".to_owned(),
                Function::Numpy(_) => "5_u8".to_owned(),
            },
            Expression::Convert { operand, .. } => greatest(&[*operand], 1),
            Expression::Literal(_)
            | Expression::Input(_)
            | Expression::Counter(_)
            | Expression::Extent { .. }
            | Expression::Size(_)
            | Expression::Rank(_)
            | Expression::Load { .. }
            | Expression::Array(_) => of(ty).to_string(),
        }
    }

    fn operands(&self, root: Ex) -> Vec<Ex> {
        match &self.region.expressions[root] {
            Expression::Select { accept, reject, .. } => vec![*accept, *reject],
            Expression::Logical { left, right, .. } => vec![*left, *right],
            _ => vec![root],
        }
    }

    /// The tag of a reduction's variable after its blocks, whose tags are at `mark` of each `part`, if it is a new object, which
    /// is when `test` holds.
    pub(super) fn combine_tags(&self, out: &mut Writer, one: &ScalarReduction, mark: &str, test: &str) {
        let tag = self.tag(one.target);
        let column = format!("parts.iter().map(|part| {mark})");
        match one.op {
            // A sum is NumPy's as soon as one of its terms is.
            ReductionOp::Add
            | ReductionOp::Multiply
            | ReductionOp::BitAnd
            | ReductionOp::BitOr
            | ReductionOp::BitXor => {
                out.line(format!("{tag} = {column}.fold({tag}, u8::max);"));
            }
            // The value is one of the objects: which one is known only if all are alike.
            ReductionOp::Min | ReductionOp::Max | ReductionOp::And | ReductionOp::Or => {
                out.open(format!("if {test}"));
                out.line(format!("{tag} = alike({column}).ok_or(Stop::Python(1))?;"));
                out.close("");
            }
        }
    }

    /// An output with a tag: its value as the type that the tag says.
    pub(super) fn tagged_output(&self, variable: Handle<Variable>) -> String {
        let name = self.variable(variable);
        let mut text = format!("match {} {{ ", self.tag(variable));
        for (position, ty) in self.types.output(variable).iter().enumerate() {
            let value = self.given(variable, *ty);
            text += &format!("{} => output({value}, {}), ", of(*ty), position + 1);
        }
        text + &format!("_ => output({name}, 0) }}")
    }
    /// A variable's value as an output of a type, which may be narrower than how the variable is stored.
    pub(super) fn given(&self, variable: Handle<Variable>, ty: Ty) -> String {
        let name = self.variable(variable);
        if ty.kind == self.types.variable(variable).kind {
            name
        } else if ty.kind == Kind::Bool && self.types.variable(variable).kind.is_integer() {
            format!("({name} as i64 != 0)")
        } else {
            self.cast(name, self.types.variable(variable).kind, ty)
        }
    }
}
