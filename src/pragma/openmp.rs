//! OpenMP's directives and clauses, as Pythran and Pyccel write them, in our words.
//!
//! A comment takes one of five [`Stance`]s. A *directive* is read like one of ours, after [`adapt`] has put our words for
//! OpenMP's and taken out what has no counterpart here, each with its diagnostic. A *region*, `omp parallel` alone, lends
//! its clauses to the loops inside. An *end* closes something that Python's indentation closes as well. What is *fulfilled*
//! asks for something that holds anyway: a loop is over before the statement behind it starts. What is *refused* speaks of
//! threads, which the language here does not know: the statement runs as Python would run it.

use super::scan::{Scanned, Token, Word, scan};
use super::{CLAUSES, Text};
use crate::diagnostics::{Code, Diagnostic, closest};
use crate::source::Span;

/// What an OpenMP comment is to us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stance {
    /// A directive of a loop or an update.
    Directive,
    /// `parallel` without a loop: the statements that every thread runs.
    Region,
    /// `end …`
    End,
    /// Holds without a word.
    Fulfilled {
        /// The directive's words.
        word: Text,
        /// Why.
        reason: &'static str,
    },
    /// Is not read.
    Refused {
        /// The directive's words.
        word: Text,
        /// Why.
        reason: &'static str,
    },
}

/// The words that begin a directive.
const DIRECTIVES: [&str; 29] = [
    "parallel",
    "for",
    "do",
    "simd",
    "loop",
    "atomic",
    "end",
    "barrier",
    "flush",
    "taskwait",
    "taskyield",
    "critical",
    "single",
    "master",
    "masked",
    "sections",
    "section",
    "task",
    "taskloop",
    "taskgroup",
    "ordered",
    "cancel",
    "cancellation",
    "threadprivate",
    "declare",
    "target",
    "teams",
    "distribute",
    "workshare",
];

/// Clauses of OpenMP that are not ours.
const OTHER_CLAUSES: [&str; 33] = [
    "default",
    "nowait",
    "ordered",
    "copyin",
    "copyprivate",
    "proc_bind",
    "linear",
    "aligned",
    "safelen",
    "nontemporal",
    "order",
    "untied",
    "final",
    "mergeable",
    "depend",
    "priority",
    "grainsize",
    "num_tasks",
    "nogroup",
    "map",
    "device",
    "num_teams",
    "thread_limit",
    "dist_schedule",
    "allocate",
    "is_device_ptr",
    "use_device_ptr",
    "filter",
    "hint",
    "update",
    "capture",
    "seq_cst",
    "in_reduction",
];

/// Whether a comment with the words `rest` behind `omp` is a directive or prose. A blank before `omp` makes prose likelier
/// (`spaced`): then every word has to be one of OpenMP's, or some clause has its argument.
pub(super) fn is_directive(rest: &str, spaced: bool) -> bool {
    let text = Text {
        text: format!("# pragma {}", rest.split('#').next().unwrap_or_default()),
        span: Span::at(0),
    };
    let Some(scanned) = scan(&text) else { return false };
    let (mut strange, mut arguments) = (0, 0);
    for token in &scanned.tokens {
        match token {
            Token::Word(word) if is_known(&word.name.text) => arguments += u32::from(word.argument.is_some()),
            Token::Word(_) | Token::Junk(_) => strange += 1,
        }
    }
    let Some(Token::Word(first)) = scanned.tokens.first() else {
        return false;
    };
    let name = first.name.text.as_str();
    let begins = DIRECTIVES.contains(&name);
    let slip = !begins && closest(name, DIRECTIVES).is_some();
    match spaced {
        true => begins && (strange == 0 || arguments > 0) || slip && arguments > 0,
        false => (begins || slip) && (strange - i32::from(slip) <= 1 || arguments > 0),
    }
}

fn is_known(word: &str) -> bool {
    DIRECTIVES.contains(&word) || OTHER_CLAUSES.contains(&word) || CLAUSES.contains(&word)
}

