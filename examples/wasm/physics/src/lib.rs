//! Balls in a box: a small physics step that a scene calls as a nested WebAssembly module.
//!
//! In goes the time since the last frame, in seconds; out come the balls, four singles each: x and y from -1 to 1, radius, and how
//! hard the last hit was, from 0 to 1. Everything is computed with additions, multiplications, divisions and square roots of 32 bits,
//! which every engine rounds alike, so the same steps give the same balls on every host.
#![cfg_attr(target_arch = "wasm32", no_std)]

/// How many balls there are.
pub const BALLS: usize = 96;

/// Length of a step, in seconds. Frames of any length are cut into such steps, so that the speed of the host does not matter. It is a
/// power of two, so that adding up times loses nothing.
const STEP: f32 = 1.0 / 128.0;
/// Most steps of one call: four seconds. A host that was away for longer goes on where it was.
const MAX_STEPS: u32 = 512;
/// Downwards, in half boxes per second squared.
const GRAVITY: f32 = -1.6;
/// What is left of the speed across a wall or another ball after a hit.
const BOUNCE: f32 = 0.82;

/// What the scene draws of a ball.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C)]
pub struct Shown {
    /// Centre, from -1 to 1.
    pub x: f32,
    /// Centre, from -1 at the bottom to 1 at the top.
    pub y: f32,
    /// Radius, in half boxes.
    pub radius: f32,
    /// How hard the last hit was, fading: 0 to 1.
    pub glow: f32,
}

/// All balls, and the part of a step that is still to be made.
#[derive(Clone, Debug)]
pub struct World {
    shown: [Shown; BALLS],
    velocity: [[f32; 2]; BALLS],
    rest: f32,
}

impl Default for World {
    fn default() -> Self {
        let mut world = Self::EMPTY;
        world.start();
        world
    }
}

impl World {
    /// No ball yet; a module starts with it, because zeros need no place in its file.
    const EMPTY: Self =
        Self { shown: [Shown { x: 0.0, y: 0.0, radius: 0.0, glow: 0.0 }; BALLS], velocity: [[0.0; 2]; BALLS], rest: 0.0 };

    /// Balls in rows, of different sizes, each with a push.
    fn start(&mut self) {
        for (i, (ball, velocity)) in self.shown.iter_mut().zip(&mut self.velocity).enumerate() {
            let (column, row) = ((i % 12) as f32, (i / 12) as f32);
            // A small congruential generator: variety without a seed.
            let mixed = (i as u32).wrapping_mul(1_664_525).wrapping_add(1_013_904_223) >> 16 & 0xFF;
            let chance = mixed as f32 / 255.0;
            *ball = Shown { x: -0.88 + 0.16 * column, y: 0.85 - 0.16 * row, radius: 0.03 + 0.03 * chance, glow: 0.0 };
            *velocity = [1.5 * (chance - 0.5), 0.4 * chance];
        }
    }

    /// The balls.
    pub const fn shown(&self) -> &[Shown; BALLS] {
        &self.shown
    }

    /// Goes on by `seconds`, in whole steps; what is left of them waits for the next call. What is no positive number counts as 0.
    pub fn advance(&mut self, seconds: f32) {
        if seconds > 0.0 {
            self.rest += seconds;
        }
        let mut steps = 0;
        while self.rest >= STEP && steps < MAX_STEPS {
            self.step();
            self.rest -= STEP;
            steps += 1;
        }
        if steps == MAX_STEPS {
            self.rest = 0.0;
        }
    }

    fn step(&mut self) {
        for (ball, velocity) in self.shown.iter_mut().zip(&mut self.velocity) {
            velocity[1] += GRAVITY * STEP;
            ball.x += velocity[0] * STEP;
            ball.y += velocity[1] * STEP;
            ball.glow *= 0.97;
            let free = 1.0 - ball.radius;
            let [across, up] = velocity;
            for (place, speed) in [(&mut ball.x, across), (&mut ball.y, up)] {
                if *place > free || *place < -free {
                    let side = if *place > 0.0 { free } else { -free };
                    *place = side;
                    // Only what moves outwards is turned around.
                    if *speed * side > 0.0 {
                        *speed *= -BOUNCE;
                    }
                }
            }
        }
        let mut balls = &mut self.shown[..];
        let mut velocities = &mut self.velocity[..];
        while let (Some((a, others)), Some((va, their))) = (balls.split_first_mut(), velocities.split_first_mut()) {
            for (b, vb) in others.iter_mut().zip(their.iter_mut()) {
                hit((a, va), (b, vb));
            }
            (balls, velocities) = (others, their);
        }
    }
}

