// SPDX-License-Identifier: Apache-2.0
// Self-signed certificates for tests, and HTTPS requests that look at who answers.
import { execFileSync } from "node:child_process";
import https from "node:https";
import { join } from "node:path";

// Writes FOLDER/NAME.crt and .key and answers their paths.
export function certificate(folder, name) {
  const [cert, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  const how = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", `/CN=${name}`, "-addext", "subjectAltName=IP:127.0.0.1"];
  execFileSync("openssl", ["req", ...how, "-keyout", key, "-out", cert], { stdio: "ignore" });
  return { cert, key };
}

// { status, headers, text, name } where name is the certificate's CN.
export function get(url, { method = "GET", headers = {}, body, agent = false } = {}) {
  return new Promise((resolve, reject) => {
    const out = https.request(url, { method, headers, agent, rejectUnauthorized: false }, async (r) => {
      const name = r.socket.getPeerCertificate().subject?.CN; // before the socket goes back to its agent
      let text = "";
      for await (const chunk of r.setEncoding("utf8")) text += chunk;
      resolve({ status: r.statusCode, headers: r.headers, text, name });
    });
    out.on("error", reject);
    out.end(body);
  });
}
