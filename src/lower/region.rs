//! One annotated statement from first to last: what surrounds it, its body, its outputs and initial values.

use std::collections::{HashMap, HashSet};

use super::assigned::assigned_before;
use super::attach::first_line;
use super::captured::assigned_by_calls;
use super::live::{everything, live_after};
use super::lowerer::{Binding, Frame, Lower, Lowerer, Program, identifier};
use super::optional::{given_as_none, optional_names};
use super::paths::{arrays_of_statements, plain_names, ranks_of_statements};
use super::returns::Returns;
use super::scope::{MODULE, ScopeId, ScopeKind};
use super::statement::{suite_span, target_bodies};
use super::tuples::tuple_names;
use super::value::{Path, Value};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{self, Handle, Trips};
use crate::python::walk::{self, Use};
use crate::python::{Expression, Parameter, Statement, StatementKind};
use crate::source::Span;

/// Lowers a `for` statement, or array statements that stand together, or says why they run as Python; the second part are
/// mistakes that do not prevent it.
pub(super) fn lower_region<'a>(
    program: &'a Program<'a>,
    scope: ScopeId,
    statements: &'a [Statement],
) -> (Result<ir::Region, Vec<Diagnostic>>, Vec<Diagnostic>) {
    let mut in_order = HashSet::new();
    loop {
        let (outcome, notes, wishes) = lowered_once(program, scope, statements, in_order.clone());
        if outcome.is_ok() || wishes.is_subset(&in_order) {
            return (outcome, notes);
        }
        in_order.extend(wishes);
    }
}

/// The same, where some lists that grow do so in the order of their appends; the last part are others that would have to.
fn lowered_once<'a>(
    program: &'a Program<'a>,
    scope: ScopeId,
    statements: &'a [Statement],
    in_order: HashSet<&'a str>,
) -> (Result<ir::Region, Vec<Diagnostic>>, Vec<Diagnostic>, HashSet<&'a str>) {
    let mut lowerer = Lowerer::new(program, scope, empty_region(program, scope, suite_span(statements)));
    lowerer.in_order = in_order;
    lowerer.surroundings(statements);
    let whole = suite_span(statements);
    if let ScopeKind::Class(class) = program.scopes.get(scope).kind {
        let message = format!("a loop in the body of class `{}` cannot be translated", class.name.text);
        let place = first_line(program.file, whole);
        let diagnostic = lowerer.refuse_statement(place, message);
        let problem = diagnostic.help("put it into a function");
        return (Err(vec![problem]), Vec::new(), HashSet::new());
    }
    lowerer.suites.push(statements);
    for statement in statements {
        let result = match &statement.kind {
            StatementKind::Return(Some(value)) => lowerer.give_back(statement, value),
            _ => lowerer.statement(statement),
        };
        if let Err(diagnostic) = result {
            lowerer.diagnostics.push(*diagnostic);
        }
    }
    lowerer.suites.pop();
    if lowerer.diagnostics.is_empty() {
        lowerer.finish();
    }
    if !lowerer.diagnostics.is_empty() {
        return (Err(lowerer.diagnostics), Vec::new(), lowerer.wishes);
    }
    lowerer.settle_places();
    lowerer.resolve_annotations();
    let faults = ir::verify(&lowerer.region);
    debug_assert!(faults.is_empty(), "{faults:?}\n{}", ir::print(&lowerer.region));
    if let Some(fault) = faults.first() {
        let message = format!("the loop was lowered wrongly ({fault}); please report this");
        let diagnostic = Diagnostic::new(Code::NotTranslated, whole, message);
        return (Err(vec![diagnostic]), lowerer.diagnostics, HashSet::new());
    }
    (Ok(lowerer.region), lowerer.diagnostics, HashSet::new())
}

