//! The configuration of `check` and of `translate` without files: `ferrokeet.toml`, or `[tool.ferrokeet]` in `pyproject.toml`.
//!
//! The file that counts for a Python file is the nearest one above it. A `pyproject.toml` without the table does not count.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use clap::ValueEnum;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Format;
use crate::diagnostics::{Code, Diagnostic, Severity, closest};

/// The options, in the order of the documentation.
const OPTIONS: &[&str] = &[
    "select",
    "ignore",
    "per-file-ignores",
    "exclude",
    "severity",
    "strict",
    "output-format",
    "translate",
    "build",
];

/// The options of the table `translate`.
const BESIDE_OPTIONS: &[&str] = &["files", "suffix", "rust"];

/// One configuration.
#[derive(Debug, Default)]
pub(super) struct Config {
    /// The only rules that speak; `None`: all.
    pub(super) select: Option<Vec<Code>>,
    /// Rules that are silent.
    pub(super) ignore: Vec<Code>,
    /// Rules that are silent in some files.
    per_file: Vec<(Gitignore, Vec<Code>)>,
    /// Files that are passed over.
    exclude: Option<Gitignore>,
    /// Rules with another severity than their own.
    severity: HashMap<Code, Severity>,
    /// Warnings are errors.
    pub(super) strict: bool,
    /// How to print.
    pub(super) output_format: Option<Format>,
    /// What is translated beside its source.
    beside: Option<Beside>,
}

/// Which files are translated beside their sources, and how.
#[derive(Debug)]
pub(super) struct Beside {
    files: Gitignore,
    /// What the name of a translated file ends in, before `.py`.
    pub(super) suffix: String,
    /// Whether the generated Rust is written, too.
    pub(super) rust: bool,
}

impl Config {
    /// How a file is translated beside itself; `None`: it is not.
    pub(super) fn beside(&self, path: &Path) -> Option<&Beside> {
        let beside = self.beside.as_ref()?;
        matches(&beside.files, &absolute(path)).then_some(beside)
    }

    /// Removes what is not wanted for a file, and gives the rest the severity that is.
    pub(super) fn apply(&self, path: &Path, diagnostics: &mut Vec<Diagnostic>) {
        let path = absolute(path);
        let here: Vec<Code> = self
            .per_file
            .iter()
            .filter(|(files, _)| matches(files, &path))
            .flat_map(|(_, codes)| codes.iter().copied())
            .collect();
        let wanted = |code: Code| self.select.as_ref().is_none_or(|codes| codes.contains(&code));
        diagnostics.retain(|one| wanted(one.code) && !self.ignore.contains(&one.code) && !here.contains(&one.code));
        for diagnostic in diagnostics {
            if let Some(severity) = self.severity.get(&diagnostic.code) {
                diagnostic.severity = *severity;
            }
            if self.strict && diagnostic.severity == Severity::Warning {
                diagnostic.severity = Severity::Error;
            }
        }
    }

    /// Whether a file is passed over.
    pub(super) fn excludes(&self, path: &Path) -> bool {
        self.exclude
            .as_ref()
            .is_some_and(|files| matches(files, &absolute(path)))
    }
}

/// The configurations of a run, each read once.
#[derive(Debug)]
pub(super) struct Configs {
    /// For every file, whatever lies above it.
    fixed: Option<Arc<Config>>,
    by_folder: HashMap<PathBuf, Arc<Config>>,
    /// What the command line adds.
    select: Option<Vec<Code>>,
    ignore: Vec<Code>,
    strict: bool,
}

/// What the command line says about rules.
#[derive(Debug, Default)]
pub(super) struct Overrides<'a> {
    /// `--config`
    pub(super) config: Option<&'a Path>,
    /// `--isolated`
    pub(super) isolated: bool,
    /// `--select`
    pub(super) select: &'a [String],
    /// `--ignore`
    pub(super) ignore: &'a [String],
    /// `--strict`
    pub(super) strict: bool,
}

