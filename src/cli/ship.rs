//! `ferrokeet translate` and `ferrokeet build`: rewritten files, generated kernels, compiled libraries.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Mutex;

use anyhow::Context;
use serde_json::{Map, Value, json};

use super::{ShipArgs, files, run};
use crate::build::{Builder, Cache, Toolchain, write_atomically};
use crate::diagnostics::{Severity, render};
use crate::infer::Signature;
use crate::ir::Region;
use crate::rewrite;
use crate::translate::{Program, assumed_signature, kernel_manifest, reason, region_manifest};

/// Where `record` stores signatures unless told otherwise.
pub(super) const SIGNATURES: &str = "ferrokeet-signatures.json";

/// File → region → signatures.
type Recorded = BTreeMap<String, BTreeMap<String, Vec<String>>>;

pub(super) fn translate(args: &ShipArgs) -> anyhow::Result<ExitCode> {
    ship(args, None)
}

pub(super) fn build(args: &ShipArgs) -> anyhow::Result<ExitCode> {
    let builder = Builder::new(Toolchain::find("native")?, Cache::open()?);
    if let Some(note) = builder.cache().note() {
        eprintln!("note: {note}");
    }
    ship(args, Some(&builder))
}

fn ship(args: &ShipArgs, builder: Option<&Builder>) -> anyhow::Result<ExitCode> {
    std::fs::create_dir_all(&args.out).with_context(|| format!("cannot make {}", args.out.display()))?;
    let recorded = recorded(args)?;
    let mut failed = false;
    for path in files::python_files(&args.files)? {
        let file = files::read(&path)?;
        let name = path.file_name().map(PathBuf::from).unwrap_or_default();
        let target = args.out.join(&name);
        if rewrite::is_translated(file.text()) {
            write(&target, &file.encode(file.text()).unwrap_or_default())?;
            continue;
        }
        let absolute = std::path::absolute(&path).unwrap_or(path.clone()).display().to_string();
        let program = Program::parse(file);
        for diagnostic in program
            .diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Error)
        {
            eprintln!("{}", render::concise(&program.file, diagnostic));
            failed = true;
        }
        let signatures = recorded.get(&absolute).cloned().unwrap_or_default();
        failed |= !ship_file(&program, &target, &signatures, builder)?;
    }
    if args.bundle {
        bundle(&args.out)?;
    }
    Ok(ExitCode::from(u8::from(failed)))
}

fn recorded(args: &ShipArgs) -> anyhow::Result<Recorded> {
    let path = args.signatures.clone().unwrap_or_else(|| PathBuf::from(SIGNATURES));
    if args.signatures.is_none() && !path.exists() {
        return Ok(Recorded::new());
    }
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no file of recorded signatures", path.display()))
}

/// Writes one file's text, kernels and manifest; tells whether all known signatures could be compiled.
fn ship_file(
    program: &Program,
    target: &Path,
    recorded: &BTreeMap<String, Vec<String>>,
    builder: Option<&Builder>,
) -> anyhow::Result<bool> {
    let rewritten = program.rewrite(true);
    verify(&rewritten.text, target)?;
    let jobs: Vec<(&Region, Signature)> = program
        .regions
        .iter()
        .flat_map(|region| signatures(region, recorded).into_iter().map(move |s| (region, s)))
        .collect();
    let made: Mutex<Map<String, Value>> = Mutex::default();
    let complaints: Mutex<Vec<String>> = Mutex::default();
    let progress = Progress::new(jobs.len(), builder.is_some());
    let next = std::sync::atomic::AtomicUsize::new(0);
    let work = || {
        while let Some((region, signature)) = jobs.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
            match ship_kernel(program, region, signature, target, builder) {
                Ok(Some(manifest)) => {
                    let key = format!("{}({signature})", region.name);
                    made.lock().expect("no holder panics").insert(key, manifest);
                }
                Ok(None) => {}
                Err(why) => complaints
                    .lock()
                    .expect("no holder panics")
                    .push(format!("{}: {why}", region.name)),
            }
            progress.step(&region.name);
        }
    };
    let threads = std::thread::available_parallelism()
        .map_or(1, std::num::NonZero::get)
        .min(jobs.len().max(1));
    std::thread::scope(|scope| {
        (1..threads).for_each(|_| _ = scope.spawn(work));
        work();
    });
    progress.end();
    let mut kernels = made.into_inner().expect("no holder panics");
    kernels.sort_keys();
    let name = target
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let regions: Vec<Value> = program
        .regions
        .iter()
        .map(|region| region_manifest(region, &name))
        .collect();
    let manifest = json!({"source": program.file.text(), "regions": regions, "kernels": kernels});
    write(&target.with_extension("fk.json"), format!("{manifest:#}\n").as_bytes())?;
    let bytes = program
        .file
        .encode(&rewritten.text)
        .map_err(|error| anyhow::anyhow!("{}: {error:?}", target.display()))?;
    write(target, &bytes)?;
    let complaints = complaints.into_inner().expect("no holder panics");
    complaints
        .iter()
        .for_each(|complaint| eprintln!("error: {}: {complaint}", program.file.name()));
    Ok(complaints.is_empty())
}

