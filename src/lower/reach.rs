//! What a path from outside the region leads to: a module of the project, a function in it, anything else.
//!
//! A name of another module is reached as the host can reach it: as an attribute of the module where the file has that, else
//! through the globals of a function that it has.

use super::imports::FOREIGN;
use super::imports::{NUMPY, STANDARD, is_written};
use super::known::Library;
use super::lowerer::{Lower, Lowerer};
use super::scope::{Bound, Home, ScopeId};
use super::value::{Body, Callable, Origin, Path, Value};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{Key, Step};
use crate::python::ExpressionKind;
use crate::source::Span;

/// Imports of imports: more than that is a circle.
const MAX_HOPS: usize = 16;

/// What is at the end of a path, by the sources.
enum Entity<'a> {
    /// The module with that number.
    Module(usize),
    /// A package without a file of its own, or a module that is not found: the importer's number and the dotted name.
    Package(usize, String),
    /// The globals of a function of that module.
    Globals(usize),
    Function(&'a str, Body<'a>, ScopeId, Span),
    Other,
}

impl<'a> Lowerer<'a> {
    /// The function at a path, if it leads into a module of the project.
    pub(super) fn reach(&mut self, path: &Path) -> Option<Callable<'a>> {
        let Home::Scope(home) = self.program.scopes.home(self.scope, &path.root) else {
            return None;
        };
        let mut entity = self.bound_to(home, &path.root, 0);
        for step in &path.steps {
            entity = match (entity, step) {
                (Entity::Module(number), Step::Attribute(name)) => self.member_of(number, name, 0),
                (Entity::Globals(number), Step::Key(Key::Text(name))) => self.member_of(number, name, 0),
                (Entity::Package(importer, dotted), Step::Attribute(name)) => {
                    self.module(importer, format!("{dotted}.{name}"))
                }
                (Entity::Function(_, _, home, _), Step::Attribute(name)) if name == "__globals__" => {
                    Entity::Globals(self.program.scopes.file_number(home))
                }
                _ => return None,
            };
        }
        match entity {
            Entity::Function(name, body, home, span) if span.start >= FOREIGN => {
                let origin = Origin::Imported(self.routes.len());
                self.routes.push(path.clone());
                Some(Callable {
                    name,
                    body,
                    home,
                    span,
                    origin,
                })
            }
            Entity::Function(..) | Entity::Module(_) | Entity::Package(..) | Entity::Globals(_) | Entity::Other => None,
        }
    }

    /// What a name of another module stands for, read in a function of it that is being inlined; `globals` is the way to the
    /// module's names.
    pub(super) fn foreign(&mut self, globals: &Path, from: ScopeId, name: &'a str, span: Span) -> Lower<Value<'a>> {
        let Home::Scope(home) = self.program.scopes.home(from, name) else {
            return self.builtin(from, name, span);
        };
        if let Some(origin) = written_origin(&globals.root)
            && let Entity::Function(name, body, home, span) = self.bound_to(home, name, 0)
        {
            return Ok(Value::Callable(Callable {
                name,
                body,
                home,
                span,
                origin,
            }));
        }
        match self.program.scopes.bindings(home, name) {
            [Bound::Module(path), ..] if Library::find(path).is_some() => {
                if let (Some(library), [_]) = (Library::find(path), self.program.scopes.bindings(home, name)) {
                    return Ok(Value::Library(library));
                }
            }
            [Bound::Member(from, member)] => {
                if let Some(library) = Library::find(from) {
                    return self.member(library, member, span);
                }
            }
            _ => {}
        }
        Ok(Value::Path(globals.then(Step::Key(Key::Text(name.to_owned())))))
    }

    fn bound_to(&self, home: ScopeId, name: &str, hops: usize) -> Entity<'a> {
        let Some((name, bindings)) = self.program.scopes.binding(home, name) else {
            return Entity::Other;
        };
        let number = self.program.scopes.file_number(home);
        match bindings {
            [Bound::Module(path), rest @ ..]
                if rest
                    .iter()
                    .all(|other| matches!(other, Bound::Module(same) if same == path)) =>
            {
                self.module(number, (*path).to_owned())
            }
            [Bound::Member(from, member)] => self.imported(number, from, member, hops),
            [Bound::Function(function, span)] => Entity::Function(name, Body::Function(function), home, *span),
            [Bound::Value(value)] => match &value.kind {
                ExpressionKind::Lambda { parameters, body } => {
                    Entity::Function(name, Body::Lambda(parameters, body), home, value.span)
                }
                _ => Entity::Other,
            },
            _ => Entity::Other,
        }
    }

    /// `from module import member`
    fn imported(&self, importer: usize, module: &str, member: &str, hops: usize) -> Entity<'a> {
        if hops > MAX_HOPS || Library::find(module).is_some() {
            return Entity::Other;
        }
        match self.module(importer, module.to_owned()) {
            Entity::Module(number) => self.member_of(number, member, hops + 1),
            _ => {
                let dot = if module.ends_with('.') { "" } else { "." };
                self.module(importer, format!("{module}{dot}{member}"))
            }
        }
    }

    /// A name of a module; a module of a package, where the package itself has no such name.
    fn member_of(&self, number: usize, name: &str, hops: usize) -> Entity<'a> {
        let scope = self.program.scopes.module(number);
        if self.program.scopes.binding(scope, name).is_some() {
            return self.bound_to(scope, name, hops);
        }
        let file = self.program.imports.file(number);
        if file.is_some_and(|file| file.name().ends_with("__init__.py")) {
            return self.module(number, format!(".{name}"));
        }
        Entity::Other
    }

    fn module(&self, importer: usize, module: String) -> Entity<'a> {
        if Library::find(&module).is_some() {
            return Entity::Other;
        }
        let wanted = (importer, module);
        match self.program.imports.link(&wanted) {
            Some(Some(number)) => Entity::Module(number),
            Some(None) => Entity::Package(wanted.0, wanted.1),
            None => {
                self.program.wanted.borrow_mut().push(wanted.clone());
                Entity::Package(wanted.0, wanted.1)
            }
        }
    }

    /// Where the names of the module are found whose functions run in a frame; `None` for the file's own.
    pub(super) fn globals_of(&mut self, callable: Callable<'a>) -> Option<Path> {
        let number = self.program.scopes.file_number(callable.home);
        match callable.origin {
            Origin::Imported(route) => {
                let globals = self.routes[route].then(Step::Attribute("__globals__".to_owned()));
                Some(self.globals.entry(number).or_insert(globals).clone())
            }
            Origin::Inside(frame) => self.frames[frame].globals.clone(),
            Origin::Numpy => Some(Path::root(NUMPY)),
            Origin::Standard => Some(Path::root(STANDARD)),
            Origin::Named | Origin::Method(_) => None,
        }
    }

    // Places

    /// The place in the file that is translated which stands for a place in another: the call that led there.
    pub(super) fn at(&self, span: Span) -> Span {
        if span.start < FOREIGN {
            return span;
        }
        let calls = self.frames.iter().rev().filter_map(|frame| frame.call.as_ref());
        let mut own = calls.map(|(_, call)| *call).filter(|call| call.start < FOREIGN);
        own.next().unwrap_or(self.region.span)
    }

    /// Moves what is left of other files' places in a finished region.
    pub(super) fn settle_places(&mut self) {
        let whole = self.region.span;
        let settle = |span: &mut Span| {
            if span.start >= FOREIGN {
                *span = whole;
            }
        };
        let region = &mut self.region;
        for handle in region.expressions.handles() {
            settle(&mut region.spans[handle]);
        }
        for handle in region.variables.handles() {
            settle(&mut region.variables[handle].span);
        }
        for handle in region.inputs.handles() {
            settle(&mut region.inputs[handle].span);
        }
        for handle in region.stores.handles() {
            settle(&mut region.stores[handle].place);
        }
        for handle in region.loops.handles() {
            settle(&mut region.loops[handle].span);
            settle_block(&mut region.loops[handle].body, &settle);
        }
        settle_block(&mut region.body, &settle);
    }

    /// A diagnostic at a place of another file, told at the call that led there.
    pub(super) fn told_here(&self, mut diagnostic: Diagnostic, span: Span) -> Diagnostic {
        let elsewhere = self.program.imports.place(span).filter(|_| span.start >= FOREIGN);
        if let Some((file, place)) = elsewhere {
            if written_origin(file.name()).is_some() {
                diagnostic.primary.span = self.at(span);
                return diagnostic;
            }
            let (name, row) = (file.name(), file.row(place.start));
            let text = file.line(row).trim();
            diagnostic.primary.span = self.at(span);
            diagnostic = diagnostic.note(format!("in {name}, line {row}: `{text}`"));
        }
        diagnostic
    }

    // NumPy's functions and Python's own that are written in the language

    /// Whether one of them is being inlined.
    pub(super) fn is_in_written(&self) -> bool {
        let globals = self.frame().globals.as_ref();
        globals.is_some_and(|path| written_origin(&path.root).is_some())
    }

    /// Why one of them cannot be translated as it is called (`raise NotImplementedError("…")`), or why it leaves the launch to
    /// Python (`raise RuntimeError("…")`), if a statement of it says so.
    pub(super) fn told_by_written(
        &self,
        exception: Option<&crate::python::Expression>,
        wanted: &str,
    ) -> Option<String> {
        let inside = self.is_in_written();
        let ExpressionKind::Call { function, arguments } = &exception.filter(|_| inside)?.kind else {
            return None;
        };
        match (&function.kind, arguments.first().map(|argument| &argument.value.kind)) {
            (ExpressionKind::Name(name), Some(ExpressionKind::String(Some(text)))) if name == wanted => {
                Some(text.clone())
            }
            _ => None,
        }
    }

    /// A function of a library that is written in the language itself; `None` where there is none of that name.
    pub(super) fn written_in_language(&self, library: Library, name: &str) -> Option<Lower<Value<'a>>> {
        let (module, name) = match library {
            Library::Numpy => (NUMPY, name.to_owned()),
            Library::NumpyLinalg => (NUMPY, format!("linalg_{name}")),
            Library::NumpyRandom => (NUMPY, format!("random_{name}")),
            Library::Math | Library::Cmath | Library::Bisect | Library::Operator => {
                (STANDARD, format!("{}_{name}", library.name()))
            }
            Library::Itertools | Library::Functools => return None,
        };
        if !is_written(module, &name) {
            return None;
        }
        let wanted = (0, module.to_owned());
        let Some(Some(number)) = self.program.imports.link(&wanted) else {
            self.program.wanted.borrow_mut().push(wanted);
            // The region is lowered again.
            return Some(Ok(Value::None));
        };
        let scope = self.program.scopes.module(number);
        match (self.bound_to(scope, &name, 0), written_origin(module)) {
            (Entity::Function(name, body, home, span), Some(origin)) => Some(Ok(Value::Callable(Callable {
                name,
                body,
                home,
                span,
                origin,
            }))),
            _ => None,
        }
    }

    /// Why a path that is called cannot be.
    pub(super) fn not_callable(&self, path: &Path, span: Span) -> Box<Diagnostic> {
        let message = format!("`{}` is called, but it is no function of this project", path.text());
        let diagnostic = self.refuse(Code::UnsupportedCall, span, message);
        Box::new(diagnostic.help(
            "functions defined once in this file or in a module of the same project, `math` and NumPy functions of numbers \
             can be called",
        ))
    }
}

/// Where functions come from whose module is written in the language.
fn written_origin(module: &str) -> Option<Origin> {
    match module {
        NUMPY => Some(Origin::Numpy),
        STANDARD => Some(Origin::Standard),
        _ => None,
    }
}

fn settle_block(block: &mut crate::ir::Block, settle: &impl Fn(&mut Span)) {
    for (statement, span) in &mut block.statements {
        settle(span);
        match statement {
            crate::ir::Statement::If { accept, reject, .. } => {
                settle_block(accept, settle);
                settle_block(reject, settle);
            }
            crate::ir::Statement::While { prelude, body, .. } => {
                settle_block(prelude, settle);
                settle_block(body, settle);
            }
            crate::ir::Statement::Assign { .. }
            | crate::ir::Statement::Store(_)
            | crate::ir::Statement::Evaluate(_)
            | crate::ir::Statement::For(_)
            | crate::ir::Statement::Break
            | crate::ir::Statement::Continue
            | crate::ir::Statement::Allocate { .. }
            | crate::ir::Statement::Leave(_)
            | crate::ir::Statement::Seed(_)
            | crate::ir::Statement::Draw(_)
            | crate::ir::Statement::Raise { .. } => {}
        }
    }
}