fn empty_region(program: &Program<'_>, scope: ScopeId, whole: Span) -> ir::Region {
    let row = program.file.row(whole.start);
    let function = program.scopes.qualified_name(scope);
    let base = match program.scopes.get(scope).kind {
        ScopeKind::Module => "module",
        ScopeKind::Class(class) => &class.name.text,
        ScopeKind::Function(function) => &function.name.text,
    };
    ir::Region {
        name: format!("{}_L{row}", identifier(base)),
        function,
        span: whole,
        row,
        inputs: ir::Arena::default(),
        arrays: ir::Arena::default(),
        variables: ir::Arena::default(),
        expressions: ir::Arena::default(),
        spans: ir::SideTable::default(),
        stores: ir::Arena::default(),
        generators: ir::Arena::default(),
        loops: ir::Arena::default(),
        body: ir::Block::default(),
        outputs: Vec::new(),
        grown: Vec::new(),
        bundled: Vec::new(),
        retained: Vec::new(),
        casts: Vec::new(),
        spreads: Vec::new(),
        replaced: Vec::new(),
        told: Vec::new(),
        callees: Vec::new(),
        augmented: Vec::new(),
        chained: Vec::new(),
        tupled: Vec::new(),
        single: Vec::new(),
        attributed: Vec::new(),
        array_directives: Vec::new(),
        elementwise: false,
        at_once: false,
        requirements: Vec::new(),
        asserts: false,
        supposing: false,
        exact_locals: false,
    }
}

