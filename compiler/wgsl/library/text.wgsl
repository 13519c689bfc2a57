/// Whether the place `p` lies in the glyph of an ASCII code: 1 in it, 0 beside it. A glyph is 5 wide and 8 high, y down, from (0, 0) on; its letters stand on y = 7. Codes that are no printable ASCII show nothing.
fn glyph(code: u32, p: vec2f) -> f32 {
  // 40 bits for each code from 32 to 126, row by row from the upper left one on.
  let font = array<u32, 119>(
    0u, 0x42108400u, 0x294a0100u, 0x4a000000u, 0x295f57du, 0x1f4717c4u, 0x22226301u, 0x15260632u, 0x86059351u, 8u,
    0x8210888u, 0x84208202u, 0x54800088u, 0x80000957u, 0x84f90u, 0xc000000u, 0xf800011u, 0u, 0x18c00u, 0x22222u,
    0xa33ae62eu, 0x4210c403u, 0x422e0388u, 0x1f07c444u, 0x3a30411u, 0x11f4a988u, 0x83c3f02u, 0x844c03a3u, 0x1f03a317u, 0x842222u,
    0xa317462eu, 0xf462e03u, 0x18c00191u, 0xc0000c60u, 0x886018u, 0x8208888u, 0xf07c0002u, 0x20820001u, 0x2e008888u, 0x1004442u,
    0xab5b422eu, 0xf8c62e03u, 0xc62f0463u, 0x2e03e317u, 0x3a21086u, 0xd318c527u, 0x17843f01u, 0x843f07c2u, 0x2e004217u, 0x7a31e86u,
    0x631fc631u, 0x42108e04u, 0x211c0388u, 0x31019284u, 0x4525195u, 0xc2108421u, 0x1ad77107u, 0xce310463u, 0x2e04639au, 0x3a318c6u,
    0x4217c62fu, 0x58c62e00u, 0xc62f0593u, 0x3e045257u, 0x3e10704u, 0x842109fu, 0x18c63101u, 0xc63103a3u, 0x31011518u, 0x2ab5ac6u,
    0x62a22a31u, 0x45463104u, 0x221f0108u, 0x4e07c222u, 0x3842108u, 0x20820820u, 0x84210e00u, 0x45440390u, 0u, 0xf8000000u,
    0x2082u, 0xe8380000u, 0xb42107a3u, 0x3e319u, 0x3a218b8u, 0xa31cda10u, 0xf8b80007u, 0x8a4c0383u, 0x8423u, 0x743d18f8u,
    0x6319b421u, 0x42180404u, 0x30080388u, 0x21325084u, 0x24a32a4u, 0x88421086u, 0x5aac0003u, 0xb400056bu, 0x46319u, 0x3a318b8u,
    0x5f18bc00u, 0x18f80008u, 0xb400843du, 0x4219u, 0x3e0e0f8u, 0x24211c42u, 0x18c40003u, 0xc40005b3u, 0x11518u, 0x2ab58c4u,
    0x54454400u, 0x18c40004u, 0x7c00743du, 0x8807c444u, 0x2084110u, 0x8421084u, 0x44108201u, 0x88000088u, 0x8au,
  );
  let inside = all(p >= vec2f()) && p.x < 5.0 && p.y < 8.0 && code > 32u && code < 127u;
  let at = vec2u(clamp(p, vec2f(), vec2f(4.0, 7.0)));
  let bit = 40u * (clamp(code, 32u, 126u) - 32u) + 5u * at.y + at.x;
  return select(0.0, f32((font[bit / 32u] >> (bit % 32u)) & 1u), inside);
}

/// The code of letter `index` of a text, four of which lie in each number, as in a `#data` with `text`.
fn letter(four: u32, index: u32) -> u32 {
  return (four >> (8u * (index % 4u))) & 255u;
}

/// Up to sixteen letters in a line that begins at (0, 0): four codes in each number, the first in the lowest byte. A letter takes 6 of width.
fn line(letters: vec4u, p: vec2f) -> f32 {
  let index = u32(clamp(p.x / 6.0, 0.0, 15.0));
  return glyph(letter(letters[index / 4u], index), p - vec2f(6.0 * f32(index), 0.0));
}

/// `value` in decimal digits, in a line that begins at (0, 0), with this many of them (at most 8) behind the point. Beyond 4 294 967 295 divided by ten for each, it shows that.
fn number(value: f32, decimals: u32, p: vec2f) -> f32 {
  let behind = min(decimals, 8u);
  var ten = 1u;
  for (var i = 0u; i < behind; i++) {
    ten *= 10u;
  }
  // Whole numbers: the digits of what stands before the point, then of what stands behind it.
  let rounded = u32(min(floor(abs(value) * f32(ten) + 0.5), 4294967040.0));
  let first = select(0, 1, value < 0.0 && rounded > 0u);
  let column = i32(floor(p.x / 6.0)) - first;
  var digits = 1;
  for (var rest = rounded / ten; rest >= 10u; rest /= 10u) {
    digits++;
  }
  let last = select(digits, digits + 1 + i32(behind), behind > 0u);
  var code = 0u;
  if (column == -1 && first == 1) {
    code = 45u;
  } else if (column == digits && behind > 0u) {
    code = 46u;
  } else if (column >= 0 && column < last) {
    // The digits to the right of this one are divided away.
    let right = last - 1 - column - select(0, 1, column < digits && behind > 0u);
    var rest = rounded;
    for (var i = 0; i < right; i++) {
      rest /= 10u;
    }
    code = 48u + rest % 10u;
  }
  return glyph(code, p - vec2f(6.0 * floor(p.x / 6.0), 0.0));
}
