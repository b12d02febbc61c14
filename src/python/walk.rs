//! Names and children of any node, supported or not.
//!
//! Liveness and privatisation stand on [`names`]: for every construct of Python it reports each use of a name that
//! belongs to the scope the construct stands in, in evaluation order as far as that is fixed. Nested scopes (functions,
//! lambdas, comprehensions, classes) report what they capture, not their own variables.

use std::collections::HashSet;

use super::{
    Argument, ComprehensionClause, ComprehensionKind, Expression, ExpressionKind, Function, Name, Parameter, Statement,
    StatementKind,
};
use crate::source::Span;

/// What happens to a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Use {
    /// Its value is wanted.
    Read,
    /// It gets a value.
    Bind,
    /// It loses its value.
    Delete,
    /// A nested function may read it, now or later.
    Captured,
    /// A nested function may assign it (`nonlocal`, `global`), or an unsupported construct may do anything to it.
    Anything,
}

/// One use of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameUse<'a> {
    /// The identifier.
    pub name: &'a str,
    /// Where it stands.
    pub span: Span,
    /// What happens to it.
    pub how: Use,
}

/// Every use of a name in a statement, those in its bodies included.
pub fn names(statement: &Statement) -> Vec<NameUse<'_>> {
    let mut walker = Walker::default();
    walker.statement(statement);
    walker.uses
}

/// Every use of a name in several statements, in order.
pub fn names_in(statements: &[Statement]) -> Vec<NameUse<'_>> {
    let mut walker = Walker::default();
    walker.statements(statements);
    walker.uses
}

/// Every use of a name in an expression.
pub fn names_of(expression: &Expression) -> Vec<NameUse<'_>> {
    let mut walker = Walker::default();
    walker.expression(expression);
    walker.uses
}

/// Every use of a name in a target of an assignment: bound names, and names read by subscripts and attributes.
pub fn names_of_target(target: &Expression) -> Vec<NameUse<'_>> {
    let mut walker = Walker::default();
    walker.target(target, Use::Bind);
    walker.uses
}

/// Visits every statement, in source order, bodies of functions and classes included.
pub fn statements<'a>(body: &'a [Statement], visit: &mut impl FnMut(&'a Statement)) {
    for statement in body {
        visit(statement);
        for inner in statement.kind.bodies() {
            statements(inner, visit);
        }
    }
}

/// Visits an expression and everything inside it, outermost first.
pub fn expressions<'a>(expression: &'a Expression, visit: &mut impl FnMut(&'a Expression)) {
    visit(expression);
    for child in expression.children() {
        expressions(child, visit);
    }
}

#[derive(Default)]
struct Walker<'a> {
    uses: Vec<NameUse<'a>>,
}

impl<'a> Walker<'a> {
    fn push(&mut self, name: &'a str, span: Span, how: Use) {
        self.uses.push(NameUse { name, span, how });
    }

    fn push_all(&mut self, names: &'a [Name], how: Use) {
        names.iter().for_each(|name| self.push(&name.text, name.span, how));
    }

    fn statements(&mut self, body: &'a [Statement]) {
        body.iter().for_each(|statement| self.statement(statement));
    }

