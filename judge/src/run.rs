//! A mutation run: many mutants, our verdict on each, those of the oracles, and the scores.

use crate::mutants::{Class, Edit, edits};
use crate::places::Declarations;
use crate::random::Random;
use crate::scenes::{Folder, Scene, scenes};
use crate::{Chromium, Judged, Noop, Unemitted, Verdict, look};
use pngine_compiler::Options;
use pngine_compiler::Program;
use pngine_compiler::diag::{Code, Severity};
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

/// Who has the last word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oracle {
    /// Nobody: only how many findings there are and where they stand is scored.
    None,
    /// wgpu alone, in milliseconds a mutant.
    Noop,
    /// Chromium, about everything that the compiler accepts or wgpu does not refuse. What both refuse is taken as wrong.
    Chromium,
}

/// What to run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How many mutants.
    pub count: usize,
    /// Where the random numbers start.
    pub seed: u64,
    /// Only kinds whose name contains this.
    pub kind: Option<String>,
    /// Who has the last word.
    pub oracle: Oracle,
}

/// Most of a run that are changes inside of shaders, in percent: there are many more of these than of others.
const SHADER_PERCENT: usize = 15;

/// How often each place is changed, to something else each time. Some kinds have few places.
const ROUNDS: usize = 6;

/// Mutants that are judged together.
const CHUNK: usize = 400;

/// A mutant, and everything that was said about it.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The kind of mistake.
    pub kind: String,
    /// What was changed.
    pub class: Class,
    /// The scene that was changed, by its path: `examples/shaders/plasma`.
    pub scene: String,
    /// The text after the change.
    pub text: String,
    /// What was changed, old and new.
    pub change: String,
    /// Our errors, then our warnings: `E0201 12:7 no texture is called …`.
    pub findings: Vec<String>,
    /// How many of them are errors.
    pub errors: usize,
    /// Whether the compiler panics.
    pub is_crash: bool,
    /// Whether the first finding is shown where the change is; see [`Declarations::explains`].
    pub is_placed: bool,
    /// The shaders that we refuse.
    pub refused_shaders: Vec<String>,
    /// What wgpu says of the program; `None` where there is none.
    pub noop: Option<Verdict>,
    /// What Chromium says of it, or of the shaders that we refuse; `None` where there is none, or it was not asked.
    pub chromium: Option<Verdict>,
}

impl Outcome {
    /// Whether the compiler accepts it.
    pub const fn is_accepted(&self) -> bool {
        self.errors == 0
    }

    /// The verdict of the oracle with the last word, if it has judged.
    fn verdict(&self) -> Option<&Verdict> {
        let verdict = self.chromium.as_ref().or(self.noop.as_ref())?;
        (verdict.refuses() || verdict.unjudged.is_none()).then_some(verdict)
    }

    /// Accepted, and WebGPU refuses it. What fits some canvases only, and is said not to fit every one, may well be refused on the one
    /// canvas that the oracles have.
    pub fn is_escape(&self) -> bool {
        let some_canvases = Code::EveryCanvas.as_str();
        let is_warned = self.findings.iter().any(|finding| finding.starts_with(some_canvases));
        self.is_accepted() && !is_warned && self.verdict().is_some_and(Verdict::refuses)
    }

    /// Accepted, and plays in the browser, and the native host refuses it.
    pub fn is_host_alone(&self) -> bool {
        let browser = self.chromium.as_ref().is_some_and(Verdict::accepts);
        self.is_accepted() && browser && self.noop.as_ref().is_some_and(Verdict::refuses)
    }

    /// Refused for what only WebGPU could forbid, which does not.
    pub fn is_false_refusal(&self) -> bool {
        !self.is_accepted() && !self.breaks_the_language() && self.verdict().is_some_and(Verdict::accepts)
    }

    /// Whether some error is about the language, of which WebGPU knows nothing.
    fn breaks_the_language(&self) -> bool {
        let is_about_it = |finding: &String| {
            LANGUAGE.iter().any(|code| finding.starts_with(code)) || ANY_MACHINE.iter().any(|words| finding.contains(words))
        };
        self.findings[..self.errors].iter().any(is_about_it)
    }

