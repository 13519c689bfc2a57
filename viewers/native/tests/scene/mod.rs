//! Scenes put together by hand, as the compiler would, and played by the prebuilt executors.

#![allow(dead_code, reason = "each test file uses some of it")]

use pngine_format::bytecode::{Block, assemble, inputs_offset};
use pngine_format::descriptor::{Field, Type, Value, object};
use pngine_format::op::{CANVAS_TEXTURE, Kind, NONE, Op};
use pngine_format::payload::{Parts, Payload, write};
use pngine_format::status::Plugins;
use pngine_native::{Gpu, PlayError, Player, PlayerOptions};

pub const CANVAS: u32 = CANVAS_TEXTURE as u32;
pub const NO: u32 = NONE as u32;

/// Bytecode and data under construction.
#[derive(Default)]
pub struct Scene {
    pub data: Vec<u8>,
    pub init: Block,
    pub frame: Block,
    /// Commands of the frame that write inputs: id of the buffer, offset in the input block, length. They come first.
    pub inputs: Vec<(u32, u32, u32)>,
    /// Extensions of the payload: tag and bytes.
    pub extensions: Vec<(u8, Vec<u8>)>,
}

impl Scene {
    /// Puts bytes into the data section: their offset and length.
    pub fn bytes(&mut self, bytes: &[u8]) -> [u32; 2] {
        let at = self.data.len() as u32;
        self.data.extend_from_slice(bytes);
        [at, bytes.len() as u32]
    }

    pub fn init(&mut self, op: Op, operands: &[u32]) -> &mut Self {
        self.init.command(op, operands);
        self
    }

    pub fn frame(&mut self, op: Op, operands: &[u32]) -> &mut Self {
        self.frame.command(op, operands);
        self
    }

    /// A creation from bytes: a shader, or a descriptor.
    pub fn create(&mut self, op: Op, operands: &[u32], bytes: &[u8]) -> &mut Self {
        let mut operands = operands.to_vec();
        operands.extend(self.bytes(bytes));
        self.init(op, &operands)
    }

    pub fn describe(&mut self, op: Op, operands: &[u32], ty: Type, value: &Value) -> &mut Self {
        self.create(op, operands, &value.to_descriptor(ty))
    }

    pub fn payload(&self) -> Vec<u8> {
        let inputs = inputs_offset(self.data.len() as u32).unwrap();
        let mut init = self.init.clone();
        init.command(Op::End, &[]);
        let mut frame = Block::default();
        for (id, offset, len) in &self.inputs {
            frame.command(Op::WriteBuffer, &[*id, 0, inputs + offset, *len]);
        }
        frame.bytes.extend_from_slice(&self.frame.bytes);
        frame.command(Op::Submit, &[]);
        frame.command(Op::End, &[]);
        let plugins = Plugins::ALL;
        let bytecode = assemble(plugins, 0, &[Block::default(), init, frame]);
        write(&Parts {
            plugins: plugins.0,
            bytecode: &bytecode,
            data: &self.data,
            extensions: &self.extensions,
            ..Parts::default()
        })
        .unwrap()
    }

    pub fn play(&self, gpu: &Gpu, width: u32, height: u32) -> Result<Player, PlayError> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../executors/core-render-compute-wasm-animation-texture.wasm");
        let executor = std::fs::read(path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let bytes = self.payload();
        Player::new(gpu, &Payload::parse(&bytes).unwrap(), Some(&executor), PlayerOptions { width, height })
    }
}

pub fn word(text: &str) -> Value {
    Value::word(text)
}

pub fn list(values: impl IntoIterator<Item = Value>) -> Value {
    Value::Array(values.into_iter().collect())
}

pub fn reference(kind: Kind, id: u16) -> Value {
    Value::Ref(kind, id)
}

/// A stage with shader `id`.
pub fn stage(id: u16, members: impl IntoIterator<Item = (Field, Value)>) -> Value {
    object([(Field::Module, reference(Kind::Shader, id))].into_iter().chain(members))
}

/// A render pipeline with shader `id` that draws to one target of this format.
pub fn pipeline(id: u16, format: &str, buffers: Vec<Value>, members: impl IntoIterator<Item = (Field, Value)>) -> Value {
    let target = object([(Field::Format, word(format))]);
    object(
        [
            (Field::Vertex, stage(id, [(Field::Buffers, Value::Array(buffers))])),
            (Field::Fragment, stage(id, [(Field::Targets, list([target]))])),
        ]
        .into_iter()
        .chain(members),
    )
}

/// A vertex buffer of one attribute at location 0.
pub fn vertices(stride: u32, format: &str) -> Value {
    let attribute =
        object([(Field::Format, word(format)), (Field::Offset, Value::Uint(0)), (Field::ShaderLocation, Value::Uint(0))]);
    object([(Field::ArrayStride, Value::Uint(stride)), (Field::Attributes, list([attribute]))])
}

/// The layout of group `index` of a pipeline.
pub fn layout_of(pipeline: u16, index: u32) -> Value {
    object([(Field::Pipeline, reference(Kind::Pipeline, pipeline)), (Field::Index, Value::Uint(index))])
}

/// A bind group of these resources, at bindings from 0.
pub fn group(resources: impl IntoIterator<Item = Value>) -> Value {
    let entry = |(binding, resource)| object([(Field::Binding, Value::Uint(binding)), (Field::Resource, resource)]);
    object([(Field::Entries, list((0..).zip(resources).map(entry)))])
}

pub fn buffer(id: u16) -> Value {
    object([(Field::Buffer, reference(Kind::Buffer, id))])
}

pub fn texture(width: Value, height: Value, format: &str, usage: u32) -> Value {
    object([(Field::Width, width), (Field::Height, height), (Field::Format, word(format)), (Field::Usage, Value::Uint(usage))])
}

pub fn floats(numbers: &[f32]) -> Vec<u8> {
    numbers.iter().flat_map(|x| x.to_le_bytes()).collect()
}

/// A triangle over the whole canvas in one colour.
pub fn fullscreen(color: &str) -> String {
    format!(
        "@vertex fn vs(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {{\n  \
         return vec4f(f32(i & 1u) * 4.0 - 1.0, f32(i >> 1u) * 4.0 - 1.0, 0.0, 1.0);\n}}\n\
         @fragment fn fs(@builtin(position) at: vec4f) -> @location(0) vec4f {{ return {color}; }}\n"
    )
}
