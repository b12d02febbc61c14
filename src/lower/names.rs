//! What names and attributes stand for, by the scopes of the program and the libraries that are known.

use super::known::{self, Known, Library, UfuncMethod};
use super::lowerer::{Binding, Lower, Lowerer};
use super::scope::{Bound, Home, ScopeId};
use super::value::{Body, Callable, Origin, Path, Value, constant_index};
use crate::diagnostics::{Code, closest};
use crate::ir::{self, Key, Step};
use crate::python::{Expression, ExpressionKind};
use crate::source::Span;

impl<'a> Lowerer<'a> {
    // Names

    /// What a name stands for in the present frame.
    pub(super) fn name(&mut self, name: &'a str, span: Span) -> Lower<Value<'a>> {
        if let Some(owner) = self.owner(name) {
            return Ok(self.local(owner, name, span));
        }
        let from = self.frame().scope;
        match self.frame().globals.clone() {
            Some(globals) => self.foreign(&globals, from, name, span),
            None => self.outside(from, name, span),
        }
    }

    fn local(&mut self, depth: usize, name: &'a str, span: Span) -> Value<'a> {
        match self.frames[depth].locals.get(name).cloned() {
            Some(binding) => self.bound(&binding, span),
            // From before the region.
            None if depth == 0 && self.frames[0].optional.contains(name) => {
                let (there, variable) = self.make_optional(depth, name, span);
                let value = Value::Scalar(self.read(variable, span));
                Value::Optional(there, Box::new(value))
            }
            None => match self.frames[depth].tuples.get(name).copied() {
                Some(count) if depth == 0 => {
                    let variables = self.tuple_variables(depth, name, count, span);
                    let items = variables.into_iter().map(|item| Value::Scalar(self.read(item, span)));
                    Value::Tuple(items.collect())
                }
                Some(_) | None => {
                    let variable = self.variable_in(depth, name, span);
                    Value::Scalar(self.read(variable, span))
                }
            },
        }
    }

    /// A use of a binding.
    pub(super) fn bound(&mut self, binding: &Binding<'a>, span: Span) -> Value<'a> {
        match binding {
            Binding::Variable(variable) => Value::Scalar(self.read(*variable, span)),
            Binding::Leaf(expression) => Value::Scalar(self.add(expression.clone(), span)),
            Binding::Element(array, subscripts) => {
                let subscripts = subscripts.iter().map(|leaf| self.add(leaf.clone(), span)).collect();
                Value::Element(*array, subscripts)
            }
            Binding::Optional(there, value) => Value::Optional(*there, Box::new(self.bound(value, span))),
            Binding::Tuple(items) => Value::Tuple(items.iter().map(|item| self.bound(item, span)).collect()),
            Binding::OwnList(at) => self.read_own_list(*at, span),
            Binding::Value(value) => value.clone(),
        }
    }

    /// What a name stands for that is no local of the present frame.
    fn outside(&mut self, from: ScopeId, name: &'a str, span: Span) -> Lower<Value<'a>> {
        let scopes = &self.program.scopes;
        let Home::Scope(home) = scopes.home(from, name) else {
            return self.builtin(from, name, span);
        };
        // A function inlined here may read what the region assigns.
        if self.frames[0].own.contains(name) && scopes.home(self.scope, name) == Home::Scope(home) {
            return Ok(self.local(0, name, span));
        }
        match scopes.bindings(home, name) {
            [Bound::Module(path), rest @ ..]
                if rest
                    .iter()
                    .all(|other| matches!(other, Bound::Module(same) if same == path)) =>
            {
                if let Some(library) = Library::find(path) {
                    self.require_ready(home, name, span)?;
                    return Ok(Value::Library(library));
                }
            }
            [Bound::Member(from, member)] => {
                if let Some(library) = Library::find(from) {
                    self.require_ready(home, name, span)?;
                    return self.member(library, member, span);
                }
            }
            [Bound::Function(function, span)] => {
                let (body, span, origin) = (Body::Function(function), *span, Origin::Named);
                return Ok(Value::Callable(Callable {
                    name,
                    body,
                    home,
                    span,
                    origin,
                }));
            }
            [Bound::Value(value)] => {
                if let ExpressionKind::Lambda { parameters, body } = &value.kind {
                    let (body, span, origin) = (Body::Lambda(parameters, body), value.span, Origin::Named);
                    return Ok(Value::Callable(Callable {
                        name,
                        body,
                        home,
                        span,
                        origin,
                    }));
                }
            }
            _ => {}
        }
        self.require_reachable(home, name, span)?;
        self.require_ready(home, name, span)?;
        Ok(Value::Path(Path::root(name)))
    }

    pub(super) fn builtin(&self, from: ScopeId, name: &'a str, span: Span) -> Lower<Value<'a>> {
        let mut stars = self.program.scopes.stars(from).peekable();
        if stars.peek().is_some() {
            let mut libraries = stars.map(Library::find);
            let found = libraries.try_fold(None, |found, library| Some(found.or(library?.member(name))));
            return match found {
                Some(Some(known)) => Ok(Value::Known(known)),
                _ => Err(self.refuse_expression(span, format!("`{name}` may come from a `*` import"))),
            };
        }
        if let Some(known) = known::builtin(name) {
            return Ok(Value::Known(known));
        }
        let message = if known::is_builtin(name) {
            format!("the builtin `{name}` cannot be translated")
        } else {
            format!("`{name}` is bound nowhere in this file")
        };
        Err(self.refuse(Code::UnsupportedExpression, span, message))
    }

    /// A member of a known library.
    pub(super) fn member(&self, library: Library, name: &str, span: Span) -> Lower<Value<'a>> {
        let hidden = library == Library::Numpy
            && (["linalg_", "random_"].iter().any(|part| name.starts_with(part))
                || name.ends_with("_at")
                || name == "partition_element");
        // What is written about a function of the language means that function.
        let hidden =
            hidden || library == Library::NumpyRandom || (self.is_in_written() && library.member(name).is_some());
        if let Some(written) = self.written_in_language(library, name).filter(|_| !hidden) {
            return written;
        }
        if library == Library::Numpy && name == "newaxis" {
            return Ok(Value::None);
        }
        if let Some(known) = library.member(name) {
            return Ok(Value::Known(known));
        }
        match (library, name) {
            (Library::Numpy, "random") => return Ok(Value::Library(Library::NumpyRandom)),
            (Library::Numpy, "linalg") => return Ok(Value::Library(Library::NumpyLinalg)),
            (Library::NumpyRandom, _) => return Err(self.shared_member(name, span)),
            _ => {}
        }
        let message = format!("`{}.{name}` cannot be translated", library.name());
        let diagnostic = self.refuse(Code::UnsupportedCall, span, message);
        Err(match near_member(library, name) {
            Some(near) => Box::new(diagnostic.help(near)),
            None => diagnostic,
        })
    }

    /// Names of the region's own scope must have a value before it; others are taken to have one.
    fn require_ready(&self, home: ScopeId, name: &str, span: Span) -> Lower<()> {
        if home != self.scope || self.ready.contains(name) || self.program.scopes.is_declared(self.scope, name) {
            return Ok(());
        }
        Err(self.refuse_expression(span, format!("`{name}` may have no value where the loop starts")))
    }

    /// A name that an inlined function reads must mean the same where the region stands.
    pub(super) fn require_reachable(&self, home: ScopeId, name: &str, span: Span) -> Lower<()> {
        if self.program.scopes.home(self.scope, name) == Home::Scope(home) {
            return Ok(());
        }
        Err(self.refuse_expression(
            span,
            format!("`{name}` means something else where the loop stands, so it cannot be passed to the kernel"),
        ))
    }

    // Steps

    /// `value.attribute`
    pub(super) fn attribute(&mut self, value: Value<'a>, attribute: &'a str, span: Span) -> Lower<Value<'a>> {
        match value {
            Value::Library(library) => self.member(library, attribute, span),
            Value::Path(path) if attribute == "T" && self.may_be_array(&path) => {
                let whole = self.number(Value::Path(path), span)?;
                match self.array_attribute(whole, attribute, span) {
                    Some(value) => Ok(value),
                    None => Ok(Value::Scalar(whole)),
                }
            }
            // A library's functions ask for the extents of an array on one of several ways only: not at the launch.
            Value::Path(path) if attribute == "shape" && self.is_in_written() && self.may_be_array(&path) => {
                let whole = self.number(Value::Path(path), span)?;
                Ok(Value::Shape(whole))
            }
            Value::Path(path) => Ok(Value::Path(path.then(Step::Attribute(self.mangled(attribute))))),
            value @ (Value::Scalar(_) | Value::Element(..)) if matches!(attribute, "T" | "shape" | "size" | "ndim") => {
                let whole = self.number(value, span)?;
                match self.array_attribute(whole, attribute, span) {
                    Some(value) => Ok(value),
                    None => Ok(Value::Scalar(whole)),
                }
            }
            Value::Generator(generator, true) => Ok(Value::Draw(generator, attribute)),
            Value::Optional(there, value) => {
                let value = self.present(there, *value, span);
                self.attribute(value, attribute, span)
            }
            Value::Known(Known::Function(function @ ir::Function::Numpy(_))) if attribute == "at" => {
                let name = function.to_string();
                let name = format!("{}_at", name.trim_start_matches("np."));
                match self.written_in_language(Library::Numpy, &name) {
                    Some(written) => written,
                    None => Err(self.refuse(
                        Code::UnsupportedCall,
                        span,
                        format!("`{function}.at` cannot be translated"),
                    )),
                }
            }
            Value::Known(Known::Function(ir::Function::Numpy(ufunc)))
                if matches!(attribute, "reduce" | "accumulate" | "outer") =>
            {
                let method = match attribute {
                    "reduce" => UfuncMethod::Reduce,
                    "accumulate" => UfuncMethod::Accumulate,
                    _ => UfuncMethod::Outer,
                };
                Ok(Value::Known(Known::UfuncMethod(ufunc, method)))
            }
            Value::Scalar(_) | Value::Element(..) if attribute == "real" || attribute == "imag" => {
                let function = if attribute == "real" {
                    ir::Function::Real
                } else {
                    ir::Function::Imag
                };
                let arguments = vec![self.number(value, span)?];
                Ok(Value::Scalar(
                    self.add(ir::Expression::Call { function, arguments }, span),
                ))
            }
            Value::Scalar(_)
            | Value::Tuple(_)
            | Value::List(_)
            | Value::Places(_)
            | Value::Shape(_)
            | Value::Element(..)
            | Value::Known(_)
            | Value::Callable(_)
            | Value::Text(_)
            | Value::Generator(..)
            | Value::Draw(..)
            | Value::None => {
                Err(self.refuse_expression(span, format!("the attribute `{attribute}` cannot be translated here")))
            }
        }
    }

    /// Python's mangling of private names inside a class.
    fn mangled(&self, name: &str) -> String {
        let private = name.starts_with("__") && !name.ends_with("__");
        match self.program.scopes.class_around(self.frame().scope) {
            Some(class) if private => format!("_{}{name}", class.name.text.trim_start_matches('_')),
            _ => name.to_owned(),
        }
    }

    /// `path[key]` with a constant key, when that is no element of an array.
    pub(super) fn key(&mut self, path: &Path, index: &'a Expression) -> Option<Path> {
        match &index.kind {
            ExpressionKind::String(Some(text)) => Some(path.then(Step::Key(Key::Text(text.clone())))),
            _ => {
                let position = constant_index(index)?;
                let is_tuple = path.attribute().is_some_and(|(_, name)| name == "shape") || self.is_tuple(path);
                is_tuple.then(|| path.then(Step::Key(Key::Int(position))))
            }
        }
    }

    /// Whether a name is bound once, to a tuple: `shape = x.shape`, `size = 3, 4`.
    fn is_tuple(&self, path: &Path) -> bool {
        let Home::Scope(home) = self.program.scopes.home(self.scope, &path.root) else {
            return false;
        };
        let [Bound::Value(value)] = self.program.scopes.bindings(home, &path.root) else {
            return false;
        };
        let made_of_shape = match &value.kind {
            ExpressionKind::Tuple(_) => true,
            ExpressionKind::Attribute { attribute, .. } => attribute.text == "shape",
            _ => false,
        };
        path.steps.is_empty() && made_of_shape
    }
}

/// What to write instead of a member that cannot be translated.
fn near_member(library: Library, name: &str) -> Option<String> {
    let suggestion = match name {
        "argsort" => "pass `kind=\"stable\"`",
        "random" => "draw the numbers before the loop",
        _ => {
            let names = [
                "sqrt", "exp", "log", "sin", "cos", "maximum", "minimum", "power", "floor", "ndindex",
            ];
            let near = closest(name, names)?;
            return Some(format!("did you mean `{}.{near}`?", library.name()));
        }
    };
    Some(suggestion.to_owned())
}
