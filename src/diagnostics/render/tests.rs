use super::*;
use crate::diagnostics::{Code, Diagnostic, Fix};
use crate::source::{Edit, SourceFile, Span};

fn example() -> (SourceFile, Diagnostic) {
    let text =
        "import numpy as np\r\n\r\n\tñ = 1\r\n# pragma paralel for\r\nfor i in range(9):\r\n    x[i] = x[i - 1]\r\n";
    let file = SourceFile::new("dir/a b.py", text);
    let span = |part: &str| {
        let at = text.find(part).unwrap() as u32;
        Span::new(at, at + part.len() as u32)
    };
    let diagnostic = Diagnostic::new(Code::UnknownDirective, span("paralel"), "`paralel` is not a directive")
        .labelled("did you mean `parallel`?")
        .secondary(span("x[i - 1]"), "read here")
        .note("100% sure")
        .help("the directives are few")
        .fix(Fix::safe(
            "Replace with `parallel`",
            [Edit::replace(span("paralel"), "parallel")],
        ));
    (file, diagnostic)
}

fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings
}

#[test]
fn full_output() {
    let (file, diagnostic) = example();
    settings().bind(|| insta::assert_snapshot!("diagnostic_full", full(&file, &diagnostic, false)));
    assert!(full(&file, &diagnostic, true).contains("\u{1b}["));
}

#[test]
fn concise_output() {
    let (file, diagnostic) = example();
    assert_eq!(
        concise(&file, &diagnostic),
        "dir/a b.py:4:10: error[FK001]: `paralel` is not a directive"
    );
}

#[test]
fn github_output() {
    let (file, diagnostic) = example();
    let expected = "::error title=FK001 (unknown-directive),file=dir/a b.py,line=4,col=10,endLine=4,endColumn=17::\
                    `paralel` is not a directive%0Aline 6: read here%0Anote: 100%25 sure%0Ahelp: the directives are few%0A\
                    fix: Replace with `parallel`";
    assert_eq!(github(&file, &diagnostic), expected);
}

#[test]
fn json_output() {
    let (file, diagnostic) = example();
    let text = serde_json::to_string_pretty(&json(&file, &diagnostic)).unwrap();
    settings().bind(|| insta::assert_snapshot!("diagnostic_json", text));
}

#[test]
fn sarif_output() {
    let (file, diagnostic) = example();
    let mut log = sarif([(&file, &diagnostic)]);
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), Code::ALL.len());
    assert_eq!(rules[0]["id"], "FK001");
    log["runs"][0]["tool"]["driver"]["rules"] = serde_json::Value::Null;
    let text = serde_json::to_string_pretty(&log).unwrap();
    settings().bind(|| insta::assert_snapshot!("diagnostic_sarif", text));
}

#[test]
fn every_place_renders() {
    let text = "α = 1\n\tβ\r\n";
    let file = SourceFile::new("a.py", text);
    let offsets: Vec<u32> = text
        .char_indices()
        .map(|(at, _)| at as u32)
        .chain([text.len() as u32])
        .collect();
    for &start in &offsets {
        for &end in offsets.iter().filter(|end| **end >= start) {
            let diagnostic =
                Diagnostic::new(Code::NotTranslated, Span::new(start, end), "m").secondary(Span::at(end), "s");
            assert!(full(&file, &diagnostic, false).contains("FK401"));
        }
    }
}
