//! The binary from outside: arguments and bytes in, exit codes, streams and files out.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use pngine_format::png;

/// A scene with everything that a picture needs and nothing more. Ours, written for these tests.
const TRIANGLE: &str = r#"
#shaderModule tri {
  code="
    @vertex fn corner(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {
      let x = f32(i) - 1.0;
      return vec4f(x, select(-0.8, 0.8, i == 1u), 0.0, 1.0);
    }
    @fragment fn paint() -> @location(0) vec4f { return vec4f(1.0, 0.5, 0.1, 1.0); }
  "
}
#renderPipeline pipe {
  layout=auto
  vertex={ module=tri entryPoint=corner }
  fragment={ module=tri entryPoint=paint targets=[{ format=preferredCanvasFormat }] }
}
#renderPass draw {
  colorAttachments=[{ view=contextCurrentTexture clearValue=[0 0 0 1] loadOp=clear storeOp=store }]
  pipeline=pipe
  draw=3
}
#frame main { perform=[draw] }
"#;

/// Longest that any bad input may take. The promise is a second; an unoptimised build on a busy machine gets more.
const PATIENCE: Duration = Duration::from_secs(10);

/// A directory of its own for each test.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// With [`TRIANGLE`] as `scene.pngine`.
    fn with_scene() -> Self {
        let place = Self::new();
        place.put("scene.pngine", TRIANGLE);
        place
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn get(&self, name: &str) -> Vec<u8> {
        fs::read(self.path().join(name)).unwrap()
    }

    /// The names of all files, sorted.
    fn files(&self) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(self.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn run(&self, arguments: &[&str]) -> Outcome {
        self.run_with(arguments, b"")
    }

    fn run_with(&self, arguments: &[&str], input: &[u8]) -> Outcome {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pngine"));
        command.args(arguments).current_dir(self.path());
        command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        let writer = std::thread::spawn(move || {
            // The program may end without having read everything.
            let _ = stdin.write_all(&input);
        });
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        Outcome(output)
    }
}

struct Outcome(Output);

impl Outcome {
    fn code(&self) -> i32 {
        self.0.status.code().unwrap()
    }

    fn out(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    fn err(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }

    #[track_caller]
    fn expect(self, code: i32) -> Self {
        assert_eq!(self.code(), code, "stdout:\n{}\nstderr:\n{}", String::from_utf8_lossy(&self.0.stdout), self.err());
        assert!(!self.err().contains("bug in pngine"), "{}", self.err());
        self
    }
}

#[test]
fn help_lists_the_commands_and_every_command_has_examples() {
    let place = Place::new();
    let help = place.run(&["--help"]).expect(0).out();
    for command in [
        "build",
        "compile",
        "validate",
        "inspect",
        "extract",
        "embed",
        "render",
        "explain",
        "fix",
        "dev",
        "new",
        "completions",
        "man",
    ] {
        assert!(help.contains(&format!("\n  {command} ")), "{command} is missing in\n{help}");
        let own = place.run(&[command, "--help"]).expect(0).out();
        assert!(own.contains("Examples:"), "{own}");
        assert!(own.contains(&format!("pngine {command}")), "{own}");
    }
}

#[test]
fn a_page_that_cannot_be_served_is_told_before_anything_is_printed() {
    let place = Place::with_scene();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let outcome = place.run(&["dev", "scene.pngine", "--port", &port]).expect(3);
    assert!(outcome.err().starts_with(&format!("error[E0919]: cannot listen at 127.0.0.1:{port}: ")), "{}", outcome.err());
    assert_eq!(outcome.out(), "");
    assert!(place.run(&["dev", "scen.pngine"]).expect(3).err().starts_with("error[E0901]"));
    assert_eq!(place.files(), ["scene.pngine"]);
}

#[test]
fn a_new_scene_is_right_and_never_replaces_another() {
    let place = Place::new();
    for template in ["fullscreen", "mesh", "particles", "timeline"] {
        place.run(&["new", template, "--template", template]).expect(0);
        assert!(
            place.run(&["validate", "--strict", &format!("{template}.pngine")]).expect(0).out().contains(": ok ("),
            "{template}"
        );
    }
    place.run(&["new", "own.pngine"]).expect(0);
    assert_eq!(place.get("own.pngine"), place.get("fullscreen.pngine"));
    assert_eq!(place.run(&["new", "-"]).expect(0).0.stdout, place.get("own.pngine"));
    place.put("mine.pngine", "mine");
    assert!(place.run(&["new", "mine"]).expect(3).err().starts_with("error[E0906]"));
    assert!(place.run(&["new", "no/such/folder"]).expect(3).err().starts_with("error[E0905]"));
    place.run(&["new", "other", "--template", "sound"]).expect(2);
    assert_eq!(place.get("mine.pngine"), b"mine");
    assert_eq!(
        place.files(),
        ["fullscreen.pngine", "mesh.pngine", "mine.pngine", "own.pngine", "particles.pngine", "timeline.pngine"]
    );
}

#[test]
fn pictures_that_differ_are_told_with_how_much_and_where() {
    let place = Place::new();
    let pixels = |colors: [[u8; 3]; 2]| {
        let mut png = Vec::new();
        let mut encoder = ::png::Encoder::new(&mut png, 2, 1);
        encoder.set_color(::png::ColorType::Rgb);
        encoder.write_header().unwrap().write_image_data(&colors.concat()).unwrap();
        png
    };
    place.put("a.png", pixels([[0, 0, 0], [10, 20, 30]]));
    place.put("b.png", pixels([[0, 0, 0], [10, 24, 20]]));
    place.put("tall.png", png::transparent_pixel());
    place.put("text.png", "no picture");
    assert_eq!(place.run(&["diff", "a.png", "a.png"]).expect(0).out(), "a.png and a.png: the same 2 pixels\n");
    assert_eq!(
        place.run(&["diff", "a.png", "b.png"]).expect(1).out(),
        "a.png and b.png: 1 of 2 pixels (50.000 %) differ, at most by 10 of 255, on average by 1.750\n"
    );
    place.run(&["diff", "a.png", "b.png", "--tolerance", "10"]).expect(0);
    place.run(&["diff", "a.png", "b.png", "--max-off", "49.9"]).expect(1);
    place.run(&["diff", "a.png", "b.png", "--max-off", "50%"]).expect(0);
    place.run(&["diff", "a.png", "b.png", "--max-off", "101"]).expect(2);
    place.run(&["diff", "-", "-"]).expect(2);
    assert_eq!(place.run(&["diff", "a.png", "tall.png"]).expect(1).out(), "a.png and tall.png: 2x1 and 1x1 pixels\n");
    assert!(place.run(&["diff", "a.png", "text.png"]).expect(1).err().starts_with("error[E0930]"));
    let object: serde_json::Value =
        serde_json::from_str(&place.run(&["diff", "a.png", "b.png", "--json"]).expect(1).out()).unwrap();
    assert_eq!((&object["same"], &object["off"], &object["worst"]), (&false.into(), &1.into(), &10.into()));
    place.run(&["diff", "a.png", "b.png", "-o", "b.png"]).expect(2);
    place.run(&["diff", "a.png", "b.png", "-o", "where.png"]).expect(1);
    assert_eq!(place.run(&["diff", "where.png", "where.png"]).expect(0).out(), "where.png and where.png: the same 2 pixels\n");
    place.run(&["diff", "a.png", "tall.png", "-o", "none.png"]).expect(1);
    assert_eq!(place.files(), ["a.png", "b.png", "tall.png", "text.png", "where.png"]);
}

#[test]
fn shells_and_man_know_every_command() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = place.run(&["completions", shell]).expect(0).out();
        assert!(script.contains("validate") && script.contains("no-executor"), "{shell}");
    }
    // The script is one that its shell takes.
    let script = place.put("pngine.bash", place.run(&["completions", "bash"]).expect(0).out());
    if let Ok(status) = Command::new("bash").arg("-n").arg(&script).status() {
        assert!(status.success());
    }
    assert!(place.run(&["man"]).expect(0).out().contains(".TH pngine 1"));
    fs::create_dir(place.path().join("man1")).unwrap();
    place.run(&["man", "-o", "man1"]).expect(0);
    let page = String::from_utf8(place.get("man1/pngine-build.1")).unwrap();
    assert!(page.contains("no\\-executor") && page.contains("Examples:"), "{page}");
    assert!(place.run(&["man", "-o", "nowhere"]).expect(3).err().starts_with("error[E0905]"));
}

