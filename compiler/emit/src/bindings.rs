//! Bind groups and their layouts.

use super::*;

impl Emitter<'_> {
    pub(super) fn bind_groups(&mut self, out: &mut Vec<Item>) {
        let scene = self.scene;
        let mut autos: Vec<(usize, (PipelineId, u32))> = self.ids.auto_layouts.iter().map(|(of, index)| (*index, *of)).collect();
        autos.sort_unstable();
        for (index, (pipeline, group)) in autos {
            let mut fields = vec![(Field::Pipeline, self.pipeline_ref(pipeline))];
            dictionary::BIND_GROUP_LAYOUT.put(&mut fields, Field::Index, Value::Uint(group));
            let span = scene.pipeline_named(pipeline).span;
            let id = (scene.layouts.len() + index) as u32;
            out.push(self.create(Op::CreateBindGroupLayout, id, Type::BindGroupLayout, &object(fields), span));
        }
        for (index, group) in scene.groups.iter().enumerate() {
            let layout = self.layout_id(group.layout.value);
            for variant in 0..group.pool {
                let entries =
                    group.entries.iter().map(|entry| (entry.binding, self.resource(&entry.resource, variant))).collect();
                out.push(self.bind_group(self.ids.groups[index] + variant, layout, entries, group.named.span));
            }
        }
        let first_layout = scene.layouts.len() + self.ids.auto_layouts.len();
        for (index, init) in scene.inits.iter().enumerate() {
            let pipeline = (scene.render_pipelines.len() + scene.compute_pipelines.len() + index) as u32;
            let layout = (first_layout + index) as u32;
            let value = object([(Field::Pipeline, reference(Kind::Pipeline, pipeline))]);
            out.push(self.create(Op::CreateBindGroupLayout, layout, Type::BindGroupLayout, &value, init.named.span));
            for member in 0..scene[*init.buffer].pool {
                let whole = |id: u32| object([(Field::Buffer, reference(Kind::Buffer, id))]);
                let mut entries = vec![(0, whole(self.ids.buffers[init.buffer.0] + member))];
                entries.extend(self.ids.params[index].map(|id| (1, whole(id))));
                entries.extend(init.extra.iter().map(|(binding, buffer)| (*binding, whole(self.ids.buffers[buffer.0]))));
                out.push(self.bind_group(self.ids.init_groups[index] + member, layout, entries, init.named.span));
            }
        }
    }

    pub(super) fn bind_group(&mut self, id: u32, layout: u32, entries: Vec<(u32, Value)>, span: Span) -> Item {
        let entries = entries
            .into_iter()
            .map(|(binding, resource)| object([(Field::Binding, Value::Uint(binding)), (Field::Resource, resource)]))
            .collect();
        let desc = self.descriptor(Type::BindGroup, &object([(Field::Entries, Value::Array(entries))]));
        plain(Op::CreateBindGroup, vec![Arg::Number(id), Arg::Number(layout), desc], Some(span))
    }

    pub(super) fn resource(&self, resource: &Resource, variant: u32) -> Value {
        match resource {
            Resource::Buffer { buffer, offset, size, ping_pong } => {
                let pool = self.scene[*buffer].pool;
                let id = self.ids.buffers[buffer.0] + (ping_pong + variant) % pool;
                let mut fields = vec![(Field::Buffer, reference(Kind::Buffer, id))];
                dictionary::BUFFER_RANGE.put(&mut fields, Field::Offset, Value::Uint(offset.value));
                if let Some(size) = size {
                    fields.push((Field::Size, Value::Uint(*size)));
                }
                object(fields)
            }
            Resource::Texture { texture, ping_pong } => {
                let pool = self.scene[*texture].pool;
                reference(Kind::DefaultView, self.ids.textures[texture.0] + (ping_pong + variant) % pool)
            }
            Resource::View { view, ping_pong } => {
                reference(Kind::TextureView, self.ids.views[view.0] + (ping_pong + variant) % self.scene.view_pool(*view))
            }
            Resource::Sampler(id) => reference(Kind::Sampler, id.0 as u32),
            Resource::Video(id) => reference(Kind::Video, id.0 as u32),
        }
    }
}

pub(super) fn layout_descriptor(layout: &Layout) -> Value {
    let entries = layout.entries.iter().map(|entry| {
        let mut inner = Vec::new();
        let kind = match &entry.kind {
            LayoutKind::Buffer { ty, dynamic, min_size } => {
                dictionary::BUFFER_LAYOUT.put(&mut inner, Field::Type, Value::Word(ty.word()));
                dictionary::BUFFER_LAYOUT.put(&mut inner, Field::HasDynamicOffset, Value::Bool(*dynamic));
                dictionary::BUFFER_LAYOUT.put(&mut inner, Field::MinBindingSize, Value::Uint(*min_size));
                Field::Buffer
            }
            LayoutKind::Sampler { ty } => {
                dictionary::SAMPLER_LAYOUT.put(&mut inner, Field::Type, Value::Word(ty.word()));
                Field::Sampler
            }
            LayoutKind::Texture { sample, dimension, multisampled } => {
                dictionary::TEXTURE_LAYOUT.put(&mut inner, Field::SampleType, Value::Word(sample.word()));
                dictionary::TEXTURE_LAYOUT.put(&mut inner, Field::ViewDimension, Value::Word(dimension.word()));
                dictionary::TEXTURE_LAYOUT.put(&mut inner, Field::Multisampled, Value::Bool(*multisampled));
                Field::Texture
            }
            LayoutKind::StorageTexture { format, access, dimension } => {
                inner.push((Field::Format, Value::Word(format.word())));
                dictionary::STORAGE_TEXTURE_LAYOUT.put(&mut inner, Field::Access, Value::Word(access.word()));
                dictionary::STORAGE_TEXTURE_LAYOUT.put(&mut inner, Field::ViewDimension, Value::Word(dimension.word()));
                Field::StorageTexture
            }
            LayoutKind::ExternalTexture => Field::ExternalTexture,
        };
        object([
            (Field::Binding, Value::Uint(entry.binding)),
            (Field::Visibility, Value::Uint(entry.visibility)),
            (kind, object(inner)),
        ])
    });
    object([(Field::Entries, Value::Array(entries.collect()))])
}
