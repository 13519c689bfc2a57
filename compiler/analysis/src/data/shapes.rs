//! The shapes of `#data`: triangle lists with interleaved attributes. Source: language reference, section 9.5, and decision 20 of
//! section 19. What is left open there (directions, colours, the order of rows) is said in docs/language.md, "Shapes"; the two
//! must agree.

use std::f64::consts::TAU;

/// An attribute of a vertex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "what it is and how many singles it has")]
pub enum Attribute {
    Position3,
    Position4,
    Normal3,
    Color3,
    Color4,
    Uv2,
    Tangent4,
}

impl Attribute {
    /// All attributes and their names in a `format`.
    pub const ALL: [(&'static str, Attribute); 7] = [
        ("position3", Attribute::Position3),
        ("position4", Attribute::Position4),
        ("normal3", Attribute::Normal3),
        ("color3", Attribute::Color3),
        ("color4", Attribute::Color4),
        ("uv2", Attribute::Uv2),
        ("tangent4", Attribute::Tangent4),
    ];

    /// The attribute with this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(found, _)| *found == name).map(|(_, attribute)| attribute)
    }

    /// Its name in a `format`.
    pub fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, attribute)| *attribute == self).map_or("", |(name, _)| name)
    }

    /// How many floats it has.
    pub const fn floats(self) -> usize {
        match self {
            Attribute::Uv2 => 2,
            Attribute::Position3 | Attribute::Normal3 | Attribute::Color3 => 3,
            Attribute::Position4 | Attribute::Color4 | Attribute::Tangent4 => 4,
        }
    }

    fn push(self, vertex: &Vertex, out: &mut Vec<u8>) {
        let mut numbers = |numbers: &[f64]| {
            // Adding zero turns a negative zero into the positive one.
            numbers.iter().for_each(|x| out.extend((*x as f32 + 0.0).to_le_bytes()));
        };
        match self {
            Attribute::Position3 => numbers(&vertex.position),
            Attribute::Position4 => {
                numbers(&vertex.position);
                numbers(&[1.0]);
            }
            Attribute::Normal3 => numbers(&vertex.normal),
            Attribute::Color3 => numbers(&vertex.color),
            Attribute::Color4 => {
                numbers(&vertex.color);
                numbers(&[1.0]);
            }
            Attribute::Uv2 => numbers(&vertex.uv),
            Attribute::Tangent4 => {
                numbers(&vertex.tangent);
                numbers(&[vertex.handedness]);
            }
        }
    }
}

/// A shape and its measures, all of them positive, the radii of a cone at least 0. Its axis is y.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(missing_docs, reason = "the properties of that name")]
pub enum Shape {
    Cube { size: f64 },
    Plane { width: f64, height: f64, columns: u32, rows: u32 },
    Sphere { radius: f64, segments: u32, rings: u32 },
    Torus { radius: f64, thickness: f64, radial: u32, body: u32 },
    Cone { bottom: f64, top: f64, height: f64, radial: u32, vertical: u32, caps: bool },
}

/// How a shape is turned into vertices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Every quad has its own flat normal.
    pub faceted: bool,
    /// Vertices that triangles share are stored once, and an index list names them.
    pub indexed: bool,
}

/// The vertices of a shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Mesh {
    /// The interleaved attributes.
    pub vertices: Vec<u8>,
    /// How many vertices these are.
    pub count: u32,
    /// The corners of the triangles, if the style is indexed.
    pub indices: Option<Vec<u32>>,
}

#[derive(Clone, Copy, Debug)]
struct Vertex {
    position: [f64; 3],
    normal: [f64; 3],
    color: [f64; 3],
    uv: [f64; 2],
    /// Where u grows.
    tangent: [f64; 3],
    /// 1 if v grows along normal × tangent, -1 if against it.
    handedness: f64,
}

/// The corners of a quad in the order in which its two triangles have them.
type QuadOrder = [usize; 6];

/// Of a quad of a grid, whose corners are top left, bottom left, bottom right, top right as seen from outside.
const GRID: QuadOrder = [1, 2, 3, 1, 3, 0];

/// Of a face of the cube. Source: language reference, section 9.5.
const FACE: QuadOrder = [0, 1, 2, 3, 0, 2];

