//! Questions to an [`Analysis`]: what stands at a byte, where it is declared, where else it is named, what may be written there.

use pngine_analysis::analysis::{Analysis, At, Expected, NotRenamed, Nothing, Target};
use pngine_analysis::memo::Memo;
use pngine_compiler::{Options, compile};
use pngine_source::diag;
use pngine_source::source::{FileId, MemorySources, ReadError, Sources, Span};
use pngine_syntax::lex::Token;
use pngine_testkit::scenes::{self, Folder, Scene};
use pngine_wgsl::tokens::{self, TokenKind};
use std::collections::BTreeMap;
use std::path::Path;

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn cases(directory: &str) -> Vec<Scene> {
    scenes::scenes(&Path::new(REPOSITORY).join(directory))
}

fn analysis_of(case: &Scene) -> Analysis {
    Analysis::of(&Folder(case.folder.clone()), &case.entry, &case.bytes())
}

/// Files in memory over those of a folder.
struct Changed {
    files: BTreeMap<String, String>,
    folder: Folder,
}

impl Sources for Changed {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        match self.files.get(path) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => self.folder.read(path),
        }
    }
}

/// Every name of a program: the words of scenes, and those of WGSL, whether in strings or in files.
fn identifiers(analysis: &Analysis) -> Vec<Span> {
    let mut found = Vec::new();
    let words = |file: FileId, base: u32, text: &str| -> Vec<Span> {
        let words = tokens::significant(text).into_iter().filter(|token| token.kind == TokenKind::Word);
        words.map(|token| Span::new(file, base + token.start, base + token.end)).collect()
    };
    for (index, source) in analysis.files.files().iter().enumerate() {
        let file = FileId(index as u32);
        let Some(tree) = analysis.tree(file) else {
            found.extend(words(file, 0, &source.text));
            continue;
        };
        for (token, span) in &tree.tokens {
            match token {
                Token::Ident | Token::Hash => found.push(*span),
                Token::Str if analysis.is_wgsl(*span) => {
                    let text = &source.text[span.start as usize + 1..span.end as usize - 1];
                    found.extend(words(file, span.start + 1, text));
                }
                _ => {}
            }
        }
    }
    found
}

#[test]
fn every_identifier_of_every_example_has_an_answer_or_a_reason() {
    let mut counts: BTreeMap<Nothing, usize> = BTreeMap::new();
    let (mut answers, mut unread) = (0, Vec::new());
    for case in cases("examples") {
        let analysis = analysis_of(&case);
        assert!(analysis.findings.is_empty(), "{}:\n{}", case.name, diag::render(&analysis.files, &analysis.findings, false));
        for span in identifiers(&analysis) {
            let word = analysis.files.slice(span).to_string();
            for at in [span.start, span.end] {
                // Where another word begins directly behind this one, the answer is about that.
                match analysis.at(span.file, at) {
                    At::Word(references) => {
                        answers += 1;
                        for reference in references {
                            let language = matches!(
                                reference.target,
                                Target::Macro(_)
                                    | Target::Property(..)
                                    | Target::Word(..)
                                    | Target::Flag(..)
                                    | Target::Predeclared(_)
                            );
                            let definition = analysis.definition(reference.target);
                            assert_eq!(definition.is_none(), language, "{}: {word}", case.name);
                            let all: Vec<_> = analysis.references_of(reference.target).collect();
                            assert!(
                                all.contains(&&reference),
                                "{}: {word} is not among the references of what it means",
                                case.name
                            );
                            if let Some(definition) = definition.filter(|_| !matches!(reference.target, Target::File(_))) {
                                assert!(
                                    all.iter().any(|one| one.span == definition)
                                        || analysis.files.slice(definition) == "indexed=true",
                                    "{}: {word}",
                                    case.name
                                );
                            }
                        }
                    }
                    At::Nothing(Nothing::Unread) if at == span.start => unread.push(format!("{}: {word}", case.name)),
                    At::Nothing(reason) if at == span.start => *counts.entry(reason).or_default() += 1,
                    At::Nothing(_) => {}
                }
            }
        }
    }
    unread.sort();
    unread.dedup();
    println!("{answers} answers, {counts:?}");
    assert_eq!(unread, [""; 0], "words that mean nothing");
    assert!(
        answers > 10_000
            && counts
                .keys()
                .all(|reason| { matches!(reason, Nothing::Keyword | Nothing::Predeclared | Nothing::Member | Nothing::Name) }),
        "{counts:?}"
    );
}

