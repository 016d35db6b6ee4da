//! Facts as import rows.

use serde_json::{Value, json};

/// One line of NDJSON.
#[derive(Debug, Clone)]
pub struct Row(Value);

impl Row {
    /// Sets a field of the row.
    #[must_use]
    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.0[field] = value.into();
        self
    }

    /// Makes the row a removal.
    #[must_use]
    pub fn removed(self) -> Self {
        self.with("deleted", true)
    }

    /// The body of an import.
    pub fn lines(rows: &[Self]) -> String {
        rows.iter().map(|Self(row)| format!("{row}\n")).collect()
    }
}

/// An active user whose name is the id.
pub fn user(id: &str) -> Row {
    Row(json!({ "type": "user", "id": id, "name": id }))
}

/// A group with its kind.
pub fn group(id: &str, kind: &str) -> Row {
    Row(json!({ "type": "group", "id": id, "name": id, "kind": kind }))
}

/// A membership: `member("tom", "teacher", "maths")`.
pub fn member(user: &str, role: &str, group: &str) -> Row {
    Row(json!({ "type": "membership", "user": user, "group": group, "role": role }))
}

/// A relation between two users, accepted by both if it is mutual.
pub fn relation(from: &str, relation: &str, to: &str) -> Row {
    Row(json!({ "type": "relation", "relation": relation, "from": from, "to": to, "state": "accepted" }))
}

/// An edge: members of one group may write to the other group.
pub fn edge(from: &str, to: &str) -> Row {
    Row(json!({ "type": "edge", "from": from, "to": to, "effect": "allow" }))
}

/// A setting of the tenant's rules.
pub fn setting(name: &str, value: &str) -> Row {
    Row(json!({ "type": "setting", "name": name, "value": value }))
}
