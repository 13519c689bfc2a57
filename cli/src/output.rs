//! What goes out: files that are written whole or not at all, standard output, and colours.

use std::fs;
use std::io::{self, IsTerminal as _, Read as _, Write};
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice};
use pngine_compiler::diag::{self, Code};
use pngine_format::payload::MAGIC;
use pngine_format::png::SIGNATURE;
use serde_json::Value;

use crate::args::Color;
use crate::failure::Failure;
use crate::identity::Identity;
use crate::input::{self, Input};
use crate::progress;
use crate::temporary::Temporary;

/// Where a result goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Standard output.
    Standard,
    /// A file.
    File(PathBuf),
}

impl Target {
    /// `-` is standard output.
    pub fn new(path: &Path) -> Self {
        if input::is_standard(path) { Self::Standard } else { Self::File(path.to_owned()) }
    }

    /// The path given, or else the input's name with another extension, beside it; standard output for standard input.
    pub fn or_beside(path: Option<&Path>, input: Option<&Path>, extension: &str) -> Self {
        match (path, input) {
            (Some(path), _) => Self::new(path),
            (None, Some(input)) => Self::File(input.with_extension(extension)),
            (None, None) => Self::Standard,
        }
    }

    /// Writes a result and, if it is a file, says so: its name, its size and `what` it is.
    ///
    /// # Errors
    /// As for [`Self::write`].
    pub fn deliver(&self, bytes: &[u8], what: &str) -> Result<(), Failure> {
        self.write(bytes)?;
        progress::say(&self.line(bytes.len(), what));
        Ok(())
    }

    /// `a.png: 1,963 bytes, plays by itself`, for [`progress::say`]; empty for standard output, which is where somebody sent it.
    pub fn line(&self, bytes: usize, what: &str) -> String {
        match self {
            Self::Standard => String::new(),
            Self::File(_) => {
                let comma = if what.is_empty() { "" } else { ", " };
                format!("{}: {}{comma}{what}", self.name(), progress::bytes(bytes))
            }
        }
    }

    /// Writes `bytes`. A file is written beside its place and moved there when it is complete.
    ///
    /// # Errors
    /// [`Failure::Usage`] for bytes that are no text on a terminal, E0905, [`Failure::ClosedPipe`].
    pub fn write(&self, bytes: &[u8]) -> Result<(), Failure> {
        match self {
            Self::Standard if io::stdout().is_terminal() && !is_text(bytes) => Err(Failure::Usage(
                "the output is not plain text, and standard output is a terminal: name a file with -o, or pipe it somewhere"
                    .to_owned(),
            )),
            Self::Standard => print_bytes(bytes),
            Self::File(path) => {
                write_file(path, |file| file.write_all(bytes)).map_err(|error| cannot_write(path, reason(path, &error)))
            }
        }
    }

    /// Writes what `work` makes piece by piece; a file that it does not finish is not left behind. Gives what `work` gives.
    ///
    /// # Errors
    /// What `work` says, as it is; else as for [`Self::write`], E0905 for what it says of the output.
    pub fn write_with<T>(
        &self,
        work: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<Result<T, Failure>>,
    ) -> Result<T, Failure> {
        match self {
            Self::Standard if io::stdout().is_terminal() => {
                Err(Failure::Usage("standard output is a terminal: name a file with -o, or pipe it somewhere".to_owned()))
            }
            Self::Standard => work(&mut io::stdout()).map_err(|error| cannot_print(&error))?,
            Self::File(path) => {
                let mut done = None;
                let result = write_file(path, |file| match work(file)? {
                    Ok(value) => {
                        done = Some(Ok(value));
                        Ok(())
                    }
                    Err(failure) => {
                        done = Some(Err(failure));
                        Err(io::Error::other("it was given up"))
                    }
                });
                match (done, result) {
                    (Some(Err(failure)), _) => Err(failure),
                    (Some(Ok(value)), Ok(())) => Ok(value),
                    (_, Err(error)) => Err(cannot_write(path, reason(path, &error))),
                    (None, Ok(())) => unreachable!("work that is done has a result"),
                }
            }
        }
    }

