use super::*;
use crate::ir::{Arena, Block, Handle, Input, Output, SideTable, Variable};
use crate::source::Span;

fn region(file: &SourceFile, from: &str, to: &str, inputs: &[&str], outputs: &[&str]) -> Region {
    let start = file.text().find(from).expect("the region starts somewhere") as u32;
    let end = (file.text().find(to).expect("the region ends somewhere") + to.len()) as u32;
    let mut region = Region {
        name: "f_L2".to_owned(),
        function: Some("f".to_owned()),
        span: Span { start, end },
        row: file.row(start),
        inputs: Arena::default(),
        arrays: Arena::default(),
        variables: Arena::default(),
        expressions: Arena::default(),
        spans: SideTable::default(),
        stores: Arena::default(),
        generators: Arena::default(),
        loops: Arena::default(),
        body: Block::default(),
        outputs: Vec::new(),
        grown: Vec::new(),
        bundled: Vec::new(),
        retained: Vec::new(),
        casts: Vec::new(),
        spreads: Vec::new(),
        replaced: Vec::new(),
        told: Vec::new(),
        callees: Vec::new(),
        augmented: Vec::new(),
        chained: Vec::new(),
        tupled: Vec::new(),
        single: Vec::new(),
        attributed: Vec::new(),
        array_directives: Vec::new(),
        elementwise: false,
        at_once: false,
        requirements: Vec::new(),
        asserts: false,
        supposing: false,
        exact_locals: false,
    };
    for name in inputs {
        region.inputs.append(Input {
            name: (*name).to_owned(),
            root: (*name).to_owned(),
            steps: Vec::new(),
            span: Span::default(),
            annotation: None,
        });
    }
    for name in outputs {
        let variable: Handle<Variable> = region.variables.append(Variable {
            name: (*name).to_owned(),
            initial: None,
            temporary: false,
            storage: None,
            there: None,
            span: Span::default(),
        });
        region.outputs.push(Output {
            variable,
            name: (*name).to_owned(),
            gives: crate::ir::Gives::Number,
        });
    }
    region
}

#[test]
fn a_region_becomes_a_call_with_the_loop_beside_it() {
    let file = SourceFile::new(
        "f.py",
        "def f(x, s):\n    for v in x:  # all\n        s += v  # one\n    return s\n",
    );
    let region = region(&file, "for v", "s += v", &["x", "s"], &["s"]);
    let rewritten = rewrite(&file, &[&region], &[], None);
    let expected = "def f(x, s):\n    if (_r := _fk.f_L2(x, s)) is None:\n        for v in x:  # all\n            s += v  # one\n    \
                    else:\n        (s,) = _r\n    return s\n";
    assert_eq!(rewritten.text, expected);
    assert_eq!(rewritten.line_map, [1, 2, 2, 3, 3, 3, 4, 5]);
    assert_eq!(rewritten.places, [1, 3, 4, 7, 8]);
}

#[test]
fn strings_keep_their_lines_and_files_their_endings() {
    let text = "_fk = _r = 1\r\nfor v in x:\r\n\tassert v, '''a\r\nb'''\r\n\r\n\t# c\r\n\ty[v] = 1";
    let file = SourceFile::new("f.py", text);
    let region = region(&file, "for v", "y[v] = 1", &["x", "y"], &["v"]);
    let rewritten = rewrite(&file, &[&region], &[], None);
    let expected = "_fk = _r = 1\r\nif (__r := __fk.f_L2(x, y)) is None:\r\n    for v in x:\r\n    \tassert v, '''a\r\nb'''\r\n\r\n    \
                    \t# c\r\n    \ty[v] = 1\r\nelse:\r\n    (v,) = __r\r\n";
    assert_eq!(rewritten.text, expected);
}

#[test]
fn the_header_marks_the_text_as_translated() {
    let file = SourceFile::new("f.py", "\"\"\"Doc.\"\"\"\nx = 1\n");
    let header = Header {
        row: 2,
        hash: "00ff".to_owned(),
    };
    let rewritten = rewrite(&file, &[], &[], Some(&header));
    assert!(is_translated(&rewritten.text) && !is_translated(file.text()));
    assert_eq!(rewritten.text.lines().nth(3), Some("_fk = _ferrokeet.load(__file__)"));
}
