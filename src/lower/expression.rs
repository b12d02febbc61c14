//! Expressions: pure parts become IR expressions, parts with effects statements before them.
//!
//! Order of evaluation is Python's ([`evaluated`](super::evaluated)).

use super::logical::Wanted;
use super::lowerer::{Lower, Lowerer};
use super::value::Value;
use crate::ir::{self, Handle};
use crate::python::{BinaryOperator, CompareOperator, ComprehensionKind, Expression, ExpressionKind, UnaryOperator};
use crate::source::Span;

type Ex = Handle<ir::Expression>;

impl<'a> Lowerer<'a> {
    /// An expression as a number.
    pub(super) fn scalar(&mut self, expression: &'a Expression) -> Lower<Ex> {
        let value = self.value(expression)?;
        self.number(value, expression.span)
    }

    /// An expression as whatever it stands for.
    pub(super) fn value(&mut self, expression: &'a Expression) -> Lower<Value<'a>> {
        let span = expression.span;
        match &expression.kind {
            ExpressionKind::Name(name) => self.name(name, span),
            ExpressionKind::Attribute { value, attribute } => {
                if let Some(limit) = self.limit(value, &attribute.text, span) {
                    return limit;
                }
                let value = self.value(value)?;
                self.attribute(value, &attribute.text, span)
            }
            ExpressionKind::Subscript { value, index } => self.subscript(value, index, span),
            ExpressionKind::Call { function, arguments } => self.call(function, arguments, span),
            ExpressionKind::Tuple(items) => {
                let items: Vec<&'a Expression> = items.iter().collect();
                Ok(Value::Tuple(self.values(&items)?))
            }
            ExpressionKind::List(items) => {
                let items: Vec<&'a Expression> = items.iter().collect();
                Ok(Value::Tuple(self.values(&items)?))
            }
            ExpressionKind::Comprehension {
                kind: ComprehensionKind::List,
                ..
            } => self.collected(expression, ir::Dtype::Kept, span).map(Value::List),
            ExpressionKind::Binary { .. } if self.makes_list(expression) => {
                self.collected(expression, ir::Dtype::Kept, span).map(Value::List)
            }
            ExpressionKind::Conditional { test, then, otherwise } => {
                let none = |one: &Expression| matches!(one.kind, ExpressionKind::None);
                match self.static_truth(test)? {
                    Some(truth) => self.value(if truth { then } else { otherwise }),
                    None if none(then) != none(otherwise) => {
                        let condition = self.scalar(test)?;
                        self.optional_choice(condition, (then, otherwise), span)
                    }
                    None => self.operation(expression).map(Value::Scalar),
                }
            }
            ExpressionKind::Lambda { parameters, body } => self.lambda(parameters, body, span),
            ExpressionKind::String(Some(text)) => Ok(Value::Text(text)),
            ExpressionKind::None => Ok(Value::None),
            ExpressionKind::Integer(_)
            | ExpressionKind::Float(_)
            | ExpressionKind::Imaginary(_)
            | ExpressionKind::Bool(_)
            | ExpressionKind::Unary { .. }
            | ExpressionKind::Binary { .. }
            | ExpressionKind::Compare { .. }
            | ExpressionKind::Logical { .. }
            | ExpressionKind::Walrus { .. } => self.operation(expression).map(Value::Scalar),
            ExpressionKind::Ellipsis
            | ExpressionKind::String(None)
            | ExpressionKind::Bytes
            | ExpressionKind::FormattedString(_)
            | ExpressionKind::Slice { .. }
            | ExpressionKind::Set(_)
            | ExpressionKind::Dict(_)
            | ExpressionKind::Starred(_)
            | ExpressionKind::Comprehension { .. }
            | ExpressionKind::Await(_)
            | ExpressionKind::Yield(_)
            | ExpressionKind::YieldFrom(_)
            | ExpressionKind::Unsupported { .. }
            | ExpressionKind::Error { .. } => Err(self.outside_subset(expression)),
        }
    }

    fn outside_subset(&self, expression: &Expression) -> Box<crate::diagnostics::Diagnostic> {
        let (what, help) = match &expression.kind {
            ExpressionKind::Slice { .. } | ExpressionKind::Ellipsis => ("a slice", "write a loop over the elements"),
            ExpressionKind::Set(_) | ExpressionKind::Dict(_) => ("a container", "use an array made before the loop"),
            ExpressionKind::Comprehension { .. } => (
                "a comprehension that makes no list",
                "consume it at once (`sum(…)`, `np.array([…])`), or write a loop",
            ),
            ExpressionKind::FormattedString(_) | ExpressionKind::String(_) | ExpressionKind::Bytes => {
                ("a string", "only numbers are computed in a translated loop")
            }
            ExpressionKind::Starred(_) => ("a starred expression", "name each value"),
            ExpressionKind::Await(_) => ("`await`", "await before the loop"),
            ExpressionKind::Yield(_) | ExpressionKind::YieldFrom(_) => ("`yield`", "store the results in an array"),
            ExpressionKind::Unsupported { what, .. } => (*what, "only the numeric subset can be translated"),
            _ => ("this expression", "only the numeric subset can be translated"),
        };
        let diagnostic = self.refuse_expression(expression.span, format!("{what} cannot be translated"));
        Box::new(diagnostic.help(help))
    }

    // Operators

    fn operation(&mut self, expression: &'a Expression) -> Lower<Ex> {
        let span = expression.span;
        match &expression.kind {
            ExpressionKind::Integer(digits) => match integer(digits) {
                Some(value) => Ok(self.int(value, span)),
                None => Err(self.refuse_expression(span, "the integer does not fit 64 bits")),
            },
            ExpressionKind::Float(value) => Ok(self.add(ir::Expression::Literal(ir::Literal::Float(*value)), span)),
            ExpressionKind::Imaginary(value) => {
                Ok(self.add(ir::Expression::Literal(ir::Literal::Imaginary(*value)), span))
            }
            ExpressionKind::Bool(value) => Ok(self.truth(*value, span)),
            ExpressionKind::Unary { operator, operand } => self.unary(*operator, operand, span),
            ExpressionKind::Binary { operator, left, right } => {
                let operands = self.operands(&[left, right])?;
                if *operator == BinaryOperator::MatrixMultiply {
                    let (function, arguments) = (ir::ArrayFunction::Matmul, operands);
                    return Ok(self.form(ir::ArrayForm::Call { function, arguments }, span));
                }
                let op = self.binary_op(*operator, span)?;
                Ok(self.binary(op, operands[0], operands[1], span))
            }
            ExpressionKind::Compare { operands, operators }
                if let ([one, items], [operator @ (CompareOperator::In | CompareOperator::NotIn)]) =
                    (&operands[..], &operators[..]) =>
            {
                self.containment(one, *operator, items, span)
            }
            ExpressionKind::Compare { operands, operators }
                if let ([left, right], [operator]) = (&operands[..], &operators[..])
                    && (self.is_tuple_here(left) || self.is_tuple_here(right))
                    && !matches!(operator, CompareOperator::Is | CompareOperator::IsNot) =>
            {
                self.compared_tuples(left, *operator, right, span)
            }
            ExpressionKind::Compare { operands, operators }
                if let ([value, none], [operator @ (CompareOperator::Is | CompareOperator::IsNot)]) =
                    (&operands[..], &operators[..])
                    && matches!(none.kind, ExpressionKind::None) =>
            {
                self.is_none(value, *operator, span)
            }
            ExpressionKind::Compare { operands, operators } => {
                let first = self.scalar(&operands[0])?;
                self.comparison(first, &operands[1..], operators, span)
            }
            ExpressionKind::Logical { operator, operands } => self.logical(*operator, operands, Wanted::Value, span),
            ExpressionKind::Conditional { test, then, otherwise } => self.conditional(test, then, otherwise, span),
            ExpressionKind::Walrus { target, value } => {
                let value = self.scalar(value)?;
                self.assign_name(&target.text, target.span, value, span);
                let variable = self.variable(&target.text, target.span);
                Ok(self.read(variable, span))
            }
            _ => self.scalar(expression),
        }
    }

    fn unary(&mut self, operator: UnaryOperator, operand: &'a Expression, span: Span) -> Lower<Ex> {
        if let (UnaryOperator::Negate, ExpressionKind::Integer(digits)) = (operator, &operand.kind)
            && let Some(value) = integer(&format!("-{digits}"))
        {
            return Ok(self.int(value, span));
        }
        let operand = match operator {
            UnaryOperator::Not => self.tested(operand)?,
            UnaryOperator::Negate | UnaryOperator::Plus | UnaryOperator::Invert => self.scalar(operand)?,
        };
        if let (UnaryOperator::Negate, ir::Expression::Literal(ir::Literal::Float(value))) =
            (operator, &self.region.expressions[operand])
        {
            let literal = ir::Literal::Float(-value);
            return Ok(self.add(ir::Expression::Literal(literal), span));
        }
        let op = match operator {
            UnaryOperator::Negate => ir::UnaryOp::Negate,
            UnaryOperator::Plus => ir::UnaryOp::Plus,
            UnaryOperator::Invert => ir::UnaryOp::Invert,
            UnaryOperator::Not => ir::UnaryOp::Not,
        };
        Ok(self.add(ir::Expression::Unary { op, operand }, span))
    }

    pub(super) fn binary_op(&self, operator: BinaryOperator, span: Span) -> Lower<ir::BinaryOp> {
        Ok(match operator {
            BinaryOperator::Add => ir::BinaryOp::Add,
            BinaryOperator::Subtract => ir::BinaryOp::Subtract,
            BinaryOperator::Multiply => ir::BinaryOp::Multiply,
            BinaryOperator::Divide => ir::BinaryOp::Divide,
            BinaryOperator::FloorDivide => ir::BinaryOp::FloorDivide,
            BinaryOperator::Modulo => ir::BinaryOp::Modulo,
            BinaryOperator::Power => ir::BinaryOp::Power,
            BinaryOperator::LeftShift => ir::BinaryOp::ShiftLeft,
            BinaryOperator::RightShift => ir::BinaryOp::ShiftRight,
            BinaryOperator::BitAnd => ir::BinaryOp::BitAnd,
            BinaryOperator::BitOr => ir::BinaryOp::BitOr,
            BinaryOperator::BitXor => ir::BinaryOp::BitXor,
            BinaryOperator::MatrixMultiply => {
                let diagnostic = self.refuse_expression(span, "`@=` cannot be translated");
                return Err(Box::new(diagnostic.help("write `a[...] = a @ b`")));
            }
        })
    }

    /// `previous op first op second …`: each operand evaluated once, and only if all comparisons before hold.
    fn comparison(
        &mut self,
        previous: Ex,
        operands: &'a [Expression],
        operators: &'a [CompareOperator],
        span: Span,
    ) -> Lower<Ex> {
        let op = self.compare_op(operators[0], span)?;
        let mark = self.mark();
        let right = self.scalar(&operands[0])?;
        let mut left = [previous];
        self.keep(&mut left, mark);
        let [left] = left;
        let holds = self.add(ir::Expression::Compare { op, left, right }, span);
        if operands.len() == 1 {
            return Ok(holds);
        }
        let mark = self.mark();
        let (rest, block) = self.nested(|this| this.comparison(right, &operands[1..], &operators[1..], span))?;
        debug_assert_eq!(self.mark(), mark, "nested statements went into the nested block");
        self.join(ir::LogicalOp::And, holds, rest, block, span)
    }

    pub(super) fn compare_op(&self, operator: CompareOperator, span: Span) -> Lower<ir::CompareOp> {
        Ok(match operator {
            CompareOperator::Equal => ir::CompareOp::Equal,
            CompareOperator::NotEqual => ir::CompareOp::NotEqual,
            CompareOperator::Less => ir::CompareOp::Less,
            CompareOperator::LessEqual => ir::CompareOp::LessEqual,
            CompareOperator::Greater => ir::CompareOp::Greater,
            CompareOperator::GreaterEqual => ir::CompareOp::GreaterEqual,
            CompareOperator::Is | CompareOperator::IsNot | CompareOperator::In | CompareOperator::NotIn => {
                let message = format!("`{}` cannot be translated", operator.as_str());
                let diagnostic = self.refuse_expression(span, message);
                return Err(Box::new(diagnostic.help("compare numbers with `==` or `!=`")));
            }
        })
    }

    fn conditional(
        &mut self,
        test: &'a Expression,
        then: &'a Expression,
        otherwise: &'a Expression,
        span: Span,
    ) -> Lower<Ex> {
        if let Some(truth) = self.static_truth(test)? {
            return self.scalar(if truth { then } else { otherwise });
        }
        let condition = self.tested(test)?;
        let proven = self.proven_by(test);
        let (yes, mut accept) = self.knowing(&proven.when_true, |this| this.nested(|this| this.scalar(then)))?;
        let (no, mut reject) = self.knowing(&proven.when_false, |this| this.nested(|this| this.scalar(otherwise)))?;
        if accept.is_empty() && reject.is_empty() {
            let select = ir::Expression::Select {
                condition,
                accept: yes,
                reject: no,
            };
            return Ok(self.add(select, span));
        }
        let variable = self.temporary("chosen", span);
        accept.push(ir::Statement::Assign { variable, value: yes }, span);
        reject.push(ir::Statement::Assign { variable, value: no }, span);
        self.push(
            ir::Statement::If {
                condition,
                accept,
                reject,
            },
            span,
        );
        Ok(self.read(variable, span))
    }

    // Subscripts

    fn subscript(&mut self, value: &'a Expression, index: &'a Expression, span: Span) -> Lower<Value<'a>> {
        if let Some(element) = self.partition_element(value, index, span) {
            return element;
        }
        let base = self.value(value)?;
        self.subscript_of(base, value.span, index, span)
    }