impl Configs {
    pub(super) fn new(overrides: &Overrides<'_>) -> anyhow::Result<Self> {
        let codes = |option: &str, names: &[String]| -> anyhow::Result<Vec<Code>> {
            let mut codes = Vec::new();
            for name in names {
                codes.extend(rules(name).map_err(|error| anyhow::anyhow!("--{option}: {error}"))?);
            }
            Ok(codes)
        };
        let select = codes("select", overrides.select)?;
        let mut configs = Self {
            fixed: None,
            by_folder: HashMap::new(),
            select: (!overrides.select.is_empty()).then_some(select),
            ignore: codes("ignore", overrides.ignore)?,
            strict: overrides.strict,
        };
        let named = match overrides.config {
            Some(path) => Some(named(path)?),
            None => overrides.isolated.then(Config::default),
        };
        configs.fixed = named.map(|config| configs.overridden(config));
        Ok(configs)
    }

    /// The configuration of a file or folder.
    pub(super) fn of(&mut self, path: &Path) -> anyhow::Result<Arc<Config>> {
        if let Some(config) = &self.fixed {
            return Ok(Arc::clone(config));
        }
        let path = absolute(path);
        let folder = if path.is_dir() {
            path.as_path()
        } else {
            path.parent().unwrap_or(&path)
        };
        let mut walked = Vec::new();
        let mut found = None;
        for above in folder.ancestors() {
            if let Some(known) = self.by_folder.get(above) {
                found = Some(Arc::clone(known));
                break;
            }
            walked.push(above.to_path_buf());
            if let Some(config) = nearest(above)? {
                found = Some(self.overridden(config));
                break;
            }
        }
        let config = found.unwrap_or_else(|| self.overridden(Config::default()));
        let known = walked.into_iter().map(|folder| (folder, Arc::clone(&config)));
        self.by_folder.extend(known);
        Ok(config)
    }

    /// Whether a configuration that was read so far has anything translated beside its source.
    pub(super) fn translates(&self) -> bool {
        self.by_folder.values().any(|config| config.beside.is_some())
    }

    /// The command line has the last word: its `--select` replaces what files say about rules, its `--ignore` adds to it.
    fn overridden(&self, mut config: Config) -> Arc<Config> {
        if let Some(select) = &self.select {
            config.select = Some(select.clone());
            config.ignore.clear();
            config.per_file.clear();
        }
        config.ignore.extend(&self.ignore);
        config.strict |= self.strict;
        Arc::new(config)
    }
}

/// The configuration in a folder, if there is one.
fn nearest(folder: &Path) -> anyhow::Result<Option<Config>> {
    let own = folder.join("ferrokeet.toml");
    if own.is_file() {
        return named(&own).map(Some);
    }
    let shared = folder.join("pyproject.toml");
    if !shared.is_file() {
        return Ok(None);
    }
    read(&shared, true)
}

/// The configuration in a named file: of a `pyproject.toml`, its table.
fn named(path: &Path) -> anyhow::Result<Config> {
    let within = path.file_name().is_some_and(|name| name == "pyproject.toml");
    Ok(read(path, within)?.unwrap_or_default())
}

/// Reads a file; `None`: it has no `[tool.ferrokeet]`.
fn read(path: &Path, within_tool: bool) -> anyhow::Result<Option<Config>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let root = absolute(path).parent().map(Path::to_path_buf).unwrap_or_default();
    let reader = Reader {
        path,
        text: &text,
        root: &root,
        prefix: if within_tool { "tool.ferrokeet" } else { "" },
    };
    // What is wrong elsewhere in a pyproject.toml is for others to say.
    let parsed = match DeTable::parse(&text) {
        Ok(parsed) => parsed,
        Err(_) if within_tool && !text.contains("ferrokeet") => return Ok(None),
        Err(error) => {
            let place = error.span().map_or(0, |span| span.start);
            return Err(reader.error(place, error.message()));
        }
    };
    let table = parsed.get_ref();
    if !within_tool {
        return reader.config(table).map(Some);
    }
    let tool = table.get("tool").and_then(|tool| tool.get_ref().as_table());
    let Some(own) = tool.and_then(|tool| tool.get("ferrokeet")) else {
        return Ok(None);
    };
    match own.get_ref().as_table() {
        Some(own) => reader.config(own).map(Some),
        None => Err(reader.error(own.span().start, "`tool.ferrokeet` is a table")),
    }
}

/// Reads the options of one file.
struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    root: &'a Path,
    prefix: &'a str,
}

