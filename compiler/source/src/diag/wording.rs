//! Phrases that many messages share, so that they say it in the same words.

/// How many were given where another number is wanted: `3 were given`.
pub fn given(count: usize) -> String {
    match count {
        0 => "none were given".to_string(),
        1 => "1 was given".to_string(),
        count => format!("{count} were given"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_agree_with_their_verb() {
        assert_eq!([0, 1, 2].map(given), ["none were given", "1 was given", "2 were given"]);
    }
}
