//! What comes in: files and standard input, recognised by content; and the files of a scene, bounded by a root directory.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use pngine_compiler::diag::Code;
use pngine_compiler::source::{ReadError, Sources};

use crate::failure::Failure;
use crate::identity::Identity;

/// Largest input of a command, in bytes. Picked by feel: a PNG of [`crate::args::MAX_SIZE`] pixels square can come near it.
pub const MAX_INPUT_BYTES: u64 = 256 << 20;

/// Largest file that a scene names, in bytes: what does not fit in a payload that hosts inflate need not be read.
pub const MAX_FILE_BYTES: u64 = 64 << 20;

/// What an input is, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// A PNG.
    Png,
    /// A bare payload.
    Payload,
    /// A scene's source: whatever is neither.
    Source,
}

impl InputKind {
    /// Looks at the first bytes.
    pub fn of(bytes: &[u8]) -> Self {
        // Four bytes of the signature are enough: they are no UTF-8, and a damaged PNG should be called one.
        if bytes.starts_with(&pngine_format::png::SIGNATURE[..4]) {
            Self::Png
        } else if bytes.starts_with(&pngine_format::payload::MAGIC) {
            Self::Payload
        } else {
            Self::Source
        }
    }

    /// What users call it, with an article.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Png => "a PNG",
            Self::Payload => "a payload",
            Self::Source => "a scene's source",
        }
    }
}

/// An input, read.
#[derive(Clone, Debug)]
pub struct Input {
    /// What reports call it: the path as given, with forward slashes, or `<stdin>`.
    pub name: String,
    /// The path; `None` for standard input.
    pub path: Option<PathBuf>,
    /// What it is.
    pub kind: InputKind,
    /// All its bytes.
    pub bytes: Vec<u8>,
}

impl Input {
    /// Reads a file, or standard input for `-`.
    ///
    /// # Errors
    /// E0901, E0902, E0904.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        if is_standard(path) {
            let bytes = read_capped(&mut io::stdin().lock(), MAX_INPUT_BYTES).map_err(|error| failure("<stdin>", &error))?;
            return Ok(Self { name: "<stdin>".to_owned(), path: None, kind: InputKind::of(&bytes), bytes });
        }
        let name = display(path);
        if path.is_dir() {
            fs::read_dir(path).map_err(|error| failure(&name, &read_error(&error)))?;
            return Err(Failure::unable(Code::FileUnreadable, format!("`{name}` is a folder"))
                .help("name a file in it; `validate` and `fix` take every `.pngine` file of a folder, if there is one"));
        }
        let bytes = read_file(path, MAX_INPUT_BYTES).map_err(|error| failure(&name, &error))?;
        Ok(Self { name, path: Some(path.to_owned()), kind: InputKind::of(&bytes), bytes })
    }

    /// The files around this scene: bounded by `root`, or else by the directory of the input.
    ///
    /// # Errors
    /// E0901 to E0903 if there is no such root, or the input lies outside.
    pub fn sources(&self, root: Option<&Path>) -> Result<DirectorySources, Failure> {
        let directory = match self.path.as_deref().and_then(Path::parent) {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        DirectorySources::open(directory, root)
    }
}

/// The inputs, with every folder replaced by the scenes in it and below: its `.pngine` files, by name. Hidden folders and links to folders
/// are left out. A folder without a scene stays, and so does one that cannot be listed: reading it says what is wrong.
pub fn expand(paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for path in paths {
        let found = if !is_standard(path) && path.is_dir() { scenes_below(path) } else { Vec::new() };
        if found.is_empty() {
            out.push(path.clone());
        } else {
            out.extend(found);
        }
    }
    out
}

