//! The clauses of one directive, together: place, contradictions, repetitions, and what this version leaves undone.

use super::scan::deletion;
use super::{Clause, ClauseKind, Directive, DirectiveKind, Property, PropertyKind, ScheduleKind, Text};
use crate::diagnostics::{Code, Diagnostic, Fix};
use crate::source::{Edit, Span};

/// Checks a directive and takes out the clauses that were reported as mistakes.
pub(super) fn check(directive: &mut Directive, bodies: &[Text], diagnostics: &mut Vec<Diagnostic>) {
    let mut kept: Vec<Clause> = Vec::new();
    for clause in std::mem::take(&mut directive.clauses) {
        let problem = misplaced(directive, &clause, bodies)
            .or_else(|| kept.iter().find_map(|earlier| against(earlier, &clause, bodies)))
            .or_else(|| repeated_names(&clause));
        let harmless = problem
            .as_ref()
            .is_none_or(|problem| problem.code == Code::RedundantClause);
        let repeats = kept.iter().any(|earlier| earlier.kind == clause.kind);
        diagnostics.extend(problem);
        if harmless && !repeats {
            diagnostics.extend(without_effect(&clause));
            kept.push(clause);
        }
    }
    directive.clauses = kept;
    for property in directive.dimensions.iter().flat_map(|dimension| &dimension.properties) {
        diagnostics.extend(unused_property(property));
    }
    diagnostics.extend(pointless(directive, bodies));
}

impl ClauseKind {
    /// The clause's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Reduction { .. } => "reduction",
            Self::Private(_) => "private",
            Self::FirstPrivate(_) => "firstprivate",
            Self::LastPrivate(_) => "lastprivate",
            Self::Shared(_) => "shared",
            Self::Collapse(_) => "collapse",
            Self::Schedule { .. } => "schedule",
            Self::NumThreads(_) => "num_threads",
            Self::If(_) => "if",
            Self::SimdLen(_) => "simdlen",
            Self::Tile(_) => "tile",
            Self::Unroll(_) => "unroll",
            Self::Target(_) => "target",
            Self::Types(_) => "types",
            Self::AssumeIndependent => "assume",
            Self::FastMath(_) => "fastmath",
            Self::Atomic => "atomic",
            Self::Sequential => "sequential",
            Self::To(_) => "to",
            Self::From(_) => "from",
            Self::Resident(_) => "resident",
            Self::CopyIn(_) => "copyin",
            Self::CopyOut(_) => "copyout",
        }
    }

    /// The variables it is about.
    pub fn names(&self) -> &[Text] {
        match self {
            Self::Reduction { names, .. }
            | Self::Private(names)
            | Self::FirstPrivate(names)
            | Self::LastPrivate(names)
            | Self::Shared(names)
            | Self::To(names)
            | Self::From(names)
            | Self::Resident(names)
            | Self::CopyIn(names)
            | Self::CopyOut(names) => names,
            Self::Collapse(_)
            | Self::Schedule { .. }
            | Self::NumThreads(_)
            | Self::If(_)
            | Self::SimdLen(_)
            | Self::Tile(_)
            | Self::Unroll(_)
            | Self::Target(_)
            | Self::Types(_)
            | Self::AssumeIndependent
            | Self::FastMath(_)
            | Self::Atomic
            | Self::Sequential => &[],
        }
    }

    /// Forgets the variables that do not suit.
    pub fn retain_names(&mut self, suits: impl Fn(&str) -> bool) {
        match self {
            Self::Reduction { names, .. }
            | Self::Private(names)
            | Self::FirstPrivate(names)
            | Self::LastPrivate(names)
            | Self::Shared(names)
            | Self::To(names)
            | Self::From(names)
            | Self::Resident(names)
            | Self::CopyIn(names)
            | Self::CopyOut(names) => names.retain(|name| suits(&name.text)),
            Self::Collapse(_)
            | Self::Schedule { .. }
            | Self::NumThreads(_)
            | Self::If(_)
            | Self::SimdLen(_)
            | Self::Tile(_)
            | Self::Unroll(_)
            | Self::Target(_)
            | Self::Types(_)
            | Self::AssumeIndependent
            | Self::FastMath(_)
            | Self::Atomic
            | Self::Sequential => {}
        }
    }

    /// Whether a directive takes it.
    pub fn belongs_on(&self, directive: DirectiveKind) -> bool {
        use DirectiveKind::{Atomic, Parallel, ParallelFor, ParallelForSimd, SequentialFor, Simd};
        let threads = matches!(directive, ParallelFor | ParallelForSimd);
        let iterations = threads || directive == Simd;
        match self {
            Self::Private(_) | Self::FirstPrivate(_) | Self::LastPrivate(_) | Self::Collapse(_) => iterations,
            Self::AssumeIndependent | Self::Atomic => iterations,
            Self::Reduction { .. } | Self::If(_) | Self::Sequential => iterations || directive == Parallel,
            Self::Schedule { .. } | Self::NumThreads(_) => threads || directive == Parallel,
            Self::SimdLen(_) => matches!(directive, Simd | ParallelForSimd),
            Self::Unroll(_) => iterations || directive == SequentialFor,
            Self::Resident(_) | Self::CopyIn(_) | Self::CopyOut(_) => directive == DirectiveKind::Data,
            Self::Shared(_)
            | Self::Tile(_)
            | Self::Target(_)
            | Self::Types(_)
            | Self::FastMath(_)
            | Self::To(_)
            | Self::From(_) => !matches!(directive, Atomic | DirectiveKind::Data),
        }
    }
}

