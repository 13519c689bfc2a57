//! What goes out: files that are written whole or not at all, standard output, and colours.

use std::fs;
use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice};
use pngine_compiler::diag::Code;

use crate::args::Color;
use crate::failure::Failure;
use crate::input::{self, Input};

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
    pub fn or_beside(path: Option<&Path>, input: &Input, extension: &str) -> Self {
        match (path, &input.path) {
            (Some(path), _) => Self::new(path),
            (None, Some(input)) => Self::File(input.with_extension(extension)),
            (None, None) => Self::Standard,
        }
    }

    /// Writes `bytes`. A file is written beside its place and moved there when it is complete.
    ///
    /// # Errors
    /// [`Failure::Usage`] for bytes that are no text on a terminal, E0905, [`Failure::ClosedPipe`].
    pub fn write(&self, bytes: &[u8]) -> Result<(), Failure> {
        match self {
            Self::Standard if io::stdout().is_terminal() && !is_text(bytes) => Err(Failure::Usage(
                "the output is binary, and standard output is a terminal: name a file with -o, or pipe it somewhere".to_owned(),
            )),
            Self::Standard => print_bytes(bytes),
            Self::File(path) => write_file(path, bytes)
                .map_err(|error| Failure::unable(Code::CannotWrite, format!("cannot write `{}`: {error}", input::display(path)))),
        }
    }

    /// Refuses to put the output where the input is.
    ///
    /// # Errors
    /// [`Failure::Usage`].
    pub fn refuse(&self, input: &Input) -> Result<(), Failure> {
        if let (Self::File(output), Some(input)) = (self, &input.path)
            && let (Ok(output), Ok(input)) = (output.canonicalize(), input.canonicalize())
            && output == input
        {
            return Err(Failure::Usage("the output would replace the input: name another file with -o".to_owned()));
        }
        Ok(())
    }

    /// What reports call it.
    pub fn name(&self) -> String {
        match self {
            Self::Standard => "<stdout>".to_owned(),
            Self::File(path) => input::display(path),
        }
    }
}

/// Whether a terminal can take it: UTF-8 without control characters but those of text.
fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| text.chars().all(is_text_char))
}

fn is_text_char(c: char) -> bool {
    !c.is_control() || matches!(c, '\n' | '\r' | '\t')
}

fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A link keeps pointing to what it points to; a device or pipe is no file to be replaced.
    let place = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let existing = fs::metadata(&place).ok();
    if existing.as_ref().is_some_and(|metadata| !metadata.is_file()) {
        return fs::write(&place, bytes);
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
    let mut file = builder.tempfile_in(directory)?;
    file.write_all(bytes)?;
    file.persist(&place).map_err(|error| error.error)?;
    Ok(())
}

/// Prints a text on standard output. What comes from a file must not steer a terminal, so there control characters are replaced.
///
/// # Errors
/// [`Failure::ClosedPipe`]; E0905 for anything else, such as a full disk.
pub fn print(text: &str) -> Result<(), Failure> {
    if io::stdout().is_terminal() && !is_text(text.as_bytes()) {
        let safe: String = text.chars().map(|c| if is_text_char(c) { c } else { char::REPLACEMENT_CHARACTER }).collect();
        return print_bytes(safe.as_bytes());
    }
    print_bytes(text.as_bytes())
}

fn print_bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::ClosedPipe,
        _ => Failure::unable(Code::CannotWrite, format!("cannot write to standard output: {error}")),
    })
}

/// Colours on standard error, as asked for and as the environment says.
pub fn color_choice(color: Color) -> ColorChoice {
    match color {
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
        Color::Auto => AutoStream::choice(&io::stderr()),
    }
}

/// Prints a report on standard error. That nobody reads it is no reason to stop.
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
        assert!(!is_text(b"\xff"));
    }
}
