//! The limits of NumPy's types: `np.finfo(np.float32).eps`, `np.iinfo(np.int64).max`.

use super::known::{Known, Library};
use super::lowerer::{Lower, Lowerer};
use super::value::Value;
use crate::diagnostics::Code;
use crate::ir::{self, Conversion, Literal};
use crate::python::{ArgumentKind, Expression, ExpressionKind};
use crate::source::Span;

impl<'a> Lowerer<'a> {
    /// `value.attribute`, if the value is a call of `np.finfo` or `np.iinfo`.
    pub(super) fn limit(&mut self, value: &'a Expression, attribute: &str, span: Span) -> Option<Lower<Value<'a>>> {
        let ExpressionKind::Call { function, arguments } = &value.kind else {
            return None;
        };
        let ExpressionKind::Attribute {
            value: owner,
            attribute: name,
        } = &function.kind
        else {
            return None;
        };
        let floats = match name.text.as_str() {
            "finfo" => true,
            "iinfo" => false,
            _ => return None,
        };
        if !matches!(self.value(owner), Ok(Value::Library(Library::Numpy))) {
            return None;
        }
        let wanted = match &arguments[..] {
            [one] if one.kind == ArgumentKind::Positional => &one.value,
            _ => return None,
        };
        let of = match self.value(wanted) {
            Ok(Value::Known(Known::Conversion(of))) => of,
            _ => return None,
        };
        let literal = match floats {
            true => of_floats(of, attribute),
            false => of_integers(of, attribute),
        };
        let Some(literal) = literal else {
            let message = format!("`{attribute}` of this type cannot be translated");
            return Some(Err(self.refuse(Code::UnsupportedCall, span, message)));
        };
        let operand = self.add(ir::Expression::Literal(literal), span);
        // Those of floats are of the type, and those of integers are Python's.
        let to = match of {
            Conversion::Float => Conversion::Float64,
            other => other,
        };
        Some(Ok(Value::Scalar(match literal {
            Literal::Float(_) => self.add(ir::Expression::Convert { to, operand }, span),
            _ => operand,
        })))
    }
}

fn of_floats(of: Conversion, attribute: &str) -> Option<Literal> {
    let double = matches!(of, Conversion::Float | Conversion::Float64);
    if !double && of != Conversion::Float32 {
        return None;
    }
    let pick = |wide: f64, narrow: f32| if double { wide } else { f64::from(narrow) };
    Some(Literal::Float(match attribute {
        "eps" => pick(f64::EPSILON, f32::EPSILON),
        "epsneg" => pick(f64::EPSILON, f32::EPSILON) / 2.0,
        "max" => pick(f64::MAX, f32::MAX),
        "min" => pick(f64::MIN, f32::MIN),
        "tiny" | "smallest_normal" => pick(f64::MIN_POSITIVE, f32::MIN_POSITIVE),
        "smallest_subnormal" => pick(f64::from_bits(1), f32::from_bits(1)),
        _ => return None,
    }))
}

fn of_integers(of: Conversion, attribute: &str) -> Option<Literal> {
    let (low, high) = match of {
        Conversion::Int | Conversion::Int64 => (i64::MIN, i64::MAX),
        Conversion::Int8 => (i64::from(i8::MIN), i64::from(i8::MAX)),
        Conversion::Int16 => (i64::from(i16::MIN), i64::from(i16::MAX)),
        Conversion::Int32 => (i64::from(i32::MIN), i64::from(i32::MAX)),
        Conversion::UInt8 => (0, i64::from(u8::MAX)),
        Conversion::UInt16 => (0, i64::from(u16::MAX)),
        Conversion::UInt32 => (0, i64::from(u32::MAX)),
        _ => return None,
    };
    match attribute {
        "min" => Some(Literal::Int(low)),
        "max" => Some(Literal::Int(high)),
        _ => None,
    }
}
