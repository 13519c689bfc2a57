//! Doubles of cameras and rotations: by what they do to places, not by matrices.

use super::{Case, Four, compare, dot, four, xyz};
use std::array::from_fn;

type Three = [f64; 3];

const UP: Three = [0.0, 1.0, 0.0];
const FORWARD: Three = [1.0, 2.0, -2.0];
const EYE: Three = [1.0, 2.0, 3.0];
/// `cos` and `sin` of WGSL are exact to 2⁻¹¹ only, of which lavapipe makes better use.
const TURNED: f64 = 1e-2;
const NEAR: f64 = 2e-5;

fn cross(a: Three, b: Three) -> Three {
    from_fn(|i| a[(i + 1) % 3] * b[(i + 2) % 3] - a[(i + 2) % 3] * b[(i + 1) % 3])
}

pub(crate) fn scaled<const N: usize>(a: [f64; N], by: f64) -> [f64; N] {
    a.map(|a| a * by)
}

pub(crate) fn sum<const N: usize>(a: [f64; N], b: [f64; N]) -> [f64; N] {
    from_fn(|i| a[i] + b[i])
}

pub(crate) fn unit<const N: usize>(a: [f64; N]) -> [f64; N] {
    scaled(a, 1.0 / dot(a, a).sqrt())
}

/// The right, the up and the forward of a camera.
fn axes(forward: Three) -> [Three; 3] {
    let forward = unit(forward);
    let right = unit(cross(forward, UP));
    [right, cross(right, forward), forward]
}

/// Where a camera's axes put a place that is given along them.
fn along(forward: Three, p: Three) -> Three {
    let [right, up, forward] = axes(forward);
    from_fn(|i| right[i] * p[0] + up[i] * p[1] - forward[i] * p[2])
}

fn with(p: Three, w: f64) -> Four {
    [p[0], p[1], p[2], w]
}

fn looked_at(p: Four) -> Four {
    let [right, up, forward] = axes(sum([2.0, 4.0, 1.0], scaled(EYE, -1.0)));
    let from = sum(xyz(p), scaled(EYE, -p[3]));
    [dot(right, from), dot(up, from), -dot(forward, from), p[3]]
}

fn ray(p: Four) -> Four {
    let high = (1.1_f64 / 2.0).tan();
    let [x, y] = [((p[0] + 4.0) * 10.0 - 40.0) / 30.0, (30.0 - (p[1] + 4.0) * 10.0) / 30.0];
    four(unit(along([p[2], 0.5, -5.0], [x * high, y * high, -1.0])))
}

#[test]
fn cameras_are_what_their_doubles_say() {
    let cases = [
        Case(
            "perspective(1.2, 1.5, 0.5, 20) * p",
            |p| {
                let high = 0.6_f64.tan();
                [p[0] / (1.5 * high), p[1] / high, (20.0 * p[2] + 10.0 * p[3]) / -19.5, -p[2]]
            },
            16.0,
            TURNED,
        ),
        Case(
            "orthographic(vec2f(2, 3), 0.5, 20) * p",
            |p| [p[0] / 2.0, p[1] / 3.0, (p[2] + 0.5 * p[3]) / -19.5, p[3]],
            8.0,
            NEAR,
        ),
        Case("look_at(vec3f(1, 2, 3), vec3f(2, 4, 1), vec3f(0, 1, 0)) * p", looked_at, 32.0, NEAR),
        Case("vec4f(facing(vec3f(1, 2, -2), vec3f(0, 1, 0)) * p.xyz, 0)", |p| four(along(FORWARD, xyz(p))), 8.0, NEAR),
        Case(
            "vec4f(ray((p.xy + 4) * 10, vec2f(80, 60), 1.1, facing(vec3f(p.z, 0.5, -5), vec3f(0, 1, 0))), 0)",
            ray,
            1.01,
            TURNED,
        ),
        Case(
            "vec4f(orbit(2, p.x, p.y / 4), 0)",
            |p| {
                let (turn, rise) = (p[0], p[1] / 4.0);
                four([2.0 * rise.cos() * turn.sin(), 2.0 * rise.sin(), 2.0 * rise.cos() * turn.cos()])
            },
            2.01,
            TURNED,
        ),
        Case("translation(p.yzx) * p", |p| with(sum(xyz(p), scaled([p[1], p[2], p[0]], p[3])), p[3]), 32.0, NEAR),
        Case("scaling(p.yzx) * p", |p| [p[0] * p[1], p[1] * p[2], p[2] * p[0], p[3]], 32.0, NEAR),
        Case("rotating(facing(vec3f(1, 2, -2), vec3f(0, 1, 0))) * p", |p| with(along(FORWARD, xyz(p)), p[3]), 8.0, NEAR),
    ];
    compare("camera", &cases);
}

