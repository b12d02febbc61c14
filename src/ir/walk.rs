//! Walking expressions and statements in order of evaluation.

use super::{ArrayOrigin, Block, Expression, Handle, Region, Statement};
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
            | Self::Leave
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
            Self::Seed(seed) => [&seed.key, &seed.counter]
                .into_iter()
                .flat_map(|words| words.roots().iter().copied())
                .collect(),
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
            Self::Break | Self::Continue | Self::Leave | Self::Raise { .. } => Vec::new(),
        }
    }
}
