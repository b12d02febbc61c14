//! Which line of Python each line of generated Rust or CUDA comes from.

/// The rows of Python for each line of a kernel's text; `None`: of the region as a whole.
///
/// Generated code carries the Python line that it comes from as a comment in front (`// 15: total += value[k]`); what follows
/// belongs to it until the block ends in which the comment stands, or another such comment comes.
pub(super) fn rows(text: &str) -> Vec<Option<u32>> {
    let mut open: Vec<(usize, u32)> = Vec::new();
    let line = |line: &str| {
        let inside = line.trim_start();
        let indentation = line.len() - inside.len();
        if !inside.is_empty() {
            open.retain(|(outer, _)| *outer <= indentation);
        }
        if let Some(row) = commented(inside) {
            open.retain(|(outer, _)| *outer < indentation);
            open.push((indentation, row));
        }
        open.last().map(|(_, row)| *row)
    };
    text.lines().map(line).collect()
}

/// The row that a comment names.
fn commented(line: &str) -> Option<u32> {
    let (number, _) = line.strip_prefix("// ")?.split_once(": ")?;
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn lines_belong_to_the_comment_in_front_of_their_block() {
        let text = "fn fast() {\n    // 3: for i in range(n):\n    {\n        let i = 1;\n        // 4: x[i] = 0.0\n        \
                    store();\n    }\n    // 5: y = 1\n    y();\n}\nfn other() {}";
        let expected = [
            None,
            Some(3),
            Some(3),
            Some(3),
            Some(4),
            Some(4),
            Some(3),
            Some(5),
            Some(5),
            None,
            None,
        ];
        assert_eq!(super::rows(text), expected);
    }
}
