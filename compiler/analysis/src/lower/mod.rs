//! Resolved declarations become the objects of a scene: each is read into the slots of its rows, and the slots become fields.
//!
//! What a scene can represent is for `check` to refuse. What is reported here is what no scene can say, and what
//! the language adds to WebGPU.

mod bindings;
mod commands;
mod copies;
mod frames;
mod fullscreen;
mod meant;
mod media;
mod passes;
mod phases;
mod pipelines;
mod queues;
mod resources;
mod surfaces;
mod timeline;
mod uniforms;

use crate::language::{Elem, Ns};
use crate::resolve::{Object, Resolved};
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// Makes the scene. Holes stand where a declaration could not be understood; that is reported.
pub fn lower(resolved: Resolved, diagnostics: &mut Vec<Diagnostic>) -> Scene {
    let Resolved {
        objects,
        data,
        shaders,
        shader_of,
        device,
        sized_by,
        fullscreen,
        uniforms,
        images,
        videos,
        wasm_modules,
        wasm_calls,
        sources: _,
        meanings: _,
        texts: _,
        unused: _,
    } = resolved;
    let mut lowerer = Lowerer {
        scene: Scene { shaders, data, device, uniforms: uniforms::uniforms(uniforms), ..Scene::default() },
        shader_of,
        diagnostics,
        group_users: BTreeMap::new(),
        lost_users: false,
        open_layouts: BTreeSet::new(),
    };
    let of = |ns: Ns| objects.get(&ns).map_or(&[][..], Vec::as_slice);

    lowerer.scene.buffers = of(Ns::Buffer).iter().map(|o| whole(o, lowerer.buffer(o))).collect();
    lowerer.scene.textures = of(Ns::Texture).iter().map(|o| whole(o, lowerer.texture(o))).collect();
    lowerer.scene.views = of(Ns::TextureView).iter().map(|o| whole(o, lowerer.declared_view(o))).collect();
    lowerer.scene.samplers = of(Ns::Sampler).iter().map(|o| whole(o, lowerer.sampler(o))).collect();
    lowerer.scene.images = of(Ns::ImageBitmap).iter().zip(images).map(|(o, size)| whole(o, lowerer.image(o, size))).collect();
    lowerer.scene.videos = of(Ns::Video).iter().zip(videos).map(|(o, file)| whole(o, lowerer.video(o, file))).collect();
    lowerer.scene.wasm_modules = wasm_modules;
    lowerer.scene.wasm_calls =
        of(Ns::WasmCall).iter().zip(wasm_calls).map(|(o, call)| Some(WasmCall { named: named(o), function: call? })).collect();
    lowerer.scene.layouts = of(Ns::BindGroupLayout).iter().map(|o| whole(o, lowerer.layout(o))).collect();
    lowerer.scene.pipeline_layouts = of(Ns::PipelineLayout).iter().map(|o| whole(o, lowerer.pipeline_layout(o))).collect();
    lowerer.scene.render_pipelines =
        of(Ns::RenderPipeline).iter().enumerate().map(|(i, o)| whole(o, lowerer.render_pipeline(i, o))).collect();
    lowerer.scene.compute_pipelines =
        of(Ns::ComputePipeline).iter().enumerate().map(|(i, o)| whole(o, lowerer.compute_pipeline(i, o))).collect();
    let sized = sized_by.into_iter().map(|(buffer, shader, binding)| Shadow {
        buffer: BufferId(buffer),
        offset: 0,
        shader: ShaderId(shader),
        binding,
    });
    lowerer.scene.shadows.extend(sized);
    lowerer.find_group_users([of(Ns::RenderPass), of(Ns::RenderBundle), of(Ns::ComputePass)]);
    lowerer.layouts_from_groups(of(Ns::BindGroup));
    lowerer.scene.groups = of(Ns::BindGroup).iter().enumerate().map(|(i, o)| whole(o, lowerer.group(i, o))).collect();
    lowerer.scene.inits = of(Ns::Init).iter().map(|o| whole(o, lowerer.init(o))).collect();
    lowerer.scene.query_sets = of(Ns::QuerySet).iter().map(|o| whole(o, lowerer.query_set(o))).collect();
    lowerer.scene.queues = of(Ns::Queue).iter().map(|o| Some(lowerer.queue(o))).collect();
    lowerer.scene.bundles = of(Ns::RenderBundle).iter().map(|o| whole(o, lowerer.bundle(o))).collect();
    lowerer.scene.render_passes = of(Ns::RenderPass).iter().map(|o| whole(o, lowerer.render_pass(o))).collect();
    lowerer.scene.compute_passes = of(Ns::ComputePass).iter().map(|o| whole(o, lowerer.compute_pass(o))).collect();
    // Behind the declared ones of each kind.
    let mut passes = lowerer.fullscreen(&fullscreen);
    // The frame that plays by itself is the first one of the entry file (language reference, section 11.3).
    let mut order: Vec<usize> = (0..of(Ns::Frame).len()).collect();
    order.sort_by_key(|&index| of(Ns::Frame)[index].name_span.file != pngine_source::source::FileId(0));
    lowerer.scene.frames = order.iter().map(|&index| lowerer.frame(&of(Ns::Frame)[index], &mut passes)).collect();
    if order.is_empty() {
        lowerer.scene.frames = lowerer.generated_frame(&mut passes).into_iter().collect();
    }
    lowerer.scene.animation = of(Ns::Animation).first().and_then(|o| lowerer.animation(o));
    for scene in lowerer.scene.animation.iter_mut().flat_map(|animation| &mut animation.scenes) {
        scene.frame = order.iter().position(|&index| index == scene.frame).unwrap_or(0);
    }
    lowerer.scene.canvas = of(Ns::Canvas).first().map_or_else(Canvas::default, |o| lowerer.canvas(o));
    lowerer.scene.meta = of(Ns::Meta).first().map_or_else(Vec::new, |o| lowerer.meta(o));
    meant::settle(&mut lowerer.scene, lowerer.diagnostics);
    lowerer.scene
}

