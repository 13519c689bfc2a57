/** How much memory textures take. @module */


/** Bytes of a texel, or of a block of them in a compressed format, and how wide and high that is. @param {string} format */
function blockOf(format) {
  const [, across, down] = /^astc-(\d+)x(\d+)/.exec(format) ?? [];
  if (across) return { bytes: 16, across: Number(across), down: Number(down) };
  if (/^(bc|etc2|eac)/.test(format)) return { bytes: /^(bc[14]-|etc2-rgb8|eac-r11)/.test(format) ? 8 : 16, across: 4, down: 4 };
  const [, channels, bits] = /^(r|rg|rgba|bgra)(8|16|32)/.exec(format) ?? [];
  const packed = { stencil8: 1, depth16unorm: 2, "depth24plus-stencil8": 8, "depth32float-stencil8": 8 }[format] ?? 4;
  return { bytes: channels ? (channels.length * Number(bits)) / 8 : packed, across: 1, down: 1 };
}

/**
 * Bytes of GPU memory that a texture takes, with its mip levels, layers and samples.
 * @param {{ width: number, height?: number, depth?: number, format: string, dimension?: string, mipLevelCount?: number,
 *   sampleCount?: number }} texture
 */
export function textureBytes({ width, height = 1, depth = 1, format, dimension = "2d", mipLevelCount = 1, sampleCount = 1 }) {
  const { bytes, across, down } = blockOf(format);
  let blocks = 0;
  // A texture has no more levels than halvings make one texel of 2^32; WebGPU refuses the rest.
  for (let level = 0; level < Math.min(mipLevelCount, 32); level++) {
    const [wide, high, deep] = [width, height, dimension === "3d" ? depth : depth * 2 ** level]
      .map((length) => Math.max(1, Math.floor(length / 2 ** level)));
    blocks += Math.ceil(wide / across) * Math.ceil(high / down) * deep;
  }
  return blocks * bytes * Math.max(1, sampleCount);
}
