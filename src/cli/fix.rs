//! Applying fixes.

use super::project::Project;
use crate::diagnostics::{Applicability, Diagnostic};
use crate::source::{SourceFile, apply_edits};
use crate::translate::{self, Program, Report};

/// A fix may bring forth another one; more rounds than this mean that two undo each other.
const ROUNDS: usize = 10;

/// A file after its fixes.
pub(super) struct Fixed {
    /// The file as it would be now.
    pub(super) program: Program,
    /// What is left to say about it.
    pub(super) report: Report,
    /// How many fixes were applied.
    pub(super) count: usize,
}

/// Applies fixes until nothing changes. `check` says what is to be repaired.
pub(super) fn apply(program: Program, unsafe_too: bool, check: &dyn Fn(&Program) -> Report) -> Fixed {
    let report = check(&program);
    let mut fixed = Fixed {
        program,
        report,
        count: 0,
    };
    for _ in 0..ROUNDS {
        let Some((text, count)) = round(&fixed.program.file, &fixed.report.diagnostics, unsafe_too) else {
            break;
        };
        let file = fixed.program.file.with_text(text);
        let program = Program::parse_with(file, &Project);
        // An edit that breaks the file is a defect of ours, and must not reach the disk.
        if program.module.errors.len() > fixed.program.module.errors.len() {
            break;
        }
        let report = check(&program);
        fixed = Fixed {
            program,
            report,
            count: fixed.count + count,
        };
    }
    fixed
}

/// The text after every fix that does not get into another one's way, and how many those are; `None`: there is none.
fn round(file: &SourceFile, diagnostics: &[Diagnostic], unsafe_too: bool) -> Option<(String, usize)> {
    let (edits, count) = translate::compatible(file, diagnostics, unsafe_too);
    let text = apply_edits(file.text(), &edits).ok()?;
    (text != file.text()).then_some((text, count))
}

/// How many findings have a safe fix, and how many another one.
pub(super) fn fixable<'a>(diagnostics: impl Iterator<Item = &'a Diagnostic>) -> (usize, usize) {
    diagnostics.fold((0, 0), |(safe, other), diagnostic| match &diagnostic.fix {
        Some(fix) if fix.applicability == Applicability::Safe => (safe + 1, other),
        Some(_) => (safe, other + 1),
        None => (safe, other),
    })
}
