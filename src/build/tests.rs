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
fn headers_of_emulated_gpus_belong_to_the_cache() {
    let folder = scratch("headers");
    let cache = Cache::at(&folder).expect("a fresh folder");
    let failed = |error: std::io::Error| BuildError::Files(error.to_string());
    let make = |own: &std::path::Path| {
        std::fs::create_dir(own).map_err(failed)?;
        std::fs::write(own.join("header"), b"1234567").map_err(failed)
    };
    let headers = cache.headers("0abc", make).expect("can be made");
    assert_eq!(cache.headers("0abc", |_| panic!("they are there")), Ok(headers.clone()));
    assert_eq!((cache.info().entries, cache.info().bytes), (0, 7));
    // Of a process that was killed long ago, of one that works, and of somebody else.
    let (left, work, other) = (
        folder.join(".0def.7"),
        cache.work("0def"),
        folder.join("emulation-notes"),
    );
    for own in [&left, &work, &other] {
        make(own).expect("writable");
    }
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(7200);
    let opened = std::fs::File::open(&left).expect("there");
    opened.set_modified(long_ago).expect("a time of its own");
    let entry = cache.get_or_make("key", "so", |path| std::fs::write(path, b"content").map_err(failed));
    assert!(entry.is_ok() && !left.exists() && work.exists() && headers.exists());
    assert!(cache.clean() > 14 && !headers.exists() && !work.exists() && other.exists());
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
