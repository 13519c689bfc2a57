//! Operators, constructors and built-in functions: one table of rows, and the choice among them. WGSL sections 6.1.3, 8.7 to 8.9 and 17.
//!
//! A row is a line of [`ROWS`], or one that [`constructors`] makes. It is read as the specification writes it, with these shorts:
//!
//! - `T*` stands for `T` in one overload, and for `vecN<T>` in another.
//! - `N`, `C`, `R` and `K` are numbers of components, columns and rows; any other capital letter is a scalar, of those that stand behind the
//!   semicolon. `A`, `L` and `Q` are `i32` or `u32` everywhere, as array indexes, levels and coordinates are.
//! - `AS` is any address space and `AM` any access mode; `F` is a format of a storage texture, and `CF` the scalar of its channels.
//! - In front of `fn` stand `const` (a constant if its arguments are; its result must be used), `use` (its result must be used), `fragment`
//!   and `compute` (the only stage that it may be called in), `uniform` (needs uniform control flow), `subgroups` (needs the extension).
//! - `const` in front of a parameter: a constant has to be given.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::OnceLock;

use crate::types::{Access, Dimension, Scalar, Size, Space, Texture, Type, TypeId, Types};

/// All rows but those of constructors.
#[rustfmt::skip]
const ROWS: &str = "
const fn +(a: T*, b: T*) -> T*; T: number
const fn +(a: vecN<T>, b: T) -> vecN<T>; T: number
const fn +(a: T, b: vecN<T>) -> vecN<T>; T: number
const fn +(a: matCxR<T>, b: matCxR<T>) -> matCxR<T>; T: float
const fn -(a: T*, b: T*) -> T*; T: number
const fn -(a: vecN<T>, b: T) -> vecN<T>; T: number
const fn -(a: T, b: vecN<T>) -> vecN<T>; T: number
const fn -(a: matCxR<T>, b: matCxR<T>) -> matCxR<T>; T: float
const fn *(a: T*, b: T*) -> T*; T: number
const fn *(a: vecN<T>, b: T) -> vecN<T>; T: number
const fn *(a: T, b: vecN<T>) -> vecN<T>; T: number
const fn *(a: matCxR<T>, b: T) -> matCxR<T>; T: float
const fn *(a: T, b: matCxR<T>) -> matCxR<T>; T: float
const fn *(a: matCxR<T>, b: vecC<T>) -> vecR<T>; T: float
const fn *(a: vecR<T>, b: matCxR<T>) -> vecC<T>; T: float
const fn *(a: matKxR<T>, b: matCxK<T>) -> matCxR<T>; T: float
const fn /(a: T*, b: T*) -> T*; T: number
const fn /(a: vecN<T>, b: T) -> vecN<T>; T: number
const fn /(a: T, b: vecN<T>) -> vecN<T>; T: number
const fn %(a: T*, b: T*) -> T*; T: number
const fn %(a: vecN<T>, b: T) -> vecN<T>; T: number
const fn %(a: T, b: vecN<T>) -> vecN<T>; T: number
const fn unary-(a: T*) -> T*; T: signed
const fn unary~(a: T*) -> T*; T: int
const fn unary!(a: bool) -> bool
const fn unary!(a: vecN<bool>) -> vecN<bool>
const fn ==(a: T, b: T) -> bool; T: scalar
const fn ==(a: vecN<T>, b: vecN<T>) -> vecN<bool>; T: scalar
const fn !=(a: T, b: T) -> bool; T: scalar
const fn !=(a: vecN<T>, b: vecN<T>) -> vecN<bool>; T: scalar
const fn <(a: T, b: T) -> bool; T: number
const fn <(a: vecN<T>, b: vecN<T>) -> vecN<bool>; T: number
const fn <=(a: T, b: T) -> bool; T: number
const fn <=(a: vecN<T>, b: vecN<T>) -> vecN<bool>; T: number
const fn >(a: T, b: T) -> bool; T: number
const fn >(a: vecN<T>, b: vecN<T>) -> vecN<bool>; T: number
const fn >=(a: T, b: T) -> bool; T: number
const fn >=(a: vecN<T>, b: vecN<T>) -> vecN<bool>; T: number
const fn &&(a: bool, b: bool) -> bool
const fn ||(a: bool, b: bool) -> bool
const fn &(a: T*, b: T*) -> T*; T: bits
const fn |(a: T*, b: T*) -> T*; T: bits
const fn ^(a: T*, b: T*) -> T*; T: int
const fn <<(a: T, b: u32) -> T; T: int
const fn <<(a: vecN<T>, b: vecN<u32>) -> vecN<T>; T: int
const fn >>(a: T, b: u32) -> T; T: int
const fn >>(a: vecN<T>, b: vecN<u32>) -> vecN<T>; T: int

const fn bitcast<T*>(e: T*) -> T*; T: concrete
const fn bitcast<T*>(e: S*) -> T*; T: word, S: word
const fn bitcast<T>(e: vec2<f16>) -> T; T: word
const fn bitcast<vec2<T>>(e: vec4<f16>) -> vec2<T>; T: word
const fn bitcast<vec2<f16>>(e: T) -> vec2<f16>; T: word
const fn bitcast<vec4<f16>>(e: vec2<T>) -> vec4<f16>; T: word

const fn all(e: bool) -> bool
const fn all(e: vecN<bool>) -> bool
const fn any(e: bool) -> bool
const fn any(e: vecN<bool>) -> bool
const fn select(f: T*, t: T*, cond: bool) -> T*; T: scalar
const fn select(f: vecN<T>, t: vecN<T>, cond: vecN<bool>) -> vecN<T>; T: scalar
use fn arrayLength(p: ptr<storage, array, AM>) -> u32

