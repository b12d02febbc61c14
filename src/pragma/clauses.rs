//! The argument of each clause.

use super::scan::Word;
use super::types::type_problem;
use super::{ClauseKind, FastMath, ReductionOperator, ScheduleKind, Target, Text, TypeBinding};
use crate::diagnostics::{Code, Diagnostic, Fix, closest};
use crate::source::{Edit, Span};

/// The names of the clauses.
pub const CLAUSES: &[&str] = &[
    "reduction",
    "private",
    "firstprivate",
    "lastprivate",
    "shared",
    "collapse",
    "schedule",
    "num_threads",
    "if",
    "simdlen",
    "tile",
    "unroll",
    "target",
    "types",
    "assume",
    "fastmath",
    "atomic",
    "sequential",
    "to",
    "from",
    "resident",
    "copyin",
    "copyout",
];

/// Licences of other compilers that nothing here makes use of.
const UNUSED_LICENCES: &[(&str, &str)] = &[
    ("nnan", "no value is NaN"),
    ("ninf", "no value is infinite"),
    ("nsz", "the sign of zero does not matter"),
    ("afn", "functions may be less accurate"),
];

/// Why a clause of OpenMP is not one of ours.
pub(super) fn of_openmp(name: &str) -> Option<&'static str> {
    Some(match name {
        "default" => "the sharing of each variable is inferred, and checked where it is written",
        "nowait" => "regions never wait for each other longer than their data makes them",
        "ordered" => "a loop whose iterations have an order is a `sequential for`",
        "safelen" => "the distance of dependences is computed; `simdlen(n)` chooses the number of lanes",
        "linear" | "aligned" | "nontemporal" | "order" => "this is inferred from the subscripts and the arrays",
        "copyprivate" | "threadprivate" => "variables of a region live in its iterations, not in threads",
        "proc_bind" | "affinity" => "threads belong to one pool that all kernels share",
        "map" | "device" | "is_device_ptr" | "use_device_ptr" | "allocate" => {
            "arrays move between devices by themselves"
        }
        "teams" | "num_teams" | "thread_limit" | "distribute" | "dist_schedule" => {
            "the grid is chosen from the iteration space"
        }
        _ => return None,
    })
}

/// Reads one clause; a mistake is reported and gives nothing.
pub(super) fn read(word: &Word, diagnostics: &mut Vec<Diagnostic>) -> Option<ClauseKind> {
    let mut reader = Reader { word, diagnostics };
    match word.name.text.as_str() {
        "reduction" => reader.reduction(),
        "private" => reader.names().map(ClauseKind::Private),
        "firstprivate" => reader.names().map(ClauseKind::FirstPrivate),
        "lastprivate" => reader.names().map(ClauseKind::LastPrivate),
        "shared" => reader.names().map(ClauseKind::Shared),
        "to" => reader.names().map(ClauseKind::To),
        "from" => reader.names().map(ClauseKind::From),
        "resident" => reader.names().map(ClauseKind::Resident),
        "copyin" => reader.names().map(ClauseKind::CopyIn),
        "copyout" => reader.names().map(ClauseKind::CopyOut),
        "collapse" => reader.number().map(ClauseKind::Collapse),
        "unroll" => reader.number().map(ClauseKind::Unroll),
        "simdlen" => reader.lanes(),
        "tile" => reader.tile(),
        "schedule" => reader.schedule(),
        "num_threads" => reader.threads(),
        "if" => reader.expression("n > 1000").map(ClauseKind::If),
        "target" => reader.target(),
        "types" => reader.types(),
        "assume" => reader.assume(),
        "fastmath" => reader.fast_math(),
        "atomic" => reader.bare(ClauseKind::Atomic),
        "sequential" => reader.bare(ClauseKind::Sequential),
        _ => None,
    }
}

