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
    for options in [&[][..], &["--no-executor"]] {
        let arguments = [&["scene.pngine", "-o", "scene.png"], options].concat();
        expect(&run(place.path(), &arguments), 0);
        expect(&run(place.path(), &["render", "scene.png", "-o", "out.png", "--size", "2x2"]), 0);
        assert_eq!(decoded(place.path().join("out.png")).2, [255, 0, 0].repeat(4));
    }
}

/// A GPU in software takes hours for this, one of silicon too.
#[test]
fn a_gpu_that_does_not_finish_is_an_error_and_the_program_ends() {
    let place = place();
    let text = "#shaderModule shader { code=\"
      @vertex fn corner(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {
        return vec4f(f32(i32(i & 1u) * 4 - 1), f32(i32(i >> 1u) * 4 - 1), 0.5, 1);
      }
      @fragment fn paint(@builtin(position) at: vec4f) -> @location(0) vec4f {
        var n = u32(at.x);
        for (var i = 0u; i < 50000u; i++) { n = n * 1664525u + 1013904223u; }
        return vec4f(f32(n & 1u));
      }
      \" }
      #renderPipeline pipeline { vertex={ module=shader } fragment={ module=shader targets=[{}] } }
      #renderPass draw { pipeline=pipeline draw=[3 1000000] }
      #frame main { perform=[draw] }";
    std::fs::write(place.path().join("slow.pngine"), text).unwrap();
    let start = std::time::Instant::now();
    for arguments in [&["render", "slow.pngine", "-o", "out.png"][..], &["slow.pngine", "--frame", "-o", "out.png"]] {
        let err = expect(&run(place.path(), &[arguments, &["--gpu-seconds", "1", "--size", "64x64"]].concat()), 1);
        assert!(err.contains("error[E013]: the GPU does not finish: it was given 1 s\n"), "{err}");
        assert!(err.contains("--gpu-seconds") && !place.path().join("out.png").exists(), "{err}");
    }
    // Two seconds, and what a busy machine adds.
    assert!(start.elapsed() < std::time::Duration::from_secs(60), "{:?}", start.elapsed());
    expect(&run(place.path(), &["render", "scene.pngine", "-o", "out.png", "--gpu-seconds", "0"]), 2);
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
fn films_have_the_frames_of_a_sequence() {
    // Its colour is its time.
    const CLOCK: &str =
        "#pass clock { code=\"@fragment fn f() -> @location(0) vec4f { return vec4f(pngine.time, 1 - pngine.time, 0, 1); }\" }";
    let place = tempfile::tempdir().unwrap();
    let at = place.path();
    std::fs::write(at.join("scene.pngine"), CLOCK).unwrap();
    let draw = |more: &[&str], code: i32| {
        let arguments = [&["render", "scene.pngine", "--size", "6x4", "--time", "0.1", "--fps", "10"], more].concat();
        let output = run(at, &arguments);
        expect(&output, code);
        output.stdout
    };
    draw(&["--to", "0.6", "-o", "out.png"], 0);
    let pictures: Vec<Vec<u8>> = (1..=5).map(|i| decoded(at.join(format!("out-000{i}.png"))).2).collect();
    assert!(!at.join("out-0006.png").exists());
    assert_eq!(&pictures[4][..2], [128, 128]);

    draw(&["--frames", "5", "-o", "out.apng"], 0);
    let mut film =
        png::Decoder::new(std::io::BufReader::new(std::fs::File::open(at.join("out.apng")).unwrap())).read_info().unwrap();
    let shown = (0..5).map(|_| {
        let mut bytes = vec![0; film.output_buffer_size().unwrap()];
        film.next_frame(&mut bytes).unwrap();
        bytes
    });
    assert_eq!(shown.collect::<Vec<_>>(), pictures);

    // One colour a frame: a GIF has it exactly.
    draw(&["--frames", "5", "-o", "out.gif"], 0);
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    let mut film = options.read_info(std::fs::File::open(at.join("out.gif")).unwrap()).unwrap();
    for picture in &pictures {
        let frame = film.read_next_frame().unwrap().unwrap();
        assert_eq!(frame.delay, 10);
        for (shown, wanted) in frame.buffer.chunks(4).zip(picture.chunks(3)) {
            assert!(shown.iter().zip(wanted).all(|(a, b)| a.abs_diff(*b) <= 1), "{shown:?} and not {wanted:?}");
        }
    }
    assert!(film.read_next_frame().unwrap().is_none());

    draw(&["--frames", "5", "-o", "out.y4m"], 0);
    let file = std::fs::read(at.join("out.y4m")).unwrap();
    assert_eq!(file, draw(&["--to", "0.6", "-o", "-"], 0));
    assert_eq!(file.len(), b"YUV4MPEG2 W6 H4 F10:1 Ip A1:1 C444 XCOLORRANGE=LIMITED\n".len() + 5 * (6 + 3 * 24));

    // The same once more; and nothing of another kind is replaced.
    let bytes = std::fs::read(at.join("out.gif")).unwrap();
    draw(&["--frames", "5", "-o", "out.gif"], 0);
    assert_eq!(std::fs::read(at.join("out.gif")).unwrap(), bytes);
    std::fs::write(at.join("notes.gif"), "mine").unwrap();
    draw(&["--frames", "5", "-o", "notes.gif"], 3);
    assert_eq!(std::fs::read(at.join("notes.gif")).unwrap(), b"mine");
}

#[test]
fn a_frame_that_does_not_exist_is_named() {
    let err = expect(&run(place().path(), &["render", "scene.pngine", "-o", "out.png", "--frame-name", "warn"]), 1);
    assert!(err.contains("E0916") && err.contains("did you mean `warm`?"), "{err}");
}

#[test]
fn what_browsers_play_and_wgpu_alone_would_refuse_is_drawn() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/ok");
    let mut names: Vec<_> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name.starts_with("native_"));
    names.sort();
    assert!(names.len() >= 3, "{names:?}");
    for name in names {
        let place = place();
        let picture = place.path().join("out.png");
        let output = run(&folder, &["render", &name, "--size", "4x4", "-o", picture.to_str().unwrap()]);
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let (_, _, pixels) = decoded(picture);
        assert!(pixels.chunks(3).all(|pixel| pixel != [0, 0, 0]), "{name}");
    }
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

#[test]
fn what_the_gpu_says_about_a_shader_does_not_steer_a_terminal() {
    let place = place();
    for text in [
        "\u{1b}[31mx\u{9b}1m",
        "\n::error file=README.md::owned\n",
        "fn \u{202e}f\u{2066}() {}",
        "fn f() { let x = `\u{7}\r##[error]`; }",
    ] {
        let mut init = Block::default();
        init.command(Op::CreateShader, &[0, 0, text.len() as u32]);
        init.command(Op::End, &[]);
        let mut frame = Block::default();
        frame.command(Op::Submit, &[]);
        frame.command(Op::End, &[]);
        let bytecode = assemble(Plugins::CORE, 0, &[Block::default(), init, frame]);
        let payload = write(&Parts { plugins: 1, bytecode: &bytecode, data: text.as_bytes(), ..Parts::default() }).unwrap();
        std::fs::write(place.path().join("wrong.pngb"), payload).unwrap();
        let err = expect(&run(place.path(), &["render", "wrong.pngb", "-o", "out.png"]), 1);
        assert!(err.contains("E0921"), "{err}");
        assert!(err.chars().all(|c| c == '\n' || !pngine_compiler::diag::is_unsafe(c)), "{err:?}");
        assert!(err.lines().all(|line| !line.trim_start().starts_with("::") && !line.trim_start().starts_with("##")), "{err}");
    }
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
fn uniforms_begin_with_what_the_scene_says_in_every_member_of_a_pool() {
    let place = tempfile::tempdir().unwrap();
    let look = "#uniforms look { variable=code.paint fields={ color={ value=[0 1 0] color=true label=\"Color\" } alpha={ value=1 max=1 } } }";
    let plain = UNIFORM.replace("#canvas { alphaMode=premultiplied colorSpace=display-p3 }", "");
    let pooled = plain
        .replace("size=16 usage", "pool=2 size=16 usage")
        .replace("#bindGroup g {", "#bindGroup g { pool=2")
        .replace("buffer=b }", "buffer=b pingPong=0 }");
    assert!(pooled.matches("pool=2").count() == 2 && pooled.contains("pingPong") && !pooled.contains("#canvas"));
    let pass = "#uniforms paint { fields={ color={ value=[0 1 0] color=true } alpha=1 } }
        #pass code { code=\"@fragment fn fs() -> @location(0) vec4f { return vec4f(paint.color, 1) * paint.alpha; }\" }";
    let scenes = [("plain", format!("{plain}{look}")), ("pooled", format!("{pooled}{look}")), ("pass", pass.to_owned())];
    for (name, scene) in scenes {
        std::fs::write(place.path().join("scene.pngine"), scene).unwrap();
        let render = |options: &[&str]| {
            expect(&run(place.path(), &[&["render", "scene.pngine", "-o", "out.png", "--size", "1x1"], options].concat()), 0);
            decoded(place.path().join("out.png")).2
        };
        // Of a pool, the second frame reads the other member.
        for time in ["0", "0.017"] {
            assert_eq!(render(&["--time", time]), [0, 255, 0], "{name} at {time}");
            assert_eq!(render(&["--time", time, "--set", "paint.color=#ff0080"]), [255, 0, 128], "{name} at {time}");
        }
        let err = expect(&run(place.path(), &["render", "scene.pngine", "-o", "out.png", "--set", "hue=1"]), 1);
        assert!(err.contains("code.paint.color: vec3<f32> = 0,1,0"), "{err}");
        let output = run(place.path(), &["inspect", "scene.pngine"]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("code.paint.color: vec3<f32>, buffer 0 at byte 0, begins with 0,1,0"), "{text}");
        let output = run(place.path(), &["inspect", "--json", "scene.pngine"]);
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let uniforms = &json["extensions"]["uniforms"];
        assert_eq!(
            (&uniforms[0]["value"], &uniforms[0]["color"]),
            (&serde_json::json!([0.0, 1.0, 0.0]), &serde_json::json!(true))
        );
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

/// Paints what it is told of the frame: red is the frame counter, green the hundredths of a second since the last frame, blue the time in
/// tenths of seconds.
const COUNTER: &str = r#"
#shaderModule code { code="
  struct Frame { delta: f32, frame: u32, seed: u32, ratio: f32 }
  struct Now { time: f32, width: f32, height: f32, aspect: f32 }
  @group(0) @binding(0) var<uniform> frame: Frame;
  @group(0) @binding(1) var<uniform> now: Now;
  @vertex fn vs(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {
    return vec4f(f32(i & 1u) * 4.0 - 1.0, f32(i >> 1u) * 4.0 - 1.0, 0.0, 1.0);
  }
  @fragment fn fs() -> @location(0) vec4f {
    return vec4f(f32(frame.frame), round(frame.delta * 100), round(now.time * 10), 255) / 255;
  }
" }
#buffer f { size=16 usage=[UNIFORM COPY_DST] }
#buffer n { size=16 usage=[UNIFORM COPY_DST] }
#queue tell { writeBuffer={ buffer=f data=frameInputs } }
#queue tell_time { writeBuffer={ buffer=n data=pngineInputs } }
#renderPipeline p { vertex={ module=code } fragment={ module=code targets=[{}] } }
#bindGroup g { layout={ pipeline=p index=0 } entries=[{ binding=0 resource={ buffer=f } } { binding=1 resource={ buffer=n } }] }
#renderPass go { pipeline=p bindGroups=[g] draw=3 }
#frame main { perform=[tell tell_time go] }
"#;

/// A folder with `scene.pngine`.
fn place_with(scene: &str) -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("scene.pngine"), scene).unwrap();
    place
}

/// The first pixel of what `render scene.pngine` draws with these options.
fn pixel(place: &tempfile::TempDir, options: &[&str]) -> [u8; 3] {
    let arguments = [&["render", "scene.pngine", "-o", "out.png", "--size", "1x1"], options].concat();
    expect(&run(place.path(), &arguments), 0);
    decoded(place.path().join("out.png")).2.try_into().unwrap()
}

#[test]
fn a_scene_that_counts_frames_is_run_up_to_its_picture() {
    let place = place_with(COUNTER);
    for (options, expected) in [
        (&[][..], [0, 0, 0]),
        (&["--time", "1"], [60, 2, 10]),
        (&["--time", "1", "--fps", "10"], [10, 10, 10]),
        (&["--time", "1", "--fps", "25"], [25, 4, 10]),
        // The last step is as long as is left.
        (&["--time", "1.07", "--fps", "10"], [11, 7, 11]),
        (&["--time", "1", "--from", "0.5"], [30, 2, 10]),
        (&["--time", "1", "--from", "-1", "--fps", "4"], [8, 25, 10]),
        (&["--from", "1"], [0, 0, 10]),
        (&["--time", "1", "--no-warm-up"], [0, 0, 10]),
        (&["--time", "-1"], [0, 0, 0]),
    ] {
        assert_eq!(pixel(&place, options), expected, "{options:?}");
    }
    // The picture of a PNG is made in the same way, and what it draws later counts on.
    let build = ["scene.pngine", "--frame", "--size", "1x1", "--time", "1", "-o", "scene.png"];
    expect(&run(place.path(), &build), 0);
    assert_eq!(decoded(place.path().join("scene.png")).2, [60, 2, 10]);
    let sequence = ["render", "scene.png", "-o", "out.png", "--size", "1x1", "--time", "1", "--frames", "3", "--fps", "10"];
    expect(&run(place.path(), &sequence), 0);
    let frames: Vec<_> = (1..=3).map(|i| decoded(place.path().join(format!("out-000{i}.png"))).2).collect();
    assert_eq!(frames, [[10, 10, 10], [11, 10, 11], [12, 10, 12]]);
}

#[test]
fn a_run_that_would_take_for_ever_is_refused() {
    let place = place_with(COUNTER);
    let err = expect(&run(place.path(), &["render", "scene.pngine", "-o", "out.png", "--time", "1e6"]), 2);
    assert!(err.contains("these 60000000") && err.contains("frame counter") && err.contains("--no-warm-up"), "{err}");
    // A frame that stands alone is drawn at any time.
    let place = self::place();
    expect(&run(place.path(), &["render", "scene.pngine", "-o", "out.png", "--size", "1x1", "--time", "1e6"]), 0);
}

#[test]
fn a_timeline_is_run_from_its_start_and_clocks_heed_its_end() {
    // Frame `b` is shown from second 1 on, and counts on from `a`.
    let line = |more: &str| {
        format!(
            "{COUNTER} #frame other {{ perform=[tell tell_time go] }}
            #animation line {{ duration=2 {more} scenes=[{{ id=\"a\" frame=main start=0 end=1 }} {{ id=\"b\" frame=other start=1 end=2 }}] }}"
        )
    };
    let place = place_with(&line("loop=true"));
    assert_eq!(pixel(&place, &["--time", "1.5"]), [90, 2, 15]);
    assert_eq!(pixel(&place, &["--scene", "b", "--time", "0.5"]), [90, 2, 15]);
    assert_eq!(pixel(&place, &["--scene", "b"]), [60, 2, 10]);
    assert_eq!(pixel(&place, &["--scene", "b", "--time", "0.5", "--from", "0"]), [30, 2, 15]);
    assert_eq!(pixel(&place, &["--scene", "b", "--time", "0.5", "--no-warm-up"]), [0, 0, 15]);
    // What starts again goes on counting.
    assert_eq!(pixel(&place, &["--time", "3"]), [180, 2, 30]);
    let sequence = ["render", "scene.pngine", "-o", "out.png", "--size", "1x1", "--time", "2.9", "--frames", "7"];
    expect(&run(place.path(), &sequence), 0);
    assert_eq!(decoded(place.path().join("out-0007.png")).2, [180, 2, 30]);
    // What is held stands still, in a picture as in a sequence.
    let place = place_with(&line("endBehavior=hold"));
    assert_eq!(pixel(&place, &["--time", "3"]), [180, 0, 20]);
    expect(&run(place.path(), &sequence), 0);
    assert_eq!(decoded(place.path().join("out-0007.png")).2, [180, 0, 20]);
}

/// A picture of an example, made with these options: the whole file.
fn example(directory: &Path, input: &str, options: &[&str]) -> Vec<u8> {
    let arguments = [&["render", input, "-o", "out.png", "--size", "96x60"], options].concat();
    expect(&run(directory, &arguments), 0);
    std::fs::read(directory.join("out.png")).unwrap()
}

#[test]
fn examples_with_a_memory_are_drawn_as_they_play() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let place = tempfile::tempdir().unwrap();
    for name in [
        "compute/boids",
        "compute/game_of_life",
        "compute/reaction_diffusion",
        "compute/water",
        "passes/feedback_trails",
        "passes/echo",
        "wasm/physics",
    ] {
        let source = examples.join(format!("{name}.pngine"));
        let source = source.to_str().unwrap();
        let seconds = if name == "compute/boids" { "2" } else { "0.5" };
        let frames = if name == "compute/boids" { 121 } else { 31 };
        let still = example(place.path(), source, &["--time", seconds]);
        assert!(still != example(place.path(), source, &["--time", seconds, "--no-warm-up"]), "{name} shows one step");
        assert!(still != example(place.path(), source, &[]), "{name} shows its first frame");

        let sequence = ["render", source, "-o", "seq.png", "--size", "96x60", "--frames", &frames.to_string()];
        expect(&run(place.path(), &sequence), 0);
        let last = std::fs::read(place.path().join(format!("seq-{frames:04}.png"))).unwrap();
        assert!(still == last, "{name}: frame {frames} of a sequence is another");

        expect(&run(place.path(), &["build", source, "-o", "built.png"]), 0);
        assert!(still == example(place.path(), "built.png", &["--time", seconds]), "{name}: its PNG shows something else");
        expect(&run(place.path(), &["build", source, "-o", "framed.png", "--frame", "--size", "96x60", "--time", seconds]), 0);
        assert_eq!(decoded(place.path().join("framed.png")), decoded(place.path().join("out.png")), "{name}: --frame");
    }
}

/// The pictures of docs/tutorial.md, the scenes of `examples/tutorial` that they show, and the moment.
const TUTORIAL: &[(&str, &str, &str)] = &[
    ("tutorial_1", "1_pass", "2"),
    ("tutorial_2", "2_pointer", "2"),
    ("tutorial_3", "3_feedback", "1.4"),
    ("tutorial_4", "4_mesh", "2"),
    ("tutorial_5", "5_particles", "2"),
    ("tutorial_6", "6_timeline", "9"),
];

#[test]
fn the_pictures_of_the_tutorial_are_what_its_scenes_draw() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let place = tempfile::tempdir().unwrap();
    for (picture, scene, seconds) in TUTORIAL {
        let input = root.join("examples/tutorial").join(format!("{scene}.pngine"));
        let arguments = ["render", input.to_str().unwrap(), "-o", "out.png", "--force", "--size", "400x250", "--time", seconds];
        expect(&run(place.path(), &arguments), 0);
        let shown = root.join("docs/pictures").join(format!("{picture}.png"));
        // It plays, too.
        expect(&run(place.path(), &["validate", shown.to_str().unwrap()]), 0);
        let (drawn, shown) = (decoded(place.path().join("out.png")), decoded(shown));
        assert_eq!((drawn.0, drawn.1), (shown.0, shown.1), "{picture}");
        let sum: u64 = drawn.2.iter().zip(&shown.2).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        let mean = sum as f64 / drawn.2.len() as f64;
        // Sparks go on where drivers have rounded differently.
        assert!(mean < 3.0, "{picture}: a mean difference of {mean}");
    }
}

#[test]
fn the_picture_in_the_readme_is_what_its_command_draws() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let command = readme.lines().find_map(|line| line.strip_prefix("cargo run --release -- ")).expect("a command");
    let words: Vec<&str> = command.split(' ').collect();
    let [input, "-o", _, options @ ..] = &words[..] else { panic!("{command}") };
    let place = tempfile::tempdir().unwrap();
    let input = root.join(input);
    expect(&run(place.path(), &[&[input.to_str().unwrap(), "-o", "out.png"], options].concat()), 0);
    // One file is picture and scene.
    expect(&run(place.path(), &["validate", "out.png"]), 0);
    let drawn = decoded(place.path().join("out.png"));
    let shown = decoded(root.join("docs/pictures/boids.png"));
    assert_eq!((drawn.0, drawn.1), (shown.0, shown.1));
    // A flock is chaotic: drivers that round differently agree on its shape, not on each bird. The first frame differs by 30.
    let sum: u64 = drawn.2.iter().zip(&shown.2).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    let mean = sum as f64 / drawn.2.len() as f64;
    println!("mean difference {mean}");
    assert!(mean < 15.0, "{mean}");
}

