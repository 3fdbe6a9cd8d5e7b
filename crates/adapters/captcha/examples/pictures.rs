//! Draws pictures into a folder, for contact sheets and for measuring solvers:
//!
//! `pictures FOLDER COUNT SEED [LAYOUT NOISE]`
//!
//! writes `00000.jpg` and on, and `answers.tsv` with name, answer, layout and noise a line.
//! Layouts and noises are numbers, their places in `Layout::ALL` and `Noise::ALL`; `pictures families`
//! lists all pairs of them with a name.

use std::{error::Error, fmt::Write as _, fs, io::Write as _, path::PathBuf};

use minsu_captcha::{Family, Layout, Noise, Renderer};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments == ["families"] {
        return list_families();
    }
    let [folder, count, seed, family @ ..] = arguments.as_slice() else {
        return Err("usage: pictures FOLDER COUNT SEED [LAYOUT NOISE]".into());
    };
    let (folder, count, seed) = (PathBuf::from(folder), count.parse::<u32>()?, seed.parse::<u64>()?);
    let family = match family {
        [] => None,
        [layout, noise] => Some(Family {
            layout: *Layout::ALL.get(layout.parse::<usize>()?).ok_or("no such layout")?,
            noise: *Noise::ALL.get(noise.parse::<usize>()?).ok_or("no such noise")?,
        }),
        _ => return Err("a family is a layout and a noise".into()),
    };
    fs::create_dir_all(&folder)?;
    let mut renderer = Renderer::new()?;
    let mut answers = String::new();
    for number in 0..count {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        bytes[8..12].copy_from_slice(&number.to_le_bytes());
        let picture = match family {
            Some(family) => renderer.draw_family(family, bytes)?,
            None => renderer.draw(bytes)?,
        };
        let name = format!("{number:05}.jpg");
        fs::write(folder.join(&name), &picture.jpeg)?;
        let Family { layout, noise } = picture.family;
        writeln!(answers, "{name}\t{}\t{layout:?}\t{noise:?}", picture.answer)?;
    }
    fs::write(folder.join("answers.tsv"), answers)?;
    Ok(())
}

/// A line for each family: layout, noise, name.
fn list_families() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    for (layout_number, layout) in Layout::ALL.iter().enumerate() {
        for (noise_number, noise) in Noise::ALL.iter().enumerate() {
            writeln!(out, "{layout_number} {noise_number} {layout:?}-{noise:?}")?;
        }
    }
    Ok(())
}
