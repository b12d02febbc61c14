//! Assignments: to names, elements, tuples of them; augmented ones.

use super::known::Known;
use super::lowerer::{Binding, Lower, Lowerer};
use super::statement::suite_span;
use super::value::Value;
use crate::diagnostics::Diagnostic;
use crate::ir::{self, Handle};
use crate::python::{Assign, AugmentedAssign, ComprehensionKind, Expression, ExpressionKind};
use crate::source::Span;

type Ex = Handle<ir::Expression>;

impl<'a> Lowerer<'a> {
    /// `a = b = value`
    pub(super) fn assignment(&mut self, node: &'a Assign, span: Span) -> Lower<()> {
        if let [target] = &node.targets[..] {
            return self.assign_to(target, &node.value, span);
        }
        let value = self.value(&node.value)?;
        // Each target reads the value again: it must not change with the first of them.
        let kept = self.kept(value, "value");
        for target in &node.targets {
            let value = self.bound(&kept, node.value.span);
            self.bind_target(target, value, span)?;
        }
        Ok(())
    }

    pub(super) fn assign_to(&mut self, target: &'a Expression, value: &'a Expression, span: Span) -> Lower<()> {
        let place = value.span;
        let several = matches!(target.kind, ExpressionKind::Tuple(_) | ExpressionKind::List(_));
        let value = match &value.kind {
            // A list that is unpacked at once is as good as a tuple.
            ExpressionKind::Comprehension {
                kind: ComprehensionKind::Generator,
                ..
            } if several => match self.tuple_of(value, place)? {
                Some(items) => items,
                None => Value::List(self.collected(value, ir::Dtype::Kept, place)?),
            },
            _ if several => self.value(value)?,
            _ => match &target.kind {
                ExpressionKind::Name(name) if self.makes_own_list(name, value, span)? => return Ok(()),
                ExpressionKind::Name(name) if self.gathers(name, value, span)? => return Ok(()),
                ExpressionKind::Name(name) if self.is_only_sought(name, value) => {
                    Value::List(self.set_of(value, place)?)
                }
                ExpressionKind::Name(name) => match self.list_for_name(name, value)? {
                    Some(list) => list,
                    None => self.value(value)?,
                },
                ExpressionKind::Subscript { .. } => match self.value(value)? {
                    // NumPy takes a list for an array.
                    value @ (Value::Tuple(_) | Value::List(_)) => Value::Scalar(self.as_array(value, place)?),
                    value => value,
                },
                _ => self.value(value)?,
            },
        };
        let value = match (value, &target.kind) {
            // An element that is read here is read where it is written, for messages.
            (value @ Value::Element(..), ExpressionKind::Subscript { .. }) => Value::Scalar(self.number(value, place)?),
            (value @ Value::Element(..), ExpressionKind::Name(name))
                if !self.frame().array_names.contains(name.as_str()) =>
            {
                Value::Scalar(self.number(value, place)?)
            }
            (value, _) => value,
        };
        self.bind_target(target, value, span)
    }

    /// `target = value`, the value already evaluated.
    pub(super) fn bind_target(&mut self, target: &'a Expression, value: Value<'a>, span: Span) -> Lower<()> {
        match &target.kind {
            ExpressionKind::Name(name) => self.bind_name(name, target.span, value, span),
            ExpressionKind::Subscript { value: base, index } => {
                let handle = self.number(value, span)?;
                self.store(target.span, (base, index), handle, span)
            }
            ExpressionKind::Tuple(targets) | ExpressionKind::List(targets) => self.bind_several(targets, value, span),
            ExpressionKind::Attribute { .. } => Err(self.attribute_target(target.span)),
            _ => Err(self.refuse_statement(target.span, "this target of an assignment cannot be translated")),
        }
    }

    fn attribute_target(&self, span: Span) -> Box<Diagnostic> {
        let diagnostic = self.refuse_statement(span, "an attribute is assigned, which cannot be translated");
        Box::new(diagnostic.help("assign a local variable in the loop, and the attribute after it"))
    }

