//! Statistics with a method of their own: histograms, covariances.

use super::Ex;
use super::kinds::Evident;
use super::scalariser::{Scalar, Scalariser};
use super::shape::{Body, Shaped};
use crate::infer::Kind;
use crate::ir::{
    BinaryOp, CompareOp, Conversion, Dtype, Element, Expression, Fold, Function, Literal, Statement, Store, Ufunc,
};
use crate::source::Span;

/// Between these, integers are floats without loss.
const EXACT: i64 = 1 << 53;

/// The bins of a histogram: `count` of equal width.
struct Bins {
    /// What is counted, as float64.
    values: Shaped,
    first: Ex,
    last: Ex,
    count: Ex,
}

impl Scalariser<'_> {
    /// `np.histogram(values, bins, weights=weights)[0]`, by NumPy's method: the place among bins of equal width, put right by
    /// comparison with the edges, which are rounded.
    pub(super) fn histogram(
        &mut self,
        values: &Shaped,
        bins: &Shaped,
        weights: Option<&Shaped>,
        span: Span,
    ) -> Scalar<Shaped> {
        let bins = self.bins(values, bins, span)?;
        let edges = self.edges(&bins, span)?;
        let edges = self.materialise(&edges, "edges", span);
        let weights = match weights {
            None => None,
            Some(weights) => Some(self.weights(weights, &bins, span)?),
        };
        let element = Element::Named(match weights {
            None => Conversion::Int64,
            Some(_) => Conversion::Float64,
        });
        let counts = self.allocate("counts", element, &[bins.count], true, span);
        let extents = bins.values.extents.clone();
        let directive = self.directive.take();
        self.nest(&extents, span, |this, index| {
            let bin = this.bin_of(&bins, &edges, index, span);
            let amount = match &weights {
                Some(weights) => this.element(weights, index, span),
                None => this.int(1, span),
            };
            let (array, subscripts) = (counts, vec![bin]);
            let before = this.add(
                Expression::Load {
                    array,
                    subscripts: subscripts.clone(),
                },
                span,
            );
            let value = this.binary(BinaryOp::Add, before, amount, span);
            let store = this.to.stores.append(Store {
                array,
                subscripts,
                value,
                update: true,
                atomic: false,
                place: span,
            });
            this.push(Statement::Store(store), span);
        });
        self.directive = directive;
        Ok(self.whole(counts, span))
    }

    /// `np.histogram(values, bins)[1]`
    pub(super) fn histogram_edges(&mut self, values: &Shaped, bins: &Shaped, span: Span) -> Scalar<Shaped> {
        let bins = self.bins(values, bins, span)?;
        self.edges(&bins, span)
    }

    fn edges(&mut self, bins: &Bins, span: Span) -> Scalar<Shaped> {
        let count = self.plus_constant(bins.count, 1, span);
        let bounds = [bins.first, bins.last, count].map(Shaped::number);
        self.linspace(bounds, true, Dtype::Default, span)
    }

    /// The bins between the least and the greatest value.
    fn bins(&mut self, values: &Shaped, bins: &Shaped, span: Span) -> Scalar<Bins> {
        let count = match bins.as_number() {
            Some(count) if self.evident(count) == Evident::Int => self.steady(count, "bins", span),
            Some(_) | None => {
                return self.refused(
                    span,
                    "the bins of a histogram must be one integer here",
                    "pass their number",
                );
            }
        };
        let mut room = self.linear(count);
        room.constant = room.constant.saturating_sub(1);
        self.require_bound(&room, "a histogram has no bins", span);
        let (values, integral) = self.as_floats(values, span)?;
        let mut room = {
            let size = self.size(&values, span);
            self.linear(size)
        };
        room.constant = room.constant.saturating_sub(1);
        self.require_bound(&room, "a histogram of nothing", span);
        let least = self.reduce(Fold::Min, &values, None, false, span)?;
        let most = self.reduce(Fold::Max, &values, None, false, span)?;
        let (least, most) = (self.single(&least, span), self.single(&most, span));
        if integral {
            let (low, high) = (self.int(-EXACT, span), self.int(EXACT, span));
            let above = self.compare(CompareOp::GreaterEqual, least, low, span);
            let below = self.compare(CompareOp::LessEqual, most, high, span);
            self.require(above, "integers beyond 2**53 are counted".to_owned(), span);
            self.require(below, "integers beyond 2**53 are counted".to_owned(), span);
        }
        let width = self.binary(BinaryOp::Subtract, most, least, span);
        let function = Function::Numpy(Ufunc::Isfinite);
        let arguments = vec![width];
        let finite = self.add(Expression::Call { function, arguments }, span);
        self.require(finite, "a histogram of values without bounds".to_owned(), span);
        // One value alone lies in the middle of a range of width 1.
        let alone = self.compare(CompareOp::Equal, least, most, span);
        let half = self.add(Expression::Literal(Literal::Float(0.5)), span);
        let edge = |this: &mut Self, op, bound: Ex, wanted: &str| {
            let accept = this.binary(op, bound, half, span);
            let condition = alone;
            let reject = bound;
            let edge = this.add(
                Expression::Select {
                    condition,
                    accept,
                    reject,
                },
                span,
            );
            this.kept(edge, wanted, span)
        };
        let first = edge(self, BinaryOp::Subtract, least, "first");
        let last = edge(self, BinaryOp::Add, most, "last");
        Ok(Bins {
            values,
            first,
            last,
            count,
        })
    }

    fn single(&mut self, value: &Shaped, span: Span) -> Ex {
        let number = value.as_number().unwrap_or_else(|| self.int(0, span));
        self.kept(number, "bound", span)
    }

    /// Values as float64, whatever their type is as long as nothing is lost; and whether they are integers.
    fn as_floats(&mut self, values: &Shaped, span: Span) -> Scalar<(Shaped, bool)> {
        if values.rank() == 0 {
            return self.refused(span, "a histogram of a number", "pass an array");
        }
        let kind = self.kind_of(values);
        let integral = kind.is_some_and(Kind::is_integer);
        if !integral && kind != Some(Kind::F64) || kind == Some(Kind::Bool) {
            return self.refused(
                span,
                "only a histogram of float64 or of integers can be translated",
                "convert them: `.astype(np.float64)`",
            );
        }
        let floats = self.cast(values, Dtype::Named(Conversion::Float64), span)?;
        let floats = if values.view().is_some() {
            floats
        } else {
            self.materialise(&floats, "values", span)
        };
        Ok((floats, integral))
    }

    /// The kind of a value's elements, if it is an array or a conversion.
    pub(super) fn kind_of(&self, value: &Shaped) -> Option<Kind> {
        match &*value.body {
            Body::View(array, _) => self.kind_of_array(*array),
            Body::Map(Expression::Convert { to, .. }, ..) => match to {
                Conversion::Float64 | Conversion::Float => Some(Kind::F64),
                Conversion::Int64 | Conversion::Int => Some(Kind::I64),
                _ => None,
            },
            Body::Stacked(parts, _) => {
                let kind = parts.first().and_then(|one| self.kind_of(one));
                kind.filter(|_| parts.iter().all(|one| self.kind_of(one) == kind))
            }
            _ => None,
        }
    }

    fn weights(&mut self, weights: &Shaped, bins: &Bins, span: Span) -> Scalar<Shaped> {
        if self.kind_of(weights) != Some(Kind::F64) {
            return self.refused(
                span,
                "only weights of float64 can be translated",
                "convert them: `.astype(np.float64)`",
            );
        }
        if weights.rank() != bins.values.rank() {
            return self.refused(span, "the weights have another shape", "NumPy raises a ValueError here");
        }
        for (own, wanted) in weights.extents.iter().zip(&bins.values.extents) {
            self.require_equal(*own, *wanted, span)?;
        }
        Ok(weights.clone())
    }

    /// The bin of the value at an index.
    fn bin_of(&mut self, bins: &Bins, edges: &Shaped, index: &[Ex], span: Span) -> Ex {
        let value = self.element(&bins.values, index, span);
        let value = self.kept(value, "value", span);
        let distance = self.binary(BinaryOp::Subtract, value, bins.first, span);
        let width = self.binary(BinaryOp::Subtract, bins.last, bins.first, span);
        let share = self.binary(BinaryOp::Divide, distance, width, span);
        let scaled = self.binary(BinaryOp::Multiply, share, bins.count, span);
        let to = Conversion::Int;
        let bin = self.add(Expression::Convert { to, operand: scaled }, span);
        let bin = self.kept(bin, "bin", span);
        // The greatest value belongs to the last bin.
        let last = self.plus_constant(bins.count, -1, span);
        let bin = self.extreme(Function::Min, bin, last, span);
        let bin = self.kept(bin, "bin", span);
        let edge = self.element(edges, &[bin], span);
        let before = self.compare(CompareOp::Less, value, edge, span);
        let one_less = self.plus_constant(bin, -1, span);
        let bin = self.selected_number(before, one_less, bin, span);
        let bin = self.kept(bin, "bin", span);
        let next = self.plus_constant(bin, 1, span);
        let edge = self.element(edges, &[next], span);
        let beyond = self.compare(CompareOp::GreaterEqual, value, edge, span);
        let following = self.extreme(Function::Min, next, last, span);
        let bin = self.selected_number(beyond, following, bin, span);
        self.kept(bin, "bin", span)
    }

    fn selected_number(&mut self, condition: Ex, accept: Ex, reject: Ex, span: Span) -> Ex {
        let select = Expression::Select {
            condition,
            accept,
            reject,
        };
        self.add(select, span)
    }

    /// `np.cov(values)`: of rows, or of columns.
    pub(super) fn covariance(&mut self, values: &Shaped, rows: bool, ddof: i64, span: Span) -> Scalar<Shaped> {
        let real = |kind: Kind| kind.is_integer() || matches!(kind, Kind::F32 | Kind::F64);
        let kind = self.kind_of(values).filter(|kind| real(*kind));
        if values.rank() != 2 || kind.is_none() {
            return self.refused(
                span,
                "only the covariance of a matrix of real numbers can be translated",
                "convert it: `.astype(np.float64)`",
            );
        }
        let values = if rows {
            values.clone()
        } else {
            self.transpose(values, None, span)?
        };
        let [variables, observations] = values.extents[..] else {
            return Ok(values);
        };
        for (count, least, otherwise) in [
            (variables, 2, "the covariance of one variable has no axes"),
            (observations, ddof + 1, "there are no degrees of freedom"),
        ] {
            let mut room = self.linear(count);
            room.constant = room.constant.saturating_sub(least);
            self.require_bound(&room, otherwise, span);
        }
        let values = self.cast(&values, Dtype::Named(Conversion::Float64), span)?;
        let mean = self.reduce(Fold::Mean, &values, Some(1), true, span)?;
        let subtract = self.void_binary(BinaryOp::Subtract, span);
        let distances = self.map(subtract, vec![values, mean], span)?;
        let distances = self.materialise(&distances, "distances", span);
        let turned = self.transpose(&distances, None, span)?;
        let products = self.matmul(&distances, &turned, span)?;
        let freedom = self.plus_constant(observations, ddof.saturating_neg(), span);
        let one = self.add(Expression::Literal(Literal::Float(1.0)), span);
        let share = self.binary(BinaryOp::Divide, one, freedom, span);
        let share = self.kept(share, "share", span);
        let multiply = self.void_binary(BinaryOp::Multiply, span);
        self.map(multiply, vec![products, Shaped::number(share)], span)
    }
}
