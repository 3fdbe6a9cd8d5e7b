//! The pages for people, over real sockets.

mod browser;
mod feeds;
mod headers;
mod hosting;
mod matrix;
mod orders;
mod pages;
mod payments;
mod prices;
mod schedules;
mod shop;
mod stored;
mod story;
mod visitors;
mod webhooks;