    pub(super) fn bind_name(&mut self, name: &'a str, place: Span, value: Value<'a>, span: Span) -> Lower<()> {
        let is_view = match &value {
            Value::Element(_, subscripts) => self.are_plain(subscripts),
            Value::Path(_) => true,
            _ => false,
        };
        if let Value::Tuple(parts) = &value
            && self.holds_tuples(name, parts.len())
            && self.owner(name) == Some(self.frames.len() - 1)
            && !self.is_bound_for_good(name, place)
        {
            let Value::Tuple(parts) = value else { return Ok(()) };
            return self.bind_tuple(name, parts, place, span);
        }
        let optional = self.frame().optional.contains(name) || matches!(value, Value::Optional(..));
        if optional && !self.is_bound_for_good(name, place) {
            return self.bind_optional(name, place, value, span);
        }
        // What is another name for one thing everywhere needs no variable; anything else is a variable that holds an array.
        let is_view = is_view && self.frame().array_names.contains(name) && self.is_bound_for_good(name, place);
        let is_object = match &value {
            Value::Known(known) => !matches!(known, Known::Constant(_)),
            value => matches!(
                value,
                Value::Callable(_)
                    | Value::Library(_)
                    | Value::Generator(..)
                    | Value::Draw(..)
                    | Value::Tuple(_)
                    | Value::List(_)
                    | Value::Text(_)
                    | Value::Optional(..)
                    | Value::None
            ),
        };
        if is_view || is_object {
            return self.bind_object(name, place, value);
        }
        let handle = self.number(value, place)?;
        self.assign_name(name, place, handle, span);
        Ok(())
    }

    /// `row = a[i]`: another name for part of an array, as long as it means nothing else anywhere.
    fn bind_object(&mut self, name: &'a str, place: Span, value: Value<'a>) -> Lower<()> {
        let own = self.frame().own.contains(name);
        if !(own && self.is_bound_for_good(name, place)) {
            if matches!(value, Value::Generator(..) | Value::Draw(..)) {
                let once = self.frame().assignments(name) == 1;
                let visible = self.frames.len() > 1 || !self.live.contains(name);
                // Its uses are no mistakes of their own.
                self.frame_mut().locals.insert(name, Binding::Value(value));
                return Err(self.generator_name(name, place, once, visible));
            }
            if let Value::Callable(_) = value {
                let message = format!("`{name}` is not always the function that it is bound to here");
                let diagnostic = self.refuse_statement(place, message);
                return Err(Box::new(diagnostic.help("define the function before the loop")));
            }
            let message = match value {
                Value::Tuple(_) | Value::List(_) => {
                    format!("`{name}` is a list or a tuple here, and something else on other ways or after the loop")
                }
                _ => format!("`{name}` is no number, and something else on other ways"),
            };
            let diagnostic = self.refuse_statement(place, message);
            return Err(Box::new(diagnostic.help("use a name of its own for it")));
        }
        if let Value::Generator(generator, made) = value
            && (made || self.is_sequence(generator))
        {
            self.call_generator(generator, name);
        }
        let binding = match value {
            // Its variables may be those of a name that is assigned again.
            value @ Value::Optional(..) => self.kept(value, name),
            value => self.settled(value, name),
        };
        self.frame_mut().locals.insert(name, binding);
        Ok(())
    }

    /// Whether a name means the same wherever it is read.
    fn is_bound_for_good(&self, name: &str, place: Span) -> bool {
        if self.frame().is_lambda {
            // A target of a comprehension is bound before everything else of its round.
            return true;
        }
        let once = self.frame().assignments(name) == 1;
        let visible = self.frames.len() > 1 || !self.live.contains(name);
        once && visible && self.reads_follow(name, place)
    }

