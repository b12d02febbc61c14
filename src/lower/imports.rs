//! The modules whose functions a file calls.
//!
//! Lowering does no input: it names the modules that it would look into ([`Lowered::wanted`](super::Lowered)), whoever
//! calls it finds their sources, and lowers again. The places of everything in them lie behind [`FOREIGN`], so that a span tells its file.

use std::collections::HashMap;
use std::sync::Arc;

use crate::python::{Module, parse_at};
use crate::source::{SourceFile, Span};

/// Where the spans of imported modules start. No file that has imports is as large.
pub(super) const FOREIGN: u32 = 1 << 30;
/// The name of the module that holds NumPy's functions which are written in the language itself. No file has such a path.
pub(super) const NUMPY: &str = "<numpy>";
/// The same for those of Python's own modules.
pub(super) const STANDARD: &str = "<standard>";
/// What is written in the language, by the names of the modules.
const WRITTEN: [(&str, &str); 2] = [
    (
        NUMPY,
        concat!(
            include_str!("numpy.py"),
            include_str!("orders.py"),
            include_str!("sets.py"),
            include_str!("series.py"),
            include_str!("linalg.py"),
            include_str!("random.py")
        ),
    ),
    (STANDARD, include_str!("standard.py")),
];
/// More modules than that are not looked into.
const MOST: usize = 200;

/// Finds the sources of modules of the same project.
pub trait Modules {
    /// The module that `import module` means in the file called `importer`: relative (`.shapes`, `..`) or absolute
    /// (`pkg.shapes`). Its name is its path.
    fn find(&self, importer: &str, module: &str) -> Option<SourceFile>;

    /// Parses it, its places moved by `base`; a caller who parses many files that import the same ones may remember them.
    fn parse(&self, file: &SourceFile, base: u32) -> Arc<Module> {
        Arc::new(parse_at(file.text(), base))
    }
}

/// Finds nothing: every file stands alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoModules;

impl Modules for NoModules {
    fn find(&self, _: &str, _: &str) -> Option<SourceFile> {
        None
    }
}

/// An import that lowering would look into: the number of the file that has it, and the module as written there.
pub type Wanted = (usize, String);

/// The modules found so far, numbered from 1; number 0 is the file that is translated.
#[derive(Clone, Debug, Default)]
pub struct Imports {
    modules: Vec<Imported>,
    links: HashMap<Wanted, Option<usize>>,
}

#[derive(Clone, Debug)]
struct Imported {
    file: SourceFile,
    module: Arc<Module>,
    base: u32,
}

/// Whether a module that is written in the language itself has a function.
pub(super) fn is_written(module: &str, name: &str) -> bool {
    if name.starts_with('_') {
        return false;
    }
    let source = WRITTEN.iter().find(|(one, _)| *one == module);
    let definitions = source.into_iter().flat_map(|(_, text)| text.split("\ndef ").skip(1));
    let mut names = definitions.filter_map(|text| text.split('(').next());
    names.any(|one| one == name)
}

impl Imports {
    /// Whether an import was looked for.
    pub fn is_settled(&self, wanted: &Wanted) -> bool {
        self.links.contains_key(wanted)
    }

    /// Looks for a module and notes the answer.
    pub fn settle(&mut self, wanted: Wanted, main: &SourceFile, modules: &dyn Modules) {
        let importer = self.file(wanted.0).unwrap_or(main).name().to_owned();
        let file = match WRITTEN.iter().find(|(name, _)| wanted.1 == *name) {
            Some((name, text)) => Some(SourceFile::new(*name, *text)),
            None => modules.find(&importer, &wanted.1),
        };
        let found = file.and_then(|file| self.add(file, modules));
        self.links.insert(wanted, found);
    }

    fn add(&mut self, file: SourceFile, modules: &dyn Modules) -> Option<usize> {
        let known = self.modules.iter().position(|one| one.file.name() == file.name());
        if let Some(known) = known {
            return Some(known + 1);
        }
        let base = self
            .modules
            .last()
            .map_or(FOREIGN, |last| last.base + last.file.text().len() as u32 + 1);
        let fits = u32::try_from(file.text().len())
            .ok()
            .and_then(|length| base.checked_add(length))
            .is_some();
        if !fits || self.modules.len() >= MOST {
            return None;
        }
        let module = modules.parse(&file, base);
        self.modules.push(Imported { file, module, base });
        Some(self.modules.len())
    }

    /// The module that an import means; the outer `None` when nobody has looked yet.
    pub(super) fn link(&self, wanted: &Wanted) -> Option<Option<usize>> {
        self.links.get(wanted).copied()
    }

    /// The file with a number; `None` for the one that is translated.
    pub(super) fn file(&self, number: usize) -> Option<&SourceFile> {
        Some(&self.modules.get(number.checked_sub(1)?)?.file)
    }

    pub(super) fn trees(&self) -> impl Iterator<Item = &Module> {
        self.modules.iter().map(|one| &*one.module)
    }

    /// The file in which a place behind [`FOREIGN`] lies, and the place in that file.
    pub(super) fn place(&self, span: Span) -> Option<(&SourceFile, Span)> {
        let one = self.modules.iter().rev().find(|one| one.base <= span.start)?;
        Some((&one.file, Span::new(span.start - one.base, span.end - one.base)))
    }

    /// Whether `modules` finds now what was found for a file.
    pub fn are_current(&self, main: &SourceFile, modules: &dyn Modules) -> bool {
        self.links.iter().all(|((importer, module), known)| {
            let importer = self.file(*importer).unwrap_or(main).name();
            let found = modules.find(importer, module);
            let same = |known: usize| {
                let known = self.file(known);
                let pair = known.zip(found.as_ref());
                pair.is_some_and(|(known, found)| (known.name(), known.text()) == (found.name(), found.text()))
            };
            known.map_or(found.is_none(), same)
        })
    }

    /// Changes when any text that was looked at, or what an import means, does.
    pub fn fingerprint(&self) -> String {
        let mut links: Vec<_> = self.links.iter().collect();
        links.sort();
        let mut hasher = blake3::Hasher::new();
        for link in links {
            hasher.update(format!("{link:?}\n").as_bytes());
        }
        for one in &self.modules {
            hasher.update(blake3::hash(one.file.text().as_bytes()).as_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }
}

/// The modules found for a file serve another version of it.
impl Modules for Imports {
    fn find(&self, importer: &str, module: &str) -> Option<SourceFile> {
        let number = self.modules.iter().position(|one| one.file.name() == importer);
        let number = number.map_or(0, |position| position + 1);
        let found = self.links.get(&(number, module.to_owned()))?;
        found.and_then(|found| self.file(found)).cloned()
    }
}
