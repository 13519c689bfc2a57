//! The library of WGSL, drawn: the values of every function at many places, held against a double of it in Rust, in 64 bits. Run with
//! `--features gpu-tests`.

mod light;
mod space;
mod text;

use pngine_compiler::Options;
use pngine_compiler::pack::{self, Embed};
use pngine_compiler::source::MemorySources;
use pngine_host::OwnedPayload;
use pngine_native::{Gpu, Player, PlayerOptions};
use pngine_wgsl::library::{MODULES, declarations};
use std::array::from_fn;
use std::f64::consts::{PI, TAU};

/// How many places a function is asked at.
const PLACES: u32 = 64;

/// Four numbers: a place, or what a function gives, filled up with zeros.
type Four = [f64; 4];

/// WGSL that gives a `vec4f` for the place `p`, its double, the greatest absolute value that is drawn, and how far the two may differ.
struct Case(&'static str, fn(Four) -> Four, f64, f64);

/// The number `component` of place `k`, from -4 to below 4 in steps that `f32` holds exactly.
fn place(k: u32) -> Four {
    from_fn(|component| {
        let bits = (4 * k + component as u32 + 1).wrapping_mul(2_654_435_761) ^ (k << 13);
        f64::from(bits >> 8) / 16_777_216.0 * 8.0 - 4.0
    })
}

/// The pixels of a scene's first frame, four bytes each.
fn draw(scene: &str, width: u32, height: u32) -> Vec<u8> {
    let compiled = pngine_compiler::compile(&MemorySources::default(), "scene.pngine", scene.as_bytes(), &Options::default());
    let program = compiled.program.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics));
    let payload = OwnedPayload::new(pack::payload(&program, Embed::Prebuilt).expect("packable")).expect("our own payload");
    let gpu = Gpu::for_scene(&payload.payload()).unwrap_or_else(|error| panic!("{error}"));
    let options = PlayerOptions { width, height };
    let mut player = Player::new(&gpu, &payload.payload(), None, options).unwrap_or_else(|error| panic!("{error}"));
    player.frame(0.0).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(player.findings(), []);
    player.read_pixels().expect("pixels").rgba
}

