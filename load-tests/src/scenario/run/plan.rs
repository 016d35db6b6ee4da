//! Derives each single user, group and conversation from the content of a file. The same file gives the same plan
//! in every run.

use std::collections::HashSet;

use super::model::{Conversation, Kind, Model};
use crate::Outcome;

/// The largest number of members of all conversations together.
const SEATS_MAX: usize = 1_000_000;
/// The number of attempts to draw a conversation, after which no further different conversation is expected.
const DRAWS: usize = 200;

/// All users, groups and conversations, by number. Users who connect have the lowest numbers.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// The number of users.
    pub users: u32,
    /// The number of users who connect.
    pub online: u32,
    /// The users of each kind of the model.
    pub numbers: Vec<Vec<u32>>,
    /// For each kind of groups of the model, its groups with their members.
    pub groups: Vec<Vec<Group>>,
    /// For each relation of the model, the pairs of users.
    pub relations: Vec<Vec<(u32, u32)>>,
    /// For each kind of conversations of the model except mails, its conversations with their members. The first member
    /// starts the conversation.
    pub conversations: Vec<Vec<Vec<u32>>>,
    /// The mails, mixed, in the order of writing.
    pub mails: Vec<MailPlan>,
}

/// The members of a group, by the index of [`super::model::Groups::members`].
pub type Group = Vec<Vec<u32>>;

/// The addressing of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailPlan {
    /// The author.
    pub from: u32,
    /// The users that the mail addresses.
    pub to: Vec<u32>,
    /// The group to which it is addressed: index of its kind, and its number.
    pub group: Option<(usize, u32)>,
    /// All users who get it.
    pub readers: Vec<u32>,
}

/// A random generator with the same numbers in every run (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % (bound.max(1) as u64)).unwrap_or(0)
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        all.get(self.below(all.len())).copied()
    }
}

impl Plan {
    /// Makes the plan.
    ///
    /// # Errors
    /// When there are fewer different conversations than the file requires.
    pub fn of(model: &Model) -> Outcome<Self> {
        let mut plan = Self::users(model);
        plan.groups = model.groups.iter().map(|groups| plan.members(groups)).collect();
        plan.relations = model.relations.iter().map(|it| plan.related(it)).collect::<Outcome<_>>()?;
        let mut seats = 0;
        let mut pairs = HashSet::new();
        let mut by_entry: Vec<Vec<MailPlan>> = Vec::new();
        for (number, wanted) in model.conversations.iter().enumerate() {
            let mut random = Dice(number as u64);
            let mut found = Vec::new();
            let mut mails = Vec::new();
            let want = wanted.count as usize;
            for _ in 0..want.saturating_mul(DRAWS) {
                if found.len() + mails.len() == want {
                    break;
                }
                if wanted.kind == Kind::Mail {
                    let Some(mail) = plan.mail(model, wanted, &mut random) else { continue };
                    seats += mail.readers.len();
                    mails.push(mail);
                } else {
                    let Some(members) = plan.conversation(model, wanted, &mut random) else { continue };
                    let pair = [members[0].min(members[1]), members[0].max(members[1])];
                    if wanted.kind == Kind::Group || pairs.insert(pair) {
                        seats += members.len();
                        found.push(members);
                    }
                }
                if seats > SEATS_MAX {
                    return Err(wanted
                        .mark
                        .wrong(&format!("that makes more than {SEATS_MAX} members of conversations in all")));
                }
            }
            let there = found.len() + mails.len();
            if there < want {
                return Err(wanted.mark.wrong(&format!(
                    "only {there} different ones, begun by somebody online, could be made of these users, not {want}: ask for \
                     fewer, have more users or more of them online, or look at `within`, `along` and who is a member where"
                )));
            }
            plan.conversations.push(found);
            by_entry.push(mails);
        }
        plan.mails = mixed(by_entry);
        Ok(plan)
    }

    fn users(model: &Model) -> Self {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // at most as many as there are
        let online = |count: u32| (f64::from(count) * model.load.online).ceil() as u32;
        let mut plan = Self { online: model.users.iter().map(|it| online(it.count)).sum(), ..Self::default() };
        let (mut there, mut away) = (0, plan.online);
        for kind in &model.users {
            let (here, gone) = (online(kind.count), kind.count - online(kind.count));
            plan.numbers.push((there..there + here).chain(away..away + gone).collect());
            (there, away) = (there + here, away + gone);
        }
        plan.users = away;
        plan
    }

    /// Distributes the users in turn: each user is in as many neighbouring groups as the file requires.
    fn members(&self, groups: &super::model::Groups) -> Vec<Group> {
        let count = groups.count as usize;
        let mut all = vec![vec![Vec::new(); groups.members.len()]; count];
        for (place, members) in groups.members.iter().enumerate() {
            let each = members.each as usize;
            for (at, user) in self.numbers[members.users].iter().enumerate() {
                (0..each).for_each(|step| all[(at * each + step) % count][place].push(*user));
            }
        }
        all
    }

