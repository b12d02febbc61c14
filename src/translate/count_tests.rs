//! Operations and bytes of regions, counted by hand and by `plan`.

use std::collections::BTreeMap;

use super::{Program, assumed_signature};
use crate::plan::{Counted, Given, Turns, count};
use crate::source::{SourceFile, Span};

fn counted(body: &str, given: &[(&str, Given)]) -> Result<Counted, String> {
    observed(body, given, &[], true)
}

/// With the turns of the loops that begin with a text.
fn observed(body: &str, given: &[(&str, Given)], turns: &[(&str, f64)], whole: bool) -> Result<Counted, String> {
    let text = format!("import math\ndef f(a: 'f64[:, :]', b: 'f64[:, :]', x: 'f32[:]', n: int):\n{body}");
    let program = Program::parse(SourceFile::new("a.py", text));
    let region = &program.regions[0];
    let analysed = program.analyse(region, &assumed_signature(region).0).unwrap();
    let given: BTreeMap<String, Given> = given
        .iter()
        .map(|(name, one)| ((*name).to_owned(), one.clone()))
        .collect();
    let begun = |span: Span| {
        let header = program.file.slice(span);
        let found = turns.iter().find(|(text, _)| header.starts_with(text));
        found.map(|(_, turns)| *turns)
    };
    let turns = Turns { begun: &begun, whole };
    count(&analysed.region, &analysed.types, &given, turns)
}

fn shape(extents: &[u64]) -> Given {
    Given::Shape(extents.to_vec())
}

#[test]
fn a_stencil_reads_and_writes_its_arrays_once() {
    let body = "    # pragma parallel for\n    for i in range(1, a.shape[0] - 1):\n        for j in range(a.shape[1]):\n            \
                b[i, j] = 0.5 * (a[i - 1, j] + a[i + 1, j])\n";
    let found = counted(body, &[("a", shape(&[102, 50])), ("b", shape(&[102, 50]))]).unwrap();
    assert_eq!(found.operations, 100.0 * 50.0 * 2.0);
    assert_eq!(found.bytes, 2.0 * 100.0 * 50.0 * 8.0);
    assert!(!found.at_most && !found.narrow);
}

#[test]
fn triangles_functions_and_branches() {
    let triangle = "    # pragma parallel for\n    for i in range(n):\n        for j in range(i):\n            \
                    a[i, j] = b[i, j] + 1.0\n";
    let given = [
        ("a", shape(&[100, 100])),
        ("b", shape(&[100, 100])),
        ("n", Given::Int(100)),
    ];
    let found = counted(triangle, &given).unwrap();
    assert!((found.operations - 4950.0).abs() < 50.0, "{found:?}");
    let narrow = "    # pragma parallel for\n    for i in range(len(x)):\n        if x[i] > 0:\n            x[i] = x[i] * x[i]\n";
    let found = counted(narrow, &[("x", shape(&[10]))]).unwrap();
    assert_eq!((found.operations, found.bytes), (20.0, 80.0));
    assert!(found.at_most && found.narrow);
    let function = "    # pragma parallel for\n    for i in range(n):\n        a[i, 0] = math.exp(b[i, 0])\n";
    assert_eq!(counted(function, &given).unwrap().operations, 2000.0);
}

#[test]
fn what_depends_on_data_is_not_guessed() {
    let endless = "    # pragma parallel for\n    for i in range(n):\n        while a[i, 0] > 1.0:\n            a[i, 0] = a[i, 0] / 2\n";
    assert!(
        counted(endless, &[("a", shape(&[9, 9])), ("n", Given::Int(9))])
            .unwrap_err()
            .contains("while")
    );
    let unknown = "    # pragma parallel for\n    for i in range(n):\n        a[i, 0] = 1.0\n";
    assert!(counted(unknown, &[("a", shape(&[9, 9]))]).unwrap_err().contains("`i`"));
}

#[test]
fn what_was_observed_is_counted() {
    let given = [("a", shape(&[100, 100])), ("n", Given::Int(100))];
    let halved = "    # pragma parallel for\n    for i in range(n):\n        while a[i, 0] > 1.0:\n            a[i, 0] = a[i, 0] / 2\n";
    // A test more than there are turns, each time that the loop is reached.
    let found = observed(halved, &given, &[("for i", 100.0), ("while", 500.0)], true).unwrap();
    assert_eq!((found.operations, found.bytes), (600.0 + 500.0, 1600.0));
    assert!(!found.at_most);
    // A tenth of the iterations, like which the others are taken to be.
    let part = observed(halved, &given, &[("for i", 10.0), ("while", 50.0)], false).unwrap();
    assert_eq!(part, found);
    let left = "    # pragma parallel for\n    for i in range(n):\n        for j in range(n):\n            if a[i, j] > 1.0:\n                \
                break\n            a[i, j] = a[i, j] * 2.0\n";
    let found = observed(left, &given, &[("for i", 100.0), ("for j", 700.0)], true).unwrap();
    assert_eq!((found.operations, found.bytes), (1400.0, 2.0 * 700.0 * 8.0));
    assert!(found.at_most);
    assert!(counted(left, &given).unwrap_err().contains("break"));
    // How often the outermost loop would have run is not known.
    let alone = "    # pragma sequential for\n    for i in range(n):\n        if a[i, 0] > 1.0:\n            break\n        a[i, 0] = 1.0\n";
    assert_eq!(
        observed(alone, &given, &[("for i", 7.0)], true).unwrap().operations,
        7.0
    );
    assert!(observed(alone, &given, &[("for i", 7.0)], false).is_err());
}
