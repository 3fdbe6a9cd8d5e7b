//! Uploads: one picture of the owner's, by content, under limits.

use reqwest::multipart::{Form, Part};

use crate::support::{
    Client, World,
    picture::{form, png},
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
    let truncated = &png(7)[..60];
    for bytes in [&b"hello"[..], svg, truncated, &[0xff, 0xd8, 0xff, 0xe0], b"GIF89a\x01\x00\x01\x00"] {
        let answer = world.guest.upload("/api/v1.0/user/avatar", form("avatar", bytes.to_vec())).await;
        assert_eq!(answer.refused("4103").errmsg(), "图片格式错误");
    }
    assert_eq!(world.guest.get("/api/v1.0/user").await.ok()["data"]["avatar_url"], "");
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
