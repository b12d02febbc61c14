//! The whole pipeline as one pure function.
//!
//! [`Program::parse`] does once per file what needs no types: `python`, `pragma`, `lower`. [`Program::kernel`] does the
//! rest once per signature: `scalarise`, `infer`, `deps`, `plan`, `back`. [`Program::check`] looks at every region under its declared
//! types, or under assumed ones where none are declared, for verdicts and diagnostics.
//!
//! Nothing here reads or writes files, runs Python, or starts a compiler.
//!
//! May touch: source, diagnostics, python, pragma, ir, lower, scalarise, infer, deps, plan, back, rewrite.

mod annotate;
mod assume;
#[cfg(test)]
mod count_tests;
mod fixes;
#[cfg(test)]
mod local_tests;
mod manifest;
mod report;
#[cfg(test)]
mod residence_tests;
pub mod sections;
#[cfg(test)]
mod tests;
mod tuning;
mod verdict;

use std::sync::Arc;

use crate::deps::{self, Facts};
use crate::diagnostics::{Code, Diagnostic, Severity, Suppressions};
use crate::infer::{self, Signature, Types};
use crate::ir::{self, Region};
use crate::lower::{self, Directives, Grounds, Imports, Modules, NoModules, Stretch};
use crate::plan::{self, Plan};
use crate::python::{self, Module};
use crate::rewrite::{self, Header, Rewritten, Stay};
use crate::scalarise::{self, Supposed};
use crate::source::SourceFile;
use crate::{back, source};

pub use crate::back::rust::{Emitted, join};
pub use annotate::{Annotated, Finding, Proposal, annotate, propose};
pub use assume::assumed_signature;
pub use fixes::compatible;
pub use manifest::{kernel_manifest, region_manifest};
pub use report::{RegionReport, Report, loop_report};
pub use tuning::{Tuning, variants};
pub use verdict::{Arrow, Fate, Picture, PictureLoop, mode_words, verdict, verdict_at};

/// One file, as far as it can be understood without types.
#[derive(Debug)]
pub struct Program {
    /// Its text.
    pub file: SourceFile,
    /// Its statements and comments.
    pub module: Module,
    /// The pragmas that take effect.
    pub directives: Directives,
    /// The regions that could be lowered and rewritten, in source order.
    pub regions: Vec<Region>,
    /// Where arrays may stay on a device.
    pub stretches: Vec<Stretch>,
    /// What is wrong so far.
    pub diagnostics: Vec<Diagnostic>,
    /// The modules of the project into which its loops call.
    pub imports: Imports,
    suppressions: Suppressions,
}

/// A region under one signature, as far as the back end.
#[derive(Debug)]
pub struct Analysed {
    /// The region, as `infer` left it.
    pub region: Region,
    /// The types of its inputs.
    pub signature: Signature,
    /// Its types.
    pub types: Types,
    /// What `deps` found.
    pub facts: Facts,
}

/// A region under the types that are declared or assumed for it.
#[derive(Debug)]
pub struct Examined {
    /// The types.
    pub signature: Signature,
    /// Whether all of them are declared.
    pub declared: bool,
    /// What was found, or why the region has no types.
    pub outcome: Result<Arc<Analysed>, Vec<Diagnostic>>,
}

/// The types of a region of numbers, which is made to tell those of the items of its lists where they are of several.
///
/// # Errors
/// Why it has none.
fn typed(region: &mut Region, signature: &Signature) -> Result<Types, Vec<Diagnostic>> {
    let problems = match infer::infer(region, signature) {
        Ok(types) => return Ok(types),
        Err(problems) => problems,
    };
    let Some(types) = infer::mixed(region, signature) else {
        return Err(problems);
    };
    scalarise::tell(region, &types)?;
    debug_assert_eq!(ir::verify(region), Vec::new(), "{}", ir::print(region));
    infer::infer(region, signature)
}

impl Program {
    /// Parses, reads the pragmas and lowers a file that stands alone.
    pub fn parse(file: SourceFile) -> Self {
        Self::parse_with(file, &NoModules)
    }

