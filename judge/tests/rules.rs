//! The scenes of the book of rules, judged by oracles: each mistake of a bad one is a mistake to WebGPU too, and the good twin has none.
//!
//! `tests/err/rule_NAME.pngine` and `tests/ok/rule_NAME.pngine` are the same text, line by line, but for the mistakes. So three things
//! can be asked. wgpu finds as many places wrong in the bad scene as the compiler has errors, as each mistake lies in an object or a
//! frame of its own. It accepts the good one. And of the good one with a single line of the bad one, compiler and oracle say the same.
//! Where an oracle cannot, a row of [`EXCEPTIONS`] says why.

use pngine_compiler::diag::Severity;
use pngine_compiler::judge::{Judged, compile_in_spite_of_errors};
use pngine_compiler::{Options, Program};
#[cfg(feature = "gpu-tests")]
use pngine_judge::Chromium;
use pngine_judge::{Noop, Verdict};
use pngine_testkit::scenes;
use scenes::{Folder, Scene, WARNS};
use std::collections::BTreeMap;
use std::path::Path;

/// A pair of scenes whose mistakes an oracle does not see.
struct Exception {
    name: &'static str,
    /// How many of the mistakes wgpu finds.
    wgpu: usize,
    /// How many of the mistakes Chromium does not find, each by itself.
    #[cfg_attr(not(feature = "gpu-tests"), expect(dead_code, reason = "only the tests with a browser read it"))]
    unseen_by_chromium: usize,
    reason: &'static str,
}

const EXCEPTIONS: &[Exception] = &[
    Exception {
        name: "rule_aliases",
        wgpu: 0,
        unseen_by_chromium: 0,
        reason: "wgpu 30 does not compare the writable bindings of a draw; Chromium does",
    },
    Exception {
        name: "rule_alpha_to_coverage",
        wgpu: 0,
        unseen_by_chromium: 0,
        reason: "wgpu 30 does not look at alpha to coverage; Chromium does",
    },
    Exception {
        name: "rule_clear_values",
        wgpu: 2,
        unseen_by_chromium: 4,
        reason: "both hold depths to 0 to 1, and neither holds colors to the integers that they are converted to, section 3.12",
    },
    Exception { name: "rule_conversions", wgpu: 0, unseen_by_chromium: 2, reason: "as with other overrides and clear values" },
    Exception {
        name: "rule_outputs",
        wgpu: 0,
        unseen_by_chromium: 0,
        reason: "wgpu 30 does not ask for the outputs and the alpha that targets read; Chromium does",
    },
    Exception {
        name: "rule_overrides",
        wgpu: 0,
        unseen_by_chromium: 0,
        reason: "wgpu 30 looks at overrides when it translates a shader, which its noop backend does not; Chromium does",
    },
    Exception { name: "rule_workgroups_of_overrides", wgpu: 0, unseen_by_chromium: 0, reason: "as with other overrides" },
    Exception {
        name: "rule_write_past_the_end",
        wgpu: 0,
        unseen_by_chromium: 2,
        reason: "hosts write what fits (docs/format.md), so WebGPU does not see the rest",
    },
];

/// Bad scenes with their good twins.
fn pairs() -> Vec<(Scene, Scene)> {
    let list = |directory: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(directory);
        let mut found = scenes::scenes(&folder);
        found.retain(|case| case.name.starts_with("rule_"));
        found
    };
    let (bad, good) = (list("tests/err"), list("tests/ok"));
    let names = |list: &[Scene]| list.iter().map(|case| case.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&bad), names(&good), "bad and good scenes of the book of rules");
    assert!(bad.len() > 20);
    bad.into_iter().zip(good).collect()
}

/// The program of a text beside a scene's files, whatever is wrong with it, and how many errors the compiler finds.
fn program(case: &Scene, text: &[u8]) -> Result<(Program, usize), String> {
    let Judged { compiled, program, .. } =
        compile_in_spite_of_errors(&Folder(case.folder.clone()), &case.entry, text, &Options::default());
    let errors = compiled.diagnostics.iter().filter(|diagnostic| diagnostic.severity() == Severity::Error).count();
    program.map(|program| (program, errors)).map_err(|reason| format!("{}: {reason:?}", case.name))
}

/// The lines of a scene without those that say what is expected of it.
fn lines(case: &Scene) -> Vec<String> {
    let text = String::from_utf8(case.bytes()).expect("a scene is text");
    text.lines().filter(|line| !line.starts_with("// expect: ") && !line.starts_with(WARNS)).map(str::to_string).collect()
}

/// The good scene with one line of the bad one, for every line that differs.
fn single_lines(bad: &Scene, good: &Scene) -> Vec<(String, String)> {
    let (wrong, right) = (lines(bad), lines(good));
    assert_eq!(wrong.len(), right.len(), "{}: the twins have the same lines but for the mistakes", bad.name);
    let differ = (0..right.len()).filter(|&line| wrong[line] != right[line] && !right[line].starts_with("//"));
    let texts = differ.map(|line| {
        let mut text = right.clone();
        text[line].clone_from(&wrong[line]);
        (wrong[line].trim().to_string(), text.join("\n"))
    });
    texts.collect()
}

