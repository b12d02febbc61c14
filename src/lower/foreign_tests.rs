use super::{LOOP, Outcome, outcome};
use crate::diagnostics::Severity;

/// The messages that are more than notes.
fn warnings(found: &Outcome) -> Vec<String> {
    let notes = found.diagnostics.iter().zip(found.messages());
    notes
        .filter(|(diagnostic, _)| diagnostic.severity > Severity::Note)
        .map(|(_, message)| message)
        .collect()
}

/// The comments are understood: no warning, the directives of the loops, and the text in our words, which says the same.
#[track_caller]
fn reads(text: &str, attached: &[&str], fixed: &str) {
    let found = outcome(text);
    assert_eq!(warnings(&found), [""; 0], "{text}");
    assert_eq!(found.attached, attached, "{text}");
    assert_eq!(found.fixed(), fixed, "{text}");
    let again = outcome(fixed);
    assert_eq!(warnings(&again), [""; 0], "{fixed}");
    assert_eq!(again.attached, attached, "{fixed}");
}

#[track_caller]
fn warns(text: &str, expected: &[&str], fixed: &str) {
    let found = outcome(text);
    assert_eq!(warnings(&found), expected, "{text}");
    assert!(found.diagnostics.iter().all(|one| one.severity < Severity::Error));
    assert_eq!(found.fixed(), fixed, "{text}");
}

const FOR: &str = "parallel for @ for i in range(9):";

#[test]
fn loop_directives() {
    for (comment, attached, ours) in [
        ("#omp parallel for", "parallel for", "parallel for"),
        ("# omp parallel for", "parallel for", "parallel for"),
        ("#$ omp parallel for", "parallel for", "parallel for"),
        ("# pragma omp parallel for", "parallel for", "parallel for"),
        ("#omp parallel do", "parallel for", "parallel for"),
        ("#omp for", "parallel for", "parallel for"),
        ("#$ omp do", "parallel for", "parallel for"),
        ("#omp parallel loop", "parallel for", "parallel for"),
        ("#omp simd", "simd", "simd"),
        ("#omp for simd", "parallel for simd", "parallel for simd"),
        ("#omp parallel for simd", "parallel for simd", "parallel for simd"),
        (
            "#$ omp target teams distribute parallel for map(to: x)",
            "parallel for",
            "parallel for target(cuda)",
        ),
    ] {
        let ours = ours.replace(" target(cuda)", "");
        reads(
            &format!("{comment}\n{LOOP}"),
            &[&format!("{attached} @ for i in range(9):")],
            &format!("# pragma {ours}\n{LOOP}"),
        );
    }
}

#[test]
fn clauses() {
    let body = "for i in range(n):\n    t = y[i]\n    s += t\n    x[i] = s\n";
    for (clauses, ours) in [
        ("private(t) reduction(+:s)", "private(t) reduction(+: s)"),
        ("reduction(+ : x[:n], s)", "reduction(+: x, s)"),
        ("reduction(default, max: s)", "reduction(max: s)"),
        ("reduction(&&:s)", "reduction(and: s)"),
        ("firstprivate(t), lastprivate(t)", "firstprivate(t) lastprivate(t)"),
        ("default(none) shared(x, y)", "shared(x, y)"),
        ("default(shared)", ""),
        ("schedule(static, 4)", "schedule(static, 4)"),
        ("schedule(nonmonotonic: dynamic)", "schedule(dynamic)"),
        ("schedule(runtime)", "schedule(auto)"),
        ("num_threads(4) if(n > 100)", "num_threads(4) if(n > 100)"),
        ("if(parallel: n > 100)", "if(n > 100)"),
        ("collapse(1)", "collapse(1)"),
        ("nowait", ""),
        ("proc_bind(close) order(concurrent)", ""),
        ("shared(s, x) reduction(+:s)", "shared(x) reduction(+: s)"),
    ] {
        let found = outcome(&format!("#omp parallel for {clauses}\n{body}"));
        assert_eq!(warnings(&found), [""; 0], "{clauses}");
        let words = format!("# pragma parallel for {ours}");
        assert_eq!(found.fixed(), format!("{}\n{body}", words.trim_end()), "{clauses}");
    }
}