/// What an OpenMP comment is to us.
pub fn stance(comment: &Text) -> Stance {
    let words: Vec<Word> = scan(comment)
        .map(|scanned| scanned.tokens)
        .unwrap_or_default()
        .into_iter()
        .filter_map(|token| match token {
            Token::Word(word) => Some(word),
            Token::Junk(_) => None,
        })
        .collect();
    let Some(first) = words.first() else {
        return Stance::Directive;
    };
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.name.text.as_str()));
    let loops = has(&["for", "do", "loop", "simd", "distribute"]);
    let second = words.get(1).map_or("", |word| word.name.text.as_str());
    let name = canonical(&first.name.text);
    let two = || match words.get(1) {
        Some(word) if word.argument.is_none() => Text {
            text: format!("{name} {}", word.name.text),
            span: first.name.span.join(word.name.span),
        },
        _ => named(first, name),
    };
    if let Some(reason) = fulfilled(name) {
        let word = named(first, name);
        return Stance::Fulfilled { word, reason };
    }
    match name {
        "end" => Stance::End,
        "parallel" if ["sections", "master", "masked", "workshare"].contains(&second) => Stance::Refused {
            word: two(),
            reason: refused(second),
        },
        "parallel" if !loops => Stance::Region,
        "atomic" if ["read", "write", "capture", "compare"].contains(&second) => Stance::Refused {
            word: two(),
            reason: "the only indivisible statement is an update, `x[...] += e`",
        },
        "target" | "teams" | "distribute" if loops => Stance::Directive,
        "for" | "do" | "simd" | "loop" | "atomic" | "parallel" => Stance::Directive,
        _ if DIRECTIVES.contains(&name) => Stance::Refused {
            word: named(first, name),
            reason: refused(name),
        },
        _ => Stance::Directive,
    }
}

/// Whether a directive shares out a loop among the threads of a region around it: `for` without `parallel`.
pub fn shares_out(comment: &Text) -> bool {
    let tokens = scan(comment).map(|scanned| scanned.tokens).unwrap_or_default();
    let has = |wanted: &[&str]| {
        tokens
            .iter()
            .any(|token| matches!(token, Token::Word(word) if wanted.contains(&word.name.text.as_str())))
    };
    has(&["for", "do", "loop"]) && !has(&["parallel"])
}

fn named(word: &Word, name: &str) -> Text {
    Text {
        text: name.to_owned(),
        span: word.name.span,
    }
}

/// The directive that a word is, perhaps misspelt.
fn canonical(word: &str) -> &str {
    match closest(word, DIRECTIVES) {
        Some(meant) if !is_known(word) => meant,
        _ => word,
    }
}

fn fulfilled(name: &str) -> Option<&'static str> {
    Some(match name {
        "barrier" => "a loop is over before the statement behind it starts",
        "flush" => "what a loop has written is seen by every statement behind it",
        "taskwait" | "taskyield" => "statements run one after the other",
        _ => return None,
    })
}

fn refused(name: &str) -> &'static str {
    match name {
        "critical" => {
            "iterations have no statements that exclude each other; an update `x[k] += e` can be `atomic`, and an update \
             of a variable is recognised as a reduction"
        }
        "single" | "master" | "masked" => "a statement outside of loops runs once, whatever the number of threads",
        "sections" | "section" | "workshare" => {
            "statements are not shared out among threads, iterations are: write a loop over the sections"
        }
        "task" | "taskloop" | "taskgroup" => "there are no tasks; iterations of a `parallel for` run at once",
        "ordered" => "a loop whose iterations have an order is a `sequential for`",
        "cancel" | "cancellation" => "a loop ends early by `break`, in order",
        "threadprivate" => "variables of a region live in its iterations, not in threads",
        "declare" => "functions of the file are known by their text, and nothing is declared of them",
        _ => "arrays move between devices by themselves, and the grid is chosen from the iteration space",
    }
}

