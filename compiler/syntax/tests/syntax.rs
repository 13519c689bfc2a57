//! Text to tokens, tree and diagnostics: what goes in, and what people and tools get to see.

use pngine_source::diag::{
    Code, CommandRef, Diagnostic, Phase, Severity, finish, is_unsafe, nearest, render, render_short, to_json,
};
use pngine_source::source::{FileId, MAX_SOURCE_BYTES, SourceFile, SourceMap, Span};
use pngine_syntax::lex::{Token, lex};
use pngine_syntax::limits::{MAX_NESTING, MAX_OPERATORS};
use pngine_syntax::parse::{parse, parse_quoted_expr};
use pngine_syntax::tree::{File, Item, Property, Value, ValueKind};

/// Compares `$text` with the file `$name` in `snapshots/syntax`.
macro_rules! snapshot {
    ($name:expr, $text:expr) => {
        insta::with_settings!({
            snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/../../snapshots/syntax"),
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!($name, $text);
        });
    };
}

/// Sources with one file, its tree, and what was found in it.
fn parsed(text: &str) -> (SourceMap, File, Vec<Diagnostic>) {
    let mut sources = SourceMap::default();
    let file = sources.add(SourceFile::new("scene.pngine", text));
    let mut diagnostics = Vec::new();
    let tree = parse(file, text, &mut diagnostics);
    (sources, tree, finish(diagnostics))
}

/// The tree of a text without mistakes.
fn tree_of(text: &str) -> String {
    let (sources, tree, diagnostics) = parsed(text);
    assert!(diagnostics.is_empty(), "{}", render(&sources, &diagnostics, false));
    tree.dump(&sources)
}

/// The findings of a text, one line each.
fn errors_of(text: &str) -> String {
    let (sources, _, diagnostics) = parsed(text);
    render_short(&sources, &diagnostics)
}

/// Every case with what is said about it and the tree that is left.
fn cases(cases: &[&str]) -> String {
    let mut out = String::new();
    for case in cases {
        let (sources, tree, diagnostics) = parsed(case);
        out += &format!("{case}\n\n{}\n{}\n{:=<100}\n", render(&sources, &diagnostics, false), tree.dump(&sources), "");
    }
    out
}

/// The tokens of a text without mistakes.
fn tokens_of(text: &str) -> Vec<(Token, &str, std::ops::Range<u32>)> {
    let mut diagnostics = Vec::new();
    let lexed = lex(FileId(0), text, &mut diagnostics);
    assert_eq!(diagnostics, []);
    lexed
        .tokens
        .iter()
        .map(|&(token, span)| (token, &text[span.start as usize..span.end as usize], span.start..span.end))
        .collect()
}

const CUBE: &str = r#"// A spinning cube.
#import "core.pngine"

#define SIZE=4 * 16 /* bytes of a matrix */
#define FOV="(2 * PI) / 5"

#shaderModule shader {
  code="
    struct Inputs { time: f32, aspect: f32 } // WGSL keeps its comments
    @vertex fn vmain(@builtin(vertex_index) k: u32) -> @builtin(position) vec4f {
      return vec4f(f32(k) - 1.0, f32(k & 1u), 0.0, 1.0);
    }
    @fragment fn fmain() -> @location(0) vec4f { return vec4f(0.2, 0.7, 0.3, 1.0); }
  "
}

/// Corners.
#data corners { float32Array=[-1 -1 0, 1 -1 0.5  0 1. .5e1 -0x10 (SIZE/2) SIZE*2 -PI] }
#buffer uniforms { size = SIZE + 16, usage=[UNIFORM COPY_DST] pool=2 }

#renderPipeline pipe {
  layout=auto
  vertex={ module=shader entryPoint=vmain buffers=[{ arrayStride=4*3 attributes=[{ shaderLocation=0 offset=0 format=float32x3 }] }] }
  fragment={
    module=shader
    entryPoint="fmain"
    targets=[{ format=preferredCanvasFormat blend={ color={ srcFactor=one-minus-src-alpha } alpha={} } }]
    constants={ scale=2, 7=0.5 "8"=1 }
  }
  primitive={ topology=triangle-list cullMode=none }
  depthStencil={ format=depth24plus depthWriteEnabled=true depthCompare=less }
}
#texture depth { size=[canvas.width / 2, canvas.height] dimension=2d viewFormats=[] }
#textureView layers { texture=depth dimension=2d-array }
#renderPass draw-all { colorAttachments=[{ view=contextCurrentTexture clearValue=[0, 0, 0, 1,] loadOp=clear }] pipeline=$pipeline.pipe draw=max(3, ceil (SIZE / 3)) }
#device { requiredFeatures=[timestamp-query] }
#frame main { perform=[draw-all] before=[] }
"#;

// Tokens.

