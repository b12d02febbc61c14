//! Lists that the region makes longer: `found.append(x)`.
//!
//! Each `append` of a list has a place of its own for every iteration of the loops around it: the items go into a new array with
//! an axis for each loop and one for the appends of an iteration, and a mask says which of them were reached. The rewritten
//! file adds them to the list ([`ir::Grown`]), in the order of the places, which is the order of the iterations. So iterations
//! that append may run at once.
//!
//! If the region fails after some appends, the list is as it was before. That must be nobody's concern: the list is a local
//! variable, made by a display in the same function, which nothing else has been given before the region.

use super::iterate::Run;
use super::lowerer::{Lower, Lowerer};
use super::scope::ScopeKind;
use crate::diagnostics::Diagnostic;
use crate::ir::{self, ArrayFunction, BinaryOp, Dtype, Fill, Handle};
use crate::python::walk::{self, Use};
use crate::python::{ArgumentKind, Expression, ExpressionKind, Statement, StatementKind};
use crate::source::Span;

type Ex = Handle<ir::Expression>;

/// How many iterations nested loops may have for a place each: few of them may append, and then a list is small where the places
/// would not fit the memory. A loop alone mostly has data of its size.
const MOST_PLACES: f64 = (1 << 27) as f64;

/// A list that grows in the region.
pub(super) struct Growing<'a> {
    pub(super) name: &'a str,
    pub(super) form: ir::GrownForm,
    /// One array for each part of an item.
    pub(super) columns: Vec<Handle<ir::Variable>>,
    pub(super) order: Order,
    /// Whether the region makes the list.
    pub(super) anew: bool,
    pub(super) span: Span,
}

/// Where the items of a list lie that grows.
#[derive(Clone)]
pub(super) enum Order {
    /// In a place for each append of each iteration.
    Places {
        /// Which places hold items.
        present: Handle<ir::Variable>,
        /// The loops around, outermost first.
        loops: Vec<Around>,
        /// How many appends there are in an iteration.
        appends: usize,
    },
    /// One after the other; the variable tells how many there are.
    Counted(Handle<ir::Variable>),
}

/// A loop around an append.
#[derive(Clone, Copy)]
pub(super) struct Around {
    counted: Handle<ir::Loop>,
    /// Its first counter; `None`: 0, which it may leave out.
    origin: Option<Ex>,
    /// Above all its counters, and known before the outermost loop.
    bound: Ex,
}

impl<'a> Lowerer<'a> {
    /// An expression statement, if it appends to a list from before the region.
    pub(super) fn appends(&mut self, expression: &'a Expression) -> Lower<bool> {
        let Some((name, item)) = append(expression) else {
            return Ok(false);
        };
        if self.frame().call.is_some() || self.frame().own.contains(name) {
            return Ok(false);
        }
        let span = expression.span;
        self.require_growable(name, span)?;
        self.grow(name, item, span)?;
        Ok(true)
    }

