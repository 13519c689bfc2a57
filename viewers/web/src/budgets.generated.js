// Written by `cargo xtask codegen` from the tables of pngine-format: do not edit by hand.

/** Most values of a descriptor or an extension. */
export const DESCRIPTOR_VALUES = 65536;
/** Most bytes of a descriptor. */
export const DESCRIPTOR_BYTES = 1048576;
/** Most bytes of all descriptors of a command buffer. */
export const DESCRIPTORS_BYTES = 4194304;
/** Most commands of all bundles that a command buffer executes. */
export const BUNDLED_COMMANDS = 1048576;
/** Most bytes of all texts of a command buffer. */
export const TEXT_BYTES = 16777216;
/** Most bytes that a command buffer writes. */
export const WRITTEN_BYTES = 536870912;
/** Most bytes that a command buffer loads. */
export const LOADED_BYTES = 268435456;
/** Most images, videos and modules that a command buffer loads. */
export const LOADS = 256;
/** Most shaders and pipelines that a command buffer creates. */
export const PROGRAMS = 512;
/** Most pixels of an image. */
export const IMAGE_PIXELS = 67108864;
/** Most pixels of all images. */
export const IMAGES_PIXELS = 134217728;
/** Most bytes of GPU memory. */
export const GPU_BYTES = 1073741824;
/** Most names of one kind. */
export const NAMES = 4096;
/** Most uniforms. */
export const UNIFORMS = 4096;
/** Most seconds of GPU work for one frame. */
export const GPU_SECONDS = 10;