fn misplaced(directive: &Directive, clause: &Clause, bodies: &[Text]) -> Option<Diagnostic> {
    if clause.kind.belongs_on(directive.kind) {
        return None;
    }
    let (name, on) = (clause.kind.name(), directive.kind.as_str());
    let diagnostic = Diagnostic::new(
        Code::MisplacedClause,
        clause.span,
        format!("`{name}` does not belong on `{on}`"),
    )
    .secondary(directive.kind_span, "the directive");
    if directive.kind == DirectiveKind::ParallelFor && matches!(clause.kind, ClauseKind::SimdLen(_)) {
        let edit = Edit::insert(directive.kind_span.end, " simd");
        return Some(
            diagnostic
                .help("lanes need `parallel for simd`")
                .fix(Fix::unsafe_("Add `simd`", [edit])),
        );
    }
    let takers: Vec<String> = DirectiveKind::ALL
        .into_iter()
        .filter(|kind| clause.kind.belongs_on(*kind))
        .map(|kind| format!("`{}`", kind.as_str()))
        .collect();
    let fix = Fix::unsafe_(format!("Remove `{name}`"), [deletion(bodies, clause.span)]);
    Some(diagnostic.help(format!("it belongs on {}", takers.join(", "))).fix(fix))
}

/// What a clause says against an earlier one.
fn against(earlier: &Clause, clause: &Clause, bodies: &[Text]) -> Option<Diagnostic> {
    if earlier.kind == clause.kind {
        return Some(
            redundant(clause.span, format!("`{}` is said twice", clause.kind.name()))
                .fix(removal(clause.span, bodies))
                .secondary(earlier.span, "first here"),
        );
    }
    let same = std::mem::discriminant(&earlier.kind) == std::mem::discriminant(&clause.kind);
    if same && is_single(&clause.kind) {
        let message = format!("`{}` is given twice, differently", clause.kind.name());
        return Some(
            Diagnostic::new(Code::ConflictingClauses, clause.span, message).secondary(earlier.span, "first here"),
        );
    }
    types_twice(&earlier.kind, &clause.kind).or_else(|| shared_names(earlier, clause))
}

/// Clauses that say one thing about the whole loop.
fn is_single(kind: &ClauseKind) -> bool {
    match kind {
        ClauseKind::Collapse(_)
        | ClauseKind::Schedule { .. }
        | ClauseKind::NumThreads(_)
        | ClauseKind::If(_)
        | ClauseKind::SimdLen(_)
        | ClauseKind::Tile(_)
        | ClauseKind::Unroll(_)
        | ClauseKind::Target(_)
        | ClauseKind::FastMath(_) => true,
        ClauseKind::Reduction { .. }
        | ClauseKind::Private(_)
        | ClauseKind::FirstPrivate(_)
        | ClauseKind::LastPrivate(_)
        | ClauseKind::Shared(_)
        | ClauseKind::Types(_)
        | ClauseKind::AssumeIndependent
        | ClauseKind::Atomic
        | ClauseKind::Sequential
        | ClauseKind::To(_)
        | ClauseKind::From(_)
        | ClauseKind::Resident(_)
        | ClauseKind::CopyIn(_)
        | ClauseKind::CopyOut(_) => false,
    }
}

fn types_twice(earlier: &ClauseKind, later: &ClauseKind) -> Option<Diagnostic> {
    let (ClauseKind::Types(earlier), ClauseKind::Types(later)) = (earlier, later) else {
        return None;
    };
    let (first, second) = later.iter().find_map(|second| {
        let first = earlier.iter().find(|first| first.name.text == second.name.text)?;
        (first.annotation.text != second.annotation.text).then_some((first, second))
    })?;
    let message = format!("`{}` is given two types", second.name.text);
    Some(
        Diagnostic::new(Code::ConflictingClauses, second.annotation.span, message)
            .secondary(first.annotation.span, "first here"),
    )
}

