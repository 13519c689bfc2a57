//! What to write where two types do not go together: the advice of [`super::explain`] about numbers, vectors and conditions.

use std::ops::Range;

/// What to write instead, and the change that does it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Conversion {
    /// A sentence for the reader.
    pub help: String,
    /// What stands there, and what takes its place.
    pub edit: Option<(Range<usize>, String)>,
}

/// A number, a vector of numbers or a condition: how many parts, and of which type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shape<'a> {
    parts: u32,
    scalar: &'a str,
}

impl<'a> Shape<'a> {
    /// `vec3<f32>`, `u32`; `None` for what is neither.
    fn of(ty: &'a str) -> Option<Self> {
        let (parts, scalar) = match ty.strip_prefix("vec") {
            Some(rest) => {
                let (parts, scalar) = rest.strip_suffix('>')?.split_once('<')?;
                (parts.parse().ok()?, scalar)
            }
            None => (1, ty),
        };
        matches!(scalar, "f32" | "f16" | "i32" | "u32" | "bool").then_some(Self { parts, scalar })
    }

    fn is_float(self) -> bool {
        matches!(self.scalar, "f32" | "f16")
    }

    /// How the type is written to convert to it: `f32`, `vec3u`.
    fn name(self) -> String {
        match (self.parts, self.scalar) {
            (1, scalar) => scalar.to_owned(),
            (parts, "bool") => format!("vec{parts}<bool>"),
            (parts, scalar) => format!("vec{parts}{}", scalar.get(..1).unwrap_or("")),
        }
    }
}

/// The operator and the types in a message about operands that do not go together.
pub(super) fn operand_types(message: &str) -> Option<(&str, &str, &str)> {
    let (operator, types) = message.strip_prefix('`')?.split_once("` does not take `")?;
    let (left, right) = types.strip_suffix('`')?.split_once("` and `")?;
    Some((operator, left, right))
}

/// The types in a message about a value of another type than is wanted: the wanted one, then that of the value.
pub(super) fn value_types(message: &str) -> Option<(&str, &str)> {
    let (before, found) = message.strip_suffix('`')?.rsplit_once(" `")?;
    let is_about_value = before.ends_with(", but this is") || before.ends_with(", but its value is");
    let wanted = before.rsplit_once("`,")?.0.rsplit_once('`')?.1;
    is_about_value.then_some((wanted, found))
}

/// The type of an argument that a function cannot take, from a message about it.
pub(super) fn argument_type(message: &str) -> Option<&str> {
    message.strip_prefix("argument ")?.strip_suffix('`')?.split_once("` cannot be `").map(|(_, found)| found)
}

/// Advice about an argument that is a whole number or a condition, for a function of which `takes` says that it takes `f32`.
pub(super) fn argument(found: &str, takes: &str, range: Range<usize>, text: &str) -> Option<Conversion> {
    let shape = Shape::of(found).filter(|shape| !shape.is_float() && takes.starts_with("it takes `f32`"))?;
    convert(shape, Shape { parts: shape.parts, scalar: "f32" }, range, text)
        .map(|conversion| Conversion { help: format!("{takes}: {}", conversion.help), ..conversion })
}

/// What an operator does with its operands, in words: `u.time * 2u` multiplies `f32` by `u32`.
pub(super) fn deed(operator: &str, left: &str, right: &str) -> Option<String> {
    Some(match operator {
        "+" => format!("adds `{left}` and `{right}`"),
        "-" => format!("subtracts `{right}` from `{left}`"),
        "*" => format!("multiplies `{left}` by `{right}`"),
        "/" => format!("divides `{left}` by `{right}`"),
        "==" | "!=" | "<" | ">" | "<=" | ">=" => format!("compares `{left}` with `{right}`"),
        _ => return None,
    })
}

/// Advice about an operator between two types. The operands are given with their texts.
pub(super) fn operands(left: (&str, Range<usize>, &str), right: (&str, Range<usize>, &str)) -> Option<Conversion> {
    let (a, b) = (Shape::of(left.0)?, Shape::of(right.0)?);
    if a.parts != b.parts && a.parts > 1 && b.parts > 1 {
        let help = format!("both sides need as many parts: the left one has {}, the right one {}", a.parts, b.parts);
        return Some(Conversion { help, edit: None });
    }
    if a.scalar == b.scalar {
        return None;
    }
    // A fraction is kept, so the whole number gives way; of two whole numbers the right one does.
    let is_left_changed = b.is_float() && !a.is_float();
    let (changed, target, (_, range, text)) = if is_left_changed { (a, b, left) } else { (b, a, right) };
    convert(changed, Shape { parts: changed.parts, scalar: target.scalar }, range, text)
}

