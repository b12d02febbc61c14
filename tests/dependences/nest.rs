//! Loop nests over integers and arrays: what is generated, written as Python, executed and shrunk.

use std::fmt::Write as _;

use ferrokeet::source::Span;

/// Names of the integer arguments, by [`Int::Parameter`].
pub(crate) const PARAMETERS: [&str; 4] = ["n", "m", "off", "p"];
/// Names of arrays.
pub(crate) const ARRAYS: [&str; 2] = ["a", "b"];

/// An integer expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Int {
    Number(i64),
    /// Of the loop with this number.
    Counter(usize),
    Parameter(usize),
    /// `array.shape[axis]`
    Extent(usize, usize),
    /// A variable assigned by [`Statement::Let`].
    Local(usize),
    Add(Box<Int>, Box<Int>),
    Subtract(Box<Int>, Box<Int>),
    Scale(i64, Box<Int>),
    /// `//` by a number above 0.
    Quotient(Box<Int>, i64),
    /// `%` by a number above 0.
    Remainder(Box<Int>, i64),
    Min(Box<Int>, Box<Int>),
    Max(Box<Int>, Box<Int>),
}

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Test {
    /// Two integers and an operator of [`COMPARISONS`].
    Compare(usize, Int, Int),
    /// An integer is not 0.
    Truth(Int),
    And(Box<Test>, Box<Test>),
    Or(Box<Test>, Box<Test>),
    Not(Box<Test>),
}

pub(crate) const COMPARISONS: [&str; 6] = ["<", "<=", ">", ">=", "==", "!="];

/// An element of an array.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Element {
    pub(crate) array: usize,
    pub(crate) subscripts: Vec<Int>,
}

/// A load on the right of an assignment, perhaps in `load if test else 1.0`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Load {
    pub(crate) element: Element,
    pub(crate) test: Option<Test>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Statement {
    For(For),
    If {
        test: Test,
        accept: Vec<Statement>,
        reject: Vec<Statement>,
    },
    Store {
        target: Element,
        loads: Vec<Load>,
    },
    Let(usize, Int),
    Continue,
}

/// A loop over a `range`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct For {
    /// Number of the loop, unique in the nest.
    pub(crate) number: usize,
    /// Which of [`COUNTERS`] it is called.
    pub(crate) name: usize,
    pub(crate) start: Int,
    pub(crate) stop: Int,
    /// Not 0.
    pub(crate) step: i64,
    pub(crate) body: Vec<Statement>,
}

pub(crate) const COUNTERS: [&str; 4] = ["i", "j", "k", "l"];
pub(crate) const LOCALS: [&str; 3] = ["s", "t", "u"];

/// A whole region: one loop with all inside.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Nest {
    /// The rank of each array.
    pub(crate) ranks: Vec<usize>,
    pub(crate) outermost: For,
    /// The loop annotated `parallel for`; those around it are `sequential for`.
    pub(crate) annotated: usize,
    /// Whether the annotation is `simd`.
    pub(crate) simd: bool,
}

impl Int {
    pub(crate) fn add(self, other: Self) -> Self {
        Self::Add(Box::new(self), Box::new(other))
    }

    pub(crate) fn offset(self, by: i64) -> Self {
        match by {
            0 => self,
            by if by < 0 => Self::Subtract(Box::new(self), Box::new(Self::Number(-by))),
            by => self.add(Self::Number(by)),
        }
    }

    pub(crate) fn scale(self, by: i64) -> Self {
        if by == 1 { self } else { Self::Scale(by, Box::new(self)) }
    }

    /// Calls `visit` for it and everything inside.
    pub(crate) fn visit(&self, visit: &mut dyn FnMut(&Int)) {
        visit(self);
        match self {
            Self::Number(_) | Self::Counter(_) | Self::Parameter(_) | Self::Extent(..) | Self::Local(_) => {}
            Self::Add(a, b) | Self::Subtract(a, b) | Self::Min(a, b) | Self::Max(a, b) => {
                a.visit(visit);
                b.visit(visit);
            }
            Self::Scale(_, of) | Self::Quotient(of, _) | Self::Remainder(of, _) => of.visit(visit),
        }
    }
}

impl Test {
    /// Calls `visit` for every integer expression in it.
    pub(crate) fn visit(&self, visit: &mut dyn FnMut(&Int)) {
        match self {
            Self::Compare(_, a, b) => {
                a.visit(visit);
                b.visit(visit);
            }
            Self::Truth(of) => of.visit(visit),
            Self::And(a, b) | Self::Or(a, b) => {
                a.visit(visit);
                b.visit(visit);
            }
            Self::Not(of) => of.visit(visit),
        }
    }
}

/// Calls `visit` for every integer expression of a statement.
pub(crate) fn visit_ints(statement: &Statement, visit: &mut dyn FnMut(&Int)) {
    match statement {
        Statement::For(header) => visit_loop(header, visit),
        Statement::If { test, accept, reject } => {
            test.visit(visit);
            accept.iter().chain(reject).for_each(|one| visit_ints(one, visit));
        }
        Statement::Store { target, loads } => {
            for load in loads {
                load.element.subscripts.iter().for_each(|one| one.visit(visit));
                if let Some(test) = &load.test {
                    test.visit(visit);
                }
            }
            target.subscripts.iter().for_each(|one| one.visit(visit));
        }
        Statement::Let(_, value) => value.visit(visit),
        Statement::Continue => {}
    }
}