#[test]
fn remarks_and_places_are_kept() {
    reads(
        &format!("#omp parallel for schedule(static)  # hot\n{LOOP}"),
        &[FOR],
        &format!("# pragma parallel for schedule(static)  # hot\n{LOOP}"),
    );
    let found = outcome("for i in range(9):  #$ omp parallel for\n    x[i] = 0\n");
    assert_eq!(
        found.fixed(),
        "for i in range(9):  # pragma parallel for\n    x[i] = 0\n"
    );
}

#[test]
fn regions_lend_their_clauses() {
    reads(
        &format!("#$ omp parallel private(i) num_threads(4)\n#$ omp for schedule(static)\n{LOOP}#$ omp end parallel\n"),
        &[FOR],
        &format!("# pragma parallel for schedule(static) private(i) num_threads(4)\n{LOOP}"),
    );
    reads(
        "#$ omp parallel private(t, i)\n#$ omp for\nfor i in range(9):\n    x[i] = 0\n#$ omp end do\nz = 1\n#$ omp barrier\n#$ omp do\nfor j in \
         range(9):\n    t = y[j]\n    x[j] = t\n#$ omp end do nowait\n#$ omp end parallel\n#$ omp for\nfor i in range(9):\n    x[i] = 1\n",
        &[FOR, "parallel for @ for j in range(9):", FOR],
        "# pragma parallel for private(i)\nfor i in range(9):\n    x[i] = 0\nz = 1\n# pragma parallel for private(t)\nfor j in \
         range(9):\n    t = y[j]\n    x[j] = t\n# pragma parallel for\nfor i in range(9):\n    x[i] = 1\n",
    );
    // Pythran's region is the statement below.
    reads(
        "#omp parallel num_threads(2)\nif 1:\n    #omp for\n    for i in range(9):\n        x[i] = 0\n",
        &[FOR],
        "if 1:\n    # pragma parallel for num_threads(2)\n    for i in range(9):\n        x[i] = 0\n",
    );
}

#[test]
fn regions_without_loops() {
    warns(
        "#$ omp parallel\nx = f()\n#$ omp end parallel\n",
        &[
            "FK013 `#$ omp parallel`: `parallel` without a loop directive inside is not read: the statements run once, as Python",
        ],
        "#$ omp parallel\nx = f()\n",
    );
    warns(
        &format!("#omp parallel private(i)\n{LOOP}"),
        &[
            "FK013 `#omp parallel private(i)`: `parallel` without a loop directive inside is not read: the statements run once, as \
           Python",
        ],
        &format!("# pragma parallel for private(i)\n{LOOP}"),
    );
}

#[test]
fn what_is_refused() {
    for comment in [
        "single",
        "master",
        "task",
        "parallel sections",
        "critical",
        "atomic capture",
        "target",
        "cancel for",
    ] {
        let found = outcome(&format!("#omp {comment}\nx = 1\n"));
        assert_eq!(found.attached, [""; 0]);
        assert_eq!(warnings(&found).len(), 1, "{comment}: {:?}", found.messages());
        assert!(warnings(&found)[0].ends_with("is not read"), "{comment}");
        assert!(!found.diagnostics[0].notes.is_empty(), "{comment}");
    }
    warns(
        "#omp parallel for\nfor i in range(9):\n    #omp critical\n    h[0] += x[i]\n",
        &["FK013 `critical`: `critical` is not read"],
        "# pragma parallel for\nfor i in range(9):\n    # pragma atomic\n    h[0] += x[i]\n",
    );
}

#[test]
fn what_holds_anyway() {
    for comment in ["barrier", "flush(x)", "taskwait", "end parallel", "end do nowait"] {
        let found = outcome(&format!("y = 1\n#$ omp {comment}\nx = 1\n"));
        assert_eq!(warnings(&found), [""; 0], "{comment}");
        assert_eq!(found.fixed(), "y = 1\nx = 1\n", "{comment}");
    }
}

#[test]
fn atomic() {
    let inside = |comment: &str, update: &str| {
        format!("# pragma parallel for\nfor i in range(9):\n    {comment}\n    {update}\n")
    };
    let both = &[FOR, "atomic @ h[x[i]] += 1"];
    reads(
        &inside("#omp atomic", "h[x[i]] += 1"),
        both,
        &inside("# pragma atomic", "h[x[i]] += 1"),
    );
    reads(
        &inside("#$ omp atomic update", "h[x[i]] += 1"),
        both,
        &inside("# pragma atomic", "h[x[i]] += 1"),
    );
    let found = outcome(&inside("#omp atomic", "s += 1"));
    assert_eq!(warnings(&found), [""; 0]);
    assert_eq!(found.attached, [FOR]);
}