/// The signatures that are known: recorded ones, and the declared one.
fn signatures(region: &Region, recorded: &BTreeMap<String, Vec<String>>) -> Vec<Signature> {
    let mut known: Vec<Signature> = recorded
        .get(&region.name)
        .into_iter()
        .flatten()
        .filter_map(|text| text.parse().ok())
        .collect();
    let (signature, declared) = assumed_signature(region);
    if declared && !known.contains(&signature) {
        known.push(signature);
    }
    known
}

fn ship_kernel(
    program: &Program,
    region: &Region,
    signature: &Signature,
    target: &Path,
    builder: Option<&Builder>,
) -> Result<Option<Value>, String> {
    let made = program.kernel(region, signature);
    let (analysed, emitted) = made.map_err(|diagnostics| reason(&program.file, &diagnostics))?;
    let stem = target
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default();
    let hash = &blake3::hash(signature.to_string().as_bytes()).to_hex()[..8];
    let base = target.with_file_name(format!("{stem}.{}.{hash}", region.name));
    let with = |extension: &str| PathBuf::from(format!("{}.{extension}", base.display()));
    write(&with("rs"), emitted.text.as_bytes()).map_err(|error| format!("{error:#}"))?;
    let Some(builder) = builder else { return Ok(None) };
    let built = builder.build(&emitted.text).map_err(|error| error.to_string())?;
    let library = with("so");
    let bytes = std::fs::read(&built.library).map_err(|error| format!("{}: {error}", built.library.display()))?;
    write(&library, &bytes).map_err(|error| format!("{error:#}"))?;
    let mut manifest = kernel_manifest(&analysed, &emitted);
    manifest["library"] = json!(library.file_name().map(|name| name.to_string_lossy()));
    Ok(Some(manifest))
}

/// Has CPython compile the text, where there is a CPython.
fn verify(text: &str, target: &Path) -> anyhow::Result<()> {
    use std::io::Write as _;
    let code = "import sys; compile(sys.stdin.buffer.read(), sys.argv[1], 'exec')";
    let child = Command::new(run::interpreter())
        .args(["-c", code])
        .arg(target)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else { return Ok(()) };
    if let Some(mut input) = child.stdin.take() {
        _ = input.write_all(text.as_bytes());
    }
    let output = child.wait_with_output().context("waiting for Python")?;
    let errors = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(
        output.status.success(),
        "the rewritten text of {} does not compile; nothing was written ({})",
        target.display(),
        errors.trim().lines().last().unwrap_or_default()
    );
    Ok(())
}

/// Copies the runtime and the package that loads it beside the result.
fn bundle(out: &Path) -> anyhow::Result<()> {
    let code = "import ferrokeet, ferrokeet_runtime; print(ferrokeet.__path__[0]); print(ferrokeet_runtime.__file__)";
    let output = Command::new(run::interpreter())
        .args(["-c", code])
        .output()
        .context("cannot start Python")?;
    anyhow::ensure!(
        output.status.success(),
        "--bundle needs an installed ferrokeet: `pip install ferrokeet`"
    );
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut lines = text.lines();
    let (Some(package), Some(runtime)) = (lines.next(), lines.next()) else {
        anyhow::bail!("Python answered nonsense")
    };
    let copy = |from: &Path, to: &Path| -> anyhow::Result<()> {
        let bytes = std::fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
        write(to, &bytes)
    };
    let folder = out.join("ferrokeet");
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for entry in std::fs::read_dir(package)?
        .flatten()
        .filter(|entry| entry.path().is_file())
    {
        copy(&entry.path(), &folder.join(entry.file_name()))?;
    }
    let runtime = Path::new(runtime);
    copy(runtime, &out.join(runtime.file_name().unwrap_or_default()))
}

fn write(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    write_atomically(path, content).with_context(|| format!("cannot write {}", path.display()))
}

/// A line on a terminal that tells how far several compilations are.
struct Progress {
    total: usize,
    done: std::sync::atomic::AtomicUsize,
    shown: bool,
}

impl Progress {
    fn new(total: usize, compiling: bool) -> Self {
        use std::io::IsTerminal as _;
        Self {
            total,
            done: std::sync::atomic::AtomicUsize::new(0),
            shown: compiling && total > 1 && std::io::stderr().is_terminal(),
        }
    }

    fn step(&self, name: &str) {
        let done = self.done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
        if self.shown {
            eprint!("\r\x1b[Kcompiled {done} of {} kernels ({name})", self.total);
        }
    }

    fn end(&self) {
        if self.shown {
            eprint!("\r\x1b[K");
        }
    }
}
