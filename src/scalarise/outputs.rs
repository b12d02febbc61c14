//! What the region hands back of arrays: inputs themselves, new arrays, and views of either.
//!
//! A new array is a local one that outlives the region. Of a view, the kernel tells the numbers in its subscripts, and the host
//! subscripts the array: so it is NumPy's own view. Where Python would have one object or another, by the way control took, a
//! number tells which, if there is a variable that knows: for a loop that makes a variable's array anew, and may not run
//! ([`Scalariser::replaced`]), and for names that change places (`rotate`). Else the region stays Python.

use super::Ex;
use super::rotate::{Choice, Slot};
use super::scalariser::{Held, Scalar, Scalariser};
use super::shape::{Place, Shaped, Stride};
use crate::infer::{InputTy, Origin};
use crate::ir::{Array, ArrayOrigin, Expression, Gives, Handle, Literal, Output, Variable, View, ViewAxis};
use crate::source::Span;

impl Scalariser<'_> {
    /// The outputs of the new region: those of the old one, and behind them the numbers that say where views lie.
    pub(super) fn outputs(&mut self) {
        let count = self.from.outputs.len();
        for position in 0..count {
            let output = self.from.outputs[position].clone();
            let span = self.from.variables[output.variable].span;
            let choice = self.choices.iter().find(|one| one.output == position).cloned();
            let given = match choice {
                None => self.given_of(&output, output.variable, span),
                Some(choice) => self.one_of(&output, choice, span),
            };
            match given {
                Ok(gives) => self.to.outputs[position].gives = gives,
                Err(problem) => self.problems.push(*problem),
            }
        }
    }

    /// One of the arrays in which a name may have ended.
    fn one_of(&mut self, output: &Output, choice: Choice, span: Span) -> Scalar<Gives> {
        let mut among = Vec::new();
        for slot in choice.among {
            among.push(match slot {
                Slot::Variable(variable) => self.given_of(output, variable, span)?,
                Slot::Input(input) => {
                    let view = None;
                    let array = self.array_of(input);
                    Gives::Array { array, view }
                }
            });
        }
        match choice.by {
            Some(variable) => {
                let by = self.told(variable);
                Ok(Gives::Chosen { by, among })
            }
            None => Ok(among.into_iter().next().unwrap_or_default()),
        }
    }

    /// What a variable holds in the end.
    fn given_of(&mut self, output: &Output, variable: Handle<Variable>, span: Span) -> Scalar<Gives> {
        match self.held[variable.index()].clone() {
            Held::Number => Ok(Gives::Number),
            Held::Array(shaped) => self.given(output, variable, &shaped, span),
            Held::Mixed => {
                let what = what_is_wanted(output);
                let message = format!("{what} may be one of several arrays, by the way the program took");
                let help = "make the array before, and assign its elements (`a[...] = …`) instead of the name";
                self.refused(span, message, help)
            }
        }
    }

    /// Whether what a variable holds in the end may be handed back.
    pub(super) fn is_output(&self, variable: Handle<Variable>) -> bool {
        let chosen = |choice: &Choice| choice.among.contains(&Slot::Variable(variable));
        self.from.outputs.iter().any(|output| output.variable == variable) || self.choices.iter().any(chosen)
    }

    fn given(&mut self, output: &Output, variable: Handle<Variable>, shaped: &Shaped, span: Span) -> Scalar<Gives> {
        let what = what_is_wanted(output);
        let Some((array, places)) = shaped.view().filter(|_| shaped.is_view()) else {
            return self.refused(span, format!("{what} is a part of an array"), "copy it: `.copy()`");
        };
        if self.cut.contains_key(&array) {
            return match self.cut_to_length(array, shaped, span) {
                Some(array) => Ok(Gives::Array { array, view: None }),
                None => self.refused(
                    span,
                    format!("{what} is a part of chosen elements"),
                    "copy it: `.copy()`",
                ),
            };
        }
        let flag = self.flag_of(variable, array, shaped);
        let unsure = flag.is_none() && self.shadows.iter().any(|shadow| shadow.copy == array);
        if unsure || self.unsure.contains(&variable) {
            let message = format!("{what} may share its elements with another array");
            return self.refused(span, message, "copy it where it is assigned: `.copy()`");
        }
        let places = places.to_vec();
        let view = if shaped.whole {
            None
        } else {
            Some(self.part(&what, array, &places, shaped, span)?)
        };
        let new = Gives::Array { array, view };
        let input = self.from.variables[variable].initial;
        let (Some(flag), Some(input)) = (flag, input) else {
            return Ok(new);
        };
        let (by, view) = (self.told(flag), None);
        let array = self.array_of(input);
        let among = vec![Gives::Array { array, view }, new];
        Ok(Gives::Chosen { by, among })
    }

    /// The array that holds the elements that a mask chose, and no more; `None`: only a part of them is wanted.
    fn cut_to_length(&mut self, array: Handle<Array>, shaped: &Shaped, span: Span) -> Option<Handle<Array>> {
        let (length, copy) = self.cut.get(&array).cloned()?;
        let (_, places) = shaped.view()?;
        let rows = self.extents_of_local(array);
        let whole = shaped.extents.first() == Some(&length)
            && self.is_identity(places)
            && rows.len() == shaped.rank()
            && rows.iter().zip(&shaped.extents).skip(1).all(|(a, b)| self.same(*a, *b));
        if !whole {
            return None;
        }
        let copy = copy.unwrap_or_else(|| {
            self.directive = None;
            self.materialise(shaped, "handed", span)
        });
        let handed = copy.view().map(|(array, _)| array);
        self.cut.insert(array, (length, Some(copy)));
        handed
    }

    /// The variable that tells whether an output is the array at all, and not the one from before the region.
    fn flag_of(&self, variable: Handle<Variable>, array: Handle<Array>, shaped: &Shaped) -> Option<Handle<Variable>> {
        let (flag, own) = self.replaced.get(&variable)?;
        (*own == array && shaped.whole).then_some(*flag)
    }

    /// Another output, or one that there is: its position.
    fn told(&mut self, variable: Handle<Variable>) -> usize {
        let own = self.from.outputs.len();
        let mut numbers = self.to.outputs.iter().skip(own);
        if let Some(at) = numbers.position(|one| one.variable == variable) {
            return own + at;
        }
        let name = self.to.variables[variable].name.clone();
        self.to.outputs.push(Output {
            variable,
            name,
            gives: Gives::Number,
        });
        self.to.outputs.len() - 1
    }

    fn told_number(&mut self, number: Ex, wanted: &str, span: Span) -> usize {
        let variable = self.temporary(wanted, span);
        self.assign(variable, number, span);
        self.told(variable)
    }

    /// A view as the host makes it.
    fn part(
        &mut self,
        what: &str,
        array: Handle<Array>,
        places: &[Place],
        shaped: &Shaped,
        span: Span,
    ) -> Scalar<View> {
        if self.is_python(array) {
            let message = format!("{what} is a part of a list or a buffer that is no NumPy array");
            return self.refused(span, message, "use a NumPy array");
        }
        let mut moved = vec![false; shaped.rank()];
        let extents = self.whole(array, span).extents;
        let mut axes = Vec::new();
        for (place, whole) in places.iter().zip(extents) {
            axes.push(match place {
                Place::At(at) => {
                    self.require_place(*at, whole, span);
                    ViewAxis::At(self.told_number(*at, "place", span))
                }
                Place::Along {
                    step: Stride::By(_), ..
                } => {
                    return self.refused(
                        span,
                        format!("{what} is a slice whose step is no constant"),
                        "copy it: `.copy()`",
                    );
                }
                Place::Along {
                    axis,
                    start,
                    step: Stride::Of(step),
                } => {
                    if std::mem::replace(&mut moved[*axis], true) {
                        return self.refused(span, format!("{what} is a diagonal"), "copy it: `.copy()`");
                    }
                    ViewAxis::Along {
                        first: self.told_number(*start, "first", span),
                        count: self.told_number(shaped.extents[*axis], "count", span),
                        step: *step,
                        axis: *axis as u32,
                    }
                }
                Place::Given { .. } => {
                    return self.refused(
                        span,
                        format!("{what} is chosen by an index array"),
                        "copy it: `.copy()`",
                    );
                }
            });
        }
        let spread = |(axis, moved): (usize, &bool)| !moved && self.as_constant(shaped.extents[axis]) != Some(1);
        if moved.iter().enumerate().any(spread) {
            return self.refused(
                span,
                format!("{what} repeats the elements of an array"),
                "copy it: `.copy()`",
            );
        }
        Ok(View {
            rank: shaped.rank() as u32,
            axes,
        })
    }

    /// That a subscript lies in an axis; where not, NumPy raises.
    fn require_place(&mut self, at: Ex, extent: Ex, span: Span) {
        let mut above = self.sum(&self.linear(extent), &self.linear(at), -1);
        above.constant = above.constant.saturating_sub(1);
        let below = self.sum(&self.linear(extent), &self.linear(at), 1);
        self.require_bound(&above, "a subscript is out of bounds", span);
        self.require_bound(&below, "a subscript is out of bounds", span);
    }

    /// Whether an array is a buffer whose elements are Python objects, or a list.
    pub(super) fn is_python(&self, array: Handle<Array>) -> bool {
        match self.to.arrays[array].origin {
            ArrayOrigin::Input(input) => match self.input(input) {
                Some(InputTy::Array(ty)) => ty.element.origin == Origin::Python,
                Some(InputTy::Scalar(_) | InputTy::Nothing) | None => false,
            },
            ArrayOrigin::Local { .. } | ArrayOrigin::Variable(_) => false,
        }
    }

    /// Whether an array stands for a list or a tuple.
    pub(super) fn is_listed(&self, array: Handle<Array>) -> bool {
        match self.to.arrays[array].origin {
            ArrayOrigin::Input(input) => matches!(self.input(input), Some(InputTy::Array(ty)) if ty.listed),
            ArrayOrigin::Local { .. } | ArrayOrigin::Variable(_) => false,
        }
    }

    /// The array, if a value is a tuple from before the region, or a row of a list, which may be one.
    pub(super) fn may_be_tuple(&self, value: &Shaped) -> Option<Handle<Array>> {
        let (array, places) = value.view()?;
        let row = value.rank() < places.len();
        let ArrayOrigin::Input(input) = self.to.arrays[array].origin else {
            return None;
        };
        let tuple = matches!(self.input(input), Some(InputTy::Array(ty)) if ty.tuple || ty.listed && row);
        tuple.then_some(array)
    }

    /// Whether a variable still holds the array that it held before the region.
    pub(super) fn is_input_itself(&self, shaped: &Shaped, variable: Handle<Variable>) -> bool {
        let Some((array, _)) = shaped.view() else {
            return false;
        };
        let input = self.from.variables[variable].initial;
        shaped.whole && matches!(self.to.arrays[array].origin, ArrayOrigin::Input(of) if Some(of) == input)
    }

    // Which object a variable is that a loop makes anew

    /// A carried variable lives in `copy` from here on, a copy of what it holds: until it is assigned, the two must not differ.
    pub(super) fn stand_in(&mut self, variable: Handle<Variable>, held: &Shaped, copy: Handle<Array>, span: Span) {
        if let Some(of) = self.shown(held) {
            self.shadows.push(Shadow { copy, of });
        }
        if !self.is_output(variable) {
            return;
        }
        if !self.is_input_itself(held, variable) {
            self.unsure.insert(variable);
            return;
        }
        let name = format!("{}_replaced", self.from.variables[variable].name);
        let flag = self.temporary(&name, span);
        self.say(flag, false, span);
        self.replaced.insert(variable, (flag, copy));
    }

    /// A variable has been assigned.
    pub(super) fn note_assigned(&mut self, variable: Handle<Variable>, span: Span) {
        if let Some((flag, _)) = self.replaced.get(&variable) {
            self.say(*flag, true, span);
        }
    }

    fn say(&mut self, flag: Handle<Variable>, value: bool, span: Span) {
        let value = self.add(Expression::Literal(Literal::Bool(value)), span);
        self.assign(flag, value, span);
    }

    /// The array of which NumPy would, or might, make a view to give this value.
    pub(super) fn shown(&self, value: &Shaped) -> Option<Handle<Array>> {
        use super::shape::Body;
        let given = |places: &[Place]| places.iter().any(|place| matches!(place, Place::Given { .. }));
        match &*value.body {
            Body::View(array, places) if !given(places) => Some(*array),
            Body::Part(base, places) if !given(places) => self.shown(base),
            Body::Reshaped(base) => self.shown(base),
            Body::View(..)
            | Body::Part(..)
            | Body::Number(_)
            | Body::Map(..)
            | Body::Fold(..)
            | Body::FoldKept(..)
            | Body::Contract(..)
            | Body::Range { .. }
            | Body::Samples { .. }
            | Body::Identity(..)
            | Body::Stacked(..) => None,
        }
    }
}

/// A local array that holds the elements of another one, of which it would be a view, or which it would be itself. Neither may
/// be changed while it is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shadow {
    pub(super) copy: Handle<Array>,
    pub(super) of: Handle<Array>,
}

/// In a message.
fn what_is_wanted(output: &Output) -> String {
    if output.name == Output::RETURNED {
        "what is returned".to_owned()
    } else {
        format!("`{}`, which is used after the region,", output.name)
    }
}
