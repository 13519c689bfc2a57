//! The timeline: which scene is shown at a time. Without the feature `animation` there is none.

use crate::executor::{Code, Executor};
use crate::memory::Memory;
use pngine_format::bytecode::{FIRST_FRAME_BLOCK, TIMELINE_BLOCK, TIMELINE_HEADER_SIZE, TIMELINE_SCENE_SIZE};
use pngine_format::op::Op;

/// Flag bit 0 of a timeline: the time starts again at its end.
const REPEAT: u32 = 1;
/// Bytes before the scenes.
const HEADER: u32 = TIMELINE_HEADER_SIZE as u32;
/// Bytes of a scene.
const SCENE: u32 = TIMELINE_SCENE_SIZE as u32;

impl Executor {
    /// Shows the scene at `time` seconds: the first that contains it, else the one that ended last before it, else the first; frame 0
    /// where there is no timeline.
    #[inline(always)]
    pub(crate) fn scene(&mut self, memory: &mut impl Memory, time: f32) -> Code {
        let (start, end) = self.block(memory, TIMELINE_BLOCK);
        let base = memory.base();
        // What does not fit has no scenes. `init` has found the bytecode to lie before the end of memory.
        let end = if end > self.bytecode_len() { 0 } else { end };
        let mut shown = None;
        if start < end && end - start >= HEADER {
            let mut now = milliseconds(time);
            if memory.get32(base + start + 4) & REPEAT != 0 {
                now = now.checked_rem(memory.get32(base + start)).unwrap_or(now);
            }
            let mut at = start + HEADER;
            let mut latest = 0;
            let mut index = 0;
            while end - at >= SCENE && index <= u32::from(u16::MAX) {
                let from = memory.get32(base + at);
                let to = memory.get32(base + at + 4);
                let inside = from <= now && now < to;
                let ended = latest <= to && to <= now;
                if inside || ended || index == 0 {
                    shown = Some((index, at));
                    times(memory, self.inputs_ptr(), now, from, to);
                }
                if inside {
                    break;
                }
                if ended {
                    latest = to;
                }
                index += 1;
                at += SCENE;
            }
        }
        match shown {
            Some((index, at)) => {
                let frame = memory.get32(base + at + 8);
                self.run(memory, frame.saturating_add(FIRST_FRAME_BLOCK), Op::SetScene as u32 | index << 8)
            }
            None => self.run(memory, FIRST_FRAME_BLOCK, 0),
        }
    }
}

/// `sceneTimeInputs`: seconds since the scene's start, its seconds, and the first divided by the second, from 0 to 1.
#[inline(always)]
fn times(memory: &mut impl Memory, inputs: u32, now: u32, from: u32, to: u32) {
    let time = now.saturating_sub(from) as f32 / 1000.0;
    let duration = to.saturating_sub(from) as f32 / 1000.0;
    let normalized = time / duration;
    memory.set_f32(inputs + 16, time);
    memory.set_f32(inputs + 20, duration);
    // Where the duration is 0 the quotient is infinite or no number.
    memory.set_f32(
        inputs + 24,
        if duration == 0.0 {
            0.0
        } else if normalized > 1.0 {
            1.0
        } else {
            normalized
        },
    );
}

/// Seconds to whole milliseconds, from 0 to `u32::MAX`; no number counts as 0.
///
/// `as u32` says the same, but compiles to an instruction that traps on large numbers, and a guard around it.
fn milliseconds(seconds: f32) -> u32 {
    let bits = (seconds * 1000.0).to_bits();
    // 24 bits of mantissa below 2^exponent.
    let mantissa = u64::from(bits & 0x7F_FFFF | 0x80_0000);
    let exponent = bits >> 23;
    match exponent {
        ..127 => 0,
        127..159 => (mantissa << 40 >> (190 - exponent)) as u32,
        159..255 => u32::MAX,
        255 if bits == f32::INFINITY.to_bits() => u32::MAX,
        // No number, or a negative one: its sign makes the exponent 256 or more.
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::milliseconds;

    #[test]
    fn seconds_become_milliseconds_as_the_cast_does_it() {
        let mut bits = 0u32;
        loop {
            let seconds = f32::from_bits(bits);
            assert_eq!(milliseconds(seconds), (seconds * 1000.0) as u32, "{seconds}");
            match bits.checked_add(40_009) {
                Some(next) => bits = next,
                None => break,
            }
        }
        for seconds in [0.0, -0.0, 0.001, 0.999, 1.0, 4_294_967.0, 4_294_968.0, f32::INFINITY, f32::NEG_INFINITY, f32::NAN] {
            assert_eq!(milliseconds(seconds), (seconds * 1000.0) as u32, "{seconds}");
        }
    }
}
