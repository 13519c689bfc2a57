//! Resolved declarations become the objects of a scene. What a declaration says about itself alone is checked here; what it says
//! about others, in `check`.

use crate::diag::{Code, Diagnostic, nearest};
use crate::formats;
use crate::resolve::{Node, Obj, Object, Resolved, Val};
use crate::scene::*;
use crate::schema::Ns;
use crate::shader::reflect;
use crate::source::Span;
use pngine_format::descriptor::{Field, Value, object};
use pngine_format::op::buffer_usage;
use pngine_format::status::INPUTS;
use pngine_format::word::Word;
use std::collections::BTreeMap;

/// Makes the scene. Holes stand where a declaration could not be understood; that is reported.
pub fn lower(resolved: Resolved, diagnostics: &mut Vec<Diagnostic>) -> Scene {
    let Resolved { objects, data, shaders, shader_of, extra_files: _ } = resolved;
    let mut lowerer =
        Lowerer { scene: Scene { shaders, data, ..Scene::default() }, shader_of, diagnostics, group_users: BTreeMap::new() };
    let of = |ns: Ns| objects.get(&ns).map_or(&[][..], Vec::as_slice);

    lowerer.scene.buffers = of(Ns::Buffer).iter().map(|o| lowerer.buffer(o)).collect();
    lowerer.scene.textures = of(Ns::Texture).iter().map(|o| lowerer.texture(o)).collect();
    lowerer.scene.views = of(Ns::TextureView).iter().map(|o| lowerer.view(&o.obj, named(o), None)).collect();
    lowerer.scene.samplers = of(Ns::Sampler).iter().map(|o| lowerer.sampler(o)).collect();
    lowerer.scene.layouts = of(Ns::BindGroupLayout).iter().map(|o| lowerer.layout(o)).collect();
    lowerer.scene.pipeline_layouts = of(Ns::PipelineLayout).iter().map(|o| lowerer.pipeline_layout(o)).collect();
    lowerer.scene.render_pipelines = of(Ns::RenderPipeline).iter().map(|o| lowerer.render_pipeline(o)).collect();
    lowerer.scene.compute_pipelines = of(Ns::ComputePipeline).iter().map(|o| lowerer.compute_pipeline(o)).collect();
    lowerer.find_group_users(of(Ns::RenderPass), of(Ns::ComputePass));
    lowerer.scene.groups = of(Ns::BindGroup).iter().enumerate().map(|(i, o)| lowerer.group(i, o)).collect();
    lowerer.scene.inits = of(Ns::Init).iter().map(|o| lowerer.init(o)).collect();
    lowerer.scene.queues = of(Ns::Queue).iter().map(|o| lowerer.queue(o)).collect();
    lowerer.scene.render_passes = of(Ns::RenderPass).iter().map(|o| lowerer.render_pass(o)).collect();
    lowerer.scene.compute_passes = of(Ns::ComputePass).iter().map(|o| lowerer.compute_pass(o)).collect();
    lowerer.scene.frames = of(Ns::Frame).iter().map(frame).collect();
    // The frame that plays by itself is the first one of the entry file (language reference, section 11.3).
    lowerer.scene.frames.sort_by_key(|frame| frame.named.span.file != crate::source::FileId(0));
    lowerer.scene
}

struct Lowerer<'a> {
    scene: Scene,
    shader_of: BTreeMap<(Ns, usize), usize>,
    diagnostics: &'a mut Vec<Diagnostic>,
    /// Which pipelines each bind group is used with, and at which index: for layouts that are to be inferred. `None` for a pass
    /// whose pipeline is not known.
    group_users: BTreeMap<usize, Vec<(Option<PipelineId>, u32)>>,
}

fn named(object: &Object) -> Named {
    Named { name: object.name.clone(), span: object.name_span }
}

fn frame(object: &Object) -> Frame {
    let steps = |name: &str| {
        object.obj.list(name).iter().filter_map(|node| {
            let step = match node.val {
                Val::Decl(Ns::RenderPass, i) => Step::Render(RenderPassId(i)),
                Val::Decl(Ns::ComputePass, i) => Step::Compute(ComputePassId(i)),
                Val::Decl(Ns::Init, i) => Step::Init(InitId(i)),
                Val::Decl(Ns::Queue, i) => Step::Queue(QueueId(i)),
                // Bad ones are reported, and `#pass` is reported as not supported.
                _ => return None,
            };
            Some((step, node.span))
        })
    };
    Frame {
        named: named(object),
        init: steps("init").collect(),
        steps: ["before", "perform", "after"].into_iter().flat_map(steps).collect(),
    }
}

/// Two properties of which there may be one.
fn conflict(obj: &Obj, (first, second): (&str, &str), message: String) -> Diagnostic {
    let span = |name| obj.prop_span(name).unwrap_or(obj.span);
    Diagnostic::new(Code::Conflict, span(second), message)
        .label("the second one")
        .also(span(first), "the first one")
        .help("leave one of them out")
}

/// A dictionary member that is written only when it is not WebGPU's default.
fn word_field(fields: &mut Vec<(Field, Value)>, field: Field, word: Option<Word>, default: &str) {
    if let Some(word) = word.filter(|word| word.text() != default) {
        fields.push((field, Value::Word(word)));
    }
}