#[test]
fn the_version_is_printed() {
    assert_eq!(Place::new().run(&["--version"]).expect(0).out(), format!("pngine {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn wrong_usage_exits_with_2() {
    let place = Place::with_scene();
    for arguments in [
        &[][..],
        &["bulid", "scene.pngine"],
        &["build"],
        &["build", "scene.pngine", "--no-such-option"],
        &["build", "scene.pngine", "--size", "10x10"],
        &["build", "scene.pngine", "--frame", "--size", "10"],
        &["build", "scene.pngine", "--embed-executor=specialized"],
        &["build", "scene.pngine", "-o", "scene.pngine"],
        &["validate"],
        &["validate", "-", "-"],
        &["validate", "scene.pngine", "--allow", "E0107"],
        &["validate", "scene.pngine", "--deny", "E9999"],
        &["validate", "scene.pngine", "--stdin-filename", "x"],
        &["validate", "scene.pngine", "--json", "--message-format", "short"],
        &["extract", "scene.png", "--wgsl", "--data"],
        &["embed", "-", "-"],
        &["render", "scene.pngine"],
        &["render", "scene.pngine", "-o", "x.png", "--fps", "0"],
        &["render", "scene.pngine", "-o", "x.png", "--fps", "10", "--no-warm-up"],
        &["render", "scene.pngine", "-o", "x.png", "--from", "3", "--time", "2"],
        &["render", "scene.pngine", "-o", "x.png", "--from", "1", "--no-warm-up"],
        &["build", "scene.pngine", "--from", "1"],
        &["build", "scene.pngine", "--no-warm-up"],
        &["explain", "E9999"],
        &["dev", "-"],
        &["dev", "scene.pngine", "--port", "65536"],
        &["dev", "scene.pngine", "--host", "example.org"],
        &["--color", "sometimes", "validate", "scene.pngine"],
    ] {
        let outcome = place.run(arguments).expect(2);
        assert!(!outcome.err().is_empty(), "{arguments:?}");
        assert_eq!(outcome.out(), "", "{arguments:?}");
    }
    assert_eq!(place.files(), ["scene.pngine"]);
    assert!(place.run(&["bulid", "scene.pngine"]).err().contains("build"));
}

#[test]
fn missing_files_exit_with_3_and_are_named() {
    let place = Place::new();
    for arguments in [
        &["missing.pngine"][..],
        &["compile", "missing.pngine"],
        &["validate", "missing.pngine"],
        &["inspect", "missing.pngine"],
        &["extract", "missing.pngine"],
        &["embed", "missing.pngine", "x"],
        &["render", "missing.pngine", "-o", "x.png"],
    ] {
        let err = place.run(arguments).expect(3).err();
        assert!(err.contains("E0901") && err.contains("missing.pngine"), "{arguments:?}: {err}");
    }
    assert!(place.run(&["."]).expect(3).err().contains("E0902"));
    assert_eq!(place.files(), [""; 0]);
}

#[test]
fn explain_prints_the_page_of_a_code() {
    let place = Place::new();
    assert!(place.run(&["explain", "E0911"]).expect(0).out().starts_with("E0911 (error): no scene in this PNG\n\n"));
    assert!(place.run(&["explain", "e005"]).expect(0).out().starts_with("E005 (warning): "));
    let page = place.run(&["explain", "E0108"]).expect(0).out();
    let example = "\n    -   clear=\n    +   clear=[0 0 0 1]\n";
    assert!(page.contains("Wrong with the lines behind `-`, right with those behind `+`:") && page.contains(example), "{page}");
    let page = place.run(&["explain", "E0911"]).expect(0).out();
    assert!(page.contains("\nWrong: ") && page.contains("\nRight: "), "{page}");
}

#[test]
fn a_path_alone_builds_a_png_beside_it() {
    let place = Place::with_scene();
    place.run(&["scene.pngine"]).expect(0);
    assert_eq!(place.files(), ["scene.png", "scene.pngine"]);
    assert!(png::find_scene(&place.get("scene.png")).is_ok());
    place.run(&["compile", "scene.pngine"]).expect(0);
    assert_eq!(place.get("scene.pngb")[..4], *b"PNGB");
}

#[test]
fn builds_are_the_same_everywhere() {
    let (here, there) = (Place::with_scene(), Place::with_scene());
    for options in [&[][..], &["--no-executor"], &["--optimize"], &["--source", "--no-minify"]] {
        let build = |place: &Place, output: &str, input: &str| {
            let arguments: Vec<&str> = ["build", input, "-o", output].iter().chain(options).copied().collect();
            place.run(&arguments).expect(0);
            place.get(output)
        };
        let first = build(&here, "1.png", "scene.pngine");
        assert_eq!(first, build(&here, "2.png", "scene.pngine"), "{options:?}");
        assert_eq!(first, build(&there, "3.png", "scene.pngine"), "{options:?}");
        let absolute = here.path().join("scene.pngine");
        assert_eq!(first, build(&there, "4.png", absolute.to_str().unwrap()), "{options:?}");
    }
}

#[test]
fn the_executor_is_inside_unless_it_is_left_out() {
    let place = Place::with_scene();
    for (command, extension) in [("build", "png"), ("compile", "pngb")] {
        let make = |options: &[&str]| {
            let output = format!("out.{extension}");
            place.run(&[&[command, "scene.pngine", "-o", &output], options].concat()).expect(0);
            place.run(&["validate", &output]).expect(0);
            let has_executor = place.run(&["extract", &output, "--executor", "-o", "executor.wasm", "--force"]).code() == 0;
            (has_executor, place.get(&output))
        };
        let (has_executor, whole) = make(&[]);
        assert!(has_executor);
        for same in [&["--embed-executor"][..], &["--embed-executor=prebuilt"], &["--no-executor", "--embed-executor"]] {
            assert_eq!(make(same), (true, whole.clone()), "{command} {same:?}");
        }
        let (has_executor, thrifty) = make(&["--no-executor"]);
        assert!(!has_executor && thrifty.len() + 500 < whole.len(), "{} {}", thrifty.len(), whole.len());
        assert_eq!(make(&["--embed-executor", "--no-executor"]), (false, thrifty));
    }
    // What a source is shown to have is what its PNG will have.
    assert!(place.run(&["inspect", "scene.pngine"]).expect(0).out().contains("executor: embedded"));
}

#[test]
fn optimizing_makes_it_no_larger() {
    let place = Place::with_scene();
    place.run(&["scene.pngine", "-o", "fast.png"]).expect(0);
    place.run(&["scene.pngine", "-o", "small.png", "--optimize"]).expect(0);
    assert!(place.get("small.png").len() <= place.get("fast.png").len());
}

#[test]
fn the_report_has_every_section() {
    let place = Place::with_scene();
    let report = place.run(&["scene.pngine", "--report"]).expect(0).out();
    for section in ["header", "executor", "bytecode", "data", "payload", "output"] {
        assert!(report.lines().any(|line| line.starts_with(section)), "{section} is missing in\n{report}");
    }
    // On standard output is the PNG, so the report goes elsewhere.
    let outcome = place.run(&["scene.pngine", "-o", "-", "--report"]).expect(0);
    assert!(png::find_scene(&outcome.0.stdout).is_ok());
    assert!(outcome.err().contains("payload"));
}

#[test]
fn a_result_over_its_budget_is_not_written() {
    let place = Place::with_scene();
    let err = place.run(&["scene.pngine", "--max-size", "100"]).expect(1).err();
    assert!(err.contains("E0917"), "{err}");
    assert_eq!(place.files(), ["scene.pngine"]);
    place.run(&["scene.pngine", "--max-size", "100000"]).expect(0);
}

#[test]
fn standard_input_and_output_carry_scenes() {
    let place = Place::with_scene();
    place.run(&["build", "scene.pngine", "-o", "scene.png"]).expect(0);
    let piped = place.run_with(&["-", "-o", "-"], TRIANGLE.as_bytes()).expect(0);
    assert_eq!(piped.0.stdout, place.get("scene.png"));
    let implied = place.run_with(&["build", "-"], TRIANGLE.as_bytes()).expect(0);
    assert_eq!(implied.0.stdout, place.get("scene.png"));
    assert!(place.run_with(&["inspect", "-"], &piped.0.stdout).expect(0).out().contains("plugins: core render"));
    assert!(place.run_with(&["validate", "-"], TRIANGLE.as_bytes()).expect(0).out().starts_with("<stdin>: ok"));
}

#[test]
fn a_name_given_to_standard_input_stands_in_the_findings() {
    let place = Place::new();
    let outcome = place.run_with(&["validate", "-", "--stdin-filename", "edited.pngine", "--json"], b"#nonsense x { }").expect(1);
    let value: serde_json::Value = serde_json::from_str(&outcome.out()).unwrap();
    let found = finding(&value["diagnostics"], "code", "E0107");
    assert_eq!(found["file"], "edited.pngine");
    assert_eq!(found["span"]["line"], 1);
}

/// The element of a list whose member `key` is `value`.
fn finding<'a>(list: &'a serde_json::Value, key: &str, value: &str) -> &'a serde_json::Value {
    let found = list.as_array().into_iter().flatten().find(|element| element[key] == value);
    found.unwrap_or_else(|| panic!("no {key} {value} in {list:#}"))
}

