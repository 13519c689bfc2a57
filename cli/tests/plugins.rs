//! The binary and what a scene brings along: nested modules, images, videos, and what the payload says to its host.

use std::path::Path;
use std::process::{Command, Output};

use pngine_format::bytecode::{Block, assemble};
use pngine_format::descriptor::{Field, Type, Value, object};
use pngine_format::op::{Kind, Op};
use pngine_format::payload::{Parts, tag, write};
use pngine_format::status::Plugins;
use pngine_format::strings::{self, NameKind};

fn run(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pngine")).args(arguments).current_dir(directory).output().unwrap()
}

#[track_caller]
fn expect(output: &Output, code: i32) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{out}{err}");
    (out, err)
}

/// A payload under construction.
#[derive(Default)]
struct Scene {
    data: Vec<u8>,
    init: Block,
    frame: Block,
    strings: Vec<u8>,
    extensions: Vec<(u8, Vec<u8>)>,
}

impl Scene {
    fn bytes(&mut self, bytes: &[u8]) -> [u32; 2] {
        let at = self.data.len() as u32;
        self.data.extend_from_slice(bytes);
        [at, bytes.len() as u32]
    }

    fn create(&mut self, op: Op, id: u32, bytes: &[u8]) {
        let [at, len] = self.bytes(bytes);
        self.init.command(op, &[id, at, len]);
    }

    fn write(mut self, directory: &Path, name: &str) {
        self.init.command(Op::End, &[]);
        self.frame.command(Op::Submit, &[]);
        self.frame.command(Op::End, &[]);
        let bytecode = assemble(Plugins::ALL, 0, &[Block::default(), self.init, self.frame]);
        let parts = Parts {
            plugins: Plugins::ALL.0,
            bytecode: &bytecode,
            data: &self.data,
            strings: &self.strings,
            extensions: &self.extensions,
            ..Parts::default()
        };
        std::fs::write(directory.join(name), write(&parts).unwrap()).unwrap();
    }
}

/// A module whose function `f` takes nothing, does `body`, and has a page of memory. Hand-made: type, function, memory, export, code.
fn module(body: &[u8]) -> Vec<u8> {
    let mut wasm =
        b"\0asm\x01\0\0\0\x01\x05\x01\x60\0\x01\x7f\x03\x02\x01\0\x05\x03\x01\0\x01\x07\x0e\x02\x01f\0\0\x06memory\x02\0"
            .to_vec();
    let code_len = body.len() as u8 + 2;
    wasm.extend([0x0A, code_len + 2, 1, code_len, 0]);
    wasm.extend_from_slice(body);
    wasm.push(0x0B);
    wasm
}

/// `i32.const 65532`
const NEAR_THE_END: &[u8] = &[0x41, 0xFC, 0xFF, 0x03];

fn with_call(body: &[u8], len: u32) -> Scene {
    let mut scene = Scene::default();
    scene.init.command(Op::CreateBuffer, &[0, 64, 0x48]);
    scene.create(Op::InitWasmModule, 0, &module(body));
    let name = scene.bytes(b"f");
    scene.frame.command(Op::CallWasmFunc, &[0, 0, name[0], name[1], 0, 0]);
    scene.frame.command(Op::WriteFromWasm, &[0, 0, 0, len]);
    scene
}

fn pixel() -> Vec<u8> {
    pngine_format::png::transparent_pixel()
}

#[test]
fn validate_runs_nested_modules() {
    let place = tempfile::tempdir().unwrap();
    with_call(NEAR_THE_END, 4).write(place.path(), "good.pngb");
    expect(&run(place.path(), &["validate", "good.pngb"]), 0);
    with_call(NEAR_THE_END, 8).write(place.path(), "outside.pngb");
    let (_, err) = expect(&run(place.path(), &["validate", "outside.pngb"]), 1);
    assert!(err.contains("E010") && err.contains("returned 65532: 8 bytes from there lie outside"), "{err}");
    // It fails in every frame, and is said once.
    assert_eq!(err.matches("E010").count(), 1, "{err}");
    with_call(&[0x00], 8).write(place.path(), "trap.pngb");
    let (out, _) = expect(&run(place.path(), &["validate", "--json", "trap.pngb"]), 1);
    let value: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(value["diagnostics"][0]["code"], "E010");
    assert_eq!(value["diagnostics"][0]["command"]["opcode"], "CALL_WASM_FUNC");
}

