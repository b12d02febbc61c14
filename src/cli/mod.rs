//! The command line: thin readers of `translate` and `build`.
//!
//! Exit codes: 0 clean, 1 findings or a failed build, 2 a usage error. What a machine may read goes to standard output,
//! everything else to standard error. A panic below is a defect of ours: it is reported as one sentence.
//!
//! May touch: lsp, translate, build, and everything they touch.

mod annotate;
mod beside;
mod cache;
mod check;
mod config;
mod device;
mod doctor;
mod explain;
mod files;
mod fix;
mod libraries;
mod progress;
mod project;
mod protocol;
mod report;
mod run;
mod server;
mod ship;
mod show;
mod threads;
mod tune;
mod tuned;
mod units;
mod variants;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::build::BuildError;
use crate::scalarise::Supposed;

/// What `--help` closes with.
const ENVIRONMENT: &str = "\
Environment:
  FERROKEET_DISABLE=1         Everything runs as plain Python
  FERROKEET_STRICT=1          Whatever keeps a loop from running natively is an error
  FERROKEET_NUM_THREADS=N     Threads of a parallel loop (default: OMP_NUM_THREADS, else the processors allowed)
  FERROKEET_STATS=PATH        Write at exit how every kernel ran (JSON; `-`: to standard output)
  FERROKEET_CACHE_DIR=PATH    Where compiled kernels are kept (default: ~/.cache/ferrokeet)
  FERROKEET_CACHE_SIZE=SIZE   Size past which the oldest of them go, such as 500M (default: 1 GB)
  FERROKEET_UNDO_LIMIT=BYTES  Size up to which arrays are copied so that a loop that fails can be undone
  FERROKEET_STREAM_FROM=BYTES What a loop writes past which it writes around the caches (default: the size of the biggest)
  FERROKEET_TUNED=0           Compile kernels as if `ferrokeet tune` had never run
  FERROKEET_PYTHON=PATH       The interpreter to use (default: the active environment's)
  FERROKEET_CPU=NAME          The processor to compile for, as rustc names it (default: native)
  FERROKEET_OPT_LEVEL=0       Compile kernels in half the time; they run slower, and check what they do (default: 3)
  NO_COLOR=1                  No colours, also on a terminal
  FERROKEET_RUSTC=PATH        The compiler to use (default: RUSTC, else the one on PATH)

Exit codes: 0 clean, 1 findings or a failed build, 2 wrong usage; run: those of the program";

/// Turns comment pragmas on ordinary Python loops into native parallel code.
#[derive(Debug, Parser)]
#[command(name = "ferrokeet", version, arg_required_else_help = true, after_help = ENVIRONMENT)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a script (or `-m module`) with its loops translated
    Run(RunArgs),
    /// Check the pragmas and loops of files: diagnostics and verdicts
    Check(CheckArgs),
    /// Propose pragmas for loops that have none and can run in parallel; say of the others why not
    Annotate(AnnotateArgs),
    /// Write rewritten files and generated kernels; compiles nothing. Without arguments: the files that the
    /// configuration names, each beside its source
    Translate(TranslateArgs),
    /// As translate, and compile kernels for the signatures that are known
    Build(BuildArgs),
    /// Show what becomes of a file's loops, stage by stage
    Show(ShowArgs),
    /// Write a page that shows what becomes of every line: its fate, dependences, generated Rust, times
    Report(ReportArgs),
    /// Measure variants of the kernels on the calls of a script, and remember the best for later runs
    Tune(TuneArgs),
    /// Explain a rule, or list all rules
    Explain(ExplainArgs),
    /// Run a script once and store the signatures it calls kernels with, for build
    Record(RunArgs),
    /// Look at the environment: compiler, linker, processor, Python, cache
    Doctor,
    /// Talk to an editor: the language server, on standard input and output
    Server,
    /// The cache of compiled kernels
    Cache {
        #[command(subcommand)]
        command: CacheCommand,
    },
    #[command(hide = true)]
    Rewrite {
        #[arg(long)]
        filename: String,
    },
    #[command(hide = true)]
    Verdicts {
        #[arg(long)]
        filename: String,
    },
    #[command(hide = true)]
    Compile {
        #[arg(long)]
        filename: String,
        #[arg(long)]
        region: String,
        #[arg(long)]
        signature: String,
        /// The fingerprint of the imported modules that the region was made from.
        #[arg(long)]
        imports: Option<String>,
        /// Suppose nothing of the launch: for those at which the usual kernel finds that it cannot run.
        #[arg(long)]
        unusual: bool,
        /// The GPU that is there: `sm_90`.
        #[arg(long)]
        cuda_arch: Option<String>,
        /// Where NVRTC may be, best first.
        #[arg(long)]
        nvrtc: Vec<PathBuf>,
    },
    #[command(hide = true)]
    Variants {
        #[arg(long)]
        filename: String,
        #[arg(long)]
        region: String,
        #[arg(long)]
        signature: String,
        /// Tunings to put together, instead of all that are worth measuring.
        #[arg(long)]
        combine: Vec<String>,
    },
}

