//! Executes nests: every access with its iteration, and every entry of a loop.

use crate::nest::{Element, For, Int, Nest, Statement, Test};

/// Most loops around an access, and most axes.
pub(crate) const DEPTH: usize = 4;
pub(crate) const RANK: usize = 3;

/// Values of what is not assigned in the nest.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Setting {
    /// By the parameter's number.
    pub(crate) parameters: [i64; 4],
    /// By array and axis.
    pub(crate) extents: [[i64; RANK]; 2],
}

/// One access in one iteration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Event {
    pub(crate) access: usize,
    /// As written, before wrapping.
    pub(crate) subscripts: [i64; RANK],
    /// The number of the iteration (from 0) in each loop around, outermost first.
    pub(crate) iterations: [i32; DEPTH],
    /// The counters of these loops, negated where they descend.
    pub(crate) counters: [i32; DEPTH],
}

/// One execution of a loop that runs at all.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) number: usize,
    pub(crate) first: i64,
    pub(crate) last: i64,
    pub(crate) trips: i64,
    /// The iterations of the loops around.
    pub(crate) around: Vec<i32>,
    /// Values of the counters of the loops around, by loop number.
    pub(crate) counters: Vec<(usize, i64)>,
}

/// What happened.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    pub(crate) events: Vec<Event>,
    pub(crate) entries: Vec<Entry>,
}

/// Values while a nest is executed.
#[derive(Clone)]
pub(crate) struct Values<'a> {
    pub(crate) setting: &'a Setting,
    /// By loop number.
    pub(crate) counters: Vec<i64>,
    pub(crate) locals: [i64; 3],
}

impl<'a> Values<'a> {
    pub(crate) fn new(setting: &'a Setting) -> Self {
        Self {
            setting,
            counters: vec![0; 16],
            locals: [0; 3],
        }
    }

    pub(crate) fn int(&self, int: &Int) -> i64 {
        match int {
            Int::Number(number) => *number,
            Int::Counter(number) => self.counters[*number],
            Int::Parameter(parameter) => self.setting.parameters[*parameter],
            Int::Extent(array, axis) => self.setting.extents[*array][*axis],
            Int::Local(local) => self.locals[*local],
            Int::Add(a, b) => self.int(a) + self.int(b),
            Int::Subtract(a, b) => self.int(a) - self.int(b),
            Int::Scale(by, of) => by * self.int(of),
            Int::Quotient(of, by) => self.int(of).div_euclid(*by),
            Int::Remainder(of, by) => self.int(of).rem_euclid(*by),
            Int::Min(a, b) => self.int(a).min(self.int(b)),
            Int::Max(a, b) => self.int(a).max(self.int(b)),
        }
    }

    pub(crate) fn test(&self, test: &Test) -> bool {
        match test {
            Test::Compare(op, a, b) => {
                let order = self.int(a).cmp(&self.int(b));
                [
                    order.is_lt(),
                    order.is_le(),
                    order.is_gt(),
                    order.is_ge(),
                    order.is_eq(),
                    order.is_ne(),
                ][*op]
            }
            Test::Truth(of) => self.int(of) != 0,
            Test::And(a, b) => self.test(a) && self.test(b),
            Test::Or(a, b) => self.test(a) || self.test(b),
            Test::Not(of) => !self.test(of),
        }
    }

    fn subscripts(&self, element: &Element) -> [i64; RANK] {
        let mut values = [0; RANK];
        for (value, subscript) in values.iter_mut().zip(&element.subscripts) {
            *value = self.int(subscript);
        }
        values
    }

    /// First counter value and number of iterations.
    pub(crate) fn range(&self, header: &For) -> (i64, i64) {
        let (start, stop) = (self.int(&header.start), self.int(&header.stop));
        let room = (stop - start) * header.step.signum();
        let trips = (room.max(0) + header.step.abs() - 1) / header.step.abs();
        (start, trips)
    }
}

/// How a block ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Reached,
    Continue,
    /// Too many accesses.
    Stop,
}

struct Machine<'a> {
    values: Values<'a>,
    trace: Trace,
    limit: usize,
    /// The number of the next access in the text.
    access: usize,
    iterations: [i32; DEPTH],
    counters: [i32; DEPTH],
    /// The loops around.
    loops: Vec<usize>,
}

/// Runs a nest; `None` when it makes more than `limit` accesses.
pub(crate) fn execute(nest: &Nest, setting: &Setting, limit: usize) -> Option<Trace> {
    let mut machine = Machine {
        values: Values::new(setting),
        trace: Trace::default(),
        limit,
        access: 0,
        iterations: [0; DEPTH],
        counters: [0; DEPTH],
        loops: Vec::new(),
    };
    (machine.counted(&nest.outermost) != End::Stop).then_some(machine.trace)
}

/// How many accesses a block has in the text.
pub(crate) fn accesses(block: &[Statement]) -> usize {
    let each = block.iter().map(|statement| match statement {
        Statement::For(header) => accesses(&header.body),
        Statement::If { accept, reject, .. } => accesses(accept) + accesses(reject),
        Statement::Store { loads, .. } => loads.len() + 1,
        Statement::Let(..) | Statement::Continue => 0,
    });
    each.sum()
}

