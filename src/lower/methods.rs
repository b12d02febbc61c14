//! Methods of objects whose class stands in the same file: `self.at(x, y)`, `grid.cell(p)`.
//!
//! Which class an object is of, only a launch knows. A class that has such a method is taken on trust: that of another method of
//! the same object, the class of the function that the loop is in for its own `self`, else the only one of the file that defines a method of that name. The host then checks
//! that the object's attribute is that very function, bound to that very object ([`Callee::object`](ir::Callee)): a subclass that
//! overrides it, an attribute of the instance, a patched class make the loop run as Python.

use super::lowerer::{Lower, Lowerer};
use super::paths::{arrays_of_statements, ranks_of_statements};
use super::scope::{Bound, MODULE, ScopeId, ScopeKind};
use super::value::{Body, Callable, Origin, Path, Value};
use crate::ir::{self, Step};
use crate::python::{ExpressionKind, Function};
use crate::source::Span;

/// A method that is inlined: the way to it, and the object that it is called on.
#[derive(Clone, Debug)]
pub(super) struct Method {
    /// The class and the name.
    path: Path,
    /// `None`: it is called on the class itself.
    object: Option<Path>,
    is_static: bool,
}

impl Method {
    pub(super) fn callee(&self, row: u32) -> ir::Callee {
        ir::Callee {
            name: self.path.root.clone(),
            steps: self.path.steps.clone(),
            definition: None,
            object: self.object.as_ref().map(|object| ir::Object {
                bound: !self.is_static,
                root: object.root.clone(),
                steps: object.steps.clone(),
            }),
            row,
        }
    }
}

impl<'a> Lowerer<'a> {
    /// The method that a path ends with, and the object that it gets as its first argument.
    pub(super) fn method_at(&mut self, path: &Path, span: Span) -> Lower<Option<(Callable<'a>, Option<Value<'a>>)>> {
        let Some((Step::Attribute(name), before)) = path.steps.split_last() else {
            return Ok(None);
        };
        let owner = Path {
            root: path.root.clone(),
            steps: before.to_vec(),
        };
        let own_class = owner.steps.is_empty() && self.class_named(&owner.root).is_some();
        let class = match own_class {
            true => Some(owner.root.clone()),
            false => self.class_of(&owner, name),
        };
        let Some(class) = class else { return Ok(None) };
        let Some((scope, function, place)) = self.class_named(&class).and_then(|scope| self.method_in(scope, name))
        else {
            return Ok(None);
        };
        let is_static = is_static(function);
        if function.decorators.len() > usize::from(is_static) || function.asynchronous {
            return Ok(None);
        }
        self.require_reachable(MODULE, &class, span)?;
        let object = (!own_class).then(|| owner.clone());
        let origin = Origin::Method(self.methods.len());
        self.methods.push(Method {
            path: Path::root(&class).then(Step::Attribute(function.name.text.clone())),
            object: object.clone(),
            is_static,
        });
        let callable = Callable {
            name: &function.name.text,
            body: Body::Function(function),
            home: scope,
            span: place,
            origin,
        };
        let first = object.filter(|_| !is_static);
        if let (Some(object), Some(parameter)) = (&first, function.parameters.first()) {
            self.note_arrays(function, &parameter.name.text, object);
        }
        Ok(Some((callable, first.map(Value::Path))))
    }

    /// What a method does with its object's attributes, the region does with them.
    fn note_arrays(&mut self, function: &'a Function, parameter: &str, object: &Path) {
        let there = |path: &Path| Path {
            root: object.root.clone(),
            steps: object.steps.iter().chain(&path.steps).cloned().collect(),
        };
        let own = |path: &Path| path.root == parameter && !path.steps.is_empty();
        let arrays = arrays_of_statements(&function.body);
        self.subscripted
            .extend(arrays.iter().filter(|path| own(path)).map(there));
        let ranks = ranks_of_statements(&function.body);
        for (path, rank) in ranks.iter().filter(|(path, _)| own(path)) {
            self.ranks.entry(there(path)).or_insert(*rank);
        }
    }

    /// The name of the class that an object is taken to be of.
    fn class_of(&self, owner: &Path, method: &str) -> Option<String> {
        let has = |class: &str| {
            let scope = self.class_named(class)?;
            self.method_in(scope, method).map(|_| class.to_owned())
        };
        let earlier = self.methods.iter().rev().find(|one| one.object.as_ref() == Some(owner));
        let known = earlier.and_then(|one| has(&one.path.root));
        let own = || self.class_around(owner).and_then(has);
        if let Some(class) = known.or_else(own) {
            return Some(class);
        }
        let classes = self.program.scopes.classes();
        let mut names = classes.filter_map(|(_, class)| has(&class.name.text));
        names.next().filter(|_| names.next().is_none())
    }

    /// The class of the function that the region is in, if a path is the first parameter of that.
    fn class_around(&self, owner: &Path) -> Option<&'a str> {
        let scopes = &self.program.scopes;
        let scope = scopes.get(self.scope);
        let (ScopeKind::Function(function), Some(around)) = (scope.kind, scope.parent) else {
            return None;
        };
        let ScopeKind::Class(class) = scopes.get(around).kind else {
            return None;
        };
        let first = function
            .parameters
            .first()
            .is_some_and(|first| first.name.text == owner.root);
        (first && owner.steps.is_empty() && !is_static(function)).then_some(&class.name.text)
    }

    /// The scope of the class of this file that a name always means.
    fn class_named(&self, name: &str) -> Option<ScopeId> {
        match self.program.scopes.bindings(MODULE, name) {
            [Bound::Class(class)] => self.program.scopes.of_class(class),
            _ => None,
        }
    }

    fn method_in(&self, class: ScopeId, name: &str) -> Option<(ScopeId, &'a Function, Span)> {
        match self.program.scopes.bindings(class, name) {
            [Bound::Function(function, place)] => Some((class, function, *place)),
            _ => None,
        }
    }
}

/// Whether a function is a static method, and decorated by nothing else.
fn is_static(function: &Function) -> bool {
    match &function.decorators[..] {
        [only] => matches!(&only.expression.kind, ExpressionKind::Name(name) if name == "staticmethod"),
        _ => false,
    }
}
