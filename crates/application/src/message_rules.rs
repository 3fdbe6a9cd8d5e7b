//! The site's own rules of messages.

use minsu_domain::{MessageKind, MessageTemplate};

/// Which messages the site sends.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MessageRules {
    /// The templates; a kind without one is not sent.
    pub templates: Vec<(MessageKind, MessageTemplate)>,
}

impl MessageRules {
    /// The template of a kind of message.
    pub fn template(&self, kind: MessageKind) -> Option<&MessageTemplate> {
        self.templates.iter().find(|(known, _)| *known == kind).map(|(_, template)| template)
    }

    /// The kinds that are sent, in the order of [`MessageKind::ALL`].
    pub fn kinds(&self) -> Vec<MessageKind> {
        MessageKind::ALL.into_iter().filter(|kind| self.template(*kind).is_some()).collect()
    }
}
