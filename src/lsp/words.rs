//! What directives and clauses mean, in a line each.

use crate::diagnostics::Code;
use crate::pragma::{self, DirectiveKind, Text};
use crate::source::Span;

/// A clause as it is offered and explained.
pub(super) struct Word {
    pub(super) name: &'static str,
    /// What stands in its parentheses, as an example; empty for a clause that stands alone.
    pub(super) example: &'static str,
    pub(super) meaning: &'static str,
}

/// The clauses, in the order in which they are offered. APPy's `to` and `from` change nothing and are not.
pub(super) const WORDS: &[Word] = &[
    word(
        "reduction",
        "+: s",
        "what the iterations combine, and how; usually inferred",
    ),
    word(
        "private",
        "t",
        "each iteration has its own, which starts unset; usually inferred",
    ),
    word(
        "firstprivate",
        "t",
        "each iteration has its own, which starts with the value from before the loop",
    ),
    word("lastprivate", "t", "private, and the last iteration's value survives"),
    word("shared", "x", "one variable for all iterations"),
    word("collapse", "2", "the next n nested loops are one iteration space"),
    word("schedule", "static", "how iterations are dealt out to threads"),
    word("num_threads", "4", "how many threads, a Python expression"),
    word(
        "if",
        "n > 1000",
        "serial where the condition, a Python expression, is false",
    ),
    word("simdlen", "8", "a wish for the number of lanes, a power of two"),
    word("tile", "32, 32", "tile sizes of the nested loops, outermost first"),
    word("unroll", "4", "how often the body is repeated"),
    word(
        "target",
        "cpu",
        "where to run: the processor, a GPU, or whichever is faster",
    ),
    word(
        "types",
        "x: f64[:]",
        "types of inputs, for translation ahead of the first call",
    ),
    word(
        "assume",
        "independent",
        "your word that no two iterations meet: nothing checks it",
    ),
    word(
        "fastmath",
        "",
        "what of the exact results may be given up; everything, or the licences named",
    ),
    word("atomic", "", "the updates in the body are indivisible"),
    word("sequential", "", "run in order after all"),
    word(
        "resident",
        "x, y",
        "arrays that only kernels look at during the statement",
    ),
    word("copyin", "x, y", "arrays that only kernels write during the statement"),
    word(
        "copyout",
        "x, y",
        "arrays that only kernels look at, and that kernels overwrite first",
    ),
];

const fn word(name: &'static str, example: &'static str, meaning: &'static str) -> Word {
    Word { name, example, meaning }
}

impl Word {
    /// `reduction(+: s)`, `atomic`.
    pub(super) fn written(&self) -> String {
        match self.example {
            "" => self.name.to_owned(),
            example => format!("{}({example})", self.name),
        }
    }

    /// Whether a directive takes it.
    pub(super) fn belongs_on(&self, kind: DirectiveKind) -> bool {
        let (_, diagnostics) = read(&format!("# pragma {} {}", kind.as_str(), self.written()));
        diagnostics.iter().all(|one| one.code != Code::MisplacedClause)
    }
}

/// What a directive means.
pub(super) const fn meaning(kind: DirectiveKind) -> &'static str {
    match kind {
        DirectiveKind::ParallelFor => "iterations may run at once, on several threads",
        DirectiveKind::Simd => "iterations run in lanes; control flow inside is masked",
        DirectiveKind::ParallelForSimd => "iterations are split between threads and lanes",
        DirectiveKind::SequentialFor => "native, in order; parallel loops inside keep their meaning",
        DirectiveKind::Parallel => "array expressions become loops, without temporaries",
        DirectiveKind::Atomic => "the update below is indivisible",
        DirectiveKind::Data => "arrays stay on the GPU during the statement below",
    }
}

/// What may stand in the parentheses of a clause, where that is one of a few words.
pub(super) fn choices(clause: &str) -> &'static [&'static str] {
    match clause {
        "schedule" => &["static", "dynamic", "guided", "auto"],
        "target" => &["cpu", "cuda", "auto"],
        "assume" => &["independent"],
        "fastmath" => &["contract", "reassoc", "arcp"],
        _ => &[],
    }
}

