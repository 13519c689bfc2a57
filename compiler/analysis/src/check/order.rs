//! The order in which a frame's work takes effect: writes go to the queue and come before everything that is encoded, wherever the
//! frame lists them. Source: language reference, section 18.3.

use super::Scene;
use crate::limits::MOST_FINDINGS;
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::Span;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A part of a buffer, or a mip level of a texture.
#[derive(Clone, Copy, PartialEq)]
enum Target {
    Buffer { id: BufferId, member: Option<u32>, bytes: (u64, u64) },
    Texture { id: TextureId, member: Option<u32>, mip: u32 },
}

impl Target {
    fn of_range(range: &BufferRange) -> Self {
        let start = u64::from(range.offset.value);
        Self::Buffer { id: range.buffer, member: range.ping_pong, bytes: (start, start + u64::from(range.size.value)) }
    }

    /// All of a buffer from its layout's offset on: how far a copy reaches may depend on the canvas.
    fn of_side(side: &BufferSide) -> Self {
        Self::Buffer { id: side.buffer, member: side.ping_pong, bytes: (u64::from(side.layout.offset.value), u64::MAX) }
    }

    fn of_texture(side: &TextureSide) -> Option<Self> {
        Some(Self::Texture { id: side.texture?, member: side.ping_pong, mip: side.mip.value })
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

    fn name<'s>(self, scene: &'s Scene<'_>) -> &'s str {
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
            let bytes = (u64::from(*write.offset), u64::from(*write.offset) + u64::from(write.len));
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
    for Spanned { value: step, span } in &frame.steps {
        match step {
            Step::Queue(queue) => {
                let actions = scene.queue(*queue).into_iter().flat_map(|queue| &queue.actions);
                events.extend(actions.map(event).map(|(event, own)| (event, *span, own)));
            }
            Step::Render(_) | Step::Compute(_) | Step::Init(_) => events.push((Event::Pass(*step), *span, *span)),
        }
        // A frame of more commands is refused for that.
        if events.len() > pngine_format::command::MAX_COMMANDS {
            return;
        }
    }
    let mut history = History::new(scene, &events);
    let mut found = 0;
    for (position, (event, listed, own)) in events.iter().enumerate() {
        let target = match event {
            Event::Write(target) => target,
            Event::Copy(source, destination) => {
                history.copied(*source, *destination, position);
                continue;
            }
            Event::Pass(step) => {
                history.passed(*step, position);
                continue;
            }
        };
        let name = target.name(scene);
        let before = history.before(*target);
        history.written(*target, position);
        if found == MOST_FINDINGS {
            return;
        }
        if let Some((_, _, copy)) = before.copy.and_then(|copy| events.get(copy)) {
            let message = format!("`{name}` is written after a copy into it, but the write takes effect first");
            diagnostics.push(Diagnostic::new(Code::WriteOrder, *own, message).also(*copy, "overwrites it").help(
                "all writes of a frame take effect before its copies and passes; write to another place, or copy from a buffer",
            ));
            found += 1;
            continue;
        }
        let (Some(first), Some(last_use)) = (before.write, before.last_use) else { continue };
        if last_use < first {
            continue;
        }
        // The first of those that lie between.
        let touches = |(event, ..): &&(Event, Span, Span)| match event {
            Event::Write(_) => false,
            Event::Copy(source, destination) => [source, destination].into_iter().flatten().any(|touched| touched.meets(*target)),
            Event::Pass(step) => history.uses(*step, *target),
        };
        if let Some(between) = events[first + 1..=last_use].iter().find(touches) {
            let reader = if matches!(between.0, Event::Pass(_)) { "pass" } else { "copy" };
            let message = format!("`{name}` is written again after a {reader} that reads it");
            // Actions of one queue are told apart by their own places.
            let span = if events[first].1 == *listed { *own } else { *listed };
            diagnostics.push(
                Diagnostic::new(Code::WriteOrder, span, message)
                    .also(events[first].2, "the first write")
                    .help("all writes of a frame take effect before its passes; use two buffers"),
            );
            found += 1;
        }
    }
}

/// A texture and a member of its pool.
pub(super) type Member = (TextureId, u32);

/// The texture of an attachment, and which member of its pool the first frame draws to.
pub(super) fn member_of(scene: &Scene, view: AttachmentView) -> Option<Member> {
    let (pool, member) = scene.attachment_pool(view);
    Some((scene.attached_texture(view)?, member % pool.max(1)))
}

/// What can be written: a member of a buffer, or a mip level of a member of a texture.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Buffer(BufferId, Option<u32>),
    Texture(TextureId, Option<u32>, u32),
}

impl Target {
    /// What it is a part of, and which: of a texture, all.
    fn place(self) -> (Place, (u64, u64)) {
        match self {
            Self::Buffer { id, member, bytes } => (Place::Buffer(id, member), bytes),
            Self::Texture { id, member, mip } => (Place::Texture(id, member, mip), (0, 1)),
        }
    }
}

/// What happened in a frame up to some event; what is asked of it takes a time that hardly grows with the number of events.
struct History {
    /// Of what is written, the events that wrote it, copied into it and touched it with a copy.
    places: BTreeMap<Place, [Intervals; 3]>,
    /// The passes that use a buffer or a texture which is written, as numbers of [`History::last`].
    users: BTreeMap<Place, Vec<usize>>,
    /// Number of each pass.
    passes: BTreeMap<Step, usize>,
    /// When each ran last.
    last: Vec<Option<usize>>,
}

/// What is known of a target: events by their positions.
struct Before {
    /// The first write that meets it.
    write: Option<usize>,
    /// The first copy into it.
    copy: Option<usize>,
    /// The last event that reads or copies it.
    last_use: Option<usize>,
}

impl History {
    fn new(scene: &Scene, events: &[(Event, Span, Span)]) -> Self {
        let mut bounds: BTreeMap<Place, Vec<u64>> = BTreeMap::new();
        for (event, ..) in events {
            if let Event::Write(target) = event {
                let (place, (start, end)) = target.place();
                bounds.entry(place).or_default().extend([start, end]);
            }
        }
        for (event, ..) in events {
            if let Event::Copy(source, destination) = event {
                for (place, (start, end)) in [source, destination].into_iter().flatten().map(|target| target.place()) {
                    if let Some(bounds) = bounds.get_mut(&place) {
                        bounds.extend([start, end]);
                    }
                }
            }
        }
        let mut history = Self { places: BTreeMap::new(), users: BTreeMap::new(), passes: BTreeMap::new(), last: Vec::new() };
        for (event, ..) in events {
            let Event::Pass(step) = event else { continue };
            if history.passes.contains_key(step) {
                continue;
            }
            let number = history.last.len();
            history.passes.insert(*step, number);
            history.last.push(None);
            let used = used(scene, *step);
            // Any member, any mip level.
            for place in used.into_iter().map(Place::whole) {
                history.users.entry(place).or_default().push(number);
            }
        }
        history.places = bounds.into_iter().map(|(place, bounds)| (place, [(); 3].map(|()| Intervals::new(&bounds)))).collect();
        history
    }

