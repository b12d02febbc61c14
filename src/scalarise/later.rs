//! What is read after the present place: a copy that stands for a view must show later changes only if it is read after them.

use super::scalariser::{Held, Scalariser};
use crate::ir::{self, Array, Block, Handle, Statement, Variable};

/// A statement on the way from the region to the present place.
pub(super) struct Step<'r> {
    pub(super) block: &'r Block,
    /// Its position there.
    pub(super) at: usize,
    /// Whether the block is a loop's body.
    pub(super) repeated: bool,
}

/// What becomes of a variable's value in some statements.
#[derive(PartialEq, Eq)]
enum Fate {
    Read,
    Replaced,
    Untouched,
}

impl Scalariser<'_> {
    /// Whether some array that stands for a view of `of`, or of such an array, may be read after the present statement.
    pub(super) fn is_shown_later(&self, of: Handle<Array>) -> bool {
        let mut standing = vec![of];
        let mut next = 0;
        while let Some(one) = standing.get(next).copied() {
            next += 1;
            for shadow in self.shadows.iter().filter(|shadow| shadow.of == one) {
                if !standing.contains(&shadow.copy) {
                    standing.push(shadow.copy);
                }
            }
        }
        self.from
            .variables
            .handles()
            .any(|variable| match &self.held[variable.index()] {
                Held::Array(shaped) => {
                    let holds = shaped.view().is_some_and(|(array, _)| standing[1..].contains(&array));
                    holds && self.is_read_later(variable)
                }
                // Not to be read any more.
                Held::Number | Held::Mixed => false,
            })
    }

    /// Whether what a variable holds now may be read after the present statement.
    pub(super) fn is_read_later(&self, variable: Handle<Variable>) -> bool {
        if self.is_output(variable) || self.jumps() {
            return true;
        }
        for (depth, step) in self.way.iter().enumerate().rev() {
            match self.fate(variable, &step.block.statements[step.at + 1..]) {
                Fate::Read => return true,
                Fate::Replaced => return false,
                Fate::Untouched => {}
            }
            if !step.repeated {
                continue;
            }
            // The next iteration, which a test may precede; or there is none.
            let tested = depth.checked_sub(1).map(|outer| &self.way[outer]);
            let tested = tested.is_some_and(|outer| match &outer.block.statements[outer.at].0 {
                Statement::While { .. } => self.reads(&outer.block.statements[outer.at].0, variable),
                _ => false,
            });
            if tested || self.fate(variable, &step.block.statements[..=step.at]) == Fate::Read {
                return true;
            }
        }
        false
    }

    fn fate(&self, variable: Handle<Variable>, statements: &[(Statement, crate::source::Span)]) -> Fate {
        for (statement, _) in statements {
            if self.reads(statement, variable) {
                return Fate::Read;
            }
            if matches!(statement, Statement::Assign { variable: assigned, .. } if *assigned == variable) {
                return Fate::Replaced;
            }
        }
        Fate::Untouched
    }

    /// Whether control may skip statements.
    fn jumps(&self) -> bool {
        let mut found = false;
        ir::visit_statements(self.from, &self.from.body, &mut |statement, _| {
            found |= matches!(statement, Statement::Break | Statement::Continue);
        });
        found
    }
}