const fn abs(e: T*) -> T*; T: number
const fn acos(e: T*) -> T*; T: float
const fn acosh(e: T*) -> T*; T: float
const fn asin(e: T*) -> T*; T: float
const fn asinh(e: T*) -> T*; T: float
const fn atan(e: T*) -> T*; T: float
const fn atanh(e: T*) -> T*; T: float
const fn atan2(y: T*, x: T*) -> T*; T: float
const fn ceil(e: T*) -> T*; T: float
const fn clamp(e: T*, low: T*, high: T*) -> T*; T: number
const fn cos(e: T*) -> T*; T: float
const fn cosh(e: T*) -> T*; T: float
const fn countLeadingZeros(e: T*) -> T*; T: integer
const fn countOneBits(e: T*) -> T*; T: integer
const fn countTrailingZeros(e: T*) -> T*; T: integer
const fn cross(e1: vec3<T>, e2: vec3<T>) -> vec3<T>; T: float
const fn degrees(e: T*) -> T*; T: float
const fn determinant(e: matCxC<T>) -> T; T: float
const fn distance(e1: T*, e2: T*) -> T; T: float
const fn dot(e1: vecN<T>, e2: vecN<T>) -> T; T: number
const fn dot4U8Packed(e1: u32, e2: u32) -> u32
const fn dot4I8Packed(e1: u32, e2: u32) -> i32
const fn exp(e: T*) -> T*; T: float
const fn exp2(e: T*) -> T*; T: float
const fn extractBits(e: T*, offset: u32, count: u32) -> T*; T: integer
const fn faceForward(e1: vecN<T>, e2: vecN<T>, e3: vecN<T>) -> vecN<T>; T: float
const fn firstLeadingBit(e: T*) -> T*; T: integer
const fn firstTrailingBit(e: T*) -> T*; T: integer
const fn floor(e: T*) -> T*; T: float
const fn fma(e1: T*, e2: T*, e3: T*) -> T*; T: float
const fn fract(e: T*) -> T*; T: float
const fn frexp(e: T*) -> frexp_result<T*>; T: float
const fn insertBits(e: T*, newbits: T*, offset: u32, count: u32) -> T*; T: integer
const fn inverseSqrt(e: T*) -> T*; T: float
const fn ldexp(e1: T*, e2: S*) -> T*; T: abstract-float, S: abstract-int
const fn ldexp(e1: T*, e2: S*) -> T*; T: f32 f16, S: i32
const fn length(e: T*) -> T; T: float
const fn log(e: T*) -> T*; T: float
const fn log2(e: T*) -> T*; T: float
const fn max(e1: T*, e2: T*) -> T*; T: number
const fn min(e1: T*, e2: T*) -> T*; T: number
const fn mix(e1: T*, e2: T*, e3: T*) -> T*; T: float
const fn mix(e1: vecN<T>, e2: vecN<T>, e3: T) -> vecN<T>; T: float
const fn modf(e: T*) -> modf_result<T*>; T: float
const fn normalize(e: vecN<T>) -> vecN<T>; T: float
const fn pow(e1: T*, e2: T*) -> T*; T: float
const fn quantizeToF16(e: T*) -> T*; T: f32
const fn radians(e: T*) -> T*; T: float
const fn reflect(e1: vecN<T>, e2: vecN<T>) -> vecN<T>; T: float
const fn refract(e1: vecN<T>, e2: vecN<T>, e3: T) -> vecN<T>; T: float
const fn reverseBits(e: T*) -> T*; T: integer
const fn round(e: T*) -> T*; T: float
const fn saturate(e: T*) -> T*; T: float
const fn sign(e: T*) -> T*; T: signed
const fn sin(e: T*) -> T*; T: float
const fn sinh(e: T*) -> T*; T: float
const fn smoothstep(edge0: T*, edge1: T*, x: T*) -> T*; T: float
const fn sqrt(e: T*) -> T*; T: float
const fn step(edge: T*, x: T*) -> T*; T: float
const fn tan(e: T*) -> T*; T: float
const fn tanh(e: T*) -> T*; T: float
const fn transpose(e: matRxC<T>) -> matCxR<T>; T: float
const fn trunc(e: T*) -> T*; T: float

use fragment uniform fn dpdx(e: T*) -> T*; T: f32
use fragment uniform fn dpdxCoarse(e: T*) -> T*; T: f32
use fragment uniform fn dpdxFine(e: T*) -> T*; T: f32
use fragment uniform fn dpdy(e: T*) -> T*; T: f32
use fragment uniform fn dpdyCoarse(e: T*) -> T*; T: f32
use fragment uniform fn dpdyFine(e: T*) -> T*; T: f32
use fragment uniform fn fwidth(e: T*) -> T*; T: f32
use fragment uniform fn fwidthCoarse(e: T*) -> T*; T: f32
use fragment uniform fn fwidthFine(e: T*) -> T*; T: f32

