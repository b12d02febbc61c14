//! Operations evaluated in a way that `fastmath` permits: the same text for numbers and for lanes.

use super::region::Scene;
use super::variant::Variant;
use crate::infer::Kind;
use crate::ir::{Expression, Handle};
use crate::plan::Relaxed;

type Ex = Handle<Expression>;

impl Scene<'_> {
    /// The other way to evaluate an operation, if there is one; only the fast variant takes it.
    fn relaxed(&self, root: Ex) -> Option<&Relaxed> {
        self.plan.relaxed(root).filter(|_| self.variant == Variant::Fast)
    }

    /// Whether a division is a product with the reciprocal.
    pub(super) fn is_reciprocal(&self, root: Ex) -> bool {
        self.relaxed(root) == Some(&Relaxed::Reciprocal)
    }

    /// A relaxed sum or product of floats of this kind; `operand` writes one, converted to it.
    pub(super) fn relaxed_text<E>(
        &self,
        root: Ex,
        kind: Kind,
        operand: &dyn Fn(Ex) -> Result<String, E>,
    ) -> Result<Option<String>, E> {
        Ok(match self.relaxed(root) {
            None | Some(Relaxed::Reciprocal) => None,
            Some(Relaxed::Fused {
                product,
                addend,
                product_negated,
                addend_negated,
            }) => {
                let [first, second] = self.factors(*product, kind, operand)?;
                let addend = operand(*addend)?;
                let sign = |negated: bool| if negated { "-" } else { "" };
                Some(format!(
                    "fused({}{first}, {second}, {}{addend})",
                    sign(*product_negated),
                    sign(*addend_negated)
                ))
            }
            Some(Relaxed::Chain {
                product,
                steady,
                others,
                contract,
            }) => {
                let fuses = |one: &Ex| *contract && !product && self.plan.factors(*one, kind).is_some();
                let (products, plain): (Vec<Ex>, Vec<Ex>) = others.iter().copied().partition(fuses);
                let texts = |all: &[Ex]| all.iter().map(|one| operand(*one)).collect::<Result<Vec<_>, E>>();
                let symbol = if *product { "*" } else { "+" };
                let parts: Vec<String> = [texts(steady)?, texts(&plain)?]
                    .iter()
                    .filter(|part| !part.is_empty())
                    .map(|part| balanced(part, symbol))
                    .collect();
                let mut text = (!parts.is_empty()).then(|| balanced(&parts, symbol));
                for one in products {
                    text = Some(match text {
                        Some(sum) => format!("fused({}, {sum})", self.factors(one, kind, operand)?.join(", ")),
                        None => operand(one)?,
                    });
                }
                text
            }
        })
    }

    /// Two factors of a product: what is the same in all iterations, and the rest, where the order is free.
    fn factors<E>(&self, product: Ex, kind: Kind, operand: &dyn Fn(Ex) -> Result<String, E>) -> Result<[String; 2], E> {
        let texts = |all: &[Ex]| all.iter().map(|one| operand(*one)).collect::<Result<Vec<_>, E>>();
        match (self.relaxed(product), self.plan.factors(product, kind)) {
            (Some(Relaxed::Chain { steady, others, .. }), _) if !steady.is_empty() && !others.is_empty() => {
                Ok([balanced(&texts(steady)?, "*"), balanced(&texts(others)?, "*")])
            }
            (_, Some([first, second])) => Ok([operand(first)?, operand(second)?]),
            (_, None) => unreachable!("`plan` fuses products only"),
        }
    }
}

/// Operands joined as a balanced tree.
fn balanced(texts: &[String], symbol: &str) -> String {
    match texts {
        [one] => one.clone(),
        _ => {
            let (left, right) = texts.split_at(texts.len() / 2);
            format!("({} {symbol} {})", balanced(left, symbol), balanced(right, symbol))
        }
    }
}
