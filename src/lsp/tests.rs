//! Every provider over documents in memory, and the server over a connection in memory.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::Arc;

use ls_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CompletionTextEdit, DiagnosticSeverity, DiagnosticTag,
    HoverContents, InlayHintLabel, Position, Range, Uri, WorkspaceEdit,
};

use super::documents::path_of;
use super::generated::{self, Stage, Wanted};
use super::places::Columns;
use super::snapshot::{Around, Part, Snapshot};
use super::words::WORDS;
use super::{Settings, Workspace, actions, completion, diagnostics, hints, hover, lens, tokens};
use crate::diagnostics::{Code, Diagnostic};
use crate::infer::Signature;
use crate::pragma::DirectiveKind;
use crate::source::SourceFile;

mod changes;
mod conversation;

/// Files that are nowhere.
#[derive(Default)]
struct Memory {
    files: HashMap<PathBuf, String>,
    recorded: Vec<Signature>,
    silent: Vec<Code>,
}

impl Workspace for Memory {
    fn locate(&self, importer: &str, module: &str) -> Option<PathBuf> {
        let path = Path::new(importer).with_file_name(format!("{module}.py"));
        self.files.contains_key(&path).then_some(path)
    }

    fn read(&self, path: &Path) -> Option<SourceFile> {
        let text = self.files.get(path)?;
        Some(SourceFile::new(path.display().to_string(), text.as_str()))
    }

    fn configure(&self, _: &Path, _: &Settings, diagnostics: &mut Vec<Diagnostic>) -> Result<(), String> {
        diagnostics.retain(|one| !self.silent.contains(&one.code));
        Ok(())
    }

    fn recorded(&self, _: &Path, _: &str) -> Vec<Signature> {
        self.recorded.clone()
    }

    fn forget(&self) {}
}

fn address() -> Uri {
    Uri::from_str("file:///project/a.py").unwrap()
}

fn around(workspace: Memory) -> Around {
    Around {
        columns: Columns::Utf16,
        settings: Arc::default(),
        workspace: Arc::new(workspace),
        open: Arc::default(),
    }
}

fn part(uri: Uri, text: &str) -> Part {
    Part {
        uri,
        version: 1,
        python: true,
        text: text.to_owned(),
    }
}

fn in_workspace(text: &str, workspace: Memory) -> Snapshot {
    let parts = vec![part(address(), text)];
    Snapshot::new(around(workspace), path_of(&address()), parts, false, None)
}

fn open(text: &str) -> Snapshot {
    in_workspace(text, Memory::default())
}

/// A document without the mark `¦`, and where it stood.
fn marked(text: &str) -> (Snapshot, Position) {
    let at = text.find('¦').expect("a mark");
    let snapshot = open(&text.replace('¦', ""));
    let place = snapshot.location(crate::source::Span::at(at as u32)).unwrap();
    (snapshot, place.range.start)
}

/// A text after an edit.
fn edited(snapshot: &Snapshot, edit: &WorkspaceEdit) -> String {
    let text = snapshot.file().text().to_owned();
    let changes = edit.changes.as_ref().expect("changes");
    let edits = changes[&address()].iter().map(|change| {
        let span = snapshot.span(&address(), change.range).unwrap();
        crate::source::Edit::replace(span, change.new_text.clone())
    });
    crate::source::apply_edits(&text, &edits.collect::<Vec<_>>()).unwrap()
}

const SHIFT: &str = "\
def shift(a: \"f64[:]\"):
    # pragma parallel for
    for i in range(1, len(a)):
        a[i] = a[i - 1] + 1.0
";

const SAXPY: &str = "\
def saxpy(a, x, y, n):
    t = 0.0
    # pragma parallel for simd
    for i in range(n):
        t = a * x[i]
        y[i] = t + y[i]
";

fn found(text: &str) -> Vec<ls_types::Diagnostic> {
    diagnostics::all(&open(text)).unwrap().remove(&address()).unwrap()
}