/// In a container, over ssh and in continuous integration there is no session, and so no folder of one.
#[test]
fn drivers_do_not_complain_to_users_without_a_session() {
    let place = place();
    for folder in [None, Some(""), Some("relative"), Some("/nonexistent")] {
        for arguments in [&["render", "scene.pngine", "-o", "out.png"][..], &["build", "scene.pngine", "--frame"]] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_pngine"));
            command.args(arguments).current_dir(place.path()).env_remove("NODEVICE_SELECT").env_remove("WAYLAND_DISPLAY");
            match folder {
                Some(folder) => command.env("XDG_RUNTIME_DIR", folder),
                None => command.env_remove("XDG_RUNTIME_DIR"),
            };
            assert_eq!(expect(&command.output().unwrap(), 0), "", "{folder:?} {arguments:?}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn long_work_shows_how_far_it_is_and_says_what_it_has_written() {
    let place = place();
    let boids = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/compute/boids.pngine");
    let watch = |options: &str| {
        let program = env!("CARGO_BIN_EXE_pngine");
        let line = format!("{program} render '{}' -o out.png --size 32x24 {options}", boids.display());
        let mut command = Command::new("script");
        command.args(["--quiet", "--return", "--command", &line, "/dev/null"]).current_dir(place.path());
        let output = command.stdin(std::process::Stdio::null()).output().expect("`script` of util-linux");
        assert!(output.status.success(), "{line}");
        String::from_utf8(output.stdout).unwrap()
    };
    let size = |name: &str| std::fs::metadata(place.path().join(name)).unwrap().len();
    // Some hundred steps of a flock take longer than a second everywhere.
    let said = watch("--time 6");
    assert!(said.contains("\rframe ") && said.contains(" of 361"), "{said:?}");
    let last = said.rsplit("\x1b[K").next().unwrap();
    assert!(last.starts_with("out.png: ") && last.ends_with(" bytes, 32x24 pixels\r\n"), "{said:?}");
    assert_eq!(watch("--time 4 --quiet"), "");
    let said = watch("--frames 2");
    let bytes = size("out-0001.png") + size("out-0002.png");
    let bytes = if bytes < 1000 { bytes.to_string() } else { format!("{},{:03}", bytes / 1000, bytes % 1000) };
    assert!(said.ends_with(&format!("out-0001.png to out-0002.png: {bytes} bytes, 32x24 pixels\r\n")), "{said:?}");
}

#[test]
fn pointer_keys_and_seed_reach_the_scene() {
    let place = tempfile::tempdir().unwrap();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/input");
    let draw = |name: &str, options: &[&str]| {
        let source = examples.join(format!("{name}.pngine"));
        let arguments =
            [&["render", source.to_str().unwrap(), "-o", "out.png", "--size", "64x48", "--time", "1"], options].concat();
        expect(&run(place.path(), &arguments), 0);
        std::fs::read(place.path().join("out.png")).unwrap()
    };
    for (name, option, values) in [
        ("pointer", "--pointer", &["0.2,0.3", "0.8,0.3", "0.8,0.3,down"][..]),
        ("keyboard", "--keys", &["q", "W", "q,w", "Space"]),
        ("frame_counter", "--seed", &["1", "4294967295"]),
    ] {
        let mut pictures: Vec<Vec<u8>> = values.iter().map(|value| draw(name, &[option, value])).collect();
        pictures.push(draw(name, &[]));
        for (i, picture) in pictures.iter().enumerate() {
            assert!(!pictures[..i].contains(picture), "{name}: picture {i} shows nothing new");
        }
        // The same with --frame, which puts the picture into the scene.
        let source = examples.join(format!("{name}.pngine"));
        let build = [
            "build",
            source.to_str().unwrap(),
            "--frame",
            "--size",
            "64x48",
            "--time",
            "1",
            "-o",
            "built.png",
            option,
            values[0],
        ];
        expect(&run(place.path(), &build), 0);
        std::fs::write(place.path().join("out.png"), &pictures[0]).unwrap();
        assert_eq!(decoded(place.path().join("built.png")), decoded(place.path().join("out.png")), "{name}");
    }
    // Who tries a uniform is told of the option.
    let pointer = examples.join("pointer.pngine");
    let err = expect(&run(place.path(), &["render", pointer.to_str().unwrap(), "-o", "o.png", "--set", "pointer.x=0.5"]), 1);
    assert!(err.contains("inputs are set with --pointer, --keys, --seed and --audio"), "{err}");
    for wrong in [["--pointer", "320,200"], ["--keys", "Left"], ["--seed", "-1"]] {
        let output = run(place.path(), &[&["render", pointer.to_str().unwrap(), "-o", "o.png"][..], &wrong].concat());
        expect(&output, 2);
    }
    let output = run(place.path(), &["build", pointer.to_str().unwrap(), "--seed", "1"]);
    assert!(expect(&output, 2).contains("--seed is about the picture: it needs --frame"));
}
