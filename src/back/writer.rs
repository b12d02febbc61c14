//! Lines of generated code with indentation.

/// Text under construction.
#[derive(Debug, Default)]
pub(super) struct Writer {
    text: String,
    depth: usize,
}

impl Writer {
    /// A line; an empty one is just empty.
    pub(super) fn line(&mut self, line: impl AsRef<str>) {
        let line = line.as_ref();
        if !line.is_empty() {
            self.text.push_str(&"    ".repeat(self.depth));
            self.text.push_str(line);
        }
        self.text.push('\n');
    }

    /// A line that opens a block.
    pub(super) fn open(&mut self, line: impl AsRef<str>) {
        self.line(format!("{} {{", line.as_ref()));
        self.depth += 1;
    }

    /// Opens a block of its own.
    pub(super) fn block(&mut self) {
        self.line("{");
        self.depth += 1;
    }

    /// Closes a block, with what follows the brace.
    pub(super) fn close(&mut self, rest: &str) {
        self.depth -= 1;
        self.line(format!("}}{rest}"));
    }

    /// Closes a block and opens the next: `} else {`.
    pub(super) fn reopen(&mut self, between: &str) {
        self.depth -= 1;
        self.open(format!("}} {between}"));
    }

    /// A writer for text that will be appended here.
    pub(super) fn fork(&self) -> Self {
        self.fork_deeper(0)
    }

    /// A writer for text that will be appended inside so many more blocks.
    pub(super) fn fork_deeper(&self, blocks: usize) -> Self {
        Self {
            text: String::new(),
            depth: self.depth + blocks,
        }
    }

    /// Takes over the lines of a fork.
    pub(super) fn append(&mut self, fork: Self) {
        self.text.push_str(&fork.text);
    }

    /// The text, to look at.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The text so far.
    pub(super) fn finish(self) -> String {
        self.text
    }
}
