//! `match` statements and their patterns from tree-sitter's nodes.

use tree_sitter::Node;

use super::convert::{Converter, Parts, visit};
use super::{Expression, ExpressionKind, Match, MatchCase, Name, Pattern, PatternKind, UnaryOperator};

impl<'tree> Converter<'_, 'tree> {
    pub(super) fn match_statement(&mut self, parts: &Parts<'tree>) -> Option<Match> {
        let subjects: Vec<_> = parts.fields("subject").collect();
        let subject = self.tuple_of(&subjects, parts.has(","))?;
        let clauses: Vec<_> = self.parts(parts.field("body")?).named().collect();
        let cases = clauses
            .into_iter()
            .map(|clause| self.match_case(clause))
            .collect::<Option<_>>()?;
        Some(Match { subject, cases })
    }

    fn match_case(&mut self, clause: Node<'tree>) -> Option<MatchCase> {
        let parts = self.parts(clause);
        if clause.kind() != "case_clause" || parts.broken() {
            return None;
        }
        let patterns: Vec<_> = parts.named().filter(|node| node.kind() == "case_pattern").collect();
        let pattern = self.subject_pattern(&patterns, parts.has(","));
        let (mut binds, mut reads) = (Vec::new(), Vec::new());
        for node in patterns {
            self.pattern_names(node, &mut binds, &mut reads);
        }
        let guard = match parts.field("guard") {
            Some(guard) => Some(self.parts(guard).named().next().map(|test| self.expression(test))?),
            None => None,
        };
        Some(MatchCase {
            pattern,
            binds,
            reads,
            guard,
            body: self.suite(parts.field("consequence")),
        })
    }

    fn pattern_names(&self, pattern: Node<'tree>, binds: &mut Vec<Name>, reads: &mut Vec<Name>) {
        visit(pattern, |node| match node.kind() {
            "dotted_name" => {
                let captures =
                    node.named_child_count() == 1 && node.parent().is_none_or(|up| up.kind() != "class_pattern");
                if let Some(first) = node.named_child(0) {
                    if captures {
                        binds.push(self.name(first))
                    } else {
                        reads.push(self.name(first))
                    }
                }
                false
            }
            "identifier" => {
                if node.parent().is_none_or(|up| up.kind() != "keyword_pattern") {
                    binds.push(self.name(node));
                }
                false
            }
            _ => true,
        });
    }

    /// The patterns of a case; several, or one with a comma, are a sequence.
    fn subject_pattern(&mut self, nodes: &[Node<'tree>], comma: bool) -> Pattern {
        if let ([only], false) = (nodes, comma) {
            return self.pattern(*only);
        }
        let items: Vec<Pattern> = nodes.iter().map(|node| self.pattern(*node)).collect();
        let span = items
            .iter()
            .map(|item| item.span)
            .reduce(|a, b| a.join(b))
            .unwrap_or_default();
        Pattern {
            span,
            kind: sequence(items),
        }
    }

    fn pattern(&mut self, node: Node<'tree>) -> Pattern {
        let kind = self.deeper(|this| {
            let tokens: Vec<_> = this.parts(node).all.iter().map(|(_, node)| *node).collect();
            this.pattern_of(&tokens)
        });
        Pattern {
            span: self.span(node),
            kind: kind.unwrap_or(PatternKind::Unsupported("a pattern nested too deeply")),
        }
    }

    fn pattern_of(&mut self, tokens: &[Node<'tree>]) -> PatternKind {
        match tokens {
            [sign, number] if sign.kind() == "-" && matches!(number.kind(), "integer" | "float") => {
                let operand = Box::new(self.expression(*number));
                let span = self.span(*sign).join(operand.span);
                let operator = UnaryOperator::Negate;
                let kind = ExpressionKind::Unary { operator, operand };
                PatternKind::Literal(Expression { span, kind })
            }
            [only] => self.simple_pattern(*only),
            _ => PatternKind::Unsupported("this pattern"),
        }
    }

    fn simple_pattern(&mut self, node: Node<'tree>) -> PatternKind {
        match node.kind() {
            "integer" | "float" | "true" | "false" | "none" | "string" | "concatenated_string" => {
                PatternKind::Literal(self.expression(node))
            }
            "_" => PatternKind::Wildcard,
            "dotted_name" => self.named_pattern(node),
            "case_pattern" => self.pattern(node).kind,
            "union_pattern" => {
                let tokens: Vec<_> = self.parts(node).all.iter().map(|(_, node)| *node).collect();
                let alternatives = tokens.split(|token| token.kind() == "|");
                let patterns = alternatives.map(|part| {
                    let places = part.iter().map(|node| self.span(*node));
                    Pattern {
                        span: places.reduce(|a, b| a.join(b)).unwrap_or_default(),
                        kind: self.pattern_of(part),
                    }
                });
                PatternKind::Or(patterns.collect())
            }
            "as_pattern" => {
                let parts = self.parts(node);
                let named: Vec<_> = parts.named().collect();
                match named[..] {
                    [inner, name] => PatternKind::As(Box::new(self.pattern(inner)), self.name(name)),
                    _ => PatternKind::Unsupported("this pattern"),
                }
            }
            "tuple_pattern" | "list_pattern" => {
                let parts = self.parts(node);
                let nodes: Vec<_> = parts.named().collect();
                if node.kind() == "tuple_pattern" && nodes.len() == 1 && !parts.has(",") {
                    return self.pattern(nodes[0]).kind;
                }
                sequence(nodes.iter().map(|node| self.pattern(*node)).collect())
            }
            "class_pattern" => PatternKind::Unsupported("a class pattern"),
            "dict_pattern" => PatternKind::Unsupported("a mapping pattern"),
            "splat_pattern" => PatternKind::Unsupported("a starred pattern"),
            "complex_pattern" => PatternKind::Unsupported("a complex number"),
            _ => PatternKind::Unsupported("this pattern"),
        }
    }

    /// A name captures; a dotted one is compared with.
    fn named_pattern(&mut self, node: Node<'tree>) -> PatternKind {
        let names: Vec<Name> = self.parts(node).named().map(|part| self.name(part)).collect();
        let mut names = names.into_iter();
        let Some(first) = names.next() else {
            return PatternKind::Unsupported("this pattern");
        };
        if first.text == "_" && names.len() == 0 {
            return PatternKind::Wildcard;
        }
        if names.len() == 0 {
            return PatternKind::Capture(first);
        }
        let root = Expression {
            span: first.span,
            kind: ExpressionKind::Name(first.text),
        };
        PatternKind::Value(names.fold(root, |value, attribute| Expression {
            span: value.span.join(attribute.span),
            kind: ExpressionKind::Attribute {
                value: Box::new(value),
                attribute,
            },
        }))
    }
}

fn sequence(items: Vec<Pattern>) -> PatternKind {
    let starred = items
        .iter()
        .any(|item| item.kind == PatternKind::Unsupported("a starred pattern"));
    if starred {
        PatternKind::Unsupported("a starred pattern")
    } else {
        PatternKind::Sequence(items)
    }
}
