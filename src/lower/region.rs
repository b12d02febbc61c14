//! One annotated statement from first to last: what surrounds it, its body, its outputs and initial values.

use std::collections::{HashMap, HashSet};

use super::assigned::assigned_before;
use super::attach::first_line;
use super::captured::assigned_by_calls;
use super::inline::Returns;
use super::live::{everything, live_after};
use super::lowerer::{Binding, Frame, Lowerer, Program, identifier};
use super::paths::{arrays_of_statements, plain_names, ranks_of_statements};
use super::scope::{MODULE, ScopeId, ScopeKind};
use super::statement::target_bodies;
use super::value::Path;
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{self, Handle, Trips};
use crate::python::walk::{self, Use};
use crate::python::{Parameter, Statement};
use crate::source::Span;

/// Lowers the `for` statement, or says why it runs as Python; the second part are mistakes that do not prevent it.
pub(super) fn lower_region<'a>(
    program: &'a Program<'a>,
    scope: ScopeId,
    statement: &'a Statement,
) -> (Result<ir::Region, Vec<Diagnostic>>, Vec<Diagnostic>) {
    let mut lowerer = Lowerer::new(program, scope, empty_region(program, scope, statement));
    lowerer.surroundings(statement);
    if let ScopeKind::Class(class) = program.scopes.get(scope).kind {
        let message = format!("a loop in the body of class `{}` cannot be translated", class.name.text);
        let place = first_line(program.file, statement.span);
        let diagnostic = lowerer.refuse_statement(place, message);
        return (Err(vec![diagnostic.help("put it into a function")]), Vec::new());
    }
    if let Err(diagnostic) = lowerer.statement(statement) {
        lowerer.diagnostics.push(*diagnostic);
    }
    if lowerer.diagnostics.is_empty() {
        lowerer.finish();
    }
    if !lowerer.diagnostics.is_empty() {
        return (Err(lowerer.diagnostics), Vec::new());
    }
    lowerer.settle_places();
    lowerer.resolve_annotations();
    let faults = ir::verify(&lowerer.region);
    debug_assert!(faults.is_empty(), "{faults:?}\n{}", ir::print(&lowerer.region));
    if let Some(fault) = faults.first() {
        let message = format!("the loop was lowered wrongly ({fault}); please report this");
        let diagnostic = Diagnostic::new(Code::NotTranslated, statement.span, message);
        return (Err(vec![diagnostic]), lowerer.diagnostics);
    }
    (Ok(lowerer.region), lowerer.diagnostics)
}

fn empty_region(program: &Program<'_>, scope: ScopeId, statement: &Statement) -> ir::Region {
    let row = program.file.row(statement.span.start);
    let function = program.scopes.qualified_name(scope);
    let base = match program.scopes.get(scope).kind {
        ScopeKind::Module => "module",
        ScopeKind::Class(class) => &class.name.text,
        ScopeKind::Function(function) => &function.name.text,
    };
    ir::Region {
        name: format!("{}_L{row}", identifier(base)),
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
        exact_locals: false,
    }
}

