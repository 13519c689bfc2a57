//! What passes and render bundles record.

use super::members::elements;
use super::walk::{DescriptorWalk, Pass, Problem, problem, spend};
use super::{CheckedCommand, Pipeline, Resource, Slots, region_number};
use pngine_format::descriptor::{Field, Value};
use pngine_format::op::{Kind, NONE, buffer_usage, texture_usage};
use pngine_format::status::ErrorCode;
use std::collections::BTreeSet;

/// Bytes of the parameters of an indirect draw, an indirect indexed draw and an indirect dispatch. Source: WebGPU, `drawIndirect`,
/// `drawIndexedIndirect`, `dispatchWorkgroupsIndirect`.
const INDIRECT_BYTES: [u64; 3] = [16, 20, 12];

impl<'a> DescriptorWalk<'_, 'a> {
    pub(super) fn begin_render_pass(&mut self, operands: [u32; 6]) -> Result<(), Problem> {
        let [color, load, store, depth, ..] = operands;
        let (color, depth) = (color as u16, depth as u16);
        if load > 1 || store > 1 {
            return problem(ErrorCode::OutOfBounds, format!("load {load} and store {store} are not both 0 or 1"));
        }
        if color == NONE && depth == NONE {
            return problem(ErrorCode::MissingResource, "the pass has no attachment");
        }
        for id in [color, depth].into_iter().filter(|id| *id != NONE) {
            self.texture_usage(id, texture_usage::RENDER_ATTACHMENT);
        }
        self.pass = Some(Pass::default());
        Ok(())
    }

    pub(super) fn begin_render_pass_desc(&mut self, descriptor: &Value) -> Result<(), Problem> {
        let colors = elements(descriptor, Field::ColorAttachments).iter().filter(|color| **color != Value::Null);
        let depth = descriptor.get(Field::DepthStencilAttachment).filter(|depth| **depth != Value::Null);
        let attachments: Vec<_> = colors.chain(depth).collect();
        if attachments.is_empty() {
            return problem(ErrorCode::MissingResource, "the pass has no attachment");
        }
        for attachment in attachments {
            for field in [Field::View, Field::ResolveTarget] {
                if let Some(Value::Ref(kind, id)) = attachment.get(field)
                    && let Some((id, _)) = self.viewed(*kind, *id)
                {
                    self.texture_usage(id, texture_usage::RENDER_ATTACHMENT);
                }
            }
        }
        let occlusion = match descriptor.get(Field::OcclusionQuerySet) {
            Some(Value::Ref(kind, id)) => match self.resource(*kind, *id) {
                Some(Resource::QuerySet { count }) => Some(*count),
                _ => None,
            },
            _ => None,
        };
        self.pass = Some(Pass { occlusion, ..Pass::default() });
        Ok(())
    }

    pub(super) fn set_pipeline(&mut self, id: u16) -> Result<(), Problem> {
        let compute = matches!(self.resource(Kind::Pipeline, id), Some(Resource::Pipeline(p)) if p.compute);
        let Some(pass) = &mut self.pass else { return Ok(()) };
        if pass.compute != compute {
            let (found, wanted) = if compute { ("compute", "render") } else { ("render", "compute") };
            let message = format!("the pipeline {id} is a {found} pipeline, in a {wanted} pass");
            return problem(ErrorCode::InvalidReference, message);
        }
        pass.pipeline = Some(id);
        Ok(())
    }

    pub(super) fn set_bind_group(&mut self, command: &CheckedCommand<'a>) -> Result<(), Problem> {
        if !command.bytes[0].len().is_multiple_of(4) {
            return problem(ErrorCode::OutOfBounds, "dynamic offsets have four bytes each");
        }
        if let Some(pass) = &mut self.pass {
            pass.groups.insert(command.operands[0]);
        }
        Ok(())
    }

    pub(super) fn set_vertex_buffer(&mut self, slot: u32, id: u16, offset: u32, size: u32) -> Result<(), Problem> {
        let bound = self.bound_range(id, offset, size, "vertex buffer")?;
        self.buffer_usage(id, buffer_usage::VERTEX);
        if let Some(pass) = &mut self.pass {
            pass.vertex.insert(slot, bound);
        }
        Ok(())
    }

    pub(super) fn set_index_buffer(&mut self, id: u16, format: u32, offset: u32, size: u32) -> Result<(), Problem> {
        let bytes = match format {
            0 => 2,
            1 => 4,
            other => return problem(ErrorCode::OutOfBounds, format!("index format {other} is neither 0 nor 1")),
        };
        let bound = self.bound_range(id, offset, size, "index buffer")?;
        self.buffer_usage(id, buffer_usage::INDEX);
        if let Some(pass) = &mut self.pass {
            pass.index = Some((bound, bytes));
        }
        Ok(())
    }

    fn index_size(&self) -> Result<(u64, u64), Problem> {
        match self.pass.as_ref().and_then(|pass| pass.index) {
            Some(index) => Ok(index),
            None => problem(ErrorCode::MissingResource, "no index buffer is set"),
        }
    }

    /// The pipeline that is set, if everything that it is known to need is set too.
    pub(super) fn draw_ready(&self) -> Result<&Pipeline, Problem> {
        let missing = |message: String| problem(ErrorCode::MissingResource, message);
        let Some(pass) = &self.pass else { return missing("no pass is open".to_owned()) };
        let Some(id) = pass.pipeline else { return missing("no pipeline is set".to_owned()) };
        let Some(Resource::Pipeline(pipeline)) = self.resource(Kind::Pipeline, id) else {
            return missing("no pipeline is set".to_owned());
        };
        if let Some(group) = pipeline.groups.first_outside(pass.groups) {
            return missing(format!("bind group {group} is not set, which the pipeline {id} needs"));
        }
        let unset = (0..).zip(&pipeline.slots).find(|(slot, needed)| needed.is_some() && !pass.vertex.contains_key(slot));
        if let Some((slot, _)) = unset {
            return missing(format!("vertex buffer {slot} is not set, which the pipeline {id} needs"));
        }
        Ok(pipeline)
    }

    /// Checks what a draw reads from vertex buffers. `vertices` and `instances` are first and count; by index, nothing is known of
    /// the vertices. Sums are those of mathematics: numbers beyond 32 bits are too much for a buffer, and only for a buffer. A draw of nothing
    /// counts up to where it would start. Source: WebGPU, `draw`, `drawIndexed`.
    pub(super) fn draw(&self, vertices: Option<(u32, u32)>, instances: (u32, u32)) -> Result<(), Problem> {
        let pipeline = self.draw_ready()?;
        let Some(pass) = &self.pass else { return Ok(()) };
        for (slot, needed) in (0..).zip(&pipeline.slots) {
            let (Some(needed), Some(&bound)) = (needed, pass.vertex.get(&slot)) else { continue };
            let range = if needed.per_instance { Some(instances) } else { vertices };
            let Some((first, count)) = range else { continue };
            let Some(last) = (u64::from(first) + u64::from(count)).checked_sub(1) else { continue };
            // Below 2^33 times below 2^32, plus a little: saturates only where it is far too much anyway.
            let bytes = last.saturating_mul(needed.stride).saturating_add(needed.last);
            if bytes > bound {
                let message = format!("the draw reads {bytes} bytes of vertex buffer {slot}, but only {bound} are bound");
                return problem(ErrorCode::BufferTooSmall, message);
            }
        }
        Ok(())
    }

    fn indirect(&mut self, operands: [u32; 6], bytes: u64) -> Result<(), Problem> {
        let [id, offset, ..] = operands;
        self.range(id as u16, u64::from(offset), bytes, "indirect read")?;
        self.buffer_usage(id as u16, buffer_usage::INDIRECT);
        Ok(())
    }

    pub(super) fn execute_bundles(&mut self, command: &mut CheckedCommand<'a>) -> Result<(), Problem> {
        let (ids, rest) = command.bytes[0].as_chunks::<2>();
        if !rest.is_empty() {
            return problem(ErrorCode::OutOfBounds, "ids of bundles have two bytes each");
        }
        let most = self.checker.budgets.bundled_commands;
        let mut bundles = BTreeSet::new();
        for id in ids {
            let id = u16::from_le_bytes(*id);
            let Some(Resource::RenderBundle { commands }) = self.resource(Kind::RenderBundle, id) else {
                return problem(ErrorCode::InvalidReference, format!("there is no renderBundle {id}"));
            };
            // An empty bundle is work too.
            let commands = u64::from(*commands).max(1);
            spend(&mut self.spent.bundled_commands, commands, most, "commands of executed bundles")?;
            if bundles.insert(id) {
                command.refs.push((Kind::RenderBundle, id));
            }
        }
        // Source: WebGPU, `executeBundles`: the pass' pipeline, bind groups and buffers are cleared.
        if let Some(pass) = &mut self.pass {
            pass.pipeline = None;
            pass.groups = Slots::default();
            pass.vertex.clear();
            pass.index = None;
        }
        Ok(())
    }

    pub(super) fn draw_indexed(&self, operands: [u32; 6]) -> Result<(), Problem> {
        let [indices, instances, first, _, first_instance, ..] = operands;
        let (bound, size) = self.index_size()?;
        self.draw(None, (first_instance, instances))?;
        let needed = (u64::from(first) + u64::from(indices)) * size;
        if needed > bound {
            let message = format!("the draw reads {needed} bytes of the index buffer, but only {bound} are bound");
            return problem(ErrorCode::BufferTooSmall, message);
        }
        Ok(())
    }

    pub(super) fn draw_indirect(&mut self, operands: [u32; 6]) -> Result<(), Problem> {
        self.draw_ready()?;
        self.indirect(operands, INDIRECT_BYTES[0])
    }

    pub(super) fn draw_indexed_indirect(&mut self, operands: [u32; 6]) -> Result<(), Problem> {
        self.index_size()?;
        self.draw_ready()?;
        self.indirect(operands, INDIRECT_BYTES[1])
    }

    pub(super) fn dispatch_indirect(&mut self, operands: [u32; 6]) -> Result<(), Problem> {
        self.draw_ready()?;
        self.indirect(operands, INDIRECT_BYTES[2])
    }

    pub(super) fn dispatch_desc(&self, descriptor: &Value) -> Result<(), Problem> {
        for field in [Field::X, Field::Y, Field::Z] {
            if !matches!(descriptor.get(field), None | Some(Value::Null | Value::Uint(_) | Value::Canvas(_))) {
                return problem(ErrorCode::OutOfBounds, format!("`{}` is not a number of workgroups", field.name()));
            }
        }
        self.draw_ready().map(|_| ())
    }

    pub(super) fn region(&self, descriptor: &Value) -> Result<(), Problem> {
        for field in [Field::X, Field::Y, Field::Width, Field::Height] {
            if region_number(descriptor.get(field), self.canvas).is_none() {
                return problem(ErrorCode::OutOfBounds, format!("the region has no `{}`", field.name()));
            }
        }
        Ok(())
    }

    pub(super) fn begin_occlusion_query(&mut self, query: u32) -> Result<(), Problem> {
        let Some(pass) = &mut self.pass else { return Ok(()) };
        match pass.occlusion {
            None => problem(ErrorCode::MissingResource, "the pass has no occlusion query set"),
            Some(_) if pass.query_open => problem(ErrorCode::InvalidSequence, "an occlusion query is open already"),
            Some(count) if query >= count => problem(ErrorCode::BufferTooSmall, format!("query {query} of a set of {count}")),
            Some(_) => {
                pass.query_open = true;
                Ok(())
            }
        }
    }

    pub(super) fn end_occlusion_query(&mut self) -> Result<(), Problem> {
        let Some(pass) = &mut self.pass else { return Ok(()) };
        if !pass.query_open {
            return problem(ErrorCode::InvalidSequence, "no occlusion query is open");
        }
        pass.query_open = false;
        Ok(())
    }
}