const AXIS: Three = [2.0 / 3.0, -1.0 / 3.0, 2.0 / 3.0];

/// A place turned around an axis: what lies along the axis stays, the rest goes round it.
fn turned(axis: Three, angle: f64, p: Three) -> Three {
    let along = scaled(axis, dot(axis, p));
    let across = sum(p, scaled(along, -1.0));
    sum(along, sum(scaled(across, angle.cos()), scaled(cross(axis, p), angle.sin())))
}

fn quaternion(p: Four) -> Four {
    with(scaled(AXIS, (p[3] / 2.0).sin()), (p[3] / 2.0).cos())
}

/// By the table of i, j and k.
fn product(a: Four, b: Four) -> Four {
    [
        a[3] * b[0] + a[0] * b[3] + a[1] * b[2] - a[2] * b[1],
        a[3] * b[1] - a[0] * b[2] + a[1] * b[3] + a[2] * b[0],
        a[3] * b[2] + a[0] * b[1] - a[1] * b[0] + a[2] * b[3],
        a[3] * b[3] - a[0] * b[0] - a[1] * b[1] - a[2] * b[2],
    ]
}

/// What turns `a` into `b`, at a part of its angle, behind `a`.
fn slerp(a: Four, b: Four, t: f64) -> Four {
    let b = if dot(a, b) < 0.0 { scaled(b, -1.0) } else { b };
    let back = [-a[0], -a[1], -a[2], a[3]];
    let way = product(b, back);
    let angle = way[3].min(1.0).acos();
    let axis = if angle > 1e-9 { unit(xyz(way)) } else { UP };
    product(with(scaled(axis, (t * angle).sin()), (t * angle).cos()), a)
}

#[test]
fn rotations_are_what_their_doubles_say() {
    let cases = [
        Case(
            "vec4f(turn(p.z) * p.xy, 0, 0)",
            |p| four([p[0] * p[2].cos() - p[1] * p[2].sin(), p[0] * p[2].sin() + p[1] * p[2].cos()]),
            8.0,
            TURNED,
        ),
        Case("vec4f(around_x(p.w) * p.xyz, 0)", |p| four(turned([1.0, 0.0, 0.0], p[3], xyz(p))), 8.0, TURNED),
        Case("vec4f(around_y(p.w) * p.xyz, 0)", |p| four(turned(UP, p[3], xyz(p))), 8.0, TURNED),
        Case("vec4f(around_z(p.w) * p.xyz, 0)", |p| four(turned([0.0, 0.0, 1.0], p[3], xyz(p))), 8.0, TURNED),
        Case("vec4f(around(vec3f(2, -1, 2) / 3, p.w) * p.xyz, 0)", |p| four(turned(AXIS, p[3], xyz(p))), 8.0, TURNED),
        Case("quaternion(vec3f(2, -1, 2) / 3, p.w)", quaternion, 1.01, TURNED),
        Case("product(p, p.wzyx)", |p| product(p, [p[3], p[2], p[1], p[0]]), 80.0, 1e-4),
        Case("conjugate(p)", |p| [-p[0], -p[1], -p[2], p[3]], 8.0, NEAR),
        Case("vec4f(rotate(quaternion(vec3f(2, -1, 2) / 3, p.w), p.xyz), 0)", |p| four(turned(AXIS, p[3], xyz(p))), 8.0, TURNED),
        Case("vec4f(matrix(quaternion(vec3f(2, -1, 2) / 3, p.w)) * p.xyz, 0)", |p| four(turned(AXIS, p[3], xyz(p))), 8.0, TURNED),
        Case(
            "slerp(normalize(p), normalize(p.wxyz + 1), (p.x + 4) / 8)",
            |p| slerp(unit(p), unit([p[3], p[0], p[1], p[2]].map(|p| p + 1.0)), (p[0] + 4.0) / 8.0),
            1.01,
            TURNED,
        ),
        Case("slerp(normalize(p), -normalize(p), 0.3)", unit, 1.01, 1e-4),
    ];
    compare("rotation", &cases);
}
