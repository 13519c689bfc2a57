//! The examples show the whole language: together they use every macro, every property and every opcode, and `examples/README.md` has
//! a line for each of them.

#[path = "../../tests/scenes.rs"]
mod scenes;

use pngine_compiler::load;
use pngine_compiler::program::Options;
use pngine_compiler::schema::{self, MACROS, Prop, Shape, Ty};
use pngine_compiler::tree::{Item, Property, Value, ValueKind};
use pngine_format::bytecode::{Bytecode, Control, Instruction, Instructions, TIMELINE_BLOCK};
use pngine_format::op::{COMMANDS, Op};
use scenes::Scene;
use std::collections::BTreeSet;
use std::path::Path;

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples");

/// What no example uses yet, `SHAPE.PROPERTY` or an opcode. Only ever gets shorter: what an example uses may not stand here.
const OWED: &[&str] = &[
    "#animation",
    "#animation.duration",
    "#animation.endBehavior",
    "#animation.loop",
    "#animation.scenes",
    "#canvas",
    "#canvas.alphaMode",
    "#canvas.colorSpace",
    "#canvas.toneMapping",
    "#computePass.commands",
    "#computePass.dispatchWorkgroupsIndirect",
    "#computePass.timestampWrites",
    "#data.base64",
    "#data.blob",
    "#data.file",
    "#data.text",
    "#data.type",
    "#data.values",
    "#data.wasm",
    "#device",
    "#device.optionalFeatures",
    "#device.requiredFeatures",
    "#device.requiredLimits",
    "#imageBitmap",
    "#imageBitmap.image",
    "#meta",
    "#meta.author",
    "#meta.description",
    "#meta.license",
    "#meta.title",
    "#meta.url",
    "#pass.data",
    "#pass.imports",
    "#pass.init",
    "#querySet",
    "#querySet.count",
    "#querySet.type",
    "#queue.clearBuffer",
    "#queue.copyBufferToBuffer",
    "#queue.copyBufferToTexture",
    "#queue.copyExternalImageToTexture",
    "#queue.copyTextureToBuffer",
    "#queue.copyTextureToTexture",
    "#queue.resolveQuerySet",
    "#queue.writeTexture",
    "#renderBundle",
    "#renderBundle.bindGroups",
    "#renderBundle.colorFormats",
    "#renderBundle.commands",
    "#renderBundle.depthReadOnly",
    "#renderBundle.depthStencilFormat",
    "#renderBundle.draw",
    "#renderBundle.drawIndexed",
    "#renderBundle.drawIndexedIndirect",
    "#renderBundle.drawIndirect",
    "#renderBundle.indexBuffer",
    "#renderBundle.indexFormat",
    "#renderBundle.pipeline",
    "#renderBundle.sampleCount",
    "#renderBundle.stencilReadOnly",
    "#renderBundle.vertexBuffers",
    "#renderPass.bindGroupsPoolOffsets",
    "#renderPass.drawIndexedIndirect",
    "#renderPass.drawIndirect",
    "#renderPass.executeBundles",
    "#renderPass.indexFormat",
    "#renderPass.occlusionQuerySet",
    "#renderPass.scissorRect",
    "#renderPass.timestampWrites",
    "#renderPass.viewport",
    "#sampler.addressModeW",
    "#sampler.lodMaxClamp",
    "#sampler.lodMinClamp",
    "#sampler.maxAnisotropy",
    "#texture.pool",
    "#texture.textureBindingViewDimension",
    "#texture.viewFormats",
    "#textureView.arrayLayerCount",
    "#textureView.aspect",
    "#textureView.baseArrayLayer",
    "#textureView.dimension",
    "#textureView.format",
    "#textureView.usage",
    "#video",
    "#video.autoplay",
    "#video.file",
    "#video.loop",
    "#video.muted",
    "#video.playbackRate",
    "#video.url",
    "#wasmCall",
    "#wasmCall.args",
    "#wasmCall.func",
    "#wasmCall.module",
    "#wasmCall.returns",
    "#wgsl.imports",
    "bind group entry.offset",
    "bind group entry.pingPong",
    "bind group entry.size",
    "bind group entry.textureView",
    "bind group slot.bindGroup",
    "bind group slot.dynamicOffsets",
    "bind group slot.index",
    "bind group slot.pingPong",
    "blob.file",
    "buffer layout.hasDynamicOffset",
    "buffer place.buffer",
    "buffer place.bytesPerRow",
    "buffer place.offset",
    "buffer place.rowsPerImage",
    "clearBuffer.buffer",
    "clearBuffer.offset",
    "clearBuffer.size",
    "color attachment.depthSlice",
    "command.beginOcclusionQuery",
    "command.dispatchWorkgroups",
    "command.dispatchWorkgroupsIndirect",
    "command.drawIndexedIndirect",
    "command.drawIndirect",
    "command.endOcclusionQuery",
    "command.executeBundles",
    "command.insertDebugMarker",
    "command.popDebugGroup",
    "command.pushDebugGroup",
    "command.setBindGroup",
    "command.setIndexBuffer",
    "command.setScissorRect",
    "command.setVertexBuffer",
    "command.setViewport",
    "compute command.beginOcclusionQuery",
    "compute command.dispatchWorkgroups",
    "compute command.dispatchWorkgroupsIndirect",
    "compute command.draw",
    "compute command.drawIndexed",
    "compute command.drawIndexedIndirect",
    "compute command.drawIndirect",
    "compute command.endOcclusionQuery",
    "compute command.executeBundles",
    "compute command.insertDebugMarker",
    "compute command.popDebugGroup",
    "compute command.pushDebugGroup",
    "compute command.setBindGroup",
    "compute command.setBlendConstant",
    "compute command.setIndexBuffer",
    "compute command.setPipeline",
    "compute command.setScissorRect",
    "compute command.setStencilReference",
    "compute command.setVertexBuffer",
    "compute command.setViewport",
    "cone.indexed",
    "copyBufferToBuffer.destination",
    "copyBufferToBuffer.destinationOffset",
    "copyBufferToBuffer.size",
    "copyBufferToBuffer.source",
    "copyBufferToBuffer.sourceOffset",
    "copyBufferToTexture.copySize",
    "copyBufferToTexture.destination",
    "copyBufferToTexture.source",
    "copyExternalImageToTexture.copySize",
    "copyExternalImageToTexture.destination",
    "copyExternalImageToTexture.source",
    "copyTextureToBuffer.copySize",
    "copyTextureToBuffer.destination",
    "copyTextureToBuffer.source",
    "copyTextureToTexture.copySize",
    "copyTextureToTexture.destination",
    "copyTextureToTexture.source",
    "cube.indexed",
    "cylinder.faceted",
    "cylinder.indexed",
    "data source.wasm",
    "depth-stencil attachment.depthReadOnly",
    "depth-stencil attachment.stencilReadOnly",
    "file.url",
    "image source.flipY",
    "image source.origin",
    "image source.source",
    "index buffer.offset",
    "index buffer.size",
    "indirect source.buffer",
    "indirect source.offset",
    "layout entry.externalTexture",
    "layout.index",
    "plane.indexed",
    "primitive.unclippedDepth",
    "resolveQuerySet.destination",
    "resolveQuerySet.destinationOffset",
    "resolveQuerySet.firstQuery",
    "resolveQuerySet.queryCount",
    "resolveQuerySet.querySet",
    "resource.offset",
    "resource.sampler",
    "resource.size",
    "resource.texture",
    "resource.textureView",
    "scene.end",
    "scene.frame",
    "scene.id",
    "scene.start",
    "scissor rectangle.height",
    "scissor rectangle.width",
    "scissor rectangle.x",
    "scissor rectangle.y",
    "setBindGroup.bindGroup",
    "setBindGroup.dynamicOffsets",
    "setBindGroup.index",
    "setBindGroup.pingPong",
    "setVertexBuffer.buffer",
    "setVertexBuffer.offset",
    "setVertexBuffer.pingPong",
    "setVertexBuffer.size",
    "setVertexBuffer.slot",
    "sphere.faceted",
    "texture place.aspect",
    "texture place.mipLevel",
    "texture place.origin",
    "texture place.texture",
    "timestamp target.beginningOfPassWriteIndex",
    "timestamp target.endOfPassWriteIndex",
    "timestamp target.querySet",
    "torus.faceted",
    "vertex buffer slot.offset",
    "vertex buffer slot.size",
    "vertex buffer slot.slot",
    "view.arrayLayerCount",
    "view.aspect",
    "view.baseArrayLayer",
    "view.dimension",
    "view.format",
    "view.pingPong",
    "viewport.height",
    "viewport.maxDepth",
    "viewport.minDepth",
    "viewport.width",
    "viewport.x",
    "viewport.y",
    "wasm data.func",
    "wasm data.module",
    "wasm data.returns",
    "writeBuffer.dataFrom",
    "writeBuffer.dataOffset",
    "writeBuffer.pingPong",
    "writeBuffer.size",
    "writeTexture.bytesPerRow",
    "writeTexture.data",
    "writeTexture.mipLevel",
    "writeTexture.origin",
    "writeTexture.rowsPerImage",
    "writeTexture.size",
    "writeTexture.texture",
    "BEGIN_COMPUTE_PASS_DESC",
    "BEGIN_OCCLUSION_QUERY",
    "BIND_VIDEO_FRAME",
    "CALL_WASM_FUNC",
    "CLEAR_BUFFER",
    "COPY_BUFFER",
    "COPY_BUFFER_TO_TEXTURE",
    "COPY_EXTERNAL_IMAGE",
    "COPY_TEXTURE",
    "COPY_TEXTURE_REGION",
    "COPY_TEXTURE_TO_BUFFER",
    "CREATE_BUFFER_DESC",
    "CREATE_QUERY_SET",
    "CREATE_RENDER_BUNDLE",
    "DISPATCH_DESC",
    "DISPATCH_INDIRECT",
    "DRAW_INDEXED_INDIRECT",
    "DRAW_INDIRECT",
    "END_OCCLUSION_QUERY",
    "EXECUTE_BUNDLES",
    "INIT_WASM_MODULE",
    "INSERT_DEBUG_MARKER",
    "LOAD_IMAGE",
    "LOAD_VIDEO",
    "POP_DEBUG_GROUP",
    "PUSH_DEBUG_GROUP",
    "RESOLVE_QUERY_SET",
    "SET_BIND_GROUP_OFFSETS",
    "SET_INDEX_BUFFER_RANGE",
    "SET_SCENE",
    "SET_SCISSOR_RECT",
    "SET_SCISSOR_RECT_DESC",
    "SET_VERTEX_BUFFER_RANGE",
    "SET_VIEWPORT",
    "SET_VIEWPORT_DESC",
    "WRITE_FROM_WASM",
    "WRITE_TEXTURE",
];