impl Shape {
    /// Quads in x and y of each of its grids; the cube's faces are grids of one quad.
    fn grids(&self) -> Vec<(u32, u32)> {
        match *self {
            Shape::Cube { .. } => vec![(1, 1); 6],
            Shape::Plane { columns, rows, .. } => vec![(columns, rows)],
            Shape::Sphere { segments, rings, .. } => vec![(segments, rings)],
            Shape::Torus { radial, body, .. } => vec![(radial, body)],
            Shape::Cone { radial, vertical, caps: true, .. } => vec![(radial, 1), (radial, vertical), (radial, 1)],
            Shape::Cone { radial, vertical, caps: false, .. } => vec![(radial, vertical)],
        }
    }

    /// How many vertices it has in this style.
    pub fn vertex_count(&self, style: Style) -> u64 {
        let count = |(columns, rows): (u32, u32)| {
            let (columns, rows) = (u64::from(columns), u64::from(rows));
            match style {
                Style { indexed: false, .. } => 6 * columns * rows,
                Style { faceted: true, .. } => 4 * columns * rows,
                Style { .. } => (columns + 1) * (rows + 1),
            }
        };
        self.grids().into_iter().map(count).sum()
    }

    /// Its vertices, in the order of docs/language.md.
    pub fn build(&self, style: Style, format: &[Attribute]) -> Mesh {
        let mut builder = Builder { style, format, order: GRID, vertices: Vec::new(), indices: Vec::new(), count: 0 };
        match *self {
            Shape::Cube { size } => {
                builder.order = FACE;
                CUBE.iter().for_each(|face| builder.quad(cube_face(face, size / 2.0)));
            }
            Shape::Plane { width, height, columns, rows } => builder.grid(columns, rows, |column, row| {
                let uv = [f64::from(column) / f64::from(columns), f64::from(row) / f64::from(rows)];
                Vertex {
                    position: [(uv[0] - 0.5) * width, (0.5 - uv[1]) * height, 0.0],
                    normal: [0.0, 0.0, 1.0],
                    color: [1.0; 3],
                    uv,
                    tangent: [1.0, 0.0, 0.0],
                    handedness: -1.0,
                }
            }),
            Shape::Sphere { radius, segments, rings } => builder.grid(segments, rings, |column, row| {
                let (sin, cos) = circle(column, segments);
                // The poles are exact, so that the quads at them end in one point.
                let (ring, y) = match row {
                    0 => (0.0, 1.0),
                    row if row == rings => (0.0, -1.0),
                    row => {
                        let angle = TAU / 2.0 * f64::from(row) / f64::from(rings);
                        (libm::sin(angle), libm::cos(angle))
                    }
                };
                let normal = [ring * sin, y, ring * cos];
                around(column, segments, row, rings, scale(normal, radius), normal)
            }),
            Shape::Torus { radius, thickness, radial, body } => builder.grid(radial, body, |column, row| {
                let (sin, cos) = circle(column, radial);
                // From the inside over the top to the outside and below back again.
                let (up, inwards) = circle(row, body);
                let ring = radius - thickness * inwards;
                let normal = [-inwards * sin, up, -inwards * cos];
                around(column, radial, row, body, [ring * sin, thickness * up, ring * cos], normal)
            }),
            Shape::Cone { bottom, top, height, radial, vertical, caps } => {
                if caps {
                    builder.grid(radial, 1, |column, row| cap(column, row, radial, top, height / 2.0));
                }
                // The sides' normal leans by as much as the radius changes.
                let length = libm::sqrt((bottom - top) * (bottom - top) + height * height);
                let (outwards, up) = (height / length, (bottom - top) / length);
                builder.grid(radial, vertical, |column, row| {
                    let (sin, cos) = circle(column, radial);
                    let down = f64::from(row) / f64::from(vertical);
                    let ring = top + (bottom - top) * down;
                    let normal = [outwards * sin, up, outwards * cos];
                    around(column, radial, row, vertical, [ring * sin, height / 2.0 - height * down, ring * cos], normal)
                });
                if caps {
                    builder.grid(radial, 1, |column, row| cap(column, row, radial, bottom, -height / 2.0));
                }
            }
        }
        let Builder { vertices, indices, count, .. } = builder;
        Mesh { vertices, count, indices: style.indexed.then_some(indices) }
    }
}

