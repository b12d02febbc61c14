//! The libraries of a file's kernels, for every processor: several kernels share one.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::device::Devices;
use super::ship::write;
use super::threads;
use crate::build::Builder;
use crate::translate::{Emitted, join};

/// A compiler for one kind of processor.
pub(super) struct Compiler {
    pub(super) processor: String,
    pub(super) builder: Builder,
}

/// A kernel that is ready to be compiled: how the manifest calls it, and what stands there.
pub(super) struct Ready {
    pub(super) key: String,
    /// It serves the launches that the kernel before it, of the same key, leaves.
    pub(super) unusual: bool,
    pub(super) manifest: Value,
    pub(super) emitted: Emitted,
}

/// What a build compiles with; nothing: it only translates.
#[derive(Default)]
pub(super) struct Compilers {
    pub(super) processors: Vec<Compiler>,
    pub(super) devices: Option<Devices>,
    /// Without the kernels of launches that are not as the types suppose.
    pub(super) usual_only: bool,
}

/// How many libraries that many kernels make.
pub(super) fn count(kernels: usize, compilers: &[Compiler]) -> usize {
    kernels.div_ceil(together(compilers)) * compilers.len()
}

/// Most kernels in one library.
fn together(compilers: &[Compiler]) -> usize {
    compilers.first().map_or(1, |compiler| compiler.builder.together())
}

/// Where a kernel is found: the file, and the symbol in it.
type Place = (String, String);

/// Compiles the kernels of a file and writes their libraries beside it; gives what the manifest says of those that could be
/// compiled, and adds to `complaints` why others could not. `each` runs after every library.
pub(super) fn compiled(
    ready: &[Ready],
    target: &Path,
    compilers: &[Compiler],
    complaints: &mut Vec<String>,
    each: impl Fn() + Sync,
) -> Map<String, Value> {
    let together = together(compilers);
    let jobs: Vec<(usize, &Compiler)> = (0..ready.len())
        .step_by(together)
        .flat_map(|first| compilers.iter().map(move |compiler| (first, compiler)))
        .collect();
    let made = threads::map(&jobs, |(first, compiler)| {
        let group = &ready[*first..ready.len().min(first + together)];
        let places = places(group, *first, target, compiler);
        each();
        places
    });
    let mut manifests = Map::new();
    for (number, kernel) in ready.iter().enumerate() {
        let group = number / together * compilers.len();
        let places = made[group..group + compilers.len()]
            .iter()
            .map(|places| &places[number % together]);
        match manifest(kernel, compilers.iter().zip(places)) {
            Ok(manifest) if kernel.unusual => {
                if let Some(usual) = manifests.get_mut(&kernel.key) {
                    usual["otherwise"] = manifest;
                }
            }
            Ok(manifest) => _ = manifests.insert(kernel.key.clone(), manifest),
            Err(_) if kernel.unusual => {} // such launches run as Python then
            Err(why) => complaints.push(format!("{}: {why}", kernel.key)),
        }
    }
    manifests
}

/// What the manifest says of a kernel whose libraries lie in these places.
fn manifest<'a>(
    kernel: &Ready,
    places: impl Iterator<Item = (&'a Compiler, &'a Result<Place, String>)>,
) -> Result<Value, String> {
    let mut libraries = Vec::new();
    for (compiler, place) in places {
        let (library, symbol) = place.as_ref().map_err(Clone::clone)?;
        libraries.push(json!({"processor": compiler.processor, "library": library, "symbol": symbol}));
    }
    let mut manifest = kernel.manifest.clone();
    manifest["libraries"] = json!(libraries);
    Ok(manifest)
}

/// Where each kernel of a group is found once compiled; `first` is the number of its first one in the file. A group that
/// cannot be compiled is halved until it is known which of its kernels cannot.
fn places(group: &[Ready], first: usize, target: &Path, compiler: &Compiler) -> Vec<Result<Place, String>> {
    let (text, symbols) = join(group.iter().map(|kernel| &kernel.emitted));
    let built = compiler.builder.build(&text).map_err(|error| error.to_string());
    let written = built.and_then(|built| written(&built.library, first, target, compiler));
    match written {
        Ok(library) => symbols
            .into_iter()
            .map(|symbol| Ok((library.clone(), symbol)))
            .collect(),
        Err(_) if group.len() > 1 => {
            let (left, right) = group.split_at(group.len() / 2);
            let mut found = places(left, first, target, compiler);
            found.extend(places(right, first + left.len(), target, compiler));
            found
        }
        Err(why) => vec![Err(why)],
    }
}

/// Copies a library beside the translated file; gives its name.
fn written(library: &Path, first: usize, target: &Path, compiler: &Compiler) -> Result<String, String> {
    let stem = target.file_stem().unwrap_or_default().to_string_lossy();
    let name = format!("{stem}.{}.{}.so", first + 1, compiler.processor);
    let bytes = std::fs::read(library).map_err(|error| format!("{}: {error}", library.display()))?;
    write(&target.with_file_name(&name), &bytes).map_err(|error| format!("{error:#}"))?;
    Ok(name)
}
