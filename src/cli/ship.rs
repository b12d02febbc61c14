//! `ferrokeet translate` and `ferrokeet build`: rewritten files, generated kernels, compiled libraries.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::Context;
use serde_json::{Map, Value, json};

use super::device::Devices;
use super::files::{self, Found};
use super::libraries::{self, Compiler, Compilers, Ready};
use super::progress::Progress;
use super::project::Project;
use super::{BuildArgs, ShipArgs, TranslateArgs, beside, project, run, threads, tuned};
use crate::back;
use crate::build::{Builder, Cache, Toolchain, write_atomically};
use crate::diagnostics::{Diagnostic, Severity, render};
use crate::infer::Signature;
use crate::ir::Region;
use crate::rewrite;
use crate::scalarise::Supposed;
use crate::source::SourceFile;
use crate::translate::{
    Analysed, Emitted, Program, Tuning, assumed_signature, kernel_manifest, reason, region_manifest,
};

/// Where `record` stores signatures unless told otherwise.
pub(super) const SIGNATURES: &str = "ferrokeet-signatures.json";

/// File → region → signatures. In the file, paths are relative to its folder where they lie below it.
pub(super) type Recorded = BTreeMap<PathBuf, BTreeMap<String, Vec<String>>>;

/// A kernel, or why there is none.
type Made = Result<(Analysed, Emitted), Vec<Diagnostic>>;

/// The processors that `build` compiles for, best first; the runtime takes the first that fits. `native` is this machine's.
#[cfg(target_arch = "x86_64")]
const PROCESSORS: [&str; 3] = ["x86-64-v4", "x86-64-v3", "x86-64-v2"];
#[cfg(not(target_arch = "x86_64"))]
const PROCESSORS: [&str; 1] = ["generic"];

/// What the runtime knows to load (`ferrokeet_runtime.processors`), best first.
#[cfg(target_arch = "x86_64")]
const LOADED: [&str; 6] = ["native", "x86-64-v4", "x86-64-v3", "x86-64-v2", "x86-64", "generic"];
#[cfg(not(target_arch = "x86_64"))]
const LOADED: [&str; 2] = ["native", "generic"];

pub(super) fn translate(args: &TranslateArgs) -> anyhow::Result<ExitCode> {
    match &args.out {
        Some(out) => ship(&args.files, out, &args.ship, Compilers::default()),
        None => beside::translate(args.exit_non_zero_on_change),
    }
}

pub(super) fn build(args: &BuildArgs) -> anyhow::Result<ExitCode> {
    let cache = Cache::open()?;
    if let Some(note) = cache.note() {
        eprintln!("note: {note}");
    }
    let processors = processors(&args.target_cpu)?;
    let mut compilers = Compilers::default();
    for processor in processors {
        let builder = Builder::new(Toolchain::find(&processor)?, cache.clone());
        compilers.processors.push(Compiler { processor, builder });
    }
    compilers.devices = Some(Devices::new(&args.cuda_arch, cache)?);
    ship(&args.files, &args.out, &args.ship, compilers)
}

/// The processors to compile for, best first, by their whole names.
fn processors(named: &[String]) -> anyhow::Result<Vec<String>> {
    if named.is_empty() {
        return Ok(PROCESSORS.map(str::to_owned).to_vec());
    }
    let whole = |name: &String| match name.as_str() {
        "v1" => "x86-64".to_owned(),
        "v2" | "v3" | "v4" => format!("x86-64-{name}"),
        other => other.to_owned(),
    };
    let mut processors: Vec<String> = named.iter().map(whole).collect();
    let unknown = processors.iter().find(|name| !LOADED.contains(&name.as_str()));
    if let Some(name) = unknown {
        anyhow::bail!(
            "--target-cpu: no processor loads kernels for `{name}`; there are {}",
            LOADED.join(", ")
        );
    }
    processors.sort_by_key(|name| LOADED.iter().position(|known| known == name));
    processors.dedup();
    Ok(processors)
}

