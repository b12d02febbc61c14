use std::fmt;

use super::Span;

/// Replacement of the bytes under a span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What to replace; empty for an insertion.
    pub span: Span,
    /// The new text; empty for a deletion.
    pub content: String,
}

impl Edit {
    /// Replaces the text under a span.
    pub fn replace(span: Span, content: impl Into<String>) -> Self {
        Self {
            span,
            content: content.into(),
        }
    }

    /// Inserts text before an offset.
    pub fn insert(offset: u32, content: impl Into<String>) -> Self {
        Self::replace(Span::at(offset), content)
    }

    /// Deletes the text under a span.
    pub fn delete(span: Span) -> Self {
        Self::replace(span, "")
    }
}

/// Two edits that cannot both be made, or one that lies outside the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditError {
    /// The edit that could not be made.
    pub span: Span,
}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the edit of bytes {}..{} overlaps another or leaves the text",
            self.span.start, self.span.end
        )
    }
}

impl std::error::Error for EditError {}

/// Applies edits to a text. They may come in any order; insertions at one place keep theirs.
///
/// # Errors
///
/// When two edits overlap, or one does not lie on character boundaries of the text.
pub fn apply_edits(text: &str, edits: &[Edit]) -> Result<String, EditError> {
    let mut order: Vec<&Edit> = edits.iter().collect();
    order.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for Edit { span, content } in order {
        let kept = (span.start as usize >= done)
            .then(|| text.get(done..span.start as usize))
            .flatten();
        let (Some(kept), Some(_)) = (kept, text.get(span.range())) else {
            return Err(EditError { span: *span });
        };
        out.push_str(kept);
        out.push_str(content);
        done = span.end as usize;
    }
    out.push_str(&text[done..]);
    Ok(out)
}
