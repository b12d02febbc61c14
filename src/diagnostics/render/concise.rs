use crate::diagnostics::Diagnostic;
use crate::source::SourceFile;

/// One line, as compilers' users and editors know it: `a.py:3:5: error[FK201]: message`.
pub fn concise(file: &SourceFile, diagnostic: &Diagnostic) -> String {
    let place = file.position(diagnostic.primary.span.start);
    let Diagnostic {
        code,
        severity,
        message,
        ..
    } = diagnostic;
    format!(
        "{}:{}:{}: {}[{code}]: {message}",
        file.name(),
        place.row,
        place.column,
        severity.as_str()
    )
}
