//! WebGPU's rules, checked where the author can still see what is meant. One function per rule.
//!
//! A rule says nothing about what is a hole or what could not be reflected: that is reported already. The limits are WebGPU's
//! defaults (section 3.6.2 "Limits").

mod automatic;
mod bindings;
mod budgets;
mod canvas;
pub(crate) mod commands;
mod copies;
mod layouts;
mod limits;
mod media;
mod order;
mod passes;
mod pipelines;
mod records;
mod resources;
mod sides;
mod usage;
mod uses;

pub use automatic::write_out_merged;
pub(crate) use uses::used_groups;

use crate::diag::{Code, Diagnostic};
use crate::scene::*;
use pngine_format::op::{CANVAS_TEXTURE, buffer_usage, texture_usage};

/// Checks a scene. Three things are mended on the way, each with a warning: bind group entries that an automatic layout has no place
/// for are taken out, pipelines that name a fixed format for the canvas get the canvas' own, and clear values that their format does
/// not hold become the nearest ones that it does.
pub fn check(scene: &mut Scene, diagnostics: &mut Vec<Diagnostic>) {
    let own = with_implied_usages(scene);
    rules(scene, diagnostics);
    own.into_iter().for_each(|(usage, old)| *usage.of(scene) = old);
}

/// Whose usage.
enum Usage {
    Buffer(BufferId),
    Texture(TextureId),
}

impl Usage {
    /// The usage, of something that is there.
    fn of<'a>(&self, scene: &'a mut Scene) -> &'a mut u32 {
        let found = match self {
            Usage::Buffer(id) => scene.buffers[id.0].as_mut().map(|buffer| &mut buffer.usage),
            Usage::Texture(id) => scene.textures[id.0].as_mut().map(|texture| &mut texture.usage),
        };
        found.expect("only what is there is written")
    }
}

/// Gives what the program writes the usage COPY_DST, as emission does, so that it counts for everything else too. What was changed, and how
/// it was written: the scene stays its author's.
fn with_implied_usages(scene: &mut Scene) -> Vec<(Usage, u32)> {
    let buffers = written_buffers(scene).into_iter().filter(|id| scene.buffer(*id).is_some()).map(Usage::Buffer);
    let textures = written_textures(scene).into_iter().filter(|id| scene.texture(*id).is_some()).map(Usage::Texture);
    let written: Vec<Usage> = buffers.chain(textures).collect();
    let add = |usage: Usage| {
        let bit = match usage {
            Usage::Buffer(_) => buffer_usage::COPY_DST,
            Usage::Texture(_) => texture_usage::COPY_DST,
        };
        let slot = usage.of(scene);
        let old = *slot;
        *slot |= bit;
        (usage, old)
    };
    written.into_iter().map(add).collect()
}

fn rules(scene: &mut Scene, diagnostics: &mut Vec<Diagnostic>) {
    counts(scene, diagnostics);
    for pass in budgets::heavy_passes(scene, diagnostics) {
        // Reported; nothing more is said of it, because all that could be said takes long to find.
        scene.render_passes[pass.0] = None;
    }
    resources::buffers(scene, diagnostics);
    resources::textures(scene, diagnostics);
    for view in resources::views(scene, diagnostics) {
        // Reported, so that nothing can be said of what it is used for.
        scene.views[view] = None;
    }
    passes::canvas_formats(scene, diagnostics);
    pipelines::render(scene, diagnostics);
    pipelines::compute(scene, diagnostics);
    automatic::disputes(scene, diagnostics);
    layouts::layouts(scene, diagnostics);
    limits::beyond_devices(scene, diagnostics);
    limits::stages(scene, diagnostics);
    limits::layout_slots(scene, diagnostics);
    limits::dynamic_buffers(scene, diagnostics);
    bindings::groups(scene, diagnostics);
    bindings::inits(scene, diagnostics);
    commands::query_sets(scene, diagnostics);
    passes::render(scene, diagnostics);
    passes::clear_values(scene, diagnostics);
    commands::commands(scene, diagnostics);
    copies::actions(scene, diagnostics);
    usage::conflicts(scene, diagnostics);
    records::strides(scene, diagnostics);
    passes::frames(scene, diagnostics);
    budgets::budgets(scene, diagnostics);
}

/// Ids have 16 bits, and the two largest mean something else.
fn counts(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    let pools = |sizes: &mut dyn Iterator<Item = u32>| sizes.map(|size| size as usize).sum::<usize>();
    let members = |init: &Init| scene.buffer(init.buffer).map_or(1, |buffer| buffer.pool);
    let made = scene.data.iter().filter(|data| data.call.is_some()).count();
    let lists: [(&str, usize); 8] = [
        ("buffers", pools(&mut scene.buffers.iter().flatten().map(|buffer| buffer.pool)) + scene.inits.len()),
        (
            "bind groups",
            pools(&mut scene.groups.iter().flatten().map(|group| group.pool))
                + pools(&mut scene.inits.iter().flatten().map(members)),
        ),
        (
            "textures and views",
            pools(&mut scene.textures.iter().flatten().map(|texture| texture.pool))
                .max(pools(&mut (0..scene.views.len()).map(|view| scene.view_pool(ViewId(view))))),
        ),
        ("query sets and render bundles", scene.query_sets.len().max(scene.bundles.len())),
        ("images and videos", scene.images.len().max(scene.videos.len())),
        ("nested modules and calls into them", scene.wasm_modules.len().max(scene.wasm_calls.len() + made)),
        ("pipelines", scene.render_pipelines.len() + scene.compute_pipelines.len() + scene.inits.len()),
        ("shaders and layouts", scene.shaders.len().max(scene.layouts.len() + scene.groups.len() + scene.inits.len())),
    ];
    for (what, count) in lists {
        if count >= usize::from(CANVAS_TEXTURE) {
            let message = format!("{count} {what}, but at most {} are allowed", CANVAS_TEXTURE - 1);
            diagnostics.push(Diagnostic::global(Code::TooMany, message).help("pools count with all their members"));
        }
    }
}

/// `one`, `one and two`, `one, two and three`.
fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// `1 sample`, `4 samples`.
fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