/// All `.pngine` files in a folder and below, in the order of their paths, and the folders that cannot be listed.
fn scenes_below(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = open.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            found.push(folder);
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            // Of the entry itself: a link to a folder could lead in a circle.
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder && !entry.file_name().as_encoded_bytes().starts_with(b".") {
                open.push(path);
            } else if !is_folder && path.extension().is_some_and(|extension| extension == "pngine") && !path.is_dir() {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Whether a path means standard input or output.
pub fn is_standard(path: &Path) -> bool {
    path == Path::new("-")
}

/// A path as reports show it: as given, with forward slashes.
pub fn display(path: &Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '\\' { text.replace('\\', "/") } else { text.into_owned() }
}

fn failure(name: &str, error: &ReadError) -> Failure {
    match error {
        // A shell hands on a pattern that matches nothing.
        ReadError::NotFound if name.contains(['*', '?', '[']) => {
            Failure::unable(Code::FileNotFound, format!("no file matches `{name}`"))
                .help("the shell hands on a pattern that matches nothing: look for a slip in it, or name a folder")
        }
        ReadError::NotFound => Failure::unable(Code::FileNotFound, format!("there is no file `{name}`")),
        ReadError::OutsideRoot => Failure::unable(Code::FileOutsideRoot, format!("`{name}` lies outside the root directory")),
        ReadError::TooLarge(limit) => Failure::unable(Code::FileTooLarge, format!("`{name}` is larger than {} MiB", limit >> 20)),
        ReadError::Other(reason) => Failure::unable(Code::FileUnreadable, format!("`{name}` cannot be read: {reason}")),
    }
}

/// Everything that `reader` gives, unless it is more than `limit` bytes.
fn read_capped(reader: &mut impl Read, limit: u64) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    reader.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| read_error(&error))?;
    if bytes.len() as u64 > limit { Err(ReadError::TooLarge(limit)) } else { Ok(bytes) }
}

/// A file's bytes. Pipes and devices are read like files: `pngine validate <(generate)` works.
fn read_file(path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
    let mut file = File::open(path).map_err(|error| read_error(&error))?;
    let metadata = file.metadata().map_err(|error| read_error(&error))?;
    if metadata.is_dir() {
        return Err(ReadError::Other("it is a directory".to_owned()));
    }
    if metadata.is_file() && metadata.len() > limit {
        return Err(ReadError::TooLarge(limit));
    }
    read_capped(&mut file, limit)
}

fn read_error(error: &io::Error) -> ReadError {
    match error.kind() {
        // `a.png/b`: a path through a file leads nowhere.
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ReadError::NotFound,
        _ => ReadError::Other(error.to_string()),
    }
}

/// The files of a scene, in a directory. Nothing outside `root` is ever opened.
#[derive(Debug)]
pub struct DirectorySources {
    /// The entry file's directory, without symbolic links.
    directory: PathBuf,
    /// The bound, without symbolic links; a prefix of `directory`.
    root: PathBuf,
    /// What was read so far, by the names that the scene gives.
    read: RefCell<Vec<(String, Identity)>>,
    /// Every path in the root that was looked for, whether there is a file or not.
    asked: RefCell<BTreeSet<PathBuf>>,
}

impl DirectorySources {
    /// Files relative to `directory`, in `root` (or, if not given, in `directory`).
    ///
    /// # Errors
    /// E0901 or E0902 if one of them is not there, E0903 if `directory` is not in `root`.
    pub fn open(directory: &Path, root: Option<&Path>) -> Result<Self, Failure> {
        let resolve = |path: &Path| {
            let found = path.canonicalize().map_err(|error| failure(&display(path), &read_error(&error)))?;
            if found.is_dir() {
                Ok(found)
            } else {
                Err(Failure::unable(Code::FileUnreadable, format!("`{}` is not a directory", display(path))))
            }
        };
        let resolved = resolve(directory)?;
        let root = root.map_or_else(|| Ok(resolved.clone()), resolve)?;
        if !resolved.starts_with(&root) {
            return Err(failure(&display(directory), &ReadError::OutsideRoot).help("name a root that contains the scene"));
        }
        Ok(Self { directory: resolved, root, read: RefCell::default(), asked: RefCell::default() })
    }

    /// The files that were read.
    pub fn into_read(self) -> Vec<(String, Identity)> {
        self.read.into_inner()
    }

    /// Every path in the root that was looked for, there or not, and what the links among them lead to.
    #[cfg(feature = "dev")]
    pub fn into_asked(self) -> BTreeSet<PathBuf> {
        self.asked.into_inner()
    }

    /// The path without `.` and `..`, as the text says it; `None` if it leads out of the root.
    fn fold(&self, path: &Path) -> Option<PathBuf> {
        let mut folded = self.directory.clone();
        for part in path.components() {
            match part {
                Component::Normal(name) => folded.push(name),
                Component::CurDir => {}
                Component::ParentDir => {
                    folded.pop();
                }
                Component::RootDir | Component::Prefix(_) => return None,
            }
        }
        folded.starts_with(&self.root).then_some(folded)
    }
}