/// Sine and cosine of a step around the circle. The last step is the first one, so that what closes has no gap.
fn circle(step: u32, steps: u32) -> (f64, f64) {
    let angle = TAU * f64::from(step % steps) / f64::from(steps);
    (libm::sin(angle), libm::cos(angle))
}

/// A vertex of a surface that goes around the axis: u around it, v down.
fn around(column: u32, columns: u32, row: u32, rows: u32, position: [f64; 3], normal: [f64; 3]) -> Vertex {
    let (sin, cos) = circle(column, columns);
    let uv = [f64::from(column) / f64::from(columns), f64::from(row) / f64::from(rows)];
    Vertex { position, normal, color: color(normal), uv, tangent: [cos, 0.0, -sin], handedness: -1.0 }
}

/// A vertex of a cap at height `y`: the top one goes from the middle to the rim, the bottom one from the rim to the middle.
fn cap(column: u32, row: u32, columns: u32, radius: f64, y: f64) -> Vertex {
    let (sin, cos) = circle(column, columns);
    let up = y.signum();
    let part = if (row == 1) == (up > 0.0) { 1.0 } else { 0.0 };
    let normal = [0.0, up, 0.0];
    Vertex {
        position: [radius * part * sin, y, radius * part * cos],
        normal,
        color: color(normal),
        uv: [0.5 + part * sin / 2.0, 0.5 + up * part * cos / 2.0],
        tangent: [1.0, 0.0, 0.0],
        handedness: -1.0,
    }
}

/// The colour of a direction: that of the old cube's faces, for every shape.
fn color(normal: [f64; 3]) -> [f64; 3] {
    normal.map(|x| (x + 1.0) / 2.0)
}

struct Face {
    corners: [[f64; 3]; 4],
    normal: [f64; 3],
}

/// Source: language reference, section 9.5.
const CUBE: [Face; 6] = [
    Face { corners: [[1., -1., 1.], [-1., -1., 1.], [-1., -1., -1.], [1., -1., -1.]], normal: [0., -1., 0.] },
    Face { corners: [[1., 1., 1.], [1., -1., 1.], [1., -1., -1.], [1., 1., -1.]], normal: [1., 0., 0.] },
    Face { corners: [[-1., 1., 1.], [1., 1., 1.], [1., 1., -1.], [-1., 1., -1.]], normal: [0., 1., 0.] },
    Face { corners: [[-1., -1., 1.], [-1., 1., 1.], [-1., 1., -1.], [-1., -1., -1.]], normal: [-1., 0., 0.] },
    Face { corners: [[1., 1., 1.], [-1., 1., 1.], [-1., -1., 1.], [1., -1., 1.]], normal: [0., 0., 1.] },
    Face { corners: [[1., -1., -1.], [-1., -1., -1.], [-1., 1., -1.], [1., 1., -1.]], normal: [0., 0., -1.] },
];

fn cube_face(face: &Face, half: f64) -> [Vertex; 4] {
    let [c0, c1, c2, _] = face.corners;
    let tangent = unit(minus(c1, c0)).unwrap_or_default();
    let v_grows = minus(c1, c2);
    let handedness = if dot(cross(face.normal, tangent), v_grows) < 0.0 { -1.0 } else { 1.0 };
    let corner = |index: usize, uv| Vertex {
        position: scale(face.corners[index], half),
        normal: face.normal,
        color: color(face.normal),
        uv,
        tangent,
        handedness,
    };
    [corner(0, [0., 1.]), corner(1, [1., 1.]), corner(2, [1., 0.]), corner(3, [0., 0.])]
}

fn scale(a: [f64; 3], factor: f64) -> [f64; 3] {
    a.map(|x| x * factor)
}

fn minus(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// The direction of a vector; `None` if it has none.
fn unit(a: [f64; 3]) -> Option<[f64; 3]> {
    let length = libm::sqrt(dot(a, a));
    (length > 0.0).then(|| scale(a, 1.0 / length))
}

struct Builder<'a> {
    style: Style,
    format: &'a [Attribute],
    order: QuadOrder,
    vertices: Vec<u8>,
    indices: Vec<u32>,
    count: u32,
}

