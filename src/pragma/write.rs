//! Directives in our own words.

use super::{ClauseKind, Directive, FastMath, ScheduleKind, Target, Text};

impl Directive {
    /// The directive as one pragma comment. Dimensions are not written: they say of a statement what it says itself.
    pub fn to_comment(&self) -> String {
        let clauses = self.clauses.iter().map(|clause| clause.kind.to_text());
        let words = std::iter::once(self.kind.as_str().to_owned()).chain(clauses);
        format!("# pragma {}", words.collect::<Vec<_>>().join(" "))
    }
}

impl ClauseKind {
    /// The clause as it is written.
    pub fn to_text(&self) -> String {
        let name = self.name();
        let numbers = |numbers: &[u32]| numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
        match self {
            Self::Reduction { operator, names } => format!("{name}({}: {})", operator.as_str(), joined(names)),
            Self::Private(names)
            | Self::FirstPrivate(names)
            | Self::LastPrivate(names)
            | Self::Shared(names)
            | Self::To(names)
            | Self::From(names)
            | Self::Resident(names)
            | Self::CopyIn(names)
            | Self::CopyOut(names) => format!("{name}({})", joined(names)),
            Self::Collapse(number) | Self::SimdLen(number) | Self::Unroll(number) => format!("{name}({number})"),
            Self::Tile(sizes) => format!("{name}({})", numbers(sizes)),
            Self::Schedule { kind, chunk: None } => format!("{name}({})", schedule(*kind)),
            Self::Schedule {
                kind,
                chunk: Some(chunk),
            } => format!("{name}({}, {})", schedule(*kind), chunk.text),
            Self::NumThreads(text) | Self::If(text) => format!("{name}({})", text.text),
            Self::Target(target) => format!("{name}({})", device(*target)),
            Self::Types(bindings) => {
                let entries = bindings
                    .iter()
                    .map(|binding| format!("{}: {}", binding.name.text, binding.annotation.text));
                format!("{name}({})", entries.collect::<Vec<_>>().join(", "))
            }
            Self::AssumeIndependent => format!("{name}(independent)"),
            Self::FastMath(FastMath::ALL) => name.to_owned(),
            Self::FastMath(licences) => format!("{name}({})", licences.names().join(", ")),
            Self::Atomic | Self::Sequential => name.to_owned(),
        }
    }
}

impl FastMath {
    fn names(self) -> Vec<&'static str> {
        let all = [
            (self.contract, "contract"),
            (self.reassoc, "reassoc"),
            (self.arcp, "arcp"),
        ];
        all.into_iter()
            .filter_map(|(granted, name)| granted.then_some(name))
            .collect()
    }
}

fn joined(names: &[Text]) -> String {
    names
        .iter()
        .map(|name| name.text.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

fn schedule(kind: ScheduleKind) -> &'static str {
    match kind {
        ScheduleKind::Static => "static",
        ScheduleKind::Dynamic => "dynamic",
        ScheduleKind::Guided => "guided",
        ScheduleKind::Auto => "auto",
    }
}

fn device(target: Target) -> &'static str {
    match target {
        Target::Cpu => "cpu",
        Target::Cuda => "cuda",
        Target::Auto => "auto",
    }
}
