//! The pages for people, over real sockets.

mod browser;
mod headers;
mod hosting;
mod matrix;
mod pages;
mod prices;
mod schedules;
mod stored;
mod story;
mod visitors;