use fn textureDimensions(t: texture_1d<S>) -> u32; S: texel
use fn textureDimensions(t: texture_1d<S>, level: L) -> u32; S: texel
use fn textureDimensions(t: texture_storage_1d<F, AM>) -> u32
use fn textureDimensions(t: texture_2d<S>) -> vec2<u32>; S: texel
use fn textureDimensions(t: texture_2d<S>, level: L) -> vec2<u32>; S: texel
use fn textureDimensions(t: texture_2d_array<S>) -> vec2<u32>; S: texel
use fn textureDimensions(t: texture_2d_array<S>, level: L) -> vec2<u32>; S: texel
use fn textureDimensions(t: texture_cube<S>) -> vec2<u32>; S: texel
use fn textureDimensions(t: texture_cube<S>, level: L) -> vec2<u32>; S: texel
use fn textureDimensions(t: texture_cube_array<S>) -> vec2<u32>; S: texel
use fn textureDimensions(t: texture_cube_array<S>, level: L) -> vec2<u32>; S: texel
use fn textureDimensions(t: texture_multisampled_2d<S>) -> vec2<u32>; S: texel
use fn textureDimensions(t: texture_depth_2d) -> vec2<u32>
use fn textureDimensions(t: texture_depth_2d, level: L) -> vec2<u32>
use fn textureDimensions(t: texture_depth_2d_array) -> vec2<u32>
use fn textureDimensions(t: texture_depth_2d_array, level: L) -> vec2<u32>
use fn textureDimensions(t: texture_depth_cube) -> vec2<u32>
use fn textureDimensions(t: texture_depth_cube, level: L) -> vec2<u32>
use fn textureDimensions(t: texture_depth_cube_array) -> vec2<u32>
use fn textureDimensions(t: texture_depth_cube_array, level: L) -> vec2<u32>
use fn textureDimensions(t: texture_depth_multisampled_2d) -> vec2<u32>
use fn textureDimensions(t: texture_storage_2d<F, AM>) -> vec2<u32>
use fn textureDimensions(t: texture_storage_2d_array<F, AM>) -> vec2<u32>
use fn textureDimensions(t: texture_external) -> vec2<u32>
use fn textureDimensions(t: texture_3d<S>) -> vec3<u32>; S: texel
use fn textureDimensions(t: texture_3d<S>, level: L) -> vec3<u32>; S: texel
use fn textureDimensions(t: texture_storage_3d<F, AM>) -> vec3<u32>
use fn textureGather(const component: L, t: texture_2d<S>, s: sampler, coords: vec2<f32>) -> vec4<S>; S: texel
use fn textureGather(const component: L, t: texture_2d<S>, s: sampler, coords: vec2<f32>, const offset: vec2<i32>) -> vec4<S>; S: texel
use fn textureGather(const component: L, t: texture_2d_array<S>, s: sampler, coords: vec2<f32>, array_index: A) -> vec4<S>; S: texel
use fn textureGather(const component: L, t: texture_2d_array<S>, s: sampler, coords: vec2<f32>, array_index: A, const offset: vec2<i32>) -> vec4<S>; S: texel
use fn textureGather(const component: L, t: texture_cube<S>, s: sampler, coords: vec3<f32>) -> vec4<S>; S: texel
use fn textureGather(const component: L, t: texture_cube_array<S>, s: sampler, coords: vec3<f32>, array_index: A) -> vec4<S>; S: texel
use fn textureGather(t: texture_depth_2d, s: sampler, coords: vec2<f32>) -> vec4<f32>
use fn textureGather(t: texture_depth_2d, s: sampler, coords: vec2<f32>, const offset: vec2<i32>) -> vec4<f32>
use fn textureGather(t: texture_depth_cube, s: sampler, coords: vec3<f32>) -> vec4<f32>
use fn textureGather(t: texture_depth_2d_array, s: sampler, coords: vec2<f32>, array_index: A) -> vec4<f32>
use fn textureGather(t: texture_depth_2d_array, s: sampler, coords: vec2<f32>, array_index: A, const offset: vec2<i32>) -> vec4<f32>
use fn textureGather(t: texture_depth_cube_array, s: sampler, coords: vec3<f32>, array_index: A) -> vec4<f32>
use fn textureGatherCompare(t: texture_depth_2d, s: sampler_comparison, coords: vec2<f32>, depth_ref: f32) -> vec4<f32>
use fn textureGatherCompare(t: texture_depth_2d, s: sampler_comparison, coords: vec2<f32>, depth_ref: f32, const offset: vec2<i32>) -> vec4<f32>
use fn textureGatherCompare(t: texture_depth_2d_array, s: sampler_comparison, coords: vec2<f32>, array_index: A, depth_ref: f32) -> vec4<f32>
use fn textureGatherCompare(t: texture_depth_2d_array, s: sampler_comparison, coords: vec2<f32>, array_index: A, depth_ref: f32, const offset: vec2<i32>) -> vec4<f32>
use fn textureGatherCompare(t: texture_depth_cube, s: sampler_comparison, coords: vec3<f32>, depth_ref: f32) -> vec4<f32>
use fn textureGatherCompare(t: texture_depth_cube_array, s: sampler_comparison, coords: vec3<f32>, array_index: A, depth_ref: f32) -> vec4<f32>
use fn textureLoad(t: texture_1d<S>, coords: Q, level: L) -> vec4<S>; S: texel
use fn textureLoad(t: texture_2d<S>, coords: vec2<Q>, level: L) -> vec4<S>; S: texel
use fn textureLoad(t: texture_2d_array<S>, coords: vec2<Q>, array_index: A, level: L) -> vec4<S>; S: texel
use fn textureLoad(t: texture_3d<S>, coords: vec3<Q>, level: L) -> vec4<S>; S: texel
use fn textureLoad(t: texture_multisampled_2d<S>, coords: vec2<Q>, sample_index: L) -> vec4<S>; S: texel
use fn textureLoad(t: texture_depth_2d, coords: vec2<Q>, level: L) -> f32
use fn textureLoad(t: texture_depth_2d_array, coords: vec2<Q>, array_index: A, level: L) -> f32
use fn textureLoad(t: texture_depth_multisampled_2d, coords: vec2<Q>, sample_index: L) -> f32
use fn textureLoad(t: texture_external, coords: vec2<Q>) -> vec4<f32>
use fn textureLoad(t: texture_storage_1d<F, readable>, coords: Q) -> vec4<CF>
use fn textureLoad(t: texture_storage_2d<F, readable>, coords: vec2<Q>) -> vec4<CF>
use fn textureLoad(t: texture_storage_2d_array<F, readable>, coords: vec2<Q>, array_index: A) -> vec4<CF>
use fn textureLoad(t: texture_storage_3d<F, readable>, coords: vec3<Q>) -> vec4<CF>
use fn textureNumLayers(t: texture_2d_array<S>) -> u32; S: texel
use fn textureNumLayers(t: texture_cube_array<S>) -> u32; S: texel
use fn textureNumLayers(t: texture_depth_2d_array) -> u32
use fn textureNumLayers(t: texture_depth_cube_array) -> u32
use fn textureNumLayers(t: texture_storage_2d_array<F, AM>) -> u32
use fn textureNumLevels(t: texture_1d<S>) -> u32; S: texel
use fn textureNumLevels(t: texture_2d<S>) -> u32; S: texel
use fn textureNumLevels(t: texture_2d_array<S>) -> u32; S: texel
use fn textureNumLevels(t: texture_3d<S>) -> u32; S: texel
use fn textureNumLevels(t: texture_cube<S>) -> u32; S: texel
use fn textureNumLevels(t: texture_cube_array<S>) -> u32; S: texel
use fn textureNumLevels(t: texture_depth_2d) -> u32
use fn textureNumLevels(t: texture_depth_2d_array) -> u32
use fn textureNumLevels(t: texture_depth_cube) -> u32
use fn textureNumLevels(t: texture_depth_cube_array) -> u32
use fn textureNumSamples(t: texture_multisampled_2d<S>) -> u32; S: texel
use fn textureNumSamples(t: texture_depth_multisampled_2d) -> u32
use fragment uniform fn textureSample(t: texture_1d<f32>, s: sampler, coords: f32) -> vec4<f32>
use fragment uniform fn textureSample(t: texture_2d<f32>, s: sampler, coords: vec2<f32>) -> vec4<f32>
use fragment uniform fn textureSample(t: texture_2d<f32>, s: sampler, coords: vec2<f32>, const offset: vec2<i32>) -> vec4<f32>
use fragment uniform fn textureSample(t: texture_2d_array<f32>, s: sampler, coords: vec2<f32>, array_index: A) -> vec4<f32>
use fragment uniform fn textureSample(t: texture_2d_array<f32>, s: sampler, coords: vec2<f32>, array_index: A, const offset: vec2<i32>) -> vec4<f32>
use fragment uniform fn textureSample(t: texture_3d<f32>, s: sampler, coords: vec3<f32>) -> vec4<f32>
use fragment uniform fn textureSample(t: texture_3d<f32>, s: sampler, coords: vec3<f32>, const offset: vec3<i32>) -> vec4<f32>
use fragment uniform fn textureSample(t: texture_cube<f32>, s: sampler, coords: vec3<f32>) -> vec4<f32>
use fragment uniform fn textureSample(t: texture_cube_array<f32>, s: sampler, coords: vec3<f32>, array_index: A) -> vec4<f32>
use fragment uniform fn textureSample(t: texture_depth_2d, s: sampler, coords: vec2<f32>) -> f32
use fragment uniform fn textureSample(t: texture_depth_2d, s: sampler, coords: vec2<f32>, const offset: vec2<i32>) -> f32
use fragment uniform fn textureSample(t: texture_depth_2d_array, s: sampler, coords: vec2<f32>, array_index: A) -> f32
use fragment uniform fn textureSample(t: texture_depth_2d_array, s: sampler, coords: vec2<f32>, array_index: A, const offset: vec2<i32>) -> f32
use fragment uniform fn textureSample(t: texture_depth_cube, s: sampler, coords: vec3<f32>) -> f32
use fragment uniform fn textureSample(t: texture_depth_cube_array, s: sampler, coords: vec3<f32>, array_index: A) -> f32
use fragment uniform fn textureSampleBias(t: texture_2d<f32>, s: sampler, coords: vec2<f32>, bias: f32) -> vec4<f32>
use fragment uniform fn textureSampleBias(t: texture_2d<f32>, s: sampler, coords: vec2<f32>, bias: f32, const offset: vec2<i32>) -> vec4<f32>
use fragment uniform fn textureSampleBias(t: texture_2d_array<f32>, s: sampler, coords: vec2<f32>, array_index: A, bias: f32) -> vec4<f32>
use fragment uniform fn textureSampleBias(t: texture_2d_array<f32>, s: sampler, coords: vec2<f32>, array_index: A, bias: f32, const offset: vec2<i32>) -> vec4<f32>
use fragment uniform fn textureSampleBias(t: texture_3d<f32>, s: sampler, coords: vec3<f32>, bias: f32) -> vec4<f32>
use fragment uniform fn textureSampleBias(t: texture_3d<f32>, s: sampler, coords: vec3<f32>, bias: f32, const offset: vec3<i32>) -> vec4<f32>
use fragment uniform fn textureSampleBias(t: texture_cube<f32>, s: sampler, coords: vec3<f32>, bias: f32) -> vec4<f32>
use fragment uniform fn textureSampleBias(t: texture_cube_array<f32>, s: sampler, coords: vec3<f32>, array_index: A, bias: f32) -> vec4<f32>
use fragment uniform fn textureSampleCompare(t: texture_depth_2d, s: sampler_comparison, coords: vec2<f32>, depth_ref: f32) -> f32
use fragment uniform fn textureSampleCompare(t: texture_depth_2d, s: sampler_comparison, coords: vec2<f32>, depth_ref: f32, const offset: vec2<i32>) -> f32
use fragment uniform fn textureSampleCompare(t: texture_depth_2d_array, s: sampler_comparison, coords: vec2<f32>, array_index: A, depth_ref: f32) -> f32
use fragment uniform fn textureSampleCompare(t: texture_depth_2d_array, s: sampler_comparison, coords: vec2<f32>, array_index: A, depth_ref: f32, const offset: vec2<i32>) -> f32
use fragment uniform fn textureSampleCompare(t: texture_depth_cube, s: sampler_comparison, coords: vec3<f32>, depth_ref: f32) -> f32
use fragment uniform fn textureSampleCompare(t: texture_depth_cube_array, s: sampler_comparison, coords: vec3<f32>, array_index: A, depth_ref: f32) -> f32
use fn textureSampleCompareLevel(t: texture_depth_2d, s: sampler_comparison, coords: vec2<f32>, depth_ref: f32) -> f32
use fn textureSampleCompareLevel(t: texture_depth_2d, s: sampler_comparison, coords: vec2<f32>, depth_ref: f32, const offset: vec2<i32>) -> f32
use fn textureSampleCompareLevel(t: texture_depth_2d_array, s: sampler_comparison, coords: vec2<f32>, array_index: A, depth_ref: f32) -> f32
use fn textureSampleCompareLevel(t: texture_depth_2d_array, s: sampler_comparison, coords: vec2<f32>, array_index: A, depth_ref: f32, const offset: vec2<i32>) -> f32
use fn textureSampleCompareLevel(t: texture_depth_cube, s: sampler_comparison, coords: vec3<f32>, depth_ref: f32) -> f32
use fn textureSampleCompareLevel(t: texture_depth_cube_array, s: sampler_comparison, coords: vec3<f32>, array_index: A, depth_ref: f32) -> f32
use fn textureSampleGrad(t: texture_2d<f32>, s: sampler, coords: vec2<f32>, ddx: vec2<f32>, ddy: vec2<f32>) -> vec4<f32>
use fn textureSampleGrad(t: texture_2d<f32>, s: sampler, coords: vec2<f32>, ddx: vec2<f32>, ddy: vec2<f32>, const offset: vec2<i32>) -> vec4<f32>
use fn textureSampleGrad(t: texture_2d_array<f32>, s: sampler, coords: vec2<f32>, array_index: A, ddx: vec2<f32>, ddy: vec2<f32>) -> vec4<f32>
use fn textureSampleGrad(t: texture_2d_array<f32>, s: sampler, coords: vec2<f32>, array_index: A, ddx: vec2<f32>, ddy: vec2<f32>, const offset: vec2<i32>) -> vec4<f32>
use fn textureSampleGrad(t: texture_3d<f32>, s: sampler, coords: vec3<f32>, ddx: vec3<f32>, ddy: vec3<f32>) -> vec4<f32>
use fn textureSampleGrad(t: texture_3d<f32>, s: sampler, coords: vec3<f32>, ddx: vec3<f32>, ddy: vec3<f32>, const offset: vec3<i32>) -> vec4<f32>
use fn textureSampleGrad(t: texture_cube<f32>, s: sampler, coords: vec3<f32>, ddx: vec3<f32>, ddy: vec3<f32>) -> vec4<f32>
use fn textureSampleGrad(t: texture_cube_array<f32>, s: sampler, coords: vec3<f32>, array_index: A, ddx: vec3<f32>, ddy: vec3<f32>) -> vec4<f32>
use fn textureSampleLevel(t: texture_1d<f32>, s: sampler, coords: f32, level: f32) -> vec4<f32>
use fn textureSampleLevel(t: texture_2d<f32>, s: sampler, coords: vec2<f32>, level: f32) -> vec4<f32>
use fn textureSampleLevel(t: texture_2d<f32>, s: sampler, coords: vec2<f32>, level: f32, const offset: vec2<i32>) -> vec4<f32>
use fn textureSampleLevel(t: texture_2d_array<f32>, s: sampler, coords: vec2<f32>, array_index: A, level: f32) -> vec4<f32>
use fn textureSampleLevel(t: texture_2d_array<f32>, s: sampler, coords: vec2<f32>, array_index: A, level: f32, const offset: vec2<i32>) -> vec4<f32>
use fn textureSampleLevel(t: texture_3d<f32>, s: sampler, coords: vec3<f32>, level: f32) -> vec4<f32>
use fn textureSampleLevel(t: texture_3d<f32>, s: sampler, coords: vec3<f32>, level: f32, const offset: vec3<i32>) -> vec4<f32>
use fn textureSampleLevel(t: texture_cube<f32>, s: sampler, coords: vec3<f32>, level: f32) -> vec4<f32>
use fn textureSampleLevel(t: texture_cube_array<f32>, s: sampler, coords: vec3<f32>, array_index: A, level: f32) -> vec4<f32>
use fn textureSampleLevel(t: texture_depth_2d, s: sampler, coords: vec2<f32>, level: L) -> f32
use fn textureSampleLevel(t: texture_depth_2d, s: sampler, coords: vec2<f32>, level: L, const offset: vec2<i32>) -> f32
use fn textureSampleLevel(t: texture_depth_2d_array, s: sampler, coords: vec2<f32>, array_index: A, level: L) -> f32
use fn textureSampleLevel(t: texture_depth_2d_array, s: sampler, coords: vec2<f32>, array_index: A, level: L, const offset: vec2<i32>) -> f32
use fn textureSampleLevel(t: texture_depth_cube, s: sampler, coords: vec3<f32>, level: L) -> f32
use fn textureSampleLevel(t: texture_depth_cube_array, s: sampler, coords: vec3<f32>, array_index: A, level: L) -> f32
use fn textureSampleBaseClampToEdge(t: texture_2d<f32>, s: sampler, coords: vec2<f32>) -> vec4<f32>
use fn textureSampleBaseClampToEdge(t: texture_external, s: sampler, coords: vec2<f32>) -> vec4<f32>
fn textureStore(t: texture_storage_1d<F, writable>, coords: Q, value: vec4<CF>)
fn textureStore(t: texture_storage_2d<F, writable>, coords: vec2<Q>, value: vec4<CF>)
fn textureStore(t: texture_storage_2d_array<F, writable>, coords: vec2<Q>, array_index: A, value: vec4<CF>)
fn textureStore(t: texture_storage_3d<F, writable>, coords: vec3<Q>, value: vec4<CF>)

