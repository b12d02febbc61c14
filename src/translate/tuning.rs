//! What a measurement chose where the directives of a region leave it open.
//!
//! A tuning consists of clauses that a user could have written. It enters the region before anything is decided, so that
//! legality, meaning and code are those of the clauses: a tuning makes a kernel faster or slower, never wrong. It gives no
//! clause where the user has given one.

use std::fmt;
use std::str::FromStr;

use super::Analysed;
use crate::ir::{
    Annotation, Directive, Expression, Handle, Literal, Loop, Region, Schedule, Statement, Target, visit_statements,
};

/// Clauses for the loops of a region, which are known by their numbers.
///
/// As text, `0:tile(64,64) 1:simd cpu:x86-64-v3`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tuning {
    clauses: Vec<(usize, Clause)>,
    /// What to compile for, as rustc names it, if not for the processor itself.
    pub processor: Option<String>,
}

/// One choice for one loop.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Clause {
    Simd,
    Simdlen(u32),
    Tile(Vec<u32>),
    Collapse(u32),
    Unroll(u32),
    Chunk(u32),
    Threads(u32),
    Cuda,
}

impl Clause {
    /// Of two clauses of one subject, a loop has one.
    fn subject(&self) -> &'static str {
        match self {
            Self::Simd | Self::Simdlen(_) => "lanes",
            Self::Tile(_) | Self::Collapse(_) => "order",
            Self::Unroll(_) => "unrolling",
            Self::Chunk(_) | Self::Threads(_) => "threads",
            Self::Cuda => "target",
        }
    }

    /// Adds the clause, where the annotation has none of its kind.
    fn apply(&self, region: &mut Region, handle: Handle<Loop>) {
        let number = match self {
            Self::Chunk(number) | Self::Threads(number) => Some(literal(region, handle, *number)),
            Self::Simd | Self::Simdlen(_) | Self::Tile(_) | Self::Collapse(_) | Self::Unroll(_) | Self::Cuda => None,
        };
        let header = &mut region.loops[handle];
        let span = header.span;
        if *self == Self::Simd {
            match &mut header.annotation {
                None => header.annotation = Some(Annotation::plain(Directive::Simd, span)),
                Some(found) if found.directive == Directive::Parallel => found.directive = Directive::ParallelSimd,
                Some(_) => {}
            }
            return;
        }
        let Some(found) = &mut header.annotation else { return };
        match self {
            Self::Simd => {}
            Self::Simdlen(lanes) => _ = found.simdlen.get_or_insert(*lanes),
            Self::Tile(sizes) if found.tile.is_empty() => found.tile.clone_from(sizes),
            Self::Collapse(depth) if found.collapse == 1 => found.collapse = *depth,
            Self::Tile(_) | Self::Collapse(_) => {}
            Self::Unroll(times) => _ = found.unroll.get_or_insert(*times),
            Self::Chunk(_) => _ = found.schedule.get_or_insert((Schedule::Dynamic, number)),
            Self::Threads(_) => found.num_threads = found.num_threads.or(number),
            Self::Cuda => found.target = Target::Cuda,
        }
    }
}

fn literal(region: &mut Region, handle: Handle<Loop>, number: u32) -> Handle<Expression> {
    let span = region.loops[handle].span;
    region.expression(Expression::Literal(Literal::Int(number.into())), span)
}

impl Tuning {
    fn of(number: usize, clause: Clause) -> Self {
        Self {
            clauses: vec![(number, clause)],
            processor: None,
        }
    }

    /// Kernels as they are, compiled for another processor.
    pub fn for_processor(name: &str) -> Self {
        Self {
            clauses: Vec::new(),
            processor: Some(name.to_owned()),
        }
    }

    /// Everything that has a pragma on a GPU: what would become of the region there.
    pub fn on_device(region: &Region) -> Self {
        Self {
            clauses: (0..region.loops.len()).map(|number| (number, Clause::Cuda)).collect(),
            processor: None,
        }
    }

    /// The same, whatever it is compiled for.
    #[must_use]
    pub fn for_any_processor(mut self) -> Self {
        self.processor = None;
        self
    }

    /// Whether it chooses nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What a tuning of one choice is about; of two with one subject, only one can be followed.
    pub fn subject(&self) -> &'static str {
        self.clauses.first().map_or("processor", |(_, clause)| clause.subject())
    }

    /// Both; where they contradict each other, the first.
    pub fn and(mut self, other: &Self) -> Self {
        for (number, clause) in &other.clauses {
            let taken = |(one, known): &(usize, Clause)| one == number && known.subject() == clause.subject();
            if !self.clauses.iter().any(taken) {
                self.clauses.push((*number, clause.clone()));
            }
        }
        self.processor = self.processor.or_else(|| other.processor.clone());
        self
    }

    /// Gives the region its clauses.
    pub(super) fn apply(&self, region: &mut Region) {
        for (number, clause) in &self.clauses {
            // What was measured on another version may name a loop that there is no more.
            if let Some(handle) = region.loops.handles().nth(*number) {
                clause.apply(region, handle);
            }
        }
    }

    /// For people: `` `tile(64, 64)` on `i` ``.
    pub fn words(&self, region: &Region) -> String {
        let name = |number: usize| {
            let handle = region.loops.handles().nth(number);
            handle.map_or("?", |handle| region.loops[handle].written.as_str())
        };
        let clauses = self.clauses.iter().map(|(number, clause)| {
            let clause = match clause {
                Clause::Tile(sizes) => format!("tile({})", listed(sizes, ", ")),
                Clause::Chunk(size) => format!("schedule(dynamic, {size})"),
                other => other.to_string(),
            };
            format!("`{clause}` on `{}`", name(*number))
        });
        let processor = self.processor.iter().map(|name| format!("compiled for {name}"));
        clauses.chain(processor).collect::<Vec<_>>().join(", ")
    }
}

