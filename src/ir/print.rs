//! A region as text for people: snapshots and `show --emit ir`. Python's notation where it has one; not meant to be read
//! back.

use std::fmt::{Display, Write as _};

use super::{
    Annotation, ArrayForm, ArrayFunction, BinaryOp, Block, Distribution, Draw, Expression, Gives, Handle, Input, Key,
    LogicalOp, Loop, Mode, ReductionTarget, Region, Source, Statement, Step, Store, Target, UnaryOp, Variable, Words,
};

/// The whole region, one line a statement.
pub fn print(region: &Region) -> String {
    let mut printer = Printer {
        region,
        out: String::new(),
        depth: 1,
    };
    printer.head();
    printer.block(&region.body);
    printer.out
}

/// One expression.
pub fn print_expression(region: &Region, handle: Handle<Expression>) -> String {
    let mut out = String::new();
    write_expression(&mut out, region, handle, Level::Lowest);
    out
}

struct Printer<'r> {
    region: &'r Region,
    out: String,
    depth: usize,
}

impl Printer<'_> {
    fn line(&mut self, text: impl Display) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.out, "{:1$}{text}", "", self.depth * 4);
    }

    fn value(&self, handle: Handle<Expression>) -> String {
        print_expression(self.region, handle)
    }

    fn values(&self, handles: &[Handle<Expression>]) -> String {
        handles
            .iter()
            .map(|handle| self.value(*handle))
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn name(&self, variable: Handle<Variable>) -> &str {
        &self.region.variables[variable].name
    }

    fn head(&mut self) {
        let region = self.region;
        let place = region.function.as_deref().unwrap_or("the module");
        let _ = writeln!(self.out, "region {} in {place}, row {}", region.name, region.row);
        for (handle, input) in region.inputs.iter() {
            let array = region
                .arrays
                .iter()
                .any(|(_, array)| array.origin == super::ArrayOrigin::Input(handle));
            let kind = if array { "array" } else { "scalar" };
            let annotation = input.annotation.as_ref().map(|text| format!(", annotated {text}"));
            self.line(format!(
                "{kind} {} = {}{}",
                input.name,
                path(input),
                annotation.unwrap_or_default()
            ));
        }
        for (_, variable) in region.variables.iter() {
            if let Some(initial) = variable.initial {
                self.line(format!(
                    "variable {} from {}",
                    variable.name, region.inputs[initial].name
                ));
            }
        }
        for callee in &region.callees {
            let from = callee.definition.as_ref().map_or("", |_| " of another file");
            let name = match &callee.object {
                Some(object) => format!(
                    "{} of {}",
                    way(&callee.name, &callee.steps),
                    way(&object.root, &object.steps)
                ),
                None => callee.name.clone(),
            };
            self.line(format!("inlines {name}, row {}{from}", callee.row));
        }
        if !region.outputs.is_empty() {
            let outputs: Vec<String> = region
                .outputs
                .iter()
                .map(|output| match (&output.gives, self.name(output.variable)) {
                    (Gives::Number, name) if name == output.name => name.to_owned(),
                    (Gives::Number, name) => format!("{name} as {}", output.name),
                    (gives, _) => format!("{} as {}", self.given(gives), output.name),
                })
                .collect();
            let exact = if region.exact_locals { ", exact on failure" } else { "" };
            self.line(format!("gives {}{exact}", outputs.join(", ")));
        }
    }

    fn nested(&mut self, block: &Block) {
        self.depth += 1;
        if block.is_empty() {
            self.line("pass");
        }
        self.block(block);
        self.depth -= 1;
    }

    fn given(&self, gives: &Gives) -> String {
        match gives {
            Gives::Number => "nothing".to_owned(),
            Gives::Array { array, view } => {
                let part = if view.is_some() { "a part of " } else { "" };
                format!("{part}array {}", self.region.arrays[*array].name)
            }
            Gives::Chosen { by, among } => {
                let all: Vec<String> = among.iter().map(|one| self.given(one)).collect();
                let by = self.name(self.region.outputs[*by].variable);
                format!("({})[{by}]", all.join(", "))
            }
        }
    }

    fn block(&mut self, block: &Block) {
        for (statement, _) in &block.statements {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Assign { variable, value } => {
                let line = format!("{} = {}", self.name(*variable), self.value(*value));
                self.line(line);
            }
            Statement::Store(handle) => self.store(&self.region.stores[*handle]),
            Statement::Evaluate(value) => self.line(format!("evaluate {}", self.value(*value))),
            Statement::If {
                condition,
                accept,
                reject,
            } => {
                self.line(format!("if {}:", self.value(*condition)));
                self.nested(accept);
                if !reject.is_empty() {
                    self.line("else:");
                    self.nested(reject);
                }
            }
            Statement::For(handle) => self.counted(&self.region.loops[*handle]),
            Statement::While {
                prelude,
                condition,
                body,
            } => self.repeated(prelude, *condition, body),
            Statement::Break => self.line("break"),
            Statement::Continue => self.line("continue"),
            Statement::Allocate { array, zeroed } => {
                let made = if *zeroed { "zeros" } else { "empty" };
                let line = format!(
                    "{} = {made}({})",
                    self.region.arrays[*array].name,
                    self.values(&statement.roots(self.region))
                );
                self.line(line);
            }
            Statement::Leave(why) => self.line(format!("leave to Python: {why}")),
            Statement::Raise { exception, message } => {
                let message = message.as_ref().map(|text| format!("{text:?}")).unwrap_or_default();
                self.line(format!("raise {}({message})", exception.name()));
            }
            Statement::Seed(seed) => {
                let generator = &self.region.generators[seed.generator].name;
                let source = match &seed.source {
                    Source::Key { key, counter } => format!("key {}, counter {}", self.words(key), self.words(counter)),
                    Source::Entropy { entropy, spawn_key } => match spawn_key.roots() {
                        [] => format!("hash of {}", self.words(entropy)),
                        _ => format!("hash of {}, spawned {}", self.words(entropy), self.words(spawn_key)),
                    },
                    Source::Sequence { sequence, counter } => {
                        let sequence = &self.region.generators[*sequence].name;
                        match counter {
                            Some(counter) => format!("from {sequence}, counter {}", self.words(counter)),
                            None => format!("from {sequence}"),
                        }
                    }
                };
                let bits = self.region.generators[seed.generator].bits.name();
                self.line(format!("seed {generator}: {bits} {source}"));
            }
            Statement::Draw(draw) => self.draw(draw),
        }
    }

    fn words(&self, words: &Words) -> String {
        match words {
            Words::Integer(root) => self.value(*root),
            Words::Each(roots) => format!("[{}]", self.values(roots)),
        }
    }

    fn draw(&mut self, draw: &Draw) {
        let generator = &self.region.generators[draw.generator].name;
        let more = match draw.distribution {
            Distribution::Continuous(_) | Distribution::Counts(_) => String::new(),
            Distribution::Integers { dtype, endpoint } => {
                let closed = if endpoint { ", endpoint" } else { "" };
                format!(" as {}{closed}", dtype.name())
            }
        };
        let (name, arguments) = (draw.distribution.name(), self.values(&draw.arguments));
        self.line(format!(
            "{} = draw {generator}.{name}({arguments}){more}",
            self.name(draw.variable)
        ));
    }

    fn store(&mut self, store: &Store) {
        let array = &self.region.arrays[store.array].name;
        let marks = match (store.update, store.atomic) {
            (false, false) => "",
            (true, false) => "  # update",
            (false, true) => "  # atomic",
            (true, true) => "  # update, atomic",
        };
        self.line(format!(
            "{array}[{}] = {}{marks}",
            self.values(&store.subscripts),
            self.value(store.value)
        ));
    }

    fn repeated(&mut self, prelude: &Block, condition: Handle<Expression>, body: &Block) {
        if prelude.is_empty() {
            self.line(format!("while {}:", self.value(condition)));
        } else {
            self.line("while:");
            self.nested(prelude);
            self.line(format!("holds {}:", self.value(condition)));
        }
        self.nested(body);
    }

    fn counted(&mut self, header: &Loop) {
        if let Some(annotation) = &header.annotation {
            self.annotation(annotation);
        }
        let mode = match header.mode {
            Mode::Serial => String::new(),
            Mode::Parallel => "parallel ".to_owned(),
            Mode::Simd { lanes } => format!("simd({lanes}) "),
            Mode::ParallelSimd { lanes } => format!("parallel simd({lanes}) "),
        };
        let range = self.values(&[header.start, header.stop, header.step]);
        self.line(format!("{mode}for {} in range({range}):", header.name));
        self.nested(&header.body);
    }

    fn annotation(&mut self, annotation: &Annotation) {
        let mut words = vec![annotation.directive.name().to_owned()];
        for reduction in &annotation.reductions {
            let target = match reduction.target {
                ReductionTarget::Variable(variable) => self.name(variable),
                ReductionTarget::Array(array) => &self.region.arrays[array].name,
            };
            words.push(format!("reduction({}: {target})", reduction.op.name()));
        }
        for (clause, names) in [
            ("private", &annotation.private),
            ("firstprivate", &annotation.firstprivate),
            ("lastprivate", &annotation.lastprivate),
            ("shared", &annotation.shared),
        ] {
            words.extend(
                names
                    .iter()
                    .map(|(variable, _)| format!("{clause}({})", self.name(*variable))),
            );
        }
        let work = annotation.work_arrays.iter();
        words.extend(work.map(|(array, _)| format!("private({})", self.region.arrays[*array].name)));
        if annotation.collapse != 1 {
            words.push(format!("collapse({})", annotation.collapse));
        }
        if let Some((schedule, chunk)) = annotation.schedule {
            let chunk = chunk
                .map(|chunk| format!(", {}", self.value(chunk)))
                .unwrap_or_default();
            words.push(format!("schedule({}{chunk})", schedule.name()));
        }
        let valued = [("num_threads", annotation.num_threads), ("if", annotation.condition)];
        for (clause, value) in valued {
            words.extend(value.map(|value| format!("{clause}({})", self.value(value))));
        }
        words.extend(annotation.simdlen.map(|lanes| format!("simdlen({lanes})")));
        if !annotation.tile.is_empty() {
            words.push(format!("tile{:?}", annotation.tile));
        }
        words.extend(annotation.unroll.map(|times| format!("unroll({times})")));
        match annotation.target {
            Target::Cpu => {}
            Target::Cuda => words.push("target(cuda)".to_owned()),
            Target::Auto => words.push("target(auto)".to_owned()),
        }
        if annotation.assume_independent {
            words.push("assume(independent)".to_owned());
        }
        if annotation.fastmath.contract {
            words.push("fastmath(contract)".to_owned());
        }
        if annotation.fastmath.reassociate {
            words.push("fastmath(reassoc)".to_owned());
        }
        if annotation.fastmath.reciprocal {
            words.push("fastmath(arcp)".to_owned());
        }
        self.line(format!("# {}", words.join(" ")));
    }
}

