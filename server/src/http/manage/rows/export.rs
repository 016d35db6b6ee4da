//! `GET /v1/export`: all rows of the tenant, in an order in which an import takes them.

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
            ndjson::{Lines, Ndjson, Stopped},
            schemas::extend,
        },
    },
    store::{
        Transaction,
        queries::facts::{ABOVE_MAX, pages, stored},
    },
};

/// Rows read at a time.
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
        let mut work = Work { tenant: key.tenant, only: query.only, lines: Lines::create(app)? };
        let transaction = app.store.begin_reading().await?;
        let entry = audit::done(audit::back_end(key), "export", "", [], app.clock.now_ms());
        audit::record(&app.store, key.tenant, entry).await?;
        let done = work.all(&transaction).await;
        let _ = transaction.rollback().await;
        done?;
        Ok(work.lines.end(permit.read(), call.cut).await?)
    }
}

struct Work {
    tenant: TenantId,
    only: Option<RowType>,
    lines: Lines,
}

impl Work {
    fn wants(&self, of: RowType) -> bool {
        self.only.is_none_or(|only| only == of)
    }

    async fn all(&mut self, transaction: &Transaction) -> Result<(), Stopped> {
        let tenant = self.tenant;
        if self.wants(RowType::User) {
            self.paged::<UserRow>(transaction).await?;
        }
        if self.wants(RowType::Group) {
            self.groups(transaction).await?;
        }
        if self.wants(RowType::Membership) {
            self.paged::<MembershipRow>(transaction).await?;
        }
        if self.wants(RowType::Relation) {
            self.paged::<RelationRow>(transaction).await?;
        }
        if self.wants(RowType::Edge) {
            self.paged::<EdgeRow>(transaction).await?;
        }
        if self.wants(RowType::Setting) {
            let settings = stored::settings(transaction, tenant).await?;
            self.lines.write(settings.into_iter().map(SettingRow::new)).await?;
        }
        Ok(())
    }

    /// Writes each group after its parent, which an import must know first.
    async fn groups(&mut self, transaction: &Transaction) -> Result<(), Stopped> {
        for depth in 0..=ABOVE_MAX {
            let (mut after, mut any) = (String::new(), false);
            loop {
                let groups = pages::groups_at_depth(transaction, self.tenant, depth, &after, PAGE).await?;
                let Some(last) = groups.last() else { break };
                any = true;
                after.clone_from(&last.external_id);
                let rows = read::groups(transaction, groups).await?;
                self.lines.write(rows.into_iter().map(|(_, row)| row)).await?;
            }
            if !any {
                break;
            }
        }
        Ok(())
    }

    async fn paged<T: Paged + Serialize>(&mut self, transaction: &Transaction) -> Result<(), Stopped> {
        let mut after = Vec::new();
        loop {
            let rows = T::page(transaction, self.tenant, &after, PAGE).await?;
            let Some((last, _)) = rows.last() else { return Ok(()) };
            after.clone_from(last);
            self.lines.write(rows.into_iter().map(|(_, row)| row)).await?;
        }
    }
}
