//! Why shapes are torn.

use crate::edits::{Command, Edit, word};
use crate::lab::Lab;
use crate::mesh::{Position, look};
use crate::picture::percent;
use crate::{Cause, Likelihood, Place};
use pngine_format::descriptor::{Field, Value};
use pngine_format::op::{Kind, Op, WHOLE};
use pngine_host::Phase;
use pngine_native::PlayError;
use std::collections::{BTreeMap, BTreeSet};

/// What was seen, and why.
type Found = Result<(String, Vec<Cause>), PlayError>;

/// A range of a buffer.
#[derive(Clone, Copy)]
struct Range {
    buffer: u16,
    offset: usize,
    size: Option<usize>,
}

/// What a draw draws with.
struct Draw<'c> {
    command: &'c Command,
    pipeline: &'c Command,
    vertices: BTreeMap<u32, Range>,
    /// With whether indices have 32 bits.
    indices: Option<(Range, bool)>,
}

/// What a pipeline reads from one of its vertex buffers: the slot, the stride, and an attribute of places.
struct Layout {
    slot: u32,
    stride: usize,
    place: Option<(usize, usize)>,
}

fn uint(value: &Value, field: Field) -> Option<usize> {
    match value.get(field)? {
        Value::Uint(number) => usize::try_from(*number).ok(),
        _ => None,
    }
}

/// The draws of a pass or a bundle.
fn draws_of<'c>(init: &'c [Command], commands: &'c [Command], out: &mut Vec<Draw<'c>>) {
    let (mut pipeline, mut vertices, mut indices) = (None, BTreeMap::new(), None);
    for command in commands {
        let [a, b, c, d, ..] = command.operands;
        let size = |size: u32| (size != WHOLE).then_some(size as usize);
        match command.op {
            Op::BeginRenderPass | Op::BeginRenderPassDesc => (pipeline, vertices, indices) = (None, BTreeMap::new(), None),
            Op::SetPipeline => pipeline = init.iter().find(|made| made.creates == Some((Kind::Pipeline, a as u16))),
            Op::SetVertexBuffer => _ = vertices.insert(a, Range { buffer: b as u16, offset: 0, size: None }),
            Op::SetVertexBufferRange => _ = vertices.insert(a, Range { buffer: b as u16, offset: c as usize, size: size(d) }),
            Op::SetIndexBuffer => indices = Some((Range { buffer: a as u16, offset: 0, size: None }, b == 1)),
            Op::SetIndexBufferRange => indices = Some((Range { buffer: a as u16, offset: c as usize, size: size(d) }, b == 1)),
            Op::ExecuteBundles => {
                let bundles = init.iter().filter(|made| made.op == Op::CreateRenderBundle);
                for bundle in bundles.filter(|made| made.creates.is_some_and(|key| command.refs.contains(&key))) {
                    draws_of(init, &bundle.bundle, out);
                }
                (pipeline, vertices, indices) = (None, BTreeMap::new(), None);
            }
            Op::Draw | Op::DrawIndexed => {
                out.extend(pipeline.map(|pipeline| Draw { command, pipeline, vertices: vertices.clone(), indices }))
            }
            _ => {}
        }
    }
}

/// The bytes of the buffers that `init` fills and no frame, pass or copy touches.
fn contents(lab: &Lab<'_>) -> BTreeMap<u16, Vec<u8>> {
    let mut out: BTreeMap<u16, Vec<u8>> = BTreeMap::new();
    for command in lab.base.init.iter().filter(|command| command.op == Op::WriteBuffer) {
        let [id, offset, ..] = command.operands;
        let buffer = out.entry(id as u16).or_default();
        let end = offset as usize + command.bytes[0].len();
        if buffer.len() < end {
            buffer.resize(end, 0);
        }
        buffer[offset as usize..end].copy_from_slice(&command.bytes[0]);
    }
    let others = lab.base.init.iter().chain(lab.base.frames.iter().flatten()).filter(|command| {
        matches!(
            command.op,
            Op::CreateBindGroup
                | Op::CopyBuffer
                | Op::CopyTextureToBuffer
                | Op::WriteFromWasm
                | Op::ClearBuffer
                | Op::ResolveQuerySet
        )
    });
    let late = lab.base.frames.iter().flatten().filter(|command| command.op == Op::WriteBuffer);
    let touched: BTreeSet<u16> = others
        .chain(late)
        .flat_map(|command| &command.refs)
        .filter(|(kind, _)| *kind == Kind::Buffer)
        .map(|(_, id)| *id)
        .collect();
    out.retain(|id, _| !touched.contains(id));
    out
}

