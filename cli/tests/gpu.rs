//! The binary with a GPU adapter of any kind: real frames, and what the GPU's validation says.
#![cfg(feature = "gpu-tests")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use pngine_format::bytecode::{Block, assemble};
use pngine_format::op::Op;
use pngine_format::payload::{Parts, write};
use pngine_format::status::Plugins;

/// Clears the canvas: red in the frame `warm`, blue in the frame `cold`.
const TWO_FRAMES: &str = "
#renderPass red { colorAttachments=[{ view=contextCurrentTexture clearValue=[1 0 0 1] loadOp=clear storeOp=store }] }
#renderPass blue { colorAttachments=[{ view=contextCurrentTexture clearValue=[0 0 1 1] loadOp=clear storeOp=store }] }
#frame warm { perform=[red] }
#frame cold { perform=[blue] }
";

fn run(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pngine")).args(arguments).current_dir(directory).output().unwrap()
}

#[track_caller]
fn expect(output: &Output, code: i32) -> String {
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{err}");
    err
}

/// Width, height and pixels of an opaque PNG.
fn decoded(path: PathBuf) -> (u32, u32, Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(path).unwrap())).read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bytes).unwrap();
    assert_eq!(info.color_type, png::ColorType::Rgb);
    (info.width, info.height, bytes)
}

fn place() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("scene.pngine"), TWO_FRAMES).unwrap();
    place
}

#[test]
fn the_frame_asked_for_is_drawn_in_the_size_asked_for() {
    let place = place();
    for (options, color) in [(&[][..], [255, 0, 0]), (&["--frame-name", "cold"], [0, 0, 255])] {
        let arguments = [&["render", "scene.pngine", "-o", "out.png", "--size", "5x3"], options].concat();
        expect(&run(place.path(), &arguments), 0);
        let (width, height, pixels) = decoded(place.path().join("out.png"));
        assert_eq!((width, height), (5, 3));
        assert!(pixels.chunks(3).all(|pixel| pixel == color), "{pixels:?}");
    }
}

#[test]
fn a_scene_in_a_png_is_drawn_with_its_own_and_with_the_shared_executor() {
    let place = place();
    for options in [&[][..], &["--embed-executor"]] {
        let arguments = [&["scene.pngine", "-o", "scene.png"], options].concat();
        expect(&run(place.path(), &arguments), 0);
        expect(&run(place.path(), &["render", "scene.png", "-o", "out.png", "--size", "2x2"]), 0);
        assert_eq!(decoded(place.path().join("out.png")).2, [255, 0, 0].repeat(4));
    }
}

#[test]
fn a_frame_becomes_the_picture_of_the_scene() {
    let place = place();
    let arguments = ["scene.pngine", "--frame", "--size", "4x4", "--frame-name", "cold", "-o", "scene.png"];
    expect(&run(place.path(), &arguments), 0);
    assert_eq!(decoded(place.path().join("scene.png")).2, [0, 0, 255].repeat(16));
    expect(&run(place.path(), &["validate", "scene.png"]), 0);
    let first = std::fs::read(place.path().join("scene.png")).unwrap();
    expect(&run(place.path(), &arguments), 0);
    assert_eq!(first, std::fs::read(place.path().join("scene.png")).unwrap());
}

#[test]
fn a_sequence_is_numbered() {
    let place = place();
    expect(&run(place.path(), &["render", "scene.pngine", "-o", "out.png", "--size", "2x2", "--frames", "3", "--fps", "30"]), 0);
    let mut names: Vec<_> =
        std::fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["out-0001.png", "out-0002.png", "out-0003.png", "scene.pngine"]);
}

#[test]
fn a_frame_that_does_not_exist_is_named() {
    let err = expect(&run(place().path(), &["render", "scene.pngine", "-o", "out.png", "--frame-name", "warn"]), 1);
    assert!(err.contains("E0916") && err.contains("did you mean `warm`?"), "{err}");
}

#[test]
fn what_the_gpu_refuses_is_reported_with_its_command() {
    let place = place();
    let mut init = Block::default();
    init.command(Op::CreateShader, &[0, 0, 8]);
    init.command(Op::End, &[]);
    let mut frame = Block::default();
    frame.command(Op::Submit, &[]);
    frame.command(Op::End, &[]);
    let bytecode = assemble(Plugins::CORE, 0, &[Block::default(), init, frame]);
    let payload = write(&Parts { plugins: 1, bytecode: &bytecode, data: b"nonsense", ..Parts::default() }).unwrap();
    std::fs::write(place.path().join("wrong.pngb"), payload).unwrap();
    let err = expect(&run(place.path(), &["render", "wrong.pngb", "-o", "out.png"]), 1);
    assert!(err.contains("E0921") && err.contains("command 0 of init: CREATE_SHADER"), "{err}");
    assert!(!place.path().join("out.png").exists());
}