    /// Parses, reads the pragmas and lowers; functions of other modules are looked up where `modules` finds these.
    pub fn parse_with(file: SourceFile, modules: &dyn Modules) -> Self {
        let module = python::parse(file.text());
        if rewrite::is_translated(file.text()) {
            return Self::without_regions(file, module);
        }
        let (directives, mut diagnostics) = lower::attach(&file, &module);
        let comments: Vec<source::Span> = module.comments.iter().map(|comment| comment.span).collect();
        let (suppressions, malformed) = Suppressions::new(&file, &comments);
        diagnostics.extend(malformed);
        let mut imports = Imports::default();
        let lowered = loop {
            let mut lowered = lower::lower(&file, &module, &directives, &imports);
            lowered.wanted.retain(|wanted| !imports.is_settled(wanted));
            if lowered.wanted.is_empty() {
                break lowered;
            }
            for wanted in lowered.wanted {
                imports.settle(wanted, &file, modules);
            }
        };
        let mut regions = lowered.regions;
        diagnostics.extend(lowered.diagnostics);
        regions.retain(|region| {
            let alone = rewrite::stands_alone(&file, region);
            if !alone {
                let message = "this loop shares its line with another statement and runs as Python";
                diagnostics.push(Diagnostic::new(Code::NotTranslated, region.span, message));
            }
            alone
        });
        regions.sort_by_key(|region| region.span.start);
        let stretches = lower::stretches(&file, &module, &directives, &regions);
        diagnostics.sort_by_key(|diagnostic| diagnostic.primary.span);
        Self {
            file,
            module,
            directives,
            regions,
            stretches,
            diagnostics,
            imports,
            suppressions,
        }
    }

    /// A file that was translated before: its loops call their kernels, and there is nothing left to say.
    fn without_regions(file: SourceFile, module: Module) -> Self {
        Self {
            file,
            module,
            directives: Directives::default(),
            regions: Vec::new(),
            stretches: Vec::new(),
            diagnostics: Vec::new(),
            imports: Imports::default(),
            suppressions: Suppressions::default(),
        }
    }

    /// A region by its name.
    pub fn region(&self, name: &str) -> Option<&Region> {
        self.regions.iter().find(|region| region.name == name)
    }

    /// Types a region and finds its dependences.
    ///
    /// # Errors
    /// Why it has no types under this signature.
    pub fn analyse(&self, region: &Region, signature: &Signature) -> Result<Analysed, Vec<Diagnostic>> {
        self.analyse_supposing(region, signature, Supposed::Usual, &Tuning::default())
    }

    fn analyse_supposing(
        &self,
        region: &Region,
        signature: &Signature,
        supposed: Supposed,
        tuning: &Tuning,
    ) -> Result<Analysed, Vec<Diagnostic>> {
        debug_assert_eq!(ir::verify(region), Vec::new());
        let mut region = scalarise::scalarise(region, signature, supposed)?.into_owned();
        tuning.apply(&mut region);
        scalarise::read_ahead(&mut region);
        debug_assert_eq!(ir::verify(&region), Vec::new(), "{}", ir::print(&region));
        let types = typed(&mut region, signature)?;
        let facts = deps::analyse(&region, Some(&types));
        Ok(Analysed {
            region,
            signature: signature.clone(),
            types,
            facts,
        })
    }

    /// Types a region as it is declared or assumed, and finds its dependences. Depends on nothing but the region.
    pub fn examine(&self, region: &Region) -> Examined {
        let (signature, declared) = assumed_signature(region);
        let outcome = self.analyse(region, &signature).map(Arc::new);
        Examined {
            signature,
            declared,
            outcome,
        }
    }

    /// Generates the kernel of a region for a signature.
    ///
    /// # Errors
    /// Why there can be none; the loop then runs as Python.
    pub fn kernel(&self, region: &Region, signature: &Signature) -> Result<(Analysed, Emitted), Vec<Diagnostic>> {
        self.kernel_supposing(region, signature, Supposed::Usual)
    }

    /// The same for usual launches, or for all others.
    ///
    /// # Errors
    /// As above.
    pub fn kernel_supposing(
        &self,
        region: &Region,
        signature: &Signature,
        supposed: Supposed,
    ) -> Result<(Analysed, Emitted), Vec<Diagnostic>> {
        Ok(self.emitted(self.analyse_supposing(region, signature, supposed, &Tuning::default())?))
    }

