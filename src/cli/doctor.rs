//! `ferrokeet doctor`.

use std::path::Path;
use std::process::{Command, ExitCode};

use super::{device, files, run};
use crate::build::{Builder, Cache, Toolchain, on_path};

/// Asks the runtime for the GPU.
const GPU: &str = "import ferrokeet_runtime as r; g = r.gpu(); isinstance(g, str) and exit(g); v = g['driver']; \
                   print(g['name'], f\"({g['architecture']}, {g['memory'] / 2**30:.1f} GiB), driver of CUDA {v // 1000}.{v % 1000 // 10}\")";

pub(super) fn doctor() -> anyhow::Result<ExitCode> {
    let mut missing = false;
    let mut say = |what: &str, found: Result<String, String>| {
        let (mark, text) = match found {
            Ok(text) => ("ok     ", text),
            Err(text) => {
                missing = true;
                ("MISSING", text)
            }
        };
        files::print(&format!("{mark}  {what:10} {text}"));
    };
    say("ferrokeet", Ok(env!("CARGO_PKG_VERSION").to_owned()));
    let toolchain = Toolchain::here();
    let version = toolchain.as_ref().map_err(ToString::to_string).and_then(|toolchain| {
        let version = toolchain.version().map_err(|error| error.to_string())?;
        Ok(format!(
            "{} ({})",
            version.lines().next().unwrap_or_default(),
            toolchain.rustc.display()
        ))
    });
    let install = "`curl -sSf https://sh.rustup.rs | sh` installs it, or FERROKEET_RUSTC names one";
    let version = version.map_err(|why| format!("{why}; {install}"));
    say("rustc", version);
    let cache = Cache::open();
    let place = cache.as_ref().map_err(ToString::to_string).map(|cache| {
        let note = cache.note().map(|note| format!("; {note}")).unwrap_or_default();
        format!("{}{note}", cache.folder().display())
    });
    say("cache", place);
    if let (Ok(toolchain), Ok(cache)) = (toolchain, cache.clone()) {
        let text = "#[unsafe(no_mangle)] pub static FERROKEET_ABI_VERSION: u32 = ferrokeet_kernel::abi::ABI_VERSION;";
        let built = Builder::new(toolchain, cache)
            .build(text)
            .map_err(|error| error.to_string());
        say(
            "linker",
            built.map(|built| format!("a kernel compiles ({:.0} ms)", built.milliseconds)),
        );
    } else {
        let linker = on_path(Path::new("cc")).map(|cc| cc.display().to_string());
        let missing = "no cc was found on PATH; `apt install gcc` (or your system's way) installs it";
        say("linker", linker.ok_or_else(|| missing.to_owned()));
    }
    say("processor", Ok(features()));
    let python = run::interpreter();
    let ask = |code: &str| {
        let output = Command::new(&python)
            .args(["-c", code])
            .output()
            .map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(if output.status.success() {
            &output.stdout
        } else {
            &output.stderr
        });
        let last = text.trim().lines().last().unwrap_or_default().to_owned();
        if output.status.success() { Ok(last) } else { Err(last) }
    };
    let version =
        ask("import sys; assert sys.version_info >= (3, 11), 'older than 3.11'; print(sys.version.split()[0])");
    let version = version.map_err(|why| {
        format!(
            "{why}; `apt install python3-venv` (or your system's way) installs one, or FERROKEET_PYTHON names another"
        )
    });
    say("python", version.map(|text| format!("{text} ({})", python.display())));
    let numpy = ask("import numpy; assert numpy.__version__ >= '2', numpy.__version__; print(numpy.__version__)");
    say(
        "numpy",
        numpy.map_err(|error| format!("{error}; `{} -m pip install 'numpy>=2'`", python.display())),
    );
    let own = env!("CARGO_PKG_VERSION");
    let install = format!(
        "`{} -m pip install --force-reinstall ferrokeet=={own}`",
        python.display()
    );
    let package = ask("import ferrokeet as f; print(f.__version__, f.__path__[0])").and_then(|text| {
        let same = text.split(' ').next() == Some(own);
        same.then(|| text.clone())
            .ok_or_else(|| format!("{text} is not this command's version"))
    });
    say("package", package.map_err(|why| format!("{why}; {install}")));
    let runtime =
        ask("import ferrokeet_runtime as r; print('interface', r.ABI_VERSION, 'with', r.thread_count(), 'threads')");
    say("runtime", runtime.map_err(|why| format!("{why}; {install}")));
    // Nothing but loops that ask for one needs them.
    let without = |why: &str| format!("none: {why}; loops that ask for a GPU run on the CPU");
    say("gpu", Ok(ask(GPU).unwrap_or_else(|why| without(&why))));
    let nvrtc = cache.map_err(|why| why.to_string()).and_then(|cache| {
        let compiler = device::compiler(&python, cache).map_err(|why| why.to_string())?;
        let version = compiler.version().map_err(|why| why.to_string())?;
        Ok(format!("{version} ({})", compiler.path().display()))
    });
    say("nvrtc", Ok(nvrtc.unwrap_or_else(|why| without(&why))));
    Ok(ExitCode::from(u8::from(missing)))
}

/// The vector extensions that kernels will use.
fn features() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let flags = text
        .lines()
        .find(|line| line.starts_with("flags") || line.starts_with("Features"))
        .unwrap_or_default();
    let wanted = ["avx512f", "avx2", "fma", "sse4_2", "asimd", "sve"];
    let found: Vec<&str> = wanted
        .into_iter()
        .filter(|name| flags.split_whitespace().any(|flag| flag == *name))
        .collect();
    format!("{} {}", std::env::consts::ARCH, found.join(" "))
}
