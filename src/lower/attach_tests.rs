use super::*;
use crate::python;
use crate::source::apply_edits;

struct Outcome {
    text: String,
    /// `directive @ first line of the statement`.
    attached: Vec<String>,
    diagnostics: Vec<Diagnostic>,
}

impl Outcome {
    fn messages(&self) -> Vec<String> {
        let show = |d: &Diagnostic| format!("{} `{}`: {}", d.code, &self.text[d.primary.span.range()], d.message);
        self.diagnostics.iter().map(show).collect()
    }

    fn fixed(&self) -> String {
        let edits: Vec<_> = self
            .diagnostics
            .iter()
            .filter_map(|d| d.fix.clone())
            .flat_map(|fix| fix.edits)
            .collect();
        apply_edits(&self.text, &edits).unwrap()
    }
}

fn outcome(text: &str) -> Outcome {
    let file = SourceFile::new("a.py", text);
    let module = python::parse(text);
    let (directives, diagnostics) = attach(&file, &module);
    let mut attached = Vec::new();
    walk::statements(&module.body, &mut |statement| {
        if let Some(directive) = directives.on(statement) {
            attached.push(format!(
                "{} @ {}",
                directive.kind.as_str(),
                file.line(file.row(statement.span.start)).trim()
            ));
        }
    });
    Outcome {
        text: text.to_owned(),
        attached,
        diagnostics,
    }
}

#[track_caller]
fn attaches(text: &str, expected: &[&str]) {
    let found = outcome(text);
    assert_eq!(found.messages(), [""; 0], "{text}");
    assert_eq!(found.attached, expected, "{text}");
}

#[track_caller]
fn fails(text: &str, expected: &str, fixed: &str) {
    let found = outcome(text);
    assert_eq!(found.messages(), [expected], "{text}");
    assert_eq!(found.fixed(), fixed, "{text}");
}

const LOOP: &str = "for i in range(9):\n    x[i] = 0\n";

#[test]
fn above_a_statement_at_its_indentation() {
    attaches(
        &format!("# pragma parallel for\n{LOOP}"),
        &["parallel for @ for i in range(9):"],
    );
    attaches(
        &format!("# pragma simd\n\n# why\n\n{LOOP}"),
        &["simd @ for i in range(9):"],
    );
    attaches(
        "def f(x):\n    # pragma parallel for\n    for i in x:\n        # pragma simd\n        for j in i:\n            pass\n",
        &["parallel for @ for i in x:", "simd @ for j in i:"],
    );
    attaches(
        "class C:\n\tdef f(self):\n\t\t#pragma simd\n\t\tfor j in self.y:\n\t\t\tpass\n",
        &["simd @ for j in self.y:"],
    );
    attaches(
        "# pragma parallel for\r\nfor ñ in x:\r\n    y[ñ] = 1\r\n",
        &["parallel for @ for ñ in x:"],
    );
    attaches(
        "x = 1\nif x:\n    pass\nelse:\n    # pragma simd\n    for i in x: pass\n",
        &["simd @ for i in x: pass"],
    );
}

#[test]
fn at_the_end_of_a_line() {
    attaches(
        "for i in x:  # pragma parallel for\n    pass\n",
        &["parallel for @ for i in x:  # pragma parallel for"],
    );
    attaches(
        "for i in range(\n    9\n):  # pragma simd  # remark\n    pass\n",
        &["simd @ for i in range("],
    );
    attaches(
        "for i in z:\n    h[i] += 1  # pragma atomic\n",
        &["atomic @ h[i] += 1  # pragma atomic"],
    );
    attaches(
        "y = x + 1;  # pragma parallel\n",
        &["parallel @ y = x + 1;  # pragma parallel"],
    );
}

#[test]
fn several_pragmas_are_one_directive() {
    attaches(
        "# pragma parallel for\n# then\n# pragma simd\nfor i in x:  # pragma private(t)\n    t = i\n",
        &["parallel for simd @ for i in x:  # pragma private(t)"],
    );
}

#[test]
fn other_peoples_comments_are_left_alone() {
    attaches("# pragma: no cover\nx = 1  # pragma: no branch\n# pragma once\n", &[]);
}

#[test]
fn pragmas_that_attach_to_nothing() {
    let nothing = "FK007 `# pragma simd`: the pragma attaches to nothing";
    fails("x = 1\n# pragma simd\n", nothing, "x = 1\n# pragma simd\n");
    let text = "if x:\n    y = 1\n# pragma simd\nelse:\n    y = 2\n";
    fails(text, nothing, text);
    let text = "y = [\n    # pragma simd\n    1,\n]\n";
    fails(text, nothing, text);
    let text = "if x:  # pragma simd\n    y = 1\n";
    fails(text, nothing, text);
    let outcome = outcome("def f(x):\n    y = 1\n    # pragma simd\n\nz = 1\n");
    assert_eq!(outcome.attached, [""; 0]);
    assert_eq!(outcome.diagnostics[0].code, Code::UnattachedPragma);
}

