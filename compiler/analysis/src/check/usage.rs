//! Usage scopes: what one dispatch or render pass may do with one buffer or texture at the same time.
//! Source: WebGPU, 3.4.5 "Resource usages", 14.1 "bind group compatibility" (writable bindings that alias).

use super::Scene;
use super::resources::Range;
use crate::limits::FRAMES;
use pngine_scene::uses::{Access, access_of, has_group};
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// What is used: a member of a buffer's pool, or a part of a member of a texture's.
#[derive(Clone, Copy, PartialEq)]
enum Target {
    Buffer { id: BufferId, member: u32, bytes: (u32, u32) },
    Texture { id: TextureId, member: u32, range: Range },
}

struct Use {
    target: Target,
    access: Access,
    span: Span,
}

impl Use {
    /// Whether the two cannot stand in one scope: one reads and one writes a subresource, and that is all of a buffer.
    fn conflicts(&self, other: &Self) -> bool {
        let reads_and_writes = self.access != other.access;
        reads_and_writes
            && match (self.target, other.target) {
                (Target::Buffer { id, member, .. }, Target::Buffer { id: other, member: of, .. }) => (id, member) == (other, of),
                (Target::Texture { .. }, Target::Texture { .. }) => self.overlaps(other),
                _ => false,
            }
    }

    /// Whether two bindings of one draw or dispatch write the same bytes or texels.
    fn aliases(&self, other: &Self) -> bool {
        (self.access, other.access) == (Access::Write, Access::Write) && self.overlaps(other)
    }

    fn overlaps(&self, other: &Self) -> bool {
        match (self.target, other.target) {
            (Target::Buffer { id, member, bytes }, Target::Buffer { id: other, member: of, bytes: range }) => {
                (id, member) == (other, of) && bytes.0 < range.1 && range.0 < bytes.1
            }
            (Target::Texture { id, member, range }, Target::Texture { id: other, member: of, range: covered }) => {
                (id, member) == (other, of) && range.overlaps(covered)
            }
            _ => false,
        }
    }
}

/// What is looked for among uses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// Source: WebGPU, 3.4.5 "usage scope validation".
    Usage,
    /// Source: WebGPU, 14.2 "encoder bind groups alias a writable resource".
    Alias,
}

/// Every pass, bundle and `#init`.
pub fn conflicts(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    for pass in scene.all_compute_passes() {
        let mut reported = BTreeSet::new();
        let what = ("dispatch", &pass.named);
        // Every dispatch is a scope of its own.
        for (groups, read) in work(scene, &pass.commands) {
            let reads: Vec<Read> = read.into_iter().collect();
            scope(scene, Rule::Usage, &groups, &reads, what, &mut reported, diagnostics);
            scope(scene, Rule::Alias, &groups, &[], what, &mut reported, diagnostics);
        }
    }
    let bundles = scene.all_bundles().map(|bundle| (&bundle.named, &bundle.commands));
    let passes = scene.all_render_passes().map(|pass| (&pass.named, &pass.commands));
    // What a bundle does wrong by itself is not said again of the passes that execute it.
    let mut reported = BTreeSet::new();
    for (named, commands) in bundles.chain(passes) {
        // All that is set counts, whether or not something is drawn with it.
        let reads = scene.flattened(commands).into_iter().filter_map(|command| reads_of(command, command.span));
        let groups: Vec<&BoundGroup> = scene.set_groups(commands).into_iter().map(|bound| bound.value).collect();
        scope(scene, Rule::Usage, &groups, &reads.collect::<Vec<Read>>(), ("run", named), &mut reported, diagnostics);
        for (groups, _) in work(scene, commands) {
            scope(scene, Rule::Alias, &groups, &[], ("draw", named), &mut reported, diagnostics);
        }
    }
    for init in scene.all_inits() {
        // Its own buffer is written, whatever the variable of the same name does.
        if init.extra.iter().any(|(_, buffer)| *buffer == init.buffer.value) {
            let name = scene.buffer(init.buffer.value).map_or("?", |buffer| &buffer.named.name);
            let message = format!("`#init {}` seeds `{name}`, and its shader has another variable of this name", init.named.name);
            let diagnostic = Diagnostic::new(Code::ReadWriteConflict, init.buffer.span, message);
            diagnostics.push(diagnostic.help(format!("the buffer is group 0, binding 0: leave out the variable `{name}`")));
        }
    }
}

