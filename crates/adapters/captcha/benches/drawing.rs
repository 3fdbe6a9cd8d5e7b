//! How long a picture and a recording take, and how many bytes a picture has.
//!
//! The first lines count the processor time of each picture by itself, so that a busy machine does
//! not blur the slowest ones; criterion then compares the means with those of the run before.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measures")]

use std::{hint::black_box, time::Duration};

use criterion::{Criterion, criterion_group};
use minsu_captcha::{Easel, Voices};
use minsu_ports::SpokenLanguage;
use rustix::time::{ClockId, clock_gettime};

/// Pictures that are looked at one by one.
const PICTURES: u64 = 20_000;

fn seed(number: u64) -> [u8; 32] {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&number.to_le_bytes());
    seed
}

fn easel() -> Easel {
    match Easel::new() {
        Ok(easel) => easel,
        Err(error) => panic!("{error}"),
    }
}

/// The processor time of this thread so far.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// The value below which so many per mille lie.
fn quantile<T: Copy>(sorted: &[T], per_mille: usize) -> T {
    sorted[(sorted.len() - 1) * per_mille / 1000]
}

fn one_by_one() {
    let mut easel = easel();
    let (mut times, mut sizes) = (Vec::new(), Vec::new());
    for number in 0..PICTURES {
        let before = processor_time();
        let Ok(picture) = black_box(easel.draw(seed(number))) else { continue };
        times.push(processor_time().saturating_sub(before));
        sizes.push(picture.jpeg.len());
    }
    times.sort_unstable();
    sizes.sort_unstable();
    let milliseconds = |per_mille| quantile(&times, per_mille).as_secs_f64() * 1000.0;
    println!("{} pictures of all families", times.len());
    println!(
        "processor time: median {:.3} ms, 99th percentile {:.3} ms, longest {:.3} ms",
        milliseconds(500),
        milliseconds(990),
        milliseconds(1000)
    );
    println!(
        "size: median {} bytes, 99th percentile {} bytes, largest {} bytes",
        quantile(&sizes, 500),
        quantile(&sizes, 990),
        quantile(&sizes, 1000)
    );
}

fn means(criterion: &mut Criterion) {
    let (mut easel, mut number) = (easel(), 0);
    criterion.bench_function("draw a picture", |bencher| {
        bencher.iter(|| {
            number += 1;
            easel.draw(seed(number)).map(|picture| picture.jpeg.len())
        });
    });
    let Ok(voices) = Voices::new() else { return };
    criterion.bench_function("speak an answer", |bencher| {
        bencher.iter(|| {
            number += 1;
            voices.speak("LWX6", SpokenLanguage::Mandarin, seed(number)).map(|wav| wav.len())
        });
    });
}

criterion_group!(benches, means);

fn main() {
    one_by_one();
    benches();
    Criterion::default().configure_from_args().final_summary();
}
