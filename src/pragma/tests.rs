use proptest::prelude::*;

use super::*;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::{Span, apply_edits};

/// Reads the lines of one stack of pragmas, as if they were the whole file.
fn read(text: &str) -> (Option<Directive>, Vec<Diagnostic>) {
    let mut start = 0;
    let mut comments = Vec::new();
    for line in text.split_inclusive('\n') {
        let comment = line.trim_end();
        let span = Span::new(start, start + comment.len() as u32);
        comments.push(Text {
            text: comment.to_owned(),
            span,
        });
        start += line.len() as u32;
    }
    parse(&comments)
}

fn clean(text: &str) -> Directive {
    let (directive, diagnostics) = read(text);
    let loud: Vec<_> = diagnostics
        .iter()
        .filter(|d| d.code != Code::ClauseWithoutEffect)
        .collect();
    assert!(loud.is_empty(), "{text}: {loud:?}");
    directive.unwrap_or_else(|| panic!("{text}"))
}

/// The diagnostics as `code place: message`, and the text after all fixes.
fn mistakes(text: &str) -> (Vec<String>, String) {
    let (_, diagnostics) = read(text);
    let show = |d: &Diagnostic| format!("{} `{}`: {}", d.code, &text[d.primary.span.range()], d.message);
    let edits: Vec<_> = diagnostics
        .iter()
        .filter_map(|d| d.fix.clone())
        .flat_map(|fix| fix.edits)
        .collect();
    (
        diagnostics.iter().map(show).collect(),
        apply_edits(text, &edits).unwrap(),
    )
}

#[track_caller]
fn one(text: &str, expected: &str, fixed: &str) {
    let (found, after) = mistakes(text);
    assert_eq!(found, [expected], "{text}");
    assert_eq!(after, fixed, "{text}");
}

#[test]
fn every_directive() {
    for kind in DirectiveKind::ALL {
        let directive = clean(&format!("# pragma {}", kind.as_str()));
        assert_eq!(directive.kind, kind);
        assert_eq!(directive.clauses, []);
    }
}

#[test]
fn every_clause() {
    let text = "# pragma parallel for simd reduction(+: s, t), private(a) firstprivate(b) lastprivate(c) shared(d) \
                collapse(2) schedule(dynamic, 2 * n) num_threads(k) if(len(x) > 100 and f('#)')) simdlen(8) tile(32, 16) \
                unroll(4) target(auto) types(x: f64[:, :], n: int, self.A: np.float32[:]) assume(independent) \
                fastmath(contract, reassoc) atomic to(e) from(f)  # remark simd(";
    let directive = clean(text);
    let names: Vec<_> = directive.clauses.iter().map(|clause| clause.kind.name()).collect();
    let others = ["sequential", "resident", "copyin", "copyout"];
    let expected: Vec<_> = CLAUSES.iter().copied().filter(|name| !others.contains(name)).collect();
    assert_eq!(names, expected);
    let data = clean("# pragma data resident(a, b), copyin(c) copyout(d)");
    let names: Vec<_> = data.clauses.iter().map(|clause| clause.kind.name()).collect();
    assert_eq!(names, ["resident", "copyin", "copyout"]);
    let if_ = directive
        .find(|kind| {
            if let ClauseKind::If(text) = kind {
                Some(text.clone())
            } else {
                None
            }
        })
        .unwrap();
    assert_eq!(if_.text, "len(x) > 100 and f('#)')");
    assert_eq!(&text[if_.span.range()], if_.text);
    assert_eq!(directive.collapse(), 2);
    assert!(directive.assumes_independence());
    assert!(directive.fast_math().contract && !directive.fast_math().arcp);
    assert_eq!(&text[directive.span.range()], text.split("  #").next().unwrap());
}

#[test]
fn reduction_spellings() {
    for (spelling, operator) in [
        ("+", ReductionOperator::Add),
        ("sum", ReductionOperator::Add),
        ("-", ReductionOperator::Subtract),
        ("*", ReductionOperator::Multiply),
        ("min", ReductionOperator::Min),
        ("max", ReductionOperator::Max),
        ("and", ReductionOperator::And),
        ("&&", ReductionOperator::And),
        ("or", ReductionOperator::Or),
        ("||", ReductionOperator::Or),
        ("&", ReductionOperator::BitAnd),
        ("|", ReductionOperator::BitOr),
        ("^", ReductionOperator::BitXor),
    ] {
        let directive = clean(&format!("#pragma parallel for reduction({spelling}:s)"));
        let ClauseKind::Reduction { operator: found, names } = &directive.clauses[0].kind else {
            panic!()
        };
        assert_eq!((*found, names[0].text.as_str()), (operator, "s"));
    }
}

