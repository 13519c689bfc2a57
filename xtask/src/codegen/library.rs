//! The region of `docs/library.md`: what every module of the library declares, from its text.

use super::regions::Regions;
use pngine_wgsl::library::{MODULES, ROOT, declarations};
use std::fmt::Write as _;

/// All regions of the page.
pub fn regions() -> Regions {
    let mut out = String::new();
    for module in MODULES {
        let gap = if out.is_empty() { "" } else { "\n" };
        // Writing to a String cannot fail.
        let _ = write!(out, "{gap}### `{ROOT}::{}`\n\n| declaration | meaning |\n|---|---|\n", module.name);
        for declaration in declarations(*module) {
            let _ = writeln!(out, "| `{}` | {} |", declaration.signature, declaration.doc.replace('|', "\\|"));
        }
    }
    Regions::from([("modules", out)])
}
