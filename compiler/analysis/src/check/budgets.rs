//! What no host would take: the budgets of [`pngine_format::limits`], at the author's line. A host checks what it gets again, and counts
//! more than can be told here, such as textures that follow the size of the canvas.

use super::Scene;
use crate::limits::MOST_BUNDLED;
use pngine_format::limits::{
    BUNDLED_COMMANDS, GPU_BYTES, LOADED_BYTES, LOADS, NAMES, PROGRAMS, TEXT_BYTES, UNIFORMS, WRITTEN_BYTES,
};
use pngine_format::texel;
use pngine_format::word::TextureDimension;
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic, at_most};
use pngine_source::source::Span;
use pngine_wgsl::device::Limit;
use std::collections::BTreeMap;

/// A sum that may not grow beyond a budget; what makes it do so is reported, once.
struct Sum<'a> {
    value: u64,
    most: u32,
    /// What is counted: `bytes of GPU memory`.
    what: &'a str,
    help: &'a str,
    is_reported: bool,
}

impl<'a> Sum<'a> {
    const fn new(most: u32, what: &'a str, help: &'a str) -> Self {
        Self { value: 0, most, what, help, is_reported: false }
    }

    fn add(&mut self, amount: u64, span: Span, diagnostics: &mut Vec<Diagnostic>) {
        self.value = self.value.saturating_add(amount);
        if self.value > u64::from(self.most) && !self.is_reported {
            self.is_reported = true;
            let message = format!("{} {}, and hosts take {}", self.value, self.what, self.most);
            let diagnostic = Diagnostic::new(Code::BeyondBudget, span, message).label("the first that is too much");
            diagnostics.push(diagnostic.help(self.help));
        }
    }
}

/// Everything that can be told before the scene runs.
pub fn budgets(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    memory(scene, diagnostics);
    loaded(scene, diagnostics);
    names(scene, diagnostics);
    started(scene, diagnostics);
    for frame in scene.frames {
        drawn(scene, frame, diagnostics);
    }
}

/// Buffers, textures and query sets live as long as the scene does.
fn memory(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    let help = "make it smaller, or let things share it: a pool counts with all its members";
    let mut sum = Sum::new(GPU_BYTES, "bytes of GPU memory up to here", help);
    // A buffer that no device has is reported for that.
    let largest = scene.device.limit(Limit::MaxBufferSize);
    for buffer in scene.all_buffers().filter(|buffer| u64::from(*buffer.size) <= largest) {
        sum.add(u64::from(*buffer.size) * u64::from(buffer.pool), buffer.size.span, diagnostics);
    }
    for texture in scene.all_textures() {
        let fixed = texture.size.map(|extent| match extent {
            Extent::Fixed(extent) => extent,
            // At least.
            Extent::Canvas(_) => 1,
        });
        let is_3d = texture.dimension == TextureDimension::D3;
        let bytes = texel::memory_bytes(*texture.format, fixed, is_3d, *texture.mip_levels, *texture.sample_count);
        sum.add(bytes.saturating_mul(u64::from(texture.pool)), texture.size.span, diagnostics);
    }
    for set in scene.all_query_sets() {
        sum.add(8 * u64::from(set.count), set.named.span, diagnostics);
    }
}

/// Images, videos and nested modules are loaded when the scene begins, and all shaders and pipelines are made. What nothing uses is
/// neither. The pixels of images are counted where they are decoded.
fn loaded(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    let mut bytes = Sum::new(LOADED_BYTES, "bytes of images, videos and modules up to here", "compress them more");
    let help = "put several pictures into one image, and functions into one module";
    let mut loads = Sum::new(LOADS, "images, videos and modules up to here", help);
    let mut load = |len: usize, span| {
        bytes.add(len as u64, span, diagnostics);
        loads.add(1, span, diagnostics);
    };
    for image in scene.copied_images().into_iter().filter_map(|id| scene.image(id)) {
        load(scene.data_at(image.data).map_or(0, |data| data.len()), image.named.span);
    }
    for video in scene.all_videos() {
        load(video.file.bytes.len(), video.named.span);
    }
    for module in scene.wasm_modules {
        load(module.bytes.len(), module.span);
    }
    let mut text = Sum::new(TEXT_BYTES, "bytes of shader text up to here", "let pipelines share their modules");
    let help = "let passes share pipelines, and pipelines their modules";
    let mut programs = Sum::new(PROGRAMS, "shaders and pipelines up to here", help);
    for shader in scene.used_shaders().into_iter().filter_map(|index| scene.shaders.get(index)) {
        text.add(shader.text.len() as u64, shader.span, diagnostics);
        programs.add(1, shader.span, diagnostics);
    }
    let renders = scene.all_render_pipelines().map(|pipeline| pipeline.named.span);
    let computes = scene.all_compute_pipelines().map(|pipeline| pipeline.named.span);
    let inits = scene.all_inits().map(|init| init.named.span);
    for span in renders.chain(computes).chain(inits) {
        programs.add(1, span, diagnostics);
    }
}

/// What a page can list.
fn names(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    let mut frames = Sum::new(NAMES, "frames up to here", "one frame can list what several do");
    for frame in scene.frames {
        frames.add(1, frame.named.span, diagnostics);
    }
    let mut scenes = Sum::new(NAMES, "scenes of a timeline up to here", "join those that show the same frame");
    for part in scene.animation.iter().flat_map(|animation| &animation.scenes) {
        scenes.add(1, part.named.span, diagnostics);
    }
    let mut uniforms = Sum::new(UNIFORMS, "uniforms that a host may set up to here", "put large tables into a storage buffer");
    for block in host_blocks(scene) {
        let pool = scene.buffer(block.shadow.buffer).map_or(1, |buffer| buffer.pool);
        uniforms.add((block.fields.len() as u64).saturating_mul(u64::from(pool)), block.variable.span, diagnostics);
    }
}

