//! Which comments are ours.

use super::dimensions::are_dimensions;
use super::openmp::is_directive;
use crate::diagnostics::closest;

/// Whose pragma a comment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recognised {
    /// Nobody's that we read.
    Foreign,
    /// A directive: its words start at `body` (a byte offset into the comment).
    Pragma {
        /// Who wrote it so.
        dialect: Dialect,
        /// Where the words start.
        body: usize,
    },
    /// APPy's dimension form, `:M=>parallel`, which starts at `body`.
    Dimensions {
        /// Where it starts.
        body: usize,
    },
    /// A comment that was surely meant as a pragma, but whose first word is misspelt and ends at `end`.
    Misspelt {
        /// Where the word starts.
        start: usize,
        /// Where the word ends.
        end: usize,
    },
}

/// The spellings of a pragma.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `# pragma …`, also APPy's.
    Ferrokeet,
    /// `#omp …` (Pythran), `#$ omp …` (Pyccel), `#pragma omp …`.
    OpenMp,
}

/// Tells whose a comment (with its `#`) is.
pub fn recognise(comment: &str) -> Recognised {
    let Some(marked) = comment.strip_prefix('#') else {
        return Recognised::Foreign;
    };
    let (dollar, after) = match marked.strip_prefix('$') {
        Some(rest) => (true, rest),
        None => (false, marked),
    };
    let start = comment.len() - after.trim_start().len();
    let (word, end) = word_at(comment, start);
    let body = skip_blanks(comment, end);
    let rest = &comment[body..];
    if word == "omp" && !rest.starts_with(':') && (dollar || is_directive(rest, start > 1)) {
        return Recognised::Pragma {
            dialect: Dialect::OpenMp,
            body,
        };
    }
    if dollar {
        return Recognised::Foreign;
    }
    if word != "pragma" {
        return misspelt(word, start, end, rest);
    }
    if are_dimensions(rest) {
        return Recognised::Dimensions { body };
    }
    if rest.starts_with(':') {
        return Recognised::Foreign;
    }
    match word_at(comment, body) {
        ("no" | "once", _) => Recognised::Foreign,
        ("omp", after) => Recognised::Pragma {
            dialect: Dialect::OpenMp,
            body: skip_blanks(comment, after),
        },
        (_, after) if comment[skip_blanks(comment, after)..].starts_with(':') => Recognised::Foreign,
        _ => Recognised::Pragma {
            dialect: Dialect::Ferrokeet,
            body,
        },
    }
}

/// `# pragam parallel for` is a slip; prose is not.
fn misspelt(word: &str, start: usize, end: usize, rest: &str) -> Recognised {
    let mut words = rest.split([' ', '\t', ',', '(']).filter(|word| !word.is_empty());
    let directive = match (words.next(), words.next()) {
        (Some("parallel" | "sequential"), second) => second.is_none_or(|second| second == "for"),
        (Some("simd" | "atomic"), second) => second.is_none(),
        _ => false,
    };
    if directive && closest(word, ["pragma"]).is_some() {
        Recognised::Misspelt { start, end }
    } else {
        Recognised::Foreign
    }
}

fn word_at(text: &str, start: usize) -> (&str, usize) {
    let rest = &text[start..];
    let length = rest
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(rest.len());
    (&rest[..length], start + length)
}

fn skip_blanks(text: &str, at: usize) -> usize {
    text.len() - text[at..].trim_start().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(comment: &str) -> Option<&str> {
        match recognise(comment) {
            Recognised::Pragma { body, .. } => Some(&comment[body..]),
            _ => None,
        }
    }

    #[test]
    fn ours() {
        assert_eq!(body("# pragma parallel for"), Some("parallel for"));
        assert_eq!(body("#pragma parallel for"), Some("parallel for"));
        assert_eq!(body("#\tpragma\tsimd"), Some("simd"));
        assert_eq!(body("#omp parallel for"), Some("parallel for"));
        assert_eq!(body("# omp parallel for"), Some("parallel for"));
        assert_eq!(body("#$ omp parallel for"), Some("parallel for"));
        assert_eq!(body("# pragma omp parallel for"), Some("parallel for"));
        assert_eq!(body("# pragma"), Some(""));
        assert_eq!(body("# pragma nonsense"), Some("nonsense"));
    }

    #[test]
    fn other_peoples() {
        for comment in [
            "# pragma: no cover",
            "#pragma:no cover",
            "# pragma : no branch",
            "# pragma no cover",
            "# pragma once",
            "# pragmatic choice",
            "# a pragma parallel for",
            "# omp is nice",
            "# omp for loops are fast",
            "#omp is nice",
            "#omp: parallel for",
            "#omp_set_num_threads(4)",
            "# pragma: a => b",
            "#",
            "# noqa",
            "#!pragma",
            "#$ header",
            "# pragma mark: section",
            "# program parallel lines",
            "## pragma parallel for",
        ] {
            assert_eq!(recognise(comment), Recognised::Foreign, "{comment}");
        }
    }

    #[test]
    fn slips_and_dimensions() {
        assert_eq!(
            recognise("# pragam parallel for"),
            Recognised::Misspelt { start: 2, end: 8 }
        );
        assert_eq!(recognise("# PRAGMA simd"), Recognised::Misspelt { start: 2, end: 8 });
        assert_eq!(
            recognise("#pragma :M=>parallel :N=>reduce(sum)"),
            Recognised::Dimensions { body: 8 }
        );
        assert_eq!(recognise("#pragma 1:M-1=>parallel"), Recognised::Dimensions { body: 8 });
    }
}