impl Machine<'_> {
    fn block(&mut self, block: &[Statement]) -> End {
        let after = self.access + accesses(block);
        let mut end = End::Reached;
        for statement in block {
            end = self.statement(statement);
            if end != End::Reached {
                break;
            }
        }
        self.access = after;
        end
    }

    fn statement(&mut self, statement: &Statement) -> End {
        match statement {
            Statement::For(header) => return self.counted(header),
            Statement::If { test, accept, reject } => {
                let after = self.access + accesses(accept) + accesses(reject);
                let end = if self.values.test(test) {
                    self.block(accept)
                } else {
                    self.access += accesses(accept);
                    self.block(reject)
                };
                self.access = after;
                return end;
            }
            Statement::Store { target, loads } => {
                for load in loads {
                    if load.test.as_ref().is_none_or(|test| self.values.test(test)) {
                        self.event(&load.element);
                    }
                    self.access += 1;
                }
                self.event(target);
                self.access += 1;
                if self.trace.events.len() > self.limit {
                    return End::Stop;
                }
            }
            Statement::Let(local, value) => self.values.locals[*local] = self.values.int(value),
            Statement::Continue => return End::Continue,
        }
        End::Reached
    }

    fn event(&mut self, element: &Element) {
        self.trace.events.push(Event {
            access: self.access,
            subscripts: self.values.subscripts(element),
            iterations: self.iterations,
            counters: self.counters,
        });
    }

    fn counted(&mut self, header: &For) -> End {
        let (first, trips) = self.values.range(header);
        let before = self.access;
        if trips > 0 {
            let counters = self.loops.iter().map(|outer| (*outer, self.values.counters[*outer]));
            self.trace.entries.push(Entry {
                number: header.number,
                first,
                last: first + (trips - 1) * header.step,
                trips,
                around: self.iterations[..self.loops.len()].to_vec(),
                counters: counters.collect(),
            });
        }
        let depth = self.loops.len();
        self.loops.push(header.number);
        let mut end = End::Reached;
        for trip in 0..trips {
            self.access = before;
            self.values.counters[header.number] = first + trip * header.step;
            self.iterations[depth] = trip as i32;
            self.counters[depth] = (self.values.counters[header.number] * header.step.signum()) as i32;
            end = self.block(&header.body);
            if end == End::Stop {
                break;
            }
        }
        self.loops.pop();
        (self.iterations[depth], self.counters[depth]) = (0, 0);
        self.access = before + accesses(&header.body);
        if end == End::Stop { End::Stop } else { End::Reached }
    }
}

/// The subscripts of an access in the iteration with these counters; `Err`: why it does not happen there.
pub(crate) fn replay(nest: &Nest, values: &mut Values<'_>, access: usize) -> Result<[i64; RANK], String> {
    match step_into(&nest.outermost, values, access, 0)? {
        Some(subscripts) => Ok(subscripts),
        None => Err("the access is skipped".to_owned()),
    }
}

/// One iteration of a loop; `at`: number of the first access in it.
fn step_into(header: &For, values: &mut Values<'_>, access: usize, at: usize) -> Result<Option<[i64; RANK]>, String> {
    let (first, trips) = values.range(header);
    let value = values.counters[header.number];
    let trip = (value - first).div_euclid(header.step);
    if first + trip * header.step != value || trip < 0 || trip >= trips {
        return Err(format!("the counter is never {value}"));
    }
    match replay_block(&header.body, values, access, at)? {
        Replay::Found(subscripts) => Ok(Some(subscripts)),
        Replay::Reached | Replay::Continue => Ok(None),
    }
}

enum Replay {
    Found([i64; RANK]),
    Reached,
    Continue,
}

fn replay_block(block: &[Statement], values: &mut Values<'_>, access: usize, mut at: usize) -> Result<Replay, String> {
    for statement in block {
        let width = accesses(std::slice::from_ref(statement));
        let here = (at..at + width).contains(&access);
        match statement {
            Statement::For(header) => {
                if here {
                    return Ok(step_into(header, values, access, at)?.map_or(Replay::Reached, Replay::Found));
                }
            }
            Statement::If { test, accept, reject } => {
                let result = if values.test(test) {
                    replay_block(accept, values, access, at)?
                } else {
                    replay_block(reject, values, access, at + accesses(accept))?
                };
                match result {
                    Replay::Reached => {}
                    other => return Ok(other),
                }
            }
            Statement::Store { target, loads } => {
                for (place, load) in loads.iter().enumerate() {
                    if at + place == access {
                        let happens = load.test.as_ref().is_none_or(|test| values.test(test));
                        return Ok(if happens {
                            Replay::Found(values.subscripts(&load.element))
                        } else {
                            Replay::Reached
                        });
                    }
                }
                if at + loads.len() == access {
                    return Ok(Replay::Found(values.subscripts(target)));
                }
            }
            Statement::Let(local, value) => values.locals[*local] = values.int(value),
            Statement::Continue => return Ok(Replay::Continue),
        }
        at += width;
    }
    Ok(Replay::Reached)
}