    fn written(&mut self, target: Target, position: usize) {
        let (place, part) = target.place();
        if let Some([writes, ..]) = self.places.get_mut(&place) {
            writes.add(part, position);
        }
    }

    fn copied(&mut self, source: Option<Target>, destination: Option<Target>, position: usize) {
        for (target, is_written) in [(source, false), (destination, true)] {
            let Some((place, part)) = target.map(Target::place) else { continue };
            let Some([_, copies, touched]) = self.places.get_mut(&place) else { continue };
            if is_written {
                copies.add(part, position);
            }
            touched.add(part, position);
        }
    }

    fn passed(&mut self, step: Step, position: usize) {
        if let Some(last) = self.passes.get(&step).and_then(|number| self.last.get_mut(*number)) {
            *last = Some(position);
        }
    }

    /// Whether a pass that was asked about uses what a target is a part of.
    fn uses(&self, step: Step, target: Target) -> bool {
        let users = self.users.get(&target.place().0.whole());
        self.passes.get(&step).is_some_and(|number| users.is_some_and(|users| users.binary_search(number).is_ok()))
    }

    fn before(&self, target: Target) -> Before {
        let (place, part) = target.place();
        let Some([writes, copies, touched]) = self.places.get(&place) else {
            return Before { write: None, copy: None, last_use: None };
        };
        let users = self.users.get(&place.whole()).into_iter().flatten();
        let passed = users.filter_map(|number| self.last.get(*number).copied().flatten()).max();
        Before {
            write: writes.find(part).map(|(first, _)| first),
            copy: copies.find(part).map(|(first, _)| first),
            last_use: touched.find(part).map(|(_, last)| last).max(passed),
        }
    }
}

impl Place {
    /// The whole buffer or texture.
    fn whole(self) -> Self {
        match self {
            Self::Buffer(id, _) => Self::Buffer(id, None),
            Self::Texture(id, ..) => Self::Texture(id, None, 0),
        }
    }
}

/// The buffers and textures that a pass uses, each once.
fn used(scene: &Scene, step: Step) -> BTreeSet<Place> {
    let (commands, attachments): (&[_], Vec<AttachmentView>) = match step {
        Step::Render(id) => match &scene.render_passes[id.0] {
            Some(pass) => (&pass.commands, pass.attachments().collect()),
            None => (&[], Vec::new()),
        },
        Step::Compute(id) => (scene.compute_pass(id).map_or(&[], |pass| &pass.commands), Vec::new()),
        Step::Init(id) => {
            return scene.init(id).into_iter().map(|init| Place::Buffer(init.buffer.value, None)).collect();
        }
        Step::Queue(_) => (&[], Vec::new()),
    };
    let mut out = BTreeSet::new();
    let mut bundles = BTreeSet::new();
    used_by(scene, commands, &mut out);
    for command in commands {
        if let PassCommand::ExecuteBundles(executed) = &command.value {
            for bundle in executed.iter().filter(|id| bundles.insert(**id)).filter_map(|id| scene.bundle(*id)) {
                used_by(scene, &bundle.commands, &mut out);
            }
        }
    }
    out.extend(attachments.into_iter().filter_map(|view| member_of(scene, view)).map(|(id, _)| Place::Texture(id, None, 0)));
    out
}

fn used_by(scene: &Scene, commands: &[Spanned<PassCommand>], out: &mut BTreeSet<Place>) {
    let mut buffer = |id| out.insert(Place::Buffer(id, None));
    let mut groups = BTreeSet::new();
    for command in commands {
        match &command.value {
            PassCommand::SetBindGroup(bound) => {
                groups.insert(bound.group);
            }
            PassCommand::SetVertexBuffer(bound) => {
                buffer(bound.buffer);
            }
            PassCommand::SetIndexBuffer(bound) => {
                buffer(bound.buffer);
            }
            PassCommand::DrawIndirect(from) | PassCommand::DrawIndexedIndirect(from) | PassCommand::DispatchIndirect(from) => {
                buffer(from.buffer);
            }
            PassCommand::SetPipeline(_)
            | PassCommand::Draw(_)
            | PassCommand::DrawIndexed(_)
            | PassCommand::SetViewport(_)
            | PassCommand::SetScissorRect(_)
            | PassCommand::SetBlendConstant(_)
            | PassCommand::SetStencilReference(_)
            | PassCommand::BeginOcclusionQuery(_)
            | PassCommand::EndOcclusionQuery
            | PassCommand::ExecuteBundles(_)
            | PassCommand::Dispatch(_)
            | PassCommand::PushDebugGroup(_)
            | PassCommand::PopDebugGroup
            | PassCommand::InsertDebugMarker(_) => {}
        }
    }
    for entry in groups.into_iter().filter_map(|group| scene.group(group)).flat_map(|group| &group.entries) {
        match entry.resource {
            Resource::Buffer { buffer, .. } => out.insert(Place::Buffer(buffer, None)),
            Resource::Texture { texture, .. } => out.insert(Place::Texture(texture, None, 0)),
            Resource::View { view, .. } => scene.view(view).is_some_and(|view| out.insert(Place::Texture(view.texture, None, 0))),
            Resource::Sampler(_) | Resource::Video(_) => false,
        };
    }
}

/// Intervals with numbers that grow: a segment tree over the bounds that there are.
struct Intervals {
    bounds: Vec<u64>,
    /// The smallest and the largest number of those that cover all of a node.
    covering: Vec<Option<(usize, usize)>>,
    /// The same of those that meet it.
    meeting: Vec<Option<(usize, usize)>>,
}

impl Intervals {
    /// For intervals whose starts and ends are all among `bounds`.
    fn new(bounds: &[u64]) -> Self {
        let mut bounds = bounds.to_vec();
        bounds.sort_unstable();
        bounds.dedup();
        let nodes = 2 * bounds.len().next_power_of_two();
        Self { bounds, covering: vec![None; nodes], meeting: vec![None; nodes] }
    }

