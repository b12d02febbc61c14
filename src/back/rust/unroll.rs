//! Loops whose body is written several times in a row.
//!
//! The body becomes a local macro over the number of the iteration, which is expanded for each round of a turn, and once more in
//! the loop over what is left.

use std::convert::Infallible;

use super::region::Scene;
use super::variant::Variant;
use crate::back::writer::Writer;
use crate::ir::{Block, Handle, Loop, Statement};

impl Scene<'_> {
    /// A loop over `steps` (a name), without a look at the interrupt flag; `body` writes an iteration.
    pub(super) fn loop_over<E>(
        &self,
        out: &mut Writer,
        handle: Handle<Loop>,
        (name, steps): (&str, &str),
        body: impl FnOnce(&mut Writer) -> Result<(), E>,
    ) -> Result<(), E> {
        let rounds = match self.variant {
            Variant::Careful => 1,
            Variant::Fast => self.plan.rounds(handle),
        };
        if rounds == 1 {
            out.open(format!("for {name} in {steps}.values()"));
            body(out)?;
            out.close("");
            return Ok(());
        }
        out.line(format!("// {rounds} iterations of `{name}` in a row."));
        out.block();
        out.open("macro_rules! round");
        out.open("($trip:expr) =>");
        out.block();
        out.line(format!("let {name} = {steps}.at($trip);"));
        // The body may go on with the next iteration early: a loop of one round keeps that inside.
        let jumps = continues(&self.region.loops[handle].body);
        if jumps {
            out.open("for _ in 0..1");
        }
        body(out)?;
        if jumps {
            out.close("");
        }
        out.close("");
        out.close(";");
        out.close("");
        out.line(format!("let (mut trip, trips) = (0, {steps}.trips());"));
        out.open(format!("while trips - trip >= {rounds}"));
        for round in 0..rounds {
            out.line(match round {
                0 => "round!(trip);".to_owned(),
                _ => format!("round!(trip + {round});"),
            });
        }
        out.line(format!("trip += {rounds};"));
        out.close("");
        out.open("while trip < trips");
        out.line("round!(trip);");
        out.line("trip += 1;");
        out.close("");
        out.close("");
        Ok(())
    }

    /// A loop on one thread, which lets Ctrl-C through: once every iteration, or where nothing inside does so and it would
    /// be in the way of vectorising, between strips of iterations.
    pub(super) fn on_one_thread<E>(
        &self,
        out: &mut Writer,
        handle: Handle<Loop>,
        name: &str,
        body: impl FnOnce(&mut Writer) -> Result<(), E>,
    ) -> Result<(), E> {
        let all = format!("{name}_steps");
        if self.is_short(handle) {
            return self.loop_over(out, handle, (name, &all), body);
        }
        let inside = &self.region.loops[handle].body;
        if self.variant == Variant::Fast && !self.lasts(inside) && inside.breaks().is_empty() {
            out.open(format!("for strip in {all}.strips()"));
            out.line("pulse.beats(strip.trips())?;");
            self.loop_over(out, handle, (name, "strip"), body)?;
            out.close("");
            return Ok(());
        }
        self.loop_over(out, handle, (name, &all), |out| {
            out.line("pulse.beat()?;");
            body(out)
        })
    }

    /// A loop over `steps` with a scalar body, which can be written always.
    pub(super) fn scalar_over(&self, out: &mut Writer, handle: Handle<Loop>, name: &str, steps: &str) {
        let written = self.loop_over(out, handle, (name, steps), |out| {
            self.block(out, &self.region.loops[handle].body);
            Ok::<(), Infallible>(())
        });
        match written {
            Ok(()) => {}
            Err(never) => match never {},
        }
    }
}

/// Whether a `continue` belongs to the loop of this body.
fn continues(block: &Block) -> bool {
    block.statements.iter().any(|(statement, _)| match statement {
        Statement::Continue => true,
        Statement::If { accept, reject, .. } => continues(accept) || continues(reject),
        _ => false,
    })
}
