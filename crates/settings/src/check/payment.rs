//! The rules of payments.

use super::Faults;
use crate::{PaymentAdapter, Profile, Settings};

impl Settings {
    pub(super) fn check_payment(&self, faults: &mut Faults) {
        let payment = &self.payment;
        let keys = ("payment.public_keys", !payment.public_keys.is_empty());
        let (app, private) =
            (("payment.app_id", payment.app_id.is_some()), ("payment.private_key", payment.private_key.is_some()));
        match payment.url.adapter() {
            PaymentAdapter::None => return,
            PaymentAdapter::Sandbox => {
                let prod = self.profile == Profile::Prod;
                faults.add_if(prod, "payment.url", "must not be sandbox: in profile prod: its guests pay by a click");
                return;
            }
            PaymentAdapter::Alipay => {
                faults.demand("alipay:", [app, ("payment.seller_id", payment.seller_id.is_some()), private, keys]);
            }
            PaymentAdapter::WechatPay => faults.demand(
                "wechatpay:",
                [
                    app,
                    ("payment.merchant_id", payment.merchant_id.is_some()),
                    ("payment.serial", payment.serial.is_some()),
                    private,
                    keys,
                    ("payment.api_key", payment.api_key.is_some()),
                ],
            ),
            PaymentAdapter::Stripe => faults.demand(
                "stripe:",
                [
                    ("payment.secret_key", payment.secret_key.is_some()),
                    ("payment.webhook_secrets", !payment.webhook_secrets.is_empty()),
                ],
            ),
        }
        faults.add_if(
            payment.url.adapter() == PaymentAdapter::WechatPay && !self.site.pages,
            "site.pages",
            "must be true with wechatpay: its QR code is shown on a page of the site",
        );
        let in_the_clear = payment.endpoint.as_deref().is_some_and(|url| !url.starts_with("https://"));
        faults.add_if(
            in_the_clear && self.profile == Profile::Prod,
            "payment.endpoint",
            "must be an https URL in profile prod: some answers of providers rest on TLS alone",
        );
        let reached = payment.has_public_url() || self.profile == Profile::Dev;
        faults.add_if(
            !reached,
            "payment.site_url",
            "must be an https URL in profile prod: the provider's notices go there",
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::{Profile, check::tests::faults};

    #[test]
    fn a_payment_provider_needs_its_keys_and_production_an_address() {
        let needed = |url: &str, profile| faults(profile, |settings| settings.payment.url = url.parse().unwrap());
        for (url, keys) in [
            ("none:", &[][..]),
            ("alipay:", &["payment.app_id", "payment.seller_id", "payment.private_key", "payment.public_keys"]),
            (
                "wechatpay:",
                &[
                    "payment.app_id",
                    "payment.merchant_id",
                    "payment.serial",
                    "payment.private_key",
                    "payment.public_keys",
                    "payment.api_key",
                ],
            ),
            ("stripe:", &["payment.secret_key", "payment.webhook_secrets"]),
        ] {
            assert_eq!(needed(url, Profile::Dev), keys, "{url}");
            let with_site: Vec<_> =
                keys.iter().copied().chain((url != "none:").then_some("payment.site_url")).collect();
            assert_eq!(needed(url, Profile::Prod), with_site, "{url}");
        }
        assert_eq!(needed("sandbox:", Profile::Dev), Vec::<String>::new());
        assert_eq!(needed("sandbox:", Profile::Prod), ["payment.url"]);
        let complete = |profile, endpoint: Option<&str>| {
            faults(profile, |settings| {
                settings.payment.url = "stripe:".parse().unwrap();
                settings.payment.secret_key = Some("sk".into());
                settings.payment.webhook_secrets = vec!["whsec".into()];
                settings.payment.site_url = Some("https://www.example.com".to_owned());
                settings.payment.endpoint = endpoint.map(str::to_owned);
            })
        };
        let without_pages = faults(Profile::Dev, |settings| {
            settings.payment.url = "wechatpay:".parse().unwrap();
            settings.site.pages = false;
        });
        assert!(without_pages.contains(&"site.pages".to_owned()), "{without_pages:?}");
        assert_eq!(complete(Profile::Prod, None), Vec::<String>::new());
        assert_eq!(complete(Profile::Prod, Some("https://stripe.example.com/v1")), Vec::<String>::new());
        let (prod, dev) =
            [Profile::Prod, Profile::Dev].map(|profile| complete(profile, Some("http://127.0.0.1:1"))).into();
        assert_eq!((prod, dev), (vec!["payment.endpoint".to_owned()], Vec::new()));
    }
}