#[test]
fn every_kind_of_token_has_its_slice_and_range() {
    assert_eq!(
        tokens_of("#buffer b_1 {=[]()},.+-*/%$"),
        [
            (Token::Hash, "#buffer", 0..7),
            (Token::Ident, "b_1", 8..11),
            (Token::LBrace, "{", 12..13),
            (Token::Equals, "=", 13..14),
            (Token::LBracket, "[", 14..15),
            (Token::RBracket, "]", 15..16),
            (Token::LParen, "(", 16..17),
            (Token::RParen, ")", 17..18),
            (Token::RBrace, "}", 18..19),
            (Token::Comma, ",", 19..20),
            (Token::Dot, ".", 20..21),
            (Token::Plus, "+", 21..22),
            (Token::Minus, "-", 22..23),
            (Token::Star, "*", 23..24),
            (Token::Slash, "/", 24..25),
            (Token::Percent, "%", 25..26),
            (Token::Dollar, "$", 26..27),
        ]
    );
}

#[test]
fn a_dash_belongs_to_a_word_and_never_to_a_number() {
    assert_eq!(
        tokens_of("N-1 N -1 4-1 triangle-list true true-ish false"),
        [
            (Token::Ident, "N-1", 0..3),
            (Token::Ident, "N", 4..5),
            (Token::Minus, "-", 6..7),
            (Token::Number, "1", 7..8),
            (Token::Number, "4", 9..10),
            (Token::Minus, "-", 10..11),
            (Token::Number, "1", 11..12),
            (Token::Ident, "triangle-list", 13..26),
            (Token::True, "true", 27..31),
            (Token::Ident, "true-ish", 32..40),
            (Token::False, "false", 41..46),
        ]
    );
}

#[test]
fn numbers_and_dimensions_start_with_a_digit() {
    let numbers = ["0", "2048", "0.5", "1.", ".5", "1e3", "1.5E-3", ".5e+2", "0x2A", "0XfF"];
    let words = ["1d", "2d", "2d-array", "3d"];
    for (token, texts) in [(Token::Number, numbers.as_slice()), (Token::Ident, words.as_slice())] {
        for text in texts {
            assert_eq!(tokens_of(text), [(token, *text, 0..text.len() as u32)]);
        }
    }
}

#[test]
fn ranges_count_bytes_behind_text_that_is_not_ascii() {
    assert_eq!(
        tokens_of("\u{feff}a=\"π × 🎉\" // ∀\r\nb"),
        [(Token::Ident, "a", 3..4), (Token::Equals, "=", 4..5), (Token::Str, "\"π × 🎉\"", 5..17), (Token::Ident, "b", 26..27),]
    );
}

#[test]
fn strings_have_many_lines_and_escapes() {
    assert_eq!(tokens_of("\"a\r\n\\\"b\\\\\""), [(Token::Str, "\"a\r\n\\\"b\\\\\"", 0..10)]);
}

#[test]
fn comments_are_kept_aside() {
    let text = "a // one\r\n/// two\r/* three\n * */ b /**/ /***/ c/d";
    let mut diagnostics = Vec::new();
    let lexed = lex(FileId(0), text, &mut diagnostics);
    let comments: Vec<&str> =
        lexed.comments.iter().map(|comment| &text[comment.span.start as usize..comment.span.end as usize]).collect();
    assert_eq!(comments, ["// one", "/// two", "/* three\n * */", "/**/", "/***/"]);
    assert_eq!(lexed.tokens.len(), 5);
    assert_eq!(diagnostics, []);
}

#[test]
fn an_empty_file_has_no_tokens_and_no_findings() {
    for text in ["", " \t\r\n", "\u{feff}", "// only a comment"] {
        let (_, tree, diagnostics) = parsed(text);
        assert_eq!((tree.items, diagnostics), (vec![], vec![]));
        assert_eq!(tokens_of(text), []);
    }
}

#[test]
fn a_text_above_the_limit_is_refused_once() {
    let (sources, tree, diagnostics) = parsed(&"#frame f { } ".repeat(MAX_SOURCE_BYTES / 13 + 1));
    assert_eq!(render_short(&sources, &diagnostics), "scene.pngine:1:1: error[E0102]: the file is larger than 16 MiB\n");
    assert_eq!(tree.items, []);
}

// Trees.

#[test]
fn a_scene_becomes_a_tree() {
    snapshot!("scene_tree", tree_of(CUBE));
}

#[test]
fn expressions_follow_precedence_and_associate_to_the_left() {
    snapshot!(
        "expressions",
        tree_of("#define A=1 - 2 - 3 * -4 / (5 + N) % 2.5\n#define B=--x\n#define C=min(1, pow (a, b), random())\n")
    );
}

#[test]
fn in_an_array_a_minus_negates_and_products_need_no_parentheses() {
    snapshot!("array_elements", tree_of("#data d { a=[1 -1 2] b=[-(1)] c=[W/2 -H*2,,(A - B)] d=[,] e=[a(b) c (d) f.g .5] }"));
}

#[test]
fn commas_and_comments_may_stand_anywhere_between() {
    snapshot!(
        "commas_and_comments",
        tree_of("#buffer /* a */ b /// doc\n{ /// doc\n size= // why\n /* here */ 4, ,usage=[ /// doc\n A, /* b */ B,] }// end")
    );
}

