//! Files that are written beside their place and moved there when they are complete. None stays behind, also where the process is told
//! to end while it writes: by SIGINT, such as from Ctrl-C, or by SIGTERM. Where there are no such signals, the system may leave one.

use std::io::{self, Write};
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

/// A file under a name of its own, which is removed unless it is moved to its place.
pub struct Temporary(NamedTempFile);

impl Temporary {
    /// Makes one in a folder.
    ///
    /// # Errors
    /// What the system says: of the folder, or that it hands out no signals.
    pub fn create(builder: &Builder<'_, '_>, directory: &Path) -> io::Result<Self> {
        signals::watch()?;
        signals::locked(|open| {
            let file = builder.tempfile_in(directory)?;
            open.insert(file.path().to_owned());
            Ok(Self(file))
        })
    }

    /// Moves it to `place`, in the same folder; what is there is replaced.
    ///
    /// # Errors
    /// What the system says. The file is removed then.
    pub fn persist(self, place: &Path) -> io::Result<()> {
        let Self(file) = self;
        let path = file.path().to_owned();
        let moved = file.persist(place).map(drop).map_err(|error| error.error);
        signals::locked(|open| open.remove(&path));
        moved
    }
}

impl Write for Temporary {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

mod signals {
    use std::collections::BTreeSet;
    use std::io;
    use std::path::PathBuf;
    use std::sync::{Mutex, PoisonError};

    /// The temporary files that there are. One whose writing failed is gone, and may still be listed: its name is not given out again.
    static OPEN: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

    /// Does something with the list. A signal that comes meanwhile waits for it.
    pub fn locked<T>(work: impl FnOnce(&mut BTreeSet<PathBuf>) -> T) -> T {
        work(&mut OPEN.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Has signals that end the process remove the files first. Nothing is changed before there is a file to remove.
    #[cfg(unix)]
    pub fn watch() -> io::Result<()> {
        use signal_hook::consts::{SIGINT, SIGTERM};
        use signal_hook::iterator::Signals;

        static IS_WATCHED: Mutex<bool> = Mutex::new(false);
        let mut is_watched = IS_WATCHED.lock().unwrap_or_else(PoisonError::into_inner);
        if *is_watched {
            return Ok(());
        }
        let mut signals = Signals::new([SIGINT, SIGTERM])?;
        std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
            for signal in &mut signals {
                locked(|open| {
                    for path in &*open {
                        // It may be in its place already.
                        let _ = std::fs::remove_file(path);
                    }
                    // The process ends as if nobody had asked, so that whoever waits for it learns of the signal. It ends inside of the
                    // lock: no file is made any more.
                    let _ = signal_hook::low_level::emulate_default_handler(signal);
                });
            }
        })?;
        *is_watched = true;
        Ok(())
    }

    /// There is nothing to watch.
    #[cfg(not(unix))]
    pub fn watch() -> io::Result<()> {
        Ok(())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    /// Names the folder in which this test, run once more as a process of its own, writes a file for as long as it lives.
    const FOLDER: &str = "PNGINE_TEST_TEMPORARY";

    #[test]
    fn signals_end_the_process_and_leave_no_file_behind() {
        if let Some(folder) = std::env::var_os(FOLDER) {
            let mut file = Temporary::create(Builder::new().prefix(".pngine-"), Path::new(&folder)).unwrap();
            let done = Temporary::create(Builder::new().prefix(".pngine-"), Path::new(&folder)).unwrap();
            done.persist(&Path::new(&folder).join("done")).unwrap();
            loop {
                file.write_all(b"more").unwrap();
                std::thread::sleep(Duration::from_millis(10));
            }
        }
        for (name, number) in [("INT", 2), ("TERM", 15)] {
            let directory = tempfile::tempdir().unwrap();
            let names = || {
                let mut names: Vec<_> = fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
                names.sort();
                names
            };
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "temporary::tests::signals_end_the_process_and_leave_no_file_behind"])
                .env(FOLDER, directory.path())
                .stdout(Stdio::null())
                .spawn()
                .unwrap();
            let start = Instant::now();
            while !directory.path().join("done").exists() {
                assert!(start.elapsed() < Duration::from_secs(60), "{:?}", names());
                std::thread::sleep(Duration::from_millis(5));
            }
            assert_eq!(names().len(), 2, "{:?}", names());
            assert!(Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap().success());
            let status = child.wait().unwrap();
            assert_eq!(status.signal(), Some(number), "{status}");
            assert_eq!(names(), ["done"]);
        }
    }
}
