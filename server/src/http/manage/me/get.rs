//! `GET /v1/me`: the caller.

use causerie_protocol::{ErrorCode, Refusal, command::Command, wire, wire::reply};
use http::Method;

use crate::{
    auth::Caller,
    commands,
    http::{
        error::Problem,
        manage::endpoint::{Call, Endpoint, Wire},
    },
};

/// Tells who the caller is.
pub struct GetMe;

impl Endpoint for GetMe {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v1/me";
    const ID: &'static str = "me";
    const SUMMARY: &'static str = "Tells who the caller is.";

    type Caller = Caller;
    type Query = ();
    type Body = ();
    type Answer = Wire<wire::User>;

    async fn run(call: Call<Self>, (): (), (): ()) -> Result<Self::Answer, Problem> {
        let command = Command::GetUsers { users: vec![call.caller.user] };
        match commands::execute(&call.shared.app.command_deps, call.caller, command).await? {
            reply::Result::UserList(list) if list.users.len() == 1 => {
                Ok(Wire(list.users.into_iter().next().unwrap_or_default()))
            }
            _ => Err(Refusal::new(ErrorCode::NotFound, "the user is gone").into()),
        }
    }
}
