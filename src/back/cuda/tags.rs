//! Tags of variables whose type depends on the data (see [`Tag`]), as C++.

use super::scene::Scene;
use crate::deps::ScalarReduction;
use crate::infer::Tag;
use crate::ir::{Function, Handle, ReductionOp, Variable};

impl Scene<'_> {
    /// The name of a variable's tag.
    pub(super) fn tag(&self, variable: Handle<Variable>) -> String {
        format!("{}_type", self.variable(variable))
    }

    /// The names of variables, and of the tags of those that have one.
    pub(super) fn with_tags(&self, variables: &[Handle<Variable>]) -> Vec<String> {
        let tagged = self.plan.tagged(variables).into_iter();
        let values = variables.iter().map(|one| self.variable(*one));
        values.chain(tagged.map(|one| self.tag(one))).collect()
    }

    /// How the tags of a reduction's contributions combine: a sum is NumPy's as soon as one of its terms is; of a least value it is known
    /// only if all are alike.
    pub(super) fn fold_of_tags(&self, one: &ScalarReduction) -> &'static str {
        match one.op {
            ReductionOp::Add
            | ReductionOp::Multiply
            | ReductionOp::BitAnd
            | ReductionOp::BitOr
            | ReductionOp::BitXor => "Greatest",
            ReductionOp::Min | ReductionOp::Max | ReductionOp::And | ReductionOp::Or => "Alike",
        }
    }

    /// A tag, a `u8`.
    pub(super) fn tag_text(&self, tag: &Tag) -> String {
        match tag {
            Tag::Known(known) => format!("u8({known})"),
            Tag::Of(variable) => self.tag(*variable),
            // No output depends on one.
            Tag::Item(_) => "u8(5)".to_owned(),
            Tag::Or(first, second) => format!("known_type({}, {})", self.tag_text(first), self.tag_text(second)),
            Tag::Choice(condition, accept, reject) => format!(
                "({} ? {} : {})",
                self.truth(*condition),
                self.tag_text(accept),
                self.tag_text(reject)
            ),
            Tag::Extreme(function, ty, candidates) => {
                let name = if *function == Function::Min {
                    "least"
                } else {
                    "greatest"
                };
                let each: Vec<String> = candidates
                    .iter()
                    .map(|(value, tag)| format!("typed({}, {})", self.converted(*value, *ty), self.tag_text(tag)))
                    .collect();
                format!("{name}({}).type", each.join(", "))
            }
            Tag::Greatest(all) => {
                let each: Vec<String> = all.iter().map(|one| self.tag_text(one)).collect();
                format!("greatest({})", each.join(", "))
            }
            Tag::Real(of) => format!("real_type({})", self.tag_text(of)),
            Tag::Comparison(of) => format!("compared_type({})", self.tag_text(of)),
        }
    }
}