#[test]
fn no_byte_of_any_scene_makes_a_question_panic() {
    for case in ["examples", "tests/ok", "tests/err"].into_iter().flat_map(cases) {
        let analysis = analysis_of(&case);
        for (index, source) in analysis.files.files().iter().enumerate() {
            let file = FileId(index as u32);
            // Every byte of what people write; a few of what is only long.
            let step = 1 + source.text.len() / 20_000;
            for at in (0..=source.text.len() as u32 + 1).step_by(step) {
                if let At::Word(references) = analysis.at(file, at) {
                    references.iter().for_each(|reference| {
                        _ = analysis.definition(reference.target);
                    });
                }
                _ = analysis.choices(&analysis.expected(file, at));
            }
        }
        assert_eq!(analysis.at(FileId(u32::MAX), 0), At::Nothing(Nothing::Outside));
    }
}

/// The files of a program with new names for all that can get one, and how many got one.
fn renamed(analysis: &Analysis) -> (BTreeMap<String, String>, usize) {
    let mut edits: BTreeMap<FileId, BTreeMap<u32, (u32, String)>> = BTreeMap::new();
    let mut done: Vec<Vec<Span>> = Vec::new();
    for (number, target) in analysis.declared().into_iter().enumerate() {
        let Ok(places) = analysis.rename(target) else { continue };
        if done.contains(&places) {
            // A buffer and the variable that an `#init` binds it to.
            continue;
        }
        for place in &places {
            let old = edits.entry(place.file).or_default().insert(place.start, (place.end, format!("zq{number}")));
            assert_eq!(old, None, "two things have one name at {place:?}: {}", analysis.files.slice(*place));
        }
        done.push(places);
    }
    let files = analysis.files.files().iter().enumerate().map(|(index, source)| {
        let mut text = source.text.clone();
        for (start, (end, name)) in edits.get(&FileId(index as u32)).into_iter().flatten().rev() {
            text.replace_range(*start as usize..*end as usize, name);
        }
        (source.name.clone(), text)
    });
    (files.collect(), done.len())
}

#[test]
fn new_names_for_everything_give_the_same_bytes() {
    let (mut scenes, mut names) = (0, 0);
    let mut failed = Vec::new();
    for case in ["examples", "tests/ok"].into_iter().flat_map(cases) {
        let analysis = analysis_of(&case);
        let (files, count) = renamed(&analysis);
        let options = Options::default();
        let before = case.compile(&options).program.expect("a good scene");
        let entry = files[&case.entry].clone();
        let changed = Changed { files, folder: Folder(case.folder.clone()) };
        let compiled = compile(&changed, &case.entry, entry.as_bytes(), &options);
        match compiled.program {
            Some(after) if after.bytecode == before.bytecode => {}
            Some(_) => failed.push(format!("{}: other bytecode", case.name)),
            None => failed.push(format!("{}:\n{}", case.name, diag::render(&compiled.sources, &compiled.diagnostics, false))),
        }
        scenes += 1;
        names += count;
    }
    println!("{names} names in {scenes} scenes");
    assert!(failed.is_empty(), "{} scenes:\n{}", failed.len(), failed.join("\n"));
}

/// The analysis of a text with a mark `|` in it, which is taken out, and the place of the mark.
fn marked(text: &str) -> (Analysis, u32) {
    let at = text.find('|').expect("a mark");
    let text = text.replacen('|', "", 1);
    (Analysis::of(&MemorySources::default(), "scene.pngine", text.as_bytes()), at as u32)
}