/// Draws every case at every place, as 24 bits in three channels, and compares.
fn compare(module: &str, cases: &[Case]) {
    let text = cases.iter().map(|case| case.0).collect::<Vec<_>>().join("\n");
    let declared = MODULES.iter().find(|found| found.name == module).map(|found| declarations(*found)).expect("a module");
    let names: Vec<String> = declared.into_iter().map(|declaration| declaration.name).collect();
    for name in &names {
        assert!(text.contains(&format!("{name}(")), "{module}::{name} is not drawn");
    }
    let arms: String = cases
        .iter()
        .enumerate()
        .map(|(row, Case(wgsl, _, most, _))| format!("case {row}u: {{ v = ({wgsl}) / {most:?}; }}\n"))
        .collect();
    let scene = format!(
        "#pass values {{ code=\"
        import pngine::{module}::{{{}}};
        @fragment fn paint(@builtin(position) pixel: vec4f) -> @location(0) vec4f {{
          let here = vec2u(pixel.xy);
          let k = here.x / 4u;
          let bits = ((vec4u(4u * k) + vec4u(1u, 2u, 3u, 4u)) * 2654435761u) ^ vec4u(k << 13u);
          let p = vec4f(bits >> vec4u(8u)) / 16777216.0 * 8.0 - 4.0;
          var v = vec4f();
          switch here.y {{ {arms} default: {{}} }}
          let coded = u32(clamp(v[here.x % 4u] * 0.5 + 0.5, 0, 1) * 16777215 + 0.5);
          return vec4f(vec3f(vec3u(coded >> 16u, coded >> 8u, coded) & vec3u(255u)) / 255, 1);
        }}
        \" }}",
        names.join(", ")
    );
    let rgba = draw(&scene, 4 * PLACES, cases.len() as u32);
    let mut wrong = Vec::new();
    let mut pixels = rgba.chunks(4);
    for Case(wgsl, double, most, tolerance) in cases {
        let (mut worst, mut at, mut all): (f64, String, Vec<Four>) = (0.0, String::new(), Vec::new());
        for k in 0..PLACES {
            let expected = double(place(k));
            all.push(expected);
            for (component, expected) in expected.into_iter().enumerate() {
                let pixel = pixels.next().expect("a pixel for each value");
                let coded = f64::from(u32::from_be_bytes([0, pixel[0], pixel[1], pixel[2]]));
                let drawn = (coded / 16_777_215.0 * 2.0 - 1.0) * most;
                // What is beyond the range would be cut on both sides, and agree whatever it is.
                assert!(expected.abs() < *most, "{wgsl}: {expected} at {k} is beyond {most}");
                let difference = (drawn - expected).abs();
                if difference > worst {
                    (worst, at) = (difference, format!("place {k}, number {component}: {drawn} and not {expected}"));
                }
            }
        }
        println!("{module}: {wgsl}: at most {worst:.1e} apart, {tolerance:.1e} allowed");
        if worst > *tolerance {
            wrong.push(format!("{wgsl}: {at}"));
        }
        assert!(
            all.iter().any(|value| (0..4).any(|i| (value[i] - all[0][i]).abs() > 10.0 * tolerance)),
            "{wgsl} is the same everywhere"
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Some numbers, filled up with zeros.
fn four<const N: usize>(values: [f64; N]) -> Four {
    from_fn(|i| values.get(i).copied().unwrap_or(0.0))
}

fn one(value: f64) -> Four {
    four([value])
}

fn pcg(value: u32) -> u32 {
    let state = value.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
    let mixed = ((state >> ((state >> 28) + 4)) ^ state).wrapping_mul(277_803_737);
    (mixed >> 22) ^ mixed
}

/// The linear step that all of them begin with.
fn stepped<const N: usize>(value: [u32; N]) -> [u32; N] {
    value.map(|value| value.wrapping_mul(1_664_525).wrapping_add(1_013_904_223))
}

/// Adds to number `to` the product of two others.
fn add<const N: usize>(v: &mut [u32; N], to: usize, a: usize, b: usize) {
    v[to] = v[to].wrapping_add(v[a].wrapping_mul(v[b]));
}

fn pcg2(value: [u32; 2]) -> [u32; 2] {
    let mut v = stepped(value);
    for _ in 0..2 {
        v[0] = v[0].wrapping_add(v[1].wrapping_mul(1_664_525));
        v[1] = v[1].wrapping_add(v[0].wrapping_mul(1_664_525));
        v = v.map(|v| v ^ (v >> 16));
    }
    v
}

fn pcg3(value: [u32; 3]) -> [u32; 3] {
    let mut v = stepped(value);
    for round in 0..2 {
        for (to, a, b) in [(0, 1, 2), (1, 2, 0), (2, 0, 1)] {
            add(&mut v, to, a, b);
        }
        if round == 0 {
            v = v.map(|v| v ^ (v >> 16));
        }
    }
    v
}

fn pcg4(value: [u32; 4]) -> [u32; 4] {
    let mut v = stepped(value);
    for round in 0..2 {
        for (to, a, b) in [(0, 1, 3), (1, 2, 0), (2, 0, 1), (3, 1, 2)] {
            add(&mut v, to, a, b);
        }
        if round == 0 {
            v = v.map(|v| v ^ (v >> 16));
        }
    }
    v
}

/// Whole numbers made of a place, exactly: its steps, counted.
fn whole<const N: usize>(p: Four) -> [u32; N] {
    from_fn(|i| ((p[i] + 4.0) * 2_097_152.0) as u32)
}

fn high<const N: usize>(v: [u32; N]) -> Four {
    four(v.map(|v| f64::from(v >> 16)))
}

fn low<const N: usize>(v: [u32; N]) -> Four {
    four(v.map(|v| f64::from(v & 0xFFFF)))
}

fn unit(bits: u32) -> f64 {
    f64::from(bits >> 8) / 16_777_216.0
}

#[test]
fn hashes_are_what_their_doubles_say_bit_for_bit() {
    // Halves of 16 bits, so that 24 bits of a picture hold them exactly.
    compare(
        "hash",
        &[
            Case("vec4f(f32(pcg(vec4u((p + 4) * 2097152).x) >> 16u), 0, 0, 0)", |p| high([pcg(whole::<1>(p)[0])]), 65536.0, 0.1),
            Case("vec4f(f32(pcg(vec4u((p + 4) * 2097152).x) & 65535u), 0, 0, 0)", |p| low([pcg(whole::<1>(p)[0])]), 65536.0, 0.1),
            Case("vec4f(vec2f(pcg2(vec4u((p + 4) * 2097152).xy) >> vec2u(16u)), 0, 0)", |p| high(pcg2(whole(p))), 65536.0, 0.1),
            Case("vec4f(vec2f(pcg2(vec4u((p + 4) * 2097152).xy) & vec2u(65535u)), 0, 0)", |p| low(pcg2(whole(p))), 65536.0, 0.1),
            Case("vec4f(vec3f(pcg3(vec4u((p + 4) * 2097152).xyz) >> vec3u(16u)), 0)", |p| high(pcg3(whole(p))), 65536.0, 0.1),
            Case("vec4f(vec3f(pcg3(vec4u((p + 4) * 2097152).xyz) & vec3u(65535u)), 0)", |p| low(pcg3(whole(p))), 65536.0, 0.1),
            Case("vec4f(pcg4(vec4u((p + 4) * 2097152)) >> vec4u(16u))", |p| high(pcg4(whole(p))), 65536.0, 0.1),
            Case("vec4f(pcg4(vec4u((p + 4) * 2097152)) & vec4u(65535u))", |p| low(pcg4(whole(p))), 65536.0, 0.1),
            Case("vec4f(unit(bits.x), 0, 0, 0)", |p| one((p[0] + 4.0) / 8.0), 1.0, 2e-7),
            Case("vec4f(unit2(bits.xy), 0, 0)", |p| four([p[0], p[1]].map(|p| (p + 4.0) / 8.0)), 1.0, 2e-7),
            Case("vec4f(unit3(bits.xyz), 0)", |p| four([p[0], p[1], p[2]].map(|p| (p + 4.0) / 8.0)), 1.0, 2e-7),
            Case("unit4(bits)", |p| p.map(|p| (p + 4.0) / 8.0), 1.0, 2e-7),
        ],
    );
}

fn fade(t: f64) -> f64 {
    t.powi(5) * 6.0 - t.powi(4) * 15.0 + t.powi(3) * 10.0
}

/// Random numbers of a cell of 2 or 3 axes, from 0 to 1.
fn random<const N: usize>(cell: [i32; N]) -> [f64; N] {
    let bits = cell.map(|cell| cell as u32);
    let mut mixed = bits;
    match N {
        2 => mixed.copy_from_slice(&pcg2([bits[0], bits[1]])),
        _ => mixed.copy_from_slice(&pcg3([bits[0], bits[1], bits[2]])),
    }
    mixed.map(unit)
}

fn slope<const N: usize>(cell: [i32; N]) -> [f64; N] {
    random(cell).map(|value| 2.0 * value - 1.0)
}

fn dot<const N: usize>(a: [f64; N], b: [f64; N]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn length<const N: usize>(a: [f64; N]) -> f64 {
    dot(a, a).sqrt()
}

/// The sum over the corners of a place's cell: each with its weight.
fn over_corners<const N: usize>(p: [f64; N], of: impl Fn([i32; N], [f64; N]) -> f64) -> f64 {
    let corner = |bits: usize| {
        let step: [i32; N] = from_fn(|axis| (bits >> axis & 1) as i32);
        let cell = from_fn(|axis| p[axis].floor() as i32 + step[axis]);
        let from: [f64; N] = from_fn(|axis| p[axis] - f64::from(cell[axis]));
        let weight: f64 = from.iter().map(|from| fade(1.0 - from.abs())).product();
        weight * of(cell, from)
    };
    (0..1 << N).map(corner).sum()
}

fn value<const N: usize>(p: [f64; N]) -> f64 {
    over_corners(p, |cell, _| random(cell)[0])
}

fn gradient<const N: usize>(p: [f64; N]) -> f64 {
    over_corners(p, |cell, from| dot(slope(cell), from)) / (N as f64 / 2.0)
}

fn corner<const N: usize>(cell: [i32; N], d: [f64; N]) -> f64 {
    (0.5 - dot(d, d)).max(0.0).powi(4) * dot(slope(cell), d)
}

/// Simplex noise by its definition: every corner near enough, whichever simplex the place is in.
fn simplex<const N: usize>(p: [f64; N]) -> f64 {
    let n = N as f64;
    let (shear, back) = (((n + 1.0).sqrt() - 1.0) / n, (1.0 - 1.0 / (n + 1.0).sqrt()) / n);
    let sum: f64 = p.iter().sum();
    let cell: [i32; N] = p.map(|p| (p + shear * sum).floor() as i32);
    let mut out = 0.0;
    for near in 0..4_usize.pow(N as u32) {
        let cell: [i32; N] = from_fn(|axis| cell[axis] + (near >> (2 * axis) & 3) as i32 - 1);
        let sum: f64 = cell.iter().map(|cell| f64::from(*cell)).sum();
        out += corner(cell, from_fn(|axis| p[axis] - (f64::from(cell[axis]) - back * sum)));
    }
    out * if N == 2 { 70.1 } else { 60.6 }
}

fn layers<const N: usize>(p: [f64; N], count: i32, noise: fn([f64; N]) -> f64) -> f64 {
    let moved = [19.25, 7.75, 13.5];
    let layer = |i: i32| noise(from_fn(|axis| p[axis] * 2_f64.powi(i) + moved[axis] * f64::from(i))) / 2_f64.powi(i);
    let total: f64 = (0..count).map(|i| 2_f64.powi(-i)).sum();
    (0..count).map(layer).sum::<f64>() / total
}

fn worley<const N: usize>(p: [f64; N]) -> Four {
    let distance = |near: usize| {
        let cell: [i32; N] = from_fn(|axis| p[axis].floor() as i32 + (near / 3_usize.pow(axis as u32) % 3) as i32 - 1);
        let point = random(cell);
        length::<N>(from_fn(|axis| f64::from(cell[axis]) + point[axis] - p[axis]))
    };
    let mut all: Vec<f64> = (0..3_usize.pow(N as u32)).map(distance).collect();
    all.sort_by(f64::total_cmp);
    four([all[0], all[1]])
}

fn xy(p: Four) -> [f64; 2] {
    [p[0], p[1]]
}

fn xyz(p: Four) -> [f64; 3] {
    [p[0], p[1], p[2]]
}

fn cell<const N: usize>(p: Four) -> [i32; N] {
    from_fn(|i| p[i].floor() as i32)
}

fn fract<const N: usize>(p: Four) -> [f64; N] {
    from_fn(|i| p[i] - p[i].floor())
}

#[test]
fn noise_is_what_its_doubles_say() {
    // Some dozen operations of 24 bits; layers magnify the error of the place by their fineness.
    const NEAR: f64 = 2e-5;
    compare(
        "noise",
        &[
            Case("vec4f(fade(fract(p.xy)), 0, 0)", |p| four(fract::<2>(p).map(fade)), 2.0, NEAR),
            Case("vec4f(fade3(fract(p.xyz)), 0)", |p| four(fract::<3>(p).map(fade)), 2.0, NEAR),
            Case("vec4f(at(vec2i(floor(p.xy))), 0, 0, 0)", |p| one(random(cell::<2>(p))[0]), 2.0, 1e-6),
            Case("vec4f(at3(vec3i(floor(p.xyz))), 0, 0, 0)", |p| one(random(cell::<3>(p))[0]), 2.0, 1e-6),
            Case("vec4f(slope(vec2i(floor(p.xy))), 0, 0)", |p| four(slope(cell::<2>(p))), 2.0, 1e-6),
            Case("vec4f(slope3(vec3i(floor(p.xyz))), 0)", |p| four(slope(cell::<3>(p))), 2.0, 1e-6),
            Case("vec4f(value(p.xy), 0, 0, 0)", |p| one(value(xy(p))), 1.01, NEAR),
            Case("vec4f(value3(p.xyz), 0, 0, 0)", |p| one(value(xyz(p))), 1.01, NEAR),
            Case("vec4f(gradient(p.xy), 0, 0, 0)", |p| one(gradient(xy(p))), 1.01, NEAR),
            Case("vec4f(gradient3(p.xyz), 0, 0, 0)", |p| one(gradient(xyz(p))), 1.01, NEAR),
            Case(
                "vec4f(corner(vec2i(floor(p.xy)), fract(p.xy) / 2), 0, 0, 0)",
                |p| one(corner(cell::<2>(p), fract::<2>(p).map(|f| f / 2.0))),
                0.1,
                NEAR / 10.0,
            ),
            Case(
                "vec4f(corner3(vec3i(floor(p.xyz)), fract(p.xyz) / 2), 0, 0, 0)",
                |p| one(corner(cell::<3>(p), fract::<3>(p).map(|f| f / 2.0))),
                0.1,
                NEAR / 10.0,
            ),
            Case("vec4f(simplex(p.xy), 0, 0, 0)", |p| one(simplex(xy(p))), 1.01, NEAR),
            Case("vec4f(simplex3(p.xyz), 0, 0, 0)", |p| one(simplex(xyz(p))), 1.01, NEAR),
            Case("vec4f(fbm(p.xy, 5u), fbm(p.xy, 0u), 0, 0)", |p| one(layers(xy(p), 5, gradient)), 1.01, 1e-4),
            Case("vec4f(fbm3(p.xyz, 5u), fbm3(p.xyz, 0u), 0, 0)", |p| one(layers(xyz(p), 5, gradient)), 1.01, 1e-4),
            Case("vec4f(value_fbm(p.xy, 5u), 0, 0, 0)", |p| one(layers(xy(p), 5, value)), 1.01, 1e-4),
            Case("vec4f(value_fbm3(p.xyz, 5u), 0, 0, 0)", |p| one(layers(xyz(p), 5, value)), 1.01, 1e-4),
            Case("vec4f(simplex_fbm(p.xy, 5u), 0, 0, 0)", |p| one(layers(xy(p), 5, simplex)), 1.01, 1e-4),
            Case("vec4f(simplex_fbm3(p.xyz, 5u), 0, 0, 0)", |p| one(layers(xyz(p), 5, simplex)), 1.01, 1e-4),
            Case("vec4f(worley(p.xy), 0, 0)", |p| worley(xy(p)), 2.0, NEAR),
            Case("vec4f(worley3(p.xyz), 0, 0)", |p| worley(xyz(p)), 2.0, NEAR),
        ],
    );
}

fn box_of<const N: usize>(p: [f64; N], half: [f64; N]) -> f64 {
    let d: [f64; N] = from_fn(|axis| p[axis].abs() - half[axis]);
    let inside = d.iter().copied().fold(f64::MIN, f64::max).min(0.0);
    length(d.map(|d| d.max(0.0))) + inside
}

fn segment<const N: usize>(p: [f64; N], a: [f64; N], b: [f64; N]) -> f64 {
    let along: [f64; N] = from_fn(|i| b[i] - a[i]);
    let t = (dot(from_fn(|i| p[i] - a[i]), along) / dot(along, along)).clamp(0.0, 1.0);
    length::<N>(from_fn(|i| p[i] - a[i] - t * along[i]))
}

/// The distance to a polygon, by its edges, and by how often a ray to the right crosses them.
fn polygon(p: [f64; 2], corners: &[[f64; 2]]) -> f64 {
    let edges = corners.iter().zip(corners.iter().cycle().skip(1));
    let distance = edges.clone().map(|(a, b)| segment(p, *a, *b)).fold(f64::MAX, f64::min);
    let crosses =
        |a: [f64; 2], b: [f64; 2]| (a[1] > p[1]) != (b[1] > p[1]) && p[0] < a[0] + (p[1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0]);
    let is_inside = edges.filter(|(a, b)| crosses(**a, **b)).count() % 2 == 1;
    if is_inside { -distance } else { distance }
}

/// A place at an angle from the upward direction.
fn turned(radius: f64, angle: f64) -> [f64; 2] {
    [radius * angle.sin(), radius * angle.cos()]
}

fn star(p: [f64; 2]) -> f64 {
    let corners: Vec<[f64; 2]> = (0..10).map(|i| turned(if i % 2 == 0 { 3.0 } else { 1.25 }, f64::from(i) * PI / 5.0)).collect();
    polygon(p, &corners)
}

fn hexagon(p: [f64; 2]) -> f64 {
    let corners: Vec<[f64; 2]> = (0..6).map(|i| turned(2.0 / (PI / 6.0).cos(), PI / 6.0 + f64::from(i) * PI / 3.0)).collect();
    polygon(p, &corners)
}

/// The lower of two distances, with the edge filled by a parabola.
fn smooth_join(a: f64, b: f64, k: f64) -> f64 {
    a.min(b) - (k - (a - b).abs()).max(0.0).powi(2) / (4.0 * k)
}

#[test]
fn distances_are_what_their_doubles_say() {
    const NEAR: f64 = 5e-6;
    // `cos` and `sin` of WGSL are exact to 2⁻¹¹ only, of which lavapipe makes better use.
    const TURNED: f64 = 2e-3;
    let cases = [
        Case("vec4f(circle(p.xy, 1.5), 0, 0, 0)", |p| one(length(xy(p)) - 1.5), 8.0, NEAR),
        Case("vec4f(rectangle(p.xy, vec2f(2, 1)), 0, 0, 0)", |p| one(box_of(xy(p), [2.0, 1.0])), 8.0, NEAR),
        Case("vec4f(rounded_rectangle(p.xy, vec2f(2, 1), 0.5), 0, 0, 0)", |p| one(box_of(xy(p), [1.5, 0.5]) - 0.5), 8.0, NEAR),
        Case(
            "vec4f(segment(p.xy, vec2f(-1, 2), vec2f(3, 1)), 0, 0, 0)",
            |p| one(segment(xy(p), [-1.0, 2.0], [3.0, 1.0])),
            8.0,
            NEAR,
        ),
        Case("vec4f(segment(p.xy, vec2f(1, 2), vec2f(1, 2)), 0, 0, 0)", |p| one(length([p[0] - 1.0, p[1] - 2.0])), 8.0, NEAR),
        Case(
            "vec4f(triangle(p.xy, vec2f(-3, -2), vec2f(3, -1), vec2f(0, 3)), triangle(p.xy, vec2f(0, 3), vec2f(3, -1), vec2f(-3, -2)), 0, 0)",
            |p| four([polygon(xy(p), &[[-3.0, -2.0], [3.0, -1.0], [0.0, 3.0]]); 2]),
            8.0,
            NEAR,
        ),
        Case("vec4f(side(p.xy, vec2f(-1, 2), vec2f(3, 1)), 0, 0, 0)", |p| one(4.0 * (p[1] - 2.0) + (p[0] + 1.0)), 64.0, 5e-5),
        Case("vec4f(hexagon(p.xy, 2), 0, 0, 0)", |p| one(hexagon(xy(p))), 8.0, NEAR),
        Case("vec4f(star(p.xy, 5u, 3, 1.25), 0, 0, 0)", |p| one(star(xy(p))), 8.0, TURNED),
        Case("vec4f(sphere(p.xyz, 2), 0, 0, 0)", |p| one(length(xyz(p)) - 2.0), 8.0, NEAR),
        Case("vec4f(box3(p.xyz, vec3f(1, 2, 3)), 0, 0, 0)", |p| one(box_of(xyz(p), [1.0, 2.0, 3.0])), 8.0, NEAR),
        Case("vec4f(torus(p.xyz, 2, 0.5), 0, 0, 0)", |p| one(length([length([p[0], p[2]]) - 2.0, p[1]]) - 0.5), 8.0, NEAR),
        Case(
            "vec4f(capsule(p.xyz, vec3f(-1, 0, 1), vec3f(2, 1, 0), 0.75), 0, 0, 0)",
            |p| one(segment(xyz(p), [-1.0, 0.0, 1.0], [2.0, 1.0, 0.0]) - 0.75),
            8.0,
            NEAR,
        ),
        Case("vec4f(cylinder(p.xyz, 2, 1), 0, 0, 0)", |p| one(box_of([length([p[0], p[2]]), p[1]], [2.0, 1.0])), 8.0, NEAR),
        Case("vec4f(plane(p.xyz, vec3f(0.6, 0, 0.8), 1), 0, 0, 0)", |p| one(0.6 * p[0] + 0.8 * p[2] - 1.0), 8.0, NEAR),
        Case(
            "vec4f(join(p.x, p.y), intersect(p.x, p.y), subtract(p.x, p.y), 0)",
            |p| four([p[0].min(p[1]), p[0].max(p[1]), p[0].max(-p[1])]),
            8.0,
            NEAR,
        ),
        Case(
            "vec4f(smooth_join(p.x, p.y, 2), smooth_intersect(p.x, p.y, 2), smooth_subtract(p.x, p.y, 2), 0)",
            |p| four([smooth_join(p[0], p[1], 2.0), -smooth_join(-p[0], -p[1], 2.0), -smooth_join(-p[0], p[1], 2.0)]),
            8.0,
            NEAR,
        ),
        Case("vec4f(rounded(p.x, 0.5), onion(p.x, 0.5), 0, 0)", |p| four([p[0] - 0.5, p[0].abs() - 0.5]), 8.0, NEAR),
        Case(
            "vec4f(repeat(p.xy, vec2f(2, 1)), 0, 0)",
            |p| four([p[0] - 2.0 * (p[0] / 2.0 + 0.5).floor(), p[1] - (p[1] + 0.5).floor()]),
            8.0,
            NEAR,
        ),
        Case(
            "vec4f(repeat3(p.xyz, vec3f(2, 1, 4)), 0)",
            |p| four(from_fn::<f64, 3, _>(|i| p[i] - [2.0, 1.0, 4.0][i] * (p[i] / [2.0, 1.0, 4.0][i] + 0.5).floor())),
            8.0,
            NEAR,
        ),
    ];
    compare("sdf", &cases);
}

/// A colour of a place, as `(p.xyz + 4) / 8` makes it.
fn color(p: Four) -> [f64; 3] {
    xyz(p).map(|p| (p + 4.0) / 8.0)
}

fn decoded(value: f64) -> f64 {
    if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

fn coded(value: f64) -> f64 {
    if value <= 0.003_130_8 { value * 12.92 } else { 1.055 * value.powf(1.0 / 2.4) - 0.055 }
}

/// By the sixth of the circle that the hue lies in.
fn rgb_from_hsv([h, s, v]: [f64; 3]) -> [f64; 3] {
    let (sixth, f) = ((h * 6.0).floor() as i32 % 6, (h * 6.0).fract());
    let (p, q, t) = (v * (1.0 - s), v * (1.0 - s * f), v * (1.0 - s * (1.0 - f)));
    match sixth {
        0 => [v, t, p],
        1 => [q, v, p],
        2 => [p, v, t],
        3 => [p, q, v],
        4 => [t, p, v],
        _ => [v, p, q],
    }
}

const CONES: [[f64; 3]; 3] = [
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
];
const LAB: [[f64; 3]; 3] = [
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
];

fn oklab(light: [f64; 3]) -> [f64; 3] {
    let root = CONES.map(|row| dot(row, light).cbrt());
    LAB.map(|row| dot(row, root))
}

#[test]
fn colours_are_what_their_doubles_say() {
    // `pow` of WGSL is as exact as `exp2` and `log2`, which lose some bits.
    const POWER: f64 = 2e-5;
    let cases = [
        Case("vec4f(linear_from_srgb((p.xyz + 4) / 8), 0)", |p| four(color(p).map(decoded)), 1.01, POWER),
        Case("vec4f(linear_from_srgb((p.xyz + 4) / 200), 0)", |p| four(color(p).map(|c| decoded(c / 25.0))), 1.01, POWER),
        Case("vec4f(srgb_from_linear((p.xyz + 4) / 8), 0)", |p| four(color(p).map(coded)), 1.01, POWER),
        Case("vec4f(srgb_from_linear((p.xyz + 4) / 2000), 0)", |p| four(color(p).map(|c| coded(c / 250.0))), 1.01, POWER),
        Case("vec4f(luminance((p.xyz + 4) / 8), 0, 0, 0)", |p| one(dot(color(p), [0.2126, 0.7152, 0.0722])), 1.01, 1e-6),
        Case("vec4f(rgb_from_hsv((p.xyz + 4) / 8), 0)", |p| four(rgb_from_hsv(color(p))), 1.01, 2e-6),
        // The way back is right if it leads to where it came from.
        Case("vec4f(hsv_from_rgb(rgb_from_hsv((p.xyz + 4) / 8)), 0)", |p| four(color(p)), 1.01, 2e-4),
        Case("vec4f(hsv_from_rgb(vec3f((p.x + 4) / 8)), 0)", |p| four([0.0, 0.0, color(p)[0]]), 1.01, 2e-6),
        Case("vec4f(oklab_from_linear((p.xyz + 4) / 8), 0)", |p| four(oklab(color(p))), 1.01, POWER),
        Case("vec4f(linear_from_oklab(oklab_from_linear((p.xyz + 4) / 8)), 0)", |p| four(color(p)), 1.01, 2e-4),
        Case(
            "vec4f(palette(p.x, vec3f(0.5, 0.4, 0.3), vec3f(0.5), vec3f(0.1, 0.2, 0.3), vec3f(0, 0.1, 0.2)), 0)",
            |p| {
                four(from_fn::<f64, 3, _>(|i| {
                    [0.5, 0.4, 0.3][i] + 0.5 * (TAU * ([0.1, 0.2, 0.3][i] * p[0] + [0.0, 0.1, 0.2][i])).cos()
                }))
            },
            1.01,
            1e-3,
        ),
        Case(
            "vec4f(tone_map(p.xyz), 0)",
            |p| {
                let curve = |x: f64| (x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14)).clamp(0.0, 1.0);
                four(xyz(p).map(|x| curve(x.max(0.0))))
            },
            1.01,
            2e-6,
        ),
    ];
    compare("color", &cases);
}
