//! More uploads than the pipeline takes.

use futures_util::future::join_all;
use minsu_pictures::{ImagePictures, PictureOptions};
use minsu_ports::{PictureError, PictureProcessor, testkit::picture_processor::png};

#[tokio::test]
async fn what_finds_no_place_is_told_so_at_once() {
    let pictures = ImagePictures::new(PictureOptions { permits: 1, queue: 3, ..PictureOptions::default() }).unwrap();
    let upload = png(1500, 1500);
    let answers = join_all((0..20).map(|_| pictures.house(upload.clone()))).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 4);
    assert_eq!(answers.iter().filter(|answer| **answer == Err(PictureError::Busy)).count(), 16);
    assert!(pictures.house(upload).await.is_ok());
}
