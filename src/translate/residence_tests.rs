//! Where arrays may stay on a device, by the `with` statements of the translated text.

use super::Program;
use crate::source::SourceFile;

/// Two kernels in a loop, with a line of the test's before, between and after them.
fn loops(before: &str, between: &str, header: &str) -> String {
    format!(
        "import math\nimport numpy as np\nfrom time import sleep\nGRAVITY = 9.81\ndef f(a, b, s, n, g):\n    {before}\n    {header}\n\
         \x20       # pragma parallel for target(cuda)\n        for i in range(len(a)):\n            b[i] = a[i]\n        {between}\n\
         \x20       # pragma parallel for target(cuda)\n        for i in range(len(a)):\n            a[i] = b[i] * 2.0\n    return s\n"
    )
}

fn opened(text: &str) -> Vec<String> {
    let program = Program::parse(SourceFile::new("f.py", text));
    let rewritten = program.rewrite(false);
    let lines = rewritten.text.lines().map(str::trim);
    lines
        .filter_map(|line| line.strip_prefix("with _fk.")?.strip_suffix(':'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn what_touches_no_array_lets_them_stay() {
    let loops = |between| opened(&loops("pass", between, "for t in range(n):"));
    for (between, relied) in [
        ("pass", "n"),
        ("a, b = b, a", "n"),
        ("s = s + t * 2.5", "n, s"),
        ("s += GRAVITY", "GRAVITY, n, s"),
        ("if s > 3: break", "n, s"),
        ("if s > 3: return a, b", "n, s"),
        ("print('at', t, f'{s:.3f}')", "n, print, s"),
        ("s = math.sqrt(s) + max(s, 1) + np.exp(s) + math.pi", "math, n, np, s"),
        ("sleep(s)", "n, s, sleep"),
        ("c = b", "n"),
        ("c = s; d = c + 1", "n, s"),
        ("s = b; s = s + 1", "b, n, s"),
        ("assert t < n, 'late'", "n"),
        ("s = a.shape[0]; s += 1", "n, s, type(a)"),
        ("s = len(g) + b.ndim", "n, type(b), type(g)"),
        ("c = g; s = c.size", "n, type(g)"),
    ] {
        assert_eq!(loops(between), [format!("resident({relied})")], "{between}");
    }
}

#[test]
fn what_might_touch_one_does_not() {
    for between in [
        "s = a[0]",
        "a[0] = 1.0",
        "s = a",
        "g(s)",
        "s = g",
        "s = a.T",
        "s = len(a[0])",
        "s = g().shape",
        "type = g; s = len(a)",
        "s += a @ b",
        "yield t",
        "del b",
        "import sys",
        "s = [t]",
        "s = sum(a)",
        "s = len(a, g)",
        "s = (lambda: t)()",
        "global GRAVITY; GRAVITY = t; s += GRAVITY",
        "with g: pass",
        "s = np.sum(a)",
        "s = np.load(s)",
        "print = g; print(t)",
        "raise g",
        "for x in g: pass",
        "s = s if (y := a) is None else s",
    ] {
        let found = opened(&loops("pass", between, "for t in range(n):"));
        let harmless = ["s = a", "s = g"].contains(&between);
        assert_eq!(found.len(), usize::from(harmless), "{between}: {found:?}");
    }
    // What is not bound before is not looked at before, and what might be anything is not plain.
    assert_eq!(
        opened(&loops("c = g()", "c += 1", "for t in range(n):")),
        ["resident(c, n)"]
    );
    assert!(opened(&loops("if n: c = g()", "c += 1", "for t in range(n):")) == ["resident(n)"]);
    assert!(opened(&loops("range = g", "pass", "for t in range(n):")).is_empty());
}

#[test]
fn loops_of_all_kinds_and_runs_of_regions() {
    assert_eq!(opened(&loops("pass", "pass", "while s < n:")), ["resident(n, s)"]);
    assert_eq!(opened(&loops("pass", "pass", "while True:")), ["resident()"]);
    assert_eq!(opened(&loops("pass", "pass", "if s < n:")), ["resident(n, s)"]);
    assert!(opened(&loops("pass", "pass", "for t in g:")) == ["resident()"]);
    assert!(opened(&loops("pass", "g()", "if s < n:")).is_empty());
    let outer = "for x in g():\n        for t in range(n):";
    let text = loops("pass", "pass", outer)
        .replace("\n        #", "\n            #")
        .replace("\n        for i", "\n            for i");
    let text = text
        .replace("\n            b[i]", "\n                b[i]")
        .replace("\n            a[i]", "\n                a[i]");
    let text = text.replace("\n        pass", "\n            pass");
    assert_eq!(opened(&text), ["resident(n)"]);
}

#[test]
fn the_text_reads_as_if_written_by_hand() {
    let text = "def f(u, v, n):\n    # All steps.\n    # pragma data resident(u) copyin(v)\n    for t in range(n):\n        # One.\n        \
                # pragma parallel for target(cuda)\n        for i in range(len(u)):\n            u[i] += v[i]\n        u[0] = 1.0\n";
    let program = Program::parse(SourceFile::new("f.py", text));
    assert_eq!(
        program
            .diagnostics
            .iter()
            .filter(|one| one.severity > crate::diagnostics::Severity::Note)
            .count(),
        0
    );
    let rewritten = program.rewrite(false);
    let expected = "def f(u, v, n):\n    with _fk.data((u,), (v,), ()):\n        # All steps.\n        # pragma data resident(u) copyin(v)\n        \
                    for t in range(n):\n            # One.\n            # pragma parallel for target(cuda)\n            \
                    if _fk.f_L7(u, v) is None:\n                for i in range(len(u)):\n                    u[i] += v[i]\n            \
                    u[0] = 1.0\n";
    assert_eq!(rewritten.text, expected);
    assert_eq!(rewritten.line_map, [1, 2, 2, 3, 4, 5, 6, 7, 7, 8, 9, 10]);
}

#[test]
fn mistakes_of_data() {
    let told = |text: &str| -> Vec<String> {
        let program = Program::parse(SourceFile::new("f.py", text));
        program
            .diagnostics
            .iter()
            .map(|one| format!("{} {}", one.code, one.message))
            .collect()
    };
    let on = |pragma: &str, statement: &str| told(&format!("def f(u, n):\n    # pragma {pragma}\n    {statement}\n"));
    let pass = "for t in range(n): u[t] = 1";
    assert_eq!(on("data resident(u)", pass), Vec::<String>::new());
    assert_eq!(on("data", pass), ["FK004 `data` names no array"]);
    assert_eq!(on("data resident(w)", pass), ["FK009 the statement does not use `w`"]);
    assert_eq!(on("data residnt(u)", pass)[0], "FK002 `residnt` is not a clause");
    assert_eq!(on("dat resident(u)", pass), ["FK001 `dat` is not a directive"]);
    assert_eq!(
        on("data resident(u) copyin(u)", pass),
        ["FK005 `u` cannot be both `resident` and `copyin`"]
    );
    assert_eq!(
        on("data resident(u)", "u[0] = n"),
        ["FK008 `data` stands on a loop or a block"]
    );
    assert_eq!(
        on("data resident(u) collapse(2)", pass),
        ["FK003 `collapse` does not belong on `data`"]
    );
    assert_eq!(
        on("parallel for resident(u)", pass),
        ["FK003 `resident` does not belong on `parallel for`"]
    );
    let stacked = told(
        "def f(u, n):\n    # pragma data resident(u)\n    # pragma parallel for\n    for t in range(n): u[t] = 1\n",
    );
    assert!(stacked[0].starts_with("FK005 `data` and `parallel for`"), "{stacked:?}");
}
