//! The whole story through real HTTP: captcha, SMS, registration, login, real name, publishing,
//! picture, search with dates, order, clash, rejection, re-booking, acceptance, comment,
//! popularity. Once in each spelling of the documents, and once across dialects.

mod errcode;
mod errno;
mod mixed;
mod v1;