    /// Appends an item to a list that grows.
    pub(super) fn grow(&mut self, name: &'a str, item: &'a Expression, span: Span) -> Lower<()> {
        let loops = self.open.iter().copied().collect::<Option<Vec<_>>>();
        let in_order = self.in_order.contains(name);
        let loops = match loops {
            None if !in_order => {
                self.wish_order(name);
                return Err(self.refuse_list(span, name, "how often `while` appends is not known before"));
            }
            loops => loops.unwrap_or_default(),
        };
        let (form, parts) = match &item.kind {
            ExpressionKind::Tuple(items) => (ir::GrownForm::Tuple, items.iter().collect()),
            ExpressionKind::List(items) => (ir::GrownForm::List, items.iter().collect()),
            _ if self.makes_list(item) => (ir::GrownForm::Row, vec![item]),
            _ => (ir::GrownForm::Item, vec![item]),
        };
        let mut values = Vec::new();
        for part in &parts {
            let mark = self.mark();
            let value = match form {
                ir::GrownForm::Row => {
                    let list = self.collected(part, Dtype::Kept, part.span)?;
                    self.add(ir::Expression::Variable(list.variable), part.span)
                }
                ir::GrownForm::Item | ir::GrownForm::Tuple | ir::GrownForm::List => self.scalar(part)?,
            };
            self.keep(&mut values, mark);
            values.push(value);
        }
        let at = match in_order {
            true => self.growing_in_order(name, form, parts.len(), span)?,
            false => self.growing_list(name, form, parts.len(), &loops, span)?,
        };
        let columns = self.growing[at].columns.clone();
        let (number, present, loops) = match &mut self.growing[at].order {
            Order::Counted(count) => {
                let count = *count;
                self.append_in_order(&columns, count, values, span);
                return Ok(());
            }
            Order::Places {
                present,
                loops,
                appends,
            } => {
                *appends += 1;
                (*appends as i64 - 1, *present, loops.clone())
            }
        };
        let mut subscripts: Vec<Ex> = loops.iter().map(|around| self.place_in(around, span)).collect();
        subscripts.push(self.int(number, span));
        for (column, value) in columns.into_iter().zip(values) {
            self.put(column, subscripts.clone(), value, span);
        }
        let yes = self.truth(true, span);
        self.put(present, subscripts, yes, span);
        Ok(())
    }

    /// Whether a body appends to a list from before the region.
    pub(super) fn grows_in(&self, body: &[Statement]) -> bool {
        let mut found = false;
        walk::statements(body, &mut |statement| {
            if let StatementKind::Expression(expression) = &statement.kind
                && let Some((name, _)) = append(expression)
            {
                found |= self.frame().call.is_none() && !self.frame().own.contains(name);
            }
        });
        found
    }

    /// A run whose counter rises by 1, so that it tells which iteration it is.
    pub(super) fn by_ones(&mut self, run: Run, span: Span) -> Run {
        let (stop, item) = self.counted_from_zero(run, span);
        Run {
            start: self.int(0, span),
            stop,
            step: self.int(1, span),
            item,
        }
    }

    /// The list of that name, at its first append or a later one.
    fn growing_list(
        &mut self,
        name: &'a str,
        form: ir::GrownForm,
        parts: usize,
        loops: &[Handle<ir::Loop>],
        span: Span,
    ) -> Lower<usize> {
        if let Some(at) = self.growing.iter().position(|one| one.name == name) {
            let same = match &self.growing[at].order {
                Order::Places { loops: known, .. } => known.iter().map(|around| &around.counted).eq(loops),
                Order::Counted(_) => true,
            };
            if !same {
                self.wish_order(name);
                return Err(self.refuse_list(span, name, "it grows in several loops"));
            }
            self.require_form(at, form, parts, span)?;
            return Ok(at);
        }
        let mut around: Vec<Around> = Vec::new();
        for counted in loops {
            if self.literal(self.region.loops[*counted].step) != Some(1) {
                return Err(self.refuse_list(span, name, "a loop around has a step other than 1"));
            }
            let Some(one) = self.around(*counted, &around, span) else {
                self.wish_order(name);
                let why = "how often an inner loop appends is not known before the outer one";
                return Err(self.refuse_list(span, name, why));
            };
            around.push(one);
        }
        let wanted = format!("{name}_items");
        let columns = (0..parts).map(|_| self.temporary(&wanted, span)).collect();
        let present = self.temporary(&format!("{name}_present"), span);
        self.growing.push(Growing {
            name,
            form,
            columns,
            order: Order::Places {
                present,
                loops: around,
                appends: 0,
            },
            anew: false,
            span,
        });
        Ok(self.growing.len() - 1)
    }

    /// That the items of a list have one form.
    pub(super) fn require_form(&self, at: usize, form: ir::GrownForm, parts: usize, span: Span) -> Lower<()> {
        let known = &self.growing[at];
        if known.form != form || known.columns.len() != parts {
            return Err(self.refuse_list(span, known.name, "its items are of several forms"));
        }
        Ok(())
    }

