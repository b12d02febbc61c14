//! Tags: which type a value has whose type depends on the data.
//!
//! In `row = 0.0; for j in …: row += a[i, j]` the variable holds a Python float until the first round, a NumPy float from
//! then on. Both are computed alike, but after the region Python must see the right one. A region with such an output keeps,
//! beside every variable of origin [`Origin::Either`], a byte: 0 while it holds the object from before the region, else 1
//! for a Python bool, 2 int, 3 float, 4 complex, and 5 for the NumPy type (the join admits only one). The order makes the type of an
//! arithmetic result the greatest of its operands'.
//!
//! What the tag of a value is made of is told here; the back ends write it.

use super::Plan;
use crate::infer::{InputTy, Kind, Origin, Ty};
use crate::ir::{BinaryOp, Expression, Function, Handle, LogicalOp, UnaryOp, Variable};

type Ex = Handle<Expression>;

const BOOL: u8 = 1;
const INT: u8 = 2;
const FLOAT: u8 = 3;
const COMPLEX: u8 = 4;
const NUMPY: u8 = 5;

/// The tag of a value, or how to find it.
#[derive(Clone, Debug, PartialEq)]
pub enum Tag {
    /// It is known.
    Known(u8),
    /// That of a variable.
    Of(Handle<Variable>),
    /// The first one, or where that is 0 the second.
    Or(Box<Tag>, Box<Tag>),
    /// By the truth of an expression, the first one or the second.
    Choice(Ex, Box<Tag>, Box<Tag>),
    /// That of the first of the least values, or of the greatest, compared in a type.
    Extreme(Function, Ty, Vec<(Ex, Tag)>),
    /// The greatest.
    Greatest(Vec<Tag>),
    /// A part or the size of a complex number is a float.
    Real(Box<Tag>),
    /// What comparing such operands gives: of Python numbers a Python bool, else NumPy's.
    Comparison(Box<Tag>),
}

impl Tag {
    /// The tag of a type of one origin.
    pub fn of(ty: Ty) -> u8 {
        match (ty.origin, ty.kind) {
            (Origin::Numpy | Origin::Either, _) => NUMPY,
            (Origin::Python, Kind::Bool) => BOOL,
            (Origin::Python, Kind::F16 | Kind::F32 | Kind::F64) => FLOAT,
            (Origin::Python, Kind::C64 | Kind::C128) => COMPLEX,
            (Origin::Python, _) => INT,
        }
    }
}

