//! As much of the Redis protocol as a test needs to steer a server.

use std::{
    io::{BufRead, BufReader, Error, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    time::Duration,
};

const DEADLINE: Duration = Duration::from_secs(10);

/// Sends one command on a new connection; an error reply is an error.
pub(crate) fn ask(port: u16, words: &[&str]) -> Result<String, Error> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, DEADLINE)?;
    stream.set_read_timeout(Some(DEADLINE))?;
    let mut request = format!("*{}\r\n", words.len());
    for word in words {
        request.push_str(&format!("${}\r\n{word}\r\n", word.len()));
    }
    stream.write_all(request.as_bytes())?;
    read(&mut BufReader::new(stream))
}

/// Whether a server is ready, be it only to ask for a password.
pub(crate) fn answers(port: u16) -> bool {
    match ask(port, &["PING"]) {
        Ok(_) => true,
        Err(error) => error.to_string().contains("NOAUTH"),
    }
}

fn read(stream: &mut impl BufRead) -> Result<String, Error> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let line = line.trim_end();
    let rest = line.get(1..).unwrap_or_default();
    let length = || rest.parse::<i64>().map_err(Error::other);
    match line.as_bytes().first() {
        Some(b'+' | b':') => Ok(rest.to_owned()),
        Some(b'$') => {
            // A missing value has the length -1 and no body.
            let Ok(length) = usize::try_from(length()?) else { return Ok(String::new()) };
            let mut body = vec![0; length + 2];
            stream.read_exact(&mut body)?;
            body.truncate(length);
            String::from_utf8(body).map_err(Error::other)
        }
        Some(b'*') => {
            let elements: Result<Vec<_>, _> = (0..length()?).map(|_| read(stream)).collect();
            Ok(elements?.join("\n"))
        }
        _ => Err(Error::other(format!("unexpected reply {line:?}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn replies_of_every_sort_are_read() {
        let replies = [("+PONG\r\n", "PONG"), (":12\r\n", "12"), ("$2\r\nhi\r\n", "hi"), ("$-1\r\n", "")];
        for (reply, expected) in replies {
            assert_eq!(read(&mut reply.as_bytes()).expect("a reply"), expected);
        }
        assert_eq!(read(&mut "*2\r\n$1\r\na\r\n:2\r\n".as_bytes()).expect("a reply"), "a\n2");
        assert!(read(&mut "-ERR no\r\n".as_bytes()).is_err());
        assert!(read(&mut "".as_bytes()).is_err());
    }
}
