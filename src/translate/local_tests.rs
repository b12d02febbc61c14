//! Local arrays through every stage after `lower`.

use super::{Analysed, Program, assumed_signature};
use crate::back;
use crate::deps::{AccessMode, Legality};
use crate::infer::Kind;
use crate::ir::{Array, ArrayOrigin, Handle, Mode};
use crate::source::SourceFile;

/// A function with this body, its only region analysed, and its kernel.
fn kernel(parameters: &str, body: &str) -> (Analysed, String) {
    let source = format!("import numpy as np\n\ndef f({parameters}):\n{body}");
    let program = Program::parse(SourceFile::new("example.py", &source));
    let region = program.regions.first().expect("a region");
    let (signature, _) = assumed_signature(region);
    let analysed = match program.analyse(region, &signature) {
        Ok(analysed) => analysed,
        Err(diagnostics) => panic!("{}", diagnostics[0].message),
    };
    let text = back::rust::emit(&analysed.plan(), &program.file).text;
    (analysed, text)
}

fn locals(analysed: &Analysed) -> Vec<Handle<Array>> {
    let arrays = analysed.region.arrays.iter();
    arrays
        .filter(|(_, array)| matches!(array.origin, ArrayOrigin::Local { .. }))
        .map(|(handle, _)| handle)
        .collect()
}

/// The modes of all subscripts of local arrays, and whether each rests on a guard.
fn modes(analysed: &Analysed) -> Vec<(AccessMode, bool)> {
    let (facts, own) = (&analysed.facts, locals(analysed));
    let loads = analysed.region.expressions.handles().filter_map(|one| facts.load(one));
    let stores = analysed.region.stores.handles().filter_map(|one| facts.store(one));
    loads
        .chain(stores)
        .filter(|access| own.contains(&access.array))
        .flat_map(|access| &access.subscripts)
        .map(|subscript| (subscript.mode, subscript.guard.is_some()))
        .collect()
}

const MATRIX: &str = "x: \"f64[:, :]\", out: \"f64[:]\", n: int";

#[test]
fn a_counter_below_the_extent_needs_no_check() {
    let bodies = [
        ("np.zeros(n)", "range(n)", "j"),
        ("np.zeros(n)", "range(n)", "n - 1 - j"),
        ("np.zeros(n)", "range(n)", "-1 - j"),
        ("np.zeros(n + 2)", "range(n)", "j + 2"),
        ("np.zeros(2 * n)", "range(0, 2 * n, 2)", "j + 1"),
        ("np.zeros(i + 1)", "range(i + 1)", "i - j"),
        ("np.zeros(x.shape[1])", "range(x.shape[1])", "j"),
        ("np.zeros(4)", "range(4)", "j"),
        ("np.zeros(int(x[i, 0]))", "range(int(x[i, 0]))", "j"),
        ("np.zeros(min(n, 7))", "range(min(n, 7))", "j"),
    ];
    for (made, range, subscript) in bodies {
        let body = format!(
            "    # pragma parallel for\n    for i in range(len(x)):\n        h = {made}\n        for j in {range}:\n            \
             h[{subscript}] = 1.0\n        out[i] = 2.0\n"
        );
        let (analysed, _) = kernel(MATRIX, &body);
        let checked: Vec<_> = modes(&analysed)
            .into_iter()
            .filter(|(mode, guarded)| *mode == AccessMode::Checked || *guarded)
            .collect();
        assert!(checked.is_empty(), "{made}, {range}, {subscript}: {checked:?}");
    }
}

#[test]
fn nothing_fails_nor_is_undone_where_the_sizes_are_known() {
    let body = "    # pragma parallel for\n    for i in range(len(x)):\n        h = np.zeros(n)\n        for j in range(n):\n            \
                h[j] = x[i, j]\n        s = 0.0\n        for j in range(n):\n            s += h[j]\n        out[i] = s\n";
    let (analysed, text) = kernel(MATRIX, body);
    let guards = text.split("unsafe fn guards").nth(1).expect("guards");
    let (guards, fast) = guards.split_once("unsafe fn fast").expect("the fast variant");
    let fast = fast.split("unsafe fn careful").next().expect("a function");
    assert!(!fast.contains("Stop::") && !text.contains("half-way"), "{text}");
    assert!(
        guards.contains("is_modest(host, 8_i128") && guards.contains("!((n < 0_i64))"),
        "{text}"
    );
    let plan = analysed.plan();
    let lanes: Vec<Mode> = analysed.region.loops.handles().map(|one| plan.mode(one)).collect();
    assert_eq!(
        lanes,
        [Mode::Parallel, Mode::Simd { lanes: 8 }, Mode::Simd { lanes: 8 }]
    );
}

