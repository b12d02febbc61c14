//! Where what a mask chooses is used where it lies.

use super::super::{Ex, unpack};
use super::{AT, Change, Made, assign};
use crate::ir::{Annotation, BinaryOp, Block, CompareOp, Directive, Expression, Statement};
use crate::source::Span;

/// `v = 0`, `for axis: if y[axis] > 0: t[v] = x[axis]; v = v + 1`, `for reader_0 in range(v): w = w + t[reader_0]`
fn chosen() -> Made {
    let mut made = Made::new();
    choose(&mut made);
    made
}

fn choose(made: &mut Made) {
    let at = made.counter(made.axis);
    let (tested, zero, one) = (made.load("y", at), made.int(0), made.int(1));
    let condition = made.add(Expression::Compare {
        op: CompareOp::Greater,
        left: tested,
        right: zero,
    });
    let (read, count) = (made.load("x", at), made.value(made.v));
    let store = made.store("t", count, read);
    let next = made.value(made.v);
    let next = made.binary(BinaryOp::Add, next, one);
    let accept = Block {
        statements: vec![(store, AT), assign(made.v, next)],
    };
    let reject = Block::default();
    let (axis, v) = (made.axis, made.v);
    made.body(axis).push((
        Statement::If {
            condition,
            accept,
            reject,
        },
        AT,
    ));
    let allocation = made.allocate("t", false);
    made.region
        .body
        .statements
        .extend([(allocation, AT), assign(v, zero), (Statement::For(axis), AT)]);
    reader(made, 0);
}

/// A loop through what has been chosen.
fn reader(made: &mut Made, which: usize) {
    let header = made.readers[which];
    let (counter, stop, before) = (made.counter(header), made.value(made.v), made.value(made.w));
    let read = made.load("t", counter);
    let sum = made.binary(BinaryOp::Add, before, read);
    let step = assign(made.w, sum);
    made.region.loops[header].stop = stop;
    made.body(header).push(step);
    made.region.body.push(Statement::For(header), AT);
}

fn is_unpacked(mut made: Made, first: usize) -> bool {
    unpack::unpack(&mut made.region, first);
    let reader = Statement::For(made.readers[0]);
    !made.region.body.statements.iter().any(|(one, _)| *one == reader)
}

/// The `if` of the nest that chooses: its condition and both branches.
fn choice(made: &mut Made) -> (&mut Ex, &mut Block, &mut Block) {
    match &mut made.region.loops[made.axis].body.statements[0].0 {
        Statement::If {
            condition,
            accept,
            reject,
        } => (condition, accept, reject),
        _ => panic!("the nest chooses"),
    }
}

/// Puts a statement between the nest that chooses and the loop through what it has chosen.
fn between(made: &mut Made, statement: (Statement, Span)) {
    made.region.body.statements.insert(3, statement);
}

#[test]
fn what_a_mask_chooses_is_used_where_it_lies_only_if_nothing_changes_in_between() {
    assert!(is_unpacked(chosen(), 1));
    let mut several = chosen();
    (1..4).for_each(|which| reader(&mut several, which));
    assert!(is_unpacked(several, 1));
    assert!(!is_unpacked(chosen(), 2), "the nest is the program's own");
    let mut own = Made::new();
    own.readers[0] = own.k;
    choose(&mut own);
    assert!(!is_unpacked(own, 1), "the reader is the program's own");
    let changes: &[Change] = &[
        ("places are counted by two", |made| {
            let (count, two) = (made.value(made.v), made.int(2));
            let next = made.binary(BinaryOp::Add, count, two);
            let variable = made.v;
            choice(made).1.statements[1] = assign(variable, next);
        }),
        ("elements keep their places", |made| {
            let axis = made.counter(made.axis);
            made.first_store().subscripts = vec![axis];
        }),
        ("elements are added up", |made| made.first_store().update = true),
        ("the caller sees where they are put", |made| {
            let z = made.array("z");
            made.first_store().array = z;
            for one in made.region.expressions.handles() {
                if let Expression::Load { array, .. } = &mut made.region.expressions[one]
                    && *array == made.arrays[3]
                {
                    *array = z;
                }
            }
        }),
        ("the nest is told something", |made| {
            made.region.loops[made.axis].annotation = Some(Annotation::plain(Directive::Sequential, AT));
        }),
        ("something is done with the others", |made| {
            let (zero, w) = (made.int(0), made.w);
            choice(made).2.statements.push(assign(w, zero));
        }),
        ("they are handed back", |made| made.keep("t")),
        ("an element may raise", |made| {
            made.first_store().value = made.binary(BinaryOp::FloorDivide, made.n, made.n);
        }),
        ("the condition may raise", |made| {
            let quotient = made.binary(BinaryOp::FloorDivide, made.n, made.n);
            *choice(made).0 = quotient;
        }),
        ("control goes elsewhere in between", |made| {
            let condition = made.a;
            let (prelude, body) = (Block::default(), Block::default());
            between(
                made,
                (
                    Statement::While {
                        prelude,
                        condition,
                        body,
                    },
                    AT,
                ),
            );
        }),
        ("the count changes in between", |made| {
            let zero = made.int(0);
            between(made, assign(made.v, zero));
        }),
        ("what the condition reads is assigned in between", |made| {
            let (w, zero) = (made.value(made.w), made.int(0));
            *choice(made).0 = w;
            between(made, assign(made.w, zero));
        }),
        ("what elements are read from begins anew in between", |made| {
            let at = made.counter(made.axis);
            made.first_store().value = made.load("u", at);
            let again = made.allocate("u", true);
            made.region.body.statements.insert(3, (again, AT));
        }),
        ("what elements are read from is stored to in between", |made| {
            let (zero, a) = (made.int(0), made.a);
            let store = made.store("x", zero, a);
            between(made, (store, AT));
        }),
        ("what may share its storage is stored to in between", |made| {
            let (zero, a) = (made.int(0), made.a);
            let store = made.store("z", zero, a);
            between(made, (store, AT));
        }),
        ("what elements are read from is stored to on the way", |made| {
            let (zero, a) = (made.int(0), made.a);
            let store = made.store("x", zero, a);
            made.body(made.readers[0]).push((store, AT));
        }),
        ("many loops would go through all", |made| {
            (1..5).for_each(|which| reader(made, which))
        }),
        ("an element is asked for by its number", |made| {
            let zero = made.int(0);
            let read = made.load("t", zero);
            made.region.body.push(Statement::Evaluate(read), AT);
        }),
        ("the first is left out", |made| {
            made.region.loops[made.readers[0]].start = made.int(1)
        }),
        ("every other is left out", |made| {
            made.region.loops[made.readers[0]].step = made.int(2)
        }),
        ("another number of them is read", |made| {
            made.region.loops[made.readers[0]].stop = made.n
        }),
        ("the counter is asked for", |made| {
            let counter = made.counter(made.readers[0]);
            let step = assign(made.w, counter);
            made.body(made.readers[0]).push(step);
        }),
    ];
    for (what, change) in changes {
        let mut made = chosen();
        change(&mut made);
        assert!(!is_unpacked(made, 1), "{what}");
    }
}
