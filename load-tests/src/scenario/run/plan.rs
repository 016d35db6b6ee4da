//! From what a file says to each single person, group and conversation. The same file gives the same plan in every run.

use std::collections::HashSet;

use super::model::{Conversation, Kind, Model};
use crate::Outcome;

/// Members of all conversations together.
const SEATS_MAX: usize = 1_000_000;
/// Draws per conversation, before there seem to be no more of them.
const DRAWS: usize = 200;

/// Everyone and everything, by number. Those who come online have the lowest numbers.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// How many people there are.
    pub people: u32,
    /// How many of them come.
    pub online: u32,
    /// By the model's kinds of people.
    pub numbers: Vec<Vec<u32>>,
    /// By the model's groups: each of these, who is in it.
    pub groups: Vec<Vec<Group>>,
    /// By the model's relations: from whom to whom.
    pub relations: Vec<Vec<(u32, u32)>>,
    /// By the model's conversations that are no mails: each of these, its members; the first one starts it.
    pub conversations: Vec<Vec<Vec<u32>>>,
    /// Mails that are written in turn, mixed.
    pub mails: Vec<MailPlan>,
}

/// Who is in a group: by the places of [`super::model::Groups::members`].
pub type Group = Vec<Vec<u32>>;

/// A way to address a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailPlan {
    /// Who writes.
    pub from: u32,
    /// People it goes to.
    pub to: Vec<u32>,
    /// A group it goes to: the place of its kind, and its number.
    pub group: Option<(usize, u32)>,
    /// All who get it.
    pub readers: Vec<u32>,
}

