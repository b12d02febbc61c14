//! Where arrays may stay on a device: stretches of statements of which nothing but regions touches an array.
//!
//! A region that runs on a device leaves the arrays there, and another region finds them, as long as no statement in between
//! could look at their elements. A [`Stretch`] is a run of statements of one body of which that is proved, with regions for a device
//! among them that run more than once; the whole of it becomes the body of a `with` statement. The proof speaks of every array there
//! is, since any name may stand for any of them: a statement is *quiet* if it
//!
//! * is a region, whose kernel sees to it that it finds the newest elements, wherever it runs;
//! * computes with *plain* values: numbers, texts, and what quiet functions (`print`, `math.sqrt`, `np.sqrt`) make of them;
//! * measures arrays (`len(u)`, `u.shape[0]`, `u.ndim`, `u.size`), if they are NumPy's own;
//! * moves values from name to name (`u, v = v, u`), which looks at none of them;
//! * is an `if`, `while`, or `for` over a `range`, of such statements, or leaves them (`break`, `return u`).
//!
//! Other attributes, subscripts, calls of anything else, `yield`, imports, `del` and the rest are not quiet: they could run any code.
//! That a name is plain is supposed of those that have a value before the stretch, and left to the runtime to look at there ([`Stretch::relies_on`]);
//! of others it follows, since plain statements make plain values. Where a region runs as Python after all, its variables may
//! become anything, and the runtime ends the stretch.
//!
//! Not covered, and not to be: finalisers (`__del__`) that look at arrays.

use std::collections::{BTreeMap, BTreeSet};

use super::Directives;
use super::assigned::assigned_before;
use super::scope::{Bound, Home, MODULE, ScopeId, ScopeKind, Scopes};
use crate::ir::{Gives, Region};
use crate::pragma::{ClauseKind, DirectiveKind, Target, Text};
use crate::python::{ArgumentKind, BinaryOperator, Expression, ExpressionKind, Module, Statement, StatementKind, walk};
use crate::source::{SourceFile, Span};

/// Statements during which arrays may stay on a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// From the first statement to the end of the last one.
    pub span: Span,
    /// On what grounds.
    pub grounds: Grounds,
}

/// Why arrays may stay on a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grounds {
    /// It is proved, if the values of these names are plain where the stretch begins.
    Proved(Vec<String>),
    /// The user says so: the names of `resident`, `copyin` and `copyout`.
    Said([Vec<String>; 3]),
}

/// Functions that keep to numbers and texts.
const FUNCTIONS: [&str; 9] = ["abs", "bool", "float", "int", "max", "min", "print", "range", "round"];
/// Modules all of whose functions do.
const MODULES: [&str; 2] = ["math", "time"];
/// Functions of NumPy that make numbers of numbers.
const UFUNCS: [&str; 20] = [
    "abs", "ceil", "cos", "exp", "float32", "float64", "floor", "hypot", "int32", "int64", "isfinite", "isnan", "log",
    "log10", "maximum", "minimum", "sin", "sqrt", "tan", "tanh",
];

/// Attributes of NumPy's arrays that tell their extents.
const MEASURES: [&str; 3] = ["ndim", "shape", "size"];

/// The stretches of a file, in source order; one may lie in another.
pub fn stretches(file: &SourceFile, module: &Module, directives: &Directives, regions: &[Region]) -> Vec<Stretch> {
    let on_device = |target: &Target| matches!(target, Target::Cuda | Target::Auto);
    let asks = directives.iter().any(|directive| {
        directive.kind == DirectiveKind::Data
            || directive
                .clauses
                .iter()
                .any(|clause| matches!(&clause.kind, ClauseKind::Target(target) if on_device(target)))
    });
    if !asks {
        return Vec::new();
    }
    let scopes = Scopes::new(module, std::iter::empty());
    let mut found = Vec::new();
    for (scope, body) in scopes.bodies() {
        let finder = Finder {
            file,
            directives,
            regions,
            scopes: &scopes,
            scope,
            whole: body,
        };
        finder.body(body, &mut found);
    }
    found.sort_by_key(|stretch| (stretch.span.start, std::cmp::Reverse(stretch.span.end)));
    found
}

struct Finder<'a> {
    file: &'a SourceFile,
    directives: &'a Directives,
    regions: &'a [Region],
    scopes: &'a Scopes<'a>,
    scope: ScopeId,
    whole: &'a [Statement],
}

