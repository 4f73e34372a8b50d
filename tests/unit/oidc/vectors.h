// SPDX-License-Identifier: Apache-2.0
// vectors: three keys and a token for each algorithm, made by the command line of OpenSSL 3 (genrsa, ecparam, genpkey; dgst
// and pkeyutl -sign), whose private keys nobody has kept.
#ifndef POSTERN_TEST_OIDC_VECTORS_H
#define POSTERN_TEST_OIDC_VECTORS_H

#define VECTOR_NOW_MS 1796000010000
#define VECTOR_KEYS                                                                                          \
  "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"r\",\"n\":\"tQl7bRph2KNBKHhL_8lyFwxBF0jkYs9DGjgrIrmVq3WrWFb345PWE"  \
  "a5BCRlRYDd7cyhxC_znCPYpgi_YV4Q2C6fMTPLaoCXY2cLEJIn-c6_4VUSFk-1g_hVu-rBCtCV0qvFcAyiE-0ogEj-"               \
  "Mydx9Hb5oSj9THmXaUpZ_UlCZe8inJfmxSGhzaOVpYRB_EkTklQzK_vQJG67kTscike91OtMQzRP56DaRo8ouhkNSp"               \
  "ZeVwf-mf4UMI5ln9iB3VJ_3rei_mkDdYLpASeRiw83yVQEjSH9T05hbwMvnaznQ4496tESkxptNQYXSmyNscqxTc6g"               \
  "zennWdt4rY0pXa7sFgw\",\"e\":\"AQAB\"},{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"e\",\"x\":"             \
  "\"mMB4Ybl6X4MSeIO7"                                                                                       \
  "5d0wsVuG_G0GG0rsPXa8CbHMgi4\",\"y\":\"RnOnofs-GQAzaYLwVJDNrkc229kbYbRrviZsFdg1t2M\"},{\"kty\":\"OK"       \
  "P\",\"crv\":\"Ed25519\",\"kid\":\"d\",\"x\":\"KhBax-29-CgW228YoZCU04hgqmrKdyRoqdPC16lq-tw\"}]}"
static const struct {
  const char *algorithm, *key_id, *token;
} vectors[] = {
    {"RS256", "r",
     "eyJhbGciOiJSUzI1NiIsImtpZCI6InIifQ.eyJpc3MiOiJodHRwczovL29wLmV4YW1wbGUiLCJhdWQiOiJwb3N0ZXJuIiwic"
     "3ViIjoiYWRhIiwibm9uY2UiOiJuLTEiLCJpYXQiOjE3OTYwMDAwMDAsImV4cCI6MTc5NjAwMDMwMH0.CGC5cJ190WlhJQrec"
     "fWTWcN3NhZFJOFKi0F2sR4kzfg-DXfuIAKCSkijuiUwkoeBXKNz1tPZm_dRob4fObK2hFF5NWDVyPBb1CZRAUIhuRsVUrvgu"
     "CriJYmsfvb700YbZDWN4v10N4lsPpduQ85o2dSN5LzY3dV2OnmlZzQzdI3AyjOn41nCX7u3TniguMDGSFJBGQrSHpx6akD3q"
     "6ubA-aEqBSaffExRyymcw7Fien0Gq5PSUCE6KIWILCcNeQJvJ8t16UVbjsga4e2KUARr8PHn7KOxIxKhoQAidVs1dQNXd6Y4"
     "L7Vg68vNdFF3B63sYd7TwzaoxLZROIia48SsQ"},
    {"PS256", "r",
     "eyJhbGciOiJQUzI1NiIsImtpZCI6InIifQ.eyJpc3MiOiJodHRwczovL29wLmV4YW1wbGUiLCJhdWQiOiJwb3N0ZXJuIiwic"
     "3ViIjoiYWRhIiwibm9uY2UiOiJuLTEiLCJpYXQiOjE3OTYwMDAwMDAsImV4cCI6MTc5NjAwMDMwMH0.MKL3-VTKp4uGBXnIz"
     "k4Co6ZDLs_sgd7AQLkSRyks-ZEHz8yOr2B6tkHt366AJY6uHZQ-I0kVkm6n6rOyud2PNYMiEmBwNq-Ym51h2VNlYFLIgo_qo"
     "h1W8ZI3AmjRVmAseilTw8vn63likZADk42JtdUJeVRmnNr4gvwUczZQPm2dXBYvP-P1p3n61BvC4V4ctbIGpmZb1UjiORc_z"
     "tXS38AQXG-HUztfiCS9FxQBsD3Rk-JBRqOORfAWUQaPDeLJCz5qCKr5R3FD6tvocda1ecHSQYzs7Av9bmauhTRRoPAYIRFU9"
     "5zyWo01ynIZojr9pF2j4AYoyIR7isg0PiQzrw"},
    {"ES256", "e",
     "eyJhbGciOiJFUzI1NiIsImtpZCI6ImUifQ.eyJpc3MiOiJodHRwczovL29wLmV4YW1wbGUiLCJhdWQiOiJwb3N0ZXJuIiwic"
     "3ViIjoiYWRhIiwibm9uY2UiOiJuLTEiLCJpYXQiOjE3OTYwMDAwMDAsImV4cCI6MTc5NjAwMDMwMH0.C9SHjUIrB2CtKp7_8"
     "MNPkN1thcHhWHruGjnrNO3VUyODhiSqjoTF_RWEDB5sQJ8v3esUl0MH3pefnP5nxAZD9w"},
    {"EdDSA", "d",
     "eyJhbGciOiJFZERTQSIsImtpZCI6ImQifQ.eyJpc3MiOiJodHRwczovL29wLmV4YW1wbGUiLCJhdWQiOiJwb3N0ZXJuIiwic"
     "3ViIjoiYWRhIiwibm9uY2UiOiJuLTEiLCJpYXQiOjE3OTYwMDAwMDAsImV4cCI6MTc5NjAwMDMwMH0.OztwCu9ZIHYO71aEg"
     "d37LsfuwqtX9OhzCgXRDmf_sWoIEgWchP_H6VEGOTnP7iXxiyqJObvbe1ZKlmcSS02sBg"},
};

#endif
