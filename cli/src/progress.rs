//! What a command says while it works and when it is done: lines on standard error for people who watch.
//!
//! They are printed where standard error is a terminal, unless `--quiet` was given. Elsewhere nobody waits for them, and whoever collects the
//! stream wants findings alone; results are on standard output.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use pngine_compiler::diag;

/// How long work may take before it is announced.
const PATIENCE: Duration = Duration::from_secs(1);
/// Time between two changes of the line.
const STEP: Duration = Duration::from_millis(200);
/// Goes back to the start of the line and empties it.
const CLEAR: &str = "\r\x1b[K";

/// Whether `--quiet` was given. Set once, by [`silence`]; no other state of the process hangs on it.
static IS_SILENT: AtomicBool = AtomicBool::new(false);

/// Says nothing from now on.
pub fn silence() {
    IS_SILENT.store(true, Ordering::Relaxed);
}

/// Whether anybody listens.
fn is_heard() -> bool {
    !IS_SILENT.load(Ordering::Relaxed) && io::stderr().is_terminal()
}

/// Says a line about what was done, unless it is empty. What comes from outside is escaped. That nobody can read it is no reason to stop.
pub fn say(line: &str) {
    if !line.is_empty() && is_heard() {
        let _ = writeln!(io::stderr(), "{}", diag::escape(line));
    }
}

/// `1963` as `1,963`.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number of bytes, as [`say`] says it: `1 byte`, `1,963 bytes`.
pub fn bytes(number: usize) -> String {
    format!("{} {}", grouped(number), if number == 1 { "byte" } else { "bytes" })
}

/// The progress of one piece of work in countable steps. Silent in the first second.
#[derive(Debug)]
pub struct Progress {
    what: &'static str,
    total: u32,
    started: Instant,
    shown: Option<Instant>,
    is_heard: bool,
}

impl Progress {
    /// Starts counting to `total`.
    pub fn new(what: &'static str, total: u32) -> Self {
        Self { what, total, started: Instant::now(), shown: None, is_heard: is_heard() }
    }

    /// `done` steps are done.
    pub fn step(&mut self, done: u32) {
        let due = match self.shown {
            None => self.started.elapsed() >= PATIENCE,
            Some(shown) => shown.elapsed() >= STEP,
        };
        if self.is_heard && due {
            self.shown = Some(Instant::now());
            let _ = write!(io::stderr(), "\r{} {done} of {}", self.what, self.total);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown.is_some() {
            let _ = write!(io::stderr(), "{CLEAR}");
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

/// Announces work that cannot be counted, if it takes longer than a second, and takes the line back when dropped. Whoever does the work
/// prints nothing meanwhile.
#[derive(Debug)]
pub struct Notice(Option<(Sender<()>, JoinHandle<()>)>);

impl Notice {
    /// Work on `what` begins: "compiling boids.pngine".
    pub fn new(what: &str) -> Self {
        if is_heard() { Self::with(what, PATIENCE, |text| drop(write!(io::stderr(), "{text}"))) } else { Self(None) }
    }

    /// Waits for so long, then writes the line, and clears it at the end, if it was written.
    fn with(what: &str, patience: Duration, mut write: impl FnMut(&str) + Send + 'static) -> Self {
        let line = format!("{} …", diag::escape(what));
        let (sender, receiver) = mpsc::channel();
        let waiting = std::thread::Builder::new().name("notice".to_owned()).spawn(move || {
            if receiver.recv_timeout(patience) == Err(RecvTimeoutError::Timeout) {
                write(&line);
                // Comes back when the sender is dropped.
                let _ = receiver.recv();
                write(CLEAR);
            }
        });
        // A system that is out of threads has other worries than this line.
        Self(waiting.ok().map(|thread| (sender, thread)))
    }
}

impl Drop for Notice {
    fn drop(&mut self) {
        if let Some((sender, thread)) = self.0.take() {
            drop(sender);
            // Nothing else is written before the line is gone.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_a_comma_every_three_digits() {
        for (number, text) in [(0, "0"), (999, "999"), (1_963, "1,963"), (12_345, "12,345"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
        assert_eq!((bytes(1), bytes(2_000)), ("1 byte".to_owned(), "2,000 bytes".to_owned()));
    }

    #[test]
    fn only_work_that_takes_long_is_announced() {
        let write = |sender: mpsc::Sender<String>| move |text: &str| sender.send(text.to_owned()).unwrap();
        let (sender, written) = mpsc::channel();
        drop(Notice::with("quick", Duration::from_secs(3600), write(sender)));
        assert_eq!(written.iter().next(), None);

        let (sender, written) = mpsc::channel();
        let notice = Notice::with("long\n", Duration::ZERO, write(sender));
        assert_eq!(written.recv().unwrap(), "long\\n …");
        drop(notice);
        assert_eq!(written.iter().collect::<Vec<_>>(), [CLEAR]);
    }
}
