//! Scopes: which statement a name is bound by, seen from anywhere in the file.
//!
//! Python's rules: a name bound anywhere in a function is local to all of it, class bodies are invisible to the functions
//! inside, `global` and `nonlocal` bind elsewhere. A name means a known module, function or builtin only if nothing in the
//! file could have rebound it.

use std::collections::{HashMap, HashSet};

use crate::python::walk::{self, NameUse, Use};
use crate::python::{self, Class, Expression, ExpressionKind, Function, Import, Parameter, Statement, StatementKind};
use crate::source::Span;

/// A scope of the file, by number; the module's is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ScopeId(usize);

/// The module's scope.
pub(super) const MODULE: ScopeId = ScopeId(0);

/// What kind of scope it is.
#[derive(Clone, Copy, Debug)]
pub(super) enum ScopeKind<'a> {
    Module,
    Class(&'a Class),
    Function(&'a Function),
}

/// One way in which a name gets its value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Bound<'a> {
    Parameter(&'a Parameter),
    /// `import path as name`: the module itself (of `import a.b` without alias, `a`).
    Module(&'a str),
    /// `from path import member`.
    Member(&'a str, &'a str),
    Function(&'a Function, Span),
    Class(&'a Class),
    /// `name = value`, alone.
    Value(&'a Expression),
    /// Any other way.
    Other,
}

/// A module, class or function body and the names it binds.
#[derive(Debug)]
pub(super) struct Scope<'a> {
    pub(super) kind: ScopeKind<'a>,
    pub(super) parent: Option<ScopeId>,
    pub(super) body: &'a [Statement],
    bound: HashMap<&'a str, Vec<Bound<'a>>>,
    globals: HashSet<&'a str>,
    nonlocals: HashSet<&'a str>,
    /// Modules whose every name was imported here by `*`.
    stars: Vec<&'a str>,
}

/// Where a name lives, seen from a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Home {
    /// A variable of that scope.
    Scope(ScopeId),
    /// No scope binds it: a builtin, or whatever a star import brought.
    Outside,
}

/// Every scope of a file.
#[derive(Debug)]
pub(super) struct Scopes<'a> {
    scopes: Vec<Scope<'a>>,
    /// The scopes of the imported modules themselves.
    imported: Vec<ScopeId>,
    functions: HashMap<Span, ScopeId>,
}

impl<'a> Scopes<'a> {
    /// Reads a whole file, and the modules that it imports.
    pub(super) fn new(module: &'a python::Module, imported: impl Iterator<Item = &'a python::Module>) -> Self {
        let mut scopes = Self {
            scopes: Vec::new(),
            imported: Vec::new(),
            functions: HashMap::new(),
        };
        scopes.add(ScopeKind::Module, None, &module.body);
        for module in imported {
            let root = scopes.add(ScopeKind::Module, None, &module.body);
            scopes.imported.push(root);
        }
        scopes.bind_declared();
        scopes
    }

    pub(super) fn get(&self, id: ScopeId) -> &Scope<'a> {
        &self.scopes[id.0]
    }

    /// The module's scope around a scope.
    pub(super) fn root(&self, id: ScopeId) -> ScopeId {
        self.get(id).parent.map_or(id, |parent| self.root(parent))
    }

    /// The number of the file that a scope lies in.
    pub(super) fn file_number(&self, id: ScopeId) -> usize {
        let root = self.root(id);
        self.imported
            .iter()
            .position(|imported| *imported == root)
            .map_or(0, |position| position + 1)
    }

    /// The module's scope of the file with a number.
    pub(super) fn module(&self, number: usize) -> ScopeId {
        number.checked_sub(1).map_or(MODULE, |position| self.imported[position])
    }

    /// Every scope with its body.
    pub(super) fn bodies(&self) -> impl Iterator<Item = (ScopeId, &'a [Statement])> {
        self.scopes
            .iter()
            .enumerate()
            .map(|(index, scope)| (ScopeId(index), scope.body))
    }

    /// The scope of a function's body.
    pub(super) fn of_function(&self, function: &Function) -> Option<ScopeId> {
        self.functions.get(&function.header).copied()
    }

    /// Every class with the scope of its body.
    pub(super) fn classes(&self) -> impl Iterator<Item = (ScopeId, &'a Class)> {
        let all = self.scopes.iter().enumerate();
        all.filter_map(|(index, scope)| match scope.kind {
            ScopeKind::Class(class) => Some((ScopeId(index), class)),
            ScopeKind::Module | ScopeKind::Function(_) => None,
        })
    }

    /// The scope of a class's body.
    pub(super) fn of_class(&self, class: &Class) -> Option<ScopeId> {
        self.classes()
            .find(|(_, one)| std::ptr::eq(*one, class))
            .map(|(scope, _)| scope)
    }

    /// The ways in which a scope binds a name.
    pub(super) fn bindings(&self, id: ScopeId, name: &str) -> &[Bound<'a>] {
        self.get(id).bound.get(name).map_or(&[], Vec::as_slice)
    }

    /// A name as the scope that binds it has it, with the ways in which it does.
    pub(super) fn binding(&self, id: ScopeId, name: &str) -> Option<(&'a str, &[Bound<'a>])> {
        let (name, bindings) = self.get(id).bound.get_key_value(name)?;
        Some((name, bindings))
    }

    /// Whether any scope assigns a name that is another scope's.
    pub(super) fn is_assigned_from_inside(&self, name: &str) -> bool {
        let declares = |scope: &Scope<'_>| scope.globals.contains(name) || scope.nonlocals.contains(name);
        self.scopes
            .iter()
            .any(|scope| declares(scope) && scope.bound.contains_key(name))
    }

    /// The names of outer scopes that a scope assigns.
    pub(super) fn assigned_outside(&self, id: ScopeId) -> impl Iterator<Item = &'a str> {
        let scope = self.get(id);
        let declared = scope.globals.iter().chain(&scope.nonlocals).copied();
        declared.filter(|name| scope.bound.contains_key(name))
    }

    /// Where a name lives, seen from a scope.
    pub(super) fn home(&self, from: ScopeId, name: &str) -> Home {
        let scope = self.get(from);
        if scope.globals.contains(name) {
            return self.in_module(from, name);
        }
        if scope.bound.contains_key(name) && !scope.nonlocals.contains(name) {
            return Home::Scope(from);
        }
        let mut next = scope.parent;
        while let Some(id) = next {
            let scope = self.get(id);
            let visible = !matches!(scope.kind, ScopeKind::Class(_));
            if visible && scope.globals.contains(name) {
                return self.in_module(from, name);
            }
            if visible && scope.bound.contains_key(name) && !scope.nonlocals.contains(name) {
                return Home::Scope(id);
            }
            next = scope.parent;
        }
        Home::Outside
    }

    fn in_module(&self, from: ScopeId, name: &str) -> Home {
        let module = self.root(from);
        if self.get(module).bound.contains_key(name) {
            Home::Scope(module)
        } else {
            Home::Outside
        }
    }

    /// Modules imported by `*` that a name without a home could come from.
    pub(super) fn stars(&self, from: ScopeId) -> impl Iterator<Item = &'a str> {
        let module = self.root(from);
        let scopes = self.scopes.iter().enumerate();
        let same = scopes.filter(move |(index, _)| self.root(ScopeId(*index)) == module);
        same.flat_map(|(_, scope)| scope.stars.iter().copied())
    }

    /// Whether a scope declares a name `global` or `nonlocal`.
    pub(super) fn is_declared(&self, id: ScopeId, name: &str) -> bool {
        let scope = self.get(id);
        scope.globals.contains(name) || scope.nonlocals.contains(name)
    }

    /// `__qualname__` of a function's scope; `None` of the module.
    pub(super) fn qualified_name(&self, id: ScopeId) -> Option<String> {
        let scope = self.get(id);
        let (own, before) = match scope.kind {
            ScopeKind::Module => return None,
            ScopeKind::Class(class) => (&class.name.text, scope.parent),
            ScopeKind::Function(function) => (&function.name.text, scope.parent),
        };
        let outer = before.and_then(|parent| Some((self.qualified_name(parent)?, parent)));
        Some(match outer {
            None => own.clone(),
            Some((path, parent)) if matches!(self.get(parent).kind, ScopeKind::Class(_)) => format!("{path}.{own}"),
            Some((path, _)) => format!("{path}.<locals>.{own}"),
        })
    }

    /// The class whose private names (`__x`) are mangled in a scope.
    pub(super) fn class_around(&self, id: ScopeId) -> Option<&'a Class> {
        let scope = self.get(id);
        match scope.kind {
            ScopeKind::Class(class) => Some(class),
            ScopeKind::Module | ScopeKind::Function(_) => self.class_around(scope.parent?),
        }
    }

    fn add(&mut self, kind: ScopeKind<'a>, parent: Option<ScopeId>, body: &'a [Statement]) -> ScopeId {
        let id = ScopeId(self.scopes.len());
        self.scopes.push(Scope {
            kind,
            parent,
            body,
            bound: HashMap::new(),
            globals: HashSet::new(),
            nonlocals: HashSet::new(),
            stars: Vec::new(),
        });
        if let ScopeKind::Function(function) = kind {
            self.functions.insert(function.header, id);
            for parameter in &function.parameters {
                self.bind(id, &parameter.name.text, Bound::Parameter(parameter));
            }
        }
        self.statements(id, body);
        id
    }

    fn bind(&mut self, id: ScopeId, name: &'a str, how: Bound<'a>) {
        self.scopes[id.0].bound.entry(name).or_default().push(how);
    }

    fn statements(&mut self, id: ScopeId, body: &'a [Statement]) {
        for statement in body {
            self.statement(id, statement);
        }
    }

    fn statement(&mut self, id: ScopeId, statement: &'a Statement) {
        match &statement.kind {
            StatementKind::Function(function) => {
                self.bind(id, &function.name.text, Bound::Function(function, statement.span));
                self.add(ScopeKind::Function(function), Some(id), &function.body);
            }
            StatementKind::Class(class) => {
                self.bind(id, &class.name.text, Bound::Class(class));
                self.add(ScopeKind::Class(class), Some(id), &class.body);
            }
            StatementKind::Import(import) => self.import(id, import),
            StatementKind::Global(names) => {
                self.scopes[id.0]
                    .globals
                    .extend(names.iter().map(|name| name.text.as_str()));
            }
            StatementKind::Nonlocal(names) => {
                self.scopes[id.0]
                    .nonlocals
                    .extend(names.iter().map(|name| name.text.as_str()));
            }
            StatementKind::Assign(assign) => match assign.targets.as_slice() {
                [
                    Expression {
                        kind: ExpressionKind::Name(name),
                        ..
                    },
                ] => {
                    self.others(id, walk::names_of(&assign.value));
                    self.bind(id, name, Bound::Value(&assign.value));
                }
                [target] => match pairs(target, &assign.value) {
                    Some(pairs) => {
                        self.others(id, walk::names_of(&assign.value));
                        for (name, value) in pairs {
                            self.bind(id, name, Bound::Value(value));
                        }
                    }
                    None => self.others(id, walk::names(statement)),
                },
                _ => self.others(id, walk::names(statement)),
            },
            kind => {
                self.others(id, own_uses(statement));
                for body in kind.bodies() {
                    self.statements(id, body);
                }
            }
        }
    }

    fn others(&mut self, id: ScopeId, uses: Vec<NameUse<'a>>) {
        for this in uses {
            if matches!(this.how, Use::Bind | Use::Delete | Use::Anything) {
                self.bind(id, this.name, Bound::Other);
            }
        }
    }

    fn import(&mut self, id: ScopeId, import: &'a Import) {
        if let (Some(from), true) = (&import.from, import.names.is_empty()) {
            self.scopes[id.0].stars.push(from);
        }
        for imported in &import.names {
            let how = match (&import.from, &imported.alias) {
                (Some(from), _) => Bound::Member(from, &imported.path.text),
                (None, Some(_)) => Bound::Module(&imported.path.text),
                (None, None) => Bound::Module(imported.bound()),
            };
            self.bind(id, imported.bound(), how);
        }
    }

    /// What a function binds by `global` or `nonlocal`, it binds in the scope where the name lives.
    fn bind_declared(&mut self) {
        let mut found = Vec::new();
        for (index, scope) in self.scopes.iter().enumerate() {
            let declared = scope.globals.iter().chain(&scope.nonlocals).copied();
            for name in declared.filter(|name| scope.bound.contains_key(name)) {
                let home = if scope.globals.contains(name) {
                    Home::Scope(self.root(ScopeId(index)))
                } else {
                    self.home(ScopeId(index), name)
                };
                if let Home::Scope(id) = home {
                    found.push((id, name));
                }
            }
        }
        for (id, name) in found {
            self.bind(id, name, Bound::Other);
        }
    }
}

