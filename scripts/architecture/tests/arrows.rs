//! The floors of the folders of `server/src`, as data. A folder imports only folders on lower floors, so two folders on the
//! same floor do not import each other.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use causerie_architecture::{Import, imports, test_modules};

/// The folders and files of `server/src`, from the bottom to the top. A new folder gets its place here.
const FLOORS: &[&[&str]] = &[
    &["clock", "domain", "language", "names", "plain", "tasks"],
    &["config"],
    &["limits", "secrets", "telemetry"],
    &["store"],
    &["auth", "jobs"],
    &["audit", "sessions"],
    &["facts", "provisioning"],
    &["fanout", "policies"],
    &["writer"],
    &["commands"],
    &["app", "bench"],
    &["gateway"],
    &["http"],
    &["demo", "lifecycle"],
    &["cli"],
    &["lib", "main"],
];

/// The crates that each crate of the workspace may depend on, apart from tests and benches.
const CRATES: &[(&str, &[&str])] = &[
    ("scripts/architecture", &[]),
    ("protocol", &[]),
    ("policy", &[]),
    ("migrations", &[]),
    ("server", &["causerie-migrations", "causerie-policy", "causerie-protocol"]),
    ("client-sdk/rust", &["causerie-protocol"]),
    ("client-sdk/rust/tests/deadline", &[]),
    ("load-tests", &["causerie-policy", "causerie-protocol", "causerie-test-services"]),
    ("benches", &[]),
    ("load-tests/services", &[]),
];

#[test]
fn no_part_of_the_server_imports_a_part_of_its_own_floor_or_above() {
    let root = workspace().join("server/src");
    let floors: BTreeMap<&str, usize> =
        FLOORS.iter().enumerate().flat_map(|(floor, parts)| parts.iter().map(move |part| (*part, floor))).collect();
    let (mut seen, mut wrong) = (BTreeSet::new(), Vec::new());
    for file in production_files(&root) {
        let path = file.strip_prefix(&root).expect("below").with_extension("");
        let mut modules: Vec<&str> = path.iter().map(|part| part.to_str().expect("is text")).collect();
        if modules.last() == Some(&"mod") {
            modules.pop();
        }
        let part = modules[0];
        seen.insert(part.to_owned());
        let shown = file.strip_prefix(workspace()).expect("below").display();
        let Some(floor) = floors.get(part) else {
            wrong.push(format!("{shown}: `{part}` has no floor yet"));
            continue;
        };
        let source = fs::read_to_string(&file).expect("is text");
        for Import { line, part: imported } in imports(&source, modules.len()) {
            match floors.get(imported.as_str()) {
                _ if imported == part => {}
                Some(below) if below < floor => {}
                Some(_) => wrong.push(format!("{shown}:{line}: `{part}` must not import `{imported}`")),
                // An item of lib.rs itself.
                None => wrong.push(format!("{shown}:{line}: `{imported}` is no part with a floor")),
            }
        }
    }
    for part in floors.keys().filter(|part| !seen.contains(**part)) {
        wrong.push(format!("`{part}` has a floor and does not exist"));
    }
    assert!(wrong.is_empty(), "{} arrows:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn no_crate_depends_on_a_crate_that_it_must_not_know() {
    let manifest = fs::read_to_string(workspace().join("Cargo.toml")).expect("is there");
    let members = manifest.lines().find_map(|line| line.strip_prefix("members = ")).expect("is on one line");
    let members: BTreeSet<&str> = members.split('"').skip(1).step_by(2).collect();
    assert_eq!(members, CRATES.iter().map(|(path, _)| *path).collect(), "each member has its line in `CRATES`");
    for (path, allowed) in CRATES {
        let manifest = fs::read_to_string(workspace().join(path).join("Cargo.toml")).expect("is there");
        let mut section = "";
        for line in manifest.lines() {
            if line.starts_with('[') {
                section = line;
            }
            let name = line.split(['.', ' ', '=']).next().unwrap_or_default();
            let is_ours = matches!(section, "[dependencies]" | "[build-dependencies]") && name.starts_with("causerie-");
            assert!(!is_ours || allowed.contains(&name), "{path}/Cargo.toml: {path} must not depend on {name}");
        }
    }
}

fn workspace() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// All sources except those that only tests use.
fn production_files(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).expect("is a folder").map(|entry| entry.expect("reads").path()).collect();
    entries.sort();
    let mut files = Vec::new();
    let mut for_tests = BTreeSet::new();
    for file in entries.iter().filter(|path| path.extension().is_some_and(|end| end == "rs")) {
        let modules = test_modules(&fs::read_to_string(file).expect("is text"));
        let name = file.file_stem().expect("has a name");
        let children =
            if ["mod", "lib", "main"].map(Some).contains(&name.to_str()) { folder.to_owned() } else { folder.join(name) };
        for_tests.extend(modules.into_iter().map(|module| children.join(module)));
    }
    for path in entries {
        if for_tests.contains(&path.with_extension("")) {
            continue;
        }
        if path.is_dir() {
            files.extend(production_files(&path));
        } else {
            files.push(path);
        }
    }
    // A file `a.rs` may declare what lies in the folder `a`; `#[path]` leads to files named `…_tests.rs`.
    let is_named_so = |file: &Path| file.file_stem().is_some_and(|name| name.to_string_lossy().ends_with("_tests"));
    files.retain(|file| {
        !is_named_so(file) && !for_tests.iter().any(|excluded| file.with_extension("").starts_with(excluded))
    });
    files
}
