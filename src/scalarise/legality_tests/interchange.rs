//! Where a loop may go inside the nest in it.

use super::super::{Supposed, fuse};
use super::{AT, Change, Made, assign};
use crate::ir::{Annotation, ArrayOrigin, BinaryOp, Block, Directive, Gives, Output, Statement};

/// `for k: for axis: x[axis] = x[axis] * x[axis]`
fn sweeps() -> Made {
    let mut made = Made::new();
    let at = made.counter(made.axis);
    let read = made.load("x", at);
    let value = made.binary(BinaryOp::Multiply, read, made.a);
    let store = made.store("x", at, value);
    let (k, axis) = (made.k, made.axis);
    made.body(axis).push((store, AT));
    made.body(k).push((Statement::For(axis), AT));
    made.region.body.push(Statement::For(k), AT);
    made
}

/// Whether `k` has gone inside.
fn goes_inside(mut made: Made, supposed: Supposed) -> bool {
    fuse::fuse(&mut made.region, 1, supposed);
    let moved = Statement::For(made.k);
    let inside = made.body(made.axis).iter().any(|(one, _)| *one == moved);
    assert_ne!(
        inside,
        made.region
            .body
            .statements
            .iter()
            .any(|(one, _)| *one == Statement::For(made.k))
    );
    inside
}

#[test]
fn a_loop_goes_inside_the_nest_in_it_only_where_each_element_is_by_itself() {
    assert!(goes_inside(sweeps(), Supposed::Usual));
    assert!(goes_inside(sweeps(), Supposed::Nothing));
    let harmless: &[Change] = &[
        ("storage that is written first", |made| {
            let allocation = made.allocate("t", false);
            made.body(made.k).insert(0, (allocation, AT));
        }),
        ("a variable of the iteration", |made| {
            let (zero, v) = (made.int(0), made.value(made.v));
            let product = made.product(v);
            let first = assign(made.v, zero);
            made.body(made.axis).extend([first, (product, AT)]);
        }),
    ];
    for (what, change) in harmless {
        let mut made = sweeps();
        change(&mut made);
        assert!(goes_inside(made, Supposed::Usual), "{what}");
    }
    let changes: &[Change] = &[
        ("storage of zeros is zero again in each round", |made| {
            let allocation = made.allocate("t", true);
            made.body(made.k).insert(0, (allocation, AT));
        }),
        ("storage that is handed back is a new array in each round", |made| {
            let allocation = made.allocate("t", false);
            made.body(made.k).insert(0, (allocation, AT));
            made.keep("t");
        }),
        ("something else is in the loop", |made| {
            let zero = made.int(0);
            let first = assign(made.v, zero);
            made.body(made.k).insert(0, first);
        }),
        ("the loop is told something", |made| {
            made.region.loops[made.k].annotation = Some(Annotation::plain(Directive::Sequential, AT));
        }),
        ("the nest is as long as the loop says", |made| {
            let counter = made.counter(made.k);
            made.region.loops[made.axis].stop = counter;
        }),
        ("the loop says where it reads", |made| {
            let counter = made.counter(made.k);
            let read = made.load("y", counter);
            let product = made.product(read);
            made.body(made.axis).push((product, AT));
        }),
        ("storage is as long as the loop says", |made| {
            let counter = made.counter(made.k);
            let array = made.array("t");
            if let ArrayOrigin::Local { extents, .. } = &mut made.region.arrays[array].origin {
                extents[0] = counter;
            }
            let allocation = made.allocate("t", false);
            made.body(made.k).insert(0, (allocation, AT));
        }),
        ("a variable of the nest says where it reads", |made| {
            let (zero, v) = (made.int(0), made.value(made.v));
            let read = made.load("y", v);
            let product = made.product(read);
            let first = assign(made.v, zero);
            made.body(made.axis).extend([first, (product, AT)]);
        }),
        ("an element says how long the nest is", |made| {
            let zero = made.int(0);
            made.region.loops[made.axis].stop = made.load("y", zero);
        }),
        ("the step may be zero", |made| made.region.loops[made.k].step = made.n),
        ("the step is zero", |made| made.region.loops[made.k].step = made.int(0)),
        ("the bounds may raise", |made| {
            made.region.loops[made.k].stop = made.binary(BinaryOp::FloorDivide, made.n, made.n);
        }),
        ("an element may raise", |made| {
            let quotient = made.binary(BinaryOp::FloorDivide, made.n, made.n);
            let product = made.product(quotient);
            made.body(made.axis).push((product, AT));
        }),
        (
            "an element may be asked for that is not there, at some places",
            |made| {
                let read = made.load("y", made.n);
                let product = made.product(read);
                let mut accept = Block::default();
                accept.push(product, AT);
                let reject = Block::default();
                let condition = made.a;
                made.body(made.axis).push((
                    Statement::If {
                        condition,
                        accept,
                        reject,
                    },
                    AT,
                ));
            },
        ),
        ("the order of updates is the program's", |made| {
            made.first_store().atomic = true
        }),
        ("a variable leaves", |made| {
            let zero = made.int(0);
            let (variable, first) = (made.v, assign(made.v, zero));
            made.body(made.axis).push(first);
            made.region.outputs.push(Output {
                variable,
                name: "v".to_owned(),
                gives: Gives::Number,
            });
        }),
        ("a variable brings something from the iteration before", |made| {
            let v = made.value(made.v);
            let product = made.product(v);
            let (zero, variable) = (made.int(0), made.v);
            made.body(made.axis).extend([(product, AT), assign(variable, zero)]);
        }),
        ("a variable is assigned at some places only", |made| {
            let (zero, v) = (made.int(0), made.value(made.v));
            let product = made.product(v);
            let (condition, variable, reject) = (made.a, made.v, Block::default());
            let accept = Block {
                statements: vec![assign(variable, zero)],
            };
            let first = Statement::If {
                condition,
                accept,
                reject,
            };
            made.body(made.axis).extend([(first, AT), (product, AT)]);
        }),
        ("a variable is read outside", |made| {
            let (zero, v) = (made.int(0), made.value(made.v));
            let first = assign(made.v, zero);
            made.body(made.axis).push(first);
            made.region.body.push(Statement::Evaluate(v), AT);
        }),
        ("an element of another iteration is read", |made| {
            let zero = made.int(0);
            let read = made.load("x", zero);
            let product = made.product(read);
            made.body(made.axis).push((product, AT));
        }),
        ("a neighbour is stored to", |made| {
            let (axis, one) = (made.counter(made.axis), made.int(1));
            made.first_store().subscripts = vec![axis];
            let next = made.binary(BinaryOp::Add, axis, one);
            made.first_store().subscripts = vec![next];
        }),
        ("all rounds store to one element", |made| {
            let zero = made.int(0);
            let read = made.load("x", zero);
            made.first_store().value = read;
            made.first_store().subscripts = vec![zero];
        }),
    ];
    for (what, change) in changes {
        let mut made = sweeps();
        change(&mut made);
        assert!(!goes_inside(made, Supposed::Usual), "{what}");
    }
}

#[test]
fn arrays_that_may_overlap_are_supposed_to_be_apart() {
    let other = || {
        let mut made = sweeps();
        let factor = made.a;
        let product = made.product(factor);
        made.body(made.axis).push((product, AT));
        made
    };
    assert!(!goes_inside(other(), Supposed::Nothing));
    let mut made = other();
    fuse::fuse(&mut made.region, 1, Supposed::Usual);
    assert!(made.region.supposing && made.region.requirements.len() == 1);
}
