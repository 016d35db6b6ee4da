//! One version of a tenant's facts, with the rules over them.

use std::sync::Arc;

use causerie_policy::{
    Action, Capability, ConversationContext, ConversationKind, ConversationState, Decision, GroupIx, MemberRole, Policy,
    Resource, RuleEffect, Status, UserIx, World,
};
use causerie_protocol::{GroupId, TenantId, UserId};
use sea_orm::ConnectionTrait;

use super::convert;
use crate::store::{
    Store, StoreError, kinds,
    queries::{
        facts::{
            Load,
            read::{self, StoredPolicy, Version},
        },
        member_context::MemberContext,
    },
};

/// Facts and rules that belong together. Never changes; the next version is another snapshot.
pub struct Snapshot {
    /// Whose.
    pub tenant: TenantId,
    /// Of the facts.
    pub version: u64,
    /// Of the rules.
    pub policy_version: u64,
    /// The rules.
    pub policy: Arc<Policy>,
    /// The facts.
    pub world: World,
    /// By then the clock changes a fact. Milliseconds since 1970 UTC.
    valid_until_ms: i64,
}

/// The rules of a tenant, compiled, with their version.
pub(super) struct CompiledRules {
    /// 0 is the preset `open`.
    version: u64,
    policy: Arc<Policy>,
}

impl CompiledRules {
    /// Those of a version; `None` if they can't be read any more, which the log tells.
    pub(super) async fn read(
        connection: &impl ConnectionTrait,
        tenant: TenantId,
        version: u64,
    ) -> Result<Option<Self>, StoreError> {
        let stored = read::policy_of_version(connection, tenant, version).await?;
        let rules = stored.map(|stored| Self::of(tenant, Some(&stored)));
        Ok(rules.and_then(|rules| rules.inspect_err(|error| tracing::error!(%error, "rules can't be read")).ok()))
    }

    /// Rules that can't be read any more (a newer server wrote them) are an error, never a default.
    fn of(tenant: TenantId, stored: Option<&StoredPolicy>) -> Result<Self, StoreError> {
        let Some(stored) = stored else { return Ok(Self { version: 0, policy: default_policy() }) };
        let policy = Policy::parse(&stored.text).map_err(|problems| {
            let why = problems.first().map(ToString::to_string).unwrap_or_default();
            sea_orm::DbErr::Custom(format!("the policy of tenant {tenant}, version {}: {why}", stored.version))
        })?;
        Ok(Self { version: stored.version, policy: Arc::new(policy) })
    }
}

impl Snapshot {
    /// Reads rules and facts.
    pub(super) async fn load(store: &Store, tenant: TenantId, now_ms: i64) -> Result<Self, StoreError> {
        let load = Load::begin(store, tenant).await?;
        let rules = CompiledRules::of(tenant, load.policy())?;
        let (version, world) = read_world(load, &rules.policy, now_ms).await?;
        Ok(Self::of(tenant, version.facts, version.policy, rules.policy, world))
    }

    /// The next version, in which rules are others; `None` where these have other words.
    pub(super) fn under_rules(
        &self,
        CompiledRules { version, policy }: CompiledRules,
        facts: u64,
        world: World,
    ) -> Option<Self> {
        let has_same_words = policy.vocabulary() == self.policy.vocabulary();
        has_same_words.then(|| Self::of(self.tenant, facts, version, policy, world))
    }

