// A relying party built on openid-client, which is certified and checks every answer strictly: discovery, keys, iss, state,
// nonce, signature, audience, time. Called by bin/allting/tests/it/idporten/clients.rs with one JSON document as argument.
import assert from 'node:assert/strict';
import { createPrivateKey, webcrypto } from 'node:crypto';
import * as oidc from 'openid-client';

// Debian's Node 18 has them, but not under the global names that the client looks for.
globalThis.crypto ??= webcrypto;
globalThis.CryptoKey ??= webcrypto.CryptoKey;

const { issuer, callback, pid, clients, pem } = JSON.parse(process.argv[2]);
const options = { execute: [oidc.allowInsecureRequests] };

async function signingKey() {
  const pkcs8 = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  return crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
}

async function authentication(client) {
  switch (client.authMethod) {
    case 'client_secret_basic': return oidc.ClientSecretBasic(client.secret);
    case 'client_secret_post': return oidc.ClientSecretPost(client.secret);
    case 'private_key_jwt': return oidc.PrivateKeyJwt({ key: await signingKey(), kid: client.jwks.keys[0].kid });
    default: return oidc.None();
  }
}

async function redirectOf(address) {
  const answer = await fetch(address, { redirect: 'manual' });
  assert.equal(answer.status, 302, await answer.text());
  return new URL(answer.headers.get('location'));
}

async function logIn(client, pushed) {
  const config = await oidc.discovery(new URL(issuer), client.clientId, undefined, await authentication(client), options);
  const verifier = oidc.randomPKCECodeVerifier();
  const state = oidc.randomState();
  const nonce = oidc.randomNonce();
  const parameters = {
    redirect_uri: callback,
    scope: 'openid profile',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    acr_values: 'idporten-loa-high',
    login_hint: `testid:${pid}_idporten-loa-high`,
  };
  const build = pushed ? oidc.buildAuthorizationUrlWithPAR : oidc.buildAuthorizationUrl;
  const back = await redirectOf(await build(config, parameters));
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
  const tokens = await oidc.authorizationCodeGrant(config, back, checks);
  const claims = tokens.claims();
  assert.equal(claims.pid, pid);
  assert.equal(claims.acr, 'idporten-loa-high');
  assert.deepEqual(claims.amr, ['TestID']);
  const info = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
  assert.equal(info.pid, pid);
  return { config, tokens, back, checks };
}

async function refused(work, error) {
  await assert.rejects(work, (e) => { assert.equal(e.error, error, String(e)); return true; });
}

for (const client of clients) {
  for (const pushed of [false, true]) {
    const { config, tokens, back, checks } = await logIn(client, pushed);
    if (client.authMethod === 'none') {
      assert.equal(tokens.refresh_token, undefined);
    } else {
      const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token);
      assert.notEqual(renewed.refresh_token, tokens.refresh_token);
      assert.equal((await oidc.tokenIntrospection(config, renewed.access_token)).active, true);
      await oidc.tokenRevocation(config, renewed.refresh_token);
      assert.equal((await oidc.tokenIntrospection(config, renewed.access_token)).active, false);
      await refused(oidc.refreshTokenGrant(config, renewed.refresh_token), 'invalid_grant');
    }
    await refused(oidc.authorizationCodeGrant(config, back, checks), 'invalid_grant');
    console.log(`${client.authMethod}${pushed ? ' with PAR' : ''}: ok`);
  }
}

// An error must come back with iss and state, or the library refuses to believe it.
const config = await oidc.discovery(new URL(issuer), clients[0].clientId, undefined, await authentication(clients[0]), options);
const state = oidc.randomState();
const challenge = await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier());
const silent = oidc.buildAuthorizationUrl(config, {
  redirect_uri: callback, scope: 'openid', prompt: 'none', state, code_challenge: challenge, code_challenge_method: 'S256',
});
await refused(oidc.authorizationCodeGrant(config, await redirectOf(silent), { expectedState: state }), 'login_required');
console.log('login_required: ok');
