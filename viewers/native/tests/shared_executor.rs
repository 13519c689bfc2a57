//! A scene plays the same with its own executor and with the shared one of `executors/`, natively and in a browser.

#![cfg(feature = "gpu-tests")]

use pngine_compiler::pack::{self, Effort, Embed};
use pngine_compiler::{Options, Program};
use pngine_host::{OwnedPayload, Runner};
use pngine_native::{Gpu, Player, PlayerOptions};
use pngine_testkit::scenes;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

const TIMES: [f32; 2] = [0.0, 0.5];
const SIZE: [u32; 2] = [96, 60];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every example: name and program.
fn examples() -> Vec<(String, Program)> {
    let compile = |scene: scenes::Scene| {
        let program = scene.compile(&Options::default()).program.unwrap_or_else(|| panic!("{} does not compile", scene.name));
        (scene.name, program)
    };
    scenes::scenes(&root().join("examples")).into_iter().map(compile).collect()
}

/// The PNGs with and without an executor, and the path of the shared one that the second needs.
fn files(program: &Program) -> ([Vec<u8>; 2], PathBuf) {
    let png = |embed| {
        let payload = pack::payload(program, embed).expect("packable");
        pack::png(&payload, None, Effort::Normal).expect("packable")
    };
    let shared = root().join("executors").join(format!("{}.wasm", program.plugins.file_stem()));
    ([png(Embed::Prebuilt), png(Embed::None)], shared)
}

/// The command buffers of `init` and of some frames, byte for byte.
fn buffers(scene: &OwnedPayload, executor: Option<&[u8]>) -> Vec<Vec<u8>> {
    let mut runner = Runner::new(&scene.payload(), executor).expect("an executor");
    runner.init().expect("init");
    let mut all = vec![runner.command_buffer().expect("commands").buffer.to_vec()];
    for frame in 0..4 {
        runner.frame(frame as f32 / 60.0, SIZE[0], SIZE[1]).expect("a frame");
        all.push(runner.command_buffer().expect("commands").buffer.to_vec());
    }
    all
}

fn pictures(scene: &OwnedPayload, executor: Option<&[u8]>) -> Vec<Vec<u8>> {
    let gpu = Gpu::for_scene(&scene.payload()).unwrap_or_else(|error| panic!("{error}"));
    let options = PlayerOptions { width: SIZE[0], height: SIZE[1] };
    let mut player = Player::new(&gpu, &scene.payload(), executor, options).expect("a player");
    let draw = |time| {
        player.frame(time).expect("a frame");
        player.read_pixels().expect("pixels").rgba
    };
    TIMES.map(draw).to_vec()
}

/// The first example of every executor. The same commands draw the same pictures, so one of each is enough to see that hosts bring the
/// shared ones along.
fn one_per_executor() -> Vec<(String, Program)> {
    let mut found = BTreeMap::new();
    for (name, program) in examples() {
        found.entry(program.plugins.file_stem()).or_insert((name, program));
    }
    found.into_values().collect()
}

#[test]
fn a_shared_executor_gives_the_commands_of_an_embedded_one() {
    for (name, program) in examples() {
        let (pngs, shared) = files(&program);
        let shared = std::fs::read(&shared).unwrap_or_else(|error| panic!("{}: {error}", shared.display()));
        let [own, none] = pngs.map(|png| pngine_host::open(&png).expect("our own PNG"));
        assert!(!own.payload().executor.is_empty() && none.payload().executor.is_empty(), "{name}");
        assert_eq!(buffers(&own, None), buffers(&none, Some(&shared)), "{name}");
    }
}

#[test]
fn a_shared_executor_gives_the_pictures_of_an_embedded_one() {
    for (name, program) in one_per_executor() {
        let (pngs, shared) = files(&program);
        let shared = std::fs::read(&shared).unwrap_or_else(|error| panic!("{}: {error}", shared.display()));
        let [own, none] = pngs.map(|png| pngine_host::open(&png).expect("our own PNG"));
        assert!(pictures(&own, None) == pictures(&none, Some(&shared)), "{name}: the pictures differ");
    }
}

#[test]
fn a_shared_executor_gives_the_pictures_of_an_embedded_one_in_a_browser() {
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shared");
    std::fs::create_dir_all(&kept).expect("a folder");
    let mut jobs = Vec::new();
    let mut pairs = Vec::new();
    for (name, program) in one_per_executor() {
        let (pngs, shared) = files(&program);
        let file = name.replace('/', "-");
        let outs = [("own", None), ("shared", Some(shared))].map(|(kind, executor)| {
            let out = TIMES.map(|time| kept.join(format!("{file}.{kind}.{time}.png")));
            (kept.join(format!("{file}.{kind}.png")), executor, out)
        });
        for (png, (scene, executor, out)) in pngs.iter().zip(&outs) {
            std::fs::write(scene, png).expect("writable");
            // Paths and numbers, which need no escapes beyond those of a Rust string.
            let executor = executor.as_ref().map_or(String::new(), |path| format!("\"executor\": {path:?}, "));
            let [width, height] = SIZE;
            jobs.push(format!(
                "{{ \"png\": {scene:?}, {executor}\"width\": {width}, \"height\": {height}, \"times\": {TIMES:?}, \"out\": {out:?} }}"
            ));
        }
        let [own, shared] = outs.map(|(_, _, out)| out);
        pairs.push((name, own, shared));
    }
    let list = kept.join("jobs.json");
    std::fs::write(&list, format!("[{}]", jobs.join(",\n"))).expect("writable");
    let shoot = root().join("viewers/web/test/shoot.mjs");
    let output = Command::new("node").arg(shoot).arg(&list).output().expect("node starts; `cargo xtask test` sets it up");
    assert!(output.status.success(), "the browser: {}", String::from_utf8_lossy(&output.stderr));
    for (name, own, shared) in pairs {
        for (own, shared) in own.iter().zip(&shared) {
            let read = |path: &Path| std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert!(read(own) == read(shared), "{name}: {} and {} differ", own.display(), shared.display());
        }
    }
}