fn atomicLoad(p: ptr<AS, atomic<T>, read_write>) -> T; T: integer
fn atomicStore(p: ptr<AS, atomic<T>, read_write>, v: T); T: integer
fn atomicAdd(p: ptr<AS, atomic<T>, read_write>, v: T) -> T; T: integer
fn atomicSub(p: ptr<AS, atomic<T>, read_write>, v: T) -> T; T: integer
fn atomicMax(p: ptr<AS, atomic<T>, read_write>, v: T) -> T; T: integer
fn atomicMin(p: ptr<AS, atomic<T>, read_write>, v: T) -> T; T: integer
fn atomicAnd(p: ptr<AS, atomic<T>, read_write>, v: T) -> T; T: integer
fn atomicOr(p: ptr<AS, atomic<T>, read_write>, v: T) -> T; T: integer
fn atomicXor(p: ptr<AS, atomic<T>, read_write>, v: T) -> T; T: integer
fn atomicExchange(p: ptr<AS, atomic<T>, read_write>, v: T) -> T; T: integer
fn atomicCompareExchangeWeak(p: ptr<AS, atomic<T>, read_write>, cmp: T, v: T) -> exchange_result<T>; T: integer

const fn pack4x8snorm(e: vec4<f32>) -> u32
const fn pack4x8unorm(e: vec4<f32>) -> u32
const fn pack4xI8(e: vec4<i32>) -> u32
const fn pack4xU8(e: vec4<u32>) -> u32
const fn pack4xI8Clamp(e: vec4<i32>) -> u32
const fn pack4xU8Clamp(e: vec4<u32>) -> u32
const fn pack2x16snorm(e: vec2<f32>) -> u32
const fn pack2x16unorm(e: vec2<f32>) -> u32
const fn pack2x16float(e: vec2<f32>) -> u32
const fn unpack4x8snorm(e: u32) -> vec4<f32>
const fn unpack4x8unorm(e: u32) -> vec4<f32>
const fn unpack4xI8(e: u32) -> vec4<i32>
const fn unpack4xU8(e: u32) -> vec4<u32>
const fn unpack2x16snorm(e: u32) -> vec2<f32>
const fn unpack2x16unorm(e: u32) -> vec2<f32>
const fn unpack2x16float(e: u32) -> vec2<f32>

