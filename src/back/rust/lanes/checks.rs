//! Checks in lanes: any lane that fails one ends the fast variant, and the careful one finds out what it means.

use super::{Emit, Lockstep, Unsupported};
use crate::back::rust::expression::tests_range;
use crate::infer::{Check, Condition, Kind};

/// Largest integers that a float type holds without gaps.
const EXACT_F64: i128 = 1 << 53;
const EXACT_F32: i128 = 1 << 24;

/// A value `a`, tested and then converted.
pub(super) fn tested(text: &str, tests: &str, convert: impl Fn(&str) -> String) -> String {
    if tests.is_empty() {
        convert(text)
    } else {
        format!("{{ let a = {text}; {tests}{} }}", convert("a"))
    }
}

impl Lockstep<'_, '_> {
    /// Statements that test conditions on one operand `a` of a kind.
    pub(super) fn conditions(&self, checks: &[Check], kind: Kind, on: &str) -> Emit<String> {
        let mut text = String::new();
        let in_range = tests_range(checks, kind);
        for check in checks {
            if in_range
                && matches!(
                    check.condition,
                    Condition::OperandNotNan | Condition::OperandNotInfinite
                )
            {
                continue;
            }
            if let Some(bad) = self.bad(check.condition, kind)? {
                text += &format!("none({on}.also({bad}))?; ");
            }
        }
        Ok(text)
    }

    /// Where `a` does not meet a condition; `None`: it always does.
    fn bad(&self, condition: Condition, kind: Kind) -> Emit<Option<String>> {
        if kind.is_complex() {
            return Err(Unsupported);
        }
        let float = |value: f64| self.splat(&crate::back::rust::names::float(value, kind.name()), kind);
        let infinity = float(f64::INFINITY);
        Ok(match condition {
            Condition::OperandNotNan => kind.is_float().then(|| "a.is_nan()".to_owned()),
            Condition::OperandNotInfinite => kind.is_float().then(|| "infinite(a)".to_owned()),
            Condition::OperandNotNegative => Some(format!("a.lt({})", self.zero(kind))),
            Condition::ResultFitsInt | Condition::OperandFits(_) | Condition::TruncatedFits(_)
                if kind == Kind::Bool =>
            {
                None
            }
            Condition::ResultFitsInt if kind.is_float() => Some(self.outside(Kind::I64, kind)),
            Condition::TruncatedFits(to) if kind.is_float() => Some(self.outside(to, kind)),
            Condition::ResultFitsInt => self.beyond(Kind::I64, kind),
            Condition::OperandFits(to) => self.beyond(to, kind),
            Condition::OperandExactIn(to) => match (kind, to) {
                (Kind::F64, Kind::F32) => Some("a.cast::<f32>().cast::<f64>().ne(a).and_not(a.is_nan())".to_owned()),
                (from, to) if from.is_float() || from == Kind::Bool => {
                    if to.is_float() || from == Kind::Bool {
                        None
                    } else {
                        return Err(Unsupported);
                    }
                }
                (from, Kind::F64) => self.limits(from, -EXACT_F64, EXACT_F64),
                (from, Kind::F32) => self.limits(from, -EXACT_F32, EXACT_F32),
                (from, to) => self.beyond(to, from),
            },
            Condition::OperandFitsF32 => Some(format!(
                "a.cast::<f32>().abs().eq({}).and_not(a.abs().eq({infinity}))",
                self.splat("f32::INFINITY", Kind::F32)
            )),
            _ => return Err(Unsupported),
        })
    }

    /// Where a float, cut, does not fit an integer kind (nor does NaN).
    fn outside(&self, to: Kind, kind: Kind) -> String {
        let bits = to.size() * 8;
        let signed = matches!(to, Kind::I8 | Kind::I16 | Kind::I32 | Kind::I64);
        let high = 2.0_f64.powi(bits as i32 - i32::from(signed));
        let low = if signed { -high } else { 0.0 };
        let splat = |value: f64| self.splat(&crate::back::rust::names::float(value, kind.name()), kind);
        // As floats are, none lies between the least integer of 64 bits and what is too small.
        let value = if to == Kind::I64 { "a" } else { "a.trunc()" };
        format!("{value}.ge({}).and(a.lt({})).not()", splat(low), splat(high))
    }

    /// Where an integer does not fit another kind.
    fn beyond(&self, to: Kind, kind: Kind) -> Option<String> {
        let (low, high) = to.bounds()?;
        self.limits(kind, low, high)
    }

    fn limits(&self, kind: Kind, low: i128, high: i128) -> Option<String> {
        let (least, greatest) = kind.bounds()?;
        let mut tests = Vec::new();
        if low > least {
            tests.push(format!("a.lt({})", self.splat(&format!("{low}"), kind)));
        }
        if high < greatest {
            tests.push(format!("a.gt({})", self.splat(&format!("{high}"), kind)));
        }
        match &tests[..] {
            [] => None,
            [one] => Some(one.clone()),
            [first, second, ..] => Some(format!("{first}.or({second})")),
        }
    }
}
