//! The architecture, as a test: every room touches only the rooms that its `May touch:` line names, and the lines
//! together hold no cycle. Also: what only some rooms may do (I/O, JSON-RPC, panicking macros) is done only there.

mod cuda_coefficients;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

type Rooms = BTreeMap<String, BTreeSet<String>>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every Rust file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut entries: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

fn room_names() -> Vec<String> {
    let is_room = |path: &PathBuf| path.join("mod.rs").exists();
    let folders = fs::read_dir(root())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(is_room);
    let mut names: Vec<String> = folders
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// What each room's `May touch:` line permits. "and everything they touch" (or "it touches") adds the permissions of the named rooms.
fn permissions(names: &[String]) -> Rooms {
    let mut named = Rooms::new();
    let mut generous = BTreeSet::new();
    for name in names {
        let text = fs::read_to_string(root().join(name).join("mod.rs")).unwrap();
        let line = may_touch(&text).unwrap_or_else(|| panic!("src/{name}/mod.rs has no `May touch:` line"));
        let (list, everything) = match line.split_once("and everything ") {
            Some((list, _)) => (list.to_owned(), true),
            None => (line, false),
        };
        let words: BTreeSet<String> = list
            .split([',', '.', ' '])
            .map(str::trim)
            .filter(|word| !word.is_empty() && *word != "nothing" && *word != "and")
            .map(str::to_owned)
            .collect();
        for word in &words {
            assert!(
                names.contains(word),
                "src/{name}/mod.rs may touch `{word}`, which is no room"
            );
        }
        if everything {
            generous.insert(name.clone());
        }
        named.insert(name.clone(), words);
    }
    for name in generous {
        let reachable = reachable(&named, &name);
        named.insert(name, reachable);
    }
    named
}

/// The text after `May touch:`, up to the end of its sentence.
fn may_touch(text: &str) -> Option<String> {
    let comment: Vec<&str> = text
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(str::trim)
        .collect();
    let comment = comment.join(" ");
    let line = comment.split_once("May touch: ")?.1;
    Some(line.split('.').next().unwrap_or(line).to_owned())
}

fn reachable(rooms: &Rooms, from: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut waiting: Vec<&String> = rooms[from].iter().collect();
    while let Some(room) = waiting.pop() {
        if found.insert(room.clone()) {
            waiting.extend(&rooms[room]);
        }
    }
    found
}

/// The code of a file, without comments and without its string literals.
fn code(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut in_string = false;
        let mut previous = ' ';
        for (at, c) in line.char_indices() {
            match c {
                '"' if previous != '\\' && previous != '\'' => in_string = !in_string,
                '/' if !in_string && line[at..].starts_with("//") => break,
                _ if !in_string => out.push(c),
                _ => {}
            }
            previous = c;
        }
        out.push('\n');
    }
    out
}

/// The rooms that a file names, by `crate::room` or by climbing out of its own with `super`.
fn touched(path: &Path, names: &[String]) -> BTreeSet<String> {
    let code = code(&fs::read_to_string(path).unwrap());
    let mut found = BTreeSet::new();
    for start in ["crate::", "ferrokeet::"] {
        for (at, _) in code.match_indices(start) {
            found.extend(first_names(&code[at + start.len()..]));
        }
    }
    // `super` as often as the file is deep reaches the crate's root.
    let inside = path.strip_prefix(root()).unwrap();
    let depth = inside.components().count() - usize::from(path.file_name().unwrap() == "mod.rs");
    let climb = "super::".repeat(depth);
    if depth > 0 {
        for (at, _) in code.match_indices(&climb) {
            found.extend(first_names(&code[at + climb.len()..]));
        }
    }
    found.retain(|name| names.contains(name));
    found
}

/// The first path segments of what follows `crate::`: one name, or those in braces.
fn first_names(rest: &str) -> Vec<String> {
    let name = |text: &str| {
        text.trim_start()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect::<String>()
    };
    let Some(group) = rest.strip_prefix('{') else {
        return vec![name(rest)];
    };
    let mut depth = 0;
    let mut names = vec![name(group)];
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(name(&group[at + 1..])),
            _ => {}
        }
    }
    names
}

#[test]
fn rooms_touch_only_what_they_may() {
    let names = room_names();
    let permissions = permissions(&names);
    let mut trespasses = Vec::new();
    for name in &names {
        for file in files(&root().join(name)) {
            let allowed = |room: &String| room == name || permissions[name].contains(room);
            for room in touched(&file, &names).iter().filter(|room| !allowed(room)) {
                trespasses.push(format!(
                    "{} touches `{room}`, which src/{name}/mod.rs does not permit",
                    file.display()
                ));
            }
        }
    }
    assert!(trespasses.is_empty(), "{}", trespasses.join("\n"));
}

#[test]
fn permissions_hold_no_cycle() {
    let names = room_names();
    let permissions = permissions(&names);
    for name in &names {
        assert!(
            !reachable(&permissions, name).contains(name),
            "`{name}` may touch itself through other rooms"
        );
    }
}

#[test]
fn every_room_stands_in_the_crate_and_on_the_map() {
    let lib = fs::read_to_string(root().join("lib.rs")).unwrap();
    for name in room_names() {
        assert!(
            lib.contains(&format!("mod {name};")),
            "src/lib.rs does not declare `{name}`"
        );
    }
}

