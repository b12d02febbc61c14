//! Expressions, targets and annotations from tree-sitter's nodes.

use tree_sitter::Node;

use super::convert::{Converter, Parts};
use super::literal;
use super::{
    Argument, ArgumentKind, BinaryOperator, CompareOperator, ComprehensionClause, ComprehensionKind, Expression,
    ExpressionKind, LogicalOperator, Parameter, ParameterKind, UnaryOperator,
};

type Kind = ExpressionKind;

impl<'tree> Converter<'_, 'tree> {
    /// Converts an expression, a target or an annotation.
    pub(super) fn expression(&mut self, node: Node<'tree>) -> Expression {
        self.deeper(|this| this.expression_here(node)).unwrap_or_else(|| {
            let kind = Kind::Unsupported {
                what: "an expression nested too deeply",
                names: self.identifiers(node),
            };
            Expression {
                span: self.span(node),
                kind,
            }
        })
    }

    pub(super) fn boxed(&mut self, node: Node<'tree>) -> Box<Expression> {
        Box::new(self.expression(node))
    }

    fn expressions(&mut self, nodes: impl Iterator<Item = Node<'tree>>) -> Vec<Expression> {
        nodes.map(|node| self.expression(node)).collect()
    }

    fn expression_here(&mut self, node: Node<'tree>) -> Expression {
        if node.is_error() || node.is_missing() {
            return self.error_expression(node);
        }
        if matches!(node.kind(), "parenthesized_expression" | "type" | "as_pattern_target") {
            let inner: Vec<_> = self.parts(node).named().collect();
            return match inner[..] {
                [only] => self.expression(only),
                _ => self.error_expression(node),
            };
        }
        let kind = self.kind(node).unwrap_or_else(|| Kind::Error {
            names: self.identifiers(node),
        });
        Expression {
            span: self.span(node),
            kind,
        }
    }

    /// The conversion proper; `None` when a part is missing or wrong.
    fn kind(&mut self, node: Node<'tree>) -> Option<Kind> {
        if let Some(leaf) = self.leaf(node) {
            return Some(leaf);
        }
        let parts = self.parts(node);
        if parts.broken() {
            return None;
        }
        Some(match node.kind() {
            "unary_operator" | "not_operator" => self.unary(&parts)?,
            "binary_operator" => self.binary(&parts)?,
            "boolean_operator" => self.logical(&parts)?,
            "comparison_operator" => self.comparison(&parts)?,
            "conditional_expression" => self.conditional(&parts)?,
            "call" => self.call(&parts)?,
            "attribute" => self.attribute(parts.field("object")?, parts.field("attribute")?),
            "subscript" => self.subscript(node, &parts)?,
            "slice" => self.slice(&parts),
            "tuple" | "expression_list" | "pattern_list" | "tuple_pattern" => {
                Kind::Tuple(self.expressions(parts.named()))
            }
            "list" | "list_pattern" => Kind::List(self.expressions(parts.named())),
            "set" => Kind::Set(self.expressions(parts.named())),
            "dictionary" => self.dictionary(&parts)?,
            "list_splat" | "list_splat_pattern" => Kind::Starred(self.boxed(parts.named().next()?)),
            "lambda" => self.lambda(&parts)?,
            "list_comprehension" => self.comprehension(ComprehensionKind::List, &parts)?,
            "set_comprehension" => self.comprehension(ComprehensionKind::Set, &parts)?,
            "dictionary_comprehension" => self.comprehension(ComprehensionKind::Dict, &parts)?,
            "generator_expression" => self.comprehension(ComprehensionKind::Generator, &parts)?,
            "named_expression" => self.walrus(&parts)?,
            "await" => Kind::Await(self.boxed(parts.named().next()?)),
            "yield" => self.yields(&parts),
            "string" | "concatenated_string" => self.string(node),
            "generic_type" => self.generic_type(&parts)?,
            "union_type" => self.union_type(&parts)?,
            "member_type" => self.member_type(&parts)?,
            _ => return None,
        })
    }

    fn leaf(&mut self, node: Node<'tree>) -> Option<Kind> {
        Some(match node.kind() {
            "identifier" => Kind::Name(self.text_of(node).to_owned()),
            "integer" | "float" => literal::number(self.text_of(node))?,
            "true" => Kind::Bool(true),
            "false" => Kind::Bool(false),
            "none" => Kind::None,
            "ellipsis" => Kind::Ellipsis,
            _ => return None,
        })
    }

    fn unary(&mut self, parts: &Parts<'tree>) -> Option<Kind> {
        let operator = UnaryOperator::find(parts.all.first()?.1.kind())?;
        Some(Kind::Unary {
            operator,
            operand: self.boxed(parts.field("argument")?),
        })
    }

    fn binary(&mut self, parts: &Parts<'tree>) -> Option<Kind> {
        let operator = parts.all.iter().find(|(field, _)| *field == Some("operator"))?;
        Some(Kind::Binary {
            operator: BinaryOperator::find(operator.1.kind())?,
            left: self.boxed(parts.field("left")?),
            right: self.boxed(parts.field("right")?),
        })
    }

    /// The grammar nests `a and b and c` to the left; the nodes are flat.
    fn logical(&mut self, parts: &Parts<'tree>) -> Option<Kind> {
        let token = parts.all.iter().find(|(field, _)| *field == Some("operator"))?.1.kind();
        let operator = LogicalOperator::find(token)?;
        let mut later = vec![parts.field("right")?];
        let mut first = parts.field("left")?;
        while first.kind() == "boolean_operator" && !first.has_error() {
            let inner = self.parts(first);
            if !inner.has(token) {
                break;
            }
            later.push(inner.field("right")?);
            first = inner.field("left")?;
        }
        let operands = self.expressions(std::iter::once(first).chain(later.into_iter().rev()));
        Some(Kind::Logical { operator, operands })
    }

    fn comparison(&mut self, parts: &Parts<'tree>) -> Option<Kind> {
        let is_operator = |field: &Option<&str>| *field == Some("operators");
        let (operators, operands): (Vec<_>, Vec<_>) = parts.all.iter().partition(|(field, _)| is_operator(field));
        let operators = operators
            .iter()
            .map(|(_, node)| CompareOperator::find(node.kind()))
            .collect::<Option<Vec<_>>>()?;
        let operands = self.expressions(operands.into_iter().map(|(_, node)| node));
        (operands.len() == operators.len() + 1).then_some(Kind::Compare { operands, operators })
    }

    fn conditional(&mut self, parts: &Parts<'tree>) -> Option<Kind> {
        let mut named = parts.named();
        let (then, test, otherwise) = (named.next()?, named.next()?, named.next()?);
        Some(Kind::Conditional {
            then: self.boxed(then),
            test: self.boxed(test),
            otherwise: self.boxed(otherwise),
        })
    }

    fn call(&mut self, parts: &Parts<'tree>) -> Option<Kind> {
        let arguments = parts.field("arguments")?;
        let function = self.boxed(parts.field("function")?);
        let arguments = if arguments.kind() == "generator_expression" {
            vec![Argument {
                kind: ArgumentKind::Positional,
                value: self.expression(arguments),
            }]
        } else {
            self.arguments(arguments)?
        };
        Some(Kind::Call { function, arguments })
    }

    /// The arguments of a call or of a class.
    pub(super) fn arguments(&mut self, list: Node<'tree>) -> Option<Vec<Argument>> {
        let parts = self.parts(list);
        (!parts.broken()).then_some(())?;
        parts.named().map(|node| self.argument(node)).collect()
    }

    fn argument(&mut self, node: Node<'tree>) -> Option<Argument> {
        let (kind, value) = match node.kind() {
            "keyword_argument" => {
                let parts = self.parts(node);
                (
                    ArgumentKind::Keyword(self.name(parts.field("name")?)),
                    parts.field("value")?,
                )
            }
            "list_splat" => (ArgumentKind::Star, self.parts(node).named().next()?),
            "dictionary_splat" => (ArgumentKind::DoubleStar, self.parts(node).named().next()?),
            _ => (ArgumentKind::Positional, node),
        };
        Some(Argument {
            kind,
            value: self.expression(value),
        })
    }

    fn attribute(&mut self, object: Node<'tree>, attribute: Node<'tree>) -> Kind {
        Kind::Attribute {
            value: self.boxed(object),
            attribute: self.name(attribute),
        }
    }

    fn subscript(&mut self, node: Node<'tree>, parts: &Parts<'tree>) -> Option<Kind> {
        let value = self.boxed(parts.field("value")?);
        let indices = self.expressions(parts.fields("subscript"));
        let tuple = parts.has(",") || indices.len() > 1;
        let place = indices.first()?.span.join(indices.last()?.span);
        let index = match (tuple, indices) {
            (false, mut indices) => indices.pop()?,
            (true, indices) => Expression {
                span: place,
                kind: Kind::Tuple(indices),
            },
        };
        debug_assert!(self.span(node).contains(place));
        Some(Kind::Subscript {
            value,
            index: Box::new(index),
        })
    }

    fn slice(&mut self, parts: &Parts<'tree>) -> Kind {
        let mut bounds = [None, None, None];
        let mut at = 0;
        for (_, node) in &parts.all {
            if node.is_named() {
                bounds[at.min(2)] = Some(self.boxed(*node));
            } else {
                at += 1;
            }
        }
        let [lower, upper, step] = bounds;
        Kind::Slice { lower, upper, step }
    }

    fn dictionary(&mut self, parts: &Parts<'tree>) -> Option<Kind> {
        let mut entries = Vec::new();
        for node in parts.named() {
            let inner = self.parts(node);
            (!inner.broken()).then_some(())?;
            entries.push(match node.kind() {
                "pair" => (
                    Some(self.expression(inner.field("key")?)),
                    self.expression(inner.field("value")?),
                ),
                _ => (None, self.expression(inner.named().next()?)),
            });
        }
        Some(Kind::Dict(entries))
    }

    fn lambda(&mut self, parts: &Parts<'tree>) -> Option<Kind> {
        let parameters = match parts.field("parameters") {
            Some(list) => self.parameters(list)?,
            None => Vec::new(),
        };
        Some(Kind::Lambda {
            parameters,
            body: self.boxed(parts.field("body")?),
        })
    }

    fn comprehension(&mut self, kind: ComprehensionKind, parts: &Parts<'tree>) -> Option<Kind> {
        let body = parts.field("body")?;
        let (element, value) = if body.kind() == "pair" {
            let pair = self.parts(body);
            (pair.field("key")?, Some(pair.field("value")?))
        } else {
            (body, None)
        };
        let clauses = parts
            .named()
            .filter(|node| matches!(node.kind(), "for_in_clause" | "if_clause"))
            .map(|node| self.comprehension_clause(node))
            .collect::<Option<Vec<_>>>()?;
        let element = self.boxed(element);
        let value = value.map(|value| self.boxed(value));
        Some(Kind::Comprehension {
            kind,
            element,
            value,
            clauses,
        })
    }

    fn comprehension_clause(&mut self, node: Node<'tree>) -> Option<ComprehensionClause> {
        let parts = self.parts(node);
        if parts.broken() {
            return None;
        }
        if node.kind() == "if_clause" {
            return Some(ComprehensionClause::If(self.expression(parts.named().next()?)));
        }
        let mut iterables = parts.fields("right");
        let iterable = iterables.next()?;
        iterables.next().is_none().then(|| ComprehensionClause::For {
            target: parts
                .field("left")
                .map(|left| self.expression(left))
                .unwrap_or_else(|| self.error_expression(node)),
            iterable: self.expression(iterable),
            asynchronous: parts.has("async"),
        })
    }

    fn walrus(&mut self, parts: &Parts<'tree>) -> Option<Kind> {
        Some(Kind::Walrus {
            target: self.name(parts.field("name")?),
            value: self.boxed(parts.field("value")?),
        })
    }

    fn yields(&mut self, parts: &Parts<'tree>) -> Kind {
        match (parts.has("from"), parts.named().next()) {
            (true, Some(value)) => Kind::YieldFrom(self.boxed(value)),
            (_, value) => Kind::Yield(value.map(|value| self.boxed(value))),
        }
    }

    fn string(&mut self, node: Node<'tree>) -> Kind {
        let pieces: Vec<_> = match node.kind() {
            "string" => vec![node],
            _ => self.parts(node).named().collect(),
        };
        let mut interpolated = Vec::new();
        let mut value = Some(String::new());
        let (mut formatted, mut bytes) = (false, false);
        for piece in pieces {
            let literal = literal::string(self.text_of(piece));
            formatted |= literal.formatted;
            bytes |= literal.bytes;
            value = value.zip(literal.value).map(|(before, after)| before + &after);
            if literal.formatted {
                self.interpolations(piece, &mut interpolated);
            }
        }
        match (formatted, bytes) {
            (true, _) => Kind::FormattedString(interpolated),
            (false, true) => Kind::Bytes,
            (false, false) => Kind::String(value),
        }
    }

    /// The expressions inside a formatted string, those of its format specifiers included.
    fn interpolations(&mut self, piece: Node<'tree>, found: &mut Vec<Expression>) {
        for node in self.parts(piece).named().collect::<Vec<_>>() {
            match node.kind() {
                "interpolation" | "format_expression" => {
                    let parts = self.parts(node);
                    found.extend(parts.field("expression").map(|expression| self.expression(expression)));
                    if let Some(specifier) = parts.kind("format_specifier") {
                        self.deeper(|this| this.interpolations(specifier, found));
                    }
                }
                _ => {}
            }
        }
    }

    /// `NDArray[np.float64]` in an annotation: the grammar has its own node for it.
    fn generic_type(&mut self, parts: &Parts<'tree>) -> Option<Kind> {
        let mut named = parts.named();
        let (value, parameter) = (named.next()?, named.next()?);
        let inner = self.parts(parameter);
        let value = self.boxed(value);
        let mut indices = self.expressions(inner.named());
        let place = indices.first()?.span.join(indices.last()?.span);
        let index = if indices.len() == 1 && !inner.has(",") {
            indices.pop()?
        } else {
            Expression {
                span: place,
                kind: Kind::Tuple(indices),
            }
        };
        Some(Kind::Subscript {
            value,
            index: Box::new(index),
        })
    }

    fn union_type(&mut self, parts: &Parts<'tree>) -> Option<Kind> {
        let mut named = parts.named();
        let (left, right) = (named.next()?, named.next()?);
        Some(Kind::Binary {
            operator: BinaryOperator::BitOr,
            left: self.boxed(left),
            right: self.boxed(right),
        })
    }

    fn member_type(&mut self, parts: &Parts<'tree>) -> Option<Kind> {
        let mut named = parts.named();
        let (value, attribute) = (named.next()?, named.next()?);
        Some(self.attribute(value, attribute))
    }

    /// The parameters of a function or lambda; `None` when the list is broken.
    pub(super) fn parameters(&mut self, list: Node<'tree>) -> Option<Vec<Parameter>> {
        let parts = self.parts(list);
        if parts.broken() {
            return None;
        }
        let mut parameters: Vec<Parameter> = Vec::new();
        let mut kind = ParameterKind::Standard;
        for node in parts.named() {
            match node.kind() {
                "positional_separator" => parameters
                    .iter_mut()
                    .for_each(|p| p.kind = ParameterKind::PositionalOnly),
                "keyword_separator" => kind = ParameterKind::KeywordOnly,
                _ => {
                    let parameter = self.parameter(node, kind)?;
                    if parameter.kind == ParameterKind::Star {
                        kind = ParameterKind::KeywordOnly;
                    }
                    parameters.push(parameter);
                }
            }
        }
        Some(parameters)
    }

    fn parameter(&mut self, node: Node<'tree>, standard: ParameterKind) -> Option<Parameter> {
        let parts = self.parts(node);
        let named = if node.kind() == "identifier" { Some(node) } else { None };
        let inner = named.or_else(|| parts.field("name")).or_else(|| parts.named().next())?;
        let (kind, name) = match (node.kind(), inner.kind()) {
            ("list_splat_pattern", _) => (ParameterKind::Star, inner),
            ("dictionary_splat_pattern", _) => (ParameterKind::DoubleStar, inner),
            (_, "list_splat_pattern") => (ParameterKind::Star, self.parts(inner).named().next()?),
            (_, "dictionary_splat_pattern") => (ParameterKind::DoubleStar, self.parts(inner).named().next()?),
            _ => (standard, inner),
        };
        if name.kind() != "identifier" || parts.broken() {
            return None;
        }
        let annotation = parts.field("type").map(|annotation| self.expression(annotation));
        let default = parts.field("value").map(|default| self.expression(default));
        Some(Parameter {
            name: self.name(name),
            kind,
            annotation,
            default,
        })
    }
}
