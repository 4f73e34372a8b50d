// SPDX-License-Identifier: Apache-2.0
// Sign in by a provider of the company, or by name and password. Links that sign in have a page of their own, which the
// program makes.
import { useEffect, useRef, useState } from "preact/hooks";
import { api, ok, reach, type Shapes } from "../../api/client.ts";
import { address, match } from "../../app/router.ts";
import { onward } from "../../app/session.ts";
import { t } from "../../app/words.ts";
import { Field, Form } from "../../parts/form.tsx";

export function SignIn({ done, again }: { done: () => Promise<void>; again?: boolean }) {
  const [name, setName] = useState(""), [password, setPassword] = useState(""), first = useRef<HTMLInputElement>(null);
  const [ways, setWays] = useState<Shapes["SignInWays"]["items"]>([]);
  useEffect(() => first.current?.focus(), []);
  // Without them there is the password still.
  useEffect(() => void ok(api.GET("/signin")).then((all) => setWays(all.items), () => {}), []);
  async function run(): Promise<void> {
    await ok(api.POST("/sign-in", { body: { name, password } }));
    reach.value = "ok";
    await done();
  }
  const Frame = again ? "section" : "main";
  return (
    <Frame class="signin">
      <img src="/ui/icon.svg" alt="" width="40" height="40" />
      <h1>{again ? t("common.sign_in_again") : t("common.sign_in_to")}</h1>
      {ways.map((way) => (
        <a key={way.name} class="button main" href={`/signin/${way.name}?${new URLSearchParams({ next: onward(address.value) })}`} data-served>
          {t("common.sign_in_by", { label: way.label })}
        </a>
      ))}
      {ways.length > 0 && <p class="quiet">{t("common.sign_in_or")}</p>}
      <Form submit={t("common.sign_in")} run={run} fields={["name", "password"]}>
        <Field name="name" label={t("common.name")}>
          <input ref={first} value={name} onInput={(e) => setName(e.currentTarget.value)} autocomplete="username" required />
        </Field>
        <Field name="password" label={t("common.password")}>
          <input type="password" value={password} onInput={(e) => setPassword(e.currentTarget.value)} autocomplete="current-password" required />
        </Field>
      </Form>
      <p class="quiet">{t("common.sign_in_hint")}</p>
      {match("answer/:id", address.value.path) && (
        <a href="?plain=1" data-served>
          {t("common.by_token")}
        </a>
      )}
    </Frame>
  );
}