fn layouts(pipeline: &Command) -> Vec<Layout> {
    let buffers = pipeline.descriptor.get(Field::Vertex).and_then(|stage| stage.get(Field::Buffers));
    let buffers = (0u32..).zip(buffers.map_or(&[][..], Value::elements));
    let layout = |(slot, buffer): (u32, &Value)| {
        if word(buffer, Field::StepMode) == Some("instance") {
            return None;
        }
        let attributes = buffer.get(Field::Attributes).map_or(&[][..], Value::elements);
        // By custom the first attribute is the place.
        let place = attributes.iter().find(|attribute| uint(attribute, Field::ShaderLocation) == Some(0)).and_then(|attribute| {
            let numbers = match word(attribute, Field::Format) {
                Some("float32x2") => 2,
                Some("float32x3" | "float32x4") => 3,
                _ => return None,
            };
            Some((uint(attribute, Field::Offset)?, numbers))
        });
        Some(Layout { slot, stride: uint(buffer, Field::ArrayStride)?, place })
    };
    buffers.filter_map(layout).collect()
}

fn slice(bytes: &[u8], range: Range) -> &[u8] {
    let rest = bytes.get(range.offset..).unwrap_or_default();
    range.size.map_or(rest, |size| rest.get(..size).unwrap_or(rest))
}