    /// Refuses what is known to go wrong before any work is done: an output that is the input, that has the name of another format, or
    /// that lies in no folder.
    ///
    /// # Errors
    /// [`Failure::Usage`], E0905, E0918.
    pub fn check(&self, content: Content, inputs: &[&Input]) -> Result<(), Failure> {
        let Self::File(path) = self else { return Ok(()) };
        if let Some(identity) = Identity::of(path)
            && inputs.iter().filter_map(|input| Identity::of(input.path.as_deref()?)).any(|input| input == identity)
        {
            return Err(Failure::Usage("the output would replace the input: name another file with -o".to_owned()));
        }
        if content == Content::Png && path.extension().is_some_and(|extension| !extension.eq_ignore_ascii_case("png")) {
            let message = format!("pictures are written as PNGs, and `{}` is not the name of one", self.name());
            return Err(Failure::unable(Code::PictureFormat, message)
                .help("name a .png; `render` writes films too: .apng, .gif and .y4m"));
        }
        folder_problem(path).map_or(Ok(()), |problem| Err(cannot_write(path, problem)))
    }

    /// Refuses to replace a file that the command reads, or, unless `force` is set, one of another kind.
    ///
    /// # Errors
    /// [`Failure::Usage`], E0906.
    pub fn check_replaced(&self, content: Content, read: &ReadFiles, force: bool) -> Result<(), Failure> {
        let Self::File(path) = self else { return Ok(()) };
        let Some(identity) = Identity::of(path) else { return Ok(()) };
        if let Some(name) = read.name_of(&identity) {
            return Err(Failure::Usage(format!(
                "the output `{}` would replace `{name}`, which this command reads: name another file with -o",
                self.name()
            )));
        }
        if force || content.may_replace(path) {
            return Ok(());
        }
        let message = match content.name() {
            Some(kind) => format!("there is a file `{}`, and it is not {kind}", self.name()),
            None => format!("there is a file `{}` already", self.name()),
        };
        Err(Failure::unable(Code::WouldReplace, message).help("name another file with -o, or replace this one with --force"))
    }

    /// What reports call it.
    pub fn name(&self) -> String {
        match self {
            Self::Standard => "<stdout>".to_owned(),
            Self::File(path) => input::display(path),
        }
    }
}

/// What a command writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// A PNG.
    Png,
    /// A PNG that moves.
    Apng,
    /// A GIF.
    Gif,
    /// Frames without compression.
    Y4m,
    /// A bare payload.
    Payload,
    /// A WebAssembly module.
    Wasm,
    /// Text or data, which cannot be told from what somebody wrote by hand.
    Other,
}

impl Content {
    /// How files of it start.
    const fn start(self) -> Option<&'static [u8]> {
        match self {
            Self::Png | Self::Apng => Some(&SIGNATURE),
            Self::Gif => Some(b"GIF8"),
            Self::Y4m => Some(b"YUV4MPEG2 "),
            Self::Payload => Some(&MAGIC),
            Self::Wasm => Some(b"\0asm"),
            Self::Other => None,
        }
    }

    /// What messages call a file of it, with an article, if it can be told.
    const fn name(self) -> Option<&'static str> {
        match self {
            Self::Png | Self::Apng => Some("a PNG"),
            Self::Gif => Some("a GIF"),
            Self::Y4m => Some("a y4m"),
            Self::Payload => Some("a payload"),
            Self::Wasm => Some("a WebAssembly module"),
            Self::Other => None,
        }
    }

    /// Whether what is at `path` may make room for it unasked: a file of the same kind, an empty one, or no file but a pipe or a device.
    fn may_replace(self, path: &Path) -> bool {
        let Ok(metadata) = fs::metadata(path) else { return true };
        if !metadata.is_file() || metadata.len() == 0 {
            return true;
        }
        let Some(start) = self.start() else { return false };
        let mut found = Vec::new();
        let read = fs::File::open(path).and_then(|file| file.take(start.len() as u64).read_to_end(&mut found));
        read.is_ok() && found == start
    }
}

