//! The `ferrokeet` command.

fn main() -> std::process::ExitCode {
    ferrokeet::cli::main()
}