/// What is expected at a mark, in words.
fn expected_at(text: &str) -> String {
    let (analysis, at) = marked(text);
    let expected = analysis.expected(FileId(0), at);
    let choices = analysis.choices(&expected);
    let some = |choices: &[String]| match choices {
        few if few.len() <= 4 => few.join(" "),
        [a, b, .., last] => format!("{a} {b} … {last}"),
        _ => String::new(),
    };
    match &expected {
        Expected::Item => "a declaration".to_string(),
        Expected::Name(row) => format!("the name of a #{}", row.ns.word()),
        Expected::Property(shapes, _) => {
            let shapes: Vec<&str> = shapes.iter().map(|shape| shape.name).collect();
            format!("a property of {}: {}", shapes.join(" or "), some(&choices))
        }
        Expected::Key(prop) => format!("a key of {}", prop.name),
        Expected::Value(prop, _) => format!("a value of {}: {}", prop.name, some(&choices)),
        Expected::Anything => "anything".to_string(),
        Expected::Path => "a path".to_string(),
        Expected::Nothing => "nothing".to_string(),
    }
}

#[test]
fn what_may_be_written_is_told_where_the_text_is_unfinished() {
    let cases = [
        ("|", "a declaration"),
        ("#buffer b { size=4 usage=[VERTEX] }\n|", "a declaration"),
        ("#bu|", "a declaration"),
        ("#buffer |", "the name of a #buffer"),
        ("#buffer b|", "the name of a #buffer"),
        ("#buffer b { | }", "a property of #buffer: size usage mappedAtCreation pool"),
        ("#buffer b { us| }", "a property of #buffer: size usage mappedAtCreation pool"),
        ("#buffer b { us|", "a property of #buffer: size usage mappedAtCreation pool"),
        ("#buffer b { size=4 | }", "a property of #buffer: usage mappedAtCreation pool"),
        ("#buffer b { size=4, | }", "a property of #buffer: usage mappedAtCreation pool"),
        ("#buffer b { usage=[|] }", "a value of usage: MAP_READ MAP_WRITE … QUERY_RESOLVE"),
        ("#buffer b { usage=[VERTEX |", "a value of usage: MAP_READ MAP_WRITE … QUERY_RESOLVE"),
        ("#buffer b { usage=| }", "a value of usage: MAP_READ MAP_WRITE … QUERY_RESOLVE"),
        ("#define N=4 #data d { float32Array=[1] } #buffer b { size=|", "a value of size: d b N"),
        ("#texture t { format=| }", "a value of format: r8unorm r8snorm … preferredCanvasFormat"),
        ("#texture t { format=\"rg|\" }", "a value of format: r8unorm r8snorm … preferredCanvasFormat"),
        ("#texture t { format=rgba8unorm } #textureView v { texture=|", "a value of texture: t"),
        ("#texture t { size=[canvas.width / |] }", "a value of size: canvas.width canvas.height"),
        ("#define N=3 #texture t { size=[(N + |) 4] }", "a value of size: canvas.width canvas.height N"),
        ("#sampler s { magFilter=l|", "a value of magFilter: nearest linear"),
        ("#sampler s { unknown=| }", "nothing"),
        ("#sampler s { // |\n }", "nothing"),
        ("#sampler s { /* | */ }", "nothing"),
        ("#wgsl w { value=\"fn f|\" }", "nothing"),
        ("#define N=|", "anything"),
        ("#define N|", "nothing"),
        ("#import \"|\"", "a path"),
        ("#import |", "a path"),
        ("#renderPipeline p { primitive={ | } }", "a property of primitive: topology stripIndexFormat … unclippedDepth"),
        ("#renderPipeline p { primitive={ topology=|", "a value of topology: point-list line-list … triangle-strip"),
        (
            "#renderPipeline p { fragment={ targets=[{ format=| }] } }",
            "a value of format: r8unorm r8snorm … preferredCanvasFormat",
        ),
        ("#renderPipeline p { fragment={ targets=[{ | }] } }", "a property of color target: format blend writeMask"),
        ("#renderPipeline p { fragment={ constants={ | } } }", "a key of constants"),
        ("#renderPipeline p { layout=| }", "a value of layout: auto"),
        ("#buffer b { size=4 #sampler s { | }", "a property of #sampler: magFilter minFilter … maxAnisotropy"),
    ];
    let found: Vec<(&str, String)> = cases.iter().map(|(text, _)| (*text, expected_at(text))).collect();
    let wrong: Vec<String> = found
        .iter()
        .zip(cases)
        .filter(|((_, found), (_, wanted))| found != wanted)
        .map(|((text, found), (_, wanted))| format!("{text}\n  wanted {wanted}\n  found  {found}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A scene in which every kind of name is used across the border between the two languages.
const ACROSS: &str = r#"
#define STRENGTH=0.5
#define HALF="STRENGTH * scale(2.0)"
#define TEXT=code
#wgsl helpers { value="fn scale(x: f32) -> f32 { return x * PI; }" }
#shaderModule code { imports=[helpers] code="
struct Params { tint: vec4f }
@group(0) @binding(0) var<uniform> params: Params;
override LIGHT: f32 = 1.0;
@vertex fn vs(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f { return vec4f(HALF); }
@fragment fn fs() -> @location(0) vec4f { let shade = LIGHT * scale(STRENGTH); return params.tint * shade; }
" }
#buffer uniforms { size=code.params usage=[UNIFORM COPY_DST] }
#buffer other { size=uniforms usage=[UNIFORM COPY_DST] }
#queue q { writeBuffer={ buffer=uniforms data=code.params } writeBuffer={ buffer=other data=[1 2 3 4] } }
#renderPipeline pipe {
  layout=auto
  vertex={ module=TEXT entryPoint=vs }
  fragment={ module=$shaderModule.code entryPoint="fs" constants={ LIGHT=STRENGTH } targets=[{ format=preferredCanvasFormat }] }
}
#bindGroup group { layout={ pipeline=pipe index=0 } entries=[{ binding=0 resource={ buffer=uniforms } } { binding=1 resource={ buffer=other } }] }
#renderPass pass { pipeline=pipe bindGroups=[group] draw=3 colorAttachments=[{ view=contextCurrentTexture }] }
#frame main { perform=[q pass] }
"#;

/// The lines on which the thing is named that stands at the first `word` behind `after`, as `line:word`.
fn named_with(analysis: &Analysis, after: &str, word: &str) -> String {
    let text = &analysis.files.files()[0].text;
    let from = text.find(after).expect("a place to begin at") + after.len();
    let at = from + text[from..].find(word).expect("the word");
    let At::Word(found) = analysis.at(FileId(0), at as u32) else { return format!("{:?}", analysis.at(FileId(0), at as u32)) };
    let of = |target: Target| {
        let places = analysis.references_of(target).map(|reference| {
            let line = analysis.files.file(reference.span.file).position(reference.span.start).line;
            format!("{line}:{}", analysis.files.slice(reference.span))
        });
        places.collect::<Vec<_>>().join(" ")
    };
    found.iter().map(|reference| of(reference.target)).collect::<Vec<_>>().join(" | ")
}

#[test]
fn names_are_followed_from_one_language_into_the_other() {
    let analysis = Analysis::of(&MemorySources::default(), "scene.pngine", ACROSS.as_bytes());
    let cases = [
        // A define: in a define's text, in WGSL, as a number of the scene.
        ("#define", "STRENGTH", "2:STRENGTH 3:STRENGTH 11:STRENGTH 19:STRENGTH"),
        ("#define", "HALF", "3:HALF 10:HALF"),
        ("module=", "TEXT", "4:TEXT 18:TEXT"),
        // A function of a fragment: in the module that imports it, and in a define.
        ("fn ", "scale", "3:scale 5:scale 11:scale"),
        ("fn scale(", "x", "5:x 5:x"),
        // Entry points, overrides and variables that the scene names.
        ("@vertex fn ", "vs", "10:vs 18:vs"),
        ("entryPoint=\"", "fs", "11:fs 19:fs"),
        ("constants={ ", "LIGHT", "9:LIGHT 11:LIGHT 19:LIGHT"),
        ("data=code.", "params", "8:params 11:params 13:params 15:params"),
        ("size=", "code", "4:code 6:code 13:code 15:code 19:code"),
        ("let ", "shade", "11:shade 11:shade"),
        ("imports=[", "helpers", "5:helpers 6:helpers"),
        // A declaration of the scene.
        ("#buffer ", "uniforms", "13:uniforms 14:uniforms 15:uniforms 21:uniforms"),
        ("perform=[q ", "pass", "22:pass 23:pass"),
        // What is no declaration.
        ("return x * ", "PI", "5:PI"),
        ("layout=", "auto", "17:auto"),
        ("return params.", "tint", "Nothing(Member)"),
        ("@", "group", "Nothing(Keyword)"),
        ("-> @location(0) ", "vec4f", "Nothing(Predeclared)"),
    ];
    let wrong: Vec<String> = cases
        .iter()
        .map(|(after, word, wanted)| (word, wanted, named_with(&analysis, after, word)))
        .filter(|(_, wanted, found)| found != **wanted)
        .map(|(word, wanted, found)| format!("{word}\n  wanted {wanted}\n  found  {found}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_cannot_get_another_name_says_why() {
    let text = "#canvas { width=4 height=4 } #define N=3 #wgsl code { value=\"@fragment fn shade() -> @location(0) vec4f { return vec4f(N); } override K: f32 = 1; @id(2) override J: f32 = 1;\" } #pass main { code=code }";
    let analysis = Analysis::of(&MemorySources::default(), "scene.pngine", text.as_bytes());
    let found: Vec<String> = analysis
        .declared()
        .into_iter()
        .map(|target| match analysis.rename(target) {
            Ok(places) => format!("{}: {} places", analysis.name_of(target), places.len()),
            Err(why) => format!("{}: {why:?}", analysis.name_of(target)),
        })
        .collect();
    let wanted = ["code: 2 places", "main: Special", ": Unnamed", "N: 2 places", "shade: Kept", "K: Kept", "J: 1 places"];
    assert_eq!(found, wanted);
    assert_eq!(analysis.rename(Target::File(FileId(0))), Err(NotRenamed::NoDeclaration));
}

#[test]
fn a_word_of_two_modules_means_both() {
    let text = "#wgsl shared { value=\"fn twice() -> f32 { return 2.0 * amount; }\" }
#shaderModule a { imports=[shared] code=\"const amount = 1.0; @fragment fn fs() -> @location(0) vec4f { return vec4f(twice()); }\" }
#shaderModule b { imports=[shared] code=\"const amount = 2.0; @fragment fn fs() -> @location(0) vec4f { return vec4f(twice()); }\" }";
    let analysis = Analysis::of(&MemorySources::default(), "scene.pngine", text.as_bytes());
    let at = text.find("amount").expect("the word") as u32;
    let At::Word(found) = analysis.at(FileId(0), at) else { panic!("nothing") };
    let lines: Vec<u32> = found
        .iter()
        .filter_map(|reference| analysis.definition(reference.target))
        .map(|span| analysis.files.file(span.file).position(span.start).line)
        .collect();
    assert_eq!(lines, [2, 3]);
    // All three have one name, or the fragment would fit one of the modules only.
    let places = analysis.rename(found[0].target).expect("a declaration");
    assert_eq!(places.len(), 3);
}

#[test]
fn files_are_found_by_their_paths() {
    let mut sources = MemorySources::default();
    sources.0.insert("parts/more.pngine".to_string(), b"#wgsl more { value=\"./more.wgsl\" }".to_vec());
    sources
        .0
        .insert("parts/more.wgsl".to_string(), b"import package::deep::{depth as d}; fn more() -> f32 { return d(); }".to_vec());
    sources.0.insert(
        "parts/deep.wgsl".to_string(),
        b"fn depth() -> f32 { return 1.0; } fn unneeded() -> f32 { return depth(); }".to_vec(),
    );
    let text = "#import \"parts/more.pngine\"\n#shaderModule m { imports=[more] code=\"@fragment fn fs() -> @location(0) vec4f { return vec4f(more()); }\" }";
    let analysis = Analysis::of(&sources, "scene.pngine", text.as_bytes());
    let at = |file: u32, word: &str| {
        let text = &analysis.files.files()[file as usize].text;
        let at = text.find(word).expect("the word") as u32;
        let At::Word(found) = analysis.at(FileId(file), at) else { return "nothing".to_string() };
        let places = found.iter().filter_map(|reference| analysis.definition(reference.target));
        let shown = places.map(|span| format!("{} {}", analysis.files.file(span.file).name, analysis.files.slice(span)));
        shown.collect::<Vec<_>>().join(", ")
    };
    assert_eq!(at(0, "parts/"), "parts/more.pngine ");
    assert_eq!(at(1, "./more"), "parts/more.wgsl ");
    assert_eq!(at(2, "deep"), "parts/deep.wgsl ");
    assert_eq!(at(2, "depth"), "parts/deep.wgsl depth");
    assert_eq!(at(2, "d()"), "parts/deep.wgsl depth");
    assert_eq!(at(0, "more()"), "parts/more.wgsl more");
    // What the file has and nothing imports.
    assert_eq!(at(3, "depth(); }"), "parts/deep.wgsl depth");
    // The name that the import gives it stays.
    let depth = analysis.declared().into_iter().find(|target| analysis.name_of(*target) == "depth").expect("a declaration");
    let places = analysis.rename(depth).expect("a name");
    assert_eq!(places.iter().map(|span| analysis.files.slice(*span)).collect::<Vec<_>>(), ["depth", "depth", "depth"]);
}

#[test]
fn what_is_remembered_changes_nothing_but_the_time() {
    // Every fourth bad scene: the causes of their findings are looked for by trying other values, which takes long.
    let bad = cases("tests/err").into_iter().step_by(4);
    for case in ["examples", "tests/ok"].into_iter().flat_map(cases).chain(bad) {
        let Ok(text) = String::from_utf8(case.bytes()) else { continue };
        let folder = Folder(case.folder.clone());
        let memo = Memo::default();
        Analysis::with(&memo, &folder, &case.entry, text.as_bytes());
        let (judged, is_good) = (memo.judged(), !case.name.is_empty() && case.expected_codes().is_empty());
        // Everything moves, within its file and, where a declaration comes in front, against what stood before it.
        let cut = text.find("\n#").map_or(0, |at| at + 1);
        let moved = format!("\n{}\n/* é */{}", &text[..cut], &text[cut..]);
        for text in [&text, &moved] {
            let remembered = Analysis::with(&memo, &folder, &case.entry, text.as_bytes());
            let fresh = Analysis::of(&folder, &case.entry, text.as_bytes());
            assert_eq!(remembered.findings, fresh.findings, "{}", case.name);
            assert_eq!(remembered.references(), fresh.references(), "{}", case.name);
            let modules = |analysis: &Analysis| -> Vec<_> {
                let shaders = analysis.scene.iter().flat_map(|scene| &scene.shaders);
                shaders.map(|shader| (shader.text.clone(), shader.module.clone())).collect()
            };
            assert_eq!(modules(&remembered), modules(&fresh), "{}", case.name);
        }
        if is_good {
            assert_eq!(memo.judged(), judged, "{}: a shader was judged again that only moved", case.name);
        }
    }
}

#[test]
fn only_the_shader_that_changed_is_judged_again() {
    let text = |number: f32| {
        format!(
            "#shaderModule a {{ code=\"@fragment fn fs() -> @location(0) vec4f {{ return vec4f({number}); }}\" }}
#shaderModule b {{ code=\"@fragment fn fs() -> @location(0) vec4f {{ return vec4f(0.25); }}\" }}"
        )
    };
    let memo = Memo::default();
    let look = |text: &str| {
        Analysis::with(&memo, &MemorySources::default(), "scene.pngine", text.as_bytes());
        memo.judged()
    };
    assert_eq!(look(&text(1.5)), 2);
    assert_eq!(look(&text(1.5)), 2);
    assert_eq!(look(&text(12.5)), 3);
    // The way back is remembered, for a while.
    assert_eq!(look(&text(1.5)), 3);
    (0..20).for_each(|_| _ = look(&text(1.5)));
    assert_eq!(look(&text(12.5)), 4);
}