#[test]
fn extract_and_embed_are_inverse() {
    let place = Place::with_scene();
    place.run(&["scene.pngine", "--source"]).expect(0);
    place.run(&["compile", "scene.pngine", "--source"]).expect(0);
    place.run(&["extract", "scene.png", "-o", "out.pngb"]).expect(0);
    assert_eq!(place.get("out.pngb"), place.get("scene.pngb"));
    place.put("picture.png", png::transparent_pixel());
    place.run(&["embed", "picture.png", "out.pngb", "-o", "again.png"]).expect(0);
    assert_eq!(place.get("again.png"), place.get("scene.png"));

    assert_eq!(place.run(&["extract", "scene.png", "--source"]).expect(0).out(), TRIANGLE);
    assert!(place.run(&["extract", "scene.png", "--wgsl"]).expect(0).out().contains("fn corner"));
    assert_eq!(place.run(&["extract", "scene.png", "--executor"]).expect(0).0.stdout[..4], *b"\0asm");
    assert!(!place.run(&["extract", "scene.png", "--data"]).expect(0).0.stdout.is_empty());
}

#[test]
fn bytes_behind_the_end_of_a_picture_are_ignored_and_left_out() {
    let place = Place::with_scene();
    place.run(&["scene.pngine"]).expect(0);
    place.run(&["compile", "scene.pngine"]).expect(0);
    let clean = place.get("scene.png");
    let mut end = Vec::new();
    png::write_chunk(&mut end, *b"IEND", &[]).unwrap();
    for tail in [&b"\n"[..], &[0; 999], &clean, &png::transparent_pixel(), &end, &vec![b'x'; 1 << 20]] {
        place.put("with.png", [&clean, tail].concat());
        place.run(&["validate", "with.png"]).expect(0);
        place.run(&["extract", "with.png", "-o", "with.pngb"]).expect(0);
        assert_eq!(place.get("with.pngb"), place.get("scene.pngb"));
        place.run(&["inspect", "with.png"]).expect(0);
        place.run(&["embed", "with.png", "scene.pngb", "-o", "again.png"]).expect(0);
        assert_eq!(place.get("again.png"), clean);
        place.put("photo.png", [&png::transparent_pixel(), tail].concat());
        place.run(&["embed", "photo.png", "scene.pngb", "-o", "again.png"]).expect(0);
        assert_eq!(place.get("again.png"), clean);
    }
}