#[test]
fn stacked_lines_are_one_directive() {
    let directive = clean("# pragma parallel for\n#pragma simd reduction(+: s)\n# pragma private(t)");
    assert_eq!(directive.kind, DirectiveKind::ParallelForSimd);
    assert_eq!(directive.clauses.len(), 2);
    assert_eq!(directive.comments.len(), 3);
    let directive = clean("# pragma reduction(+: s)\n# pragma parallel for");
    assert_eq!(directive.kind, DirectiveKind::ParallelFor);
}

#[test]
fn words_behind_a_loop_directive_are_clauses() {
    let directive = clean("# pragma parallel for atomic");
    assert_eq!(
        (directive.kind, &directive.clauses[0].kind),
        (DirectiveKind::ParallelFor, &ClauseKind::Atomic)
    );
    let directive = clean("# pragma parallel for sequential");
    assert_eq!(
        (directive.kind, &directive.clauses[0].kind),
        (DirectiveKind::ParallelFor, &ClauseKind::Sequential)
    );
    let directive = clean("# pragma parallel for private(t) simd");
    assert_eq!(directive.kind, DirectiveKind::ParallelForSimd);
}

#[test]
fn misspelt_directives() {
    one(
        "# pragma paralel for",
        "FK001 `paralel`: `paralel` is not a directive",
        "# pragma parallel for",
    );
    one(
        "# pragma parallel fro",
        "FK001 `fro`: `fro` is not a directive",
        "# pragma parallel for",
    );
    one(
        "# pragma smid",
        "FK001 `smid`: `smid` is not a directive",
        "# pragma simd",
    );
    one(
        "# pragma parallel_for",
        "FK001 `parallel_for`: `parallel_for` is not a directive",
        "# pragma parallel for",
    );
    one(
        "# pragma parallelfor simd",
        "FK001 `parallelfor`: `parallelfor` is not a directive",
        "# pragma parallel for simd",
    );
    let (found, fixed) = mistakes("# pragma Parallel For");
    assert_eq!((found.len(), fixed.as_str()), (2, "# pragma parallel for"));
}

#[test]
fn almost_directives() {
    one(
        "# pragma for",
        "FK001 `for`: `for` is not a directive",
        "# pragma parallel for",
    );
    one(
        "# pragma sequential",
        "FK001 `sequential`: `sequential` is not a directive",
        "# pragma sequential for",
    );
    one(
        "# pragma parallel simd",
        "FK001 `parallel simd`: `parallel simd` is not a directive",
        "# pragma parallel for simd",
    );
    one(
        "# pragma simd for",
        "FK001 `simd for`: `simd for` is not a directive",
        "# pragma simd",
    );
    one(
        "# pragma simd parallel for",
        "FK001 `simd parallel for`: `simd parallel for` is not a directive",
        "# pragma parallel for simd",
    );
    one(
        "# pragma frobnicate",
        "FK001 `frobnicate`: `frobnicate` is not a directive",
        "# pragma frobnicate",
    );
    one("# pragma", "FK001 ``: the pragma names no directive", "# pragma");
    one(
        "# pragma private(x)",
        "FK001 `private(x)`: the pragma names no directive",
        "# pragma private(x)",
    );
}

#[test]
fn unknown_clauses() {
    one(
        "# pragma parallel for reducton(+: s)",
        "FK002 `reducton(+: s)`: `reducton` is not a clause",
        "# pragma parallel for reduction(+: s)",
    );
    one(
        "# pragma parallel for num-threads(4)",
        "FK002 `num-threads(4)`: `num-threads` is not a clause",
        "# pragma parallel for num_threads(4)",
    );
    one(
        "# pragma parallel for nowait, private(t)",
        "FK002 `nowait`: `nowait` is not a clause",
        "# pragma parallel for, private(t)",
    );
    one(
        "# pragma parallel for default(none)",
        "FK002 `default(none)`: `default` is not a clause",
        "# pragma parallel for",
    );
    one(
        "# pragma parallel for wibble(2)",
        "FK002 `wibble(2)`: `wibble` is not a clause",
        "# pragma parallel for wibble(2)",
    );
}

