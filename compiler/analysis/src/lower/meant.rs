//! What the author meant, where that can be told from the whole scene only: said once with a warning, and from there on the scene says it.

use pngine_format::op::{buffer_usage, texture_usage};
use pngine_format::webgpu::{Format, Integers};
use pngine_format::word::TextureFormat;
use pngine_scene::formats;
use pngine_scene::uses::automatic_groups;
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic};
use std::collections::{BTreeMap, BTreeSet};

/// Settles everything.
pub(super) fn settle(scene: &mut Scene, diagnostics: &mut Vec<Diagnostic>) {
    canvas_formats(scene, diagnostics);
    unused_entries(scene, diagnostics);
    clear_values(scene, diagnostics);
    implied_usages(scene);
}

/// What a pass draws with.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum User {
    Pipeline(RenderPipelineId),
    Bundle(BundleId),
}

/// What commands draw with, bundles for themselves.
fn users(commands: &Commands) -> BTreeSet<User> {
    let mut users = BTreeSet::new();
    for command in commands {
        match &command.value {
            PassCommand::SetPipeline(PipelineId::Render(id)) => {
                users.insert(User::Pipeline(*id));
            }
            PassCommand::ExecuteBundles(executed) => users.extend(executed.iter().copied().map(User::Bundle)),
            _ => {}
        }
    }
    users
}

/// The pipelines of a bundle; of a hole none.
fn of_bundle(bundle: Option<&Bundle>) -> BTreeSet<User> {
    let mut users = bundle.map_or_else(BTreeSet::new, |bundle| users(&bundle.commands));
    users.retain(|user| matches!(user, User::Pipeline(_)));
    users
}

/// A pipeline or bundle that draws to the canvas and names one of the two formats that a canvas can have gets the canvas' own.
fn canvas_formats(scene: &mut Scene, diagnostics: &mut Vec<Diagnostic>) {
    let is_fixed = |format: Format| matches!(format, Format::Texture(TextureFormat::Bgra8Unorm | TextureFormat::Rgba8Unorm));
    // Who draws to the canvas as which attachment, and to what other formats: these are meant.
    let mut to_canvas: BTreeSet<(User, usize)> = BTreeSet::new();
    let mut to_textures: BTreeSet<(User, usize, Format)> = BTreeSet::new();
    for pass in scene.render_passes.iter().flatten() {
        let users = users(&pass.commands);
        for (index, color) in pass.colors.iter().enumerate() {
            match color.view {
                AttachmentView::Canvas => to_canvas.extend(users.iter().map(|user| (*user, index))),
                view => {
                    let format = format_of_attachment(scene, view).map(|(format, _)| format);
                    to_textures
                        .extend(format.into_iter().flat_map(|format| users.iter().map(move |user| (*user, index, format))));
                }
            }
        }
    }
    // The pipelines of bundles count like those that passes set themselves.
    let pipelines: Vec<BTreeSet<User>> = scene.bundles.iter().map(|bundle| of_bundle(bundle.as_ref())).collect();
    let inside = |user: User| match user {
        User::Pipeline(_) => None,
        User::Bundle(id) => pipelines.get(id.0),
    };
    for (user, index) in to_canvas.clone() {
        to_canvas.extend(inside(user).into_iter().flatten().map(|pipeline| (*pipeline, index)));
    }
    for (user, index, format) in to_textures.clone() {
        to_textures.extend(inside(user).into_iter().flatten().map(|pipeline| (*pipeline, index, format)));
    }
    for (user, index) in to_canvas {
        let (format, span, help) = match user {
            User::Pipeline(id) => {
                let Some(Some(pipeline)) = scene.render_pipelines.get_mut(id.0) else { continue };
                let Some(target) = pipeline.targets.value.get_mut(index) else { continue };
                if to_textures.contains(&(user, index, target.format)) {
                    continue;
                }
                (&mut target.format, Some(target.span), "write `format=preferredCanvasFormat`")
            }
            User::Bundle(id) => {
                let Some(Some(bundle)) = scene.bundles.get_mut(id.0) else { continue };
                let Some(format) = bundle.colors.value.get_mut(index) else { continue };
                // One that it has from its pipeline is reported there.
                let span = bundle.has_own_colors.then_some(bundle.colors.span);
                (format, span, "write `preferredCanvasFormat`, or leave `colorFormats` out")
            }
        };
        if !is_fixed(*format) {
            continue;
        }
        if let Some(span) = span {
            let message = format!("the canvas is {} on some machines only", format.text());
            let diagnostic = Diagnostic::new(Code::CanvasFormat, span, message).label("`preferredCanvasFormat` is taken");
            diagnostics.push(diagnostic.help(help));
        }
        *format = Format::Canvas;
    }
}

