//! `ferrokeet explain`.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::{ExplainArgs, ExplainFormat, files};
use crate::diagnostics::{Code, closest};

pub(super) fn explain(args: &ExplainArgs) -> anyhow::Result<ExitCode> {
    let Some(text) = &args.code else {
        match args.output_format {
            ExplainFormat::Text => Code::ALL
                .iter()
                .for_each(|code| files::print(&format!("{code}  {:28}  {}", code.name(), code.summary()))),
            ExplainFormat::Json => {
                let rules: Vec<Value> = Code::ALL.iter().map(|code| rule(*code)).collect();
                files::print(&json!({ "rules": rules }).to_string());
            }
        }
        return Ok(ExitCode::SUCCESS);
    };
    let Some(code) = Code::find(text) else {
        let names = Code::ALL.iter().flat_map(|code| [code.code(), code.name()]);
        let hint = closest(text, names).map(|name| format!("; did you mean {name}?"));
        let hint = hint.unwrap_or_else(|| "; `ferrokeet explain` lists them".to_owned());
        anyhow::bail!("there is no rule {text}{hint}");
    };
    match args.output_format {
        ExplainFormat::Text => files::print(code.page()),
        ExplainFormat::Json => files::print(&rule(code).to_string()),
    }
    Ok(ExitCode::SUCCESS)
}

/// A rule as data. The shape is stable.
fn rule(code: Code) -> Value {
    json!({
        "code": code.code(),
        "name": code.name(),
        "severity": code.severity().as_str(),
        "summary": code.summary(),
        "page": code.page(),
        "url": code.url(),
    })
}