    fn cells(&self, (start, end): (u64, u64)) -> std::ops::Range<usize> {
        let at = |bound: u64| self.bounds.partition_point(|known| *known < bound);
        at(start)..at(end)
    }

    fn size(&self) -> usize {
        self.meeting.len() / 2
    }

    /// Adds an interval; numbers never go down.
    fn add(&mut self, interval: (u64, u64), number: usize) {
        let cells = self.cells(interval);
        if !cells.is_empty() {
            let size = self.size();
            self.add_to(1, 0..size, &cells, number);
        }
    }

    fn add_to(&mut self, node: usize, span: Range<usize>, cells: &Range<usize>, number: usize) {
        if cells.end <= span.start || span.end <= cells.start {
            return;
        }
        self.meeting[node] = joined(self.meeting[node], Some((number, number)));
        if cells.start <= span.start && span.end <= cells.end {
            self.covering[node] = joined(self.covering[node], Some((number, number)));
            return;
        }
        let middle = span.start + span.len() / 2;
        self.add_to(2 * node, span.start..middle, cells, number);
        self.add_to(2 * node + 1, middle..span.end, cells, number);
    }

    /// The smallest and the largest number of the intervals that meet this one.
    fn find(&self, interval: (u64, u64)) -> Option<(usize, usize)> {
        let cells = self.cells(interval);
        if cells.is_empty() { None } else { self.find_in(1, 0..self.size(), &cells) }
    }

    fn find_in(&self, node: usize, span: Range<usize>, cells: &Range<usize>) -> Option<(usize, usize)> {
        if cells.end <= span.start || span.end <= cells.start {
            return None;
        }
        if cells.start <= span.start && span.end <= cells.end {
            return self.meeting[node];
        }
        let middle = span.start + span.len() / 2;
        let below =
            joined(self.find_in(2 * node, span.start..middle, cells), self.find_in(2 * node + 1, middle..span.end, cells));
        joined(self.covering[node], below)
    }
}

fn joined(a: Option<(usize, usize)>, b: Option<(usize, usize)>) -> Option<(usize, usize)> {
    match (a, b) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
        (one, other) => one.or(other),
    }
}
