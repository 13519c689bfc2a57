//! WebGPU's rules, checked where the author can still see what is meant. One function per rule.
//!
//! A rule says nothing about what is a hole or what could not be reflected: that is reported already. The limits are WebGPU's
//! defaults (section 3.6.2 "Limits").

mod automatic;
mod bindings;
mod blending;
mod bound;
mod budgets;
mod canvas;
pub(crate) mod commands;
mod copies;
mod fits;
mod layouts;
mod limits;
mod lists;
mod media;
mod members;
mod needs;
mod order;
mod passes;
mod pipelines;
mod records;
mod resources;
mod samplers;
mod samples;
mod sides;
mod states;
pub(crate) mod surfaces;
mod uniforms;
mod unseen;
mod usage;
mod vertices;
mod writes;

use pngine_format::op::CANVAS_TEXTURE;
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic, at_most};

/// The scene as the rules see it: what is wrong in a way that leaves nothing more to say is a hole to the rules behind.
type Scene<'a> = pngine_scene::Scene<Seen<'a>>;

/// Checks a scene, which stays as it is.
pub fn check(scene: &pngine_scene::Scene, diagnostics: &mut Vec<Diagnostic>) {
    let scene = &mut scene.seen();
    counts(scene, diagnostics);
    for RenderPassId(pass) in budgets::heavy_passes(scene, diagnostics) {
        // All that could be said of it takes long to find.
        scene.render_passes[pass] = None;
    }
    for RenderPassId(pass) in passes::without_depth(scene, diagnostics) {
        scene.render_passes[pass] = None;
    }
    samples::counts(scene, diagnostics);
    lists::set_groups(scene, diagnostics);
    lists::workgroups(scene, diagnostics);
    lists::bindings(scene, diagnostics);
    lists::groups(scene, diagnostics);
    lists::offsets(scene, diagnostics);
    resources::buffers(scene, diagnostics);
    resources::textures(scene, diagnostics);
    samplers::samplers(scene, diagnostics);
    for ViewId(view) in resources::views(scene, diagnostics) {
        scene.views[view] = None;
    }
    pipelines::render(scene, diagnostics);
    pipelines::compute(scene, diagnostics);
    automatic::disputes(scene, diagnostics);
    layouts::layouts(scene, diagnostics);
    limits::beyond_devices(scene, diagnostics);
    limits::stages(scene, diagnostics);
    limits::layout_slots(scene, diagnostics);
    limits::dynamic_buffers(scene, diagnostics);
    for GroupId(group) in bindings::groups(scene, diagnostics) {
        scene.groups[group] = None;
    }
    bindings::inits(scene, diagnostics);
    commands::query_sets(scene, diagnostics);
    passes::render(scene, diagnostics);
    passes::clear_values(scene, diagnostics);
    commands::commands(scene, diagnostics);
    copies::actions(scene, diagnostics);
    uniforms::uniforms(scene, diagnostics);
    usage::conflicts(scene, diagnostics);
    records::strides(scene, diagnostics);
    passes::frames(scene, diagnostics);
    budgets::budgets(scene, diagnostics);
}

/// What WebGPU takes and nobody will see. Of a scene with errors this would be guesses.
pub fn lints(scene: &pngine_scene::Scene, diagnostics: &mut Vec<Diagnostic>) {
    unseen::lints(&scene.seen(), diagnostics);
}

/// Ids have 16 bits, and the two largest mean something else.
fn counts(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    let pools = |sizes: &mut dyn Iterator<Item = u32>| sizes.map(|size| size as usize).sum::<usize>();
    let members = |init: &Init| scene.buffer(init.buffer.value).map_or(1, |buffer| buffer.pool);
    let made = scene.all_data().filter(|data| data.is_called()).count();
    let lists: [(&str, usize); 8] = [
        ("buffers", pools(&mut scene.all_buffers().map(|buffer| buffer.pool)) + scene.inits.len()),
        ("bind groups", pools(&mut scene.all_groups().map(|group| group.pool)) + pools(&mut scene.all_inits().map(members))),
        (
            "textures and views",
            pools(&mut scene.all_textures().map(|texture| texture.pool))
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
            let message = at_most(format!("{count} {what}"), CANVAS_TEXTURE - 1);
            diagnostics.push(Diagnostic::global(Code::TooMany, message).help("pools count with all their members"));
        }
    }
}
