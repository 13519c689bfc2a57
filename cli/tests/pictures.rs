//! Every example, drawn natively and in a browser: the two agree, and both look like the reference that a person has approved.
//!
//! The references are PNGs of half the size and 32 shades per channel in `tests/pictures`; `PNGINE_UPDATE_PICTURES=1` writes them anew from the
//! native frames. What a failed comparison saw is left in `target/pictures`.

#![cfg(feature = "gpu-tests")]

mod examples;

use pngine_compiler::pack::{self, Effort, Embed};
use pngine_compiler::{Options, Program};
use pngine_format::bytecode::{Bytecode, Instruction, Instructions};
use pngine_format::op::Op;
use pngine_host::compare::{self, Difference};
use pngine_native::{Gpu, Image, Player, PlayerOptions};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The moments that are drawn, in this order, on one player. The last is the reference's.
const TIMES: [f32; 3] = [0.0, 0.5, 2.0];
/// Width and height of the pictures, in pixels. Not square, so that a mixed-up axis shows.
const SIZE: (u32, u32) = (240, 150);
/// How far the mean of all channels may differ, in 255ths. Two drivers round differently, and that is all.
const MEAN: f64 = 2.0;
/// A pixel is off if one of its channels differs by more than this, in 255ths.
const OFF: u8 = 16;
/// The part of all pixels that may be off: edges fall on one side or the other.
const OFF_PART: f64 = 0.01;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// An example and its native pictures, one for each of [`TIMES`]; none if it plays a video, which only a browser does.
struct Example {
    name: String,
    /// The name as that of a file.
    file: String,
    png: Vec<u8>,
    native: Vec<Image>,
}

/// Every example, drawn once for all tests.
fn examples() -> &'static [Example] {
    static EXAMPLES: OnceLock<Vec<Example>> = OnceLock::new();
    EXAMPLES.get_or_init(|| {
        let draw = |(name, program): (String, Program)| {
            let payload = pack::payload(&program, Embed::Prebuilt).expect("packable");
            let png = pack::png(&payload, None, Effort::Normal).expect("packable");
            let native = if plays_video(&program) { Vec::new() } else { native(&name, &png) };
            Example { file: name.replace('/', "-"), name, png, native }
        };
        examples::programs(&Options::default()).into_iter().map(draw).collect()
    })
}

/// Whether a program plays a video. Browsers do; the native player refuses.
fn plays_video(program: &Program) -> bool {
    let bytecode = Bytecode::parse(&program.bytecode).expect("our own bytecode");
    let init = bytecode.blocks().nth(1).expect("the block of init").1;
    Instructions::new(init).any(|found| matches!(found.expect("our own bytecode").1, Instruction::Command(Op::LoadVideo, _)))
}

fn native(name: &str, png: &[u8]) -> Vec<Image> {
    let payload = pngine_host::open(png).expect("our own PNG");
    let gpu = Gpu::for_scene(&payload.payload()).unwrap_or_else(|error| panic!("{name}: {error}"));
    let options = PlayerOptions { width: SIZE.0, height: SIZE.1 };
    let mut player = Player::new(&gpu, &payload.payload(), None, options).unwrap_or_else(|error| panic!("{name}: {error}"));
    let pictures = TIMES
        .iter()
        .map(|&time| {
            player.frame(time).unwrap_or_else(|error| panic!("{name} at {time} s: {error}"));
            on_a_page(player.read_pixels().expect("pixels"))
        })
        .collect();
    assert!(player.findings().is_empty(), "{name}: {:?}", player.findings());
    pictures
}

/// The folder for what a failed comparison saw.
fn kept() -> PathBuf {
    let kept = root().join("target/pictures");
    std::fs::create_dir_all(&kept).expect("a folder");
    kept
}

/// The picture as a grey page shows it, where the canvas is not opaque.
fn on_a_page(mut image: Image) -> Image {
    for pixel in image.rgba.chunks_mut(4) {
        let alpha = u32::from(pixel[3]);
        for channel in &mut pixel[..3] {
            *channel = ((u32::from(*channel) * alpha + 128 * (255 - alpha) + 127) / 255) as u8;
        }
        pixel[3] = 255;
    }
    image
}

/// A picture of half the size and 32 shades per channel, which makes a small file.
fn coarse(image: &Image) -> Image {
    let (width, height) = (image.width / 2, image.height / 2);
    let channel = |x: u32, y: u32, channel: u32| {
        let at = |x: u32, y: u32| u32::from(image.rgba[((y * image.width + x) * 4 + channel) as usize]);
        let mean = (at(2 * x, 2 * y) + at(2 * x + 1, 2 * y) + at(2 * x, 2 * y + 1) + at(2 * x + 1, 2 * y + 1) + 2) / 4;
        let shade = (mean * 31 + 127) / 255;
        (shade * 255 / 31) as u8
    };
    let texel = |i: u32| [0, 1, 2, 3].map(|c| channel(i % width, i / width, c));
    Image { width, height, rgba: (0..width * height).flat_map(texel).collect() }
}