/// Entries of bind groups that an automatic layout has no place for are left out, because it holds only what the shaders use.
fn unused_entries(scene: &mut Scene, diagnostics: &mut Vec<Diagnostic>) {
    for automatic in automatic_groups(scene) {
        // One that has nothing at all in its place is another mistake.
        if automatic.used.is_empty() {
            continue;
        }
        let pipeline = scene.pipeline_name(automatic.pipeline).map_or_else(|| "?".to_string(), |named| named.name.clone());
        let Some(Some(group)) = scene.groups.get_mut(automatic.group.0) else { continue };
        let mut times: BTreeMap<u32, usize> = BTreeMap::new();
        group.entries.iter().for_each(|entry| *times.entry(entry.binding).or_default() += 1);
        let is_used = |entry: &Entry| automatic.used.iter().any(|used| used.binding.binding == entry.binding);
        for entry in group.entries.iter().filter(|entry| !is_used(entry)) {
            let message = format!("the shaders of `{pipeline}` do not use group {}, binding {}", automatic.slot, entry.binding);
            diagnostics.push(
                Diagnostic::new(Code::UnusedBinding, entry.span, message)
                    .label("left out")
                    .help("an automatic layout holds only what the shaders use"),
            );
        }
        // Where there are several of one number, which is reported, one may be meant for another.
        group.entries.retain(|entry| is_used(entry) || times.get(&entry.binding).is_some_and(|times| *times > 1));
    }
}

/// Clear values are converted to the type that shaders have for the format, which must be possible, and then to the format. What that
/// changes is said: hosts differ in how they convert what the format cannot hold.
/// Source: WebGPU, "converting a GPUColor to a texel value of texture format".
fn clear_values(scene: &mut Scene, diagnostics: &mut Vec<Diagnostic>) {
    for pass in 0..scene.render_passes.len() {
        let Some(found) = &scene.render_passes[pass] else { continue };
        let formats: Vec<Option<Format>> =
            found.colors.iter().map(|color| Some(format_of_attachment(scene, color.view)?.0)).collect();
        let colors = scene.render_passes[pass].iter_mut().flat_map(|pass| &mut pass.colors);
        for (color, format) in colors.zip(formats) {
            let (Some(clear), Some(format)) = (&mut color.clear, format) else { continue };
            // One that cannot be converted is wrong.
            if let Some(integers) = format.integers().filter(|integers| formats::clear_misfit(*integers, clear.value).is_none()) {
                clear.value = converted(format, integers, *clear, diagnostics);
            }
        }
    }
}

/// A clear value as a format of integers has it; the first number that changes is reported.
fn converted(format: Format, integers: Integers, clear: Spanned<[f64; 4]>, diagnostics: &mut Vec<Diagnostic>) -> [f64; 4] {
    let channels = usize::from(format.row().channels);
    let (mut mended, mut is_said) = (*clear, false);
    for (channel, number) in clear.iter().copied().enumerate() {
        let (least, most) = integers.range(integers.bits[channel]);
        let (least, most) = (least as f64, most as f64);
        // Descriptors hold it in single precision, which has 24 bits: the largest number of 32 bits is rounded down, within the range.
        let whole = number.trunc();
        let held = whole.clamp(least, most) as f32;
        let held = if f64::from(held) > most { f64::from(held.next_down()) } else { f64::from(held) };
        // Zero is positive.
        mended[channel] = held + 0.0;
        if held != number && channel < channels && !is_said {
            is_said = true;
            let name = format.text();
            let message = format!("the clear value {number} of {name} becomes {held}");
            let why = if whole.clamp(least, most) != number {
                format!("{name} holds whole numbers from {least} to {}", integers.range(integers.bits[0]).1)
            } else {
                "clear values have single precision".to_string()
            };
            diagnostics.push(Diagnostic::new(Code::Converted, clear.span, message).help(format!("{why}: write {held}")));
        }
    }
    mended
}

/// What queues and hosts write needs `COPY_DST`, which is added without a word (language reference, decision 26).
fn implied_usages(scene: &mut Scene) {
    for id in written_buffers(scene) {
        if let Some(Some(buffer)) = scene.buffers.get_mut(id.0) {
            buffer.implied_usage |= buffer_usage::COPY_DST;
        }
    }
    for id in written_textures(scene) {
        if let Some(Some(texture)) = scene.textures.get_mut(id.0) {
            texture.implied_usage |= texture_usage::COPY_DST;
        }
    }
}
