//! `pngine new`: a scene to begin with.

use std::path::PathBuf;

use pngine_compiler::diag::Code;

use crate::args::{New, Template};
use crate::failure::{Exit, Failure};
use crate::input;
use crate::output::Target;

impl Template {
    /// Its text.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Fullscreen => include_str!("../../templates/fullscreen.pngine"),
            Self::Mesh => include_str!("../../templates/mesh.pngine"),
            Self::Particles => include_str!("../../templates/particles.pngine"),
            Self::Timeline => include_str!("../../templates/timeline.pngine"),
        }
    }
}

/// Writes a starter scene.
///
/// # Errors
/// E0905, E0906 if there is a file of this name: a scene that somebody has written is never replaced.
pub fn run(args: &New) -> Result<Exit, Failure> {
    let text = args.template.text();
    let path = if input::is_standard(&args.name) { args.name.clone() } else { named(&args.name) };
    let target = Target::new(&path);
    if let Target::File(file) = &target
        && file.symlink_metadata().is_ok()
    {
        return Err(Failure::unable(Code::WouldReplace, format!("there is a file `{}` already", target.name()))
            .help("name another one: a scene that is there is never replaced"));
    }
    target.deliver(text.as_bytes(), &format!("see it with `pngine dev {}`", target.name()))?;
    Ok(Exit::Done)
}

/// With the extension of scenes, unless it is there.
fn named(name: &std::path::Path) -> PathBuf {
    if name.extension().is_some_and(|extension| extension == "pngine") {
        return name.to_owned();
    }
    let mut out = name.as_os_str().to_owned();
    out.push(".pngine");
    out.into()
}
