//! Doubles of what surfaces do with light.

use super::space::{scaled, sum, unit};
use super::{Case, Four, compare, dot, four, one, xyz};
use std::array::from_fn;
use std::f64::consts::PI;

type Three = [f64; 3];

const NORMAL: Three = [0.0, 0.6, 0.8];
const VIEW: Three = [0.0, 0.0, 1.0];
const BASE: Three = [0.9, 0.5, 0.2];
/// `pow` of WGSL is as exact as `exp2` and `log2`, which lose some bits.
const POWER: f64 = 1e-4;

/// The light of a place: a direction that is never straight away from the viewer.
fn light(p: Four) -> Three {
    unit([p[0], p[1], p[2].abs() + 0.5])
}

fn halfway(p: Four) -> Three {
    unit(sum(light(p), VIEW))
}

/// A number from 0 to 1.
fn part(p: f64) -> f64 {
    (p + 4.0) / 8.0
}

fn fresnel(cosine: f64, straight: f64) -> f64 {
    straight + (1.0 - straight) * (1.0 - cosine).powi(5)
}

fn facets(cosine: f64, alpha: f64) -> f64 {
    alpha.powi(2) / (PI * (cosine.powi(2) * (alpha.powi(2) - 1.0) + 1.0).powi(2))
}

/// Smith's function of one side, by the slope.
fn lambda(cosine: f64, alpha: f64) -> f64 {
    ((1.0 + alpha.powi(2) * (1.0 / cosine.powi(2) - 1.0)).sqrt() - 1.0) / 2.0
}

fn visible(light: f64, view: f64, alpha: f64) -> f64 {
    1.0 / (1.0 + lambda(light, alpha) + lambda(view, alpha)) / (4.0 * light * view)
}

fn physical(p: Four) -> Four {
    let (metal, alpha) = (part(p[3]), 0.49);
    let (to_light, to_view) = (dot(NORMAL, light(p)), dot(NORMAL, VIEW));
    if to_light <= 0.0 {
        return four([0.0]);
    }
    let shine = facets(dot(NORMAL, halfway(p)), alpha) * visible(to_light, to_view, alpha);
    four(from_fn::<f64, 3, _>(|i| {
        let mirrored = fresnel(dot(light(p), halfway(p)), 0.04 + (BASE[i] - 0.04) * metal);
        ((1.0 - mirrored) * (1.0 - metal) * BASE[i] / PI + mirrored * shine) * to_light
    }))
}

#[test]
fn lights_are_what_their_doubles_say() {
    const LIGHT: &str = "normalize(vec3f(p.xy, abs(p.z) + 0.5))";
    let wgsl = |text: &str| -> &'static str { text.replace("LIGHT", LIGHT).replace("NORMAL", "vec3f(0, 0.6, 0.8)").leak() };
    let cases = [
        Case(wgsl("vec4f(lambert(NORMAL, LIGHT), 0, 0, 0)"), |p| one(dot(NORMAL, light(p)).max(0.0)), 1.01, 1e-5),
        Case(
            "vec4f(hemisphere(normalize(p.xyz), vec3f(1, 0.5, 0), vec3f(0, 0.25, 1)), 0)",
            |p| {
                let sky = 0.5 + 0.5 * unit(xyz(p))[1];
                four([sky, 0.5 * sky + 0.25 * (1.0 - sky), 1.0 - sky])
            },
            1.01,
            1e-5,
        ),
        Case(
            wgsl("vec4f(phong(NORMAL, LIGHT, vec3f(0, 0, 1), 8), 0, 0, 0)"),
            |p| {
                let mirrored = sum(scaled(NORMAL, 2.0 * dot(NORMAL, light(p))), scaled(light(p), -1.0));
                one(dot(mirrored, VIEW).max(0.0).powi(8))
            },
            1.01,
            POWER,
        ),
        Case(
            wgsl("vec4f(blinn(NORMAL, LIGHT, vec3f(0, 0, 1), 16), 0, 0, 0)"),
            |p| one(dot(NORMAL, halfway(p)).max(0.0).powi(16)),
            1.01,
            POWER,
        ),
        Case("vec4f(power(p.x, 1.5), power(0, 2), 0, 0)", |p| one(p[0].max(0.0).powf(1.5)), 8.01, POWER),
        Case(
            "vec4f(falloff(p.x + 4.5, 6), falloff(7, 6), 0, 0)",
            |p| {
                let d = p[0] + 4.5;
                one((1.0 - (d / 6.0).powi(4)).max(0.0).powi(2) / d.powi(2))
            },
            4.01,
            POWER,
        ),
        Case(
            "vec4f(fresnel((p.x + 4) / 8, vec3f(0.04, 0.5, (p.y + 4) / 8)), 0)",
            |p| four([0.04, 0.5, part(p[1])].map(|straight| fresnel(part(p[0]), straight))),
            1.01,
            1e-5,
        ),
        Case(
            "vec4f(facets((p.x + 4) / 8, 0.2 + (p.y + 4) / 10), 0, 0, 0)",
            |p| one(facets(part(p[0]), 0.2 + part(p[1]) * 0.8)),
            8.5,
            1e-3,
        ),
        Case(
            "vec4f(visible(0.1 + (p.x + 4) / 10, 0.1 + (p.y + 4) / 10, 0.2 + (p.z + 4) / 10), 0, 0, 0)",
            |p| one(visible(0.1 + part(p[0]) * 0.8, 0.1 + part(p[1]) * 0.8, 0.2 + part(p[2]) * 0.8)),
            32.0,
            1e-3,
        ),
        Case(
            wgsl("vec4f(physical(NORMAL, LIGHT, vec3f(0, 0, 1), vec3f(0.9, 0.5, 0.2), (p.w + 4) / 8, 0.7), 0)"),
            physical,
            4.0,
            POWER,
        ),
    ];
    compare("light", &cases);
}
