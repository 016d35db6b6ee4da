//! Imports the users of a plan, as the back end of a product does.

use std::{
    fs::File,
    io::{BufWriter, Write as _},
    net::SocketAddr,
    path::Path,
};

use serde::Deserialize;
use serde_json::{Value, json};

use super::{model::Model, plan::Plan};
use crate::{Outcome, crowd, world::http};

/// The number of different reasons that are printed, each with a row.
const REASONS_SHOWN_MAX: usize = 3;

/// A line of an import's answer; the last line has the summary.
#[derive(Deserialize)]
struct Line {
    summary: Option<Summary>,
    #[serde(default)]
    message: String,
    #[serde(default)]
    id: String,
}

#[derive(Deserialize)]
struct Summary {
    refused: usize,
    stopped: Option<String>,
}

/// The external id of a group.
#[must_use]
pub fn group(prefix: &str, kind: &str, number: u32) -> String {
    format!("{prefix}{kind}-{number}")
}

/// Imports all users. Returns the number of rows.
///
/// # Errors
/// When the server can't be reached, or refuses a row.
pub async fn import(
    server: SocketAddr,
    key: &str,
    (model, plan): (&Model, &Plan),
    prefix: &str,
    folder: &Path,
) -> Outcome<usize> {
    let file = folder.join("users.ndjson");
    let count = write(&file, model, plan, prefix)?;
    let answer = http::post_file(server, "/v1/import", key, &file).await?;
    let lines: Vec<Line> = answer.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let summary = lines.iter().rev().find_map(|line| line.summary.as_ref());
    let summary = summary.ok_or_else(|| format!("the import was answered with {answer}"))?;
    let mut why: Vec<String> = Vec::new();
    for line in lines.iter().filter(|line| !line.message.is_empty()) {
        if why.len() < REASONS_SHOWN_MAX && !why.iter().any(|shown| shown.starts_with(&line.message)) {
            why.push(format!("{} ({})", line.message, line.id));
        }
    }
    match (&summary.stopped, summary.refused) {
        (None, 0) => Ok(count),
        (None, refused) => Err(format!("the server refused {refused} of the users and facts: {}", why.join("; ")).into()),
        (Some(stopped), _) => Err(format!("the import ended early: {stopped}").into()),
    }
}

fn write(file: &Path, model: &Model, plan: &Plan, prefix: &str) -> Outcome<usize> {
    let mut out = BufWriter::new(File::create(file)?);
    let mut count = 0;
    let mut row = |row: Value| {
        count += 1;
        writeln!(out, "{row}")
    };
    let user = |number: u32| crowd::name(prefix, number);
    for (name, value) in &model.settings {
        row(json!({ "type": "setting", "name": name, "value": value }))?;
    }
    for (kind, numbers) in model.users.iter().zip(&plan.numbers) {
        let roles: Vec<&String> = kind.role.iter().collect();
        for (at, number) in numbers.iter().enumerate() {
            let name = format!("{} {}", kind.name, at + 1);
            row(json!({ "type": "user", "id": user(*number), "name": name, "roles": roles }))?;
        }
    }
    for (kind, groups) in model.groups.iter().zip(&plan.groups) {
        for (number, members) in (0..).zip(groups) {
            let id = group(prefix, &kind.name, number);
            let name = format!("{} {}", kind.name, number + 1);
            row(json!({ "type": "group", "id": id, "name": name, "kind": kind.kind }))?;
            for (of, users) in kind.members.iter().zip(members) {
                for one in users {
                    row(json!({ "type": "membership", "user": user(*one), "group": id, "role": of.role }))?;
                }
            }
        }
    }
    for (relation, pairs) in model.relations.iter().zip(&plan.relations) {
        for (from, to) in pairs {
            row(json!({ "type": "relation", "relation": relation.name, "from": user(*from), "to": user(*to) }))?;
        }
    }
    for edge in &model.edges {
        let (from, to) = (&model.groups[edge.from], &model.groups[edge.to]);
        for (one, other) in (0..from.count).flat_map(|one| (0..to.count).map(move |other| (one, other))) {
            let (from, to) = (group(prefix, &from.name, one), group(prefix, &to.name, other));
            row(json!({ "type": "edge", "from": from, "to": to, "delivers": edge.delivers }))?;
        }
    }
    out.flush()?;
    Ok(count)
}
