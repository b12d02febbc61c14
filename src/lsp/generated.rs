//! What becomes of a loop, as a document to read.

use ls_types::{Position, Uri};
use serde::{Deserialize, Serialize};

use super::snapshot::Snapshot;
use crate::translate::{self, reason};

/// What to show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Stage {
    /// The kernel.
    #[default]
    Rust,
    /// The kernel for a GPU.
    Cuda,
    /// The findings under the source lines.
    Verdict,
    /// The rewritten file.
    Python,
}

/// The parameters of `ferrokeet/generated`, and the argument of the command.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Wanted {
    pub(super) uri: Uri,
    pub(super) position: Position,
    #[serde(default)]
    pub(super) stage: Stage,
}

/// The answer to `ferrokeet/generated`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Generated {
    /// A file name for it.
    pub(super) name: String,
    pub(super) language_id: &'static str,
    pub(super) text: String,
}

/// What becomes of the region at a place.
///
/// # Errors
/// Why there is nothing to show.
pub(super) fn at(snapshot: &Snapshot, wanted: &Wanted) -> Result<Generated, String> {
    if wanted.stage == Stage::Python {
        let stem = snapshot.path.file_stem().unwrap_or_default().to_string_lossy();
        return Ok(Generated {
            name: format!("{stem}.translated.py"),
            language_id: "python",
            text: snapshot.whole().program.rewrite(false).text,
        });
    }
    let offset = snapshot.offset(&wanted.uri, wanted.position);
    let nothing = "no loop that can be translated is here";
    // Rows are told in what is shown.
    let (parsed, offset) = snapshot.in_place(offset.ok_or(nothing)?);
    let program = &parsed.program;
    let (number, region) = parsed.regions_at(offset).next().ok_or(nothing)?;
    let failed = |why: Vec<_>| reason(&program.file, &why);
    let named = (snapshot.path.as_path(), region.name.as_str());
    let (analysed, types) = parsed.analysed(number, named, &*snapshot.workspace).map_err(failed)?;
    match wanted.stage {
        Stage::Verdict => Ok(Generated {
            name: format!("{}.verdict.txt", region.name),
            language_id: "plaintext",
            text: translate::verdict(program, &analysed, types),
        }),
        Stage::Cuda => {
            let emitted = crate::back::cuda::emit(&analysed.plan(), &program.file);
            let emitted = emitted.map_err(|why| format!("{} has no kernel for a GPU: {why}", region.name))?;
            Ok(Generated {
                name: format!("{}.cu", region.name),
                language_id: "cuda-cpp",
                text: emitted.text,
            })
        }
        Stage::Rust | Stage::Python => {
            let (_, emitted) = program.kernel(region, &analysed.signature).map_err(failed)?;
            Ok(Generated {
                name: format!("{}.rs", region.name),
                language_id: "rust",
                text: emitted.text,
            })
        }
    }
}

/// Writes it where a client that cannot show it by itself can open it.
///
/// # Errors
/// What the file system says.
pub(super) fn write(generated: &Generated) -> std::io::Result<std::path::PathBuf> {
    let folder = std::env::temp_dir().join(format!("ferrokeet-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let path = folder.join(&generated.name);
    crate::build::write_atomically(&path, generated.text.as_bytes())?;
    Ok(path)
}