/// What the scene writes when it begins: the initial contents of buffers.
fn started(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    let mut written =
        Sum::new(WRITTEN_BYTES, "bytes that are written when the scene begins, up to here", "fill it with an `#init`");
    for buffer in scene.all_buffers() {
        let Some(Spanned { value: data, span }) = buffer.initial else { continue };
        let len = scene.data_at(data).map_or(0, |data| data.len()) as u64;
        written.add(len.saturating_mul(u64::from(buffer.pool)), span, diagnostics);
    }
    for (buffer, _, span) in first_words(scene).places() {
        written.add(4 * u64::from(scene.buffer(buffer).map_or(1, |buffer| buffer.pool)), span, diagnostics);
    }
}

/// What one frame makes a host do: what it writes, the bundles that it executes, and the texts that it names.
fn drawn(scene: &Scene, frame: &Frame, diagnostics: &mut Vec<Diagnostic>) {
    let mut written = Sum::new(WRITTEN_BYTES, "bytes that one frame writes, up to here", "write less, or in several frames");
    let mut bundled =
        Sum::new(BUNDLED_COMMANDS, "commands of bundles that one frame executes, up to here", "draw more with each command");
    let mut text = Sum::new(TEXT_BYTES, "bytes of markers in one frame, up to here", "use shorter names");
    // What each pass weighs: the same every time that it is listed.
    let mut weights: BTreeMap<Step, (u64, u64)> = BTreeMap::new();
    for Spanned { value: step, span } in frame.init.iter().chain(&frame.steps) {
        let commands: &[Spanned<PassCommand>] = match step {
            Step::Queue(queue) => {
                for action in scene.queue(*queue).into_iter().flat_map(|queue| &queue.actions) {
                    let (bytes, own) = written_by(action);
                    written.add(bytes, own, diagnostics);
                }
                continue;
            }
            Step::Render(id) => scene.render_pass(*id).map_or(&[], |pass| &pass.commands),
            Step::Compute(id) => scene.compute_pass(*id).map_or(&[], |pass| &pass.commands),
            Step::Init(_) => continue,
        };
        let (executed, marked) = *weights.entry(*step).or_insert_with(|| weight(scene, commands));
        bundled.add(executed, *span, diagnostics);
        text.add(marked, *span, diagnostics);
    }
}

/// How many commands the bundles of a pass have, each time that they are executed, and how many bytes its markers.
fn weight(scene: &Scene, commands: &[Spanned<PassCommand>]) -> (u64, u64) {
    let (mut executed, mut marked) = (0u64, 0u64);
    for command in commands {
        match &command.value {
            PassCommand::ExecuteBundles(bundles) => {
                let commands = bundles.iter().filter_map(|id| scene.bundle(*id)).map(|bundle| bundle.commands.len() as u64);
                executed = executed.saturating_add(commands.sum());
            }
            PassCommand::PushDebugGroup(text) | PassCommand::InsertDebugMarker(text) => {
                marked = marked.saturating_add(text.len() as u64);
            }
            _ => {}
        }
    }
    (executed, marked)
}

/// How many bytes an action makes a queue copy, and where it stands.
fn written_by(action: &Action) -> (u64, Span) {
    match action {
        Action::WriteBuffer(write) => (u64::from(write.len), write.span),
        Action::WriteTexture(write) => (u64::from(write.len), write.copy.span),
        Action::CopyImage { copy, .. } => {
            let texels = copy.size.iter().fold(4u64, |texels, extent| match extent {
                Extent::Fixed(extent) => texels.saturating_mul(u64::from(*extent)),
                Extent::Canvas(_) => texels,
            });
            (texels, copy.span)
        }
        Action::CopyBufferToBuffer { span, .. }
        | Action::CopyVideo { span, .. }
        | Action::CallWasm { span, .. }
        | Action::ClearBuffer { span, .. }
        | Action::ResolveQuerySet { span, .. } => (0, *span),
        Action::CopyBufferToTexture(copy) => (0, copy.span),
        Action::CopyTextureToBuffer(copy) => (0, copy.span),
        Action::CopyTextureToTexture(copy) => (0, copy.span),
    }
}

/// Passes that execute so many commands of bundles that looking at them would take long. The first is reported.
pub fn heavy_passes(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) -> Vec<RenderPassId> {
    let mut out = Vec::new();
    let mut sum = 0u64;
    for (index, pass) in scene.render_passes.iter().enumerate() {
        let Some(pass) = pass else { continue };
        let (executed, _) = weight(scene, &pass.commands);
        sum = sum.saturating_add(executed);
        let (many, most) = if executed > u64::from(BUNDLED_COMMANDS) {
            (executed, u64::from(BUNDLED_COMMANDS))
        } else if sum > MOST_BUNDLED {
            (sum, MOST_BUNDLED)
        } else {
            continue;
        };
        if out.is_empty() {
            let message = at_most(format!("{many} commands of bundles that passes execute"), most);
            let diagnostic = Diagnostic::new(Code::BeyondBudget, pass.named.span, message);
            diagnostics.push(diagnostic.help("execute each bundle less often, or draw more with each command"));
        }
        out.push(RenderPassId(index));
    }
    out
}
