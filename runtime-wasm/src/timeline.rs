//! The timeline: which scene is shown at a time. Without the feature `animation` there is none.

use crate::executor::{Code, Executor, MALFORMED, OUT_OF_RANGE};
use crate::memory::Memory;
use crate::table::WORD;
use pngine_format::op::Op;

/// Flag bit 0 of a timeline: the time starts again at its end.
const REPEAT: u32 = 1;

/// A scene of the timeline, and the time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shown {
    /// Position in the timeline.
    index: u32,
    /// The number of its frame.
    pub frame: u32,
    /// Milliseconds since the start of the timeline.
    now: u32,
    /// When it starts, in milliseconds.
    start: u32,
    /// When it ends, in milliseconds, exclusive.
    end: u32,
}

impl Shown {
    /// `sceneTimeInputs`: seconds since the scene's start, its seconds, and the first divided by the second, from 0 to 1.
    #[inline(always)]
    pub fn times(&self) -> [f32; 3] {
        let seconds_to = |at| (i64::from(at) - i64::from(self.start)) as f32 / 1000.0;
        let (time, duration) = (seconds_to(self.now), seconds_to(self.end));
        let normalized = time / duration;
        // Where the duration is 0 the quotient is infinite or no number.
        let normalized = if duration != 0.0 && normalized > 0.0 { normalized } else { 0.0 };
        [time, duration, if normalized > 1.0 { 1.0 } else { normalized }]
    }

    /// SET_SCENE with its index and a cut.
    pub fn command(&self) -> u32 {
        Op::SetScene as u32 | self.index << 8
    }
}

impl Executor {
    /// The scene that is shown at `time` seconds: the first that contains it, else the one that ended last before it, else the
    /// first. `None` where there is no timeline.
    // Inlined, because a result of this size would need a stack in memory.
    #[inline(always)]
    pub(crate) fn timeline(&mut self, memory: &mut impl Memory, time: f32) -> Result<Option<Shown>, Code> {
        self.command_ptr(memory);
        let len = self.read(memory, WORD);
        if len > self.end.wrapping_sub(self.cursor) {
            return Err(MALFORMED);
        }
        if len == 0 {
            return Ok(None);
        }
        self.end = self.cursor + len;
        let mut now = milliseconds(time);
        let duration = self.read(memory, WORD);
        if self.read(memory, WORD) & REPEAT != 0 {
            now = now.checked_rem(duration).unwrap_or(now);
        }
        let mut shown = Shown { now, ..Shown::default() };
        let mut ended_after = 0;
        let mut index = 0;
        while self.cursor < self.end {
            let start = self.read(memory, WORD);
            let end = self.read(memory, WORD);
            let frame = self.read(memory, WORD);
            if index > u32::from(u16::MAX) {
                return Err(OUT_OF_RANGE);
            }
            let inside = start <= now && now < end;
            let latest = ended_after <= u64::from(end) && end <= now;
            if inside || latest || index == 0 {
                shown = Shown { index, frame, now, start, end };
            }
            if inside {
                break;
            }
            if latest {
                ended_after = u64::from(end) + 1;
            }
            index += 1;
        }
        if self.cursor > self.end {
            return Err(MALFORMED);
        }
        Ok(Some(shown))
    }
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
