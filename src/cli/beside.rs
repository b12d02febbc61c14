//! Translated files beside their sources: written by `translate` without files, compared by `check --up-to-date`.
//!
//! What the configuration names is compared byte for byte, so that a change of the source, of a function that its loops
//! call, of Ferrokeet, or by hand all show. Other translated files carry the hash of their source, and their manifest the way
//! to it; compiled kernels are not compared.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use serde_json::{Map, Value};

use super::config::{Beside, Configs, Overrides};
use super::project::Project;
use super::{files, ship};
use crate::build::write_atomically;
use crate::rewrite;
use crate::translate::{Program, assumed_signature, reason};

/// Why a translated file is stale although its source is what it was.
const EDITED: &str = "it was edited, or written by another version of Ferrokeet";

/// A source and everything that it becomes.
struct Translation {
    source: PathBuf,
    target: PathBuf,
    files: Vec<(PathBuf, Vec<u8>)>,
    /// Files of an earlier translation that belong to nothing now.
    obsolete: Vec<PathBuf>,
    /// Nothing was wrong with the source.
    fine: bool,
}

impl Translation {
    /// `None`: the file is itself the result of a translation.
    fn new(source: &Path, beside: &Beside) -> anyhow::Result<Option<Self>> {
        let target = target(source, &beside.suffix);
        let file = files::read(source)?;
        if rewrite::is_translated(file.text()) {
            return Ok(None);
        }
        let program = Program::parse_with(file, &Project);
        let mut fine = ship::complain(&program);
        let mut files = Vec::new();
        if program.regions.is_empty() {
            let bytes = std::fs::read(source).with_context(|| format!("cannot read {}", source.display()))?;
            files.push((target.clone(), bytes));
        } else {
            files.extend(ship::texts(&program, &target, Map::new())?);
            if beside.rust {
                fine &= generated(&program, &target, &mut files);
            }
        }
        let obsolete = earlier(&target)?
            .into_iter()
            .filter(|path| files.iter().all(|(kept, _)| kept != path))
            .collect();
        Ok(Some(Self {
            source: source.to_path_buf(),
            target,
            files,
            obsolete,
            fine,
        }))
    }

    /// Whether the files on disk are these.
    fn is_current(&self) -> bool {
        let same = |(path, content): &(PathBuf, Vec<u8>)| std::fs::read(path).is_ok_and(|found| found == *content);
        self.obsolete.is_empty() && self.files.iter().all(same)
    }

    /// The rewritten text.
    fn text(&self) -> &[u8] {
        let text = self.files.iter().find(|(path, _)| *path == self.target);
        text.map_or(&[], |(_, text)| text)
    }

