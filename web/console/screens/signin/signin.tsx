// SPDX-License-Identifier: Apache-2.0
// Sign in by name and password. Links that sign in have a page of their own, which the program makes.
import { useEffect, useRef, useState } from "preact/hooks";
import { api, ok, reach } from "../../api/client.ts";
import { address, match } from "../../app/router.ts";
import { t } from "../../app/words.ts";
import { Field, Form } from "../../parts/form.tsx";

export function SignIn({ done, again }: { done: () => Promise<void>; again?: boolean }) {
  const [name, setName] = useState(""), [password, setPassword] = useState(""), first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
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