/// Types that are offered in `types(name: …)`.
pub(super) const TYPES: [&str; 12] = [
    "float",
    "int",
    "bool",
    "f64",
    "f32",
    "i64",
    "f64[:]",
    "f64[:, :]",
    "f32[:]",
    "f32[:, :]",
    "i64[:]",
    "i32[:]",
];

/// Reads a pragma that stands nowhere.
pub(super) fn read(text: &str) -> (Option<pragma::Directive>, Vec<crate::diagnostics::Diagnostic>) {
    let span = Span::new(0, text.len() as u32);
    pragma::parse(&[Text {
        text: text.to_owned(),
        span,
    }])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::diagnostics::Severity;
    use crate::infer::Kind;

    /// A pragma without errors.
    fn right(text: &str) {
        let (_, diagnostics) = read(text);
        let wrong: Vec<_> = diagnostics
            .iter()
            .filter(|one| one.severity == Severity::Error)
            .collect();
        assert!(wrong.is_empty(), "{text}: {wrong:?}");
    }

    #[test]
    fn every_clause_is_explained_by_an_example_that_is_right() {
        for name in pragma::CLAUSES.iter().filter(|name| !matches!(**name, "to" | "from")) {
            let word = WORDS.iter().find(|word| word.name == *name).expect(name);
            let kind = DirectiveKind::ALL.into_iter().find(|kind| word.belongs_on(*kind));
            right(&format!("# pragma {} {}", kind.expect(name).as_str(), word.written()));
        }
    }

    #[test]
    fn every_choice_is_right() {
        for word in WORDS {
            for choice in choices(word.name) {
                right(&format!("# pragma parallel for {}({choice})", word.name));
            }
        }
        for ty in TYPES {
            right(&format!("# pragma parallel for types(x: {ty})"));
        }
    }

    /// The grammar with which VS Code colours pragmas before the server is there.
    const GRAMMAR: &str = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/editors/vscode/syntaxes/pragma.json"
    ));

    /// The words in a pattern of the grammar.
    fn grammar(place: &str) -> BTreeSet<String> {
        let grammar: Value = serde_json::from_str(GRAMMAR).unwrap();
        let pattern = grammar.pointer(place).and_then(Value::as_str).expect(place);
        let mut plain = pattern.to_owned();
        for escape in ["\\b", "\\s", "\\w", "\\d"] {
            plain = plain.replace(escape, " ");
        }
        let words = plain.split(|c: char| !c.is_alphanumeric() && c != '_');
        let words = words.filter(|word| word.starts_with(char::is_alphabetic));
        words.map(str::to_owned).collect()
    }

    fn set<'a>(words: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
        words.into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn the_grammar_has_every_word_of_the_language() {
        let parts = || DirectiveKind::ALL.into_iter().flat_map(|kind| kind.as_str().split(' '));
        assert_eq!(grammar("/repository/directive/match"), set(parts()));
        let first = DirectiveKind::ALL.map(|kind| kind.as_str().split(' ').next().unwrap_or_default());
        assert_eq!(grammar("/patterns/0/begin"), set(first.into_iter().chain(["pragma"])));
        let clauses = pragma::CLAUSES.iter().copied();
        let clauses = clauses.filter(|name| !parts().any(|part| part == *name));
        let clauses = set(clauses);
        assert_eq!(grammar("/repository/clause/patterns/0/begin"), clauses);
        assert_eq!(grammar("/repository/clause/patterns/1/match"), clauses);
        let properties = pragma::PROPERTIES.into_iter().chain(["pragma"]);
        assert_eq!(grammar("/patterns/2/begin"), set(properties));
        let chosen = WORDS.iter().flat_map(|word| choices(word.name).iter().copied());
        assert_eq!(grammar("/repository/choice/match"), set(chosen));
        let types = grammar("/repository/type/match");
        types
            .iter()
            .for_each(|name| right(&format!("# pragma parallel for types(x: {name})")));
        let known = Kind::ALL.into_iter().map(Kind::name);
        let known = known.chain(TYPES.iter().filter_map(|name| name.split('[').next()));
        assert!(types.is_superset(&set(known)), "{types:?}");
        let operators = grammar("/repository/operator/match");
        let known = pragma::ReductionOperator::ALL.map(pragma::ReductionOperator::as_str);
        let known = known.into_iter().filter(|name| name.starts_with(char::is_alphabetic));
        assert!(operators.is_superset(&set(known)), "{operators:?}");
    }
}