    /// Refused, and not by exactly one finding.
    pub fn is_repeated(&self) -> bool {
        !self.is_accepted() && self.findings.len() != 1
    }

    /// Refused, with the first finding somewhere else.
    pub const fn is_misplaced(&self) -> bool {
        !self.is_accepted() && !self.is_placed
    }
}

/// Codes, or their beginnings, of rules that are the language's own: what breaks them may well be emitted as something that WebGPU accepts.
/// Writes that do not fit are among them, as some are left out.
const LANGUAGE: &[&str] = &["E01", "E02", "E03", "E0403", "E0404", "E0407", "E0408", "E0707", "E0709", "E073", "E09"];

/// What errors say that hold on other machines than the one with the oracle, whose canvas has one of two formats, and of a member that a
/// dictionary of WebGPU must have, which emission fills in.
const ANY_MACHINE: &[&str] = &["preferredCanvasFormat", "the stage has no `targets`"];

/// A scene that is right.
struct Good {
    name: String,
    folder: Folder,
    text: String,
    /// What hosts see of it; made when first asked for.
    program: OnceLock<u64>,
}

/// Runs mutants, and calls `progress` with how many are judged, out of how many.
///
/// # Errors
/// If the browser does not start.
pub fn run(root: &Path, settings: &Settings, progress: &dyn Fn(usize, usize)) -> Result<Vec<Outcome>, String> {
    let good = good_scenes(root);
    let chosen = choose(&good, settings);
    let total = chosen.len();
    let mut chromium = match settings.oracle {
        Oracle::None | Oracle::Noop => None,
        Oracle::Chromium => Some(Chromium::start()?),
    };
    let mut known: HashMap<u64, (Verdict, Option<Verdict>)> = HashMap::new();
    let mut outcomes: Vec<Outcome> = Vec::with_capacity(total);
    // While the browser judges one part, the compiler works on the next.
    std::thread::scope(|scope| {
        let (sender, parts) = std::sync::mpsc::sync_channel(1);
        let (good, chosen) = (&good, &chosen);
        let emits = settings.oracle != Oracle::None;
        scope.spawn(move || chosen.chunks(CHUNK).all(|part| sender.send(compile_all(good, part, emits)).is_ok()));
        for part in parts {
            let part: Vec<(Outcome, Option<Program>)> = part;
            let hashes: Vec<Option<u64>> = part.iter().map(|(_, program)| program.as_ref().map(hash)).collect();
            let mut asked: Vec<(u64, &Program, bool)> = Vec::new();
            for (hash, (outcome, program)) in hashes.iter().zip(&part) {
                if let (Some(hash), Some(program)) = (hash, program)
                    && !known.contains_key(hash)
                    && asked.iter().all(|(other, ..)| other != hash)
                {
                    asked.push((*hash, program, outcome.is_accepted()));
                }
            }
            let hashes_len = hashes.len();
            let noop = in_parallel(&asked, |(_, program, _)| Noop.judge(program));
            let browser: Vec<Option<Verdict>> = match &mut chromium {
                None => vec![None; asked.len()],
                Some(chromium) => {
                    let is_doubtful = |at: &usize| asked[*at].2 || !noop[*at].refuses();
                    let places: Vec<usize> = (0..asked.len()).filter(is_doubtful).collect();
                    let programs: Vec<&Program> = places.iter().map(|at| asked[*at].1).collect();
                    let mut verdicts = vec![None; asked.len()];
                    for (at, verdict) in places.into_iter().zip(chromium.judge(&programs)?) {
                        verdicts[at] = Some(verdict);
                    }
                    verdicts
                }
            };
            for ((hash, ..), verdicts) in asked.iter().zip(noop.into_iter().zip(browser)) {
                known.insert(*hash, verdicts);
            }
            for ((mut outcome, _), hash) in part.into_iter().zip(hashes) {
                if let Some((noop, browser)) = hash.and_then(|hash| known.get(&hash)) {
                    (outcome.noop, outcome.chromium) = (Some(noop.clone()), browser.clone());
                }
                outcomes.push(outcome);
            }
            if let Some(chromium) = &mut chromium {
                let first = outcomes.len() - hashes_len;
                judge_shaders(chromium, &mut outcomes[first..])?;
            }
            progress(outcomes.len(), total);
        }
        Ok(outcomes)
    })
}