#[test]
fn wrong_indentation_is_repaired() {
    fails(
        "def f(x):\n# pragma simd\n    for i in x:\n        pass\n",
        "FK007 `# pragma simd`: the pragma's indentation is not that of the statement below it, so it attaches to nothing",
        "def f(x):\n    # pragma simd\n    for i in x:\n        pass\n",
    );
}

#[test]
fn wrong_statements() {
    fails(
        &format!("# pragma parallel\n{LOOP}"),
        "FK008 `parallel`: `parallel` stands on an assignment of array expressions",
        &format!("# pragma parallel for\n{LOOP}"),
    );
    fails(
        "# pragma parallel for\ny = x + 1\n",
        "FK008 `parallel for`: `parallel for` stands on a `for` loop",
        "# pragma parallel\ny = x + 1\n",
    );
    for text in [
        "# pragma parallel for\nwhile x:\n    pass\n",
        "# pragma simd\ndef f():\n    pass\n",
        "# pragma atomic\ns += 1\n",
        "# pragma atomic\nx[0] = 1\n",
        "async def f():\n    # pragma simd\n    async for i in x:\n        pass\n",
    ] {
        let found = outcome(text);
        assert_eq!(found.diagnostics.len(), 1, "{text}");
        assert_eq!(found.diagnostics[0].code, Code::WrongStatement, "{text}");
        assert_eq!(found.attached, [""; 0], "{text}");
    }
}

#[test]
fn clauses_are_held_against_the_statement() {
    fails(
        "# pragma parallel for reduction(+: totl)\nfor i in x:\n    total += i\n",
        "FK009 `totl`: the statement does not use `totl`",
        "# pragma parallel for reduction(+: total)\nfor i in x:\n    total += i\n",
    );
    let text = format!("# pragma parallel for if(n >)\n{LOOP}");
    fails(&text, "FK004 `n >`: `n >` is not a Python expression", &text);
    let text = format!("# pragma parallel for collapse(2)\n{LOOP}");
    fails(
        &text,
        "FK004 `collapse(2)`: `collapse` wants 2 nested loops, and there is one loop",
        &text,
    );
    attaches(
        "# pragma parallel for collapse(2)\nfor i in x:\n    for j in y:\n        z[i, j] = 0\n",
        &["parallel for @ for i in x:"],
    );
    attaches(
        &format!("# pragma parallel for types(x: f64[:]) if(n > 9)\n{LOOP}"),
        &["parallel for @ for i in range(9):"],
    );
}

#[test]
fn syntax_errors_stop_their_own_pragmas_only() {
    let found = outcome(
        "def f(x):\n    # pragma simd\n    for i in x x:\n        pass\n\n# pragma parallel for\nfor j in y:\n    pass\n",
    );
    assert_eq!(found.attached, ["parallel for @ for j in y:"]);
    assert_eq!(found.diagnostics.len(), 1, "{:?}", found.messages());
    assert_eq!(found.diagnostics[0].code, Code::PragmaInSyntaxError);
    let found = outcome("# pragma parallel for\nfor j in y:\n    z = = 1\n");
    assert_eq!(found.attached, [""; 0]);
    assert_eq!(found.diagnostics[0].code, Code::PragmaInSyntaxError);
}

#[test]
fn misspelt_pragma() {
    fails(
        &format!("# pragam parallel for\n{LOOP}"),
        "FK015 `pragam`: this comment is not read as a pragma",
        &format!("# pragma parallel for\n{LOOP}"),
    );
}

#[test]
fn every_pragma_attaches_or_is_reported() {
    let pieces = [
        "# pragma simd\n",
        "for i in x:\n",
        "    # pragma simd\n",
        "    y = (\n",
        "    )\n",
        "else:\n",
        "x = 1\n",
    ];
    for pattern in 0..7_usize.pow(4) {
        let text: String = (0..4).map(|place| pieces[pattern / 7_usize.pow(place) % 7]).collect();
        let found = outcome(&text);
        let pragmas = text.contains("pragma");
        assert!(
            !pragmas || !found.attached.is_empty() || !found.diagnostics.is_empty(),
            "silence: {text}"
        );
    }
}

#[path = "foreign_tests.rs"]
mod foreign;
