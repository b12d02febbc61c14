//! Products of vectors and matrices.

use super::Ex;
use super::scalariser::{Scalar, Scalariser};
use super::shape::{Body, Place, Shaped, Stride};
use crate::infer::Kind;
use crate::ir::{BinaryOp, CompareOp, Element, Expression};
use crate::source::Span;

impl Scalariser<'_> {
    /// `a @ b`
    pub(super) fn matmul(&mut self, a: &Shaped, b: &Shaped, span: Span) -> Scalar<Shaped> {
        if a.rank() == 0 || b.rank() == 0 {
            return self.refused(span, "`@` needs arrays on both sides", "use `*` for numbers");
        }
        if a.boolean || b.boolean {
            return self.refused(
                span,
                "`@` of bools cannot be translated",
                "convert them with `.astype` first",
            );
        }
        let along = b.rank().saturating_sub(2);
        self.require_equal(a.extents[a.rank() - 1], b.extents[along], span)?;
        let lead = |one: &Shaped| Shaped {
            extents: one.extents[..one.rank().saturating_sub(2)].to_vec(),
            ..one.clone()
        };
        let mut extents = self.broadcast(&[lead(a), lead(b)], span)?;
        if a.rank() >= 2 {
            extents.push(a.extents[a.rank() - 2]);
        }
        if b.rank() >= 2 {
            extents.push(b.extents[b.rank() - 1]);
        }
        let a = self.operand(a, b.rank() >= 2, span);
        let b = self.operand(b, a.rank() >= 2, span);
        if extents.is_empty() {
            let number = self.contracted(&a, &b, &[], span);
            return Ok(Shaped::number(number));
        }
        Ok(Shaped::new(extents, Body::Contract(a, b, span)))
    }

    /// An operand whose elements are each used several times.
    fn operand(&mut self, value: &Shaped, several: bool, span: Span) -> Shaped {
        if several && !value.is_view() {
            self.materialise(value, "factor", span)
        } else {
            value.clone()
        }
    }

    /// `np.dot(a, b)`
    pub(super) fn dot(&mut self, a: &Shaped, b: &Shaped, span: Span) -> Scalar<Shaped> {
        if a.rank() == 0 || b.rank() == 0 {
            let zero = self.int(0, span);
            let operation = Expression::Binary {
                op: BinaryOp::Multiply,
                left: zero,
                right: zero,
            };
            return match (a.as_number(), b.as_number()) {
                (Some(left), Some(right)) => Ok(Shaped::number(self.binary(BinaryOp::Multiply, left, right, span))),
                (_, _) => self.map(operation, vec![a.clone(), b.clone()], span),
            };
        }
        if a.rank() > 2 || b.rank() > 2 {
            return self.refused(span, "`np.dot` of more than two axes cannot be translated", "use `@`");
        }
        let whole = self.matmul(a, b, span)?;
        match whole.as_number() {
            Some(sum) if self.may_be_by_blas(a) || self.may_be_by_blas(b) => {
                Ok(Shaped::number(self.only_term(a, b, sum, span)))
            }
            _ => Ok(whole),
        }
    }

    /// Whether NumPy leaves products of such numbers to BLAS, unless it is known that it does not.
    fn may_be_by_blas(&self, value: &Shaped) -> bool {
        let kind = self.kind_of(value);
        kind.is_none_or(|kind| matches!(kind, Kind::F32 | Kind::F64 | Kind::C64 | Kind::C128))
    }

    /// A sum of products, or the product itself where there is but one, whose zero may be negative: before it asks BLAS, NumPy looks
    /// for a factor that is one number (`cblas_matrixproduct`).
    fn only_term(&mut self, a: &Shaped, b: &Shaped, sum: Ex, span: Span) -> Ex {
        let (zero, one) = (self.int(0, span), self.int(1, span));
        let condition = self.compare(CompareOp::Equal, a.extents[0], one, span);
        let (left, right) = (self.element(a, &[zero], span), self.element(b, &[zero], span));
        let accept = self.binary(BinaryOp::Multiply, left, right, span);
        let select = Expression::Select {
            condition,
            accept,
            reject: sum,
        };
        self.add(select, span)
    }

    /// `np.outer(a, b)`
    pub(super) fn outer(&mut self, a: &Shaped, b: &Shaped, span: Span) -> Scalar<Shaped> {
        let (a, b) = (self.ravel(a, span)?, self.ravel(b, span)?);
        let one = self.int(1, span);
        let extents = vec![a.extents[0], one];
        let along = Place::Along {
            axis: 0,
            start: self.int(0, span),
            step: Stride::Of(1),
        };
        let column = Shaped::new(extents, Body::Part(a, vec![along]));
        let zero = self.int(0, span);
        let operation = Expression::Binary {
            op: BinaryOp::Multiply,
            left: zero,
            right: zero,
        };
        self.map(operation, vec![column, b], span)
    }

    /// The element of a product at an index: a loop in the present block.
    pub(super) fn contracted(&mut self, a: &Shaped, b: &Shaped, index: &[Ex], span: Span) -> Ex {
        let mut rest = index.to_vec();
        let column = if b.rank() >= 2 { rest.pop() } else { None };
        let row = if a.rank() >= 2 { rest.pop() } else { None };
        let extent = a.extents[a.rank() - 1];
        let total = self.accumulator("dot", None, span);
        let zero = self.int(0, span);
        self.assign(total, zero, span);
        let wide = self.may_be_half(a) || self.may_be_half(b);
        let (mut added, mut narrow) = (None, None);
        self.nest(&[extent], span, |this, inner| {
            let left: Vec<Ex> = rest.iter().chain(&row).chain(inner).copied().collect();
            let right: Vec<Ex> = rest.iter().chain(inner).chain(&column).copied().collect();
            let mut left = this.broadcast_element(a, &left, span);
            let mut right = this.broadcast_element(b, &right, span);
            if wide {
                // NumPy multiplies halves in float32, too, where nothing is rounded. Only the type of the narrow product is wanted.
                let product = this.binary(BinaryOp::Multiply, left, right, span);
                this.kept(product, "narrow", span);
                narrow = Some(product);
                (left, right) = (this.widened(left, span), this.widened(right, span));
            }
            let product = this.binary(BinaryOp::Multiply, left, right, span);
            added = Some(product);
            let before = this.add(Expression::Variable(total), span);
            let after = this.binary(BinaryOp::Add, before, product, span);
            this.assign(total, after, span);
        });
        self.to.variables[total].storage = added.map(Element::Of);
        let total = self.add(Expression::Variable(total), span);
        match narrow {
            Some(narrow) => self.kept_in("rounded", Element::Of(narrow), total, span),
            None => total,
        }
    }
}
