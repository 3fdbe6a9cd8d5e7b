//! Webhooks and messages over real sockets: receivers that fail, hang, redirect and answer slowly; order per order, and
//! no receiver that waits for another one.

mod calls;
mod delivery;
mod messages;
mod random_answers;
mod receivers;
mod scene;
mod turning_off;
