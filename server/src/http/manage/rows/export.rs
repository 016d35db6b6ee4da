//! `GET /v1/export`: all rows of the tenant, in an order in which an import takes them.

use std::collections::HashMap;

use causerie_protocol::{ErrorCode, GroupId, Refusal, TenantId, UserId};
use http::Method;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{
    READERS,
    read::Held,
    types::{EdgeRow, GroupRow, MembershipRow, RelationRow, SettingRow, UserRow},
};
use crate::{
    audit,
    auth::{ApiCaller, Scope},
    http::{
        caller::unavailable,
        error::Problem,
        manage::{
            endpoint::{Call, Endpoint, Params},
            ndjson::{Lines, Ndjson, Stopped, lines},
            schemas::extend,
        },
    },
    store::{
        StoreError, Transaction,
        queries::facts::{
            ABOVE_MAX,
            stored::{self, StoredGroup},
        },
    },
};

/// Exports of a node at a time: each keeps a connection to the database, and the moment it reads.
static AT_A_TIME: Semaphore = Semaphore::const_new(4);
/// A caller that found others exporting comes back after so long, in milliseconds.
const BUSY_RETRY_MS: u32 = 5_000;
/// Users or groups read at a time.
const PAGE: u32 = 1_000;

/// Exports the tenant.
pub struct Export;

/// What to export.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportQuery {
    /// Rows of this type only.
    #[serde(rename = "type")]
    #[schemars(with = "RowType")]
    only: Option<RowType>,
}

/// A row, as an import takes it.
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
        "Tells all users, groups, memberships, relations, edges and settings, as the rows of an import.";
    const TEXT: &'static str = "The answer is NDJSON, as of one moment, and in an order in which an import takes it: what is exported and \
        imported again changes nothing. An answer that breaks off without the end of its last chunk is not whole.";
    const SCOPES: &'static [Scope] = READERS;

    type Caller = ApiCaller;
    type Query = Params<ExportQuery>;
    type Body = ();
    type Answer = Ndjson<ExportRow>;

    async fn run(call: Call<Self>, Params(query): Self::Query, (): ()) -> Result<Self::Answer, Problem> {
        let (app, key) = (&call.shared.app, &call.caller);
        let permit = AT_A_TIME.try_acquire().map_err(|_| {
            let why = "this server does as many exports as it does at once; try again later";
            Refusal::new(ErrorCode::RateLimited, why).retry_after_ms(BUSY_RETRY_MS)
        })?;
        let transaction = app.store.begin_reading().await.map_err(unavailable)?;
        let entry = audit::done(audit::back_end(key), "export", "", [], app.clock.now_ms());
        audit::record(&app.store, key.tenant, entry).await.map_err(unavailable)?;
        let (lines, exported) = lines();
        let work = Work { tenant: key.tenant, only: query.only, lines };
        app.tasks.spawn("export", work.run(transaction, permit));
        Ok(exported)
    }
}

struct Work {
    tenant: TenantId,
    only: Option<RowType>,
    lines: Lines,
}

impl Work {
    async fn run(self, transaction: Transaction, permit: SemaphorePermit<'static>) {
        let done = self.all(&transaction).await;
        let _ = transaction.rollback().await;
        drop(permit);
        self.lines.end(done).await;
    }

    fn wants(&self, of: RowType) -> bool {
        self.only.is_none_or(|only| only == of)
    }

    async fn all(&self, transaction: &Transaction) -> Result<(), Stopped> {
        let tenant = self.tenant;
        if self.wants(RowType::User) {
            let mut after = String::new();
            loop {
                let users = stored::users(transaction, tenant, &after, PAGE).await?;
                let Some(last) = users.last() else { break };
                after.clone_from(&last.external_id);
                self.lines.send(users.into_iter().map(UserRow::from)).await?;
            }
        }
        let groups = groups(transaction, tenant).await?;
        let names: HashMap<GroupId, String> = groups.iter().map(|group| (group.id, group.external_id.clone())).collect();
        if self.wants(RowType::Group) {
            let rows = parents_first(groups).into_iter().map(|group| {
                let parent = group.parent.and_then(|parent| names.get(&parent));
                let parent = parent.cloned();
                GroupRow::new(group, parent.as_deref())
            });
            self.lines.send(rows).await?;
        }
        if self.wants(RowType::Membership) {
            self.held::<MembershipRow>(transaction).await?;
        }
        if self.wants(RowType::Relation) {
            self.held::<RelationRow>(transaction).await?;
        }
        if self.wants(RowType::Edge) {
            let edges = stored::edges(transaction, tenant).await?;
            let rows = edges.into_iter().filter_map(|edge| {
                let (from, to) = (names.get(&edge.key.from_group)?, names.get(&edge.key.to_group)?);
                Some(EdgeRow::new(edge, from, to))
            });
            self.lines.send(rows.collect::<Vec<_>>()).await?;
        }
        if self.wants(RowType::Setting) {
            let settings = stored::settings(transaction, tenant).await?;
            self.lines.send(settings.into_iter().map(SettingRow::new)).await?;
        }
        Ok(())
    }

    async fn held<T: Held + Serialize>(&self, transaction: &Transaction) -> Result<(), Stopped> {
        let mut after = String::new();
        loop {
            let users = stored::users(transaction, self.tenant, &after, PAGE).await?;
            let Some(last) = users.last() else { return Ok(()) };
            after.clone_from(&last.external_id);
            let holders = users.into_iter().map(|user| (UserId(user.id), user.external_id)).collect();
            let rows = T::of_users(transaction, self.tenant, &holders).await?;
            self.lines.send(rows.into_iter().map(|(_, row)| row)).await?;
        }
    }
}

async fn groups(transaction: &Transaction, tenant: TenantId) -> Result<Vec<StoredGroup>, StoreError> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let page = stored::groups(transaction, tenant, &after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(all) };
        after.clone_from(&last.external_id);
        all.extend(page);
    }
}

/// Each group after the group it is in, which an import must know first.
fn parents_first(mut groups: Vec<StoredGroup>) -> Vec<StoredGroup> {
    let parents: HashMap<GroupId, GroupId> = groups.iter().filter_map(|group| Some((group.id, group.parent?))).collect();
    // No group is deeper than the most that may be above it.
    groups.sort_by_cached_key(|group| {
        std::iter::successors(Some(group.id), |id| parents.get(id).copied()).take(ABOVE_MAX + 2).count()
    });
    groups
}
