//! The texts that are open in the client.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use ls_types::{
    DidChangeNotebookDocumentParams, DidOpenNotebookDocumentParams, NotebookCell, NotebookCellKind,
    NotebookDocumentCellChangeStructure, TextDocumentContentChangeEvent, TextDocumentItem, Uri,
};

use super::snapshot::{Around, Part, Snapshot};
use crate::source::LineIndex;

/// A file or a notebook.
struct Document {
    path: PathBuf,
    /// The file, or the cells in their order.
    parts: Vec<Part>,
    /// Whether it is a notebook.
    notebook: bool,
    snapshot: Arc<Snapshot>,
}

/// All that is open, by the address that the client uses; the cells of a notebook by that of the notebook.
#[derive(Default)]
pub(super) struct Documents {
    all: HashMap<Uri, Document>,
    /// The notebook of each cell.
    cells: HashMap<Uri, Uri>,
}

/// The file of an address; of one that is no file, a name.
pub(super) fn path_of(uri: &Uri) -> PathBuf {
    let path = uri.to_file_path().map(std::borrow::Cow::into_owned);
    path.unwrap_or_else(|| PathBuf::from(uri.as_str()))
}

impl Documents {
    /// The document that an address belongs to.
    fn home<'u>(&'u self, uri: &'u Uri) -> &'u Uri {
        self.cells.get(uri).unwrap_or(uri)
    }

    pub(super) fn snapshot(&self, uri: &Uri) -> Option<Arc<Snapshot>> {
        let document = self.all.get(self.home(uri))?;
        Some(Arc::clone(&document.snapshot))
    }

    /// The address of the document that an address belongs to.
    pub(super) fn document_of(&self, uri: &Uri) -> Option<Uri> {
        let home = self.home(uri);
        self.all.contains_key(home).then(|| home.clone())
    }

    pub(super) fn uris(&self) -> Vec<Uri> {
        self.all.keys().cloned().collect()
    }

    /// The texts of the files that are open.
    pub(super) fn texts(&self) -> HashMap<PathBuf, String> {
        let files = self.all.values().filter(|document| !document.notebook);
        let texts = files.filter_map(|document| Some((document.path.clone(), document.parts.first()?.text.clone())));
        texts.collect()
    }

    pub(super) fn open(&mut self, item: TextDocumentItem, around: Around) {
        let path = path_of(&item.uri);
        let uri = item.uri.clone();
        self.insert(uri, path, vec![part(item)], false, around);
    }

    pub(super) fn open_notebook(&mut self, opened: DidOpenNotebookDocumentParams, around: Around) {
        let notebook = opened.notebook_document;
        let mut texts = by_address(opened.cell_text_documents.into_iter().map(part));
        let parts: Vec<Part> = notebook.cells.iter().map(|cell| cell_part(cell, &mut texts)).collect();
        self.cells
            .extend(parts.iter().map(|part| (part.uri.clone(), notebook.uri.clone())));
        let path = path_of(&notebook.uri);
        self.insert(notebook.uri, path, parts, true, around);
    }

    fn insert(&mut self, uri: Uri, path: PathBuf, parts: Vec<Part>, notebook: bool, around: Around) {
        let snapshot = Arc::new(Snapshot::new(around, path.clone(), parts.clone(), notebook, None));
        let document = Document {
            path,
            parts,
            notebook,
            snapshot,
        };
        if let Some(replaced) = self.all.insert(uri, document) {
            replaced.snapshot.supersede();
        }
    }

    /// Edits a text; `None`: it is not open.
    pub(super) fn change(
        &mut self,
        uri: &Uri,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        around: Around,
    ) -> Option<()> {
        let home = self.home(uri).clone();
        let document = self.all.get_mut(&home)?;
        let part = document.parts.iter_mut().find(|part| part.uri == *uri)?;
        part.version = version;
        for change in changes {
            apply(&mut part.text, change, &around);
        }
        document.renew(around);
        Some(())
    }

    /// Changes the cells of a notebook; `None`: it is not open.
    pub(super) fn change_notebook(&mut self, changed: DidChangeNotebookDocumentParams, around: Around) -> Option<()> {
        let uri = changed.notebook_document.uri;
        let document = self.all.get_mut(&uri)?;
        let change = changed.change.cells?;
        if let Some(NotebookDocumentCellChangeStructure { array, did_open, .. }) = change.structure {
            let start = (array.start as usize).min(document.parts.len());
            let end = start
                .saturating_add(array.delete_count as usize)
                .min(document.parts.len());
            let removed: Vec<Part> = document.parts.drain(start..end).collect();
            removed.iter().for_each(|part| _ = self.cells.remove(&part.uri));
            // A cell that moves is removed and comes back.
            let opened = did_open.into_iter().flatten().map(part);
            let mut texts = by_address(removed.into_iter().chain(opened));
            for (number, cell) in array.cells.into_iter().flatten().enumerate() {
                self.cells.insert(cell.document.clone(), uri.clone());
                document.parts.insert(start + number, cell_part(&cell, &mut texts));
            }
        }
        for content in change.text_content.into_iter().flatten() {
            let found = document.parts.iter_mut().find(|part| part.uri == content.document.uri);
            let Some(part) = found else { continue };
            part.version = content.document.version;
            for change in content.changes {
                apply(&mut part.text, change, &around);
            }
        }
        document.renew(around);
        Some(())
    }

    /// Forgets a document, and gives the addresses of its parts.
    pub(super) fn close(&mut self, uri: &Uri) -> Vec<Uri> {
        let Some(document) = self.all.remove(uri) else {
            return Vec::new();
        };
        document.snapshot.supersede();
        let parts: Vec<Uri> = document.parts.into_iter().map(|part| part.uri).collect();
        parts.iter().for_each(|part| _ = self.cells.remove(part));
        parts
    }

    /// Looks at every document anew: what lies around it has changed.
    pub(super) fn renew(&mut self, around: &Around) {
        for document in self.all.values_mut() {
            document.renew(around.clone());
        }
    }
}

impl Document {
    fn renew(&mut self, around: Around) {
        self.snapshot.supersede();
        let (path, parts) = (self.path.clone(), self.parts.clone());
        let snapshot = Snapshot::new(around, path, parts, self.notebook, Some(&self.snapshot));
        self.snapshot = Arc::new(snapshot);
    }
}

fn part(item: TextDocumentItem) -> Part {
    Part {
        uri: item.uri,
        version: item.version,
        python: item.language_id == "python",
        text: item.text,
    }
}

fn by_address(parts: impl Iterator<Item = Part>) -> HashMap<Uri, Part> {
    parts.map(|part| (part.uri.clone(), part)).collect()
}

/// The text of a cell; empty where the client keeps it to itself.
fn cell_part(cell: &NotebookCell, texts: &mut HashMap<Uri, Part>) -> Part {
    let text = texts.remove(&cell.document).unwrap_or_else(|| Part {
        uri: cell.document.clone(),
        version: 0,
        python: false,
        text: String::new(),
    });
    Part {
        python: text.python && cell.kind == NotebookCellKind::CODE,
        ..text
    }
}

/// Makes a change; a range that does not exist is the nearest that does.
fn apply(text: &mut String, change: TextDocumentContentChangeEvent, around: &Around) {
    let Some(range) = change.range else {
        *text = change.text;
        return;
    };
    let lines = LineIndex::new(text);
    let place = |position| around.columns.offset(text, &lines, position) as usize;
    let (start, end) = (place(range.start), place(range.end));
    text.replace_range(start.min(end)..end.max(start), &change.text);
}