/// Mean difference of the channels and part of the pixels that are off.
fn difference(a: &Image, b: &Image) -> (f64, f64) {
    assert_eq!((a.width, a.height), (b.width, b.height));
    let found = Difference::between(&a.rgba, &b.rgba, OFF).expect("pictures of one size");
    (found.mean, found.part())
}

fn decode(path: &Path) -> Image {
    let file = std::io::BufReader::new(std::fs::File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())));
    let mut decoder = png::Decoder::new(file);
    decoder.set_transformations(png::Transformations::normalize_to_color8() | png::Transformations::ALPHA);
    let mut reader = decoder.read_info().expect("a PNG");
    let mut rgba = vec![0; reader.output_buffer_size().expect("a small picture")];
    let info = reader.next_frame(&mut rgba).expect("a frame");
    assert_eq!(info.color_type, png::ColorType::Rgba, "{}", path.display());
    rgba.truncate(info.buffer_size());
    Image { width: info.width, height: info.height, rgba }
}

fn encode(path: &Path, image: &Image) {
    let file = std::io::BufWriter::new(std::fs::File::create(path).expect("writable"));
    let mut encoder = png::Encoder::new(file, image.width, image.height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::High);
    let rgb: Vec<u8> = image.rgba.chunks(4).flat_map(|pixel| &pixel[..3]).copied().collect();
    encoder.write_header().and_then(|mut writer| writer.write_image_data(&rgb)).expect("a picture");
}

/// Says how two pictures differ, if they do beyond the tolerance, and keeps both.
fn compare(what: &str, a: &Image, b: &Image) -> Option<String> {
    let (mean, off) = difference(a, b);
    println!("{what}: mean difference {mean:.3}/255, {:.3} % of the pixels off", off * 100.0);
    if mean < MEAN && off <= OFF_PART {
        return None;
    }
    let kept = kept();
    let name = what.replace([' ', ',', '/'], "_");
    for (part, image) in [("a", a), ("b", b), ("difference", &Image { rgba: compare::picture(&a.rgba, &b.rgba), ..*a })] {
        encode(&kept.join(format!("{name}.{part}.png")), image);
    }
    Some(format!("{what}: mean difference {mean:.3}/255, {:.3} % of the pixels off; see {}", off * 100.0, kept.display()))
}

#[test]
fn shaders_made_short_draw_what_their_authors_wrote() {
    let long = examples::programs(&Options { minify: false, ..Options::default() });
    assert_eq!(long.len(), examples().len());
    // Videos play in browsers only.
    for ((name, program), example) in long.iter().zip(examples()).filter(|((_, program), _)| !plays_video(program)) {
        let payload = pack::payload(program, Embed::Prebuilt).expect("packable");
        let pictures = native(name, &pack::png(&payload, None, Effort::Normal).expect("packable"));
        for (time, (long, short)) in TIMES.iter().zip(pictures.iter().zip(&example.native)) {
            let (mean, off) = difference(long, short);
            assert!(mean == 0.0 && off == 0.0, "{name} at {time} s: a mean of {mean} and {off} of the pixels");
        }
    }
}

