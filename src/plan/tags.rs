//! The tags that the back ends keep beside variables (see [`Tag`]).

use super::Plan;
use crate::infer::{Origin, Tag, Tags};
use crate::ir::{Expression, Handle, Variable};

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
    pub fn object_tag(&self, root: Handle<Expression>, target: Option<Handle<Variable>>) -> Tag {
        let (region, types) = (self.region, self.types);
        Tags { region, types }.object(root, target.filter(|variable| self.is_tagged(*variable)))
    }
}
