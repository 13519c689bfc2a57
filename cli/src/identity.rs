//! Which file a path leads to.

use std::path::{Path, PathBuf};

/// A file on the disk, whatever path leads to it.
#[derive(Clone, Debug)]
pub struct Identity {
    path: PathBuf,
    /// Device and number of the file: hard links have the same, and names that differ in letter case where that means nothing.
    #[cfg(unix)]
    number: (u64, u64),
}

impl Identity {
    /// Of the file that `path` leads to; `None` if there is none.
    pub fn of(path: &Path) -> Option<Self> {
        let path = path.canonicalize().ok()?;
        #[cfg(unix)]
        let number = {
            use std::os::unix::fs::MetadataExt as _;
            let metadata = std::fs::metadata(&path).ok()?;
            (metadata.dev(), metadata.ino())
        };
        Some(Self {
            path,
            #[cfg(unix)]
            number,
        })
    }
}

impl PartialEq for Identity {
    fn eq(&self, other: &Self) -> bool {
        #[cfg(unix)]
        if self.number == other.number {
            return true;
        }
        self.path == other.path
    }
}
