//! What lies around a document.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::Settings;
use crate::diagnostics::Diagnostic;
use crate::infer::Signature;
use crate::lower::Modules;
use crate::python::{Module, parse_at};
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

/// The modules of a project, as they stand in the editor where they are open there; each is looked for and parsed once.
pub(super) struct Buffers {
    workspace: Arc<dyn Workspace>,
    open: Arc<HashMap<PathBuf, String>>,
    found: Mutex<HashMap<(String, String), Option<SourceFile>>>,
    parsed: Mutex<HashMap<(String, u32), Arc<Module>>>,
}

impl Buffers {
    pub(super) fn new(workspace: Arc<dyn Workspace>, open: Arc<HashMap<PathBuf, String>>) -> Self {
        Self {
            workspace,
            open,
            found: Mutex::default(),
            parsed: Mutex::default(),
        }
    }

    fn look_for(&self, importer: &str, module: &str) -> Option<SourceFile> {
        let path = self.workspace.locate(importer, module)?;
        match self.open.get(&path) {
            Some(text) => Some(SourceFile::new(path.display().to_string(), text.as_str())),
            None => self.workspace.read(&path),
        }
    }
}

impl Modules for Buffers {
    fn find(&self, importer: &str, module: &str) -> Option<SourceFile> {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = (importer.to_owned(), module.to_owned());
        found
            .entry(wanted)
            .or_insert_with(|| self.look_for(importer, module))
            .clone()
    }

    fn parse(&self, file: &SourceFile, base: u32) -> Arc<Module> {
        let mut parsed = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        let known = parsed.entry((file.name().to_owned(), base));
        Arc::clone(known.or_insert_with(|| Arc::new(parse_at(file.text(), base))))
    }
}