/// The names and values of `a, b = 1, 2`.
fn pairs<'a>(target: &'a Expression, value: &'a Expression) -> Option<Vec<(&'a str, &'a Expression)>> {
    let (ExpressionKind::Tuple(targets), ExpressionKind::Tuple(values)) = (&target.kind, &value.kind) else {
        return None;
    };
    let each = targets.iter().zip(values).map(|(target, value)| match &target.kind {
        ExpressionKind::Name(name) => Some((name.as_str(), value)),
        _ => None,
    });
    let starred = values
        .iter()
        .any(|value| matches!(value.kind, ExpressionKind::Starred(_)));
    each.collect::<Option<Vec<_>>>()
        .filter(|each| each.len() == targets.len() && each.len() == values.len() && !starred)
}

/// The uses of names in a statement itself, without those in its bodies.
pub(super) fn own_uses(statement: &Statement) -> Vec<NameUse<'_>> {
    match &statement.kind {
        StatementKind::If(node) => walk::names_of(&node.test),
        StatementKind::While(node) => walk::names_of(&node.test),
        StatementKind::For(node) => {
            let mut uses = walk::names_of(&node.iterable);
            uses.extend(walk::names_of_target(&node.target));
            uses
        }
        StatementKind::With(node) => {
            let mut uses = Vec::new();
            for item in &node.items {
                uses.extend(walk::names_of(&item.value));
                uses.extend(item.target.iter().flat_map(walk::names_of_target));
            }
            uses
        }
        StatementKind::Try(node) => node
            .handlers
            .iter()
            .flat_map(|handler| handler.name.iter())
            .map(|name| NameUse {
                name: &name.text,
                span: name.span,
                how: Use::Bind,
            })
            .collect(),
        StatementKind::Match(node) => {
            let mut uses = walk::names_of(&node.subject);
            for case in &node.cases {
                uses.extend(case.binds.iter().map(|name| NameUse {
                    name: &name.text,
                    span: name.span,
                    how: Use::Bind,
                }));
                uses.extend(case.guard.iter().flat_map(walk::names_of));
            }
            uses
        }
        StatementKind::Function(_)
        | StatementKind::Class(_)
        | StatementKind::Return(_)
        | StatementKind::Raise { .. }
        | StatementKind::Assert { .. }
        | StatementKind::Assign(_)
        | StatementKind::AnnotatedAssign(_)
        | StatementKind::AugmentedAssign(_)
        | StatementKind::Expression(_)
        | StatementKind::Pass
        | StatementKind::Break
        | StatementKind::Continue
        | StatementKind::Global(_)
        | StatementKind::Nonlocal(_)
        | StatementKind::Delete(_)
        | StatementKind::Import(_)
        | StatementKind::Unsupported { .. }
        | StatementKind::Error { .. } => walk::names(statement),
    }
}
