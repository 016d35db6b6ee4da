//! One version of a tenant's facts, with the policy that is evaluated over them.

use std::sync::Arc;

use causerie_policy::{
    Action, Capability, ConversationContext, Decision, GroupIx, Policy, Resource, RuleEffect, UserIx, World,
};
use causerie_protocol::{GroupId, TenantId, UserId};
use sea_orm::ConnectionTrait;

use super::convert;
use crate::{
    domain::{ConversationKind, ConversationState, UserStatus},
    store::{
        Store, StoreError,
        queries::{
            facts::{
                Load,
                read::{self, StoredPolicy, Version},
            },
            member_context::MemberContext,
        },
    },
};

/// One version of a tenant's facts, and the policy of that version. Immutable: a change makes another snapshot.
pub struct Snapshot {
    /// The tenant.
    pub tenant: TenantId,
    /// The version of the facts.
    pub version: u64,
    /// The version of the policy; 0 for the preset `open`.
    pub policy_version: u64,
    /// The compiled policy.
    pub policy: Arc<Policy>,
    /// The facts.
    pub world: World,
    /// The next time at which a membership begins or ends, which makes this snapshot outdated. Milliseconds since 1970 UTC.
    valid_until_ms: i64,
}

/// The compiled policy of a tenant, with its version.
pub(super) struct CompiledRules {
    /// 0 for the preset `open`.
    version: u64,
    policy: Arc<Policy>,
}

impl CompiledRules {
    /// Reads the policy with this version. `None` if it is missing or can't be parsed; the latter is logged.
    pub(super) async fn read(
        connection: &impl ConnectionTrait,
        tenant: TenantId,
        version: u64,
    ) -> Result<Option<Self>, StoreError> {
        let stored = read::policy_of_version(connection, tenant, version).await?;
        let rules = stored.map(|stored| Self::from_stored(tenant, Some(&stored)));
        Ok(rules.and_then(|rules| rules.inspect_err(|error| tracing::error!(%error, "rules can't be read")).ok()))
    }

    /// Compiles the stored policy. `None` stands for the preset `open`. A policy that can't be parsed, such as a policy that
    /// a newer server wrote, is an error: a default in its place could allow too much.
    fn from_stored(tenant: TenantId, stored: Option<&StoredPolicy>) -> Result<Self, StoreError> {
        let Some(stored) = stored else { return Ok(Self { version: 0, policy: default_policy() }) };
        let policy = Policy::parse(&stored.text).map_err(|problems| {
            let problem = problems.first().map(ToString::to_string).unwrap_or_default();
            sea_orm::DbErr::Custom(format!("the policy of tenant {tenant}, version {}: {problem}", stored.version))
        })?;
        Ok(Self { version: stored.version, policy: Arc::new(policy) })
    }
}

impl Snapshot {
    /// Loads the policy and all facts.
    pub(super) async fn load(store: &Store, tenant: TenantId, now_ms: i64) -> Result<Self, StoreError> {
        let load = Load::begin(store, tenant).await?;
        let rules = CompiledRules::from_stored(tenant, load.policy())?;
        let (version, world) = read_world(load, &rules.policy, now_ms).await?;
        Ok(Self::new(tenant, version.facts, version.policy, rules.policy, world))
    }

    /// The snapshot of the facts `world` at version `facts`, under another policy; `None` if that policy has another
    /// vocabulary.
    pub(super) fn under_rules(
        &self,
        CompiledRules { version, policy }: CompiledRules,
        facts: u64,
        world: World,
    ) -> Option<Self> {
        let has_same_vocabulary = policy.vocabulary() == self.policy.vocabulary();
        has_same_vocabulary.then(|| Self::new(self.tenant, facts, version, policy, world))
    }