    fn statement(&mut self, statement: &'a Statement) {
        match &statement.kind {
            StatementKind::Function(function) => self.function(function),
            StatementKind::Class(class) => {
                class
                    .decorators
                    .iter()
                    .for_each(|decorator| self.expression(&decorator.expression));
                self.arguments(&class.arguments);
                // A class body runs at once, in a scope of its own.
                self.nested(&class.body, &[], true);
                self.push(&class.name.text, class.name.span, Use::Bind);
            }
            StatementKind::If(node) => {
                self.expression(&node.test);
                self.statements(&node.body);
                self.statements(&node.otherwise);
            }
            StatementKind::For(node) => {
                self.expression(&node.iterable);
                self.target(&node.target, Use::Bind);
                self.statements(&node.body);
                self.statements(&node.otherwise);
            }
            StatementKind::While(node) => {
                self.expression(&node.test);
                self.statements(&node.body);
                self.statements(&node.otherwise);
            }
            StatementKind::With(node) => {
                for item in &node.items {
                    self.expression(&item.value);
                    item.target.iter().for_each(|target| self.target(target, Use::Bind));
                }
                self.statements(&node.body);
            }
            StatementKind::Try(node) => {
                self.statements(&node.body);
                for handler in &node.handlers {
                    self.maybe(handler.exception.as_ref());
                    handler
                        .name
                        .iter()
                        .for_each(|name| self.push(&name.text, name.span, Use::Bind));
                    self.statements(&handler.body);
                    handler
                        .name
                        .iter()
                        .for_each(|name| self.push(&name.text, name.span, Use::Delete));
                }
                self.statements(&node.otherwise);
                self.statements(&node.finally);
            }
            StatementKind::Match(node) => {
                self.expression(&node.subject);
                for case in &node.cases {
                    self.push_all(&case.reads, Use::Read);
                    self.push_all(&case.binds, Use::Bind);
                    self.maybe(case.guard.as_ref());
                    self.statements(&case.body);
                }
            }
            StatementKind::Return(value) => self.maybe(value.as_ref()),
            StatementKind::Raise { exception, cause } => {
                self.maybe(exception.as_ref());
                self.maybe(cause.as_ref());
            }
            StatementKind::Assert { test, message } => {
                self.expression(test);
                self.maybe(message.as_ref());
            }
            StatementKind::Assign(node) => {
                self.expression(&node.value);
                node.targets.iter().for_each(|target| self.target(target, Use::Bind));
            }
            StatementKind::AnnotatedAssign(node) => {
                self.maybe(node.value.as_ref());
                let how = if node.value.is_some() { Some(Use::Bind) } else { None };
                how.into_iter().for_each(|how| self.target(&node.target, how));
                self.expression(&node.annotation);
            }
            StatementKind::AugmentedAssign(node) => {
                self.expression(&node.target);
                self.expression(&node.value);
                if let ExpressionKind::Name(name) = &node.target.kind {
                    self.push(name, node.target.span, Use::Bind);
                }
            }
            StatementKind::Expression(value) => self.expression(value),
            StatementKind::Pass | StatementKind::Break | StatementKind::Continue => {}
            StatementKind::Global(names) | StatementKind::Nonlocal(names) => self.push_all(names, Use::Anything),
            StatementKind::Delete(targets) => targets.iter().for_each(|target| self.target(target, Use::Delete)),
            StatementKind::Import(node) => {
                node.names
                    .iter()
                    .for_each(|imported| self.push(imported.bound(), imported.path.span, Use::Bind));
            }
            StatementKind::Unsupported { names, .. } | StatementKind::Error { names } => {
                self.push_all(names, Use::Anything);
            }
        }
    }

    fn maybe(&mut self, expression: Option<&'a Expression>) {
        expression
            .into_iter()
            .for_each(|expression| self.expression(expression));
    }

    fn arguments(&mut self, arguments: &'a [Argument]) {
        arguments.iter().for_each(|argument| self.expression(&argument.value));
    }

    /// What a parameter list evaluates where it stands.
    fn parameters(&mut self, parameters: &'a [Parameter]) {
        for parameter in parameters {
            self.maybe(parameter.default.as_ref());
            self.maybe(parameter.annotation.as_ref());
        }
    }

    fn function(&mut self, function: &'a Function) {
        function
            .decorators
            .iter()
            .for_each(|decorator| self.expression(&decorator.expression));
        self.parameters(&function.parameters);
        self.maybe(function.returns.as_ref());
        self.nested(&function.body, &function.parameters, false);
        self.push(&function.name.text, function.name.span, Use::Bind);
    }

    /// The body of a nested scope: only what it shares with the scope around it.
    fn nested(&mut self, body: &'a [Statement], parameters: &'a [Parameter], runs_now: bool) {
        let mut inner = Walker::default();
        inner.statements(body);
        let outer = declared_outer(body);
        let bound = |this: &NameUse<'_>| matches!(this.how, Use::Bind | Use::Delete);
        let mut own: HashSet<&str> = inner
            .uses
            .iter()
            .filter(|this| bound(this))
            .map(|this| this.name)
            .collect();
        own.extend(parameters.iter().map(|parameter| parameter.name.text.as_str()));
        own.retain(|name| !outer.contains(name));
        // A class body reads an outer name that it also binds before it binds it (`x = x`).
        let hides = |name: &str| own.contains(name) && !runs_now;
        for mut this in inner.uses.into_iter().filter(|this| !hides(this.name)) {
            this.how = match this.how {
                Use::Read if runs_now => Use::Read,
                Use::Bind | Use::Delete if own.contains(this.name) => continue,
                Use::Read | Use::Captured => Use::Captured,
                Use::Bind | Use::Delete | Use::Anything => Use::Anything,
            };
            self.uses.push(this);
        }
    }

