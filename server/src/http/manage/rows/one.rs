//! `GET /v1/rows/users/{id}` and `GET /v1/rows/groups/{id}`: one row.

use std::{future::Future, marker::PhantomData};

use causerie_protocol::{ErrorCode, Refusal};
use http::Method;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::{
    READERS,
    search::Searched,
    types::{GroupRow, UserRow},
};
use crate::{
    app::App,
    auth::{ApiCaller, Scope},
    http::{
        caller,
        error::Problem,
        manage::endpoint::{Call, Endpoint, Json},
    },
    store::queries::facts::groups,
};

/// Reads one row.
pub struct GetRow<T>(PhantomData<T>);

/// A type of rows that have an external id.
pub trait Identified: Searched + Serialize + JsonSchema {
    /// The path of one row.
    const PATH: &'static str;
    /// The name of the operation.
    const ID: &'static str;
    /// The summary of the operation.
    const SUMMARY: &'static str;

    /// The server's id of the row with this external id.
    ///
    /// # Errors
    /// `not_found` if the tenant has no such row; `unavailable` if the database fails.
    fn id(app: &App, caller: &ApiCaller, id: &str) -> impl Future<Output = Result<Uuid, Refusal>> + Send;
}

impl Identified for UserRow {
    const PATH: &'static str = "/v1/rows/users/{id}";
    const ID: &'static str = "getUserRow";
    const SUMMARY: &'static str = "Returns one user of the tenant, as the row of an import.";

    async fn id(app: &App, caller: &ApiCaller, id: &str) -> Result<Uuid, Refusal> {
        Ok(caller::find(app, caller, id).await?.id.0)
    }
}

impl Identified for GroupRow {
    const PATH: &'static str = "/v1/rows/groups/{id}";
    const ID: &'static str = "getGroupRow";
    const SUMMARY: &'static str = "Returns one group of the tenant, as the row of an import.";

    async fn id(app: &App, caller: &ApiCaller, id: &str) -> Result<Uuid, Refusal> {
        let found = groups::find_by_external_id(app.store.reader(), caller.tenant, &[id]).await?;
        found.get(id).map(|group| group.0).ok_or_else(|| not_found("group"))
    }
}

fn not_found(kind: &str) -> Refusal {
    Refusal::new(ErrorCode::NotFound, format!("this tenant has no {kind} of this id"))
}

impl<T: Identified> Endpoint for GetRow<T> {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = <T as Identified>::PATH;
    const ID: &'static str = <T as Identified>::ID;
    const SUMMARY: &'static str = <T as Identified>::SUMMARY;
    const SCOPES: &'static [Scope] = READERS;

    type Caller = ApiCaller;
    type Query = ();
    type Body = ();
    type Answer = Json<T>;

    async fn run(call: Call<Self>, (): (), (): ()) -> Result<Self::Answer, Problem> {
        let app = &call.shared.app;
        let id = T::id(app, &call.caller, call.id()).await?;
        // The row may have been removed after its id was read.
        let row = T::find_by_ids(app.store.reader(), &[id]).await?.remove(&id);
        Ok(Json(row.ok_or_else(|| not_found("row"))?))
    }
}
