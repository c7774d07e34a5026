// One visit from the sign-in to the receipt, written against the types generated from the OpenAPI document alone.
// node out/visit.js SERVER NAME PASSWORD

import assert from "node:assert/strict";
import { createHash, createPublicKey, randomBytes, randomUUID, verify } from "node:crypto";
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

type Delivery = components["schemas"]["DeliveryAnswer"];

const [server, username, password] = process.argv.slice(2);
assert(server && username && password, "usage: visit.js SERVER NAME PASSWORD");
const client = createClient<paths>({ baseUrl: server });

function digest(content: Uint8Array): string {
  return `sha-256=:${createHash("sha256").update(content).digest("base64")}:`;
}

// A frozen document is what its name says, or nothing.
async function frozen(kind: "checklists" | "scopes", sha256: string): Promise<Record<string, unknown>> {
  const options = { params: { path: { sha256 } }, parseAs: "text" } as const;
  const answer =
    kind === "checklists"
      ? await client.GET("/api/v1/checklists/{sha256}", options)
      : await client.GET("/api/v1/scopes/{sha256}", options);
  assert.equal(answer.response.status, 200);
  const text = answer.data as unknown as string;
  assert.equal(createHash("sha256").update(text).digest("hex"), sha256);
  return JSON.parse(text);
}

async function deliver(id: string, file: Uint8Array): Promise<[number, Delivery]> {
  const answer = await client.PUT("/api/v1/submissions/{submission_id}", {
    params: { path: { submission_id: id }, header: { "Content-Digest": digest(file) } },
    headers: { "Content-Type": "application/json" },
    body: {},
    bodySerializer: () => file,
  });
  if (!answer.data) throw new Error(`${answer.response.status} ${answer.error?.type}`);
  return [answer.response.status, answer.data];
}

async function proven(receipt: string, id: string, file: Uint8Array): Promise<boolean> {
  const [header, payload, signature] = receipt.split(".");
  assert(header && payload && signature);
  const read = (text: string) => JSON.parse(Buffer.from(text, "base64url").toString());
  const { data } = await client.GET("/api/v1/receipts/keys");
  const key = data?.keys.find((one) => one.kid === read(header).kid);
  assert(key, "the receipt's key is published");
  const signed = Buffer.from(`${header}.${payload}`);
  const jwk = createPublicKey({ key: { kty: key.kty, crv: key.crv, x: key.x }, format: "jwk" });
  const said = read(payload);
  return (
    verify(null, signed, jwk, Buffer.from(signature, "base64url")) &&
    said.id === id &&
    said.digest === createHash("sha256").update(file).digest("hex")
  );
}

const signedIn = await client.POST("/api/v1/devices/login", {
  body: { username, password, install_id: randomUUID(), platform: "node", app_version: "1.0.0" },
});
assert(signedIn.data, `sign-in: ${signedIn.error?.type}`);
client.use({
  onRequest({ request }) {
    request.headers.set("Authorization", `Bearer ${signedIn.data.token}`);
    return request;
  },
});

const manifest = await client.GET("/api/v1/manifest");
const work = manifest.data?.assignments.find((one) => one.state === "offered");
assert(work, "a visit is offered");
const accepted = await client.POST("/api/v1/assignments/{assignment_id}/accept", {
  params: { path: { assignment_id: work.id } },
  body: { no_conflict: true, brief: work.brief },
});
assert.equal(accepted.data?.state, "accepted");

const checklist = await frozen("checklists", work.checklist);
const scope = await frozen("scopes", work.scope);
const kinds = new Map((checklist["standards"] as { code: string; kind?: string }[]).map((one) => [one.code, one.kind]));
const keys = scope["keys"] as string[];
const answers = Object.fromEntries(
  keys.filter((key) => (kinds.get(key.split("@")[0]!) ?? "met") === "met").map((key) => [key, "met"]),
);
assert(Object.keys(answers).length > 0);

const photo = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), randomBytes(20_000)]);
const id = randomUUID();
const evidence = randomUUID();
const content = {
  format: 1, id, assignment: work.id, checklist: work.checklist, scope: work.scope,
  outcome: "partial", visited_on: new Date().toISOString().slice(0, 10), language: "en", answers,
  evidence: [{ id: evidence, for: [keys[0]], type: "photo", length: photo.length,
    sha256: createHash("sha256").update(photo).digest("hex") }],
};
const file = Buffer.from(JSON.stringify(content));
const [first, delivery] = await deliver(id, file);
assert.equal(first, 201);
assert(await proven(delivery.receipt, id, file), "the receipt proves the delivery");
assert.deepEqual(delivery.status.missing_evidence, [evidence]);

const held = await client.PUT("/api/v1/submissions/{submission_id}/evidence/{evidence_id}", {
  params: { path: { submission_id: id, evidence_id: evidence }, header: { "Content-Digest": digest(photo) } },
  headers: { "Content-Type": "application/octet-stream" },
  body: "",
  bodySerializer: () => photo,
});
assert.equal(held.data?.state, "held");

const [second, again] = await deliver(id, file);
assert.deepEqual([second, again.receipt, again.status.missing_evidence], [200, delivery.receipt, []]);

const unknown = await client.GET("/api/v1/submissions/{submission_id}", {
  params: { path: { submission_id: randomUUID() } },
});
assert.equal(unknown.error?.type, "urn:problem:not-found");
console.log(`delivered ${id}: ${delivery.receipt}`);
