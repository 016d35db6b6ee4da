//! The schemas of `POST /v1/import` for the OpenAPI document. They only describe the rows: `provisioning` reads the rows and
//! reports the mistakes of each row.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// The description of the endpoint.
pub const TEXT: &str = "The body is NDJSON: one row per line, at most 64 KiB each. The server applies the rows in order, a few \
    hundred per transaction, so a row can refer to users and groups of earlier rows, but not of later rows. A row that can't be \
    applied is refused, and the import continues. Rows that are stored already change nothing, so an import that was \
    interrupted can be repeated from its beginning. Only one import per tenant runs at a time; a second import gets `conflict`.";

/// The query parameters.
#[must_use]
pub fn parameters() -> Vec<Value> {
    let parameter = |name: &str, schema: Value, description: &str| {
        let mut schema = schema;
        schema["description"] = description.into();
        json!({ "name": name, "in": "query", "schema": schema })
    };
    vec![
        parameter("dry_run", json!({ "type": "boolean" }), "Returns the same answer and changes nothing."),
        parameter(
            "replace",
            json!({ "type": "string", "pattern": r"^(users|groups|memberships|edges|(memberships|relations):[^\u0000-\u001f\u007f-\u009f]+)$" }),
            "The rows are the complete content of this scope: at the end, everything in the scope that no row names is removed, \
             unless a row was refused. `users`, `groups`, `memberships`, `memberships:<group>`, `edges` or `relations:<name>`.",
        ),
        parameter(
            "delete_limit",
            json!({ "type": "string", "pattern": "^([0-9]{1,18}|(100|[0-9]{1,2})%)$" }),
            "The maximum number of removals by `replace`, as a number (`250`) or as a percentage of the scope (`5%`). If more \
             would be removed, nothing is removed. The default is a tenth of the scope or 20, whichever is more, but at most half \
             of the scope (one removal is always possible), and 0 if no row belongs to the scope.",
        ),
        parameter(
            "results",
            json!({ "type": "string", "enum": ["problems", "all"] }),
            "The rows that the answer lists: only the refused rows, or all rows. With `all`, read the answer while you send the rows.",
        ),
        parameter(
            "undeclared",
            json!({ "type": "string", "enum": ["refuse", "keep"] }),
            "The treatment of a row with a role, kind, relation or setting that the policy does not declare. `refuse`, the \
             default, refuses the row. `keep` stores the fact, which has no effect until a policy declares the word; use it for \
             the rows of an export.",
        ),
    ]
}

/// A row. An absent field of a user or a group keeps its stored value; rows of the other types replace the stored fact as a
/// whole. The server refuses a field that this type of row does not have. Roles, kinds, relations and settings are words of
/// the tenant's policy.
#[derive(JsonSchema)]
#[allow(dead_code)] // a description
pub struct ImportRow {
    /// The type of the row.
    #[schemars(extend("enum" = ["user", "group", "membership", "relation", "edge", "setting"]))]
    r#type: String,
    /// Removes the fact. A user gets the status `removed`.
    deleted: Option<bool>,
    /// user, group: your id of the user or group.
    id: Option<String>,
    /// user, group: the display name. setting: the name of the setting.
    name: Option<String>,
    /// user: an http or https address, or empty for none.
    avatar: Option<String>,
    /// user: a language tag (BCP 47), `fr`.
    locale: Option<String>,
    /// user: a short text that other users see below the name, such as the role or the class; empty for none.
    about: Option<String>,
    /// user: new ones are active, and so is a user that was removed and is named again without it.
    #[schemars(extend("enum" = ["active", "invited", "deactivated", "removed", null]))]
    status: Option<String>,
    /// user: roles in the whole tenant.
    roles: Option<Vec<String>>,
    /// user: which users may write to the user, as the user chose.
    #[schemars(extend("enum" = ["rules", "contacts", "nobody", null]))]
    writable_by: Option<String>,
    /// group: the kind. Required for a new group.
    kind: Option<String>,
    /// group: the id of the parent group, or empty for none.
    parent: Option<String>,
    /// group: rules match only through active groups. relation: `accepted` by default.
    #[schemars(extend("enum" = ["active", "concluded", "archived", "accepted", "pending", null]))]
    state: Option<String>,
    /// group, edge: whether a sender reaches the users one by one, the group as a whole, or both. `both` by default.
    #[schemars(extend("enum" = ["both", "people", "group", "none", null]))]
    delivers: Option<String>,
    /// membership: the id of the user.
    user: Option<String>,
    /// membership: the id of the group.
    group: Option<String>,
    /// membership: the role in the group. A user can have several roles in a group, with one row each.
    role: Option<String>,
    /// relation: the name of the relation.
    relation: Option<String>,
    /// membership: when it begins, as a time (RFC 3339) or a date (midnight UTC). relation: the id of a user. edge: the id
    /// of a group.
    from: Option<String>,
    /// membership: when it ends, as a time or a date.
    until: Option<String>,
    /// relation: the id of the other user. edge: the id of the other group, whose members are reached.
    to: Option<String>,
    /// edge: the role in `from` that members need. All members by default.
    from_role: Option<String>,
    /// edge: the role in `to` that members need. All members by default.
    to_role: Option<String>,
    /// edge: `allow` by default.
    #[schemars(extend("enum" = ["allow", "deny", null]))]
    effect: Option<String>,
    /// setting: the value: a word, a number, or a duration such as `15m`.
    #[schemars(extend("type" = ["string", "number", "null"]))]
    value: Option<String>,
}

/// A line of the answer: the result of a row, or `progress` (every 10,000 rows and every 5 s), or at last `summary`. An
/// answer without a summary is incomplete.
#[derive(Serialize, JsonSchema)]
#[allow(dead_code)] // a description
pub struct ImportAnswer {
    /// The line of the body, from 1.
    #[schemars(range(min = 1))]
    row: Option<u64>,
    /// The result of the row.
    #[schemars(extend("enum" = ["created", "updated", "unchanged", "removed", "refused", null]))]
    result: Option<String>,
    /// As in the row.
    r#type: Option<String>,
    /// The user, group or other fact that the row names, in readable form.
    id: Option<String>,
    /// The field at fault.
    field: Option<String>,
    /// The reason of a refusal, one sentence for the developer.
    message: Option<String>,
    /// The number of `rows` so far, in total and by result.
    progress: Option<Map<String, Value>>,
    /// The number of `rows`, in total and by result; `dry_run`; the `facts_version` that contains all changes; and
    /// `stopped`, the reason why the import ended before all rows were applied, or null.
    summary: Option<Map<String, Value>>,
}
