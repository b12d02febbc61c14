//! Values that are unpacked into several targets: `x, y = row`.

use super::lowerer::{Lower, Lowerer};
use super::value::{Path, Value};
use crate::ir::{self, Handle};
use crate::source::Span;

impl<'a> Lowerer<'a> {
    /// The parts of a value that is unpacked into `count` targets.
    pub(super) fn unpack(&mut self, value: Value<'a>, count: usize, span: Span) -> Lower<Vec<Value<'a>>> {
        match value {
            Value::Tuple(items) if items.len() == count => Ok(items),
            Value::Optional(there, value) => {
                let value = self.present(there, *value, span);
                self.unpack(value, count, span)
            }
            Value::Tuple(items) => Err(self.refuse_expression(
                span,
                format!("{} values cannot be unpacked into {count} names", items.len()),
            )),
            Value::Path(path) if path.attribute().is_some_and(|(_, name)| name == "shape") => {
                self.unpack_shape(&path, count, span)
            }
            Value::Shape(array) => {
                let rank = self.rank_of(array, span);
                self.require_count(rank, count, span);
                Ok((0..count as i64)
                    .map(|axis| self.extent_of(array, axis, span))
                    .collect())
            }
            Value::Places(array) => {
                let rank = self.rank_of(array, span);
                self.require_count(rank, count, span);
                Ok((0..count as i64)
                    .map(|axis| self.places_on(array, axis, span))
                    .collect())
            }
            Value::List(list) => {
                let length = self.list_length(&list, span);
                self.require_count(length, count, span);
                let part = |this: &mut Self, at: usize| {
                    let mut list = list.clone();
                    list.subscripts.push(this.int(at as i64, span));
                    this.list_part(list)
                };
                Ok((0..count).map(|at| part(self, at)).collect())
            }
            value @ (Value::Scalar(_) | Value::Path(_) | Value::Element(..)) => self.unpack_array(value, count, span),
            Value::Library(_)
            | Value::Known(_)
            | Value::Callable(_)
            | Value::Text(_)
            | Value::Generator(..)
            | Value::Draw(..)
            | Value::None => Err(self.refuse_expression(span, "only a tuple can be unpacked here")),
        }
    }

    /// `np.nonzero(array)[axis]`
    pub(super) fn places_on(&mut self, array: Handle<ir::Expression>, axis: i64, span: Span) -> Value<'a> {
        self.array_function(ir::ArrayFunction::Nonzero(axis), vec![array], span)
    }

    /// `x, y = row`
    fn unpack_array(&mut self, value: Value<'a>, count: usize, span: Span) -> Lower<Vec<Value<'a>>> {
        let (array, before) = match value {
            Value::Path(path) => (self.array(&path, span)?, Vec::new()),
            Value::Element(array, subscripts) if self.are_plain(&subscripts) => {
                self.chain(&subscripts);
                (array, subscripts)
            }
            value => {
                let whole = self.number(value, span)?;
                let variable = match self.region.expressions[whole] {
                    ir::Expression::Variable(variable) => variable,
                    _ => {
                        let variable = self.temporary("parts", span);
                        self.assign(variable, whole, span);
                        variable
                    }
                };
                (self.array_in(variable), Vec::new())
            }
        };
        let before: Vec<_> = before.into_iter().map(|one| self.settle(one, "row")).collect();
        let axis = before.len() as u32;
        let length = self.add(ir::Expression::Extent { array, axis }, span);
        self.require_count(length, count, span);
        let part = |this: &mut Self, at: usize| {
            let at = this.int(at as i64, span);
            Value::Element(array, before.iter().copied().chain([at]).collect())
        };
        Ok((0..count).map(|at| part(self, at)).collect())
    }

    /// `n, m = array.shape`, which fails unless the array has as many axes.
    fn unpack_shape(&mut self, path: &Path, count: usize, span: Span) -> Lower<Vec<Value<'a>>> {
        let Some((owner, _)) = path.attribute() else {
            return Ok(Vec::new());
        };
        let array = self.attributed(&owner, span)?;
        // An element access with as many subscripts makes the rank certain.
        if self.ranks.get(&owner) != Some(&count) {
            let rank = self.add(ir::Expression::Rank(array), span);
            self.require_count(rank, count, span);
        }
        Ok((0..count as u32)
            .map(|axis| Value::Scalar(self.add(ir::Expression::Extent { array, axis }, span)))
            .collect())
    }

    /// Python's errors for unpacking `found` values into `count` targets.
    pub(super) fn require_count(&mut self, found: Handle<ir::Expression>, count: usize, span: Span) {
        let too_few = (0..count).map(|got| {
            let message = format!("not enough values to unpack (expected {count}, got {got})");
            (ir::CompareOp::Equal, got, message)
        });
        let message = format!("too many values to unpack (expected {count})");
        let cases: Vec<_> = too_few.chain([(ir::CompareOp::Greater, count, message)]).collect();
        for (op, bound, message) in cases {
            let right = self.int(bound as i64, span);
            let condition = ir::Expression::Compare { op, left: found, right };
            let condition = self.add(condition, span);
            self.raise_if(condition, ir::Exception::ValueError, Some(message), span);
        }
    }
}
