//! Smaller nests that fail in the same way.

use crate::nest::{Element, For, Int, Nest, Statement, Test};

/// Tries so many nests, at most.
const TRIES: usize = 600;

/// The smallest nest found that still `fails`.
pub(crate) fn shrunk(nest: &Nest, fails: &dyn Fn(&Nest) -> bool) -> Nest {
    let mut best = nest.clone();
    let mut tries = 0;
    'again: loop {
        for candidate in smaller(&best) {
            if size(&candidate) < size(&best) && tries < TRIES {
                tries += 1;
                if fails(&candidate) {
                    best = candidate;
                    continue 'again;
                }
            }
        }
        return best;
    }
}

/// Length of the text, numbers by what they count.
fn size(nest: &Nest) -> usize {
    let mut numbers = 0;
    nest.visit(&mut |int| {
        numbers += match int {
            Int::Number(number) | Int::Scale(number, _) => {
                2 * number.unsigned_abs() as usize + usize::from(*number < 0)
            }
            Int::Quotient(_, by) | Int::Remainder(_, by) => *by as usize,
            _ => 1,
        };
    });
    4 * nest.print().text.len() + numbers
}

/// Nests with one thing less.
fn smaller(nest: &Nest) -> Vec<Nest> {
    let mut found = Vec::new();
    if let [Statement::For(inner)] = &nest.outermost.body[..] {
        let mut without = nest.clone();
        without.outermost = inner.clone();
        replace_in_loop(
            &mut without.outermost,
            &Int::Counter(nest.outermost.number),
            &nest.outermost.start,
        );
        found.push(without);
    }
    for place in 0.. {
        let mut at = place;
        let before = found.len();
        let mut options = 0;
        with_block(&nest.outermost.body, &mut at, &mut |block| {
            options = block_variants(block).len()
        });
        for option in 0..options {
            let mut changed = nest.clone();
            let mut at = place;
            change_block(&mut changed.outermost.body, &mut at, &mut |block| {
                *block = block_variants(block).swap_remove(option);
            });
            found.push(changed);
        }
        if found.len() == before && place > blocks(&nest.outermost.body) {
            break;
        }
    }
    let mut roots = 0;
    let mut counted = nest.clone();
    ints(&mut counted.outermost, &mut |_| roots += 1);
    for place in 0..roots {
        let mut options = Vec::new();
        let mut at = 0;
        ints(&mut counted.outermost, &mut |int| {
            if at == place {
                options = int_variants(int);
            }
            at += 1;
        });
        for option in options {
            let mut changed = nest.clone();
            let mut at = 0;
            ints(&mut changed.outermost, &mut |int| {
                if at == place {
                    *int = option.clone();
                }
                at += 1;
            });
            found.push(changed);
        }
    }
    let mut steps = Vec::new();
    loops(&mut counted.outermost, &mut |header| steps.push(header.step));
    for (place, step) in steps.iter().enumerate() {
        for smaller in [1, -1, step.signum() * (step.abs() - 1)] {
            if smaller != 0 && smaller != *step {
                let mut changed = nest.clone();
                let mut at = 0;
                loops(&mut changed.outermost, &mut |header| {
                    if at == place {
                        header.step = smaller;
                    }
                    at += 1;
                });
                found.push(changed);
            }
        }
    }
    for array in 0..nest.ranks.len() {
        for axis in 0..nest.ranks[array] {
            if nest.ranks[array] > 1 && !nest.extents().iter().any(|(one, _)| *one == array) {
                let mut changed = nest.clone();
                changed.ranks[array] -= 1;
                elements(&mut changed.outermost, &mut |element| {
                    if element.array == array {
                        element.subscripts.remove(axis);
                    }
                });
                found.push(changed);
            }
        }
    }
    if nest.simd {
        found.push(Nest {
            simd: false,
            ..nest.clone()
        });
    }
    for nest in &mut found {
        let mut numbers = Vec::new();
        loops(&mut nest.outermost, &mut |header| numbers.push(header.number));
        if !numbers.contains(&nest.annotated) {
            nest.annotated = nest.outermost.number;
        }
    }
    if nest.annotated != nest.outermost.number {
        found.push(Nest {
            annotated: nest.outermost.number,
            ..nest.clone()
        });
    }
    found
}

/// How many blocks there are inside.
fn blocks(block: &[Statement]) -> usize {
    let each = block.iter().map(|statement| match statement {
        Statement::For(header) => 1 + blocks(&header.body),
        Statement::If { accept, reject, .. } => 2 + blocks(accept) + blocks(reject),
        Statement::Store { .. } | Statement::Let(..) | Statement::Continue => 0,
    });
    each.sum()
}