/// Puts our words for OpenMP's and takes out what is not ours, with a diagnostic for each. Of a region (`lent`), the
/// clauses alone are left.
pub(super) fn adapt(scanned: Scanned, lent: bool, diagnostics: &mut Vec<Diagnostic>) -> Scanned {
    let names: Vec<String> = scanned.tokens.iter().filter_map(name_of).collect();
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    let mut adapter = Adapter {
        diagnostics,
        lent,
        shared_out: has("for") || has("do"),
        atomic: has("atomic"),
    };
    let alone = !lent && !has("parallel");
    let mut tokens: Vec<Token> = scanned
        .tokens
        .into_iter()
        .filter_map(|token| match token {
            Token::Word(word) if !word.unclosed => adapter.word(word).map(Token::Word),
            other => Some(other),
        })
        .collect();
    // `for` shares out among threads that are there already; here it makes them.
    let shared_out = tokens
        .iter()
        .position(|token| name_of(token).is_some_and(|name| name == "for"));
    if let Some(at) = shared_out.filter(|_| alone)
        && let Token::Word(word) = &tokens[at]
    {
        let mut parallel = word.clone();
        parallel.name.text = "parallel".to_owned();
        tokens.insert(at, Token::Word(parallel));
    }
    Scanned { tokens, ..scanned }
}

fn name_of(token: &Token) -> Option<String> {
    match token {
        Token::Word(word) => Some(word.name.text.clone()),
        Token::Junk(_) => None,
    }
}

struct Adapter<'a> {
    diagnostics: &'a mut Vec<Diagnostic>,
    lent: bool,
    /// Whether `for` or `do` is there, so that `loop` and `distribute` add nothing.
    shared_out: bool,
    atomic: bool,
}

impl Adapter<'_> {
    fn word(&mut self, mut word: Word) -> Option<Word> {
        match word.name.text.as_str() {
            "parallel" if self.lent => return None,
            "do" => word.name.text = "for".to_owned(),
            "loop" | "distribute" if self.shared_out => return None,
            "loop" | "distribute" => word.name.text = "for".to_owned(),
            "update" | "seq_cst" | "hint" if self.atomic => return None,
            "target" if word.argument.is_none() => return self.drop(&word),
            "default" => return self.default(&word),
            "schedule" => self.schedule(&mut word),
            "reduction" => return self.reduction(word),
            "if" => without_modifier(&mut word),
            "copyin" | "copyprivate" | "ordered" => return self.refuse(&word),
            name if super::clauses::of_openmp(name).is_some() => return self.drop(&word),
            name if OTHER_CLAUSES.contains(&name) => return self.refuse(&word),
            _ => {}
        }
        Some(word)
    }

    /// Leaves out what changes nothing.
    fn drop(&mut self, word: &Word) -> Option<Word> {
        let name = &word.name.text;
        let message = format!("`{name}` has nothing to do here");
        let diagnostic = Diagnostic::new(Code::ClauseWithoutEffect, word.span, message);
        self.diagnostics.push(match super::clauses::of_openmp(name) {
            Some(reason) => diagnostic.note(reason),
            None => diagnostic.note("`target(…)` behind the directive says where a loop runs"),
        });
        None
    }

    /// Leaves out what is not read.
    fn refuse(&mut self, word: &Word) -> Option<Word> {
        let name = &word.name.text;
        let diagnostic = warning(word.span, format!("`{name}` is not read"));
        self.diagnostics.push(match super::clauses::of_openmp(name) {
            Some(reason) => diagnostic.note(reason),
            None => diagnostic.note("it speaks of tasks, and there are none"),
        });
        None
    }

    /// `default(…)` asks for what is always done: the sharing of every variable is inferred and checked.
    fn default(&mut self, word: &Word) -> Option<Word> {
        let kinds = ["none", "shared", "private", "firstprivate"];
        let argument = word.argument.clone().unwrap_or_else(|| word.name.clone());
        if !kinds.contains(&argument.text.as_str()) {
            let message = format!("`default` is one of `{}`", kinds.join("`, `"));
            let diagnostic = warning(argument.span, message);
            self.diagnostics
                .push(match closest(&argument.text, kinds.iter().copied()) {
                    Some(meant) => diagnostic.labelled(format!("did you mean `{meant}`?")),
                    None => diagnostic,
                });
        }
        None
    }

    /// `schedule(nonmonotonic: dynamic, 4)`, `schedule(runtime)`
    fn schedule(&mut self, word: &mut Word) {
        without_modifier(word);
        if let Some(argument) = &mut word.argument
            && argument.text == "runtime"
        {
            // What an environment variable of OpenMP would say is nothing that a program says.
            argument.text = "auto".to_owned();
        }
    }

    /// `reduction(+ : x[:n])`, `reduction(default, +: x)`
    fn reduction(&mut self, mut word: Word) -> Option<Word> {
        if let Some(argument) = &mut word.argument {
            if let Some((modifier, rest)) = argument.split_once(',')
                && ["default", "inscan", "task"].contains(&modifier.text.as_str())
            {
                if modifier.text != "default" {
                    let message = format!("`reduction({}, …)` is not read", modifier.text);
                    let note = "scans and tasks are not reductions of a loop";
                    self.diagnostics.push(warning(word.span, message).note(note));
                    return None;
                }
                *argument = rest;
            }
            argument.text = without_sections(&argument.text);
        }
        Some(word)
    }
}