    /// Relates each user to the following users of the other list.
    fn related(&self, relation: &super::model::Relation) -> Outcome<Vec<(u32, u32)>> {
        let (from, to) = (&self.numbers[relation.from], &self.numbers[relation.to]);
        let (each, same) = (relation.each as usize, relation.from == relation.to);
        if each + usize::from(same) > to.len() {
            return Err(relation.mark.wrong(&format!("each can't have {each} of {} users", to.len())));
        }
        let related = |at: usize| {
            let first = if same { at + 1 } else { at * each };
            (0..each).map(move |step| (from[at], to[(first + step) % to.len()]))
        };
        Ok((0..from.len()).flat_map(related).collect())
    }

    /// Draws a conversation; `None` if the draw does not fit. The first member connects, because the process of this
    /// user sends the messages.
    fn conversation(&self, model: &Model, wanted: &Conversation, random: &mut Dice) -> Option<Vec<u32>> {
        let from = random.one_of(&self.numbers[wanted.from]).filter(|from| *from < self.online)?;
        let others = self.others(model, wanted, from, wanted.members as usize - 1, random)?;
        Some(std::iter::once(from).chain(others).collect())
    }

    /// Draws the addressing of a mail; `None` if the draw does not fit. The author connects.
    fn mail(&self, model: &Model, wanted: &Conversation, random: &mut Dice) -> Option<MailPlan> {
        let from = random.one_of(&self.numbers[wanted.from]).filter(|from| *from < self.online)?;
        let to = match wanted.to {
            Some(_) => self.others(model, wanted, from, wanted.members as usize, random)?,
            None => Vec::new(),
        };
        let group = match wanted.to_group {
            Some(kind) => {
                let own = (wanted.within == Some(kind)).then(|| self.groups_of(model, kind, wanted.from, from));
                let group = match own {
                    Some(own) => random.one_of(&own)?,
                    None => random.below(self.groups[kind].len()),
                };
                Some((kind, u32::try_from(group).ok()?))
            }
            None => None,
        };
        // The author also gets the mail.
        let mut readers: Vec<u32> = to.iter().copied().chain([from]).collect();
        if let Some((kind, group)) = group {
            readers.extend(self.groups[kind][group as usize].iter().flatten());
        }
        readers.sort_unstable();
        readers.dedup();
        (readers.len() > 1).then_some(MailPlan { from, to, group, readers })
    }

    /// Draws different users who fit the file.
    fn others(&self, model: &Model, wanted: &Conversation, from: u32, many: usize, random: &mut Dice) -> Option<Vec<u32>> {
        let kind = wanted.to?;
        let related: Vec<u32>;
        let circle: &[u32] = match (wanted.within, wanted.along) {
            (Some(groups), _) => {
                let group = random.one_of(&self.groups_of(model, groups, wanted.from, from))?;
                let place = model.groups[groups].members.iter().position(|members| members.users == kind)?;
                &self.groups[groups][group][place]
            }
            (None, Some(along)) => {
                let pairs = &self.relations[along];
                let first = pairs.len() / self.numbers[wanted.from].len();
                // The relations are sorted by their first user, and each user has the same number of them.
                let at = self.numbers[wanted.from].binary_search(&from).ok()?;
                related = pairs[at * first..(at + 1) * first].iter().map(|(_, to)| *to).collect();
                &related
            }
            (None, None) => &self.numbers[kind],
        };
        let mut others: Vec<u32> = Vec::new();
        if 2 * many < circle.len() {
            while others.len() < many {
                let one = random.one_of(circle)?;
                if one != from && !others.contains(&one) {
                    others.push(one);
                }
            }
            return Some(others);
        }
        others.extend(circle.iter().filter(|one| **one != from));
        while others.len() > many {
            others.swap_remove(random.below(others.len()));
        }
        (others.len() == many).then_some(others)
    }

    /// The groups of a kind in which a user is a member.
    fn groups_of(&self, model: &Model, groups: usize, kind: usize, user: u32) -> Vec<usize> {
        let all = &model.groups[groups];
        let Some(members) = all.members.iter().find(|members| members.users == kind) else { return Vec::new() };
        let Ok(at) = self.numbers[kind].binary_search(&user) else { return Vec::new() };
        let each = members.each as usize;
        (0..each).map(|step| (at * each + step) % all.count as usize).collect()
    }
}

/// Takes one mail of each list in turn; the longest lists last.
fn mixed(lists: Vec<Vec<MailPlan>>) -> Vec<MailPlan> {
    let longest = lists.iter().map(Vec::len).max().unwrap_or(0);
    let mut lists: Vec<_> = lists.into_iter().map(Vec::into_iter).collect();
    (0..longest).flat_map(|_| lists.iter_mut().filter_map(Iterator::next).collect::<Vec<_>>()).collect()
}
