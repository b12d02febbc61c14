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
            let (used, limit) = (megabytes(info.bytes), megabytes(info.limit));
            files::print(&format!(
                "{}\n{} kernels, {used:.1} MB of {limit:.0} MB",
                info.folder.display(),
                info.entries
            ));
        }
        CacheCommand::Clean => {
            files::print(&format!(
                "removed {:.1} MB from {}",
                megabytes(cache.clean()),
                cache.folder().display()
            ));
        }
        CacheCommand::Path => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
