//! The numbers of the enums in the database, in the log of facts, and on the wire. All three use the same numbers.

use std::marker::PhantomData;

use super::{
    ConversationKind, ConversationState, Delivers, EdgeEffect, GroupState, MemberRole, RelationState, UserStatus, WritableBy,
};

/// An enum that is stored and sent as a number. The numbers begin at 1.
pub trait Numbered: Copy + PartialEq + 'static {
    /// All values, in the order of their numbers.
    const ALL: &'static [Self];

    /// The value that allows least. A number that this program does not know, written by a newer server, is read as this
    /// value.
    const STRICTEST: Self;

    /// The number of the value.
    fn number(self) -> i16;

    /// The value with this number; [`Numbered::STRICTEST`] if this program does not know the number.
    #[must_use]
    fn from_number(number: impl Into<i32>) -> Self {
        let number = number.into();
        Self::ALL.iter().copied().find(|value| i32::from(value.number()) == number).unwrap_or(Self::STRICTEST)
    }
}

/// The stored number of an enum, to be written back when other columns of its row change. It keeps a number that this
/// program does not know, so that a server of an older release does not change a value that a newer server has stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredNumber<T> {
    number: i16,
    value_type: PhantomData<T>,
}

impl<T: Numbered> StoredNumber<T> {
    /// A value as the database holds it.
    #[must_use]
    pub fn from_number(number: i16) -> Self {
        Self { number, value_type: PhantomData }
    }

    /// The value; [`Numbered::STRICTEST`] if this program does not know the number.
    #[must_use]
    pub fn value(self) -> T {
        T::from_number(self.number)
    }

    /// The number, to be written back.
    #[must_use]
    pub fn number(self) -> i16 {
        self.number
    }
}

impl<T: Numbered> From<T> for StoredNumber<T> {
    fn from(value: T) -> Self {
        Self::from_number(value.number())
    }
}

/// Implements [`Numbered`]. The arguments: `Type, strictest Value: Value = number, …`.
macro_rules! numbered {
    ($type:ident, strictest $strictest:ident: $($value:ident = $number:literal),+ $(,)?) => {
        impl Numbered for $type {
            const ALL: &'static [Self] = &[$(Self::$value),+];
            const STRICTEST: Self = Self::$strictest;

            fn number(self) -> i16 {
                match self {
                    $(Self::$value => $number),+
                }
            }
        }
    };
}

numbered!(ConversationKind, strictest Group: NoteToSelf = 1, Direct = 2, Group = 3, Mail = 4);
numbered!(ConversationState, strictest Locked: Open = 1, Closed = 2, Locked = 3);
numbered!(MemberRole, strictest Member: Member = 1, Owner = 2);
numbered!(UserStatus, strictest Removed: Active = 1, Deactivated = 2, Removed = 3, Invited = 4);
numbered!(WritableBy, strictest Nobody: Rules = 1, Contacts = 2, Nobody = 3);
numbered!(GroupState, strictest Archived: Active = 1, Concluded = 2, Archived = 3);
numbered!(Delivers, strictest None: People = 1, Group = 2, Both = 3, None = 4);
numbered!(EdgeEffect, strictest Deny: Allow = 1, Deny = 2);
numbered!(RelationState, strictest Pending: Pending = 1, Accepted = 2);

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use causerie_protocol::{facts, wire};

    use super::*;

    /// Checks that the enum of the protocol gives the same numbers to the same names, and has no other number except 0
    /// (unspecified).
    fn assert_same_numbers<T: Numbered + Debug, P: TryFrom<i32> + Debug>() {
        for (expected, value) in (1..).zip(T::ALL) {
            assert_eq!(i32::from(value.number()), expected);
            assert_eq!(T::from_number(value.number()), *value);
            let name = P::try_from(expected).ok().map(|value| format!("{value:?}"));
            assert_eq!(name, Some(format!("{value:?}")));
        }
        let unknown = i32::try_from(T::ALL.len()).expect("is small") + 1;
        assert!(P::try_from(unknown).is_err(), "{unknown} has a name in the protocol alone");
        assert_eq!((T::from_number(unknown), T::from_number(0)), (T::STRICTEST, T::STRICTEST));
    }

    #[test]
    fn numbers_equal_those_of_the_protocol() {
        assert_same_numbers::<ConversationKind, wire::ConversationKind>();
        assert_same_numbers::<ConversationState, wire::ConversationState>();
        assert_same_numbers::<MemberRole, wire::MemberRole>();
        assert_same_numbers::<UserStatus, wire::UserStatus>();
        assert_same_numbers::<RelationState, wire::RelationState>();
        assert_same_numbers::<WritableBy, facts::WritableBy>();
        assert_same_numbers::<GroupState, facts::GroupState>();
        assert_same_numbers::<Delivers, facts::Delivers>();
        assert_same_numbers::<EdgeEffect, facts::EdgeEffect>();
    }
}
