//! What a kernel hands back for each output of its region, as its manifest says, and the Python objects that become of it.

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyMemoryView, PySlice, PyTuple};

use crate::made::{Made, NewArray};
use crate::outcome::ResultType;
use crate::types::Kind;

/// What an output is. Places are positions among the kernel's results.
#[derive(Debug)]
pub(crate) enum Handed {
    /// A number of one of these types, or `None` where the result at a position, if there is one, is false.
    Number(Vec<ResultType>, Option<usize>),
    /// An array, or a view of one.
    Array { base: Base, view: Option<View> },
    /// The one whose number is the result at a position.
    One { by: usize, among: Vec<Handed> },
}

/// An array that the call knows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Base {
    /// An input itself.
    Input(usize),
    /// A new array, by its number.
    New(usize, NewArray),
}

/// `base[...]`, its axes reordered and new ones added.
#[derive(Debug)]
pub(crate) struct View {
    rank: usize,
    axes: Vec<Axis>,
}

/// What is chosen of an axis of the base.
#[derive(Debug)]
enum Axis {
    /// The place that the result at this position says.
    At(usize),
    /// As many places from the first one on as results say, `step` apart.
    Along {
        first: usize,
        count: usize,
        step: isize,
        /// Which axis of the view that is.
        axis: usize,
    },
}

/// What all the outputs are that a manifest lists, and the new arrays by their numbers.
pub(crate) fn read(outputs: &[String]) -> Result<(Vec<Handed>, Vec<NewArray>), String> {
    let read = |text: &String| Handed::parse(text).ok_or_else(|| format!("a bad manifest: an output {text:?}"));
    let handed = outputs.iter().map(read).collect::<Result<Vec<_>, String>>()?;
    let mut new: Vec<Option<NewArray>> = Vec::new();
    for one in &handed {
        one.collect_new(&mut new);
    }
    let new = new.into_iter().collect::<Option<_>>();
    Ok((handed, new.ok_or("a bad manifest: a new array is missing")?))
}

impl Handed {
    /// Whether it may be, or hold, NumPy's integers of 64 bits, new ones.
    pub(crate) fn is_long(&self) -> bool {
        let long = |kind: Kind| matches!(kind, Kind::I64 | Kind::U64);
        match self {
            Self::Number(types, _) => types
                .iter()
                .any(|one| matches!(*one, ResultType::Numpy(kind) if long(kind))),
            Self::Array {
                base: Base::New(_, array),
                ..
            } => long(array.kind) && !array.python,
            Self::Array {
                base: Base::Input(_), ..
            } => false,
            Self::One { among, .. } => among.iter().any(Self::is_long),
        }
    }

    fn collect_new(&self, new: &mut Vec<Option<NewArray>>) {
        match self {
            Self::Array {
                base: Base::New(number, array),
                ..
            } => {
                new.resize(new.len().max(number + 1), None);
                new[*number] = Some(*array);
            }
            Self::Number(..) | Self::Array { .. } => {}
            Self::One { among, .. } => among.iter().for_each(|one| one.collect_new(new)),
        }
    }

    /// Types separated by `|`, perhaps followed by ` if N`; or `input N`, `array N KIND RANK`, either of them followed by ` view RANK` and the axes; or
    /// `one N of (…; …)`.
    fn parse(text: &str) -> Option<Self> {
        if let Some(choice) = text.strip_prefix("one ") {
            let (by, among) = choice.strip_suffix(')')?.split_once(" of (")?;
            let by = by.parse().ok().filter(|by| *by < 1 << 16)?;
            let among = separate(among).into_iter().map(Self::parse).collect::<Option<_>>()?;
            return Some(Self::One { by, among });
        }
        let mut words = text.split(' ');
        let number = |word: Option<&str>| word?.parse::<usize>().ok();
        let base = match words.next()? {
            "input" => Base::Input(number(words.next())?),
            "array" => {
                let at = number(words.next()).filter(|at| *at < 1 << 16)?;
                let kind = words.next()?;
                let python = kind.strip_prefix("py:");
                let kind = Kind::parse(python.unwrap_or(kind))?;
                let rank = u32::try_from(number(words.next())?).ok()?;
                let python = python.is_some();
                Base::New(at, NewArray { kind, rank, python })
            }
            types => {
                let types = types.split('|').map(ResultType::parse).collect::<Option<_>>()?;
                let told = match words.next() {
                    None => None,
                    Some(_) => Some(number(words.next())?),
                };
                return Some(Self::Number(types, told));
            }
        };
        let view = match words.next() {
            None => None,
            Some(_) => Some(View {
                rank: number(words.next())?,
                axes: words.map(Axis::parse).collect::<Option<_>>()?,
            }),
        };
        Some(Self::Array { base, view })
    }

