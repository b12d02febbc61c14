//! The walk over tree-sitter's tree. `statements.rs` and `expressions.rs` hold the conversions, one function a kind.

use tree_sitter::{Node, Parser, Tree, TreeCursor};

use super::{Comment, Expression, ExpressionKind, Module, Name, Statement, SyntaxError};
use crate::source::Span;

/// Deeper nesting than this becomes `Unsupported`, so that nothing that walks the nodes can exhaust its stack. CPython
/// itself stops at 100 levels of indentation and 200 of parentheses.
pub(super) const MAX_DEPTH: u32 = 120;

/// Parses one file. Never fails: what is not valid Python is an error node and an entry in `errors`.
pub fn parse(text: &str) -> Module {
    parse_at(text, 0)
}

/// Parses one file, its places moved by `base`.
pub fn parse_at(text: &str, base: u32) -> Module {
    let Some(tree) = syntax_tree(text) else {
        return Module::default();
    };
    let whole = module_of(&tree, text, base);
    if !tree.root_node().has_error() {
        return whole;
    }
    let pieces = parse_pieces(text, &resumptions(&tree, text), base);
    if error_bytes(&pieces) < error_bytes(&whole) {
        pieces
    } else {
        whole
    }
}

fn module_of(tree: &Tree, text: &str, base: u32) -> Module {
    let mut converter = Converter::new(text, base, tree);
    let body = converter.block(tree.root_node());
    let mut module = Module {
        body,
        errors: converter.errors,
        ..Module::default()
    };
    collect_extras(tree, text, base, &mut module);
    module.errors.sort_by_key(|error| error.span);
    module
}

/// Where a definition or an import starts at the margin: an unfinished statement above cannot reach past there, although
/// the grammar's own recovery would let it.
fn resumptions(tree: &Tree, text: &str) -> Vec<usize> {
    const STARTS: [&str; 6] = ["def ", "class ", "@", "async ", "import ", "from "];
    let starts = text.match_indices('\n').map(|(at, _)| at + 1);
    let resumes = |at: &usize| STARTS.iter().any(|start| text[*at..].starts_with(start));
    let in_string = |at: usize| {
        let node = tree.root_node().descendant_for_byte_range(at, at + 1);
        node.is_some_and(|node| matches!(node.kind(), "string_content" | "string" | "escape_sequence"))
    };
    let decorated = |at: usize| {
        text[..at - 1]
            .rsplit('\n')
            .next()
            .is_some_and(|line| line.starts_with('@'))
    };
    starts
        .filter(resumes)
        .filter(|at| !in_string(*at) && !decorated(*at))
        .collect()
}

fn parse_pieces(text: &str, resumptions: &[usize], base: u32) -> Module {
    let mut module = Module::default();
    let starts = std::iter::once(0).chain(resumptions.iter().copied());
    for (start, end) in starts.zip(resumptions.iter().copied().chain([text.len()])) {
        let piece = &text[start..end];
        let Some(tree) = syntax_tree(piece) else { continue };
        let Module { body, comments, errors } = module_of(&tree, piece, base + start as u32);
        module.body.extend(body);
        module.comments.extend(comments);
        module.errors.extend(errors);
    }
    module
}

fn error_bytes(module: &Module) -> u32 {
    let mut bytes = 0;
    super::walk::statements(&module.body, &mut |statement| {
        if matches!(statement.kind, super::StatementKind::Error { .. }) {
            bytes += statement.span.len() + 1;
        }
    });
    bytes
}

/// Parses the expression that stands at `span` of `text`; its spans are places in `text`. `None` when what stands there
/// is not exactly one valid expression.
pub fn parse_expression(text: &str, span: Span) -> Option<Expression> {
    let part = text.get(span.range())?;
    let tree = syntax_tree(part)?;
    let root = tree.root_node();
    if root.has_error() || root.named_child_count() != 1 {
        return None;
    }
    let statement = root
        .named_child(0)
        .filter(|node| node.kind() == "expression_statement")?;
    let mut converter = Converter::new(part, span.start, &tree);
    match converter.simple_statement(statement) {
        Statement {
            kind: super::StatementKind::Expression(expression),
            ..
        } => Some(expression),
        _ => None,
    }
}

fn syntax_tree(text: &str) -> Option<Tree> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_python::LANGUAGE.into()).ok()?;
    // To CPython a lone carriage return ends a line; to the grammar it is a blank.
    if text.contains('\r') {
        parser.parse(with_line_feeds(text), None)
    } else {
        parser.parse(text, None)
    }
}

