//! What the client wants.

use serde::Deserialize;

/// The settings under `ferrokeet` in a client. Those of a project are in its configuration file; these come on top.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// Whether anything is said at all.
    pub enable: bool,
    /// The only rules that speak; `None`: what the configuration says.
    pub select: Option<Vec<String>>,
    /// Rules that are silent.
    pub ignore: Vec<String>,
    /// Warnings are errors.
    pub strict: bool,
    /// Whether verdicts stand above loops.
    pub code_lens: bool,
    /// Whether inferred types stand behind names.
    pub inlay_hints: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            enable: true,
            select: None,
            ignore: Vec::new(),
            strict: false,
            code_lens: true,
            inlay_hints: true,
        }
    }
}

impl Settings {
    /// Reads what a client sends, itself or under `ferrokeet`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(value: &serde_json::Value) -> Result<Self, String> {
        let own = value.get("ferrokeet").unwrap_or(value);
        if own.is_null() {
            return Ok(Self::default());
        }
        Self::deserialize(own).map_err(|error| format!("the settings of ferrokeet are not understood: {error}"))
    }
}