compute uniform fn storageBarrier()
compute uniform fn textureBarrier()
compute uniform fn workgroupBarrier()
use compute uniform fn workgroupUniformLoad(p: ptr<workgroup, atomic<T>, read_write>) -> T; T: integer
use compute uniform fn workgroupUniformLoad(p: ptr<workgroup, constructible, read_write>) -> constructible

use subgroups uniform fn subgroupAdd(e: T*) -> T*; T: concrete
use subgroups uniform fn subgroupExclusiveAdd(e: T*) -> T*; T: concrete
use subgroups uniform fn subgroupInclusiveAdd(e: T*) -> T*; T: concrete
use subgroups uniform fn subgroupAll(e: bool) -> bool
use subgroups uniform fn subgroupAnd(e: T*) -> T*; T: integer
use subgroups uniform fn subgroupAny(e: bool) -> bool
use subgroups uniform fn subgroupBallot(pred: bool) -> vec4<u32>
use subgroups uniform fn subgroupBroadcast(e: T*, const id: A) -> T*; T: concrete
use subgroups uniform fn subgroupBroadcastFirst(e: T*) -> T*; T: concrete
use subgroups uniform fn subgroupElect() -> bool
use subgroups uniform fn subgroupMax(e: T*) -> T*; T: concrete
use subgroups uniform fn subgroupMin(e: T*) -> T*; T: concrete
use subgroups uniform fn subgroupMul(e: T*) -> T*; T: concrete
use subgroups uniform fn subgroupExclusiveMul(e: T*) -> T*; T: concrete
use subgroups uniform fn subgroupInclusiveMul(e: T*) -> T*; T: concrete
use subgroups uniform fn subgroupOr(e: T*) -> T*; T: integer
use subgroups uniform fn subgroupShuffle(e: T*, id: A) -> T*; T: concrete
use subgroups uniform fn subgroupShuffleDown(e: T*, delta: u32) -> T*; T: concrete
use subgroups uniform fn subgroupShuffleUp(e: T*, delta: u32) -> T*; T: concrete
use subgroups uniform fn subgroupShuffleXor(e: T*, mask: u32) -> T*; T: concrete
use subgroups uniform fn subgroupXor(e: T*) -> T*; T: integer
use subgroups uniform fn quadBroadcast(e: T*, const id: A) -> T*; T: concrete
use subgroups uniform fn quadSwapDiagonal(e: T*) -> T*; T: concrete
use subgroups uniform fn quadSwapX(e: T*) -> T*; T: concrete
use subgroups uniform fn quadSwapY(e: T*) -> T*; T: concrete
";

/// Classes of scalars that stand behind the semicolon of a row, each in the order of preference.
const CLASSES: &[(&str, &[Scalar])] = {
    use Scalar::*;
    &[
        ("number", &[AbstractInt, I32, U32, AbstractFloat, F32, F16]),
        ("float", &[AbstractFloat, F32, F16]),
        ("int", &[AbstractInt, I32, U32]),
        ("integer", &[I32, U32]),
        ("bits", &[AbstractInt, I32, U32, Bool]),
        ("signed", &[AbstractInt, I32, AbstractFloat, F32, F16]),
        ("scalar", &[AbstractInt, I32, U32, AbstractFloat, F32, F16, Bool]),
        ("value", &[I32, U32, F32, F16, Bool]),
        ("concrete", &[I32, U32, F32, F16]),
        ("word", &[I32, U32, F32]),
        ("texel", &[I32, U32, F32]),
        ("half", &[F32, F16]),
        ("abstract-float", &[AbstractFloat]),
        ("abstract-int", &[AbstractInt]),
        ("f32 f16", &[F32, F16]),
        ("f32", &[F32]),
        ("i32", &[I32]),
    ]
};

/// Rows of the constructors of scalars, vectors and matrices, section 17.1. Those of arrays and structs depend on what the module
/// declares.
fn constructors() -> String {
    let mut out = String::new();
    for scalar in ["bool", "i32", "u32", "f32", "f16"] {
        let _ = writeln!(out, "const fn {scalar}() -> {scalar}\nconst fn {scalar}(e: S) -> {scalar}; S: scalar");
    }
    // The widths of the parts, which are vectors or scalars.
    let vectors: [(u8, &[&[u8]]); 3] = [
        (2, &[&[1, 1]]),
        (3, &[&[1, 1, 1], &[1, 2], &[2, 1]]),
        (4, &[&[1, 1, 1, 1], &[1, 1, 2], &[1, 2, 1], &[2, 1, 1], &[2, 2], &[1, 3], &[3, 1]]),
    ];
    for (width, forms) in vectors {
        let _ = writeln!(out, "const fn vec{width}<T>() -> vec{width}<T>; T: value");
        let _ = writeln!(out, "const fn vec{width}() -> vec{width}<T>; T: abstract-int");
        let _ = writeln!(out, "const fn vec{width}<T>(e: T) -> vec{width}<T>; T: value");
        let _ = writeln!(out, "const fn vec{width}(e: T) -> vec{width}<T>; T: scalar");
        let _ = writeln!(out, "const fn vec{width}<T>(e: vec{width}<S>) -> vec{width}<T>; T: value, S: scalar");
        let _ = writeln!(out, "const fn vec{width}(e: vec{width}<T>) -> vec{width}<T>; T: scalar");
        for form in forms {
            let part = |(index, width): (usize, &u8)| match width {
                1 => format!("e{}: T", index + 1),
                _ => format!("e{}: vec{width}<T>", index + 1),
            };
            let parts: Vec<String> = form.iter().enumerate().map(part).collect();
            let parts = parts.join(", ");
            let _ = writeln!(out, "const fn vec{width}<T>({parts}) -> vec{width}<T>; T: value");
            let _ = writeln!(out, "const fn vec{width}({parts}) -> vec{width}<T>; T: scalar");
        }
    }
    for columns in 2..=4 {
        for rows in 2..=4 {
            let matrix = format!("mat{columns}x{rows}");
            let of_columns: Vec<String> = (1..=columns).map(|index| format!("v{index}: vec{rows}<T>")).collect();
            let of_scalars: Vec<String> = (1..=columns * rows).map(|index| format!("e{index}: T")).collect();
            let _ = writeln!(out, "const fn {matrix}<T>() -> {matrix}<T>; T: half");
            let _ = writeln!(out, "const fn {matrix}<T>(e: {matrix}<S>) -> {matrix}<T>; T: half, S: float");
            let _ = writeln!(out, "const fn {matrix}(e: {matrix}<T>) -> {matrix}<T>; T: float");
            for parts in [of_columns.join(", "), of_scalars.join(", ")] {
                let _ = writeln!(out, "const fn {matrix}<T>({parts}) -> {matrix}<T>; T: half");
                let _ = writeln!(out, "const fn {matrix}({parts}) -> {matrix}<T>; T: float");
            }
        }
    }
    out
}

/// A number of components: itself, or a variable of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Count {
    Fixed(u8),
    Variable(u8),
}