#[test]
fn strings_are_unescaped_and_else_kept_as_they_are() {
    let (_, tree, _) = parsed("#wgsl a { value=\"a\\\"b\\\\c\\n\r\n\tπ\" }");
    let Some(Item::Macro(declared)) = tree.items.first() else { panic!("no declaration") };
    assert_eq!(declared.body[0].value.kind, ValueKind::Str("a\"b\\c\\n\r\n\tπ".to_owned()));
}

#[test]
fn spans_of_declarations_cover_them_whole() {
    let text = "#buffer b { size=4 }  #import \"x\"\n#define N=(1)\n";
    let (sources, tree, _) = parsed(text);
    let spans: Vec<&str> = tree
        .items
        .iter()
        .map(|item| match item {
            Item::Macro(declared) => sources.slice(declared.span),
            Item::Import { span, .. } | Item::Define { span, .. } | Item::Error(span) => sources.slice(*span),
        })
        .collect();
    assert_eq!(spans, ["#buffer b { size=4 }", "#import \"x\"", "#define N=(1)"]);
}

// Mistakes. Each is reported once, and what stands around it is read all the same.

#[test]
fn bad_characters_are_reported_once_per_run() {
    snapshot!(
        "bad_characters",
        cases(&[
            "#buffer b { size: 4; usage=[X]; }",
            "#buffer b { x=@@@ y=4 § z='text' w=“text” v=\u{a0}5 u=\\ t=# buffer }",
            "#buffer größe { breite=1 }",
            "π\n#frame f { }",
            "# buffer b { size=4 }\n#\tframe f { }\n# 1",
        ])
    );
}

#[test]
fn a_nul_byte_is_reported_once_per_file() {
    assert_eq!(
        errors_of("#buffer b {\0\0 size=4 \0 }"),
        "scene.pngine:1:12: error[E0101]: the file holds a NUL byte, so it is not a text\n"
    );
}

#[test]
fn malformed_numbers_say_what_is_wrong_with_them() {
    snapshot!("bad_numbers", cases(&["#buffer b { a=12px b=0x c=1_000 d=1e999 e=1.2.3 f=0xFFFFFFFFFFFFFFFFFF g=64u h=1e }"]));
}

#[test]
fn an_unclosed_string_is_reported_where_it_opens_and_nowhere_else() {
    snapshot!(
        "unclosed_strings",
        cases(&[
            // The slip of language.md 17.3.
            "#texture t {\n  size=[\"$canvas.width\", \"$canvas.height]\n  format=rgba8unorm\n}\n#shaderModule s {\n  code=\"\n    fn main() { let x: u32 = 1; }\n  \"\n}\n#frame main { perform=[\"a\"] }",
            "#wgsl a { value=\"\n  fn f() -> f32 { return 1.0; }\n}\n#wgsl b { value=\"\n  fn g() {}\n\" }\n#frame f { perform=[p] }",
            "#buffer b { size=\"4 * N\n  usage=[UNIFORM]\n}\n#frame f { perform=[p] }",
            "#import \"a.pngine\n#import \"b.pngine\"\n#frame f { perform=[p] }",
            "#frame f { perform=[\"p] }",
            "#meta { title=\"",
        ])
    );
}

#[test]
fn an_unclosed_comment_is_reported_where_it_opens_and_nowhere_else() {
    snapshot!("unclosed_comments", cases(&["#buffer b { size=4 /* bytes }\n#frame f { }", "/*/"]));
}

#[test]
fn a_missing_delimiter_is_reported_at_its_partner() {
    snapshot!(
        "missing_delimiters",
        cases(&[
            "#buffer a {\n  size=4\n#buffer b { size=8 }\n#frame f { perform=[p] }",
            "#buffer a { size=4 #buffer b { size=8 }",
            "#renderPipeline p {\n  vertex={ module=a\n  fragment={ module=b }\n}\n#frame f { perform=[p] }",
            "#buffer a { usage=[UNIFORM size=4 }\n#frame f { perform=[p] }",
            "#buffer a {\n  size=(1 + 2\n  usage=[UNIFORM]\n}",
            "#buffer a {\nsize=4\nusage=[UNIFORM\n}",
            "#frame f { perform=[a",
            "#define N=(1 + 2\n#frame f { perform=[p] }",
        ])
    );
}

#[test]
fn a_delimiter_too_many_or_of_the_wrong_kind_is_reported() {
    snapshot!(
        "surplus_delimiters",
        cases(&[
            "#buffer a { size=4 } }\n#buffer b { size=8 }",
            "#buffer a { usage=[UNIFORM) size=(4] }",
            "#buffer a { size=4) usage=[UNIFORM]] }",
            "}\n#buffer a { size=4 }",
            "#define N=1)",
        ])
    );
}

#[test]
fn a_missing_equals_sign_or_value_is_reported() {
    snapshot!(
        "missing_equals_or_value",
        cases(&[
            "#buffer b { size 4 usage [UNIFORM] }",
            "#buffer b { size=\n  usage=[UNIFORM]\n}",
            "#buffer b { usage=UNIFORM COPY_DST\n  size=4 }",
            "#buffer b { size=4 * usage=[(1 +) (2 *) ()] offset=- }",
            "#define A 5\n#define B=\n#define C\n#define\n#define =4",
            "#buffer b { = 4 size=8 }",
        ])
    );
}

