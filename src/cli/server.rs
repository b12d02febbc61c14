//! `ferrokeet server`: the language server over the files on disk.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use super::config::{Config, Configs, Overrides};
use super::project::Project;
use super::ship::Recorded;
use super::{files, ship};
use crate::diagnostics::Diagnostic;
use crate::infer::Signature;
use crate::lsp::{self, Settings, Workspace};
use crate::source::SourceFile;

pub(super) fn serve() -> anyhow::Result<ExitCode> {
    lsp::serve(Arc::new(Disk::default()))?;
    Ok(ExitCode::SUCCESS)
}

/// The user's files, each configuration read once until something changes.
#[derive(Default)]
struct Disk {
    configs: Mutex<Option<(Settings, Configs)>>,
    /// Recorded signatures, by the folder of their file.
    recorded: Mutex<Vec<(PathBuf, Recorded)>>,
}

impl Disk {
    fn config(&self, path: &Path, settings: &Settings) -> anyhow::Result<Arc<Config>> {
        let mut known = self.configs.lock().unwrap_or_else(PoisonError::into_inner);
        if known.as_ref().is_none_or(|(under, _)| under != settings) {
            let overrides = Overrides {
                select: settings.select.as_deref().unwrap_or_default(),
                ignore: &settings.ignore,
                strict: settings.strict,
                ..Overrides::default()
            };
            *known = Some((settings.clone(), Configs::new(&overrides)?));
        }
        let (_, configs) = known.as_mut().expect("it was made above");
        configs.of(path)
    }
}

impl Workspace for Disk {
    fn locate(&self, importer: &str, module: &str) -> Option<PathBuf> {
        Project.locate(importer, module)
    }

    fn read(&self, path: &Path) -> Option<SourceFile> {
        files::read(path).ok()
    }

    fn configure(&self, path: &Path, settings: &Settings, diagnostics: &mut Vec<Diagnostic>) -> Result<(), String> {
        let config = self.config(path, settings).map_err(|error| format!("{error:#}"))?;
        match config.excludes(path) {
            true => diagnostics.clear(),
            false => config.apply(path, diagnostics),
        }
        Ok(())
    }

    fn recorded(&self, path: &Path, region: &str) -> Vec<Signature> {
        let mut known = self.recorded.lock().unwrap_or_else(PoisonError::into_inner);
        for folder in path.ancestors().skip(1) {
            let file = folder.join(ship::SIGNATURES);
            let read = known.iter().position(|(known, _)| known == folder);
            let number = match (read, file.is_file()) {
                (Some(number), _) => number,
                (None, false) => continue,
                (None, true) => {
                    known.push((folder.to_path_buf(), ship::read_recorded(&file).unwrap_or_default()));
                    known.len() - 1
                }
            };
            let regions = known[number].1.get(&ship::real(path));
            let texts = regions.and_then(|regions| regions.get(region)).into_iter().flatten();
            return texts.filter_map(|text| text.parse().ok()).collect();
        }
        Vec::new()
    }

    fn forget(&self) {
        *self.configs.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