/// A type in a row.
#[derive(Clone, Debug, PartialEq)]
enum Pattern {
    Nothing,
    Scalar(Scalar),
    /// A scalar: an index into the row's classes.
    Variable(u8),
    Vector(Count, Box<Pattern>),
    Matrix(Count, Count, Box<Pattern>),
    /// A pointer to a runtime-sized array.
    ArrayPointer,
    AtomicPointer(Option<Space>, Box<Pattern>),
    /// A pointer to workgroup memory that holds a constructible type, and that type.
    ConstructiblePointer,
    Constructible,
    Sampled(Dimension, Box<Pattern>),
    Multisampled(Box<Pattern>),
    Depth(Dimension),
    DepthMultisampled,
    External,
    /// With what the access mode must allow.
    Storage(Dimension, Wanted),
    /// The channel of the storage texture.
    Channel,
    Sampler(bool),
    FrexpResult(Box<Pattern>),
    ModfResult(Box<Pattern>),
    ExchangeResult(Box<Pattern>),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Wanted {
    Any,
    Readable,
    Writable,
}

/// A parameter of a row.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Whether a constant has to be given.
    pub is_const: bool,
    pattern: Pattern,
}

/// An overload of an operator, a constructor or a built-in function.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its name; a unary operator's begins with `unary`.
    pub name: String,
    /// As the table has it, which is how messages show it.
    pub text: String,
    /// Whether it is a constant where its arguments are.
    pub is_const: bool,
    /// Whether its result must be used.
    pub must_use: bool,
    /// Only in fragment shaders.
    pub fragment: bool,
    /// Only in compute shaders.
    pub compute: bool,
    /// Only in uniform control flow.
    pub uniform: bool,
    /// Only with the extension `subgroups`.
    pub subgroups: bool,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    template: Vec<Pattern>,
    result: Pattern,
    classes: Vec<&'static [Scalar]>,
}

/// The rows, by name.
#[derive(Debug, Default)]
pub struct Table {
    rows: HashMap<String, Vec<Row>>,
}

/// All rows.
pub fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = Table::default();
        for line in ROWS.lines().chain(constructors().lines()).filter(|line| !line.is_empty()) {
            // `T*` stands for two overloads.
            let lines = if line.contains('*') && line.contains("T*") {
                let (head, classes) = line.split_once(';').unwrap_or((line, ""));
                vec![
                    format!("{};{classes}", head.replace("T*", "T").replace("S*", "S")),
                    format!("{};{classes}", head.replace("T*", "vecN<T>").replace("S*", "vecN<S>")),
                ]
            } else {
                vec![line.to_string()]
            };
            for line in lines {
                let row = RowReader::read(&line);
                table.rows.entry(row.name.clone()).or_default().push(row);
            }
        }
        table
    })
}

impl Table {
    /// The overloads of a name.
    pub fn get(&self, name: &str) -> Option<&[Row]> {
        self.rows.get(name).map(Vec::as_slice)
    }

    /// All names, in order.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.rows.keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }
}

/// Reads one row. The rows are ours: what is wrong with one is found by the first test that runs.
struct RowReader {
    variables: Vec<char>,
    counts: Vec<char>,
    classes: Vec<&'static [Scalar]>,
}

impl RowReader {
    fn read(line: &str) -> Row {
        let (head, classes) = line.split_once(';').unwrap_or((line, ""));
        let mut reader = RowReader { variables: Vec::new(), counts: Vec::new(), classes: Vec::new() };
        for part in classes.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (variable, class) = part.split_once(": ").unwrap_or((part, ""));
            reader.declare(variable.chars().next().unwrap_or('?'), class);
        }
        for variable in ['A', 'L', 'Q'] {
            reader.declare(variable, "integer");
        }
        let (flags, signature) = head.split_once("fn ").unwrap_or(("", head));
        let open = signature.rfind(" -> ").map_or(signature.len(), |at| at);
        let (call, result) = signature.split_at(open);
        let paren = call.find('(').unwrap_or(call.len());
        let (name, parameters) = (&call[..paren], call[paren..].trim_start_matches('(').trim_end().trim_end_matches(')'));
        let has_template = name.len() > 2 && name.ends_with('>') && name.starts_with(|c: char| c.is_ascii_alphabetic());
        let (name, template) = match name.split_once('<').filter(|_| has_template) {
            Some((name, template)) => (name, vec![reader.pattern(template.strip_suffix('>').unwrap_or(template))]),
            None => (name, Vec::new()),
        };
        let parameters = split_list(parameters)
            .into_iter()
            .map(|part| {
                let (name, ty) = part.split_once(": ").unwrap_or(("", part));
                let is_const = name.starts_with("const ");
                let name = name.trim_start_matches("const ").to_string();
                Parameter { name, is_const, pattern: reader.pattern(ty) }
            })
            .collect();
        let result = match result.strip_prefix(" -> ") {
            Some(result) => reader.pattern(result.trim()),
            None => Pattern::Nothing,
        };
        let has = |flag: &str| flags.split(' ').any(|found| found == flag);
        let shown = signature.trim();
        Row {
            name: name.to_string(),
            text: if classes.trim().is_empty() { shown.to_string() } else { format!("{shown}, {}", classes.trim()) },
            is_const: has("const"),
            must_use: has("const") || has("use"),
            fragment: has("fragment"),
            compute: has("compute"),
            uniform: has("uniform"),
            subgroups: has("subgroups"),
            parameters,
            template,
            result,
            classes: reader.classes,
        }
    }

    fn declare(&mut self, variable: char, class: &str) {
        let found = CLASSES.iter().find(|(name, _)| *name == class);
        debug_assert!(found.is_some(), "no class {class}");
        self.variables.push(variable);
        self.classes.push(found.map_or(&[], |(_, class)| class));
    }

    fn count(&mut self, letter: char) -> Count {
        if let Some(digit) = letter.to_digit(10) {
            return Count::Fixed(digit as u8);
        }
        let index = self.counts.iter().position(|known| *known == letter).unwrap_or_else(|| {
            self.counts.push(letter);
            self.counts.len() - 1
        });
        Count::Variable(index as u8)
    }

    fn pattern(&mut self, text: &str) -> Pattern {
        let (head, arguments) = match text.split_once('<') {
            Some((head, rest)) => (head, split_list(rest.strip_suffix('>').unwrap_or(rest))),
            None => (text, Vec::new()),
        };
        macro_rules! inner {
            ($index:literal) => {
                Box::new(arguments.get($index).map_or(Pattern::Nothing, |text| self.pattern(text)))
            };
        }
        let letters: Vec<char> = head.chars().collect();
        if let Some(scalar) = Scalar::parse(head) {
            return Pattern::Scalar(scalar);
        }
        if let ['v', 'e', 'c', width] = letters[..] {
            let inner = inner!(0);
            return Pattern::Vector(self.count(width), inner);
        }
        if let ['m', 'a', 't', columns, 'x', rows] = letters[..] {
            let inner = inner!(0);
            let columns = self.count(columns);
            return Pattern::Matrix(columns, self.count(rows), inner);
        }
        if let [letter] = letters[..]
            && let Some(index) = self.variables.iter().position(|known| *known == letter)
        {
            return Pattern::Variable(index as u8);
        }
        if let Some(dimension) = head.strip_prefix("texture_storage_").and_then(Dimension::parse) {
            let wanted = match arguments.get(1).copied() {
                Some("readable") => Wanted::Readable,
                Some("writable") => Wanted::Writable,
                _ => Wanted::Any,
            };
            return Pattern::Storage(dimension, wanted);
        }
        if let Some(dimension) = head.strip_prefix("texture_depth_").and_then(Dimension::parse) {
            return Pattern::Depth(dimension);
        }
        if let Some(dimension) = head.strip_prefix("texture_").and_then(Dimension::parse) {
            return Pattern::Sampled(dimension, inner!(0));
        }
        match head {
            "texture_multisampled_2d" => Pattern::Multisampled(inner!(0)),
            "texture_depth_multisampled_2d" => Pattern::DepthMultisampled,
            "texture_external" => Pattern::External,
            "sampler" => Pattern::Sampler(false),
            "sampler_comparison" => Pattern::Sampler(true),
            "CF" => Pattern::Channel,
            "constructible" => Pattern::Constructible,
            "frexp_result" => Pattern::FrexpResult(inner!(0)),
            "modf_result" => Pattern::ModfResult(inner!(0)),
            "exchange_result" => Pattern::ExchangeResult(inner!(0)),
            "atomic" => *inner!(0),
            "ptr" => match arguments.get(1).copied() {
                Some("array") => Pattern::ArrayPointer,
                Some("constructible") => Pattern::ConstructiblePointer,
                _ => Pattern::AtomicPointer(Space::parse(arguments[0]), inner!(1)),
            },
            _ => {
                debug_assert!(false, "no pattern {text}");
                Pattern::Nothing
            }
        }
    }
}

