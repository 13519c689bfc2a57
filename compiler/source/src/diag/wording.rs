//! Phrases that many messages share, so that they say it in the same words.

use std::fmt::Display;

/// How many were given where another number is wanted: `3 were given`.
pub fn given(count: usize) -> String {
    match count {
        0 => "none were given".to_string(),
        1 => "1 was given".to_string(),
        count => format!("{count} were given"),
    }
}

/// That something is more than is allowed: `7 frames, but at most 5 are allowed`.
pub fn at_most(what: impl Display, most: impl Display) -> String {
    format!("{what}, but at most {most} are allowed")
}

/// That a number is not aligned: `offset 6 is not a multiple of 4`.
pub fn not_a_multiple(what: &str, number: impl Display, unit: u32) -> String {
    format!("{what} {number} is not a multiple of {unit}")
}

/// So many of something: `1 sample`, `4 samples`.
pub fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// `one`, `one and two`, `one, two and three`.
pub fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_lists_read_like_sentences() {
        assert_eq!(at_most("9 frames", 8), "9 frames, but at most 8 are allowed");
        assert_eq!(not_a_multiple("offset", 6, 4), "offset 6 is not a multiple of 4");
        assert_eq!([0, 1, 2].map(|number| counted(number, "layer")), ["0 layers", "1 layer", "2 layers"]);
        let names = ["red", "green", "blue"].map(String::from);
        assert_eq!([0, 1, 2, 3].map(|count| listed(&names[..count])), ["", "red", "red and green", "red, green and blue"]);
    }

    #[test]
    fn numbers_agree_with_their_verb() {
        assert_eq!([0, 1, 2].map(given), ["none were given", "1 was given", "2 were given"]);
    }
}
