//! README.md keeps what it promises: its scene, its error, its commands and its picture are tried as they stand there, and so are the
//! commands of all pages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What the README's error is about.
const TOO_SMALL: &str = r#"#shaderModule shader {
  code="
    struct U { tint: vec4f }
    @group(0) @binding(0) var<uniform> u: U;
    @vertex fn corner(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {
      return vec4f(f32(i) - 1, f32(i & 1u), 0, 1);
    }
    @fragment fn paint() -> @location(0) vec4f { return u.tint; }
  "
}
#buffer uni { size=8 usage=[UNIFORM] }
#renderPipeline p { vertex={ module=shader } fragment={ module=shader targets=[{}] } }
#bindGroup g { layout={ pipeline=p } entries=[{ binding=0 resource={ buffer=uni } }] }
#queue write { writeBuffer={ buffer=uni data=pngineInputs } }
#renderPass draw { pipeline=p bindGroups=[g] draw=3 }
#frame main { perform=[write draw] }
"#;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).unwrap()
}

/// The texts between fences.
fn blocks() -> Vec<String> {
    let text = readme();
    let (mut blocks, mut inside) = (Vec::new(), false);
    for line in text.lines() {
        match (line.starts_with("```"), inside) {
            (true, false) => blocks.push(String::new()),
            (false, true) => *blocks.last_mut().unwrap() += &format!("{line}\n"),
            _ => {}
        }
        inside ^= line.starts_with("```");
    }
    blocks
}

fn run(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pngine")).args(arguments).current_dir(directory).output().unwrap()
}

#[test]
fn its_scene_is_three_lines_and_as_large_as_it_says() {
    let scenes: Vec<String> = blocks().into_iter().filter(|block| block.starts_with('#')).collect();
    let [scene] = &scenes[..] else { panic!("{scenes:?}") };
    assert!(scene.starts_with("#pass ") && scene.lines().count() == 3, "{scene}");
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("waves.pngine"), scene).unwrap();
    let output = run(place.path(), &["validate", "--strict", "waves.pngine"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(run(place.path(), &["waves.pngine"]).status.success());
    let size = fs::metadata(place.path().join("waves.png")).unwrap().len();
    assert!(readme().contains(&format!("makes `waves.png`,\n{},{:03} bytes", size / 1000, size % 1000)), "it has {size} bytes");
}

#[test]
fn its_error_is_what_the_compiler_prints() {
    let errors: Vec<String> = blocks().into_iter().filter(|block| block.starts_with("error")).collect();
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("b.pngine"), TOO_SMALL).unwrap();
    let output = run(place.path(), &["validate", "b.pngine", "--color", "never"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(errors.concat() + "1 error\n", String::from_utf8(output.stderr).unwrap());
}

#[test]
fn its_commands_exist() {
    let text = readme();
    let in_blocks = blocks().concat();
    let lines = in_blocks.lines().filter_map(|line| line.strip_prefix("cargo run --release -- "));
    let in_text = text.split('`').filter_map(|code| code.strip_prefix("pngine "));
    let commands: Vec<&str> = lines.chain(in_text).filter(|command| !command.contains("COMMAND")).collect();
    assert!(commands.len() >= 7, "{commands:?}");
    for command in commands {
        // Whoever asks for help at the end gets it, if everything before is understood.
        let arguments: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let output = run(&root(), &arguments);
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// The commands that a page prints: lines in fences, and what stands in backquotes.
fn commands(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        let bare = line.trim();
        let is_fence = bare.starts_with("```");
        let here: Vec<&str> = match (is_fence, inside) {
            (true, _) => Vec::new(),
            (false, true) => vec![bare],
            (false, false) => line.split('`').skip(1).step_by(2).collect(),
        };
        found.extend(here.into_iter().filter_map(|code| code.strip_prefix("pngine ")).map(str::to_string));
        inside ^= is_fence;
    }
    found
}

#[test]
fn the_commands_of_all_pages_exist() {
    let (mut count, mut wrong) = (0, Vec::new());
    let pages = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    for page in pages.chain([root().join("examples/README.md"), root().join("README.md")]) {
        let Some(text) = page.extension().filter(|is| *is == "md").map(|_| fs::read_to_string(&page).unwrap()) else { continue };
        for command in commands(&text) {
            // Where any word may stand, none is understood.
            if command.contains("COMMAND") || command.contains('…') {
                continue;
            }
            // What the shell does with the output is not the command's.
            let words = command.split(['>', '|']).next().unwrap_or_default().trim_end_matches(['\\', ' ']);
            let words = words.split(' ').filter(|word| !word.is_empty()).chain(["--help"]);
            let output = run(&root(), &words.collect::<Vec<_>>());
            let page = page.display();
            if !output.status.success() {
                wrong.push(format!("{page}: pngine {command}: {}", String::from_utf8_lossy(&output.stderr)));
            }
            count += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 30, "{count} commands");
}

#[test]
fn the_commands_of_the_workflow_exist() {
    let text = fs::read_to_string(root().join("docs/cli.md")).unwrap();
    let commands: Vec<&str> = text.lines().filter_map(|line| line.trim().strip_prefix("- run: pngine ")).collect();
    assert_eq!(commands.len(), 2);
    for command in commands {
        let (command, _) = command.split_once(" > ").unwrap_or((command, ""));
        let arguments: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let output = run(&root(), &arguments);
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn its_picture_carries_the_scene_that_it_shows() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name).into_os_string().into_string().unwrap();
    let good = |arguments: &[&str]| assert!(run(&root(), arguments).status.success(), "{arguments:?}");
    good(&["validate", "docs/pictures/boids.png"]);
    good(&["extract", "docs/pictures/boids.png", "-o", &at("shown.pngb")]);
    good(&["compile", "examples/compute/boids.pngine", "-o", &at("built.pngb")]);
    let same = fs::read(at("shown.pngb")).unwrap() == fs::read(at("built.pngb")).unwrap();
    assert!(same, "the scene in docs/pictures/boids.png is another: run `cargo xtask codegen`");
    // What the README says about sizes.
    good(&["examples/compute/boids.pngine", "--optimize", "-o", &at("boids.png")]);
    good(&["examples/basics/triangle.pngine", "--optimize", "-o", &at("triangle.png")]);
    let size = |name: &str| fs::metadata(at(name)).unwrap().len();
    let said = |size: u64| format!("{},{:03}", size / 1000, size % 1000);
    let sentence =
        format!("is a file of {} bytes, a triangle one of {} ([figures]", said(size("boids.png")), said(size("triangle.png")));
    assert!(readme().replace('\n', " ").contains(&sentence), "{sentence}");
}
