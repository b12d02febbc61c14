//! Loads and stores in lanes.

use super::{Emit, Lockstep, Unsupported};
use crate::deps::{Access, AccessMode};
use crate::infer::{Kind, Ty};
use crate::ir::{Array, BinaryOp, Expression, Handle, Store, UnaryOp};

type Ex = Handle<Expression>;

/// Where the elements of the lanes lie.
enum Elements {
    /// From an address on, a fixed step apart: the text of both.
    Apart(String, String),
    /// At offsets from the array's first element.
    Anywhere(String),
}

impl Lockstep<'_, '_> {
    /// The elements of an array, as lanes of the load's own kind.
    pub(super) fn load(&self, root: Ex, array: Handle<Array>, subscripts: &[Ex], on: &str) -> Emit<String> {
        let scene = self.scene;
        let element = scene.types.array(array).element.kind;
        let stored = if element == Kind::Bool { Kind::U8 } else { element };
        let access = scene.facts.load(root).ok_or(Unsupported)?;
        let vector = self.vector(stored);
        let text = match self.elements(array, subscripts, access, on)? {
            Elements::Apart(address, step) => format!("unsafe {{ {vector}::read({address}, {step}, {on}) }}"),
            Elements::Anywhere(offsets) => {
                format!(
                    "unsafe {{ {vector}::pick({}.data(), {offsets}, {on}) }}",
                    scene.array(array)
                )
            }
        };
        let kind = scene.types.expression(root).kind;
        if element == Kind::Bool {
            return Ok(self.cast(&format!("{text}.to_mask()"), Kind::Bool, kind));
        }
        if element != kind && !scene.types.checks(root).is_empty() {
            return Err(Unsupported);
        }
        Ok(self.cast(&text, element, kind))
    }

    /// The line that writes `value`.
    pub(super) fn write(&self, store: &Store, handle: Handle<Store>, on: &str) -> Emit<String> {
        let access = self.scene.facts.store(handle).ok_or(Unsupported)?;
        let elements = self.elements(store.array, &store.subscripts, access, on)?;
        let streams = self.jam.is_none() && self.scene.plan.stream(handle).is_some();
        Ok(match elements {
            Elements::Apart(address, step) if streams && step.starts_with("$by") => {
                let line = format!("unsafe {{ value.stream({address}, {step}, {on}) }};");
                self.stream.borrow_mut().get_or_insert((handle, address));
                line
            }
            Elements::Apart(address, step) => format!("unsafe {{ value.write({address}, {step}, {on}) }};"),
            Elements::Anywhere(offsets) => {
                let name = self.scene.array(store.array);
                format!("unsafe {{ value.put({name}.data(), {offsets}, {on}) }};")
            }
        })
    }

    fn elements(&self, array: Handle<Array>, subscripts: &[Ex], access: &Access, on: &str) -> Emit<Elements> {
        let steps: Option<Vec<i64>> = subscripts
            .iter()
            .zip(&access.subscripts)
            .map(|(root, subscript)| {
                let step = self.step(*root)?;
                (step == 0 || subscript.mode != AccessMode::Checked).then_some(step)
            })
            .collect();
        match steps {
            Some(steps) => self.apart(array, subscripts, access, &steps),
            None => self.anywhere(array, subscripts, access, on),
        }
    }

    /// Address and step of a store's elements, if they lie a fixed step apart.
    pub(super) fn place_of(&self, store: &Store, access: &Access) -> Emit<Option<(String, String)>> {
        Ok(match self.elements(store.array, &store.subscripts, access, "on")? {
            Elements::Apart(address, step) => Some((address, step)),
            Elements::Anywhere(_) => None,
        })
    }

