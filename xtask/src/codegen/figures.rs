//! The regions of `docs/install.md` and of other pages that hold a figure: what it is said of is measured.

use super::regions::Regions;
use flate2::Compression;
use flate2::write::GzEncoder;
use pngine_compiler::Options;
use pngine_compiler::pack::{self, Effort, Embed};
use pngine_testkit::scenes;
use std::io::Write as _;
use std::path::Path;

/// The regions of `docs/install.md`.
///
/// # Errors
/// A file that cannot be read, or an example that does not compile.
pub fn install(root: &Path) -> Result<Regions, String> {
    let player = std::fs::read(root.join("viewers/web/pngine.js")).map_err(|error| format!("the player: {error}"))?;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let sent = encoder.write_all(&player).and_then(|()| encoder.finish()).map_err(|error| error.to_string())?;
    Ok(Regions::from([
        ("rust-version", env!("CARGO_PKG_RUST_VERSION").to_string()),
        ("player-bytes", thousands(player.len())),
        ("player-gzip", thousands(sent.len())),
        ("size-pass", super::format::grouped(size(root, "tutorial/1_pass")?)),
    ]))
}

/// Kilobytes, rounded.
fn thousands(bytes: usize) -> String {
    ((bytes + 500) / 1000).to_string()
}

/// Bytes of an example's PNG as `pngine NAME.pngine --optimize` writes it.
fn size(root: &Path, name: &str) -> Result<u64, String> {
    let scene = scenes::scenes(&root.join("examples")).into_iter().find(|scene| scene.name == name);
    let program = scene.and_then(|scene| scene.compile(&Options::default()).program);
    let program = program.ok_or_else(|| format!("{name} does not compile"))?;
    let payload = pack::payload(&program, Embed::Prebuilt).map_err(|error| error.to_string())?;
    let png = pack::png(&payload, None, Effort::Optimize).map_err(|error| error.to_string())?;
    Ok(png.len() as u64)
}
