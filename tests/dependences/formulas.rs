//! Random conditions: simplified and as Python text they mean the same.

use ferrokeet::deps::{Atom, Formula, Linear};
use ferrokeet::ir::Region;
use ferrokeet::python::{
    BinaryOperator, CompareOperator, Expression, ExpressionKind, LogicalOperator, UnaryOperator, parse_expression,
};
use ferrokeet::source::{SourceFile, Span};
use ferrokeet::translate::Program;

use crate::random::Random;

const PROGRAM: &str = "\
def f(a, b, n, m, off):
    # pragma parallel for
    for i in range(n):
        a[i, m] = b[i + off] + 1.0
";

/// A region with two arrays and three integers to make conditions of.
fn region() -> Region {
    let mut program = Program::parse(SourceFile::new("formula.py", PROGRAM));
    program.regions.swap_remove(0)
}

/// Values of the names: `n`, `m`, `off`, the extents of `a` and of `b`.
struct Point {
    inputs: [i128; 3],
    extents: [i128; 3],
}

impl Point {
    fn random(random: &mut Random) -> Self {
        Self {
            inputs: [(); 3].map(|()| i128::from(random.within(-6, 6))),
            extents: [(); 3].map(|()| i128::from(random.within(0, 6))),
        }
    }

    fn name(&self, name: &str) -> Option<i128> {
        ["n", "m", "off"]
            .iter()
            .position(|known| *known == name)
            .map(|place| self.inputs[place])
    }

    fn extent(&self, array: &str, axis: usize) -> Option<i128> {
        match (array, axis) {
            ("a", 0) => Some(self.extents[0]),
            ("a", 1) => Some(self.extents[1]),
            ("b", 0) => Some(self.extents[2]),
            _ => None,
        }
    }

    fn atom(&self, region: &Region, atom: &Atom) -> Option<i128> {
        match atom {
            Atom::Input(input) => self.name(&region.inputs[*input].name),
            Atom::Extent(array, axis) => self.extent(&region.arrays[*array].name, *axis as usize),
            Atom::Size(array) => match &region.arrays[*array].name[..] {
                "a" => Some(self.extents[0] * self.extents[1]),
                _ => Some(self.extents[2]),
            },
            _ => None,
        }
    }
}

fn linear(random: &mut Random, region: &Region, depth: u32) -> Linear {
    let mut sum = Linear::constant(random.within(-4, 4));
    for _ in 0..random.weighted(&[15, 45, 30, 10]) {
        let atom = atom(random, region, depth);
        let factor = [1, 1, 1, -1, -1, 2, -2, 3][random.below(8)];
        sum = sum.combine(factor, &Linear::atom(atom)).expect("small");
    }
    sum
}

fn atom(random: &mut Random, region: &Region, depth: u32) -> Atom {
    let inputs: Vec<_> = region
        .inputs
        .iter()
        .filter(|(_, input)| ["n", "m", "off"].contains(&&input.name[..]))
        .collect();
    let arrays: Vec<_> = region.arrays.iter().collect();
    let part = |random: &mut Random| linear(random, region, depth + 1);
    match random.weighted(&if depth < 2 {
        [50, 15, 5, 8, 8, 6, 4, 4]
    } else {
        [70, 25, 5, 0, 0, 0, 0, 0]
    }) {
        0 => Atom::Input(random.pick(&inputs).0),
        1 => {
            let (array, of) = random.pick(&arrays);
            let axes = if of.name == "a" { 2 } else { 1 };
            Atom::Extent(*array, random.below(axes) as u32)
        }
        2 => Atom::Size(random.pick(&arrays).0),
        3 => Atom::Quotient(Box::new(part(random)), random.within(2, 4)),
        4 => Atom::Remainder(Box::new(part(random)), random.within(2, 4)),
        5 => Atom::Product(Box::new(part(random)), Box::new(part(random))),
        6 => Atom::Least(vec![part(random), part(random)]),
        _ => Atom::Greatest(vec![part(random), part(random)]),
    }
}

fn formula(random: &mut Random, region: &Region, depth: u32) -> Formula {
    let parts = |random: &mut Random| {
        let count = random.below(4);
        (0..count).map(|_| formula(random, region, depth + 1)).collect()
    };
    let inner = if depth < 3 { 20 } else { 0 };
    match random.weighted(&[2, 2, 40, 20, 12, inner, inner, inner / 2, inner / 2]) {
        0 => Formula::True,
        1 => Formula::False,
        2 => Formula::NonNegative(linear(random, region, 0)),
        3 => Formula::Zero(linear(random, region, 0)),
        4 => Formula::Divides(random.within(2, 5), linear(random, region, 0)),
        5 => Formula::All(parts(random)),
        6 => Formula::Any(parts(random)),
        7 => Formula::Not(Box::new(formula(random, region, depth + 1))),
        _ => {
            // `x >= y or -x >= y`, which is written in a way of its own.
            let (x, y) = (linear(random, region, 1), linear(random, region, 1));
            let above = x.subtract(&y).expect("small");
            let below = x.scale(-1).and_then(|x| x.subtract(&y)).expect("small");
            Formula::Any(vec![Formula::NonNegative(above), Formula::NonNegative(below)])
        }
    }
}