/// Calls `visit` with the block that stands at a place in order of text.
fn with_block(block: &[Statement], at: &mut usize, visit: &mut dyn FnMut(&[Statement])) {
    if *at == 0 {
        visit(block);
    }
    *at = at.wrapping_sub(1);
    for statement in block {
        match statement {
            Statement::For(header) => with_block(&header.body, at, visit),
            Statement::If { accept, reject, .. } => {
                with_block(accept, at, visit);
                with_block(reject, at, visit);
            }
            Statement::Store { .. } | Statement::Let(..) | Statement::Continue => {}
        }
    }
}

fn change_block(block: &mut Vec<Statement>, at: &mut usize, change: &mut dyn FnMut(&mut Vec<Statement>)) {
    let here = *at == 0;
    *at = at.wrapping_sub(1);
    if here {
        change(block);
        return;
    }
    for statement in block {
        match statement {
            Statement::For(header) => change_block(&mut header.body, at, change),
            Statement::If { accept, reject, .. } => {
                change_block(accept, at, change);
                change_block(reject, at, change);
            }
            Statement::Store { .. } | Statement::Let(..) | Statement::Continue => {}
        }
    }
}

/// A block with one statement less, or one that is less.
fn block_variants(block: &[Statement]) -> Vec<Vec<Statement>> {
    let mut found = Vec::new();
    for (place, statement) in block.iter().enumerate() {
        let with = |instead: Vec<Statement>| {
            let mut changed = block.to_vec();
            changed.splice(place..=place, instead);
            changed
        };
        match statement {
            Statement::Let(local, value) => {
                let mut rest = with(Vec::new());
                rest[place..]
                    .iter_mut()
                    .for_each(|one| replace(one, &Int::Local(*local), value));
                found.push(rest);
                continue;
            }
            _ => found.push(with(Vec::new())),
        }
        match statement {
            Statement::For(header) => {
                let mut body = header.body.clone();
                let counter = Int::Counter(header.number);
                body.iter_mut().for_each(|one| replace(one, &counter, &header.start));
                found.push(with(body));
            }
            Statement::If { test, accept, reject } => {
                found.push(with(accept.clone()));
                found.push(with(reject.clone()));
                if !reject.is_empty() {
                    let (test, accept) = (test.clone(), accept.clone());
                    let reject = Vec::new();
                    found.push(with(vec![Statement::If { test, accept, reject }]));
                }
                for test in test_variants(test) {
                    let (accept, reject) = (accept.clone(), reject.clone());
                    found.push(with(vec![Statement::If { test, accept, reject }]));
                }
            }
            Statement::Store { target, loads } => {
                for load in 0..loads.len() {
                    let mut fewer = loads.clone();
                    fewer.remove(load);
                    found.push(with(vec![Statement::Store {
                        target: target.clone(),
                        loads: fewer,
                    }]));
                    if let Some(test) = &loads[load].test {
                        let tests = test_variants(test).into_iter().map(Some).chain([None]);
                        for test in tests {
                            let mut plain = loads.clone();
                            plain[load].test = test;
                            let target = target.clone();
                            found.push(with(vec![Statement::Store { target, loads: plain }]));
                        }
                    }
                }
            }
            Statement::Let(..) | Statement::Continue => {}
        }
    }
    found
}

fn test_variants(test: &Test) -> Vec<Test> {
    match test {
        Test::Compare(op, a, b) => {
            let simpler = [4, 0]
                .into_iter()
                .filter(|simple| simple < op && (*op != 5 || *simple == 4));
            simpler
                .map(|simple| Test::Compare(simple, a.clone(), b.clone()))
                .collect()
        }
        Test::Truth(_) => Vec::new(),
        Test::And(a, b) | Test::Or(a, b) => {
            let is_and = matches!(test, Test::And(..));
            let both = |a: &Test, b: &Test| {
                let (a, b) = (Box::new(a.clone()), Box::new(b.clone()));
                if is_and { Test::And(a, b) } else { Test::Or(a, b) }
            };
            let mut found = vec![(**a).clone(), (**b).clone()];
            found.extend(test_variants(a).iter().map(|one| both(one, b)));
            found.extend(test_variants(b).iter().map(|one| both(a, one)));
            found
        }
        Test::Not(of) => {
            let mut found = vec![(**of).clone()];
            found.extend(test_variants(of).into_iter().map(|one| Test::Not(Box::new(one))));
            found
        }
    }
}

