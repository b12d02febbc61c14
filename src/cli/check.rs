//! `ferrokeet check`.

use std::io::IsTerminal as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use serde_json::{Value, json};

use super::config::{Config, Configs, Overrides};
use super::fix::{self, Fixed};
use super::project::Project;
use super::{CheckArgs, Format, beside, files, watch};
use crate::deps::WitnessAccess;
use crate::diagnostics::{Diagnostic, Severity, render};
use crate::source::SourceFile;
use crate::translate::{Program, RegionReport, Report};

/// A file and what was found in it.
type Checked = (Program, Report);

/// What became of all files.
#[derive(Default)]
struct Run {
    checked: Vec<Checked>,
    /// Unified diffs.
    differences: Vec<String>,
    fixes: usize,
    unreadable: bool,
}

pub(super) fn check(args: &CheckArgs) -> anyhow::Result<ExitCode> {
    match args.watch {
        true => watch::watch(&args.files, || once(args)),
        false => once(args),
    }
}

fn once(args: &CheckArgs) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(
        args.fix || args.diff || !args.unsafe_fixes,
        "--unsafe-fixes goes with --fix or --diff"
    );
    let mut configs = Configs::new(&Overrides {
        config: args.config.as_deref(),
        isolated: args.isolated,
        select: &args.select,
        ignore: &args.ignore,
        strict: args.strict,
    })?;
    if args.up_to_date {
        return beside::up_to_date(&mut configs, &args.files);
    }
    let governing = configs.of(&args.files[0])?;
    let format = args.output_format.or(governing.output_format).unwrap_or(Format::Full);
    let mut run = Run::default();
    for found in files::python_files(&args.files)? {
        let config = configs.of(&found.path)?;
        let named = args.files.contains(&found.path) && !args.force_exclude;
        if !named && config.excludes(&found.path) {
            continue;
        }
        match files::read(&found.path) {
            Ok(file) => run.file(args, &config, &found.path, file)?,
            Err(error) => {
                eprintln!("error: {error:#}");
                run.unreadable = true;
            }
        }
    }
    run.print(args, format);
    let findings = run
        .diagnostics()
        .any(|diagnostic| diagnostic.severity >= Severity::Warning);
    let differs = !run.differences.is_empty();
    Ok(ExitCode::from(if run.unreadable {
        2
    } else {
        u8::from(findings || differs)
    }))
}

impl Run {
    fn file(&mut self, args: &CheckArgs, config: &Arc<Config>, path: &Path, file: SourceFile) -> anyhow::Result<()> {
        let program = Program::parse_with(file, &Project);
        let check = |program: &Program| {
            let mut report = program.check();
            config.apply(path, &mut report.diagnostics);
            report
        };
        if !args.fix && !args.diff {
            let report = check(&program);
            self.checked.push((program, report));
            return Ok(());
        }
        let old = program.file.text().to_owned();
        let Fixed { program, report, count } = fix::apply(program, args.unsafe_fixes, &check);
        let text = program.file.text();
        if text != old {
            if args.diff {
                self.differences
                    .push(files::difference(program.file.name(), &old, text));
            } else {
                files::write(path, &program.file, text)?;
            }
        }
        self.fixes += count;
        self.checked.push((program, report));
        Ok(())
    }

    fn diagnostics(&self) -> impl Iterator<Item = &Diagnostic> {
        self.checked.iter().flat_map(|(_, report)| &report.diagnostics)
    }

    fn print(&self, args: &CheckArgs, format: Format) {
        if args.diff {
            // Nothing but the diff, for whoever pipes it into `patch`.
            self.differences.iter().for_each(|text| files::print(text));
            let left = self.diagnostics().count();
            eprintln!(
                "{} to apply, {} left",
                counted(self.fixes, "fix", "es"),
                counted(left, "finding", "s")
            );
            return;
        }
        let each = || {
            let checked = self.checked.iter();
            checked.flat_map(|(program, report)| report.diagnostics.iter().map(move |d| (&program.file, d)))
        };
        match format {
            Format::Full => {
                let colour = files::colour(std::io::stdout().is_terminal());
                each().for_each(|(file, diagnostic)| {
                    files::print(&format!("{}\n", render::full(file, diagnostic, colour)));
                });
                verdicts(&self.checked);
                self.summary();
            }
            Format::Concise => each().for_each(|(file, diagnostic)| files::print(&render::concise(file, diagnostic))),
            Format::Github => each().for_each(|(file, diagnostic)| files::print(&render::github(file, diagnostic))),
            Format::Sarif => {
                let mut log = render::sarif(each());
                log["runs"][0]["invocations"][0]["executionSuccessful"] = json!(!self.unreadable);
                files::print(&log.to_string());
            }
            Format::Json => files::print(&json(&self.checked).to_string()),
        }
    }

