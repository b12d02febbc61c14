//! Random nests. What is near in real programs is near here: subscripts of one array resemble each other.

use crate::execute::DEPTH;
use crate::nest::{Element, For, Int, Load, Nest, Statement, Test};
use crate::random::Random;

/// Places in [`crate::nest::PARAMETERS`].
const SIZES: [usize; 2] = [0, 1];
const OFF: usize = 2;
const LOW: usize = 3;

/// A loop around the statement that is being made.
#[derive(Clone, Copy)]
struct Around {
    number: usize,
    depth: usize,
}

struct Generator<'a> {
    random: &'a mut Random,
    ranks: Vec<usize>,
    /// The form that subscripts of an array's axis resemble, in terms of the depth of a loop (not its number).
    themes: Vec<Vec<Int>>,
    around: Vec<Around>,
    loops: usize,
    /// Loops that may still be made.
    room: usize,
    /// Assignments that may still be made.
    stores: usize,
    /// Locals that hold a value.
    locals: Vec<usize>,
    used_locals: usize,
    symbolic: Symbolic,
    /// Iterations of a loop that is not symbolic, at most.
    longest: i64,
}

/// Where parameters may occur.
#[derive(Clone, Copy)]
struct Symbolic {
    bounds: bool,
    subscripts: bool,
    tests: bool,
    extents: bool,
}

/// A nest; the same for the same random numbers.
pub(crate) fn generate(random: &mut Random) -> Nest {
    let depth = 1 + random.weighted(&[30, 45, 18, 7]);
    let ranks = (0..=usize::from(random.chance(35)))
        .map(|_| 1 + random.weighted(&[55, 33, 12]))
        .collect();
    let symbolic = match random.weighted(&[40, 15, 15, 10, 20]) {
        0 => [false; 4],
        1 => [true, false, false, false],
        2 => [false, true, false, false],
        3 => [false, false, true, random.chance(50)],
        _ => [true, true, random.chance(50), random.chance(30)],
    };
    let mut generator = Generator {
        ranks,
        themes: Vec::new(),
        around: Vec::new(),
        loops: 0,
        room: depth,
        stores: 1 + random.weighted(&[[40, 40, 20], [50, 40, 10], [70, 30, 0], [80, 20, 0]][depth - 1]),
        locals: Vec::new(),
        used_locals: 0,
        symbolic: Symbolic {
            bounds: symbolic[0],
            subscripts: symbolic[1],
            tests: symbolic[2],
            extents: symbolic[3],
        },
        longest: [9, 5, 4, 3][depth - 1],
        random,
    };
    generator.themes();
    let outermost = generator.counted();
    let annotated = generator.random.below(generator.loops);
    Nest {
        ranks: generator.ranks,
        outermost,
        annotated,
        simd: generator.random.chance(15),
    }
}

