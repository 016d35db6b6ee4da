//! Tests the code of each denial, the code that the user receives, and the explanations of decisions.

use super::tables::ACCEPTED;
use crate::{
    Action, BuiltInDenial, Capability, Code, ConversationContext, ConversationKind, ConversationState, Decision, Delivers,
    EntityKey, FactChange, GroupState, MemberRole, Policy, Resource, RoleSet, RuleOutcome, UserIx, UserStatus, Witness,
    World, WritableBy,
};

const POLICY: &str = "
policy     test
roles      learner teacher
kinds      class
relations  block:own friend:mutual
setting    messaging on off
setting    edit_window 15m

deny  find,start,send   blocked   when them -block-> me          code needs_friend
deny  start             off       when setting(messaging)=off    code messaging_off
deny  address_group     silent    when setting(messaging)=off    code messaging_off
deny  send              closed    when state=closed              code closed
allow find,start        same      when same
allow find,start        class     when me learner@class with them learner@class
allow find,address_group mine     when me teacher@class in group
allow request           anyone    when everyone
allow accept            asked     when asked
allow unrelate          friends   when me -friend- them
allow send              holder    when holder and may start
allow send              group     when holder and conversation=group
allow reply,read        reads     when holder
allow edit              author    when author and age<edit_window
allow rename            owner     when owner
otherwise start         teachers  when me teacher@class with them learner@class code recipient_inactive
otherwise send          lost      code not_found
";

fn school(policy: &Policy) -> World {
    let words = policy.vocabulary();
    let (learner, teacher) = (words.role("learner").unwrap(), words.role("teacher").unwrap());
    let (class, friend) = (words.kind("class").unwrap(), words.relation("friend").unwrap());
    let user = |key, status| FactChange::User {
        key,
        status,
        roles: RoleSet::default(),
        writable_by: WritableBy::Rules,
        words: vec![format!("u{key}")],
    };
    let member = |user, role| FactChange::Membership { user, group: 100, role, from_ms: None, until_ms: None };
    let mut world = World::new(words.clone());
    world.apply_all(&[
        user(LEA, UserStatus::Active),
        user(TOM, UserStatus::Active),
        user(ANNE, UserStatus::Active),
        user(GONE, UserStatus::Deactivated),
        user(LOST, UserStatus::Removed),
        user(FAR, UserStatus::Active),
        FactChange::Group {
            key: 100,
            kind: class,
            parent: None,
            state: GroupState::Active,
            delivers: Delivers::Both,
            words: vec!["a".to_owned()],
        },
        member(LEA, learner),
        member(TOM, learner),
        member(GONE, learner),
        member(LOST, learner),
        member(ANNE, teacher),
        FactChange::Relation { from: LEA, to: TOM, relation: friend, state: ACCEPTED },
        FactChange::Relation { from: ANNE, to: LEA, relation: friend, state: crate::RelationState::Pending },
    ]);
    world
}

const LEA: EntityKey = 1;
const TOM: EntityKey = 2;
const ANNE: EntityKey = 3;
const GONE: EntityKey = 4;
const LOST: EntityKey = 5;
const FAR: EntityKey = 6;