fn ship(named: &[PathBuf], out: &Path, args: &ShipArgs, mut compilers: Compilers) -> anyhow::Result<ExitCode> {
    compilers.usual_only = args.usual_only;
    let sources = sources(named, out)?;
    std::fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
    let recorded = recorded(args)?;
    let mut failed = false;
    for Found { path, place } in sources {
        let signatures = recorded.get(&real(&path)).cloned().unwrap_or_default();
        let target = out.join(place);
        match ship_one(&path, &target, &signatures, &compilers) {
            Ok(fine) => {
                failed |= !fine;
                if let Ok(metadata) = std::fs::metadata(&path) {
                    _ = std::fs::set_permissions(&target, metadata.permissions());
                }
            }
            Err(error) => {
                eprintln!("error: {error:#}");
                failed = true;
            }
        }
    }
    if args.bundle {
        bundle(out)?;
    }
    Ok(ExitCode::from(u8::from(failed)))
}

/// Ships a file; tells whether nothing was wrong with it.
fn ship_one(
    path: &Path,
    target: &Path,
    recorded: &BTreeMap<String, Vec<String>>,
    compilers: &Compilers,
) -> anyhow::Result<bool> {
    if let Some(folder) = target.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let mut file = files::read(path)?;
    if rewrite::is_translated(file.text()) {
        if let Some(original) = original(path, &file) {
            file = original;
        } else {
            eprintln!(
                "note: {}: was translated before, and is copied as it is",
                path.display()
            );
            copy_translated(path, target)?;
            return Ok(true);
        }
    }
    let program = Program::parse_with(file, &Project);
    let fine = complain(&program);
    if program.regions.is_empty() {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        write(target, &bytes)?;
        return Ok(fine);
    }
    Ok(ship_file(&program, target, recorded, compilers)? && fine)
}

/// Prints what is wrong with a program; tells whether nothing is.
pub(super) fn complain(program: &Program) -> bool {
    let wrong = |one: &&Diagnostic| one.severity == Severity::Error && !program.is_ignored(one);
    let errors = program.diagnostics.iter().filter(wrong);
    errors
        .inspect(|one| eprintln!("{}", render::concise(&program.file, one)))
        .count()
        == 0
}

/// The files to ship. Nothing is written where a result would replace a source or another result.
fn sources(files: &[PathBuf], folder: &Path) -> anyhow::Result<Vec<Found>> {
    let out = real(folder);
    let named = |path: &Path| files.iter().any(|file| file == path);
    let inside = |folder: &PathBuf| folder.is_dir() && out != real(folder) && out.starts_with(real(folder));
    let mut sources = files::python_files(files)?;
    if files.iter().any(inside) {
        sources.retain(|found| named(&found.path) || !real(&found.path).starts_with(&out)); // earlier results
    }
    let all: BTreeSet<PathBuf> = sources.iter().map(|found| real(&found.path)).collect();
    let mut targets: BTreeMap<&Path, &Path> = BTreeMap::new();
    for Found { path, place } in &sources {
        let target = folder.join(place);
        anyhow::ensure!(
            !all.contains(&real(&target)),
            "{} is a source, and would be overwritten; nothing was written: choose another folder with -o",
            target.display()
        );
        if let Some(other) = targets.insert(place, path).filter(|other| real(other) != real(path)) {
            anyhow::bail!(
                "{} and {} would both become {}; nothing was written: name the folder that holds both",
                other.display(),
                path.display(),
                target.display()
            );
        }
    }
    Ok(sources)
}

/// The path without links and detours, as far as it exists.
pub(super) fn real(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    std::fs::canonicalize(&absolute).unwrap_or_else(|_| match (absolute.parent(), absolute.file_name()) {
        (Some(parent), Some(name)) => real(parent).join(name),
        _ => absolute.clone(),
    })
}

/// The source of a translated file, from the manifest beside it, if it is what the file was made from.
fn original(path: &Path, file: &SourceFile) -> Option<SourceFile> {
    let manifest = std::fs::read_to_string(path.with_extension("fk.json")).ok()?;
    let manifest: Value = serde_json::from_str(&manifest).ok()?;
    let bytes = file.encode(manifest["source"].as_str()?).ok()?;
    let source = SourceFile::from_bytes(file.name(), &bytes).ok()?;
    let program = Program::parse_with(source, &Project);
    (program.rewrite(true).text == file.text()).then_some(program.file)
}

/// Copies a translated file with what belongs to it.
fn copy_translated(path: &Path, target: &Path) -> anyhow::Result<()> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    for entry in std::fs::read_dir(folder.unwrap_or(Path::new(".")))?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let ours = [".py", ".json", ".rs", ".so", ".cu", ".cubin", ".ptx"]
            .iter()
            .any(|end| name.ends_with(end));
        if ours && name.starts_with(&format!("{stem}.")) {
            let bytes =
                std::fs::read(entry.path()).with_context(|| format!("cannot read {}", entry.path().display()))?;
            write(&target.with_file_name(name), &bytes)?;
        }
    }
    Ok(())
}

