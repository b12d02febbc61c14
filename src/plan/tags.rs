//! The tags that the back ends keep beside variables (see [`Tag`]).

use super::Plan;
use crate::infer::{Origin, Tag, Tags};
use crate::ir::{Expression, Function, Handle, LogicalOp, Variable};

type Ex = Handle<Expression>;

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
        let (region, types) = (self.region, self.types);
        Tags { region, types }.object(root, target.filter(|variable| self.is_tagged(*variable)))
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
}
