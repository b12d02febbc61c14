//! Tags: which type a value has whose type depends on the data.
//!
//! In `row = 0.0; for j in …: row += a[i, j]` the variable holds a Python float until the first round, a NumPy float from
//! then on. Both are computed alike, but after the region Python must see the right one. A region with such an output keeps,
//! beside every variable of origin [`Origin::Either`], a byte: 0 while it holds the object from before the region, else 1
//! for a Python bool, 2 int, 3 float, 4 complex, and 5 for the NumPy type (the join admits only one). The order makes the type of an
//! arithmetic result the greatest of its operands'.
//!
//! What the tag of a value is made of is told here; the back ends write it. Of the items of lists, `scalarise` keeps tags in arrays
//! beside them.

use super::{InputTy, Kind, Origin, Ty, Types};
use crate::ir::{BinaryOp, Expression, Function, Handle, LogicalOp, Region, UnaryOp, Variable};

type Ex = Handle<Expression>;

/// The tag of a value, or how to find it.
#[derive(Clone, Debug, PartialEq)]
pub enum Tag {
    /// It is known.
    Known(u8),
    /// That of a variable.
    Of(Handle<Variable>),
    /// That of an item of a list, which a load reads.
    Item(Ex),
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
    /// That of a Python bool.
    pub const BOOL: u8 = 1;
    /// That of a Python int.
    pub const INT: u8 = 2;
    /// That of a Python float.
    pub const FLOAT: u8 = 3;
    /// That of a Python complex.
    pub const COMPLEX: u8 = 4;
    /// That of NumPy's types: the greatest.
    pub const NUMPY: u8 = 5;

    /// The tag of a type of one origin.
    pub fn of(ty: Ty) -> u8 {
        match (ty.origin, ty.kind) {
            (Origin::Numpy | Origin::Either, _) => Tag::NUMPY,
            (Origin::Python, Kind::Bool) => Tag::BOOL,
            (Origin::Python, Kind::F16 | Kind::F32 | Kind::F64) => Tag::FLOAT,
            (Origin::Python, Kind::C64 | Kind::C128) => Tag::COMPLEX,
            (Origin::Python, _) => Tag::INT,
        }
    }
}

/// Finds tags in a typed region.
#[derive(Clone, Copy, Debug)]
pub struct Tags<'r> {
    /// The region.
    pub region: &'r Region,
    /// Its types.
    pub types: &'r Types,
}

impl Tags<'_> {
    /// The tag of the object that an expression gives to a variable that has a tag; 0 where that is the variable's own from before
    /// the region.
    pub fn object(&self, root: Ex, target: Option<Handle<Variable>>) -> Tag {
        let each = |root: Ex| Box::new(self.object(root, target));
        match &self.region.expressions[root] {
            Expression::Variable(variable) if Some(*variable) == target => Tag::Of(*variable),
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
                let candidates = candidates.map(|one| (*one, self.object(*one, target))).collect();
                Tag::Extreme(*function, self.types.expression(root), candidates)
            }
            _ => self.of(root),
        }
    }

    /// The tag of the type of an expression's value; never 0.
    pub fn of(&self, root: Ex) -> Tag {
        let ty = self.types.expression(root);
        if ty.origin != Origin::Either {
            return Tag::Known(Tag::of(ty));
        }
        match &self.region.expressions[root] {
            Expression::Variable(variable) => match self.region.variables[*variable].initial {
                Some(input) => {
                    let before = match self.types.input(input) {
                        InputTy::Scalar(ty) => Tag::of(ty),
                        InputTy::Array(_) | InputTy::Nothing => Tag::NUMPY,
                    };
                    Tag::Or(Box::new(Tag::Of(*variable)), Box::new(Tag::Known(before)))
                }
                None => Tag::Of(*variable),
            },
            Expression::Select { .. } | Expression::Logical { .. } => self.object(root, None),
            Expression::Unary { op, operand } => match op {
                UnaryOp::Not => Tag::Known(Tag::BOOL),
                UnaryOp::Plus | UnaryOp::Negate | UnaryOp::Invert => self.greatest(&[*operand], Tag::INT),
            },
            Expression::Binary { op, left, right } => match op {
                BinaryOp::Divide => self.greatest(&[*left, *right], Tag::FLOAT),
                BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor => self.greatest(&[*left, *right], Tag::BOOL),
                BinaryOp::Power if ty.kind.is_float() => self.greatest(&[*left, *right], Tag::FLOAT),
                _ => self.greatest(&[*left, *right], Tag::INT),
            },
            Expression::Compare { left, right, .. } => {
                Tag::Comparison(Box::new(self.greatest(&[*left, *right], Tag::BOOL)))
            }
            Expression::Call { function, arguments } => match function {
                Function::Abs | Function::Real | Function::Imag => {
                    Tag::Real(Box::new(self.greatest(&arguments[..1], Tag::INT)))
                }
                Function::Conjugate | Function::Conj | Function::RoundDigits => {
                    self.greatest(&arguments[..1], Tag::INT)
                }
                Function::Complex => Tag::Known(Tag::COMPLEX),
                Function::Min | Function::Max => self.object(root, None),
                Function::Round | Function::PowerModulo => Tag::Known(Tag::INT),
                Function::Math(_) => Tag::Known(Tag::FLOAT),
                Function::Numpy(_) => Tag::Known(Tag::NUMPY),
            },
            Expression::Load { .. } => Tag::Item(root),
            Expression::Convert { operand, .. } => self.greatest(&[*operand], Tag::BOOL),
            Expression::Literal(_)
            | Expression::Input(_)
            | Expression::Counter(_)
            | Expression::Extent { .. }
            | Expression::Size(_)
            | Expression::Rank(_)
            | Expression::Array(_) => Tag::Known(Tag::of(ty)),
        }
    }

    /// The greatest tag of the types of operands, and `least`.
    fn greatest(&self, operands: &[Ex], least: u8) -> Tag {
        let mut all: Vec<Tag> = operands.iter().map(|one| self.of(*one)).collect();
        if least > Tag::BOOL {
            all.push(Tag::Known(least));
        }
        Tag::Greatest(all)
    }
}