#[test]
fn both_ends_of_a_dependence_are_related() {
    let all = found(SHIFT);
    assert_eq!(all.len(), 1, "{all:#?}");
    let one = &all[0];
    assert_eq!(one.severity, Some(DiagnosticSeverity::WARNING));
    assert_eq!(one.source.as_deref(), Some("ferrokeet"));
    let link = one.code_description.as_ref().unwrap().href.as_str();
    assert!(link.ends_with("/FK201"), "{link}");
    let related = one.related_information.as_ref().unwrap();
    let rows: Vec<u32> = related.iter().map(|one| one.location.range.start.line).collect();
    assert!(rows.iter().filter(|row| **row == 3).count() >= 2, "{related:#?}");
    assert_eq!(one.range.start.line, one.range.end.line);
}

#[test]
fn away_from_pragmas_nothing_is_said() {
    let text = "import os\n\n\ndef f(x):\n    for i in range(len(x)):\n        x[i] = x[i - 1]  # pragma: no cover\n    return x x\n";
    assert_eq!(found(text), []);
    let snapshot = open(text);
    for line in 0..8 {
        for character in [0, 4, 9, 30] {
            let place = Position::new(line, character);
            assert!(hover::at(&snapshot, &address(), place).is_none(), "{place:?}");
            assert!(
                completion::at(&snapshot, &address(), place, true).is_none(),
                "{place:?}"
            );
        }
    }
    assert_eq!(lens::all(&snapshot, &address()), []);
    assert_eq!(tokens::all(&snapshot, &address(), None).data, []);
    assert!(hints::all(&snapshot, &address(), everything()).is_empty());
}

fn everything() -> Range {
    Range::new(Position::new(0, 0), Position::new(9999, 0))
}

#[test]
fn redundant_clauses_are_faded_and_configurations_obeyed() {
    let text = SAXPY.replace("for simd", "for simd num_threads(2) num_threads(2)");
    let all = found(&text);
    assert_eq!(all[0].severity, Some(DiagnosticSeverity::WARNING));
    assert_eq!(all[0].tags, Some(vec![DiagnosticTag::UNNECESSARY]));
    let silent = Memory {
        silent: vec![Code::RedundantClause],
        ..Memory::default()
    };
    let left = diagnostics::all(&in_workspace(&text, silent)).unwrap();
    assert_eq!(left[&address()], []);
}

#[test]
fn superseded_documents_are_left() {
    let snapshot = open(SHIFT);
    snapshot.supersede();
    assert!(diagnostics::all(&snapshot).is_none());
}

fn actions_at(snapshot: &Snapshot, line: u32, only: Option<&[CodeActionKind]>, resolves: bool) -> Vec<CodeAction> {
    let place = Position::new(line, 8);
    let range = Range::new(place, place);
    let all = actions::at(snapshot, &address(), range, only, resolves).unwrap();
    all.into_iter()
        .map(|one| match one {
            CodeActionOrCommand::CodeAction(action) => action,
            CodeActionOrCommand::Command(command) => panic!("{command:?}"),
        })
        .collect()
}

#[test]
fn a_misspelt_directive_is_repaired() {
    let text = SAXPY.replace("parallel for simd", "paralel for simd");
    let snapshot = open(&text);
    let all = actions_at(&snapshot, 2, None, true);
    assert_eq!(all[0].is_preferred, Some(true), "{all:#?}");
    assert_eq!(edited(&snapshot, all[0].edit.as_ref().unwrap()), SAXPY);
    let kinds = [CodeActionKind::SOURCE];
    let all = actions_at(&snapshot, 0, Some(&kinds), true);
    assert_eq!(all.len(), 1);
    assert_eq!(edited(&snapshot, all[0].edit.as_ref().unwrap()), SAXPY);
}

#[test]
fn a_finding_is_ignored_on_its_line() {
    let snapshot = open(SHIFT);
    let line = found(SHIFT)[0].range.start.line;
    let all = actions_at(&snapshot, line, Some(&[CodeActionKind::QUICKFIX]), true);
    let ignore = all.iter().find(|one| one.title.starts_with("Ignore FK201")).unwrap();
    let text = edited(&snapshot, ignore.edit.as_ref().unwrap());
    assert!(text.contains("  # ferrokeet: ignore[FK201]\n"), "{text}");
    assert_eq!(found(&text), []);
    // A second code goes into the same comment.
    let text =
        "def f(x):\n    # pragma simd nonsense tlie(4)  # ferrokeet: ignore[FK401]\n    for i in x:\n        pass\n";
    let snapshot = open(text);
    let all = actions_at(&snapshot, 1, None, true);
    let ignore = all.iter().find(|one| one.title.starts_with("Ignore")).unwrap();
    let text = edited(&snapshot, ignore.edit.as_ref().unwrap());
    assert!(text.contains("ignore[FK401, FK0"), "{text}");
}

