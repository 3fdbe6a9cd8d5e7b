//! Uploads: one picture of the owner's, by content, under limits.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use futures_util::future::join_all;
use minsu_domain::PictureKey;
use minsu_pictures::{ImagePictures, PictureOptions};
use reqwest::multipart::{Form, Part};

use crate::support::{
    Client, TestServer, World,
    picture::{display_p3, form, panorama, photograph, png},
};

fn file(name: &'static str, bytes: &[u8]) -> (&'static str, Part) {
    (name, Part::bytes(bytes.to_vec()).file_name("x.jpg"))
}

#[tokio::test]
async fn only_the_landlord_adds_pictures() {
    let world = World::new().await;
    let path = format!("/api/v1.0/houses/{}/images", world.house);
    world.stranger.upload(&path, form("house_image", png(7))).await.refused("4105");
    let classic = form("house_image", png(7)).text("house_id", world.house.to_string());
    world.stranger.upload("/api/house/image", classic).await.refused("4105");
    world.landlord.upload("/api/v1.0/houses/999999/images", form("house_image", png(7))).await.refused("4002");
    let images = world.anonymous.get(&format!("/api/v1.0/houses/{}", world.house)).await.ok();
    assert_eq!(images["data"]["house"]["img_urls"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn wrong_fields_two_files_and_no_file_are_refused() {
    let world = World::new().await;
    let picture = png(7);
    let with = |parts: Vec<(&'static str, Part)>| {
        parts.into_iter().fold(Form::new(), |form, (name, part)| form.part(name, part))
    };
    for parts in [
        vec![],
        vec![file("picture", &picture)],
        vec![file("avatar", &picture), file("avatar", &picture)],
        vec![file("avatar", b"")],
        vec![("avatar", Part::text("no file at all"))],
    ] {
        world.guest.upload("/api/v1.0/user/avatar", with(parts)).await.refused("4103");
    }
    let no_house = form("house_image", picture);
    world.landlord.upload("/api/house/image", no_house).await.refused("4103");
}

#[tokio::test]
async fn what_is_no_picture_is_refused_and_leaves_nothing() {
    let world = World::new().await;
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#;
    for bytes in [&b"hello"[..], svg, &[0xff, 0xd8, 0xff, 0xe0], b"GIF89a\x01\x00\x01\x00"] {
        let answer = world.guest.upload("/api/v1.0/user/avatar", form("avatar", bytes.to_vec())).await;
        assert_eq!(answer.refused("4103").errmsg(), "图片格式错误");
    }
    assert_eq!(world.guest.get("/api/v1.0/user").await.ok()["data"]["avatar_url"], "");
}

#[tokio::test]
async fn what_browsers_show_whole_is_taken_and_what_is_cut_is_told_so() {
    let (jpeg, png) = (photograph(), png(7));
    let world = World::new().await;
    for whole in [&jpeg[..jpeg.len() - 2], &png[..png.len() - 12]] {
        world.guest.upload("/api/v1.0/user/avatar", form("avatar", whole.to_vec())).await.ok();
    }
    let house = format!("/api/v1.0/houses/{}/images", world.house);
    for cut in [&jpeg[..jpeg.len() / 2], &png[..png.len() / 2]] {
        let answer = world.guest.upload("/api/v1.0/user/avatar", form("avatar", cut.to_vec())).await;
        assert_eq!(answer.refused("4103").errmsg(), "图片不完整");
        let answer = world.landlord.upload(&house, form("house_image", cut.to_vec())).await;
        assert_eq!(answer.refused("4103").errmsg(), "图片不完整");
    }
}

#[tokio::test]
async fn colours_of_a_telephone_look_on_the_site_as_on_the_telephone() {
    let world = World::new().await;
    let url =
        world.guest.upload("/api/v1.0/user/avatar", form("avatar", display_p3())).await.ok()["data"]["avatar_url"]
            .clone();
    let stored = world.anonymous.get(url.as_str().unwrap()).await;
    let found = image::load_from_memory(&stored.bytes).unwrap().into_rgb8().get_pixel(128, 128).0;
    // What LittleCMS makes of it; as numbers of sRGB it would be 128, 192, 0.
    let far = found.iter().zip([107, 194, 0]).map(|(&found, expected): (&u8, u8)| found.abs_diff(expected)).max();
    assert!(far <= Some(4), "{found:?}");
}

#[tokio::test]
async fn a_panorama_of_a_telephone_is_taken() {
    // Made before the server, which closes idle connections.
    let panorama = panorama();
    let world = World::new().await;
    let path = format!("/api/v1.0/houses/{}/images", world.house);
    let url = world.landlord.upload(&path, form("house_image", panorama)).await.ok()["data"]["url"].clone();
    let stored = world.anonymous.get(url.as_str().unwrap()).await;
    let size = image::load_from_memory(&stored.bytes).map(|picture| (picture.width(), picture.height()));
    assert_eq!(size.ok(), Some((1920, 425)));
}

#[tokio::test]
async fn an_upload_over_the_limit_is_cut_off() {
    let world = World::new().await;
    let answer = world.guest.upload("/api/v1.0/user/avatar", form("avatar", vec![0; 11 << 20])).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (413, "4103"));
    let many = (0..20).fold(Form::new(), |form, i| form.text(format!("field{i}"), "x"));
    let answer = world.guest.upload("/api/v1.0/user/avatar", many).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (413, "4103"));
}

#[tokio::test]
async fn stored_pictures_are_cacheable_for_ever_and_nothing_else_is_served() {
    let world = World::new().await;
    let url =
        world.guest.upload("/api/v1.0/user/avatar", form("avatar", png(7))).await.ok()["data"]["avatar_url"].clone();
    let picture = world.anonymous.get(url.as_str().unwrap()).await;
    assert_eq!(picture.headers["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(picture.headers["content-type"], "image/jpeg");
    assert_eq!(picture.headers["x-content-type-options"], "nosniff");
    for path in [
        "/media/../minsu.sqlite3",
        "/media/%2e%2e/minsu.sqlite3",
        "/media/..%2fminsu.sqlite3",
        "/media/none.jpg",
        "/media/a%00b",
    ] {
        let answer = Client::new(&world.server).get(path).await;
        assert_eq!(answer.status.as_u16(), 404, "{path}");
    }
}

#[tokio::test]
async fn both_widths_are_stored_and_a_missing_small_one_is_answered_by_the_large_one() {
    let mut objects = None;
    let server = TestServer::start_with(|state| objects = Some(state.app.objects.clone())).await;
    let (world, objects) = (World::on(server).await, objects.unwrap());
    let path = format!("/api/v1.0/houses/{}/images", world.house);
    let added = world.landlord.upload(&path, form("house_image", photograph())).await.ok();
    let url = added["data"]["url"].as_str().unwrap();
    let small_url = url.replace(".jpg", "-small.jpg");
    let client = Client::new(&world.server);
    let bytes = async |url: &str| client.get(url).await.bytes;
    let (large, small) = (bytes(url).await, bytes(&small_url).await);
    let size = |bytes: &[u8]| image::load_from_memory(bytes).map(|it| (it.width(), it.height())).unwrap();
    assert_eq!((size(&large), size(&small)), ((1920, 1280), (640, 427)));

    let key = PictureKey::new(url.split_once("/media/").unwrap().1).unwrap();
    objects.delete(&key.small()).await.unwrap();
    assert_eq!(bytes(&small_url).await, large);
    objects.delete(&key).await.unwrap();
    for gone in [url, &small_url] {
        assert_eq!(client.get(gone).await.status.as_u16(), 404);
    }
}

/// A page that sends all photographs of a holiday at once gets an answer for each, however few the site
/// processes at a time, and others hardly wait for it.
#[tokio::test]
async fn twenty_uploads_of_one_person_at_once_are_all_taken() {
    let photograph = photograph();
    let few = PictureOptions { permits: 1, queue: 4, ..PictureOptions::default() };
    let server =
        TestServer::start_with(move |state| state.app.pictures = Arc::new(ImagePictures::new(few).unwrap())).await;
    let world = World::on(server).await;
    let done = AtomicUsize::new(0);
    let crowd = join_all((0..20).map(|turn| {
        let (landlord, photograph, done) = (&world.landlord, photograph.clone(), &done);
        let (path, field) = match turn % 2 {
            0 => (format!("/api/v1.0/houses/{}/images", world.house), "house_image"),
            _ => ("/api/v1.0/user/avatar".to_owned(), "avatar"),
        };
        async move {
            let answer = landlord.upload(&path, form(field, photograph)).await;
            done.fetch_add(1, Ordering::Relaxed);
            answer
        }
    }));
    let other = async {
        while done.load(Ordering::Relaxed) < 3 {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        world.guest.upload("/api/v1.0/user/avatar", form("avatar", png(7))).await.ok();
        done.load(Ordering::Relaxed)
    };
    let (answers, done_before_the_other) = tokio::join!(crowd, other);
    for answer in answers {
        answer.ok();
    }
    // Behind the two that were on their way, and what was answered while this test looked elsewhere.
    assert!(done_before_the_other <= 10, "another person waited for {done_before_the_other} uploads");
}
