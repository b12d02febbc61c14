//! `ferrokeet run`: hands over to Python, which loads the package's runner.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::Context;

use super::{RunArgs, files};

/// The interpreter: `FERROKEET_PYTHON`, the active virtual environment's, the one beside this command, `python3` on `PATH`.
pub(super) fn interpreter() -> PathBuf {
    let set = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let beside = || {
        let own = std::env::current_exe().ok()?;
        Some(own.with_file_name("python")).filter(|path| path.exists())
    };
    set("FERROKEET_PYTHON")
        .or_else(|| {
            set("VIRTUAL_ENV")
                .map(|home| home.join("bin/python"))
                .filter(|path| path.exists())
        })
        .or_else(beside)
        .unwrap_or_else(|| PathBuf::from("python3"))
}

/// The interpreter, and the command by which it runs a program translated.
pub(super) fn program(arguments: &[String]) -> (PathBuf, Command) {
    let (python, mut command) = package("ferrokeet._runner");
    command.args(arguments);
    (python, command)
}

/// The interpreter, and the command that runs a module of the package.
pub(super) fn package(module: &str) -> (PathBuf, Command) {
    let python = interpreter();
    let mut command = Command::new(&python);
    // -P: what lies in the current folder must not shadow what the runner imports; it sets `sys.path` as Python would.
    command.args(["-P", "-m", module]);
    if let Ok(own) = std::env::current_exe() {
        command.env("FERROKEET_BIN", own);
    }
    (python, command)
}

pub(super) fn run(args: RunArgs) -> anyhow::Result<ExitCode> {
    let (python, mut command) = program(&args.program);
    let absolute = |path: PathBuf| std::path::absolute(&path).unwrap_or(path);
    if let Some(path) = args.stats {
        // `-` stays what it is: standard output.
        let is_file = path.as_os_str() != "-";
        if is_file {
            files::require_replaceable(&path, "{", "statistics", "--stats (`-` is the standard output)")?;
        }
        command.env("FERROKEET_STATS", if is_file { absolute(path) } else { path });
    }
    if let Some(path) = args.record {
        command.env("FERROKEET_RECORD", absolute(path));
    }
    if args.profile {
        command.env("FERROKEET_PROFILE", "-");
    }
    if args.strict {
        command.env("FERROKEET_STRICT", "1");
    }
    let hint = || {
        format!(
            "cannot start {} (set FERROKEET_PYTHON to the interpreter to use)",
            python.display()
        )
    };
    replace(command).with_context(hint)
}

/// Becomes the other process, so that signals and exit codes are its own.
#[cfg(unix)]
fn replace(mut command: Command) -> std::io::Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec())
}

#[cfg(not(unix))]
fn replace(mut command: Command) -> std::io::Result<ExitCode> {
    let status = command.status()?;
    Ok(ExitCode::from(
        status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1),
    ))
}
