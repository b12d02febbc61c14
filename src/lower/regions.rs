//! From a file to its regions: finding them, lowering each, what goes in and what comes out.

use std::collections::{HashMap, HashSet};

use super::assigned::assigned_before;
use super::attach::Directives;
use super::live::{everything, live_after};
use super::lowerer::{Binding, Frame, Lowerer, Program, identifier};
use super::paths::{arrays_of_statements, plain_names};
use super::scope::{MODULE, ScopeId, ScopeKind, Scopes};
use super::statement::target_bodies;
use super::value::Path;
use crate::diagnostics::{Code, Diagnostic};
use crate::ir;
use crate::pragma::{ClauseKind, DirectiveKind, Text};
use crate::python::walk::{self, Use};
use crate::python::{self, Expression, For, Module, Statement, StatementKind};
use crate::source::{SourceFile, Span};

/// Lowers every outermost annotated loop of a file. What cannot be lowered runs as Python, for a reason that is among
/// the diagnostics.
pub fn lower(file: &SourceFile, module: &Module, directives: &Directives) -> (Vec<ir::Region>, Vec<Diagnostic>) {
    let clauses = clause_expressions(directives);
    let program = Program {
        file,
        directives,
        scopes: Scopes::new(module),
        clauses: &clauses,
    };
    let mut finder = Finder {
        program: &program,
        regions: Vec::new(),
        diagnostics: Vec::new(),
    };
    finder.statements(&module.body, Some(MODULE));
    (finder.regions, finder.diagnostics)
}

/// The expressions of `if(…)`, `num_threads(…)` and `schedule(…, …)`, by their place.
fn clause_expressions(directives: &Directives) -> HashMap<Span, Expression> {
    let clauses = directives.iter().flat_map(|directive| &directive.clauses);
    let texts = clauses.filter_map(|clause| match &clause.kind {
        ClauseKind::NumThreads(text) | ClauseKind::If(text) => Some(text),
        ClauseKind::Schedule { chunk, .. } => chunk.as_ref(),
        _ => None,
    });
    let parsed = texts.filter_map(|Text { text, span }| Some((*span, python::parse_expression(text, *span)?)));
    parsed.collect()
}

struct Finder<'a> {
    program: &'a Program<'a>,
    regions: Vec<ir::Region>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Finder<'a> {
    /// Looks through statements of a scope; `None`: of a class body.
    fn statements(&mut self, body: &'a [Statement], scope: Option<ScopeId>) {
        body.iter().for_each(|statement| self.statement(statement, scope));
    }

    fn statement(&mut self, statement: &'a Statement, scope: Option<ScopeId>) {
        if let Some(directive) = self.program.directives.on(statement) {
            match (&statement.kind, directive.kind) {
                (StatementKind::For(node), kind) if kind.is_loop() => return self.region(statement, node, scope),
                (_, DirectiveKind::Parallel) => {
                    let message = "array statements are not translated by this version; it runs as Python";
                    self.diagnostics
                        .push(Diagnostic::new(Code::NotTranslated, directive.span, message));
                }
                (_, _) => {}
            }
        }
        match &statement.kind {
            StatementKind::Function(function) => {
                let inner = self.program.scopes.of_function(function);
                self.statements(&function.body, inner);
            }
            StatementKind::Class(class) => self.statements(&class.body, None),
            kind => kind.bodies().into_iter().for_each(|body| self.statements(body, scope)),
        }
    }

    fn region(&mut self, statement: &'a Statement, node: &'a For, scope: Option<ScopeId>) {
        let Some(scope) = scope else {
            let message = "a loop in the body of a class runs as Python";
            self.diagnostics
                .push(Diagnostic::new(Code::NotTranslated, node.header, message).help("move it into a function"));
            return;
        };
        match Lowering::new(self.program, scope, statement).run(statement, node) {
            Ok((mut region, diagnostics)) => {
                self.diagnostics.extend(diagnostics);
                while self.regions.iter().any(|other| other.name == region.name) {
                    region.name.push('b');
                }
                self.regions.push(region);
            }
            Err(diagnostics) => self.diagnostics.extend(diagnostics),
        }
    }
}

struct Lowering<'a> {
    lowerer: Lowerer<'a>,
}

