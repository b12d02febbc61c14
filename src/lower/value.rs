//! What a Python expression can stand for before its use decides: a number, an array, a function, a module.

use super::known::{self, Known, Library, UfuncMethod};
use super::lowerer::{Binding, Lower, Lowerer};
use super::scope::{Bound, Home, ScopeId};
use crate::diagnostics::{Code, closest};
use crate::ir::{self, Handle, Key, Step};
use crate::python::{Expression, ExpressionKind, Function, Parameter};
use crate::source::Span;

/// A root name outside the region, and the way from there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Path {
    pub(super) root: String,
    pub(super) steps: Vec<Step>,
}

/// The value of an expression.
#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    Scalar(Handle<ir::Expression>),
    Tuple(Vec<Value<'a>>),
    /// An object from outside; its use decides whether it is an array or a scalar.
    Path(Path),
    /// An array with some subscripts: an element, or a part of fewer dimensions.
    Element(Handle<ir::Array>, Vec<Handle<ir::Expression>>),
    Library(Library),
    Known(Known),
    Callable(Callable<'a>),
    Text(&'a str),
    /// A list that the region makes, or one inside it.
    List(List),
    /// The tuple of index arrays that `np.nonzero` gives of an array.
    Places(Handle<ir::Expression>),
    /// The shape of an array.
    Shape(Handle<ir::Expression>),
    /// A value that is there if the variable is true, and `None` otherwise.
    Optional(Handle<ir::Variable>, Box<Value<'a>>),
    None,
    /// A random generator made in the region: a `Generator`, or (false) the bit generator it is made of.
    Generator(Handle<ir::Generator>, bool),
    /// A method of a random generator.
    Draw(Handle<ir::Generator>, &'a str),
}

/// A list in an array of the region, by the subscripts given so far: fewer than its rank.
#[derive(Clone, Debug)]
pub(super) struct List {
    /// Holds the array.
    pub(super) variable: Handle<ir::Variable>,
    pub(super) subscripts: Vec<Handle<ir::Expression>>,
    /// How deep the items lie.
    pub(super) rank: usize,
    /// Whether lists in it are one list, several times: `[[0] * n] * m`. What is assigned to one of them shows in all.
    pub(super) shared: bool,
}

/// A function of the same project.
#[derive(Clone, Copy, Debug)]
pub(super) struct Callable<'a> {
    pub(super) name: &'a str,
    pub(super) body: Body<'a>,
    /// Where the name is bound.
    pub(super) home: ScopeId,
    /// Of the `def` with its decorators, or of the `lambda`.
    pub(super) span: Span,
    pub(super) origin: Origin,
}

/// Where a function comes from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Origin {
    /// Its name is bound in this file, outside the region.
    Named,
    /// It is another file's; the number is that of the way to it.
    Imported(usize),
    /// It is a method; the number is that of the way to it.
    Method(usize),
    /// It was defined in the frame with that number.
    Inside(usize),
    /// It is NumPy's, written in the language itself.
    Numpy,
    /// It is one of Python's own modules', written in the language itself.
    Standard,
}

/// What a call of it runs.
#[derive(Clone, Copy, Debug)]
pub(super) enum Body<'a> {
    Function(&'a Function),
    Lambda(&'a [Parameter], &'a Expression),
}

impl<'a> Callable<'a> {
    pub(super) fn parameters(self) -> &'a [Parameter] {
        match self.body {
            Body::Function(function) => &function.parameters,
            Body::Lambda(parameters, _) => parameters,
        }
    }
}

impl Path {
    pub(super) fn root(name: &str) -> Self {
        Self {
            root: name.to_owned(),
            steps: Vec::new(),
        }
    }

    pub(super) fn then(&self, step: Step) -> Self {
        let mut steps = self.steps.clone();
        steps.push(step);
        Self {
            root: self.root.clone(),
            steps,
        }
    }

    /// The path without its last step, and that step if it is an attribute.
    fn attribute(&self) -> Option<(Self, &str)> {
        let (last, before) = self.steps.split_last()?;
        let Step::Attribute(name) = last else { return None };
        let owner = Self {
            root: self.root.clone(),
            steps: before.to_vec(),
        };
        Some((owner, name))
    }

    /// As Python writes it.
    pub(super) fn text(&self) -> String {
        let mut text = self.root.clone();
        for step in &self.steps {
            if *step == Step::Attribute("__globals__".to_owned()) {
                text.clear();
                continue;
            }
            text += &match step {
                Step::Key(Key::Text(name)) if text.is_empty() => name.clone(),
                Step::Attribute(name) => format!(".{name}"),
                Step::Key(Key::Text(key)) => format!("[{key:?}]"),
                Step::Key(Key::Int(key)) => format!("[{key}]"),
                Step::Buffer(dtype) => format!(".frombuffer({dtype})"),
            };
        }
        text
    }

    /// An identifier made of it.
    fn identifier(&self) -> String {
        let mut text = self.root.clone();
        for step in &self.steps {
            text += &match step {
                Step::Attribute(name) if name == "__globals__" => String::new(),
                Step::Attribute(name) => format!("_{name}"),
                Step::Key(Key::Text(key)) => format!("_{key}"),
                Step::Key(Key::Int(key)) if *key < 0 => format!("_m{}", key.unsigned_abs()),
                Step::Key(Key::Int(key)) => format!("_{key}"),
                Step::Buffer(dtype) => format!("_{dtype}"),
            };
        }
        text
    }
}

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

    // Uses

    /// The input at a path.
    pub(super) fn input(&mut self, path: &Path, span: Span) -> Handle<ir::Input> {
        if let Some(input) = self.inputs.get(path) {
            return *input;
        }
        let plain = path.steps.is_empty();
        // A variable's initial value shares its name.
        let shares = plain && self.frames[0].own.contains(path.root.as_str());
        let name = if shares {
            super::lowerer::identifier(&path.root)
        } else {
            self.fresh(&path.identifier())
        };
        let annotation = if plain { self.annotation(&path.root) } else { None };
        let input = self.region.inputs.append(ir::Input {
            name,
            root: path.root.clone(),
            steps: path.steps.clone(),
            span,
            annotation,
        });
        self.inputs.insert(path.clone(), input);
        input
    }

    /// The annotation of a name where it is bound, as written; else what the values say that it is bound to: `s = 0.0`.
    fn annotation(&self, name: &str) -> Option<String> {
        let Home::Scope(home) = self.program.scopes.home(self.scope, name) else {
            return None;
        };
        let bindings = self.program.scopes.bindings(home, name);
        let declared = bindings.iter().find_map(|bound| {
            let written = match bound {
                Bound::Parameter(parameter) => parameter.annotation.as_ref()?,
                Bound::Module(_)
                | Bound::Member(..)
                | Bound::Function(..)
                | Bound::Class(_)
                | Bound::Value(_)
                | Bound::Other => {
                    return None;
                }
            };
            Some(match &written.kind {
                ExpressionKind::String(Some(text)) => text.clone(),
                _ => self.program.file.slice(written.span).to_owned(),
            })
        });
        if declared.is_some() || bindings.iter().any(|bound| matches!(bound, Bound::Parameter(_))) {
            return declared;
        }
        // What the region itself assigns comes later.
        let before = self.region.span.start;
        let mut kinds = bindings.iter().filter_map(|bound| match bound {
            Bound::Value(value) if value.span.start < before => Some(plain_kind(value)),
            _ => None,
        });
        let kind = kinds.next()??;
        kinds.all(|other| other == Some(kind)).then(|| kind.to_owned())
    }

    /// The array at a path.
    pub(super) fn array(&mut self, path: &Path, span: Span) -> Lower<Handle<ir::Array>> {
        let input = self.input(path, span);
        if let Some(array) = self.arrays.get(&input) {
            return Ok(*array);
        }
        let name = self.region.inputs[input].name.clone();
        let origin = ir::ArrayOrigin::Input(input);
        let view_of = self.viewed(path);
        let array = self.region.arrays.append(ir::Array { name, origin, view_of });
        self.arrays.insert(input, array);
        Ok(array)
    }

    /// The name that an array's only assignment before the region makes it a view of.
    fn viewed(&self, path: &Path) -> Option<(String, bool)> {
        let Home::Scope(home) = self.program.scopes.home(self.scope, &path.root) else {
            return None;
        };
        match self.program.scopes.bindings(home, &path.root) {
            [Bound::Value(value)] if path.steps.is_empty() => {
                viewed(value).map(|name| (name.to_owned(), matches!(value.kind, ExpressionKind::Name(_))))
            }
            _ => None,
        }
    }

    /// The number a value is.
    pub(super) fn number(&mut self, value: Value<'a>, span: Span) -> Lower<Handle<ir::Expression>> {
        let what = match value {
            Value::Scalar(handle) => return Ok(handle),
            Value::Optional(there, value) => {
                let value = self.present(there, *value, span);
                return self.number(value, span);
            }
            Value::Path(path) => return self.path_number(&path, span),
            Value::Element(array, subscripts) => {
                return Ok(self.add(ir::Expression::Load { array, subscripts }, span));
            }
            Value::Known(Known::Constant(literal)) => return Ok(self.add(ir::Expression::Literal(literal), span)),
            Value::Tuple(_) | Value::Shape(_) | Value::Places(_) => "a tuple",
            Value::List(_) => "a list",
            Value::Library(_) => "a module",
            Value::Known(_) | Value::Callable(_) => "a function",
            Value::Text(_) => "a string",
            Value::Generator(..) => "a random generator",
            Value::Draw(..) => "a method",
            Value::None => "`None`",
        };
        Err(self.refuse_expression(span, format!("{what} stands where a number is needed")))
    }

    fn path_number(&mut self, path: &Path, span: Span) -> Lower<Handle<ir::Expression>> {
        if let Some((owner, name)) = path.attribute()
            && self.subscripted.contains(&owner)
            && matches!(name, "size" | "ndim")
        {
            let of = if name == "size" {
                ir::Expression::Size
            } else {
                ir::Expression::Rank
            };
            let array = self.attributed(&owner, span)?;
            return Ok(self.add(of(array), span));
        }
        if let Some((Step::Key(Key::Int(axis)), before)) = path.steps.split_last() {
            let shape = Path {
                root: path.root.clone(),
                steps: before.to_vec(),
            };
            if let (Some(extent), Ok(axis)) = (self.extents_of(&shape), u32::try_from(*axis)) {
                let array = self.attributed(&extent, span)?;
                return Ok(self.add(ir::Expression::Extent { array, axis }, span));
            }
        }
        let input = self.input(path, span);
        if self.arrays.contains_key(&input) || self.subscripted.contains(path) {
            let array = self.array(path, span)?;
            return Ok(self.form(ir::ArrayForm::Whole(array), span));
        }
        Ok(self.add(ir::Expression::Input(input), span))
    }

    /// The array at a path, whose shape is asked as NumPy's arrays tell it.
    fn attributed(&mut self, path: &Path, span: Span) -> Lower<Handle<ir::Array>> {
        let array = self.array(path, span)?;
        self.region.attributed.push(array);
        Ok(array)
    }

    /// The array whose `.shape` a path is, if the region uses it as one.
    pub(super) fn extents_of(&self, path: &Path) -> Option<Path> {
        let (owner, name) = path.attribute()?;
        (name == "shape" && self.subscripted.contains(&owner)).then_some(owner)
    }

    /// `len(value)`
    pub(super) fn length(&mut self, value: Value<'a>, span: Span) -> Lower<Handle<ir::Expression>> {
        match value {
            Value::Path(path) => {
                if let Some(owner) = self.extents_of(&path) {
                    let array = self.attributed(&owner, span)?;
                    return Ok(self.add(ir::Expression::Rank(array), span));
                }
                let array = self.array(&path, span)?;
                Ok(self.add(ir::Expression::Extent { array, axis: 0 }, span))
            }
            Value::Tuple(items) => Ok(self.int(items.len() as i64, span)),
            Value::List(list) => Ok(self.list_length(&list, span)),
            Value::Places(array) => self.length(Value::Shape(array), span),
            value @ (Value::Element(..) | Value::Scalar(_)) => {
                let whole = self.number(value, span)?;
                let length = self.extent_of(whole, 0, span);
                self.number(length, span)
            }
            Value::Shape(array) => Ok(self.rank_of(array, span)),
            Value::Optional(there, value) => {
                let value = self.present(there, *value, span);
                self.length(value, span)
            }
            Value::Library(_)
            | Value::Known(_)
            | Value::Callable(_)
            | Value::Text(_)
            | Value::Generator(..)
            | Value::Draw(..)
            | Value::None => Err(self.refuse_expression(span, "only an array has a length here")),
        }
    }

    /// How many axes an array has.
    fn rank_of(&mut self, array: Handle<ir::Expression>, span: Span) -> Handle<ir::Expression> {
        let form = ir::ArrayForm::Call {
            function: ir::ArrayFunction::Rank,
            arguments: vec![array],
        };
        self.form(form, span)
    }

    /// The parts of a value that is unpacked into `count` targets.
    pub(super) fn unpack(&mut self, value: Value<'a>, count: usize, span: Span) -> Lower<Vec<Value<'a>>> {
        match value {
            Value::Tuple(items) if items.len() == count => Ok(items),
            Value::Optional(there, value) => {
                let value = self.present(there, *value, span);
                self.unpack(value, count, span)
            }
            Value::Tuple(items) => Err(self.refuse_expression(
                span,
                format!("{} values cannot be unpacked into {count} names", items.len()),
            )),
            Value::Path(path) if path.attribute().is_some_and(|(_, name)| name == "shape") => {
                self.unpack_shape(&path, count, span)
            }
            Value::Shape(array) => {
                let rank = self.rank_of(array, span);
                self.require_count(rank, count, span);
                Ok((0..count as i64)
                    .map(|axis| self.extent_of(array, axis, span))
                    .collect())
            }
            Value::Places(array) => {
                let rank = self.rank_of(array, span);
                self.require_count(rank, count, span);
                Ok((0..count as i64)
                    .map(|axis| self.places_on(array, axis, span))
                    .collect())
            }
            Value::List(list) => {
                let length = self.list_length(&list, span);
                self.require_count(length, count, span);
                let part = |this: &mut Self, at: usize| {
                    let mut list = list.clone();
                    list.subscripts.push(this.int(at as i64, span));
                    this.list_part(list)
                };
                Ok((0..count).map(|at| part(self, at)).collect())
            }
            value @ (Value::Scalar(_) | Value::Path(_) | Value::Element(..)) => self.unpack_array(value, count, span),
            Value::Library(_)
            | Value::Known(_)
            | Value::Callable(_)
            | Value::Text(_)
            | Value::Generator(..)
            | Value::Draw(..)
            | Value::None => Err(self.refuse_expression(span, "only a tuple can be unpacked here")),
        }
    }

    /// `np.nonzero(array)[axis]`
    pub(super) fn places_on(&mut self, array: Handle<ir::Expression>, axis: i64, span: Span) -> Value<'a> {
        self.array_function(ir::ArrayFunction::Nonzero(axis), vec![array], span)
    }

    /// `x, y = row`
    fn unpack_array(&mut self, value: Value<'a>, count: usize, span: Span) -> Lower<Vec<Value<'a>>> {
        let (array, before) = match value {
            Value::Path(path) => (self.array(&path, span)?, Vec::new()),
            Value::Element(array, subscripts) if self.are_plain(&subscripts) => {
                self.chain(&subscripts);
                (array, subscripts)
            }
            value => {
                let whole = self.number(value, span)?;
                let variable = match self.region.expressions[whole] {
                    ir::Expression::Variable(variable) => variable,
                    _ => {
                        let variable = self.temporary("parts", span);
                        self.assign(variable, whole, span);
                        variable
                    }
                };
                (self.array_in(variable), Vec::new())
            }
        };
        let before: Vec<_> = before.into_iter().map(|one| self.settle(one, "row")).collect();
        let axis = before.len() as u32;
        let length = self.add(ir::Expression::Extent { array, axis }, span);
        self.require_count(length, count, span);
        let part = |this: &mut Self, at: usize| {
            let at = this.int(at as i64, span);
            Value::Element(array, before.iter().copied().chain([at]).collect())
        };
        Ok((0..count).map(|at| part(self, at)).collect())
    }

    /// `n, m = array.shape`, which fails unless the array has as many axes.
    fn unpack_shape(&mut self, path: &Path, count: usize, span: Span) -> Lower<Vec<Value<'a>>> {
        let Some((owner, _)) = path.attribute() else {
            return Ok(Vec::new());
        };
        let array = self.attributed(&owner, span)?;
        // An element access with as many subscripts makes the rank certain.
        if self.ranks.get(&owner) != Some(&count) {
            let rank = self.add(ir::Expression::Rank(array), span);
            self.require_count(rank, count, span);
        }
        Ok((0..count as u32)
            .map(|axis| Value::Scalar(self.add(ir::Expression::Extent { array, axis }, span)))
            .collect())
    }

    /// Python's errors for unpacking `found` values into `count` targets.
    pub(super) fn require_count(&mut self, found: Handle<ir::Expression>, count: usize, span: Span) {
        let too_few = (0..count).map(|got| {
            let message = format!("not enough values to unpack (expected {count}, got {got})");
            (ir::CompareOp::Equal, got, message)
        });
        let message = format!("too many values to unpack (expected {count})");
        let cases: Vec<_> = too_few.chain([(ir::CompareOp::Greater, count, message)]).collect();
        for (op, bound, message) in cases {
            let right = self.int(bound as i64, span);
            let condition = ir::Expression::Compare { op, left: found, right };
            let condition = self.add(condition, span);
            self.raise_if(condition, ir::Exception::ValueError, Some(message), span);
        }
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

/// The value of an integer literal with an optional sign.
pub(super) fn constant_index(index: &Expression) -> Option<i64> {
    match &index.kind {
        ExpressionKind::Integer(digits) => super::expression::integer(digits),
        ExpressionKind::Unary {
            operator: crate::python::UnaryOperator::Negate,
            operand,
        } => Some(-constant_index(operand)?),
        _ => None,
    }
}

/// The name whose storage an expression shares: `a`, `a[1:]`, `a.T`.
fn viewed(value: &Expression) -> Option<&str> {
    match &value.kind {
        ExpressionKind::Name(name) => Some(name),
        ExpressionKind::Attribute { value, attribute } => viewed(value).filter(|_| attribute.text == "T"),
        ExpressionKind::Subscript { value, index } => {
            let sliced = match &index.kind {
                ExpressionKind::Slice { .. } => true,
                ExpressionKind::Tuple(items) => {
                    let plain = |one: &Expression| {
                        matches!(one.kind, ExpressionKind::Slice { .. } | ExpressionKind::Integer(_))
                    };
                    items.iter().all(plain)
                }
                _ => false,
            };
            viewed(value).filter(|_| sliced)
        }
        _ => None,
    }
}

/// The kind of a Python number that is plain to see: a literal, a length, an extent.
fn plain_kind(value: &Expression) -> Option<&'static str> {
    match &value.kind {
        ExpressionKind::Integer(_) => Some("int"),
        ExpressionKind::Float(_) => Some("float"),
        ExpressionKind::Imaginary(_) => Some("complex"),
        ExpressionKind::Bool(_) => Some("bool"),
        ExpressionKind::Unary { operand, .. } => plain_kind(operand).filter(|kind| *kind != "bool"),
        ExpressionKind::Call { function, .. } => {
            matches!(&function.kind, ExpressionKind::Name(name) if name == "len").then_some("int")
        }
        ExpressionKind::Subscript { value, .. } => {
            let shape = matches!(&value.kind, ExpressionKind::Attribute { attribute, .. } if attribute.text == "shape");
            shape.then_some("int")
        }
        _ => None,
    }
}
