//! `GET /v1/export`: all rows of the tenant, in an order that an import accepts.

use causerie_protocol::TenantId;
use http::Method;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    READERS,
    read::{self, Paged},
    types::{EdgeRow, MembershipRow, RelationRow, SettingRow, UserRow},
};
use crate::{
    audit,
    auth::{ApiCaller, Scope},
    http::{
        error::Problem,
        manage::{
            endpoint::{Call, Endpoint, Params},
            ndjson::{ExportError, Lines, Ndjson},
            schemas::extend,
        },
    },
    store::{
        Transaction,
        queries::facts::{ABOVE_MAX, pages, stored},
    },
};

/// The number of rows per query.
const PAGE: u32 = 1_000;

/// Exports the tenant.
pub struct Export;

/// Selects the rows to export.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportQuery {
    /// Only rows of this type.
    #[serde(rename = "type")]
    #[schemars(with = "RowType")]
    only: Option<RowType>,
}

/// A row as an import accepts it.
#[derive(Serialize, JsonSchema)]
#[schemars(transform = any_object)]
pub struct ExportRow {
    /// `user`, `group`, `membership`, `relation`, `edge` or `setting`; the other fields are those of its type (`ImportRow`).
    r#type: &'static str,
}

fn any_object(schema: &mut Schema) {
    extend(schema, json!({ "additionalProperties": true }));
}

/// A type of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum RowType {
    User,
    Group,
    Membership,
    Relation,
    Edge,
    Setting,
}

impl Endpoint for Export {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v1/export";
    const ID: &'static str = "export";
    const SUMMARY: &'static str =
        "Exports all users, groups, memberships, relations, edges and settings, as the rows of an import.";
    const TEXT: &'static str = "The answer is NDJSON, as of one moment, and in an order in which an import takes it: what is exported and \
        imported again with `undeclared=keep` changes nothing. (Roles of tokens and facts of an earlier policy may have words that \
        the policy does not declare.) The answer has a `Content-Length`; a shorter body is not whole. \
        A tenant has one export at a time, of itself or of a user; another request is refused with `rate_limited`.";
    const SCOPES: &'static [Scope] = READERS;

    type Caller = ApiCaller;
    type Query = Params<ExportQuery>;
    type Body = ();
    type Answer = Ndjson<ExportRow>;

    async fn run(call: Call<Self>, Params(query): Self::Query, (): ()) -> Result<Self::Answer, Problem> {
        let (app, key) = (&call.shared.app, &call.caller);
        let permit = call.shared.exports.begin(key.tenant)?;
        let mut work = ExportWork { tenant: key.tenant, only: query.only, lines: Lines::create(app)? };
        let transaction = app.store.begin_reading().await?;
        let entry = audit::done(audit::back_end(key), "export", "", [], app.clock.now_ms());
        audit::record(&app.store, key.tenant, entry).await?;
        let done = work.all(&transaction).await;
        let _ = transaction.rollback().await;
        done?;
        Ok(work.lines.end(permit.finish_reading(), call.cut).await?)
    }
}

/// An export that reads rows.
struct ExportWork {
    tenant: TenantId,
    only: Option<RowType>,
    lines: Lines,
}

impl ExportWork {
    fn includes(&self, row_type: RowType) -> bool {
        self.only.is_none_or(|only| only == row_type)
    }

    /// Writes the rows of all types that the export includes.
    async fn all(&mut self, transaction: &Transaction) -> Result<(), ExportError> {
        let tenant = self.tenant;
        if self.includes(RowType::User) {
            self.paged::<UserRow>(transaction).await?;
        }
        if self.includes(RowType::Group) {
            self.groups(transaction).await?;
        }
        if self.includes(RowType::Membership) {
            self.paged::<MembershipRow>(transaction).await?;
        }
        if self.includes(RowType::Relation) {
            self.paged::<RelationRow>(transaction).await?;
        }
        if self.includes(RowType::Edge) {
            self.paged::<EdgeRow>(transaction).await?;
        }
        if self.includes(RowType::Setting) {
            let settings = stored::settings(transaction, tenant).await?;
            self.lines.write(settings.into_iter().map(SettingRow::new)).await?;
        }
        Ok(())
    }

    /// Writes the groups. Each group comes after its parent, because an import refuses a group whose parent it does not
    /// know.
    async fn groups(&mut self, transaction: &Transaction) -> Result<(), ExportError> {
        for depth in 0..=ABOVE_MAX {
            let (mut after, mut has_groups) = (String::new(), false);
            loop {
                let groups = pages::groups_at_depth(transaction, self.tenant, depth, &after, PAGE).await?;
                let Some(last) = groups.last() else { break };
                has_groups = true;
                after.clone_from(&last.external_id);
                let rows = read::groups(transaction, groups).await?;
                self.lines.write(rows.into_iter().map(|(_, row)| row)).await?;
            }
            if !has_groups {
                break;
            }
        }
        Ok(())
    }

    /// Writes the rows of one type, page by page.
    async fn paged<T: Paged + Serialize>(&mut self, transaction: &Transaction) -> Result<(), ExportError> {
        let mut after = Vec::new();
        loop {
            let rows = T::page(transaction, self.tenant, &after, PAGE).await?;
            let Some((last, _)) = rows.last() else { return Ok(()) };
            after.clone_from(last);
            self.lines.write(rows.into_iter().map(|(_, row)| row)).await?;
        }
    }
}
