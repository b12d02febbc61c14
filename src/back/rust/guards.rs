//! Guards: what holds at the launch, or at the entry of a loop, for the fast variant to be right.

use super::names;
use super::region::Scene;
use crate::back::writer::Writer;
use crate::deps::{Atom, Elements, Formula, Linear, sides};
use crate::infer::{Kind, Origin, Ty};
use crate::ir::{Handle, Loop};

impl Scene<'_> {
    /// Tests the bounds guards of a loop that is about to run.
    pub(super) fn guards_at(&self, out: &mut Writer, handle: Handle<Loop>, name: &str) {
        let here: Vec<&Formula> = self
            .facts
            .bounds()
            .iter()
            .filter(|guard| guard.at == Some(handle))
            .map(|guard| &guard.condition)
            .collect();
        if here.is_empty() {
            return;
        }
        let tests: Vec<String> = here.into_iter().map(|formula| self.formula(formula)).collect();
        out.line(format!("ensure({name}_steps.is_empty() || ({}))?;", tests.join(" && ")));
    }

    /// A Rust condition.
    pub(super) fn formula(&self, formula: &Formula) -> String {
        let all = |parts: &[Formula], symbol: &str| {
            format!(
                "({})",
                parts
                    .iter()
                    .map(|part| self.formula(part))
                    .collect::<Vec<_>>()
                    .join(symbol)
            )
        };
        match formula {
            Formula::True => "true".to_owned(),
            Formula::False => "false".to_owned(),
            Formula::NonNegative(linear) => self.comparison(linear, ">="),
            Formula::Zero(linear) => self.comparison(linear, "=="),
            Formula::Divides(by, linear) => format!("({}).rem_euclid({by}_i128) == 0", self.linear(linear)),
            Formula::All(parts) => all(parts, " && "),
            Formula::Any(parts) => all(parts, " || "),
            Formula::Not(inner) => format!("!({})", self.formula(inner)),
            Formula::Distinct {
                elements,
                offset,
                extent,
            } => format!(
                "unsafe {{ distinct(host, {}, {offset}, {}) }}",
                self.elements(elements),
                self.linear(extent)
            ),
            Formula::Ascending { elements, gap } => format!(
                "unsafe {{ ascending(host, {}, {}) }}",
                self.elements(elements),
                self.linear(gap)
            ),
            Formula::Between { elements, low, high } => format!(
                "unsafe {{ between(host, {}, {}, {}) }}",
                self.elements(elements),
                self.linear(low),
                self.linear(high)
            ),
        }
    }

    fn comparison(&self, linear: &Linear, symbol: &str) -> String {
        let (left, right) = sides(linear);
        format!("{} {symbol} {}", self.linear(&left), self.linear(&right))
    }

    /// The arguments that name elements of an index array.
    fn elements(&self, elements: &Elements) -> String {
        let (first, last) = (self.linear(&elements.first), self.linear(&elements.last));
        format!("{}, {first}, {last}", self.array(elements.array))
    }

    /// A linear expression in 128 bits: nothing overflows there, since each factor fits 64.
    pub(super) fn linear(&self, linear: &Linear) -> String {
        let mut text = String::new();
        for (coefficient, atom) in &linear.terms {
            let value = self.atom(atom);
            let sign = if *coefficient < 0 { "-" } else { "+" };
            let first = text.is_empty();
            match (first, coefficient.unsigned_abs()) {
                (true, 1) if *coefficient > 0 => text += &value,
                (true, _) => text += &format!("{coefficient} * {value}"),
                (false, 1) => text += &format!(" {sign} {value}"),
                (false, by) => text += &format!(" {sign} {by} * {value}"),
            }
        }
        match (text.is_empty(), linear.constant) {
            (true, constant) => format!("{constant}_i128"),
            (false, 0) => text,
            (false, constant) if constant < 0 => format!("{text} - {}", constant.unsigned_abs()),
            (false, constant) => format!("{text} + {constant}"),
        }
    }

    fn atom(&self, atom: &Atom) -> String {
        let steps = |header: &Handle<Loop>| format!("{}_steps", names::rust(&self.region.loops[*header].name));
        match atom {
            Atom::Counter(header) => format!("({} as i128)", names::rust(&self.region.loops[*header].name)),
            Atom::First(header) => format!("({}.first() as i128)", steps(header)),
            Atom::Last(header) => format!("({}.last() as i128)", steps(header)),
            Atom::Input(input) => format!("({} as i128)", names::rust(&self.region.inputs[*input].name)),
            Atom::Extent(array, axis) => format!("({}.extent({axis}) as i128)", self.array(*array)),
            Atom::Size(array) => format!("({}.size() as i128)", self.array(*array)),
            Atom::Variable(variable) => format!("({} as i128)", self.variable(*variable)),
            Atom::Quotient(of, by) => format!("({}).div_euclid({by})", self.linear(of)),
            Atom::Remainder(of, by) => format!("({}).rem_euclid({by})", self.linear(of)),
            Atom::Product(a, b) => format!("({}).saturating_mul({})", self.linear(a), self.linear(b)),
            Atom::Least(parts) => self.extreme(parts, "min"),
            Atom::Greatest(parts) => self.extreme(parts, "max"),
            Atom::Value(_) => "i128::MIN".to_owned(),
        }
    }

    fn extreme(&self, parts: &[Linear], method: &str) -> String {
        let each: Vec<String> = parts.iter().map(|part| format!("({})", self.linear(part))).collect();
        let (first, rest) = each
            .split_first()
            .map_or(("0_i128", &[][..]), |(first, rest)| (first.as_str(), rest));
        rest.iter()
            .fold(first.to_owned(), |text, part| format!("{text}.{method}({part})"))
    }

    /// Whether a scalar input is a Python int, whose magnitude the launch must bound.
    pub(super) fn int_inputs(&self) -> Vec<String> {
        let inputs = self.region.inputs.iter().filter(|(handle, _)| {
            matches!(
                self.types.input(*handle),
                crate::infer::InputTy::Scalar(Ty {
                    kind: Kind::I64,
                    origin: Origin::Python
                })
            ) && !self.is_seed(*handle)
        });
        inputs.map(|(_, input)| names::rust(&input.name)).collect()
    }
}