#[test]
fn a_payload_of_another_kind_is_kept_as_it_is_and_shown_as_bytes() {
    let place = Place::with_scene();
    place.run(&["compile", "scene.pngine"]).expect(0);
    assert!(place.run(&["inspect", "scene.pngb"]).expect(0).out().contains("\nkind: scene\n"));
    let mut other = place.get("scene.pngb");
    assert_eq!(other[9], 0);
    other[9] = 7;
    place.put("other.pngb", &other);
    place.put("picture.png", png::transparent_pixel());
    place.run(&["embed", "picture.png", "other.pngb", "-o", "other.png"]).expect(0);
    place.run(&["extract", "other.png", "-o", "again.pngb"]).expect(0);
    assert_eq!(place.get("again.pngb"), other);
    assert!(place.run(&["inspect", "other.png"]).expect(0).out().contains("\nkind: 7, which this version"));
    let json = place.run(&["inspect", "other.png", "--json"]).expect(0).out();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()["payload"]["kind"], 7);
    // The version of the bytecode, then its plugins, in hexadecimal.
    assert!(place.run(&["inspect", "other.png", "--bytecode"]).expect(0).out().starts_with("00000000  01 03 "));
}

#[test]
fn what_is_not_inside_cannot_be_extracted() {
    let place = Place::with_scene();
    place.run(&["scene.pngine", "--no-executor"]).expect(0);
    for part in ["--executor", "--source"] {
        let err = place.run(&["extract", "scene.png", part, "-o", "part"]).expect(1).err();
        assert!(err.contains("E0915"), "{err}");
    }
    assert!(place.run(&["extract", "scene.pngine"]).expect(1).err().contains("E0910"));
    assert_eq!(place.files(), ["scene.png", "scene.pngine"]);
}

#[test]
fn inspect_shows_what_is_inside() {
    let place = Place::with_scene();
    place.run(&["scene.pngine"]).expect(0);
    let text = place.run(&["inspect", "scene.png"]).expect(0).out();
    for part in ["PNG of 1x1 pixels", "plugins: core render", "executor: embedded", "frames: main", "1 shader", "1 pipeline"] {
        assert!(text.contains(part), "`{part}` is missing in\n{text}");
    }
    assert!(place.run(&["inspect", "--bytecode", "scene.png"]).expect(0).out().contains("CREATE_SHADER"));
    assert!(place.run(&["inspect", "--commands", "scene.pngine"]).expect(0).out().contains("DRAW"));
    assert!(place.run(&["inspect", "--wgsl", "scene.png"]).expect(0).out().contains("fn corner"));
    assert!(place.run(&["inspect", "--wat", "scene.png"]).expect(0).out().starts_with("(module"));
    let value: serde_json::Value = serde_json::from_str(&place.run(&["inspect", "--json", "scene.png"]).expect(0).out()).unwrap();
    assert_eq!(value["schema"], 1);
    assert_eq!(value["plugins"], serde_json::json!(["core", "render"]));
    assert_eq!(value["picture"]["width"], 1);
    assert_eq!(value["resources"]["counts"]["pipeline"], 1);
}

#[test]
fn validate_takes_sources_payloads_and_pngs() {
    let place = Place::with_scene();
    place.run(&["scene.pngine"]).expect(0);
    place.run(&["compile", "scene.pngine"]).expect(0);
    let out = place.run(&["validate", "scene.pngine", "scene.png", "scene.pngb"]).expect(0).out();
    assert_eq!(out.lines().count(), 3);
    assert!(out.lines().all(|line| line.contains(": ok (core render; ")), "{out}");
}

#[test]
fn all_inputs_are_looked_at_and_the_worst_decides() {
    let place = Place::with_scene();
    place.put("wrong.pngine", "#nonsense x { }");
    let outcome = place.run(&["validate", "scene.pngine", "wrong.pngine"]).expect(1);
    assert!(outcome.out().contains("scene.pngine: ok"));
    let outcome = place.run(&["validate", "missing.pngine", "wrong.pngine", "--message-format", "short"]).expect(3);
    assert!(outcome.err().contains("E0901") && outcome.err().contains("wrong.pngine:1:1: error["), "{}", outcome.err());
}

#[test]
fn json_of_a_good_scene_is_stable() {
    let place = Place::with_scene();
    let out = place.run(&["validate", "--json", "scene.pngine"]).expect(0).out();
    snapshot("validate_ok", &out);
}

#[test]
fn json_of_a_wrong_scene_is_stable() {
    let place = Place::new();
    place.put("wrong.pngine", "#buffer a { size=16 usage=[UNIFROM] }\n#nonsense b { }\n");
    let outcome = place.run(&["validate", "--json", "wrong.pngine"]).expect(1);
    assert_eq!(outcome.err(), "");
    snapshot("validate_error", &outcome.out());
}

fn snapshot(name: &str, text: &str) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../snapshots/cli");
    insta::with_settings!({ snapshot_path => path, prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn machine_formats_are_well_formed() {
    let place = Place::new();
    place.put("wrong.pngine", "#nonsense b { }\n");
    let sarif = place.run(&["validate", "--message-format", "sarif", "wrong.pngine"]).expect(1).out();
    let sarif: serde_json::Value = serde_json::from_str(&sarif).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(finding(&sarif["runs"][0]["results"], "ruleId", "E0107")["level"], "error");
    let github = place.run(&["validate", "--message-format", "github", "wrong.pngine"]).expect(1).out();
    assert!(github.lines().any(|line| line.starts_with("::error file=wrong.pngine,line=1,endLine=1,col=1,")), "{github}");
}

#[test]
fn colours_come_when_asked_for() {
    let place = Place::new();
    place.put("wrong.pngine", "#nonsense b { }\n");
    let err = |arguments: &[&str]| place.run(arguments).expect(1).err();
    assert!(!err(&["validate", "wrong.pngine"]).contains('\x1b'));
    assert!(!err(&["--color=never", "validate", "wrong.pngine"]).contains('\x1b'));
    assert!(err(&["--color=always", "validate", "wrong.pngine"]).contains('\x1b'));
    assert!(err(&["validate", "wrong.pngine", "--color", "always"]).contains('\x1b'));
    for (variable, colored) in [("CLICOLOR_FORCE", true), ("NO_COLOR", false)] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pngine"));
        command.args(["validate", "wrong.pngine"]).current_dir(place.path()).env(variable, "1");
        let output = command.output().unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap().contains('\x1b'), colored, "{variable}");
    }
}

