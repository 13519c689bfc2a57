//! Members that nothing writes: of uniform blocks, and of pools.

use super::Scene;
use super::bound::{Bound, texture_of};
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic, listed};
use pngine_source::source::Span;
use pngine_wgsl::reflect::{Field, Resource as Variable};
use std::collections::{BTreeMap, BTreeSet};

/// Words in the names of members that are there for the sake of others' places.
const FILLERS: [&str; 5] = ["pad", "unused", "reserved", "dummy", "fill"];

/// Whether a member only takes up room, by its name.
fn is_filler(field: &Field) -> bool {
    let name = field.path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    name.starts_with('_') || FILLERS.iter().any(|word| name.contains(word))
}

/// Buffers of which bind groups give another part with every draw.
fn moving(scene: &Scene) -> BTreeSet<BufferId> {
    let mut out = BTreeSet::new();
    for group in scene.all_groups() {
        let GroupLayout::Explicit(layout) = *group.layout else { continue };
        let Some(layout) = scene.layout(layout) else { continue };
        for row in &layout.entries {
            if !matches!(row.kind, LayoutKind::Buffer { dynamic: true, .. }) {
                continue;
            }
            let entries = group.entries.iter().filter(|entry| entry.binding == row.binding);
            out.extend(entries.filter_map(|entry| match entry.resource {
                Resource::Buffer { buffer, .. } => Some(buffer),
                _ => None,
            }));
        }
    }
    out
}

