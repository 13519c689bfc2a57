//! Pipelines.

use super::*;
use pngine_format::word::VertexStepMode;

impl Emitter<'_> {
    pub(super) fn layout_field(&self, fields: &mut Vec<(Field, Value)>, layout: PipelineLayoutRef) {
        if let Some(layout) = layout {
            fields.push((Field::Layout, reference(Kind::PipelineLayout, layout.0 as u32)));
        }
    }

    /// A stage's module, entry point and constants. The only entry point of a stage needs no name.
    pub(super) fn stage(&self, stage: &Stage, kind: reflect::Stage) -> Vec<(Field, Value)> {
        let module = self.scene.shaders[stage.shader.0].module.as_ref();
        let only = module.is_some_and(|module| module.entry_points_of(kind).count() == 1);
        let mut fields = vec![(Field::Module, reference(Kind::Shader, self.ids.shaders[&stage.shader.0]))];
        if !only {
            fields.push((Field::EntryPoint, Value::Str(stage.entry.clone())));
        }
        if !stage.constants.is_empty() {
            // WebGPU knows an override with an `@id` by its number alone. Hosts differ in which fractions of integers they take.
            let pair = |(key, value): &(Spanned<String>, f64)| match module.and_then(|module| module.find_override(key)) {
                Some(found) => (found.key(), found.convert(*value).unwrap_or(*value)),
                None => (key.value.clone(), *value),
            };
            let pairs = stage.constants.iter().map(pair).collect();
            fields.push((Field::Constants, Value::Record(pairs)));
        }
        fields
    }

    pub(super) fn render_pipeline(&self, pipeline: &RenderPipeline) -> Value {
        let mut fields = Vec::new();
        self.layout_field(&mut fields, pipeline.layout);
        let mut vertex = self.stage(&pipeline.vertex, reflect::Stage::Vertex);
        if !pipeline.buffers.is_empty() {
            let buffers = pipeline.buffers.iter().map(|buffer| buffer.as_ref().map_or(Value::Null, vertex_buffer)).collect();
            vertex.push((Field::Buffers, Value::Array(buffers)));
        }
        fields.push((Field::Vertex, object(vertex)));
        if let Some(stage) = &pipeline.fragment {
            let mut fragment = self.stage(stage, reflect::Stage::Fragment);
            fragment.push((Field::Targets, Value::Array(pipeline.targets.iter().map(target).collect())));
            fields.push((Field::Fragment, object(fragment)));
        }
        fields.extend(pipeline.primitive.dictionary().map(|state| (Field::Primitive, state)));
        fields.extend(pipeline.multisample.dictionary().map(|state| (Field::Multisample, state)));
        fields.extend(pipeline.depth_stencil.iter().map(|state| (Field::DepthStencil, state.dictionary())));
        object(fields)
    }
}

pub(super) fn vertex_buffer(buffer: &VertexBuffer) -> Value {
    let attributes = buffer.attributes.iter().map(|attribute| {
        object([
            (Field::ShaderLocation, Value::Uint(attribute.location)),
            (Field::Offset, Value::Uint(attribute.offset)),
            (Field::Format, Value::Word(attribute.format.word())),
        ])
    });
    let mut fields = vec![(Field::ArrayStride, Value::Uint(buffer.stride.value))];
    let step = Value::Word(if buffer.per_instance { VertexStepMode::Instance } else { VertexStepMode::Vertex }.word());
    dictionary::VERTEX_BUFFER.put(&mut fields, Field::StepMode, step);
    fields.push((Field::Attributes, Value::Array(attributes.collect())));
    object(fields)
}

pub(super) fn target(target: &Target) -> Value {
    let mut fields = vec![(Field::Format, Value::Word(target.format.word()))];
    fields.extend(target.blend.iter().map(|blend| (Field::Blend, blend.dictionary())));
    dictionary::TARGET.put(&mut fields, Field::WriteMask, Value::Uint(target.write_mask));
    object(fields)
}
