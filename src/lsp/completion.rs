//! Directives, clauses, and what stands in their parentheses.

use ls_types::{
    CompletionItem, CompletionItemKind, CompletionList, CompletionTextEdit, Documentation, InsertTextFormat, Position,
    TextEdit, Uri,
};

use super::snapshot::Snapshot;
use super::view::View;
use super::words::{TYPES, WORDS, Word, choices, meaning};
use super::{loops, words};
use crate::pragma::{self, DirectiveKind, Recognised, ReductionOperator};
use crate::python::walk::{self, Use};
use crate::python::{Comment, Expression, ExpressionKind, Statement, StatementKind};
use crate::source::Span;

/// What could stand at a place; nothing outside pragmas.
pub(super) fn at(snapshot: &Snapshot, uri: &Uri, position: Position, snippets: bool) -> Option<CompletionList> {
    let (view, offset) = snapshot.view_at(snapshot.offset(uri, position)?)?;
    let program = view.program();
    let inside = |comment: &&Comment| comment.span.start < offset && offset <= comment.span.end;
    let comment = program.module.comments.iter().find(inside)?;
    let before = program.file.slice(Span::new(comment.span.start, offset));
    let partial = before.len() - before.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_').len();
    let offers = Offers {
        view: &view,
        comment,
        replaced: Span::new(offset - partial as u32, offset),
        snippets,
    };
    let items = match pragma::recognise(before) {
        Recognised::Pragma { body, .. } if before.len() >= body && before[..body].ends_with([' ', '\t']) => {
            offers.body(&before[body..before.len() - partial])
        }
        Recognised::Pragma { .. } | Recognised::Foreign | Recognised::Misspelt { .. } => offers.pragmas(before),
        Recognised::Dimensions { .. } => Vec::new(),
    };
    (!items.is_empty()).then_some(CompletionList {
        is_incomplete: false,
        items,
    })
}

struct Offers<'a> {
    view: &'a View<'a>,
    comment: &'a Comment,
    /// The word before the cursor.
    replaced: Span,
    snippets: bool,
}