impl Reader<'_> {
    fn error(&self, offset: usize, message: &str) -> anyhow::Error {
        let row = self.text[..offset.min(self.text.len())].matches('\n').count() + 1;
        anyhow::anyhow!("{}:{row}: {message}", self.path.display())
    }

    fn config(&self, table: &DeTable<'_>) -> anyhow::Result<Config> {
        let mut config = Config::default();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "select" => config.select = Some(self.codes(key, value)?),
                "ignore" => config.ignore = self.codes(key, value)?,
                "per-file-ignores" => config.per_file = self.per_file(key, value)?,
                "exclude" => config.exclude = Some(self.files(&self.strings(key, value)?)?),
                "severity" => config.severity = self.severities(key, value)?,
                "strict" => config.strict = self.flag(key, value)?,
                "output-format" => config.output_format = Some(self.format(key, value)?),
                "translate" => config.beside = Some(self.beside(key, value)?),
                // For the hooks of build tools: `ferrokeet._building` reads it.
                "build" => {}
                other => return Err(self.unknown(key, other, "", OPTIONS)),
            }
        }
        Ok(config)
    }

    fn beside(&self, key: &Key<'_>, value: &Value<'_>) -> anyhow::Result<Beside> {
        let wanted = "a table with `files`, a list of patterns";
        let table = value
            .get_ref()
            .as_table()
            .ok_or_else(|| self.wrong(key, value, wanted))?;
        let (mut files, mut suffix, mut rust) = (None, "_native", false);
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "files" => files = Some(self.files(&self.strings(key, value)?)?),
                "suffix" => suffix = self.suffix(key, value)?,
                "rust" => rust = self.flag(key, value)?,
                other => return Err(self.unknown(key, other, "translate", BESIDE_OPTIONS)),
            }
        }
        Ok(Beside {
            files: files.ok_or_else(|| self.wrong(key, value, wanted))?,
            suffix: suffix.to_owned(),
            rust,
        })
    }

    /// Names made with it must be names of modules other than the source.
    fn suffix<'v>(&self, key: &Key<'_>, value: &'v Value<'_>) -> anyhow::Result<&'v str> {
        let fits = |text: &&str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_');
        let text = value.get_ref().as_str().filter(fits);
        text.ok_or_else(|| {
            self.wrong(
                key,
                value,
                "a string of letters, digits and underscores, such as \"_native\"",
            )
        })
    }

    fn unknown(&self, key: &Key<'_>, name: &str, table: &str, options: &[&'static str]) -> anyhow::Error {
        let place = match (self.prefix, table) {
            ("", "") => "ferrokeet.toml".to_owned(),
            ("", table) => format!("[{table}]"),
            (prefix, "") => format!("[{prefix}]"),
            (prefix, table) => format!("[{prefix}.{table}]"),
        };
        let hint = match closest(&name.replace('_', "-"), options.iter().copied()) {
            Some(meant) => format!("; did you mean `{meant}`?"),
            None => format!("; there are {}", options.join(", ")),
        };
        self.error(key.span().start, &format!("`{name}` is no option of {place}{hint}"))
    }

    fn wrong(&self, key: &Key<'_>, value: &Value<'_>, wanted: &str) -> anyhow::Error {
        self.error(value.span().start, &format!("`{}` is {wanted}", key.get_ref()))
    }

    fn strings<'v>(&self, key: &Key<'_>, value: &'v Value<'_>) -> anyhow::Result<Vec<(usize, &'v str)>> {
        let wanted = "a list of strings";
        let items = value
            .get_ref()
            .as_array()
            .ok_or_else(|| self.wrong(key, value, wanted))?;
        let strings = items.iter().map(|item| {
            let text = item.get_ref().as_str().ok_or_else(|| self.wrong(key, item, wanted))?;
            Ok((item.span().start, text))
        });
        strings.collect()
    }

    fn codes(&self, key: &Key<'_>, value: &Value<'_>) -> anyhow::Result<Vec<Code>> {
        let mut codes = Vec::new();
        for (place, name) in self.strings(key, value)? {
            codes.extend(rules(name).map_err(|error| self.error(place, &error))?);
        }
        Ok(codes)
    }

    fn flag(&self, key: &Key<'_>, value: &Value<'_>) -> anyhow::Result<bool> {
        value
            .get_ref()
            .as_bool()
            .ok_or_else(|| self.wrong(key, value, "true or false"))
    }

    fn format(&self, key: &Key<'_>, value: &Value<'_>) -> anyhow::Result<Format> {
        let names: Vec<String> = Format::value_variants()
            .iter()
            .filter_map(|format| Some(format.to_possible_value()?.get_name().to_owned()))
            .collect();
        let found = value
            .get_ref()
            .as_str()
            .and_then(|text| Format::from_str(text, false).ok());
        found.ok_or_else(|| self.wrong(key, value, &format!("one of {}", names.join(", "))))
    }

    fn severities(&self, key: &Key<'_>, value: &Value<'_>) -> anyhow::Result<HashMap<Code, Severity>> {
        let wanted = "a table of rules, each with \"error\", \"warning\" or \"note\"";
        let table = value
            .get_ref()
            .as_table()
            .ok_or_else(|| self.wrong(key, value, wanted))?;
        let mut severities = HashMap::new();
        for (name, severity) in table {
            let codes = rules(name.get_ref()).map_err(|error| self.error(name.span().start, &error))?;
            let severity = match severity.get_ref().as_str() {
                Some("error") => Severity::Error,
                Some("warning") => Severity::Warning,
                Some("note") => Severity::Note,
                _ => return Err(self.wrong(key, severity, wanted)),
            };
            severities.extend(codes.into_iter().map(|code| (code, severity)));
        }
        Ok(severities)
    }

    fn per_file(&self, key: &Key<'_>, value: &Value<'_>) -> anyhow::Result<Vec<(Gitignore, Vec<Code>)>> {
        let wanted = "a table of patterns, each with a list of rules";
        let table = value
            .get_ref()
            .as_table()
            .ok_or_else(|| self.wrong(key, value, wanted))?;
        let entries = table.iter().map(|(pattern, codes)| {
            let files = self.files(&[(pattern.span().start, pattern.get_ref().as_ref())])?;
            Ok((files, self.codes(pattern, codes)?))
        });
        entries.collect()
    }

    /// Patterns as in `.gitignore`, from the folder of the configuration.
    fn files(&self, patterns: &[(usize, &str)]) -> anyhow::Result<Gitignore> {
        let mut builder = GitignoreBuilder::new(self.root);
        for (place, pattern) in patterns {
            let wrong =
                |error: &dyn std::fmt::Display| self.error(*place, &format!("`{pattern}` is no pattern: {error}"));
            builder.add_line(None, pattern).map_err(|error| wrong(&error))?;
        }
        builder.build().map_err(|error| self.error(0, &error.to_string()))
    }
}