/// What a draw or dispatch uses: groups with where each is set, and the buffer that its numbers come from.
type Work<'s> = (Vec<&'s BoundGroup>, Option<Read>);

/// For every draw and dispatch the groups that its pipeline has a place for, and the buffer that its numbers come from.
fn work<'s>(scene: &'s Scene, commands: &'s Commands) -> Vec<Work<'s>> {
    let mut out = Vec::new();
    let mut bound: BTreeMap<u32, &BoundGroup> = BTreeMap::new();
    let mut pipeline = None;
    // Draw after draw with the same groups is looked at once.
    let mut changed = true;
    let mut places: BTreeMap<(PipelineId, u32), bool> = BTreeMap::new();
    for Spanned { value: command, span } in commands {
        match command {
            PassCommand::SetPipeline(id) => (pipeline, changed) = (Some(*id), true),
            PassCommand::SetBindGroup(group) => {
                bound.insert(group.slot, group);
                changed = true;
            }
            PassCommand::ExecuteBundles(_) => {
                bound.clear();
                pipeline = None;
            }
            command if command.is_work() => {
                let read = reads_of(command, *span);
                let mut used =
                    |slot: u32| pipeline.is_none_or(|id| *places.entry((id, slot)).or_insert_with(|| has_group(scene, id, slot)));
                if changed || read.is_some() {
                    out.push((bound.iter().filter(|(slot, _)| used(**slot)).map(|(_, group)| *group).collect(), read));
                }
                changed = false;
            }
            _ => {}
        }
    }
    out
}

/// A buffer that is read beside the bind groups: which, the member of its pool counted from the frame counter, where.
type Read = (BufferId, Option<u32>, Span);

/// What a command reads from a buffer. `None` is member 0, whatever the frame.
fn reads_of(command: &PassCommand, span: Span) -> Option<Read> {
    match command {
        PassCommand::SetVertexBuffer(bound) => Some((bound.buffer, Some(bound.member), span)),
        PassCommand::SetIndexBuffer(bound) => Some((bound.buffer, None, span)),
        PassCommand::DrawIndirect(from) | PassCommand::DrawIndexedIndirect(from) | PassCommand::DispatchIndirect(from) => {
            Some((from.buffer, None, span))
        }
        _ => None,
    }
}

/// The dynamic offset of a binding, in bytes.
fn dynamic_offset(scene: &Scene, bound: &BoundGroup, group: &Group, binding: u32) -> u32 {
    let GroupLayout::Explicit(layout) = *group.layout else { return 0 };
    let Some(layout) = scene.layout(layout) else { return 0 };
    let is_dynamic = |entry: &&LayoutEntry| matches!(entry.kind, LayoutKind::Buffer { dynamic: true, .. });
    let mut bindings: Vec<u32> = layout.entries.iter().filter(is_dynamic).map(|entry| entry.binding).collect();
    bindings.sort_unstable();
    bindings.iter().zip(&bound.dynamic).find(|(number, _)| **number == binding).map_or(0, |(_, offset)| **offset)
}