    /// Why a name cannot stand for a random generator.
    fn generator_name(&self, name: &str, place: Span, once: bool, visible: bool) -> Box<Diagnostic> {
        let (why, help) = match (once, visible) {
            (true, false) => ("may be wanted after the loop", "put the loop into a function"),
            (false, _) => ("is assigned more than once", "give every generator a name of its own"),
            (true, true) => (
                "is read where it may not be made",
                "make the generator at the head of the iteration",
            ),
        };
        let message = format!("`{name}`, a random generator, {why}");
        Box::new(self.refuse_statement(place, message).help(help))
    }

    /// Whether every read of a name stands after its only assignment and in the same list of statements.
    fn reads_follow(&self, name: &str, place: Span) -> bool {
        let suite = suite_span(self.suites.last().copied().unwrap_or_default());
        self.frame()
            .uses
            .iter()
            .filter(|this| this.name == name && this.span != place)
            .all(|this| suite.contains(this.span) && this.span.start > place.end)
    }

    /// `a, b = value`
    fn bind_several(&mut self, targets: &'a [Expression], value: Value<'a>, span: Span) -> Lower<()> {
        if let Some(starred) = targets
            .iter()
            .find(|target| matches!(target.kind, ExpressionKind::Starred(_)))
        {
            return Err(self.refuse_statement(starred.span, "a starred target cannot be translated"));
        }
        let parts = self.unpack(value, targets.len(), span)?;
        let mut kept = Vec::new();
        for (index, part) in parts.into_iter().enumerate() {
            let earlier = &targets[..index];
            kept.push(if index > 0 && self.disturbs(earlier, &part) {
                let wanted = match &targets[index].kind {
                    ExpressionKind::Name(name) => format!("{name}_next"),
                    _ => "next".to_owned(),
                };
                let binding = self.kept(part, &wanted);
                self.bound(&binding, span)
            } else {
                part
            });
        }
        targets
            .iter()
            .zip(kept)
            .try_for_each(|(target, part)| self.bind_target(target, part, span))
    }

    /// Whether assigning `targets` first could change what `value` gives, or show that it fails.
    fn disturbs(&self, targets: &'a [Expression], value: &Value<'a>) -> bool {
        let roots: Vec<Ex> = match value {
            Value::Scalar(handle) => vec![*handle],
            Value::Element(_, subscripts) => subscripts.clone(),
            Value::Tuple(items) => return items.iter().any(|item| self.disturbs(targets, item)),
            Value::Optional(..) => return true,
            _ => return false,
        };
        let loads = matches!(value, Value::Element(..));
        let names: Option<Vec<Handle<ir::Variable>>> = targets
            .iter()
            .map(|target| match &target.kind {
                ExpressionKind::Name(name) => {
                    let owner = self.owner(name).unwrap_or(self.frames.len() - 1);
                    let binding = self.frames[owner].locals.get(name.as_str());
                    Some(binding.map_or_else(Vec::new, Binding::variables))
                }
                _ => None,
            })
            .collect::<Option<Vec<_>>>()
            .map(|variables| variables.into_iter().flatten().collect());
        let mut reads = false;
        let mut fails = loads;
        for root in roots {
            ir::visit_expressions(
                &self.region,
                root,
                &mut |handle| match &self.region.expressions[handle] {
                    ir::Expression::Variable(variable) => {
                        reads |= names.as_ref().is_none_or(|names| names.contains(variable));
                    }
                    ir::Expression::Literal(_)
                    | ir::Expression::Input(_)
                    | ir::Expression::Counter(_)
                    | ir::Expression::Extent { .. }
                    | ir::Expression::Size(_)
                    | ir::Expression::Rank(_) => {}
                    _ => fails = true,
                },
            );
        }
        // Elements stored first could be loaded later; failures show where the caller can see what was assigned.
        reads || (fails && (names.is_none() || self.exact))
    }

