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

/// A text for the operator about a failed access to `path`. It names the part of the path that this process may not use, its
/// owner, and a command that gives the permission. If the process may use the whole path, the text contains the path and
/// `error`.
#[must_use]
pub fn explain_access_error(path: &Path, error: &io::Error) -> String {
    missing_permission(path).unwrap_or_else(|| format!("{}: {error}", path.display()))
}

/// A text for the operator about the first part of a path for which this process lacks a permission. The process must be
/// able to enter the folders of the path, and to read and write the last part that exists. `None` if it has all permissions.
#[must_use]
pub fn missing_permission(path: &Path) -> Option<String> {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut parts: Vec<&Path> = path.ancestors().collect();
    parts.reverse();
    // Parts of the path that do not exist yet are created in the last folder that exists.
    let existing = parts.iter().take_while(|part| fs::symlink_metadata(part).is_ok()).count();
    let (last, folders) = parts[..existing].split_last()?;
    let unenterable = folders.iter().find_map(|folder| describe_missing(folder, Access::EXEC_OK, "enter"));
    unenterable.or_else(|| {
        let is_folder = last.is_dir();
        if !is_folder && existing < parts.len() {
            return Some(format!("{} is a file, and must be a folder", last.display()));
        }
        let execute = if is_folder { Access::EXEC_OK } else { Access::empty() };
        describe_missing(last, Access::READ_OK | Access::WRITE_OK | execute, "read and write")
    })
}

/// Like [`missing_permission`], for all files of a SQLite database and their folder.
#[must_use]
pub fn missing_database_permission(file: &Path) -> Option<String> {
    let database_files = ["", "-wal", "-shm", "-journal"].map(|suffix| {
        let mut path = file.as_os_str().to_owned();
        path.push(suffix);
        PathBuf::from(path)
    });
    let files = database_files.iter().filter(|path| path.exists()).map(PathBuf::as_path);
    file.parent().into_iter().chain(files).chain([file]).find_map(missing_permission)
}

/// The text about a path that this process may not use in this way; `None` if it may.
fn describe_missing(path: &Path, needed: Access, verb: &str) -> Option<String> {
    let (error, metadata) = (access(path, needed).err()?, fs::metadata(path).ok()?);
    let shown = path.display();
    if error == Errno::ROFS {
        return Some(format!(
            "{shown} is on a volume that is mounted read-only: mount it writable, or set CAUSERIE_DATA__DIR to another folder"
        ));
    }
    let (process_user, owner, mode) = (rustix::process::geteuid().as_raw(), metadata.uid(), metadata.mode() & 0o7777);
    let fix = if process_user == owner {
        let letters = if metadata.is_dir() { "rwx" } else { "rw" };
        format!("`chmod u+{letters} {shown}`")
    } else {
        format!("run the program as that user, or `chown {process_user} {shown}`")
    };
    Some(format!(
        "the process runs as user {process_user} and may not {verb} {shown}, which belongs to user {owner}, mode {mode:04o}: {fix}"
    ))
}