/// One variable in two clauses that say how it is shared.
fn shared_names(earlier: &Clause, clause: &Clause) -> Option<Diagnostic> {
    let (first, second) = clause.kind.names().iter().find_map(|second| {
        let first = earlier.kind.names().iter().find(|first| first.text == second.text)?;
        Some((first, second))
    })?;
    match (&earlier.kind, &clause.kind) {
        (ClauseKind::To(_) | ClauseKind::From(_), _) | (_, ClauseKind::To(_) | ClauseKind::From(_)) => None,
        (ClauseKind::FirstPrivate(_), ClauseKind::LastPrivate(_))
        | (ClauseKind::LastPrivate(_), ClauseKind::FirstPrivate(_)) => None,
        (ClauseKind::Reduction { .. }, ClauseKind::Shared(_))
        | (ClauseKind::Shared(_), ClauseKind::Reduction { .. }) => {
            let message = format!("`{}` is a reduction already; `shared` adds nothing", second.text);
            Some(redundant(second.span, message).secondary(first.span, "also here"))
        }
        (one, other) if std::mem::discriminant(one) == std::mem::discriminant(other) && !is_reduction(one) => {
            let message = format!("`{}` is named twice", second.text);
            Some(redundant(second.span, message).secondary(first.span, "first here"))
        }
        (one, other) => {
            let message = match (is_reduction(one), is_reduction(other)) {
                (true, true) => format!("`{}` is reduced in two ways", second.text),
                _ => format!(
                    "`{}` cannot be both `{}` and `{}`",
                    second.text,
                    one.name(),
                    other.name()
                ),
            };
            Some(Diagnostic::new(Code::ConflictingClauses, second.span, message).secondary(first.span, "first here"))
        }
    }
}

fn is_reduction(kind: &ClauseKind) -> bool {
    matches!(kind, ClauseKind::Reduction { .. })
}

fn repeated_names(clause: &Clause) -> Option<Diagnostic> {
    let names = clause.kind.names();
    names.iter().enumerate().find_map(|(at, name)| {
        let first = names[..at].iter().find(|earlier| earlier.text == name.text)?;
        let gap = Span::new(names[at - 1].span.end, name.span.end);
        let fix = Fix::safe("Remove the repetition", [Edit::delete(gap)]);
        let diagnostic = Diagnostic::new(
            Code::RedundantClause,
            name.span,
            format!("`{}` is named twice", name.text),
        );
        Some(diagnostic.secondary(first.span, "first here").fix(fix))
    })
}

/// Clauses that change nothing where they stand.
fn pointless(directive: &Directive, bodies: &[Text]) -> Vec<Diagnostic> {
    let in_order = directive
        .clauses
        .iter()
        .any(|clause| clause.kind == ClauseKind::Sequential);
    let reason = |clause: &Clause| match &clause.kind {
        ClauseKind::Collapse(1) => Some("`collapse(1)` is one loop, as without it".to_owned()),
        ClauseKind::Unroll(1) => Some("`unroll(1)` does not unroll".to_owned()),
        ClauseKind::Schedule { .. } | ClauseKind::NumThreads(_) | ClauseKind::AssumeIndependent | ClauseKind::If(_)
            if in_order =>
        {
            Some(format!(
                "`{}` has no effect on a loop that runs in order",
                clause.kind.name()
            ))
        }
        _ => None,
    };
    directive
        .clauses
        .iter()
        .filter_map(|clause| Some(redundant(clause.span, reason(clause)?).fix(removal(clause.span, bodies))))
        .collect()
}

fn redundant(span: Span, message: String) -> Diagnostic {
    Diagnostic::new(Code::RedundantClause, span, message)
}

fn removal(span: Span, bodies: &[Text]) -> Fix {
    Fix::safe("Remove it", [deletion(bodies, span)])
}

/// The note of a property that is understood but not acted on.
fn unused_property(property: &Property) -> Option<Diagnostic> {
    let what = match &property.kind {
        PropertyKind::Block(_) => {
            "`block` has no effect: it is accepted for APPy programs, and the blocks are chosen from the shapes"
        }
        PropertyKind::SingleBlock => {
            "`single_block` has no effect: it is accepted for APPy programs, and the blocks are chosen from the shapes"
        }
        PropertyKind::Limit(_) => {
            "`le` has no effect: it is accepted for APPy programs, and lengths are known when the statement is reached"
        }
        PropertyKind::Parallel | PropertyKind::Reduce { .. } => return None,
    };
    Some(Diagnostic::new(Code::ClauseWithoutEffect, property.span, what))
}

/// The note of a clause that is understood but not acted on.
fn without_effect(clause: &Clause) -> Option<Diagnostic> {
    let what = match &clause.kind {
        ClauseKind::Schedule {
            kind: ScheduleKind::Static | ScheduleKind::Dynamic | ScheduleKind::Guided,
            ..
        } => "the schedule is accepted; this version deals out pieces of its own choice to threads as they become free",
        ClauseKind::To(_) | ClauseKind::From(_) => {
            "copies between devices need no clause; this one is accepted for APPy programs"
        }
        _ => return None,
    };
    Some(Diagnostic::new(Code::ClauseWithoutEffect, clause.span, what))
}
