"""One made-up credential for each kind that detect-secrets knows."""

from __future__ import annotations


_64 = "0123456789abcdef" * 4

CASES = {
    "AWS Access Key": "AKIAQ2W3E4R5T6Y7U2I3",
    "Artifactory Credentials": "AKCfakefakefake01",
    "Azure Storage Account access key": "AccountKey=" + "A1" * 44,
    "Basic Auth Credentials": "https://fake:fakefake@panel.example/",
    "Cloudant Credentials": f"cloudant_apikey = {_64}",
    "Discord Bot Token": "MfakefakefakefakefakefakeA.fakefa." + "fakefakef" * 3,
    "GitHub Token": "ghp_" + "a1" * 18,
    "GitLab Token": "glpat-fakefakefakefakefake",
    "IBM COS HMAC Credentials": f"cos_hmac_secret_access_key = {_64[:48]}",
    "IBM Cloud IAM Key": f"ibm_cloud_iam_api_key = {_64[:44]}",
    "JSON Web Token": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJmYWtlIn0.ZmFrZQ",
    "Mailchimp Access Key": f"{_64[:32]}-us12",
    "NPM tokens": "//registry.example/:_authToken=npm_fakefake",
    "OpenAI Token": "sk-" + "a1" * 10 + "T3BlbkFJ" + "b2" * 10,
    "Private Key": "BEGIN RSA PRIVATE KEY",
    "PyPI Token": "pypi-AgEIcHlwaS5vcmc" + "a1" * 35,
    "SendGrid API Key": "SG." + "a1" * 11 + "." + "a1b" * 14 + "c",
    "Slack Token": "xoxb-1234-5678-fakefake",
    "SoftLayer Credentials": f"softlayer_api_key = {_64}",
    "Square OAuth Secret": "sq0csp-" + "a1b" * 14 + "c",
    "Stripe Access Key": "sk_live_" + "a1" * 12,
    "Telegram Bot Token": "12345678:" + "a1b2c" * 7,
    "Twilio API Key": "AC" + "a1" * 16,
}
