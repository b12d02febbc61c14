//! What a loop carries from one iteration to the next: variables that hold arrays and are read before the body assigns them.
//!
//! The body is scalarised once, for what they held at its head; so the end of the body must leave it there. `x = x[::-1]` or
//! `x, y = y, x` are views of other arrays by then: their elements are copied back.

use super::scalariser::{Held, Scalar, Scalariser};
use super::shape::Shaped;
use crate::ir::{self, Block, Handle, Statement, Variable};
use crate::source::Span;

/// A variable, and the local array that it alone holds at the head of the body.
pub(super) type Carried = (Handle<Variable>, Shaped);

impl<'r> Scalariser<'r> {
    /// The body of a loop, whose end leaves in each carried variable the array that its head expects.
    pub(super) fn carrying(&mut self, block: &'r Block, carried: &[Carried], span: Span) -> Scalar<Block> {
        let arrays = carried.iter().filter_map(|(_, target)| Some(target.view()?.0));
        let before = self.carried.len();
        self.carried.extend(arrays);
        let (done, inner) = self.nested(|this| {
            this.repeated(block);
            this.carry(block, carried, span)
        });
        self.carried.truncate(before);
        done.map(|()| inner)
    }

    fn carry(&mut self, block: &Block, carried: &[Carried], span: Span) -> Scalar<()> {
        let mut moved = Vec::new();
        for (variable, target) in carried {
            match self.held[variable.index()].clone() {
                Held::Array(now) if self.alike(&now, target) => {}
                Held::Array(now)
                    if self.may_agree(&now, target)
                        && !block.jumps()
                        && self.may_be_copied(*variable, &now, target) =>
                {
                    if !self.is_own_local(&now, *variable) {
                        self.unsure.insert(*variable);
                    }
                    self.require_agreement(&now, target, span)?;
                    moved.push((*variable, target.clone(), now));
                }
                Held::Array(now) if !self.may_agree(&now, target) => {
                    let name = &self.from.variables[*variable].name;
                    let message = format!("`{name}` may have another shape in each iteration");
                    let help = "make an array of the largest shape before the loop, and assign to slices of it";
                    return self.refused(span, message, help);
                }
                Held::Array(_) | Held::Mixed | Held::Number => {
                    let name = &self.from.variables[*variable].name;
                    let message = format!("`{name}` may be another array in each iteration");
                    let help =
                        "make the array before the loop and assign its elements (`a[...] = …`) instead of the name";
                    return self.refused(span, message, help);
                }
            }
        }
        if moved.len() > 1 {
            // All are read before any is stored.
            for (_, _, now) in &mut moved {
                *now = self.materialise(now, "carried", span);
            }
        }
        for (variable, target, now) in moved {
            let name = self.from.variables[variable].name.clone();
            self.overwrite(&name, &target, &now, span)?;
            self.lose_views_of(&target);
            self.held[variable.index()] = Held::Array(target);
        }
        Ok(())
    }

    /// Whether the present block is one of a loop that carries an array.
    pub(super) fn is_carried(&self, target: &Shaped) -> bool {
        target.view().is_some_and(|(array, _)| self.carried.contains(&array))
    }

    /// Whether nobody can tell that the next iteration begins with a copy of what a variable holds at the end of the body: no
    /// change of the one would have to show in the other.
    fn may_be_copied(&self, variable: Handle<Variable>, now: &Shaped, target: &Shaped) -> bool {
        let (Some((array, _)), Some((own, _))) = (now.view(), target.view()) else {
            return false;
        };
        if array == own {
            // Nobody else shows it afterwards.
            return true;
        }
        if self.shadows.iter().any(|shadow| shadow.copy == array) {
            return false;
        }
        let Some(body) = self.blocks.last() else { return false };
        let (mut new, mut changed, mut changed_own) = (false, false, false);
        ir::visit_statements(&self.to, body, &mut |statement, _| match statement {
            Statement::Allocate { array: one, .. } => new |= *one == array,
            Statement::Store(store) => {
                let direct = !self.overwriting.contains(store);
                changed |= direct && self.to.stores[*store].array == array;
                changed_own |= direct && self.to.stores[*store].array == own;
            }
            _ => {}
        });
        let shared = self.held.iter().enumerate().any(|(index, held)| match held {
            Held::Array(other) => index != variable.index() && other.view().is_some_and(|(same, _)| same == array),
            Held::Number | Held::Mixed => false,
        });
        // A new array of each iteration is changed before the end of its own only.
        if new {
            !(shared && changed_own)
        } else {
            !changed && !changed_own
        }
    }

    /// Other variables that show a part of an array hold nothing known once it is overwritten.
    fn lose_views_of(&mut self, target: &Shaped) {
        let Some((array, _)) = target.view() else { return };
        for held in &mut self.held {
            if let Held::Array(other) = held
                && other.view().is_some_and(|(same, _)| same == array)
            {
                *held = Held::Mixed;
            }
        }
    }
}
