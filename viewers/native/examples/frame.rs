//! Draws one frame of a scene: `cargo run -p pngine-native --example frame -- SCENE.png SECONDS OUT.ppm [EXECUTOR.wasm]`.
//!
//! The executor is for scenes that carry none: the file of `executors/` that is called after the scene's plugins.

use pngine_host::open;
use pngine_native::{Gpu, Player, PlayerOptions};
use std::error::Error;
use std::fs;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (scene, seconds, out, executor) = match arguments.as_slice() {
        [scene, seconds, out] => (scene, seconds, out, None),
        [scene, seconds, out, executor] => (scene, seconds, out, Some(fs::read(executor)?)),
        _ => return Err("usage: frame SCENE.png SECONDS OUT.ppm [EXECUTOR.wasm]".into()),
    };

    // Checks every chunk, inflates the scene, and checks where its sections lie.
    let scene = open(&fs::read(scene)?)?;
    // Any adapter, a software one too. One `Gpu` may serve many players.
    let gpu = Gpu::new()?;
    let options = PlayerOptions { width: 640, height: 400 };
    // Runs `init`.
    let mut player = Player::new(&gpu, &scene.payload(), executor.as_deref(), options)?;
    player.frame(seconds.parse::<f64>()?)?;
    // What was wrong, but stopped nothing.
    for finding in player.findings() {
        eprintln!("{finding}");
    }

    let image = player.read_pixels()?;
    let mut file = format!("P6 {} {} 255\n", image.width, image.height).into_bytes();
    for [red, green, blue, _] in image.rgba.as_chunks::<4>().0 {
        file.extend([red, green, blue]);
    }
    fs::write(out, file)?;
    Ok(())
}