#[test]
fn other_remedies_are_offered_and_marked() {
    let text =
        "def f(a: \"f64[:]\"):\n    # pragma parallel for\n    for i in range(len(a) - 1):\n        a[i] = a[i + 1]\n";
    let snapshot = open(text);
    let line = found(text)[0].range.start.line;
    let all = actions_at(&snapshot, line, None, true);
    let unsafe_ = all.iter().filter(|one| one.title.ends_with("(unsafe: please check)"));
    let texts: Vec<String> = unsafe_
        .map(|one| edited(&snapshot, one.edit.as_ref().unwrap()))
        .collect();
    assert!(texts.iter().any(|text| text.contains("a_old = a.copy()")), "{texts:#?}");
    assert!(
        texts.iter().any(|text| text.contains("# pragma sequential for")),
        "{texts:#?}"
    );
}

#[test]
fn a_bare_loop_is_annotated() {
    let bare = SAXPY.replace("    # pragma parallel for simd\n", "");
    let snapshot = open(&bare);
    let refactors = [CodeActionKind::REFACTOR];
    let now = actions_at(&snapshot, 2, Some(&refactors), false);
    assert_eq!(now.len(), 1);
    assert_eq!(edited(&snapshot, now[0].edit.as_ref().unwrap()), SAXPY);
    let later = actions_at(&snapshot, 2, Some(&refactors), true);
    assert!(later[0].edit.is_none());
    let resolved = actions::resolved(&snapshot, later[0].clone());
    assert_eq!(resolved.edit, now[0].edit);
    // Not where there is a pragma, nor on other lines, nor where iterations meet.
    assert_eq!(actions_at(&open(SAXPY), 3, Some(&refactors), false), []);
    assert_eq!(actions_at(&snapshot, 3, Some(&refactors), false), []);
    let refuted = SHIFT.replace("    # pragma parallel for\n", "");
    assert_eq!(actions_at(&open(&refuted), 1, Some(&refactors), false), []);
}

