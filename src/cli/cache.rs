//! `ferrokeet cache`.

use std::process::ExitCode;

use super::{CacheCommand, files};
use crate::build::Cache;

pub(super) fn cache(command: &CacheCommand) -> anyhow::Result<ExitCode> {
    if let CacheCommand::Path = command {
        files::print(&Cache::wanted().display().to_string());
        return Ok(ExitCode::SUCCESS);
    }
    let cache = Cache::open()?;
    match command {
        CacheCommand::Info => {
            let info = cache.info();
            files::print(&format!(
                "{}\n{} entries, {} of {}",
                info.folder.display(),
                info.entries,
                size(info.bytes),
                size(info.limit)
            ));
        }
        CacheCommand::Clean => {
            files::print(&format!(
                "removed {} from {}",
                size(cache.clean()),
                cache.folder().display()
            ));
        }
        CacheCommand::Path => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn size(bytes: u64) -> String {
    let number = bytes as f64;
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} KB", number / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", number / 1e6),
        _ => format!("{:.1} GB", number / 1e9),
    }
}