/// The value of Python text; a truth is 0 or 1, as in Python. `None`: it is none of the text that conditions are made of.
fn value(expression: &Expression, point: &Point) -> Option<i128> {
    let of = |one: &Expression| value(one, point);
    match &expression.kind {
        ExpressionKind::Name(name) => point.name(name),
        ExpressionKind::Integer(digits) => digits.parse().ok(),
        ExpressionKind::Bool(truth) => Some(i128::from(*truth)),
        ExpressionKind::Unary { operator, operand } => match operator {
            UnaryOperator::Negate => Some(-of(operand)?),
            UnaryOperator::Plus => of(operand),
            UnaryOperator::Invert => Some(!of(operand)?),
            UnaryOperator::Not => Some(i128::from(of(operand)? == 0)),
        },
        ExpressionKind::Binary { operator, left, right } => {
            let (left, right) = (of(left)?, of(right)?);
            match operator {
                BinaryOperator::Add => Some(left + right),
                BinaryOperator::Subtract => Some(left - right),
                BinaryOperator::Multiply => Some(left * right),
                // Divisors in conditions are positive.
                BinaryOperator::FloorDivide => Some(left.div_euclid(right)),
                BinaryOperator::Modulo => Some(left.rem_euclid(right)),
                _ => None,
            }
        }
        ExpressionKind::Compare { operands, operators } => {
            let values = operands.iter().map(of).collect::<Option<Vec<_>>>()?;
            let each = operators
                .iter()
                .zip(values.windows(2))
                .map(|(operator, pair)| match operator {
                    CompareOperator::Less => Some(pair[0] < pair[1]),
                    CompareOperator::LessEqual => Some(pair[0] <= pair[1]),
                    CompareOperator::Greater => Some(pair[0] > pair[1]),
                    CompareOperator::GreaterEqual => Some(pair[0] >= pair[1]),
                    CompareOperator::Equal => Some(pair[0] == pair[1]),
                    CompareOperator::NotEqual => Some(pair[0] != pair[1]),
                    _ => None,
                });
            each.collect::<Option<Vec<_>>>()
                .map(|all| i128::from(all.into_iter().all(|holds| holds)))
        }
        ExpressionKind::Logical { operator, operands } => {
            let holds = operands
                .iter()
                .map(|one| of(one).map(|value| value != 0))
                .collect::<Option<Vec<_>>>()?;
            Some(i128::from(match operator {
                LogicalOperator::And => holds.into_iter().all(|one| one),
                LogicalOperator::Or => holds.into_iter().any(|one| one),
            }))
        }
        ExpressionKind::Call { function, arguments } => {
            let ExpressionKind::Name(name) = &function.kind else {
                return None;
            };
            if name == "len" {
                let ExpressionKind::Name(array) = &arguments[0].value.kind else {
                    return None;
                };
                return point.extent(array, 0);
            }
            let values = arguments.iter().map(|one| of(&one.value)).collect::<Option<Vec<_>>>()?;
            match &name[..] {
                "min" => values.into_iter().min(),
                "max" => values.into_iter().max(),
                "abs" => Some(values[0].abs()),
                _ => None,
            }
        }
        // `a.size`
        ExpressionKind::Attribute { value, attribute } => match (&value.kind, &attribute.text[..]) {
            (ExpressionKind::Name(name), "size") if name == "a" => Some(point.extents[0] * point.extents[1]),
            (ExpressionKind::Name(_), "size") => Some(point.extents[2]),
            _ => None,
        },
        // `a.shape[1]`
        ExpressionKind::Subscript { value, index } => {
            let ExpressionKind::Attribute { value, .. } = &value.kind else {
                return None;
            };
            let ExpressionKind::Name(name) = &value.kind else {
                return None;
            };
            point.extent(name, usize::try_from(of(index)?).ok()?)
        }
        _ => None,
    }
}

#[test]
fn conditions_mean_the_same_simplified_and_as_text() {
    let region = region();
    for seed in 0..4000 {
        let random = &mut Random::new(seed);
        let formula = formula(random, &region, 0);
        let simplified = formula.clone().simplified();
        assert_eq!(
            simplified.clone().simplified(),
            simplified,
            "seed {seed}: not simple yet"
        );
        let text = simplified.text(&region);
        let parsed = parse_expression(&text, Span::new(0, text.len() as u32));
        let parsed = parsed.unwrap_or_else(|| panic!("seed {seed}: `{text}` is no Python"));
        for _ in 0..25 {
            let point = Point::random(random);
            let atom = |atom: &Atom| point.atom(&region, atom);
            let truth = formula.evaluate(&atom);
            assert!(truth.is_some(), "seed {seed}: {formula:?} has no value");
            assert_eq!(
                simplified.evaluate(&atom),
                truth,
                "seed {seed}: {formula:?} is not {simplified:?}"
            );
            let value = value(&parsed, &point).map(|value| value != 0);
            assert_eq!(
                value, truth,
                "seed {seed}: `{text}` at {:?}, {:?}",
                point.inputs, point.extents
            );
        }
    }
}