    /// The same facts under other rules, to see what these would do. Read anew where the rules have other words: facts
    /// are held in the words of their rules.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn under(&self, store: &Store, policy: Arc<Policy>, now_ms: i64) -> Result<Self, StoreError> {
        if policy.vocabulary() == self.policy.vocabulary() {
            return Ok(Self::of(self.tenant, self.version, self.policy_version, policy, self.world.clone()));
        }
        let load = Load::begin(store, self.tenant).await?;
        let (version, world) = read_world(load, &policy, now_ms).await?;
        Ok(Self::of(self.tenant, version.facts, version.policy, policy, world))
    }

    fn of(tenant: TenantId, version: u64, policy_version: u64, policy: Arc<Policy>, world: World) -> Self {
        let valid_until_ms = world.valid_until_ms().unwrap_or(i64::MAX);
        Self { tenant, version, policy_version, policy, world, valid_until_ms }
    }

    pub(super) fn with(&self, version: u64, world: World) -> Self {
        Self::of(self.tenant, version, self.policy_version, Arc::clone(&self.policy), world)
    }

    pub(super) fn holds_at(&self, now_ms: i64) -> bool {
        now_ms < self.valid_until_ms
    }

    /// The person, as the rules number them.
    #[must_use]
    pub fn user(&self, user: UserId) -> Option<UserIx> {
        self.world.user(user.0.as_u128())
    }

    /// The group, as the rules number it.
    #[must_use]
    pub fn group(&self, group: GroupId) -> Option<GroupIx> {
        self.world.group(group.0.as_u128())
    }

    /// The rules are one of ours, untouched.
    #[must_use]
    pub fn policy_is_preset(&self) -> bool {
        self.policy_version == 0 || causerie_policy::PRESETS.iter().any(|(_, text)| *text == self.policy.text())
    }

    /// What the rules say. `None` for one they do not know: nothing is allowed then.
    #[must_use]
    pub fn decide(&self, action: Action, me: UserId, about: Resource) -> Option<Decision> {
        Some(self.policy.decide(&self.world, action, self.user(me)?, about))
    }

    /// Whether a person may see another's profile and presence.
    #[must_use]
    pub fn sees(&self, me: UserId, them: UserId) -> bool {
        let about = self.user(them).map(Resource::User);
        me == them
            || about.and_then(|about| self.decide(Action::SeeProfile, me, about)).is_some_and(|said| said.is_allowed())
    }

    /// Whether a member may read a conversation. Everything that tells a member of one asks this first.
    #[must_use]
    pub fn reads(&self, me: UserId, conversation: &MemberContext) -> bool {
        let about = Resource::Conversation(self.conversation(me, conversation));
        conversation.role.is_some() && self.decide(Action::Read, me, about).is_some_and(|said| said.is_allowed())
    }

    /// Whether a person finds another, in the directory or by their profile.
    #[must_use]
    pub fn finds(&self, me: UserId, them: UserId) -> bool {
        let about = self.user(them).map(Resource::User);
        let finds = about.and_then(|about| self.decide(Action::Find, me, about)).is_some_and(|said| said.is_allowed());
        finds || self.sees(me, them)
    }

    /// Whether a person finds a group in the directory.
    #[must_use]
    pub fn finds_group(&self, me: UserId, group: GroupId) -> bool {
        let about = self.group(group).map(Resource::Group);
        about.and_then(|about| self.decide(Action::Find, me, about)).is_some_and(|said| said.is_allowed())
    }

    /// Whether a person may learn what another does in a conversation of both: that they write, and how far they have read.
    /// A rule that denies the profile denies this; where members are secret, so does not finding them.
    #[must_use]
    pub fn shows_activity(&self, me: UserId, them: UserId) -> bool {
        if me == them {
            return true;
        }
        let is_denied = self.user(them).is_none_or(|them| self.denies(Action::SeeProfile, me, Resource::User(them)));
        !is_denied && (!self.policy.secret_members() || self.finds(me, them))
    }

    /// Whether a rule denies this, rather than none allowing it.
    #[must_use]
    pub fn denies(&self, action: Action, me: UserId, about: Resource) -> bool {
        match self.decide(action, me, about) {
            Some(Decision::Deny { rule, .. }) => rule
                .and_then(|rule| self.policy.rules().get(usize::from(rule.0)))
                .is_some_and(|rule| rule.effect == RuleEffect::Deny),
            Some(_) => false,
            None => true,
        }
    }

    /// Whether a person is active.
    #[must_use]
    pub fn is_active(&self, user: UserId) -> bool {
        self.user(user).is_some_and(|ix| self.world.status(ix) == Status::Active)
    }

    /// Whether a person may start with another.
    #[must_use]
    pub fn may_start(&self, me: UserId, them: UserId) -> bool {
        let about = self.user(them).map(Resource::User);
        about.and_then(|about| self.decide(Action::Start, me, about)).is_some_and(|said| said.is_allowed())
    }

    /// Whether what a member reads may be told to the other one of a conversation of two: only while they may write to them,
    /// were it open. In other conversations it may.
    #[must_use]
    pub fn tells_reading(&self, me: UserId, conversation: &MemberContext) -> bool {
        let open = ConversationContext { state: ConversationState::Open, ..self.conversation(me, conversation) };
        let send = || self.decide(Action::Send, me, Resource::Conversation(open));
        conversation.kind != kinds::DIRECT || send().is_some_and(|said| said.is_allowed())
    }

    /// What a person may do in a conversation.
    #[must_use]
    pub fn capabilities(&self, me: UserId, facts: &MemberContext) -> Vec<Capability> {
        match self.user(me) {
            Some(ix) => self.policy.capabilities(&self.world, ix, self.conversation(me, facts)),
            None => Vec::new(),
        }
    }

    /// A conversation in the policy's terms. What this program does not know is taken for the strictest.
    #[must_use]
    pub fn conversation(&self, me: UserId, facts: &MemberContext) -> ConversationContext {
        let kind = match facts.kind {
            kinds::NOTE_TO_SELF => ConversationKind::NoteToSelf,
            kinds::DIRECT => ConversationKind::Direct,
            kinds::MAIL => ConversationKind::Mail,
            _ => ConversationKind::Group,
        };
        ConversationContext {
            kind,
            state: match facts.state {
                kinds::OPEN => ConversationState::Open,
                kinds::CLOSED => ConversationState::Closed,
                _ => ConversationState::Locked,
            },
            role: facts.role.map(|role| if role == kinds::OWNER { MemberRole::Owner } else { MemberRole::Member }),
            peer: match kind {
                ConversationKind::NoteToSelf => self.user(me),
                _ => facts.peer.and_then(|peer| self.user(peer)),
            },
        }
    }
}

/// The rules in force, without the facts.
///
/// # Errors
/// When the database fails, or holds rules that can't be read any more.
pub async fn policy(store: &Store, tenant: TenantId) -> Result<Arc<Policy>, StoreError> {
    Ok(CompiledRules::of(tenant, read::policy(store.reader(), tenant).await?.as_ref())?.policy)
}

/// All facts in the words of a policy.
async fn read_world(load: Load, policy: &Policy, now_ms: i64) -> Result<(Version, World), StoreError> {
    let version = load.version();
    let mut world = World::new(Arc::clone(policy.vocabulary()));
    load.facts(|changes| world.apply_all(&convert::changes(policy.vocabulary(), changes))).await?;
    world.advance(now_ms);
    Ok((version, world))
}

/// The rules of tenants that chose none.
fn default_policy() -> Arc<Policy> {
    static OPEN: std::sync::LazyLock<Arc<Policy>> =
        std::sync::LazyLock::new(|| Arc::new(Policy::preset("open").expect("a test reads every preset")));
    Arc::clone(&OPEN)
}
