//! Where findings inside shaders stand: rows of WGSL whose mistake is marked with «…».

use pngine_compiler::device::{Device, Feature};
use pngine_compiler::diag::{Diagnostic, Severity};
use pngine_compiler::program::Options;
use pngine_compiler::shader::assemble::{Piece, assemble};
use pngine_compiler::shader::validate::{Given, check};
use pngine_compiler::source::{FileId, MemorySources, Span};

/// Stands before every row, so that the start of the text is nobody's mistake.
const PROLOGUE: &str = "const FIRST = 1;\n";

/// What rows of statements may use.
const RESOURCES: &str = "struct Light { pos: vec3f, power: f32, lamps: array<vec4f, 4> }
@group(0) @binding(0) var<uniform> light: Light;
@group(0) @binding(1) var<storage> data: array<f32>;
@group(0) @binding(2) var<storage, read_write> counts: array<atomic<u32>>;
@group(0) @binding(3) var image: texture_2d<f32>;
@group(0) @binding(4) var near: sampler;
@group(0) @binding(5) var shadow: texture_depth_2d;
@group(0) @binding(6) var compare: sampler_comparison;
@group(0) @binding(7) var layers: texture_2d_array<f32>;
@group(0) @binding(8) var sky: texture_cube<f32>;
@group(0) @binding(9) var out: texture_storage_2d<rgba8unorm, write>;
@group(0) @binding(10) var many: texture_multisampled_2d<f32>;
var<private> table: array<f32, 4>;
var<workgroup> shared_sum: atomic<u32>;
override scale = 2.0;
fn half(x: f32) -> f32 { return x * 0.5; }
fn add(a: f32, b: vec2f) -> f32 { return a + b.x; }
fn nothing(x: f32) { }
";

/// The head of the function around a row of statements.
const HEAD: &str = "fn body(i: i32, u: u32, f: f32, b: bool, v2: vec2f, v: vec3f, v4: vec4f, m: mat4x4f) {\n";