/// An input's way from its root, as in Python.
fn path(input: &Input) -> String {
    way(&input.root, &input.steps)
}

fn way(root: &str, steps: &[Step]) -> String {
    let mut text = root.to_owned();
    for step in steps {
        let _ = match step {
            Step::Attribute(name) => write!(text, ".{name}"),
            Step::Key(Key::Text(key)) => write!(text, "[{key:?}]"),
            Step::Key(Key::Int(key)) => write!(text, "[{key}]"),
            Step::Buffer(dtype) => write!(text, ".frombuffer({dtype})"),
        };
    }
    text
}

/// How tightly an expression binds, loosest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Lowest,
    Conditional,
    Or,
    And,
    Not,
    Compare,
    BitOr,
    BitXor,
    BitAnd,
    Shift,
    Sum,
    Product,
    Sign,
    Power,
    Atom,
}

impl Level {
    /// The next tighter level: what the other side of a left-associative operator needs.
    fn tighter(self) -> Self {
        match self {
            Self::Lowest => Self::Conditional,
            Self::Conditional => Self::Or,
            Self::Or => Self::And,
            Self::And => Self::Not,
            Self::Not => Self::Compare,
            Self::Compare => Self::BitOr,
            Self::BitOr => Self::BitXor,
            Self::BitXor => Self::BitAnd,
            Self::BitAnd => Self::Shift,
            Self::Shift => Self::Sum,
            Self::Sum => Self::Product,
            Self::Product => Self::Sign,
            Self::Sign => Self::Power,
            Self::Power | Self::Atom => Self::Atom,
        }
    }
}