    fn summary(&self) {
        let count = |severity| self.diagnostics().filter(|one| one.severity == severity).count();
        let loops: usize = self.checked.iter().map(|(_, report)| report.regions.len()).sum();
        match fix::fixable(self.diagnostics()) {
            (0, 0) => {}
            (0, other) => {
                let other = counted(other, "unsafe fix", "es");
                files::print(&format!(
                    "{other} with --fix --unsafe-fixes; --diff shows what would change"
                ));
            }
            (safe, 0) => {
                let safe = counted(safe, "fix", "es");
                files::print(&format!("{safe} with --fix; --diff shows what would change"));
            }
            (safe, other) => {
                let safe = counted(safe, "fix", "es");
                files::print(&format!(
                    "{safe} with --fix, {other} more with --unsafe-fixes; --diff shows what would change"
                ));
            }
        }
        let fixed = match self.fixes {
            0 => String::new(),
            fixes => format!(", {} applied", counted(fixes, "fix", "es")),
        };
        files::print(&format!(
            "{}, {}, {}{fixed}",
            counted(loops, "annotated loop", "s"),
            counted(count(Severity::Error), "error", "s"),
            counted(count(Severity::Warning), "warning", "s"),
        ));
    }
}

fn counted(number: usize, what: &str, plural: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { plural })
}

/// One line for each annotated loop.
fn verdicts(checked: &[Checked]) {
    for (program, report) in checked {
        for region in &report.regions {
            let reason = match region.reasons.is_empty() {
                true => String::new(),
                false => format!(": {}", region.reasons.join("; ")),
            };
            let (name, row, directive) = (program.file.name(), region.row, region.directive);
            files::print(&format!("{name}:{row}: {directive}: {}{reason}", region.verdict.name()));
        }
    }
}

/// Everything as one object, whose shape is stable.
pub(super) fn json(checked: &[Checked]) -> Value {
    let diagnostics: Vec<Value> = checked
        .iter()
        .flat_map(|(program, report)| {
            report
                .diagnostics
                .iter()
                .map(|d: &Diagnostic| render::json(&program.file, d))
        })
        .collect();
    let regions: Vec<Value> = checked
        .iter()
        .flat_map(|(program, report)| report.regions.iter().map(|region| region_json(&program.file, region)))
        .collect();
    json!({"diagnostics": diagnostics, "regions": regions})
}

fn region_json(file: &SourceFile, region: &RegionReport) -> Value {
    let guards: Vec<Value> = region
        .guards
        .iter()
        .map(|(kind, text)| json!({"kind": kind, "text": text}))
        .collect();
    let reductions: Vec<Value> = region
        .reductions
        .iter()
        .map(|(operator, name)| json!({"operator": operator, "name": name}))
        .collect();
    let witness = region.witness.as_ref().map(|witness| {
        let iteration = |values: &[(String, i64)]| -> Value {
            values
                .iter()
                .map(|(name, value)| (name.clone(), json!(value)))
                .collect::<serde_json::Map<_, _>>()
                .into()
        };
        json!({
            "text": witness.text,
            "iterations": [iteration(&witness.iterations[0]), iteration(&witness.iterations[1])],
            "accesses": [access_json(file, &witness.accesses[0]), access_json(file, &witness.accesses[1])],
        })
    });
    json!({
        "filename": file.name(),
        "row": region.row,
        "function": region.function,
        "directive": region.directive,
        "verdict": region.verdict.name(),
        "guards": guards,
        "reasons": region.reasons,
        "witness": witness,
        "reductions": reductions,
        "privatised": region.privatised,
    })
}

fn access_json(file: &SourceFile, access: &WitnessAccess) -> Value {
    json!({
        "array": access.name,
        "kind": if access.write { "write" } else { "read" },
        "location": location(file, access.span.start),
        "end_location": location(file, access.span.end),
    })
}

fn location(file: &SourceFile, offset: u32) -> Value {
    let position = file.position(offset);
    json!({"row": position.row, "column": position.column})
}
