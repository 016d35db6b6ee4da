//! `GET /v1/me`: the user who calls.

use causerie_protocol::{
    ErrorCode, Refusal,
    command::{Command, ReadCommand},
    wire,
    wire::reply,
};
use http::Method;

use crate::{
    auth::Caller,
    commands,
    http::{
        error::Problem,
        manage::endpoint::{Call, Endpoint, Wire},
    },
};

/// Returns the calling user.
pub struct GetMe;

impl Endpoint for GetMe {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v1/me";
    const ID: &'static str = "me";
    const SUMMARY: &'static str = "Returns the user who calls.";

    type Caller = Caller;
    type Query = ();
    type Body = ();
    type Answer = Wire<wire::User>;

    async fn run(call: Call<Self>, (): (), (): ()) -> Result<Self::Answer, Problem> {
        let command = Command::Read(ReadCommand::GetUsers { users: vec![call.caller.user] });
        match commands::execute(&call.shared.app.command_deps, call.caller, command).await? {
            reply::Result::UserList(list) if list.users.len() == 1 => {
                Ok(Wire(list.users.into_iter().next().unwrap_or_default()))
            }
            _ => Err(Refusal::new(ErrorCode::NotFound, "the user is gone").into()),
        }
    }
}