    /// What is known of a loop before the outermost one: of a triangular nest, more places than it has iterations.
    fn around(&mut self, counted: Handle<ir::Loop>, outer: &[Around], span: Span) -> Option<Around> {
        let (start, stop) = (self.region.loops[counted].start, self.region.loops[counted].stop);
        let outermost = outer.is_empty();
        let origin = match self.literal(start) {
            Some(0) => None,
            _ if outermost || self.is_foreknown(start) => Some(start),
            _ if self.is_natural(start) => None,
            _ => return None,
        };
        let above = |counter: Ex, this: &Self| match this.region.expressions[counter] {
            ir::Expression::Counter(other) => outer.iter().find(|one| one.counted == other).map(|one| one.bound),
            _ => None,
        };
        let bound = if outermost || self.is_foreknown(stop) {
            stop
        } else if let Some(bound) = above(stop, self) {
            bound
        } else {
            let ir::Expression::Binary { op, left, right } = self.region.expressions[stop] else {
                return None;
            };
            let bound = above(left, self)?;
            match (op, self.literal(right)?) {
                (BinaryOp::Add, 0..) => self.binary(BinaryOp::Add, bound, right, span),
                (BinaryOp::Subtract, 0..) => bound,
                _ => return None,
            }
        };
        Some(Around { counted, origin, bound })
    }

    /// Which iteration of a loop it is, from 0.
    fn place_in(&mut self, around: &Around, span: Span) -> Ex {
        let counter = self.add(ir::Expression::Counter(around.counted), span);
        match around.origin {
            None => counter,
            Some(origin) => self.binary(BinaryOp::Subtract, counter, origin, span),
        }
    }

    /// Whether an expression of integers is surely not negative.
    pub(super) fn is_natural(&self, root: Ex) -> bool {
        match &self.region.expressions[root] {
            ir::Expression::Literal(ir::Literal::Int(0..)) | ir::Expression::Extent { .. } => true,
            ir::Expression::Counter(counted) => {
                let counted = &self.region.loops[*counted];
                self.literal(counted.step) == Some(1) && self.is_natural(counted.start)
            }
            ir::Expression::Binary {
                op: BinaryOp::Add,
                left,
                right,
            } => self.is_natural(*left) && self.is_natural(*right),
            ir::Expression::Call {
                function: ir::Function::Max,
                arguments,
            } => arguments.iter().any(|argument| self.is_natural(*argument)),
            _ => false,
        }
    }

    /// Whether an expression means the same everywhere in the region.
    pub(super) fn is_foreknown(&self, root: Ex) -> bool {
        match &self.region.expressions[root] {
            ir::Expression::Literal(_) | ir::Expression::Input(_) => true,
            ir::Expression::Extent { array, .. } => {
                matches!(self.region.arrays[*array].origin, ir::ArrayOrigin::Input(_))
            }
            expression @ (ir::Expression::Binary { .. }
            | ir::Expression::Unary { .. }
            | ir::Expression::Call { .. }
            | ir::Expression::Convert { .. }) => ir::children(expression)
                .into_iter()
                .all(|child| self.is_foreknown(child)),
            ir::Expression::Variable(_)
            | ir::Expression::Counter(_)
            | ir::Expression::Size(_)
            | ir::Expression::Rank(_)
            | ir::Expression::Load { .. }
            | ir::Expression::Compare { .. }
            | ir::Expression::Logical { .. }
            | ir::Expression::Select { .. }
            | ir::Expression::Array(_) => false,
        }
    }