fn parse(text: &str) -> Policy {
    Policy::parse(text).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn user_ix(world: &World, key: EntityKey) -> UserIx {
    world.user(key).unwrap()
}

fn code(decision: Decision) -> Option<Code> {
    match decision {
        Decision::Deny { code, .. } => Some(code),
        Decision::Allow { .. } => None,
    }
}

fn public_code(decision: Decision) -> Option<Code> {
    match decision {
        Decision::Deny { public_code, .. } => Some(public_code),
        Decision::Allow { .. } => None,
    }
}

#[test]
fn denials_about_users_have_their_codes() {
    let policy = parse(POLICY);
    let world = school(&policy);
    for (action, me, them, expected) in [
        (Action::Start, LEA, TOM, None),
        (Action::Start, LEA, LEA, None),
        (Action::Start, LEA, FAR, Some(Code::CannotStart)),
        (Action::Start, ANNE, LEA, Some(Code::RecipientInactive)),
        (Action::Start, LEA, GONE, Some(Code::RecipientInactive)),
        (Action::Start, LEA, LOST, Some(Code::NotFound)),
        (Action::Start, GONE, LEA, Some(Code::NotFound)),
        (Action::Find, LEA, TOM, None),
        (Action::Find, LEA, GONE, Some(Code::NotFound)),
        (Action::Find, LEA, FAR, Some(Code::NotFound)),
        (Action::Request, LEA, FAR, None),
        (Action::Request, LEA, GONE, Some(Code::RecipientInactive)),
        (Action::Block, LEA, FAR, Some(Code::Unsupported)),
    ] {
        let decision = policy.decide(&world, action, user_ix(&world, me), Resource::User(user_ix(&world, them)));
        assert_eq!(code(decision), expected, "{action:?} {me} {them}");
        assert_eq!(public_code(decision), expected, "{action:?} {me} {them}");
    }
    let nobody = UserIx(u32::MAX);
    for (me, them) in [(user_ix(&world, LEA), nobody), (nobody, user_ix(&world, LEA)), (nobody, nobody)] {
        assert_eq!(code(policy.decide(&world, Action::Start, me, Resource::User(them))), Some(Code::NotFound));
        assert!(policy.reach(&world, nobody, Action::Start).is_empty());
    }
}

#[test]
fn a_denial_wins_and_a_setting_also_applies_to_groups() {
    let policy = parse(POLICY);
    let mut world = school(&policy);
    let (lea, tom, anne) = (user_ix(&world, LEA), user_ix(&world, TOM), user_ix(&world, ANNE));
    let group = world.group(100).unwrap();
    let (block, messaging) =
        (policy.vocabulary().relation("block").unwrap(), policy.vocabulary().setting("messaging").unwrap());
    assert!(policy.decide(&world, Action::AddressGroup, anne, Resource::Group(group)).is_allowed());
    assert_eq!(policy.group_reach(&world, anne, Action::AddressGroup), [group]);
    let refused = policy.decide(&world, Action::AddressGroup, lea, Resource::Group(group));
    assert_eq!(code(refused), Some(Code::GroupNotAddressable));
    world.apply(&FactChange::Relation { from: TOM, to: LEA, relation: block, state: ACCEPTED });
    let refused = policy.decide(&world, Action::Start, lea, Resource::User(tom));
    assert_eq!(code(refused), Some(Code::NeedsFriend));
    assert!(matches!(refused, Decision::Deny { rule: Some(rule), .. } if policy.rule_name(rule) == "blocked"));
    assert!(policy.decide(&world, Action::Start, tom, Resource::User(lea)).is_allowed());
    world.apply(&FactChange::Setting { setting: messaging, value: Some("off".to_owned()) });
    let refused = policy.decide(&world, Action::AddressGroup, anne, Resource::Group(group));
    assert_eq!(code(refused), Some(Code::MessagingOff));
    assert_eq!(code(policy.decide(&world, Action::Start, tom, Resource::User(lea))), Some(Code::MessagingOff));
    assert!(policy.reach(&world, tom, Action::Start).is_empty());
    world.apply(&FactChange::Setting { setting: messaging, value: Some("perhaps".to_owned()) });
    assert_eq!(world.setting(messaging), "on", "an undeclared value counts as the default");
}

#[test]
fn a_secret_directory_answers_not_found() {
    let policy = parse(&POLICY.replace("relations  block", "secret_directory\nrelations  block"));
    let world = school(&policy);
    let user_resource = |key| Resource::User(user_ix(&world, key));
    for (action, me, them, admin_code) in [
        (Action::Start, LEA, FAR, Code::CannotStart),
        (Action::Start, ANNE, LEA, Code::RecipientInactive),
        (Action::Start, LEA, GONE, Code::RecipientInactive),
        (Action::Request, LEA, GONE, Code::RecipientInactive),
    ] {
        let decision = policy.decide(&world, action, user_ix(&world, me), user_resource(them));
        assert_eq!(
            (code(decision), public_code(decision)),
            (Some(admin_code), Some(Code::NotFound)),
            "{action:?} {me} {them}"
        );
    }
    let group = Resource::Group(world.group(100).unwrap());
    let decision = policy.decide(&world, Action::AddressGroup, user_ix(&world, LEA), group);
    assert_eq!((code(decision), public_code(decision)), (Some(Code::GroupNotAddressable), Some(Code::NotFound)));
    for action in [Action::Block, Action::Accept, Action::Unrelate] {
        assert_eq!(
            public_code(policy.decide(&world, action, user_ix(&world, LEA), user_resource(FAR))),
            Some(Code::NotFound),
            "{action:?}"
        );
    }
    // A denial that is about no user keeps its code, and so does a denial about a user who can be found.
    let group = policy.decide(&world, Action::StartGroup, user_ix(&world, LEA), Resource::None);
    assert_eq!(public_code(group), Some(Code::Unsupported));
    let block = policy.decide(&world, Action::Block, user_ix(&world, LEA), user_resource(TOM));
    assert_eq!(public_code(block), Some(Code::Unsupported));
}

#[test]
fn a_secret_directory_shows_the_code_for_users_who_can_be_found() {
    let policy = parse(&POLICY.replace("relations  block", "secret_directory\nrelations  block"));
    let mut world = school(&policy);
    let messaging = policy.vocabulary().setting("messaging").unwrap();
    let block = policy.vocabulary().relation("block").unwrap();
    world.apply(&FactChange::Setting { setting: messaging, value: Some("off".to_owned()) });
    let public = |world: &World, action, me, about| public_code(policy.decide(world, action, user_ix(world, me), about));
    let user_resource = |key| Resource::User(user_ix(&world, key));
    assert_eq!(public(&world, Action::Start, LEA, user_resource(TOM)), Some(Code::MessagingOff));
    assert_eq!(public(&world, Action::Start, LEA, user_resource(FAR)), Some(Code::NotFound), "out of reach");
    assert_eq!(public(&world, Action::Start, LEA, user_resource(GONE)), Some(Code::NotFound), "not active");
    assert_eq!(
        public(&world, Action::Start, LEA, Resource::User(UserIx(u32::MAX))),
        Some(Code::NotFound),
        "an unknown user"
    );
    let group = Resource::Group(world.group(100).unwrap());
    assert_eq!(public(&world, Action::AddressGroup, ANNE, group), Some(Code::MessagingOff));
    assert_eq!(public(&world, Action::AddressGroup, LEA, group), Some(Code::NotFound));
    let tom = user_resource(TOM);
    world.apply(&FactChange::Relation { from: TOM, to: LEA, relation: block, state: ACCEPTED });
    for action in [Action::Find, Action::Start] {
        assert_eq!(public(&world, action, LEA, tom), Some(Code::NotFound), "blocked: {action:?}");
    }
}

#[test]
fn denials_about_relations_have_their_codes() {
    let policy = parse(POLICY);
    let world = school(&policy);
    let friend = policy.vocabulary().relation("friend").unwrap();
    let block = policy.vocabulary().relation("block").unwrap();
    let is_allowed = |action, me, them, relation| {
        policy.decide(&world, action, user_ix(&world, me), Resource::Relation(user_ix(&world, them), relation)).is_allowed()
    };
    assert!(is_allowed(Action::Accept, LEA, ANNE, friend));
    assert!(!is_allowed(Action::Accept, ANNE, LEA, friend), "who asked does not answer");
    assert!(!is_allowed(Action::Accept, LEA, ANNE, block), "they asked for something else");
    assert!(!is_allowed(Action::Accept, LEA, TOM, friend), "it is accepted");
    assert!(is_allowed(Action::Unrelate, LEA, TOM, friend) && is_allowed(Action::Unrelate, TOM, LEA, friend));
    assert!(!is_allowed(Action::Unrelate, LEA, ANNE, friend), "a pending one is none yet");
}

#[test]
fn denials_in_conversations_have_their_codes() {
    let policy = parse(POLICY);
    let world = school(&policy);
    let lea = user_ix(&world, LEA);
    let direct_conversation = |peer: Option<EntityKey>, role, state| ConversationContext {
        kind: ConversationKind::Direct,
        state,
        role,
        peer: peer.map(|key| user_ix(&world, key)),
    };
    let member = Some(MemberRole::Member);
    for (action, conversation, expected) in [
        (Action::Send, direct_conversation(Some(TOM), member, ConversationState::Open), None),
        (Action::Send, direct_conversation(Some(LEA), member, ConversationState::Open), None),
        (Action::Send, direct_conversation(Some(TOM), member, ConversationState::Closed), Some(Code::Closed)),
        (Action::Send, direct_conversation(Some(FAR), member, ConversationState::Open), Some(Code::NotFound)),
        (Action::Send, direct_conversation(Some(GONE), member, ConversationState::Open), Some(Code::NotFound)),
        // There is no user for the condition `start`, so neither the denial nor the permission matches.
        (Action::Send, direct_conversation(None, member, ConversationState::Open), Some(Code::NotFound)),
        (Action::Read, direct_conversation(Some(TOM), None, ConversationState::Open), Some(Code::NotAMember)),
        (Action::Close, direct_conversation(Some(TOM), member, ConversationState::Open), Some(Code::Unsupported)),
        (Action::Rename, direct_conversation(Some(TOM), member, ConversationState::Open), Some(Code::Unsupported)),
        (Action::Rename, direct_conversation(Some(TOM), Some(MemberRole::Owner), ConversationState::Open), None),
        (
            Action::Rename,
            direct_conversation(Some(FAR), Some(MemberRole::Owner), ConversationState::Open),
            Some(Code::NotFound),
        ),
    ] {
        let decision = policy.decide(&world, action, lea, Resource::Conversation(conversation));
        assert_eq!(code(decision), expected, "{action:?} {conversation:?}");
    }
    let not_a_member = policy.decide(
        &world,
        Action::Send,
        lea,
        Resource::Conversation(direct_conversation(Some(TOM), None, ConversationState::Open)),
    );
    assert_eq!(public_code(not_a_member), Some(Code::NotFound));
    let allowed = policy.decide(
        &world,
        Action::Send,
        lea,
        Resource::Conversation(direct_conversation(Some(TOM), member, ConversationState::Open)),
    );
    assert!(matches!(allowed, Decision::Allow { witness: Witness::Holder, .. }));
    assert_eq!(
        policy.capabilities(&world, lea, direct_conversation(Some(TOM), member, ConversationState::Open)),
        [Capability::Send, Capability::Edit, Capability::Reply]
    );
    assert_eq!(policy.capabilities(&world, lea, direct_conversation(Some(TOM), None, ConversationState::Open)), []);
    assert_eq!(
        policy.capabilities(&world, user_ix(&world, GONE), direct_conversation(Some(TOM), member, ConversationState::Open)),
        []
    );
}

#[test]
fn denials_about_messages_have_their_codes() {
    let policy = parse(POLICY);
    let mut world = school(&policy);
    let edit_window = policy.vocabulary().setting("edit_window").unwrap();
    let conversation = ConversationContext {
        kind: ConversationKind::Group,
        state: ConversationState::Open,
        role: Some(MemberRole::Member),
        peer: None,
    };
    let edit = |world: &World, own, age_ms| {
        let message = Resource::Message { conversation, is_author: own, age_ms };
        code(policy.decide(world, Action::Edit, user_ix(world, LEA), message))
    };
    assert_eq!(edit(&world, true, 15 * 60_000 - 1), None);
    assert_eq!(edit(&world, true, 15 * 60_000), Some(Code::Unsupported));
    assert_eq!(edit(&world, false, 0), Some(Code::NotAuthor));
    assert_eq!(edit(&world, false, 15 * 60_000), Some(Code::Unsupported), "the author could not either");
    world.apply(&FactChange::Setting { setting: edit_window, value: Some("2h".to_owned()) });
    assert_eq!(edit(&world, true, 7_199_999), None);
    for wrong in ["-1", "99999999999999999999", "2 weeks", "", "9999999999999999d"] {
        world.apply(&FactChange::Setting { setting: edit_window, value: Some(wrong.to_owned()) });
        assert_eq!(world.setting(edit_window), "900000", "`{wrong}`");
    }
}

#[test]
fn decisions_are_explained() {
    let policy = parse(POLICY);
    let world = school(&policy);
    let resource = Resource::User(user_ix(&world, FAR));
    let reasons = policy.explain(&world, Action::Start, user_ix(&world, LEA), resource);
    let texts: Vec<String> = reasons
        .iter()
        .map(|reason| match &reason.outcome {
            RuleOutcome::Matched { witness, .. } => format!("{}: {witness:?}", policy.rule_name(reason.rule)),
            RuleOutcome::Missing(what) | RuleOutcome::Excepted(what) => format!("{}: {what}", policy.rule_name(reason.rule)),
        })
        .collect();
    assert_eq!(
        texts,
        [
            "blocked: would need the relation `block` from them to me",
            "off: would need the setting `messaging` to be `off`",
            "same: would need them to be the same user as me",
            "class: would need a group in which I am learner@class and they are learner@class",
            "teachers: would need a group in which I am teacher@class and they are learner@class",
        ]
    );
    let group = world.group(100).unwrap();
    let reasons = policy.explain(&world, Action::AddressGroup, user_ix(&world, ANNE), Resource::Group(group));
    let matched = RuleOutcome::Matched { witness: Witness::Group(group), holds: Vec::new(), lacks: Vec::new() };
    assert_eq!(reasons.last().map(|reason| reason.outcome.clone()), Some(matched));
}

#[test]
fn a_match_is_explained_by_all_conditions_of_the_rule() {
    let policy = parse(
        "policy test\nroles boss\nrelations block:own friend:mutual\nsetting season on off\n\
         deny start season when setting(season)=on and role(me)=boss unless status(them)=invited code messaging_off\n\
         allow start friend when me -friend- them and setting(season)=on unless same\n\
         allow edit soon when author and age<15m",
    );
    let (mut world, boss) = (World::new(policy.vocabulary().clone()), RoleSet(1));
    let user = |key, roles| FactChange::User {
        key,
        status: UserStatus::Active,
        roles,
        writable_by: WritableBy::Rules,
        words: Vec::new(),
    };
    let friend = policy.vocabulary().relation("friend").unwrap();
    world.apply_all(&[
        user(LEA, boss),
        user(TOM, RoleSet::default()),
        FactChange::Relation { from: LEA, to: TOM, relation: friend, state: ACCEPTED },
    ]);
    let lea = user_ix(&world, LEA);
    let outcomes = |action, about| {
        let reasons = policy.explain(&world, action, lea, about);
        reasons.into_iter().map(|reason| reason.outcome).collect::<Vec<RuleOutcome>>()
    };
    let matched = |witness, holds: &[&str], lacks: &[&str]| {
        let to_strings = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        RuleOutcome::Matched { witness, holds: to_strings(holds), lacks: to_strings(lacks) }
    };
    assert_eq!(
        outcomes(Action::Start, Resource::User(user_ix(&world, TOM))),
        [
            matched(Witness::Everyone, &["setting(season)=on", "role(me)=boss"], &["status(them)=invited"]),
            matched(Witness::Relation(friend), &["setting(season)=on"], &["same"]),
        ]
    );
    let conversation = ConversationContext {
        kind: ConversationKind::Group,
        state: ConversationState::Open,
        role: Some(MemberRole::Member),
        peer: None,
    };
    let own_message = Resource::Message { conversation, is_author: true, age_ms: 0 };
    assert_eq!(outcomes(Action::Edit, own_message), [matched(Witness::Everyone, &["author", "age<15m"], &[])]);
    let late_message = Resource::Message { conversation, is_author: true, age_ms: 15 * 60_000 };
    assert_eq!(
        outcomes(Action::Edit, late_message),
        [RuleOutcome::Missing("would need a message younger than 15m".to_owned())]
    );
}

#[test]
fn built_in_denials_are_listed() {
    let policy = parse(POLICY);
    let world = school(&policy);
    let (lea, gone, lost) = (user_ix(&world, LEA), user_ix(&world, GONE), user_ix(&world, LOST));
    let denial = |action, me, about| policy.built_in_denial(&world, action, me, about);
    let (lea_resource, lost_resource) = (Resource::User(lea), Resource::User(lost));
    assert_eq!(denial(Action::Start, gone, lea_resource), Some(BuiltInDenial::PrincipalInactive(UserStatus::Deactivated)));
    assert_eq!(denial(Action::Start, lea, lost_resource), Some(BuiltInDenial::OtherUserInactive(UserStatus::Removed)));
    assert_eq!(
        denial(Action::Find, lea, Resource::User(gone)),
        Some(BuiltInDenial::OtherUserInactive(UserStatus::Deactivated))
    );
    assert_eq!(denial(Action::SeeProfile, lea, lost_resource), None, "rules have their say");
    assert_eq!(denial(Action::Start, lea, Resource::User(user_ix(&world, FAR))), None);
    let conversation =
        ConversationContext { kind: ConversationKind::Group, state: ConversationState::Open, role: None, peer: None };
    assert_eq!(denial(Action::Read, lea, Resource::Conversation(conversation)), Some(BuiltInDenial::NotAMember));
}