/// The parts of a list, at the commas that are in no brackets.
fn split_list(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, sign) in text.char_indices() {
        match sign {
            '<' => depth += 1,
            '>' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    if !text[start..].trim().is_empty() {
        parts.push(text[start..].trim());
    }
    parts
}

/// An overload that was chosen, with its types.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// The row.
    pub row: &'static Row,
    /// What each argument becomes.
    pub parameters: Vec<TypeId>,
    /// What comes back.
    pub result: TypeId,
}

/// What the variables of a row stand for.
#[derive(Default)]
struct Bindings {
    counts: [u8; 8],
    scalars: [Option<Scalar>; 8],
    /// What arguments ask of each variable.
    wanted: [Vec<Scalar>; 8],
    channel: Option<Scalar>,
    store: Option<TypeId>,
}

/// Chooses among overloads, section 6.1.3: `arguments` are the types behind the load rule, `template` the types in the template list.
/// `all_const`: whether all arguments are constants, which alone may stay abstract.
pub fn choose(
    types: &mut Types,
    rows: &'static [Row],
    template: &[TypeId],
    arguments: &[TypeId],
    all_const: bool,
) -> Option<Chosen> {
    let mut best: Option<(Vec<u32>, Chosen)> = None;
    for row in rows {
        if row.parameters.len() != arguments.len() || row.template.len() != template.len() {
            continue;
        }
        let Some(chosen) = fit(types, row, template, arguments, all_const) else { continue };
        let ranks: Vec<u32> =
            arguments.iter().zip(&chosen.parameters).map(|(from, to)| types.rank(*from, *to).unwrap_or(u32::MAX)).collect();
        let is_better = match &best {
            None => true,
            Some((known, _)) => ranks.iter().zip(known).all(|(new, old)| new <= old) && ranks != *known,
        };
        if is_better {
            best = Some((ranks, chosen));
        }
    }
    best.map(|(_, chosen)| chosen)
}

fn fit(types: &mut Types, row: &'static Row, template: &[TypeId], arguments: &[TypeId], all_const: bool) -> Option<Chosen> {
    let mut bindings = Bindings::default();
    for (pattern, ty) in row.template.iter().zip(template) {
        matches(types, pattern, *ty, &mut bindings).then_some(())?;
    }
    // What a template list says is not converted to.
    for index in 0..row.classes.len() {
        if let Some(scalar) = bindings.wanted[index].pop() {
            row.classes[index].contains(&scalar).then_some(())?;
            bindings.scalars[index] = Some(scalar);
        }
    }
    for (parameter, ty) in row.parameters.iter().zip(arguments) {
        matches(types, &parameter.pattern, *ty, &mut bindings).then_some(())?;
    }
    for (index, class) in row.classes.iter().enumerate() {
        let wanted = &bindings.wanted[index];
        let fits = |scalar: &Scalar| wanted.iter().all(|from| Types::scalar_rank(*from, *scalar).is_some());
        match bindings.scalars[index] {
            Some(scalar) => fits(&scalar).then_some(())?,
            None => {
                let is_allowed = |scalar: &Scalar| all_const || !matches!(scalar, Scalar::AbstractInt | Scalar::AbstractFloat);
                bindings.scalars[index] = Some(*class.iter().find(|scalar| is_allowed(scalar) && fits(scalar))?);
            }
        }
    }
    let mut parameters = Vec::with_capacity(arguments.len());
    for (parameter, ty) in row.parameters.iter().zip(arguments) {
        let wanted = instance(types, &parameter.pattern, &bindings).unwrap_or(*ty);
        types.rank(*ty, wanted)?;
        parameters.push(wanted);
    }
    let result = instance(types, &row.result, &bindings)?;
    Some(Chosen { row, parameters, result })
}

/// Whether a type has the form of a pattern, and what that asks of the variables.
fn matches(types: &Types, pattern: &Pattern, ty: TypeId, bindings: &mut Bindings) -> bool {
    let ty = types.get(ty);
    if ty == Type::Error {
        return true;
    }
    let scalar = |pattern: &Pattern, found: Scalar, bindings: &mut Bindings| match pattern {
        Pattern::Scalar(wanted) => Types::scalar_rank(found, *wanted).is_some(),
        Pattern::Variable(index) => {
            bindings.wanted[usize::from(*index)].push(found);
            true
        }
        // Converted to when it is known.
        Pattern::Channel => true,
        _ => false,
    };
    let count = |count: &Count, found: u8, bindings: &mut Bindings| match count {
        Count::Fixed(wanted) => *wanted == found,
        Count::Variable(index) => {
            let known = &mut bindings.counts[usize::from(*index)];
            if *known == 0 {
                *known = found;
            }
            *known == found
        }
    };
    match (pattern, ty) {
        (Pattern::Scalar(_) | Pattern::Variable(_) | Pattern::Channel, Type::Scalar(found)) => scalar(pattern, found, bindings),
        (Pattern::Vector(width, inner), Type::Vector(found, of)) => count(width, found, bindings) && scalar(inner, of, bindings),
        (Pattern::Matrix(columns, rows, inner), Type::Matrix(c, r, of)) => {
            count(columns, c, bindings) && count(rows, r, bindings) && scalar(inner, of, bindings)
        }
        (Pattern::ArrayPointer, Type::Pointer(Space::Storage, store, _)) => {
            matches!(types.get(store), Type::Array(_, Size::Runtime))
        }
        (Pattern::AtomicPointer(space, inner), Type::Pointer(found, store, access)) => match types.get(store) {
            Type::Atomic(of) => {
                space.is_none_or(|space| space == found) && access == Access::ReadWrite && scalar(inner, of, bindings)
            }
            _ => false,
        },
        (Pattern::ConstructiblePointer, Type::Pointer(Space::Workgroup, store, _)) => {
            bindings.store = Some(store);
            types.is_constructible(store)
        }
        (Pattern::Sampler(wanted), Type::Sampler(found)) => *wanted == found,
        (pattern, Type::Texture(texture)) => match (pattern, texture) {
            (Pattern::Sampled(wanted, inner), Texture::Sampled(found, of)) => *wanted == found && scalar(inner, of, bindings),
            (Pattern::Multisampled(inner), Texture::Multisampled(of)) => scalar(inner, of, bindings),
            (Pattern::Depth(wanted), Texture::Depth(found)) => *wanted == found,
            (Pattern::DepthMultisampled, Texture::DepthMultisampled) | (Pattern::External, Texture::External) => true,
            (Pattern::Storage(wanted, access), Texture::Storage(found, format, mode)) => {
                bindings.channel = Some(format.channel());
                *wanted == found
                    && match access {
                        Wanted::Any => true,
                        Wanted::Readable => mode.reads(),
                        Wanted::Writable => mode.writes(),
                    }
            }
            _ => false,
        },
        _ => false,
    }
}