/// Where a mistake lies: a command of `init`, or a frame.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Place {
    Init(String),
    Frame(u32),
}

/// The places that wgpu finds fault with, with the first thing that it says about each. Frames are drawn three times each, after the
/// one that plays by itself was.
fn faults(program: &Program, verdict: &Verdict) -> BTreeMap<Place, String> {
    let mut faults = BTreeMap::new();
    for message in verdict.gpu.iter().chain(&verdict.host) {
        // What depends on a refused object: it was not made, and that was said.
        if message.starts_with("E001 ") {
            continue;
        }
        let place = match message.rsplit_once(" (frame ").and_then(|(_, rest)| rest.split_once(',')) {
            Some((counter, _)) => {
                let draw: u32 = counter.parse().expect("a frame counter");
                // The frame that plays by itself is drawn again among the others.
                if draw < 3 && program.frames.len() > 1 {
                    continue;
                }
                Place::Frame(draw / 3)
            }
            None => Place::Init(message.rsplit_once(" (init, ").map_or(message.as_str(), |(_, command)| command).to_string()),
        };
        faults.entry(place).or_insert_with(|| message.clone());
    }
    faults
}

#[test]
fn wgpu_finds_every_mistake_and_no_more() {
    let mut wrong = Vec::new();
    for (case, _) in pairs() {
        let (program, errors) = match program(&case, &case.bytes()) {
            Ok(program) => program,
            Err(hole) => {
                wrong.push(hole);
                continue;
            }
        };
        let verdict = Noop.judge(&program);
        let faults = faults(&program, &verdict);
        let wanted = EXCEPTIONS.iter().find(|exception| exception.name == case.name).map_or(errors, |exception| exception.wgpu);
        if faults.len() != wanted || verdict.unjudged.is_some() {
            let list: Vec<String> = faults.iter().map(|(place, message)| format!("    {place:?}: {message}")).collect();
            wrong.push(format!(
                "{}: {} of {wanted} mistakes, unjudged: {:?}\n{}",
                case.name,
                faults.len(),
                verdict.unjudged,
                list.join("\n")
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn wgpu_accepts_every_good_twin() {
    let mut wrong = Vec::new();
    for (_, case) in pairs() {
        let (program, errors) = program(&case, &case.bytes()).expect("a good scene has no hole");
        let verdict = Noop.judge(&program);
        if errors > 0 || !verdict.accepts() {
            wrong.push(format!("{}: {errors} errors; {verdict:#?}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn of_every_line_outside_of_frames_compiler_and_wgpu_say_the_same() {
    let mut wrong = Vec::new();
    for (bad, good) in pairs() {
        if EXCEPTIONS.iter().any(|exception| exception.name == bad.name) {
            continue;
        }
        for (line, text) in single_lines(&bad, &good) {
            match program(&good, text.as_bytes()) {
                // Mistakes in frames of their own are told apart above, and drawing all frames again for each would take too long.
                Ok((program, _)) if program.frames.len() > 2 => break,
                Ok((program, errors)) => {
                    let verdict = Noop.judge(&program);
                    if (errors == 0) != verdict.accepts() {
                        wrong.push(format!("{}: {line}\n    {errors} errors, wgpu: {}", bad.name, verdict.reason()));
                    }
                }
                Err(hole) => wrong.push(format!("{line}: {hole}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{} lines:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn exceptions_are_of_scenes_that_there_are() {
    let pairs = pairs();
    for exception in EXCEPTIONS {
        assert!(pairs.iter().any(|(case, _)| case.name == exception.name), "{}", exception.name);
        assert!(!exception.reason.is_empty());
    }
}

#[cfg(feature = "gpu-tests")]
#[test]
fn of_every_line_by_itself_compiler_and_chromium_say_the_same() {
    let mut asked = Vec::new();
    for (bad, good) in pairs() {
        asked.push((good.name.clone(), "the good twin".to_string(), program(&good, &good.bytes()).unwrap()));
        for (line, text) in single_lines(&bad, &good) {
            asked.push((good.name.clone(), line, program(&good, text.as_bytes()).unwrap()));
        }
    }
    let programs: Vec<Program> = asked.iter().map(|(_, _, (program, _))| program.clone()).collect();
    let verdicts = Chromium::start().unwrap().judge(&programs).unwrap();
    let mut wrong: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for ((name, line, (_, errors)), verdict) in asked.iter().zip(verdicts) {
        if (*errors == 0) != verdict.accepts() || verdict.unjudged.is_some() {
            let unjudged = if verdict.unjudged.is_some() { " (not judged)" } else { "" };
            wrong
                .entry(name)
                .or_default()
                .push(format!("{name}: {line}\n    {errors} errors, Chromium{unjudged}: {}", verdict.reason()));
        }
    }
    for exception in EXCEPTIONS.iter().filter(|exception| exception.unseen_by_chromium > 0) {
        let found = wrong.remove(exception.name).unwrap_or_default();
        assert_eq!(found.len(), exception.unseen_by_chromium, "{} ({})\n{}", exception.name, exception.reason, found.join("\n"));
    }
    let wrong: Vec<String> = wrong.into_values().flatten().collect();
    assert!(wrong.is_empty(), "{} lines:\n{}", wrong.len(), wrong.join("\n"));
}
