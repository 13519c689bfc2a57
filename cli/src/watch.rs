//! Waits until a file of a scene changes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use notify::{Config, Event, EventKind, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher};

/// How long it has to be quiet until a change counts: editors write in several steps. Picked by feel.
const QUIET: Duration = Duration::from_millis(60);
/// Time between two looks where the system does not tell of changes, as on some network drives and in some containers.
const POLL: Duration = Duration::from_millis(300);

/// Files that are watched, by the folders that they lie in: editors replace files, and a file that is missing may appear.
pub struct Watch {
    watcher: Box<dyn Watcher + Send>,
    events: Receiver<notify::Result<Event>>,
    folders: BTreeSet<PathBuf>,
    files: BTreeSet<PathBuf>,
}

impl Watch {
    /// Watches nothing yet.
    ///
    /// # Errors
    /// What the system says, if it lets nobody watch.
    pub fn new() -> notify::Result<Self> {
        let (sender, events) = mpsc::channel();
        let watcher: Box<dyn Watcher + Send> = match RecommendedWatcher::new(sender.clone(), Config::default()) {
            Ok(watcher) => Box::new(watcher),
            Err(_) => Box::new(PollWatcher::new(sender, Config::default().with_poll_interval(POLL))?),
        };
        Ok(Self { watcher, events, folders: BTreeSet::new(), files: BTreeSet::new() })
    }

    /// Watches these files, and no others, whether they exist or not. Gives whether there are folders among theirs that were not watched
    /// before: what changed there until now was not seen.
    ///
    /// # Errors
    /// What the system says, for example that it watches too many already.
    pub fn follow(&mut self, files: &BTreeSet<PathBuf>) -> notify::Result<bool> {
        self.files = files.iter().map(|file| resolved(file)).collect();
        let folders: BTreeSet<PathBuf> = self.files.iter().filter_map(|file| existing_parent(file)).collect();
        for folder in self.folders.difference(&folders) {
            // It may be gone, and with it the watch.
            let _ = self.watcher.unwatch(folder);
        }
        let new: Vec<&PathBuf> = folders.difference(&self.folders).collect();
        for folder in &new {
            self.watcher.watch(folder, RecursiveMode::NonRecursive)?;
        }
        let has_new = !new.is_empty();
        self.folders = folders;
        Ok(has_new)
    }

    /// Blocks until one of the files changes, appears or vanishes, and then until it is quiet. Gives `false` if nothing will ever come.
    pub fn wait(&self) -> bool {
        loop {
            match self.events.recv() {
                Ok(event) if self.concerns(&event) => break,
                Ok(_) => {}
                Err(mpsc::RecvError) => return false,
            }
        }
        loop {
            match self.events.recv_timeout(QUIET) {
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => return true,
                Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
    }

    fn concerns(&self, event: &notify::Result<Event>) -> bool {
        match event {
            // Events were lost, or there is something that the system cannot tell.
            Err(_) => true,
            Ok(event) if event.need_rescan() => true,
            Ok(event) if matches!(event.kind, EventKind::Access(_)) => false,
            // A folder on the way to a file may have come or gone.
            Ok(event) => event.paths.iter().any(|path| self.files.iter().any(|file| file.starts_with(path))),
        }
    }
}

/// The nearest folder above a file that is there.
fn existing_parent(file: &Path) -> Option<PathBuf> {
    file.ancestors().skip(1).find(|folder| folder.is_dir()).map(Path::to_owned)
}

/// The path with no symbolic links in its folders, as events name it.
fn resolved(file: &Path) -> PathBuf {
    let place = file.parent().and_then(|folder| folder.canonicalize().ok()).zip(file.file_name());
    place.map_or_else(|| file.to_owned(), |(folder, name)| folder.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::sync::mpsc::Sender;

    /// Tells when `wait` is back.
    fn waiting(watch: Watch, told: Sender<Watch>) {
        std::thread::spawn(move || {
            if watch.wait() {
                let _ = told.send(watch);
            }
        });
    }

    #[test]
    fn files_that_change_appear_or_are_replaced_are_told_and_others_are_not() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().canonicalize().unwrap();
        let (scene, missing) = (folder.join("a.pngine"), folder.join("assets/deep/b.wgsl"));
        fs::write(&scene, "1").unwrap();
        let mut watch = Watch::new().unwrap();
        let files = BTreeSet::from([scene.clone(), missing.clone()]);
        assert!(watch.follow(&files).unwrap());
        assert!(!watch.follow(&files).unwrap());
        let (sender, told) = mpsc::channel();

        waiting(watch, sender.clone());
        fs::write(folder.join("other"), "1").unwrap();
        assert!(told.recv_timeout(Duration::from_millis(400)).is_err());
        fs::write(&scene, "2").unwrap();
        let watch = told.recv_timeout(Duration::from_secs(20)).unwrap();

        waiting(watch, sender.clone());
        fs::write(folder.join("next"), "3").unwrap();
        fs::rename(folder.join("next"), &scene).unwrap();
        let watch = told.recv_timeout(Duration::from_secs(20)).unwrap();

        waiting(watch, sender.clone());
        fs::create_dir_all(missing.parent().unwrap()).unwrap();
        let mut watch = told.recv_timeout(Duration::from_secs(20)).unwrap();
        assert!(watch.follow(&files).unwrap());
        waiting(watch, sender);
        fs::write(&missing, "4").unwrap();
        told.recv_timeout(Duration::from_secs(20)).unwrap();
    }
}
