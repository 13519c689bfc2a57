//! What the binary never does: replace a file that it reads, leave half a file, or let an input steer the terminal.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use pngine_compiler::diag::is_unsafe;

/// A scene that reads an imported file, a shader, an image and data, each from a file of its own.
const SCENE: &str = r#"
#import "shared.pngi"
#shaderModule paint { code="./paint.wgsl" }
#data numbers { blob={ file={ url="./numbers.bin" } } }
#buffer b { size=16 usage=[VERTEX] mappedAtCreation=numbers }
#renderPipeline p { vertex={ module=corner } fragment={ module=paint targets=[{}] } }
#renderPass d { pipeline=p vertexBuffers=[b] draw=3 }
#frame m { perform=[d] }
"#;

/// What [`SCENE`] reads.
const FILES: [(&str, &str); 4] = [
    ("scene.pngine", SCENE),
    ("shared.pngi", "#shaderModule corner { code=\"@vertex fn v() -> @builtin(position) vec4f { return vec4f(1); }\" }\n"),
    ("paint.wgsl", "@fragment fn paint() -> @location(0) vec4f { return vec4f(1); }\n"),
    ("numbers.bin", "sixteen bytes ok"),
];

fn run(directory: &Path, arguments: &[&str]) -> Output {
    run_with(directory, arguments, b"")
}

fn run_with(directory: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pngine"));
    command.args(arguments).current_dir(directory).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

#[track_caller]
fn expect(output: &Output, code: i32) -> String {
    let err = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{err}");
    err
}

/// A directory with [`FILES`].
fn place() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    for (name, text) in FILES {
        fs::write(place.path().join(name), text).unwrap();
    }
    place
}

#[track_caller]
fn untouched(place: &Path) {
    for (name, text) in FILES {
        assert_eq!(fs::read_to_string(place.join(name)).unwrap(), text, "{name}");
    }
    for entry in fs::read_dir(place).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(!name.starts_with(".pngine"), "{name} is left");
    }
}

/// The commands that compile a scene and write a file.
const WRITERS: [&str; 3] = ["build", "compile", "render"];

