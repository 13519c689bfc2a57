//! `validate --symptom`: every cause has a scene that shows it, and what is well gets no cause.
#![cfg(feature = "gpu-tests")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use pngine_symptoms::{CAUSES, Symptom};
use serde_json::Value;

/// Causes that no scene shows on every machine.
const NOT_FROM_A_SCENE: &[(&str, &str)] = &[("race", "what wins it depends on the machine")];

/// Pictures that stand still, and are meant to, and those that wait for somebody.
const MEANT: &[(&str, &str)] = &[("still", "no-input"), ("still", "waits-for-visitor")];

/// Examples that are looked at for every symptom: what they draw with differs most.
const HEALTHY: &[&str] = &[
    "basics/triangle",
    "compute/boids",
    "compute/game_of_life",
    "compute/reaction_diffusion",
    "meshes/rotating_cube",
    "meshes/torus",
    "passes/feedback_trails",
    "passes/postprocess",
    "shaders/plasma",
    "input/host_uniforms",
    // A timeline whose other scene blends, and cones with flat tips.
    "tutorial/6_timeline",
    "meshes/forest",
];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn validate(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pngine")).arg("validate").args(arguments).current_dir(repository()).output().unwrap()
}

/// The entry of `symptoms` about a file, and the exit code.
fn examined(symptom: &str, file: &str) -> (Value, Option<i32>) {
    let output = validate(&["--json", "--symptom", symptom, file]);
    let object: Value = serde_json::from_slice(&output.stdout).unwrap();
    let entry = object["symptoms"][0].clone();
    assert!(entry.is_object(), "{file}: {object:#}");
    (entry, output.status.code())
}

fn causes(entry: &Value) -> Vec<&str> {
    entry["causes"].as_array().unwrap().iter().map(|cause| cause["cause"].as_str().unwrap()).collect()
}

/// The scenes, with the symptom and the cause that their first line names.
fn scenes() -> Vec<(String, String, String)> {
    let folder = repository().join("cli/tests/symptoms");
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let one = |name: String| {
        let file = format!("cli/tests/symptoms/{name}");
        let text = std::fs::read_to_string(repository().join(&file)).unwrap();
        let first = text.lines().next().and_then(|line| line.strip_prefix("// ")).unwrap();
        let (symptom, cause) = first.split_once(": ").unwrap();
        (file, symptom.to_owned(), cause.to_owned())
    };
    names.into_iter().map(one).collect()
}

#[test]
fn every_scene_shows_its_cause_first() {
    let mut wrong = Vec::new();
    for (file, symptom, cause) in scenes() {
        let (entry, code) = examined(&symptom, &file);
        let found = causes(&entry);
        let is_right = match cause.as_str() {
            "nothing" => found.is_empty() && code == Some(0),
            cause => found.first() == Some(&cause) && code == Some(1),
        };
        if !is_right {
            wrong.push(format!("{file}: {cause} is expected, found {found:?}, exit code {code:?}; {}", entry["seen"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_cause_has_a_scene() {
    let shown: BTreeSet<(String, String)> =
        scenes().into_iter().filter(|(_, _, cause)| cause != "nothing").map(|(_, symptom, cause)| (symptom, cause)).collect();
    let all: BTreeSet<(String, String)> = CAUSES
        .iter()
        .flat_map(|(symptom, causes)| causes.iter().map(|cause| (symptom.name().to_owned(), (*cause).to_owned())))
        .filter(|(_, cause)| !NOT_FROM_A_SCENE.iter().any(|(excused, _)| excused == cause))
        .collect();
    assert_eq!(shown, all);
}

#[test]
fn what_is_well_gets_no_cause() {
    let mut wrong = Vec::new();
    for example in HEALTHY {
        for (symptom, _) in Symptom::ALL {
            let (entry, _) = examined(symptom, &format!("examples/{example}.pngine"));
            let unmeant: Vec<&str> = causes(&entry).into_iter().filter(|cause| !MEANT.contains(&(symptom, *cause))).collect();
            if !unmeant.is_empty() {
                wrong.push(format!("{example}, {symptom}: {entry:#}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn causes_are_told_as_text_with_their_place() {
    let output = validate(&["--color", "never", "--symptom", "black", "cli/tests/symptoms/culled.pngine"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    let lines: Vec<&str> = text.lines().filter(|line| !line.contains(": ok (")).collect();
    assert_eq!(lines[0], "cli/tests/symptoms/culled.pngine: black: all 4 pictures are black");
    assert!(lines[1].starts_with("  1. culled (certain): without `cullMode`, "), "{text}");
    assert_eq!(lines[2], "     at cli/tests/symptoms/culled.pngine:10:17");
    assert!(lines[3].starts_with("     help: the triangles run the other way round"), "{text}");
}

#[test]
fn a_payload_is_examined_without_its_source() {
    let place = tempfile::tempdir().unwrap();
    let built = place.path().join("culled.png");
    let build = Command::new(env!("CARGO_BIN_EXE_pngine"))
        .args(["build", "cli/tests/symptoms/culled.pngine", "-o"])
        .arg(&built)
        .current_dir(repository())
        .output()
        .unwrap();
    assert!(build.status.success(), "{}", String::from_utf8_lossy(&build.stderr));
    let (entry, code) = examined("black", built.to_str().unwrap());
    assert_eq!((causes(&entry), code, &entry["causes"][0]["span"]), (vec!["culled"], Some(1), &Value::Null));
}

#[test]
fn what_cannot_be_examined_says_so() {
    let nobody = Command::new(env!("CARGO_BIN_EXE_pngine"))
        .args(["validate", "--symptom", "black", "cli/tests/symptoms/culled.pngine"])
        .current_dir(repository())
        .env("VK_DRIVER_FILES", "/nowhere")
        .env("VK_ICD_FILENAMES", "/nowhere")
        .output()
        .unwrap();
    if cfg!(target_os = "linux") {
        let err = String::from_utf8_lossy(&nobody.stderr);
        assert_eq!(nobody.status.code(), Some(3), "{err}");
        assert!(err.contains("E0920"), "{err}");
    }
    let wrong = validate(&["--symptom", "black", "--message-format", "sarif", "cli/tests/symptoms/culled.pngine"]);
    assert_eq!(wrong.status.code(), Some(2));
    // A scene with errors is not drawn.
    let broken = validate(&["--json", "--symptom", "black", "tests/err/unknown_macro.pngine"]);
    assert_eq!(broken.status.code(), Some(1));
    let object: Value = serde_json::from_slice(&broken.stdout).unwrap();
    assert!(object.get("symptoms").is_none(), "{object:#}");
}