    fn expression(&mut self, expression: &'a Expression) {
        match &expression.kind {
            ExpressionKind::Name(name) => self.push(name, expression.span, Use::Read),
            ExpressionKind::Walrus { target, value } => {
                self.expression(value);
                self.push(&target.text, target.span, Use::Bind);
            }
            ExpressionKind::Lambda { parameters, body } => self.lambda(parameters, body),
            ExpressionKind::Comprehension {
                kind,
                element,
                value,
                clauses,
            } => {
                self.comprehension(*kind, element, value.as_deref(), clauses);
            }
            ExpressionKind::Unsupported { names, .. } | ExpressionKind::Error { names } => {
                self.push_all(names, Use::Anything);
            }
            _ => expression
                .children()
                .into_iter()
                .for_each(|child| self.expression(child)),
        }
    }

    fn lambda(&mut self, parameters: &'a [Parameter], body: &'a Expression) {
        self.parameters(parameters);
        let own: HashSet<&str> = parameters
            .iter()
            .map(|parameter| parameter.name.text.as_str())
            .collect();
        let mut inner = Walker::default();
        inner.expression(body);
        for this in inner.uses.into_iter().filter(|this| !own.contains(this.name)) {
            match this.how {
                Use::Read | Use::Captured => self.push(this.name, this.span, Use::Captured),
                Use::Anything => self.uses.push(this),
                // A walrus inside a lambda binds the lambda's own variable.
                Use::Bind | Use::Delete => {}
            }
        }
    }

    /// The targets of a comprehension are its own; a walrus inside binds in the scope around it.
    fn comprehension(
        &mut self,
        kind: ComprehensionKind,
        element: &'a Expression,
        value: Option<&'a Expression>,
        clauses: &'a [ComprehensionClause],
    ) {
        let mut targets = Walker::default();
        let mut inner = Walker::default();
        for clause in clauses {
            match clause {
                ComprehensionClause::For { target, iterable, .. } => {
                    inner.expression(iterable);
                    targets.target(target, Use::Bind);
                }
                ComprehensionClause::If(test) => inner.expression(test),
            }
        }
        inner.expression(element);
        inner.maybe(value);
        let own: HashSet<&str> = targets
            .uses
            .iter()
            .filter(|this| this.how == Use::Bind)
            .map(|this| this.name)
            .collect();
        // The first iterable is evaluated outside; a name in it is the outer one whatever the targets are called.
        if let Some(ComprehensionClause::For { iterable, .. }) = clauses.first() {
            self.expression(iterable);
        }
        // A generator runs when it is asked, perhaps much later.
        let lazy = kind == ComprehensionKind::Generator;
        let reads = targets
            .uses
            .into_iter()
            .chain(inner.uses)
            .filter(|this| !own.contains(this.name));
        self.uses.extend(reads.map(|this| match this.how {
            Use::Read if lazy => NameUse {
                how: Use::Captured,
                ..this
            },
            Use::Bind if lazy => NameUse {
                how: Use::Anything,
                ..this
            },
            _ => this,
        }));
    }

    fn target(&mut self, target: &'a Expression, how: Use) {
        match &target.kind {
            ExpressionKind::Name(name) => self.push(name, target.span, how),
            ExpressionKind::Tuple(elements) | ExpressionKind::List(elements) => {
                elements.iter().for_each(|element| self.target(element, how));
            }
            ExpressionKind::Starred(inner) => self.target(inner, how),
            // Subscripts and attributes only read: the object and the index.
            _ => self.expression(target),
        }
    }
}

/// The names that a scope declares `global` or `nonlocal`.
fn declared_outer(body: &[Statement]) -> HashSet<&str> {
    let mut declared = HashSet::new();
    let mut stack: Vec<&Statement> = body.iter().collect();
    while let Some(statement) = stack.pop() {
        match &statement.kind {
            StatementKind::Global(names) | StatementKind::Nonlocal(names) => {
                declared.extend(names.iter().map(|name| name.text.as_str()));
            }
            StatementKind::Function(_) | StatementKind::Class(_) => {}
            kind => stack.extend(kind.bodies().into_iter().flatten()),
        }
    }
    declared
}