fn visit_loop(header: &For, visit: &mut dyn FnMut(&Int)) {
    header.start.visit(visit);
    header.stop.visit(visit);
    header.body.iter().for_each(|one| visit_ints(one, visit));
}

/// What is known of an access without executing anything.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    pub(crate) array: usize,
    pub(crate) write: bool,
    /// The loops around it, outermost first.
    pub(crate) loops: Vec<usize>,
    /// Of the load, or of the whole assignment.
    pub(crate) span: Span,
}

/// A nest as Python.
pub(crate) struct Printed {
    pub(crate) text: String,
    /// In order of evaluation; places in it are the numbers of accesses.
    pub(crate) accesses: Vec<Access>,
    /// The row of each loop's header, by the loop's number.
    pub(crate) rows: Vec<(usize, u32)>,
}

impl Nest {
    /// Calls `visit` for every integer expression.
    pub(crate) fn visit(&self, visit: &mut dyn FnMut(&Int)) {
        visit_loop(&self.outermost, visit);
    }

    /// Which parameters occur.
    pub(crate) fn parameters(&self) -> Vec<usize> {
        let mut found = Vec::new();
        self.visit(&mut |int| {
            if let Int::Parameter(parameter) = int {
                found.push(*parameter);
            }
        });
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Which extents occur.
    pub(crate) fn extents(&self) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        self.visit(&mut |int| {
            if let Int::Extent(array, axis) = int {
                found.push((*array, *axis));
            }
        });
        found.sort_unstable();
        found.dedup();
        found
    }

    pub(crate) fn print(&self) -> Printed {
        let mut printer = Printer {
            printed: Printed {
                text: String::new(),
                accesses: Vec::new(),
                rows: Vec::new(),
            },
            row: 1,
            names: Vec::new(),
            loops: Vec::new(),
            nest: self,
        };
        let mut used = used_arrays(&self.outermost.body);
        self.extents().iter().for_each(|(array, _)| used[*array] = true);
        let arrays = ARRAYS
            .iter()
            .zip(used)
            .filter(|(_, used)| *used)
            .map(|(name, _)| (*name).to_owned());
        let parameters = self.parameters().into_iter().map(|p| PARAMETERS[p].to_owned());
        let names: Vec<String> = arrays.chain(parameters).collect();
        printer.line(0, &format!("def f({}):", names.join(", ")));
        printer.header(&self.outermost, 1);
        printer.printed
    }

    /// The loops around the annotated one, and it.
    fn annotation(&self, header: &For) -> Option<&'static str> {
        if header.number == self.annotated {
            return Some(if self.simd { "simd" } else { "parallel for" });
        }
        contains(header, self.annotated).then_some("sequential for")
    }
}

/// Whether each array is accessed.
fn used_arrays(block: &[Statement]) -> [bool; 2] {
    let mut used = [false; 2];
    for statement in block {
        let inside = match statement {
            Statement::For(header) => used_arrays(&header.body),
            Statement::If { accept, reject, .. } => {
                let (a, b) = (used_arrays(accept), used_arrays(reject));
                [a[0] || b[0], a[1] || b[1]]
            }
            Statement::Store { target, loads } => {
                let touches = |array| target.array == array || loads.iter().any(|one| one.element.array == array);
                [touches(0), touches(1)]
            }
            Statement::Let(..) | Statement::Continue => [false; 2],
        };
        used = [used[0] || inside[0], used[1] || inside[1]];
    }
    used
}

fn contains(header: &For, number: usize) -> bool {
    fn inside(statement: &Statement, number: usize) -> bool {
        match statement {
            Statement::For(header) => header.number == number || contains(header, number),
            Statement::If { accept, reject, .. } => accept.iter().chain(reject).any(|one| inside(one, number)),
            Statement::Store { .. } | Statement::Let(..) | Statement::Continue => false,
        }
    }
    header.body.iter().any(|one| inside(one, number))
}

struct Printer<'a> {
    printed: Printed,
    row: u32,
    /// Names of the counters of the loops around, by number.
    names: Vec<(usize, usize)>,
    loops: Vec<usize>,
    nest: &'a Nest,
}

