//! The attacks of `minsu-attacks` against the binary of this build: short ones here, full ones by `make attack`.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]
#![expect(clippy::print_stdout, reason = "an attack prints its report")]

#[path = "../documentation/npm.rs"]
mod npm;
#[path = "../nginx/proxy.rs"]
#[expect(dead_code, reason = "the browser sees what nginx does")]
mod proxy;
mod stored_script;

use std::path::Path;

use minsu_attacks::{
    Bound, Effort, Report, Setup, Site, Visitor, code_poller, heavy_work, identity, identity_number, neighbours,
    page_flood, patient_guesser, sms_budget, spoken_captcha, wash_orders,
};

fn setup() -> Setup {
    Setup { binary: Path::new(env!("CARGO_BIN_EXE_minsu")).to_owned(), effort: Effort::from_environment() }
}

/// Prints a report and fails where a bound is broken.
#[track_caller]
fn demand(report: &Report) {
    println!("{report}");
    assert_eq!(report.broken(), Vec::<String>::new(), "{report}");
}

/// The tools of the attacks: an honest visitor signs up, shows a real name and publishes.
#[tokio::test]
async fn an_honest_visitor_is_served() {
    let site = Site::start(&setup(), &[]).await;
    let visitor = Visitor::from(&site, "192.0.2.7".parse().unwrap());
    let mut report = Report::of("An honest visitor");
    report.holds("signs up", visitor.register("13900000001").await.is_ok());
    report.holds("shows a real name", visitor.verify(&identity_number(12_345)).await.is_ok());
    report.holds("publishes", visitor.publish("什刹海四合院").await.is_ok());
    report.measured("memory of the process", site.memory() as f64 / 1e6, "MB", Bound::AtMost(200.0));
    demand(&report);
}

#[tokio::test]
async fn one_network_does_not_spend_the_sms_of_the_site() {
    demand(&sms_budget::run(&setup()).await);
}

#[tokio::test]
async fn a_neighbour_does_not_lock_the_neighbourhood() {
    demand(&neighbours::run(&setup()).await);
}

#[tokio::test]
async fn a_poller_burns_nobodys_code() {
    demand(&code_poller::run(&setup()).await);
}

#[tokio::test]
async fn logins_of_a_few_leave_those_of_others_working() {
    demand(&heavy_work::logins(&setup()).await);
}

#[tokio::test]
async fn pictures_of_one_leave_those_of_others_working() {
    let honest = (0..setup().effort.of(4, 20)).map(|shade| picture(64, 48, shade)).collect();
    demand(&heavy_work::pictures(&setup(), picture(4_000, 4_000, 7), honest).await);
}

#[tokio::test]
async fn searches_of_one_address_leave_those_of_others_quick() {
    demand(&heavy_work::searches(&setup()).await);
}

#[tokio::test]
async fn pages_do_not_push_sessions_out_of_redis() {
    demand(&page_flood::run(&setup()).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stored_script_reads_no_identity() {
    demand(&stored_script::run().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stalled_clients_take_no_memory() {
    demand(&minsu_attacks::memory::run(&setup()).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exports_take_no_memory() {
    demand(&minsu_attacks::exports::run(&setup()).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spoken_captchas_are_read_and_not_given_out() {
    demand(&spoken_captcha::run(&setup()).await);
}

#[tokio::test]
async fn identities_stay_with_their_people() {
    demand(&identity::run(&setup()).await);
}

#[tokio::test]
async fn a_patient_guesser_has_a_few_guesses_a_day() {
    demand(&patient_guesser::run(&setup()).await);
}

#[tokio::test]
async fn two_accounts_do_not_wash_a_house_to_the_front() {
    demand(&wash_orders::run(&setup()).await);
}

/// A PNG with few different lines: small to send, dear to decode where it is large.
fn picture(width: u32, height: u32, shade: u8) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_fn(width, height, |x, _| image::Rgb([shade, (x / 64) as u8, 90]));
    image::DynamicImage::from(picture).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}
