//! Cells of a notebook as Python.
//!
//! Magics and shell commands are not Python: each becomes `0` and blanks, as long as it was, so that every offset stays
//! where it is. A cell of another language (`%%bash`) is blank.

/// Cell magics whose cell is Python all the same.
const PYTHON: [&str; 9] = [
    "ferrokeet",
    "time",
    "timeit",
    "capture",
    "prun",
    "memit",
    "mprun",
    "snakeviz",
    "python",
];

/// The text of a cell without what is no Python.
pub(super) fn python(cell: &str) -> String {
    let first = cell.trim_start();
    let magic = first.strip_prefix("%%").map(|rest| {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
        &rest[..end.unwrap_or(rest.len())]
    });
    if magic.is_some_and(|magic| !PYTHON.contains(&magic)) {
        return blank(cell);
    }
    let mut continued = false;
    let mut text = String::with_capacity(cell.len());
    for line in cell.split_inclusive('\n') {
        if continued || is_magic(line) {
            text += &without(line, continued);
            continued = line.trim_end().ends_with('\\');
        } else {
            text += line;
        }
    }
    text
}

/// Whether a line is for IPython: `%magic`, `!command`, `?help`, `help?`, `x = %magic`, `x = !command`.
fn is_magic(line: &str) -> bool {
    let text = line.trim();
    if text.starts_with(['%', '!', '?']) {
        return true;
    }
    let is_name = |text: &str| {
        let mut chars = text.chars();
        chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
            && chars.all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | ','))
    };
    if let Some(asked) = text.strip_suffix('?') {
        return is_name(asked.trim_end_matches('?'));
    }
    text.split_once('=')
        .is_some_and(|(target, value)| is_name(&target.replace(' ', "")) && value.trim_start().starts_with(['%', '!']))
}

/// Blanks in place of a line, and `0` where its text started.
fn without(line: &str, continued: bool) -> String {
    let indentation = line.len() - line.trim_start().len();
    match line.trim().is_empty() || continued {
        true => blank_line(line),
        false => format!("{}0{}", &line[..indentation], blank_line(&line[indentation + 1..])),
    }
}

/// Blanks in place of a text, its lines kept.
pub(super) fn blank(text: &str) -> String {
    text.split_inclusive('\n').map(blank_line).collect()
}

fn blank_line(line: &str) -> String {
    let end = line.trim_end_matches(['\r', '\n']).len();
    format!("{}{}", " ".repeat(end), &line[end..])
}

#[cfg(test)]
mod tests {
    use super::python;

    #[test]
    fn magics_become_blanks_of_the_same_length() {
        let cell = "%matplotlib inline\nx = !ls α\nif x:\n    %time y\nx?\nprint(x % 2, x != 3)\n!make \\\n   all\n";
        let text = python(cell);
        assert_eq!(text.len(), cell.len());
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        assert_eq!(lines, ["0", "0", "if x:", "0", "0", "print(x % 2, x != 3)", "0", ""]);
    }

    #[test]
    fn cells_of_other_languages_are_blank() {
        assert_eq!(python("%%bash\nls é\n").trim(), "");
        assert_eq!(python("%%bash\nls é\n").len(), "%%bash\nls é\n".len());
        assert!(python("%%ferrokeet\nfor i in x: pass\n").contains("for i in x: pass"));
    }
}
