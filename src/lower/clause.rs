//! Directives as the IR has them: names become variables and arrays, arguments expressions.

use super::lowerer::{Annotated, Binding, Lower, Lowerer};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{self, Handle};
use crate::pragma::{ClauseKind, Directive, DirectiveKind, FastMath, ReductionOperator, ScheduleKind, Target, Text};
use crate::source::Span;

/// Whether a directive makes the updates in its loop indivisible.
pub(super) fn makes_atomic(directive: &Directive) -> bool {
    directive
        .clauses
        .iter()
        .any(|clause| matches!(clause.kind, ClauseKind::Atomic))
}

impl<'a> Lowerer<'a> {
    /// The clause expressions of a directive, which are evaluated before its loop.
    pub(super) fn clauses(&mut self, directive: &'a Directive) -> Lower<Annotated<'a>> {
        let mut annotated = Annotated {
            counted: None,
            directive,
            levels: 1,
            chunk: None,
            num_threads: None,
            condition: None,
        };
        for clause in &directive.clauses {
            match &clause.kind {
                ClauseKind::Schedule { chunk: Some(chunk), .. } => annotated.chunk = self.argument(chunk)?,
                ClauseKind::NumThreads(count) => annotated.num_threads = self.argument(count)?,
                ClauseKind::If(condition) => annotated.condition = self.argument(condition)?,
                _ => {}
            }
        }
        Ok(annotated)
    }

    fn argument(&mut self, text: &Text) -> Lower<Option<Handle<ir::Expression>>> {
        let program = self.program;
        let Some(expression) = program.clauses.get(&text.span) else {
            return Ok(None);
        };
        let (handle, block) = self.nested(|this| this.scalar(expression))?;
        if block.is_empty() {
            return Ok(Some(handle));
        }
        let message = format!("`{}` is too complex for a clause", text.text);
        Err(self.refuse(Code::InvalidArgument, text.span, message))
    }

    /// Notes that a counted loop carries a directive; [`Lowerer::resolve_annotations`] puts it there once every name of
    /// the region is known.
    pub(super) fn annotate(&mut self, annotated: Option<Annotated<'a>>, counted: Handle<ir::Loop>, levels: u32) {
        self.annotated.extend(annotated.map(|annotated| Annotated {
            counted: Some(counted),
            levels,
            ..annotated
        }));
    }

    pub(super) fn resolve_annotations(&mut self) {
        for annotated in std::mem::take(&mut self.annotated) {
            let Some(counted) = annotated.counted else { continue };
            let mut annotation = self.annotation_of(&annotated);
            // A nest that a `break` leaves as a whole, or with statements between its loops, is run level by level.
            let depth = ir::nest_depth(&self.region, &self.region.loops[counted]);
            annotation.collapse = annotation.collapse.min(depth);
            self.region.loops[counted].annotation = Some(annotation);
        }
        self.resolve_array_directives();
    }

    fn resolve_array_directives(&mut self) {
        for (span, annotated) in std::mem::take(&mut self.array_annotated) {
            let annotation = self.annotation_of(&annotated);
            self.region.array_directives.push((span, annotation));
        }
    }

    fn annotation_of(&mut self, annotated: &Annotated<'a>) -> ir::Annotation {
        let directive = annotated.directive;
        let mut annotation = ir::Annotation {
            directive: match directive.kind {
                DirectiveKind::ParallelFor | DirectiveKind::Parallel | DirectiveKind::Atomic | DirectiveKind::Data => {
                    ir::Directive::Parallel
                }
                DirectiveKind::Simd => ir::Directive::Simd,
                DirectiveKind::ParallelForSimd => ir::Directive::ParallelSimd,
                DirectiveKind::SequentialFor => ir::Directive::Sequential,
            },
            span: directive.span,
            reductions: Vec::new(),
            private: Vec::new(),
            firstprivate: Vec::new(),
            work_arrays: Vec::new(),
            lastprivate: Vec::new(),
            shared: Vec::new(),
            collapse: annotated.levels + directive.collapse() - 1,
            schedule: None,
            num_threads: annotated.num_threads,
            condition: annotated.condition,
            simdlen: None,
            tile: Vec::new(),
            unroll: None,
            target: ir::Target::Cpu,
            assume_independent: false,
            fastmath: ir::Fastmath::default(),
        };
        for clause in &directive.clauses {
            self.clause(&clause.kind, annotated, &mut annotation);
        }
        annotation
    }

    fn clause(&mut self, clause: &ClauseKind, annotated: &Annotated<'a>, annotation: &mut ir::Annotation) {
        match clause {
            ClauseKind::Reduction { operator, names } => {
                let op = reduction(*operator);
                for name in names {
                    annotation.reductions.extend(self.reduced(name, op));
                }
            }
            ClauseKind::Private(names) => {
                annotation.private.extend(self.assigned("private", names));
                annotation.work_arrays.extend(self.arrays_in(names));
            }
            ClauseKind::FirstPrivate(names) => {
                annotation.firstprivate.extend(self.found(names));
                annotation.work_arrays.extend(self.arrays_in(names));
            }
            ClauseKind::LastPrivate(names) => {
                annotation.lastprivate.extend(self.assigned("lastprivate", names));
                annotation.work_arrays.extend(self.arrays_in(names));
            }
            ClauseKind::Shared(names) => {
                for name in names {
                    if self.is_counter(&name.text) {
                        self.misused("shared", name, "it counts the iterations, and every one has its own");
                    }
                }
                annotation.shared.extend(self.found(names));
            }
            ClauseKind::Schedule { kind, .. } => annotation.schedule = Some((schedule(*kind), annotated.chunk)),
            ClauseKind::SimdLen(lanes) => annotation.simdlen = Some(*lanes),
            ClauseKind::Tile(sizes) => annotation.tile.clone_from(sizes),
            ClauseKind::Unroll(times) => annotation.unroll = Some(*times),
            ClauseKind::Target(target) => {
                annotation.target = match target {
                    Target::Cpu => ir::Target::Cpu,
                    Target::Cuda => ir::Target::Cuda,
                    Target::Auto => ir::Target::Auto,
                }
            }
            ClauseKind::Types(bindings) => {
                for binding in bindings {
                    self.declare(&binding.name.text, &binding.annotation.text);
                }
            }
            ClauseKind::AssumeIndependent => annotation.assume_independent = true,
            ClauseKind::FastMath(licences) => annotation.fastmath = fastmath(*licences),
            ClauseKind::Sequential => annotation.directive = ir::Directive::Sequential,
            // Collapsing, the clause expressions and atomicity are settled; copies to a device are made anyway.
            ClauseKind::Collapse(_)
            | ClauseKind::NumThreads(_)
            | ClauseKind::If(_)
            | ClauseKind::Atomic
            | ClauseKind::To(_)
            | ClauseKind::From(_)
            | ClauseKind::Resident(_)
            | ClauseKind::CopyIn(_)
            | ClauseKind::CopyOut(_) => {}
        }
    }

    fn variable_named(&self, name: &str) -> Option<Handle<ir::Variable>> {
        match self.frames[0].locals.get(name) {
            Some(Binding::Variable(variable)) => Some(*variable),
            _ => None,
        }
    }

    fn array_named(&self, name: &str) -> Option<Handle<ir::Array>> {
        let (_, input) = self.inputs.iter().find(|(path, _)| path.text() == name)?;
        self.arrays.get(input).copied()
    }

    /// Whether the region assigns a name only as the target of loops.
    fn is_counter(&self, name: &str) -> bool {
        let targets = &self.frames[0].targets;
        self.frames[0].own.contains(name)
            && self.variable_named(name).is_none()
            && targets.iter().any(|(names, _)| names.contains(&name))
    }

    fn reduced(&mut self, name: &Text, op: ir::ReductionOp) -> Option<ir::Reduction> {
        let target = match (self.variable_named(&name.text), self.array_named(&name.text)) {
            (Some(variable), _) => ir::ReductionTarget::Variable(variable),
            (None, Some(array)) => ir::ReductionTarget::Array(array),
            (None, None) if self.is_counter(&name.text) => {
                self.misused("reduction", name, "it counts the iterations");
                return None;
            }
            (None, None) => {
                self.misused("reduction", name, "the loop does not assign it");
                return None;
            }
        };
        let span = name.span;
        Some(ir::Reduction { op, target, span })
    }

    /// The variables that a clause names; counters and what is only read need no word.
    fn found(&self, names: &[Text]) -> Vec<(Handle<ir::Variable>, Span)> {
        names
            .iter()
            .filter_map(|name| Some((self.variable_named(&name.text)?, name.span)))
            .collect()
    }

    /// The same for a clause that makes sense only for what the loop assigns.
    fn assigned(&mut self, clause: &str, names: &[Text]) -> Vec<(Handle<ir::Variable>, Span)> {
        for name in names {
            let array = self.array_named(&name.text).is_some();
            if !array && !self.frames[0].own.contains(name.text.as_str()) {
                self.misused(clause, name, "the loop reads it and never assigns it");
            }
        }
        self.found(names)
    }

    /// The arrays that a clause names.
    fn arrays_in(&self, names: &[Text]) -> Vec<(Handle<ir::Array>, Span)> {
        names
            .iter()
            .filter_map(|name| Some((self.array_named(&name.text)?, name.span)))
            .collect()
    }

    fn misused(&mut self, clause: &str, name: &Text, why: &str) {
        let message = format!("`{}` cannot stand in `{clause}`: {why}", name.text);
        self.diagnostics
            .push(Diagnostic::new(Code::InvalidArgument, name.span, message));
    }

    /// `types(name: type)`
    fn declare(&mut self, name: &str, annotation: &str) {
        let input = self.inputs.iter().find(|(path, _)| path.text() == name);
        if let Some((_, input)) = input {
            self.region.inputs[*input].annotation = Some(annotation.to_owned());
        }
    }
}

fn reduction(operator: ReductionOperator) -> ir::ReductionOp {
    match operator {
        ReductionOperator::Add | ReductionOperator::Subtract => ir::ReductionOp::Add,
        ReductionOperator::Multiply => ir::ReductionOp::Multiply,
        ReductionOperator::Min => ir::ReductionOp::Min,
        ReductionOperator::Max => ir::ReductionOp::Max,
        ReductionOperator::And => ir::ReductionOp::And,
        ReductionOperator::Or => ir::ReductionOp::Or,
        ReductionOperator::BitAnd => ir::ReductionOp::BitAnd,
        ReductionOperator::BitOr => ir::ReductionOp::BitOr,
        ReductionOperator::BitXor => ir::ReductionOp::BitXor,
    }
}

fn schedule(kind: ScheduleKind) -> ir::Schedule {
    match kind {
        ScheduleKind::Static => ir::Schedule::Static,
        ScheduleKind::Dynamic => ir::Schedule::Dynamic,
        ScheduleKind::Guided => ir::Schedule::Guided,
        ScheduleKind::Auto => ir::Schedule::Auto,
    }
}

fn fastmath(licences: FastMath) -> ir::Fastmath {
    ir::Fastmath {
        contract: licences.contract,
        reassociate: licences.reassoc,
        reciprocal: licences.arcp,
    }
}
