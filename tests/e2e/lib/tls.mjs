// SPDX-License-Identifier: Apache-2.0
// Self-signed certificates for tests, and HTTPS requests that look at who answers.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { join } from "node:path";

// Writes FOLDER/NAME.crt and .key and answers their paths.
export function certificate(folder, name, names = "IP:127.0.0.1") {
  const [cert, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  const how = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", `/CN=${name}`, "-addext", `subjectAltName=${names}`];
  execFileSync("openssl", ["req", ...how, "-keyout", key, "-out", cert], { stdio: "ignore" });
  return { cert, key };
}

// HTTPS in front of a plain origin: { port, close }.
export async function startFront(origin, { cert, key }) {
  const server = https.createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (req, res) => {
    const out = http.request(`${origin}${req.url}`, { method: req.method, headers: { ...req.headers, host: new URL(origin).host } }, (r) => {
      res.writeHead(r.statusCode, r.headers);
      r.pipe(res);
    });
    req.pipe(out);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: server.address().port,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
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