#[test]
fn malformed_pragmas() {
    one(
        "# pragma parallel for collapse(2",
        "FK014 `collapse(2`: the parenthesis of `collapse(` is never closed",
        "# pragma parallel for collapse(2)",
    );
    one(
        "# pragma parallel for + ",
        "FK014 `+`: `+` is neither a directive nor a clause",
        "# pragma parallel for + ",
    );
    let (found, fixed) = mistakes("# pragma parallel for num_threads=4");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(fixed, "# pragma parallel for num_threads(4)");
}

#[test]
fn misplaced_clauses() {
    one(
        "# pragma simd schedule(auto)",
        "FK003 `schedule(auto)`: `schedule` does not belong on `simd`",
        "# pragma simd",
    );
    one(
        "# pragma parallel for simdlen(4)",
        "FK003 `simdlen(4)`: `simdlen` does not belong on `parallel for`",
        "# pragma parallel for simd simdlen(4)",
    );
    one(
        "# pragma atomic private(x)",
        "FK003 `private(x)`: `private` does not belong on `atomic`",
        "# pragma atomic",
    );
    one(
        "# pragma sequential for reduction(+: s)",
        "FK003 `reduction(+: s)`: `reduction` does not belong on `sequential for`",
        "# pragma sequential for",
    );
}

#[test]
fn bad_arguments() {
    for (clause, expected) in [
        (
            "collapse(0)",
            "FK004 `0`: `collapse` wants a positive whole number, written out",
        ),
        (
            "collapse(n)",
            "FK004 `n`: `collapse` wants a positive whole number, written out",
        ),
        ("collapse", "FK004 `collapse`: `collapse` needs an argument"),
        ("collapse()", "FK004 `collapse()`: `collapse` needs an argument"),
        ("private(x y)", "FK004 `x y`: `x y` is not the name of a variable"),
        (
            "private(x,,y)",
            "FK004 `x,,y`: `private` names a variable between every two commas",
        ),
        ("private(a[0])", "FK004 `a[0]`: `a[0]` is not the name of a variable"),
        ("reduction(s)", "FK004 `s`: `reduction` needs an operator and names"),
        ("reduction(/: s)", "FK004 `/`: `/` is not a reduction operator"),
        ("reduction(+:)", "FK004 `+:`: `reduction` names no variable"),
        (
            "schedule(runtime)",
            "FK004 `runtime`: `runtime` is not an argument of `schedule`",
        ),
        ("schedule(static, 0)", "FK004 `0`: a piece holds one iteration at least"),
        ("schedule(auto, 4)", "FK004 `4`: `schedule(auto)` takes no chunk size"),
        ("num_threads(0)", "FK004 `0`: a loop runs on one thread at least"),
        ("if()", "FK004 `if()`: `if` needs an argument"),
        ("types(x)", "FK004 `x`: `x` gives no type"),
        (
            "types(x: f64[n])",
            "FK004 `[n]`: `[n]` are not the dimensions of an array",
        ),
        ("types(x: quux)", "FK004 `quux`: `quux` is not a type of numbers"),
        ("assume(fast)", "FK004 `fast`: `fast` is not an argument of `assume`"),
        ("target(tpu)", "FK004 `tpu`: `tpu` is not an argument of `target`"),
    ] {
        let text = format!("# pragma parallel for {clause}");
        assert_eq!(mistakes(&text).0, [expected], "{clause}");
    }
    one(
        "# pragma simd simdlen(6)",
        "FK004 `6`: 6 lanes do not exist",
        "# pragma simd simdlen(6)",
    );
    one(
        "# pragma parallel for reduction(s: +)",
        "FK004 `s`: `s` is not a reduction operator",
        "# pragma parallel for reduction(+: s)",
    );
    one(
        "# pragma parallel for schedule(dynamc)",
        "FK004 `dynamc`: `dynamc` is not an argument of `schedule`",
        "# pragma parallel for schedule(dynamic)",
    );
    one(
        "# pragma parallel for types(x: flaot)",
        "FK004 `flaot`: `flaot` is not a type of numbers",
        "# pragma parallel for types(x: float)",
    );
    one(
        "# pragma parallel for atomic(x)",
        "FK004 `atomic(x)`: `atomic` takes no argument",
        "# pragma parallel for atomic",
    );
}