#[test]
fn small_arrays_are_on_the_stack() {
    let body = "    # pragma parallel for\n    for i in range(len(x)):\n        h = np.zeros((2, 3), dtype=np.float32)\n        \
                h[n % 2, 2] = x[i, 0]\n        out[i] = h[-1, -1]\n";
    let (analysed, text) = kernel(MATRIX, body);
    assert!(
        text.contains("_room = [f32::default(); 6];") && text.contains("[2, 3]"),
        "{text}"
    );
    let own = locals(&analysed)[0];
    assert_eq!(analysed.facts.shape(own), Some(&[2, 3][..]));
    assert_eq!(analysed.types.array(own).element.kind, Kind::F32);
}

#[test]
fn what_an_iteration_makes_is_its_own() {
    let body = "    # pragma parallel for\n    for i in range(len(x)):\n        h = np.empty(n)\n        for j in range(n):\n            \
                h[0] = x[i, j]\n        out[i] = h[0]\n";
    let (analysed, _) = kernel(MATRIX, body);
    let outer = analysed.region.loops.handles().next().expect("a loop");
    let found = analysed.facts.of_loop(outer);
    assert_eq!(found.parallel, Legality::Proven);
    assert!(found.private_arrays.is_empty() && found.carried.is_empty());
    let own = locals(&analysed)[0];
    assert!(
        analysed
            .facts
            .overlaps()
            .iter()
            .all(|pair| pair.a != own && pair.b != own)
    );
}

#[test]
fn what_is_made_outside_is_shared() {
    let body = "    # pragma sequential for\n    for t in range(n):\n        h = np.zeros(8)\n        # pragma parallel for\n        \
                for i in range(1, 8):\n            h[i] = h[i - 1] + x[t, i]\n        out[t] = h[7]\n";
    let (analysed, _) = kernel(MATRIX, body);
    let inner = analysed.region.loops.handles().find(|one| {
        let directive = analysed.region.loops[*one].annotation.as_ref().map(|one| one.directive);
        directive == Some(crate::ir::Directive::Parallel)
    });
    let found = analysed.facts.of_loop(inner.expect("the parallel loop"));
    assert!(matches!(found.parallel, Legality::Refuted(_)));
}

#[test]
fn a_few_elements_with_constant_places_are_variables() {
    let body = "    # pragma parallel for simd\n    for i in range(len(x)):\n        d = np.array([x[i, 0], x[i, 1] - 1.0, x[i, 2]])\n        \
                m = np.zeros((2, 2))\n        for p in range(2):\n            m[p, 1 - p] += d[p] + d[-1]\n        \
                out[i] = m[0, 1] * m[1, 0]\n";
    let (analysed, _) = kernel(MATRIX, body);
    assert_eq!(allocations(&analysed), 0);
    let outer = analysed.region.loops.handles().next().expect("a loop");
    assert_eq!(analysed.plan().mode(outer), Mode::ParallelSimd { lanes: 8 });
}

/// How often a region makes an array.
fn allocations(analysed: &Analysed) -> usize {
    let mut found = 0;
    crate::ir::visit_statements(&analysed.region, &analysed.region.body, &mut |statement, _| {
        found += usize::from(matches!(statement, crate::ir::Statement::Allocate { .. }));
    });
    found
}

#[test]
fn names_that_hand_on_an_array_copy_it_only_where_it_becomes_variables() {
    let rounds = |value: &str| {
        format!(
            "    # pragma parallel for\n    for i in range(len(x)):\n        h = np.zeros(x.shape[1])\n        for _ in range(n):\n            \
             new = {value}\n            h = new\n        x[i] = h\n"
        )
    };
    let (analysed, text) = kernel(MATRIX, &rounds("h * h + x[i]"));
    assert_eq!(
        allocations(&analysed),
        1,
        "each element goes through all rounds by itself"
    );
    assert!(!text.contains("_turn"));
    let (analysed, text) = kernel(MATRIX, &rounds("h[::-1] + x[i]"));
    assert!(allocations(&analysed) > 1 && text.contains("_turn"), "{text}");
}

#[test]
fn what_may_not_be_a_variable_stays_an_array() {
    for (made, statement) in [
        ("np.zeros(3, dtype=np.int32)", "h[1] = n"),
        ("np.zeros(3)", "h[n] = 1.0"),
        ("np.zeros(3)", "h[3] = 1.0"),
        ("np.zeros(17)", "h[1] = 1.0"),
        ("np.zeros(n)", "h[0] = 1.0"),
    ] {
        let body = format!(
            "    # pragma parallel for\n    for i in range(len(x)):\n        h = {made}\n        {statement}\n        out[i] = \
             x[i, 0] + h[0]\n"
        );
        let (analysed, text) = kernel(MATRIX, &body);
        assert!(
            !locals(&analysed).is_empty() && text.contains("_room"),
            "{made}, {statement}"
        );
    }
}