    /// The same facts under another policy, to preview what that policy would do. If it has another vocabulary, the facts
    /// are read again, because a snapshot holds facts as numbers of its vocabulary.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn under(&self, store: &Store, policy: Arc<Policy>, now_ms: i64) -> Result<Self, StoreError> {
        if policy.vocabulary() == self.policy.vocabulary() {
            return Ok(Self::new(self.tenant, self.version, self.policy_version, policy, self.world.clone()));
        }
        let load = Load::begin(store, self.tenant).await?;
        let (version, world) = read_world(load, &policy, now_ms).await?;
        Ok(Self::new(self.tenant, version.facts, version.policy, policy, world))
    }

    fn new(tenant: TenantId, version: u64, policy_version: u64, policy: Arc<Policy>, world: World) -> Self {
        let valid_until_ms = world.valid_until_ms().unwrap_or(i64::MAX);
        Self { tenant, version, policy_version, policy, world, valid_until_ms }
    }

    /// Another version of the facts, under the same policy.
    pub(super) fn with_world(&self, version: u64, world: World) -> Self {
        Self::new(self.tenant, version, self.policy_version, Arc::clone(&self.policy), world)
    }

    /// Whether no membership has begun or ended by time since this snapshot was made.
    pub(super) fn is_valid_at(&self, now_ms: i64) -> bool {
        now_ms < self.valid_until_ms
    }

    /// The index of the user in the world; `None` if these facts do not contain the user.
    #[must_use]
    pub fn user(&self, user: UserId) -> Option<UserIx> {
        self.world.user(user.0.as_u128())
    }

    /// The index of the group in the world; `None` if these facts do not contain the group.
    #[must_use]
    pub fn group(&self, group: GroupId) -> Option<GroupIx> {
        self.world.group(group.0.as_u128())
    }

    /// Whether the policy is an unchanged preset.
    #[must_use]
    pub fn policy_is_preset(&self) -> bool {
        self.policy_version == 0 || causerie_policy::PRESETS.iter().any(|(_, text)| *text == self.policy.text())
    }

    /// Evaluates the rules. `None` if these facts do not contain the user; nothing is allowed then.
    #[must_use]
    pub fn decide(&self, action: Action, user: UserId, resource: Resource) -> Option<Decision> {
        Some(self.policy.decide(&self.world, action, self.user(user)?, resource))
    }

    /// Whether a user may see the profile and the presence of another user.
    #[must_use]
    pub fn sees(&self, user: UserId, other: UserId) -> bool {
        let resource = self.user(other).map(Resource::User);
        user == other
            || resource
                .and_then(|resource| self.decide(Action::SeeProfile, user, resource))
                .is_some_and(|decision| decision.is_allowed())
    }

    /// Whether a member may read a conversation. All code that sends a member data of a conversation calls this function
    /// first.
    #[must_use]
    pub fn reads(&self, user: UserId, conversation: &MemberContext) -> bool {
        let resource = Resource::Conversation(self.conversation(user, conversation));
        conversation.role.is_some()
            && self.decide(Action::Read, user, resource).is_some_and(|decision| decision.is_allowed())
    }

    /// Whether a user finds another user, in the directory or through the profile.
    #[must_use]
    pub fn finds(&self, user: UserId, other: UserId) -> bool {
        let resource = self.user(other).map(Resource::User);
        let may_find = resource
            .and_then(|resource| self.decide(Action::Find, user, resource))
            .is_some_and(|decision| decision.is_allowed());
        may_find || self.sees(user, other)
    }

    /// Whether a user finds a group in the directory.
    #[must_use]
    pub fn finds_group(&self, user: UserId, group: GroupId) -> bool {
        let resource = self.group(group).map(Resource::Group);
        resource.and_then(|resource| self.decide(Action::Find, user, resource)).is_some_and(|decision| decision.is_allowed())
    }

    /// Whether a user may see the activity of another user in a conversation that both are in: typing and the read position.
    /// A rule that denies the profile denies the activity. In a policy with secret members, the user must also find the
    /// other user.
    #[must_use]
    pub fn shows_activity(&self, user: UserId, other: UserId) -> bool {
        if user == other {
            return true;
        }
        let is_denied = self.user(other).is_none_or(|other| self.denies(Action::SeeProfile, user, Resource::User(other)));
        !is_denied && (!self.policy.secret_members() || self.finds(user, other))
    }

    /// Whether a deny rule matches. False if the action is denied only because no allow rule matches. True if these facts do
    /// not contain the user.
    #[must_use]
    pub fn denies(&self, action: Action, user: UserId, resource: Resource) -> bool {
        match self.decide(action, user, resource) {
            Some(Decision::Deny { rule, .. }) => rule
                .and_then(|rule| self.policy.rules().get(usize::from(rule.0)))
                .is_some_and(|rule| rule.effect == RuleEffect::Deny),
            Some(_) => false,
            None => true,
        }
    }

    /// Whether the user exists in these facts and is active.
    #[must_use]
    pub fn is_active(&self, user: UserId) -> bool {
        self.user(user).is_some_and(|ix| self.world.status(ix) == UserStatus::Active)
    }

    /// Whether a user may start a conversation with another user.
    #[must_use]
    pub fn may_start(&self, user: UserId, other: UserId) -> bool {
        let resource = self.user(other).map(Resource::User);
        resource
            .and_then(|resource| self.decide(Action::Start, user, resource))
            .is_some_and(|decision| decision.is_allowed())
    }

    /// Whether the read position of a member may be shown to the other user of a direct conversation: only while the member
    /// may write to that user. A closed conversation is evaluated as if it were open. True in conversations of other kinds.
    #[must_use]
    pub fn shows_read_position(&self, user: UserId, conversation: &MemberContext) -> bool {
        let open = ConversationContext { state: ConversationState::Open, ..self.conversation(user, conversation) };
        let send = || self.decide(Action::Send, user, Resource::Conversation(open));
        conversation.kind != ConversationKind::Direct || send().is_some_and(|decision| decision.is_allowed())
    }

    /// The actions that a user may do in a conversation.
    #[must_use]
    pub fn capabilities(&self, user: UserId, context: &MemberContext) -> Vec<Capability> {
        match self.user(user) {
            Some(ix) => self.policy.capabilities(&self.world, ix, self.conversation(user, context)),
            None => Vec::new(),
        }
    }

    /// The conversation as `policy` evaluates it, for a user with this context.
    #[must_use]
    pub fn conversation(&self, user: UserId, context: &MemberContext) -> ConversationContext {
        let peer = match context.kind {
            ConversationKind::NoteToSelf => self.user(user),
            _ => context.peer.and_then(|peer| self.user(peer)),
        };
        ConversationContext { kind: context.kind, state: context.state, role: context.role, peer }
    }
}

/// The tenant's current policy, without loading the facts.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement, or if the stored policy can't be parsed.
pub async fn policy(store: &Store, tenant: TenantId) -> Result<Arc<Policy>, StoreError> {
    Ok(CompiledRules::from_stored(tenant, read::policy(store.reader(), tenant).await?.as_ref())?.policy)
}

/// Reads all facts, converted to the vocabulary of the policy.
async fn read_world(load: Load, policy: &Policy, now_ms: i64) -> Result<(Version, World), StoreError> {
    let version = load.version();
    let mut world = World::new(Arc::clone(policy.vocabulary()));
    load.facts(|changes| world.apply_all(&convert::changes(policy.vocabulary(), changes))).await?;
    world.advance(now_ms);
    Ok((version, world))
}

/// The policy of tenants that have not chosen one: the preset `open`.
fn default_policy() -> Arc<Policy> {
    static OPEN: std::sync::LazyLock<Arc<Policy>> =
        std::sync::LazyLock::new(|| Arc::new(Policy::preset("open").expect("a test reads every preset")));
    Arc::clone(&OPEN)
}