/// Advice about a value of another type than is wanted.
pub(super) fn value(wanted: &str, found: &str, range: Range<usize>, text: &str) -> Option<Conversion> {
    convert(Shape::of(found)?, Shape::of(wanted)?, range, text)
}

/// How a value of one shape becomes one of another.
fn convert(from: Shape<'_>, to: Shape<'_>, range: Range<usize>, text: &str) -> Option<Conversion> {
    let text = text.trim();
    if from.scalar == "bool" || to.scalar == "bool" {
        let help = match (from.scalar == "bool", to.parts) {
            (true, 1) => "`select(0.0, 1.0, condition)` makes a number of a condition".to_owned(),
            (false, 1) => "a condition compares: `x != 0`".to_owned(),
            _ => return None,
        };
        return Some(Conversion { help, edit: None });
    }
    let bare = text.strip_suffix(['u', 'i', 'f', 'h']).filter(|_| !text.starts_with("0x"));
    if let Some(bare) = bare.filter(|bare| from.parts == 1 && to.parts == 1 && bare.parse::<f64>().is_ok())
        && (to.is_float() || !bare.contains(['.', 'e']))
    {
        let help = format!("write `{bare}`: a number without a suffix takes the type that is wanted");
        return Some(Conversion { help, edit: Some((range, bare.to_owned())) });
    }
    // `vec3f(…)` becomes `vec4f(…, 1)`.
    let parts = called(text, from).filter(|_| from.scalar == to.scalar && from.parts < to.parts);
    let put = match (from.parts, to.parts) {
        (3, 4) if parts.is_some() => format!("{}({}, 1)", to.name(), parts.unwrap_or_default()),
        (2, 3) if parts.is_some() => format!("{}({}, 0)", to.name(), parts.unwrap_or_default()),
        (2, 4) if parts.is_some() => format!("{}({}, 0, 1)", to.name(), parts.unwrap_or_default()),
        (a, b) if a == b && from.scalar == to.scalar => return None,
        (a, b) if a == b || a == 1 => format!("{}({text})", to.name()),
        // What is missing of a position or a color is 0, and its last part 1.
        (2, 3) => format!("{}({text}, 0)", to.name()),
        (3, 4) => format!("{}({text}, 1)", to.name()),
        (2, 4) => format!("{}({text}, 0, 1)", to.name()),
        (4, 3) if from.scalar == to.scalar && is_postfix(text) => format!("{text}.xyz"),
        (3 | 4, 2) if from.scalar == to.scalar && is_postfix(text) => format!("{text}.xy"),
        (_, 1) if from.scalar == to.scalar && is_postfix(text) => format!("{text}.x"),
        _ => return None,
    };
    // Long text is not repeated.
    let help = if put.chars().count() <= LONGEST && !put.contains(['\n', '\r']) {
        format!("write `{put}`: WGSL does not convert values by itself")
    } else {
        let shown = put.replacen(text, "…", 1);
        format!("write `{shown}`: WGSL does not convert values by itself")
    };
    Some(Conversion { help, edit: Some((range, put)) })
}

/// What stands between the parentheses of a text that is a call of a vector's own constructor with several arguments, and nothing else.
fn called<'t>(text: &'t str, shape: Shape<'_>) -> Option<&'t str> {
    let rest = [shape.name(), format!("vec{}<{}>", shape.parts, shape.scalar), format!("vec{}", shape.parts)]
        .iter()
        .find_map(|name| text.strip_prefix(name.as_str())?.strip_prefix('('))?;
    let inner = rest.strip_suffix(')')?;
    let (mut depth, mut has_comma) = (0i32, false);
    for c in inner.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => has_comma = true,
            _ => {}
        }
        if depth < 0 {
            return None;
        }
    }
    has_comma.then_some(inner.trim_end().trim_end_matches(','))
}

/// Longest text that advice repeats, in characters. Picked by feel.
const LONGEST: usize = 60;

