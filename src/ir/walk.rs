//! Walking expressions and statements in order of evaluation.

use super::{ArrayOrigin, Block, Expression, Handle, Literal, Region, Statement};
use crate::source::Span;

/// The operands of an expression, in order of evaluation.
pub fn children(expression: &Expression) -> Vec<Handle<Expression>> {
    match expression {
        Expression::Literal(_)
        | Expression::Input(_)
        | Expression::Variable(_)
        | Expression::Counter(_)
        | Expression::Extent { .. }
        | Expression::Size(_)
        | Expression::Rank(_) => Vec::new(),
        Expression::Load { subscripts, .. } => subscripts.clone(),
        Expression::Unary { operand, .. } | Expression::Convert { operand, .. } => vec![*operand],
        Expression::Binary { left, right, .. }
        | Expression::Compare { left, right, .. }
        | Expression::Logical { left, right, .. } => vec![*left, *right],
        Expression::Select {
            condition,
            accept,
            reject,
        } => vec![*condition, *accept, *reject],
        Expression::Call { arguments, .. } => arguments.clone(),
        Expression::Array(form) => form.children(),
    }
}

/// An expression of the same kind with other operands, in order of evaluation.
pub fn with_operands(expression: &Expression, operands: &[Handle<Expression>]) -> Expression {
    let mut operands = operands.iter().copied();
    let mut next = |old: Handle<Expression>| operands.next().unwrap_or(old);
    match expression {
        Expression::Literal(_)
        | Expression::Input(_)
        | Expression::Variable(_)
        | Expression::Counter(_)
        | Expression::Extent { .. }
        | Expression::Size(_)
        | Expression::Rank(_)
        | Expression::Array(_) => expression.clone(),
        Expression::Load { array, subscripts } => Expression::Load {
            array: *array,
            subscripts: subscripts.iter().map(|one| next(*one)).collect(),
        },
        Expression::Unary { op, operand } => Expression::Unary {
            op: *op,
            operand: next(*operand),
        },
        Expression::Binary { op, left, right } => Expression::Binary {
            op: *op,
            left: next(*left),
            right: next(*right),
        },
        Expression::Compare { op, left, right } => Expression::Compare {
            op: *op,
            left: next(*left),
            right: next(*right),
        },
        Expression::Logical { op, left, right } => Expression::Logical {
            op: *op,
            left: next(*left),
            right: next(*right),
        },
        Expression::Select {
            condition,
            accept,
            reject,
        } => Expression::Select {
            condition: next(*condition),
            accept: next(*accept),
            reject: next(*reject),
        },
        Expression::Call { function, arguments } => Expression::Call {
            function: *function,
            arguments: arguments.iter().map(|one| next(*one)).collect(),
        },
        Expression::Convert { to, operand } => Expression::Convert {
            to: *to,
            operand: next(*operand),
        },
    }
}

/// Whether two expressions are written alike: evaluated one after the other, with nothing between, they give the same value.
pub fn alike(region: &Region, a: Handle<Expression>, b: Handle<Expression>) -> bool {
    if a == b {
        return true;
    }
    let (left, right) = (&region.expressions[a], &region.expressions[b]);
    // Zeros of both signs are equal, and no NaN is.
    match (left, right) {
        (Expression::Literal(Literal::Float(a)), Expression::Literal(Literal::Float(b)))
        | (Expression::Literal(Literal::Imaginary(a)), Expression::Literal(Literal::Imaginary(b))) => {
            return a.to_bits() == b.to_bits();
        }
        _ => {}
    }
    let (mine, theirs) = (children(left), children(right));
    // With the same operands, only what they do to them can differ.
    mine.len() == theirs.len()
        && *left == with_operands(right, &mine)
        && mine.iter().zip(&theirs).all(|(a, b)| alike(region, *a, *b))
}

/// Calls `visit` for `root` and everything below it, operands before the expressions that use them. A handle that occurs
/// twice is visited twice.
pub fn visit_expressions(region: &Region, root: Handle<Expression>, visit: &mut impl FnMut(Handle<Expression>)) {
    for child in children(&region.expressions[root]) {
        visit_expressions(region, child, visit);
    }
    visit(root);
}

