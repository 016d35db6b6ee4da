//! `GET /v1/figures`: the numbers of the tenant's users, groups, connections and jobs, and the limits of this server.

use causerie_policy::UserStatus;
use causerie_protocol::limits;
use http::Method;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    auth::{ApiCaller, Scope},
    config::Config,
    http::{
        error::Problem,
        manage::endpoint::{Call, Endpoint, Json},
    },
    jobs::JobState,
    store::queries::jobs,
};

/// Counts the tenant's users, groups, connections and jobs, and returns the limits of this server.
pub struct GetFigures;

/// Counts of the tenant, and the limits of this server.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Figures {
    /// The users of the tenant.
    users: UserFigures,
    /// The groups of the tenant whose kind the rules declare.
    groups: u64,
    /// What the tenant does at the moment.
    online: OnlineFigures,
    /// The jobs of the tenant.
    jobs: JobFigures,
    /// The limits of this server, as its settings say.
    limits: ServerLimits,
}

/// The users of the tenant by status.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct UserFigures {
    /// Users who may connect.
    active: u64,
    /// Users who were invited and have not come yet.
    invited: u64,
    /// Users who may not connect.
    deactivated: u64,
    /// Users who were removed or erased.
    removed: u64,
}

/// The tenant's connections to the node that answers. Other nodes of the cluster have further connections.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OnlineFigures {
    /// Users with a connection.
    users: u64,
    /// Connections of these users.
    connections: u64,
}

/// The jobs of the tenant that are not done, by state.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JobFigures {
    /// Jobs that wait for their time.
    waiting: u64,
    /// Jobs that run.
    running: u64,
    /// Jobs that failed and do not run again.
    dead: u64,
}

/// Limits that apply to the tenant's users and back ends.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServerLimits {
    /// Bytes of one message (UTF-8).
    message_bytes_max: u64,
    /// Messages per second of one user, on average (`limits.sends_per_second`).
    sends_per_second: u32,
    /// Messages of one user at once (`limits.sends_burst`).
    sends_burst: u32,
    /// Directory searches per second of one user, on average (`limits.searches_per_second`).
    searches_per_second: u32,
    /// Frames per second of one connection, on average (`limits.frames_per_second`).
    frames_per_second: u32,
    /// Connections of one user to one node (`limits.connections_per_user_max`).
    connections_per_user_max: u64,
    /// Bytes of one import (`import.bytes_max`).
    import_bytes_max: u64,
    /// Bytes of one export (`export.bytes_max`).
    export_bytes_max: u64,
    /// Days for which the audit keeps a line (`audit.keep_days`).
    audit_keep_days: u32,
}

impl ServerLimits {
    /// The limits of these settings.
    fn from_config(config: &Config) -> Self {
        Self {
            message_bytes_max: limits::TEXT_BYTES_MAX as u64,
            sends_per_second: config.limits.sends_per_second,
            sends_burst: config.limits.sends_burst,
            searches_per_second: config.limits.searches_per_second,
            frames_per_second: config.limits.frames_per_second,
            connections_per_user_max: config.limits.connections_per_user_max as u64,
            import_bytes_max: config.import.bytes_max,
            export_bytes_max: config.export.bytes_max,
            audit_keep_days: config.audit.keep_days,
        }
    }
}

impl Endpoint for GetFigures {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v1/figures";
    const ID: &'static str = "getFigures";
    const SUMMARY: &'static str =
        "Counts the tenant's users, groups, connections and jobs, and returns the limits of this server.";
    const SCOPES: &'static [Scope] = &[Scope::Admin, Scope::Read];

    type Caller = ApiCaller;
    type Query = ();
    type Body = ();
    type Answer = Json<Figures>;

    async fn run(call: Call<Self>, (): (), (): ()) -> Result<Self::Answer, Problem> {
        let (app, tenant) = (&call.shared.app, call.caller.tenant);
        let facts = app.facts.latest(tenant).await?;
        let mut users = UserFigures::default();
        for user in facts.world.users() {
            *match facts.world.status(user) {
                UserStatus::Active => &mut users.active,
                UserStatus::Invited => &mut users.invited,
                UserStatus::Deactivated => &mut users.deactivated,
                UserStatus::Removed => &mut users.removed,
            } += 1;
        }
        let jobs = jobs::counts_of_tenant(&app.store, tenant).await?;
        let jobs = |state| jobs.get(&state).and_then(|count| u64::try_from(*count).ok()).unwrap_or_default();
        let (online, connections) = app.hub.online(tenant);
        Ok(Json(Figures {
            users,
            groups: facts.world.groups().count() as u64,
            online: OnlineFigures { users: online as u64, connections: connections as u64 },
            jobs: JobFigures {
                waiting: jobs(JobState::Waiting),
                running: jobs(JobState::Running),
                dead: jobs(JobState::Dead),
            },
            limits: ServerLimits::from_config(&app.config),
        }))
    }
}
