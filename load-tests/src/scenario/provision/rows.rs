//! The users of many schools as rows of an import: 19 memberships per user.

use std::{
    fs::File,
    io::{BufWriter, Write as _},
    path::Path,
};

use crate::{Outcome, crowd};

/// Users of one school.
const SCHOOL: usize = 1_600;
const CLASSES: usize = 50;
const SUBJECTS: usize = 300;
const SUBJECTS_EACH: usize = 17;
/// One user of this many teaches, and one of this many manages the school.
const TEACHES: usize = 10;
const RUNS: usize = 400;
/// The class of the users who chat while all others are imported.
const CHATTING: &str = "chatting";

const FIRST: [&str; 16] = [
    "Léa", "Tom", "Amélie", "Yanis", "Chloé", "Idriss", "Zoé", "Hugo", "Inès", "Mathis", "Anaïs", "Noé", "Maëlle", "Rayan",
    "Jeanne", "Émile",
];
const LAST: [&str; 16] = [
    "Martin", "Nguyen", "Dubois", "Benali", "Petit", "Traoré", "Moreau", "Lefèvre", "Garcia", "Roux", "Fournier", "Girard",
    "Mercier", "Blanc", "Marchand", "Faure",
];

/// The written file.
#[derive(Default)]
pub struct Written {
    /// The number of lines.
    pub rows: usize,
    /// The number of rows with a membership.
    pub memberships: usize,
}

/// A class of the first users, by which they may write to each other.
#[must_use]
pub fn one_class(prefix: &str, users: u32) -> String {
    let mut rows = format!("{{\"type\":\"group\",\"id\":\"{CHATTING}\",\"name\":\"Chatting\",\"kind\":\"class\"}}\n");
    for user in 0..users {
        rows += &user_row(prefix, user);
        rows += &membership(prefix, user, CHATTING, "learner");
    }
    rows
}

/// Writes all users with groups and memberships. The order is such that each row names only rows before it.
///
/// # Errors
/// When the file can't be written.
pub fn write(file: &Path, prefix: &str, users: u32) -> Outcome<Written> {
    let mut out = BufWriter::new(File::create(file)?);
    let mut written = Written::default();
    for school in 0..(users as usize).div_ceil(SCHOOL) {
        let kinds = [("cycle", 1), ("class", CLASSES), ("subject", SUBJECTS)];
        for (kind, count) in kinds {
            for at in 0..count {
                let id = group(kind, school, at);
                writeln!(out, r#"{{"type":"group","id":"{id}","name":"{id}","kind":"{kind}"}}"#)?;
                written.rows += 1;
            }
        }
    }
    for user in 0..users {
        out.write_all(user_row(prefix, user).as_bytes())?;
        written.rows += 1;
    }
    for user in 0..users {
        for membership in memberships(prefix, user) {
            out.write_all(membership.as_bytes())?;
            written.rows += 1;
            written.memberships += 1;
        }
    }
    out.flush()?;
    Ok(written)
}

fn memberships(prefix: &str, user: u32) -> impl Iterator<Item = String> {
    let (school, place) = (user as usize / SCHOOL, user as usize % SCHOOL);
    let role = match place {
        _ if place.is_multiple_of(RUNS) => "admin",
        _ if place.is_multiple_of(TEACHES) => "teacher",
        _ => "learner",
    };
    let class = place * CLASSES / SCHOOL;
    let head = [group("cycle", school, 0), group("class", school, class)];
    // The factor is coprime to the number of subjects, so that no user has a subject twice.
    let subjects = (0..SUBJECTS_EACH).map(move |at| group("subject", school, (place * 7 + at * 23) % SUBJECTS));
    head.into_iter().chain(subjects).map(move |group| membership(prefix, user, &group, role))
}

fn group(kind: &str, school: usize, at: usize) -> String {
    format!("{kind}-{school}-{at}")
}

fn user_row(prefix: &str, user: u32) -> String {
    let at = user as usize;
    let (first, last) = (FIRST[at % FIRST.len()], LAST[at / FIRST.len() % LAST.len()]);
    format!("{{\"type\":\"user\",\"id\":\"{}\",\"name\":\"{first} {last} {user}\"}}\n", crowd::name(prefix, user))
}

fn membership(prefix: &str, user: u32, group: &str, role: &str) -> String {
    let user = crowd::name(prefix, user);
    format!("{{\"type\":\"membership\",\"user\":\"{user}\",\"group\":\"{group}\",\"role\":\"{role}\"}}\n")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_user_is_in_nineteen_groups() {
        for user in [0, 1, 10, 1_599, 1_600, 99_999] {
            let groups: HashSet<String> = memberships("load-", user).collect();
            assert_eq!(groups.len(), 19, "{user}");
        }
    }
}