pub fn geometry(lab: &Lab<'_>) -> Found {
    let contents = contents(lab);
    let mut draws = Vec::new();
    draws_of(&lab.base.init, lab.frame(), &mut draws);
    let (mut causes, mut triangles) = (Vec::new(), 0);
    let mut reported: BTreeSet<(&str, u16)> = BTreeSet::new();
    for draw in &draws {
        let place = Some(Place { phase: Phase::Frame(0), index: draw.command.index });
        let [count, _, first, base, ..] = draw.command.operands;
        let is_indexed = draw.command.op == Op::DrawIndexed;
        let first = first as usize;
        let indices: Option<Vec<u32>> = if is_indexed {
            let list = draw.indices.and_then(|(range, wide)| Some((slice(contents.get(&range.buffer)?, range), wide)));
            list.map(|(bytes, wide)| {
                let all: Vec<u32> = if wide {
                    bytes.as_chunks::<4>().0.iter().map(|word| u32::from_le_bytes(*word)).collect()
                } else {
                    bytes.as_chunks::<2>().0.iter().map(|word| u32::from(u16::from_le_bytes(*word))).collect()
                };
                // A strip ends at the largest index.
                let used = all.into_iter().skip(first).take(count as usize);
                used.map(|index| index.wrapping_add(base)).collect()
            })
        } else {
            Some((0..count).map(|index| index.saturating_add(first as u32)).take(1 << 20).collect())
        };
        let Some(indices) = indices else { continue };
        let primitive = draw.pipeline.descriptor.get(Field::Primitive);
        let is_list = primitive.and_then(|primitive| word(primitive, Field::Topology)).is_none_or(|word| word == "triangle-list");
        for layout in layouts(draw.pipeline) {
            let Some(range) = draw.vertices.get(&layout.slot) else { continue };
            let Some(bytes) = contents.get(&range.buffer).map(|bytes| slice(bytes, *range)).filter(|_| layout.stride > 0) else {
                continue;
            };
            let vertices = bytes.len() / layout.stride;
            let is_new = |kind: &'static str, reported: &mut BTreeSet<(&str, u16)>| reported.insert((kind, range.buffer));
            if !bytes.len().is_multiple_of(layout.stride) && bytes.len() > layout.stride && is_new("stride-misfit", &mut reported)
            {
                let evidence = format!(
                    "a vertex buffer has {} bytes, and the layout steps by {}: {} bytes are left over",
                    bytes.len(),
                    layout.stride,
                    bytes.len() % layout.stride
                );
                let fix =
                    "`arrayStride` is the number of bytes from one vertex to the next, with all attributes that the data has";
                let at = draw.pipeline.creates.and_then(|(kind, id)| lab.place_of(kind, id));
                causes.push(Cause::new("stride-misfit", Likelihood::Likely, evidence, fix).at(at));
            }
            let beyond = indices.iter().filter(|index| **index as usize >= vertices).count();
            if is_indexed && is_list && beyond > 0 && is_new("index-out-of-range", &mut reported) {
                let largest = indices.iter().max().copied().unwrap_or(0);
                let evidence =
                    format!("{beyond} of {} indices are beyond the {vertices} vertices, up to {largest}", indices.len());
                let fix = "indices count vertices from 0: look at the index list, its format, `baseVertex` and `arrayStride`";
                causes.push(Cause::new("index-out-of-range", Likelihood::Certain, evidence, fix).at(place));
            }
            let Some((at, numbers)) = layout.place.filter(|_| is_list) else { continue };
            let read = |vertex: &[u8], n: usize| {
                let bytes = (n < numbers).then(|| vertex.get(at + 4 * n..)?.first_chunk::<4>()).flatten();
                bytes.map_or(0.0, |bytes| f32::from_le_bytes(*bytes))
            };
            let corner = |vertex: &[u8]| [0, 1, 2].map(|n| read(vertex, n));
            let positions: Vec<Position> = bytes.chunks(layout.stride).map(corner).collect();
            if positions.iter().flatten().any(|x| !x.is_finite() || x.abs() > 1e20) && is_new("wild-positions", &mut reported) {
                let evidence = "vertices have places that are not a number, or beyond 1e20";
                let fix = "the bytes are not the numbers that the layout reads: look at `offset`, `format` and `arrayStride`";
                causes.push(Cause::new("wild-positions", Likelihood::Certain, evidence, fix).at(place));
                continue;
            }
            let mesh = look(&indices, &positions);
            triangles += mesh.triangles;
            // The tips of cones and the poles of balls are flat, and a coarse shape has little else.
            if mesh.flat * 20 > mesh.triangles * 19 && is_new("no-area", &mut reported) {
                let evidence = format!("{} of {} triangles have no area", mesh.flat, mesh.triangles);
                let fix = "their corners lie at one place or on one line: look at the indices, and at `offset` and `arrayStride`";
                causes.push(Cause::new("no-area", Likelihood::Certain, evidence, fix).at(place));
            }
            if mesh.alike * 20 > mesh.shared && is_new("mixed-winding", &mut reported) {
                let evidence =
                    format!("along {} of {} shared edges, neighbours are wound against each other", mesh.alike, mesh.shared);
                let culls = primitive.and_then(|primitive| word(primitive, Field::CullMode)).is_some();
                let likelihood = if culls { Likelihood::Certain } else { Likelihood::Possible };
                let fix =
                    "turn the corners of the triangles that face the other way: all run counter-clockwise, seen from outside";
                causes.push(Cause::new("mixed-winding", likelihood, evidence, fix).at(place));
            }
        }
    }
    if !draws.is_empty() && lab.coverage(&[])? == Some(0) {
        if lab.coverage(&[Edit::NoCull(None)])?.is_some_and(|reached| reached > 0) {
            let fix = "turn the order of the vertices, write `frontFace=cw`, or leave `cullMode` out";
            causes.push(Cause::new("culled", Likelihood::Certain, "all triangles face away and are culled", fix));
        } else {
            let fix = "x and y go from -w to w, depth from 0 to w, and w must be above 0: look at the matrix";
            causes.push(Cause::new("outside-clip", Likelihood::Likely, "the draws reach no pixel of the canvas", fix));
        }
    }
    let covered = lab.coverage(&[])?;
    let seen = format!(
        "{} {} a frame{}{}",
        draws.len(),
        if draws.len() == 1 { "draw" } else { "draws" },
        if triangles > 0 { format!(" with {triangles} triangles from buffers") } else { String::new() },
        covered.map_or_else(String::new, |covered| format!("; they reach {} of the canvas", percent(covered, lab.pixels())))
    );
    Ok((seen, causes))
}