fn int_variants(int: &Int) -> Vec<Int> {
    let mut found = Vec::new();
    match int {
        Int::Number(number) => {
            let nearer = [0, number / 2, number - number.signum()];
            found.extend(nearer.into_iter().filter(|near| near != number).map(Int::Number));
        }
        Int::Counter(_) => found.push(Int::Number(0)),
        Int::Parameter(_) => found.extend([0, 1, 3].map(Int::Number)),
        Int::Extent(..) => found.push(Int::Number(3)),
        Int::Local(_) => {}
        Int::Add(a, b) | Int::Subtract(a, b) | Int::Min(a, b) | Int::Max(a, b) => {
            found.extend([(**a).clone(), (**b).clone()]);
            let with = |a: Int, b: Int| {
                let (a, b) = (Box::new(a), Box::new(b));
                match int {
                    Int::Add(..) => Int::Add(a, b),
                    Int::Subtract(..) => Int::Subtract(a, b),
                    Int::Min(..) => Int::Min(a, b),
                    _ => Int::Max(a, b),
                }
            };
            found.extend(int_variants(a).into_iter().map(|one| with(one, (**b).clone())));
            found.extend(int_variants(b).into_iter().map(|one| with((**a).clone(), one)));
        }
        Int::Scale(by, of) => {
            found.push((**of).clone());
            if by.abs() > 2 {
                found.push(Int::Scale(by.signum() * (by.abs() - 1), of.clone()));
            }
            found.extend(int_variants(of).into_iter().map(|one| Int::Scale(*by, Box::new(one))));
        }
        Int::Quotient(of, by) | Int::Remainder(of, by) => {
            let with = |of: Int, by: i64| match int {
                Int::Quotient(..) => Int::Quotient(Box::new(of), by),
                _ => Int::Remainder(Box::new(of), by),
            };
            found.push((**of).clone());
            if *by > 2 {
                found.push(with((**of).clone(), by - 1));
            }
            found.extend(int_variants(of).into_iter().map(|one| with(one, *by)));
        }
    }
    found
}

/// Calls `change` for every loop.
fn loops(header: &mut For, change: &mut dyn FnMut(&mut For)) {
    fn inside(block: &mut [Statement], change: &mut dyn FnMut(&mut For)) {
        for statement in block {
            match statement {
                Statement::For(header) => loops(header, change),
                Statement::If { accept, reject, .. } => {
                    inside(accept, change);
                    inside(reject, change);
                }
                Statement::Store { .. } | Statement::Let(..) | Statement::Continue => {}
            }
        }
    }
    change(header);
    inside(&mut header.body, change);
}

/// Calls `change` for every expression that is not inside another one.
fn ints(header: &mut For, change: &mut dyn FnMut(&mut Int)) {
    change(&mut header.start);
    change(&mut header.stop);
    header.body.iter_mut().for_each(|one| statement_ints(one, change));
}

fn statement_ints(statement: &mut Statement, change: &mut dyn FnMut(&mut Int)) {
    match statement {
        Statement::For(header) => ints(header, change),
        Statement::If { test, accept, reject } => {
            test_ints(test, change);
            accept
                .iter_mut()
                .chain(reject)
                .for_each(|one| statement_ints(one, change));
        }
        Statement::Store { target, loads } => {
            for load in loads {
                load.element.subscripts.iter_mut().for_each(&mut *change);
                if let Some(test) = &mut load.test {
                    test_ints(test, change);
                }
            }
            target.subscripts.iter_mut().for_each(change);
        }
        Statement::Let(_, value) => change(value),
        Statement::Continue => {}
    }
}

fn test_ints(test: &mut Test, change: &mut dyn FnMut(&mut Int)) {
    match test {
        Test::Compare(_, a, b) => {
            change(a);
            change(b);
        }
        Test::Truth(of) => change(of),
        Test::And(a, b) | Test::Or(a, b) => {
            test_ints(a, change);
            test_ints(b, change);
        }
        Test::Not(of) => test_ints(of, change),
    }
}

fn elements(header: &mut For, change: &mut dyn FnMut(&mut Element)) {
    fn inside(block: &mut [Statement], change: &mut dyn FnMut(&mut Element)) {
        for statement in block {
            match statement {
                Statement::For(header) => elements(header, change),
                Statement::If { accept, reject, .. } => {
                    inside(accept, change);
                    inside(reject, change);
                }
                Statement::Store { target, loads } => {
                    change(target);
                    loads.iter_mut().for_each(|load| change(&mut load.element));
                }
                Statement::Let(..) | Statement::Continue => {}
            }
        }
    }
    inside(&mut header.body, change);
}

/// Puts an expression in the place of another one.
fn replace(statement: &mut Statement, old: &Int, new: &Int) {
    statement_ints(statement, &mut |int| replace_in(int, old, new));
}

fn replace_in_loop(header: &mut For, old: &Int, new: &Int) {
    ints(header, &mut |int| replace_in(int, old, new));
}

fn replace_in(int: &mut Int, old: &Int, new: &Int) {
    if int == old {
        *int = new.clone();
        return;
    }
    match int {
        Int::Number(_) | Int::Counter(_) | Int::Parameter(_) | Int::Extent(..) | Int::Local(_) => {}
        Int::Add(a, b) | Int::Subtract(a, b) | Int::Min(a, b) | Int::Max(a, b) => {
            replace_in(a, old, new);
            replace_in(b, old, new);
        }
        Int::Scale(_, of) | Int::Quotient(of, _) | Int::Remainder(of, _) => replace_in(of, old, new),
    }
}
