//! The acting user of a use case.

use crate::{Scope, Scopes, UserId};

/// The user in whose name a use case acts, the role of the account, and how the request was authenticated. It
/// comes from a valid session or token, never from a parameter of the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Principal {
    /// The account.
    pub user: UserId,
    /// Its role.
    pub role: Role,
    /// How the request was authenticated.
    pub means: Means,
}

impl Principal {
    /// Whether the request may do what needs this scope. A session has every scope.
    pub const fn permits(&self, scope: Scope) -> bool {
        match self.means {
            Means::Session { .. } => true,
            Means::Token(scopes) => scopes.contains(scope),
        }
    }

    /// Whether the password was given a short while ago. A token is never confirmed.
    pub const fn is_confirmed(&self) -> bool {
        matches!(self.means, Means::Session { confirmed: true })
    }

    /// Whether the request was authenticated by a personal token.
    pub const fn is_token(&self) -> bool {
        matches!(self.means, Means::Token(_))
    }
}

/// How a request was authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// A login session.
    Session {
        /// Whether the password was given within the last minutes.
        confirmed: bool,
    },
    /// A personal token with its scopes.
    Token(Scopes),
}

/// The rights of an account beyond its own data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// None: it acts on its own account, listings and orders only.
    User,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_its_scopes_and_never_confirmed() {
        let with = |means| Principal { user: UserId::new(1).unwrap(), role: Role::User, means };
        let token = with(Means::Token([Scope::OrdersRead].into_iter().collect()));
        assert!(token.permits(Scope::OrdersRead) && !token.permits(Scope::OrdersWrite));
        assert!(token.is_token() && !token.is_confirmed());
        for confirmed in [false, true] {
            let session = with(Means::Session { confirmed });
            assert!(Scope::ALL.into_iter().all(|scope| session.permits(scope)) && !session.is_token());
            assert_eq!(session.is_confirmed(), confirmed);
        }
    }
}