impl DirectorySources {
    /// Where a file is that the scene names, without symbolic links.
    ///
    /// # Errors
    /// If it is not there, or lies outside the root.
    pub fn locate(&self, path: &str) -> Result<PathBuf, ReadError> {
        if path.contains('\0') {
            return Err(ReadError::NotFound);
        }
        // First by the text, so that nothing is learned about files outside; then by what the links in it lead to.
        let folded = self.fold(Path::new(path)).ok_or(ReadError::OutsideRoot)?;
        self.asked.borrow_mut().insert(folded.clone());
        let resolved = fs::canonicalize(folded).map_err(|error| read_error(&error))?;
        if !resolved.starts_with(&self.root) {
            return Err(ReadError::OutsideRoot);
        }
        self.asked.borrow_mut().insert(resolved.clone());
        Ok(resolved)
    }

    /// The same, for files in the folder of the scene or below alone, whatever the root is.
    pub fn locate_beside(&self, path: &str) -> Option<PathBuf> {
        self.locate(path).ok().filter(|place| place.starts_with(&self.directory))
    }
}

impl Sources for DirectorySources {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let resolved = self.locate(path)?;
        if !fs::metadata(&resolved).map_err(|error| read_error(&error))?.is_file() {
            return Err(ReadError::Other("it is not a regular file".to_owned()));
        }
        let bytes = read_file(&resolved, MAX_FILE_BYTES)?;
        self.read.borrow_mut().extend(Identity::of(&resolved).map(|identity| (path.to_owned(), identity)));
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_the_first_bytes() {
        assert_eq!(InputKind::of(b"\x89PNG\r\n\x1a\n..."), InputKind::Png);
        assert_eq!(InputKind::of(b"\x89PNG\n"), InputKind::Png);
        assert_eq!(InputKind::of(b"PNGB\x05\0"), InputKind::Payload);
        assert_eq!(InputKind::of(b"#frame main { }"), InputKind::Source);
        assert_eq!(InputKind::of(b""), InputKind::Source);
    }

    #[test]
    fn files_outside_the_root_are_refused() {
        let outer = tempfile::tempdir().unwrap();
        let scene = outer.path().join("project/scene");
        fs::create_dir_all(&scene).unwrap();
        fs::write(outer.path().join("secret"), "s").unwrap();
        fs::write(outer.path().join("project/shared"), "p").unwrap();
        fs::write(scene.join("near"), "n").unwrap();

        let near = DirectorySources::open(&scene, None).unwrap();
        assert_eq!(near.read("near"), Ok(b"n".to_vec()));
        assert_eq!(near.read("./x/../near"), Ok(b"n".to_vec()));
        assert_eq!(near.read("../shared"), Err(ReadError::OutsideRoot));
        assert_eq!(near.read("../scene/near"), Ok(b"n".to_vec()));
        assert_eq!(near.read("missing"), Err(ReadError::NotFound));
        assert_eq!(near.read("near/inside"), Err(ReadError::NotFound));
        assert_eq!(near.read("a\0b"), Err(ReadError::NotFound));
        assert!(matches!(near.read("."), Err(ReadError::Other(_))));

        let wide = DirectorySources::open(&scene, Some(&outer.path().join("project"))).unwrap();
        assert_eq!(wide.read("../shared"), Ok(b"p".to_vec()));
        assert_eq!(wide.read("../../secret"), Err(ReadError::OutsideRoot));
        assert_eq!(wide.read(&outer.path().join("secret").to_string_lossy()), Err(ReadError::OutsideRoot));
        assert!(DirectorySources::open(outer.path(), Some(&scene)).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn symbolic_links_do_not_lead_out_of_the_root() {
        let outer = tempfile::tempdir().unwrap();
        let scene = outer.path().join("scene");
        fs::create_dir(&scene).unwrap();
        fs::write(outer.path().join("secret"), "s").unwrap();
        fs::write(scene.join("near"), "n").unwrap();
        std::os::unix::fs::symlink(outer.path().join("secret"), scene.join("link")).unwrap();
        std::os::unix::fs::symlink("near", scene.join("inner")).unwrap();
        let sources = DirectorySources::open(&scene, None).unwrap();
        assert_eq!(sources.read("link"), Err(ReadError::OutsideRoot));
        assert_eq!(sources.read("inner"), Ok(b"n".to_vec()));
    }

    #[test]
    fn large_files_are_refused_before_they_are_read() {
        let directory = tempfile::tempdir().unwrap();
        let file = File::create(directory.path().join("large")).unwrap();
        file.set_len(MAX_FILE_BYTES + 1).unwrap();
        let sources = DirectorySources::open(directory.path(), None).unwrap();
        assert_eq!(sources.read("large"), Err(ReadError::TooLarge(MAX_FILE_BYTES)));
        assert_eq!(read_capped(&mut io::repeat(0), 10), Err(ReadError::TooLarge(10)));
    }
}