fn write_expression(out: &mut String, region: &Region, handle: Handle<Expression>, needed: Level) {
    let expression = &region.expressions[handle];
    let level = level(expression);
    let open = level < needed;
    if open {
        out.push('(');
    }
    write_open(out, region, expression, level);
    if open {
        out.push(')');
    }
}

fn level(expression: &Expression) -> Level {
    match expression {
        Expression::Literal(_)
        | Expression::Input(_)
        | Expression::Variable(_)
        | Expression::Counter(_)
        | Expression::Extent { .. }
        | Expression::Size(_)
        | Expression::Rank(_)
        | Expression::Load { .. }
        | Expression::Call { .. }
        | Expression::Convert { .. }
        | Expression::Array(_) => Level::Atom,
        Expression::Unary { op, .. } => match op {
            UnaryOp::Not => Level::Not,
            UnaryOp::Plus | UnaryOp::Negate | UnaryOp::Invert => Level::Sign,
        },
        Expression::Binary { op, .. } => match op {
            BinaryOp::Add | BinaryOp::Subtract => Level::Sum,
            BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::FloorDivide | BinaryOp::Modulo => Level::Product,
            BinaryOp::Power => Level::Power,
            BinaryOp::ShiftLeft | BinaryOp::ShiftRight => Level::Shift,
            BinaryOp::BitAnd => Level::BitAnd,
            BinaryOp::BitOr => Level::BitOr,
            BinaryOp::BitXor => Level::BitXor,
        },
        Expression::Compare { .. } => Level::Compare,
        Expression::Logical { op, .. } => match op {
            LogicalOp::And => Level::And,
            LogicalOp::Or => Level::Or,
        },
        Expression::Select { .. } => Level::Conditional,
    }
}