/// Pushes two balls apart that overlap, and exchanges what speed they have towards each other, by mass. Mass goes with area.
fn hit((a, va): (&mut Shown, &mut [f32; 2]), (b, vb): (&mut Shown, &mut [f32; 2])) {
    let [dx, dy] = [b.x - a.x, b.y - a.y];
    let reach = a.radius + b.radius;
    let squared = dx * dx + dy * dy;
    if squared >= reach * reach || squared < 1e-12 {
        return;
    }
    let distance = root(squared);
    let [nx, ny] = [dx / distance, dy / distance];
    let (mass_a, mass_b) = (a.radius * a.radius, b.radius * b.radius);
    let part_a = mass_b / (mass_a + mass_b);
    let part_b = 1.0 - part_a;
    let overlap = reach - distance;
    a.x -= overlap * part_a * nx;
    a.y -= overlap * part_a * ny;
    b.x += overlap * part_b * nx;
    b.y += overlap * part_b * ny;
    let closing = (va[0] - vb[0]) * nx + (va[1] - vb[1]) * ny;
    if closing <= 0.0 {
        return;
    }
    let push = closing * (1.0 + BOUNCE);
    for (axis, along) in [nx, ny].into_iter().enumerate() {
        va[axis] -= push * part_a * along;
        vb[axis] += push * part_b * along;
    }
    let glow = if closing > 1.0 { 1.0 } else { closing };
    for ball in [a, b] {
        if glow > ball.glow {
            ball.glow = glow;
        }
    }
}

/// The square root, by Newton's method from an estimate of the exponent, so that it needs no instruction of the machine: the sequence
/// of roundings is the same everywhere. For finite numbers above 0.
fn root(x: f32) -> f32 {
    // Halving the exponent, with the bias put back: within 4 % of the root.
    let mut y = f32::from_bits((x.to_bits() >> 1) + 0x1FBD_1DF5);
    for _ in 0..3 {
        y = 0.5 * (y + x / y);
    }
    y
}

#[cfg(target_arch = "wasm32")]
#[expect(unsafe_code, reason = "exports, and the one world behind them")]
mod exports {
    use super::World;

    static mut WORLD: World = World::EMPTY;

    /// Goes on by `seconds`; gives where the balls are, 16 bytes each.
    #[unsafe(export_name = "step")]
    extern "C" fn step(seconds: f32) -> *const super::Shown {
        // SAFETY: the module has no threads and imports nothing, so nothing else refers to the world while this runs.
        let world = unsafe { &mut *&raw mut WORLD };
        if world.shown[0].radius == 0.0 {
            world.start();
        }
        world.advance(seconds);
        world.shown().as_ptr()
    }

    /// Never runs: the indices above are those of the arrays.
    #[panic_handler]
    fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
        core::arch::wasm32::unreachable()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn balls_stay_in_the_box_and_come_to_rest_at_its_bottom() {
        let mut world = World::default();
        let height = |world: &World| world.shown().iter().map(|ball| ball.y).sum::<f32>() / BALLS as f32;
        let start = height(&world);
        for _ in 0..600 {
            world.advance(1.0 / 30.0);
            for ball in world.shown() {
                assert!(ball.x.abs() < 1.1 && ball.y.abs() < 1.1, "{ball:?}");
                assert!((0.0..=1.0).contains(&ball.glow), "{ball:?}");
            }
        }
        assert!(height(&world) < start - 0.5);
    }

    #[test]
    fn how_time_is_cut_into_frames_does_not_matter() {
        let (mut once, mut often) = (World::default(), World::default());
        once.advance(1.0);
        for _ in 0..64 {
            often.advance(1.0 / 64.0);
        }
        assert_eq!(once.shown(), often.shown());
    }

    #[test]
    fn times_that_are_none_change_nothing() {
        let mut world = World::default();
        for seconds in [0.0, -1.0, f32::NAN, f32::NEG_INFINITY] {
            world.advance(seconds);
        }
        assert_eq!(world.shown(), World::default().shown());
        world.advance(f32::INFINITY);
        world.advance(1.0);
        assert!(world.shown().iter().all(|ball| ball.x.is_finite()));
    }

    #[test]
    fn roots_are_right_to_the_last_bits() {
        for x in [1e-12, 1e-6, 0.01, 0.5, 1.0, 2.0, 3.0, 1e6] {
            assert!((root(x) / x.sqrt() - 1.0).abs() < 1e-6, "{x}");
        }
    }
}
