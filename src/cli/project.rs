//! Where the modules of a project lie.

use std::path::{Path, PathBuf};

use super::files;
use crate::lower::Modules;
use crate::source::SourceFile;

/// The modules beside a file, in the packages around it and in the project's folder. Installed packages are not looked into.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Project;

/// Files that lie in the folder of a project.
const MARKS: [&str; 5] = ["pyproject.toml", "ferrokeet.toml", "setup.py", "setup.cfg", ".git"];

impl Modules for Project {
    fn find(&self, importer: &str, module: &str) -> Option<SourceFile> {
        files::read(&self.locate(importer, module)?).ok()
    }
}

impl Project {
    /// Where a module that a file imports lies.
    pub(super) fn locate(self, importer: &str, module: &str) -> Option<PathBuf> {
        let folder = std::path::absolute(importer).ok()?.parent()?.to_path_buf();
        let name = module.trim_start_matches('.');
        let dots = module.len() - name.len();
        let parts: PathBuf = name.split('.').filter(|part| !part.is_empty()).collect();
        if dots > 0 {
            // One dot is the folder itself.
            return at(&folder.ancestors().nth(dots - 1)?.join(parts));
        }
        roots(&folder).iter().find_map(|root| at(&root.join(&parts)))
    }
}

/// The file of the module at a path: its own, or a package's.
fn at(path: &Path) -> Option<PathBuf> {
    let installed = |part: &std::ffi::OsStr| part == "site-packages" || part == "dist-packages";
    if path.iter().any(installed) {
        return None;
    }
    let candidates = [path.with_added_extension("py"), path.join("__init__.py")];
    candidates.into_iter().find(|candidate| candidate.is_file())
}

/// The folder of the project that a folder belongs to.
pub(super) fn around(folder: &Path) -> Option<&Path> {
    folder
        .ancestors()
        .find(|folder| MARKS.iter().any(|mark| folder.join(mark).exists()))
}

/// Folders from which absolute imports may start, as Python would have them: the one around the outermost package, that of the
/// file, the project's and its `src`, the current one, and those of `PYTHONPATH`.
fn roots(folder: &Path) -> Vec<PathBuf> {
    let is_package = |folder: &&Path| folder.join("__init__.py").is_file();
    let outside = folder.ancestors().find(|folder| !is_package(folder));
    let project = around(folder);
    let mut roots: Vec<PathBuf> = outside.into_iter().map(Path::to_path_buf).collect();
    roots.push(folder.to_path_buf());
    if let Some(project) = project {
        roots.extend([project.to_path_buf(), project.join("src")]);
    }
    roots.extend(std::env::current_dir());
    let named = std::env::var_os("PYTHONPATH").unwrap_or_default();
    roots.extend(std::env::split_paths(&named).filter(|path| !path.as_os_str().is_empty()));
    roots
}