    /// A value that later assignments cannot change: variables are copied too.
    pub(super) fn kept(&mut self, value: Value<'a>, wanted: &str) -> Binding<'a> {
        match value {
            Value::Scalar(handle) => match &self.region.expressions[handle] {
                ir::Expression::Variable(_) => {
                    let span = self.region.spans[handle];
                    let variable = self.temporary(wanted, span);
                    self.assign(variable, handle, span);
                    Binding::Leaf(ir::Expression::Variable(variable))
                }
                _ => {
                    let settled = self.settle(handle, wanted);
                    Binding::Leaf(self.region.expressions[settled].clone())
                }
            },
            Value::Tuple(items) => Binding::Tuple(items.into_iter().map(|item| self.kept(item, wanted)).collect()),
            Value::Optional(there, value) => {
                let copy = self.temporary(wanted, self.region.variables[there].span);
                let is_there = self.read(there, Span::default());
                self.assign(copy, is_there, Span::default());
                Binding::Optional(copy, Box::new(self.kept(*value, wanted)))
            }
            Value::Element(array, subscripts) => {
                let span = subscripts
                    .first()
                    .map_or(Span::default(), |first| self.region.spans[*first]);
                let load = self.add(ir::Expression::Load { array, subscripts }, span);
                self.kept(Value::Scalar(load), wanted)
            }
            value => Binding::Value(value),
        }
    }

    // Elements

    /// The array and subscripts of `base[index]` as a target.
    fn element(
        &mut self,
        base: &'a Expression,
        index: &'a Expression,
        span: Span,
    ) -> Lower<(Handle<ir::Array>, Vec<Ex>)> {
        match self.value(base)? {
            Value::Path(path) if self.key(&path, index).is_none() => {
                let array = self.array(&path, base.span)?;
                Ok((array, self.indices(index)?))
            }
            Value::Element(array, before) if matches!(index.kind, ExpressionKind::String(Some(_))) => {
                let field = self.field(array, index, span)?;
                Ok((field, before))
            }
            Value::Element(array, mut before) => {
                let mark = self.mark();
                let more = self.indices(index)?;
                self.keep(&mut before, mark);
                if self.are_plain(&before) {
                    self.chain(&before);
                    before.extend(more);
                    return Ok((array, before));
                }
                let subscripts = before;
                let part = self.add(ir::Expression::Load { array, subscripts }, base.span);
                Ok((self.array_of_part(part, span), more))
            }
            Value::List(list) if list.shared => {
                let message =
                    "an item of lists that are one list several times (`[[0] * n] * m`) cannot be assigned here";
                let diagnostic = self.refuse_statement(span, message);
                Err(Box::new(
                    diagnostic.help("make each a list of its own: `[[0] * n for _ in range(m)]`"),
                ))
            }
            Value::List(list) => match self.list_item(list, index)? {
                Value::Element(array, subscripts) => Ok((array, subscripts)),
                _ => Err(self.refuse_statement(span, "a list inside a list cannot be assigned here")),
            },
            Value::Scalar(part) => {
                let mark = self.mark();
                let subscripts = self.indices(index)?;
                let mut kept = [part];
                self.keep(&mut kept, mark);
                let array = match self.region.expressions[kept[0]] {
                    ir::Expression::Variable(variable) => self.array_in(variable),
                    _ => self.array_of_part(kept[0], span),
                };
                Ok((array, subscripts))
            }
            _ => {
                let diagnostic = self.refuse_statement(span, "only elements of arrays can be assigned");
                Err(Box::new(diagnostic.help("make an array, and assign its elements")))
            }
        }
    }

    /// A part of an array as an array that can be subscripted.
    fn array_of_part(&mut self, part: Ex, span: Span) -> Handle<ir::Array> {
        let variable = self.temporary("part", span);
        self.assign(variable, part, span);
        self.array_in(variable)
    }

    /// `base[index] = value`, the target at `place`.
    fn store(
        &mut self,
        place: Span,
        (base, index): (&'a Expression, &'a Expression),
        value: Ex,
        span: Span,
    ) -> Lower<()> {
        let mark = self.mark();
        let (array, subscripts) = self.element(base, index, span)?;
        let mut kept = [value];
        self.keep(&mut kept, mark);
        let [value] = kept;
        let store = self.region.stores.append(ir::Store {
            array,
            subscripts,
            value,
            update: false,
            atomic: false,
            place,
        });
        self.push(ir::Statement::Store(store), span);
        Ok(())
    }

    // Augmented assignments

    /// `target op= value`
    pub(super) fn update(&mut self, node: &'a AugmentedAssign, atomic: bool, span: Span) -> Lower<()> {
        let op = self.binary_op(node.operator, span)?;
        match &node.target.kind {
            ExpressionKind::Name(name) => {
                let value = self.name(name, node.target.span)?;
                let left = self.number(value, node.target.span)?;
                let mark = self.mark();
                let right = self.scalar(&node.value)?;
                let mut kept = [left];
                self.keep(&mut kept, mark);
                let value = self.binary(op, kept[0], right, span);
                self.region.augmented.push(value);
                self.assign_name(name, node.target.span, value, span);
                Ok(())
            }
            ExpressionKind::Subscript { value: base, index } => {
                let (array, subscripts) = self.element(base, index, span)?;
                self.update_element(array, subscripts, op, node, atomic)
            }
            ExpressionKind::Attribute { .. } => Err(self.attribute_target(node.target.span)),
            _ => Err(self.refuse_statement(node.target.span, "this target of an update cannot be translated")),
        }
    }

    /// The element is loaded before the value is evaluated. Where evaluating the value takes statements, the load is
    /// tried first, for the sake of its failing, and done after them, so that the store remains an update; unless they
    /// store elements themselves.
    fn update_element(
        &mut self,
        array: Handle<ir::Array>,
        mut subscripts: Vec<Ex>,
        op: ir::BinaryOp,
        node: &'a AugmentedAssign,
        atomic: bool,
    ) -> Lower<()> {
        let span = node.target.span.join(node.value.span);
        let mark = self.mark();
        let right = self.scalar(&node.value)?;
        self.keep(&mut subscripts, mark);
        let place = node.target.span;
        let load = ir::Expression::Load {
            array,
            subscripts: subscripts.clone(),
        };
        let mut left = self.add(load.clone(), place);
        let mut update = true;
        if self.mark() > mark {
            // Behind the assignments that `keep` has put there.
            let at = self.kept_until(mark, &subscripts);
            if self.stores_since(at) {
                let variable = self.temporary("kept", place);
                let value = left;
                let assign = ir::Statement::Assign { variable, value };
                self.block().statements.insert(at, (assign, place));
                left = self.read(variable, place);
                update = false;
            } else {
                let tried = self.add(load, place);
                self.block()
                    .statements
                    .insert(at, (ir::Statement::Evaluate(tried), place));
            }
        }
        let value = self.binary(op, left, right, span);
        let atomic = atomic || self.atomic;
        let store = self.region.stores.append(ir::Store {
            array,
            subscripts,
            value,
            update,
            atomic,
            place,
        });
        self.push(ir::Statement::Store(store), span);
        Ok(())
    }

    /// The place behind the assignments at `mark` of the temporaries that `handles` read.
    fn kept_until(&self, mark: usize, handles: &[Ex]) -> usize {
        let variables: Vec<Handle<ir::Variable>> = handles
            .iter()
            .filter_map(|handle| match self.region.expressions[*handle] {
                ir::Expression::Variable(variable) => Some(variable),
                _ => None,
            })
            .collect();
        let statements = self
            .blocks
            .last()
            .into_iter()
            .flat_map(|block| &block.statements[mark..]);
        let kept = statements.take_while(|(statement, _)| {
            matches!(statement, ir::Statement::Assign { variable, .. } if variables.contains(variable))
        });
        mark + kept.count()
    }

    fn stores_since(&self, mark: usize) -> bool {
        let mut found = false;
        let block = self
            .blocks
            .last()
            .into_iter()
            .flat_map(|block| &block.statements[mark..]);
        for (statement, _) in block {
            found |= matches!(statement, ir::Statement::Store(_));
            for inner in statement.blocks(&self.region) {
                ir::visit_statements(&self.region, inner, &mut |statement, _| {
                    found |= matches!(statement, ir::Statement::Store(_));
                });
            }
        }
        found
    }
}