/// Asks about the shaders of scenes that are refused for nothing but their shaders.
fn judge_shaders(chromium: &mut Chromium, outcomes: &mut [Outcome]) -> Result<(), String> {
    let only_shaders = |outcome: &&mut Outcome| {
        let errors = &outcome.findings[..outcome.errors];
        !errors.is_empty() && errors.iter().all(|finding| finding.starts_with("E08")) && !outcome.refused_shaders.is_empty()
    };
    let mut asked: Vec<&mut Outcome> = outcomes.iter_mut().filter(only_shaders).collect();
    let texts: Vec<&str> = asked.iter().flat_map(|outcome| &outcome.refused_shaders).map(String::as_str).collect();
    let mut verdicts = chromium.judge_shaders(&texts)?.into_iter();
    for outcome in &mut asked {
        let mut of_all = Verdict::default();
        for verdict in verdicts.by_ref().take(outcome.refused_shaders.len()) {
            of_all.host.extend(verdict.host);
            of_all.gpu.extend(verdict.gpu);
            of_all.unjudged = of_all.unjudged.or(verdict.unjudged);
        }
        outcome.chromium = Some(of_all);
    }
    Ok(())
}

/// The kinds of mistakes of a run, and how many mutants it has of each.
pub fn kinds(root: &Path, settings: &Settings) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for (_, edit) in choose(&good_scenes(root), settings) {
        *counts.entry(edit.kind).or_default() += 1;
    }
    counts
}

/// Name and program of every scene that is changed.
pub fn good_programs(root: &Path) -> Vec<(String, Program)> {
    let of = |good: Good| (good.name.clone(), good.compiled());
    good_scenes(root).into_iter().map(of).collect()
}

/// The examples and the scenes of `tests/ok`.
fn good_scenes(root: &Path) -> Vec<Good> {
    let mut good = Vec::new();
    for part in ["examples", "tests/ok"] {
        for Scene { name, folder, entry } in scenes(&root.join(part)) {
            let text = std::fs::read_to_string(folder.join(&entry)).unwrap_or_else(|error| panic!("{name}: {error}"));
            let folder = Folder(folder);
            good.push(Good { name: format!("{part}/{name}"), folder, text, program: OnceLock::new() });
        }
    }
    good
}

/// What hosts see of a program.
fn hash(program: &Program) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&program.bytecode, &program.data, &program.extensions, program.plugins.0).hash(&mut hasher);
    hasher.finish()
}

/// The mutants of a run: of every kind as many as of any other, as far as there are any.
fn choose(good: &[Good], settings: &Settings) -> Vec<(usize, Edit)> {
    let mut random = Random::new(settings.seed);
    let mut kinds: BTreeMap<(Class, String), Vec<(usize, Edit)>> = BTreeMap::new();
    for (index, scene) in good.iter().enumerate() {
        for round in 0..ROUNDS {
            for edit in edits(&scene.folder, &scene.text, &mut random) {
                let is_wanted = settings.kind.as_ref().is_none_or(|wanted| edit.kind.contains(wanted));
                // Of the insides of shaders there is enough.
                if is_wanted && (round == 0 || edit.class != Class::Wgsl) {
                    kinds.entry((edit.class, edit.kind.clone())).or_default().push((index, edit));
                }
            }
        }
    }
    kinds.values_mut().for_each(|list| random.shuffle(list));
    let mut chosen = Vec::new();
    let mut seen = BTreeSet::new();
    let shaders = settings.count * SHADER_PERCENT / 100;
    for (of_shaders, most) in [(true, shaders), (false, settings.count - shaders)] {
        let mut lists: Vec<_> = kinds.iter_mut().filter(|((class, _), _)| (*class == Class::Wgsl) == of_shaders).collect();
        random.shuffle(&mut lists);
        let mut count = 0;
        while count < most && lists.iter().any(|(_, list)| !list.is_empty()) {
            for (_, list) in &mut lists {
                let Some((scene, edit)) = list.pop().filter(|_| count < most) else { continue };
                if seen.insert(edit.apply(&good[scene].text)) {
                    chosen.push((scene, edit));
                    count += 1;
                }
            }
        }
    }
    // So that the browser gets a mixture.
    random.shuffle(&mut chosen);
    chosen
}