#[test]
fn mistakes() {
    for (comment, expected, ours) in [
        (
            "#omp paralel for",
            "FK013 `paralel`: this OpenMP pragma is read only in part: `paralel` is not a directive",
            "parallel for",
        ),
        (
            "#$ omp parallel for reduction(s:+)",
            "FK013 `s`: this OpenMP pragma is read only in part: `s` is not a reduction operator",
            "parallel for",
        ),
        (
            "#omp parallel for privat(i)",
            "FK013 `privat(i)`: this OpenMP pragma is read only in part: `privat` is not a clause",
            "parallel for",
        ),
        (
            "#omp parallel for ordered",
            "FK013 `ordered`: `ordered` is not read",
            "parallel for",
        ),
        (
            "#omp parallel for copyin(x)",
            "FK013 `copyin(x)`: `copyin` is not read",
            "parallel for",
        ),
        (
            "#omp parallel for default(nonne)",
            "FK013 `nonne`: `default` is one of `none`, `shared`, `private`, `firstprivate`",
            "parallel for",
        ),
        (
            "#omp parallel for private(q)",
            "FK013 `q`: this OpenMP pragma is read only in part: the statement does not use `q`",
            "parallel for",
        ),
        (
            "#omp parallel for reduction(inscan, +: x)",
            "FK013 `reduction(inscan, +: x)`: `reduction(inscan, …)` is not read",
            "parallel for",
        ),
        (
            "#omp parallel for schedule(sttic)",
            "FK013 `sttic`: this OpenMP pragma is read only in part: `sttic` is not an argument of `schedule`",
            "parallel for",
        ),
        (
            "#omp for num_threads(4",
            "FK013 `num_threads(4`: this OpenMP pragma is read only in part: the parenthesis of `num_threads(` is never closed",
            "parallel for",
        ),
    ] {
        warns(
            &format!("{comment}\n{LOOP}"),
            &[expected],
            &format!("# pragma {ours}\n{LOOP}"),
        );
    }
    warns(
        "#omp parallel for\nwhile x:\n    pass\n",
        &["FK013 `parallel for`: this OpenMP pragma is read only in part: `parallel for` stands on a `for` loop"],
        "#omp parallel for\nwhile x:\n    pass\n",
    );
    // A region's mistake is told once, whatever the number of its loops.
    let region = format!("#$ omp parallel privat(x)\n#$ omp for\n{LOOP}#$ omp for\n{LOOP}#$ omp end parallel\n");
    assert_eq!(warnings(&outcome(&region)).len(), 1);
}

#[test]
fn prose_is_left_alone() {
    for comment in [
        "# omp is nice",
        "# omp for loops would be faster",
        "#omp is not used here",
        "# omp: parallel for",
        "#omp_set_num_threads(4)",
        "# -- removed omp: #$ omp parallel",
        "# ompl parallel for",
        "# OMP parallel",
        "#$ header",
        "# critical section",
    ] {
        let found = outcome(&format!("{comment}\n{LOOP}"));
        assert_eq!(found.messages(), [""; 0], "{comment}");
        assert_eq!(found.attached, [""; 0], "{comment}");
    }
}

#[test]
fn dimensions() {
    for (comment, statement, ours) in [
        (":N=>parallel", "c[:N] = a[:N] + b[:N]", "parallel"),
        ("0:N=>parallel", "c[:N] = a[:N] + b[:N]", "parallel"),
        (
            ":M=>parallel :N=>reduce(sum)",
            "y[:M] = f(A[:M, :N], x[:N])",
            "parallel",
        ),
        (
            ":M=>parallel :N=>reduction(sum:y)",
            "y[:M] = f(A[:M, :N], x[:N])",
            "parallel",
        ),
        (
            ":M=>parallel,block(2), :N=>parallel,block",
            "C[:M, :N] = A[:M, :N]",
            "parallel",
        ),
        (":M => parallel , single_block", "C[:M] = A[:M]", "parallel"),
        (":N=>parallel,reduce(sum:b)", "b[0] = np.sum(a[:N])", "parallel"),
        (
            "1:M-1=>parallel 1:N - 1=>parallel",
            "B[1:M-1, 1:N-1] = A[1:M-1, :N-2]",
            "parallel",
        ),
        ("1:M-1=>parallel", "B[1:-1] = A[2:]", "parallel"),
        (":N=>le(1024),simd", "c[:N] = a[:N]", "parallel sequential"),
        (
            ":M=>parallel,block(BM) :K=>block(BK)",
            "C[:M] = A[:M, :K] @ B[:K]",
            "parallel",
        ),
    ] {
        let found = outcome(&format!("#pragma {comment}\n{statement}\n"));
        assert_eq!(warnings(&found), [""; 0], "{comment}");
        assert_eq!(found.attached, [format!("parallel @ {statement}")], "{comment}");
        assert_eq!(found.fixed(), format!("# pragma {ours}\n{statement}\n"), "{comment}");
    }
    let found = outcome("# pragma parallel num_threads(2)\n#pragma :N=>parallel\nc[:N] = a[:N]\n");
    assert_eq!(warnings(&found), [""; 0]);
    assert_eq!(found.fixed(), "# pragma parallel num_threads(2)\nc[:N] = a[:N]\n");
}

