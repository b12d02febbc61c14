//! What a Python expression can stand for before its use decides: a number, an array, a function, a module.

use super::known::{Known, Library};
use super::lowerer::{Lower, Lowerer};
use super::scope::{Bound, Home, ScopeId};
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
    pub(super) fn attribute(&self) -> Option<(Self, &str)> {
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
    pub(super) fn attributed(&mut self, path: &Path, span: Span) -> Lower<Handle<ir::Array>> {
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
    pub(super) fn rank_of(&mut self, array: Handle<ir::Expression>, span: Span) -> Handle<ir::Expression> {
        let form = ir::ArrayForm::Call {
            function: ir::ArrayFunction::Rank,
            arguments: vec![array],
        };
        self.form(form, span)
    }
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
