//! Lists the sources of `runtime/kernel`, so that the translator can carry them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() {
    let root = Path::new("runtime/kernel/src");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    collect(root, &mut files);
    files.sort();
    let mut text = String::from("sources! {\n");
    for file in files {
        let path = file
            .strip_prefix(root)
            .expect("below the root")
            .display()
            .to_string()
            .replace('\\', "/");
        writeln!(text, "    {path:?},").expect("a String takes everything");
    }
    text.push_str("}\n");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    std::fs::write(out.join("kernel_sources.rs"), text).expect("OUT_DIR can be written");
}

/// Every Rust file below a folder, tests excepted.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder)
        .expect("the runtime's sources are there")
        .flatten()
    {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            files.push(path);
        }
    }
}