impl StatementKind {
    /// The bodies directly inside, in source order.
    pub fn bodies(&self) -> Vec<&[Statement]> {
        match self {
            Self::Function(node) => vec![&node.body],
            Self::Class(node) => vec![&node.body],
            Self::If(node) => vec![&node.body, &node.otherwise],
            Self::For(node) => vec![&node.body, &node.otherwise],
            Self::While(node) => vec![&node.body, &node.otherwise],
            Self::With(node) => vec![&node.body],
            Self::Try(node) => {
                let handlers = node.handlers.iter().map(|handler| handler.body.as_slice());
                std::iter::once(node.body.as_slice())
                    .chain(handlers)
                    .chain([node.otherwise.as_slice(), node.finally.as_slice()])
                    .collect()
            }
            Self::Match(node) => node.cases.iter().map(|case| case.body.as_slice()).collect(),
            Self::Return(_)
            | Self::Raise { .. }
            | Self::Assert { .. }
            | Self::Assign(_)
            | Self::AnnotatedAssign(_)
            | Self::AugmentedAssign(_)
            | Self::Expression(_)
            | Self::Pass
            | Self::Break
            | Self::Continue
            | Self::Global(_)
            | Self::Nonlocal(_)
            | Self::Delete(_)
            | Self::Import(_)
            | Self::Unsupported { .. }
            | Self::Error { .. } => Vec::new(),
        }
    }
}

impl Expression {
    /// The expressions directly inside, in evaluation order. Parameters' defaults count, annotations do not.
    pub fn children(&self) -> Vec<&Expression> {
        match &self.kind {
            ExpressionKind::Name(_)
            | ExpressionKind::Integer(_)
            | ExpressionKind::Float(_)
            | ExpressionKind::Imaginary(_)
            | ExpressionKind::Bool(_)
            | ExpressionKind::None
            | ExpressionKind::Ellipsis
            | ExpressionKind::String(_)
            | ExpressionKind::Bytes
            | ExpressionKind::Unsupported { .. }
            | ExpressionKind::Error { .. } => Vec::new(),
            ExpressionKind::FormattedString(parts)
            | ExpressionKind::Tuple(parts)
            | ExpressionKind::List(parts)
            | ExpressionKind::Set(parts)
            | ExpressionKind::Compare { operands: parts, .. }
            | ExpressionKind::Logical { operands: parts, .. } => parts.iter().collect(),
            ExpressionKind::Unary { operand, .. } => vec![operand],
            ExpressionKind::Binary { left, right, .. } => vec![left, right],
            ExpressionKind::Conditional { test, then, otherwise } => vec![test, then, otherwise],
            ExpressionKind::Call { function, arguments } => std::iter::once(&**function)
                .chain(arguments.iter().map(|argument| &argument.value))
                .collect(),
            ExpressionKind::Attribute { value, .. }
            | ExpressionKind::Starred(value)
            | ExpressionKind::Walrus { value, .. }
            | ExpressionKind::Await(value)
            | ExpressionKind::YieldFrom(value) => vec![value],
            ExpressionKind::Subscript { value, index } => vec![value, index],
            ExpressionKind::Slice { lower, upper, step } => [lower, upper, step]
                .into_iter()
                .filter_map(|bound| bound.as_deref())
                .collect(),
            ExpressionKind::Dict(entries) => entries
                .iter()
                .flat_map(|(key, value)| key.iter().chain(std::iter::once(value)))
                .collect(),
            ExpressionKind::Lambda { parameters, body } => parameters
                .iter()
                .filter_map(|p| p.default.as_ref())
                .chain(std::iter::once(&**body))
                .collect(),
            ExpressionKind::Comprehension {
                element,
                value,
                clauses,
                ..
            } => {
                let in_clauses = clauses.iter().flat_map(|clause| match clause {
                    ComprehensionClause::For { target, iterable, .. } => vec![iterable, target],
                    ComprehensionClause::If(test) => vec![test],
                });
                in_clauses
                    .chain(std::iter::once(&**element))
                    .chain(value.as_deref())
                    .collect()
            }
            ExpressionKind::Yield(value) => value.iter().map(|value| &**value).collect(),
        }
    }
}