fn write_open(out: &mut String, region: &Region, expression: &Expression, level: Level) {
    let list = |out: &mut String, items: &[Handle<Expression>]| {
        for (index, item) in items.iter().enumerate() {
            out.push_str(if index == 0 { "" } else { ", " });
            write_expression(out, region, *item, Level::Lowest);
        }
    };
    let infix = |out: &mut String, left, op: &str, right, needs: [Level; 2]| {
        write_expression(out, region, left, needs[0]);
        let _ = write!(out, " {op} ");
        write_expression(out, region, right, needs[1]);
    };
    match expression {
        Expression::Literal(literal) => out.push_str(&literal.to_string()),
        Expression::Input(input) => out.push_str(&region.inputs[*input].name),
        Expression::Variable(variable) => out.push_str(&region.variables[*variable].name),
        Expression::Counter(counter) => out.push_str(&region.loops[*counter].name),
        Expression::Extent { array, axis } => {
            let _ = write!(out, "{}.shape[{axis}]", region.arrays[*array].name);
        }
        Expression::Size(array) => {
            let _ = write!(out, "{}.size", region.arrays[*array].name);
        }
        Expression::Rank(array) => {
            let _ = write!(out, "{}.ndim", region.arrays[*array].name);
        }
        Expression::Array(form) => write_form(out, region, form),
        Expression::Load { array, subscripts } => {
            let _ = write!(out, "{}[", region.arrays[*array].name);
            list(out, subscripts);
            out.push(']');
        }
        Expression::Unary { op, operand } => {
            out.push_str(op.symbol());
            write_expression(out, region, *operand, level);
        }
        Expression::Binary { op, left, right } => {
            let needs = match op {
                BinaryOp::Power => [Level::Atom, Level::Sign],
                _ => [level, level.tighter()],
            };
            infix(out, *left, op.symbol(), *right, needs);
        }
        Expression::Compare { op, left, right } => {
            infix(out, *left, op.symbol(), *right, [level.tighter(), level.tighter()]);
        }
        Expression::Logical { op, left, right } => {
            let word = match op {
                LogicalOp::And => "and",
                LogicalOp::Or => "or",
            };
            infix(out, *left, word, *right, [level, level.tighter()]);
        }
        Expression::Select {
            condition,
            accept,
            reject,
        } => {
            write_expression(out, region, *accept, level.tighter());
            out.push_str(" if ");
            write_expression(out, region, *condition, level.tighter());
            out.push_str(" else ");
            write_expression(out, region, *reject, level);
        }
        Expression::Call { function, arguments } => {
            let _ = write!(out, "{function}(");
            list(out, arguments);
            out.push(')');
        }
        Expression::Convert { to, operand } => {
            let _ = write!(out, "{}(", to.name());
            write_expression(out, region, *operand, Level::Lowest);
            out.push(')');
        }
    }
}

fn write_form(out: &mut String, region: &Region, form: &ArrayForm) {
    let list = |items: &[Handle<Expression>]| {
        let items: Vec<String> = items.iter().map(|item| print_expression(region, *item)).collect();
        items.join(", ")
    };
    let part = |item: &Option<Handle<Expression>>| item.map(|item| print_expression(region, item)).unwrap_or_default();
    let text = match form {
        ArrayForm::Whole(array) => region.arrays[*array].name.clone(),
        ArrayForm::NewAxis => "None".to_owned(),
        ArrayForm::Ellipsis => "...".to_owned(),
        ArrayForm::Slice { start, stop, step } => match step {
            None => format!("{}:{}", part(start), part(stop)),
            Some(_) => format!("{}:{}:{}", part(start), part(stop), part(step)),
        },
        ArrayForm::Index { base, subscripts } => format!("{}[{}]", list(&[*base]), list(subscripts)),
        ArrayForm::Call {
            function: ArrayFunction::IsGiven(input),
            ..
        } => format!("{} is not None", region.inputs[*input].name),
        ArrayForm::Call { function, arguments } => format!("{function}({})", list(arguments)),
    };
    out.push_str(&text);
}