fn hovered(text: &str) -> String {
    let (snapshot, place) = marked(text);
    match hover::at(&snapshot, &address(), place)
        .expect("something to show")
        .contents
    {
        HoverContents::Markup(markup) => markup.value,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_loop_tells_its_verdict_plan_and_types() {
    let text = hovered(&SAXPY.replace("for i", "fo¦r i"));
    for part in [
        "**parallel for simd**: **proven**",
        "split between threads",
        "assumed types: `n: int, a: float, x: f64[:]",
        "`t: f64`",
        "private to each iteration: `",
        "checked at the launch (bounds)",
    ] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
}

#[test]
fn a_word_of_a_pragma_is_explained() {
    let text = hovered(
        "def f(x: \"f64[:]\", s: float):\n    # pragma parallel for reduc¦tion(+: s)\n    for i in range(len(x)):\n        s += x[i]\n    return s\n",
    );
    assert!(
        text.starts_with("`reduction(+: s)`: what the iterations combine"),
        "{text}"
    );
    assert!(text.contains("combines `s` by `+`"), "{text}");
    let text = hovered(&SHIFT.replace("parallel", "para¦llel"));
    assert!(text.contains("**refuted**"), "{text}");
    let text = hovered("# pragma paral¦lel for\nfor i in range(3):\n    print(open(i))\n");
    assert!(text.contains("it runs as Python"), "{text}");
}

#[test]
fn recorded_types_are_preferred_to_assumed_ones() {
    let recorded = Memory {
        recorded: vec!["n: int, a: float, x: f32[:], y: f32[:]".parse().unwrap()],
        ..Memory::default()
    };
    let snapshot = in_workspace(SAXPY, recorded);
    let view = snapshot.views().next().unwrap();
    let (_, source) = view.analysed(0).unwrap();
    let shown = hover::at(&snapshot, &address(), Position::new(2, 8)).unwrap();
    let HoverContents::Markup(markup) = shown.contents else {
        panic!()
    };
    assert_eq!(source, "recorded", "{}", markup.value);
    assert!(markup.value.contains("f32[:]"), "{}", markup.value);
}

#[test]
fn lenses_are_resolved_to_verdicts() {
    let snapshot = open(SAXPY);
    let all = lens::all(&snapshot, &address());
    assert_eq!(all.len(), 2);
    assert_eq!(all[1].command.as_ref().unwrap().title, "Generated Rust");
    let resolved = lens::resolved(&snapshot, &address(), all[0].range.start, all[0].clone());
    let title = resolved.command.unwrap().title;
    assert!(title.starts_with("proven: split between threads"), "{title}");
    let device = open(&SAXPY.replace("for simd", "for simd target(cuda)"));
    let titles = lens::all(&device, &address())
        .into_iter()
        .filter_map(|lens| Some(lens.command?.title));
    assert_eq!(titles.collect::<Vec<_>>(), ["Generated Rust", "Generated CUDA"]);
    let off = Arc::new(Settings {
        code_lens: false,
        ..Settings::default()
    });
    let around = Around {
        settings: off,
        ..around(Memory::default())
    };
    let silent = Snapshot::new(around, path_of(&address()), vec![part(address(), SAXPY)], false, None);
    assert_eq!(lens::all(&silent, &address()), []);
}

#[test]
fn what_becomes_of_a_loop_is_shown() {
    let snapshot = open(SAXPY);
    let at = |stage, line| {
        let wanted = Wanted {
            uri: address(),
            position: Position::new(line, 8),
            stage,
        };
        generated::at(&snapshot, &wanted)
    };
    let rust = at(Stage::Rust, 4).unwrap();
    assert_eq!((rust.name.as_str(), rust.language_id), ("saxpy_L4.rs", "rust"));
    assert!(rust.text.contains("fn "), "{}", rust.text);
    assert!(at(Stage::Verdict, 2).unwrap().text.contains("assumed types"));
    assert!(at(Stage::Python, 0).unwrap().text.contains("_fk.saxpy_L4("));
    assert!(at(Stage::Cuda, 4).unwrap_err().contains("no kernel for a GPU"));
    assert!(at(Stage::Rust, 0).unwrap_err().contains("no loop"));
}

#[test]
fn types_stand_behind_names() {
    let snapshot = open(SAXPY);
    let shown: Vec<(u32, u32, String)> = hints::all(&snapshot, &address(), everything())
        .into_iter()
        .map(|hint| match hint.label {
            InlayHintLabel::String(text) => (hint.position.line, hint.position.character, text),
            InlayHintLabel::LabelParts(parts) => panic!("{parts:?}"),
        })
        .collect();
    let expected = [
        (0, 11, ": float"),
        (0, 14, ": f64[:]"),
        (0, 17, ": f64[:]"),
        (0, 20, ": int"),
        (4, 9, ": f64"),
    ];
    for (line, character, text) in expected {
        assert!(shown.contains(&(line, character, text.to_owned())), "{shown:?}");
    }
    let declared = hints::all(&open(SHIFT), &address(), everything());
    assert!(declared.iter().all(|hint| hint.position.line > 0), "{declared:?}");
}

fn offered(text: &str) -> Vec<String> {
    let (snapshot, place) = marked(text);
    let list = completion::at(&snapshot, &address(), place, true);
    list.map_or_else(Vec::new, |list| list.items.into_iter().map(|item| item.label).collect())
}

#[test]
fn directives_are_completed() {
    let below = "\n    for i in range(n):\n        t = x[i]\n        s += t\n        y[i] = t\n";
    let at = |comment: &str| offered(&format!("def f(x, y, s, n):\n    {comment}{below}"));
    assert_eq!(
        at("# pragma ¦"),
        [
            "parallel for",
            "simd",
            "parallel for simd",
            "sequential for",
            "parallel",
            "atomic",
            "data"
        ]
    );
    assert_eq!(at("# pragma par¦").len(), 7, "the client filters");
    assert_eq!(at("# pragma parallel ¦")[..2], ["for", "for simd"]);
    let clauses = at("# pragma parallel for ¦");
    assert_eq!(clauses[0], "simd");
    assert!(
        clauses.contains(&"reduction".to_owned()) && !clauses.contains(&"simdlen".to_owned()),
        "{clauses:?}"
    );
    assert!(!at("# pragma parallel for collapse(2) ¦").contains(&"collapse".to_owned()));
    assert_eq!(at("# pr¦").len(), 5, "and `data`");
    assert_eq!(at("#¦").len(), 4);
    assert_eq!(at("# a remark ¦"), [""; 0]);
    assert_eq!(at("# pragma simd  # why ¦"), [""; 0]);
    assert_eq!(at("# pragma: no ¦"), [""; 0]);
}

#[test]
fn arguments_are_completed() {
    let below = "\n    for i in range(n):\n        t = x[i]\n        s += math.sqrt(t)\n        y[i] = t\n";
    let at = |comment: &str| offered(&format!("import math\ndef f(x, y, s, n):\n    {comment}{below}"));
    assert_eq!(at("# pragma parallel for private(¦)"), ["i", "s", "t", "y"]);
    assert_eq!(at("# pragma parallel for reduction(+: ¦)"), ["i", "s", "t", "y"]);
    assert!(at("# pragma parallel for reduction(¦").contains(&"max".to_owned()));
    assert_eq!(at("# pragma parallel for shared(x, ¦"), ["i", "n", "s", "t", "x", "y"]);
    assert_eq!(
        at("# pragma parallel for schedule(¦)"),
        ["static", "dynamic", "guided", "auto"]
    );
    assert!(at("# pragma parallel for types(x: ¦)").contains(&"f64[:]".to_owned()));
    assert!(at("# pragma parallel for types(x: f64[:], ¦)").contains(&"y".to_owned()));
    assert_eq!(at("# pragma parallel for assume(¦)"), ["independent"]);
    assert_eq!(at("# pragma data copyin(x) resident(¦"), ["i", "n", "s", "t", "x", "y"]);
}

#[test]
fn every_word_of_the_language_is_completed() {
    let below = "\n    for i in range(n):\n        y[i] = x[i]\n";
    let at = |comment: &str| offered(&format!("def f(x, y, n):\n    {comment}{below}"));
    for kind in DirectiveKind::ALL {
        assert!(at("# pragma ¦").contains(&kind.as_str().to_owned()), "{kind:?}");
        let clauses = at(&format!("# pragma {} ¦", kind.as_str()));
        // A clause of the directive's own name says nothing.
        let wanted = WORDS
            .iter()
            .filter(|word| word.belongs_on(kind) && !kind.as_str().contains(word.name));
        for word in wanted {
            assert!(clauses.contains(&word.name.to_owned()), "{kind:?}: {clauses:?}");
            let open = format!("# pragma {} {}(¦", kind.as_str(), word.name);
            let number = word.example.starts_with(|c: char| c.is_ascii_digit());
            let written = number && word.name != "num_threads" || word.example.is_empty() && word.name != "fastmath";
            assert_eq!(at(&open).is_empty(), written, "{open}");
        }
    }
}

#[test]
fn what_is_completed_replaces_what_is_typed() {
    let (snapshot, place) = marked("def f(x, n):\n    #¦\n    for i in range(n):\n        x[i] = 0.0\n");
    let list = completion::at(&snapshot, &address(), place, false).unwrap();
    let Some(CompletionTextEdit::Edit(edit)) = &list.items[0].text_edit else {
        panic!()
    };
    assert_eq!(edit.new_text, " pragma parallel for");
    assert_eq!(edit.range, Range::new(Position::new(1, 5), Position::new(1, 5)));
}

#[test]
fn tokens_are_relative_and_counted_as_agreed() {
    let snapshot = open("s = 'α𝛼'  # pragma simd\n# pragma simd\nfor i in range(3): pass\n");
    let data = tokens::all(&snapshot, &address(), None).data;
    let places: Vec<(u32, u32, u32)> = data
        .iter()
        .map(|one| (one.delta_line, one.delta_start, one.length))
        .collect();
    assert_eq!(places, [(0, 13, 6), (0, 7, 4), (1, 2, 6), (0, 7, 4)]);
}

#[test]
fn a_notebook_is_one_document() {
    let cells = [
        "%matplotlib inline\nimport numpy as np\nn = 4",
        "%%bash\n# pragma parallel for\n",
        "x = np.zeros(n)\n# pragma paralel for\nfor i in range(n):\n    x[i] = 1.0",
    ];
    let uris = ["n#a", "n#b", "n#c"].map(|name| Uri::from_str(&format!("vscode-notebook-cell:/{name}")).unwrap());
    let parts = uris
        .iter()
        .zip(cells)
        .map(|(uri, text)| part(uri.clone(), text))
        .collect();
    let snapshot = Snapshot::new(around(Memory::default()), "n.ipynb".into(), parts, true, None);
    let all = diagnostics::all(&snapshot).unwrap();
    assert_eq!((all[&uris[0]].len(), all[&uris[1]].len()), (0, 0));
    assert_eq!(all[&uris[2]].len(), 1);
    let range = all[&uris[2]][0].range;
    assert_eq!((range.start, range.end), (Position::new(1, 9), Position::new(1, 16)));
    assert_eq!(lens::all(&snapshot, &uris[2]).len(), 2);
    assert_eq!(lens::all(&snapshot, &uris[0]), []);
}

#[test]
fn modules_come_from_the_editor_where_they_are_open_there() {
    let text = "from other import f\n\n\ndef g(x: \"f64[:]\"):\n    # pragma parallel for\n    for i in range(len(x)):\n        x[i] = f(x[i])\n";
    let path = PathBuf::from("/project/other.py");
    let disk = |source: &str| Memory {
        files: HashMap::from([(path.clone(), source.to_owned())]),
        ..Memory::default()
    };
    let good = "def f(v):\n    return v + 1.0\n";
    let bad = "def f(v):\n    return open(v)\n";
    let parts = || vec![part(address(), text)];
    let saved = Snapshot::new(around(disk(good)), path_of(&address()), parts(), false, None);
    assert_eq!(diagnostics::all(&saved).unwrap()[&address()], []);
    let unsaved = Around {
        open: Arc::new(HashMap::from([(path.clone(), bad.to_owned())])),
        ..around(disk(good))
    };
    let unsaved = Snapshot::new(unsaved, path_of(&address()), parts(), false, None);
    assert_ne!(diagnostics::all(&unsaved).unwrap()[&address()], []);
}

/// Whatever is typed, and wherever one points, there is an answer.
#[test]
fn nothing_panics() {
    let texts = [
        SAXPY.to_owned(),
        SHIFT.to_owned(),
        "# pragma parallel for reduction(+: ".to_owned(),
        "#pragma\n".to_owned(),
        "# pragma parallel for \\\nfor i in".to_owned(),
        "if x:\n\t# pragma simd\n  for é in range(𝛼):\r\n\t\tx[é] = '''\n\n# pragma simd".to_owned(),
        "#pragma :M=>parallel :N=>reduce(sum)\ny[:M] = x[:M, :N]".to_owned(),
        "\u{feff}\0# pragma\0simd\r\r\n".to_owned(),
        String::new(),
    ];
    let mut cases = Vec::new();
    for text in &texts {
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        cases.extend(ends.iter().step_by(7).map(|end| text[..*end].to_owned()));
        cases.extend(ends.iter().step_by(11).map(|start| text[*start..].to_owned()));
    }
    for text in cases {
        let snapshot = open(&text);
        let all = diagnostics::all(&snapshot).unwrap();
        tokens::all(&snapshot, &address(), None);
        hints::all(&snapshot, &address(), everything());
        for line in 0..7 {
            for character in [0, 2, 5, 13, 40] {
                let place = Position::new(line, character);
                hover::at(&snapshot, &address(), place);
                completion::at(&snapshot, &address(), place, true);
                _ = generated::at(
                    &snapshot,
                    &Wanted {
                        uri: address(),
                        position: place,
                        stage: Stage::Rust,
                    },
                );
            }
            actions_at(&snapshot, line, None, true);
        }
        for one in lens::all(&snapshot, &address()) {
            lens::resolved(&snapshot, &address(), one.range.start, one);
        }
        assert!(all.contains_key(&address()));
    }
}
