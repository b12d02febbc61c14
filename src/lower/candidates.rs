//! Loops that carry no directive, lowered as if each were a region of its own.

use super::lowerer::Program;
use super::region::lower_region;
use super::scope::{Bound, Home, MODULE, ScopeId, ScopeKind, Scopes};
use super::{Directives, Imports, clause_expressions};
use crate::diagnostics::Diagnostic;
use crate::ir::Region;
use crate::python::{Decorator, Expression, For, Function, Module, Parameter, Statement, StatementKind};
use crate::source::SourceFile;

/// A `for` statement that could be made a region.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// The statement.
    pub statement: &'a Statement,
    /// The same, as what it is.
    pub node: &'a For,
    scope: ScopeId,
}

/// One way in which a name gets its value.
#[derive(Clone, Copy, Debug)]
pub enum Origin<'a> {
    /// It is a parameter.
    Parameter(&'a Parameter),
    /// `name = value`
    Value(&'a Expression),
    /// `import path as name`
    Module(&'a str),
    /// `from path import member`
    Member(&'a str, &'a str),
    /// Any other.
    Other,
}

/// The loops of one file.
pub struct Candidates<'a> {
    program: Program<'a>,
}

impl<'a> Candidates<'a> {
    /// Reads the scopes of a file. Directives that are there keep their meaning inside candidates.
    pub fn new(file: &'a SourceFile, module: &'a Module, directives: &'a Directives, imports: &'a Imports) -> Self {
        let program = Program {
            file,
            directives,
            scopes: Scopes::new(module, imports.trees()),
            clauses: clause_expressions(file, directives),
            imports,
            wanted: Default::default(),
        };
        Self { program }
    }

    /// The `for` statements that lie in no other one, in source order.
    pub fn outermost(&self) -> Vec<Candidate<'a>> {
        let mut found = Vec::new();
        for (scope, body) in self.program.scopes.bodies() {
            collect(scope, body, &mut found);
        }
        found.sort_by_key(|candidate| candidate.statement.span);
        found
    }

    /// The `for` statements in the body of another one, with no `for` between, in source order.
    pub fn inside(&self, candidate: &Candidate<'a>) -> Vec<Candidate<'a>> {
        let mut found = Vec::new();
        collect(candidate.scope, &candidate.node.body, &mut found);
        found
    }

    /// The same for its `else`, which runs once the loop is done.
    pub fn after(&self, candidate: &Candidate<'a>) -> Vec<Candidate<'a>> {
        let mut found = Vec::new();
        collect(candidate.scope, &candidate.node.otherwise, &mut found);
        found
    }

    /// Lowers one, whether or not it carries a directive.
    ///
    /// # Errors
    /// Why it would run as Python.
    pub fn lower(&'a self, candidate: &Candidate<'a>) -> Result<Region, Vec<Diagnostic>> {
        lower_region(
            &self.program,
            candidate.scope,
            std::slice::from_ref(candidate.statement),
        )
        .0
    }

    /// `__qualname__` of the function around; `None` at module level.
    pub fn function(&self, candidate: &Candidate<'a>) -> Option<String> {
        self.program.scopes.qualified_name(candidate.scope)
    }

    /// The decorators of the functions around, innermost first.
    pub fn decorators(&self, candidate: &Candidate<'a>) -> Vec<&'a Decorator> {
        let mut found = Vec::new();
        let mut next = Some(candidate.scope);
        while let Some(id) = next {
            let scope = self.program.scopes.get(id);
            if let ScopeKind::Function(function) = scope.kind {
                found.extend(decorators(function));
            }
            next = scope.parent;
        }
        found
    }

    /// Every way in which a name that a candidate uses gets its value; none when it comes from outside the file.
    pub fn origins(&self, candidate: &Candidate<'a>, name: &str) -> Vec<Origin<'a>> {
        self.origins_in(candidate.scope, name)
    }

    /// The same at module level.
    pub fn module_origins(&self, name: &str) -> Vec<Origin<'a>> {
        self.origins_in(MODULE, name)
    }

    fn origins_in(&self, scope: ScopeId, name: &str) -> Vec<Origin<'a>> {
        let Home::Scope(home) = self.program.scopes.home(scope, name) else {
            return Vec::new();
        };
        let bindings = self.program.scopes.bindings(home, name).iter();
        bindings
            .map(|bound| match *bound {
                Bound::Parameter(parameter) => Origin::Parameter(parameter),
                Bound::Value(value) => Origin::Value(value),
                Bound::Module(path) => Origin::Module(path),
                Bound::Member(path, member) => Origin::Member(path, member),
                Bound::Function(..) | Bound::Class(_) | Bound::Other => Origin::Other,
            })
            .collect()
    }
}

fn decorators(function: &Function) -> impl Iterator<Item = &Decorator> {
    function.decorators.iter()
}

fn collect<'a>(scope: ScopeId, body: &'a [Statement], found: &mut Vec<Candidate<'a>>) {
    for statement in body {
        match &statement.kind {
            StatementKind::For(node) => found.push(Candidate { statement, node, scope }),
            // Scopes of their own.
            StatementKind::Function(_) | StatementKind::Class(_) => {}
            kind => {
                for inner in kind.bodies() {
                    collect(scope, inner, found);
                }
            }
        }
    }
}
