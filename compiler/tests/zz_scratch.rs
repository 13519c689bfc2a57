//! scratch
use pngine_compiler::parse::parse;
use pngine_compiler::source::FileId;
#[test]
fn stack() {
    let kb: usize = std::env::var("KB").unwrap().parse().unwrap();
    let n: usize = std::env::var("N").unwrap().parse().unwrap();
    let which = std::env::var("W").unwrap();
    let text = match which.as_str() {
        "a" => format!("#data d {{ a={}1{} }}", "[".repeat(n), "]".repeat(n)),
        "p" => format!("#data d {{ a={}1{} }}", "(".repeat(n), ")".repeat(n)),
        "o" => format!("#data d {{ {}{} }}", "a={".repeat(n), "}".repeat(n)),
        "s" => format!("#data d {{ ={}1{} }}", "[".repeat(n), "]".repeat(n)),
        "f" => format!("#data d {{ a={}1{} }}", "f(".repeat(n), ")".repeat(n)),
        _ => panic!(),
    };
    std::thread::Builder::new().stack_size(kb << 10).spawn(move || { let t = parse(FileId(0), &text, &mut vec![]); std::mem::forget(t); }).unwrap().join().unwrap();
}
