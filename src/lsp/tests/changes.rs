//! Documents that change: what is remembered, and that nobody can tell.

use std::path::{Path, PathBuf};

use ls_types::Position;
use serde_json::{Value, json};

use super::{Memory, SAXPY, SHIFT, address, around, everything, open, part};
use crate::diagnostics::Diagnostic;
use crate::lsp::documents::path_of;
use crate::lsp::snapshot::Snapshot;
use crate::lsp::{actions, completion, diagnostics, generated, hints, hover, lens, tokens};
use crate::source::SourceFile;
use crate::translate::Program;

fn changed(text: &str, earlier: &Snapshot) -> Snapshot {
    let parts = vec![part(address(), text)];
    Snapshot::new(
        around(Memory::default()),
        path_of(&address()),
        parts,
        false,
        Some(earlier),
    )
}

#[test]
fn what_a_change_does_not_touch_is_not_looked_at_again() {
    let text = format!("{SAXPY}\n\n{SHIFT}");
    let before = open(&text);
    diagnostics::all(&before).unwrap();
    let after = changed(&text.replace("+ 1.0", "+ 2.0"), &before);
    assert_eq!(after.layout().known(), (1, 1));
    // Wherever it has moved.
    let moved = changed(&format!("import math\n\n{text}"), &before);
    assert_eq!(moved.layout().known(), (2, 2));
    // A helper that one of them calls is part of it.
    let helped = format!(
        "def helped(x):\n    return 2.0 * x\n\n\n{}",
        text.replace("+ 1.0", "+ helped(1.0)")
    );
    let before = changed(&helped, &before);
    diagnostics::all(&before).unwrap();
    let after = changed(&helped.replace("2.0 * x", "3.0 * x"), &before);
    assert_eq!(after.layout().known(), (1, 1));
    // A version that nobody asked about loses nothing.
    let skipped = changed(&format!("{helped}\n"), &before);
    assert_eq!(changed(&helped, &skipped).layout().known(), (2, 2));
}

/// Everything that a client could ask about a text.
fn answers(snapshot: &Snapshot, text: &str) -> Value {
    let uri = address();
    let found = diagnostics::all(snapshot).unwrap().remove(&uri);
    let lenses = lens::all(snapshot, &uri).into_iter();
    let lenses: Vec<_> = lenses
        .map(|one| lens::resolved(snapshot, &uri, one.range.start, one))
        .collect();
    let rows = text.split('\n').enumerate();
    let loops = rows.filter(|(_, line)| line.contains("pragma") || line.trim_start().starts_with("for "));
    let mut places = Vec::new();
    for (row, line) in loops {
        let place = Position::new(row as u32, line.trim_end().chars().count() as u32);
        let range = ls_types::Range::new(place, place);
        places.push(json!([
            hover::at(snapshot, &uri, place),
            completion::at(snapshot, &uri, place, true),
            actions::at(snapshot, &uri, range, None, true),
        ]));
    }
    json!([
        found,
        lenses,
        tokens::all(snapshot, &uri, None),
        hints::all(snapshot, &uri, everything()),
        places,
    ])
}

/// Numbers without a pattern, the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound.max(1)
    }
}

