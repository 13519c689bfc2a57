//! The order in which a frame's work takes effect: writes go to the queue and come before everything that is encoded, wherever the
//! frame lists them. Source: language reference, section 18.3.

use super::passes::{reads, uses_texture};
use crate::diag::{Code, Diagnostic};
use crate::scene::*;
use crate::source::Span;

/// A part of a buffer, or a mip level of a texture.
#[derive(Clone, Copy, PartialEq)]
enum Target {
    Buffer { id: BufferId, member: Option<u32>, bytes: (u64, u64) },
    Texture { id: TextureId, member: Option<u32>, mip: u32 },
}

impl Target {
    fn of_range(range: &BufferRange) -> Self {
        let start = u64::from(range.offset.0);
        Self::Buffer { id: range.buffer, member: range.ping_pong, bytes: (start, start + u64::from(range.size.0)) }
    }

    /// All of a buffer from its layout's offset on: how far a copy reaches may depend on the canvas.
    fn of_side(side: &BufferSide) -> Self {
        Self::Buffer { id: side.buffer, member: side.ping_pong, bytes: (u64::from(side.layout.offset.0), u64::MAX) }
    }

    fn of_texture(side: &TextureSide) -> Option<Self> {
        Some(Self::Texture { id: side.texture?, member: side.ping_pong, mip: side.mip.0 })
    }

    fn meets(self, other: Self) -> bool {
        match (self, other) {
            (Self::Buffer { id, member, bytes }, Self::Buffer { id: of, member: turned, bytes: range }) => {
                (id, member) == (of, turned) && bytes.0 < range.1 && range.0 < bytes.1
            }
            (Self::Texture { id, member, mip }, Self::Texture { id: of, member: turned, mip: level }) => {
                (id, member, mip) == (of, turned, level)
            }
            (Self::Buffer { .. }, Self::Texture { .. }) | (Self::Texture { .. }, Self::Buffer { .. }) => false,
        }
    }

    fn name(self, scene: &Scene) -> &str {
        match self {
            Self::Buffer { id, .. } => scene.buffer(id).map_or("?", |buffer| &buffer.named.name),
            Self::Texture { id, .. } => scene.texture(id).map_or("?", |texture| &texture.named.name),
        }
    }
}

/// Something that a frame does.
enum Event {
    /// A write on the queue.
    Write(Target),
    /// A copy or clear among the passes: what it reads, what it writes.
    Copy(Option<Target>, Option<Target>),
    /// A pass.
    Pass(Step),
}

fn image_event(destination: &TextureSide) -> Event {
    Target::of_texture(destination).map_or(Event::Copy(None, None), Event::Write)
}

fn event(action: &Action) -> (Event, Span) {
    match action {
        Action::WriteBuffer(write) => {
            let bytes = (u64::from(write.offset), u64::from(write.offset) + u64::from(write.len));
            (Event::Write(Target::Buffer { id: write.buffer, member: write.ping_pong, bytes }), write.span)
        }
        Action::WriteTexture(write) => {
            let event = match Target::of_texture(&write.copy.destination) {
                Some(target) => Event::Write(target),
                None => Event::Copy(None, None),
            };
            (event, write.copy.span)
        }
        Action::CopyBufferToBuffer { span, source, destination } => {
            (Event::Copy(Some(Target::of_range(source)), Some(Target::of_range(destination))), *span)
        }
        Action::CopyBufferToTexture(copy) => {
            (Event::Copy(Some(Target::of_side(&copy.source)), Target::of_texture(&copy.destination)), copy.span)
        }
        Action::CopyTextureToBuffer(copy) => {
            (Event::Copy(Target::of_texture(&copy.source), Some(Target::of_side(&copy.destination))), copy.span)
        }
        Action::CopyTextureToTexture(copy) => {
            (Event::Copy(Target::of_texture(&copy.source), Target::of_texture(&copy.destination)), copy.span)
        }
        // Images are copied on the queue, like writes.
        Action::CopyImage { copy, .. } => (image_event(&copy.destination), copy.span),
        Action::CopyVideo { span, destination, .. } => (image_event(destination), *span),
        Action::CallWasm { span, .. } => (Event::Copy(None, None), *span),
        Action::ClearBuffer { span, range } => (Event::Copy(None, Some(Target::of_range(range))), *span),
        Action::ResolveQuerySet { span, destination, .. } => (Event::Copy(None, Some(Target::of_range(destination))), *span),
    }
}

/// What a frame writes twice should be written before anything reads it, and what it copies and writes, written first.
pub fn writes(scene: &Scene, frame: &Frame, diagnostics: &mut Vec<Diagnostic>) {
    // Each with the place in the frame's lists and its own place.
    let mut events: Vec<(Event, Span, Span)> = Vec::new();
    for (step, span) in &frame.steps {
        match step {
            Step::Queue(queue) => {
                let actions = scene.queues[queue.0].iter().flat_map(|queue| &queue.actions);
                events.extend(actions.map(event).map(|(event, own)| (event, *span, own)));
            }
            Step::Render(_) | Step::Compute(_) | Step::Init(_) => events.push((Event::Pass(*step), *span, *span)),
        }
    }
    // A frame of more commands is refused for that, and comparing all of them would take too long.
    if events.len() > crate::emit::MAX_COMMANDS {
        return;
    }
    for (position, (event, listed, own)) in events.iter().enumerate() {
        let Event::Write(target) = event else { continue };
        let name = target.name(scene);
        // The last one before it that does not come first anyway.
        let touches = |(event, ..): &&(Event, Span, Span)| match event {
            Event::Write(_) => false,
            Event::Copy(source, destination) => [source, destination].into_iter().flatten().any(|touched| touched.meets(*target)),
            Event::Pass(step) => match target {
                Target::Buffer { id, .. } => reads(scene, *step, *id),
                Target::Texture { id, .. } => uses_texture(scene, *step, *id),
            },
        };
        let earlier = &events[..position];
        if let Some((_, _, copy)) =
            earlier.iter().find(|(event, ..)| matches!(event, Event::Copy(_, Some(destination)) if destination.meets(*target)))
        {
            let message = format!("`{name}` is written after a copy into it, but the write takes effect first");
            diagnostics.push(Diagnostic::new(Code::WriteOrder, *own, message).also(*copy, "overwrites it").help(
                "all writes of a frame take effect before its copies and passes; write to another place, or copy from a buffer",
            ));
            continue;
        }
        let first = earlier.iter().position(|(event, ..)| matches!(event, Event::Write(old) if old.meets(*target)));
        let Some(first) = first else { continue };
        if let Some(between) = earlier[first + 1..].iter().find(touches) {
            let reader = if matches!(between.0, Event::Pass(_)) { "pass" } else { "copy" };
            let message = format!("`{name}` is written again after a {reader} that reads it");
            // Actions of one queue are told apart by their own places.
            let span = if events[first].1 == *listed { *own } else { *listed };
            diagnostics.push(
                Diagnostic::new(Code::WriteOrder, span, message)
                    .also(events[first].2, "the first write")
                    .help("all writes of a frame take effect before its passes; use two buffers"),
            );
        }
    }
}
