//! The loop at a place, and what is known of it.

use std::sync::Arc;

use super::snapshot::touches;
use super::view::View;
use crate::ir::{Handle, Loop};
use crate::pragma::Directive;
use crate::source::Span;
use crate::translate::Analysed;

/// A loop of an analysed region.
pub(super) struct Found {
    pub(super) analysed: Arc<Analysed>,
    /// Where its types come from.
    pub(super) types: &'static str,
    pub(super) handle: Handle<Loop>,
    /// What was pointed at: the pragma, or the header.
    pub(super) span: Span,
}

/// The pragma that holds an offset.
pub(super) fn directive<'v>(view: &'v View<'_>, offset: u32) -> Option<&'v Directive> {
    let mut directives = view.program().directives.iter();
    directives.find(|one| one.comments.iter().any(|comment| touches(*comment, offset)))
}

/// The loop whose pragma or header holds an offset; `None`: there is none, or nothing is known of it.
pub(super) fn at(view: &View<'_>, offset: u32) -> Option<Found> {
    let directive = directive(view, offset);
    for (number, _) in view.parsed.regions_at(offset) {
        let Ok((analysed, types)) = view.analysed(number) else {
            continue;
        };
        let header = |(handle, header): (Handle<Loop>, &Loop)| {
            let own = header.annotation.as_ref().map(|annotation| annotation.span);
            match directive {
                Some(directive) => (own == Some(directive.span)).then_some((handle, directive.span)),
                None => touches(header.span, offset).then_some((handle, header.span)),
            }
        };
        let found = analysed.region.loops.iter().find_map(header);
        if let Some((handle, span)) = found {
            return Some(Found {
                analysed,
                types,
                handle,
                span,
            });
        }
    }
    None
}