#[test]
fn a_closed_pipe_is_no_crash() {
    let place = Place::with_scene();
    for arguments in
        [&["inspect", "scene.pngine"][..], &["validate", "--json", "scene.pngine"], &["scene.pngine", "-o", "-"], &["--help"]]
    {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = Command::new(env!("CARGO_BIN_EXE_pngine"))
            .args(arguments)
            .current_dir(place.path())
            .stdout(writer)
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{arguments:?}");
    }
}

/// Inputs that are no scene, and the codes that may be said about them.
fn bad_inputs() -> Vec<(&'static str, Vec<u8>, &'static [&'static str])> {
    let mut late_nul = TRIANGLE.as_bytes().to_vec();
    late_nul.extend(b"\n\0");
    vec![
        ("empty", Vec::new(), &["E0111"]),
        ("braces", vec![b'{'; 10 << 20], &["E01"]),
        ("not-utf8", vec![b'#', 0xFF, 0xFE, b'\n'], &["E0101"]),
        ("nul", b"\0\0\0\0".to_vec(), &["E0101"]),
        ("late-nul", late_nul, &["E0101"]),
        ("string", b"#wgsl a { value=\"abc".to_vec(), &["E0104"]),
        ("macro", b"#nonsense a { }".to_vec(), &["E0107"]),
        ("cycle", b"#import \"cycle\"\n".to_vec(), &["E0"]),
        ("import", b"#import \"missing.pngine\"\n".to_vec(), &["E0901"]),
        ("escape", b"#import \"../../etc/passwd\"\n".to_vec(), &["E0903"]),
        ("half-signature", b"\x89PNG".to_vec(), &["E0912"]),
        ("half-header", b"PNGB\x05\0".to_vec(), &["E0912"]),
        ("wrong-version", b"PNGB\x09\0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".to_vec(), &["E0912"]),
        ("no-scene", png::transparent_pixel(), &["E0911"]),
        ("bomb", bomb(), &["E0904"]),
    ]
}

/// A PNG of a few megabytes whose scene inflates to four gigabytes.
fn bomb() -> Vec<u8> {
    let mut encoder = flate2::Compress::new(flate2::Compression::best(), false);
    let mut block = Vec::with_capacity(1 << 20);
    encoder.compress_vec(&vec![0; 1 << 20], &mut block, flate2::FlushCompress::Full).unwrap();
    let body: Vec<u8> = std::iter::repeat_n(block, 4096).flatten().collect();
    png::embed(&png::transparent_pixel(), true, &body).unwrap()
}

#[test]
fn bad_inputs_get_a_code_quickly_and_leave_nothing_behind() {
    let place = Place::new();
    let inputs = bad_inputs();
    let mut names: Vec<String> = inputs.iter().map(|(name, ..)| (*name).to_owned()).collect();
    names.sort();
    for (name, bytes, codes) in &inputs {
        place.put(name, bytes);
        let commands = [
            &["validate", name][..],
            &["inspect", name],
            &["build", name, "-o", "out.png"],
            &["extract", name, "-o", "out"],
            &["render", name, "-o", "out.png"],
        ];
        for command in commands {
            let started = Instant::now();
            let outcome = place.run(command).expect(1);
            let elapsed = started.elapsed();
            assert!(elapsed < PATIENCE, "{command:?} took {elapsed:?}");
            let is_coded = codes.iter().chain(&["E0910"]).any(|code| outcome.err().contains(code));
            assert!(is_coded, "{command:?}: {}", outcome.err().chars().take(2000).collect::<String>());
        }
    }
    names.retain(|name| name != "out");
    assert_eq!(place.files(), names);
}

#[test]
fn an_existing_output_survives_an_error() {
    let place = Place::new();
    place.put("wrong.pngine", "#nonsense b { }\n");
    place.put("out.png", "precious");
    place.run(&["wrong.pngine", "-o", "out.png"]).expect(1);
    assert_eq!(place.get("out.png"), b"precious");
    place.put("scene.pngine", TRIANGLE);
    place.run(&["scene.pngine", "-o", "no/such/directory.png"]).expect(3);
    assert_eq!(place.files(), ["out.png", "scene.pngine", "wrong.pngine"]);
}

#[test]
fn damaged_pngs_get_a_code() {
    let place = Place::with_scene();
    place.run(&["scene.pngine"]).expect(0);
    let good = place.get("scene.png");
    let damaged = |bytes: &[u8]| {
        place.put("damaged.png", bytes);
        let err = place.run(&["validate", "damaged.png", "--message-format", "short"]).expect(1).err();
        assert!(err.starts_with("damaged.png: error[E0912]: "), "{err}");
    };
    for part in 1..8 {
        damaged(&good[..(good.len() * part / 8).max(4)]);
    }
    for part in 1..8 {
        let mut bytes = good.clone();
        let at = 8 + (good.len() - 8) * part / 8;
        bytes[at] ^= 0x10;
        damaged(&bytes);
    }
}

// Elsewhere the system brings an adapter that no variable hides.
#[cfg(any(target_os = "linux", not(feature = "gpu")))]
#[test]
fn rendering_without_what_it_needs_exits_with_3_and_says_what() {
    let place = Place::with_scene();
    if cfg!(feature = "gpu") {
        // Vulkan without a single driver, and no OpenGL: no adapter.
        let mut command = Command::new(env!("CARGO_BIN_EXE_pngine"));
        command.args(["render", "scene.pngine", "-o", "out.png"]).current_dir(place.path());
        command.env("VK_ICD_FILENAMES", "/nonexistent").env("VK_DRIVER_FILES", "/nonexistent").env("WGPU_BACKEND", "vulkan");
        let output = command.output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(err.contains("E0920"), "{err}");
        assert_eq!(output.status.code(), Some(3));
    } else {
        let err = place.run(&["render", "scene.pngine", "-o", "out.png"]).expect(3).err();
        assert!(err.contains("E0920"), "{err}");
    }
    assert_eq!(place.files(), ["scene.pngine"]);
}

#[test]
fn inspect_says_whether_a_frame_depends_on_those_before_it() {
    let place = Place::with_scene();
    place.put(
        "moving.pngine",
        format!(
            "{TRIANGLE} #buffer b {{ size=16 usage=[COPY_DST] }} #queue count {{ writeBuffer={{ buffer=b data=frameInputs }} }}"
        )
        .replace("perform=[draw]", "perform=[count draw]"),
    );
    assert!(!place.run(&["inspect", "scene.pngine"]).expect(0).out().contains("depends on"));
    place.run(&["moving.pngine"]).expect(0);
    for name in ["moving.pngine", "moving.png"] {
        let out = place.run(&["inspect", name]).expect(0).out();
        assert!(out.contains("a frame depends on those before it: it reads the frame counter"), "{out}");
        let object: serde_json::Value = serde_json::from_str(&place.run(&["inspect", "--json", name]).expect(0).out()).unwrap();
        assert_eq!(object["history"], "it reads the frame counter or the time since the last frame");
    }
}

#[test]
fn a_film_has_a_length_and_a_rate_that_its_format_has() {
    let place = Place::with_scene();
    for name in ["out.gif", "out.apng", "out.y4m"] {
        let err = place.run(&["render", "scene.pngine", "-o", name]).expect(2).err();
        assert!(err.contains(name) && err.contains("--frames"), "{err}");
        place.run(&["render", "scene.pngine", "-o", name, "--to", "0"]).expect(2);
        place.run(&["render", "scene.pngine", "-o", name, "--to", "1e9"]).expect(2);
        place.run(&["render", "scene.pngine", "-o", name, "--to", "1", "--frames", "2"]).expect(2);
    }
    assert!(
        place
            .run(&["render", "scene.pngine", "-o", "out.gif", "--to", "1", "--fps", "60"])
            .expect(2)
            .err()
            .contains("at most 50")
    );
    for name in ["out.mp4", "out.webm"] {
        let err = place.run(&["render", "scene.pngine", "-o", name, "--to", "1"]).expect(3).err();
        assert!(err.contains("E0918"), "{err}");
    }
    assert_eq!(place.files(), ["scene.pngine"]);
}

/// What a command prints on a terminal that is both of its streams, with lines as they end in files.
#[cfg(target_os = "linux")]
fn on_a_terminal(place: &Place, line: &str) -> String {
    let line = line.replace("pngine", env!("CARGO_BIN_EXE_pngine"));
    let mut command = Command::new("script");
    command.args(["--quiet", "--return", "--command", &line, "/dev/null"]).current_dir(place.path());
    let output = command.env("NO_COLOR", "1").stdin(Stdio::null()).output().expect("`script` of util-linux");
    let text = String::from_utf8(output.stdout).unwrap().replace("\r\n", "\n");
    assert!(output.status.success(), "{line}: {}\n{text}", output.status);
    text
}

#[cfg(target_os = "linux")]
#[test]
fn what_was_written_is_said_on_a_terminal() {
    let place = Place::with_scene();
    fs::rename(place.path().join("scene.pngine"), place.path().join("s")).unwrap();
    let size = |name: &str| {
        let size = place.get(name).len().to_string();
        if size.len() < 4 { size } else { format!("{},{}", &size[..1], &size[1..]) }
    };
    let said = on_a_terminal(&place, "pngine s");
    assert_eq!(said, format!("s.png: {} bytes, plays by itself (render)\n", size("s.png")));
    let said = on_a_terminal(&place, "pngine build s -o t.png --no-executor");
    assert_eq!(said, format!("t.png: {} bytes, needs the shared executor core-render.wasm\n", size("t.png")));
    let said = on_a_terminal(&place, "pngine compile s -o s.pngb");
    assert_eq!(said, format!("s.pngb: {} bytes, plays by itself (render)\n", size("s.pngb")));
    let said = on_a_terminal(&place, "pngine embed t.png s.pngb -o u.png");
    assert_eq!(said, format!("u.png: {} bytes, plays by itself (render)\n", size("u.png")));
    let said = on_a_terminal(&place, "pngine extract s.png --executor -o e.wasm");
    assert_eq!(said, format!("e.wasm: {} bytes\n", size("e.wasm")));
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_is_said_where_nobody_watches_or_wants_it() {
    let place = Place::with_scene();
    fs::rename(place.path().join("scene.pngine"), place.path().join("s")).unwrap();
    for line in ["pngine -q s", "pngine s --quiet", "pngine build s -q", "pngine s -o - > t.png", "pngine s 2> said"] {
        assert_eq!(on_a_terminal(&place, line), "", "{line}");
    }
    assert_eq!(place.get("said"), b"");
    assert_eq!(place.get("t.png"), place.get("s.png"));
    // Neither on a terminal nor wanted.
    let outcome = place.run(&["s"]).expect(0);
    assert_eq!((outcome.out(), outcome.err()), (String::new(), String::new()));
    // What is wrong is said in any case.
    place.put("wrong", "#nonsense x { }");
    assert!(place.run(&["-q", "build", "wrong"]).expect(1).err().contains("E0107"));
}

#[test]
fn a_folder_that_is_not_there_is_named_with_the_way_to_make_it() {
    let place = Place::with_scene();
    let err = place.run(&["scene.pngine", "-o", "out/pictures/scene.png"]).expect(3).err();
    assert!(err.contains("E0905") && err.contains("there is no folder `out/pictures`"), "{err}");
    let (_, command) = err.split_once("make it first: ").unwrap_or_else(|| panic!("{err}"));
    if cfg!(unix) {
        let made = Command::new("sh").args(["-c", command.trim()]).current_dir(place.path()).status().unwrap();
        assert!(made.success());
        place.run(&["scene.pngine", "-o", "out/pictures/scene.png"]).expect(0);
    }
}

/// A declaration with a warning: W0204, as nothing uses it.
const DOUBTFUL: &str = "#data d { float32Array=[1 2] }\n";

#[test]
fn several_scenes_are_built_into_a_folder() {
    let place = Place::new();
    for folder in ["in", "in/deep", "out"] {
        fs::create_dir(place.path().join(folder)).unwrap();
    }
    place.put("in/a.pngine", TRIANGLE);
    place.put("in/deep/b.scene.pngine", TRIANGLE);
    place.run(&["in/a.pngine", "in/deep/b.scene.pngine", "-o", "out/"]).expect(0);
    // An existing folder needs no slash.
    place.run(&["build", "in/a.pngine", "-o", "out"]).expect(0);
    let names = |folder: &str| {
        let entries = fs::read_dir(place.path().join(folder)).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(names("out"), ["a.png", "b.scene.png"]);
    assert!(place.get("out/a.png") == place.get("out/b.scene.png"));
    // Without a folder, each beside its source.
    place.run(&["in/a.pngine", "in/deep/b.scene.pngine"]).expect(0);
    assert_eq!(names("in/deep"), ["b.scene.png", "b.scene.pngine"]);

    // What is wrong with one keeps no other from being built.
    fs::remove_file(place.path().join("out/a.png")).unwrap();
    place.put("in/wrong.pngine", "#nonsense x { }");
    let outcome = place.run(&["build", "in/wrong.pngine", "in/missing.pngine", "in/a.pngine", "-o", "out"]).expect(3);
    assert!(outcome.err().contains("E0107") && outcome.err().contains("E0901"), "{}", outcome.err());
    assert_eq!(names("out"), ["a.png", "b.scene.png"]);
    place.run(&["build", "in/wrong.pngine", "in/a.pngine", "-o", "out"]).expect(1);
    let report = place.run(&["in/a.pngine", "in/deep/b.scene.pngine", "-o", "out", "--report"]).expect(0).out();
    assert!(report.starts_with("in/a.pngine\nsection ") && report.contains("\nin/deep/b.scene.pngine\nsection "), "{report}");
}

#[test]
fn outputs_of_several_scenes_never_meet() {
    let place = Place::with_scene();
    fs::create_dir(place.path().join("other")).unwrap();
    place.put("other/scene.pngine", TRIANGLE);
    for (arguments, words) in [
        (&["scene.pngine", "other/scene.pngine", "-o", "out.png"][..], "name a folder, with a `/` at its end"),
        (&["scene.pngine", "other/scene.pngine", "-o", "other/"], "would both become `other/scene.png`"),
        (&["scene.pngine", "scene.pngine"], "would both become `scene.png`"),
        (&["build", "-", "scene.pngine"], "standard input has no name"),
        (&["build", "-", "-o", "other"], "standard input has no name"),
        (&["scene.pngine", "-o", "-", "--json"], "cannot take both"),
    ] {
        let err = place.run(arguments).expect(2).err();
        assert!(err.contains(words), "{arguments:?}: {err}");
    }
    let err = place.run(&["scene.pngine", "-o", "missing/"]).expect(3).err();
    assert!(err.contains("there is no folder `missing/`") || err.contains("there is no folder `missing`"), "{err}");
    let err = place.run(&["build", "other"]).expect(3).err();
    assert!(err.contains("`other` is a folder: build takes scenes") && err.contains("other/*.pngine"), "{err}");
    assert_eq!(place.files(), ["other", "scene.pngine"]);

    // A picture that one scene takes in is not what another is written to.
    place.put("cat.png", png::transparent_pixel());
    place.put("cat.pngine", TRIANGLE);
    place.put("user.pngine", format!("{TRIANGLE}\n#data cat {{ file=\"cat.png\" }}"));
    let before = place.get("cat.png");
    for arguments in [&["cat.pngine", "user.pngine"], &["user.pngine", "cat.pngine"]] {
        let err = place.run(arguments).expect(2).err();
        assert!(err.contains("would replace `cat.png`"), "{err}");
        assert!(place.get("cat.png") == before && !place.files().contains(&"user.png".to_owned()));
    }
}

#[test]
fn json_of_a_build_names_its_outputs() {
    let place = Place::with_scene();
    place.put("wrong.pngine", "#nonsense x { }");
    let outcome = place.run(&["build", "scene.pngine", "wrong.pngine", "--json", "--report"]).expect(1);
    assert_eq!(outcome.err(), "");
    let value: serde_json::Value = serde_json::from_str(&outcome.out()).unwrap();
    assert_eq!((&value["schema"], &value["status"]), (&1.into(), &"error".into()));
    assert_eq!(finding(&value["diagnostics"], "code", "E0107")["file"], "wrong.pngine");
    let outputs = value["outputs"].as_array().unwrap();
    assert_eq!(outputs.len(), 1, "{outputs:?}");
    assert_eq!((&outputs[0]["input"], &outputs[0]["file"]), (&"scene.pngine".into(), &"scene.png".into()));
    assert_eq!(outputs[0]["bytes"], place.get("scene.png").len());
    assert_eq!((&outputs[0]["executor"], &outputs[0]["picture"]), (&"embedded".into(), &serde_json::Value::Null));
    assert_eq!(finding(&outputs[0]["sections"], "name", "bytecode")["bytes"].as_u64().map(|bytes| bytes > 0), Some(true));
    let outcome = place.run(&["scene.pngine", "--json", "--no-executor"]).expect(0);
    let value: serde_json::Value = serde_json::from_str(&outcome.out()).unwrap();
    assert_eq!((&value["status"], &value["outputs"][0]["executor"]), (&"ok".into(), &"core-render".into()));
    assert_eq!(
        (&value["outputs"][0]["sections"], value["outputs"][0]["plugins"].as_array().unwrap().len()),
        (&serde_json::Value::Null, 2)
    );
}

#[test]
fn warnings_of_a_build_can_be_denied_and_allowed() {
    let place = Place::new();
    place.put("s.pngine", format!("{TRIANGLE}{DOUBTFUL}"));
    let err = place.run(&["s.pngine", "--deny", "W0204"]).expect(1).err();
    assert!(err.contains("W0204"), "{err}");
    place.run(&["s.pngine", "--strict"]).expect(1);
    assert_eq!(place.files(), ["s.pngine"]);
    let github = place.run(&["s.pngine", "--message-format", "github"]).expect(0);
    assert!(github.out().starts_with("::warning file=s.pngine,line="), "{}", github.out());
    assert_eq!(github.err(), "");
    let short = place.run(&["s.pngine", "--message-format", "short", "--allow", "W0204"]).expect(0);
    assert!(!short.err().contains("W0204"), "{}", short.err());
    assert!(png::find_scene(&place.get("s.png")).is_ok());
}

#[test]
fn validate_takes_all_scenes_of_a_folder() {
    let place = Place::new();
    for folder in ["scenes", "scenes/deep", "scenes/.hidden", "empty"] {
        fs::create_dir(place.path().join(folder)).unwrap();
    }
    for name in ["scenes/b.pngine", "scenes/a.pngine", "scenes/deep/c.pngine"] {
        place.put(name, TRIANGLE);
    }
    for name in ["scenes/part.pngi", "scenes/notes.txt", "scenes/.hidden/x.pngine"] {
        place.put(name, "#nonsense x { }");
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink("..", place.path().join("scenes/deep/round")).unwrap();
    let out = place.run(&["validate", "scenes"]).expect(0).out();
    let names: Vec<&str> = out.lines().filter_map(|line| line.split_once(": ok")).map(|(name, _)| name).collect();
    assert_eq!(names, ["scenes/a.pngine", "scenes/b.pngine", "scenes/deep/c.pngine"], "{out}");
    let err = place.run(&["validate", "empty", "scenes"]).expect(3).err();
    assert!(err.contains("`empty` is a folder") && err.contains("every `.pngine` file of a folder"), "{err}");
    place.put("scenes/deep/c.pngine", "#nonsense x { }");
    assert!(place.run(&["validate", "scenes/"]).expect(1).err().contains("scenes/deep/c.pngine"));
}

#[test]
fn a_pattern_that_matches_nothing_is_called_one() {
    let place = Place::new();
    for command in ["validate", "build"] {
        let err = place.run(&[command, "scenes/*.pngine"]).expect(3).err();
        assert!(err.contains("E0901") && err.contains("no file matches `scenes/*.pngine`"), "{err}");
    }
}

/// Two slips with a safe fix, one of them in an imported file; a byte order mark, line ends of Windows, and a comment beyond ASCII.
fn slips(place: &Place, folder: &str, import: &str) {
    place.put(
        &format!("{folder}/scene.pngine"),
        format!("\u{feff}#import \"{import}\" // ❄\r\n#buffer b {{ size=1_6 usage=[UNIFORM] }}\r\n{TRIANGLE}"),
    );
}

#[test]
fn fix_applies_safe_fixes_in_scenes_and_their_imports_and_changes_nothing_else() {
    let place = Place::new();
    fs::create_dir(place.path().join("s")).unwrap();
    slips(&place, "s", "part.pngi");
    place.put("s/part.pngi", "#data d { float32Array=[1_0 2_0] } // 3_0\n");
    let before = (place.get("s/scene.pngine"), place.get("s/part.pngi"));
    let dry = place.run(&["fix", "--dry-run", "s"]).expect(0).out();
    assert!(dry.ends_with("would apply 3 fixes in 2 files\n"), "{dry}");
    assert_eq!((place.get("s/scene.pngine"), place.get("s/part.pngi")), before);

    let out = place.run(&["fix", "s/scene.pngine"]).expect(0).out();
    assert_eq!(out, dry.replace("would apply", "applied"));
    assert!(
        out.contains("s/scene.pngine:2:18: write `16` (E0106)\n") && out.contains("s/part.pngi:1:25: write `10` (E0106)\n"),
        "{out}"
    );
    let scene = String::from_utf8(before.0).unwrap().replace("1_6", "16");
    assert_eq!(String::from_utf8(place.get("s/scene.pngine")).unwrap(), scene);
    assert_eq!(place.get("s/part.pngi"), b"#data d { float32Array=[10 20] } // 3_0\n");
    // Once is enough.
    assert_eq!(place.run(&["fix", "s"]).expect(0).out(), "nothing to fix\n");
    assert_eq!(fs::read_dir(place.path().join("s")).unwrap().count(), 2);
}

#[test]
fn fix_goes_on_until_nothing_is_left_to_fix_and_leaves_guesses_to_people() {
    let place = Place::new();
    // Only what is imported can be read, and then fixed.
    place.put("s.pngine", format!("# import \"part.pngi\"\n{TRIANGLE}\n#fame f {{ perform=[draw] }}\n"));
    place.put("part.pngi", "#videoAsset v { url=\"v.webm\" }\n");
    let outcome = place.run(&["fix", "s.pngine"]).expect(1);
    let lines: Vec<String> = outcome.out().lines().map(str::to_owned).collect();
    assert_eq!(
        lines,
        [
            "s.pngine:1:1: write `#import` (E0103)",
            "part.pngi:1:1: write `#video` (W0205)",
            "applied 2 fixes in 2 files",
            "1 fix is left to you: see the help above"
        ]
    );
    let text = String::from_utf8(place.get("s.pngine")).unwrap();
    assert!(text.starts_with("#import \"part.pngi\"\n") && text.contains("\n#fame f {"), "{text}");
    assert_eq!(place.get("part.pngi"), b"#video v { url=\"v.webm\" }\n");
    assert!(outcome.err().contains("did you mean `#frame`?"), "{}", outcome.err());
}

#[test]
fn fix_changes_no_file_outside_of_the_folder_of_the_scene() {
    let place = Place::new();
    fs::create_dir(place.path().join("s")).unwrap();
    slips(&place, "s", "../part.pngi");
    place.put("part.pngi", "#data d { float32Array=[1_0 2] }\n");
    let outcome = place.run(&["fix", "s/scene.pngine", "--root", "."]).expect(1);
    assert!(outcome.out().contains("applied 1 fix in 1 file\n"), "{}", outcome.out());
    assert!(outcome.err().contains("part.pngi:1:25"), "{}", outcome.err());
    assert_eq!(place.get("part.pngi"), b"#data d { float32Array=[1_0 2] }\n");
    // A link is no way out either.
    #[cfg(unix)]
    {
        slips(&place, "s", "link.pngi");
        std::os::unix::fs::symlink("../part.pngi", place.path().join("s/link.pngi")).unwrap();
        place.run(&["fix", "s/scene.pngine", "--root", "."]).expect(1);
        assert_eq!(place.get("part.pngi"), b"#data d { float32Array=[1_0 2] }\n");
    }
}

#[test]
fn fix_refuses_what_it_cannot_fix() {
    let place = Place::new();
    fs::create_dir(place.path().join("s")).unwrap();
    slips(&place, "s", "part.pngi");
    let part = place.put("s/part.pngi", "#data d { float32Array=[1_0 2] }\n");
    let before = place.get("s/scene.pngine");
    let mut permissions = fs::metadata(&part).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&part, permissions).unwrap();
    let err = place.run(&["fix", "s"]).expect(3).err();
    assert!(err.contains("it is read-only") && err.contains("no file was changed"), "{err}");
    assert_eq!(place.get("s/scene.pngine"), before);
    place.run_with(&["fix", "-"], b"#frame f { }").expect(2);
    place.put("p.png", png::transparent_pixel());
    assert!(place.run(&["fix", "p.png"]).expect(1).err().contains("E0910"));
    place.put("latin.pngine", b"#data d { float32Array=[1_0] } // gr\xfc\xdfe\n");
    place.run(&["fix", "latin.pngine"]).expect(1);
    assert_eq!(place.get("latin.pngine"), b"#data d { float32Array=[1_0] } // gr\xfc\xdfe\n");
}
