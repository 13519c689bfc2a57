//! The tables of the language, against each other.

use pngine_analysis::language::MACROS;
use pngine_syntax::lex::MACRO_KINDS;
use std::collections::BTreeSet;

#[test]
fn the_parser_guesses_with_the_words_that_the_language_has() {
    let rows: BTreeSet<&str> = MACROS.iter().map(|row| row.ns.word()).chain(["define", "import"]).collect();
    assert_eq!(MACRO_KINDS.iter().copied().collect::<BTreeSet<_>>(), rows);
}
