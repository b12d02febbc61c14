//! Python and directives to the IR: names, liveness, inputs, inlining.
//!
//! Each outermost annotated loop becomes one [`ir::Region`](crate::ir::Region), detached from Python, or a diagnostic
//! that says why it stays Python; annotated loops inside it become annotations of the same region. Types are not looked
//! at: `x[i]` is an element whatever `x` turns out to be, and a name is an array because it is subscripted, iterated or
//! measured.
//!
//! * `attach` finds the statement that each pragma stands on; `openmp` deals with what OpenMP's comments say beside
//!   directives.
//! * `scope` knows every binding of the file. A name means NumPy, `math`, a builtin or a function of the file only when
//!   nothing in the file could have rebound it; functions of the file are inlined, and noted as
//!   [`Callee`](crate::ir::Callee)s for the host to check.
//! * `imports` holds the modules of the project into which the file's loops call, as far as the caller has found them, and
//!   `reach` follows a name through imports to a function there, and to the names that this function sees.
//! * `assigned` and `live` look at the scope around the region: what surely has a value before it, what may be read after.
//! * `value` tells what an expression stands for before its use decides, `names` what a name or an attribute does, `optional` whether it
//!   is there at all; `expression`, `evaluated`, `statement`, `assign`, `unpack`, `loops`, `iterate`, `cases`, `delete`, `raise`, `call`, `given`,
//!   `contained`, `limits`, `folds`, `random`, `inline`, `returns`, `methods`, `nested` and `clause` do the lowering; `captured` knows what calls
//!   assign by `nonlocal` and `global`; `region` begins and ends it.
//! * `tuples` gives names that hold tuples a variable for each item.
//! * `lists` keeps lists in local arrays; `list_pieces` puts them together.
//! * `growing` turns what is appended to lists into arrays that the region hands back, also in order (`growing_in_order`), or made by a comprehension (`gathered`); `own_lists` keeps those that an iteration
//!   makes for itself, whose names `own_list_uses` looks at.
//! * `residence` finds the stretches of statements during which arrays may stay on a device.
//!
//! The order of evaluation is CPython's, and so is what happens when something fails. Nothing here decides whether
//! iterations may run at once.
//!
//! May touch: python, pragma, ir, source, diagnostics.

mod array_arguments;
mod array_call;
mod array_make;
mod array_more;
mod array_move;
mod assign;
mod assigned;
mod attach;
mod attach_check;
mod attach_dimensions;
mod attach_reductions;
mod call;
mod candidates;
mod captured;
mod cases;
mod clause;
mod comprehension;
mod contained;
mod decided;
mod delete;
mod evaluated;
mod expression;
mod folds;
mod gathered;
mod given;
mod growing;
mod growing_in_order;
mod imports;
mod inline;
mod iterate;
mod known;
mod limits;
mod list_pieces;
mod lists;
mod live;
mod logical;
mod loops;
mod lowerer;
mod methods;
mod names;
mod nested;
mod openmp;
mod optional;
mod own_list_uses;
mod own_lists;
mod partition;
mod paths;
mod raise;
mod random;
mod random_draws;
mod random_seeds;
mod random_shared;
mod reach;
mod region;
mod residence;
mod returns;
mod scope;
mod statement;
mod tuples;
mod unpack;
mod value;

pub use attach::{Directives, attach};
pub use candidates::{Candidate, Candidates, Origin};
pub use imports::{Imports, Modules, NoModules, Wanted};
pub use residence::{Grounds, Stretch, stretches};

use std::cell::RefCell;
use std::collections::HashMap;

use crate::diagnostics::{Code, Diagnostic};
use crate::ir::Region;
use crate::pragma::{ClauseKind, Directive, DirectiveKind};
use crate::python::{Expression, ExpressionKind, Module, Statement, StatementKind, parse_expression};
use crate::source::{SourceFile, Span};
use lowerer::Program;
use scope::{ScopeId, Scopes};

/// What lowering gives.
#[derive(Debug)]
pub struct Lowered {
    /// The regions, in source order.
    pub regions: Vec<Region>,
    /// Why others run as Python, and what else is to be said.
    pub diagnostics: Vec<Diagnostic>,
    /// Imports that nobody has looked for yet and that could make a difference.
    pub wanted: Vec<Wanted>,
}

