use proptest::prelude::*;

use super::walk::{NameUse, Use, names_in};
use super::*;

fn module(text: &str) -> Module {
    let module = parse(text);
    assert_eq!(module.errors, [], "{text}");
    module
}

fn only(text: &str) -> Statement {
    let [statement] = <[_; 1]>::try_from(module(text).body).unwrap();
    statement
}

fn expression(text: &str) -> ExpressionKind {
    parse_expression(text, Span::new(0, text.len() as u32))
        .unwrap_or_else(|| panic!("{text}"))
        .kind
}

#[test]
fn snapshot_of_statements() {
    let text = include_str!("../../snapshots/programs/statements.py");
    insta_settings().bind(|| insta::assert_debug_snapshot!("python_statements", module(text).body));
}

#[test]
fn snapshot_of_errors() {
    let text = "def f(x):\n    y = = 2\n    for i in range(3):\n        x[i] = 1\n    return x +\n\nz = 1\nfor j in z z:\n    pass\n";
    insta_settings().bind(|| insta::assert_debug_snapshot!("python_errors", parse(text)));
}

fn insta_settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings
}

#[test]
fn literals() {
    assert_eq!(expression("1_000"), ExpressionKind::Integer("1_000".into()));
    assert_eq!(expression("0xFF"), ExpressionKind::Integer("0xFF".into()));
    assert_eq!(expression("1e-3"), ExpressionKind::Float(1e-3));
    assert_eq!(expression("1_0.5"), ExpressionKind::Float(10.5));
    assert_eq!(expression("2."), ExpressionKind::Float(2.0));
    assert_eq!(expression("2.5j"), ExpressionKind::Imaginary(2.5));
    assert_eq!(expression("3J"), ExpressionKind::Imaginary(3.0));
    assert_eq!(
        expression(r#""a\x41\n" 'b'"#),
        ExpressionKind::String(Some("aA\nb".into()))
    );
    assert_eq!(expression(r#"r"\n""#), ExpressionKind::String(Some("\\n".into())));
    assert_eq!(expression(r#""\N{BULLET}""#), ExpressionKind::String(None));
    assert_eq!(expression("b'x'"), ExpressionKind::Bytes);
    assert_eq!(expression("..."), ExpressionKind::Ellipsis);
    assert!(parse_expression("10L", Span::new(0, 3)).is_none_or(|e| matches!(e.kind, ExpressionKind::Error { .. })));
}

#[test]
fn logical_operators_are_flat_and_comparisons_are_chains() {
    let ExpressionKind::Logical {
        operator: LogicalOperator::And,
        operands,
    } = expression("a and b and (c and d)")
    else {
        panic!()
    };
    assert_eq!(operands.len(), 3);
    let ExpressionKind::Compare { operands, operators } = expression("a < b <= c is not d not in e") else {
        panic!()
    };
    assert_eq!(operands.len(), 5);
    assert_eq!(operators[2..], [CompareOperator::IsNot, CompareOperator::NotIn]);
}

#[test]
fn subscripts() {
    let index = |text| match expression(text) {
        ExpressionKind::Subscript { index, .. } => index.kind,
        other => panic!("{other:?}"),
    };
    assert!(matches!(index("a[i]"), ExpressionKind::Name(_)));
    assert!(matches!(index("a[i,]"), ExpressionKind::Tuple(elements) if elements.len() == 1));
    assert!(matches!(index("a[(i, j)]"), ExpressionKind::Tuple(elements) if elements.len() == 2));
    assert!(matches!(index("a[i, ::2]"), ExpressionKind::Tuple(elements) if elements.len() == 2));
    let ExpressionKind::Slice {
        lower: None,
        upper: Some(_),
        step: Some(_),
    } = index("a[:n:2]")
    else {
        panic!()
    };
    let ExpressionKind::Slice {
        lower: None,
        upper: None,
        step: Some(_),
    } = index("a[::n]")
    else {
        panic!()
    };
    let ExpressionKind::Slice {
        lower: Some(_),
        upper: None,
        step: None,
    } = index("a[n:]")
    else {
        panic!()
    };
}

#[test]
fn annotations_are_expressions() {
    let text =
        "def f(x: NDArray[np.float32], y: Float64[Array, 'n m'], z: np.f64[:, :], w: 'f64[:]', v: int | None): pass\n";
    let StatementKind::Function(function) = only(text).kind else {
        panic!()
    };
    let annotations: Vec<_> = function
        .parameters
        .iter()
        .map(|p| &p.annotation.as_ref().unwrap().kind)
        .collect();
    assert!(matches!(annotations[0], ExpressionKind::Subscript { .. }));
    assert!(matches!(annotations[1], ExpressionKind::Subscript { index, .. } if index.children().len() == 2));
    assert!(matches!(annotations[2], ExpressionKind::Subscript { index, .. } if index.children().len() == 2));
    assert!(matches!(annotations[3], ExpressionKind::String(Some(_))));
    assert!(matches!(
        annotations[4],
        ExpressionKind::Binary {
            operator: BinaryOperator::BitOr,
            ..
        }
    ));
}

#[test]
fn parameters_know_how_arguments_reach_them() {
    let StatementKind::Function(function) = only("def f(a, /, b, *c: int, d=1, **e): pass\n").kind else {
        panic!()
    };
    let kinds: Vec<_> = function
        .parameters
        .iter()
        .map(|p| (p.name.text.as_str(), p.kind))
        .collect();
    use ParameterKind::*;
    assert_eq!(
        kinds,
        [
            ("a", PositionalOnly),
            ("b", Standard),
            ("c", Star),
            ("d", KeywordOnly),
            ("e", DoubleStar)
        ]
    );
}

#[test]
fn spans_cover_bodies_but_not_trailing_comments() {
    let text = "for i in r:  # c\n    x = i\n    # trailing\n\ny = 1\n";
    let statement = &module(text).body[0];
    assert_eq!(&text[statement.span.range()], "for i in r:  # c\n    x = i");
    let StatementKind::For(node) = &statement.kind else {
        panic!()
    };
    assert_eq!(&text[node.header.range()], "for i in r:");
}

#[test]
fn comments_know_whether_they_are_alone() {
    let text = "# α\nx = 1  # b\r\n\t# c\r\n";
    let comments: Vec<_> = parse(text)
        .comments
        .iter()
        .map(|c| (&text[c.span.range()], c.alone))
        .collect();
    assert_eq!(comments, [("# α", true), ("# b", false), ("# c", true)]);
}

#[test]
fn non_ascii_identifiers_and_odd_line_ends() {
    let text = "größe = 1\r\nπ = größe\rb = π\n";
    let names: Vec<_> = module(text)
        .body
        .iter()
        .map(|s| text[s.span.range()].to_owned())
        .collect();
    assert_eq!(names, ["größe = 1", "π = größe", "b = π"]);
}

#[test]
fn the_rest_of_a_broken_file_is_as_good_as_ever() {
    let module = parse("def f(x):\n    y = = 1\n\nx = 1 +\n\ndef g(y):\n    for i in range(3):\n        y[i] = 0\n");
    assert!(!module.errors.is_empty());
    let found = module
        .body
        .iter()
        .any(|s| matches!(&s.kind, StatementKind::Function(f) if f.name.text == "g"));
    assert!(found, "{module:#?}");
}

#[test]
fn python_two_and_missing_bodies_are_errors() {
    for text in [
        "print 'x'\n",
        "exec 'x'\n",
        "for i in x:\n",
        "if x:\n    # nothing\ny = 1\n",
        "a <> b\n",
        "x = 10L\n",
    ] {
        let module = parse(text);
        let mut broken = !module.errors.is_empty();
        walk::statements(&module.body, &mut |s| {
            broken |= names_in(std::slice::from_ref(s)).iter().any(|u| u.how == Use::Anything)
        });
        broken |= format!("{module:?}").contains("Error");
        assert!(broken, "{text}: {module:#?}");
    }
}

#[test]
fn deep_nesting_is_unsupported_and_keeps_its_names() {
    let deep = format!("x = {}y{}\n", "(-".repeat(5000), ")".repeat(5000));
    let uses = |text: &str| -> Vec<String> {
        names_in(&parse(text).body)
            .iter()
            .map(|this| format!("{}:{:?}", this.name, this.how))
            .collect()
    };
    assert!(uses(&deep).contains(&"y:Anything".to_owned()));
    let chain = format!("x = {}y\n", "a + ".repeat(20_000));
    assert!(uses(&chain).contains(&"a:Anything".to_owned()));
    let branches: String = (0..3000).map(|n| format!("elif x == {n}:\n    z{n} = 1\n")).collect();
    assert!(uses(&format!("if x:\n    pass\n{branches}")).contains(&"z2999:Anything".to_owned()));
    let indented: String = (0..90).map(|n| format!("{}if x:\n", " ".repeat(n))).collect();
    assert!(uses(&format!("{indented}{}y = 1\n", " ".repeat(90))).contains(&"y:Bind".to_owned()));
}

fn uses(text: &str) -> Vec<(String, Use)> {
    let module = parse(text);
    let show = |this: &NameUse<'_>| (this.name.to_owned(), this.how);
    names_in(&module.body).iter().map(show).collect()
}

fn assert_uses(text: &str, expected: &[(&str, Use)]) {
    let expected: Vec<_> = expected.iter().map(|(name, how)| ((*name).to_owned(), *how)).collect();
    assert_eq!(uses(text), expected, "{text}");
}

#[test]
fn names_of_every_construct() {
    use Use::*;
    assert_uses(
        "a[i], b.c, d = e\n",
        &[("e", Read), ("a", Read), ("i", Read), ("b", Read), ("d", Bind)],
    );
    assert_uses("s += x\n", &[("s", Read), ("x", Read), ("s", Bind)]);
    assert_uses("a[i] += x\n", &[("a", Read), ("i", Read), ("x", Read)]);
    assert_uses("for i, *j in z:\n    pass\n", &[("z", Read), ("i", Bind), ("j", Bind)]);
    assert_uses("if (n := f(x)): pass\n", &[("f", Read), ("x", Read), ("n", Bind)]);
    assert_uses("del x, y[0]\n", &[("x", Delete), ("y", Read)]);
    assert_uses("import a.b, c.d as e\n", &[("a", Bind), ("e", Bind)]);
    assert_uses("x: int\n", &[("int", Read)]);
    assert_uses(
        "f(a, *b, k=c, **d)\n",
        &[("f", Read), ("a", Read), ("b", Read), ("c", Read), ("d", Read)],
    );
    assert_uses("f'{x!r:>{w}} {y=}'\n", &[("x", Read), ("w", Read), ("y", Read)]);
    assert_uses(
        "with a as (b, c): d\n",
        &[("a", Read), ("b", Bind), ("c", Bind), ("d", Read)],
    );
    assert_uses(
        "try: a\nexcept E as e: b\n",
        &[("a", Read), ("E", Read), ("e", Bind), ("b", Read), ("e", Delete)],
    );
    assert_uses("global g\n", &[("g", Anything)]);
}

#[test]
fn nested_scopes_report_what_they_capture() {
    use Use::*;
    assert_uses(
        "def f(a, b=d):\n    c = a + e\n    return c\n",
        &[("d", Read), ("e", Captured), ("f", Bind)],
    );
    assert_uses(
        "def f():\n    nonlocal s\n    s += 1\n",
        &[("s", Anything), ("s", Captured), ("s", Anything), ("f", Bind)],
    );
    assert_uses(
        "g = lambda x, y=z: x + y + w\n",
        &[("z", Read), ("w", Captured), ("g", Bind)],
    );
    assert_uses("[x + y for x in z if x]\n", &[("z", Read), ("z", Read), ("y", Read)]);
    assert_uses("[x for x in x]\n", &[("x", Read)]);
    assert_uses("class C(B):\n    n = m\n", &[("B", Read), ("m", Read), ("C", Bind)]);
}

#[test]
fn match_statements_tell_captures_from_reads() {
    use Use::*;
    let text = "match p:\n    case Point(x=0, y=y) | m.K as q if g:\n        r = y\n    case _:\n        pass\n";
    assert_uses(
        text,
        &[
            ("p", Read),
            ("Point", Read),
            ("m", Read),
            ("y", Bind),
            ("q", Bind),
            ("g", Read),
            ("y", Read),
            ("r", Bind),
        ],
    );
}

#[test]
fn expressions_keep_the_places_of_their_file() {
    let text = "# pragma parallel for if(n > limit)";
    let at = text.find("n > limit").unwrap() as u32;
    let parsed = parse_expression(text, Span::new(at, at + 9)).unwrap();
    let names: Vec<_> = walk::names_of(&parsed)
        .iter()
        .map(|this| &text[this.span.range()])
        .collect();
    assert_eq!(names, ["n", "limit"]);
    assert!(parse_expression("n >", Span::new(0, 3)).is_none());
    assert!(parse_expression("a = b", Span::new(0, 5)).is_none());
    assert!(parse_expression("a\nb", Span::new(0, 3)).is_none());
}

proptest! {
    #[test]
    fn any_text_parses(text in "(?s).{0,200}") {
        let module = parse(&text);
        let _ = names_in(&module.body);
    }

    #[test]
    fn any_soup_of_tokens_parses(
        tokens in prop::collection::vec(
            prop::sample::select(vec![
                "for", " ", "x", "in", ":", "\n", "    ", "(", ")", "[", "]", "if", "else", "=", "+=", ",", "1", "'", "def",
                "f", "# pragma parallel for", "\r", "\t", "lambda", "*", "{", "}", "match", "case", "try", "with", "as", "@",
                ".", "print", "\\\n", "f'{", "yield", "class", "é", "elif", "while", "return", ":=", "not", "and",
            ]),
            0..60,
        )
    ) {
        let text = tokens.concat();
        let module = parse(&text);
        for this in names_in(&module.body) {
            prop_assert_eq!(&text[this.span.range()].split(['.', ' ']).next().unwrap_or_default().is_empty(), &false);
        }
    }
}