    /// The same for usual launches, with the choices of a tuning.
    ///
    /// # Errors
    /// As above.
    pub fn kernel_tuned(
        &self,
        region: &Region,
        signature: &Signature,
        tuning: &Tuning,
    ) -> Result<(Analysed, Emitted), Vec<Diagnostic>> {
        Ok(self.emitted(self.analyse_supposing(region, signature, Supposed::Usual, tuning)?))
    }

    fn emitted(&self, analysed: Analysed) -> (Analysed, Emitted) {
        let emitted = back::rust::emit(&analysed.plan(), &self.file);
        (analysed, emitted)
    }

    /// The text that calls kernels, for a file on disk (with a header) or in memory (without).
    pub fn rewrite(&self, on_disk: bool) -> Rewritten {
        let regions: Vec<&Region> = self.regions.iter().collect();
        let header = on_disk.then(|| Header {
            row: self.header_row(),
            hash: blake3::hash(self.file.text().as_bytes()).to_hex().to_string(),
        });
        let stays: Vec<Stay> = self.stretches.iter().map(stay).collect();
        rewrite::rewrite(&self.file, &regions, &stays, header.as_ref())
    }

    /// The first row after the docstring and the `from __future__` imports, comments above the first statement included.
    fn header_row(&self) -> u32 {
        let mut row = 1;
        for statement in &self.module.body {
            let text = self.file.slice(statement.span);
            let first = text.trim_start_matches(['r', 'R', 'u', 'U']);
            let docstring = row == 1 && (first.starts_with('"') || first.starts_with('\''));
            if !docstring && !text.starts_with("from __future__") {
                break;
            }
            row = self.file.row(statement.span.end.max(1) - 1) + 1;
        }
        if row > 1 {
            return row;
        }
        let text = self.file.text();
        let comments = text.lines().take_while(|line| line.starts_with('#')).count() as u32;
        if comments > 0
            && self
                .module
                .comments
                .first()
                .is_some_and(|comment| self.file.row(comment.span.start) == 1)
        {
            comments.min(2) + 1
        } else {
            1
        }
    }

    /// Whether an ignore comment covers a diagnostic.
    pub fn is_ignored(&self, diagnostic: &Diagnostic) -> bool {
        self.suppressions.covers(&self.file, diagnostic)
    }

    /// Verdicts on every region and everything to be said about the file.
    pub fn check(&self) -> Report {
        let examined: Vec<Examined> = self.regions.iter().map(|region| self.examine(region)).collect();
        self.report(self.regions.iter().zip(&examined))
    }

    /// The same, of some of its regions, which were examined before.
    pub fn report<'e>(&self, examined: impl IntoIterator<Item = (&'e Region, &'e Examined)>) -> Report {
        report::report(self, examined)
    }
}

/// How a stretch is opened.
fn stay(stretch: &Stretch) -> Stay {
    let tuple = |names: &[String]| match names {
        [only] => format!("({only},)"),
        names => format!("({})", names.join(", ")),
    };
    let opens = match &stretch.grounds {
        Grounds::Proved(names) => format!("resident({})", names.join(", ")),
        Grounds::Said([resident, copyin, copyout]) => {
            format!("data({}, {}, {})", tuple(resident), tuple(copyin), tuple(copyout))
        }
    };
    Stay {
        span: stretch.span,
        opens,
    }
}

impl Analysed {
    /// The plan of the fast variant.
    pub fn plan(&self) -> Plan<'_> {
        plan::plan(&self.region, &self.types, &self.facts)
    }
}

/// The sentence that tells a user of the loop why it runs as Python.
pub fn reason(file: &SourceFile, diagnostics: &[Diagnostic]) -> String {
    let worst = diagnostics
        .iter()
        .max_by_key(|diagnostic| diagnostic.severity >= Severity::Error);
    worst.map_or_else(
        || "it cannot be translated".to_owned(),
        |diagnostic| {
            let row = file.row(diagnostic.primary.span.start);
            let help = diagnostic
                .help
                .first()
                .map(|help| format!(" ({help})"))
                .unwrap_or_default();
            format!("{} [{}, line {row}]{help}", diagnostic.message, diagnostic.code)
        },
    )
}