/// What quiet statements do to names.
#[derive(Clone, Default)]
struct Names<'a> {
    /// Used as plain values.
    plain: BTreeSet<&'a str>,
    /// Arrays that are measured.
    measured: BTreeSet<&'a str>,
    /// Functions and modules that are relied on.
    functions: BTreeSet<&'a str>,
    /// Bound to the values of other names.
    moved: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// Bound to arrays.
    arrays: BTreeSet<&'a str>,
}

impl<'a> Names<'a> {
    /// Names, and those from which they may have their values.
    fn with_sources(&self, of: &BTreeSet<&'a str>) -> Vec<&'a str> {
        let mut all: Vec<&str> = of.iter().copied().collect();
        let mut next = 0;
        while let Some(name) = all.get(next).copied() {
            next += 1;
            for source in self.moved.get(name).into_iter().flatten() {
                if !all.contains(source) {
                    all.push(source);
                }
            }
        }
        all
    }
}

impl<'a> Finder<'a> {
    fn body(&self, body: &'a [Statement], found: &mut Vec<Stretch>) {
        let mut at = 0;
        while at < body.len() {
            let end = at + self.run_length(&body[at..]);
            if let Some(stretch) = self.stretch(&body[at..end]) {
                found.push(stretch);
                at = end;
                continue;
            }
            let statement = &body[at];
            found.extend(self.said(statement));
            // Functions and classes are scopes of their own; what is inside a region is its kernel's.
            let opaque = matches!(statement.kind, StatementKind::Function(_) | StatementKind::Class(_));
            if !opaque && self.region_of(statement).is_none() {
                for inner in statement.kind.bodies() {
                    self.body(inner, found);
                }
            }
            at += 1;
        }
    }

    /// How many statements at the start of some are quiet together.
    fn run_length(&self, body: &'a [Statement]) -> usize {
        let mut names = Names::default();
        let mut length = 0;
        for statement in body {
            if self.quiet(statement, &mut names).is_none() {
                break;
            }
            length += 1;
        }
        // What one statement supposes, another may refute.
        while length > 0 && self.relies_on(&body[..length]).is_none() {
            length -= 1;
        }
        length
    }

    /// The part of a quiet run from its first region for a device to its last one, if they run more than once.
    fn stretch(&self, run: &'a [Statement]) -> Option<Stretch> {
        let first = run.iter().position(|statement| self.launches(statement) > 0)?;
        let last = run.iter().rposition(|statement| self.launches(statement) > 0)?;
        let run = &run[first..=last];
        let launches: usize = run.iter().map(|statement| self.launches(statement)).sum();
        let span = Span::new(run[0].span.start, self.end(&run[run.len() - 1]));
        if launches < 2 || !self.has_lines_of_its_own(span) {
            return None;
        }
        let grounds = Grounds::Proved(self.relies_on(run)?);
        Some(Stretch { span, grounds })
    }

    /// The end of a statement, or of the region that it begins.
    fn end(&self, statement: &Statement) -> u32 {
        let region = self.region_of(statement);
        region.map_or(statement.span.end, |region| region.span.end.max(statement.span.end))
    }

    /// What the user says of a statement.
    fn said(&self, statement: &Statement) -> Option<Stretch> {
        let directive = self.directives.on(statement)?;
        if directive.kind != DirectiveKind::Data || !self.has_lines_of_its_own(statement.span) {
            return None;
        }
        let named = |select: fn(&ClauseKind) -> Option<&Vec<Text>>| {
            let clauses = directive.clauses.iter().filter_map(|clause| select(&clause.kind));
            clauses.flatten().map(|name| name.text.clone()).collect()
        };
        let grounds = Grounds::Said([
            named(|kind| match kind {
                ClauseKind::Resident(names) => Some(names),
                _ => None,
            }),
            named(|kind| match kind {
                ClauseKind::CopyIn(names) => Some(names),
                _ => None,
            }),
            named(|kind| match kind {
                ClauseKind::CopyOut(names) => Some(names),
                _ => None,
            }),
        ]);
        Some(Stretch {
            span: statement.span,
            grounds,
        })
    }