impl Generator<'_> {
    /// Invents how each axis is subscripted: counters stand for depths.
    fn themes(&mut self) {
        for array in 0..self.ranks.len() {
            let axes = (0..self.ranks[array]).map(|axis| match self.random.weighted(&[50, 50]) {
                0 => Int::Counter(axis.min(self.room - 1)),
                _ => self.linear(&(0..self.room).collect::<Vec<_>>()),
            });
            let axes: Vec<Int> = axes.collect();
            self.themes.push(axes);
        }
    }

    fn small(&mut self) -> i64 {
        [1, 1, 1, 1, 2, 2, 3, -1, -1, -2][self.random.below(10)]
    }

    /// A sum of some counters with small coefficients and an offset.
    fn linear(&mut self, counters: &[usize]) -> Int {
        let mut sum = None;
        let terms = if counters.is_empty() {
            0
        } else {
            self.random.weighted(&[8, 55, 30, 7])
        };
        let mut left: Vec<usize> = counters.to_vec();
        let mut lowest = 0;
        for _ in 0..terms.min(counters.len()) {
            // Inner counters more often.
            let at = if self.random.chance(50) {
                left.len() - 1
            } else {
                self.random.below(left.len())
            };
            let counter = left.remove(at);
            let by = self.small();
            lowest += by.min(0) * self.longest;
            let term = Int::Counter(counter).scale(by);
            sum = Some(match sum {
                None => term,
                Some(sum) => Int::add(sum, term),
            });
        }
        // Negative subscripts are rare.
        let offset = self.random.within(0, 3) - if self.random.chance(85) { lowest } else { 2 };
        let sum = sum.map_or(Int::Number(offset), |sum| sum.offset(offset));
        match self.random.weighted(&[86, 7, 7]) {
            1 => Int::Quotient(Box::new(sum), self.random.within(2, 4)),
            2 => Int::Remainder(Box::new(sum), self.random.within(2, 4)),
            _ => sum,
        }
    }

    /// The numbers of the loops around.
    fn numbers(&self) -> Vec<usize> {
        self.around.iter().map(|one| one.number).collect()
    }

    /// A theme at the present place; `None`: it needs loops that are not around.
    fn placed(&self, theme: &Int) -> Option<Int> {
        let both = |a: &Int, b: &Int| Some((Box::new(self.placed(a)?), Box::new(self.placed(b)?)));
        Some(match theme {
            Int::Counter(depth) => Int::Counter(self.around.iter().find(|one| one.depth == *depth)?.number),
            Int::Add(a, b) => both(a, b).map(|(a, b)| Int::Add(a, b))?,
            Int::Subtract(a, b) => both(a, b).map(|(a, b)| Int::Subtract(a, b))?,
            Int::Scale(by, of) => Int::Scale(*by, Box::new(self.placed(of)?)),
            Int::Quotient(of, by) => Int::Quotient(Box::new(self.placed(of)?), *by),
            Int::Remainder(of, by) => Int::Remainder(Box::new(self.placed(of)?), *by),
            other => other.clone(),
        })
    }

    fn subscript(&mut self, array: usize, axis: usize) -> Int {
        if !self.locals.is_empty() && self.random.chance(25) {
            let local = *self.random.pick(&self.locals);
            return Int::Local(local).offset(self.random.within(-1, 2));
        }
        let theme = self.themes[array][axis].clone();
        let base = if self.random.chance(75) {
            self.placed(&theme)
        } else {
            None
        };
        let base = base.unwrap_or_else(|| {
            let counters = self.numbers();
            self.linear(&counters)
        });
        if self.symbolic.extents && self.random.chance(15) {
            return Int::Subtract(Box::new(Int::Extent(array, axis)), Box::new(base.offset(1)));
        }
        if self.symbolic.subscripts && self.random.chance(35) {
            let symbol = match self.random.weighted(&[70, 15, 15]) {
                0 => Int::Parameter(OFF),
                1 => Int::Parameter(LOW),
                _ => Int::Parameter(SIZES[0]),
            };
            let symbol = symbol.scale([1, 1, 1, 1, 2, -1][self.random.below(6)]);
            return base.add(symbol);
        }
        if self.random.chance(35) {
            return base.offset(self.random.within(-2, 2));
        }
        base
    }

    fn element(&mut self) -> Element {
        let array = self.random.below(self.ranks.len());
        let subscripts = (0..self.ranks[array]).map(|axis| self.subscript(array, axis));
        Element {
            array,
            subscripts: subscripts.collect(),
        }
    }

    fn store(&mut self) -> Statement {
        let target = self.element();
        let loads = self.random.weighted(&[25, 55, 20]);
        let loads = (0..loads).map(|_| Load {
            element: self.element(),
            test: self.random.chance(7).then(|| self.test(1)),
        });
        let loads = loads.collect();
        Statement::Store { target, loads }
    }

    /// An operand of a comparison.
    fn operand(&mut self) -> Int {
        let counters = self.numbers();
        let counter = Int::Counter(*self.random.pick(&counters));
        match self.random.weighted(&[45, 20, 15, 20]) {
            0 => counter,
            1 if self.symbolic.tests => Int::Parameter(self.random.below(4)).offset(self.random.within(-1, 1)),
            1 | 2 => Int::Number(self.random.within(0, self.longest)),
            _ => self.linear(&counters),
        }
    }

    fn test(&mut self, depth: u32) -> Test {
        if depth < 2 && self.random.chance(25) {
            let (a, b) = (Box::new(self.test(depth + 1)), Box::new(self.test(depth + 1)));
            return match self.random.below(3) {
                0 => Test::And(a, b),
                1 => Test::Or(a, b),
                _ => Test::Not(a),
            };
        }
        let counters = self.numbers();
        let counter = Int::Counter(*self.random.pick(&counters));
        match self.random.weighted(&[20, 5, 75]) {
            0 => {
                let by = self.random.within(2, 3);
                let of = if self.random.chance(60) {
                    counter
                } else {
                    self.linear(&counters)
                };
                let rest = Int::Remainder(Box::new(of), by);
                Test::Compare(
                    4 + self.random.below(2),
                    rest,
                    Int::Number(self.random.within(0, by - 1)),
                )
            }
            1 => Test::Truth(Int::Remainder(Box::new(counter), 2)),
            _ => {
                let op = self.random.below(6);
                let left = if self.random.chance(70) {
                    counter
                } else {
                    self.operand()
                };
                Test::Compare(op, left, self.operand())
            }
        }
    }

    fn bounds(&mut self) -> (Int, Int) {
        let length = self.random.within(2, self.longest);
        let low = if self.random.chance(70) {
            0
        } else {
            self.random.within(-2, 3)
        };
        let (low, high) = (Int::Number(low), Int::Number(low + length));
        let outer = self.numbers();
        let outer = if outer.is_empty() {
            None
        } else {
            Some(Int::Counter(*self.random.pick(&outer)))
        };
        if let Some(outer) = outer
            && self.random.chance(35)
        {
            let longest = Int::Number(self.longest);
            return match self.random.below(7) {
                0 => (Int::Number(0), outer.offset(self.random.within(0, 1))),
                1 => (outer.offset(self.random.within(0, 1)), longest),
                2 => (Int::Number(0), Int::Subtract(Box::new(longest), Box::new(outer))),
                3 => {
                    let (below, above) = (self.random.within(-2, 0), self.random.within(1, 3));
                    let start = Int::Max(Box::new(Int::Number(0)), Box::new(outer.clone().offset(below)));
                    (start, Int::Min(Box::new(longest), Box::new(outer.offset(above))))
                }
                4 => (
                    low,
                    Int::Min(Box::new(high), Box::new(outer.offset(self.random.within(-1, 2)))),
                ),
                5 => (outer.clone(), outer.offset(length)),
                _ => (Int::Number(0), Int::Quotient(Box::new(outer.offset(2)), 2)),
            };
        }
        if self.symbolic.extents && self.random.chance(40) {
            let array = self.random.below(self.ranks.len());
            let axis = self.random.below(self.ranks[array]);
            let extent = Int::Extent(array, axis);
            return match self.random.below(4) {
                0 => (Int::Number(1), extent.offset(-1)),
                1 => (Int::Number(0), Int::Quotient(Box::new(extent), 2)),
                _ => (Int::Number(0), extent),
            };
        }
        if self.symbolic.bounds && self.random.chance(65) {
            let size = Int::Parameter(*self.random.pick(&SIZES));
            let start = Int::Parameter(LOW);
            return match self.random.weighted(&[35, 15, 15, 10, 8, 7, 5, 5]) {
                0 => (Int::Number(0), size),
                1 => (
                    Int::Number(self.random.within(0, 2)),
                    size.offset(self.random.within(-1, 2)),
                ),
                2 => (start, size),
                3 => (start.clone(), start.offset(length)),
                4 => (Int::Number(0), Int::Min(Box::new(size), Box::new(high))),
                5 => (Int::Max(Box::new(start), Box::new(low)), size),
                6 => (Int::Number(0), Int::Quotient(Box::new(size), 2)),
                _ => (Int::Number(0), size.scale(2)),
            };
        }
        if self.random.chance(6) {
            let (a, b) = (self.random.within(1, length), self.random.within(1, length));
            return (low, Int::Min(Box::new(Int::Number(a)), Box::new(Int::Number(b))));
        }
        (low, high)
    }

    fn counted(&mut self) -> For {
        let (start, stop) = self.bounds();
        let step = [1, 1, 1, 1, 1, 1, 1, 2, 2, 3, -1, -1, -2][self.random.below(13)];
        let (start, stop) = if step < 0 {
            (stop.offset(-1), start.offset(-1))
        } else {
            (start, stop)
        };
        let (number, depth) = (self.loops, self.around.len());
        self.loops += 1;
        self.room -= 1;
        self.around.push(Around { number, depth });
        let known = self.locals.len();
        let body = self.body();
        self.locals.truncate(known);
        self.around.pop();
        For {
            number,
            name: depth,
            start,
            stop,
            step,
            body,
        }
    }

    fn body(&mut self) -> Vec<Statement> {
        let mut body = Vec::new();
        if self.used_locals < 2 && self.random.chance(8) {
            let counters = self.numbers();
            let value = self.linear(&counters);
            body.push(Statement::Let(self.used_locals, value));
            self.locals.push(self.used_locals);
            self.used_locals += 1;
        }
        if self.random.chance(4) {
            body.push(Statement::If {
                test: self.test(0),
                accept: vec![Statement::Continue],
                reject: Vec::new(),
            });
        }
        let inner = self.room > 0 && self.around.len() < DEPTH;
        if inner {
            if self.stores > 1 && self.random.chance(20) {
                body.push(self.guarded());
            }
            let header = self.counted();
            body.push(self.maybe_under(vec![Statement::For(header)], 8));
            if self.room > 0 && self.around.len() < DEPTH && self.random.chance(30) {
                self.stores = self.stores.max(1);
                let header = self.counted();
                body.push(Statement::For(header));
            }
        }
        if !inner || self.stores > 0 && self.random.chance(30) {
            body.push(self.guarded());
            while self.stores > 0 && self.random.chance(70) {
                body.push(self.guarded());
            }
        }
        body
    }

    /// A store, perhaps under a condition.
    fn guarded(&mut self) -> Statement {
        self.stores = self.stores.saturating_sub(1);
        let store = self.store();
        self.maybe_under(vec![store], 25)
    }

    fn maybe_under(&mut self, mut accept: Vec<Statement>, percent: u64) -> Statement {
        if !self.random.chance(percent) {
            return accept.swap_remove(0);
        }
        let test = self.test(0);
        let mut reject = Vec::new();
        if self.stores > 0 && self.random.chance(35) {
            self.stores -= 1;
            reject.push(self.store());
        }
        Statement::If { test, accept, reject }
    }
}
