//! Runs the language reference and the guide. Every `python` fence of `pragmas-spec/*.md` and `docs/guide/*.md` is a program; the fences behind it say what
//! must come out:
//!
//! * `diagnostics`: every diagnostic, one a line, as `row: severity[code]: message` or a beginning of it; `none` for none.
//! * `verdict`: every annotated loop, one a line, as `row: verdict` with the row of the loop or its pragma, then perhaps `; reductions + s, max m` and
//!   `; private t`.
//! * `fixed`: the program after all its fixes.
//!
//! A `python run` fence is a whole program (`python run python`: one that must end up in Python), run by
//! `tests/python/test_spec.py` in CPython and translated.

use std::fs;
use std::path::{Path, PathBuf};

use ferrokeet::diagnostics::{Code, Diagnostic, Severity};
use ferrokeet::source::{SourceFile, apply_edits};
use ferrokeet::translate::{Program, RegionReport, Report};

/// A fence of a chapter.
struct Fence {
    info: String,
    text: String,
    row: usize,
}

/// A program and what is expected of it.
struct Example {
    place: String,
    program: String,
    expected: Vec<Fence>,
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn markdown(name: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder(name)).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = entries
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .collect();
    paths.sort();
    paths
}

/// The pages whose programs are run: the reference and the guide.
fn pages() -> Vec<PathBuf> {
    [markdown("pragmas-spec"), markdown("docs/guide")].concat()
}

fn fences(text: &str) -> Vec<Fence> {
    let mut fences: Vec<Fence> = Vec::new();
    let mut open = false;
    for (at, line) in text.lines().enumerate() {
        match (line.strip_prefix("```"), open) {
            (Some(info), false) => {
                fences.push(Fence {
                    info: info.trim().to_owned(),
                    text: String::new(),
                    row: at + 1,
                });
                open = true;
            }
            (Some(_), true) => open = false,
            (None, true) => {
                let fence = fences.last_mut().unwrap();
                fence.text.push_str(line);
                fence.text.push('\n');
            }
            (None, false) => {}
        }
    }
    assert!(!open, "the last fence is never closed");
    fences
}

fn examples(path: &Path) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    for fence in fences(&fs::read_to_string(path).unwrap()) {
        let place = format!("{}:{}", path.display(), fence.row);
        match fence.info.as_str() {
            "python" | "python run" | "python run python" => {
                examples.push(Example {
                    place,
                    program: fence.text,
                    expected: Vec::new(),
                });
            }
            "diagnostics" | "verdict" | "fixed" => {
                let example = examples
                    .last_mut()
                    .unwrap_or_else(|| panic!("{place}: no program before it"));
                example.expected.push(fence);
            }
            "" | "console" | "sh" | "toml" | "text" => {}
            other => panic!("{place}: `{other}` is no kind of fence"),
        }
    }
    examples
}

fn check(program: &str) -> (Program, Report) {
    let program = Program::parse(SourceFile::new("example.py", program));
    let report = program.check();
    (program, report)
}

/// Every annotated loop as a `verdict` block writes it, with the row that is expected if it is its pragma's.
fn verdict_lines(program: &Program, report: &Report, expected: &[&str]) -> Vec<String> {
    let pragmas: Vec<u32> = program
        .directives
        .iter()
        .map(|one| program.file.row(one.span.start))
        .collect();
    let line = |region: &RegionReport| {
        let pragma = pragmas.iter().filter(|row| **row <= region.row).max().unwrap();
        let told = expected.iter().any(|line| line.starts_with(&format!("{pragma}: ")));
        let row = if told { *pragma } else { region.row };
        let reductions: Vec<String> = region
            .reductions
            .iter()
            .map(|(op, name)| format!("{op} {name}"))
            .collect();
        let mut line = format!("{row}: {}", region.verdict.name());
        if !reductions.is_empty() {
            line += &format!("; reductions {}", reductions.join(", "));
        }
        if !region.privatised.is_empty() {
            line += &format!("; private {}", region.privatised.join(", "));
        }
        line
    };
    report.regions.iter().map(line).collect()
}

fn diagnostic_lines(file: &SourceFile, diagnostics: &[Diagnostic]) -> Vec<String> {
    let line = |found: &Diagnostic| {
        let row = file.row(found.primary.span.start);
        format!("{row}: {}[{}]: {}", found.severity.as_str(), found.code, found.message)
    };
    diagnostics.iter().map(line).collect()
}

