//! What `init` creates, in the order in which things depend on each other.

use super::*;
use pngine_format::webgpu::Format;
use pngine_format::word::{QueryType, TextureAspect, TextureViewDimension};

impl Emitter<'_> {
    /// Everything that `init` does, in the order in which things depend on each other.
    pub(super) fn init_commands(&mut self) -> Vec<Item> {
        let scene = self.scene;
        let mut out = Vec::new();
        for (&shader, &id) in &self.ids.shaders.clone() {
            let shader = &scene.shaders[shader];
            let code = Arg::Blob(self.blobs.add(BlobKind::Text, shader.text.clone().into_bytes()));
            out.push(plain(Op::CreateShader, vec![Arg::Number(id), code], Some(shader.span)));
        }
        let first_words = first_words(scene);
        for (index, buffer) in scene.buffers.iter().enumerate() {
            let first = first_words.writes(BufferId(index));
            for member in 0..buffer.pool {
                let id = self.ids.buffers[index] + member;
                out.push(self.create_buffer(id, buffer.size.value, buffer.whole_usage(), buffer.named.span));
                if let Some(Spanned { value: data, span }) = buffer.initial
                    && let Content::Bytes(bytes) = &scene[data].content
                {
                    out.push(self.write_bytes(id, 0, bytes.clone(), span));
                }
                for (at, bytes, span) in &first {
                    out.push(self.write_bytes(id, *at, bytes.clone(), *span));
                }
            }
        }
        self.wasm_data(&mut out);
        self.load_media(&mut out);
        for (index, init) in scene.inits.iter().enumerate() {
            if let (Some(params), Some(id)) = (&init.params, self.ids.params[index]) {
                let bytes: Vec<u8> = params.iter().flat_map(|x| x.to_le_bytes()).collect();
                let size = (bytes.len() as u32).max(self.params_size(init));
                out.push(self.create_buffer(id, size, buffer_usage::UNIFORM | buffer_usage::COPY_DST, params.span));
                out.push(self.write_bytes(id, 0, bytes, params.span));
            }
        }
        for (index, texture) in scene.textures.iter().enumerate() {
            let value = texture_descriptor(texture);
            for member in 0..texture.pool {
                let id = self.ids.textures[index] + member;
                out.push(self.create(Op::CreateTexture, id, Type::Texture, &value, texture.named.span));
            }
        }
        for (index, view) in scene.views.iter().enumerate() {
            for member in 0..scene.view_pool(ViewId(index)) {
                let value = view_descriptor(view, self.ids.textures[view.texture.0] + member);
                let id = self.ids.views[index] + member;
                out.push(self.create(Op::CreateTextureView, id, Type::TextureView, &value, view.named.span));
            }
        }
        for (id, sampler) in scene.samplers.iter().enumerate() {
            out.push(self.create(Op::CreateSampler, id as u32, Type::Sampler, &sampler.dictionary(), sampler.named.span));
        }
        for (id, layout) in scene.layouts.iter().enumerate() {
            let value = bindings::layout_descriptor(layout);
            out.push(self.create(Op::CreateBindGroupLayout, id as u32, Type::BindGroupLayout, &value, layout.named.span));
        }
        for (id, layout) in scene.pipeline_layouts.iter().enumerate() {
            let groups = layout.groups.iter().map(|group| reference(Kind::BindGroupLayout, group.0 as u32)).collect();
            let value = object([(Field::BindGroupLayouts, Value::Array(groups))]);
            out.push(self.create(Op::CreatePipelineLayout, id as u32, Type::PipelineLayout, &value, layout.named.span));
        }
        for (id, pipeline) in scene.render_pipelines.iter().enumerate() {
            let value = self.render_pipeline(pipeline);
            out.push(self.create(Op::CreateRenderPipe, id as u32, Type::RenderPipeline, &value, pipeline.named.span));
        }
        let computes = scene.compute_pipelines.iter().map(|p| (p.layout, &p.compute, p.named.span));
        let inits = scene.inits.iter().map(|init| (None, &init.stage, init.named.span));
        for (index, (layout, stage, span)) in computes.chain(inits).enumerate() {
            let mut fields = Vec::new();
            self.layout_field(&mut fields, layout);
            fields.push((Field::Compute, object(self.stage(stage, reflect::Stage::Compute))));
            let id = (scene.render_pipelines.len() + index) as u32;
            out.push(self.create(Op::CreateComputePipe, id, Type::ComputePipeline, &object(fields), span));
        }
        self.bind_groups(&mut out);
        for (id, set) in scene.query_sets.iter().enumerate() {
            let kind = match *set.kind {
                QueryKind::Occlusion => QueryType::Occlusion,
                QueryKind::Timestamp => QueryType::Timestamp,
            };
            let value = object([(Field::Type, Value::Word(kind.word())), (Field::Count, Value::Uint(set.count))]);
            out.push(self.create(Op::CreateQuerySet, id as u32, Type::QuerySet, &value, set.named.span));
        }
        for (id, bundle) in scene.bundles.iter().enumerate() {
            let desc = self.bundle(bundle);
            out.push(plain(Op::CreateRenderBundle, vec![Arg::Number(id as u32), desc], Some(bundle.named.span)));
        }
        out.push(plain(Op::End, Vec::new(), None));
        out
    }

    pub(super) fn create_buffer(&mut self, id: u32, size: u32, usage: u32, span: Span) -> Item {
        match usage_byte(usage) {
            Some(byte) => {
                plain(Op::CreateBuffer, vec![Arg::Number(id), Arg::Number(size), Arg::Number(u32::from(byte))], Some(span))
            }
            None => {
                let value = object([(Field::Size, Value::Uint(size)), (Field::Usage, Value::Uint(usage))]);
                self.create(Op::CreateBufferDesc, id, Type::Buffer, &value, span)
            }
        }
    }

    pub(super) fn write_bytes(&mut self, id: u32, offset: u32, bytes: impl Into<Bytes>, span: Span) -> Item {
        let mut bytes = bytes.into();
        // Writes are whole words; the buffer's size is checked to hold them.
        if !bytes.len().is_multiple_of(4) {
            let padded = bytes.len().next_multiple_of(4);
            Bytes::make_mut(&mut bytes).resize(padded, 0);
        }
        let blob = Arg::Blob(self.blobs.add(BlobKind::Bytes, bytes));
        plain(Op::WriteBuffer, vec![Arg::Number(id), Arg::Number(offset), blob], Some(span))
    }

    pub(super) fn params_size(&self, init: &Init) -> u32 {
        let module = self.scene.shaders[init.stage.shader.0].module.as_ref();
        let binding = module.and_then(|m| m.bindings.iter().find(|binding| (binding.group, binding.binding) == (0, 1)));
        match binding.map(|binding| &binding.resource) {
            Some(reflect::Resource::Uniform(block)) => block.min_size,
            _ => 0,
        }
    }
}

