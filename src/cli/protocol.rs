//! What the Python package asks: source on standard input, JSON on standard output.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::project::Project;
use super::{check, device, files, tuned};
use crate::back::cuda;
use crate::build::{Builder, Cache, DeviceCompiler, Toolchain, emulation_wanted};
use crate::diagnostics::Severity;
use crate::infer::{Signature, SignatureError};
use crate::ir::Region;
use crate::plan::Plan;
use crate::scalarise::Supposed;
use crate::translate::{Analysed, Emitted, Program, Tuning, kernel_manifest, reason, region_manifest};

/// The GPU of the process that asks.
pub(super) struct Gpu {
    /// Its compute capability: `sm_90`.
    pub(super) name: String,
    /// Where its compiler may be, best first.
    pub(super) nvrtc: Vec<PathBuf>,
}

/// `ferrokeet rewrite`: the text that calls kernels, and its regions.
pub(super) fn rewrite(filename: &str) -> anyhow::Result<ExitCode> {
    let program = Program::parse_with(files::read_stdin(filename)?, &Project);
    let rewritten = program.rewrite(false);
    let regions: Vec<Value> = program
        .regions
        .iter()
        .map(|region| region_manifest(region, filename, |row| row))
        .collect();
    let lost = program
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error && !program.is_ignored(diagnostic));
    let declined: Vec<Value> = lost
        .map(|diagnostic| {
            let row = program.file.row(diagnostic.primary.span.start);
            json!({"row": row, "reason": reason(&program.file, std::slice::from_ref(diagnostic))})
        })
        .collect();
    let answer = json!({
        "text": rewritten.text,
        "line_map": rewritten.line_map,
        "kernels": rewritten.kernels,
        "regions": regions,
        "declined": declined,
        "imports": program.imports.fingerprint(),
    });
    files::print(&answer.to_string());
    Ok(ExitCode::SUCCESS)
}

/// `ferrokeet verdicts`: what `check` says of the source, as JSON.
pub(super) fn verdicts(filename: &str) -> anyhow::Result<ExitCode> {
    let program = Program::parse_with(files::read_stdin(filename)?, &Project);
    let report = program.check();
    files::print(&check::json(&[(program, report)]).to_string());
    Ok(ExitCode::SUCCESS)
}

/// `ferrokeet compile`: the library of one region for one signature, or why there is none.
pub(super) fn compile(
    filename: &str,
    region: &str,
    signature: &str,
    imports: Option<&str>,
    supposed: Supposed,
    gpu: Option<&Gpu>,
) -> anyhow::Result<ExitCode> {
    let program = Program::parse_with(files::read_stdin(filename)?, &Project);
    let changed = imports.is_some_and(|imports| imports != program.imports.fingerprint());
    let made = match changed {
        true => Err("the source of a function that it calls has changed since this file was loaded".to_owned()),
        false => library(&program, region, signature, supposed, gpu),
    };
    let answer = made.unwrap_or_else(|reason| json!({"reason": reason}));
    files::print(&answer.to_string());
    Ok(ExitCode::SUCCESS)
}

fn library(
    program: &Program,
    region: &str,
    signature: &str,
    supposed: Supposed,
    gpu: Option<&Gpu>,
) -> Result<Value, String> {
    let (region, signature) = named(program, region, signature)?;
    let cache = Cache::open().map_err(|error| error.to_string())?;
    if supposed == Supposed::Nothing {
        let made = program.kernel_supposing(region, &signature, supposed);
        let made = made.map_err(|diagnostics| reason(&program.file, &diagnostics))?;
        return built(program, &made, cache, None, gpu);
    }
    let tuning = tuned::find(&program.file, region, &signature, &cache);
    if !tuning.is_empty()
        && let Ok(answer) = tuned_library(program, region, &signature, &tuning, cache.clone(), gpu)
    {
        return Ok(answer);
    }
    tuned_library(program, region, &signature, &Tuning::default(), cache, gpu)
}

/// The region and the signature that are asked for.
pub(super) fn named<'p>(
    program: &'p Program,
    region: &str,
    signature: &str,
) -> Result<(&'p Region, Signature), String> {
    let region = program
        .region(region)
        .ok_or_else(|| format!("the source has no region {region} (did it change?)"))?;
    let signature = signature.parse().map_err(|error: SignatureError| error.to_string())?;
    Ok((region, signature))
}

/// The library of one variant.
pub(super) fn tuned_library(
    program: &Program,
    region: &Region,
    signature: &Signature,
    tuning: &Tuning,
    cache: Cache,
    gpu: Option<&Gpu>,
) -> Result<Value, String> {
    let made = program.kernel_tuned(region, signature, tuning);
    let made = made.map_err(|diagnostics| reason(&program.file, &diagnostics))?;
    let mut answer = built(program, &made, cache, tuning.processor.as_deref(), gpu)?;
    if !tuning.is_empty() {
        answer["tuned"] = json!(tuning.words(&made.0.region));
    }
    Ok(answer)
}

/// Compiles a kernel: for this processor, or the one that is named unless the user names another.
fn built(
    program: &Program,
    (analysed, emitted): &(Analysed, Emitted),
    cache: Cache,
    processor: Option<&str>,
    gpu: Option<&Gpu>,
) -> Result<Value, String> {
    let toolchain = Toolchain::here_or_for(processor).map_err(|error| error.to_string())?;
    let note = cache.note().map(str::to_owned);
    let builder = Builder::new(toolchain, cache);
    let built = builder.build(&emitted.text).map_err(|error| error.to_string())?;
    let mut answer = kernel_manifest(analysed, emitted);
    answer["library"] = json!(built.library);
    answer["compile_ms"] = json!(built.milliseconds);
    answer["cached"] = json!(built.cached);
    answer["note"] = json!(note);
    let plan = analysed.plan();
    if plan.wants_device() {
        match on_device(program, &plan, &builder, gpu) {
            Ok(device) => answer["device"] = device,
            Err(why) => answer["no_device"] = json!(why),
        }
    }
    Ok(answer)
}

/// The kernels of a region for the GPU of the process that asks, if it has one; or why it runs on the CPU all the same: a sentence
/// for the user.
fn on_device(program: &Program, plan: &Plan<'_>, builder: &Builder, gpu: Option<&Gpu>) -> Result<Value, String> {
    let emitted = cuda::emit(plan, &program.file)?;
    if emulation_wanted() {
        let library = builder.emulate(&emitted.text, &emitted.kernels);
        let library = library.map_err(|error| error.to_string())?;
        return Ok(json!({"emulated": library, "kernels": emitted.kernels}));
    }
    let Some(gpu) = gpu else { return Ok(Value::Null) };
    let capability = device::capability(&gpu.name).ok_or_else(|| format!("there is no GPU called {}", gpu.name))?;
    let compiler = DeviceCompiler::find(&gpu.nvrtc, builder.cache().clone());
    let built = compiler.and_then(|compiler| compiler.build_for(&emitted.text, capability));
    let (path, target) = built.map_err(|error| error.to_string())?;
    Ok(json!({
        "images": [{"architecture": target.to_string(), "path": path}],
        "kernels": emitted.kernels,
    }))
}
