//! Trees of real texts, of damaged ones, and of ones made to hurt.

mod common;

use std::time::{Duration, Instant};

use common::{Random, cases, damage, hostile, on_small_stack, texts};
use pngine_wgsl_front::parser::{Parsed, parse};
use pngine_wgsl_front::printer::print;
use pngine_wgsl_front::tokens::{Kind, Span, is_blank, lex};

/// The words of a text without what may be left out.
fn words(text: &str) -> Vec<(Kind, String)> {
    let optional = [Kind::Comma, Kind::Colon, Kind::Semicolon];
    let mut out = Vec::new();
    for token in lex(text).tokens {
        // Printed apart or together, they are the same signs.
        match token.kind {
            Kind::MinusMinus => out.extend([(Kind::Minus, "-".to_string()), (Kind::Minus, "-".to_string())]),
            Kind::AndAnd => out.extend([(Kind::And, "&".to_string()), (Kind::And, "&".to_string())]),
            kind if optional.contains(&kind) => {}
            kind => out.push((kind, token.span.of(text).to_string())),
        }
    }
    out
}

#[test]
fn real_texts_are_parsed_and_printed_as_they_were() {
    let mut count = 0;
    let mut accepted: Vec<(String, String)> =
        cases().into_iter().filter(|case| case.accepts == Some(true)).map(|case| (case.name, case.wgsl)).collect();
    accepted.extend(texts().into_iter().filter(|(name, _)| !name.ends_with("mistakes.wgsl")));
    for (name, text) in accepted {
        let Parsed { tree, diagnostics } = parse(&text);
        assert!(diagnostics.is_empty(), "{name}: {diagnostics:?}\n{text}");
        let printed = print(&tree);
        assert_eq!(words(&printed), words(&text), "{name}");
        assert_eq!(print(&parse(&printed).tree), printed, "{name}");
        count += 1;
    }
    assert!(count > 700, "{count}");
}

/// Every character is in a token, in a comment or blank.
fn check_cover(text: &str) {
    let lexed = lex(text);
    let mut spans: Vec<Span> = lexed.tokens.iter().map(|token| token.span).chain(lexed.comments.iter().copied()).collect();
    spans.sort();
    let mut at = 0;
    for span in spans {
        assert!(span.start >= at && span.end >= span.start, "{span:?} overlaps: {text:?}");
        let gap =
            text.get(at as usize..span.start as usize).unwrap_or_else(|| panic!("{span:?} is inside of a character: {text:?}"));
        assert!(gap.chars().all(is_blank), "{gap:?} is in no token: {text:?}");
        at = span.end;
    }
    assert_eq!(at as usize, text.len());
}

/// Every span lies in the text, and what is whole is printed.
fn check_tree(text: &str) {
    let Parsed { tree, diagnostics } = parse(text);
    let spans = tree.items.iter().map(|item| item.span);
    let spans = spans.chain(tree.exprs.iter().map(|expr| expr.span)).chain(tree.stmts.iter().map(|stmt| stmt.span));
    for span in spans {
        assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?}: {text:?}");
    }
    for diagnostic in &diagnostics {
        let span = diagnostic.primary.as_ref().expect("a place").span;
        assert!(text.get(span.start as usize..span.end as usize).is_some(), "{diagnostic:?}: {text:?}");
    }
    let printed = print(&tree);
    if diagnostics.is_empty() {
        assert_eq!(words(&printed), words(text), "{text}");
    }
}

#[test]
fn damaged_texts_have_a_tree_too() {
    let mut texts: Vec<String> = cases().into_iter().map(|case| case.wgsl).collect();
    texts.extend(common::texts().into_iter().map(|(_, text)| text).filter(|text| text.len() < 4000));
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut broken = 0;
    for _ in 0..6000 {
        let text = damage(&texts[random.below(texts.len())], &mut random);
        check_cover(&text);
        check_tree(&text);
        broken += usize::from(!parse(&text).diagnostics.is_empty());
    }
    assert!(broken > 3000, "{broken}: the damage is too small to show anything");
}

#[test]
fn hostile_texts_cost_neither_stack_nor_time() {
    on_small_stack(|| {
        for text in hostile(1 << 18) {
            let start = Instant::now();
            let parsed = parse(&text);
            let _ = print(&parsed.tree);
            let shown: String = text.chars().take(40).collect();
            assert!(start.elapsed() < Duration::from_secs(4), "{shown}: {:?} in a build without optimisation", start.elapsed());
        }
    });
}

/// `line:column-column message` of each error.
fn errors(text: &str) -> Vec<String> {
    let shown = |at: u32| text[..at as usize].rsplit('\n').next().map_or(0, |line| line.chars().count() + 1);
    let line = |at: u32| text[..at as usize].matches('\n').count() + 1;
    let found = parse(text).diagnostics;
    let span = |d: &pngine_source::diag::Diagnostic| d.primary.as_ref().expect("a place").span;
    found
        .iter()
        .map(|d| format!("{}:{}-{} {}", line(span(d).start), shown(span(d).start), shown(span(d).end), d.message))
        .collect()
}

#[test]
fn each_mistake_is_one_error_and_all_are_found() {
    let text = "fn a() {\n  let x = 1\n  let y = ;\n  x = 2 + * 3;\n  if x > { y = 1; }\n  for (var i = 0; i < 3, i++) { foo(; }\n  z = 1;\n}\n\
        struct S { a f32, b: u32; c: i32 }\nfn b( { return; }\nlet q = 1;\nfn c() -> { }\nconst d = (1;\nfn e() { return 1 }\nconst g = 1 & 2 | 3;";
    assert_eq!(
        errors(text),
        [
            "2:11-12 expected `;` after a statement, but found `let`",
            "3:11-12 expected an expression, but found `;`",
            "5:10-11 expected an expression, but found `{`",
            "6:24-25 expected `;` after the condition of a `for`, but found `,`",
            "9:14-17 expected `:` after the name of a member, but found `f32`",
            "9:25-26 members of a struct are separated by `,`",
            "10:7-8 expected the name of a parameter, but found `{`",
            "11:1-4 `let` stands only in functions",
            "12:11-12 expected a type, but found `{`",
            "13:13-14 expected `)` after an expression in parentheses, but found `;`",
            "14:19-20 expected `;` after a statement, but found `}`",
            "15:17-18 `&` and `|` stand side by side without parentheses",
        ]
    );
}

#[test]
fn a_reserved_word_is_reported_once_and_paths_stand_only_in_imports() {
    assert_eq!(errors("fn type() { type(); type(); }"), ["1:4-8 `type` is a word that WGSL reserves"]);
    assert_eq!(errors("const __a = 1;"), ["1:7-10 `__a` begins with two underscores, which no name may"]);
    assert_eq!(errors("import package::a::{b, c as d, e::{f}};\nimport super::g::h;\nimport pngine::hash::pcg;"), [""; 0]);
    assert_eq!(errors("fn f() { a::b(); }"), ["1:10-14 `a::b` is a path, and paths stand only in an `import`"]);
    assert_eq!(errors("const a = 1--2; fn f() { var x = --a; x--; }"), [""; 0]);
}
