//! `pngine explain`: the page of a diagnostic code.

use std::fmt::Write as _;

use pngine_compiler::diag::{Code, Example, Severity, Side};

use crate::args::Explain;
use crate::failure::{Exit, Failure};
use crate::findings::unknown_code;
use crate::output;

/// Prints the page.
///
/// # Errors
/// [`Failure::Usage`] for a code that does not exist.
pub fn run(args: &Explain) -> Result<Exit, Failure> {
    let code = Code::parse(&args.code).ok_or_else(|| unknown_code(&args.code))?;
    output::print(&page(code))?;
    Ok(Exit::Done)
}

/// `E0201 (error): unknown name`, the explanation, and an example: what is wrong behind `-`, what to write behind `+`.
fn page(code: Code) -> String {
    let severity = match code.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let text: Vec<&str> = code.explanation().lines().map(str::trim).collect();
    let mut page = format!("{} ({severity}): {}\n\n{}\n", code.as_str(), code.title(), text.join("\n").trim_end());
    // Writing to a String cannot fail.
    match code.example() {
        None => {}
        Some(Example::Words { wrong, right }) => {
            let _ = write!(page, "\nWrong: {wrong}\nRight: {right}\n");
        }
        Some(Example::Scene(files)) => {
            let has = |side| files.iter().flat_map(|file| &file.lines).any(|(of, _)| *of == side);
            let _ = writeln!(page, "\n{}\n", legend(has(Side::Wrong), has(Side::Right)));
            for file in &files {
                if !file.path.is_empty() {
                    let _ = writeln!(page, "\n    {}:\n", file.path);
                }
                for line in file.patch().lines() {
                    let _ = writeln!(page, "{}", format!("    {line}").trim_end());
                }
            }
        }
    }
    page
}

/// What the marks in front of lines mean.
const fn legend(has_wrong: bool, has_right: bool) -> &'static str {
    match (has_wrong, has_right) {
        (true, true) => "Wrong with the lines behind `-`, right with those behind `+`:",
        (true, false) => "Wrong with the lines behind `-`, right without them:",
        (false, true) => "Wrong without the lines behind `+`, right with them:",
        (false, false) => "In a scene:",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_page() {
        for &code in Code::ALL {
            let page = page(code);
            assert!(page.starts_with(code.as_str()), "{page}");
            assert!(page.lines().count() >= 6, "{page}");
        }
    }
}
