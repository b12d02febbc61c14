//! Content-addressed files that many processes share.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::BuildError;
use super::files::{beside, write_atomically};

/// Bytes that a cache may hold before its oldest files go, unless `FERROKEET_CACHE_SIZE` says otherwise.
const DEFAULT_LIMIT: u64 = 1 << 30;

/// The extension of what is remembered of measurements: small files, which stay until somebody removes them.
const TUNED: &str = "tuned";

/// What the name of a folder of headers that kernels for an emulated GPU are compiled with begins with; a key follows.
const HEADERS: &str = "emulation-";

/// How long what nobody has touched may still be in somebody's work.
const IN_WORK: Duration = Duration::from_secs(3600);

/// A folder of built files. An entry is `KEY.EXT`, with its hash in `KEY.EXT.hash` beside it; an entry whose hash does not fit is
/// none. Headers for emulated GPUs are a folder for each version, `emulation-KEY`.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
    /// Said to the user once, when the cache is not where it should be.
    note: Option<String>,
}

/// What `ferrokeet cache info` tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheInfo {
    /// Where it is.
    pub folder: PathBuf,
    /// Number of entries.
    pub entries: usize,
    /// Bytes of all files.
    pub bytes: u64,
    /// Bytes past which old entries are removed.
    pub limit: u64,
}

impl Cache {
    /// Opens the cache in `FERROKEET_CACHE_DIR`, else `XDG_CACHE_HOME/ferrokeet`, else `~/.cache/ferrokeet`; where that
    /// cannot be written, one in the system's folder for temporary files, with a note.
    ///
    /// # Errors
    /// [`BuildError::Files`] when no folder can be written.
    pub fn open() -> Result<Self, BuildError> {
        let wanted = Self::wanted();
        match Self::at(&wanted) {
            Ok(cache) => Ok(cache),
            Err(error) => {
                let user = std::env::var("USER").unwrap_or_else(|_| "anyone".to_owned());
                let fallback = std::env::temp_dir().join(format!("ferrokeet-{user}"));
                let mut cache = Self::at(&fallback).map_err(|_| {
                    BuildError::Files(format!(
                        "the cache folder {} cannot be written: {error}",
                        wanted.display()
                    ))
                })?;
                cache.note = Some(format!(
                    "the cache folder {} cannot be written ({error}); using {}",
                    wanted.display(),
                    fallback.display()
                ));
                Ok(cache)
            }
        }
    }

    /// Opens a cache in a folder, which is made if need be.
    ///
    /// # Errors
    /// What the file system says when it cannot be written.
    pub fn at(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let probe = beside(&folder.join("probe"));
        File::create(&probe)?;
        fs::remove_file(&probe)?;
        Ok(Self {
            folder: folder.to_path_buf(),
            note: None,
        })
    }

