//! Directives as they concern the counted loops they stand on.

use super::lowerer::{Annotated, Binding, Lower, Lowerer};
use super::value::Path;
use crate::ir::{self, Handle};
use crate::pragma::{ClauseKind, Directive, DirectiveKind, ReductionOperator, ScheduleKind, Target, Text};
use crate::source::Span;

type Ex = Handle<ir::Expression>;

impl<'a> Lowerer<'a> {
    /// The values of a directive's chunk, number of threads and condition, evaluated before the loop.
    pub(super) fn clause_values(&mut self, directive: &'a Directive) -> Lower<[Option<Ex>; 3]> {
        let mut values = [None; 3];
        for clause in &directive.clauses {
            let (place, text) = match &clause.kind {
                ClauseKind::Schedule { chunk: Some(text), .. } => (0, text),
                ClauseKind::NumThreads(text) => (1, text),
                ClauseKind::If(text) => (2, text),
                _ => continue,
            };
            let Some(expression) = self.program.clauses.get(&text.span) else {
                continue;
            };
            let value = self.scalar(expression)?;
            values[place] = Some(self.settle(value, "clause"));
        }
        Ok(values)
    }

    /// Gives the loops their annotations, once all variables are known.
    pub(super) fn resolve_annotations(&mut self) {
        for annotated in std::mem::take(&mut self.annotated) {
            let annotation = self.annotation_of(&annotated);
            self.region.loops[annotated.counted].annotation = Some(annotation);
        }
    }

    fn annotation_of(&self, annotated: &Annotated<'a>) -> ir::Annotation {
        let directive = annotated.directive;
        let math = directive.fast_math();
        let mut annotation = ir::Annotation {
            directive: match directive.kind {
                DirectiveKind::Simd => ir::Directive::Simd,
                DirectiveKind::ParallelForSimd => ir::Directive::ParallelSimd,
                DirectiveKind::SequentialFor => ir::Directive::Sequential,
                DirectiveKind::ParallelFor | DirectiveKind::Parallel | DirectiveKind::Atomic => ir::Directive::Parallel,
            },
            span: directive.span,
            reductions: Vec::new(),
            private: Vec::new(),
            firstprivate: Vec::new(),
            lastprivate: Vec::new(),
            shared: Vec::new(),
            collapse: directive.collapse().max(annotated.levels),
            schedule: None,
            num_threads: annotated.num_threads,
            condition: annotated.condition,
            simdlen: None,
            tile: Vec::new(),
            unroll: None,
            target: ir::Target::Cpu,
            assume_independent: directive.assumes_independence(),
            fastmath: ir::Fastmath {
                contract: math.contract,
                reassociate: math.reassoc,
            },
        };
        for clause in &directive.clauses {
            self.apply(&clause.kind, annotated, &mut annotation);
        }
        annotation
    }

    fn apply(&self, clause: &ClauseKind, annotated: &Annotated<'a>, annotation: &mut ir::Annotation) {
        match clause {
            ClauseKind::Reduction { operator, names } => {
                for name in names {
                    if let Some(target) = self.target(name) {
                        annotation.reductions.push(ir::Reduction {
                            op: reduction(*operator),
                            target,
                            span: name.span,
                        });
                    }
                }
            }
            ClauseKind::Private(names) => annotation.private = self.variables(names),
            ClauseKind::FirstPrivate(names) => annotation.firstprivate = self.variables(names),
            ClauseKind::LastPrivate(names) => annotation.lastprivate = self.variables(names),
            ClauseKind::Shared(names) => annotation.shared = self.variables(names),
            ClauseKind::Schedule { kind, .. } => {
                let kind = match kind {
                    ScheduleKind::Static => ir::Schedule::Static,
                    ScheduleKind::Dynamic => ir::Schedule::Dynamic,
                    ScheduleKind::Guided => ir::Schedule::Guided,
                    ScheduleKind::Auto => ir::Schedule::Auto,
                };
                annotation.schedule = Some((kind, annotated.chunk));
            }
            ClauseKind::SimdLen(lanes) => annotation.simdlen = Some(*lanes),
            ClauseKind::Tile(sizes) => annotation.tile.clone_from(sizes),
            ClauseKind::Unroll(times) => annotation.unroll = Some(*times),
            ClauseKind::Target(Target::Cpu) => annotation.target = ir::Target::Cpu,
            ClauseKind::Target(Target::Cuda) => annotation.target = ir::Target::Cuda,
            ClauseKind::Target(Target::Auto) => annotation.target = ir::Target::Auto,
            ClauseKind::Sequential => annotation.directive = ir::Directive::Sequential,
            ClauseKind::Collapse(_)
            | ClauseKind::NumThreads(_)
            | ClauseKind::If(_)
            | ClauseKind::Types(_)
            | ClauseKind::AssumeIndependent
            | ClauseKind::FastMath(_)
            | ClauseKind::Atomic
            | ClauseKind::To(_)
            | ClauseKind::From(_) => {}
        }
    }

    fn variable_named(&self, name: &Text) -> Option<Handle<ir::Variable>> {
        match self.frames[0].locals.get(name.text.as_str()) {
            Some(Binding::Variable(variable)) => Some(*variable),
            _ => None,
        }
    }

    fn variables(&self, names: &[Text]) -> Vec<(Handle<ir::Variable>, Span)> {
        names
            .iter()
            .filter_map(|name| Some((self.variable_named(name)?, name.span)))
            .collect()
    }

    fn target(&self, name: &Text) -> Option<ir::ReductionTarget> {
        if let Some(variable) = self.variable_named(name) {
            return Some(ir::ReductionTarget::Variable(variable));
        }
        let input = self.inputs.get(&Path::root(&name.text))?;
        self.arrays.get(input).copied().map(ir::ReductionTarget::Array)
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
