//! What an array expression is: extents and a recipe for its elements.

use std::rc::Rc;

use super::Ex;
use crate::ir::{Array, Expression, Fold, Handle};
use crate::source::Span;

/// A value with axes, or a number (no axes).
#[derive(Clone, Debug)]
pub(super) struct Shaped {
    /// One Python int for each axis. May turn out negative where the axis is empty.
    pub(super) extents: Vec<Ex>,
    /// How its elements are computed.
    pub(super) body: Rc<Body>,
    /// Whether its elements are bools: as a subscript it is a mask.
    pub(super) boolean: bool,
    /// Whether it is an array itself: not a view of it, even of all its elements.
    pub(super) whole: bool,
}

/// How the element at an index is computed. Expressions in here have no loads, and mean the same until the statement ends.
#[derive(Debug)]
pub(super) enum Body {
    /// The same number everywhere.
    Number(Ex),
    /// An element of an array: one place for each axis of the *array*.
    View(Handle<Array>, Vec<Place>),
    /// An element of another value: one place for each axis of that value.
    Part(Shaped, Vec<Place>),
    /// An operation on the elements of the operands at the same place, broadcast. The operation's own operands are void.
    Map(Expression, Vec<Shaped>, Span),
    /// The elements of the operand along an axis, combined. Of the index, that axis is missing.
    Fold(Fold, Shaped, usize, Span),
    /// Like `Fold`, but the axis stays with extent 1.
    FoldKept(Fold, Shaped, usize, Span),
    /// The sum of products along the last axis of the first operand and an axis of the second.
    Contract(Shaped, Shaped, Span),
    /// `start + index * step` as NumPy's `arange` gives it; whether in integers.
    Range {
        /// First element.
        start: Ex,
        /// Difference.
        step: Ex,
        /// Whether elements are int64.
        integral: bool,
    },
    /// `linspace(start, stop, count)`: the samples, the last one exactly `stop` if told so.
    Samples {
        /// First sample, a float.
        start: Ex,
        /// Last sample, or the end.
        stop: Ex,
        /// Difference.
        step: Ex,
        /// The index of the sample that is `stop` itself.
        last: Option<Ex>,
    },
    /// The elements of the operand in row-major order, in another shape.
    Reshaped(Shaped),
    /// 1 where the two last indices are equal, else 0.
    Identity(Ex, Ex),
    /// Parts of equal shape one behind the other along a new axis, given by its position.
    Stacked(Vec<Shaped>, usize),
}

/// Where along an axis of an array the element at some index lies.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// Always here; counts from the end when negative, as a subscript does.
    At(Ex),
    /// `start + index[axis] * step`, from 0 on.
    Along {
        /// Which of the value's own axes moves along this one.
        axis: usize,
        /// Place of index 0.
        start: Ex,
        /// Distance of neighbours.
        step: Stride,
    },
    /// At an element of an index array, which is broadcast to the axes from `first` on, `rank` of them.
    Given {
        /// The index array.
        index: Rc<Shaped>,
        /// The first of the value's own axes that move along it.
        first: usize,
        /// How many there are.
        rank: usize,
    },
}

/// How far neighbours on an axis lie apart: never 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stride {
    Of(i64),
    /// A Python int that is known when the program runs.
    By(Ex),
}

impl Shaped {
    pub(super) fn number(value: Ex) -> Self {
        Self {
            extents: Vec::new(),
            body: Rc::new(Body::Number(value)),
            boolean: false,
            whole: false,
        }
    }

    pub(super) fn new(extents: Vec<Ex>, body: Body) -> Self {
        Self {
            extents,
            body: Rc::new(body),
            boolean: false,
            whole: false,
        }
    }

    pub(super) fn with_bools(mut self, boolean: bool) -> Self {
        self.boolean = boolean;
        self
    }

    pub(super) fn rank(&self) -> usize {
        self.extents.len()
    }

    /// The number, if it has no axes and is known.
    pub(super) fn as_number(&self) -> Option<Ex> {
        match &*self.body {
            Body::Number(value) if self.extents.is_empty() => Some(*value),
            _ => None,
        }
    }

    /// Whether it is a way to write subscripts of an array, so that changes of the array show in it.
    pub(super) fn view(&self) -> Option<(Handle<Array>, &[Place])> {
        match &*self.body {
            Body::View(array, places) => Some((*array, places)),
            _ => None,
        }
    }

    /// Calls `visit` for this value and all it is computed from.
    pub(super) fn visit(&self, visit: &mut dyn FnMut(&Shaped)) {
        visit(self);
        let places = |places: &[Place], visit: &mut dyn FnMut(&Shaped)| {
            for place in places {
                if let Place::Given { index, .. } = place {
                    visit(index);
                }
            }
        };
        match &*self.body {
            Body::Number(_) | Body::Range { .. } | Body::Samples { .. } | Body::Identity(..) => {}
            Body::View(_, at) => places(at, &mut |one| one.visit(visit)),
            Body::Part(base, at) => {
                base.visit(visit);
                places(at, &mut |one| one.visit(visit));
            }
            Body::Map(_, operands, _) => operands.iter().for_each(|one| one.visit(visit)),
            Body::Fold(_, operand, ..) | Body::FoldKept(_, operand, ..) => operand.visit(visit),
            Body::Contract(a, b, _) => {
                a.visit(visit);
                b.visit(visit);
            }
            Body::Reshaped(base) => base.visit(visit),
            Body::Stacked(parts, _) => parts.iter().for_each(|one| one.visit(visit)),
        }
    }

    /// Whether an element costs a loop.
    pub(super) fn is_costly(&self) -> bool {
        let mut costly = false;
        self.visit(&mut |one| {
            costly |= matches!(&*one.body, Body::Fold(..) | Body::FoldKept(..) | Body::Contract(..));
        });
        costly
    }

    /// Whether NumPy would make a view of it: changes of the array show in it, and its own in the array.
    pub(super) fn is_view(&self) -> bool {
        self.view()
            .is_some_and(|(_, places)| !places.iter().any(|place| matches!(place, Place::Given { .. })))
    }
}