fn with_line_feeds(text: &str) -> String {
    let mut bytes = text.replace('\r', "\n").into_bytes();
    for (at, _) in text.match_indices("\r\n") {
        bytes[at] = b'\r';
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// Lists comments and invalid parts in one walk over the tree.
fn collect_extras(tree: &Tree, text: &str, base: u32, module: &mut Module) {
    visit(tree.root_node(), |node| {
        if node.kind() == "comment" {
            module.comments.push(comment(node, text, base));
        } else if node.is_missing() {
            module.errors.push(SyntaxError {
                span: span(base, node),
                missing: Some(node.kind().to_owned()),
            });
        } else if node.is_error() {
            module.errors.push(SyntaxError {
                span: span(base, node),
                missing: None,
            });
        }
        true
    });
}

fn comment(node: Node<'_>, text: &str, base: u32) -> Comment {
    let text_here = text[node.byte_range()].trim_end_matches('\r');
    let start = node.start_byte();
    let before = text[..start].rsplit(['\n', '\r']).next().unwrap_or_default();
    Comment {
        span: Span::from_offsets(base, start..start + text_here.len()),
        alone: before.chars().all(|c| matches!(c, ' ' | '\t' | '\x0c')),
    }
}

/// Visits a node and, where `enter` agrees, everything below it, in source order and without recursion.
pub(super) fn visit<'tree>(root: Node<'tree>, mut enter: impl FnMut(Node<'tree>) -> bool) {
    let mut cursor = root.walk();
    loop {
        if enter(cursor.node()) && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return;
            }
        }
    }
}

pub(super) fn span(base: u32, node: Node<'_>) -> Span {
    Span::from_offsets(base, node.byte_range())
}

/// The children of one node with their fields, comments left out.
pub(super) struct Parts<'tree> {
    pub(super) all: Vec<(Option<&'tree str>, Node<'tree>)>,
}

impl<'tree> Parts<'tree> {
    /// The first child of a field.
    pub(super) fn field(&self, name: &str) -> Option<Node<'tree>> {
        self.fields(name).next()
    }

    /// Every named child of a field.
    pub(super) fn fields<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Node<'tree>> + 'a {
        self.all
            .iter()
            .filter(move |(field, node)| *field == Some(name) && node.is_named())
            .map(|(_, node)| *node)
    }

    /// The named children.
    pub(super) fn named(&self) -> impl Iterator<Item = Node<'tree>> + '_ {
        self.all.iter().map(|(_, node)| *node).filter(Node::is_named)
    }

    /// The first child of a kind.
    pub(super) fn kind(&self, kind: &str) -> Option<Node<'tree>> {
        self.all.iter().map(|(_, node)| *node).find(|node| node.kind() == kind)
    }

    /// Whether a child of a kind (a token such as `async`) is there.
    pub(super) fn has(&self, kind: &str) -> bool {
        self.kind(kind).is_some()
    }

    /// Whether the grammar had to invent or skip something among these children.
    pub(super) fn broken(&self) -> bool {
        self.all.iter().any(|(_, node)| node.is_error() || node.is_missing())
    }
}

pub(super) struct Converter<'text, 'tree> {
    pub(super) text: &'text str,
    pub(super) base: u32,
    pub(super) depth: u32,
    pub(super) errors: Vec<SyntaxError>,
    cursor: TreeCursor<'tree>,
}

impl<'text, 'tree> Converter<'text, 'tree> {
    fn new(text: &'text str, base: u32, tree: &'tree Tree) -> Self {
        Self {
            text,
            base,
            depth: 0,
            errors: Vec::new(),
            cursor: tree.walk(),
        }
    }

    pub(super) fn span(&self, node: Node<'_>) -> Span {
        span(self.base, node)
    }

    pub(super) fn text_of(&self, node: Node<'_>) -> &'text str {
        &self.text[node.byte_range()]
    }

    pub(super) fn name(&self, node: Node<'_>) -> Name {
        Name {
            text: self.text_of(node).to_owned(),
            span: self.span(node),
        }
    }

    pub(super) fn parts(&mut self, node: Node<'tree>) -> Parts<'tree> {
        let mut all = Vec::with_capacity(node.child_count() as usize);
        self.cursor.reset(node);
        let mut more = self.cursor.goto_first_child();
        while more {
            let child = self.cursor.node();
            if !matches!(child.kind(), "comment" | "line_continuation") {
                let field = self.cursor.field_name();
                all.push((field, child));
            }
            more = self.cursor.goto_next_sibling();
        }
        Parts { all }
    }

    /// Every identifier at or below a node.
    pub(super) fn identifiers(&self, node: Node<'tree>) -> Vec<Name> {
        let mut names = Vec::new();
        visit(node, |inner| {
            if inner.kind() == "identifier" && !inner.is_missing() {
                names.push(self.name(inner));
            }
            true
        });
        names
    }

    /// Runs a conversion one level deeper; `None` when that is too deep.
    pub(super) fn deeper<T>(&mut self, convert: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let converted = convert(self);
        self.depth -= 1;
        Some(converted)
    }

    pub(super) fn error_expression(&self, node: Node<'tree>) -> Expression {
        let kind = ExpressionKind::Error {
            names: self.identifiers(node),
        };
        Expression {
            span: self.span(node),
            kind,
        }
    }
}
