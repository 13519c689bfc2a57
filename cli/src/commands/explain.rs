//! `pngine explain`: the page of a diagnostic code.

use pngine_compiler::diag::{Code, Severity};

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

/// `E0201 (error): unknown name`, an empty line, the explanation.
fn page(code: Code) -> String {
    let severity = match code.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let text: Vec<&str> = code.explanation().lines().map(str::trim).collect();
    format!("{} ({severity}): {}\n\n{}\n", code.as_str(), code.title(), text.join("\n").trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_page() {
        for &code in Code::ALL {
            let page = page(code);
            assert!(page.starts_with(code.as_str()), "{page}");
            assert!(page.lines().count() >= 3, "{page}");
        }
    }
}