/// The files that a command reads, with what its messages call them. None of them is ever replaced.
#[derive(Clone, Debug, Default)]
pub struct ReadFiles(Vec<(String, Identity)>);

impl ReadFiles {
    /// The files of these inputs.
    pub fn of(inputs: &[&Input]) -> Self {
        let file = |input: &&Input| Some((input.name.clone(), Identity::of(input.path.as_deref()?)?));
        Self(inputs.iter().filter_map(file).collect())
    }

    /// Adds others.
    pub fn and(mut self, files: Vec<(String, Identity)>) -> Self {
        self.0.extend(files);
        self
    }

    /// Adds those of another list.
    pub fn extend(&mut self, other: &Self) {
        self.0.extend_from_slice(&other.0);
    }

    fn name_of(&self, identity: &Identity) -> Option<&str> {
        self.0.iter().find(|(_, known)| known == identity).map(|(name, _)| name.as_str())
    }
}

#[cold]
fn cannot_write(path: &Path, problem: Problem) -> Failure {
    let failure = Failure::unable(Code::CannotWrite, format!("cannot write `{}`: {}", input::display(path), problem.reason));
    match problem.help {
        Some(help) => failure.help(help),
        None => failure,
    }
}

/// Why a file cannot be written, and what to do about it, if that is known.
#[derive(Debug, PartialEq, Eq)]
struct Problem {
    reason: String,
    help: Option<String>,
}

/// Why there can be no file at `path`, as far as its folder tells; `None` if it can.
fn folder_problem(path: &Path) -> Option<Problem> {
    let missing = |folder: &Path| Problem {
        reason: format!("there is no folder `{}`", input::display(folder)),
        help: Some(format!("make it first: {}", making(folder))),
    };
    let other = |reason: String| Problem { reason, help: Some("name another file with -o".to_owned()) };
    if path.is_dir() {
        return Some(other("it is a folder".to_owned()));
    }
    if path.file_name().is_none() || path.as_os_str().to_string_lossy().ends_with(std::path::is_separator) {
        return Some(missing(path));
    }
    // The first part of the path that is missing, or that leads no further.
    let folder = path.parent().filter(|folder| *folder != Path::new(""))?;
    let mut parts: Vec<&Path> = folder.ancestors().filter(|part| *part != Path::new("")).collect();
    parts.reverse();
    parts.into_iter().find(|part| !part.is_dir()).map(|part| match part.exists() {
        true => other(format!("`{}` is not a folder", input::display(part))),
        false => missing(folder),
    })
}

/// The command that makes a folder, for a shell.
fn making(folder: &Path) -> String {
    let name = folder.to_string_lossy();
    let is_plain = name.chars().all(|c| c.is_alphanumeric() || "/._+@%,:-".contains(c)) && !name.starts_with('-');
    if cfg!(windows) {
        format!("mkdir \"{name}\"")
    } else if is_plain {
        format!("mkdir -p {name}")
    } else {
        format!("mkdir -p -- '{}'", name.replace('\'', r"'\''"))
    }
}

/// What the system says, without the name of the file that was to become the output.
fn reason(path: &Path, error: &io::Error) -> Problem {
    if let Some(problem) = folder_problem(path) {
        return problem;
    }
    let text = error.to_string();
    Problem { reason: text.split(" at path \"").next().unwrap_or(&text).to_owned(), help: None }
}

/// Whether a terminal can take it: UTF-8 without characters that steer it, but those of text.
fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| text.chars().all(|c| !diag::is_unsafe(c) || matches!(c, '\n' | '\r' | '\t')))
}