/// The uses of one scope in the first frames, against each other. `more` is what is read beside the bind groups.
fn scope(
    scene: &Scene,
    rule: Rule,
    groups: &[&BoundGroup],
    more: &[Read],
    (what, named): (&str, &Named),
    reported: &mut BTreeSet<(Span, Span)>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    // The uses of a group and the access of each do not change with the frame, only the members of pools do.
    let entries: Vec<(u32, u32, u32, &Entry, Access)> = groups
        .iter()
        .filter_map(|bound| Some((bound, scene.group(bound.group)?)))
        .flat_map(|(bound, group)| group.entries.iter().map(move |entry| (bound, group, entry)))
        .filter_map(|(bound, group, entry)| {
            let dynamic = dynamic_offset(scene, bound, group, entry.binding);
            Some((bound.offset, group.pool.max(1), dynamic, entry, access_of(scene, group, entry)?))
        })
        .collect();
    if !entries.iter().any(|(.., access)| *access == Access::Write) {
        return;
    }
    for frame in 0..FRAMES {
        let reads = more.iter().filter_map(|(id, member, span)| {
            let pool = scene.buffer(*id)?.pool.max(1);
            let member = member.map_or(0, |member| (frame + member) % pool);
            Some(Use { target: Target::Buffer { id: *id, member, bytes: (0, 0) }, access: Access::Read, span: *span })
        });
        let mut uses: Vec<Use> = reads.collect();
        for (offset, pool, dynamic, entry, access) in &entries {
            let Some(target) = target(scene, &entry.resource, (frame + offset) % pool, *dynamic) else { continue };
            uses.push(Use { target, access: *access, span: entry.span });
        }
        for (index, second) in uses.iter().enumerate() {
            let Some(first) = uses[..index].iter().find(|first| match rule {
                Rule::Usage => first.conflicts(second),
                Rule::Alias => first.aliases(second),
            }) else {
                continue;
            };
            if !reported.insert((first.span, second.span)) {
                continue;
            }
            let name = match second.target {
                Target::Buffer { id, .. } => scene.buffer(id).map_or("?", |buffer| &buffer.named.name),
                Target::Texture { id, .. } => scene.texture(id).map_or("?", |texture| &texture.named.name),
            };
            let words = |access: Access| if access == Access::Write { "written" } else { "read" };
            let message = match (first.access, second.access) {
                (Access::Write, Access::Write) => {
                    format!("`{name}` is written through two bindings in a {what} of `{}`", named.name)
                }
                (first, second) => {
                    format!("`{name}` is {} and {} in one {what} of `{}`", words(first), words(second), named.name)
                }
            };
            let help = match second.target {
                Target::Buffer { .. } => "use two buffers, or a pool with `pingPong=0` and `pingPong=1`",
                Target::Texture { .. } => "use two textures, or a pool with `pingPong=0` and `pingPong=1`",
            };
            diagnostics.push(
                Diagnostic::new(Code::ReadWriteConflict, second.span, message)
                    .label(format!("{} here", words(second.access)))
                    .also(first.span, format!("{} here", words(first.access)))
                    .help(help),
            );
        }
    }
}

/// What a variant of a bind group binds; of a sampler nothing.
fn target(scene: &Scene, resource: &Resource, variant: u32, dynamic: u32) -> Option<Target> {
    match resource {
        Resource::Buffer { buffer, offset, size, ping_pong } => {
            let found = scene.buffer(*buffer)?;
            let start = offset.saturating_add(dynamic);
            let end = size.map_or(*found.size, |size| start.saturating_add(size));
            Some(Target::Buffer { id: *buffer, member: (ping_pong + variant) % found.pool.max(1), bytes: (start, end) })
        }
        Resource::Texture { texture: id, ping_pong } => {
            let texture = scene.texture(*id)?;
            Some(Target::Texture { id: *id, member: (ping_pong + variant) % texture.pool.max(1), range: Range::whole(texture) })
        }
        Resource::View { view, ping_pong } => {
            let view = scene.view(*view)?;
            let texture = scene.texture(view.texture)?;
            let member = (ping_pong + variant) % texture.pool.max(1);
            Some(Target::Texture { id: view.texture, member, range: Range::of_view(view, texture) })
        }
        Resource::Sampler(_) | Resource::Video(_) => None,
    }
}