impl Plan<'_> {
    /// Whether it must be known of a variable which of several types its value has.
    pub fn is_tagged(&self, variable: Handle<Variable>) -> bool {
        let mut outputs = self.region.outputs.iter();
        self.types.variable(variable).origin == Origin::Either
            && outputs.any(|one| self.types.output(one.variable).len() > 1)
    }

    /// Those of some variables that have a tag.
    pub fn tagged(&self, variables: &[Handle<Variable>]) -> Vec<Handle<Variable>> {
        let all = variables.iter().copied();
        all.filter(|variable| self.is_tagged(*variable)).collect()
    }

    /// The tag of the object that an expression gives to a variable; 0 where that is the variable's own from before the region.
    pub fn object_tag(&self, root: Ex, target: Option<Handle<Variable>>) -> Tag {
        let each = |root: Ex| Box::new(self.object_tag(root, target));
        match &self.region.expressions[root] {
            Expression::Variable(variable) if Some(*variable) == target && self.is_tagged(*variable) => {
                Tag::Of(*variable)
            }
            Expression::Select {
                condition,
                accept,
                reject,
            } => Tag::Choice(*condition, each(*accept), each(*reject)),
            Expression::Logical { op, left, right } => match op {
                LogicalOp::And => Tag::Choice(*left, each(*right), each(*left)),
                LogicalOp::Or => Tag::Choice(*left, each(*left), each(*right)),
            },
            Expression::Call {
                function: function @ (Function::Min | Function::Max),
                arguments,
            } => {
                let candidates = arguments.iter();
                let candidates = candidates.map(|one| (*one, self.object_tag(*one, target))).collect();
                Tag::Extreme(*function, self.types.expression(root), candidates)
            }
            _ => self.type_tag(root),
        }
    }

    /// Whether an expression gives a variable the object that it holds already (0) or another one (1).
    pub fn replacement(&self, root: Ex, variable: Handle<Variable>) -> Tag {
        let each = |root: Ex| self.replacement(root, variable);
        let choice = |condition: Ex, accept: Tag, reject: Tag| {
            if accept == reject && matches!(accept, Tag::Known(_)) {
                accept
            } else {
                Tag::Choice(condition, Box::new(accept), Box::new(reject))
            }
        };
        match &self.region.expressions[root] {
            Expression::Variable(own) => Tag::Known(u8::from(*own != variable)),
            Expression::Select {
                condition,
                accept,
                reject,
            } => choice(*condition, each(*accept), each(*reject)),
            Expression::Logical { op, left, right } => match op {
                LogicalOp::And => choice(*left, each(*right), each(*left)),
                LogicalOp::Or => choice(*left, each(*left), each(*right)),
            },
            Expression::Call {
                function: function @ (Function::Min | Function::Max),
                arguments,
            } => {
                let candidates: Vec<(Ex, Tag)> = arguments.iter().map(|one| (*one, each(*one))).collect();
                if candidates.iter().all(|(_, tag)| *tag == Tag::Known(1)) {
                    return Tag::Known(1);
                }
                Tag::Extreme(*function, self.types.expression(root), candidates)
            }
            Expression::Literal(_)
            | Expression::Input(_)
            | Expression::Counter(_)
            | Expression::Extent { .. }
            | Expression::Size(_)
            | Expression::Rank(_)
            | Expression::Load { .. }
            | Expression::Array(_)
            | Expression::Unary { .. }
            | Expression::Binary { .. }
            | Expression::Compare { .. }
            | Expression::Call { .. }
            | Expression::Convert { .. } => Tag::Known(1),
        }
    }

    /// The tag of the type of an expression's value; never 0.
    fn type_tag(&self, root: Ex) -> Tag {
        let ty = self.types.expression(root);
        if ty.origin != Origin::Either {
            return Tag::Known(Tag::of(ty));
        }
        match &self.region.expressions[root] {
            Expression::Variable(variable) => match self.region.variables[*variable].initial {
                Some(input) => {
                    let before = match self.types.input(input) {
                        InputTy::Scalar(ty) => Tag::of(ty),
                        InputTy::Array(_) | InputTy::Nothing => NUMPY,
                    };
                    Tag::Or(Box::new(Tag::Of(*variable)), Box::new(Tag::Known(before)))
                }
                None => Tag::Of(*variable),
            },
            Expression::Select { .. } | Expression::Logical { .. } => self.object_tag(root, None),
            Expression::Unary { op, operand } => match op {
                UnaryOp::Not => Tag::Known(BOOL),
                UnaryOp::Plus | UnaryOp::Negate | UnaryOp::Invert => self.greatest(&[*operand], INT),
            },
            Expression::Binary { op, left, right } => match op {
                BinaryOp::Divide => self.greatest(&[*left, *right], FLOAT),
                BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor => self.greatest(&[*left, *right], BOOL),
                BinaryOp::Power if ty.kind.is_float() => self.greatest(&[*left, *right], FLOAT),
                _ => self.greatest(&[*left, *right], INT),
            },
            Expression::Compare { left, right, .. } => Tag::Comparison(Box::new(self.greatest(&[*left, *right], BOOL))),
            Expression::Call { function, arguments } => match function {
                Function::Abs | Function::Real | Function::Imag => {
                    Tag::Real(Box::new(self.greatest(&arguments[..1], INT)))
                }
                Function::Conjugate | Function::Conj | Function::RoundDigits => self.greatest(&arguments[..1], INT),
                Function::Complex => Tag::Known(COMPLEX),
                Function::Min | Function::Max => self.object_tag(root, None),
                Function::Round | Function::PowerModulo => Tag::Known(INT),
                Function::Math(_) => Tag::Known(FLOAT),
                Function::Numpy(_) => Tag::Known(NUMPY),
            },
            Expression::Convert { operand, .. } => self.greatest(&[*operand], BOOL),
            Expression::Literal(_)
            | Expression::Input(_)
            | Expression::Counter(_)
            | Expression::Extent { .. }
            | Expression::Size(_)
            | Expression::Rank(_)
            | Expression::Load { .. }
            | Expression::Array(_) => Tag::Known(Tag::of(ty)),
        }
    }

    /// The greatest tag of the types of operands, and `least`.
    fn greatest(&self, operands: &[Ex], least: u8) -> Tag {
        let mut all: Vec<Tag> = operands.iter().map(|one| self.type_tag(*one)).collect();
        if least > BOOL {
            all.push(Tag::Known(least));
        }
        Tag::Greatest(all)
    }
}