fn recorded(args: &ShipArgs) -> anyhow::Result<Recorded> {
    let path = args.signatures.clone().unwrap_or_else(|| PathBuf::from(SIGNATURES));
    if args.signatures.is_none() && !path.exists() {
        return Ok(Recorded::new());
    }
    read_recorded(&path)
}

/// A file of recorded signatures.
pub(super) fn read_recorded(path: &Path) -> anyhow::Result<Recorded> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let stored: BTreeMap<PathBuf, BTreeMap<String, Vec<String>>> =
        serde_json::from_str(&text).with_context(|| format!("{} is no file of recorded signatures", path.display()))?;
    let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
    let named = |(file, regions): (PathBuf, _)| (real(&folder.join(file)), regions);
    Ok(stored.into_iter().map(named).collect())
}

/// Writes one file's text, kernels and manifest; tells whether all known signatures could be compiled.
fn ship_file(
    program: &Program,
    target: &Path,
    recorded: &BTreeMap<String, Vec<String>>,
    compilers: &Compilers,
) -> anyhow::Result<bool> {
    verify(&program.rewrite(true).text, target)?;
    let jobs: Vec<(&Region, Signature)> = program
        .regions
        .iter()
        .flat_map(|region| signatures(region, recorded).into_iter().map(move |s| (region, s)))
        .collect();
    if !compilers.processors.is_empty() {
        let ready = |region: &Region| jobs.iter().any(|(one, _)| one.name == region.name);
        for region in program.regions.iter().filter(|region| !ready(region)) {
            eprintln!(
                "note: {}:{}: nothing is built for this loop, because the types of its inputs are not known; annotate them \
                 (such as `x: \"f64[:]\"`), or run `ferrokeet record` first",
                program.file.name(),
                region.row
            );
        }
    }
    let made = threads::map(&jobs, |(region, signature)| {
        emitted(program, region, signature, target, compilers)
    });
    let compilers = compilers.processors.as_slice();
    let mut complaints = Vec::new();
    let mut ready = Vec::new();
    for ((region, _), made) in jobs.iter().zip(made) {
        match made {
            Ok(kernels) => ready.extend(kernels),
            Err(why) => complaints.push(format!("{}: {why}", region.name)),
        }
    }
    ready.sort_by(|a, b| (&a.key, a.unusual).cmp(&(&b.key, b.unusual)));
    let mut kernels = Map::new();
    if !compilers.is_empty() {
        let progress = Progress::counting(libraries::count(ready.len(), compilers), "compiled", "libraries");
        kernels = libraries::compiled(&ready, target, compilers, &mut complaints, || progress.step());
        progress.end();
    }
    for (path, content) in texts(program, target, kernels)? {
        write(&path, &content)?;
    }
    complaints
        .iter()
        .for_each(|complaint| eprintln!("error: {}: {complaint}", program.file.name()));
    Ok(complaints.is_empty())
}

/// The manifest and the rewritten text that a program becomes, with their places; the text, which needs the manifest, last.
pub(super) fn texts(
    program: &Program,
    target: &Path,
    kernels: Map<String, Value>,
) -> anyhow::Result<[(PathBuf, Vec<u8>); 2]> {
    let rewritten = program.rewrite(true);
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let place = |row: u32| rewritten.places.get(row as usize - 1).copied().unwrap_or(row);
    let regions = program.regions.iter();
    let regions: Vec<Value> = regions.map(|region| region_manifest(region, &name, place)).collect();
    let mut manifest = json!({
        "source": program.file.text(),
        "imports": program.imports.fingerprint(),
        "places": rewritten.places,
        "regions": regions,
        "kernels": kernels,
    });
    if let Some(origin) = origin(Path::new(program.file.name()), target) {
        manifest["origin"] = json!(origin);
    }
    let encoded = program.file.encode(&rewritten.text);
    let encoded = encoded.map_err(|error| anyhow::anyhow!("{}: {error}", target.display()))?;
    let manifest = format!("{manifest:#}\n").into_bytes();
    Ok([
        (target.with_extension("fk.json"), manifest),
        (target.to_path_buf(), encoded),
    ])
}