/// One change as people make them: a letter, a line, a block that goes or comes, quotes and brackets that are not closed yet.
fn edit(text: &str, original: &str, dice: &mut Dice) -> String {
    const TYPED: [&str; 12] = [
        "x",
        " ",
        "\n",
        "(",
        ")",
        "\"\"\"",
        "'",
        "#",
        ":",
        "    # pragma parallel for\n",
        "global SCALE\n",
        "SCALE = 3\n",
    ];
    let mut at = dice.below(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let end = text[line..].find('\n').map_or(text.len(), |length| line + length + 1);
    match dice.below(6) {
        0 => format!("{}{}{}", &text[..at], TYPED[dice.below(9)], &text[at..]),
        1 => format!("{}{}{}", &text[..line], TYPED[9 + dice.below(3)], &text[line..]),
        2 => format!("{}{}", &text[..line], &text[end..]),
        3 => format!("{}{}{}", &text[..end], &text[line..end], &text[end..]),
        // All is well again.
        4 => original.to_owned(),
        _ => match text[at..].chars().next() {
            Some(letter) => format!("{}{}", &text[..at], &text[at + letter.len_utf8()..]),
            None => text.to_owned(),
        },
    }
}

const MODULE: &str = "import math\n\nimport numpy as np\n\nSCALE = 2.0\nLIMIT = 100\n\n\n\
def helped(v):\n    return SCALE * math.sqrt(v)  # naïve\n\n\n\
def first(x: \"f64[:]\", y: \"f64[:]\"):\n    # pragma parallel for if(len(x) > LIMIT)\n    for i in range(len(x)):\n        y[i] = helped(x[i])\n\n\n\
class Model:\n    def step(self, x: \"f64[:]\"):\n        # pragma parallel for\n        for i in range(1, len(x)):\n            x[i] = x[i - 1] + 1.0\n\n\n\
def total(x: \"f64[:]\"):\n    s = 0.0\n    # pragma paralel for  # ferrokeet: ignore[FK001]\n    for v in x:\n        s += v\n    for j in range(len(x)):\n        x[j] = s\n    return s\n\n\n\
# pragma parallel\nz = np.zeros(4) + SCALE\n\n\
if __name__ == \"__main__\":\n    x = np.ones(10)\n    # pragma simd\n    for i in range(10):\n        x[i] = x[i] * SCALE\n    first(x, x)\n    # an end\n# pragma simd\n";

/// What was remembered is what would have been found.
#[test]
fn edited_documents_answer_like_new_ones() {
    let mut dice = Dice(20_261_127);
    for _ in 0..4 {
        let mut text = MODULE.to_owned();
        let mut snapshot = open(&text);
        for _ in 0..14 {
            text = edit(&text, MODULE, &mut dice);
            snapshot = changed(&text, &snapshot);
            // Some versions nobody asks about.
            if dice.below(3) > 0 {
                let (now, fresh) = (answers(&snapshot, &text), answers(&open(&text), &text));
                assert!(now == fresh, "{text}\n{now:#}\n{fresh:#}");
            }
        }
    }
}

/// The files of a folder, as far as they are Python.
fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(&folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "py"));
    files.sort();
    assert!(!files.is_empty(), "{}", folder.display());
    files
}

/// Section by section, the same is found as in the file as a whole, wherever this is valid Python.
#[test]
fn sections_say_what_the_whole_says() {
    let mut texts: Vec<String> = vec![MODULE.to_owned(), MODULE.replace('\n', "\r\n"), String::new()];
    for folder in ["examples", "tests/verdicts/corpus", "src/translate"] {
        texts.extend(files(folder).iter().map(|path| std::fs::read_to_string(path).unwrap()));
    }
    let mut parted = 0;
    for text in &texts {
        let snapshot = open(text);
        let file = SourceFile::new(snapshot.path.display().to_string(), text.as_str());
        let whole: Vec<Diagnostic> = Program::parse(file).check().diagnostics;
        assert_eq!(snapshot.diagnostics().unwrap(), whole, "{text}");
        parted += usize::from(snapshot.views().count() > 1);
    }
    assert!(parted * 2 > texts.len(), "{parted} of {}", texts.len());
}

/// The kernel of a loop is called by its row in the file.
#[test]
fn generated_text_has_the_rows_of_the_file() {
    let text = format!("{SAXPY}\n\n\"\"\"Between.\n\nMore.\"\"\"\n\n\n{SHIFT}");
    let row = text[..text.rfind("    for ").unwrap()].matches('\n').count();
    let snapshot = open(&text);
    let wanted = generated::Wanted {
        uri: address(),
        position: Position::new(row as u32, 8),
        stage: generated::Stage::Rust,
    };
    let made = generated::at(&snapshot, &wanted).unwrap();
    let name = format!("_L{}", row + 1);
    assert!(made.name.contains(&name) && made.text.contains(&name), "{made:?}");
}