    /// The object for results of which the one at `position` is this output's own.
    pub(crate) fn object<'py>(
        &self,
        py: Python<'py>,
        position: usize,
        results: (&[[u64; 2]], &[u8]),
        inputs: &[Bound<'py, PyAny>],
        made: &Made<'_>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let missing = || PyRuntimeError::new_err("a bad manifest: an output has no value");
        match self {
            Self::Number(_, Some(told)) if results.0.get(*told).is_some_and(|bits| bits[0] == 0) => {
                Ok(py.None().into_bound(py))
            }
            Self::Number(types, _) => {
                let which = usize::from(results.1[position].max(1)) - 1;
                types[which.min(types.len() - 1)].object(py, results.0[position])
            }
            Self::Array { base: base_of, view } => {
                let base = match base_of {
                    Base::Input(input) => inputs.get(*input).cloned(),
                    Base::New(number, _) => made.get(py, *number),
                };
                let base = base.ok_or_else(missing)?;
                if matches!(base_of, Base::New(_, NewArray { python: true, .. })) {
                    return Ok(PyMemoryView::from(&base)?.into_any());
                }
                match view {
                    None => Ok(base),
                    Some(view) => view.of(&base, results.0),
                }
            }
            Self::One { by, among } => {
                let number = results.0.get(*by).map_or(0, |bits| bits[0] as usize);
                let one = among.get(number).ok_or_else(missing)?;
                one.object(py, position, results, inputs, made)
            }
        }
    }
}

/// What stands between semicolons that are in no parentheses.
fn separate(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0_usize, 0);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b';' if depth == 0 => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    parts
}

impl Axis {
    /// `@PLACE`, or `FIRST:COUNT:STEP:AXIS`.
    fn parse(text: &str) -> Option<Self> {
        if let Some(place) = text.strip_prefix('@') {
            return Some(Self::At(place.parse().ok()?));
        }
        let mut parts = text.split(':');
        Some(Self::Along {
            first: parts.next()?.parse().ok()?,
            count: parts.next()?.parse().ok()?,
            step: parts.next()?.parse().ok()?,
            axis: parts.next()?.parse().ok()?,
        })
    }

    /// The subscript that chooses so.
    fn subscript<'py>(&self, py: Python<'py>, results: &[[u64; 2]]) -> PyResult<Bound<'py, PyAny>> {
        let result = |place: usize| results.get(place).map_or(0, |bits| bits[0] as isize);
        match self {
            Self::At(place) => Ok(result(*place).into_pyobject(py)?.into_any()),
            Self::Along { first, count, step, .. } => {
                let (first, count) = (result(*first), result(*count));
                if count <= 0 {
                    return Ok(PySlice::new(py, 0, 0, *step).into_any());
                }
                let end = first + (count - 1) * step + step.signum();
                // Before the first element there is no number to write.
                let end = (end >= 0).then_some(end);
                py.get_type::<PySlice>().call1((first, end, *step))
            }
        }
    }
}

impl View {
    fn of<'py>(&self, base: &Bound<'py, PyAny>, results: &[[u64; 2]]) -> PyResult<Bound<'py, PyAny>> {
        let py = base.py();
        let subscripts = self.axes.iter().map(|axis| axis.subscript(py, results));
        let subscripts = subscripts.collect::<PyResult<Vec<_>>>()?;
        let mut view = base.get_item(PyTuple::new(py, subscripts)?)?;
        let moved: Vec<usize> = self
            .axes
            .iter()
            .filter_map(|axis| match axis {
                Axis::At(_) => None,
                Axis::Along { axis, .. } => Some(*axis),
            })
            .collect();
        let mut order: Vec<usize> = (0..moved.len()).collect();
        order.sort_by_key(|at| moved[*at]);
        if !order.is_sorted() {
            view = view.call_method1("transpose", PyTuple::new(py, order)?)?;
        }
        if moved.len() < self.rank {
            let each = (0..self.rank).map(|axis| {
                if moved.contains(&axis) {
                    PySlice::full(py).into_any()
                } else {
                    py.None().into_bound(py)
                }
            });
            view = view.get_item(PyTuple::new(py, each.collect::<Vec<_>>())?)?;
        }
        Ok(view)
    }
}
