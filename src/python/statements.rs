//! Statements from tree-sitter's nodes.

use tree_sitter::Node;

use super::convert::{Converter, Parts};
use super::{
    AnnotatedAssign, Assign, AugmentedAssign, BinaryOperator, Class, Decorator, Expression, ExpressionKind, For,
    Function, Handler, If, Import, ImportedName, Name, Statement, StatementKind, SyntaxError, Try, While, With,
    WithItem,
};
use crate::source::Span;

type Kind = StatementKind;

impl<'tree> Converter<'_, 'tree> {
    /// The statements among a node's children: of the module, of a block, or of a part that is not valid.
    pub(super) fn block(&mut self, node: Node<'tree>) -> Vec<Statement> {
        let mut statements = Vec::new();
        for child in self.parts(node).named().collect::<Vec<_>>() {
            self.statement(child, &mut statements);
        }
        statements
    }

    /// A block that must not be empty.
    pub(super) fn suite(&mut self, node: Option<Node<'tree>>) -> Vec<Statement> {
        let Some(node) = node else { return Vec::new() };
        let statements = self.block(node);
        if statements.is_empty() {
            let place = Span::at(self.span(node).start);
            self.errors.push(SyntaxError {
                span: place,
                missing: Some("an indented block".into()),
            });
            return vec![Statement {
                span: place,
                kind: Kind::Error { names: Vec::new() },
            }];
        }
        statements
    }

    fn statement(&mut self, node: Node<'tree>, out: &mut Vec<Statement>) {
        let converted = self.deeper(|this| match node.kind() {
            "if_statement" | "for_statement" | "while_statement" | "with_statement" | "try_statement"
            | "match_statement" => this.compound(node, out),
            "function_definition" | "class_definition" | "decorated_definition" => this.definition(node, out),
            _ if node.is_error() => this.spill(node, out),
            _ if node.kind().ends_with("_statement") => out.push(this.simple_statement(node)),
            // A loose piece that the parser could not put into a statement.
            _ => out.push(this.error_statement(node)),
        });
        if converted.is_none() {
            let kind = Kind::Unsupported {
                what: "a statement nested too deeply",
                names: self.identifiers(node),
            };
            out.push(Statement {
                span: self.span(node),
                kind,
            });
        }
    }

    fn error_statement(&self, node: Node<'tree>) -> Statement {
        Statement {
            span: self.span(node),
            kind: Kind::Error {
                names: self.identifiers(node),
            },
        }
    }

    /// An error, then the statements that could still be made out inside it.
    fn spill(&mut self, node: Node<'tree>, out: &mut Vec<Statement>) {
        out.push(self.error_statement(node));
        for child in self.parts(node).named().collect::<Vec<_>>() {
            match child.kind() {
                "block" => out.extend(self.block(child)),
                "else_clause" | "elif_clause" | "except_clause" | "finally_clause" | "case_clause" => {
                    self.spill(child, out)
                }
                kind if kind.ends_with("_statement") || kind.ends_with("_definition") => self.statement(child, out),
                _ => {}
            }
        }
    }

    fn compound(&mut self, node: Node<'tree>, out: &mut Vec<Statement>) {
        let parts = self.parts(node);
        let kind = if parts.broken() {
            None
        } else {
            self.compound_kind(node, &parts)
        };
        match kind {
            Some(kind) => {
                let end = kind.bodies().into_iter().flatten().map(|inner| inner.span.end).max();
                let start = self.span(node).start;
                let span = Span::new(start, end.unwrap_or_else(|| self.span(node).end).max(start));
                out.push(Statement { span, kind });
            }
            None => self.spill(node, out),
        }
    }

    fn compound_kind(&mut self, node: Node<'tree>, parts: &Parts<'tree>) -> Option<Kind> {
        Some(match node.kind() {
            "if_statement" => {
                let mut alternatives: Vec<_> = parts.fields("alternative").collect();
                alternatives.reverse();
                Kind::If(self.if_statement(parts, &mut alternatives)?)
            }
            "for_statement" => Kind::For(self.for_statement(node, parts)?),
            "while_statement" => Kind::While(While {
                test: self.expression(parts.field("condition")?),
                body: self.suite(parts.field("body")),
                otherwise: self.else_body(parts),
            }),
            "with_statement" => Kind::With(self.with_statement(parts)?),
            "try_statement" => Kind::Try(self.try_statement(parts)?),
            "match_statement" => Kind::Match(self.match_statement(parts)?),
            _ => return None,
        })
    }

    /// `alternatives`: the `elif` and `else` clauses still to come, last first.
    fn if_statement(&mut self, parts: &Parts<'tree>, alternatives: &mut Vec<Node<'tree>>) -> Option<If> {
        let test = self.expression(parts.field("condition")?);
        let body = self.suite(parts.field("consequence"));
        let otherwise = match alternatives.pop() {
            None => Vec::new(),
            Some(clause) if clause.kind() == "else_clause" => self.clause_body(clause),
            Some(clause) => vec![self.elif(clause, alternatives)],
        };
        Some(If { test, body, otherwise })
    }

    fn elif(&mut self, clause: Node<'tree>, alternatives: &mut Vec<Node<'tree>>) -> Statement {
        let parts = self.parts(clause);
        let last = alternatives.first().copied().unwrap_or(clause);
        let span = self.span(clause).join(self.span(last));
        let nested = if parts.broken() {
            None
        } else {
            self.deeper(|this| this.if_statement(&parts, alternatives))
        };
        let kind = match nested.flatten() {
            Some(nested) => Kind::If(nested),
            None => {
                let rest = alternatives.drain(..).rev();
                let names = std::iter::once(clause)
                    .chain(rest)
                    .flat_map(|node| self.identifiers(node))
                    .collect();
                Kind::Error { names }
            }
        };
        Statement { span, kind }
    }

    fn for_statement(&mut self, node: Node<'tree>, parts: &Parts<'tree>) -> Option<For> {
        let colon = parts.kind(":")?;
        Some(For {
            target: self.expression(parts.field("left")?),
            iterable: self.expression(parts.field("right")?),
            body: self.suite(parts.field("body")),
            otherwise: self.else_body(parts),
            asynchronous: parts.has("async"),
            header: Span::new(self.span(node).start, self.span(colon).end),
        })
    }

    fn else_body(&mut self, parts: &Parts<'tree>) -> Vec<Statement> {
        parts
            .kind("else_clause")
            .map(|clause| self.clause_body(clause))
            .unwrap_or_default()
    }

    /// The body of an `else` or `finally` clause.
    fn clause_body(&mut self, clause: Node<'tree>) -> Vec<Statement> {
        let parts = self.parts(clause);
        let mut body = self.suite(parts.kind("block"));
        if parts.broken() {
            body.insert(0, self.error_statement(clause));
        }
        body
    }

    fn with_statement(&mut self, parts: &Parts<'tree>) -> Option<With> {
        let clause = self.parts(parts.kind("with_clause")?);
        let mut items = Vec::new();
        for item in clause.named().filter(|node| node.kind() == "with_item") {
            let value = self.parts(item).field("value")?;
            if value.kind() == "tuple" && value.has_error() {
                return None;
            }
            items.push(self.with_item(value)?);
        }
        let body = self.suite(parts.field("body"));
        (!clause.broken()).then_some(With {
            items,
            body,
            asynchronous: parts.has("async"),
        })
    }

    fn with_item(&mut self, value: Node<'tree>) -> Option<WithItem> {
        if value.kind() != "as_pattern" {
            return Some(WithItem {
                value: self.expression(value),
                target: None,
            });
        }
        let parts = self.parts(value);
        let target = parts.field("alias")?;
        Some(WithItem {
            value: self.expression(parts.named().next()?),
            target: Some(self.expression(target)),
        })
    }

    fn try_statement(&mut self, parts: &Parts<'tree>) -> Option<Try> {
        let body = self.suite(parts.field("body"));
        let mut handlers = Vec::new();
        for clause in parts.named().filter(|node| node.kind() == "except_clause") {
            handlers.push(self.handler(clause)?);
        }
        let finally = parts
            .kind("finally_clause")
            .map(|clause| self.clause_body(clause))
            .unwrap_or_default();
        Some(Try {
            body,
            handlers,
            otherwise: self.else_body(parts),
            finally,
        })
    }

    fn handler(&mut self, clause: Node<'tree>) -> Option<Handler> {
        let parts = self.parts(clause);
        if parts.broken() {
            return None;
        }
        let values: Vec<_> = parts.fields("value").collect();
        let (exception, alias) = match values[..] {
            [] => (None, None),
            [only] if only.kind() == "as_pattern" => {
                let inner = self.parts(only);
                (Some(self.expression(inner.named().next()?)), inner.field("alias"))
            }
            [only] => (Some(self.expression(only)), parts.field("alias")),
            _ => return None,
        };
        let name = match alias {
            Some(alias) => Some(self.bare_name(alias)?),
            None => None,
        };
        Some(Handler {
            exception,
            name,
            body: self.suite(parts.kind("block")),
        })
    }

    fn bare_name(&mut self, node: Node<'tree>) -> Option<Name> {
        match self.expression(node) {
            Expression {
                span,
                kind: ExpressionKind::Name(text),
            } => Some(Name { text, span }),
            _ => None,
        }
    }

    fn definition(&mut self, node: Node<'tree>, out: &mut Vec<Statement>) {
        let mut decorators = Vec::new();
        let mut definition = node;
        if node.kind() == "decorated_definition" {
            let parts = self.parts(node);
            for decorator in parts.named().filter(|child| child.kind() == "decorator") {
                let Some(expression) = self.parts(decorator).named().next() else {
                    continue;
                };
                let expression = self.expression(expression);
                decorators.push(Decorator {
                    span: Span::new(self.span(decorator).start, expression.span.end),
                    expression,
                });
            }
            match parts.field("definition") {
                Some(inner) => definition = inner,
                None => return self.spill(node, out),
            }
        }
        let parts = self.parts(definition);
        let kind = if definition.kind() == "class_definition" {
            self.class(&parts, decorators)
        } else {
            self.function(definition, &parts, decorators)
        };
        let Some(kind) = kind else {
            return self.spill(definition, out);
        };
        let end = kind.bodies().into_iter().flatten().map(|inner| inner.span.end).max();
        let start = self.span(node).start;
        let span = Span::new(start, end.unwrap_or_else(|| self.span(node).end).max(start));
        out.push(Statement { span, kind });
    }

    fn function(&mut self, node: Node<'tree>, parts: &Parts<'tree>, decorators: Vec<Decorator>) -> Option<Kind> {
        let parameters = self.parameters(parts.field("parameters")?)?;
        let mut body = self.suite(parts.field("body"));
        self.mark_broken(parts, &mut body);
        let header_end = parts.kind(":").map_or(node.start_byte(), |colon| colon.end_byte());
        Some(Kind::Function(Function {
            name: self.name(parts.field("name")?),
            parameters,
            returns: parts.field("return_type").map(|returns| self.expression(returns)),
            body,
            decorators,
            asynchronous: parts.has("async"),
            header: Span::from_offsets(self.base, node.start_byte()..header_end),
        }))
    }

    fn class(&mut self, parts: &Parts<'tree>, decorators: Vec<Decorator>) -> Option<Kind> {
        let arguments = match parts.field("superclasses") {
            Some(list) => self.arguments(list)?,
            None => Vec::new(),
        };
        let mut body = self.suite(parts.field("body"));
        self.mark_broken(parts, &mut body);
        Some(Kind::Class(Class {
            name: self.name(parts.field("name")?),
            arguments,
            body,
            decorators,
        }))
    }

    /// A definition whose header is broken keeps its scope; its body starts with the error.
    fn mark_broken(&self, parts: &Parts<'tree>, body: &mut Vec<Statement>) {
        let broken = parts
            .all
            .iter()
            .map(|(_, node)| *node)
            .find(|node| node.is_error() || node.is_missing());
        if let Some(node) = broken {
            body.insert(0, self.error_statement(node));
        }
    }

    /// A statement on one logical line. Any error inside makes the whole statement one.
    pub(super) fn simple_statement(&mut self, node: Node<'tree>) -> Statement {
        let kind = if node.has_error() { None } else { self.simple_kind(node) };
        kind.map_or_else(
            || self.error_statement(node),
            |kind| Statement {
                span: self.span(node),
                kind,
            },
        )
    }

    fn simple_kind(&mut self, node: Node<'tree>) -> Option<Kind> {
        let parts = self.parts(node);
        let first = parts.named().next();
        Some(match node.kind() {
            "expression_statement" => self.expression_statement(&parts)?,
            "return_statement" => Kind::Return(first.map(|value| self.expression(value))),
            "raise_statement" => {
                let cause = parts.field("cause");
                let exception = first.filter(|node| Some(*node) != cause);
                Kind::Raise {
                    exception: exception.map(|node| self.expression(node)),
                    cause: cause.map(|node| self.expression(node)),
                }
            }
            "assert_statement" => Kind::Assert {
                test: self.expression(first?),
                message: parts.named().nth(1).map(|node| self.expression(node)),
            },
            "pass_statement" => Kind::Pass,
            "break_statement" => Kind::Break,
            "continue_statement" => Kind::Continue,
            "global_statement" => Kind::Global(parts.named().map(|node| self.name(node)).collect()),
            "nonlocal_statement" => Kind::Nonlocal(parts.named().map(|node| self.name(node)).collect()),
            "delete_statement" => Kind::Delete(match self.expression(first?) {
                Expression {
                    kind: ExpressionKind::Tuple(targets),
                    ..
                } => targets,
                target => vec![target],
            }),
            "import_statement" => Kind::Import(Import {
                from: None,
                names: self.imported(&parts)?,
            }),
            "future_import_statement" => Kind::Import(Import {
                from: Some("__future__".into()),
                names: self.imported(&parts)?,
            }),
            "import_from_statement" => {
                let from = self.text_of(parts.field("module_name")?).split_whitespace().collect();
                Kind::Import(Import {
                    from: Some(from),
                    names: self.imported(&parts)?,
                })
            }
            "type_alias_statement" => Kind::Unsupported {
                what: "a type alias",
                names: self.identifiers(node),
            },
            // Python 2's `print x` and `exec x`, which the grammar still reads.
            _ => {
                self.errors.push(SyntaxError {
                    span: self.span(node),
                    missing: None,
                });
                return None;
            }
        })
    }

    fn imported(&mut self, parts: &Parts<'tree>) -> Option<Vec<ImportedName>> {
        let names: Vec<_> = parts.fields("name").collect();
        names
            .into_iter()
            .map(|node| {
                if node.kind() != "aliased_import" {
                    return Some(ImportedName {
                        path: self.name(node),
                        alias: None,
                    });
                }
                let inner = self.parts(node);
                Some(ImportedName {
                    path: self.name(inner.field("name")?),
                    alias: Some(self.name(inner.field("alias")?)),
                })
            })
            .collect()
    }

    fn expression_statement(&mut self, parts: &Parts<'tree>) -> Option<Kind> {
        let nodes: Vec<_> = parts.named().collect();
        Some(match nodes.first()?.kind() {
            "assignment" => self.assignment(nodes[0])?,
            "augmented_assignment" => self.augmented_assignment(nodes[0])?,
            _ => Kind::Expression(self.tuple_of(&nodes, parts.has(","))?),
        })
    }

    /// Several expressions with commas between them, without parentheses, are a tuple.
    pub(super) fn tuple_of(&mut self, nodes: &[Node<'tree>], comma: bool) -> Option<Expression> {
        if let ([only], false) = (nodes, comma) {
            return Some(self.expression(*only));
        }
        let span = self.span(*nodes.first()?).join(self.span(*nodes.last()?));
        let elements = nodes.iter().map(|node| self.expression(*node)).collect();
        Some(Expression {
            span,
            kind: ExpressionKind::Tuple(elements),
        })
    }

    fn assignment(&mut self, node: Node<'tree>) -> Option<Kind> {
        let parts = self.parts(node);
        let target = self.expression(parts.field("left")?);
        if let Some(annotation) = parts.field("type") {
            let annotation = self.expression(annotation);
            let value = parts.field("right").map(|value| self.expression(value));
            return Some(Kind::AnnotatedAssign(AnnotatedAssign {
                target,
                annotation,
                value,
            }));
        }
        let mut targets = vec![target];
        let mut value = parts.field("right")?;
        while value.kind() == "assignment" {
            let inner = self.parts(value);
            if inner.field("type").is_some() {
                return None;
            }
            targets.push(self.expression(inner.field("left")?));
            value = inner.field("right")?;
        }
        (value.kind() != "augmented_assignment").then(|| {
            Kind::Assign(Assign {
                targets,
                value: self.expression(value),
            })
        })
    }

    fn augmented_assignment(&mut self, node: Node<'tree>) -> Option<Kind> {
        let parts = self.parts(node);
        let token = parts.all.iter().find(|(field, _)| *field == Some("operator"))?.1.kind();
        let value = parts.field("right")?;
        if matches!(value.kind(), "assignment" | "augmented_assignment") {
            return None;
        }
        Some(Kind::AugmentedAssign(AugmentedAssign {
            target: self.expression(parts.field("left")?),
            operator: BinaryOperator::find(token.strip_suffix('=')?)?,
            value: self.expression(value),
        }))
    }
}
