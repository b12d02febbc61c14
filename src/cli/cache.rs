//! `ferrokeet cache`.

use std::process::ExitCode;

use super::units::size;
use super::{CacheCommand, files, tuned};
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
        CacheCommand::Tuned => {
            for entry in tuned::all(&cache) {
                files::print(&format!(
                    "{} {} ({}): {}, {:.2} times as fast on {}",
                    entry.filename, entry.kernel, entry.signature, entry.words, entry.gain, entry.processor
                ));
            }
        }
        CacheCommand::Clean { tuned: true } => {
            let number = tuned::forget(&cache);
            files::print(&format!("forgot the tuning of {number} kernels"));
        }
        CacheCommand::Clean { tuned: false } => {
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
