//! `GET /v1/me/settings`: the caller's own settings.

use http::Method;

use super::{UserSettings, stored_user};
use crate::{
    auth::Caller,
    http::{
        error::Problem,
        manage::endpoint::{Call, Endpoint, Json},
    },
};

/// Reads the caller's own settings.
pub struct GetSettings;

impl Endpoint for GetSettings {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v1/me/settings";
    const ID: &'static str = "getSettings";
    const SUMMARY: &'static str = "Returns the caller's own settings: which users may write to the caller.";

    type Caller = Caller;
    type Query = ();
    type Body = ();
    type Answer = Json<UserSettings>;

    async fn run(call: Call<Self>, (): (), (): ()) -> Result<Self::Answer, Problem> {
        let user = stored_user(call.shared.app.store.reader(), &call.caller).await?;
        Ok(Json(UserSettings { writable_by: user.writable_by.into() }))
    }
}
