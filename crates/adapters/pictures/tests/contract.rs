//! The picture pipeline keeps the contract of its port.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use minsu_pictures::{ImagePictures, PictureOptions};
use minsu_ports::testkit::picture_processor as contract;

fn pictures() -> ImagePictures {
    ImagePictures::new(PictureOptions::default()).unwrap()
}

#[tokio::test]
async fn a_portrait_is_a_square() {
    contract::a_portrait_is_a_square(&pictures()).await;
}

#[tokio::test]
async fn a_house_picture_has_two_sizes() {
    contract::a_house_picture_has_two_sizes(&pictures()).await;
}

#[tokio::test]
async fn the_same_upload_gives_the_same_bytes() {
    contract::the_same_upload_gives_the_same_bytes(&pictures()).await;
}

#[tokio::test]
async fn refuses_what_is_no_picture() {
    contract::refuses_what_is_no_picture(&pictures()).await;
}

#[tokio::test]
async fn refuses_a_truncated_picture() {
    contract::refuses_a_truncated_picture(&pictures()).await;
}

#[tokio::test]
async fn refuses_a_bomb_by_its_header() {
    contract::refuses_a_bomb_by_its_header(&pictures()).await;
}
