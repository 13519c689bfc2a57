//! What a picture is drawn with in the place of a visitor: a pointer, keys that are held, a seed.

#[cfg(any(feature = "gpu", test))]
use pngine_format::status::INPUTS;

/// A pointer that does not move.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pointer {
    /// From 0 at the left edge of the picture to 1 at the right one.
    pub x: f32,
    /// From 0 at the upper edge to 1 at the lower one.
    pub y: f32,
    /// Whether its primary button is held.
    pub is_down: bool,
}

/// Keys with a name of more than one character: that of the DOM's `KeyboardEvent.key`, and its `keyCode`. Source: UI Events, "Legacy key
/// models", fixed virtual key codes.
const KEYS: &[(&str, u8)] = &[
    ("Backspace", 8),
    ("Tab", 9),
    ("Enter", 13),
    ("Shift", 16),
    ("Control", 17),
    ("Alt", 18),
    ("Escape", 27),
    ("Space", 32),
    ("PageUp", 33),
    ("PageDown", 34),
    ("End", 35),
    ("Home", 36),
    ("ArrowLeft", 37),
    ("ArrowUp", 38),
    ("ArrowRight", 39),
    ("ArrowDown", 40),
    ("Insert", 45),
    ("Delete", 46),
];

/// `0.5,0.25` or `0.5,0.25,down`.
///
/// # Errors
/// How it is written.
pub fn parse_pointer(text: &str) -> Result<Pointer, String> {
    let wrong =
        || "a pointer is X,Y or X,Y,down, from 0,0 in the upper left corner to 1,1 in the lower right one: 0.5,0.25".to_owned();
    let mut parts = text.split(',').map(str::trim);
    let mut number =
        || parts.next().and_then(|part| part.parse::<f32>().ok()).filter(|part| (0.0..=1.0).contains(part)).ok_or_else(wrong);
    let (x, y) = (number()?, number()?);
    let is_down = match (parts.next(), parts.next()) {
        (None, _) => false,
        (Some("down"), None) => true,
        _ => return Err(wrong()),
    };
    Ok(Pointer { x, y, is_down })
}

/// The key code of a letter, a digit or a name.
///
/// # Errors
/// Which keys there are.
pub fn parse_key(text: &str) -> Result<u8, String> {
    let text = text.trim();
    if let [key] = text.as_bytes()
        && key.is_ascii_alphanumeric()
    {
        return Ok(key.to_ascii_uppercase());
    }
    let named = KEYS.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, code)| *code);
    named.ok_or_else(|| {
        let names: Vec<&str> = KEYS.iter().map(|(name, _)| *name).collect();
        format!("a key is a letter, a digit, or one of {}", names.join(", "))
    })
}

/// Where an input lies in the block.
#[cfg(any(feature = "gpu", test))]
fn region(name: &str) -> std::ops::Range<usize> {
    let source = INPUTS.iter().find(|source| source.name == name);
    source.map_or(0..0, |source| source.offset as usize..(source.offset + source.size) as usize)
}

/// Writes how loud each band of a sound is, from 0 to 1.
#[cfg(any(feature = "gpu", test))]
pub fn write_bands(bands: &[f32], block: &mut [u8]) {
    for (slot, band) in block.get_mut(region("audioInputs")).unwrap_or_default().chunks_exact_mut(4).zip(bands) {
        slot.copy_from_slice(&band.to_le_bytes());
    }
}

/// Writes a pointer and the codes of the keys that are held into the input block. Source: docs/format.md, section 5.
#[cfg(any(feature = "gpu", test))]
pub fn write(pointer: Option<Pointer>, keys: &[u8], block: &mut [u8]) {
    if let (Some(Pointer { x, y, is_down }), Some(bytes)) = (pointer, block.get_mut(region("pointerInputs"))) {
        let is_held = |code: u8| f32::from(u8::from(keys.contains(&code)));
        let modifiers = is_held(16) + 2.0 * is_held(17) + 4.0 * is_held(18);
        // A mouse presses half as hard as it could: Pointer Events, "pressure".
        let (click_x, click_y, buttons, pressure) = if is_down { (x, y, 1.0, 0.5) } else { (0.0, 0.0, 0.0, 0.0) };
        // x, y, clickX, clickY, dx, dy, buttons, pressure, modifiers; it was never scrolled.
        let fields = [x, y, click_x, click_y, 0.0, 0.0, buttons, pressure, modifiers];
        for (slot, field) in bytes.chunks_exact_mut(4).zip(fields) {
            slot.copy_from_slice(&field.to_le_bytes());
        }
    }
    if let Some(bytes) = block.get_mut(region("keyboardInputs")) {
        for code in keys {
            if let Some(byte) = bytes.get_mut(usize::from(code / 8)) {
                *byte |= 1 << (code % 8);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pngine_format::status::INPUTS_SIZE;

    #[test]
    fn pointers_lie_in_the_picture() {
        assert_eq!(parse_pointer("0.5, 0.25"), Ok(Pointer { x: 0.5, y: 0.25, is_down: false }));
        assert_eq!(parse_pointer("0,1,down"), Ok(Pointer { x: 0.0, y: 1.0, is_down: true }));
        for wrong in ["", "0.5", "0.5,", "1.1,0", "-0.1,0", "0,0,up", "0,0,down,1", "NaN,0", "320,200"] {
            assert!(parse_pointer(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn keys_have_the_codes_of_the_dom() {
        for (key, code) in [("a", 65), ("Z", 90), ("0", 48), ("space", 32), ("ArrowLeft", 37), ("Escape", 27)] {
            assert_eq!(parse_key(key), Ok(code), "{key}");
        }
        for wrong in ["", "ab", "ä", "37", "Left"] {
            assert!(parse_key(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_written_lies_where_scenes_read_it() {
        let mut block = vec![0; INPUTS_SIZE as usize];
        write(Some(Pointer { x: 0.25, y: 0.75, is_down: true }), &[16, 65], &mut block);
        let single = |at: usize| f32::from_le_bytes(block[28 + 4 * at..][..4].try_into().unwrap());
        let pointer: Vec<f32> = (0..12).map(single).collect();
        assert_eq!(pointer, [0.25, 0.75, 0.25, 0.75, 0.0, 0.0, 1.0, 0.5, 1.0, 0.0, 0.0, 0.0]);
        let held: Vec<usize> = (0..256).filter(|code| block[92 + code / 8] >> (code % 8) & 1 == 1).collect();
        assert_eq!(held, [16, 65]);
        assert!(block[..28].iter().chain(&block[76..92]).chain(&block[124..]).all(|byte| *byte == 0));
    }
}
