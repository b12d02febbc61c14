//! Where an array becomes a variable that goes through the rounds of an iteration.

use super::super::carry;
use super::{AT, Change, Made};
use crate::infer::Signature;
use crate::ir::{ArrayOrigin, BinaryOp, Conversion, Element, Expression, Statement};

/// `t = zeros(n)`, `for axis: t[axis] = t[axis] * y[axis]; x[axis] = t[axis]`
fn rounds() -> Made {
    let mut made = Made::new();
    let at = made.counter(made.axis);
    let (before, factor) = (made.load("t", at), made.load("y", at));
    let value = made.binary(BinaryOp::Multiply, before, factor);
    let first = made.store("t", at, value);
    let after = made.load("t", at);
    let second = made.store("x", at, after);
    let (axis, allocation) = (made.axis, made.allocate("t", true));
    made.body(axis).extend([(first, AT), (second, AT)]);
    made.region.body.push(allocation, AT);
    made.region.body.push(Statement::For(axis), AT);
    made
}

fn is_carried(mut made: Made, first: usize) -> bool {
    let signature = "x: f64[:], y: f64[:], z: f64[:], n: int, a: float"
        .parse::<Signature>()
        .expect("a signature");
    carry::carry(&mut made.region, first, &signature);
    !made.holds_allocation()
}

fn of_type(made: &mut Made, to: Conversion) {
    let array = made.array("t");
    if let ArrayOrigin::Local { element, .. } = &mut made.region.arrays[array].origin {
        *element = Element::Named(to);
    }
}

#[test]
fn an_array_becomes_a_variable_only_where_each_element_belongs_to_one_iteration() {
    assert!(is_carried(rounds(), 1));
    for to in [Conversion::Float32, Conversion::Complex64, Conversion::Complex128] {
        let mut made = rounds();
        of_type(&mut made, to);
        assert!(is_carried(made, 1), "{to:?}");
    }
    assert!(!is_carried(rounds(), 2), "the loop is the program's own");
    let changes: &[Change] = &[
        ("it is made twice", |made| {
            let again = made.allocate("t", true);
            made.region.body.push(again, AT);
        }),
        ("it is handed back", |made| made.keep("t")),
        ("its extent is asked for", |made| {
            let array = made.array("t");
            made.region.loops[made.k].stop = made.add(Expression::Extent { array, axis: 0 });
        }),
        ("another has its type", |made| {
            let (like, other) = (made.array("t"), made.array("u"));
            if let ArrayOrigin::Local { element, .. } = &mut made.region.arrays[other].origin {
                *element = Element::Like(like);
            }
        }),
        ("integers are checked when they are stored", |made| {
            of_type(made, Conversion::Int64)
        }),
        ("halves are rounded when they are stored", |made| {
            of_type(made, Conversion::Float16)
        }),
        ("a variable says where", |made| {
            let v = made.value(made.v);
            let counter = made.counter(made.axis);
            for one in made.region.expressions.handles() {
                if let Expression::Load { subscripts, .. } = &mut made.region.expressions[one] {
                    *subscripts = vec![v, counter];
                }
            }
            for one in made.region.stores.handles() {
                made.region.stores[one].subscripts = vec![v, counter];
            }
        }),
        ("all iterations of a loop share it", |made| {
            let (axis, inner) = (made.axis, made.inner);
            let body = std::mem::take(made.body(axis));
            *made.body(inner) = body;
            made.body(axis).push((Statement::For(inner), AT));
        }),
        ("another iteration's element is read", |made| {
            let (zero, at) = (made.int(0), made.counter(made.axis));
            let read = made.load("t", zero);
            let store = made.store("z", at, read);
            made.body(made.axis).push((store, AT));
        }),
        ("an element is read behind the loop", |made| {
            let zero = made.int(0);
            let read = made.load("t", zero);
            made.region.body.push(Statement::Evaluate(read), AT);
        }),
    ];
    for (what, change) in changes {
        let mut made = rounds();
        change(&mut made);
        assert!(!is_carried(made, 1), "{what}");
    }
}
