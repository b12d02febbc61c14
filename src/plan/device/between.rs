//! Cutting a region into kernels: split loops, what one thread does between them, and what is the host's.

use super::Grid;
use crate::deps::Legality;
use crate::ir::{self, Array, Block, Directive, Expression, Handle, Literal, Loop, Source, Statement};
use crate::plan::Plan;
use crate::source::Span;

/// Iterations, by literals, of a loop that is not worth a launch.
const FEW: i128 = 32;

/// Who executes a statement outside of split loops.
enum Executor {
    /// The host: it touches no array.
    Host,
    /// One thread of the device.
    Alone,
    /// A grid over this loop.
    Grid(Handle<Loop>),
    /// The host, and its blocks are cut in turn.
    Inside,
}

impl<'p> Plan<'p> {
    /// The kernels of a region.
    pub(super) fn kernels(&self) -> Result<Vec<Grid<'p>>, String> {
        let mut found = Vec::new();
        self.cut(&self.region.body, &mut found)?;
        for grid in &found {
            self.keeps_to_itself(grid)?;
        }
        self.generators_fit(&found)?;
        Ok(found)
    }

    /// Whether all random numbers are drawn by threads, of generators that they make.
    fn generators_fit(&self, grids: &[Grid<'_>]) -> Result<(), String> {
        let is_random = |statement: &Statement| matches!(statement, Statement::Seed(_) | Statement::Draw(_));
        let (mut everywhere, mut fitting) = (0, 0);
        ir::visit_statements(self.region, &self.region.body, &mut |one, _| {
            everywhere += usize::from(is_random(one))
        });
        for grid in grids {
            let made = self.generators(grid);
            self.each_statement(grid, &mut |one| {
                let fits = match one {
                    Statement::Draw(draw) => made.contains(&draw.generator),
                    Statement::Seed(seed) => match seed.source {
                        Source::Sequence { sequence, .. } => made.contains(&sequence),
                        Source::Key { .. } | Source::Entropy { .. } => true,
                    },
                    _ => is_random(one),
                };
                fitting += usize::from(fits);
            });
        }
        match fitting == everywhere {
            true => Ok(()),
            false => Err("random numbers are drawn outside of its parallel loops".to_owned()),
        }
    }

    fn cut(&self, block: &'p Block, found: &mut Vec<Grid<'p>>) -> Result<(), String> {
        let statements = &block.statements[..];
        // Of the statements of one thread: the first, and one past the last.
        let mut run: Option<(usize, usize)> = None;
        for (position, (statement, _)) in statements.iter().enumerate() {
            if self.excludes(statement) {
                continue;
            }
            let executor = self.executor(statement)?;
            match executor {
                Executor::Alone => {
                    run = Some(run.map_or((position, position + 1), |(first, _)| (first, position + 1)));
                    continue;
                }
                // Scalars between two of its statements, the thread computes itself.
                Executor::Host if self.is_scalar(statement) => continue,
                Executor::Host | Executor::Grid(_) | Executor::Inside => {}
            }
            if let Some((first, end)) = run.take() {
                found.push(self.alone(&statements[first..end])?);
            }
            match executor {
                Executor::Host | Executor::Alone => {}
                Executor::Grid(header) => {
                    self.nest_fits(header)?;
                    found.push(self.grid(&statements[position..=position], header));
                }
                Executor::Inside => {
                    for inner in statement.blocks(self.region) {
                        self.cut(inner, found)?;
                    }
                }
            }
        }
        if let Some((first, end)) = run {
            found.push(self.alone(&statements[first..end])?);
        }
        Ok(())
    }

    /// Whether a statement of the host may as well be a thread's.
    fn is_scalar(&self, statement: &Statement) -> bool {
        matches!(statement, Statement::Assign { variable, .. } if !self.is_marked(*variable))
    }

    fn executor(&self, statement: &Statement) -> Result<Executor, String> {
        if let Statement::For(header) = statement
            && (self.is_parallel(*header) || self.is_free(*header))
        {
            return match self.loads(statement) {
                true => Err("an element of an array decides how often a loop goes round".to_owned()),
                false => Ok(Executor::Grid(*header)),
            };
        }
        // Storage that several kernels use is the host's to give.
        if matches!(statement, Statement::Allocate { .. }) {
            return match self.loads(statement) {
                true => Err("the extent of an array is read from another one".to_owned()),
                false => Ok(Executor::Host),
            };
        }
        let leaves = matches!(statement, Statement::If { .. }) && self.jumps(statement) && self.touches(statement);
        if leaves || self.holds_grids(statement) {
            return match self.loads(statement) {
                true => Err("an element of an array decides what happens around its parallel loops".to_owned()),
                false => Ok(Executor::Inside),
            };
        }
        Ok(if self.touches(statement) {
            Executor::Alone
        } else {
            Executor::Host
        })
    }

    /// Whether a loop that is not split on the CPU is on a device: nothing splits around it or inside.
    fn is_free(&self, header: Handle<Loop>) -> bool {
        let found = self.facts.of_loop(header);
        let one = &self.region.loops[header];
        let in_order = one
            .annotation
            .as_ref()
            .is_some_and(|annotation| annotation.directive == Directive::Sequential);
        let mut splits = false;
        ir::visit_statements(self.region, &one.body, &mut |statement, _| {
            splits |= matches!(statement, Statement::For(inner) if self.is_parallel(*inner));
        });
        found.parallel == Legality::Proven
            && !in_order
            && !splits
            && !found.breaks
            && found.shared_generator.is_none()
            && !self.is_short(header)
            && !self.loads(&Statement::For(header))
            && self.nest_fits(header).is_ok()
    }

    /// Whether a loop has few iterations, by literals.
    pub(super) fn is_short(&self, header: Handle<Loop>) -> bool {
        let one = &self.region.loops[header];
        let literal = |root: Handle<Expression>| match self.region.expressions[root] {
            Expression::Literal(Literal::Int(value)) => Some(i128::from(value)),
            _ => None,
        };
        match (literal(one.start), literal(one.stop), literal(one.step)) {
            (Some(start), Some(stop), Some(step)) => (stop - start).abs() <= FEW * step.abs(),
            _ => false,
        }
    }

    /// Whether kernels with axes are inside a statement.
    fn holds_grids(&self, statement: &Statement) -> bool {
        let mut found = false;
        for block in statement.blocks(self.region) {
            ir::visit_statements(self.region, block, &mut |inner, _| {
                found |= matches!(inner, Statement::For(header) if self.is_parallel(*header) || self.is_free(*header));
            });
        }
        found
    }

    /// Whether a statement itself reads an element.
    fn loads(&self, statement: &Statement) -> bool {
        let mut loads = false;
        for root in statement.roots(self.region) {
            ir::visit_expressions(self.region, root, &mut |one| {
                loads |= matches!(self.region.expressions[one], Expression::Load { .. });
            });
        }
        loads
    }

    /// Whether a statement, or one inside it, reads or writes elements.
    fn touches(&self, statement: &Statement) -> bool {
        let stores = |one: &Statement| matches!(one, Statement::Store(_) | Statement::Allocate { .. });
        let mut found = stores(statement) || self.loads(statement);
        for block in statement.blocks(self.region) {
            ir::visit_statements(self.region, block, &mut |inner, _| {
                found |= stores(inner) || self.loads(inner)
            });
        }
        found
    }

    /// The kernel of one thread.
    fn alone(&self, statements: &'p [(Statement, Span)]) -> Result<Grid<'p>, String> {
        let grid = Grid {
            statements,
            nest: Vec::new(),
            axes: Vec::new(),
            bins: Vec::new(),
            copies: Vec::new(),
            lanes: Vec::new(),
        };
        if statements.iter().any(|(one, _)| self.jumps(one)) {
            return Err(
                "a statement between its parallel loops reads an array and leaves a loop around them".to_owned(),
            );
        }
        Ok(grid)
    }

    /// Whether a statement ends or continues a loop around it.
    pub(crate) fn jumps(&self, statement: &Statement) -> bool {
        match statement {
            Statement::Break | Statement::Continue => true,
            Statement::If { accept, reject, .. } => {
                let mut inner = accept.statements.iter().chain(&reject.statements);
                inner.any(|(one, _)| self.jumps(one))
            }
            Statement::While { prelude, .. } => prelude.statements.iter().any(|(one, _)| self.jumps(one)),
            Statement::Assign { .. }
            | Statement::Store(_)
            | Statement::Evaluate(_)
            | Statement::For(_)
            | Statement::Allocate { .. }
            | Statement::Leave(_)
            | Statement::Raise { .. }
            | Statement::Seed(_)
            | Statement::Draw(_) => false,
        }
    }

    /// Whether the arrays that a kernel allocates are of no use to anybody else.
    fn keeps_to_itself(&self, grid: &Grid<'_>) -> Result<(), String> {
        let used = |array: Handle<Array>, statement: &Statement| {
            let mut used = matches!(statement, Statement::Store(store) if self.region.stores[*store].array == array);
            for root in statement.roots(self.region) {
                ir::visit_expressions(self.region, root, &mut |one| {
                    used |= match self.region.expressions[one] {
                        Expression::Load { array: other, .. }
                        | Expression::Extent { array: other, .. }
                        | Expression::Size(other) => other == array,
                        _ => false,
                    };
                });
            }
            used
        };
        for array in self.allocated(grid) {
            let (mut everywhere, mut here) = (0, 0);
            ir::visit_statements(self.region, &self.region.body, &mut |one, _| {
                everywhere += usize::from(used(array, one))
            });
            self.each_statement(grid, &mut |one| here += usize::from(used(array, one)));
            if everywhere > here || self.region.handed_back().contains(&array) {
                let name = &self.region.arrays[array].name;
                return Err(format!("the array `{name}` is made by one kernel and used by another"));
            }
        }
        Ok(())
    }
}
