//! `ferrokeet show`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::project::Project;
use super::{ShowArgs, Stage, files};
use crate::build::{Cache, Toolchain};
use crate::infer::Signature;
use crate::ir::{self, Region};
use crate::plan::Device;
use crate::translate::{self, Analysed, Program, assumed_signature, reason};

pub(super) fn show(args: &ShowArgs) -> anyhow::Result<ExitCode> {
    let (path, row) = match args.place.rsplit_once(':') {
        Some((path, row)) if row.parse::<u32>().is_ok() => (path, row.parse().ok()),
        _ => (args.place.as_str(), None),
    };
    let program = Program::parse_with(files::read(Path::new(path))?, &Project);
    let wanted: Vec<&Region> = program
        .regions
        .iter()
        .filter(|region| row.is_none_or(|row| covers(&program, region, row)))
        .collect();
    if wanted.is_empty() {
        let mut reasons = program.diagnostics.clone();
        if let (Some(row), [Stage::Verdict]) = (row, args.emit.as_slice()) {
            match translate::verdict_at(&program, row) {
                Ok(text) => {
                    files::print(&text);
                    return Ok(ExitCode::SUCCESS);
                }
                Err(why) => reasons = why,
            }
        }
        let why = match reasons.is_empty() {
            true => String::new(),
            false => format!(": {}", reason(&program.file, &reasons)),
        };
        let place = row.map_or_else(|| "the file".to_owned(), |row| format!("line {row}"));
        anyhow::bail!("{place} holds no region that can be translated{why}");
    }
    let mut failed = false;
    for stage in &args.emit {
        if *stage == Stage::Python {
            files::print(&program.rewrite(false).text);
            continue;
        }
        for region in &wanted {
            match stage_of(&program, region, *stage, args.signature.as_deref()) {
                Ok(text) => files::print(&text),
                // Other regions have their turn all the same.
                Err(error) => {
                    eprintln!("error: {error:#}");
                    failed = true;
                }
            }
        }
    }
    Ok(if failed { ExitCode::from(2) } else { ExitCode::SUCCESS })
}

fn covers(program: &Program, region: &Region, row: u32) -> bool {
    let last = program.file.row(region.span.end.max(1) - 1);
    (region.row.saturating_sub(1)..=last).contains(&row)
}

fn stage_of(program: &Program, region: &Region, stage: Stage, signature: Option<&str>) -> anyhow::Result<String> {
    let hint = match signature {
        Some(_) => "",
        None => "; these types are declared or assumed: --signature gives others",
    };
    let (signature, source) = match signature {
        Some(text) => {
            let given = text.parse::<Signature>();
            (given.map_err(|error| anyhow::anyhow!("{error}"))?, "given")
        }
        None => match assumed_signature(region) {
            (signature, true) => (signature, "declared"),
            (signature, false) => (signature, "assumed"),
        },
    };
    if stage == Stage::Ir {
        return Ok(ir::print(region));
    }
    let failed = |diagnostics: Vec<_>| anyhow::anyhow!("({signature}): {}{hint}", reason(&program.file, &diagnostics));
    let analysed = program.analyse(region, &signature).map_err(failed)?;
    match stage {
        Stage::Verdict => Ok(translate::verdict(program, &analysed, source)),
        Stage::Types => Ok(types(&analysed)),
        Stage::Plan => Ok(format!(
            "{}{}",
            analysed.plan(),
            analysed.plan().device_words(&devices())
        )),
        Stage::Rust => Ok(crate::back::rust::emit(&analysed.plan(), &program.file).text),
        Stage::Cuda => Ok(cuda(&program.file, &analysed)),
        Stage::Asm => assembly(&crate::back::rust::emit(&analysed.plan(), &program.file).text),
        Stage::Ir | Stage::Python => Ok(String::new()),
    }
}

/// The devices that were measured on this machine.
fn devices() -> Vec<Device> {
    let named = std::env::var_os("FERROKEET_DEVICES").map(PathBuf::from);
    let path = named.unwrap_or_else(|| Cache::wanted().join("devices.json"));
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let threads = std::thread::available_parallelism().map_or(1.0, |threads| threads.get() as f64);
    let known: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).unwrap_or_default();
    let device = |(name, figures): (String, serde_json::Value)| {
        let figure = |name: &str| figures.get(name).and_then(serde_json::Value::as_f64);
        Some(Device {
            name,
            threads,
            processor_bandwidth: figure("processor_bandwidth")?,
            device_bandwidth: figure("device_bandwidth")?,
            to_device: figure("to_device")?,
            from_device: figure("from_device")?,
            latency: figure("latency")?,
            speed: figure("speed")?,
            full: figure("full")?,
        })
    };
    known.into_iter().filter_map(device).collect()
}

/// The kernels of a region, or a comment that says why it has none: others may have some.
fn cuda(file: &crate::source::SourceFile, analysed: &Analysed) -> String {
    match crate::back::cuda::emit(&analysed.plan(), file) {
        Ok(emitted) => emitted.text,
        Err(why) => format!("// {} has no kernel for a GPU: {why}.\n", analysed.region.name),
    }
}

fn types(analysed: &Analysed) -> String {
    let region = &analysed.region;
    let mut text = format!("{} ({})\n", region.name, analysed.signature);
    for (handle, array) in region.arrays.iter() {
        let ty = analysed.types.array(handle);
        text += &format!("  {}: {}\n", array.name, crate::infer::InputTy::Array(ty));
    }
    for (handle, variable) in region.variables.iter() {
        text += &format!("  {}: {}\n", variable.name, analysed.types.variable(handle));
    }
    text
}

/// Assembly of a kernel, by rustc.
fn assembly(text: &str) -> anyhow::Result<String> {
    let builder = crate::build::Builder::new(Toolchain::here()?, Cache::open()?);
    Ok(builder.assembly(text)?)
}