impl Lowerer<'_> {
    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn buffer(&mut self, o: &Object) -> Option<Buffer> {
        let obj = &o.obj;
        let initial = obj.decl("mappedAtCreation", Ns::Data).map(|data| (DataId(data), obj.span_of("mappedAtCreation")));
        let size = obj.uint("size")?;
        let usage = obj.flags("usage")?;
        let size_span = obj.span_of("size");
        if size == 0 {
            self.report(Diagnostic::new(Code::BufferSize, size_span, format!("`{}` has no bytes", o.name)));
            return None;
        }
        Some(Buffer {
            named: named(o),
            size,
            size_span,
            usage,
            usage_span: obj.span_of("usage"),
            initial,
            pool: obj.uint_or("pool", 1),
        })
    }

    fn texture(&mut self, o: &Object) -> Option<Texture> {
        let obj = &o.obj;
        let extent = |node: &Node| match node.val {
            Val::Num(number) => Some(Extent::Fixed(number as u32)),
            Val::Canvas(coefficients) => Some(Extent::Canvas(coefficients)),
            _ => None,
        };
        let one = Extent::Fixed(1);
        if ["size", "width", "height"].iter().any(|name| obj.bad(name)) {
            return None;
        }
        let (size, size_span) = match (obj.get("size"), obj.get("width")) {
            (Some(node), _) => {
                for name in ["width", "height"] {
                    if let Some(span) = obj.prop_span(name) {
                        let diagnostic = Diagnostic::new(Code::Conflict, span, format!("`{name}` beside `size`"));
                        self.report(diagnostic.also(node.span, "the size stands here").help("leave one of them out"));
                    }
                }
                let extents: Vec<Option<Extent>> = obj.list("size").iter().map(extent).collect();
                let size = match extents.into_iter().collect::<Option<Vec<Extent>>>()?.as_slice() {
                    [w] => [*w, one, one],
                    [w, h] => [*w, *h, one],
                    [w, h, d] => [*w, *h, *d],
                    other => {
                        let message = format!("a size has 1 to 3 numbers, here are {}", other.len());
                        self.report(Diagnostic::new(Code::BadLength, node.span, message));
                        return None;
                    }
                };
                (size, node.span)
            }
            (None, Some(width)) => {
                let height = match obj.get("height") {
                    Some(node) => extent(node)?,
                    None => one,
                };
                ([extent(width)?, height, one], width.span)
            }
            (None, None) => {
                if !obj.incomplete {
                    self.report(
                        Diagnostic::new(Code::TextureSize, o.name_span, format!("`#texture {}` has no size", o.name))
                            .help("write `size=[512 512]` or `size=[canvas.width canvas.height]`"),
                    );
                }
                return None;
            }
        };
        let dimension = obj.word("dimension").unwrap_or(Word::of("2d"));
        let format = obj.word("format")?;
        let usage = obj.flags("usage")?;
        if [("sampleCount"), ("mipLevelCount"), ("dimension"), ("viewFormats")].iter().any(|name| obj.bad(name)) {
            return None;
        }
        Some(Texture {
            named: named(o),
            size,
            size_span,
            format,
            format_span: obj.span_of("format"),
            usage,
            usage_span: obj.span_of("usage"),
            sample_count: self.sample_count(obj, "sampleCount")?,
            dimension,
            mip_levels: obj.uint_or("mipLevelCount", 1),
            view_formats: obj
                .list("viewFormats")
                .iter()
                .filter_map(|node| match node.val {
                    Val::Word(word) => Some(word),
                    _ => None,
                })
                .collect(),
        })
    }

    fn sample_count(&mut self, obj: &Obj, name: &str) -> Option<u32> {
        let count = obj.uint_or(name, 1);
        if matches!(count, 1 | 4) {
            return Some(count);
        }
        let message = format!("{count} samples are not possible");
        self.report(Diagnostic::new(Code::SampleCount, obj.span_of(name), message).help("WebGPU has 1 and 4"));
        None
    }

    /// A declared view, or one inside an attachment; those cover one mip level and layer unless they say otherwise.
    fn view(&mut self, obj: &Obj, named: Named, inline: Option<u32>) -> Option<View> {
        let texture = obj.decl("texture", Ns::Texture)?;
        Some(View {
            named,
            texture: TextureId(texture),
            format: obj.word("format"),
            dimension: obj.word("dimension"),
            aspect: obj.word("aspect"),
            usage: obj.flags("usage"),
            base_mip: obj.uint_or("baseMipLevel", 0),
            mip_count: obj.uint("mipLevelCount").or(inline),
            base_layer: obj.uint_or("baseArrayLayer", 0),
            layer_count: obj.uint("arrayLayerCount").or(inline),
        })
    }

    fn sampler(&mut self, o: &Object) -> Option<Sampler> {
        let obj = &o.obj;
        if obj.props.iter().any(|(.., node)| matches!(node.val, Val::Bad)) {
            return None;
        }
        let linear = Word::of("linear");
        let mag = obj.word("magFilter").unwrap_or(linear);
        let min = obj.word("minFilter").unwrap_or(linear);
        let mip = obj.word("mipmapFilter").unwrap_or(Word::of("nearest"));
        let u = obj.word("addressModeU");
        let mut fields = Vec::new();
        word_field(&mut fields, Field::MagFilter, Some(mag), "nearest");
        word_field(&mut fields, Field::MinFilter, Some(min), "nearest");
        word_field(&mut fields, Field::MipmapFilter, Some(mip), "nearest");
        word_field(&mut fields, Field::AddressModeU, u, "clamp-to-edge");
        word_field(&mut fields, Field::AddressModeV, obj.word("addressModeV").or(u), "clamp-to-edge");
        word_field(&mut fields, Field::AddressModeW, obj.word("addressModeW").or(u), "clamp-to-edge");
        for (name, field) in [("lodMinClamp", Field::LodMinClamp), ("lodMaxClamp", Field::LodMaxClamp)] {
            if let Some(clamp) = obj.num(name) {
                if clamp < 0.0 {
                    self.report(Diagnostic::new(Code::OutOfRange, obj.span_of(name), format!("`{name}` is {clamp}, below 0")));
                    return None;
                }
                fields.push((field, Value::F32(clamp as f32)));
            }
        }
        let (low, high) = (obj.num("lodMinClamp").unwrap_or(0.0), obj.num("lodMaxClamp").unwrap_or(32.0));
        if low > high {
            let message = format!("`lodMinClamp` {low} is above `lodMaxClamp` {high}");
            let span = obj.prop_span("lodMinClamp").or(obj.prop_span("lodMaxClamp")).unwrap_or(o.name_span);
            self.report(Diagnostic::new(Code::OutOfRange, span, message));
        }
        if let Some(compare) = obj.word("compare") {
            fields.push((Field::Compare, Value::Word(compare)));
        }
        let anisotropy = obj.uint_or("maxAnisotropy", 1);
        if anisotropy > 1 {
            fields.push((Field::MaxAnisotropy, Value::Uint(anisotropy)));
            if [mag, min, mip].iter().any(|filter| *filter != linear) {
                let message = format!("an anisotropy of {anisotropy} needs three linear filters");
                self.report(
                    Diagnostic::new(Code::Anisotropy, obj.span_of("maxAnisotropy"), message)
                        .help("set `magFilter`, `minFilter` and `mipmapFilter` to linear"),
                );
            }
        }
        Some(Sampler {
            named: named(o),
            descriptor: object(fields),
            comparison: obj.word("compare").is_some(),
            filtering: [mag, min, mip].contains(&linear),
        })
    }

    fn layout(&mut self, o: &Object) -> Option<Layout> {
        let mut entries = Vec::new();
        for node in o.obj.list("entries") {
            let Val::Obj(entry) = &node.val else { return None };
            entries.push(self.layout_entry(entry)?);
        }
        self.unique(entries.iter().map(|entry: &LayoutEntry| (entry.binding, entry.span)));
        o.obj.get("entries")?;
        Some(Layout { named: named(o), entries })
    }

    fn layout_entry(&mut self, obj: &Obj) -> Option<LayoutEntry> {
        let kinds = obj.written(&["buffer", "sampler", "texture", "storageTexture", "externalTexture"]);
        let kind = match kinds.as_slice() {
            [kind] => *kind,
            [] => {
                if !obj.incomplete {
                    self.report(
                        Diagnostic::new(Code::MissingProperty, obj.span, "this layout entry does not say what it is for")
                            .help("add `buffer={}`, `sampler={}`, `texture={}` or `storageTexture={ format=… }`"),
                    );
                }
                return None;
            }
            [first, second, ..] => {
                let message = format!("this layout entry is both `{first}` and `{second}`");
                self.report(conflict(obj, (first, second), message));
                return None;
            }
        };
        let inner = obj.obj(kind)?;
        if inner.props.iter().any(|(.., node)| matches!(node.val, Val::Bad)) {
            return None;
        }
        let word = |name: &str, default: &str| inner.word(name).or(Word::find(default));
        let kind = match kind {
            "buffer" if inner.bool("hasDynamicOffset") == Some(true) => {
                // Passes cannot give the offset yet, so WebGPU would refuse every one of them.
                self.report(
                    Diagnostic::new(
                        Code::NotSupportedYet,
                        inner.span_of("hasDynamicOffset"),
                        "dynamic offsets are not supported yet",
                    )
                    .help("make a bind group for each offset"),
                );
                return None;
            }
            "buffer" => LayoutKind::Buffer {
                ty: word("type", "uniform")?,
                dynamic: inner.bool("hasDynamicOffset").unwrap_or(false),
                min_size: inner.uint_or("minBindingSize", 0),
            },
            "sampler" => LayoutKind::Sampler { ty: word("type", "filtering")? },
            "texture" => LayoutKind::Texture {
                sample: word("sampleType", "float")?,
                dimension: word("viewDimension", "2d")?,
                multisampled: inner.bool("multisampled").unwrap_or(false),
            },
            "storageTexture" => LayoutKind::StorageTexture {
                format: inner.word("format")?,
                access: word("access", "write-only")?,
                dimension: word("viewDimension", "2d")?,
            },
            // Reported as not supported.
            _ => return None,
        };
        Some(LayoutEntry { span: obj.span, binding: obj.uint("binding")?, visibility: obj.flags("visibility")?, kind })
    }

    /// Reports bindings with the same number.
    fn unique(&mut self, bindings: impl Iterator<Item = (u32, Span)>) {
        let mut seen: BTreeMap<u32, Span> = BTreeMap::new();
        for (binding, span) in bindings {
            if let Some(old) = seen.insert(binding, span) {
                let message = format!("binding {binding} stands twice");
                self.report(Diagnostic::new(Code::DuplicateBinding, span, message).also(old, "the first one"));
            }
        }
    }

    fn pipeline_layout(&mut self, o: &Object) -> Option<PipelineLayout> {
        let nodes = o.obj.list("bindGroupLayouts");
        o.obj.get("bindGroupLayouts")?;
        if nodes.len() > 4 {
            let message = format!("a pipeline has at most 4 bind groups, here are {}", nodes.len());
            self.report(Diagnostic::new(Code::BadLength, o.obj.span_of("bindGroupLayouts"), message));
            return None;
        }
        let groups: Option<Vec<LayoutId>> = nodes
            .iter()
            .map(|node| match node.val {
                Val::Decl(Ns::BindGroupLayout, index) => Some(LayoutId(index)),
                _ => None,
            })
            .collect();
        Some(PipelineLayout { named: named(o), groups: groups? })
    }

    /// The outer `None` is a mistake that is reported, the inner one an automatic layout.
    fn layout_ref(&self, obj: &Obj) -> Option<PipelineLayoutRef> {
        match obj.get("layout").map(|node| &node.val) {
            None | Some(Val::Auto) => Some(None),
            Some(Val::Decl(Ns::PipelineLayout, index)) => Some(Some(PipelineLayoutId(*index))),
            _ => None,
        }
    }

    /// A stage's module, entry point and constants. Source: language reference, section 6.4.
    fn stage(&mut self, obj: &Obj, module: &str, stage: reflect::Stage, owner: &str) -> Option<Stage> {
        let shader = match obj.get(module) {
            Some(node) => match node.val {
                Val::Decl(ns, index) => *self.shader_of.get(&(ns, index))?,
                _ => return None,
            },
            None => match self.scene.shaders.len() {
                1 => 0,
                count => {
                    if obj.incomplete {
                        return None;
                    }
                    let message = format!("the {} stage of {owner} names no module", stage.as_str());
                    let help = match count {
                        0 => "declare a `#shaderModule` and name it with `module=…`".to_string(),
                        _ => {
                            let names: Vec<&str> =
                                self.scene.shaders.iter().take(12).map(|shader| shader.name.as_str()).collect();
                            format!("write `module=` and one of `{}`", names.join("`, `"))
                        }
                    };
                    self.report(Diagnostic::new(Code::MissingProperty, obj.span, message).help(help));
                    return None;
                }
            },
        };
        let constants = match obj.get("constants").map(|node| &node.val) {
            Some(Val::Record(entries)) => entries.clone(),
            Some(_) => return None,
            None => Vec::new(),
        };
        let found = &self.scene.shaders[shader];
        let default = match stage {
            reflect::Stage::Vertex => "vertexMain",
            reflect::Stage::Fragment => "fragmentMain",
            reflect::Stage::Compute => "main",
        };
        let written = match obj.get("entryPoint") {
            Some(Node { val: Val::Str(name), span }) => Some((name.clone(), *span)),
            Some(_) => return None,
            None => None,
        };
        let Some(reflected) = &found.module else {
            // A module that is wrong or cannot be checked: taken at its word.
            let entry = written.map_or(default.to_string(), |(name, _)| name);
            return Some(Stage { span: obj.span, shader: ShaderId(shader), entry, constants });
        };
        let of_stage: Vec<&str> = reflected.entry_points_of(stage).map(|entry| entry.name.as_str()).collect();
        let entry = match &written {
            Some((name, span)) => match reflected.entry_point(name) {
                Some(entry) if entry.stage == stage => name.clone(),
                other => {
                    let mut diagnostic = match other {
                        Some(entry) => Diagnostic::new(
                            Code::EntryPointNotFound,
                            *span,
                            format!("`{name}` is a {} entry point, not a {} one", entry.stage.as_str(), stage.as_str()),
                        )
                        .also(entry.span, "declared here"),
                        None => Diagnostic::new(
                            Code::EntryPointNotFound,
                            *span,
                            format!("`{}` has no entry point `{name}`", found.name),
                        ),
                    };
                    diagnostic = match nearest(name, of_stage.iter().copied()) {
                        Some(near) => {
                            diagnostic.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), false, *span, near)
                        }
                        None if of_stage.is_empty() => diagnostic.help(format!("it has no `@{}` function", stage.as_str())),
                        None => diagnostic.help(format!("its {} entry points are `{}`", stage.as_str(), of_stage.join("`, `"))),
                    };
                    self.report(diagnostic);
                    return None;
                }
            },
            None => match of_stage.as_slice() {
                [one] => (*one).to_string(),
                several if several.contains(&default) => default.to_string(),
                several => {
                    let code = if several.is_empty() { Code::EntryPointNotFound } else { Code::EntryPointAmbiguous };
                    let message = match several.len() {
                        0 => format!("`{}` has no {} entry point", found.name, stage.as_str()),
                        count => format!("`{}` has {count} {} entry points", found.name, stage.as_str()),
                    };
                    let help = match several {
                        [] => format!("add a function with `@{}` to it", stage.as_str()),
                        _ => format!("write `entryPoint=` and one of `{}`", several.join("`, `")),
                    };
                    self.report(Diagnostic::new(code, obj.span, message).help(help));
                    return None;
                }
            },
        };
        Some(Stage { span: obj.span, shader: ShaderId(shader), entry, constants })
    }

    fn render_pipeline(&mut self, o: &Object) -> Option<RenderPipeline> {
        let obj = &o.obj;
        let owner = format!("`#renderPipeline {}`", o.name);
        let vertex = obj.obj("vertex").and_then(|stage| self.stage(stage, "module", reflect::Stage::Vertex, &owner));
        let fragment_obj = obj.obj("fragment");
        let fragment = fragment_obj.map(|stage| self.stage(stage, "module", reflect::Stage::Fragment, &owner));
        let buffers = obj.obj("vertex").map_or(Some(Vec::new()), |stage| self.vertex_buffers(stage));
        let targets = fragment_obj.map_or(Some(Vec::new()), |stage| self.targets(stage));
        let depth_stencil = match obj.get("depthStencil") {
            None => Some(None),
            Some(Node { val: Val::Obj(state), .. }) => self.depth_stencil(state, obj.obj("primitive")).map(Some),
            Some(_) => None,
        };
        let multisample_span = obj.get("multisample").map_or(o.name_span, |node| node.span);
        let (sample_count, multisample, alpha_to_coverage) = match obj.get("multisample").map(|node| &node.val) {
            None => (1, None, false),
            Some(Val::Num(_)) => {
                let count = self.sample_count(obj, "multisample")?;
                (count, Some(object([(Field::Count, Value::Uint(count))])), false)
            }
            Some(Val::Obj(state)) => {
                let count = self.sample_count(state, "count")?;
                let mut fields = vec![(Field::Count, Value::Uint(count))];
                if let Some(mask) = state.uint("mask") {
                    fields.push((Field::Mask, Value::Uint(mask)));
                }
                let coverage = state.bool("alphaToCoverageEnabled").unwrap_or(false);
                if coverage {
                    fields.push((Field::AlphaToCoverageEnabled, Value::Bool(true)));
                }
                (count, Some(object(fields)), coverage)
            }
            Some(_) => return None,
        };
        let (primitive, topology, strip) = self.primitive(obj)?;
        Some(RenderPipeline {
            named: named(o),
            layout: self.layout_ref(obj)?,
            vertex: vertex?,
            buffers: buffers?,
            fragment: match fragment {
                Some(stage) => Some(stage?),
                None => None,
            },
            targets: targets?,
            primitive,
            topology,
            strip_index_format: strip,
            depth_stencil: depth_stencil?,
            sample_count,
            multisample: multisample.filter(|_| sample_count != 1 || obj.obj("multisample").is_some()),
            multisample_span,
            alpha_to_coverage,
        })
    }

    fn primitive(&mut self, obj: &Obj) -> Option<(Option<Value>, Word, Option<Word>)> {
        let list = Word::of("triangle-list");
        let Some(node) = obj.get("primitive") else { return Some((None, list, None)) };
        let Val::Obj(state) = &node.val else { return None };
        let topology = if state.get("topology").is_some() { state.word("topology")? } else { list };
        let strip = state.word("stripIndexFormat");
        if strip.is_some() && !topology.text().ends_with("strip") {
            self.report(
                Diagnostic::new(
                    Code::VertexLayout,
                    state.span_of("stripIndexFormat"),
                    format!("`stripIndexFormat` with {}", topology.text()),
                )
                .help("it goes with line-strip and triangle-strip only"),
            );
        }
        let mut fields = Vec::new();
        word_field(&mut fields, Field::Topology, Some(topology), "triangle-list");
        word_field(&mut fields, Field::StripIndexFormat, strip, "");
        word_field(&mut fields, Field::FrontFace, state.word("frontFace"), "ccw");
        word_field(&mut fields, Field::CullMode, state.word("cullMode"), "none");
        if state.bool("unclippedDepth") == Some(true) {
            self.report(
                Diagnostic::new(Code::NotSupportedYet, state.span_of("unclippedDepth"), "`unclippedDepth` is not supported yet")
                    .help("it needs the feature depth-clip-control"),
            );
        }
        Some(((!fields.is_empty()).then(|| object(fields)), topology, strip))
    }

    fn vertex_buffers(&mut self, stage: &Obj) -> Option<Vec<Option<VertexBuffer>>> {
        if stage.bad("buffers") {
            return None;
        }
        let mut buffers = Vec::new();
        for node in stage.list("buffers") {
            let Val::Obj(layout) = &node.val else { return None };
            if layout.incomplete || ["arrayStride", "stepMode", "attributes"].iter().any(|name| layout.bad(name)) {
                return None;
            }
            let mut attributes = Vec::new();
            for node in layout.list("attributes") {
                let Val::Obj(attribute) = &node.val else { return None };
                if attribute.bad("format") || attribute.bad("offset") {
                    return None;
                }
                attributes.push(Attribute {
                    span: attribute.span,
                    location: attribute.uint("shaderLocation")?,
                    offset: attribute.uint_or("offset", 0),
                    format: attribute.word("format").unwrap_or(Word::of("float32x4")),
                });
            }
            if layout.props.is_empty() {
                buffers.push(None);
                continue;
            }
            let end = |attribute: &Attribute| attribute.offset.saturating_add(formats::vertex_format(attribute.format).2);
            let stride =
                layout.uint("arrayStride").unwrap_or_else(|| attributes.iter().map(end).max().unwrap_or(0).next_multiple_of(4));
            if !stride.is_multiple_of(4) {
                let message = format!("a stride of {stride} is no multiple of 4");
                self.report(Diagnostic::new(Code::VertexLayout, layout.span_of("arrayStride"), message));
            }
            for attribute in &attributes {
                let (_, _, size) = formats::vertex_format(attribute.format);
                if layout.get("arrayStride").is_some() && stride != 0 && end(attribute) > stride {
                    let message = format!("this attribute ends at byte {}, behind the stride of {stride}", end(attribute));
                    self.report(
                        Diagnostic::new(Code::VertexLayout, attribute.span, message)
                            .also(layout.span_of("arrayStride"), "the stride"),
                    );
                }
                if !attribute.offset.is_multiple_of(size.min(4)) {
                    let message = format!("an offset of {} is no multiple of {}", attribute.offset, size.min(4));
                    self.report(Diagnostic::new(Code::VertexLayout, attribute.span, message));
                }
            }
            let per_instance = layout.word("stepMode").is_some_and(|word| word.text() == "instance");
            buffers.push(Some(VertexBuffer { span: layout.span, stride, per_instance, attributes }));
        }
        if buffers.len() > 8 {
            let message = format!("a pipeline has at most 8 vertex buffers, here are {}", buffers.len());
            self.report(Diagnostic::new(Code::BadLength, stage.span_of("buffers"), message));
        }
        let mut seen: BTreeMap<u32, Span> = BTreeMap::new();
        for attribute in buffers.iter().flatten().flat_map(|buffer: &VertexBuffer| &buffer.attributes) {
            if let Some(old) = seen.insert(attribute.location, attribute.span) {
                let message = format!("two attributes for location {}", attribute.location);
                self.diagnostics.push(Diagnostic::new(Code::VertexLayout, attribute.span, message).also(old, "the first one"));
            }
        }
        Some(buffers)
    }

    fn targets(&mut self, stage: &Obj) -> Option<Vec<Target>> {
        if stage.bad("targets") {
            return None;
        }
        let mut targets = Vec::new();
        for node in stage.list("targets") {
            let Val::Obj(target) = &node.val else { return None };
            if target.incomplete || target.bad("format") || target.bad("writeMask") {
                return None;
            }
            let blend = match target.get("blend") {
                None => None,
                Some(Node { val: Val::Obj(blend), .. }) => Some(object([
                    (Field::Color, self.blend_part(blend.obj("color")?)),
                    (Field::Alpha, self.blend_part(blend.obj("alpha")?)),
                ])),
                Some(_) => return None,
            };
            targets.push(Target {
                span: target.span,
                format: target.word("format").unwrap_or(Word::of("preferredCanvasFormat")),
                blend,
                write_mask: target.flags("writeMask").unwrap_or(15),
            });
        }
        if targets.len() > 8 {
            let message = format!("a pipeline has at most 8 color targets, here are {}", targets.len());
            self.report(Diagnostic::new(Code::BadLength, stage.span_of("targets"), message));
        }
        Some(targets)
    }

    fn blend_part(&mut self, part: &Obj) -> Value {
        let members = [
            (Field::Operation, part.word("operation"), "add"),
            (Field::SrcFactor, part.word("srcFactor"), "one"),
            (Field::DstFactor, part.word("dstFactor"), "zero"),
        ];
        // All or none: browsers warn of a component that leaves out some.
        let plain = members.iter().all(|(_, word, default)| word.is_none_or(|word| word.text() == *default));
        let written = members.into_iter().filter(|_| !plain);
        let fields: Vec<(Field, Value)> =
            written.map(|(field, word, default)| (field, word.map_or_else(|| Value::word(default), Value::Word))).collect();
        let extreme = part.word("operation").is_some_and(|word| matches!(word.text(), "min" | "max"));
        for (name, default) in [("srcFactor", "one"), ("dstFactor", "one")] {
            let factor = part.word(name).map_or(if name == "srcFactor" { "one" } else { "zero" }, Word::text);
            if extreme && factor != default {
                self.report(
                    Diagnostic::new(
                        Code::ColorTarget,
                        part.span_of(name),
                        format!("with min and max both factors must be one, `{name}` is {factor}"),
                    )
                    .help(format!("write `{name}=one`")),
                );
            }
        }
        for name in ["srcFactor", "dstFactor"] {
            if let Some(factor) = part.word(name).filter(|factor| factor.text().contains("src1")) {
                self.report(
                    Diagnostic::new(Code::NotSupportedYet, part.span_of(name), format!("{} is not supported yet", factor.text()))
                        .help("it needs the feature dual-source-blending"),
                );
            }
        }
        object(fields)
    }

    fn depth_stencil(&mut self, state: &Obj, primitive: Option<&Obj>) -> Option<DepthStencil> {
        let format = state.word("format")?;
        let info = formats::info(format);
        if state.props.iter().any(|(.., node)| matches!(node.val, Val::Bad)) {
            return None;
        }
        if !info.depth && !info.stencil {
            self.report(
                Diagnostic::new(
                    Code::DepthState,
                    state.span_of("format"),
                    format!("{} is no depth or stencil format", format.text()),
                )
                .help("such as depth24plus, depth32float or depth24plus-stencil8"),
            );
            return None;
        }
        let mut fields = vec![(Field::Format, Value::Word(format))];
        let write = state.bool("depthWriteEnabled");
        let compare = state.word("depthCompare");
        if info.depth {
            if write.is_none() {
                self.report(
                    Diagnostic::new(Code::DepthState, state.span, "a format with depth needs `depthWriteEnabled`")
                        .help("write `depthWriteEnabled=true`, or false to test only"),
                );
            }
            let needs_compare = write == Some(true)
                || ["stencilFront", "stencilBack"]
                    .iter()
                    .any(|face| state.obj(face).and_then(|face| face.word("depthFailOp")).is_some_and(|op| op.text() != "keep"));
            if compare.is_none() && needs_compare {
                self.report(
                    Diagnostic::new(Code::DepthState, state.span, "depth is written, so it needs `depthCompare`")
                        .help("write `depthCompare=less`, or always"),
                );
            }
        } else {
            for name in ["depthWriteEnabled", "depthCompare"] {
                let harmless =
                    (name == "depthWriteEnabled" && write == Some(false)) || compare.is_some_and(|word| word.text() == "always");
                if state.get(name).is_some() && !harmless {
                    let message = format!("`{name}`, but {} has no depth", format.text());
                    self.report(Diagnostic::new(Code::DepthState, state.span_of(name), message));
                }
            }
        }
        if let Some(write) = write {
            fields.push((Field::DepthWriteEnabled, Value::Bool(write)));
        }
        if let Some(compare) = compare {
            fields.push((Field::DepthCompare, Value::Word(compare)));
        }
        let mut stencil_write = false;
        let cull = primitive.and_then(|primitive| primitive.word("cullMode")).map_or("none", Word::text);
        for (name, field) in [("stencilFront", Field::StencilFront), ("stencilBack", Field::StencilBack)] {
            let Some(face) = state.obj(name) else { continue };
            let mut inner = Vec::new();
            word_field(&mut inner, Field::Compare, face.word("compare"), "always");
            word_field(&mut inner, Field::FailOp, face.word("failOp"), "keep");
            word_field(&mut inner, Field::DepthFailOp, face.word("depthFailOp"), "keep");
            word_field(&mut inner, Field::PassOp, face.word("passOp"), "keep");
            if inner.is_empty() {
                continue;
            }
            let writes = ["failOp", "depthFailOp", "passOp"].iter().any(|op| face.word(op).is_some_and(|op| op.text() != "keep"));
            // Faces that are culled write nothing.
            stencil_write |= writes && state.uint("stencilWriteMask") != Some(0) && !name.to_lowercase().ends_with(cull);
            if !info.stencil {
                let message = format!("`{name}`, but {} has no stencil", format.text());
                self.report(
                    Diagnostic::new(Code::DepthState, state.span_of(name), message)
                        .help("use a format such as depth24plus-stencil8"),
                );
            }
            fields.push((field, object(inner)));
        }
        for (name, field) in [("stencilReadMask", Field::StencilReadMask), ("stencilWriteMask", Field::StencilWriteMask)] {
            if let Some(mask) = state.uint(name).filter(|mask| *mask != u32::MAX) {
                fields.push((field, Value::Uint(mask)));
            }
        }
        let topology = primitive.and_then(|primitive| primitive.word("topology")).map_or("triangle-list", Word::text);
        for name in ["depthBias", "depthBiasSlopeScale", "depthBiasClamp"] {
            if !topology.starts_with("triangle") && state.num(name).is_some_and(|bias| bias != 0.0) {
                let message = format!("`{name}` with {topology}");
                let diagnostic = Diagnostic::new(Code::DepthState, state.span_of(name), message);
                self.report(diagnostic.help("only triangles have a depth bias: leave it out"));
            }
        }
        if let Some(bias) = state.num("depthBias").filter(|bias| *bias != 0.0) {
            fields.push((Field::DepthBias, Value::Int(bias as i32)));
        }
        for (name, field) in [("depthBiasSlopeScale", Field::DepthBiasSlopeScale), ("depthBiasClamp", Field::DepthBiasClamp)] {
            if let Some(value) = state.num(name).filter(|value| *value != 0.0) {
                fields.push((field, Value::F32(value as f32)));
            }
        }
        Some(DepthStencil {
            span: state.span,
            format,
            depth_write: write == Some(true),
            stencil_write,
            descriptor: object(fields),
        })
    }

    fn compute_pipeline(&mut self, o: &Object) -> Option<ComputePipeline> {
        let owner = format!("`#computePipeline {}`", o.name);
        let compute = self.stage(o.obj.obj("compute")?, "module", reflect::Stage::Compute, &owner)?;
        Some(ComputePipeline { named: named(o), layout: self.layout_ref(&o.obj)?, compute })
    }

    /// Notes which pipelines every bind group is set for.
    fn find_group_users(&mut self, render: &[Object], compute: &[Object]) {
        for (objects, ns) in [(render, Ns::RenderPipeline), (compute, Ns::ComputePipeline)] {
            for object in objects {
                // One that is not known is reported, and its groups cannot be known either.
                let pipeline = object.obj.decl("pipeline", ns).map(|pipeline| match ns {
                    Ns::RenderPipeline => PipelineId::Render(RenderPipelineId(pipeline)),
                    _ => PipelineId::Compute(ComputePipelineId(pipeline)),
                });
                for (position, node) in object.obj.list("bindGroups").iter().enumerate() {
                    let (group, index) = match &node.val {
                        Val::Decl(Ns::BindGroup, group) => (Some(*group), position as u32),
                        Val::Obj(slot) => (slot.decl("bindGroup", Ns::BindGroup), slot.uint_or("index", position as u32)),
                        _ => (None, 0),
                    };
                    if let Some(group) = group {
                        self.group_users.entry(group).or_default().push((pipeline, index));
                    }
                }
            }
        }
    }

    fn group(&mut self, index: usize, o: &Object) -> Option<Group> {
        let obj = &o.obj;
        let users = self.group_users.get(&index).cloned().unwrap_or_default();
        let layout_span = obj.get("layout").map_or(o.name_span, |node| node.span);
        let inferred = |wanted: Option<u32>| {
            let known = users.iter().filter_map(|(pipeline, index)| Some(((*pipeline)?, *index)));
            known.into_iter().find(|(_, index)| wanted.is_none_or(|wanted| wanted == *index))
        };
        let layout = match obj.get("layout").map(|node| &node.val) {
            None | Some(Val::Auto) => inferred(None),
            Some(Val::Num(number)) => {
                let group = *number as u32;
                inferred(Some(group)).or_else(|| inferred(None).map(|(pipeline, _)| (pipeline, group)))
            }
            Some(Val::Decl(Ns::BindGroupLayout, layout)) => {
                let layout = GroupLayout::Explicit(LayoutId(*layout));
                return self.group_with(o, layout, layout_span);
            }
            Some(Val::Obj(auto)) => {
                let group = if auto.bad("index") { return None } else { auto.uint_or("index", 0) };
                let pipeline = auto
                    .decl("pipeline", Ns::RenderPipeline)
                    .map(|i| PipelineId::Render(RenderPipelineId(i)))
                    .or(auto.decl("pipeline", Ns::ComputePipeline).map(|i| PipelineId::Compute(ComputePipelineId(i))))?;
                Some((pipeline, group))
            }
            Some(_) => return None,
        };
        let Some((pipeline, group)) = layout else {
            if !users.is_empty() {
                return None;
            }
            let message = format!("the layout of `#bindGroup {}` cannot be told: no pass uses it", o.name);
            self.report(
                Diagnostic::new(Code::UnknownLayout, layout_span, message)
                    .help("write `layout={ pipeline=… index=0 }`, or list it in a pass"),
            );
            return None;
        };
        // The layout of a group in a pipeline with an explicit layout is that explicit one.
        let layout = match self.scene.pipeline_layout(pipeline)? {
            Some(layout) => {
                let layouts = self.scene.pipeline_layouts.get(layout.0)?.as_ref()?;
                match layouts.groups.get(group as usize) {
                    Some(layout) => GroupLayout::Explicit(*layout),
                    None => {
                        let message = format!("`#pipelineLayout {}` has no group {group}", layouts.named.name);
                        let declared = layouts.named.span;
                        self.report(Diagnostic::new(Code::UnknownLayout, layout_span, message).also(declared, "declared here"));
                        return None;
                    }
                }
            }
            None => GroupLayout::Auto(pipeline, group),
        };
        self.group_with(o, layout, layout_span)
    }

    fn group_with(&mut self, o: &Object, layout: GroupLayout, layout_span: Span) -> Option<Group> {
        let mut entries = Vec::new();
        let mut complete = o.obj.get("entries").is_some();
        for node in o.obj.list("entries") {
            let entry = match &node.val {
                Val::Obj(entry) => self.entry(entry),
                _ => None,
            };
            match entry {
                Some(entry) => entries.push(entry),
                None => complete = false,
            }
        }
        self.unique(entries.iter().map(|entry| (entry.binding, entry.span)));
        complete.then(|| Group { named: named(o), layout, layout_span, entries, pool: o.obj.uint_or("pool", 1) })
    }

    fn entry(&mut self, obj: &Obj) -> Option<Entry> {
        if obj.incomplete || obj.bad("binding") {
            return None;
        }
        let kinds = obj.written(&["resource", "buffer", "texture", "textureView", "sampler"]);
        let inner = match kinds.as_slice() {
            [] => {
                self.report(
                    Diagnostic::new(Code::MissingProperty, obj.span, "this entry binds nothing")
                        .help("write `resource=` and what is bound"),
                );
                return None;
            }
            ["resource"] => match &obj.get("resource")?.val {
                Val::Obj(resource) => resource,
                Val::Decl(ns, index) => {
                    let resource = match ns {
                        Ns::Buffer => self.buffer_resource(obj, *index)?,
                        _ => self.plain_resource(obj, *ns, *index)?,
                    };
                    return Some(Entry { span: obj.span, binding: obj.uint_or("binding", 0), resource });
                }
                _ => return None,
            },
            [_] => obj,
            [first, second, ..] => {
                let message = format!("this entry has both `{first}` and `{second}`");
                self.report(conflict(obj, (first, second), message));
                return None;
            }
        };
        let resource = match inner.written(&["buffer", "texture", "textureView", "sampler"]).as_slice() {
            [kind] => match inner.get(kind)?.val {
                Val::Decl(Ns::Buffer, index) => self.buffer_resource(inner, index)?,
                Val::Decl(ns, index) => self.plain_resource(inner, ns, index)?,
                _ => return None,
            },
            [] => {
                if !inner.incomplete {
                    self.report(
                        Diagnostic::new(Code::MissingProperty, inner.span, "this resource names nothing")
                            .help("write `buffer=`, `texture=`, `textureView=` or `sampler=`"),
                    );
                }
                return None;
            }
            [first, second, ..] => {
                let message = format!("this resource has both `{first}` and `{second}`");
                self.report(conflict(inner, (first, second), message));
                return None;
            }
        };
        Some(Entry { span: obj.span, binding: obj.uint_or("binding", 0), resource })
    }

    fn buffer_resource(&mut self, obj: &Obj, buffer: usize) -> Option<Resource> {
        if ["offset", "size", "pingPong"].iter().any(|name| obj.bad(name)) {
            return None;
        }
        let (offset, size) = (obj.uint_or("offset", 0), obj.uint("size").filter(|size| *size != 0));
        if !offset.is_multiple_of(256) {
            let message = format!("an offset of {offset} is no multiple of 256");
            self.report(Diagnostic::new(Code::Unaligned, obj.span_of("offset"), message));
        }
        self.pool_offset(obj, BufferId(buffer));
        Some(Resource::Buffer { buffer: BufferId(buffer), offset, size, ping_pong: obj.uint_or("pingPong", 0) })
    }

    /// `pingPong` stays below the size of the buffer's pool; for a buffer without a pool it means nothing.
    /// Source: language reference, section 10, rule 4, and decision 13.
    fn pool_offset(&mut self, obj: &Obj, buffer: BufferId) {
        let Some(pool) = self.scene.buffer(buffer).map(|buffer| buffer.pool) else { return };
        if let Some(offset) = obj.uint("pingPong").filter(|offset| pool > 1 && *offset >= pool) {
            let message = format!("an offset of {offset} in a pool of {pool}");
            let diagnostic = Diagnostic::new(Code::OutOfRange, obj.span_of("pingPong"), message);
            self.report(diagnostic.help(format!("it must be 0 to {}", pool - 1)));
        }
    }

    fn plain_resource(&mut self, obj: &Obj, ns: Ns, index: usize) -> Option<Resource> {
        for name in ["offset", "size", "pingPong"] {
            if let Some(span) = obj.prop_span(name) {
                let message = format!("`{name}` goes with buffers only");
                self.report(Diagnostic::new(Code::Conflict, span, message).help("leave it out"));
            }
        }
        match ns {
            Ns::Texture => Some(Resource::Texture(TextureId(index))),
            Ns::TextureView => Some(Resource::View(ViewId(index))),
            Ns::Sampler => Some(Resource::Sampler(SamplerId(index))),
            // A `#video` is reported as not supported.
            _ => None,
        }
    }

    /// One, two or three workgroup counts.
    fn dispatch(&mut self, node: &Node) -> Option<[u32; 3]> {
        let counts = self.counts(std::slice::from_ref(node))?;
        let mut out = [1; 3];
        out.iter_mut().zip(counts).for_each(|(slot, count)| *slot = count);
        for count in out {
            // Source: WebGPU, maxComputeWorkgroupsPerDimension.
            if count > 65535 {
                let message = format!("{count} workgroups in one dimension, 65535 are possible");
                self.report(Diagnostic::new(Code::DispatchLimit, node.span, message).help("spread them over x and y"));
                return None;
            }
        }
        Some(out)
    }

    /// The whole numbers of a number or an array of numbers; `None` if one is bad.
    fn counts(&mut self, nodes: &[Node]) -> Option<Vec<u32>> {
        let nodes = match nodes {
            [Node { val: Val::List(inner), .. }] => inner,
            other => other,
        };
        let mut counts = Vec::new();
        for node in nodes {
            counts.push(self.whole(node, 0.0, f64::from(u32::MAX))? as u32);
        }
        Some(counts)
    }

    /// A whole number in a range; `None` if it is bad or none.
    fn whole(&mut self, node: &Node, least: f64, most: f64) -> Option<f64> {
        let Val::Num(mut number) = node.val else { return None };
        // What a computation in doubles misses by its last bits is no fraction that the author wrote.
        if (number - number.round()).abs() < 1e-9 * number.abs().max(1.0) {
            number = number.round();
        }
        if number.fract() != 0.0 {
            self.report(Diagnostic::new(Code::NotAnInteger, node.span, format!("{number} is not a whole number")));
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
            self.report(Diagnostic::new(Code::OutOfRange, node.span, format!("{number} is {what}")));
            return None;
        }
        Some(number)
    }

    fn init(&mut self, o: &Object) -> Option<Init> {
        let obj = &o.obj;
        let owner = format!("`#init {}`", o.name);
        let stage = self.stage(obj, "shader", reflect::Stage::Compute, &owner)?;
        let buffer = BufferId(obj.decl("buffer", Ns::Buffer)?);
        let params = match obj.get("params") {
            None => None,
            Some(Node { val: Val::List(nodes), span }) => {
                let numbers: Option<Vec<f32>> = nodes
                    .iter()
                    .map(|node| match node.val {
                        Val::Num(number) => Some(number as f32),
                        _ => None,
                    })
                    .collect();
                Some((numbers?, *span)).filter(|(numbers, _)| !numbers.is_empty())
            }
            Some(_) => return None,
        };
        let (dispatch, dispatch_span) = match obj.get("workgroups") {
            Some(node) => (self.dispatch(node)?, node.span),
            None => (self.init_dispatch(o, buffer, &stage)?, o.name_span),
        };
        let extra = self.init_bindings(o, &stage, params.is_some())?;
        Some(Init { named: named(o), buffer, buffer_span: obj.span_of("buffer"), stage, params, extra, dispatch, dispatch_span })
    }

    /// Bindings beside the buffer and the parameters go to the buffers of the same names. Source: language reference, section 9.20.
    fn init_bindings(&mut self, o: &Object, stage: &Stage, has_params: bool) -> Option<Vec<(u32, BufferId)>> {
        let Some(module) = self.scene.shaders[stage.shader.0].module.clone() else { return Some(Vec::new()) };
        let entry = module.entry_point(&stage.entry)?;
        let mut extra = Vec::new();
        let mut found = [false; 2];
        for &index in &entry.bindings {
            let binding = &module.bindings[index];
            match (binding.group, binding.binding) {
                (0, 0) => found[0] = true,
                (0, 1) if has_params => found[1] = true,
                (0, number) => {
                    let named_so =
                        |buffer: &Option<Buffer>| buffer.as_ref().is_some_and(|buffer| buffer.named.name == binding.name);
                    let buffer = self.scene.buffers.iter().position(named_so);
                    let Some(buffer) = buffer else {
                        let message =
                            format!("nothing is bound to `{}`, which the shader of `#init {}` uses", binding.name, o.name);
                        self.report(
                            Diagnostic::new(Code::MissingBinding, o.name_span, message)
                                .also(binding.span, format!("group 0, binding {number}"))
                                .help(format!("a `#buffer {}` would be bound to it", binding.name)),
                        );
                        return None;
                    };
                    extra.push((number, BufferId(buffer)));
                }
                (group, _) => {
                    let message = format!("`{}` stands in group {group}", binding.name);
                    self.report(
                        Diagnostic::new(Code::MissingBinding, o.name_span, message)
                            .also(binding.span, "declared here")
                            .help("the shader of an `#init` has bindings in group 0 only"),
                    );
                    return None;
                }
            }
        }
        if !found[0] {
            let message = format!("the shader of `#init {}` does not use group 0, binding 0", o.name);
            self.report(
                Diagnostic::new(Code::MissingBinding, o.name_span, message)
                    .help("`@group(0) @binding(0) var<storage, read_write>` is the buffer that is seeded"),
            );
            return None;
        }
        if has_params && !found[1] {
            let message = format!("the shader of `#init {}` does not use its parameters", o.name);
            self.report(
                Diagnostic::new(Code::MissingBinding, o.obj.span_of("params"), message)
                    .help("`@group(0) @binding(1) var<uniform>` are the parameters; leave `params` out if there are none"),
            );
            return None;
        }
        Some(extra)
    }

    /// Enough workgroups for every element of the buffer. Source: language reference, section 9.20.
    fn init_dispatch(&mut self, o: &Object, buffer: BufferId, stage: &Stage) -> Option<[u32; 3]> {
        let size = self.scene.buffer(buffer)?.size;
        let module = self.scene.shaders[stage.shader.0].module.as_ref()?;
        let entry = module.entry_point(&stage.entry)?;
        let stride = module
            .bindings
            .iter()
            .find(|binding| (binding.group, binding.binding) == (0, 0))
            .and_then(|binding| match &binding.resource {
                reflect::Resource::Storage { block, .. } | reflect::Resource::Uniform(block) => block
                    .open_stride
                    .or_else(|| block.fields.first().and_then(|field| field.arrays.first()).map(|array| array.stride)),
                _ => None,
            })
            .unwrap_or(4)
            .max(1);
        let workgroup = module.workgroup_size(entry, &BTreeMap::new());
        let Some(workgroup) = workgroup else {
            let message = format!("how many workgroups `#init {}` needs cannot be told", o.name);
            self.report(Diagnostic::new(Code::IncompletePass, o.name_span, message).help("write `workgroups=…`"));
            return None;
        };
        let invocations = workgroup.iter().map(|&n| u64::from(n)).product::<u64>().max(1);
        let groups = u64::from(size / stride).div_ceil(invocations).max(1);
        match u32::try_from(groups) {
            Ok(groups) if groups <= 65535 => Some([groups, 1, 1]),
            _ => {
                let message = format!("`#init {}` needs {groups} workgroups in x, 65535 are possible", o.name);
                self.report(Diagnostic::new(Code::DispatchLimit, o.name_span, message).help("write `workgroups=[x y]`"));
                None
            }
        }
    }

    fn queue(&mut self, o: &Object) -> Option<Queue> {
        let mut writes = Vec::new();
        let mut complete = true;
        for (name, _, node) in &o.obj.props {
            match (&node.val, *name) {
                (Val::Obj(write), "writeBuffer") => match self.write_buffer(write) {
                    Some(write) => writes.push(write),
                    None => complete = false,
                },
                _ => complete = false,
            }
        }
        complete.then(|| Queue { named: named(o), writes })
    }

    fn write_buffer(&mut self, obj: &Obj) -> Option<WriteBuffer> {
        let buffer_index = obj.decl("buffer", Ns::Buffer);
        let source = match obj.get("data").map(|node| &node.val) {
            Some(Val::Input(index)) => Source::Input(*index),
            Some(Val::Decl(Ns::Data, index)) => Source::Data(DataId(*index)),
            Some(Val::Elements(numbers)) => Source::Floats(numbers.iter().map(|(number, _)| *number as f32).collect()),
            Some(_) => return None,
            None => {
                if obj.get("dataFrom").is_none() && !obj.incomplete {
                    self.report(
                        Diagnostic::new(Code::MissingProperty, obj.span, "this write has no `data`")
                            .help("write `data=pngineInputs`, the name of a `#data`, or `[numbers]`"),
                    );
                }
                return None;
            }
        };
        if ["bufferOffset", "dataOffset", "size", "pingPong"].iter().any(|name| obj.bad(name)) {
            return None;
        }
        let buffer = BufferId(buffer_index?);
        let (name, buffer_size) = self.scene.buffer(buffer).map(|buffer| (buffer.named.name.clone(), buffer.size))?;
        let source_size = match &source {
            Source::Input(index) => INPUTS[*index].size,
            Source::Data(data) => u32::try_from(self.scene.data[data.0].bytes.as_ref()?.len()).ok()?,
            Source::Floats(numbers) => u32::try_from(numbers.len()).ok()?.checked_mul(4)?,
        };
        let (offset, source_offset) = (obj.uint_or("bufferOffset", 0), obj.uint_or("dataOffset", 0));
        let available = source_size.saturating_sub(source_offset);
        let room = buffer_size.saturating_sub(offset);
        let is_input = matches!(source, Source::Input(_));
        if source_offset >= source_size && source_size > 0 {
            let message = format!("`dataOffset` is {source_offset}, and the source has {source_size} bytes");
            self.report(Diagnostic::new(Code::WriteOutOfRange, obj.span_of("dataOffset"), message));
            return None;
        }
        if offset >= buffer_size {
            let message = format!("`bufferOffset` is {offset}, and `{name}` has {buffer_size} bytes");
            self.report(Diagnostic::new(Code::WriteOutOfRange, obj.span_of("bufferOffset"), message));
            return None;
        }
        let wanted = obj.uint("size");
        let len = wanted.unwrap_or_else(|| available.min(room));
        if len > available {
            let message = format!("{len} bytes are to be written, and the source has {available} from there on");
            self.report(Diagnostic::new(Code::WriteOutOfRange, obj.span_of("size"), message));
            return None;
        }
        // An input may be cut to the buffer: a 4-byte buffer holds the time alone (language reference, section 8.2).
        if len > room || (wanted.is_none() && available > room && !is_input) {
            let span = obj.prop_span("size").unwrap_or(obj.span_of("data"));
            let message =
                format!("{} bytes do not fit into `{name}`, which has {room} from byte {offset} on", wanted.unwrap_or(available));
            let help = format!("write `size={}` to write a part, or make the buffer larger", room / 4 * 4);
            self.report(Diagnostic::new(Code::WriteOutOfRange, span, message).help(help));
            return None;
        }
        for (name, number) in [("bufferOffset", offset), ("size", len)] {
            if !number.is_multiple_of(4) {
                let span = obj.prop_span(name).unwrap_or(obj.span_of("data"));
                let message = format!(
                    "{number} is no multiple of 4, which the {} of a write must be",
                    if name == "size" { "size" } else { "offset" }
                );
                let help = match name {
                    "size" => format!("write a part with `size={}`, or make the data longer", number / 4 * 4),
                    _ => format!("write `bufferOffset={}`", number / 4 * 4),
                };
                self.report(Diagnostic::new(Code::Unaligned, span, message).help(help));
                return None;
            }
        }
        self.pool_offset(obj, buffer);
        Some(WriteBuffer { span: obj.span, buffer, offset, ping_pong: obj.uint("pingPong"), source, source_offset, len })
    }

    fn attachment_view(&mut self, obj: &Obj, name: &str) -> Option<AttachmentView> {
        match &obj.get(name)?.val {
            Val::CanvasView => Some(AttachmentView::Canvas),
            Val::Decl(Ns::Texture, index) => Some(AttachmentView::Texture(TextureId(*index))),
            Val::Decl(Ns::TextureView, index) => Some(AttachmentView::View(ViewId(*index))),
            Val::Obj(inline) => {
                let named = Named { name: "(inline)".to_string(), span: inline.span };
                let view = self.view(inline, named, Some(1))?;
                self.scene.views.push(Some(view));
                Some(AttachmentView::View(ViewId(self.scene.views.len() - 1)))
            }
            _ => None,
        }
    }

    fn color_attachment(&mut self, obj: &Obj) -> Option<ColorAttachment> {
        if obj.incomplete {
            return None;
        }
        let view = if obj.get("view").is_some() { self.attachment_view(obj, "view")? } else { AttachmentView::Canvas };
        let resolve = if obj.get("resolveTarget").is_some() { Some(self.attachment_view(obj, "resolveTarget")?) } else { None };
        // What is resolved to the canvas counts as the canvas for the default colour.
        let canvas = view == AttachmentView::Canvas || resolve == Some(AttachmentView::Canvas);
        let default = if canvas { [0.0, 0.0, 0.0, 1.0] } else { [0.0; 4] };
        let clear = match obj.get("clearValue") {
            None => default,
            Some(node) => color(node)?,
        };
        let load = match obj.get("loadOp") {
            None => false,
            Some(_) => obj.word("loadOp")?.text() == "load",
        };
        if load && let Some(span) = obj.prop_span("clearValue") {
            self.report(
                Diagnostic::new(Code::ClearNotRead, span, "`clearValue` is not read, because `loadOp` is load")
                    .help("write `loadOp=clear`, or leave the value out"),
            );
        }
        let store = match obj.get("storeOp") {
            None => true,
            Some(_) => obj.word("storeOp")?.text() == "store",
        };
        Some(ColorAttachment { span: obj.span_of("view"), view, resolve, clear: (!load).then_some(clear), store })
    }

    fn depth_attachment(&mut self, obj: &Obj) -> Option<DepthAttachment> {
        if obj.incomplete || obj.props.iter().any(|(.., node)| matches!(node.val, Val::Bad)) {
            return None;
        }
        let view = self.attachment_view(obj, "view")?;
        let format = match view {
            AttachmentView::Canvas => {
                self.report(
                    Diagnostic::new(Code::Attachment, obj.span_of("view"), "the canvas has no depth")
                        .help("declare a `#texture` with a depth format"),
                );
                return None;
            }
            view => {
                let own = if let AttachmentView::View(id) = view { self.scene.view(id)?.format } else { None };
                own.or(self.scene.texture_of(view).map(|texture| texture.format))?
            }
        };
        let info = formats::info(format);
        if !info.depth && !info.stencil {
            let message = format!("{} is no depth or stencil format", format.text());
            self.report(
                Diagnostic::new(Code::Attachment, obj.span_of("view"), message).help("such as depth24plus or depth32float"),
            );
            return None;
        }
        for (aspect, has) in [("depth", info.depth), ("stencil", info.stencil)] {
            for op in ["LoadOp", "StoreOp", "ClearValue", "ReadOnly"] {
                let name = format!("{aspect}{op}");
                if !has && let Some(span) = obj.prop_span(&name) {
                    let message = format!("`{name}`, but {} has no {aspect}", format.text());
                    self.report(Diagnostic::new(Code::Attachment, span, message).help("leave it out"));
                }
            }
            for op in ["LoadOp", "StoreOp"] {
                let name = format!("{aspect}{op}");
                if has
                    && obj.bool(&format!("{aspect}ReadOnly")) == Some(true)
                    && let Some(span) = obj.prop_span(&name)
                {
                    let message = format!("`{name}` of a read-only {aspect}");
                    self.report(Diagnostic::new(Code::Attachment, span, message).help("leave it out"));
                }
            }
        }
        for aspect in ["depth", "stencil"] {
            let loads = obj.word(&format!("{aspect}LoadOp")).is_some_and(|op| op.text() == "load");
            if loads && let Some(span) = obj.prop_span(&format!("{aspect}ClearValue")) {
                let message = format!("`{aspect}ClearValue` is not read, because `{aspect}LoadOp` is load");
                let help = format!("write `{aspect}LoadOp=clear`, or leave the value out");
                self.report(Diagnostic::new(Code::ClearNotRead, span, message).help(help));
            }
        }
        let clear_depth = obj.num("depthClearValue").unwrap_or(1.0);
        if !(0.0..=1.0).contains(&clear_depth) {
            let message = format!("a depth of {clear_depth} lies outside 0 to 1");
            self.report(Diagnostic::new(Code::OutOfRange, obj.span_of("depthClearValue"), message));
        }
        let is = |name: &str, word: &str| obj.word(name).is_some_and(|found| found.text() == word);
        let depth = info.depth.then(|| match obj.bool("depthReadOnly") {
            Some(true) => AspectOps::ReadOnly,
            _ => AspectOps::Write {
                clear: (!is("depthLoadOp", "load")).then_some(clear_depth as f32),
                store: !is("depthStoreOp", "discard"),
            },
        });
        let stencil = info.stencil.then(|| match obj.bool("stencilReadOnly") {
            Some(true) => AspectOps::ReadOnly,
            _ => AspectOps::Write {
                clear: (!is("stencilLoadOp", "load")).then(|| obj.uint_or("stencilClearValue", 0)),
                store: !is("stencilStoreOp", "discard"),
            },
        });
        Some(DepthAttachment { span: obj.span_of("view"), view, depth, stencil })
    }

    fn bound_groups(&mut self, obj: &Obj) -> Option<Vec<BoundGroup>> {
        let nodes = obj.list("bindGroups");
        let offsets = self.offsets(obj, "bindGroupsPoolOffsets")?;
        let mut out = Vec::new();
        for (position, node) in nodes.iter().enumerate() {
            let default = offsets.get(position).copied().unwrap_or(0);
            let (group, offset) = match &node.val {
                Val::Decl(Ns::BindGroup, group) => (*group, default),
                Val::Obj(slot) => {
                    if let Some(index) = slot.uint("index")
                        && index as usize != position
                    {
                        let message = format!("`index` is {index}, and this is element {position}");
                        self.report(Diagnostic::new(Code::GroupIndex, slot.span_of("index"), message).help("leave `index` out"));
                    }
                    (slot.decl("bindGroup", Ns::BindGroup)?, slot.uint_or("pingPong", default))
                }
                _ => return None,
            };
            out.push(BoundGroup { span: node.span, group: GroupId(group), offset });
        }
        if out.len() > 4 {
            let message = format!("a pass has at most 4 bind groups, here are {}", out.len());
            self.report(Diagnostic::new(Code::BadLength, obj.span_of("bindGroups"), message));
            return None;
        }
        Some(out)
    }

    fn offsets(&mut self, obj: &Obj, name: &str) -> Option<Vec<u32>> {
        if obj.bad(name) {
            return None;
        }
        let list = name.trim_end_matches("PoolOffsets");
        let (offsets, members) = (obj.list(name).len(), obj.list(list).len());
        if offsets > members && !obj.bad(list) {
            let message = format!("{offsets} offsets, and `{list}` has {members}");
            let diagnostic = Diagnostic::new(Code::NoEffect, obj.span_of(name), message);
            self.report(
                diagnostic.label("the last ones have no effect").help(format!("element i belongs to element i of `{list}`")),
            );
        }
        obj.list(name)
            .iter()
            .map(|node| match node.val {
                Val::Num(number) => Some(number as u32),
                _ => None,
            })
            .collect()
    }

    fn bound_vertices(&mut self, obj: &Obj) -> Option<Vec<BoundVertices>> {
        let offsets = self.offsets(obj, "vertexBuffersPoolOffsets")?;
        let mut out = Vec::new();
        for (position, node) in obj.list("vertexBuffers").iter().enumerate() {
            let member = offsets.get(position).copied().unwrap_or(0);
            out.push(match &node.val {
                Val::Decl(Ns::Buffer, buffer) => {
                    BoundVertices { span: node.span, buffer: BufferId(*buffer), member, offset: 0, size: None }
                }
                Val::Obj(slot) if slot.uint("slot").is_some_and(|wanted| wanted as usize != position) => {
                    let message = format!("`slot` is {}, and this is element {position}", slot.uint_or("slot", 0));
                    self.report(Diagnostic::new(Code::Conflict, slot.span_of("slot"), message).help("leave `slot` out"));
                    return None;
                }
                Val::Obj(slot) => BoundVertices {
                    span: node.span,
                    buffer: BufferId(slot.decl("buffer", Ns::Buffer)?),
                    member: slot.uint_or("pingPong", member),
                    offset: slot.uint_or("offset", 0),
                    size: slot.uint("size").filter(|size| *size != 0),
                },
                _ => return None,
            });
        }
        Some(out)
    }

    /// `draw=3`, `draw=[3 1]`, `draw={ … }`, and arrays of these.
    fn draws(&mut self, obj: &Obj, indexed: bool) -> Option<Vec<(Draw, Span)>> {
        let name = if indexed { "drawIndexed" } else { "draw" };
        let Some(node) = obj.get(name) else { return Some(Vec::new()) };
        let nested = |node: &Node| matches!(node.val, Val::List(_) | Val::Obj(_));
        match &node.val {
            Val::List(elements) if elements.iter().any(nested) => {
                elements.iter().map(|element| self.one_draw(element, indexed)).collect()
            }
            _ => Some(vec![self.one_draw(node, indexed)?]),
        }
    }

    fn one_draw(&mut self, node: &Node, indexed: bool) -> Option<(Draw, Span)> {
        let names: &[&str] = if indexed {
            &["indexCount", "instanceCount", "firstIndex", "baseVertex", "firstInstance"]
        } else {
            &["vertexCount", "instanceCount", "firstVertex", "firstInstance"]
        };
        let mut numbers = [3, 1, 0, 0, 0];
        match &node.val {
            Val::Obj(draw) => {
                if draw.incomplete {
                    return None;
                }
                for (slot, name) in numbers.iter_mut().zip(names) {
                    if let Some(node) = draw.get(name) {
                        let Val::Num(number) = node.val else { return None };
                        // A base vertex may be negative: its bits are what counts.
                        *slot = if number < 0.0 { number as i32 as u32 } else { number as u32 };
                    }
                }
            }
            _ => {
                let nodes = match &node.val {
                    Val::List(nodes) => nodes.as_slice(),
                    _ => std::slice::from_ref(node),
                };
                for ((slot, name), node) in numbers.iter_mut().zip(names).zip(nodes) {
                    // A base vertex may be negative: its bits are what counts.
                    let least = if *name == "baseVertex" { f64::from(i32::MIN) } else { 0.0 };
                    let most = if *name == "baseVertex" { f64::from(i32::MAX) } else { f64::from(u32::MAX) };
                    let number = self.whole(node, least, most)?;
                    *slot = if number < 0.0 { number as i32 as u32 } else { number as u32 };
                }
            }
        }
        let draw =
            if indexed { Draw::Indexed(numbers) } else { Draw::Vertices([numbers[0], numbers[1], numbers[2], numbers[3]]) };
        Some((draw, node.span))
    }

    fn render_pass(&mut self, o: &Object) -> Option<RenderPass> {
        let obj = &o.obj;
        let mut complete = true;
        let mut colors = Vec::new();
        match obj.get("colorAttachments") {
            None => colors.push(ColorAttachment {
                span: o.name_span,
                view: AttachmentView::Canvas,
                resolve: None,
                clear: Some([0.0, 0.0, 0.0, 1.0]),
                store: true,
            }),
            Some(Node { val: Val::List(nodes), .. }) => {
                for node in nodes {
                    let attachment = match &node.val {
                        Val::Obj(attachment) => self.color_attachment(attachment),
                        _ => None,
                    };
                    match attachment {
                        Some(attachment) => colors.push(attachment),
                        None => complete = false,
                    }
                }
            }
            Some(_) => complete = false,
        }
        let depth = match obj.get("depthStencilAttachment") {
            None => None,
            Some(Node { val: Val::Obj(attachment), .. }) => Some(self.depth_attachment(attachment)?),
            Some(_) => return None,
        };
        let pipeline = match obj.get("pipeline") {
            None => None,
            Some(node) => Some((RenderPipelineId(obj.decl("pipeline", Ns::RenderPipeline)?), node.span)),
        };
        let groups = self.bound_groups(obj)?;
        let vertices = self.bound_vertices(obj)?;
        for (needs, name) in [("drawIndexed", "indexBuffer"), ("indexBuffer", "indexFormat")] {
            if obj.get(needs).is_none()
                && let Some(span) = obj.prop_span(name)
            {
                let message = format!("`{name}` has no effect without `{needs}`");
                self.report(Diagnostic::new(Code::NoEffect, span, message).help(format!("leave it out, or add `{needs}=…`")));
            }
        }
        // Draws keep the order in which the two properties stand.
        let mut draws = Vec::new();
        let mut indexed_count = 0;
        for (name, ..) in &obj.props {
            match *name {
                "draw" => draws.extend(self.draws(obj, false)?),
                "drawIndexed" => {
                    let found = self.draws(obj, true)?;
                    for (draw, _) in &found {
                        if let Draw::Indexed([count, _, first, ..]) = draw {
                            indexed_count = indexed_count.max(count.saturating_add(*first));
                        }
                    }
                    draws.extend(found);
                }
                _ => {}
            }
        }
        let indices = match obj.get("indexBuffer") {
            None => None,
            Some(node) => Some(self.bound_indices(obj, node, pipeline.map(|(id, _)| id), indexed_count)?),
        };
        complete.then(|| RenderPass { named: named(o), colors, depth, pipeline, groups, vertices, indices, draws })
    }

    /// The index buffer and the size of its indices. Source: language reference, section 9.17, "Index format".
    fn bound_indices(&mut self, obj: &Obj, node: &Node, pipeline: Option<RenderPipelineId>, count: u32) -> Option<BoundIndices> {
        let (buffer, own_format, offset, size) = match &node.val {
            Val::Decl(Ns::Buffer, buffer) => (BufferId(*buffer), None, 0, None),
            Val::Obj(slot) => (
                BufferId(slot.decl("buffer", Ns::Buffer)?),
                slot.word("format"),
                slot.uint_or("offset", 0),
                slot.uint("size").filter(|size| *size != 0),
            ),
            _ => return None,
        };
        if own_format.is_some()
            && let Some(span) = obj.prop_span("indexFormat")
        {
            let diagnostic = Diagnostic::new(Code::Conflict, span, "`indexFormat` beside the `format` of the index buffer");
            self.report(diagnostic.also(node.span, "the format stands here").help("leave one of them out"));
        }
        let written = own_format.or(obj.word("indexFormat"));
        let strip = pipeline.and_then(|id| self.scene.render_pipeline(id)).and_then(|pipeline| pipeline.strip_index_format);
        let wide = match written.or(strip) {
            Some(format) => format.text() == "uint32",
            None => self.inferred_wide(buffer, count)?,
        };
        Some(BoundIndices { span: node.span, buffer, wide, offset, size })
    }

    fn inferred_wide(&self, id: BufferId, count: u32) -> Option<bool> {
        let buffer = self.scene.buffer(id)?;
        let filled_by = buffer.initial.map(|(data, _)| data).or_else(|| {
            self.scene.queues.iter().flatten().flat_map(|queue| &queue.writes).find(|write| write.buffer == id).and_then(
                |write| match write.source {
                    Source::Data(data) => Some(data),
                    _ => None,
                },
            )
        });
        match filled_by.map(|data| self.scene.data[data.0].element_size) {
            Some(4) => return Some(true),
            Some(2) => return Some(false),
            _ => {}
        }
        // What a shader writes as `array<u32>` has 32 bits.
        let bound_as_u32 = self.scene.inits.iter().flatten().any(|init| {
            init.buffer == id
                && self.scene.shaders[init.stage.shader.0].module.as_ref().is_some_and(|module| {
                    module.bindings.iter().any(|binding| match &binding.resource {
                        reflect::Resource::Storage { block, .. } => {
                            (binding.group, binding.binding) == (0, 0)
                                && matches!(block.element(), Some(reflect::Scalar::U32 | reflect::Scalar::I32))
                        }
                        _ => false,
                    })
                })
        });
        Some(bound_as_u32 || u64::from(buffer.size) >= 4 * u64::from(count))
    }

    fn compute_pass(&mut self, o: &Object) -> Option<ComputePass> {
        let obj = &o.obj;
        let pipeline = obj.decl("pipeline", Ns::ComputePipeline).map(ComputePipelineId);
        let groups = self.bound_groups(obj)?;
        let (dispatch, dispatch_span) = match obj.get("dispatchWorkgroups") {
            Some(node) => (self.dispatch(node)?, node.span),
            None => {
                if !obj.incomplete && obj.get("dispatchWorkgroupsIndirect").is_none() && obj.get("commands").is_none() {
                    self.report(
                        Diagnostic::new(
                            Code::IncompletePass,
                            o.name_span,
                            format!("`#computePass {}` dispatches nothing", o.name),
                        )
                        .help("write `dispatchWorkgroups=[x y z]`"),
                    );
                }
                return None;
            }
        };
        Some(ComputePass { named: named(o), pipeline: (pipeline?, obj.span_of("pipeline")), groups, dispatch, dispatch_span })
    }
}

fn color(node: &Node) -> Option<[f32; 4]> {
    let numbers: Vec<f64> = match &node.val {
        Val::List(nodes) => nodes
            .iter()
            .map(|node| match node.val {
                Val::Num(number) => Some(number),
                _ => None,
            })
            .collect::<Option<_>>()?,
        Val::Obj(obj) => ["r", "g", "b", "a"].iter().map(|name| obj.num(name)).collect::<Option<_>>()?,
        _ => return None,
    };
    match numbers.as_slice() {
        [r, g, b, a] => Some([*r, *g, *b, *a].map(|x| x as f32)),
        _ => None,
    }
}

/// `GPUBufferUsage` bits that a buffer needs because the program itself writes it: by a queue, as initial data, as `#init`
/// parameters. They are added without a word (language reference, decision 26).
pub fn written_usage(scene: &Scene, id: BufferId) -> u32 {
    let initial = scene.buffer(id).is_some_and(|buffer| buffer.initial.is_some());
    let queued = scene.queues.iter().flatten().flat_map(|queue| &queue.writes).any(|write| write.buffer == id);
    if initial || queued { buffer_usage::COPY_DST } else { 0 }
}