    /// That nobody sees the list if the region fails, and nobody in the region looks at it.
    fn require_growable(&self, name: &'a str, span: Span) -> Lower<()> {
        let scope = self.program.scopes.get(self.scope);
        let ScopeKind::Function(function) = scope.kind else {
            return Err(self.refuse_list(span, name, "it is no local variable of a function"));
        };
        if self.exact || self.program.scopes.is_declared(self.scope, name) {
            return Err(self.refuse_list(span, name, "it can be seen as it is when an exception is raised"));
        }
        let uses = || walk::names_in(scope.body).into_iter().filter(|this| this.name == name);
        let made: usize = made_lists(scope.body, name);
        let parameter = function.parameters.iter().any(|parameter| parameter.name.text == name);
        if parameter || made == 0 || uses().filter(|this| this.how == Use::Bind).count() != made {
            let diagnostic = self.refuse_list(span, name, "it is not made by a display (`[]`) in the same function");
            return Err(diagnostic);
        }
        if uses().any(|this| !matches!(this.how, Use::Read | Use::Bind)) {
            return Err(self.refuse_list(span, name, "a nested function may see it"));
        }
        let region = self.region.span;
        let reads =
            |part: &dyn Fn(Span) -> bool| uses().filter(|this| this.how == Use::Read && part(this.span)).count();
        let calls = |part: &dyn Fn(Span) -> bool| appended(scope.body, name).into_iter().filter(|at| part(*at)).count();
        let inside = |at: Span| region.contains(at);
        let before = |at: Span| at.end <= region.start;
        if reads(&inside) != calls(&inside) {
            return Err(self.refuse_list(span, name, "the loop reads it, too"));
        }
        if reads(&before) != calls(&before) {
            return Err(self.refuse_list(span, name, "it is used before the loop"));
        }
        // What stands behind the region in a loop around comes before its next launch.
        let mut shared = false;
        walk::statements(scope.body, &mut |statement| {
            let around = statement.span;
            let repeats = matches!(statement.kind, StatementKind::For(_) | StatementKind::While(_));
            if repeats && around.contains(region) && around != region {
                let within = |at: Span| around.contains(at) && !region.contains(at);
                let anew = uses().any(|this| this.how == Use::Bind && around.contains(this.span));
                shared |= !anew && reads(&within) != calls(&within);
            }
        });
        if shared {
            return Err(self.refuse_list(span, name, "it is used in a loop around, where it is not made anew"));
        }
        Ok(())
    }

    fn refuse_list(&self, span: Span, name: &str, why: &str) -> Box<Diagnostic> {
        let diagnostic = self.refuse_expression(span, format!("`{name}.append` cannot be translated: {why}"));
        Box::new(diagnostic.help("assign elements of an array that is made before the loop"))
    }

    /// Makes the arrays before the outermost loop, and hands them back.
    pub(super) fn finish_growing(&mut self) {
        for growing in std::mem::take(&mut self.growing) {
            let span = growing.span;
            let (present, loops, appends) = match &growing.order {
                Order::Places {
                    present,
                    loops,
                    appends,
                } => (*present, loops, *appends),
                Order::Counted(count) => {
                    self.make_room(&growing, *count);
                    self.hand_over(&growing, *count);
                    continue;
                }
            };
            let Some(place) = self.region.body.statements.iter().position(|(statement, _)| {
                matches!(statement, ir::Statement::For(counted) if loops.first().is_some_and(|one| one.counted == *counted))
            }) else {
                let diagnostic = self.refuse_list(span, growing.name, "the loop is not the annotated one");
                self.diagnostics.push(*diagnostic);
                continue;
            };
            let rest = self.region.body.statements.split_off(place);
            self.blocks.push(std::mem::take(&mut self.region.body));
            let mut extents = Vec::new();
            for around in loops {
                let count = match around.origin {
                    None => around.bound,
                    Some(origin) => self.binary(BinaryOp::Subtract, around.bound, origin, span),
                };
                extents.push(self.at_least_zero(count, span));
            }
            if extents.len() > 1 {
                self.leave_if_too_many(&extents, span);
            }
            extents.push(self.int(appends as i64, span));
            for column in &growing.columns {
                self.make_into(*column, (Fill::Empty, Dtype::Kept), extents.clone(), span);
            }
            let mask = Dtype::Named(ir::Conversion::NumpyBool);
            self.make_into(present, (Fill::Zeros, mask), extents, span);
            self.region.body = self.blocks.pop().unwrap_or_default();
            self.region.body.statements.extend(rest);
            self.hand_over(&growing, present);
        }
    }

