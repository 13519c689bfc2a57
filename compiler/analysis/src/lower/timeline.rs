//! The timeline, the canvas, and what is said about the scene. Source: language reference, sections 12 and 18.1.

use super::Lowerer;
use crate::language::{self, MetaText};
use crate::limits::MOST_FINDINGS;
use crate::resolve::Object;
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic, nearest};
use pngine_source::source::Span;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

/// What may happen at the end, and how it is written.
const END_BEHAVIORS: [(&str, EndBehavior); 3] =
    [("hold", EndBehavior::Hold), ("stop", EndBehavior::Stop), ("restart", EndBehavior::Restart)];

impl Lowerer<'_> {
    /// Seconds as whole milliseconds, cut off (language reference, 12.1: "stored as integer milliseconds").
    fn milliseconds(&mut self, seconds: Spanned<f64>) -> Option<u32> {
        // What a computation in doubles misses by its last bits is no millisecond less.
        let milliseconds = libm::floor(*seconds * 1000.0 + 1e-6);
        if milliseconds < 0.0 || milliseconds > f64::from(u32::MAX) {
            let message = format!("{seconds} seconds, where times go from 0 to {}", u32::MAX / 1000);
            self.report(Diagnostic::new(Code::OutOfRange, seconds.span, message));
            return None;
        }
        Some(milliseconds as u32)
    }

    pub(super) fn animation(&mut self, o: &Object) -> Option<Animation> {
        let declared: language::Animation = o.read();
        let language::Animation { duration: duration_slot, repeats, end_behavior, scenes: listed, .. } = &declared;
        let duration = duration_slot.found().and_then(|seconds| self.milliseconds(seconds));
        if duration == Some(0) {
            let message = "a timeline of less than a millisecond";
            self.report(Diagnostic::new(Code::OutOfRange, duration_slot.span, message).help("its length is in seconds"));
        }
        let (word, span) = (end_behavior.value.as_str(), end_behavior.span);
        let end = match END_BEHAVIORS.iter().find(|(known, _)| *known == word) {
            Some((_, behavior)) if !repeats.value => *behavior,
            Some((_, behavior)) => {
                // To hold is the default, so it says nothing that could be missed.
                if *behavior != EndBehavior::Hold {
                    let message = "`endBehavior` has no effect: the timeline loops";
                    self.report(
                        Diagnostic::new(Code::NoEffect, span, message)
                            .also(repeats.span, "so it never ends")
                            .help("leave one of the two out"),
                    );
                }
                EndBehavior::Loop
            }
            None => {
                let mut diagnostic = Diagnostic::new(Code::UnknownWord, span, format!("`{word}` is not an end behavior"));
                diagnostic = match nearest(word, END_BEHAVIORS.iter().map(|(known, _)| *known)) {
                    Some(near) => {
                        diagnostic.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), false, span, near)
                    }
                    None => diagnostic.help("choose from hold, stop, restart"),
                };
                self.report(diagnostic);
                return None;
            }
        };
        let scenes: Vec<Option<AnimationScene>> =
            listed.elements().iter().map(|scene| self.animation_scene(scene.value.as_ref()?)).collect();
        if listed.value.as_ref().is_some_and(Vec::is_empty) {
            let message = "a timeline without scenes shows nothing of its own";
            self.report(Diagnostic::new(Code::BadLength, listed.span, message).help("write `{ id=… frame=… start=0 end=… }`"));
            return None;
        }
        let is_complete = scenes.iter().all(Option::is_some);
        let scenes: Vec<AnimationScene> = scenes.into_iter().flatten().collect();
        self.scene_times(duration, duration_slot.span, &scenes);
        Some(Animation { span: o.name_span, duration: duration?, end, scenes }).filter(|_| is_complete)
    }

    fn animation_scene(&mut self, scene: &language::AnimatedScene) -> Option<AnimationScene> {
        let start = if scene.start.is_bad() { None } else { self.milliseconds(scene.start.spanned()) };
        let end = scene.end.found().and_then(|seconds| self.milliseconds(seconds));
        let Spanned { value: name, span } = scene.id.found()?;
        let frame = scene.frame.value?.0;
        Some(AnimationScene { named: Named { name, span }, frame, start: start?, end: end?, times: scene.end.span })
    }

    /// Scenes that are never shown, and times that contradict each other. Source: language reference, 15.2 "Names".
    fn scene_times(&mut self, duration: Option<u32>, duration_span: Span, scenes: &[AnimationScene]) {
        let mut by_name: HashMap<&str, Span> = HashMap::new();
        let mut shown = Shown::default();
        let mut overlaps = 0;
        for (index, scene) in scenes.iter().enumerate() {
            let name = &scene.named.name;
            match by_name.entry(name) {
                Entry::Occupied(first) => {
                    let message = format!("there are two scenes `{name}`");
                    let diagnostic = Diagnostic::new(Code::DuplicateName, scene.named.span, message);
                    self.report(diagnostic.also(*first.get(), "the first one").help("hosts tell scenes by their ids"));
                }
                Entry::Vacant(place) => {
                    place.insert(scene.named.span);
                }
            }
            if scene.start >= scene.end {
                let message = format!("the scene `{name}` ends before it has begun, so it is never shown");
                let (start, end) = (f64::from(scene.start) / 1000.0, f64::from(scene.end) / 1000.0);
                let diagnostic = Diagnostic::new(Code::SceneTimes, scene.times, message);
                let help = format!("write an `end` above {start}: `start` and `end` are seconds of the timeline, not a duration");
                self.report(diagnostic.label(format!("from second {start} to second {end}")).help(help));
                continue;
            }
            if overlaps < MOST_FINDINGS
                && let Some(old) = shown.add(scene.start, scene.end, index).and_then(|old| scenes.get(old))
            {
                overlaps += 1;
                let message = format!("the scenes `{}` and `{name}` overlap, and the first one is shown", old.named.name);
                self.report(Diagnostic::new(Code::SceneOverlap, scene.named.span, message).also(old.named.span, "the first one"));
            }
            if let Some(duration) = duration.filter(|duration| *duration > 0 && scene.end > *duration) {
                let message = format!("the scene `{name}` ends after the timeline");
                self.report(
                    Diagnostic::new(Code::SceneOverlap, scene.times, message)
                        .also(duration_span, format!("which ends at second {}", f64::from(duration) / 1000.0)),
                );
            }
        }
    }

    /// The canvas' configuration.
    pub(super) fn canvas(&mut self, o: &Object) -> Canvas {
        let canvas: language::Canvas = o.read();
        Canvas {
            alpha_mode: canvas.alpha_mode.written().copied(),
            color_space: canvas.color_space.written().copied(),
            tone_mapping: canvas.tone_mapping.written().copied(),
        }
    }

    /// What is said about the scene: property and text.
    pub(super) fn meta(&mut self, o: &Object) -> Vec<(&'static str, String)> {
        let meta: language::Meta = o.read();
        let said = meta.texts.into_iter().filter_map(|chosen| match chosen.value {
            MetaText::Title(text)
            | MetaText::Author(text)
            | MetaText::License(text)
            | MetaText::Description(text)
            | MetaText::Url(text) => Some((chosen.row.name, text?)),
        });
        said.collect()
    }
}