#[test]
fn slips_in_arrays_and_calls_are_explained() {
    snapshot!(
        "arrays_and_calls",
        cases(&[
            "#data d { a=[1 + 2] b=[1 - 2] c=[x=1] d=[* 2] }",
            "#data d { a=max(1 2) b=f(1,) c=f(,) d=(1 2) e=$ f=a. g=2 h=#ff0000 }",
        ])
    );
}

#[test]
fn text_outside_of_declarations_is_reported() {
    snapshot!(
        "outside_of_declarations",
        cases(&[
            "hello there { } [\n#buffer b { size=4 }",
            "#buffer b { size=4 } usage=[UNIFORM] }\n#frame f { perform=[p] }",
            "buffer b { size=4 }\nframe f { perform=[p] }",
            "#import core\n#import \"a\" \"b\"\n#import",
        ])
    );
}

#[test]
fn a_header_that_is_incomplete_is_reported() {
    snapshot!(
        "incomplete_headers",
        cases(&[
            "#buffer\n#texture t\n#frame",
            "#buffer b size=4 usage=[UNIFORM]\n#frame f { perform=[p] }",
            "#buffer b size=4 }\n#frame f { perform=[p] }",
            "#frame \"main\" { perform=[p] }",
            "#frame main window { perform=[p] }",
            "#buffer { size=4 }",
        ])
    );
}

#[test]
fn nesting_is_allowed_up_to_the_limit() {
    let nested = |depth: usize| format!("#data d {{ a={}1{} }}", "[".repeat(depth), "]".repeat(depth));
    let parentheses = |depth: usize| format!("#data d {{ a={}1{} }}", "(".repeat(depth), ")".repeat(depth));
    let objects = |depth: usize| format!("#data d {{ {}{} }}", "a={".repeat(depth), "}".repeat(depth));
    let skipped = |depth: usize| format!("#data d {{ ={}1{} }}", "[".repeat(depth), "]".repeat(depth));
    // The body itself is the first level.
    for text in [nested(MAX_NESTING - 1), parentheses(MAX_NESTING - 1), objects(MAX_NESTING - 1)] {
        assert_eq!(errors_of(&text), "");
    }
    assert_eq!(errors_of(&skipped(MAX_NESTING - 1)), "scene.pngine:1:11: error[E0108]: expected a property, found `=`\n");
    for text in [nested(MAX_NESTING), parentheses(MAX_NESTING)] {
        assert_eq!(errors_of(&text), "scene.pngine:1:140: error[E0110]: nested more than 128 deep\n");
    }
}

#[test]
fn expressions_are_allowed_up_to_the_limit() {
    let most = MAX_OPERATORS as usize;
    let sum = |count: usize| format!("#define A=1{}", "+1".repeat(count));
    let minus = |count: usize| format!("#define A={}1", "-".repeat(count));
    let product = |count: usize| format!("#data d {{ a=[2{}] }}", "*1".repeat(count));
    let group = |count: usize| format!("#define A=(1{})+(1{})", "+1".repeat(count / 2), "+1".repeat(count / 2));
    for text in [sum(most), minus(most), product(most), group(most - 1)] {
        assert_eq!(errors_of(&text), "");
    }
    for text in [sum(most + 1), minus(most + 1), product(most + 1), group(most)] {
        assert!(errors_of(&text).contains("E0110]: an expression of more than 1024 operators"), "{}", errors_of(&text));
        assert_eq!(errors_of(&text).lines().count(), 1);
    }
    // Elements of an array and properties are expressions of their own.
    for text in [
        format!("#data d {{ a=[{}] }}", "-1 ".repeat(most * 2)),
        format!("#data d {{ a=[{}] }}", "a*b (c - d) f(1-1),".repeat(most)),
        format!("#data d {{ {} }}", "a=1+1 ".repeat(most * 2)),
    ] {
        assert_eq!(errors_of(&text), "");
    }
}

#[test]
fn deep_trees_are_dropped_and_printed_on_a_small_stack() {
    let deep = format!(
        "#data d {{ {}x={}{}1{}{} }}",
        "a={".repeat(60),
        "(".repeat(60),
        "-".repeat(500),
        "+1".repeat(500),
        ")".repeat(60) + &"}".repeat(60)
    );
    std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(move || assert!(tree_of(&deep).contains("negate")))
        .expect("a thread")
        .join()
        .expect("no overflow");
}

#[test]
fn at_most_a_hundred_mistakes_of_a_file_are_reported() {
    for text in ["#buffer ".repeat(1000), "@ ".repeat(1000), format!("#data d {{ {} }}", "a b ".repeat(1000))] {
        let (sources, _, diagnostics) = parsed(&text);
        let lines = render_short(&sources, &diagnostics);
        assert!(lines.lines().count() <= 101, "{lines}");
        assert!(diagnostics.last().is_some_and(|last| last.code == Code::TooManyErrors) || lines.lines().count() == 1, "{lines}");
    }
}