struct Reader<'a> {
    word: &'a Word,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn name(&self) -> &str {
        &self.word.name.text
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn wrong<T>(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) -> Option<T> {
        self.report(Diagnostic::new(Code::InvalidArgument, span, message).help(help));
        None
    }

    /// The argument, which must be there and not be empty.
    fn argument(&mut self, example: &str) -> Option<Text> {
        match &self.word.argument {
            Some(argument) if !argument.text.is_empty() => Some(argument.clone()),
            _ => {
                let message = format!("`{}` needs an argument", self.name());
                let help = format!("for example `{}({example})`", self.name());
                self.wrong(self.word.span, message, help)
            }
        }
    }

    fn bare(&mut self, kind: ClauseKind) -> Option<ClauseKind> {
        match &self.word.argument {
            None => Some(kind),
            Some(_) => {
                let edit = Edit::delete(Span::new(self.word.name.span.end, self.word.span.end));
                let message = format!("`{}` takes no argument", self.name());
                let fix = Fix::safe("Remove the argument", [edit]);
                self.report(Diagnostic::new(Code::InvalidArgument, self.word.span, message).fix(fix));
                None
            }
        }
    }

    fn expression(&mut self, example: &str) -> Option<Text> {
        self.argument(example)
    }

    fn names(&mut self) -> Option<Vec<Text>> {
        let argument = self.argument("x, y")?;
        self.names_in(&argument)
    }

    fn names_in(&mut self, list: &Text) -> Option<Vec<Text>> {
        let names = list.split(',');
        match names.iter().find(|name| !is_identifier(&name.text)) {
            None => Some(names),
            Some(name) if name.text.is_empty() => self.wrong(
                list.span,
                format!("`{}` names a variable between every two commas", self.name()),
                "remove the comma",
            ),
            Some(name) => {
                let help = "name the variable or the array as a whole";
                self.wrong(
                    name.span,
                    format!("`{}` is not the name of a variable", name.text),
                    help,
                )
            }
        }
    }

    fn number(&mut self) -> Option<u32> {
        let argument = self.argument("2")?;
        self.positive(&argument)
    }

    fn positive(&mut self, text: &Text) -> Option<u32> {
        match text.text.parse::<u32>() {
            Ok(number) if number > 0 => Some(number),
            _ => {
                let message = format!("`{}` wants a positive whole number, written out", self.name());
                self.wrong(
                    text.span,
                    message,
                    "it decides what code is generated, so it cannot be a variable",
                )
            }
        }
    }

    fn lanes(&mut self) -> Option<ClauseKind> {
        let argument = self.argument("8")?;
        let lanes = self.positive(&argument)?;
        if !lanes.is_power_of_two() || lanes > 64 {
            return self.wrong(
                argument.span,
                format!("{lanes} lanes do not exist"),
                "use 1, 2, 4, 8, 16, 32 or 64",
            );
        }
        Some(ClauseKind::SimdLen(lanes))
    }

    fn tile(&mut self) -> Option<ClauseKind> {
        let argument = self.argument("32, 32")?;
        let sizes = argument
            .split(',')
            .iter()
            .map(|size| self.positive(size))
            .collect::<Option<_>>()?;
        Some(ClauseKind::Tile(sizes))
    }

    fn threads(&mut self) -> Option<ClauseKind> {
        let argument = self.expression("4")?;
        if is_zero_or_less(&argument.text) {
            return self.wrong(
                argument.span,
                "a loop runs on one thread at least",
                "leave the clause out to use them all",
            );
        }
        Some(ClauseKind::NumThreads(argument))
    }

    fn schedule(&mut self) -> Option<ClauseKind> {
        let argument = self.argument("static")?;
        let (kind, chunk) = match argument.split_once(',') {
            Some((kind, chunk)) => (kind, Some(chunk)),
            None => (argument, None),
        };
        let kind = self.choice(
            &kind,
            &[
                ("static", ScheduleKind::Static),
                ("dynamic", ScheduleKind::Dynamic),
                ("guided", ScheduleKind::Guided),
                ("auto", ScheduleKind::Auto),
            ],
        )?;
        match &chunk {
            Some(chunk) if chunk.text.is_empty() || is_zero_or_less(&chunk.text) => self.wrong(
                chunk.span,
                "a piece holds one iteration at least",
                "leave the number out",
            ),
            Some(chunk) if kind == ScheduleKind::Auto => self.wrong(
                chunk.span,
                "`schedule(auto)` takes no chunk size",
                "name a schedule, or leave the size out",
            ),
            _ => Some(ClauseKind::Schedule { kind, chunk }),
        }
    }

    fn target(&mut self) -> Option<ClauseKind> {
        let argument = self.argument("cpu")?;
        let choices = [("cpu", Target::Cpu), ("cuda", Target::Cuda), ("auto", Target::Auto)];
        self.choice(&argument, &choices).map(ClauseKind::Target)
    }

    fn assume(&mut self) -> Option<ClauseKind> {
        let argument = self.argument("independent")?;
        self.choice(&argument, &[("independent", ClauseKind::AssumeIndependent)])
    }

    fn choice<T: Clone>(&mut self, text: &Text, choices: &[(&str, T)]) -> Option<T> {
        if let Some((_, chosen)) = choices.iter().find(|(name, _)| *name == text.text) {
            return Some(chosen.clone());
        }
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        let message = format!("`{}` is not an argument of `{}`", text.text, self.name());
        let diagnostic = Diagnostic::new(Code::InvalidArgument, text.span, message);
        self.report(match closest(&text.text, names.iter().copied()) {
            Some(meant) => suggest(diagnostic, text.span, meant),
            None => diagnostic.help(format!("it takes {}", list(&names))),
        });
        None
    }

    fn fast_math(&mut self) -> Option<ClauseKind> {
        if self.word.argument.is_none() {
            return Some(ClauseKind::FastMath(FastMath::ALL));
        }
        let argument = self.argument("contract, reassoc")?;
        let none = FastMath::default();
        let mut licences = none;
        for licence in argument.split(',') {
            if let Some((name, what)) = UNUSED_LICENCES.iter().find(|(name, _)| *name == licence.text) {
                let message = format!("the licence `{name}` ({what}) is not implemented");
                let help = "no program gets faster by it; those that are used are `contract`, `reassoc` and `arcp`";
                return self.wrong(licence.span, message, help);
            }
            let one = self.choice(
                &licence,
                &[
                    ("contract", FastMath { contract: true, ..none }),
                    ("reassoc", FastMath { reassoc: true, ..none }),
                    ("arcp", FastMath { arcp: true, ..none }),
                    ("fast", FastMath::ALL),
                ],
            )?;
            licences = licences.union(one);
        }
        Some(ClauseKind::FastMath(licences))
    }

    fn reduction(&mut self) -> Option<ClauseKind> {
        let argument = self.argument("+: s")?;
        let Some((operator, names)) = argument.split_once(':') else {
            let help = "the operator stands before a colon: `reduction(+: s)`; it may be left out altogether, for \
                        reductions are recognised without the clause";
            return self.wrong(argument.span, "`reduction` needs an operator and names", help);
        };
        let Some(found) = ReductionOperator::find(&operator.text) else {
            return self.unknown_operator(&operator, &names);
        };
        if names.text.is_empty() {
            return self.wrong(
                argument.span,
                "`reduction` names no variable",
                format!("for example `{}: s`", operator.text),
            );
        }
        Some(ClauseKind::Reduction {
            operator: found,
            names: self.names_in(&names)?,
        })
    }

    fn unknown_operator(&mut self, operator: &Text, names: &Text) -> Option<ClauseKind> {
        let message = format!("`{}` is not a reduction operator", operator.text);
        let diagnostic = Diagnostic::new(Code::InvalidArgument, operator.span, message);
        let known = ReductionOperator::ALL.map(ReductionOperator::as_str);
        let words = known
            .iter()
            .copied()
            .filter(|name| name.len() > 1)
            .chain(["sum", "prod"]);
        let reversed = ReductionOperator::find(&names.text).is_some();
        self.report(
            match closest(&operator.text, words).filter(|_| !operator.text.is_empty()) {
                _ if reversed => {
                    let swapped = Edit::replace(
                        operator.span.join(names.span),
                        format!("{}: {}", names.text, operator.text),
                    );
                    diagnostic
                        .labelled("the operator comes first")
                        .fix(Fix::safe("Swap them", [swapped]))
                }
                Some(meant) => suggest(diagnostic, operator.span, meant),
                None => diagnostic.help(format!("the operators are {}", list(&known))),
            },
        );
        None
    }

    fn types(&mut self) -> Option<ClauseKind> {
        let argument = self.argument("x: f64[:], n: int")?;
        let entries = argument
            .split(',')
            .iter()
            .map(|entry| self.type_binding(entry))
            .collect::<Option<_>>()?;
        Some(ClauseKind::Types(entries))
    }

    fn type_binding(&mut self, entry: &Text) -> Option<TypeBinding> {
        let Some((name, annotation)) = entry.split_once(':') else {
            let help = "write a name, a colon and a type: `x: f64[:, :]`";
            return self.wrong(entry.span, format!("`{}` gives no type", entry.text), help);
        };
        if !name.text.split('.').all(is_identifier) {
            return self.wrong(
                name.span,
                format!("`{}` is not the name of a variable", name.text),
                "name an input of the loop",
            );
        }
        if let Some(problem) = type_problem(&annotation) {
            self.report(problem);
            return None;
        }
        Some(TypeBinding { name, annotation })
    }
}

impl FastMath {
    fn union(self, other: Self) -> Self {
        Self {
            contract: self.contract || other.contract,
            reassoc: self.reassoc || other.reassoc,
            arcp: self.arcp || other.arcp,
        }
    }
}

pub(super) fn suggest(diagnostic: Diagnostic, span: Span, meant: &str) -> Diagnostic {
    let fix = Fix::safe(format!("Replace with `{meant}`"), [Edit::replace(span, meant)]);
    diagnostic.labelled(format!("did you mean `{meant}`?")).fix(fix)
}

pub(super) fn list(names: &[&str]) -> String {
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

pub(super) fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    let starts = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_');
    starts && chars.all(|c| c.is_alphanumeric() || c == '_')
}

pub(super) fn is_zero_or_less(text: &str) -> bool {
    text.parse::<i64>().is_ok_and(|number| number <= 0)
}