fn examples() -> Vec<Scene> {
    scenes::scenes(Path::new(EXAMPLES))
}

/// Calls `found` with the shape and the row of every property that is written in `properties`, and in the objects inside it.
fn used(shape: &'static Shape, properties: &[Property], found: &mut impl FnMut(&'static Shape, &'static Prop)) {
    for property in properties {
        if let Some(row) = shape.find(&property.name.name) {
            found(shape, row);
            used_in_value(row.ty, &property.value, found);
        }
    }
}

fn used_in_value(ty: Ty, value: &Value, found: &mut impl FnMut(&'static Shape, &'static Prop)) {
    match (ty, &value.kind) {
        (Ty::Object(shape) | Ty::Command(shape), ValueKind::Object(properties)) => used(shape, properties, found),
        (Ty::Elements, ValueKind::Object(properties)) => used(&schema::GENERATED, properties, found),
        (Ty::List(element), ValueKind::Array(values)) => values.iter().for_each(|value| used_in_value(*element, value, found)),
        (Ty::List(inner) | Ty::AutoOr(inner), _) => used_in_value(*inner, value, found),
        // The others are not made for this form, and find nothing in it.
        (Ty::OneOf(types), _) => types.iter().for_each(|ty| used_in_value(*ty, value, found)),
        _ => {}
    }
}