    fn subscript_of(&mut self, base: Value<'a>, place: Span, index: &'a Expression, span: Span) -> Lower<Value<'a>> {
        match base {
            Value::Path(path) => {
                if let Some(path) = self.key(&path, index) {
                    return Ok(Value::Path(path));
                }
                // An object with attributes is no array: `layers[0].weight`.
                let array = self.array(&path, place)?;
                let subscripts = self.indices(index)?;
                Ok(Value::Element(array, subscripts))
            }
            Value::Element(array, before) if matches!(index.kind, ExpressionKind::String(Some(_))) => {
                let field = self.field(array, index, span)?;
                Ok(Value::Element(field, before))
            }
            Value::Element(array, mut before) => {
                let mark = self.mark();
                let more = self.indices(index)?;
                self.keep(&mut before, mark);
                if self.are_plain(&before) {
                    self.chain(&before);
                    before.extend(more);
                    return Ok(Value::Element(array, before));
                }
                let subscripts = before;
                let base = self.add(ir::Expression::Load { array, subscripts }, place);
                let subscripts = more;
                Ok(Value::Scalar(
                    self.form(ir::ArrayForm::Index { base, subscripts }, span),
                ))
            }
            Value::Scalar(base) => {
                let mark = self.mark();
                let subscripts = self.indices(index)?;
                let mut kept = [base];
                self.keep(&mut kept, mark);
                let [base] = kept;
                if let ir::Expression::Variable(variable) = self.region.expressions[base] {
                    return Ok(Value::Element(self.array_in(variable), subscripts));
                }
                Ok(Value::Scalar(
                    self.form(ir::ArrayForm::Index { base, subscripts }, span),
                ))
            }
            Value::List(list) => self.list_item(list, index),
            Value::Places(array) => match self.static_integer(index) {
                Some(axis) => Ok(self.places_on(array, axis, span)),
                None => Err(self.refuse_expression(span, "the axis must be a constant here")),
            },
            Value::Shape(array) => match super::value::constant_index(index) {
                Some(axis) => Ok(self.extent_of(array, axis, span)),
                None => Err(self.refuse_expression(span, "a shape can be subscripted by a constant only")),
            },
            Value::Tuple(mut items) => match super::value::constant_index(index) {
                Some(position) => {
                    let length = items.len() as i64;
                    let position = if position < 0 { position + length } else { position };
                    if (0..length).contains(&position) {
                        Ok(items.swap_remove(position as usize))
                    } else {
                        Err(self.refuse_expression(span, "the tuple has no such item"))
                    }
                }
                None => Err(self.refuse_expression(span, "a tuple can be subscripted by a constant only")),
            },
            Value::Optional(there, inner) => {
                let present = self.present(there, *inner, span);
                self.subscript_of(present, place, index, span)
            }
            Value::Library(_)
            | Value::Known(_)
            | Value::Callable(_)
            | Value::Text(_)
            | Value::Generator(..)
            | Value::Draw(..)
            | Value::None => Err(self.refuse_expression(span, "this value is subscripted, but it is no array")),
        }
    }

    /// Notes the subscript after which others follow in brackets of their own: were one before an array, that would mean
    /// something else.
    pub(super) fn chain(&mut self, subscripts: &[Ex]) {
        self.region.chained.extend(subscripts.last().copied());
    }

    /// `array[…]["name"]` of an array of structures is an element of the field's array, `array["name"][…]`.
    pub(super) fn field(
        &mut self,
        array: Handle<ir::Array>,
        index: &'a Expression,
        span: Span,
    ) -> Lower<Handle<ir::Array>> {
        let ir::ArrayOrigin::Input(input) = self.region.arrays[array].origin else {
            return Err(self.refuse_expression(span, "an array has no such field"));
        };
        let input = &self.region.inputs[input];
        let whole = super::value::Path {
            root: input.root.clone(),
            steps: input.steps.clone(),
        };
        match self.key(&whole, index) {
            Some(path) => self.array(&path, span),
            None => Err(self.refuse_expression(span, "an array has no such field")),
        }
    }

    /// The subscripts of `array[index]`.
    pub(super) fn indices(&mut self, index: &'a Expression) -> Lower<Vec<Ex>> {
        let indices = self.indices_written(index)?;
        if indices.is_empty() {
            let refused = self.refuse_expression(index.span, "an empty subscript, `[()]`, cannot be translated");
            return Err(Box::new(
                refused.help("leave it away: `x[()]` is `x`, or its only number"),
            ));
        }
        Ok(indices)
    }

    fn indices_written(&mut self, index: &'a Expression) -> Lower<Vec<Ex>> {
        let ExpressionKind::Tuple(items) = &index.kind else {
            return match self.subscript_value(index)? {
                Value::Tuple(items) => {
                    let items = items.into_iter().map(|item| self.number(item, index.span));
                    let done = items.collect::<Lower<Vec<Ex>>>()?;
                    self.region.tupled.extend(done.first());
                    Ok(done)
                }
                value => Ok(vec![self.subscript_number(value, index.span)?]),
            };
        };
        let mut done: Vec<Ex> = Vec::new();
        for item in items {
            let mark = self.mark();
            let value = self.subscript_value(item)?;
            let handle = self.subscript_number(value, item.span)?;
            self.keep(&mut done, mark);
            done.push(handle);
        }
        self.region.tupled.extend(done.first());
        Ok(done)
    }

    fn subscript_number(&mut self, value: Value<'a>, span: Span) -> Lower<Ex> {
        match value {
            Value::None => Ok(self.form(ir::ArrayForm::NewAxis, span)),
            value => self.number(value, span),
        }
    }

    /// One subscript: slices and their kin have a meaning here only.
    fn subscript_value(&mut self, index: &'a Expression) -> Lower<Value<'a>> {
        let span = index.span;
        match &index.kind {
            ExpressionKind::Slice { lower, upper, step } => {
                let given: Vec<&'a Expression> =
                    [lower, upper, step].into_iter().flatten().map(AsRef::as_ref).collect();
                let is_none = |part: &Option<Box<Expression>>| {
                    part.as_ref()
                        .is_none_or(|part| matches!(part.kind, ExpressionKind::None))
                };
                let wanted: Vec<&'a Expression> = given
                    .into_iter()
                    .filter(|part| !matches!(part.kind, ExpressionKind::None))
                    .collect();
                let mut handles = self.operands(&wanted)?.into_iter();
                let start = if is_none(lower) { None } else { handles.next() };
                let stop = if is_none(upper) { None } else { handles.next() };
                let step = if is_none(step) { None } else { handles.next() };
                Ok(Value::Scalar(
                    self.form(ir::ArrayForm::Slice { start, stop, step }, span),
                ))
            }
            ExpressionKind::Ellipsis => Ok(Value::Scalar(self.form(ir::ArrayForm::Ellipsis, span))),
            ExpressionKind::List(items) if !items.is_empty() => {
                let items: Vec<&'a Expression> = items.iter().collect();
                let arguments = self.operands(&items)?;
                let shape = vec![arguments.len() as u32];
                let dtype = ir::Dtype::Default;
                let function = ir::ArrayFunction::Literal { shape, dtype };
                Ok(Value::Scalar(
                    self.form(ir::ArrayForm::Call { function, arguments }, span),
                ))
            }
            _ => self.value(index),
        }
    }
}

/// The value of an integer literal, if it fits 64 bits.
pub(super) fn integer(digits: &str) -> Option<i64> {
    let plain: String = digits.chars().filter(|letter| *letter != '_').collect();
    let (sign, plain) = match plain.strip_prefix('-') {
        Some(rest) => ("-", rest.to_lowercase()),
        None => ("", plain.to_lowercase()),
    };
    let radix = match plain.get(..2) {
        Some("0x") => 16,
        Some("0o") => 8,
        Some("0b") => 2,
        _ => 10,
    };
    let significant = if radix == 10 { &plain[..] } else { &plain[2..] };
    i64::from_str_radix(&format!("{sign}{significant}"), radix).ok()
}