#[test]
fn only_build_cli_and_lsp_do_input_and_output() {
    const ACTS: [&str; 6] = [
        "std::fs",
        "std::process",
        "std::env",
        "std::net",
        "File::open",
        "std::io",
    ];
    let outside = |name: &String| !["build", "cli", "lsp"].contains(&name.as_str());
    for name in room_names().into_iter().filter(outside) {
        for file in files(&root().join(name)) {
            if is_test(&file) {
                continue;
            }
            let code = without_tests(&code(&fs::read_to_string(&file).unwrap()));
            for act in ACTS {
                assert!(!code.contains(act), "{} uses `{act}`", file.display());
            }
        }
    }
}

#[test]
fn only_lsp_knows_the_protocol() {
    for name in room_names().into_iter().filter(|name| name != "lsp") {
        for file in files(&root().join(name)) {
            let code = code(&fs::read_to_string(&file).unwrap());
            for library in ["lsp_server", "ls_types"] {
                assert!(!code.contains(library), "{} uses `{library}`", file.display());
            }
        }
    }
}

fn is_test(path: &Path) -> bool {
    path.components().any(|part| {
        part.as_os_str()
            .to_string_lossy()
            .trim_end_matches(".rs")
            .ends_with("tests")
    })
}

fn without_tests(code: &str) -> String {
    code.split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn the_scanner_sees_what_it_must() {
    assert_eq!(first_names("ir::Loop;"), ["ir"]);
    assert_eq!(first_names("{ir::{A, B}, source};"), ["ir", "source"]);
    assert_eq!(
        code("let x = \"crate::cli\"; // crate::lsp\nuse crate::ir;").trim(),
        "let x = ; \nuse crate::ir;"
    );
    assert_eq!(
        may_touch("//! A.\n//!\n//! May touch: a, b,\n//! c.\nmod x;").unwrap(),
        "a, b, c"
    );
}

/// The free functions that a module of the kernels' runtime makes public.
fn functions_of(module: &str) -> BTreeSet<String> {
    let kernel = Path::new(env!("CARGO_MANIFEST_DIR")).join("runtime/kernel/src");
    let path = kernel.join(module.replace("::", "/"));
    let sources = if path.is_dir() {
        files(&path)
    } else {
        vec![path.with_extension("rs")]
    };
    let mut names = BTreeSet::new();
    for source in sources {
        for line in fs::read_to_string(source).unwrap().lines() {
            let public = ["pub fn ", "pub unsafe fn ", "pub const fn "];
            if let Some(rest) = public.iter().find_map(|start| line.strip_prefix(start)) {
                names.extend(
                    rest.split(|c: char| !c.is_alphanumeric() && c != '_')
                        .next()
                        .map(str::to_owned),
                );
            }
        }
    }
    names
}

#[test]
fn no_variable_hides_what_generated_code_calls() {
    let back = root().join("back/rust");
    let taken = fs::read_to_string(back.join("names.rs")).unwrap();
    let header = fs::read_to_string(back.join("launch.rs")).unwrap();
    let mut imported = BTreeSet::new();
    for (_, rest) in header
        .match_indices("\"ferrokeet_kernel::")
        .map(|(at, found)| (at, &header[at + found.len()..]))
    {
        let path = rest.split('"').next().unwrap();
        match path.rsplit_once("::") {
            Some((module, "*")) => imported.extend(functions_of(module)),
            Some((_, names)) => imported.extend(names.trim_matches(['{', '}']).split(", ").map(str::to_owned)),
            None => {}
        }
    }
    let mut words = BTreeSet::new();
    for path in files(&back) {
        let text = fs::read_to_string(path).unwrap();
        words.extend(
            text.split(|c: char| !c.is_alphanumeric() && c != '_')
                .map(str::to_owned),
        );
    }
    let lower = |name: &&String| name.starts_with(char::is_lowercase) && words.contains(*name);
    let missing: Vec<_> = imported
        .iter()
        .filter(lower)
        .filter(|name| !taken.contains(&format!("\"{name}\"")))
        .collect();
    assert!(missing.is_empty(), "src/back/rust/names.rs lacks {missing:?}");
    assert!(
        imported.contains("around") && imported.contains("finished"),
        "{imported:?}"
    );
}

#[test]
fn no_variable_hides_a_function_on_the_device() {
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("runtime/cuda");
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let mut declared = BTreeSet::new();
    for entry in fs::read_dir(runtime).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "cuh") {
            continue;
        }
        for line in fs::read_to_string(path).unwrap().lines() {
            let Some((before, _)) = line.split_once('(').filter(|_| line.starts_with(char::is_alphabetic)) else {
                continue;
            };
            let name = &before[before.rfind(|c| !word(c)).map_or(0, |at| at + 1)..];
            if before.contains(' ') && name.starts_with(char::is_lowercase) {
                declared.insert(name.to_owned());
            }
        }
    }
    let back = root().join("back/cuda");
    let taken = fs::read_to_string(back.join("names.rs")).unwrap();
    let mut words = BTreeSet::new();
    for path in files(&back) {
        let text = fs::read_to_string(path).unwrap();
        words.extend(text.split(|c| !word(c)).map(str::to_owned));
    }
    let missing: Vec<_> = declared
        .iter()
        .filter(|name| words.contains(*name) && !taken.contains(&format!("\"{name}\"")))
        .collect();
    assert!(missing.is_empty(), "src/back/cuda/names.rs lacks {missing:?}");
    assert!(
        declared.contains("meet") && declared.contains("comes_last"),
        "{declared:?}"
    );
}
