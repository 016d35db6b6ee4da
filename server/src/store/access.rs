//! Explains to the operator why a file or folder can't be used.

use std::{
    fs, io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use rustix::{
    fs::{Access, access},
    io::Errno,
};

/// A text for the operator about a failed access to `path`: the part of the path that this process may not use, its owner,
/// and a command that gives the permission. If this process may use the whole path, the path and `error`.
#[must_use]
pub fn why(path: &Path, error: &io::Error) -> String {
    denied(path).unwrap_or_else(|| format!("{}: {error}", path.display()))
}

/// Describes the first part of a path (or the path itself) for which this process lacks a permission: it must enter the
/// folders of the path, and read and write the last part that exists. `None` if it has all permissions.
#[must_use]
pub fn denied(path: &Path) -> Option<String> {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut places: Vec<&Path> = path.ancestors().collect();
    places.reverse();
    // Parts of the path that do not exist yet are created in the last folder that exists.
    let there = places.iter().take_while(|place| fs::symlink_metadata(place).is_ok()).count();
    let (last, before) = places[..there].split_last()?;
    let passed = before.iter().find_map(|place| refusal(place, Access::EXEC_OK, "enter"));
    passed.or_else(|| {
        let is_folder = last.is_dir();
        if !is_folder && there < places.len() {
            return Some(format!("{} is a file, and must be a folder", last.display()));
        }
        let execute = if is_folder { Access::EXEC_OK } else { Access::empty() };
        refusal(last, Access::READ_OK | Access::WRITE_OK | execute, "read and write")
    })
}

/// Like [`denied`], for all files of a SQLite database and their folder.
#[must_use]
pub fn denied_database(file: &Path) -> Option<String> {
    let beside = ["", "-wal", "-shm", "-journal"].map(|suffix| {
        let mut path = file.as_os_str().to_owned();
        path.push(suffix);
        PathBuf::from(path)
    });
    let files = beside.iter().filter(|path| path.exists()).map(PathBuf::as_path);
    file.parent().into_iter().chain(files).chain([file]).find_map(denied)
}

fn refusal(place: &Path, needed: Access, verb: &str) -> Option<String> {
    let (error, metadata) = (access(place, needed).err()?, fs::metadata(place).ok()?);
    let shown = place.display();
    if error == Errno::ROFS {
        return Some(format!(
            "{shown} is on a volume that is mounted read-only: mount it writable, or set CAUSERIE_DATA__DIR to another folder"
        ));
    }
    let (process_user, owner, mode) = (rustix::process::geteuid().as_raw(), metadata.uid(), metadata.mode() & 0o7777);
    let mend = if process_user == owner {
        let letters = if metadata.is_dir() { "rwx" } else { "rw" };
        format!("`chmod u+{letters} {shown}`")
    } else {
        format!("run the program as that user, or `chown {process_user} {shown}`")
    };
    Some(format!(
        "the process runs as user {process_user} and may not {verb} {shown}, which belongs to user {owner}, mode {mode:04o}: {mend}"
    ))
}
