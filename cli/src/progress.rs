//! A line on standard error for work that takes long.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

/// How long work may take before it is announced, in seconds.
const PATIENCE: Duration = Duration::from_secs(1);
/// Time between two changes of the line.
const STEP: Duration = Duration::from_millis(200);

/// The progress of one piece of work in countable steps. Silent where standard error is no terminal, and in the first second.
#[derive(Debug)]
pub struct Progress {
    what: &'static str,
    total: u32,
    started: Instant,
    shown: Option<Instant>,
    enabled: bool,
}

impl Progress {
    /// Starts counting to `total`.
    pub fn new(what: &'static str, total: u32) -> Self {
        Self { what, total, started: Instant::now(), shown: None, enabled: io::stderr().is_terminal() }
    }

    /// `done` steps are done.
    pub fn step(&mut self, done: u32) {
        let due = match self.shown {
            None => self.started.elapsed() >= PATIENCE,
            Some(shown) => shown.elapsed() >= STEP,
        };
        if self.enabled && due {
            self.shown = Some(Instant::now());
            let _ = write!(io::stderr(), "\r{} {done} of {}", self.what, self.total);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown.is_some() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

/// Runs `work`, which packs a payload, with a line that says how much of it is done.
pub fn packing<T>(work: impl FnOnce(&mut dyn FnMut(usize, usize)) -> T) -> T {
    let mut progress: Option<Progress> = None;
    work(&mut |done, total| {
        // A payload has less than 4 GiB.
        let kilobytes = |bytes: usize| u32::try_from(bytes >> 10).unwrap_or(u32::MAX);
        let progress = progress.get_or_insert_with(|| Progress::new("optimizing: KiB", kilobytes(total)));
        progress.step(kilobytes(done));
    })
}

/// Announces work that cannot be counted and takes the line back when dropped.
#[derive(Debug)]
pub struct Notice {
    shown: bool,
}

impl Notice {
    /// Shows `what` on a terminal.
    pub fn new(what: &str) -> Self {
        let shown = io::stderr().is_terminal();
        if shown {
            let _ = write!(io::stderr(), "{what} …");
        }
        Self { shown }
    }
}

impl Drop for Notice {
    fn drop(&mut self) {
        if self.shown {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