fn listed(numbers: &[u32], between: &str) -> String {
    numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(between)
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Simd => f.write_str("simd"),
            Self::Simdlen(lanes) => write!(f, "simdlen({lanes})"),
            Self::Tile(sizes) => write!(f, "tile({})", listed(sizes, ",")),
            Self::Collapse(depth) => write!(f, "collapse({depth})"),
            Self::Unroll(times) => write!(f, "unroll({times})"),
            Self::Chunk(size) => write!(f, "chunk({size})"),
            Self::Threads(number) => write!(f, "num_threads({number})"),
            Self::Cuda => f.write_str("target(cuda)"),
        }
    }
}

impl fmt::Display for Tuning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clauses = self.clauses.iter().map(|(number, clause)| format!("{number}:{clause}"));
        let processor = self.processor.iter().map(|name| format!("cpu:{name}"));
        f.write_str(&clauses.chain(processor).collect::<Vec<_>>().join(" "))
    }
}

impl FromStr for Clause {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, rest) = text.split_once('(').unwrap_or((text, ")"));
        let inside = rest.strip_suffix(')').unwrap_or(rest);
        let numbers: Result<Vec<u32>, _> = inside
            .split(',')
            .filter(|part| !part.is_empty())
            .map(str::parse)
            .collect();
        let made = match (name, numbers.as_deref()) {
            ("simd", Ok([])) => Self::Simd,
            ("tile", Ok(sizes)) if !sizes.is_empty() && !sizes.contains(&0) => Self::Tile(sizes.to_vec()),
            ("simdlen", Ok([lanes @ 1..=64])) => Self::Simdlen(*lanes),
            ("collapse", Ok([depth @ 2..=16])) => Self::Collapse(*depth),
            ("unroll", Ok([times @ 1..=64])) => Self::Unroll(*times),
            ("chunk", Ok([size @ 1..=u32::MAX])) => Self::Chunk(*size),
            ("num_threads", Ok([number @ 1..=u32::MAX])) => Self::Threads(*number),
            _ => return Err(format!("`{text}` is no choice of a tuning")),
        };
        Ok(made)
    }
}

impl FromStr for Tuning {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut tuning = Self::default();
        for word in text.split_whitespace() {
            match word.split_once(':') {
                Some(("cpu", name)) => tuning.processor = Some(name.to_owned()),
                Some((number, clause)) => {
                    let number = number.parse().map_err(|_| format!("`{number}` numbers no loop"))?;
                    tuning.clauses.push((number, clause.parse()?));
                }
                None => return Err(format!("`{word}` names no loop")),
            }
        }
        Ok(tuning)
    }
}

/// What is worth measuring of a region: one choice each, for a machine with so many processors.
pub fn variants(analysed: &Analysed, processors: u32) -> Vec<Tuning> {
    let region = &analysed.region;
    if analysed.plan().fast().is_err() || analysed.plan().wants_device() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (number, (handle, header)) in region.loops.iter().enumerate() {
        let annotation = header.annotation.as_ref();
        let open = annotation.is_none_or(|one| one.directive == Directive::Parallel && one.simdlen.is_none());
        // What runs in lanes already would only be asked for again, which yields the same kernel.
        if open && analysed.plan().lanes(handle).is_none() {
            found.push((number, Clause::Simd));
        }
        if let Some(annotation) = annotation {
            let clauses = choices(analysed, handle, annotation, processors);
            found.extend(clauses.into_iter().map(|clause| (number, clause)));
        }
    }
    found
        .into_iter()
        .map(|(number, clause)| Tuning::of(number, clause))
        .collect()
}