/// Statements: code and text.
const STATEMENTS: &[(&str, &str)] = &[
    ("E0805", "let x = f > 0.5; let y = «f» && b;"),
    ("E0805", "let y = b && «f»;"),
    ("E0805", "let y = b || (b && «v2.x»);"),
    ("E0805", "var y = vec4f(f32(select(0, 1, «f» || b)));"),
    ("E0805", "if «f» && b { }"),
    ("E0805", "let y = b && b && «f» && b;"),
    ("E0805", "let y = «v.xy + v»;"),
    ("E0805", "let y = «f + i»;"),
    ("E0805", "let y = «u * f»;"),
    ("E0805", "let y = «m * v»;"),
    ("E0805", "let y = «v * v2» + v2;"),
    ("E0805", "let y = 1 + («f + u») * 2.0;"),
    ("E0805", "let y = «v < v2»;"),
    ("E0805", "let y = «f == i»;"),
    ("E0805", "let y = «b + b»;"),
    ("E0805", "let y = «f & u»;"),
    ("E0805", "let y = «f << 2u»;"),
    ("E0805", "let y = u << «40u»;"),
    ("E0805", "let y = «i % v»;"),
    ("E0805", "let y = «-b»;"),
    ("E0805", "let y = «!f»;"),
    ("E0805", "let y = «~f»;"),
    ("E0805", "let y = «-u»;"),
    ("E0805", "let y = v[«5»];"),
    ("E0805", "let y = v[«-1»];"),
    ("E0805", "let y = table[«4»];"),
    ("E0805", "let y = table[«9»] + f;"),
    ("E0805", "table[«9»] = f;"),
    ("E0805", "let y = light.lamps[«4»];"),
    ("E0805", "let y = f + m[1][«4»];"),
    ("E0805", "let y = m[«4»].x;"),
    ("E0805", "let y = data[«-1»];"),
    ("E0805", "let k = 3; let y = v[«k»];"),
    ("E0805", "const k = 3; let y = v[«k»];"),
    ("E0805", "let y = v[«f»];"),
    ("E0805", "let y = v[«2.0»];"),
    ("E0805", "let y = f[«0»];"),
    ("E0805", "let y = f.«x»;"),
    ("E0805", "let y = v.«w»;"),
    ("E0805", "let y = v.xy.«z»;"),
    ("E0805", "let y = light.«color»;"),
    ("E0805", "let y = m.«x»;"),
    ("E0805", "let y = table.«x»;"),
    ("E0805", "let y = v.«xr»;"),
    ("E0805", "let y: f32 = «i»;"),
    ("E0805", "let y: f32 = «u» ;"),
    ("E0805", "let y: vec3f = «v2»;"),
    ("E0805", "let y: vec3f = «vec2f(1.0)»;"),
    ("E0805", "var y: i32 = «1.5»;"),
    ("E0805", "var y: u32 = «-1»;"),
    ("E0805", "const y: i32 = «1.5»;"),
    ("E0805", "var y = 1; y = «f»;"),
    ("E0805", "var y = 1; y += «f»;"),
    ("E0805", "var y = v; y.x = «u»;"),
    ("E0805", "let y = 1.0; «y» = 2.0;"),
    ("E0805", "«f» = 2.0;"),
    ("E0805", "«light.power» = 2.0;"),
    ("E0805", "«data[0]» = 2.0;"),
    ("E0803", "half(1.0«)» = 2.0;"),
    ("E0805", "const c = 1; «c»++;"),
    ("E0805", "var y = 1.0; «y»++;"),
    ("E0805", "if «f» { }"),
    ("E0805", "if «i + 1» { }"),
    ("E0805", "while «f» { }"),
    ("E0805", "for (var k = 0; «k»; k++) { }"),
    ("E0805", "loop { continuing { break if «f»; } }"),
    ("E0805", "switch «f» { default: { } }"),
    ("E0805", "switch i { case «1.5»: { } default: { } }"),
    ("E0805", "switch i { case «1u»: { } default: { } }"),
    ("E0805", "switch i { case 1: { } case «1»: { } default: { } }"),
    ("E0805", "«switch» i { case 1: { } }"),
    ("E0805", "switch i { default: { } case 1: { } «default»: { } }"),
    ("E0810", "switch i { case «i»: { } default: { } }"),
    ("E0805", "«break»;"),
    ("E0805", "«continue»;"),
    ("E0805", "return «f»;"),
    ("E0805", "loop { if b { break; } continuing { «return»; } }"),
    ("E0805", "let y = half(«i»);"),
    ("E0805", "let y = half(«v»);"),
    ("E0805", "let y = f + half(«v.xy»);"),
    ("E0805", "let y = add(1.0, «1.0»);"),
    ("E0805", "let y = «half(1.0, 2.0)»;"),
    ("E0805", "let y = «half()»;"),
    ("E0805", "let y = half(half(«u»));"),
    ("E0805", "let y = «nothing(1.0)»;"),
    ("E0805", "let y = 1.0 + «nothing(1.0)»;"),
    ("E0803", "half(1.0«)» + 1.0;"),
    ("E0805", "let y = sin(«b»);"),
    ("E0805", "let y = sin(«i»);"),
    ("E0805", "let y = max(f, «i»);"),
    ("E0805", "let y = mix(v, v, «v2»);"),
    ("E0805", "let y = dot(v, «v2»);"),
    ("E0805", "let y = cross(«v2», v2);"),
    ("E0805", "let y = «sin»();"),
    ("E0805", "let y = sin(1.0, «2.0»);"),
    ("E0805", "let y = clamp(f, «0u», 1u);"),
    ("E0805", "let y = select(1.0, «v», b);"),
    ("E0805", "let y = select(1.0, 2.0, «f»);"),
    ("E0805", "let y = all(«f»);"),
    ("E0805", "let y = length(«i»);"),
    ("E0805", "let y = transpose(«v»);"),
    ("E0805", "let y = determinant(«v»);"),
    ("E0805", "let y = pack4x8unorm(«v»);"),
    ("E0805", "let y = «vec3f(v2, v2)»;"),
    ("E0805", "let y = «vec3f(1.0, 2.0)»;"),
    ("E0805", "let y = vec3f(«b», 1.0, 1.0);"),
    ("E0805", "let y = vec2f(«m»);"),
    ("E0805", "let y = «mat2x2f»(1.0, 2.0, 3.0);"),
    ("E0805", "let y = «array(1.0, b)»;"),
    ("E0805", "let y = «array<f32, 3>(1.0, 2.0)»;"),
    ("E0805", "let y = array<f32, 2>(1.0, «true»);"),
    ("E0805", "let y = «Light(v, 1.0)»;"),
    ("E0805", "let y = Light(«v2», 1.0, array<vec4f, 4>());"),
    ("E0805", "let y = f32(«v»);"),
    ("E0805", "let y = i32(«light»);"),
    ("E0805", "let y = f32();let z = f32(1.0, «2.0»);"),
    ("E0805", "let y = textureSample(image, near, «f»);"),
    ("E0805", "let y = textureSample(image, near, «v»);"),
    ("E0805", "let y = textureSample(image, «compare», v2);"),
    ("E0805", "let y = textureSample(«light», near, v2);"),
    ("E0805", "let y = textureSample(image, «image», v2);"),
    ("E0805", "let y = textureSample(layers, near, v2, «f»);"),
    ("E0805", "let y = «textureSample»(layers, near, v2);"),
    ("E0805", "let y = «textureSample»(image, near);"),
    ("E0805", "let y = textureSampleLevel(image, near, v2, «b»);"),
    ("E0805", "let y = textureSampleLevel(sky, near, «v2», 0.0);"),
    ("E0805", "let y = textureSampleCompare(shadow, compare, v2, «i»);"),
    ("E0805", "let y = textureSampleCompare(«image», compare, v2, 0.5);"),
    ("E0805", "let y = textureLoad(image, «v2», 0);"),
    ("E0805", "let y = textureLoad(image, vec2i(v2), «f»);"),
    ("E0805", "let y = «textureLoad»(image, vec2i(v2));"),
    ("E0805", "let y = textureLoad(many, vec2i(v2), «f»);"),
    ("E0805", "let y = textureGather(«5», image, near, v2);"),
    ("E0805", "let y = textureDimensions(«near»);"),
    ("E0805", "let y = textureNumLayers(«image»);"),
    ("E0805", "let y = textureNumSamples(«image»);"),
    ("E0805", "textureStore(out, vec2i(v2), «v»);"),
    ("E0805", "textureStore(out, «v2», v4);"),
    ("E0805", "textureStore(«image», vec2i(v2), v4);"),
    ("E0805", "let y = arrayLength(«&table»);"),
    ("E0805", "let y = arrayLength(«data»);"),
    ("E0805", "let y = atomicAdd(«&data[0]», 1u);"),
    ("E0805", "let y = atomicAdd(&counts[0], «1i»);"),
    ("E0805", "let y = atomicAdd(&counts[0], «f»);"),
    ("E0805", "let y = «counts[0]»;"),
    ("E0805", "let y = «counts[0]» + 1u;"),
    ("E0805", "let p = «&f»;"),
    ("E0805", "var q = v; let p = &«q.x»;"),
    ("E0805", "let y = «*f»;"),
    ("E0805", "let y = dpdx(«i»);"),
    ("E0804", "let y = «unknown»;"),
    ("E0804", "let y = «unknown»(1.0);"),
    ("E0804", "let y: «vec5f» = f;"),
    ("E0805", "let y = «1 / 0»;"),
    ("E0805", "let y = i / «0»;"),
    ("E0805", "let y = «1e39f»;"),
    ("E0811", "let y = «99999999999»;"),
    ("E0805", "const y = «1.0f / 0.0f»;"),
    ("E0805", "const y = sqrt(«-1.0»);"),
    ("E0805", "const y = log(«-1.0»);"),
    ("E0805", "let y = array<f32, «0»>();"),
    ("E0805", "let y = array<f32, «-1»>();"),
    ("E0805", "let y = array<f32, «1.5»>();"),
    ("E0805", "var y: «array<f32>»;"),
    ("E0805", "var y: «texture_2d<f32>»;"),
    ("E0805", "var y: «sampler»;"),
    ("E0805", "var «y»;"),
    ("E0805", "const_assert «1 > 2»;"),
    ("E0805", "const_assert «1»;"),
    ("E0810", "const y = «f»;"),
    ("E0805", "let y = vec2f(1.0, 2.0)[«2»];"),
    ("E0805", "let y = vec3f(1.0).«w»;"),
    ("E0805", "let y = array(1, 2, 3)[«3»];"),
    ("E0805", "let x = 1.0; { let y = «x» && b; }"),
    ("E0805", "let y = workgroupUniformLoad(«&table»);"),
    ("E0805", "_ = «nothing(1.0)»;"),
    ("E0805", "let y = «f + light»;"),
    ("E0805", "let y = «table + table»;"),
    ("E0805", "let y = image + «1.0»;"),
    ("W0801", "let y = «f32»;"),
    ("E0803", "let y = «half»;"),
    ("E0803", "let y = «Light»;"),
    ("E0805", "let y: «half» = 1.0;"),
    ("E0803", "let y: vec3<b>«;»"),
    ("E0805", "for (var k = 0; k < 3; k += «0.5») { }"),
    ("E0805", "let y = ldexp(f, «f»);"),
    ("E0805", "let y = extractBits(«f», 0u, 1u);"),
    ("E0805", "let y = faceForward(v, v, «v2»);"),
    ("E0805", "let y = refract(v, v, «v»);"),
    ("E0805", "let y = step(v, «f»);"),
    ("E0805", "let y = pow(f, «2u»);"),
    ("E0805", "let y = pow(«i», 2);"),
    ("E0805", "let y = normalize(«f»);"),
    ("E0805", "let y = «vec3f(f).xy * v»;"),
    ("E0805", "let y = v.xyz.xy[«2»];"),
    ("E0805", "var q = 1u; let y = half(«q»);"),
    ("E0805", "let q = 1u; let y = half(«q»);"),
    ("E0805", "const q = 1u; let y = half(«q»);"),
    ("E0805", "var q = 1u; if «q» { }"),
    ("E0805", "let q = 1u; if q == 1u { if «q» { } } else if b { }"),
    ("E0805", "let q = 1u; if b { } else if «q» { }"),
    ("E0805", "var q = 1u; let y = sin(«q»);"),
    ("E0805", "let q = 1u; let y = 1.0 + sin(«q»);"),
    ("E0805", "var q = 1u; var r = 1.0; r = «q»;"),
    ("E0805", "let q = 1u; var r = 1.0; r = 2.0; r = «q»;"),
    ("E0805", "var q = 1u; let y = «f + q»;"),
    ("E0805", "var q = light; q = «light.pos»;"),
    ("E0805", "var q = light; let r = table; q = «r»;"),
    ("E0805", "let q = 1u; let y = max(q, «f») + max(q, q);"),
    ("E0805", "let q = 1u; let y = textureSampleLevel(image, near, v2, «q»);"),
    ("E0805", "var q = 1u; let y = v + textureSampleLevel(image, near, v2, «q + 1u»).xyz;"),
    ("E0805", "let q = 7; let y = v[«q»];"),
    ("E0805", "let q = b && b; let y = vec4f(f32(v[«5»]), f, f, f);"),
    ("E0805", "let y = vec2f(v[0], v[«5»] + v[1]);"),
    ("E0805", "let y = v[0] + v[1] * (v[2] + v[«3»]);"),
    ("E0805", "let y = min(v[«3»], v[0]);"),
    ("E0805", "let y = select(v[«4»], f, b);"),
    ("E0807", "let y = select(1.0, 2.0, b && b «||» b);"),
    ("E0805", "let y = select(1.0, 2.0, «f» && b && b);"),
    ("E0805", "let y = (b && b) || (b && («f» || b));"),
    ("E0805", "let y = («i» && b) == b;"),
    ("E0805", "let y = vec2<bool>(b, («f» && b));"),
    ("E0805 E0805", "for (var k = 0; k < 4; k += v[«5»]) { let y = v[«6»]; }"),
    ("E0805", "for (var k = 0; k < 4; k++) { for (var l = 0; l < 4; l += i32(v[«5»])) { let y = v[1]; } }"),
    ("E0805", "for (var k = v[«5»]; k < 4; k += 1) { let y = v[6]; }"),
    ("E0805", "for (var k = 0.0; k < v[«5»]; k += 1) { let y = v[1]; }"),
    ("E0805", "switch i { case 0: { let y = v[«5»]; } case 1, 2: { } default: { } }"),
    ("E0805", "switch i32(v[«5»]) { case 0: { } default: { } }"),
    ("E0805", "switch i { case 0, 1: { } case 2, «1», 3: { } default: { } }"),
    ("E0805", "switch i { case 0: { switch u { case 1u: { } case «1u»: { } default: { } } } default: { } }"),
    ("E0805", "loop { let q = 1u; if b { break; } continuing { let r = f; break if «q»; } }"),
    ("E0805", "while b { if b { if «i» { } } }"),
    ("E0805", "{ { { let y = m[0][«4»]; } } }"),
    ("E0805", "var k = 0; loop { k += 1; if k > 4 { break; } let y = table[«4»]; }"),
    ("E0805", "table[0] = f; table[1] = f; table[«7»] = f; table[2] = f;"),
    ("E0805", "table[i] = table[«4»];"),
    ("E0805", "table[«4»] = table[i];"),
    ("E0805", "let y = table[table[«4»]];"),
    ("E0805", "let y = f * half(f * half(«i»));"),
    ("E0805", "let y = add(half(f), «v»);"),
    ("E0805", "_ = add(half(f), «v»);"),
    ("E0805", "nothing(«i»);"),
    ("E0805", "var q = 2u; nothing(«q»);"),
    ("E0805", "let p = &table; let y = (*p)[«4»];"),
    ("E0805", "let p = &table; let y = p[«4»];"),
    ("E0805", "let y: i32 = «textureDimensions(image).x»;"),
    ("E0805", "let y = textureLoad(image, vec2i(), 0).«rgbx»;"),
    ("W0801", "let y = textureSample(image, near, v2, «v2»);"),
    ("E0805", "let y = «textureSample»(image, near, v2, vec2i(1, 2), 1);"),
    ("E0805", "let y = textureSample(layers, near, v2, 0, vec2i(1));textureStore(out, vec2i(), «f»);"),
    ("E0805", "let y = textureGather(0, image, near, «v»);"),
    ("E0805", "let y = textureGather(shadow, near, «v»);"),
    ("E0805", "let y = textureGather(0, image, «image», v2);"),
    ("E0805", "let y = textureSampleGrad(image, near, v2, «v», v2);"),
    ("E0805", "let y = textureSampleBias(image, near, v2, «b»);"),
    ("E0805", "let y = «light.pos * light.lamps[0]»;"),
    ("E0805", "let y = -light.«position»;"),
    ("E0805", "let y = light.lamps[0].«q»;"),
    ("E0805", "var q: array<vec2f, 2>; q[0] = «v»;"),
    ("E0805", "var q: array<vec2f, 2>; q[0].y = «v»;"),
    ("E0805", "var q: array<vec2f, 2>; q[«2»].y = f;"),
    ("E0805", "var q = array(1, 2); q[0] = «u»;"),
    ("E0805", "var q: vec3i; q.z = «f»;"),
    ("E0805", "var q = 1u; q <<= «33u»;"),
    ("E0805", "var q = 1; q /= «0»;"),
    ("E0805", "let q = 0; let y = i % «q»;"),
    ("E0805", "let y = «5 / (0)»;"),
    ("E0805", "let y = i / («3 - 3»);"),
    ("E0805", "let y = select(f, f, i == 1 && «f»);"),
    ("E0805", "let y = «vec4(v2, v2, f)»;"),
    ("E0805", "let y = «vec4(v, v2)»;"),
    ("E0805", "let y = mat2x2f(v2, «v»);"),
    ("E0805", "let y = mat2x2f(1.0, 2.0, 3.0, «b»);"),
    ("E0805", "let y = array(v, «v2»);"),
    ("E0805", "let y = array<vec3f, 1>(«v2»);"),
    ("E0805", "let y = u32(«table»);"),
    ("E0805", "let y = bool(«v»);"),
    ("E0805", "let y = pow(v, «2.0»);"),
    ("E0805", "let y = smoothstep(0.0, 1.0, «v»);"),
    ("E0805", "let y = clamp(v, «0.0», 1.0);"),
    ("E0805", "let y = distance(v, «v2»);"),
    ("E0805", "let y = reflect(v, «f»);"),
    ("E0805", "let y = floor(«i»);"),
    ("E0805", "let y = fract(«u»);"),
    ("E0805", "let y = countOneBits(«f»);"),
    ("E0805", "let y = unpack4x8unorm(«f»);"),
    ("E0805", "let y = modf(«i»);"),
    ("E0805", "let y = frexp(f).«fracts»;"),
    ("E0805", "let y = any(«v»);"),
    ("E0805", "let y = inverseSqrt(«b»);"),
    ("E0805", "let y = quantizeToF16(«i»);"),
    ("E0804", "let y = v.x + «w»;"),
    ("E0804", "«w» = 1.0;"),
    ("E0804", "let y = half(«w»);"),
    ("E0803", "let y = «1.0» let z = 2.0;"),
    ("E0803", "let y = (1.0«;»"),
    ("E0805", "let y = f[«i»];"),
    ("E0805", "let y = 0[«i»];"),
    ("E0803", "«half» y = half(f); let z = y + 1.0;"),
    ("E0803", "«lett» y = half(f); let z = y + 1.0;"),
];