/// The way from a translated file's folder to its source, where both lie in one project: results that leave it tell nobody
/// where they were made.
fn origin(source: &Path, target: &Path) -> Option<String> {
    let (source, target) = (real(source), real(target));
    let folder = target.parent()?;
    let project = project::around(source.parent()?)?;
    let common = folder.ancestors().find(|above| source.starts_with(above))?;
    common.starts_with(project).then_some(())?;
    let up = folder.strip_prefix(common).ok()?.components().map(|_| "..");
    let down = source.strip_prefix(common).ok()?;
    let down = down.iter().map(|part| part.to_str());
    let way: Option<Vec<&str>> = up.map(Some).chain(down).collect();
    Some(way?.join("/"))
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

/// Where something about one kernel of a translated file lies.
pub(super) fn kernel_path(target: &Path, region: &Region, signature: &Signature, extension: &str) -> PathBuf {
    let stem = target.file_stem().unwrap_or_default().to_string_lossy();
    let hash = &blake3::hash(signature.to_string().as_bytes()).to_hex()[..8];
    target.with_file_name(format!("{stem}.{}.{hash}.{extension}", region.name))
}

/// The kernels of a region and a signature: the usual one, and one that supposes nothing where the usual one supposes something.
fn emitted(
    program: &Program,
    region: &Region,
    signature: &Signature,
    target: &Path,
    compilers: &Compilers,
) -> Result<Vec<Ready>, String> {
    let devices = compilers.devices.as_ref();
    let usual = supposing(program, region, signature, Supposed::Usual, target, devices)?;
    let unusual = match compilers.usual_only || usual.manifest["unusual"].is_null() {
        true => None,
        false => supposing(program, region, signature, Supposed::Nothing, target, devices).ok(),
    };
    Ok(std::iter::once(usual).chain(unusual).collect())
}

/// A kernel's text, which is written beside the file, and what its manifest says.
fn supposing(
    program: &Program,
    region: &Region,
    signature: &Signature,
    supposed: Supposed,
    target: &Path,
    devices: Option<&Devices>,
) -> Result<Ready, String> {
    let (made, tuned) = made(program, region, signature, supposed);
    let (analysed, emitted) = made.map_err(|diagnostics| reason(&program.file, &diagnostics))?;
    let unusual = supposed == Supposed::Nothing;
    let path = |extension: &str| match supposed {
        Supposed::Usual => kernel_path(target, region, signature, extension),
        Supposed::Nothing => kernel_path(target, region, signature, &format!("unusual.{extension}")),
    };
    write(&path("rs"), emitted.text.as_bytes()).map_err(|error| format!("{error:#}"))?;
    let mut manifest = kernel_manifest(&analysed, &emitted);
    if !tuned.is_empty() {
        manifest["tuned"] = json!(tuned.words(&analysed.region));
    }
    if region.wants_device() {
        match back::cuda::emit(&analysed.plan(), &program.file) {
            Ok(cuda) => {
                write(&path("cu"), cuda.text.as_bytes()).map_err(|error| format!("{error:#}"))?;
                match devices
                    .map(|devices| devices.images(&cuda.text, &path("cu")))
                    .transpose()?
                {
                    Some(Ok(images)) => manifest["device"] = json!({"images": images, "kernels": cuda.kernels}),
                    Some(Err(why)) => manifest["no_device"] = json!(why),
                    None => {}
                }
            }
            Err(why) => manifest["no_device"] = json!(why),
        }
    }
    Ok(Ready {
        key: format!("{}({signature})", region.name),
        unusual,
        manifest,
        emitted,
    })
}

/// The kernel, and what of a committed tuning it follows.
fn made(program: &Program, region: &Region, signature: &Signature, supposed: Supposed) -> (Made, Tuning) {
    let tuning = match supposed {
        Supposed::Usual => tuned::find_committed(&program.file, region, signature),
        Supposed::Nothing => Tuning::default(),
    };
    if !tuning.is_empty()
        && let Ok(made) = program.kernel_tuned(region, signature, &tuning)
    {
        return (Ok(made), tuning);
    }
    let made = program.kernel_supposing(region, signature, supposed);
    (made, Tuning::default())
}

/// Has CPython compile the text, where there is a CPython.
pub(super) fn verify(text: &str, target: &Path) -> anyhow::Result<()> {
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

/// Writes a file whole.
pub(super) fn write(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    write_atomically(path, content).with_context(|| format!("cannot write {}", path.display()))
}
