use super::*;

fn position(row: u32, column: u32) -> Position {
    Position { row, column }
}

#[test]
fn rows_and_columns_count_characters_from_one() {
    let file = SourceFile::new("a.py", "α = 1\r\n\tβ = 2\rγ\n");
    assert_eq!(file.position(0), position(1, 1));
    assert_eq!(file.position(3), position(1, 3));
    assert_eq!(file.row(8), 2);
    assert_eq!(file.line(2), "\tβ = 2");
    assert_eq!(file.line(3), "γ");
    assert_eq!(file.line(4), "");
    assert_eq!(file.line(9), "");
    assert_eq!(file.newline(), "\r\n");
    assert_eq!(file.indentation(file.text().find('β').unwrap() as u32), "\t");
}

#[test]
fn offset_is_the_inverse_of_position() {
    let file = SourceFile::new("a.py", "α = 1\r\n\tβ = 2\rγ");
    for (at, c) in file.text().char_indices().filter(|(_, c)| !matches!(c, '\r' | '\n')) {
        assert_eq!(file.offset(file.position(at as u32)), at as u32, "{c:?}");
    }
}

#[test]
fn encodings_round_trip() {
    for bytes in [
        &b"x = 1\r\n"[..],
        b"\xef\xbb\xbfx = '\xc3\xa9'\n",
        b"# -*- coding: latin-1 -*-\nx = '\xe9'\n",
        b"#!/usr/bin/python\n# vim: set fileencoding=iso-8859-15 :\nx = '\xa4'\n",
        b"# coding: cp1252\nx = '\x80'\n",
    ] {
        let file = SourceFile::from_bytes("a.py", bytes).unwrap();
        assert_eq!(file.encode(file.text()).unwrap(), bytes);
    }
    let euro = SourceFile::from_bytes("a.py", b"# coding: cp1252\nx = '\x80'\n").unwrap();
    assert!(euro.text().contains('€'));
}

#[test]
fn undecodable_files_say_why() {
    let error = |bytes: &[u8]| SourceFile::from_bytes("a.py", bytes).unwrap_err().message;
    assert_eq!(
        error(b"ok\n\xff"),
        "line 2 is not valid UTF-8 and the file declares no other encoding"
    );
    assert_eq!(
        error(b"# coding: klingon\n"),
        "the file's encoding `klingon` is not supported"
    );
    assert_eq!(
        error(b"\xef\xbb\xbf# coding: latin-1\n"),
        "the file declares `latin-1` after a UTF-8 mark"
    );
}

#[test]
fn a_cookie_after_code_is_no_cookie() {
    let file = SourceFile::from_bytes("a.py", b"x = 1\n# coding: klingon\n").unwrap();
    assert_eq!(file.encoding(), Encoding::Utf8);
}

#[test]
fn edits_apply_in_place_order() {
    let edits = [
        Edit::replace(Span::new(4, 5), "2"),
        Edit::insert(0, "yy"),
        Edit::insert(0, "z"),
        Edit::delete(Span::new(1, 2)),
    ];
    assert_eq!(apply_edits("x = 1", &edits).unwrap(), "yyzx= 2");
}

#[test]
fn overlapping_edits_are_refused() {
    let edits = [Edit::replace(Span::new(0, 3), "a"), Edit::replace(Span::new(2, 4), "b")];
    assert_eq!(apply_edits("x = 1", &edits), Err(EditError { span: Span::new(2, 4) }));
    assert!(apply_edits("x", &[Edit::delete(Span::new(0, 2))]).is_err());
    assert!(apply_edits("é", &[Edit::insert(1, "a")]).is_err());
}
