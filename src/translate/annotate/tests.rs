use super::{Annotated, annotate};
use crate::source::SourceFile;

fn looked_at(source: &str) -> Annotated {
    annotate(&SourceFile::new("example.py", source))
}

/// `row: directive verdict` or `row: no: reason`, one a line.
fn lines(source: &str) -> String {
    let annotated = looked_at(source);
    assert_eq!(annotated.problem, None);
    let each = annotated.findings.iter().map(|finding| {
        let row = finding.row;
        match (finding.proposal, finding.verdict) {
            (Some(kind), Some(verdict)) => format!("{row}: {} {}", kind.as_str(), verdict.name()),
            _ => format!("{row}: no: {}", finding.reason),
        }
    });
    each.collect::<Vec<_>>().join("\n")
}

/// The proposed text.
fn text(source: &str) -> String {
    let text = looked_at(source).text.expect("something is proposed");
    assert_eq!(looked_at(&text).text, None, "a second time:\n{text}");
    text
}

#[test]
fn outermost_legal_level_with_lanes_inside() {
    let source = "\
def scale(a, b, n, m):
    for i in range(n):
        for j in range(m):
            b[i, j] = 2.0 * a[i, j]
";
    assert_eq!(lines(source), "2: parallel for proven\n3: simd proven");
    assert_eq!(
        text(source),
        "\
def scale(a, b, n, m):
    # pragma parallel for
    for i in range(n):
        # pragma simd
        for j in range(m):
            b[i, j] = 2.0 * a[i, j]
"
    );
}

#[test]
fn time_loop_in_order_around_parallel_ones() {
    let source = "\
def relax(a, b, steps):
    for t in range(steps):
        for i in range(1, len(a) - 1):
            b[i] = 0.5 * (a[i - 1] + a[i + 1])
        for i in range(1, len(a) - 1):
            a[i] = b[i]
";
    assert_eq!(
        lines(source),
        "2: sequential for sequential\n3: parallel for simd proven\n5: parallel for simd proven"
    );
    text(source);
}

#[test]
fn loops_that_depend_on_themselves_say_so() {
    let found = lines(
        "\
def scan(c, x):
    for i in range(1, len(c)):
        c[i] = c[i - 1] + x[i]
",
    );
    assert!(found.starts_with("2: no: "), "{found}");
    assert!(found.contains("c[1]"), "{found}");
}

#[test]
fn conditions_are_guards() {
    let source = "\
def shift(a, off, n):
    for i in range(n):
        a[i + off] = a[i] * 2.0
";
    let annotated = looked_at(source);
    let finding = &annotated.findings[0];
    assert!(finding.guards.iter().any(|(kind, _)| *kind == "dependence"));
    assert_eq!(finding.types.as_ref().map(|(_, declared)| *declared), Some(false));
    assert_eq!(lines(source), "2: parallel for simd guarded");
}

#[test]
fn conditions_that_the_loops_around_break_are_none() {
    let found = lines(
        "\
def floyd_warshall(path):
    n = path.shape[0]
    for k in range(n):
        for i in range(n):
            for j in range(n):
                if path[i, k] + path[k, j] < path[i, j]:
                    path[i, j] = path[i, k] + path[k, j]
",
    );
    assert_eq!(found.matches(": no: iteration").count(), 3, "{found}");
}

#[test]
fn little_work_is_left_alone() {
    let source = "\
SIZE = 3

def clear(a):
    for i in range(SIZE):
        for j in range(3):
            a[i, j] = 0.0

def channels(image, out):
    for c in range(SIZE):
        for i in range(len(image)):
            out[c, i] = image[i, c]
";
    let found = lines(source);
    assert!(found.starts_with("4: no: too little work: about"), "{found}");
    assert!(found.contains("5: no: too little work"), "{found}");
    assert!(
        found.contains("9: sequential for sequential\n10: parallel for"),
        "{found}"
    );
}

#[test]
fn what_cannot_be_lowered_names_the_construct() {
    let source = "\
def talk(x):
    for i in range(len(x)):
        print(x[i])

def inner(x, rounds):
    for r in range(rounds):
        print(r)
        for i in range(len(x)):
            x[i] += 1.0
";
    assert_eq!(
        lines(source),
        "2: no: the builtin `print` cannot be translated (line 3)\n\
         6: no: the builtin `print` cannot be translated (line 7)\n\
         8: parallel for simd proven"
    );
}