impl Offers<'_> {
    /// Whole pragmas, where a comment above a loop begins like one.
    fn pragmas(&self, before: &str) -> Vec<CompletionItem> {
        let begun = before[1..].trim_start();
        let statement = self.statement();
        let suits = |kind: &DirectiveKind| match statement.map(|one| &one.kind) {
            Some(StatementKind::For(_)) => kind.is_loop() || *kind == DirectiveKind::Data,
            Some(StatementKind::AugmentedAssign(_)) => !kind.is_loop() && *kind != DirectiveKind::Data,
            Some(StatementKind::While(_) | StatementKind::With(_)) => *kind == DirectiveKind::Data,
            Some(StatementKind::Assign(_) | StatementKind::AnnotatedAssign(_)) => *kind == DirectiveKind::Parallel,
            _ => false,
        };
        // Every comment begins with `#`: only above a loop is a pragma likely.
        let loops_only = begun.is_empty();
        if !self.comment.alone || !"pragma".starts_with(begun) {
            return Vec::new();
        }
        let kinds = DirectiveKind::ALL.into_iter().filter(suits);
        let kinds = kinds.filter(|kind| !loops_only || kind.is_loop());
        let blank = if before.len() == 1 { " " } else { "" };
        kinds
            .map(|kind| {
                let text = format!("pragma {}", kind.as_str());
                let new = format!("{blank}{text}");
                self.item(text, new, CompletionItemKind::KEYWORD, meaning(kind))
            })
            .collect()
    }

    /// What follows the words of a pragma.
    fn body(&self, before: &str) -> Vec<CompletionItem> {
        let opened = before.rfind('(').filter(|at| !before[*at..].contains(')'));
        if before.contains('#') {
            return Vec::new();
        }
        if let Some(open) = opened {
            let head = before[..open].trim_end();
            let start = head.rfind([' ', '\t', ',', ')']).map_or(0, |at| at + 1);
            return self.argument(&head[start..], &before[open + 1..]);
        }
        let said: Vec<&str> = before.split([' ', '\t', ',']).filter(|word| !word.is_empty()).collect();
        let mut items = self.directives(&said.join(" "));
        items.extend(self.clauses(&said));
        items
    }

    /// The directives that go on from what was said.
    fn directives(&self, said: &str) -> Vec<CompletionItem> {
        let stacked = loops::directive(self.view, self.comment.span.start)
            .is_some_and(|directive| directive.kind_span.end < self.comment.span.start);
        let rest = |kind: DirectiveKind| {
            let after = kind.as_str().strip_prefix(said)?;
            let next = if said.is_empty() {
                after
            } else {
                after.strip_prefix(' ')?
            };
            (!stacked).then_some((kind, next))
        };
        let kinds = DirectiveKind::ALL.into_iter().filter_map(rest);
        kinds
            .map(|(kind, next)| {
                let detail = meaning(kind);
                self.item(next.to_owned(), next.to_owned(), CompletionItemKind::KEYWORD, detail)
            })
            .collect()
    }

    /// The clauses that the directive takes and does not have.
    fn clauses(&self, said: &[&str]) -> Vec<CompletionItem> {
        let (typed, _) = words::read(&format!("# pragma {}", said.join(" ")));
        let attached = loops::directive(self.view, self.comment.span.start);
        let Some(kind) = attached.or(typed.as_ref()).map(|directive| directive.kind) else {
            return Vec::new();
        };
        let repeated = |word: &Word| {
            matches!(
                word.name,
                "reduction" | "private" | "firstprivate" | "lastprivate" | "shared"
            )
        };
        let has = |word: &Word| said.iter().any(|one| one.split('(').next() == Some(word.name));
        let wanted = WORDS
            .iter()
            .filter(|word| word.belongs_on(kind) && (repeated(word) || !has(word)));
        wanted.map(|word| self.clause(word)).collect()
    }

    fn clause(&self, word: &Word) -> CompletionItem {
        let text = match (word.example, self.snippets) {
            ("", _) => word.name.to_owned(),
            (_, false) => format!("{}(", word.name),
            (_, true) => format!("{}($0)", word.name),
        };
        let mut item = self.item(word.name.to_owned(), text, CompletionItemKind::FUNCTION, word.meaning);
        item.insert_text_format = (self.snippets && !word.example.is_empty()).then_some(InsertTextFormat::SNIPPET);
        item.documentation = Some(Documentation::String(format!("{}: {}", word.written(), word.meaning)));
        item
    }

    /// What may stand in a clause's parentheses after `written`.
    fn argument(&self, clause: &str, written: &str) -> Vec<CompletionItem> {
        let piece = written.rsplit(',').next().unwrap_or(written);
        match clause {
            "reduction" if !written.contains(':') => self.operators(),
            "reduction" => self.names(true),
            "types" if piece.contains(':') => self.plain(&TYPES, CompletionItemKind::STRUCT),
            "private" | "firstprivate" | "lastprivate" => self.names(true),
            "shared" | "types" | "if" | "num_threads" | "resident" | "copyin" | "copyout" | "to" | "from" => {
                self.names(false)
            }
            other => self.plain(choices(other), CompletionItemKind::ENUM_MEMBER),
        }
    }

    fn operators(&self) -> Vec<CompletionItem> {
        let all = ReductionOperator::ALL.into_iter().map(ReductionOperator::as_str);
        all.map(|operator| {
            self.item(
                operator.to_owned(),
                format!("{operator}: "),
                CompletionItemKind::OPERATOR,
                "how contributions are combined",
            )
        })
        .collect()
    }

    fn plain(&self, words: &[&str], kind: CompletionItemKind) -> Vec<CompletionItem> {
        let items = words
            .iter()
            .map(|word| self.item((*word).to_owned(), (*word).to_owned(), kind, ""));
        items.collect()
    }

    /// The variables of the statement below; those that it assigns come first, or are the only ones.
    fn names(&self, assigned: bool) -> Vec<CompletionItem> {
        let Some(statement) = self.statement() else {
            return Vec::new();
        };
        let uses = walk::names(statement);
        let mut names: Vec<&str> = uses.iter().map(|one| one.name).collect();
        names.sort_unstable();
        names.dedup();
        let bound = |name: &str| uses.iter().any(|one| one.name == name && one.how == Use::Bind);
        let written = |name: &str| bound(name) || subscripted(statement, name);
        // What is only called or looked into is a function or a module.
        let text = self.view.program().file.text();
        let is_value = |name: &str| {
            let mut own = uses.iter().filter(|one| one.name == name);
            own.any(|one| !text[one.span.end as usize..].starts_with(['(', '.']))
        };
        let kept = names
            .into_iter()
            .filter(|name| written(name) || (!assigned && is_value(name)));
        kept.map(|name| {
            let detail = if bound(name) {
                "assigned in the loop"
            } else {
                "used in the loop"
            };
            self.item(name.to_owned(), name.to_owned(), CompletionItemKind::VARIABLE, detail)
        })
        .collect()
    }

    /// The statement that the comment would stand on.
    fn statement(&self) -> Option<&Statement> {
        let program = self.view.program();
        let row = program.file.row(self.comment.span.start);
        let mut found: Option<&Statement> = None;
        walk::statements(&program.module.body, &mut |statement| {
            let own = match self.comment.alone {
                true => statement.span.start > self.comment.span.end,
                false => program.file.row(statement.span.start) == row,
            };
            let nearer = found.is_none_or(|found| statement.span.start < found.span.start);
            if own && nearer && !matches!(statement.kind, StatementKind::Error { .. }) {
                found = Some(statement);
            }
        });
        found
    }

    fn item(&self, label: String, new: String, kind: CompletionItemKind, detail: &str) -> CompletionItem {
        let place = self.view.location(self.replaced);
        CompletionItem {
            filter_text: Some(label.clone()),
            label,
            kind: Some(kind),
            detail: (!detail.is_empty()).then(|| detail.to_owned()),
            text_edit: place.map(|place| CompletionTextEdit::Edit(TextEdit::new(place.range, new))),
            ..CompletionItem::default()
        }
    }
}

/// Whether a statement stores into elements of a name.
fn subscripted(statement: &Statement, name: &str) -> bool {
    let mut found = false;
    let mut target = |one: &Expression| {
        if let ExpressionKind::Subscript { value, .. } = &one.kind {
            let mut base = value;
            while let ExpressionKind::Subscript { value, .. } = &base.kind {
                base = value;
            }
            found |= matches!(&base.kind, ExpressionKind::Name(text) if text == name);
        }
    };
    walk::statements(std::slice::from_ref(statement), &mut |inner| match &inner.kind {
        StatementKind::AugmentedAssign(node) => target(&node.target),
        StatementKind::Assign(node) => node.targets.iter().for_each(&mut target),
        _ => {}
    });
    found
}
