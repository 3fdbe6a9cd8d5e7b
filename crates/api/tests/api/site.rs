//! The pages for people, over real sockets.

mod browser;
mod headers;
mod hosting;
mod matrix;
mod orders;
mod pages;
mod stored;
mod story;
mod visitors;