/// Calls `visit` for every statement of a block and of the blocks inside, an outer one before its inner ones.
pub fn visit_statements<'r>(region: &'r Region, block: &'r Block, visit: &mut impl FnMut(&'r Statement, Span)) {
    for (statement, span) in &block.statements {
        visit(statement, *span);
        for inner in statement.blocks(region) {
            visit_statements(region, inner, visit);
        }
    }
}

/// Calls `change` for every block of a region, an outer one before its inner ones as they are then; bodies of loops that no statement
/// runs any more are among them.
pub fn each_block_mut(region: &mut Region, change: &mut impl FnMut(&mut Block)) {
    let mut body = std::mem::take(&mut region.body);
    block_and_inner_mut(&mut body, change);
    region.body = body;
    for handle in region.loops.handles().collect::<Vec<_>>() {
        let mut body = std::mem::take(&mut region.loops[handle].body);
        block_and_inner_mut(&mut body, change);
        region.loops[handle].body = body;
    }
}

fn block_and_inner_mut(block: &mut Block, change: &mut impl FnMut(&mut Block)) {
    change(block);
    for (statement, _) in &mut block.statements {
        match statement {
            Statement::If { accept, reject, .. } => {
                block_and_inner_mut(accept, change);
                block_and_inner_mut(reject, change);
            }
            Statement::While { prelude, body, .. } => {
                block_and_inner_mut(prelude, change);
                block_and_inner_mut(body, change);
            }
            // The bodies of counted loops are visited by themselves.
            Statement::For(_)
            | Statement::Assign { .. }
            | Statement::Store(_)
            | Statement::Evaluate(_)
            | Statement::Allocate { .. }
            | Statement::Break
            | Statement::Continue
            | Statement::Leave(_)
            | Statement::Raise { .. }
            | Statement::Seed(_)
            | Statement::Draw(_) => {}
        }
    }
}

impl Statement {
    /// The blocks directly inside this statement, in order.
    pub fn blocks<'r>(&'r self, region: &'r Region) -> Vec<&'r Block> {
        match self {
            Self::If { accept, reject, .. } => vec![accept, reject],
            Self::For(handle) => vec![&region.loops[*handle].body],
            Self::While { prelude, body, .. } => vec![prelude, body],
            Self::Assign { .. }
            | Self::Store(_)
            | Self::Evaluate(_)
            | Self::Allocate { .. }
            | Self::Break
            | Self::Continue
            | Self::Leave(_)
            | Self::Raise { .. }
            | Self::Seed(_)
            | Self::Draw(_) => Vec::new(),
        }
    }

    /// The root expressions this statement evaluates itself (not those of its blocks), in order of evaluation.
    pub fn roots(&self, region: &Region) -> Vec<Handle<Expression>> {
        match self {
            Self::Assign { value, .. } => vec![*value],
            Self::Evaluate(value) => vec![*value],
            Self::Seed(seed) => {
                let words = seed.source.words().into_iter();
                words.flat_map(|words| words.roots().iter().copied()).collect()
            }
            Self::Draw(draw) => draw.arguments.clone(),
            Self::Store(handle) => {
                let store = &region.stores[*handle];
                std::iter::once(store.value)
                    .chain(store.subscripts.iter().copied())
                    .collect()
            }
            Self::If { condition, .. } | Self::While { condition, .. } => vec![*condition],
            Self::For(handle) => {
                let header = &region.loops[*handle];
                vec![header.start, header.stop, header.step]
            }
            Self::Allocate { array, .. } => match &region.arrays[*array].origin {
                ArrayOrigin::Local { extents, .. } => extents.clone(),
                ArrayOrigin::Input(_) | ArrayOrigin::Variable(_) => Vec::new(),
            },
            Self::Break | Self::Continue | Self::Leave(_) | Self::Raise { .. } => Vec::new(),
        }
    }
}
