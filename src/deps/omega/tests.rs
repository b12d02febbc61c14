//! Against brute force over a box.

use proptest::prelude::*;

use super::project::Projection;
use super::{Budget, Outcome, Row, System};

const SIDE: i128 = 4;

fn boxed(variables: usize, zero: &[Row], nonnegative: &[Row]) -> System {
    let mut system = System::new(variables);
    zero.iter().cloned().for_each(|row| system.require_zero(row));
    nonnegative
        .iter()
        .cloned()
        .for_each(|row| system.require_nonnegative(row));
    for v in 0..variables {
        for sign in [1, -1] {
            let mut row = Row::constant(variables, SIDE);
            row.coefficients[v] = sign;
            system.require_nonnegative(row);
        }
    }
    system
}

/// All points of the box that satisfy the system.
fn solutions(system: &System) -> Vec<Vec<i128>> {
    let mut points = vec![Vec::new()];
    for _ in 0..system.variables() {
        points = points
            .into_iter()
            .flat_map(|point: Vec<i128>| (-SIDE..=SIDE).map(move |x| point.iter().copied().chain([x]).collect()))
            .collect();
    }
    points.retain(|point| system.holds(point));
    points
}

fn rows(variables: usize, count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Row>> {
    let row = (prop::collection::vec(-7_i128..=7, variables), -15_i128..=15)
        .prop_map(|(coefficients, constant)| Row { coefficients, constant });
    prop::collection::vec(row, count)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_brute_force(zero in rows(3, 0..3), nonnegative in rows(3, 0..5)) {
        let system = boxed(3, &zero, &nonnegative);
        let points = solutions(&system);
        match system.clone().solve(&mut Budget(10_000)) {
            Outcome::Solution(solution) => prop_assert!(system.holds(&solution), "{solution:?} is no solution"),
            Outcome::None => prop_assert!(points.is_empty(), "missed {:?}", points[0]),
            Outcome::Unknown => prop_assert!(false, "gave up"),
        }
    }

    #[test]
    fn projection_loses_no_solution(zero in rows(3, 0..2), nonnegative in rows(3, 0..5)) {
        let system = boxed(3, &zero, &nonnegative);
        let points = solutions(&system);
        match system.project(&[true, false, false], &mut Budget(10_000)) {
            Projection::Empty => prop_assert!(points.is_empty()),
            Projection::Unknown => {}
            Projection::Conditions { zero, nonnegative, divisible, exact } => {
                if exact {
                    // Each value of the kept variable that meets the conditions belongs to a solution.
                    for value in -SIDE..=SIDE {
                        let point = [value, 0, 0];
                        let meets = zero.iter().all(|row| row.value(&point) == Some(0))
                            && nonnegative.iter().all(|row| row.value(&point).unwrap() >= 0)
                            && divisible.iter().all(|(by, row)| row.value(&point).unwrap() % by == 0);
                        prop_assert_eq!(meets, points.iter().any(|point| point[0] == value), "at {}", value);
                    }
                }
                for point in points {
                    let divides = |(by, row): &(i128, Row)| row.value(&point).unwrap() % by == 0;
                    prop_assert!(divisible.iter().all(divides), "{divisible:?} at {point:?}");
                    prop_assert!(zero.iter().all(|row| row.value(&point) == Some(0)), "{zero:?} at {point:?}");
                    prop_assert!(nonnegative.iter().all(|row| row.value(&point).unwrap() >= 0));
                }
            }
        }
    }
}

#[test]
fn the_example_of_the_paper_has_no_solution() {
    // 27 <= 11x + 13y <= 45 and -10 <= 7x - 9y <= 4 (Pugh 1992): real solutions, no integer one.
    let row = |x, y, constant| Row {
        coefficients: vec![x, y],
        constant,
    };
    let mut system = System::new(2);
    for row in [row(11, 13, -27), row(-11, -13, 45), row(7, -9, 10), row(-7, 9, 4)] {
        system.require_nonnegative(row);
    }
    assert_eq!(system.solve(&mut Budget(1000)), Outcome::None);
}
