//! The types under which a region is checked before anyone has called it.

use crate::infer::{Columns, Hint, InputTy, Kind, Parameter, Signature, Ty};
use crate::ir::{
    self, ArrayForm, ArrayFunction, ArrayOrigin, BinaryOp, Expression, Function, Handle, Input, Region, UnaryOp,
    visit_statements,
};
use crate::scalarise::{self, Supposed};

/// The declared types of a region's inputs, completed by what their use suggests: f64 arrays of the rank that is
/// subscripted, integer arrays where elements are subscripts, bounds or operands of bit operators, ints where a scalar is one, floats
/// otherwise; where that gives no types to the region, f32 arrays, or else complex ones, in place of the f64 ones. The flag tells whether every type was declared.
pub fn assumed_signature(region: &Region) -> (Signature, bool) {
    let (wide, declared) = assumed(region, Ty::numpy(Kind::F64));
    if !declared && !has_types(region, &wide) {
        for kind in [Kind::F32, Kind::C128] {
            let (other, _) = assumed(region, Ty::numpy(kind));
            if has_types(region, &other) {
                return (other, declared);
            }
        }
    }
    (wide, declared)
}

/// Whether a region has types under a signature.
fn has_types(region: &Region, signature: &Signature) -> bool {
    scalarise::scalarise(region, signature, Supposed::Usual)
        .is_ok_and(|region| super::typed(&mut region.into_owned(), signature).is_ok())
}

fn assumed(region: &Region, floating: Ty) -> (Signature, bool) {
    let uses = Uses::of(region);
    let mut declared = true;
    let inputs = region.inputs.iter().map(|(handle, input)| {
        let rank = uses.ranks[handle.index()];
        let hint = input.annotation.as_deref().map_or(Hint::Unknown, Hint::parse);
        let ty = hint.complete(rank).unwrap_or_else(|| {
            declared = false;
            uses.guess(handle, floating)
        });
        Parameter {
            name: input.name.clone(),
            ty,
        }
    });
    let inputs = inputs.collect();
    (Signature { inputs }, declared)
}

/// How each input is used, by its index.
struct Uses {
    /// The number of subscripts it takes; `None` for scalars.
    ranks: Vec<Option<u32>>,
    /// Whether it, or its elements, serve as subscripts, bounds or operands of bit operators.
    integral: Vec<bool>,
    /// Whether a variable, by its index, was found to be an integer.
    followed: Vec<bool>,
}

impl Uses {
    fn of(region: &Region) -> Self {
        let count = region.inputs.len();
        let mut uses = Self {
            ranks: vec![None; count],
            integral: vec![false; count],
            followed: vec![false; region.variables.len()],
        };
        for (_, array) in region.arrays.iter() {
            if let ArrayOrigin::Input(input) = array.origin {
                uses.ranks[input.index()].get_or_insert(1);
            }
        }
        for (_, store) in region.stores.iter() {
            uses.rank(region, store.array, taken(region, &store.subscripts));
            store.subscripts.iter().for_each(|root| uses.integer(region, *root));
        }
        visit_statements(region, &region.body, &mut |statement, _| {
            let integers = match statement {
                ir::Statement::For(_) | ir::Statement::Seed(_) => true,
                ir::Statement::Draw(draw) => matches!(draw.distribution, ir::Distribution::Integers { .. }),
                _ => false,
            };
            if integers {
                statement
                    .roots(region)
                    .iter()
                    .for_each(|root| uses.integer(region, *root));
            }
        });
        for (_, expression) in region.expressions.iter() {
            match expression {
                Expression::Load { array, subscripts } => {
                    uses.rank(region, *array, taken(region, subscripts));
                    subscripts.iter().for_each(|root| uses.integer(region, *root));
                }
                Expression::Binary { op, left, right } if is_of_bits(*op) => {
                    uses.integer(region, *left);
                    uses.integer(region, *right);
                }
                Expression::Unary {
                    op: UnaryOp::Invert,
                    operand,
                } => uses.integer(region, *operand),
                Expression::Extent { array, axis } => uses.rank(region, *array, *axis as usize + 1),
                Expression::Array(form) => uses.form(region, form),
                _ => {}
            }
        }
        uses
    }

    fn rank(&mut self, region: &Region, array: Handle<ir::Array>, rank: usize) {
        if let ArrayOrigin::Input(input) = region.arrays[array].origin {
            let known = &mut self.ranks[input.index()];
            *known = Some(known.unwrap_or(1).max(rank as u32));
        }
    }

    /// What array expressions say of their operands: those of reductions and products have an axis at least, those that are
    /// reduced along an axis one more than its number.
    fn form(&mut self, region: &Region, form: &ArrayForm) {
        match form {
            ArrayForm::Whole(array) => self.rank(region, *array, 1),
            ArrayForm::Call { function, arguments } => {
                let axes = match function {
                    ArrayFunction::Reduce { axis: Some(axis), .. }
                    | ArrayFunction::Accumulate { axis: Some(axis), .. } => (axis + 1).unsigned_abs() as u32,
                    ArrayFunction::Reduce { axis: None, .. }
                    | ArrayFunction::Accumulate { axis: None, .. }
                    | ArrayFunction::Dot
                    | ArrayFunction::Outer => 1,
                    ArrayFunction::Matmul | ArrayFunction::Transpose(_) => 2,
                    ArrayFunction::SwapAxes(a, b) => 1 + (*a).max(*b).unsigned_abs() as u32,
                    _ => return,
                };
                arguments
                    .iter()
                    .for_each(|argument| self.whole(region, *argument, axes));
            }
            ArrayForm::Slice { start, stop, step } => {
                let bounds = [start, stop, step].into_iter().flatten();
                bounds.for_each(|bound| self.integer(region, *bound));
            }
            ArrayForm::NewAxis | ArrayForm::Ellipsis | ArrayForm::Index { .. } => {}
        }
    }

