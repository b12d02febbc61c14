//! Guards of loops inside a thread; those of the launch are the host's.

use super::names;
use super::scene::Scene;
use crate::back::writer::Writer;
use crate::deps::{Atom, Formula, Linear};
use crate::ir::{Handle, Loop};

impl Scene<'_> {
    /// Tests the bounds guards of a loop that is about to run.
    pub(super) fn guards_at(&self, out: &mut Writer, handle: Handle<Loop>, name: &str) {
        let here = self.facts.bounds().iter().filter(|guard| guard.at == Some(handle));
        let tests: Vec<String> = here.map(|guard| self.formula(&guard.condition)).collect();
        if !tests.is_empty() {
            out.line(format!(
                "check({name}_steps.trips == 0 || ({}), failed);",
                tests.join(" && ")
            ));
        }
    }

    fn formula(&self, formula: &Formula) -> String {
        let all = |parts: &[Formula], symbol: &str| {
            let each: Vec<String> = parts.iter().map(|part| self.formula(part)).collect();
            format!("({})", each.join(symbol))
        };
        match formula {
            Formula::True => "true".to_owned(),
            Formula::False => "false".to_owned(),
            Formula::NonNegative(linear) => format!("{} >= 0", self.linear(linear)),
            Formula::Zero(linear) => format!("{} == 0", self.linear(linear)),
            Formula::Divides(by, linear) => format!("({}) % {by} == 0", self.linear(linear)),
            Formula::All(parts) => all(parts, " && "),
            Formula::Any(parts) => all(parts, " || "),
            Formula::Not(inner) => format!("!({})", self.formula(inner)),
            // Bounds of a loop take none of these; if they did, the processor would go on.
            Formula::Distinct { .. } | Formula::Ascending { .. } | Formula::Between { .. } => "false".to_owned(),
        }
    }

    /// A linear expression in 128 bits: nothing overflows there, since each factor fits 64.
    fn linear(&self, linear: &Linear) -> String {
        let constant = format!("i128({})", names::int(linear.constant));
        let terms = linear.terms.iter().map(|(coefficient, atom)| match coefficient {
            1 => self.atom(atom),
            by => format!("{} * {}", names::int(*by), self.atom(atom)),
        });
        let mut parts: Vec<String> = terms.collect();
        if linear.constant != 0 || parts.is_empty() {
            parts.push(constant);
        }
        parts.join(" + ")
    }

    fn atom(&self, atom: &Atom) -> String {
        match atom {
            Atom::Counter(header) => format!("i128({})", self.counter(*header)),
            Atom::First(header) => format!("i128({}_steps.first())", self.counter(*header)),
            Atom::Last(header) => format!("i128({}_steps.last())", self.counter(*header)),
            Atom::Input(input) => format!("i128({})", names::cpp(&self.region.inputs[*input].name)),
            Atom::Extent(array, axis) => format!("i128({}.extent({axis}))", self.array(*array)),
            Atom::Size(array) => format!("i128({}.size())", self.array(*array)),
            Atom::Variable(variable) => format!("i128({})", self.variable(*variable)),
            Atom::Quotient(of, by) => format!("floor_divide({}, i128({by}))", self.linear(of)),
            Atom::Remainder(of, by) => format!("floor_modulo({}, i128({by}))", self.linear(of)),
            Atom::Product(a, b) => format!("product({}, {})", self.linear(a), self.linear(b)),
            Atom::Least(parts) => self.extreme(parts, "least"),
            Atom::Greatest(parts) => self.extreme(parts, "greatest"),
            // Known to nobody: the condition must not hold.
            Atom::Value(_) => "least<i128>()".to_owned(),
        }
    }

    fn extreme(&self, parts: &[Linear], name: &str) -> String {
        let each: Vec<String> = parts.iter().map(|part| self.linear(part)).collect();
        format!("{name}({})", each.join(", "))
    }
}
