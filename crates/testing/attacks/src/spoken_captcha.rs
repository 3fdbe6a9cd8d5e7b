//! Reading spoken captchas with [`Matcher`], which knows three solved recordings of each symbol.

use minsu_captcha::{SYMBOLS, Voices};
use minsu_ports::SpokenLanguage;

use crate::{Bound, Report, Setup, Site, Visitor, matcher::Matcher};

/// How many recordings of each language are read, and that a site with the settings of production gives none out.
///
/// # Panics
/// When nothing is spoken.
pub async fn run(setup: &Setup) -> Report {
    let mut report = Report::of("Spoken captchas and a template matcher");
    let voices = Voices::new().unwrap();
    let mut seed = 0_u32;
    // Every recording has another seed, and every run of the tests the same.
    let mut speak = |answer: &str, language| {
        seed += 1;
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(&seed.to_le_bytes());
        voices.speak(answer, language, bytes).unwrap()
    };
    let symbols: Vec<char> = SYMBOLS.iter().map(|symbol| char::from(*symbol)).collect();
    for (name, language) in [("Mandarin", SpokenLanguage::Mandarin), ("English", SpokenLanguage::English)] {
        let mut matcher = Matcher::new();
        for symbol in &symbols {
            for _ in 0..3 {
                let answer = symbol.to_string().repeat(4);
                matcher.learn(&answer, &speak(&answer, language));
            }
        }
        let recordings = setup.effort.of(20, 100);
        let (mut whole, mut single) = (0, 0);
        for number in 0..recordings {
            let answer: String =
                (0..4).map(|place| symbols[(number * 7 + place * (number + 3)) % symbols.len()]).collect();
            let read = matcher.read(&speak(&answer, language));
            whole += usize::from(read == answer);
            single += read.chars().zip(answer.chars()).filter(|(one, other)| one == other).count();
        }
        report.share(format!("recordings read in {name}"), whole, recordings, Bound::Free);
        report.share(format!("symbols read in {name}"), single, 4 * recordings, Bound::Free);
    }
    // Profile dev speaks; this is what production says without a setting.
    let site = Site::start(setup, &[("MINSU_CAPTCHA__AUDIO", "false")]).await;
    let visitor = Visitor::from(&site, "192.0.2.7".parse().unwrap());
    let (id, _) = visitor.captcha().await.unwrap_or_default();
    let answer = visitor.get(&format!("/api/v1.0/imagecode/{id}/audio")).await;
    report.holds("a site that does not speak gives no recording out", answer.code() == "4002");
    report
}
