//! Frames, with the steps of the `#pass`es they list. Source: language reference, sections 11 and 13.5.

use super::fullscreen::PassList;
use super::{Lowerer, named};
use crate::language::{self, Elem, Item};
use crate::resolve::Object;
use pngine_scene::*;
use pngine_source::source::Span;

/// The pass that is copied to the canvas, and what copies it; `None` where it draws there itself.
type Shown = Option<(usize, Option<Step>)>;

impl Lowerer<'_> {
    /// A `#frame`.
    pub(super) fn frame(&mut self, object: &Object, passes: &mut Option<PassList>) -> Frame {
        let frame: language::Frame = object.read();
        // Bad ones are reported.
        let item = |element: &Elem<Item>| Some((element.value?, element.span));
        let init: Vec<(Item, Span)> = frame.init.elements().iter().filter_map(item).collect();
        let lists = [&frame.before, &frame.perform, &frame.after];
        let items: Vec<(Item, Span)> = lists.into_iter().flat_map(|list| list.elements()).filter_map(item).collect();
        self.frame_of(named(object), &init, &items, passes)
    }

    /// The frame of a program that declares none: every pass in order.
    pub(super) fn generated_frame(&mut self, passes: &mut Option<PassList>) -> Option<Frame> {
        let list = passes.as_ref()?;
        let span = list.steps.get(list.main)?.named.span;
        let items: Vec<(Item, Span)> =
            list.steps.iter().enumerate().map(|(pass, steps)| (Item::Pass(pass), steps.named.span)).collect();
        Some(self.frame_of(Named { name: "main".to_string(), span }, &[], &items, passes))
    }

    fn frame_of(&mut self, named: Named, init: &[(Item, Span)], items: &[(Item, Span)], passes: &mut Option<PassList>) -> Frame {
        let (mut shown, mut shown_once): (Shown, Shown) = (None, None);
        if let Some(list) = passes {
            match self.shown(items, list.main) {
                Some(pass) => shown = Some((pass, self.pass_copy(list, pass))),
                // What is copied once is gone in the next frame, so that is of use only where nothing is shown in every frame.
                None if lists(init, list.main) => shown_once = Some((list.main, self.pass_copy(list, list.main))),
                None => {}
            }
        }
        let mut once = expand(init, passes.as_ref(), true, shown_once);
        for (item, span) in items {
            let Item::Pass(pass) = item else { continue };
            let Some(steps) = passes.as_ref().and_then(|list| list.steps.get(*pass)) else { continue };
            // What is uploaded stays for all passes.
            let uploads = steps.uploads.iter().filter(|upload| !once.iter().any(|step| step.value == **upload));
            let found: Vec<Spanned<Step>> = uploads.chain(&steps.seed).map(|step| Spanned::new(*step, *span)).collect();
            once.extend(found);
        }
        Frame { named, init: once, steps: expand(items, passes.as_ref(), false, shown) }
    }

    /// The pass that a frame copies to the canvas: the main one, or where nothing else reaches the canvas the last one listed.
    fn shown(&self, items: &[(Item, Span)], main: usize) -> Option<usize> {
        if lists(items, main) {
            return Some(main);
        }
        let reaches_canvas = |(item, _): &(Item, Span)| match item {
            Item::Step(step) => self.reaches_canvas(*step),
            Item::Pass(_) => false,
        };
        let pass = |(item, _): &(Item, Span)| if let Item::Pass(pass) = item { Some(*pass) } else { None };
        if items.iter().any(reaches_canvas) { None } else { items.iter().filter_map(pass).next_back() }
    }

    /// Whether a step draws or copies to the canvas. A hole may.
    fn reaches_canvas(&self, step: Step) -> bool {
        match step {
            Step::Render(id) => {
                let pass = self.scene.render_passes.get(id.0).and_then(Option::as_ref);
                pass.is_none_or(|pass| pass.attachments().any(|view| view == AttachmentView::Canvas))
            }
            Step::Queue(id) => {
                let queue = self.scene.queues.get(id.0).and_then(Option::as_ref);
                queue.is_none_or(|queue| {
                    let destinations = queue.actions.iter().filter_map(|action| match action {
                        Action::WriteTexture(write) => Some(&write.copy.destination),
                        Action::CopyBufferToTexture(copy) => Some(&copy.destination),
                        Action::CopyTextureToTexture(copy) => Some(&copy.destination),
                        Action::CopyImage { copy, .. } => Some(&copy.destination),
                        Action::CopyVideo { destination, .. } => Some(destination),
                        Action::WriteBuffer(_)
                        | Action::CopyBufferToBuffer { .. }
                        | Action::CopyTextureToBuffer(_)
                        | Action::ClearBuffer { .. }
                        | Action::ResolveQuerySet { .. }
                        | Action::CallWasm { .. } => None,
                    });
                    destinations.into_iter().any(|destination| destination.texture.is_none())
                })
            }
            Step::Compute(_) | Step::Init(_) => false,
        }
    }
}

fn lists(items: &[(Item, Span)], wanted: usize) -> bool {
    items.iter().any(|(item, _)| matches!(item, Item::Pass(pass) if *pass == wanted))
}

/// The steps of a list: a pass stands for its uniforms, its seed if `seeds` says so, its stages, and the copy.
fn expand(items: &[(Item, Span)], passes: Option<&PassList>, seeds: bool, shown: Shown) -> Vec<Spanned<Step>> {
    let mut out: Vec<Spanned<Step>> = Vec::new();
    for (item, span) in items {
        let pass = match item {
            Item::Step(step) => {
                out.push(Spanned::new(*step, *span));
                continue;
            }
            Item::Pass(pass) => *pass,
        };
        let Some(steps) = passes.and_then(|list| list.steps.get(pass)) else { continue };
        let uploads = steps.uploads.iter().filter(|upload| seeds && !out.iter().any(|step| step.value == **upload));
        let seed = uploads.chain(steps.seed.iter().filter(|_| seeds)).copied();
        // Writes take effect before all passes of the frame, so that one is enough.
        let write = steps.write.filter(|write| !out.iter().any(|step| step.value == *write));
        let copy = shown.filter(|(shown, _)| *shown == pass).and_then(|(_, copy)| copy);
        let found: Vec<Step> = seed.chain(write).chain(steps.stages.iter().copied()).chain(copy).collect();
        out.extend(found.into_iter().map(|step| Spanned::new(step, *span)));
    }
    out
}
