//! The closed list of codes. One line a code; its page is `rules/FKnnn.md`.

use std::fmt;

use super::Severity;

macro_rules! codes {
    ($($variant:ident, $code:literal, $name:literal, $severity:ident, $summary:literal;)*) => {
        /// What kind of thing a diagnostic says. FK0xx: the pragma language; FK1xx: the Python subset and lowering;
        /// FK2xx: dependences; FK3xx: types; FK4xx: building, and notes about what is done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $summary] $variant,)*
        }

        impl Code {
            /// Every code, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable code, such as `FK201`.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The stable name, in kebab case.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What the rule is about, in one line.
            pub const fn summary(self) -> &'static str {
                match self { $(Self::$variant => $summary,)* }
            }

            /// The severity its diagnostics have unless they say otherwise.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// The page of the rule (what it does, why, an example), in Markdown.
            pub const fn page(self) -> &'static str {
                match self { $(Self::$variant => include_str!(concat!("rules/", $code, ".md")),)* }
            }
        }
    };
}

codes! {
    // The pragma language.
    UnknownDirective, "FK001", "unknown-directive", Error, "A pragma names a directive that does not exist";
    UnknownClause, "FK002", "unknown-clause", Error, "A pragma names a clause that does not exist";
    MisplacedClause, "FK003", "misplaced-clause", Error, "A clause stands on a directive that does not take it";
    InvalidArgument, "FK004", "invalid-clause-argument", Error, "A clause has a missing, malformed or impossible argument";
    ConflictingClauses, "FK005", "conflicting-clauses", Error, "Two parts of one directive contradict each other";
    RedundantClause, "FK006", "redundant-clause", Warning, "A clause repeats what is already said or changes nothing";
    UnattachedPragma, "FK007", "unattached-pragma", Error, "A pragma stands above no statement at its indentation";
    WrongStatement, "FK008", "pragma-on-wrong-statement", Error, "A directive stands on a statement it does not apply to";
    UnknownName, "FK009", "unknown-name-in-clause", Error, "A clause names a variable that the statement does not use";
    PragmaInSyntaxError, "FK010", "pragma-in-syntax-error", Error, "A pragma stands in a part of the file that is not valid Python";
    ClauseWithoutEffect, "FK011", "clause-without-effect-yet", Note, "A clause is understood, but this version does not act on it";
    InvalidIgnore, "FK012", "invalid-ignore-comment", Warning, "An ignore comment names an unknown code";
    UnsupportedPragma, "FK013", "unsupported-pragma-dialect", Warning, "Something in a pragma of another tool's dialect is not read";
    MalformedPragma, "FK014", "malformed-pragma", Error, "A pragma holds something that is neither a directive nor a clause";
    MisspeltPragma, "FK015", "misspelt-pragma", Warning, "A comment looks like a pragma but is not read as one";
    ForeignPragma, "FK016", "foreign-pragma", Note, "A comment of another tool is read, and could be written in Ferrokeet's words";
    // The Python subset.
    UnsupportedStatement, "FK101", "unsupported-statement", Error, "A region holds a statement outside the subset";
    UnsupportedExpression, "FK102", "unsupported-expression", Error, "A region holds an expression outside the subset";
    UnsupportedIterable, "FK103", "unsupported-iterable", Error, "A loop runs over something that is not an iteration space";
    UnsupportedCall, "FK104", "unsupported-call", Error, "A region calls something that cannot be translated";
    // Dependences.
    LoopCarriedDependence, "FK201", "loop-carried-dependence", Warning, "Iterations of a parallel loop meet: the loop runs sequentially";
    UnprovenIndependence, "FK202", "unproven-independence", Warning, "Independence could not be proved: the loop runs sequentially";
    EarlyExit, "FK203", "early-exit", Warning, "A parallel loop is left before its last iteration";
    WrongPrivate, "FK204", "wrong-private", Error, "A clause calls a variable private whose value goes from one iteration to another";
    WrongShared, "FK205", "wrong-shared", Error, "A clause calls a variable shared that every iteration has its own of";
    WrongReductionOperator, "FK206", "wrong-reduction-operator", Error, "A reduction clause names another operator than the loop uses";
    NotAReduction, "FK207", "not-a-reduction", Error, "A variable in a reduction clause is used for more than collecting contributions";
    IncompleteClauses, "FK208", "incomplete-clauses", Note, "The clauses of a loop are right, and leave out something that is so";
    SharedGenerator, "FK209", "shared-generator", Warning, "Iterations share a random generator, so that their numbers depend on the order";
    // Types.
    IncompatibleTypes, "FK301", "incompatible-types", Error, "A variable would need two types that join to nothing";
    UndefinedOperation, "FK302", "undefined-operation", Error, "An operation does not apply to the types of its operands";
    AmbiguousType, "FK303", "ambiguous-type", Error, "The type of a value depends on the data, and matters";
    ArrayMisuse, "FK304", "array-misuse", Error, "An array is used as a number, a number as an array, or an array with too few or many subscripts";
    // Building.
    NotTranslated, "FK401", "not-translated", Warning, "A region runs as Python";
}

impl Code {
    /// Finds a code by `FK201` or by its name, whatever the case.
    pub fn find(text: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|c| c.code().eq_ignore_ascii_case(text) || c.name().eq_ignore_ascii_case(text))
    }

    /// The address of the rule's page.
    pub fn url(self) -> String {
        format!("https://ferrokeet.github.io/ferrokeet/rules/{}", self.code())
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
