//! `ferrokeet check`.

use std::io::IsTerminal as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use serde_json::{Value, json};

use super::{CheckArgs, Format, files};
use crate::build::write_atomically;
use crate::deps::WitnessAccess;
use crate::diagnostics::{Applicability, Diagnostic, Severity, render};
use crate::source::{Edit, SourceFile, apply_edits};
use crate::translate::{Program, RegionReport, Report};

pub(super) fn check(args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let mut checked = Vec::new();
    let mut unreadable = false;
    for found in files::python_files(&args.files)? {
        let path = found.path;
        let file = match files::read(&path) {
            Ok(file) => file,
            Err(error) => {
                eprintln!("error: {error:#}");
                unreadable = true;
                continue;
            }
        };
        let program = Program::parse(file);
        let report = program.check();
        let fixed = (args.fix || args.diff) && fix(&path, &program.file, &report, args.diff)?;
        if fixed && !args.diff {
            let program = Program::parse(files::read(&path)?);
            let report = program.check();
            checked.push((program, report));
        } else {
            checked.push((program, report));
        }
    }
    if args.strict {
        let all = checked.iter_mut().flat_map(|(_, report)| &mut report.diagnostics);
        all.filter(|diagnostic| diagnostic.severity == Severity::Warning)
            .for_each(|diagnostic| diagnostic.severity = Severity::Error);
    }
    print(args.output_format, &checked);
    let findings = checked
        .iter()
        .flat_map(|(_, report)| &report.diagnostics)
        .any(|diagnostic| diagnostic.severity >= Severity::Warning);
    Ok(ExitCode::from(if unreadable { 2 } else { u8::from(findings) }))
}

/// Applies the safe fixes that don't overlap; tells whether there were any.
fn fix(path: &Path, file: &SourceFile, report: &Report, only_show: bool) -> anyhow::Result<bool> {
    let fixes = report
        .diagnostics
        .iter()
        .filter_map(|diagnostic| diagnostic.fix.as_ref());
    let mut edits: Vec<Edit> = Vec::new();
    for fix in fixes.filter(|fix| fix.applicability == Applicability::Safe) {
        let mut more = edits.clone();
        more.extend(fix.edits.iter().cloned());
        if apply_edits(file.text(), &more).is_ok() {
            edits = more;
        }
    }
    if edits.is_empty() {
        return Ok(false);
    }
    let Ok(text) = apply_edits(file.text(), &edits) else {
        return Ok(false);
    };
    if only_show {
        show_difference(file, &text);
    } else {
        let bytes = file
            .encode(&text)
            .map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
        write_atomically(path, &bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(true)
}

/// Prints the lines that differ; fixes never change the number of lines.
fn show_difference(file: &SourceFile, text: &str) {
    let mut out = format!("--- {0}\n+++ {0}\n", file.name());
    for (row, (old, new)) in file.text().lines().zip(text.lines()).enumerate() {
        if old != new {
            out += &format!("@@ -{0} +{0} @@\n-{old}\n+{new}\n", row + 1);
        }
    }
    files::print(&out);
}

fn print(format: Format, checked: &[(Program, Report)]) {
    let each = || {
        checked
            .iter()
            .flat_map(|(program, report)| report.diagnostics.iter().map(move |d| (&program.file, d)))
    };
    match format {
        Format::Full => {
            let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
            each()
                .for_each(|(file, diagnostic)| files::print(&format!("{}\n", render::full(file, diagnostic, colour))));
            verdicts(checked);
            summary(checked);
        }
        Format::Concise => each().for_each(|(file, diagnostic)| files::print(&render::concise(file, diagnostic))),
        Format::Github => each().for_each(|(file, diagnostic)| files::print(&render::github(file, diagnostic))),
        Format::Sarif => files::print(&render::sarif(each()).to_string()),
        Format::Json => files::print(&json(checked).to_string()),
    }
}

/// One line for each annotated loop.
fn verdicts(checked: &[(Program, Report)]) {
    for (program, report) in checked {
        for region in &report.regions {
            let reason = region
                .reasons
                .first()
                .map(|reason| format!(": {reason}"))
                .unwrap_or_default();
            let (name, row, directive) = (program.file.name(), region.row, region.directive);
            files::print(&format!("{name}:{row}: {directive}: {}{reason}", region.verdict.name()));
        }
    }
}

fn summary(checked: &[(Program, Report)]) {
    let count = |severity| {
        let all = checked.iter().flat_map(|(_, report)| &report.diagnostics);
        all.filter(|diagnostic| diagnostic.severity == severity).count()
    };
    let loops: usize = checked.iter().map(|(_, report)| report.regions.len()).sum();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let counted = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    files::print(&format!(
        "{}, {}, {}",
        counted(loops, "annotated loop"),
        counted(errors, "error"),
        counted(warnings, "warning")
    ));
}

fn json(checked: &[(Program, Report)]) -> Value {
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
