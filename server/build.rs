//! Embeds GraphiQL's assets when `npm ci` was run in `graphiql/`; otherwise the page names the same
//! versions on the web. The build itself never fetches anything.

use std::fmt::Write as _;
use std::path::Path;

fn main() {
    let root = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let assets = [
        (
            "react.js",
            "{{REACT}}",
            "text/javascript; charset=utf-8",
            "react",
            "umd/react.production.min.js",
        ),
        (
            "react-dom.js",
            "{{REACT_DOM}}",
            "text/javascript; charset=utf-8",
            "react-dom",
            "umd/react-dom.production.min.js",
        ),
        (
            "graphiql.js",
            "{{GRAPHIQL_JS}}",
            "text/javascript; charset=utf-8",
            "graphiql",
            "graphiql.min.js",
        ),
        (
            "graphiql.css",
            "{{GRAPHIQL_CSS}}",
            "text/css; charset=utf-8",
            "graphiql",
            "graphiql.min.css",
        ),
    ];
    let versions =
        std::fs::read_to_string(format!("{root}/graphiql/package.json")).expect("package.json");
    let version_of = |package: &str| {
        let start = versions.find(&format!("\"{package}\": \"")).expect("a pinned version")
            + package.len()
            + 5;
        versions[start..].split('"').next().expect("a version").to_owned()
    };
    let mut code = String::from("/// The assets of the page.\nconst ASSETS: &[Asset] = &[\n");
    for (file, place, media, package, path) in assets {
        let local = format!("{root}/graphiql/node_modules/{package}/{path}");
        println!("cargo:rerun-if-changed={local}");
        let content = if Path::new(&local).exists() {
            format!("Some(include_bytes!({local:?}))")
        } else {
            "None".into()
        };
        let web = format!("https://unpkg.com/{package}@{}/{path}", version_of(package));
        writeln!(code, "    Asset {{ file: {file:?}, place: {place:?}, media: {media:?}, web: {web:?}, content: {content} }},")
            .expect("a string takes everything");
    }
    code += "];\n";
    println!("cargo:rerun-if-changed=graphiql/package.json");
    std::fs::write(format!("{}/assets.rs", std::env::var("OUT_DIR").expect("cargo sets it")), code)
        .expect("OUT_DIR is ours");
}