#[test]
fn contradictions() {
    for (clauses, expected) in [
        (
            "collapse(2) collapse(3)",
            "FK005 `collapse(3)`: `collapse` is given twice, differently",
        ),
        (
            "private(x) shared(x)",
            "FK005 `x`: `x` cannot be both `private` and `shared`",
        ),
        (
            "private(x) reduction(+: x)",
            "FK005 `x`: `x` cannot be both `private` and `reduction`",
        ),
        (
            "reduction(+: x) reduction(*: x)",
            "FK005 `x`: `x` is reduced in two ways",
        ),
        ("types(x: f64) types(x: f32)", "FK005 `f32`: `x` is given two types"),
    ] {
        let text = format!("# pragma parallel for {clauses}");
        assert_eq!(mistakes(&text).0, [expected], "{clauses}");
    }
    let (found, _) = mistakes("# pragma sequential for\n# pragma parallel for");
    assert_eq!(
        found,
        ["FK005 `parallel`: a loop cannot be both parallel and sequential"]
    );
}

#[test]
fn redundancies_are_warnings_with_safe_fixes() {
    one(
        "# pragma parallel for collapse(1)",
        "FK006 `collapse(1)`: `collapse(1)` is one loop, as without it",
        "# pragma parallel for",
    );
    one(
        "# pragma simd simd",
        "FK006 `simd`: `simd` is said twice",
        "# pragma simd",
    );
    one(
        "# pragma simd private(a, b, a)",
        "FK006 `a`: `a` is named twice",
        "# pragma simd private(a, b)",
    );
    one(
        "# pragma simd private(a) private(a)",
        "FK006 `private(a)`: `private` is said twice",
        "# pragma simd private(a)",
    );
    one(
        "# pragma parallel for sequential num_threads(2)",
        "FK006 `num_threads(2)`: `num_threads` has no effect on a loop that runs in order",
        "# pragma parallel for sequential",
    );
}

#[test]
fn firstprivate_and_lastprivate_go_together() {
    clean("# pragma parallel for firstprivate(x) lastprivate(x) to(x)");
}

#[test]
fn several_mistakes_are_several_messages() {
    let (found, _) = mistakes("# pragma paralel for reducton(+: s) collapse(0) schedule(auto) schedule(auto)");
    assert_eq!(found.len(), 4, "{found:?}");
}

#[test]
fn every_clause_is_dropped_or_kept_on_every_directive() {
    let examples = [
        "reduction(+: s)",
        "private(x)",
        "firstprivate(x)",
        "lastprivate(x)",
        "shared(x)",
        "collapse(2)",
        "schedule(auto)",
        "num_threads(2)",
        "if(n)",
        "simdlen(4)",
        "tile(2)",
        "unroll(2)",
        "target(cpu)",
        "types(x: f64)",
        "assume(independent)",
        "fastmath",
        "atomic",
        "sequential",
        "to(x)",
        "from(x)",
    ];
    for kind in DirectiveKind::ALL {
        for example in examples {
            let (directive, diagnostics) = read(&format!("# pragma {} {example}", kind.as_str()));
            let kept = directive.unwrap().clauses.len();
            let loud = diagnostics
                .iter()
                .filter(|d| d.code != Code::ClauseWithoutEffect)
                .count();
            assert!(
                kept == 1 || loud == 1 || kind.as_str() == example,
                "{} {example}",
                kind.as_str()
            );
        }
    }
}

proptest! {
    #[test]
    fn any_comment_is_read(text in "# ?pragma (?s).{0,80}") {
        let _ = read(&text);
    }

    #[test]
    fn any_soup_of_words_is_read_and_its_fixes_apply(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "parallel", "for", "simd", "sequential", "atomic", " ", " ", ",", "(", ")", "reduction", "+", ":", "s", "private",
                "collapse(2)", "#", "'", "[", "]", "if", "types", "f64", "paralel", "=4", "é", "\n# pragma ", "nowait", "-",
            ]),
            0..30,
        )
    ) {
        let text = format!("# pragma {}", words.concat());
        let (directive, diagnostics) = read(&text);
        prop_assert!(directive.is_some() || !diagnostics.is_empty(), "silence: {}", text);
        for diagnostic in diagnostics {
            if let Some(fix) = diagnostic.fix {
                prop_assert!(apply_edits(&text, &fix.edits).is_ok());
            }
        }
    }
}