/// Has `work` write a file beside its place, and moves it there.
fn write_file(path: &Path, work: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>) -> io::Result<()> {
    // A link keeps pointing to what it points to; a device or pipe is no file to be replaced.
    let place = path.canonicalize().unwrap_or_else(|_| behind_links(path));
    let existing = fs::metadata(&place).ok();
    if existing.as_ref().is_some_and(|metadata| !metadata.is_file()) {
        return work(&mut fs::OpenOptions::new().write(true).open(&place)?);
    }
    let directory = match place.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".pngine-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // Like a new file of any program: what the umask leaves of it.
        builder.permissions(existing.map_or_else(|| fs::Permissions::from_mode(0o666), |metadata| metadata.permissions()));
    }
    let mut file = Temporary::create(&builder, directory)?;
    work(&mut file)?;
    file.persist(&place)
}

/// Where a file is made that links lead to and that is not there yet.
fn behind_links(path: &Path) -> PathBuf {
    let mut place = path.to_owned();
    // As many as Linux follows; links in a circle lead nowhere.
    for _ in 0..40 {
        let Ok(next) = fs::read_link(&place) else { break };
        place = place.parent().unwrap_or(Path::new("")).join(next);
    }
    place
}

/// Prints lines of text on standard output. What comes from a file must not steer a terminal or whatever reads the log, so control
/// characters are escaped: see [`diag::escape_lines`].
///
/// # Errors
/// [`Failure::ClosedPipe`]; E0905 for anything else, such as a full disk.
pub fn print(text: &str) -> Result<(), Failure> {
    print_bytes(diag::escape_lines(text).as_bytes())
}

/// Prints an object on standard output. Its strings are exact, and escaped as JSON does it.
///
/// # Errors
/// As for [`print`].
pub fn print_json(object: &Value) -> Result<(), Failure> {
    print_bytes(diag::escape_json(&format!("{object:#}\n")).as_bytes())
}

fn print_bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).map_err(|error| cannot_print(&error))
}

#[cold]
fn cannot_print(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::ClosedPipe,
        _ => Failure::unable(Code::CannotWrite, format!("cannot write to standard output: {error}")),
    }
}

/// Colours on standard error, as asked for and as the environment says.
pub fn color_choice(color: Color) -> ColorChoice {
    match color {
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
        Color::Auto => AutoStream::choice(&io::stderr()),
    }
}

