//! Tags of variables whose type depends on the data (see [`Tag`]), as Rust.

use super::region::Scene;
use crate::back::writer::Writer;
use crate::deps::ScalarReduction;
use crate::infer::Tag;
use crate::infer::{Kind, Ty};
use crate::ir::{Function, Handle, ReductionOp, Variable};

impl Scene<'_> {
    /// Whether a variable has a tag.
    pub(super) fn has_tag(&self, variable: Handle<Variable>) -> bool {
        self.plan.is_tagged(variable)
    }

    /// A variable's tag.
    pub(super) fn tag(&self, variable: Handle<Variable>) -> String {
        format!("{}_type", self.region.variables[variable].name)
    }

    /// The flag or the tag of a variable that has one.
    pub(super) fn mark(&self, variable: Handle<Variable>) -> Option<String> {
        if self.has_tag(variable) {
            Some(self.tag(variable))
        } else {
            (self.has_flag(variable) || self.is_watched(variable)).then(|| self.flag(variable))
        }
    }

    /// Declares the flag or the tag of a variable: unchanged.
    pub(super) fn declare_marks(&self, out: &mut Writer, variable: Handle<Variable>) {
        if self.has_tag(variable) {
            out.line(format!("let mut {} = 0_u8;", self.tag(variable)));
        } else if self.has_flag(variable) || self.is_watched(variable) {
            out.line(format!("let mut {} = false;", self.flag(variable)));
        }
        if self.resets(variable) {
            out.line(format!("let mut {} = false;", self.reset(variable)));
        }
    }

    /// Whether a variable is another object after an assignment (see `Plan::replacement`); `None`: always.
    pub(super) fn chooses_another(&self, tag: &Tag) -> Option<String> {
        match tag {
            Tag::Known(1) => None,
            Tag::Choice(condition, accept, reject) => Some(match (&**accept, &**reject) {
                (Tag::Known(0), Tag::Known(_)) => format!("!{}", self.truth(*condition)),
                (Tag::Known(_), Tag::Known(0)) => self.truth(*condition),
                (_, _) => format!("{} != 0", self.tag_text(tag)),
            }),
            _ => Some(format!("{} != 0", self.tag_text(tag))),
        }
    }

    /// A tag, a `u8`.
    pub(super) fn tag_text(&self, tag: &Tag) -> String {
        match tag {
            Tag::Known(known) => format!("{known}_u8"),
            Tag::Of(variable) => self.tag(*variable),
            // No output depends on one.
            Tag::Item(_) => "5_u8".to_owned(),
            Tag::Or(first, second) => format!(
                "(match {} {{ 0 => {}, known => known }})",
                self.tag_text(first),
                self.tag_text(second)
            ),
            Tag::Choice(condition, accept, reject) => format!(
                "(if {} {{ {} }} else {{ {} }})",
                self.truth(*condition),
                self.tag_text(accept),
                self.tag_text(reject)
            ),
            Tag::Extreme(function, ty, candidates) => {
                let symbol = if *function == Function::Min { "<" } else { ">" };
                let mut each = candidates
                    .iter()
                    .map(|(value, tag)| format!("({}, {})", self.converted(*value, *ty), self.tag_text(tag)));
                let mut text = format!("{{ let mut m = {}; ", each.next().unwrap_or_default());
                for candidate in each {
                    text += &format!("let b = {candidate}; if b.0 {symbol} m.0 {{ m = b; }} ");
                }
                text + "m.1 }"
            }
            Tag::Greatest(all) => {
                let mut each = all.iter().map(|one| self.tag_text(one));
                let first = each.next().unwrap_or_default();
                each.fold(first, |text, other| format!("{text}.max({other})"))
            }
            Tag::Real(of) => format!("(match {} {{ 4 => 3, known => known }})", self.tag_text(of)),
            Tag::Comparison(of) => format!("(if {} == 5 {{ 5 }} else {{ 1_u8 }})", self.tag_text(of)),
        }
    }

    /// The tag of a reduction's variable after its blocks, whose tags are at `mark` of each `part`, if it is a new object, which
    /// is when `test` holds.
    pub(super) fn combine_tags(&self, out: &mut Writer, one: &ScalarReduction, mark: &str, test: &str) {
        let tag = self.tag(one.target);
        let column = format!("parts.iter().map(|part| {mark})");
        match one.op {
            // A sum is NumPy's as soon as one of its terms is.
            ReductionOp::Add
            | ReductionOp::Multiply
            | ReductionOp::BitAnd
            | ReductionOp::BitOr
            | ReductionOp::BitXor => {
                out.line(format!("{tag} = {column}.fold({tag}, u8::max);"));
            }
            // The value is one of the objects: which one is known only if all are alike.
            ReductionOp::Min | ReductionOp::Max | ReductionOp::And | ReductionOp::Or => {
                out.open(format!("if {test}"));
                out.line(format!("{tag} = alike({column}).ok_or(Stop::Python(1))?;"));
                out.close("");
            }
        }
    }

    /// An output with a tag: its value as the type that the tag says.
    pub(super) fn tagged_output(&self, variable: Handle<Variable>) -> String {
        let name = self.variable(variable);
        let mut text = format!("match {} {{ ", self.tag(variable));
        for (position, ty) in self.types.output(variable).iter().enumerate() {
            let value = self.given(variable, *ty);
            text += &format!("{} => output({value}, {}), ", Tag::of(*ty), position + 1);
        }
        text + &format!("_ => output({name}, 0) }}")
    }

    /// A variable's value as an output of a type, which may be narrower than how the variable is stored.
    pub(super) fn given(&self, variable: Handle<Variable>, ty: Ty) -> String {
        let name = self.variable(variable);
        if ty.kind == self.types.variable(variable).kind {
            name
        } else if ty.kind == Kind::Bool && self.types.variable(variable).kind.is_integer() {
            format!("({name} as i64 != 0)")
        } else {
            self.cast(name, self.types.variable(variable).kind, ty)
        }
    }
}