/// Numbers without a pattern, the same in every run (splitmix64).
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
    /// Works it out.
    ///
    /// # Errors
    /// When there are fewer different conversations than the file wants.
    pub fn of(model: &Model) -> Outcome<Self> {
        let mut plan = Self::people(model);
        plan.groups = model.groups.iter().map(|groups| plan.members(groups)).collect();
        plan.relations = model.relations.iter().map(|it| plan.related(it)).collect::<Outcome<_>>()?;
        let mut seats = 0;
        let mut pairs = HashSet::new();
        let mut by_entry: Vec<Vec<MailPlan>> = Vec::new();
        for (number, wanted) in model.conversations.iter().enumerate() {
            let mut dice = Dice(number as u64);
            let mut found = Vec::new();
            let mut mails = Vec::new();
            let want = wanted.count as usize;
            for _ in 0..want.saturating_mul(DRAWS) {
                if found.len() + mails.len() == want {
                    break;
                }
                if wanted.kind == Kind::Mail {
                    let Some(mail) = plan.mail(model, wanted, &mut dice) else { continue };
                    seats += mail.readers.len();
                    mails.push(mail);
                } else {
                    let Some(members) = plan.conversation(model, wanted, &mut dice) else { continue };
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
                    "only {there} different ones, begun by somebody online, could be made of these people, not {want}: ask for \
                     fewer, have more people or more of them online, or look at `within`, `along` and who is a member where"
                )));
            }
            plan.conversations.push(found);
            by_entry.push(mails);
        }
        plan.mails = mixed(by_entry);
        Ok(plan)
    }

    fn people(model: &Model) -> Self {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // at most as many as there are
        let online = |count: u32| (f64::from(count) * model.load.online).ceil() as u32;
        let mut plan = Self { online: model.people.iter().map(|it| online(it.count)).sum(), ..Self::default() };
        let (mut there, mut away) = (0, plan.online);
        for kind in &model.people {
            let (here, gone) = (online(kind.count), kind.count - online(kind.count));
            plan.numbers.push((there..there + here).chain(away..away + gone).collect());
            (there, away) = (there + here, away + gone);
        }
        plan.people = away;
        plan
    }

    /// In turn: each person in as many neighbouring groups as the file says.
    fn members(&self, groups: &super::model::Groups) -> Vec<Group> {
        let count = groups.count as usize;
        let mut all = vec![vec![Vec::new(); groups.members.len()]; count];
        for (place, members) in groups.members.iter().enumerate() {
            let each = members.each as usize;
            for (at, person) in self.numbers[members.people].iter().enumerate() {
                (0..each).for_each(|step| all[(at * each + step) % count][place].push(*person));
            }
        }
        all
    }

    /// With those who follow in the other's list.
    fn related(&self, relation: &super::model::Relation) -> Outcome<Vec<(u32, u32)>> {
        let (from, to) = (&self.numbers[relation.from], &self.numbers[relation.to]);
        let (each, same) = (relation.each as usize, relation.from == relation.to);
        if each + usize::from(same) > to.len() {
            return Err(relation.mark.wrong(&format!("each can't have {each} of {} people", to.len())));
        }
        let related = |at: usize| {
            let first = if same { at + 1 } else { at * each };
            (0..each).map(move |step| (from[at], to[(first + step) % to.len()]))
        };
        Ok((0..from.len()).flat_map(related).collect())
    }

    /// One that fits, or none at this draw. Whoever starts it comes online: what is sent to it is sent where that one lives.
    fn conversation(&self, model: &Model, wanted: &Conversation, dice: &mut Dice) -> Option<Vec<u32>> {
        let from = dice.one_of(&self.numbers[wanted.from]).filter(|from| *from < self.online)?;
        let others = self.others(model, wanted, from, wanted.members as usize - 1, dice)?;
        Some(std::iter::once(from).chain(others).collect())
    }

    /// A way to address a mail, or none at this draw. The writer comes online.
    fn mail(&self, model: &Model, wanted: &Conversation, dice: &mut Dice) -> Option<MailPlan> {
        let from = dice.one_of(&self.numbers[wanted.from]).filter(|from| *from < self.online)?;
        let to = match wanted.to {
            Some(_) => self.others(model, wanted, from, wanted.members as usize, dice)?,
            None => Vec::new(),
        };
        let group = match wanted.to_group {
            Some(kind) => {
                let own = (wanted.within == Some(kind)).then(|| self.groups_of(model, kind, wanted.from, from));
                let group = match own {
                    Some(own) => dice.one_of(&own)?,
                    None => dice.below(self.groups[kind].len()),
                };
                Some((kind, u32::try_from(group).ok()?))
            }
            None => None,
        };
        // Whoever writes has the mail as well.
        let mut readers: Vec<u32> = to.iter().copied().chain([from]).collect();
        if let Some((kind, group)) = group {
            readers.extend(self.groups[kind][group as usize].iter().flatten());
        }
        readers.sort_unstable();
        readers.dedup();
        (readers.len() > 1).then_some(MailPlan { from, to, group, readers })
    }

    /// So many different people, by what the file says of them.
    fn others(&self, model: &Model, wanted: &Conversation, from: u32, many: usize, dice: &mut Dice) -> Option<Vec<u32>> {
        let kind = wanted.to?;
        let related: Vec<u32>;
        let circle: &[u32] = match (wanted.within, wanted.along) {
            (Some(groups), _) => {
                let group = dice.one_of(&self.groups_of(model, groups, wanted.from, from))?;
                let place = model.groups[groups].members.iter().position(|members| members.people == kind)?;
                &self.groups[groups][group][place]
            }
            (None, Some(along)) => {
                let pairs = &self.relations[along];
                let first = pairs.len() / self.numbers[wanted.from].len();
                // They stand in the order of those they begin with, as many with each.
                let at = self.numbers[wanted.from].binary_search(&from).ok()?;
                related = pairs[at * first..(at + 1) * first].iter().map(|(_, to)| *to).collect();
                &related
            }
            (None, None) => &self.numbers[kind],
        };
        let mut others: Vec<u32> = Vec::new();
        if 2 * many < circle.len() {
            while others.len() < many {
                let one = dice.one_of(circle)?;
                if one != from && !others.contains(&one) {
                    others.push(one);
                }
            }
            return Some(others);
        }
        others.extend(circle.iter().filter(|one| **one != from));
        while others.len() > many {
            others.swap_remove(dice.below(others.len()));
        }
        (others.len() == many).then_some(others)
    }

    /// The groups of a kind that somebody is in.
    fn groups_of(&self, model: &Model, groups: usize, kind: usize, person: u32) -> Vec<usize> {
        let all = &model.groups[groups];
        let Some(members) = all.members.iter().find(|members| members.people == kind) else { return Vec::new() };
        let Ok(at) = self.numbers[kind].binary_search(&person) else { return Vec::new() };
        let each = members.each as usize;
        (0..each).map(|step| (at * each + step) % all.count as usize).collect()
    }
}

/// One of each list in turn, longest lists last.
fn mixed(lists: Vec<Vec<MailPlan>>) -> Vec<MailPlan> {
    let longest = lists.iter().map(Vec::len).max().unwrap_or(0);
    let mut lists: Vec<_> = lists.into_iter().map(Vec::into_iter).collect();
    (0..longest).flat_map(|_| lists.iter_mut().filter_map(Iterator::next).collect::<Vec<_>>()).collect()
}
