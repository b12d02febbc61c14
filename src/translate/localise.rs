//! Makes input arrays local ones, by their names: for tests of what follows `lower`.
//!
//! `loc_f64_3_n` becomes an array of 3 times `n` `f64`s that every iteration of the outermost loop allocates; `k` is one more than
//! that loop's counter, any other word an input. `top_f64_n` is allocated before all loops.

use crate::ir::{ArrayOrigin, BinaryOp, Conversion, Element, Expression, Handle, Literal, Region, Statement};
use crate::source::Span;

/// The region with such arrays made local.
pub(super) fn localise(region: &Region) -> Region {
    let mut region = region.clone();
    let arrays: Vec<_> = region.arrays.handles().collect();
    for array in arrays.into_iter().rev() {
        let name = region.arrays[array].name.clone();
        let words: Vec<&str> = name.split('_').collect();
        let [place @ ("loc" | "top"), element, extents @ ..] = &words[..] else {
            continue;
        };
        let span = region.span;
        let extents = extents.iter().map(|word| extent(&mut region, word, span)).collect();
        region.arrays[array].origin = ArrayOrigin::Local {
            element: Element::Named(conversion(element)),
            extents,
        };
        let statement = (Statement::Allocate { array, zeroed: true }, span);
        match outermost(&region) {
            Some(handle) if *place == "loc" => region.loops[handle].body.statements.insert(0, statement),
            _ => region.body.statements.insert(0, statement),
        }
    }
    region
}

fn outermost(region: &Region) -> Option<Handle<crate::ir::Loop>> {
    region
        .body
        .statements
        .iter()
        .find_map(|(statement, _)| match statement {
            Statement::For(handle) => Some(*handle),
            _ => None,
        })
}

fn extent(region: &mut Region, word: &str, span: Span) -> Handle<Expression> {
    if let Ok(number) = word.parse() {
        return region.expression(Expression::Literal(Literal::Int(number)), span);
    }
    if word == "k" {
        let counter = Expression::Counter(outermost(region).expect("a loop"));
        let left = region.expression(counter, span);
        let right = region.expression(Expression::Literal(Literal::Int(1)), span);
        let op = BinaryOp::Add;
        return region.expression(Expression::Binary { op, left, right }, span);
    }
    let input = region.inputs.iter().find(|(_, input)| input.name == word);
    let input = input.map(|(handle, _)| handle).expect("an input");
    region.expression(Expression::Input(input), span)
}

fn conversion(word: &str) -> Conversion {
    match word {
        "bool" => Conversion::NumpyBool,
        "i8" => Conversion::Int8,
        "i16" => Conversion::Int16,
        "i32" => Conversion::Int32,
        "i64" => Conversion::Int64,
        "u8" => Conversion::UInt8,
        "u16" => Conversion::UInt16,
        "u32" => Conversion::UInt32,
        "u64" => Conversion::UInt64,
        "f32" => Conversion::Float32,
        _ => Conversion::Float64,
    }
}
