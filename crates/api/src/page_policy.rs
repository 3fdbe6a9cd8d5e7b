//! The Content-Security-Policy that a folder of static pages bears: no script but those of the pages.

use std::collections::BTreeSet;

use base64::{Engine, prelude::BASE64_STANDARD};
use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use sha2::{Digest, Sha256};

/// Types of `<script>` that a browser runs. Others, such as `text/html`, hold templates and data.
const SCRIPT_TYPES: [&str; 6] =
    ["", "module", "text/javascript", "application/javascript", "text/ecmascript", "application/x-javascript"];

/// What pages run: inline scripts and handlers by their hashes, scripts of other hosts by their addresses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PagePolicy {
    hashes: BTreeSet<String>,
    foreign: BTreeSet<String>,
}

impl PagePolicy {
    /// Adds what a page runs.
    pub fn read(&mut self, html: &str) {
        let mut emitter = DefaultEmitter::default();
        // The content of scripts, styles and titles is text.
        emitter.naively_switch_states(true);
        let mut script: Option<String> = None;
        for Ok(token) in Tokenizer::new_with_emitter(html, emitter) {
            match token {
                Token::StartTag(tag) => {
                    self.read_attributes(&tag);
                    if tag.name.as_slice() == b"script" {
                        script = is_run(&tag).then(String::new);
                    }
                }
                Token::String(text) => {
                    if let Some(script) = &mut script {
                        script.push_str(&String::from_utf8_lossy(&text));
                    }
                }
                Token::EndTag(tag) if tag.name.as_slice() == b"script" => {
                    if let Some(text) = script.take() {
                        self.hash(&text);
                    }
                }
                _ => {}
            }
        }
    }

    fn read_attributes(&mut self, tag: &StartTag<()>) {
        for (name, value) in &tag.attributes {
            if name.starts_with(b"on") {
                self.hash(&String::from_utf8_lossy(value));
            }
        }
        if let ("script", Some(source)) = (&*String::from_utf8_lossy(&tag.name), attribute(tag, "src")) {
            let whole = source.strip_prefix("//").map(|rest| format!("https://{rest}"));
            let address = whole.unwrap_or(source);
            let address = address.split(['?', '#']).next().unwrap_or_default();
            if address.starts_with("https://") || address.starts_with("http://") {
                self.foreign.insert(address.replace([';', ',', '"', '\'', ' ', '$', '\\'], ""));
            }
        }
    }

    fn hash(&mut self, script: &str) {
        self.hashes.insert(BASE64_STANDARD.encode(Sha256::digest(script.as_bytes())));
    }

    /// Addresses of scripts on other hosts: each is permitted, and the owner of that host controls the pages.
    pub fn foreign(&self) -> impl Iterator<Item = &str> {
        self.foreign.iter().map(String::as_str)
    }

    /// The header's value. `eval` allows scripts to compile texts, which template engines of old pages need, and
    /// which lets jQuery before 3.0 run the scripts in HTML that it inserts.
    pub fn value(&self, eval: bool) -> String {
        let mut sources = vec!["'self'".to_owned()];
        sources.extend(eval.then(|| "'unsafe-eval'".to_owned()));
        if !self.hashes.is_empty() {
            sources.push("'unsafe-hashes'".to_owned());
        }
        sources.extend(self.hashes.iter().map(|hash| format!("'sha256-{hash}'")));
        sources.extend(self.foreign.iter().cloned());
        // `connect-src`: jQuery fetches foreign scripts in inserted HTML, too. `base-uri` and `form-action`: markup
        // alone must not send anything elsewhere.
        format!(
            "script-src {}; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; \
             frame-ancestors 'none'",
            sources.join(" ")
        )
    }
}

fn attribute(tag: &StartTag<()>, name: &str) -> Option<String> {
    let value = tag.attributes.get(name.as_bytes())?;
    Some(String::from_utf8_lossy(value).trim().to_owned())
}

/// Whether a browser runs the text of this `<script>`.
fn is_run(tag: &StartTag<()>) -> bool {
    let kind = attribute(tag, "type").unwrap_or_default().to_ascii_lowercase();
    attribute(tag, "src").is_none() && SCRIPT_TYPES.contains(&kind.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(html: &str) -> PagePolicy {
        let mut policy = PagePolicy::default();
        policy.read(html);
        policy
    }

    fn sha256(text: &str) -> String {
        BASE64_STANDARD.encode(Sha256::digest(text.as_bytes()))
    }

    #[test]
    fn what_a_browser_runs_is_hashed_and_nothing_else() {
        for (html, run) in [
            ("<a onclick=\"send()\">x</a>", &["send()"][..]),
            ("<A OnClick='f(&quot;a&quot;)' title=on>", &["f(\"a\")"]),
            ("<script>let a = 1 < 2;\r\nb()</script>", &["let a = 1 < 2;\nb()"]),
            ("<script type=text/javascript>a()</script><script>b()</script>", &["a()", "b()"]),
            ("<script type=\"text/html\" id=t><li onclick=x()>{{a}}</li></script>", &[]),
            ("<script src=/js/a.js> </script><p>script onclick=no</p>", &[]),
            ("<!-- <a onclick='no()'> --><textarea><a onclick='no()'></textarea>", &[]),
        ] {
            let expected: BTreeSet<String> = run.iter().map(|text| sha256(text)).collect();
            assert_eq!(policy(html).hashes, expected, "{html}");
        }
    }

    #[test]
    fn scripts_of_other_hosts_are_named_whole() {
        let found = policy("<script src='//cdn.example.com/jquery.js?v=1'></script><script src=\"/a.js\"></script>");
        assert_eq!(found.foreign().collect::<Vec<_>>(), ["https://cdn.example.com/jquery.js"]);
        assert!(
            policy("<script src='https://a.example/x;script-src *'></script>").value(true).matches(';').count() == 5
        );
    }

    #[test]
    fn the_value_is_what_the_pages_need() {
        let plain = policy("<p>").value(true);
        assert!(plain.starts_with("script-src 'self' 'unsafe-eval'; connect-src 'self';"), "{plain}");
        assert!(plain.ends_with("frame-ancestors 'none'"), "{plain}");
        let hashed = policy("<a onclick=\"send()\">").value(false);
        let expected = format!("script-src 'self' 'unsafe-hashes' 'sha256-{}'; ", sha256("send()"));
        assert!(hashed.starts_with(&expected), "{hashed}");
    }
}