/// Members of a uniform block behind or between what is written into its buffer. A block that a page sets is declared with
/// `size=module.variable` or written as `data=module.variable`, and left alone.
pub fn unwritten(scene: &Scene, bound: &[Bound<'_>], diagnostics: &mut Vec<Diagnostic>) {
    let mut ranges: BTreeMap<BufferId, Vec<(u32, u32, Span)>> = BTreeMap::new();
    let mut unknown: BTreeSet<BufferId> = moving(scene);
    unknown.extend(host_buffers(scene));
    unknown.extend(&scene.pass_uniforms);
    unknown.extend(scene.all_inits().flat_map(Init::buffers));
    for action in scene.all_queues().flat_map(|queue| &queue.actions) {
        match action {
            Action::WriteBuffer(write) => ranges.entry(write.buffer).or_default().push((
                write.offset.value,
                write.offset.saturating_add(write.len),
                write.span,
            )),
            other => unknown.extend(other.filled_buffer()),
        }
    }
    for written in bound.iter().filter(|bound| bound.is_written()) {
        if let Resource::Buffer { buffer, .. } = written.resource {
            unknown.insert(*buffer);
        }
    }
    let mut reported = BTreeSet::new();
    for read in bound {
        let (Resource::Buffer { buffer, offset, .. }, Variable::Uniform(block)) = (read.resource, &read.variable.resource) else {
            continue;
        };
        let Some(found) = scene.buffer(*buffer).filter(|found| found.initial.is_none() && !unknown.contains(buffer)) else {
            continue;
        };
        let Some(written) = ranges.get(buffer) else { continue };
        let is_written = |field: &Field| {
            let len = field.arrays.first().map_or(field.size, |array| array.stride.saturating_mul(array.count.unwrap_or(1)));
            let start = offset.saturating_add(field.offset);
            let end = start.saturating_add(len);
            written.iter().any(|(from, to, _)| *from < end && start < *to)
        };
        let lost: Vec<String> = block
            .fields
            .iter()
            .filter(|field| !field.path.is_empty() && !is_filler(field) && !is_written(field))
            .map(|field| format!("`{}`", field.path))
            .collect();
        if lost.is_empty() || !reported.insert(read.variable.span) {
            continue;
        }
        let shown: Vec<String> = lost.iter().take(4).cloned().collect();
        let more = if lost.len() > shown.len() { " and more" } else { "" };
        let message = format!("nothing writes {}{more} of `{}`, so a shader reads zeros", listed(&shown), read.variable.name);
        let end = written.iter().map(|(_, to, _)| *to).max().unwrap_or(0);
        let place = written.first().map_or(found.named.span, |(.., span)| *span);
        diagnostics.push(
            Diagnostic::new(Code::MemberNotWritten, read.variable.span, message)
                .label(format!("this has {} bytes", block.size.unwrap_or(block.min_size)))
                .also(place, format!("writes end at byte {end} of `{}`", found.named.name))
                .help(format!(
                    "write them in a `#queue`; if a page sets them, say so: `size=module.{}` of `#buffer {}`",
                    read.variable.name, found.named.name
                )),
        );
    }
}

/// Pools of which only some members are ever written, by queues that name no `pingPong`, while groups read them in turn: every other frame
/// shows zeros.
pub fn of_pools(scene: &Scene, bound: &[Bound<'_>], diagnostics: &mut Vec<Diagnostic>) {
    #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    enum Pool {
        Buffer(BufferId),
        Texture(TextureId),
    }
    // Members that are written by number; `None` once some write turns with the frames.
    let mut members: BTreeMap<Pool, Option<BTreeSet<u32>>> = BTreeMap::new();
    let mut places: BTreeMap<Pool, Span> = BTreeMap::new();
    let mut note = |pool: Pool, ping_pong: Option<u32>, again: bool, span: Span| {
        let known = members.entry(pool).or_insert_with(|| Some(BTreeSet::new()));
        match ping_pong {
            Some(_) if again => *known = None,
            member => {
                known.as_mut().map(|known| known.insert(member.unwrap_or(0)));
            }
        }
        places.entry(pool).or_insert(span);
    };
    for frame in scene.frames {
        let steps = frame.init.iter().map(|step| (step, false)).chain(frame.steps.iter().map(|step| (step, true)));
        for (step, again) in steps {
            let Step::Queue(id) = &step.value else { continue };
            for action in scene.queue(*id).into_iter().flat_map(|queue| &queue.actions) {
                match action {
                    Action::WriteBuffer(write) => note(Pool::Buffer(write.buffer), write.ping_pong, again, write.span),
                    Action::CopyBufferToBuffer { destination, .. }
                    | Action::ResolveQuerySet { destination, .. }
                    | Action::ClearBuffer { range: destination, .. } => {
                        note(Pool::Buffer(destination.buffer), destination.ping_pong, again, destination.span);
                    }
                    Action::CopyTextureToBuffer(copy) => {
                        note(Pool::Buffer(copy.destination.buffer), copy.destination.ping_pong, again, copy.destination.span);
                    }
                    Action::WriteTexture(_)
                    | Action::CopyBufferToTexture(_)
                    | Action::CopyTextureToTexture(_)
                    | Action::CopyImage { .. }
                    | Action::CopyVideo { .. }
                    | Action::CallWasm { .. } => {}
                }
                if let Some(side) = action.written_texture()
                    && let Some(texture) = side.texture
                {
                    note(Pool::Texture(texture), side.ping_pong, again, side.span);
                }
            }
        }
    }
    let pool_of = |resource: &Resource| match resource {
        Resource::Buffer { buffer, .. } => Some(Pool::Buffer(*buffer)),
        other => texture_of(scene, other).map(Pool::Texture),
    };
    let mut filled: BTreeSet<Pool> =
        bound.iter().filter(|bound| bound.is_written()).filter_map(|b| pool_of(b.resource)).collect();
    let attachments = scene.all_render_passes().flat_map(RenderPass::attachments);
    filled.extend(attachments.filter_map(|view| scene.attached_texture(view)).map(Pool::Texture));
    filled.extend(scene.all_inits().flat_map(Init::buffers).map(Pool::Buffer));
    // A page writes all members.
    filled.extend(host_buffers(scene).into_iter().map(Pool::Buffer));
    filled.extend(scene.pass_uniforms.iter().copied().map(Pool::Buffer));
    let mut reported = BTreeSet::new();
    for read in bound.iter().filter(|read| read.group.pool > 1) {
        let Some(pool) = pool_of(read.resource) else { continue };
        let (named, count) = match pool {
            Pool::Buffer(id) => match scene.buffer(id) {
                Some(buffer) if buffer.initial.is_none() => (&buffer.named, buffer.pool),
                _ => continue,
            },
            Pool::Texture(id) => match scene.texture(id) {
                Some(texture) => (&texture.named, texture.pool),
                None => continue,
            },
        };
        let Some((Some(written), place)) = members.get(&pool).zip(places.get(&pool)) else { continue };
        if count < 2 || filled.contains(&pool) || written.len() >= count as usize || !reported.insert(pool) {
            continue;
        }
        let message = format!(
            "only {} of the {count} members of `{}` {} ever written, and `{}` reads them in turn",
            written.len(),
            named.name,
            if written.len() == 1 { "is" } else { "are" },
            read.variable.name
        );
        diagnostics.push(
            Diagnostic::new(Code::PoolNotWritten, *place, message)
                .label("always the same member")
                .also(read.variable.span, "read by this variable")
                .help("write the member of the frame: `pingPong=0`; or leave `pool` out"),
        );
    }
}