impl Printer<'_> {
    fn line(&mut self, depth: usize, text: &str) {
        let _ = writeln!(self.printed.text, "{}{text}", "    ".repeat(depth));
        self.row += 1;
    }

    fn block(&mut self, block: &[Statement], depth: usize) {
        if block.is_empty() {
            self.line(depth, "pass");
        }
        block.iter().for_each(|one| self.statement(one, depth));
    }

    fn header(&mut self, header: &For, depth: usize) {
        if let Some(directive) = self.nest.annotation(header) {
            self.line(depth, &format!("# pragma {directive}"));
        }
        let (start, stop) = (self.int(&header.start, 0), self.int(&header.stop, 0));
        let range = match (&header.start, header.step) {
            (Int::Number(0), 1) => stop,
            (_, 1) => format!("{start}, {stop}"),
            (_, step) => format!("{start}, {stop}, {step}"),
        };
        self.printed.rows.push((header.number, self.row));
        self.line(depth, &format!("for {} in range({range}):", COUNTERS[header.name]));
        self.names.push((header.number, header.name));
        self.loops.push(header.number);
        self.block(&header.body, depth + 1);
        self.loops.pop();
    }

    fn statement(&mut self, statement: &Statement, depth: usize) {
        match statement {
            Statement::For(header) => self.header(header, depth),
            Statement::If { test, accept, reject } => {
                let test = self.test(test, 0);
                self.line(depth, &format!("if {test}:"));
                self.block(accept, depth + 1);
                if !reject.is_empty() {
                    self.line(depth, "else:");
                    self.block(reject, depth + 1);
                }
            }
            Statement::Store { target, loads } => self.store(target, loads, depth),
            Statement::Let(local, value) => {
                let value = self.int(value, 0);
                self.line(depth, &format!("{} = {value}", LOCALS[*local]));
            }
            Statement::Continue => self.line(depth, "continue"),
        }
    }

    fn store(&mut self, target: &Element, loads: &[Load], depth: usize) {
        let start = self.printed.text.len() + 4 * depth;
        let mut line = format!("{} = ", self.element(target));
        for (place, load) in loads.iter().enumerate() {
            // No form of it is a reduction.
            let factor = ["0.5", "0.25", "0.125"][place % 3];
            let element = self.element(&load.element);
            let test = load.test.as_ref().map(|test| self.test(test, 1));
            line += if test.is_some() { "(" } else { "" };
            let _ = write!(line, "{factor} * ");
            let at = start + line.len();
            let span = Span::new(at as u32, (at + element.len()) as u32);
            self.access(&load.element, false, span);
            line += &element;
            if let Some(test) = test {
                let _ = write!(line, " if {test} else 2.0)");
            }
            line += " + ";
        }
        line += "1.0";
        self.access(target, true, Span::new(start as u32, (start + line.len()) as u32));
        self.line(depth, &line);
    }

    fn access(&mut self, element: &Element, write: bool, span: Span) {
        self.printed.accesses.push(Access {
            array: element.array,
            write,
            loops: self.loops.clone(),
            span,
        });
    }

    fn element(&self, element: &Element) -> String {
        let each: Vec<String> = element.subscripts.iter().map(|one| self.int(one, 0)).collect();
        format!("{}[{}]", ARRAYS[element.array], each.join(", "))
    }

    /// `level`: 0 outermost, 1 the right of a sum, 2 a factor.
    fn int(&self, int: &Int, level: u32) -> String {
        let within = |own: u32, text: String| if level > own { format!("({text})") } else { text };
        match int {
            Int::Number(number) if *number < 0 => within(0, number.to_string()),
            Int::Number(number) => number.to_string(),
            Int::Counter(number) => {
                let known = self.names.iter().rev().find(|(known, _)| known == number);
                known.map_or("?", |(_, name)| COUNTERS[*name]).to_owned()
            }
            Int::Parameter(parameter) => PARAMETERS[*parameter].to_owned(),
            Int::Extent(array, 0) => format!("len({})", ARRAYS[*array]),
            Int::Extent(array, axis) => format!("{}.shape[{axis}]", ARRAYS[*array]),
            Int::Local(local) => LOCALS[*local].to_owned(),
            Int::Add(a, b) => within(0, format!("{} + {}", self.int(a, 0), self.int(b, 1))),
            Int::Subtract(a, b) => within(0, format!("{} - {}", self.int(a, 0), self.int(b, 1))),
            Int::Scale(-1, of) => within(0, format!("-{}", self.int(of, 2))),
            Int::Scale(by, of) => within(1, format!("{by} * {}", self.int(of, 2))),
            Int::Quotient(of, by) => within(1, format!("{} // {by}", self.int(of, 2))),
            Int::Remainder(of, by) => within(1, format!("{} % {by}", self.int(of, 2))),
            Int::Min(a, b) => format!("min({}, {})", self.int(a, 0), self.int(b, 0)),
            Int::Max(a, b) => format!("max({}, {})", self.int(a, 0), self.int(b, 0)),
        }
    }

    /// `level`: 0 outermost, 1 an operand.
    fn test(&self, test: &Test, level: u32) -> String {
        let text = match test {
            Test::Compare(op, a, b) => format!("{} {} {}", self.int(a, 0), COMPARISONS[*op], self.int(b, 0)),
            Test::Truth(of) => return self.int(of, 2),
            Test::And(a, b) => format!("{} and {}", self.test(a, 1), self.test(b, 1)),
            Test::Or(a, b) => format!("{} or {}", self.test(a, 1), self.test(b, 1)),
            Test::Not(of) => format!("not {}", self.test(of, 1)),
        };
        if level > 0 { format!("({text})") } else { text }
    }
}
