//! How long a picture and a recording take, and how many bytes a picture has.
//!
//! The first lines count the processor time of each picture by itself, so that a busy machine does
//! not blur the slowest ones; criterion then compares the means with those of the run before.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measures")]

use std::{
    hint::black_box,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use criterion::{Criterion, criterion_group};
use minsu_captcha::{JpegCaptchaPainter, Renderer, Voices};
use minsu_executor::Bounds;
use minsu_ports::{CaptchaPainter, Randomness, SpokenLanguage};
use rustix::time::{ClockId, clock_gettime};

/// Pictures that are looked at one by one.
const PICTURES: u64 = 20_000;

fn seed(number: u64) -> [u8; 32] {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&number.to_le_bytes());
    seed
}

fn renderer() -> Renderer {
    match Renderer::new() {
        Ok(renderer) => renderer,
        Err(error) => panic!("{error}"),
    }
}

/// The processor time of this thread or of all threads so far.
fn processor_time(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// The value below which so many per mille lie.
fn quantile<T: Copy>(sorted: &[T], per_mille: usize) -> T {
    sorted[(sorted.len() - 1) * per_mille / 1000]
}

fn one_by_one() {
    let mut renderer = renderer();
    let (mut times, mut sizes) = (Vec::new(), Vec::new());
    for number in 0..PICTURES {
        let before = processor_time(ClockId::ThreadCPUTime);
        let Ok(picture) = black_box(renderer.draw(seed(number))) else { continue };
        times.push(processor_time(ClockId::ThreadCPUTime).saturating_sub(before));
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

/// Numbers in their order, as seeds.
struct Counter(AtomicU64);

impl Randomness for Counter {
    fn fill(&self, buffer: &mut [u8]) {
        buffer[..8].copy_from_slice(&self.0.fetch_add(1, Ordering::Relaxed).to_le_bytes());
    }
}

/// The cost of a picture for the site: pictures requested through the port by several callers at once, with the
/// way to the drawing thread and back.
fn through_the_port() {
    const CALLERS: u64 = 16;
    let options = Bounds { permits: 2, queue: 64 };
    let Ok(painter) = JpegCaptchaPainter::new(options, Arc::new(Counter(AtomicU64::new(0)))) else { return };
    let Ok(runtime) = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build() else { return };
    let painter = Arc::new(painter);
    let before = processor_time(ClockId::ProcessCPUTime);
    let painted = runtime.block_on(async {
        let callers: Vec<_> = (0..CALLERS)
            .map(|_| {
                let painter = painter.clone();
                tokio::spawn(async move {
                    let mut painted = 0u32;
                    for _ in 0..PICTURES / CALLERS {
                        painted += u32::from(painter.paint().await.is_ok());
                    }
                    painted
                })
            })
            .collect();
        let mut painted = 0;
        for caller in callers {
            painted += caller.await.unwrap_or_default();
        }
        painted
    });
    let spent = processor_time(ClockId::ProcessCPUTime).saturating_sub(before);
    println!(
        "through the port: {painted} pictures, processor time on average {:.3} ms",
        spent.as_secs_f64() * 1000.0 / f64::from(painted)
    );
}

fn means(criterion: &mut Criterion) {
    let (mut renderer, mut number) = (renderer(), 0);
    criterion.bench_function("draw a picture", |bencher| {
        bencher.iter(|| {
            number += 1;
            renderer.draw(seed(number)).map(|picture| picture.jpeg.len())
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
    through_the_port();
    benches();
    Criterion::default().configure_from_args().final_summary();
}