    /// Elements a fixed step apart.
    fn apart(&self, array: Handle<Array>, subscripts: &[Ex], access: &Access, steps: &[i64]) -> Emit<Elements> {
        let scene = self.scene;
        let name = scene.array(array);
        let modes: Vec<AccessMode> = access.subscripts.iter().map(|subscript| subscript.mode).collect();
        let index = scene.subscripts(array, subscripts, Some(&modes));
        let header = &scene.region.loops[self.header];
        let factor = scene.literal_int(header.step);
        let moving: Vec<(usize, i64)> = steps
            .iter()
            .copied()
            .enumerate()
            .filter(|(_, step)| *step != 0)
            .collect();
        self.moves.set(self.moves.get() || !moving.is_empty());
        let step = match (&moving[..], factor) {
            ([(axis, step)], Some(factor)) if step * factor == 1 => {
                let stride = format!("{name}.stride({axis})");
                if scene.is_local(array) && axis + 1 == subscripts.len() {
                    return Ok(Elements::Apart(
                        format!("{name}.address({index})"),
                        format!("unit({stride})"),
                    ));
                }
                let mut units = self.units.borrow_mut();
                if !units.contains(&stride) {
                    units.push(stride.clone());
                }
                format!("$by({stride})")
            }
            // Subscripts that name the counter, and do not change with it.
            ([], _) => "by(0)".to_owned(),
            (several, factor) => {
                let terms: Vec<String> = several
                    .iter()
                    .map(|(axis, step)| match factor {
                        Some(factor) => format!("{name}.stride({axis}) * {}", step.checked_mul(factor).unwrap_or(0)),
                        None => format!("{name}.stride({axis}) * ({step} * {}_step as isize)", self.name),
                    })
                    .collect();
                if factor.is_some_and(|factor| several.iter().any(|(_, step)| step.checked_mul(factor).is_none())) {
                    return Err(Unsupported);
                }
                format!("by({})", terms.join(" + "))
            }
        };
        Ok(Elements::Apart(format!("{name}.address({index})"), step))
    }

    /// Elements anywhere.
    fn anywhere(&self, array: Handle<Array>, subscripts: &[Ex], access: &Access, on: &str) -> Emit<Elements> {
        let scene = self.scene;
        let name = scene.array(array);
        let mut terms = Vec::new();
        for (axis, (root, subscript)) in subscripts.iter().zip(&access.subscripts).enumerate() {
            let kind = scene.types.expression(*root).kind;
            if kind == Kind::U64 {
                return Err(Unsupported);
            }
            let term = if self.varying[*root] {
                let index = self.converted(*root, Kind::I64, on)?;
                match subscript.mode {
                    AccessMode::Direct => index,
                    AccessMode::FromEnd => {
                        format!(
                            "({index} + {})",
                            self.splat(&format!("{name}.extent({axis})"), Kind::I64)
                        )
                    }
                    AccessMode::Checked => format!("wrap({index}, {name}.extent({axis}), {on})?"),
                }
            } else {
                let index = scene.converted(*root, Ty::INT);
                let index = match subscript.mode {
                    AccessMode::Direct => index,
                    AccessMode::FromEnd => format!("({index}).wrapping_add({name}.extent({axis}))"),
                    AccessMode::Checked => format!("wrapped({name}.wrap({axis}, {index}))?"),
                };
                self.splat(&index, Kind::I64)
            };
            terms.push(format!(
                "{term} * {}",
                self.splat(&format!("{name}.stride({axis}) as i64"), Kind::I64)
            ));
        }
        Ok(Elements::Anywhere(terms.join(" + ")))
    }

    /// How much a subscript grows from one counter value of the loop to the next; `None`: not by a fixed amount.
    fn step(&self, root: Ex) -> Option<i64> {
        if !self.varying[root] {
            return Some(0);
        }
        let region = self.scene.region;
        match &region.expressions[root] {
            Expression::Counter(header) if *header == self.header => Some(1),
            Expression::Unary {
                op: UnaryOp::Negate,
                operand,
            } => self.step(*operand)?.checked_neg(),
            Expression::Unary {
                op: UnaryOp::Plus,
                operand,
            } => self.step(*operand),
            Expression::Binary { op, left, right } => {
                let literal = |root: Ex| self.scene.literal_int(root);
                if self.scene.types.expression(root) != Ty::INT {
                    return None;
                }
                match op {
                    BinaryOp::Add => self.step(*left)?.checked_add(self.step(*right)?),
                    BinaryOp::Subtract => self.step(*left)?.checked_sub(self.step(*right)?),
                    BinaryOp::Multiply => match (literal(*left), literal(*right)) {
                        (Some(factor), _) => self.step(*right)?.checked_mul(factor),
                        (_, Some(factor)) => self.step(*left)?.checked_mul(factor),
                        (None, None) => None,
                    },
                    _ => None,
                }
            }
            _ => None,
        }
    }
}