    /// The inputs that an element-wise expression combines have as many axes as it has, as far as one can tell.
    fn whole(&mut self, region: &Region, root: Handle<Expression>, axes: u32) {
        match &region.expressions[root] {
            Expression::Input(input) => {
                let known = &mut self.ranks[input.index()];
                *known = Some(known.unwrap_or(1).max(axes.max(1)));
            }
            Expression::Array(ArrayForm::Whole(array)) => self.rank(region, *array, axes as usize),
            Expression::Binary { left, right, .. } | Expression::Compare { left, right, .. } => {
                self.whole(region, *left, axes);
                if !matches!(region.expressions[*left], Expression::Input(_)) {
                    self.whole(region, *right, axes);
                }
            }
            Expression::Unary { operand, .. } | Expression::Convert { operand, .. } => {
                self.whole(region, *operand, axes);
            }
            Expression::Call { arguments, .. } => arguments.iter().for_each(|one| self.whole(region, *one, axes)),
            Expression::Literal(_)
            | Expression::Variable(_)
            | Expression::Counter(_)
            | Expression::Extent { .. }
            | Expression::Size(_)
            | Expression::Rank(_)
            | Expression::Load { .. }
            | Expression::Logical { .. }
            | Expression::Select { .. }
            | Expression::Array(_) => {}
        }
    }

    /// What an integer is computed from by arithmetic is one, variables between included. Where a conversion makes the
    /// integer (`int(x)`, `round(x)`), nothing is known of `x`.
    fn integer(&mut self, region: &Region, root: Handle<Expression>) {
        match &region.expressions[root] {
            Expression::Input(input) => self.integral[input.index()] = true,
            Expression::Load { array, .. } => {
                if let ArrayOrigin::Input(input) = region.arrays[*array].origin {
                    self.integral[input.index()] = true;
                }
            }
            Expression::Variable(variable) => self.variable(region, *variable),
            Expression::Unary { operand, .. } => self.integer(region, *operand),
            Expression::Binary { left, right, .. } => {
                self.integer(region, *left);
                self.integer(region, *right);
            }
            Expression::Select { accept, reject, .. } => {
                self.integer(region, *accept);
                self.integer(region, *reject);
            }
            Expression::Call {
                function: Function::Abs | Function::Min | Function::Max,
                arguments,
            } => arguments.iter().for_each(|argument| self.integer(region, *argument)),
            Expression::Literal(_)
            | Expression::Counter(_)
            | Expression::Extent { .. }
            | Expression::Size(_)
            | Expression::Rank(_)
            | Expression::Compare { .. }
            | Expression::Logical { .. }
            | Expression::Convert { .. }
            | Expression::Call { .. }
            | Expression::Array(_) => {}
        }
    }

    fn variable(&mut self, region: &Region, variable: Handle<ir::Variable>) {
        if std::mem::replace(&mut self.followed[variable.index()], true) {
            return;
        }
        if let Some(input) = region.variables[variable].initial {
            self.integral[input.index()] = true;
        }
        visit_statements(region, &region.body, &mut |statement, _| {
            if let ir::Statement::Assign { variable: to, value } = statement
                && *to == variable
            {
                self.integer(region, *value);
            }
        });
    }

    fn guess(&self, input: Handle<Input>, floating: Ty) -> InputTy {
        let integral = self.integral[input.index()];
        match self.ranks[input.index()] {
            Some(rank) => InputTy::Array(crate::infer::ArrayTy {
                element: if integral { Ty::numpy(Kind::I64) } else { floating },
                rank,
                listed: false,
                tuple: false,
                columns: Columns::UNIFORM,
            }),
            None => InputTy::Scalar(if integral { Ty::INT } else { Ty::FLOAT }),
        }
    }
}

/// Whether an operator applies to bools and integers only.
fn is_of_bits(op: BinaryOp) -> bool {
    match op {
        BinaryOp::ShiftLeft | BinaryOp::ShiftRight | BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor => true,
        BinaryOp::Add
        | BinaryOp::Subtract
        | BinaryOp::Multiply
        | BinaryOp::Divide
        | BinaryOp::FloorDivide
        | BinaryOp::Modulo
        | BinaryOp::Power => false,
    }
}

/// How many axes subscripts take, at least.
fn taken(region: &Region, subscripts: &[Handle<Expression>]) -> usize {
    let takes = |one: &&Handle<Expression>| {
        !matches!(
            region.expressions[**one],
            Expression::Array(ArrayForm::NewAxis | ArrayForm::Ellipsis)
        )
    };
    subscripts.iter().filter(takes).count()
}