impl<'a> Lowering<'a> {
    fn new(program: &'a Program<'a>, scope: ScopeId, statement: &'a Statement) -> Self {
        let row = program.file.row(statement.span.start);
        let function = program.scopes.qualified_name(scope);
        let stem = function
            .as_deref()
            .and_then(|name| name.rsplit('.').next())
            .unwrap_or("module");
        let whole = std::slice::from_ref(statement);
        let body = program.scopes.get(scope).body;
        let (ready, live) = match program.scopes.get(scope).kind {
            ScopeKind::Function(function) => (
                assigned_before(&function.parameters, body, statement.span),
                live_after(body, statement.span),
            ),
            ScopeKind::Module | ScopeKind::Class(_) => (assigned_before(&[], body, statement.span), everything()),
        };
        let region = ir::Region {
            name: format!("{}_L{row}", identifier(stem)),
            function,
            span: statement.span,
            row,
            inputs: ir::Arena::default(),
            arrays: ir::Arena::default(),
            variables: ir::Arena::default(),
            expressions: ir::Arena::default(),
            spans: ir::SideTable::default(),
            stores: ir::Arena::default(),
            loops: ir::Arena::default(),
            body: ir::Block::default(),
            outputs: Vec::new(),
            callees: Vec::new(),
            exact_locals: live.after_failure,
        };
        let mut lowerer = Lowerer::new(program, scope, region);
        let uses = walk::names_in(whole);
        let assigned = uses
            .iter()
            .filter(|this| matches!(this.how, Use::Bind | Use::Delete | Use::Anything));
        let own: HashSet<&'a str> = assigned.map(|this| this.name).collect();
        let subscripted = arrays_of_statements(whole);
        lowerer.exact = live.after_failure;
        lowerer.live = live;
        lowerer.ready = ready;
        lowerer.subscripted = subscripted.clone();
        lowerer.frames.push(Frame {
            scope,
            own,
            locals: HashMap::default(),
            call: None,
            identity: None,
            uses,
            array_names: plain_names(subscripted),
            targets: target_bodies(whole),
            loops: Vec::new(),
            returns: Default::default(),
        });
        Self { lowerer }
    }

    fn run(
        mut self,
        statement: &'a Statement,
        node: &'a For,
    ) -> Result<(ir::Region, Vec<Diagnostic>), Vec<Diagnostic>> {
        let this = &mut self.lowerer;
        if let Err(diagnostic) = this.for_loop(statement, node) {
            this.diagnostics.push(*diagnostic);
        }
        if this.diagnostics.is_empty() {
            this.region.body = this.blocks.pop().unwrap_or_default();
            this.resolve_annotations();
            self.outputs();
            self.initial_values();
        }
        let this = self.lowerer;
        if this.diagnostics.is_empty() {
            Ok((this.region, Vec::new()))
        } else {
            Err(this.diagnostics)
        }
    }

    /// The names that are wanted after the region, in order of their first assignment.
    fn outputs(&mut self) {
        let this = &mut self.lowerer;
        let declared = |name: &str| this.program.scopes.is_declared(this.scope, name);
        let wanted = this.frames[0]
            .locals
            .iter()
            .filter_map(|(name, binding)| match binding {
                Binding::Variable(variable) if this.live.contains(name) || declared(name) => Some((*variable, *name)),
                _ => None,
            });
        let mut outputs: Vec<ir::Output> = wanted
            .map(|(variable, name)| ir::Output {
                variable,
                name: name.to_owned(),
            })
            .collect();
        outputs.sort_by_key(|output| output.variable);
        this.region.outputs = outputs;
    }

    /// Variables that are read before they are assigned, or may be left unassigned while they are wanted, start with the
    /// value they have outside, which must exist.
    fn initial_values(&mut self) {
        let this = &mut self.lowerer;
        let found = ir::definite(&this.region, ir::Trips::AtLeastOne);
        let mut needed: Vec<ir::Handle<ir::Variable>> = found.early.iter().map(|(variable, _)| *variable).collect();
        let unsure = this.region.outputs.iter().map(|output| output.variable);
        needed.extend(unsure.filter(|variable| !found.at_end[variable.index()]));
        needed.sort();
        needed.dedup();
        for variable in needed {
            let name = this.frames[0].locals.iter().find_map(|(name, binding)| match binding {
                Binding::Variable(own) if *own == variable => Some(*name),
                _ => None,
            });
            let span = this.region.variables[variable].span;
            let declared = name.is_some_and(|name| this.program.scopes.is_declared(this.scope, name));
            match name.filter(|name| declared || this.ready.contains(name)) {
                Some(name) => {
                    let input = this.input(&Path::root(name), span);
                    this.region.variables[variable].initial = Some(input);
                }
                None => {
                    let name = name.map_or_else(|| this.region.variables[variable].name.clone(), str::to_owned);
                    let message = format!("`{name}` may have no value here");
                    let diagnostic = this.refuse(Code::UnsupportedStatement, span, message);
                    let help = format!("assign `{name}` before the loop");
                    this.diagnostics.push(diagnostic.help(help));
                }
            }
        }
    }
}