/// Calls `found` with every row that a scene can use. Rows that this version does not lower are none, and nothing below them is.
fn usable(shape: &'static Shape, seen: &mut Vec<*const Shape>, found: &mut impl FnMut(&'static Shape, &'static Prop)) {
    fn inside(ty: Ty, seen: &mut Vec<*const Shape>, found: &mut impl FnMut(&'static Shape, &'static Prop)) {
        match ty {
            Ty::Object(shape) | Ty::Command(shape) => usable(shape, seen, found),
            Ty::Elements => usable(&schema::GENERATED, seen, found),
            Ty::List(inner) | Ty::AutoOr(inner) => inside(*inner, seen, found),
            Ty::OneOf(types) => types.iter().for_each(|ty| inside(*ty, seen, found)),
            _ => {}
        }
    }
    if seen.contains(&std::ptr::from_ref(shape)) {
        return;
    }
    seen.push(shape);
    for row in shape.props.iter().filter(|row| row.supported) {
        // What has no effect need not be shown.
        if !matches!(row.ty, Ty::Ignored) && !row.doc.starts_with("Descriptive") {
            found(shape, row);
        }
        inside(row.ty, seen, found);
    }
}

/// Commands have one name, in whatever pass they stand.
fn row_name(shape: &Shape, row: &Prop) -> String {
    format!("{}.{}", shape.name.trim_start_matches("compute "), row.name)
}