/// What is wrong with an example; nothing when it is right.
fn differences(example: &Example) -> Vec<String> {
    let (program, report) = check(&example.program);
    let diagnostics = &report.diagnostics;
    let mut wrong = Vec::new();
    for fence in &example.expected {
        let expected: Vec<&str> = fence
            .text
            .lines()
            .filter(|line| !line.trim().is_empty() && *line != "none")
            .collect();
        let found = match fence.info.as_str() {
            "diagnostics" => diagnostic_lines(&program.file, diagnostics),
            "verdict" => verdict_lines(&program, &report, &expected),
            _ => {
                let fixes = diagnostics.iter().filter_map(|diagnostic| diagnostic.fix.clone());
                let edits: Vec<_> = fixes.flat_map(|fix| fix.edits).collect();
                apply_edits(program.file.text(), &edits)
                    .unwrap()
                    .lines()
                    .map(str::to_owned)
                    .collect()
            }
        };
        let whole = fence.info == "fixed";
        let expected: Vec<&str> = if whole { fence.text.lines().collect() } else { expected };
        let agrees = |(found, expected): (&String, &&str)| {
            if whole {
                found == expected
            } else {
                found.starts_with(*expected)
            }
        };
        if found.len() != expected.len() || !found.iter().zip(&expected).all(agrees) {
            let (found, expected) = (found.join("\n    "), expected.join("\n    "));
            wrong.push(format!(
                "{}: {}\n  expected\n    {expected}\n  found\n    {found}",
                example.place, fence.info
            ));
        }
    }
    wrong
}

#[test]
fn every_example_of_the_reference_holds() {
    let examples: Vec<Example> = pages().iter().flat_map(|path| examples(path)).collect();
    assert!(examples.len() >= 60, "{} examples", examples.len());
    let wrong: Vec<String> = examples.iter().flat_map(differences).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_program_of_the_reference_says_what_it_expects() {
    for path in pages() {
        let text = fs::read_to_string(&path).unwrap();
        let found = fences(&text);
        for (at, fence) in found.iter().enumerate().filter(|(_, fence)| fence.info == "python") {
            let next = found.get(at + 1).map_or("", |next| next.info.as_str());
            let told = matches!(next, "diagnostics" | "verdict" | "fixed");
            assert!(
                told,
                "{}:{}: nothing is expected of this program",
                path.display(),
                fence.row
            );
        }
    }
}

#[test]
fn every_code_of_the_pragma_language_occurs_in_the_reference() {
    let all: String = markdown("pragmas-spec")
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    for code in Code::ALL.iter().filter(|code| code.code() < "FK100") {
        assert!(
            all.contains(&format!("[{code}]")),
            "{code} {} has no example",
            code.name()
        );
    }
}

/// The first example of a rule's page breaks the rule, the second one does not.
#[test]
fn every_page_of_a_rule_shows_the_rule() {
    let mut wrong = Vec::new();
    for code in Code::ALL {
        let page = code.page();
        let title = format!("# {code} {}", code.name());
        assert!(page.starts_with(&title), "{code}: the page starts with `{title}`");
        let fences: Vec<Fence> = fences(page)
            .into_iter()
            .filter(|fence| fence.info == "python")
            .collect();
        for (at, fence) in fences.iter().enumerate().take(2) {
            let (program, report) = check(&fence.text);
            let diagnostics = &report.diagnostics;
            let breaks = diagnostics.iter().any(|diagnostic| diagnostic.code == *code);
            let right = if at == 0 { breaks } else { diagnostics.is_empty() };
            if !right {
                let found = diagnostic_lines(&program.file, diagnostics).join("\n    ");
                wrong.push(format!("{code}: example {}\n    {found}", at + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_page_of_a_rule_has_every_section() {
    for code in Code::ALL {
        let page = code.page();
        let headings: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(headings, ["What it does", "Why", "Example", "Fix", "Silence"], "{code}");
        let sections: Vec<&str> = page.split("\n## ").skip(1).collect();
        assert!(
            sections.iter().all(|text| text.lines().count() > 2),
            "{code}: an empty section"
        );
        assert!(
            page.contains(&format!("{} unless the configuration", severity(*code))),
            "{code}"
        );
        assert!(page.contains(&format!("`# ferrokeet: ignore[{code}]`")), "{code}");
        let examples = fences(page).iter().filter(|fence| fence.info == "python").count();
        assert_eq!(examples, 2, "{code}: one example breaks the rule, one does not");
    }
}

fn severity(code: Code) -> &'static str {
    match code.severity() {
        Severity::Error => "An error,",
        Severity::Warning => "A warning,",
        Severity::Note => "A note,",
    }
}

/// The chapter of the rules has a section for each, with a program that breaks it and one that does not.
#[test]
fn every_rule_is_in_the_reference() {
    let path = folder("pragmas-spec").join("13-rules.md");
    let text = fs::read_to_string(&path).unwrap();
    let mut rest = text.as_str();
    for code in Code::ALL {
        let heading = format!("\n### {code} {}\n", code.name());
        let (_, section) = rest
            .split_once(&heading)
            .unwrap_or_else(|| panic!("no section (or not in its place): {code}"));
        rest = section;
        let section = section.split("\n### ").next().unwrap();
        let blocks: Vec<Fence> = fences(section)
            .into_iter()
            .filter(|fence| fence.info == "diagnostics")
            .collect();
        assert!(blocks.len() >= 2, "{code}: two programs at least");
        assert!(
            blocks[0].text.contains(&format!("[{code}]")),
            "{code}: the first program breaks it"
        );
        assert!(
            blocks.iter().any(|block| block.text == "none\n"),
            "{code}: one program is right"
        );
    }
}

#[test]
fn every_rule_page_belongs_to_a_rule() {
    for path in markdown("src/diagnostics/rules") {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(Code::find(&name).is_some(), "{} belongs to no rule", path.display());
    }
}