/// Which scene is shown when, without gaps and overlaps: end and scene by start, in milliseconds. Of two that overlap the first is shown.
#[derive(Default)]
struct Shown(BTreeMap<u32, (u32, usize)>);

impl Shown {
    /// Adds a scene that goes from `start` up to `end`, which is later; gives one that is shown before it in part of that time.
    ///
    /// A scene fills the gaps that the earlier ones leave, and a gap is filled once: so scenes that do not overlap take little longer
    /// than to sort them.
    fn add(&mut self, start: u32, end: u32, scene: usize) -> Option<usize> {
        let before = self.0.range(..=start).next_back().map(|(_, &(stop, old))| (stop, old)).filter(|(stop, _)| *stop > start);
        let mut found = before.map(|(_, old)| old);
        let mut at = before.map_or(start, |(stop, _)| stop);
        let mut gaps = Vec::new();
        while at < end {
            match self.0.range(at..end).next().map(|(&from, &(stop, old))| (from, stop, old)) {
                Some((from, stop, old)) => {
                    found = Some(found.map_or(old, |found| found.min(old)));
                    gaps.extend((at < from).then_some((at, from)));
                    at = stop;
                }
                None => {
                    gaps.push((at, end));
                    at = end;
                }
            }
        }
        self.0.extend(gaps.into_iter().map(|(from, stop)| (from, (stop, scene))));
        found
    }
}