/// Prints a report on standard error: a text in which nothing of an input is left unescaped. That nobody reads it is no reason to stop.
pub fn report(text: &str, choice: ColorChoice) {
    let mut out = AutoStream::new(io::stderr(), choice);
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_replaced_whole_and_leave_nothing_behind() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out.png");
        Target::File(path.clone()).write(b"one").unwrap();
        Target::File(path.clone()).write(b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert!(Target::File(directory.path().join("missing/out.png")).write(b"x").is_err());
        assert!(Target::File(directory.path().to_owned()).write(b"x").is_err());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_in_the_way_is_named_and_the_temporary_file_is_not() {
        let directory = tempfile::tempdir().unwrap();
        let at = |path: &str| directory.path().join(path);
        fs::write(at("file"), "x").unwrap();
        let said = |path: &str| match Target::File(at(path)).write(b"x") {
            Err(Failure::Findings { diagnostics, .. }) => {
                let help = diagnostics[0].help.clone().unwrap_or_default();
                [&diagnostics[0].message, &help].map(|text| text.replace(&input::display(directory.path()), "D"))
            }
            other => panic!("{path}: {other:?}"),
        };
        let message = |path: &str| said(path)[0].clone();
        assert_eq!(message("a/b/c.png"), "cannot write `D/a/b/c.png`: there is no folder `D/a/b`");
        assert_eq!(message("file/c.png"), "cannot write `D/file/c.png`: `D/file` is not a folder");
        assert_eq!(message("file/b/c.png"), "cannot write `D/file/b/c.png`: `D/file` is not a folder");
        assert_eq!(message(""), "cannot write `D/`: it is a folder");
        assert_eq!(message("new/"), "cannot write `D/new/`: there is no folder `D/new/`");
        let full = io::Error::other("No space left on device (os error 28) at path \"/x/.pngine-Qw1TWT\"");
        assert_eq!(reason(&at("c.png"), &full).reason, "No space left on device (os error 28)");
        assert_eq!(said("file/c.png")[1], "name another file with -o");
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_is_missing_can_be_made_with_a_command() {
        for (folder, command) in [
            ("out", "mkdir -p out"),
            ("a/größe-1.0", "mkdir -p a/größe-1.0"),
            ("my pictures", "mkdir -p -- 'my pictures'"),
            ("it's $HOME", r"mkdir -p -- 'it'\''s $HOME'"),
            ("-p", "mkdir -p -- '-p'"),
        ] {
            assert_eq!(making(Path::new(folder)), command);
            let help = match Target::File(Path::new("/nonexistent").join(folder).join("a.png")).write(b"x") {
                Err(Failure::Findings { diagnostics, .. }) => diagnostics[0].help.clone().unwrap_or_default(),
                other => panic!("{folder}: {other:?}"),
            };
            assert_eq!(help, format!("make it first: {}", making(&Path::new("/nonexistent").join(folder))));
        }
    }

    #[test]
    fn only_files_of_the_same_kind_make_room_unasked() {
        let directory = tempfile::tempdir().unwrap();
        let put = |name: &str, bytes: &[u8]| {
            let path = directory.path().join(name);
            fs::write(&path, bytes).unwrap();
            path
        };
        let png = put("a.png", b"\x89PNG\r\n\x1a\n rest");
        let payload = put("b.pngb", b"PNGB\x05\0");
        let wasm = put("c.wasm", b"\0asm\x01\0\0\0");
        let text = put("d.wgsl", b"@fragment");
        let short = put("e", b"\x89PN");
        let empty = put("f", b"");
        let kinds = [Content::Png, Content::Payload, Content::Wasm, Content::Other];
        let may = |path: &Path| kinds.map(|content| content.may_replace(path));
        assert_eq!(may(&png), [true, false, false, false]);
        assert_eq!(may(&payload), [false, true, false, false]);
        assert_eq!(may(&wasm), [false, false, true, false]);
        assert_eq!(may(&text), [false; 4]);
        assert_eq!(may(&short), [false; 4]);
        assert_eq!(may(&empty), [true; 4]);
        assert_eq!(may(&directory.path().join("new")), [true; 4]);
    }

    #[cfg(unix)]
    #[test]
    fn links_stay_links() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        for (link, to) in [("a", "b"), ("b", "there"), ("round", "round")] {
            std::os::unix::fs::symlink(to, at(link)).unwrap();
        }
        for text in [b"one", b"two"] {
            Target::File(at("a")).write(text).unwrap();
            assert_eq!(fs::read(at("there")).unwrap(), text);
        }
        assert!(fs::read_link(at("a")).is_ok() && fs::read_link(at("b")).is_ok());
        let mut names: Vec<_> = fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["a", "b", "round", "there"]);
    }

    #[cfg(unix)]
    #[test]
    fn new_files_have_the_permissions_of_any_new_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::tempdir().unwrap();
        let mode = |name: &str| fs::metadata(directory.path().join(name)).unwrap().permissions().mode();
        fs::write(directory.path().join("any"), b"").unwrap();
        Target::File(directory.path().join("ours")).write(b"").unwrap();
        assert_eq!(mode("ours"), mode("any"));
    }

    #[test]
    fn only_text_goes_to_a_terminal() {
        assert!(is_text("é\n\t".as_bytes()));
        assert!(!is_text(b"PNGB\x05\0"));
        assert!(!is_text(b"\x1b[31m"));
        assert!(!is_text("\u{202e}".as_bytes()));
        assert!(!is_text(b"\xff"));
    }
}
