//! Calls of functions of the same project, put in place of the call.
//!
//! Arguments are bound to the parameters, the body is lowered where the call stands ([`returns`](super::returns)), and `return` gives
//! the value.

use std::collections::{HashMap, HashSet};

use super::given::Given;
use super::lowerer::{Binding, Frame, Lower, Lowerer};
use super::optional::optional_names;
use super::paths::{arrays_of_expression, arrays_of_statements, plain_names};
use super::returns::Returns;
use super::scope::{Bound, Home, MODULE, ScopeId};
use super::statement::target_bodies;
use super::tuples::tuple_names;
use super::value::{Body, Callable, Origin, Value};
use crate::diagnostics::Code;
use crate::ir::{self, Handle};
use crate::python::walk::{self, Use};
use crate::python::{Argument, Parameter, ParameterKind};
use crate::source::Span;

/// Calls inside calls: deeper ones are refused, so that a small file cannot become an endless kernel.
const MAX_DEPTH: usize = 8;

impl<'a> Lowerer<'a> {
    /// The value of a call; `None` when the function returns nothing.
    pub(super) fn inline(
        &mut self,
        callable: Callable<'a>,
        arguments: &'a [Argument],
        span: Span,
    ) -> Lower<Option<Value<'a>>> {
        self.inline_method(callable, None, arguments, span)
    }

    /// The same for a method, whose first argument is the object.
    pub(super) fn inline_method(
        &mut self,
        callable: Callable<'a>,
        object: Option<Value<'a>>,
        arguments: &'a [Argument],
        span: Span,
    ) -> Lower<Option<Value<'a>>> {
        self.require_inlinable(callable, span)?;
        // NumPy takes lists for arrays.
        let lists = matches!(callable.origin, Origin::Numpy);
        let needed = callable.parameters().iter().filter(|one| one.default.is_none()).count();
        let given = self.arguments_given(object, arguments, Some(needed), lists)?;
        self.put_in_place(callable, given, span)
    }

    /// The same of values that are there already.
    pub(super) fn inline_given(
        &mut self,
        callable: Callable<'a>,
        given: Vec<Given<'a>>,
        span: Span,
    ) -> Lower<Option<Value<'a>>> {
        self.require_inlinable(callable, span)?;
        self.put_in_place(callable, given, span)
    }

    fn put_in_place(&mut self, callable: Callable<'a>, given: Vec<Given<'a>>, span: Span) -> Lower<Option<Value<'a>>> {
        let parameters = callable.parameters();
        let bound = self.match_arguments(callable, parameters, given, span)?;
        let frame = self.callee_frame(callable, parameters, span);
        self.require_owners(callable, &frame, span)?;
        let locals = self.bind_parameters(&frame, callable.name, bound)?;
        self.record_callee(callable);
        self.frames.push(Frame { locals, ..frame });
        let result = self.run(callable);
        self.frames.pop();
        result
    }

    fn require_inlinable(&self, callable: Callable<'a>, span: Span) -> Lower<()> {
        let name = callable.name;
        if matches!(callable.origin, Origin::Named) {
            self.require_reachable(callable.home, name, span)?;
            if callable.home == self.scope && !self.ready.contains(name) {
                let message = format!("`{name}` may not be defined where the loop starts");
                return Err(self.refuse(Code::UnsupportedCall, span, message));
            }
        }
        if self.frames.iter().any(|frame| frame.identity == Some(callable.span)) {
            let message = format!("`{name}` calls itself, so it cannot be put in place of its calls");
            let diagnostic = self
                .refuse(Code::UnsupportedCall, span, message)
                .labelled("calls itself again here");
            let diagnostic =
                diagnostic.note("a kernel holds the bodies of the functions it calls, and this one has no end");
            return Err(Box::new(diagnostic.help("write the recursion as a loop")));
        }
        if self.frames.len() > MAX_DEPTH {
            return Err(self.refuse(
                Code::UnsupportedCall,
                span,
                format!("calls are nested more than {MAX_DEPTH} deep here"),
            ));
        }
        let Body::Function(function) = callable.body else {
            return Ok(());
        };
        let problem = if !function.decorators.is_empty() && !matches!(callable.origin, Origin::Method(_)) {
            "is decorated"
        } else if function.asynchronous {
            "is asynchronous"
        } else {
            return Ok(());
        };
        let message = format!("`{name}` {problem}, so its calls cannot be translated");
        let diagnostic = self.refuse(Code::UnsupportedCall, span, message);
        if matches!(callable.origin, Origin::Imported(_)) {
            return Err(diagnostic);
        }
        Err(Box::new(diagnostic.secondary(function.header, "defined here")))
    }

    /// What the function assigns by `nonlocal` or `global` must be a variable of the region or of a function being inlined.
    fn require_owners(&self, callable: Callable<'a>, frame: &Frame<'a>, span: Span) -> Lower<()> {
        let scopes = &self.program.scopes;
        let home = |scope: ScopeId, name: &str| scopes.home(scope, name);
        for name in scopes.assigned_outside(frame.scope) {
            if frame.is_lambda || frame.own.contains(name) {
                continue;
            }
            let mut next = frame.outer;
            let mut found = self.frames[0].own.contains(name)
                && frame.globals.is_none()
                && home(self.scope, name) == home(frame.scope, name);
            while let Some(at) = next {
                let outer = &self.frames[at];
                found |= outer.own.contains(name) && home(outer.scope, name) == home(frame.scope, name);
                next = outer.outer;
            }
            if !found {
                let message = format!("`{}` assigns `{name}`, which is no variable of the loop", callable.name);
                let diagnostic = self.refuse(Code::UnsupportedCall, span, message);
                let global = frame.globals.is_none() && home(frame.scope, name) == Home::Scope(MODULE);
                let here = match global {
                    true => format!("declare `global {name}` in the loop's function, too, or "),
                    false => String::new(),
                };
                let help = format!("{here}return the value, and assign it in the loop");
                return Err(Box::new(diagnostic.help(help)));
            }
        }
        Ok(())
    }

    /// One value for each parameter, as Python matches them.
    fn match_arguments(
        &mut self,
        callable: Callable<'a>,
        parameters: &'a [Parameter],
        given: Vec<Given<'a>>,
        span: Span,
    ) -> Lower<Vec<(&'a Parameter, Value<'a>)>> {
        let mut slots: Vec<Option<Value<'a>>> = vec![None; parameters.len()];
        let mut next = 0;
        for Given { name, value, place } in given {
            let slot = match name {
                None => {
                    next += 1;
                    (next <= parameters.len()
                        && matches!(
                            parameters[next - 1].kind,
                            ParameterKind::PositionalOnly | ParameterKind::Standard
                        ))
                    .then_some(next - 1)
                }
                Some(name) => parameters.iter().position(|parameter| {
                    parameter.name.text == name
                        && matches!(parameter.kind, ParameterKind::Standard | ParameterKind::KeywordOnly)
                }),
            };
            match slot {
                Some(slot) if slots[slot].is_none() => slots[slot] = Some(value),
                _ => {
                    let message = format!("`{}` does not take this argument", callable.name);
                    return Err(self.refuse(Code::UnsupportedCall, place, message));
                }
            }
        }
        let mut bound = Vec::new();
        for (parameter, slot) in parameters.iter().zip(slots) {
            let value = match (slot, &parameter.default) {
                (Some(value), _) => value,
                (None, Some(default)) => self.default_value(callable, default, span)?,
                (None, None) => {
                    let message = format!("`{}` misses its argument `{}`", callable.name, parameter.name.text);
                    return Err(self.refuse(Code::UnsupportedCall, span, message));
                }
            };
            bound.push((parameter, value));
        }
        Ok(bound)
    }

    fn callee_frame(&mut self, callable: Callable<'a>, parameters: &'a [Parameter], span: Span) -> Frame<'a> {
        let globals = self.globals_of(callable);
        let (scope, uses, targets) = match callable.body {
            Body::Function(function) => (
                self.program.scopes.of_function(function).unwrap_or(callable.home),
                walk::names_in(&function.body),
                target_bodies(&function.body),
            ),
            Body::Lambda(_, body) => (callable.home, walk::names_of(body), Vec::new()),
        };
        let mut arrays = HashSet::new();
        let mut optional = HashSet::new();
        let mut tuples = HashMap::new();
        match callable.body {
            Body::Function(function) => {
                arrays = arrays_of_statements(&function.body);
                optional = optional_names(&function.body);
                tuples = tuple_names(&function.body);
            }
            Body::Lambda(_, body) => arrays_of_expression(body, &mut arrays),
        }
        let assigned = uses.iter().filter(|this| matches!(this.how, Use::Bind | Use::Delete));
        let mut own: HashSet<&'a str> = assigned.map(|this| this.name).collect();
        let is_lambda = matches!(callable.body, Body::Lambda(..));
        own.retain(|name| is_lambda || !self.program.scopes.is_declared(scope, name));
        own.extend(parameters.iter().map(|parameter| parameter.name.text.as_str()));
        let outer = match callable.origin {
            Origin::Inside(frame) => Some(frame),
            // What stands around it is the function that the region is in.
            Origin::Named | Origin::Method(_) => Some(0),
            Origin::Imported(_) | Origin::Numpy | Origin::Standard => None,
        };
        Frame {
            scope,
            own,
            locals: Default::default(),
            call: Some((callable.name.to_owned(), span)),
            outer,
            globals,
            is_lambda,
            identity: Some(callable.span),
            uses,
            array_names: plain_names(&arrays),
            optional,
            tuples,
            targets,
            loops: Vec::new(),
            returns: Returns::default(),
            blocks: self.blocks.len(),
        }
    }

    /// Parameters stand for leaves of the arguments where that is safe, and are variables otherwise.
    fn bind_parameters(
        &mut self,
        frame: &Frame<'a>,
        function: &str,
        bound: Vec<(&'a Parameter, Value<'a>)>,
    ) -> Lower<std::collections::HashMap<&'a str, Binding<'a>>> {
        let mut locals = std::collections::HashMap::new();
        for (parameter, value) in bound {
            let name = parameter.name.text.as_str();
            let wanted = format!("{function}_{name}");
            let reassigned = frame.assignments(name) > 0;
            // Arguments are read, and fail, where the call stands.
            let place = frame.call.as_ref().map_or(parameter.name.span, |(_, span)| *span);
            let value = match value {
                Value::Element(..) if !frame.array_names.contains(name) => Value::Scalar(self.number(value, place)?),
                Value::Path(_) | Value::Element(..) if reassigned => Value::Scalar(self.number(value, place)?),
                value => value,
            };
            let binding = match value {
                Value::Scalar(handle) if reassigned => {
                    let span = self.region.spans[handle];
                    let variable = self.temporary(&wanted, span);
                    self.assign(variable, handle, span);
                    Binding::Variable(variable)
                }
                value if reassigned => {
                    let _ = value;
                    let message = format!("the parameter `{name}` is assigned, but it is no number or array");
                    return Err(self.refuse_statement(parameter.name.span, message));
                }
                value => self.settled(value, &wanted),
            };
            locals.insert(name, binding);
        }
        Ok(locals)
    }

    /// A value as a binding that stays what it is.
    pub(super) fn settled(&mut self, value: Value<'a>, wanted: &str) -> Binding<'a> {
        match value {
            Value::Scalar(handle) => {
                if let ir::Expression::Variable(variable) = self.region.expressions[handle] {
                    if self.is_assigned_from_inside(variable) {
                        let span = self.region.spans[handle];
                        let copy = self.temporary(wanted, span);
                        self.assign(copy, handle, span);
                        return Binding::Leaf(ir::Expression::Variable(copy));
                    }
                    // The function cannot assign its caller's variables.
                    return Binding::Leaf(ir::Expression::Variable(variable));
                }
                let settled = self.settle(handle, wanted);
                Binding::Leaf(self.region.expressions[settled].clone())
            }
            Value::Optional(there, value) => Binding::Optional(there, Box::new(self.settled(*value, wanted))),
            Value::Tuple(items) => {
                let settle = |(index, item)| self.settled(item, &format!("{wanted}_{index}"));
                Binding::Tuple(items.into_iter().enumerate().map(settle).collect())
            }
            Value::Element(array, subscripts) if !self.are_plain(&subscripts) => {
                let span = subscripts
                    .first()
                    .map_or(Span::default(), |one| self.region.spans[*one]);
                let part = self.add(ir::Expression::Load { array, subscripts }, span);
                self.settled(Value::Scalar(part), wanted)
            }
            Value::Element(array, subscripts) => {
                let settled: Vec<_> = subscripts.iter().map(|one| self.settle(*one, wanted)).collect();
                // As written, they say more about where they lie; loads stand in one place only.
                let plain = !subscripts.iter().any(|one| self.loads(*one));
                self.ask(array, if plain { &subscripts } else { &settled });
                let leaf = |one| self.region.expressions[one].clone();
                Binding::Element(array, settled.into_iter().map(leaf).collect())
            }
            value => Binding::Value(value),
        }
    }

    /// Whether a nested function may assign a variable.
    fn is_assigned_from_inside(&self, variable: Handle<ir::Variable>) -> bool {
        self.frames.iter().any(|frame| {
            frame.locals.iter().any(|(name, binding)| {
                matches!(binding, Binding::Variable(own) if *own == variable)
                    && self.program.scopes.is_assigned_from_inside(name)
            })
        })
    }

    fn definition(&self, callable: Callable<'a>) -> ir::Definition {
        let scopes = &self.program.scopes;
        let uses = match callable.body {
            Body::Function(function) => walk::names_in(&function.body),
            Body::Lambda(_, body) => walk::names_of(body),
        };
        let is_import = |bound: &Bound<'_>| matches!(bound, Bound::Module(_) | Bound::Member(..));
        let imported = uses.into_iter().map(|this| this.name);
        let mut imported: Vec<String> = imported
            .filter(|name| scopes.bindings(scopes.root(callable.home), name).iter().any(is_import))
            .map(str::to_owned)
            .collect();
        imported.sort();
        imported.dedup();
        let lines = self.program.lines(callable.span);
        ir::Definition { lines, imported }
    }

    fn record_callee(&mut self, callable: Callable<'a>) {
        let row = self.program.row(callable.span);
        let callee = match callable.origin {
            Origin::Named => ir::Callee {
                name: callable.name.to_owned(),
                steps: Vec::new(),
                definition: None,
                object: None,
                row,
            },
            Origin::Imported(route) => ir::Callee {
                name: self.routes[route].root.clone(),
                steps: self.routes[route].steps.clone(),
                definition: Some(self.definition(callable)),
                object: None,
                row,
            },
            Origin::Method(number) => self.methods[number].callee(row),
            Origin::Inside(_) | Origin::Numpy | Origin::Standard => return,
        };
        if !self.region.callees.contains(&callee) {
            self.region.callees.push(callee);
        }
    }
}