#[derive(Debug, Args)]
struct RunArgs {
    /// Write statistics about every kernel to this file (JSON; `-`: standard output)
    #[arg(long, value_name = "PATH")]
    stats: Option<PathBuf>,
    /// Store the signatures seen in this file (JSON)
    #[arg(long, value_name = "PATH")]
    record: Option<PathBuf>,
    /// Fail where a loop cannot run natively
    #[arg(long)]
    strict: bool,
    /// Print at exit a table of all kernels: calls, times, threads, bandwidth
    #[arg(long)]
    profile: bool,
    /// The script and its arguments, or `-m module` and its arguments
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        required = true,
        value_name = "SCRIPT"
    )]
    program: Vec<String>,
}

#[derive(Debug, Args)]
struct TuneArgs {
    /// Most time to spend on measuring each kernel
    #[arg(long, value_name = "SECONDS", default_value_t = 5.0)]
    seconds: f64,
    /// Write the outcome into this file, too, for version control: ferrokeet-tuning.json beside the script is found there
    #[arg(short, long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// The script and its arguments, or `-m module` and its arguments
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        required = true,
        value_name = "SCRIPT"
    )]
    program: Vec<String>,
}

#[derive(Debug, Args)]
struct CheckArgs {
    /// Files and folders
    #[arg(required_unless_present = "up_to_date")]
    files: Vec<PathBuf>,
    /// Tell instead which translated files are not what their sources give now (default: of the current folder)
    #[arg(long, conflicts_with_all = ["fix", "diff", "output_format"])]
    up_to_date: bool,
    /// How to print (default: full, or what the configuration says)
    #[arg(long, value_enum)]
    output_format: Option<Format>,
    /// Treat warnings as errors
    #[arg(long)]
    strict: bool,
    /// Apply safe fixes to the files
    #[arg(long)]
    fix: bool,
    /// Apply the unsafe ones, too
    #[arg(long)]
    unsafe_fixes: bool,
    /// Show what --fix would change, as a unified diff, and change nothing
    #[arg(long)]
    diff: bool,
    /// Report these rules only: codes, names, beginnings of codes (FK2), or ALL
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    select: Vec<String>,
    /// Do not report these rules
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    ignore: Vec<String>,
    /// Read the configuration from this file (default: the nearest ferrokeet.toml, or pyproject.toml with
    /// [tool.ferrokeet], above each file)
    #[arg(long, value_name = "PATH", conflicts_with = "isolated")]
    config: Option<PathBuf>,
    /// Read no configuration
    #[arg(long)]
    isolated: bool,
    /// Leave out excluded files even where the command line names them
    #[arg(long)]
    force_exclude: bool,
    /// Check again whenever a file changes, until interrupted
    #[arg(long, conflicts_with_all = ["fix", "diff", "up_to_date"])]
    watch: bool,
}

#[derive(Debug, Args)]
struct ReportArgs {
    /// Files and folders
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The page to write
    #[arg(short, long, value_name = "PATH", default_value = "report.html")]
    out: PathBuf,
    /// Run the script and show how long each kernel took
    #[arg(long)]
    run: bool,
    /// Most time for loops to run in CPython, for each kernel, to tell how much faster that is; 0: none
    #[arg(long, value_name = "SECONDS", default_value_t = 2.0, requires = "run")]
    compare: f64,
    /// The script's arguments
    #[arg(last = true, requires = "run", value_name = "ARGUMENT")]
    arguments: Vec<String>,
}

#[derive(Debug, Args)]
struct ExplainArgs {
    /// A code or name: FK201, loop-carried-dependence
    code: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t = ExplainFormat::Text)]
    output_format: ExplainFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ExplainFormat {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Full,
    Concise,
    Json,
    Sarif,
    Github,
}

#[derive(Debug, Args)]
struct AnnotateArgs {
    /// Files and folders
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t = AnnotateFormat::Full)]
    output_format: AnnotateFormat,
    /// Write the pragmas into the files
    #[arg(long, conflicts_with = "diff")]
    fix: bool,
    /// Print what --fix would change, as a unified diff
    #[arg(long)]
    diff: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum AnnotateFormat {
    Full,
    Concise,
    Json,
}