#[test]
fn what_cannot_be_read_of_a_file_with_many_mistakes_is_an_error_node() {
    let (sources, tree, _) = parsed(&format!("{}#buffer last {{ size=4 }}", "#buffer b ( ".repeat(200)));
    let Some(Item::Error(span)) = tree.items.last() else { panic!("no error node") };
    assert!(sources.slice(*span).ends_with("#buffer last { size=4 }"));
}

/// Nothing is asserted but that it ends: a quadratic or recursive step would not, within any patience.
#[test]
fn huge_inputs_end() {
    // Without optimisation, everything takes about ten times as long.
    let size = if cfg!(debug_assertions) { 1 << 20 } else { 10 << 20 };
    let filled = |head: &str, part: &str| format!("{head}{}", part.repeat(size / part.len()));
    for (head, part) in [
        ("", "{"),
        ("", "[1 "),
        ("", "#buffer "),
        ("", "\""),
        ("", "\"\n"),
        ("", "'"),
        ("", "é@"),
        ("", "buffer b { "),
        ("#data d { a=", "{"),
        ("#data d { a=", "[1 "),
        ("#data d { a=", "}"),
        ("#data d { a=", "[}"),
        ("#data d { a=", "1]"),
        ("#data d { a=", "("),
        ("#data d { a=", "f("),
        ("#data d { a=", "-"),
        ("#data d { a=1", "+1"),
        ("#data d { a=", "a."),
        ("#data d { a=[", "1 = "),
        ("#data d { ", "a={\n"),
        ("#data d {\n", "a={ b=[\n"),
        ("#data d { ", "a "),
        ("#data d { ", "= "),
        ("#data d { a=[", "1.5, "),
        ("#data d { ", "a=4 "),
        ("#define A=", "#define A="),
    ] {
        let (sources, tree, diagnostics) = parsed(&filled(head, part));
        let _ = (render(&sources, &diagnostics, false), to_json(&sources, &diagnostics));
        drop(tree);
    }
}

// Quoted expressions.

/// The tree and the findings of a quoted expression that stands alone in its file.
fn quoted(text: &str) -> (Value, String) {
    let mut sources = SourceMap::default();
    let source = format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let file = sources.add(SourceFile::new("scene.pngine", source.clone()));
    let mut diagnostics = Vec::new();
    let value = parse_quoted_expr(Span::new(file, 0, source.len() as u32), text, &mut diagnostics);
    (value, render_short(&sources, &finish(diagnostics)))
}

#[test]
fn inside_quotes_a_dash_is_an_operator() {
    let (value, errors) = quoted("N-1*ceil(a-b/2d)-$canvas.width");
    assert_eq!(errors, "");
    let mut sources = SourceMap::default();
    sources.add(SourceFile::new("scene.pngine", "\"N-1*ceil(a-b/2d)-$canvas.width\""));
    let body = Property { name: pngine_syntax::tree::Ident { name: "x".to_owned(), span: value.span }, span: value.span, value };
    let tree = File {
        items: vec![Item::Define { name: body.name, value: body.value, span: body.span }],
        comments: Vec::new(),
        tokens: Vec::new(),
    };
    snapshot!("quoted_expression", tree.dump(&sources));
}

#[test]
fn mistakes_inside_quotes_point_into_the_string() {
    for (text, expected) in [
        ("", "scene.pngine:1:2: error[E0108]: expected a number or a name, found the end of the expression\n"),
        ("1 +", "scene.pngine:1:5: error[E0108]: expected a number or a name after `+`, found the end of the expression\n"),
        ("1 2", "scene.pngine:1:4: error[E0108]: expected an operator or the end of the expression, found `2`\n"),
        ("(1", "scene.pngine:1:2: error[E0109]: this `(` is never closed\n"),
        ("1)", "scene.pngine:1:3: error[E0109]: there is no `(` for this `)`\n"),
        ("1; 2", "scene.pngine:1:3: error[E0103]: unexpected character `;`\n"),
        ("12px", "scene.pngine:1:2: error[E0106]: malformed number `12px`\n"),
        // Behind an escape the places differ, so the whole string is shown.
        ("1 + \"a\"", "scene.pngine:1:1: error[E0103]: unexpected character `\"`\n"),
        ("1 // 2", "scene.pngine:1:4: error[E0103]: unexpected character `/`\n"),
    ] {
        let (value, errors) = quoted(text);
        assert_eq!((value.kind, errors.as_str()), (ValueKind::Error, expected), "{text}");
    }
}

// Rendering.

#[test]
fn positions_count_characters_from_one_whatever_ends_the_lines() {
    let file = SourceFile::new("a", "aπ\r\nb\rc\n\t🎉d");
    for (offset, line, column) in [
        (0, 1, 1),
        (1, 1, 2),
        (2, 1, 2),
        (3, 1, 3),
        (4, 1, 4),
        (5, 2, 1),
        (7, 3, 1),
        (9, 4, 1),
        (10, 4, 2),
        (14, 4, 3),
        (99, 4, 4),
    ] {
        let position = file.position(offset);
        assert_eq!((position.line, position.column), (line, column), "{offset}");
    }
    assert_eq!(
        (file.line_count(), file.line_range(1), file.line_range(4), file.line_range(5)),
        (4, Some(0..3), Some(9..15), None)
    );
}

