//! Against brute force over a box.

use proptest::prelude::*;

use super::project::Projection;
use super::{Budget, Outcome, Row, System};

const SIDE: i128 = 4;

/// A system in which no variable is further than `side` from 0.
fn boxed(variables: usize, side: i128, zero: &[Row], nonnegative: &[Row]) -> System {
    let mut system = System::new(variables);
    zero.iter().cloned().for_each(|row| system.require_zero(row));
    nonnegative
        .iter()
        .cloned()
        .for_each(|row| system.require_nonnegative(row));
    for v in 0..variables {
        for sign in [1, -1] {
            let mut row = Row::constant(variables, side);
            row.coefficients[v] = sign;
            system.require_nonnegative(row);
        }
    }
    system
}

/// All points of the box that satisfy the system.
fn solutions(system: &System, side: i128) -> Vec<Vec<i128>> {
    let mut points = vec![Vec::new()];
    for _ in 0..system.variables() {
        points = points
            .into_iter()
            .flat_map(|point: Vec<i128>| (-side..=side).map(move |x| point.iter().copied().chain([x]).collect()))
            .collect();
    }
    points.retain(|point| system.holds(point));
    points
}

/// Rows in which few variables occur, most with a small coefficient.
fn sparse(variables: usize, count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Row>> {
    let coefficient = prop_oneof![6 => Just(0_i128), 4 => -1_i128..=1, 2 => -4_i128..=4];
    let row = (prop::collection::vec(coefficient, variables), -6_i128..=6)
        .prop_map(|(coefficients, constant)| Row { coefficients, constant });
    prop::collection::vec(row, count)
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
        let system = boxed(3, SIDE, &zero, &nonnegative);
        let points = solutions(&system, SIDE);
        match system.clone().solve(&mut Budget(10_000)) {
            Outcome::Solution(solution) => prop_assert!(system.holds(&solution), "{solution:?} is no solution"),
            Outcome::None => prop_assert!(points.is_empty(), "missed {:?}", points[0]),
            Outcome::Unknown => prop_assert!(false, "gave up"),
        }
    }

    #[test]
    fn sparse_systems_agree_with_brute_force(zero in sparse(5, 0..3), nonnegative in sparse(5, 0..6)) {
        let system = boxed(5, 2, &zero, &nonnegative);
        let points = solutions(&system, 2);
        match system.clone().solve(&mut Budget(10_000)) {
            Outcome::Solution(solution) => prop_assert!(system.holds(&solution), "{solution:?} is no solution"),
            Outcome::None => prop_assert!(points.is_empty(), "missed {:?}", points[0]),
            Outcome::Unknown => prop_assert!(false, "gave up"),
        }
    }

    #[test]
    fn exact_projections_are_exact(zero in sparse(4, 0..3), nonnegative in sparse(4, 0..5)) {
        let system = boxed(4, 3, &zero, &nonnegative);
        let points = solutions(&system, 3);
        let meets = |x: i128, y: i128| points.iter().any(|point| (point[0], point[1]) == (x, y));
        match system.project(&[true, true, false, false], &mut Budget(10_000)) {
            Projection::Empty => prop_assert!(points.is_empty()),
            Projection::Unknown => {}
            Projection::Conditions { zero, nonnegative, divisible, exact } => {
                for (x, y) in (-3..=3).flat_map(|x| (-3..=3).map(move |y| (x, y))) {
                    let at = |row: &Row| row.value(&[x, y, 0, 0]).unwrap();
                    let holds = zero.iter().all(|row| at(row) == 0)
                        && nonnegative.iter().all(|row| at(row) >= 0)
                        && divisible.iter().all(|(by, row)| at(row).rem_euclid(*by) == 0);
                    prop_assert!(holds || !meets(x, y), "lost {:?}", (x, y));
                    prop_assert!(!exact || !holds || meets(x, y), "{:?} has no solution", (x, y));
                }
            }
        }
    }

    #[test]
    fn projection_loses_no_solution(zero in rows(3, 0..2), nonnegative in rows(3, 0..5)) {
        let system = boxed(3, SIDE, &zero, &nonnegative);
        let points = solutions(&system, SIDE);
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
