//! The scenes of a folder, found by listing.

use pngine_compiler::source::{ReadError, Sources};
use pngine_compiler::{Compiled, Options};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// How the last line of a good scene begins that has warnings.
pub const WARNS: &str = "// warns:";

/// A file `NAME.pngine`, or a folder `NAME` with a `main.pngine` and what that needs.
pub struct Scene {
    /// Path below the folder that was listed, without the extension: `shaders/plasma`.
    pub name: String,
    /// The folder of the entry file. Nothing above it can be read.
    pub folder: PathBuf,
    /// Name of the entry file.
    pub entry: String,
}

impl Scene {
    /// The bytes of the entry file.
    pub fn bytes(&self) -> Vec<u8> {
        let path = self.folder.join(&self.entry);
        std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The codes that its first lines expect: `// expect: E0201 12:7-12:11`.
    pub fn expected_codes(&self) -> BTreeSet<String> {
        let text = String::from_utf8_lossy(&self.bytes()).into_owned();
        text.lines()
            .map_while(|line| line.trim().strip_prefix("// expect:"))
            .filter_map(|line| line.split_whitespace().next().map(str::to_string))
            .collect()
    }

    /// The codes of warnings that its last line expects, because it shows a rule by what is never seen: `// warns: W0701 W0709`.
    pub fn warned_codes(&self) -> BTreeSet<String> {
        let text = String::from_utf8_lossy(&self.bytes()).into_owned();
        let line = text.trim_end().rsplit('\n').next().and_then(|line| line.strip_prefix(WARNS)).unwrap_or_default();
        line.split_whitespace().map(str::to_string).collect()
    }

    /// Compiles it.
    pub fn compile(&self, options: &Options) -> Compiled {
        pngine_compiler::compile(&Folder(self.folder.clone()), &self.entry, &self.bytes(), options)
    }
}

/// The files of a scene's folder.
pub struct Folder(pub PathBuf);

impl Sources for Folder {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        if path.split('/').any(|part| part == "..") {
            return Err(ReadError::OutsideRoot);
        }
        std::fs::read(self.0.join(path)).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => ReadError::NotFound,
            // The system's own words differ from one to the next.
            kind => ReadError::Other(kind.to_string()),
        })
    }
}

/// The scenes of a folder and of the folders in it, sorted by name. What lies beside a `main.pngine` belongs to that scene, and what
/// lies in a folder `shared` to those that import it.
pub fn scenes(folder: &Path) -> Vec<Scene> {
    let mut found = Vec::new();
    list(folder, "", &mut found);
    found.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(!found.is_empty(), "there are no scenes in {}", folder.display());
    found
}

fn list(folder: &Path, prefix: &str, found: &mut Vec<Scene>) {
    for entry in std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("a folder that can be listed").path();
        let file_name = path.file_name().and_then(|name| name.to_str()).expect("a readable name").to_string();
        if let Some(stem) = file_name.strip_suffix(".pngine") {
            found.push(Scene { name: format!("{prefix}{stem}"), folder: folder.to_path_buf(), entry: file_name });
        } else if path.join("main.pngine").exists() {
            found.push(Scene { name: format!("{prefix}{file_name}"), folder: path, entry: "main.pngine".to_string() });
        } else if path.is_dir() && file_name != "shared" {
            list(&path, &format!("{prefix}{file_name}/"), found);
        }
    }
}
