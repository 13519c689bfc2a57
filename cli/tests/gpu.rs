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

/// Red until the first second, then blue.
const TIMELINE: &str = "
#renderPass red { colorAttachments=[{ view=contextCurrentTexture clearValue=[1 0 0 1] loadOp=clear storeOp=store }] }
#renderPass blue { colorAttachments=[{ view=contextCurrentTexture clearValue=[0 0 1 1] loadOp=clear storeOp=store }] }
#frame warm { perform=[red] }
#frame cold { perform=[blue] }
#animation show {
  duration=2
  scenes=[{ id=\"intro\" frame=warm start=0 end=1 } { id=\"outro\" frame=cold start=1 end=2 }]
}
";

#[test]
fn a_scene_of_the_timeline_is_drawn_by_name() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("scene.pngine"), TIMELINE).unwrap();
    let render = |options: &[&str]| {
        let arguments = [&["render", "scene.pngine", "-o", "out.png", "--size", "1x1"], options].concat();
        expect(&run(place.path(), &arguments), 0);
        decoded(place.path().join("out.png")).2
    };
    let (red, blue) = ([255, 0, 0], [0, 0, 255]);
    assert_eq!(render(&[]), red);
    assert_eq!(render(&["--time", "1.5"]), blue);
    assert_eq!(render(&["--scene", "intro", "--time", "0.9"]), red);
    assert_eq!(render(&["--scene", "outro"]), blue);
    let err = expect(&run(place.path(), &["render", "scene.pngine", "-o", "out.png", "--scene", "into"]), 1);
    assert!(err.contains("E0924") && err.contains("did you mean `intro`?"), "{err}");
    let err =
        expect(&run(place.path(), &["render", "scene.pngine", "-o", "o.png", "--scene", "intro", "--frame-name", "cold"]), 2);
    assert!(err.contains("cannot be used with"), "{err}");
}

/// Paints with a uniform that nobody writes.
const UNIFORM: &str = r#"
#shaderModule code { code="
  struct Paint { color: vec3f, alpha: f32 }
  @group(0) @binding(0) var<uniform> paint: Paint;
  @vertex fn vs(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {
    return vec4f(f32(i & 1u) * 4.0 - 1.0, f32(i >> 1u) * 4.0 - 1.0, 0.0, 1.0);
  }
  @fragment fn fs() -> @location(0) vec4f { return vec4f(paint.color, 1.0) * paint.alpha; }
" }
#buffer b { size=16 usage=[UNIFORM COPY_DST] }
#renderPipeline p { layout=auto vertex={ module=code } fragment={ module=code targets=[{}] } }
#bindGroup g { layout={ pipeline=p index=0 } entries=[{ binding=0 resource={ buffer=b } }] }
#renderPass go { pipeline=p bindGroups=[g] draw=3 }
#frame main { perform=[go] }
#canvas { alphaMode=premultiplied colorSpace=display-p3 }
"#;

#[test]
fn uniforms_are_set_and_the_canvas_keeps_its_alpha_and_its_colors() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("scene.pngine"), UNIFORM).unwrap();
    let set = ["--set", "color=1,0.5,0", "--set", "code.paint.alpha=0.5"];
    let read = |name: &str| {
        let bytes = std::fs::read(place.path().join(name)).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!(info.color_type, png::ColorType::Rgba);
        let chunk = pngine_format::png::chunks(&bytes).unwrap().map(Result::unwrap).find(|chunk| chunk.kind == *b"cICP");
        (pixels, chunk.map(|chunk| chunk.data.to_vec()))
    };
    let expected = (vec![255, 127, 0, 128], Some(vec![12, 13, 0, 1]));
    let close = |found: (Vec<u8>, Option<Vec<u8>>)| {
        assert!(found.0.iter().zip(&expected.0).all(|(a, b)| a.abs_diff(*b) <= 1) && found.1 == expected.1, "{found:?}");
    };
    expect(&run(place.path(), &[&["render", "scene.pngine", "-o", "out.png", "--size", "1x1"], &set[..]].concat()), 0);
    close(read("out.png"));
    expect(&run(place.path(), &[&["scene.pngine", "--frame", "-o", "scene.png", "--size", "1x1"], &set[..]].concat()), 0);
    close(read("scene.png"));
    for (wrong, words) in [
        ("colour=1,2,3", "the scene has no uniform `colour`, only code.paint.alpha, code.paint.color"),
        ("color=1", "the uniform `color` is vec3<f32> and takes 3 numbers, not 1"),
    ] {
        let err = expect(&run(place.path(), &["render", "scene.pngine", "-o", "out.png", "--set", wrong]), 1);
        assert!(err.contains("E0923") && err.contains(words) && err.contains("code.paint.alpha: f32"), "{err}");
    }
}

#[test]
fn what_the_adapter_lacks_is_named() {
    let place = tempfile::tempdir().unwrap();
    let scene = format!("{TWO_FRAMES}\n#device {{ requiredLimits={{ maxBindGroups=1000000 }} }}");
    std::fs::write(place.path().join("scene.pngine"), scene).unwrap();
    let err = expect(&run(place.path(), &["render", "scene.pngine", "-o", "out.png"]), 3);
    assert!(err.contains("E0922") && err.contains("the limit maxBindGroups of 1000000"), "{err}");
}