/// Fails with what is wanted and not there, except for [`OWED`].
fn covered(what: &str, wanted: &BTreeSet<String>, there: &BTreeSet<String>) {
    let is_owed = |name: &&String| OWED.contains(&name.as_str());
    let gaps: Vec<&String> = wanted.difference(there).filter(|name| !is_owed(name)).collect();
    let paid: Vec<&String> = there.iter().filter(is_owed).collect();
    assert!(gaps.is_empty(), "no example uses these {what}: {gaps:?}");
    assert!(paid.is_empty(), "examples use these {what}, take them off the list: {paid:?}");
}

#[test]
fn examples_use_every_macro_and_property() {
    let (mut wanted, mut there) = (BTreeSet::from(["#define".to_string(), "#import".to_string()]), BTreeSet::new());
    let mut seen = Vec::new();
    for row in MACROS {
        wanted.insert(format!("#{}", row.ns.word()));
        usable(row.shape, &mut seen, &mut |shape, row| {
            wanted.insert(row_name(shape, row));
        });
    }
    for scene in examples() {
        let loaded = load::load(&scenes::Folder(scene.folder.clone()), &scene.entry, &scene.bytes(), &mut Vec::new());
        for item in loaded.trees.iter().flat_map(|tree| &tree.items) {
            match item {
                Item::Import { .. } => _ = there.insert("#import".to_string()),
                Item::Define { .. } => _ = there.insert("#define".to_string()),
                Item::Macro(declaration) => {
                    let row = schema::macro_row(&declaration.kind.name).expect("a macro of the language");
                    there.insert(format!("#{}", row.ns.word()));
                    used(row.shape, &declaration.body, &mut |shape, row| {
                        there.insert(row_name(shape, row));
                    });
                }
                Item::Error(_) => panic!("{} cannot be read", scene.name),
            }
        }
    }
    covered("properties", &wanted, &there);
}

#[test]
fn examples_use_every_opcode() {
    let mut wanted: BTreeSet<String> = COMMANDS.iter().map(|row| row.name.to_string()).collect();
    wanted.extend(["ONCE".to_string(), "PATCH".to_string()]);
    let mut there = BTreeSet::new();
    for scene in examples() {
        let program = scene.compile(&Options::default()).program.unwrap_or_else(|| panic!("{} does not compile", scene.name));
        let bytecode = Bytecode::parse(&program.bytecode).expect("our own bytecode");
        for (block, (_, bytes)) in bytecode.blocks().enumerate() {
            if block == TIMELINE_BLOCK as usize {
                // The executor of a timeline says which scene it shows.
                there.extend((!bytes.is_empty()).then(|| Op::SetScene.row().name.to_string()));
                continue;
            }
            for instruction in Instructions::new(bytes) {
                there.insert(match instruction.expect("our own bytecode").1 {
                    Instruction::Command(op, _) => op.row().name.to_string(),
                    Instruction::Control(Control::Once { .. }) => "ONCE".to_string(),
                    Instruction::Control(Control::Patch { .. }) => "PATCH".to_string(),
                });
            }
        }
    }
    covered("opcodes", &wanted, &there);
}

#[test]
fn the_table_of_examples_lists_each_of_them_once() {
    let text = std::fs::read_to_string(Path::new(EXAMPLES).join("README.md")).expect("the table");
    let mut listed: Vec<String> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| [")?.split_once("](")?.1.split_once(')'))
        .map(|(path, _)| path.to_string())
        .collect();
    let mut wanted: Vec<String> = examples()
        .iter()
        .map(|scene| match scene.entry.as_str() {
            "main.pngine" => format!("{}/main.pngine", scene.name),
            _ => format!("{}.pngine", scene.name),
        })
        .collect();
    listed.sort();
    wanted.sort();
    assert_eq!(listed, wanted);
}