#[test]
fn native_and_browser_pictures_of_every_example_agree() {
    let kept = kept();
    let examples = examples();
    let mut jobs = Vec::new();
    for Example { file, png, .. } in examples {
        let scene = kept.join(format!("{file}.scene.png"));
        std::fs::write(&scene, png).expect("writable");
        let out: Vec<PathBuf> = TIMES.iter().map(|time| kept.join(format!("{file}.browser.{time}.png"))).collect();
        jobs.push(serde_json::json!({ "png": scene, "width": SIZE.0, "height": SIZE.1, "times": TIMES, "out": out }));
    }
    let list = kept.join("jobs.json");
    std::fs::write(&list, serde_json::Value::from(jobs).to_string()).expect("writable");
    let shoot = root().join("viewers/web/test/shoot.mjs");
    let output = Command::new("node").arg(shoot).arg(&list).output().expect("node starts; `cargo xtask test` sets it up");
    assert!(output.status.success(), "the browser: {}", String::from_utf8_lossy(&output.stderr));

    let mut failures = Vec::new();
    for Example { name, file, native, .. } in examples {
        for (i, time) in TIMES.into_iter().enumerate() {
            let browser = on_a_page(decode(&kept.join(format!("{file}.browser.{time}.png"))));
            if is_dull(&browser) {
                failures.push(format!("{name} at {time} s shows one colour only in the browser"));
            }
            let Some(native) = native.get(i) else { continue };
            encode(&kept.join(format!("{file}.native.{time}.png")), native);
            failures.extend(compare(&format!("{name} at {time} s, native and browser"), native, &browser));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn what_is_drawn_without_the_frames_before_is_the_same_with_them() {
    let mut alone = 0;
    for Example { name, png, native, .. } in examples() {
        let opened = pngine_host::open(png).expect("our own PNG");
        let payload = opened.payload();
        let extensions = pngine_host::Extensions::read(&payload).expect("our own extensions");
        let history = pngine_host::history(&payload, None, &extensions, None).expect("our own executor");
        let (None, Some(after_others)) = (history, native.last()) else { continue };
        let gpu = Gpu::for_scene(&payload).expect("a GPU");
        let mut player = Player::new(&gpu, &payload, None, PlayerOptions { width: SIZE.0, height: SIZE.1 }).expect("a player");
        player.frame(TIMES[TIMES.len() - 1]).expect("a frame");
        let first = on_a_page(player.read_pixels().expect("pixels"));
        assert!(first == *after_others, "{name} keeps something from frame to frame, and was not found to");
        alone += 1;
    }
    assert!(alone > 40, "{alone} examples are drawn alone");
}

/// Examples that keep something from frame to frame, one of each kind. `boids` would do for fewer frames only: a flock is chaotic.
const RUN: [&str; 5] =
    ["compute/game_of_life", "compute/reaction_diffusion", "passes/feedback_trails", "wasm/physics", "input/frame_counter"];

#[test]
fn what_the_command_line_draws_after_a_run_is_what_a_browser_shows_after_as_many_frames() {
    let kept = kept();
    let times: Vec<f64> = (0..=30).map(|k| f64::from(k) / 60.0).collect();
    let mut jobs = Vec::new();
    let mut pictures = Vec::new();
    for name in RUN {
        let example = examples().iter().find(|example| example.name == name).expect("an example");
        let path = |what: &str| kept.join(format!("{}.run.{what}.png", example.file));
        std::fs::write(path("scene"), &example.png).expect("writable");
        let output = Command::new(env!("CARGO_BIN_EXE_pngine"))
            .args(["render", "--time", "0.5", "--size", &format!("{}x{}", SIZE.0, SIZE.1), "-o"])
            .args([path("native"), path("scene")])
            .output()
            .expect("it starts");
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        // All frames but the last go to one file.
        let out: Vec<PathBuf> = times.iter().map(|_| path("browser")).collect();
        jobs.push(serde_json::json!({ "png": path("scene"), "width": SIZE.0, "height": SIZE.1, "times": times, "out": out }));
        pictures.push((name, path("native"), path("browser")));
    }
    let list = kept.join("run.json");
    std::fs::write(&list, serde_json::Value::from(jobs).to_string()).expect("writable");
    let shoot = root().join("viewers/web/test/shoot.mjs");
    let output = Command::new("node").arg(shoot).arg(&list).output().expect("node starts; `cargo xtask test` sets it up");
    assert!(output.status.success(), "the browser: {}", String::from_utf8_lossy(&output.stderr));
    let differing = pictures.iter().filter_map(|(name, native, browser)| {
        compare(
            &format!("{name} after 30 frames, command line and browser"),
            &on_a_page(decode(native)),
            &on_a_page(decode(browser)),
        )
    });
    let differing: Vec<String> = differing.collect();
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

fn is_dull(image: &Image) -> bool {
    image.rgba.chunks(4).all(|pixel| pixel[..3] == image.rgba[..3])
}

#[test]
fn every_example_shows_something() {
    for example in examples() {
        for (image, time) in example.native.iter().zip(TIMES) {
            assert!(!is_dull(image), "{} at {time} s shows one colour only", example.name);
        }
    }
}

#[test]
fn native_pictures_of_every_example_are_those_that_were_approved() {
    let folder = root().join("tests/pictures");
    let mut failures = Vec::new();
    let mut known = Vec::new();
    for Example { name, file, native, .. } in examples() {
        let Some(picture) = native.last().map(coarse) else { continue };
        let reference = folder.join(format!("{file}.png"));
        if std::env::var_os("PNGINE_UPDATE_PICTURES").is_some() {
            encode(&reference, &picture);
        }
        if reference.exists() {
            failures.extend(compare(&format!("{name}, reference"), &picture, &decode(&reference)));
        } else {
            failures.push(format!("{name} has no reference {}", reference.display()));
        }
        known.push(format!("{file}.png"));
    }
    let mut total = 0;
    for entry in std::fs::read_dir(&folder).expect("the folder of references") {
        let entry = entry.expect("an entry");
        let name = entry.file_name().to_string_lossy().into_owned();
        if !known.contains(&name) {
            failures.push(format!("tests/pictures/{name} belongs to no example"));
        }
        total += entry.metadata().expect("a file").len();
    }
    assert!(total < 1_000_000, "the references have {total} bytes in all");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