#[test]
fn columns_far_into_a_line_are_right() {
    let file = SourceFile::new("a", format!("x\n{}y", "π".repeat(5000)));
    assert_eq!(file.position(2 + 10_000).column, 5001);
    assert_eq!(file.position(2 + 4097).column, 2049);
}

/// A finding at the first `needle` of the file, with a second label at the first `second`.
fn finding(sources: &SourceMap, file: FileId, needle: &str, second: Option<(FileId, &str)>) -> Diagnostic {
    let span = |file: FileId, needle: &str| {
        let start = sources.file(file).text.find(needle).expect("the needle is there") as u32;
        Span::new(file, start, start + needle.len() as u32)
    };
    let diagnostic = Diagnostic::new(Code::UnexpectedToken, span(file, needle), format!("the word `{needle}`")).label("this one");
    match second {
        Some((file, needle)) => diagnostic.also(span(file, needle), "and this one"),
        None => diagnostic,
    }
}

#[test]
fn carets_stand_under_the_text_they_mean() {
    let mut sources = SourceMap::default();
    let first = sources.add(SourceFile::new("first.pngine", "// ∀π🎉\r\n\tä=ö\tword // ü\r\nlast"));
    let other = sources.add(SourceFile::new("lib/other.pngine", "αβγ\n\n\nδ here ε\n"));
    let long = sources.add(SourceFile::new("long.pngine", format!("{}needle{} far", "é".repeat(500), "x".repeat(500))));
    let control = sources.add(SourceFile::new("control.pngine", "a\u{1b}[31m\u{0}\u{202e}b\u{2028}c\u{1}word"));
    let end = |file: FileId| {
        let end = sources.file(file).text.len() as u32;
        Diagnostic::new(Code::UnbalancedDelimiter, Span::new(file, end, end), "the end").help("first line\nsecond line")
    };
    let diagnostics = [
        finding(&sources, first, "word", Some((first, "last"))),
        finding(&sources, first, "word", Some((other, "here"))),
        finding(&sources, other, "here", Some((first, "word"))),
        // Several lines: the first of them is shown.
        finding(&sources, first, "word // ü\r\nlast", None),
        finding(&sources, long, "needle", Some((long, "far"))),
        finding(&sources, control, "word", None),
        end(first),
        end(other),
        end(long),
        // Inside a character, and outside the file.
        Diagnostic::new(Code::BadNumber, Span::new(first, 4, 5), "in the middle of a character"),
        Diagnostic::new(Code::BadNumber, Span::new(first, 900, 800), "outside of the file"),
        Diagnostic::new(Code::BadNumber, Span::new(FileId(77), 0, 1), "in no file"),
        // The line end itself.
        Diagnostic::new(Code::BadNumber, Span::new(first, 12, 14), "at the end of a line"),
        Diagnostic::global(Code::EmptyFile, "the file has no declarations").help("write one"),
        Diagnostic::global(Code::InvalidUsage, "usage 0x400 is unknown").command(CommandRef {
            phase: Phase::Frame,
            frame: 2,
            index: 5,
            opcode: "CREATE_BUFFER".to_owned(),
        }),
    ];
    snapshot!("carets", render(&sources, &diagnostics, false));
    snapshot!("carets_short", render_short(&sources, &diagnostics));
    snapshot!("carets_json", serde_json::to_string_pretty(&to_json(&sources, &diagnostics)).expect("it is JSON"));
}

/// Every character that must not reach a terminal, each between two letters.
fn unsafe_characters() -> String {
    (0..=0x0010_ffff).filter_map(char::from_u32).filter(|c| c.is_control() || is_unsafe(*c)).map(|c| format!("a{c}b")).collect()
}

#[test]
fn no_text_of_a_finding_steers_a_terminal() {
    let bad = unsafe_characters();
    let name = format!("x{bad}.pngine");
    let mut sources = SourceMap::default();
    let lines: String = bad.split('\n').map(|line| format!("word {line} end\n")).collect();
    let file = sources.add(SourceFile::new(name, &lines));
    let other = sources.add(SourceFile::new(format!("other{bad}"), &lines));
    let span = |file, needle: &str| {
        let start = lines.find(needle).expect("the needle is there") as u32;
        Span::new(file, start, start + needle.len() as u32)
    };
    let full = |at: Diagnostic| {
        at.label(&bad).also(span(file, "word"), &bad).also(span(other, "word"), &bad).help(&bad).fix(
            &bad,
            true,
            span(file, "end"),
            &bad,
        )
    };
    let command = CommandRef { phase: Phase::Init, frame: 0, index: 0, opcode: bad.clone() };
    let diagnostics = [
        full(Diagnostic::new(Code::UnexpectedToken, span(file, "end"), &bad)),
        full(Diagnostic::new(Code::UnexpectedToken, span(file, "\u{1b}"), &bad)).command(command.clone()),
        full(Diagnostic::new(Code::UnexpectedToken, span(file, "\u{202e}"), &bad)),
        Diagnostic::global(Code::GpuError, &bad).help(&bad).command(command),
    ];
    let plain = render(&sources, &diagnostics, false);
    assert!(plain.chars().all(|c| c == '\n' || !is_unsafe(c)), "{plain:?}");
    let colored = render(&sources, &diagnostics, true);
    assert!(colored.chars().all(|c| matches!(c, '\n' | '\u{1b}') || !is_unsafe(c)), "{colored:?}");
    let short = render_short(&sources, &diagnostics);
    assert_eq!(short.lines().count(), diagnostics.len());
    assert!(short.chars().all(|c| c == '\n' || !is_unsafe(c)), "{short:?}");
    // JSON holds the very characters.
    assert_eq!(to_json(&sources, &diagnostics)[0]["message"], bad);
}

