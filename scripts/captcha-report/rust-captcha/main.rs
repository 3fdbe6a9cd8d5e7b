//! Pictures of the crate `captcha` for comparison: `others FOLDER COUNT readme|hard`.

use std::{env, fs, path::Path};

use captcha::{Captcha, Difficulty, filters::Noise};

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (folder, count) = (Path::new(&arguments[0]), arguments[1].parse::<u32>().unwrap());
    fs::create_dir_all(folder).unwrap();
    let mut answers = String::new();
    for number in 0..count {
        let drawn = if arguments[2] == "readme" {
            let mut drawn = Captcha::new();
            drawn.add_chars(5).apply_filter(Noise::new(0.1)).view(220, 120);
            drawn
        } else {
            captcha::generate(Difficulty::Hard)
        };
        let name = format!("{number:05}.png");
        fs::write(folder.join(&name), drawn.as_png().unwrap()).unwrap();
        answers += &format!("{name}\t{}\n", drawn.chars_as_string());
    }
    fs::write(folder.join("answers.tsv"), answers).unwrap();
}