type Key<'i> = Spanned<std::borrow::Cow<'i, str>>;
type Value<'i> = Spanned<DeValue<'i>>;

/// The rules that a text names: a code, a name, the beginning of codes (`FK2`), or `ALL`.
fn rules(text: &str) -> Result<Vec<Code>, String> {
    if text == "ALL" {
        return Ok(Code::ALL.to_vec());
    }
    if let Some(code) = Code::find(text) {
        return Ok(vec![code]);
    }
    let upper = text.to_ascii_uppercase();
    let begins = |code: &&Code| upper.len() > 2 && code.code().starts_with(&upper);
    let several: Vec<Code> = Code::ALL.iter().filter(begins).copied().collect();
    if !several.is_empty() {
        return Ok(several);
    }
    let names = Code::ALL.iter().flat_map(|code| [code.code(), code.name()]);
    let hint = closest(text, names).map(|name| format!("; did you mean `{name}`?"));
    let hint = hint.unwrap_or_else(|| "; `ferrokeet explain` lists the rules".to_owned());
    Err(format!("there is no rule `{text}`{hint}"))
}

/// Whether a file, or a folder that it is in, matches.
fn matches(patterns: &Gitignore, path: &Path) -> bool {
    path.starts_with(patterns.path()) && patterns.matched_path_or_any_parents(path, path.is_dir()).is_ignore()
}

fn absolute(path: &Path) -> PathBuf {
    std::fs::canonicalize(path)
        .or_else(|_| std::path::absolute(path))
        .unwrap_or_else(|_| path.to_path_buf())
}