    /// Where the cache should be.
    pub fn wanted() -> PathBuf {
        let variable = |name| {
            std::env::var_os(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        variable("FERROKEET_CACHE_DIR")
            .or_else(|| variable("XDG_CACHE_HOME").map(|home| home.join("ferrokeet")))
            .or_else(|| variable("HOME").map(|home| home.join(".cache/ferrokeet")))
            .unwrap_or_else(|| std::env::temp_dir().join("ferrokeet"))
    }

    /// Why the cache is not where it should be.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The entry of a key, if it is there and whole. Counts as a use of it.
    pub fn get(&self, key: &str, extension: &str) -> Option<PathBuf> {
        let path = self.path(key, extension);
        let content = fs::read(&path).ok()?;
        let hash = fs::read_to_string(hash_path(&path)).ok()?;
        if hash.trim() != blake3::hash(&content).to_hex().as_str() {
            return None;
        }
        if let Ok(file) = File::options().append(true).open(hash_path(&path)) {
            _ = file.set_modified(SystemTime::now());
        }
        Some(path)
    }

    /// The entry of a key, made by `make` (which writes the path it is given) when it is not there. Only one process
    /// makes an entry; the others wait for it. The flag tells whether it was there.
    ///
    /// # Errors
    /// What `make` says, or [`BuildError::Files`].
    pub fn get_or_make(
        &self,
        key: &str,
        extension: &str,
        make: impl FnOnce(&Path) -> Result<(), BuildError>,
    ) -> Result<(PathBuf, bool), BuildError> {
        if let Some(path) = self.get(key, extension) {
            return Ok((path, true));
        }
        let path = self.path(key, extension);
        let failed = |error: io::Error| BuildError::Files(format!("{}: {error}", path.display()));
        let lock = File::create(self.folder.join(format!("{key}.lock"))).map_err(failed)?;
        lock.lock().map_err(failed)?;
        if let Some(path) = self.get(key, extension) {
            return Ok((path, true));
        }
        let temporary = beside(&path).with_extension(extension);
        let made = make(&temporary).and_then(|()| self.put(&temporary, &path).map_err(failed));
        _ = fs::remove_file(&temporary);
        made?;
        self.trim(Some(&path));
        Ok((path, false))
    }

    /// The folder of headers of a key, filled by `make` (which is given a folder of its own) when it is not there. Counts as a use
    /// of it.
    ///
    /// # Errors
    /// What `make` says.
    pub fn headers(
        &self,
        key: &str,
        make: impl FnOnce(&Path) -> Result<(), BuildError>,
    ) -> Result<PathBuf, BuildError> {
        let folder = self.folder.join(format!("{HEADERS}{key}"));
        if folder.is_dir() {
            if let Ok(opened) = File::open(&folder) {
                _ = opened.set_modified(SystemTime::now());
            }
            return Ok(folder);
        }
        let own = self.work(key);
        let made = make(&own);
        // Another process may have been first.
        if made.is_err() || fs::rename(&own, &folder).is_err() {
            _ = fs::remove_dir_all(&own);
        }
        made.map(|()| folder)
    }

    /// The name of a folder in which this process makes what belongs to a key.
    pub fn work(&self, key: &str) -> PathBuf {
        self.folder.join(format!(".{key}.{}", std::process::id()))
    }

    /// Where what is remembered under a key stands, if anything is.
    pub fn tuned(&self, key: &str) -> PathBuf {
        self.path(key, TUNED)
    }

    /// Everything that is remembered of measurements, in the order of its names.
    pub fn all_tuned(&self) -> Vec<PathBuf> {
        let files = self.files().into_iter().map(|(path, ..)| path);
        let mut found: Vec<PathBuf> = files
            .filter(|path| path.extension().is_some_and(|e| e == TUNED))
            .collect();
        found.sort();
        found
    }

    /// Moves a finished file into place, hash first: a crash between the two leaves an entry that does not count.
    fn put(&self, temporary: &Path, path: &Path) -> io::Result<()> {
        let hash = blake3::hash(&fs::read(temporary)?).to_hex();
        write_atomically(&hash_path(path), hash.as_bytes())?;
        fs::rename(temporary, path)
    }

    fn path(&self, key: &str, extension: &str) -> PathBuf {
        self.folder.join(format!("{key}.{extension}"))
    }

    /// Bytes past which old entries are removed: a number in `FERROKEET_CACHE_SIZE`, which may end in `K`, `M` or `G`.
    pub fn limit() -> u64 {
        let text = std::env::var("FERROKEET_CACHE_SIZE").ok();
        text.and_then(|text| bytes(&text)).unwrap_or(DEFAULT_LIMIT)
    }

    /// Sizes and numbers.
    pub fn info(&self) -> CacheInfo {
        let files = self.files();
        let sizes = files.iter().chain(&self.folders()).map(|(_, size, _)| *size).sum();
        CacheInfo {
            folder: self.folder.clone(),
            entries: files
                .iter()
                .filter(|(path, ..)| path.extension().is_some_and(|e| e == "hash"))
                .count(),
            bytes: sizes,
            limit: Self::limit(),
        }
    }

    /// Removes everything; returns how many bytes that were.
    pub fn clean(&self) -> u64 {
        let files = self.files().into_iter();
        let files = files.filter(|(path, ..)| fs::remove_file(path).is_ok());
        let folders = self.folders().into_iter();
        let folders = folders.filter(|(path, ..)| fs::remove_dir_all(path).is_ok());
        files.chain(folders).map(|(_, size, _)| size).sum()
    }

    /// Every folder of headers, and what killed processes left of those they made, with its size and time of last use.
    fn folders(&self) -> Vec<(PathBuf, u64, SystemTime)> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let folders = entries.filter(|entry| entry.metadata().is_ok_and(|metadata| metadata.is_dir()));
        let ours = folders.filter(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let of_process = |(key, process): (&str, &str)| is_key(key) && process.parse::<u32>().is_ok();
            name.strip_prefix(HEADERS).is_some_and(is_key)
                || name
                    .strip_prefix('.')
                    .and_then(|name| name.split_once('.'))
                    .is_some_and(of_process)
        });
        ours.map(|entry| {
            let files = fs::read_dir(entry.path()).into_iter().flatten().flatten();
            let sizes = files.filter_map(|file| file.metadata().ok()).map(|one| one.len());
            let used = entry.metadata().and_then(|metadata| metadata.modified());
            (entry.path(), sizes.sum(), used.unwrap_or(SystemTime::UNIX_EPOCH))
        })
        .collect()
    }