struct Lowerer<'a> {
    scene: Scene,
    shader_of: BTreeMap<(Ns, usize), usize>,
    diagnostics: &'a mut Vec<Diagnostic>,
    /// Which pipelines each bind group is used with, and at which index: for layouts that are to be inferred. `None` for a pass
    /// whose pipeline is not known.
    group_users: BTreeMap<GroupId, Vec<(Option<PipelineId>, u32)>>,
    /// Whether some pass or bundle has a mistake, which is reported: it may use any of them.
    lost_users: bool,
    /// Pipelines that do not say where their layouts come from.
    open_layouts: BTreeSet<PipelineId>,
}

/// What a declaration was lowered to, if nothing in it is missing or wrong. What is wrong is reported, and what stands in its place would
/// not fit the rest: a texture whose `sampleCount` cannot be read has no sample count that pipelines could differ from.
fn whole<T>(object: &Object, lowered: Option<T>) -> Option<T> {
    lowered.filter(|_| object.obj.is_whole())
}

fn named(object: &Object) -> Named {
    Named { name: object.name.clone(), span: object.name_span }
}

/// Two properties of which there may be one.
fn conflict(first: Span, second: Span, message: String) -> Diagnostic {
    Diagnostic::new(Code::Conflict, second, message)
        .label("the second one")
        .also(first, "the first one")
        .help("leave one of them out")
}

impl Lowerer<'_> {
    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// `pingPong` stays below the size of the pool; for what has no pool it means nothing.
    /// Source: language reference, section 10, rule 4, and decision 13.
    fn pool_offset(&mut self, offset: Spanned<u32>, pool: u32) {
        if pool > 1 && *offset >= pool {
            let message = format!("an offset of {offset} in a pool of {pool}");
            let diagnostic = Diagnostic::new(Code::OutOfRange, offset.span, message);
            self.report(diagnostic.help(format!("it must be 0 to {}", pool - 1)));
        }
    }

    /// The numbers that are whole and in a range; `None` if one is bad or none.
    fn whole_numbers(&mut self, numbers: &[Elem<f64>]) -> Option<Vec<u32>> {
        numbers.iter().map(|number| self.whole(number, 0.0, f64::from(u32::MAX)).map(|number| number as u32)).collect()
    }

    /// A whole number in a range; `None` if it is bad or none.
    fn whole(&mut self, element: &Elem<f64>, least: f64, most: f64) -> Option<f64> {
        let mut number = element.value?;
        // What a computation in doubles misses by its last bits is no fraction that the author wrote.
        if (number - number.round()).abs() < 1e-9 * number.abs().max(1.0) {
            number = number.round();
        }
        if number.fract() != 0.0 {
            self.report(Diagnostic::new(Code::NotAnInteger, element.span, format!("{number} is not a whole number")));
            return None;
        }
        if number < least || number > most {
            let what = if number > most {
                "too large"
            } else if least < 0.0 {
                "too small"
            } else {
                "negative"
            };
            self.report(Diagnostic::new(Code::OutOfRange, element.span, format!("{number} is {what}")));
            return None;
        }
        Some(number)
    }
}
