//! What lies around a document.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Settings;
use crate::diagnostics::Diagnostic;
use crate::infer::Signature;
use crate::lower::Modules;
use crate::source::SourceFile;

/// The files of the user's projects, as far as the server must know them.
pub trait Workspace: Send + Sync {
    /// Where a module that a file imports lies, if it is one of the same project.
    fn locate(&self, importer: &str, module: &str) -> Option<PathBuf>;

    /// A file on disk.
    fn read(&self, path: &Path) -> Option<SourceFile>;

    /// Takes away what the configuration does not want said about a file, and gives the rest the severity that it wants.
    ///
    /// # Errors
    /// What is wrong with the configuration.
    fn configure(&self, path: &Path, settings: &Settings, diagnostics: &mut Vec<Diagnostic>) -> Result<(), String>;

    /// The signatures that were recorded for a region of a file.
    fn recorded(&self, path: &Path, region: &str) -> Vec<Signature>;

    /// Reads everything anew from now on.
    fn forget(&self);
}

/// The modules of a project, as they stand in the editor where they are open there.
pub(super) struct Buffers {
    pub(super) workspace: Arc<dyn Workspace>,
    pub(super) open: Arc<HashMap<PathBuf, String>>,
}

impl Modules for Buffers {
    fn find(&self, importer: &str, module: &str) -> Option<SourceFile> {
        let path = self.workspace.locate(importer, module)?;
        match self.open.get(&path) {
            Some(text) => Some(SourceFile::new(path.display().to_string(), text.as_str())),
            None => self.workspace.read(&path),
        }
    }
}