    /// Every file of the cache with its size and time of last use. Other people's files in the folder are left alone.
    fn files(&self) -> Vec<(PathBuf, u64, SystemTime)> {
        let ours = [
            "so", "rlib", "cubin", "ptx", "hash", "lock", "tmp", "rs", "cu", "log", TUNED,
        ];
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let files = entries.filter_map(|entry| {
            let path = entry.path();
            let known = path
                .extension()
                .is_some_and(|extension| ours.iter().any(|known| extension == *known));
            let metadata = entry.metadata().ok().filter(fs::Metadata::is_file)?;
            known.then(|| {
                (
                    path,
                    metadata.len(),
                    metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH),
                )
            })
        });
        files.collect()
    }

    /// Removes the entries that were not used for longest until the rest fits, and leftovers of killed processes.
    fn trim(&self, keep: Option<&Path>) {
        let now = SystemTime::now();
        let is_idle = |time: SystemTime| now.duration_since(time).is_ok_and(|age| age > IN_WORK);
        let is_work = |path: &Path| {
            let name = path.file_name();
            name.is_some_and(|name| name.to_string_lossy().starts_with('.'))
        };
        let (mut files, mut folders) = (self.files(), self.folders());
        files.retain(|(path, _, time)| !(is_work(path) && is_idle(*time) && fs::remove_file(path).is_ok()));
        folders.retain(|(path, _, time)| !(is_work(path) && is_idle(*time) && fs::remove_dir_all(path).is_ok()));
        let mut total: u64 = files.iter().chain(&folders).map(|(_, size, _)| size).sum();
        // Headers that a compiler may be reading stay.
        folders.retain(|(path, _, time)| !is_work(path) && is_idle(*time));
        let hashes = files
            .into_iter()
            .filter(|(path, ..)| path.extension().is_some_and(|e| e == "hash"));
        let mut entries: Vec<_> = hashes.chain(folders).collect();
        entries.sort_by_key(|(_, _, time)| *time);
        for (entry, size, _) in entries {
            if total <= Self::limit() {
                break;
            }
            if entry.is_dir() {
                total -= if fs::remove_dir_all(&entry).is_ok() { size } else { 0 };
                continue;
            }
            let path = entry.with_extension("");
            if Some(path.as_path()) == keep {
                continue;
            }
            let size = fs::metadata(&path).map_or(0, |metadata| metadata.len());
            if fs::remove_file(&entry).and_then(|()| fs::remove_file(&path)).is_ok() {
                total = total.saturating_sub(size);
            }
        }
    }
}

/// Whether a text may be a key: digits of a hash.
fn is_key(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|one| one.is_ascii_hexdigit())
}

/// The number of bytes that a text such as `500M` stands for.
pub(super) fn bytes(text: &str) -> Option<u64> {
    let text = text.trim().to_ascii_uppercase();
    let text = text.strip_suffix('B').unwrap_or(&text);
    let (digits, unit) = match text.as_bytes().last()? {
        b'K' => (&text[..text.len() - 1], 1_000),
        b'M' => (&text[..text.len() - 1], 1_000_000),
        b'G' => (&text[..text.len() - 1], 1_000_000_000),
        _ => (text, 1),
    };
    digits.trim().parse::<u64>().ok()?.checked_mul(unit)
}

/// The file that holds an entry's hash.
fn hash_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".hash");
    PathBuf::from(name)
}