/// The type that a pattern stands for; `None` for what is as it was given.
fn instance(types: &mut Types, pattern: &Pattern, bindings: &Bindings) -> Option<TypeId> {
    let of = |pattern: &Pattern| match pattern {
        Pattern::Scalar(scalar) => Some(*scalar),
        Pattern::Variable(index) => bindings.scalars[usize::from(*index)],
        Pattern::Channel => bindings.channel,
        _ => None,
    };
    let count = |count: &Count| match count {
        Count::Fixed(count) => *count,
        Count::Variable(index) => bindings.counts[usize::from(*index)],
    };
    Some(match pattern {
        Pattern::Nothing => Types::NOTHING,
        Pattern::Scalar(_) | Pattern::Variable(_) | Pattern::Channel => types.scalar(of(pattern)?),
        Pattern::Vector(width, inner) => {
            // An argument that is wrong already leaves the width open.
            match count(width) {
                0 => Types::ERROR,
                width => types.vector(width, of(inner)?),
            }
        }
        Pattern::Matrix(columns, rows, inner) => match (count(columns), count(rows)) {
            (0, _) | (_, 0) => Types::ERROR,
            (columns, rows) => types.add(Type::Matrix(columns, rows, of(inner)?)),
        },
        Pattern::Constructible => bindings.store.unwrap_or(Types::ERROR),
        Pattern::FrexpResult(inner) | Pattern::ModfResult(inner) => {
            let ty = instance(types, inner, bindings)?;
            if ty == Types::ERROR {
                return Some(ty);
            }
            let (width, scalar) = types.vector_of(ty)?;
            let suffix = if scalar == Scalar::AbstractFloat { "abstract" } else { scalar.text() };
            let width_text = if width == 1 { String::new() } else { format!("vec{width}_") };
            if matches!(pattern, Pattern::ModfResult(_)) {
                types.builtin_struct(&format!("__modf_result_{width_text}{suffix}"), &[("fract", ty), ("whole", ty)])
            } else {
                let exponent = if scalar == Scalar::AbstractFloat { Scalar::AbstractInt } else { Scalar::I32 };
                let exponent = types.vector(width, exponent);
                types.builtin_struct(&format!("__frexp_result_{width_text}{suffix}"), &[("fract", ty), ("exp", exponent)])
            }
        }
        Pattern::ExchangeResult(inner) => {
            let ty = instance(types, inner, bindings)?;
            let name = format!("__atomic_compare_exchange_result_{}", types.show(ty));
            types.builtin_struct(&name, &[("old_value", ty), ("exchanged", Types::BOOL)])
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parameters and the result that are chosen, or `-`.
    fn chosen(name: &str, template: &[&str], arguments: &[&str], all_const: bool) -> String {
        let mut types = Types::default();
        let mut named = |texts: &[&str]| -> Vec<TypeId> {
            texts
                .iter()
                .map(|text| match text.split_once(' ') {
                    Some((width, scalar)) => {
                        types.vector(width.parse().expect("a width"), Scalar::parse(scalar).expect("a scalar"))
                    }
                    None => types.scalar(Scalar::parse(text).expect("a scalar")),
                })
                .collect()
        };
        let (template, arguments) = (named(template), named(arguments));
        match choose(&mut types, table().get(name).expect("rows"), &template, &arguments, all_const) {
            None => "-".to_string(),
            Some(chosen) => {
                let parameters: Vec<String> = chosen.parameters.iter().map(|ty| types.show(*ty)).collect();
                format!("{} -> {}", parameters.join(", "), types.show(chosen.result))
            }
        }
    }

    #[test]
    fn every_row_is_read_and_none_is_there_twice() {
        let table = table();
        let mut all = Vec::new();
        for name in table.names() {
            for row in table.get(name).expect("rows") {
                let template: Vec<&Pattern> = row.template.iter().collect();
                let parameters: Vec<&Pattern> = row.parameters.iter().map(|parameter| &parameter.pattern).collect();
                assert!(!parameters.contains(&&Pattern::Nothing), "{}", row.text);
                let key = format!("{name} {template:?} {parameters:?} {:?}", row.classes);
                assert!(!all.contains(&key), "{}", row.text);
                all.push(key);
            }
        }
        assert!(all.len() > 500, "{}", all.len());
    }

    #[test]
    fn abstract_arguments_stay_so_only_among_constants() {
        assert_eq!(chosen("+", &[], &["abstract-int", "abstract-int"], true), "abstract-int, abstract-int -> abstract-int");
        assert_eq!(
            chosen("+", &[], &["abstract-int", "abstract-float"], true),
            "abstract-float, abstract-float -> abstract-float"
        );
        assert_eq!(chosen("+", &[], &["abstract-int", "f32"], true), "f32, f32 -> f32");
        assert_eq!(chosen("+", &[], &["abstract-float", "i32"], true), "-");
        assert_eq!(chosen("+", &[], &["i32", "u32"], true), "-");
        assert_eq!(chosen("<<", &[], &["abstract-int", "u32"], false), "i32, u32 -> i32");
        assert_eq!(chosen("<<", &[], &["abstract-int", "u32"], true), "abstract-int, u32 -> abstract-int");
        assert_eq!(chosen("select", &[], &["abstract-int", "abstract-int", "bool"], false), "i32, i32, bool -> i32");
        assert_eq!(chosen("smoothstep", &[], &["abstract-int", "abstract-int", "f32"], false), "f32, f32, f32 -> f32");
        assert_eq!(
            chosen("ldexp", &[], &["abstract-float", "abstract-int"], true),
            "abstract-float, abstract-int -> abstract-float"
        );
        assert_eq!(chosen("ldexp", &[], &["abstract-float", "i32"], true), "f32, i32 -> f32");
        assert_eq!(chosen("sin", &[], &["abstract-int"], true), "abstract-float -> abstract-float");
        assert_eq!(chosen("countOneBits", &[], &["abstract-int"], true), "i32 -> i32");
    }

    #[test]
    fn shapes_decide_between_overloads() {
        assert_eq!(chosen("mix", &[], &["3 f32", "3 f32", "f32"], true), "vec3<f32>, vec3<f32>, f32 -> vec3<f32>");
        assert_eq!(chosen("mix", &[], &["3 f32", "2 f32", "f32"], true), "-");
        assert_eq!(chosen("vec3", &["f32"], &["3 i32"], true), "vec3<i32> -> vec3<f32>");
        assert_eq!(chosen("vec3", &["f32"], &["i32"], true), "-");
        assert_eq!(chosen("vec3", &[], &["2 f32", "abstract-int"], true), "vec2<f32>, f32 -> vec3<f32>");
        assert_eq!(chosen("bitcast", &["2 f16"], &["u32"], true), "u32 -> vec2<f16>");
        assert_eq!(chosen("bitcast", &["f32"], &["2 f16"], true), "vec2<f16> -> f32");
        assert_eq!(chosen("bitcast", &["f16"], &["f16"], true), "f16 -> f16");
        assert_eq!(chosen("bitcast", &["f16"], &["u32"], true), "-");
        assert_eq!(chosen("bitcast", &["u32"], &["abstract-int"], true), "i32 -> u32");
        assert_eq!(chosen("frexp", &[], &["2 f32"], true), "vec2<f32> -> __frexp_result_vec2_f32");
    }
}
