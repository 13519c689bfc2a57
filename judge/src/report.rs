//! The scores of a run, and samples of what is wrong.

use crate::mutants::Class;
use crate::run::Outcome;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// Most samples of a kind that are written.
const SAMPLES: usize = 5;

/// Counts over some outcomes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scores {
    /// Mutants.
    pub all: usize,
    /// Those that the compiler accepts.
    pub accepted: usize,
    /// Of these, those that WebGPU refuses.
    pub escapes: usize,
    /// Of the accepted, those that play in the browser and not natively.
    pub host_alone: usize,
    /// Those that the compiler refuses.
    pub refused: usize,
    /// Of these, those that an oracle has judged.
    pub judged: usize,
    /// Of the refused, those that WebGPU accepts.
    pub false_refusals: usize,
    /// Those that make the compiler panic.
    pub crashes: usize,
    /// Of the refused, those with more than one finding.
    pub repeated: usize,
    /// Of the refused, those whose first finding is shown somewhere else.
    pub misplaced: usize,
}

impl Scores {
    /// Counts.
    pub fn of<'a>(outcomes: impl IntoIterator<Item = &'a Outcome>) -> Self {
        let mut scores = Self::default();
        for outcome in outcomes {
            scores.all += 1;
            scores.crashes += usize::from(outcome.is_crash);
            scores.accepted += usize::from(outcome.is_accepted());
            scores.refused += usize::from(!outcome.is_accepted());
            scores.escapes += usize::from(outcome.is_escape());
            scores.host_alone += usize::from(outcome.is_host_alone());
            scores.judged += usize::from(!outcome.is_accepted() && (outcome.noop.is_some() || outcome.chromium.is_some()));
            scores.false_refusals += usize::from(outcome.is_false_refusal());
            scores.repeated += usize::from(outcome.is_repeated());
            scores.misplaced += usize::from(outcome.is_misplaced());
        }
        scores
    }

    /// Refused mutants with exactly one finding, in percent.
    pub fn one_finding_percent(&self) -> f64 {
        percent(self.refused - self.repeated, self.refused)
    }

    /// Refused mutants whose first finding is in the right place, in percent.
    pub fn placed_percent(&self) -> f64 {
        percent(self.refused - self.misplaced, self.refused)
    }

    const fn wrong(&self) -> usize {
        self.crashes + self.escapes + self.host_alone + self.false_refusals + self.misplaced
    }
}

fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 { 100.0 } else { part as f64 * 100.0 / whole as f64 }
}

fn per_thousand(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 * 1000.0 / whole as f64 }
}

/// The scores of all outcomes, of each class and of each kind, worst first, as text.
pub fn report(outcomes: &[Outcome]) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail, here and below.
    let _ = writeln!(
        out,
        "| class | mutants | accepted | escapes | per 1,000 | native host alone | refused | judged | false refusals | per 1,000 | one finding | right place |"
    );
    let _ = writeln!(out, "|---|---|---|---|---|---|---|---|---|---|---|---|");
    let classes = Class::ALL.iter().map(|class| (class.name(), Scores::of(outcomes.iter().filter(|one| one.class == *class))));
    let scenes = outcomes.iter().filter(|one| one.class != Class::Wgsl);
    for (name, s) in classes.chain([("all but shaders", Scores::of(scenes))]) {
        let _ = writeln!(
            out,
            "| {name} | {} | {} | {} | {:.1} | {} | {} | {} | {} | {:.1} | {:.1} % | {:.2} % |",
            s.all,
            s.accepted,
            s.escapes,
            per_thousand(s.escapes, s.accepted),
            s.host_alone,
            s.refused,
            s.judged,
            s.false_refusals,
            per_thousand(s.false_refusals, s.refused),
            s.one_finding_percent(),
            s.placed_percent()
        );
    }
    let mut kinds: BTreeMap<(Class, &str), Vec<&Outcome>> = BTreeMap::new();
    for outcome in outcomes {
        kinds.entry((outcome.class, &outcome.kind)).or_default().push(outcome);
    }
    let mut rows: Vec<_> = kinds.iter().map(|(kind, list)| (kind, Scores::of(list.iter().copied()))).collect();
    rows.sort_by_key(|(_, scores)| std::cmp::Reverse((scores.wrong(), scores.repeated)));
    let crashes = outcomes.iter().filter(|one| one.is_crash).count();
    let _ = writeln!(out, "\n{crashes} panics of the compiler");
    let _ = writeln!(out, "\n{} kinds; those with something wrong:\n", rows.len());
    let _ = writeln!(
        out,
        "| kind | class | mutants | escapes | native host alone | false refusals | wrong place | several findings | one finding |"
    );
    let _ = writeln!(out, "|---|---|---|---|---|---|---|---|---|");
    for ((class, kind), s) in rows.iter().filter(|(_, scores)| scores.wrong() + scores.repeated > 0) {
        let _ = writeln!(
            out,
            "| {kind} | {} | {} | {} | {} | {} | {} | {} | {:.0} % |",
            class.name(),
            s.all,
            s.escapes,
            s.host_alone,
            s.false_refusals,
            s.misplaced,
            s.repeated,
            s.one_finding_percent()
        );
    }
    out
}

type Fault = fn(&Outcome) -> bool;

/// What can be wrong with an outcome, by the name of its folder.
const FAULTS: [(&str, Fault); 6] = [
    ("crashes", |outcome| outcome.is_crash),
    ("escapes", Outcome::is_escape),
    ("native-host-alone", Outcome::is_host_alone),
    ("false-refusals", Outcome::is_false_refusal),
    ("wrong-place", Outcome::is_misplaced),
    ("several-findings", Outcome::is_repeated),
];

/// Writes samples: `FOLDER/FAULT/KIND-N.pngine`, with what was changed and what was said in comments at its end. In `FOLDER/FAULT.txt` all of
/// them are listed in short.
///
/// # Errors
/// If something cannot be written.
pub fn keep(outcomes: &[Outcome], folder: &Path) -> std::io::Result<()> {
    for (fault, is_faulty) in FAULTS {
        let place = folder.join(fault);
        std::fs::create_dir_all(&place)?;
        let mut list = String::new();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let mut faulty: Vec<&Outcome> = outcomes.iter().filter(|outcome| is_faulty(outcome)).collect();
        faulty.sort_by(|a, b| (a.class, &a.kind).cmp(&(b.class, &b.kind)));
        for outcome in faulty {
            let count = counts.entry(&outcome.kind).or_default();
            *count += 1;
            let mut about =
                format!("// {}: {}\n// of {}: {}\n", outcome.class.name(), outcome.kind, outcome.scene, outcome.change);
            outcome.findings.iter().for_each(|finding| _ = writeln!(about, "// we: {finding}"));
            for (who, verdict) in [("wgpu", &outcome.noop), ("Chromium", &outcome.chromium)] {
                let Some(verdict) = verdict else { continue };
                let said = verdict.reason().lines().collect::<Vec<_>>().join(" ");
                let _ = writeln!(about, "// {who}: {}", if said.is_empty() { "accepts" } else { &said });
            }
            list.push_str(&about);
            list.push('\n');
            if *count <= SAMPLES {
                let name: String = outcome.kind.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
                let path = place.join(format!("{name}-{count}.pngine"));
                std::fs::write(path, format!("{}\n\n{about}", outcome.text.trim_end()))?;
            }
        }
        std::fs::write(folder.join(format!("{fault}.txt")), list)?;
    }
    Ok(())
}