    fn write(&self) -> anyhow::Result<()> {
        ship::verify(&String::from_utf8_lossy(self.text()), &self.target)?;
        for (path, content) in &self.files {
            write_atomically(path, content).with_context(|| format!("cannot write {}", path.display()))?;
        }
        for path in &self.obsolete {
            std::fs::remove_file(path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
        Ok(())
    }
}

/// Adds the Rust of every kernel whose types are declared; tells whether all could be made.
fn generated(program: &Program, target: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) -> bool {
    let mut fine = true;
    for region in &program.regions {
        let (signature, declared) = assumed_signature(region);
        if !declared {
            continue;
        }
        match program.kernel(region, &signature) {
            Ok((_, emitted)) => files.push((
                ship::kernel_path(target, region, &signature, "rs"),
                emitted.text.into_bytes(),
            )),
            Err(diagnostics) => {
                let why = reason(&program.file, &diagnostics);
                eprintln!("error: {}: {}: {why}", program.file.name(), region.name);
                fine = false;
            }
        }
    }
    fine
}

/// `kernels.py` and `_native` give `kernels_native.py`.
fn target(source: &Path, suffix: &str) -> PathBuf {
    let stem = source.file_stem().unwrap_or_default().to_string_lossy();
    source.with_file_name(format!("{stem}{suffix}.py"))
}

/// The manifest and the generated Rust of an earlier translation, by their names.
fn earlier(target: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let stem = target.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let ours = |name: &str| {
        let Some(rest) = name.strip_prefix(&stem).and_then(|rest| rest.strip_prefix('.')) else {
            return false;
        };
        let parts: Vec<&str> = rest.split('.').collect();
        let is_hash = |text: &str| text.len() == 8 && text.bytes().all(|c| c.is_ascii_hexdigit());
        rest == "fk.json" || matches!(parts.as_slice(), [_, hash, "rs"] if is_hash(hash))
    };
    let names = entries.flatten().map(|entry| entry.file_name());
    Ok(names
        .filter(|name| name.to_str().is_some_and(ours))
        .map(|name| target.with_file_name(name))
        .collect())
}

/// The translations that configurations ask for of these files and folders; what cannot be made is told.
fn configured(configs: &mut Configs, paths: &[PathBuf]) -> anyhow::Result<(Vec<Translation>, bool)> {
    let (mut made, mut failed) = (Vec::new(), false);
    for found in files::python_files(paths)? {
        let config = configs.of(&found.path)?;
        let Some(beside) = config.beside(&found.path) else {
            continue;
        };
        if is_result(&found.path, &beside.suffix) {
            continue;
        }
        match Translation::new(&found.path, beside) {
            Ok(translation) => made.extend(translation),
            Err(error) => {
                eprintln!("error: {error:#}");
                failed = true;
            }
        }
    }
    Ok((made, failed))
}

/// Whether a file is the translation of another one beside it.
fn is_result(path: &Path, suffix: &str) -> bool {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let source = stem.strip_suffix(suffix).filter(|source| !source.is_empty());
    source.is_some_and(|source| path.with_file_name(format!("{source}.py")).exists())
}

/// Where a command without files looks.
fn here() -> Vec<PathBuf> {
    vec![PathBuf::from(".")]
}

/// `ferrokeet translate`: writes what the configuration asks for and is not there already.
pub(super) fn translate(exit_non_zero_on_change: bool) -> anyhow::Result<ExitCode> {
    let mut configs = Configs::new(&Overrides::default())?;
    let (translations, mut failed) = configured(&mut configs, &here())?;
    anyhow::ensure!(
        !translations.is_empty() || failed || configs.translates(),
        "no file is named, and no configuration names one: `ferrokeet translate FILES -o DIR`, or `files` in \
         [tool.ferrokeet.translate]"
    );
    let mut changed = false;
    for translation in &translations {
        failed |= !translation.fine;
        if !translation.is_current() {
            translation.write()?;
            changed = true;
            let (source, target) = (shown(&translation.source), shown(&translation.target));
            files::print(&format!("{target}: written anew from {source}"));
        }
    }
    Ok(ExitCode::from(u8::from(failed || (changed && exit_non_zero_on_change))))
}

/// `ferrokeet check --up-to-date`: names each translated file that is not what its source gives.
pub(super) fn up_to_date(configs: &mut Configs, paths: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let own = here();
    let paths = if paths.is_empty() { &own } else { paths };
    let (translations, mut failed) = configured(configs, paths)?;
    let mut stale = Vec::new();
    for translation in &translations {
        if !translation.is_current() {
            let why = difference(translation);
            let target = shown(&translation.target);
            stale.push(format!("{target}: stale: {why}; run `ferrokeet translate`"));
        }
    }
    for found in files::python_files(paths)? {
        if translations.iter().any(|one| one.target == found.path) {
            continue;
        }
        match shipped(&found.path) {
            Ok(Some(line)) => stale.push(line),
            Ok(None) => {}
            Err(error) => {
                eprintln!("error: {error:#}");
                failed = true;
            }
        }
    }
    stale.iter().for_each(|line| files::print(line));
    Ok(ExitCode::from(if failed { 2 } else { u8::from(!stale.is_empty()) }))
}

/// In what a translation differs from the files on disk.
fn difference(translation: &Translation) -> String {
    let source = shown(&translation.source);
    let Ok(found) = std::fs::read(&translation.target) else {
        return format!("{source} was never translated");
    };
    let header = |text: &[u8]| rewrite::source_hash(&String::from_utf8_lossy(text)).map(str::to_owned);
    let text = translation.text();
    if header(text) != header(&found) {
        return format!("{source} has changed since");
    }
    if *text != *found {
        return EDITED.to_owned();
    }
    let manifest = translation.target.with_extension("fk.json");
    let wanted = translation.files.iter().find(|(path, _)| *path == manifest);
    let called = |text: &[u8]| serde_json::from_slice::<Value>(text).unwrap_or_default()["imports"].clone();
    match (wanted, std::fs::read(&manifest)) {
        (Some((_, wanted)), Ok(found)) if called(wanted) != called(&found) => {
            format!("a function that {source} calls has changed since")
        }
        (Some(_), Err(_)) => "its manifest is gone".to_owned(),
        _ => EDITED.to_owned(),
    }
}

/// What is stale about a translated file that its manifest tells the source of; `None`: nothing, or it is none.
fn shipped(path: &Path) -> anyhow::Result<Option<String>> {
    let file = files::read(path)?;
    let Some(hash) = rewrite::source_hash(file.text()) else {
        return Ok(None);
    };
    let manifest = std::fs::read_to_string(path.with_extension("fk.json")).unwrap_or_default();
    let manifest: Value = serde_json::from_str(&manifest).unwrap_or_default();
    let Some(origin) = manifest["origin"].as_str() else {
        return Ok(None);
    };
    let folder = path.parent().unwrap_or(Path::new(""));
    let source = ship::real(&folder.join(origin));
    let name = shown(&source);
    if !source.exists() {
        return Ok(Some(format!("{}: stale: its source {name} is gone", shown(path))));
    }
    let program = Program::parse_with(files::read(&source)?, &Project);
    let rewritten = program.rewrite(true).text;
    let why = if rewrite::source_hash(&rewritten) != Some(hash) {
        format!("{name} has changed since")
    } else if rewritten != file.text() {
        EDITED.to_owned()
    } else if manifest["imports"].as_str() != Some(&program.imports.fingerprint()) {
        format!("a function that {name} calls has changed since")
    } else {
        return Ok(None);
    };
    let built = manifest["kernels"]
        .as_object()
        .is_some_and(|kernels| !kernels.is_empty());
    let command = if built { "build" } else { "translate" };
    let out = match shown(folder) {
        empty if empty.is_empty() => ".".to_owned(),
        folder => folder,
    };
    Ok(Some(format!(
        "{}: stale: {why}; run `ferrokeet {command} {name} -o {out}`",
        shown(path)
    )))
}

/// A path as a reader of the current folder writes it.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let path = path.strip_prefix(&here).unwrap_or(path);
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}
