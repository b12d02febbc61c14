//! What surely is a float.

use super::super::floats::Floats;
use super::Made;
use crate::infer::Signature;
use crate::ir::{ArrayOrigin, BinaryOp, Conversion, Element, Expression, Literal, UnaryOp};

#[test]
fn only_what_is_surely_a_float_counts_as_one() {
    let signature = "x: f64[:], y: f32[:], z: i64[:], n: int, a: float"
        .parse::<Signature>()
        .expect("a signature");
    let asked = |element: &dyn Fn(&mut Made) -> Element| {
        let mut made = Made::new();
        let element = element(&mut made);
        let array = made.array("t");
        if let ArrayOrigin::Local { element: own, .. } = &mut made.region.arrays[array].origin {
            *own = element;
        }
        let (region, signature) = (&made.region, &signature);
        Floats { region, signature }.array(array)
    };
    for (to, float) in [
        (Conversion::Float, true),
        (Conversion::Float32, true),
        (Conversion::Float64, true),
        (Conversion::Float16, false),
        (Conversion::Complex64, false),
        (Conversion::Int64, false),
        (Conversion::NumpyBool, false),
    ] {
        assert_eq!(asked(&|_| Element::Named(to)), float, "{to:?}");
        let converted = |made: &mut Made| {
            let operand = made.n;
            Element::Of(made.add(Expression::Convert { to, operand }))
        };
        assert_eq!(asked(&converted), float, "{to:?} of a number");
    }
    for (name, float) in [("x", true), ("y", true), ("z", false), ("t", false), ("u", true)] {
        assert_eq!(asked(&|made| Element::Like(made.array(name))), float, "like {name}");
        let read = |made: &mut Made| {
            let zero = made.int(0);
            made.load(name, zero)
        };
        assert_eq!(asked(&|made| Element::Of(read(made))), float, "of {name}");
        assert_eq!(asked(&|made| Element::SumOf(read(made))), float, "sums of {name}");
        assert_eq!(asked(&|made| Element::MeanOf(read(made))), float, "means of {name}");
        let negative = |made: &mut Made| {
            let operand = read(made);
            Element::Of(made.add(Expression::Unary {
                op: UnaryOp::Negate,
                operand,
            }))
        };
        assert_eq!(asked(&negative), float, "minus {name}");
        let truth = |made: &mut Made| {
            let operand = read(made);
            Element::Of(made.add(Expression::Unary {
                op: UnaryOp::Not,
                operand,
            }))
        };
        assert!(!asked(&truth), "not {name}");
        for op in [BinaryOp::Add, BinaryOp::Subtract, BinaryOp::Multiply] {
            let of_two = |made: &mut Made| {
                let (left, right) = (read(made), made.n);
                Element::Of(made.binary(op, left, right))
            };
            assert_eq!(asked(&of_two), float, "{op:?} of {name} and an int");
        }
        for op in [
            BinaryOp::BitAnd,
            BinaryOp::ShiftLeft,
            BinaryOp::Modulo,
            BinaryOp::FloorDivide,
            BinaryOp::Power,
        ] {
            let of_two = |made: &mut Made| {
                let (left, right) = (read(made), made.n);
                Element::Of(made.binary(op, left, right))
            };
            assert!(!asked(&of_two), "{op:?} of {name} and an int");
        }
    }
    assert!(asked(&|made| Element::Of(made.a)) && !asked(&|made| Element::Of(made.n)));
    assert!(asked(&|made| Element::Of(
        made.add(Expression::Literal(Literal::Float(1.0)))
    )));
    assert!(!asked(&|made| Element::Of(made.int(1))));
    assert!(
        !asked(&|made| Element::Of(made.value(made.v))),
        "a variable may hold anything"
    );
    assert!(!asked(&|_| Element::Listed), "a list may hold anything");
}