impl Builder<'_> {
    fn vertex(&mut self, vertex: &Vertex) -> u32 {
        self.format.iter().for_each(|attribute| attribute.push(vertex, &mut self.vertices));
        self.count += 1;
        self.count - 1
    }

    /// Quads row by row from the top, in a row from left to right.
    fn grid(&mut self, columns: u32, rows: u32, vertex: impl Fn(u32, u32) -> Vertex) {
        if self.style == (Style { faceted: false, indexed: true }) {
            let first = self.count;
            for row in 0..=rows {
                for column in 0..=columns {
                    self.vertex(&vertex(column, row));
                }
            }
            let at = |column, row| first + row * (columns + 1) + column;
            for row in 0..rows {
                for column in 0..columns {
                    let corners = [at(column, row), at(column, row + 1), at(column + 1, row + 1), at(column + 1, row)];
                    self.indices.extend(self.order.map(|corner| corners[corner]));
                }
            }
            return;
        }
        for row in 0..rows {
            for column in 0..columns {
                let corners = [(0, 0), (0, 1), (1, 1), (1, 0)].map(|(right, down)| vertex(column + right, row + down));
                self.quad(corners);
            }
        }
    }

    fn quad(&mut self, mut corners: [Vertex; 4]) {
        if self.style.faceted {
            flatten(&mut corners);
        }
        if self.style.indexed {
            let indices = corners.map(|corner| self.vertex(&corner));
            self.indices.extend(self.order.map(|corner| indices[corner]));
        } else {
            for corner in self.order {
                self.vertex(&corners[corner]);
            }
        }
    }
}