#[test]
fn lists_are_no_arrays() {
    let source = "\
def total(values: list[float]):
    s = 0.0
    for v in values:
        s += v
    return s

def squares(n):
    numbers = [k * 0.5 for k in range(n)]
    s = 0.0
    for i in range(n):
        s += numbers[i]
    return s
";
    assert_eq!(
        lines(source),
        "3: no: `values` is a list, not a NumPy array\n10: no: `numbers` is a list (line 8), not a NumPy array"
    );
}

#[test]
fn annotated_loops_are_left_alone() {
    let source = "\
def f(x, y):
    # pragma parallel for
    for i in range(len(x)):
        for j in range(10):
            y[i, j] = x[i]

def g(x):
    # pragma paralel for
    for i in range(len(x)):
        x[i] = 1.0

def h(x):
    #$ omp parallel for
    for i in range(len(x)):
        x[i] = 1.0
";
    assert_eq!(lines(source), "4: no: it lies inside the annotated loop of line 3");
}

#[test]
fn time_loops_around_annotated_ones_are_proposed() {
    let source = "\
def f(x, y, n):
    for t in range(n):
        # pragma parallel for
        for i in range(len(x)):
            y[i] = y[i] * 0.5 + x[i]
";
    assert_eq!(lines(source), "2: sequential for sequential");
    text(source);
}

#[test]
fn loops_that_call_functions_with_parallel_loops_are_native() {
    let source = "\
def step(old, new):
    for i in range(1, len(old) - 1):
        new[i] = 0.5 * (old[i - 1] + old[i + 1])

def run(a, b, n):
    for t in range(n):
        step(a, b)
        step(b, a)
";
    assert_eq!(
        lines(source),
        "2: parallel for simd proven\n6: sequential for sequential"
    );
    text(source);
}

#[test]
fn other_compilers_functions_are_remarks() {
    let source = "\
import numba as nb
from numba import njit, prange

@njit(parallel=True)
def f(x):
    for i in prange(len(x)):
        x[i] = 1.0

@nb.jit
def g(x):
    for i in range(len(x)):
        x[i] = 1.0

def h(x):
    for i in nb.prange(len(x)):
        x[i] = 1.0
";
    assert_eq!(
        lines(source),
        "6: no: `# pragma parallel for simd` would be proven, but Numba compiles this function: `@njit(parallel=True)` \
         must be removed, and `prange` become `range`, first\n\
         11: no: `# pragma parallel for simd` would be proven, but Numba compiles this function: `@nb.jit` must be removed \
         first\n\
         15: no: `# pragma parallel for simd` would be proven, but `prange` must become `range` first"
    );
}

#[test]
fn layout_of_the_file_is_kept() {
    let tabs = "def f(x):\r\n\tfor i in range(len(x)):  # pragma: no cover\r\n\t\tx[i] = 1.0\r\n";
    assert_eq!(
        text(tabs),
        "def f(x):\r\n\t# pragma parallel for simd\r\n\tfor i in range(len(x)):  # pragma: no cover\r\n\t\tx[i] = 1.0\r\n"
    );
    let last = "def f(x):\n  for i in range(len(x)): x[i] = 1.0";
    assert_eq!(
        text(last),
        "def f(x):\n  # pragma parallel for simd\n  for i in range(len(x)): x[i] = 1.0"
    );
}

#[test]
fn files_that_are_not_looked_at() {
    let problem = |source: &str| looked_at(source).problem;
    assert_eq!(
        problem("def f(:\n    pass\n").as_deref(),
        Some("line 1 is not valid Python")
    );
    assert_eq!(problem(""), None);
}

/// A file in the manner of NPBench, and of what real files hold beside such kernels.
#[test]
fn kernels() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("annotate_kernels", lines(include_str!("kernels.py"))));
}

/// Every proposal for the examples is confirmed by reading the proposed text again, and complete.
#[test]
fn examples_are_annotated_once() {
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/examples")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "py") {
            let source = std::fs::read_to_string(&path).unwrap();
            let plain: Vec<&str> = source
                .lines()
                .filter(|line| !line.trim_start().starts_with("# pragma"))
                .collect();
            let found = looked_at(&plain.join("\n"));
            if let Some(text) = found.text {
                assert_eq!(looked_at(&text).text, None, "{}", path.display());
            }
        }
    }
}
