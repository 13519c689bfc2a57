//! Usage scopes: what one dispatch or render pass may do with one buffer or texture at the same time.
//! Source: WebGPU, 3.4.5 "Resource usages", 14.1 "bind group compatibility" (writable bindings that alias).

use super::bindings::access_of;
use super::resources::Range;
use crate::diag::{Code, Diagnostic};
use crate::scene::*;
use crate::source::Span;
use std::collections::BTreeSet;

/// Frames that are looked at: pools of the usual sizes have gone around by then.
pub const FRAMES: u32 = 12;

/// How something is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Read only.
    Read,
    /// Written, and perhaps read.
    Write,
}

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
    /// Whether the two cannot stand in one scope. Writing through two bindings is wrong where they overlap, reading what is written
    /// is wrong for all of a buffer.
    fn conflicts(&self, other: &Self) -> bool {
        let both_write = (self.access, other.access) == (Access::Write, Access::Write);
        if (self.access, other.access) == (Access::Read, Access::Read) {
            return false;
        }
        match (self.target, other.target) {
            (Target::Buffer { id, member, bytes }, Target::Buffer { id: other, member: of, bytes: range }) => {
                (id, member) == (other, of) && (!both_write || bytes.0 < range.1 && range.0 < bytes.1)
            }
            (Target::Texture { id, member, range }, Target::Texture { id: other, member: of, range: covered }) => {
                (id, member) == (other, of) && range.overlaps(covered)
            }
            _ => false,
        }
    }
}

/// Every pass, and every `#init`.
pub fn conflicts(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    for pass in scene.compute_passes.iter().flatten() {
        scope(scene, &pass.groups, |_| Vec::new(), ("dispatch", &pass.named), diagnostics);
    }
    for pass in scene.render_passes.iter().flatten() {
        let buffers = |frame: u32| {
            let read = |buffer: BufferId, member: u32, span: Span| {
                let pool = scene.buffer(buffer)?.pool.max(1);
                Some(Use {
                    target: Target::Buffer { id: buffer, member: (frame + member) % pool, bytes: (0, 0) },
                    access: Access::Read,
                    span,
                })
            };
            let vertices = pass.vertices.iter().filter_map(|bound| read(bound.buffer, bound.member, bound.span));
            let indices = pass.indices.iter().map(|bound| {
                let target = Target::Buffer { id: bound.buffer, member: 0, bytes: (0, 0) };
                Use { target, access: Access::Read, span: bound.span }
            });
            vertices.chain(indices).collect()
        };
        scope(scene, &pass.groups, buffers, ("run", &pass.named), diagnostics);
    }
    for init in scene.inits.iter().flatten() {
        // Its own buffer is written, whatever the variable of the same name does.
        if init.extra.iter().any(|(_, buffer)| *buffer == init.buffer) {
            let name = scene.buffer(init.buffer).map_or("?", |buffer| &buffer.named.name);
            let message = format!("`#init {}` seeds `{name}`, and its shader has another variable of this name", init.named.name);
            let diagnostic = Diagnostic::new(Code::ReadWriteConflict, init.buffer_span, message);
            diagnostics.push(diagnostic.help(format!("the buffer is group 0, binding 0: leave out the variable `{name}`")));
        }
    }
}

/// The uses of one scope in the first frames, against each other. `more` gives what is used beside the bind groups.
fn scope(
    scene: &Scene,
    groups: &[BoundGroup],
    more: impl Fn(u32) -> Vec<Use>,
    (what, named): (&str, &Named),
    diagnostics: &mut Vec<Diagnostic>,
) {
    // The uses of a group and the access of each do not change with the frame, only the members of pools do.
    let entries: Vec<(&BoundGroup, u32, &Entry, Access)> = groups
        .iter()
        .filter_map(|bound| Some((bound, scene.group(bound.group)?)))
        .flat_map(|(bound, group)| group.entries.iter().map(move |entry| (bound, group, entry)))
        .filter_map(|(bound, group, entry)| Some((bound, group.pool.max(1), entry, access_of(scene, group, entry)?)))
        .collect();
    if !entries.iter().any(|(.., access)| *access == Access::Write) {
        return;
    }
    let mut reported = BTreeSet::new();
    for frame in 0..FRAMES {
        let mut uses = more(frame);
        for (bound, pool, entry, access) in &entries {
            let Some(target) = target(scene, &entry.resource, (frame + bound.offset) % pool) else { continue };
            uses.push(Use { target, access: *access, span: entry.span });
        }
        for (index, second) in uses.iter().enumerate() {
            let Some(first) = uses[..index].iter().find(|first| first.conflicts(second)) else { continue };
            if !reported.insert((first.span.start, second.span.start)) {
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
fn target(scene: &Scene, resource: &Resource, variant: u32) -> Option<Target> {
    match resource {
        Resource::Buffer { buffer, offset, size, ping_pong } => {
            let found = scene.buffer(*buffer)?;
            let end = size.map_or(found.size, |size| offset.saturating_add(size));
            Some(Target::Buffer { id: *buffer, member: (ping_pong + variant) % found.pool.max(1), bytes: (*offset, end) })
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
        Resource::Sampler(_) => None,
    }
}