/// The clauses that an annotation leaves open.
fn choices(analysed: &Analysed, handle: Handle<Loop>, annotation: &Annotation, processors: u32) -> Vec<Clause> {
    let mut found = Vec::new();
    if annotation.directive == Directive::Sequential || annotation.target != Target::Cpu {
        return found;
    }
    let parallel = analysed.plan().is_parallel(handle);
    if parallel && annotation.num_threads.is_none() && annotation.condition.is_none() {
        let fewer = [processors / 2, 1]
            .into_iter()
            .filter(|number| (1..processors).contains(number));
        found.extend(fewer.map(Clause::Threads));
        found.dedup();
    }
    if parallel && annotation.schedule.is_none() {
        found.extend([1, 16, 256].map(Clause::Chunk));
    }
    if annotation.tile.is_empty() && annotation.collapse == 1 {
        let depth = depth(&analysed.region, handle);
        found.extend(
            (2..=depth.min(3))
                .filter(|_| parallel)
                .map(|depth| Clause::Collapse(depth as u32)),
        );
        for depth in 2..=depth.min(3) {
            found.extend([16, 64].map(|size| Clause::Tile(vec![size; depth])));
            let mut long = vec![16; depth];
            long[depth - 1] = 256;
            found.push(Clause::Tile(long));
        }
    }
    if annotation.unroll.is_none() {
        found.extend([2, 4].map(Clause::Unroll));
    }
    if annotation.simdlen.is_none() && annotation.directive == Directive::Parallel {
        found.push(Clause::Simdlen(1));
    }
    if annotation.simdlen.is_none() && analysed.plan().lanes(handle).is_some() {
        found.push(Clause::Simdlen(8));
    }
    found
}

/// How many loops stand directly inside one another, from one on.
fn depth(region: &Region, handle: Handle<Loop>) -> usize {
    let mut inside = Vec::new();
    visit_statements(region, &region.loops[handle].body, &mut |statement, _| {
        if let Statement::For(inner) = statement {
            inside.push(*inner);
        }
    });
    match region.loops[handle].body.statements.last() {
        Some((Statement::For(inner), _)) => 1 + depth(region, *inner).min(inside.len()),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::Tuning;
    use crate::source::SourceFile;
    use crate::translate::{Analysed, Program, assumed_signature, variants};

    fn analysed(text: &str, tuning: &str) -> (Program, Analysed) {
        let program = Program::parse(SourceFile::new("a.py", text));
        let region = &program.regions[0];
        let signature = assumed_signature(region).0;
        let tuning = tuning.parse().unwrap();
        let (analysed, _) = program.kernel_tuned(region, &signature, &tuning).unwrap();
        (program, analysed)
    }

    const ROWS: &str = "def f(a: 'f64[:, :]', b: 'f64[:, :]'):\n    # pragma parallel for\n    for i in range(a.shape[0]):\n        \
                        for j in range(a.shape[1]):\n            a[i, j] = b[j, i]\n";
    const CHAIN: &str =
        "def f(a: 'f64[:]'):\n    # pragma parallel for\n    for i in range(1, len(a)):\n        a[i] = a[i - 1]\n";

    #[test]
    fn text_and_back() {
        for text in [
            "",
            "0:tile(64,64) 1:simd 0:num_threads(1)",
            "2:unroll(4) cpu:x86-64-v3",
            "0:chunk(16)",
        ] {
            assert_eq!(text.parse::<Tuning>().unwrap().to_string(), text);
        }
        for text in ["tile(2)", "x:simd", "0:tile(0)", "0:nothing(1)", "0:unroll"] {
            assert!(text.parse::<Tuning>().is_err(), "{text}");
        }
    }

    #[test]
    fn clauses_are_followed_like_the_users() {
        let (_, tuned) = analysed(ROWS, "0:tile(16,16)");
        let (_, written) = analysed(&ROWS.replace("parallel for", "parallel for tile(16, 16)"), "");
        assert_eq!(tuned.plan().to_string(), written.plan().to_string());
        let (_, known) = analysed(
            &ROWS.replace("parallel for", "parallel for tile(8, 8)"),
            "0:tile(16,16)",
        );
        assert!(known.plan().to_string().contains("tiles of 8 x 8"), "{}", known.plan());
        // A loop that there is no more.
        let (_, other) = analysed(ROWS, "7:unroll(4)");
        assert_eq!(other.plan().to_string(), analysed(ROWS, "").1.plan().to_string());
    }

    #[test]
    fn what_is_worth_measuring() {
        let (_, rows) = analysed(ROWS, "");
        let found: Vec<String> = variants(&rows, 4).iter().map(Tuning::to_string).collect();
        for one in [
            "0:num_threads(2)",
            "0:num_threads(1)",
            "0:tile(64,64)",
            "0:collapse(2)",
            "0:unroll(4)",
            "0:chunk(16)",
        ] {
            assert!(found.iter().any(|text| text == one), "{one} of {found:?}");
        }
        // Nothing can be chosen of a loop that runs in order.
        assert_eq!(variants(&analysed(CHAIN, "").1, 4), []);
    }

    #[test]
    fn contradictions_are_settled() {
        let [tile, collapse, unroll] =
            ["0:tile(8,8)", "0:collapse(2)", "0:unroll(2) cpu:x86-64-v3"].map(|text| text.parse::<Tuning>().unwrap());
        assert_eq!(
            tile.and(&collapse).and(&unroll).to_string(),
            "0:tile(8,8) 0:unroll(2) cpu:x86-64-v3"
        );
    }
}