#[test]
fn no_file_that_a_scene_reads_is_replaced() {
    let place = place();
    let at = place.path();
    expect(&run(at, &["build", "scene.pngine", "-o", "fine.png"]), 0);
    for command in WRITERS {
        for (name, _) in FILES {
            for force in [&[][..], &["--force"]] {
                let output = run(at, &[&[command, "scene.pngine", "-o", name], force].concat());
                assert!(matches!(output.status.code(), Some(2 | 3)), "{command} {name} {force:?}: {output:?}");
                untouched(at);
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn no_other_path_leads_around_that() {
    let place = place();
    let at = place.path();
    fs::create_dir(at.join("x")).unwrap();
    std::os::unix::fs::symlink("paint.wgsl", at.join("soft")).unwrap();
    std::os::unix::fs::symlink("soft", at.join("softer")).unwrap();
    std::os::unix::fs::symlink("..", at.join("x/up")).unwrap();
    fs::hard_link(at.join("numbers.bin"), at.join("hard")).unwrap();
    fs::hard_link(at.join("shared.pngi"), at.join("hard.png")).unwrap();
    fs::hard_link(at.join("scene.pngine"), at.join("entry")).unwrap();
    let absolute = at.join("soft");
    let names = ["soft", "softer", "hard", "hard.png", "entry", "./x/../soft", "x/up/hard", absolute.to_str().unwrap()];
    for command in WRITERS {
        for name in names {
            let err = expect(&run(at, &[command, "scene.pngine", "--force", "-o", name]), 2);
            assert!(err.contains("would replace"), "{err}");
            untouched(at);
        }
    }
    // From standard input, too, the files around are the scene's.
    expect(&run_with(at, &["build", "-", "--force", "-o", "soft"], SCENE.as_bytes()), 2);
    expect(&run_with(at, &["compile", "-", "--force", "-o", "paint.wgsl"], SCENE.as_bytes()), 2);
    untouched(at);
}

#[test]
fn a_default_name_and_the_numbers_of_a_sequence_are_no_way_around_either() {
    let place = tempfile::tempdir().unwrap();
    let at = place.path();
    let picture = {
        fs::write(at.join("any.pngine"), "#frame m { }").unwrap();
        expect(&run(at, &["build", "any.pngine"]), 0);
        fs::read(at.join("any.png")).unwrap()
    };
    let scene = |file: &str| {
        format!(
            "#data bytes {{ blob={{ file={{ url=\"./{file}\" }} }} }}
            #imageBitmap cat {{ image=bytes }}
            #texture t {{ size=[1 1] format=rgba8unorm usage=[COPY_DST RENDER_ATTACHMENT] }}
            #queue load {{ copyExternalImageToTexture={{ source={{ source=cat }} destination={{ texture=t }} }} }}
            #frame m {{ perform=[load] }}"
        )
    };
    fs::write(at.join("cat.pngine"), scene("cat.png")).unwrap();
    fs::write(at.join("cat.png"), &picture).unwrap();
    let err = expect(&run(at, &["cat.pngine"]), 2);
    assert!(err.contains("`cat.png` would replace `cat.png`"), "{err}");

    fs::write(at.join("walk.pngine"), scene("out-0007.png")).unwrap();
    fs::write(at.join("out-0007.png"), &picture).unwrap();
    let err = expect(&run(at, &["render", "walk.pngine", "-o", "out.png", "--frames", "9"]), 2);
    assert!(err.contains("out-0007.png"), "{err}");
    assert!(!at.join("out-0001.png").exists());
    assert_eq!(fs::read(at.join("cat.png")).unwrap(), picture);
    assert_eq!(fs::read(at.join("out-0007.png")).unwrap(), picture);
}

#[test]
fn embed_and_extract_keep_their_inputs() {
    let place = place();
    let at = place.path();
    expect(&run(at, &["build", "scene.pngine", "-o", "a.png", "--source"]), 0);
    expect(&run(at, &["compile", "scene.pngine", "-o", "a.pngb"]), 0);
    let (png, payload) = (fs::read(at.join("a.png")).unwrap(), fs::read(at.join("a.pngb")).unwrap());
    for arguments in [
        &["embed", "a.png", "a.pngb", "-o", "a.png"][..],
        &["embed", "a.png", "a.pngb", "-o", "./a.png", "--force"],
        &["embed", "a.png", "a.pngb", "-o", "a.pngb", "--force"],
        &["extract", "a.png", "-o", "a.png", "--force"],
        &["extract", "a.pngb", "-o", "a.pngb", "--force"],
        &["extract", "a.png", "--wgsl", "-o", "a.png", "--force"],
    ] {
        let err = expect(&run(at, arguments), 2);
        assert!(err.contains("would replace"), "{arguments:?}: {err}");
    }
    // What was taken out may have been edited since.
    for (part, name) in
        [("--wgsl", "paint.wgsl"), ("--source", "scene.pngine"), ("--data", "numbers.bin"), ("--executor", "paint.wgsl")]
    {
        let err = expect(&run(at, &["extract", "a.png", part, "-o", name]), 3);
        assert!(err.contains("E0906") && err.contains("--force"), "{err}");
    }
    untouched(at);
    assert_eq!((fs::read(at.join("a.png")).unwrap(), fs::read(at.join("a.pngb")).unwrap()), (png, payload));
    expect(&run(at, &["extract", "a.png", "--wgsl", "-o", "paint.wgsl", "--force"]), 0);
    assert_ne!(fs::read_to_string(at.join("paint.wgsl")).unwrap(), FILES[2].1);
}

#[test]
fn a_file_of_another_kind_makes_room_only_when_told_to() {
    let place = place();
    let at = place.path();
    for (name, bytes) in [("note", &b"precious"[..]), ("photo.png", b"\xFF\xD8\xFF\xE0 a photograph"), ("almost", b"\x89PN")] {
        fs::write(at.join(name), bytes).unwrap();
        for command in ["build", "render"] {
            let err = expect(&run(at, &[command, "scene.pngine", "-o", name]), 3);
            assert!(err.contains("E0906") && err.contains("--force"), "{err}");
        }
        expect(&run(at, &["compile", "scene.pngine", "-o", name]), 3);
        assert_eq!(fs::read(at.join(name)).unwrap(), bytes);
        expect(&run(at, &["build", "scene.pngine", "-o", name, "--force"]), 0);
        // Now it is a PNG.
        expect(&run(at, &["build", "scene.pngine", "-o", name]), 0);
        expect(&run(at, &["compile", "scene.pngine", "-o", name]), 3);
    }
    fs::write(at.join("empty"), b"").unwrap();
    expect(&run(at, &["build", "scene.pngine", "-o", "empty"]), 0);
    untouched(at);
}

#[test]
fn a_png_is_written_under_no_other_name() {
    let place = place();
    let at = place.path();
    for name in ["x.jpg", "x.JPEG", "x.gif", "x.webp", "x.pngine", "x.wgsl", "x.pngb", "x.html", "x.png.txt", "x.apng"] {
        for command in ["build", "render"] {
            // What moves has a length, and is no PNG: tests of its own.
            if command == "render" && matches!(name, "x.gif" | "x.apng") {
                continue;
            }
            for force in [&[][..], &["--force"]] {
                let err = expect(&run(at, &[&[command, "scene.pngine", "-o", name], force].concat()), 3);
                assert!(err.contains("E0918") && err.contains(name), "{err}");
            }
        }
        assert!(!at.join(name).exists(), "{name}");
    }
    for name in ["x.png", "x.PNG", "x", "x.y.png", ".hidden"] {
        expect(&run(at, &["build", "scene.pngine", "-o", name]), 0);
    }
    expect(&run(at, &["compile", "scene.pngine", "-o", "y.pngb"]), 0);
    for name in ["x.jpg", "x.wgsl"] {
        let err = expect(&run(at, &["embed", "x.png", "y.pngb", "-o", name]), 3);
        assert!(err.contains("E0918"), "{err}");
    }
}

#[test]
fn a_missing_folder_is_named_before_any_work() {
    let place = place();
    let at = place.path();
    for command in WRITERS {
        let err = expect(&run(at, &[command, "scene.pngine", "-o", "a/b/c.png"]), 3);
        assert!(err.contains("error[E0905]: cannot write `a/b/c.png`: there is no folder `a/b`\n"), "{err}");
        let err = expect(&run(at, &[command, "scene.pngine", "-o", "paint.wgsl/c.png"]), 3);
        assert!(err.contains("`paint.wgsl` is not a folder"), "{err}");
        // `build` writes into a folder; the others write one file.
        let (folder, new) = if command == "build" { ("paint.wgsl/", "new") } else { (".", "new/") };
        let err = expect(&run(at, &[command, "scene.pngine", "-o", folder]), 3);
        assert!(err.contains("E0905"), "{err}");
        let err = expect(&run(at, &[command, "scene.pngine", "-o", "new/"]), 3);
        assert!(err.contains(&format!("there is no folder `{new}`\n")), "{err}");
    }
    untouched(at);
}

// Terminals and logs.

/// Texts that would steer a terminal, turn a line around, or start a line of their own.
const HOSTILE: [&str; 7] = [
    "a\u{1b}[2J\u{1b}]0;owned\u{7}b",
    "a\u{9b}31mb\u{90}q\u{9c}",
    "a\n::error file=README.md,line=1::owned",
    "a\r\n##[error]owned\r",
    "a\u{202e}gnp.\u{202c}\u{2066}\u{2069}\u{200f}\u{61c}b",
    "a\u{2028}::warning::b\u{2029}\u{85}::error::c\u{b}\u{c}\u{8}\u{7f}\u{1}",
    "a\u{200b}\u{feff}\u{ad}\u{e0041}b",
];

/// Nothing but text and line ends, and no line that the input made.
#[track_caller]
fn assert_plain(what: &str, bytes: &[u8]) {
    let text = std::str::from_utf8(bytes).unwrap_or_else(|error| panic!("{what}: {error}"));
    for c in text.chars() {
        assert!(c == '\n' || c == '\t' || !is_unsafe(c), "{what}: {c:?} in {text:?}");
    }
    for line in text.lines() {
        assert!(!line.trim_start().starts_with("::") && !line.trim_start().starts_with("##["), "{what}: {text}");
    }
}

/// The same, where the lines of workflow commands are wanted: each is about this file.
#[track_caller]
fn assert_commands(bytes: &[u8], file: &str) {
    let text = std::str::from_utf8(bytes).unwrap();
    assert!(text.chars().all(|c| c == '\n' || !is_unsafe(c)), "{text:?}");
    assert!(text.lines().all(|line| line.starts_with(&format!("::error file={file}"))), "{text}");
}

/// Scenes with `text` where names and other texts stand.
fn scenes(text: &str) -> Vec<String> {
    let quoted = text.replace('\\', "\\\\").replace('"', "\\\"");
    let module = "#shaderModule m { code=\"@vertex fn v() -> @builtin(position) vec4f { return vec4f(); } @fragment fn f() -> @location(0) vec4f { return vec4f(); }\" }";
    vec![
        format!("#import \"{quoted}\"\n#frame m {{ }}"),
        format!("#shaderModule s {{ code=\"./{quoted}.wgsl\" }}\n#frame m {{ }}"),
        format!("#data d {{ blob={{ file={{ url=\"{quoted}\" }} }} }}\n#frame m {{ }}"),
        format!("#texture t {{ size=[4 4] format=\"{quoted}\" usage=[COPY_DST] }}\n#frame m {{ }}"),
        format!(
            "{module}\n#renderPipeline p {{ vertex={{ module=m entryPoint=\"{quoted}\" }} fragment={{ module=m targets=[{{}}] }} }}\n#frame m {{ }}"
        ),
        format!("#device {{ requiredFeatures=[\"{quoted}\"] }}\n#frame m {{ }}"),
        format!("#buffer b {{ size=\"{quoted}\" usage=[VERTEX] }}\n#frame m {{ }}"),
        // In WGSL: an unknown name, a comment beside an error, a directive, an import.
        format!("#shaderModule s {{ code=\"fn f() {{ let x = nowhere; /* {quoted} */ }}\" }}\n#frame m {{ }}"),
        format!("#shaderModule s {{ code=\"enable {quoted};\" }}\n#frame m {{ }}"),
        format!("#shaderModule s {{ code=\"import package::{quoted};\" }}\n#frame m {{ }}"),
        format!("#shaderModule s {{ code=\"{quoted}\" }}\n#frame m {{ }}"),
        // Outside of any text.
        format!("{text}\n#frame m {{ }}"),
        format!("#frame m {{ {text} }}"),
        format!("// {text}\n#frame m {{ perform=[nothing {text}] }}"),
    ]
}

#[test]
fn findings_do_not_steer_a_terminal() {
    let place = tempfile::tempdir().unwrap();
    let at = place.path();
    for text in HOSTILE {
        for scene in scenes(text) {
            fs::write(at.join("s.pngine"), &scene).unwrap();
            for format in ["human", "short"] {
                let output = run(at, &["validate", "--message-format", format, "s.pngine"]);
                assert_ne!(output.status.code(), Some(0), "{scene:?}");
                assert_plain(&scene, &output.stderr);
                assert_plain(&scene, &output.stdout);
            }
        }
    }
}

#[test]
fn machine_formats_keep_to_their_lines_and_lose_nothing() {
    let place = tempfile::tempdir().unwrap();
    let at = place.path();
    for text in HOSTILE {
        let scene = &scenes(text)[0];
        fs::write(at.join("s.pngine"), scene).unwrap();
        assert_commands(&run(at, &["validate", "--message-format", "github", "s.pngine"]).stdout, "s.pngine");
        for format in ["json", "sarif"] {
            let output = run(at, &["validate", "--message-format", format, "s.pngine"]);
            assert_plain(format, &output.stdout);
            let object: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            if format == "json" {
                let message = object["diagnostics"][0]["message"].as_str().unwrap();
                assert!(message.contains(text), "{message:?}");
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn file_names_do_not_steer_a_terminal() {
    let place = tempfile::tempdir().unwrap();
    let at = place.path();
    let good = "#frame m { }";
    let bad = "#frame m { perform=[nothing] }";
    for text in HOSTILE {
        let name = text.replace('/', "_");
        for (extension, scene) in [("good.pngine", good), ("bad.pngine", bad)] {
            let name = format!("{name}.{extension}");
            fs::write(at.join(&name), scene).unwrap();
            for arguments in [
                &["validate", &name][..],
                &["validate", "--message-format", "short", &name],
                &["validate", "--json", &name],
                &["build", &name, "-o", "out.png", "--max-size", "3"],
                &["build", &name, "-o", &name],
                &["compile", &name, "-o", &format!("missing/{name}")],
                &["build", &name, "-o", &format!("{name}.jpg")],
                &["inspect", &name],
                &["inspect", "--json", &name],
                &["extract", &name],
                &["embed", &name, &name],
                &["render", &name, "-o", "out.png", "--frame-name", text],
                &["render", &name, "-o", "out.png", "--scene", text],
                &["validate", &format!("{name}.gone")],
                &["explain", &name],
                &["validate", &name, "--allow", &name],
            ] {
                let output = run(at, arguments);
                assert_plain(&format!("{arguments:?}"), &output.stderr);
                assert_plain(&format!("{arguments:?}"), &output.stdout);
            }
        }
    }
    // Arguments that the command line itself refuses.
    for text in HOSTILE {
        for arguments in [
            &[&format!("--{text}")[..], "x"][..],
            &["render", "a", "-o", "b", "--size", text],
            &["render", "a", "-o", "b", "--set", text],
            &["validate", "--message-format", text, "a"],
            &["validate", "a", &format!("--no-{text}")],
        ] {
            let output = run(at, arguments);
            expect(&output, 2);
            assert_plain(&format!("{arguments:?}"), &output.stderr);
        }
    }
}

#[cfg(unix)]
#[test]
fn file_names_that_are_not_text_are_read_and_reported() {
    use std::os::unix::ffi::OsStrExt as _;
    let place = tempfile::tempdir().unwrap();
    let name = std::ffi::OsStr::from_bytes(b"a\xff\x1b[31m\n::error::b.pngine");
    fs::write(place.path().join(name), "#frame m { perform=[nothing] }").unwrap();
    for command in
        [&["validate"][..], &["validate", "--json"], &["build"], &["inspect"], &["--no-such-thing"], &["render", "-o", "x.jpg"]]
    {
        let output =
            Command::new(env!("CARGO_BIN_EXE_pngine")).args(command).arg(name).current_dir(place.path()).output().unwrap();
        assert_ne!(output.status.code(), Some(0));
        assert_plain(&format!("{command:?}"), &output.stderr);
        assert_plain(&format!("{command:?}"), &output.stdout);
    }
}

#[test]
fn what_is_inside_of_a_payload_does_not_steer_a_terminal() {
    let place = tempfile::tempdir().unwrap();
    let at = place.path();
    let mut built = 0;
    for text in HOSTILE {
        // A title, a scene's name, a comment of a shader that stays, and the text itself.
        let scene = format!(
            "#meta {{ title=\"{text}\" }}
            #shaderModule m {{ code=\"// {}\n@vertex fn v() -> @builtin(position) vec4f {{ return vec4f(); }} @fragment fn f() -> @location(0) vec4f {{ return vec4f(); }}\" }}
            #renderPipeline p {{ vertex={{ module=m }} fragment={{ module=m targets=[{{}}] }} }}
            #renderPass d {{ pipeline=p draw=3 }}
            #frame main {{ perform=[d] }}
            #animation line {{ duration=1 scenes=[{{ id=\"{text}\" frame=main start=0 end=1 }}] }}",
            text.replace(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'], " ")
        );
        fs::write(at.join("s.pngine"), &scene).unwrap();
        let output = run(at, &["build", "s.pngine", "-o", "s.png", "--source", "--no-minify", "--report"]);
        assert_plain("build", &output.stderr);
        assert_plain("build", &output.stdout);
        if output.status.code() != Some(0) {
            // Not every such text is let into a scene; then the refusal was looked at.
            continue;
        }
        built += 1;
        for arguments in [
            &["inspect", "s.png"][..],
            &["inspect", "s.png", "--json", "--wgsl", "--bytecode", "--commands"],
            &["inspect", "s.png", "--wgsl", "--bytecode", "--commands", "--wat"],
            &["validate", "s.png"],
            &["render", "s.png", "-o", "o.png", "--scene", "no"],
            &["render", "s.png", "-o", "o.png", "--frame-name", "no"],
        ] {
            let output = run(at, arguments);
            assert_plain(&format!("{arguments:?} of {text:?}"), &output.stderr);
            assert_plain(&format!("{arguments:?} of {text:?}"), &output.stdout);
        }
        // Data are data: whoever takes the source out gets it as it is.
        assert_eq!(run(at, &["extract", "s.png", "--source"]).stdout, scene.as_bytes());
    }
    assert!(built >= 4, "{built} scenes were built");
}

#[test]
fn damaged_files_with_words_in_them_do_not_steer_a_terminal() {
    let place = tempfile::tempdir().unwrap();
    let at = place.path();
    for text in HOSTILE {
        let files: [Vec<u8>; 4] = [
            [b"\x89PNG\r\n\x1a\n\0\0\0\x0dtEXtComment\0", text.as_bytes()].concat(),
            [b"PNGB\x05\0", text.as_bytes()].concat(),
            [b"\0asm", text.as_bytes()].concat(),
            text.as_bytes().to_vec(),
        ];
        for bytes in files {
            fs::write(at.join("f"), &bytes).unwrap();
            for arguments in [
                &["validate", "f"][..],
                &["inspect", "f"],
                &["extract", "f"],
                &["embed", "f", "f"],
                &["render", "f", "-o", "o.png"],
            ] {
                let output = run(at, arguments);
                assert_plain(&format!("{arguments:?}"), &output.stderr);
                assert_plain(&format!("{arguments:?}"), &output.stdout);
            }
        }
    }
}
