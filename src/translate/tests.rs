//! The later stages of the example programs, as text: types, facts in the verdicts, plans, generated Rust.

use std::fmt::Write as _;

use super::{Program, assumed_signature};
use crate::source::SourceFile;
use crate::{back, ir};

/// One stage of every region of a program, under declared or assumed types.
fn stage(source: &str, write: impl Fn(&Program, &super::Analysed) -> String) -> String {
    let program = Program::parse(SourceFile::new("example.py", source));
    let mut text = String::new();
    for region in &program.regions {
        let (signature, _) = assumed_signature(region);
        match program.analyse(region, &signature) {
            Ok(analysed) => text += &write(&program, &analysed),
            Err(diagnostics) => {
                let _ = writeln!(text, "{}: {}", region.name, diagnostics[0].message);
            }
        }
    }
    text
}

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// Types, verdicts and plan.
fn analysis(_: &Program, analysed: &super::Analysed) -> String {
    let (region, plan) = (&analysed.region, analysed.plan());
    let mut text = plan.to_string();
    for (handle, variable) in region.variables.iter() {
        let _ = writeln!(text, "  {}: {}", variable.name, analysed.types.variable(handle));
    }
    for (handle, header) in region.loops.iter() {
        let found = analysed.facts.of_loop(handle);
        let names = |variables: &[ir::Handle<ir::Variable>]| {
            let names: Vec<&str> = variables
                .iter()
                .map(|one| region.variables[*one].name.as_str())
                .collect();
            names.join(", ")
        };
        let reductions: Vec<_> = found.reductions.iter().map(|one| one.target).collect();
        let legal = if found.parallel.is_legal() {
            "independent"
        } else {
            "in order"
        };
        let _ = writeln!(
            text,
            "  {} {legal}, reductions [{}], private [{}]",
            header.name,
            names(&reductions),
            names(&found.private)
        );
        if let Some(judgement) = &found.judgement {
            let _ = writeln!(
                text,
                "    {}: {}",
                judgement.verdict.name(),
                judgement.reasons.join("; ")
            );
        }
    }
    text
}

macro_rules! examples {
    ($stage:literal $write:expr; $($name:ident)*) => {$(
        #[test]
        fn $name() {
            let name = stringify!($name);
            let source = include_str!(concat!("../../examples/", stringify!($name), ".py"));
            super::snapshot(&format!(concat!($stage, "_{}"), name), &super::stage(source, $write));
        }
    )*};
}

mod plans {
    examples! {
        "plan" super::analysis;
        black_scholes convolution gemm heat_3d histogram jacobi_2d kmeans life lorenz mandelbrot monte_carlo_pi nbody
        pairwise spmv
    }

    /// Clauses that change the plan, and such as cannot.
    #[test]
    fn clauses() {
        super::snapshot("plan_clauses", &super::stage(super::CLAUSES, super::analysis));
    }
}

const CLAUSES: &str = include_str!("clauses.py");

/// Array expressions whose nests become one, and some whose nests must not.
#[test]
fn fused() {
    let write =
        |_: &Program, analysed: &super::Analysed| ir::print(&analysed.region) + "\n" + &analysed.plan().to_string();
    snapshot("plan_fused", &stage(include_str!("fused.py"), write));
}

mod verdicts {
    examples! {
        "verdict" |program, analysed| super::super::verdict(program, analysed, "assumed");
        gemm histogram jacobi_2d kmeans nbody spmv
    }

    /// A bit of everything that the examples lack.
    #[test]
    fn kinds() {
        let source = include_str!("verdict/kinds.py");
        let text = super::stage(source, |program, analysed| {
            super::super::verdict(program, analysed, "assumed")
        });
        super::snapshot("verdict_kinds", &text);
    }
}

mod rust {
    examples! {
        "rust" |program, analysed| super::back::rust::emit(&analysed.plan(), &program.file).text;
        black_scholes gemm histogram mandelbrot spmv
    }

    /// Generators made in iterations.
    #[test]
    fn random() {
        let write = |program: &super::Program, analysed: &super::super::Analysed| {
            let text = super::back::rust::emit(&analysed.plan(), &program.file).text;
            super::ir::print(&analysed.region) + "\n" + &text
        };
        super::snapshot("rust_random", &super::stage(include_str!("random.py"), write));
    }

    /// The fast variants of loops with clauses that change them.
    #[test]
    fn clauses() {
        let write = |program: &super::Program, analysed: &super::super::Analysed| {
            let plan = analysed.plan();
            let text = super::back::rust::emit(&plan, &program.file).text;
            let fast = text.find("unsafe fn fast").zip(text.find("unsafe fn careful"));
            let unheeded = !plan.unheeded().is_empty();
            fast.filter(|_| !unheeded)
                .map_or_else(String::new, |(start, end)| text[start..end].to_owned())
        };
        super::snapshot("rust_clauses", &super::stage(super::CLAUSES, write));
    }
}

/// The same programs, asking for a GPU.
mod cuda {
    fn kernels(name: &str, source: &str) {
        let source = source.replace("# pragma parallel for", "# pragma parallel for target(cuda)");
        let text = super::stage(&source, |program, analysed| {
            let emitted = super::back::cuda::emit(&analysed.plan(), &program.file);
            emitted.map_or_else(
                |why| format!("// {}: {why}\n", analysed.region.name),
                |emitted| emitted.text,
            )
        });
        super::snapshot(name, &text);
    }

    macro_rules! on_device {
        ($($name:ident)*) => {$(
            #[test]
            fn $name() {
                let source = include_str!(concat!("../../examples/", stringify!($name), ".py"));
                kernels(concat!("cuda_", stringify!($name)), source);
            }
        )*};
    }

    /// Kinds and functions that the examples lack.
    #[test]
    fn kinds() {
        kernels("cuda_kinds", include_str!("cuda_kinds.py"));
    }

    on_device! {
        black_scholes convolution gemm heat_3d histogram jacobi_2d kmeans life lorenz mandelbrot monte_carlo_pi nbody
        pairwise spmv
    }
}

#[test]
fn operands_of_bit_operators_are_assumed_to_be_integers() {
    let text = "def f(x, y, z, seed):\n    # pragma parallel for\n    for i in range(len(x)):\n        h = x[i]\n        \
                h ^= (h >> 3) + seed\n        z[i] = (y[i] > 0.5) & (y[i] < h)\n";
    let program = Program::parse(SourceFile::new("a.py", text));
    let (signature, declared) = assumed_signature(&program.regions[0]);
    assert!(!declared);
    assert_eq!(signature.to_string(), "x: i64[:], seed: int, y: f64[:], z: f64[:]");
}