#[test]
fn no_line_of_a_finding_is_one_of_the_scene() {
    let break_out =
        "x\n::error file=README.md,line=1::owned\r\n##[error]owned\u{2028}::warning::owned\u{85}::debug::\u{b}::a::\u{c}::b::";
    let mut sources = SourceMap::default();
    let file = sources.add(SourceFile::new(break_out, format!("#import \"{break_out}\"")));
    let span = Span::new(file, 8, 11);
    let diagnostics = [
        Diagnostic::new(Code::FileNotFound, span, break_out).label(break_out).help(break_out).also(span, break_out),
        Diagnostic::global(Code::FileNotFound, break_out).help(break_out),
    ];
    let text = render(&sources, &diagnostics, false) + &render_short(&sources, &diagnostics);
    for line in text.split(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        let line = line.trim_start();
        assert!(!line.starts_with("::") && !line.starts_with("##["), "{text}");
    }
}

#[test]
fn color_is_escapes_around_the_same_text() {
    let (sources, _, diagnostics) = parsed("#buffer b { size: 4 }");
    let (plain, colored) = (render(&sources, &diagnostics, false), render(&sources, &diagnostics, true));
    assert!(!plain.contains('\u{1b}'));
    assert!(colored.contains("\u{1b}[31merror[E0103]:\u{1b}[0m"), "{colored}");
    let mut parts = colored.split('\u{1b}');
    let mut text = parts.next().unwrap_or("").to_owned();
    for part in parts {
        let (style, rest) = part.split_once('m').expect("an escape sequence that sets a color");
        // The terminal's own palette, so that its owner can read it: no color of 256, and nothing in a color of its own for each character.
        assert!(["[0", "[2", "[31", "[36"].contains(&style), "{style:?} in {colored:?}");
        text.push_str(rest);
    }
    assert_eq!(text, plain);
    assert!(colored.lines().all(|line| line.matches('\u{1b}').count() <= 6), "{colored:?}");
}

#[test]
fn a_line_far_down_is_named_without_a_picture() {
    let (sources, _, diagnostics) = parsed(&format!("{}@", "\n".repeat(600_000)));
    assert_eq!(
        render(&sources, &diagnostics, false),
        "error[E0103]: unexpected character `@`\n  --> scene.pngine:600001:1\n  help: shader text stands in a string: `code=\"…\"`\n"
    );
}

// Diagnostics as data.

#[test]
fn findings_are_sorted_and_duplicates_dropped() {
    let at = |file, start, code| Diagnostic::new(code, Span::new(FileId(file), start, start + 1), "m");
    let sorted = [
        Diagnostic::global(Code::EmptyFile, "m"),
        at(0, 1, Code::UnexpectedCharacter),
        at(0, 1, Code::BadNumber),
        at(0, 5, Code::UnexpectedCharacter),
        at(1, 0, Code::UnexpectedCharacter),
    ];
    let mut mixed: Vec<Diagnostic> = sorted.iter().rev().cloned().collect();
    mixed.extend(sorted.iter().cloned());
    // The same place and words, but another label: no duplicate.
    mixed.push(at(0, 1, Code::BadNumber).label("l"));
    let finished = finish(mixed);
    assert_eq!(finished.len(), sorted.len() + 1);
    assert!(finished.iter().filter(|diagnostic| diagnostic.primary.as_ref().is_none_or(|p| p.message.is_empty())).eq(&sorted));
}

#[test]
fn codes_are_unique_and_explained() {
    for (index, code) in Code::ALL.iter().enumerate() {
        assert!(Code::ALL[..index].iter().all(|other| other.as_str() != code.as_str()), "{}", code.as_str());
        assert!(!code.title().is_empty() && code.explanation().trim().len() > 20, "{}", code.as_str());
        assert_eq!(Code::parse(&code.as_str().to_lowercase()), Some(*code));
        let (letter, digits) = code.as_str().split_at(1);
        assert!(matches!(letter, "E" | "W") && matches!(digits.len(), 3 | 4) && digits.bytes().all(|b| b.is_ascii_digit()));
    }
    assert_eq!(Code::InvalidUsage.severity(), Severity::Warning);
    assert_eq!(Code::BufferTooSmall.severity(), Severity::Error);
    assert_eq!(Code::parse("E9999"), None);
}