#[test]
fn mistakes_in_dimensions() {
    for (comment, statement, expected, fixed) in [
        (
            ":K=>parallel",
            "c[:N] = a[:N]",
            "FK009 `:K`: the statement has no slice `:K`",
            ":N=>parallel",
        ),
        (
            ":M=>parallel 1:N=>parallel",
            "c[:M, :N] = a[0, 1]",
            "FK009 `1:N`: the statement has no slice `1:N`",
            ":M=>parallel :N=>parallel",
        ),
        (
            ":N=>paralel",
            "c[:N] = a[:N]",
            "FK002 `paralel`: `paralel` is not a property of a dimension",
            ":N=>parallel",
        ),
        (
            ":N=>reduce(sun)",
            "c[0] = f(a[:N])",
            "FK004 `sun`: `sun` is not a reduction operator",
            ":N=>reduce(sum)",
        ),
        (
            ":N=>reduce(sum:d)",
            "c[0] = f(a[:N])",
            "FK009 `d`: the statement does not assign `d`",
            ":N=>reduce(sum:c)",
        ),
        (
            ":N=>reduce(sum)",
            "c[:N] = f(a[:N])",
            "FK004 `reduce(sum)`: `:N` is reduced, and is still there in the result",
            ":N=>reduce(sum)",
        ),
        (
            ":N=>parallel(4)",
            "c[:N] = a[:N]",
            "FK004 `4`: `parallel` takes no argument",
            ":N=>parallel",
        ),
        (
            ":N=>le",
            "c[:N] = a[:N]",
            "FK004 `le`: `le` needs an argument",
            ":N=>le",
        ),
        (
            ":N=>block(0)",
            "c[:N] = a[:N]",
            "FK004 `block`: `block` wants a positive number",
            ":N=>block(0)",
        ),
        (
            ":N=>parallel,parallel",
            "c[:N] = a[:N]",
            "FK006 `parallel`: `parallel` is said twice",
            ":N=>parallel,parallel",
        ),
        (
            ":N=>parallel,block(4),block(8)",
            "c[:N] = a[:N]",
            "FK005 `block(8)`: `block` is given twice, differently",
            ":N=>parallel,block(4),block(8)",
        ),
        (
            ":N=>parallel 0:N=>simd",
            "c[:N] = a[:N]",
            "FK005 `0:N=>simd`: `0:N` is given twice, differently",
            ":N=>parallel 0:N=>simd",
        ),
        (
            "::2=>parallel",
            "c[::2] = a[::2]",
            "FK004 `::2`: `::2` names no dimension",
            "::2=>parallel",
        ),
        (
            "1:=>parallel",
            "c[1:] = a[1:]",
            "FK004 `1:`: `1:` names no dimension",
            "1:=>parallel",
        ),
        (
            ":N=>parallel fast",
            "c[:N] = a[:N]",
            "FK014 `fast`: `fast` is not a dimension",
            ":N=>parallel fast",
        ),
    ] {
        let found = outcome(&format!("#pragma {comment}\n{statement}\n"));
        assert_eq!(warnings(&found), [expected], "{comment}");
        assert_eq!(found.fixed(), format!("#pragma {fixed}\n{statement}\n"), "{comment}");
    }
    let found = outcome(&format!("#pragma :N=>parallel\n{LOOP}"));
    assert_eq!(
        warnings(&found),
        ["FK008 `:N=>parallel`: `parallel` stands on an assignment of array expressions"]
    );
}