    /// Whether statements share none of their lines with others, and may move to the right.
    fn has_lines_of_its_own(&self, span: Span) -> bool {
        let (file, text) = (self.file, self.file.text());
        let first = file.line_span(file.row(span.start));
        let last = file.line_span(file.row(span.end.max(1) - 1));
        let after = text[span.end as usize..last.end.max(span.end) as usize].trim_start();
        let before = &text[first.start as usize..span.start as usize];
        before.chars().all(char::is_whitespace)
            && (after.is_empty() || after.starts_with('#'))
            && !text[span.start as usize..].starts_with("elif")
    }

    fn region_of(&self, statement: &Statement) -> Option<&'a Region> {
        let mut regions = self.regions.iter();
        regions.find(|region| region.span.contains(statement.span))
    }

    /// How often a statement launches kernels on a device: 2 stands for any number.
    fn launches(&self, statement: &Statement) -> usize {
        if self.region_of(statement).is_some() {
            return usize::from(self.asks_for_device(statement));
        }
        let inside: usize = statement
            .kind
            .bodies()
            .into_iter()
            .flatten()
            .map(|inner| self.launches(inner))
            .sum();
        match statement.kind {
            StatementKind::For(_) | StatementKind::While(_) => 2 * inside,
            _ => inside,
        }
    }

    fn asks_for_device(&self, statement: &Statement) -> bool {
        let mut asks = false;
        walk::statements(std::slice::from_ref(statement), &mut |one| {
            let directive = self.directives.on(one);
            asks |= directive.is_some_and(|directive| {
                directive
                    .clauses
                    .iter()
                    .any(|clause| matches!(clause.kind, ClauseKind::Target(Target::Cuda | Target::Auto)))
            });
        });
        asks
    }