#[test]
fn the_nearest_name_is_the_one_that_was_meant() {
    let names = ["cullMode", "frontFace", "topology", "stripIndexFormat", "size", "data", "x"];
    for (word, expected) in [
        ("cullmode", Some("cullMode")),
        ("cullMdoe", Some("cullMode")),
        ("frontface", Some("frontFace")),
        ("siz", Some("size")),
        ("dtaa", Some("data")),
        ("toplogy", Some("topology")),
        ("banana", None),
        ("X", Some("x")),
        ("q", None),
        ("", None),
    ] {
        assert_eq!(nearest(word, names.into_iter()), expected, "{word}");
        assert_eq!(nearest(word, names.into_iter().rev()), expected, "{word}");
    }
    assert_eq!(nearest("ab", ["ax", "xb"].into_iter()), Some("ax"));
    assert_eq!(nearest("ab", ["xy"].into_iter()), None);
}

// Any text at all.

/// Numbers without pattern: enough for mutations, the same in every run.
struct Random(u64);

impl Random {
    /// A number below `end`.
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 33) as usize) % end.max(1)
    }
}

/// Parses and renders `text`; every place that comes out must be one of `text`.
fn survives(text: &str) {
    let (sources, tree, diagnostics) = parsed(text);
    let spans = diagnostics.iter().flat_map(|diagnostic| {
        let labels = diagnostic.primary.iter().chain(&diagnostic.secondary).map(|label| label.span);
        labels.chain(diagnostic.fixes.iter().flat_map(|fix| fix.edits.iter().map(|(span, _)| *span)))
    });
    let mut all: Vec<Span> = spans.collect();
    for item in &tree.items {
        match item {
            Item::Import { path, span } => all.extend([path.span, *span]),
            Item::Define { name, value, span } => {
                all.extend([name.span, *span]);
                spans_of(value, &mut all);
            }
            Item::Macro(declared) => {
                all.extend([declared.kind.span, declared.span]);
                all.extend(declared.name.iter().map(|name| name.span));
                spans_of_properties(&declared.body, &mut all);
            }
            Item::Error(span) => all.push(*span),
        }
    }
    all.extend(tree.comments.iter().map(|comment| comment.span));
    for span in all {
        let range = span.start as usize..span.end as usize;
        assert!(text.get(range.clone()).is_some(), "{range:?} of {text:?}");
    }
    let _ = (render(&sources, &diagnostics, false), render(&sources, &diagnostics, true));
    let _ = (render_short(&sources, &diagnostics), to_json(&sources, &diagnostics), tree.dump(&sources));
    // A tree with error nodes comes with a reason.
    if tree.items.iter().any(|item| matches!(item, Item::Error(_))) {
        assert_ne!(diagnostics, [], "{text:?}");
    }
}

fn spans_of(value: &Value, out: &mut Vec<Span>) {
    out.push(value.span);
    match &value.kind {
        ValueKind::Path(words) | ValueKind::Ref(words) => out.extend(words.iter().map(|word| word.span)),
        ValueKind::Array(values) | ValueKind::Call(_, values) => values.iter().for_each(|value| spans_of(value, out)),
        ValueKind::Object(properties) => spans_of_properties(properties, out),
        ValueKind::Neg(operand) | ValueKind::Group(operand) => spans_of(operand, out),
        ValueKind::Binary(_, left, right) => [left, right].into_iter().for_each(|operand| spans_of(operand, out)),
        ValueKind::Str(_) | ValueKind::Bool(_) | ValueKind::Number(_) | ValueKind::Ident(_) | ValueKind::Error => {}
    }
}

fn spans_of_properties(properties: &[Property], out: &mut Vec<Span>) {
    for property in properties {
        out.extend([property.name.span, property.span]);
        spans_of(&property.value, out);
    }
}

#[test]
fn every_prefix_of_a_scene_survives() {
    for (end, _) in CUBE.char_indices() {
        survives(&CUBE[..end]);
    }
}

#[test]
fn mutated_scenes_survive() {
    const PARTS: [&str; 40] = [
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        "=",
        ",",
        ".",
        "+",
        "-",
        "*",
        "/",
        "%",
        "$",
        "#",
        "\"",
        "\\",
        "/*",
        "*/",
        "//",
        "\n",
        "\r",
        "\t",
        "\0",
        "é",
        "🎉",
        "\u{2028}",
        "'",
        "“",
        ";",
        ":",
        "1e",
        "0x",
        "2d",
        "#define ",
        "#import ",
        "#frame f {",
        "true",
        "a",
    ];
    let mut random = Random(1);
    for _ in 0..3000 {
        let mut characters: Vec<char> = CUBE.chars().collect();
        // Mostly short texts: they are quick, and mistakes meet more often.
        let start = random.below(characters.len());
        characters.drain(..start);
        let length = 20 + random.below(200);
        characters.truncate(length);
        for _ in 0..1 + random.below(6) {
            let at = random.below(characters.len());
            let end = (at + random.below(4)).min(characters.len());
            let part = PARTS[random.below(PARTS.len())].chars();
            characters.splice(at..end, part).for_each(drop);
        }
        survives(&characters.into_iter().collect::<String>());
    }
}