/// Whole modules: code and text.
const MODULES: &[(&str, &str)] = &[
    ("E0805", "@vertex fn «vs»() { }"),
    ("E0805", "@vertex fn «vs»() -> @location(0) vec4f { return vec4f(); }"),
    ("E0805", "@vertex fn vs(«i»: u32) -> @builtin(position) vec4f { return vec4f(); }"),
    ("E0805", "@vertex fn vs(@builtin(vertex_index) «i»: i32) -> @builtin(position) vec4f { return vec4f(); }"),
    ("E0805", "@vertex fn vs(@builtin(vertex_index) i: u32) -> @builtin(position) «vec3f» { return vec3f(); }"),
    ("E0805", "@vertex fn vs(@builtin(front_facing) «i»: bool) -> @builtin(position) vec4f { return vec4f(); }"),
    ("E0805", "@fragment fn fs(@location(0) «m»: mat2x2f) -> @location(0) vec4f { return vec4f(); }"),
    ("E0805", "@fragment fn fs(@location(0) «b»: bool) -> @location(0) vec4f { return vec4f(); }"),
    ("E0805", "@fragment fn fs(@location(0) «i»: u32) -> @location(0) vec4f { return vec4f(); }"),
    ("E0805", "@fragment fn fs(@location(0) a: f32, @location(0) «c»: f32) -> @location(0) vec4f { return vec4f(); }"),
    ("E0805", "@fragment fn fs() -> «vec4f» { return vec4f(); }"),
    ("E0805", "@fragment fn fs() -> @location(0) «mat2x2f» { return mat2x2f(); }"),
    ("E0805", "struct O { @location(0) a: vec4f, «c»: vec4f }\n@fragment fn fs() -> O { return O(); }"),
    ("E0805", "struct O { @location(0) a: vec4f, @location(0) «c»: vec4f }\n@fragment fn fs() -> O { return O(); }"),
    ("E0805", "struct O { @builtin(position) «a»: vec3f }\n@vertex fn vs() -> O { return O(); }"),
    ("E0805", "struct O { @location(0) a: vec4f }\n@vertex fn «vs»() -> O { return O(); }"),
    ("E0805", "struct I { @location(0) «a»: mat2x2f }\n@fragment fn fs(i: I) -> @location(0) vec4f { return vec4f(); }"),
    ("E0805", "struct I { @builtin(vertex_index) «a»: u32 }\n@fragment fn fs(i: I) -> @location(0) vec4f { return vec4f(); }"),
    ("E0805", "struct O { @builtin(position) p: vec4f, @builtin(position) «q»: vec4f }\n@vertex fn vs() -> O { return O(); }"),
    ("E0805", "struct O { @builtin(position) p: vec4f, @location(0) «i»: u32 }\n@vertex fn vs() -> O { return O(); }"),
    ("E0805", "@«compute» fn cs() { }"),
    ("E0805", "@compute @workgroup_size(«0») fn cs() { }"),
    ("E0805", "@compute @workgroup_size(64, «0») fn cs() { }"),
    ("E0805", "@compute @workgroup_size(«-1») fn cs() { }"),
    ("E0805", "@compute @workgroup_size(«1.5») fn cs() { }"),
    ("E0809", "@compute @workgroup_size(1) fn «cs»() -> @location(0) f32 { return 1.0; }"),
    ("E0805", "@compute @workgroup_size(1) fn cs(@builtin(position) «p»: vec4f) { }"),
    ("E0805", "fn f(@location(0) «a»: f32) { }"),
    ("E0805", "fn f() -> @location(0) «f32» { return 1.0; }"),
    ("E0805", "fn «f»() -> f32 { }"),
    ("E0805", "fn «f»(x: bool) -> f32 { if x { return 1.0; } }"),
    ("E0805", "fn f() -> f32 { return «1u»; }"),
    ("E0805", "fn f() -> vec3f { return «vec2f(1.0)»; }"),
    ("E0805", "fn f() -> f32 { «return»; }"),
    ("E0805", "fn f() { return «1.0»; }"),
    ("E0805", "fn f(x: «array<f32>») { }"),
    ("E0805", "fn f(x: texture_2d<f32>) -> «sampler» { }"),
    ("E0805", "fn f(x: f32, «x»: f32) { }"),
    ("E0805", "fn f(x: f32) { } fn «f»() { }"),
    ("E0805", "fn f() { «f»(); }"),
    ("E0805", "fn f() { «g»(); } fn g() { f(); }"),
    ("E0805", "var<private> a: f32 = «1u»;"),
    ("E0805", "var<private> a: f32 = «true»;"),
    ("E0805", "const a: f32 = «true»;"),
    ("E0805", "const a: vec2f = «vec3f()»;"),
    ("E0805", "const a = «1.0 + true»;"),
    ("E0805", "const a = «1 && true»;"),
    ("E0805", "const a = true; const b = 1; const c = «a && b»;"),
    ("E0805", "const a = vec2f()[«2»];"),
    ("E0805", "const a = array(1, 2); const b = a[«2»];"),
    ("E0805", "const a = «1 / 0»;"),
    ("E0805", "const a = «b» ; const b = a;"),
    ("E0805", "const a = «a»;"),
    ("E0804", "const a = «b»;"),
    ("E0805", "override a: «vec2f» = vec2f();"),
    ("E0805", "override a: f32 = «1u»;"),
    ("E0805", "override a = «1.0 + true»;"),
    ("E0805", "@id(1) override a = 1; @id(1) override «b» = 2;"),
    ("E0805", "@id(«70000») override a = 1;"),
    ("E0805", "@id(«-1») override a = 1;"),
    ("E0805", "override «a»;"),
    ("E0805", "@group(0) @binding(0) var<uniform> «a»: array<f32, 4>;"),
    ("E0805", "@group(0) @binding(0) var<uniform> «a»: bool;"),
    ("E0805", "struct S { «a»: bool }\n@group(0) @binding(0) var<uniform> s: S;"),
    ("E0805", "struct S { a: f32, «b»: array<f32, 4> }\n@group(0) @binding(0) var<uniform> s: S;"),
    ("E0805", "struct S { a: f32, «b»: T }\nstruct T { x: f32 }\n@group(0) @binding(0) var<uniform> s: S;"),
    ("E0805", "@group(0) @binding(0) var<uniform> «a»: array<vec4f>;"),
    ("E0805", "var<uniform> «a»: vec4f;"),
    ("E0805", "@group(0) @binding(0) var<private> «a»: vec4f;"),
    ("E0805", "@group(0) var<uniform> «a»: vec4f;"),
    ("E0805", "@binding(0) var<uniform> «a»: vec4f;"),
    ("E0805", "@group(«-1») @binding(0) var<uniform> a: vec4f;"),
    ("E0805", "@group(0) @binding(«1.5») var<uniform> a: vec4f;"),
    ("E0805", "@group(0) @binding(0) var<uniform> a: vec4f = «vec4f()»;"),
    ("E0805", "@group(0) @binding(0) var<storage, write> «a»: vec4f;"),
    ("E0805", "@group(0) @binding(0) var<«storge»> a: vec4f;"),
    ("E0805", "@group(0) @binding(0) var<uniform> «a»: texture_2d<f32>;"),
    ("E0805", "@group(0) @binding(0) var «a»: vec4f;"),
    ("E0805", "@group(0) @binding(0) var a: texture_2d<«bool»>;"),
    ("E0805", "@group(0) @binding(0) var a: «texture_2d»;"),
    ("E0805", "@group(0) @binding(0) var a: texture_storage_2d<«rgba8», write>;"),
    ("E0805", "@group(0) @binding(0) var a: texture_storage_2d<rgba8unorm, «wr»>;"),
    (
        "E0805",
        "@group(0) @binding(0) var<uniform> a: f32;\n@group(0) @binding(0) var<uniform> «b»: f32;\n@fragment fn fs() -> @location(0) vec4f { return vec4f(a + b); }",
    ),
    ("E0805", "var<private> «a»: array<f32>;"),
    ("E0805", "var<private> a: array<f32, «0»>;"),
    ("E0805", "var<private> a: array<f32, «-4»>;"),
    ("E0805", "var<workgroup> a: f32 = «1.0»;"),
    ("E0805", "var<workgroup> a: array<f32, «2.5»>;"),
    ("E0805", "struct S { «a»: array<f32>, b: f32 }"),
    ("E0805", "struct S { a: f32, «a»: f32 }"),
    ("E0805", "struct S { «a»: texture_2d<f32> }"),
    ("E0805", "struct «S» { }"),
    ("E0805", "struct S { @size(«2») a: f32 }"),
    ("E0805", "struct S { @align(«3») a: f32 }"),
    ("E0805", "struct S { @align(«2») a: vec4f }"),
    ("E0805", "struct S { a: «S» }"),
    ("E0805", "struct S { @builtin(«positon») a: vec4f }"),
    ("E0805", "struct S { @«locaton»(0) a: vec4f }"),
    ("E0805", "struct S { @location(0) @«location»(1) a: vec4f }"),
    ("E0805", "struct S { @location(0) @interpolate(«flt») a: vec4f }"),
    ("E0805", "alias A = array<f32, «0»>;"),
    ("E0804", "alias A = «vec5f»;"),
    ("E0805", "alias A = «B»; alias B = A;"),
    ("E0805", "const_assert «1 > 2»;"),
    ("E0805", "const_assert «1 && true»;"),
    ("E0805", "«enable» f17;"),
    ("E0803", "«let» a = 1;"),
    ("E0805", "@fragment fn fs() { «dpdx»(1u); }"),
    ("E0805", "@vertex fn vs() -> @builtin(position) vec4f { return vec4f(«dpdx»(1.0)); }"),
    ("E0805", "@vertex fn vs() -> @builtin(position) vec4f { «discard»; return vec4f(); }"),
    ("E0805", "fn h() { discard; } @vertex fn vs() -> @builtin(position) vec4f { «h»(); return vec4f(); }"),
    ("E0805", "@vertex fn vs() -> @builtin(position) vec4f { «workgroupBarrier»(); return vec4f(); }"),
    ("E0805", "@fragment fn fs() { «storageBarrier»(); }"),
    ("E0805", "@vertex fn vs() -> @builtin(position) vec4f { return vec4f(); }\n@fragment fn fs() { _ = «vs»(); }"),
    (
        "E0805",
        "@group(0) @binding(0) var t: texture_2d<f32>; @group(0) @binding(1) var s: sampler;\n@compute @workgroup_size(1) fn cs() { _ = «textureSample»(t, s, vec2f()); }",
    ),
    ("E0805", "var<private> «a»: atomic<u32>;"),
    ("E0805", "@group(0) @binding(0) var<uniform> «a»: atomic<u32>;"),
    ("E0805", "var<private> a: «atomic<f32>»;"),
    ("W0801", "fn f(p: «ptr<uniform, f32>») -> f32 { return *p; }"),
    ("E0805", "var<private> «p»: ptr<private, f32>;"),
    ("E0805", "struct S { «p»: ptr<private, f32> }"),
    ("E0805", "fn f() -> «ptr<function, f32>» { }"),
    ("E0805", "fn f() -> «array<f32>» { }"),
    ("E0805", "var<private> a: mat2x2<«i32»>;"),
    ("E0805", "var<private> a: vec2<«vec2f»>;"),
    ("E0805", "const a = vec3f(1.0).«w»;"),
    ("E0805", "const a = «mat2x2f() * vec3f()»;"),
    ("E0805", "@«must_use» fn f() { }"),
    ("E0805", "@must_use fn f() -> f32 { return 1.0; } fn g() { «f»(); }"),
    ("E0803", "fn f() -> f32 { return 1.0; } fn f2() { f(«)» = 1.0; }"),
    ("E0805", "@vertex @«fragment» fn f() -> @builtin(position) vec4f { return vec4f(); }"),
    ("E0805", "@fragment fn fs(@builtin(position) p: vec4f, @builtin(position) «q»: vec4f) { }"),
    ("E0805", "@workgroup_size(1) @compute fn cs(@builtin(global_invocation_id) «i»: u32) { }"),
    ("E0819", "@fragment fn fs(@location(«100000») a: f32) { }"),
    ("E0805", "«diagnostic»(of, derivative_uniformity);"),
    ("E0805", "fn f(a: vec2<i32>, b: vec2<i32>) -> bool { return all(a == b) && «a.x»; }"),
    ("E0805", "@fragment fn fs() -> @location(0) vec4f { return «vec4f(1.0) * 1u»; }"),
    ("E0805", "fn g(a: f32) -> f32 { return a; }\nfn h(a: i32) -> f32 { return g(«a»); }"),
    ("E0805", "fn g(a: f32) -> u32 { return «a»; }"),
    ("E0805", "fn g(a: f32) -> u32 { let q = a * 2.0; return «q»; }"),
    ("E0805", "fn g(a: f32) -> u32 { var q = a * 2.0; if a > 1.0 { return 1u; } return «q»; }"),
    ("E0805", "fn g() -> u32 { var q: vec2u; return «q»; }"),
    ("E0805", "fn g() -> f32 { return h(«1u»); }\nfn h(x: f32) -> f32 { return x; }"),
    ("E0805", "fn g() -> f32 { let v = vec2f(); return v[«2»]; }\nfn h(x: vec3f) -> f32 { return x[2]; }"),
    ("E0805", "fn g(v: vec3f) -> f32 { return v[2]; }\nfn h(v: vec2f) -> f32 { return v[«2»]; }"),
    ("E0805", "fn h(v: vec2f) -> f32 { return v[«2»] * N; }\nconst N = 4.0;"),
    (
        "E0805",
        "fn g(v: vec2f, a: bool) -> bool { return h(v[0]) && a; }\nfn h(v: f32) -> bool { let k = 1; return k > 0 && «v»; }",
    ),
    ("E0805", "fn g(a: f32) -> bool { return (a * 2.0 > 1.0) || «a + 1.0»; }"),
    ("E0805", "fn g(a: f32, b: bool) -> bool { return «(a + 1.0)» || b; }"),
    ("E0805", "fn g(a: f32, b: bool) -> bool { return !b && «-a» && b; }"),
    ("E0805", "var<private> a = array(1, 2)[«2»];"),
    ("E0805", "const A = vec3f(1.0); const B = A[«3»];"),
    ("E0805", "const A = 3; fn f(v: vec3f) -> f32 { return v[«A»]; }"),
    ("E0805", "const A = array<f32, 4>(); fn f() -> f32 { return A[«4»]; }"),
    ("E0805", "var<private> t: array<f32, «N»>; const N = -1;"),
    ("E0805", "var<workgroup> a: array<u32, 4>;\n@compute @workgroup_size(1) fn cs() { a[«4»] = 1u; }"),
    (
        "E0805",
        "struct V { @builtin(position) p: vec4f, @location(0) c: vec3f }\n@vertex fn vs() -> V { var o: V; o.c = «vec4f()»; return o; }",
    ),
    ("E0805", "struct V { @builtin(position) p: vec4f, @location(0) c: vec3f }\n@vertex fn vs() -> V { return «V(vec4f())»; }"),
    ("E0805", "struct V { @builtin(position) p: vec4f }\n@vertex fn vs() -> V { return V(«vec3f()»); }"),
    ("E0805", "struct V { @builtin(position) p: vec4f }\n@vertex fn vs() -> V { return «vec4f()»; }"),
    (
        "E0805",
        "@vertex fn vs(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f { let p = array(vec2f(), vec2f()); return «vec4f(p[i], 0.0, 1.0) + i»; }",
    ),
    ("E0805", "@vertex fn vs(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f { return «vec4f(f32(i)) * vec3f()»; }"),
    ("E0805", "@fragment fn fs(@location(0) uv: vec2f) -> @location(0) vec4f { return «uv»; }"),
    ("E0805", "@fragment fn fs(@location(0) uv: vec2f) -> @location(0) vec4f { let c = vec3f(uv, 0.0); return «c»; }"),
    ("E0805", "@fragment fn fs(@location(0) uv: vec2f) -> @location(0) vec4f { return «vec4f(uv, uv.xyx)»; }"),
    ("E0805", "fn deep() { storageBarrier(); }\nfn mid() { deep(); }\n@fragment fn fs() { let x = 1; «mid»(); }"),
    (
        "E0805",
        "@group(0) @binding(0) var<storage, read_write> d: array<f32>;\n@compute @workgroup_size(1) fn cs() { d[0] = «vec2f()»; }",
    ),
    (
        "E0805 E0805",
        "struct P { a: vec2f, b: vec2f }\n@group(0) @binding(0) var<storage, read_write> d: array<P>;\n@compute @workgroup_size(1) fn cs(@builtin(global_invocation_id) g: vec3u) { d[g.x] = «d[0].a»; d[g.y].a = «g.xy»; }",
    ),
    (
        "E0805",
        "struct P { a: vec2f, b: vec2f }\n@group(0) @binding(0) var<storage, read> d: array<P>;\n@compute @workgroup_size(1) fn cs(@builtin(global_invocation_id) g: vec3u) { «d[g.x].a» = vec2f(); }",
    ),
    ("E0805", "@group(0) @binding(0) var<uniform> d: vec4f;\n@compute @workgroup_size(1) fn cs() { «d» = vec4f(); }"),
    (
        "E0805",
        "@vertex fn vs(@builtin(vertex_index) «i»: f32) -> @builtin(position) vec4f { return vec4f(f32(i & 1u), f32(i >> 1u), 0.0, 1.0); }",
    ),
    (
        "E0805",
        "@vertex fn vs(@builtin(vertex_index) «i»: vec2f) -> @builtin(position) vec4f { let x = i % 2u; let y = i / 2u; return vec4f(f32(x), f32(y), 0.0, 1.0); }",
    ),
    ("E0805", "@vertex fn vs(@builtin(vertex_index) i: u32) -> @builtin(position) «vec3f» { return vec4f(f32(i)); }"),
    (
        "E0805",
        "@vertex fn vs(@builtin(vertex_index) i: u32) -> @builtin(position) «f32» { if i == 0 { return vec4f(); } let p = vec4f(f32(i)); return p; }",
    ),
    ("E0805", "@fragment fn fs(@builtin(position) «p»: f32) -> @location(0) vec4f { return vec4f(p.xy / p.w, 0.0, 1.0); }"),
    ("E0805", "@fragment fn fs(@builtin(position) «p»: vec3f) -> @location(0) vec4f { return p; }"),
    (
        "E0805",
        "struct V { @builtin(position) «p»: vec2f, @location(0) c: f32 }\n@vertex fn vs() -> V { var o: V; o.p = vec4f(); o.p.w = 1.0; return o; }",
    ),
    ("E0805", "struct V { @builtin(position) «p»: i32, @location(0) c: f32 }\n@vertex fn vs() -> V { return V(vec4f(), 1.0); }"),
    (
        "E0805",
        "struct V { @builtin(position) «p»: f32, @location(0) c: f32 }\n@vertex fn vs() -> V { let q = vec4f(); return V(vec4f(q.xy, 0.0, 1.0), 1.0); }\n@fragment fn fs(v: V) -> @location(0) vec4f { return v.p * v.c; }",
    ),
    (
        "E0805",
        "@compute @workgroup_size(8) fn cs(@builtin(global_invocation_id) «g»: vec3f) { let i = g.x + g.y * 8u; if i > 3u { return; } }",
    ),
    (
        "E0805",
        "struct I { @builtin(global_invocation_id) «g»: u32 }\n@compute @workgroup_size(8) fn cs(i: I) { let k = i.g.x + i.g.y * 8u; }",
    ),
    ("E0805", "@compute @workgroup_size(8) fn cs(@builtin(local_invocation_index) «g»: f32) { if g == 0u { return; } }"),
    (
        "E0805",
        "@fragment fn fs(@builtin(front_facing) «q»: u32) -> @location(0) vec4f { if q { return vec4f(); } return vec4f(1.0); }",
    ),
    (
        "E0805",
        "struct O { @location(0) c: vec4f, @builtin(frag_depth) «d»: vec2f }\n@fragment fn fs() -> O { return O(vec4f(), 0.5); }",
    ),
    ("E0803", "«strct» Light { a: f32 }\nfn f(l: Light) -> f32 { return l.a; }"),
    ("E0803", "«func» g(x: f32) -> f32 { return x; }\nfn f() -> f32 { return g(1.0); }"),
    ("E0803", "«let» g = 1.0;\nfn f() -> f32 { return g; }"),
];

