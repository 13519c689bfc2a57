//! The font and the lines of `pngine::text`, pixel by pixel.

use super::draw;
use pngine_wgsl::library::{MODULES, declarations};

/// The glyphs from the blank to the tilde: eight rows of five dots, the upper left one in the highest of 40 bits.
const GLYPHS: [u64; 95] = [
    0x0000000000,
    0x2108420080,
    0x5294000000,
    0x52BEAFA940,
    0x23E8E2F880,
    0xC644444C60,
    0x64A88AC9A0,
    0x6110000000,
    0x1110841040,
    0x4104211100,
    0x012AEA9000,
    0x0109F21000,
    0x0000003088,
    0x0001F00000,
    0x0000003180,
    0x0044444000,
    0x74675CC5C0,
    0x23084211C0,
    0x74422223E0,
    0xF88820C5C0,
    0x11952F8840,
    0xFC3C10C5C0,
    0x3221E8C5C0,
    0xF844442100,
    0x7462E8C5C0,
    0x7462F08980,
    0x0318063000,
    0x0318061100,
    0x1111041040,
    0x003E0F8000,
    0x4104111100,
    0x7442220080,
    0x7442DAD5C0,
    0x74631FC620,
    0xF463E8C7C0,
    0x74610845C0,
    0xE4A318CB80,
    0xFC21E843E0,
    0xFC21E84200,
    0x746178C5E0,
    0x8C63F8C620,
    0x71084211C0,
    0x3884214980,
    0x8CA98A4A20,
    0x84210843E0,
    0x8EEB58C620,
    0x8C7359C620,
    0x746318C5C0,
    0xF463E84200,
    0x74631AC9A0,
    0xF463EA4A20,
    0x7C20E087C0,
    0xF908421080,
    0x8C6318C5C0,
    0x8C6318A880,
    0x8C635AD540,
    0x8C54454620,
    0x8C62A21080,
    0xF8444443E0,
    0x72108421C0,
    0x0410410400,
    0x70842109C0,
    0x22A2000000,
    0x000000001F,
    0x4104000000,
    0x001C17C5E0,
    0x842D98C7C0,
    0x001D1845C0,
    0x085B38C5E0,
    0x001D1FC1C0,
    0x3251C42100,
    0x001F18BC2E,
    0x842D98C620,
    0x20184211C0,
    0x100C210A4C,
    0x84254C5240,
    0x61084211C0,
    0x00355AD6A0,
    0x002D98C620,
    0x001D18C5C0,
    0x003D18FA10,
    0x001F18BC21,
    0x002D984200,
    0x001F0707C0,
    0x42388424C0,
    0x002318CDA0,
    0x002318A880,
    0x00231AD540,
    0x0022A22A20,
    0x002318BC2E,
    0x003E2223E0,
    0x1108821040,
    0x2108421080,
    0x4108221100,
    0x0011510000,
];

/// Whether the letter has a dot there; it is 6 wide with the gap behind it.
fn is_lit(letter: char, x: usize, y: usize) -> bool {
    let glyph = (letter as usize).checked_sub(32).and_then(|index| GLYPHS.get(index)).copied().unwrap_or(0);
    x < 5 && glyph >> (39 - 5 * y - x) & 1 == 1
}

/// Draws `wgsl`, which gives 0 or 1 for the place `p` and the row of text `row`, and compares it with lines of text.
fn compare(wgsl: &str, lines: &[String]) {
    let columns = lines.iter().map(String::len).max().expect("a line") + 1;
    let scene = format!(
        "#pass letters {{ code=\"
        import pngine::text::{{glyph, letter, line, number}};
        @fragment fn paint(@builtin(position) pixel: vec4f) -> @location(0) vec4f {{
          let row = u32(pixel.y / 8);
          let p = vec2f(pixel.x, pixel.y - 8 * f32(row));
          return vec4f(vec3f({wgsl}), 1);
        }}
        \" }}"
    );
    let (width, height) = (6 * columns, 8 * lines.len());
    let picture = draw(&scene, width as u32, height as u32);
    let mut wrong = 0;
    let drawn: String = (0..height)
        .map(|y| {
            let row = (0..width).map(|x| {
                let is_drawn = picture[4 * (y * width + x)] == 255;
                let letter = lines[y / 8].chars().nth(x / 6).unwrap_or(' ');
                wrong += usize::from(is_drawn != is_lit(letter, x % 6, y % 8));
                if is_drawn { '#' } else { '.' }
            });
            row.chain(['\n']).collect::<String>()
        })
        .collect();
    assert!(drawn.contains('#'), "nothing is drawn");
    assert_eq!(wrong, 0, "{lines:?} looks like this:\n{drawn}");
}

#[test]
fn every_function_of_the_text_module_is_drawn() {
    let text = MODULES.iter().find(|module| module.name == "text").expect("a module");
    let names: Vec<String> = declarations(*text).into_iter().map(|declaration| declaration.name).collect();
    assert_eq!(names, ["glyph", "letter", "line", "number"]);
}

#[test]
fn every_glyph_has_its_dots_and_nothing_else_has_any() {
    let codes: String = (0_u8..128).map(char::from).map(|letter| if letter.is_ascii_graphic() { letter } else { ' ' }).collect();
    let lines: Vec<String> = codes.as_bytes().chunks(16).map(|row| String::from_utf8_lossy(row).into_owned()).collect();
    compare("select(0, glyph(16 * row + u32(p.x / 6), vec2f(p.x % 6, p.y)), p.x < 96)", &lines);
}

#[test]
fn a_line_shows_sixteen_letters() {
    let packed = |text: &str| -> String {
        let words: Vec<String> = text
            .as_bytes()
            .chunks(4)
            .map(|four| four.iter().rev().fold(0_u32, |word, letter| word << 8 | u32::from(*letter)).to_string() + "u")
            .collect();
        words.join(", ")
    };
    let text = "Hello, p{n}gine!";
    compare(&format!("line(vec4u({}), p)", packed(text)), &[text.to_owned()]);
    let letters = format!("glyph(letter({}, 3 - min(u32(p.x / 6), 3)), vec2f(p.x % 6, p.y))", packed("live"));
    compare(&format!("select(0, {letters}, p.x < 24)"), &["evil".to_owned()]);
}

#[test]
fn numbers_are_written_as_rust_writes_them() {
    let values: [(f32, usize); 14] = [
        (0.0, 0),
        (0.0, 2),
        (7.0, 0),
        (-7.0, 1),
        (10.0, 0),
        (1.5, 3),
        (-2.25, 2),
        (1234.5, 1),
        (0.0625, 4),
        (-0.5, 1),
        (999.96875, 1),
        (100_000.0, 3),
        (0.125, 8),
        (4_000_000.0, 0),
    ];
    let lines: Vec<String> = values.iter().map(|(value, decimals)| format!("{value:.decimals$}")).collect();
    let arms: Vec<String> = values.iter().map(|(value, decimals)| format!("vec2f({value:?}, {decimals})")).collect();
    let table = format!("array<vec2f, {}>({})[row]", arms.len(), arms.join(", "));
    compare(&format!("number({table}.x, u32({table}.y), p)"), &lines);
    // Nothing negative is left of it, and what is too large shows the largest.
    compare("number(-0.001, 2u, p)", &["0.00".to_owned()]);
    compare("number(1e30, 0u, p)", &["4294967040".to_owned()]);
}
