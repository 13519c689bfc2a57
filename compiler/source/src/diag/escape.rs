//! Texts from an input, made safe to print.
//!
//! Names, paths and shader texts end up in terminals and logs. There, control characters move the cursor or change colours, a line
//! break starts a line that some systems read as a command (`::error …`), and the characters that set the direction of text make a
//! line read otherwise than it runs. So whatever comes from an input is printed through [`escape`].

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a character must not be printed as it is: control characters (C0, DEL, C1), line separators, and characters without a
/// shape that reorder, join or hide text. Source: Unicode, general categories Cc, Zl and Zp and most of Cf; Unicode Technical Standard
/// 55, "Source code handling".
pub const fn is_unsafe(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// A text on one line of a terminal or a log: what [`is_unsafe`] is written as in a string of Rust, `\n` or `\u{1b}`.
pub fn escape(text: &str) -> Cow<'_, str> {
    escape_but(text, |_| false)
}

/// Lines of text: [`escape`], which keeps line ends and tabs.
pub fn escape_lines(text: &str) -> Cow<'_, str> {
    let is_kept = |c| matches!(c, '\n' | '\t');
    if text.contains("\r\n") {
        // The carriage return of a line end is not needed; alone it goes back over the line, and is escaped.
        return Cow::Owned(escape_but(&text.replace("\r\n", "\n"), is_kept).into_owned());
    }
    escape_but(text, is_kept)
}

/// JSON text in which nothing is [`is_unsafe`] but line feeds between values: JSON lets strings hold most such characters, and takes `\u001b` for
/// each of them just as well.
pub fn escape_json(json: &str) -> Cow<'_, str> {
    let is_kept = |c| !is_unsafe(c) || c == '\n';
    if json.chars().all(is_kept) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if is_kept(c) {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    Cow::Owned(out)
}

fn escape_but(text: &str, is_kept: impl Fn(char) -> bool) -> Cow<'_, str> {
    if text.chars().all(|c| !is_unsafe(c) || is_kept(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_kept(c) { out.push(c) } else { push(&mut out, c) }
    }
    Cow::Owned(out)
}

/// Appends one character, escaped if need be.
pub(super) fn push(out: &mut String, c: char) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if is_unsafe(c) => out.extend(c.escape_unicode()),
        c => out.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_steers_a_terminal_is_left() {
        let all: String = (0..=0x0010_ffff).filter_map(char::from_u32).filter(|c| c.is_control() || is_unsafe(*c)).collect();
        for c in ['\0', '\u{7}', '\u{8}', '\n', '\r', '\u{1b}', '\u{7f}', '\u{85}', '\u{9b}', '\u{61c}', '\u{200e}', '\u{200f}'] {
            assert!(all.contains(c), "{c:?}");
        }
        for c in ('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}').chain(['\u{2028}', '\u{2029}']) {
            assert!(all.contains(c), "{c:?}");
        }
        assert!(escape(&all).is_ascii());
        assert!(escape(&all).chars().all(|c| !c.is_control()));
        assert!(escape_lines(&all).chars().all(|c| !c.is_control() || matches!(c, '\n' | '\t')));
        let json = serde_json::Value::from(all.clone()).to_string();
        assert!(escape_json(&json).is_ascii());
        assert_eq!(serde_json::from_str::<String>(&escape_json(&json)).ok(), Some(all));
    }

    #[test]
    fn other_text_stays_as_it_is() {
        for text in ["", "a b", "größe 日本語 🦀 Ω", "`\\n`", "עברית"] {
            assert!(matches!(escape(text), Cow::Borrowed(same) if same == text), "{text}");
            assert!(matches!(escape_json(text), Cow::Borrowed(same) if same == text), "{text}");
        }
        assert_eq!(escape("a\n\tb\u{1b}[31m\u{202e}"), "a\\n\\tb\\u{1b}[31m\\u{202e}");
        assert_eq!(escape_lines("a\n\tb\r\nc\rd\u{7}"), "a\n\tb\nc\\rd\\u{7}");
        assert_eq!(escape_lines("a\r\nb"), "a\nb");
    }
}
