use std::fmt::Write as _;

use super::{Imports, attach, lower};
use crate::ir;
use crate::python::parse;
use crate::source::SourceFile;

/// The regions of a file as text, and what was said about it.
fn show(text: &str) -> String {
    let file = SourceFile::new("example.py", text);
    let module = parse(text);
    let (directives, diagnostics) = attach(&file, &module);
    let lowered = lower(&file, &module, &directives, &Imports::default());
    let mut out: String = lowered.regions.iter().map(ir::print).collect();
    for diagnostic in diagnostics.iter().chain(&lowered.diagnostics) {
        let row = file.row(diagnostic.primary.span.start);
        let _ = writeln!(out, "{} {row}: {}", diagnostic.code, diagnostic.message);
    }
    out
}

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, show(text)));
}

macro_rules! examples {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            let name = stringify!($name);
            snapshot(&format!("ir_{name}"), include_str!(concat!("../../examples/", stringify!($name), ".py")));
        }
    )*};
}

mod examples {
    use super::snapshot;

    examples! {
        black_scholes convolution gemm heat_3d histogram jacobi_2d kmeans life lorenz mandelbrot monte_carlo_pi nbody
        pairwise spmv
    }
}
