use super::Code;
use crate::source::{Edit, Span};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Something worth knowing; nothing is wrong.
    Note,
    /// Runs, but not as the user may think.
    Warning,
    /// A mistake to repair.
    Error,
}

impl Severity {
    /// `error`, `warning` or `note`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A place and what is to be seen there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What to say at it; empty for an underline alone.
    pub message: String,
}

/// Whether a fix may be applied without a person looking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applicability {
    /// Certainly what was meant; applied by `--fix`.
    Safe,
    /// Probably what was meant; applied on request.
    Unsafe,
}

impl Applicability {
    /// `safe` or `unsafe`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
        }
    }
}

/// Edits that repair a mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an imperative: "Replace with `simd`".
    pub title: String,
    /// Whether it may be applied unseen.
    pub applicability: Applicability,
    /// The edits, none of which overlap.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// A fix that is certainly what was meant.
    pub fn safe(title: impl Into<String>, edits: impl IntoIterator<Item = Edit>) -> Self {
        Self {
            title: title.into(),
            applicability: Applicability::Safe,
            edits: edits.into_iter().collect(),
        }
    }

    /// A fix that wants a person's eyes.
    pub fn unsafe_(title: impl Into<String>, edits: impl IntoIterator<Item = Edit>) -> Self {
        Self {
            applicability: Applicability::Unsafe,
            ..Self::safe(title, edits)
        }
    }
}

/// One thing to tell the user about one file.
///
/// ```
/// # use ferrokeet::{diagnostics::{Code, Diagnostic}, source::Span};
/// let diagnostic = Diagnostic::new(Code::UnsupportedStatement, Span::new(4, 9), "`while` needs a test")
///     .labelled("here")
///     .secondary(Span::new(0, 3), "the region starts here")
///     .help("write a `for` loop");
/// assert_eq!(diagnostic.primary.message, "here");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which rule speaks.
    pub code: Code,
    /// How bad it is; the code's own severity unless changed.
    pub severity: Severity,
    /// What is wrong: one sentence, lower case, no full stop.
    pub message: String,
    /// Where.
    pub primary: Label,
    /// Other places that explain it.
    pub secondary: Vec<Label>,
    /// Facts that help to understand.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Vec<String>,
    /// Edits that do it.
    pub fix: Option<Fix>,
    /// Edits that do it in other ways, offered but never applied unasked.
    pub alternatives: Vec<Fix>,
}

impl Diagnostic {
    /// A diagnostic of the code's own severity.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            primary: Label {
                span,
                message: String::new(),
            },
            secondary: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
            fix: None,
            alternatives: Vec::new(),
        }
    }

    /// The same about another text, in which every place is where `moved` says.
    #[must_use]
    pub fn moved(mut self, moved: impl Fn(Span) -> Span) -> Self {
        let labels = std::iter::once(&mut self.primary).chain(&mut self.secondary);
        labels.for_each(|label| label.span = moved(label.span));
        let fixes = self.fix.iter_mut().chain(&mut self.alternatives);
        fixes
            .flat_map(|fix| &mut fix.edits)
            .for_each(|edit| edit.span = moved(edit.span));
        self
    }

    /// With another severity.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// With words at the primary place.
    #[must_use]
    pub fn labelled(mut self, message: impl Into<String>) -> Self {
        self.primary.message = message.into();
        self
    }

    /// With one more place.
    #[must_use]
    pub fn secondary(mut self, span: Span, message: impl Into<String>) -> Self {
        self.secondary.push(Label {
            span,
            message: message.into(),
        });
        self
    }

    /// With one more fact.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// With one more piece of advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// With edits that repair it.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// With one more way to repair it: the first is the one that is applied, the others are alternatives.
    #[must_use]
    pub fn or_fix(mut self, fix: Fix) -> Self {
        if self.fix.is_none() {
            return self.fix(fix);
        }
        self.alternatives.push(fix);
        self
    }

    /// Every way to repair it, the preferred one first.
    pub fn fixes(&self) -> impl Iterator<Item = &Fix> {
        self.fix.iter().chain(&self.alternatives)
    }
}
