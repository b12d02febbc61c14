//! Checks: what Python would notice, told to `failed`.

use super::expression::{cast, truth};
use super::names;
use super::scene::Scene;
use crate::infer::{Check, Condition, Kind, Ty, keep};
use crate::ir::{Expression, Handle};

type Ex = Handle<Expression>;

impl Scene<'_> {
    /// Whether the result of a Python int operation must be tested.
    pub(super) fn overflows(&self, root: Ex) -> bool {
        let mut checks = self.types.checks(root).iter();
        checks.any(|check| check.condition == Condition::ResultFitsInt) && !self.bounds.fits(root)
    }

    /// An operand that a choice (`root`) may give, converted to the type of the choice.
    pub(super) fn kept(&self, root: Ex, operand: Ex, to: Ty) -> String {
        let from = self.types.expression(operand);
        let needed = keep(from, to);
        let mut checks = self.types.checks(root).to_vec();
        checks.retain(|check| needed.contains(check));
        let text = self.value(operand);
        let tests = self.checks_on(&checks, &text, from.kind);
        let value = self.cast(text, from.kind, to);
        if tests.is_empty() {
            value
        } else {
            format!("({tests}{value})")
        }
    }

    /// `check(…, failed), ` for the operands of an operation, as converted to `ty`.
    pub(super) fn operand_checks(&self, root: Ex, operands: &[Ex; 2], [a, b]: &[String; 2], ty: Ty) -> String {
        let mut text = String::new();
        for check in self.types.checks(root) {
            let condition = match check.condition {
                Condition::DivisorNotZero => truth(b.clone(), ty.kind),
                Condition::ExponentNotNegative | Condition::ShiftNotNegative => format!("{b} >= 0"),
                Condition::NotZeroToNegative if ty.kind.is_complex() => {
                    format!(
                        "!({a} == {ty}(0) && ({b}.im != 0 || {b}.re < 0))",
                        ty = names::scalar(ty.kind)
                    )
                }
                Condition::NotZeroToNegative => format!("!({a} == 0 && {b} < 0 && finite({b}))"),
                Condition::PowerIsReal => format!("!({a} < 0 && finite({a}) && finite({b}) && trunc({b}) != {b})"),
                Condition::WeakIntFits(kind) => {
                    let Some(weak) = operands.iter().find(|one| self.types.expression(**one) == Ty::INT) else {
                        continue;
                    };
                    fits_kind(&self.value(*weak), kind)
                }
                _ => continue,
            };
            text += &format!("check({condition}, failed), ");
        }
        text
    }

    /// A result whose own checks are told.
    pub(super) fn checked_result(&self, root: Ex, value: String, operands: &[String]) -> String {
        let has = |condition| self.types.checks(root).iter().any(|check| check.condition == condition);
        let operands = operands.join(", ");
        match (has(Condition::MathDomain), has(Condition::MathRange)) {
            (true, _) => format!("regular({value}, failed, {operands})"),
            (false, true) => format!("in_range({value}, failed, {operands})"),
            (false, false) => value,
        }
    }

    /// `check(…, failed), ` for a single operand of a kind.
    pub(super) fn checks_on(&self, checks: &[Check], text: &str, kind: Kind) -> String {
        let conditions = checks
            .iter()
            .filter_map(|check| operand_condition(check.condition, text, kind));
        conditions
            .map(|condition| format!("check({condition}, failed), "))
            .collect()
    }
}

/// The C++ condition of a check on one operand; `None` where the check is not about one.
pub(super) fn operand_condition(condition: Condition, text: &str, kind: Kind) -> Option<String> {
    Some(match condition {
        Condition::OperandNotNan => format!("{text} == {text}"),
        Condition::OperandNotInfinite => format!("!infinite({text})"),
        Condition::OperandNotNegative => format!("{text} >= 0"),
        Condition::ResultFitsInt if kind.is_float() => format!("within<i64>({text})"),
        Condition::ResultFitsInt if kind == Kind::U64 => fits_kind(text, Kind::I64),
        Condition::ResultFitsInt => return None,
        Condition::TruncatedFits(to) => format!("within<{}>(trunc({text}))", names::scalar(to)),
        Condition::OperandFits(to) => fits_kind(text, to),
        Condition::OperandExactIn(to) => exact_in(text, kind, to),
        Condition::OperandFitsF32 => format!("!infinite(f32({text})) || infinite({text})"),
        Condition::DivisorNotZero
        | Condition::WeakIntFits(_)
        | Condition::MathDomain
        | Condition::MathRange
        | Condition::ExponentNotNegative
        | Condition::NotZeroToNegative
        | Condition::PowerIsReal
        | Condition::ShiftNotNegative
        | Condition::ModulusNotZero => return None,
    })
}

/// Whether an integer fits a kind.
pub(super) fn fits_kind(text: &str, kind: Kind) -> String {
    if kind.is_integer() {
        format!("fits<{}>({text})", names::scalar(kind))
    } else {
        "true".to_owned()
    }
}

/// Whether a value of one kind has exactly the same value in another.
fn exact_in(text: &str, from: Kind, to: Kind) -> String {
    match (from, to) {
        (Kind::F64, Kind::F32) => format!("(f64(f32({text})) == {text} || {text} != {text})"),
        (Kind::F64, Kind::F16) => format!("(f64(f16({text})) == {text} || {text} != {text})"),
        (Kind::F64, Kind::C64) => format!("(f64(f32({text})) == {text} || {text} != {text})"),
        (Kind::C128, Kind::C64) => format!("(c128(c64({text})) == {text} || {text} != {text})"),
        (from, Kind::C64 | Kind::C128) if from.is_integer() => exact_in(text, from, to.real()),
        (from, Kind::F16) if from.is_integer() => format!("(i128(f64(f16({text}))) == i128({text}))"),
        (from, to) if from.is_integer() && to.is_float() => {
            format!("(i128({}) == i128({text}))", cast(text.to_owned(), from, to))
        }
        (from, to) if from.is_integer() && to.is_integer() => fits_kind(text, to),
        (_, _) => "true".to_owned(),
    }
}
