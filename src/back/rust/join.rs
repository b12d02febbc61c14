//! Several kernels in one library: what starting the compiler, reading the runtime and linking cost is then paid once.

use super::Emitted;

/// Marks what the host looks up by its name.
pub(super) const EXPORTED: &str = "#[unsafe(no_mangle)]";
/// What the host looks at before it calls anything; once in a library.
pub(super) const VERSION: &str = "pub static FERROKEET_ABI_VERSION: u32 = ABI_VERSION;";

/// The text of a library of some kernels, each in a module of its own, and their symbols there.
pub fn join<'a>(kernels: impl IntoIterator<Item = &'a Emitted>) -> (String, Vec<String>) {
    let mut text = format!("use ferrokeet_kernel::abi::ABI_VERSION;\n\n{EXPORTED}\n{VERSION}\n");
    let mut symbols = Vec::new();
    for (number, kernel) in kernels.into_iter().enumerate() {
        let symbol = format!("{}_{number}", kernel.symbol);
        let exported = format!("#[unsafe(export_name = \"{symbol}\")]");
        let own = kernel.text.replace(&format!("{EXPORTED}\n{VERSION}\n"), "");
        text += &format!("\nmod kernel_{number} {{\n{}}}\n", own.replace(EXPORTED, &exported));
        symbols.push(symbol);
    }
    (text, symbols)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kernel_is_exported_once_and_the_version_once() {
        let kernel = Emitted {
            text: format!("//! x\n\n{EXPORTED}\n{VERSION}\n\n{EXPORTED}\npub unsafe extern \"C\" fn f() {{}}\n"),
            symbol: "f".to_owned(),
            reasons: Vec::new(),
            unusual: None,
        };
        let (text, symbols) = join([&kernel, &kernel]);
        assert_eq!(symbols, ["f_0", "f_1"]);
        assert_eq!(text.matches(VERSION).count(), 1);
        assert_eq!(text.matches(EXPORTED).count(), 1);
        assert!(
            symbols
                .iter()
                .all(|symbol| text.matches(&format!("export_name = \"{symbol}\"")).count() == 1)
        );
    }
}