/// Lowers every outermost annotated loop of a file, in source order. What cannot be lowered runs as Python, for a reason
/// that is among the diagnostics.
pub fn lower(file: &SourceFile, module: &Module, directives: &Directives, imports: &Imports) -> Lowered {
    let program = Program {
        file,
        directives,
        scopes: Scopes::new(module, imports.trees()),
        clauses: clause_expressions(file, directives),
        imports,
        wanted: RefCell::default(),
    };
    let mut annotated = Vec::new();
    for (scope, body) in program.scopes.bodies() {
        outermost(&program, scope, body, &mut annotated);
    }
    annotated.sort_by_key(|(_, statements, _)| statement::suite_span(statements));
    let mut regions: Vec<Region> = Vec::new();
    let mut diagnostics = Vec::new();
    for (scope, statements, directive) in annotated {
        if directive.kind == DirectiveKind::Atomic {
            diagnostics.push(outside_loop(directive));
            continue;
        }
        // A loop in a function that is defined in a translated region is translated with it.
        let whole = statement::suite_span(statements);
        if regions.iter().any(|region| region.span.contains(whole)) {
            continue;
        }
        let (outcome, notes) = region::lower_region(&program, scope, statements);
        diagnostics.extend(notes);
        match outcome {
            Ok(region) => regions.push(region),
            Err(reasons) => diagnostics.extend(reasons),
        }
    }
    diagnostics.sort_by_key(|diagnostic| diagnostic.primary.span);
    let wanted = program.wanted.into_inner();
    Lowered {
        regions,
        diagnostics,
        wanted,
    }
}

/// The annotated statements of a scope that lie in no other annotated statement; array statements with those that follow them.
fn outermost<'a>(
    program: &Program<'a>,
    scope: ScopeId,
    body: &'a [Statement],
    found: &mut Vec<(ScopeId, &'a [Statement], &'a Directive)>,
) {
    let mut rest = body;
    while let Some((statement, others)) = rest.split_first() {
        let mut taken = 1;
        let directive = program.directives.on(statement);
        // What stays on a device during a statement is no matter of regions.
        let directive = directive.filter(|directive| directive.kind != DirectiveKind::Data);
        match (directive, &statement.kind) {
            (Some(directive), _) => {
                taken = run_length(program, directive, rest);
                found.push((scope, &rest[..taken], directive));
            }
            // Scopes of their own.
            (None, StatementKind::Function(_) | StatementKind::Class(_)) => {}
            (None, kind) => {
                for inner in kind.bodies() {
                    outermost(program, scope, inner, found);
                }
            }
        }
        rest = &others[taken - 1..];
    }
}

/// How many statements a directive on the first of some stands on: `parallel` covers the assignments that follow, line by
/// line, up to one of an attribute, and a `return` at their end.
fn run_length(program: &Program<'_>, directive: &Directive, statements: &[Statement]) -> usize {
    if directive.kind != DirectiveKind::Parallel {
        return 1;
    }
    let file = program.file;
    let follows = |pair: &[Statement]| {
        let belongs = match &pair[1].kind {
            StatementKind::Assign(node) => !node.targets.iter().any(is_attribute),
            StatementKind::AnnotatedAssign(_) | StatementKind::AugmentedAssign(_) => true,
            StatementKind::Return(Some(value)) => computes(value),
            _ => false,
        };
        let belongs = belongs && !matches!(pair[0].kind, StatementKind::Return(_));
        let next_line = file.row(pair[1].span.start) == file.row(pair[0].span.end.max(1) - 1) + 1;
        belongs && next_line && !program.directives.is_claimed(&pair[1])
    };
    1 + statements.windows(2).take_while(|pair| follows(pair)).count()
}

/// Whether an attribute is assigned, alone or among others: that is no array's element, and Python's to do (`x.shape = n`).
fn is_attribute(target: &Expression) -> bool {
    match &target.kind {
        ExpressionKind::Attribute { .. } => true,
        ExpressionKind::Tuple(items) | ExpressionKind::List(items) => items.iter().any(is_attribute),
        _ => false,
    }
}

/// Whether a returned value is more than names.
fn computes(value: &Expression) -> bool {
    match &value.kind {
        ExpressionKind::Name(_) | ExpressionKind::Attribute { .. } | ExpressionKind::None => false,
        ExpressionKind::Tuple(items) => items.iter().any(computes),
        _ => true,
    }
}

/// A directive that is no loop's and stands in no translated loop.
fn outside_loop(directive: &Directive) -> Diagnostic {
    Diagnostic::new(
        Code::NotTranslated,
        directive.span,
        "`atomic` means something inside a translated loop only; this statement runs as Python",
    )
}

/// The clause arguments that are Python, parsed.
fn clause_expressions(file: &SourceFile, directives: &Directives) -> HashMap<Span, Expression> {
    let clauses = directives.iter().flat_map(|directive| &directive.clauses);
    let texts = clauses.filter_map(|clause| match &clause.kind {
        ClauseKind::If(text) | ClauseKind::NumThreads(text) => Some(text),
        ClauseKind::Schedule { chunk, .. } => chunk.as_ref(),
        _ => None,
    });
    texts
        .filter_map(|text| Some((text.span, parse_expression(file.text(), text.span)?)))
        .collect()
}

#[cfg(test)]
mod tests;