fn warning(span: Span, message: String) -> Diagnostic {
    Diagnostic::new(Code::UnsupportedPragma, span, message)
}

/// Takes away `parallel:` or `nonmonotonic:` before an argument.
fn without_modifier(word: &mut Word) {
    let modifier = |text: &str| {
        let known = ["monotonic", "nonmonotonic", "simd"];
        text.split(',').all(|part| known.contains(&part.trim())) || DIRECTIVES.contains(&text)
    };
    if let Some((before, rest)) = word.argument.as_ref().and_then(|argument| argument.split_once(':'))
        && modifier(&before.text)
    {
        word.argument = Some(rest);
    }
}

/// Blanks in the place of array sections, so that every name keeps its place.
fn without_sections(text: &str) -> String {
    let mut depth = 0_u32;
    let blanked = |c: char| {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => return c.to_string(),
            _ => {}
        }
        " ".repeat(c.len_utf8())
    };
    text.chars().map(blanked).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stance_of(comment: &str) -> String {
        let text = Text {
            text: comment.to_owned(),
            span: Span::new(0, comment.len() as u32),
        };
        match stance(&text) {
            Stance::Directive => "directive".to_owned(),
            Stance::Region => "region".to_owned(),
            Stance::End => "end".to_owned(),
            Stance::Fulfilled { word, .. } => format!("fulfilled {}", word.text),
            Stance::Refused { word, .. } => format!("refused {}", word.text),
        }
    }

    #[test]
    fn stances() {
        for (comment, expected) in [
            ("#omp parallel for", "directive"),
            ("#omp for reduction(+:s)", "directive"),
            ("#$ omp do schedule(static)", "directive"),
            ("#omp simd", "directive"),
            ("#omp atomic", "directive"),
            ("#$ omp atomic update", "directive"),
            ("#$ omp target teams distribute parallel for", "directive"),
            ("#$ omp parallel", "region"),
            ("#$ omp parallel private(i) num_threads(4)", "region"),
            ("#$ omp end parallel", "end"),
            ("#$ omp end do nowait", "end"),
            ("#omp barrier", "fulfilled barrier"),
            ("#omp flush(x)", "fulfilled flush"),
            ("#omp critical", "refused critical"),
            ("#omp critica", "refused critical"),
            ("#$ omp critical(name)", "refused critical"),
            ("#omp parallel sections", "refused parallel sections"),
            ("#$ omp atomic capture", "refused atomic capture"),
            ("#omp task untied", "refused task"),
            ("#$ omp target", "refused target"),
            ("#omp paralel for", "directive"),
        ] {
            assert_eq!(stance_of(comment), expected, "{comment}");
        }
    }

    #[test]
    fn prose() {
        for (rest, loose, spaced) in [
            ("parallel for", true, true),
            ("parallel for reduction(+:s) private(t)", true, true),
            ("for", true, true),
            ("paralel for", true, false),
            ("paralel for private(t)", true, true),
            ("parallel for nosuch(t) private(t)", true, true),
            ("is nice", false, false),
            ("for loops are fast", false, false),
            ("parallel regions help here", false, false),
            ("single threaded version of this", false, false),
            ("parallel for  # the hot loop", true, true),
            ("critical", true, true),
            ("end parallel", true, true),
            ("= 3", false, false),
            ("", false, false),
            ("set_num_threads(4)", false, false),
        ] {
            assert_eq!(is_directive(rest, false), loose, "#omp {rest}");
            assert_eq!(is_directive(rest, true), spaced, "# omp {rest}");
        }
    }
}
