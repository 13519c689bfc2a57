//! "Did you mean …": the candidate that is nearest to a misspelt word.

/// Words longer than this are no near miss of anything; it bounds the work per candidate.
const LONGEST_WORD: usize = 64;

/// The candidate that the author of `word` probably meant, `None` if none is near.
///
/// A candidate that differs in letter case only wins. Else the one with the fewest edits (insert, delete, replace, swap two
/// neighbours; letter case does not count) wins, if they are at most a third of the word's length, and one edit is always allowed
/// for words of two letters or more. Among equals the first in alphabetical order wins, so the answer does not depend on the
/// order of the candidates.
pub fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let letters: Vec<char> = word.chars().flat_map(char::to_lowercase).take(LONGEST_WORD + 1).collect();
    if letters.is_empty() || letters.len() > LONGEST_WORD {
        return None;
    }
    let allowed = if letters.len() == 1 { 0 } else { (letters.len() / 3).max(1) };
    candidates
        .filter_map(|candidate| {
            let other: Vec<char> = candidate.chars().flat_map(char::to_lowercase).take(LONGEST_WORD + 1).collect();
            if other.len().abs_diff(letters.len()) > allowed {
                return None;
            }
            let distance = distance(&letters, &other);
            // A word of two letters must keep one of them.
            (distance <= allowed && distance < letters.len()).then_some((distance, candidate))
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// Edits between two words: the restricted Damerau-Levenshtein distance.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before_previous = vec![0; b.len() + 1];
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    let mut row = vec![0; b.len() + 1];
    for i in 1..=a.len() {
        row[0] = i;
        for j in 1..=b.len() {
            let replace = previous[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replace.min(previous[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before_previous[j - 2] + 1);
            }
            row[j] = best;
        }
        std::mem::swap(&mut before_previous, &mut previous);
        std::mem::swap(&mut previous, &mut row);
    }
    previous[b.len()]
}
