//! What elements of arrays decide around split loops, computed ahead.
//!
//! On a device only a kernel reads elements, and what goes on around its split loops is the host's to decide. So bounds of these
//! loops, and bounds and conditions of statements around them or that leave a loop around them, are assigned to variables first where
//! elements are read for them:
//! `device` makes a kernel of one thread of that, which hands the number back.
//!
//! ```text
//! while x[0] > limit:              while (goes_on = x[0] > limit; goes_on):
//!     # pragma parallel for            # pragma parallel for
//!     for i in range(n[0]):            i_stop = n[0]
//!                                      for i in range(i_stop):
//! ```

use super::contract::fresh;
use crate::ir::{self, Array, ArrayOrigin, Block, Directive, Expression, Handle, Loop, Region, Statement, Variable};
use crate::source::Span;

type Ex = Handle<Expression>;

/// Has a region that asks for a device read elements ahead.
pub fn read_ahead(region: &mut Region) {
    if !region.wants_device() {
        return;
    }
    let mut body = region.body.clone();
    block(region, &mut body);
    region.body = body;
}

fn block(region: &mut Region, block: &mut Block) {
    let mut done = Block::default();
    for (mut statement, span) in std::mem::take(&mut block.statements) {
        let holds = holds_loops(region, &statement);
        match &mut statement {
            Statement::For(header) => header_of(region, &mut done, *header),
            Statement::If {
                condition,
                accept,
                reject,
            } if holds || accept.jumps() || reject.jumps() => {
                *condition = ahead(region, &mut done, "chosen", *condition);
                self::block(region, accept);
                self::block(region, reject);
            }
            Statement::While {
                prelude,
                condition,
                body,
            } if holds => {
                self::block(region, prelude);
                *condition = ahead(region, prelude, "goes_on", *condition);
                self::block(region, body);
            }
            Statement::Allocate { array, .. } => extents(region, &mut done, *array),
            Statement::If { .. }
            | Statement::While { .. }
            | Statement::Assign { .. }
            | Statement::Store(_)
            | Statement::Evaluate(_)
            | Statement::Break
            | Statement::Continue
            | Statement::Leave(_)
            | Statement::Raise { .. }
            | Statement::Seed(_)
            | Statement::Draw(_) => {}
        }
        done.push(statement, span);
    }
    *block = done;
}

/// Bounds of a loop that is split, or may be, or that is around one.
fn header_of(region: &mut Region, before: &mut Block, handle: Handle<Loop>) {
    let one = &region.loops[handle];
    let (name, [start, stop, step]) = (one.name.clone(), [one.start, one.stop, one.step]);
    let start = ahead(region, before, &format!("{name}_start"), start);
    let stop = ahead(region, before, &format!("{name}_stop"), stop);
    let step = ahead(region, before, &format!("{name}_step"), step);
    let one = &mut region.loops[handle];
    (one.start, one.stop, one.step) = (start, stop, step);
    let one = &region.loops[handle];
    if is_around(region, handle) {
        let mut body = one.body.clone();
        block(region, &mut body);
        region.loops[handle].body = body;
    } else if let Some(condition) = one.annotation.as_ref().and_then(|annotation| annotation.condition) {
        let condition = ahead(region, before, &format!("{name}_split"), condition);
        if let Some(annotation) = &mut region.loops[handle].annotation {
            annotation.condition = Some(condition);
        }
    }
}

/// Extents of an array that is allocated in one place.
fn extents(region: &mut Region, before: &mut Block, array: Handle<Array>) {
    let mut places = 0;
    ir::visit_statements(region, &region.body, &mut |one, _| {
        places += usize::from(matches!(one, Statement::Allocate { array: other, .. } if *other == array));
    });
    let ArrayOrigin::Local { extents, .. } = &region.arrays[array].origin else {
        return;
    };
    if places > 1 {
        return;
    }
    let (name, mut all) = (region.arrays[array].name.clone(), extents.clone());
    for extent in &mut all {
        *extent = ahead(region, before, &format!("{name}_length"), *extent);
    }
    if let ArrayOrigin::Local { extents, .. } = &mut region.arrays[array].origin {
        *extents = all;
    }
}

fn is_split(region: &Region, handle: Handle<Loop>) -> bool {
    let annotation = region.loops[handle].annotation.as_ref();
    annotation.is_some_and(|one| matches!(one.directive, Directive::Parallel | Directive::ParallelSimd))
}

/// Whether a loop is one after whose iterations split loops follow.
fn is_around(region: &Region, handle: Handle<Loop>) -> bool {
    let annotation = region.loops[handle].annotation.as_ref();
    let in_order = annotation.is_some_and(|one| one.directive == Directive::Sequential);
    let mut holds = in_order;
    ir::visit_statements(region, &region.loops[handle].body, &mut |inner, _| {
        holds |= matches!(inner, Statement::For(header) if is_split(region, *header));
    });
    holds && !is_split(region, handle)
}

/// Whether loops are inside a statement, which may be split whether the user asks for it or not.
fn holds_loops(region: &Region, statement: &Statement) -> bool {
    let mut found = false;
    for block in statement.blocks(region) {
        ir::visit_statements(region, block, &mut |inner, _| {
            found |= matches!(inner, Statement::For(_))
        });
    }
    found
}

/// An expression, or a variable that it is assigned to if it reads elements.
fn ahead(region: &mut Region, before: &mut Block, wanted: &str, root: Ex) -> Ex {
    let mut loads = false;
    ir::visit_expressions(region, root, &mut |one| {
        loads |= matches!(region.expressions[one], Expression::Load { .. });
    });
    if !loads {
        return root;
    }
    let span = region.spans[root];
    let variable = variable(region, wanted, span);
    before.push(Statement::Assign { variable, value: root }, span);
    region.expression(Expression::Variable(variable), span)
}

fn variable(region: &mut Region, wanted: &str, span: Span) -> Handle<Variable> {
    let name = fresh(region, wanted);
    region.variables.append(Variable {
        name,
        initial: None,
        temporary: true,
        storage: None,
        there: None,
        span,
    })
}
