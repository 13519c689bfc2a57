// Written by `cargo xtask codegen` from the tables of pngine-format: do not edit by hand.

/** The words of a text. @param {string} text */
const words = (text) => text.trim().split(/\s+/);
/** The words of a text, in which `x+` stands for `x` and `x-srgb`. @param {string} text */
const pairs = (text) => words(text.replace(/(\S+)\+/g, "$1 $1-srgb"));
/** The rows of a text, set apart by semicolons. @param {string} text */
const rows = (text) => text.trim().split(/;\s*/);
/** Commands: `opcode NAME plugin,place operands`, one letter or digit for each operand, see `Op` in commands.js. */
export const OP_ROWS = rows(`
01 CREATE_BUFFER 0I nA41;02 CREATE_TEXTURE 0I nBb;03 CREATE_SAMPLER 0I nCb;04 CREATE_SHADER 0I nDb;05 CREATE_RENDER_PIPE 1I nEb;
06 CREATE_COMPUTE_PIPE 2I nEb;07 CREATE_BIND_GROUP 0I nFrGb;08 CREATE_TEXTURE_VIEW 0I nIb;09 CREATE_QUERY_SET 0I nJb;
0a CREATE_BIND_GROUP_LAYOUT 0I nGb;0b CREATE_PIPELINE_LAYOUT 0I nHb;0c CREATE_RENDER_BUNDLE 1I nKb;0d CREATE_BUFFER_DESC 0I nAb;
10 BEGIN_RENDER_PASS 1O rB11rB;11 BEGIN_COMPUTE_PASS 2O;12 SET_PIPELINE 0P rE;13 SET_BIND_GROUP 0P 1rF;
14 SET_VERTEX_BUFFER 1R 1rA;15 DRAW 1R 4444;16 DRAW_INDEXED 1R 444i4;17 END_PASS 0P;18 DISPATCH 2C 444;19 SET_INDEX_BUFFER 1R rA1;
1a EXECUTE_BUNDLES 1R b;1b BEGIN_RENDER_PASS_DESC 1O b;1c BEGIN_COMPUTE_PASS_DESC 2O b;1d DRAW_INDIRECT 1R rA4;
1e DRAW_INDEXED_INDIRECT 1R rA4;1f DISPATCH_INDIRECT 2C rA4;20 WRITE_BUFFER 0O rA4b;21 COPY_BUFFER 0O rA4rA44;
22 COPY_TEXTURE 0O rBrB22;23 COPY_BUFFER_TO_TEXTURE 0O b;24 COPY_TEXTURE_TO_BUFFER 0O b;25 COPY_TEXTURE_REGION 0O b;
26 WRITE_TEXTURE 0O bb;27 CLEAR_BUFFER 0O rA44;28 RESOLVE_QUERY_SET 0O rJ44rA4;29 COPY_EXTERNAL_IMAGE 5O b;
30 INIT_WASM_MODULE 3I nLb;31 CALL_WASM_FUNC 3O 2rLbb;32 WRITE_FROM_WASM 3O 2rA44;38 LOAD_IMAGE 5I nNb;
39 BIND_VIDEO_FRAME 5O rOrB;3a SET_SCENE 4O rP1;3b LOAD_VIDEO 5I nObb;40 SET_VIEWPORT 1R ffffff;41 SET_SCISSOR_RECT 1R 4444;
42 SET_BLEND_CONSTANT 1R ffff;43 SET_STENCIL_REFERENCE 1R 4;44 BEGIN_OCCLUSION_QUERY 1R 4;45 END_OCCLUSION_QUERY 1R;
46 SET_BIND_GROUP_OFFSETS 0P 1rFb;47 SET_VERTEX_BUFFER_RANGE 1R 1rA44;48 SET_INDEX_BUFFER_RANGE 1R rA144;49 PUSH_DEBUG_GROUP 0A b;
4a POP_DEBUG_GROUP 0A;4b INSERT_DEBUG_MARKER 0A b;4c DISPATCH_DESC 2C b;4d SET_VIEWPORT_DESC 1R b;4e SET_SCISSOR_RECT_DESC 1R b;
f0 SUBMIT 0O;ff END 0A
`);
/** Members of descriptors, from number 1. */
export const FIELDS = words(`
width height depth format usage dimension mipLevelCount sampleCount viewFormats magFilter minFilter mipmapFilter addressModeU
addressModeV addressModeW lodMinClamp lodMaxClamp compare maxAnisotropy entries binding resource buffer offset size visibility
type hasDynamicOffset minBindingSize sampler texture sampleType viewDimension multisampled storageTexture access externalTexture
bindGroupLayouts pipeline index layout vertex fragment compute module entryPoint constants buffers arrayStride stepMode attributes
shaderLocation targets blend writeMask color alpha srcFactor dstFactor operation primitive topology stripIndexFormat frontFace
cullMode unclippedDepth depthStencil depthWriteEnabled depthCompare stencilFront stencilBack failOp depthFailOp passOp
stencilReadMask stencilWriteMask depthBias depthBiasSlopeScale depthBiasClamp multisample count mask alphaToCoverageEnabled
colorAttachments view depthSlice resolveTarget clearValue loadOp storeOp depthStencilAttachment depthClearValue depthLoadOp
depthStoreOp depthReadOnly stencilClearValue stencilLoadOp stencilStoreOp stencilReadOnly occlusionQuerySet timestampWrites
querySet beginningOfPassWriteIndex endOfPassWriteIndex aspect baseMipLevel baseArrayLayer arrayLayerCount colorFormats
depthStencilFormat commands source destination copySize bytesPerRow rowsPerImage mipLevel origin flipY textureBindingViewDimension
swizzle x y z minDepth maxDepth requiredFeatures optionalFeatures requiredLimits alphaMode colorSpace toneMapping mime loop
autoplay muted playbackRate duration endBehavior scenes start end frame blocks name uniforms columns rows input premultipliedAlpha
value min max step label
`);
/** Values of WebGPU's enums. */
export const WORDS = pairs(`
auto preferredCanvasFormat float32x2 float32x3 float32x4 float32 rgba8unorm bgra8unorm depth24plus depth32float rgba16float 1d 2d
3d 2d-array cube cube-array all stencil-only depth-only clamp-to-edge repeat mirror-repeat nearest linear never less equal
less-equal greater not-equal greater-equal always uniform storage read-only-storage filtering non-filtering comparison float
unfilterable-float depth sint uint write-only read-only read-write point-list line-list line-strip triangle-list triangle-strip
ccw cw none front back zero one src one-minus-src src-alpha one-minus-src-alpha dst one-minus-dst dst-alpha one-minus-dst-alpha
src-alpha-saturated constant one-minus-constant src1 one-minus-src1 src1-alpha one-minus-src1-alpha add subtract reverse-subtract
min max keep replace invert increment-clamp decrement-clamp increment-wrap decrement-wrap uint16 uint32 vertex instance load clear
store discard occlusion timestamp opaque premultiplied srgb display-p3 standard extended r8unorm r8snorm r8uint r8sint r16unorm
r16snorm r16uint r16sint r16float rg8unorm rg8snorm rg8uint rg8sint r32uint r32sint r32float rg16unorm rg16snorm rg16uint rg16sint
rg16float rgba8unorm-srgb rgba8snorm rgba8uint rgba8sint bgra8unorm-srgb rgb9e5ufloat rgb10a2uint rgb10a2unorm rg11b10ufloat
rg32uint rg32sint rg32float rgba16unorm rgba16snorm rgba16uint rgba16sint rgba32uint rgba32sint rgba32float stencil8 depth16unorm
depth24plus-stencil8 depth32float-stencil8 bc1-rgba-unorm+ bc2-rgba-unorm+ bc3-rgba-unorm+ bc4-r-unorm bc4-r-snorm bc5-rg-unorm
bc5-rg-snorm bc6h-rgb-ufloat bc6h-rgb-float bc7-rgba-unorm+ etc2-rgb8unorm+ etc2-rgb8a1unorm+ etc2-rgba8unorm+ eac-r11unorm
eac-r11snorm eac-rg11unorm eac-rg11snorm uint8 uint8x2 uint8x4 sint8 sint8x2 sint8x4 unorm8 unorm8x2 unorm8x4 snorm8 snorm8x2
snorm8x4 uint16x2 uint16x4 sint16 sint16x2 sint16x4 unorm16 unorm16x2 unorm16x4 snorm16 snorm16x2 snorm16x4 float16 float16x2
float16x4 uint32x2 uint32x3 uint32x4 sint32 sint32x2 sint32x3 sint32x4 unorm10-10-10-2 unorm8x4-bgra astc-4x4-unorm+
astc-5x4-unorm+ astc-5x5-unorm+ astc-6x5-unorm+ astc-6x6-unorm+ astc-8x5-unorm+ astc-8x6-unorm+ astc-8x8-unorm+ astc-10x5-unorm+
astc-10x6-unorm+ astc-10x8-unorm+ astc-10x10-unorm+ astc-12x10-unorm+ astc-12x12-unorm+
`);
/** Runs of `WORDS`: how many; of texture formats the bytes of a block in memory, then its width and height where not 1. */
export const TEXEL_BLOCKS = rows(`
6;4 4;1 8;91;4 1;9 2;17 4;7 8;3 16;1 1;1 2;2 8;2 8 4 4;4 16 4 4;2 8 4 4;6 16 4 4;4 8 4 4;2 16 4 4;2 8 4 4;2 16 4 4;35;2 16 4 4;
2 16 5 4;2 16 5 5;2 16 6 5;2 16 6 6;2 16 8 5;2 16 8 6;2 16 8 8;2 16 10 5;2 16 10 6;2 16 10 8;2 16 10 10;2 16 12 10;2 16 12 12
`);
/** Types of descriptors, from number 1. */
export const TYPES = words(`
texture sampler bindGroup bindGroupLayout renderPipeline computePipeline renderPass pipelineLayout textureView querySet
renderBundle buffer computePass copy region device canvas video animation uniforms controls
`);
/** Types of values in descriptors. */
export const VALUES = words(`
false true uint int f32 word string object array ref null canvas f64 record bytes f32array canvasNumber
`);
/** Kinds of things that have ids. */
export const KINDS = words(`
buffer texture sampler shader pipeline bindGroup bindGroupLayout pipelineLayout textureView querySet renderBundle wasmModule
wasmCall image video scene defaultView
`);
/** Plugins, by bit. */
export const PLUGINS = words("core render compute wasm animation texture");
/** What an executor's status means. */
export const STATUSES = rows(`
ok;no bytecode or too short;bytecode version not supported;malformed bytecode;id, offset or length out of range;
command buffer does not fit;needs a plugin this executor lacks;\`frame\` before a successful \`init\`
`);
/** Codes after which the next command is executed. */
export const SKIPS = words("E001 E002 E006");
/** Where the sources of the input block start, in bytes, and its size. */
export const INPUTS = {
  pngineInputs: 0, sceneTimeInputs: 16, pointerInputs: 28, frameInputs: 76, keyboardInputs: 92, audioInputs: 124,
  size: 1148,
};
/** The id of the texture that the canvas gives for a frame. */
export const CANVAS = 0xfffe;
/** The id of nothing. */
export const NONE = 0xffff;
/** The size that stands for all the rest. */
export const WHOLE = 0xffffffff;
/** Most levels of values in a descriptor. */
export const MAX_DEPTH = 16;
/** The version of the interface of executors. */
export const ABI = 1;
/** Most bytes that a payload inflates to, unless the page wants others. */
export const MAX_PAYLOAD = 67108864;
/** Bytes of room for commands, unless the scene wants more. */
export const COMMAND_CAPACITY = 65536;
/** The tag of the extension that says how much. */
export const CAPACITY_TAG = 10;