#[test]
fn validate_decodes_images() {
    let place = tempfile::tempdir().unwrap();
    let mut good = Scene::default();
    good.create(Op::LoadImage, 0, &pixel());
    good.write(place.path(), "good.pngb");
    expect(&run(place.path(), &["validate", "good.pngb"]), 0);
    let mut damaged = Scene::default();
    damaged.create(Op::LoadImage, 0, &pixel()[..50]);
    damaged.write(place.path(), "damaged.pngb");
    let (_, err) = expect(&run(place.path(), &["validate", "damaged.pngb"]), 1);
    assert!(err.contains("E011") && err.contains("LOAD_IMAGE"), "{err}");
    let (_, err) = expect(&run(place.path(), &["validate", "damaged.pngb", "--message-format", "short"]), 1);
    assert!(err.contains("error[E011]"), "{err}");
}

/// One of everything.
fn everything() -> Scene {
    let mut scene = with_call(NEAR_THE_END, 4);
    scene.create(Op::LoadImage, 0, &pixel());
    let described = object([(Field::Mime, Value::Str("video/webm".to_owned()))]).to_descriptor(Type::Video);
    let (described, video) = (scene.bytes(&described), scene.bytes(b"\x1A\x45\xDF\xA3\x9F\x42\x82\x84webm\x42\x87\x81\x04"));
    scene.init.command(Op::LoadVideo, &[0, described[0], described[1], video[0], video[1]]);
    strings::push(&mut scene.strings, NameKind::Frame, 0, "main");
    strings::push(&mut scene.strings, NameKind::Scene, 0, "intro");
    let timeline = object([
        (Field::Duration, Value::Uint(2500)),
        (Field::EndBehavior, Value::Uint(1)),
        (Field::Scenes, Value::Array(vec![object([(Field::Start, Value::Uint(500)), (Field::End, Value::Uint(2500))])])),
    ]);
    let uniform = |name: &str, offset, input: Option<u32>| {
        let own = [
            (Field::Name, Value::Str(name.to_owned())),
            (Field::Offset, Value::Uint(offset)),
            (Field::Type, Value::word("float32")),
            (Field::Columns, Value::Uint(4)),
            (Field::Rows, Value::Uint(4)),
        ];
        object(own.into_iter().chain(input.map(|input| (Field::Input, Value::Uint(input)))))
    };
    let block = object([
        (Field::Module, Value::Str("code".to_owned())),
        (Field::Name, Value::Str("view".to_owned())),
        (Field::Buffer, Value::Ref(Kind::Buffer, 0)),
        (Field::Uniforms, Value::Array(vec![uniform("camera.matrix", 0, None), uniform("", 16, Some(4))])),
    ]);
    let device = object([
        (Field::RequiredFeatures, Value::Array(vec![Value::Str("shader-f16".to_owned())])),
        (Field::OptionalFeatures, Value::Array(vec![Value::Str("subgroups".to_owned())])),
        (Field::RequiredLimits, Value::Record(vec![("maxBindGroups".to_owned(), 6.0)])),
    ]);
    let canvas = object([(Field::AlphaMode, Value::word("premultiplied"))]);
    scene.extensions = vec![
        (tag::ANIMATION, timeline.to_descriptor(Type::Animation)),
        (tag::UNIFORMS, object([(Field::Blocks, Value::Array(vec![block]))]).to_descriptor(Type::Uniforms)),
        (tag::DEVICE, device.to_descriptor(Type::Device)),
        (tag::CANVAS, canvas.to_descriptor(Type::Canvas)),
        (tag::META, br#"{"title":"All of it"}"#.to_vec()),
    ];
    scene
}

#[test]
fn inspect_shows_what_a_scene_brings_along_and_says_to_its_host() {
    let place = tempfile::tempdir().unwrap();
    everything().write(place.path(), "all.pngb");
    let (text, _) = expect(&run(place.path(), &["inspect", "all.pngb"]), 0);
    for line in [
        "title: All of it",
        "timeline: 2.5 s, then stop",
        "  0.5 s to 2.5 s: scene intro, frame main",
        "device: needs shader-f16",
        "device: uses, if there, subgroups",
        "device: needs maxBindGroups 6",
        "canvas: premultiplied srgb standard",
        "  code.view.camera.matrix: mat4x4<f32>, buffer 0 at byte 0",
        "  code.view: mat4x4<f32>, buffer 0 at byte 16, an input",
        "resources: 1 buffer, 1 wasmModule, 1 image, 1 video",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}:\n{text}");
    }
    assert!(text.contains("image 0") && text.contains("1x1 pixels"), "{text}");
    assert!(text.contains("video/webm"), "{text}");
    for name in ["animation", "uniforms", "device", "canvas", "meta"] {
        assert!(text.lines().any(|line| line.starts_with(name) && line.split_whitespace().count() == 4), "{name}:\n{text}");
    }

    let (text, _) = expect(&run(place.path(), &["inspect", "--json", "all.pngb"]), 0);
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let extensions = &value["extensions"];
    assert_eq!(extensions["animation"]["scenes"][0]["name"], "intro");
    assert_eq!(extensions["animation"]["end_behavior"], "stop");
    assert_eq!(extensions["uniforms"][0]["type"], "mat4x4<f32>");
    assert_eq!(extensions["uniforms"][1]["input"], 4);
    assert_eq!(extensions["device"]["required_limits"]["maxBindGroups"], 6);
    assert_eq!(extensions["canvas"]["alpha_mode"], "premultiplied");
    assert_eq!(extensions["meta"]["title"], "All of it");
    assert_eq!(value["resources"]["counts"]["video"], 1);

    Scene::default().write(place.path(), "plain.pngb");
    let (text, _) = expect(&run(place.path(), &["inspect", "--json", "plain.pngb"]), 0);
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let all = value["extensions"].as_object().unwrap();
    assert!(all.len() == 5 && all.values().all(serde_json::Value::is_null), "{all:?}");
}

