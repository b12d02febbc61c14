//! `ferrokeet annotate`.

use std::path::Path;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::{AnnotateArgs, AnnotateFormat, files};
use crate::source::SourceFile;
use crate::translate::{self, Annotated, Finding};

pub(super) fn annotate(args: &AnnotateArgs) -> anyhow::Result<ExitCode> {
    let mut looked_at: Vec<(SourceFile, Annotated)> = Vec::new();
    let mut failed = false;
    for found in files::python_files(&args.files)? {
        let one = files::read(&found.path).and_then(|file| {
            let annotated = translate::annotate(&file);
            if args.fix {
                write(&found.path, &file, &annotated)?;
            }
            Ok((file, annotated))
        });
        match one {
            Ok(one) => looked_at.push(one),
            Err(error) => {
                eprintln!("error: {error:#}");
                failed = true;
            }
        }
    }
    for (file, annotated) in &looked_at {
        if let Some(problem) = &annotated.problem {
            eprintln!("warning: {} was not looked at: {problem}", file.name());
        }
    }
    match (args.diff, args.output_format) {
        (true, _) => looked_at
            .iter()
            .for_each(|(file, annotated)| difference(file, annotated)),
        (false, AnnotateFormat::Full) => full(&looked_at, args.fix),
        (false, AnnotateFormat::Concise) => concise(&looked_at),
        (false, AnnotateFormat::Json) => files::print(&all_json(&looked_at).to_string()),
    }
    let proposed = looked_at.iter().any(|(_, annotated)| annotated.text.is_some());
    Ok(ExitCode::from(match (failed, proposed && !args.fix) {
        (true, _) => 2,
        (false, proposed) => u8::from(proposed),
    }))
}

fn write(path: &Path, file: &SourceFile, annotated: &Annotated) -> anyhow::Result<()> {
    let Some(text) = &annotated.text else { return Ok(()) };
    files::write(path, file, text)
}

fn difference(file: &SourceFile, annotated: &Annotated) {
    let Some(text) = &annotated.text else { return };
    files::print(&files::difference(file.name(), file.text(), text));
}

fn concise(looked_at: &[(SourceFile, Annotated)]) {
    for (file, annotated) in looked_at {
        let lines: String = annotated.findings.iter().map(|finding| line(file, finding)).collect();
        if !lines.is_empty() {
            files::print(&lines);
        }
    }
}

/// `file:row: # pragma parallel for: proven: why` or `file:row: no: why not`.
fn line(file: &SourceFile, finding: &Finding) -> String {
    let (name, row, reason) = (file.name(), finding.row, &finding.reason);
    match (finding.proposal, finding.verdict) {
        (Some(kind), Some(verdict)) => {
            format!(
                "{name}:{row}: # pragma {}: {}: {reason}\n",
                kind.as_str(),
                verdict.name()
            )
        }
        _ => format!("{name}:{row}: no: {reason}\n"),
    }
}

fn full(looked_at: &[(SourceFile, Annotated)], written: bool) {
    let mut text = String::new();
    let (mut loops, mut proposals) = (0, 0);
    for (file, annotated) in looked_at {
        loops += annotated.findings.len();
        proposals += annotated.proposals().count();
        for finding in &annotated.findings {
            text += &line(file, finding);
            if let Some(kind) = finding.proposal {
                let source = file.line(finding.row);
                let indentation = file.indentation(finding.start);
                text += &format!("     + |{indentation}# pragma {}\n", kind.as_str());
                text += &format!("{:>6} |{source}\n", finding.row);
            }
        }
    }
    let counted = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    let done = if written { "written" } else { "proposed" };
    let mut proposed = looked_at.iter().flat_map(|(_, annotated)| annotated.proposals());
    let assumed = proposed.any(|finding| finding.types.as_ref().is_some_and(|(_, declared)| !declared));
    text += &format!(
        "{} without a pragma; {} {done}{}\n",
        counted(loops, "loop"),
        counted(proposals, "pragma"),
        if assumed {
            ", some of them under assumed types"
        } else {
            ""
        }
    );
    files::print(&text);
}

fn all_json(looked_at: &[(SourceFile, Annotated)]) -> Value {
    let loops: Vec<Value> = looked_at
        .iter()
        .flat_map(|(file, annotated)| annotated.findings.iter().map(|finding| finding_json(file, finding)))
        .collect();
    let skipped: Vec<Value> = looked_at
        .iter()
        .filter_map(|(file, annotated)| Some(json!({"filename": file.name(), "reason": annotated.problem.as_ref()?})))
        .collect();
    json!({"loops": loops, "skipped": skipped})
}

fn finding_json(file: &SourceFile, finding: &Finding) -> Value {
    let guards: Vec<Value> = finding
        .guards
        .iter()
        .map(|(kind, text)| json!({"kind": kind, "text": text}))
        .collect();
    let work = finding.work.map(|work| {
        json!({
            "nanoseconds_per_iteration": work.iteration,
            "iterations": work.trips,
            "nanoseconds": work.total(),
        })
    });
    let types = finding.types.as_ref().map(|(signature, declared)| {
        let source = if *declared { "declared" } else { "assumed" };
        json!({"signature": signature, "source": source})
    });
    json!({
        "filename": file.name(),
        "row": finding.row,
        "column": finding.column,
        "function": finding.function,
        "loop": finding.header,
        "proposal": finding.proposal.map(|kind| kind.as_str()),
        "verdict": finding.verdict.map(crate::deps::Verdict::name),
        "reason": finding.reason,
        "guards": guards,
        "work": work,
        "types": types,
    })
}
