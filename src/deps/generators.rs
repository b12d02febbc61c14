//! Random generators that iterations share: each draw changes what the next one gives, whichever iteration makes it.

use super::{Legality, Witness, WitnessAccess};
use crate::ir::{self, Generator, Handle, Loop, Region, Statement};
use crate::source::Span;

/// A draw in a loop from a generator that is seeded outside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SharedGenerator {
    /// Which.
    pub generator: Handle<Generator>,
    /// The first draw.
    pub span: Span,
    /// Whether every iteration draws.
    pub always: bool,
}

/// Looks for one in a loop's body.
pub(super) fn shared(region: &Region, handle: Handle<Loop>) -> Option<SharedGenerator> {
    let body = &region.loops[handle].body;
    let mut seeded = Vec::new();
    let mut draws = Vec::new();
    ir::visit_statements(region, body, &mut |statement, span| match statement {
        Statement::Seed(seed) => seeded.push(seed.generator),
        Statement::Draw(draw) => draws.push((draw.generator, span)),
        Statement::Assign { .. }
        | Statement::Store(_)
        | Statement::Evaluate(_)
        | Statement::Allocate { .. }
        | Statement::Leave(_)
        | Statement::If { .. }
        | Statement::For(_)
        | Statement::While { .. }
        | Statement::Break
        | Statement::Continue
        | Statement::Raise { .. } => {}
    });
    let (generator, span) = draws.into_iter().find(|(generator, _)| !seeded.contains(generator))?;
    let plain = |(one, _): &(Statement, Span)| matches!(one, Statement::Draw(draw) if draw.generator == generator);
    Some(SharedGenerator {
        generator,
        span,
        always: body.statements.iter().any(plain),
    })
}

impl SharedGenerator {
    /// What it does to the loop.
    pub(super) fn legality(self, region: &Region, handle: Handle<Loop>) -> Legality {
        let name = &region.generators[self.generator].name;
        if !self.always {
            return Legality::Unproven(format!(
                "which numbers an iteration draws from `{name}` depends on the iterations before"
            ));
        }
        let counter = region.loops[handle].written.clone();
        let access = || WitnessAccess {
            name: name.clone(),
            write: true,
            span: self.span,
        };
        Legality::Refuted(Witness {
            text: format!("iteration {counter}=0 draws from `{name}`, iteration {counter}=1 draws what comes after"),
            iterations: [vec![(counter.clone(), 0)], vec![(counter, 1)]],
            accesses: [access(), access()],
        })
    }
}