#[test]
fn a_damaged_extension_is_a_damaged_scene() {
    let place = tempfile::tempdir().unwrap();
    let mut scene = Scene::default();
    scene.extensions.push((tag::DEVICE, vec![16, 1, 250]));
    scene.write(place.path(), "damaged.pngb");
    for command in ["validate", "inspect"] {
        let (_, err) = expect(&run(place.path(), &[command, "damaged.pngb"]), 1);
        assert!(err.contains("E0912") && err.contains("the extension `device` is damaged"), "{err}");
    }
}

#[test]
fn options_about_the_picture_are_read_before_anything_is_drawn() {
    let place = tempfile::tempdir().unwrap();
    Scene::default().write(place.path(), "plain.pngb");
    for wrong in ["speed", "speed=", "=1", "speed=fast"] {
        let (_, err) = expect(&run(place.path(), &["render", "plain.pngb", "-o", "out.png", "--set", wrong]), 2);
        assert!(err.contains("NAME=NUMBERS"), "{err}");
    }
    let (_, err) = expect(&run(place.path(), &["render", "plain.pngb", "-o", "out.png", "--scene", "intro"]), 1);
    assert!(err.contains("E0924") && err.contains("no timeline"), "{err}");
    std::fs::write(place.path().join("scene.pngine"), "#frame main { perform=[] }").unwrap();
    for option in [["--set", "a=1"], ["--scene", "intro"]] {
        let (_, err) = expect(&run(place.path(), &[&["build", "scene.pngine"], &option[..]].concat()), 2);
        assert!(err.contains("it needs --frame"), "{err}");
    }
}
