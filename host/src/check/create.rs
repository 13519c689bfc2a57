//! What commands create, and what is known of it afterwards.

use super::members::{elements, uint, word};
use super::walk::{DescriptorWalk, Problem, problem};
use super::{CheckedCommand, Extent, MAX_SLOTS, Pipeline, Resource, Slots, Texture, TextureLimits, VertexSlot};
use pngine_format::descriptor::{Field, Value};
use pngine_format::media::Container;
use pngine_format::op::{Kind, buffer_usage, texture_usage, usage_from_byte};
use pngine_format::status::ErrorCode;
use pngine_format::webgpu::Format;
use pngine_format::word::{BufferBindingType, TextureDimension, VertexFormat, VertexStepMode};
use std::collections::BTreeMap;

impl<'a> DescriptorWalk<'_, 'a> {
    pub(super) fn plain_buffer(&mut self, [_, size, usage, ..]: [u32; 6]) -> Resource {
        // The operand is one byte.
        self.buffer(u64::from(size), usage_from_byte(usage as u8))
    }

    pub(super) fn described_buffer(&mut self, descriptor: &Value) -> Resource {
        self.buffer(u64::from(uint(descriptor, Field::Size, 0)), uint(descriptor, Field::Usage, 0))
    }

    fn buffer(&mut self, size: u64, usage: u32) -> Resource {
        if usage == 0 {
            self.warnings.push("the buffer has no usage".to_owned());
        }
        Resource::Buffer { size, usage }
    }

    pub(super) fn texture(&self, descriptor: &Value) -> Result<Resource, Problem> {
        let wrong = |message: String| problem(ErrorCode::InvalidTexture, message);
        let extent = |field| match descriptor.get(field) {
            Some(Value::Uint(texels)) => Some(Extent::Fixed(*texels)),
            Some(Value::Canvas(coefficients)) => Some(Extent::Canvas(*coefficients)),
            _ => None,
        };
        let Some(width) = extent(Field::Width) else { return wrong("the texture has no width".to_owned()) };
        let height = extent(Field::Height).unwrap_or(Extent::Fixed(1));
        let depth = uint(descriptor, Field::Depth, 1);
        let format = match descriptor.get(Field::Format) {
            Some(Value::Word(word)) => Format::of(*word),
            _ => None,
        };
        let Some(format) = format else { return wrong("the texture has no format".to_owned()) };
        let usage = uint(descriptor, Field::Usage, 0);
        if usage == 0 {
            return wrong("the texture has no usage".to_owned());
        }
        // The row of the member lets nothing but dimensions through.
        let dimension = word(descriptor, Field::Dimension).unwrap_or(TextureDimension::D2);
        let TextureLimits { extent_1d, extent_2d, extent_3d, layers } = self.checker.textures;
        let (widest, highest, deepest) = match dimension {
            TextureDimension::D1 => (extent_1d, 1, 1),
            TextureDimension::D2 => (extent_2d, extent_2d, layers),
            TextureDimension::D3 => (extent_3d, extent_3d, extent_3d),
        };
        let (w, h) = (width.on(self.canvas), height.on(self.canvas));
        for (name, texels, most) in [("wide", w, widest), ("high", h, highest), ("deep", depth, deepest)] {
            if texels == 0 || texels > most {
                return wrong(format!("a {} texture cannot be {texels} {name}, only 1 to {most}", dimension.text()));
            }
        }
        let levels = uint(descriptor, Field::MipLevelCount, 1);
        let longest = match dimension {
            TextureDimension::D1 => 1,
            TextureDimension::D2 => w.max(h),
            TextureDimension::D3 => w.max(h).max(depth),
        };
        let most_levels = longest.ilog2() + 1;
        if levels == 0 || levels > most_levels {
            return wrong(format!("the texture cannot have {levels} mip levels, only 1 to {most_levels}"));
        }
        match uint(descriptor, Field::SampleCount, 1) {
            1 => {}
            4 if levels == 1 && depth == 1 && dimension == TextureDimension::D2 => {}
            4 => return wrong("a multisampled texture is 2d, with one layer and one mip level".to_owned()),
            samples => return wrong(format!("the texture cannot have {samples} samples, only 1 or 4")),
        }
        let (is_3d, samples) = (dimension == TextureDimension::D3, uint(descriptor, Field::SampleCount, 1));
        Ok(Resource::Texture(Texture { width, height, depth, is_3d, mip_levels: levels, samples, format, usage }))
    }

    /// The bind groups that an explicit layout asks for; of an automatic layout nothing is known yet.
    fn layout_groups(&self, pipeline: &Value) -> Slots {
        match pipeline.get(Field::Layout) {
            Some(Value::Ref(kind, id)) => match self.resource(*kind, *id) {
                Some(Resource::PipelineLayout { groups }) => *groups,
                _ => Slots::default(),
            },
            _ => Slots::default(),
        }
    }

    pub(super) fn render_pipeline(&self, descriptor: &Value) -> Result<Resource, Problem> {
        let mut slots = Vec::new();
        let buffers = descriptor.get(Field::Vertex).map_or(&[][..], |vertex| elements(vertex, Field::Buffers));
        for buffer in buffers.iter().take(MAX_SLOTS as usize) {
            if *buffer == Value::Null {
                slots.push(None);
                continue;
            }
            let mut last = 0;
            for attribute in elements(buffer, Field::Attributes) {
                // The row of the member lets nothing but vertex formats through.
                let size = word(attribute, Field::Format).map_or(0, |format: VertexFormat| format.layout().2);
                last = last.max(u64::from(uint(attribute, Field::Offset, 0)) + u64::from(size));
            }
            slots.push(Some(VertexSlot {
                stride: u64::from(uint(buffer, Field::ArrayStride, 0)),
                last,
                per_instance: word(buffer, Field::StepMode) == Some(VertexStepMode::Instance),
            }));
        }
        Ok(Resource::Pipeline(Pipeline { compute: false, groups: self.layout_groups(descriptor), slots }))
    }

    pub(super) fn bind_group_layout(&mut self, descriptor: &Value) -> Result<Resource, Problem> {
        if let Some(Value::Ref(Kind::Pipeline, id)) = descriptor.get(Field::Pipeline) {
            let of = Some((*id, uint(descriptor, Field::Index, 0)));
            return Ok(Resource::BindGroupLayout { buffers: BTreeMap::new(), empty: false, of });
        }
        let entries = elements(descriptor, Field::Entries);
        let mut buffers = BTreeMap::new();
        for entry in entries {
            if let Some(buffer @ Value::Object(_)) = entry.get(Field::Buffer) {
                // The row of the member lets nothing but types of buffers through.
                let ty = word(buffer, Field::Type).unwrap_or(BufferBindingType::Uniform);
                buffers.insert(uint(entry, Field::Binding, 0), ty);
            }
        }
        Ok(Resource::BindGroupLayout { buffers, empty: entries.is_empty(), of: None })
    }

    pub(super) fn bind_group(&mut self, layout: u16, descriptor: &Value) -> Result<(), Problem> {
        // Whoever binds something for a group of a pipeline knows that the pipeline has such a group; an empty one may be set anywhere.
        if let Some(Resource::BindGroupLayout { of: Some((pipeline, group)), .. }) = self.resource(Kind::BindGroupLayout, layout)
            && !elements(descriptor, Field::Entries).is_empty()
        {
            let (pipeline, group) = (*pipeline, *group);
            if let Some(Resource::Pipeline(pipeline)) = self.checker.resources.get_mut(&(Kind::Pipeline, pipeline)) {
                pipeline.groups.insert(group);
            }
        }
        let mut warnings = Vec::new();
        for entry in elements(descriptor, Field::Entries) {
            let binding = uint(entry, Field::Binding, 0);
            let Some(resource) = entry.get(Field::Resource) else { continue };
            let (buffer, range) = match resource {
                Value::Object(_) => (resource.get(Field::Buffer), resource),
                other => (Some(other), &Value::Null),
            };
            match buffer {
                Some(Value::Ref(Kind::Buffer, id)) => {
                    let Some(Resource::Buffer { size, usage }) = self.resource(Kind::Buffer, *id) else { continue };
                    let offset = u64::from(uint(range, Field::Offset, 0));
                    let end = match range.get(Field::Size) {
                        Some(Value::Uint(len)) => offset + u64::from(*len),
                        _ => offset.max(1),
                    };
                    if end > *size {
                        let message = format!("binding {binding} ends at byte {end} of buffer {id}, which has only {size}");
                        return problem(ErrorCode::BufferTooSmall, message);
                    }
                    let wanted = match self.resource(Kind::BindGroupLayout, layout) {
                        Some(Resource::BindGroupLayout { buffers, .. }) => buffers.get(&binding).copied(),
                        _ => None,
                    };
                    let (wanted, name) = match wanted {
                        Some(BufferBindingType::Uniform) => (buffer_usage::UNIFORM, "UNIFORM"),
                        Some(BufferBindingType::Storage | BufferBindingType::ReadOnlyStorage) => {
                            (buffer_usage::STORAGE, "STORAGE")
                        }
                        None => (buffer_usage::UNIFORM | buffer_usage::STORAGE, "UNIFORM or STORAGE"),
                    };
                    if usage & wanted == 0 {
                        warnings.push(format!("buffer {id} is bound without the usage {name}"));
                    }
                }
                Some(Value::Ref(kind @ (Kind::TextureView | Kind::DefaultView), id)) => {
                    let Some((id, texture)) = self.viewed(*kind, *id) else { continue };
                    if texture.usage & (texture_usage::TEXTURE_BINDING | texture_usage::STORAGE_BINDING) == 0 {
                        warnings.push(format!("texture {id} is bound without the usage TEXTURE_BINDING or STORAGE_BINDING"));
                    }
                }
                _ => {}
            }
        }
        self.warnings.append(&mut warnings);
        Ok(())
    }

    pub(super) fn compute_pipeline(&self, descriptor: &Value) -> Resource {
        Resource::Pipeline(Pipeline { compute: true, groups: self.layout_groups(descriptor), slots: Vec::new() })
    }

    pub(super) fn pipeline_layout(&self, descriptor: &Value) -> Resource {
        let used = (0..).zip(elements(descriptor, Field::BindGroupLayouts)).filter(|(_, layout)| match layout {
            Value::Ref(kind, id) => match self.resource(*kind, *id) {
                Some(Resource::BindGroupLayout { empty, .. }) => !empty,
                _ => true,
            },
            _ => false,
        });
        let mut groups = Slots::default();
        used.for_each(|(index, _)| groups.insert(index));
        Resource::PipelineLayout { groups }
    }

    pub(super) fn texture_view(&self, descriptor: &Value) -> Result<Resource, Problem> {
        match descriptor.get(Field::Texture) {
            Some(Value::Ref(_, id)) => Ok(Resource::TextureView { texture: *id }),
            _ => problem(ErrorCode::OutOfBounds, "the view has no texture"),
        }
    }

    pub(super) fn render_bundle(&mut self, command: &mut CheckedCommand<'a>) -> Result<Resource, Problem> {
        self.bundle(command)?;
        // As many as a header can say.
        Ok(Resource::RenderBundle { commands: command.bundle.len() as u32 })
    }

    pub(super) fn video(&self, command: &CheckedCommand<'a>) -> Result<(), Problem> {
        match Container::of(&command.bytes[1]) {
            Ok(_) => Ok(()),
            Err(what) => {
                let message = format!("the video is not a WebM, MP4 or Ogg, it is {}", what.unwrap_or("of no known kind"));
                problem(ErrorCode::ImageFailed, message)
            }
        }
    }
}
