//! What triangles are like: indices and positions in, counts out.

use std::collections::BTreeMap;

/// A corner's place.
pub type Position = [f32; 3];

/// Most triangles that are looked at. Picked by feel.
const MOST_TRIANGLES: usize = 1 << 18;

/// How many triangles there are, how many of them have no area, and how many edges two triangles run along in the same direction, where
/// neighbours that are wound alike run along them in opposite ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mesh {
    /// Triangles.
    pub triangles: usize,
    /// Those without an area.
    pub flat: usize,
    /// Edges that two triangles share.
    pub shared: usize,
    /// Those of them that both run along in the same direction.
    pub alike: usize,
}

/// Looks at a list of triangles by the numbers of their corners. Numbers without a position are left out.
pub fn look(indices: &[u32], positions: &[Position]) -> Mesh {
    // Corners at one place are one, whatever their other attributes are.
    let key = |index: u32| positions.get(index as usize).map(|position| position.map(|x| (x + 0.0).to_bits()));
    let mut mesh = Mesh::default();
    let mut edges: BTreeMap<([u32; 3], [u32; 3]), u32> = BTreeMap::new();
    for triangle in indices.as_chunks::<3>().0.iter().take(MOST_TRIANGLES) {
        let [Some(a), Some(b), Some(c)] = triangle.map(key) else { continue };
        mesh.triangles += 1;
        let place = |corner: [u32; 3]| corner.map(|x| f64::from(f32::from_bits(x)));
        let [p, q, r] = [a, b, c].map(place);
        let minus = |a: [f64; 3], b: [f64; 3]| [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
        let (u, v) = (minus(q, p), minus(r, p));
        let normal = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
        if normal.iter().map(|x| x * x).sum::<f64>() <= 1e-24 {
            mesh.flat += 1;
            continue;
        }
        for edge in [(a, b), (b, c), (c, a)] {
            *edges.entry(edge).or_default() += 1;
        }
    }
    for ((a, b), count) in &edges {
        let back = edges.get(&(*b, *a)).copied().unwrap_or(0);
        if back > 0 && a < b {
            mesh.shared += 1;
        }
        // An edge of more than two triangles tells nothing.
        if *count == 2 && back == 0 {
            mesh.shared += 1;
            mesh.alike += 1;
        }
    }
    mesh
}

#[cfg(test)]
mod tests {
    use super::*;

    const CORNERS: [Position; 4] = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 1.0, 0.0]];

    #[test]
    fn neighbours_run_along_their_edge_in_opposite_directions() {
        assert_eq!(look(&[0, 1, 2, 2, 1, 3], &CORNERS), Mesh { triangles: 2, flat: 0, shared: 1, alike: 0 });
        assert_eq!(look(&[0, 1, 2, 1, 2, 3], &CORNERS), Mesh { triangles: 2, flat: 0, shared: 1, alike: 1 });
    }

    #[test]
    fn triangles_without_area_are_counted_and_others_without_corners_left_out() {
        assert_eq!(look(&[0, 1, 1, 0, 1, 9, 3], &CORNERS), Mesh { triangles: 1, flat: 1, shared: 0, alike: 0 });
    }
}