/// Gives a quad one normal, across its diagonals, and tangents that lie in it. All quads of the shapes are plane; one without an area
/// keeps what it has.
fn flatten(corners: &mut [Vertex; 4]) {
    let [a, b, c, d] = corners.map(|corner| corner.position);
    let Some(normal) = unit(cross(minus(c, a), minus(d, b))) else { return };
    for corner in corners {
        corner.normal = normal;
        corner.color = color(normal);
        let across = dot(corner.tangent, normal);
        corner.tangent = unit(minus(corner.tangent, scale(normal, across))).unwrap_or(corner.tangent);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Style = Style { faceted: false, indexed: false };
    const INDEXED: Style = Style { faceted: false, indexed: true };
    const FACETED: Style = Style { faceted: true, indexed: false };
    const STYLES: [Style; 4] = [PLAIN, INDEXED, FACETED, Style { faceted: true, indexed: true }];

    const SHAPES: [Shape; 8] = [
        Shape::Cube { size: 2.0 },
        Shape::Plane { width: 1.0, height: 2.0, columns: 3, rows: 2 },
        Shape::Sphere { radius: 2.0, segments: 8, rings: 5 },
        Shape::Torus { radius: 1.0, thickness: 0.4, radial: 7, body: 5 },
        Shape::Cone { bottom: 1.0, top: 1.0, height: 1.0, radial: 5, vertical: 2, caps: true },
        Shape::Cone { bottom: 1.0, top: 0.0, height: 3.0, radial: 6, vertical: 1, caps: true },
        Shape::Cone { bottom: 0.5, top: 1.0, height: 1.0, radial: 6, vertical: 3, caps: false },
        Shape::Cone { bottom: 0.0, top: 1.0, height: 1.0, radial: 4, vertical: 1, caps: true },
    ];

    const ALL: [Attribute; 5] =
        [Attribute::Position3, Attribute::Normal3, Attribute::Color3, Attribute::Uv2, Attribute::Tangent4];

    #[derive(Clone, Copy)]
    struct Read {
        position: [f64; 3],
        normal: [f64; 3],
        color: [f64; 3],
        uv: [f64; 2],
        tangent: [f64; 3],
        handedness: f64,
    }

    fn read(mesh: &Mesh) -> Vec<Read> {
        let singles: Vec<f64> =
            mesh.vertices.chunks_exact(4).map(|b| f64::from(f32::from_le_bytes([b[0], b[1], b[2], b[3]]))).collect();
        let three = |at: &[f64]| [at[0], at[1], at[2]];
        singles
            .chunks_exact(15)
            .map(|v| Read {
                position: three(v),
                normal: three(&v[3..]),
                color: three(&v[6..]),
                uv: [v[9], v[10]],
                tangent: three(&v[11..]),
                handedness: v[14],
            })
            .collect()
    }

    fn triangles(shape: Shape, style: Style) -> Vec<[Read; 3]> {
        let mesh = shape.build(style, &ALL);
        let vertices = read(&mesh);
        let corners: Vec<u32> = mesh.indices.unwrap_or_else(|| (0..mesh.count).collect());
        corners.chunks_exact(3).map(|corners| [0, 1, 2].map(|i| vertices[corners[i] as usize])).collect()
    }

    #[test]
    fn counts_are_those_of_the_decision() {
        for (shape, count) in [
            (Shape::Cube { size: 2.0 }, 36),
            (Shape::Plane { width: 1.0, height: 1.0, columns: 3, rows: 5 }, 6 * 15),
            (Shape::Sphere { radius: 1.0, segments: 32, rings: 16 }, 6 * 32 * 16),
            (Shape::Torus { radius: 1.0, thickness: 0.4, radial: 32, body: 16 }, 6 * 32 * 16),
            (Shape::Cone { bottom: 1.0, top: 1.0, height: 1.0, radial: 32, vertical: 1, caps: true }, 6 * 32 * 3),
            (Shape::Cone { bottom: 1.0, top: 0.0, height: 1.0, radial: 32, vertical: 2, caps: false }, 6 * 32 * 2),
        ] {
            assert_eq!(shape.vertex_count(PLAIN), count, "{shape:?}");
        }
        for shape in SHAPES {
            for style in STYLES {
                let mesh = shape.build(style, &ALL);
                assert_eq!(u64::from(mesh.count), shape.vertex_count(style), "{shape:?} {style:?}");
                assert_eq!(mesh.vertices.len(), mesh.count as usize * 60, "{shape:?} {style:?}");
            }
        }
    }

    #[test]
    fn an_index_list_makes_the_same_triangles() {
        for shape in SHAPES {
            for faceted in [false, true] {
                let plain = shape.build(Style { faceted, indexed: false }, &ALL);
                let indexed = shape.build(Style { faceted, indexed: true }, &ALL);
                let mut expanded = Vec::new();
                for index in indexed.indices.as_ref().expect("an index list") {
                    expanded.extend_from_slice(&indexed.vertices[*index as usize * 60..][..60]);
                }
                assert_eq!(plain.vertices, expanded, "{shape:?}");
                assert!(plain.indices.is_none() && indexed.count <= plain.count);
            }
        }
    }

    #[test]
    fn triangles_wind_counter_clockwise_seen_from_where_their_normals_point() {
        for shape in SHAPES {
            for style in STYLES {
                for triangle in triangles(shape, style) {
                    let [a, b, c] = [&triangle[0], &triangle[1], &triangle[2]];
                    let area = cross(minus(b.position, a.position), minus(c.position, a.position));
                    if dot(area, area) < 1e-12 {
                        continue;
                    }
                    for corner in [a, b, c] {
                        assert!(dot(area, corner.normal) > 0.0, "{shape:?} {style:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn normals_point_away_from_the_body() {
        for shape in SHAPES {
            // The plane has no inside, and the inside of a torus is a ring.
            let centre = |p: [f64; 3]| match shape {
                Shape::Torus { radius, .. } => {
                    let ring = libm::sqrt(p[0] * p[0] + p[2] * p[2]);
                    [p[0] / ring * radius, 0.0, p[2] / ring * radius]
                }
                Shape::Plane { .. } => [0.0, 0.0, -1.0],
                _ => [0.0; 3],
            };
            for vertex in read(&shape.build(PLAIN, &ALL)) {
                assert!(dot(minus(vertex.position, centre(vertex.position)), vertex.normal) >= 0.0, "{shape:?}");
            }
        }
    }

    #[test]
    fn normals_and_tangents_have_length_one_and_stand_at_right_angles() {
        for shape in SHAPES {
            for style in STYLES {
                for vertex in read(&shape.build(style, &ALL)) {
                    assert!((dot(vertex.normal, vertex.normal) - 1.0).abs() < 1e-6, "{shape:?} {style:?}");
                    assert!((dot(vertex.tangent, vertex.tangent) - 1.0).abs() < 1e-6, "{shape:?} {style:?}");
                    assert!(dot(vertex.normal, vertex.tangent).abs() < 1e-6, "{shape:?} {style:?}");
                    assert!(vertex.handedness.abs() == 1.0);
                    assert!(vertex.uv.iter().chain(&vertex.color).all(|x| (0.0..=1.0).contains(x)), "{shape:?} {style:?}");
                }
            }
        }
    }

    #[test]
    fn tangents_point_where_u_grows_and_the_third_direction_where_v_grows() {
        for shape in SHAPES {
            for triangle in triangles(shape, PLAIN) {
                let [a, b, c] = [&triangle[0], &triangle[1], &triangle[2]];
                let (e1, e2) = (minus(b.position, a.position), minus(c.position, a.position));
                let (d1, d2) = ([b.uv[0] - a.uv[0], b.uv[1] - a.uv[1]], [c.uv[0] - a.uv[0], c.uv[1] - a.uv[1]]);
                let area = d1[0] * d2[1] - d2[0] * d1[1];
                if dot(cross(e1, e2), cross(e1, e2)) < 1e-12 || area.abs() < 1e-9 {
                    continue;
                }
                let du = scale(minus(scale(e1, d2[1]), scale(e2, d1[1])), 1.0 / area);
                let dv = scale(minus(scale(e2, d1[0]), scale(e1, d2[0])), 1.0 / area);
                for corner in [a, b, c] {
                    assert!(dot(corner.tangent, du) > 0.0, "{shape:?}");
                    let third = scale(cross(corner.normal, corner.tangent), corner.handedness);
                    assert!(dot(third, dv) > 0.0, "{shape:?}");
                }
            }
        }
    }

    #[test]
    fn the_cube_is_the_old_one() {
        let mesh = Shape::Cube { size: 2.0 }.build(PLAIN, &ALL);
        let vertices = read(&mesh);
        let first: Vec<([f64; 3], [f64; 2])> = vertices[..6].iter().map(|v| (v.position, v.uv)).collect();
        let c = [([1., -1., 1.], [0., 1.]), ([-1., -1., 1.], [1., 1.]), ([-1., -1., -1.], [1., 0.]), ([1., -1., -1.], [0., 0.])];
        assert_eq!(first, [c[0], c[1], c[2], c[3], c[0], c[2]]);
        let colors: Vec<[f64; 3]> = vertices.chunks(6).map(|face| face[0].color).collect();
        let expected = [[0.5, 0.0, 0.5], [1.0, 0.5, 0.5], [0.5, 1.0, 0.5], [0.0, 0.5, 0.5], [0.5, 0.5, 1.0], [0.5, 0.5, 0.0]];
        assert_eq!(colors, expected);
    }

    #[test]
    fn the_plane_is_the_old_one() {
        let mesh = Shape::Plane { width: 1.0, height: 1.0, columns: 1, rows: 1 }.build(PLAIN, &ALL);
        let corners: Vec<[f64; 2]> = read(&mesh).iter().map(|v| [v.position[0], v.position[1]]).collect();
        let (left, right) = (-0.5, 0.5);
        assert_eq!(corners, [[left, left], [right, left], [right, right], [left, left], [right, right], [left, right]]);
    }

    #[test]
    fn attributes_stand_in_the_order_of_the_format() {
        let mesh = Shape::Plane { width: 2.0, height: 2.0, columns: 1, rows: 1 }
            .build(PLAIN, &[Attribute::Uv2, Attribute::Position4, Attribute::Color4]);
        let singles: Vec<f32> = mesh.vertices.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
        assert_eq!(singles[..10], [0., 1., -1., -1., 0., 1., 1., 1., 1., 1.]);
        assert_eq!(singles.len(), 60);
    }

    #[test]
    fn a_faceted_sphere_has_one_normal_in_each_quad() {
        let sphere = Shape::Sphere { radius: 1.0, segments: 8, rings: 4 };
        let mesh = sphere.build(FACETED, &ALL);
        let mut normals = std::collections::BTreeSet::new();
        for quad in read(&mesh).chunks(6) {
            assert!(quad.iter().all(|vertex| vertex.normal == quad[0].normal));
            normals.insert(quad[0].normal.map(f64::to_bits));
        }
        assert_eq!(normals.len(), 32);
    }
}