impl<'a> Lowerer<'a> {
    /// What is known before and after the region, and the names it assigns itself.
    fn surroundings(&mut self, statements: &'a [Statement]) {
        let first = statements.first().map_or(Span::default(), |one| one.span);
        let last = statements.last().map_or(first, |one| one.span);
        let scope = self.program.scopes.get(self.scope);
        let parameters: &'a [Parameter] = match scope.kind {
            ScopeKind::Function(function) => &function.parameters,
            ScopeKind::Module | ScopeKind::Class(_) => &[],
        };
        self.ready = assigned_before(parameters, scope.body, first);
        self.live = match scope.kind {
            ScopeKind::Function(_) => live_after(scope.body, last),
            ScopeKind::Module | ScopeKind::Class(_) => everything(),
        };
        let mut uses: Vec<_> = statements.iter().flat_map(walk::names).collect();
        let assigned = uses.iter().filter(|this| matches!(this.how, Use::Bind | Use::Delete));
        let mut own: HashSet<&'a str> = assigned.map(|this| this.name).collect();
        let by_calls = assigned_by_calls(self.program, self.scope, &uses);
        own.extend(by_calls.iter().map(|this| this.name));
        uses.extend(by_calls);
        let shared = |name: &&str| self.program.scopes.is_declared(self.scope, name) || self.scope == MODULE;
        self.exact = self.live.after_failure || own.iter().any(shared);
        let mut arrays = arrays_of_statements(statements);
        let array_names = plain_names(&arrays);
        arrays.retain(|path| !own.contains(path.root.as_str()));
        self.subscripted = arrays;
        self.ranks = ranks_of_statements(statements);
        let optional = self.optional_in(parameters, scope.body, statements, &uses);
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
            optional,
            tuples: tuple_names(statements),
            targets: target_bodies(statements),
            loops: Vec::new(),
            blocks: self.blocks.len(),
            returns: Returns::default(),
        });
    }

    /// Names that may be `None` in the region: it assigns them that, or reads what may be so before it.
    fn optional_in(
        &self,
        parameters: &'a [Parameter],
        body: &'a [Statement],
        statements: &'a [Statement],
        uses: &[walk::NameUse<'a>],
    ) -> HashSet<&'a str> {
        let mut optional = optional_names(statements);
        let counted: HashSet<&str> = target_bodies(statements)
            .into_iter()
            .flat_map(|(names, _)| names)
            .collect();
        let reads = |name: &str| uses.iter().any(|this| this.name == name && this.how == Use::Read);
        let before = given_as_none(parameters, body, statements).into_iter();
        optional.extend(before.filter(|name| self.is_ready(name) && reads(name) && !counted.contains(name)));
        optional
    }

    /// Whether a name surely has a value where the region starts.
    pub(super) fn is_ready(&self, name: &str) -> bool {
        self.ready.contains(name) || self.program.scopes.is_declared(self.scope, name)
    }

    /// `return value` at the end of the region: what the rewritten file returns is an output, or several.
    fn give_back(&mut self, statement: &'a Statement, value: &'a Expression) -> Lower<()> {
        self.array_directive(statement)?;
        let items = match self.value(value)? {
            Value::Tuple(items) => items,
            single => vec![single],
        };
        for item in items {
            let handle = self.number(item, value.span)?;
            let variable = self.result(value.span);
            self.assign(variable, handle, statement.span);
            let name = ir::Output::RETURNED.to_owned();
            let gives = ir::Gives::Number;
            self.returned.push(ir::Output { variable, name, gives });
        }
        Ok(())
    }

    /// Outputs and initial values, once the body is there.
    fn finish(&mut self) {
        self.region.body = self.blocks.pop().unwrap_or_default();
        let names = self.variable_names();
        self.region.outputs = self.outputs(&names);
        self.hand_tuples_back();
        self.finish_growing();
        self.finish_own_lists();
        if !self.returned.is_empty() {
            if let Some(output) = self.region.outputs.first() {
                let (span, name) = (self.region.variables[output.variable].span, output.name.clone());
                let message = format!("`{name}` is wanted after a `return`");
                let diagnostic = self.refuse_statement(span, message);
                self.diagnostics.push(*diagnostic);
            }
            self.region.outputs = std::mem::take(&mut self.returned);
        }
        self.region.exact_locals = self.exact;
        let flags: HashMap<Handle<ir::Variable>, Handle<ir::Variable>> = names
            .keys()
            .filter_map(|variable| Some((self.region.variables[*variable].there?, *variable)))
            .collect();
        let parts = self.tuple_parts();
        let mut started = HashSet::new();
        loop {
            let mut wanted = self.wanted();
            wanted.retain(|(variable, _, _)| started.insert(*variable));
            let starts_flag = wanted.iter().any(|(variable, _, _)| flags.contains_key(variable));
            for (variable, span, problem) in wanted {
                if let Some((name, part)) = parts.get(&variable)
                    && self.held_tuple_before(name)
                {
                    self.start_part_from(variable, name, *part, span);
                    continue;
                }
                match flags.get(&variable) {
                    Some(number) => self.start_flag_from(variable, (*number, names[number]), span, problem),
                    None => self.start_from(variable, names.get(&variable).copied(), span, problem),
                }
            }
            // What follows from a flag was another thing while it started from nothing.
            if !starts_flag {
                return;
            }
        }
    }

    /// Variables that are, or may be, read before they are assigned, each once.
    fn wanted(&self) -> Vec<(Handle<ir::Variable>, Span, &'static str)> {
        let mut wanted = Vec::new();
        for (variable, handle) in ir::definite(&self.region, Trips::Any).early {
            let span = self.region.spans[handle];
            wanted.push((variable, span, "may be read before it is assigned"));
        }
        let at_end = ir::definite(&self.region, Trips::AtLeastOne).at_end;
        for output in &self.region.outputs {
            let flag = self.region.variables[output.variable].there;
            for variable in [Some(output.variable), flag].into_iter().flatten() {
                if !at_end[variable.index()] {
                    let span = self.region.variables[variable].span;
                    wanted.push((variable, span, "may have no value after the loop"));
                }
            }
        }
        wanted.sort_by_key(|(variable, _, _)| *variable);
        wanted.dedup_by_key(|(variable, _, _)| *variable);
        wanted
    }

    /// Says where the region starts whether a name is not `None` there, and what it is then.
    fn start_flag_from(
        &mut self,
        flag: Handle<ir::Variable>,
        (number, name): (Handle<ir::Variable>, &'a str),
        span: Span,
        problem: &str,
    ) {
        if self.region.variables[number].initial.is_none() {
            self.start_from(number, Some(name), span, problem);
        }
        let value = self.is_given(&Path::root(name), span);
        let assign = ir::Statement::Assign { variable: flag, value };
        self.region.body.statements.insert(0, (assign, span));
    }

    /// The Python names of the region's own variables.
    fn variable_names(&self) -> HashMap<Handle<ir::Variable>, &'a str> {
        let locals = self.frames[0].locals.iter();
        let named = locals.filter_map(|(name, binding)| match binding {
            Binding::Variable(variable) => Some((*variable, *name)),
            Binding::Optional(_, value) => match **value {
                Binding::Variable(variable) => Some((variable, *name)),
                _ => None,
            },
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
                gives: ir::Gives::Number,
            })
            .collect()
    }

    /// Gives a variable its value from before the region, if there surely is one.
    fn start_from(&mut self, variable: Handle<ir::Variable>, name: Option<&'a str>, span: Span, problem: &str) {
        let shown = name.unwrap_or(&self.region.variables[variable].name).to_owned();
        let Some(name) = name.filter(|name| self.is_ready(name)) else {
            let diagnostic = self.refuse_statement(span, format!("`{shown}` {problem}"));
            self.diagnostics
                .push(diagnostic.help(format!("assign `{shown}` before the loop")));
            return;
        };
        let input = self.input(&Path::root(name), span);
        self.region.variables[variable].initial = Some(input);
    }
}