    /// The names that must be plain where quiet statements start; `None`: they are not quiet together.
    fn relies_on(&self, run: &'a [Statement]) -> Option<Vec<String>> {
        let mut names = Names::default();
        for statement in run {
            self.quiet(statement, &mut names)?;
        }
        let plain = names.with_sources(&names.plain);
        if plain.iter().any(|name| names.arrays.contains(name)) {
            return None;
        }
        let parameters = match self.scopes.get(self.scope).kind {
            ScopeKind::Function(function) => function.parameters.as_slice(),
            ScopeKind::Module | ScopeKind::Class(_) => &[],
        };
        let before = assigned_before(parameters, self.whole, run[0].span);
        let given = |names: Vec<&'a str>| {
            let mut given = Vec::new();
            for name in names {
                match self.scopes.home(self.scope, name) {
                    Home::Scope(home) if home == self.scope => {
                        // One that has no value yet gets a plain one, or an array.
                        if before.contains(name) {
                            given.push(name);
                        } else if !self.is_bound_in(run, name) {
                            return None;
                        }
                    }
                    Home::Scope(MODULE) if self.is_constant(name) => given.push(name),
                    Home::Scope(_) | Home::Outside => return None,
                }
            }
            Some(given)
        };
        let measured = given(names.with_sources(&names.measured))?;
        let is_shadowed = self.scopes.home(self.scope, "type") != Home::Outside;
        if is_shadowed && !measured.is_empty() {
            return None;
        }
        let measured: BTreeSet<String> = measured.iter().map(|name| format!("type({name})")).collect();
        let mut relied: BTreeSet<&str> = given(plain)?.into_iter().collect();
        relied.extend(names.functions);
        Some(relied.into_iter().map(str::to_owned).chain(measured).collect())
    }

    /// The array that an expression measures, by its name.
    fn measured(&self, expression: &'a Expression) -> Option<&'a str> {
        let array = match &expression.kind {
            ExpressionKind::Attribute { value, attribute } => {
                MEASURES.contains(&attribute.text.as_str()).then_some(value.as_ref())?
            }
            ExpressionKind::Call { function, arguments } => {
                let measures = matches!(&function.kind, ExpressionKind::Name(name) if name == "len")
                    && self.scopes.home(self.scope, "len") == Home::Outside
                    && self.scopes.stars(self.scope).next().is_none();
                match &arguments[..] {
                    [one] if measures && one.kind == ArgumentKind::Positional => &one.value,
                    _ => return None,
                }
            }
            _ => return None,
        };
        match &array.kind {
            ExpressionKind::Name(name) => Some(name),
            _ => None,
        }
    }

    fn is_bound_in(&self, run: &[Statement], name: &str) -> bool {
        walk::names_in(run)
            .iter()
            .any(|this| this.name == name && this.how == walk::Use::Bind)
    }

    /// Whether the module gives a name its only value, and no function does.
    fn is_constant(&self, name: &str) -> bool {
        matches!(self.scopes.bindings(MODULE, name), [Bound::Value(_)]) && !self.scopes.is_assigned_from_inside(name)
    }

    fn quiet(&self, statement: &'a Statement, names: &mut Names<'a>) -> Option<()> {
        if let Some(region) = self.region_of(statement) {
            for output in &region.outputs {
                let own = output.name.as_str();
                if !matches!(output.gives, Gives::Number) {
                    names.arrays.insert(own);
                }
            }
            return Some(());
        }
        if self.directives.is_claimed(statement) {
            return None;
        }
        match &statement.kind {
            StatementKind::Pass | StatementKind::Break | StatementKind::Continue | StatementKind::Return(None) => {
                Some(())
            }
            StatementKind::Return(Some(value)) => self.moved(value, names),
            StatementKind::Expression(value) => self.plain(value, names),
            StatementKind::Assert { test, message } => {
                self.plain(test, names)?;
                message.iter().try_for_each(|message| self.plain(message, names))
            }
            StatementKind::Assign(node) => node
                .targets
                .iter()
                .try_for_each(|target| self.assign(target, &node.value, names)),
            StatementKind::AugmentedAssign(node) => {
                self.plain(&node.target, names)?;
                self.arithmetic(node.operator)?;
                matches!(node.target.kind, ExpressionKind::Name(_)).then_some(())?;
                self.plain(&node.value, names)
            }
            StatementKind::If(node) => {
                self.plain(&node.test, names)?;
                self.all(&node.body, names)?;
                self.all(&node.otherwise, names)
            }
            StatementKind::While(node) => {
                self.plain(&node.test, names)?;
                self.all(&node.body, names)?;
                self.all(&node.otherwise, names)
            }
            StatementKind::For(node) => {
                let ranges = matches!(&node.iterable.kind, ExpressionKind::Call { function, .. }
                    if matches!(&function.kind, ExpressionKind::Name(name) if name == "range"));
                (ranges && !node.asynchronous).then_some(())?;
                matches!(node.target.kind, ExpressionKind::Name(_)).then_some(())?;
                self.plain(&node.iterable, names)?;
                self.all(&node.body, names)?;
                self.all(&node.otherwise, names)
            }
            StatementKind::Function(_)
            | StatementKind::Class(_)
            | StatementKind::With(_)
            | StatementKind::Try(_)
            | StatementKind::Match(_)
            | StatementKind::Raise { .. }
            | StatementKind::AnnotatedAssign(_)
            | StatementKind::Global(_)
            | StatementKind::Nonlocal(_)
            | StatementKind::Delete(_)
            | StatementKind::Import(_)
            | StatementKind::Unsupported { .. }
            | StatementKind::Error { .. } => None,
        }
    }

    fn all(&self, body: &'a [Statement], names: &mut Names<'a>) -> Option<()> {
        body.iter().try_for_each(|statement| self.quiet(statement, names))
    }

    fn assign(&self, target: &'a Expression, value: &'a Expression, names: &mut Names<'a>) -> Option<()> {
        match (&target.kind, &value.kind) {
            (ExpressionKind::Name(target), ExpressionKind::Name(source)) => {
                names.moved.entry(target).or_default().insert(source);
                Some(())
            }
            (ExpressionKind::Name(_), _) => self.plain(value, names),
            (ExpressionKind::Tuple(targets), ExpressionKind::Tuple(values)) if targets.len() == values.len() => targets
                .iter()
                .zip(values)
                .try_for_each(|(target, value)| self.assign(target, value, names)),
            _ => None,
        }
    }

    /// A value that is handed on as it is.
    fn moved(&self, value: &'a Expression, names: &mut Names<'a>) -> Option<()> {
        match &value.kind {
            ExpressionKind::Name(_) => Some(()),
            ExpressionKind::Tuple(values) => values.iter().try_for_each(|value| self.moved(value, names)),
            _ => self.plain(value, names),
        }
    }

    fn arithmetic(&self, operator: BinaryOperator) -> Option<()> {
        (operator != BinaryOperator::MatrixMultiply).then_some(())
    }

    /// An expression that makes a plain value of plain values.
    fn plain(&self, expression: &'a Expression, names: &mut Names<'a>) -> Option<()> {
        if let Some(array) = self.measured(expression) {
            names.measured.insert(array);
            return Some(());
        }
        match &expression.kind {
            ExpressionKind::Integer(_)
            | ExpressionKind::Float(_)
            | ExpressionKind::Imaginary(_)
            | ExpressionKind::Bool(_)
            | ExpressionKind::None
            | ExpressionKind::String(_)
            | ExpressionKind::Bytes => Some(()),
            ExpressionKind::Name(name) => {
                names.plain.insert(name);
                Some(())
            }
            ExpressionKind::Binary { operator, .. } => {
                self.arithmetic(*operator)?;
                self.parts(expression, names)
            }
            ExpressionKind::Unary { .. }
            | ExpressionKind::Compare { .. }
            | ExpressionKind::Logical { .. }
            | ExpressionKind::Conditional { .. }
            | ExpressionKind::FormattedString(_) => self.parts(expression, names),
            ExpressionKind::Call { function, arguments } => {
                self.function(function, names)?;
                arguments.iter().try_for_each(|argument| {
                    let single = matches!(argument.kind, ArgumentKind::Positional | ArgumentKind::Keyword(_));
                    single.then_some(())?;
                    self.plain(&argument.value, names)
                })
            }
            ExpressionKind::Attribute { value, .. } => match &value.kind {
                ExpressionKind::Name(name) if self.is_module(name, "math") => {
                    names.functions.insert(name);
                    Some(())
                }
                _ => None,
            },
            // One extent.
            ExpressionKind::Subscript { value, index } if self.measured(value).is_some() => {
                self.plain(value, names)?;
                self.plain(index, names)
            }
            ExpressionKind::Ellipsis
            | ExpressionKind::Subscript { .. }
            | ExpressionKind::Slice { .. }
            | ExpressionKind::Tuple(_)
            | ExpressionKind::List(_)
            | ExpressionKind::Set(_)
            | ExpressionKind::Dict(_)
            | ExpressionKind::Starred(_)
            | ExpressionKind::Lambda { .. }
            | ExpressionKind::Comprehension { .. }
            | ExpressionKind::Walrus { .. }
            | ExpressionKind::Await(_)
            | ExpressionKind::Yield(_)
            | ExpressionKind::YieldFrom(_)
            | ExpressionKind::Unsupported { .. }
            | ExpressionKind::Error { .. } => None,
        }
    }

    fn parts(&self, expression: &'a Expression, names: &mut Names<'a>) -> Option<()> {
        expression
            .children()
            .into_iter()
            .try_for_each(|part| self.plain(part, names))
    }

    /// A function that keeps to numbers and texts.
    fn function(&self, function: &'a Expression, names: &mut Names<'a>) -> Option<()> {
        match &function.kind {
            ExpressionKind::Name(name) if self.scopes.home(self.scope, name) == Home::Outside => {
                let known = FUNCTIONS.contains(&name.as_str()) && self.scopes.stars(self.scope).next().is_none();
                if name == "print" {
                    names.functions.insert(name);
                }
                known.then_some(())
            }
            ExpressionKind::Name(name) => {
                let module = MODULES.iter().any(|module| self.is_member(name, module));
                names.functions.insert(name);
                module.then_some(())
            }
            ExpressionKind::Attribute { value, attribute } => {
                let ExpressionKind::Name(name) = &value.kind else {
                    return None;
                };
                let ours = MODULES.iter().any(|module| self.is_module(name, module));
                let numpys = self.is_module(name, "numpy") && UFUNCS.contains(&attribute.text.as_str());
                names.functions.insert(name);
                (ours || numpys).then_some(())
            }
            _ => None,
        }
    }

    /// Whether the module's only binding of a name is an import of this module.
    fn is_module(&self, name: &str, module: &str) -> bool {
        self.scopes.home(self.scope, name) == Home::Scope(MODULE)
            && matches!(self.scopes.bindings(MODULE, name), [Bound::Module(path)] if *path == module)
    }

    /// The same for a member of it.
    fn is_member(&self, name: &str, module: &str) -> bool {
        self.scopes.home(self.scope, name) == Home::Scope(MODULE)
            && matches!(self.scopes.bindings(MODULE, name), [Bound::Member(path, _)] if *path == module)
    }
}