/// A device with all features.
fn everything() -> Given {
    let features = Feature::ALL.iter().map(|feature| (*feature, (true, Span::default()))).collect();
    Given { device: Device { features, ..Device::default() }, ..Given::default() }
}

fn findings(wgsl: &str) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    check(&assemble(&[Piece::file(FileId(0), wgsl)]), &everything(), &mut diagnostics);
    diagnostics
}

/// The text with its findings marked, and their codes.
fn shown(wgsl: &str, found: &[Diagnostic]) -> (String, Vec<&'static str>) {
    let mut places: Vec<(usize, usize, &str)> = found
        .iter()
        .map(|diagnostic| {
            let span = diagnostic.primary.as_ref().expect("a shader's diagnostics have a place").span;
            (span.start as usize, span.end as usize, diagnostic.code.as_str())
        })
        .collect();
    places.sort_unstable();
    let mut out = wgsl.to_owned();
    for (start, end, _) in places.iter().rev() {
        out.insert(*end, '»');
        out.insert(*start, '«');
    }
    (out, places.iter().map(|(_, _, code)| *code).collect())
}

/// What is wrong with the places of some rows; `around` makes a whole shader of each.
fn differences(rows: &[(&str, &str)], around: impl Fn(&str) -> String) -> Vec<String> {
    let mut wrong = Vec::new();
    for (codes, row) in rows {
        let expected = around(row);
        let wgsl = expected.replace(['«', '»'], "");
        let found = findings(&wgsl);
        let (marked, found_codes) = shown(&wgsl, &found);
        let is_right = marked == expected && found_codes.join(" ") == *codes;
        if !is_right || std::env::var_os("PLACES").is_some() {
            let mut report = format!("{} {row}\n", if is_right { "right" } else { "WRONG" });
            for diagnostic in &found {
                let (line, _) = shown(&wgsl, std::slice::from_ref(diagnostic));
                let line = line.split('\n').skip_while(|line| !line.contains('«')).collect::<Vec<_>>();
                let end = line.iter().position(|line| line.contains('»')).unwrap_or(0);
                let label = diagnostic.primary.as_ref().map_or("", |label| label.message.as_str());
                report += &format!(
                    "    {} {} [{label}]\n        {}\n",
                    diagnostic.code.as_str(),
                    diagnostic.message,
                    line[..=end].join("⏎")
                );
                for label in &diagnostic.secondary {
                    report += &format!(
                        "      also `{}` {}\n",
                        &wgsl[label.span.start as usize..label.span.end as usize],
                        label.message
                    );
                }
                if let Some(help) = &diagnostic.help {
                    report += &format!("      help: {help}\n");
                }
            }
            wrong.push(report);
        }
    }
    wrong
}

