//! What `#uniforms` say is true: a buffer holds the variable, a host can set its members, and nothing else says what they begin with.
//! Source: language reference, section 14; no rule of WebGPU.

use super::Scene;
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::Span;
use pngine_wgsl::reflect::{Block, Field, Resource as Variable, Scalar};
use std::collections::{BTreeMap, BTreeSet};

/// Checks every `#uniforms`.
pub fn uniforms(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    if scene.uniforms.is_empty() {
        return;
    }
    layouts(scene, diagnostics);
    let places = host_places(scene);
    held(scene, &places, diagnostics);
    let lost = members(scene, &places, diagnostics);
    beginnings(scene, &lost, diagnostics);
}

/// The block of a variable.
fn block_of<'s>(
    scene: &Scene<'s>,
    (shader, binding): (ShaderId, usize),
) -> Option<(&'s pngine_wgsl::reflect::Binding, &'s Block)> {
    let variable = scene.shaders.get(shader.0)?.module.as_ref()?.bindings.get(binding)?;
    match &variable.resource {
        Variable::Uniform(block) => Some((variable, block)),
        _ => None,
    }
}

/// All passes that bind a `#uniforms` declare the variable alike: they read the same buffer.
fn layouts(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    for set in scene.uniforms {
        let mut blocks = set.variables.iter().filter_map(|variable| block_of(scene, *variable));
        let Some((first, known)) = blocks.next() else { continue };
        for (other, block) in blocks {
            let Some(different) = difference(known, block) else { continue };
            let message =
                format!("`{}` has another struct here than in another `#pass`: they differ in `{different}`", other.name);
            diagnostics.push(
                Diagnostic::new(Code::UniformsVariable, other.span, message)
                    .also(first.span, "the other one")
                    .help("declare the struct in a `#wgsl` that both import, or in neither: then it is made from the fields"),
            );
            break;
        }
    }
}

/// The first member that two blocks do not have alike.
fn difference<'b>(one: &'b Block, other: &'b Block) -> Option<&'b str> {
    let mut pairs = one.fields.iter().zip(&other.fields);
    let more = || one.fields.get(other.fields.len()).or_else(|| other.fields.get(one.fields.len()));
    let different = pairs.find(|(one, other)| one != other).map(|(one, _)| one).or_else(more);
    different.map(|field| field.path.as_str())
}

/// Some buffer holds the variable.
fn held(scene: &Scene, places: &BTreeSet<Shadow>, diagnostics: &mut Vec<Diagnostic>) {
    // What is wrong, which is reported, may be what binds it.
    if scene.groups.iter().any(Option::is_none) || scene.buffers.iter().any(Option::is_none) {
        return;
    }
    let held: BTreeSet<(ShaderId, usize)> = places.iter().map(|place| (place.shader, place.binding)).collect();
    for set in scene.uniforms {
        // What passes bind by its name has a buffer.
        let Some(span) = set.variable_span else { continue };
        let Some((variable, _)) = set.variables.first().and_then(|variable| block_of(scene, *variable)) else { continue };
        if set.variables.iter().any(|variable| held.contains(variable)) {
            continue;
        }
        let message =
            format!("no buffer holds `{}`, so `#uniforms {}` describes what nobody reads", variable.name, set.named.name);
        diagnostics.push(
            Diagnostic::new(Code::UniformsVariable, span, message)
                .also(variable.span, "declared here")
                .help("bind a buffer to the variable: `#bindGroup` gives it one, for a pipeline that uses it"),
        );
    }
}

/// A host can set what is described: neither the engine nor the program writes it in every frame. Gives the places of those that it cannot.
fn members(scene: &Scene, places: &BTreeSet<Shadow>, diagnostics: &mut Vec<Diagnostic>) -> BTreeSet<Span> {
    let described = described(scene);
    let open: BTreeMap<Shadow, Vec<&Field>> = host_blocks(scene).into_iter().map(|block| (block.shadow, block.fields)).collect();
    let mut reported = BTreeSet::new();
    for place in places {
        let Some(sets) = described.get(&(place.shader, place.binding)) else { continue };
        let Some((variable, block)) = block_of(scene, (place.shader, place.binding)) else { continue };
        for control in sets.iter().flat_map(|set| &set.controls) {
            let Some(field) = block.field(&control.path) else { continue };
            let name = format!("{}.{}", variable.name, control.path);
            let is_open = open.get(place).is_some_and(|fields| fields.iter().any(|open| open.path == control.path));
            let diagnostic = match filled_with(scene, place, block, field) {
                Some(input) => Diagnostic::new(
                    Code::EngineMember,
                    control.span,
                    format!("`{name}` is filled with `{input}` before every frame, so it has no value of its own"),
                )
                .help("leave it out here, or give the member another name"),
                None if !is_open => {
                    let message = format!("a queue writes `{name}` in every frame, so nobody sees what a host sets");
                    Diagnostic::new(Code::UniformsClash, control.span, message).help("leave it out here, or in the queue")
                }
                None => continue,
            };
            if reported.insert(control.span) {
                diagnostics.push(diagnostic);
            }
        }
    }
    reported
}

/// The input that the engine fills a member with, if it does.
fn filled_with(scene: &Scene, place: &Shadow, block: &Block, field: &Field) -> Option<&'static str> {
    let input = |index: usize| pngine_format::status::INPUTS.get(index).map(|input| input.name);
    // The host converts what is no single.
    if let Some((source, _)) = engine_input(block, field).filter(|_| field.scalar != Scalar::F32 && scene.shadows.contains(place))
    {
        return input(source);
    }
    let at = place.offset.saturating_add(field.offset);
    let mut writes = scene.all_queues().flat_map(Queue::buffer_writes);
    writes.find_map(|write| match write.source.value {
        Source::Input(source)
            if write.buffer == place.buffer && (*write.offset..write.offset.saturating_add(write.len)).contains(&at) =>
        {
            input(source)
        }
        _ => None,
    })
}

/// Nothing else says what the members begin with. Of those that are `lost` it does not matter.
fn beginnings(scene: &Scene, lost: &BTreeSet<Span>, diagnostics: &mut Vec<Diagnostic>) {
    let words = first_words(scene);
    for (first, second) in &words.clashes {
        let message = "the same bytes of a buffer would begin with two different numbers";
        diagnostics.push(
            Diagnostic::new(Code::UniformsClash, *second, message).also(*first, "the other one").help("say it in one place"),
        );
    }
    let mut reported = BTreeSet::new();
    for (buffer, at, span) in words.places() {
        let Some(found) = scene.buffer(buffer).filter(|_| !lost.contains(&span)) else { continue };
        let Some(Spanned { value: data, span: initial }) = found.initial else { continue };
        let len = scene.data_at(data).map_or(0, |data| data.len());
        if (at as usize) < len && reported.insert(buffer) {
            let message = format!("`{}` begins with the bytes of `mappedAtCreation` here", found.named.name);
            diagnostics.push(
                Diagnostic::new(Code::UniformsClash, span, message)
                    .also(initial, "the bytes")
                    .help("leave out `mappedAtCreation`, or the value"),
            );
        }
    }
}