    /// Leaves the region to Python where its loops have too many iterations for a place each.
    fn leave_if_too_many(&mut self, extents: &[Ex], span: Span) {
        let one = self.literal_float(1.0, span);
        // In floats, since the product may be any.
        let left = extents
            .iter()
            .fold(one, |all, extent| self.binary(BinaryOp::Multiply, all, *extent, span));
        let right = self.literal_float(MOST_PLACES, span);
        let op = ir::CompareOp::Greater;
        let too_many = self.add(ir::Expression::Compare { op, left, right }, span);
        self.leave_if(
            too_many,
            "a list that grows in nested loops would take too much memory",
            span,
        );
    }

    fn literal_float(&mut self, value: f64, span: Span) -> Ex {
        self.add(ir::Expression::Literal(ir::Literal::Float(value)), span)
    }

    pub(super) fn make_into(
        &mut self,
        variable: Handle<ir::Variable>,
        (fill, dtype): (Fill, Dtype),
        extents: Vec<Ex>,
        span: Span,
    ) {
        let function = ArrayFunction::Make { fill, dtype };
        let arguments = extents;
        let made = self.form(ir::ArrayForm::Call { function, arguments }, span);
        self.assign(variable, made, span);
    }

    /// `present`: which places hold items, or how many do.
    fn hand_over(&mut self, growing: &Growing<'a>, present: Handle<ir::Variable>) {
        let mut names = Vec::new();
        for variable in std::iter::once(&present).chain(&growing.columns) {
            names.push(self.hidden_output(*variable));
        }
        self.region.grown.push(ir::Grown {
            name: growing.name.to_owned(),
            form: growing.form,
            anew: growing.anew,
            parts: names,
        });
    }
}

/// `name.append(item)`
fn append(expression: &Expression) -> Option<(&str, &Expression)> {
    let ExpressionKind::Call { function, arguments } = &expression.kind else {
        return None;
    };
    let ExpressionKind::Attribute { value, attribute } = &function.kind else {
        return None;
    };
    let (ExpressionKind::Name(name), "append", [argument]) = (&value.kind, attribute.text.as_str(), &arguments[..])
    else {
        return None;
    };
    (argument.kind == ArgumentKind::Positional).then_some((name, &argument.value))
}

/// The places of all statements that append to a list.
fn appended(body: &[Statement], name: &str) -> Vec<Span> {
    let mut found = Vec::new();
    walk::statements(body, &mut |statement| {
        if let StatementKind::Expression(expression) = &statement.kind
            && append(expression).is_some_and(|(list, _)| list == name)
        {
            found.push(statement.span);
        }
    });
    found
}

/// How often a name is bound to a list that is written out: `name = []`, or one of several at once.
fn made_lists(body: &[Statement], name: &str) -> usize {
    let is_name = |target: &Expression| matches!(&target.kind, ExpressionKind::Name(one) if one == name);
    let is_list = |value: &Expression| matches!(value.kind, ExpressionKind::List(_));
    let mut count = 0;
    walk::statements(body, &mut |statement| match &statement.kind {
        StatementKind::Assign(node) if node.targets.len() == 1 => match (&node.targets[0].kind, &node.value.kind) {
            (ExpressionKind::Name(_), _) => count += usize::from(is_name(&node.targets[0]) && is_list(&node.value)),
            (
                ExpressionKind::Tuple(targets) | ExpressionKind::List(targets),
                ExpressionKind::Tuple(values) | ExpressionKind::List(values),
            ) if targets.len() == values.len() => {
                let pairs = targets.iter().zip(values);
                count += pairs
                    .filter(|(target, value)| is_name(target) && is_list(value))
                    .count();
            }
            _ => {}
        },
        StatementKind::AnnotatedAssign(node) => {
            count += usize::from(is_name(&node.target) && node.value.as_ref().is_some_and(is_list));
        }
        _ => {}
    });
    count
}