fn compile_all(good: &[Good], part: &[(usize, Edit)], emits: bool) -> Vec<(Outcome, Option<Program>)> {
    in_parallel(part, |(scene, edit)| compile_one(&good[*scene], edit, emits))
}

/// Calls `work` on all, on as many threads as there are processors.
fn in_parallel<T: Sync, R: Send>(all: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::with_capacity(all.len()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let at = next.fetch_add(1, Ordering::Relaxed)
                    && let Some(one) = all.get(at)
                {
                    let result = work(one);
                    results.lock().expect("no thread panics with it").push((at, result));
                }
            });
        }
    });
    let mut results = results.into_inner().expect("no thread panics with it");
    results.sort_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Compiles a mutant; there is a program for the oracles if `emits`, and what it would be otherwise is another than that of `good`.
fn compile_one(good: &Good, edit: &Edit, emits: bool) -> (Outcome, Option<Program>) {
    let text = edit.apply(&good.text);
    let old: Vec<&str> = edit.changes.iter().map(|(range, _)| &good.text[range.clone()]).collect();
    let new: Vec<&str> = edit.changes.iter().map(|(_, new)| new.as_str()).collect();
    let mut outcome = Outcome {
        kind: edit.kind.clone(),
        class: edit.class,
        scene: good.name.clone(),
        change: format!("{} -> {}", short(&old.join(" | ")), short(&new.join(" | "))),
        findings: Vec::new(),
        errors: 0,
        is_crash: false,
        is_placed: true,
        refused_shaders: Vec::new(),
        noop: None,
        chromium: None,
        text,
    };
    let looked = catch_unwind(AssertUnwindSafe(|| {
        if emits {
            return look(&good.folder, outcome.text.as_bytes());
        }
        let compiled = pngine_compiler::compile(&good.folder, "scene.pngine", outcome.text.as_bytes(), &Options::default());
        Judged { compiled, program: Err(Unemitted::Hole), refused_shaders: Vec::new() }
    }));
    let Ok(Judged { compiled, program, refused_shaders }) = looked else {
        outcome.is_crash = true;
        outcome.findings.push("panic".to_string());
        outcome.errors = 1;
        return (outcome, None);
    };
    let mut findings: Vec<(bool, String)> = Vec::new();
    for found in &compiled.diagnostics {
        let at = found.primary.as_ref().map_or_else(String::new, |label| {
            let file = compiled.sources.file(label.span.file);
            let position = file.position(label.span.start);
            let name = if label.span.file.0 == 0 { String::new() } else { format!("{}:", file.name) };
            format!(" {name}{}:{}", position.line, position.column)
        });
        findings.push((found.severity() != Severity::Error, format!("{}{at} {}", found.code.as_str(), found.message)));
    }
    findings.sort_by_key(|(is_warning, _)| *is_warning);
    let errors = findings.iter().filter(|(is_warning, _)| !is_warning).count();
    let first = compiled.diagnostics.iter().find(|found| found.severity() == Severity::Error);
    outcome.is_placed = first.is_none_or(|first| Declarations::of(&good.folder, &good.text, &outcome.text, edit).explains(first));
    outcome.findings = findings.into_iter().map(|(_, finding)| finding).collect();
    (outcome.errors, outcome.refused_shaders) = (errors, refused_shaders);
    // What is the same for hosts as the scene that was changed is accepted by all of them.
    let program = program.ok().filter(|program| hash(program) != *good.program.get_or_init(|| hash(&good.compiled())));
    (outcome, program)
}

impl Good {
    fn compiled(&self) -> Program {
        look(&self.folder, self.text.as_bytes()).program.unwrap_or_else(|hole| panic!("{}: {hole:?}", self.name))
    }
}

/// At most a line.
fn short(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = line.chars().take(90).collect();
    if cut.len() < line.len() { format!("{cut}…") } else { cut }
}