#[test]
fn mistakes_in_statements_are_shown_where_they_are() {
    let wrong = differences(STATEMENTS, |row| format!("{PROLOGUE}{RESOURCES}{HEAD}{row}\n}}\n"));
    assert!(wrong.is_empty(), "{}", wrong.concat());
}

#[test]
fn mistakes_in_declarations_are_shown_where_they_are() {
    let wrong = differences(MODULES, |row| format!("{PROLOGUE}{row}\n"));
    assert!(wrong.is_empty(), "{}", wrong.concat());
}

/// What every scene of [`SCENES`] ends with.
const SCENE: &str = "
#renderPipeline pipeline { vertex={ module=shader } fragment={ module=shader targets=[{}] } }
#renderPass pass { pipeline=pipeline draw=3 }
#frame main { perform=[pass] }
";

/// Stands in every scene's shader, so that its start is nobody's mistake.
const VERTEX: &str = "struct Unrelated { a: f32 }
@vertex fn corner(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f { return vec4f(f32(i)); }
";

/// Scenes whose shader is put together from several places: code, and files by name, the scene first. `VERTEX` stands for [`VERTEX`].
const SCENES: &[(&str, &[(&str, &str)])] = &[
    // A file is the shader.
    (
        "E0805",
        &[
            ("main.pngine", "#shaderModule shader { code=\"./paint.wgsl\" }"),
            ("paint.wgsl", "VERTEX@fragment fn fs(@location(0) f: f32) -> @location(0) vec4f { return vec4f(f32(«f» && true)); }"),
        ],
    ),
    // A string with escapes and letters of several bytes before the mistake.
    (
        "E0805",
        &[(
            "main.pngine",
            "#shaderModule shader { code=\"VERTEX// é \\\" \\\\ ü\n@fragment fn fs() -> @location(0) vec4f { let v = vec3f(); return vec4f(v[«7»]); }\" }",
        )],
    ),
    // Fragments of scene text, the mistake in the first of three.
    (
        "E0805",
        &[(
            "main.pngine",
            "#wgsl one { value=\"fn one(x: f32) -> bool { return true && «x»; }\" }
            #wgsl two { value=\"fn two(x: f32) -> f32 { return x; }\" }
            #shaderModule shader { imports=[two one] code=\"VERTEX@fragment fn fs() -> @location(0) vec4f { return vec4f(two(1.0)); }\" }",
        )],
    ),
    (
        "E0805",
        &[(
            "main.pngine",
            "#wgsl one { value=\"fn one(x: f32) -> f32 { var v = vec3f(x); return v[«3»]; }\" }
            #shaderModule shader { imports=[one] code=\"VERTEX@fragment fn fs() -> @location(0) vec4f { return vec4f(one(1.0)); }\" }",
        )],
    ),
    // Fragments in files.
    (
        "E0805",
        &[
            (
                "main.pngine",
                "#wgsl noise { value=\"./lib/noise.wgsl\" }
                #shaderModule shader { imports=[noise] code=\"VERTEX@fragment fn fs() -> @location(0) vec4f { return vec4f(noise(1u)); }\" }",
            ),
            ("lib/noise.wgsl", "fn noise(x: u32) -> f32 { let y = x * 3u; return sin(«y»); }"),
        ],
    ),
    // An imported file of scene text.
    (
        "E0805",
        &[
            ("main.pngine", "#import \"./shader.pngine\""),
            (
                "shader.pngine",
                "#shaderModule shader { code=\"VERTEX@fragment fn fs(@location(0) f: f32) -> @location(0) vec4f { if «f» || true { return vec4f(); } return vec4f(1); }\" }",
            ),
        ],
    ),
    // Imports inside WGSL.
    (
        "E0805",
        &[
            (
                "main.pngine",
                "#shaderModule shader { code=\"import package::lib::noise::noise;\nVERTEX@fragment fn fs() -> @location(0) vec4f { return vec4f(noise(1.0)); }\" }",
            ),
            ("lib/noise.wgsl", "fn unused() { }\nfn noise(x: f32) -> f32 { let q = vec2f(x); return q.x + q[«2»]; }"),
        ],
    ),
    (
        "E0805",
        &[
            (
                "main.pngine",
                "#shaderModule shader { code=\"import package::lib::noise::noise;\nVERTEX@fragment fn fs() -> @location(0) vec4f { return vec4f(noise(«2u»)); }\" }",
            ),
            ("lib/noise.wgsl", "fn noise(x: f32) -> f32 { return x; }"),
        ],
    ),
    // Behind defines, and in one.
    (
        "E0805",
        &[(
            "main.pngine",
            "#define COUNT=12345
            #shaderModule shader { code=\"VERTEX@fragment fn fs(@location(0) f: f32) -> @location(0) vec4f { let n = COUNT + COUNT; return vec4f(f32(n)) + vec4f(f32(«f» && n > COUNT)); }\" }",
        )],
    ),
    (
        "E0805",
        &[(
            "main.pngine",
            "#define COUNT=4
            #shaderModule shader { code=\"VERTEX@fragment fn fs(@location(0) f: f32) -> @location(0) vec4f { let v = vec4f(f); return vec4f(v[COUNT - 1], v[«COUNT»], 0, 0); }\" }",
        )],
    ),
    (
        "E0805",
        &[(
            "main.pngine",
            "#define BLEND=\"mix(1u, 2u, 0.5)\"
            #shaderModule shader { code=\"VERTEX@fragment fn fs() -> @location(0) vec4f { return vec4f(«BLEND»); }\" }",
        )],
    ),
    // A pass has text of its own around the author's.
    (
        "E0805",
        &[
            (
                "main.pngine",
                "#pass tinted { code=\"@fragment fn main(@builtin(position) at: vec4f) -> @location(0) vec4f { let v = at.xy; return vec4f(v, v[«2»], 1); }\" }
                #shaderModule shader { code=\"VERTEX@fragment fn fs() -> @location(0) vec4f { return vec4f(); }\" }",
            ),
        ],
    ),
];

#[test]
fn mistakes_in_assembled_shaders_are_shown_in_their_file() {
    let mut wrong = Vec::new();
    for (codes, files) in SCENES {
        let marked: Vec<(&str, String)> = files
            .iter()
            .enumerate()
            .map(|(index, (name, text))| {
                let text = text.replace("VERTEX", VERTEX);
                (*name, if index == 0 { text + SCENE } else { text })
            })
            .collect();
        let plain = |text: &str| text.replace(['«', '»'], "");
        let sources = MemorySources(marked.iter().map(|(name, text)| ((*name).to_owned(), plain(text).into_bytes())).collect());
        let (main, text) = &marked[0];
        let compiled = pngine_compiler::compile(&sources, main, plain(text).as_bytes(), &Options::default());
        let errors: Vec<Diagnostic> =
            compiled.diagnostics.iter().filter(|found| found.severity() == Severity::Error).cloned().collect();
        let mut found_codes = Vec::new();
        for (name, text) in &marked {
            let is_here = |found: &&Diagnostic| {
                found.primary.as_ref().is_some_and(|label| compiled.sources.file(label.span.file).name == *name)
            };
            let here: Vec<Diagnostic> = errors.iter().filter(is_here).cloned().collect();
            let (found, here_codes) = shown(&plain(text), &here);
            found_codes.extend(here_codes);
            if found != *text {
                let told: Vec<&str> = errors.iter().map(|found| found.message.as_str()).collect();
                wrong.push(format!("{name}: {found}\n    {told:?}\n"));
            }
        }
        if found_codes.join(" ") != *codes {
            wrong.push(format!("{}: {} where {codes} is expected\n", marked[0].1, found_codes.join(" ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.concat());
}
