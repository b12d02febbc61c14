//! Operations on whole numbers in lanes beyond the wrapping `+ - *`: results that must fit 64 bits, `//` and `%`, shifts.

use super::{Emit, Lockstep};
use crate::infer::{Condition, Kind, Origin, Ty};
use crate::ir::{BinaryOp, Expression, Handle};

type Ex = Handle<Expression>;

/// What must be tested of an operation, beside what is proved.
#[derive(Default)]
struct Tests {
    /// The result fits.
    fits: bool,
    /// The divisor is not 0.
    divisor: bool,
    /// The count is not negative.
    count: bool,
    /// Statements that test an operand which is the same in all lanes.
    before: String,
}

impl Lockstep<'_, '_> {
    /// Such an operation; `None`: lanes have no instructions for it.
    pub(super) fn whole_number(
        &self,
        root: Ex,
        op: BinaryOp,
        operands: [Ex; 2],
        ty: Ty,
        on: &str,
    ) -> Emit<Option<String>> {
        let (kind, [left, right]) = (ty.kind, operands);
        match op {
            BinaryOp::FloorDivide | BinaryOp::Modulo | BinaryOp::ShiftLeft | BinaryOp::ShiftRight => {}
            BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply if self.scene.overflows(root) => {}
            BinaryOp::Add
            | BinaryOp::Subtract
            | BinaryOp::Multiply
            | BinaryOp::Divide
            | BinaryOp::Power
            | BinaryOp::BitAnd
            | BinaryOp::BitOr
            | BinaryOp::BitXor => return Ok(None),
        }
        let Some(tests) = self.tests_of(root, operands, ty) else {
            return Ok(None);
        };
        let constant = self.scene.literal_int(right);
        let (a, b) = (self.converted(left, kind, on)?, self.converted(right, kind, on)?);
        let long = kind == Kind::I64;
        let python = ty.origin == Origin::Python || (ty.origin == Origin::Either && long);
        // Of what has a divisor's sign, the last bits.
        let power = constant.filter(|divisor| *divisor > 0 && divisor & (divisor - 1) == 0 && fits(divisor - 1, kind));
        let text = match op {
            BinaryOp::Add if long && tests.fits => Some(format!("({a}).checked_add({b}, {on})?")),
            BinaryOp::Subtract if long && tests.fits => Some(format!("({a}).checked_sub({b}, {on})?")),
            BinaryOp::Multiply if long && tests.fits => Some(match (self.scene.literal_int(left), constant) {
                (_, Some(factor)) if factor.unsigned_abs() >= 2 => format!("({a}).checked_times({factor}_i64, {on})?"),
                (Some(factor), _) if factor.unsigned_abs() >= 2 => format!("({b}).checked_times({factor}_i64, {on})?"),
                _ => format!("({a}).checked_mul({b}, {on})?"),
            }),
            BinaryOp::FloorDivide if let Some(divisor) = power => {
                let count = self.splat(&format!("{}_{}", divisor.trailing_zeros(), kind.name()), kind);
                Some(format!("({a} >> {count})"))
            }
            BinaryOp::Modulo if let Some(divisor) = power => {
                let last = self.splat(&format!("{}_{}", divisor - 1, kind.name()), kind);
                Some(format!("({a} & {last})"))
            }
            BinaryOp::FloorDivide if long && tests.fits && constant.is_none_or(|divisor| matches!(divisor, 0 | -1)) => {
                Some(format!("({a}).checked_floor_div({b}, {on})?"))
            }
            BinaryOp::FloorDivide | BinaryOp::Modulo if matches!(kind, Kind::I64 | Kind::I32) => {
                let method = if op == BinaryOp::Modulo {
                    "floor_mod"
                } else {
                    "floor_div"
                };
                Some(match tests.divisor {
                    true => format!(
                        "{{ let a = {a}; let b = {b}; none({on}.also(b.eq({})))?; a.{method}(b, {on}) }}",
                        self.zero(kind)
                    ),
                    false => format!("({a}).{method}({b}, {on})"),
                })
            }
            BinaryOp::ShiftLeft if python && tests.fits => constant
                .filter(|count| (0..64).contains(count))
                .map(|count| format!("({a}).checked_shl({count}_i64, {on})?")),
            BinaryOp::ShiftLeft if !tests.count => Some(format!("({a} << {b})")),
            BinaryOp::ShiftRight if !tests.count => Some(format!("({a} >> {b})")),
            BinaryOp::ShiftRight => Some(format!(
                "{{ let a = {a}; let b = {b}; none({on}.also(b.lt({})))?; a >> b }}",
                self.zero(kind)
            )),
            _ => None,
        };
        Ok(text.map(|text| match tests.before.as_str() {
            "" => text,
            before => format!("{{ {before}{text} }}"),
        }))
    }

    /// What must be tested; `None`: something that lanes do not test.
    fn tests_of(&self, root: Ex, [left, right]: [Ex; 2], ty: Ty) -> Option<Tests> {
        let scene = self.scene;
        let mut tests = Tests::default();
        for check in scene.types.checks(root) {
            match check.condition {
                Condition::ResultFitsInt => tests.fits = scene.overflows(root),
                Condition::DivisorNotZero => {
                    tests.divisor = self.scene.literal_int(right).is_none_or(|divisor| divisor == 0)
                }
                Condition::ShiftNotNegative => {
                    tests.count = self.scene.literal_int(right).is_none_or(|count| count < 0)
                }
                Condition::WeakIntFits(_) => {
                    let weak = [left, right]
                        .into_iter()
                        .find(|one| scene.types.expression(*one) == Ty::INT)?;
                    if self.varying[weak] {
                        return None;
                    }
                    tests.before = scene.operand_checks(root, &[left, right], ty);
                }
                _ => return None,
            }
        }
        Some(tests)
    }
}

/// Whether an integer is one of a kind of integers.
pub(super) fn fits(value: i64, kind: Kind) -> bool {
    let within = |(least, greatest)| (least..=greatest).contains(&i128::from(value));
    kind.is_integer() && kind.bounds().is_some_and(within)
}