pub(super) fn extent(extent: Extent) -> Value {
    match extent {
        Extent::Fixed(texels) => Value::Uint(texels),
        Extent::Canvas(coefficients) => Value::Canvas(coefficients),
    }
}

pub(super) fn texture_descriptor(texture: &Texture) -> Value {
    let [width, height, depth] = *texture.size;
    let mut fields = vec![(Field::Width, extent(width)), (Field::Height, extent(height))];
    dictionary::TEXTURE.put(&mut fields, Field::Depth, extent(depth));
    fields.push((Field::Format, Value::Word(texture.format.word())));
    fields.push((Field::Usage, Value::Uint(texture.whole_usage())));
    dictionary::TEXTURE.put(&mut fields, Field::Dimension, Value::Word(texture.dimension.word()));
    dictionary::TEXTURE.put(&mut fields, Field::MipLevelCount, Value::Uint(texture.mip_levels.value));
    dictionary::TEXTURE.put(&mut fields, Field::SampleCount, Value::Uint(texture.sample_count.value));
    if let Some(dimension) = texture.binding_dimension {
        fields.push((Field::TextureBindingViewDimension, Value::Word(dimension.word())));
    }
    if !texture.view_formats.is_empty() {
        fields.push((
            Field::ViewFormats,
            Value::Array(texture.view_formats.iter().map(|format| Value::Word(format.word())).collect()),
        ));
    }
    object(fields)
}

pub(super) fn view_descriptor(view: &View, texture: u32) -> Value {
    let mut fields = vec![(Field::Texture, reference(Kind::Texture, texture))];
    let words = [
        (Field::Format, view.format.map(Format::word)),
        (Field::Dimension, view.dimension.map(TextureViewDimension::word)),
        (Field::Aspect, view.aspect.map(TextureAspect::word)),
    ];
    fields.extend(words.into_iter().filter_map(|(field, word)| Some((field, Value::Word(word?)))));
    dictionary::TEXTURE_VIEW.put(&mut fields, Field::BaseMipLevel, Value::Uint(view.mips.first));
    dictionary::TEXTURE_VIEW.put(&mut fields, Field::BaseArrayLayer, Value::Uint(view.layers.first));
    for (field, number) in
        [(Field::Usage, view.usage), (Field::MipLevelCount, view.mips.count), (Field::ArrayLayerCount, view.layers.count)]
    {
        if let Some(number) = number {
            fields.push((field, Value::Uint(number)));
        }
    }
    object(fields)
}