impl<'a> Lowerer<'a> {
    /// What is known before and after the region, and the names it assigns itself.
    fn surroundings(&mut self, statement: &'a Statement) {
        let scope = self.program.scopes.get(self.scope);
        let parameters: &'a [Parameter] = match scope.kind {
            ScopeKind::Function(function) => &function.parameters,
            ScopeKind::Module | ScopeKind::Class(_) => &[],
        };
        self.ready = assigned_before(parameters, scope.body, statement.span);
        self.live = match scope.kind {
            ScopeKind::Function(_) => live_after(scope.body, statement.span),
            ScopeKind::Module | ScopeKind::Class(_) => everything(),
        };
        let mut uses = walk::names(statement);
        let assigned = uses.iter().filter(|this| matches!(this.how, Use::Bind | Use::Delete));
        let mut own: HashSet<&'a str> = assigned.map(|this| this.name).collect();
        let by_calls = assigned_by_calls(self.program, self.scope, &uses);
        own.extend(by_calls.iter().map(|this| this.name));
        uses.extend(by_calls);
        let shared = |name: &&str| self.program.scopes.is_declared(self.scope, name) || self.scope == MODULE;
        self.exact = self.live.after_failure || own.iter().any(shared);
        let mut arrays = arrays_of_statements(std::slice::from_ref(statement));
        let array_names = plain_names(&arrays);
        arrays.retain(|path| !own.contains(path.root.as_str()));
        self.subscripted = arrays;
        self.ranks = ranks_of_statements(std::slice::from_ref(statement));
        self.frames.push(Frame {
            scope: self.scope,
            own,
            locals: HashMap::new(),
            call: None,
            outer: None,
            globals: None,
            is_lambda: false,
            identity: None,
            uses,
            array_names,
            targets: target_bodies(std::slice::from_ref(statement)),
            loops: Vec::new(),
            returns: Returns::default(),
        });
    }

    /// Outputs and initial values, once the body is there.
    fn finish(&mut self) {
        self.region.body = self.blocks.pop().unwrap_or_default();
        let names = self.variable_names();
        self.region.outputs = self.outputs(&names);
        self.region.exact_locals = self.exact;
        let mut wanted: Vec<(Handle<ir::Variable>, Span, &str)> = Vec::new();
        for (variable, handle) in ir::definite(&self.region, Trips::Any).early {
            let span = self.region.spans[handle];
            wanted.push((variable, span, "may be read before it is assigned"));
        }
        let at_end = ir::definite(&self.region, Trips::AtLeastOne).at_end;
        for output in &self.region.outputs {
            if !at_end[output.variable.index()] {
                let span = self.region.variables[output.variable].span;
                wanted.push((output.variable, span, "may have no value after the loop"));
            }
        }
        wanted.sort_by_key(|(variable, _, _)| *variable);
        wanted.dedup_by_key(|(variable, _, _)| *variable);
        for (variable, span, problem) in wanted {
            self.start_from(variable, names.get(&variable).copied(), span, problem);
        }
    }

    /// The Python names of the region's own variables.
    fn variable_names(&self) -> HashMap<Handle<ir::Variable>, &'a str> {
        let locals = self.frames[0].locals.iter();
        let named = locals.filter_map(|(name, binding)| match binding {
            Binding::Variable(variable) => Some((*variable, *name)),
            _ => None,
        });
        named.collect()
    }

    /// Variables whose value may be wanted afterwards, in order of their first assignment.
    fn outputs(&self, names: &HashMap<Handle<ir::Variable>, &'a str>) -> Vec<ir::Output> {
        let mut live: Vec<(Handle<ir::Variable>, &str)> = names
            .iter()
            .map(|(variable, name)| (*variable, *name))
            .filter(|(_, name)| self.live.contains(name) || self.program.scopes.is_declared(self.scope, name))
            .collect();
        live.sort();
        live.into_iter()
            .map(|(variable, name)| ir::Output {
                variable,
                name: name.to_owned(),
            })
            .collect()
    }

    /// Gives a variable its value from before the region, if there surely is one.
    fn start_from(&mut self, variable: Handle<ir::Variable>, name: Option<&'a str>, span: Span, problem: &str) {
        let shown = name.unwrap_or(&self.region.variables[variable].name).to_owned();
        let ready = |name: &&str| self.ready.contains(name) || self.program.scopes.is_declared(self.scope, name);
        let Some(name) = name.filter(ready) else {
            let diagnostic = self.refuse_statement(span, format!("`{shown}` {problem}"));
            self.diagnostics
                .push(diagnostic.help(format!("assign `{shown}` before the loop")));
            return;
        };
        let input = self.input(&Path::root(name), span);
        self.region.variables[variable].initial = Some(input);
    }
}