#[derive(Debug, Args)]
struct TranslateArgs {
    /// Files to translate (default: those that the configuration names, each beside its source)
    #[arg(requires = "out")]
    files: Vec<PathBuf>,
    /// Where to write; files of a folder keep their places in it, below its name where it is a package
    #[arg(short, long, value_name = "DIR", requires = "files")]
    out: Option<PathBuf>,
    #[command(flatten)]
    ship: ShipArgs,
    /// Exit with 1 when a file beside its source had to be written anew
    #[arg(long, conflicts_with = "out")]
    exit_non_zero_on_change: bool,
}

#[derive(Debug, Args)]
struct BuildArgs {
    /// Files to translate
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Where to write; files of a folder keep their places in it, below its name where it is a package
    #[arg(short, long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    ship: ShipArgs,
    /// Compile for these kinds of processors: x86-64-v2,v3,v4 (the default there), native … The best that fits is loaded
    #[arg(long, visible_alias = "cpu", value_name = "NAMES", value_delimiter = ',')]
    target_cpu: Vec<String>,
    /// Compile loops that ask for a GPU for these: sm_80, sm_90 … (default: one of each generation), and as PTX for later ones
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    cuda_arch: Vec<String>,
}

#[derive(Debug, Args)]
struct ShipArgs {
    /// Signatures stored by record (default: ferrokeet-signatures.json, if it is there)
    #[arg(long, value_name = "PATH")]
    signatures: Option<PathBuf>,
    /// Put the runtime beside the kernels, so that the result needs no installed Ferrokeet
    #[arg(long)]
    bundle: bool,
    /// Leave out the kernels of launches that are not as the types suppose (such as an array of one element that is
    /// stretched): they are compiled when one occurs, or such a launch runs as Python where there is no compiler
    #[arg(long)]
    usual_only: bool,
}

#[derive(Debug, Args)]
struct ShowArgs {
    /// FILE or FILE:LINE
    place: String,
    /// Stages
    #[arg(long, value_enum, value_delimiter = ',', default_value = "verdict")]
    emit: Vec<Stage>,
    /// Types of the inputs: "x: f64[:], n: int" (default: declared or assumed)
    #[arg(long)]
    signature: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Stage {
    Verdict,
    Types,
    Ir,
    Plan,
    Rust,
    Cuda,
    Asm,
    Python,
}

#[derive(Debug, Subcommand)]
enum CacheCommand {
    /// Where it is, how much it holds
    Info,
    /// What `tune` has found to be best on this machine and others
    Tuned,
    /// Remove everything in it
    Clean {
        /// Only forget what `tune` has found
        #[arg(long)]
        tuned: bool,
    },
    /// Print its folder
    Path,
}

/// Runs the command of this process's arguments.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    std::panic::set_hook(Box::new(|_| {}));
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| execute(cli.command)));
    match done {
        Ok(Ok(code)) => code,
        Ok(Err(error)) => {
            eprintln!("error: {error:#}");
            ExitCode::from(if error.is::<BuildError>() { 1 } else { 2 })
        }
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text
                .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
                .unwrap_or_default();
            eprintln!("error: a defect in Ferrokeet ({text}); please report it with the file at hand");
            ExitCode::from(1)
        }
    }
}

fn execute(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Run(args) => run::run(args),
        Command::Record(mut args) => {
            args.record.get_or_insert_with(|| PathBuf::from(ship::SIGNATURES));
            run::run(args)
        }
        Command::Check(args) => check::check(&args),
        Command::Annotate(args) => annotate::annotate(&args),
        Command::Translate(args) => ship::translate(&args),
        Command::Build(args) => ship::build(&args),
        Command::Show(args) => show::show(&args),
        Command::Report(args) => report::report(&args),
        Command::Tune(args) => tune::tune(&args),
        Command::Explain(args) => explain::explain(&args),
        Command::Doctor => doctor::doctor(),
        Command::Server => server::serve(),
        Command::Cache { command } => cache::cache(&command),
        Command::Rewrite { filename } => protocol::rewrite(&filename),
        Command::Verdicts { filename } => protocol::verdicts(&filename),
        Command::Compile {
            filename,
            region,
            signature,
            imports,
            unusual,
            cuda_arch,
            nvrtc,
        } => {
            let supposed = if unusual { Supposed::Nothing } else { Supposed::Usual };
            let gpu = cuda_arch.map(|name| protocol::Gpu { name, nvrtc });
            protocol::compile(
                &filename,
                &region,
                &signature,
                imports.as_deref(),
                supposed,
                gpu.as_ref(),
            )
        }
        Command::Variants {
            filename,
            region,
            signature,
            combine,
        } => variants::variants(&filename, &region, &signature, &combine),
    }
}