/// Whether a member can be written behind an expression as it stands: a name, a call, a member, something in parentheses.
fn is_postfix(text: &str) -> bool {
    let mut depth = 0usize;
    for c in text.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            c if depth == 0 && !(c.is_alphanumeric() || matches!(c, '_' | '.')) => return false,
            _ => {}
        }
    }
    !text.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_operands(left: (&str, &str), right: (&str, &str)) -> (String, Option<String>) {
        let found = operands((left.0, 0..1, left.1), (right.0, 2..3, right.1)).expect("advice");
        (found.help, found.edit.map(|(_, text)| text))
    }

    #[test]
    fn operands_are_brought_to_one_type() {
        let bare = |text: &str| {
            (format!("write `{text}`: a number without a suffix takes the type that is wanted"), Some(text.to_owned()))
        };
        let put = |text: &str| (format!("write `{text}`: WGSL does not convert values by itself"), Some(text.to_owned()));
        assert_eq!(of_operands(("f32", "u.time"), ("u32", "2u")), bare("2"));
        assert_eq!(of_operands(("u32", "2u"), ("f32", "u.time")), bare("2"));
        assert_eq!(of_operands(("i32", "i"), ("f32", "x")), put("f32(i)"));
        assert_eq!(of_operands(("i32", "i"), ("u32", "n")), put("i32(n)"));
        assert_eq!(of_operands(("vec3<u32>", "id"), ("f32", "x")), put("vec3f(id)"));
        assert_eq!(of_operands(("vec2<f32>", "a"), ("u32", "n + 1")), put("f32(n + 1)"));
        assert_eq!(of_operands(("u32", "n"), ("f32", "0.5f")), put("f32(n)"));
        assert_eq!(of_operands(("vec2<f32>", "a"), ("vec3<f32>", "b")).1, None);
        assert_eq!(of_operands(("bool", "a"), ("f32", "b")).1, None);
        assert!(operands(("mat2x2<f32>", 0..1, "m"), ("f32", 2..3, "x")).is_none());
    }

    #[test]
    fn values_get_the_shape_that_is_wanted() {
        let put = |wanted, found, text| value(wanted, found, 0..1, text).and_then(|found| found.edit).map(|(_, text)| text);
        assert_eq!(put("vec4<f32>", "vec3<f32>", "c").as_deref(), Some("vec4f(c, 1)"));
        assert_eq!(put("vec4<f32>", "vec3<f32>", "vec3f(x, sin(y), 0)").as_deref(), Some("vec4f(x, sin(y), 0, 1)"));
        assert_eq!(
            put("vec4<f32>", "vec3<f32>", "vec3f(x) + vec3f(y, z, 0)").as_deref(),
            Some("vec4f(vec3f(x) + vec3f(y, z, 0), 1)")
        );
        assert_eq!(put("vec4<f32>", "vec3<f32>", "vec3f(x)").as_deref(), Some("vec4f(vec3f(x), 1)"));
        assert_eq!(put("vec4<f32>", "f32", "sin(x)").as_deref(), Some("vec4f(sin(x))"));
        assert_eq!(put("vec3<f32>", "vec4<f32>", "c").as_deref(), Some("c.xyz"));
        assert_eq!(put("vec3<f32>", "vec4<f32>", "a + b"), None);
        assert_eq!(put("f32", "vec2<f32>", "at").as_deref(), Some("at.x"));
        assert_eq!(put("f32", "u32", "3u").as_deref(), Some("3"));
        assert_eq!(put("i32", "f32", "1.5f").as_deref(), Some("i32(1.5f)"));
        assert_eq!(put("u32", "u32", "x"), None);
    }

    #[test]
    fn messages_are_read_as_they_are_written() {
        assert_eq!(operand_types("`*` does not take `f32` and `u32`"), Some(("*", "f32", "u32")));
        assert_eq!(operand_types("`a` does not take this value"), None);
        assert_eq!(value_types("`fs` returns `vec4<f32>`, but this is `vec3<f32>`"), Some(("vec4<f32>", "vec3<f32>")));
        assert_eq!(value_types("`i` is declared as `f32`, but its value is `u32`"), Some(("f32", "u32")));
        assert_eq!(value_types("a condition must be `bool`, but this is `f32`"), Some(("bool", "f32")));
        assert_eq!(value_types("argument 1 of `f` must be `f32`, but this is `i32`"), Some(("f32", "i32")));
        assert_eq!(value_types("`f` returns nothing, but this is `i32`"), None);
    }
}
