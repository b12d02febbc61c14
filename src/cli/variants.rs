//! `ferrokeet variants`: what `ferrokeet tune` measures of a kernel, compiled.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::project::Project;
use super::protocol::{named, tuned_library};
use super::{files, threads, tuned};
use crate::build::{Cache, Machine};
use crate::infer::Signature;
use crate::ir::Region;
use crate::translate::{self, Analysed, Program, Tuning, reason};

/// `ferrokeet variants`: the usual library of a region, and those that differ from it in what is worth measuring; or in all of
/// `combine` together.
pub(super) fn variants(filename: &str, region: &str, signature: &str, combine: &[String]) -> anyhow::Result<ExitCode> {
    let program = Program::parse_with(files::read_stdin(filename)?, &Project);
    let answer = all_variants(&program, region, signature, combine);
    let answer = answer.unwrap_or_else(|reason| json!({"reason": reason}));
    files::print(&answer.to_string());
    Ok(ExitCode::SUCCESS)
}

fn all_variants(program: &Program, region: &str, signature: &str, combine: &[String]) -> Result<Value, String> {
    let (region, signature) = named(program, region, signature)?;
    let usual = program.kernel_tuned(region, &signature, &Tuning::default());
    let (analysed, emitted) = usual.map_err(|diagnostics| reason(&program.file, &diagnostics))?;
    let machine = Machine::here();
    let mut wanted = vec![Tuning::default()];
    if combine.is_empty() {
        wanted.extend(translate::variants(&analysed, machine.processors));
        wanted.extend(narrower().map(Tuning::for_processor));
    } else {
        let parts = combine
            .iter()
            .map(|text| text.parse::<Tuning>())
            .collect::<Result<Vec<_>, _>>()?;
        wanted.push(parts.iter().fold(Tuning::default(), Tuning::and));
    }
    let mut known = vec![(emitted.text, None)];
    wanted.retain(|tuning| {
        tuning.is_empty() || {
            let text = changed(program, region, &signature, tuning, &analysed);
            let text = text.map(|text| (text, tuning.processor.clone()));
            let fresh = text.filter(|text| !known.contains(text));
            known.extend(fresh.clone());
            fresh.is_some()
        }
    });
    let cache = Cache::open().map_err(|error| error.to_string())?;
    let made = threads::map(&wanted, |tuning| {
        let mut answer = tuned_library(program, region, &signature, tuning, cache.clone(), None)?;
        answer["tuning"] = json!(tuning.to_string());
        answer["words"] = json!(tuning.words(&analysed.region));
        answer["subject"] = json!(tuning.subject());
        Ok::<_, String>(answer)
    });
    let variants: Vec<Value> = made.into_iter().flatten().collect();
    Ok(json!({"key": tuned::key(region, &signature), "machine": machine.key, "variants": variants}))
}

/// The kernel's text under a tuning that can be followed in full.
fn changed(
    program: &Program,
    region: &Region,
    signature: &Signature,
    tuning: &Tuning,
    usual: &Analysed,
) -> Option<String> {
    let (analysed, emitted) = program.kernel_tuned(region, signature, tuning).ok()?;
    let plan = analysed.plan();
    let followed = plan.fast().is_ok() && plan.unheeded().len() <= usual.plan().unheeded().len();
    followed.then_some(emitted.text)
}

/// Processors with narrower vectors than this one's, which may run faster on it.
fn narrower() -> impl Iterator<Item = &'static str> {
    #[cfg(target_arch = "x86_64")]
    let found = std::arch::is_x86_feature_detected!("avx512f").then_some("x86-64-v3");
    #[cfg(not(target_arch = "x86_64"))]
    let found = None;
    found.into_iter()
}
