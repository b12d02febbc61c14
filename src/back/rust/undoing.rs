//! Whether a kernel may have to be undone.

use std::cell::RefCell;

use super::region::Scene;
use crate::back::writer::Writer;
use crate::ir::{Array, Handle};
use crate::plan::Scan;

/// Whether the fast variant, as written, can fail once its guards hold (Ctrl-C and a machine without memory aside: they undo
/// nothing).
pub(super) fn may_fail(text: &str) -> bool {
    let harmless = [
        "pulse.beat",
        "finished(ended)",
        "_copies.combine(&team)",
        "provided(",
        "Err(Stop::Empty)",
    ];
    let body = text.split_once("unsafe fn fast").map_or("", |(_, body)| body);
    body.lines()
        .map(str::trim)
        .filter(|line| *line != "})))?;" && !line.starts_with("//") && !harmless.iter().any(|end| line.contains(end)))
        .any(|line| line.contains('?') || line.contains("Err(Stop::"))
}

impl Scene<'_> {
    /// What is to be looked at so that the fast variant is known not to fail; nothing, if that does not tell.
    pub(super) fn scans_that_tell(&self) -> Vec<Scan> {
        let (scans, facts) = self.plan.certain();
        let mut text = Writer::default();
        let supposed = Scene {
            facts: &facts,
            kernels: Vec::new(),
            named: RefCell::default(),
            watched: RefCell::default(),
            bins: RefCell::default(),
            parameters: RefCell::default(),
            ..*self
        };
        supposed.variant(&mut text, false);
        if may_fail(text.text()) { Vec::new() } else { scans }
    }

    /// Whether a look at the index arrays costs less than copies of what is `written`, and finds all in bounds.
    pub(super) fn certainty(&self, scans: &[Scan], written: &[Handle<Array>]) -> String {
        let bytes = |arrays: &[Handle<Array>]| {
            let each = arrays
                .iter()
                .map(|array| format!("Snapshot::bytes(&{})", self.array(*array)));
            each.collect::<Vec<_>>().join(" + ")
        };
        let mut elements: Vec<Handle<Array>> = scans.iter().map(|scan| scan.elements).collect();
        elements.sort();
        elements.dedup();
        let mut tests = vec![format!("{} <= 2 * ({})", bytes(&elements), bytes(written))];
        for index in &elements {
            tests.extend(
                written
                    .iter()
                    .map(|one| format!("!{}.overlaps(&{})", self.array(*index), self.array(*one))),
            );
        }
        tests.extend(scans.iter().map(|scan| {
            let extent = format!("{}.extent({}) as i128", self.array(scan.array), scan.axis);
            let offset = match scan.offset {
                0 => String::new(),
                offset => format!(" - ({offset})"),
            };
            format!(
                "all_between(launch.host(), {}, -({extent}){offset}, ({extent}) - 1{offset})",
                self.array(scan.elements)
            )
        }));
        tests.join(" && ")
    }
}
