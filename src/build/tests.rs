use super::*;

fn scratch(name: &str) -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("ferrokeet-test-{name}-{}", std::process::id()));
    _ = std::fs::remove_dir_all(&folder);
    folder
}

#[test]
fn an_entry_is_made_once_and_remade_when_damaged() {
    let folder = scratch("cache");
    let cache = Cache::at(&folder).expect("a fresh folder");
    let mut made = 0;
    let mut fetch = |cache: &Cache| {
        let made_now = |path: &std::path::Path| {
            made += 1;
            std::fs::write(path, b"content").map_err(|error| BuildError::Files(error.to_string()))
        };
        cache.get_or_make("key", "so", made_now).expect("can be made")
    };
    let (path, cached) = fetch(&cache);
    assert!(!cached && std::fs::read(&path).expect("written") == b"content");
    assert!(fetch(&cache).1);
    std::fs::write(&path, b"damaged").expect("writable");
    assert!(!fetch(&cache).1);
    assert_eq!(std::fs::read(&path).expect("written"), b"content");
    assert_eq!(made, 2);
    assert!(cache.clean() > 0 && cache.info().entries == 0);
    _ = std::fs::remove_dir_all(folder);
}

#[test]
fn a_failed_build_leaves_nothing() {
    let folder = scratch("failed");
    let cache = Cache::at(&folder).expect("a fresh folder");
    let failed = cache.get_or_make("key", "so", |_| Err(BuildError::Failed("no".to_owned())));
    assert_eq!(failed, Err(BuildError::Failed("no".to_owned())));
    assert!(cache.get("key", "so").is_none());
    _ = std::fs::remove_dir_all(folder);
}

#[test]
fn a_kernel_is_compiled_against_the_runtime() {
    let folder = scratch("compile");
    let builder = Builder::new(
        Toolchain::find("native").expect("tests run where rustc is"),
        Cache::at(&folder).expect("a fresh folder"),
    );
    let text = "#[unsafe(no_mangle)] pub static FERROKEET_ABI_VERSION: u32 = ferrokeet_kernel::abi::ABI_VERSION;";
    let built = builder.build(text).expect("compiles");
    assert!(built.library.exists() && !built.cached);
    assert!(builder.build(text).expect("compiles").cached);
    assert!(matches!(builder.build("nonsense"), Err(BuildError::Failed(_))));
    _ = std::fs::remove_dir_all(folder);
}

#[test]
fn sizes_may_have_units() {
    let sizes = ["1000", "500M", "2 gb", " 64k ", "", "M", "much"].map(super::cache::bytes);
    let expected = [
        Some(1000),
        Some(500_000_000),
        Some(2_000_000_000),
        Some(64_000),
        None,
        None,
        None,
    ];
    assert_eq!(sizes, expected);
}
